package genesys

import (
	"cmp"
	"slices"
)

// A Kind is a kind of entity in an org, in the vendor's words.
type Kind string

// The kinds that this project knows.
const (
	Organization   Kind = "organization" // only referred to
	Division       Kind = "division"     // only referred to
	Role           Kind = "role"
	OAuthClient    Kind = "oauthClient"
	Credential     Kind = "credential"
	Integration    Kind = "integration"
	AuthAction     Kind = "authAction" // the custom auth action of an integration: the platform makes it and takes it away
	DataTable      Kind = "dataTable"
	DataTableRow   Kind = "dataTableRow" // name: table/key
	DataAction     Kind = "dataAction"
	ScheduleGroup  Kind = "scheduleGroup"
	EmergencyGroup Kind = "emergencyGroup"
	Skill          Kind = "skill"
	Queue          Kind = "queue"
	Script         Kind = "script"
	Flow           Kind = "flow"
	CallRoute      Kind = "callRoute"
)

// levels is the order of creation: a kind needs only kinds of earlier levels. Deletion
// walks it backwards. Live traffic comes last.
var levels = [][]Kind{
	{Organization, Division},
	{Role, DataTable, Skill, Script, ScheduleGroup, EmergencyGroup},
	{OAuthClient, DataTableRow, Queue},
	{Credential},
	{Integration},
	{AuthAction},
	{DataAction},
	{Flow},
	{CallRoute},
}

// Level is the place of a kind in the order of creation, from 0; unknown kinds come last.
func (k Kind) Level() int {
	for i, l := range levels {
		if slices.Contains(l, k) {
			return i
		}
	}
	return len(levels)
}

// A Key names an entity within a deployment.
type Key struct {
	Kind Kind
	Name string
}

func (k Key) String() string { return string(k.Kind) + " " + k.Name }

// Compare orders keys by level, kind and name.
func (k Key) Compare(o Key) int {
	return cmp.Or(cmp.Compare(k.Kind.Level(), o.Kind.Level()), cmp.Compare(k.Kind, o.Kind), cmp.Compare(k.Name, o.Name))
}

// A Holding says what setup and destroy may do with an entity.
type Holding string

const (
	Owned     Holding = "owned"     // ours: created, updated, replaced, deleted
	Reference Holding = "reference" // used as it is when it exists; created when missing if Create is set; never changed
	Seed      Holding = "seed"      // data, not configuration: created when absent, never overwritten, never drift
)

// An Entity is one thing that must exist in the org. Its content may hold references
// (Ref), never a secret and never an id.
type Entity struct {
	Key     Key
	Holding Holding
	Create  bool           // for a Reference: setup may create it when it is missing
	Needs   []Key          // what must exist first; sorted
	Content map[string]any // the body as the vendor's API names its fields; values as encoding/json makes them
	Text    string         // the artifact for kinds that are a file: flow YAML, script JSON
	Secrets []string       // for a Credential: the names of its fields; the values are asked for at the moment of writing
	Token   string         // for a Credential: its one field, which holds an access token; Secrets are then what that is got with
}

// Refs lists the references in an entity.
func (e Entity) Refs() []Ref { return Refs(e.Text, e.Content) }

// A Set is a list of entities sorted by key, without two of the same key.
type Set []Entity

// NewSet sorts entities into a set; of two with one key the later one stays.
func NewSet(es ...Entity) Set {
	out := slices.Clone(es)
	slices.SortStableFunc(out, func(a, b Entity) int { return a.Key.Compare(b.Key) })
	var s Set
	for _, e := range out {
		if n := len(s); n > 0 && s[n-1].Key == e.Key {
			s[n-1] = e
			continue
		}
		s = append(s, e)
	}
	return s
}

// Get finds an entity by its key.
func (s Set) Get(k Key) (Entity, bool) {
	i, ok := slices.BinarySearchFunc(s, k, func(e Entity, k Key) int { return e.Key.Compare(k) })
	if !ok {
		return Entity{}, false
	}
	return s[i], true
}
