package dataaction_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/secret"
)

// A script answers calls in order and keeps them.
type script struct {
	answers []dataaction.Response
	errs    []error
	sent    []dataaction.Request
}

func (s *script) Send(_ context.Context, r dataaction.Request) (dataaction.Response, error) {
	i := len(s.sent)
	s.sent = append(s.sent, r)
	var err error
	if i < len(s.errs) {
		err = s.errs[i]
	}
	if i < len(s.answers) {
		return s.answers[i], err
	}
	return dataaction.Response{}, cmpErr(err)
}

func cmpErr(err error) error {
	if err == nil {
		return errors.New("nothing more to answer")
	}
	return err
}

func ok(body string) dataaction.Response {
	return dataaction.Response{Status: 200, Body: []byte(body), Latency: 40 * time.Millisecond}
}

// find is an action with every part in use.
func find() *dataaction.Definition {
	return &dataaction.Definition{
		Name: "find", IntegrationType: dataaction.WebServices, ActionType: dataaction.Custom, TimeoutSeconds: 3,
		Request: dataaction.RequestConfig{
			URLTemplate: "https://api.example.com/search?phone=$esc.url(${input.phone})",
			Type:        "POST",
			Headers:     map[string]string{"Authorization": "Bearer ${credentials.token}", "Content-Type": "application/json", "Transfer-Encoding": "buffered"},
			Template:    `{"phone":"$esc.jsonString($input.phone)","limit":#if("$!{input.limit}" != "")${input.limit}#{else}1#end}`,
		},
		Response: dataaction.ResponseConfig{
			TranslationMap:  map[string]string{"id": "$.results[0].id", "total": "$.total", "tiers": "$.results[*].tier"},
			Defaults:        map[string]string{"id": `""`, "total": "0", "tiers": "[]"},
			SuccessTemplate: `{"contact":{"id":${id}},"total":${total},"tiers":${tiers}}`,
		},
		Input:  json.RawMessage(`{"type":"object","required":["phone"],"properties":{"phone":{"type":"string"},"limit":{"type":"integer"}},"additionalProperties":false}`),
		Output: json.RawMessage(`{"type":"object","properties":{"contact":{"type":"object","properties":{"id":{"type":"string"}}},"total":{"type":"integer"},"tiers":{"type":"array","items":{"type":"string"}}}}`),
	}
}

