package dataaction_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/diag"
)

// clean is an action about which there is nothing to say.
const clean = `{
  "name": "find",
  "integrationType": "custom-rest-actions",
  "actionType": "custom",
  "config": {
    "request": {
      "requestUrlTemplate": "https://api.hubapi.com/crm/v3/objects/contacts/search",
      "requestType": "POST",
      "headers": {
        "Authorization": "Bearer ${credentials.token}",
        "Content-Type": "application/json"
      },
      "requestTemplate": "{\"filterGroups\":[{\"filters\":[{\"propertyName\":\"phone\",\"operator\":\"EQ\",\"value\":\"$esc.jsonString(${input.phone})\"}]}],\n \"query\":\"$!esc.jsonString($!{input.note})\"}"
    },
    "response": {
      "translationMap": {
        "id": "$.results[0].id",
        "ids": "$.results[*].id"
      },
      "translationMapDefaults": {
        "id": "\"\"",
        "ids": "[]"
      },
      "successTemplate": "{\"id\": ${id}, \"ids\": ${ids}}"
    }
  },
  "contract": {
    "input": {
      "inputSchema": {
        "type": "object",
        "required": ["phone"],
        "properties": {
          "phone": {"type": "string"},
          "note": {"type": "string"}
        }
      }
    },
    "output": {
      "successSchema": {
        "type": "object",
        "properties": {
          "id": {"type": "string"},
          "ids": {"type": "array", "items": {"type": "string"}}
        }
      }
    }
  },
  "secure": false
}
`

func check(t *testing.T, text string) diag.Findings {
	t.Helper()
	d, findings := dataaction.ParseExport("action.json", []byte(text))
	if d == nil {
		return findings
	}
	return append(findings, dataaction.Check(d)...)
}

