package validate

import "github.com/dealroute/dealroute/pkg/diag"

func ruleOrgUnseen() Rule {
	return Rule{
		Code: "DR-ORG-013", Severity: diag.Info, online: true, preflight: true,
		Title: "something of the org that could not be looked at",
		Text:  "A read that only serves to find mistakes early was refused or failed. Nothing depends on it but that nothing is known of this: the rest was checked.",
		check: func(c *check) {
			if c.in.Online.Org == nil {
				return
			}
			if err := c.in.Online.Org.Unmanned; err != nil && !c.in.AccountsOnly { // plan and setup warn of it
				c.at("genesys", "genesys", "", "not looked at: who works in the queues (%v)", err)
			}
			for _, u := range c.in.Online.Org.Unseen {
				c.at("genesys", "genesys", "", "not looked at: %s (%v)", u.What, u.Err)
			}
		},
	}
}
