package plan

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
)

// An Action is what happens to an entity.
type Action string

// The actions.
const (
	Keep    Action = "keep"    // as it must be
	Create  Action = "create"  // missing
	Update  Action = "update"  // differs in what can be changed
	Replace Action = "replace" // differs in what cannot be changed: a new one, then the old one goes
	Delete  Action = "delete"  // ours and no longer wanted
	Move    Action = "move"    // not ours, and gives numbers to one of ours; nothing else of it changes
	Leave   Action = "leave"   // not ours, or not to be touched; the reason says why
)

// Actions lists all actions in the order of reading.
func Actions() []Action { return []Action{Keep, Create, Update, Replace, Delete, Move, Leave} }

// A Found is an entity as it is in the org, written in the same fields as a desired one.
type Found struct {
	Key     genesys.Key
	ID      string
	Content map[string]any // what the kind compares; ids resolved
	Owned   bool           // carries our mark, or is ours by reference
	Note    string         // why it is or is not ours, in words

	// Unfinished says, for one of ours, what an earlier run or somebody else left to be done
	// that no field shows, in words; an update does it. Fields are then not compared.
	Unfinished string

	// Renewed says why one of ours is made anew although nothing of it differs, in words: a new one
	// takes its place, and then it goes.
	Renewed string

	Used  int            // of several of one key the one that is used most stays
	Noted map[string]any // fields that the record must have while this one stays as it is

	// Adopted is what the mark says, or will say, of one that was taken over and not made: see
	// genesys.Mark. It is never deleted and never replaced.
	Adopted string
	Kept    string // why one of ours is not to be deleted all the same, in words
	Held    string // why one of ours is not to be touched, in words: it stays as it is
}

// A Field is one difference.
type Field struct {
	Path     string // dotted, from the top of the content
	Old, New any
}

// A Change is one line of a plan.
type Change struct {
	Key    genesys.Key
	ID     string // of what is there; empty before a create
	Action Action
	Fields []Field // what differs, sorted by path; of a create, what it will have
	Reason string  // why, in words an operator can act on
	Blocks bool    // nothing can be applied while this stands

	// Unfinished: what is there was never put to use, such as a data action that is only a
	// draft.
	Unfinished bool

	Follows bool // it differs only because what it refers to is replaced

	Again bool // of a flow: it is published again as it is, for what it names is another one now

	To        genesys.Key // of a move: the one that gets the numbers
	Numbers   []string    // of a move: which these are
	Adopted   string      // what the mark must say of one that was taken over; see genesys.Mark
	Held      bool        // somebody keeps it from being changed for now; the reason says who
	Unstaffed bool        // a queue where a caller would wait for nobody; the reason says why
	Nearest   string      // of what does not exist: the existing name that is most like it, if any
}

// A Plan lists the changes: creation and updates in the order of levels, then deletions,
// backwards, and moves last.
type Plan struct {
	Changes []Change
}

// A Policy narrows what may be done.
type Policy struct {
	Adopt        bool                        // take over what has our name and not our mark
	Immutable    func(genesys.Kind) []string // fields whose change needs a replacement
	DeleteQueues bool                        // destroy: also the queues that setup created
	Exact        func(genesys.Kind) []string // maps in which a key that is not desired is a difference
	Destroy      bool                        // nothing is desired; say what stays and why
	IDs          genesys.IDs                 // what references of desired contents stand for, as far as it is known
	Verdicts     map[genesys.Key]Verdict     // what was found out about desired entities before
	Record       genesys.Key                 // the tool's own record among the desired entities, if there is one
}

// AsItIs is the reason to keep what others made and the deployment only uses.
const AsItIs = "exists and is used as it is"

// Twin is the reason to delete one of several of ours that have one name.
const Twin = "a second one of ours with the same name"

// A Verdict is what was found out about a desired entity besides comparing it.
type Verdict struct {
	Reason  string // told with a change that has no reason of its own
	Refused bool   // nothing can be applied: it cannot be had as it must be
}

// on puts a verdict into a change.
func (v Verdict) on(c Change) Change {
	switch {
	case v.Refused && (!c.Blocks || c.ID == ""): // of what is missing it knows more
		c.Action, c.Reason, c.Blocks = Leave, v.Reason, true
	case c.Reason == "":
		c.Reason = v.Reason
	}
	return c
}

