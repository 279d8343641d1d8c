package lab

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/view"
)

// A proving is the proof of one text, which goes on beside everything else and ends when there is
// a newer text.
type proving struct {
	stop context.CancelFunc
	done chan struct{}

	mu       sync.Mutex
	far      string
	findings diag.Findings
	text     string
	err      error
	took     time.Duration
}

// calm is how long a text must stand before it is proved: whoever types wants the machine.
const calm = 700 * time.Millisecond

// state is off when there is nothing to prove.
func (p *proving) state() string {
	if p == nil {
		return stateOff
	}
	select {
	case <-p.done:
		return stateDone
	default:
		return stateRunning
	}
}

// prove begins the proof of a text that was judged. The lock is held.
func (s *session) prove(j *judging) {
	w := j.work
	if w.Prove == nil {
		return
	}
	ctx, stop := context.WithCancel(s.ctx)
	p := &proving{stop: stop, done: make(chan struct{})}
	s.proof = p
	s.beside.Go(func() {
		defer close(p.done)
		defer stop()
		wait := time.NewTimer(calm)
		defer wait.Stop()
		select {
		case <-ctx.Done():
			return
		case <-wait.C:
		}
		began := time.Now()
		found, text, err := s.safely(func() (diag.Findings, string, error) {
			return w.Prove(ctx, func(far string) {
				p.mu.Lock()
				defer p.mu.Unlock()
				p.far = far
			})
		})
		p.mu.Lock()
		defer p.mu.Unlock()
		p.findings, p.text, p.err, p.took = found, text, err, time.Since(began)
	})
}

// A Proof is how far the proof of a text is.
type Proof struct {
	Revision int       `json:"revision"`
	State    string    `json:"state"` // running, done, stale, off
	Far      string    `json:"far"`
	Findings []Finding `json:"findings"` // beside those of the check; empty until it is done
	Text     string    `json:"text"`
	Error    *string   `json:"error"`
	Ms       int64     `json:"ms"`
}

// proved waits until a proof is done, for some time; that of a text that is still judged begins
// afterwards.
func (s *session) proved(ctx context.Context, revision int, patience time.Duration) Proof {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	s.mu.Lock()
	j := s.judging
	s.mu.Unlock()
	out := Proof{Revision: j.revision, State: stateStale, Findings: []Finding{}}
	if j.revision != revision {
		return out
	}
	j.wait(ctx, patience)
	s.mu.Lock()
	p, work, is := s.proof, j.work, s.judging == j
	judged := j.far == ""
	s.mu.Unlock()
	switch {
	case !is:
		return out
	case !judged:
		out.State = stateRunning
		return out
	case p == nil:
		out.State = stateOff
		return out
	}
	select {
	case <-p.done:
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	out.State, out.Far = p.state(), p.far
	s.mu.Lock()
	if s.judging != j {
		out.State = stateStale
	}
	s.mu.Unlock()
	if out.State != stateDone {
		return out
	}
	out.Text, out.Ms = p.text, view.Ms(p.took)
	if p.err != nil {
		out.Error = some(p.err.Error())
		return out
	}
	proven := *work
	proven.Findings = slices.DeleteFunc(slices.Clone(p.findings), func(f diag.Finding) bool { return slices.Contains(work.Findings, f) })
	out.Findings = findings(&proven, j.text)
	return out
}

// safely makes an error of a panic: the proof goes on beside requests, and nothing else ends with it.
func (s *session) safely(prove func() (diag.Findings, string, error)) (found diag.Findings, text string, err error) {
	defer s.caught("the proof", func() { err = errors.New("the proof failed: dealroute validate says more; please report it") })
	return prove()
}
