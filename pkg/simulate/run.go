package simulate

import (
	"context"
	"fmt"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/dataaction"
)

// A Run is a series of calls that share an org: a breaker that one call opens is open for
// the next.
type Run struct {
	Program *Program
	Org     *Org
	Sender  dataaction.Sender // answers for HubSpot
	Clock   func(time.Time)   // told the virtual time before each request; may be nil
	Real    bool              // time is wall time
	Script  *world.Scripted   // scripted outcomes instead of Org and Sender; may be nil
	Trace   bool
}

// A Call is a caller to send through the flow.
type Call struct {
	ANI, DNIS    string
	At           time.Time         // virtual start
	Conversation map[string]string // participant data of an earlier leg
}

// An Outcome is what became of a call.
type Outcome struct {
	Call      Call
	Result    interp.Result
	Outcome   string // of the lookup: active_deal … lookup_failed
	Rule      string // that matched; empty for none
	Reason    string // rule, fallback, kept, error, lastResort, schedule
	ContactID string
	OpenDeals *int64
	Value     string // decimal text; empty when not set
	Base      int64  // priority of the target
	Bonus     int64  // priority by value
	Answered  bool   // HubSpot was asked and answered

	HubSpot  time.Duration
	Waited   time.Duration
	Requests int
	Actions  []ActionRun
	Met
}

// Do sends one call through the flow.
func (r *Run) Do(ctx context.Context, c Call) (*Outcome, error) {
	var script interp.World = world.New(nil)
	w := &orgWorld{program: r.Program, org: r.Org, sender: r.Sender, clock: r.Clock, now: c.At, rest: script, real: r.Real, trace: r.Trace}
	var answers interp.World = w
	if r.Script != nil {
		answers = r.Script
	}
	state := r.Program.flow.Start(interp.Call{ANI: c.ANI, DNIS: c.DNIS, At: c.At, ConversationID: conversation, ParticipantData: c.Conversation})
	level := interp.TracePath
	if r.Trace {
		level = interp.TraceFull
	}
	state.Record(level)
	for {
		e, err := r.Program.flow.Next(state)
		if err != nil {
			return nil, fmt.Errorf("the flow cannot go on: %w", err)
		}
		if e == nil {
			break
		}
		o, err := answers.Do(ctx, e)
		if err != nil {
			return nil, err
		}
		w.met.see(e, o, r.Program.table)
		if r.Script != nil && e.Kind == interp.EffectDataAction {
			w.count(e, o)
		}
		if err := r.Program.flow.Resume(state, o); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return r.outcome(c, state, w), nil
}

// conversation is the id of every simulated conversation: an id of nobody.
const conversation = "00000000-0000-4000-8000-000000000000"

// count books a scripted data action as if it had been executed.
func (w *orgWorld) count(e *interp.Effect, o interp.Outcome) {
	a := w.program.actions[actionKey(e.Category, e.Name)]
	run := ActionRun{Action: e.Name, HubSpot: a != nil && a.HubSpot, Elapsed: o.Elapsed, Requests: 1}
	if e.Timeout > 0 && (o.Branch == "timeout" || run.Elapsed > e.Timeout) {
		run.Elapsed = e.Timeout
	}
	if run.HubSpot {
		w.hubspot += run.Elapsed
		w.requests++
	}
	if run.Failure = late(e, o); o.Branch != "success" {
		run.Failure = "scripted " + o.Branch
	}
	w.runs = append(w.runs, run)
}

// outcome reads the variables in which the flow keeps what it decided.
func (r *Run) outcome(c Call, s *interp.State, w *orgWorld) *Outcome {
	res := s.Result()
	text := func(name string) string {
		v, ok := s.Variable(name)
		if !ok || !v.IsSet() || v.Type() != expr.String {
			return ""
		}
		return v.Text()
	}
	number := func(name string) *int64 {
		v, ok := s.Variable(name)
		if !ok || !v.IsSet() || v.Type() != expr.Integer {
			return nil
		}
		n := v.Int()
		return &n
	}
	out := &Outcome{
		Call: c, Result: res,
		Outcome: text("Flow.hubspot_outcome"), Rule: text("Flow.dealroute_rule"), Reason: text("Flow.dealroute_reason"),
		ContactID: text("Flow.hubspot_contact_id"), OpenDeals: number("Flow.OpenDeals"),
		HubSpot: w.hubspot, Waited: res.Elapsed, Requests: w.requests, Actions: w.runs, Met: w.met,
	}
	out.Number = text("Flow.Ani")
	if v, ok := s.Variable("Flow.hubspot_value_truncated"); ok && v.Type() == expr.Boolean && v.IsSet() {
		out.Truncated = v.Bool()
	}
	if v, ok := s.Variable("Flow.hubspot_customer_value"); ok && v.IsSet() {
		out.Value = v.String()
	}
	if n := number("Flow.Base"); n != nil {
		out.Base = *n
	}
	if n := number("Flow.Bonus"); n != nil {
		out.Bonus = *n
	}
	if res.Handled {
		out.Reason = "error"
	}
	return out
}
