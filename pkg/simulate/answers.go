package simulate

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/dataaction"
)

// Answers keeps what data actions that ask HubSpot answered: equal questions have the same
// answer, the slice of outputs included, so that an answer can be known again by it. An answer
// depends on nothing but the definition under its readings, the input, the account and the token
// that the platform holds; whoever answers as HubSpot must therefore count no requests and look at
// no clock. The latency that it states belongs to the answer.
//
// Any number of runs may use it at the same time. It is bounded: what was not asked for lately is
// forgotten, and executed when it is asked again.
//
// Answers of an action that are alike are one, however many callers got it: most who call are
// nobody that HubSpot knows. They cost a question each, and a memo finds them on one way.
type Answers struct {
	mu         sync.RWMutex
	half       int
	weight     int                  // of what is young
	young, old map[question]*answer // an answer that is used again gets young again
	one, ones  map[alike]*answer    // young and old, too
}

// What is kept weighs so much: an answer of a search takes about 5 kB, a question some hundred bytes.
const (
	questionWeight = 1
	answerWeight   = 15
)

// NewAnswers keeps at most so many answers that differ, and some times as many questions.
func NewAnswers(most int) *Answers {
	return &Answers{half: max(1, most/2) * (questionWeight + answerWeight), young: map[question]*answer{}, one: map[alike]*answer{}}
}

// A question is all that an answer depends on. The action of the flow tells which outputs are
// taken, in which types.
type question struct {
	at      *architect.Action
	action  *action
	account string
	held    dataaction.Held
	inputs  string
}

// An answer is what an execution gave. Nothing of it is changed.
type answer struct {
	id         uint64 // of the outputs, for a memo; 0: it is not kept
	branch     string
	outputs    []interp.Named
	elapsed    time.Duration
	requests   int
	failure    string
	operations []dataaction.Operation
	holds      dataaction.Held // what the platform holds after it
}

// alike is all that there is to an answer without a failure.
type alike struct {
	at       *architect.Action
	action   *action
	branch   string
	elapsed  time.Duration
	requests int
	holds    dataaction.Held
	outputs  string
}

// alike gives the one answer that says what this one says.
func (k *Answers) alike(q *question, got *answer) *answer {
	if got.failure != "" || len(got.operations) > 0 { // they may name a single request
		k.weight += answerWeight
		return got
	}
	var key []byte
	for _, o := range got.outputs { // the action says which
		key = o.Value.AppendKey(key)
	}
	x := alike{q.at, q.action, got.branch, got.elapsed, got.requests, got.holds, string(key)}
	if one := k.one[x]; one != nil {
		return one
	}
	if one := k.ones[x]; one != nil {
		got = one
	}
	k.one[x] = got
	k.weight += answerWeight
	return got
}

// known is the answer to a question. The inputs are given apart, in bytes that may change
// afterwards: to look them up takes no memory.
func (k *Answers) known(q question, inputs []byte) *answer {
	k.mu.RLock()
	got := k.young[question{q.at, q.action, q.account, q.held, string(inputs)}]
	old := got == nil && k.old[question{q.at, q.action, q.account, q.held, string(inputs)}] != nil
	k.mu.RUnlock()
	if old {
		q.inputs = string(inputs)
		got = k.keep(q, nil)
	}
	return got
}

// keep keeps an answer and gives the one that counts: who asked first was heard first.
func (k *Answers) keep(q question, got *answer) *answer {
	k.mu.Lock()
	defer k.mu.Unlock()
	if first := k.young[q]; first != nil {
		return first
	}
	if first := k.old[q]; first != nil {
		got = first
	}
	if got == nil { // forgotten in the meantime
		return nil
	}
	if k.weight >= k.half {
		k.weight, k.young, k.old = 0, map[question]*answer{}, k.young
		k.one, k.ones = map[alike]*answer{}, k.one
	}
	got = k.alike(&q, got)
	k.weight += questionWeight
	if got.id == 0 {
		got.id = answers.Add(1)
	}
	k.young[q] = got
	return got
}

// answers counts the answers that were kept.
var answers atomic.Uint64

// answer executes an action, or gives the answer that is known.
func (w *callWorld) answer(ctx context.Context, a *action, e *interp.Effect) (*answer, error) {
	r, auth := w.run, w.run.authOf(a)
	if w.again && a.Definition.IntegrationType == dataaction.GenesysCloud {
		return w.write(ctx, a, e)
	}
	if r.Answers == nil || r.Real || r.Trace == interp.TraceFull || a.Definition.IntegrationType == dataaction.GenesysCloud {
		return w.execute(ctx, a, e, auth)
	}
	q := question{at: e.Action, action: a, account: r.Account}
	if auth != nil {
		q.held = auth.Held()
	}
	inputs := r.inputs(e)
	got := r.Answers.known(q, inputs)
	if got == nil {
		q.inputs = string(inputs)
		made, err := w.execute(ctx, a, e, auth)
		if err != nil || ctx.Err() != nil {
			return made, err
		}
		if auth != nil {
			made.holds = auth.Held()
		}
		got = r.Answers.keep(q, made)
	}
	if auth != nil && got.holds != q.held {
		auth.Hold(got.holds)
	}
	return got, nil
}

// inputs are those of an action, in bytes that hold until the next one asks; the action says
// which they are.
func (r *Run) inputs(e *interp.Effect) []byte {
	r.scratch = r.scratch[:0]
	for _, n := range e.Inputs {
		r.scratch = n.Value.AppendKey(r.scratch)
	}
	return r.scratch
}

// A written row is what an execution of the breaker's action left. Calls of a second open the
// breaker until the same second.
type written struct {
	at     *architect.Action
	inputs string
	org    *Org
	key    string
	row    map[string]any
	answer *answer
}

// write executes an action that writes a row, or writes what it wrote just before.
func (w *callWorld) write(ctx context.Context, a *action, e *interp.Effect) (*answer, error) {
	r := w.run
	inputs := r.inputs(e)
	if last := r.wrote; last != nil && last.at == e.Action && last.inputs == string(inputs) && last.org == w.org(last.key) && last.org.Rows[last.key] != nil {
		last.org.Rows[last.key] = last.row
		return last.answer, nil
	}
	now := &written{at: e.Action, inputs: string(inputs)}
	r.wrote, r.writing = nil, now
	got, err := w.execute(ctx, a, e, nil)
	r.writing = nil
	if err == nil && got.branch == "success" && now.row != nil {
		now.answer, r.wrote = got, now
	}
	return got, err
}
