package validate

import (
	"slices"
	"testing"

	"github.com/dealroute/dealroute/examples"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
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

// TestTheFlowFitsTheEntities takes away, one after another, each entity that a flow can refer
// to: each time the flow, or a reference in an artifact, must be found to lack it.
func TestTheFlowFitsTheEntities(t *testing.T) {
	d, b := rendered(t)
	if found := flowInOrg(d, b); found.Has(diag.Warning) {
		t.Fatal(found)
	}
	n := 0
	for i, e := range b.Entities {
		switch e.Key.Kind {
		case genesys.DataAction, genesys.DataTable, genesys.Script:
		case genesys.Queue: // others are looked up by name at run time
			if e.Key.Name != d.Routing.Fallback.Queue {
				continue
			}
		default:
			continue
		}
		n++
		without := *b
		without.Entities = slices.Delete(slices.Clone(b.Entities), i, i+1)
		if !flowInOrg(d, &without).Has(diag.Error) {
			t.Errorf("nothing is said without %s", e.Key)
		}
	}
	if n < 5 {
		t.Errorf("only %d entities were taken away", n)
	}
}

// TestContractsMustFit changes the type of an output: the variable that takes it does not fit
// any more.
func TestContractsMustFit(t *testing.T) {
	d, b := rendered(t)
	other := *b
	other.Entities = slices.Clone(b.Entities)
	for i, e := range other.Entities {
		if e.Key.Kind != genesys.DataAction {
			continue
		}
		schema := inside(e.Content, "contract", "output", "successSchema").(map[string]any)
		props := schema["properties"].(map[string]any)
		if props["total"] == nil {
			continue
		}
		was := props["total"]
		props["total"] = map[string]any{"type": "string"}
		if !flowInOrg(d, &other).Has(diag.Error) {
			t.Errorf("%d: the total of %s is a text and nothing is said", i, e.Key)
		}
		props["total"] = was
	}
}

// TestOneFindingOnce: what rendering found is not said again by the second look.
func TestOneFindingOnce(t *testing.T) {
	d, b := rendered(t)
	f := diag.Finding{Code: "X", Message: "m", Position: d.Pos("name")}
	all := Run(Input{Deployment: d, Blueprint: b, Earlier: diag.Findings{f}})
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
