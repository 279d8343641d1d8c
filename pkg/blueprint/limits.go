package blueprint

import (
	"fmt"
	"reflect"
	"slices"
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
)

// How large a deployment file may be is bounded by what the two platforms take. What can be
// written in parts is: a long list becomes several statements. What cannot is told at the
// line of the file, before any text is made of it.
const (
	maxExpression = 32_000    // Genesys: characters of an expression
	longList      = 16_000    // characters from which on a list is written in parts
	maxLookups    = 25        // Genesys: objects of a kind that a call may look up by name
	maxFlow       = 6_100_000 // Genesys: bytes of a flow
	maxValues     = 100       // HubSpot: values of a filter with IN
	maxIDs        = 15_000    // ids in the paths of one data action: Genesys takes 512,000 bytes in a request, and an id takes some thirty
)

// printed is how many characters an expression has.
func printed(n expr.Node) int { return utf8.RuneCountInString(expr.Print(n)) }

// A longTest is a Boolean variable for what is too long to stand in one expression: each step adds
// to it.
type longTest struct {
	Var   string
	Steps []expr.Node
}

// parts cuts a list so that what is made of each part is short.
func parts[T any](items []T, of func([]T) expr.Node) [][]T {
	if len(items) < 2 || printed(of(items)) <= longList {
		return [][]T{items}
	}
	half := len(items) / 2
	return append(parts(items[:half], of), parts(items[half:], of)...)
}

// amongSteps holds in a variable whether x is one of the texts, in as many steps as it takes;
// nil when one expression will do.
func amongSteps(variable string, x expr.Node, ss []string) []expr.Node {
	cut := parts(ss, func(ss []string) expr.Node { return among(x, ss...) })
	if len(cut) == 1 {
		return nil
	}
	var out []expr.Node
	for i, ss := range cut {
		is := among(x, ss...)
		if i > 0 {
			is = either(v(variable), is)
		}
		out = append(out, is)
	}
	return out
}

// lookup gives for x, one of the keys, the value that belongs to it, in as many steps as it
// takes; what the variable is without one is otherwise.
func lookup(variable string, x expr.Node, keys, values []string, otherwise expr.Node) []expr.Node {
	if len(keys) == 0 {
		return []expr.Node{otherwise}
	}
	type pair struct{ key, value string }
	var pairs []pair
	for i, k := range keys {
		pairs = append(pairs, pair{k, values[i]})
	}
	step := func(ps []pair, without expr.Node) expr.Node {
		var ks, vs []string
		for _, p := range ps {
			ks, vs = append(ks, p.key), append(vs, p.value)
		}
		i := fn("FindFirst", texts(ks...), x)
		return choose(atLeast(i, whole(0)), at(texts(vs...), i), without)
	}
	var out []expr.Node
	for i, ps := range parts(pairs, func(ps []pair) expr.Node { return step(ps, otherwise) }) {
		if i > 0 {
			otherwise = v(variable)
		}
		out = append(out, step(ps, otherwise))
	}
	return out
}

// among holds when x is one of the texts; what is too long is found before the rules are asked.
func (b *builder) among(x expr.Node, ss ...string) expr.Node {
	cut := parts(ss, func(ss []string) expr.Node { return among(x, ss...) })
	var any []expr.Node
	for _, ss := range cut {
		any = append(any, among(x, ss...))
	}
	return b.either(nil, any)
}

// either holds when the guard does, which is nil for none, and one of the conditions; likewise.
func (b *builder) either(guard expr.Node, any []expr.Node) expr.Node {
	cut := parts(any, func(any []expr.Node) expr.Node { return either(any...) })
	if len(cut) == 1 && (len(any) == 1 || printed(either(any...)) <= longList) {
		return either(any...)
	}
	key, l := expr.Print(either(any...)), longTest{Var: fmt.Sprintf("Task.List%d", len(b.long)+1)}
	if known, ok := b.longBy[key]; ok {
		return v(known)
	}
	for i, any := range cut {
		is := either(any...)
		if guard != nil {
			is = choose(guard, is, yes(false))
		}
		if i > 0 {
			is = either(v(l.Var), is)
		}
		l.Steps = append(l.Steps, is)
	}
	return b.found(key, l)
}

