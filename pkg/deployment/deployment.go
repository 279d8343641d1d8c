package deployment

import (
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/routing"
)

// Pos is the place of a value in the file by its path, such as routing.rules[0].to.queue;
// keys that are not plain words stand in brackets, as in hubspot.stages["a b"]. What the file
// leaves out is where its nearest parent is.
func (d *Deployment) Pos(path string) diag.Position {
	for {
		if p, ok := d.positions[path]; ok {
			return p
		}
		i := lastStep(path)
		if i < 0 {
			return diag.Position{File: d.file, Line: 1, Column: 1}
		}
		path = path[:i]
	}
}

// PopOf is the screen pop of a rule by its index, or of the fallback for -1.
func (d *Deployment) PopOf(rule int) ScreenPop {
	if rule >= 0 && rule < len(d.Routing.Rules) {
		if p := d.Routing.Rules[rule].To.ScreenPop; p != nil {
			return *p
		}
	}
	return d.ScreenPop
}

// Own lists the callers that are never looked up: calls.ownNumbers and calls.numbers, each
// once, in the order of the file.
func (d *Deployment) Own() []string {
	var out []string
	seen := map[string]bool{}
	for _, list := range [][]string{d.Calls.OwnNumbers, d.Calls.Numbers} {
		for _, n := range list {
			if !seen[n] {
				seen[n] = true
				out = append(out, n)
			}
		}
	}
	return out
}

// StageIDs are the ids that a text of a stage condition stands for: the text itself, and
// those that bear it as their name in hubspot.stages. They are sorted.
func (d *Deployment) StageIDs(text string) []string { return d.Policy().StageIDs(text) }

// Policy is what the deployment means for routing.
func (d *Deployment) Policy() routing.Policy {
	p := routing.Policy{
		Fallback:   routing.Target{Queue: d.Routing.Fallback.Queue, Skills: d.Routing.Fallback.Skills, Priority: d.Routing.Fallback.Priority},
		DealStage:  d.Enrichment.DealStage,
		Duplicates: d.HubSpot.Lookup.Duplicates,
		Pipelines:  d.HubSpot.Lookup.Pipelines,
		Stages:     d.HubSpot.Stages,
		Facts:      map[string]routing.FactSource{},
	}
	for name, f := range d.HubSpot.Facts {
		p.Facts[name] = routing.FactSource(f)
	}
	if v := d.Routing.ValuePriority; v != nil {
		p.ValuePriority = &routing.ValuePriority{Per: v.Per, Add: v.Add, Max: v.Max}
	}
	for _, r := range d.Routing.Rules {
		tests := map[string]routing.FactTest{}
		for name, t := range r.When.Facts {
			tests[name] = routing.FactTest(t)
		}
		p.Rules = append(p.Rules, routing.Rule{
			Name: r.Name,
			When: routing.Condition{
				Outcome: r.When.Outcome, Stage: r.When.Stage, Pipeline: r.When.Pipeline, Won: r.When.Won,
				MinValue: r.When.MinValue, MaxValue: r.When.MaxValue, Lifecycle: r.When.Lifecycle, Facts: tests,
			},
			To: routing.Target{Queue: r.To.Queue, Skills: r.To.Skills, Priority: r.To.Priority},
		})
	}
	return p
}
