package validate

func ruleOrgPrompt() Rule {
	return Rule{
		Code: "DR-ORG-015", online: true, preflight: true, stops: true,
		Title: "a prompt that the org does not have",
		Text:  "`calls.greeting` plays a user prompt of the org by its name, and there is none of that name, letter by letter. The platform would refuse the flow. Make the prompt in Architect, or write a text.",
		check: func(c *check) {
			if c.in.Online.Org == nil {
				return
			}
			for _, p := range c.in.Online.Org.Prompts {
				c.at("calls.greeting.prompt", p, "make it in Architect, or write a text instead", "there is no prompt %q in the org", p)
			}
		},
	}
}
