package reconcile_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys"
)

// Another program publishes the flow with this very client. What it published is compared; the
// mark, which stands in the text, does not tell.
func TestAnotherProgramWithOurClient(t *testing.T) {
	text := func(w *world) string {
		for _, f := range w.server.State().Entities["flows"] {
			return f.Hidden["yaml"]
		}
		return ""
	}
	deployed := newWorld(t)
	apply(t, deployed.read(t, nil))
	ours := text(deployed)
	var greeting string
	for _, l := range strings.Split(ours, "\n") {
		if strings.Contains(l, "Thank you for calling Acme.") {
			greeting = l
		}
	}
	for name, c := range map[string]struct {
		publish func(string) string
		record  string // what the row says; empty: that it is not known
		want    string
	}{
		"the same text":                     {func(s string) string { return s }, "1.0", "update dataTableRow"},
		"the same text, no record":          {func(s string) string { return s }, "", "update dataTableRow"},
		"the same, written otherwise":       {func(s string) string { return "# exported\n" + strings.ReplaceAll(s, "\n\n", "\n") }, "1.0", "update dataTableRow"},
		"another word":                      {func(s string) string { return strings.Replace(s, "Thank you for calling Acme.", "Hello.", 1) }, "1.0", "update flow"},
		"another word, no record":           {func(s string) string { return strings.Replace(s, "Thank you for calling Acme.", "Hello.", 1) }, "", "update flow"},
		"another word, a record of another": {func(s string) string { return strings.Replace(s, "Thank you for calling Acme.", "Hello.", 1) }, "7.0", "update flow"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorldOf(t, deployed.server.State())
			now := c.publish(ours)
			if greeting == "" || strings.HasPrefix(c.want, "update flow") && now == ours {
				t.Fatal("nothing is changed")
			}
			w.publish(t, now)
			w.setRow(t, "deployment", "flowVersion", c.record)
			if got := changes(w.read(t, nil).Plan()); !strings.HasPrefix(got, c.want) || strings.Count(got, "\n") != 1 {
				t.Errorf("plan:\n%s\nwant %s", got, c.want)
			}
			apply(t, w.read(t, nil))
			if c.want == "update flow" && text(w) != ours {
				t.Error("the flow is not the deployment's")
			}
			if got := changes(w.read(t, nil).Plan()); got != "" {
				t.Errorf("a further plan is not empty:\n%s", got)
			}
		})
	}
	t.Run("a text that cannot be read", func(t *testing.T) {
		w := newWorldOf(t, deployed.server.State())
		w.publish(t, ours)
		w.gate.instead = func(r *http.Request) string {
			if strings.Contains(r.URL.Path, "/flows/export/") {
				return "{}"
			}
			return ""
		}
		if got := changes(w.read(t, nil).Plan()); !strings.Contains(got, "could not be read") || !strings.Contains(got, string(genesys.Flow)) {
			t.Errorf("plan:\n%s", got)
		}
	})
}
