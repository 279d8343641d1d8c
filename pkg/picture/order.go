package picture

import (
	"cmp"
	"slices"
)

// reach marks what a call can come to: from the start, and from where errors go.
func (b *builder) reach() {
	todo := []*vertex{b.start}
	for _, v := range b.all {
		if v.kind == Fallback {
			todo = append(todo, v)
		}
	}
	for len(todo) > 0 {
		v := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if v.reached {
			continue
		}
		v.reached, v.lane.reached = true, true
		for _, w := range v.ways {
			todo = append(todo, w.to)
		}
	}
}

// order puts the lanes into the order of a call: a task stands behind all that lead to it,
// as far as none leads back; where the flow leaves it open, the text's order holds. Lanes
// that no call comes to stand last, before them what errors lead to.
func (b *builder) order() {
	next := map[*lane][]*lane{}
	for _, v := range b.all {
		for _, w := range v.ways {
			if w.to.lane != v.lane && !slices.Contains(next[v.lane], w.to.lane) {
				next[v.lane] = append(next[v.lane], w.to.lane)
			}
		}
	}
	at := map[*lane]int{}
	for i, l := range b.lanes {
		at[l] = i
	}
	var post []*lane
	seen := map[*lane]bool{}
	var visit func(*lane)
	visit = func(l *lane) {
		if seen[l] {
			return
		}
		seen[l] = true
		ls := slices.Clone(next[l])
		slices.SortFunc(ls, func(x, y *lane) int { return at[y] - at[x] }) // what is visited last comes first
		for _, x := range ls {
			visit(x)
		}
		post = append(post, l)
	}
	visit(b.start.lane)
	slices.Reverse(post)
	rank := map[*lane]int{}
	for i, l := range post {
		rank[l] = i + 1
	}
	used := map[*lane]bool{}
	for _, v := range b.all {
		used[v.lane] = true
	}
	b.lanes = slices.DeleteFunc(b.lanes, func(l *lane) bool { return !used[l] })
	last := len(b.lanes) + len(post) + 1
	place := func(l *lane) int {
		switch {
		case rank[l] > 0:
			return rank[l]
		case l.reached:
			return last
		}
		return last + 1
	}
	slices.SortStableFunc(b.lanes, func(x, y *lane) int { return cmp.Compare(place(x), place(y)) })
}
