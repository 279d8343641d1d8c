package simulate

import (
	"context"
	"errors"
	"io"
	"sync"
)

// perWorker is how many items wait for or behind each worker: enough that none waits for a slow
// one beside it, and so few that a long list costs no memory.
const perWorker = 64

// Ordered works on all that next gives, by several workers at once, and hands what they made to
// done in the order of next. next ends with io.EOF. next and done are each called by one
// goroutine; work is told which of the workers it is, from 0, so that each can keep something
// of its own. The first error, in that order, ends everything and is returned; so does the end
// of ctx. Nothing works any more when it returns, but for a next that still waits for its input
// then: it is left behind, and what it gives is lost.
func Ordered[T, R any](ctx context.Context, workers int, next func() (T, error), work func(ctx context.Context, worker int, item T) (R, error), done func(R) error) error {
	workers = max(workers, 1)
	ctx, stop := context.WithCancelCause(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer stop(nil)
	type job struct {
		item T
		out  R
		err  error
		over chan struct{}
	}
	jobs := make(chan *job, workers*perWorker)
	order := make(chan *job, workers*perWorker)
	var ended error // of next; read when order is closed
	go func() {
		defer close(order)
		defer close(jobs)
		for {
			item, err := next()
			if err != nil {
				if !errors.Is(err, io.EOF) {
					ended = err
				}
				return
			}
			j := &job{item: item, over: make(chan struct{})}
			for _, c := range []chan *job{order, jobs} {
				select {
				case c <- j:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	for w := range workers {
		running.Go(func() {
			for {
				select {
				case j, more := <-jobs:
					if !more {
						return
					}
					j.out, j.err = work(ctx, w, j.item)
					close(j.over)
				case <-ctx.Done():
					return
				}
			}
		})
	}
	for {
		select {
		case j, more := <-order:
			if !more {
				return errors.Join(ended, context.Cause(ctx))
			}
			select {
			case <-j.over:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
			if j.err != nil {
				return j.err
			}
			if err := done(j.out); err != nil {
				return err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
