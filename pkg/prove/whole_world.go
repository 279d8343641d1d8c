package prove

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// A recorder writes down what a call asked for and was answered, as a world file.
type recorder struct {
	file *world.File
}

func newRecorder(s *Witness) *recorder {
	r := &recorder{worldFile()}
	r.file.Call = world.Call{ANI: s.ANI, DNIS: s.DNIS, At: s.At, Data: maps.Clone(s.Conversation)}
	if s.Through != "" {
		r.file.Call.Variables = []world.Field{{Name: calledAddress, Value: datum(expr.OfString(s.Through))}}
	}
	return r
}

// worldFile is one that can be written into.
func worldFile() *world.File {
	return &world.File{
		DataActions: map[string][]world.Reply{}, Tables: map[string]world.Table{}, Objects: map[string]map[string]string{},
		Schedules: map[string]string{}, ScheduleGroups: map[string]string{}, EmergencyGroups: map[string]string{},
		Transfers: map[string][]world.Reply{}, Branches: map[string][]world.Reply{},
	}
}

// see is told of each effect and its answer.
func (r *recorder) see(e *interp.Effect, o interp.Outcome) {
	f := r.file
	reply := world.Reply{Branch: o.Branch, Elapsed: millis(o.Elapsed), Outputs: fields(o.Outputs)}
	if o.Branch == "failure" {
		reply.Outputs = nil
		for _, n := range o.Outputs {
			if n.Name == "errorType" {
				reply.Error = text(n.Value)
			}
		}
	}
	switch e.Kind {
	case interp.EffectDataAction:
		f.DataActions[e.Category+"/"+e.Name] = append(f.DataActions[e.Category+"/"+e.Name], reply)
	case interp.EffectTable:
		t := f.Tables[e.Name]
		if t.Rows == nil {
			t.Rows = map[string][]world.Field{}
		}
		t.Elapsed = max(t.Elapsed, reply.Elapsed)
		switch o.Branch {
		case "failure":
			t.Fails = cmp.Or(reply.Error, world.DefaultTableError)
		case "found":
			t.Rows[text(e.Key)] = fields(o.Outputs)
		}
		f.Tables[e.Name] = t
	case interp.EffectFind:
		if section := world.Section(e.Type); section != "" && !o.Value.IsSet() && strings.TrimSpace(e.Name) != "" {
			r.missing(section, e.Name)
		}
	case interp.EffectSchedule:
		f.Schedules[e.Name] = o.Branch
	case interp.EffectScheduleGroup:
		f.ScheduleGroups[e.Name] = o.Branch
		for _, in := range e.Inputs {
			if in.Name == "emergencyGroup" && in.Value.IsSet() {
				f.EmergencyGroups[in.Value.Text()] = map[bool]string{true: "on", false: "off"}[o.Branch == "emergency"]
			}
		}
		if o.Branch == "emergency" {
			f.ScheduleGroups[e.Name] = "open"
		}
		if len(f.EmergencyGroups) == 0 {
			f.ScheduleGroups[e.Name] = o.Branch
		}
	case interp.EffectInput:
		f.Digits = append(f.Digits, o.Digits)
	case interp.EffectTransfer:
		if o.Branch == "failure" {
			f.Transfers[e.Name] = append(f.Transfers[e.Name], reply)
		}
	case interp.EffectBranch:
		f.Branches[actionWords(e)] = append(f.Branches[actionWords(e)], reply)
	}
}

func (r *recorder) missing(section, name string) {
	if r.file.Objects[section] == nil {
		r.file.Objects[section] = map[string]string{}
	}
	r.file.Objects[section][name] = "missing"
}

// millis is a time as a world file has it: whole, and never less than it was.
func millis(d time.Duration) time.Duration {
	return (d + time.Millisecond - 1).Truncate(time.Millisecond)
}

func fields(ns []interp.Named) []world.Field {
	var out []world.Field
	for _, n := range ns {
		out = append(out, world.Field{Name: n.Name, Value: datum(n.Value)})
	}
	return out
}

// broken makes a property out of the call that breaks it: the simplest that still does.
func (w *whole) broken(ctx context.Context, b finding) (Property, error) {
	s, f, o, want := w.shrink(ctx, b)
	p := Property{ID: f.property, Title: titles[f.property], Verdict: Broken, Message: f.message}
	if o.err == nil {
		r := newRecorder(&s.Witness)
		again := w.call(ctx, s, interp.TracePath, nil, r.see)
		if line := cmp.Or(f.pos.Line, blamed(p.ID, again.Result.Path)); line > 0 {
			p.Pos = w.in.Blueprint.Flow.At(line)
		}
		data, err := r.file.Encode()
		if err != nil {
			return p, err
		}
		c := &Counterexample{World: r.file, Call: w.tell(s, o, want, f)}
		if same, err := w.replays(ctx, s, data, again); err != nil || !same {
			c.Call = append(c.Call, "the world file does not lead to the same ending: what else the call depends on is not in it")
		}
		p.Counterexample = c
	} else {
		p.Counterexample = &Counterexample{World: newRecorder(&s.Witness).file, Call: w.tell(s, o, want, f)}
	}
	return p, nil
}

