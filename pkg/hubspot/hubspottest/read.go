package hubspottest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/dealroute/dealroute/pkg/hubspot"
)

// Type ids of the associations between two objects, without a label. HubSpot.
var associationType = map[[2]string]int{
	{contacts, deals}: 4, {deals, contacts}: 3, {contacts, companies}: 279, {companies, contacts}: 280,
	{deals, companies}: 341, {companies, deals}: 342,
}

var singular = map[string]string{contacts: "contact", companies: "company", deals: "deal"}

type listing struct {
	Results any             `json:"results"`
	Paging  *hubspot.Paging `json:"paging,omitempty"`
}

// listParameters are all there are; anything else has no effect.
var listParameters = []string{"after", "archived", "associations", "limit", "properties", "propertiesWithHistory"}

// list is a page of all records. It has no filter: a parameter that HubSpot does not know changes
// nothing, so an invented one answers with the first records of the portal.
func (c *call) list() (any, *failure) {
	for name := range c.query {
		if c.s.assume.ListsRefuseUnknown && !slices.Contains(listParameters, name) {
			return nil, invalid("Unknown parameter %q", name)
		}
	}
	limit, f := c.pageSize(10, 100)
	if f != nil {
		return nil, f
	}
	archived := c.query.Get("archived") == "true"
	var rows []*row
	for _, r := range c.s.tables[c.object].rows {
		if r.Archived == archived {
			rows = append(rows, r)
		}
	}
	rows, next := cut(rows, func(r *row) string { return r.ID }, c.query.Get("after"), limit)
	out := []record{}
	for _, r := range rows {
		x, f := c.read(r)
		if f != nil {
			return nil, f
		}
		out = append(out, x)
	}
	return listing{out, c.next(next)}, nil
}

// cut takes a page out of a list; after is the id of its first entry.
func cut[T any](all []T, id func(T) string, after string, limit int) (rows []T, next string) {
	start := 0
	if after != "" {
		if i := slices.IndexFunc(all, func(x T) bool { return id(x) == after }); i >= 0 {
			start = i
		}
	}
	end := min(start+limit, len(all))
	if end < len(all) {
		next = id(all[end])
	}
	return all[start:end], next
}

func (c *call) next(after string) *hubspot.Paging {
	if after == "" {
		return nil
	}
	q := url.Values{}
	for name, vs := range c.query {
		q[name] = vs
	}
	q.Set("after", after)
	return &hubspot.Paging{Next: &hubspot.Next{After: after, Link: hubspot.Host + c.r.URL.Path + "?" + q.Encode()}}
}

func (c *call) pageSize(usual, most int) (int, *failure) {
	text := c.query.Get("limit")
	if text == "" {
		return usual, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return 0, invalid("The limit must be between 1 and %d, got %q", most, text)
	}
	return n, nil
}

// names reads a parameter that lists names, in one value or several.
func names(q url.Values, parameter string) []string {
	var out []string
	for _, v := range q[parameter] {
		for _, name := range strings.Split(v, ",") {
			if name = strings.TrimSpace(name); name != "" {
				out = append(out, name)
			}
		}
	}
	return out
}

// read is a record with the properties and associations that the query asks for.
func (c *call) read(r *row) (record, *failure) {
	out := c.s.serve(c.object, r, names(c.query, "properties"))
	for _, name := range names(c.query, "associations") {
		object, ok := objectOf(name)
		if !ok || object == c.object {
			return record{}, invalid("Unable to infer object type from: %s", name)
		}
		kind := singular[c.object] + "_to_" + singular[object]
		links := []map[string]string{}
		for _, id := range r.linked[object] {
			links = append(links, map[string]string{"id": id, "type": kind})
		}
		if len(links) > 0 {
			if out.Associations == nil {
				out.Associations = map[string]any{}
			}
			out.Associations[object] = map[string]any{"results": links}
		}
	}
	return out, nil
}

// one is a record by its id or by a unique property.
func (c *call) one() (any, *failure) {
	r, f := c.find(c.id, c.query.Get("idProperty"))
	if f != nil {
		return nil, f
	}
	if r == nil || r.Archived != (c.query.Get("archived") == "true") {
		return nil, notFound()
	}
	return c.read(r)
}

func (c *call) find(id, by string) (*row, *failure) {
	t := c.s.tables[c.object]
	if by == "" || by == hubspot.PropObjectID {
		return t.byID[id], nil
	}
	if !c.s.definedOf(c.object)[by].Unique {
		return nil, invalid("Property %q is not a unique identifier of %s", by, c.object)
	}
	for _, r := range t.rows {
		if v, ok := r.Properties.Get(by); ok && strings.EqualFold(v, id) && !r.Archived {
			return r, nil
		}
	}
	return nil, nil
}

type batchBody struct {
	Inputs     []struct{ ID string } `json:"inputs"`
	Properties []string              `json:"properties"`
	History    []string              `json:"propertiesWithHistory"`
	IDProperty string                `json:"idProperty"`
}

type batchReply struct {
	Status      string    `json:"status"`
	Results     any       `json:"results"`
	NumErrors   int       `json:"numErrors,omitempty"`
	Errors      []problem `json:"errors,omitempty"`
	StartedAt   string    `json:"startedAt"`
	CompletedAt string    `json:"completedAt"`
}

