package report

import (
	"github.com/dealroute/dealroute/pkg/picture"
	"github.com/dealroute/dealroute/pkg/view"
)

// Story is an answer of demo with what its page shows beside it.
type Story struct {
	Answer  view.Demo
	Run     Run
	Command string
	Who     []string        // of each call: who calls, in words
	Flows   []picture.Graph // of each call: its way through the flow; may be shorter
	Rules   []picture.Graph // of each call: its way through the rules; may be shorter
}

// Demo is the page of demo.
func Demo(x Story) Page {
	a := x.Answer
	p := Page{Title: "The whole story, on " + x.Run.File, Command: x.Command, Run: x.Run, Data: a}
	ok := 0
	steps := &Table{Caption: "steps", Columns: []Column{{Title: "step"}, {Title: "how it went"}, {Title: "what happened", Wide: true}, {Title: "took", Number: true}}}
	for i, s := range a.Steps {
		at := Pointer("steps", i)
		how := Word(Good, "ok")
		if s.OK {
			ok++
		} else {
			how = Word(Bad, "failed")
		}
		steps.Rows = append(steps.Rows, Row{Cells: []Text{T(Str(s.Name, at+"/name")), T(how), T(Str(s.Detail, at+"/detail")), T(Ms(s.Ms, at+"/ms"))}})
	}
	p.Verdict = Verdict{Good, "all of it worked", T(Len(len(a.Steps), "/steps"), " steps, ", Len(len(a.Calls), "/calls"), " callers, on emulators of Genesys Cloud and HubSpot in one process")}
	if ok < len(a.Steps) {
		p.Verdict.Tone, p.Verdict.Word = Bad, "it did not get to its end"
	}
	p.Figures = x.figures()
	p.Sections = []Section{{ID: "story", Title: "What happened", Blocks: []Block{steps}}}
	if len(a.Calls) > 0 {
		var outcomes []*string
		for _, c := range a.Calls {
			outcomes = append(outcomes, c.Outcome)
		}
		p.Sections = append(p.Sections, Section{ID: "callers", Title: "The callers", About: T("They call the flow as it is published in the org. Time is virtual."), Blocks: []Block{x.callers(), outcomesMean(outcomes)}})
	}
	var each []Block
	for i := range a.Calls {
		each = append(each, x.caller(i))
	}
	if len(each) > 0 {
		p.Sections = append(p.Sections, Section{ID: "each", Title: "One by one", Blocks: each})
	}
	if len(a.Entities) > 0 {
		p.Sections = append(p.Sections, made(a.Entities))
	}
	return p
}

func (x Story) figures() []Figure {
	var waits, requests []string
	var longest, asked int64
	for i, c := range x.Answer.Calls {
		waits, requests = append(waits, Pointer("calls", i, "waitedMs")), append(requests, Pointer("calls", i, "hubspotRequests"))
		longest, asked = max(longest, c.WaitedMs), asked+int64(c.HubSpotRequests)
	}
	out := []Figure{{Label: "entities set up", Value: T(Len(len(x.Answer.Entities), "/entities"))}, {Label: "callers", Value: T(Len(len(x.Answer.Calls), "/calls"))}}
	if len(waits) > 0 {
		out = append(out, Figure{Label: "longest wait", Value: T(MostMs(longest, waits...))}, Figure{Label: "requests to HubSpot", Value: T(Sum(asked, requests...))})
	}
	return out
}

func (x Story) who(i int) string {
	if i < len(x.Who) {
		return x.Who[i]
	}
	return ""
}

// callers are all calls in one table.
func (x Story) callers() *Table {
	t := &Table{Caption: "callers", Columns: []Column{{Title: "no.", Number: true}, {Title: "caller"}, {Title: "who"}, {Title: "outcome"}, {Title: "goes to"}, {Title: "waited", Number: true}, {Title: "requests", Number: true}}}
	for i, c := range x.Answer.Calls {
		at := Pointer("calls", i)
		t.Rows = append(t.Rows, Row{Cells: []Text{
			T(Own(itoa(i + 1))), T(Code(c.ANI, at+"/ani")), T(x.who(i)), optional(c.Outcome, at+"/outcome"), endsAt(c, at), T(Ms(c.WaitedMs, at+"/waitedMs")), T(Count(int64(c.HubSpotRequests), at+"/hubspotRequests")),
		}})
	}
	return t
}

