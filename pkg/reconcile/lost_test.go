package reconcile_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/genesys"
)

// Somebody deletes the record, or its whole table, before each call of a setup. The wait for it
// ends, once, and the row is made again; a table is made again by the next setup.
func TestTheRecordIsDeletedWhileSetupRuns(t *testing.T) {
	calm := newWorld(t)
	apply(t, calm.read(t, nil))
	want := generation.ReplaceAllString(dump(t, calm.server.State()), "0")
	for _, what := range []string{"row", "table"} {
		for at := 10; at <= 72; at += 2 {
			t.Run(fmt.Sprint(what, " ", at), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				c := w.another(t, at, func() {
					tables, err := w.client.Find(t.Context(), genesys.DataTable, "acme-inbound-control")
					if err != nil || len(tables) == 0 {
						return
					}
					if what == "row" {
						err = w.client.DeleteRow(t.Context(), tables[0].ID, "deployment")
					} else {
						err = w.client.Delete(t.Context(), genesys.DataTable, tables[0].ID)
					}
					if err != nil {
						t.Log(err) // a table in use stays
					}
				})
				w.waited.Store(0)
				err := w.by(t.Context(), c)
				// Rows are waited for at the same time, and all pauses are counted.
				bound := map[string]time.Duration{"row": 3 * time.Minute, "table": 10 * time.Minute}[what]
				if waited := time.Duration(w.waited.Load()); waited > bound {
					t.Errorf("waited %s: %v", waited, err)
				}
				switch {
				case what == "row" && err != nil:
					t.Error(err)
				case err != nil && !strings.Contains(err.Error(), "404") && !strings.Contains(err.Error(), `data table "acme-inbound-control" not found`):
					t.Errorf("error %v", err)
				}
				if err := w.run(t.Context(), nil); err != nil {
					t.Fatalf("the next setup: %v (before: %v)", err, err)
				}
				if got := changes(w.read(t, nil).Plan()); got != "" {
					t.Errorf("a further plan is not empty:\n%s", got)
				}
				if got := generation.ReplaceAllString(dump(t, w.server.State()), "0"); got != want {
					t.Errorf("another end:\n%s", got)
				}
			})
		}
	}
}
