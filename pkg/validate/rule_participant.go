package validate

import (
	"strings"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/diag"
)

func ruleParticipant() Rule {
	return Rule{
		Code: "DR-PRIV-002", Severity: diag.Error, artifacts: true,
		Title: "participant data that the file does not allow",
		Text: "Participant data is plain and cannot be removed, so the flow writes only the decision (`dealroute_…`) and what `privacy.participantData` lists. " +
			"A template of yours writes something else, or computes the name. Take it out of the template.",
		check: func(c *check) {
			architect.Walk(c.b.Flow.Tree.Flow, func(a *architect.Action) {
				if a.Key != "setParticipantData" {
					return
				}
				for _, x := range a.Attributes {
					at := c.b.Flow.At(x.Pos.Line)
					switch name := x.Name.Text; {
					case x.Name.Form != architect.Lit:
						c.place(at, 0, "write the name as a literal", "the name of participant data is computed (%s), so that it cannot be told what is kept", name)
					case !strings.HasPrefix(name, "dealroute_") && !keeps(c.d, name):
						c.place(at, 0, "take it out of the template, or list it in privacy.participantData", "the flow keeps %q with the conversation, which privacy.participantData does not list", name)
					}
				}
			})
		},
	}
}
