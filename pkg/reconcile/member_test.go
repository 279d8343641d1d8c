package reconcile_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/reconcile"
)

var member = regexp.MustCompile(`"([A-Za-z]\w*)":`)

// lacking is a JSON text without a member, wherever it stands; another text as it is.
func lacking(text, member string) string {
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	var walk func(any)
	walk = func(v any) {
		switch x := v.(type) {
		case map[string]any:
			delete(x, member)
			for _, y := range x {
				walk(y)
			}
		case []any:
			for _, y := range x {
				walk(y)
			}
		}
	}
	walk(v)
	out, _ := json.Marshal(v)
	return string(out)
}

// Each member that occurs in an answer is taken out of all of them, in turn: what the platform
// does not say of something that is there is never a reason to make it anew or to delete it.
func TestAMemberThatIsMissingMakesNothingNew(t *testing.T) {
	w := newWorld(t)
	apply(t, w.read(t, nil))
	var mu sync.Mutex
	names, without := map[string]bool{}, ""
	org := w.gate.next
	w.gate.next = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || strings.HasSuffix(r.URL.Path, ".vm") {
			org.ServeHTTP(rw, r)
			return
		}
		rec := httptest.NewRecorder()
		org.ServeHTTP(rec, r)
		text := rec.Body.String()
		mu.Lock()
		for _, m := range member.FindAllStringSubmatch(text, -1) {
			names[m[1]] = true
		}
		if without != "" {
			text = lacking(text, without)
		}
		mu.Unlock()
		rec.Header().Del("Content-Length")
		maps.Copy(rw.Header(), rec.Header())
		rw.WriteHeader(rec.Code)
		_, _ = io.WriteString(rw, text)
	})
	if got := changes(w.read(t, nil).Plan()); got != "" {
		t.Fatal(got)
	}
	refused, blocked, harmless, shown := 0, 0, 0, 0
	for _, name := range slices.Sorted(maps.Keys(names)) {
		mu.Lock()
		without = name
		mu.Unlock()
		r, err := reconcile.Read(t.Context(), w.client, w.config())
		if err != nil {
			refused++
			continue
		}
		if r.Ready() != nil {
			blocked++
			continue
		}
		for _, c := range r.Plan().Changes {
			if c.Action == plan.Create || c.Action == plan.Replace || c.Action == plan.Delete {
				t.Errorf("without %s: %s %s %s", name, c.Action, c.Key, c.Reason)
			}
		}
		if changes(r.Plan()) == "" {
			harmless++
		} else {
			shown++
		}
	}
	t.Logf("%d members: %d refused, %d stop setup, %d harmless, %d lead to an update", len(names), refused, blocked, harmless, shown)
}