func compile(t testing.TB, d *dataaction.Definition, o dataaction.Options) *dataaction.Program {
	t.Helper()
	p, err := dataaction.Compile(d, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func outputs(r *dataaction.Result) string {
	if r.Err != nil {
		return fmt.Sprintf("%s %d %s", r.Err.ErrorCode, r.Err.Status, r.Err.Details[0].ErrorCode)
	}
	b, _ := json.Marshal(r.Outputs)
	return string(b)
}

var token = map[string]secret.Value{"token": secret.New("s3cr3t-token")}

func TestRunSendsWhatTheTemplatesSay(t *testing.T) {
	s := &script{answers: []dataaction.Response{ok(`{"total":1,"results":[{"id":"51","tier":"gold"}]}`)}}
	r := dataaction.Run(t.Context(), compile(t, find(), dataaction.Options{}), map[string]any{"phone": `+49 "1"`, "limit": nil}, s,
		dataaction.RunOptions{Credentials: token})
	want := []dataaction.Request{{
		Method: "POST", URL: "https://api.example.com/search?phone=%2B49+%221%22",
		Header:  []dataaction.Header{{Name: "Authorization", Value: "Bearer s3cr3t-token"}, {Name: "Content-Type", Value: "application/json"}},
		Body:    []byte(`{"phone":"+49 \"1\"","limit":1}`),
		Timeout: 3 * time.Second, Action: "find",
	}}
	if d := cmp.Diff(want, s.sent); d != "" {
		t.Error(d)
	}
	if got := outputs(r); got != `{"contact.id":"51","tiers":["gold"],"total":1}` {
		t.Error(got)
	}
	if r.Requests != 1 || r.Elapsed != 40*time.Millisecond || len(r.Operations) != 0 || len(r.Findings) != 0 {
		t.Errorf("got %+v", r)
	}
}

// Every row of the table of replies in the package's facts, under the default readings.
func TestReplies(t *testing.T) {
	for name, c := range map[string]struct {
		reply dataaction.Response
		err   error
		opts  dataaction.Options
		want  string
	}{
		"defaults":              {reply: ok(`{"results":[]}`), want: `{"contact.id":"","tiers":[],"total":0}`},
		"null is no default":    {reply: ok(`{"total":null,"results":[{"id":"1"}]}`), want: "INVALID_SCHEMA 400 ACTION.PROCESSING"},
		"null dropped":          {reply: ok(`{"total":null,"results":[{"id":"1","tier":null}]}`), opts: dataaction.Options{DropNullOutputs: true}, want: `{"contact.id":"1","tiers":[]}`},
		"null in a list":        {reply: ok(`{"results":[{"id":"1","tier":null}]}`), want: "INVALID_SCHEMA 400 ACTION.PROCESSING"},
		"2.0 is whole":          {reply: ok(`{"total":2.0,"results":[]}`), want: `{"contact.id":"","tiers":[],"total":2.0}`},
		"2.0 is not":            {reply: ok(`{"total":2.0,"results":[]}`), opts: dataaction.Options{WholeNumbersOnly: true}, want: "INVALID_SCHEMA 400 ACTION.PROCESSING"},
		"wrong type":            {reply: ok(`{"total":"x","results":[]}`), want: "INVALID_SCHEMA 400 ACTION.PROCESSING"},
		"html":                  {reply: ok(`<html>`), want: "BAD_REQUEST 400 ACTION.REMOTE_ENDPOINT"},
		"50 levels":             {reply: ok(`{"results":` + strings.Repeat("[", 49) + strings.Repeat("]", 49) + `}`), want: `{"contact.id":"","tiers":[],"total":0}`},
		"51 levels":             {reply: ok(`{"results":` + strings.Repeat("[", 50) + strings.Repeat("]", 50) + `}`), want: "BAD_REQUEST 400 ACTION.REMOTE_ENDPOINT"},
		"empty":                 {reply: dataaction.Response{Status: 204}, want: "BAD_REQUEST 400 ACTION.PROCESSING"},
		"empty refused":         {reply: dataaction.Response{Status: 204}, opts: dataaction.Options{EmptyBodyFails: true}, want: "BAD_REQUEST 400 ACTION.REMOTE_ENDPOINT"},
		"429":                   {reply: dataaction.Response{Status: 429, Body: []byte("{}")}, want: "TOO_MANY_REQUESTS 429 ACTION.REMOTE_ENDPOINT"},
		"500":                   {reply: dataaction.Response{Status: 500}, want: "INTERNAL_SERVER_ERROR 500 ACTION.REMOTE_ENDPOINT"},
		"502 with html":         {reply: dataaction.Response{Status: 502, Body: []byte("<html>")}, want: "BAD_GATEWAY 502 ACTION.REMOTE_ENDPOINT"},
		"418":                   {reply: dataaction.Response{Status: 418}, want: "BAD_REQUEST 418 ACTION.REMOTE_ENDPOINT"},
		"redirect":              {reply: dataaction.Response{Status: 302}, want: "BAD_REQUEST 302 ACTION.REMOTE_ENDPOINT"},
		"reset":                 {err: errors.New("connection reset"), want: "INTERNAL_SERVER_ERROR 500 ACTION.REMOTE_ENDPOINT"},
		"timeout":               {err: fmt.Errorf("waiting: %w", dataaction.ErrTimeout), want: "REQUEST_TIMEOUT 504 ACTION.REMOTE_ENDPOINT"},
		"virtual time too long": {reply: dataaction.Response{Status: 200, Body: []byte("{}"), Latency: 4 * time.Second}, want: "REQUEST_TIMEOUT 504 ACTION.REMOTE_ENDPOINT"},
	} {
		t.Run(name, func(t *testing.T) {
			d := find()
			if strings.HasPrefix(name, "empty") { // nothing maps to a default of results
				delete(d.Response.Defaults, "tiers")
			}
			s := &script{answers: []dataaction.Response{c.reply}, errs: []error{c.err}}
			r := dataaction.Run(t.Context(), compile(t, d, c.opts), map[string]any{"phone": "1"}, s, dataaction.RunOptions{Credentials: token})
			if got := outputs(r); got != c.want {
				t.Errorf("got %s, want %s (%v)", got, c.want, r.Err)
			}
			if timeout := strings.HasPrefix(c.want, "REQUEST_TIMEOUT"); timeout != r.TimedOut || timeout && r.Elapsed != 3*time.Second {
				t.Errorf("timed out %v after %s", r.TimedOut, r.Elapsed)
			}
			if len(r.Operations) > 1 || (r.Err != nil) != (len(r.Operations) == 1) {
				t.Errorf("without a trace only the failing step is told: %+v", r.Operations)
			}
		})
	}
}

func TestInputContract(t *testing.T) {
	p := compile(t, find(), dataaction.Options{})
	for in, want := range map[string]string{
		`{}`:                      "INVALID_SCHEMA 400 ACTION.PROCESSING",
		`{"phone":null}`:          "INVALID_SCHEMA 400 ACTION.PROCESSING",
		`{"phone":1}`:             "INVALID_SCHEMA 400 ACTION.PROCESSING",
		`{"phone":"1","other":1}`: "INVALID_SCHEMA 400 ACTION.PROCESSING",
	} {
		var m map[string]any
		if err := json.Unmarshal([]byte(in), &m); err != nil {
			t.Fatal(err)
		}
		s := &script{}
		r := dataaction.Run(t.Context(), p, m, s, dataaction.RunOptions{})
		if got := outputs(r); got != want || len(s.sent) != 0 || r.Requests != 0 {
			t.Errorf("%s: got %s, %d requests", in, got, r.Requests)
		}
	}
}

// A template that asks for what is not there fails before anything is sent; the lax reading
// prints the reference.
func TestMissingReference(t *testing.T) {
	d := find()
	d.Request.Template = `{"limit":"${input.limit}"}`
	in := map[string]any{"phone": "1"}
	s := &script{answers: []dataaction.Response{ok(`{}`)}}
	r := dataaction.Run(t.Context(), compile(t, d, dataaction.Options{}), in, s, dataaction.RunOptions{Credentials: token})
	if got := outputs(r); got != "BAD_REQUEST 400 ACTION.PROCESSING" || len(s.sent) != 0 {
		t.Errorf("strict: %s", got)
	}
	dataaction.Run(t.Context(), compile(t, d, dataaction.Options{LiteralReference: true}), in, s, dataaction.RunOptions{Credentials: token})
	if len(s.sent) != 1 || string(s.sent[0].Body) != `{"limit":"${input.limit}"}` {
		t.Errorf("lax: %+v", s.sent)
	}
}

func TestTraceIsCompleteAndMasked(t *testing.T) {
	s := &script{answers: []dataaction.Response{ok(`{"total":1,"echo":"s3cr3t-token","results":[]}`)}}
	r := dataaction.Run(t.Context(), compile(t, find(), dataaction.Options{}), map[string]any{"phone": "1"}, s,
		dataaction.RunOptions{Credentials: token, Trace: true})
	b, err := json.Marshal(r.Operations)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), "s3cr3t") {
		t.Errorf("a secret shows: %s", b)
	}
	for i, op := range r.Operations {
		if op.Step != i+1 || !op.Success {
			t.Errorf("step %d: %+v", i+1, op)
		}
	}
	// Genesys: the success template is step 10 of a published test.
	if n := len(r.Operations); n != 12 || r.Operations[9].Name != "apply the success template" {
		t.Errorf("%d steps: %s", n, b)
	}
}

