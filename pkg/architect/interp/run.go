package interp

import (
	"context"
	"fmt"
)

// Run takes a call through the program in a world. The error is a *Refusal, the world's
// own, or one that wraps ErrOutcome; the result then holds what happened until there.
func Run(ctx context.Context, p *Program, c Call, w World, o RunOptions) (Result, error) {
	if c.At.IsZero() {
		c.At = w.Now()
	}
	s := p.borrow(c)
	defer p.giveBack(s)
	s.level = o.Trace
	for {
		e, err := p.Next(s)
		if err != nil || e == nil {
			return s.Result(), err
		}
		if err := ctx.Err(); err != nil {
			return s.Result(), err
		}
		out, err := w.Do(ctx, e)
		if err != nil {
			return s.Result(), fmt.Errorf("%s %q: %w", e.Kind, e.Name, err)
		}
		if err := p.Resume(s, out); err != nil {
			return s.Result(), err
		}
	}
}
