package report

import (
	"path/filepath"
	"slices"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/picture"
	"github.com/dealroute/dealroute/pkg/prove"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/dealroute/dealroute/pkg/words"
)

// Validated is an answer of validate with what its page shows beside it.
type Validated struct {
	Answer  view.Validation
	Run     Run
	Command string
	No      bool     // the answer is no
	Looked  []string // what there was to look at, in words
	Explain Explainer
	Places  []Spot // of the answer's findings, in their order; may be shorter
	Allowed []Spot // of those that are allowed, likewise

	Pictures []Drawn
	Broken   map[string]picture.Graph // the call against a property, by its id
	Longest  *picture.Graph           // the call that waits longest; nil: it is not drawn
}

// A Drawn is a picture with its heading.
type Drawn struct {
	ID      string // of its section
	Title   string
	Caption string
	Graph   picture.Graph
	Glance  bool // it is of a flow, and its overview stands first
}

func placeOf(ps []Spot) func(int) Spot {
	return func(i int) Spot {
		if i < len(ps) {
			return ps[i]
		}
		return Spot{}
	}
}

// Validation is the page of validate.
func Validation(x Validated) Page {
	a := x.Answer
	fs := found(a.Findings, "/findings", x.Explain, placeOf(x.Places))
	fs.Empty = "Nothing was found."
	codes := fs.codes()
	p := Page{Title: "Check of " + filepath.Base(x.Run.File), Command: x.Command, Run: x.Run, Data: a, Verdict: Verdict{Good, "in order", x.verdict()}}
	if x.No {
		p.Verdict.Tone, p.Verdict.Word = Bad, "not in order"
	}
	p.Figures = x.figures()
	p.Sections = append(p.Sections, Section{ID: "findings", Title: "Findings", About: x.about(), Blocks: []Block{fs}})
	if a.Proof != nil {
		p.Sections = append(p.Sections, proofSection(a.Proof, x.Broken, x.Longest))
	}
	for _, d := range x.Pictures {
		p.Sections = append(p.Sections, Section{ID: d.ID, Title: d.Title, Blocks: []Block{Picture{Graph: d.Graph, Caption: d.Caption, Glance: d.Glance}}})
	}
	if len(a.Allowed) > 0 {
		allowed := allowedFindings(a.Allowed, x.Explain, placeOf(x.Allowed))
		codes = append(codes, allowed.codes()...)
		p.Sections = append(p.Sections, Section{ID: "allowed", Title: "Allowed by comments", About: T("A comment of the file says of each why it is all right."), Blocks: []Block{allowed}})
	}
	if len(a.Assumptions) > 0 {
		p.Sections = append(p.Sections, assumptionSection(a.Assumptions, x.Explain))
	}
	return withMeanings(p, x.Explain, codes)
}

// withMeanings adds what the codes of a page mean.
func withMeanings(p Page, explain Explainer, codes []string) Page {
	if m := meanings(explain, codes...); len(m) > 0 {
		p.Sections = append(p.Sections, Section{ID: "meanings", Title: "What the codes mean", Blocks: []Block{m}})
	}
	return p
}

func (x Validated) verdict() Text {
	out := tallied(x.Answer.Counts)
	if p := x.Answer.Proof; p != nil {
		out = T(out, "; ", Where(holding(p), "/proof/properties", "verdict", string(prove.Holds)), " of ", Len(len(p.Properties), "/proof/properties"), " properties hold")
	}
	return out
}

// tallied says how many findings there are of each severity.
func tallied(counts map[diag.Severity]int) Text {
	var out Text
	for _, s := range []diag.Severity{diag.Error, diag.Warning, diag.Info} {
		if len(out) > 0 {
			out = T(out, ", ")
		}
		n := counts[s]
		out = T(out, Count(int64(n), Pointer("counts", string(s))), " "+words.Finding(s, n))
	}
	return out
}

func (x Validated) about() Text {
	var out Text
	for i, s := range x.Looked {
		if i > 0 {
			out = T(out, ", ")
		}
		out = T(out, Own(s))
	}
	if len(out) == 0 {
		return nil
	}
	return T("Looked at: ", out, ".")
}

