package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
	"pgregory.net/rapid"
)

func TestShifts(t *testing.T) {
	role, queue := genesys.Key{Kind: genesys.Role, Name: "r"}, genesys.Key{Kind: genesys.Queue, Name: "q"}
	wanted := genesys.NewSet(
		genesys.Entity{Key: role, Holding: genesys.Owned, Content: map[string]any{"name": "r"}}, genesys.Entity{Key: queue, Holding: genesys.Reference},
	)
	seen := func(fs ...plan.Found) []plan.Print { return plan.Seen(fs, wanted, "salt") }
	was := plan.Found{Key: role, ID: "1", Content: map[string]any{"name": "r", "a": map[string]any{"b": 1.0, "c": "x"}}, Noted: map[string]any{"version": "1.0"}}
	for name, c := range map[string]struct {
		now  []plan.Found
		want string
	}{
		"the same":         {[]plan.Found{was}, "[]"},
		"nothing is empty": {[]plan.Found{{Key: role, ID: "1", Content: map[string]any{"name": "r", "more": "", "a": map[string]any{"b": 1, "c": "x"}}, Noted: was.Noted}}, "[]"},
		"a field":          {[]plan.Found{{Key: role, ID: "1", Content: map[string]any{"name": "r", "a": map[string]any{"b": 2.0}}, Noted: was.Noted}}, "[role r: a.b, a.c]"},
		"a version":        {[]plan.Found{{Key: role, ID: "1", Content: was.Content, Noted: map[string]any{"version": "2.0"}}}, "[role r: version]"},
		"made anew":        {[]plan.Found{{Key: role, ID: "2", Content: was.Content}}, "[role r: it is gone role r: it is new]"},
		"what is used":     {[]plan.Found{was, {Key: queue, ID: "3", Content: map[string]any{"x": 1}}}, "[queue q: it is new]"},
	} {
		if got := fmt.Sprint(plan.Shifts(seen(was), seen(c.now...))); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	a, b := seen(plan.Found{Key: queue, ID: "3", Content: map[string]any{"x": 1}}), seen(plan.Found{Key: queue, ID: "3", Content: map[string]any{"x": 2}})
	if got := plan.Shifts(a, b); len(got) > 0 {
		t.Errorf("what is only used is compared: %v", got)
	}
	if got := fmt.Sprint(seen(was)); strings.Contains(got, "1.0") {
		t.Errorf("a value stands in a print: %s", got)
	}
}

// A plan is like itself, and unlike one that would do something else.
func TestUnlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := plan.Compute(present(t), desired(t), plan.Policy{})
		if s := p.Unlike(p); len(s) > 0 {
			t.Fatalf("it is unlike itself: %v", s)
		}
		if len(p.Changes) == 0 {
			return
		}
		i := rapid.IntRange(0, len(p.Changes)-1).Draw(t, "at")
		q := plan.Plan{Changes: append([]plan.Change{}, p.Changes...)}
		switch rapid.IntRange(0, 2).Draw(t, "how") {
		case 0:
			q.Changes[i].Action = plan.Move
		case 1:
			q.Changes[i].Fields = append([]plan.Field{{Path: "some.field", Old: 1.0, New: 2.0}}, q.Changes[i].Fields...)
		case 2:
			q.Changes = append(q.Changes[:i], q.Changes[i+1:]...)
		}
		if len(p.Unlike(q)) != 1 || len(q.Unlike(p)) != 1 {
			t.Fatalf("%v is like %v", p, q)
		}
	})
}
