package simulate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/source"
)

// at is a finding about the value at a path of the fixtures.
func (f *Fixtures) at(path, hint, format string, args ...any) diag.Finding {
	n, _ := source.Find(f.root, path)
	return diag.Finding{Severity: diag.Error, Message: fmt.Sprintf(format, args...), Hint: hint, Position: f.text.At(n), Length: source.Width(n)}
}

// meant offers the nearest of the known names, or all of them.
func meant(name string, known []string) string {
	if hint := diag.DidYouMean(name, known); hint != "" {
		return hint
	}
	return "there is " + strings.Join(known, ", ")
}

// check holds what refers to something in the fixtures against what is there: no account
// has a deal of a contact, a pipeline or a stage that it does not have.
func (f *Fixtures) check() diag.Findings {
	var found diag.Findings
	unknown := func(path, what, name string, known []string) {
		found = append(found, f.at(path, meant(name, known), "%s %q is not in the fixtures", what, name))
	}
	if t := f.Now; t != nil && (t.Year() < world.FirstYear || t.Year() > world.LastYear) {
		found = append(found, f.at("/now", fmt.Sprintf("use a year from %d to %d", world.FirstYear, world.LastYear), "now is too far from today"))
	}
	var contacts []string
	known := map[string]bool{}
	for _, c := range f.Contacts {
		contacts = append(contacts, c.ID)
		known[c.ID] = true
	}
	stages := map[string][]string{}
	for _, p := range f.AllPipelines() {
		for _, s := range p.Stages {
			stages[p.ID] = append(stages[p.ID], s.ID)
		}
		if len(p.Stages) == 0 {
			stages[p.ID] = nil
		}
	}
	for i, d := range f.Deals {
		at := fmt.Sprintf("/deals/%d/", i)
		for k, id := range d.Contacts {
			if !known[id] {
				unknown(fmt.Sprintf("%scontacts/%d", at, k), "contact", id, contacts)
			}
		}
		pipeline, named := d.Properties.Get(hubspot.PropPipeline)
		if !named || pipeline == "" {
			pipeline = "default"
		}
		in, ok := stages[pipeline]
		if !ok && named {
			unknown(at+"properties/"+hubspot.PropPipeline, "pipeline", pipeline, slices.Sorted(maps.Keys(stages)))
		}
		if s, has := d.Properties.Get(hubspot.PropDealStage); ok && has && s != "" && !slices.Contains(in, s) {
			unknown(at+"properties/"+hubspot.PropDealStage, "stage", s, in)
		}
	}
	return found
}

// Against holds the fixtures against the control table and the account of a deployment:
// rows are those that the table has, with the types of their columns; portal is the account
// that the deployment is pinned to, or empty.
func (f *Fixtures) Against(rows map[string]map[string]any, portal string) diag.Findings {
	columns := map[string]any{} // every row has those of all
	for _, row := range rows {
		maps.Copy(columns, row)
	}
	var found diag.Findings
	say := func(path, hint, format string, args ...any) {
		found = append(found, f.at(path, hint, format, args...))
	}
	if portal != "" && f.Portal != "" && f.Portal != portal {
		say("/portal", "", "these are the fixtures of account %s, and hubspot.portal pins %s", f.Portal, portal)
	}
	control := func(at string, given map[string]map[string]any) {
		for _, key := range slices.Sorted(maps.Keys(given)) {
			if rows[key] == nil {
				say(at+"/"+source.EscapePointer(key), meant(key, slices.Sorted(maps.Keys(rows))), "the control table has no row %q", key)
				continue
			}
			for _, name := range slices.Sorted(maps.Keys(given[key])) {
				place := at + "/" + source.EscapePointer(key) + "/" + source.EscapePointer(name)
				now, ok := columns[name]
				if !ok {
					known := slices.Sorted(maps.Keys(columns))
					say(place, diag.DidYouMean(name, known), "the control table has no column %q", name)
				} else if v := given[key][name]; v != nil && kind(v) != kind(now) {
					say(place, kind(now)+" does", "%s does not belong here", kind(v))
				}
			}
		}
	}
	control("/control", f.Control)
	for _, name := range slices.Sorted(maps.Keys(f.Calls)) {
		control("/calls/"+source.EscapePointer(name)+"/control", f.Calls[name].Control)
	}
	return found
}

// kind says in a sentence what a cell is.
func kind(v any) string {
	switch v.(type) {
	case string:
		return "a text"
	case bool:
		return "true or false"
	}
	return "a number"
}

// Script holds a world file against the flow, the contracts of its data actions and the
// control table, whose rows are given. objects are the names of the deployment by the
// sections of world files.
func (p *Program) Script(d *world.Document, rows map[string]map[string]any, objects map[string][]string) diag.Findings {
	table := world.KnownTable{Rows: slices.Sorted(maps.Keys(rows)), Columns: map[string]expr.Type{}}
	for _, row := range rows {
		for name, v := range row {
			table.Columns[name] = map[string]expr.Type{"a text": expr.String, "true or false": expr.Boolean, "a number": expr.Decimal}[kind(v)]
		}
	}
	return d.Against(p.flow, world.Known{
		Outputs: func(category, action string) map[string]expr.Type { return p.types[actionKey(category, action)] },
		Tables:  map[string]world.KnownTable{p.table: table}, Objects: objects, Closed: true,
	})
}
