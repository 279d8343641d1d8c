package simulate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/secret"
)

// A Run is a series of calls that share an org: a breaker that one call opens is open for
// the next. Its calls come one after the other; runs at once share a Program and nothing
// else.
type Run struct {
	Program *Program
	Org     *Org
	Sender  dataaction.Sender                    // answers for HubSpot
	Clock   func(time.Time)                      // told the virtual time before each request and each read of a table; may be nil
	Real    bool                                 // time is wall time
	Script  *world.Scripted                      // scripted outcomes instead of Org and Sender; may be nil
	Trace   interp.Trace                         // what results keep of the path; full: of data actions, too
	Watch   func(*interp.Effect, interp.Outcome) // told of each effect and its answer; may be nil

	// Memo makes many calls fast; nil: each is computed from its start. It is this run's alone.
	Memo *interp.Memo

	// Takes tells what of a rule's target is the fallback's because the rule does not name it;
	// nil: nothing is.
	Takes func(rule string) (queue, skills bool)

	// Token is the access token that the platform holds when the run begins, where it renews it
	// itself; not set: it holds none.
	Token secret.Value

	// Answers are kept of what HubSpot's actions answered, for all runs that share them; nil: each
	// execution is made. Account says who answers: runs of one account have the same Sender, or
	// one that gives the same answers. It names the CRM and, where there is one, the fault.
	Answers *Answers
	Account string

	// Replies remembers what was made of replies; nil: each is read.
	Replies *Replies

	// Line is asked what becomes of each execution of a data action; nil: it is made, and takes
	// the time that it states.
	Line Line

	// Brief leaves out of outcomes what only explains them: what the call met, and what the flow
	// found out about the caller.
	Brief bool

	world   callWorld                   // of Again
	auth    map[string]*dataaction.Auth // what the platform keeps, by category
	silent  *world.Scripted             // what neither the org nor HubSpot is asked for
	objects map[object]expr.Value
	wrote   *written // by the last call that wrote a row; nil: none
	writing *written
	scratch []byte
}

// A Call is a caller to send through the flow.
type Call struct {
	ANI, DNIS    string
	At           time.Time         // virtual start
	Conversation map[string]string // participant data of an earlier leg
	Own          Org               // of this call alone, over what the run's org has
	Start        interp.Call       // what else it begins with; the members above win
}

// An Outcome is what became of a call.
type Outcome struct {
	Call      Call
	Result    interp.Result
	Outcome   string // of the lookup: active_deal … lookup_failed; empty when the schedule decided
	Schedule  string // state of the schedule group: open, closed, holiday, emergency; empty: none was asked
	Rule      string // that matched; empty for none
	Reason    string // one of routing.Reasons; empty in a flow that keeps none
	ContactID string
	CompanyID string
	OpenDeals *int64
	Value     string // decimal text; empty when not set
	Base      int64  // priority of the target
	Bonus     int64  // priority by value

	Owner Owner // who was to be asked first

	FallbackQueue, FallbackSkills bool // the rule names none, these are the fallback's

	HubSpot   time.Duration // data actions that ask HubSpot
	Breaker   time.Duration // the other data actions
	Tables    time.Duration // reads of data tables
	Waited    time.Duration // the sum of these: what asking HubSpot costs the caller. The call itself takes Result.Elapsed
	Transfers time.Duration // those that failed and the last one
	Requests  int
	Actions   []ActionRun
	Notes     []string // where a script said nothing and its default answered, data actions aside
	Met
}

// Do sends one call through the flow.
func (r *Run) Do(ctx context.Context, c Call) (*Outcome, error) {
	w := &callWorld{run: r, out: &Outcome{Call: c}}
	if err := w.call(ctx); err != nil {
		return nil, err
	}
	return w.out, nil
}

// Again is Do with an outcome that is filled anew, whose memory it uses: one for each call at a
// time is enough, however many calls there are.
func (r *Run) Again(ctx context.Context, c Call, o *Outcome) error {
	*o = Outcome{Call: c, Result: o.Result, Actions: o.Actions[:0], Notes: o.Notes[:0]}
	r.world = callWorld{run: r, out: o, again: true, found: r.world.found}
	return r.world.call(ctx)
}

