package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/picture"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/dealroute/dealroute/pkg/words"
)

// Called is an answer of simulate with what its page shows beside it. All of it is masked.
type Called struct {
	Answer  view.Calls
	Source  string // where HubSpot's answers came from
	Budget  int64  // in milliseconds, which asking HubSpot may take; 0: not known
	Run     Run
	Command string
	Calls   []Seen // of the answer's calls, in their order
}

// A Seen is a call beyond what the answer says of it.
type Seen struct {
	Rules, Flow *picture.Graph // with the way of the call; nil: not drawn
	Rule        *Excerpt       // the rule that took it; nil: none
	RuleAt      string         // where it stands
	Steps       []Step         // of the call's path, in its order
	Labels      map[string]string
	Problems    []string
}

// A Step is an action of the flow, beyond what the answer says of it.
type Step struct {
	Task     string
	AtMs     int64
	In, Out  []Pair
	Requests []Request
	Wrote    []string // rows of a table
	Error    string
}

// A Pair is a value with its name.
type Pair struct{ Name, Value string }

// A Request is one to HubSpot with what came back.
type Request struct {
	Action, Method, URL string
	Body, Reply         string // empty: none, or not to be shown
	Status              int    // 0: no answer
	Ms                  int64
	Error               string
}

// Calls is the page of simulate --ani.
func Calls(x Called) Page {
	p := Page{Command: x.Command, Run: x.Run, Data: x.Answer}
	if len(x.Answer.Calls) == 1 {
		c := &callPage{Called: x, c: x.Answer.Calls[0], seen: x.Calls[0], at: Pointer("calls", 0)}
		p.Title, p.Verdict, p.Figures = "Call of "+c.caller(), c.verdict(), c.figures()
		for _, g := range c.groups() {
			p.Sections = append(p.Sections, Section{ID: g.id, Title: g.title, About: g.about, Blocks: g.blocks})
		}
		return withFindings(p, nil, x.Answer.Findings)
	}
	p.Title = fmt.Sprintf("%d calls, one after the other", len(x.Answer.Calls))
	t := &Table{Caption: "calls", Columns: []Column{{Title: "call"}, {Title: "caller"}, {Title: "outcome"}, {Title: "rule"}, {Title: "to"}, {Title: "priority", Number: true}, {Title: "waited", Number: true}, {Title: "requests", Number: true}}}
	p.Sections = append(p.Sections, Section{ID: "calls", Title: "Calls", Blocks: []Block{t}})
	for i := range x.Answer.Calls {
		c := &callPage{Called: x, c: x.Answer.Calls[i], seen: x.Calls[i], at: Pointer("calls", i)}
		t.Rows = append(t.Rows, Row{Cells: []Text{
			T(Own(fmt.Sprint(i + 1))), T(Str(c.caller(), c.at+"/ani")), c.optional(c.c.Outcome, "outcome"), c.optional(c.c.Rule, "rule"), c.to(),
			T(Count(c.c.Priority, c.at+"/priority")), T(Ms(c.c.WaitedMs, c.at+"/waitedMs")), T(Count(int64(c.c.HubSpotRequests), c.at+"/hubspotRequests")),
		}})
		s := Section{ID: fmt.Sprintf("call-%d", i+1), Title: fmt.Sprintf("Call %d of %s", i+1, c.caller())}
		for _, g := range c.groups() {
			s.Blocks = append(s.Blocks, Group{Title: T(g.title), Blocks: g.blocks})
		}
		p.Sections = append(p.Sections, s)
	}
	p.Sections[0].Blocks = append(p.Sections[0].Blocks, outcomesMean(x.Answer.Calls))
	p.Verdict = x.verdict()
	return withFindings(p, nil, x.Answer.Findings)
}

// verdict is that of several calls: how many were looked up, and whether one went wrong.
func (x Called) verdict() Verdict {
	failed, wrong := 0, 0
	for i, c := range x.Answer.Calls {
		if c.Outcome != nil && *c.Outcome == string(routing.LookupFailed) {
			failed++
		}
		if len(x.Calls[i].Problems) > 0 {
			wrong++
		}
	}
	all := Len(len(x.Answer.Calls), "/calls")
	switch {
	case wrong > 0:
		return Verdict{Bad, "not in order", T(Own(fmt.Sprint(wrong)), " of ", all, " calls met an error")}
	case failed > 0:
		return Verdict{Warn, "not every caller is looked up", T("HubSpot could not be asked about ", Where(failed, "/calls", "outcome", string(routing.LookupFailed)), " of ", all, " callers")}
	}
	return Verdict{Accent, "routed", T(all, " calls; no lookup failed")}
}

