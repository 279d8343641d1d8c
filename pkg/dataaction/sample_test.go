package dataaction_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/secret"
)

// What is sent with made-up inputs is looked at: what can never work is an error, and what
// works with some input is none.
func TestSampledRequests(t *testing.T) {
	const contract = `{"type":"object","required":["q"],"properties":{"q":{"type":"string"},"n":{"type":"number"},"i":{"type":"integer"},"b":{"type":"boolean"},"json":{"type":"string"}}}`
	for _, c := range []struct {
		url, body string
		header    string
		want      string // code; empty: none of these
	}{
		{body: `{"a":"$esc.jsonString(${input.q})","n":#if("$!{input.n}" != "")${input.n}#{else}null#end}`},
		{body: `{"a":"$esc.jsonString(${input.q})"#if("$!{input.n}" != ""),"n":${input.n}#end}`},
		{body: `{"a":"$esc.jsonString(${input.q})" "b":1}`, want: "DA-REQ-009"},
		{body: `{"a":"$esc.jsonString(${input.q})",}`, want: "DA-REQ-009"},
		{body: `{"a":$esc.jsonString(${input.q})}`, want: "DA-REQ-009"},
		{body: `{a:"$esc.jsonString(${input.q})"}`, want: "DA-REQ-009"},
		{body: `{'a':'$esc.jsonString(${input.q})'}`, want: "DA-REQ-009"},
		{body: `{"a":"$esc.jsonString(${input.q})"`, want: "DA-REQ-009"},
		{body: `{"a":"$esc.jsonString(${input.q})"} trailing`, want: "DA-REQ-009"},
		{body: `{"n":$!{input.n}}`, want: "DA-REQ-009"},
		{body: `{"n":$!{input.n},"a":1}`, want: "DA-REQ-009"},
		{body: `{"b":$!input.b}`, want: "DA-REQ-009"},
		{body: `{"n":"$!{input.n}"}`},
		{body: `{"filter":${input.q}}`}, // a text may hold JSON
		{body: `{"filter":${input.json},"a":"$esc.jsonString(${input.q})"}`},
		{body: `[${input.q}]`},
		{body: `${input.q}`},
		{body: `a=$esc.url(${input.q})`, header: "application/x-www-form-urlencoded"},
		{body: `a=$esc.url(${input.q})`, want: "DA-REQ-009"},
		{body: ``},
		{body: `${input.rawRequest}`},
		{body: `{"raw":${input.rawRequest}}`},
		{body: `{"a":"$esc.jsonString(${credentials.x})"}`},
		{url: "https://api.example.com/a b", want: "DA-REQ-007"},
		{url: `https://api.example.com/"x"`, want: "DA-REQ-007"},
		{url: "https://api.example.com/{id}", want: "DA-REQ-007"},
		{url: "https://[YOUR SERVER]/x", want: "DA-REQ-008"},
		{url: "https://<YOUR SERVER>/x", want: "DA-REQ-008"},
		{url: "file:///etc/passwd", want: "DA-REQ-007"},
		{url: "ftp://example.com/x", want: "DA-REQ-007"},
		{url: "api.example.com/x", want: "DA-REQ-007"},
		{url: "https://api.example.com/\tx", want: "DA-REQ-007"},
		{url: "https://api.example.com/x\n", want: "DA-REQ-007"},
		{url: "https://$${input.q}.example.com/", want: "DA-REQ-008"},
		{url: "https://api.example.com/$esc.uriEncode(${input.q})?x=$esc.url($!{input.json})"},
		{url: "https://${credentials.host}/x"},
		{url: "${credentials.base}/x"},
		{url: "${input.q}/x"},
		{url: "https://api.example.com/#if($input.b)x#{else}y#end"},
		{url: "https://api.example.com:8443/x?filter[]=1"},
		{url: "https://api.example.com/x?q=%7B%22a%22%3A1%7D"},
	} {
		url, body := c.url, c.body
		if url == "" {
			url = "https://api.example.com/x"
		}
		header := "application/json"
		if c.header != "" {
			header = c.header
		}
		text := action(t, url, header, body, "${rawResult}", contract, `{"type":"object","properties":{}}`)
		var got []string
		for _, f := range check(t, text) {
			if strings.HasPrefix(f.Code, "DA-REQ-0") {
				got = append(got, f.Code)
			}
		}
		if c.want == "" && len(got) > 0 || c.want != "" && !slices.Contains(got, c.want) {
			t.Errorf("%s %s: %v, want %q", c.url, c.body, got, c.want)
		}
	}
}

