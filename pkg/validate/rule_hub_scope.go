package validate

func ruleHubScope() Rule {
	return Rule{
		Code: "DR-HUB-007", online: true,
		Title: "a scope that the HubSpot key lacks",
		Text: "The data actions read objects for which the key has no scope, so HubSpot refuses them with 403. Scopes of a service key can be edited where it stands (Development, Keys, Service keys): no new key is needed. " +
			"`lookup.company: numbers` needs the scope of companies, `owner: prefer` that of owners.",
		check: func(c *check) {
			for _, s := range c.in.Online.HubSpot.Unscoped {
				c.at("hubspot", "hubspot", "add it to the key in HubSpot (Development, Keys, Service keys)", "the HubSpot key lacks the scope %s", s)
			}
		},
	}
}
