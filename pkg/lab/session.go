package lab

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/view"
)

// Calls that are kept to be looked at again. Each text has what was rendered of it, which takes
// some megabytes.
const (
	mostCalls = 500
	mostTexts = 50 // that these were made with
)

// A session is a text, what it is, and the run of calls made with it. One lock guards it: several
// tabs see the same one. What takes long is done without that lock, so that no tab waits for it.
type session struct {
	bench Bench
	ctx   context.Context // of the whole session: what goes on beside ends with it
	log   *slog.Logger

	limit time.Duration // of judging one text

	beside sync.WaitGroup // what goes on beside requests: checks and proofs
	turn   sync.Mutex     // held by the one check that goes on; first of all locks
	disk   sync.Mutex     // held while a file is looked at and written; before mu
	ended  bool           // guarded by disk: nothing is written any more

	mu       sync.Mutex
	text     []byte
	revision int
	saved    []byte   // as the file was when it was read or written last
	judging  *judging // of the text
	dials    *Work    // the last one that can be called
	dialsAt  int      // its revision
	pictures Pictures // of dials
	state    State
	calls    []*made
	made     int // calls of the run, also those that are no longer kept
	proof    *proving
}

// A made call is kept with all that makes it again.
type made struct {
	call   *Call
	dial   Dial
	before State
	work   *Work
	seen   *Seen
	key    string // who called, for comparing
}

// hash is a short name of a text's content.
func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:12])
}

// withEndings gives a text of the page, whose lines end with a line feed alone, the ends of lines
// that the file has: when all of it are CRLF, one edit would change every line.
func (s *session) withEndings(text string) string {
	if n := bytes.Count(s.saved, []byte("\n")); n > 0 && bytes.Count(s.saved, []byte("\r\n")) == n {
		return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
	}
	return text
}

func counts(fs diag.Findings) map[diag.Severity]int {
	out := map[diag.Severity]int{diag.Error: 0, diag.Warning: 0, diag.Info: 0}
	for k, n := range fs.Counts() {
		if k == "" {
			k = diag.Error
		}
		out[k] += n
	}
	return out
}

// Run is what calls in a row share, as it is now.
type Run struct {
	At      string        `json:"at"`
	Calls   int           `json:"calls"`
	Breaker *view.Breaker `json:"breaker"`
	Switch  *Switch       `json:"switch"`
	Rows    []view.Row    `json:"rows"`
}

// A Switch says whether calls ask HubSpot.
type Switch struct {
	On bool `json:"on"`
	view.Switch
}

// run shows the state. The lock is held.
func (s *session) run() Run {
	r := Run{Calls: s.made, Rows: []view.Row{}}
	if s.dials == nil {
		return r
	}
	r.At = stamp(s.state.Next)
	rows := s.dials.Desk.Rows(s.state)
	r.Rows = Rows(rows)
	if row := rows[rowBreaker]; row != nil {
		b := view.NewBreaker(row, s.state.Next)
		r.Breaker = &b
	}
	if row := rows[rowSwitch]; row != nil {
		x := view.NewSwitch(row)
		r.Switch = &Switch{x.State == "on", x}
	}
	return r
}

// Keys of rows of the control table.
const (
	rowBreaker = "breaker"
	rowSwitch  = "switch"
)

// noDesk tells why no call can be made. The lock is held.
func (s *session) noDesk() error {
	if s.judging.work == nil {
		return refuse(http.StatusConflict, "try again in a moment", "no call can be made yet: it is not known whether the text can be rendered")
	}
	return refuse(http.StatusConflict, "mend the errors that are listed first", "no call can be made: the text, or a file beside it, has errors")
}

// dial makes a call, or an earlier one once more, some time later than that came in. The lock is held.
func (s *session) dial(ctx context.Context, d Dial, again *made, later time.Duration) (*Call, error) {
	if s.dials == nil {
		return nil, s.noDesk()
	}
	from := s.state
	if again != nil {
		d, from = again.dial, again.before
		from.Next = from.Next.Add(later)
		if !d.At.IsZero() {
			d.At = d.At.Add(later)
		}
	}
	seen, err := s.dials.Desk.Call(ctx, from, d)
	if err != nil {
		return nil, err
	}
	c := newCall(seen, d)
	if g := s.dials.Flow; g != nil {
		walk(c, g.Walk(seen.Outcome.Result.Path))
	}
	s.made++
	c.Number, c.Revision, c.Later = s.made, s.dialsAt, wayOut(seen, d, s.dials.Desk.Rows(from)[rowBreaker])
	m := &made{call: c, dial: d, before: from, work: s.dials, seen: seen, key: d.ANI}
	was := again
	if again != nil {
		n := again.call.Number
		c.Again = &n
	} else {
		was = s.last(d.ANI)
	}
	if was != nil {
		c.compare(was.call)
	}
	s.state = seen.After
	s.calls = remembered(append(s.calls, m))
	c.Run = s.run()
	return c, nil
}

