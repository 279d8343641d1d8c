package interp

import (
	"context"
	"time"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/diag"
)

// A NotSet says what happens when a place is handed NOT_SET of which no document tells
// what Genesys does.
type NotSet string

// The readings. The zero value raises the flow's error handling, as an operator does.
const (
	NotSetError   NotSet = ""
	NotSetFailure NotSet = "failure" // the action's failure branch
	NotSetEmpty   NotSet = "empty"   // as if it were an empty text
	NotSetAbsent  NotSet = "absent"  // as if the item were not there
)

// Options choose between readings of Genesys' undocumented behaviour and give the modules
// a flow calls. The zero Options are the stricter readings.
type Options struct {
	Modules               []*architect.File // common modules by the name in the file
	NotSetQueue           NotSet            // target of a transfer: error or failure
	NotSetSkill           NotSet            // item of acdSkills: error or absent
	NotSetParticipantData NotSet            // value of an attribute: error, empty or absent
	NotSetScreenPop       NotSet            // input of a screen pop: error, empty or absent
	ShortCircuit          bool              // "and" and "or" skip the right side when the left decides
	ActionTimeout         time.Duration     // of callData without one; 0 is a minute (Genesys: the action's suggested one, or a minute)
	Budget                int               // actions of one run; 0 is 10,000 (Genesys)
	Rounds                int               // of one loop, more raise the flow's error handling; 0 is no bound (Genesys: a literal is 1 to 99, of a computed count nothing is said)
	HandlerBudget         int               // more of them for error handling by menu or task; 0 is 1,000 (Genesys)
	Keep                  []string          // flow variables that belong to the result: Result.Kept has them, State.AppendKey tells states apart by them

	// OutputType gives the type of a contract's output, for variables that a flow writes
	// without declaring them. Without it they are of type String.
	OutputType func(t *architect.Target, output string) expr.Type
}

// A Call is what a flow is started with.
type Call struct {
	ANI, DNIS       string
	At              time.Time
	ConversationID  string
	RemoteName      string
	Language        string            // tag; empty for the flow's default
	InvocationData  string            // Flow.InvocationData
	ParticipantData map[string]string // what earlier legs of the conversation left
	AnswerAfter     time.Duration     // in-queue flows: when an agent answers; 0 is a minute
	Builtins        []Named           // further built-in variables, such as Call.ExternalContactId
}

// A Named is a value with a name: an input, an output, an attribute.
type Named struct {
	Name  string
	Value expr.Value
}

// An EffectKind tells what the flow asks the world for.
type EffectKind string

// The kinds of effects and how an Outcome answers them.
const (
	EffectDataAction    EffectKind = "dataAction"    // Branch success, failure or timeout; Outputs
	EffectTable         EffectKind = "dataTable"     // Branch found, notFound or failure; Outputs
	EffectFind          EffectKind = "find"          // Value: the object, NOT_SET when there is none
	EffectSchedule      EffectKind = "schedule"      // Branch active or inactive
	EffectScheduleGroup EffectKind = "scheduleGroup" // Branch open, closed, holiday or emergency
	EffectInput         EffectKind = "input"         // Digits, empty for silence
	EffectTransfer      EffectKind = "transfer"      // Branch success or failure
	EffectBranch        EffectKind = "branch"        // Branch one of Branches; Outputs
	EffectSplit         EffectKind = "split"         // no outcome: the calls of the state part, see State.Split
)

// An Effect is what the flow asks the world for at an action. It belongs to its State and
// is valid until Resume.
type Effect struct {
	Kind     EffectKind
	Action   *architect.Action // nil when error handling or a menu asks
	Name     string            // data action, table, object, schedule, queue, flow, number …
	Category string            // of a data action: the integration
	Type     expr.Type         // EffectFind: the kind of object
	Inputs   []Named           // in the order of the file; an input that is NOT_SET is there as NOT_SET and is not sent
	Key      expr.Value        // EffectTable: the look-up value, never NOT_SET
	Outputs  []Want            // what the flow binds, on success
	Failures []Want            // what it binds on failure: errorType, errorMessage
	Timeout  time.Duration     // after which the flow goes on without the answer; 0 for never
	At       time.Time         // virtual time
	Branches []string          // EffectBranch: those the action has
	Input    Input             // EffectInput
	Transfer Transfer          // EffectTransfer
}

// A Want is an output that a flow binds to a variable of the type.
type Want struct {
	Name string
	Type expr.Type
}

