package lab

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
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
		return "off"
	}
	select {
	case <-p.done:
		return "done"
	default:
		return "running"
	}
}

// prove begins the proof of the text that was just taken. The lock is held.
func (s *session) prove() {
	if s.proof != nil {
		s.proof.stop()
		s.proof = nil
	}
	w := s.work
	if w.Prove == nil {
		return
	}
	ctx, stop := context.WithCancel(s.ctx)
	p := &proving{stop: stop, done: make(chan struct{})}
	s.proof = p
	s.proofs.Go(func() {
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
		found, text, err := safely(func() (diag.Findings, string, error) {
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

// proved waits until a proof is done, for some time.
func (s *session) proved(ctx context.Context, revision int, patience time.Duration) Proof {
	s.mu.Lock()
	p, text, work := s.proof, s.text, s.work
	out := Proof{Revision: s.revision, State: "off", Findings: []Finding{}}
	s.mu.Unlock()
	switch {
	case revision != out.Revision:
		out.State = "stale"
		return out
	case p == nil:
		return out
	}
	wait := time.NewTimer(patience)
	defer wait.Stop()
	select {
	case <-p.done:
	case <-wait.C:
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	out.State, out.Far = p.state(), p.far
	s.mu.Lock()
	if s.revision != revision {
		out.State = "stale"
	}
	s.mu.Unlock()
	if out.State != "done" {
		return out
	}
	out.Text, out.Ms = p.text, ms(p.took)
	if p.err != nil {
		out.Error = some(p.err.Error())
		return out
	}
	proven := *work
	proven.Findings = slices.DeleteFunc(slices.Clone(p.findings), func(f diag.Finding) bool { return slices.Contains(work.Findings, f) })
	out.Findings = findings(&proven, text)
	return out
}

// safely makes an error of a panic: the proof goes on beside requests, and nothing else ends with it.
func safely(prove func() (diag.Findings, string, error)) (found diag.Findings, text string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the proof failed: %v", p)
		}
	}()
	return prove()
}
