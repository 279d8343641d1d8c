package blueprint

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/routing"
)

// An idList is the ids of the open deals that meet the stages and pipelines of some condition,
// on their way through the data action.
type idList struct{ Name, Var, Path, Title string }

// An anyOpen is a condition on some open deal. Stages and pipelines are asked for by the data
// action's paths; bounds in the flow, because HubSpot's amounts are texts and a path compares
// texts as texts.
type anyOpen struct {
	test deployment.DealTest
	Flag string  // flow variable: some open deal meets the condition
	ids  idList  // of the deals that meet stages and pipelines
	rest *idList // those of them without amount, which have 0; nil where that does not matter
}

// anyOpensOf lists the different conditions of the rules on some open deal.
func anyOpensOf(d *deployment.Deployment) []anyOpen {
	var out []anyOpen
	for _, r := range d.Routing.Rules {
		t := r.When.AnyOpen
		if t == nil || slices.ContainsFunc(out, func(a anyOpen) bool { return reflect.DeepEqual(a.test, *t) }) {
			continue
		}
		n := len(out) + 1
		only := onlyOpen + meets(d, *t)
		a := anyOpen{test: *t, Flag: fmt.Sprintf("Flow.AnyOpen%d", n)}
		a.ids = idList{fmt.Sprintf("anyOpen%d", n), fmt.Sprintf("Task.AnyOpen%d", n), "$.results[?(" + only + ")].id", fmt.Sprintf("ids of the open deals for condition %d on any of them", n)}
		if zero := routing.Int(0); a.bounded() && (t.MinValue == nil || t.MinValue.Cmp(zero) <= 0) && (t.MaxValue == nil || t.MaxValue.Cmp(zero) >= 0) {
			a.rest = &idList{a.ids.Name + "Rest", a.ids.Var + "Rest", "$.results[?(" + only + " && !(" + has(hubspot.PropHomeAmount, routing.NumberFact) + "))].id", "those of them without amount"}
		}
		out = append(out, a)
	}
	return out
}

func (a anyOpen) bounded() bool { return a.test.MinValue != nil || a.test.MaxValue != nil }

// meets is the filter for stages and pipelines. A text that cannot be an id is none.
func meets(d *deployment.Deployment, t deployment.DealTest) string {
	in := func(prop string, ids []string) string {
		var quoted []string
		for _, id := range ids {
			if deployment.IsID(id) {
				quoted = append(quoted, "'"+id+"'")
			}
		}
		return " && @.properties." + prop + " in [" + strings.Join(quoted, ",") + "]"
	}
	var out string
	if len(t.Stage) > 0 {
		out += in(hubspot.PropDealStage, stageIDs(d, t.Stage))
	}
	if len(t.Pipeline) > 0 {
		out += in(hubspot.PropPipeline, t.Pipeline)
	}
	return out
}

// stageIDs are the ids that texts of stages stand for, each once.
func stageIDs(d *deployment.Deployment, texts []string) []string {
	var ids []string
	for _, s := range texts {
		for _, id := range d.StageIDs(s) {
			ids = appendNew(ids, id)
		}
	}
	return ids
}

// idLists are the lists that the conditions need of the data action.
func (b *builder) idLists() []idList {
	var out []idList
	for _, a := range b.anyOpens {
		out = append(out, a.ids)
		if a.rest != nil {
			out = append(out, *a.rest)
		}
	}
	return out
}

// openAmounts are the open deals with an amount, which the loop over them walks; nil when no
// condition has bounds.
func (b *builder) openAmounts() *list {
	if !slices.ContainsFunc(b.anyOpens, anyOpen.bounded) {
		return nil
	}
	l := listOf(hubspot.PropHomeAmount, routing.NumberFact, "openAmount", "OpenAmount", onlyOpen)
	return &l
}

// anyOpenPart is how the flow finds out whether some open deal meets a condition: without
// bounds at once, with bounds in one loop for all conditions.
func (b *builder) anyOpenPart(f *flowData) error {
	f.IDLists, f.OpenAmounts = b.idLists(), b.openAmounts()
	for _, a := range b.anyOpens {
		start, some := more(count(v(a.ids.Var)), whole(0)), expr.Node(nil)
		if a.bounded() {
			start = yes(false)
			if a.rest != nil {
				start = more(count(v(a.rest.Var)), whole(0))
			}
			bound, err := between(v("Task.Amount"), a.test.MinValue, a.test.MaxValue)
			if err != nil {
				return err
			}
			among := atLeast(fn("FindFirst", v(a.ids.Var), v("Task.Id")), whole(0))
			some = either(v(a.Flag), all(among, bound))
		}
		f.AnyOpen = append(f.AnyOpen, anyOpenData{a.Flag, start, some})
	}
	return nil
}

// anyOpenData is a condition on some open deal: what is known at once, and what each deal of
// the loop adds; Some is nil without one.
type anyOpenData struct {
	Flag        string
	Start, Some expr.Node
}

// flagOf is the flow variable that says whether some open deal meets a condition.
func (b *builder) flagOf(t deployment.DealTest) string {
	for _, a := range b.anyOpens {
		if reflect.DeepEqual(a.test, t) {
			return a.Flag
		}
	}
	return ""
}

// asksPipeline reports whether a condition on any open deal asks for its pipeline.
func (b *builder) asksPipeline() bool {
	return slices.ContainsFunc(b.anyOpens, func(a anyOpen) bool { return len(a.test.Pipeline) > 0 })
}
