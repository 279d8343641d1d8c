package validate

import (
	"slices"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot"
)

var defaultStages = hubspot.DefaultStages()

const (
	wonStage  = "closedwon"
	lostStage = "closedlost"
)

func ruleStagePipeline() Rule {
	return Rule{
		Code: "DR-STAGE-011", Severity: diag.Warning,
		Title: "a stage of the default pipeline where other pipelines count",
		Text: "Ids such as `closedwon` belong to HubSpot's default pipeline only; in every other pipeline the stages, won and lost included, have numbers. " +
			"Where the deals of the default pipeline do not count, or the rule asks for other pipelines, the condition never holds; it is an error when the rule has no other stage and so can never fire. " +
			"Where others count too, it holds for some of the deals that are meant. " +
			"For won deals of all pipelines use `won: true`; else add the ids of the other pipelines under one name in `hubspot.stages`.",
		check: func(c *check) {
			all := c.d.HubSpot.Lookup.Pipelines
			for i, r := range c.d.Routing.Rules {
				c.stagesOf(r.Name, rulePath(i)+".when.stage", r.When.Stage, r.When.Pipeline, all)
				if open := r.When.AnyOpen; open != nil {
					c.stagesOf(r.Name, rulePath(i)+".when.anyOpen.stage", open.Stage, open.Pipeline, all)
				}
			}
		},
	}
}

// stagesOf reports the stages of a rule that the default pipeline has and the deals that it asks
// for do not: those of some pipelines, else of those that count.
func (c *check) stagesOf(rule, path string, stages, asked, counting []string) {
	from, by := counting, "its deals do not count by hubspot.lookup.pipelines"
	if len(asked) > 0 {
		from, by = asked, "the rule asks for deals of other pipelines"
	}
	if len(from) == 0 || len(from) == 1 && from[0] == hubspot.DefaultPipelineID {
		return
	}
	own := func(s string) bool {
		ids := stageIDs(c.d, s)
		return len(ids) == 1 && slices.Contains(defaultStages, ids[0])
	}
	never := !slices.ContainsFunc(stages, func(s string) bool { return !own(s) })
	for j, s := range stages {
		if !own(s) {
			continue
		}
		switch id := stageIDs(c.d, s)[0]; {
		case !slices.Contains(from, hubspot.DefaultPipelineID):
			hint := "write the ids of the pipelines that count, or won: true"
			if never {
				c.at(item(path, j), s, hint, "rule %q can never fire: stage %q is the default pipeline's, and %s", rule, s, by).Severity = diag.Error
				return
			}
			c.at(item(path, j), s, hint, "stage %q is the default pipeline's, and %s", s, by)
		case id == wonStage || id == lostStage:
			c.at(item(path, j), s, "won: true and won: false ask it of every pipeline", "stage %q is the default pipeline's only: deals closed in the other pipelines are not meant", s)
		}
	}
}
