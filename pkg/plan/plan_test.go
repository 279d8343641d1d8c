package plan_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
	"pgregory.net/rapid"
)

// kinds of the model: enough for each rule.
var kinds = []genesys.Kind{genesys.Role, genesys.DataTableRow, genesys.Queue, genesys.Skill, genesys.DataAction, genesys.Flow}

func keys(t *rapid.T) genesys.Key {
	return genesys.Key{Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Name: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "name")}
}

func contents(t *rapid.T) map[string]any {
	out := map[string]any{}
	for _, f := range []string{"x", "frozen", "map"} {
		switch rapid.IntRange(0, 3).Draw(t, f) {
		case 0:
		case 1:
			out[f] = rapid.SampledFrom([]any{"", "v", 1.0, false, true}).Draw(t, f+" value")
		case 2:
			out[f] = []any{"v", rapid.SampledFrom([]any{"w", 2.0}).Draw(t, f+" item")}
		case 3:
			out[f] = map[string]any{"k": rapid.SampledFrom([]any{"v", "w"}).Draw(t, f+" key")}
		}
	}
	return out
}

func desired(t *rapid.T) genesys.Set {
	var es []genesys.Entity
	for range rapid.IntRange(0, 6).Draw(t, "desired") {
		e := genesys.Entity{Key: keys(t), Holding: genesys.Owned, Content: contents(t)}
		switch e.Key.Kind {
		case genesys.Queue, genesys.Skill:
			e.Holding, e.Create = genesys.Reference, rapid.Bool().Draw(t, "create")
		case genesys.DataTableRow:
			e.Holding = genesys.Seed
		}
		es = append(es, e)
	}
	return genesys.NewSet(es...)
}

func present(t *rapid.T) []plan.Found {
	var out []plan.Found
	for i := range rapid.IntRange(0, 8).Draw(t, "found") {
		f := plan.Found{Key: keys(t), ID: fmt.Sprintf("id%d", i), Content: contents(t), Owned: rapid.Bool().Draw(t, "owned")}
		if f.Owned && rapid.IntRange(0, 4).Draw(t, "unfinished") == 0 {
			f.Unfinished = "half made"
		}
		out = append(out, f)
	}
	return out
}

func policy(t *rapid.T) plan.Policy {
	return plan.Policy{
		Adopt: rapid.Bool().Draw(t, "adopt"), DeleteQueues: rapid.Bool().Draw(t, "queues"),
		Immutable: func(genesys.Kind) []string { return []string{"frozen"} },
		Exact:     func(genesys.Kind) []string { return []string{"map"} },
	}
}

func TestComputeIsPureAndSorted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		found, want, p := present(t), desired(t), policy(t)
		foundBefore, wantBefore := fmt.Sprint(found), fmt.Sprint(want)
		first := plan.Compute(found, want, p)
		if fmt.Sprint(found) != foundBefore || fmt.Sprint(want) != wantBefore {
			t.Fatal("Compute changed its input")
		}
		shuffled := slices.Clone(found)
		rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 0)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if second := plan.Compute(shuffled, want, p); !reflect.DeepEqual(first, second) {
			t.Fatalf("the order of found matters:\n%v\n%v", first, second)
		}
		// First what is desired, each key once and upwards, then the rest downwards.
		n := len(want)
		for i, c := range first.Changes {
			switch {
			case i < n && c.Key != want[i].Key:
				t.Fatalf("change %d is %s, want %s", i, c.Key, want[i].Key)
			case i > n && first.Changes[i-1].Key.Compare(c.Key) < 0:
				t.Fatalf("%s comes after %s", c.Key, first.Changes[i-1].Key)
			}
			if !slices.IsSortedFunc(c.Fields, func(a, b plan.Field) int { return strings.Compare(a.Path, b.Path) }) {
				t.Fatalf("fields of %s are not sorted: %v", c.Key, c.Fields)
			}
		}
	})
}

func TestComputeTouchesOnlyWhatIsOurs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		found, want, p := present(t), desired(t), policy(t)
		owned := map[string]bool{}
		for _, f := range found {
			owned[f.ID] = f.Owned
		}
		for _, c := range plan.Compute(found, want, p).Changes {
			e, isWanted := want.Get(c.Key)
			switch {
			case c.Action == plan.Keep || c.Action == plan.Leave || c.Action == plan.Create:
			case !owned[c.ID] && !(p.Adopt && c.Action == plan.Update && isWanted && e.Holding == genesys.Owned):
				t.Fatalf("%s of %s, which is not ours", c.Action, c.Key)
			case c.Key.Kind == genesys.Skill:
				t.Fatalf("%s of a skill", c.Action)
			case c.Key.Kind == genesys.Queue && (c.Action != plan.Delete || !p.DeleteQueues || isWanted):
				t.Fatalf("%s of a queue", c.Action)
			case isWanted && e.Holding != genesys.Owned:
				t.Fatalf("%s of %s, which is %s", c.Action, c.Key, e.Holding)
			}
			if c.Action == plan.Leave && c.Reason == "" {
				t.Fatalf("%s is left without a reason", c.Key)
			}
		}
	})
}

