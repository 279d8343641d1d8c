package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/lab"
	"github.com/dealroute/dealroute/pkg/picture"
	"github.com/dealroute/dealroute/pkg/prove"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/pkg/validate"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/dealroute/dealroute/pkg/words"
)

// A labBench judges and renders texts as validate and simulate do with the file.
type labBench struct {
	env     session
	base    loaded // where the file is, and what stands beside it
	options simulateOptions
	suite   string // as it is named
}

// Judge is lab.Bench's.
func (b *labBench) Judge(ctx context.Context, text []byte) (*lab.Work, error) {
	w := &lab.Work{File: b.base.path, Explain: sayOf}
	d, found := deployment.Parse(b.base.path, text)
	if found.Has(diag.Error) || d == nil {
		w.Findings = found
		return w, nil
	}
	l := b.base
	l.source, l.deployment, l.findings = deployment.Redact(text), d, found
	w.Name = d.Name
	print, err := l.render(true)
	if err != nil {
		w.Findings = append(slices.Clone(found), findingsOf(err)...)
		return w, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	in := validate.Input{Deployment: d, Blueprint: print, Earlier: l.findings, Source: l.source, Now: b.env.Now()}
	if err := b.prepare(ctx, &l, print, w); err != nil {
		w.Findings = append(w.Findings, findingsOf(err)...)
	}
	beside := w.Findings
	w.Findings = append(shownFindings(&l, l.findings), beside...)
	w.Check = func(ctx context.Context) (found diag.Findings, late []string) {
		a := validate.RunUntil(ctx, in)
		for _, r := range a.Unasked {
			late = append(late, r.Code)
		}
		return append(shownFindings(&l, a.Findings), beside...), late
	}
	w.Prove = func(ctx context.Context, far func(string)) (diag.Findings, string, error) {
		return b.prove(ctx, &l, in, far)
	}
	return w, nil
}

// prepare makes a desk of what was rendered, draws it, and tells what the fixtures say of it.
func (b *labBench) prepare(ctx context.Context, l *loaded, print *blueprint.Blueprint, w *lab.Work) error {
	d := l.deployment
	w.Names = namesOf(d, print)
	w.Flow, w.Rules = picture.Flow(print.Flow.Tree), picture.Rules(d)
	s, err := newSimulation(ctx, b.env, l, print, b.options)
	if err != nil {
		return err
	}
	w.Findings = shownFindings(l, s.found)
	s.nameMore(&w.Names)
	w.Names.Callers = s.callersOf()
	w.Names.Actions = s.asking
	k := &labDesk{s: s, hub: s.hub(s.fixtures.CRM), suite: b.suite, labels: blueprint.ScriptLabels(d)}
	if k.hub.server != nil {
		k.memory = k.hub.server.Memory()
	}
	w.Desk = k
	return nil
}

// prove is what validate proves, with all its findings.
func (b *labBench) prove(ctx context.Context, l *loaded, in validate.Input, far func(string)) (diag.Findings, string, error) {
	t := new(prove.Tally)
	done := make(chan struct{})
	defer close(done)
	go func() {
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				far(tallied(t))
			}
		}
	}()
	r, err := quietProof(prove.Counted(ctx, t), b.env, in.Deployment, in.Blueprint, prove.Full)
	if err != nil {
		return nil, "", err
	}
	in.Proof = r
	a := validate.RunUntil(ctx, in)
	if err := ctx.Err(); err != nil {
		return nil, "", err
	}
	return shownFindings(l, a.Findings), view.ProofTally(r), nil
}

// sayOf is what the docs say of a code, empty for one that they do not know.
func sayOf(code string) string {
	for _, e := range codes() {
		if e.code == code {
			return e.text
		}
	}
	return ""
}

var codes = sync.OnceValue(explanations)

// findingsOf are those of an error, or the error as one.
func findingsOf(err error) diag.Findings {
	var f *failure
	if errors.As(err, &f) && len(f.findings) > 0 {
		return f.findings
	}
	return diag.Findings{findingOf(err)}
}

// shownFindings are those that are no assumptions, with files as they are seen from here.
func shownFindings(l *loaded, found diag.Findings) diag.Findings {
	out := diag.Findings{}
	for _, f := range found {
		if f.Severity != diag.Assumption {
			f.Position.File = l.shown(f.Position.File)
			out = append(out, f)
		}
	}
	return out
}

// A labDesk makes calls on what one text renders to.
type labDesk struct {
	s      *simulation
	hub    hub
	memory hubspottest.Memory // of the account before the first call
	suite  string
	labels map[string]string
}

// Begin is lab.Desk's.
func (k *labDesk) Begin() lab.State { return lab.State{Next: k.s.start, Memory: k.memory} }

