package reconcile

import (
	"context"
	"fmt"
	"slices"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
)

// tableKind is the control table and that of owners, marked in their descriptions. Columns can be added; a
// column that must go or change its type needs a new table.
type tableKind struct {
	lenient
	org  Entities
	rows rowKind
}

func (k tableKind) find(ctx context.Context, r *run) ([]plan.Found, error) {
	return r.ours(ctx, k.org, genesys.DataTable, func(o genesys.Object) map[string]any {
		c := pick(o.Body, "name", "description")
		c["division"] = pick(object(o.Body["division"]), "id")
		cols := map[string]any{}
		for name, col := range object(object(o.Body["schema"])["properties"]) {
			cols[name] = pick(object(col), "$id", "type", "title", "default", "displayOrder")
		}
		schema := pick(object(o.Body["schema"]), "$schema", "type", "required", "additionalProperties")
		schema["properties"] = cols
		c["schema"] = schema
		return c
	})
}

func (k tableKind) create(ctx context.Context, r *run, d genesys.Entity) (string, error) {
	body, err := r.body(d)
	if err != nil {
		return "", err
	}
	return r.settled(ctx,
		func() (genesys.Object, error) { return k.org.Create(ctx, genesys.DataTable, body) },
		lookup(ctx, k.org, genesys.DataTable, d.Key.Name, r.hasMark))
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
	_, err = k.org.Update(ctx, genesys.DataTable, c.ID, body)
	return err
}

// holds tells of rows that setup never writes: they would go with the table.
func (k tableKind) holds(ctx context.Context, r *run, id string) (string, error) {
	if r.isOwnersTable(id) {
		return "", nil
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
	return fmt.Sprintf("it holds %s of others (of %d in all)", count(n, "row"), len(rows)), nil
}

func (k tableKind) remove(ctx context.Context, r *run, c plan.Change) error {
	return k.org.Delete(ctx, genesys.DataTable, c.ID)
}
