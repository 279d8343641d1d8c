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
	"github.com/dealroute/dealroute/pkg/phone"
)

// counterexample chooses one of the calls that a fault was found for and writes it down as a
// world, with what happens in it.
func (f *fault) counterexample() *Counterexample {
	pick := func(v expr.Value) expr.Value { return f.state.Values(v)[0] }
	w := &world.File{
		DataActions: map[string][]world.Reply{}, Tables: map[string]world.Table{}, Objects: map[string]map[string]string{}, Schedules: map[string]string{},
		ScheduleGroups: map[string]string{}, EmergencyGroups: map[string]string{}, Transfers: map[string][]world.Reply{}, Branches: map[string][]world.Reply{},
	}
	c := f.start.call
	w.Call = world.Call{ANI: c.ANI, DNIS: c.DNIS, At: c.At, Language: c.Language}
	var brings []string
	for _, n := range f.origins {
		v := pick(n.value)
		switch {
		case n.builtin == "Call.Ani":
			w.Call.ANI = v.Text()
		case n.builtin != "":
			w.Call.Variables = append(w.Call.Variables, world.Field{Name: n.builtin, Value: datum(v)})
			brings = append(brings, fmt.Sprintf("%s is %s", n.builtin, v))
		case v.IsSet():
			if w.Call.Data == nil {
				w.Call.Data = map[string]string{}
			}
			w.Call.Data[n.data] = v.Text()
		}
	}
	var events []*event
	for e := f.last; e != nil; e = e.before {
		events = append(events, e)
	}
	slices.Reverse(events)
	call := append([]string{fmt.Sprintf("a call from %s", numberWords(w.Call.ANI))}, brings...)
	if names := slices.Sorted(maps.Keys(w.Call.Data)); len(names) > 0 {
		call = append(call, "an earlier leg of the conversation left "+strings.Join(names, ", "))
	}
	for _, e := range events {
		a := e.answer
		var outs []world.Field
		for _, n := range a.Outputs {
			if v := pick(n.Value); v.IsSet() {
				outs = append(outs, world.Field{Name: n.Name, Value: datum(v)})
			}
		}
		reply := world.Reply{Branch: a.Branch, Elapsed: a.Elapsed, Outputs: outs}
		if a.Branch == "failure" || a.Branch == "timeout" {
			reply.Outputs = nil
			for _, n := range a.Outputs {
				if n.Name == "errorType" {
					reply.Error = pick(n.Value).Text()
				}
			}
		}
		name := e.effect.Name
		what := effectWords(&e.effect)
		switch e.effect.Kind {
		case interp.EffectDataAction:
			key := e.effect.Category + "/" + name
			w.DataActions[key] = append(w.DataActions[key], reply)
			call = append(call, what+": "+branchWords(a.Branch)+gives(outs))
		case interp.EffectTable:
			t := w.Tables[name]
			switch a.Branch {
			case "found":
				if t.Rows == nil {
					t.Rows = map[string][]world.Field{}
				}
				t.Rows[e.effect.Key.Text()] = outs
			case "failure":
				t.Fails = cmp.Or(reply.Error, world.DefaultTableError)
			}
			w.Tables[name] = t
			call = append(call, what+": "+branchWords(a.Branch)+gives(outs))
		case interp.EffectFind:
			if !a.Value.IsSet() && name != "" { // nothing has no name, whatever a world says
				section := sectionOf(e.effect.Type)
				if w.Objects[section] == nil {
					w.Objects[section] = map[string]string{}
				}
				w.Objects[section][name] = "missing"
				call = append(call, what+" is missing")
			}
		case interp.EffectSchedule:
			w.Schedules[name] = a.Branch
			call = append(call, fmt.Sprintf("schedule %q is %s", name, a.Branch))
		case interp.EffectScheduleGroup:
			w.ScheduleGroups[name] = a.Branch
			call = append(call, fmt.Sprintf("schedule group %q is in state %s", name, a.Branch))
		case interp.EffectInput:
			w.Digits = append(w.Digits, a.Digits)
			if a.Digits == "" {
				call = append(call, what+": the caller presses nothing")
			} else {
				call = append(call, what+": the caller presses "+a.Digits)
			}
		case interp.EffectTransfer:
			w.Transfers[name] = append(w.Transfers[name], reply)
			call = append(call, what+": "+branchWords(a.Branch))
		default:
			if e.effect.Action != nil {
				name = cmp.Or(e.effect.Action.Name, name)
			}
			w.Branches[name] = append(w.Branches[name], reply)
			call = append(call, fmt.Sprintf("action %q: %s", name, branchWords(a.Branch)))
		}
	}
	r := f.state.Result()
	if f.state.Ended() {
		switch {
		case r.Ending == interp.EndDisconnect:
			call = append(call, "the call is disconnected")
		default:
			call = append(call, fmt.Sprintf("the call ends at %s %q", r.Ending, r.Target))
		}
	}
	return &Counterexample{World: w, Call: call}
}

