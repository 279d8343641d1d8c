package view

import (
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/prove"
	"github.com/dealroute/dealroute/pkg/words"
)

// ProofPage is where the docs say what is proved.
const ProofPage = "docs/proof.md"

// A Proof is what was proved of a deployment, as JSON. Keys are always there.
type Proof struct {
	Mode           prove.Mode      `json:"mode"`
	Properties     []Property      `json:"properties"`
	States         int             `json:"states"`
	Paths          string          `json:"paths"` // a whole number, which may be larger than JSON readers take
	CRMClasses     int             `json:"crmClasses"`
	Calls          int             `json:"calls"`
	WorstWaitMs    int64           `json:"worstWaitMs"`
	WorstPath      []string        `json:"worstPath"`
	WorstCall      *Counterexample `json:"worstCall"`
	WorstHubSpotMs int64           `json:"worstHubspotMs"`
	Assumptions    []string        `json:"assumptions"`
	Cut            []string        `json:"cut"`
	Ms             int64           `json:"ms"`
}

// A Property is one thing that was to be shown.
type Property struct {
	ID             string          `json:"id"`
	Title          string          `json:"title"`
	Verdict        prove.Verdict   `json:"verdict"`
	Message        string          `json:"message"`
	Counterexample *Counterexample `json:"counterexample"`
}

// A Counterexample is a call that breaks a property, or the one that waits longest.
type Counterexample struct {
	World   string   `json:"world"`   // text of a world file
	Command string   `json:"command"` // that replays it
	Call    []string `json:"call"`    // step by step
}

// A FlowProof is what was proved of a flow.
type FlowProof struct {
	File        string     `json:"file"`
	Type        string     `json:"type"` // of the flow; anything but inboundCall has no properties
	Properties  []Property `json:"properties"`
	States      int        `json:"states"`
	Paths       string     `json:"paths"`
	WorstWaitMs int64      `json:"worstWaitMs"`
	WorstPath   []string   `json:"worstPath"`
	Cut         []string   `json:"cut"`
	Findings    []Finding  `json:"findings"` // why it cannot be read, and where a property fails
	Ms          int64      `json:"ms"`
}

// FlowProofs is the answer of flow prove.
type FlowProofs struct {
	Schema int         `json:"schema"`
	Flows  []FlowProof `json:"flows"`
}

// Replays say how the calls of a proof are replayed.
type Replays struct {
	Command string // up to the world file
	Folder  string // that holds the world files; empty: they are not written
	File    func(property string) string
	Drawn   string // command line that draws such a call, up to the property; empty: nothing draws it
}

// World is the name of the file that holds the call against a property.
func (r Replays) World(property string) string {
	if r.Folder == "" {
		return "counterexample.yaml"
	}
	return path.Join(r.Folder, r.File(property))
}

func (r Replays) command(property string) string {
	return r.Command + " --world " + quoted(r.World(property))
}

