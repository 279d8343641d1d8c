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
	r := &recorder{worldFile()}
	w := r.file
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
		effect, answer := e.effect, e.answer
		effect.Key = pick(effect.Key)
		effect.Inputs = slices.Clone(effect.Inputs)
		for i, in := range effect.Inputs {
			effect.Inputs[i].Value = pick(in.Value)
		}
		answer.Outputs = nil
		for _, n := range e.answer.Outputs {
			if v := pick(n.Value); v.IsSet() {
				answer.Outputs = append(answer.Outputs, interp.Named{Name: n.Name, Value: v})
			}
		}
		r.see(&effect, answer)
		if words := eventWords(&effect, answer); words != "" {
			call = append(call, words)
		}
	}
	end := f.state.Result()
	if f.state.Ended() {
		switch {
		case end.Ending == interp.EndDisconnect:
			call = append(call, "the call is disconnected")
		default:
			call = append(call, fmt.Sprintf("the call ends at %s %q", end.Ending, end.Target))
		}
	}
	return &Counterexample{World: w, Call: call}
}

// eventWords tell what an effect came to; empty for what is as it should be and says nothing.
func eventWords(e *interp.Effect, a interp.Outcome) string {
	what := effectWords(e)
	switch e.Kind {
	case interp.EffectDataAction, interp.EffectTable:
		if a.Branch == "failure" {
			a.Outputs = nil
		}
		return what + ": " + branchWords(a.Branch) + gives(fields(a.Outputs))
	case interp.EffectFind:
		if a.Value.IsSet() || e.Name == "" {
			return ""
		}
		return what + " is missing"
	case interp.EffectSchedule:
		return fmt.Sprintf("schedule %q is %s", e.Name, a.Branch)
	case interp.EffectScheduleGroup:
		return fmt.Sprintf("schedule group %q is in state %s", e.Name, a.Branch)
	case interp.EffectInput:
		return what + ": the caller presses " + cmp.Or(a.Digits, "nothing")
	case interp.EffectTransfer:
		return what + ": " + branchWords(a.Branch)
	}
	return fmt.Sprintf("action %q: %s", actionWords(e), branchWords(a.Branch))
}

func actionWords(e *interp.Effect) string {
	if e.Action != nil {
		return cmp.Or(e.Action.Name, e.Name)
	}
	return e.Name
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
