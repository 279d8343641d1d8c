package view_test

import (
	"bytes"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/prove"
	"github.com/dealroute/dealroute/pkg/view"
)

func provedReport() *prove.Report {
	paths, _ := new(big.Int).SetString("98765432109876543210", 10)
	return &prove.Report{
		Mode: prove.Full, States: 101, Paths: paths, CRMClasses: 57, Calls: 1312, WorstWait: 5998 * time.Millisecond, WorstHubSpot: 3 * time.Second,
		WorstPath: []string{"switch 1,000", "find contact 2,000", "find deals 1,000"}, Elapsed: 212 * time.Millisecond,
		Assumptions: []string{"A-LISTS", "a table answers within a second", "A-FIND"},
		Properties: []prove.Property{
			{ID: prove.Ending, Title: "no caller is let go in silence", Verdict: prove.Holds, Message: "on 12 endings"},
			{ID: prove.Wait, Title: "nobody waits longer for HubSpot than the budget", Verdict: prove.Holds},
		},
	}
}

var replay = view.Replays{Command: view.ReplayCommand("dealroute", "simulate", "-f", "it's here.yaml"), File: func(id string) string { return id + ".yaml" }}

func TestPrintProof(t *testing.T) {
	r := provedReport()
	const quiet = `proof (full): all 2 properties hold (docs/proof.md)
  tried        98,765,432,109,876,543,210 paths through 101 states of the flow
               1,312 calls to 57 kinds of accounts, in 212 ms
  worst wait   5,998 ms            HubSpot at most 3,000
               switch 1,000 · find contact 2,000 · find deals 1,000
  rests on     2 assumptions about the vendors (docs/assumptions.md)
               a table answers within a second
`
	broken := provedReport()
	broken.Cut = []string{"menu \"Main\" after 3 rounds"}
	broken.Properties[0].Verdict = prove.NotDecided
	broken.Properties[1].Verdict = prove.Broken
	broken.Properties[1].Counterexample = &prove.Counterexample{World: &world.File{Call: world.Call{ANI: "+15135550999"}}, Call: []string{"an unknown caller calls", "\x1b[31mfind contact\nwaits"}}
	const loud = `proof (full): 0 of 2 properties hold, 1 broken, 1 not decided (docs/proof.md)
  NOT DECIDED  no caller is let go in silence
  BROKEN       nobody waits longer for HubSpot than the budget
                 1. an unknown caller calls
                 2. \u001b[31mfind contact\nwaits
               dealroute simulate -f 'it'\''s here.yaml' --world calls/wait.yaml
  tried        98,765,432,109,876,543,210 paths through 101 states of the flow
               1,312 calls to 57 kinds of accounts, in 212 ms
  worst wait   5,998 ms            HubSpot at most 3,000
               switch 1,000 · find contact 2,000 · find deals 1,000
  rests on     2 assumptions about the vendors (docs/assumptions.md)
               a table answers within a second
  cut          menu "Main" after 3 rounds
`
	written := replay
	written.Folder = "calls"
	for _, c := range []struct {
		report *prove.Report
		replay view.Replays
		want   string
	}{{r, replay, quiet}, {broken, written, loud}, {nil, replay, ""}} {
		var b bytes.Buffer
		if err := view.PrintProof(&b, c.report, c.replay); err != nil {
			t.Fatal(err)
		}
		if b.String() != c.want {
			t.Errorf("got\n%s\nwant\n%s", b.String(), c.want)
		}
	}
}

// TestWorldOfACounterexample: the file says what it is for, in comments that nothing said can
// leave, and is read as the world that it is.
func TestWorldOfACounterexample(t *testing.T) {
	p := prove.Property{ID: prove.Ending, Title: "nobody is dropped", Message: "dropped\ncall: {ani: evil}", Counterexample: &prove.Counterexample{
		World: &world.File{Call: world.Call{ANI: "+15135550999"}, Objects: map[string]map[string]string{"queues": {"Sales": "missing"}}}, Call: []string{"a caller\r\ncall: x"},
	}}
	text, err := view.WorldText(p, replay)
	if err != nil {
		t.Fatal(err)
	}
	f, found := world.Decode("w.yaml", []byte(text))
	if f == nil || f.Call.ANI != "+15135550999" || f.Objects["queues"]["Sales"] != "missing" {
		t.Errorf("%v\n%s", found, text)
	}
	for _, want := range []string{"# Against: nobody is dropped\n", "#   1. a caller", "# Replay it: dealroute simulate -f 'it'\\''s here.yaml' --world counterexample.yaml\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}
