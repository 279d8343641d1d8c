package reconcile_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/reconcile"
)

// On a fresh setup all that does not need the run-time client is done before that can be made, and
// the action that runs with it is tried before a call route is there.
func TestWhatNeedsNoClientIsDoneMeanwhile(t *testing.T) {
	w := newWorld(t)
	apply(t, w.read(t, func(cfg *reconcile.Config) {
		cfg.Wait = func(ctx context.Context, d time.Duration) error {
			if d == genesys.RoleSettled.Terms().Ahead { // it is as long as everything else needs
				for range 3000 {
					if all, err := w.client.Find(ctx, genesys.Flow, "acme-inbound"); err == nil && len(all) == 1 && all[0].Body["publishedVersion"] != nil {
						break
					}
					time.Sleep(time.Millisecond)
				}
			}
			return w.wait(ctx, d)
		}
	}))
	calls := w.writes()
	at := func(prefix, ending string) int {
		return slices.IndexFunc(calls, func(c string) bool { return strings.HasPrefix(c, prefix) && strings.HasSuffix(c, ending) })
	}
	last := func(prefix, ending string) int {
		for i := len(calls) - 1; i >= 0; i-- {
			if strings.HasPrefix(calls[i], prefix) && strings.HasSuffix(calls[i], ending) {
				return i
			}
		}
		return -1
	}
	tries := func(in []string) (n int) {
		for _, c := range in {
			if strings.HasSuffix(c, "/test") {
				n++
			}
		}
		return n
	}
	client, route := at("POST /api/v2/oauth/clients", ""), at("POST /api/v2/architect/ivrs", "")
	for what, i := range map[string]int{
		"the table": at("POST /api/v2/flows/datatables", ""), "the last action": last("POST /api/v2/integrations/actions", "/publish"), "the flow": at("PUT /presigned/flow", ""),
	} {
		if i < 0 || client < 0 || i > client {
			t.Errorf("%s is write %d, the client %d", what, i, client)
		}
	}
	if route < client || tries(calls[:max(route, 0)]) != 3 || tries(calls) != 3 {
		t.Errorf("the route is write %d, %d of %d tests come before it", route, tries(calls[:max(route, 0)]), tries(calls))
	}
	if t.Failed() {
		t.Log(strings.Join(calls, "\n"))
	}
}

// Where the platform looks at the value of a credential, its integration is enabled when there is one.
func TestAPlatformThatChecksCredentials(t *testing.T) {
	calm, w := newWorld(t), newWorld(t, genesystest.Assume(genesystest.Assumptions{CredentialsAreChecked: true}))
	waits := func(cfg *reconcile.Config) {
		cfg.Wait = func(ctx context.Context, d time.Duration) error {
			if d == genesys.RoleSettled.Terms().Ahead {
				time.Sleep(100 * time.Millisecond) // for the integration to be enabled meanwhile
			}
			return w.wait(ctx, d)
		}
	}
	apply(t, calm.read(t, nil))
	apply(t, w.read(t, waits))
	if got := changes(w.read(t, nil).Plan()); got != "" {
		t.Errorf("the second plan is not empty:\n%s", got)
	}
	if got, want := dump(t, w.server.State()), dump(t, calm.server.State()); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