// apply does to a model of an org what a plan says.
func apply(found []plan.Found, want genesys.Set, p plan.Plan) []plan.Found {
	out := slices.Clone(found)
	drop := func(id string) { out = slices.DeleteFunc(out, func(f plan.Found) bool { return f.ID == id }) }
	for i, c := range p.Changes {
		e, _ := want.Get(c.Key)
		made := plan.Found{Key: c.Key, ID: fmt.Sprintf("new%d", i), Content: e.Content, Owned: true}
		switch c.Action {
		case plan.Create:
			out = append(out, made)
		case plan.Replace:
			drop(c.ID)
			out = append(out, made)
		case plan.Update:
			made.ID = c.ID
			drop(c.ID)
			out = append(out, made)
		case plan.Delete:
			drop(c.ID)
		}
	}
	return out
}

func TestAPlanThatWasAppliedIsEmpty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		found, want, p := present(t), desired(t), policy(t)
		first := plan.Compute(found, want, p)
		if len(first.Blocked()) > 0 {
			return
		}
		after := apply(found, want, first)
		if second := plan.Compute(after, want, p); second.Pending() || len(second.Blocked()) > 0 {
			t.Fatalf("first %v\nsecond %v", first.Changes, second.Changes)
		}
	})
}

func TestDestroyThenNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		found := present(t)
		p := plan.Policy{Destroy: true, DeleteQueues: true}
		after := apply(found, nil, plan.Compute(found, nil, p))
		for _, f := range found {
			left := slices.ContainsFunc(after, func(g plan.Found) bool { return g.ID == f.ID })
			if want := !f.Owned || f.Key.Kind == genesys.Skill; left != want {
				t.Fatalf("%s %s, ours %v: left %v", f.Key, f.ID, f.Owned, left)
			}
		}
	})
}

func TestCompute(t *testing.T) {
	key := genesys.Key{Kind: genesys.DataAction, Name: "n"}
	want := map[string]any{"x": "v", "frozen": map[string]any{"a": "1"}, "map": map[string]any{"k": "v"}, "free": map[string]any{"k": "v"}}
	for _, c := range []struct {
		name   string
		found  []plan.Found
		adopt  bool
		action plan.Action
		id     string
		fields string
		extra  string // ids of further changes
	}{
		{"nothing there", nil, false, plan.Create, "", "free.k frozen.a map.k x", ""},
		{"as it must be", []plan.Found{{ID: "1", Owned: true, Content: want}}, false, plan.Keep, "1", "", ""},
		{"further fields of the server", []plan.Found{{ID: "1", Owned: true, Content: merge(want, "y", 1.0)}}, false, plan.Keep, "1", "", ""},
		{"a further key in a free map", []plan.Found{{ID: "1", Owned: true, Content: merge(want, "free", map[string]any{"k": "v", "l": "w"})}}, false, plan.Keep, "1", "", ""},
		{"a further key in an exact map", []plan.Found{{ID: "1", Owned: true, Content: merge(want, "map", map[string]any{"k": "v", "l": "w"})}}, false, plan.Update, "1", "map.l", ""},
		{"a frozen field", []plan.Found{{ID: "1", Owned: true, Content: merge(want, "frozen", map[string]any{"a": "2"})}}, false, plan.Replace, "1", "frozen.a", ""},
		{"not ours", []plan.Found{{ID: "1", Content: want}}, false, plan.Leave, "1", "", ""},
		{"not ours, adopted", []plan.Found{{ID: "1", Content: want}}, true, plan.Update, "1", "", ""},
		{"not ours, adopted, a frozen field", []plan.Found{{ID: "1", Content: merge(want, "frozen", map[string]any{"a": "2"})}}, true, plan.Leave, "1", "frozen.a", ""},
		{"half made", []plan.Found{{ID: "1", Owned: true, Unfinished: "half"}}, false, plan.Update, "1", "", ""},
		{"two of ours, the second as it must be", []plan.Found{{ID: "1", Owned: true}, {ID: "2", Owned: true, Content: want}}, false, plan.Keep, "2", "", "1"},
		{"one of ours beside one of others", []plan.Found{{ID: "1", Content: want}, {ID: "2", Owned: true, Content: want}}, false, plan.Keep, "2", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i := range c.found {
				c.found[i].Key = key
			}
			p := plan.Compute(c.found, genesys.NewSet(genesys.Entity{Key: key, Holding: genesys.Owned, Content: want}), plan.Policy{
				Adopt:     c.adopt,
				Immutable: func(genesys.Kind) []string { return []string{"frozen"} },
				Exact:     func(genesys.Kind) []string { return []string{"map"} },
			})
			got := p.Changes[0]
			var fields, extra []string
			for _, f := range got.Fields {
				fields = append(fields, f.Path)
			}
			for _, x := range p.Changes[1:] {
				if x.Action != plan.Delete {
					t.Errorf("further change %v", x)
				}
				extra = append(extra, x.ID)
			}
			if got.Action != c.action || got.ID != c.id || strings.Join(fields, " ") != c.fields || strings.Join(extra, " ") != c.extra {
				t.Errorf("%s %q %v, deleted %v", got.Action, got.ID, fields, extra)
			}
		})
	}
}

