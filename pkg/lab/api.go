package lab

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/view"
)

// api lists what can be asked.
func (s *Server) api() http.Handler {
	m := http.NewServeMux()
	get := func(path string, f func(r *http.Request) (any, error)) {
		m.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			if !allowed(w, r, http.MethodGet) {
				return
			}
			v, err := f(r)
			if err != nil {
				s.fail(w, err)
				return
			}
			s.write(w, http.StatusOK, v)
		})
	}
	get("/api/session", func(*http.Request) (any, error) { return s.show(), nil })
	get("/api/check", func(r *http.Request) (any, error) {
		n, err := number(r, "revision")
		if err != nil {
			return nil, err
		}
		return s.checked(r.Context(), n, r.URL.Query().Get("far"), patience), nil
	})
	get("/api/call", func(r *http.Request) (any, error) {
		n, err := number(r, "number")
		if err != nil {
			return nil, err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		c, err := s.number(n)
		if err != nil {
			return nil, err
		}
		out := *c.call
		out.Run = s.run()
		return out, nil
	})
	get("/api/proof", func(r *http.Request) (any, error) {
		n, err := number(r, "revision")
		if err != nil {
			return nil, err
		}
		return s.proved(r.Context(), n, patience), nil
	})
	get("/api/picture", s.picture)
	post(s, m, "/api/text", s.postText)
	post(s, m, "/api/dial", awaited(s, readily, locked(s, s.postDial)))
	post(s, m, "/api/run", awaited(s, 0, locked(s, func(_ context.Context, t Turn) (any, error) {
		if err := s.change(t); err != nil {
			return nil, err
		}
		return s.run(), nil
	})))
	post(s, m, "/api/reset", locked(s, func(context.Context, struct{}) (any, error) {
		s.reset()
		return s.run(), nil
	}))
	post(s, m, "/api/complete", func(_ context.Context, p At) (any, error) { return s.complete(p) })
	post(s, m, "/api/hover", func(_ context.Context, p At) (any, error) { return s.hover(p) })
	post(s, m, "/api/save", s.postSave)
	post(s, m, "/api/reload", s.postReload)
	post(s, m, "/api/keep", s.postKeep)
	m.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		writeError(w, http.StatusNotFound, "the lab has no such answer", "docs/lab.md lists those that there are")
	})
	return m
}

func allowed(w http.ResponseWriter, r *http.Request, method string) bool {
	if r.Method == method {
		return true
	}
	w.Header().Set("Allow", method)
	writeError(w, http.StatusMethodNotAllowed, r.Method+" is not for this", "use "+method)
	return false
}

// locked has something done under the lock of the session.
func locked[T any](s *Server, f func(context.Context, T) (any, error)) func(context.Context, T) (any, error) {
	return func(ctx context.Context, body T) (any, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		return f(ctx, body)
	}
}

// awaited has something done when it is known whether calls can be made with the text, or after a
// while with the one before.
func awaited[T any](s *Server, while time.Duration, f func(context.Context, T) (any, error)) func(context.Context, T) (any, error) {
	return func(ctx context.Context, body T) (any, error) {
		s.await(ctx, while)
		return f(ctx, body)
	}
}

// post handles requests that have a body.
func post[T any](s *Server, m *http.ServeMux, path string, f func(context.Context, T) (any, error)) {
	m.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
		if !allowed(w, r, http.MethodPost) {
			return
		}
		var body T
		if err := read(w, r, &body); err != nil {
			s.fail(w, err)
			return
		}
		v, err := f(r.Context(), body)
		if err != nil {
			s.fail(w, err)
			return
		}
		s.write(w, http.StatusOK, v)
	})
}

func number(r *http.Request, name string) (int, error) {
	n, err := strconv.Atoi(r.URL.Query().Get(name))
	if err != nil || n < 1 {
		return 0, refuse(0, "it counts from 1", "%s is no number", name)
	}
	return n, nil
}

