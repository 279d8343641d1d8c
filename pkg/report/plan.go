package report

import (
	"path/filepath"
	"strings"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/dealroute/dealroute/pkg/words"
)

// Planned is an answer of plan with what its page shows beside it.
type Planned struct {
	Answer   view.PlanAnswer
	Run      Run
	Command  string
	Org      string // its name and its id
	Emulated string // where its state comes from, in words; empty: it is a real one
	Row      string // what the calls of a routing diff are counted by: row or call
	Explain  Explainer
	Places   []Spot // of the answer's findings, in their order; may be shorter
}

// signs are those of actions, as plan prints them.
var signs = map[plan.Action]string{plan.Keep: "=", plan.Create: "+", plan.Update: "~", plan.Replace: "±", plan.Delete: "−", plan.Move: "→", plan.Leave: "·"}

var actionTones = map[plan.Action]Tone{plan.Create: Good, plan.Update: Warn, plan.Replace: Warn, plan.Delete: Bad, plan.Move: Accent}

// actionBit is an action with its sign.
func actionBit(a plan.Action, path string) Bit {
	return Bit{Text: string(a), Path: path, Form: FormText, Tone: actionTones[a], Shape: signs[a]}
}

// Plan is the page of plan.
func Plan(x Planned) Page {
	a := x.Answer
	p := Page{Title: "Plan of " + filepath.Base(x.Run.File), Command: x.Command, Run: x.Run, Data: a, Verdict: x.verdict()}
	n := map[plan.Action]int{}
	for _, c := range a.Changes {
		n[c.Action]++
	}
	for _, act := range append(plan.Actions()[1:], plan.Keep) { // what changes first
		if (act == plan.Leave || act == plan.Move) && n[act] == 0 {
			continue
		}
		f := Figure{Label: "to " + string(act), Value: T(Where(n[act], "/changes", "action", string(act)))}
		if n[act] > 0 {
			f.Tone = actionTones[act]
		}
		p.Figures = append(p.Figures, f)
	}
	p.Sections = append(p.Sections, changeSections(a.Changes)...)
	if a.RoutingDiff != nil {
		p.Sections = append(p.Sections, Section{ID: "calls", Title: "Calls that would end elsewhere", Blocks: movesBlocks(*a.RoutingDiff, "/routingDiff", x.Row)})
	}
	p.Sections = append(p.Sections, x.permissions())
	fs := found(a.Findings, "/findings", x.Explain, placeOf(x.Places))
	if len(fs.Items) > 0 {
		p.Sections = append(p.Sections, Section{ID: "findings", Title: "What both accounts say", Blocks: []Block{fs}})
	}
	if len(a.Warnings) > 0 {
		p.Sections = append(p.Sections, warningSection(a.Warnings))
	}
	return withMeanings(p, x.Explain, fs.codes())
}

func warningSection(warnings []string) Section {
	return Section{ID: "warnings", Title: "Warnings", Blocks: []Block{List{Items: strs(warnings, "/warnings")}}}
}

func (x Planned) verdict() Verdict {
	a := x.Answer
	org := T("org ", Own(x.Org))
	if x.Emulated != "" {
		org = T(org, ", which is emulated, and ", Own(x.Emulated), ": that queues exist and have staff here says nothing of a real org")
	}
	pending, held := 0, false
	var what Text
	for _, act := range plan.Actions() {
		n := 0
		for _, c := range a.Changes {
			if c.Action == act {
				n++
			}
		}
		if act == plan.Leave {
			held = held || n > 0
			continue
		}
		if act == plan.Keep || n == 0 {
			continue
		}
		pending += n
		if len(what) > 0 {
			what = T(what, ", ")
		}
		what = T(what, Where(n, "/changes", "action", string(act)), " to "+string(act))
	}
	lacks := len(a.PermissionsMissing) > 0
	if lacks {
		what = T(what, "; ", Len(len(a.PermissionsMissing), "/permissionsMissing"), " permissions seem to be missing")
	}
	switch {
	case pending > 0 && lacks:
		return Verdict{Warn, "changes are pending", T(what, "; ", org)}
	case pending > 0:
		return Verdict{Accent, "changes are pending", T(what, "; ", org)}
	case held:
		return Verdict{Warn, "nothing would be done", T("what differs is left alone; ", org)}
	}
	return Verdict{Good, "nothing to do", org}
}

