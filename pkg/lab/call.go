package lab

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/dealroute/dealroute/pkg/words"
)

// A Step is an action of the flow that ran.
type Step struct {
	N int `json:"n"` // from 1
	view.TracedStep
	Line  *int     `json:"line"`  // of the flow
	Node  *string  `json:"node"`  // of the picture
	Edge  *string  `json:"edge"`  // by which the call goes on to the next node; null within one
	Edges []string `json:"edges"` // by which it came to the node; none within one
	Far   bool     `json:"far"`   // no way of the picture leads there: error handling
	New   bool     `json:"new"`

	branch string
}

// A Pop is what the agent sees.
type Pop struct {
	Script string  `json:"script"`
	Fields []Field `json:"fields"`
}

// A Field is an input of the agent's script.
type Field struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	Value string `json:"value"`
}

// A Move is what is not as it was.
type Move struct {
	What string `json:"what"`
	Was  string `json:"was"`
	Is   string `json:"is"`
}

// An Asked is what a call was made with, its number masked.
type Asked struct {
	ANI      string   `json:"ani"`
	DNIS     *string  `json:"dnis"`
	Faults   []string `json:"faults"`
	At       string   `json:"at"`
	Lacks    Lacks    `json:"lacks"`
	Schedule *string  `json:"schedule"`
}

// A Call is what became of one.
type Call struct {
	Head
	Again    *int        `json:"again"`
	Dial     Asked       `json:"dial"`
	Call     view.Call   `json:"call"`
	Steps    []Step      `json:"steps"`
	Data     []view.Pair `json:"data"`
	Pop      *Pop        `json:"pop"`
	Against  *int        `json:"against"`
	Moved    []Move      `json:"moved"`
	Later    *Later      `json:"later"`    // null: the call would become the same at any time soon
	Findings []Finding   `json:"findings"` // errors and warnings of the flow at run time
	Run      Run         `json:"run"`
}

// A Head is a call in a list.
type Head struct {
	Number   int      `json:"number"`
	Shown    string   `json:"shown"`
	Revision int      `json:"revision"` // of the text that it was made with
	Says     Says     `json:"says"`
	WaitedMs int64    `json:"waitedMs"`
	Faults   []string `json:"faults"`
}

// Says is what became of a call, in words.
type Says struct {
	Outcome string `json:"outcome"` // what is known of the caller, or the state of the schedule that decided
	By      string `json:"by"`      // what decided where it goes
	To      string `json:"to"`      // the name of the queue or flow, or how it ended
	Goes    string `json:"goes"`    // the same as a verb
}

func newHead(c view.Call, faults []string) Head {
	says := Says{By: c.By(), To: c.To(), Goes: c.Goes()}
	switch {
	case c.Outcome != nil:
		says.Outcome = words.Known(*c.Outcome)
	case c.Schedule != nil:
		says.Outcome = "schedule: " + *c.Schedule
	}
	if c.Queue != nil {
		says.Goes += fmt.Sprintf(", priority %d", c.Priority)
	}
	return Head{Shown: c.ANI, Says: says, WaitedMs: c.WaitedMs, Faults: faults}
}