// Each case breaks the clean action in one place and names the code, and what stands where
// the finding points.
func TestCheck(t *testing.T) {
	if fs := check(t, clean); len(fs) > 0 {
		t.Fatalf("the clean action: %v", fs)
	}
	seen := map[string]bool{}
	for _, c := range []struct{ old, new, code, at string }{
		{`"secure": false`, `"secure": false,`, "DA-FILE-001", "}"},
		{`"name": "find"`, `"name": 7`, "DA-FILE-002", "7"},
		{`"secure": false`, `"secur": false`, "DA-FILE-003", "false"},
		{`"response": {`, `"timeoutSeconds": 90, "response": {`, "DA-FILE-004", "90"},
		{`"name": "find"`, `"name": "` + strings.Repeat("x", 257) + `"`, "DA-FILE-005", `"xxx`},
		{`"actionType": "custom",`, ``, "DA-FILE-006", "{"},
		{`custom-rest-actions`, `custom-rest-action`, "DA-FILE-007", `"custom-rest-action"`},
		{`"actionType": "custom"`, `"actionType": "customAuth"`, "DA-FILE-008", "{"},
		{`"requestTemplate": "{\"filterGroups\":[{\"filters\":[{\"propertyName\":\"phone\",\"operator\":\"EQ\",\"value\":\"$esc.jsonString(${input.phone})\"}]}],\n \"query\":\"$!esc.jsonString($!{input.note})\"}"`, `"x": ""`, "DA-REQ-001", "{"},
		{`"POST"`, `"post"`, "DA-REQ-002", `"post"`},
		{`"POST"`, `"GET"`, "DA-REQ-003", `"{\"filterGroups`},
		{`"Content-Type": "application/json"`, `"Accept": "text/plain"`, "DA-REQ-004", `"text`},
		{`${credentials.token}`, `pat-na1-x`, "DA-REQ-005", `"Bearer`},
		{`"Content-Type": "application/json"`, `"X-Api-Key": "abcdef"`, "DA-REQ-005", `"abc`},
		{`/search",
      "requestType": "POST"`, `?propertyFilter=phone",
      "requestType": "GET"`, "DA-REQ-006", `"https`},
		{`https://api.hubapi.com/crm`, `/crm`, "DA-REQ-007", `"/crm`},
		{`https://api.hubapi.com`, `http://api.hubapi.com`, "DA-REQ-007", `"http:`},
		{`https://api.hubapi.com`, `https://{{host}}`, "DA-REQ-008", `"https`},
		{`}]}],`, `}]}]`, "DA-REQ-009", `\"query\"`},
		{`filterGroups`, `filterGroup`, "DA-REQ-010", `"{\"filterGroup`},
		{`\"filters\":[`, `\"filters\":[],\"x\":[`, "DA-REQ-011", `"{\"filterGroups`},
		{`"Content-Type": "application/json"`, `"Content Type": "x"`, "DA-REQ-012", `"x"`},
		{`\"query\"`, `\"limit\":201, \"query\"`, "DA-REQ-014", `"{\"filterGroups`},
		{`\"query\"`, `\"query\":\"x\", \"query\"`, "DA-REQ-013", `"{\"filterGroups`},
		{`$esc.jsonString(${input.phone})`, `$esc.jsonString(${input.phone.class})`, "DA-TPL-018", `class`},
		{`${input.phone})`, `${input.phone}`, "DA-TPL-001", ``},
		{`${credentials.token}`, `${credentials.token}.replace('a','b')`, "DA-TPL-002", `${credentials.token}.replace`},
		{`$esc.jsonString(${input.phone})`, `${input.phone}`, "DA-TPL-010", `${input.phone}`},
		{`/search"`, `/${input.phone}"`, "DA-TPL-011", `${input.phone}`},
		{`$!esc.jsonString($!{input.note})`, `${input.note}`, "DA-TPL-012", `${input.note}`},
		{`${input.phone}`, `${input.phnoe}`, "DA-TPL-013", `${input.phnoe}`},
		{`${credentials.token}`, `${credential.token}`, "DA-TPL-014", `${credential.token}`},
		{`${ids}`, `${idss}`, "DA-TPL-014", `${idss}`},
		{`$esc.jsonString(${input.phone})`, `$esc.jsonStrin(${input.phone})`, "DA-TPL-015", `$esc`},
		{`"{\"id\": ${id}`, `"#foreach($x in $ids)$x#end{\"id\": ${id}`, "DA-TPL-016", `#foreach`},
		{`\"id\": ${id}`, `\"id\": \"${id}\"`, "DA-TPL-017", `${id}`},
		{`{"type": "string"},
          "note"`, `{"type": "strng"},
          "note"`, "DA-CON-001", `"strng"`},
		{`"phone": {"type": "string"}`, `"phone": {"type": "array", "items": {"type": "string"}}`, "DA-CON-002", `{"type": "array"`},
		{`"phone": {"type": "string"}`, `"phone": {"type": "string"}, "1x": {"type": "string"}`, "DA-CON-003", `{"type"`},
		{`"phone": {"type": "string"}`, `"phone": {"type": "string"}, "orgId": {"type": "string"}`, "DA-CON-004", `{"type"`},
		{`"phone": {"type": "string"}`, `"phone": {"type": "string"}, "a-b": {"type": "string"}`, "DA-CON-005", `{"type"`},
		{`"id": {"type": "string"},`, `"id": {"type": "string"}, "a.b": {"type": "string"},`, "DA-CON-005", `{"type"`},
		{`"items": {"type": "string"}}`, `"items": {"type": "array", "items": {"type": "string"}}}`, "DA-CON-006", `{"type": "array", "items": {"type": "string"}}}`},
		{`"id": {"type": "string"},`, `"id": {"type": "string"}, "o": {"type": "object"},`, "DA-CON-007", `{"type": "object"}`},
		{`"required": ["phone"]`, `"required": ["phone", "nte"]`, "DA-CON-008", `["phone", "nte"]`},
		{`"type": "object",
        "required"`, `"$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
        "required"`, "DA-CON-009", `"http`},
		{`"note": {"type": "string"}`, `"note": {"type": "string", "default": "x"}`, "DA-CON-010", `"x"`},
		{`$.results[0].id`, `$.results[::2].id`, "DA-MAP-001", `[::2]`},
		{`$.results[0].id`, `$.results.lenght()`, "DA-MAP-002", `lenght`},
		{`"id": "\"\"",`, ``, "DA-MAP-003", `"$.results[0].id"`},
		{`"id": "\"\""`, `"id": ""`, "DA-MAP-004", `""`},
		{`"ids": "[]"`, `"ids": "[\"x\"]"`, "DA-MAP-005", `"[\"x\"]"`},
		{`"$.results[*].id"`, `".id"`, "DA-MAP-006", `".id"`},
		{`"$.results[0].id"`, `"$.results[0]"`, "DA-MAP-007", `"$.results[0]"`},
		{`, \"ids\": ${ids}`, ``, "DA-MAP-008", `"$.results[*].id"`},
		{`"{\"id\": ${id}, \"ids\": ${ids}}"`, `""`, "DA-OUT-001", `""`},
		{`${ids}}"`, `${ids}"`, "DA-OUT-002", `"{`},
		{`"id": "\"\""`, `"id": "0"`, "DA-OUT-003", `"{`},
		{`${ids}}"`, `${ids}}}"`, "DA-OUT-004", `"{`},
		{`{\"id\"`, `{\"iD\"`, "DA-OUT-005", `"{`},
		{`"id": {"type": "string"},`, `"id": {"type": "string"}, "label": {"type": "string"},`, "DA-OUT-006", `{"type"`},
		{`${ids}}"`, `${ids}, \"x\": #if($id == \"a\")1#{else}2#end}"`, "DA-OUT-007", `$id == `},
	} {
		seen[c.code] = true
		text := strings.Replace(clean, c.old, c.new, 1)
		if text == clean {
			t.Errorf("%s: %q is not in the clean action", c.code, c.old)
			continue
		}
		fs := check(t, text)
		i := slices.IndexFunc(fs, func(f diag.Finding) bool { return f.Code == c.code })
		if i < 0 {
			t.Errorf("%s not found after %q became %q: %v", c.code, c.old, c.new, fs)
			continue
		}
		line := strings.Split(text, "\n")[fs[i].Position.Line-1]
		if at := string([]rune(line)[fs[i].Position.Column-1:]); !strings.HasPrefix(at, c.at) {
			t.Errorf("%s points at %.30q, not at %q", c.code, at, c.at)
		}
	}
	code := regexp.MustCompile(`^DA-(FILE|REQ|TPL|CON|MAP|OUT)-\d{3}$`)
	for _, r := range dataaction.Rules() {
		switch {
		case !seen[r.Code] && r.Code != "DA-TPL-003" && r.Code != "DA-RUN-001": // those two are said by a run
			t.Errorf("%s (%s) has no case", r.Code, r.Title)
		case r.Code != "DA-RUN-001" && !code.MatchString(r.Code):
			t.Errorf("%q is no code", r.Code)
		}
	}
}

