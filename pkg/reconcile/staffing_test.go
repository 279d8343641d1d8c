package reconcile_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/reconcile"
)

// A plan that is to show it says of a deployed target that nobody answers there, and which name
// was perhaps meant; it holds no change because of it, nor keeps setup from anything.
func TestPlanShowsWhereNobodyWorks(t *testing.T) {
	show := func(c *reconcile.Config) { c.ShowStaff = true }
	marked := func(r *reconcile.Reconciler) string {
		var out []string
		for _, c := range r.Plan().Changes {
			if c.Unstaffed {
				out = append(out, string(c.Action)+" "+c.Key.Name+": "+c.Reason)
			}
		}
		return strings.Join(out, "\n")
	}
	for _, x := range []struct{ old, now, want string }{
		{"", "", ""},
		{"queue: Customer Care", "queue: Custmer Care", `keep Custmer Care: nobody works here: it has no members; did you mean "Customer Care"`},
		{"fallback: {queue: General Support", "fallback: {queue: Genral Support", `keep Genral Support: nobody works here: it has no members; did you mean "General Support"`},
		{"queue: Customer Care", "queue: Elsewhere", `keep Elsewhere: nobody works here: it has no members`},
		{"skills: [General_Support]", "skills: [Klingon]", `keep General Support: nobody here holds "Klingon", which the fallback asks for`},
		{"skills: [General_Support]", "skills: [Genral_Support]", `keep General Support: nobody here holds "Genral_Support" (did you mean "General_Support"), which the fallback asks for`},
	} {
		w := newWorld(t)
		if x.old != "" {
			w.with(t, x.old, x.now)
		}
		apply(t, w.read(t, func(c *reconcile.Config) { c.AllowUnstaffed = true }))
		r := w.read(t, show)
		if got := marked(r); got != x.want {
			t.Errorf("%s: %s", x.now, got)
		}
		if r.Plan().Pending() || r.Ready() != nil {
			t.Errorf("%s: pending %v, %v", x.now, r.Plan().Pending(), r.Ready())
		}
		if got := marked(w.read(t, nil)); got != "" {
			t.Errorf("%s: asked for although nothing changes: %s", x.now, got)
		}
	}
}

