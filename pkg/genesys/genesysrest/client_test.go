package genesysrest_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesysrest"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/secret"
)

func org(t *testing.T, opts ...genesystest.Option) (*genesystest.Server, *genesysrest.Client) {
	t.Helper()
	return orgWith(t, func(*genesysrest.Config) {}, opts...)
}

func orgWith(t *testing.T, change func(*genesysrest.Config), opts ...genesystest.Option) (*genesystest.Server, *genesysrest.Client) {
	t.Helper()
	s, err := genesystest.New(nil, append(opts, genesystest.Described(func(err error) { t.Error(err) }))...)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	cfg := genesysrest.Config{
		API: srv.URL, Apps: srv.URL, Client: genesystest.ClientID, Secret: secret.New(genesystest.ClientSecret), PerMin: 100_000,
		Sleep: func(context.Context, time.Duration) error { return nil },
	}
	change(&cfg)
	c, err := genesysrest.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}

func TestFindComparesNamesItself(t *testing.T) {
	_, c := org(t)
	ctx := t.Context()
	for _, n := range []string{"Sales", "Sales EU", "Support"} {
		if _, err := c.Create(ctx, genesys.Queue, map[string]any{"name": n}); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]int{"Sales": 1, "Sales*": 2, "": 3, "sales": 0} {
		got, err := c.Find(ctx, genesys.Queue, name)
		if err != nil || len(got) != want {
			t.Errorf("Find(%q) = %d, %v; want %d", name, len(got), err, want)
		}
	}
	if _, err := c.Create(ctx, genesys.Queue, map[string]any{"name": "Sales"}); !errors.Is(err, genesys.ErrConflict) {
		t.Errorf("a taken name: %v", err)
	}
}

func TestListsReadAllPages(t *testing.T) {
	_, c := org(t)
	for i := range 230 {
		if _, err := c.Create(t.Context(), genesys.Skill, map[string]any{"name": "skill " + strings.Repeat("x", i+1)}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := c.Find(t.Context(), genesys.Skill, "skill*")
	if err != nil || len(got) != 230 {
		t.Errorf("%d skills, %v", len(got), err)
	}
}

func TestWhatIsRepeated(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault genesystest.Fault
		do    func(context.Context, *genesysrest.Client) error
		err   error // nil: it succeeds in the end
		calls int   // of the path
	}{
		{
			"a read after 503", genesystest.Fault{Nth: 1, PathPrefix: "/api/v2/routing", Status: 503},
			func(ctx context.Context, c *genesysrest.Client) error {
				_, err := c.Find(ctx, genesys.Skill, "a")
				return err
			}, nil, 2,
		},
		{
			"a read after a cut connection", genesystest.Fault{Nth: 1, PathPrefix: "/api/v2/routing"},
			func(ctx context.Context, c *genesysrest.Client) error {
				_, err := c.Find(ctx, genesys.Skill, "a")
				return err
			}, nil, 2,
		},
		{
			"a create after 429", genesystest.Fault{Nth: 1, Method: "POST", PathPrefix: "/api/v2/routing", Status: 429, RetryAfter: 1},
			func(ctx context.Context, c *genesysrest.Client) error {
				_, err := c.Create(ctx, genesys.Skill, map[string]any{"name": "a"})
				return err
			}, nil, 2,
		},
		{
			"a create after 503 that took effect", genesystest.Fault{Nth: 1, Method: "POST", PathPrefix: "/api/v2/routing", Status: 503, After: true},
			func(ctx context.Context, c *genesysrest.Client) error {
				_, err := c.Create(ctx, genesys.Skill, map[string]any{"name": "a"})
				return err
			}, genesys.ErrUnsettled, 1,
		},
		{
			"a create whose answer is lost", genesystest.Fault{Nth: 1, Method: "POST", PathPrefix: "/api/v2/routing", After: true},
			func(ctx context.Context, c *genesysrest.Client) error {
				_, err := c.Create(ctx, genesys.Skill, map[string]any{"name": "a"})
				return err
			}, genesys.ErrUnsettled, 1,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, client := org(t, genesystest.Faults(c.fault))
			err := c.do(t.Context(), client)
			if c.err == nil && err != nil || c.err != nil && !errors.Is(err, c.err) {
				t.Errorf("error %v, want %v", err, c.err)
			}
			n := 0
			for _, call := range s.Calls() {
				if strings.HasPrefix(call.Path, c.fault.PathPrefix) {
					n++
				}
			}
			if n != c.calls {
				t.Errorf("%d calls, want %d", n, c.calls)
			}
		})
	}
}

