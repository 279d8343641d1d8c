package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/picture"
	"github.com/dealroute/dealroute/pkg/prove"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/report"
	"github.com/dealroute/dealroute/pkg/validate"
	"github.com/dealroute/dealroute/pkg/view"
)

// explained gives what the documentation says of a code.
func explained() report.Explainer {
	all := map[string]explanation{}
	for _, e := range explanations() {
		all[strings.ToUpper(e.code)] = e
	}
	return func(code string) (title, text string, ok bool) {
		e, ok := all[strings.ToUpper(code)]
		return e.title, e.text, ok
	}
}

// page is the report of validate. answer is in the order of shown.
func (j *judged) page(ctx context.Context, o validateOptions, answer validate.Answer, shown view.Validation, x report.Validated, proved *prove.Report) (report.Page, error) {
	spot := func(f diag.Finding) report.Spot {
		return report.Spot{Source: j.texts[f.Position.File], Length: f.Length}
	}
	x.Answer, x.Run, x.Explain, x.Broken = shown, o.ran(j.file), explained(), map[string]picture.Graph{}
	x.Command = o.ranAs(append([]string{"validate"}, o.report.typed...)...)
	for _, f := range answer.Findings.Sorted() {
		if f.Severity != diag.Assumption {
			x.Places = append(x.Places, spot(f))
		}
	}
	for _, a := range answer.Allowed {
		x.Allowed = append(x.Allowed, spot(a.Finding))
	}
	if j.blueprint == nil {
		return report.Validation(x), nil
	}
	x.Pictures = []report.Drawn{
		{ID: "rules", Title: "The rules", Caption: "the rules in their order, as the file has them", Graph: veiled(picture.Rules(j.loaded.deployment))},
		{ID: "flow", Title: "The flow", Caption: "the flow as it is rendered", Graph: veiled(picture.Flow(j.blueprint.Flow.Tree)), Glance: true},
	}
	if proved == nil {
		return report.Validation(x), nil
	}
	with := simulateOptions{session: o.session, crm: "fixtures", flow: "rendered"}
	for _, p := range proved.Broken() {
		if p.Counterexample == nil {
			continue
		}
		g, err := wayAgainst(ctx, with, j.loaded, j.blueprint, p)
		if err != nil {
			return report.Page{}, fmt.Errorf("draw the call against property %s: %w", p.ID, err)
		}
		x.Broken[p.ID] = veiled(g)
	}
	if proved.WorstCall != nil {
		g, err := longestWay(ctx, with, j.loaded, j.blueprint, proved)
		if err != nil {
			return report.Page{}, fmt.Errorf("draw the call that waits longest: %w", err)
		}
		way := veiled(g)
		x.Longest = &way
	}
	return report.Validation(x), nil
}

// veiled is a picture without what has the form of a secret, which templates of one's own may have in them.
func veiled(g *picture.Graph) picture.Graph {
	out := *g.Clone()
	hide := func(s *string) { *s = string(deployment.Redact([]byte(*s))) }
	hide(&out.Title)
	hide(&out.About)
	for i := range out.Nodes {
		n := &out.Nodes[i]
		hide(&n.Note)
		hide(&n.Mark.Note)
		for _, lines := range []*[]string{&n.Text, &n.More} {
			*lines = slices.Clone(*lines)
			for k := range *lines {
				hide(&(*lines)[k])
			}
		}
	}
	for i := range out.Edges {
		hide(&out.Edges[i].Label)
		hide(&out.Edges[i].Mark.Note)
	}
	return out
}

// ran is what a report says of the run.
func (s session) ran(file string) report.Run {
	return report.Run{File: file, Version: s.version(), At: s.Now()}
}

// ranAs is the command of a report, as it could be typed again.
func (s session) ranAs(words ...string) string {
	words = append([]string{"dealroute"}, words...)
	if s.settings.file != "" {
		words = append(words, "-f", s.settings.file)
	}
	if s.settings.sandbox {
		words = append(words, "--sandbox")
	}
	return view.ReplayCommand(words...)
}

// page is what the report of plan shows.
func (o planOptions) page(l *loaded, target *org, r *reconcile.Reconciler, answer view.PlanAnswer, found diag.Findings, diff *routingDiff) report.Planned {
	id := r.Identity()
	x := report.Planned{Answer: answer, Run: o.ran(l.path), Org: fmt.Sprintf("%q (%s)", id.OrgName, id.OrgID), Explain: explained(), Places: l.spots(found)}
	if target.sandbox != nil {
		x.Emulated = target.sandbox.origin
	}
	if diff != nil {
		x.Row = "row"
		for _, f := range diff.found.Sorted() {
			x.Places = append(x.Places, report.Spot{Source: diff.texts[f.Position.File], Length: f.Written(diff.texts[f.Position.File])})
		}
	}
	x.Command = o.ranAs(append([]string{"plan"}, o.report.typed...)...)
	return x
}

// spots are the places of findings of the deployment file, in the order in which they are told.
func (l *loaded) spots(found diag.Findings) (out []report.Spot) {
	for _, f := range found.Sorted() {
		s := report.Spot{}
		if f.Position.File == l.path {
			s = report.Spot{Source: l.source, Length: f.Written(l.source)}
		}
		out = append(out, s)
	}
	return out
}

// page is what the report of demo shows.
func (d *demo) page(answer view.Demo) report.Story {
	x := report.Story{Answer: answer, Run: d.env.ran(d.loaded.path), Command: d.env.ranAs("demo")}
	for _, c := range demoCallers() {
		x.Who = append(x.Who, c.who)
	}
	rules, flow := picture.Rules(d.loaded.deployment), picture.Flow(d.flow)
	for _, o := range d.calls {
		x.Rules, x.Flows = append(x.Rules, *rules.Decided(o)), append(x.Flows, *flow.Call(o.Result.Path))
	}
	return x
}
