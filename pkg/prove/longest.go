package prove

import (
	"context"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
)

// The longest wait is one of the graph. A call that waits so long is found by a second search,
// which follows nothing but the ways on which as much is left to wait as is missing yet.

// longestWait is what a call is found for that breaks nothing.
const longestWait = "longest wait"

// A guide leads a search along the longest waits of one that was made.
type guide struct {
	of   *explorer
	left []time.Duration // that may be waited from each of its nodes on
	all  time.Duration
}

// leads tells whether a state that was come to is on a way of the longest wait.
func (g *guide) leads(key []byte, waited time.Duration) bool {
	m, seen := g.of.seen[string(key)]
	return seen && !m.covered && waited+g.left[m.node] >= g.all
}

// longestCall is a call that waits longest; nil when there is none that replays, as where the longest
// wait is one between two keys.
func (x *explorer) longestCall(ctx context.Context) (*Counterexample, error) {
	g := &guide{of: x}
	var path []int32
	var endless bool
	g.all, path, g.left, endless = x.own().waits(func(e edge) time.Duration { return e.wait })
	if endless || g.all == 0 || len(path) == 0 || path[0] != 0 {
		return nil, nil
	}
	set := x.set
	set.guide, set.stop = g, true
	y := x.empty(set)
	y.origins, y.made, y.outs, y.next, y.fold = x.origins, x.made, x.outs, x.next, x.fold
	if err := y.search(ctx); err != nil {
		return nil, err
	}
	f := y.faults[longestWait]
	if f == nil || f.example == nil {
		return nil, nil
	}
	w := f.example.World
	r, err := interp.Run(ctx, x.p, w.Start(), world.New(w), interp.RunOptions{})
	if err != nil || r.Elapsed < g.all {
		return nil, err
	}
	return f.example, nil
}