// A search that HubSpot answers with everybody is found, and one that it does not is not.
func TestSearchesOfHubSpot(t *testing.T) {
	const contract = `{"type":"object","required":["q"],"properties":{"q":{"type":"string"},"o":{"type":"string"}}}`
	const filter = `{"propertyName":"phone","operator":"EQ","value":"$esc.jsonString(${input.q})"}`
	for _, c := range []struct{ body, want string }{
		{`{"filterGroups":[{"filters":[` + filter + `]}],"properties":["email"],"limit":1}`, ""},
		{`{"filters":[` + filter + `]}`, ""},
		{`{"query":"$esc.jsonString(${input.q})"}`, ""},
		{`{"filterGroup":[{"filters":[` + filter + `]}]}`, "DA-REQ-010 DA-REQ-011"},
		{`{"filter_groups":[{"filters":[` + filter + `]}]}`, "DA-REQ-010 DA-REQ-011"},
		{`{"filterGroups":[{"filter":[` + filter + `]}]}`, "DA-REQ-010 DA-REQ-011"},
		{`{"filterGroups":[{"filters":[{"property_name":"phone","operator":"EQ","value":"x"}]}]}`, "DA-REQ-010"},
		{`{"filterGroups":[{"filters":[{"propertyName":"phone","op":"EQ","value":"x"}]}]}`, "DA-REQ-010"},
		{`{"filterGroups":[],"properties":["email"]}`, "DA-REQ-011"},
		{`{"properties":["email"]}`, "DA-REQ-011"},
		{`{"filterGroups":[#if("$!{input.o}" != ""){"filters":[` + filter + `]}#end]}`, "DA-REQ-011"},
	} {
		for _, url := range []string{"https://api.hubapi.com/crm/v3/objects/contacts/search", "https://api-eu1.hubapi.com/crm/objects/2026-09/deals/search", "https://api.example.com/crm/v3/objects/contacts/search"} {
			text := action(t, url, "application/json", c.body, "${rawResult}", contract, `{"type":"object","properties":{}}`)
			var got []string
			for _, f := range check(t, text) {
				if strings.HasPrefix(f.Code, "DA-REQ-01") {
					got = append(got, f.Code)
				}
			}
			slices.Sort(got)
			want := c.want
			if strings.Contains(url, "example") {
				want = ""
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%s %s: %v, want %q", url, c.body, got, want)
			}
		}
	}
}

// What the success template writes is compared with the contract, and a mapped text has its
// quotes.
func TestSuccessTemplates(t *testing.T) {
	const output = `{"type":"object","properties":{"name":{"type":"string"},"count":{"type":"integer"}}}`
	for _, c := range []struct{ template, want string }{
		{`{"name": ${name}, "count": ${count}}`, ""},
		{`{"Name": ${name}, "count": ${count}}`, "DA-OUT-005"},
		{`{"name": ${name}, "count": ${count}, "extra": 1}`, "DA-OUT-005"},
		{`{"name": ${name}}`, "DA-MAP-008 DA-OUT-006"},
		{`{"name": ${name}#if($count == 1), "count": ${count}#end}`, ""},
		{`{rawResult}`, "DA-MAP-008 DA-MAP-008 DA-OUT-002"},
		{`{"name": ${name}, "count": ${count}`, "DA-OUT-002"},
		{`{"name": #if($name == "active")"a"#{else}"b"#end, "count": ${count}}`, "DA-OUT-007"},
		{`{"name": #if("active" != ${name})"a"#{else}"b"#end, "count": ${count}}`, "DA-OUT-007"},
		{`{"name": #if($name.equals("active"))"a"#{else}"b"#end, "count": ${count}}`, "DA-OUT-007"},
		{`{"name": #if($name == '"active"')"a"#{else}"b"#end, "count": ${count}}`, ""},
		{`{"name": #if($count == 5)"a"#{else}"b"#end, "count": ${count}}`, "DA-MAP-008"},
		{`{"name": "$esc.jsonString(${name})", "count": ${count}}`, "DA-OUT-007"},
		{`{"name": "$esc.jsonEncode($name)", "count": ${count}}`, "DA-OUT-007"},
	} {
		text := action(t, "https://api.example.com/x", "application/json", `{}`, c.template, `{"type":"object","properties":{}}`, output)
		var got []string
		for _, f := range check(t, text) {
			got = append(got, f.Code)
		}
		slices.Sort(got)
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %q", c.template, got, c.want)
		}
	}
}

