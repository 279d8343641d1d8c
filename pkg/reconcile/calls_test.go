package reconcile_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/reconcile"
)

// A stage is one command as the benchmark measures it.
type stage struct {
	name   string
	run    func(*world, func(*reconcile.Config)) error
	change func(*reconcile.Config)
}

var stages = []stage{
	{"setup", func(w *world, c func(*reconcile.Config)) error { return w.run(context.Background(), c) }, nil},
	{"second setup", func(w *world, c func(*reconcile.Config)) error { return w.run(context.Background(), c) }, nil},
	{"plan", func(w *world, c func(*reconcile.Config)) error {
		cfg := w.config()
		_, err := reconcile.Read(context.Background(), w.client, cfg)
		return err
	}, nil},
	{"destroy", func(w *world, c func(*reconcile.Config)) error { return w.run(context.Background(), c) }, destroying},
}

// TestCallsStayFew keeps the number of calls from growing unnoticed. A setup that changed
// something reads the whole org once more.
func TestCallsStayFew(t *testing.T) {
	w := newWorld(t)
	// One credential of a fresh setup is written twice, so that all else need not wait for it.
	// Twice five reads of a destroy ask what of others there is in a table, a role, the
	// integrations and before the flow: for the plan, and again before anything goes.
	for i, want := range []struct{ reads, writes int }{{51, 37}, {17, 0}, {17, 0}, {25, 15}} {
		s := stages[i]
		w.arm(t, 0, fault{}, nil)
		if err := s.run(w, s.change); err != nil {
			t.Fatal(err)
		}
		reads, writes := w.client.Calls()
		t.Logf("%-12s %d calls: %d reads, %d writes; pauses of %s", s.name, reads+writes, reads, writes, time.Duration(w.waited.Swap(0)))
		if reads > want.reads || writes > want.writes {
			t.Errorf("%s: %d reads and %d writes, at most %d and %d", s.name, reads, writes, want.reads, want.writes)
		}
	}
}

// BenchmarkSetup times the commands on the basic example, one after the other: at 0 ms a
// call without pauses, and at 80 ms a call with a flow job of 5 s and all the pauses that a
// real org needs (half a minute). path is the number of calls one after the other.
//
//	go test -run '^$' -bench Setup -benchtime 1x ./pkg/reconcile
func BenchmarkSetup(outer *testing.B) {
	for _, latency := range []time.Duration{0, 80 * time.Millisecond} {
		job := time.Duration(0)
		if latency > 0 {
			job = 5 * time.Second
		}
		var w *world
		for _, s := range stages {
			outer.Run(fmt.Sprintf("%s/%s", latency, s.name), func(b *testing.B) {
				for b.Loop() {
					if s.name == "setup" {
						w = newWorld(outer, genesystest.Clock(time.Now), genesystest.Latency(latency, nil), genesystest.JobTime(job))
						b.ResetTimer()
					}
					w.arm(b, 0, fault{}, nil)
					err := s.run(w, func(c *reconcile.Config) {
						if s.change != nil {
							s.change(c)
						}
						c.Wait = func(_ context.Context, d time.Duration) error {
							w.waited.Add(int64(d))
							if latency > 0 {
								time.Sleep(d)
							}
							return nil
						}
					})
					if err != nil {
						b.Fatal(err)
					}
				}
				reads, writes := w.client.Calls()
				b.ReportMetric(float64(reads), "reads")
				b.ReportMetric(float64(writes), "writes")
				b.ReportMetric(float64(w.gate.deepest), "path")
				b.ReportMetric(time.Duration(w.waited.Swap(0)).Seconds(), "s-pauses")
			})
		}
	}
}
