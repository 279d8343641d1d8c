package blueprint_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
)

// Every action of every example says why it is there, and the flow with the reasons is the
// same flow.
func TestEachActionHasAReason(t *testing.T) {
	examples, err := filepath.Glob("../../examples/*/dealroute.yaml")
	if err != nil || len(examples) < 5 {
		t.Fatal(examples, err)
	}
	for _, example := range examples {
		b := render(t, example)
		text, fs := b.Flow.Annotated()
		if err := fs.Err(); err != nil {
			t.Fatal(err)
		}
		file, fs := architect.Parse("flow.yaml", []byte(text))
		if err := fs.Err(); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(text, "\n")
		n := 0
		architect.Walk(file.Flow, func(a *architect.Action) {
			n++
			if above := strings.TrimSpace(lines[a.Pos.Line-2]); !strings.HasPrefix(above, "# ") {
				t.Errorf("%s: no reason above %s", example, strings.TrimSpace(lines[a.Pos.Line-1]))
			}
		})
		left := strings.Split(b.Flow.Text, "\n")
		for _, line := range lines {
			if len(left) > 0 && line == left[0] {
				left = left[1:]
			} else if !strings.HasPrefix(strings.TrimSpace(line), "#") {
				t.Errorf("%s: a line that the flow has not: %s", example, line)
			}
		}
		if len(left) > 0 || n < 80 {
			t.Errorf("%s: %d actions, and without reasons it is another flow: %.200q", example, n, left)
		}
	}
}

// Readers of YAML 1.1 take a question mark before a comma or a brace for syntax.
func TestOlderReadersTakeTheFlow(t *testing.T) {
	examples, err := filepath.Glob("../../examples/*/dealroute.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, example := range examples {
		for line := range strings.Lines(render(t, example).Flow.Text) {
			if bare := quoted().ReplaceAllString(line, ""); strings.Contains(bare, "?,") || strings.Contains(bare, "?}") {
				t.Errorf("%s: %s", example, line)
			}
		}
	}
}

var quoted = pattern.Of(`"[^"]*"|'[^']*'`)
