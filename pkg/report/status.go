package report

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/view"
)

// Standing is an answer of status with what its page shows beside it.
type Standing struct {
	Answer  view.Status
	Run     Run
	Command string
	No      bool     // the answer is no
	Failing []string // data actions of which too great a share failed
	Explain Explainer
	Places  []Spot // of the answer's findings, in their order; may be shorter
}

// conditions order what differs: what callers notice first.
var conditions = []reconcile.Condition{reconcile.Missing, reconcile.Drifted, reconcile.Foreign, reconcile.Duplicate, reconcile.Pending}

// sides say in words which of the two changed.
var sides = map[string]string{
	string(reconcile.File): "the file changed", string(reconcile.OrgSide): "the org changed", string(reconcile.Both): "the file and the org changed",
	string(reconcile.Neither): "left by an earlier run", string(reconcile.Unknown): "which of the two changed is not known",
}

// Status is the page of status.
func Status(x Standing) Page {
	s := x.Answer
	p := Page{Title: "Status of " + filepath.Base(x.Run.File), Command: x.Command, Run: x.Run, Data: s, Verdict: x.verdict(), Figures: x.figures()}
	fs := found(s.Findings, "/findings", x.Explain, placeOf(x.Places))
	p.Sections = append(p.Sections, x.entities()...)
	p.Sections = append(p.Sections, Section{ID: "controls", Title: "What callers meet", Blocks: []Block{controls(s)}})
	if t := x.actions(); t != nil {
		p.Sections = append(p.Sections, *t)
	}
	p.Sections = append(p.Sections, integrations(s.Integrations))
	if t := staffing(s.Entities); t != nil {
		p.Sections = append(p.Sections, *t)
	}
	if len(fs.Items) > 0 {
		p.Sections = append(p.Sections, Section{ID: "findings", Title: "Findings", Blocks: []Block{fs}})
	}
	if len(s.Warnings) > 0 {
		p.Sections = append(p.Sections, warningSection(s.Warnings))
	}
	return withMeanings(p, x.Explain, fs.codes())
}

func inState(es []view.Entity, c reconcile.Condition) (n int) {
	for _, e := range es {
		if e.State == c {
			n++
		}
	}
	return n
}

func (x Standing) verdict() Verdict {
	s := x.Answer
	org := T("org ", Str(s.Org.Name, "/org/name"), " (", Code(s.Org.ID, "/org/id"), ")")
	if s.Sandbox {
		org = T(org, ", which is emulated")
	}
	all := T(Len(len(s.Entities), "/entities"), " entities")
	switch {
	case s.InSync && x.No:
		return Verdict{Bad, "in sync, and not in order", T(all, " are as the file says; what is wrong stands below; ", org)}
	case s.InSync:
		return Verdict{Good, "in sync", T(all, " are as the file says; ", org)}
	}
	var parts Text
	for _, c := range conditions {
		if n := inState(s.Entities, c); n > 0 {
			if len(parts) > 0 {
				parts = T(parts, ", ")
			}
			parts = T(parts, Where(n, "/entities", "state", string(c)), " "+string(c))
		}
	}
	return Verdict{Bad, "org and file differ", T(parts, ", of ", all, "; ", org)}
}

func (x Standing) figures() []Figure {
	s := x.Answer
	same := inState(s.Entities, reconcile.InSync)
	f := Figure{Label: "as the file says", Value: T(Where(same, "/entities", "state", string(reconcile.InSync)), " of ", Len(len(s.Entities), "/entities")), Tone: Good}
	if same < len(s.Entities) {
		f.Tone = Bad
	}
	out := []Figure{f, {Label: "switch", Value: T(Str(s.Switch.State, "/switch/state")), Note: T(map[string]string{"on": "callers are looked up in HubSpot", "off": "nobody is looked up in HubSpot"}[s.Switch.State]), Tone: map[string]Tone{"on": Good, "off": Warn}[s.Switch.State]}}
	if s.Breaker.State != "none" {
		out = append(out, Figure{Label: "breaker", Value: T(Str(s.Breaker.State, "/breaker/state")), Note: T(map[string]string{"closed": "HubSpot is asked", "open": "after a failure HubSpot is left alone for a while"}[s.Breaker.State]), Tone: map[string]Tone{"closed": Good, "open": Warn}[s.Breaker.State]})
	}
	if s.Token.State != "none" {
		out = append(out, Figure{Label: "token", Value: T(Str(s.Token.State, "/token/state")), Tone: map[string]Tone{"valid": Good, "expired": Bad}[s.Token.State]})
	}
	var calls, failures int64
	var of, failed []string
	for i, a := range s.Actions {
		calls, failures = calls+int64(a.Calls), failures+int64(a.Failures)
		of, failed = append(of, Pointer("actions", i, "calls")), append(failed, Pointer("actions", i, "failures"))
	}
	if len(s.Actions) > 0 {
		f := Figure{Label: "runs of data actions", Value: T(Sum(calls, of...)), Note: T(Sum(failures, failed...), " failed, in ", Own(Span(s.Since)))}
		if failures > 0 {
			f.Tone = Warn
		}
		out = append(out, f)
	}
	return out
}