// Which of two stays follows from comparing, and what refers to it is compared with its id:
// all the way up, and without a second look.
func TestWhatRefersToADuplicate(t *testing.T) {
	role, client := genesys.Key{Kind: genesys.Role, Name: "r"}, genesys.Key{Kind: genesys.OAuthClient, Name: "c"}
	credential := genesys.Key{Kind: genesys.Credential, Name: "k"}
	refTo := func(k genesys.Key) string { return genesys.Ref{Key: k, Field: "id"}.String() }
	want := genesys.NewSet(
		genesys.Entity{Key: role, Holding: genesys.Owned, Content: map[string]any{"x": "v"}},
		genesys.Entity{Key: client, Holding: genesys.Owned, Content: map[string]any{"roles": []any{refTo(role)}}},
		genesys.Entity{Key: credential, Holding: genesys.Owned, Content: map[string]any{"client": refTo(client)}},
	)
	found := []plan.Found{
		{Key: role, ID: "r1", Owned: true, Content: map[string]any{"x": "drift"}},
		{Key: role, ID: "r2", Owned: true, Content: map[string]any{"x": "v"}},
		{Key: client, ID: "c1", Owned: true, Content: map[string]any{"roles": []any{"r1"}}},
		{Key: client, ID: "c2", Owned: true, Content: map[string]any{"roles": []any{"r2"}}},
		{Key: credential, ID: "k1", Owned: true, Content: map[string]any{"client": "c1"}},
		{Key: credential, ID: "k2", Owned: true, Content: map[string]any{"client": "c2"}},
	}
	smallest := func(r genesys.Ref) (string, bool) { return r.Key.Name + "1", true }
	var got []string
	for _, c := range plan.Compute(found, want, plan.Policy{IDs: smallest}).Changes {
		got = append(got, string(c.Action)+" "+c.ID)
	}
	if s := strings.Join(got, ", "); s != "keep r2, keep c2, keep k2, delete k1, delete c1, delete r1" {
		t.Errorf("plan: %s", s)
	}
	p := plan.Compute(found[2:4], want, plan.Policy{})
	if f := p.Changes[1].Fields; len(f) != 1 || f[0].Path != "roles" || f[0].New != "(known after setup)" {
		t.Errorf("a reference to what is not made yet: %v", f)
	}
}

func TestVerdicts(t *testing.T) {
	route := genesys.Key{Kind: genesys.CallRoute, Name: "r"}
	want := genesys.NewSet(genesys.Entity{Key: route, Holding: genesys.Owned, Content: map[string]any{"x": "v"}})
	refused, told := plan.Verdict{Refused: true, Reason: "no pool"}, plan.Verdict{Reason: "one stays elsewhere"}
	for _, c := range []struct {
		name    string
		found   []plan.Found
		verdict plan.Verdict
		want    string // action, reason, whether it blocks
	}{
		{"missing, refused", nil, refused, "leave no pool true"},
		{"ours, refused", []plan.Found{{ID: "1", Owned: true}}, refused, "leave no pool true"},
		{"not ours, refused", []plan.Found{{ID: "1"}}, refused, "leave has our name and not our mark; rename it, or take it over with --adopt true"},
		{"missing, told", nil, told, "create one stays elsewhere false"},
		{"as it must be, told", []plan.Found{{ID: "1", Owned: true, Content: map[string]any{"x": "v"}}}, told, "keep one stays elsewhere false"},
		{"half made, told", []plan.Found{{ID: "1", Owned: true, Unfinished: "half"}}, told, "update half false"},
	} {
		for i := range c.found {
			c.found[i].Key = route
		}
		got := plan.Compute(c.found, want, plan.Policy{Verdicts: map[genesys.Key]plan.Verdict{route: c.verdict}}).Changes[0]
		if s := fmt.Sprintf("%s %s %v", got.Action, got.Reason, got.Blocks); s != c.want {
			t.Errorf("%s: %s, want %s", c.name, s, c.want)
		}
	}
}

