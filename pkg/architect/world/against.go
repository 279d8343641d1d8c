package world

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/source"
)

// Known is what is known of the outside besides what a flow says of it. The zero Known is
// nothing more.
type Known struct {
	Outputs func(category, action string) map[string]expr.Type // of a data action's contract; nil for one that is not known
	Tables  map[string]KnownTable                              // by name
	Objects map[string][]string                                // by section: names of which the kind is known
	Closed  bool                                               // the flow puts no name together: those that stand in it are all
}

// A KnownTable is a data table whose rows and columns are known.
type KnownTable struct {
	Rows    []string
	Columns map[string]expr.Type
}

// Against holds the file against a flow: what it says about things that the flow cannot ask
// for is an error where the flow's own names are all there are, else a warning; so is a value
// of another type than the flow or its contracts take.
func (d *Document) Against(p *interp.Program, k Known) diag.Findings {
	a := &against{d: d, p: p, known: k, asks: map[interp.EffectKind][]interp.Effect{}}
	for _, e := range p.Asks() {
		a.asks[e.Kind] = append(a.asks[e.Kind], e)
	}
	a.opening()
	a.twice()
	a.actions()
	a.tables()
	a.objects()
	a.branches()
	if len(d.Digits) > 0 && len(a.asks[interp.EffectInput]) == 0 {
		a.say(diag.Error, "/digits", "", "the flow asks for no keys")
	}
	return a.found.Sorted()
}

type against struct {
	d     *Document
	p     *interp.Program
	known Known
	asks  map[interp.EffectKind][]interp.Effect
	texts []string
	found diag.Findings
}

// at is the key that a path leads to, the value where that is no member of a mapping.
func (d *Document) at(path string) *yaml.Node {
	i := strings.LastIndexByte(path, '/')
	in, _ := source.Find(d.root, path[:max(i, 0)])
	if in != nil && in.Kind == yaml.MappingNode {
		for p := range source.Pairs(in) {
			if source.EscapePointer(p.Key.Value) == path[i+1:] {
				return p.Key
			}
		}
	}
	n, _ := source.Find(d.root, path)
	return n
}

// say reports the key at a path, wrong the value there.
func (a *against) say(s diag.Severity, path, hint, format string, args ...any) {
	a.found = append(a.found, a.d.finding(s, a.d.at(path), hint, format, args...))
}

func (a *against) wrong(path, hint, format string, args ...any) {
	n, _ := source.Find(a.d.root, path)
	a.found = append(a.found, a.d.finding(diag.Error, n, hint, format, args...))
}

func (a *against) warn(path, hint, format string, args ...any) {
	n, _ := source.Find(a.d.root, path)
	a.found = append(a.found, a.d.finding(diag.Warning, n, hint, format, args...))
}

// Wrong is an error about the value at a path of the file.
func (d *Document) Wrong(path, hint, message string) diag.Finding {
	n, _ := source.Find(d.root, path)
	return d.finding(diag.Error, n, hint, "%s", message)
}

// Odd is a warning about the value at a path of the file.
func (d *Document) Odd(path, hint, message string) diag.Finding {
	n, _ := source.Find(d.root, path)
	return d.finding(diag.Warning, n, hint, "%s", message)
}

func (d *Document) finding(s diag.Severity, n *yaml.Node, hint, format string, args ...any) diag.Finding {
	f := diag.Finding{Severity: s, Message: fmt.Sprintf(format, args...), Hint: hint, Position: d.text.At(n)}
	if n != nil {
		f.Length = source.Width(n)
	}
	return f
}

// meant offers the nearest of the known names, or all of them when they are few.
func meant(name string, known []string) string {
	hint := diag.DidYouMean(name, known)
	if hint == "" && len(known) > 0 && len(known) <= 12 {
		hint = "there is " + strings.Join(known, ", ")
	}
	return hint
}

