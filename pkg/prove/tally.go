package prove

import (
	"context"
	"sync/atomic"
)

// A Tally says how far a proof is, to whoever looks on from another goroutine.
type Tally struct{ States, Calls atomic.Int64 }

type tallyKey struct{}

// Counted makes the proofs under a context count in a tally.
func Counted(ctx context.Context, t *Tally) context.Context {
	return context.WithValue(ctx, tallyKey{}, t)
}

// tallyOf is the tally of a context, else one that nobody reads.
func tallyOf(ctx context.Context) *Tally {
	if t, ok := ctx.Value(tallyKey{}).(*Tally); ok {
		return t
	}
	return new(Tally)
}
