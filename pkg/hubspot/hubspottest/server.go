package hubspottest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/phone"
)

const jsonType = "application/json;charset=utf-8"

// logSize is how many requests the log keeps. Counting never stops.
const logSize = 1000

// A Server is a HubSpot account. It is an http.Handler and may be used by many at once.
type Server struct {
	settings
	zone *time.Location

	mu      sync.Mutex // guards everything below
	crm     hubspot.CRM
	tables  map[string]table
	defined map[string]map[string]Property // by object and name: all that there are
	named   map[named]known                // those that were asked for
	windows windows
	log     []Logged
	counts  map[Kind]int
	total   int
}

// A Logged is a request as the log keeps it: no phone number in clear, no body, no bearer.
type Logged struct {
	Kind        Kind
	Method      string
	Path        string // with the names of the query, not the values
	Status      int    // 0: no answer
	Latency     time.Duration
	Correlation string
	At          time.Time
}

// New makes an account with that content. The content is copied.
func New(crm hubspot.CRM, options ...Option) *Server {
	s := &Server{
		settings: settings{clock: time.Now, limits: FreeLimits(), assume: Assumed(), region: "US"},
		windows:  windows{calls: map[int]*rolling{}},
		counts:   map[Kind]int{},
		crm:      copyOf(crm),
		zone:     time.UTC,
	}
	for _, o := range options {
		o(&s.settings)
	}
	if s.tokens == nil {
		s.tokens = map[string]Grant{}
		if s.lookup == nil {
			s.tokens[DefaultToken] = Grant{Scopes: DefaultScopes()}
		}
	}
	if s.latency == nil && s.virtual {
		s.latency = DefaultLatency
	}
	if s.latency == nil {
		s.latency = func(Kind) time.Duration { return 0 }
	}
	s.ledger = s.ledger.copy()
	if z, err := time.LoadLocation(crm.TimeZone); err == nil && crm.TimeZone != "" {
		s.zone = z
	}
	s.build()
	return s
}

func copyOf(crm hubspot.CRM) hubspot.CRM {
	crm.Contacts, crm.Companies, crm.Deals, crm.Pipelines = slices.Clone(crm.Contacts), slices.Clone(crm.Companies), slices.Clone(crm.Deals), slices.Clone(crm.Pipelines)
	crm.Owners = slices.Clone(crm.Owners)
	return crm
}

// Put adds or replaces contacts and deals. Reads see them at once, searches after the index delay.
func (s *Server) Put(cs []hubspot.Contact, ds []hubspot.Deal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.tables
	for _, c := range cs {
		if i := slices.IndexFunc(s.crm.Contacts, func(x hubspot.Contact) bool { return x.ID == c.ID }); i >= 0 {
			s.crm.Contacts[i] = c
		} else {
			s.crm.Contacts = append(s.crm.Contacts, c)
		}
	}
	for _, d := range ds {
		if i := slices.IndexFunc(s.crm.Deals, func(x hubspot.Deal) bool { return x.ID == d.ID }); i >= 0 {
			s.crm.Deals[i] = d
		} else {
			s.crm.Deals = append(s.crm.Deals, d)
		}
	}
	s.build()
	for object, t := range old {
		for id, r := range s.tables[object].byID {
			if before := t.byID[id]; before != nil {
				r.found, r.before = before.found, before.before
			}
		}
	}
	late := s.clock().Add(s.indexDelay)
	if s.indexDelay <= 0 {
		late = time.Time{}
	}
	delay := func(object, id string) {
		r := s.tables[object].byID[id]
		r.found, r.before = late, old[object].byID[id]
	}
	for _, c := range cs {
		delay(contacts, c.ID)
	}
	for _, d := range ds {
		delay(deals, d.ID)
	}
}

// Fail adds rules of failure; the first rule that holds counts.
func (s *Server) Fail(rules ...Rule) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = append(s.rules, rules...)
}

// Heal removes all rules of failure.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = nil
}

// Requests is the log, oldest first.
func (s *Server) Requests() []Logged {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// Count is the number of requests of the given kinds so far, of all without one.
func (s *Server) Count(kinds ...Kind) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(kinds) == 0 {
		return s.total
	}
	n := 0
	for _, k := range kinds {
		n += s.counts[k]
	}
	return n
}