// Compute compares. found may hold several of one key where the vendor allows it: of ours
// one counts, preferably one that is as desired, and the rest are deleted; what refers to
// it is compared with the id of the one that counts. The plan does not depend on the order
// of found.
func Compute(found []Found, desired genesys.Set, p Policy) Plan {
	byKey := map[genesys.Key][]Found{}
	for _, f := range found {
		byKey[f.Key] = append(byKey[f.Key], f)
	}
	stays := map[genesys.Key]string{}
	goes := map[genesys.Key]string{} // ids of what is replaced
	known := p.IDs
	p.IDs = func(r genesys.Ref) (string, bool) {
		if id, ok := stays[r.Key]; ok && r.Field == "id" {
			return id, id != "" // of one that is replaced nobody knows the next one's
		}
		if known == nil {
			return "", false
		}
		return known(r)
	}
	var up, down []Change
	var record Found
	notes := map[string]any{}
	for _, d := range desired { // upwards, so that what is referred to comes first
		fs := byKey[d.Key]
		delete(byKey, d.Key)
		if len(fs) == 0 {
			up = append(up, p.Verdicts[d.Key].on(missing(d, p)))
			continue
		}
		c, counts := best(d, fs, p)
		if c.Action == Keep {
			maps.Copy(notes, fs[counts].Noted)
		}
		if c.Action == Keep || c.Action == Update || c.Action == Leave && !c.Blocks {
			stays[d.Key] = c.ID
		}
		if c.Action == Replace {
			stays[d.Key], goes[d.Key] = "", c.ID
		}
		if c.Action == Update && len(c.Fields) > 0 && len(goes) > 0 {
			was := p
			was.IDs = func(r genesys.Ref) (string, bool) {
				if id, ok := goes[r.Key]; ok && r.Field == "id" {
					return id, true
				}
				return p.IDs(r)
			}
			c.Follows = one(d, fs[counts], was).Action == Keep
		}
		if d.Key == p.Record {
			record = fs[counts]
		}
		up = append(up, p.Verdicts[d.Key].on(c))
		for i, f := range fs {
			if i != counts && f.Owned && d.Holding == genesys.Owned {
				down = append(down, f.keeps(Change{
					Key: d.Key, ID: f.ID, Action: Delete, Reason: Twin, Unfinished: f.Unfinished != "",
				}))
			}
		}
	}
	for _, fs := range byKey {
		for _, f := range fs {
			down = append(down, leftover(f, p))
		}
	}
	for i, c := range up {
		if c.Key != p.Record || c.Action != Keep {
			continue
		}
		if up[i].Fields = diff(record.Content, notes, nil); len(up[i].Fields) > 0 {
			up[i].Action, up[i].Reason = Update, "the tool's own record; an earlier run ended before it was written"
		}
	}
	replaced(up, down)
	renamed(up, desired)
	order(up, down)
	return Plan{Changes: append(up, down...)}
}

// versioned are the names of what cannot be changed once it is published: a change is a new
// one, with other digits, beside the old one.
var versioned = pattern.Of(`^(.*) [0-9a-f]{8}$`)

// replaced says of what goes and of what comes that one takes the place of the other: a
// published contract is frozen, and a script is told by its text.
func replaced(up, down []Change) {
	frozen := map[genesys.Kind]string{genesys.DataAction: "contract", genesys.Script: "text"}
	for i, n := range up {
		what := frozen[n.Key.Kind]
		name := versioned().FindStringSubmatch(n.Key.Name)
		if n.Action != Create || what == "" || name == nil {
			continue
		}
		for j, o := range down {
			old := versioned().FindStringSubmatch(o.Key.Name)
			if moved(up, n) {
				what = "integration"
			}
			if o.Key.Kind == n.Key.Kind && o.Action == Delete && o.Reason == unwanted && old != nil && old[1] == name[1] {
				up[i].Reason = fmt.Sprintf("its %s changed: made beside %q, which goes when the flow has moved", what, o.Key.Name)
				down[j].Reason = fmt.Sprintf("its %s changed: %q takes its place", what, n.Key.Name)
			}
		}
	}
}

// moved reports whether a data action comes with an integration that is new, too: it is named like
// the action's category.
func moved(up []Change, action Change) bool {
	return slices.ContainsFunc(action.Fields, func(f Field) bool {
		return f.Path == "category" && slices.ContainsFunc(up, func(c Change) bool {
			return c.Key.Kind == genesys.Integration && c.Action == Create && c.Key.Name == f.New
		})
	})
}

