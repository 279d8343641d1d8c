package picture

import (
	"cmp"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/words"
)

// part is where in its lane a vertex stands: a lane begins with where calls come in, or with what
// its task does first, and ends with what comes when the task runs out.
func (v *vertex) part() int {
	switch {
	case v.kind == Start:
		return 0
	case v == v.lane.first:
		return 1
	case v.name == "end":
		return 3
	}
	return 2
}

// shown is how many actions of a box are named in it; the rest are in Node.More.
const shown = 5

// fold makes boxes of actions: a run without a choice is one, and what only leads elsewhere
// belongs to what comes before it.
func (b *builder) fold() {
	for _, v := range b.all {
		v.together()
	}
	b.count()
	b.drop()
	for again := true; again; {
		again = false
		for _, v := range b.all {
			if v.gone {
				continue
			}
			for b.absorb(v) {
				again = true
			}
		}
		for _, v := range b.all {
			if !v.gone && v.together() {
				again = true
			}
		}
		b.count()
	}
	b.all = slices.DeleteFunc(b.all, func(v *vertex) bool { return v.gone })
	slices.SortStableFunc(b.all, func(a, c *vertex) int {
		return cmp.Or(cmp.Compare(a.lane.pos.Line, c.lane.pos.Line), cmp.Compare(a.lane.pos.Column, c.lane.pos.Column),
			cmp.Compare(a.part(), c.part()), cmp.Compare(a.pos.Line, c.pos.Line), cmp.Compare(a.pos.Column, c.pos.Column))
	})
	for _, v := range b.all {
		v.brief()
	}
}

func (b *builder) count() {
	for _, v := range b.all {
		v.in = 0
	}
	for _, v := range b.all {
		if v.gone {
			continue
		}
		for _, w := range v.ways {
			w.to.in++
		}
	}
}

// drop takes away what stands for no action and is in nobody's way: the beginnings of tasks,
// which lead to their first action, and ends that nothing comes to.
func (b *builder) drop() {
	for _, v := range b.all {
		for _, w := range v.ways {
			w.to, w.label = b.through(w.to, w.label)
		}
	}
	b.count()
	for _, v := range b.all {
		if len(v.acts) == 0 && (v.jump && v.lane.first != nil || v.in == 0 && v.kind != Start && v != b.errors && v.name != "errors") {
			v.gone = true
		}
	}
	for _, l := range b.lanes {
		if l.first != nil {
			l.first, _ = b.through(l.first, "")
		}
	}
	b.count()
}

// through passes what stands for no action. Tasks that jump in a circle have one.
func (b *builder) through(v *vertex, label string) (*vertex, string) {
	for range b.all {
		if len(v.acts) > 0 || !v.jump || len(v.ways) != 1 {
			break
		}
		label = cmp.Or(label, v.ways[0].label)
		v = v.ways[0].to
	}
	return v, label
}

// absorb takes the box behind a way into this one, when nothing else leads to it.
func (b *builder) absorb(v *vertex) bool {
	for _, w := range v.ways {
		to := w.to
		if to == v || to.gone || to.in != 1 || to.lane != v.lane || w.call {
			continue
		}
		if to.jump && len(to.ways) == 1 && !v.jump && v.kind != Start && !v.calls() {
			v.acts = append(v.acts, to.acts...)
			v.more = append(v.more, to.more...)
			w.to, to.gone = to.ways[0].to, true
			w.label = cmp.Or(w.label, to.ways[0].label)
			return true
		}
		if len(v.ways) == 1 && v.plain() && to.plain() {
			v.acts, v.text = append(v.acts, to.acts...), append(v.text, to.text...)
			v.more = append(v.more, to.more...)
			v.ways, v.note = to.ways, cmp.Or(v.note, to.note)
			v.choice, to.gone = to.choice, true
			return true
		}
	}
	return false
}

// calls reports whether a call comes back to the box from a task, which a box of what runs
// afterwards must not be.
func (v *vertex) calls() bool {
	return slices.ContainsFunc(v.ways, func(w *way) bool { return w.call })
}

func (v *vertex) plain() bool {
	return v.kind == Step && !v.choice && !v.jump && len(v.ways) < 2
}

// together makes one way of those that lead to the same box.
func (v *vertex) together() bool {
	if len(v.ways) < 2 {
		return false
	}
	var out []*way
	for _, w := range v.ways {
		at := slices.IndexFunc(out, func(o *way) bool {
			return o.to == w.to && o.call == w.call && (w.to != v || len(o.branches) > 0 && len(w.branches) > 0)
		})
		if at < 0 {
			out = append(out, w)
			continue
		}
		out[at].label = either(out[at].label, w.label)
		out[at].branches = append(out[at].branches, w.branches...)
	}
	if len(out) == len(v.ways) {
		return false
	}
	v.ways = out
	if len(out) == 1 && v.kind != Loop && !out[0].call {
		out[0].label = ""
	}
	return true
}

func either(a, b string) string {
	if a == "" || b == "" || a == b {
		return cmp.Or(a, b)
	}
	if i := strings.LastIndex(a, " or "); i > 0 {
		return a[:i] + ", " + a[i+len(" or "):] + " or " + b
	}
	return a + " or " + b
}

// brief names the first of many actions, and all of them in what a pointer gets.
func (v *vertex) brief() {
	if v.jump {
		v.kind, v.text = Join, nil
	}
	if len(v.acts) > 1 || v.jump {
		var all []string
		for _, a := range v.acts {
			all = append(all, cmp.Or(a.Name, spelled(a.Type))+" ("+spelled(a.Type)+")")
		}
		v.more = append(all, v.more...)
	}
	if n := len(v.text); n > shown {
		v.text = append(slices.Clone(v.text[:shown-1]), "and "+words.Count(n-shown+1, "more action", "more actions"))
	}
}