func TestErrorsKeepWhatTheSDKDrops(t *testing.T) {
	var down []genesystest.Fault // the login host answers nothing else
	for range 100 {
		down = append(down, genesystest.Fault{Nth: 1, PathPrefix: "/oauth", Status: 503})
	}
	_, c := org(t, genesystest.Faults(down...))
	_, err := c.Who(t.Context())
	var e *genesysrest.Error
	if !errors.As(err, &e) || e.Status != 503 || e.Correlation == "" {
		t.Errorf("the answer to the sign-in is lost: %v", err)
	}
	_, c = org(t)
	_, err = c.Read(t.Context(), genesys.Queue, "nothing")
	if !errors.Is(err, genesys.ErrNotFound) || !errors.As(err, &e) || e.Code != "not.found" || e.Correlation == "" {
		t.Errorf("a missing queue: %v", err)
	}
}

func TestTheContextEndsACall(t *testing.T) {
	hang := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer hang.Close()
	c, err := genesysrest.New(genesysrest.Config{API: hang.URL, Token: secret.New("t")})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	if _, err := c.Find(ctx, genesys.Queue, ""); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

func TestReadOnlySendsNoWrite(t *testing.T) {
	s, c := orgWith(t, func(cfg *genesysrest.Config) { cfg.ReadOnly = true })
	ctx := t.Context()
	if _, err := c.Find(ctx, genesys.Queue, ""); err != nil {
		t.Fatalf("a read: %v", err)
	}
	s.ForgetCalls()
	for name, write := range map[string]func() error{
		"create":  func() error { _, err := c.Create(ctx, genesys.Queue, map[string]any{"name": "q"}); return err },
		"update":  func() error { _, err := c.Update(ctx, genesys.Queue, "q", map[string]any{"name": "q"}); return err },
		"patch":   func() error { _, err := c.Update(ctx, genesys.Integration, "i", map[string]any{}); return err },
		"delete":  func() error { return c.Delete(ctx, genesys.Queue, "q") },
		"grant":   func() error { return c.GrantRole(ctx, "c", "d", "r") },
		"secret":  func() error { _, err := c.NewClientSecret(ctx, "c"); return err },
		"upload":  func() error { _, err := c.UploadScript(ctx, "s", "", "{}"); return err },
		"publish": func() error { return c.PublishScript(ctx, "s") },
		"flow":    func() error { _, err := c.StartFlowJob(ctx, "inboundCall: {}"); return err },
		"row":     func() error { return c.PutRow(ctx, "t", "k", map[string]any{}) },
		"test":    func() error { _, err := c.TestAction(ctx, "a", false, nil); return err },
	} {
		var refused *transport.RefusedError
		if err := write(); !errors.As(err, &refused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(s.Calls()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestOneTokenServesAllCalls(t *testing.T) {
	s, c := org(t)
	if _, err := c.Who(t.Context()); err != nil {
		t.Fatal(err)
	}
	st := s.State()
	if len(st.Tokens) != 1 {
		t.Errorf("%d tokens for several calls", len(st.Tokens))
	}
}

func TestNoSecretInAnError(t *testing.T) {
	s, err := genesystest.New(nil, genesystest.Described(func(err error) { t.Error(err) }))
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s)
	defer srv.Close()
	c, err := genesysrest.New(genesysrest.Config{API: srv.URL, Client: "marked-client", Secret: secret.New("marked-secret"), Sleep: func(context.Context, time.Duration) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Who(t.Context())
	if err == nil || strings.Contains(err.Error(), "marked-secret") {
		t.Errorf("error %v", err)
	}
}
