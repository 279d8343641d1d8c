package report

import (
	"fmt"
	"path/filepath"

	"github.com/dealroute/dealroute/pkg/picture"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/dealroute/dealroute/pkg/words"
)

// Tested is an answer of simulate --suite with what its page shows beside it.
type Tested struct {
	Answer      view.Suite
	Run         Run
	Command     string
	No          bool             // the answer is no, also where all calls are as expected
	Rules, Flow *picture.Graph   // with what the calls reach; nil: not drawn
	Ways        []*picture.Graph // of the first failures, in their order: their way through the rules
}

// passedShown is how many of the calls that are as expected a page lists.
const passedShown = 500

// Suite is the page of simulate --suite, and of simulate merge.
func Suite(x Tested) Page {
	s := x.Answer
	p := Page{Title: "Suite " + filepath.Base(s.Suite.File), Command: x.Command, Run: x.Run, Data: s}
	if s.Shard != nil {
		p.Title += fmt.Sprintf(", part %d of %d", s.Shard.Number, s.Shard.Of)
	}
	p.Verdict = x.verdict()
	p.Figures = x.figures()
	if s.Failed > 0 {
		p.Sections = append(p.Sections, Section{ID: "failed", Title: "Not as expected", Blocks: x.failures()})
	}
	p.Sections = append(p.Sections, Section{ID: "rules", Title: "Rules", About: T("How many calls each rule took, and who would be a call for one that took none. A call that comes back counts each time."), Blocks: x.rules()})
	p.Sections = append(p.Sections, Section{ID: "branches", Title: "Ways through the flow", About: T("What of the flow no call reached."), Blocks: x.branches()})
	if s.Mutants != nil {
		p.Sections = append(p.Sections, Section{ID: "mutants", Title: "Changes of the rules", About: T("Each is one change of the rules that the suite should notice."), Blocks: x.mutants()})
	}
	if len(s.Passed) > 0 {
		p.Sections = append(p.Sections, Section{ID: "passed", Title: "As expected", Blocks: x.passed()})
	}
	return p
}

func (x Tested) verdict() Verdict {
	s := x.Answer
	calls := T(Count(int64(s.Calls), "/calls"), " calls, of ", Count(int64(s.Expected), "/expecting"), " of which something is expected")
	if s.Expected == s.Calls {
		calls = T("all ", Count(int64(s.Calls), "/calls"), " calls end as the suite says")
	}
	switch {
	case s.Failed > 0:
		return Verdict{Bad, "not as expected", T(Count(int64(s.Failed), "/failed"), " of ", Count(int64(s.Expected), "/expecting"), " calls of which something is expected")}
	case x.No:
		return Verdict{Bad, "too few rules are covered", T(Percent(s.Coverage.Percent, "/coverage/percent"), " of the rules took a call")}
	case s.Expected == 0:
		return Verdict{Warn, "nothing is expected", T("of any of the ", Count(int64(s.Calls), "/calls"), " calls")}
	}
	return Verdict{Good, "as expected", calls}
}

func (x Tested) figures() []Figure {
	s := x.Answer
	b := s.Coverage.Branches
	out := []Figure{
		{Label: "calls", Value: T(Count(int64(s.Calls), "/calls")), Note: T("of ", Count(int64(s.Expected), "/expecting"), " something is expected")},
		{Label: "not as expected", Value: T(Count(int64(s.Failed), "/failed")), Tone: toneIf(s.Failed > 0, Bad)},
		{Label: "rules that took a call", Value: T(Percent(s.Coverage.Percent, "/coverage/percent")), Note: T("of ", Len(len(s.Coverage.Rules), "/coverage/rules"), ", the fallback included"), Tone: toneIf(s.Coverage.Percent < 100, Warn)},
		{Label: "ways that were taken", Value: T(Count(int64(b.Taken), "/coverage/branches/taken")), Note: T("of ", Count(int64(b.All), "/coverage/branches/all"), " of the flow")},
	}
	if m := s.Mutants; m != nil {
		out = append(out, Figure{Label: "changes that were noticed", Value: T(Percent(m.Score, "/mutants/score")), Note: T(Count(int64(m.Killed), "/mutants/killed"), " of ", Count(int64(m.Made), "/mutants/made")), Tone: toneIf(len(m.Survived) > 0, Warn)})
	}
	return out
}

func (x Tested) failures() []Block {
	t := &Table{Caption: "failed calls", Columns: []Column{{Title: "call"}, {Title: "caller"}, {Title: "what is not so", Wide: true}, {Title: "rule that took it"}}}
	for i, f := range x.Answer.Failures {
		at := Pointer("failures", i)
		var said Text
		for j, e := range f.Expected {
			at := at + Pointer("expected", j)
			if j > 0 {
				said = append(said, Break())
			}
			if e.Leg > 1 {
				said = append(said, T("leg ", Count(int64(e.Leg), at+"/leg"), ", ")...)
			}
			said = append(said, T(Str(e.What, at+"/what"), ": expected ", Code(e.Want, at+"/want"), ", came ", Code(e.Came, at+"/came"))...)
			if e.Hint != nil {
				said = append(said, T(" (", Str(*e.Hint, at+"/hint"), ")")...)
			}
		}
		rule := T("none")
		if f.Rule != nil {
			rule = T(Str(f.Rule.Name, at+"/rule/name"), " ", Place(f.Rule.File, f.Rule.Line, at+"/rule"))
		}
		row := Row{Tone: Bad, Cells: []Text{T(x.name(f.SuiteCase, at, true), Break(), Place(f.File, f.Line, at)), T(Str(f.ANI, at+"/ani")), said, rule}}
		if i < len(x.Ways) {
			row.Label, row.More = "The way through the rules", []Block{Picture{Graph: *x.Ways[i], Caption: "what came instead", Ground: "dr-failed", First: i == 0}}
		}
		t.Rows = append(t.Rows, row)
	}
	blocks := []Block{t}
	if more := x.Answer.Failed - len(x.Answer.Failures); more > 0 {
		blocks = append(blocks, Para(T(Own(words.Thousands(more)), " more are not listed.")))
	}
	return blocks
}