// written is a call as a world file; nil when that does not lead to the same ending.
func (w *whole) written(ctx context.Context, s *situation) (*Counterexample, error) {
	_, want := w.try(ctx, s, nil)
	r := newRecorder(&s.Witness)
	o := w.call(ctx, s, interp.TracePath, nil, r.see)
	if o.err != nil {
		return nil, nil //nolint:nilerr // a call that fails breaks a property, which says so
	}
	data, err := r.file.Encode()
	if err != nil {
		return nil, err
	}
	if same, err := w.replays(ctx, s, data, o); err != nil || !same {
		return nil, err
	}
	return &Counterexample{World: r.file, Call: w.goes(s, o, want)}, nil
}

// blamed is the line of the flow with the action that shows something to be wrong: the longest
// one of a long wait, the last data action where HubSpot is asked wrongly, else the last of all.
func blamed(property string, path []interp.Step) int {
	line, longest := 0, time.Duration(0)
	for _, s := range path {
		switch {
		case s.Pos.Line == 0, property == Requests && s.Type != "callData":
		case property != Wait:
			line = s.Pos.Line
		case s.Elapsed > longest:
			line, longest = s.Pos.Line, s.Elapsed
		}
	}
	return line
}

// replays reports whether the world file leads to the ending of a call.
func (w *whole) replays(ctx context.Context, s *situation, data []byte, o ran) (bool, error) {
	d, found := world.Read("counterexample", data)
	if err := found.Err(); err != nil {
		return false, err
	}
	a := s.calls
	if a == nil {
		a = w.strict
	}
	run := simulate.Run{Program: a.program, Org: a.newOrg(&s.Witness), Script: world.New(d.File)}
	again, err := run.Do(ctx, simulate.Call{ANI: d.Call.ANI, DNIS: d.Call.DNIS, At: d.Call.At, Conversation: d.Call.Data, Start: d.Start()})
	if err != nil {
		return false, err
	}
	x, y := again.Result, o.Result
	return x.Ending == y.Ending && x.Target == y.Target && x.Priority == y.Priority && slices.Equal(x.Skills, y.Skills) && x.Handled == y.Handled &&
		maps.Equal(x.ParticipantData, y.ParticipantData), nil
}

// tell tells a call as a person would make it.
func (w *whole) tell(s *situation, o ran, want want, f flaw) []string {
	if o.err != nil {
		return append(w.comes(s, !want.scheduled && !want.silent), f.message)
	}
	out := w.goes(s, o, want)
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	rule := ""
	if want.Rule != "" {
		rule = fmt.Sprintf(" by rule %q", want.Rule)
	}
	add("the policy says %s%s%s", target(want), withPriority(want.ending, want.Skills, want.Priority), rule)
	add("so %s", f.message)
	return out
}

// goes tells how a call goes.
func (w *whole) goes(s *situation, o ran, want want) []string {
	out := w.comes(s, !want.scheduled && !want.silent)
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, q := range o.asked {
		what := map[bool]string{true: "fails (" + string(q.fault) + ")", false: "is answered"}[q.fault != "" && q.fault != FaultSlow]
		if q.auth {
			add("the platform asks for a token within %q, which %s", q.action, what)
			continue
		}
		add("the flow asks HubSpot by %q, which %s", q.action, what)
	}
	rule := ""
	if o.Result.ParticipantData["dealroute_rule"] != "" {
		rule = fmt.Sprintf(" by rule %q", o.Result.ParticipantData["dealroute_rule"])
	}
	add("the flow ends in %s%s%s", reached(o.Result), withPriority(o.Result.Ending, o.Result.Skills, int(o.Result.Priority)), rule)
	return out
}

// comes tells how a call comes, and what it meets; of HubSpot only where that matters.
func (w *whole) comes(s *situation, known bool) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	ani := s.ANI
	if !slices.Contains(w.own, ani) {
		ani = phone.Mask(ani)
	}
	if s.ANI == "" {
		ani = "a withheld number"
	}
	to := ""
	if s.DNIS != "" {
		to = " to " + s.DNIS
	}
	add("a call from %s%s at %s", ani, to, s.At.Format(time.RFC3339))
	if s.Through != "" {
		add("another flow hands it on, at %s", s.Through)
	}
	if s.State != "" {
		add("the schedule says %s", s.State)
	}
	if s.earlier != nil || len(s.Conversation) > 0 {
		add("an earlier leg of the conversation left %s", data(s.Conversation))
	}
	if x := s.Org.told(); x != "" {
		add("in the org %s", x)
	}
	if known {
		add("HubSpot knows %s", w.known(s))
		for _, x := range s.Faults {
			add("%s", x.told())
		}
	}
	return out
}

func withPriority(e interp.Ending, skills []string, priority int) string {
	if e != interp.EndQueue {
		return ""
	}
	if len(skills) == 0 {
		return fmt.Sprintf(" with priority %d", priority)
	}
	return fmt.Sprintf(" with skills %s, priority %d", strings.Join(skills, ", "), priority)
}

