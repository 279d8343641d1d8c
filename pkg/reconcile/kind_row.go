package reconcile

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
)

// Rows is what a row needs of an org.
type Rows interface {
	Rows(ctx context.Context, tableID string) ([]map[string]any, error)
	AddRow(ctx context.Context, tableID string, row map[string]any) error
	PutRow(ctx context.Context, tableID, key string, row map[string]any) error
	DeleteRow(ctx context.Context, tableID, key string) error
}

// rowKind is a row of the control table or of that of owners, named table/key. Rows are found with
// their table.
type rowKind struct {
	lenient
	org Rows
}

func splitRow(name string) (table, key string) {
	i := strings.LastIndexByte(name, '/')
	return name[:max(i, 0)], name[i+1:]
}

func (k rowKind) find(ctx context.Context, r *run) ([]plan.Found, error) {
	tables := map[string]bool{}
	for _, d := range r.desired {
		if d.Key.Kind == genesys.DataTableRow {
			t, _ := splitRow(d.Key.Name)
			tables[t] = true
		}
	}
	if r.OwnerRows && len(r.desired) > 0 {
		tables[r.ownersTable()] = true
	}
	if err := k.former(ctx, r); err != nil {
		return nil, err
	}
	if err := k.rowsBefore(ctx, r); err != nil {
		return nil, err
	}
	var out []plan.Found
	for t := range tables {
		id, ok := r.resolveRef(genesys.Ref{Key: genesys.Key{Kind: genesys.DataTable, Name: t}, Field: "id"})
		if !ok {
			continue
		}
		rows, err := k.org.Rows(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("rows of table %q: %w", t, err)
		}
		for _, row := range rows {
			key := genesys.Key{Kind: genesys.DataTableRow, Name: t + "/" + text(row["key"])}
			if _, wanted := r.desired.Get(key); wanted || t == r.ownersTable() {
				r.keepRecord(key, row)
				if record, ok := r.recordKey(); ok && record == key {
					r.recordLock.Lock()
					r.generation = integer(row[genesys.RecordGeneration]) // one that another setup makes meanwhile is not what this one read
					r.recordLock.Unlock()
				}
				out = append(out, plan.Found{Key: key, ID: text(row["key"]), Content: row, Owned: true})
			}
		}
	}
	if key, ok := r.recordKey(); ok && r.record == nil {
		t, row := splitRow(key.Name)
		r.keepRecord(key, r.before[t][row]) // it is on its way
	}
	return out, nil
}

// former reads the rows of tables that others take the place of: a run ended before it had copied
// them all.
func (k rowKind) former(ctx context.Context, r *run) error {
	ids := map[string]string{} // by name of the next one
	r.mu.Lock()
	for ref, id := range r.ids {
		if ref.Key.Kind == genesys.DataTable && replacedName.MatchString(ref.Key.Name) && r.tables.follows(r, ref.Key) {
			ids[replacedName.ReplaceAllString(ref.Key.Name, "")] = id
		}
	}
	r.mu.Unlock()
	for name, id := range ids {
		rows, err := k.org.Rows(ctx, id)
		if err != nil {
			return fmt.Errorf("rows of the table that %q takes the place of: %w", name, err)
		}
		r.before[name] = map[string]map[string]any{}
		for _, row := range rows {
			r.before[name][text(row["key"])] = row
		}
	}
	return nil
}

func (rowKind) table(r *run, name string) (id, key string, err error) {
	t, key := splitRow(name)
	id, ok := r.resolveRef(genesys.Ref{Key: genesys.Key{Kind: genesys.DataTable, Name: t}, Field: "id"})
	if !ok {
		return "", "", fmt.Errorf("table %q has no id yet", t)
	}
	return id, key, nil
}

func (k rowKind) create(ctx context.Context, r *run, d genesys.Entity) (string, error) {
	table, key, err := k.table(r, d.Key.Name)
	if err != nil {
		return "", err
	}
	body, err := r.body(d)
	if err != nil {
		return "", err
	}
	if name, key := splitRow(d.Key.Name); r.before[name][key] != nil && d.Holding == genesys.Seed {
		of, _ := r.desired.Get(genesys.Key{Kind: genesys.DataTable, Name: name})
		maps.Copy(body, fitting(r.before[name][key], object(object(of.Content["schema"])["properties"])))
	}
	if k, ok := r.recordKey(); ok && k == d.Key && r.kept != "" {
		body[genesys.RecordFlow] = r.kept
	}
	r.keepRecord(d.Key, body)
	_, err = r.settled(ctx, func() (genesys.Object, error) {
		return genesys.Object{ID: key}, r.lagging(ctx, func() error { return k.org.AddRow(ctx, table, body) })
	}, func() (string, error) {
		rows, err := k.org.Rows(ctx, table)
		if err != nil {
			return "", err
		}
		for _, row := range rows {
			if row["key"] == key {
				r.keepRecord(d.Key, row)
				return key, nil
			}
		}
		return "", nil
	})
	return key, err
}

// update writes into the tool's own record, or a row of the table of owners; every other row is
// data and never changed.
func (k rowKind) update(ctx context.Context, r *run, c plan.Change, d genesys.Entity) error {
	if t, _ := splitRow(c.Key.Name); t == r.ownersTable() {
		table, key, err := k.table(r, c.Key.Name)
		if err != nil {
			return err
		}
		return r.lagging(ctx, func() error { return k.org.PutRow(ctx, table, key, d.Content) })
	}
	for _, f := range c.Fields {
		if err := r.note(ctx, f.Path, f.New); err != nil {
			return err
		}
	}
	return nil
}

func (k rowKind) remove(ctx context.Context, r *run, c plan.Change) error {
	table, key, err := k.table(r, c.Key.Name)
	if err != nil {
		return nil //nolint:nilerr // the table is gone, and its rows with it
	}
	return k.org.DeleteRow(ctx, table, key)
}
