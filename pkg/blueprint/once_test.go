package blueprint_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/templates"
)

// somebodys are the built-in templates as somebody else's.
type somebodys struct{ fs.FS }

// TestTheBuiltInTemplatesAskNothingOfNames: they are rendered once where templates of one's own are
// rendered twice, and give the same, with the same places.
func TestTheBuiltInTemplatesAskNothingOfNames(t *testing.T) {
	files, err := filepath.Glob("../../examples/*/dealroute.yaml")
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		d, found := deployment.Parse(file, data)
		if d == nil {
			t.Fatal(found)
		}
		once, found := blueprint.Render(d, templates.FS)
		twice, more := blueprint.Render(d, somebodys{templates.FS})
		if once == nil || twice == nil {
			t.Fatal(file, found, more)
		}
		if diff := cmp.Diff(twice, once, cmpopts.IgnoreUnexported(blueprint.FlowArtifact{}, dataaction.Definition{}), cmpopts.IgnoreFields(blueprint.FlowArtifact{}, "Tree")); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
		if diff := cmp.Diff(more, found); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
		for i := range 5000 {
			if a, b := twice.Flow.At(i), once.Flow.At(i); a != b {
				t.Fatalf("%s: line %d is from %v, not from %v", file, i, b, a)
			}
		}
	}
}
