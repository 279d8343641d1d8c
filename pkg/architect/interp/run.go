package interp

import (
	"context"
	"fmt"
	"slices"
)

// Run takes a call through the program in a world: the loop that every command runs. The
// error is a *Refusal, the world's own, the context's, or one that wraps ErrOutcome; the
// result then holds what happened until there. Runs of one program may go on at once, as
// far as their worlds allow it.
func Run(ctx context.Context, p *Program, c Call, w World, o RunOptions) (Result, error) {
	if c.At.IsZero() {
		c.At = w.Now()
	}
	s := p.borrow(c)
	defer p.giveBack(s)
	s.level = o.Trace
	var err error
	if m := o.Memo; m != nil && m.p == p && m.fits(&c, o) {
		err = m.run(ctx, s, &c, w)
	} else {
		err = s.run(ctx, w)
	}
	r := s.result(o.Room)
	if o.Room != nil {
		r.Path = append(o.Room.Path[:0], r.Path...)
	} else {
		r.Path = slices.Clone(r.Path) // the state keeps its room for the next run
	}
	return r, err
}

func (s *State) run(ctx context.Context, w World) error {
	for {
		e, err := s.p.Next(s)
		if err != nil || e == nil {
			return err
		}
		out, err := w.Do(ctx, e)
		if err != nil {
			return fmt.Errorf("%s %q: %w", e.Kind, e.Name, err)
		}
		if err := ctx.Err(); err != nil { // an answer that was cut short is none
			return err
		}
		if err := s.p.Resume(s, out); err != nil {
			return err
		}
	}
}
