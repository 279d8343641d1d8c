package blueprint

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/source"
)

// There is no state file: plan, setup, status and destroy find what an earlier setup made by
// what it carries itself.
//
//	flow          its name, and the mark in its description, with the hash of its text
//	data action   its name, with digits of its contract's hash, under our integration
//	script        its name, with digits of its text's hash
//	table         its name; the mark is not the template's
//	row           its table and its key
//
// A template of one's own writes all of these but the last mark. What it leaves out or
// changes would be made once and never be found again: not updated, not deleted, and in the
// way of the next setup. This file refuses it at the template's line.

const codeFound = "DR-RENDER-004" // an artifact that would not be found again

func (r rendering) lost(line int, hint, format string, args ...any) diag.Finding {
	return diag.Finding{Code: codeFound, Message: fmt.Sprintf(format, args...), Position: r.at(line), Hint: hint}
}

// keyIn finds a key of a mapping; both are nil without it.
func keyIn(n *yaml.Node, name string) (key, val *yaml.Node) {
	if n == nil {
		return nil, nil
	}
	if n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	if n.Kind == yaml.MappingNode {
		for p := range source.Pairs(n) {
			if p.Key.Value == name {
				return p.Key, p.Value
			}
		}
	}
	return nil, nil
}

// lineOf is the line of a key, and that of the mapping without it.
func lineOf(n *yaml.Node, name string) int {
	if k, _ := keyIn(n, name); k != nil {
		return k.Line
	}
	if n != nil {
		return max(n.Line, 1)
	}
	return 1
}

// unnamed refuses a name that is not the one by which an artifact is found.
func (r rendering) unnamed(root *yaml.Node, what, got, want string) diag.Findings {
	if got == want {
		return nil
	}
	return diag.Findings{r.lost(lineOf(root, "name"), "write the name as the template is given it: {{name .Name}}, in JSON {{json .Name}}",
		"%s is named %q: it is found again by the name %q", what, got, want)}
}

// varying refuses a text that differs from what it was before its mark or its name was
// known in more than these: the hash in them would not tell that it changed.
func (r rendering) varying(before, was, now string) diag.Findings {
	if strings.ReplaceAll(r.text, now, was) == before {
		return nil
	}
	olds := strings.Split(before, "\n")
	line := 1
	for i, l := range strings.Split(strings.ReplaceAll(r.text, now, was), "\n") {
		if i >= len(olds) || olds[i] != l {
			line = i + 1
			break
		}
	}
	return diag.Findings{r.lost(line, "print the description and the name, and ask nothing of them",
		"what the template writes depends on the hash of what it writes, which would not tell when it changes")}
}

// lostFlow says why a flow would not be found again. before is its text without the mark.
func (b *builder) lostFlow(r rendering, before string, f *architect.File, mark genesys.Mark) diag.Findings {
	flow := f.Flow
	if flow.Type != "inboundCall" {
		return diag.Findings{r.lost(flow.Pos.Line, "begin the flow with inboundCall:", "the flow is of type %q: it is found again among the inbound call flows", flow.Type)}
	}
	fs := r.unnamed(flow.Node, "the flow", flow.Name, b.names.flow)
	if why := unmarked(flow.Description, mark); why != "" {
		fs = append(fs, r.lost(lineOf(flow.Node, "description"),
			`write description: {{lit .Description}}, with words of your own {{lit (print "Acme: " .Description)}}`,
			"the flow's description %s: it is found again by the mark of this deployment with the hash of its text", why))
	}
	if want := b.d.Genesys.Division; flow.Division != want && (flow.Division != "" || want != deployment.HomeDivision) {
		fs = append(fs, r.lost(lineOf(flow.Node, "division"), "write division: {{name .Division}}",
			"the flow's division is %q: the deployment's is %q", flow.Division, want))
	}
	if fs == nil {
		fs = r.varying(before, "", mark.String())
	}
	return fs
}

// unmarked says what is wrong with the mark in a description; empty when nothing is.
func unmarked(description string, want genesys.Mark) string {
	marks := genesys.Marks(description)
	switch {
	case len(marks) == 0:
		return "has no mark"
	case len(marks) > 1:
		return fmt.Sprintf("has %d marks", len(marks))
	case marks[0].Deployment != want.Deployment:
		return fmt.Sprintf("has the mark of deployment %q", marks[0].Deployment)
	case marks[0].Schema != want.Schema:
		return fmt.Sprintf("has a mark of schema %d, which is %d now", marks[0].Schema, want.Schema)
	case marks[0] != want:
		return "has a mark with another hash"
	}
	return ""
}

