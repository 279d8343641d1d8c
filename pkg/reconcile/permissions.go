package reconcile

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
)

// A Lack is something that this client may not do.
type Lack struct {
	Permission string // as the platform names it; empty when it named none. Any of several are joined by " or "
	What       string // what needs it, such as read queue entities
	Err        error  // of the call that was refused; nil: nobody tried, and the client's own grants say so

	Change     genesys.Key // whose change needs it first; empty for a read
	Unlicensed bool        // the org's product does not know it, so nobody can be granted it
	Sure       bool        // the platform said so when it was asked for this very permission
	Elsewhere  bool        // it is held, but not in the division of the deployment
}

// How says in brackets whether a permission is only not granted, as far as anybody knows.
func (l Lack) How() string {
	switch {
	case l.Unlicensed:
		return " (not licensed: the org's product does not know it)"
	case l.Elsewhere:
		return " (granted, but not in the division of the deployment)"
	case l.Sure:
		return " (not granted)"
	}
	return ""
}

// A PermissionsError says together all that was refused for lack of a permission.
type PermissionsError struct{ Lacks []Lack }

func (e *PermissionsError) Error() string {
	var all []string
	for _, l := range e.Lacks {
		s := cmp.Or(l.Permission, "a permission that the platform does not name") + " to " + l.What
		if l.Err != nil {
			s += fmt.Sprintf(" (%v)", l.Err)
		}
		s += l.How()
		all = append(all, s)
	}
	return "this client lacks permissions: " + strings.Join(all, "; ")
}

// Unwrap gives the refusals.
func (e *PermissionsError) Unwrap() []error {
	var out []error
	for _, l := range e.Lacks {
		if l.Err != nil {
			out = append(out, l.Err)
		}
	}
	return out
}

// refusals keeps what was refused, so that reading goes on and tells of all at once. It
// reports whether that was all that is wrong.
func (r *run) refusals(what string, err error) bool {
	if !errors.Is(err, genesys.ErrForbidden) {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lacks = append(r.lacks, lacksOf(what, err)...)
	return true
}

// refused is the error of all that reading was refused so far; nil when nothing was.
func (r *run) refused() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.lacks) == 0 {
		return nil
	}
	return &PermissionsError{sorted(r.lacks)}
}

func lacksOf(what string, err error) []Lack {
	var named interface{ MissingPermissions() string }
	l := Lack{What: what, Err: err}
	if errors.As(err, &named) {
		l.Permission = named.MissingPermissions()
	}
	return []Lack{l}
}

func sorted(all []Lack) []Lack {
	out := slices.Clone(all)
	slices.SortStableFunc(out, func(a, b Lack) int {
		return cmp.Or(cmp.Compare(a.Permission, b.Permission), cmp.Compare(a.What, b.What))
	})
	return out
}

// needed lists the permissions that a change needs; one with " or " is met by either. Source:
// the API description (x-inin-requires-permissions) of the calls that the kinds make; those of a
// flow job beyond architect:job are Genesys' help page on permissions, for the platform
// documents them nowhere else.
func needed(c plan.Change) []string {
	const editRow = "architect:datatable:edit or architect:datatableRow:edit"
	put := c.Action == plan.Update || c.Action == plan.Replace
	add := c.Action == plan.Create || c.Action == plan.Replace
	gone := c.Action == plan.Delete || c.Action == plan.Replace
	var out []string
	when := func(yes bool, permissions ...string) {
		if yes {
			out = append(out, permissions...)
		}
	}
	switch c.Key.Kind {
	case genesys.Role:
		when(add, "authorization:role:add")
		when(put, "authorization:role:edit")
		when(gone, "authorization:role:delete", "authorization:grant:delete")
	case genesys.OAuthClient:
		when(add, "oauth:client:add", "authorization:grant:add")
		when(put, "oauth:client:edit")
		when(put && slices.ContainsFunc(c.Fields, func(f plan.Field) bool { return f.Path == "roleDivisions" }), "authorization:grant:add", "authorization:grant:delete")
		when(gone, "oauth:client:edit", "oauth:client:delete")
	case genesys.Credential:
		when(add, "integrations:integration:add")
		when(put, "integrations:integration:edit")
		when(gone, "integrations:integration:delete")
	case genesys.Integration:
		when(add, "integrations:integration:add", "integrations:integration:edit")
		when(put, "integrations:integration:edit")
		when(gone, "integrations:integration:delete")
	case genesys.DataTable:
		when(add, "architect:datatable:add")
		when(put, "architect:datatable:edit")
		when(gone, "architect:datatable:delete")
	case genesys.DataTableRow:
		when(add, "architect:datatable:add or architect:datatableRow:add")
		when(put, editRow)
		when(gone, "architect:datatable:delete or architect:datatableRow:delete")
	case genesys.AuthAction:
		when(add || put, "integrations:action:edit")
	case genesys.DataAction:
		when(add, "integrations:action:add", "integrations:action:edit", "integrations:action:execute")
		when(put, "integrations:action:edit", "integrations:action:execute")
		when(gone, "integrations:action:delete")
	case genesys.Skill:
		when(add, "routing:skill:manage")
	case genesys.Queue:
		when(add, "routing:queue:add")
		when(gone, "routing:queue:delete")
	case genesys.Script:
		when(add, "scripter:script:add", "scripter:publishedScript:add")
		when(put, "scripter:publishedScript:add")
		when(gone, "scripter:script:delete")
	case genesys.Flow:
		when(add, "architect:flow:add")
		when(put, "architect:flow:edit")
		when(add || put, "architect:job:create", "architect:job:view", "architect:flow:publish", editRow)
		when(gone, "architect:flow:delete")
	case genesys.CallRoute:
		when(add, "routing:callRoute:add")
		when(put || c.Action == plan.Move, "routing:callRoute:edit")
		when(gone, "routing:callRoute:delete")
	}
	return out
}

// Lacks lists the permissions that the plan needs and this client does not hold, by what the
// platform tells of its grants, each once with the first change that needs it. known is false
// when the platform tells of none at all; then lacks has all that the plan needs.
func (r *Reconciler) Lacks() (lacks []Lack, known bool) {
	if r.asked {
		return slices.Clone(r.lacking), len(r.run.id.Permissions) > 0
	}
	seen := map[string]bool{}
	for _, c := range r.plan.Changes {
		for _, p := range needed(c) {
			if seen[p] || slices.ContainsFunc(strings.Split(p, " or "), r.run.id.May) {
				continue
			}
			seen[p] = true
			lacks = append(lacks, Lack{Permission: p, What: fmt.Sprintf("%s %s %q", c.Action, c.Key.Kind, c.Key.Name), Change: c.Key})
		}
	}
	return sorted(lacks), len(r.run.id.Permissions) > 0
}

// together gives the error of an application that was refused something all that is lacking:
// what was refused, and what the rest of the plan needs.
func (r *Reconciler) together(out []Outcome, err error) error {
	if !errors.Is(err, genesys.ErrForbidden) {
		return err
	}
	var all []Lack
	for _, o := range out {
		if errors.Is(o.Err, genesys.ErrForbidden) {
			all = append(all, lacksOf(fmt.Sprintf("%s %s %q", o.Change.Action, o.Change.Key.Kind, o.Change.Key.Name), o.Err)...)
		}
	}
	if all == nil {
		return err
	}
	tried := len(all)
	more, known := r.Lacks()
	if !known {
		more = nil
	}
	for _, l := range more {
		if !slices.ContainsFunc(all[:tried], func(a Lack) bool { return a.Permission == l.Permission }) {
			all = append(all, l)
		}
	}
	return &PermissionsError{sorted(all)}
}
