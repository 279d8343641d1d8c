package prove

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/internal/recall"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/pkg/words"
)

// Deployment shows the seven properties of a deployment.
func Deployment(ctx context.Context, in Input) (*Report, error) {
	r := &Report{Mode: in.Mode}
	if in.Mode == Off {
		return r, nil
	}
	w, err := newWhole(in)
	if err != nil {
		return nil, err
	}
	f, err := newFlowProof(in)
	if err != nil {
		return nil, err
	}
	// The halves know nothing of each other and go on at once.
	flow := &Report{}
	var shown []Property
	var failed error
	var done sync.WaitGroup
	other, enough := context.WithCancel(ctx)
	defer enough()
	done.Go(func() { shown, failed = f.prove(other, flow) })
	err = w.prove(ctx, r)
	stop := in.Stop && err == nil && len(r.Broken()) > 0
	if stop {
		enough()
	}
	done.Wait()
	if stop { // what the flow shows besides would depend on how far it came
		return r, nil
	}
	if err = cmp.Or(err, failed); err != nil {
		return nil, err
	}
	r.both(flow, shown)
	return r, nil
}

// both takes in what the flow shows: what is broken wins over what is not decided, and that over
// what holds; of two counterexamples that of a whole call, which says more.
func (r *Report) both(flow *Report, shown []Property) {
	r.States, r.Paths = flow.States, flow.Paths
	r.WorstHubSpot = max(r.WorstHubSpot, flow.WorstHubSpot)
	if flow.WorstWait > r.WorstWait {
		r.WorstWait, r.WorstPath, r.WorstCall = flow.WorstWait, flow.WorstPath, flow.WorstCall
	}
	r.Cut = append(r.Cut, flow.Cut...)
	for _, p := range shown {
		i := slices.IndexFunc(r.Properties, func(o Property) bool { return o.ID == p.ID })
		switch {
		case i < 0 && p.Verdict != Holds: // the whole calls stopped before they came to it
			r.Properties = append(r.Properties, p)
		case i >= 0 && (r.Properties[i].Verdict == Holds || r.Properties[i].Verdict == NotDecided && p.Verdict == Broken) && p.Verdict != Holds:
			r.Properties[i] = p
		}
	}
}

// A whole is the proof of whole calls: each goes through the rendered data actions and the
// flow, and is held against what the policy gives for the same account.
type whole struct {
	reference
	in     Input
	strict *artifacts
	public map[string]bool // texts that stand in the deployment or the flow, and tell nothing of a caller
	found  finder
	cut    []string
	common *common
}

// What calls have in common, so that it is found out once: what HubSpot says to equal questions about
// equal records, what the data actions make of equal replies, and what the flow does of itself. A call
// becomes what it would without.
type common struct {
	replies recall.Store[reply]
	read    *simulate.Replies     // nil: each is read
	memos   [workers]*interp.Memo // of the strict readings, for one worker each
}

func newWhole(in Input) (*whole, error) {
	in.Now = in.Now.UTC().Truncate(time.Second)
	w := &whole{reference: newReference(in.Deployment), in: in, public: map[string]bool{}, common: &common{read: new(simulate.Replies)}}
	var err error
	if w.strict, err = prepare(in.Blueprint, in.Key, readings()[0].is); err != nil {
		return nil, err
	}
	for _, t := range w.strict.program.Flow().Texts() {
		w.public[t] = true
	}
	w.found = newFinder(w.reference, in.Now)
	return w, nil
}

// A finding is a call that breaks a property.
type finding struct {
	flaw
	at int // of the call, in the order of the families
	s  *situation
}

// prove makes all calls.
func (w *whole) prove(ctx context.Context, r *Report) error {
	seen, classes := map[print]bool{}, map[print]bool{}
	worst := worstOf{}
	w.found.ended = func() bool { return ctx.Err() != nil }
	var first map[string]finding
	for _, f := range w.families() {
		var fresh []*situation
		for _, s := range f.of() {
			k := s.key()
			if seen[k] {
				continue
			}
			seen[k], classes[s.class()] = true, true
			s.family = f.name
			fresh = append(fresh, s)
		}
		if err := ctx.Err(); err != nil { // not all were found then
			return err
		}
		r.Calls += len(fresh)
		bad, err := w.run(ctx, fresh, &worst)
		if err != nil {
			return err
		}
		for _, b := range bad {
			if _, ok := first[b.property]; !ok {
				if first == nil {
					first = map[string]finding{}
				}
				first[b.property] = b
			}
		}
		if w.in.Stop && len(first) > 0 {
			break
		}
	}
	r.CRMClasses = len(classes)
	r.WorstWait, r.WorstHubSpot, r.WorstPath = worst.wait, worst.hubspot, worst.path
	if worst.of != nil {
		var err error
		if r.WorstCall, err = w.written(ctx, worst.of); err != nil {
			return err
		}
	}
	r.Cut = append(r.Cut, w.cut...)
	for _, id := range []string{Ending, Wait, Expressions, Policy, Requests, Privacy} {
		p := Property{ID: id, Title: titles[id], Verdict: Holds}
		if b, ok := first[id]; ok {
			var err error
			if p, err = w.broken(ctx, b); err != nil {
				return err
			}
		} else if w.in.Stop && len(first) > 0 {
			continue
		}
		r.Properties = append(r.Properties, p)
	}
	if w.in.Stop && len(first) > 0 {
		return nil
	}
	rules := w.rulesCanFire(r)
	if err := ctx.Err(); err != nil {
		return err
	}
	r.Properties = append(r.Properties, rules)
	if w.in.Mode == Full && len(first) == 0 {
		return w.undocumented(ctx, r)
	}
	return nil
}

