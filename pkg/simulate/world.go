package simulate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
// share it: what one writes the next one reads.
type Org struct {
	Rows             map[string]map[string]any // of the control table, by key
	MissingQueues    []string
	MissingSkills    []string
	FailingTransfers []string // queues whose transfer fails
	TableFails       bool     // every look-up fails
}

// The platform gives a flow no figures for these; they only make virtual time plausible.
const (
	tableRead  = 1 * time.Millisecond
	tableWrite = 40 * time.Millisecond
)

// An orgWorld answers the effects of one run's calls.
type orgWorld struct {
	program *Program
	org     *Org
	sender  dataaction.Sender
	clock   func(time.Time) // told the virtual time before each request
	now     time.Time
	rest    interp.World // what fixtures do not say
	real    bool         // time is wall time: a flow's timeout ends the request

	hubspot  time.Duration
	requests int
	runs     []ActionRun
	met      Met
	trace    bool
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

func (w *orgWorld) Now() time.Time { return w.now }

func (w *orgWorld) Do(ctx context.Context, e *interp.Effect) (interp.Outcome, error) {
	switch e.Kind {
	case interp.EffectDataAction:
		return w.dataAction(ctx, e)
	case interp.EffectTable:
		if e.Name == w.program.table {
			return w.table(e), nil
		}
	case interp.EffectFind:
		missing := map[expr.Type][]string{expr.Queue: w.org.MissingQueues, expr.Skill: w.org.MissingSkills}[e.Type]
		if slices.Contains(missing, e.Name) {
			return interp.Outcome{Value: expr.NotSet(e.Type)}, nil
		}
	case interp.EffectTransfer:
		if slices.Contains(w.org.FailingTransfers, e.Name) || slices.Contains(w.org.MissingQueues, e.Name) {
			return interp.Outcome{Branch: "failure"}, nil
		}
	}
	return w.rest.Do(ctx, e)
}

// table reads a row of the control table.
func (w *orgWorld) table(e *interp.Effect) interp.Outcome {
	if w.org.TableFails {
		return interp.Outcome{Branch: "failure", Elapsed: tableRead}
	}
	row, ok := w.org.Rows[e.Key.Text()]
	if !ok {
		return interp.Outcome{Branch: "notFound", Elapsed: tableRead}
	}
	out := interp.Outcome{Branch: "found", Elapsed: tableRead}
	for _, want := range e.Outputs {
		out.Outputs = append(out.Outputs, interp.Named{Name: want.Name, Value: column(row[want.Name], want.Type)})
	}
	return out
}

// dataAction executes a definition. A reply that comes after the flow's own timeout is
// reported with its time; the machine takes the timeout branch then.
func (w *orgWorld) dataAction(ctx context.Context, e *interp.Effect) (interp.Outcome, error) {
	a := w.program.actions[actionKey(e.Category, e.Name)]
	if a == nil {
		return interp.Outcome{}, fmt.Errorf("data action %q of category %q is not among the artifacts", e.Name, e.Category)
	}
	in := map[string]any{}
	for _, n := range e.Inputs {
		if v, ok := input(n.Value); ok {
			in[n.Name] = v
		}
	}
	o := dataaction.RunOptions{Credentials: a.Credentials, Trace: w.trace}
	sender := w.sender
	if a.Definition.IntegrationType == dataaction.GenesysCloud {
		o.BaseURL, o.Bearer = genesysBase, secret.New("made-up")
		sender = rowSender{w}
	}
	if w.clock != nil {
		w.clock(e.At)
	}
	if w.real && e.Timeout > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, e.Timeout)
		defer stop()
	}
	r := dataaction.Run(ctx, a.program, in, sender, o)
	elapsed := r.Elapsed
	if e.Timeout > 0 {
		elapsed = min(elapsed, e.Timeout)
	}
	run := ActionRun{Action: e.Name, HubSpot: a.HubSpot, Elapsed: elapsed, Requests: r.Requests, Operations: r.Operations}
	if a.HubSpot {
		w.hubspot += elapsed
		w.requests += r.Requests
	}
	out := interp.Outcome{Branch: "success", Elapsed: r.Elapsed}
	switch {
	case r.TimedOut:
		// Whether the platform takes the timeout or the failure branch when the action's own
		// timeout ends first is not documented; the flow treats both alike.
		out.Branch, run.Failure = "timeout", "no answer in time"
	case r.Err != nil:
		out.Branch, run.Failure = "failure", r.Err.Error()
	default:
		run.Failure = late(e, out)
		for _, want := range e.Outputs {
			j, ok := r.Outputs[want.Name]
			if !ok {
				out.Outputs = append(out.Outputs, interp.Named{Name: want.Name, Value: expr.NotSet(want.Type)})
				continue
			}
			v, err := output(j, want.Type)
			if err != nil {
				return interp.Outcome{}, fmt.Errorf("data action %q: output %q: %w", e.Name, want.Name, err)
			}
			out.Outputs = append(out.Outputs, interp.Named{Name: want.Name, Value: v})
		}
	}
	w.runs = append(w.runs, run)
	return out, nil
}

// methodPut is the only method that a breaker uses; this package knows no HTTP of its own.
const methodPut = "PUT"

const genesysBase = "https://api.genesys.invalid"

// rowSender is the platform API as far as a breaker needs it: PUT of a row of the control
// table, kept in this run's memory.
type rowSender struct{ w *orgWorld }

func (s rowSender) Send(_ context.Context, r dataaction.Request) (dataaction.Response, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return dataaction.Response{}, errors.New("the address of the action cannot be read")
	}
	prefix := "/api/v2/flows/datatables/" + s.w.program.tableID + "/rows/"
	key, found := strings.CutPrefix(u.Path, prefix)
	answer := func(status int, body any) (dataaction.Response, error) {
		data, err := json.Marshal(body)
		return dataaction.Response{Status: status, Header: map[string][]string{"Content-Type": {"application/json"}}, Body: data, Latency: tableWrite}, err
	}
	if !found || key == "" || r.Method != methodPut {
		return answer(404, map[string]any{"message": "no such path in a simulated org: " + r.Method + " " + u.Path, "code": "not.found", "status": 404})
	}
	if _, exists := s.w.org.Rows[key]; !exists {
		return answer(404, map[string]any{"message": "no row " + key, "code": "not.found", "status": 404})
	}
	body, err := jsonpath.Decode(r.Body)
	row, isObject := body.ToAny().(map[string]any)
	if err != nil || !isObject || row["key"] != key {
		return answer(400, map[string]any{"message": "the row is no object with its key", "code": "bad.request", "status": 400})
	}
	s.w.org.Rows[key] = row
	return answer(200, row)
}
