package world_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/diag"
)

// worldFile has every section and every form of an answer.
const worldFile = `call:
  ani: tel:+15135550142
  dnis: "+15135550100"
  at: 2026-11-23T09:00:00Z
  data: {dealroute_outcome: active_deal}
  variables: {Call.PositionInQueue: 3}
dataActions:
  Find contact:
    - success: {contactId: "42", score: 7.5, vip: true, tags: [gold, eu], note: null}
      ms: 118
    - failure
    - timeout
  HubSpot/Find deals: {failure: true, ms: 20}
tables:
  acme-control:
    ms: 3
    rows:
      switch: {enabled: true}
  acme-cache: {fails: DataTablesServerTooBusyException, ms: 900}
queues: {Sales: missing}
skills: {German: exists}
schedules: {Weekdays: inactive}
scheduleGroups: {Hours: holiday}
emergencyGroups: {Evac: on}
digits: ["1", "", "4711#"]
transfers:
  Support: {failure: true, ms: 200}
branches:
  Encrypt: {branch: failure, error: NoDataSupplied}
  Contact: found
`

func TestDecode(t *testing.T) {
	got, found := world.Decode("world.yaml", []byte(worldFile))
	if len(found) > 0 {
		t.Fatal(found)
	}
	want := &world.File{
		Call: world.Call{
			ANI: "tel:+15135550142", DNIS: "+15135550100", At: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC),
			Data:      map[string]string{"dealroute_outcome": "active_deal"},
			Variables: []world.Field{{Name: "Call.PositionInQueue", Value: world.Number(3)}},
		},
		DataActions: map[string][]world.Reply{
			"Find contact": {
				{Branch: "success", Elapsed: 118 * time.Millisecond, Outputs: []world.Field{
					{Name: "contactId", Value: world.Text("42")}, {Name: "score", Value: world.Datum{Kind: world.DatumNumber, Text: "7.5"}},
					{Name: "vip", Value: world.Bool(true)}, {Name: "tags", Value: world.List(world.Text("gold"), world.Text("eu"))}, {Name: "note"},
				}},
				{Branch: "failure"},
				{Branch: "timeout"},
			},
			"HubSpot/Find deals": {{Branch: "failure", Elapsed: 20 * time.Millisecond}},
		},
		Tables: map[string]world.Table{
			"acme-control": {Elapsed: 3 * time.Millisecond, Rows: map[string][]world.Field{"switch": {{Name: "enabled", Value: world.Bool(true)}}}},
			"acme-cache":   {Fails: "DataTablesServerTooBusyException", Elapsed: 900 * time.Millisecond},
		},
		Objects:         map[string]map[string]string{"queues": {"Sales": "missing"}, "skills": {"German": "exists"}},
		Schedules:       map[string]string{"Weekdays": "inactive"},
		ScheduleGroups:  map[string]string{"Hours": "holiday"},
		EmergencyGroups: map[string]string{"Evac": "on"},
		Digits:          []string{"1", "", "4711#"},
		Transfers:       map[string][]world.Reply{"Support": {{Branch: "failure", Elapsed: 200 * time.Millisecond}}},
		Branches: map[string][]world.Reply{
			"Encrypt": {{Branch: "failure", Error: "NoDataSupplied"}}, "Contact": {{Branch: "found"}},
		},
	}
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		t.Error(d)
	}
}