var titles = map[string]string{
	Ending:      "every path ends at a queue, a flow, or a configured ending, never in silence",
	Wait:        "no path waits longer for HubSpot than the budget",
	Expressions: "no expression can fail",
	Policy:      "rule, target, priority and what is written are those of the policy",
	Requests:    "HubSpot is not asked when it must not be, and not too often",
	Privacy:     "nothing personal goes where it may not",
	Rules:       "every rule can fire",
}

// worstOf are the longest waits of the calls that were made.
type worstOf struct {
	mu            sync.Mutex
	wait, hubspot time.Duration
	at            int
	path          []string
	of            *situation
}

func (x *worstOf) see(at int, s *situation, o ran) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.hubspot = max(x.hubspot, o.HubSpot)
	if o.Waited > x.wait || o.Waited == x.wait && at < x.at {
		x.wait, x.at, x.of = o.Waited, at, s
		x.path = nil
		for _, step := range o.Result.Path {
			if step.Elapsed > 0 {
				x.path = append(x.path, fmt.Sprintf("%s, %s: %s", step.Task, step.Action, words.Ms(step.Elapsed.Milliseconds())))
			}
		}
	}
}

// workers is how many calls are made at once. Which one is found first does not depend on it.
const workers = 2

// run makes calls and gives those that break something, in their order; with Stop no later
// one than the first. The list is used up.
func (w *whole) run(ctx context.Context, all []*situation, worst *worstOf) ([]finding, error) {
	var next, stop atomic.Int64
	stop.Store(int64(len(all)))
	bad := make([][]finding, workers)
	errs := make([]error, workers)
	var wg sync.WaitGroup
	tally := tallyOf(ctx)
	for k := range workers {
		if w.common.memos[k] == nil {
			w.common.memos[k] = interp.NewMemo(w.strict.program.Flow()).Wary()
		}
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				i := int(next.Add(1)) - 1
				if i >= len(all) || int64(i) > stop.Load() {
					return
				}
				if errs[k] = ctx.Err(); errs[k] != nil {
					return
				}
				o, want := w.try(ctx, all[i], w.common.memos[k])
				tally.Calls.Add(1)
				if w.in.Twice {
					if errs[k] = w.again(ctx, all[i], o, want); errs[k] != nil {
						return
					}
				}
				if o.Outcome != nil {
					worst.see(i, all[i], o)
				}
				s := all[i]
				all[i] = nil // thousands of accounts are let go as they were called
				for _, f := range w.judge(s, o, want) {
					bad[k] = append(bad[k], finding{f, i, s})
					for was := stop.Load(); w.in.Stop && int64(i) < was && !stop.CompareAndSwap(was, int64(i)); was = stop.Load() {
					}
				}
			}
		}()
	}
	wg.Wait()
	var out []finding
	for k := range workers {
		if errs[k] != nil {
			return nil, errs[k]
		}
		out = append(out, bad[k]...)
	}
	slices.SortStableFunc(out, func(a, b finding) int { return a.at - b.at })
	return out, nil
}

// try makes the call of a situation, after the leg before it, and says what it must become.
func (w *whole) try(ctx context.Context, s *situation, m *interp.Memo) (ran, want) {
	if s.earlier == nil {
		o := w.traced(ctx, s, m)
		return o, w.of(&s.Witness, o.failed)
	}
	o := w.traced(ctx, s.earlier, m)
	before := w.of(&s.earlier.Witness, o.failed)
	if o.err != nil {
		return o, before
	}
	wrote := o.Result.ParticipantData
	s.Conversation = map[string]string{}
	for k, v := range wrote {
		s.Conversation[k] = v
	}
	for k, v := range s.spoil {
		if s.Conversation[k] = v; v == absent {
			delete(s.Conversation, k)
		}
	}
	o = w.traced(ctx, s, m)
	return o, w.leg(&s.Witness, before, wrote, o.failed)
}

// again makes a call again that has nothing in common with others, and says what is different.
func (w *whole) again(ctx context.Context, s *situation, o ran, wanted want) error {
	c, alone := *s, *w
	if alone.common = new(common); s.earlier != nil {
		before := *s.earlier
		c.earlier, c.Conversation = &before, nil
	}
	p, want := alone.try(ctx, &c, nil)
	same := reflect.DeepEqual(o.Outcome, p.Outcome) && slices.Equal(o.asked, p.asked) && reflect.DeepEqual(o.org, p.org) &&
		(o.err == nil) == (p.err == nil) && reflect.DeepEqual(wanted, want)
	if same || ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("a call of family %s is %+v, and made by itself %+v", s.family, o.Outcome, p.Outcome)
}

// absent stands for participant data that somebody has taken away.
const absent = "\x00"

// traced is a call with its path; where something is said, also with what.
func (w *whole) traced(ctx context.Context, s *situation, m *interp.Memo) ran {
	o := w.call(ctx, s, interp.TracePath, m, nil)
	if o.err == nil && o.spoke() {
		return w.call(ctx, s, interp.TraceFull, nil, nil)
	}
	return o
}
