package cli

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
)

// A statusLine is the one line of a terminal that says what is being done, and is written anew.
// Whatever else is written there first takes it away.
type statusLine struct {
	mu    sync.Mutex
	w     io.Writer // the terminal itself; nil: there is none
	shown bool
}

func (l *statusLine) clear() {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shown {
		l.w.Write([]byte("\r\x1b[K")) //nolint:errcheck // a line that nobody sees stops nothing
		l.shown = false
	}
}

// show writes the line, cut to the width so that it stays one.
func (l *statusLine) show(text string, width int) {
	text = diag.Line(text)
	if width > 0 && diag.Width(text, 0) >= width {
		at := 0
		for i, r := range text {
			if at += diag.Wide(r, at); at > width-2 {
				text = text[:i] + "…"
				break
			}
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.w.Write([]byte("\r\x1b[K" + text)) //nolint:errcheck // as above
	l.shown = true
}

// How often it is said what is being done: to a person at once, to the log of a pipeline so that it
// is not taken for hung.
const (
	sayToPerson = 250 * time.Millisecond
	sayToLog    = 10 * time.Second
)

// working says on standard error what is being done, until done is called: on a terminal in one
// line that is written anew, else in a line every ten seconds. far tells how far it is, and may be
// nil; it is asked from another goroutine. Logs that are for errors only, and tests, hear nothing.
func (s session) working(what string, far func() string) (done func()) {
	every, live := sayToLog, s.IO.ErrTerminal && s.IO.line != nil
	if live {
		every = sayToPerson
	}
	if s.Ticks == nil || s.settings.level > slog.LevelWarn {
		return func() {}
	}
	ticks, stop := s.Ticks(every)
	end, ended := make(chan struct{}), make(chan struct{})
	begun := s.Now()
	go func() {
		defer close(ended)
		for {
			select {
			case <-ticks: // also one that came while the work ended
			default:
				select {
				case <-end:
					return
				case <-ticks:
				}
			}
			more := ""
			if far != nil {
				more = far()
			}
			took := s.Now().Sub(begun).Truncate(time.Second)
			if line := strings.TrimSuffix(fmt.Sprintf("%s: %s", what, more), ": "); live {
				s.IO.line.show(fmt.Sprintf("%s (%s)", line, took), s.IO.columns())
			} else {
				diag.Fprintf(s.IO.Err, "%s (%s)\n", line, took)
			}
		}
	}()
	var once sync.Once
	return func() {
		once.Do(func() {
			stop()
			close(end)
			<-ended
			s.IO.line.clear()
		})
	}
}

// realTicks are those of the machine's clock.
func realTicks(every time.Duration) (<-chan time.Time, func()) {
	t := time.NewTicker(every)
	return t.C, t.Stop
}
