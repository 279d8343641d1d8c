package blueprint_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"

	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/templates"
)

// hunk is the head of a change, whose line numbers are those of one version of the templates.
var hunk = pattern.Of(`(?m)^@@.*@@$`)

// The example with templates of its own has the built-in ones, but for what its templates.diff
// shows, also when a built-in one changes. Then
//
//	cp -r templates/{flow,actions,tables,script} examples/custom-templates/templates
//	cd examples/custom-templates && patch -p0 <templates.diff
func TestCustomTemplatesAreTheBuiltInOnesWithADiff(t *testing.T) {
	const example = "../../examples/custom-templates"
	own := os.DirFS(filepath.Join(example, "templates"))
	var diff strings.Builder
	builtIn := map[string]bool{}
	err := fs.WalkDir(templates.FS, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		builtIn[path] = true
		old, err := fs.ReadFile(templates.FS, path)
		if err != nil {
			return err
		}
		changed, err := fs.ReadFile(own, path)
		if err != nil {
			return err
		}
		diff.WriteString(udiff.Unified("templates/"+path, "templates/"+path, string(old), string(changed)))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = fs.WalkDir(own, ".", func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && !builtIn[path] {
			t.Errorf("%s is no template", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join(example, "templates.diff")
	if *update {
		if err := os.WriteFile(golden, []byte(diff.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if changes := hunk().ReplaceAllString(diff.String(), "@@"); changes == "" || changes != hunk().ReplaceAllString(string(want), "@@") {
		t.Errorf("the changes are not those of %s:\n%s", golden, changes)
	}
}