// A callPage is one call in the making.
type callPage struct {
	Called
	c    view.Call
	seen Seen
	at   string // of the call in the answer
}

// A group is a part of what is said of a call.
type group struct {
	id, title string
	about     Text
	blocks    []Block
}

func (c *callPage) caller() string { return cmp.Or(c.c.ANI, "nobody's number") }

func (c *callPage) optional(s *string, key string) Text {
	if s == nil {
		return T("–")
	}
	return T(Str(*s, c.at+"/"+key))
}

// outcomeNote says in words what an outcome means.
func outcomeNote(s *string) Text {
	if s == nil {
		return nil
	}
	return T(Own(picture.OutcomeWords(routing.Outcome(*s))))
}

// outcomesMean are the words of the outcomes that calls have, in the order in which they come first.
func outcomesMean(calls []view.Call) Block {
	var out Facts
	seen := map[string]bool{}
	for _, c := range calls {
		if c.Outcome != nil && !seen[*c.Outcome] {
			seen[*c.Outcome] = true
			out = append(out, Fact{*c.Outcome, outcomeNote(c.Outcome)})
		}
	}
	return out
}

// to is where the call ended.
func (c *callPage) to() Text {
	switch {
	case c.c.Queue != nil:
		return T("queue ", Str(*c.c.Queue, c.at+"/queue"))
	case c.c.Flow != nil:
		return T("flow ", Str(*c.c.Flow, c.at+"/flow"))
	}
	return T(Str(c.c.Ending, c.at+"/ending"))
}

func (c *callPage) failed() bool {
	return c.c.Outcome != nil && *c.c.Outcome == string(routing.LookupFailed)
}

func (c *callPage) verdict() Verdict {
	v := Verdict{Tone: Accent, Word: "goes to " + c.to().String(), Text: c.why()}
	switch {
	case len(c.seen.Problems) > 0:
		v.Tone = Bad
	case c.failed():
		v.Tone = Warn
	}
	if c.c.Queue == nil && c.c.Flow == nil {
		v.Word = "ends: " + c.c.Ending
	}
	return v
}

// why is in a sentence what decided.
func (c *callPage) why() Text {
	var out Text
	if c.failed() {
		out = T("the caller was not looked up; ")
	}
	switch {
	case c.c.Rule != nil:
		out = append(out, T("rule ", Str(*c.c.Rule, c.at+"/rule"), " took the call")...)
		if c.seen.RuleAt != "" {
			out = append(out, T(" (", Own(c.seen.RuleAt), ")")...)
		}
	case c.c.Reason == "fallback":
		out = append(out, T("no rule took the call, so the fallback did")...)
	case c.c.Reason == "kept":
		out = append(out, T("the decision of an earlier leg was kept")...)
	case c.c.Reason == "schedule":
		out = append(out, T("the schedule decided, and nobody was looked up")...)
	default:
		out = append(out, T("decided by ", Str(c.c.Reason, c.at+"/reason"))...)
	}
	return out
}

func (c *callPage) figures() []Figure {
	v := c.c
	waited := Figure{Label: "waited", Value: T(Ms(v.WaitedMs, c.at+"/waitedMs")), Note: T("HubSpot ", Ms(v.HubSpotMs, c.at+"/hubspotMs"))}
	if c.Budget > 0 {
		waited.Note = append(waited.Note, T(" of ", Own(words.Thousands(c.Budget)), " at most")...)
	}
	return []Figure{
		{Label: "outcome", Value: c.optional(v.Outcome, "outcome"), Note: outcomeNote(v.Outcome), Tone: toneIf(c.failed(), Warn)},
		{Label: "priority", Value: T(Count(v.Priority, c.at+"/priority"))},
		waited,
		{Label: "requests to HubSpot", Value: T(Count(int64(v.HubSpotRequests), c.at+"/hubspotRequests"))},
		{Label: "actions of the flow", Value: T(Count(int64(v.Actions), c.at+"/actions"))},
	}
}

