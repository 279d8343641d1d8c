package reconcile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
)

// Routes is what a call route needs of an org.
type Routes interface {
	Entities
	Numbers(ctx context.Context, numbers []string) (map[string]genesys.Number, error)
}

// routeKind is the call route, where live traffic begins: it comes last. Numbers of other
// routes are left where they are unless the cutover is asked for.
type routeKind struct {
	lenient
	org Routes
}

func (k routeKind) find(ctx context.Context, r *run) ([]plan.Found, error) {
	fs, err := r.ours(ctx, k.org, genesys.CallRoute, k.content)
	if err != nil || r.Former == "" || len(r.desired) == 0 {
		return fs, err
	}
	former, err := k.former(ctx, r)
	return append(fs, former...), err
}

func (routeKind) content(o genesys.Object) map[string]any {
	c := pick(o.Body, "name", "description")
	c["division"] = pick(object(o.Body["division"]), "id")
	c["openHoursFlow"] = pick(object(o.Body["openHoursFlow"]), "id")
	c["dnis"] = sortedTexts(o.Body["dnis"])
	for _, k := range []string{"scheduleGroup", "closedHoursFlow", "holidayHoursFlow"} {
		if ref := object(o.Body[k]); ref["id"] != nil {
			c[k] = pick(ref, "id")
		}
	}
	return c
}

// former finds the call route of the name that the deployment had before, as its own: it is renamed
// in place, so that no number ever leaves it.
func (k routeKind) former(ctx context.Context, r *run) ([]plan.Found, error) {
	i := slices.IndexFunc(r.desired, func(d genesys.Entity) bool { return d.Key.Kind == genesys.CallRoute })
	if i < 0 {
		return nil, nil
	}
	all, err := k.org.Find(ctx, genesys.CallRoute, r.Former)
	var out []plan.Found
	for _, o := range all {
		if m, ok := genesys.FindMark(o.Text("description")); ok && m.Deployment == r.Former {
			out = append(out, plan.Found{Key: r.desired[i].Key, ID: o.ID, Content: k.content(o), Owned: true, Adopted: m.Adopted})
		}
	}
	return out, err
}

// exact has no other member in a route: a schedule that somebody put on it leads calls past our
// flow, and any change of ours would take it away untold.
func (routeKind) exact() []string { return []string{""} }

func sortedTexts(v any) []any {
	l, _ := v.([]any)
	l = slices.Clone(l)
	slices.SortFunc(l, func(a, b any) int { return strings.Compare(text(a), text(b)) })
	return l
}

