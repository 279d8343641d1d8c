package view

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"slices"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/jsonpath"
	"github.com/dealroute/dealroute/pkg/words"
)

// ActionRun is what action run -o json prints. Operations, finalResult, success and error
// are as in Genesys' test of an action.
type ActionRun struct {
	Schema      int                       `json:"schema"`
	Name        string                    `json:"name"`
	Success     bool                      `json:"success"`
	Operations  []dataaction.Operation    `json:"operations"`
	FinalResult json.RawMessage           `json:"finalResult"`
	Outputs     map[string]jsonpath.Value `json:"outputs"`
	Error       *dataaction.APIError      `json:"error"`
	Failure     *dataaction.Error         `json:"failure"` // the same as the flow sees it
	TimedOut    bool                      `json:"timedOut"`
	ElapsedMs   int64                     `json:"elapsedMs"`
	Requests    int                       `json:"requests"`
	Findings    []Finding                 `json:"findings"`
	Assumptions []Assumption              `json:"assumptions"`
}

// NewActionRun converts the result of an action.
func NewActionRun(name string, r *dataaction.Result) ActionRun {
	found, assumed := apart(r.Findings)
	out := ActionRun{
		Schema: Schema, Name: name, Success: r.Err == nil, Operations: r.Operations, FinalResult: json.RawMessage("null"),
		Outputs: r.Outputs, Failure: r.Err, TimedOut: r.TimedOut, ElapsedMs: r.Elapsed.Milliseconds(), Requests: r.Requests,
		Findings: NewFindings(found), Assumptions: assumed,
	}
	if len(r.Final) > 0 {
		out.FinalResult = r.Final
	}
	if out.Operations == nil {
		out.Operations = []dataaction.Operation{}
	}
	if out.Outputs == nil {
		out.Outputs = map[string]jsonpath.Value{}
	}
	if r.Err != nil {
		out.Error = r.Err.API()
	}
	return out
}

// PrintActionRun writes the outputs, and to errs the trace, the findings and why it failed.
func PrintActionRun(out, errs io.Writer, r *dataaction.Result, trace bool) error {
	if trace {
		for _, op := range r.Operations {
			state := "ok"
			if !op.Success {
				state = "failed"
			}
			diag.Fprintf(errs, "%2d  %-26s %-6s %s\n", op.Step, op.Name, state, shorten(op.Result))
		}
	}
	for _, f := range r.Findings.Sorted() {
		f.Path = ""
		if err := diag.Print(errs, f, nil); err != nil {
			return err
		}
	}
	if r.Err != nil {
		diag.Fprintf(errs, "failed: %s, status %d, %s: %s\n", r.Err.ErrorCode, r.Err.Status, r.Err.Details[0].ErrorCode, r.Err.UserMessage)
		for _, e := range r.Err.Errors {
			diag.Fprintf(errs, "  because: %s, status %d: %s\n", e.ErrorCode, e.Status, e.UserMessage)
		}
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(r.Outputs)) {
		if _, err := diag.Fprintf(out, "%s = %s\n", name, r.Outputs[name]); err != nil {
			return err
		}
	}
	diag.Fprintf(errs, "%s, %s\n", words.Count(r.Requests, "request", "requests"), words.Ms(r.Elapsed.Milliseconds()))
	return nil
}

// shorten keeps a trace line on a screen.
func shorten(result json.RawMessage) string {
	const limit = 200
	if bytes.Equal(result, []byte("null")) {
		return ""
	}
	return diag.Shorten(string(result), limit)
}
