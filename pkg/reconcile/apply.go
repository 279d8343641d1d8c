package reconcile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
)

// An Outcome is what became of a change.
type Outcome struct {
	Change plan.Change
	State  State // Done, Failed or NotDone; Done also for keep and leave
	Err    error
}

// ErrBlocked says that the plan holds what a person must settle first.
var ErrBlocked = errors.New("nothing was changed: the plan holds entities that are not ours or must exist")

// Ready says why nothing of the plan can be applied, and nothing when it can.
func (r *Reconciler) Ready() error {
	switch {
	case r.keys != nil:
		return r.keys
	case len(r.plan.Blocked()) > 0:
		return ErrBlocked
	case len(r.unstaffed) > 0 && !r.run.AllowUnstaffed:
		return &UnstaffedError{Reasons: r.unstaffed}
	}
	return r.stop
}

// Apply carries out the plan. A change starts when all it needs is done, several at the
// same time. After a failure nothing new starts; what runs comes to its end. The outcomes
// are in the order of the plan and always complete.
func (r *Reconciler) Apply(ctx context.Context) ([]Outcome, error) {
	out := make([]Outcome, len(r.plan.Changes))
	for i, c := range r.plan.Changes {
		out[i] = Outcome{Change: c, State: NotDone}
		if c.Action == plan.Keep || c.Action == plan.Leave {
			out[i].State = Done
		}
	}
	if err := r.Ready(); err != nil {
		return out, err
	}
	for _, b := range r.unstaffed {
		r.run.warn("%s", b)
	}
	early := r.early()
	w := &work{r: r.run, out: out[:r.own], changes: r.plan.Changes[:r.own], early: early, done: map[genesys.Key]chan struct{}{}, slots: make(chan struct{}, r.run.Parallel)}
	again := r.flows()
	err := r.run.doubt(ctx, slices.ContainsFunc(r.plan.Changes, func(c plan.Change) bool { return c.Again }))
	if err == nil {
		err = w.build(ctx)
	}
	if err == nil {
		err = r.tryRotated(ctx)
	}
	if err == nil && len(again) > 0 {
		err = r.run.notes.Wait()
	}
	if err == nil {
		err = r.run.doubt(ctx, len(again) > 0)
	}
	if err == nil {
		err = w.takeDown(ctx)
	}
	if err == nil {
		err = r.run.publishAgain(ctx, again)
	}
	if err == nil && (!early || len(again) > 0) {
		err = r.verify(ctx)
	}
	if err == nil && (r.verifies() || !r.toVerify()) { // nobody could look: numbers of others stay where they are
		err = w.cutOver(ctx)
	}
	if noted := r.run.notes.Wait(); err == nil {
		err = noted
	}
	if err == nil && r.former != nil {
		last := &work{r: r.former, out: out[r.own:], changes: r.plan.Changes[r.own:], slots: w.slots}
		err = last.takeDown(ctx)
	}
	if err == nil && r.plan.Pending() && len(r.run.Desired) > 0 {
		c := plan.Change{Key: onceMore, Action: "read"}
		r.run.Observe(Event{Change: c, State: Started})
		err = r.lookBack(ctx)
		r.run.Observe(Event{Change: c, State: Done})
	}
	if err == nil {
		err = r.run.noteWritten(ctx, out)
	}
	err = r.together(out, err)
	if held := r.plan.Held(); err == nil && len(held) > 0 {
		err = &HeldError{Held: held}
	}
	return out, err
}

// A HeldError says that everything was done but for what somebody keeps from being changed.
type HeldError struct{ Held []plan.Change }

func (e *HeldError) Error() string {
	var all []string
	for _, c := range e.Held {
		all = append(all, fmt.Sprintf("%s %q: %s", c.Key.Kind, c.Key.Name, c.Reason))
	}
	return "all was done but this: " + strings.Join(all, "; ")
}

// work is one application of a plan.
type work struct {
	r       *run
	out     []Outcome
	changes []plan.Change
	done    map[genesys.Key]chan struct{}
	slots   chan struct{}
	down    bool // what is to go goes now
	early   bool // what is made is verified before a call route is touched
	ahead   map[genesys.Key]*ahead

	mu  sync.Mutex
	err error
}

func (w *work) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.err = err
	}
}

func (w *work) failed() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// build makes and changes what is desired. A channel per entity closes when it is ready.
func (w *work) build(ctx context.Context) error {
	for _, c := range w.changes {
		if _, wanted := w.r.desired.Get(c.Key); wanted {
			w.done[c.Key] = make(chan struct{})
		}
	}
	w.ahead = w.aheads()
	var wg sync.WaitGroup
	if w.early {
		w.verifying(ctx, &wg)
	}
	closed := map[genesys.Key]bool{}
	for i, c := range w.changes {
		ch := w.done[c.Key]
		switch {
		case ch == nil || c.Action == plan.Delete || c.Action == plan.Move:
			continue
		case c.Action == plan.Keep || c.Action == plan.Leave:
			if !closed[c.Key] {
				closed[c.Key] = true
				close(ch)
			}
			continue
		}
		d, _ := w.r.desired.Get(c.Key)
		d = d.TakenOver(c.Adopted)
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer close(ch)
			if a := w.ahead[d.Key]; a != nil {
				w.fill(ctx, i, c, d, a)
				return
			}
			if !w.ready(ctx, d) {
				return
			}
			w.slots <- struct{}{}
			defer func() { <-w.slots }()
			if w.failed() != nil || ctx.Err() != nil {
				return
			}
			w.one(ctx, i, func(k kind) error { return w.put(ctx, k, c, d) })
		}()
	}
	wg.Wait()
	if err := w.failed(); err != nil {
		return err
	}
	return ctx.Err()
}

