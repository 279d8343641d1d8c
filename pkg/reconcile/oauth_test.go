package reconcile_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/secret"
)

// unlike is what two orgs of the same content may differ in: how often an action was changed, and
// which token was the last.
var unlike = pattern.Of(`"(version|token)":("[^"]*"|[0-9]+)`)

const somebodyElses = "https://login.acme.example/tokens"

// account gives the world a HubSpot account with an app, whose secrets count as hashes, too. It
// remembers tokens, and issues some that live for so long; 0: as HubSpot does.
func (w *world) account(l hubspottest.Ledger, life time.Duration) {
	w.ledger.Store(&l)
	app := hubspottest.OAuthApp{ClientID: hubspottest.ClientID, ClientSecret: hubspottest.ClientSecret, RefreshToken: hubspottest.RefreshToken, Scopes: hubspottest.DefaultScopes(), TokenURL: somebodyElses, Life: life}
	w.crm = hubspottest.New(withProperty(hubspot.CRM{}), append(slices.Clone(w.knows), hubspottest.Virtual(), hubspottest.Clock(w.now), hubspottest.WithLimits(hubspottest.Limits{}),
		hubspottest.Hashed(hashOf), hubspottest.OAuthApps(app), hubspottest.Remember(l, func(l hubspottest.Ledger) { w.ledger.Store(&l) }))...)
}

// The two ways of renewal, and a grant without a refresh token.
const (
	byPlatform = "{method: oauth}"
	outside    = "{method: oauth, renew: outside}"
	byClient   = "{method: oauth, renew: platform, grant: client-credentials, tokenURL: " + somebodyElses + "}"
)

// auth gives the world a deployment that signs in another way; empty: with a key.
func (w *world) auth(t *testing.T, auth string) {
	t.Helper()
	type result struct {
		d *deployment.Deployment
		b *blueprint.Blueprint
	}
	got, ok := signedIn.Load(auth)
	if !ok {
		var x result
		x.d, x.b = rendered(t, "../../examples/minimal/dealroute.yaml", func(s string) string {
			if auth == "" {
				return s + "\n"
			}
			return strings.Replace(s, "hubspot: {", "hubspot: {auth: "+auth+", ", 1)
		})
		got, _ = signedIn.LoadOrStore(auth, x)
	}
	w.deployment, w.blueprint = got.(result).d, got.(result).b
}

// signedIn are deployments by how they sign in: one is rendered for many worlds.
var signedIn sync.Map

