package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/lab"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// Entry is lab.Desk's. The call is made once more by itself, as a suite makes it: what that gives
// otherwise is told.
func (k *labDesk) Entry(ctx context.Context, name string, from lab.State, d lab.Dial, o *simulate.Outcome) (text string, notes []string, err error) {
	var b strings.Builder
	line := entryLines(&b)
	if name != "" {
		line("name", yamlText(name))
	}
	line("ani", yamlQuoted(d.ANI))
	if d.DNIS != "" {
		line("dnis", yamlQuoted(o.Call.DNIS))
	}
	line("at", o.Call.At.UTC().Format(time.RFC3339Nano))
	if d.Schedule != "" {
		line("schedule", d.Schedule)
	}
	if len(d.Faults) > 0 {
		line("fault", yamlList(d.Faults))
	}
	if rows := lab.Written(k.s.org.Rows, k.Rows(from)); len(rows) > 0 {
		line("control", yamlRows(rows))
	}
	if gone := vanished(d.Lacks); gone != "" {
		line("vanished", gone)
	}
	if len(d.Lacks.Transfers) > 0 {
		line("transfers", "{failing: "+yamlList(eachOnce(d.Lacks.Transfers))+"}")
	}
	if d.Lacks.Table {
		line("tables", "{failing: true}")
	}
	expected := k.s.expectations(o)
	text = b.String() + expected
	alone, err := k.s.desk(k.s.callFiles(k.suite)).written(ctx, text)
	if err != nil {
		return "", nil, refusal(fmt.Errorf("the call cannot be written as one of a suite: %w", err))
	}
	if now := k.s.expectations(alone); now != expected {
		notes = append(notes, "by itself, as calls of a suite are, this call becomes another: HubSpot's limits are unused then, and nothing was asked before. What is expected is what was seen, so that the suite will say that it fails")
	}
	return text, notes, nil
}

// eachOnce are names without those that stand there already.
func eachOnce(names []string) []string {
	var out []string
	for _, n := range names {
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// yamlRows writes rows of the control table within braces.
func yamlRows(rows map[string]map[string]any) string {
	var out []string
	for _, key := range sortedNames(rows) {
		var columns []string
		for _, c := range sortedNames(rows[key]) {
			if c == "key" {
				continue
			}
			v := fmt.Sprint(rows[key][c])
			if t, is := rows[key][c].(string); is {
				v = yamlQuoted(t)
			}
			columns = append(columns, c+": "+v)
		}
		out = append(out, key+": {"+strings.Join(columns, ", ")+"}")
	}
	return "{" + strings.Join(out, ", ") + "}"
}

// vanished writes what the org lacks within braces; empty when that is nothing.
func vanished(l lab.Lacks) string {
	var gone []string
	for _, x := range []struct {
		key   string
		names []string
	}{{"queues", l.Queues}, {"skills", l.Skills}, {"flows", l.Flows}} {
		if len(x.names) > 0 {
			gone = append(gone, x.key+": "+yamlList(eachOnce(x.names)))
		}
	}
	if len(gone) == 0 {
		return ""
	}
	return "{" + strings.Join(gone, ", ") + "}"
}

// appendCall adds an entry to the text of a suite, below its calls. name is that of the suite's file.
func appendCall(name string, suite []byte, entry string) ([]byte, int, error) {
	text, calls, err := simulate.AppendCall(name, suite, entry)
	if err != nil {
		return nil, 0, &lab.Refusal{Message: "the call cannot be added to the suite: " + err.Error(), Hint: "mend the file, or name another one by lab --suite"}
	}
	return text, calls, nil
}