type problem struct {
	Status      string              `json:"status"`
	Category    string              `json:"category"`
	SubCategory string              `json:"subCategory,omitempty"`
	Message     string              `json:"message"`
	Context     map[string][]string `json:"context"`
}

func (c *call) batch() (any, *failure) {
	var req batchBody
	if err := json.Unmarshal(c.body, &req); err != nil {
		return nil, invalid("Invalid input JSON: %v", err)
	}
	switch {
	case req.Inputs == nil:
		return nil, invalid("Some required fields were not set: [inputs]")
	case len(req.Inputs) > hubspot.BatchReadSize:
		return nil, invalid("At most %d inputs are allowed, got %d", hubspot.BatchReadSize, len(req.Inputs))
	case !c.s.assume.BatchMembersOptional && (req.Properties == nil || req.History == nil):
		return nil, invalid("Some required fields were not set: [properties, propertiesWithHistory]")
	}
	out, missing := []record{}, []string(nil)
	for _, in := range req.Inputs {
		r, f := c.find(in.ID, req.IDProperty)
		if f != nil {
			return nil, f
		}
		if r == nil || r.Archived {
			missing = append(missing, in.ID)
			continue
		}
		out = append(out, c.s.serve(c.object, r, req.Properties))
	}
	var problems []problem
	if len(missing) > 0 {
		problems = []problem{{
			Status: "error", Category: hubspot.CategoryNotFound, Context: map[string][]string{"ids": missing},
			Message: fmt.Sprintf("Could not get some %s objects, they may be deleted or not exist. Check that ids are valid.", strings.ToUpper(singular[c.object])),
		}}
	}
	reply := c.batchReply(out, problems)
	if with, ok := reply.(withStatus); ok && c.s.assume.MissingWith200 {
		return with.body, nil
	}
	return reply, nil
}

func (c *call) batchReply(results any, problems []problem) any {
	r := batchReply{
		Status: "COMPLETE", Results: results, Errors: problems, NumErrors: len(problems),
		StartedAt: stamp(c.now), CompletedAt: stamp(c.now),
	}
	if len(problems) > 0 {
		return withStatus{http.StatusMultiStatus, r}
	}
	return r
}

type link struct {
	ToObjectID any        `json:"toObjectId"`
	Types      []linkType `json:"associationTypes"`
}

type linkType struct {
	Category string  `json:"category"`
	TypeID   int     `json:"typeId"`
	Label    *string `json:"label"`
}

func (c *call) links(ids []string) []link {
	out := []link{}
	for _, id := range ids {
		l := link{ToObjectID: id, Types: []linkType{{"HUBSPOT_DEFINED", associationType[[2]string{c.object, c.to}], nil}}}
		if c.s.assume.NumericAssociations {
			l.ToObjectID = json.Number(id)
		}
		out = append(out, l)
	}
	return out
}

// associations lists what one record is associated with.
func (c *call) associations() (any, *failure) {
	if c.to == c.object {
		return nil, invalid("No association is known from %s to %s", c.object, c.to)
	}
	limit, f := c.pageSize(hubspot.AssociationPageSize, hubspot.AssociationPageSize)
	if f != nil {
		return nil, f
	}
	r := c.s.tables[c.object].byID[c.id]
	if r == nil || r.Archived {
		return nil, notFound()
	}
	ids, next := cut(r.linked[c.to], func(id string) string { return id }, c.query.Get("after"), limit)
	return listing{c.links(ids), c.next(next)}, nil
}

// associationInputs is the largest batch of associations.
const associationInputs = 1000

// associated reads a batch of records whose associations are asked for.
func (c *call) associated() (req batchBody, bad *failure) {
	if c.to == c.object {
		return req, invalid("No association is known from %s to %s", c.object, c.to)
	}
	if err := json.Unmarshal(c.body, &req); err != nil {
		return req, invalid("Invalid input JSON: %v", err)
	}
	if len(req.Inputs) > associationInputs {
		return req, invalid("At most %d inputs are allowed, got %d", associationInputs, len(req.Inputs))
	}
	return req, nil
}

// associationsBatch answers an input without associations among the errors, with 207.
func (c *call) associationsBatch() (any, *failure) {
	req, bad := c.associated()
	if bad != nil {
		return nil, bad
	}
	type entry struct {
		From map[string]string `json:"from"`
		To   []link            `json:"to"`
	}
	out, problems := []entry{}, []problem(nil)
	for _, in := range req.Inputs {
		if r := c.s.tables[c.object].byID[in.ID]; r != nil && !r.Archived && len(r.linked[c.to]) > 0 {
			out = append(out, entry{map[string]string{"id": in.ID}, c.links(r.linked[c.to])})
			continue
		}
		problems = append(problems, c.noAssociations(in.ID))
	}
	return c.batchReply(out, problems), nil
}

func (c *call) noAssociations(id string) problem {
	return problem{
		Status: "error", Category: hubspot.CategoryNotFound, SubCategory: "crm.associations.NO_ASSOCIATIONS_FOUND",
		Message: fmt.Sprintf("No %s is associated with %s %s.", singular[c.to], singular[c.object], id),
		Context: map[string][]string{"fromObjectId": {id}},
	}
}