// name is that of a call, else its number.
func (x Tested) name(c view.SuiteCase, at string, listed bool) Text {
	switch {
	case !listed && c.Name != nil:
		return T(Own(*c.Name))
	case !listed:
		return T(Own(fmt.Sprintf("call %d", c.Number)))
	case c.Name != nil:
		return T(Str(*c.Name, at+"/name"))
	}
	return T("call ", Count(int64(c.Number), at+"/number"))
}

func (x Tested) rules() []Block {
	b := &Bars{Caption: "Calls of the suite by the rule that took them", Names: "rule", Values: "calls"}
	missing := &Table{Caption: "rules that no call covers", Columns: []Column{{Title: "rule"}, {Title: "who would be a call for it", Wide: true}}}
	for i, r := range x.Answer.Coverage.Rules {
		at := Pointer("coverage", "rules", i)
		bar := Bar{Name: T("the fallback"), Value: float64(r.Calls), Shown: T(Count(int64(r.Calls), at+"/calls")), Style: First}
		if r.Rule != nil {
			bar.Name = T(Str(r.Rule.Name, at+"/rule/name"), " ", Place(r.Rule.File, r.Rule.Line, at+"/rule"))
		}
		if r.Calls == 0 {
			bar.Note = T(Word(Warn, "not covered"))
			missing.Rows = append(missing.Rows, Row{Cells: []Text{bar.Name, who(r.Caller, at, "no caller is known whom it takes")}})
		}
		b.Rows = append(b.Rows, bar)
	}
	blocks := []Block{b}
	if missing.Rows != nil {
		blocks = append(blocks, missing)
	}
	if g := x.Rules; g != nil {
		blocks = append(blocks, Picture{Graph: *g, Caption: "the rules, with how many calls came where"})
	}
	return blocks
}

// who is a caller who would do.
func who(caller *string, at, nobody string) Text {
	if caller == nil {
		return T(nobody)
	}
	return T(Str(*caller, at+"/caller"))
}

func (x Tested) branches() []Block {
	var blocks []Block
	if g := x.Flow; g != nil {
		blocks = append(blocks, Picture{Graph: *g, Caption: "the flow, with how many calls came where; hatched is what none reached", Glance: true})
	}
	t := &Table{Caption: "ways that no call took", Empty: "Every way was taken.", Columns: []Column{{Title: "task"}, {Title: "action"}, {Title: "way"}, {Title: "line", Number: true}, {Title: "who would take it", Wide: true}}}
	for i, b := range x.Answer.Coverage.Branches.Missing {
		at := Pointer("coverage", "branches", "missing", i)
		t.Rows = append(t.Rows, Row{Cells: []Text{T(Str(b.Task, at+"/task")), T(Str(b.Action, at+"/action")), {Code(b.Branch, at+"/branch")}, T(Count(int64(b.Line), at+"/line")), who(b.Caller, at, "–")}})
	}
	return append(blocks, t)
}

func (x Tested) mutants() []Block {
	m := x.Answer.Mutants
	table := func(caption, key, empty string, all []view.Mutant) *Table {
		t := &Table{Caption: caption, Empty: empty, Columns: []Column{{Title: "change"}, {Title: "place"}, {Title: "whom it would send elsewhere", Wide: true}}}
		for i, c := range all {
			at := Pointer("mutants", key, i)
			t.Rows = append(t.Rows, Row{Cells: []Text{T(Str(c.Change, at+"/change")), T(Place(c.File, c.Line, at)), who(c.Caller, at, "no caller is known")}})
		}
		return t
	}
	blocks := []Block{Group{Title: T("Not noticed"), Blocks: []Block{table("changes that no expectation noticed", "survived", "Every change was noticed.", m.Survived)}}}
	if len(m.Equivalent) > 0 {
		blocks = append(blocks, Group{Title: T("Not counted"), Blocks: []Block{table("changes that send nobody elsewhere who is known", "equivalent", "", m.Equivalent)}})
	}
	if m.Left > 0 {
		blocks = append(blocks, Para(T("They were tried on the first ", Count(int64(m.Calls), "/mutants/calls"), " calls; ", Count(int64(m.Left), "/mutants/left"), " more were not kept for this.")))
	}
	return blocks
}

func (x Tested) passed() []Block {
	t := &Table{Caption: "calls that are as expected", Columns: []Column{{Title: "call", Wide: true}, {Title: "place"}}}
	for i, c := range x.Answer.Passed {
		if i == passedShown {
			break
		}
		t.Rows = append(t.Rows, Row{Cells: []Text{x.name(c, "", false), {own(Bit{Text: placed(c.File, c.Line), Code: true})}}})
	}
	blocks := []Block{t}
	if more := x.Answer.Expected - x.Answer.Failed - len(t.Rows); more > 0 {
		blocks = append(blocks, Para(T(Own(words.Thousands(more)), " more are not listed.")))
	}
	return blocks
}
