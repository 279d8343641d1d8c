package validate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/reconcile"
)

// Online is what reads of the org and of HubSpot found. What HubSpot's account has is an Account
// beside it.
type Online struct {
	Org     *reconcile.Preflight // nil: there is no plan
	Unasked *Unasked             // why there is none, when nothing below says it
	Refused []reconcile.Lack     // reads that were refused, so that there is no plan
	Wrong   *Wrong               // the org is not the one that the file means
	HubSpot HubSpot
}

// HubSpot is what HubSpot said of the key.
type HubSpot struct {
	Unasked  *Unasked // why it, or what the account has, could not be asked
	Refused  string   // why the key will not do; empty when it will
	Hint     string   // what to do about it
	Unscoped []string // scopes that it lacks
}

// Unasked says why an account could not be asked.
type Unasked struct {
	Why, Hint string
	Failed    bool // it was tried; else nobody gave credentials
}

// Wrong is a key of the file that means something else than the org has.
type Wrong struct{ Path, Value, Why, Hint string }

// A PropertyType is how HubSpot keeps a property.
type PropertyType struct {
	Type  string // string, number, bool, date, datetime, enumeration, phone_number
	Field string // how it is filled in; checkbox takes several options at once

	Unique bool // no two records have the same value
}

// several reports whether a value may be several options, a;b.
func (p PropertyType) several() bool { return p.Type == "enumeration" && p.Field == "checkbox" }

// asked are the rules that could be asked with what is known.
func (in Input) asks(r Rule) bool {
	switch {
	case in.Deployment == nil, r.artifacts && in.Blueprint == nil, r.property != "" && in.Proof == nil:
		return false
	case r.account && in.Account == nil, r.online && in.Online == nil:
		return false
	case in.AccountsOnly:
		return r.preflight
	case in.Accounts:
		return r.account || r.online || r.ends
	}
	return true
}

// Stopping are the findings with which setup does not begin: with them the calls that it leads here, or
// its own changes, would fail for certain.
func Stopping(fs diag.Findings) diag.Findings {
	return slices.DeleteFunc(slices.Clone(fs), func(f diag.Finding) bool {
		return !f.Severity.AtLeast(diag.Error) || !slices.ContainsFunc(Rules(), func(r Rule) bool { return r.Code == f.Code && r.stops })
	})
}

// A named is a place of the file that names an entity, with the text that stands there.
type named struct{ path, text string }

// places are where the file names an entity; what it does not name is at its name.
func (c *check) places(k genesys.Key) []named {
	var out []named
	add := func(path, text string) {
		if slices.ContainsFunc(out, func(n named) bool { return c.d.Pos(n.path) == c.d.Pos(path) }) {
			return
		}
		out = append(out, named{path, text})
	}
	for path, t := range c.targets() {
		switch {
		case k.Kind == genesys.Queue && t.Queue == k.Name && c.written(path+".queue", path):
			add(path+".queue", k.Name)
		case k.Kind == genesys.Flow && t.Flow == k.Name:
			add(path+".flow", k.Name)
		case k.Kind == genesys.Skill && slices.Contains(t.Skills, k.Name) && c.written(path+".skills", path):
			add(item(path+".skills", slices.Index(t.Skills, k.Name)), k.Name)
		}
	}
	s := c.d.Calls.Schedule
	switch {
	case k.Kind == genesys.ScheduleGroup && s != nil:
		add("calls.schedule.group", k.Name)
	case k.Kind == genesys.EmergencyGroup && s != nil:
		add("calls.schedule.emergencyGroup", k.Name)
	case k.Kind == genesys.CallRoute:
		add("calls.numbers", "")
	case k.Kind == genesys.Script:
		if c.d.ScreenPop.Script == k.Name {
			add("screenPop", "screenPop")
		}
		for i, r := range c.d.Routing.Rules {
			if p := r.To.ScreenPop; p != nil && p.Script == k.Name {
				add(rulePath(i)+".to.screenPop", "screenPop")
			}
		}
		if p := c.d.Routing.Fallback.ScreenPop; p != nil && p.Script == k.Name {
			add("routing.fallback.screenPop", "screenPop")
		}
	}
	if len(out) == 0 {
		add("name", c.d.Name)
	}
	return out
}

// written reports whether the file has a key itself: what a rule leaves out is the fallback's.
func (c *check) written(path, parent string) bool { return c.d.Pos(path) != c.d.Pos(parent) }

// staffed yields the targets of calls with the path of what a finding about their staff is about.
func (c *check) staffed(yield func(path, text string, t reconcile.Target)) {
	for path, t := range c.targets() {
		if t.Queue == "" || !c.written(path+".queue", path) {
			continue
		}
		who := "the fallback"
		for i, r := range c.d.Routing.Rules {
			if path == rulePath(i)+".to" {
				who = fmt.Sprintf("rule %q", r.Name)
			}
		}
		if strings.HasPrefix(path, "calls.schedule.") {
			who = strings.TrimSuffix(path, ".then")
		}
		yield(path+".queue", t.Queue, reconcile.Target{Rule: who, Queue: t.Queue, Skills: t.Skills})
	}
}

// facts yields each fact with its object, in HubSpot's plural, and the key that names its property.
func (c *check) facts(yield func(name string, f deployment.Fact, object, key, property string)) {
	for _, name := range sortedKeys(c.d.HubSpot.Facts) {
		f := c.d.HubSpot.Facts[name]
		if f.Contact != "" {
			yield(name, f, "contacts", "contact", f.Contact)
		}
		if f.Deal != "" {
			yield(name, f, "deals", "deal", f.Deal)
		}
	}
}
