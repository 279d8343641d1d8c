package blueprint_test

import (
	"context"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
)

// known answers every effect of a call of a known caller with one open deal at once.
type known struct {
	contact, deals, row []interp.Named
}

func (k known) Now() (t time.Time) { return noon }

func (k known) Do(_ context.Context, e *interp.Effect) (interp.Outcome, error) {
	switch e.Kind {
	case interp.EffectDataAction:
		if len(e.Outputs) > 0 && len(e.Inputs) > 0 && e.Inputs[0].Name == "contact1" {
			return interp.Outcome{Branch: "success", Outputs: k.deals}, nil
		}
		return interp.Outcome{Branch: "success", Outputs: k.contact}, nil
	case interp.EffectTable:
		return interp.Outcome{Branch: "found", Outputs: k.row}, nil
	case interp.EffectFind:
		return interp.Outcome{Value: interp.Object(e.Type, e.Name)}, nil
	case interp.EffectTransfer:
		return interp.Outcome{Branch: "success"}, nil
	}
	return interp.Outcome{}, nil
}

func texts(ss ...string) expr.Value {
	var vs []expr.Value
	for _, s := range ss {
		vs = append(vs, expr.OfString(s))
	}
	return expr.OfList(expr.String, vs...)
}

func numbers(ss ...string) expr.Value {
	var vs []expr.Value
	for _, s := range ss {
		v, _ := expr.OfDecimal(s)
		vs = append(vs, v)
	}
	return expr.OfList(expr.Decimal, vs...)
}

// One whole call through the rendered flow of the basic example: both lookups, the deal that
// counts, the rules, participant data, screen pop, transfer; with a world that costs nothing.
func BenchmarkWholeCall(b *testing.B) {
	p, err := interp.Compile(render(b, basic).Flow.Tree, interp.Options{})
	if err != nil {
		b.Fatal(err)
	}
	empty := func(names ...string) (out []interp.Named) {
		for _, n := range names {
			out = append(out, interp.Named{Name: n, Value: texts()})
		}
		return out
	}
	id, deal := texts("90000000001"), texts("90000000101")
	w := known{
		row: []interp.Named{{Name: "enabled", Value: expr.OfBool(true)}, {Name: "openUntil", Value: expr.OfString("")}},
		contact: []interp.Named{
			{Name: "total", Value: expr.OfInt(1)}, {Name: "ids", Value: id}, {Name: "askIds", Value: id},
			{Name: "fact_tierOf", Value: id}, {Name: "fact_tier", Value: texts("silver")},
		},
		deals: []interp.Named{
			{Name: "total", Value: expr.OfInt(1)}, {Name: "openKeyOf", Value: deal}, {Name: "openKeys", Value: numbers("62000")},
			{Name: "openAmounts", Value: numbers("62000")}, {Name: "stageOf", Value: deal}, {Name: "stage", Value: texts("985123456")},
		},
	}
	w.contact = append(w.contact, empty("fact_interestsOf", "fact_interests", "fact_scoreOf")...)
	w.contact = append(w.contact, interp.Named{Name: "fact_score", Value: numbers()})
	w.deals = append(w.deals, empty("openRest", "wonKeyOf", "wonRest", "lostKeyOf", "lostRest", "fact_renewalOf", "fact_renewal")...)
	w.deals = append(w.deals, interp.Named{Name: "wonKeys", Value: numbers()}, interp.Named{Name: "lostKeys", Value: numbers()})
	call := interp.Call{ANI: "tel:+15135550142", DNIS: "+15135550100", At: noon}
	r, err := interp.Run(context.Background(), p, call, w, interp.RunOptions{})
	if err != nil || r.Queue != "Sales" || r.Priority != 11 || r.ScreenPop == nil {
		b.Fatalf("the call went to %q with %d: %v", r.Queue, r.Priority, err)
	}
	b.ReportMetric(float64(r.Actions), "actions")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := interp.Run(context.Background(), p, call, w, interp.RunOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
