package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Severity says what a finding means for the question that was asked.
type Severity string

// The severities, from the gravest down. Assumption is a statement about a vendor that
// nothing published settles and on which an answer rests; it never fails a command.
const (
	Error      Severity = "error"
	Warning    Severity = "warning"
	Info       Severity = "info"
	Assumption Severity = "assumption"
)

// rank orders severities; a smaller rank is graver.
func (s Severity) rank() int {
	return max(slices.Index([]Severity{Error, Warning, Info, Assumption}, s), 0)
}

// AtLeast reports whether s is as grave as t or graver.
func (s Severity) AtLeast(t Severity) bool { return s.rank() <= t.rank() }

// A Position is a place in a text. Line and Column count from 1, columns in characters;
// 0 means unknown.
type Position struct {
	File   string
	Line   int
	Column int
}

// String gives file:line:column without the parts that are unknown.
func (p Position) String() string {
	s := p.File
	if p.Line > 0 {
		s += fmt.Sprintf(":%d", p.Line)
		if p.Column > 0 {
			s += fmt.Sprintf(":%d", p.Column)
		}
	}
	return s
}

// A Finding is one thing a check has to say.
type Finding struct {
	Code     string   // stable, such as DR-STAGE-003; empty while a check has none
	Severity Severity // empty counts as Error
	Message  string   // what is wrong; lower case, no full stop
	Hint     string   // the next step, when there is one
	Position Position // where in the user's file
	Path     string   // where in an artifact, such as /inboundCall/tasks/task[Entry_1]
	Length   int      // characters the caret underlines; 0 for one
	More     int      // of the finding that stands for those that were not kept: how many
}

// Error makes a finding usable as an error. It is one line without the source.
func (f Finding) Error() string {
	var b strings.Builder
	if p := f.Position.String(); p != "" {
		b.WriteString(p + ": ")
	}
	b.WriteString(f.Message)
	if f.Code != "" {
		b.WriteString(" [" + f.Code + "]")
	}
	return b.String()
}

// Findings is what a check returns, and an error when a caller cannot go on.
type Findings []Finding

// Error gives the gravest finding and how many there are.
func (fs Findings) Error() string {
	if len(fs) == 0 {
		return "no findings"
	}
	s := fs.Sorted()
	if len(s) == 1 {
		return s[0].Error()
	}
	return fmt.Sprintf("%s (and %d more)", s[0].Error(), s.size()-1)
}

// mostKept is how many findings of one text are kept; the others of a text that is of another
// kind altogether are counted.
const mostKept = 1000

// Full reports whether Add only counts what comes, so that nobody need look for its place.
func (fs Findings) Full() bool { return len(fs) >= mostKept }

// Add adds a finding, or counts it when there are many: in one that stands for the rest of its
// severity.
func (fs *Findings) Add(f Finding) {
	if !fs.Full() {
		*fs = append(*fs, f)
		return
	}
	for i := mostKept; i < len(*fs); i++ {
		if r := &(*fs)[i]; r.More > 0 && cmp.Or(r.Severity, Error) == cmp.Or(f.Severity, Error) {
			r.More++
			return
		}
	}
	*fs = append(*fs, Finding{Severity: f.Severity, Position: (*fs)[mostKept-1].Position, Message: "more of this kind is not listed", More: 1})
}

// size is how many findings there are, with those that one stands for.
func (fs Findings) size() int {
	n := 0
	for _, f := range fs {
		n += max(f.More, 1)
	}
	return n
}

// Has reports whether a finding is as grave as s.
func (fs Findings) Has(s Severity) bool {
	return slices.ContainsFunc(fs, func(f Finding) bool { return f.Severity.AtLeast(s) })
}

// Err is fs as an error when it holds an error-level finding, and nil otherwise.
func (fs Findings) Err() error {
	if fs.Has(Error) {
		return fs
	}
	return nil
}

// Sorted returns a copy in the order of reading: gravest first, then by place.
func (fs Findings) Sorted() Findings {
	out := slices.Clone(fs)
	slices.SortStableFunc(out, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(a.Severity.rank(), b.Severity.rank()),
			cmp.Compare(a.Position.File, b.Position.File),
			cmp.Compare(a.Position.Line, b.Position.Line),
			cmp.Compare(a.Position.Column, b.Position.Column),
			cmp.Compare(a.Code, b.Code),
		)
	})
	return out
}

// Counts tells how many findings there are of each severity. All severities are present.
func (fs Findings) Counts() map[Severity]int {
	n := map[Severity]int{Error: 0, Warning: 0, Info: 0}
	for _, f := range fs {
		n[cmp.Or(f.Severity, Error)] += max(f.More, 1)
	}
	return n
}