// Span is a duration as people write it: 1h and not 1h0m0s.
func Span(s string) string {
	if out, cut := strings.CutSuffix(s, "m0s"); cut {
		s = out + "m"
		if out, cut = strings.CutSuffix(s, "h0m"); cut {
			s = out + "h"
		}
	}
	return s
}

// stateBit is how an entity stands.
func stateBit(c reconcile.Condition, path string) Bit {
	tone := Bad
	switch c {
	case reconcile.InSync:
		tone = Good
	case reconcile.Pending:
		tone = Warn
	}
	return Bit{Text: string(c), Path: path, Form: FormText, Tone: tone}
}

// entities are those that differ, what matters most first, and the others.
func (x Standing) entities() []Section {
	columns := []Column{{Title: "state"}, {Title: "kind"}, {Title: "name"}, {Title: "why", Wide: true}}
	differ := &Table{Caption: "entities that differ", Columns: columns, Empty: "None: the org is as the file says."}
	same := &Table{Caption: "entities", Columns: columns[:3]}
	type standing struct {
		at string
		view.Entity
	}
	var es []standing
	for i, e := range x.Answer.Entities {
		at := Pointer("entities", i)
		if e.State != reconcile.InSync {
			es = append(es, standing{at, e})
			continue
		}
		same.Rows = append(same.Rows, Row{Cells: []Text{T(stateBit(e.State, at+"/state")), T(Code(e.Kind, at+"/kind")), T(Str(e.Name, at+"/name"))}})
	}
	slices.SortStableFunc(es, func(a, b standing) int {
		return cmp.Or(cmp.Compare(slices.Index(conditions, a.State), slices.Index(conditions, b.State)), cmp.Compare(genesys.Kind(b.Kind).Level(), genesys.Kind(a.Kind).Level()))
	})
	for _, e := range es {
		row := Row{Cells: []Text{T(stateBit(e.State, e.at+"/state")), T(Code(e.Kind, e.at+"/kind")), T(Str(e.Name, e.at+"/name")), whose(e.Entity, e.at)}, Label: "What differs", Open: len(e.Diff) <= mostOpen}
		if t := fieldTable(e.Fields, e.at, len(e.Diff) > 0, "in the org", "by the file"); len(t.Rows) > 0 {
			row.More = append(row.More, t)
		}
		if len(e.Diff) > 0 {
			row.More = append(row.More, Diff{Label: "lines of " + e.Name + " that differ", Lines: e.Diff})
		}
		differ.Rows = append(differ.Rows, row)
	}
	out := []Section{{ID: "differ", Title: "Where org and file differ", Blocks: []Block{differ}}}
	if len(same.Rows) > 0 {
		out = append(out, Section{ID: "same", Title: "As the file says", Blocks: []Block{Details{Summary: T(Where(len(same.Rows), "/entities", "state", string(reconcile.InSync)), " entities"), Blocks: []Block{same}}}})
	}
	return out
}

// whose says which of the two changed, by whom and when.
func whose(e view.Entity, at string) Text {
	var out Text
	if e.Changed != nil && (e.State != reconcile.Missing || *e.Changed == string(reconcile.OrgSide)) { // else the reason says it
		out = T(sides[*e.Changed])
	}
	add := func(word string, s *string, path string) {
		if s == nil {
			return
		}
		if len(out) > 0 {
			word = ", " + word
		}
		out = T(out, word, Str(*s, at+path))
	}
	add("by ", e.By, "/by")
	add("", e.At, "/at")
	add("", e.Reason, "/reason")
	return out
}

