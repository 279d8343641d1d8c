package validate

import "github.com/dealroute/dealroute/pkg/diag"

func ruleAccountPipeline() Rule {
	return Rule{
		Code: "DR-ACCT-002", Severity: diag.Warning, account: true, preflight: true, live: diag.Error,
		Title: "a pipeline that the account does not have",
		Text: "Pipelines are compared by id, letter by letter. In `hubspot.lookup.pipelines` an id that the account does not have makes no deal count; in a rule it never fires. " +
			"HubSpot's settings (Objects, Deals, Pipelines) show the ids. Asked by `simulate`, of the fixtures or with `--crm live` of the account, and by `plan`, `setup` and `validate --online`, where it is an error.",
		check: func(c *check) {
			if c.in.Account.Pipelines == nil {
				return
			}
			var known []string
			label := map[string]string{}
			for _, p := range c.in.Account.Pipelines {
				known = append(known, p.ID)
				label[p.ID] = p.Label
			}
			for i, id := range c.d.HubSpot.Lookup.Pipelines {
				c.unknownName(item("hubspot.lookup.pipelines", i), "pipeline", id, known, label, "no deal counts by it")
			}
			c.deals(func(path string, _, pipelines []string) {
				for j, id := range pipelines {
					c.unknownName(item(path+".pipeline", j), "pipeline", id, known, label, "it never fires")
				}
			})
		},
	}
}