// numbers decides, before anything is planned, which of the wanted numbers a route gets:
// those in a pool that are free or its own already. One that another owner has stays there,
// which is told; with the cutover one of another call route is moved, last of all. One in no pool
// stops everything. They are looked up only when the route does not have exactly what it should.
func (k routeKind) numbers(ctx context.Context, r *run, found []plan.Found) (map[genesys.Key]plan.Verdict, []plan.Change, error) {
	out := map[genesys.Key]plan.Verdict{}
	var moves []plan.Change
	r.desired = slices.Clone(r.desired)
	for i, d := range r.desired {
		if d.Key.Kind != genesys.CallRoute {
			continue
		}
		wanted := sortedTexts(d.Content["dnis"])
		var self plan.Found
		own := map[string]bool{} // routes of ours, of which one may go
		for _, f := range found {
			if f.Key != d.Key || !f.Owned && (!r.Adopt || self.ID != "") {
				continue
			}
			own[f.ID] = true
			if have, ok := self.Content["dnis"].([]any); !ok || !slices.Equal(have, wanted) {
				self = f
			}
		}
		if r.Former != "" && text(self.Content["name"]) == r.Former {
			out[d.Key] = plan.Verdict{Reason: fmt.Sprintf("the call route of %q, which keeps its numbers and gets this name and flow", r.Former)}
		}
		have, ok := self.Content["dnis"].([]any)
		if ok && slices.Equal(have, wanted) {
			continue
		}
		var freed []string
		for _, n := range have {
			if !slices.Contains(wanted, n) {
				freed = append(freed, text(n))
			}
		}
		switch {
		case len(freed) > 0 && r.Former != "" && text(self.Content["name"]) == r.Former:
			out[d.Key] = plan.Verdict{Refused: true, Reason: fmt.Sprintf("%s on the call route of %q and not in this file, so nobody would answer there; name all its numbers, or take them off in a change of their own", isAre(freed), r.Former)}
			continue
		case len(freed) > 0:
			out[d.Key] = plan.Verdict{Reason: isAre(freed) + " taken off: free then, and nobody answers there"}
		}
		names := make([]string, 0, len(wanted))
		for _, n := range wanted {
			names = append(names, text(n))
		}
		known, err := k.org.Numbers(ctx, names)
		if errors.Is(err, genesys.ErrForbidden) && !r.Cutover {
			r.unseen("whose the numbers are", err)
			r.warn("the numbers were not checked: this client may not look them up (telephony:plugin:all)")
			continue
		}
		if err != nil {
			return nil, nil, fmt.Errorf("look up the numbers: %w", err)
		}
		free := []any{}
		var kept, missing []string
		from := map[string][]string{} // by id of another route: its numbers that ours is to have
		for _, n := range names {
			switch o := known[n]; {
			case !o.InPool:
				missing = append(missing, n)
				r.told.numbers = append(r.told.numbers, NumberTaken{Number: n})
			case o.OwnerID == "" || own[o.OwnerID]:
				free = append(free, n)
			case o.OwnerType != callRoute:
				kept = append(kept, fmt.Sprintf("number %s stays on %s, and only numbers of call routes can be moved", n, ownerOf(o)))
				r.told.numbers = append(r.told.numbers, NumberTaken{Number: n, Owner: ownerOf(o)})
			case r.Cutover:
				from[o.OwnerID] = append(from[o.OwnerID], n)
			default:
				covered, err := r.emergencies(ctx, o.OwnerID)
				if err != nil {
					return nil, nil, err
				}
				kept = append(kept, fmt.Sprintf("number %s stays on %s%s; setup --cutover moves it", n, ownerOf(o), r.renamedFrom(ctx, o)+covered.aside()))
				r.told.numbers = append(r.told.numbers, NumberTaken{Number: n, Owner: ownerOf(o), Movable: true})
			}
		}
		if len(missing) > 0 {
			out[d.Key] = plan.Verdict{Refused: true, Reason: isAre(missing) + " in no pool of this org; add it there first, or take it out of calls.numbers"}
			continue
		}
		if len(kept) > 0 {
			v := out[d.Key]
			out[d.Key] = plan.Verdict{Reason: strings.TrimPrefix(v.Reason+"; "+strings.Join(kept, ", "), "; ")}
			for _, what := range kept {
				r.warn("%s; calls to it do not reach this deployment", what)
			}
		}
		for _, id := range slices.Sorted(maps.Keys(from)) {
			o, err := k.org.Read(ctx, genesys.CallRoute, id)
			if err != nil {
				return nil, nil, fmt.Errorf("read the call route that has %s: %w", strings.Join(from[id], ", "), err)
			}
			has := sortedTexts(o.Body["dnis"])
			covered, err := r.emergencies(ctx, id)
			if err != nil {
				return nil, nil, err
			}
			moves = append(moves, plan.Change{
				Key: genesys.Key{Kind: genesys.CallRoute, Name: o.Text("name")}, ID: id, Action: plan.Move, To: d.Key, Numbers: from[id],
				Fields: []plan.Field{{Path: "dnis", Old: has, New: without(has, from[id])}},
				Reason: fmt.Sprintf("--cutover: %s to go to %q, after all else%s", isAre(from[id]), d.Key.Name, covered.lost(r, from[id], d.Key.Name)),
			})
		}
		d.Content = maps.Clone(d.Content)
		d.Content["dnis"] = free
		r.desired[i] = d
	}
	return out, moves, nil
}

// callRoute is what the platform calls the owner of a number that is a call route.
const callRoute = "IVR_CONFIG"

// without leaves some numbers out.
func without(all []any, numbers []string) []any {
	return slices.DeleteFunc(slices.Clone(all), func(n any) bool { return slices.Contains(numbers, text(n)) })
}

// ownerOf says whose a number is: a person by no name.
func ownerOf(n genesys.Number) string {
	if n.OwnerType == "USER" {
		return "a user"
	}
	kind := map[string]string{callRoute: "call route", "PHONE": "phone", "GROUP": "group"}[n.OwnerType]
	if kind == "" {
		kind = strings.ToLower(n.OwnerType)
	}
	return fmt.Sprintf("%s %q", kind, n.OwnerName)
}

