package view

import (
	"io"
	"slices"
	"sync"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/words"
)

// Timings are how long the steps of a command took, and which of them decided how long all took.
type Timings struct {
	Steps []TimedStep `json:"steps"` // in the order in which they began
	Ms    int64       `json:"ms"`    // of the command, from signing in to the last step
}

// A TimedStep is one of them.
type TimedStep struct {
	Name      string   `json:"name"`
	StartMs   int64    `json:"startMs"` // since the command began
	Ms        int64    `json:"ms"`
	AwaitedMs int64    `json:"awaitedMs"` // of these, pauses that the platform needs
	Awaited   []string `json:"awaited"`   // what was awaited in them
	Critical  bool     `json:"critical"`  // nothing could have ended earlier without it
}

// A Stopwatch takes the times of steps, of which several may go on at once.
type Stopwatch struct {
	now   func() time.Time
	began time.Time

	mu    sync.Mutex
	steps []timed
}

type timed struct {
	name       string
	start, end time.Time // end is zero while it goes on
	awaited    time.Duration
	what       []string
}

// NewStopwatch begins now.
func NewStopwatch(now func() time.Time) *Stopwatch { return &Stopwatch{now: now, began: now()} }

// Step takes the time of a step until what it gives is called.
func (s *Stopwatch) Step(name string) (done func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := len(s.steps)
	s.steps = append(s.steps, timed{name: name, start: s.now()})
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.steps[i].end = s.now()
	}
}

// Observe takes the times of changes.
func (s *Stopwatch) Observe(e reconcile.Event) {
	name := string(e.Change.Action) + " " + e.Change.Key.String()
	switch e.State {
	case reconcile.Started:
		s.Step(name)
		return
	case reconcile.Waiting, reconcile.Done, reconcile.Failed:
	default:
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.steps) - 1; i >= 0; i-- {
		x := &s.steps[i]
		same := x.name == name || e.State == reconcile.Waiting && len(x.name) > len(e.Change.Key.String()) && x.name[len(x.name)-len(e.Change.Key.String()):] == e.Change.Key.String()
		if !same || !x.end.IsZero() {
			continue
		}
		if e.State == reconcile.Waiting {
			if x.awaited += e.For; !slices.Contains(x.what, e.Detail) {
				x.what = append(x.what, e.Detail)
			}
		} else {
			x.end = s.now()
		}
		return
	}
}

// moment is how far apart one step's end and the next one's start may be and still be one moment.
const moment = 2 * time.Millisecond

// Timings adds up. The critical path is followed backwards from what ended last: before each step
// comes the one that ended last before it began.
func (s *Stopwatch) Timings() *Timings {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &Timings{Steps: []TimedStep{}}
	ended := slices.Clone(s.steps)
	for i := range ended {
		if ended[i].end.IsZero() {
			ended[i].end = s.now()
		}
	}
	slices.SortStableFunc(ended, func(a, b timed) int { return a.start.Compare(b.start) })
	critical := map[int]bool{}
	at := -1
	for i, x := range ended {
		if at < 0 || x.end.After(ended[at].end) {
			at = i
		}
	}
	if at >= 0 {
		out.Ms = ended[at].end.Sub(s.began).Milliseconds()
	}
	for at >= 0 {
		critical[at] = true
		before := -1
		for i, x := range ended {
			if !critical[i] && x.start.Before(ended[at].start) && !x.end.After(ended[at].start.Add(moment)) && (before < 0 || x.end.After(ended[before].end)) {
				before = i
			}
		}
		at = before
	}
	for i, x := range ended {
		out.Steps = append(out.Steps, TimedStep{
			Name: x.name, StartMs: x.start.Sub(s.began).Milliseconds(), Ms: x.end.Sub(x.start).Milliseconds(),
			AwaitedMs: x.awaited.Milliseconds(), Awaited: append([]string{}, x.what...), Critical: critical[i],
		})
	}
	return out
}

// PrintTimings writes a line for each step, those of the critical path with a mark.
func PrintTimings(w io.Writer, t *Timings) {
	diag.Fprintf(w, "timings (in ms since the beginning; * is the path that decided how long it took):\n")
	for _, s := range t.Steps {
		mark, awaited := " ", ""
		if s.Critical {
			mark = "*"
		}
		if s.AwaitedMs > 0 {
			awaited = diag.Sprintf(", of these %s for %s", words.Thousands(s.AwaitedMs), s.Awaited[0])
		}
		diag.Fprintf(w, "  %s %7s + %7s  %s%s\n", mark, words.Thousands(s.StartMs), words.Thousands(s.Ms), s.Name, awaited)
	}
	diag.Fprintf(w, "    %7s in all\n", words.Thousands(t.Ms))
}