func branchWords(b string) string {
	switch b {
	case "success":
		return "succeeds"
	case "failure":
		return "fails"
	case "timeout":
		return "does not answer in time"
	case "notFound":
		return "is not there"
	case "found":
		return "is found"
	}
	return b
}

func gives(fs []world.Field) string {
	var out []string
	for _, f := range fs {
		if len(out) == 4 {
			out = append(out, "…")
			break
		}
		out = append(out, f.Name+" "+f.Value.String())
	}
	if len(out) == 0 {
		return ""
	}
	return " with " + strings.Join(out, ", ")
}

func numberWords(ani string) string {
	if ani == "" {
		return "a withheld number"
	}
	if phone.Digits(ani) == "" {
		return fmt.Sprintf("%q", ani)
	}
	return phone.Mask(ani)
}

func sectionOf(t expr.Type) string {
	switch t {
	case expr.Queue:
		return "queues"
	case expr.Skill:
		return "skills"
	case expr.LanguageSkill:
		return "languageSkills"
	case expr.User:
		return "users"
	case expr.Group:
		return "groups"
	case expr.Prompt:
		return "prompts"
	case expr.WrapupCode:
		return "wrapupCodes"
	}
	return "flows"
}

// datum is a value as a world file writes it.
func datum(v expr.Value) world.Datum {
	t := v.Type()
	switch {
	case !v.IsSet():
		return world.Datum{}
	case t.IsList():
		var items []world.Datum
		for i := range v.Len() {
			items = append(items, datum(v.At(i)))
		}
		return world.List(items...)
	case t == expr.Boolean:
		return world.Bool(v.Bool())
	case t == expr.Integer, t == expr.Decimal:
		return world.Datum{Kind: world.DatumNumber, Text: v.String()}
	case t == expr.String, t.IsOrg():
		return world.Text(v.Text())
	}
	return world.Text(v.String())
}

// replays runs a counterexample and tells whether it shows the same: the ending, that an
// expression fails, that HubSpot is asked, or for how long it is waited for.
func (f *fault) replays(p *interp.Program, set setting, c *Counterexample) bool {
	w := &watched{World: world.New(c.World), hubspot: set.hubspot}
	r, err := interp.Run(context.Background(), p, c.World.Start(), w, interp.RunOptions{})
	if err != nil {
		return false
	}
	switch f.property {
	case Expressions:
		return len(r.Problems) > 0
	case Wait:
		return w.waited > set.budget
	case Requests:
		return w.asked > 0
	}
	was := f.state.Result()
	return r.Ending == was.Ending && r.Target == was.Target
}

// watched is a world that counts.
type watched struct {
	interp.World
	hubspot func(*interp.Effect) bool
	asked   int
	waited  time.Duration
}

func (w *watched) Do(ctx context.Context, e *interp.Effect) (interp.Outcome, error) {
	o, err := w.World.Do(ctx, e)
	if e.Kind == interp.EffectDataAction && w.hubspot(e) {
		w.asked++
		if w.waited += min(o.Elapsed, e.Timeout); o.Branch == "timeout" {
			w.waited += e.Timeout - min(o.Elapsed, e.Timeout)
		}
	}
	return o, err
}
