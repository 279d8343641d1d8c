package diag_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/diag"
)

// acting are all characters that a terminal obeys instead of showing them.
func acting() []rune {
	var out []rune
	for r := range rune(0x2100) {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == 0x2028 || r == 0x2029 {
			out = append(out, r)
		}
	}
	return out
}

func TestNothingActs(t *testing.T) {
	for _, r := range acting() {
		s := "a" + string(r) + "ż→•✓ b"
		keep := r == '\n' || r == '\t'
		if got := diag.Plain(s); strings.ContainsRune(got, r) != keep || !strings.HasSuffix(got, "ż→•✓ b") || diag.Plain(got) != got {
			t.Errorf("Plain(%q) = %q", s, got)
		}
		if got := diag.Line(s); strings.ContainsRune(got, r) || diag.Line(got) != got {
			t.Errorf("Line(%q) = %q", s, got)
		}
		var back string
		if err := json.Unmarshal([]byte(`"`+diag.Line(s)+`"`), &back); err != nil || back != s {
			t.Errorf("%q in JSON is %q (%v)", s, back, err)
		}
	}
	for s, want := range map[string]string{
		"": "", "plain": "plain", "\x1b[31m": `\u001b[31m`, "a\xffb": `a\ufffdb`, "\xc2": `\ufffd`, "�": "�",
		"a\r\nforged": `a\r\nforged`, `C:\new`: `C:\new`, "x\u202eevil": `x\u202eevil`, "\u009b31m": `\u009b31m`,
	} {
		if got := diag.Line(s); got != want {
			t.Errorf("Line(%q) = %q, want %q", s, got, want)
		}
	}
}

type named string

func (n named) String() string { return "named " + string(n) }

func TestValuesEndNoLine(t *testing.T) {
	const evil = "a\nforged\x1b\u202e"
	for _, v := range []any{evil, errors.New(evil), named(evil), []string{evil}, map[string]any{evil: evil}, json.RawMessage(evil), &evil2{evil}} {
		for _, verb := range []string{"%s", "%v", "%-30v|", "%q", "%+v"} {
			got := diag.Sprintf("x\t"+verb+"\n", v)
			if strings.Count(got, "\n") != 1 || strings.ContainsAny(got[2:], "\x1b\u202e\t") {
				t.Errorf("%s of %T: %q", verb, v, got)
			}
		}
	}
	if got, want := diag.Sprintf("%d %s %v %q %5d|%-4s|%.1f %s %d%%\n", 1, "a", true, "q", int64(7), "é", 1.25, diag.Block("a\nb"), uint8(3)), fmt.Sprintf("1 a true \"q\"     7|é   |1.2 a\nb 3%%\n"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// A quoted value is escaped once.
func TestQuotedOnce(t *testing.T) {
	if got, want := diag.Sprintf("%q %s", "a\x1b\n\u202e", "\x1b"), `"a\x1b\n\u202e" \u001b`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

type evil2 struct{ S string }

// The caret stands below its character, whatever is escaped before it.
func TestCaretBelowEscapes(t *testing.T) {
	src := "k\x1b\x1b: \tbad\x00 # \u202e\n"
	var b strings.Builder
	if err := diag.Print(&b, diag.Finding{Message: "m\nforged", Hint: "h\nforged", Path: "/p\nforged", Position: diag.Position{File: "f\nforged", Line: 1, Column: 7}, Length: 4}, []byte(src)); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	if len(lines) != 5 || lines[1] != `    1 | k\u001b\u001b: `+"\t"+`bad\u0000 # \u202e` || lines[2] != "      | "+strings.Repeat(" ", 15)+"\t^"+strings.Repeat("~", 8) {
		t.Errorf("%q", lines)
	}
}

func FuzzLine(f *testing.F) {
	f.Add("a\nb\x1b")
	f.Fuzz(func(t *testing.T, s string) {
		for _, got := range []string{diag.Plain(s), diag.Line(s)} {
			if !utf8.ValidString(got) || strings.ContainsAny(strings.NewReplacer("\n", "", "\t", "").Replace(got), string(acting())) {
				t.Errorf("%q", got)
			}
		}
	})
}
