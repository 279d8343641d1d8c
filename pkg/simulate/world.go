package simulate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/jsonpath"
	"github.com/dealroute/dealroute/pkg/secret"
)

// Org is the part of a Genesys Cloud org that a flow meets at run time. Calls of one run
// share it: what one writes the next one reads. A call's own org stands over it: rows there
// give single columns, names are added to those of the run.
type Org struct {
	Rows             map[string]map[string]any // of the control table, by key
	MissingQueues    []string
	MissingSkills    []string
	MissingFlows     []string
	FailingTransfers []string // queues and flows whose transfer fails
	TableFails       bool     // every look-up fails

	Owners    Owners
	Schedules Schedules
}

// Put gives a row of the control table these columns; others that it has stay.
func (o *Org) Put(key string, columns map[string]any) {
	row := maps.Clone(o.Rows[key])
	if row == nil {
		row = map[string]any{}
	}
	maps.Copy(row, columns)
	row["key"] = key
	if o.Rows == nil {
		o.Rows = map[string]map[string]any{}
	}
	o.Rows[key] = row
}

// Clone is the org as it is now: what a call writes into one is not in the other.
func (o *Org) Clone() *Org {
	c := *o
	c.Rows = maps.Clone(o.Rows)
	c.MissingQueues, c.MissingSkills, c.MissingFlows = slices.Clip(o.MissingQueues), slices.Clip(o.MissingSkills), slices.Clip(o.MissingFlows)
	c.FailingTransfers = slices.Clip(o.FailingTransfers)
	return &c
}

// Change lays what another org says over this one.
func (o *Org) Change(by Org) {
	for key, columns := range by.Rows {
		o.Put(key, columns)
	}
	o.MissingQueues = append(o.MissingQueues, by.MissingQueues...)
	o.MissingSkills = append(o.MissingSkills, by.MissingSkills...)
	o.MissingFlows = append(o.MissingFlows, by.MissingFlows...)
	o.FailingTransfers = append(o.FailingTransfers, by.FailingTransfers...)
	o.TableFails = o.TableFails || by.TableFails
	if by.Owners.Rows != nil {
		o.Owners = by.Owners
	}
}

// The platform gives a flow no figures for these; they only make virtual time plausible.
const (
	tableRead  = 1 * time.Millisecond
	tableWrite = 40 * time.Millisecond
)

// A callWorld answers the effects of one call.
type callWorld struct {
	run  *Run
	out  *Outcome
	rows Org // those of the call's own org over the run's

	again bool           // its memory is used again
	found []interp.Named // of the last row
}

// An ActionRun is one execution of a data action within a call.
type ActionRun struct {
	Action     string
	HubSpot    bool
	Elapsed    time.Duration
	Requests   int
	Failure    string // why it did not succeed, with the vendor's correlation id when there is one
	Operations []dataaction.Operation
}

// Now is when the call begins.
func (w *callWorld) Now() time.Time { return w.out.Call.At }

// Do asks the script, if there is one, else the org and HubSpot, and keeps what may explain
// the call.
func (w *callWorld) Do(ctx context.Context, e *interp.Effect) (o interp.Outcome, err error) {
	if w.run.Script == nil {
		o, err = w.ask(ctx, e)
	} else {
		o, err = w.script(ctx, e)
	}
	if err == nil {
		if e.Kind == interp.EffectScheduleGroup {
			w.out.Schedule = o.Branch
		}
		if !w.run.Brief {
			w.out.see(e, o, w.run.Program.table)
		}
		if e.Kind == interp.EffectTable && e.Name == w.run.Program.owners {
			w.out.Owner.Branch = o.Branch
			if why := w.run.Org.Owners.Why; why != nil && o.Branch == "notFound" {
				w.out.Owner.Why = why(e.Key.Text())
			}
		}
		w.took(e, o)
		if w.run.Watch != nil {
			w.run.Watch(e, o)
		}
	}
	return o, err
}

