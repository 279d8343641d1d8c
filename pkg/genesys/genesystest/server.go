package genesystest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/google/uuid"
)

// A Server is one emulated org with its login, upload and download hosts, all on one
// address. It is an http.Handler.
type Server struct {
	mu    sync.Mutex
	spec  *spec
	state *State
	opts  options
	calls []Call
	times map[string][]time.Time // of each token, for the rate limit
	fresh map[string]int         // by role: how often a new grant has not been seen
	byKey map[string]handler
	auth  map[string]*dataaction.Auth // what is kept of each auth action's answer, by action, version and credential
}

type handler func(*call) (int, any, error)

// A call is one request on its way through a handler.
type call struct {
	s      *Server
	r      *http.Request
	op     *operation
	params []string
	body   map[string]any
	raw    []byte
	client string // id of the OAuth client that the token belongs to
}

// A Call is one line of the request log. It holds no body and no token.
type Call struct {
	Method, Path string
	Status       int
	Write        bool // a request that may change the org
}

// The bootstrap client, which stands for the principal that runs the tool. They are no
// secrets: an emulator guards nothing.
const (
	ClientID     = "sandbox-client"
	ClientSecret = "sandbox-client-secret"
)

// New makes an org. state is what an earlier one left, nil for a new one.
func New(state *State, opts ...Option) (*Server, error) {
	sp, err := loadSpec()
	if err != nil {
		return nil, err
	}
	o := options{now: time.Now, sleep: time.Sleep}
	for _, f := range opts {
		f(&o)
	}
	s := &Server{spec: sp, opts: o, times: map[string][]time.Time{}, fresh: map[string]int{}}
	if state == nil {
		state = newState("Sandbox", "sandbox")
		s.state = state
		s.bootstrap()
	}
	s.state = state
	s.byKey = handlers()
	return s, nil
}

// handlers are what the emulator serves, by method and path of the description.
func handlers() map[string]handler {
	out := map[string]handler{}
	for _, m := range []map[string]handler{
		accountHandlers(), integrationHandlers(), actionHandlers(), tableHandlers(), routingHandlers(), scriptHandlers(), flowHandlers(), routeHandlers(), figureHandlers(), preflightHandlers(),
		plainHandlers(), promptHandlers(), numberHandlers(), peopleHandlers(), viewHandlers(), historyHandlers(),
	} {
		maps.Copy(out, m)
	}
	return out
}

// Served lists the operations that the emulator serves, each as method and path of the
// published description. All others that the description has are answered 501.
func Served() []string { return slices.Sorted(maps.Keys(handlers())) }

// State gives a copy of what the org knows.
func (s *Server) State() *State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.Clone()
}

// Calls gives the request log.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// ForgetCalls empties the request log.
func (s *Server) ForgetCalls() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = nil
}

// maxBody is the platform's limit for a request (request.bytes.max).
const maxBody = 512000

// maxFile is the limit for a file that is uploaded to another host. Genesys names none.
const maxFile = 16 * maxBody

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.opts.latency > 0 {
		s.opts.sleep(s.opts.latency)
	}
	r = cleaned(r)
	body, err := io.ReadAll(io.LimitReader(r.Body, maxFile+1))
	if err != nil {
		writeJSON(w, http.StatusBadRequest, failed(http.StatusBadRequest, "bad.request", "The body could not be read"))
		return
	}
	status, answer, ae, correlation := s.outcome(r, body)
	if status == 0 {
		panic(http.ErrAbortHandler) // the connection closes without an answer
	}
	w.Header().Set("Inin-Correlation-Id", correlation)
	switch {
	case ae != nil:
		ae.ContextID = correlation
		ae.complete()
		if ae.retryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(ae.retryAfter))
		}
		writeJSON(w, status, ae)
	case answer == nil:
		w.WriteHeader(status)
	default:
		if raw, ok := answer.(rawText); ok {
			w.Header().Set("Content-Type", raw.contentType)
			w.WriteHeader(status)
			io.WriteString(w, raw.text) //nolint:errcheck // the reader is gone
			return
		}
		writeJSON(w, status, answer)
	}
}

// cleaned is a request without empty parts in its path: Genesys' Go SDK writes two slashes
// where a base path names a port, and the platform takes them for one.
func cleaned(r *http.Request) *http.Request {
	escaped := r.URL.EscapedPath()
	if !strings.Contains(escaped, "//") {
		return r
	}
	for strings.Contains(escaped, "//") {
		escaped = strings.ReplaceAll(escaped, "//", "/")
	}
	u := *r.URL
	if u.Path, _ = url.PathUnescape(escaped); u.Path != escaped { // it came from a path that could be read
		u.RawPath = escaped
	}
	out := *r
	out.URL = &u
	return &out
}

