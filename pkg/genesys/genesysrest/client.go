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
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/mypurecloud/platform-client-sdk-go/v150/platformclientv2"
	"golang.org/x/time/rate"
)

// Config says which org a client speaks to and how.
type Config struct {
	API     string // https://api.<domain>
	Apps    string // https://apps.<domain>, where scripts are uploaded
	Client  string // id of the OAuth client
	Secret  secret.Value
	Token   secret.Value // an access token instead of a client
	Workers int          // calls at the same time; 12 when 0

	ReadOnly bool // refuse every request that is not known to be a read
	PerMin   int  // calls a minute; 280 when 0: a token may make 300 (Genesys: token.rate.per.minute)
	Agent    string
	Log      *slog.Logger                               // a line per call at debug level; nil: none
	Sleep    func(context.Context, time.Duration) error // waits between repeats; nil waits for real
}

// A Client speaks to one org. It may be used by several goroutines.
type Client struct {
	cfg     Config
	workers chan *worker
	limiter *rate.Limiter
	plain   *http.Client // for what the SDK lacks
	mu      sync.Mutex
	token   secret.Value
	reads   atomic.Int64
	writes  atomic.Int64
}

// A worker is one configuration of the SDK, which serves one call at a time.
type worker struct {
	sdk *platformclientv2.Configuration
	ctx context.Context
	got reply
}

// A reply is what came back, kept before the SDK drops it.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// New makes a client. Nothing is sent before the first call.
func New(cfg Config) (*Client, error) {
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
	if cfg.Sleep == nil {
		cfg.Sleep = transport.Pause
	}
	c := &Client{
		cfg: cfg, workers: make(chan *worker, cfg.Workers), token: cfg.Token,
		// Half a minute's calls at once and the other half spread over the minute: no window
		// of a minute holds more than are allowed.
		limiter: rate.NewLimiter(rate.Limit(float64(cfg.PerMin)/120), max(cfg.PerMin/2, 1)),
		plain:   &http.Client{Timeout: 2 * time.Minute},
	}
	for range cfg.Workers {
		c.workers <- c.newWorker()
	}
	return c, nil
}

// base is the one configuration that the SDK builds in a process. Building sets loggers of
// the whole package, which every call reads, so that building one beside a call is a data
// race; workers have copies.
var base = sync.OnceValue(func() *platformclientv2.Configuration {
	return platformclientv2.NewConfigurationWithConfigFile("", false)
})

