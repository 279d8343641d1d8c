package lab

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/view"
)

// Config is what a lab is made of.
type Config struct {
	Bench   Bench
	Text    []byte // of the deployment file, as it is on disk
	Version string
	Log     *slog.Logger
	Known   *secret.Known // the secrets of the run, which no answer holds
	Limit   time.Duration // after which the rest of the checks of a text is not made; 0: a minute

	File  File                            // the deployment file; nil: it is not on disk
	New   func(name string) (File, error) // where a file may be saved that is not on disk; nil: nowhere
	Suite File                            // to which calls are added; nil: none
	Why   string                          // why there is no file, with the next step

	// Append adds an entry to the text of a suite, which may be empty, and gives how many calls it
	// has then. What else is in the text stays as it is.
	Append func(suite []byte, entry string) (text []byte, calls int, err error)
}

// A Server is the lab: one session, for as many tabs as look at it.
type Server struct {
	cfg   Config
	token string
	session

	once atomic.Pointer[onceOnly]
	used atomic.Int64 // when it was asked last, in nanoseconds of the wall clock
}

// Limits of requests.
const (
	mostBody  = 4 << 20
	patience  = 25 * time.Second // of a request that waits for a proof
	slowest   = 30 * time.Second // until a request is read
	slowReply = 60 * time.Second
)

// New makes a lab, and waits until it is known whether calls can be made with the text. Its session
// ends with the context.
func New(ctx context.Context, cfg Config) *Server {
	s := &Server{cfg: cfg, token: rand.Text()}
	s.session.bench, s.session.ctx, s.session.log, s.saved, s.limit = cfg.Bench, ctx, cfg.Log, cfg.Text, cmp.Or(cfg.Limit, longCheck)
	s.touch()
	s.mu.Lock()
	j := s.offer(cfg.Text)
	s.mu.Unlock()
	wait(ctx, s.limit, j.rendered, j.done)
	return s
}

// Token is what every request for data must show.
func (s *Server) Token() string { return s.token }

// onceAt begins the path of an address that is good once.
const onceAt = "/open/"

// shortly is how long that is.
const shortly = time.Minute

// Once is the path of an address that leads to the page with its token, once and for a minute: the
// command line of a browser can be seen by others of the machine, and holds nothing then that is of
// use to them. Whoever comes second is told that somebody was there.
func (s *Server) Once() string {
	code := rand.Text()
	s.once.Store(&onceOnly{code, time.Now().Add(shortly)})
	return onceAt + code
}

type onceOnly struct {
	code  string
	until time.Time
}

// enter leads to the page whoever has the code first.
func (s *Server) enter(w http.ResponseWriter, r *http.Request, code string) {
	if !allowed(w, r, http.MethodGet) {
		return
	}
	o := s.once.Load()
	good := o != nil && subtle.ConstantTimeCompare([]byte(code), []byte(o.code)) == 1
	if !good || !s.once.CompareAndSwap(o, nil) || time.Now().After(o.until) {
		writeError(w, http.StatusGone, "this address was good once, for a minute: it has been used, or that is over",
			"open the address that dealroute lab has printed; if no page of the lab has opened, somebody else on this machine used this one: end the lab with Ctrl-C")
		return
	}
	s.touch()
	w.Header().Set("Location", "/#"+s.token)
	w.WriteHeader(http.StatusSeeOther)
}

func (s *Server) touch() { s.used.Store(time.Now().UnixNano()) }

// Serve answers until the context ends or nobody has asked for the time of idle. It closes the
// listener, and waits for what the session does beside.
func (s *Server) Serve(ctx context.Context, l net.Listener, idle time.Duration) (forgotten bool, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	srv := &http.Server{
		Handler: s.Handler(l.Addr()), ReadTimeout: slowest, WriteTimeout: slowReply, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(s.cfg.Log.Handler(), slog.LevelDebug), BaseContext: func(net.Listener) context.Context { return ctx },
	}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(l) }()
	forgotten, err = s.wait(ctx, ended, idle)
	stop()
	srv.Close() //nolint:errcheck // requests that are open end, and nothing is lost
	if err == nil {
		if e := <-ended; !errors.Is(e, http.ErrServerClosed) {
			err = e
		}
	}
	s.end()
	return forgotten, err
}

// wait gives why the server ends.
func (s *Server) wait(ctx context.Context, ended <-chan error, idle time.Duration) (forgotten bool, err error) {
	for {
		left := time.Until(time.Unix(0, s.used.Load()).Add(idle))
		if left <= 0 {
			return true, nil
		}
		t := time.NewTimer(left)
		select {
		case <-ctx.Done():
			t.Stop()
			return false, nil
		case err := <-ended:
			t.Stop()
			return false, fmt.Errorf("serve the lab: %w", err)
		case <-t.C:
		}
	}
}

