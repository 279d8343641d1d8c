package view

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/words"
)

// A Status is the answer of status.
type Status struct {
	Schema       int           `json:"schema"`
	Org          Org           `json:"org"`
	Sandbox      bool          `json:"sandbox"`
	InSync       bool          `json:"inSync"` // org and file do not differ
	Entities     []Entity      `json:"entities"`
	Integrations []Integration `json:"integrations"`
	Switch       Switch        `json:"switch"`
	Breaker      Breaker       `json:"breaker"`
	Token        Token         `json:"token"` // that is renewed outside
	Since        string        `json:"since"` // of the figures of actions
	Actions      []ActionRuns  `json:"actions"`
	Findings     []Finding     `json:"findings"` // versions that end, what HubSpot does not have
	Warnings     []string      `json:"warnings"`
}

// An Entity is how one entity of the org stands to the file.
type Entity struct {
	Kind      string              `json:"kind"`
	Name      string              `json:"name"`
	ID        *string             `json:"id"`
	State     reconcile.Condition `json:"state"`
	Fields    []Field             `json:"fields"`  // old is in the org, new in the file
	Changed   *string             `json:"changed"` // file, org, both, neither, unknown
	By        *string             `json:"by"`
	At        *string             `json:"at"`
	Reason    *string             `json:"reason"`
	Diff      []string            `json:"diff"` // of a flow: lines that differ
	Unstaffed bool                `json:"unstaffed"`
}

// An Integration is what the platform reports of one.
type Integration struct {
	Name    string  `json:"name"`
	ID      string  `json:"id"`
	Type    string  `json:"type"`
	State   string  `json:"state"`
	Message *string `json:"message"`
	Since   *string `json:"since"`
}

// ActionRuns are the figures of a data action.
type ActionRuns struct {
	Name     string `json:"name"`
	Calls    int    `json:"calls"`
	Failures int    `json:"failures"`
	Timeouts int    `json:"timeouts"` // of the failures
	P95Ms    *int64 `json:"p95Ms"`
}

// NewEntity converts a standing.
func NewEntity(s reconcile.Standing) Entity {
	e := Entity{
		Kind: string(s.Key.Kind), Name: s.Key.Name, ID: text(s.ID), State: s.Condition, Fields: []Field{}, Changed: text(string(s.Changed)),
		By: text(s.By), At: instant(s.At), Reason: text(s.Reason), Diff: []string{}, Unstaffed: s.Unstaffed,
	}
	for _, f := range shown(plan.Change{Fields: s.Fields}) {
		e.Fields = append(e.Fields, Field{f.Path, f.Old, f.New})
	}
	if s.Texts[0] != s.Texts[1] {
		e.Diff = append(e.Diff, unified(s.Texts[0], s.Texts[1])...)
	}
	return e
}

// NewIntegration converts a health.
func NewIntegration(h reconcile.Health) Integration {
	return Integration{Name: h.Name, ID: h.ID, Type: h.Type, State: h.State, Message: text(h.Message), Since: instant(h.Since)}
}

// NewActionRuns converts figures.
func NewActionRuns(name string, r genesys.ActionRuns) ActionRuns {
	a := ActionRuns{Name: name, Calls: r.Calls, Failures: r.Failures, Timeouts: r.Timeouts}
	if r.P95 > 0 {
		ms := r.P95.Milliseconds()
		a.P95Ms = &ms
	}
	return a
}

// Share is the share of runs that failed.
func (a ActionRuns) Share() float64 {
	if a.Calls == 0 {
		return 0
	}
	return float64(a.Failures) / float64(a.Calls)
}

func instant(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	return text(t.UTC().Format(time.RFC3339))
}

// since is how far back the figures of actions go, as people write it.
func (s Status) since() string {
	if d, err := time.ParseDuration(s.Since); err == nil {
		return words.Span(d)
	}
	return s.Since
}

// weights order what differs: what callers notice first.
var weights = []reconcile.Condition{reconcile.Missing, reconcile.Drifted, reconcile.Foreign, reconcile.Duplicate, reconcile.Pending}

// whose says in words which of the two changed.
var whose = map[string]string{
	string(reconcile.File): "the file changed", string(reconcile.OrgSide): "the org changed", string(reconcile.Both): "the file and the org changed",
	string(reconcile.Neither): "left by an earlier run", string(reconcile.Unknown): "which of the two changed is not known",
}

// mostLines is how many lines of a flow are shown of one screen.
const mostLines = 16

