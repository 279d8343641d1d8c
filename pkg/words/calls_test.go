package words_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/words"
)

// endings are those that the source of the flow's machine names.
func endings(t *testing.T) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "../architect/interp/api.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	ast.Inspect(f, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			if id, ok := v.Type.(*ast.Ident); ok && id.Name == "Ending" {
				text, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, text)
			}
		}
		return true
	})
	if len(out) < 11 {
		t.Fatalf("found only the endings %q", out)
	}
	return out
}

// Whatever a call can become has words: no page and no answer shows a name of the code.
func TestEveryCallHasWords(t *testing.T) {
	for _, o := range routing.Outcomes() {
		if name := string(o); words.Outcome(name) == name || words.Known(name) == name {
			t.Errorf("outcome %q has no words", o)
		}
	}
	for _, r := range routing.Reasons() {
		if words.Decided(r, "") == r && r != routing.ReasonRule {
			t.Errorf("reason %q has no words", r)
		}
	}
	for _, e := range endings(t) {
		if strings.HasPrefix(words.Goes(e, ""), "ends with") {
			t.Errorf("ending %q has no words", e)
		}
	}
}

func TestCalls(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{words.Decided("rule", "big"), "rule big"},
		{words.Decided("kept", "big"), "the decision of an earlier leg (rule big)"},
		{words.Decided("kept", ""), "the decision of an earlier leg"},
		{words.Decided("", ""), "the flow"},
		{words.Decided("whim", ""), "whim"},
		{words.End("queue", "Sales"), "queue Sales"},
		{words.End("disconnect", ""), "disconnected"},
		{words.Goes("secureFlow", "Pay"), "goes to secure flow Pay"},
		{words.Goes("disconnect", ""), "is disconnected"},
		{words.Known("no_record"), "nobody matched"},
		{words.Goes("whim", ""), "ends with whim"},
		{words.Outcome("whim"), "whim"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