func auth(t testing.TB) *dataaction.Auth {
	return &dataaction.Auth{Program: compile(t, &dataaction.Definition{
		Name: "auth", IntegrationType: dataaction.WebServices, ActionType: dataaction.CustomAuth,
		Request: dataaction.RequestConfig{
			URLTemplate: "https://login.example.com/token", Type: "POST",
			Headers:  map[string]string{"Authorization": `Basic $encoding.base64("${credentials.clientId}:${credentials.clientSecret}")`, "Content-Type": "application/x-www-form-urlencoded"},
			Template: "grant_type=client_credentials",
		},
		Response: dataaction.ResponseConfig{SuccessTemplate: "${rawResult}"},
		Input:    json.RawMessage(`{"type":"object","properties":{}}`),
		Output:   json.RawMessage(`{"type":"object","properties":{},"additionalProperties":true}`),
	}, dataaction.Options{})}
}

func TestAuthAction(t *testing.T) {
	d := find()
	d.Request.Headers["Authorization"] = "Bearer ${authResponse.access_token}"
	p := compile(t, d, dataaction.Options{})
	good, done := ok(`{"access_token":"tok-1"}`), ok(`{"total":1,"results":[]}`)
	refused := dataaction.Response{Status: 401, Body: []byte(`{"error":"invalid_client c-secret"}`)}
	o := dataaction.RunOptions{Credentials: map[string]secret.Value{"clientId": secret.New("c-id"), "clientSecret": secret.New("c-secret")}}
	run := func(a *dataaction.Auth, s *script) *dataaction.Result {
		o.Auth = a
		return dataaction.Run(t.Context(), p, map[string]any{"phone": "1"}, s, o)
	}

	a := auth(t)
	if r := run(a, &script{answers: []dataaction.Response{good, done}}); r.Err != nil || r.Requests != 2 {
		t.Fatalf("first: %v, %d requests", r.Err, r.Requests)
	}
	if r := run(a, &script{answers: []dataaction.Response{done}}); r.Err != nil || r.Requests != 1 {
		t.Fatalf("kept: %v, %d requests", r.Err, r.Requests)
	}
	s := &script{answers: []dataaction.Response{refused, ok(`{"access_token":"tok-2"}`), done}}
	if r := run(a, s); r.Err != nil || r.Requests != 3 || s.sent[2].Header[0].Value != "Bearer tok-2" || !r.Findings.Has(diag.Assumption) {
		t.Fatalf("renewed: %v, %d requests, %+v", r.Err, r.Requests, s.sent)
	}
	a.NoRetry = true
	if r := run(a, &script{answers: []dataaction.Response{refused}}); outputs(r) != "UNAUTHORIZED 401 ACTION.REMOTE_ENDPOINT" {
		t.Fatalf("no retry: %s", outputs(r))
	}
	a.NoCache = true
	if r := run(a, &script{answers: []dataaction.Response{good, done}}); r.Requests != 2 {
		t.Fatalf("no cache: %d requests", r.Requests)
	}
	r := run(auth(t), &script{answers: []dataaction.Response{refused}})
	if outputs(r) != "INVALID_CREDENTIALS 400 ACTION.AUTHENTICATION" || len(r.Err.Errors) != 1 || r.Requests != 1 {
		t.Fatalf("refused: %s", outputs(r))
	}
	if r := run(auth(t), &script{errs: []error{dataaction.ErrTimeout}}); !r.TimedOut || r.Err.Status != 504 {
		t.Fatalf("timeout: %+v", r)
	}
}

