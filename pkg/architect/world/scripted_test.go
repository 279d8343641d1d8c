package world_test

import (
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
)

// TestAnswersHaveTheTypesOfTheirAction: an answer is kept once it is made, for the action
// that binds it and for no other one.
func TestAnswersHaveTheTypesOfTheirAction(t *testing.T) {
	n := []world.Field{{Name: "n", Value: world.Number(7)}}
	w := world.New(&world.File{
		DataActions: map[string][]world.Reply{
			"A":   {{Branch: "success", Outputs: n}},
			"X/A": {{Branch: "success", Outputs: n}, {Branch: "failure", Error: "E"}},
		},
		Tables: map[string]world.Table{
			"T": {Elapsed: time.Millisecond, Rows: map[string][]world.Field{"k": n, "bare": {}}},
			"U": {Elapsed: time.Second, Rows: map[string][]world.Field{"k": n, "other": {{Name: "n", Value: world.Number(8)}}, "bare": {}}},
		},
	})
	shown := map[expr.Type]string{expr.Integer: "Integer 7", expr.Decimal: "Decimal 7.0"}
	wants := map[expr.Type][]interp.Want{}
	for ty := range shown {
		wants[ty] = []interp.Want{{Name: "n", Type: ty}}
	}
	fails := []interp.Want{{Name: "errorType", Type: expr.String}}
	ask := func(e interp.Effect, branch, value string, elapsed time.Duration) {
		t.Helper()
		o, err := w.Do(t.Context(), &e)
		got := ""
		for _, x := range o.Outputs {
			got += x.Value.Type().String() + " " + x.Value.String()
		}
		if err != nil || o.Branch != branch || got != value || o.Elapsed != elapsed {
			t.Errorf("%s %s/%s: %s %q after %s, %v", e.Kind, e.Category, e.Name, o.Branch, got, o.Elapsed, err)
		}
	}
	for round := range 2 {
		for ty, show := range shown {
			ask(interp.Effect{Kind: interp.EffectDataAction, Name: "A", Outputs: wants[ty]}, "success", show, 0)
			for table, ms := range map[string]time.Duration{"T": time.Millisecond, "U": time.Second} {
				ask(interp.Effect{Kind: interp.EffectTable, Name: table, Key: expr.OfString("k"), Outputs: wants[ty]}, "found", show, ms)
				ask(interp.Effect{Kind: interp.EffectTable, Name: table, Key: expr.OfString("bare")}, "found", "", ms)
			}
		}
		ask(interp.Effect{Kind: interp.EffectTable, Name: "U", Key: expr.OfString("other"), Outputs: wants[expr.Integer]}, "found", "Integer 8", time.Second)
		x := interp.Effect{Kind: interp.EffectDataAction, Category: "X", Name: "A", Outputs: wants[expr.Integer], Failures: fails}
		if round == 0 {
			ask(x, "success", "Integer 7", 0)
		}
		ask(x, "failure", `String "E"`, 0)
	}
}
