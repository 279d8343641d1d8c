package view_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/view"
)

// TestManyRowsAreOneLine: a plan of hundreds of owners can be read; a few stand one by one.
func TestManyRowsAreOneLine(t *testing.T) {
	rows := func(n int, a plan.Action) []plan.Change {
		var out []plan.Change
		for i := range n {
			out = append(out, plan.Change{Key: genesys.Key{Kind: genesys.DataTableRow, Name: fmt.Sprintf("acme-owners/%d", i)}, Action: a})
		}
		return out
	}
	for _, c := range []struct {
		changes []plan.Change
		lines   int
		want    string
	}{
		{rows(20, plan.Create), 21, "+ create   dataTableRow  acme-owners/19\n"},
		{rows(21, plan.Create), 2, "+ create   dataTableRow  acme-owners/…  (21 rows)\n21 entities: 21 to create\n"},
		{append(rows(300, plan.Create), rows(2, plan.Delete)...), 4, "(300 rows)\n- delete   dataTableRow  acme-owners/0\n- delete   dataTableRow  acme-owners/1\n"},
		{rows(300, plan.Keep), 1, "300 entities: 300 to keep\n"},
	} {
		var b strings.Builder
		if err := view.PrintPlan(&b, plan.Plan{Changes: c.changes}, nil); err != nil {
			t.Fatal(err)
		}
		if got := b.String(); strings.Count(got, "\n") != c.lines || !strings.Contains(got, c.want) {
			t.Errorf("%d lines, want %d with %q:\n%s", strings.Count(got, "\n"), c.lines, c.want, got)
		}
	}
}
