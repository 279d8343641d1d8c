package blueprint_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/templates"
)

// examples are the deployment files of the project.
func examples(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("../../examples/*/dealroute.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	return files
}

// load reads a deployment file that must be right.
func load(t testing.TB, file string) *deployment.Deployment {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	d, found := deployment.Parse(file, data)
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return d
}

// templatesOf are those that a deployment file names, beside it, or the built-in ones.
func templatesOf(d *deployment.Deployment, file string) fs.FS {
	if d.Templates == "" {
		return templates.FS
	}
	return os.DirFS(filepath.Join(filepath.Dir(file), d.Templates))
}

func render(t testing.TB, file string) *blueprint.Blueprint {
	t.Helper()
	d := load(t, file)
	b, found := blueprint.Render(d, templatesOf(d, file))
	for _, f := range found {
		if f.Severity == diag.Error || f.Severity == "" {
			t.Error(f)
		}
	}
	if b == nil {
		t.Fatal("nothing rendered")
	}
	return b
}

func TestRenderingTwiceGivesTheSameBytes(t *testing.T) {
	for _, file := range examples(t) {
		a, b := render(t, file), render(t, file)
		if len(a.Artifacts) == 0 || len(a.Artifacts) != len(b.Artifacts) {
			t.Fatalf("%s: %d and %d artifacts", file, len(a.Artifacts), len(b.Artifacts))
		}
		for i := range a.Artifacts {
			if a.Artifacts[i] != b.Artifacts[i] {
				t.Errorf("%s: %s differs from one rendering to the next", file, a.Artifacts[i].Path)
			}
		}
	}
}