func (c *callPage) groups() []group {
	out := []group{{"answer", "Answer", nil, c.answer()}}
	if g := c.seen.Rules; g != nil {
		out = append(out, group{"rules", "Rules", T("What was asked, in order, and which rule took the call."), []Block{Picture{Graph: *g, Caption: "the call's way through the rules"}}})
	}
	if g := c.seen.Flow; g != nil {
		out = append(out, group{"path", "Path", T("The flow, with the way of the call; its actions one by one are in the list of steps."), []Block{Picture{Graph: *g, Caption: "the call's way through the flow"}}})
	}
	out = append(out, group{"waits", "Waits", nil, []Block{c.waits()}})
	if b := c.requests(); b != nil {
		out = append(out, group{"requests", "Requests to HubSpot", nil, []Block{b}})
	}
	out = append(out, group{"steps", "Steps", T("Each action of the flow, in the order of the call."), []Block{c.steps()}}, group{"left", "What the call leaves", nil, c.left()})
	return out
}

// answer is what became of the call.
func (c *callPage) answer() []Block {
	v := c.c
	f := Facts{{"caller", T(Str(c.caller(), c.at+"/ani"))}}
	if v.ANI == "" {
		f[0].Value = T("no number was shown")
	}
	add := func(name string, s *string, key string) {
		if s != nil {
			f = append(f, Fact{name, T(Str(*s, c.at+"/"+key))})
		}
	}
	add("called", v.DNIS, "dnis")
	add("schedule", v.Schedule, "schedule")
	if v.Outcome != nil {
		f = append(f, Fact{"outcome", T(c.optional(v.Outcome, "outcome"), ": ", outcomeNote(v.Outcome))})
	}
	add("contact", v.ContactID, "contactId")
	add("company", v.CompanyID, "companyId")
	if v.OpenDeals != nil {
		f = append(f, Fact{"open deals", T(Count(*v.OpenDeals, c.at+"/openDeals"))})
	}
	add("value", v.Value, "value")
	f = append(f, Fact{"decided by", c.why()}, Fact{"transfer", c.to()})
	if len(v.Skills) > 0 {
		var skills Text
		for i, s := range v.Skills {
			if i > 0 {
				skills = append(skills, T(", ")...)
			}
			skills = append(skills, Str(s, c.at+Pointer("skills", i)))
		}
		f = append(f, Fact{"skills", skills})
	}
	f = append(f, Fact{"priority", T(Count(v.Priority, c.at+"/priority"))})
	add("owner in HubSpot", v.Owner, "owner")
	add("asked first", v.PreferredAgent, "preferredAgent")
	f = append(f, Fact{"answers from", T(Own(c.Source))})
	blocks := []Block{f}
	var notes []Text
	for i, n := range v.Notes {
		notes = append(notes, T(Str(n, c.at+Pointer("notes", i))))
	}
	for _, e := range c.seen.Problems {
		notes = append(notes, T(Word(Bad, "error"), " ", Own(e)))
	}
	if notes != nil {
		blocks = append(blocks, List{Items: notes})
	}
	if c.seen.Rule != nil {
		blocks = append(blocks, *c.seen.Rule)
	}
	return blocks
}

// waits are the parts of the time until the caller reached somebody.
func (c *callPage) waits() Block {
	v := c.c
	b := &Bars{Caption: "Where the time went", Names: "what", Values: "milliseconds", Whole: true}
	for _, x := range []struct {
		name, short, key string
		n                int64
		style            Style
	}{
		{"data actions that ask HubSpot", "HubSpot", "hubspotMs", v.HubSpotMs, First},
		{"reads of the control table", "table", "tablesMs", v.TablesMs, Second},
		{"the breaker's action", "breaker", "breakerMs", v.BreakerMs, Skip},
		{"transfers", "transfers", "transfersMs", v.TransfersMs, Third},
		{"the flow itself, its messages and menus", "flow", "otherMs", v.OtherMs, Third},
	} {
		if x.n > 0 {
			b.Rows = append(b.Rows, Bar{Name: T(x.name), Short: x.short, Value: float64(x.n), Shown: T(Ms(x.n, c.at+"/"+x.key)), Style: x.style})
		}
	}
	if len(b.Rows) == 0 {
		return Para(T("It took no time."))
	}
	return b
}

// requests are those of all steps.
func (c *callPage) requests() Block {
	t := &Table{Caption: "requests", Columns: []Column{{Title: "data action"}, {Title: "request", Wide: true}, {Title: "answer"}, {Title: "ms", Number: true}}}
	for _, s := range c.seen.Steps {
		for _, r := range s.Requests {
			row := Row{Label: "Request and reply", Cells: []Text{T(Own(r.Action)), {own(Code(r.Method+" "+r.URL, ""))}, r.answer(), T(Own(words.Thousands(r.Ms)))}}
			if r.Body != "" {
				row.More = append(row.More, Pre{"request", r.Body})
			}
			if r.Reply != "" {
				row.More = append(row.More, Pre{"reply", r.Reply})
			}
			t.Rows = append(t.Rows, row)
		}
	}
	if t.Rows == nil {
		return nil
	}
	return t
}