// remembered are those of a run's calls that are kept: the last ones.
func remembered(calls []*made) []*made {
	texts := 1
	for i := len(calls) - 1; i > 0; i-- {
		if calls[i-1].work != calls[i].work {
			texts++
		}
		if texts > mostTexts || len(calls)-i == mostCalls {
			return slices.Delete(calls, 0, i)
		}
	}
	return calls
}

// last is the last call of a caller, nil when there is none.
func (s *session) last(ani string) *made {
	for i := len(s.calls) - 1; i >= 0; i-- {
		if s.calls[i].key == ani {
			return s.calls[i]
		}
	}
	return nil
}

// number finds a call of the run.
func (s *session) number(n int) (*made, error) {
	for _, m := range s.calls {
		if m.call.Number == n {
			return m, nil
		}
	}
	return nil, refuse(http.StatusNotFound, "GET /api/session lists those of this run", "there is no call %d", n)
}

// reset begins the run anew. The lock is held.
func (s *session) reset() {
	s.calls, s.made = nil, 0
	if s.dials != nil {
		s.state = s.dials.Desk.Begin()
	}
}

// A Turn changes what calls share.
type Turn struct {
	Breaker *struct {
		Open int `json:"open"` // seconds from now; 0 closes it
	} `json:"breaker"`
	Switch *bool   `json:"switch"`
	At     *Moment `json:"at"`
}

// longestOpen is how long a person opens a breaker, in seconds: a week.
const longestOpen = 7 * 24 * 60 * 60

// stampForm is the one form of a time that the flow reads in openUntil.
const stampForm = "2006-01-02T15:04:05Z"

// change does what a person does to the control table, and sets the clock. The lock is held.
func (s *session) change(t Turn) error {
	if s.dials == nil {
		return s.noDesk()
	}
	next := s.state
	if t.At != nil {
		next.Next = t.At.UTC()
	}
	rows := s.dials.Desk.Rows(next)
	if next.Rows = maps.Clone(next.Rows); next.Rows == nil {
		next.Rows = map[string]map[string]any{}
	}
	if b := t.Breaker; b != nil {
		if rows[rowBreaker] == nil {
			return refuse(0, "the switch keeps calls from asking HubSpot", "this deployment has no breaker (enrichment.breaker: none)")
		}
		if b.Open < 0 || b.Open > longestOpen {
			return refuse(0, "from 1 second to a week; 0 closes it", "%d seconds are no time to leave HubSpot alone", b.Open)
		}
		until := ""
		if b.Open > 0 {
			until = next.Next.Add(time.Duration(b.Open) * time.Second).UTC().Truncate(time.Second).Format(stampForm)
		}
		next.Rows[rowBreaker] = with(rows[rowBreaker], map[string]any{"openUntil": until, "reason": ""})
	}
	if t.Switch != nil {
		if rows[rowSwitch] == nil {
			return refuse(0, "", "this deployment has no switch")
		}
		next.Rows[rowSwitch] = with(rows[rowSwitch], map[string]any{"enabled": *t.Switch, "reason": ""})
	}
	s.state = next
	return nil
}

// with is a row with other values in some of its columns, of those that it has.
func with(row, values map[string]any) map[string]any {
	out := maps.Clone(row)
	for k, v := range values {
		if _, has := out[k]; has || k != "reason" {
			out[k] = v
		}
	}
	return out
}

// faultSays is what a kind of fault is, in words.
func faultSays() map[transport.FaultKind]string {
	return map[transport.FaultKind]string{
		transport.FaultTimeout:   "no answer ever comes",
		transport.FaultThrottled: "over a limit of HubSpot's",
		transport.FaultServer:    "HubSpot failed",
		transport.FaultHTML:      "a gateway failed, and answers in HTML",
		transport.FaultReset:     "the connection is cut",
		transport.FaultMalformed: "status 200 and half a JSON text",
	}
}

// end stops what goes on beside, and waits for it.
func (s *session) end() {
	s.mu.Lock()
	if s.judging != nil {
		s.judging.stop()
	}
	if s.proof != nil {
		s.proof.stop()
	}
	s.mu.Unlock()
	s.disk.Lock() // a file that is being written is written whole, and none is begun
	s.ended = true
	s.disk.Unlock()
	s.beside.Wait()
}

// errEnded is what a request to write hears that comes too late.
var errEnded = refuse(http.StatusServiceUnavailable, "start dealroute lab again", "the lab has ended: nothing was written")