func (w *callWorld) call(ctx context.Context) error {
	r, c := w.run, &w.out.Call
	if r.silent == nil {
		r.silent = world.New(nil)
	}
	for key, columns := range c.Own.Rows {
		w.rows.Put(key, r.Org.Rows[key])
		w.rows.Put(key, columns)
	}
	start := c.Start
	start.ANI, start.DNIS, start.At, start.ParticipantData = c.ANI, c.DNIS, c.At, c.Conversation
	start.ConversationID = cmp.Or(start.ConversationID, conversation)
	options := interp.RunOptions{Trace: r.Trace, Memo: r.Memo}
	if w.again {
		options.Room = &w.out.Result
	}
	result, err := interp.Run(ctx, r.Program.flow, start, w, options)
	if err != nil {
		if refused := (*interp.Refusal)(nil); errors.As(err, &refused) {
			err = fmt.Errorf("the flow cannot go on: %w", err)
		}
		return err
	}
	w.out.Waited = w.out.HubSpot + w.out.Breaker + w.out.Tables
	w.out.decided(result, r.Brief)
	if r.Takes != nil && w.out.Rule != "" {
		w.out.FallbackQueue, w.out.FallbackSkills = r.Takes(w.out.Rule)
	}
	return nil
}

// conversation is the id of every simulated conversation: an id of nobody.
const conversation = "00000000-0000-4000-8000-000000000000"

// count books a scripted data action as if it had been executed; said tells that the script
// has an answer of it.
func (w *callWorld) count(e *interp.Effect, o interp.Outcome, said bool) {
	a := w.run.Program.actions[e.Action]
	run := ActionRun{Action: e.Name, HubSpot: a != nil && a.HubSpot, Elapsed: o.Elapsed, Requests: 1}
	if e.Timeout > 0 && (o.Branch == "timeout" || run.Elapsed > e.Timeout) {
		run.Elapsed = e.Timeout
	}
	if run.Failure = late(e, o); o.Branch != "success" {
		run.Failure = "scripted " + o.Branch
	}
	if !said {
		run.Failure = "it is not in the world, so it fails"
	}
	w.book(run)
}

// Held is what the platform keeps of the auth actions of the run, by the category of their
// integration.
func (r *Run) Held() map[string]dataaction.Held {
	out := map[string]dataaction.Held{}
	for k, a := range r.auth {
		out[k] = a.Held()
	}
	return out
}

// Hold makes the platform keep what it, or that of another run, kept at another time.
func (r *Run) Hold(held map[string]dataaction.Held) {
	r.auth = nil
	for _, a := range r.Program.actions {
		if a == nil || a.auth == nil {
			continue
		}
		if h, ok := held[strings.ToLower(a.Category)]; ok {
			r.authOf(a).Hold(h)
		}
	}
}

// The flow's variables in which it keeps what it decided, by their places in the result.
const (
	keptOutcome = iota
	keptRule
	keptReason
	keptContact
	keptOpenDeals
	keptValue
	keptBase
	keptBonus
	keptNumber
	keptTruncated
	keptPreferOwner
	keptOwner
	keptOwnerUser
	keptCompany
)

var kept = []string{
	keptOutcome: "Flow.hubspot_outcome", keptRule: "Flow.dealroute_rule", keptReason: "Flow.dealroute_reason",
	keptContact: "Flow.hubspot_contact_id", keptOpenDeals: "Flow.OpenDeals", keptValue: "Flow.hubspot_customer_value",
	keptBase: "Flow.Base", keptBonus: "Flow.Bonus", keptNumber: "Flow.Ani", keptTruncated: "Flow.hubspot_value_truncated",
	keptPreferOwner: "Flow.PreferOwner", keptOwner: "Flow.Owner", keptOwnerUser: "Flow.OwnerUser",
	keptCompany: "Flow.hubspot_company_id",
}

// decided reads what the flow decided.
func (o *Outcome) decided(r interp.Result, brief bool) {
	text := func(at int) string {
		if v := r.Kept[at]; v.Type() == expr.String {
			return v.Text()
		}
		return ""
	}
	number := func(at int) (n int64, ok bool) {
		v := r.Kept[at]
		if !v.IsSet() || v.Type() != expr.Integer {
			return 0, false
		}
		return v.Int(), true
	}
	o.Result = r
	o.Outcome, o.Rule, o.Reason = text(keptOutcome), text(keptRule), text(keptReason)
	if r.Handled {
		o.Reason = routing.ReasonError
	}
	if brief {
		return
	}
	o.ContactID, o.CompanyID = text(keptContact), text(keptCompany)
	if n, ok := number(keptOpenDeals); ok {
		o.OpenDeals = &n
	}
	if v := r.Kept[keptValue]; v.IsSet() {
		o.Value = v.String()
	}
	o.Number, o.Truncated = text(keptNumber), r.Kept[keptTruncated].Bool()
	o.Owner.Wanted, o.Owner.ID, o.Owner.User = r.Kept[keptPreferOwner].Bool(), text(keptOwner), text(keptOwnerUser)
	o.Base, _ = number(keptBase)
	o.Bonus, _ = number(keptBonus)
}
