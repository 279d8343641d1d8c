package simulate

import (
	"sync"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/dataaction"
)

// Replies remembers what data actions made of replies, for all runs that share it. Where Answers
// knows what an account answers, and asks no more, Replies only spares the reading: each request is
// made, counted and may fail, and a text that came before is not read again. Any number of runs may
// use it at the same time. The zero value is ready; what it holds is bounded.
type Replies struct {
	made dataaction.Memo

	mu    sync.Mutex
	taken map[taking]yield
}

// A taking is an action of a flow and the number of a result: the action says which outputs are
// taken, in which types.
type taking struct {
	at   *architect.Action
	made uint64
}

// A yield is what it takes.
type yield struct {
	id      uint64
	outputs []interp.Named
}

// mostTaken bounds what is kept; beyond it everything is forgotten.
const mostTaken = 1000

// outputs are what an action takes of a result, and the number of that for a memo of the flow.
func (k *Replies) outputs(e *interp.Effect, r *dataaction.Result) ([]interp.Named, uint64, error) {
	if k == nil || r.Made == 0 {
		out, err := outputs(e, r)
		return out, 0, err
	}
	q := taking{e.Action, r.Made}
	k.mu.Lock()
	known, ok := k.taken[q]
	k.mu.Unlock()
	if ok {
		return known.outputs, known.id, nil
	}
	out, err := outputs(e, r)
	if err != nil {
		return nil, 0, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if first, ok := k.taken[q]; ok {
		return first.outputs, first.id, nil
	}
	if k.taken == nil || len(k.taken) >= mostTaken {
		k.taken = map[taking]yield{}
	}
	now := yield{answers.Add(1), out}
	k.taken[q] = now
	return now.outputs, now.id, nil
}