// outcome decides everything under the lock: what follows is only writing. Status 0 is no
// answer.
func (s *Server) outcome(r *http.Request, body []byte) (status int, answer any, ae *apiError, correlation string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	fault := s.fault(r)
	if fault == nil || fault.After {
		status, answer, err = s.kept(r, body)
	}
	if fault != nil {
		status, answer, err = 0, nil, nil
		if fault.Status != 0 {
			e := failed(fault.Status, faultCode(fault.Status), "The request was refused on purpose")
			e.retryAfter = fault.RetryAfter
			err = e
		}
	}
	if errors.As(err, &ae) {
		status = ae.Status
	} else if err != nil {
		ae = failed(http.StatusInternalServerError, "internal.server.error", "%v", err)
		status = ae.Status
	}
	write := r.Method != http.MethodGet && r.Method != http.MethodHead && !strings.HasPrefix(r.URL.Path, "/oauth/")
	s.calls = append(s.calls, Call{r.Method, r.URL.Path, status, write})
	return status, answer, ae, uuid.NewSHA1(idSpace, fmt.Appendf(nil, "call %d", len(s.calls))).String()
}

// kept answers a request, and keeps what it changed before the answer leaves: what cannot be
// kept was not done.
func (s *Server) kept(r *http.Request, body []byte) (int, any, error) {
	status, answer, err := s.answer(r, body)
	if s.opts.onChange != nil && r.Method != http.MethodGet {
		if err := s.opts.onChange(s.state); err != nil {
			return 0, nil, fmt.Errorf("the state of the org could not be kept: %w", err)
		}
	}
	return status, answer, err
}

// rawText is an answer that is no JSON.
type rawText struct{ contentType, text string }

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.Encode(v) //nolint:errcheck // the reader is gone
}

func faultCode(status int) string {
	switch status {
	case http.StatusTooManyRequests:
		return "too.many.requests.retry.after"
	case http.StatusServiceUnavailable:
		return "service.unavailable"
	case http.StatusConflict:
		return "general.conflict"
	}
	return "internal.server.error"
}

func (s *Server) fault(r *http.Request) *Fault {
	for i := range s.opts.faults {
		f := &s.opts.faults[i]
		if f.Method != "" && f.Method != r.Method || !strings.HasPrefix(r.URL.Path, f.PathPrefix) {
			continue
		}
		if f.seen++; f.seen == f.Nth {
			return f
		}
	}
	return nil
}

// answer is the way of a request: hosts other than the API first, then the token, the
// limits, the description, the permissions, and the work.
func (s *Server) answer(r *http.Request, body []byte) (int, any, error) {
	s.finishJobs()
	if h, ok := s.otherHost(r); ok {
		if len(body) > maxFile {
			return 0, nil, tooLarge(maxFile)
		}
		return h(r, body)
	}
	client, err := s.authenticate(r)
	if err != nil {
		return 0, nil, err
	}
	return s.serveAs(client, r, body)
}

func tooLarge(most int) error {
	return failed(http.StatusRequestEntityTooLarge, "request.entity.too.large", "The request is over the size limit. Maximum bytes: %d", most)
}

// serveAs answers a request of a client that has signed in.
func (s *Server) serveAs(client string, r *http.Request, body []byte) (int, any, error) {
	if err := s.limit(client); err != nil {
		return 0, nil, err
	}
	if len(body) > maxBody {
		return 0, nil, tooLarge(maxBody)
	}
	op, params, methods := s.spec.find(r.Method, r.URL.EscapedPath())
	if op == nil {
		if len(methods) > 0 {
			return 0, nil, failed(http.StatusMethodNotAllowed, "method.not.allowed", "HTTP method %s is not allowed here; the description has %s", r.Method, strings.Join(methods, ", "))
		}
		return 0, nil, failed(http.StatusNotFound, "not.found", "The API description has no path %s", r.URL.Path)
	}
	h := s.byKey[op.Method+" "+op.Path]
	if h == nil {
		return 0, nil, failed(http.StatusNotImplemented, "not.implemented", "%s %s is described, and this emulator does not serve it", op.Method, op.Path)
	}
	body, err := s.spec.check(op, r.URL.Query(), body)
	if err != nil {
		return 0, nil, badRequest(err)
	}
	if !s.allowed(client, op) {
		return 0, nil, missingPermissions(op)
	}
	c := &call{s: s, r: r, op: op, params: params, raw: body, client: client}
	if len(bytes.TrimSpace(body)) > 0 && bytes.TrimSpace(body)[0] == '{' {
		if err := json.Unmarshal(body, &c.body); err != nil {
			return 0, nil, badRequest(err)
		}
	}
	status, answer, err := h(c)
	if s.opts.breach != nil {
		s.compare(op, status, answer, err)
	}
	return status, answer, err
}