// quoted is a word of a shell's command line.
func quoted(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./,:@%+=") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// ReplayCommand is a command line without its world file.
func ReplayCommand(words ...string) string {
	var out []string
	for _, w := range words {
		out = append(out, quoted(w))
	}
	return strings.Join(out, " ")
}

// WorldMark begins the text of every counterexample.
const WorldMark = "# Against: "

// WorldText is the world file of a counterexample. Its comment says what it is for.
func WorldText(p prove.Property, r Replays) (string, error) {
	return worldText(diag.Sprintf(WorldMark+"%s\n# %s", p.Title, p.Message), r.command(p.ID), p.Counterexample)
}

// WorstWorld is the name that the world file of the call that waits longest is to be given.
const WorstWorld = "longest-wait.yaml"

// WorstText is the world file of the call that waits longest. Its comment says so.
func WorstText(r *prove.Report, replay Replays) (string, error) {
	return worldText(diag.Sprintf("# The call that waits longest: %s", words.Ms(Ms(r.WorstWait))), replay.worst(), r.WorstCall)
}

func (r Replays) worst() string { return r.Command + " --world " + WorstWorld }

// worldText is a world file, below a comment that says what it is, how the call goes and what replays it.
func worldText(head, command string, c *prove.Counterexample) (string, error) {
	text, err := c.World.Encode()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	diag.Fprintf(&b, "%s\n", diag.Block(head))
	for i, s := range c.Call {
		diag.Fprintf(&b, "#   %d. %s\n", i+1, s)
	}
	diag.Fprintf(&b, "# Replay it: %s\n", command)
	return b.String() + string(text), nil
}

// NewProof converts a report; nil stays nil.
func NewProof(r *prove.Report, replay Replays) (*Proof, error) {
	if r == nil {
		return nil, nil
	}
	ps, err := newProperties(r, replay)
	if err != nil {
		return nil, err
	}
	var worst *Counterexample
	if r.WorstCall != nil {
		text, err := WorstText(r, replay)
		if err != nil {
			return nil, err
		}
		worst = &Counterexample{text, replay.worst(), list(r.WorstCall.Call)}
	}
	return &Proof{
		Mode: r.Mode, Properties: ps, States: r.States, Paths: paths(r), CRMClasses: r.CRMClasses, Calls: r.Calls,
		WorstWaitMs: Ms(r.WorstWait), WorstPath: list(r.WorstPath), WorstCall: worst, WorstHubSpotMs: Ms(r.WorstHubSpot),
		Assumptions: list(r.Assumptions), Cut: list(r.Cut), Ms: Ms(r.Elapsed),
	}, nil
}

// NewFlowProof converts the report of a flow, nil when there is nothing to prove of it.
func NewFlowProof(file, kind string, r *prove.Report, found diag.Findings, replay Replays) (FlowProof, error) {
	out := FlowProof{File: file, Type: kind, Properties: []Property{}, Paths: "0", WorstPath: []string{}, Cut: []string{}, Findings: NewFindings(found)}
	if r == nil {
		return out, nil
	}
	var err error
	out.Properties, err = newProperties(r, replay)
	out.States, out.Paths, out.Cut, out.Ms = r.States, paths(r), list(r.Cut), Ms(r.Elapsed)
	out.WorstWaitMs, out.WorstPath = Ms(r.WorstWait), list(r.WorstPath)
	return out, err
}

func newProperties(r *prove.Report, replay Replays) ([]Property, error) {
	out := make([]Property, 0, len(r.Properties))
	for _, p := range r.Properties {
		v := Property{ID: p.ID, Title: p.Title, Verdict: p.Verdict, Message: p.Message}
		if p.Counterexample != nil {
			world, err := WorldText(p, replay)
			if err != nil {
				return nil, err
			}
			v.Counterexample = &Counterexample{world, replay.command(p.ID), list(p.Counterexample.Call)}
		}
		out = append(out, v)
	}
	return out, nil
}

func list(s []string) []string { return append([]string{}, s...) }

func paths(r *prove.Report) string {
	if r.Paths == nil {
		return "0"
	}
	return r.Paths.String()
}

// PrintProof writes what was proved for a person: in a few lines when everything holds.
func PrintProof(w io.Writer, r *prove.Report, replay Replays) error {
	if r == nil {
		return nil
	}
	var b diag.Page
	diag.Fprintf(&b, "proof (%s): %s (%s)\n", r.Mode, provedTone(r), ProofPage)
	if len(r.Broken()) > 0 {
		printProperties(&b, r, replay)
	}
	printSearch(&b, r)
	_, err := diag.Fprintf(w, "%s", &b)
	return err
}

// PrintFlowProof writes what was proved of a flow for a person; the findings stand above.
func PrintFlowProof(w io.Writer, file string, r *prove.Report, replay Replays) error {
	var b diag.Page
	diag.Fprintf(&b, "%s: %s\n", file, provedTone(r))
	printProperties(&b, r, replay)
	printSearch(&b, r)
	_, err := diag.Fprintf(w, "%s", &b)
	return err
}

// ProofTally adds up the verdicts.
func ProofTally(r *prove.Report) string {
	n := map[prove.Verdict]int{}
	for _, p := range r.Properties {
		n[p.Verdict]++
	}
	if n[prove.Holds] == len(r.Properties) {
		return fmt.Sprintf("all %d properties hold", n[prove.Holds])
	}
	out := []string{fmt.Sprintf("%d of %s", n[prove.Holds], words.Count(len(r.Properties), "property holds", "properties hold"))}
	if n[prove.Broken] > 0 {
		out = append(out, fmt.Sprintf("%d broken", n[prove.Broken]))
	}
	if n[prove.NotDecided] > 0 {
		out = append(out, fmt.Sprintf("%d not decided", n[prove.NotDecided]))
	}
	return strings.Join(out, ", ")
}

var verdicts = map[prove.Verdict]string{prove.Holds: "holds", prove.Broken: "BROKEN", prove.NotDecided: "NOT DECIDED"}

// provedTone is ProofTally, red when something does not hold.
func provedTone(r *prove.Report) any {
	if len(r.Broken()) > 0 {
		return diag.In(diag.Bad, ProofTally(r))
	}
	return diag.In(diag.Good, ProofTally(r))
}

func printProperties(b *diag.Page, r *prove.Report, replay Replays) {
	for _, p := range r.Properties {
		tone := diag.Bad
		if p.Verdict == prove.Holds {
			tone = diag.Good
		}
		diag.Fprintf(b, "  %-12s %s\n", diag.In(tone, verdicts[p.Verdict]), p.Title)
		if p.Counterexample == nil {
			continue
		}
		for i, s := range p.Counterexample.Call {
			diag.Fprintf(b, "  %-12s %3d. %s\n", "", i+1, s)
		}
		if replay.Folder != "" {
			diag.Fprintf(b, "  %-12s %s\n", "", replay.command(p.ID))
		}
	}
	first := slices.IndexFunc(r.Properties, func(p prove.Property) bool { return p.Counterexample != nil })
	if first < 0 {
		return
	}
	if replay.Folder == "" {
		diag.Fprintf(b, "  %-12s --counterexamples DIR writes these calls into files that replay them\n", "replay")
	}
	if id := r.Properties[first].ID; replay.Drawn != "" {
		diag.Fprintf(b, "  %-12s %s --counterexample %s --out %s.svg\n", "draw", replay.Drawn, id, id)
	}
}

// printSearch says how much was tried, and what the answer rests on.
func printSearch(b *diag.Page, r *prove.Report) {
	line := func(name, value, more string) {
		diag.Fprintf(b, "%s\n", strings.TrimRight(diag.Sprintf("  %-12s %-19s %s", name, value, more), " "))
	}
	took := fmt.Sprintf(", in %s", words.Ms(Ms(r.Elapsed)))
	tried := strings.TrimSuffix(words.Grouped(paths(r))+" paths", map[bool]string{true: "s"}[paths(r) == "1"]) + " through " + words.Count(r.States, "state", "states") + " of the flow"
	if r.Calls > 0 {
		line("tried", tried, "")
		line("", fmt.Sprintf("%s to %s of accounts%s", words.Count(r.Calls, "call", "calls"), words.Count(r.CRMClasses, "kind", "kinds"), took), "")
	} else {
		line("tried", tried+took, "")
	}
	hubspot := ""
	if r.Calls > 0 {
		hubspot = "HubSpot at most " + words.Thousands(Ms(r.WorstHubSpot))
	}
	line("worst wait", words.Ms(Ms(r.WorstWait)), hubspot)
	lines := func(name string, of []string) {
		for _, l := range of {
			line(name, l, "")
			name = ""
		}
	}
	lines("", wrapped(r.WorstPath, " · "))
	var rests []string
	for _, a := range r.Assumptions {
		if strings.Contains(a, " ") {
			rests = append(rests, a)
		}
	}
	if n := len(r.Assumptions) - len(rests); n > 0 {
		rests = append([]string{words.Count(n, "assumption", "assumptions") + " about the vendors (" + AssumptionsPage + ")"}, rests...)
	}
	lines("rests on", rests)
	lines("cut", r.Cut)
}

// wrapped puts words into lines.
func wrapped(words []string, between string) []string {
	const most = 90 // characters of a line
	var out []string
	for _, w := range words {
		if last := len(out) - 1; last >= 0 && utf8.RuneCountInString(out[last]+between+w) <= most {
			out[last] += between + w
			continue
		}
		if last := len(out) - 1; last >= 0 {
			out[last] += strings.TrimRight(between, " ")
		}
		out = append(out, w)
	}
	return out
}
