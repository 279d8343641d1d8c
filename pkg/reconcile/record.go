package reconcile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
)

// Both columns of the record are written after the fact. A run that ends in between leaves a
// credential that the next run makes again, and a version that it writes down when it was
// this client's.

// recordKey is the row's key when the deployment has one.
func (r *run) recordKey() (genesys.Key, bool) {
	for _, d := range r.desired {
		if d.Key.Kind == genesys.DataTableRow && strings.HasSuffix(d.Key.Name, "/"+genesys.RecordRow) {
			return d.Key, true
		}
	}
	return genesys.Key{}, false
}

// recorded gives a field of the record; ok is false when the org has no record.
func (r *run) recorded(field string) (value any, ok bool) {
	r.recordLock.Lock()
	defer r.recordLock.Unlock()
	return r.record[field], r.record != nil
}

// keepRecord remembers the row as it is in the org.
func (r *run) keepRecord(key genesys.Key, row map[string]any) {
	if k, ok := r.recordKey(); ok && k == key {
		r.recordLock.Lock()
		defer r.recordLock.Unlock()
		r.record = maps.Clone(row)
	}
}

// note writes a field of the record, and more of them as pairs of name and value, unless it says
// so already or there is none.
func (r *run) note(ctx context.Context, field string, value any, more ...any) error {
	return r.edit(ctx, field, func(now, _ map[string]any) {
		now[field] = value
		for i := 0; i+1 < len(more); i += 2 {
			now[text(more[i])] = more[i+1]
		}
	})
}

// noteBy writes what change makes of a field of the record, as the row has it now and as it was
// when it was last read or written. The row is read before it is written: another setup may have
// noted something meanwhile. A row that somebody deleted is made again.
func (r *run) noteBy(ctx context.Context, field string, change func(now, before any) any) error {
	return r.edit(ctx, field, func(now, before map[string]any) { now[field] = change(now[field], before[field]) })
}

// edit is noteBy for several fields in one writing; what says of what they tell.
func (r *run) edit(ctx context.Context, what string, change func(now, before map[string]any)) error {
	key, ok := r.recordKey()
	if !ok {
		return nil
	}
	r.recordLock.Lock()
	defer r.recordLock.Unlock()
	if r.record == nil || r.lost != nil {
		return r.lost
	}
	table, rowKey, err := r.rows.table(r, key.Name)
	if err != nil {
		return err
	}
	err = func() error {
		row, there, err := r.rowNow(ctx, table, rowKey)
		if err != nil {
			return err
		}
		was, before := maps.Clone(row), r.record
		change(row, before)
		r.record = row
		if there && maps.Equal(row, was) {
			return nil
		}
		put := func() error { return r.rows.org.PutRow(ctx, table, rowKey, row) }
		if there {
			if err := put(); !errors.Is(err, genesys.ErrNotFound) {
				return err
			}
		}
		if err := r.rows.org.AddRow(ctx, table, row); !errors.Is(err, genesys.ErrConflict) {
			return err
		}
		return r.lagging(ctx, put) // it exists, and is not seen everywhere yet
	}()
	if err != nil {
		r.lost = fmt.Errorf("write %s into control row %q: %w", what, rowKey, err) // waited for once
	}
	return r.lost
}

// rowNow reads the record's row. One that is not there, or not yet, is as it was last known.
func (r *run) rowNow(ctx context.Context, table, key string) (row map[string]any, there bool, err error) {
	var rows []map[string]any
	if err := r.lagging(ctx, func() (err error) {
		rows, err = r.rows.org.Rows(ctx, table)
		return err
	}); err != nil {
		return nil, false, err
	}
	for _, row := range rows {
		if row["key"] == key {
			return maps.Clone(row), true, nil
		}
	}
	return maps.Clone(r.record), false, nil
}

// feeds reports whether an OAuth client's secret goes into a credential.
func feeds(client genesys.Key, credential genesys.Entity) bool {
	if client.Kind != genesys.OAuthClient || credential.Key.Kind != genesys.Credential {
		return false
	}
	for _, need := range credential.Needs {
		if need == client {
			return true
		}
	}
	return false
}

// credentialIsStale notes, before a client or its secret is made anew, that the credential
// that exists will hold another one.
func (r *run) credentialIsStale(ctx context.Context, client genesys.Key) error {
	for _, d := range r.desired {
		if _, exists := r.resolveRef(genesys.Ref{Key: d.Key, Field: "id"}); !exists || !feeds(client, d) {
			continue
		}
		if n, _ := r.recorded(genesys.RecordGeneration); integer(n) > 0 {
			return r.edit(ctx, genesys.RecordGeneration, func(now, _ map[string]any) {
				r.generation = -integer(n)
				now[genesys.RecordGeneration] = float64(r.generation)
			})
		}
	}
	return nil
}

