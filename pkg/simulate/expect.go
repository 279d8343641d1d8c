package simulate

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/source"
)

// An Expectation is one thing that is expected of a call.
type Expectation struct {
	Name   string // as the list says it: queue, participantData.NAME
	Want   string // as the list says it
	Place  diag.Position
	Length int
	Known  string // of which kind of name Want is one: rule, queue, flow, skill; empty for others

	judge func(o *Outcome) (came string, met bool)
	rule  bool // Want may be the word for no rule
}

// none stands for nothing where something could be, in a CSV, and in what is told.
const none = "none"

// NoRule is what is expected of a call that no rule takes; where a rule bears this name, it is meant.
const NoRule = "fallback"

// Judge tells what came, and whether that is what was expected. rules are the names of the deployment's.
func (x Expectation) Judge(o *Outcome, rules []string) (came string, met bool) {
	came, met = x.judge(o)
	if x.rule && o.Rule == "" {
		if came = NoRule; o.Reason != NoRule {
			came = none
		}
		met = met || x.Want == came && !slices.Contains(rules, x.Want)
	}
	return came, met
}

// An expectation is a kind of them.
type expectation struct {
	name   string
	list   bool // of texts, in any order
	absent bool // nothing may be expected: null
	parts  bool // what is expected stands behind a name of its own
	known  string
	read   func(g given, part string) (judge func(*Outcome) (string, bool), hint, wrong string)
}

// exactly expects a text, or none where there may be none.
func exactly(get func(*Outcome) string) func(given, string) (func(*Outcome) (string, bool), string, string) {
	return func(g given, _ string) (func(*Outcome) (string, bool), string, string) {
		want := g.text()
		return func(o *Outcome) (string, bool) {
			came := get(o)
			return cmp.Or(came, none), came == want && !g.null || g.null && came == ""
		}, "", ""
	}
}

// word is exactly with a fixed set of texts.
func word(get func(*Outcome) string, words ...string) func(given, string) (func(*Outcome) (string, bool), string, string) {
	is := exactly(get)
	return func(g given, part string) (func(*Outcome) (string, bool), string, string) {
		if !g.null && !slices.Contains(words, g.text()) {
			return nil, cmp.Or(diag.DidYouMean(g.text(), words), "there is "+strings.Join(words, ", ")), "no call has it"
		}
		return is(g, part)
	}
}

// within expects a number or a time within a bound: <=3s, >2, =0. plain is what one without a sign means.
func within(plain string, hint string, parse func(string) (int64, error), get func(*Outcome) (n int64, set bool), show func(int64) string) func(given, string) (func(*Outcome) (string, bool), string, string) {
	return func(g given, _ string) (func(*Outcome) (string, bool), string, string) {
		text := g.text()
		sign := plain
		for _, s := range []string{"<=", ">=", "<", ">", "="} {
			if rest, ok := strings.CutPrefix(text, s); ok {
				sign, text = s, rest
				break
			}
		}
		want, err := parse(strings.TrimSpace(text))
		if err != nil && !g.null {
			return nil, hint, "that is none"
		}
		return func(o *Outcome) (string, bool) {
			n, set := get(o)
			if !set || g.null {
				return map[bool]string{true: show(n), false: none}[set], !set && g.null
			}
			met := map[string]bool{"<=": n <= want, ">=": n >= want, "<": n < want, ">": n > want, "=": n == want}[sign]
			return show(n), met
		}, "", ""
	}
}

func whole(s string) (int64, error) { return strconv.ParseInt(s, 10, 64) }

func span(s string) (int64, error) {
	d, err := time.ParseDuration(s)
	return int64(d), err
}

func plainly(n int64) string { return strconv.FormatInt(n, 10) }

