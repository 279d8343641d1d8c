package view

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/words"
)

// A FlowRun is the answer of flow run as JSON. Keys are always there.
type FlowRun struct {
	Schema          int               `json:"schema"`
	Flow            string            `json:"flow"`
	Type            string            `json:"type"`
	ANI             string            `json:"ani"`
	DNIS            *string           `json:"dnis"`
	At              string            `json:"at"`
	Ending          string            `json:"ending"`
	Target          *string           `json:"target"`
	Queue           *string           `json:"queue"`
	Skills          []string          `json:"skills"`
	LanguageSkill   *string           `json:"languageSkill"`
	Priority        int64             `json:"priority"`
	ParticipantData map[string]string `json:"participantData"`
	ScreenPop       *ScreenPop        `json:"screenPop"`
	WaitedMs        int64             `json:"waitedMs"`
	Actions         int               `json:"actions"`
	Path            []FlowStep        `json:"path"`
	Errors          []FlowProblem     `json:"errors"` // run-time errors that went to error handling
	Warnings        []string          `json:"warnings"`
}

type FlowStep struct {
	Task    string            `json:"task"`
	Action  string            `json:"action"`
	Type    string            `json:"type"`
	Branch  *string           `json:"branch"`
	Ms      int64             `json:"ms"`
	Line    int               `json:"line"`
	Inputs  map[string]string `json:"inputs,omitempty"`  // with --trace
	Outputs map[string]string `json:"outputs,omitempty"` // with --trace
}

type FlowProblem struct {
	Action  string `json:"action"`
	Message string `json:"message"`
	Line    int    `json:"line"`
	Path    string `json:"path"`
}

func NewFlowRun(f *architect.File, c interp.Call, r interp.Result, notes []string, mask *privacy.Mask) FlowRun {
	out := FlowRun{
		Schema: Schema, Flow: f.Flow.Name, Type: f.Type, ANI: mask.Number(c.ANI), DNIS: text(c.DNIS), At: c.At.UTC().Format(time.RFC3339),
		Ending: string(r.Ending), Target: text(mask.Text(r.Target)), Queue: text(r.Queue), Skills: append([]string{}, r.Skills...),
		LanguageSkill: text(r.LanguageSkill), Priority: r.Priority, ParticipantData: map[string]string{},
		WaitedMs: r.Elapsed.Milliseconds(), Actions: r.Actions, Path: []FlowStep{}, Errors: []FlowProblem{}, Warnings: []string{},
	}
	for k, v := range r.ParticipantData {
		out.ParticipantData[k] = mask.Text(v)
	}
	if r.ScreenPop != nil {
		out.ScreenPop = &ScreenPop{Script: r.ScreenPop.Script, Inputs: valuesOf(r.ScreenPop.Inputs, mask)}
		if out.ScreenPop.Inputs == nil {
			out.ScreenPop.Inputs = map[string]string{}
		}
	}
	for _, s := range r.Path {
		out.Path = append(out.Path, FlowStep{
			Task: s.Task, Action: s.Action, Type: s.Type, Branch: text(s.Branch), Ms: s.Elapsed.Milliseconds(), Line: s.Pos.Line,
			Inputs: valuesOf(s.Inputs, mask), Outputs: valuesOf(s.Outputs, mask),
		})
	}
	for _, p := range r.Problems {
		out.Errors = append(out.Errors, FlowProblem{Action: cmp.Or(p.Action, p.Type), Message: mask.Text(p.Message), Line: p.Pos.Line, Path: p.Path})
	}
	for _, p := range r.Warnings {
		out.Warnings = append(out.Warnings, mask.Text(p.Message))
	}
	for _, n := range notes {
		out.Warnings = append(out.Warnings, mask.Text(n))
	}
	return out
}

func valuesOf(ns []interp.Named, mask *privacy.Mask) map[string]string {
	if len(ns) == 0 {
		return nil
	}
	out := make(map[string]string, len(ns))
	for _, n := range ns {
		v := mask.Text(Plain(n.Value))
		if before, twice := out[n.Name]; twice { // skills, statements that write one variable again
			v = before + ", " + v
		}
		out[n.Name] = v
	}
	return out
}

func PrintFlowRun(w io.Writer, out FlowRun, r interp.Result, trace bool, mask *privacy.Mask) {
	dnis := ""
	if out.DNIS != nil {
		dnis = " → " + *out.DNIS
	}
	diag.Fprintf(w, "call %s%s    %s %q, %s\n", out.ANI, dnis, out.Type, out.Flow, out.At)
	line := func(name, text string) {
		if text != "" {
			diag.Fprintf(w, "  %-13s%s\n", name, text)
		}
	}
	how := words.End(out.Ending, value(out.Target))
	if r.Handled {
		how += "    by the flow's error handling"
	}
	line("ending", how)
	line("skills", strings.Join(out.Skills, ", "))
	line("language", r.LanguageSkill)
	if out.Ending == string(interp.EndQueue) {
		line("priority", fmt.Sprint(out.Priority))
	}
	for i, k := range slices.Sorted(maps.Keys(out.ParticipantData)) {
		name := ""
		if i == 0 {
			name = "data"
		}
		line(name, k+" = "+out.ParticipantData[k])
	}
	if p := r.ScreenPop; p != nil {
		var parts []string
		for _, n := range p.Inputs {
			parts = append(parts, n.Name+" = "+mask.Text(Plain(n.Value)))
		}
		line("screen pop", p.Script+"    "+strings.Join(parts, ", "))
	}
	line("waited", words.Ms(out.WaitedMs))
	more := "    --trace shows each"
	if trace {
		more = ""
	}
	line("path", words.Count(out.Actions, "action", "actions")+more)
	if trace {
		PrintSteps(w, r.Path, mask)
	}
	for _, p := range r.Problems {
		line("error", fmt.Sprintf("%s: %s (%s)", cmp.Or(p.Action, p.Type), mask.Text(p.Message), p.Pos))
	}
	for _, t := range out.Warnings {
		line("warning", t)
	}
}

// PrintSteps writes the trace: a line for each action, its inputs and outputs below.
func PrintSteps(w io.Writer, steps []interp.Step, mask *privacy.Mask) {
	for i, s := range steps {
		name := s.Type
		if s.Action != "" {
			name += fmt.Sprintf(" %q", s.Action)
		}
		if s.Branch != "" {
			name += " → " + s.Branch
		}
		took := ""
		if s.Elapsed > 0 {
			took = "    " + words.Ms(s.Elapsed.Milliseconds())
		}
		diag.Fprintf(w, "  %4d %7d ms  %s%s    %s:%d\n", i+1, s.At.Milliseconds(), name, took, s.Task, s.Pos.Line)
		for _, n := range s.Inputs {
			diag.Fprintf(w, "                     in  %s = %s\n", n.Name, mask.Text(n.Value.String()))
		}
		for _, n := range s.Outputs {
			diag.Fprintf(w, "                     out %s = %s\n", n.Name, mask.Text(n.Value.String()))
		}
	}
}
