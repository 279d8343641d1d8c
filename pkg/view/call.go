package view

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/pkg/words"
)

// A Call is a simulated call as JSON. Keys are always there, null when there is nothing.
type Call struct {
	ANI             string            `json:"ani"` // masked unless personal data was asked for
	DNIS            *string           `json:"dnis"`
	Schedule        *string           `json:"schedule"` // state of the schedule when the call came
	Outcome         *string           `json:"outcome"`  // null when the schedule decided: nobody was looked up
	Rule            *string           `json:"rule"`
	Reason          string            `json:"reason"`
	Ending          string            `json:"ending"`
	Queue           *string           `json:"queue"`
	Flow            *string           `json:"flow"` // that took the call over
	Skills          []string          `json:"skills"`
	Priority        int64             `json:"priority"`
	Owner           *string           `json:"owner"`          // id in HubSpot of who was to be asked first
	PreferredAgent  *string           `json:"preferredAgent"` // id of the user who is asked first
	ContactID       *string           `json:"contactId"`
	CompanyID       *string           `json:"companyId"` // of the contact, or found by its own number
	OpenDeals       *int64            `json:"openDeals"`
	Value           *string           `json:"value"`
	ParticipantData map[string]string `json:"participantData"`
	ScreenPop       *ScreenPop        `json:"screenPop"`
	HubSpotMs       int64             `json:"hubspotMs"`
	TablesMs        int64             `json:"tablesMs"`
	BreakerMs       int64             `json:"breakerMs"`
	WaitedMs        int64             `json:"waitedMs"`    // the sum of these three
	TransfersMs     int64             `json:"transfersMs"` // not waited for HubSpot
	OtherMs         int64             `json:"otherMs"`     // of the flow, such as a menu
	HubSpotRequests int               `json:"hubspotRequests"`
	Actions         int               `json:"actions"`
	Notes           []string          `json:"notes"` // why it is not otherwise
	Path            []Step            `json:"path"`
}

// A ScreenPop is the script an agent sees with its inputs.
type ScreenPop struct {
	Script string            `json:"script"`
	Inputs map[string]string `json:"inputs"`
}

// A Step is an action of the flow.
type Step struct {
	Action string  `json:"action"`
	Type   string  `json:"type"`
	Branch *string `json:"branch"`
	Ms     int64   `json:"ms"`
}

// Calls is the answer of simulate.
type Calls struct {
	Schema   int          `json:"schema"`
	Calls    []TracedCall `json:"calls"`
	Findings []Finding    `json:"findings"` // about the files and the account, not about one call
}

// NewCall converts an outcome.
func NewCall(o *simulate.Outcome, m *privacy.Mask) Call {
	r := o.Result
	c := Call{
		ANI: m.Number(o.Call.ANI), DNIS: text(o.Call.DNIS), Schedule: text(o.Schedule), Outcome: text(o.Outcome), Rule: text(o.Rule), Reason: o.Reason,
		Ending: string(r.Ending), Queue: text(r.Queue), Skills: append([]string{}, r.Skills...), Priority: r.Priority,
		ContactID: text(o.ContactID), CompanyID: text(o.CompanyID), OpenDeals: o.OpenDeals, ParticipantData: map[string]string{},
		HubSpotMs: Ms(o.HubSpot), TablesMs: Ms(o.Tables), BreakerMs: Ms(o.Breaker), TransfersMs: Ms(o.Transfers), OtherMs: max(0, Ms(r.Elapsed-o.Waited-o.Transfers)),
		HubSpotRequests: o.Requests, Actions: len(r.Path), Notes: []string{}, Path: []Step{},
	}
	if r.Ending == interp.EndFlow {
		c.Flow = text(r.Target)
	}
	c.WaitedMs = c.HubSpotMs + c.TablesMs + c.BreakerMs // so that what was rounded adds up
	if o.Owner.Wanted {
		c.Owner = text(o.Owner.ID)
	}
	if len(r.Preferred) > 0 {
		c.PreferredAgent = text(r.Preferred[0].User)
	}
	if o.Value != "" {
		c.Value = text(m.Amount(o.Value))
	}
	for k, v := range r.ParticipantData {
		c.ParticipantData[k] = m.Data(k, v)
	}
	for _, n := range slices.Concat(elsewhere(o), unowned(o), asked(o), o.Notes) {
		c.Notes = append(c.Notes, m.Text(n))
	}
	if r.ScreenPop != nil {
		c.ScreenPop = &ScreenPop{Script: r.ScreenPop.Script, Inputs: map[string]string{}}
		for _, n := range r.ScreenPop.Inputs {
			c.ScreenPop.Inputs[n.Name] = m.Data(n.Name, Plain(n.Value))
		}
	}
	for _, s := range r.Path {
		c.Path = append(c.Path, Step{Action: s.Action, Type: s.Type, Branch: text(s.Branch), Ms: Ms(s.Elapsed)})
	}
	return c
}