func (c *Client) newWorker() *worker {
	sdk := *base()
	sdk.DefaultHeader, sdk.APIKey, sdk.APIKeyPrefix = map[string]string{}, map[string]string{}, map[string]string{}
	sdk.RetryConfiguration = &platformclientv2.RetryConfiguration{} // RetryMax 0: repeating a call is our decision
	sdk.APIClient = platformclientv2.NewAPIClient(&sdk)
	w := &worker{sdk: &sdk}
	w.sdk.BasePath = c.cfg.API
	w.sdk.RetryConfiguration.RequestLogHook = func(r *http.Request, _ int) {
		*r = *r.WithContext(w.ctx) // the SDK has no context: this one cancels and times out
		r.Close = false            // and switches keep-alive off
		r.Header.Set("User-Agent", c.cfg.Agent)
	}
	w.sdk.RetryConfiguration.ResponseLogHook = func(r *http.Response) {
		body, err := io.ReadAll(r.Body)
		r.Body.Close() //nolint:errcheck // read to its end
		if err != nil {
			return
		}
		w.got = reply{r.StatusCode, r.Header, body}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	return w
}

// Calls tells how many requests were sent: reads and writes.
func (c *Client) Calls() (reads, writes int) { return int(c.reads.Load()), int(c.writes.Load()) }

// A request is one call in nouns of HTTP.
type request struct {
	method, path string
	query        map[string]string
	body         any  // marshalled; nil for none
	repeat       bool // sending it twice has the effect of sending it once
}

// How often a request is sent at most. After 429 the platform says when to come back, and
// several callers may be told the same moment, so it takes more tries.
const (
	attempts        = 5
	attemptsLimited = 20
)

// call sends a request and decodes the answer into out, when out is not nil. Reads and
// other repeatable requests are sent again after a failure that may pass; everything is
// sent again after 429, because the platform did nothing then. For the rest the error
// tells whether the request may have taken effect.
func (c *Client) call(ctx context.Context, r request, out any) error {
	r.repeat = r.repeat || r.method == http.MethodGet || r.method == http.MethodDelete
	renewed := false
	for i := 1; ; i++ {
		err := c.once(ctx, r, out)
		var e *Error
		if errors.As(err, &e) && e.Status == http.StatusUnauthorized && !e.signIn && !renewed && !c.cfg.Token.Set() {
			renewed = true
			c.forget(e.token)
			continue
		}
		if again, err := c.again(ctx, i, r.repeat, err); !again {
			return err
		}
	}
}

// again decides what follows a try: it waits and reports true when another one should
// follow, else it gives the final error.
func (c *Client) again(ctx context.Context, try int, repeat bool, err error) (bool, error) {
	var e *Error
	if err == nil || !errors.As(err, &e) || ctx.Err() != nil {
		return false, err
	}
	limited := e.Status == http.StatusTooManyRequests || e.signIn && e.Status == http.StatusBadRequest && strings.HasPrefix(e.Message, "rate limit exceeded")
	passing := e.Status == 0 || e.Status >= 500 && e.Status != http.StatusNotImplemented || e.Status == http.StatusRequestTimeout
	switch {
	case limited && try < attemptsLimited:
	case passing && (repeat || e.signIn) && try < attempts: // a failed sign-in sent nothing else
	default:
		e.Unknown = passing && !repeat && !e.signIn
		return false, err
	}
	// The growth ends: a limit is told anew every minute.
	n := min(try, 8)
	if err := c.cfg.Sleep(ctx, max(e.RetryAfter, time.Duration(n*n)*250*time.Millisecond)); err != nil {
		return false, err
	}
	return true, nil
}

func (c *Client) once(ctx context.Context, r request, out any) error {
	if err := c.guard(r.method, r.path); err != nil {
		return err
	}
	token, err := c.signIn(ctx)
	if err != nil {
		return err
	}
	var body any
	if r.body != nil {
		data, err := json.Marshal(r.body)
		if err != nil {
			return fmt.Errorf("%s %s: %w", r.method, r.path, err)
		}
		text := string(data)
		body = &text // a pointer to text is sent byte for byte
	}
	got, err := c.send(ctx, r.method, c.cfg.API+r.path, r.path, body, map[string]string{
		"Authorization": "Bearer " + token.Reveal(), "Accept": "application/json", "Content-Type": "application/json",
	}, r.query, nil)
	if err != nil {
		var e *Error
		if errors.As(err, &e) {
			e.token = token
		}
		return err
	}
	if out == nil || len(bytes.TrimSpace(got.body)) == 0 {
		return nil
	}
	if text, ok := out.(*string); ok {
		*text = string(got.body)
		return nil
	}
	if err := json.Unmarshal(got.body, out); err != nil {
		return &Error{Method: r.method, Path: r.path, Status: got.status, Message: "the answer is no JSON", cause: err, Correlation: got.header.Get("Inin-Correlation-Id")}
	}
	return nil
}

// send is one request through the SDK.
func (c *Client) send(ctx context.Context, method, address, path string, body any, header, query map[string]string, form url.Values) (reply, error) {
	if err := c.limiter.Wait(ctx); err != nil {
		return reply{}, fmt.Errorf("%s %s: %w", method, path, err)
	}
	var w *worker
	select {
	case w = <-c.workers:
	case <-ctx.Done():
		return reply{}, ctx.Err()
	}
	defer func() { c.workers <- w }()
	c.count(method, path)
	w.ctx, w.got = ctx, reply{}
	start := time.Now()
	defer func() {
		if c.cfg.Log != nil {
			c.cfg.Log.Debug("platform call", "method", method, "path", phone.MaskIn(path), "status", w.got.status,
				"duration", time.Since(start), "correlation", w.got.header.Get("Inin-Correlation-Id"))
		}
	}()
	_, err := w.sdk.APIClient.CallAPI(address, method, body, header, query, form, "", nil, "other")
	if w.got.status == 0 {
		if err == nil {
			err = errors.New("no answer")
		}
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return reply{}, &Error{Method: method, Path: path, cause: noAddress(err)}
	}
	if w.got.status >= 300 {
		return w.got, errorFrom(method, path, w.got)
	}
	return w.got, nil
}

// noAddress takes the address, which may hold a name that a person typed, out of an error
// of the network; the call is named already.
func noAddress(err error) error {
	var ue *url.Error
	if errors.As(err, &ue) {
		return ue.Err
	}
	return err
}

func (c *Client) count(method, path string) {
	if isRead(method, path) {
		c.reads.Add(1)
		return
	}
	c.writes.Add(1)
}

func isRead(method, path string) bool {
	u, err := url.Parse(path)
	return err == nil && transport.IsRead(method, u)
}

// guard refuses a write of a client that only reads, before anything is sent.
func (c *Client) guard(method, path string) error {
	if !c.cfg.ReadOnly || isRead(method, path) {
		return nil
	}
	return &transport.RefusedError{Method: method, Path: phone.MaskIn(path)}
}

// signIn gives the token, fetching one when there is none. One token serves all workers.
func (c *Client) signIn(ctx context.Context) (secret.Value, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token.Set() {
		return c.token, nil
	}
	basic := (&http.Request{Header: http.Header{}})
	basic.SetBasicAuth(c.cfg.Client, c.cfg.Secret.Reveal())
	login := strings.Replace(c.cfg.API, "//api.", "//login.", 1)
	got, err := c.send(ctx, http.MethodPost, login+"/oauth/token", "/oauth/token", nil,
		map[string]string{"Authorization": basic.Header.Get("Authorization")}, nil, url.Values{"grant_type": {"client_credentials"}})
	if err != nil {
		var e *Error
		if errors.As(err, &e) {
			e.signIn = true
		}
		return secret.Value{}, fmt.Errorf("sign in to Genesys Cloud as client %s: %w", c.cfg.Client, err)
	}
	var t struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(got.body, &t); err != nil || t.AccessToken == "" {
		return secret.Value{}, errors.New("sign in to Genesys Cloud: the answer holds no token")
	}
	c.token = secret.New(t.AccessToken)
	return c.token, nil
}

// forget drops a token that was refused, unless another worker has a newer one already.
func (c *Client) forget(refused secret.Value) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token.Reveal() == refused.Reveal() {
		c.token = secret.Value{}
	}
}

func retryAfter(h http.Header) time.Duration {
	n, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || n < 0 {
		return 0
	}
	return min(time.Duration(n)*time.Second, 5*time.Minute)
}