// Rows is lab.Desk's.
func (k *labDesk) Rows(s lab.State) map[string]map[string]any {
	out := maps.Clone(k.s.org.Rows)
	for key, row := range s.Rows {
		if _, has := out[key]; has { // a text that is new may have no such row
			out[key] = row
		}
	}
	return out
}

// run is one that goes on from a state.
func (k *labDesk) run(from lab.State, d lab.Dial) (*simulate.Run, simulate.Call, error) {
	s := k.s
	faults, err := s.faultsOf(d.Faults)
	if err != nil {
		return nil, simulate.Call{}, err
	}
	call, err := s.callerTo(d.ANI, d.DNIS)
	if err != nil {
		return nil, simulate.Call{}, err
	}
	call.At = cmp.Or(d.At, from.Next, s.start)
	own := call.Own.Clone()
	own.Change(simulate.Org{
		MissingQueues: d.Lacks.Queues, MissingSkills: d.Lacks.Skills, MissingFlows: d.Lacks.Flows, FailingTransfers: d.Lacks.Transfers, TableFails: d.Lacks.Table,
	})
	call.Own = *own
	run := s.newRun(k.hub, s.mask, faults)
	run.Org.Rows = k.Rows(from)
	run.Hold(from.Held)
	if k.hub.server != nil {
		k.hub.server.Recall(from.Memory)
	}
	sch := s.loaded.deployment.Calls.Schedule
	switch {
	case d.Schedule == "":
	case sch == nil:
		return nil, call, fail(errors.New("the deployment has no schedule"), "leave the state of the schedule out")
	case !slices.Contains(genesys.ScheduleStates(), genesys.ScheduleState(d.Schedule)):
		return nil, call, fail(fmt.Errorf("%q is no state of a schedule", d.Schedule), "use open, closed, holiday or emergency")
	default:
		run.Org.Schedules = simulate.Always(sch.Group, sch.EmergencyGroup, genesys.ScheduleState(d.Schedule))
	}
	return run, call, nil
}

// Call is lab.Desk's.
func (k *labDesk) Call(ctx context.Context, from lab.State, d lab.Dial) (*lab.Seen, error) {
	run, call, err := k.run(from, d)
	if err != nil {
		return nil, refusal(err)
	}
	before := maps.Clone(run.Org.Rows)
	rec := lab.Record(run, call.At)
	x := series{run: run, hub: k.hub}
	o, err := x.do(ctx, call)
	if err != nil {
		return nil, refusal(err)
	}
	after := lab.State{Next: x.next, Rows: maps.Clone(from.Rows), Held: run.Held()}
	if after.Rows == nil {
		after.Rows = map[string]map[string]any{}
	}
	maps.Copy(after.Rows, lab.Written(before, run.Org.Rows))
	if k.hub.server != nil {
		after.Memory = k.hub.server.Memory()
	}
	return &lab.Seen{Outcome: o, Effects: rec.Effects(), Mask: k.s.mask, After: after, Labels: k.labels, Bodies: k.s.asking}, nil
}

// refusal gives the lab an error with its next step.
func refusal(err error) error {
	f := findingOf(err)
	in := strings.NewReplacer("--ani has a word that is", "what was dialled is", "--fault ", "the fault ", " (--dnis, or call.dnis of the world)", "") // words of the page
	return &lab.Refusal{Message: in.Replace(f.Error()), Hint: in.Replace(f.Hint)}
}

// callerTo is caller with another called number than the run's.
func (s *simulation) callerTo(ani, dnis string) (simulate.Call, error) {
	if dnis == "" {
		return s.caller(ani)
	}
	t := *s
	t.options.dnis = dnis
	return t.caller(ani)
}

// faultsOf reads faults, each of which must concern an action.
func (s *simulation) faultsOf(texts []string) ([]transport.Fault, error) {
	faults, err := parseFaults(texts)
	if err != nil {
		return nil, err
	}
	for i, f := range faults {
		if err := hits(f, s.asking); err != nil {
			return nil, fail(fmt.Errorf("--fault %q %w", texts[i], err), "a part of a name is enough; there are "+strings.Join(s.asking, ", "))
		}
	}
	return faults, nil
}