// app gives a run the app's secrets and its tokens.
func (w *world) app(c *reconcile.Config) {
	c.AllowUnstaffed = true // the queue of the least deployment is nobody's yet
	key := c.Secret
	c.Secret = func(k genesys.Key, field string) (secret.Value, error) {
		if strings.HasSuffix(k.Name, " HubSpot key") || strings.HasSuffix(k.Name, " runtime client") {
			return key(k, field)
		}
		return secret.New(map[string]string{"clientId": hubspottest.ClientID, "clientSecret": hubspottest.ClientSecret, "refreshToken": hubspottest.RefreshToken}[field]), nil
	}
	c.Token = func(context.Context, genesys.Key) (reconcile.Token, error) {
		form := url.Values{"grant_type": {"refresh_token"}, "client_id": {hubspottest.ClientID}, "client_secret": {hubspottest.ClientSecret}, "refresh_token": {hubspottest.RefreshToken}}
		r := httptest.NewRequest(http.MethodPost, "/oauth/2026-09/token", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		rec := httptest.NewRecorder()
		w.crm.ServeHTTP(rec, r)
		var got struct {
			Token string `json:"access_token"`
		}
		if err := json.Unmarshal(rec.Body.Bytes(), &got); err != nil || got.Token == "" {
			return reconcile.Token{}, fmt.Errorf("no token: %s", rec.Body)
		}
		return reconcile.Token{Value: secret.New(got.Token), Until: w.now().Add(time.Duration(w.life.Load()) - time.Minute)}, nil
	}
}

// claim is until when the row says that the token may be used, and when the token ends that the
// credential holds; zero where there is none.
func (w *world) claim(t testing.TB) (claimed, ends time.Time) {
	t.Helper()
	st := w.server.State()
	for _, r := range st.Entities["rows"] {
		if r.Body["key"] == genesys.TokenRow {
			text, _ := r.Body[genesys.TokenExpiry].(string)
			claimed, _ = time.Parse(time.RFC3339, text)
		}
	}
	for _, c := range st.Entities["credentials"] {
		if name, _ := c.Body["name"].(string); strings.HasSuffix(name, " HubSpot token") {
			ends = w.ledger.Load().Issued[c.Hidden["token"]].Expires
		}
	}
	return claimed, ends
}

// overclaims reports that callers would be sent to HubSpot with a token that has ended.
func (w *world) overclaims(t testing.TB) string {
	t.Helper()
	if claimed, ends := w.claim(t); !ends.IsZero() && claimed.After(ends) {
		return fmt.Sprintf("the row says %s, the token ends %s", claimed, ends)
	}
	return ""
}

func TestSetupWithOAuth(t *testing.T) {
	for auth, opts := range map[string][]genesystest.Option{
		byPlatform:                    nil,
		outside:                       nil,
		byClient:                      nil,
		byPlatform + " on a slow org": {genesystest.Lag(2), genesystest.ListLag(2), genesystest.Activation(2)},
		outside + " on a slow org":    {genesystest.Lag(2), genesystest.ListLag(2)},
	} {
		t.Run(auth, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, opts...)
			w.auth(t, strings.TrimSuffix(auth, " on a slow org"))
			r := w.read(t, w.app)
			apply(t, r)
			for range 3 { // what was made last may not be in lists yet
				w.read(t, w.app)
			}
			if got := changes(w.read(t, w.app).Plan()); got != "" {
				t.Errorf("the second plan is not empty:\n%s", got)
			}
			if got := changes(w.read(t, keyed("")).Plan()); got != "" {
				t.Errorf("a plan without the app's secrets is not empty:\n%s", got)
			}
			data, err := json.Marshal(w.server.State())
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range []string{hubspottest.ClientSecret, hubspottest.RefreshToken, "sandbox-access-"} {
				if strings.Contains(string(data), s) {
					t.Errorf("the org's state holds %q", s)
				}
			}
			if claimed, _ := w.claim(t); claimed.After(w.now()) != strings.HasPrefix(auth, outside) {
				t.Errorf("the row says %s at %s", claimed, w.now())
			}
			if bad := w.overclaims(t); bad != "" {
				t.Error(bad)
			}
			apply(t, w.read(t, destroying))
			if got := changes(w.read(t, destroying).Plan()); got != "" && !strings.HasPrefix(got, "leave queue ") {
				t.Errorf("left after destroy:\n%s", got)
			}
		})
	}
}

// tests runs the first data action that asks HubSpot, as calls would.
func (w *world) tests(t *testing.T) genesys.TestRun {
	t.Helper()
	a, id := w.blueprint.Actions[0], ""
	for x, e := range w.server.State().Entities["actions"] {
		if e.Body["name"] == a.Definition.Name {
			id = x
		}
	}
	run, err := w.client.TestAction(t.Context(), id, false, a.Smoke)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// A call that meets the expiry gets a new token, unless the platform does not do what is assumed.
func TestThePlatformRenewsTheToken(t *testing.T) {
	for _, c := range []struct {
		name                       string
		assume                     genesystest.Assumptions
		before, at, after, afterIt bool // of the first expiry: the test run succeeds
		tokens                     int  // that were asked for by the four test runs
	}{
		{"as assumed", genesystest.Assumptions{}, true, true, true, true, 1},
		{"nothing kept", genesystest.Assumptions{AuthNotKept: true}, true, true, true, true, 4},
		{"not on 401", genesystest.Assumptions{AuthNotRenewed: true}, true, false, false, false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, genesystest.Assume(c.assume))
			w.auth(t, byPlatform)
			apply(t, w.read(t, w.app))
			w.crm.Forget()
			for i, want := range []bool{c.before, c.at, c.after, c.afterIt} {
				if i == 1 {
					w.clock.Add(int64(31 * time.Minute))
				}
				if got := w.tests(t); got.Success != want {
					t.Errorf("test run %d: %v, %s", i, got.Success, got.Failed)
				}
			}
			if n := w.crm.Count(hubspottest.OAuth); n != c.tokens {
				t.Errorf("%d tokens were asked for, want %d", n, c.tokens)
			}
		})
	}
}

