package hubspotrest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/secret"
)

// A Grant is what is exchanged for an access token.
type Grant struct {
	TokenURL     string
	Type         string // refresh_token or client_credentials
	ClientID     string
	ClientSecret secret.Value
	RefreshToken secret.Value // for refresh_token
	Scope        string       // for client_credentials; optional

	Secrets *secret.Known // that no refusal may repeat; those of the grant and the token join them; nil: only these
	Agent   string        // the User-Agent; empty: Go's
	Log     *slog.Logger  // nil: none
}

// An AccessToken is a token and when it ends.
type AccessToken struct {
	Token   secret.Value
	Expires time.Time
	Life    time.Duration // that the answer says it has
	Portal  string        // whose token it is; empty: the answer does not say
	Rotated bool          // another refresh token came with it, which counts from now on
	Refresh secret.Value  // that one
}

// Exchange asks a token endpoint for an access token, once.
func Exchange(ctx context.Context, g Grant) (AccessToken, error) {
	const op = "renew the OAuth token"
	form := url.Values{"grant_type": {g.Type}, "client_id": {g.ClientID}, "client_secret": {g.ClientSecret.Reveal()}}
	if g.RefreshToken.Set() {
		form.Set("refresh_token", g.RefreshToken.Reveal())
	}
	if g.Scope != "" {
		form.Set("scope", g.Scope)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, g.TokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return AccessToken{}, fmt.Errorf("%s: %w", op, transport.Bare(err))
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	known := g.Secrets
	if known == nil {
		known = &secret.Known{}
	}
	known.Add(g.ClientSecret, g.RefreshToken)
	start := time.Now()
	resp, err := transport.NewClient(transport.ClientOptions{Timeout: 15 * time.Second, Secrets: known, Agent: g.Agent, Log: g.Log}).Do(req)
	if err != nil {
		return AccessToken{}, fmt.Errorf("%s: no answer from %s: %w", op, req.URL.Host, transport.Bare(err))
	}
	defer func() { _ = resp.Body.Close() }()
	var r struct {
		AccessToken string      `json:"access_token"`
		ExpiresIn   json.Number `json:"expires_in"`
		Refresh     string      `json:"refresh_token"`
		Hub         json.Number `json:"hub_id"`
		Error       string      `json:"error"`
		Description string      `json:"error_description"`
		Message     string      `json:"message"`
		Status      string      `json:"status"`
	}
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return AccessToken{}, fmt.Errorf("%s: the answer broke off: %w", op, err)
	}
	if err := json.Unmarshal(text, &r); err != nil && resp.StatusCode == http.StatusOK {
		return AccessToken{}, fmt.Errorf("%s: the answer is not JSON", op)
	}
	known.Add(secret.New(r.AccessToken), secret.New(r.Refresh))
	if resp.StatusCode != http.StatusOK || r.AccessToken == "" {
		e := errorOf(op, resp, text)
		e.OAuth = privacy.Said(r.Error)
		if e.Message == "" {
			e.Message = privacy.Said(strings.TrimSpace(r.Error + " " + r.Description))
		}
		return AccessToken{}, e
	}
	seconds, err := r.ExpiresIn.Float64()
	if err != nil || seconds <= 0 {
		return AccessToken{}, fmt.Errorf("%s: the answer does not say when the token expires", op)
	}
	// Counted from before the request: an early renewal costs nothing, a late one costs calls.
	life := time.Duration(min(seconds, maxLife.Seconds()) * float64(time.Second))
	out := AccessToken{Token: secret.New(r.AccessToken), Expires: start.Add(life), Life: life, Portal: r.Hub.String()}
	if len(r.AccessToken) > maxToken || strings.ContainsFunc(r.AccessToken, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return AccessToken{}, fmt.Errorf("%s: what the answer calls an access token cannot be sent in a header", op)
	}
	if g.RefreshToken.Set() && r.Refresh != "" && r.Refresh != g.RefreshToken.Reveal() {
		out.Rotated, out.Refresh = true, secret.New(r.Refresh)
	}
	return out, nil
}

// An Introspection is what HubSpot says of an access token.
type Introspection struct {
	Active bool
	Portal string // empty: not told
	Scopes []string
}

// Introspect asks HubSpot about an access token, with the app that it was given to. HubSpot's
// description and its documents name the token's member differently, so both are sent. The answer
// repeats the token, and nothing of it is kept but what is returned.
func (c *Client) Introspect(ctx context.Context, app string, clientSecret secret.Value) (Introspection, error) {
	const op = "read what the token may do"
	form := url.Values{
		"client_id": {app}, "client_secret": {clientSecret.Reveal()},
		"token": {c.token.Reveal()}, "access_token": {c.token.Reveal()}, "token_type_hint": {"access_token"},
	}
	c.secrets.Add(clientSecret)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+c.paths.Introspect(), strings.NewReader(form.Encode()))
	if err != nil {
		return Introspection{}, fmt.Errorf("%s: %w", op, transport.Bare(err))
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var r struct {
		Active *bool       `json:"active"`
		Hub    json.Number `json:"hub_id"`
		Scopes []string    `json:"scopes"`
	}
	if err := c.send(op, req, &r); err != nil {
		return Introspection{}, err
	}
	if r.Active == nil {
		return Introspection{}, lacks(op, "active")
	}
	return Introspection{Active: *r.Active, Portal: r.Hub.String(), Scopes: r.Scopes}, nil
}

// Bounds of what is believed of a token. HubSpot: lengths vary, some 300 characters are allowed
// for; 30 minutes.
const (
	maxToken = 4096
	maxLife  = 365 * 24 * time.Hour
)

// GrantRefused reports whether an error says that the app, its secret or its refresh token will not
// do. RFC 6749 has the codes; of HubSpot only the last is documented.
func GrantRefused(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && (e.OAuth == grantClient || e.OAuth == "unauthorized_client" || e.OAuth == grantInvalid)
}

const (
	grantClient  = "invalid_client"
	grantInvalid = "invalid_grant"
)

func grantHint(code string) string {
	switch code {
	case grantInvalid:
		return "connect the app to the account again: that gives another refresh token; the one that is given is revoked, or is not this app's"
	case grantClient, "unauthorized_client":
		return "check client id and client secret: they are those of another app, or the secret was replaced"
	}
	return ""
}
