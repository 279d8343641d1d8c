package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/lab"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/pkg/source"
)

// Entry is lab.Desk's. The call is made once more by itself, as a suite makes it: what that gives
// otherwise is told.
func (k *labDesk) Entry(ctx context.Context, name string, from lab.State, d lab.Dial, o *simulate.Outcome) (text string, notes []string, err error) {
	if d.Lacks.Table {
		return "", nil, refusal(fail(errors.New("a suite cannot say that no row of a table can be read"), "make the call without that, and keep that one"))
	}
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
		line("transfers", "{failing: "+yamlList(d.Lacks.Transfers)+"}")
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
			gone = append(gone, x.key+": "+yamlList(x.names))
		}
	}
	if len(gone) == 0 {
		return ""
	}
	return "{" + strings.Join(gone, ", ") + "}"
}

// appendCall adds an entry to the text of a suite in YAML, below its calls. Comments and
// everything else stay. name is that of the suite's file.
func appendCall(name string, suite []byte, entry string) ([]byte, int, error) {
	refused := func(why string) error {
		return &lab.Refusal{Message: "the call cannot be added to the suite: " + why, Hint: "write its calls line by line below calls:, or name another file by lab --suite"}
	}
	before, out := 0, []byte("# Calls and what is expected of them; docs/suite.md has the format.\nversion: 1\ncalls:\n"+entry)
	if len(bytes.TrimSpace(suite)) > 0 {
		var err error
		if before, err = countCalls(name, suite); err != nil {
			return nil, 0, refused(err.Error())
		}
		at, indent, ok := endOfCalls(suite)
		if !ok {
			return nil, 0, refused("its calls do not stand line by line below calls:")
		}
		out = insertCall(suite, at, indent, entry)
	}
	if n, err := countCalls(name, out); err != nil || n != before+1 {
		return nil, 0, refused(name + " would not be read as it is meant")
	}
	return out, before + 1, nil
}

// insertCall is the text of a suite with an entry, in the line ends of the file.
func insertCall(suite []byte, at, indent int, entry string) []byte {
	var b bytes.Buffer
	b.Write(suite[:at])
	if at > 0 && suite[at-1] != '\n' {
		b.WriteByte('\n')
	}
	for l := range strings.Lines(entry) {
		b.WriteString(strings.Repeat(" ", indent) + strings.TrimPrefix(l, "  "))
	}
	b.Write(suite[at:])
	if !bytes.Contains(suite, []byte("\r\n")) {
		return b.Bytes()
	}
	return bytes.ReplaceAll(bytes.ReplaceAll(b.Bytes(), []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
}

// endOfCalls finds where the next call of a suite would stand, and how far its dash is indented.
func endOfCalls(suite []byte) (at, indent int, ok bool) {
	root, faults := source.New("calls.yaml", suite).YAML(source.Limits{Bytes: maxText, Depth: 100})
	if len(faults) > 0 || root == nil || len(root.Content) == 0 {
		return 0, 0, false
	}
	top := root.Content[0]
	if top.Kind != yaml.MappingNode || top.Style&yaml.FlowStyle != 0 {
		return 0, 0, false
	}
	next := 0 // line of the key behind calls
	var calls *yaml.Node
	for i := 0; i+1 < len(top.Content); i += 2 {
		switch {
		case top.Content[i].Value == "calls":
			calls = top.Content[i+1]
		case calls != nil && next == 0:
			next = top.Content[i].Line
		}
	}
	if calls == nil || calls.Kind != yaml.SequenceNode || calls.Style&yaml.FlowStyle != 0 || len(calls.Content) == 0 {
		return 0, 0, false
	}
	if next == 0 {
		return len(suite), calls.Column - 1, true
	}
	lines := bytes.SplitAfter(suite, []byte("\n"))
	end := next - 1
	for end > 0 && (len(bytes.TrimSpace(lines[end-1])) == 0 || lines[end-1][0] == '#') { // what stands above a key speaks of it
		end--
	}
	for _, l := range lines[:end] {
		at += len(l)
	}
	return at, calls.Column - 1, true
}

// countCalls reads a suite whole; one that has a mistake is an error.
func countCalls(name string, suite []byte) (int, error) {
	l, err := simulate.OpenList(name, bytes.NewReader(suite), simulate.ListOptions{})
	if err != nil {
		return 0, err
	}
	for n := 0; ; n++ {
		e, err := l.Next()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		if _, found := e.Read(); found.Has(diag.Error) {
			return n, found
		}
	}
}
