package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/prove"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// firstSuite makes a suite of calls that show what the deployment does: each with records of its
// own, and with what becomes of it as what is expected.
func firstSuite(ctx context.Context, s *simulation, name string) (text string, calls int, err error) {
	d := s.loaded.deployment
	var b strings.Builder
	diag.Fprintf(&b, `# Calls to %s and what is expected of them: a caller a rule, one whom none takes, one for
# each outcome, and one for each state of the schedule where there is one. Nobody in it exists.
# "expect" holds what happens now: correct it to what shall happen, and add your own calls.
#
#   dealroute simulate --suite %s --fail-under 90
#
# crm is what HubSpot knows when the call comes, instead of the records of crm.yaml; pipelines
# that it does not name are those of crm.yaml. docs/suite.md has all that a call can say.
version: 1
calls:
`, d.Name, yamlText(name))
	k := s.desk(s.callFiles(name))
	for _, x := range prove.NewPlayers(d, s.start).First() {
		row, o, err := k.first(ctx, x)
		if err != nil {
			return "", 0, err
		}
		if o == nil {
			continue
		}
		calls++
		b.WriteString(row)
		b.WriteString(s.expectations(o))
	}
	return b.String(), calls, nil
}

// first writes a call in as few words as it keeps its outcome with; no outcome when it cannot be
// written as a call of a suite.
func (k *desk) first(ctx context.Context, x prove.Shown) (row string, last *simulate.Outcome, err error) {
	faults, ok, err := k.faultsOf(ctx, x.Witness)
	if !ok || err != nil {
		return "", nil, err
	}
	for _, records := range []func(hubspot.CRM) string{shortRecords, longRecords, wholeRecords} {
		text := writeCall(x, faults, records(x.Witness.CRM))
		o, err := k.written(ctx, text)
		if found := (diag.Findings)(nil); errors.As(err, &found) {
			continue // fewer words than it takes
		}
		if err != nil {
			return "", nil, err
		}
		row, last = text, o
		if want := x.Want; o.Rule == want.Rule && (o.Result.Queue == want.Queue || o.Result.Target == want.Flow) && int(o.Result.Priority) == want.Priority && o.Outcome == string(want.Outcome) {
			break
		}
	}
	return row, last, nil
}

