package cli

import (
	"context"
	"errors"
	"flag"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/prove"
	"github.com/dealroute/dealroute/pkg/simulate"
)

var wholeReach = flag.Bool("reach", false, "try every change of the rules of every example")

// A change of the rules touches no call but those that it says, however it ends; whom it is said to
// send elsewhere it does; and where nobody is known, no call of the first suite goes elsewhere.
func TestChangesReachWhomTheySay(t *testing.T) {
	strides := map[string]int{"basic": 12, "hours": 16}
	if *wholeReach {
		strides = map[string]int{}
		files, err := filepath.Glob("../../examples/*/dealroute.yaml")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			strides[filepath.Base(filepath.Dir(f))] = 1
		}
	}
	for name, stride := range strides {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			env := session{testEnv(t), settings{file: "../../examples/" + name + "/dealroute.yaml", format: "text"}}
			l, b, err := load(env, false)
			if err != nil {
				t.Fatal(err)
			}
			s, err := newSimulation(ctx, env, l, b, simulateOptions{session: env, suite: "-", crm: "fixtures", flow: "rendered"})
			if err != nil {
				t.Fatal(err)
			}
			set, err := l.templates()
			if err != nil {
				t.Fatal(err)
			}
			u := &suite{s: s, env: env, b: b, files: s.callFiles("-"), kept: newKeptCalls(), mask: s.newMask()}
			for _, r := range l.deployment.Routing.Rules {
				u.rules = append(u.rules, r.Name)
			}
			k := s.desk(u.files)
			text, _, err := firstSuite(ctx, s, "calls.yaml")
			if err != nil {
				t.Fatal(err)
			}
			was := u.keep(t, k, text)
			players := prove.NewPlayers(l.deployment, s.start)
			borrowed := takes(l.deployment)
			tried, noticed, equal := 0, 0, 0
			for i, m := range simulate.Mutants(l.deployment, func(i int) bool {
				queue, _ := borrowed(l.deployment.Routing.Rules[i].Name)
				return queue
			}) {
				if i%stride != 0 {
					continue
				}
				other := m.Make()
				ob, found := blueprint.Render(other, set)
				if found.Has(diag.Error) || blueprint.WithoutHashes(ob.Flow.Text) == blueprint.WithoutHashes(b.Flow.Text) {
					continue
				}
				x, err := s.otherwise(other, ob)
				if err != nil {
					t.Fatalf("%s: %v", m.Change, err)
				}
				tried++
				kx := x.desk(u.files)
				moves := false
				for j, c := range u.kept.all {
					out, err := kx.call(ctx, c.ready, nil)
					if err != nil {
						t.Fatal(err)
					}
					same := simulate.Same(was[j], out[0]) && was[j].Rule == out[0].Rule
					if moves = moves || !same; !same && !m.Touches(c.rule, c.moved) {
						t.Errorf("%s (%s) touches call %q, taken by rule %d", m.Change, m.Path, c.Name, c.rule)
					}
				}
				who, ok := players.Tells(other, m.Rule)
				if !ok {
					equal++
					if moves {
						t.Errorf("%s (%s): nobody is known with whom it differs, and a call does", m.Change, m.Path)
					}
					continue
				}
				noticed++
				row := writeCall(who, nil, wholeRecords(who.Witness.CRM))
				if len(who.Witness.Faults) > 0 || len(who.Witness.Org.Owners.Rows) > 0 {
					continue // not sayable in so few words
				}
				before, err := k.written(ctx, row)
				if err != nil {
					t.Fatal(err)
				}
				after, err := kx.written(ctx, row)
				if err != nil {
					t.Fatal(err)
				}
				if simulate.Same(before, after) && before.Rule == after.Rule {
					t.Errorf("%s (%s) sends nobody elsewhere: %s", m.Change, m.Path, who.Words)
				}
			}
			if tried < 3 || noticed == 0 {
				t.Errorf("%d changes tried, %d with a caller", tried, noticed)
			}
			t.Logf("%d changes, %d with a caller, %d equivalent, %d calls", tried, noticed, equal, len(u.kept.all))
		})
	}
}

// keep keeps the calls of a list, and gives what becomes of them.
func (u *suite) keep(t *testing.T, k *desk, text string) (out []*simulate.Outcome) {
	t.Helper()
	l, err := simulate.OpenList("calls.yaml", strings.NewReader(text), simulate.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for {
		e, err := l.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		c, found := e.Read()
		if found.Has(diag.Error) {
			t.Fatal(found)
		}
		r, _, err := k.ready(c)
		if err != nil {
			t.Fatal(err)
		}
		os, err := k.call(t.Context(), r, nil)
		if err != nil {
			t.Fatal(err)
		}
		n := len(u.kept.all)
		if u.kept.add(r, os, u.rules); len(u.kept.all) > n {
			out = append(out, os[0])
		}
	}
}