// compare tells of an answer that breaks the description.
func (s *Server) compare(op *operation, status int, answer any, err error) {
	var ae *apiError
	switch {
	case err == nil:
		err = s.spec.checkAnswer(op, status, answer)
	case errors.As(err, &ae):
		ae.complete()
		err = s.spec.fits("error "+strconv.Itoa(ae.Status), map[string]any{"$ref": "#/definitions/ErrorBody"}, ae)
	}
	if err != nil {
		s.opts.breach(err)
	}
}

// limit counts the calls of a token in a rolling minute.
func (s *Server) limit(client string) error {
	if s.opts.perMinute == 0 {
		return nil
	}
	now := s.opts.now()
	recent := s.times[client]
	for len(recent) > 0 && now.Sub(recent[0]) >= time.Minute {
		recent = recent[1:]
	}
	if len(recent) >= s.opts.perMinute {
		s.times[client] = recent
		wait := time.Minute - now.Sub(recent[0])
		return tooManyRequests(int((wait + time.Second - 1) / time.Second))
	}
	s.times[client] = append(recent, now)
	return nil
}

// lagging answers 404 for the first uses of a new entity; assumed not for a delete.
func (c *call) lagging(e *entity) bool {
	if e.Lag > 0 && c.r.Method != http.MethodDelete {
		e.Lag--
		return true
	}
	return false
}

// read gives the entity that a path names, as the platform would: gone and not yet
// visible are both 404.
func (c *call) read(collection, what, id string) (*entity, error) {
	e := c.s.state.get(collection, id)
	if e == nil || c.lagging(e) {
		return nil, notFound(what, id)
	}
	return e, nil
}

// create stores a new entity that lags as configured.
func (c *call) create(collection, id string, body map[string]any) *entity {
	body["id"] = id
	e := c.s.state.put(collection, id, body)
	e.Lag, e.Unlisted = c.s.opts.lag, c.s.opts.listLag
	return e
}

// listed gives the entities that a list shows: new ones are missing in the first lists.
func (c *call) listed(collection string) []*entity {
	var out []*entity
	for _, e := range c.s.state.all(collection) {
		if e.Unlisted > 0 {
			e.Unlisted--
			continue
		}
		out = append(out, e)
	}
	return out
}

func (c *call) query(name string) string { return c.r.URL.Query().Get(name) }

// maxPage is far more than any list of the platform gives at once.
const maxPage = 1_000_000

// page answers a list the way of most endpoints: pageSize and pageNumber from 1.
func (c *call) page(items []any) map[string]any {
	size, number := 25, 1
	if n, err := strconv.Atoi(c.query("pageSize")); err == nil && n > 0 {
		size = n
	}
	if n, err := strconv.Atoi(c.query("pageNumber")); err == nil && n > 0 {
		number = n
	}
	total := len(items)
	size = min(size, maxPage)
	pages := (total + size - 1) / size
	from := min(number-1, pages) * size // of pages that are there, so that no number is too large
	from, to := min(from, total), min(from+size, total)
	out := map[string]any{
		"entities": append([]any{}, items[from:to]...), "pageSize": size, "pageNumber": number, "total": total, "pageCount": pages,
		"firstUri": fmt.Sprintf("%s?pageSize=%d&pageNumber=1", c.r.URL.Path, size),
		"selfUri":  fmt.Sprintf("%s?pageSize=%d&pageNumber=%d", c.r.URL.Path, size, number),
	}
	if number < pages {
		out["nextUri"] = fmt.Sprintf("%s?pageSize=%d&pageNumber=%d", c.r.URL.Path, size, number+1)
	}
	return out
}

// bodies gives the bodies of entities as a list, changed by f when it is given.
func bodies(es []*entity, f func(*entity) map[string]any) []any {
	out := make([]any, 0, len(es))
	for _, e := range es {
		if f != nil {
			out = append(out, f(e))
			continue
		}
		out = append(out, clone(e.Body))
	}
	return out
}

// ok is the usual answer: the platform says 200 also for what it created.
func ok(v any) (int, any, error) { return http.StatusOK, v, nil }

func noContent() (int, any, error) { return http.StatusNoContent, nil, nil }

func (s *Server) stamp() string { return s.opts.now().UTC().Format("2006-01-02T15:04:05.000Z") }