// PrintStatus writes a status for a person, what matters most first.
func PrintStatus(w io.Writer, s Status, now time.Time) error {
	var b diag.Page
	emulated := ""
	if s.Sandbox {
		emulated = ", emulated"
	}
	diag.Fprintf(&b, "org %q (%s%s)\n", s.Org.Name, s.Org.ID, emulated)
	tone := diag.Good
	if slices.ContainsFunc(s.Entities, func(e Entity) bool { return e.State != reconcile.InSync }) {
		tone = diag.Bad
	}
	diag.Fprintf(&b, "%s\n", diag.In(tone, s.tally()))
	es := slices.DeleteFunc(slices.Clone(s.Entities), func(e Entity) bool { return e.State == reconcile.InSync })
	slices.SortStableFunc(es, func(x, y Entity) int {
		return cmp.Or(cmp.Compare(slices.Index(weights, x.State), slices.Index(weights, y.State)), cmp.Compare(heavy(y), heavy(x)))
	})
	for _, e := range es {
		e.print(&b)
	}
	for _, i := range s.Integrations {
		line := "integration " + cmp.Or(i.State, "whose state the platform does not say")
		if i.State == "ACTIVE" {
			continue
		}
		diag.Fprintf(&b, "%s  %s", line, i.Name)
		if i.Message != nil {
			diag.Fprintf(&b, ": %s", *i.Message)
		}
		if i.Since != nil {
			diag.Fprintf(&b, ", since %s", *i.Since)
		}
		b.Add("\n")
	}
	diag.Fprintf(&b, "switch %s\nbreaker %s\n", s.Switch.Line(), s.Breaker.Line(now))
	if s.Token.State != NoToken().State {
		diag.Fprintf(&b, "token %s\n", s.Token.Line(now))
	}
	if n := s.active(); n > 0 {
		diag.Fprintf(&b, "%s active\n", words.Count(n, "integration", "integrations"))
	}
	for _, a := range s.Actions {
		diag.Fprintf(&b, "in %s  %-44s %s", s.since(), a.Name, words.Count(a.Calls, "call", "calls"))
		if a.Calls > 0 {
			diag.Fprintf(&b, ", %d failed (%.1f %%), %d of them timeouts", a.Failures, 100*a.Share(), a.Timeouts)
		}
		if a.P95Ms != nil {
			diag.Fprintf(&b, ", p95 %s", words.Ms(*a.P95Ms))
		}
		b.Add("\n")
	}
	for _, e := range s.Entities {
		if e.Unstaffed && e.State == reconcile.InSync && e.Reason != nil {
			diag.Fprintf(&b, "queue %s: %s\n", e.Name, *e.Reason)
		}
	}
	for _, f := range s.Findings {
		diag.Fprintf(&b, "%s %s", diag.In(f.Severity.Tone(), string(f.Severity)+":"), f.Message)
		if f.Code != nil {
			diag.Fprintf(&b, " [%s]", *f.Code)
		}
		b.Add("\n")
	}
	_, err := diag.Fprintf(w, "%s", &b)
	return err
}

// heavy tells the flow and the call route from what they use.
func heavy(e Entity) int { return genesys.Kind(e.Kind).Level() }

func (s Status) active() (n int) {
	for _, i := range s.Integrations {
		if i.State == "ACTIVE" {
			n++
		}
	}
	return n
}

func (s Status) tally() string {
	n := map[reconcile.Condition]int{}
	for _, e := range s.Entities {
		n[e.State]++
	}
	differ := len(s.Entities) - n[reconcile.InSync]
	if differ == 0 {
		return fmt.Sprintf("in sync: %s are as the file says", words.Count(len(s.Entities), "entity", "entities"))
	}
	var parts []string
	for _, c := range weights {
		if n[c] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[c], c))
		}
	}
	return fmt.Sprintf("org and file differ in %d of %s: %s", differ, words.Count(len(s.Entities), "entity", "entities"), strings.Join(parts, ", "))
}

func (e Entity) print(b *diag.Page) {
	diag.Fprintf(b, "%-9s %-13s %s", diag.In(diag.Caution, e.State), e.Kind, e.Name)
	if e.Changed != nil && (e.State != reconcile.Missing || *e.Changed == string(reconcile.OrgSide)) { // else the reason says it
		diag.Fprintf(b, "  %s", whose[*e.Changed])
	}
	if e.By != nil {
		diag.Fprintf(b, ", by %s", *e.By)
	}
	if e.At != nil {
		diag.Fprintf(b, ", %s", *e.At)
	}
	if e.Reason != nil {
		diag.Fprintf(b, "  (%s)", *e.Reason)
	}
	b.Add("\n")
	for _, f := range e.Fields {
		diag.Fprintf(b, "    %s: %s → %s\n", f.Path, short(f.Old), short(f.New))
	}
	for i, l := range e.Diff {
		if i == mostLines {
			diag.Fprintf(b, "      … %d more lines; -o json has them all\n", len(e.Diff)-i)
			break
		}
		diag.Fprintf(b, "%s", toned("      "+l+"\n"))
	}
}