// took counts the time of what is no data action; book counts that of those.
func (w *callWorld) took(e *interp.Effect, o interp.Outcome) {
	elapsed := o.Elapsed
	if e.Timeout > 0 {
		elapsed = min(elapsed, e.Timeout)
	}
	switch e.Kind {
	case interp.EffectTable:
		w.out.Tables += elapsed
	case interp.EffectTransfer:
		w.out.Transfers += elapsed
	}
}

// script puts an effect to the scripted world, and keeps what that says of its answer.
func (w *callWorld) script(ctx context.Context, e *interp.Effect) (interp.Outcome, error) {
	w.run.Script.Forget()
	o, err := w.run.Script.Do(ctx, e)
	notes := w.run.Script.Notes()
	switch {
	case err != nil:
	case e.Kind == interp.EffectDataAction:
		w.count(e, o, len(notes) == 0)
	default:
		for _, n := range notes {
			w.note(n)
		}
	}
	return o, err
}

func (w *callWorld) note(n string) {
	if !slices.Contains(w.out.Notes, n) {
		w.out.Notes = append(w.out.Notes, n)
	}
}

// ask puts an effect to the org or to HubSpot.
func (w *callWorld) ask(ctx context.Context, e *interp.Effect) (interp.Outcome, error) {
	org, own := w.run.Org, &w.out.Call.Own
	switch e.Kind {
	case interp.EffectDataAction:
		return w.dataAction(ctx, e)
	case interp.EffectTable:
		if w.run.Clock != nil {
			w.run.Clock(e.At)
		}
		switch e.Name {
		case w.run.Program.table:
			return w.table(e), nil
		case w.run.Program.owners:
			return org.Owners.read(e), nil
		}
	case interp.EffectScheduleGroup:
		emergency := ""
		for _, in := range e.Inputs {
			if in.Name == "emergencyGroup" && in.Value.IsSet() {
				emergency = in.Value.Text()
			}
		}
		state, assumed := org.Schedules.state(e.Name, emergency, e.At)
		for _, n := range assumed {
			w.note(n)
		}
		return interp.Outcome{Branch: string(state)}, nil
	case interp.EffectFind:
		if e.Type == expr.User && org.Owners.Users != nil && !slices.Contains(org.Owners.Users, e.Name) {
			return interp.Outcome{Value: expr.NotSet(e.Type)}, nil
		}
		if e.Type == expr.Queue && w.missing(e.Name) || e.Type == expr.Skill && either(org.MissingSkills, own.MissingSkills, e.Name) {
			return interp.Outcome{Value: expr.NotSet(e.Type)}, nil
		}
	case interp.EffectTransfer:
		gone := w.missing
		if e.Transfer.To == interp.EndFlow {
			gone = func(flow string) bool { return either(org.MissingFlows, own.MissingFlows, flow) }
		}
		if gone(e.Name) || either(org.FailingTransfers, own.FailingTransfers, e.Name) {
			return interp.Outcome{Branch: "failure"}, nil
		}
	}
	if e.Kind == interp.EffectFind && w.again {
		return w.object(ctx, e)
	}
	return w.run.silent.Do(ctx, e)
}

// object finds what nobody says is missing; of many calls it makes each object once.
func (w *callWorld) object(ctx context.Context, e *interp.Effect) (interp.Outcome, error) {
	const most = 1000
	r, k := w.run, object{e.Type, e.Name}
	if v, ok := r.objects[k]; ok {
		return interp.Outcome{Value: v}, nil
	}
	o, err := r.silent.Do(ctx, e)
	if err == nil && o.Elapsed == 0 {
		if r.objects == nil || len(r.objects) == most {
			r.objects = map[object]expr.Value{}
		}
		r.objects[k] = o.Value
	}
	return o, err
}

type object struct {
	of   expr.Type
	name string
}

