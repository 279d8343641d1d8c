package genesystest

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
)

// A State is all that an emulated org knows, as a value that can be kept in a file. No
// secret is in it: clients and credentials hold salted hashes.
type State struct {
	Schema   int                           `json:"schema"`
	Seq      int                           `json:"seq"` // every id and version comes from it, so runs repeat
	Salt     string                        `json:"salt"`
	Org      NamedID                       `json:"org"`
	Entities map[string]map[string]*entity `json:"entities"` // by collection, then id
	Grants   []grant                       `json:"grants"`
	Tokens   map[string]string             `json:"tokens"` // hash of the token → client id

	HubSpot json.RawMessage `json:"hubSpot,omitempty"` // what the account of the same sandbox keeps; nothing here reads it
}

// Clone copies a state, so that neither changes with the other.
func (s *State) Clone() *State {
	out := *s
	out.Entities = make(map[string]map[string]*entity, len(s.Entities))
	for collection, all := range s.Entities {
		copies := make(map[string]*entity, len(all))
		for id, e := range all {
			c := *e
			c.Body, c.Draft, c.Hidden = clone(e.Body), clone(e.Draft), make(map[string]string, len(e.Hidden))
			maps.Copy(c.Hidden, e.Hidden)
			copies[id] = &c
		}
		out.Entities[collection] = copies
	}
	out.Grants, out.Tokens, out.HubSpot = slices.Clone(s.Grants), maps.Clone(s.Tokens), slices.Clone(s.HubSpot)
	return &out
}

// A NamedID is how the API refers to an entity.
type NamedID struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// An entity is a stored body with what the server keeps beside it.
type entity struct {
	ID      string            `json:"id"`
	Seq     int               `json:"seq"` // order of creation
	Body    map[string]any    `json:"body"`
	Hidden  map[string]string `json:"hidden,omitempty"` // never in an answer: flow text, hashes
	Draft   map[string]any    `json:"draft,omitempty"`  // of a data action
	Deleted bool              `json:"deleted,omitempty"`
	Lag     int               `json:"lag,omitempty"` // uses that still answer 404
	Ready   int64             `json:"ready,omitempty"`

	Unlisted int `json:"unlisted,omitempty"` // lists in which it is still missing
	Starting int `json:"starting,omitempty"` // reads that still find an integration activating
}

type grant struct {
	Subject  string `json:"subject"`
	Role     string `json:"role"`
	Division string `json:"division"`
}

// Collections of a State.
const (
	divisions    = "divisions"
	roles        = "roles"
	clients      = "clients"
	credentials  = "credentials"
	integrations = "integrations"
	actions      = "actions"
	tables       = "tables"
	rows         = "rows" // id: table/key
	skills       = "skills"
	queues       = "queues"
	users        = "users"
	scripts      = "scripts"
	uploads      = "uploads"
	flows        = "flows"
	jobs         = "jobs"
	exports      = "exports"
	routes       = "routes"
	dids         = "dids" // id: the number
	runs         = "runs" // of data actions, for their figures
	schedules    = "schedules"

	scheduleGroups  = "scheduleGroups"
	emergencyGroups = "emergencyGroups"

	wrapups   = "wrapupCodes"
	languages = "languages"
	prompts   = "prompts"
	pools     = "pools"
)

func newState(org, salt string) *State {
	s := &State{Schema: stateSchema, Salt: salt, Entities: map[string]map[string]*entity{}, Tokens: map[string]string{}}
	s.Org = NamedID{ID: s.newID("org"), Name: org}
	return s
}

// stateSchema is the form of State that this version writes and reads.
const stateSchema = 1

// ReadState reads what json.Marshal wrote of a State, and refuses what no emulator wrote:
// a request would find it half done.
func ReadState(data []byte) (*State, error) {
	s := &State{}
	if err := json.Unmarshal(data, s); err != nil {
		return nil, errors.New("it is not a state that this sandbox wrote") // the decoder's words name types of ours
	}
	switch {
	case s.Schema != stateSchema:
		return nil, fmt.Errorf("its schema is %d, this version reads schema %d", s.Schema, stateSchema)
	case s.Salt == "" || s.Org.ID == "" || s.Entities == nil || s.Tokens == nil:
		return nil, errors.New("salt, org, entities or tokens are missing")
	}
	for collection, all := range s.Entities {
		for id, e := range all {
			switch {
			case e == nil || e.Body == nil:
				return nil, fmt.Errorf("%s %q is nothing", collection, id)
			case e.ID != id:
				return nil, fmt.Errorf("%s %q bears the id %q", collection, id, e.ID)
			case e.Seq < 1 || e.Seq > s.Seq:
				return nil, fmt.Errorf("%s %q has number %d, the last one is %d", collection, id, e.Seq, s.Seq)
			}
			if e.Hidden == nil { // an empty one is not written
				e.Hidden = map[string]string{}
			}
		}
	}
	if s.home().ID == "" {
		return nil, errors.New("there is no home division")
	}
	if s.get(clients, ClientID) == nil {
		return nil, fmt.Errorf("the client %q is missing", ClientID)
	}
	return s, nil
}