func some(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// newCall says what became of a call, without anything personal in it.
func newCall(seen *Seen, d Dial) *Call {
	o, m := seen.Outcome, seen.Mask
	c := &Call{Call: view.NewCall(o, m), Moved: []Move{}, Data: []view.Pair{}}
	lacks := d.Lacks
	for _, names := range []*[]string{&lacks.Queues, &lacks.Skills, &lacks.Flows, &lacks.Transfers} {
		*names = append([]string{}, *names...)
	}
	c.Dial = Asked{ANI: c.Call.ANI, DNIS: c.Call.DNIS, Faults: append([]string{}, d.Faults...), At: stamp(o.Call.At), Lacks: lacks, Schedule: some(d.Schedule)}
	c.Head = newHead(c.Call, c.Dial.Faults)
	for _, name := range slices.Sorted(maps.Keys(c.Call.ParticipantData)) {
		c.Data = append(c.Data, view.Pair{Name: name, Value: c.Call.ParticipantData[name]})
	}
	if p := o.Result.ScreenPop; p != nil {
		c.Pop = &Pop{Script: p.Script, Fields: []Field{}}
		for _, in := range p.Inputs {
			c.Pop.Fields = append(c.Pop.Fields, Field{in.Name, cmp.Or(seen.Labels[in.Name], in.Name), c.Call.ScreenPop.Inputs[in.Name]})
		}
	}
	c.Steps = steps(seen)
	c.Findings = []Finding{}
	for _, p := range o.Result.Problems {
		c.Findings = append(c.Findings, Finding{Severity: diag.Error, Message: m.Text(p.Action + ": " + p.Message)})
	}
	for _, p := range o.Result.Warnings {
		c.Findings = append(c.Findings, Finding{Severity: diag.Warning, Message: m.Text(p.Action + ": " + p.Message)})
	}
	return c
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// Traced are the actions of a call that ran, each with what it asked the outside for, without anything personal.
func Traced(seen *Seen) []view.TracedStep {
	all := steps(seen)
	out := make([]view.TracedStep, len(all))
	for i, s := range all {
		out[i] = s.TracedStep
	}
	return out
}

// steps are the actions that ran, each with what it asked the outside for.
func steps(seen *Seen) []Step {
	o, m := seen.Outcome, seen.Mask
	out := make([]Step, 0, len(o.Result.Path))
	for i, s := range o.Result.Path {
		x := Step{
			N: i + 1, Edges: []string{}, branch: s.Branch,
			TracedStep: view.TracedStep{
				Step: view.Step{Action: s.Action, Type: s.Type, Branch: some(s.Branch), Ms: view.Ms(s.Elapsed)},
				Task: s.Task, AtMs: view.Ms(s.At), Inputs: pairs(s.Inputs, m), Outputs: pairs(s.Outputs, m), Requests: []view.Request{}, Rows: []view.Row{},
			},
		}
		if s.Pos.Line > 0 {
			x.Line = &s.Pos.Line
		}
		out = append(out, x)
	}
	at := 0
	for _, e := range seen.Effects {
		if at = stepOf(o.Result.Path, e, at); at >= len(out) {
			break
		}
		for _, x := range e.Sent {
			out[at].Requests = append(out[at].Requests, newRequest(x, seen))
		}
		out[at].Rows = append(out[at].Rows, Rows(e.Rows)...)
	}
	for _, p := range o.Result.Problems {
		for i := len(out) - 1; i >= 0; i-- {
			if s := o.Result.Path[i]; s.Pos == p.Pos && s.Action == p.Action {
				out[i].Error = some(m.Text(p.Message))
				break
			}
		}
	}
	return out
}

// stepOf finds the step at which something was asked for, which is none before the last one found.
func stepOf(path []interp.Step, e Effect, from int) int {
	if e.At == (diag.Position{}) {
		return max(len(path)-1, 0)
	}
	for i := from; i < len(path); i++ {
		if s := path[i]; s.Pos == e.At && s.At <= e.Since && e.Since <= s.At+s.Elapsed {
			return i
		}
	}
	return from
}

// longestValue is how many characters of a value are shown: some tables of the flow are long.
const longestValue = 2000

func pairs(all []interp.Named, m *privacy.Mask) []view.Pair {
	out := make([]view.Pair, 0, len(all))
	for _, n := range all {
		out = append(out, view.Pair{Name: n.Name, Value: diag.Shorten(m.Text(m.Data(n.Name, view.Plain(n.Value))), longestValue)})
	}
	return out
}

// Rows are rows of the control table in the order of their keys.
func Rows(all map[string]map[string]any) []view.Row {
	out := []view.Row{}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		r := view.Row{Key: key, Columns: []view.Pair{}}
		for _, c := range slices.Sorted(maps.Keys(all[key])) {
			if c != "key" {
				r.Columns = append(r.Columns, view.Pair{Name: c, Value: privacy.Said(fmt.Sprint(all[key][c]))})
			}
		}
		out = append(out, r)
	}
	return out
}

// newRequest shows a request and its reply without what is personal, and without those of an
// action that asks for a token at all.
func newRequest(x Exchange, seen *Seen) view.Request {
	r := x.Request
	out := view.Request{Action: r.Action, Method: r.Method, URL: r.URL, Ms: view.Ms(x.Response.Latency)}
	if u, err := url.Parse(r.URL); err == nil {
		out.URL = cmp.Or(u.EscapedPath(), "/")
		if u.RawQuery != "" {
			out.URL += "?" + u.RawQuery
		}
	}
	out.URL = seen.Mask.Text(out.URL)
	if x.Response.Status != 0 {
		out.Status = &x.Response.Status
	}
	if slices.Contains(seen.Bodies, r.Action) {
		out.Body, out.Reply = body(r.Body, seen.Mask), body(x.Response.Body, seen.Mask)
	}
	if x.Err != nil {
		out.Error = some(seen.Mask.Text(x.Err.Error()))
		if x.late() {
			out.Fault = some(string(transport.FaultTimeout))
		}
	}
	return out
}

// body is a text as it is shown: JSON indented, of anything else what the mask lets through.
func body(data []byte, m *privacy.Mask) *string {
	if len(data) == 0 {
		return nil
	}
	if !json.Valid(data) {
		return some(diag.Line(m.Text(string(data)))) // its ends of lines could pass for lines of ours
	}
	masked := m.Reply(data)
	var b strings.Builder
	if err := view.JSON(&b, json.RawMessage(masked)); err != nil {
		return some(string(masked))
	}
	return some(strings.TrimSuffix(b.String(), "\n"))
}

// compare marks in a call what is not as it was in another one.
func (c *Call) compare(was *Call) {
	if was == nil {
		return
	}
	n := was.Number
	c.Against = &n
	a, b := was.Call, c.Call
	move := func(what, x, y string) {
		if x != y {
			c.Moved = append(c.Moved, Move{what, x, y})
		}
	}
	move("caller", was.Says.Outcome, c.Says.Outcome)
	move("decided by", was.Says.By, c.Says.By)
	move("end", words.End(a.Ending, target(a)), words.End(b.Ending, target(b)))
	move("skills", strings.Join(a.Skills, ", "), strings.Join(b.Skills, ", "))
	move("priority", fmt.Sprint(a.Priority), fmt.Sprint(b.Priority))
	move("owner", text(a.PreferredAgent), text(b.PreferredAgent))
	move("contact", text(a.ContactID), text(b.ContactID))
	move("waited", words.Ms(a.WaitedMs), words.Ms(b.WaitedMs))
	move("requests", fmt.Sprint(a.HubSpotRequests), fmt.Sprint(b.HubSpotRequests))
	before, had := was.values()
	after, has := c.values()
	for _, name := range unique(append(before, after...)) {
		move(name, had[name], has[name])
	}
	seen := map[[4]string]bool{}
	for _, s := range was.Steps {
		seen[s.same()] = true
	}
	for i := range c.Steps {
		c.Steps[i].New = !seen[c.Steps[i].same()]
	}
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// target is where a call was handed to, empty for nowhere.
func target(c view.Call) string { return cmp.Or(text(c.Queue), text(c.Flow)) }

// same is what makes a step of one call the same as one of another.
func (s Step) same() [4]string { return [4]string{s.Task, s.Action, s.Type, s.branch} }

// values are those of an agent's screen, and what is kept with a conversation, by what they are called.
func (c *Call) values() (names []string, by map[string]string) {
	by = map[string]string{}
	add := func(name, value string) {
		names = append(names, name)
		by[name] = value
	}
	if c.Pop != nil {
		add("screen pop", c.Pop.Script)
		for _, f := range c.Pop.Fields {
			add("agent sees "+f.Label, f.Value)
		}
	}
	for _, p := range c.Data {
		if !slices.Contains(ofText, p.Name) {
			add("data "+p.Name, p.Value)
		}
	}
	return names, by
}

// ofText is participant data that is another with each text, or with the time.
var ofText = []string{"dealroute_policy", "dealroute_until"}