// twice reports names that differ from another one in letter case only: that one is found first.
func (a *against) twice() {
	for p := range source.Pairs(a.root()) {
		if p.Value.Kind != yaml.MappingNode || p.Key.Value == "call" {
			continue
		}
		seen := map[string]string{}
		for k := range source.Pairs(p.Value) {
			low := strings.ToLower(k.Key.Value)
			if other, ok := seen[low]; ok {
				a.found = append(a.found, a.d.finding(diag.Error, k.Key, "leave one of the two out", "%s %q is %q in other letters: names are compared without regard to case", nouns[p.Key.Value], k.Key.Value, other))
			}
			seen[low] = k.Key.Value
		}
	}
}

// root is the file's mapping; an empty one when there is no file.
func (a *against) root() *yaml.Node {
	if a.d.root == nil {
		return &yaml.Node{Kind: yaml.MappingNode}
	}
	return a.d.root
}

// opening looks at how the call begins.
func (a *against) opening() {
	c := a.d.Call
	if c.AnswerAfter > 0 && a.p.Type() != "inqueueCall" {
		a.say(diag.Error, "/call/answerAfterMs", "", "nobody takes a call out of a flow of type %s", a.p.Type())
	}
	for _, v := range c.Variables {
		if !a.p.Builtin(v.Name) {
			a.say(diag.Error, pointer("call", "variables", v.Name), "", "flows of type %s have no variable %q", a.p.Type(), v.Name)
		}
	}
	speaks := func(l string) bool { return strings.EqualFold(l, c.Language) }
	if known := a.p.Languages(); c.Language != "" && !slices.ContainsFunc(known, speaks) {
		a.warn("/call/language", meant(c.Language, known), "the flow does not speak %q", c.Language)
	}
	names, all := a.p.Attributes()
	for _, name := range slices.Sorted(maps.Keys(c.Data)) {
		if all && !slices.Contains(names, name) {
			a.say(diag.Warning, pointer("call", "data", name), meant(name, names), "the flow reads no participant data %q", name)
		}
	}
}

func pointer(steps ...string) string {
	var b strings.Builder
	for _, s := range steps {
		b.WriteString("/" + source.EscapePointer(s))
	}
	return b.String()
}