// Session is all that a page shows at first.
type Session struct {
	Version  string  `json:"version"`
	Name     string  `json:"name"`
	Revision int     `json:"revision"`
	Text     string  `json:"text"`
	File     Place   `json:"file"`
	Suite    Place   `json:"suite"`
	Check    Check   `json:"check"`
	Run      Run     `json:"run"`
	Calls    []Head  `json:"calls"`
	Choices  Choices `json:"choices"`
}

// A Place is a file that may be written.
type Place struct {
	Name   string  `json:"name"`
	Path   *string `json:"path"`
	There  bool    `json:"there"`
	Edited bool    `json:"edited"` // the text that is shown is not that of the file
	Save   bool    `json:"save"`
	Why    *string `json:"why"`
}

// Choices are what a dial can be made of.
type Choices struct {
	Callers  []CallerChoice `json:"callers"`
	DNIS     []string       `json:"dnis"`
	Faults   []FaultChoice  `json:"faults"`
	Actions  []ActionChoice `json:"actions"`
	Queues   []string       `json:"queues"`
	Skills   []string       `json:"skills"`
	Flows    []string       `json:"flows"`
	Schedule []string       `json:"schedule"`
}

// A CallerChoice is a caller of the fixtures; the id is dialled.
type CallerChoice struct {
	ID    string `json:"id"`
	Shown string `json:"shown"`
	Says  string `json:"says"`
}

// A FaultChoice is a kind of fault.
type FaultChoice struct {
	Kind string `json:"kind"`
	Says string `json:"says"`
}

// An ActionChoice is a data action that asks HubSpot; Short stands before the kind of a fault.
type ActionChoice struct {
	Name  string `json:"name"`
	Short string `json:"short"`
}

// show gives all of it. The lock is not held.
func (s *Server) show() Session {
	s.mu.Lock()
	j := s.judging
	out := Session{Version: s.cfg.Version, Name: s.name(), Revision: j.revision, Text: string(j.text), Run: s.run(), Calls: []Head{}, Choices: s.choices()}
	for _, c := range s.calls {
		out.Calls = append(out.Calls, c.call.Head)
	}
	s.mu.Unlock()
	out.Check, out.File, out.Suite = s.check(j), s.place(), s.suitePlace()
	return out
}

// name is that of the deployment, of the last text that had one.
func (s *Server) name() string {
	switch {
	case s.judging.work != nil && s.judging.work.Name != "":
		return s.judging.work.Name
	case s.dials != nil:
		return s.dials.Name
	}
	return ""
}

func (s *Server) choices() Choices {
	out := Choices{Callers: []CallerChoice{}, Faults: []FaultChoice{}, Actions: []ActionChoice{}}
	var n Names
	if s.dials != nil {
		n = s.dials.Names
	}
	for i, c := range n.Callers {
		out.Callers = append(out.Callers, CallerChoice{strconv.Itoa(i + 1), c.Shown, c.Says})
	}
	for _, k := range transport.FaultKinds() {
		out.Faults = append(out.Faults, FaultChoice{string(k), faultSays()[k]})
	}
	for _, a := range n.Actions {
		out.Actions = append(out.Actions, ActionChoice{a, view.ActionName(a)})
	}
	for _, x := range []struct {
		to   *[]string
		from []string
	}{{&out.DNIS, n.Numbers}, {&out.Queues, n.Queues}, {&out.Skills, n.Skills}, {&out.Flows, n.Flows}, {&out.Schedule, n.Schedule}} {
		*x.to = append([]string{}, x.from...)
	}
	return out
}

// A Text is an edited text and the revision that it was made from.
type Text struct {
	Text     *string `json:"text"`
	Revision *int    `json:"revision"`
}

func (s *Server) postText(ctx context.Context, t Text) (any, error) {
	if t.Text == nil || t.Revision == nil {
		return nil, refuse(0, "send both", "text or revision is missing")
	}
	j, err := s.send(*t.Text, *t.Revision)
	if err != nil {
		return nil, err
	}
	j.wait(ctx, soon)
	return s.check(j), nil
}