// Input says what keys are asked for.
type Input struct {
	Menu       string // name of the menu; empty for collectInput
	Min, Max   int
	Terminator string // one key, or empty
	Attempt    int    // of a menu, from 0
}

// Transfer says where a call is to go. The priority is within Genesys' bounds.
type Transfer struct {
	To            Ending
	Skills        []string
	LanguageSkill string
	Priority      int64
	Preferred     []Preferred
	Handling      bool // the flow's error handling transfers, not an action
}

// A Preferred is an agent whom a transfer asks first.
type Preferred struct {
	User  string // as the flow found him
	Score string // 0 to 100, the highest first
}

// An Outcome is the world's answer to an Effect.
type Outcome struct {
	Branch  string
	Outputs []Named       // success outputs, or failure outputs on failure; missing ones become NOT_SET
	Value   expr.Value    // EffectFind
	Digits  string        // EffectInput
	Elapsed time.Duration // how long the answer took; at Effect.Timeout or beyond it is too late
	ID      uint64        // of the outputs, below 1<<63: only equal ones have the same; 0 where nobody counts them
}

// A World answers effects. Now is asked once, for the start of a call that has no time.
type World interface {
	Do(ctx context.Context, e *Effect) (Outcome, error)
	Now() time.Time
}

// An Ending is how a run ends.
type Ending string

// The endings. Returned is the end of a common module that is run by itself, answered an
// agent taking the call out of an in-queue flow.
const (
	EndQueue      Ending = "queue"
	EndDisconnect Ending = "disconnect"
	EndFlow       Ending = "flow"
	EndSecureFlow Ending = "secureFlow"
	EndNumber     Ending = "number"
	EndUser       Ending = "user"
	EndGroup      Ending = "group"
	EndVoicemail  Ending = "voicemail"
	EndExtension  Ending = "extension"
	EndAnswered   Ending = "answered"
	EndReturned   Ending = "returned"
)

// A Result is what became of a call.
type Result struct {
	Ending          Ending
	Target          string // the queue, flow, number … it ended at; empty for a disconnect
	Queue           string // Target when Ending is queue
	Skills          []string
	LanguageSkill   string
	Priority        int64
	Preferred       []Preferred       // of the transfer to the queue
	ParticipantData map[string]string // all of it, earlier legs' included
	ScreenPop       *ScreenPop        // the last one set
	ExternalTag     string
	UUIData         string
	WrapupCode      string
	Language        string
	Outcomes        []Named // flow outcomes by name: SUCCESS, FAILURE, or NOT_SET while open
	Milestones      []string
	Path            []Step // empty without tracing
	Elapsed         time.Duration
	Actions         int       // counted against the budget
	Problems        []Problem // run-time errors, each of which went to error handling
	Warnings        []Problem
	Handled         bool         // error handling chose the ending
	Kept            []expr.Value // of the variables of Options.Keep, in that order; the zero Value for one that the flow has not
}

// A ScreenPop is the script an agent sees with its inputs.
type ScreenPop struct {
	Script string
	Inputs []Named
}

// A Step is an action that ran.
type Step struct {
	Task    string // or menu
	Action  string // its name
	Type    string // its key, such as callData; menu for a menu
	Branch  string // taken; empty when it has none
	Pos     diag.Position
	At      time.Duration // since the start of the call
	Elapsed time.Duration
	Inputs  []Named // only with TraceFull
	Outputs []Named // only with TraceFull: variables written
}

// A Problem is something that happened at an action.
type Problem struct {
	Task    string
	Action  string
	Type    string
	Pos     diag.Position
	Path    string
	Message string
}

// A Trace says how much of a run is kept.
type Trace uint8

// The levels of tracing.
const (
	TraceOff  Trace = iota
	TracePath       // actions, branches, times
	TraceFull       // inputs and outputs too
)

// RunOptions are the options of one run.
type RunOptions struct {
	Trace Trace
	Memo  *Memo   // of the program, to run many calls fast; may be nil
	Room  *Result // whose memory the result takes; nil: it has its own
}

// A Refusal is why a run cannot go on: an action this package does not know, or an
// expression that does not compile. It is no run-time error of the flow.
type Refusal struct {
	Finding diag.Finding
	Action  string // name of the action that was reached
}

func (r *Refusal) Error() string { return r.Finding.Error() }

// Object is an object of the organisation as flows run here see it: its name stands for
// the id that only an org knows, so that one found by name equals the same one written as
// a literal. Worlds answer EffectFind with it.
func Object(kind expr.Type, name string) expr.Value { return expr.OfObject(kind, name, name) }