func holding(p *view.Proof) (n int) {
	for _, q := range p.Properties {
		if q.Verdict == prove.Holds {
			n++
		}
	}
	return n
}

func (x Validated) figures() []Figure {
	var out []Figure
	for _, s := range []diag.Severity{diag.Error, diag.Warning, diag.Info} {
		n := x.Answer.Counts[s]
		f := Figure{Label: words.Finding(s, 0), Value: T(Count(int64(n), Pointer("counts", string(s))))}
		if n > 0 && s != diag.Info {
			f.Tone = severityTone(s)
		}
		out = append(out, f)
	}
	p := x.Answer.Proof
	if p == nil {
		return out
	}
	tone := Good
	if holding(p) < len(p.Properties) {
		tone = Bad
	}
	return append(out,
		Figure{Label: "properties that hold", Value: T(Where(holding(p), "/proof/properties", "verdict", string(prove.Holds)), " of ", Len(len(p.Properties), "/proof/properties")), Tone: tone},
		Figure{Label: "worst wait", Value: T(Ms(p.WorstWaitMs, "/proof/worstWaitMs")), Note: T("of it HubSpot at most ", Ms(p.WorstHubSpotMs, "/proof/worstHubspotMs"))},
		Figure{Label: "paths tried", Value: T(Big(p.Paths, "/proof/paths")), Note: T("through ", plural(int64(p.States), "/proof/states", "state", "states"), " of the flow")},
	)
}

func verdictBit(v prove.Verdict, path string) Bit {
	switch v {
	case prove.Holds:
		return Bit{Text: string(v), Path: path, Form: FormText, Tone: Good}
	case prove.Broken:
		return Bit{Text: string(v), Path: path, Form: FormText, Tone: Bad}
	}
	return Word(Bad, "not decided")
}

func proofSection(p *view.Proof, broken map[string]picture.Graph, longest *picture.Graph) Section {
	t := &Table{Caption: "properties", Columns: []Column{{Title: "verdict"}, {Title: "property", Wide: true}}}
	var calls []Block
	for i, q := range p.Properties {
		at := Pointer("proof", "properties", i)
		says := T(Str(q.Title, at+"/title"))
		if q.Message != "" {
			says = T(says, ": ", Str(q.Message, at+"/message"))
		}
		row := Row{Cells: []Text{T(verdictBit(q.Verdict, at+"/verdict")), says}}
		if q.Verdict != prove.Holds {
			row.Tone = Bad
		}
		t.Rows = append(t.Rows, row)
		if q.Counterexample != nil {
			calls = append(calls, counterexample(q, at, broken))
		}
	}
	facts := Facts{
		{"tried", T(Big(p.Paths, "/proof/paths"), " paths through ", plural(int64(p.States), "/proof/states", "state", "states"), " of the flow")},
		{"whole calls", T(plural(int64(p.Calls), "/proof/calls", "call", "calls"), " to ", plural(int64(p.CRMClasses), "/proof/crmClasses", "kind", "kinds"), " of accounts, in ", Ms(p.Ms, "/proof/ms"))},
		{"worst wait", T(Ms(p.WorstWaitMs, "/proof/worstWaitMs"), ", of it HubSpot at most ", Ms(p.WorstHubSpotMs, "/proof/worstHubspotMs"))},
	}
	blocks := append([]Block{t}, calls...)
	blocks = append(blocks, facts)
	if steps := strs(p.WorstPath, "/proof/worstPath"); len(steps) > 0 {
		blocks = append(blocks, Group{Title: T("The call that waits longest"), Blocks: longestBlocks(p, steps, longest)})
	}
	if cut := strs(p.Cut, "/proof/cut"); len(cut) > 0 {
		blocks = append(blocks, Group{Title: T("Left out"), Blocks: []Block{List{Items: cut}}})
	}
	if rests := restsOn(p); len(rests) > 0 {
		blocks = append(blocks, Group{Title: T("What the proof rests on"), Blocks: []Block{List{Items: rests}}})
	}
	return Section{ID: "proof", Title: "Proof", About: T("Mode ", Str(string(p.Mode), "/proof/mode"), ". Every outcome of every step was tried."), Blocks: blocks}
}

