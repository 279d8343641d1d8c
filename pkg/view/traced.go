package view

import (
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// A TracedCall is a Call that tells of each action what went in and came out: what one is asked for
// who follows a few calls. A list of calls has no room for it.
type TracedCall struct {
	Call
	Path   []TracedStep `json:"path"` // in place of the Call's
	Errors []FlowError  `json:"errors"`
}

// A FlowError is what an action of the flow could not do. The call went on in error handling, or ended.
type FlowError struct {
	Action  string `json:"action"`
	Message string `json:"message"`
}

// A TracedStep is a Step with what it was given, gave, and asked the outside for.
type TracedStep struct {
	Step
	Task     string    `json:"task"`
	AtMs     int64     `json:"atMs"` // since the call came in
	Inputs   []Pair    `json:"inputs"`
	Outputs  []Pair    `json:"outputs"`
	Requests []Request `json:"requests"`
	Rows     []Row     `json:"rows"` // of the control table, that it wrote
	Error    *string   `json:"error"`
}

// A Pair is a value with its name.
type Pair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// A Row is a row of the control table.
type Row struct {
	Key     string `json:"key"`
	Columns []Pair `json:"columns"`
}

// A Request is one to HubSpot with what came back.
type Request struct {
	Action string  `json:"action"`
	Method string  `json:"method"`
	URL    string  `json:"url"`     // path and query
	Body   *string `json:"request"` // null: none, or not to be shown
	Status *int    `json:"status"`  // null: no answer
	Reply  *string `json:"reply"`   // likewise
	Ms     int64   `json:"ms"`
	Fault  *string `json:"fault"` // why there was no answer, of the faults that can be made
	Error  *string `json:"error"`
}

// NewTracedCall converts an outcome; steps are those of its path, masked.
func NewTracedCall(o *simulate.Outcome, steps []TracedStep, m *privacy.Mask) TracedCall {
	c := TracedCall{Call: NewCall(o, m), Path: steps, Errors: []FlowError{}}
	for _, p := range o.Result.Problems {
		c.Errors = append(c.Errors, FlowError{p.Action, m.Text(p.Message)})
	}
	return c
}
