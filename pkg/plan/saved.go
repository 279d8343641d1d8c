package plan

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/genesys"
)

// A Print is what a saved plan keeps of an entity, so that a later look can name the fields that
// have changed: of each field a short keyed hash, and never its value.
type Print struct {
	Kind   genesys.Kind      `json:"kind"`
	Name   string            `json:"name"`
	ID     string            `json:"id"`     // empty of one that is only wanted
	Fields map[string]string `json:"fields"` // by dotted path; none where only its being there counts
}

func (p Print) key() genesys.Key { return genesys.Key{Kind: p.Kind, Name: p.Name} }

// Wanted takes the prints of what must exist.
func Wanted(desired genesys.Set, salt string) []Print {
	out := []Print{}
	for _, d := range desired {
		p := printOf(d.Key, "", d.Content, salt)
		if d.Text != "" {
			p.Fields["text"] = printed(salt, d.Text)
		}
		out = append(out, p)
	}
	return out
}

// Seen takes the prints of what is there. What is only used, and rows that are data, may become
// other than they are without a plan being another one: of these it counts that they are there.
func Seen(found []Found, desired genesys.Set, salt string) []Print {
	out := []Print{}
	for _, f := range found {
		d, wanted := desired.Get(f.Key)
		p := Print{Kind: f.Key.Kind, Name: f.Key.Name, ID: f.ID, Fields: map[string]string{}}
		if !wanted || d.Holding == genesys.Owned {
			p = printOf(f.Key, f.ID, f.Content, salt)
			for _, field := range slices.Sorted(maps.Keys(f.Noted)) { // what the platform gave a name of its own, such as a version
				p.Fields[field] = printed(salt, f.Noted[field])
			}
		}
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(a, b Print) int {
		return cmpPrint(a, b)
	})
	return out
}

func cmpPrint(a, b Print) int {
	if c := a.key().Compare(b.key()); c != 0 {
		return c
	}
	return strings.Compare(a.ID, b.ID)
}

func printOf(k genesys.Key, id string, content map[string]any, salt string) Print {
	p := Print{Kind: k.Kind, Name: k.Name, ID: id, Fields: map[string]string{}}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		m, isMap := v.(map[string]any)
		for _, k := range slices.Sorted(maps.Keys(m)) {
			walk(join(path, k), m[k])
		}
		if !isMap && !empty(v) {
			p.Fields[path] = printed(salt, v)
		}
	}
	walk("", content)
	return p
}

// printed is short: it need not withstand anybody, only tell one value from another, and of a
// short one it should not tell which it is.
func printed(salt string, v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		data = []byte(fmt.Sprint(v))
	}
	h := hmac.New(sha256.New, []byte(salt))
	h.Write(data) //nolint:errcheck // a hash takes everything
	return hex.EncodeToString(h.Sum(nil)[:4])
}

// A Shift is an entity that is not what it was.
type Shift struct {
	Key    genesys.Key
	Fields []string // that differ; none when it came or went
	How    string   // in words: it is new, it is gone, …
}

func (s Shift) String() string {
	if len(s.Fields) > 0 {
		return fmt.Sprintf("%s: %s", s.Key, strings.Join(s.Fields, ", "))
	}
	return fmt.Sprintf("%s: %s", s.Key, s.How)
}

// Shifts compares prints of two times, which have one salt.
func Shifts(then, now []Print) []Shift {
	index := func(ps []Print) map[string]Print {
		out := map[string]Print{}
		for _, p := range ps {
			out[p.key().String()+"\x00"+p.ID] = p
		}
		return out
	}
	was, is := index(then), index(now)
	var out []Shift
	for _, p := range then {
		n, there := is[p.key().String()+"\x00"+p.ID]
		if !there {
			out = append(out, Shift{Key: p.key(), How: "it is gone"})
			continue
		}
		if f := otherFields(p.Fields, n.Fields); len(f) > 0 {
			out = append(out, Shift{Key: p.key(), Fields: f})
		}
	}
	for _, p := range now {
		if _, known := was[p.key().String()+"\x00"+p.ID]; !known {
			out = append(out, Shift{Key: p.key(), How: "it is new"})
		}
	}
	slices.SortStableFunc(out, func(a, b Shift) int { return a.Key.Compare(b.Key) })
	return out
}

func otherFields(a, b map[string]string) []string {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, b)
	return slices.DeleteFunc(slices.Sorted(maps.Keys(all)), func(f string) bool { return a[f] == b[f] })
}

// Unlike compares what two plans would do, whatever their reasons: nothing when applying one is
// applying the other.
func (p Plan) Unlike(other Plan) []Shift {
	type at struct {
		genesys.Key
		id string
	}
	index := func(p Plan) map[at][]Change {
		out := map[at][]Change{}
		for _, c := range p.Changes {
			out[at{c.Key, c.ID}] = append(out[at{c.Key, c.ID}], c)
		}
		return out
	}
	was, is := index(p), index(other)
	keys := slices.Collect(maps.Keys(was))
	for k := range is {
		if was[k] == nil {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b at) int {
		if c := a.Compare(b.Key); c != 0 {
			return c
		}
		return strings.Compare(a.id, b.id)
	})
	does := func(cs []Change) string {
		if len(cs) == 0 {
			return "nothing"
		}
		var out []string
		for _, c := range cs {
			out = append(out, string(c.Action))
		}
		return strings.Join(out, " and ")
	}
	var out []Shift
	for _, k := range keys {
		a, b := was[k], is[k]
		if does(a) != does(b) {
			how := fmt.Sprintf("the plan says %s, now it is %s", does(a), does(b))
			if len(b) > 0 && b[0].Reason != "" {
				how += " (" + b[0].Reason + ")"
			}
			out = append(out, Shift{Key: k.Key, How: how})
			continue
		}
		var fields []string
		for i := range a {
			fields = append(fields, otherChanges(a[i].Fields, b[i].Fields)...)
		}
		if len(fields) > 0 {
			out = append(out, Shift{Key: k.Key, Fields: fields})
		}
	}
	return out
}

func otherChanges(a, b []Field) []string {
	both := map[string][2]*Field{}
	for i, f := range a {
		both[f.Path] = [2]*Field{&a[i], nil}
	}
	for i, f := range b {
		both[f.Path] = [2]*Field{both[f.Path][0], &b[i]}
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(both)), func(path string) bool {
		x, y := both[path][0], both[path][1]
		return x != nil && y != nil && reflect.DeepEqual(x.Old, y.Old) && reflect.DeepEqual(x.New, y.New)
	})
}