// longestBlocks are the waits of the call that waits longest, and how it goes.
func longestBlocks(p *view.Proof, waits []Text, way *picture.Graph) []Block {
	blocks := []Block{List{Ordered: true, Items: waits}}
	if way != nil {
		blocks = append(blocks, Picture{Graph: *way, Caption: "the way of the call that waits longest, with its waits", Glance: true})
	}
	if c := p.WorstCall; c != nil {
		const at = "/proof/worstCall"
		blocks = append(blocks,
			Facts{{"replay it", T(Code(c.Command, at+"/command"))}},
			Details{Summary: T("The world file of this call"), Blocks: []Block{Pre{Label: "world file", Text: c.World, Path: at + "/world"}}})
	}
	return blocks
}

// strs are the strings of a list.
func strs(list []string, at string) []Text {
	var out []Text
	for i, s := range list {
		out = append(out, T(Str(s, at+Pointer(i))))
	}
	return out
}

// restsOn are the sentences among what a proof rests on, and the ids of assumptions in one line.
func restsOn(p *view.Proof) []Text {
	var out []Text
	var ids Text
	for i, a := range p.Assumptions {
		at := Pointer("proof", "assumptions", i)
		if slices.Contains([]rune(a), ' ') {
			out = append(out, T(Str(a, at)))
			continue
		}
		if len(ids) > 0 {
			ids = T(ids, ", ")
		}
		ids = T(ids, Code(a, at))
	}
	if len(ids) > 0 {
		out = append(out, T("assumptions about the vendors: ", ids))
	}
	return out
}

func counterexample(q view.Property, at string, broken map[string]picture.Graph) Block {
	c := q.Counterexample
	blocks := []Block{List{Ordered: true, Items: strs(c.Call, at+"/counterexample/call")}}
	if g, ok := broken[q.ID]; ok {
		blocks = append(blocks, Picture{Graph: g, Caption: "the way of this call through the flow", Glance: true})
	}
	blocks = append(blocks,
		Facts{{"replay it", T(Code(c.Command, at+"/counterexample/command"))}},
		Details{Summary: T("The world file of this call"), Blocks: []Block{Pre{Label: "world file", Text: c.World, Path: at + "/counterexample/world"}}})
	return Group{Title: T("The call against: ", Str(q.Title, at+"/title")), Blocks: blocks}
}

func allowedFindings(as []view.Allowed, explain Explainer, place func(int) Spot) *Findings {
	out := &Findings{}
	for i, a := range as {
		at := Pointer("allowed", i)
		one := oneFound(a.Finding, at, explain, place(i))
		one.Place = nil // the line of allowed is that of the finding under another name
		if a.File != nil && a.Finding.Line != nil {
			one.Place = T(Own(placed(*a.File, *a.Finding.Line)))
		}
		one.More = T("allowed in line ", Count(int64(a.Line), at+"/allowedInLine"), ": ", Str(a.Reason, at+"/reason"))
		out.Items = append(out.Items, one)
	}
	return out
}

func assumptionSection(as []view.Assumption, explain Explainer) Section {
	t := &Table{Caption: "assumptions", Columns: []Column{{Title: "id"}, {Title: "what is taken to be so", Wide: true}}}
	for i, a := range as {
		at := Pointer("assumptions", i)
		row := Row{Cells: []Text{T(Code(a.Code, at+"/code")), T(Str(a.Text, at+"/text"))}}
		if _, text, ok := explain(a.Code); ok {
			row.More, row.Label = markdown(text), "Source, and what if not"
		}
		t.Rows = append(t.Rows, row)
	}
	return Section{ID: "assumptions", Title: "Assumptions", About: T("Statements about a vendor that no document settles and on which the answer rests. They are no findings."), Blocks: []Block{t}}
}
