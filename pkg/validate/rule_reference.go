package validate

import (
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
)

func ruleReference() Rule {
	return Rule{
		Code: "DR-REF-001", Severity: diag.Error, artifacts: true,
		Title: "a reference to something that is not deployed",
		Text: "What only an org knows, the id of a table say, stands in artifacts as a reference by kind and name. This one names nothing that is part of the deployment, " +
			"so that `setup` could not fill it in. Correct the name in the template.",
		check: func(c *check) {
			missing := func(k genesys.Key) bool {
				if k.Kind == genesys.Organization || k.Kind == genesys.Division {
					return false // only referred to
				}
				_, ok := c.b.Entities.Get(k)
				return !ok
			}
			say := func(at diag.Position, k genesys.Key) {
				c.place(at, 0, "correct the kind or the name", "%s %q is referred to and not part of the deployment", k.Kind, k.Name)
			}
			n := 0
			for line := range strings.Lines(c.b.Flow.Text) {
				n++
				for _, r := range genesys.Refs(line) {
					if missing(r.Key) {
						say(c.b.Flow.At(n), r.Key)
					}
				}
			}
			for _, a := range c.b.Actions {
				for _, r := range genesys.Refs(a.Definition.Request.URLTemplate, a.Definition.Request.Template) {
					if missing(r.Key) {
						say(c.actionTemplate(a.Role), r.Key)
					}
				}
			}
			for _, e := range c.b.Entities {
				if e.Key.Kind != genesys.Script {
					continue
				}
				for _, r := range genesys.Refs(e.Text) {
					if missing(r.Key) {
						say(c.template("script/deal-view.script.json.tmpl"), r.Key)
					}
				}
			}
		},
	}
}
