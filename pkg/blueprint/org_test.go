package blueprint_test

import (
	"slices"
	"testing"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/check"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
)

// inOrg checks the flow in the org that some entities make.
func inOrg(b *blueprint.Blueprint, es genesys.Set) diag.Findings {
	return check.Flow(b.Flow.Tree, architect.OrgOf(es, dataaction.Flatten))
}

// TestTheFlowFitsTheEntities takes away, one after another, each entity that a flow can refer
// to: each time the flow must be found to lack it.
func TestTheFlowFitsTheEntities(t *testing.T) {
	d, b := load(t, basic), render(t, basic)
	if found := inOrg(b, b.Entities); found.Has(diag.Warning) {
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
		if !inOrg(b, slices.Delete(slices.Clone(b.Entities), i, i+1)).Has(diag.Error) {
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
	b, n := render(t, basic), 0
	for i, e := range b.Entities {
		if e.Key.Kind != genesys.DataAction {
			continue
		}
		output := e.Content["contract"].(map[string]any)["output"].(map[string]any)
		props := output["successSchema"].(map[string]any)["properties"].(map[string]any)
		if props["total"] == nil {
			continue
		}
		n++
		was := props["total"]
		props["total"] = map[string]any{"type": "string"}
		if !inOrg(b, b.Entities).Has(diag.Error) {
			t.Errorf("%d: the total of %s is a text and nothing is said", i, e.Key)
		}
		props["total"] = was
	}
	if n < 2 {
		t.Errorf("only %d contracts were changed", n)
	}
}
