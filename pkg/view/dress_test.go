package view

import (
	"regexp"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/secret"
)

var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

func dressed(columns int) (*strings.Builder, *Writer) {
	var b strings.Builder
	known := &secret.Known{}
	known.Add(secret.New("sEcReT-0123456789"))
	w := NewWriter(&b, known)
	d := Dress{Colour: true}
	if columns > 0 {
		d.Columns = func() int { return columns }
	}
	w.Dress(d)
	return &b, w
}

// Colours are those of our marks, end with their line, and nothing that is printed makes one: no
// escape of others, no mark in pieces, no secret that a mark would hide.
func TestColours(t *testing.T) {
	b, w := dressed(0)
	diag.Fprintf(w, "%s one %s", diag.In(diag.Bad, "error:"), "\x1b[31mtwo\ufdd1\n")
	diag.Fprintf(w, "\n%s\n", diag.In(diag.Good, diag.Block("a\nb")))
	if got, want := b.String(), "\x1b[1;31merror:\x1b[0m one \\u001b[31mtwo\\ufdd1\\n\n\x1b[32ma\x1b[0m\n\x1b[32mb\x1b[0m\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	for _, pieces := range [][]string{{"\xef", "\xb7\x91x\n"}, {"\xef\xb7", "\x91x\n"}, {"\ufdd1x\n"}, {"\x1b[3", "1mx\n"}} {
		b, w := dressed(0)
		for _, p := range pieces {
			if _, err := w.Write([]byte(p)); err != nil {
				t.Fatal(err)
			}
		}
		if got := b.String(); strings.ContainsAny(got, "\x1b\ufdd1") {
			t.Errorf("%q: %q", pieces, got)
		}
	}
	b, w = dressed(0)
	diag.Fprintf(w, "key sEcReT-%s rest\nsEcReT-0123456789 and %s\n", diag.In(diag.Good, "0123456789"), diag.In(diag.Bad, "x"))
	if got := b.String(); strings.Contains(got, "0123456789") || strings.Contains(escapes.ReplaceAllString(got, ""), "sEcReT-0") {
		t.Errorf("%q", got)
	}
	b, w = dressed(0)
	diag.Fprintf(w, "%s", diag.In(diag.Good, strings.Repeat("x", 3*longLine)))
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if got := escapes.ReplaceAllString(b.String(), ""); got != strings.Repeat("x", 3*longLine) {
		t.Errorf("%d bytes of a long line", len(got))
	}
	b.Reset()
	w = NewWriter(b, &secret.Known{})
	diag.Fprintf(w, "%s\n", diag.In(diag.Bad, "no terminal"))
	if b.String() != "no terminal\n" {
		t.Errorf("%q", b.String())
	}
}

// Lines of ours are folded at blanks, below their last column; what is a text of somebody's keeps
// its lines, and without a width all do.
func TestFolding(t *testing.T) {
	b, w := dressed(10) // narrower than anybody reads: 60
	diag.Fprintf(w, "  outcome      active_deal         contact 90000000001, 2 open deals, value 62,000.00, and %s\n", diag.In(diag.Bad, "more of it"))
	diag.Fprintf(w, "hint: %s\n", strings.Repeat("word ", 20))
	diag.Fprintf(w, "%s\n%s\n", strings.Repeat("x", 100), diag.Block(strings.Repeat("block ", 20)))
	if _, err := w.Write([]byte(strings.Repeat("json ", 20) + "\n")); err != nil {
		t.Fatal(err)
	}
	diag.Fprintf(w, "%s\n", strings.Repeat("日本 ", 20))
	want := `  outcome      active_deal         contact 90000000001, 2
               open deals, value 62,000.00, and <more of it>
hint: ` + strings.TrimSpace(strings.Repeat("word ", 11)) + `
      ` + strings.Repeat("word ", 9) + `
` + strings.Repeat("x", 100) + `
` + strings.Repeat("block ", 20) + `
` + strings.Repeat("json ", 20) + `
` + strings.TrimSpace(strings.Repeat("日本 ", 12)) + `
  ` + strings.Repeat("日本 ", 8) + `
`
	got := strings.NewReplacer("\x1b[1;31m", "<", "\x1b[0m", ">").Replace(b.String())
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, line := range strings.Split(b.String(), "\n") {
		if text := escapes.ReplaceAllString(line, ""); !strings.HasPrefix(text, "x") && !strings.HasPrefix(text, "block") && !strings.HasPrefix(text, "json") && diag.Width(strings.TrimRight(text, " "), 0) > 60 {
			t.Errorf("%d columns: %q", diag.Width(text, 0), text)
		}
	}
}

// A command is one line to copy, however narrow the terminal is; what is around it is folded.
func TestCommandsAreNotFolded(t *testing.T) {
	const long = "dealroute simulate -f 'a long folder/dealroute.yaml' --ani +12025550101"
	b, w := dressed(30)
	x := Init{Files: []InitFile{{Name: "dealroute.yaml", Holds: "the deployment: change it, its comments say how"}}, Next: []InitStep{{Command: long, Does: "where this caller goes, and why it goes there"}}}
	if err := PrintInit(w, x); err != nil {
		t.Fatal(err)
	}
	if err := PrintFiles(w, Files{Folder: "acme", Next: []string{long}}); err != nil {
		t.Fatal(err)
	}
	got := escapes.ReplaceAllString(b.String(), "")
	if strings.Count(got, "  "+long+"\n") != 2 || strings.Contains(got, "its comments") {
		t.Errorf("%s", got)
	}
}