// lostRows says which rows and columns of the control table would not be found again. Rows
// are looked up by their keys, in lower case: by the flow, by the commands that turn
// enrichment off, and by setup, whose own record one of them is.
func (b *builder) lostRows(r rendering) diag.Findings {
	var fs diag.Findings
	rows := []string{"switch", genesys.RecordRow}
	if b.d.Enrichment.Breaker.Enabled {
		rows = append(rows, "breaker", "scratch")
	}
	columns := []struct{ name, kind string }{{"key", "string"}, {genesys.RecordFlow, "string"}, {genesys.RecordGeneration, "integer"}}
	if b.d.HubSpot.Auth.Outside() {
		rows = append(rows, genesys.TokenRow)
		columns = append(columns, struct{ name, kind string }{genesys.TokenExpiry, "string"})
	}
	for _, name := range rows {
		if k, _ := keyIn(&b.control.Rows, name); k == nil {
			fs = append(fs, r.lost(b.control.Rows.Line, "keep the rows of the built-in template", "the control table has no row %q", name))
		}
	}
	for _, c := range columns {
		if k, col := keyIn(&b.control.Columns, c.name); k == nil {
			fs = append(fs, r.lost(b.control.Columns.Line, "keep the columns of the built-in template", "the control table has no column %q", c.name))
		} else if _, t := keyIn(col, "type"); t == nil || t.Value != c.kind {
			fs = append(fs, r.lost(k.Line, "write {type: "+c.kind+"}", "column %q is of another type than %s", c.name, c.kind))
		}
	}
	for row := range source.Pairs(&b.control.Rows) {
		if strings.Contains(row.Key.Value, "/") {
			fs = append(fs, r.lost(row.Key.Line, "use letters", "row %q: a slash parts the table's name from the row's key", row.Key.Value))
		}
	}
	return fs
}

// columnTypes are those of a data table, with the tag that YAML gives a value of each. Genesys: the key is text.
var columnTypes = map[string][]string{"string": {"!!str"}, "integer": {"!!int"}, "number": {"!!int", "!!float"}, "boolean": {"!!bool"}}

// columnKeys are what a template says of a column; what else there is of one is made. The platform
// keeps nothing else, so that another key would be a difference to the org forever.
var columnKeys = []string{"type", "title", "default"}

// unreadable says which columns and rows are not what they must be.
func unreadable(r rendering, table controlTable) diag.Findings {
	var fs diag.Findings
	for col := range source.Pairs(&table.Columns) {
		_, t := keyIn(col.Value, "type")
		if err := col.Value.Decode(&map[string]any{}); err != nil || t == nil || columnTypes[t.Value] == nil {
			fs = append(fs, r.fail(col.Key.Line, "column %q has no type; it is one of string, integer, number, boolean", col.Key.Value)...)
		}
	}
	for row := range source.Pairs(&table.Rows) {
		if err := row.Value.Decode(&map[string]any{}); err != nil || row.Value.Kind != yaml.MappingNode {
			fs = append(fs, r.fail(row.Key.Line, "row %q is no mapping of columns to values", row.Key.Value)...)
		}
	}
	return fs
}

// unfit says what of a table that can be read its columns cannot be, and which cells have no column
// or another type than it.
func unfit(r rendering, table controlTable) diag.Findings {
	fs := tooLarge(r, table)
	types := map[string]string{}
	for col := range source.Pairs(&table.Columns) {
		_, t := keyIn(col.Value, "type")
		types[col.Key.Value] = t.Value
		for said := range source.Pairs(col.Value) {
			switch name := said.Key.Value; {
			case !slices.Contains(columnKeys, name):
				fs = append(fs, r.fail(said.Key.Line, "column %q: %q is nothing that a column has; it has %s", col.Key.Value, name, strings.Join(columnKeys, ", "))...)
			case name == "default" && !ofType(said.Value, t.Value):
				fs = append(fs, r.fail(said.Value.Line, "column %q: its default is no %s", col.Key.Value, t.Value)...)
			case name == "title" && !ofType(said.Value, "string"):
				fs = append(fs, r.fail(said.Value.Line, "column %q: its title is no text", col.Key.Value)...)
			}
		}
	}
	for row := range source.Pairs(&table.Rows) {
		for cell := range source.Pairs(row.Value) {
			switch name := cell.Key.Value; {
			case types[name] == "":
				fs = append(fs, r.fail(cell.Key.Line, "row %q: the table has no column %q", row.Key.Value, name)...)
			case !ofType(cell.Value, types[name]):
				fs = append(fs, r.fail(cell.Value.Line, "row %q: the value of %q is no %s", row.Key.Value, name, types[name])...)
			}
		}
	}
	return fs
}

// Genesys: what a table has at most.
const (
	maxColumns = 50
	maxKey     = 256 // characters of a row's key
)

func tooLarge(r rendering, table controlTable) diag.Findings {
	var fs diag.Findings
	say := func(line int, format string, args ...any) {
		fs = append(fs, diag.Finding{Code: codeLimit, Message: fmt.Sprintf(format, args...), Position: r.at(line), Hint: "use fewer"})
	}
	if n := len(table.Columns.Content) / 2; n > maxColumns {
		say(table.Columns.Line, "the table has %d columns, Genesys Cloud takes %d", n, maxColumns)
	}
	for row := range source.Pairs(&table.Rows) {
		if n := utf8.RuneCountInString(row.Key.Value); n > maxKey {
			say(row.Key.Line, "the key of a row has %d characters, Genesys Cloud takes %d", n, maxKey)
		}
	}
	return fs
}

// ofType reports whether a value is of a column's type.
func ofType(n *yaml.Node, kind string) bool {
	return n.Kind == yaml.ScalarNode && slices.Contains(columnTypes[kind], n.ShortTag())
}