// written makes the call that a text says.
func (k *desk) written(ctx context.Context, text string) (*simulate.Outcome, error) {
	l, err := simulate.OpenList("calls.yaml", strings.NewReader("calls:\n"+text), simulate.ListOptions{})
	if err != nil {
		return nil, err
	}
	e, err := l.Next()
	if err != nil {
		return nil, err
	}
	c, found := e.Read()
	if found.Has(diag.Error) {
		return nil, found
	}
	r, _, err := k.ready(c)
	if err != nil {
		return nil, err
	}
	out, err := k.call(ctx, r, nil)
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// faultsOf are the faults of a witness as --fault takes them; false when it cannot say one. Which
// action a request is of shows the call without faults.
func (k *desk) faultsOf(ctx context.Context, w prove.Witness) ([]string, bool, error) {
	if len(w.Faults) == 0 {
		return nil, true, nil
	}
	o, err := k.written(ctx, writeCall(prove.Shown{Witness: w}, nil, wholeRecords(w.CRM)))
	if err != nil {
		return nil, false, err
	}
	var asked []string
	for _, a := range o.Actions {
		if a.HubSpot {
			words := strings.Fields(a.Action)
			asked = append(asked, strings.Join(words[min(1, len(words)-1):max(len(words)-1, 1)], "-")) // without the deployment's name and the hash
		}
	}
	var out []string
	for _, f := range w.Faults {
		if !slices.Contains(transport.FaultKinds(), transport.FaultKind(f.Kind)) || f.Request > len(asked) {
			return nil, false, nil
		}
		if f.Request == 0 {
			out = append(out, string(f.Kind))
			continue
		}
		out = append(out, asked[f.Request-1]+"="+string(f.Kind))
	}
	return out, true, nil
}

// entryLines writes the keys of an entry of a list to a builder that is empty at first.
func entryLines(b *strings.Builder) func(key, value string) {
	return func(key, value string) {
		lead := "    "
		if b.Len() == 0 {
			lead = "  - "
		}
		b.WriteString(lead + key + ": " + value + "\n")
	}
}

// writeCall writes a call of a suite but for what is expected.
func writeCall(x prove.Shown, faults []string, records string) string {
	w := x.Witness
	var b strings.Builder
	line := entryLines(&b)
	if x.Title != "" {
		line("name", yamlText(x.Title))
	}
	line("ani", yamlQuoted(w.ANI))
	if w.DNIS != "" {
		line("dnis", yamlQuoted(w.DNIS))
	}
	line("at", w.At.UTC().Format(time.RFC3339))
	if w.State != "" {
		line("schedule", w.State)
	}
	if len(faults) > 0 {
		line("fault", yamlList(faults))
	}
	b.WriteString(records)
	if len(w.Org.Rows) > 0 {
		var rows []string
		for _, key := range slices.Sorted(maps.Keys(w.Org.Rows)) {
			var columns []string
			for _, c := range slices.Sorted(maps.Keys(w.Org.Rows[key])) {
				v := fmt.Sprint(w.Org.Rows[key][c])
				if text, ok := w.Org.Rows[key][c].(string); ok {
					v = yamlQuoted(text)
				}
				columns = append(columns, c+": "+v)
			}
			rows = append(rows, key+": {"+strings.Join(columns, ", ")+"}")
		}
		line("control", "{"+strings.Join(rows, ", ")+"}")
	}
	return b.String()
}

// calculated are properties that HubSpot makes of others, or that nobody asks for.
var calculated = []string{
	"email", "firstname", "lastname", hubspot.PropCalcPhone, hubspot.PropCalcMobile, hubspot.PropSearchPhone, hubspot.PropSearchMobile, hubspot.PropCalcCountry,
	hubspot.PropHomeAmount, hubspot.PropCreated,
}

var ofStage = []string{hubspot.PropIsClosed, hubspot.PropIsWon, hubspot.PropIsLost, hubspot.PropStageProbability}

// shortRecords leave out what HubSpot calculates, longRecords only what nobody asks for, and have
// pipelines of their own, in which deals say of themselves what they are.
func shortRecords(crm hubspot.CRM) string {
	return writeRecords(crm, func(name string, v *string) bool {
		return v == nil || slices.Contains(calculated, name) || slices.Contains(ofStage, name) || name == hubspot.PropPipeline && *v == hubspot.DefaultPipelineID
	}, false)
}

func longRecords(crm hubspot.CRM) string {
	return writeRecords(crm, func(name string, v *string) bool { return v == nil || slices.Contains(calculated, name) }, true)
}

func wholeRecords(crm hubspot.CRM) string {
	return writeRecords(crm, func(string, *string) bool { return false }, true)
}

func writeRecords(crm hubspot.CRM, without func(name string, v *string) bool, pipelines bool) string {
	if len(crm.Contacts)+len(crm.Companies)+len(crm.Deals) == 0 {
		return "    crm: {} # nobody\n"
	}
	var b strings.Builder
	b.WriteString("    crm:\n")
	if pipelines && len(crm.Deals) > 0 {
		var ids []string
		for _, p := range crm.Pipelines {
			ids = append(ids, "{id: "+yamlQuoted(p.ID)+"}")
		}
		b.WriteString("      pipelines: [" + strings.Join(ids, ", ") + "] # without stages: deals say themselves whether they are open\n")
	}
	record := func(id string, created, updated time.Time, links string, ps hubspot.Properties) {
		var out []string
		for _, name := range slices.Sorted(maps.Keys(ps)) {
			switch v := ps[name]; {
			case without(name, v):
			case v == nil:
				out = append(out, name+": null")
			default:
				out = append(out, name+": "+yamlQuoted(*v))
			}
		}
		times := ""
		if pipelines {
			times = ", created: " + created.UTC().Format(time.RFC3339) + ", updated: " + updated.UTC().Format(time.RFC3339)
		}
		b.WriteString("        - {id: " + yamlQuoted(id) + links + times + ", properties: {" + strings.Join(out, ", ") + "}}\n")
	}
	section := func(name string, n int) {
		if n > 0 {
			b.WriteString("      " + name + ":\n")
		}
	}
	section("contacts", len(crm.Contacts))
	for _, c := range crm.Contacts {
		record(c.ID, c.CreatedAt, c.UpdatedAt, "", c.Properties)
	}
	section("companies", len(crm.Companies))
	for _, c := range crm.Companies {
		record(c.ID, c.CreatedAt, c.UpdatedAt, "", c.Properties)
	}
	section("deals", len(crm.Deals))
	for _, d := range crm.Deals {
		links := ""
		if len(d.Contacts) > 0 {
			links += ", contacts: " + yamlQuotes(d.Contacts)
		}
		if len(d.Companies) > 0 {
			links += ", companies: " + yamlQuotes(d.Companies)
		}
		record(d.ID, d.CreatedAt, d.UpdatedAt, links, d.Properties)
	}
	return b.String()
}

// expectations writes what became of a call as what is expected of it.
func (s *simulation) expectations(o *simulate.Outcome) string {
	var b strings.Builder
	b.WriteString("    expect:\n")
	line := func(key, value string) { b.WriteString("      " + key + ": " + value + "\n") }
	if o.Schedule != "" {
		line("schedule", o.Schedule)
	}
	if o.Reason == routing.ReasonSchedule {
		line("reason", o.Reason)
	} else {
		line("outcome", o.Outcome)
		switch rules := s.loaded.deployment.Routing.Rules; {
		case o.Rule != "":
			line("rule", yamlText(o.Rule))
		case o.Reason != simulate.NoRule: // not even the fallback took it
			line("rule", "null")
			line("reason", o.Reason)
		case slices.ContainsFunc(rules, func(r deployment.Rule) bool { return r.Name == simulate.NoRule }):
			line("rule", "null")
		default:
			line("rule", simulate.NoRule)
		}
	}
	switch {
	case o.Result.Queue != "":
		line("queue", yamlText(o.Result.Queue))
		line("skills", yamlList(o.Result.Skills))
		line("priority", fmt.Sprint(o.Result.Priority))
	case string(o.Result.Ending) == "flow":
		line("flow", yamlText(o.Result.Target))
	default:
		line("ending", string(o.Result.Ending))
	}
	return b.String()
}

// yamlText writes a text as plainly as YAML lets it stand within brackets.
func yamlText(s string) string {
	out, err := yaml.Marshal(s)
	text := strings.TrimSuffix(string(out), "\n")
	if err != nil || strings.ContainsAny(text, "\n,[]{}") && !strings.HasPrefix(text, `"`) {
		return yamlQuoted(s)
	}
	return text
}

// yamlQuoted writes a text in quotes, in the escapes that YAML and JSON share.
func yamlQuoted(s string) string {
	n := yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: s}
	out, err := yaml.Marshal(&n)
	if err != nil {
		return fmt.Sprintf("%q", s)
	}
	return strings.TrimSuffix(string(out), "\n")
}

func yamlList(all []string) string {
	var out []string
	for _, s := range all {
		out = append(out, yamlText(s))
	}
	return "[" + strings.Join(out, ", ") + "]"
}

func yamlQuotes(all []string) string {
	var out []string
	for _, s := range all {
		out = append(out, yamlQuoted(s))
	}
	return "[" + strings.Join(out, ", ") + "]"
}