var idSpace = uuid.MustParse("6f3a1f43-6c5b-4c1e-9a77-0c5c2b0d8e11")

// newID gives an id that is the same in every run that makes the same calls.
func (s *State) newID(kind string) string {
	s.Seq++
	return uuid.NewSHA1(idSpace, fmt.Appendf(nil, "%s/%s/%d", s.Salt, kind, s.Seq)).String()
}

// hash is how a secret is kept and compared.
func (s *State) hash(secret string) string { return HashSecret(s.Salt, secret) }

// HashSecret is the salted hash that an emulator keeps instead of a secret; the HubSpot
// emulator of the same sandbox compares the same hash.
func HashSecret(salt, secret string) string {
	h := sha256.Sum256([]byte(salt + "\x00" + secret))
	return hex.EncodeToString(h[:16])
}

func (s *State) put(collection, id string, body map[string]any) *entity {
	if s.Entities[collection] == nil {
		s.Entities[collection] = map[string]*entity{}
	}
	s.Seq++
	e := &entity{ID: id, Seq: s.Seq, Body: body, Hidden: map[string]string{}}
	s.Entities[collection][id] = e
	return e
}

// all lists the living entities of a collection in the order of creation.
func (s *State) all(collection string) []*entity {
	var out []*entity
	for _, e := range s.Entities[collection] {
		if !e.Deleted {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b *entity) int { return cmp.Compare(a.Seq, b.Seq) })
	return out
}

// get gives a living entity, or nil.
func (s *State) get(collection, id string) *entity {
	if e := s.Entities[collection][id]; e != nil && !e.Deleted {
		return e
	}
	return nil
}

// byName gives the living entities of exactly that name, letter case aside.
func (s *State) byName(collection, name string) []*entity {
	var out []*entity
	for _, e := range s.all(collection) {
		if strings.EqualFold(e.name(), name) {
			out = append(out, e)
		}
	}
	return out
}

func (s *State) remove(collection, id string) { delete(s.Entities[collection], id) }

func (e *entity) name() string { return str(e.Body["name"]) }

// version is the integer version of a body, 0 when it has none.
func (e *entity) version() int { return integer(e.Body["version"]) }

func str(v any) string {
	s, _ := v.(string)
	return s
}

func integer(v any) int {
	switch n := v.(type) {
	case int:
		return n
	case float64:
		return int(n)
	case json.Number:
		i, _ := n.Int64()
		return int(i)
	}
	return 0
}

func object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

// clone copies a body, so that no answer shares memory with the state.
func clone(m map[string]any) map[string]any {
	if m == nil {
		return nil
	}
	if v, ok := copied(m); ok {
		return v.(map[string]any)
	}
	data, err := json.Marshal(m)
	if err != nil {
		panic(err) // bodies come from JSON
	}
	var out map[string]any
	if err := json.Unmarshal(data, &out); err != nil {
		panic(err)
	}
	return out
}

// copied is a value as it would be read back from JSON; not ok where it holds what JSON reads back
// as something else, such as a whole number of Go's.
func copied(v any) (any, bool) {
	switch x := v.(type) {
	case nil, bool, float64:
		return x, true
	case string:
		return x, utf8.ValidString(x)
	case map[string]any:
		if x == nil {
			return nil, true
		}
		out := make(map[string]any, len(x))
		for k, one := range x {
			c, ok := copied(one)
			if !ok || !utf8.ValidString(k) {
				return nil, false
			}
			out[k] = c
		}
		return out, true
	case []any:
		if x == nil {
			return nil, true
		}
		out := make([]any, len(x))
		for i, one := range x {
			c, ok := copied(one)
			if !ok {
				return nil, false
			}
			out[i] = c
		}
		return out, true
	}
	return nil, false
}

// merge gives the fields of add over those of base.
func merge(base, add map[string]any) map[string]any {
	out := clone(base)
	if out == nil {
		out = map[string]any{}
	}
	for k, v := range clone(add) {
		out[k] = v
	}
	return out
}

// matches is the name filter of lists: "prefix*", "*suffix", or what contains decides for
// a plain text.
func matches(name, filter string, plain func(name, filter string) bool) bool {
	name, filter = strings.ToLower(name), strings.ToLower(filter)
	switch {
	case filter == "":
		return true
	case strings.HasPrefix(filter, "*") && strings.HasSuffix(filter, "*") && len(filter) > 1:
		return strings.Contains(name, strings.Trim(filter, "*"))
	case strings.HasSuffix(filter, "*"):
		return strings.HasPrefix(name, strings.TrimSuffix(filter, "*"))
	case strings.HasPrefix(filter, "*"):
		return strings.HasSuffix(name, strings.TrimPrefix(filter, "*"))
	}
	return plain(name, filter)
}

func exactly(name, filter string) bool { return name == filter }
