package dataaction

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/jsonpath"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/source"
	"github.com/dealroute/dealroute/pkg/velocity"
)

// DefaultTimeout is how long Genesys waits for a reply when the action does not say.
const DefaultTimeout = 60 * time.Second

// ErrTimeout is what a Sender's error must be (errors.Is) when no reply came in time.
var ErrTimeout = errors.New("no reply within the timeout")

// A Sender makes one HTTP call. An error is a call without a reply.
type Sender interface {
	Send(ctx context.Context, r Request) (Response, error)
}

// A Header is one header field of a request.
type Header struct{ Name, Value string }

// A Request is what goes over the wire for an action.
type Request struct {
	Method  string
	URL     string
	Header  []Header
	Body    []byte // nil for GET
	Timeout time.Duration
	Action  string // name of the action that asks
}

// A Response is what came back. Latency may be virtual; it is all that a run counts.
type Response struct {
	Status  int
	Header  map[string][]string
	Body    []byte
	Latency time.Duration
}

// RunOptions are what an integration adds to its actions.
type RunOptions struct {
	BaseURL     string                  // put before a URL that is a path, as in Genesys Cloud data actions
	Credentials map[string]secret.Value // fields of the integration's credential
	BasicAuth   bool                    // the credential is of type Basic Auth: userName and password
	Bearer      secret.Value            // token that Genesys adds to its own data actions
	Auth        *Auth                   // the integration's custom auth action
	Trace       bool                    // record operations; without it only the failing one is
	Remarks     bool                    // tell of outputs that were dropped or not set
	Timeout     time.Duration           // instead of the action's own; 0 keeps it
	Memo        *Memo                   // of what was made of replies; nil: each is read
}

// A Result is the outcome of one run. Either Err is nil and Outputs is complete, or Err says
// what Genesys would answer.
type Result struct {
	Outputs    map[string]jsonpath.Value // flattened, as Architect names them
	Final      []byte                    // the JSON that the success template gave
	Operations []Operation
	Err        *Error
	TimedOut   bool // the action's own timeout ran out
	Elapsed    time.Duration
	Requests   int // HTTP calls made, auth included
	Findings   diag.Findings
	Made       uint64 // a number of the outputs: runs of one Memo with the same one have the same; 0: not remembered
}

// Run executes a compiled action. It always answers; a cancelled context shows as a failed
// call.
func Run(ctx context.Context, p *Program, input map[string]any, s Sender, o RunOptions) *Result {
	r := &runner{p: p, o: o, sender: s, res: &Result{}, timeout: p.timeout}
	if o.Timeout > 0 {
		r.timeout = o.Timeout
	}
	for _, v := range o.Credentials {
		r.mask.add(v)
	}
	r.mask.add(o.Bearer)
	if err := r.run(ctx, input); err != nil {
		err.EntityName = p.def.Name
		err.UserMessage = r.mask.text(err.UserMessage)
		r.res.Err = err
	}
	return r.res
}

// A runner is one execution.
type runner struct {
	p       *Program
	o       RunOptions
	sender  Sender
	res     *Result
	mask    mask
	vars    map[string]any
	timeout time.Duration
	step    int
}

// done records a step. result is only asked for when there is a trace.
func (r *runner) done(name string, err *Error, result func() any) *Error {
	r.step++
	if err == nil && !r.o.Trace {
		return nil
	}
	op := Operation{Step: r.step, Name: name, Success: err == nil, Result: json.RawMessage("null"), Error: json.RawMessage("null")}
	if result != nil {
		op.Result = r.maskedJSON(result())
	}
	if err != nil {
		op.Error = r.maskedJSON(err.API())
	}
	r.res.Operations = append(r.res.Operations, op)
	return err
}

func (r *runner) maskedJSON(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage("null")
	}
	if masked := []byte(r.mask.text(string(b))); json.Valid(masked) {
		return masked
	}
	return json.RawMessage(`"` + dots + `"`)
}

func (r *runner) note(sev diag.Severity, code, pointer, format string, args ...any) {
	r.res.Findings = append(r.res.Findings, diag.Finding{
		Code: code, Severity: sev, Message: fmt.Sprintf(format, args...), Path: pointer, Position: r.p.def.position(pointer),
	})
}

// assume tells which reading of an undocumented case was taken.
func (r *runner) assume(pointer, format string, args ...any) {
	r.note(diag.Assumption, codeReading, pointer, format, args...)
}