// renamed has a flow that stays as it is published again when something of a name that it says is
// made anew: the platform makes ids of the names when a flow is published, so the published
// version goes on asking for what is gone.
func renamed(up []Change, desired genesys.Set) {
	anew := map[genesys.Key]bool{}
	for _, c := range up {
		anew[c.Key] = c.Action == Create || c.Action == Replace
	}
	named := []genesys.Kind{genesys.DataTable, genesys.DataAction, genesys.Script, genesys.Queue}
	for i, c := range up {
		d, _ := desired.Get(c.Key)
		if c.Key.Kind != genesys.Flow || c.Action != Keep || d.Holding != genesys.Owned {
			continue
		}
		for _, need := range d.Needs {
			switch {
			case !anew[need] || !slices.Contains(named, need.Kind):
			case c.Reason != "": // somebody holds it
				up[i].Action, up[i].Held = Leave, true
			default:
				up[i].Action, up[i].Again = Update, true
				up[i].Reason = fmt.Sprintf("published again: %s is made anew, and the published version asks for the one before", need)
			}
		}
	}
}

// keeps turns a deletion of what must stay into leaving it alone.
func (f Found) keeps(c Change) Change {
	switch {
	case f.Adopted != "" && f.Owned:
		c.Action, c.Reason = Leave, "kept: adopted"
	case f.Kept != "":
		c.Action, c.Reason = Leave, "kept: "+f.Kept
	case f.Held != "":
		c.Action, c.Reason, c.Held = Leave, "kept: "+f.Held, true
	}
	return c
}

// order sorts what is desired upwards and what goes downwards.
func order(up, down []Change) {
	byKey := func(a, b Change) int { return cmp.Or(a.Key.Compare(b.Key), cmp.Compare(a.ID, b.ID)) }
	slices.SortStableFunc(up, byKey)
	slices.SortStableFunc(down, func(a, b Change) int { return byKey(b, a) })
}

// best gives the change for the one that counts, and which that is: one of ours before
// others, one that is used more before one that is used less, one that is as desired before one
// that must change, and of equals the smallest id.
func best(d genesys.Entity, fs []Found, p Policy) (Change, int) {
	rank := func(f Found, c Change) int {
		switch {
		case f.Owned && c.Action == Keep:
			return 0
		case f.Owned && c.Action == Update:
			return 1
		case f.Owned:
			return 2
		}
		return 3
	}
	at := 0
	first := one(d, fs[0], p)
	for i, f := range fs[1:] {
		c := one(d, f, p)
		used := 0
		if f.Owned && fs[at].Owned {
			used = cmp.Compare(fs[at].Used, f.Used)
		}
		if cmp.Or(used, cmp.Compare(rank(f, c), rank(fs[at], first)), cmp.Compare(f.ID, fs[at].ID)) < 0 {
			at, first = i+1, c
		}
	}
	return first, at
}

// one compares an entity with one that is there.
//
//	holding    found            action
//	reference  anything         keep: used as it is
//	seed       anything         keep: data
//	owned      not ours         leave, which blocks; with --adopt update, but never replace
//	owned      renewed          replace, unless it must stay
//	owned      held             keep when it is equal, else leave
//	owned      unfinished       update
//	owned      equal            keep
//	owned      frozen differs   replace
//	owned      differs          update
func one(d genesys.Entity, f Found, p Policy) Change {
	c := Change{Key: d.Key, ID: f.ID, Action: Keep}
	switch {
	case d.Holding == genesys.Reference:
		c.Reason = AsItIs
		if at := f.Content["division"]; d.Key.Kind == genesys.Queue && f.Owned && at != nil {
			to, _ := genesys.Resolve(d.Content["division"], p.IDs)
			if c.Fields = diff(map[string]any{"division": at}, map[string]any{"division": to}, nil); len(c.Fields) > 0 {
				c.Action, c.Reason = Update, "setup made it, so it goes where the deployment goes"
			}
		}
	case d.Holding == genesys.Seed:
		c.Reason = "data, not configuration: never overwritten"
	case !f.Owned && !p.Adopt:
		c.Action, c.Blocks = Leave, true
		c.Reason = cmp.Or(f.Note, "has our name and not our mark") + "; rename it, or take it over with --adopt"
	case f.Owned && f.Renewed != "":
		c.Action, c.Reason = Replace, f.Renewed
		if kept := f.keeps(c); kept.Action == Leave {
			c.Action, c.Blocks = Leave, true
			c.Reason = "is not replaced: " + kept.Reason + "; rename it and run setup, which makes one of its own"
		}
	case f.Owned && f.Unfinished != "" && f.Held == "":
		c.Action, c.Reason, c.Unfinished, c.Adopted = Update, f.Unfinished, true, f.Adopted
	default:
		d, c.Adopted = d.TakenOver(f.Adopted), f.Adopted
		want, _ := genesys.Resolve(d.Content, p.IDs) // what is not known yet stays a reference, and differs
		var exact []string
		if p.Exact != nil {
			exact = p.Exact(d.Key.Kind)
		}
		c.Fields = diff(f.Content, want, exact)
		frozen := replaces(c.Fields, d.Key.Kind, p)
		switch {
		case f.Held != "" && (len(c.Fields) > 0 || f.Unfinished != "" || !f.Owned):
			c.Action, c.Reason, c.Blocks, c.Held = Leave, f.Held, !f.Owned, true
		case len(c.Fields) == 0 && f.Owned:
			c.Reason = f.Held
		case frozen && !f.Owned:
			c.Action, c.Blocks = Leave, true
			c.Reason = cmp.Or(f.Note, "has our name and not our mark") + ", and differs in what cannot be changed, so it cannot be taken over; rename it"
		case frozen && (f.Adopted != "" || f.Kept != ""):
			c.Action, c.Blocks = Leave, true
			c.Reason = "differs in what cannot be changed in place, and is not replaced: " + f.keeps(c).Reason + "; rename it, or delete it"
		case frozen && unsaid(c.Fields, d.Key.Kind, p) != "":
			c.Action, c.Blocks = Leave, true
			c.Reason = "the platform does not say its " + unsaid(c.Fields, d.Key.Kind, p) + ", which cannot be changed, so it is not made anew; run it again, and delete it if it stays so"
		case frozen:
			c.Action, c.Reason = Replace, "differs in what cannot be changed in place"
			if d.Key.Kind == genesys.DataTable {
				c.Reason = "a column goes or changes its type, which no table takes: a new one gets its rows, and it goes when the flow has moved"
			}
		case !f.Owned:
			c.Action, c.Reason = Update, "taken over by --adopt"
		default:
			c.Action = Update
		}
	}
	return c
}

