package world

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
)

// Scripted is the world a File describes. It remembers how often each answer was used, so
// one run has one Scripted, or several that are to share it, one after the other. Any number
// of them may stand on one File.
type Scripted struct {
	file   *File
	used   map[*Reply]int // of a list of replies, by its first one
	digits int
	notes  []string
	made   map[binding][]interp.Named
}

// A binding is a list of values of the file that an action of a flow binds to its variables;
// both are named by their first element. Its values are made once.
type binding struct {
	fields *Field
	wants  *interp.Want
}

// New begins a world. The file is not changed.
func New(f *File) *Scripted {
	if f == nil {
		f = &File{}
	}
	return &Scripted{file: f}
}

// Now is the time of the file's call.
func (w *Scripted) Now() time.Time { return w.file.Call.At }

// Notes tell where the file said nothing and its default answered.
func (w *Scripted) Notes() []string { return w.notes }

// Start is the file's call as a run takes it.
func (f *File) Start() interp.Call {
	c := f.Call
	var more []interp.Named
	if len(c.Variables) > 0 {
		types := interp.Builtins()
		for _, x := range c.Variables {
			if v, ok := x.Value.As(types[strings.ToLower(x.Name)]); ok {
				more = append(more, interp.Named{Name: x.Name, Value: v})
			}
		}
	}
	return interp.Call{
		Builtins: more,
		ANI:      c.ANI, DNIS: c.DNIS, At: c.At, ConversationID: c.ConversationID, RemoteName: c.RemoteName, Language: c.Language,
		InvocationData: c.InvocationData, ParticipantData: c.Data, AnswerAfter: c.AnswerAfter,
	}
}

// Do answers from the file. What it does not mention: a data action fails, a table has
// no such row, objects exist, schedules are active and groups open, no key is pressed,
// transfers work, anything else succeeds or is not found.
func (w *Scripted) Do(_ context.Context, e *interp.Effect) (interp.Outcome, error) {
	f := w.file
	switch e.Kind {
	case interp.EffectDataAction:
		var room [128]byte
		key := append(append(append(room[:0], e.Category...), '/'), e.Name...)
		rs, ok := f.DataActions[string(key)]
		if !ok {
			if rs, ok = f.action(e.Category, e.Name); !ok {
				w.note("data action %q is not in the world: it fails", e.Name)
				return interp.Outcome{Branch: "failure"}, nil
			}
		}
		return w.reply(rs, e)
	case interp.EffectTable:
		return w.table(e)
	case interp.EffectFind:
		return interp.Outcome{Value: w.find(e)}, nil
	case interp.EffectSchedule:
		v, _ := lookup(f.Schedules, e.Name)
		return interp.Outcome{Branch: cmp.Or(v, "active")}, nil
	case interp.EffectScheduleGroup:
		for _, in := range e.Inputs {
			if v, _ := lookup(f.EmergencyGroups, in.Value.Text()); in.Name == "emergencyGroup" && v == "on" {
				return interp.Outcome{Branch: "emergency"}, nil
			}
		}
		v, _ := lookup(f.ScheduleGroups, e.Name)
		return interp.Outcome{Branch: cmp.Or(v, "open")}, nil
	case interp.EffectInput:
		if w.digits < len(f.Digits) {
			w.digits++
			return interp.Outcome{Digits: f.Digits[w.digits-1]}, nil
		}
		return interp.Outcome{}, nil
	case interp.EffectTransfer:
		if rs, ok := lookup(f.Transfers, e.Name); ok {
			return w.reply(rs, e)
		}
		if section := transferSections[e.Transfer.To]; section != "" {
			if v, _ := lookup(f.Objects[section], e.Name); v == "missing" {
				return failure(e, ""), nil
			}
		}
		return interp.Outcome{Branch: "success"}, nil
	}
	if rs, ok := lookup(f.Branches, actionName(e)); ok {
		return w.reply(rs, e)
	}
	for _, b := range []string{"success", "notFound", "timeout"} {
		if slices.Contains(e.Branches, b) {
			return interp.Outcome{Branch: b}, nil
		}
	}
	return interp.Outcome{Branch: e.Branches[0]}, nil
}

// action finds a data action's answers by its name, or by the name without the eight digits
// of a contract's hash that we put at its end.
func (f *File) action(category, name string) (rs []Reply, ok bool) {
	if rs, ok = lookup(f.DataActions, name); ok {
		return rs, true
	}
	at := strings.LastIndexByte(name, ' ')
	if at < 0 || len(name)-at != 9 || strings.Trim(name[at+1:], "0123456789abcdef") != "" {
		return nil, false
	}
	if rs, ok = lookup(f.DataActions, category+"/"+name[:at]); ok {
		return rs, true
	}
	return lookup(f.DataActions, name[:at])
}

// transferSections say in which section of a file the target of a transfer stands.
var transferSections = map[interp.Ending]string{
	interp.EndQueue: "queues", interp.EndVoicemail: "queues", interp.EndUser: "users", interp.EndGroup: "groups",
	interp.EndFlow: "flows", interp.EndSecureFlow: "flows",
}

func actionName(e *interp.Effect) string {
	if e.Action != nil && e.Action.Name != "" {
		return e.Action.Name
	}
	return e.Name
}

func (w *Scripted) note(format string, args ...any) {
	if n := fmt.Sprintf(format, args...); !slices.Contains(w.notes, n) {
		w.notes = append(w.notes, n)
	}
}

