package validate

import "github.com/dealroute/dealroute/pkg/diag"

func ruleAccountLabel() Rule {
	return Rule{
		Code: "DR-ACCT-006", Severity: diag.Info, account: true, preflight: true,
		Title: "a stage that the account calls something else",
		Text: "`hubspot.stages` gives a stage another name than HubSpot's label. Rules compare ids, so nothing fails; but agents see the file's name, and somebody may have renamed the stage or meant another one. " +
			"Several stages may share a name on purpose: allow the finding there. Asked by `plan`, `setup` and `validate --online`.",
		check: func(c *check) {
			if !c.in.Account.Live {
				return
			}
			label := map[string]string{}
			for _, p := range c.in.Account.Pipelines {
				for _, s := range p.Stages {
					label[s.ID] = s.Label
				}
			}
			for _, id := range sortedKeys(c.d.HubSpot.Stages) {
				if l := label[id]; l != "" && folded(l) != folded(c.d.HubSpot.Stages[id]) {
					c.at(join("hubspot.stages", id), c.d.HubSpot.Stages[id], "", "stage %q is called %q in %s, and %q here", id, l, c.in.Account.Name, c.d.HubSpot.Stages[id])
				}
			}
		},
	}
}
