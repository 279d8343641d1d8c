package view

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/aymanbagabas/go-udiff"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/words"
)

// A Plan is the answer of plan.
type Plan struct {
	Schema             int                 `json:"schema"`
	Changes            []Change            `json:"changes"`
	Counts             map[plan.Action]int `json:"counts"`
	PermissionsMissing []string            `json:"permissionsMissing"`
	Sandbox            bool                `json:"sandbox"`  // of an emulated org, which was made from the file
	Warnings           []string            `json:"warnings"` // what should be known and stops nothing
	Timings            *Timings            `json:"timings"`  // null unless asked for
	Preflight
}

// A PlanAnswer is the answer of plan, with what setup has no use for.
type PlanAnswer struct {
	Plan
	RoutingDiff *Moves `json:"routingDiff"` // null unless asked for, and when nothing is deployed
}

// A Preflight is what both accounts say before anything is changed.
type Preflight struct {
	// Each of permissionsMissing with the change that needs it first.
	PermissionsMissingFor []MissingPermission `json:"permissionsMissingFor"`
	Findings              []Finding           `json:"findings"`
}

// A MissingPermission is one that a change needs and the client does not hold.
type MissingPermission struct {
	Permission string `json:"permission"` // any of several are joined by " or "
	Reason     string `json:"reason"`     // notGranted, notLicensed, otherDivision, or unknown: only the list of grants says so
	Kind       string `json:"kind"`       // of the entity whose change needs it
	Name       string `json:"name"`
	Needed     string `json:"neededTo"` // such as create queue "Sales"
}

// NewPreflight converts what was found before a plan is carried out.
func NewPreflight(r *reconcile.Reconciler, found diag.Findings) Preflight {
	out := Preflight{PermissionsMissingFor: []MissingPermission{}, Findings: NewFindings(found)}
	lacks, _ := r.Lacks()
	for _, l := range lacks {
		out.PermissionsMissingFor = append(out.PermissionsMissingFor, MissingPermission{l.Permission, reason(l, "unknown"), string(l.Change.Kind), l.Change.Name, l.What})
	}
	return out
}

// reason says why a permission is not held; doubtful is the word for one of which only the list of grants
// says so.
func reason(l reconcile.Lack, doubtful string) string {
	switch {
	case l.Unlicensed:
		return "notLicensed"
	case l.Elsewhere:
		return "otherDivision"
	case l.Sure:
		return "notGranted"
	}
	return doubtful
}

// Applied is the answer of setup and destroy: the plan with a status per change, and what
// stopped it. It is a Failure too when something did.
type Applied struct {
	Plan
	Verification *Verification `json:"verification"` // null when nobody was tried

	Totals Totals   `json:"totals"`
	Calls  int      `json:"calls"` // reads and writes together
	Reads  int      `json:"reads"`
	Writes int      `json:"writes"`
	Ms     int64    `json:"ms"`
	Error  *Problem `json:"error"`
}

