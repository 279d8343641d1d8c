package hubspotrest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
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
}

// An AccessToken is a token and when it ends.
type AccessToken struct {
	Token   secret.Value
	Expires time.Time
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
	var known secret.Known
	known.Add(g.ClientSecret, g.RefreshToken)
	start := time.Now()
	resp, err := transport.NewClient(transport.ClientOptions{Timeout: 15 * time.Second, Secrets: &known}).Do(req)
	if err != nil {
		return AccessToken{}, fmt.Errorf("%s: no answer from %s: %w", op, req.URL.Host, transport.Bare(err))
	}
	defer func() { _ = resp.Body.Close() }()
	var r struct {
		AccessToken string      `json:"access_token"`
		ExpiresIn   json.Number `json:"expires_in"`
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
	if resp.StatusCode != http.StatusOK || r.AccessToken == "" {
		e := errorOf(op, resp, text)
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
	return AccessToken{Token: secret.New(r.AccessToken), Expires: start.Add(time.Duration(seconds * float64(time.Second)))}, nil
}
