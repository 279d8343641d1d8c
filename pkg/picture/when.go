package picture

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/words"
)

// when says what a rule asks for, a line for each condition; all of them have to hold.
func (t *tree) when(w deployment.When) []string {
	var out []string
	add := func(s string) {
		if s != "" {
			if len(out) > 0 {
				s = "and " + s
			}
			out = append(out, s)
		}
	}
	if len(w.At) > 0 {
		add("it is " + listed(w.At, "or"))
	}
	if len(w.Called) > 0 {
		add("the caller dialled " + listed(w.Called, "or"))
	}
	for _, s := range callerWords(w.Caller) {
		add(s)
	}
	if len(w.Outcome) > 0 {
		var who []string
		for _, o := range w.Outcome {
			who = append(who, words.Outcome(string(o)))
		}
		add(listed(who, "or"))
	}
	if len(w.Failure) > 0 {
		var fs []string
		for _, f := range w.Failure {
			fs = append(fs, failureWords[f])
		}
		add(listed(fs, "or"))
	}
	if len(w.Lifecycle) > 0 {
		add("the contact's lifecycle stage is " + listed(w.Lifecycle, "or"))
	}
	for _, s := range t.dealWords(w) {
		add(s)
	}
	for _, name := range slices.Sorted(maps.Keys(w.Facts)) {
		for _, s := range factWords(name, w.Facts[name]) {
			add(s)
		}
	}
	for _, begins := range []string{"the ", "it ", "some ", "open "} {
		if len(out) > 0 && strings.HasPrefix(out[0], begins) { // not the name of a fact
			out[0] = upper(out[0])
			break
		}
	}
	return out
}

func (t *tree) dealWords(w deployment.When) []string {
	var out []string
	if len(w.Stage) > 0 {
		out = append(out, "the deal's stage is "+t.stages(w.Stage))
	}
	if len(w.Pipeline) > 0 {
		out = append(out, "the deal's pipeline is "+listed(w.Pipeline, "or"))
	}
	if w.Won != nil {
		out = append(out, map[bool]string{true: "the deal is won", false: "the deal is not won"}[*w.Won])
	}
	if s := between(amount(w.MinValue), amount(w.MaxValue)); s != "" {
		out = append(out, "open deals come to "+s)
	}
	if a := w.AnyOpen; a != nil {
		var parts []string
		if len(a.Stage) > 0 {
			parts = append(parts, "of stage "+t.stages(a.Stage))
		}
		if len(a.Pipeline) > 0 {
			parts = append(parts, "of pipeline "+listed(a.Pipeline, "or"))
		}
		if s := between(amount(a.MinValue), amount(a.MaxValue)); s != "" {
			parts = append(parts, "of "+s)
		}
		out = append(out, "some open deal is "+listed(parts, "and"))
	}
	if r := w.OpenDeals; r != nil {
		out = append(out, "open deals: "+between(whole(r.Min), whole(r.Max)))
	}
	return out
}

// stages names stages as people do: an id that has a name is that name, one of HubSpot's own the
// name that HubSpot gives it.
func (t *tree) stages(list []string) string {
	var out []string
	ours := hubspot.DefaultPipeline().Stages
	for _, s := range list {
		if name := t.d.HubSpot.Stages[s]; name != "" {
			s = name
		} else if i := slices.IndexFunc(ours, func(x hubspot.Stage) bool { return x.ID == s }); i >= 0 {
			t.aside = append(t.aside, fmt.Sprintf("%s is the stage %s, as HubSpot calls it where nobody renamed it", s, ours[i].Label))
			s = ours[i].Label
		}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return listed(out, "or")
}

var failureWords = map[string]string{
	routing.FailureTimeout: "HubSpot did not answer in time", routing.FailureError: "HubSpot gave no usable answer",
	routing.FailureBreaker: "HubSpot is left alone after a failure", routing.FailureOff: "asking HubSpot is switched off",
}

var numberKinds = map[string]string{
	routing.NumberWithheld: "withheld", routing.NumberUnreadable: "no number that can be read", routing.NumberOwn: "one of our own", routing.NumberUsable: "one to look up",
}

func callerWords(c *deployment.CallerTest) []string {
	if c == nil {
		return nil
	}
	var out []string
	if len(c.Number) > 0 {
		var ns []string
		for _, n := range c.Number {
			ns = append(ns, numberKinds[n])
		}
		out = append(out, "the caller's number is "+listed(ns, "or"))
	}
	if len(c.Country) > 0 {
		out = append(out, "the caller's number is of "+listed(c.Country, "or"))
	}
	return out
}

func factWords(name string, f deployment.FactTest) []string {
	var out []string
	if len(f.Any) > 0 {
		out = append(out, name+" is "+listed(f.Any, "or"))
	}
	if len(f.Not) > 0 {
		out = append(out, name+" is known and not "+listed(f.Not, "or"))
	}
	if f.Prefix != "" {
		out = append(out, name+" begins with "+f.Prefix)
	}
	low, high := "", ""
	if f.Min != nil {
		low = f.Min.String()
	}
	if f.Max != nil {
		high = f.Max.String()
	}
	if s := between(low, high); s != "" {
		out = append(out, name+" is "+s)
	}
	if f.Within != nil {
		if n := *f.Within; n < 0 {
			out = append(out, name+" is within the last "+words.Count(-n, "day", "days"))
		} else {
			out = append(out, name+" is within the next "+words.Count(n, "day", "days"))
		}
	}
	if f.Before != nil {
		out = append(out, name+" is before "+day(*f.Before))
	}
	if f.After != nil {
		out = append(out, name+" is after "+day(*f.After))
	}
	if f.Set != nil {
		out = append(out, map[bool]string{true: name + " is known", false: name + " is not known"}[*f.Set])
	}
	if f.IgnoreCase && len(out) > 0 {
		out[len(out)-1] += " (in small or capital letters)"
	}
	return out
}

func day(n int) string {
	switch {
	case n == 0:
		return "today"
	case n < 0:
		return "the day " + words.Count(-n, "day", "days") + " ago"
	}
	return "the day in " + words.Count(n, "day", "days")
}

func between(low, high string) string {
	switch {
	case low != "" && low == high:
		return "exactly " + low
	case low != "" && high != "":
		return low + " to " + high
	case low != "":
		return "at least " + low
	case high != "":
		return "at most " + high
	}
	return ""
}

func whole(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

// amount writes a sum; there may be none.
func amount(d *routing.Decimal) string {
	if d == nil {
		return ""
	}
	return words.Grouped(d.String())
}
