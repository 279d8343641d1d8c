package validate

func ruleOrgLimit() Rule {
	return Rule{
		Code: "DR-ORG-010", online: true, preflight: true, stops: true,
		Title: "a limit of the org that leaves no room",
		Text: "What the plan adds would exceed a limit of the org, as the org states it at this moment, counted by what it has. The platform would refuse the last of it in the middle of a setup. " +
			"Delete what nobody uses, or have Genesys raise the limit. Keys of limits stand in no document; one that the org does not state is not checked.",
		check: func(c *check) {
			if c.in.Online.Org == nil {
				return
			}
			for _, l := range c.in.Online.Org.Limits {
				c.at("name", c.d.Name, "delete what nobody uses, or have Genesys raise the limit", "limit %s is %d: the org has %d of kind %s, and setup would add %d", l.Name, l.Most, l.Have, l.Kind, l.Adds)
			}
		},
	}
}