// Handler answers at an address. Whoever calls it by another name is refused: a page of elsewhere
// could have given that name to this address.
func (s *Server) Handler(at net.Addr) http.Handler {
	_, port, _ := net.SplitHostPort(at.String())
	hosts := map[string]bool{at.String(): true, "localhost:" + port: true}
	api := s.api()
	return s.contained(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		guard(w.Header())
		switch origin := r.Header.Get("Origin"); {
		case !hosts[strings.ToLower(r.Host)]:
			writeError(w, http.StatusMisdirectedRequest, "this is not the name of the lab", "open the address that dealroute lab has printed")
			return
		case origin != "" && origin != "http://"+r.Host, !ownSite(r):
			writeError(w, http.StatusForbidden, "another page asks", "open the address that dealroute lab has printed")
			return
		}
		if code, is := strings.CutPrefix(r.URL.Path, onceAt); is {
			s.enter(w, r, code)
			return
		}
		if !strings.HasPrefix(r.URL.Path, "/api/") {
			servePage(w, r)
			return
		}
		given, is := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !is || subtle.ConstantTimeCompare([]byte(given), []byte(s.token)) != 1 {
			writeError(w, http.StatusUnauthorized, "the token of the address is missing or wrong", "open the whole address that dealroute lab has printed, with what stands behind #")
			return
		}
		s.touch()
		defer s.touch()
		api.ServeHTTP(w, r)
	}))
}

// ownSite refuses what the browser itself says comes from elsewhere. A link may lead to the page.
func ownSite(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return true
	}
	return r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate" && !strings.HasPrefix(r.URL.Path, "/api/")
}

// policy lets the page have what comes from here, and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func guard(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
}

// contained answers 500 when a request panics, and leaves no lock behind: each is given back by defer.
func (s *Server) contained(h http.Handler) http.Handler {
	return transport.Contained(h, s.cfg.Log, "lab", func(w http.ResponseWriter) {
		writeError(w, http.StatusInternalServerError, "the lab failed at this request", "its log says more; the session goes on")
	})
}

type errorAnswer struct {
	Error struct {
		Message string  `json:"message"`
		Hint    *string `json:"hint"`
	} `json:"error"`
}

func newError(message, hint string) errorAnswer {
	var a errorAnswer
	a.Error.Message, a.Error.Hint = diag.Plain(message), some(diag.Plain(hint))
	return a
}

func writeError(w http.ResponseWriter, status int, message, hint string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(newError(message, hint)) //nolint:errcheck // the reader is gone
}

// write answers with a value, without the secrets of the run.
func (s *Server) write(w http.ResponseWriter, status int, v any) {
	var b bytes.Buffer
	out := view.NewWriter(&b, s.cfg.Known)
	enc := json.NewEncoder(out)
	err := enc.Encode(v)
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		writeError(w, http.StatusInternalServerError, "the answer could not be written: "+err.Error(), "")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(b.Bytes()) //nolint:errcheck // the reader is gone
}

// A conflict is a refusal that shows what is there instead.
type conflict struct {
	errorAnswer
	Revision *int    `json:"revision,omitempty"`
	Text     *string `json:"text,omitempty"`
	Disk     *string `json:"disk,omitempty"`
	DiskText *string `json:"diskText,omitempty"`
}

func (c *conflict) Error() string { return c.errorAnswer.Error.Message }

// fail answers with an error.
func (s *Server) fail(w http.ResponseWriter, err error) {
	var c *conflict
	var r *Refusal
	switch {
	case errors.As(err, &c):
		s.write(w, http.StatusConflict, c)
	case errors.As(err, &r):
		status := r.Status
		if status == 0 {
			status = http.StatusBadRequest
		}
		s.write(w, status, newError(r.Message, r.Hint))
	default:
		s.cfg.Log.Error("the lab could not answer", "error", err)
		s.write(w, http.StatusInternalServerError, newError(err.Error(), ""))
	}
}

// read takes the body of a request strictly.
func read(w http.ResponseWriter, r *http.Request, into any) error {
	if !jsonType(r) {
		return refuse(http.StatusUnsupportedMediaType, "send application/json", "the body is no JSON")
	}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, mostBody))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	var large *http.MaxBytesError
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("more than one value")
			if errors.As(more, &large) {
				err = more
			}
		}
	}
	var said *Refusal
	switch {
	case errors.As(err, &said):
		return said
	case errors.As(err, &large):
		return refuse(http.StatusRequestEntityTooLarge, fmt.Sprintf("at most %d kB", mostBody>>10), "the body is too large")
	case err != nil:
		return refuse(0, "send one JSON object with the members of the documentation", "the body cannot be read: %v", err)
	}
	return nil
}
