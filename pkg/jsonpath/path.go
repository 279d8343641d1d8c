package jsonpath

import (
	"errors"
	"fmt"
)

// ErrNotFound is the answer of a definite path that leads nowhere, and of any path one of
// whose plain names is missing. It is what makes a data action take its default.
var ErrNotFound = errors.New("no results for path")

// An Error is a path that cannot be read, or that cannot be applied to a document. Offset
// counts bytes of the path from 0 and is -1 when the fault shows only with a document.
type Error struct {
	Path    string
	Offset  int
	Message string

	notFound bool
}

func (e *Error) Error() string {
	if e.Offset < 0 {
		return fmt.Sprintf("path %q: %s", e.Path, e.Message)
	}
	return fmt.Sprintf("path %q, character %d: %s", e.Path, e.Offset+1, e.Message)
}

// Is makes a path that leads nowhere an ErrNotFound.
func (e *Error) Is(target error) bool { return target == ErrNotFound && e.notFound }

// A Path is a parsed path. It may be used by several goroutines.
type Path struct {
	text     string
	steps    []step
	fromRoot bool // begins with $, not with @
	definite bool
	unknown  []*Error // calls of functions that do not exist
}

// DefaultBudget is how many values a path may visit.
const DefaultBudget = 5_000_000

// What a path may find, far more than a reply of an API holds. The error is one of a path that
// cannot be applied: no default stands in for it.
const (
	maxAnswer  = 16 << 20 // bytes of all that it finds
	maxResults = 1_000_000
)

type stepKind uint8

const (
	stepNames    stepKind = iota // .a ['a'] ['a','b']
	stepIndexes                  // [0] [0,2]
	stepSlice                    // [1:] [:2] [1:2]
	stepWildcard                 // * [*]
	stepScan                     // ..
	stepFilter                   // [?(…)]
	stepCall                     // .length()
)

type step struct {
	kind     stepKind
	names    []string
	indexes  []int
	slice    slice
	filter   expression
	function string
	apply    func(call) (Value, error) // nil for a function that does not exist
	args     []argument
	upstream bool // every step before this one is definite
}

type slice struct {
	from, to       int
	hasFrom, hasTo bool
}

// An argument of a function is a path or JSON; anything else in its place is ignored.
type argument struct {
	path *Path
	json Value
	err  error // JSON that is none shows only when the function is called
}

// String is the path as it was written.
func (p *Path) String() string { return p.text }

// Definite reports whether the path gives one value rather than a list of matches.
func (p *Path) Definite() bool { return p.definite }

// Unknown lists calls of functions that do not exist. The dialect lets such a path pass and
// refuses it only where it is applied.
func (p *Path) Unknown() []*Error { return p.unknown }

// isCall reports whether the path ends in a function.
func (p *Path) isCall() bool {
	return len(p.steps) > 0 && p.steps[len(p.steps)-1].kind == stepCall
}

// finish computes what depends on the order of steps: a function behind a deep scan that
// begins the path is turned round, $..a.f() into $.f($..a), so that it sees all matches.
func (p *Path) finish() {
	if p.isCall() && p.steps[0].kind == stepScan {
		at := 0
		for p.steps[at].kind != stepCall {
			at++
		}
		inner := &Path{text: p.text, steps: p.steps[:at:at], fromRoot: p.fromRoot}
		inner.finish()
		call := p.steps[at]
		call.args = []argument{{path: inner}}
		p.steps, p.fromRoot = append([]step{call}, p.steps[at+1:]...), true
	}
	p.definite = true
	for i := range p.steps {
		p.steps[i].upstream = p.definite
		if !p.steps[i].isDefinite(i == len(p.steps)-1) {
			p.definite = false
		}
	}
}

func (s *step) isDefinite(last bool) bool {
	switch s.kind {
	case stepNames:
		return last || len(s.names) == 1
	case stepIndexes:
		return len(s.indexes) == 1
	case stepCall:
		return true
	}
	return false
}

// EndsInIndex reports whether the last step is an index: outside the array it gives null
// instead of nothing.
func (p *Path) EndsInIndex() bool {
	return len(p.steps) > 0 && p.steps[len(p.steps)-1].kind == stepIndexes
}
