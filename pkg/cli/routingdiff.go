package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/view"
)

// diffOptions are what plan compares calls by.
type diffOptions struct {
	file          string // with the calls; empty: none are compared
	fixtures, crm string
	list          listOptions
}

func (o *diffOptions) flags(f *pflag.FlagSet) {
	f.StringVar(&o.file, "routing-diff", "", "say which of the calls in this file would end elsewhere than by what is deployed: YAML, JSONL, CSV, or an export of the interactions view; - is standard input")
	f.StringVar(&o.fixtures, "fixtures", "", "with --routing-diff: file with the CRM (default: crm.yaml beside the deployment file)")
	choose(f, &o.crm, "crm", "fixtures", "with --routing-diff: where HubSpot's answers come from: fixtures or live", "fixtures", "live")
	o.list.flags(f)
}

// check refuses flags that say nothing without the file.
func (o diffOptions) check() error {
	if o.file == "" && (o.fixtures != "" || o.crm != "fixtures" || o.list.given()) {
		return fail(errors.New("--fixtures, --crm, --columns, --time-zone and --date-order belong to --routing-diff"), "name the file with the calls by --routing-diff, or leave them out")
	}
	return nil
}

// A routingDiff is which calls move by a plan. Nil: nobody asked.
type routingDiff struct {
	moves   *view.Moves // nil: nothing is deployed
	frame   view.MovesFrame
	warning string
	found   diag.Findings
	texts   map[string][]byte
}

// run compares. former is the name that the deployment has in the org, when it had another.
func (o diffOptions) run(ctx context.Context, env session, l *loaded, b *blueprint.Blueprint, target *org, former string, watch *view.Stopwatch) (*routingDiff, error) {
	if o.file == "" {
		return nil, nil
	}
	defer watch.Step("send calls through both")()
	list, closer, err := o.list.open(env, "--routing-diff", o.file)
	if err != nil {
		return nil, err
	}
	defer closer.Close() //nolint:errcheck // it was only read
	if o.crm == "fixtures" && o.fixtures == "" {
		if _, err := l.read("crm.yaml"); err != nil {
			return nil, fail(fmt.Errorf("read the fixtures %s: %w", filepath.Join(l.dir, "crm.yaml"), reason(err)), "name another file with --fixtures, or ask the account with --crm live")
		}
	}
	s, err := newSimulation(ctx, env, l, b, simulateOptions{session: env, fixtures: o.fixtures, crm: o.crm, flow: "rendered"})
	if err != nil {
		return nil, err
	}
	s.found = nil // of the files and the fixtures' account: a plan asks the org and the account themselves
	named := b
	if former != "" {
		d := *l.deployment
		d.Name = former
		set, err := l.templates()
		if err != nil {
			return nil, err
		}
		var found diag.Findings
		if named, found = blueprint.Render(&d, set); named == nil {
			return nil, unreadable(found, nil, false)
		}
	}
	c := newComparison(env, s, deployed, l.path)
	var absent *absentError
	switch err := c.deployed(ctx, target, b, named); {
	case errors.As(err, &absent):
		return &routingDiff{warning: fmt.Sprintf("no call was compared: %v, so nothing is deployed that a call could leave", absent)}, nil
	case err != nil:
		return nil, err
	}
	m, frame, err := c.run(ctx, env, o.file, list, nil)
	if err != nil {
		return nil, err
	}
	moves := view.NewMoves(m, frame)
	return &routingDiff{&moves, frame, "", s.found, s.texts}, nil
}

// into puts it into the answer of plan.
func (d *routingDiff) into(p *view.PlanAnswer) {
	if d == nil {
		return
	}
	p.RoutingDiff = d.moves
	p.Findings = append(p.Findings, view.NewFindings(d.found)...)
	if d.warning != "" {
		p.Warnings = append(p.Warnings, d.warning)
	}
}

// print writes it below a plan.
func (d *routingDiff) print(env session) error {
	if d == nil {
		return nil
	}
	for _, f := range d.found.Sorted() {
		diag.Print(env.IO.Err, f, d.texts[f.Position.File]) //nolint:errcheck // a note nobody can read stops nothing
	}
	diag.Fprintf(env.IO.Out, "\n")
	switch {
	case d.moves == nil && env.settings.format == markdown:
		return view.MarkdownNote(env.IO.Out, d.warning)
	case d.moves == nil:
		diag.Fprintf(env.IO.Out, "%s\n", d.warning)
		return nil
	case env.settings.format == markdown:
		return view.MarkdownMoves(env.IO.Out, *d.moves, d.frame)
	}
	return view.PrintMoves(env.IO.Out, *d.moves, d.frame)
}
