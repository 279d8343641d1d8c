package simulate_test

import (
	"os"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// basic is the deployment of the basic example, and a call of its caller with two open deals.
func basic(t failer) (line, simulate.Call) {
	data, err := os.ReadFile("../../examples/basic/dealroute.yaml")
	if err != nil {
		t.Fatalf("%v", err)
	}
	l := rendered(t, string(data)).under(t, simulate.Readings{})
	return l, simulate.Call{ANI: "+15135550142", DNIS: "+15135550100", At: time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)}
}

// scripted is the world in which HubSpot tells of that caller and the deals.
func (l line) scripted() *world.File {
	texts := func(ts ...string) world.Datum {
		var items []world.Datum
		for _, t := range ts {
			items = append(items, world.Text(t))
		}
		return world.List(items...)
	}
	none := world.List()
	file := &world.File{DataActions: map[string][]world.Reply{}, Tables: map[string]world.Table{
		l.b.Name + "-control": {Rows: map[string][]world.Field{
			"switch":  {{Name: "enabled", Value: world.Bool(true)}},
			"breaker": {{Name: "openUntil", Value: world.Text("")}},
		}},
	}}
	for _, a := range l.b.Actions {
		given := map[string]world.Datum{}
		switch a.Role {
		case blueprint.RoleFindContact:
			given = map[string]world.Datum{"total": world.Number(1), "ids": texts("90000000001"), "askIds": texts("90000000001"), "phoneOf": texts("90000000001"), "phone": texts("+15135550142")}
		case blueprint.RoleFindDeals:
			amounts := world.List(world.Number(50000), world.Number(12000))
			ids := texts("90000000101", "90000000102")
			given = map[string]world.Datum{
				"total": world.Number(2), "openKeyOf": ids, "openKeys": amounts, "openAmounts": amounts,
				"stageOf": ids, "stage": texts("985123456", "appointmentscheduled"),
			}
		}
		reply := world.Reply{Branch: "success", Elapsed: 100 * time.Millisecond}
		for _, f := range dataaction.Flatten(a.Definition.Output) {
			v, ok := given[f.Name]
			if !ok {
				v = none
			}
			reply.Outputs = append(reply.Outputs, world.Field{Name: f.Name, Value: v})
		}
		file.DataActions[a.Definition.Name] = []world.Reply{reply}
	}
	return file
}

// emulated is a run in which HubSpot is the emulator with the example's fixtures.
func (l line) emulated(t failer, at time.Time) *simulate.Run {
	data, err := os.ReadFile("../../examples/basic/crm.yaml")
	if err != nil {
		t.Fatalf("%v", err)
	}
	f, fs := simulate.DecodeFixtures("crm.yaml", data)
	if err := fs.Err(); err != nil {
		t.Fatalf("%v", err)
	}
	now := at
	server := hubspottest.New(f.CRM, hubspottest.Clock(func() time.Time { return now }), hubspottest.Virtual(),
		hubspottest.WithLimits(hubspottest.Limits{}), l.define("contacts"), l.define("deals"))
	return &simulate.Run{Program: l.p, Org: l.newOrg(), Sender: transport.Handler(server), Clock: func(t time.Time) { now = t }}
}

func bench(b *testing.B, run *simulate.Run, c simulate.Call) {
	var actions int
	b.ReportAllocs()
	for b.Loop() {
		o, err := run.Do(b.Context(), c)
		if err != nil {
			b.Fatal(err)
		}
		if o.Result.Queue != "Sales" || o.Result.Priority != 11 || o.Requests != 2 {
			b.Fatalf("the call ended in %q with priority %d: %v", o.Result.Queue, o.Result.Priority, o.Result.Problems)
		}
		actions = o.Result.Actions
	}
	b.ReportMetric(float64(actions), "actions/op")
}

// BenchmarkRenderedCall is one whole call through the rendered flow of the basic example, as
// the product runs it: Run.Do with its outcome. HubSpot's answers are a world file's.
func BenchmarkRenderedCall(b *testing.B) {
	l, call := basic(b)
	bench(b, &simulate.Run{Program: l.p, Org: l.newOrg(), Script: world.New(l.scripted())}, call)
}

// BenchmarkRenderedCallPath is the same with the path that simulate prints.
func BenchmarkRenderedCallPath(b *testing.B) {
	l, call := basic(b)
	bench(b, &simulate.Run{Program: l.p, Org: l.newOrg(), Script: world.New(l.scripted()), Trace: interp.TracePath}, call)
}

// BenchmarkRenderedCallMemo and the next are the same calls when many are run.
func BenchmarkRenderedCallMemo(b *testing.B) {
	l, call := basic(b)
	bench(b, &simulate.Run{Program: l.p, Org: l.newOrg(), Script: world.New(l.scripted()), Memo: interp.NewMemo(l.p.Flow())}, call)
}

func BenchmarkRenderedCallMemoPath(b *testing.B) {
	l, call := basic(b)
	bench(b, &simulate.Run{Program: l.p, Org: l.newOrg(), Script: world.New(l.scripted()), Trace: interp.TracePath, Memo: interp.NewMemo(l.p.Flow())}, call)
}

// BenchmarkRenderedCallEmulator is the same call with the rendered data actions against the
// emulator of HubSpot.
func BenchmarkRenderedCallEmulator(b *testing.B) {
	l, call := basic(b)
	bench(b, l.emulated(b, call.At), call)
}
