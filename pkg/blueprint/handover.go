package blueprint

import (
	"slices"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/genesys"
)

// handOver is a flow of the org that takes calls over.
type handOver struct {
	Name string
	Is   expr.Node // it is the one that is meant
}

// targetFlow is the flow's variable with the name of the flow that is to take the call; "" for none.
const targetFlow = "Flow.TargetFlow"

// flowsOf are the flows to which a deployment hands calls over, each once, sorted.
func flowsOf(d *deployment.Deployment) []string {
	var out []string
	for _, r := range d.Routing.Rules {
		if r.To.Flow != "" {
			out = append(out, r.To.Flow)
		}
	}
	for _, e := range d.Endings() {
		if e.Flow != "" {
			out = append(out, e.Flow)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// handOverPart is the one place where calls are handed to other flows: whoever wants it sets
// targetFlow and jumps to the task HandOver, which goes on at the fallback queue when that fails.
func (b *builder) handOverPart(f *flowData) {
	var all []handOver
	for _, name := range flowsOf(b.d) {
		all = append(all, handOver{name, eq(v(targetFlow), text(name))})
	}
	f.Flows = slices.Collect(slices.Chunk(all, casesPerSwitch))
	f.RuleFlows = slices.ContainsFunc(b.d.Routing.Rules, func(r deployment.Rule) bool { return r.To.Flow != "" })
}

// flowReferences are those flows as references: used as they are, made and changed by nobody here.
func (b *builder) flowReferences() []genesys.Entity {
	var out []genesys.Entity
	for _, name := range flowsOf(b.d) {
		out = append(out, genesys.Entity{Key: key(genesys.Flow, name), Holding: genesys.Reference, Content: map[string]any{"name": name, "type": inboundCall}})
	}
	return out
}

// inboundCall is the type of our flow and of those that it hands calls to. Genesys: in a call
// flow the target of transferToFlow is an inbound call flow.
const inboundCall = "INBOUNDCALL"