// changeSections are what changes, what is left alone or has something to be known, and what stays.
func changeSections(cs []view.Change) []Section {
	columns := []Column{{Title: "step", Number: true}, {Title: "action"}, {Title: "kind"}, {Title: "name"}, {Title: "why"}}
	changed := &Table{Caption: "changes", Columns: columns, Empty: "Nothing would be changed."}
	told := &Table{Caption: "entities", Columns: columns[1:]}
	stays := &Table{Caption: "entities", Columns: columns[1:]}
	for i, c := range cs {
		at := Pointer("changes", i)
		cells := []Text{T(actionBit(c.Action, at+"/action")), T(Code(c.Kind, at+"/kind")), T(Str(c.Name, at+"/name"))}
		reason := Text(nil)
		if c.Reason != nil {
			reason = T(Str(*c.Reason, at+"/reason"))
		}
		if c.Nearest != nil {
			reason = T(reason, " (did you mean ", Str(*c.Nearest, at+"/nearest"), ")")
		}
		switch {
		case c.Action != plan.Keep && c.Action != plan.Leave:
			row := Row{Cells: append([]Text{T(Own(itoa(len(changed.Rows) + 1)))}, append(cells, reason)...)}
			row.More, row.Label = changeBlocks(c, at)
			row.Open = c.Action != plan.Create && len(c.Diff) <= mostOpen
			if c.Unstaffed {
				row.Tone = Warn
			}
			changed.Rows = append(changed.Rows, row)
		case c.Action == plan.Leave || c.Unstaffed || remarkable(c):
			row := Row{Cells: append(cells, reason)}
			row.More, row.Label = changeBlocks(c, at)
			if c.Unstaffed {
				row.Tone = Warn
			}
			told.Rows = append(told.Rows, row)
		default:
			stays.Rows = append(stays.Rows, Row{Cells: append(cells, reason)})
		}
	}
	out := []Section{{ID: "changes", Title: "Changes, in the order of work", Blocks: []Block{changed}}}
	if len(told.Rows) > 0 {
		out = append(out, Section{ID: "known", Title: "Unchanged, and to be known", Blocks: []Block{told}})
	}
	if len(stays.Rows) > 0 {
		out = append(out, Section{ID: "stays", Title: "Unchanged", Blocks: []Block{Details{Summary: T(Own(words.Count(len(stays.Rows), "entity", "entities"))), Blocks: []Block{stays}}}})
	}
	return out
}

// remarkable reports whether there is something to know of what stays: who has locked the flow, which
// numbers a call route does not get.
func remarkable(c view.Change) bool {
	kind := genesys.Kind(c.Kind)
	return c.Reason != nil && *c.Reason != plan.AsItIs && (kind == genesys.Flow || kind == genesys.CallRoute)
}

// mostOpen is up to how many lines what differs is open.
const mostOpen = 120

// changeBlocks are the fields that differ and the lines of texts, with what they are.
func changeBlocks(c view.Change, at string) (blocks []Block, label string) {
	if c.Action == plan.Create {
		t := &Table{Caption: "what it will have", Columns: []Column{{Title: "field"}, {Title: "value", Wide: true}}}
		for i, f := range c.Fields {
			here := at + Pointer("fields", i)
			t.Rows = append(t.Rows, Row{Cells: []Text{T(Code(f.Path, here+"/path")), T(Value(f.New, here+"/new"))}})
		}
		if len(t.Rows) == 0 {
			return nil, ""
		}
		return []Block{t}, "What it will have"
	}
	if t := fieldTable(c.Fields, at, len(c.Diff) > 0, "in the org", "by the file"); len(t.Rows) > 0 {
		blocks = append(blocks, t)
	}
	if len(c.Diff) > 0 {
		blocks = append(blocks, Diff{Label: "lines of " + c.Name + " that differ", Lines: c.Diff})
	}
	return blocks, "What differs"
}

// fieldTable are fields that differ. Those whose lines a diff shows are left out.
func fieldTable(fs []view.Field, at string, diff bool, old, now string) *Table {
	t := &Table{Caption: "fields that differ", Columns: []Column{{Title: "field"}, {Title: old, Wide: true}, {Title: now}}}
	for i, f := range fs {
		if diff && (severalLines(f.Old) || severalLines(f.New)) {
			continue
		}
		here := at + Pointer("fields", i)
		t.Rows = append(t.Rows, Row{Cells: []Text{T(Code(f.Path, here+"/path")), T(Value(f.Old, here+"/old")), T(Value(f.New, here+"/new"))}})
	}
	return t
}

func severalLines(v any) bool {
	s, ok := v.(string)
	return ok && strings.Contains(s, "\n")
}

// lackReasons say why a permission is not held.
var lackReasons = map[string]string{
	"notGranted": "not granted", "notLicensed": "the org has no licence for it", "otherDivision": "granted for another division", "unknown": "the list of grants does not have it",
}

func (x Planned) permissions() Section {
	s := Section{ID: "permissions", Title: "Permissions that setup would lack"}
	if x.Answer.PermissionsMissing == nil {
		s.About = T("The platform tells of no permission that this client holds without a condition, so what it lacks is not known.")
		return s
	}
	t := &Table{Caption: "permissions", Columns: []Column{{Title: "permission"}, {Title: "why"}, {Title: "needed to", Wide: true}}, Empty: "None, as far as the platform says."}
	for i, m := range x.Answer.PermissionsMissingFor {
		at := Pointer("permissionsMissingFor", i)
		t.Rows = append(t.Rows, Row{Tone: Warn, Cells: []Text{T(Code(m.Permission, at+"/permission")), T(lackReasons[m.Reason]), T(Str(m.Needed, at+"/neededTo"))}})
	}
	s.Blocks = []Block{t}
	return s
}
