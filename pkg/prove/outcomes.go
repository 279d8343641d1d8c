package prove

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/phone"
)

// TableRead is what reading a row is taken to last. The platform gives a flow no bound for it
// (A-TABLE-READ).
const TableRead = time.Second

// A flowProof is the first half of the proof of a deployment: its flow over every outcome of
// every effect.
type flowProof struct {
	in      Input
	p       *interp.Program
	set     setting
	queues  []string
	flows   []string
	silence []string // states of the schedule group in which calls may be disconnected
	hubspot map[string]bool
	control string
}

func newFlowProof(in Input) (*flowProof, error) {
	in.Now = in.Now.UTC().Truncate(time.Second)
	p, err := interp.Compile(in.Blueprint.Flow.Tree, interp.Options{Rounds: 99})
	if err != nil {
		return nil, err
	}
	f := &flowProof{in: in, p: p, hubspot: map[string]bool{}, control: in.Blueprint.Name + "-control"}
	for _, a := range in.Blueprint.Actions {
		if a.Definition.IntegrationType == dataaction.WebServices {
			f.hubspot[a.Category] = true
		}
	}
	f.ends()
	d := in.Deployment
	f.set = setting{
		starts: f.starts(), hubspot: func(e *interp.Effect) bool { return f.hubspot[e.Category] }, ending: f.ending,
		bars: f.bars, apart: f.apart, extra: f.extra, more: f.numbers(), asks: mostRequests(d), tables: TableRead, stop: in.Stop, budget: d.Enrichment.Budget,
	}
	return f, nil
}

// ends collects where calls of the deployment may end.
func (f *flowProof) ends() {
	d := f.in.Deployment
	f.queues = []string{d.Routing.Fallback.Queue}
	for _, r := range d.Routing.Rules {
		f.queues, f.flows = append(f.queues, r.To.Queue), append(f.flows, r.To.Flow)
	}
	s := d.Calls.Schedule
	if s == nil {
		return
	}
	for state, o := range map[string]*deployment.OffHours{"closed": s.Closed, "holiday": s.Holiday, "emergency": s.Emergency} {
		if o == nil || o.Then == nil {
			continue
		}
		f.queues, f.flows = append(f.queues, o.Then.Queue), append(f.flows, o.Then.Flow)
		if o.Then.Queue+o.Then.Flow == "" {
			f.silence = append(f.silence, state)
		}
	}
}

// ending holds an ending against the deployment.
func (f *flowProof) ending(it *item, r interp.Result) string {
	switch r.Ending {
	case interp.EndQueue:
		if !slices.Contains(f.queues, r.Target) {
			return fmt.Sprintf("a call ends in queue %q, which the deployment does not name", r.Target)
		}
		return ""
	case interp.EndFlow:
		if !slices.Contains(f.flows, r.Target) {
			return fmt.Sprintf("a call is handed to flow %q, which the deployment does not name", r.Target)
		}
		return ""
	case interp.EndDisconnect:
	default:
		return fmt.Sprintf("a call ends at %s %q, and not at a queue or a flow", r.Ending, r.Target)
	}
	unreachable := false
	for e := it.last; e != nil; e = e.before {
		switch e.effect.Kind {
		case interp.EffectScheduleGroup:
			if slices.Contains(f.silence, e.answer.Branch) {
				return ""
			}
		case interp.EffectTransfer:
			unreachable = unreachable || e.answer.Branch == "failure"
		case interp.EffectFind:
			unreachable = unreachable || e.effect.Type == expr.Queue && !e.answer.Value.IsSet()
		}
	}
	switch {
	case r.Handled:
		return "error handling disconnects the caller"
	case !unreachable:
		return "a caller is disconnected although no queue was tried in vain"
	case !it.state.Told():
		return "a caller is disconnected who was told nothing since the last queue was tried"
	}
	return ""
}

// numbers are what HubSpot may hold of the caller: his number, written in two ways.
func (f *flowProof) numbers() []string {
	n, ok := phone.Example(f.in.Deployment.HubSpot.Lookup.HomeCountries[0])
	if !ok {
		return nil
	}
	return []string{n.E164(), n.National()}
}

func (f *flowProof) starts() []start {
	d := f.in.Deployment
	call := interp.Call{At: f.in.Now, DNIS: "+15135550100"}
	if len(d.Calls.Numbers) > 0 {
		call.DNIS = d.Calls.Numbers[0]
	}
	usable := f.numbers()[:1]
	usable = append(usable, "tel:"+usable[0], "sip:"+usable[0]+"@203.0.113.7;user=phone")
	for _, r := range d.Routing.Rules {
		if r.When.Caller == nil {
			continue
		}
		for _, c := range r.When.Caller.Country {
			if n, ok := phone.Example(c); ok && !slices.Contains(usable, n.E164()) {
				usable = append(usable, n.E164())
			}
		}
	}
	for _, ani := range compared(f.in.Blueprint.Flow.Text, newReference(d), usable[0], 4) { // codes of countries are the whole calls' to try
		if !slices.Contains(usable, ani) {
			usable = append(usable, ani)
		}
	}
	unusable := []string{"", "anonymous", "sip:anonymous@anonymous.invalid", "911", "nobody"}
	if own := d.Own(); len(own) > 0 {
		unusable = append(unusable, own[0])
	}
	data := f.data()
	dialled := slices.Clone(d.Calls.Numbers)
	for _, r := range d.Routing.Rules {
		dialled = append(dialled, r.When.Called...)
	}
	return []start{
		{call: call, anis: usable, dialled: dialled, data: data},
		{call: call, anis: unusable, dialled: dialled, data: data, barred: "the caller's number cannot be looked up"},
	}
}