// Forget empties the log, the counts and the rate windows.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log, s.counts, s.total = nil, map[Kind]int{}, 0
	s.windows = windows{calls: map[int]*rolling{}}
}

// A Memory is what an account keeps of earlier requests: how much of its limits is used, and the
// tokens that it issued. It does not change.
type Memory struct {
	windows windows
	ledger  Ledger
}

// Memory is what the account keeps now.
func (s *Server) Memory() Memory {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Memory{s.windows.copy(), s.ledger.copy()}
}

// Recall lets the account keep what it, or another one, kept at another time.
func (s *Server) Recall(m Memory) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.windows, s.ledger = m.windows.copy(), m.ledger.copy()
}

// A call is one request on its way.
type call struct {
	s           *Server
	r           *http.Request
	now         time.Time
	correlation string
	token       Grant
	route       *route
	object      string
	id          string
	to          string
	query       url.Values
	body        []byte
}

// withStatus is a good answer that is not 200.
type withStatus struct {
	status int
	body   any
}

// A reply is what goes back, and when.
type reply struct {
	status  int
	header  http.Header
	body    []byte
	latency time.Duration
	hang    bool
	reset   bool
}

// maxBody is the longest body of a request that is read, in bytes. HubSpot's own limit is undocumented.
const maxBody = 4 << 20

// ServeHTTP answers like HubSpot.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		http.Error(w, fmt.Sprintf("the body is larger than %d bytes", large.Limit), http.StatusRequestEntityTooLarge)
		return
	case err != nil:
		http.Error(w, "the body could not be read", http.StatusBadRequest)
		return
	}
	a := s.answer(r, body)
	if s.virtual {
		w.Header().Set("X-Dealroute-Latency-Ms", strconv.FormatFloat(float64(a.latency)/float64(time.Millisecond), 'f', -1, 64))
		if a.hang {
			w.Header().Set("X-Dealroute-Hang", "1")
			w.WriteHeader(http.StatusGatewayTimeout)
			return
		}
	} else if !wait(r.Context(), a) {
		return
	}
	if a.reset {
		cutConnection(w)
		return
	}
	for name, vs := range a.header {
		w.Header()[name] = vs
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // nobody is left to tell when this fails
}

// wait lets the latency pass; false means that the client went away.
func wait(ctx context.Context, a reply) bool {
	if a.hang {
		<-ctx.Done()
		return false
	}
	if a.latency <= 0 {
		return true
	}
	t := time.NewTimer(a.latency)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// cutConnection ends the connection without an answer: with a reset where there is a socket.
func cutConnection(w http.ResponseWriter) {
	if h, ok := w.(http.Hijacker); ok {
		if c, _, err := h.Hijack(); err == nil {
			if t, ok := c.(*net.TCPConn); ok {
				_ = t.SetLinger(0)
			}
			_ = c.Close()
			return
		}
	}
	panic(http.ErrAbortHandler)
}

// answer decides everything under the lock: what follows is only waiting and writing.
func (s *Server) answer(r *http.Request, body []byte) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total++
	c := &call{
		s: s, r: r, now: s.clock(), body: body, query: r.URL.Query(),
		correlation: uuid.NewSHA1(uuid.NameSpaceURL, []byte("hubspot request "+strconv.Itoa(s.total))).String(),
	}
	failed := c.look()
	kind := Other
	if c.route != nil {
		kind = c.route.kind
	}
	s.counts[kind]++
	out := reply{latency: s.latency(kind)}
	rule := s.rule(kind)
	var result any
	if f := rule.answer(c); f != nil {
		failed = f
	} else {
		result, failed = c.handle(failed)
	}
	if rule != nil {
		out.latency += rule.Delay
		out.hang, out.reset = rule.Fault == FaultHang, rule.Fault == FaultReset
	}
	out.status, out.header, out.body = c.encode(result, failed)
	if rule != nil && rule.Fault == FaultTruncated {
		out.body = out.body[:len(out.body)/2]
	}
	entry := Logged{
		Kind: kind, Method: r.Method, Path: maskedPath(r.URL), Status: out.status,
		Latency: out.latency, Correlation: c.correlation, At: c.now,
	}
	if out.hang || out.reset {
		entry.Status = 0
	}
	if s.log = append(s.log, entry); len(s.log) > logSize {
		s.log = s.log[len(s.log)-logSize:]
	}
	return out
}

