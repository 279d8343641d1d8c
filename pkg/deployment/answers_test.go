package deployment_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/dealroute/dealroute/examples"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/validate"
)

// TestOneValueChanged validates an example with each value changed: whatever the value,
// there is an answer, and what it says is in the file.
func TestOneValueChanged(t *testing.T) {
	const file = "dealroute.yaml"
	data, err := examples.FS.ReadFile("basic/dealroute.yaml")
	if err != nil {
		t.Fatal(err)
	}
	vs, err := deployment.Variants(data)
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]bool{}
	for _, v := range vs {
		d, found := deployment.Parse(file, v.Data)
		for _, f := range validate.Run(validate.Input{Deployment: d, Earlier: found}).Findings {
			codes[f.Code] = true
			if f.Position.File != file || f.Position.Line < 1 || f.Code == "" || f.Message == "" {
				t.Errorf("%s: %+v", v.Path, f)
			}
			if d == nil && !found.Has(diag.Error) {
				t.Errorf("%s: refused without an error", v.Path)
			}
		}
	}
	if len(vs) < 50 || len(codes) < 5 {
		t.Errorf("%d variants, codes %v: the test shows too little", len(vs), codes)
	}
}

// What a target leaves out is the fallback's when it names no queue; what it says is its own,
// an empty list too.
func TestTargetsInherit(t *testing.T) {
	const file = `version: 1
name: acme
genesys: {region: us-east-1}
hubspot: {lookup: {homeCountries: [US]}}
routing:
  rules:
    - {name: a, when: {won: true}, to: {}}
    - {name: b, when: {won: true}, to: {priority: 0}}
    - {name: c, when: {won: true}, to: {skills: []}}
    - {name: d, when: {won: true}, to: {skills: [Y], priority: 5}}
    - {name: e, when: {won: true}, to: {queue: Sales}}
  fallback: {queue: General, skills: [X], priority: 7}
`
	d, fs := deployment.Parse("f.yaml", []byte(file))
	if err := fs.Err(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range d.Routing.Rules {
		got = append(got, fmt.Sprint(r.To.Queue, r.To.Skills, r.To.Priority))
	}
	if want := []string{"General[X] 7", "General[X] 0", "General[] 7", "General[Y] 5", "Sales[] 0"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