func missing(d genesys.Entity, p Policy) Change {
	c := Change{Key: d.Key, Action: Create, Fields: made(d, p)}
	if d.Holding == genesys.Reference && !d.Create {
		c.Action, c.Blocks, c.Fields = Leave, true, nil
		c.Reason = fmt.Sprintf("%s %q does not exist, and the deployment file says not to create it; make it in Genesys Cloud, or name another one", d.Key.Kind, d.Key.Name)
	}
	return c
}

// made lists what a new entity will have. Of a secret only the name of its field is known.
func made(d genesys.Entity, p Policy) []Field {
	want, _ := genesys.Resolve(d.Content, p.IDs)
	var out []Field
	var walk func(path string, v any)
	walk = func(path string, v any) {
		m, isMap := v.(map[string]any)
		for _, k := range slices.Sorted(maps.Keys(m)) {
			walk(join(path, k), m[k])
		}
		if isMap || empty(v) {
			return
		}
		f := Field{Path: path, New: v}
		if refs := genesys.Refs(v); len(refs) > 0 && v == refs[0].String() {
			f.New = knownLater
		}
		out = append(out, f)
	}
	walk("", want)
	secrets := d.Secrets
	if d.Token != "" {
		secrets = []string{d.Token}
	}
	for _, s := range secrets {
		out = append(out, Field{Path: "credentialFields." + s, New: "(secret)"})
	}
	slices.SortStableFunc(out, func(a, b Field) int { return cmp.Compare(a.Path, b.Path) })
	return out
}

// knownLater stands for an id of what is not made yet.
const knownLater = "(known after setup)"

// Dangling reports whether fields differ for one reason alone: they name what is not there, and
// setup makes it anew.
func Dangling(fields []Field) bool {
	return len(fields) > 0 && !slices.ContainsFunc(fields, func(f Field) bool { return f.New != knownLater || empty(f.Old) })
}

// unwanted is why what is ours goes.
const unwanted = "ours, and no longer part of the deployment"

func leftover(f Found, p Policy) Change {
	c := Change{Key: f.Key, ID: f.ID, Action: Delete, Reason: unwanted, Unfinished: f.Unfinished != ""}
	switch {
	case f.Key.Kind == genesys.Skill:
		c.Action, c.Reason = Leave, "skills are never deleted, whoever made them: people hold them, and other flows may ask for them by name"
	case !f.Owned:
		c.Action, c.Reason = Leave, cmp.Or(f.Note, "not ours")
	case f.Key.Kind == genesys.Queue && !p.DeleteQueues:
		c.Action, c.Reason = Leave, "queues are deleted only with --queues"
	case p.Destroy:
		c.Reason = ""
	case f.Key.Kind == genesys.DataTableRow:
		c.Reason = "no owner of HubSpot is joined to a user by it"
	}
	if c.Action == Delete {
		c = f.keeps(c)
	}
	return c
}

