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
	Labels      map[string]string
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
	var outcomes []*string
	for i := range x.Answer.Calls {
		c := &callPage{Called: x, c: x.Answer.Calls[i], seen: x.Calls[i], at: Pointer("calls", i)}
		outcomes = append(outcomes, c.c.Outcome)
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
	p.Sections[0].Blocks = append(p.Sections[0].Blocks, outcomesMean(outcomes))
	p.Verdict = x.verdict()
	return withFindings(p, nil, x.Answer.Findings)
}

// verdict is that of several calls: how many were looked up, and whether one went wrong.
func (x Called) verdict() Verdict {
	failed, wrong := 0, 0
	for _, c := range x.Answer.Calls {
		if c.Outcome != nil && *c.Outcome == string(routing.LookupFailed) {
			failed++
		}
		if len(c.Errors) > 0 {
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
	c    view.TracedCall
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
	return T(Own(words.Outcome(*s)))
}

// outcomesMean are the words of the outcomes that calls have, in the order in which they come first.
func outcomesMean(outcomes []*string) Block {
	var out Facts
	seen := map[string]bool{}
	for _, o := range outcomes {
		if o != nil && !seen[*o] {
			seen[*o] = true
			out = append(out, Fact{*o, outcomeNote(o)})
		}
	}
	return out
}

// to is where the call ended.
func (c *callPage) to() Text {
	name, path := c.target()
	return ended(c.c.Ending, name, path)
}

// target is the name of the queue or the flow that the call went to, and where that stands.
func (c *callPage) target() (name *string, path string) {
	if c.c.Queue != nil {
		return c.c.Queue, c.at + "/queue"
	}
	return c.c.Flow, c.at + "/flow"
}

func (c *callPage) failed() bool {
	return c.c.Outcome != nil && *c.c.Outcome == string(routing.LookupFailed)
}

func (c *callPage) verdict() Verdict {
	v := Verdict{Tone: Accent, Word: c.c.Goes(), Text: T("decided by ", c.why())}
	switch {
	case len(c.c.Errors) > 0:
		v.Tone = Bad
	case c.failed():
		v.Tone, v.Text = Warn, T("the caller was not looked up; ", v.Text)
	}
	return v
}

// why is what decided.
func (c *callPage) why() Text {
	out := reasonText(view.Reason{Rule: c.c.Rule, Reason: c.c.Reason}, c.at)
	if c.seen.RuleAt != "" {
		out = T(out, " (", Own(c.seen.RuleAt), ")")
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
		out = append(out, group{"path", "Path", T("The flow, with the way of the call; its actions one by one are in the list of steps."), []Block{Picture{Graph: *g, Caption: "the call's way through the flow", Glance: true}}})
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
	if v.Value != nil {
		f = append(f, Fact{"value of the open deals", T(Amount(*v.Value, c.at+"/value"))})
	}
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
	for i, e := range v.Errors {
		at := c.at + Pointer("errors", i)
		notes = append(notes, T(Word(Bad, "error"), " ", Str(e.Action, at+"/action"), ": ", Str(e.Message, at+"/message")))
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
	t := &Table{Caption: "requests", Columns: []Column{{Title: "data action"}, {Title: "request", Wide: true}, {Title: "answer"}, {Title: "took", Number: true}}}
	for i, s := range c.c.Path {
		for j, r := range s.Requests {
			at := c.at + Pointer("path", i, "requests", j)
			row := Row{Label: "Request and reply", Cells: []Text{
				T(Str(r.Action, at+"/action")), T(Code(r.Method, at+"/method"), " ", Code(r.URL, at+"/url")), answered(r, at), T(Ms(r.Ms, at+"/ms")),
			}}
			if r.Body != nil {
				row.More = append(row.More, Pre{"request", *r.Body, at + "/request"})
			}
			if r.Reply != nil {
				row.More = append(row.More, Pre{"reply", *r.Reply, at + "/reply"})
			}
			t.Rows = append(t.Rows, row)
		}
	}
	if t.Rows == nil {
		return nil
	}
	return t
}

// answered is how a request was answered.
func answered(r view.Request, at string) Text {
	switch {
	case r.Error != nil:
		return T(Word(Bad, "none"), " ", Str(*r.Error, at+"/error"))
	case r.Status == nil:
		return T("–")
	}
	out := Count(int64(*r.Status), at+"/status")
	if out.Tone = Good; *r.Status >= 400 {
		out.Tone = Bad
	}
	return T(out)
}

// steps are the actions of the flow.
func (c *callPage) steps() Block {
	t := &Table{Caption: "steps", Columns: []Column{{Title: "step", Number: true}, {Title: "task"}, {Title: "action", Wide: true}, {Title: "kind"}, {Title: "way"}, {Title: "at", Number: true}, {Title: "took", Number: true}}}
	for i, s := range c.c.Path {
		at := c.at + Pointer("path", i)
		way := T("–")
		if s.Branch != nil {
			way = T(Str(*s.Branch, at+"/branch"))
		}
		row := Row{Cells: []Text{
			T(Own(fmt.Sprint(i + 1))), T(Str(s.Task, at+"/task")), T(Str(s.Action, at+"/action")), {Code(s.Type, at+"/type")}, way, T(Ms(s.AtMs, at+"/atMs")), T(Ms(s.Ms, at+"/ms")),
		}}
		row.More, row.Label = stepBlocks(s, at), stepLabel(s)
		if s.Error != nil {
			row.Tone = Bad
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// stepLabel says what opens below a step.
func stepLabel(s view.TracedStep) string {
	var out []string
	for _, x := range []struct {
		n         int
		one, more string
	}{{len(s.Inputs), "input", "inputs"}, {len(s.Outputs), "output", "outputs"}, {len(s.Rows), "row written", "rows written"}} {
		if x.n > 0 {
			out = append(out, words.Count(x.n, x.one, x.more))
		}
	}
	return cmp.Or(strings.Join(out, ", "), "error")
}

func stepBlocks(s view.TracedStep, at string) []Block {
	var out []Block
	list := func(title, key string, ps []view.Pair) {
		if len(ps) == 0 {
			return
		}
		f := Facts{}
		for i, p := range ps {
			v := Text{own(Bit{Text: `""`, Code: true})}
			if p.Value != "" {
				v = T(Code(p.Value, at+Pointer(key, i, "value")))
			}
			f = append(f, Fact{p.Name, v})
		}
		out = append(out, Group{Title: T(title), Blocks: []Block{f}})
	}
	list("Inputs", "inputs", s.Inputs)
	list("Outputs", "outputs", s.Outputs)
	if len(s.Rows) > 0 {
		out = append(out, Group{Title: T("Rows that it wrote"), Blocks: []Block{rowsWritten(s.Rows, at+"/rows")}})
	}
	if s.Error != nil {
		out = append(out, Para(T(Word(Bad, "error"), " ", Str(*s.Error, at+"/error"))))
	}
	return out
}

func rowsWritten(rows []view.Row, at string) List {
	l := List{}
	for i, r := range rows {
		here := at + Pointer(i)
		says := T(Str(r.Key, here+"/key"), ": ")
		for j, c := range r.Columns {
			if j > 0 {
				says = T(says, ", ")
			}
			there := here + Pointer("columns", j)
			says = T(says, Str(c.Name, there+"/name"), " = ", Str(c.Value, there+"/value"))
		}
		l.Items = append(l.Items, says)
	}
	return l
}

// own makes a bit one of ours, which is not held against the answer.
func own(b Bit) Bit {
	b.own, b.Path = true, ""
	return b
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
