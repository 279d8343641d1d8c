package expr

import "fmt"

// An Error says why a text is not an expression of the type that was asked for.
type Error struct {
	Offset  int    // byte offset into the text
	Length  int    // bytes the error is about; 0 when only the place is known
	Message string // lower case, no full stop
	Hint    string // the next step, when there is one
}

func (e *Error) Error() string {
	s := fmt.Sprintf("position %d: %s", e.Offset+1, e.Message)
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

// An EvalError is what Architect answers with the flow's error handling: an expression
// that is well typed and cannot be computed with the values of this moment.
type EvalError struct {
	Offset  int    // byte offset of the operator or function that failed
	Func    string // its name
	Message string
	Budget  bool // the expression was stopped because it grew beyond its budget
}

func (e *EvalError) Error() string {
	if e.Func == "" {
		return e.Message
	}
	return e.Func + ": " + e.Message
}