// A place inside a template or a path is found behind escapes and characters of any size.
func TestPlacesBehindEscapes(t *testing.T) {
	for _, c := range []struct{ old, new, at string }{
		{`"$.results[0].id"`, `"$['é\ud83d\ude00\u00e9'][::2]"`, `[::2]`},
		{`"$.results[0].id"`, `"$['\n😀'].lenght()"`, `lenght`},
		{`${ids}}"`, `${ids}}\ud83d\ude00ü\r\n é ${nope}"`, `${nope}`},
	} {
		text := strings.Replace(clean, c.old, c.new, 1)
		fs := check(t, text)
		found := slices.ContainsFunc(fs, func(f diag.Finding) bool {
			line := strings.Split(text, "\n")[f.Position.Line-1]
			return strings.HasPrefix(string([]rune(line)[f.Position.Column-1:]), c.at)
		})
		if text == clean || !found {
			t.Errorf("nothing points at %s: %v", c.at, fs)
		}
	}
}

// FuzzParseExport: any text gives a definition or findings, checking it never panics, and
// what was read prints and reads back the same.
func FuzzParseExport(f *testing.F) {
	f.Add([]byte(clean))
	f.Add([]byte(`{"name":1,"config":{"request":{"headers":[]}},"contract":{"input":{"inputSchema":{"type":[]}}}}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, findings := dataaction.ParseExport("f.json", data)
		if d == nil {
			if findings.Err() == nil {
				t.Fatal("nothing read and nothing said")
			}
			return
		}
		for _, x := range dataaction.Check(d) {
			if x.Code == "" || x.Message == "" {
				t.Fatalf("empty finding %+v", x)
			}
		}
		text := d.Export()
		again, findings := dataaction.ParseExport("g.json", text)
		if again == nil || findings.Err() != nil || string(again.Export()) != string(text) {
			t.Fatalf("%s\nreads back as\n%v %v", text, again, findings)
		}
	})
}

// A text of another kind has a fault in every line; all are counted and few are kept, whatever
// the faults are.
func TestManyFindingsAreCounted(t *testing.T) {
	const n = 30_000
	object := func(value string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,"k%d":%s`, i, value)
		}
		return "{" + b.String()[1:] + "}"
	}
	for name, text := range map[string]string{
		"unknown keys": object("1"),
		"no texts":     `{"config":{"response":{"translationMap":` + object("1") + `}}}`,
		"paths":        `{"config":{"response":{"translationMap":` + object(`"bad["`) + `}}}`,
		"defaults":     `{"config":{"response":{"translationMapDefaults":` + object(`"x"`) + `}}}`,
		"templates":    `{"config":{"request":{"headers":` + object(`"${x.y("`) + `}}}`,
	} {
		d, found := dataaction.ParseExport("f", []byte(text))
		found = append(found, dataaction.Check(d)...)
		all := 0
		for _, c := range found.Counts() {
			all += c
		}
		if len(found) > 2100 || all < n {
			t.Errorf("%s: %d findings are kept, %d counted", name, len(found), all)
		}
		if _, err := dataaction.Compile(d, dataaction.Options{}); err != nil {
			var fs diag.Findings
			if !errors.As(err, &fs) || len(fs) > 1100 {
				t.Errorf("%s: compiling keeps %d findings", name, len(fs))
			}
		}
	}
}