func (a *against) actions() {
	asks := a.asks[interp.EffectDataAction]
	var names []string
	for _, e := range asks {
		for _, n := range []string{bare(e.Name), e.Category + "/" + bare(e.Name)} {
			if !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
	}
	slices.Sort(names)
	for _, key := range slices.Sorted(maps.Keys(a.d.DataActions)) {
		var meet []interp.Effect
		for _, e := range asks {
			if slices.ContainsFunc(actionKeys(e.Category, e.Name), func(k string) bool { return strings.EqualFold(k, key) }) {
				meet = append(meet, e)
			}
		}
		if len(meet) == 0 {
			a.say(diag.Error, pointer("dataActions", key), meant(key, names), "the flow calls no data action %q", key)
			continue
		}
		if other := a.answering(meet); !slices.Contains(other, key) {
			a.say(diag.Error, pointer("dataActions", key), "leave one of the two out", "%q answers before %q does", other[0], key)
			continue
		}
		a.replies("dataActions", key, "success", a.d.DataActions[key], meet)
	}
}

// answering are the keys of dataActions that answer some asks.
func (a *against) answering(asks []interp.Effect) []string {
	var out []string
	for _, e := range asks {
		for _, k := range actionKeys(e.Category, e.Name) {
			if key, _, ok := entry(a.d.DataActions, k); ok {
				out = append(out, key)
				break
			}
		}
	}
	return out
}

// replies holds what answers deliver against what the places that ask for it take. member is
// the key under which the outputs stand.
func (a *against) replies(section, key, member string, rs []Reply, meet []interp.Effect) {
	for i, r := range rs {
		at := pointer(section, key)
		if n, _ := source.Find(a.d.root, at); n != nil && n.Kind == yaml.SequenceNode {
			at += fmt.Sprintf("/%d", i)
		}
		for _, f := range r.Outputs {
			a.output(at+pointer(member, f.Name), f, meet, r.Branch == "failure")
		}
	}
}

// output holds one value against the contract and the variables that take it.
func (a *against) output(path string, f Field, meet []interp.Effect, failed bool) {
	var bound []interp.Want
	var names []string
	contract := false
	for _, e := range meet {
		if a.known.Outputs != nil && e.Kind == interp.EffectDataAction {
			if outs := a.known.Outputs(e.Category, e.Name); outs != nil {
				contract = true
				for _, n := range slices.Sorted(maps.Keys(outs)) {
					names = append(names, n)
					if n == f.Name {
						bound = append(bound, interp.Want{Name: n, Type: outs[n]})
					}
				}
			}
		}
		wants := e.Outputs
		if failed {
			wants = e.Failures
		}
		for _, w := range wants {
			if w.Name == f.Name {
				bound = append(bound, w)
			}
			if !contract && !slices.Contains(names, w.Name) {
				names = append(names, w.Name)
			}
		}
	}
	a.cell(path, f, bound, names, contract, fmt.Sprintf("%q", cmp.Or(bare(meet[0].Name), meet[0].Name)))
}

// cell reports a value that nothing takes, and one that does not fit what takes it. all tells
// that the names are all that there are.
func (a *against) cell(path string, f Field, bound []interp.Want, names []string, all bool, of string) {
	if len(bound) == 0 {
		if all {
			a.say(diag.Error, path, meant(f.Name, names), "%s has no %q", of, f.Name)
		} else {
			a.say(diag.Warning, path, meant(f.Name, names), "the flow takes no %q from %s", f.Name, of)
		}
		return
	}
	for _, w := range bound {
		if _, ok := f.Value.as(w.Type); !ok {
			a.wrong(path, "", "the world gives %q of %s as %s, and the flow binds it to a variable of type %s", f.Name, of, f.Value, w.Type)
			return
		}
	}
}

func (a *against) tables() {
	asks := a.asks[interp.EffectTable]
	var names []string
	for _, e := range asks {
		if !slices.Contains(names, e.Name) {
			names = append(names, e.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.d.Tables)) {
		t, at := a.d.Tables[name], pointer("tables", name)
		meet := slices.DeleteFunc(slices.Clone(asks), func(e interp.Effect) bool { return !strings.EqualFold(e.Name, name) })
		if len(meet) == 0 {
			a.say(diag.Error, at, meant(name, names), "the flow reads no data table %q", name)
			continue
		}
		if t.Fails != "" && len(t.Rows) > 0 {
			a.say(diag.Warning, at+"/rows", "leave one of the two out", "a table that fails has no rows")
		}
		_, known, closed := entry(a.known.Tables, name)
		rows := known.Rows
		asked := true // all keys stand in the flow
		var keys []string
		for _, e := range meet {
			if asked = asked && e.Key.IsSet(); e.Key.IsSet() && !slices.Contains(keys, keyText(e.Key)) {
				keys = append(keys, keyText(e.Key))
			}
		}
		if !closed {
			rows = keys
		}
		for _, key := range slices.Sorted(maps.Keys(t.Rows)) {
			row := at + pointer("rows", key)
			switch {
			case (closed || asked) && !slices.Contains(rows, key):
				what := "the flow looks up no row %q of table %q"
				if closed {
					what = "there is no row %q in table %q"
				}
				a.say(diag.Error, row, meant(key, rows), what, key, name)
				continue
			case closed && asked && !slices.Contains(keys, key):
				a.say(diag.Warning, row, meant(key, keys), "the flow looks up no row %q of table %q", key, name)
			}
			for _, f := range t.Rows[key] {
				a.column(row+pointer(f.Name), f, name, known, closed, meet, key)
			}
		}
	}
}

func (a *against) column(path string, f Field, table string, known KnownTable, closed bool, meet []interp.Effect, key string) {
	var bound []interp.Want
	var names []string
	if typ, ok := known.Columns[f.Name]; ok {
		bound = append(bound, interp.Want{Name: f.Name, Type: typ})
	}
	if closed {
		names = slices.Sorted(maps.Keys(known.Columns))
	}
	for _, e := range meet {
		if e.Key.IsSet() && keyText(e.Key) != key {
			continue
		}
		for _, w := range e.Outputs {
			if w.Name == f.Name {
				bound = append(bound, w)
			}
			if !closed && !slices.Contains(names, w.Name) {
				names = append(names, w.Name)
			}
		}
	}
	a.cell(path, f, bound, names, closed, fmt.Sprintf("table %q", table))
}

// objects looks at all sections whose keys are names of things of the org.
func (a *against) objects() {
	type section struct {
		name  string
		keys  []string
		names []string // by which the flow itself asks
		open  bool     // an expression gives one more
		any   bool     // the flow asks for such a thing at all
	}
	look := func(name string, keys []string, is func(interp.Effect) (string, bool)) section {
		s := section{name: name, keys: keys}
		for _, kind := range []interp.EffectKind{interp.EffectFind, interp.EffectTransfer, interp.EffectSchedule, interp.EffectScheduleGroup} {
			for _, e := range a.asks[kind] {
				n, ok := is(e)
				if !ok {
					continue
				}
				s.any = true
				if s.open = s.open || n == ""; n != "" && !slices.Contains(s.names, n) {
					s.names = append(s.names, n)
				}
			}
		}
		return s
	}
	var all []section
	for _, name := range objectSections {
		all = append(all, look(name, slices.Sorted(maps.Keys(a.d.Objects[name])), func(e interp.Effect) (string, bool) {
			return e.Name, e.Kind == interp.EffectFind && Section(e.Type) == name || e.Kind == interp.EffectTransfer && transferSections[e.Transfer.To] == name
		}))
	}
	all = append(all,
		look("schedules", slices.Sorted(maps.Keys(a.d.Schedules)), func(e interp.Effect) (string, bool) { return e.Name, e.Kind == interp.EffectSchedule }),
		look("scheduleGroups", slices.Sorted(maps.Keys(a.d.ScheduleGroups)), func(e interp.Effect) (string, bool) { return e.Name, e.Kind == interp.EffectScheduleGroup }),
		look("emergencyGroups", slices.Sorted(maps.Keys(a.d.EmergencyGroups)), func(e interp.Effect) (string, bool) {
			if e.Kind != interp.EffectScheduleGroup || len(e.Inputs) == 0 {
				return "", false
			}
			return e.Inputs[0].Value.Text(), true
		}),
		look("transfers", slices.Sorted(maps.Keys(a.d.Transfers)), func(e interp.Effect) (string, bool) { return e.Name, e.Kind == interp.EffectTransfer }))
	for _, s := range all {
		a.names(s.name, s.keys, s.names, s.any, s.open)
	}
}

// names reports the keys of a section that the flow cannot ask for. open tells that an
// expression gives a name.
func (a *against) names(section string, keys, names []string, any, open bool) {
	given, noun := a.known.Objects[section], nouns[section]
	if section == "transfers" { // whose targets stand in other sections
		for _, s := range transferSections {
			given = append(slices.Clone(given), a.known.Objects[s]...)
		}
		slices.Sort(given)
		given = slices.Compact(given)
	}
	for _, key := range keys {
		is := func(n string) bool { return strings.EqualFold(n, key) }
		if slices.ContainsFunc(names, is) || slices.ContainsFunc(given, is) {
			continue
		}
		path := pointer(section, key)
		if !any {
			a.say(diag.Error, path, "", "the flow asks for no %s", strings.TrimSuffix(noun, " to"))
			continue
		}
		if !open {
			a.say(diag.Error, path, meant(key, names), "the flow asks for no %s %q", noun, key)
			continue
		}
		if a.texts == nil {
			a.texts = append(a.p.Texts(), a.d.texts()...)
		}
		other := ""
		for s, list := range a.known.Objects {
			if given != nil && slices.ContainsFunc(list, is) {
				other = max(other, s)
			}
		}
		switch {
		case other != "":
			a.say(diag.Error, path, cmp.Or(diag.DidYouMean(key, given), "it belongs under "+other), "%q is the name of a %s and of no %s", key, nouns[other], strings.TrimSuffix(noun, " to"))
		case slices.ContainsFunc(a.texts, is):
		case a.known.Closed:
			a.say(diag.Error, path, meant(key, append(slices.Clone(given), slices.DeleteFunc(slices.Clone(names), func(n string) bool { return slices.Contains(given, n) })...)), "the flow asks for no %s %q", noun, key)
		default:
			a.say(diag.Warning, path, diag.DidYouMean(key, a.texts), "the name %q stands nowhere else, neither in the flow nor in this file", key)
		}
	}
}

// texts are the texts that the file hands to the flow, which may be names.
func (f *File) texts() []string {
	out := []string{f.Call.InvocationData, f.Call.RemoteName, f.Call.Language, f.Call.ANI, f.Call.DNIS}
	add := func(fs []Field) {
		for _, x := range fs {
			out = append(out, x.Value.Text)
			for _, i := range x.Value.Items {
				out = append(out, i.Text)
			}
		}
	}
	for _, v := range f.Call.Data {
		out = append(out, v)
	}
	add(f.Call.Variables)
	for _, m := range []map[string][]Reply{f.DataActions, f.Branches} {
		for _, rs := range m {
			for _, r := range rs {
				add(r.Outputs)
			}
		}
	}
	for _, t := range f.Tables {
		for _, row := range t.Rows {
			add(row)
		}
	}
	out = append(out, f.Digits...)
	slices.Sort(out)
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}

func (a *against) branches() {
	var names []string
	for _, e := range a.asks[interp.EffectBranch] {
		if n := actionName(&e); !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	sections := map[interp.EffectKind]string{interp.EffectDataAction: "dataActions", interp.EffectTable: "tables", interp.EffectTransfer: "transfers",
		interp.EffectSchedule: "schedules", interp.EffectScheduleGroup: "scheduleGroups", interp.EffectInput: "digits"}
	for _, key := range slices.Sorted(maps.Keys(a.d.Branches)) {
		var meet []interp.Effect
		for _, e := range a.asks[interp.EffectBranch] {
			if strings.EqualFold(actionName(&e), key) {
				meet = append(meet, e)
			}
		}
		if len(meet) == 0 {
			hint := meant(key, names)
			for kind, section := range sections {
				if slices.ContainsFunc(a.asks[kind], func(e interp.Effect) bool { return e.Action != nil && strings.EqualFold(actionName(&e), key) }) {
					hint = "what it answers stands under " + section
				}
			}
			a.say(diag.Error, pointer("branches", key), hint, "no action %q of the flow takes a branch from here", key)
			continue
		}
		for i, r := range a.d.Branches[key] {
			if slices.ContainsFunc(meet, func(e interp.Effect) bool { return slices.Contains(e.Branches, r.Branch) }) {
				continue
			}
			at := pointer("branches", key)
			n, _ := source.Find(a.d.root, at)
			if n.Kind == yaml.SequenceNode {
				at += fmt.Sprintf("/%d", i)
				n, _ = source.Find(a.d.root, at)
			}
			if n.Kind == yaml.MappingNode {
				at += "/branch"
			}
			a.wrong(at, meant(r.Branch, meet[0].Branches), "action %q has no branch %q", key, r.Branch)
		}
		a.replies("branches", key, "outputs", a.d.Branches[key], meet)
	}
}