func isAre(numbers []string) string {
	if len(numbers) == 1 {
		return "number " + numbers[0] + " is"
	}
	return "numbers " + strings.Join(numbers, ", ") + " are"
}

func (k routeKind) create(ctx context.Context, r *run, d genesys.Entity) (string, error) {
	body, err := r.body(d)
	if err != nil {
		return "", err
	}
	if len(sortedTexts(body["dnis"])) > 0 {
		if err := r.actions.smoke(ctx, r); err != nil {
			return "", err
		}
	}
	id, err := r.settled(ctx, func() (genesys.Object, error) {
		var o genesys.Object
		// Genesys: numbers of a fresh pool are refused for a while, with a text about the pool.
		err := genesys.NumbersKnown.Poll(ctx, r.Wait, func() (_ bool, err error) {
			o, err = k.org.Create(ctx, genesys.CallRoute, body)
			return platformCode(err) != "general.bad.request", err
		})
		return o, err
	}, lookup(ctx, k.org, genesys.CallRoute, d.Key.Name, r.hasMark))
	if err != nil {
		return "", err
	}
	return id, r.visible(ctx, k.org, genesys.CallRoute, id)
}

func (k routeKind) update(ctx context.Context, r *run, c plan.Change, d genesys.Entity) error {
	body, err := r.body(d)
	if err != nil {
		return err
	}
	before, err := k.org.Read(ctx, genesys.CallRoute, c.ID)
	if err != nil {
		return err
	}
	has := sortedTexts(before.Body["dnis"])
	moved := object(before.Body["openHoursFlow"])["id"] != object(body["openHoursFlow"])["id"]
	if moved || slices.ContainsFunc(sortedTexts(body["dnis"]), func(n any) bool { return !slices.Contains(has, n) }) {
		if err := r.actions.smoke(ctx, r); err != nil {
			return err
		}
	}
	version := before.Body["version"]
	for try := 0; ; try++ {
		body["version"] = version
		_, err = k.org.Update(ctx, genesys.CallRoute, c.ID, body)
		if err == nil {
			return nil
		}
		now, readErr := k.org.Read(ctx, genesys.CallRoute, c.ID)
		if readErr != nil {
			return errors.Join(err, readErr)
		}
		version = now.Body["version"]
		if !again(err, try) {
			return errors.Join(err, k.restore(ctx, before, now))
		}
		if err := r.whenStill(ctx, err, c, d); err != nil {
			return errors.Join(err, k.restore(ctx, before, now))
		}
	}
}

// restore gives a route the numbers back that a failed change took from it. Genesys: a
// failed PUT can lose them.
func (k routeKind) restore(ctx context.Context, before, now genesys.Object) error {
	had, has := sortedTexts(before.Body["dnis"]), sortedTexts(now.Body["dnis"])
	if !slices.ContainsFunc(had, func(n any) bool { return !slices.Contains(has, n) }) {
		return nil
	}
	body := writable(before)
	body["version"] = now.Body["version"]
	if _, err := k.org.Update(ctx, genesys.CallRoute, now.ID, body); err != nil {
		return fmt.Errorf("it lost numbers, and giving them back failed: %w", err)
	}
	return nil
}

// writable is a route as a PUT takes it, which replaces the whole.
func writable(o genesys.Object) map[string]any {
	body := maps.Clone(o.Body)
	for _, f := range []string{"id", "dateCreated", "dateModified", "modifiedBy", "createdBy", "state", "modifiedByApp", "createdByApp", "selfUri"} {
		delete(body, f) // of the platform alone
	}
	return body
}

// renumber changes the numbers of a route and nothing else of it. When it fails, the route has
// the numbers that it had.
func (k routeKind) renumber(ctx context.Context, id string, change func(has []any) []any) error {
	var before genesys.Object
	for try := 0; ; try++ {
		now, err := k.org.Read(ctx, genesys.CallRoute, id)
		if err != nil {
			return err
		}
		if try == 0 {
			before = now
		}
		has := sortedTexts(now.Body["dnis"])
		body := writable(now)
		want := change(has)
		if slices.Equal(has, want) {
			return nil // an answer that was lost
		}
		body["dnis"] = want
		if _, err = k.org.Update(ctx, genesys.CallRoute, id, body); err == nil {
			return nil
		}
		if !again(err, try) {
			now, readErr := k.org.Read(ctx, genesys.CallRoute, id)
			if readErr != nil {
				return errors.Join(err, readErr)
			}
			return errors.Join(err, k.restore(ctx, before, now))
		}
	}
}

