package reconcile

import (
	"context"
	"fmt"
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
				out = append(out, plan.Found{Key: key, ID: text(row["key"]), Content: row, Owned: true})
			}
		}
	}
	return out, nil
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
