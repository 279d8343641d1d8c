package validate

import (
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
)

// TestNeverIsAnError: whatever it is for which a rule can never fire, it is an error, also where
// nothing is proved; a condition that only takes fewer callers than were meant is a warning.
func TestNeverIsAnError(t *testing.T) {
	const file = `version: 1
name: acme
genesys: {region: eu-central-1, org: Acme}
hubspot:
  portal: "24681357"
  lookup: {homeCountries: [US], pipelines: [PIPES]}
  facts:
    since: {contact: createdate, type: number}
    born: {contact: createdate, type: date}
    text: {contact: createdate}
calls: {greeting: "Hello.", numbers: ["+15135550100"]}
routing:
  rules:
RULES
  fallback: {queue: General}
`
	for _, c := range []struct {
		name, pipes string
		when        []string // of rules, in order; the last one is looked at
		want        diag.Severity
		code        string
	}{
		{"contradicting conditions", "", []string{"{won: true, minValue: 5}"}, diag.Error, "DR-ROUTE-001"},
		{"below one that takes more", "", []string{"{minValue: 5}", "{minValue: 10}"}, diag.Error, "DR-ROUTE-003"},
		{"below one that takes everybody", "", []string{"{outcome: [active_deal, inactive_deal, contact_no_deal, no_record, lookup_failed]}", "{won: true}"}, diag.Error, "DR-ROUTE-003"},
		{"below several", "", []string{"{outcome: active_deal}", "{won: true}", "{won: false}", "{lifecycle: lead, outcome: inactive_deal}"}, diag.Error, "DR-ROUTE-003"},
		{"the same again", "", []string{"{won: true}", "{won: true}"}, diag.Error, "DR-ROUTE-004"},
		{"a pipeline that does not count", `"123"`, []string{`{pipeline: ["124"]}`}, diag.Error, "DR-ROUTE-001"},
		{"open deals of a pipeline that does not count", `"123"`, []string{`{anyOpen: {pipeline: ["124"]}}`}, diag.Error, "DR-ROUTE-001"},
		{"one of two pipelines counts", `"123"`, []string{`{pipeline: ["124", "123"]}`}, "", ""},
		{"a stage that no pipeline of these has", `"123"`, []string{"{stage: [closedwon]}"}, diag.Error, "DR-STAGE-011"},
		{"stages that no pipeline of these has", `"123"`, []string{"{stage: [closedwon, contractsent]}"}, diag.Error, "DR-STAGE-011"},
		{"one that another stage saves", `"123"`, []string{`{stage: [closedwon, "77"]}`}, diag.Warning, "DR-STAGE-011"},
		{"a stage of another pipeline than the rule's", "", []string{`{stage: [contractsent], pipeline: ["123"]}`}, diag.Error, "DR-STAGE-011"},
		{"an open deal's stage of another pipeline", "", []string{`{anyOpen: {stage: contractsent, pipeline: ["123"]}}`}, diag.Error, "DR-STAGE-011"},
		{"a stage of the rule's pipeline", "", []string{`{stage: [contractsent], pipeline: [default]}`}, "", ""},
		{"deals of one pipeline of two", `default, "123"`, []string{"{stage: [closedwon]}"}, diag.Warning, "DR-STAGE-011"},
		{"a fact that nothing can be read as", "", []string{"{facts: {since: {min: 5}}}"}, diag.Error, "DR-ROUTE-001"},
		{"a fact that is not set then", "", []string{"{facts: {since: {set: false}}}"}, "", ""},
		{"a fact of its property's type", "", []string{"{facts: {born: {within: 3d}}}"}, "", ""},
		{"a fact as text", "", []string{"{facts: {text: a}}"}, "", ""},
	} {
		var rules strings.Builder
		for i, w := range c.when {
			rules.WriteString("    - {name: " + string(rune('a'+i)) + ", when: " + w + ", to: {queue: Q" + string(rune('a'+i)) + "}}\n")
		}
		text := strings.NewReplacer("PIPES", c.pipes, "RULES\n", rules.String()).Replace(file)
		d, fs := deployment.Parse("dealroute.yaml", []byte(text))
		if d == nil {
			t.Fatalf("%s: %v", c.name, fs)
		}
		line := 13 + len(c.when)
		var said diag.Findings
		for _, f := range Run(Input{Deployment: d, Earlier: fs, Source: []byte(text)}).Findings {
			if f.Position.Line == line && strings.HasPrefix(f.Code, "DR-ROUTE-00") || f.Code == "DR-STAGE-011" {
				said = append(said, f)
			}
		}
		switch {
		case c.want == "" && len(said) == 0:
		case len(said) != 1 || said[0].Severity != c.want || said[0].Code != c.code || (c.want == diag.Error) != strings.Contains(said[0].Message, "never fire"):
			t.Errorf("%s: %v", c.name, said)
		}
	}
}
