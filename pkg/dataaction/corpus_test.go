package dataaction_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/corpus"
	"github.com/dealroute/dealroute/pkg/secret"
)

// Every published action is read, checked, compiled and rendered. What is wrong with some of
// them is found: five hold defaults that are not JSON, one a bearer in the clear.
func TestPublishedActions(t *testing.T) {
	badDefault, literal := map[string]bool{}, 0
	var errs, warnings []string // by code
	for _, file := range corpus.Files(t, "actions") {
		name := filepath.Base(file)
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		d, findings := dataaction.ParseExport(name, data)
		if d == nil || findings.Err() != nil {
			t.Errorf("%s is not read: %v", name, findings)
			continue
		}
		for _, f := range dataaction.Check(d) {

			switch f.Severity {
			case diag.Error:
				errs = append(errs, f.Code)
			case diag.Warning:
				warnings = append(warnings, f.Code)
			}
			switch f.Code {
			case "DA-MAP-004":
				badDefault[name] = true
			case "DA-REQ-005":
				literal++
			}
			if f.Position.Line == 0 || f.Position.File != name {
				t.Errorf("%s has no place", f.Error())
			}
		}
		if !rendered(t, name, d) {
			continue
		}
		again, findings := dataaction.ParseExport(name, d.Export())
		if again == nil || len(findings) > 0 || string(again.Export()) != string(d.Export()) {
			t.Errorf("%s: the export reads back otherwise: %v", name, findings)
		}
	}
	if len(badDefault) != 5 || literal != 1 {
		t.Errorf("%d actions with bad defaults, %d literal secrets", len(badDefault), literal)
	}
	// One bearer in the clear is all that must be changed in 47 actions that work.
	if !slices.Equal(errs, []string{"DA-REQ-005"}) || len(warnings) > 14 {
		t.Errorf("errors %v, %d warnings %v", errs, len(warnings), warnings)
	}
}

// inputs gives every input of the contract a value.
func inputs(d *dataaction.Definition) map[string]any {
	in := map[string]any{}
	for _, f := range dataaction.Flatten(d.Input) {
		switch f.Type {
		case expr.Integer, expr.Decimal:
			in[f.Name] = 7
		case expr.Boolean:
			in[f.Name] = true
		default:
			in[f.Name] = "text"
		}
	}
	return in
}

// unusable names the published actions whose request cannot be sent, with the reason.
var unusable = map[string]string{
	"GenesysCloudBlueprints__scheduling-bot-blueprint__exports_CreateBookingDataAction.json":    "its URL is a placeholder for the name of a Lambda function",
	"GenesysCloudBlueprints__scheduling-bot-blueprint__exports_GetBookableSlotsDataAction.json": "the same",
}

// rendered reports whether the action's request could be made.
func rendered(t *testing.T, name string, d *dataaction.Definition) bool {
	t.Helper()
	p, err := dataaction.Compile(d, dataaction.Options{})
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return false
	}
	credentials := map[string]secret.Value{}
	for _, text := range append([]string{d.Request.URLTemplate, d.Request.Template}, slices.Collect(values(d.Request.Headers))...) {
		for _, part := range strings.Split(text, "credentials.")[1:] {
			field, _, _ := strings.Cut(part, "}")
			credentials[field] = secret.New("https://login.example.com")
		}
	}
	o := dataaction.RunOptions{BaseURL: "https://api.example.com", Credentials: credentials}
	s := &script{answers: []dataaction.Response{ok(`{}`)}}
	if d.ActionType == dataaction.Custom {
		o.Auth = auth(t)
		o.Credentials["clientId"], o.Credentials["clientSecret"] = secret.New("id-1"), secret.New("secret-1")
		s.answers = []dataaction.Response{ok(`{"access_token":"token-1","token":"token-1","token_type":"Bearer"}`), ok(`{}`)}
	}
	r := dataaction.Run(context.Background(), p, inputs(d), s, o)
	sent := len(s.sent) == len(s.answers)
	if _, listed := unusable[name]; sent == listed {
		t.Errorf("%s: sent %v, listed %v: %v", name, sent, listed, r.Err)
	}
	return sent
}

func values(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, k := range keys(m) {
			if !yield(m[k]) {
				return
			}
		}
	}
}

func keys(m map[string]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
