package validate

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/dealroute/dealroute/examples"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
)

// An impatient context ends when it has been asked some times.
type impatient struct {
	context.Context
	left int
}

func (i *impatient) Err() error {
	if i.left--; i.left < 0 {
		return context.Canceled
	}
	return nil
}

// Whenever nobody waits any more: what was found is of checks that were made to their end, the
// others are told, and a comment that allows something of theirs is no mistake.
func TestEndsWhenNobodyWaits(t *testing.T) {
	data, err := examples.FS.ReadFile("basic/dealroute.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := append([]byte("# dealroute: allow DR-ROUTE-004 because nobody has time to look\n"), data...)
	d, found := deployment.Parse("dealroute.yaml", text)
	if d == nil {
		t.Fatal(found)
	}
	in := Input{Deployment: d, Source: text, Now: time.Unix(0, 0)}
	all := Run(in)
	if len(all.Unasked) > 0 {
		t.Fatalf("%d rules are not asked by who waits", len(all.Unasked))
	}
	codes := func(rules []Rule) (out []string) {
		for _, r := range rules {
			out = append(out, r.Code)
		}
		return out
	}
	within := 0 // how often a check was given up that had begun
	for patience := range 200 {
		ctx := &impatient{t.Context(), patience}
		a := RunUntil(ctx, in)
		asked, late := codes(a.Asked), codes(a.Unasked)
		if both := append(slices.Clone(asked), late...); len(both) != len(all.Asked) {
			t.Fatalf("of %d rules %d were asked and %d not", len(all.Asked), len(asked), len(late))
		}
		if len(a.Unasked) > 0 && len(asked) < patience {
			within++
		}
		want := diag.Findings{}
		for _, f := range all.Findings {
			if f.Code == "" || !slices.Contains(late, f.Code) && (f.Code != codeAllowNothing || !slices.Contains(late, "DR-ROUTE-004")) {
				want = append(want, f)
			}
		}
		if !slices.Equal(a.Findings, want) {
			t.Fatalf("with a patience of %d:\n%v\nwant\n%v", patience, a.Findings, want)
		}
	}
	if within == 0 {
		t.Error("no check was given up within")
	}
}
