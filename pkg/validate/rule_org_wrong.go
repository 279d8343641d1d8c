package validate

func ruleOrgWrong() Rule {
	return Rule{
		Code: "DR-ORG-014", online: true,
		Title: "another org, or a division that it does not have",
		Text:  "The credentials belong to another org than `genesys.org` names, or the org has no division of the name in `genesys.division` that this client can see. Nothing else was asked.",
		check: func(c *check) {
			if w := c.in.Online.Wrong; w != nil {
				c.at(w.Path, w.Value, w.Hint, "%s", w.Why)
			}
		},
	}
}
