package view

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/pkg/words"
)

// Moves are the calls that end otherwise than before, as JSON. Keys are always there, null when
// there is nothing.
type Moves struct {
	Before     string  `json:"before"` // what the calls are compared with: a file, or deployed
	After      string  `json:"after"`
	Calls      int     `json:"calls"`
	Moved      int     `json:"moved"`
	Moves      []Move  `json:"moves"`     // most calls first
	Ungrouped  int     `json:"ungrouped"` // of those that moved: of kinds that are too many to be listed
	Stays      []Stay  `json:"stays"`     // where the others end, most calls first
	OtherRule  int     `json:"otherRule"` // of those that stay: by another rule than before
	OtherAgent int     `json:"otherAgent"`
	Skipped    Skipped `json:"skipped"`  // rows of the file that are no call to this deployment
	Withheld   int     `json:"withheld"` // of the calls: by callers who withhold their number
	NoNumber   int     `json:"noNumber"` // of the calls: without any, which the flow takes as withheld
}

// A Move is a change that several calls have in common.
type Move struct {
	From     Target        `json:"from"`
	To       Target        `json:"to"`
	Calls    int           `json:"calls"`
	Reasons  []MoveReason  `json:"reasons"` // the ten most frequent at most
	Examples []MoveExample `json:"examples"`
}

// A Target is where calls end.
type Target struct {
	Queue    *string  `json:"queue"`
	Skills   []string `json:"skills"`
	Priority int64    `json:"priority"` // 0 when it is no queue
	Flow     *string  `json:"flow"`
	Ending   string   `json:"ending"`
	Other    *string  `json:"other"` // user, number … of an ending that is neither queue nor flow
}

// A MoveReason is why calls went and go where they do.
type MoveReason struct {
	From  Reason `json:"from"`
	To    Reason `json:"to"`
	Calls int    `json:"calls"`
}

// A Reason is why calls end where they do.
type Reason struct {
	Rule    *string `json:"rule"`
	Reason  string  `json:"reason"`
	Outcome *string `json:"outcome"`
}

// A MoveExample is one of the calls.
type MoveExample struct {
	Row int    `json:"row"` // of the file, or the number of the call
	ANI string `json:"ani"` // masked
}

// A Stay is the calls that end where they did.
type Stay struct {
	At    Target `json:"at"`
	Calls int    `json:"calls"`
}

// Skipped counts rows of a list of calls that were not sent.
type Skipped struct {
	Outbound    int `json:"outbound"`
	Direction   int `json:"unknownDirection"`
	NoVoice     int `json:"noVoice"`
	Unnamed     int `json:"noCaller"`    // the calling number is a word
	OtherNumber int `json:"otherNumber"` // the called number is none of the deployment's
}

func (s Skipped) sum() int {
	return s.Outbound + s.Direction + s.NoVoice + s.Unnamed + s.OtherNumber
}

// A MovesFrame is what stands around moves.
type MovesFrame struct {
	Before, After string // names of what is compared
	File          string // with the calls; empty: they were named one by one
	Source        string // of HubSpot's answers
	Skipped       simulate.Skipped
	OtherNumber   int // rows to numbers of others
	Mask          *privacy.Mask
}

// row is what an example is counted by.
func (f MovesFrame) row() string {
	if f.File == "" {
		return "call"
	}
	return "row"
}

// Against is the answer of simulate --against.
type Against struct {
	Schema   int       `json:"schema"`
	Against  Moves     `json:"against"`
	Findings []Finding `json:"findings"`
}