// controls are switch, breaker and token.
func controls(s view.Status) Facts {
	said := func(state Bit, missing bool, parts ...Text) Text {
		out := T(state)
		if missing {
			out = T(out, ", for its row is missing")
		}
		for _, p := range parts {
			if len(p) > 0 {
				out = T(out, ", ", p)
			}
		}
		return out
	}
	opt := func(word string, s *string, path string) Text {
		if s == nil {
			return nil
		}
		return T(word, Str(*s, path))
	}
	tone := func(good bool) Tone {
		if good {
			return Good
		}
		return Warn
	}
	state := func(text, path string, good bool) Bit {
		return Bit{Text: text, Path: path, Form: FormText, Tone: tone(good)}
	}
	out := Facts{{"switch", said(state(s.Switch.State, "/switch/state", s.Switch.State == "on"), s.Switch.Missing, opt("", s.Switch.Reason, "/switch/reason"), opt("by ", s.Switch.By, "/switch/by"))}}
	if b := s.Breaker; b.State == "none" {
		out = append(out, Fact{"breaker", T("the deployment has none")})
	} else {
		out = append(out, Fact{"breaker", said(state(b.State, "/breaker/state", b.State == "closed"), b.Missing, opt("until ", b.Until, "/breaker/until"), opt("", b.Reason, "/breaker/reason"), opt("by ", b.By, "/breaker/by"))})
	}
	if t := s.Token; t.State != "none" {
		out = append(out, Fact{"token", said(state(t.State, "/token/state", t.State == "valid"), t.Missing, opt("until ", t.Until, "/token/until"))})
	}
	return out
}

func (x Standing) actions() *Section {
	if len(x.Answer.Actions) == 0 {
		return nil
	}
	t := &Table{Caption: "data actions", Columns: []Column{{Title: "data action", Wide: true}, {Title: "calls", Number: true}, {Title: "failed", Number: true}, {Title: "share", Number: true}, {Title: "timeouts", Number: true}, {Title: "p95", Number: true}}}
	for i, a := range x.Answer.Actions {
		at := Pointer("actions", i)
		row := Row{Cells: []Text{T(Str(a.Name, at+"/name")), T(Count(int64(a.Calls), at+"/calls")), T(Count(int64(a.Failures), at+"/failures")), nil, T(Count(int64(a.Timeouts), at+"/timeouts")), nil}}
		if a.Calls > 0 {
			row.Cells[3] = T(Share(int64(a.Failures), int64(a.Calls), at+"/failures", at+"/calls"))
		}
		if a.P95Ms != nil {
			row.Cells[5] = T(Ms(*a.P95Ms, at+"/p95Ms"))
		}
		if slices.Contains(x.Failing, a.Name) {
			row.Tone = Bad
			row.Cells[0] = T(row.Cells[0], " ", Word(Bad, "too many failed"))
		}
		t.Rows = append(t.Rows, row)
	}
	return &Section{ID: "actions", Title: "Data actions", About: T("In the last ", Own(Span(x.Answer.Since)), "."), Blocks: []Block{t}}
}

func integrations(is []view.Integration) Section {
	t := &Table{Caption: "integrations", Columns: []Column{{Title: "state"}, {Title: "name"}, {Title: "what the platform says", Wide: true}}, Empty: "The org has none of this deployment."}
	for i, x := range is {
		at := Pointer("integrations", i)
		state := Bit{Text: x.State, Path: at + "/state", Form: FormText, Tone: Good}
		if x.State != "ACTIVE" {
			state.Tone = Bad
		}
		if x.State == "" {
			state = Word(Warn, "not said")
		}
		var says Text
		if x.Message != nil {
			says = T(Str(*x.Message, at+"/message"))
		}
		if x.Since != nil {
			says = T(says, " since ", Str(*x.Since, at+"/since"))
		}
		t.Rows = append(t.Rows, Row{Cells: []Text{T(state), T(Str(x.Name, at+"/name")), says}})
	}
	return Section{ID: "integrations", Title: "Integrations", Blocks: []Block{t}}
}

// staffing are the queues in which callers would wait for nobody.
func staffing(es []view.Entity) *Section {
	t := &Table{Caption: "queues", Columns: []Column{{Title: "queue"}, {Title: "why", Wide: true}}}
	for i, e := range es {
		if !e.Unstaffed {
			continue
		}
		at := Pointer("entities", i)
		var why Text
		if e.Reason != nil {
			why = T(Str(*e.Reason, at+"/reason"))
		}
		t.Rows = append(t.Rows, Row{Tone: Warn, Cells: []Text{T(Str(e.Name, at+"/name")), why}})
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return &Section{ID: "staffing", Title: "Queues in which nobody would answer", Blocks: []Block{t}}
}
