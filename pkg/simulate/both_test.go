package simulate_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/routing"
)

// A tally counts for every kind of condition, and of what else a deployment can say, how many
// calls took it each way: a condition that no generated call ever meets, or that every one
// meets, is tested by none.
type tally map[string]*ways

type ways struct{ yes, no int }

// took counts a call for each kind that it took a way.
func (c tally) took(kinds map[string]ways) {
	for kind, w := range kinds {
		if c[kind] == nil {
			c[kind] = &ways{}
		}
		c[kind].yes += min(w.yes, 1)
		c[kind].no += min(w.no, 1)
	}
}

// asked gives the ways in which a call took the conditions of the rules that were asked for
// it: those up to the one that holds.
func asked(p routing.Policy, f routing.Facts) map[string]ways {
	out := map[string]ways{}
	for _, r := range p.Rules {
		for kind, part := range parts(r.When) {
			w := out[kind]
			if p.Holds(part, f) {
				w.yes++
			} else {
				w.no++
			}
			out[kind] = w
		}
		if p.Holds(r.When, f) {
			break
		}
	}
	return out
}

// parts takes a condition apart: each field that it has alone, and each field of its tests
// of facts.
func parts(c routing.Condition) map[string]routing.Condition {
	out := map[string]routing.Condition{}
	whole := reflect.ValueOf(c)
	for i := range whole.NumField() {
		name := whole.Type().Field(i).Name
		if whole.Field(i).IsZero() || name == "Facts" {
			continue
		}
		var one routing.Condition
		reflect.ValueOf(&one).Elem().Field(i).Set(whole.Field(i))
		out[name] = one
	}
	if t := c.Caller; t != nil {
		for _, n := range t.Number {
			out["Caller "+n] = routing.Condition{Caller: &routing.CallerTest{Number: []string{n}}}
		}
		if len(t.Country) > 0 {
			out["Caller country"] = routing.Condition{Caller: &routing.CallerTest{Country: t.Country}}
		}
	}
	for fact, t := range c.Facts {
		test := reflect.ValueOf(t)
		for i := range test.NumField() {
			name := test.Type().Field(i).Name
			if test.Field(i).IsZero() || name == "IgnoreCase" {
				continue
			}
			one := routing.FactTest{IgnoreCase: t.IgnoreCase}
			reflect.ValueOf(&one).Elem().Field(i).Set(test.Field(i))
			switch {
			case t.IgnoreCase:
				name += " ignoring case"
			case name == "Set" && !*t.Set:
				name = "Set false"
			}
			out["Facts "+name] = routing.Condition{Facts: map[string]routing.FactTest{fact: one}}
		}
	}
	return out
}

// kinds are what must be taken both ways: every field of a condition and of a test of a fact.
// What a deployment can say besides is added by those who generate it.
func kinds(more ...string) []string {
	out := append(slices.Clone(more), "Caller country")
	for _, n := range routing.CallerNumbers() {
		out = append(out, "Caller "+n)
	}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[routing.Condition]()) {
		if f.Name != "Facts" {
			out = append(out, f.Name)
		}
	}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[routing.FactTest]()) {
		if f.Name != "IgnoreCase" {
			out = append(out, "Facts "+f.Name)
		}
	}
	return append(out, "Facts Set false", "Facts Any ignoring case", "Facts Not ignoring case", "Facts Prefix ignoring case")
}

// check fails for each of the kinds, and for each kind that was counted, that was not taken
// both ways.
func (c tally) check(t *testing.T, kinds ...string) {
	t.Helper()
	t.Log(c)
	for _, k := range slices.Compact(slices.Sorted(slices.Values(append(kinds, slices.Collect(maps.Keys(c))...)))) {
		if w := c[k]; w == nil || w.yes == 0 || w.no == 0 {
			t.Errorf("no call took %q both ways: %s", k, w)
		}
	}
}

func (w *ways) String() string {
	if w == nil {
		return "never asked"
	}
	return fmt.Sprintf("%d held, %d did not", w.yes, w.no)
}

func (c tally) String() string {
	var b strings.Builder
	b.WriteString("calls by condition\n")
	for _, k := range slices.Sorted(maps.Keys(c)) {
		fmt.Fprintf(&b, "%30s  %s\n", k, c[k])
	}
	return b.String()
}
