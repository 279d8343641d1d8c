package hubspottest

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The app of a sandbox.
const (
	ClientID     = "sandbox-hubspot-client"
	ClientSecret = "sandbox-hubspot-secret"
	RefreshToken = "sandbox-hubspot-refresh"
)

// An OAuthApp is an app that may ask for tokens.
type OAuthApp struct {
	ClientID     string
	ClientSecret string
	RefreshToken string // of this account; empty: the app is not installed
	Scopes       []string

	// TokenURL is the token endpoint of somebody else who issues tokens of this account to the app, by
	// either grant. It is served at its path.
	TokenURL string
	Life     time.Duration // of its access tokens; 0: HubSpot's 30 minutes
	Tokens   string        // how they begin; empty: sandbox-access-
}

// OAuthApps lets apps ask for tokens at the token endpoint.
func OAuthApps(apps ...OAuthApp) Option {
	return func(s *settings) { s.apps = append(s.apps, apps...) }
}

// Hashed lets a bearer, a client secret and a refresh token count in the form that hash gives
// them, too: an emulated org that keeps no secret sends them so. The ledger holds nothing else.
func Hashed(hash func(string) string) Option { return func(s *settings) { s.hash = hash } }

// Remember begins with what an earlier account of the same name knew of OAuth, and tells keep of
// each change, under the lock.
func Remember(l Ledger, keep func(Ledger)) Option {
	return func(s *settings) { s.ledger, s.keep = l.copy(), keep }
}

// A Ledger is what an account knows of tokens that it issued, as a value that can be kept in a
// file. With the option Hashed no token is in it.
type Ledger struct {
	Count   int               `json:"count"`
	Issued  map[string]Issued `json:"issued,omitempty"`  // access tokens
	Revoked []string          `json:"revoked,omitempty"` // refresh tokens
	Rotated map[string]string `json:"rotated,omitempty"` // the refresh token that a client has got instead of its first
}

// An Issued is what is known of an access token.
type Issued struct {
	App     int       `json:"app"`
	Client  string    `json:"client"`
	Scopes  []string  `json:"scopes"`
	Expires time.Time `json:"expires"`
}

func (l Ledger) copy() Ledger {
	l.Issued, l.Rotated, l.Revoked = maps.Clone(l.Issued), maps.Clone(l.Rotated), slices.Clone(l.Revoked)
	if l.Issued == nil {
		l.Issued = map[string]Issued{}
	}
	if l.Rotated == nil {
		l.Rotated = map[string]string{}
	}
	return l
}

// issuedKept is how many access tokens the ledger keeps: those that expired are known for a while,
// so that they are refused as what they are.
const issuedKept = 50

// changed tells of a change of the ledger.
func (s *Server) changed() {
	l := &s.ledger
	if n := len(l.Issued) - issuedKept; n > 0 {
		old := slices.SortedFunc(maps.Keys(l.Issued), func(a, b string) int {
			return cmp.Or(l.Issued[a].Expires.Compare(l.Issued[b].Expires), cmp.Compare(a, b))
		})
		for _, k := range old[:n] {
			delete(l.Issued, k)
		}
	}
	if s.keep != nil {
		s.keep(l.copy())
	}
}

// kept is the form in which a secret is kept.
func (s *Server) kept(secret string) string {
	if s.hash == nil {
		return secret
	}
	return s.hash(secret)
}

// same reports whether a text is a secret, each in either form.
func (s *Server) same(text, secret string) bool {
	return secret != "" && (text == secret || text == s.kept(secret) || s.kept(text) == secret)
}

// issuedTo gives what is known of an access token.
func (s *Server) issuedTo(text string) (Issued, bool) {
	if t, ok := s.ledger.Issued[s.kept(text)]; ok {
		return t, true
	}
	t, ok := s.ledger.Issued[text]
	return t, ok
}

// tokenLife is how long an OAuth access token lives. HubSpot: 1800 s.
const tokenLife = 1800 * time.Second

func tokenRoute() *route {
	return &route{kind: OAuth, method: http.MethodPost, open: true, exempt: true, form: true, handle: (*call).oauth}
}

// brokered reports whether somebody else issues tokens at that path.
func (s *Server) brokered(path string) bool {
	return slices.ContainsFunc(s.apps, func(a OAuthApp) bool {
		u, err := url.Parse(a.TokenURL)
		return err == nil && a.TokenURL != "" && cmp.Or(u.Path, "/") == path
	})
}

// client finds the app whose id and secret a form holds.
func (c *call) client(form url.Values) (int, *failure) {
	i := slices.IndexFunc(c.s.apps, func(a OAuthApp) bool {
		return a.ClientID != "" && c.s.same(form.Get("client_id"), a.ClientID) && c.s.same(form.Get("client_secret"), a.ClientSecret)
	})
	if i < 0 {
		return 0, oauthError("invalid_client", "BAD_CLIENT_ID", "missing or invalid client id or secret")
	}
	return i, nil
}