// A Change is one entity.
type Change struct {
	Kind   string      `json:"kind"`
	Name   string      `json:"name"`
	ID     *string     `json:"id"`
	Action plan.Action `json:"action"`
	Fields []Field     `json:"fields"` // what differs; of a create, what it will have
	Diff   []string    `json:"diff"`   // of a flow and a data action: the lines of its texts that differ
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

// Lacking lists permissions for Plan; nil when nobody knows.
func Lacking(lacks []reconcile.Lack, known bool) []string {
	if !known {
		return nil
	}
	out := []string{}
	for _, l := range lacks {
		out = append(out, l.Permission)
	}
	return out
}

// NewPlan converts a plan for a real org or a sandbox. texts gives, for kinds that are a file,
// what is published and what would be.
func NewPlan(p plan.Plan, sandbox bool, texts map[genesys.Key][2]string, lacking, warnings []string) Plan {
	out := Plan{Schema: Schema, Changes: []Change{}, Counts: p.Counts(), PermissionsMissing: lacking, Sandbox: sandbox, Warnings: append([]string{}, warnings...), Preflight: Preflight{[]MissingPermission{}, []Finding{}}}
	for _, c := range p.Changes {
		out.Changes = append(out.Changes, NewChange(c, texts))
	}
	return out
}

// NewChange converts one change.
func NewChange(c plan.Change, texts map[genesys.Key][2]string) Change {
	fields, diff := shown(c), []string{}
	if t, ok := texts[c.Key]; ok && c.Action != plan.Create {
		diff = unified(t[0], t[1])
	}
	if (c.Key.Kind == genesys.DataAction || c.Key.Kind == genesys.AuthAction) && c.Action != plan.Create {
		for _, f := range fields {
			if old, now, ok := lines(f); ok {
				diff = append(append(diff, f.Path), unified(old, now)...)
				continue
			}
			diff = append(diff, "-"+f.Path+": "+whole(f.Old), "+"+f.Path+": "+whole(f.New))
		}
	}
	out := Change{
		Kind: string(c.Key.Kind), Name: c.Key.Name, ID: text(c.ID), Action: c.Action, Fields: []Field{}, Diff: diff, Reason: text(reasonOf(c, fields, len(diff) > 0)),
		Unstaffed: c.Unstaffed, Nearest: text(c.Nearest),
	}
	for _, f := range fields {
		out.Fields = append(out.Fields, Field{f.Path, f.Old, f.New})
	}
	return out
}

// shown are the fields of a change that say something: not those in which only the hash of a
// mark differs.
func shown(c plan.Change) []plan.Field {
	return slices.DeleteFunc(slices.Clone(c.Fields), func(f plan.Field) bool {
		old, _ := f.Old.(string)
		now, _ := f.New.(string)
		return old != "" && now != "" && blueprint.WithoutHashes(old) == blueprint.WithoutHashes(now)
	})
}

// reasonOf is why, or the one word when nothing else differs than the hash.
func reasonOf(c plan.Change, shown []plan.Field, diff bool) string {
	if c.Reason == "" && len(c.Fields) > 0 && len(shown) == 0 && !diff {
		return "hash"
	}
	return c.Reason
}

// lines gives both texts of a field that has several lines.
func lines(f plan.Field) (old, now string, ok bool) {
	old, isText := f.Old.(string)
	now, also := f.New.(string)
	return old, now, isText && also && strings.Contains(old+now, "\n")
}

var symbols = map[plan.Action]string{plan.Keep: "=", plan.Create: "+", plan.Update: "~", plan.Replace: "±", plan.Delete: "-", plan.Move: "→", plan.Leave: "·"}

// tones are those of what changes: red is what goes.
var tones = map[plan.Action]diag.Tone{plan.Create: diag.Good, plan.Update: diag.Caution, plan.Replace: diag.Caution, plan.Delete: diag.Bad, plan.Move: diag.Accent}

// acted is an action with its sign.
func acted(a plan.Action) any {
	text := diag.Sprintf("%s %-8s", symbols[a], a)
	if t, ok := tones[a]; ok {
		return diag.In(t, text)
	}
	return text
}

// toned is a text of Diff with what goes in red and what comes in green.
func toned(lines string) *diag.Page {
	var b diag.Page
	for line := range strings.Lines(lines) {
		text := strings.TrimSuffix(line, "\n")
		switch sign := strings.TrimPrefix(text, "      "); {
		case strings.HasPrefix(sign, "+"):
			diag.Fprintf(&b, "%s\n", diag.In(diag.Good, diag.Block(text)))
		case strings.HasPrefix(sign, "-"):
			diag.Fprintf(&b, "%s\n", diag.In(diag.Bad, diag.Block(text)))
		case strings.HasPrefix(sign, "@@"):
			diag.Fprintf(&b, "%s\n", diag.In(diag.Accent, diag.Block(text)))
		default:
			diag.Fprintf(&b, "%s\n", diag.Block(text))
		}
	}
	return &b
}

// PrintPlan writes a plan for a person: what changes first; what stays is only counted,
// but for queues in which nobody would answer and what else there is to know.
// texts gives, for kinds that are a file, what is published and what would be.
func PrintPlan(w io.Writer, p plan.Plan, texts map[genesys.Key][2]string) error {
	var b diag.Page
	folded := foldedRows(p)
	for _, c := range p.Changes {
		if n := folded[rowsOf(c)]; n > 0 {
			if n > maxRows {
				diag.Fprintf(&b, "%s %-13s %s/…  (%d rows)\n", acted(c.Action), c.Key.Kind, rowsOf(c).table, n)
			}
			folded[rowsOf(c)] = -1
		}
		if folded[rowsOf(c)] < 0 && c.Key.Kind == genesys.DataTableRow {
			continue
		}
		if c.Action == plan.Keep && !c.Unstaffed && !told(c) {
			continue
		}
		fields, diff := shown(c), ""
		if t, ok := texts[c.Key]; ok {
			diff = Diff(t[0], t[1])
		}
		diag.Fprintf(&b, "%s %-13s %s", acted(c.Action), c.Key.Kind, c.Key.Name)
		if reason := reasonOf(c, fields, diff != ""); reason != "" {
			diag.Fprintf(&b, "  (%s)", reason)
		}
		b.Add("\n")
		if c.Action == plan.Create {
			if set := sets(c); set != "" {
				diag.Fprintf(&b, "    %s\n", set)
			}
			continue
		}
		for _, f := range fields {
			if old, now, ok := lines(f); ok {
				diag.Fprintf(&b, "    %s:\n%s", f.Path, toned(Diff(old, now)))
				continue
			}
			diag.Fprintf(&b, "    %s: %s → %s\n", f.Path, short(f.Old), short(f.New))
		}
		diag.Fprintf(&b, "%s", toned(diff))
	}
	diag.Fprintf(&b, "%s\n", Tally(p))
	_, err := diag.Fprintf(w, "%s", &b)
	return err
}

// maxRows is how many changed rows of one table are shown one by one.
const maxRows = 20

// A rowGroup is the changes of one kind to rows of one table.
type rowGroup struct {
	table  string
	action plan.Action
}

func rowsOf(c plan.Change) rowGroup {
	table, _, _ := strings.Cut(c.Key.Name, "/")
	return rowGroup{table, c.Action}
}

// foldedRows counts the rows of those groups that are too many to be shown one by one.
func foldedRows(p plan.Plan) map[rowGroup]int {
	n := map[rowGroup]int{}
	for _, c := range p.Changes {
		if c.Key.Kind == genesys.DataTableRow && c.Action != plan.Keep {
			n[rowsOf(c)]++
		}
	}
	for g, rows := range n {
		if rows <= maxRows {
			delete(n, g)
		}
	}
	return n
}

// told reports whether there is something to know of what stays: who has locked the flow, which
// numbers a call route does not get.
func told(c plan.Change) bool {
	return c.Reason != "" && c.Reason != plan.AsItIs && (c.Key.Kind == genesys.Flow || c.Key.Kind == genesys.CallRoute)
}

// sets is the line that says what a new entity will have, as far as a line goes; its name, its
// division and its mark need no words.
func sets(c plan.Change) string {
	const width = 110
	var said string
	n := 0
	fields := slices.DeleteFunc(slices.Clone(c.Fields), func(f plan.Field) bool {
		t, _ := f.New.(string)
		return slices.Contains([]string{"name", "key", "division.id", "schema.$schema"}, f.Path) || len(genesys.Marks(t)) > 0
	})
	for _, f := range fields {
		one := diag.Sprintf("%s: %s", f.Path, short(f.New))
		if f.New == nil || utf8.RuneCountInString(said+one) > width && n > 0 {
			break
		}
		if n++; n > 1 {
			said += ", "
		}
		said += one
	}
	switch {
	case len(fields) == 0:
		return ""
	case n < len(fields):
		said += fmt.Sprintf(", and %d more", len(fields)-n)
	}
	return said
}

// Diff shows the lines that change with two lines around each, indented. What changes with
// every other change of a flow is left out.
func Diff(old, now string) string {
	ls := unified(old, now)
	if len(ls) == 0 {
		return ""
	}
	return "      " + strings.Join(ls, "\n      ") + "\n"
}

// unified gives the lines of a unified diff.
func unified(old, now string) []string {
	old, now = blueprint.WithoutHashes(old), blueprint.WithoutHashes(now)
	d, err := udiff.ToUnified("published", "rendered", old, udiff.Lines(old, now), 2)
	if err != nil || d == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(d, "\n"), "\n")
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
	return words.Count(len(p.Changes), "entity", "entities") + ": " + strings.Join(parts, ", ")
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

// whole is a value as JSON.
func whole(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(data)
}

// short is a value on one line.
func short(v any) string {
	s := whole(v)
	if r := []rune(s); len(r) > 80 {
		s = string(r[:77]) + "…"
	}
	return s
}