// NewMoves converts moves.
func NewMoves(m *simulate.Moves, f MovesFrame) Moves {
	s := f.Skipped
	out := Moves{
		Before: f.Before, After: f.After, Calls: m.Calls, Moved: m.Moved, Moves: []Move{}, Ungrouped: m.Ungrouped, Stays: []Stay{},
		OtherRule: m.OtherRule, OtherAgent: m.OtherAgent, Withheld: m.Withheld, NoNumber: m.NoNumber,
		Skipped: Skipped{s.Outbound, s.Direction, s.NoVoice, s.Unnamed, f.OtherNumber},
	}
	for _, g := range m.Groups() {
		one := Move{From: newTarget(g.From, f.Mask), To: newTarget(g.To, f.Mask), Calls: g.Calls, Reasons: []MoveReason{}, Examples: []MoveExample{}}
		for _, r := range g.Reasons {
			one.Reasons = append(one.Reasons, MoveReason{newReason(r.From), newReason(r.To), r.Calls})
		}
		for _, e := range g.Examples {
			one.Examples = append(one.Examples, MoveExample{e.Row, f.Mask.Number(e.ANI)})
		}
		out.Moves = append(out.Moves, one)
	}
	for _, s := range m.Stays() {
		out.Stays = append(out.Stays, Stay{newTarget(s.At, f.Mask), s.Calls})
	}
	return out
}

func newReason(r simulate.Reason) Reason { return Reason{text(r.Rule), r.Why, text(r.Outcome)} }

func newTarget(t simulate.Target, m *privacy.Mask) Target {
	out := Target{Queue: text(t.Queue), Skills: append([]string{}, t.Skills...), Priority: t.Priority, Flow: text(t.Flow), Ending: string(t.Ending)}
	if t.Other != "" {
		out.Other = text(m.Text(t.Other))
	}
	return out
}

// mostMoves is how many moves a person is shown.
const mostMoves = 50

// PrintMoves writes moves for a person.
func PrintMoves(w io.Writer, m Moves, f MovesFrame) error {
	var b diag.Page
	diag.Fprintf(&b, "%s%s\n", headline(m), from(f))
	diag.Fprintf(&b, "  %-12s %s\n  %-12s %s\n", "before", m.Before, "after", m.After)
	for _, x := range m.Moves[:min(len(m.Moves), mostMoves)] {
		diag.Fprintf(&b, "\n  %s\n    from       %s\n    to         %s\n", words.Count(x.Calls, "call", "calls"), where(x.From), where(x.To))
		for i, r := range x.Reasons {
			n := ""
			if len(x.Reasons) > 1 || r.Calls < x.Calls {
				n = fmt.Sprintf("  (%s)", words.Count(r.Calls, "call", "calls"))
			}
			diag.Fprintf(&b, "    %-10s %s%s\n", []string{"by", ""}[min(i, 1)], why(r), n)
		}
		var ex []string
		for _, e := range x.Examples {
			ex = append(ex, fmt.Sprintf("%s %d %s", f.row(), e.Row, cmp.Or(e.ANI, "without a number")))
		}
		diag.Fprintf(&b, "    %-10s %s\n", "such as", strings.Join(ex, ", "))
	}
	if m.Moved > 0 {
		b.WriteString("\n")
	}
	if s := more(m); s != "" {
		diag.Fprintf(&b, "  %-12s %s\n", "more", s)
	}
	if s := stay(m, where); s != "" {
		diag.Fprintf(&b, "  %-12s %s\n", "stay", s)
	}
	for _, s := range others(m) {
		diag.Fprintf(&b, "  %-12s %s\n", "", s)
	}
	if s := Left(f); s != "" {
		diag.Fprintf(&b, "  %-12s %s\n", "left out", s)
	}
	if s := numberless(m); s != "" {
		diag.Fprintf(&b, "  %-12s %s\n", "no number", s)
	}
	_, err := diag.Fprintf(w, "%s", &b)
	return err
}

// headline is how many calls move.
func headline(m Moves) string {
	all := words.Count(m.Calls, "call", "calls")
	switch {
	case m.Calls == 0:
		return "no call to compare"
	case m.Moved == 0:
		return "none of " + all + " moves"
	case m.Moved == m.Calls && m.Calls > 1:
		return "all of " + all + " move"
	case m.Moved == 1:
		return "1 of " + all + " moves"
	}
	return words.Thousands(m.Moved) + " of " + all + " move"
}

