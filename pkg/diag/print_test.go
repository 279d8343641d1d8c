package diag_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/diag"
)

// Of a long line the part around the place is shown, and of very many findings the first.
func TestPrintIsShort(t *testing.T) {
	line := strings.Repeat("é", 1000) + "HERE" + strings.Repeat("x", 1000)
	for column, length := range map[int]int{1: 0, 100: 3, 121: 1, 122: 1, 1001: 4, 1005: 0, 2004: 1, 2005: 1, 3000: 5000} {
		var b strings.Builder
		f := diag.Finding{Message: "m", Position: diag.Position{File: "f", Line: 2, Column: column}, Length: length}
		if err := diag.Print(&b, f, []byte("first\n"+line+"\r\nlast")); err != nil {
			t.Fatal(err)
		}
		rows := strings.Split(b.String(), "\n")
		if n := utf8.RuneCountInString(b.String()); n > 900 {
			t.Errorf("column %d: %d characters", column, n)
		}
		caret := strings.IndexByte(rows[2], '^')
		if shown := []rune(rows[1]); column == 1001 && string(shown[caret:caret+4]) != "HERE" || column == 1 && shown[caret] != 'é' {
			t.Errorf("column %d:\n%s", column, &b)
		}
	}
	var b strings.Builder
	many := make(diag.Findings, 50_000)
	for i := range many {
		many[i] = diag.Finding{Message: "m", Position: diag.Position{File: "f", Line: i + 1, Column: 1}}
	}
	if err := diag.PrintAll(&b, many, func(diag.Finding) []byte { return []byte(strings.Repeat("x\n", 50_000)) }); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "\n"); n != 301 || !strings.HasSuffix(b.String(), "\nand 49900 more\n") {
		t.Errorf("%d lines: …%s", n, b.String()[b.Len()-50:])
	}
}

// No name makes the search for a near one take long, and what is near is found as before.
func TestNearestIsBounded(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	begin := time.Now()
	for range 100 {
		if got := diag.Nearest(long, []string{long + "y", long, "x"}) + diag.Nearest("x", []string{long}); got != "" {
			t.Errorf("%.20s…", got)
		}
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Error(took)
	}
	for name, want := range map[string]string{"Negotation": "Negotiation", "négociation": "Negociation", "x": "y", "abc": "abcd", "abcdef": "abcd", "abcdefgh": ""} {
		if got := diag.Nearest(name, []string{map[string]string{"abcdefgh": "abcd"}[name] + want}); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// Findings beyond those that are kept are counted by severity, in every sum.
func TestFindingsAreBounded(t *testing.T) {
	var fs diag.Findings
	for i := range 6000 {
		s := diag.Warning
		if i%3 == 2 {
			s = diag.Error
		}
		fs.Add(diag.Finding{Severity: s, Message: "m"})
	}
	var b strings.Builder
	if err := diag.PrintAll(&b, fs, func(diag.Finding) []byte { return nil }); err != nil {
		t.Fatal(err)
	}
	n := fs.Counts()
	if len(fs) > 1010 || n[diag.Error] != 2000 || n[diag.Warning] != 4000 || !strings.HasSuffix(b.String(), "\nand 5900 more\n") || !strings.HasSuffix(fs.Error(), "(and 5999 more)") {
		t.Errorf("%d are kept of %v: %s", len(fs), n, b.String()[b.Len()-50:])
	}
}

// What is underlined is the whole of a text in quotes, and ends with its line.
func TestLengthAsWritten(t *testing.T) {
	for text, want := range map[string]int{
		`plain, more`: 5, `"in quotes", more`: 11, `'in quotes', more`: 11, `"with \" one", x`: 13, `'it''s', x`: 7,
		`"of several lines`: 5, `"e", x`: 5, `abc`: 3, ``: 1,
	} {
		for _, end := range []string{"\n", "\r\n"} {
			f := diag.Finding{Position: diag.Position{File: "d.yaml", Line: 2, Column: 5}, Length: 5}
			if got := f.Written([]byte("a: 1" + end + "ä:  " + text + end)); got != want {
				t.Errorf("%s: %d, want %d", text, got, want)
			}
		}
	}
	if got := (diag.Finding{Position: diag.Position{Line: 1, Column: 1}}).Written([]byte("x: 1\n")); got != 0 {
		t.Errorf("of no length: %d", got)
	}
}