// data is what earlier legs of the conversation may have left of what the flow reads.
func (f *flowProof) data() map[string][]string {
	names, _ := f.p.Attributes()
	meetings := f.p.Meetings()
	out := map[string][]string{}
	for _, n := range names {
		values := []string{"", "7", "something else", stamp(f.in.Now.Add(time.Minute)), stamp(f.in.Now.Add(-time.Minute))}
		if m := meetings[interp.Source{Data: n}]; m != nil {
			for _, l := range m.Literals {
				if t := l.Text(); t != "" && !slices.Contains(values, t) {
					values = append(values, t)
				}
			}
		}
		out[n] = values
	}
	return out
}

func stamp(t time.Time) string { return t.Format("2006-01-02T15:04:05Z") }

// bars tells of a row of the control table why HubSpot may not be asked from then on.
func (f *flowProof) bars(e *interp.Effect, o interp.Outcome) string {
	if e.Name != f.control {
		return ""
	}
	switch key := e.Key.Text(); {
	case o.Branch == "failure":
		return fmt.Sprintf("row %q cannot be read", key)
	case o.Branch == "notFound" && key == genesys.TokenRow:
		return "no token has been renewed"
	case o.Branch != "found":
	case key == "switch":
		return "enrichment is switched off"
	case key == "breaker":
		return "the breaker is open"
	case key == "token":
		return "the token has expired"
	}
	return ""
}

// apart are the values of a column that bar asking.
func (f *flowProof) apart(e *interp.Effect, output string) func(expr.Value) bool {
	if e.Name != f.control {
		return nil
	}
	at := func(v expr.Value) (time.Time, bool) {
		t, err := time.Parse(time.RFC3339Nano, v.Text())
		return t, err == nil && v.IsSet() && strings.HasSuffix(v.Text(), "Z")
	}
	switch key := e.Key.Text(); {
	case key == "switch" && output == "enabled":
		return func(v expr.Value) bool { return v.IsSet() && !v.Bool() }
	case key == "breaker" && output == "openUntil":
		return func(v expr.Value) bool { t, ok := at(v); return ok && t.After(f.in.Now) }
	case key == genesys.TokenRow && output == genesys.TokenExpiry:
		return func(v expr.Value) bool { t, ok := at(v); return !ok || !t.After(f.in.Now) }
	}
	return nil
}

// extra are values of an output that stand nowhere in the flow.
func (f *flowProof) extra(e *interp.Effect, output string) []string {
	if e.Name != f.control {
		return nil
	}
	return []string{stamp(f.in.Now.Add(time.Minute)), stamp(f.in.Now), stamp(f.in.Now.Add(-time.Minute)), f.in.Now.Add(500 * time.Millisecond).Format("2006-01-02T15:04:05.000Z")}
}

// prove gives what the flow shows of the properties that it can show.
func (f *flowProof) prove(ctx context.Context, r *Report) ([]Property, error) {
	x, err := explore(ctx, f.p, f.set)
	if err != nil {
		return nil, err
	}
	waits := func(e edge) time.Duration { return e.wait }
	wait, path, _ := x.longest(waits)
	hub, _, endless := x.longest(func(e edge) time.Duration { return e.hub })
	if over := hub > f.set.budget || endless; over && x.faults[Wait] == nil && !f.in.Stop {
		// The first way to a state need not be the longest: once more, and ways of different
		// lengths stay apart.
		again := f.set
		again.apartWaits, again.stop = true, false
		y, err := explore(ctx, f.p, again)
		if err != nil {
			return nil, err
		}
		x.faults[Wait] = y.faults[Wait]
		if x.doubts[Wait] == nil {
			x.doubts[Wait] = y.doubts[Wait]
		}
		x.open = cmp.Or(x.open, y.open)
	}
	r.States, r.Paths, r.WorstWait, r.WorstHubSpot, r.WorstPath = len(x.nodes), x.ways(), wait, hub, x.words(path, waits)
	if r.WorstCall, err = x.longestCall(ctx); err != nil {
		return nil, err
	}
	r.Cut = append(r.Cut, x.cut...)
	var out []Property
	for _, id := range []string{Ending, Wait, Expressions, Requests} {
		p := x.property(id, titles[id])
		if p.Pos.Line > 0 {
			p.Pos = f.in.Blueprint.Flow.At(p.Pos.Line)
		}
		out = append(out, p)
	}
	return out, nil
}
