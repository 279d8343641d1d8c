package reconcile_test

import (
	"context"
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

const moving, staying = "+15135550100", "+15135550188"

// cutting is an org in which another call route has our number beside one of its own.
func cutting(t *testing.T) *world {
	t.Helper()
	w := newWorldSeeded(t, func(s *genesystest.Seed) { s.Numbers = append(s.Numbers, staying) })
	w.publish(t, strings.NewReplacer("name: acme-inbound", "name: Theirs", "%s", "theirs").Replace(foreignFlow))
	flow := map[string]any{"id": w.one(t, genesys.Flow, "Theirs").ID}
	w.create(t, genesys.CallRoute, map[string]any{
		"name": "Old main line", "description": "since 2019", "dnis": []any{moving, staying}, "openHoursFlow": flow, "closedHoursFlow": flow,
	})
	return w
}

func cutover(c *reconcile.Config) { c.Cutover = true }

// on names the call route that has a number; "" when none has it.
func on(st *genesystest.State, number string) string {
	for _, e := range st.Entities["routes"] {
		if dnis, _ := e.Body["dnis"].([]any); !e.Deleted && slices.Contains(dnis, any(number)) {
			return e.Body["name"].(string)
		}
	}
	return ""
}

func TestCutover(t *testing.T) {
	w := cutting(t)
	apply(t, w.read(t, nil))
	if got := on(w.server.State(), moving); got != "Old main line" {
		t.Fatalf("a plain setup moved the number to %q", got)
	}
	before := w.one(t, genesys.CallRoute, "Old main line").Body
	r := w.read(t, cutover)
	last := r.Plan().Changes[len(r.Plan().Changes)-1]
	if last.Action != plan.Move || last.Key.Name != "Old main line" || !strings.Contains(last.Reason, moving) || fmt.Sprint(last.Fields) != fmt.Sprintf("[{dnis [%s %s] [%s]}]", moving, staying, staying) {
		t.Errorf("the last line of the plan: %+v", last)
	}
	w.server.ForgetCalls()
	apply(t, r)
	writes := w.writes()
	tests := slices.IndexFunc(writes, func(s string) bool { return strings.HasSuffix(s, "/test") })
	routes := slices.IndexFunc(writes, func(s string) bool { return strings.HasPrefix(s, "PUT /api/v2/architect/ivrs/") })
	if tests < 0 || routes != len(writes)-2 {
		t.Errorf("each action is tested, then two routes change:\n%s", strings.Join(writes, "\n"))
	}
	if got := on(w.server.State(), moving); got != "acme-inbound" {
		t.Errorf("the number is on %q", got)
	}
	after := w.one(t, genesys.CallRoute, "Old main line").Body
	before["dnis"] = []any{staying}
	for _, k := range []string{"version", "dateModified", "modifiedBy", "modifiedByApp"} { // of any change
		delete(before, k)
		delete(after, k)
	}
	if fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("their route lost more than the number:\n%v\n%v", before, after)
	}
	for name, change := range map[string]func(*reconcile.Config){"plain": nil, "with the cutover": cutover} {
		if got := changes(w.read(t, change).Plan()); got != "" {
			t.Errorf("a further plan, %s:\n%s", name, got)
		}
	}
}

// A fresh setup may cut over at once: the move is after everything.
func TestCutoverOfAFreshSetup(t *testing.T) {
	w := cutting(t)
	apply(t, w.read(t, cutover))
	if got := on(w.server.State(), moving); got != "acme-inbound" {
		t.Errorf("the number is on %q", got)
	}
}

// An action that does not work keeps the number where it is.
func TestCutoverComesAfterTheSmokeTest(t *testing.T) {
	w := cutting(t)
	apply(t, w.read(t, nil))
	r := w.read(t, func(c *reconcile.Config) {
		c.Cutover = true
		for k := range c.Smoke {
			c.Smoke[k] = map[string]any{"nonsense": true}
		}
	})
	if _, err := r.Apply(t.Context()); err == nil || !strings.Contains(err.Error(), "before it gets numbers, data action") {
		t.Errorf("error %v", err)
	}
	if got := on(w.server.State(), moving); got != "Old main line" {
		t.Errorf("the number is on %q", got)
	}
}

