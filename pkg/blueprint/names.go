package blueprint

import (
	"slices"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/routing"
)

// PersonalNames says what the names that the templates invent hold: variables of the flow,
// outputs of the data actions, participant data, inputs of the agent's script.
func PersonalNames(d *deployment.Deployment) privacy.Names {
	b := &builder{d: d, facts: factsOf(d)}
	var n privacy.Names
	for _, f := range b.facts {
		names := []string{f.Name, "fact_" + f.Name, f.Var, f.list.ValuesName, f.list.Values}
		switch f.Type {
		case routing.StringFact:
			n.Private = append(n.Private, names...)
		case routing.NumberFact:
			n.Numbers = append(n.Numbers, names...)
		case routing.DateFact:
			n.Dates = append(n.Dates, names...)
		}
	}
	n.Plain = append(slices.Clone(decisionNames), deployment.ParticipantNames()...)
	n.Plain = append(n.Plain, "Flow.hubspot_contact_id", "Flow.hubspot_company_id", "Flow.hubspot_deal_stage", "Flow.hubspot_deal_stage_label", "Flow.DealId", "Flow.dealroute_rule", "Flow.Queue")
	owner := ownerList()
	n.Plain = append(n.Plain, owner.Of, owner.Values, "Flow.Owner", "Flow.OwnerUser", "preferredAgent")
	for _, in := range b.scriptInputs() {
		if !slices.ContainsFunc(b.facts, func(f fact) bool { return in.Name == "fact_"+f.Name }) {
			n.Plain = append(n.Plain, in.Name)
		}
	}
	return n
}
