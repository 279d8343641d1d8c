package validate

import (
	"slices"

	"github.com/dealroute/dealroute/pkg/diag"
)

func ruleAccountStage() Rule {
	return Rule{
		Code: "DR-ACCT-001", Severity: diag.Warning, account: true, preflight: true, live: diag.Error,
		Title: "a stage that the account does not have",
		Text: "Stages are compared by id, letter by letter: one that was deleted, is misspelt, or is written with other capitals or blanks is no deal's stage, and a rule that asks for it never fires. " +
			"HubSpot's settings (Objects, Deals, Pipelines) show the ids. Asked by `simulate`, of the fixtures or with `--crm live` of the account, and by `plan`, `setup` and `validate --online`, where it is an error.",
		check: func(c *check) {
			var known, counting []string
			label := map[string]string{}
			for _, p := range c.in.Account.Pipelines {
				for _, s := range p.Stages {
					known = append(known, s.ID)
					label[s.ID] = s.Label
					if only := c.d.HubSpot.Lookup.Pipelines; len(only) == 0 || slices.Contains(only, p.ID) {
						counting = append(counting, s.ID)
					}
				}
			}
			if c.in.Account.Pipelines == nil {
				return
			}
			names := map[string]bool{}
			for _, id := range sortedKeys(c.d.HubSpot.Stages) {
				names[c.d.HubSpot.Stages[id]] = true
				c.unknownName(keyOf("hubspot.stages", id), "stage", id, known, label, "its name stands for no deal")
			}
			c.deals(func(path string, stages, _ []string) {
				for j, s := range stages {
					path := item(path+".stage", j)
					switch {
					case names[s], c.d.HubSpot.Stages[s] != "":
					case slices.Contains(known, s) && !slices.Contains(counting, s) && !slices.Contains(defaultStages, s):
						c.at(path, s, "add its pipeline to hubspot.lookup.pipelines", "stage %q is of a pipeline whose deals do not count: it never fires", s)
					default:
						c.unknownName(path, "stage", s, known, label, "it never fires")
					}
				}
			})
		},
	}
}
