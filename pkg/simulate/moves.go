package simulate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/phone"
)

// Moves tell which calls end otherwise under another policy: for every call its outcome before and
// after, grouped by where it went and where it goes. What they take does not grow with the calls.
type Moves struct {
	Calls, Moved int
	Withheld     int // of the calls: the caller withholds the number
	NoNumber     int // of the calls: none is known, and the flow takes it as withheld
	Ungrouped    int // of those that moved: there were more kinds of moves than are kept
	OtherRule    int // of those that stayed: for another reason than before
	OtherAgent   int // of those that stayed: offered to another agent first

	moves map[string]*Move
	stays map[string]*Stay
}

// A Target is where a call ends, as far as it is compared.
type Target struct {
	Queue    string // empty when it is no queue
	Skills   []string
	Priority int64  // of a queue
	Flow     string // that takes the call over
	Ending   interp.Ending
	Other    string // user, number … of an ending that is neither queue nor flow
}

// A Reason is why a call ends where it does.
type Reason struct {
	Rule    string // empty for none
	Why     string // rule, fallback, kept, error, lastResort, schedule
	Outcome string // of the lookup; empty: nobody was looked up
}

// A Move is all calls that went to one target and go to another.
type Move struct {
	From, To Target
	Calls    int
	Reasons  []Reasons // most frequent first
	Examples []Example // the first of them

	first int // row
}

// Reasons are why a call went and goes where it does.
type Reasons struct {
	From, To Reason
	Calls    int
}

// An Example is a call of a move. Its number is not masked.
type Example struct {
	Row int // of the file, or the number of the call
	ANI string
}

// A Stay is all calls that end where they did.
type Stay struct {
	At    Target
	Calls int

	first int
}

// What is kept of many calls.
const (
	MaxMoves   = 10_000 // kinds of moves, and of targets where calls stay
	maxReasons = 10     // of a move
	maxShown   = 3      // examples of a move
)

// TargetOf is where a call ended.
func TargetOf(r *interp.Result) Target {
	t := Target{Ending: r.Ending}
	switch r.Ending {
	case interp.EndQueue:
		t.Queue, t.Priority, t.Skills = r.Queue, r.Priority, slices.Clone(r.Skills)
		slices.Sort(t.Skills) // Genesys asks for all of them
		t.Skills = slices.Compact(t.Skills)
	case interp.EndFlow:
		t.Flow = r.Target
	default:
		t.Other = r.Target
	}
	return t
}

func (t Target) key() string {
	return fmt.Sprintf("%q %q %d %q %q %q", t.Queue, t.Skills, t.Priority, t.Flow, t.Ending, t.Other)
}

// Same tells whether two calls end alike, as far as it is compared.
func Same(a, b *Outcome) bool { return TargetOf(&a.Result).key() == TargetOf(&b.Result).key() }

func reasonOf(o *Outcome) Reason { return Reason{o.Rule, o.Reason, o.Outcome} }

func agentOf(o *Outcome) string {
	if len(o.Result.Preferred) == 0 {
		return ""
	}
	return o.Result.Preferred[0].User
}

// Add books a call with what became of it before and after.
func (m *Moves) Add(row int, ani string, before, after *Outcome) {
	if m.moves == nil {
		m.moves, m.stays = map[string]*Move{}, map[string]*Stay{}
	}
	m.Calls++
	if ani == "" {
		m.NoNumber++
	} else if phone.Withheld(ani) {
		m.Withheld++
	}
	from, to := TargetOf(&before.Result), TargetOf(&after.Result)
	was, now := from.key(), to.key()
	if was == now {
		if before.Rule != after.Rule || before.Reason != after.Reason {
			m.OtherRule++
		}
		if agentOf(before) != agentOf(after) {
			m.OtherAgent++
		}
		s := m.stays[now]
		if s == nil && len(m.stays) < MaxMoves {
			s = &Stay{At: to, first: row}
			m.stays[now] = s
		}
		if s != nil {
			s.Calls++
		}
		return
	}
	m.Moved++
	x := m.moves[was+now]
	if x == nil {
		if len(m.moves) == MaxMoves {
			m.Ungrouped++
			return
		}
		x = &Move{From: from, To: to, first: row}
		m.moves[was+now] = x
	}
	x.Calls++
	x.because(Reasons{reasonOf(before), reasonOf(after), 1})
	if len(x.Examples) < maxShown {
		x.Examples = append(x.Examples, Example{row, ani})
	}
}

func (x *Move) because(r Reasons) {
	for i := range x.Reasons {
		if x.Reasons[i].From == r.From && x.Reasons[i].To == r.To {
			x.Reasons[i].Calls++
			return
		}
	}
	if len(x.Reasons) < maxReasons {
		x.Reasons = append(x.Reasons, r)
	}
}

// Groups are the moves, most calls first.
func (m *Moves) Groups() []Move {
	out := make([]Move, 0, len(m.moves))
	for _, x := range m.moves {
		one := *x
		one.Reasons = slices.Clone(x.Reasons)
		slices.SortStableFunc(one.Reasons, func(a, b Reasons) int { return cmp.Compare(b.Calls, a.Calls) })
		out = append(out, one)
	}
	slices.SortFunc(out, func(a, b Move) int {
		return cmp.Or(cmp.Compare(b.Calls, a.Calls), cmp.Compare(a.first, b.first), strings.Compare(a.From.key()+a.To.key(), b.From.key()+b.To.key()))
	})
	return out
}

// Stays are the targets of the calls that did not move, most calls first.
func (m *Moves) Stays() []Stay {
	out := make([]Stay, 0, len(m.stays))
	for _, s := range m.stays {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b Stay) int {
		return cmp.Or(cmp.Compare(b.Calls, a.Calls), cmp.Compare(a.first, b.first), strings.Compare(a.At.key(), b.At.key()))
	})
	return out
}