// move takes numbers from one route and gives them to another. The platform has no call
// for both: between the two writes the numbers are on no route. So an interruption waits until both are
// made, and when the second one fails the first is undone. A run that is killed in between
// leaves free numbers, which the next setup attaches, with or without the cutover.
func (k routeKind) move(ctx context.Context, r *run, c plan.Change) error {
	to, ok := r.resolveRef(genesys.Ref{Key: c.To, Field: "id"})
	if !ok || len(c.Fields) != 1 {
		return fmt.Errorf("%s has no id yet", c.To)
	}
	numbers := c.Numbers
	if r.Return.Route == "" {
		if err := r.actions.smoke(ctx, r); err != nil {
			return err
		}
	}
	now, err := k.org.Read(ctx, genesys.CallRoute, c.ID)
	if err != nil {
		return err
	}
	if !slices.Equal(sortedTexts(now.Body["dnis"]), sortedTexts(c.Fields[0].Old)) {
		return fmt.Errorf("its numbers have changed since the plan was made; nothing was moved")
	}
	ctx = context.WithoutCancel(ctx)
	give := func(has []any) []any {
		all := without(has, numbers)
		for _, n := range numbers {
			all = append(all, n)
		}
		return sortedTexts(all)
	}
	if err := k.renumber(ctx, c.ID, func(has []any) []any { return without(has, numbers) }); err != nil {
		return k.stranded(ctx, r, numbers, c.ID, fmt.Errorf("take %s from it: %w", strings.Join(numbers, ", "), err))
	}
	err = r.poll(ctx, c.To, genesys.NumberFree, func() (bool, error) {
		err := k.renumber(ctx, to, give)
		return !errors.Is(err, genesys.ErrConflict) && platformCode(err) != "general.bad.request", err
	})
	if err == nil {
		return nil
	}
	err = fmt.Errorf("give %s to %q: %w", strings.Join(numbers, ", "), c.To.Name, err)
	if back := k.renumber(ctx, c.ID, give); back != nil {
		return k.stranded(ctx, r, numbers, to, fmt.Errorf("%w; and giving back failed: %w", err, back))
	}
	return fmt.Errorf("%w; it has its numbers back", err)
}

// stranded adds to the error of a move that a number is now on no route, unless one has it.
func (k routeKind) stranded(ctx context.Context, r *run, numbers []string, route string, err error) error {
	if o, readErr := k.org.Read(ctx, genesys.CallRoute, route); readErr == nil && len(without(sortedTexts(o.Body["dnis"]), numbers)) == len(sortedTexts(o.Body["dnis"]))-len(numbers) {
		return err
	}
	next := "the next setup attaches what is free"
	if r.Return.Route != "" {
		next = "run it again, for a setup without --cutover-back takes what is free"
	}
	return fmt.Errorf("%w; %s perhaps on no route now, and nobody answers there: %s", err, isAre(numbers), next)
}

// holds tells of numbers that the deployment file does not name: somebody else put them there.
// A file without a route names none, and gives up those that it had.
func (k routeKind) holds(_ context.Context, r *run, id string) (string, error) {
	var named []any
	for _, d := range r.File {
		if d.Key.Kind == genesys.CallRoute {
			named = append(named, sortedTexts(d.Content["dnis"])...)
		}
	}
	i := slices.IndexFunc(r.found, func(f plan.Found) bool { return f.ID == id })
	if len(named) == 0 || i < 0 {
		return "", nil
	}
	var others []string
	for _, n := range sortedTexts(r.found[i].Content["dnis"]) {
		if !slices.Contains(named, n) {
			others = append(others, text(n))
		}
	}
	if len(others) == 0 {
		return "", nil
	}
	return fmt.Sprintf("%s on it, which the deployment file does not name; move what must stay, then run it again", isAre(others)), nil
}

func (k routeKind) remove(ctx context.Context, r *run, c plan.Change) error {
	return k.org.Delete(ctx, genesys.CallRoute, c.ID)
}
