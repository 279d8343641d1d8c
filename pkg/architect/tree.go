package architect

import (
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/source"
)

// A File is one flow file. Root holds every node of it, also those without a typed view;
// Print writes Root.
type File struct {
	Name         string     // as given to Parse
	Type         string     // root key: inboundCall, workflow, commonModule …
	Flow         *Flow      // nil when the file holds no flow
	Root         *yaml.Node // the document node; nil when the file is no YAML
	Placeholders []Placeholder

	text source.Text // for places inside scalars
}

// A Placeholder is a text that another tool was to replace: Archy's {{name}} or
// Terraform's ${name}.
type Placeholder struct {
	Text string // with its brackets
	Tool string // Archy or Terraform
	Pos  diag.Position
}

// A Flow is what stands under the root key.
type Flow struct {
	Type            string // as File.Type
	Name            string
	HasName         bool
	Description     string
	Division        string
	Language        string   // defaultLanguage, as written
	Languages       []string // keys of supportedLanguages
	Start           Ref      // startUpRef; empty Text when left out
	InitialGreeting Value
	Variables       []*Variable
	Tasks           []*Task // tasks, states and bots, in the order of the file
	Menus           []*Menu // top-level menus
	StartUp         *Task   // startUpTaskActions of inqueueCall and commonModule; else nil
	Errors          ErrorHandling
	MenuSettings    MenuSettings
	Speech          SpeechSettings
	Outbound        bool             // settingsOutboundCall is there
	Defaults        map[string]Value // settingsActionDefaults, such as "callData.processingPrompt"
	Pos             diag.Position
	Path            string
	Node            *yaml.Node
}

// IsCall reports whether it is a call flow: the flow types of which all rules are known.
func (f *Flow) IsCall() bool { return isCall(f.Type) }

// A Ref points at a container of the flow by its refId.
type Ref struct {
	Text string // as written; empty when the key is absent
	Kind string // task, menu, state, menuDisconnect …; empty when Text has not the form …/kind[id]
	ID   string // what the brackets hold
	Pos  diag.Position
	Path string
}

// A Variable is a declared variable of the flow or of a task.
type Variable struct {
	Key         string // YAML key: stringVariable, agentScorePairCollectionVariable …
	Type        string // name of its expression type: String, AgentScorePair[] …
	Name        string // with scope: Flow.Tier
	Description string
	Initial     Value
	IsInput     bool
	IsOutput    bool
	IsSecure    bool
	Pos         diag.Position
	Path        string // …/variables[0]
}

// A Task is a list of actions with a name: a task, a state, or the start-up actions of a
// flow type that has no tasks.
type Task struct {
	Kind        string // task, state, bot; empty for start-up actions
	Name        string
	HasName     bool
	RefID       string // falls back to Name
	Variables   []*Variable
	Actions     []*Action
	OutputPaths []string // declared by outputPaths
	Pos         diag.Position
	Path        string
	Node        *yaml.Node
}

// An Action is one step. Which of the typed parts are filled depends on its kind; the
// table Kinds says which.
type Action struct {
	Key     string      // YAML key: playAudio
	Kind    *ActionKind // nil when the key is unknown
	Name    string
	HasName bool

	Values         map[string]Value // by field key of the table, nested keys joined by dots: condition, destination.queue.targetQueue
	Target         *Target          // data action, data table, script, module, flow, bot
	Inputs         []Binding        // of the target's contract
	Outputs        []Binding        // successOutputs, foundOutputs, outputs of a module
	FailureOutputs []Binding
	Statements     []Statement // updateData
	Attributes     []Attribute // set/getParticipantData, set/getConversationData
	Switch         *Switch
	Skills         []Value           // acdSkills as a list; a single value for all is Values["acdSkills"]
	Digits         *Digits           // collectInput
	Ref            Ref               // targetTaskRef, targetMenuRef, targetStateRef
	OutputPath     string            // endTask.outputPath.name
	Plain          map[string]string // enums and flags written as plain scalars: verificationType, evaluate.now …

	Unknown []*yaml.Node // keys of the body that the table does not have

	Branches []Branch
	Pos      diag.Position // of the key
	Path     string
	Node     *yaml.Node // the body; nil when there is none
}

var notSetAudio = pattern.Of(`(?i)^\s*ToAudio\(\s*NOT_SET\s*\)\s*$`)

// NotSetAudio reports whether a place of audio holds ToAudio(NOT_SET), which the type rules
// refuse and published flows have: silence.
func NotSetAudio(v Value) bool { return v.Form == Exp && notSetAudio().MatchString(v.Text) }

// Typed are the keys of the body that have a typed view.
func (a *Action) Typed() []string {
	keys := []string{"name", "outputs"}
	if a.Kind == nil {
		return keys
	}
	for i := range a.Kind.Fields {
		if f := &a.Kind.Fields[i]; f.Use != UseOpaque {
			head, _, _ := strings.Cut(f.Key, ".")
			keys = append(keys, head)
		}
	}
	return keys
}

// Value gives a field of the action, Absent when it is left out.
func (a *Action) Value(key string) Value { return a.Values[key] }

// Branch gives the branch of that name, nil when it is left out.
func (a *Action) Branch(name string) *Branch {
	for i := range a.Branches {
		if strings.EqualFold(a.Branches[i].Name, name) {
			return &a.Branches[i]
		}
	}
	return nil
}

// A Branch is one way out of an action, in the order of the file. A case of a switch is
// a branch too: Name case0, case1 … beside Switch.Cases, and default.
type Branch struct {
	Name    string // success, yes, loop, default, case0; of callTask also the name of an output path
	Actions []*Action
	Pos     diag.Position
	Path    string // …/outputs/yes, …/cases[0], …/default
}