func TestIntegrationAddsItsParts(t *testing.T) {
	d := find()
	d.Request = dataaction.RequestConfig{URLTemplate: "/api/v2/users/$input.phone", Type: "GET", Template: "${input.rawRequest}"}
	for name, c := range map[string]struct {
		o    dataaction.RunOptions
		want string
	}{
		"bearer": {dataaction.RunOptions{BaseURL: "https://api.mypurecloud.com/", Bearer: secret.New("tok")}, "Bearer tok"},
		"basic":  {dataaction.RunOptions{BaseURL: "https://x.example", BasicAuth: true, Credentials: map[string]secret.Value{"userName": secret.New("u"), "password": secret.New("p")}}, "Basic dTpw"},
	} {
		s := &script{answers: []dataaction.Response{ok(`{}`)}}
		dataaction.Run(t.Context(), compile(t, d, dataaction.Options{}), map[string]any{"phone": "7"}, s, c.o)
		if len(s.sent) != 1 || s.sent[0].Body != nil || s.sent[0].Header[0].Value != c.want || !strings.HasSuffix(s.sent[0].URL, "/api/v2/users/7") {
			t.Errorf("%s: %+v", name, s.sent)
		}
	}
}

func TestRawResultAndTrailingText(t *testing.T) {
	d := find()
	d.Response = dataaction.ResponseConfig{SuccessTemplate: `{"total": ${rawResult}}}`}
	s := func() *script { return &script{answers: []dataaction.Response{ok(`7`)}} }
	r := dataaction.Run(t.Context(), compile(t, d, dataaction.Options{}), map[string]any{"phone": "1"}, s(), dataaction.RunOptions{Credentials: token})
	if outputs(r) != `{"total":7}` || !r.Findings.Has(diag.Warning) {
		t.Errorf("got %s, %v", outputs(r), r.Findings)
	}
	r = dataaction.Run(t.Context(), compile(t, d, dataaction.Options{RejectTrailing: true}), map[string]any{"phone": "1"}, s(), dataaction.RunOptions{Credentials: token})
	if outputs(r) != "BAD_REQUEST 400 ACTION.PROCESSING" || !strings.HasPrefix(r.Err.UserMessage, "Transform failed to process result using 'successTemplate' template due to error:") {
		t.Errorf("got %v", r.Err)
	}
	d.Response = dataaction.ResponseConfig{SuccessTemplate: "${rawResult}"}
	r = dataaction.Run(t.Context(), compile(t, d, dataaction.Options{}), map[string]any{"phone": "1"}, &script{answers: []dataaction.Response{{Status: 202}}}, dataaction.RunOptions{Credentials: token})
	if outputs(r) != `{}` || string(r.Final) != "{}" || !r.Findings.Has(diag.Assumption) {
		t.Errorf("empty: %s %s %v", outputs(r), r.Final, r.Findings)
	}
}

