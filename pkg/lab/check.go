package lab

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/view"
)

// A judging is what is found out about one text, beside everything else. A newer text ends it.
type judging struct {
	revision int
	text     []byte
	began    time.Time
	stop     context.CancelFunc
	rendered chan struct{} // closed when it is known whether calls can be made with it
	done     chan struct{} // closed when all is found that will be

	// Guarded by the session's lock.
	far  string // what is done now, in words
	work *Work  // nil until it is rendered
	took time.Duration
}

// Times of a check.
const (
	soon      = time.Second     // how long a text that is sent waits for what is found in it
	readily   = 5 * time.Second // how long a call waits to be made with the newest text, when there is one before
	longCheck = time.Minute     // after which the rest of the checks is not made
)

// What a check is doing.
const (
	rendering = "rendering"
	checking  = "checking"
)

// offer makes a text that of the session, and begins to judge it. The lock is held.
func (s *session) offer(text []byte) *judging {
	if s.judging != nil {
		s.judging.stop()
	}
	if s.proof != nil {
		s.proof.stop()
		s.proof = nil
	}
	s.text = slices.Clone(text)
	s.revision++
	ctx, stop := context.WithCancel(s.ctx)
	j := &judging{revision: s.revision, text: s.text, began: time.Now(), stop: stop, rendered: make(chan struct{}), done: make(chan struct{}), far: rendering}
	s.judging = j
	s.beside.Go(func() {
		defer close(j.done)
		defer stop()
		s.turn.Lock() // one that was ended may need a moment to see it: two at once make both slow
		defer s.turn.Unlock()
		if ctx.Err() == nil {
			s.judge(ctx, j)
		}
	})
	return j
}

// judge finds out what a text is: first what calls can be made with, then the rest.
func (s *session) judge(ctx context.Context, j *judging) {
	ctx, stop := context.WithTimeout(ctx, s.limit)
	defer stop()
	w, err := s.render(ctx, j.text)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		w = &Work{Findings: diag.Findings{{Message: fmt.Sprintf("the text was given up: it could not be rendered in %s", s.limit), Hint: "dealroute validate takes the time that it needs; calls are made with the text before"}}}
	case err != nil:
		w = &Work{Findings: diag.Findings{{Message: err.Error()}}}
	}
	if w.Check == nil {
		s.found(j, w, "")
		return
	}
	if !s.found(j, w, checking) {
		return
	}
	found, late := s.rest(ctx, w)
	if errors.Is(ctx.Err(), context.Canceled) { // nobody waits: there is a newer text, or the session ends
		return
	}
	if len(late) > 0 && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		found = append(found, s.unjudged(late))
	}
	all := *w
	all.Findings = found
	s.found(j, &all, "")
}

// render makes what calls can be made with; a panic is an error of the text alone.
func (s *session) render(ctx context.Context, text []byte) (w *Work, err error) {
	defer s.caught("a check", func() {
		err = errors.New("the lab failed at this text: dealroute validate says more; please report it")
	})
	return s.bench.Judge(ctx, text)
}

// rest finds what takes longer.
func (s *session) rest(ctx context.Context, w *Work) (found diag.Findings, late []string) {
	defer s.caught("a check", func() {
		found = append(slices.Clone(w.Findings), diag.Finding{Message: "the checks failed at this text", Hint: "dealroute validate says more; please report it"})
	})
	return w.Check(ctx)
}

// caught tells the log of a panic, and has something done then.
func (s *session) caught(what string, then func()) {
	if p := recover(); p != nil {
		s.log.Error(what+" panicked", "panic", privacy.Said(fmt.Sprint(p)), "stack", string(debug.Stack()))
		then()
	}
}

// unjudged says which checks were not made for want of time.
func (s *session) unjudged(late []string) diag.Finding {
	const few = 4
	names := strings.Join(late[:min(len(late), few)], ", ")
	if more := len(late) - few; more > 0 {
		names += fmt.Sprintf(" and %d more", more)
	}
	return diag.Finding{
		Severity: diag.Warning, Message: fmt.Sprintf("not everything was checked: after %s these checks were given up: %s", s.limit, names),
		Hint: "dealroute validate makes them all; calls can be made meanwhile",
	}
}

