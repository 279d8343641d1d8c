package diag_test

import (
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/diag"
)

func TestPrintPointsAtTheColumn(t *testing.T) {
	src := "a: 1\nwhen: {stage: [Negotation]}\n"
	f := diag.Finding{
		Code: "DR-STAGE-003", Message: `stage "Negotation" is unknown`, Hint: `did you mean "Negotiation"`,
		Position: diag.Position{File: "d.yaml", Line: 2, Column: 16}, Length: 10,
	}
	var b strings.Builder
	if err := diag.Print(&b, f, []byte(src)); err != nil {
		t.Fatal(err)
	}
	want := "d.yaml:2:16: stage \"Negotation\" is unknown [DR-STAGE-003]\n" +
		"    2 | when: {stage: [Negotation]}\n" +
		"      |                ^~~~~~~~~~\n" +
		"hint: did you mean \"Negotiation\"\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestNearest(t *testing.T) {
	known := []string{"negotiation", "routing", "queue", "Skills"}
	for name, want := range map[string]string{
		"negotation": "negotiation", "qeue": "queue", "skils": "Skills", "zzz": "", "rotuing": "routing", "": "",
	} {
		if got := diag.Nearest(name, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestSortedPutsErrorsFirst(t *testing.T) {
	fs := diag.Findings{
		{Severity: diag.Info, Message: "i"},
		{Severity: diag.Error, Message: "late", Position: diag.Position{Line: 9}},
		{Message: "early", Position: diag.Position{Line: 2}},
		{Severity: diag.Warning, Message: "w"},
	}
	var got []string
	for _, f := range fs.Sorted() {
		got = append(got, f.Message)
	}
	if s := strings.Join(got, " "); s != "early late w i" {
		t.Errorf("order %q", s)
	}
	if fs[:1].Err() != nil || fs.Err() == nil {
		t.Error("only error-level findings are an error")
	}
}
