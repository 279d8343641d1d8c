package lab

import (
	"context"
	"fmt"
	"time"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/picture"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// A Bench makes of the text of a deployment file what can be judged and called.
type Bench interface {
	// Judge makes of a text what calls can be made with, never changes a file and asks nobody. An
	// error is one of the lab itself; what is wrong with the text is a finding. It is called beside
	// calls that are made on earlier works, and ends early when the context does.
	Judge(ctx context.Context, text []byte) (*Work, error)
}

// A Work is what a text is.
type Work struct {
	Name     string        // of the deployment; empty when the text cannot be read
	File     string        // how findings call the text
	Findings diag.Findings // of reading and rendering, in the order of reading
	Explain  func(code string) string

	// Check gives all findings but the proof's, those of reading and rendering included, and the
	// codes of checks that were not made because the context ended; nil where nothing was rendered.
	Check func(ctx context.Context) (found diag.Findings, late []string)

	// Prove gives all findings, the proof's included, and what was proved in words; nil where
	// nothing was rendered. far is told from time to time how far it is.
	Prove func(ctx context.Context, far func(string)) (diag.Findings, string, error)

	Desk Desk // nil: no call can be made of it

	Flow, Rules *picture.Graph // nil: there is none
	Names       Names
}

// A Desk makes calls on the artifacts of one text, each from the state that it is given.
type Desk interface {
	// Call makes one. The state is not changed.
	Call(ctx context.Context, from State, d Dial) (*Seen, error)
	// Rows is the control table in a state.
	Rows(s State) map[string]map[string]any
	// Begin is the state in which every run begins.
	Begin() State
	// Entry writes a call as an entry of a suite, with what became of it as what is expected.
	Entry(ctx context.Context, name string, from State, d Dial, o *simulate.Outcome) (text string, notes []string, err error)
}

// A State is what calls in a row share, between two of them.
type State struct {
	Next   time.Time                 // when the next call comes in
	Rows   map[string]map[string]any // of the control table: those that calls or a person have written
	Memory hubspottest.Memory        // what HubSpot keeps: of its limits, of tokens
	Held   map[string]dataaction.Held
}

// A Dial is a call that is asked for.
type Dial struct {
	ANI      string // a number, or what stands for one in the fixtures
	DNIS     string // empty: the deployment's first number
	Faults   []string
	At       time.Time // zero: when the last call ended
	Lacks    Lacks
	Schedule string // state of the schedule; empty: by its hours
}

// Lacks is what the org does not have or do during a call.
type Lacks struct {
	Queues    []string `json:"queues"`
	Skills    []string `json:"skills"`
	Flows     []string `json:"flows"`
	Transfers []string `json:"transfers"` // queues and flows to which transfers fail
	Table     bool     `json:"table"`     // no row of a table can be read
}

// Seen is what became of a call.
type Seen struct {
	Outcome *simulate.Outcome
	Effects []Effect
	Mask    *privacy.Mask
	After   State
	Labels  map[string]string // of the script's inputs
	Bodies  []string          // data actions whose requests and replies hold no secret
}

// Names are what a caller, a file and a form can choose from.
type Names struct {
	Callers                        []Caller
	Numbers, Queues, Skills, Flows []string
	Actions                        []string // data actions that ask HubSpot
	Schedule                       []string // states of the schedule; none without one
	Stages, Pipelines, Facts       []string
	Properties                     map[string][]string // of HubSpot, by object: contacts, deals
}

// A Caller is one of the fixtures.
type Caller struct {
	ANI   string // as simulate takes it; never shown where Shown is not the same
	Shown string
	Says  string
}

// A Refusal is an error with the next step.
type Refusal struct {
	Message, Hint string
	Status        int // of HTTP; 0 for a wrong request
}

func (r *Refusal) Error() string { return r.Message }

func refuse(status int, hint, format string, args ...any) error {
	return &Refusal{Message: fmt.Sprintf(format, args...), Hint: hint, Status: status}
}

// A File is one that the lab may write when the user says so.
type File interface {
	Path() string // as it is shown
	// Read gives what is there; an error that is fs.ErrNotExist when nothing is.
	Read() ([]byte, error)
	// Write writes it whole or not at all, in the mode that it has.
	Write(data []byte) error
}
