package lab

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// An Effect is what the flow asked the outside for at one of its actions.
type Effect struct {
	Kind     interp.EffectKind
	Name     string        // of the data action, table, queue …
	At       diag.Position // of the action in the flow; zero: error handling asked
	Since    time.Duration // from the start of the call
	Sent     []Exchange
	Rows     map[string]map[string]any // that it wrote
	Requests int
}

// An Exchange is a request to HubSpot with what came back.
type Exchange struct {
	Request  dataaction.Request
	Response dataaction.Response
	Err      error
}

// A Recorder keeps what a call asks for, step by step.
type Recorder struct {
	run     *simulate.Run
	effects []Effect
	sent    []Exchange
	rows    map[string]map[string]any
	start   time.Time
}

// Record listens to a run that is about to make a call. The run must have its sender.
func Record(run *simulate.Run, start time.Time) *Recorder {
	r := &Recorder{run: run, rows: maps.Clone(run.Org.Rows), start: start}
	if run.Sender != nil {
		run.Sender = recording{run.Sender, r}
	}
	run.Watch = r.saw
	return r
}

// Effects are those that were asked for, in order.
func (r *Recorder) Effects() []Effect { return r.effects }

func (r *Recorder) saw(e *interp.Effect, _ interp.Outcome) {
	x := Effect{Kind: e.Kind, Name: e.Name, Since: e.At.Sub(r.start), Sent: r.sent}
	if e.Action != nil {
		x.At = e.Action.Pos
	}
	x.Rows = Written(r.rows, r.run.Org.Rows)
	r.sent, r.rows = nil, maps.Clone(r.run.Org.Rows)
	r.effects = append(r.effects, x)
}

// Written are the rows of a table that are not as they were.
func Written(before, after map[string]map[string]any) map[string]map[string]any {
	var out map[string]map[string]any
	for key, row := range after {
		if !reflect.DeepEqual(before[key], row) {
			if out == nil {
				out = map[string]map[string]any{}
			}
			out[key] = row
		}
	}
	return out
}

type recording struct {
	dataaction.Sender
	r *Recorder
}

func (s recording) Send(ctx context.Context, r dataaction.Request) (dataaction.Response, error) {
	a, err := s.Sender.Send(ctx, r)
	s.r.sent = append(s.r.sent, Exchange{r, a, err})
	return a, err
}

// late tells that no answer came.
func (x Exchange) late() bool { return errors.Is(x.Err, dataaction.ErrTimeout) }