func (r *runner) run(ctx context.Context, input map[string]any) *Error {
	in, err := r.validateInput(input)
	if r.done("validate input", err, func() any { return in }) != nil {
		return err
	}
	r.vars = r.context(in)
	r.done("resolve configuration", nil, func() any { return r.configuration() })
	cached, err := r.authenticate(ctx, false)
	if r.done("resolve credentials", err, func() any { return r.credentialNames() }) != nil {
		return err
	}
	reply, err := r.call(ctx)
	if err == nil && reply.Status == 401 && cached && !r.o.Auth.NoRetry {
		r.assume("", "a 401 with a kept authResponse renewed it and repeated the call once; a service may see the request twice")
		if _, err = r.authenticate(ctx, true); r.done("renew credentials", err, nil) != nil {
			return err
		}
		reply, err = r.call(ctx)
	}
	if err != nil {
		return err
	}
	if err = r.status(reply); err != nil {
		return err
	}
	return r.remembered(reply)
}

// validateInput drops nulls and checks the contract.
func (r *runner) validateInput(input map[string]any) (jsonpath.Value, *Error) {
	members := make([]jsonpath.Member, 0, len(input))
	add := func(name string, x any) *Error {
		v, err := jsonpath.FromAny(x)
		if err != nil {
			return newError("BAD_REQUEST", 400, detailProcessing, name, fmt.Sprintf("Input %q: %v.", name, err))
		}
		if !v.IsNull() { // Genesys: null inputs are removed before the check, since March 2024
			members = append(members, jsonpath.Member{Name: name, Value: v})
		}
		return nil
	}
	for _, m := range r.p.input.root.members { // in the contract's order
		if x, ok := input[m.name]; ok {
			if err := add(m.name, x); err != nil {
				return jsonpath.Value{}, err
			}
		}
	}
	for _, name := range sortedKeys(input) {
		if _, known := r.p.input.root.index[name]; !known {
			if err := add(name, input[name]); err != nil {
				return jsonpath.Value{}, err
			}
		}
	}
	in := jsonpath.Map(members...)
	if bad := r.p.input.check(in, r.p.opts.WholeNumbersOnly); bad != nil {
		return in, newError("INVALID_SCHEMA", 400, detailProcessing, bad.field,
			fmt.Sprintf("The input does not fit the input contract: %s%s.", bad.where(), bad.message))
	}
	return in, nil
}

func (v *violation) where() string {
	if v.field == "" {
		return ""
	}
	return v.field + ": "
}

func (r *runner) context(in jsonpath.Value) map[string]any {
	input := make(map[string]any, in.Len()+1)
	for i := range in.Len() {
		input[in.Name(i)] = in.Index(i).ToAny()
	}
	input["rawRequest"] = in.String()
	credentials := make(map[string]any, len(r.o.Credentials))
	for name, v := range r.o.Credentials {
		credentials[name] = v.Reveal()
	}
	return map[string]any{"input": input, "credentials": credentials}
}

func (r *runner) configuration() any {
	return map[string]any{
		"requestUrlTemplate": r.p.def.Request.URLTemplate, "requestType": r.p.def.Request.Type,
		"timeoutSeconds": r.timeout.Seconds(),
	}
}

func (r *runner) credentialNames() any {
	fields := []string{}
	for _, n := range sortedKeys(r.o.Credentials) {
		fields = append(fields, "credentials."+n)
	}
	if a, ok := r.vars["authResponse"].(map[string]any); ok {
		for _, n := range sortedKeys(a) {
			fields = append(fields, "authResponse."+n)
		}
	}
	return fields
}

func (r *runner) render(t *velocity.Template, vars map[string]any, pointer string) (string, error) {
	return t.Render(vars, velocity.Options{
		Lax: r.p.opts.LiteralReference, FoldCase: !r.p.opts.ExactNames,
		Warn: func(f diag.Finding) {
			f.Path, f.Code, f.Severity = pointer, codeLetterCase, diag.Warning
			f.Position = r.p.def.within(pointer, f.Position.Line, f.Position.Column)
			r.res.Findings = append(r.res.Findings, f)
		},
	})
}

// rendered makes a failed template Genesys' error.
func rendered(name, template string, err error) *Error {
	if err == nil {
		return nil
	}
	return newError("BAD_REQUEST", 400, detailProcessing, name,
		fmt.Sprintf("Transform failed to process request using '%s' template due to error: %v. The template used was: %s", name, err, template))
}

