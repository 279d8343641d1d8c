package jsonpath_test

import (
	"flag"
	"os"
	"testing"

	"github.com/dealroute/dealroute/pkg/jsonpath"
)

var update = flag.Bool("update", false, "write GRAMMAR.md")

func TestGrammarPageIsCurrent(t *testing.T) {
	want := jsonpath.Grammar()
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
		t.Error("GRAMMAR.md is not what the tables say; run this test with -update")
	}
}
