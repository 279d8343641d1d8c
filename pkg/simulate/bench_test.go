package simulate_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/templates"
)

// BenchmarkRenderedCall is one whole call through the rendered flow of the basic example:
// a known caller with two open deals, whose answers are scripted; tracing is off.
func BenchmarkRenderedCall(b *testing.B) {
	const file = "../../examples/basic/dealroute.yaml"
	data, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	d, fs := deployment.Parse(file, data)
	if err := fs.Err(); err != nil {
		b.Fatal(err)
	}
	print, fs := blueprint.Render(d, templates.FS)
	if err := fs.Err(); err != nil {
		b.Fatal(err)
	}
	p, err := interp.Compile(print.Flow.Tree, interp.Options{})
	if err != nil {
		b.Fatal(err)
	}
	texts := func(ts ...string) world.Datum {
		var items []world.Datum
		for _, t := range ts {
			items = append(items, world.Text(t))
		}
		return world.List(items...)
	}
	none := world.List()
	script := &world.File{DataActions: map[string][]world.Reply{}, Tables: map[string]world.Table{
		"acme-inbound-control": {Rows: map[string][]world.Field{
			"switch":  {{Name: "enabled", Value: world.Bool(true)}},
			"breaker": {{Name: "openUntil", Value: world.Text("")}},
		}},
	}}
	for _, a := range print.Actions {
		given := map[string]world.Datum{}
		switch a.Role {
		case blueprint.RoleFindContact:
			given = map[string]world.Datum{"total": world.Number(1), "ids": texts("90000000001"), "askIds": texts("90000000001")}
		case blueprint.RoleFindDeals:
			amounts := world.List(world.Number(50000), world.Number(12000))
			ids := texts("90000000101", "90000000102")
			given = map[string]world.Datum{
				"total": world.Number(2), "openKeyOf": ids, "openKeys": amounts, "openAmounts": amounts,
				"stageOf": ids, "stage": texts("985123456", "appointmentscheduled"),
			}
		}
		reply := world.Reply{Branch: "success", Elapsed: 100 * time.Millisecond}
		for _, o := range outputsOf(a) {
			v, ok := given[o]
			if !ok {
				v = none
			}
			reply.Outputs = append(reply.Outputs, world.Field{Name: o, Value: v})
		}
		script.DataActions[a.Definition.Name] = []world.Reply{reply}
	}
	call := interp.Call{ANI: "+15135550142", DNIS: "+15135550100", At: time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)}
	var actions int
	b.ReportAllocs()
	for b.Loop() {
		r, err := interp.Run(context.Background(), p, call, world.New(script), interp.RunOptions{})
		if err != nil {
			b.Fatal(err)
		}
		if r.Queue != "Sales" || r.Priority != 11 {
			b.Fatalf("the call ended in %q with priority %d: %v", r.Queue, r.Priority, r.Problems)
		}
		actions = r.Actions
	}
	b.ReportMetric(float64(actions), "actions/op")
}

func outputsOf(a blueprint.ActionArtifact) []string {
	var out []string
	for _, f := range dataaction.Flatten(a.Definition.Output) {
		out = append(out, f.Name)
	}
	return out
}