// Each call of a cutover goes wrong, in each way: the number is on a route afterwards, or on
// none, which the message says; and the next plain setup puts that right.
func TestCutoverDisturbedAtEachCall(t *testing.T) {
	calm := cutting(t)
	apply(t, calm.read(t, nil))
	start := calm.server.State()
	calm.arm(t, 0, fault{}, nil)
	if err := calm.run(t.Context(), cutover); err != nil {
		t.Fatal(err)
	}
	want, calls, stranded := dump(t, calm.server.State()), calm.gate.calls(), 0
	calm.arm(t, 0, fault{}, nil)
	calm.read(t, nil)
	calls -= calm.gate.calls() // of the look back at the end
	for n := calls - 11; n <= calls; n++ {
		for i, f := range append(slices.Clone(faults), fault{name: "409", status: 409}, fault{name: "403", status: 403}) {
			if !*everyFault && !f.kill && i%3 != n%3 {
				continue
			}
			name := fmt.Sprintf("%d of %d, %s", n, calls, f.name)
			w := newWorldOf(t, start)
			ctx, kill := context.WithCancel(t.Context())
			w.arm(t, n, f, kill)
			err := w.run(ctx, cutover)
			kill()
			where := on(w.server.State(), moving)
			if where == "" {
				stranded++
				if err == nil || !f.kill && !strings.Contains(err.Error(), "perhaps on no route now") {
					t.Errorf("%s: the number is on no route, and the message is %v", name, err)
				}
			}
			w.arm(t, 0, fault{}, nil)
			if err := w.run(t.Context(), nil); err != nil {
				t.Errorf("%s: the next setup: %v (before: %v)", name, err, err)
			}
			if after := on(w.server.State(), moving); where == "" && after != "acme-inbound" || where != "" && after != where {
				t.Errorf("%s: the number was on %q, and after a plain setup on %q", name, where, after)
			}
			if err := w.run(t.Context(), cutover); err != nil {
				t.Errorf("%s: another cutover: %v", name, err)
			}
			if got := dump(t, w.server.State()); got != want {
				t.Errorf("%s: another end than undisturbed", name)
			}
		}
	}
	t.Logf("%d calls; the number was on no route after %d runs", calls, stranded)
	if stranded == 0 {
		t.Error("no run ended between the two writes")
	}
}

