package view

import (
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
)

// Tallied is a line that adds findings up, its counts as they weigh: up to the first semicolon.
func Tallied(line string, n map[diag.Severity]int) *diag.Page {
	tone := diag.Good
	switch {
	case n[diag.Error] > 0:
		tone = diag.Bad
	case n[diag.Warning] > 0:
		tone = diag.Caution
	}
	counts, rest, ok := strings.Cut(line, "; ")
	if ok {
		rest = "; " + rest
	}
	var b diag.Page
	diag.Fprintf(&b, "%s%s", diag.In(tone, counts), rest)
	return &b
}

// Line is a step of the demo for a person.
func (s DemoStep) Line() *diag.Page {
	tone, word := diag.Good, "ok"
	if !s.OK {
		tone, word = diag.Bad, "FAIL"
	}
	var b diag.Page
	diag.Fprintf(&b, "%-12s %-4s %s", s.Name, diag.In(tone, word), s.Detail)
	return &b
}