// reply gives the next one of a list of replies, the last one from then on.
func (w *Scripted) reply(rs []Reply, e *interp.Effect) (interp.Outcome, error) {
	r := &rs[0]
	if len(rs) > 1 {
		if w.used == nil {
			w.used = map[*Reply]int{}
		}
		n := w.used[r]
		w.used[r]++
		r = &rs[min(n, len(rs)-1)]
	}
	out, wants := interp.Outcome{Branch: r.Branch}, e.Outputs
	if r.Branch == "failure" {
		out, wants = failure(e, r.Error), e.Failures
	}
	out.Elapsed = r.Elapsed
	var err error
	if len(r.Outputs) > 0 {
		out.Outputs, err = w.typed(r.Outputs, wants, e.Name)
	}
	return out, err
}

func failure(e *interp.Effect, errorType string) interp.Outcome {
	out := interp.Outcome{Branch: "failure"}
	for _, f := range e.Failures {
		if strings.EqualFold(f.Name, "errorType") || strings.EqualFold(f.Name, "errorMessage") {
			if errorType != "" && f.Type == expr.String {
				out.Outputs = append(out.Outputs, interp.Named{Name: f.Name, Value: expr.OfString(errorType)})
			}
		}
	}
	return out
}

func (w *Scripted) table(e *interp.Effect) (interp.Outcome, error) {
	t, ok := lookup(w.file.Tables, e.Name)
	if !ok {
		w.note("data table %q is not in the world: it has no rows", e.Name)
		return interp.Outcome{Branch: "notFound"}, nil
	}
	if t.Fails != "" {
		out := failure(e, t.Fails)
		out.Elapsed = t.Elapsed
		return out, nil
	}
	row, ok := t.Rows[keyText(e.Key)] // case-sensitive: the stricter reading of what is undocumented
	if !ok {
		return interp.Outcome{Branch: "notFound", Elapsed: t.Elapsed}, nil
	}
	outs, err := w.typed(row, e.Outputs, e.Name)
	return interp.Outcome{Branch: "found", Outputs: outs, Elapsed: t.Elapsed}, err
}

// keyText is the text of a look-up value.
func keyText(v expr.Value) string {
	if v.Type() == expr.String {
		return v.Text()
	}
	return v.String()
}

func (w *Scripted) find(e *interp.Effect) expr.Value {
	name, v, known := entry(w.file.Objects[objectSection(e.Type)], e.Name)
	if v == "missing" || strings.TrimSpace(e.Name) == "" {
		return expr.NotSet(e.Type)
	}
	if !known {
		name = e.Name
	}
	return interp.Object(e.Type, name)
}

func objectSection(t expr.Type) string {
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
	return ""
}

// typed gives the values that the flow binds out of scripted ones.
func (w *Scripted) typed(fields []Field, wants []interp.Want, name string) ([]interp.Named, error) {
	if len(fields) == 0 || len(wants) == 0 {
		return nil, nil
	}
	b := binding{&fields[0], &wants[0]}
	if out, ok := w.made[b]; ok {
		return out, nil
	}
	out := make([]interp.Named, 0, len(wants))
	for k := range fields {
		f := &fields[k]
		for i := range wants {
			if wants[i].Name != f.Name {
				continue
			}
			v, ok := f.Value.as(wants[i].Type)
			if !ok {
				return nil, fmt.Errorf("the world gives %q of %q as %s, and the flow binds it to a variable of type %s", f.Name, name, f.Value, wants[i].Type)
			}
			out = append(out, interp.Named{Name: f.Name, Value: v})
			break
		}
	}
	if w.made == nil {
		w.made = map[binding][]interp.Named{}
	}
	w.made[b] = out
	return out, nil
}

// String shows a value as a world file writes it.
func (d Datum) String() string {
	switch d.Kind {
	case DatumAbsent:
		return "null"
	case DatumText:
		return fmt.Sprintf("%q", d.Text)
	case DatumList:
		parts := make([]string, len(d.Items))
		for i, x := range d.Items {
			parts[i] = x.String()
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return d.Text
}

// As reads a scripted value as one of the type; ok is false when it is none. Texts become
// whatever has a text form; numbers and booleans only themselves, so that a world file
// cannot hide a wrong type of a contract.
func (d Datum) As(t expr.Type) (v expr.Value, ok bool) { return d.as(t) }

func (d *Datum) as(t expr.Type) (v expr.Value, ok bool) {
	if d.Kind == DatumAbsent {
		return expr.NotSet(t), true
	}
	if t.IsList() != (d.Kind == DatumList) {
		return expr.NotSet(t), false
	}
	if d.Kind == DatumList {
		elem, all := t.Elem(), true
		v := expr.ListOf(elem, len(d.Items), func(i int) expr.Value {
			x, ok := d.Items[i].as(elem)
			all = all && ok
			return x
		})
		if !all {
			return expr.NotSet(t), false
		}
		return v, true
	}
	switch t {
	case expr.String:
		return expr.OfString(d.Text), d.Kind == DatumText
	case expr.Boolean:
		return expr.OfBool(d.Text == "true"), d.Kind == DatumBool
	case expr.Integer:
		v, ok := interp.Literal(d.Text, t)
		return v, ok && d.Kind == DatumNumber
	case expr.Decimal:
		v, ok := expr.OfDecimal(d.Text)
		return v, ok && d.Kind == DatumNumber
	case expr.JSON:
		if d.Kind == DatumText { // a text is JSON, as under lit in a flow
			x, err := expr.OfJSON([]byte(d.Text))
			return x, err == nil
		}
	}
	if d.Kind != DatumText {
		return expr.NotSet(t), false
	}
	return interp.Literal(d.Text, t)
}