// The second write is refused for good: the first is undone. When that fails as well, the
// message says which number has no route.
func TestCutoverIsUndone(t *testing.T) {
	for name, refusals := range map[string]int{"the second write": 1, "all that follow": 100} {
		t.Run(name, func(t *testing.T) {
			w := cutting(t)
			apply(t, w.read(t, nil))
			puts := 0
			w.gate.refuse = func(call string) bool {
				if strings.HasPrefix(call, "PUT /api/v2/architect/ivrs/") {
					puts++
				}
				return strings.HasPrefix(call, "PUT /api/v2/architect/ivrs/") && puts > 1 && puts <= 1+refusals
			}
			err := w.run(t.Context(), cutover)
			if !errors.Is(err, genesys.ErrForbidden) {
				t.Fatalf("error %v", err)
			}
			back := refusals == 1
			if got := on(w.server.State(), moving); back != (got == "Old main line") || !back && got != "" {
				t.Errorf("the number is on %q", got)
			}
			said := "it has its numbers back"
			if !back {
				said = "number " + moving + " is perhaps on no route now, and nobody answers there: the next setup attaches what is free"
			}
			if !strings.Contains(err.Error(), said) {
				t.Errorf("error %v", err)
			}
			w.gate.refuse = nil
			if err := w.run(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			if got := on(w.server.State(), moving); got == "" {
				t.Error("the next setup leaves the number on no route")
			}
		})
	}
}

// An interruption between the two writes waits for the second.
func TestCutoverIsNotInterrupted(t *testing.T) {
	w := cutting(t)
	apply(t, w.read(t, nil))
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	w.gate.refuse = func(call string) bool {
		if strings.HasPrefix(call, "PUT /api/v2/architect/ivrs/") {
			interrupt()
		}
		return false
	}
	err := w.run(ctx, cutover)
	if got := on(w.server.State(), moving); got != "acme-inbound" {
		t.Errorf("the number is on %q, %v", got, err)
	}
}

// What changes while a person looks at the plan is not moved.
func TestCutoverOfWhatHasChanged(t *testing.T) {
	w := cutting(t)
	apply(t, w.read(t, nil))
	r := w.read(t, cutover)
	theirs := w.one(t, genesys.CallRoute, "Old main line")
	if _, err := w.client.Update(t.Context(), genesys.CallRoute, theirs.ID, map[string]any{"name": "Old main line", "version": theirs.Body["version"], "dnis": []any{staying}}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Apply(t.Context()); err == nil || !strings.Contains(err.Error(), "its numbers have changed since the plan was made") {
		t.Errorf("error %v", err)
	}
}

func giveBack(c *reconcile.Config) { c.Return = reconcile.Return{Route: "Old main line"} }

// The way back of a cutover: the number goes to the route that it came from, and nothing else changes,
// also when the deployment has changes that wait.
func TestCutoverBack(t *testing.T) {
	w := cutting(t)
	apply(t, w.read(t, cutover))
	w.with(t, "Thank you for calling Acme.", "Welcome.")
	r := w.read(t, giveBack)
	if got, want := changes(r.Plan()), "move callRoute acme-inbound --cutover-back: number "+moving+" is to go to \"Old main line\", and nothing else changes; setup leaves them there until --cutover dnis\n"; got != want {
		t.Errorf("plan:\n%s\nwant:\n%s", got, want)
	}
	w.server.ForgetCalls()
	apply(t, r)
	if got := w.writes(); len(got) != 2 {
		t.Errorf("writes:\n%s", strings.Join(got, "\n"))
	}
	if got := on(w.server.State(), moving); got != "Old main line" {
		t.Errorf("the number is on %q", got)
	}
	if got := changes(w.read(t, giveBack).Plan()); got != "" {
		t.Errorf("a further plan:\n%s", got)
	}
	r = w.read(t, nil)
	apply(t, r)
	if got := on(w.server.State(), moving); got != "Old main line" || !strings.Contains(strings.Join(r.Warnings(), "\n"), "setup --cutover moves it") {
		t.Errorf("a plain setup: the number is on %q, warnings %v", got, r.Warnings())
	}
	for route, want := range map[string]string{
		"Old mainline": `there is no call route "Old mainline" of others in this org; did you mean "Old main line"`,
		"acme-inbound": `there is no call route "acme-inbound" of others in this org`,
	} {
		cfg := w.config()
		cfg.Return.Route = route
		if _, err := reconcile.Read(t.Context(), w.client, cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", route, err)
		}
	}
}

// It is killed at each call: the number is on a route, or a further run puts it on the right one.
func TestCutoverBackKilledAtEachCall(t *testing.T) {
	calm := cutting(t)
	apply(t, calm.read(t, cutover))
	start := calm.server.State()
	calm.arm(t, -1, fault{}, nil)
	if err := calm.run(t.Context(), giveBack); err != nil {
		t.Fatal(err)
	}
	calls, stranded := calm.gate.calls(), 0
	all := calm.server.Calls()
	all = all[len(all)-calls:]
	first := slices.IndexFunc(all, func(c genesystest.Call) bool { return c.Write }) // of the two
	want := dump(t, calm.server.State())
	for n := 1; n <= calls; n++ {
		if !*everyChange && n%9 != 0 && (n < first || n > first+6) {
			continue
		}
		w := newWorldOf(t, start)
		ctx, kill := context.WithCancel(t.Context())
		w.arm(t, n, fault{name: "killed", kill: true, after: true}, kill)
		_ = w.run(ctx, giveBack)
		kill()
		if on(w.server.State(), moving) == "" {
			stranded++
		}
		w.arm(t, 0, fault{}, nil)
		if err := w.run(t.Context(), giveBack); err != nil {
			t.Errorf("killed at call %d, the run after it: %v", n, err)
		}
		if got := dump(t, w.server.State()); got != want {
			t.Errorf("killed at call %d: another end", n)
		}
	}
	t.Logf("%d calls; the number was on no route after %d kills", calls, stranded)
	if stranded == 0 {
		t.Error("no kill came between the two writes")
	}
}

// A route that stands in an emergency group takes its numbers out of that when they leave it; that
// is said before.
func TestCutoverFromAnEmergencyGroup(t *testing.T) {
	w := cutting(t)
	apply(t, w.read(t, nil))
	st := w.server.State()
	theirs, evac := w.one(t, genesys.CallRoute, "Old main line"), w.one(t, genesys.Flow, "Theirs")
	seeded := newWorldSeeded(t, func(s *genesystest.Seed) { s.EmergencyGroups = []genesystest.SeedEmergencyGroup{{Name: "Evacuation"}} })
	for id, e := range seeded.server.State().Entities["emergencyGroups"] {
		e.Body["emergencyCallFlows"] = []any{map[string]any{"emergencyFlow": map[string]any{"id": evac.ID, "name": "Theirs"}, "ivrs": []any{map[string]any{"id": theirs.ID}}}}
		if st.Entities["emergencyGroups"] == nil {
			st.Entities["emergencyGroups"] = seeded.server.State().Entities["emergencyGroups"]
		}
		st.Entities["emergencyGroups"][id] = e
	}
	w = newWorldOf(t, st)
	const said = `stands in emergency group "Evacuation", which sends its calls to flow "Theirs" when it is switched on`
	for name, change := range map[string]func(*reconcile.Config){"plain": nil, "with the cutover": cutover} {
		r := w.read(t, change)
		if ws := strings.Join(r.Warnings(), "\n"); !strings.Contains(ws, said) {
			t.Errorf("%s: warnings %s", name, ws)
		}
	}
	if got := changes(w.read(t, cutover).Plan()); !strings.Contains(got, said+`: calls to "acme-inbound" are not diverted then`) {
		t.Errorf("plan:\n%s", got)
	}
}
