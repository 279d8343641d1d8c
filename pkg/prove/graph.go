package prove

import (
	"math/big"
	"slices"
	"time"
)

// waitsOwn tells whether the longest waits are those of calls that can be: they are as long
// without the edges to states that stand for other calls, too.
func (x *explorer) waitsOwn() bool {
	y := x.own()
	for _, of := range []func(edge) time.Duration{func(e edge) time.Duration { return e.wait }, func(e edge) time.Duration { return e.hub }} {
		all, _, endless := x.longest(of)
		some, _, also := y.longest(of)
		if all != some || endless != also {
			return false
		}
	}
	return true
}

// own is the graph without the edges to states that stand for other calls, too.
func (x *explorer) own() *explorer {
	own := make([]node, len(x.nodes))
	for i, n := range x.nodes {
		own[i].edges = slices.DeleteFunc(slices.Clone(n.edges), func(e edge) bool { return e.covered })
	}
	return &explorer{nodes: own}
}

// longest is the longest wait between two keys that a caller presses, and the nodes it leads
// over; endless when there is a circle that waits.
func (x *explorer) longest(of func(edge) time.Duration) (wait time.Duration, path []int32, endless bool) {
	wait, path, _, endless = x.waits(of)
	return wait, path, endless
}

// waits is longest, with how long may be waited from each node on.
func (x *explorer) waits(of func(edge) time.Duration) (wait time.Duration, path []int32, best []time.Duration, endless bool) {
	circles := x.circles()
	best = make([]time.Duration, len(x.nodes))
	via := make([]int32, len(x.nodes))
	in := make([]int, len(x.nodes))
	for i, c := range circles {
		for _, n := range c {
			in[n] = i
		}
	}
	from := int32(0)
	for i, c := range circles { // what they lead to comes before them
		var most time.Duration
		next := int32(-1)
		for _, n := range c {
			for _, e := range x.nodes[n].edges {
				w := of(e)
				switch {
				case e.to < 0 || e.keyed:
				case in[e.to] == i:
					endless = endless || w > 0
					continue
				default:
					w += best[e.to]
				}
				if w > most || next < 0 && e.to >= 0 && !e.keyed && w >= most {
					if most = w; !e.keyed {
						next = e.to
					}
				}
			}
		}
		for _, n := range c {
			best[n], via[n] = most, next
			if most > wait || n == 0 && most == wait {
				wait, from = most, n
			}
		}
	}
	for n := from; n >= 0; n = via[n] {
		path = append(path, n)
	}
	return wait, path, best, endless
}

// circles are the nodes in groups that lead to each other without a key being pressed, each
// group after those that it leads to.
func (x *explorer) circles() [][]int32 {
	index := make([]int32, len(x.nodes)) // 1 and up in the order of visiting
	low := make([]int32, len(x.nodes))
	on := make([]bool, len(x.nodes))
	var stack []int32
	var out [][]int32
	n := int32(0)
	var visit func(v int32)
	visit = func(v int32) {
		n++
		index[v], low[v], on[v] = n, n, true
		stack = append(stack, v)
		for _, e := range x.nodes[v].edges {
			switch {
			case e.to < 0 || e.keyed:
			case index[e.to] == 0:
				visit(e.to)
				low[v] = min(low[v], low[e.to])
			case on[e.to]:
				low[v] = min(low[v], index[e.to])
			}
		}
		if low[v] == index[v] {
			at := slices.Index(stack, v)
			c := slices.Clone(stack[at:])
			for _, m := range c {
				on[m] = false
			}
			stack = stack[:at]
			out = append(out, c)
		}
	}
	for v := range x.nodes {
		if index[v] == 0 {
			visit(int32(v))
		}
	}
	return out
}

// ways counts the ways through the graph; circles count once.
func (x *explorer) ways() *big.Int {
	counts := make([]*big.Int, len(x.nodes))
	state := make([]uint8, len(x.nodes))
	var order []int32
	var visit func(n int32)
	visit = func(n int32) {
		state[n] = 1
		for _, e := range x.nodes[n].edges {
			if e.to >= 0 && state[e.to] == 0 {
				visit(e.to)
			}
		}
		state[n] = 2
		order = append(order, n)
	}
	visit(0)
	for _, n := range order {
		c := new(big.Int)
		for _, e := range x.nodes[n].edges {
			switch {
			case e.to < 0:
				c.Add(c, big.NewInt(1))
			case counts[e.to] != nil:
				c.Add(c, counts[e.to])
			}
		}
		counts[n] = c
	}
	return counts[0]
}
