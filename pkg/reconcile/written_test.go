package reconcile_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys"
)

// editScript gives the published script another text under its name, as the script editor does.
func (w *world) editScript(t *testing.T, old, now string) {
	t.Helper()
	for id, s := range w.server.State().Entities["scripts"] {
		upload, err := w.client.UploadScript(t.Context(), fmt.Sprint(s.Body["name"]), id, strings.ReplaceAll(s.Hidden["file"], old, now))
		if err != nil {
			t.Fatal(err)
		}
		if done, message, err := w.client.ScriptUpload(t.Context(), upload); err != nil || !done {
			t.Fatal(done, message, err)
		}
		if err := w.client.PublishScript(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
}

// A script carries no mark, and people can edit it under its name: the record tells that its version is
// another, its text whether that matters.
func TestAnEditedScriptGetsItsTextBack(t *testing.T) {
	w := newWorld(t)
	apply(t, w.read(t, nil))
	want := dump(t, w.server.State())
	w.editScript(t, "x", "x")
	if got := changes(w.read(t, nil).Plan()); got != "" {
		t.Errorf("the same text in another version:\n%s", got)
	}
	w.editScript(t, "HubSpot", "Elsewhere")
	r := w.read(t, nil)
	if got := changes(r.Plan()); !strings.Contains(got, "update script") || !strings.Contains(got, "its text is another") {
		t.Errorf("an edited script:\n%s", got)
	}
	apply(t, r)
	if got := dump(t, w.server.State()); got != want {
		t.Errorf("another end:\n%s\nwant:\n%s", got, want)
	}
	if got := changes(w.read(t, nil).Plan()); got != "" {
		t.Errorf("a further plan is not empty:\n%s", got)
	}
}

// Which content a data action was written of stands in the record, also when no version of the flow comes
// with it and when a run ends before.
func TestTheRecordSaysWhatWasWritten(t *testing.T) {
	w := newWorld(t)
	apply(t, w.read(t, nil))
	first := fmt.Sprint(w.row(t, "deployment")["written"])
	if strings.Count(first, "=") != 4 || !strings.Contains(first, "script=") {
		t.Errorf("the record says %q", first)
	}
	w.with(t, "hubspot:\n", "hubspot:\n  apiVersion: \"2026-03\"\n") // which the flow does not know
	w.server.ForgetCalls()
	apply(t, w.read(t, nil))
	second := fmt.Sprint(w.row(t, "deployment")["written"])
	if first == second {
		t.Error("the record is not written when only a data action changes")
	}
	for _, c := range w.server.Calls() {
		if strings.HasPrefix(c.Path, "/api/v2/flows/jobs") && c.Method == http.MethodPost {
			t.Error("the flow was published")
		}
	}
	for _, said := range []string{"", seals.ReplaceAllString(second, "")} { // what is sealed needs no look
		w.setRow(t, "deployment", genesys.RecordWritten, said)
		w.server.ForgetCalls()
		w.read(t, nil)
		read := 0
		for _, c := range w.server.Calls() {
			if strings.Contains(c.Path, "/integrations/actions/") {
				read++
			}
		}
		if read < 9 {
			t.Errorf("data actions of which the record says %q are read with %d calls", said, read)
		}
	}
	w.setRow(t, "deployment", genesys.RecordWritten, second)
	w.server.ForgetCalls()
	w.read(t, nil)
	for _, c := range w.server.Calls() {
		if strings.Contains(c.Path, "/integrations/actions/") && !strings.HasSuffix(c.Path, "/drafts") {
			t.Errorf("an action that nobody changed is read: %s", c.Path)
		}
	}
	w.setRow(t, "deployment", genesys.RecordWritten, first)
	if got := changes(w.read(t, nil).Plan()); !strings.HasPrefix(got, "update dataTableRow") {
		t.Errorf("plan:\n%s", got)
	}
	apply(t, w.read(t, nil))
	if third := fmt.Sprint(w.row(t, "deployment")["written"]); seals.ReplaceAllString(third, "") != seals.ReplaceAllString(second, "") {
		t.Errorf("the record says %q, want %q", third, second)
	}
}
