package reconcile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/words"
)

// Tables is what a data table needs of an org.
type Tables interface {
	Entities
	Mover
}

// tableKind is the control table and that of owners, marked in their descriptions. Columns can be added; a
// column that must go or change its type needs a new table.
type tableKind struct {
	org  Tables
	rows rowKind
}

// immutable: a table takes new columns and lets none go; no column changes its type (Genesys' API
// description, PUT of a table).
func (tableKind) immutable() []string {
	return []string{"schema.properties.*.type", "schema.properties.*-"}
}

func (tableKind) exact() []string { return []string{"schema.properties"} }

func (k tableKind) find(ctx context.Context, r *run) ([]plan.Found, error) {
	return r.ours(ctx, k.org, genesys.DataTable, func(o genesys.Object) map[string]any {
		c := pick(o.Body, "name", "description")
		c["division"] = pick(object(o.Body["division"]), "id")
		schema := pick(object(o.Body["schema"]), "$schema", "type", "required", "additionalProperties")
		schema["properties"] = k.columns(r, o)
		c["schema"] = schema
		return c
	})
}

// columns are those that setup knows, and those that an earlier deployment file had. Others are
// people's and stay.
func (k tableKind) columns(r *run, o genesys.Object) map[string]any {
	d, _ := r.desired.Get(genesys.Key{Kind: genesys.DataTable, Name: o.Text("name")})
	want := object(object(d.Content["schema"])["properties"])
	known, other := map[string]any{}, map[string]any{}
	for name, col := range object(object(o.Body["schema"])["properties"]) {
		of := other
		if want[name] != nil {
			of = known
		}
		of[name] = pick(object(col), "$id", "type", "title", "default", "displayOrder")
	}
	maps.Copy(known, k.earlier(d, o, known, other))
	return known
}

// manyColumns bounds what is tried to tell whose columns are.
const manyColumns = 8

// earlier gives those of the columns that the file does not have which the mark was made of: its
// hash is that of the columns that setup wrote last.
func (tableKind) earlier(d genesys.Entity, o genesys.Object, known, other map[string]any) map[string]any {
	m, _ := genesys.FindMark(o.Text("description"))
	if len(other) == 0 || len(other) > manyColumns || d.Content == nil {
		return nil
	}
	names := slices.Sorted(maps.Keys(other))
	content := maps.Clone(d.Content)
	delete(content, "description")
	schema := maps.Clone(object(content["schema"]))
	content["schema"] = schema
	at := content["division"]
	was := map[string]any{"id": genesys.Ref{Key: genesys.Key{Kind: genesys.Division, Name: cmp.Or(text(object(o.Body["division"])["name"]), "Home")}, Field: "id"}.String()}
	for set := 1; set < 1<<len(names); set++ {
		cols, mine := maps.Clone(known), map[string]any{}
		for i, name := range names {
			if set&(1<<i) != 0 {
				cols[name], mine[name] = other[name], other[name]
			}
		}
		schema["properties"] = cols
		for _, content["division"] = range []any{at, was} {
			if genesys.Hash(content)[:len(m.Hash)] == m.Hash {
				return mine
			}
		}
	}
	return nil
}

// create makes a table. When one of that name is there, which lacks what it takes, that gets another
// name, under which the published flow goes on reading it, and the new one gets its rows.
func (k tableKind) create(ctx context.Context, r *run, d genesys.Entity) (string, error) {
	body, err := r.body(d)
	if err != nil {
		return "", err
	}
	old, replaces := r.resolveRef(genesys.Ref{Key: d.Key, Field: "id"})
	if replaces {
		r.recordLock.Lock() // whoever notes something waits for the table in which it will be read
		defer r.recordLock.Unlock()
		if err := k.giveWay(ctx, r, old, d, body); err != nil {
			return "", err
		}
	}
	id, err := r.settled(ctx,
		func() (genesys.Object, error) { return k.org.Create(ctx, genesys.DataTable, body) },
		lookup(ctx, k.org, genesys.DataTable, d.Key.Name, r.hasMark))
	if err != nil || !replaces {
		return id, err
	}
	r.know(d.Key, "id", id)
	return id, k.carry(ctx, r, old, id)
}

var replacedName = regexp.MustCompile(` \(replaced [0-9a-f]{8}\)$`)

// giveWay renames a table that another one takes the place of. Columns of people go into the new one.
func (k tableKind) giveWay(ctx context.Context, r *run, id string, d genesys.Entity, body map[string]any) error {
	now, err := k.org.Read(ctx, genesys.DataTable, id)
	if err != nil {
		return err
	}
	want := object(object(body["schema"])["properties"])
	mine := k.columns(r, now)
	for name, col := range object(object(now.Body["schema"])["properties"]) {
		if mine[name] == nil {
			want[name] = col
		}
	}
	rename := pick(now.Body, "description", "schema", "division")
	rename["name"] = fmt.Sprintf("%s (replaced %s)", d.Key.Name, genesys.Hash(id)[:8])
	if _, err := k.org.Update(ctx, genesys.DataTable, id, rename); err != nil {
		return fmt.Errorf("give it another name, for a new one takes its place: %w", err)
	}
	return nil
}

