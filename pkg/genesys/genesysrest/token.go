package genesysrest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/secret"
)

// tokens is the access token that all calls share: one is reused as long as it lasts, as
// Genesys asks for.
type tokens struct {
	cfg   Config
	login *http.Client

	mu  sync.Mutex
	now secret.Value
}

// A signInError says that the call itself was not sent.
type signInError struct {
	client string
	cause  error
	doubt  string // see Config
}

func (e *signInError) Error() string {
	s := fmt.Sprintf("sign in to Genesys Cloud as client %s: %v", e.client, e.cause)
	var refused *Error
	if e.doubt != "" && errors.As(e.cause, &refused) && (refused.Status == http.StatusBadRequest || refused.Status == http.StatusUnauthorized) {
		s += "; " + e.doubt
	}
	return s
}

func (e *signInError) Unwrap() error { return e.cause }

func (e *signInError) Is(target error) bool {
	var refused *Error
	return target == genesys.ErrNoClient && errors.As(e.cause, &refused) && (refused.Status == http.StatusBadRequest || refused.Status == http.StatusUnauthorized)
}

// WhoIs asks for the identity of another OAuth client, by a token of its own that is used for
// nothing else. An error matches genesys.ErrNoClient when the platform does not know it, or not yet.
func (c *Client) WhoIs(ctx context.Context, client string, key secret.Value) (genesys.Identity, error) {
	cfg := c.cfg
	cfg.Client, cfg.Secret, cfg.Token = client, key, secret.Value{}
	other, err := newClient(cfg, c.tally)
	if err != nil {
		return genesys.Identity{}, err
	}
	return other.Who(ctx)
}

// Token gives the token, fetching one when there is none.
func (t *tokens) Token(ctx context.Context) (secret.Value, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now.Set() {
		return t.now, nil
	}
	basic := &http.Request{Header: http.Header{}}
	basic.SetBasicAuth(t.cfg.Client, t.cfg.Secret.Reveal())
	basic.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	address, err := url.Parse(cmp.Or(t.cfg.Login, strings.Replace(t.cfg.API, "//api.", "//login.", 1)) + "/oauth/token")
	if err != nil {
		return secret.Value{}, errors.New("the address of the platform is not usable")
	}
	form := []byte(url.Values{"grant_type": {"client_credentials"}}.Encode())
	got, err := send(ctx, t.login, &letter{method: http.MethodPost, url: address, header: basic.Header, body: form}, true)
	if err != nil {
		return secret.Value{}, &signInError{t.cfg.Client, err, t.cfg.Doubt}
	}
	var out struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(got.body, &out); err != nil || out.AccessToken == "" {
		return secret.Value{}, &signInError{t.cfg.Client, &Error{Method: http.MethodPost, Path: address.Path, Status: got.status, Message: "the answer holds no token"}, t.cfg.Doubt}
	}
	t.now = secret.New(out.AccessToken)
	t.cfg.Secrets.Add(t.now)
	return t.now, nil
}

// Ended drops a token that was refused, unless another call has fetched a newer one already.
// One that was handed in cannot be renewed.
func (t *tokens) Ended(refused secret.Value) bool {
	if t.cfg.Token.Set() {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now.Reveal() == refused.Reveal() {
		t.now = secret.Value{}
	}
	return true
}

// busySignIn tells the limit of the token endpoint, which Genesys answers with 400 and a text.
func busySignIn(r *http.Response) bool {
	if r.StatusCode != http.StatusBadRequest {
		return false
	}
	text, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(text))
	return err == nil && strings.HasPrefix(errorFrom(&letter{}, reply{status: r.StatusCode, body: text}).Message, "rate limit exceeded")
}

var _ transport.Tokens = (*tokens)(nil)