// What somebody does to the auth action is drift, and repaired.
func TestTheAuthActionIsOurs(t *testing.T) {
	w := newWorld(t)
	w.auth(t, byPlatform)
	apply(t, w.read(t, w.app))
	want := dump(t, w.server.State())
	id := ""
	for x := range w.server.State().Entities["actions"] {
		if strings.HasPrefix(x, "customAuth_-_") {
			id = x
		}
	}
	now, err := w.client.Read(t.Context(), genesys.DataAction, id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.client.Update(t.Context(), genesys.DataAction, id, map[string]any{
		"version": now.Body["version"], "name": "mine", "config": map[string]any{
			"request":  map[string]any{"requestUrlTemplate": "https://example.com/t", "requestType": "POST", "headers": map[string]any{"X": "y"}, "requestTemplate": "x"},
			"response": map[string]any{"translationMap": map[string]any{}, "translationMapDefaults": map[string]any{}, "successTemplate": "${rawResult}"},
		},
	}); err != nil {
		t.Fatal(err)
	}
	got := changes(w.read(t, w.app).Plan())
	for _, field := range []string{"name", "config.request.requestUrlTemplate", "config.request.requestTemplate", "config.request.headers.X"} {
		if !strings.HasPrefix(got, "update authAction ") || strings.Count(got, "\n") != 1 || !strings.Contains(got, " "+field) {
			t.Errorf("the plan does not name %s:\n%s", field, got)
		}
	}
	apply(t, w.read(t, w.app))
	versions := func(s string) string { return unlike().ReplaceAllString(s, "") }
	if got := dump(t, w.server.State()); versions(got) != versions(want) {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// A change of the way to sign in ends as if it had always been so, and no token is claimed that
// the credential does not hold.
func TestTheWayToSignInChanges(t *testing.T) {
	ways := []string{"", byPlatform, outside, "", outside, byPlatform, byClient}
	w := newWorld(t)
	for i, auth := range ways {
		w.auth(t, auth)
		if i == 0 {
			apply(t, w.read(t, w.app))
			continue
		}
		p := w.read(t, w.app).Plan()
		if n := p.Counts(); n[plan.Replace] != 0 {
			t.Errorf("%q after %q replaces something:\n%s", auth, ways[i-1], changes(p))
		}
		apply(t, w.read(t, w.app))
		if got := changes(w.read(t, w.app).Plan()); got != "" {
			t.Errorf("%q after %q: a further plan is not empty:\n%s", auth, ways[i-1], got)
		}
		if !w.tests(t).Success {
			t.Errorf("%q after %q: HubSpot cannot be asked", auth, ways[i-1])
		}
		if bad := w.overclaims(t); bad != "" {
			t.Errorf("%q after %q: %s", auth, ways[i-1], bad)
		}
		if slices.Contains(ways[:i], auth) { // it is the same as the first time
			continue
		}
		fresh := newWorld(t)
		fresh.auth(t, auth)
		apply(t, fresh.read(t, fresh.app))
		data := func(s string) string { // rows are data and stay, and so does a column
			return unlike().ReplaceAllString(strings.Join(slices.DeleteFunc(strings.Split(s, "\n"), func(l string) bool {
				return strings.HasPrefix(l, `["rows"`) || strings.HasPrefix(l, `["tables"`)
			}), "\n"), "")
		}
		if got, want := data(dump(t, w.server.State())), data(dump(t, fresh.server.State())); got != want {
			t.Errorf("%q after %q:\n%s\nwant:\n%s", auth, ways[i-1], got, want)
		}
	}
}

// A run that changes the way to sign in is killed at a call: the data actions that the flow calls
// work all the while, and the next run ends it.
func TestTheWayToSignInChangesThroughKills(t *testing.T) {
	for _, way := range [][2]string{{"", byPlatform}, {"", outside}, {outside, byPlatform}, {byPlatform, outside}, {outside, ""}} {
		calm := newWorld(t)
		calm.auth(t, way[0])
		apply(t, calm.read(t, calm.app))
		start := calm.server.State()
		calm.auth(t, way[1])
		calm.arm(t, 0, fault{}, nil)
		if err := calm.run(t.Context(), calm.app); err != nil {
			t.Fatal(err)
		}
		calls := calm.gate.calls()
		for n := 20; n <= calls; n++ {
			if !*everyFault && n%17 != 0 {
				continue
			}
			t.Run(fmt.Sprintf("%s to %s, call %d", way[0], way[1], n), func(t *testing.T) {
				t.Parallel()
				w := newWorldOf(t, start)
				w.account(*calm.ledger.Load(), 0)
				w.auth(t, way[1])
				ctx, kill := context.WithCancel(t.Context())
				defer kill()
				w.arm(t, n, fault{name: "killed", kill: true, after: true}, kill)
				_ = w.run(ctx, w.app)
				if bad := w.overclaims(t); bad != "" {
					t.Error(bad)
				}
				w.arm(t, 0, fault{}, nil)
				if err := w.run(t.Context(), w.app); err != nil {
					t.Fatal(err)
				}
				if got := changes(w.read(t, w.app).Plan()); got != "" {
					t.Errorf("a further plan is not empty:\n%s", got)
				}
				if bad := w.overclaims(t); bad != "" || !w.tests(t).Success {
					t.Errorf("in the end: %s, %v", bad, w.tests(t).Failed)
				}
			})
		}
	}
}

// Whatever call of a renewal goes wrong or is its last: the row never says more than the credential
// holds, and the next renewal puts both right. The same when a token ends before the one before it.
func TestARenewalThroughFaults(t *testing.T) {
	var tried, survived atomic.Int32
	for _, life := range []time.Duration{30 * time.Minute, 3 * time.Minute} {
		calm := newWorld(t)
		calm.auth(t, outside)
		apply(t, calm.read(t, calm.app))
		start, ledger := calm.server.State(), *calm.ledger.Load()
		calls := 0
		for n := 0; n == 0 || n <= calls; n++ {
			for i, f := range faults {
				if n == 0 && i > 0 || n > 0 && !*everyFault && i != n%3 {
					continue
				}
				w := newWorldOf(t, start)
				w.account(ledger, life)
				w.auth(t, outside)
				w.life.Store(int64(life))
				w.clock.Add(int64(20 * time.Minute))
				next := w.gate.next
				w.gate.next = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
					next.ServeHTTP(rw, r)
					if r.Method == http.MethodGet {
						return
					}
					if bad := w.overclaims(t); bad != "" {
						t.Errorf("%s, call %d %s: after %s %s: %s", life, n, f.name, r.Method, r.URL.Path, bad)
					}
				})
				ctx, kill := context.WithCancel(t.Context())
				w.arm(t, n, f, kill)
				cfg := w.config()
				w.app(&cfg)
				_, err := reconcile.Renew(ctx, w.client, cfg)
				kill()
				if n == 0 {
					calls = w.gate.calls()
					if err != nil || calls < 7 {
						t.Fatalf("%d calls, %v", calls, err)
					}
				}
				tried.Add(1)
				if err == nil {
					survived.Add(1)
				}
				w.arm(t, 0, fault{}, nil)
				r, err := reconcile.Renew(t.Context(), w.client, cfg)
				if err != nil {
					t.Fatal(err)
				}
				if claimed, ends := w.claim(t); !claimed.Equal(r.Until.Truncate(time.Second)) || claimed.After(ends) || !claimed.After(w.now()) || r.ID.OrgName != "Acme" {
					t.Errorf("%s, call %d %s: the row says %s, the token ends %s, the run says %s in %s", life, n, f.name, claimed, ends, r.Until, r.ID.OrgName)
				}
				if !w.tests(t).Success {
					t.Errorf("call %d %s: HubSpot cannot be asked", n, f.name)
				}
				if n > 0 {
					continue
				}
				if got := changes(w.read(t, w.app).Plan()); got != "" {
					t.Errorf("a renewal is a difference to a plan:\n%s", got)
				}
			}
		}
	}
	t.Logf("%d renewals, %d of them done in spite of a fault", tried.Load(), survived.Load())
}

// Two renew at the same time: the row says at most what is true of the token that stays.
func TestTwoRenewals(t *testing.T) {
	w := newWorld(t)
	w.auth(t, outside)
	apply(t, w.read(t, w.app))
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			cfg := w.config()
			w.app(&cfg)
			if _, err := reconcile.Renew(context.Background(), w.client, cfg); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if bad := w.overclaims(t); bad != "" {
		t.Error(bad)
	}
}

func TestARenewalNeedsASetup(t *testing.T) {
	w := newWorld(t)
	cfg := w.config()
	w.app(&cfg)
	if _, err := reconcile.Renew(t.Context(), w.client, cfg); err == nil {
		t.Error("a key is renewed")
	}
	w.auth(t, outside)
	cfg = w.config()
	w.app(&cfg)
	var none *reconcile.NoTableError
	if _, err := reconcile.Renew(t.Context(), w.client, cfg); !errors.As(err, &none) {
		t.Errorf("before setup: %v", err)
	}
	apply(t, w.read(t, w.app))
	pinned := cfg
	pinned.OrgPin = "Beta"
	var wrong *reconcile.WrongOrgError
	if _, err := reconcile.Renew(t.Context(), w.client, pinned); !errors.As(err, &wrong) {
		t.Errorf("in another org: %v", err)
	}
	w.auth(t, "")
	apply(t, w.read(t, w.app))
	w.server.ForgetCalls()
	if _, err := reconcile.Renew(t.Context(), w.client, cfg); !errors.Is(err, reconcile.ErrNotSetUp) || len(w.writes()) != 0 {
		t.Errorf("after a change to a key: %v, %v", err, w.writes())
	}
}
