package view_test

import (
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/view"
)

// A token is told as the flow takes it: what is missing or no time counts as expired.
func TestTokenIsToldAsTheFlowTakesIt(t *testing.T) {
	now := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)
	const renew = "; no call asks HubSpot before somebody runs dealroute token renew"
	for name, c := range map[string]struct {
		row         map[string]any
		state, line string
	}{
		"to come":    {map[string]any{"hubspot_oauth_expiry": "2026-11-23T15:20:00Z"}, "valid", "may be used until 2026-11-23T15:20:00Z (20m0s to go)"},
		"now":        {map[string]any{"hubspot_oauth_expiry": "2026-11-23T15:00:00Z"}, "expired", "EXPIRED at 2026-11-23T15:00:00Z" + renew},
		"no time":    {map[string]any{"hubspot_oauth_expiry": "2026-11-23T16:00:00+01:00"}, "expired", "EXPIRED, for its row says no time" + renew},
		"never":      {map[string]any{"hubspot_oauth_expiry": ""}, "expired", "EXPIRED, for its row says no time" + renew},
		"no row":     {nil, "expired", "EXPIRED, for its row is missing" + renew},
		"no own row": {map[string]any{}, "expired", "EXPIRED, for its row says no time" + renew},
	} {
		got := view.NewToken(c.row, now)
		if got.State != c.state || got.Line(now) != c.line || got.Missing != (c.row == nil) {
			t.Errorf("%s: %+v %q, want %s %q", name, got, got.Line(now), c.state, c.line)
		}
	}
}