func (s *Server) rule(k Kind) *Rule {
	var first *Rule
	for i := range s.rules {
		// Every rule counts every request, also behind one that holds.
		if s.rules[i].hit(k) && first == nil {
			first = &s.rules[i]
		}
	}
	return first
}

// look finds what the path means; a known path with another method is 405.
func (c *call) look() *failure {
	r, f := find(c.r.URL.EscapedPath())
	if c.s.brokered(c.r.URL.Path) {
		r, f = tokenRoute(), nil
	}
	switch {
	case f != nil:
		return f
	case r.method != c.r.Method:
		return fail(http.StatusMethodNotAllowed, hubspot.ErrorBody{Message: "Method Not Allowed"})
	}
	c.route, c.object, c.id, c.to = r, r.object, r.id, r.to
	return nil
}

// handle is the order of HubSpot's checks: bearer, path, scope, limits, type of the body.
func (c *call) handle(path *failure) (any, *failure) {
	if c.route == nil || !c.route.open {
		if f := c.authenticate(); f != nil {
			return nil, f
		}
	}
	if path != nil {
		return nil, path
	}
	need := c.route.scopes
	if len(need) > 0 && !slices.ContainsFunc(need, func(n string) bool { return slices.Contains(c.token.Scopes, n) }) {
		return nil, missingScopes(need)
	}
	if f := c.s.admit(c); f != nil {
		return nil, f
	}
	if c.route.method == http.MethodPost {
		want := "application/json"
		if c.route.form {
			want = "application/x-www-form-urlencoded"
		}
		if got, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type")); err != nil || got != want {
			return nil, fail(http.StatusUnsupportedMediaType, hubspot.ErrorBody{Message: "Unsupported Media Type"})
		}
	}
	return c.route.handle(c)
}

func (c *call) authenticate() *failure {
	text, ok := strings.CutPrefix(c.r.Header.Get("Authorization"), "Bearer ")
	if !ok || text == "" {
		return unauthenticated()
	}
	t, known := c.s.token(text)
	switch {
	case !known && c.s.assume.GarbageLooksExpired:
		return expired(c.now, time.Unix(0, 0))
	case !known:
		return unauthenticated()
	case !t.Expires.IsZero() && !c.now.Before(t.Expires):
		return expired(c.now, t.Expires)
	}
	c.token = t
	return nil
}

func (s *Server) token(text string) (Grant, bool) {
	if t, ok := s.tokens[text]; ok {
		return t, true
	}
	if t, ok := s.issuedTo(text); ok {
		return Grant{Scopes: t.Scopes, Expires: t.Expires, App: t.App, OAuth: true}, true
	}
	if s.lookup != nil {
		return s.lookup(text)
	}
	return Grant{}, false
}

// encode is the one place where answers get their bytes and headers.
func (c *call) encode(result any, f *failure) (int, http.Header, []byte) {
	h := http.Header{}
	h.Set("Content-Type", jsonType)
	h.Set(hubspot.CorrelationHeader, c.correlation)
	status, body := http.StatusOK, result
	if w, ok := result.(withStatus); ok {
		status, body = w.status, w.body
	}
	if f != nil {
		status = f.status
		for name, v := range f.header {
			h.Set(name, v)
		}
		if f.text != nil {
			if f.kind != "" {
				h.Set("Content-Type", f.kind)
			}
			return status, h, f.text
		}
		f.body.CorrelationID = c.correlation
		body = f.body
	}
	if c.route != nil && status != http.StatusUnauthorized && !c.route.open {
		c.s.rateHeaders(c, h)
	}
	text, err := json.Marshal(body)
	if err != nil {
		return http.StatusInternalServerError, h, []byte(fmt.Sprintf("%q", err))
	}
	return status, h, text
}

// maskedPath is a path as the log may keep it: numbers masked, the query by its names.
func maskedPath(u *url.URL) string {
	names := []string{}
	for name := range u.Query() {
		names = append(names, phone.MaskIn(name))
	}
	slices.Sort(names)
	path := phone.MaskIn(withoutToken(u).Path)
	if len(names) > 0 {
		path += "?" + strings.Join(names, "&")
	}
	return path
}
