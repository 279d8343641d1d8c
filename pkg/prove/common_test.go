package prove_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/prove"
)

// many is a deployment of so many rules on facts of contact and deal, with values of their own.
func many(rules int) string {
	var b strings.Builder
	b.WriteString("version: 1\nname: many\ngenesys: {region: eu-central-1}\nhubspot:\n  lookup: {homeCountries: [US]}\n  facts:\n")
	kinds := []string{"string", "number", "boolean", "date"}
	for i := range 8 {
		fmt.Fprintf(&b, "    f%d: {%s: prop_%d, type: %s}\n", i, []string{"contact", "deal"}[i%3%2], i, kinds[i%4])
	}
	b.WriteString("routing:\n  rules:\n")
	test := func(i, f int) string {
		return fmt.Sprintf("f%d: %s", f, []string{fmt.Sprintf("[v%d, w%d]", i, i), fmt.Sprintf("{min: %d, max: %d}", i*10, i*10+5), []string{"true", "false"}[i%2], fmt.Sprintf("{before: %dd}", i+1)}[f%4])
	}
	for i := range rules {
		fmt.Fprintf(&b, "    - {name: rule %d, when: {facts: {%s, %s}}, to: {queue: Queue %d}}\n", i, test(i, i%8), test(i, (i+1+i%3)%8), i%5)
	}
	b.WriteString("  fallback: {queue: General}\n")
	return b.String()
}

// A call becomes what it would become alone, whatever it has in common with those before it: the
// answers of HubSpot, what data actions make of them, the way through the flow. TestDefectsAreFound
// holds it where flow and actions are spoilt.
func TestCallsAloneBecomeTheSame(t *testing.T) {
	texts := map[string]string{"many rules": many(12)}
	for _, name := range []string{"guide", "basic", "every-setting"} {
		texts[name] = example(t, name)
	}
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			d, b := parsed(t, text)
			in := input(d, b, prove.Quick)
			in.Twice = true
			if r, err := prove.Deployment(context.Background(), in); err != nil || r.Calls < 500 {
				t.Fatal(r, err)
			}
		})
	}
}

// An impatient context ends when it has been asked some times.
type impatient struct {
	context.Context
	end  context.CancelFunc
	left atomic.Int64
	over atomic.Int64 // how often it was asked after its end
}

func (i *impatient) Err() error {
	if n := i.left.Add(-1); n == 0 {
		i.end()
	} else if n < 0 {
		i.over.Add(1)
	}
	return i.Context.Err()
}

// A proof that nobody waits for any more ends soon, wherever it is: in the search for callers, between
// calls, among the states of the flow. It is no proof then.
func TestAProofEndsWhenNobodyWaits(t *testing.T) {
	d, b := parsed(t, many(40))
	for _, patience := range []int64{1, 2, 10, 100, 300, 1000, 3000, 10_000} {
		base, end := context.WithCancel(t.Context())
		ctx := &impatient{Context: base, end: end}
		ctx.left.Store(patience)
		in, late := input(d, b, prove.Quick), atomic.Int64{}
		open := in.HubSpot
		in.HubSpot = func(a prove.Account) dataaction.Sender {
			if base.Err() != nil {
				late.Add(1)
			}
			return open(a)
		}
		r, err := prove.Deployment(ctx, in)
		end()
		if r != nil || !errors.Is(err, context.Canceled) {
			t.Fatalf("with a patience of %d: %v, %v", patience, r, err)
		}
		if asked, opened := ctx.over.Load(), late.Load(); asked > 5000 || opened > 4 {
			t.Errorf("with a patience of %d it looks %d times more whether somebody waits, and opens %d accounts", patience, asked, opened)
		}
	}
}