// credentialIsMade notes that the credential holds the client's secret, and whose. When another
// setup has noted the same meanwhile, nobody knows whose it is.
func (r *run) credentialIsMade(ctx context.Context, d genesys.Entity) error {
	for _, need := range d.Needs {
		if !feeds(need, d) {
			continue
		}
		id, _ := r.resolveRef(genesys.Ref{Key: need, Field: "id"})
		return r.edit(ctx, genesys.RecordGeneration, func(now, _ map[string]any) {
			n, next := integer(now[genesys.RecordGeneration]), max(integer(now[genesys.RecordGeneration]), -integer(now[genesys.RecordGeneration]))+1
			if n != r.generation { // as this run has read or written it; other notes have read the row since
				r.cross(d.Key)
				next = -next
			}
			r.generation = next
			now[genesys.RecordGeneration] = float64(next)
			if r.keepsPrints() {
				now[genesys.RecordPrint] = r.withPrint(now[genesys.RecordPrint], d.Key, id, inUse)
			}
		})
	}
	return nil
}

// emptied reports whether the control table has none of the rows that setup makes: it was made
// anew, by an earlier run that ended there or by hand.
func (r *run) emptied(found []plan.Found) bool {
	record, ok := r.recordKey()
	table, _ := splitRow(record.Name)
	there := false
	for _, f := range found {
		if of, _ := splitRow(f.Key.Name); f.Key.Kind == genesys.DataTableRow && of == table {
			return false
		}
		there = there || f.Key == genesys.Key{Kind: genesys.DataTable, Name: table}
	}
	return ok && there
}

// published is what the org says of a flow's published version.
type published struct {
	version  string
	clientID string
	by       string // a name, for people
	other    string // how it is known not to be what setup published; empty: it may be
	lock     string // who else holds the flow; empty: nobody
	at       time.Time
}

func publishedOf(o genesys.Object) published {
	v := object(o.Body["publishedVersion"])
	client, user := object(v["createdByClient"]), object(v["createdBy"])
	p := published{version: text(v["id"]), clientID: text(client["id"]), by: "somebody else", at: moment(v["datePublished"])}
	for _, who := range []map[string]any{client, user} {
		if n := text(who["name"]); n != "" {
			p.by = n
		}
	}
	return p
}

// unfinished says of entities of ours what no field of theirs shows, by the record.
func (r *run) unfinished(found []plan.Found) {
	number := map[genesys.Key]int{}
	for _, f := range found {
		if f.Owned {
			number[f.Key]++
		}
	}
	_, hasRecord := r.recordKey()
	generation, _ := r.recorded(genesys.RecordGeneration)
	version, _ := r.recorded(genesys.RecordFlow)
	for i, f := range found {
		d, wanted := r.desired.Get(f.Key)
		if !wanted || !f.Owned || f.Unfinished != "" {
			continue
		}
		for _, need := range d.Needs {
			switch {
			case !feeds(need, d):
			case number[need] == 0:
				found[i].Unfinished = "its client is missing, so it must take the secret of a new one"
			case r.renewed[need] != "":
				found[i].Unfinished = "it takes the secret of the new client"
			case number[f.Key] > 1:
				found[i].Unfinished = "there are several credentials of that name; the one that stays takes a new secret"
			case hasRecord && integer(generation) <= 0:
				found[i].Unfinished = "an earlier run ended before its client's secret was safe in it; it gets a new one"
			}
		}
		if why := r.outdated(d); why != "" {
			found[i].Unfinished = why
		}
		if f.Key.Kind != genesys.Flow {
			continue
		}
		if text(version) == inDoubt {
			found[i].Unfinished = "an earlier run removed or made anew what it uses"
			continue
		}
		if r.emptied(found) && r.published[f.ID].version != "" {
			found[i].Unfinished = "the control table was made anew, and the published version may ask for the one before"
			r.kept = inDoubt
			continue
		}
		// Another client's version is drift, and so is one of this client's that setup did not
		// publish. Without a record the text decides alone.
		switch p := r.published[f.ID]; {
		case p.version == text(version):
		case text(version) != "" && (p.clientID == "" || p.clientID != r.id.ClientID):
			found[i].Unfinished = fmt.Sprintf("version %s was published by %s; the one we published is %s", p.version, p.by, text(version))
		case p.other != "":
			found[i].Unfinished = fmt.Sprintf("version %s was published by %s and not by setup: %s", p.version, p.by, p.other)
		}
	}
}
