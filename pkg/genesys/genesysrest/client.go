package genesysrest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/secret"
	"golang.org/x/time/rate"
)

// Config says which org a client speaks to and how.
type Config struct {
	API     string // https://api.<domain>
	Apps    string // https://apps.<domain>, where scripts are uploaded
	Login   string // where tokens are asked for; empty: what Genesys' SDK makes of API
	Client  string // id of the OAuth client
	Secret  secret.Value
	Token   secret.Value // an access token instead of a client
	Workers int          // calls at the same time; 12 when 0

	Doubt    string // what may be wrong when the platform knows neither client nor token, in words
	ReadOnly bool   // refuse every request that is not known to be a read
	PerMin   int    // calls a minute; 280 when 0: a token may make 300 (Genesys: token.rate.per.minute)
	Agent    string
	Secrets  *secret.Known                              // learns what no refusal may repeat, also what the platform gives; nil: one of its own
	Log      *slog.Logger                               // a line per call at debug level; nil: none
	Sleep    func(context.Context, time.Duration) error // waits between repeats; nil waits for real
}

// A Client speaks to one org. It may be used by several goroutines.
type Client struct {
	cfg     Config
	apps    string
	writer  *writer
	api     *http.Client // calls of the platform, with the token
	upload  *http.Client // the same, with time for a file
	outside *http.Client // addresses that the platform names, which the token must not reach
	tally   *transport.Tally
	secrets *secret.Known
	doubt   string // see Config
}

// How long one attempt may take, and how often a request is sent again at most. After 429 the
// platform says when to come back, and several callers may be told the same moment, so it
// takes more tries: a limit is told anew every minute.
const (
	callTime   = 16 * time.Second // what the SDK's own client waits
	uploadTime = 2 * time.Minute
	retries    = 4
	limited    = 19
)

// New makes a client. Nothing is sent before the first call.
func New(cfg Config) (*Client, error) { return newClient(cfg, &transport.Tally{}) }

func newClient(cfg Config, tally *transport.Tally) (*Client, error) {
	if cfg.API == "" {
		return nil, errors.New("no address of the platform API")
	}
	if !cfg.Token.Set() && (cfg.Client == "" || !cfg.Secret.Set()) {
		return nil, errors.New("no OAuth client and no access token to sign in with")
	}
	if cfg.Workers == 0 {
		cfg.Workers = 12
	}
	if cfg.PerMin == 0 {
		cfg.PerMin = 280
	}
	if cfg.Secrets == nil {
		cfg.Secrets = &secret.Known{}
	}
	cfg.Secrets.Add(cfg.Secret, cfg.Token)
	c := &Client{cfg: cfg, tally: tally, apps: cfg.Apps, writer: newWriter(cfg.API), secrets: cfg.Secrets, doubt: cfg.Doubt}
	o := transport.ClientOptions{
		Transport: http.DefaultTransport.(*http.Transport).Clone(), // one pool of connections for all
		Agent:     cfg.Agent, Timeout: callTime, Retries: retries, Limited: limited, Throttled: true,
		WaitMax: 16 * time.Second, MaxRetryAfter: 5 * time.Minute,
		ReadOnly: cfg.ReadOnly, Parallel: cfg.Workers, Sent: tally, Log: cfg.Log, Pause: cfg.Sleep, Secrets: cfg.Secrets,
		// Half a minute's calls at once and the other half spread over the minute: no window
		// of a minute holds more than are allowed.
		Limiter: rate.NewLimiter(rate.Limit(float64(cfg.PerMin)/120), max(cfg.PerMin/2, 1)),
	}
	login := o
	login.Busy = busySignIn
	o.Tokens = &tokens{cfg: cfg, login: transport.NewClient(login), now: cfg.Token}
	c.api = transport.NewClient(o)
	o.Timeout = uploadTime
	c.upload = transport.NewClient(o)
	o.Tokens, o.Limiter = nil, nil // hosts of their own, without Genesys' limits
	c.outside = transport.NewClient(o)
	return c, nil
}

// Address is where the platform API is asked, without a user and a password.
func (c *Client) Address() string { return secret.InURL(c.cfg.API) }

// Calls tells how many requests were sent: reads and writes.
func (c *Client) Calls() (reads, writes int) { return c.tally.Counts() }

// A request is one call of the platform.
type request struct {
	op     operation
	body   any  // marshalled; nil for none
	repeat bool // sending it twice has the effect of sending it once
}

// call sends a request and decodes the answer into out, when out is not nil. Reads and
// other repeatable requests are sent again after a failure that may pass; everything is
// sent again after 429, because the platform did nothing then. For the rest the error
// tells whether the request may have taken effect.
func (c *Client) call(ctx context.Context, r request, out any) error {
	var text []byte
	if r.body != nil {
		var err error
		if text, err = json.Marshal(r.body); err != nil {
			return err
		}
	}
	l, err := c.writer.write(r.op, text)
	if err != nil {
		return err
	}
	got, err := send(ctx, c.api, l, r.repeat)
	if err != nil {
		var signIn *signInError
		if e := (*Error)(nil); c.doubt != "" && errors.As(err, &e) && e.Status == http.StatusUnauthorized && !errors.As(err, &signIn) {
			e.Details = append(e.Details, c.doubt)
		}
		return err
	}
	if out == nil {
		if body := bytes.TrimSpace(got.body); len(body) == 0 || json.Valid(body) {
			return nil
		}
		out = new(any) // somebody else has answered
	}
	if text, ok := out.(*string); ok {
		*text = string(got.body)
		return nil
	}
	if what := understand(got.body, out); what != "" {
		e := &Error{Method: l.method, Path: l.name(), Status: got.status, Message: what, Correlation: transport.Correlation(got.header)}
		e.Unknown = !r.repeat && l.method != http.MethodGet
		return e
	}
	return nil
}

// A reply is what came back.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// send sends a letter. A GET and a DELETE may be repeated, whatever the caller says.
func send(ctx context.Context, by *http.Client, l *letter, repeat bool) (reply, error) {
	repeat = repeat || l.method == http.MethodGet || l.method == http.MethodDelete
	req, err := http.NewRequestWithContext(transport.Repeatable(ctx, repeat), l.method, l.url.String(), bytes.NewReader(l.body))
	if err != nil {
		return reply{}, fmt.Errorf("%s %s: the address is not usable", l.method, l.name())
	}
	for k, v := range l.header {
		req.Header[k] = v
	}
	resp, err := by.Do(req)
	if err != nil {
		return reply{}, failed(ctx, l, repeat, err)
	}
	defer resp.Body.Close() //nolint:errcheck // it is in memory
	r := reply{status: resp.StatusCode, header: resp.Header}
	if r.body, err = io.ReadAll(resp.Body); err != nil {
		return reply{}, failed(ctx, l, repeat, err)
	}
	if r.status >= 300 {
		e := errorFrom(l, r)
		e.Unknown = !repeat && transport.Passing(r.status)
		return r, e
	}
	return r, nil
}

// failed is the error of a request without an answer. It names the call already, and not the
// address, which may hold a name that a person typed.
func failed(ctx context.Context, l *letter, repeat bool, err error) error {
	err = transport.Bare(err)
	var signIn *signInError
	if transport.Unsent(err) || errors.As(err, &signIn) {
		return err
	}
	var redirect *transport.RedirectError
	e := &Error{Method: l.method, Path: l.name(), cause: err}
	e.Unknown = !repeat && ctx.Err() == nil && !errors.As(err, &redirect)
	return e
}