// Plain is a value as a person writes it: a text without its quotes.
func Plain(v expr.Value) string {
	if v.Type() == expr.String && v.IsSet() {
		return v.Text()
	}
	return v.String()
}

// Ms rounds up, so that something that took time never shows as nothing.
func Ms(d time.Duration) int64 { return int64((d + time.Millisecond - 1) / time.Millisecond) }

// A CallFrame is what stands around calls in the text answer.
type CallFrame struct {
	Source string                   // where HubSpot's answers came from
	RuleAt func(rule string) string // place of a rule in the deployment file
	Budget time.Duration
	Mask   *privacy.Mask
	Trace  bool
	Bodies bool // traces show what data actions sent and received, too
}

// PrintCall writes the one-screen answer for an engineer.
func PrintCall(w io.Writer, o *simulate.Outcome, f CallFrame) error {
	c := NewCall(o, f.Mask)
	var b diag.Page
	line := func(name, value, more string) {
		text := strings.TrimRight(diag.Sprintf("  %-12s %-19s %s", name, value, more), " ")
		if value != string(routing.LookupFailed) {
			diag.Fprintf(&b, "%s\n", text)
			return
		}
		before, after, _ := strings.Cut(text, value)
		diag.Fprintf(&b, "%s%s%s\n", before, diag.In(diag.Bad, value), after)
	}
	head := "call " + cmp.Or(c.ANI, "without a number")
	if c.DNIS != nil {
		head += " → " + *c.DNIS
	}
	diag.Fprintf(&b, "%-45s %s\n", head, f.Source)
	if c.Schedule != nil {
		line("schedule", *c.Schedule, "")
	}
	line("outcome", cmp.Or(o.Outcome, "–"), known(c))
	line("rule", cmp.Or(o.Rule, "–"), because(o, f.RuleAt))
	line("transfer", c.To(), details(c, o))
	for _, n := range append(elsewhere(o), unowned(o)...) {
		line("", "", n)
	}
	if c.ScreenPop != nil {
		line("screen pop", c.ScreenPop.Script, "("+strings.Join(slices.Sorted(maps.Keys(c.ScreenPop.Inputs)), ", ")+")")
	}
	line("waited", words.Ms(c.WaitedMs), waits(c, o, f))
	line("path", words.Count(c.Actions, "action", "actions"), "--trace shows each with its inputs and outputs")
	for _, n := range append(asked(o), o.Notes...) {
		diag.Fprintf(&b, "  %-12s %s\n", "note", f.Mask.Text(n))
	}
	for _, p := range o.Result.Problems {
		diag.Fprintf(&b, "  %-12s %s: %s\n", diag.In(diag.Bad, "error"), p.Action, f.Mask.Text(p.Message))
	}
	if f.Trace {
		var t strings.Builder
		trace(&t, o, f)
		diag.Fprintf(&b, "%s\n", diag.Block(strings.TrimRight(t.String(), " \n")))
	}
	_, err := diag.Fprintf(w, "%s", &b)
	return err
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func known(c Call) string {
	if c.Outcome == nil {
		return "nobody was looked up"
	}
	var who []string
	if c.ContactID != nil {
		who = append(who, "contact "+*c.ContactID)
	}
	if c.CompanyID != nil {
		who = append(who, "company "+*c.CompanyID)
	}
	if who == nil {
		return ""
	}
	out := strings.Join(who, ", ")
	if c.OpenDeals != nil {
		out += ", " + words.Count(int(*c.OpenDeals), "open deal", "open deals")
	}
	if c.Value != nil {
		out += ", value " + words.Money(*c.Value)
	}
	return out
}

// To is the name of the queue or the flow that a call went to, or how else it ended, in words.
func (c Call) To() string { return cmp.Or(value(c.Queue), value(c.Flow), words.End(c.Ending, "")) }

// Goes says how a call ended: "goes to queue Sales".
func (c Call) Goes() string { return words.Goes(c.Ending, value(cmp.Or(c.Queue, c.Flow))) }

// By says what decided that: "rule negotiation".
func (c Call) By() string { return words.Decided(c.Reason, value(c.Rule)) }

func details(c Call, o *simulate.Outcome) string {
	if c.Queue == nil && c.Reason == routing.ReasonLastResort {
		return "no queue could be reached: the last resort's message, then the end"
	}
	if c.Flow != nil {
		return "another flow, which takes the call over"
	}
	if c.Queue == nil && c.Reason == routing.ReasonSchedule {
		if !slices.ContainsFunc(c.Path, func(s Step) bool { return s.Type == "playAudio" }) {
			return "the end, without a message"
		}
		return "its message, then the end"
	}
	if c.Queue == nil {
		return ""
	}
	var out []string
	if len(c.Skills) > 0 {
		out = append(out, "skills "+strings.Join(c.Skills, ", "))
	}
	p := fmt.Sprintf("priority %d", c.Priority)
	if s := sum(o); s != "" {
		p += " (" + s + ")"
	}
	if out = append(out, p); c.PreferredAgent != nil {
		out = append(out, "owner "+value(c.Owner)+" first")
	}
	return strings.Join(out, ", ")
}

// sum says what a priority is made of; empty when value has no share in it, or an unknown one.
func sum(o *simulate.Outcome) string {
	p, total := o.Result.Priority, o.Base+o.Bonus
	bounded := p == genesys.MaxPriority || p == genesys.MinPriority
	switch {
	case o.Bonus == 0 || o.Reason == routing.ReasonError: // whose priority is its own
		return ""
	case taken(o) && (o.Bonus < 0 || total == genesys.MaxPriority || total == genesys.MinPriority):
		return "" // all that was kept is the sum
	}
	base := strconv.FormatInt(o.Base, 10)
	if moved(o) || total != p && !bounded { // the base is the fallback's
		if base = strconv.FormatInt(p-o.Bonus, 10); bounded {
			base, total = "the fallback's", p+o.Bonus
		}
	}
	out := fmt.Sprintf("%s + %d by value", base, o.Bonus)
	if o.Bonus < 0 {
		out = fmt.Sprintf("%s - %d by value", base, -o.Bonus)
	}
	switch {
	case !bounded || total == p:
	case p == genesys.MaxPriority:
		out += fmt.Sprintf("; Genesys' greatest is %d", p)
	default:
		out += fmt.Sprintf("; Genesys' least is %d", p)
	}
	return out
}

// moved tells that the call is not where its rule sends it.
func moved(o *simulate.Outcome) bool {
	return len(o.Failed) > 0 || slices.ContainsFunc(o.Gone, func(t simulate.Thing) bool { return t.Type == expr.Queue })
}

func waits(c Call, o *simulate.Outcome, f CallFrame) string {
	var parts, others, rest []string
	for _, a := range o.Actions {
		part := ActionName(a.Action) + " " + words.Thousands(Ms(a.Elapsed))
		if a.HubSpot {
			parts = append(parts, part)
		} else {
			others = append(others, part)
		}
	}
	if c.TransfersMs > 0 {
		rest = append(rest, "transfers "+words.Thousands(c.TransfersMs))
	}
	if c.OtherMs > 0 {
		rest = append(rest, "the flow itself "+words.Thousands(c.OtherMs))
	}
	out := "HubSpot " + words.Thousands(c.HubSpotMs)
	if f.Budget > 0 {
		out += " of " + words.Thousands(Ms(f.Budget))
	}
	if len(parts) > 0 {
		out += ": " + strings.Join(parts, " · ")
	}
	out += "; control " + words.Thousands(c.TablesMs)
	if len(others) > 0 {
		out += "; " + strings.Join(others, " · ")
	}
	if len(rest) > 0 {
		out += " (and besides, " + strings.Join(rest, " · ") + ")"
	}
	return out
}

// ActionName is a data action's name without the deployment's name and the hash around it.
func ActionName(name string) string {
	words := strings.Fields(name)
	if len(words) > 2 {
		words = words[1 : len(words)-1]
	}
	return strings.Join(words, " ")
}

// trace lists every action with its inputs and outputs.
func trace(b *strings.Builder, o *simulate.Outcome, f CallFrame) {
	show := func(kind string, ns []interp.Named) {
		for _, n := range ns {
			diag.Fprintf(b, "           %s %s = %s\n", kind, n.Name, f.Mask.Text(f.Mask.Data(n.Name, n.Value.String())))
		}
	}
	task := ""
	for _, s := range o.Result.Path {
		if s.Task != task {
			task = s.Task
			diag.Fprintf(b, "  task %s\n", task)
		}
		branch := ""
		if s.Branch != "" {
			branch = " → " + s.Branch
		}
		diag.Fprintf(b, "    %6d ms  %s (%s)%s\n", Ms(s.At), s.Action, s.Type, branch)
		show("in ", s.Inputs)
		show("out", s.Outputs)
	}
	for _, a := range o.Actions {
		diag.Fprintf(b, "  data action %s: %s\n", a.Action, words.Ms(Ms(a.Elapsed)))
		for _, op := range a.Operations {
			text := map[bool]string{true: "ok", false: "failed"}[op.Success]
			if f.Bodies { // requests and replies are full of personal data
				text += " " + string(op.Result)
			}
			diag.Fprintf(b, "    %2d %s: %s\n", op.Step, op.Name, text)
		}
	}
}
