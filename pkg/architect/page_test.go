package architect_test

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
)

var update = flag.Bool("update", false, "write ACTIONS.md instead of comparing it")

func TestActionsPage(t *testing.T) {
	var b bytes.Buffer
	if err := architect.WriteActions(&b); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("ACTIONS.md", b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile("ACTIONS.md")
	if err != nil || !bytes.Equal(have, b.Bytes()) {
		t.Errorf("ACTIONS.md is not what the table says (%v); run go generate ./pkg/architect", err)
	}
}

// TestTable holds what the table promises: keys once, types that exist, and every name of
// a type in the reader known to the expression language.
func TestTable(t *testing.T) {
	if len(architect.Kinds()) < 80 {
		t.Errorf("%d actions: two rows have one key", len(architect.Kinds()))
	}
	for key, k := range architect.Kinds() {
		fields := map[string]bool{}
		for _, f := range k.Fields {
			if fields[f.Key] {
				t.Errorf("%s has %s twice", key, f.Key)
			}
			fields[f.Key] = true
			if _, ok := expr.ParseType(f.Type); f.Type != "" && !ok {
				t.Errorf("%s.%s: no type %q", key, f.Key, f.Type)
			}
			if f.Use == architect.UseOutput && f.Literal {
				t.Errorf("%s.%s: an output cannot be a literal", key, f.Key)
			}
		}
	}
}
