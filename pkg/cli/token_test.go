package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/cli"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
)

// An appProgram is the CLI before an org and an account with an app of marked secrets.
type appProgram struct {
	*orgProgram
	crm   *hubspottest.Server
	org   *genesystest.Server
	leaks *leaks
	now   func() time.Time
}

func newApp(t *testing.T, auth string, assume func(*hubspottest.Assumptions)) *appProgram {
	t.Helper()
	a := &appProgram{orgProgram: newOrg(t), leaks: &leaks{t: t}, now: time.Now}
	if assume == nil {
		assume = func(*hubspottest.Assumptions) {}
	}
	a.crm = hubspottest.New(hubspot.CRM{Portal: "1002"}, hubspottest.WithLimits(hubspottest.Limits{}), hubspottest.Assume(assume),
		hubspottest.Clock(func() time.Time { return a.now() }),
		hubspottest.Hashed(func(s string) string { return genesystest.HashSecret("sandbox", s) }),
		hubspottest.OAuthApps(hubspottest.OAuthApp{ClientID: "app", ClientSecret: markedSecret, RefreshToken: markedRefresh, Scopes: hubspottest.DefaultScopes(), Tokens: markedIssued}))
	var err error
	if a.org, err = genesystest.New(nil, genesystest.Remote(transport.Handler(a.crm))); err != nil {
		t.Fatal(err)
	}
	a.org.Apply(genesystest.Seed{Org: "Acme", Queues: []genesystest.SeedQueue{{Name: "Support", Staff: []genesystest.SeedUser{{Name: "A"}}}}})
	org := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a.before != nil {
			a.before(r)
		}
		a.org.ServeHTTP(w, r)
	}))
	t.Cleanup(org.Close)
	hub := httptest.NewServer(a.crm)
	t.Cleanup(hub.Close)
	a.args = []string{"-f", a.file, "--genesys-base-url", org.URL, "--hubspot-base-url", hub.URL, "--log-level", "debug"}
	delete(a.env, "HUBSPOT_SERVICE_KEY")
	a.env["HUBSPOT_CLIENT_ID"], a.env["HUBSPOT_CLIENT_SECRET"], a.env["HUBSPOT_REFRESH_TOKEN"] = "app", markedSecret, markedRefresh
	data, err := os.ReadFile(a.file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(a.file, []byte(strings.Replace(string(data), "hubspot: {", "hubspot: {portal: \"1002\", auth: "+auth+", ", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	return a
}

// says runs a command, holds its output against the marks, and gives it.
func (a *appProgram) says(ctx context.Context, args ...string) (int, string) {
	a.leaks.t.Helper()
	code, out, errs := a.main(ctx, args...)
	a.leaks.hold(strings.Join(args, " "), out+errs, true)
	return code, out + errs
}

// The app's secrets prove themselves before anything is written, set an org up in both ways, and
// renew its token; what is wrong is said with what to do, and never a secret.
func TestTheTokenIsRenewed(t *testing.T) {
	ctx := t.Context()
	for _, auth := range []string{"{method: oauth}", "{method: oauth, renew: outside}"} {
		a := newApp(t, auth, nil)
		outside := strings.Contains(auth, "outside")
		for name, c := range map[string]struct {
			env, value, want string
		}{
			"no secret":       {"HUBSPOT_CLIENT_SECRET", "", "HUBSPOT_CLIENT_SECRET is not set"},
			"another secret":  {"HUBSPOT_CLIENT_SECRET", markedToken, "check client id and client secret"},
			"another refresh": {"HUBSPOT_REFRESH_TOKEN", markedToken, "connect the app to the account again"},
		} {
			was := a.env[c.env]
			a.env[c.env] = c.value
			a.org.ForgetCalls()
			code, said := a.says(ctx, "setup", "--yes", "--verify=off")
			for _, x := range a.org.Calls() {
				if x.Write && x.Path != "/oauth/token" {
					t.Errorf("%s, %s: wrote %s %s", auth, name, x.Method, x.Path)
				}
			}
			if code != 1 || !strings.Contains(said, c.want) {
				t.Errorf("%s, %s: %d %s", auth, name, code, said)
			}
			a.env[c.env] = was
		}
		if outside {
			if code, said := a.says(ctx, "token", "renew"); code != 1 || !strings.Contains(said, `run "dealroute setup" first`) {
				t.Errorf("before setup: %d %s", code, said)
			}
		}
		for range 2 {
			if code, said := a.says(ctx, "setup", "--yes", "--verify=off"); code != 0 {
				t.Fatalf("%s: %d %s", auth, code, said)
			}
		}
		if code, said := a.says(ctx, "plan", "--detailed-exitcode"); code != 0 {
			t.Errorf("%s: a plan after setup: %d %s", auth, code, said)
		}
		code, said := a.says(ctx, "token", "renew")
		switch {
		case outside && (code != 0 || !strings.Contains(said, "token renewed; calls may use it until ")):
			t.Errorf("%s: %d %s", auth, code, said)
		case !outside && (code != 1 || !strings.Contains(said, "Genesys Cloud renews it itself")):
			t.Errorf("%s: %d %s", auth, code, said)
		}
		if code, said := a.says(ctx, "status"); code != 0 || strings.Contains(said, "\ntoken may be used until ") != outside {
			t.Errorf("%s: status: %d %s", auth, code, said)
		}
		if code, said := a.says(ctx, "simulate", "--ani", "+15135550142", "--crm", "live"); code != 0 || !strings.Contains(said, "no_record") {
			t.Errorf("%s: HubSpot itself: %d %s", auth, code, said)
		}
		data, err := json.Marshal(a.org.State())
		if err != nil {
			t.Fatal(err)
		}
		a.leaks.hold("the org's state", string(data), true)
	}
}

// every runs the server until it has paused so often; at each pause something may happen.
func (a *appProgram) every(t *testing.T, pauses int, happens map[int]func()) (said string, waited []time.Duration) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	a.pause = func(ctx context.Context, d time.Duration) error {
		if d < 10*time.Second {
			return ctx.Err()
		}
		if _, limited := ctx.Deadline(); limited {
			t.Error("--timeout ends a server")
		}
		waited = append(waited, d)
		if f := happens[len(waited)]; f != nil {
			f()
		}
		if len(waited) == pauses {
			stop()
		}
		return ctx.Err()
	}
	var out, errs bytes.Buffer
	code := cli.Main(ctx, append([]string{"token", "renew", "--every", "20m", "--timeout", "30s"}, a.args...), a.in(&out, &errs))
	said = out.String() + errs.String()
	a.leaks.hold("token renew --every", said, true)
	if code != 0 && code != 130 {
		t.Errorf("exit code %d\n%s", code, said)
	}
	return said, waited
}

// A server goes on after what goes wrong, says it, and has no time limit of its own.
func TestTheTokenIsRenewedAgainAndAgain(t *testing.T) {
	a := newApp(t, "{method: oauth, renew: outside}", nil)
	if code, said := a.says(t.Context(), "setup", "--yes", "--verify=off"); code != 0 {
		t.Fatal(said)
	}
	a.crm.Fail(hubspottest.Rule{Kind: hubspottest.OAuth, First: 1, Last: 2, Fault: hubspottest.FaultServer})
	said, waited := a.every(t, 6, map[int]func(){4: func() {
		a.crm.Heal()
		a.crm.Fail(hubspottest.Always(hubspottest.OAuth, hubspottest.FaultReset))
	}})
	want := []time.Duration{15 * time.Second, 30 * time.Second, 20 * time.Minute, 20 * time.Minute, 15 * time.Second, 30 * time.Second}
	if !slices.Equal(waited, want) || strings.Count(said, "token renewed") != 2 || strings.Count(said, "it is tried again in") != 4 {
		t.Errorf("waited %s\n%s", waited, said)
	}
}

// A refresh token that rotates counts while the server runs; that it is kept nowhere is said.
func TestARefreshTokenThatRotates(t *testing.T) {
	a := newApp(t, "{method: oauth, renew: outside}", func(as *hubspottest.Assumptions) { as.RefreshTokenRotates = true })
	if code, said := a.says(t.Context(), "setup", "--yes", "--verify=off"); code != 0 || !strings.Contains(said, "another refresh token, which is kept nowhere") {
		t.Fatal(said)
	}
	a.env["HUBSPOT_REFRESH_TOKEN"] = "sandbox-refresh-1" // that came with the first one
	said, waited := a.every(t, 3, nil)
	if strings.Count(said, "token renewed") != 3 || !strings.Contains(said, "another refresh token, which is kept nowhere") || strings.Contains(said, "sandbox-refresh") {
		t.Errorf("waited %s\n%s", waited, said)
	}
}
