package deployment

import (
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/routing"
)

// Pos is the place of a value in the file by its path, such as routing.rules[0].to.queue;
// keys that are not plain words stand in brackets, as in hubspot.stages["a b"]. What the file
// leaves out is where its nearest parent is.
func (d *Deployment) Pos(path string) diag.Position {
	for {
		if p, ok := d.positions[path]; ok {
			return p
		}
		i := lastStep(path)
		if i < 0 {
			return diag.Position{File: d.file, Line: 1, Column: 1}
		}
		path = path[:i]
	}
}

// PopOf is the screen pop of a rule by its index, or of the fallback for -1.
func (d *Deployment) PopOf(rule int) ScreenPop {
	if rule >= 0 && rule < len(d.Routing.Rules) {
		if p := d.Routing.Rules[rule].To.ScreenPop; p != nil {
			return *p
		}
	}
	if p := d.Routing.Fallback.ScreenPop; p != nil && rule < 0 {
		return *p
	}
	return d.ScreenPop
}

// Own lists the callers that are never looked up: calls.ownNumbers and calls.numbers, each
// once, in the order of the file, and behind each the other spellings of its line.
func (d *Deployment) Own() []string {
	var out []string
	seen := map[string]bool{}
	for _, list := range [][]string{d.Calls.OwnNumbers, d.Calls.Numbers} {
		for _, n := range list {
			for _, s := range d.spellings(n) {
				if !seen[s] {
					seen[s] = true
					out = append(out, s)
				}
			}
		}
	}
	return out
}

// Dialled are the texts by which a called number is known, scheme and host of the address
// aside: of each of calls.numbers what phone.Number.Dialled says, and that of the other
// spellings of its line. A text that could be two of them is the one to whose digits it is equal.
func (d *Deployment) Dialled() map[string]string {
	out := map[string]string{}
	add := func(text, number string) {
		if _, taken := out[text]; !taken {
			out[text] = number
		}
	}
	for _, number := range d.Calls.Numbers {
		for _, s := range d.spellings(number) {
			add(s, number)
			add(strings.TrimPrefix(s, "+"), number)
		}
	}
	for _, number := range d.Calls.Numbers {
		for _, s := range d.spellings(number) {
			n, err := phone.Parse(s, d.home())
			if err != nil || n.E164() != s {
				continue
			}
			for _, text := range n.Dialled(d.home()) {
				add(text, number)
			}
		}
	}
	return out
}

// Number is the one of calls.numbers that a called number is, in whatever form or spelling
// it is written.
func (d *Deployment) Number(called string) (number string, ok bool) {
	if number, ok = d.Dialled()[phone.Address(called)]; ok {
		return number, true
	}
	n, err := phone.Parse(called, d.home())
	if err != nil {
		return "", false
	}
	if slices.Contains(d.Calls.Numbers, n.E164()) {
		return n.E164(), true
	}
	i := slices.IndexFunc(d.Calls.Numbers, func(x string) bool { return slices.Contains(d.spellings(x), n.E164()) })
	if i < 0 {
		return "", false
	}
	return d.Calls.Numbers[i], true
}

// spellings are a number of the file, what a reader makes of it, and the other spellings of
// its line after a numbering change.
func (d *Deployment) spellings(number string) []string {
	out := []string{number}
	n, err := phone.Parse(number, d.home())
	if err != nil {
		return out
	}
	if n.E164() != number {
		out = append(out, n.E164())
	}
	for _, v := range n.Variants() {
		if v.E164() != number {
			out = append(out, v.E164())
		}
	}
	return out
}

// home is the country in which a number without country code is read.
func (d *Deployment) home() string {
	if h := d.HubSpot.Lookup.HomeCountries; len(h) > 0 {
		return h[0]
	}
	return ""
}

// StageIDs are the ids that a text of a stage condition stands for: the text itself, and
// those that bear it as their name in hubspot.stages. They are sorted.
func (d *Deployment) StageIDs(text string) []string {
	return routing.Policy{Stages: d.HubSpot.Stages}.StageIDs(text)
}

func dealTest(t *DealTest) *routing.DealTest {
	if t == nil {
		return nil
	}
	return &routing.DealTest{Stage: t.Stage, Pipeline: t.Pipeline, MinValue: t.MinValue, MaxValue: t.MaxValue}
}

func callerTest(t *CallerTest) *routing.CallerTest {
	if t == nil {
		return nil
	}
	return &routing.CallerTest{Number: t.Number, Country: t.Country}
}

// Policy is what the deployment means for routing.
func (d *Deployment) Policy() routing.Policy {
	p := routing.Policy{
		Fallback:   routing.Target{Queue: d.Routing.Fallback.Queue, Skills: d.Routing.Fallback.Skills, Priority: d.Routing.Fallback.Priority},
		DealStage:  d.Enrichment.DealStage,
		Duplicates: d.HubSpot.Lookup.Duplicates,
		Company:    d.HubSpot.Lookup.Company,
		Pipelines:  d.HubSpot.Lookup.Pipelines,
		Stages:     d.HubSpot.Stages,
		Facts:      map[string]routing.FactSource{},
		Schedule:   d.Calls.Schedule.policy(),
	}
	if l := d.HubSpot.Lookup; !l.Searches() {
		p.Keyed = &routing.Keyed{Property: l.Property}
		if l.Rolled() {
			p.Keyed.Rollup = (*routing.Rollup)(l.Rollup)
		}
	}
	for name, f := range d.HubSpot.Facts {
		p.Facts[name] = routing.FactSource(f)
	}
	if v := d.Routing.ValuePriority; v != nil {
		p.ValuePriority = &routing.ValuePriority{Per: v.Per, Add: v.Add, Max: v.Max}
	}
	for _, r := range d.Routing.Rules {
		tests := map[string]routing.FactTest{}
		for name, t := range r.When.Facts {
			tests[name] = routing.FactTest(t)
		}
		p.Rules = append(p.Rules, routing.Rule{
			Name: r.Name,
			When: routing.Condition{
				Outcome: r.When.Outcome, Stage: r.When.Stage, Pipeline: r.When.Pipeline, Won: r.When.Won,
				MinValue: r.When.MinValue, MaxValue: r.When.MaxValue,
				AnyOpen: dealTest(r.When.AnyOpen), OpenDeals: (*routing.Range)(r.When.OpenDeals), Failure: r.When.Failure, Lifecycle: r.When.Lifecycle, At: r.When.At, Facts: tests,
				Caller: callerTest(r.When.Caller), Called: r.When.Called,
			},
			To: routing.Target{Queue: r.To.Queue, Flow: r.To.Flow, Skills: r.To.Skills, Priority: r.To.Priority, Flat: r.To.Flat(), PreferOwner: r.To.PrefersOwner()},
		})
	}
	return p
}
