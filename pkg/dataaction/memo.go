package dataaction

import (
	"crypto/sha256"
	"sync"
	"sync/atomic"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/jsonpath"
)

// A Memo remembers what programs made of replies: map, template and contract are applied to a text
// once, however many calls are answered with it. A run with a Memo has the Result of one without,
// but for Final, which is left out; its outputs are those of other runs, too, and must not be changed. Any number of
// goroutines may use it. What it holds is bounded; the zero value is ready.
type Memo struct {
	mu         sync.Mutex
	young, old map[told]*made
}

// memoReplies is how many replies a Memo remembers at the most. One takes some kilobytes.
const memoReplies = 1000

// A told is all that the outputs of a success depend on.
type told struct {
	p    *Program
	body [sha256.Size]byte
}

// made is what became of a reply.
type made struct {
	id       uint64
	outputs  map[string]jsonpath.Value
	findings diag.Findings
}

// madeReplies counts what was remembered, so that each has a number of its own.
var madeReplies atomic.Uint64

func (m *Memo) get(k told) *made {
	m.mu.Lock()
	defer m.mu.Unlock()
	if x := m.young[k]; x != nil {
		return x
	}
	x := m.old[k]
	if x != nil {
		m.put(k, x)
	}
	return x
}

func (m *Memo) keep(k told, x *made) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.put(k, x)
}

func (m *Memo) put(k told, x *made) {
	if m.young == nil || len(m.young) >= memoReplies/2 {
		m.young, m.old = map[told]*made{}, m.young
	}
	m.young[k] = x
}

// remembers reports whether a reply may be taken from the memo: nothing of how it is read is shown, and
// nothing but its body counts.
func (r *runner) remembers() bool {
	return r.o.Memo != nil && !r.o.Trace && !r.o.Remarks && !r.p.opts.InputInSuccess
}

// remembered is reply, or what it made of the same body before. Failures are not remembered.
func (r *runner) remembered(reply Response) *Error {
	if !r.remembers() {
		return r.reply(reply)
	}
	k := told{r.p, sha256.Sum256(reply.Body)}
	if x := r.o.Memo.get(k); x != nil {
		r.res.Outputs, r.res.Made = x.outputs, x.id
		r.res.Findings = append(r.res.Findings, x.findings...)
		return nil
	}
	known := len(r.res.Findings)
	if err := r.reply(reply); err != nil {
		return err
	}
	r.res.Made = madeReplies.Add(1)
	r.o.Memo.keep(k, &made{r.res.Made, r.res.Outputs, r.res.Findings[known:len(r.res.Findings):len(r.res.Findings)]})
	return nil
}