// action writes an export whose translation map gives name and count.
func action(t *testing.T, url, contentType, body, success, input, output string) string {
	t.Helper()
	quoted := func(s string) string {
		q, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		return string(q)
	}
	mapped, defaults := `{"name": "$.name", "count": "$.count"}`, `{"name": "\"\"", "count": "0"}`
	if success == "${rawResult}" {
		mapped, defaults = "{}", "{}"
	}
	return fmt.Sprintf(`{"name": "a", "integrationType": "custom-rest-actions", "actionType": "custom", "secure": false,
 "config": {"request": {"requestUrlTemplate": %s, "requestType": "POST", "headers": {"Content-Type": %q}, "requestTemplate": %s},
  "response": {"translationMap": %s, "translationMapDefaults": %s, "successTemplate": %s}},
 "contract": {"input": {"inputSchema": %s}, "output": {"successSchema": %s}}}`, quoted(url), contentType, quoted(body), mapped, defaults, quoted(success), input, output)
}

// A run that is asked for remarks tells which members were dropped and which outputs are
// empty; one that is not tells nothing.
func TestRemarks(t *testing.T) {
	d := find()
	d.Output = json.RawMessage(`{"type":"object","properties":{"userName":{"type":"string"},"id":{"type":"string"}}}`)
	d.Response = dataaction.ResponseConfig{TranslationMap: map[string]string{"n": "$.n"}, Defaults: map[string]string{"n": `""`}, SuccessTemplate: `{"username": ${n}}`}
	p := compile(t, d, dataaction.Options{})
	for _, asked := range []bool{true, false} {
		r := dataaction.Run(t.Context(), p, map[string]any{"phone": "+1"}, &script{answers: []dataaction.Response{ok(`{"n":"x"}`)}}, dataaction.RunOptions{Remarks: asked, Credentials: map[string]secret.Value{"token": secret.New("x")}})
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		var got []string
		for _, f := range r.Findings {
			got = append(got, f.Message+" "+f.Hint)
		}
		want := []string{`"username" was written and dropped: the output contract does not have it did you mean "userName"`, `output "userName" was not set `, `output "id" was not set `}
		if !asked {
			want = nil
		}
		if !slices.Equal(got, want) {
			t.Errorf("asked %v: %q", asked, got)
		}
	}
}

// Members are compared at every depth; of a reply that is passed on the many that are dropped
// are told in one remark.
func TestNestedRemarks(t *testing.T) {
	d := find()
	d.Output = json.RawMessage(`{"type":"object","properties":{"user":{"type":"object","properties":{"firstName":{"type":"string"},"id":{"type":"string"}}},"deals":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"}}}}}}`)
	d.Response = dataaction.ResponseConfig{SuccessTemplate: "${rawResult}"}
	p := compile(t, d, dataaction.Options{})
	for reply, want := range map[string][]string{
		`{"user":{"firstname":"x","id":"1"},"deals":[{"id":"1"},{"ID":"2"}]}`: {`"user.firstname" was written and dropped: the output contract does not have it did you mean "firstName"`, `"deals.ID" was written and dropped: the output contract does not have it did you mean "id"`, `output "user.firstName" was not set `, `output "deals.id" was not set `},
		`{"user":{"firstName":"x","id":"1"},"deals":[]}`:                      nil,
		`{"deals":[]}`: {`output "user" was not set `},
		`{"user":{"firstName":"x","id":"1"},"deals":[],"a1":1,"b1":1,"c1":1,"d1":1,"e1":1,"f1":1}`: {`6 members were written and dropped, which the output contract does not have: "a1", "b1", "c1", "d1", "e1", … `},
	} {
		r := dataaction.Run(t.Context(), p, map[string]any{"phone": "+1"}, &script{answers: []dataaction.Response{ok(reply)}}, dataaction.RunOptions{Remarks: true, Credentials: map[string]secret.Value{"token": secret.New("x")}})
		var got []string
		for _, f := range r.Findings {
			got = append(got, f.Message+" "+f.Hint)
		}
		if r.Err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q %v", reply, got, r.Err)
		}
	}
}

