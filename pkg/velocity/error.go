package velocity

import (
	"errors"
	"fmt"

	"github.com/dealroute/dealroute/pkg/diag"
)

// An Error says what is wrong with a template, or with rendering it, and where. Lines and
// columns count from 1, columns in characters.
type Error struct {
	Name         string // of the template, as given to Parse
	Line, Column int
	Message      string
	Hint         string // a near name or the next step, when there is one
}

// Error has the form of Velocity's own messages.
func (e *Error) Error() string {
	return fmt.Sprintf("%s at %s[line %d, column %d]", e.Message, e.Name, e.Line, e.Column)
}

// Position is where the error stands, for a finding.
func (e *Error) Position() diag.Position {
	return diag.Position{File: e.Name, Line: e.Line, Column: e.Column}
}

// ErrNoMethod is what a Tool returns for a method it does not have or whose arguments do not
// fit: an error in strict mode, null in lax mode, as in Velocity.
var ErrNoMethod = errors.New("no such method")

// errBudget ends a rendering; see Options.Budget.
var errBudget = errors.New("the template used up its budget of steps and output")

// The ways a template ends a block early.
var (
	errBreak = errors.New("#break")
	errStop  = errors.New("#stop")
)

// breakOut leaves the loop that owns a scope: #break($foreach.parent).
type breakOut struct{ loop *loop }

func (b *breakOut) Error() string { return "#break" }
