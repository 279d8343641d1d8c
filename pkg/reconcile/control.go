package reconcile

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/dealroute/dealroute/pkg/genesys"
)

// A Table is a data table whose rows people and running flows write, too. Rows have no version,
// so a write is looked at once it is made.
type Table struct {
	rows Rows
	name string
	id   string
}

// A NoTableError says that the org has no such table, or one that is not the deployment's.
type NoTableError struct {
	Name string
	Note string // why the one that is there is not ours; empty: there is none
}

func (e *NoTableError) Error() string {
	if e.Note != "" {
		return fmt.Sprintf("table %q %s", e.Name, e.Note)
	}
	return fmt.Sprintf("the org has no table %q", e.Name)
}

// FindTable finds a table by its name. One without the deployment's mark is nobody's to write to.
func FindTable(ctx context.Context, org interface {
	Reader
	Rows
}, deployment, name string,
) (*Table, error) {
	all, err := org.Find(ctx, genesys.DataTable, name)
	if err != nil {
		return nil, fmt.Errorf("look up table %q: %w", name, err)
	}
	missing := &NoTableError{Name: name}
	for _, o := range all {
		switch m, ok := genesys.FindMark(o.Text("description")); {
		case !ok:
			missing.Note = "has our name and not our mark"
		case m.Deployment != deployment:
			missing.Note = "belongs to deployment " + m.Deployment
		default:
			return &Table{rows: org, name: name, id: o.ID}, nil
		}
	}
	return nil, missing
}

// Row reads a row; there is false while it does not exist.
func (t *Table) Row(ctx context.Context, key string) (row map[string]any, there bool, err error) {
	rows, err := t.rows.Rows(ctx, t.id)
	if err != nil {
		return nil, false, fmt.Errorf("rows of table %q: %w", t.name, err)
	}
	for _, row := range rows {
		if row["key"] == key {
			return row, true, nil
		}
	}
	return nil, false, nil
}

// ErrOverwritten is a row that somebody else writes again and again.
var ErrOverwritten = errors.New("somebody else writes it at the same time")

// writes is how often a row is written when others write it at the same time.
const writes = 3

// Set gives some columns of a row new values and keeps the others. The row is written whole, as
// the platform wants it, and read back: when somebody else wrote it meanwhile, stands says whether
// theirs may stay; else it is written again. A row that is not there is made of blank. It gives
// the row as it is in the end, and what others wrote meanwhile.
func (t *Table) Set(ctx context.Context, key string, values, blank map[string]any, stands func(theirs map[string]any) bool) (row map[string]any, theirs []map[string]any, err error) {
	for range writes {
		now, there, err := t.Row(ctx, key)
		if err != nil {
			return nil, theirs, err
		}
		if !there {
			now = blank
		}
		want := maps.Clone(now)
		maps.Copy(want, values)
		want["key"] = key
		if err := t.write(ctx, key, want, there); err != nil {
			return nil, theirs, fmt.Errorf("write row %q of table %q: %w", key, t.name, err)
		}
		row, there, err = t.Row(ctx, key)
		if err != nil {
			return nil, theirs, fmt.Errorf("it was written, and could not be read back: %w", err)
		}
		if there && holdsAll(row, values) {
			return row, theirs, nil
		}
		theirs = append(theirs, row) // nil: it is gone again
		if there && stands(row) {
			return row, theirs, nil
		}
	}
	return row, theirs, fmt.Errorf("row %q of table %q: %w", key, t.name, ErrOverwritten)
}

// write replaces a row, or makes it; whichever of the two somebody else did first, the other one follows.
func (t *Table) write(ctx context.Context, key string, row map[string]any, there bool) error {
	put := func() error { return t.rows.PutRow(ctx, t.id, key, row) }
	if there {
		if err := put(); !errors.Is(err, genesys.ErrNotFound) {
			return err
		}
	}
	if err := t.rows.AddRow(ctx, t.id, row); !errors.Is(err, genesys.ErrConflict) {
		return err
	}
	return put()
}

func holdsAll(row, values map[string]any) bool {
	for k, v := range values {
		if row[k] != v {
			return false
		}
	}
	return true
}