func replaces(fs []Field, k genesys.Kind, p Policy) bool {
	return slices.ContainsFunc(fs, func(f Field) bool { return p.freezes(k, f) })
}

// freezes reports whether a difference is in what cannot be changed. A path that ends in "-" stands
// for what goes there, one with "*" for any name in that place.
func (p Policy) freezes(k genesys.Kind, f Field) bool {
	return p.Immutable != nil && slices.ContainsFunc(p.Immutable(k), func(path string) bool {
		path, goes := strings.CutSuffix(path, "-")
		want, have := strings.Split(path, "."), strings.Split(f.Path, ".")
		if goes && (f.New != nil || len(have) != len(want)) || len(have) < len(want) {
			return false
		}
		return slices.EqualFunc(have[:len(want)], want, func(h, w string) bool { return w == "*" || h == w })
	})
}

// unsaid gives a field that cannot be changed and of which the platform says nothing, when all
// that differ are of that kind: an answer that lacks something is no reason to make anew what
// is there and to delete it.
func unsaid(fs []Field, k genesys.Kind, p Policy) (path string) {
	for _, f := range fs {
		switch {
		case !p.freezes(k, f):
		case !empty(f.Old):
			return ""
		case path == "":
			path = f.Path
		}
	}
	return path
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// diff lists the fields of want that have differs in. Fields that only the server knows
// are its own business, except in the maps at the exact paths, where a key that is not
// wanted is a difference.
func diff(have, want map[string]any, exact []string) []Field {
	var out []Field
	var walk func(path string, a, b any)
	walk = func(path string, a, b any) {
		bm, isMap := b.(map[string]any)
		am, alsoMap := a.(map[string]any)
		if isMap && alsoMap {
			keys := maps.Clone(bm)
			if keys == nil {
				keys = map[string]any{}
			}
			if slices.ContainsFunc(exact, func(e string) bool { return path == e || strings.HasPrefix(path, e+".") }) {
				maps.Copy(keys, am)
			}
			for _, k := range slices.Sorted(maps.Keys(keys)) {
				walk(join(path, k), am[k], bm[k])
			}
			return
		}
		if !equal(a, b) {
			f := Field{Path: path, Old: a, New: b}
			if len(genesys.Refs(b)) > 0 {
				f.New = knownLater
			}
			out = append(out, f)
		}
	}
	walk("", have, want)
	return out
}

// equal compares values as JSON does: 1 and 1.0 are one number; nothing and an empty text,
// list or object are one nothing, since servers return either.
func equal(a, b any) bool {
	if empty(a) && empty(b) {
		return true
	}
	if x, ok := number(a); ok {
		y, ok := number(b)
		return ok && x == y
	}
	al, aok := a.([]any)
	bl, bok := b.([]any)
	if aok && bok {
		return slices.EqualFunc(al, bl, equal)
	}
	am, aok := a.(map[string]any)
	bm, bok := b.(map[string]any)
	if aok && bok {
		for _, k := range slices.Sorted(maps.Keys(bm)) {
			if !equal(am[k], bm[k]) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(a, b)
}

func empty(v any) bool {
	switch x := v.(type) {
	case nil:
		return true
	case string:
		return x == ""
	case []any:
		return len(x) == 0
	case map[string]any:
		return len(x) == 0
	case bool:
		return !x
	}
	return false
}

func number(v any) (float64, bool) {
	switch x := v.(type) {
	case int:
		return float64(x), true
	case int64:
		return float64(x), true
	case float64:
		return x, true
	}
	return 0, false
}

// Counts tells how many changes there are of each action; all actions are present.
func (p Plan) Counts() map[Action]int {
	out := map[Action]int{}
	for _, a := range Actions() {
		out[a] = 0
	}
	for _, c := range p.Changes {
		out[c.Action]++
	}
	return out
}

// Pending reports whether applying the plan would change anything.
func (p Plan) Pending() bool {
	return slices.ContainsFunc(p.Changes, func(c Change) bool { return c.Action != Keep && c.Action != Leave })
}

// Held lists the changes that somebody keeps from being made; the rest can be applied.
func (p Plan) Held() []Change {
	var out []Change
	for _, c := range p.Changes {
		if c.Held {
			out = append(out, c)
		}
	}
	return out
}

// Blocked lists the changes that must be settled by a person before anything is applied.
func (p Plan) Blocked() []Change {
	var out []Change
	for _, c := range p.Changes {
		if c.Blocks {
			out = append(out, c)
		}
	}
	return out
}