func (c *call) form() (url.Values, *failure) {
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return nil, oauthError("invalid_request", "BAD_REQUEST", "the body is not a form")
	}
	return form, nil
}

// appNumber is the id of the i-th app.
func appNumber(i int) int { return 2000001 + i }

// oauth issues tokens. The client-credentials grant exists, but its token stands for the app: it
// opens no CRM data, unless somebody else issues it.
func (c *call) oauth() (any, *failure) {
	form, f := c.form()
	if f != nil {
		return nil, f
	}
	i, f := c.client(form)
	if f != nil {
		return nil, f
	}
	app, s := c.s.apps[i], c.s
	refresh := cmp.Or(s.ledger.Rotated[app.ClientID], app.RefreshToken)
	scopes := app.Scopes
	switch form.Get("grant_type") {
	case "refresh_token":
		given := form.Get("refresh_token")
		if !s.same(given, refresh) || slices.Contains(s.ledger.Revoked, s.kept(refresh)) || slices.Contains(s.ledger.Revoked, refresh) {
			return nil, oauthError("invalid_grant", "BAD_REFRESH_TOKEN", "refresh token is invalid, expired or revoked")
		}
	case "client_credentials":
		refresh = ""
		if app.TokenURL == "" {
			scopes = slices.DeleteFunc(slices.Clone(scopes), func(s string) bool { return !strings.HasPrefix(s, "developer.") })
		}
	default:
		return nil, oauthError("unsupported_grant_type", "BAD_GRANT_TYPE", "missing or unknown grant type")
	}
	s.ledger.Count++
	text := cmp.Or(app.Tokens, "sandbox-access-") + strconv.Itoa(appNumber(i)) + "-" + strconv.Itoa(s.ledger.Count)
	if s.assume.RefreshTokenRotates && refresh != "" {
		refresh = "sandbox-refresh-" + strconv.Itoa(s.ledger.Count)
		s.ledger.Rotated[app.ClientID] = s.kept(refresh)
	}
	life := cmp.Or(app.Life, tokenLife)
	s.ledger.Issued[s.kept(text)] = Issued{App: appNumber(i), Client: app.ClientID, Scopes: scopes, Expires: c.now.Add(life)}
	s.changed()
	out := map[string]any{
		"access_token": text, "expires_in": int(life.Seconds()), "token_type": "bearer", "hub_id": s.portalNumber(), "scopes": scopes,
	}
	if refresh != "" {
		out["refresh_token"] = refresh
	}
	if app.TokenURL != "" { // somebody else knows no account
		delete(out, "hub_id")
	}
	return out, nil
}

// introspect tells of a token, to the app that got it. HubSpot's description and its documents
// name the token's field differently; either counts. The answer echoes the token.
func (c *call) introspect() (any, *failure) {
	form, f := c.form()
	if f != nil {
		return nil, f
	}
	i, f := c.client(form)
	if f != nil {
		return nil, f
	}
	app := c.s.apps[i]
	text := cmp.Or(form.Get("token"), form.Get("access_token"), form.Get("refresh_token"))
	out := map[string]any{"token": text, "client_id": app.ClientID, "app_id": appNumber(i), "hub_id": c.s.portalNumber()}
	if t, ok := c.s.issuedTo(text); ok && t.Client == app.ClientID {
		left := max(t.Expires.Sub(c.now), 0)
		out["active"], out["token_use"], out["scopes"], out["expires_in"] = left > 0, "access_token", t.Scopes, int(left.Seconds())
		return out, nil
	}
	refresh := cmp.Or(c.s.ledger.Rotated[app.ClientID], app.RefreshToken)
	out["active"] = c.s.same(text, refresh) && !slices.Contains(c.s.ledger.Revoked, c.s.kept(refresh))
	out["token_use"], out["scopes"] = "refresh_token", app.Scopes
	return out, nil
}

// revoke ends a refresh token: access tokens that were issued by it run out by themselves.
func (c *call) revoke() (any, *failure) {
	form, f := c.form()
	if f != nil {
		return nil, f
	}
	if _, f := c.client(form); f != nil {
		return nil, f
	}
	if text := form.Get("token"); text != "" {
		c.s.ledger.Revoked = append(c.s.ledger.Revoked, c.s.kept(text))
		c.s.changed()
	}
	return map[string]any{}, nil
}

// oauthError has the token endpoint's own form.
func oauthError(code, status, message string) *failure {
	text, _ := json.Marshal(map[string]string{"error": code, "error_description": message, "status": status, "message": message})
	return &failure{status: http.StatusBadRequest, text: text, kind: jsonType}
}
