package reconcile_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/reconcile"
)

const controlTable = "acme-inbound-control"

func (w *world) control(t *testing.T) *reconcile.Table {
	t.Helper()
	table, err := reconcile.FindTable(t.Context(), w.client, w.deployment.Name, controlTable)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// A row is written whole: its other columns stay, also those that this version does not know.
func TestARowKeepsItsOtherColumns(t *testing.T) {
	w := newWorld(t)
	apply(t, w.read(t, nil))
	w.setRow(t, "switch", "flowVersion", "theirs")
	row, theirs, err := w.control(t).Set(t.Context(), "switch", map[string]any{"enabled": false, "reason": "why"}, nil, nil)
	if err != nil || len(theirs) != 0 || row["flowVersion"] != "theirs" || row["enabled"] != false || w.row(t, "switch")["reason"] != "why" {
		t.Errorf("row %v, theirs %v, error %v", row, theirs, err)
	}
	if got := changes(w.read(t, nil).Plan()); got != "" {
		t.Errorf("a further plan is not empty:\n%s", got)
	}
}

// A row that somebody deleted, before the write or during it, is made again as setup makes it.
func TestADeletedRowIsMadeAgain(t *testing.T) {
	for _, during := range []bool{false, true} {
		w := newWorld(t)
		apply(t, w.read(t, nil))
		drop := func() {
			if err := w.client.DeleteRow(t.Context(), w.table(t), "breaker"); err != nil {
				t.Error(err)
			}
		}
		table := w.control(t)
		if during {
			w.before(http.MethodPut, "/rows/breaker", drop)
		} else {
			drop()
		}
		blank := map[string]any{"key": "breaker", "openUntil": "", "reason": ""}
		if _, _, err := table.Set(t.Context(), "breaker", map[string]any{"openUntil": "2026-11-23T19:25:38Z"}, blank, nil); err != nil {
			t.Fatal(err)
		}
		if row := w.row(t, "breaker"); row["openUntil"] != "2026-11-23T19:25:38Z" || row["enabled"] != true {
			t.Errorf("during %v: row %v", during, row)
		}
	}
}

// before does something once, ahead of a call, as somebody else may at that moment; what it asks
// for goes through.
func (w *world) before(method, part string, do func()) {
	done := false
	next := w.gate.next
	w.gate.next = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !done && r.Method == method && strings.Contains(r.URL.Path, part) {
			done = true
			do()
		}
		next.ServeHTTP(rw, r)
	})
}

// What the flow writes between the write and the look at it is told, and stands when it may.
func TestWhatTheFlowWritesMeanwhile(t *testing.T) {
	const ours, soon = "2026-11-23T13:00:00Z", "2026-11-23T12:00:15Z"
	for _, c := range []struct {
		stands bool
		want   string
	}{{true, soon}, {false, ours}} {
		w := newWorld(t)
		apply(t, w.read(t, nil))
		table := w.control(t)
		written := false
		next := w.gate.next
		w.gate.next = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(rw, r)
			if r.Method == http.MethodPut && !written {
				written = true
				w.setRow(t, "breaker", "openUntil", soon)
			}
		})
		row, theirs, err := table.Set(t.Context(), "breaker", map[string]any{"openUntil": ours}, nil, func(map[string]any) bool { return c.stands })
		if err != nil || len(theirs) != 1 || theirs[0]["openUntil"] != soon || row["openUntil"] != c.want || w.row(t, "breaker")["openUntil"] != c.want {
			t.Errorf("stands %v: row %v, theirs %v, error %v", c.stands, row, theirs, err)
		}
	}
}

// Somebody who writes the row each time it is written is named, and nobody is told that it is done.
func TestARowThatOthersWriteAgainAndAgain(t *testing.T) {
	w := newWorld(t)
	apply(t, w.read(t, nil))
	table, inner := w.control(t), false
	next := w.gate.next
	w.gate.next = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(rw, r)
		if r.Method == http.MethodPut && !inner {
			inner = true
			w.setRow(t, "switch", "reason", "theirs")
			inner = false
		}
	})
	_, theirs, err := table.Set(t.Context(), "switch", map[string]any{"enabled": false, "reason": "ours"}, nil, func(map[string]any) bool { return false })
	if !errors.Is(err, reconcile.ErrOverwritten) || len(theirs) != 3 {
		t.Errorf("theirs %v, error %v", theirs, err)
	}
}

// The table is the deployment's or it is left alone; the permissions of rows are enough.
func TestWhoseTable(t *testing.T) {
	w := newWorld(t)
	var none *reconcile.NoTableError
	if _, err := reconcile.FindTable(t.Context(), w.client, w.deployment.Name, controlTable); !errors.As(err, &none) || none.Note != "" {
		t.Errorf("no table: %v", err)
	}
	apply(t, w.read(t, nil))
	w.gate.refuse = func(call string) bool {
		method, path, _ := strings.Cut(call, " ")
		return !strings.HasPrefix(path, "/api/v2/flows/datatables") && !strings.HasPrefix(path, "/oauth") || method == http.MethodPost || strings.HasSuffix(path, "/datatables") && method != http.MethodGet
	}
	if _, _, err := w.control(t).Set(t.Context(), "switch", map[string]any{"enabled": false}, nil, nil); err != nil {
		t.Errorf("with the permissions of rows: %v", err)
	}
	w.gate.refuse = nil
	w.edit(t, genesys.DataTable, controlTable, func(b map[string]any) { b["description"] = "mine" })
	if _, err := reconcile.FindTable(t.Context(), w.client, w.deployment.Name, controlTable); !errors.As(err, &none) || none.Note == "" {
		t.Errorf("a table of others: %v", err)
	}
}