// Which skills are missing is said of those that nobody holds, and of several that nobody holds
// together.
func TestSkillsThatNobodyHolds(t *testing.T) {
	for _, x := range []struct {
		asked  string
		agents [][]string
		want   string // empty: somebody answers
	}{
		{"Deutsch, English", [][]string{{"Deutsch"}}, `holds "English", which`},
		{"Deutsch, English", [][]string{{"Deutsch"}, {"English"}}, `holds both "Deutsch" and "English", which`},
		{"Deutsch, English", [][]string{{"French"}}, `holds "Deutsch" or "English", which`},
		{"Deutsch, English", [][]string{{}}, `holds "Deutsch" or "English", which`},
		{"Deutsch, Englsh", [][]string{{"Deutsch", "English"}}, `holds "Englsh" (did you mean "English"), which`},
		{"Deutsch, English, French", [][]string{{"Deutsch", "English"}, {"French"}}, `holds all of "Deutsch", "English", "French", which`},
		{"Deutsch, English", [][]string{{"Deutsch"}, {"French", "English", "Deutsch"}}, ""},
		{"", [][]string{{}}, ""},
	} {
		w := newWorldSeeded(t, func(s *genesystest.Seed) {
			s.Skills = append(s.Skills, "Deutsch", "English", "French")
			for i := range s.Queues {
				if s.Queues[i].Name == "General Support" {
					s.Queues[i].Staff = nil
					for n, skills := range x.agents {
						s.Queues[i].Staff = append(s.Queues[i].Staff, genesystest.SeedUser{Name: fmt.Sprint("Agent ", n), Skills: skills})
					}
				}
			}
		})
		w.with(t, "skills: [General_Support]", "skills: ["+x.asked+"]")
		err := w.read(t, nil).Ready()
		if x.want == "" {
			if err != nil {
				t.Errorf("%s: %v", x.asked, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: %v, want %s", x.asked, err, x.want)
		}
	}
}

// A division that does not exist is said with the nearest that does.
func TestDivisionThatDoesNotExist(t *testing.T) {
	for _, x := range []struct{ name, want string }{
		{"Vertreib", `did you mean "Vertrieb"`}, {"Hme", `did you mean "Home"`}, {"Elsewhere", "there is Home, Vertrieb"},
	} {
		w := newWorldSeeded(t, func(s *genesystest.Seed) { s.Divisions = []string{"Vertrieb"} })
		w.with(t, "division: Home", "division: "+x.name)
		_, err := reconcile.Read(t.Context(), w.client, w.config())
		if want := fmt.Sprintf("division %q does not exist", x.name); err == nil || !strings.Contains(err.Error(), want) || !strings.HasSuffix(err.Error(), "; "+x.want) {
			t.Errorf("%s: %v", x.name, err)
		}
	}
}

// A refused setup makes no call that writes, on a fresh org and on a live one, with and
// without a route of ours.
func TestUnstaffedChangesNothing(t *testing.T) {
	const wrong = "Genral Support"
	empty := func(s *genesystest.Seed) {
		for i := range s.Queues {
			if s.Queues[i].Name == "General Support" {
				s.Queues[i].Staff = nil
			}
		}
	}
	noRoute := func(c *reconcile.Config) {
		c.Desired = slices.DeleteFunc(slices.Clone(c.Desired), func(e genesys.Entity) bool { return e.Key.Kind == genesys.CallRoute })
	}
	slip := func(w *world, t *testing.T) {
		w.with(t, "fallback: {queue: General Support", "fallback: {queue: "+wrong)
	}
	for _, c := range []struct {
		name   string
		seed   func(*genesystest.Seed)
		before func(*world, *testing.T)
		change func(*reconcile.Config)
		reason string // empty: it goes through
	}{
		{"fresh, a queue is missing", nil, slip, nil, wrong},
		{"fresh, a queue is empty", empty, nil, nil, "has no members"},
		{"fresh, no route, a queue is missing", nil, slip, noRoute, wrong},
		{"fresh, no route, a queue is empty", empty, nil, noRoute, ""},
		{"live, a queue is missing", nil, func(w *world, t *testing.T) { apply(t, w.read(t, nil)); slip(w, t) }, nil, wrong},
		{"live without a route of ours, a queue is empty", empty, func(w *world, t *testing.T) {
			apply(t, w.read(t, noRoute))
			w.with(t, "priority: 10", "priority: 12")
		}, noRoute, "has no members"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorldSeeded(t, func(s *genesystest.Seed) {
				if c.seed != nil {
					c.seed(s)
				}
			})
			if c.before != nil {
				c.before(w, t)
			}
			before := dump(t, w.server.State())
			w.server.ForgetCalls()
			r := w.read(t, c.change)
			outcomes, err := r.Apply(t.Context())
			if c.reason == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			var unstaffed *reconcile.UnstaffedError
			if !errors.As(err, &unstaffed) || !strings.Contains(err.Error(), c.reason) {
				t.Errorf("error %v", err)
			}
			if n := w.writes(); len(n) > 0 || dump(t, w.server.State()) != before {
				t.Errorf("writes: %v", n)
			}
			for _, o := range outcomes {
				if o.State == reconcile.Failed || o.State == reconcile.Done && o.Change.Action != plan.Keep {
					t.Errorf("%s: %s", o.Change.Key, o.State)
				}
				if o.Change.Unstaffed && c.reason == wrong && o.Change.Nearest != "General Support" {
					t.Errorf("%s: nearest %q", o.Change.Key, o.Change.Nearest)
				}
			}
			allow := func(cfg *reconcile.Config) {
				if c.change != nil {
					c.change(cfg)
				}
				cfg.AllowUnstaffed = true
			}
			r = w.read(t, allow)
			apply(t, r)
			if ws := strings.Join(r.Warnings(), "\n"); !strings.Contains(ws, c.reason) {
				t.Errorf("warnings: %s", ws)
			}
			if got := changes(w.read(t, c.change).Plan()); got != "" {
				t.Errorf("a further plan is not empty:\n%s", got)
			}
		})
	}
}
