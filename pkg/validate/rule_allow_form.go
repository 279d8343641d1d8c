package validate

func ruleAllowForm() Rule {
	return Rule{
		Code:  codeAllowForm,
		Title: "a comment for dealroute that says nothing",
		Text: "A finding that is all right is allowed by a comment with its code and the reason: `# dealroute: allow DR-CALL-006 because the flow before this one greets`. At the end of a line it speaks for that line and what is indented under it, " +
			"on a line of its own for the next one, and above the first key for the whole file and its templates.",
		check: func(c *check) {
			_, wrong := allowances(c.d.Pos("name").File, c.in.Source)
			for _, f := range wrong {
				c.place(f.Position, f.Length, "write # dealroute: allow CODE because REASON", "%s", f.Message)
			}
		},
	}
}