func TestErrorShapes(t *testing.T) {
	s := &script{answers: []dataaction.Response{{Status: 500}}}
	r := dataaction.Run(t.Context(), compile(t, find(), dataaction.Options{}), map[string]any{"phone": "1"}, s, dataaction.RunOptions{Credentials: token})
	b, err := json.Marshal(r.Err)
	if err != nil {
		t.Fatal(err)
	}
	var keys map[string]any
	if err := json.Unmarshal(b, &keys); err != nil || len(keys) != 10 {
		t.Errorf("the error contract has ten names: %s", b)
	}
	var api struct {
		Code   string
		Status int
	}
	if err := json.Unmarshal(r.Operations[0].Error, &api); err != nil || api.Code != "internal.server.error" || api.Status != 500 {
		t.Errorf("got %s", r.Operations[0].Error)
	}
}

func TestFlatten(t *testing.T) {
	contract := json.RawMessage(`{"type":"object","required":["a"],"properties":{
		"a":{"type":"string"},"o":{"type":"object","properties":{"n":{"type":["integer","null"]},"deep":{"type":"object","properties":{"x":{"type":"number"}}}}},
		"list":{"type":"array","items":{"type":"boolean"}},
		"p":{"type":"array","items":{"type":"object","properties":{"key":{"type":"string"},"value":{"type":"string"}}}},
		"errors":{"type":"array","items":{"type":"object"}},"any":{}}}`)
	want := []expr.Field{
		{Name: "a", Type: expr.String, Required: true}, {Name: "o.n", Type: expr.Integer}, {Name: "o.deep.x", Type: expr.Decimal},
		{Name: "list", Type: expr.Boolean.List()}, {Name: "p.key", Type: expr.String.List()}, {Name: "p.value", Type: expr.String.List()},
	}
	if d := cmp.Diff(want, dataaction.Flatten(contract)); d != "" {
		t.Error(d)
	}
	root := json.RawMessage(`{"type":"array","items":{"type":"object","properties":{"Id":{"type":"string"}}}}`)
	if d := cmp.Diff([]expr.Field{{Name: "Id", Type: expr.String.List()}}, dataaction.Flatten(root)); d != "" {
		t.Error(d)
	}

	d := find()
	d.Output, d.Response = contract, dataaction.ResponseConfig{SuccessTemplate: "${rawResult}"}
	body := `{"a":"x","o":{"n":null,"deep":{"x":1.5}},"list":[true],"p":[{"key":"k1"},{"key":"k2","value":"v2"}],"errors":[{}],"extra":1}`
	for opts, want := range map[dataaction.Options]string{
		{}:                `{"a":"x","list":[true],"o.deep.x":1.5,"o.n":null,"p.key":["k1","k2"],"p.value":[null,"v2"]}`,
		{ShiftGaps: true}: `{"a":"x","list":[true],"o.deep.x":1.5,"o.n":null,"p.key":["k1","k2"],"p.value":["v2"]}`,
	} {
		r := dataaction.Run(t.Context(), compile(t, d, opts), map[string]any{"phone": "1"}, &script{answers: []dataaction.Response{ok(body)}}, dataaction.RunOptions{Credentials: token})
		if got := outputs(r); got != want {
			t.Errorf("%+v: got %s (%v)", opts, got, r.Err)
		}
	}
}