// found notes what is known of a text, and what is done next; with nothing next its proof begins.
// False: there is a newer text.
func (s *session) found(j *judging, w *Work, next string) bool {
	var p Pictures
	if w.Desk != nil && j.work == nil {
		p = Pictures{graphHash(w.Flow), graphHash(w.Rules)}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.judging != j {
		return false
	}
	first := j.work == nil
	j.work, j.far = w, next
	if first {
		close(j.rendered)
	}
	if first && w.Desk != nil {
		begins := s.dials == nil
		s.dials, s.dialsAt, s.pictures = w, j.revision, p
		if begins {
			s.state = w.Desk.Begin()
		}
	}
	if next == "" {
		j.took = time.Since(j.began)
		s.prove(j)
	}
	return true
}

// wait waits until a text is judged, for some time, or until nobody asks any more.
func (j *judging) wait(ctx context.Context, patience time.Duration) { wait(ctx, patience, j.done, nil) }

func wait(ctx context.Context, patience time.Duration, first, other <-chan struct{}) {
	t := time.NewTimer(patience)
	defer t.Stop()
	select {
	case <-first:
	case <-other:
	case <-t.C:
	case <-ctx.Done():
	}
}

// await waits until it is known whether calls can be made with the text as it is by then: for a while
// when they can be made with an earlier one, else as long as a request waits.
func (s *session) await(ctx context.Context, while time.Duration) {
	began := time.Now()
	for j := (*judging)(nil); ; {
		s.mu.Lock()
		before, most := j, while
		if j = s.judging; s.dials == nil {
			most = patience
		}
		known := j.work != nil
		s.mu.Unlock()
		left := most - time.Since(began)
		if known || left <= 0 || j == before { // waited for already: there is no more to come
			return
		}
		wait(ctx, left, j.rendered, j.done) // a newer text ends it
	}
}

// Check is what is known of a text. As long as its state is running, it holds what is known by then.
type Check struct {
	Revision int                   `json:"revision"`
	State    string                `json:"state"` // running, done; stale: there is a newer text
	Far      *string               `json:"far"`   // rendering, checking; null when it does not go on
	OK       bool                  `json:"ok"`    // calls are made with this text
	Dials    *int                  `json:"dials"` // revision with which calls are made; null: with none
	Edited   bool                  `json:"edited"`
	Findings []Finding             `json:"findings"`
	Counts   map[diag.Severity]int `json:"counts"`
	Proof    string                `json:"proof"`
	Pictures Pictures              `json:"pictures"`
	Changed  []int                 `json:"changed"` // lines that are not as in the file
	Ms       int64                 `json:"ms"`      // that it took, or has taken
}

// Pictures are the hashes of what can be drawn; null for what cannot.
type Pictures struct {
	Flow  *string `json:"flow"`
	Rules *string `json:"rules"`
}

// States of a check and of a proof.
const (
	stateRunning = "running"
	stateDone    = "done"
	stateStale   = "stale"
	stateOff     = "off"
)

// check gives what is known of a text. The lock is not held.
func (s *session) check(j *judging) Check {
	s.mu.Lock()
	w, saved, took, over := j.work, s.saved, j.took, j.far == ""
	c := Check{Revision: j.revision, State: stateRunning, Far: some(j.far), OK: w != nil && w.Desk != nil, Proof: s.proof.state()}
	if s.judging != j {
		c.State, c.Far = stateStale, nil
	} else if over {
		c.State, c.Far = stateDone, nil
	}
	if s.dials != nil {
		at := s.dialsAt
		c.Dials, c.Pictures = &at, s.pictures
	}
	s.mu.Unlock()
	if !over {
		took = time.Since(j.began)
	}
	w = cmp.Or(w, &Work{})
	c.Edited, c.Changed, c.Ms = !bytes.Equal(j.text, saved), changedLines(saved, j.text), view.Ms(took)
	c.Findings, c.Counts = findings(w, j.text), counts(w.Findings)
	return c
}

// checked waits for the check of a revision: until there is more than there was when it was this far.
func (s *session) checked(ctx context.Context, revision int, far string, patience time.Duration) Check {
	s.mu.Lock()
	j := s.judging
	s.mu.Unlock()
	switch {
	case j.revision != revision:
	case far == rendering:
		wait(ctx, patience, j.rendered, j.done)
	default:
		j.wait(ctx, patience)
	}
	c := s.check(j)
	if j.revision != revision {
		c.State = stateStale
	}
	return c
}
