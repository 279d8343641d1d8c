package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
)

// Exit codes. They are few, never overloaded, and listed in the help.
const (
	exitDone        = 0   // done, or nothing to do
	exitFailed      = 1   // not done: usage, a declined prompt, a failure
	exitNo          = 2   // the question was answered, and the answer is no
	exitInterrupted = 130 // interrupted by a signal
)

// errNo is returned by a command that has printed its answer and the answer is no.
var errNo = errors.New("the answer is no")

// A failure is an error with what a person needs to go on.
type failure struct {
	finding  diag.Finding  // what went wrong; its Message is the error
	findings diag.Findings // what else was found, when there is more than one thing to say
	source   []byte        // the text the positions are in
	cause    error
	no       bool // the question was answered by this very failure: exit 2
}

func (f *failure) Error() string { return f.finding.Error() }
func (f *failure) Unwrap() error { return f.cause }

// contexts puts what contexts say into words for people.
var contexts = strings.NewReplacer(context.DeadlineExceeded.Error(), ranOut, context.Canceled.Error(), "interrupted")

const (
	ranOut   = "the time ran out"
	moreTime = "give it more time with --timeout"
)

func inWords(err error) string { return contexts.Replace(err.Error()) }

// fail makes a failure with the next step.
func fail(cause error, hint string) error {
	return &failure{finding: diag.Finding{Message: inWords(cause), Hint: hint}, cause: cause}
}

// unreadable is the failure for a user's file that does not hold what it must. no tells
// that the command was asked exactly this (validate, flow check and the like).
func unreadable(fs diag.Findings, source []byte, no bool) error {
	s := fs.Sorted()
	return &failure{finding: s[0], findings: s, source: source, no: no}
}

// personal refuses to show personal data where nobody looks on.
func personal(io *Streams, show bool) error {
	if show && !io.OutTerminal {
		return fail(errors.New("--show-pii shows personal data, and standard output is no terminal"), "leave it out, or look at it on a terminal")
	}
	return nil
}

func exitCode(ctx context.Context, err error) int {
	var f *failure
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errNo), errors.As(err, &f) && f.no:
		return exitNo
	case errors.Is(err, errAborted):
		return exitInterrupted
	case ctx.Err() != nil && errors.Is(context.Cause(ctx), context.Canceled):
		return exitInterrupted
	}
	return exitFailed
}

// A printedError is one whose answer is on standard output already, with the error in it.
type printedError struct{ error }

func (e *printedError) Unwrap() error { return e.error }

// findingOf gives the finding of an error that has one.
func findingOf(err error) diag.Finding {
	var f *failure
	if errors.As(err, &f) {
		return f.finding
	}
	return diag.Finding{Message: inWords(err)}
}
