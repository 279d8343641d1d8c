package world

import (
	"strconv"
	"strings"
	"time"
)

// A File says how the world outside a flow answers. The zero File is the world in which
// nothing was said; docs/world.md lists its answers.
type File struct {
	Call            Call
	DataActions     map[string][]Reply           // by name, or "category/name"
	Tables          map[string]Table             // by name
	Objects         map[string]map[string]string // kind ("queues", "skills" …) → name → exists or missing
	Schedules       map[string]string            // name → active or inactive
	ScheduleGroups  map[string]string            // name → open, closed, holiday or emergency
	EmergencyGroups map[string]string            // name → on or off
	Digits          []string                     // one entry for each time the flow asks for keys; "" is silence
	Transfers       map[string][]Reply           // by the name or number transferred to
	Branches        map[string][]Reply           // by the flow action's name: what any other action answers
}

// Calls come in between these years: dates a century around them are in the calendar of
// Architect's DateTime, which reaches from 1800 to 2200.
const (
	FirstYear = 1901
	LastYear  = 2099
)

// A Call is the call that a world file describes. Flags of a command win over it.
type Call struct {
	ANI, DNIS      string
	At             time.Time
	ConversationID string
	RemoteName     string
	Language       string
	InvocationData string
	Data           map[string]string // participant data that earlier legs left
	AnswerAfter    time.Duration     // in-queue flows: when an agent answers
	Variables      []Field           // further built-in variables: Call.PositionInQueue
}

// A Reply is one scripted answer: the branch taken, what it delivers, and how long it took.
type Reply struct {
	Branch  string // success, failure, timeout; for Branches any branch of the action
	Error   string // errorType of a failure, when the action has failure outputs
	Outputs []Field
	Elapsed time.Duration
}

// A Table is a data table.
type Table struct {
	Rows    map[string][]Field
	Fails   string // errorType when every look-up fails, else empty
	Elapsed time.Duration
}

// A Field is a named value in a world file.
type Field struct {
	Name  string
	Value Datum
}

// A Datum is a value as a world file writes it. The flow's own types decide what it becomes.
type Datum struct {
	Kind  DatumKind
	Text  string  // of texts and numbers; "true" or "false" of booleans
	Items []Datum // of lists
}

// A DatumKind tells how a value is written.
type DatumKind uint8

// The ways to write a value. Absent is null: the output becomes NOT_SET.
const (
	DatumAbsent DatumKind = iota
	DatumText
	DatumNumber
	DatumBool
	DatumList
)

// Text, Number, Bool and List make values for files built in Go.
func Text(s string) Datum    { return Datum{Kind: DatumText, Text: s} }
func Number(n int64) Datum   { return Datum{Kind: DatumNumber, Text: strconv.FormatInt(n, 10)} }
func Bool(b bool) Datum      { return Datum{Kind: DatumBool, Text: strconv.FormatBool(b)} }
func List(vs ...Datum) Datum { return Datum{Kind: DatumList, Items: vs} }

// The kinds of objects that a world file can declare missing, by the key of their section.
var objectSections = []string{"queues", "skills", "languageSkills", "users", "groups", "prompts", "wrapupCodes", "flows"}

// nouns name one thing of a section.
var nouns = map[string]string{
	"dataActions": "data action", "tables": "data table", "queues": "queue", "skills": "skill", "languageSkills": "language skill", "users": "user",
	"groups": "group", "prompts": "prompt", "wrapupCodes": "wrap-up code", "flows": "flow", "schedules": "schedule", "scheduleGroups": "schedule group",
	"emergencyGroups": "emergency group", "transfers": "transfer to", "branches": "action",
}

// entry finds a name without regard to letter case, an exact match first: Genesys compares
// most names of org objects that way, and a world file should not fail on it. It gives the
// file's own spelling of the name; of several the first one counts.
func entry[V any](m map[string]V, name string) (key string, v V, ok bool) {
	if v, ok := m[name]; ok {
		return name, v, true
	}
	for k := range m {
		if strings.EqualFold(k, name) && (!ok || k < key) {
			key, ok = k, true
		}
	}
	if ok {
		v = m[key]
	}
	return key, v, ok
}