// send takes a text of the page that was made from a revision, unless it is the one that is there.
func (s *Server) send(text string, revision int) (*judging, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text = s.withEndings(text)
	switch {
	case text == string(s.text):
		return s.judging, nil
	case revision != s.revision:
		return nil, s.overtaken()
	}
	return s.offer([]byte(text)), nil
}

// overtaken is the answer to a text that was made from another one than the session's. The lock is
// held.
func (s *Server) overtaken() error {
	text, revision := string(s.text), s.revision
	return &conflict{errorAnswer: newError("the text was changed elsewhere, perhaps in another tab", "take that text, or send this one again with its revision"), Revision: &revision, Text: &text}
}

// A DialBody asks for a call.
type DialBody struct {
	ANI      string   `json:"ani"`
	Caller   string   `json:"caller"`
	DNIS     string   `json:"dnis"`
	Faults   []string `json:"faults"`
	At       *Moment  `json:"at"`
	Lacks    Lacks    `json:"lacks"`
	Schedule string   `json:"schedule"`
	Again    int      `json:"again"`
	Later    int      `json:"later"` // with again: that many seconds later than that call came in
}

// longestNumber bounds what is dialled, in bytes.
const longestNumber = 1000

func (s *Server) postDial(ctx context.Context, b DialBody) (any, error) {
	if b.Again != 0 {
		if b.ANI != "" || b.Caller != "" {
			return nil, refuse(0, "leave out ani and caller", "again makes an earlier call again, with its caller")
		}
		m, err := s.number(b.Again)
		if err != nil {
			return nil, err
		}
		if b.Later < 0 || b.Later > longestOpen {
			return nil, refuse(0, "from 1 second to a week", "%d seconds are no time to wait", b.Later)
		}
		return s.dial(ctx, Dial{}, m, time.Duration(b.Later)*time.Second)
	}
	if b.Later != 0 {
		return nil, refuse(0, "send again with it, or at", "later is said of a call that is made again")
	}
	d := Dial{ANI: b.ANI, DNIS: b.DNIS, Faults: b.Faults, Lacks: b.Lacks, Schedule: b.Schedule}
	if b.At != nil {
		d.At = b.At.UTC()
	}
	switch {
	case b.Caller != "" && b.ANI != "":
		return nil, refuse(0, "leave one out", "ani and caller exclude each other")
	case len(b.ANI) > longestNumber:
		return nil, refuse(0, "", "the number is longer than %d bytes", longestNumber)
	case b.Caller != "":
		if s.dials == nil {
			return nil, s.noDesk()
		}
		i, err := strconv.Atoi(b.Caller)
		if err != nil || i < 1 || i > len(s.dials.Names.Callers) {
			return nil, refuse(http.StatusNotFound, "choices.callers of the session has those that there are", "there is no caller %q", b.Caller)
		}
		d.ANI = s.dials.Names.Callers[i-1].ANI
	}
	return s.dial(ctx, d, nil, 0)
}

// A Moment is a time that a person wrote, one that a flow can know.
type Moment struct{ time.Time }

// UnmarshalJSON refuses other times in words for that person.
func (m *Moment) UnmarshalJSON(data []byte) error {
	var text string
	err := json.Unmarshal(data, &text)
	if err == nil {
		m.Time, err = time.Parse(time.RFC3339, strings.TrimSpace(text))
	}
	switch y := m.UTC().Year(); {
	case err != nil:
		return refuse(0, "write it as 2026-11-23T15:00:00Z", "%q is not a time", diag.Shorten(text, 40))
	case y < world.FirstYear || y > world.LastYear:
		return refuse(0, fmt.Sprintf("use a year from %d to %d", world.FirstYear, world.LastYear), "the time is too far from today")
	}
	return nil
}
