package validate

import (
	"testing"

	"github.com/dealroute/dealroute/examples"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/templates"
)

func rendered(t *testing.T) (*deployment.Deployment, *blueprint.Blueprint) {
	t.Helper()
	data, err := examples.FS.ReadFile("basic/dealroute.yaml")
	if err != nil {
		t.Fatal(err)
	}
	d, found := deployment.Parse("dealroute.yaml", data)
	if d == nil {
		t.Fatal(found)
	}
	b, found := blueprint.Render(d, templates.FS)
	if b == nil {
		t.Fatal(found)
	}
	return d, b
}

// TestOneFindingOnce: what rendering found is not said again.
func TestOneFindingOnce(t *testing.T) {
	d, b := rendered(t)
	f := diag.Finding{Code: "X", Message: "m", Position: d.Pos("name")}
	all := Run(Input{Deployment: d, Blueprint: b, Earlier: diag.Findings{f}}).Findings
	seen := map[diag.Finding]bool{}
	for _, x := range all {
		if seen[x] {
			t.Errorf("twice: %v", x)
		}
		seen[x] = true
	}
	if !seen[f] {
		t.Error("an earlier finding is lost")
	}
}
