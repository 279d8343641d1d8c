package deployment_test

import (
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
		for _, f := range validate.Run(validate.Input{Deployment: d, Earlier: found}) {
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
