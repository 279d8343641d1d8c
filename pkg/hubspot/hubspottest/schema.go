package hubspottest

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/hubspot"
)

// What describes an account beside its records: groups of properties, stages of a pipeline,
// labels of associations, and what a token may do.

type group struct {
	Name         string `json:"name"`
	Label        string `json:"label"`
	DisplayOrder int    `json:"displayOrder"`
	Archived     bool   `json:"archived"`
}

// groups: here each object has one, that of all its properties.
func (c *call) groups() (any, *failure) {
	g := group{Name: singular[c.object] + "information", Label: strings.ToUpper(singular[c.object][:1]) + singular[c.object][1:] + " information"}
	switch {
	case c.id == "":
		return listing{Results: []group{g}}, nil
	case c.id == g.Name:
		return g, nil
	}
	return nil, fail(http.StatusNotFound, hubspot.ErrorBody{Message: "Property group " + c.id + " does not exist", Category: hubspot.CategoryNotFound})
}

// propertiesBatch reads definitions by their names.
func (c *call) propertiesBatch() (any, *failure) {
	var req struct {
		Inputs []struct {
			Name string `json:"name"`
		} `json:"inputs"`
	}
	if err := json.Unmarshal(c.body, &req); err != nil {
		return nil, invalid("Invalid input JSON: %v", err)
	}
	if len(req.Inputs) > hubspot.BatchReadSize {
		return nil, invalid("At most %d inputs are allowed, got %d", hubspot.BatchReadSize, len(req.Inputs))
	}
	out, missing := []definition{}, []string(nil)
	for _, in := range req.Inputs {
		p, ok := c.s.definedOf(c.object)[in.Name]
		if !ok {
			missing = append(missing, in.Name)
			continue
		}
		out = append(out, c.definition(p))
	}
	var problems []problem
	if len(missing) > 0 {
		problems = []problem{{
			Status: "error", Category: hubspot.CategoryNotFound, Context: map[string][]string{"name": missing},
			Message: "The following properties do not exist: " + strings.Join(missing, ", "),
		}}
	}
	return c.batchReply(out, problems), nil
}

// stages are those of one pipeline, or one of them.
func (c *call) stages() (any, *failure) {
	all, f := c.allPipelines()
	if f != nil {
		return nil, f
	}
	i := slices.IndexFunc(all, func(p pipeline) bool { return p.ID == c.id })
	if i < 0 {
		return nil, notFound()
	}
	if c.to == "" {
		return listing{Results: all[i].Stages}, nil
	}
	j := slices.IndexFunc(all[i].Stages, func(s stage) bool { return s.ID == c.to })
	if j < 0 {
		return nil, notFound()
	}
	return all[i].Stages[j], nil
}

// labels are the kinds of association of a pair. A company that is the primary one of a contact
// has a label of its own.
func (c *call) labels() (any, *failure) {
	if c.to == c.object {
		return listing{Results: []linkType{}}, nil
	}
	out := []linkType{}
	if id, ok := primaryType[[2]string{c.object, c.to}]; ok {
		label := "Primary"
		out = append(out, linkType{"HUBSPOT_DEFINED", id, &label})
	}
	return listing{Results: append(out, linkType{"HUBSPOT_DEFINED", associationType[[2]string{c.object, c.to}], nil})}, nil
}

// primaryType are the type ids of the association with the primary company. HubSpot.
var primaryType = map[[2]string]int{
	{contacts, companies}: 1, {companies, contacts}: 2, {deals, companies}: 5, {companies, deals}: 6,
}

// associationTypes are the same pairs as version 3 names them.
func (c *call) associationTypes() (any, *failure) {
	type kind struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	out := []kind{}
	if c.to != c.object {
		name := singular[c.object] + "_to_" + singular[c.to]
		out = append(out, kind{name, name})
	}
	return listing{Results: out}, nil
}

// associationsBatchV3 is the batch in the form of version 3: ids and the name of the type.
func (c *call) associationsBatchV3() (any, *failure) {
	req, bad := c.associated()
	if bad != nil {
		return nil, bad
	}
	type entry struct {
		From map[string]string   `json:"from"`
		To   []map[string]string `json:"to"`
	}
	out, problems := []entry{}, []problem(nil)
	for _, in := range req.Inputs {
		r := c.s.tables[c.object].byID[in.ID]
		if r == nil || r.Archived || len(r.linked[c.to]) == 0 {
			problems = append(problems, c.noAssociations(in.ID))
			continue
		}
		e := entry{From: map[string]string{"id": in.ID}}
		for _, id := range r.linked[c.to] {
			e.To = append(e.To, map[string]string{"id": id, "type": singular[c.object] + "_to_" + singular[c.to]})
		}
		out = append(out, e)
	}
	return c.batchReply(out, problems), nil
}

// accessToken tells of the token in the path. HubSpot asks for no bearer here.
func (c *call) accessToken() (any, *failure) {
	t, ok := c.s.token(c.id)
	if !ok || !t.Expires.IsZero() && !c.now.Before(t.Expires) {
		return nil, fail(http.StatusNotFound, hubspot.ErrorBody{Message: "access token not found", Category: hubspot.CategoryNotFound})
	}
	left := int(tokenLife.Seconds())
	if !t.Expires.IsZero() {
		left = int(t.Expires.Sub(c.now) / time.Second)
	}
	return map[string]any{
		"token": c.id, "user": "sandbox@example.com", "hub_domain": "sandbox.example.com", "scopes": append([]string{}, t.Scopes...), "hub_id": c.s.portalNumber(),
		"app_id": t.app(), "user_id": cmp.Or(t.User, 1), "expires_in": left, "token_type": "access",
	}, nil
}

// withoutToken is a path as the log may keep it: some have a token in them.
func withoutToken(u *url.URL) *url.URL {
	for _, p := range []string{"/oauth/v1/access-tokens/", "/oauth/v1/refresh-tokens/"} {
		if strings.HasPrefix(u.Path, p) {
			out := *u
			out.Path = p + "…"
			return &out
		}
	}
	return u
}
