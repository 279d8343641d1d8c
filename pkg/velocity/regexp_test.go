package velocity_test

import (
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/velocity"
)

func rendered(template string, vars map[string]any) (string, error) {
	t, err := velocity.Parse("t", template)
	if err != nil {
		return "", err
	}
	return t.Render(vars, velocity.Options{})
}

// An expression that can match in too many ways ends: at once where it is one of Go's engine, else
// with an error that says so, and nothing after it is tried.
func TestExpressionsEnd(t *testing.T) {
	vars := map[string]any{"s": strings.Repeat("a", 4000) + "!"}
	if got, err := rendered(`$s.matches('(a+)+b')`, vars); got != "false" {
		t.Errorf("%q %v", got, err)
	}
	got, err := rendered(`#foreach($i in [1..1000])$s.replaceAll('(?=.)(a+)+b\1', '-')#end`, vars)
	if err == nil || !strings.Contains(err.Error(), "takes too long") {
		t.Errorf("%.20q %v", got, err)
	}
	// Many calls that are no trouble have an end, too.
	if got, err := rendered(`#foreach($i in [1..100000])$t.replaceAll('(?=a)a', '-')#end`, map[string]any{"t": "a"}); err == nil {
		t.Errorf("%d bytes", len(got))
	}
}

// What is refused is named.
func TestExpressionsRefused(t *testing.T) {
	for expr, want := range map[string]string{
		`\G`: `\G is not supported`, `(?U)a`: "the flag U", `\p{InGreek}`: `\p{InGreek} is not supported`, `(?<=(ab)+)c`: "obvious maximum length",
		`a)`: "unmatched )", `*`: "dangling meta character", `(a`: "unclosed group", `[a`: "unclosed character class", `\y`: `escape sequence \y`,
		strings.Repeat("(", 300): "nested too deeply", strings.Repeat("[", 300): "nested too deeply", strings.Repeat("a", 1<<15): "too long",
	} {
		if _, err := rendered(`$s.matches($e)`, map[string]any{"s": "a", "e": expr}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v", expr, err)
		}
	}
}

// FuzzExpressions: any expression, text and replacement give an answer or an error.
func FuzzExpressions(f *testing.F) {
	f.Add(`(?<=^|,)([^,&&[^x]]*+)(?=,|$)`, "a,b,\n", "<$1>")
	f.Add(`(?xi)\Qa.\E{2} # c`, "A.A.", `\$`)
	f.Add(`[\p{Punct}&&[^\-]]\R\1`, "!\r\n", "${n}")
	f.Fuzz(func(_ *testing.T, expr, text, by string) {
		if len(expr)+len(text) > 200 {
			return
		}
		vars := map[string]any{"s": text, "e": expr, "r": by}
		rendered(`$s.replaceAll($e, $r)`, vars) //nolint:errcheck // only that it ends
		rendered(`$s.split($e)`, vars)          //nolint:errcheck // only that it ends
		rendered(`$s.matches($e)`, vars)        //nolint:errcheck // only that it ends
	})
}