func data(m map[string]string) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if strings.HasPrefix(k, "dealroute_") {
			out = append(out, fmt.Sprintf("%s=%q", k, m[k]))
		}
	}
	if len(out) == 0 {
		return "nothing"
	}
	return strings.Join(out, " ")
}

func (f Fault) told() string {
	which := "each request"
	if f.Request > 0 {
		which = fmt.Sprintf("request %d of the call", f.Request)
	}
	switch f.Kind {
	case FaultTimeout:
		return "HubSpot never answers " + which
	case FaultLate:
		return "HubSpot answers " + which + " after the flow has given up"
	case FaultSlow:
		return "HubSpot takes as long as it can for its answer to " + which
	case FaultReset:
		return "the connection is cut at " + which
	}
	return fmt.Sprintf("HubSpot fails %s (%s)", which, f.Kind)
}

func (o Org) told() string {
	var out []string
	for _, x := range []struct {
		what  string
		names []string
	}{{"queue %q is gone", o.MissingQueues}, {"skill %q is gone", o.MissingSkills}, {"flow %q is gone", o.MissingFlows}, {"the transfer to %q fails", o.FailingTransfers}} {
		for _, n := range x.names {
			out = append(out, fmt.Sprintf(x.what, n))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(o.Rows)) {
		for _, c := range slices.Sorted(maps.Keys(o.Rows[key])) {
			out = append(out, fmt.Sprintf("row %s has %s=%v", key, c, o.Rows[key][c]))
		}
	}
	if o.NoRows {
		out = append(out, "the control table has no rows")
	}
	if o.TableFails {
		out = append(out, "the control table cannot be read")
	}
	if len(o.Owners.Rows) > 0 {
		out = append(out, "the table of owners knows users")
	}
	return strings.Join(out, ", ")
}

// known tells the account as far as the caller is concerned, by the properties that rules ask
// for.
func (w *whole) known(s *situation) string {
	var out []string
	properties := func(ps hubspot.Properties) string {
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(ps)) {
			v := "null"
			switch {
			case w.keyNumber(name) && ps[name] != nil:
				v = fmt.Sprintf("%q", phone.Mask(*ps[name]))
			case !w.told(name):
				continue
			case ps[name] != nil:
				v = fmt.Sprintf("%q", *ps[name])
			}
			parts = append(parts, name+"="+v)
		}
		return strings.Join(parts, " ")
	}
	usual := w.found.contact("", s.ANI).Properties
	for _, c := range s.CRM.Contacts {
		ps, number := maps.Clone(c.Properties), ""
		if w.same(ps, usual) {
			number = " with the caller's number"
			maps.DeleteFunc(ps, func(name string, _ *string) bool { return w.keyNumber(name) })
		}
		out = append(out, strings.TrimRight(fmt.Sprintf("contact %s%s%s %s", c.ID, gone(c.Archived), number, properties(ps)), " "))
	}
	for _, c := range s.CRM.Companies {
		out = append(out, strings.TrimRight(fmt.Sprintf("company %s%s %s", c.ID, gone(c.Archived), properties(c.Properties)), " "))
	}
	for i, d := range s.CRM.Deals {
		if i == 5 {
			out = append(out, fmt.Sprintf("%d more deals", len(s.CRM.Deals)-i))
			break
		}
		out = append(out, strings.TrimRight(fmt.Sprintf("deal %s%s %s", d.ID, gone(d.Archived), properties(d.Properties)), " "))
	}
	if len(out) == 0 {
		return "nobody"
	}
	return strings.Join(out, "; ")
}

// same reports whether two contacts have the same numbers.
func (w *whole) same(a, b hubspot.Properties) bool {
	all := slices.Collect(maps.Keys(numbers))
	if w.p.Keyed != nil {
		all = []string{w.p.Keyed.Property}
	}
	for _, name := range all {
		x, _ := a.Get(name)
		y, _ := b.Get(name)
		if x != y {
			return false
		}
	}
	return true
}

func gone(archived bool) string {
	if archived {
		return " (archived)"
	}
	return ""
}

// numbers are the properties that hold phone numbers.
var numbers = map[string]bool{
	hubspot.PropPhone: true, hubspot.PropMobile: true, hubspot.PropCalcPhone: true, hubspot.PropCalcMobile: true, hubspot.PropSearchPhone: true, hubspot.PropSearchMobile: true,
}

// told reports whether a property is one to show: nobody's number, name or address.
func (w *whole) told(name string) bool {
	switch name {
	case hubspot.PropDealStage, hubspot.PropPipeline, hubspot.PropHomeAmount, hubspot.PropIsClosed, hubspot.PropIsWon, hubspot.PropLifecycle, hubspot.PropOwner, hubspot.PropPrimaryCompany:
		return true
	case hubspot.PropStageProbability:
		return w.p.DealStage == routing.MostProbable
	case hubspot.PropCreated:
		return w.p.DealStage == routing.MostRecent
	}
	for _, f := range w.p.Facts {
		if f.Contact == name || f.Deal == name {
			return true
		}
	}
	return w.rollupProperty(name)
}
