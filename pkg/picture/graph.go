package picture

import "time"

// A Graph is a picture without places.
type Graph struct {
	Title string // one line, such as the flow's name
	About string // what a reader who cannot see it is told: a sentence or two
	Lanes []Lane // tasks in the order of a call
	Nodes []Node // in the order of the text
	Edges []Edge

	at   map[place]string // of a flow: which node stands for an action
	file string           // that the flow was read from, as positions name it

	glance bool   // an overview: its nodes are cards
	tasks  []Lane // of an overview: the lanes of the whole picture
}

// A Lane holds the nodes of a task, of a menu, or of a rule.
type Lane struct {
	Name string
	Line int // where it begins in the text; 0 when it has no text
}

// A Kind says what a node is, and so its shape.
type Kind string

// Kinds of nodes.
const (
	Start    Kind = "start"    // where a call comes in
	Step     Kind = "step"     // actions one after the other, without a choice
	Question Kind = "question" // decision, switch, menu, schedule, look-up: several ways out
	Ask      Kind = "ask"      // waits for somebody else: a data action, a data table
	Loop     Kind = "loop"     // repeats what is in it
	Join     Kind = "join"     // ways that come together where there is nothing to read
	Queue    Kind = "queue"    // ending: a transfer to a queue
	Hand     Kind = "hand"     // ending: a transfer to a flow, a number, a user, a voicemail
	Hang     Kind = "hang"     // ending: the call is disconnected
	Fallback Kind = "fallback" // ending of error handling and of last resorts
	Card     Kind = "card"     // of an overview: a task or a menu
)

// A Node is a box.
type Node struct {
	ID   string // of letters, digits and -, the same as long as the text is
	Lane int    // index in Graph.Lanes
	Kind Kind
	Text []string // what it says, one line each as an Architect user knows it; not wrapped yet
	Note string   // the small line under it: a data action's name, skills, a priority
	More []string // what a pointer and a screen reader get: one line each
	Line int      // of its first action in the text; 0 when it has no text
	Acts []Act    // the actions it stands for, in order
	Rows []Row    // of a card
	Mark Mark

	flow bool   // what ends here is no call, but a flow of another kind
	back bool   // it returns to whoever called the task
	rule string // of a picture of rules: the rule's name

	task  int      // of a card: index of its lane in the whole picture, from 1; 0 without
	names []string // of a transfer to a queue that a variable chooses: those that the flow says it can hold
}

// An Act is an action of the text that a node stands for.
type Act struct {
	Line   int    // of the action's key
	Column int    // likewise
	Type   string // its key, such as callData
	Name   string
}

// An Edge is a way from one node to another.
type Edge struct {
	ID       string
	From, To string   // IDs of nodes
	Label    string   // yes, no, found, the case's condition; empty where there is one way only
	Branch   string   // as the flow's trace names it: success, yes, case0; empty without
	Also     []string // branches that lead to the same node and share this edge
	Ways     []string // of an overview: IDs of the ways that it stands for
	Line     int      // of the action that branches
	Mark     Mark

	call   bool // to a task that returns
	bundle bool // of an overview: its label stands in the card that it leaves
}

// drawn is the label that stands beside the line.
func (e *Edge) drawn() string {
	if e.bundle {
		return ""
	}
	return e.Label
}

// A Mark is what happened at a node or on an edge.
type Mark struct {
	On    bool          // the call, the suite or the counterexample came here
	Off   bool          // it was looked at and nothing came here: coverage's gap
	First int           // number of the step at which a call first came here, from 1; 0: none
	Times int           // how often
	Wait  time.Duration // that was spent here, in all
	Note  string        // instead of what the numbers say: "HubSpot did not answer"
	New   bool          // came here now and did not before, or the other way round
}
