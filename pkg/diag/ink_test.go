package diag_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/diag"
)

// A terminal keeps what it is given with its marks, as <tone>text</> and {text that keeps its lines}.
type terminal struct {
	strings.Builder
	columns int
}

func (w *terminal) Columns() int { return w.columns }
func (w *terminal) WriteInk(p []byte) (int, error) {
	for _, part := range diag.Parts(p) {
		text := part.Text
		if part.Verbatim {
			text = "{" + text + "}"
		}
		if part.Tone != 0 {
			text = "<" + text + ">"
		}
		w.WriteString(text)
	}
	return len(p), nil
}

const everyMark = "\ufdd0\ufdd1\ufdd5\ufdde\ufddf\ufdef"

// Only In makes a text stand out: no value of others does, in whatever type it comes.
func TestOnlyWeSetTones(t *testing.T) {
	for what, v := range map[string]any{"text": everyMark, "block": diag.Block(everyMark), "list": []string{everyMark}, "error": diag.Finding{Message: everyMark}} {
		var w terminal
		diag.Fprintf(&w, "%v", diag.In(diag.Bad, v))
		got := w.String()
		if strings.Trim(got, "<>{}") == got || strings.ContainsAny(strings.Trim(got, "<>{}"), everyMark+"<>{}") || !strings.Contains(got, `\ufdd1`) {
			t.Errorf("%s: %q", what, got)
		}
	}
	var w terminal
	var p diag.Page
	p.WriteString("raw " + everyMark)
	diag.Fprintf(&p, " %s %d", everyMark, 1)
	diag.Fprintf(&w, "%s", &p)
	if got := w.String(); strings.ContainsAny(got, everyMark+"<>") {
		t.Errorf("%q", got)
	}
	for _, got := range []string{diag.Line(everyMark), diag.Plain(everyMark)} {
		if strings.ContainsAny(got, everyMark) {
			t.Errorf("%q", got)
		}
	}
}

// Who knows no tones gets the text as it always was; Arabic, whose letters are close to marks, stays.
func TestTonesAreNoText(t *testing.T) {
	const arabic = "\ufdca\ufdf2 ﷲ"
	var plain strings.Builder
	diag.Fprintf(&plain, "%s %-6s| %s", diag.In(diag.Good, "ok"), diag.In(diag.Bad, "no"), arabic)
	if got, want := plain.String(), "ok no    | "+arabic; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := diag.Sprintf("%s", diag.In(diag.Good, "ok")); got != "ok" {
		t.Errorf("%q", got)
	}
	var w terminal
	diag.Fprintf(&w, "a %s b\n%s", diag.In(diag.Good, arabic), diag.Block("x"))
	if got, want := w.String(), "a <"+arabic+"> b\n{x}"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestTrim(t *testing.T) {
	for want, make := range map[string]func(*diag.Page){
		"a": func(p *diag.Page) { diag.Fprintf(p, "a \n"); p.WriteString("\n \n") }, "b c": func(p *diag.Page) { p.WriteString("b c\n\n") }, "": func(p *diag.Page) { p.WriteString(" ") },
		"d": func(p *diag.Page) { diag.Fprintf(p, "d") },
	} {
		var p diag.Page
		make(&p)
		if got := p.Trim().String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestFindingsStandOut(t *testing.T) {
	var w terminal
	f := diag.Finding{Code: "DR-X-1", Severity: diag.Warning, Message: "m", Hint: "h", Position: diag.Position{File: "f", Line: 1, Column: 3}, Length: 2}
	if err := diag.Print(&w, f, []byte("a bc")); err != nil {
		t.Fatal(err)
	}
	want := "<f:1:3:> <warning:> m <[DR-X-1]>\n    1 | {a bc}\n      | {  }<{^~}>\n<hint:> h\n"
	if w.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &w, want)
	}
}

// On a terminal a line of the source and its caret fit, wherever the place is, and the caret stands
// below its character: also behind tabs and characters that are two columns wide.
func TestSourceFitsTheTerminal(t *testing.T) {
	line := strings.Repeat("日本 ", 40) + "\tHERE\t" + strings.Repeat("é\x1bx", 60)
	runes := []rune(line)
	for column := 1; column <= len(runes)+3; column++ {
		w := terminal{columns: 70}
		f := diag.Finding{Message: "m", Position: diag.Position{File: "f", Line: 1, Column: column}, Length: 4}
		if err := diag.Print(&w, f, []byte(line)); err != nil {
			t.Fatal(err)
		}
		rows := strings.Split(strings.NewReplacer("{", "", "}", "", "<", "", ">", "").Replace(w.String()), "\n")
		shown, caret := rows[1], rows[2]
		if n := diag.Width(shown, 0); n > 70 {
			t.Fatalf("column %d: %d columns: %q", column, n, shown)
		}
		if n := diag.Width(strings.TrimRight(caret, "~"), 0); n > 75 { // a place beyond the end has a caret there
			t.Fatalf("column %d: caret at %d", column, n)
		}
		if column > len(runes) {
			continue
		}
		at := diag.Width(caret[:strings.IndexByte(caret, '^')], 0)
		under, col := "", 0
		for i, r := range shown {
			if col == at {
				under = shown[i:]
				break
			}
			col += diag.Wide(r, col)
		}
		if want := diag.Plain(string(runes[column-1])); !strings.HasPrefix(under, want) {
			t.Fatalf("column %d: %q stands above the caret, want %q\n%s\n%s", column, under, want, shown, caret)
		}
	}
	var w terminal
	w.columns = 70
	diag.Print(&w, diag.Finding{Position: diag.Position{Line: 1, Column: 2}}, []byte("short"))
	if !strings.Contains(w.String(), "{short}") {
		t.Error(w.String())
	}
}

func TestWrap(t *testing.T) {
	text := "One two three four\nfive six.\n\n  kept as it is although it is far too long\nseven eight\n- a list of some words\n- b\n```\nin a fence\nall stays\n```\nc\nd"
	want := "One two three\nfour five six.\n\n  kept as it is although it is far too long\nseven eight\n- a list of\nsome words\n- b\n```\nin a fence\nall stays\n```\nc d"
	if got := diag.Wrap(text, 14); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if diag.Wrap(text, 0) != text {
		t.Error("no terminal, no folding")
	}
	if diag.Width("a\tb日é́", 0) != 8+1+2+1 || !utf8.ValidString(text) {
		t.Error(diag.Width("a\tb日é́", 0))
	}
}