// What only other expressions than Go's can do is no mistake of a contract.
func TestPatternsOfContracts(t *testing.T) {
	for pattern, want := range map[string]bool{`^(?!x)a+$`: true, `(?<=a)b`: true, `(a)\\1`: true, `^[0-9]+$`: true, `(`: false} {
		fs := check(t, action(t, "https://api.example.com/x", "application/json", "{}", "${rawResult}", `{"type":"object","properties":{"a":{"type":"string","pattern":"`+strings.ReplaceAll(pattern, `\\`, `\\\\`)+`"}}}`, `{"type":"object"}`))
		if fs.Err() == nil != want {
			t.Errorf("%s: %v", pattern, fs)
		}
	}
}

// Integration types: one of Genesys' own is no finding, a function needs no address.
func TestIntegrationTypes(t *testing.T) {
	for kind, want := range map[string]string{
		"custom-rest-actions": "", "aws-lambda-data-actions": "", "zendesk-data-actions": "", "new-kind-data-actions": "info DA-FILE-007",
		"custom-rest-action": "warning DA-FILE-007", "custom_rest_actions": "warning DA-FILE-007", "rest": "warning DA-FILE-007",
	} {
		text := strings.Replace(action(t, "https://api.example.com/x", "application/json", "{}", "${rawResult}", `{"type":"object"}`, `{"type":"object"}`), "custom-rest-actions", kind, 1)
		got := ""
		for _, f := range check(t, text) {
			got += string(f.Severity) + " " + f.Code
		}
		if got != want {
			t.Errorf("%s: %s", kind, got)
		}
	}
	function := `{"name":"f","integrationType":"function-data-actions","actionType":"custom","secure":false,"config":{"request":{"headers":{},"requestTemplate":"${input.rawRequest}"},"response":{"translationMap":{},"translationMapDefaults":{},"successTemplate":"${rawResult}"}},"contract":{"input":{"inputSchema":{"type":"object","properties":{}}},"output":{"successSchema":{"type":"object","properties":{}}}}}`
	if fs := check(t, function); len(fs) > 0 {
		t.Error(fs)
	}
}

// What a contract lacks is told in words, without a file that there is not.
func TestContractErrors(t *testing.T) {
	for contract, want := range map[string]string{
		`{"type":"object","properties":{},"required":[]}`: "the contract is no draft-04 schema: required: minItems: got 0, want 1",
		`{"type":"objekt"}`: `the contract is no draft-04 schema: type: there is no type "objekt"`,
		`{"type":"object","properties":{"a":{"type":"text"}}}`:                   `the contract is no draft-04 schema: properties.a.type: there is no type "text"`,
		`{"type":"object","properties":{"a":{"type":"string","required":true}}}`: "the contract is no draft-04 schema: properties.a.required: got boolean, want array",
		`{"type":"object","properties":{"a":{"type":"string","enum":[]}}}`:       "the contract is no draft-04 schema: properties.a.enum: ",
	} {
		fs := check(t, action(t, "https://api.example.com/x", "application/json", "{}", "${rawResult}", contract, `{"type":"object"}`))
		if !slices.ContainsFunc(fs, func(f diag.Finding) bool {
			return f.Code == "DA-CON-001" && strings.HasPrefix(f.Message, want) && !strings.Contains(f.Message, "file:")
		}) {
			t.Errorf("%s: %v", contract, fs)
		}
	}
}
