package jsonpath

import (
	"errors"
	"fmt"
)

// ErrNotFound is the answer of a definite path that leads nowhere, and of any path one of
// whose plain names is missing. It is what makes a data action take its default.
var ErrNotFound = errors.New("no results for path")

// An Error is a path that cannot be read, or a function that cannot be applied. Offset
// counts bytes of the path from 0 and is -1 when the fault shows only with a document.
type Error struct {
	Path    string
	Offset  int
	Message string
	err     error
}

func (e *Error) Error() string {
	if e.Offset < 0 {
		return fmt.Sprintf("path %q: %s", e.Path, e.Message)
	}
	return fmt.Sprintf("path %q, character %d: %s", e.Path, e.Offset+1, e.Message)
}

// Unwrap gives ErrNotFound for a path that leads nowhere.
func (e *Error) Unwrap() error { return e.err }