// own makes a bit one of ours, which is not held against the answer.
func own(b Bit) Bit {
	b.own, b.Path = true, ""
	return b
}

func (r Request) answer() Text {
	switch {
	case r.Error != "":
		return T(own(Word(Bad, "none")), " ", Own(r.Error))
	case r.Status >= 400:
		return Text{own(Word(Bad, fmt.Sprint(r.Status)))}
	case r.Status == 0:
		return T("–")
	}
	return Text{own(Word(Good, fmt.Sprint(r.Status)))}
}

// steps are the actions of the flow.
func (c *callPage) steps() Block {
	t := &Table{Caption: "steps", Columns: []Column{{Title: "step", Number: true}, {Title: "task"}, {Title: "action", Wide: true}, {Title: "kind"}, {Title: "way"}, {Title: "at", Number: true}, {Title: "took", Number: true}}}
	for i, s := range c.c.Path {
		at := c.at + Pointer("path", i)
		var more Step
		if i < len(c.seen.Steps) {
			more = c.seen.Steps[i]
		}
		way := T("–")
		if s.Branch != nil {
			way = T(Str(*s.Branch, at+"/branch"))
		}
		row := Row{Cells: []Text{T(Own(fmt.Sprint(i + 1))), T(Own(more.Task)), T(Str(s.Action, at+"/action")), {Code(s.Type, at+"/type")}, way, T(Own(words.Thousands(more.AtMs) + " ms")), T(Ms(s.Ms, at+"/ms"))}}
		row.More, row.Label = more.blocks(), more.label()
		if more.Error != "" {
			row.Tone = Bad
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// label says what opens below a step.
func (s Step) label() string {
	var out []string
	for _, x := range []struct {
		n         int
		one, more string
	}{{len(s.In), "input", "inputs"}, {len(s.Out), "output", "outputs"}, {len(s.Wrote), "row written", "rows written"}} {
		if x.n > 0 {
			out = append(out, words.Count(x.n, x.one, x.more))
		}
	}
	return cmp.Or(strings.Join(out, ", "), "error")
}

func (s Step) blocks() []Block {
	var out []Block
	list := func(title string, ps []Pair) {
		if len(ps) == 0 {
			return
		}
		f := Facts{}
		for _, p := range ps {
			f = append(f, Fact{p.Name, Text{own(Bit{Text: cmp.Or(p.Value, `""`), Code: true})}})
		}
		out = append(out, Group{Title: T(title), Blocks: []Block{f}})
	}
	list("Inputs", s.In)
	list("Outputs", s.Out)
	if len(s.Wrote) > 0 {
		l := List{}
		for _, w := range s.Wrote {
			l.Items = append(l.Items, T(Own(w)))
		}
		out = append(out, Group{Title: T("Rows that it wrote"), Blocks: []Block{l}})
	}
	if s.Error != "" {
		out = append(out, Para(T(Word(Bad, "error"), " ", Own(s.Error))))
	}
	return out
}

// left is what the call leaves: to the agent, and to whoever handles the call next.
func (c *callPage) left() []Block {
	var out []Block
	if p := c.c.ScreenPop; p != nil {
		f := Facts{}
		for _, name := range slices.Sorted(maps.Keys(p.Inputs)) {
			f = append(f, Fact{cmp.Or(c.seen.Labels[name], name), T(Str(p.Inputs[name], c.at+Pointer("screenPop", "inputs", name)))})
		}
		out = append(out, Group{Title: T("Screen pop: ", Str(p.Script, c.at+"/screenPop/script")), Blocks: []Block{f}})
	}
	if len(c.c.ParticipantData) > 0 {
		f := Facts{}
		for _, name := range slices.Sorted(maps.Keys(c.c.ParticipantData)) {
			f = append(f, Fact{name, T(Str(c.c.ParticipantData[name], c.at+Pointer("participantData", name)))})
		}
		out = append(out, Group{Title: T("Participant data"), Blocks: []Block{f}})
	}
	if out == nil {
		out = append(out, Para(T("No participant data, and no screen pop.")))
	}
	return out
}
