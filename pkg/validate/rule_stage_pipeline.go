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
			"Where the default pipeline does not count, the condition never holds; where others count too, it holds for some of the deals that are meant. " +
			"For won deals of all pipelines use `won: true`; else add the ids of the other pipelines under one name in `hubspot.stages`.",
		check: func(c *check) {
			all := c.d.HubSpot.Lookup.Pipelines
			if len(all) == 0 || len(all) == 1 && all[0] == hubspot.DefaultPipelineID {
				return
			}
			for i, r := range c.d.Routing.Rules {
				if len(r.When.Pipeline) == 1 && r.When.Pipeline[0] == hubspot.DefaultPipelineID {
					continue
				}
				for j, s := range r.When.Stage {
					ids := stageIDs(c.d, s)
					if len(ids) != 1 || !slices.Contains(defaultStages, ids[0]) {
						continue
					}
					path := item(rulePath(i)+".when.stage", j)
					switch {
					case !slices.Contains(all, hubspot.DefaultPipelineID):
						c.at(path, s, "write the ids of the pipelines that count, or won: true", "stage %q is the default pipeline's, and its deals do not count by hubspot.lookup.pipelines", s)
					case ids[0] == wonStage || ids[0] == lostStage:
						c.at(path, s, "won: true and won: false ask it of every pipeline", "stage %q is the default pipeline's only: deals closed in the other pipelines are not meant", s)
					}
				}
			}
		},
	}
}
