package world

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
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/source"
)

// Scripted is the world a File describes. It remembers how often each answer was used, so
// one run has one Scripted, or several that are to share it, one after the other. Any number
// of them may stand on one File.
type Scripted struct {
	file    *File
	used    map[*Reply]int // of a list of replies, by its first one
	digits  int
	notes   []string
	made    map[binding][]interp.Named
	actions map[[2]string][]Reply // by category and name
	asked   map[entryOf]bool
}

// An entryOf a file is a key of a section, or a row of a table.
type entryOf struct{ section, key, row string }

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

// Notes tell where the file said nothing and its default answered, since the beginning or
// since Forget.
func (w *Scripted) Notes() []string { return w.notes }

// Forget begins new notes.
func (w *Scripted) Forget() { w.notes = nil }

// Start is the file's call as a run takes it.
func (f *File) Start() interp.Call {
	c := f.Call
	var more []interp.Named
	if len(c.Variables) > 0 {
		types := interp.Builtins()
		for _, x := range c.Variables {
			if v, ok := x.Value.As(types[strings.ToLower(x.Name)].Type); ok {
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
		rs, seen := w.actions[[2]string{e.Category, e.Name}]
		if !seen {
			rs = w.action(e)
		}
		if rs == nil {
			w.note("data action %q is not in the world: it fails", e.Name)
			return interp.Outcome{Branch: "failure"}, nil
		}
		return w.reply(rs, e)
	case interp.EffectTable:
		return w.table(e)
	case interp.EffectFind:
		return interp.Outcome{Value: w.find(e)}, nil
	case interp.EffectSchedule:
		v, _ := look(w, "schedules", f.Schedules, e.Name)
		return interp.Outcome{Branch: cmp.Or(v, "active")}, nil
	case interp.EffectScheduleGroup:
		for _, in := range e.Inputs {
			if in.Name != "emergencyGroup" {
				continue
			}
			if v, _ := look(w, "emergencyGroups", f.EmergencyGroups, in.Value.Text()); v == "on" {
				return interp.Outcome{Branch: "emergency"}, nil
			}
		}
		v, _ := look(w, "scheduleGroups", f.ScheduleGroups, e.Name)
		return interp.Outcome{Branch: cmp.Or(v, "open")}, nil
	case interp.EffectInput:
		if w.digits < len(f.Digits) {
			w.digits++
			return interp.Outcome{Digits: f.Digits[w.digits-1]}, nil
		}
		return interp.Outcome{}, nil
	case interp.EffectTransfer:
		if rs, ok := look(w, "transfers", f.Transfers, e.Name); ok {
			return w.reply(rs, e)
		}
		if section := transferSections[e.Transfer.To]; section != "" {
			if v, _ := look(w, section, f.Objects[section], e.Name); v == "missing" {
				return failure(e, ""), nil
			}
		}
		return interp.Outcome{Branch: "success"}, nil
	}
	if rs, ok := look(w, "branches", f.Branches, actionName(e)); ok {
		return w.reply(rs, e)
	}
	for _, b := range []string{"success", "notFound", "timeout"} {
		if slices.Contains(e.Branches, b) {
			return interp.Outcome{Branch: b}, nil
		}
	}
	return interp.Outcome{Branch: e.Branches[0]}, nil
}

// action finds a data action's answers by the keys that actionKeys lists; nil when there are
// none. It looks once for each action.
func (w *Scripted) action(e *interp.Effect) (rs []Reply) {
	for _, k := range actionKeys(e.Category, e.Name) {
		var ok bool
		if rs, ok = look(w, "dataActions", w.file.DataActions, k); ok {
			break
		}
	}
	if w.actions == nil {
		w.actions = map[[2]string][]Reply{}
	}
	w.actions[[2]string{e.Category, e.Name}] = rs
	return rs
}

// look finds an entry of a section and remembers that it was asked for.
func look[V any](w *Scripted, section string, m map[string]V, name string) (v V, ok bool) {
	key, v, ok := entry(m, name)
	if ok {
		w.saw(entryOf{section: section, key: key})
	}
	return v, ok
}

func (w *Scripted) saw(e entryOf) {
	if w.asked == nil {
		w.asked = map[entryOf]bool{}
	}
	w.asked[e] = true
}

// Unused are the entries of the file that no call asked for, as notes with their places.
func (d *Document) Unused(w *Scripted) diag.Findings {
	var found diag.Findings
	each := func(section string, keys []string) {
		for _, key := range keys {
			if !w.asked[entryOf{section: section, key: key}] {
				found = append(found, d.finding(diag.Info, d.at(pointer(section, key)), "", "no call of this run asked for %s %q", nouns[section], key))
			}
		}
	}
	each("dataActions", slices.Sorted(maps.Keys(d.DataActions)))
	each("tables", slices.Sorted(maps.Keys(d.Tables)))
	for _, name := range slices.Sorted(maps.Keys(d.Tables)) {
		for _, key := range slices.Sorted(maps.Keys(d.Tables[name].Rows)) {
			if e := (entryOf{"tables", name, key}); w.asked[entryOf{section: "tables", key: name}] && !w.asked[e] {
				found = append(found, d.finding(diag.Info, d.at(pointer("tables", name, "rows", key)), "", "no call of this run looked up row %q of table %q", key, name))
			}
		}
	}
	for _, section := range objectSections {
		each(section, slices.Sorted(maps.Keys(d.Objects[section])))
	}
	each("schedules", slices.Sorted(maps.Keys(d.Schedules)))
	each("scheduleGroups", slices.Sorted(maps.Keys(d.ScheduleGroups)))
	each("emergencyGroups", slices.Sorted(maps.Keys(d.EmergencyGroups)))
	each("transfers", slices.Sorted(maps.Keys(d.Transfers)))
	each("branches", slices.Sorted(maps.Keys(d.Branches)))
	if w.digits < len(d.Digits) {
		n, _ := source.Find(d.root, fmt.Sprintf("/digits/%d", w.digits))
		found = append(found, d.finding(diag.Info, n, "", "no call of this run asked for keys so often: these and what follows were not pressed"))
	}
	return found.Sorted()
}

// actionKeys are the keys under which a data action may stand, the first one first: with and
// without its category, and without the eight digits of a contract's hash that we put at the
// end of a name.
func actionKeys(category, name string) []string {
	keys := []string{category + "/" + name, name}
	if short := bare(name); short != name {
		keys = append(keys, category+"/"+short, short)
	}
	return keys
}

// bare is a data action's name without a contract's hash.
func bare(name string) string {
	at := strings.LastIndexByte(name, ' ')
	if at < 0 || len(name)-at != 9 || strings.Trim(name[at+1:], "0123456789abcdef") != "" {
		return name
	}
	return name[:at]
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
	name, t, ok := entry(w.file.Tables, e.Name)
	if !ok {
		w.note("data table %q is not in the world: it has no rows", e.Name)
		return interp.Outcome{Branch: "notFound"}, nil
	}
	w.saw(entryOf{section: "tables", key: name})
	if t.Fails != "" {
		out := failure(e, t.Fails)
		out.Elapsed = t.Elapsed
		return out, nil
	}
	row, ok := t.Rows[keyText(e.Key)] // case-sensitive: the stricter reading of what is undocumented
	if !ok {
		return interp.Outcome{Branch: "notFound", Elapsed: t.Elapsed}, nil
	}
	w.saw(entryOf{"tables", name, keyText(e.Key)})
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
	name, v, known := entry(w.file.Objects[Section(e.Type)], e.Name)
	if known {
		w.saw(entryOf{section: Section(e.Type), key: name})
	}
	if v == "missing" || strings.TrimSpace(e.Name) == "" {
		return expr.NotSet(e.Type)
	}
	if !known {
		name = e.Name
	}
	return interp.Object(e.Type, name)
}

// Section is where a file says of objects of a kind that they exist or are missing; empty for
// kinds of which it says nothing.
func Section(t expr.Type) string {
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
