package validate

import "github.com/dealroute/dealroute/pkg/diag"

func ruleClientSupplied() Rule {
	return Rule{
		Code: "DR-ORG-002", Severity: diag.Info,
		Title: "a runtime client that somebody else makes",
		Text: "With `manage.runtimeClient: false` the OAuth client that trips the breaker is yours: a client credentials grant with permission to view, add and edit rows of data tables, " +
			"and nothing more. `setup` asks for its id and secret. `enrichment.breaker: none` needs no client.",
		check: func(c *check) {
			if c.d.Enrichment.Breaker.Enabled && !c.d.Manage.RuntimeClient {
				c.at("manage.runtimeClient", "false", "have a client with architect:datatableRow:view, add and edit, or write enrichment.breaker: none", "setup needs an OAuth client of yours for the breaker")
			}
		},
	}
}
