package view

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/reconcile"
)

// A Plan is the answer of plan.
type Plan struct {
	Schema             int                 `json:"schema"`
	Changes            []Change            `json:"changes"`
	Counts             map[plan.Action]int `json:"counts"`
	PermissionsMissing []string            `json:"permissionsMissing"`
	Sandbox            bool                `json:"sandbox"` // of an emulated org, which was made from the file
}

// Applied is the answer of setup and destroy: the plan with a status per change, and what
// stopped it. It is a Failure too when something did.
type Applied struct {
	Plan
	Calls    int       `json:"calls"`
	Ms       int64     `json:"ms"`
	Warnings []string  `json:"warnings"`
	Error    *Problem  `json:"error"`
	Findings []Finding `json:"findings"`
}

// A Change is one entity.
type Change struct {
	Kind   string      `json:"kind"`
	Name   string      `json:"name"`
	ID     *string     `json:"id"`
	Action plan.Action `json:"action"`
	Fields []Field     `json:"fields"`
	Reason *string     `json:"reason"`

	// Unstaffed: callers would wait for nobody in this queue. Nearest is the existing name
	// that is most like one that does not exist.
	Unstaffed bool    `json:"unstaffed"`
	Nearest   *string `json:"nearest"`

	Status reconcile.State `json:"status,omitempty"`
}

// A Field is one difference.
type Field struct {
	Path string `json:"path"`
	Old  any    `json:"old"`
	New  any    `json:"new"`
}

// NewPlan converts a plan for a real org or a sandbox.
func NewPlan(p plan.Plan, sandbox bool) Plan {
	out := Plan{Schema: Schema, Changes: []Change{}, Counts: p.Counts(), Sandbox: sandbox}
	for _, c := range p.Changes {
		out.Changes = append(out.Changes, NewChange(c))
	}
	return out
}

// NewChange converts one change.
func NewChange(c plan.Change) Change {
	out := Change{
		Kind: string(c.Key.Kind), Name: c.Key.Name, ID: text(c.ID), Action: c.Action, Fields: []Field{}, Reason: text(c.Reason),
		Unstaffed: c.Unstaffed, Nearest: text(c.Nearest),
	}
	for _, f := range c.Fields {
		out.Fields = append(out.Fields, Field{f.Path, f.Old, f.New})
	}
	return out
}

var symbols = map[plan.Action]string{plan.Keep: "=", plan.Create: "+", plan.Update: "~", plan.Replace: "±", plan.Delete: "-", plan.Move: "→", plan.Leave: "·"}

// PrintPlan writes a plan for a person: what changes first; what stays is only counted,
// but for queues in which nobody would answer and what else there is to know.
// texts gives, for kinds that are a file, what is published and what would be.
func PrintPlan(w io.Writer, p plan.Plan, texts map[genesys.Key][2]string) error {
	var b strings.Builder
	for _, c := range p.Changes {
		if c.Action == plan.Keep && !c.Unstaffed && !told(c) {
			continue
		}
		diag.Fprintf(&b, "%s %-8s %-13s %s", symbols[c.Action], c.Action, c.Key.Kind, c.Key.Name)
		if c.Reason != "" {
			diag.Fprintf(&b, "  (%s)", c.Reason)
		}
		b.WriteByte('\n')
		for _, f := range c.Fields {
			old, isText := f.Old.(string)
			now, also := f.New.(string)
			if isText && also && strings.Contains(old+now, "\n") {
				diag.Fprintf(&b, "    %s:\n%s", f.Path, diag.Block(Diff(old, now)))
				continue
			}
			diag.Fprintf(&b, "    %s: %s → %s\n", f.Path, short(f.Old), short(f.New))
		}
		if t, ok := texts[c.Key]; ok {
			b.WriteString(Diff(t[0], t[1]))
		}
	}
	diag.Fprintf(&b, "%s\n", Tally(p))
	_, err := diag.Fprintf(w, "%s", diag.Block(b.String()))
	return err
}

// told reports whether there is something to know of what stays: who has locked the flow, which
// numbers a call route does not get.
func told(c plan.Change) bool {
	return c.Reason != "" && (c.Key.Kind == genesys.Flow || c.Key.Kind == genesys.CallRoute)
}

// Diff shows the lines that change with two lines around each, indented.
func Diff(old, now string) string {
	unified, err := udiff.ToUnified("published", "rendered", old, udiff.Strings(old, now), 2)
	if err != nil || unified == "" {
		return ""
	}
	lines := strings.SplitAfter(strings.TrimSuffix(unified, "\n"), "\n")
	return "      " + strings.Join(lines, "      ") + "\n"
}

// Tally is the line that adds up.
func Tally(p plan.Plan) string {
	n := p.Counts()
	var parts []string
	for _, a := range plan.Actions() {
		if n[a] > 0 {
			parts = append(parts, fmt.Sprintf("%d to %s", n[a], a))
		}
	}
	if len(parts) == 0 {
		return "nothing to do: the org holds nothing of this deployment"
	}
	return Count(len(p.Changes), "entity", "entities") + ": " + strings.Join(parts, ", ")
}

// Pending is how many changes setup would make.
func Pending(p plan.Plan) int {
	n := 0
	for _, c := range p.Changes {
		if c.Action != plan.Keep && c.Action != plan.Leave {
			n++
		}
	}
	return n
}

// short is a value on one line.
func short(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	s := string(data)
	if r := []rune(s); len(r) > 80 {
		s = string(r[:77]) + "…"
	}
	return s
}