func (w *callWorld) missing(queue string) bool {
	return either(w.run.Org.MissingQueues, w.out.Call.Own.MissingQueues, queue)
}

func either(a, b []string, name string) bool {
	return slices.Contains(a, name) || slices.Contains(b, name)
}

// table reads a row of the control table.
func (w *callWorld) table(e *interp.Effect) interp.Outcome {
	if w.run.Org.TableFails || w.out.Call.Own.TableFails {
		return interp.Outcome{Branch: "failure", Elapsed: tableRead}
	}
	row, ok := w.org(e.Key.Text()).Rows[e.Key.Text()]
	if !ok {
		return interp.Outcome{Branch: "notFound", Elapsed: tableRead}
	}
	if !w.again {
		return found(row, e, nil)
	}
	o := found(row, e, w.found[:0])
	w.found = o.Outputs
	return o
}

// found answers with a row, in the memory of an older answer.
func found(row map[string]any, e *interp.Effect, room []interp.Named) interp.Outcome {
	out := interp.Outcome{Branch: "found", Elapsed: tableRead, Outputs: slices.Grow(room, len(e.Outputs))}
	for _, want := range e.Outputs {
		out.Outputs = append(out.Outputs, interp.Named{Name: want.Name, Value: column(row[want.Name], want.Type)})
	}
	return out
}

// org is where a row of the control table stands for this call. What a call writes into a
// row of its own is gone with it.
func (w *callWorld) org(key string) *Org {
	if _, own := w.rows.Rows[key]; own {
		return &w.rows
	}
	return w.run.Org
}

// book counts what an action took.
func (w *callWorld) book(run ActionRun) {
	if run.HubSpot {
		w.out.HubSpot += run.Elapsed
		w.out.Requests += run.Requests
	} else {
		w.out.Breaker += run.Elapsed
	}
	w.out.Actions = append(w.out.Actions, run)
}

// dataAction executes a definition, or answers as its execution did before. A reply that comes
// after the flow's own timeout is reported with its time; the machine takes the timeout branch
// then.
func (w *callWorld) dataAction(ctx context.Context, e *interp.Effect) (interp.Outcome, error) {
	a := w.run.Program.actions[e.Action]
	if a == nil {
		return interp.Outcome{}, fmt.Errorf("category %q has no such data action among the artifacts", e.Category)
	}
	if w.run.Clock != nil {
		w.run.Clock(e.At)
	}
	var pass Pass
	if w.run.Line != nil {
		pass = w.run.Line.Pass(e, &a.Action)
	}
	got := &refused
	if !pass.Refused {
		var err error
		if got, err = w.answer(ctx, a, e); err != nil {
			return interp.Outcome{}, err
		}
	}
	run := ActionRun{Action: e.Name, HubSpot: a.HubSpot, Elapsed: got.elapsed, Requests: got.requests, Operations: got.operations, Failure: got.failure}
	out := interp.Outcome{Branch: got.branch, Elapsed: got.elapsed, Outputs: got.outputs, ID: got.id}
	if pass.Latency > 0 {
		out.Elapsed, run.Elapsed = pass.Latency, pass.Latency
	}
	if e.Timeout > 0 {
		run.Elapsed = min(run.Elapsed, e.Timeout)
	}
	if out.Branch == "success" {
		run.Failure = late(e, out)
	}
	w.book(run)
	return out, nil
}

