package validate

import (
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
)

func ruleOrgReference() Rule {
	return Rule{
		Code: "DR-ORG-004", online: true,
		Title: "something of the org that is not there, or will not do",
		Text: "A queue, a skill, a flow, a script, a schedule group or an emergency group that the file names does not exist in the org, or this client cannot see it, or it is of a kind that takes no call: " +
			"a flow of another type, or one that was never published. Names are compared letter by letter. What `manage` lets setup create is no such finding; hours, flows and scripts are never created.",
		check: func(c *check) {
			if c.in.Online.Org == nil {
				return
			}
			for _, ch := range c.in.Online.Org.Plan.Changes {
				e, wanted := genesys.Entity{}, false
				if c.b != nil {
					e, wanted = c.b.Entities.Get(ch.Key)
				}
				if ch.Action != plan.Leave || !ch.Blocks || !wanted || e.Holding != genesys.Reference {
					continue
				}
				for _, at := range c.places(ch.Key) {
					c.at(at.path, at.text, "", "%s %q: %s", ch.Key.Kind, ch.Key.Name, ch.Reason)
				}
			}
		},
	}
}
