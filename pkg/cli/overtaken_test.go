package cli

import (
	"strings"
	"testing"
	"time"
)

// Who opens a breaker that another opens for longer is not told that what he asked for stands.
func TestOvertaken(t *testing.T) {
	now := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)
	in := func(m time.Duration) time.Time { return now.Add(m * time.Minute) }
	for name, c := range map[string]struct {
		asked, is time.Time
		want      string
	}{
		"opened for longer":    {in(1), in(3), "for longer meanwhile; that stands"},
		"opened for as long":   {in(3), in(3), "what was asked for stands"},
		"closed, opened again": {time.Time{}, in(1), "failing meanwhile"},
		"closed":               {time.Time{}, time.Time{}, "what was asked for stands"},
		"closed, it was over":  {time.Time{}, in(-1), "what was asked for stands"},
	} {
		if got := overtaken(c.asked, c.is, now); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