// execute runs a definition.
func (w *callWorld) execute(ctx context.Context, a *action, e *interp.Effect, auth *dataaction.Auth) (*answer, error) {
	in := map[string]any{}
	for _, n := range e.Inputs {
		if v, ok := input(n.Value); ok {
			in[n.Name] = v
		}
	}
	o := dataaction.RunOptions{Credentials: a.Credentials, Auth: auth, Trace: w.run.Trace == interp.TraceFull}
	replies := w.run.Replies
	if replies != nil {
		o.Memo = &replies.made
	}
	sender := w.run.Sender
	if a.Definition.IntegrationType == dataaction.GenesysCloud {
		o.BaseURL, o.Bearer = genesysBase, secret.New("made-up")
		sender = rowSender{w}
	}
	if w.run.Real && e.Timeout > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, e.Timeout)
		defer stop()
	}
	r := dataaction.Run(ctx, a.program, in, sender, o)
	got := &answer{branch: "success", elapsed: r.Elapsed, requests: r.Requests, operations: r.Operations}
	switch {
	case r.TimedOut:
		// Whether the platform takes the timeout or the failure branch when the action's own
		// timeout ends first is not documented; the flow treats both alike.
		got.branch, got.failure = "timeout", "no answer in time"
	case r.Err != nil:
		got.branch, got.failure = "failure", r.Err.Error()
	default:
		var err error
		if got.outputs, got.id, err = replies.outputs(e, r); err != nil {
			return nil, err
		}
	}
	return got, nil
}

// outputs are what an action of a flow takes of a result, in its types.
func outputs(e *interp.Effect, r *dataaction.Result) ([]interp.Named, error) {
	out := make([]interp.Named, 0, len(e.Outputs))
	for _, want := range e.Outputs {
		v := expr.NotSet(want.Type)
		if j, ok := r.Outputs[want.Name]; ok {
			var err error
			if v, err = output(j, want.Type); err != nil {
				return nil, fmt.Errorf("output %q: %w", want.Name, err)
			}
		}
		out = append(out, interp.Named{Name: want.Name, Value: v})
	}
	return out, nil
}

// authOf is the auth action of an action's integration with what the platform keeps of it; nil
// without one.
func (r *Run) authOf(a *action) *dataaction.Auth {
	if a.auth == nil {
		return nil
	}
	k := strings.ToLower(a.Category)
	if r.auth[k] == nil {
		if r.auth == nil {
			r.auth = map[string]*dataaction.Auth{}
		}
		r.auth[k] = &dataaction.Auth{Program: a.auth}
		if r.Token.Set() {
			_ = r.auth[k].Keep(map[string]any{"access_token": r.Token.Reveal()}) // a text is JSON
		}
	}
	return r.auth[k]
}

// methodPut is the only method that a breaker uses; this package knows no HTTP of its own.
const methodPut = "PUT"

const genesysBase = "https://api.genesys.invalid"

// rowSender is the platform API as far as a breaker needs it: PUT of a row of the control
// table, kept in this run's memory.
type rowSender struct{ w *callWorld }

func (s rowSender) Send(_ context.Context, r dataaction.Request) (dataaction.Response, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return dataaction.Response{}, errors.New("the address of the action cannot be read")
	}
	prefix := "/api/v2/flows/datatables/" + s.w.run.Program.tableID + "/rows/"
	key, found := strings.CutPrefix(u.Path, prefix)
	answer := func(status int, body any) (dataaction.Response, error) {
		data, err := json.Marshal(body)
		return dataaction.Response{Status: status, Header: map[string][]string{"Content-Type": {"application/json"}}, Body: data, Latency: tableWrite}, err
	}
	if !found || key == "" || r.Method != methodPut {
		return answer(404, map[string]any{"message": "no such path in a simulated org: " + r.Method + " " + u.Path, "code": "not.found", "status": 404})
	}
	org := s.w.org(key)
	if _, exists := org.Rows[key]; !exists {
		return answer(404, map[string]any{"message": "no row " + key, "code": "not.found", "status": 404})
	}
	body, err := jsonpath.Decode(r.Body)
	row, isObject := body.ToAny().(map[string]any)
	if err != nil || !isObject || row["key"] != key {
		return answer(400, map[string]any{"message": "the row is no object with its key", "code": "bad.request", "status": 400})
	}
	org.Rows[key] = row
	if now := s.w.run.writing; now != nil {
		now.org, now.key, now.row = org, key, row
	}
	return answer(200, row)
}