// carry gives the rows of one table to another one that lacks them, the record first and in doubt:
// where there is any row, it tells whether the flow has moved.
func (k tableKind) carry(ctx context.Context, r *run, from, to string) error {
	old, err := k.rows.org.Rows(ctx, from)
	if err != nil {
		return fmt.Errorf("read the rows that a new table gets: %w", err)
	}
	var next genesys.Object
	var have []map[string]any
	if err := r.lagging(ctx, func() (err error) {
		if next, err = k.org.Read(ctx, genesys.DataTable, to); err == nil {
			have, err = k.rows.org.Rows(ctx, to)
		}
		return err
	}); err != nil {
		return err
	}
	isRecord := func(row map[string]any) bool { return text(row["key"]) == genesys.RecordRow }
	slices.SortStableFunc(old, func(a, b map[string]any) int {
		switch {
		case isRecord(a):
			return -1
		case isRecord(b):
			return 1
		}
		return cmp.Compare(text(a["key"]), text(b["key"]))
	})
	for _, row := range old {
		if slices.ContainsFunc(have, func(h map[string]any) bool { return h["key"] == row["key"] }) {
			continue
		}
		row = fitting(row, object(object(next.Body["schema"])["properties"]))
		if isRecord(row) && row[genesys.RecordFlow] != nil {
			row[genesys.RecordFlow] = inDoubt
			r.record = maps.Clone(row)
		}
		err := r.lagging(ctx, func() error { return k.rows.org.AddRow(ctx, to, row) })
		if err != nil && !errors.Is(err, genesys.ErrConflict) {
			return fmt.Errorf("copy row %q: %w", text(row["key"]), err)
		}
	}
	return nil
}

// fitting is a row as another table takes it: columns that it lacks are left out, and so is a value
// that says nothing in its type.
func fitting(row, columns map[string]any) map[string]any {
	out := map[string]any{}
	for name, v := range row {
		kind := object(columns[name])["type"]
		said := strings.TrimSpace(fmt.Sprint(v))
		switch n, err := strconv.ParseFloat(said, 64); {
		case kind == "string":
			out[name] = said
			if t, is := v.(string); is {
				out[name] = t
			}
		case kind == "boolean" && (said == "true" || said == "false"):
			out[name] = said == "true"
		case kind == "number" && err == nil, kind == "integer" && err == nil && n == math.Trunc(n):
			out[name] = n
		}
	}
	return out
}

// update sends the whole schema: columns that the table has and we do not know stay.
func (k tableKind) update(ctx context.Context, r *run, c plan.Change, d genesys.Entity) error {
	body, err := r.body(d)
	if err != nil {
		return err
	}
	now, err := k.org.Read(ctx, genesys.DataTable, c.ID)
	if err != nil {
		return err
	}
	want := object(object(body["schema"])["properties"])
	for name, col := range object(object(now.Body["schema"])["properties"]) {
		if _, ours := want[name]; !ours {
			want[name] = col
		}
	}
	if _, err = k.org.Update(ctx, genesys.DataTable, c.ID, body); err != nil {
		return err
	}
	return r.move(ctx, k.org, c.ID, d, object(now.Body["division"])["id"])
}

// holds tells of rows that setup never writes: they would go with the table.
func (k tableKind) holds(ctx context.Context, r *run, id string) (string, error) {
	if r.isOwnersTable(id) {
		return "", nil
	}
	if slices.ContainsFunc(r.found, func(f plan.Found) bool { return f.ID == id && k.follows(r, f.Key) }) {
		return "", nil // they go into the one that takes its place
	}
	rows, err := k.rows.org.Rows(ctx, id)
	if err != nil {
		return "", err
	}
	own := []string{"switch", "breaker", "scratch", "token", genesys.RecordRow} // of any deployment file, not only of this one
	for _, d := range append(slices.Clone(r.desired), r.File...) {
		if d.Key.Kind == genesys.DataTableRow {
			_, key := splitRow(d.Key.Name)
			own = append(own, key)
		}
	}
	n := 0
	for _, row := range rows {
		if !slices.Contains(own, text(row["key"])) {
			n++
		}
	}
	if n == 0 {
		return "", nil
	}
	return fmt.Sprintf("it holds %s of others (of %d in all)", words.Count(n, "row", "rows"), len(rows)), nil
}

// follows reports whether there is to be a table that takes the place of one.
func (tableKind) follows(r *run, key genesys.Key) bool {
	key.Name = replacedName.ReplaceAllString(key.Name, "")
	_, wanted := r.desired.Get(key)
	return wanted
}

// remove deletes a table. What another one takes the place of has given it all its rows before.
func (k tableKind) remove(ctx context.Context, r *run, c plan.Change) error {
	if k.follows(r, c.Key) && c.Reason != plan.Twin {
		next := genesys.Key{Kind: genesys.DataTable, Name: replacedName.ReplaceAllString(c.Key.Name, "")}
		if to, ok := r.resolveRef(genesys.Ref{Key: next, Field: "id"}); ok && to != c.ID {
			if err := k.carry(ctx, r, c.ID, to); err != nil {
				return err
			}
		}
	}
	return k.org.Delete(ctx, genesys.DataTable, c.ID)
}