// ready waits for what an entity needs; false when the work has failed meanwhile.
func (w *work) ready(ctx context.Context, d genesys.Entity) bool {
	needs := append([]genesys.Key{}, d.Needs...)
	for _, ref := range d.Refs() {
		needs = append(needs, ref.Key)
	}
	if d.Key.Kind == genesys.DataAction && w.aheadOf(d) == nil { // it is tried: between a client's new secret and the credential that takes it, it would be refused
		if credential, ok := w.r.behind(d); ok {
			needs = append(needs, credential.Key)
		}
	}
	if record, ok := w.r.recordKey(); ok && (d.Key.Kind == genesys.Credential || d.Key.Kind == genesys.Flow) {
		needs = append(needs, record)
	}
	if record, ok := w.r.recordKey(); ok && d.Key.Kind == genesys.DataTableRow && w.r.kept == inDoubt {
		needs = append(needs, record) // first: the others tell that the table has all that it must have
	}
	if d.Key.Kind == genesys.CallRoute { // live traffic comes last
		for k := range w.done {
			if k.Kind != genesys.CallRoute {
				needs = append(needs, k)
			}
		}
	}
	var made []chan struct{} // an integration does not wait for the value of its credential
	needs = slices.DeleteFunc(needs, func(k genesys.Key) bool {
		a := w.ahead[k]
		if a != nil && d.Key.Kind == genesys.Integration {
			made = append(made, a.made)
			return true
		}
		return k == d.Key
	})
	for _, ch := range made {
		select {
		case <-ch:
		case <-ctx.Done():
			return false
		}
	}
	return w.await(ctx, needs)
}

// await waits until all of these are done; false when the work has failed meanwhile.
func (w *work) await(ctx context.Context, keys []genesys.Key) bool {
	for _, k := range keys {
		ch := w.done[k]
		if ch == nil {
			continue
		}
		select {
		case <-ch:
		case <-ctx.Done():
			return false
		}
	}
	return w.failed() == nil
}

func (w *work) put(ctx context.Context, k kind, c plan.Change, d genesys.Entity) error {
	if c.Action == plan.Update {
		if err := w.r.still(ctx, c, d); err != nil {
			return err
		}
		return k.update(ctx, w.r, c, d)
	}
	var id string
	var err error
	switch {
	case w.aheadOf(d) != nil:
		id, err = w.r.actions.makeUntried(ctx, w.r, d)
	case w.aheadUnder(d) != nil:
		id, err = w.integrate(ctx, k, d, w.aheadUnder(d))
	default:
		id, err = k.create(ctx, w.r, d)
	}
	if err != nil {
		return err
	}
	w.out[index(w.changes, c)].Change.ID = id
	w.r.know(d.Key, "id", id)
	return nil
}

func index(cs []plan.Change, c plan.Change) int {
	for i, x := range cs {
		if x.Key == c.Key && x.Action == c.Action && x.ID == c.ID {
			return i
		}
	}
	return -1
}

// takeDown deletes, last level first and a level's entities at the same time. A replaced
// entity's old one goes with its level, after everything that used it has been pointed to
// the new one.
func (w *work) takeDown(ctx context.Context) error {
	levels := map[int][]int{}
	for i, c := range w.changes {
		if c.Action == plan.Delete || c.Action == plan.Replace {
			levels[c.Key.Kind.Level()] = append(levels[c.Key.Kind.Level()], i)
		}
	}
	if len(levels) == 0 {
		return nil
	}
	w.down = true
	if err := w.r.stillEmpty(ctx, w.changes); err != nil {
		return err
	}
	order := slices.Sorted(maps.Keys(levels))
	slices.Reverse(order)
	for _, l := range order {
		var wg sync.WaitGroup
		for _, i := range levels[l] {
			wg.Add(1)
			go func() {
				defer wg.Done()
				w.slots <- struct{}{}
				defer func() { <-w.slots }()
				if ctx.Err() == nil {
					c := w.changes[i]
					w.one(ctx, i, func(k kind) error { return k.remove(ctx, w.r, c) })
				}
			}()
		}
		wg.Wait()
		if err := w.failed(); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// cutOver moves numbers, one call route after the other: the platform refuses haste here.
func (w *work) cutOver(ctx context.Context) error {
	for i, c := range w.changes {
		if c.Action != plan.Move {
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		w.one(ctx, i, func(kind) error { return w.r.routes.move(ctx, w.r, c) })
		if err := w.failed(); err != nil {
			return err
		}
	}
	return nil
}

// one carries out a change and reports it.
func (w *work) one(ctx context.Context, i int, do func(kind) error) {
	c := w.changes[i]
	k := w.r.kinds[c.Key.Kind]
	if k == nil {
		w.fail(fmt.Errorf("%s: this kind cannot be changed", c.Key))
		return
	}
	w.r.Observe(Event{Change: c, State: Started})
	err := do(k)
	if errors.Is(err, errAbandoned) {
		return
	}
	if err != nil {
		err = fmt.Errorf("%s %s %q: %w", c.Action, c.Key.Kind, c.Key.Name, err)
		w.mu.Lock()
		w.out[i].State, w.out[i].Err = Failed, err
		w.mu.Unlock()
		w.fail(err)
		w.r.Observe(Event{Change: c, State: Failed, Detail: err.Error()})
		return
	}
	if c.Action == plan.Replace && !w.down {
		return // it is done when the old one is gone
	}
	w.mu.Lock()
	w.out[i].State = Done
	w.mu.Unlock()
	w.r.Observe(Event{Change: c, State: Done})
}
