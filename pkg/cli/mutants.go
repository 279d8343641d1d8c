package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/prove"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/pkg/view"
)

// mostKept is how many different calls changes of the rules are tried on.
const mostKept = 10_000

// keptCalls are those of a suite that may notice a change of the rules: something is expected of
// them, and they are as expected. Each is kept once.
type keptCalls struct {
	all  []keptCall
	seen map[string]bool
	left int // that were too many
}

type keptCall struct {
	*ready
	rule  int  // place of the rule that took it; their number for the fallback
	moved bool // it did not reach the target
}

func newKeptCalls() *keptCalls { return &keptCalls{seen: map[string]bool{}} }

// add keeps a call. A decision of an earlier leg and one of the schedule ask no rule.
func (k *keptCalls) add(r *ready, outcomes []*simulate.Outcome, rules []string) {
	o := outcomes[0]
	if o.Reason == routing.ReasonKept || o.Reason == routing.ReasonSchedule {
		return
	}
	if r.CRM == nil && r.World == nil {
		var want []string
		for _, x := range r.Expect {
			want = append(want, x.Name+"="+x.Want)
		}
		key := fmt.Sprintf("%q %q %d %v %q %q %q %v %q %d", r.call.ANI, r.call.DNIS, r.call.At.Unix(), r.faults, r.Schedule, r.CRMFile.Text, r.WorldFile.Text, r.call.Conversation, want, len(r.Legs))
		if len(r.Legs) == 0 && k.seen[key] {
			return
		}
		if len(k.seen) < mostKept {
			k.seen[key] = true
		}
	}
	if len(k.all) == mostKept {
		k.left++
		return
	}
	c := keptCall{ready: r, rule: slices.Index(rules, o.Rule), moved: len(o.Failed) > 0 || o.Reason == routing.ReasonError || o.Reason == routing.ReasonLastResort}
	if c.rule < 0 {
		c.rule = len(rules)
	}
	c.moved = c.moved || slices.ContainsFunc(o.Gone, func(t simulate.Thing) bool { return t.Type == expr.Queue })
	k.all = append(k.all, c)
}

// A tried change is one that was rendered and met the calls; made is false for one that no file
// could say, or that renders the same.
type triedChange struct {
	simulate.Mutant
	made, noticed bool
}

// mutants tries every change of the rules on the calls of the suite. A change ends at the first
// call that notices it.
func (u *suite) mutants(ctx context.Context) (*view.Mutants, error) {
	d := u.s.loaded.deployment
	set, err := u.s.loaded.templates()
	if err != nil {
		return nil, err
	}
	borrowed := takes(d)
	all := simulate.Mutants(d, func(i int) bool {
		queue, _ := borrowed(d.Routing.Rules[i].Name)
		return queue
	})
	out := &view.Mutants{Survived: []view.Mutant{}, Equivalent: []view.Mutant{}, Calls: len(u.kept.all), Left: u.kept.left}
	at := 0
	next := func() (simulate.Mutant, error) {
		if at == len(all) {
			return simulate.Mutant{}, io.EOF
		}
		at++
		return all[at-1], nil
	}
	players := prove.NewPlayers(d, u.s.start)
	same := blueprint.WithoutHashes(u.b.Flow.Text)
	var done atomic.Int64
	defer u.env.working("changing the rules", func() string { return fmt.Sprintf("%d of %d changes tried", done.Load(), len(all)) })()
	err = simulate.Ordered(ctx, u.s.workers(), next, func(ctx context.Context, _ int, m simulate.Mutant) (triedChange, error) {
		x := triedChange{Mutant: m}
		other := m.Make()
		b, found := blueprint.Render(other, set)
		if found.Has(diag.Error) || b == nil || blueprint.WithoutHashes(b.Flow.Text) == same {
			return x, nil
		}
		s, err := u.s.otherwise(other, b)
		if err != nil {
			return x, err
		}
		x.made = true
		x.noticed, err = u.notices(ctx, s, m)
		return x, err
	}, func(x triedChange) error {
		done.Add(1)
		if !x.made {
			return nil
		}
		out.Made++
		if x.noticed {
			return nil
		}
		p := d.Pos(x.Path)
		for path := x.Path; p.Line == 0 && strings.Contains(path, "."); p = d.Pos(path) {
			path = path[:strings.LastIndexByte(path, '.')]
		}
		m := view.Mutant{Change: x.Change, Path: x.Path, File: p.File, Line: p.Line}
		if who, ok := players.Tells(x.Make(), x.Rule); ok {
			words := u.mask.Text(who.Words)
			m.Caller = &words
			out.Survived = append(out.Survived, m)
		} else {
			out.Equivalent = append(out.Equivalent, m)
		}
		return nil
	})
	return out, err
}

// otherwise is the simulation of another routing on the same org and the same records.
func (s *simulation) otherwise(d *deployment.Deployment, b *blueprint.Blueprint) (*simulation, error) {
	a, err := simulate.Rendered(b, secret.New(hubspottest.DefaultToken))
	if err != nil {
		return nil, err
	}
	x, l := *s, *s.loaded
	l.deployment, x.loaded = d, &l
	x.answers, x.known = nil, simulate.NewAnswers(answersKept)
	x.program, err = simulate.Prepare(a, simulate.Readings{})
	return &x, err
}

// notices reports whether a call is no longer as expected.
func (u *suite) notices(ctx context.Context, s *simulation, m simulate.Mutant) (bool, error) {
	k := s.desk(u.files)
	for _, c := range u.kept.all {
		if !m.Touches(c.rule, c.moved) {
			continue
		}
		outcomes, err := k.call(ctx, c.ready, nil)
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		if err != nil { // it does not even come to its end
			return true, nil //nolint:nilerr // that is noticed
		}
		if _, rejected := u.against(c.ready, outcomes); slices.ContainsFunc(rejected, func(x view.Expectation) bool { return x.What != "participantData.dealroute_policy" }) {
			return true, nil
		}
	}
	return false, nil
}