// namesOf are the names that a deployment and what is rendered from it know.
func namesOf(d *deployment.Deployment, b *blueprint.Blueprint) lab.Names {
	n := lab.Names{Numbers: d.Calls.Numbers, Flows: b.Flows(), Pipelines: d.HubSpot.Lookup.Pipelines, Facts: sortedNames(d.HubSpot.Facts)}
	add := func(to *[]string, names ...string) {
		for _, x := range names {
			if x != "" && !slices.Contains(*to, x) {
				*to = append(*to, x)
			}
		}
	}
	for _, r := range d.Routing.Rules {
		add(&n.Queues, r.To.Queue)
		add(&n.Skills, r.To.Skills...)
	}
	add(&n.Queues, d.Routing.Fallback.Queue)
	add(&n.Skills, d.Routing.Fallback.Skills...)
	for _, id := range sortedNames(d.HubSpot.Stages) {
		add(&n.Stages, d.HubSpot.Stages[id])
	}
	if d.Calls.Schedule != nil {
		for _, s := range genesys.ScheduleStates() {
			n.Schedule = append(n.Schedule, string(s))
		}
	}
	return n
}

// nameMore adds the names that the fixtures of HubSpot and of the org know.
func (s *simulation) nameMore(n *lab.Names) {
	add := func(to *[]string, name string) {
		if name != "" && !slices.Contains(*to, name) {
			*to = append(*to, name)
		}
	}
	for _, p := range s.fixtures.CRM.AllPipelines() {
		add(&n.Pipelines, p.ID)
		for _, st := range p.Stages {
			if s.loaded.deployment.HubSpot.Stages[st.ID] == "" {
				add(&n.Stages, st.ID)
			}
		}
	}
	account := fixturesAccount(s.fixtures.CRM)
	n.Properties = map[string][]string{}
	for object, properties := range account.Properties {
		n.Properties[object] = sortedNames(properties)
	}
	if o, err := s.loaded.orgFile(s.options.org); o != nil && err == nil {
		for _, q := range o.Queues {
			add(&n.Queues, q.Name)
		}
		for _, x := range o.Skills {
			add(&n.Skills, x)
		}
		for _, f := range o.Flows {
			add(&n.Flows, f)
		}
	}
}

// dealsIn says in a few words what deals a contact has: the stages of those that are open, else
// whether one was won.
func (s *simulation) dealsIn(all []hubspot.Deal) string {
	if len(all) == 0 {
		return "contact without deals"
	}
	stages := map[string]hubspot.Stage{}
	for _, p := range s.fixtures.CRM.AllPipelines() {
		for _, st := range p.Stages {
			stages[st.ID] = st
		}
	}
	var open []string
	won := 0
	for _, d := range all {
		id := ""
		if v := d.Properties[hubspot.PropDealStage]; v != nil {
			id = *v
		}
		st, known := stages[id]
		closed := known && st.Closed
		if v := d.Properties[hubspot.PropIsClosed]; v != nil {
			closed = *v == "true"
		}
		switch {
		case !closed:
			open = append(open, cmp.Or(s.loaded.deployment.HubSpot.Stages[id], st.Label, id, "no stage"))
		case st.Won:
			won++
		}
	}
	switch {
	case len(open) == 1:
		return "open deal in " + open[0]
	case len(open) > 1:
		where := slices.Compact(slices.Sorted(slices.Values(open)))
		return words.Count(len(open), "open deal", "open deals") + " in " + strings.Join(where[:min(len(where), 3)], ", ")
	case won > 0:
		return words.Count(won, "won deal", "won deals") + ", none open"
	}
	return words.Count(len(all), "lost deal", "lost deals") + ", none open"
}

// callersOf are the callers that the fixtures know, in the order of their names and numbers.
func (s *simulation) callersOf() []lab.Caller {
	var out []lab.Caller
	seen := map[string]bool{}
	add := func(ani, says string) {
		if ani == "" || seen[ani] {
			return
		}
		seen[ani] = true
		shown := ani
		if simulate.Shown(ani) {
			shown = s.mask.Number(ani)
		}
		out = append(out, lab.Caller{ANI: ani, Shown: shown, Says: says})
	}
	deals := map[string][]hubspot.Deal{}
	for _, d := range s.fixtures.CRM.Deals {
		for _, c := range d.Contacts {
			deals[c] = append(deals[c], d)
		}
	}
	for _, c := range s.fixtures.CRM.Contacts {
		for _, name := range []string{s.loaded.deployment.HubSpot.Lookup.Property, hubspot.PropCalcPhone, hubspot.PropCalcMobile, hubspot.PropPhone, hubspot.PropMobile} {
			if v := c.Properties[name]; v != nil && simulate.Shown(*v) {
				add(*v, s.dealsIn(deals[c.ID]))
				break
			}
		}
	}
	for _, c := range s.fixtures.CRM.Companies {
		if v := c.Properties[hubspot.PropPhone]; v != nil && simulate.Shown(*v) {
			add(*v, "a company's number")
		}
	}
	for _, name := range sortedNames(s.fixtures.Calls) {
		add(name, "named in "+filepath.Base(strings.TrimPrefix(s.source, "fixtures: ")))
	}
	add("anonymous", "hides the number")
	return out
}