// What must exist and does not is said with what to do about it.
func TestWhatMustExistIsSaidWithANextStep(t *testing.T) {
	want := genesys.NewSet(genesys.Entity{Key: genesys.Key{Kind: genesys.Queue, Name: "Sales"}, Holding: genesys.Reference})
	got := plan.Compute(nil, want, plan.Policy{}).Changes[0]
	if !got.Blocks || got.Reason != `queue "Sales" does not exist, and the deployment file says not to create it; make it in Genesys Cloud, or name another one` {
		t.Errorf("%+v", got)
	}
}

// The record is written when something stays of which it does not say what it must.
func TestTheRecordIsPlanned(t *testing.T) {
	row, flow := genesys.Key{Kind: genesys.DataTableRow, Name: "t/deployment"}, genesys.Key{Kind: genesys.Flow, Name: "f"}
	want := genesys.NewSet(
		genesys.Entity{Key: row, Holding: genesys.Seed, Content: map[string]any{"version": ""}},
		genesys.Entity{Key: flow, Holding: genesys.Owned, Content: map[string]any{"text": "v"}},
	)
	record := func(version string) plan.Found {
		return plan.Found{Key: row, ID: "deployment", Owned: true, Content: map[string]any{"version": version}}
	}
	published := func(text string) plan.Found {
		return plan.Found{Key: flow, ID: "f", Owned: true, Content: map[string]any{"text": text}, Noted: map[string]any{"version": "2.0"}}
	}
	for _, c := range []struct {
		name  string
		found []plan.Found
		want  string // of the record
	}{
		{"it says so", []plan.Found{record("2.0"), published("v")}, "keep []"},
		{"it says nothing", []plan.Found{record(""), published("v")}, "update [{version  2.0}]"},
		{"it says something else", []plan.Found{record("1.0"), published("v")}, "update [{version 1.0 2.0}]"},
		{"the flow is published anew", []plan.Found{record("1.0"), published("w")}, "keep []"},
		{"there is no flow", []plan.Found{record("1.0")}, "keep []"},
		{"there is no record", []plan.Found{published("v")}, "create []"},
	} {
		got := plan.Compute(c.found, want, plan.Policy{Record: row}).Changes[0]
		if s := fmt.Sprintf("%s %v", got.Action, got.Fields); s != c.want {
			t.Errorf("%s: %s, want %s", c.name, s, c.want)
		}
	}
}

func merge(m map[string]any, k string, v any) map[string]any {
	out := map[string]any{k: v}
	for n, e := range m {
		if n != k {
			out[n] = e
		}
	}
	return out
}

// What cannot be changed once it is published is made beside the old one, and both say so; one
// that is of another name, or that stays, has nothing to do with it.
func TestANewContractIsSaidToBeOne(t *testing.T) {
	key := func(k genesys.Kind, name string) genesys.Key { return genesys.Key{Kind: k, Name: name} }
	owned := func(k genesys.Kind, name string) genesys.Entity {
		return genesys.Entity{Key: key(k, name), Holding: genesys.Owned}
	}
	p := plan.Compute([]plan.Found{
		{Key: key(genesys.DataAction, "acme find deals 11111111"), ID: "1", Owned: true},
		{Key: key(genesys.DataAction, "acme find company 33333333"), ID: "2", Owned: true},
		{Key: key(genesys.Script, "acme deal view 11111111"), ID: "3", Owned: true},
		{Key: key(genesys.DataAction, "acme find contact 44444444"), ID: "4"},
	}, genesys.NewSet(
		owned(genesys.DataAction, "acme find deals 22222222"), owned(genesys.DataAction, "acme find contact 55555555"), owned(genesys.Script, "acme deal view 22222222"),
	), plan.Policy{})
	got := map[string]string{}
	for _, c := range p.Changes {
		got[string(c.Action)+" "+c.Key.Name] = c.Reason
	}
	for change, want := range map[string]string{
		"create acme find deals 22222222":   `its contract changed: made beside "acme find deals 11111111", which goes when the flow has moved`,
		"delete acme find deals 11111111":   `its contract changed: "acme find deals 22222222" takes its place`,
		"create acme deal view 22222222":    `its text changed: made beside "acme deal view 11111111", which goes when the flow has moved`,
		"delete acme find company 33333333": "ours, and no longer part of the deployment",
		"create acme find contact 55555555": "",
	} {
		if reason, ok := got[change]; !ok || reason != want {
			t.Errorf("%s: %q, want %q", change, reason, want)
		}
	}
}