// found keeps a test that is made before the rules are asked.
func (b *builder) found(key string, l longTest) expr.Node {
	if b.longBy == nil {
		b.longBy = map[string]string{}
	}
	b.longBy[key] = l.Var
	b.long = append(b.long, l)
	return v(l.Var)
}

// short is all of the conditions of a rule in one expression: those that would make it too
// long are found before the rules are asked.
func (b *builder) short(conditions []expr.Node) expr.Node {
	if printed(all(conditions...)) <= longList {
		return all(conditions...)
	}
	out := slices.Clone(conditions)
	for i, c := range out {
		if key := expr.Print(c); len(key) > 500 {
			if known, ok := b.longBy[key]; ok {
				out[i] = v(known)
				continue
			}
			out[i] = b.found(key, longTest{Var: fmt.Sprintf("Task.List%d", len(b.long)+1), Steps: []expr.Node{c}})
		}
	}
	return all(out...)
}

// tooLong reports an expression that Architect would refuse, at the place of the file that made it.
func (b *builder) tooLong(path, what, hint string, ns ...expr.Node) diag.Findings {
	for _, n := range ns {
		if chars := printed(n); chars > maxExpression {
			return b.tooMuch(path, hint, "%s makes an expression of %d characters, Architect takes %d", what, chars, maxExpression)
		}
	}
	return nil
}

func (b *builder) tooMuch(path, hint, format string, args ...any) diag.Findings {
	return diag.Findings{{Code: codeLimit, Severity: diag.Error, Message: fmt.Sprintf(format, args...), Hint: hint, Position: b.d.Pos(path)}}
}

// sizes reports what of the file is more than a platform takes.
func (b *builder) sizes() diag.Findings {
	d := b.d
	var fs diag.Findings
	skills := func(path string, skills []string) {
		if len(skills) > maxLookups {
			fs = append(fs, b.tooMuch(path+".skills", "name fewer skills", "%d skills for one transfer; Architect looks up %d by name in a call", len(skills), maxLookups)...)
		}
	}
	for i, r := range d.Routing.Rules {
		if to := fmt.Sprintf("routing.rules[%d].to", i); d.Pos(to+".skills") != d.Pos(to) { // others are the fallback's
			skills(to, r.To.Skills)
		}
	}
	skills("routing.fallback", d.Routing.Fallback.Skills)
	ids := 0
	for _, a := range b.anyOpens {
		n := len(stageIDs(d, a.test.Stage)) + len(a.test.Pipeline)
		if ids += n; a.rest != nil {
			ids += n
		}
		if ids > maxIDs {
			i := slices.IndexFunc(d.Routing.Rules, func(r deployment.Rule) bool {
				return r.When.AnyOpen != nil && reflect.DeepEqual(*r.When.AnyOpen, a.test)
			})
			fs = append(fs, b.tooMuch(fmt.Sprintf("routing.rules[%d].when.anyOpen", i), "name fewer stages, or ask several times for the same ones",
				"up to this rule, conditions on any open deal ask for %d ids; one data action carries %d", ids, maxIDs)...)
			break
		}
	}
	if n := len(d.HubSpot.Lookup.Pipelines); n > maxValues {
		fs = append(fs, b.tooMuch("hubspot.lookup.pipelines", "name fewer pipelines, or none for all", "%d pipelines; HubSpot compares a property with %d values at most", n, maxValues)...)
	}
	return fs
}

// sizeOfFlow reports a flow that Genesys would not publish.
func (b *builder) sizeOfFlow(text string) diag.Findings {
	if len(text) <= maxFlow {
		return nil
	}
	path := "routing.rules"
	if len(b.d.HubSpot.Stages) > 10*len(b.d.Routing.Rules) {
		path = "hubspot.stages"
	}
	return b.tooMuch(path, "use fewer rules, names and values", "the flow has %d bytes, Genesys Cloud publishes one of %d", len(text), maxFlow)
}

// searched is the place of the file that makes the search of an action long: its facts, else
// the pipelines; a template that does it itself is at fault.
func (b *builder) searched(role string, template diag.Position) diag.Position {
	for _, x := range b.facts {
		if x.Deal == (role == RoleFindDeals) {
			return b.d.Pos("hubspot.facts")
		}
	}
	if role == RoleFindDeals && len(b.d.HubSpot.Lookup.Pipelines) > 0 {
		return b.d.Pos("hubspot.lookup.pipelines")
	}
	return template
}