// A Target is the thing of the organisation that an action names.
type Target struct {
	Kind     string // dataAction, secureDataAction, dataTable, script, commonModule, botFlow, flow
	Category string // of a data action: the integration
	Name     string
	Version  string // of a module: ver_latestPublished
	Pos      diag.Position
	Path     string
}

// A Binding ties a property of a contract to a value (inputs) or a variable (outputs).
type Binding struct {
	Name string
	Value
}

// A Statement of updateData assigns one variable.
type Statement struct {
	Key      string // YAML key: string, queueCollection
	Type     string // name of the expression type: String, Queue[]
	Variable Value  // Form Var
	Value    Value
	Pos      diag.Position
	Path     string // …/statements[0]
}

// An Attribute is one name of participant data with its value or the variable it goes to.
type Attribute struct {
	Name     Value
	Value    Value
	Variable Value
	Pos      diag.Position
	Path     string // …/attributes[0]
}

// A Switch is how a switch chooses. Case i is taken by Branches[Case.Branch].
type Switch struct {
	FirstMatch bool   // compare Value with each case; otherwise the first true case
	Key        string // under firstMatch the type of Value as written: string
	Type       string // name of that type; Boolean for firstTrue
	Value      Value
	Cases      []Case
	Default    int // index in Branches, -1 when left out
}

// A Case is one case of a switch.
type Case struct {
	Value  Value
	Branch int // index in Branches
}

// Digits says how many digits collectInput takes. Min equals Max for exact.
type Digits struct {
	Given      bool // exact or range is there
	Exact      bool
	Min, Max   int
	Terminator string // digit_#; empty without
	Pos        diag.Position
}

// A Menu is a menu with its choices.
type Menu struct {
	Name     string
	HasName  bool
	RefID    string // falls back to Name
	Audio    Value
	Settings MenuSettings
	Speech   SpeechSettings
	Choices  []*Choice
	Default  Ref // defaultChildMenuRef
	Pos      diag.Position
	Path     string
	Node     *yaml.Node
}

// A Choice of a menu. Action is what it does, under the key of the like action (the
// choice menuTransferToAcd has an action transferToAcd); menuTask and menuSubMenu have
// Task and Menu instead.
type Choice struct {
	Key          string // menuDisconnect
	Name         string
	HasName      bool
	RefID        string
	Digit        string // 0…9, * or #; empty without
	GlobalDigit  bool
	SpeechTerms  map[string][]string // by language tag
	GlobalSpeech bool
	Action       *Action // nil for menuTask, menuSubMenu and unknown keys
	Task         *Task
	Menu         *Menu
	Pos          diag.Position
	Path         string // …/choices[0]/menuDisconnect
	Node         *yaml.Node
}

// ErrorHandling is what the flow does after a run-time error.
type ErrorHandling struct {
	Kind        string // disconnect, queue, menu, task, exit, endWorkflow, endFlow; empty when left out
	TargetQueue Value
	Ref         Ref // of menu and task
	Audio       Value
	Pos         diag.Position
	Path        string
}

// MenuSettings are the settings of all menus or of one; what is absent or noValue falls
// back to the flow and then to Genesys' default.
type MenuSettings struct {
	ExtensionDelay      Value
	ListenForExtensions Value
	SelectionTimeout    Value
	RepeatCount         Value
}

// SpeechSettings are the settings of speech recognition, likewise.
type SpeechSettings struct {
	CompleteMatch   Value
	IncompleteMatch Value
	MaxSpeech       Value
	MinConfidence   Value
}

// A Form is the way a value is written.
type Form string

// The forms of a value. Absent is the zero value: the key is left out, which is not the
// same as NoValue (configured as nothing) nor as an expression that yields NOT_SET.
const (
	Absent     Form = ""
	Lit        Form = "lit"
	Exp        Form = "exp"
	Var        Form = "var"
	NoValue    Form = "noValue"
	NoFallback Form = "noValueWithNoFallback"
	TTS        Form = "tts"
	Prompt     Form = "prompt"    // Text is the prompt's name: Prompt.Welcome
	PromptExp  Form = "promptExp" // prompt: {exp: …}; Text is the expression
	Plain      Form = "plain"     // a bare scalar
	Other      Form = "other"     // none of these; see Node
)

// A Value is a place that takes a literal, an expression, a variable or nothing.
type Value struct {
	Form   Form
	Text   string     // literal, expression, variable name or spoken text; of an org object its name
	Type   string     // name of the type the place takes: String, Audio, Duration, Queue …; empty when unknown
	Object bool       // a literal of the form {name: …}
	Bool   bool       // a literal written as a bare boolean
	Node   *yaml.Node // the scalar, or the literal's mapping
	Pos    diag.Position
	Path   string // of the key; Genesys' path of the field
}

// IsSet reports whether anything is configured: neither left out nor noValue.
func (v Value) IsSet() bool {
	return v.Form != Absent && v.Form != NoValue && v.Form != NoFallback && v.Form != Other
}

// IsScalar reports whether the value is a text, number or truth value, also an empty one.
func (v Value) IsScalar() bool { return v.Node != nil && v.Node.Kind == yaml.ScalarNode }

// IsNull reports whether there is a key and nothing behind it.
func (v Value) IsNull() bool { return source.Null(v.Node) }

// Duration gives a literal written as {minutes: 1, seconds: 4, ms: 100}; ok is false when
// the value is not such a literal.
func (v Value) Duration() (d time.Duration, ok bool) {
	if v.Form != Lit {
		return 0, false
	}
	return durationOf(v.Node)
}
