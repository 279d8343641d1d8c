package validate

import (
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/prove"
	"github.com/dealroute/dealroute/templates"
)

const provedFile = `version: 1
name: acme
genesys: {region: eu-central-1, org: Acme}
hubspot: {portal: "24681357", lookup: {homeCountries: [US]}}
calls: {greeting: "Hello."}
routing:
  rules:
    - {name: open, when: {outcome: active_deal}, to: {queue: Sales}}
    - {name: whales, when: {minValue: 10}, to: {queue: Sales}}
  fallback: {queue: General}
`

// found judges a deployment of which a property of the proof does not hold.
func found(t *testing.T, text string, p prove.Property, severities map[string]diag.Severity) diag.Findings {
	t.Helper()
	text = strings.ReplaceAll(text, "\n", "\r\n")
	d, fs := deployment.Parse("dealroute.yaml", []byte(text))
	if d == nil {
		t.Fatal(fs)
	}
	b, more := blueprint.Render(d, templates.FS)
	if b == nil {
		t.Fatal(more)
	}
	return Run(Input{Deployment: d, Blueprint: b, Earlier: append(fs, more...), Source: []byte(text), Severities: severities, Proof: &prove.Report{Properties: []prove.Property{p}}}).Findings
}

func of(fs diag.Findings, code string) (out diag.Findings) {
	for _, f := range fs {
		if f.Code == code {
			out = append(out, f)
		}
	}
	return out
}

// TestPlacesOfTheProof: a finding of the proof is where somebody can change something, with the
// line ends of Windows, too.
func TestPlacesOfTheProof(t *testing.T) {
	own := strings.Replace(provedFile, "name: acme\n", "name: acme\ntemplates: ./mine\n", 1)
	at := func(file string, line, column int) diag.Position {
		return diag.Position{File: file, Line: line, Column: column}
	}
	for _, c := range []struct {
		name, text string
		pos, want  diag.Position
		length     int
		says       string
	}{
		{"in the file", provedFile, at("dealroute.yaml", 8, 14), at("dealroute.yaml", 8, 14), 4, "silence"},
		{"in a built-in template", provedFile, at("templates/flow/inbound-call.yaml.tmpl", 12, 3), at("dealroute.yaml", 2, 7), 4, "silence (templates/flow/inbound-call.yaml.tmpl:12:3)"},
		{"nowhere", provedFile, diag.Position{}, at("dealroute.yaml", 2, 7), 4, "silence"},
		{"in a template of one's own", own, at("mine/flow/inbound-call.yaml.tmpl", 12, 3), at("mine/flow/inbound-call.yaml.tmpl", 12, 3), 4, "silence"},
		{"in templates that stand beside the file", strings.Replace(own, "./mine", ".", 1), at("flow/inbound-call.yaml.tmpl", 12, 3), at("flow/inbound-call.yaml.tmpl", 12, 3), 4, "silence"},
		{"nowhere, with templates beside the file", strings.Replace(own, "./mine", ".", 1), diag.Position{}, at("dealroute.yaml", 2, 7), 4, "silence"},
		{"beside the templates of one's own", own, at("minestrone.yaml", 12, 3), at("dealroute.yaml", 2, 7), 4, "silence (minestrone.yaml:12:3)"},
	} {
		p := prove.Property{ID: prove.Ending, Verdict: prove.Broken, Message: "silence", Pos: c.pos, Length: 4}
		fs := of(found(t, c.text, p, nil), "DR-PROOF-001")
		if len(fs) != 1 || fs[0].Position != c.want || fs[0].Length != c.length || fs[0].Message != c.says || fs[0].Severity != diag.Error {
			t.Errorf("%s: %+v", c.name, fs)
		}
	}
}

// TestNeverIsSaidOnce: a rule that another check explains already is told by that one, which is
// an error then, unless the command or the file says otherwise.
func TestNeverIsSaidOnce(t *testing.T) {
	p := prove.Property{ID: prove.Rules, Verdict: prove.Broken, Message: "a rule cannot fire", Never: []prove.Never{{Rule: 1, By: []int{0}}}}
	for _, c := range []struct {
		name, text string
		severities map[string]diag.Severity
		want       diag.Severity // empty: nothing is told
	}{
		{"told", provedFile, nil, diag.Error},
		{"given another severity", provedFile, map[string]diag.Severity{"DR-ROUTE-003": diag.Info}, diag.Info},
		{"allowed", strings.Replace(provedFile, "    - {name: whales", "    # dealroute: allow DR-ROUTE-003 because it is kept for spring\n    - {name: whales", 1), nil, ""},
	} {
		fs := found(t, c.text, p, c.severities)
		if len(of(fs, "DR-PROOF-007")) > 0 {
			t.Errorf("%s: said twice: %v", c.name, fs)
		}
		same := of(fs, "DR-ROUTE-003")
		if (c.want == "") != (len(same) == 0) || len(same) == 1 && same[0].Severity != c.want {
			t.Errorf("%s: %+v", c.name, same)
		}
	}
	p.Never[0] = prove.Never{Rule: 0}
	if fs := found(t, provedFile, p, nil); len(of(fs, "DR-PROOF-007")) != 1 || of(fs, "DR-ROUTE-003")[0].Severity != diag.Error {
		t.Errorf("of another rule: %v", fs)
	}
}

// TestLongWaitIsSaidOnce: that the flow may wait too long is said by the check that names the
// timeouts, wherever that is; that it could not be decided is not the same.
func TestLongWaitIsSaidOnce(t *testing.T) {
	long := diag.Finding{Code: "DR-WAIT-005", Severity: diag.Error, Position: diag.Position{Line: 9}}
	for verdict, want := range map[prove.Verdict]int{prove.Broken: 1, prove.NotDecided: 2} {
		f := Proved(prove.Property{ID: prove.Wait, Verdict: verdict, Message: "the caller waits"})
		if got := once(diag.Findings{f, long}); len(got) != want || got[want-1] != long {
			t.Errorf("%s: %v", verdict, got)
		}
		if got := once(diag.Findings{f}); len(got) != 1 {
			t.Errorf("%s alone: %v", verdict, got)
		}
	}
}

// TestProofHasItsCodes: each property has one, and what was proved is a check that found nothing.
func TestProofHasItsCodes(t *testing.T) {
	seen := map[string]bool{}
	for _, id := range []string{prove.Ending, prove.Wait, prove.Expressions, prove.Policy, prove.Requests, prove.Privacy, prove.Rules} {
		code := Proved(prove.Property{ID: id}).Code
		if code == "" || seen[code] {
			t.Errorf("%s has the code %q", id, code)
		}
		seen[code] = true
	}
	d, b := rendered(t)
	for _, r := range []*prove.Report{nil, {}} {
		n := 0
		for _, a := range Run(Input{Deployment: d, Blueprint: b, Proof: r}).Asked {
			if seen[a.Code] {
				n++
			}
		}
		if want := map[bool]int{true: 0, false: 7}[r == nil]; n != want {
			t.Errorf("%d properties are asked, want %d", n, want)
		}
	}
}
