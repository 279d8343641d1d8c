package reconcile_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/reconcile"
)

// said is a preflight in short, for comparing.
func said(p reconcile.Preflight) []string {
	var out []string
	for _, l := range p.Lacks {
		out = append(out, fmt.Sprintf("lacks %s by %s: sure %t, unlicensed %t, elsewhere %t", l.Permission, l.Change.Kind, l.Sure, l.Unlicensed, l.Elsewhere))
	}
	for _, l := range p.Limits {
		out = append(out, fmt.Sprintf("limit %s %d: %d+%d", l.Name, l.Most, l.Have, l.Adds))
	}
	for _, x := range p.Types {
		out = append(out, fmt.Sprintf("type %s absent %t barred %t %d of %d", x.ID, x.Absent, x.Barred, x.Have, x.Most))
	}
	for _, n := range p.Numbers {
		out = append(out, fmt.Sprintf("number %s %s %t", n.Number, n.Owner, n.Movable))
	}
	for _, u := range p.Unseen {
		out = append(out, "unseen "+u.What)
	}
	for _, q := range p.Prompts {
		out = append(out, "prompt "+q)
	}
	if len(p.Products) > 0 {
		out = append(out, "products "+strings.Join(p.Products, ","))
	}
	slices.Sort(out)
	return out
}

// What an org is short of is found before the first write, and nothing is said of one that is not.
func TestPreflight(t *testing.T) {
	type opts = []genesystest.Option
	for name, c := range map[string]struct {
		opts opts
		want []string
	}{
		"a fit org": {nil, nil},
		"permissions": {
			opts{genesystest.WithoutPermission("routing:callRoute:add", "architect:datatable:add", "architect:datatableRow:add"), genesystest.Unlicensed("integrations:action:execute")},
			[]string{
				"lacks architect:datatable:add by dataTable: sure true, unlicensed false, elsewhere false",
				"lacks architect:datatable:add or architect:datatableRow:add by dataTableRow: sure true, unlicensed false, elsewhere false",
				"lacks integrations:action:execute by dataAction: sure true, unlicensed true, elsewhere false",
				"lacks routing:callRoute:add by callRoute: sure true, unlicensed false, elsewhere false",
			},
		},
		"a permission of the run-time role": {
			opts{genesystest.Unlicensed("architect:datatableRow:edit")},
			[]string{"lacks architect:datatableRow:edit by role: sure false, unlicensed true, elsewhere false"},
		},
		"one of two suffices": {opts{genesystest.WithoutPermission("architect:datatable:edit")}, nil},
		"limits": {
			opts{genesystest.Limit("datatables", "tables.max.allowed", 0), genesystest.Limit("integrations", "actions.total.max", 2), genesystest.Limit("architect", "flows.max", 1), genesystest.Limit("authorization", "org.roles.max", 1)},
			[]string{"limit authorization/org.roles.max 1: 1+1", "limit datatables/tables.max.allowed 0: 0+1", "limit integrations/actions.total.max 2: 0+3"},
		},
		"room for just so many": {opts{genesystest.Limit("datatables", "tables.max.allowed", 1), genesystest.Limit("integrations", "actions.total.max", 3)}, nil},
		"types and products": {
			opts{
				genesystest.Products("communicate", "collaboratePro"), genesystest.WithIntegrationType("custom-rest-actions", genesystest.IntegrationType{NonInstallable: true}),
				genesystest.WithIntegrationType("purecloud-data-actions", genesystest.IntegrationType{Absent: true}),
			},
			[]string{"products communicate,collaboratePro", "type custom-rest-actions absent false barred true 0 of 50", "type purecloud-data-actions absent true barred false 0 of 0"},
		},
		"another product": {opts{genesystest.Products("communicate", "cloudCX3")}, nil},
		"reads that fail": {
			opts{genesystest.Faults(
				genesystest.Fault{Nth: 1, PathPrefix: "/api/v2/authorization/products", Status: 403}, genesystest.Fault{Nth: 1, PathPrefix: "/api/v2/integrations/types/custom-rest-actions", Status: 403},
				genesystest.Fault{Nth: 1, PathPrefix: "/api/v2/organizations/limits/namespaces/architect", Status: 403})},
			[]string{"unseen the integration type custom-rest-actions", "unseen the limit of flow entities", "unseen the products of the org"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, c.opts...)
			r := w.read(t, nil)
			got := said(r.Preflight(t.Context(), w.client, ""))
			if !slices.Equal(got, c.want) {
				t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
			if ws := w.writes(); len(ws) > 0 {
				t.Errorf("it wrote: %v", ws)
			}
			for _, call := range w.server.Calls() {
				if call.Status == 404 && !strings.Contains(call.Path, "/types/") {
					t.Errorf("%s %s is asked for nothing", call.Method, call.Path)
				}
			}
		})
	}
}

// Where nothing is to be done nothing more is asked; a plan that lacks what it cannot do without says
// so, and is not begun when it is refused.
func TestPreflightOfNothing(t *testing.T) {
	w := newWorld(t)
	apply(t, w.read(t, nil))
	r := w.read(t, nil)
	w.server.ForgetCalls()
	if got := said(r.Preflight(t.Context(), w.client, "")); got != nil || len(w.server.Calls()) > 0 {
		t.Errorf("%v by %d calls", got, len(w.server.Calls()))
	}
	w = newWorld(t, genesystest.WithoutPermission("routing:callRoute:add"))
	r = w.read(t, nil)
	if before, _ := r.Lacks(); len(before) != 1 || before[0].Sure {
		t.Errorf("before: %+v", before)
	}
	r.Preflight(t.Context(), w.client, "")
	if after, known := r.Lacks(); !known || len(after) != 1 || !after[0].Sure || after[0].Change.Kind != genesys.CallRoute || after[0].How() != " (not granted)" {
		t.Errorf("after: %+v", after)
	}
	r.Refuse(fmt.Errorf("unfit"))
	if out, err := r.Apply(t.Context()); err == nil || err.Error() != "unfit" || len(w.writes()) > 0 || slices.ContainsFunc(out, func(o reconcile.Outcome) bool { return o.State == reconcile.Failed }) {
		t.Errorf("%v, writes %v", err, w.writes())
	}
}

// Numbers of others are told without a person's name, and who works in the queues as well.
func TestPreflightOfNumbersAndStaff(t *testing.T) {
	w := newWorld(t)
	w.create(t, genesys.CallRoute, map[string]any{"name": "Old line", "dnis": []any{"+15135550100"}})
	r := w.read(t, func(c *reconcile.Config) { c.ShowStaff = true })
	p := r.Preflight(t.Context(), w.client, "No such prompt")
	if got := said(p); !slices.Contains(got, `number +15135550100 call route "Old line" true`) || !slices.Contains(got, "prompt No such prompt") {
		t.Errorf("%v", got)
	}
	sales := reconcile.Target{Rule: `rule "x"`, Queue: "Sales", Skills: []string{"Senior_Account_Managers"}}
	if why := reconcile.Vacancy(sales, p.Members); why != "" {
		t.Error(why)
	}
	sales.Skills = []string{"Juggling"}
	if why := reconcile.Vacancy(sales, p.Members); !strings.Contains(why, `holds "Juggling", which rule "x" asks for`) {
		t.Error(why)
	}
}