// call renders the request and sends it.
func (r *runner) call(ctx context.Context) (Response, *Error) {
	q := Request{Method: r.p.def.Request.Type, Action: r.p.def.Name}
	var err *Error
	if q.URL, err = r.url(); r.done("resolve request URL", err, func() any { return q.URL }) != nil {
		return Response{}, err
	}
	if q.Header, err = r.header(); r.done("resolve request headers", err, func() any { return r.shown(q.Header) }) != nil {
		return Response{}, err
	}
	if r.p.body != nil {
		q.Body, err = r.body()
	}
	if r.done("resolve request body", err, func() any { return string(q.Body) }) != nil {
		return Response{}, err
	}
	if len(q.Body) > 0 && !hasHeader(q.Header, "Content-Type") {
		q.Header = append(q.Header, Header{"Content-Type", "application/json"})
	}
	reply, err := r.send(ctx, q)
	r.done("call the endpoint", err, func() any {
		return map[string]any{"status": reply.Status, "headers": reply.Header, "milliseconds": reply.Latency.Milliseconds(), "body": string(reply.Body)}
	})
	return reply, err
}

func (r *runner) shown(hs []Header) map[string]string {
	out := map[string]string{}
	for _, h := range hs {
		out[h.Name] = r.mask.header(h).Value
	}
	return out
}

func hasHeader(hs []Header, name string) bool {
	for _, h := range hs {
		if strings.EqualFold(h.Name, name) {
			return true
		}
	}
	return false
}

func (r *runner) url() (string, *Error) {
	u, err := r.render(r.p.url, r.vars, atURL)
	if err != nil {
		return "", rendered(urlName, r.p.def.Request.URLTemplate, err)
	}
	if strings.HasPrefix(u, "/") {
		u = strings.TrimSuffix(r.o.BaseURL, "/") + u
	}
	parsed, err := url.Parse(u)
	if err == nil && (parsed.Host == "" || parsed.Scheme != "https" && parsed.Scheme != "http") {
		err = errors.New("it must begin with https:// and a host")
	}
	if err == nil && strings.ContainsAny(u, " \"<>\\^`{|}") {
		err = errors.New("it holds characters that must be encoded, and a URL is not encoded for you; use $esc.url or $esc.uriEncode")
	}
	if err != nil {
		var e *url.Error
		if errors.As(err, &e) {
			err = e.Err
		}
		return "", newError("BAD_REQUEST", 400, detailProcessing, urlName, fmt.Sprintf("The request URL %q cannot be used: %v.", u, err))
	}
	return u, nil
}

func (r *runner) header() ([]Header, *Error) {
	out := make([]Header, 0, len(r.p.headers)+2)
	for _, h := range r.p.headers {
		v, err := r.render(h.value, r.vars, atHeaders+"/"+source.EscapePointer(h.name))
		if err != nil {
			return nil, rendered(h.name, h.value.Text(), err)
		}
		if strings.ContainsAny(v, "\r\n\x00") {
			return nil, newError("BAD_REQUEST", 400, detailProcessing, h.name, fmt.Sprintf("Header %q has a line break in its value.", h.name))
		}
		out = append(out, Header{h.name, v})
	}
	if r.o.BasicAuth && !hasHeader(out, "Authorization") {
		pair := r.o.Credentials["userName"].Reveal() + ":" + r.o.Credentials["password"].Reveal()
		out = append(out, Header{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(pair))})
	}
	if r.o.Bearer.Set() && !hasHeader(out, "Authorization") {
		out = append(out, Header{"Authorization", "Bearer " + r.o.Bearer.Reveal()})
	}
	return out, nil
}

func (r *runner) body() ([]byte, *Error) {
	if r.p.bodyRaw {
		return []byte(r.vars["input"].(map[string]any)["rawRequest"].(string)), nil
	}
	s, err := r.render(r.p.body, r.vars, atBody)
	if err != nil {
		return nil, rendered(bodyName, r.p.def.Request.Template, err)
	}
	return []byte(s), nil
}

// send makes the call within what is left of the action's time.
func (r *runner) send(ctx context.Context, q Request) (Response, *Error) {
	q.Timeout = r.timeout - r.res.Elapsed
	if q.Timeout <= 0 {
		return Response{}, r.timedOut()
	}
	r.res.Requests++
	reply, err := r.sender.Send(ctx, q)
	r.res.Elapsed += reply.Latency
	switch {
	case errors.Is(err, ErrTimeout), err == nil && reply.Latency > q.Timeout:
		return Response{}, r.timedOut()
	case err != nil:
		return Response{}, newError("INTERNAL_SERVER_ERROR", 500, detailRemote, "", fmt.Sprintf("The remote endpoint could not be reached: %v.", err))
	}
	return reply, nil
}

func (r *runner) timedOut() *Error {
	r.res.TimedOut, r.res.Elapsed = true, r.timeout
	return newError("REQUEST_TIMEOUT", 504, detailRemote, "", fmt.Sprintf("The remote endpoint did not answer within %s.", r.timeout))
}
