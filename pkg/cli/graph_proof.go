package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/picture"
	"github.com/dealroute/dealroute/pkg/prove"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/dealroute/dealroute/pkg/words"
)

// counterexampleOf finds the property that was asked for and its call.
func counterexampleOf(r *prove.Report, asked string) (prove.Property, error) {
	var with []string
	for _, p := range r.Broken() {
		if p.Counterexample == nil {
			continue
		}
		if asked == anyProperty || p.ID == asked {
			return p, nil
		}
		with = append(with, p.ID)
	}
	for _, p := range r.Properties {
		switch {
		case p.ID != asked:
		case p.Verdict == prove.Holds && len(with) == 0:
			return p, fail(fmt.Errorf("property %s holds: no call breaks it", asked), "graph without --counterexample draws the flow")
		case p.Verdict == prove.Holds:
			return p, fail(fmt.Errorf("property %s holds: no call breaks it", asked), "calls break "+strings.Join(with, ", "))
		default:
			return p, fail(fmt.Errorf("property %s does not hold, and no single call shows it: %s", asked, p.Message), p.Hint)
		}
	}
	if asked == anyProperty {
		return prove.Property{}, fail(errors.New("no call breaks a property of the proof"), "graph without --counterexample draws the flow")
	}
	return prove.Property{}, fail(fmt.Errorf("property %s is not proved of this flow", asked), "use "+either(append(with, anyProperty)))
}

// ofProof draws a call that breaks a property of the deployment.
func (o graphOptions) ofProof(ctx context.Context) (*picture.Graph, error) {
	l, b, err := load(o.session, false)
	if err != nil {
		return nil, err
	}
	r, err := proof(ctx, o.session, l.deployment, b, prove.Full)
	if err != nil {
		return nil, err
	}
	p, err := counterexampleOf(r, o.counterexample)
	if err != nil {
		return nil, err
	}
	return wayAgainst(ctx, o.simulateOptions, l, b, p)
}

// wayAgainst draws the call against a property of the deployment.
func wayAgainst(ctx context.Context, with simulateOptions, l *loaded, b *blueprint.Blueprint, p prove.Property) (*picture.Graph, error) {
	text, err := view.WorldText(p, replays(l.path, ""))
	if err != nil {
		return nil, err
	}
	flow, o, err := replayed(ctx, with, l, b, p.ID+".yaml", text)
	if err != nil {
		return nil, err
	}
	return wrong(flow, o.Result.Path, p), nil
}

// replayed makes the call of a world file again, and gives the flow that it goes through.
func replayed(ctx context.Context, with simulateOptions, l *loaded, b *blueprint.Blueprint, name, text string) (*picture.Graph, *simulate.Outcome, error) {
	with.world, with.scripted = name, []byte(text)
	s, err := newSimulation(ctx, with.session, l, b, with)
	if err != nil {
		return nil, nil, err
	}
	outcomes, err := s.all(ctx)
	if err != nil {
		return nil, nil, err
	}
	return picture.Flow(s.flow), outcomes[0], nil
}

// longestWay draws the call that waits longest.
func longestWay(ctx context.Context, with simulateOptions, l *loaded, b *blueprint.Blueprint, r *prove.Report) (*picture.Graph, error) {
	text, err := view.WorstText(r, replays(l.path, ""))
	if err != nil {
		return nil, err
	}
	flow, o, err := replayed(ctx, with, l, b, view.WorstWorld, text)
	if err != nil {
		return nil, err
	}
	g := flow.Call(o.Result.Path)
	g.Title += ": the call that waits longest"
	g.About = fmt.Sprintf("No call waits longer: %s. The call: %s.", words.Ms(r.WorstWait.Milliseconds()), strings.Join(r.WorstCall.Call, "; "))
	return g, nil
}

// ofFlowProof draws a call that breaks a property of the flow of a file.
func (o graphOptions) ofFlowProof(ctx context.Context) (*picture.Graph, error) {
	by := flowProveOptions{session: o.session, modules: o.modules, flow: prove.FlowOptions{States: provedStates, Rounds: provedRounds}}
	for _, m := range o.modules {
		module, _, err := o.readModule(m)
		if err != nil {
			return nil, err
		}
		by.flow.Interp.Modules = append(by.flow.Interp.Modules, module)
	}
	defer roomy(o.session)()
	proved, err := by.prove(ctx, o.file)
	switch {
	case err != nil:
		return nil, err
	case proved.report == nil && proved.found.Has(diag.Error):
		return nil, unreadable(proved.found, proved.text, true)
	case proved.report == nil:
		return nil, fail(fmt.Errorf("%s is a flow of type %s, and inbound call flows are proved", o.file, proved.kind), "leave out --counterexample to draw it")
	}
	p, err := counterexampleOf(proved.report, o.counterexample)
	if err != nil {
		return nil, err
	}
	program, err := interp.Compile(proved.flow, by.flow.Interp)
	if err != nil {
		return nil, err
	}
	w := p.Counterexample.World
	r, err := interp.Run(ctx, program, w.Start(), world.New(w), interp.RunOptions{Trace: interp.TracePath})
	if err != nil {
		return nil, err
	}
	return wrong(picture.Flow(proved.flow), r.Path, p), nil
}

// wrong marks the way of a call and what is wrong with it.
func wrong(g *picture.Graph, path []interp.Step, p prove.Property) *picture.Graph {
	g = g.Wrong(path, "broken")
	g.Title += ": a call that breaks " + p.ID
	g.About = fmt.Sprintf("A call against: %s. It fails so: %s. The call: %s.", p.Title, p.Message, strings.Join(p.Counterexample.Call, "; "))
	return g
}