// kindsOfExpectation are all, in the order in which they are told.
var kindsOfExpectation = sync.OnceValue(func() []expectation {
	var outcomes []string
	for _, o := range routing.Outcomes() {
		outcomes = append(outcomes, string(o))
	}
	number := func(plain string, get func(*Outcome) (int64, bool)) func(given, string) (func(*Outcome) (string, bool), string, string) {
		return within(plain, "write a whole number", whole, get, plainly)
	}
	return []expectation{
		{name: "schedule", absent: true, read: word(func(o *Outcome) string { return o.Schedule }, string(genesys.StateOpen), string(genesys.StateClosed), string(genesys.StateHoliday), string(genesys.StateEmergency))},
		{name: "outcome", absent: true, read: word(func(o *Outcome) string { return o.Outcome }, outcomes...)},
		{name: "rule", absent: true, known: "rule", read: exactly(func(o *Outcome) string { return o.Rule })},
		{name: "reason", read: word(func(o *Outcome) string { return o.Reason }, routing.Reasons()...)},
		{name: "ending", read: word(func(o *Outcome) string { return string(o.Result.Ending) }, string(interp.EndQueue), string(interp.EndFlow), string(interp.EndDisconnect))},
		{name: "queue", absent: true, known: "queue", read: exactly(func(o *Outcome) string { return o.Result.Queue })},
		{name: "flow", absent: true, known: "flow", read: exactly(func(o *Outcome) string {
			if o.Result.Ending != interp.EndFlow {
				return ""
			}
			return o.Result.Target
		})},
		{name: "skills", list: true, known: "skill", read: func(g given, _ string) (func(*Outcome) (string, bool), string, string) {
			want := sorted(g.texts)
			return func(o *Outcome) (string, bool) {
				return cmp.Or(strings.Join(o.Result.Skills, ", "), none), slices.Equal(sorted(o.Result.Skills), want)
			}, "", ""
		}},
		{name: "priority", read: number("=", func(o *Outcome) (int64, bool) { return o.Result.Priority, true })},
		{name: "owner", absent: true, read: exactly(func(o *Outcome) string {
			if !o.Owner.Wanted {
				return ""
			}
			return o.Owner.ID
		})},
		{name: "contactId", absent: true, read: exactly(func(o *Outcome) string { return o.ContactID })},
		{name: "companyId", absent: true, read: exactly(func(o *Outcome) string { return o.CompanyID })},
		{name: "openDeals", absent: true, read: number("=", func(o *Outcome) (int64, bool) {
			if o.OpenDeals == nil {
				return 0, false
			}
			return *o.OpenDeals, true
		})},
		{name: "value", absent: true, read: func(g given, _ string) (func(*Outcome) (string, bool), string, string) {
			want, err := routing.ParseDecimal(g.text())
			if err != nil && !g.null {
				return nil, "write it as 62000 or 62000.50", "that is no amount"
			}
			return func(o *Outcome) (string, bool) {
				came, err := routing.ParseDecimal(o.Value)
				if err != nil {
					return none, g.null && o.Value == ""
				}
				return came.String(), !g.null && came.Cmp(want) == 0
			}, "", ""
		}},
		{name: "participantData", absent: true, parts: true, read: func(g given, part string) (func(*Outcome) (string, bool), string, string) {
			return func(o *Outcome) (string, bool) {
				came, set := o.Result.ParticipantData[part]
				if !set {
					return none, g.null
				}
				return strconv.Quote(came), came == g.text() && !g.null
			}, "", ""
		}},
		{name: "screenPop", absent: true, read: func(g given, part string) (func(*Outcome) (string, bool), string, string) {
			g.null = g.null || g.text() == none
			return exactly(func(o *Outcome) string {
				if o.Result.ScreenPop == nil {
					return ""
				}
				return o.Result.ScreenPop.Script
			})(g, part)
		}},
		{name: "wait", read: within("<=", "write it as <=3s, or 250ms, which means the same", span, func(o *Outcome) (int64, bool) { return int64(o.Waited), true },
			func(n int64) string {
				return strconv.FormatInt((n+int64(time.Millisecond)-1)/int64(time.Millisecond), 10) + "ms"
			})},
		{name: "requests", read: number("=", func(o *Outcome) (int64, bool) { return int64(o.Requests), true })},
	}
})

func sorted(texts []string) []string {
	out := slices.Clone(texts)
	slices.Sort(out)
	return slices.Compact(out)
}

func expectationOf(name string) *expectation {
	all := kindsOfExpectation()
	for i := range all {
		if all[i].name == name {
			return &all[i]
		}
	}
	return nil
}

// expectation reads one; false when it is none.
func (r *rowReader) expectation(x *expectation, part string, g given) (Expectation, bool) {
	out := Expectation{Name: x.name, Want: g.text(), Place: g.at, Length: g.length, Known: x.known, rule: x.name == "rule"}
	if part != "" {
		out.Name += "." + part
	}
	switch {
	case g.null && !x.absent:
		r.wrong(g.at, g.length, "leave it out to expect nothing of it", "%s is never without a value", out.Name)
		return out, false
	case g.list != x.list && (g.list || len(g.texts) > 1):
		r.wrong(g.at, g.length, "write one text", "a list does not belong here")
		return out, false
	case g.list:
		out.Want = cmp.Or(strings.Join(g.texts, ", "), none)
	case g.null:
		out.Want = none
	}
	judge, hint, wrong := x.read(g, part)
	if wrong != "" {
		r.wrong(g.at, g.length, hint, "%s: %s", out.Name, wrong)
		return out, false
	}
	out.judge = judge
	return out, true
}

// expected reads the expectations of a row of YAML or JSON, in their order.
func (r *rowReader) expected(n *yaml.Node) []Expectation {
	if n = source.Follow(n); n.Kind == 0 || source.Null(n) {
		return nil
	}
	text := r.sheet.text
	if n.Kind != yaml.MappingNode {
		r.wrong(text.At(n), source.Width(n), "write expect: {queue: Sales}", "%s is no expectation", source.What(n))
		return nil
	}
	var out []Expectation
	add := func(x *expectation, part string, v *yaml.Node) {
		v = source.Follow(v)
		g, ok := given{null: true, at: text.At(v), length: source.Width(v)}, true
		if !source.Null(v) {
			g, ok = r.given(v, x.list)
			g.list = x.list
		}
		if e, read := r.expectation(x, part, g); ok && read {
			out = append(out, e)
		}
	}
	for p := range source.Pairs(n) {
		x := expectationOf(p.Key.Value)
		v := source.Follow(p.Value)
		switch {
		case p.First != nil: // said already
		case x == nil:
			var known []string
			for _, k := range kindsOfExpectation() {
				known = append(known, k.name)
			}
			r.wrong(text.At(p.Key), source.Width(p.Key), cmp.Or(diag.DidYouMean(p.Key.Value, known), "known here: "+strings.Join(known, ", ")), "unknown key %q", p.Key.Value)
		case x.parts && v.Kind != yaml.MappingNode:
			r.wrong(text.At(v), source.Width(v), fmt.Sprintf("write %s: {NAME: VALUE}", x.name), "%s does not belong here", source.What(v))
		case x.parts:
			for part := range source.Pairs(v) {
				if part.First == nil && part.Key.Kind == yaml.ScalarNode {
					add(x, part.Key.Value, part.Value)
				}
			}
		default:
			add(x, "", v)
		}
	}
	return out
}
