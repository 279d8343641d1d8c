package view_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/view"
)

// A flow that changes in some of its many lines is shown by those, not taken down and written
// anew.
func TestDiffShowsWhatChanged(t *testing.T) {
	var old, now strings.Builder
	for i := range 2000 {
		line := fmt.Sprintf("      - string: {variable: Flow.V%d, value: {exp: 'If(IsSet(Flow.V%d), Flow.V%d, \"\")'}}\n", i, i, i)
		old.WriteString(line)
		if i%100 == 50 {
			line = strings.Replace(line, "IsSet", "!IsNotSetOrEmpty", 1)
		}
		if i%400 == 200 {
			now.WriteString("      - boolean: {variable: Task.New, value: {lit: true}}\n")
		}
		now.WriteString(line)
	}
	diff := view.Diff(old.String(), now.String())
	if n := strings.Count(diff, "\n"); n > 2+25*7 || strings.Count(diff, "\n      +") != 1+25 {
		t.Errorf("%d lines:\n%.2000s", n, diff)
	}
	if view.Diff(old.String(), old.String()) != "" {
		t.Error("nothing changed, and something is shown")
	}
}
