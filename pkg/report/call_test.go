package report_test

import (
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/internal/reports"
	"github.com/dealroute/dealroute/pkg/report"
	"github.com/dealroute/dealroute/pkg/view"
)

// What goes in and comes out at each step, and what was asked of HubSpot, is that of the answer.
func TestStepsAreThoseOfTheAnswer(t *testing.T) {
	some := func(s string) *string { return &s }
	status := 429
	call := view.TracedCall{
		Call:   view.Call{ANI: "+1513•••••42", Reason: "error", Ending: "disconnect"},
		Errors: []view.FlowError{{Action: "Add up", Message: "no number at 7"}},
		Path: []view.TracedStep{{
			Step: view.Step{Action: "Find contact", Type: "callData", Branch: some("failure"), Ms: 1412}, Task: "Main 2", AtMs: 31,
			Inputs: []view.Pair{{Name: "phone", Value: "+1513•••••42"}, {Name: "empty", Value: ""}}, Outputs: []view.Pair{{Name: "total", Value: "0x12"}},
			Requests: []view.Request{{Action: "find 1", Method: "POST", URL: "/crm/v3/objects", Body: some("{\n\t\"limit\": \"1\\n\"\n}"), Status: &status, Reply: some("{}"), Ms: 118}},
			Rows:     []view.Row{{Key: "breaker 9", Columns: []view.Pair{{Name: "until", Value: "15:31"}}}}, Error: some("no answer in 3 s"),
		}},
	}
	made := func() []byte {
		page, err := report.Calls(report.Called{Answer: view.Calls{Schema: 1, Calls: []view.TracedCall{call}}, Calls: []report.Seen{{}}}).Render()
		if err != nil {
			t.Fatal(err)
		}
		return page
	}
	page := string(made())
	if problems, _ := reports.Check([]byte(page)); len(problems) > 0 {
		t.Error(problems)
	}
	for _, was := range []string{"1412", "31,", "0x12", "15:31", "429", "118", "no answer in 3 s", "no number at 7", "/crm/v3/objects", `\"limit\"`, "Main 2"} {
		at := strings.Index(page, `id="data"`)
		other := page[:at] + strings.Replace(page[at:], was, strings.Map(func(r rune) rune {
			if r >= '0' && r <= '8' || r >= 'a' && r <= 'y' {
				return r + 1
			}
			return r
		}, was), 1)
		if other == page {
			t.Errorf("the answer has no %q", was)
		}
		if problems, _ := reports.Check([]byte(other)); len(problems) == 0 {
			t.Errorf("the answer has another %q than the page, and nobody notices", was)
		}
	}
}