func optional(s *string, path string) Text {
	if s == nil {
		return T("none")
	}
	return T(Code(*s, path))
}

// endsAt is where a call ends, in words.
func endsAt(c view.Call, at string) Text {
	return targetText(view.Target{Queue: c.Queue, Skills: c.Skills, Priority: c.Priority, Flow: c.Flow, Ending: c.Ending}, at)
}

// caller tells of one call.
func (x Story) caller(i int) Block {
	c, at := x.Answer.Calls[i], Pointer("calls", i)
	facts := Facts{
		{"outcome", T(optional(c.Outcome, at+"/outcome"), ": ", outcomeNote(c.Outcome))},
		{"decided by", reasonText(view.Reason{Rule: c.Rule, Reason: c.Reason}, at)},
		{"goes to", endsAt(c, at)},
		{"waited", T(Ms(c.WaitedMs, at+"/waitedMs"), ": HubSpot ", Ms(c.HubSpotMs, at+"/hubspotMs"), ", tables ", Ms(c.TablesMs, at+"/tablesMs"), ", breaker ", Ms(c.BreakerMs, at+"/breakerMs"))},
	}
	if c.ScreenPop != nil {
		facts = append(facts, Fact{"the agent sees", T(Str(c.ScreenPop.Script, at+"/screenPop/script"))})
	}
	blocks := []Block{facts}
	if notes := strs(c.Notes, at+"/notes"); len(notes) > 0 {
		blocks = append(blocks, List{Items: notes})
	}
	if i < len(x.Rules) {
		blocks = append(blocks, Details{Summary: T("The way through the rules"), Open: i == 0, Blocks: []Block{Picture{Graph: x.Rules[i], Caption: "which rule takes this caller"}}})
	}
	if i < len(x.Flows) {
		blocks = append(blocks, Details{Summary: T("The way through the flow"), Blocks: []Block{Picture{Graph: x.Flows[i], Caption: "the way of this caller through the flow", Ground: "dr-flow", First: i == 0, Glance: true}}})
	}
	blocks = append(blocks, Details{Summary: T("Step by step: ", plural(int64(c.Actions), at+"/actions", "action", "actions")), Blocks: []Block{stepTable(c.Path, at+"/path")}})
	return Group{Title: T(Own(itoa(i+1)+". "), Code(c.ANI, at+"/ani"), " "+x.who(i)), Blocks: blocks}
}

// stepTable are the actions that a call went through.
func stepTable(steps []view.Step, at string) *Table {
	t := &Table{Caption: "actions", Columns: []Column{{Title: "no.", Number: true}, {Title: "action", Wide: true}, {Title: "type"}, {Title: "branch"}, {Title: "took", Number: true}}}
	for i, s := range steps {
		here := at + Pointer(i)
		branch := Text(nil)
		if s.Branch != nil {
			branch = T(Str(*s.Branch, here+"/branch"))
		}
		t.Rows = append(t.Rows, Row{Cells: []Text{T(Own(itoa(i + 1))), T(Str(s.Action, here+"/action")), T(Code(s.Type, here+"/type")), branch, T(Ms(s.Ms, here+"/ms"))}})
	}
	return t
}

func made(es []view.DemoEntity) Section {
	t := &Table{Caption: "entities", Columns: []Column{{Title: "action"}, {Title: "kind"}, {Title: "name", Wide: true}}}
	for i, e := range es {
		at := Pointer("entities", i)
		t.Rows = append(t.Rows, Row{Cells: []Text{T(actionBit(e.Action, at+"/action")), T(Code(e.Kind, at+"/kind")), T(Str(e.Name, at+"/name"))}})
	}
	return Section{ID: "made", Title: "What setup did", Blocks: []Block{t}}
}
