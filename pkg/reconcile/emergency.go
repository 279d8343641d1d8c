package reconcile

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dealroute/dealroute/pkg/genesys"
)

// An emergency group names call routes and the flow that answers them while it is switched on
// (Genesys' API description, emergencyCallFlows). A number that moves to another route leaves it.

// A cover is what emergency groups do for a call route.
type cover []string // each in words

// emergencies tells which emergency groups cover a call route. That they may not be read is
// told, once.
func (r *run) emergencies(ctx context.Context, route string) (cover, error) {
	r.covered.Do(func() {
		var all []genesys.Object
		if all, r.coverErr = r.routes.org.Find(ctx, genesys.EmergencyGroup, ""); errors.Is(r.coverErr, genesys.ErrForbidden) {
			r.warn("whether an emergency group covers the call routes that have the numbers is not known: this client may not read them (routing:emergencyGroup:view)")
			r.coverErr = nil
		}
		r.covers = map[string]cover{}
		for _, g := range all {
			flows, _ := g.Body["emergencyCallFlows"].([]any)
			for _, f := range flows {
				to := text(object(object(f)["emergencyFlow"])["name"])
				if to != "" {
					to = fmt.Sprintf(", which sends its calls to flow %q when it is switched on", to)
				}
				ivrs, _ := object(f)["ivrs"].([]any)
				for _, v := range ivrs {
					id := text(object(v)["id"])
					r.covers[id] = append(r.covers[id], fmt.Sprintf("emergency group %q%s", g.Text("name"), to))
				}
			}
		}
	})
	if r.coverErr != nil {
		return nil, fmt.Errorf("read the emergency groups: %w", r.coverErr)
	}
	return r.covers[route], nil
}

// aside adds to a sentence about a route that groups cover it.
func (c cover) aside() string {
	if len(c) == 0 {
		return ""
	}
	return ", which stands in " + strings.Join(c, " and in ")
}

// lost says what numbers lose that leave a route for another one.
func (c cover) lost(r *run, numbers []string, to string) string {
	if len(c) == 0 {
		return ""
	}
	s := fmt.Sprintf("the route that has %s stands in %s: calls to %q are not diverted then; put that route into the group, or name one in calls.schedule.emergencyGroup",
		strings.Join(numbers, ", "), strings.Join(c, " and in "), to)
	r.warn("%s", s)
	return "; " + s
}
