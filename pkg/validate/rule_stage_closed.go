package validate

import (
	"slices"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/routing"
)

func ruleStageClosed() Rule {
	return Rule{
		Code: "DR-STAGE-012", Severity: diag.Warning,
		Title: "a stage that does not go with the other conditions",
		Text: "`closedwon` and `closedlost` are closed stages of the default pipeline, and its other stages are open, unless somebody changed that in HubSpot. " +
			"A closed deal counts only when none is open; then the outcome is `inactive_deal` and the value 0. So a closed stage does not go with `outcome: active_deal` or a `minValue`, " +
			"an open one not with `inactive_deal` or `won: true`. Remove one of the two conditions.",
		check: func(c *check) {
			for i, r := range c.d.Routing.Rules {
				w := r.When
				var ids []string
				for _, s := range w.Stage {
					ids = append(ids, stageIDs(c.d, s)...)
				}
				only := func(stages ...string) bool { return within(ids, stages) }
				path := rulePath(i) + ".when.stage"
				say := func(clash string) {
					c.at(path, "", "remove one of the two conditions", "rule %q can hardly fire: %s with %s", r.Name, stageWords(w.Stage), clash)
				}
				closed, open := only(wonStage, lostStage), only(defaultStages[:5]...)
				outcome := func(o routing.Outcome) bool { return len(w.Outcome) == 1 && w.Outcome[0] == o }
				switch {
				case closed && outcome(routing.ActiveDeal):
					say("outcome active_deal, which counts an open deal")
				case closed && w.MinValue != nil && w.MinValue.Sign() > 0:
					say("minValue, which counts open deals")
				case open && outcome(routing.InactiveDeal):
					say("outcome inactive_deal, which counts a closed deal")
				case w.AnyOpen != nil && within(anyOpenIDs(c, w), []string{wonStage, lostStage}):
					c.at(rulePath(i)+".when.anyOpen.stage", "", "anyOpen asks for open deals only", "rule %q can hardly fire: %s with anyOpen", r.Name, stageWords(w.AnyOpen.Stage))
				case w.Won != nil && *w.Won && (open || only(lostStage)):
					say("won: true")
				case w.Won != nil && !*w.Won && only(wonStage):
					say("won: false")
				}
			}
		},
	}
}

// anyOpenIDs are the stages that a condition on some open deal asks for.
func anyOpenIDs(c *check, w deployment.When) []string {
	var ids []string
	for _, s := range w.AnyOpen.Stage {
		ids = append(ids, stageIDs(c.d, s)...)
	}
	return ids
}

func stageWords(texts []string) string {
	if len(texts) == 1 {
		return "stage " + quoted(texts)[0]
	}
	return "stages " + listed(quoted(slices.Clone(texts)))
}