// TestDocumentedExample reads the example of the page about world files.
func TestDocumentedExample(t *testing.T) {
	page, err := os.ReadFile("../../../docs/world.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```yaml\n")
	example, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("docs/world.md has no example")
	}
	s, found := world.Decode("docs/world.md", []byte(example))
	if s == nil {
		t.Fatal(found)
	}
	if len(s.DataActions) != 2 || len(s.Digits) != 3 || len(s.Branches) != 2 || s.Call.AnswerAfter != time.Minute {
		t.Errorf("%+v", s)
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"dataAction: {}", `w:1:1: unknown key "dataAction" in the world file; did you mean "dataActions"`},
		{"call: {anni: x}", `w:1:8: unknown key "anni" in call; did you mean "ani"`},
		{"queues:\n  Sales: mising", `w:2:10: queues "Sales" cannot be "mising"; did you mean "missing"`},
		{"dataActions:\n  A: {sucess: {}}", `w:2:7: unknown key "sucess" in dataActions "A"; did you mean "success"`},
		{"dataActions:\n  A: {success: {}, failure: true}", `w:2:29: dataActions "A" has two branches`},
		{"dataActions:\n  A: {ms: 5}", `w:2:6: dataActions "A" does not say which branch; one of success, failure, timeout`},
		{"dataActions:\n  A: []", `w:2:6: dataActions "A" has no answer`},
		{"dataActions: {A: {success: {a: {b: 1}}}}", `w:1:32: a value is a text, number, boolean, null or a list of them`},
		{"dataActions: {A: {success: {a: 0x10}}}", `w:1:32: "0x10" is not a plain number; digits with an optional sign and point; quote it when it is a text`},
		{"digits: [1a]", `w:1:10: entry of digits has other characters; keys 0 to 9, * and #; "" for silence; quote them`},
		{"call: {at: yesterday}", `w:1:12: at is not a time; such as 2026-11-23T09:00:00Z`},
		{"call: {ani: a, ani: b}", `w:1:16: "ani" stands twice in call`},
		{"call: {variables: {Call.PositionInQeue: 1}}", `w:1:20: "Call.PositionInQeue" is no built-in variable; did you mean "Call.PositionInQueue"`},
		{"tables: {T: {fails: 5}}", `w:1:21: fails of table "T" has a wrong value; true, or an error type such as DataTablesInternalServerError`},
		{"transfers: {Q: {failure: true, ms: -1}}", `w:1:36: ms is not a whole number from 0; milliseconds, at most a day`},
		{"queues: &x {}\nskills: *x", `w:1:9: world files take no anchors and aliases`},
		{"", `world file is empty`},
		{"[1]", `w:1:1: the world file is not a mapping`},
		{"call: {\n", `w:`},
	} {
		s, found := world.Decode("w", []byte(c.src))
		if s != nil || len(found) == 0 {
			t.Errorf("%q passed", c.src)
			continue
		}
		got := found[0].Error()
		if found[0].Hint != "" {
			got += "; " + found[0].Hint
		}
		if !strings.Contains(got, c.want) {
			t.Errorf("%q\n got %s\nwant %s", c.src, got, c.want)
		}
	}
}

// FuzzDecode: any text gives a file or findings with a place; what a file is
// written as reads as the same file.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		worldFile, "call: {}", "digits: ['*#0', \"\"]", "transfers: {'+49': failure, a: [success, {failure: X, ms: 1}]}",
		"tables: {t: {rows: {'': {a: null, b: -0.5, c: [], d: \"\\u2028\\0\"}}}}", "branches: {x: {branch: \"\", ms: 0}}", "call: {at: 2026-11-23T09:00:00.5+01:00, data: {'': ''}}",
		"dataActions: {a: {success: true}, b: {timeout: null}}", "queues: {}", "a: &a [*a]", "\xff",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, found := world.Decode("w", data)
		if s == nil {
			if !found.Has(diag.Error) {
				t.Fatal("neither a file nor an error")
			}
			return
		}
		text, err := s.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, found := world.Decode("w", text)
		if again == nil {
			t.Fatalf("%v\n%s", found, text)
		}
		if d := cmp.Diff(s, again, cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("%s\n%s", d, text)
		}
	})
}

// Each finding is about its own value, also behind one that is refused, and its column counts
// characters.
func TestPlacesOfFindings(t *testing.T) {
	_, found := world.Decode("w", []byte("call: {remoteName: Zoë, variables: {Call.Ani: &e x, Call.PositionInQueue: é}}\n---\na: 1\n"))
	var got []string
	for _, f := range found {
		got = append(got, f.Error())
	}
	want := []string{
		"w:3:1: a second document begins here",
		"w:1:47: world files take no anchors and aliases",
		"w:1:75: Call.PositionInQueue is of type Integer",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
