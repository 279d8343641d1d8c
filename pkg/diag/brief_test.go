package diag_test

import (
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/diag"
)

// A kind of fault has one line a file, which names where the others are; notes are counted.
func TestPrintBrief(t *testing.T) {
	at := func(sev diag.Severity, code, file string, line int, message, hint string) diag.Finding {
		return diag.Finding{Severity: sev, Code: code, Message: message, Hint: hint, Position: diag.Position{File: file, Line: line, Column: 5}}
	}
	fs := diag.Findings{
		at(diag.Warning, "A-1", "a", 14, "third", ""), at(diag.Warning, "A-1", "a", 3, "first", "do x"), at(diag.Warning, "A-1", "a", 12, "second", ""), at(diag.Warning, "A-1", "a", 12, "again", ""),
		at(diag.Info, "A-1", "a", 1, "a note", ""), at(diag.Assumption, "A-2", "a", 2, "assumed", ""),
		at(diag.Error, "A-3", "a", 20, "broken", ""), at(diag.Warning, "A-3", "a", 4, "half broken", ""),
		at(diag.Warning, "A-1", "b", 7, "other file", ""),
		at("", "", "b", 8, "no code", ""), at("", "", "b", 9, "another without", ""),
	}
	for i := range 12 {
		fs = append(fs, at(diag.Warning, "A-4", "b", 30+i, "many", ""))
	}
	fs = append(fs, diag.Finding{Severity: diag.Warning, Message: "more of this kind is not listed", More: 7, Position: diag.Position{File: "b", Line: 50}})
	var b strings.Builder
	hidden, err := diag.PrintBrief(&b, fs)
	const want = `a:20:5: broken [A-3] (and 1 more like it: line 4)
b:8:5: no code
b:9:5: another without
a:3:5: warning: first [A-1] (and 3 more like it: lines 12, 14); hint: do x
b:7:5: warning: other file [A-1]
b:30:5: warning: many [A-4] (and 11 more like it: lines 31, 32, 33, 34, 35, 36, 37, 38, …)
`
	if b.String() != want || hidden != 24 || err != nil {
		t.Errorf("%d hidden, %v:\n%s", hidden, err, &b)
	}
}