// from is where calls and answers came from.
func from(f MovesFrame) string {
	var parts []string
	for _, p := range []string{f.File, f.Source} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "  (" + strings.Join(parts, "; ") + ")"
}

// where is a target in words.
func where(t Target) string {
	if t.Queue == nil {
		return words.End(t.Ending, cmp.Or(value(t.Flow), value(t.Other)))
	}
	out := *t.Queue
	if len(t.Skills) > 0 {
		out += ", skills " + strings.Join(t.Skills, ", ")
	}
	return fmt.Sprintf("%s, priority %d", out, t.Priority)
}

// why is what decided before and after.
func why(r MoveReason) string {
	from, to := words.Decided(r.From.Reason, value(r.From.Rule)), words.Decided(r.To.Reason, value(r.To.Rule))
	if value(r.From.Outcome) != value(r.To.Outcome) {
		from, to = from+" ("+cmp.Or(value(r.From.Outcome), "no lookup")+")", to+" ("+cmp.Or(value(r.To.Outcome), "no lookup")+")"
	}
	if from == to {
		return from + ", before and after"
	}
	return from + " → " + to
}

// more says what of the moves is not shown.
func more(m Moves) string {
	n := m.Ungrouped
	kinds := len(m.Moves) - mostMoves
	for _, x := range m.Moves[min(len(m.Moves), mostMoves):] {
		n += x.Calls
	}
	switch {
	case n == 0:
		return ""
	case m.Ungrouped > 0:
		return fmt.Sprintf("%s in more kinds of moves; -o json lists the first %s of them", words.Count(n, "call", "calls"), words.Thousands(simulate.MaxMoves))
	}
	return fmt.Sprintf("%s in %s of moves; -o json lists them", words.Count(n, "call", "calls"), words.Count(kinds, "more kind", "more kinds"))
}

// stay says where the other calls end.
func stay(m Moves, where func(Target) string) string {
	const most = 5
	n := m.Calls - m.Moved
	if n == 0 {
		return ""
	}
	var parts []string
	shown := 0
	for _, s := range m.Stays[:min(len(m.Stays), most)] {
		parts = append(parts, fmt.Sprintf("%d at %s", s.Calls, where(s.At)))
		shown += s.Calls
	}
	if shown < n {
		parts = append(parts, fmt.Sprintf("%d elsewhere", n-shown))
	}
	return words.Count(n, "call", "calls") + ": " + strings.Join(parts, "; ")
}

// others says what else differs of calls that stay.
func others(m Moves) (out []string) {
	if m.OtherRule > 0 {
		out = append(out, words.Count(m.OtherRule, "call of these is", "calls of these are")+" decided by another rule than before")
	}
	if m.OtherAgent > 0 {
		out = append(out, words.Count(m.OtherAgent, "call of these is", "calls of these are")+" offered to another agent first")
	}
	return out
}

// Left says which rows were no call to this deployment.
func Left(f MovesFrame) string {
	s := Skipped{f.Skipped.Outbound, f.Skipped.Direction, f.Skipped.NoVoice, f.Skipped.Unnamed, f.OtherNumber}
	if s.sum() == 0 {
		return ""
	}
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{
		{s.Outbound, "did not come in"}, {s.Direction, "with a direction that is not known here (say the word with --columns inbound=…)"}, {s.NoVoice, "no voice"},
		{s.Unnamed, "with a word instead of a number"}, {s.OtherNumber, "to numbers of others"},
	} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	return words.Count(s.sum(), "row", "rows") + ": " + strings.Join(parts, ", ")
}

func numberless(m Moves) string {
	var parts []string
	if m.Withheld > 0 {
		parts = append(parts, words.Count(m.Withheld, "caller withholds it", "callers withhold it"))
	}
	if m.NoNumber > 0 {
		parts = append(parts, words.Count(m.NoNumber, "row has none and is taken as withheld", "rows have none and are taken as withheld"))
	}
	return strings.Join(parts, ", ")
}
