package expr_test

import (
	"flag"
	"os"
	"testing"

	"github.com/dealroute/dealroute/pkg/architect/expr"
)

var update = flag.Bool("update", false, "write GRAMMAR.md")

func TestGrammarPageIsCurrent(t *testing.T) {
	want := expr.Grammar()
	if *update {
		if err := os.WriteFile("GRAMMAR.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("GRAMMAR.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("GRAMMAR.md is not what the table says; run go generate ./pkg/architect/expr")
	}
}

func TestEveryFunctionIsExplained(t *testing.T) {
	for _, name := range expr.Unexplained() {
		t.Errorf("%s has no help, or help without a function", name)
	}
}
