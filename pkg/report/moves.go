package report

import (
	"strconv"

	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/dealroute/dealroute/pkg/words"
)

func itoa(n int) string { return strconv.Itoa(n) }

// movesBlocks are the calls that end otherwise than before. row is what an example is counted by.
func movesBlocks(m view.Moves, at, row string) []Block {
	if row == "" {
		row = "row"
	}
	t := &Table{Caption: "moves, most calls first", Columns: []Column{{Title: "calls", Number: true}, {Title: "from"}, {Title: "to", Wide: true}}, Empty: "No call would end elsewhere."}
	for i, x := range m.Moves {
		here := at + Pointer("moves", i)
		r := Row{Cells: []Text{T(Count(int64(x.Calls), here+"/calls")), targetText(x.From, here+"/from"), targetText(x.To, here+"/to")}, Label: "Why, and such as"}
		var why []Text
		for j, reason := range x.Reasons {
			there := here + Pointer("reasons", j)
			why = append(why, T(plural(int64(reason.Calls), there+"/calls", "call", "calls"), ": ", reasonText(reason.From, there+"/from"), " → ", reasonText(reason.To, there+"/to")))
		}
		var examples []Text
		for j, e := range x.Examples {
			there := here + Pointer("examples", j)
			one := T(row+" ", Count(int64(e.Row), there+"/row"))
			if e.ANI != "" {
				one = T(one, " ", Code(e.ANI, there+"/ani"))
			}
			examples = append(examples, one)
		}
		r.More = []Block{List{Items: why}, List{Items: examples}}
		t.Rows = append(t.Rows, r)
	}
	blocks := []Block{
		Para(T(Count(int64(m.Moved), at+"/moved"), " of ", plural(int64(m.Calls), at+"/calls", "call", "calls"), " would end elsewhere.")),
		Facts{{"before", T(Str(m.Before, at+"/before"))}, {"after", T(Str(m.After, at+"/after"))}},
		t,
	}
	stays := &Table{Caption: "calls that stay", Columns: []Column{{Title: "calls", Number: true}, {Title: "at", Wide: true}}}
	for i, s := range m.Stays {
		here := at + Pointer("stays", i)
		stays.Rows = append(stays.Rows, Row{Cells: []Text{T(Count(int64(s.Calls), here+"/calls")), targetText(s.At, here+"/at")}})
	}
	if len(stays.Rows) > 0 {
		blocks = append(blocks, Group{Title: T("Calls that stay"), Blocks: []Block{stays}})
	}
	if more := moreOfMoves(m, at); len(more) > 0 {
		blocks = append(blocks, Group{Title: T("More"), Blocks: []Block{List{Items: more}}})
	}
	return blocks
}

// moreOfMoves are counts that are not in the tables.
func moreOfMoves(m view.Moves, at string) []Text {
	var out []Text
	for _, x := range []struct {
		n         int
		path      string
		one, many string
	}{
		{m.Ungrouped, "/ungrouped", "of the calls that move is of a kind that is not listed: there are too many", "of the calls that move are of kinds that are not listed: there are too many"},
		{m.OtherRule, "/otherRule", "of the calls that stay is decided by another rule than before", "of the calls that stay are decided by another rule than before"},
		{m.OtherAgent, "/otherAgent", "of the calls that stay is offered to another agent first", "of the calls that stay are offered to another agent first"},
		{m.Withheld, "/withheld", "caller withholds the number", "callers withhold their number"},
		{m.NoNumber, "/noNumber", "row has no number, which counts as withheld", "rows have no number, which counts as withheld"},
		{m.Skipped.Outbound, "/skipped/outbound", "row is left out: it did not come in", "rows are left out: they did not come in"},
		{m.Skipped.Direction, "/skipped/unknownDirection", "row is left out: its direction is not known", "rows are left out: their direction is not known"},
		{m.Skipped.NoVoice, "/skipped/noVoice", "row is left out: no voice", "rows are left out: no voice"},
		{m.Skipped.Unnamed, "/skipped/noCaller", "row is left out: a word instead of a number", "rows are left out: words instead of numbers"},
		{m.Skipped.OtherNumber, "/skipped/otherNumber", "row is left out: to a number of others", "rows are left out: to numbers of others"},
	} {
		if x.n > 0 {
			out = append(out, plural(int64(x.n), at+x.path, x.one, x.many))
		}
	}
	return out
}

// targetText is where calls end, in words.
func targetText(t view.Target, at string) Text {
	switch {
	case t.Flow != nil:
		return ended(t.Ending, t.Flow, at+"/flow")
	case t.Queue == nil:
		return ended(t.Ending, t.Other, at+"/other")
	}
	out := T(Str(*t.Queue, at+"/queue"))
	for i, s := range t.Skills {
		word := ", "
		if i == 0 {
			word = ", skills "
		}
		out = T(out, word, Str(s, at+Pointer("skills", i)))
	}
	return T(out, ", priority ", Count(t.Priority, at+"/priority"))
}

// ended says how calls ended; name is whom they went to, nil for nobody, and stands at path.
func ended(ending string, name *string, path string) Text {
	if name == nil {
		return T(words.End(ending, ""))
	}
	return T(words.End(ending, "")+" ", Str(*name, path))
}

// reasonText is why calls end where they do.
func reasonText(r view.Reason, at string) Text {
	out := T(words.Decided(r.Reason, ""))
	if r.Rule != nil {
		rule := T("rule ", Str(*r.Rule, at+"/rule"))
		if r.Reason == routing.ReasonRule {
			out = rule
		} else {
			out = T(out, " (", rule, ")")
		}
	}
	if r.Outcome != nil {
		out = T(out, " on ", Code(*r.Outcome, at+"/outcome"))
	}
	return out
}
