package picture

import (
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/architect"
)

// A pending transfer goes where a variable says.
type pending struct {
	v        *vertex
	variable string
	what     string // before the name
}

// A set is what an action gives a variable.
type set struct {
	variable string // in lower case
	value    string
	literal  bool
}

// setsOf are the variables that an action writes.
func setsOf(a *architect.Action) []set {
	var out []set
	add := func(v architect.Value, value architect.Value) {
		if v.Form != architect.Var && v.Text == "" {
			return
		}
		name, _ := object(value)
		out = append(out, set{strings.ToLower(v.Text), name, value.Form == architect.Lit && name != ""})
	}
	for _, s := range a.Statements {
		add(s.Variable, s.Value)
	}
	for _, list := range [][]architect.Binding{a.Outputs, a.FailureOutputs} {
		for _, b := range list {
			if b.Form == architect.Var {
				add(b.Value, architect.Value{})
			}
		}
	}
	for _, x := range a.Attributes {
		if x.Variable.Form == architect.Var || x.Variable.Text != "" {
			add(x.Variable, architect.Value{})
		}
	}
	for _, v := range a.Values {
		if v.Form == architect.Var {
			add(v, architect.Value{})
		}
	}
	return out
}

// resolve names the queues that transfers go to by a variable: the texts that it can have been
// given last on the ways there. One text stands in the box; several, and that there may be
// others, stand behind it.
func (b *builder) resolve() {
	before := map[*vertex][]*vertex{}
	for _, v := range b.all {
		for _, w := range v.ways {
			before[w.to] = append(before[w.to], v)
		}
	}
	for _, o := range b.later {
		names, others := b.given(o, before)
		switch {
		case len(names) == 1 && !others:
			o.v.text[0] = o.what + names[0]
			o.v.more = append(o.v.more, "by "+o.variable)
		case len(names) > 0:
			s := "one of: " + strings.Join(names, ", ")
			if others {
				s += ", or what else " + o.variable + " holds"
			}
			o.v.more = append(o.v.more, "chosen by "+o.variable, s)
			if !others {
				o.v.names = names
			}
		default:
			o.v.more = append(o.v.more, "chosen by "+o.variable)
		}
	}
}

// given looks for what a variable was given last, on all ways that lead to a transfer.
func (b *builder) given(o pending, before map[*vertex][]*vertex) (names []string, others bool) {
	variable := strings.ToLower(o.variable)
	todo, seen := slices.Clone(before[o.v]), map[*vertex]bool{}
	for len(todo) > 0 {
		v := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[v] {
			continue
		}
		seen[v] = true
		if v == b.start || v == b.errors {
			name, literal := b.initial(variable)
			if !literal {
				others = true
			} else if name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
			continue
		}
		switch at := lastSet(v.sets, variable); {
		case at == nil && v.calls() && b.writtenInCalls(variable):
			others = true
		case at == nil:
			todo = append(todo, before[v]...)
		case !at.literal:
			others = true
		case !slices.Contains(names, at.value):
			names = append(names, at.value)
		}
	}
	slices.Sort(names)
	return names, others
}

func lastSet(sets []set, variable string) *set {
	for i := len(sets) - 1; i >= 0; i-- {
		if sets[i].variable == variable {
			return &sets[i]
		}
	}
	return nil
}

// initial is what a variable begins with: an empty text names nothing, and counts as none.
func (b *builder) initial(variable string) (name string, literal bool) {
	for _, v := range b.flow.Variables {
		if strings.EqualFold(v.Name, variable) {
			name, _ = object(v.Initial)
			return name, !v.IsInput && (v.Initial.Form == architect.Lit || !v.Initial.IsSet())
		}
	}
	return "", false
}

// writtenInCalls reports whether a task that is called, or one that such a task leads to, may
// write a variable.
func (b *builder) writtenInCalls(variable string) bool {
	for _, v := range b.all {
		if lastSet(v.sets, variable) != nil {
			return true
		}
	}
	return false
}
