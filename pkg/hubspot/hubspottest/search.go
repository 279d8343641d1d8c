package hubspottest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/internal/recall"
)

// searchBody is the request as it may arrive: numbers also as texts, sorts in both forms.
type searchBody struct {
	FilterGroups []hubspot.FilterGroup `json:"filterGroups"`
	Filters      []hubspot.Filter      `json:"filters"` // one group, without the list of groups
	Properties   []string              `json:"properties"`
	Sorts        []hubspot.Sort        `json:"sorts"`
	Query        string                `json:"query"`
	Limit        *count                `json:"limit"`
	After        *count                `json:"after"`
}

type searchReply struct {
	Total   int             `json:"total"`
	Results []record        `json:"results"`
	Paging  *hubspot.Paging `json:"paging,omitempty"`
}

// A record is one of the results: dates have milliseconds, always three digits.
type record struct {
	ID           string             `json:"id"`
	Properties   hubspot.Properties `json:"properties"`
	CreatedAt    string             `json:"createdAt"`
	UpdatedAt    string             `json:"updatedAt"`
	Archived     bool               `json:"archived"`
	Associations map[string]any     `json:"associations,omitempty"`
}

// A count is a whole number, also inside a text.
type count int

// UnmarshalJSON reads 5 and "5".
func (c *count) UnmarshalJSON(data []byte) error {
	n, err := strconv.Atoi(strings.Trim(string(data), `"`))
	if err != nil {
		return fmt.Errorf("%s is not a whole number", data)
	}
	*c = count(n)
	return nil
}

func (c *call) search() (any, *failure) {
	req, f := c.parseSearch()
	if f != nil {
		return nil, f
	}
	if f := c.checkFilters(req.FilterGroups); f != nil {
		return nil, f
	}
	limit, after := hubspot.DefaultSearchLimit, 0
	if req.Limit != nil {
		limit = int(*req.Limit)
	}
	if req.After != nil {
		after = int(*req.After)
	}
	switch {
	case limit < 1 || limit > hubspot.MaxSearchLimit:
		return nil, invalid("The limit must be between 1 and %d, got %d", hubspot.MaxSearchLimit, limit)
	case after < 0:
		return nil, invalid("after must not be negative, got %d", after)
	case c.s.assume.AfterOnlyWholePages && after%limit != 0:
		return nil, invalid("after must be one that an earlier page gave, got %d", after)
	case after >= hubspot.MaxSearchResults:
		return nil, invalid("Search results beyond %d cannot be paged to", hubspot.MaxSearchResults)
	case len(req.Sorts) > 1:
		return nil, invalid("Only one sort is allowed, got %d", len(req.Sorts))
	}
	found := c.match(req)
	if f := c.order(found, req.Sorts); f != nil {
		return nil, f
	}
	reply := searchReply{Total: len(found), Results: []record{}}
	for _, r := range found[min(after, len(found)):min(after+limit, len(found))] {
		reply.Results = append(reply.Results, c.s.serve(c.object, r, req.Properties))
	}
	if after+limit < len(found) {
		reply.Paging = &hubspot.Paging{Next: &hubspot.Next{After: strconv.Itoa(after + limit)}}
	}
	return reply, nil
}

// searches are bodies that were read before: calls by the thousand ask for the same.
var searches recall.Store[searchBody]

func (c *call) parseSearch() (searchBody, *failure) {
	k := strconv.FormatBool(c.s.assume.UnknownFieldsIgnored) + string(c.body)
	if req, known := searches.Get(k); known {
		return req, nil
	}
	req, f := c.readSearch()
	if f == nil {
		searches.Put(k, req)
	}
	return req, f
}

func (c *call) readSearch() (searchBody, *failure) {
	var req searchBody
	if n := utf8.RuneCount(c.body); n > hubspot.MaxSearchBody {
		return req, invalid("The request body has %d characters, at most %d are allowed", n, hubspot.MaxSearchBody)
	}
	if err := json.Unmarshal(c.body, &req); err != nil {
		return req, invalid("Invalid input JSON: %v", err)
	}
	if req.Filters != nil && len(req.Filters) == 0 {
		return req, invalid("Invalid input JSON: filters is empty")
	}
	if len(req.Filters) > 0 {
		req.FilterGroups = append(req.FilterGroups, hubspot.FilterGroup{Filters: req.Filters})
	}
	if req.Properties != nil && len(req.Properties) == 0 {
		return req, invalid("Invalid input JSON: properties is empty")
	}
	for _, g := range req.FilterGroups {
		for _, f := range g.Filters {
			var lacks []string
			if f.PropertyName == "" {
				lacks = append(lacks, "propertyName")
			}
			if f.Operator == "" {
				lacks = append(lacks, "operator")
			}
			if len(lacks) > 0 {
				return req, invalid("Invalid input JSON on line 1, column 1: Cannot build Filter, some of required attributes are not set [%s]", strings.Join(lacks, ", "))
			}
		}
	}
	return req, c.unknownInside()
}

// unknownInside refuses members of groups and filters that HubSpot does not have. At the top it
// ignores them: two reports have it answer with everybody.
func (c *call) unknownInside() *failure {
	if c.s.assume.UnknownFieldsIgnored {
		return nil
	}
	var parts struct {
		FilterGroups json.RawMessage `json:"filterGroups"`
		Filters      json.RawMessage `json:"filters"`
	}
	if err := json.Unmarshal(c.body, &parts); err != nil {
		return invalid("Invalid input JSON: %v", err)
	}
	for _, x := range []struct {
		text json.RawMessage
		into any
	}{{parts.FilterGroups, new([]hubspot.FilterGroup)}, {parts.Filters, new([]hubspot.Filter)}} {
		if len(x.text) == 0 {
			continue
		}
		dec := json.NewDecoder(bytes.NewReader(x.text))
		dec.DisallowUnknownFields()
		if err := dec.Decode(x.into); err != nil {
			return invalid("Invalid input JSON: %v", err)
		}
	}
	return nil
}

// checkFilters refuses what HubSpot refuses; the texts are in its manner.
func (c *call) checkFilters(groups []hubspot.FilterGroup) *failure {
	if len(groups) > hubspot.MaxFilterGroups {
		return invalid("At most %d filterGroups are allowed, got %d", hubspot.MaxFilterGroups, len(groups))
	}
	total := 0
	for i, g := range groups {
		if len(g.Filters) > hubspot.MaxFiltersPerGroup {
			return invalid("At most %d filters are allowed in a group, group %d has %d", hubspot.MaxFiltersPerGroup, i, len(g.Filters))
		}
		total += len(g.Filters)
		for _, f := range g.Filters {
			if bad := c.checkFilter(f); bad != nil {
				return bad
			}
		}
	}
	if total > hubspot.MaxFilters {
		return invalid("At most %d filters are allowed, got %d", hubspot.MaxFilters, total)
	}
	return nil
}

func (c *call) checkFilter(f hubspot.Filter) *failure {
	p, known := c.s.definition(c.object, f.PropertyName)
	if other, ok := strings.CutPrefix(f.PropertyName, "associations."); ok {
		// The documented name is singular; the pseudo-property exists towards the other objects.
		if object, ok := objectOf(other); !ok || other != singular[object] || object == c.object {
			return invalid("Property %q cannot be searched on %s", f.PropertyName, c.object)
		}
		if (f.Operator == hubspot.In || f.Operator == hubspot.NotIn) && !c.s.assume.AssociationIn {
			return invalid("Operator %s is not supported for %s", f.Operator, f.PropertyName)
		}
		if !slices.Contains([]hubspot.Operator{hubspot.EQ, hubspot.NEQ, hubspot.In, hubspot.NotIn, hubspot.HasProperty, hubspot.NotHasProperty}, f.Operator) {
			return invalid("Operator %s is not supported for %s", f.Operator, f.PropertyName)
		}
	} else if !known {
		return invalid("Property %q does not exist", f.PropertyName)
	} else if strings.HasPrefix(f.PropertyName, "hs_calculated_") && !c.s.assume.CalculatedFilterable {
		return invalid("Property %q is not searchable", f.PropertyName)
	}
	switch f.Operator {
	case hubspot.HasProperty:
	case hubspot.NotHasProperty:
		if f.Value != "" {
			return invalid("Operator %s on %q must not have a value", f.Operator, f.PropertyName)
		}
	case hubspot.In, hubspot.NotIn:
		if len(f.Values) == 0 {
			return invalid("Operator %s on %q needs values", f.Operator, f.PropertyName)
		}
		if c.s.assume.LongListsRefused && len(f.Values) > longList {
			return invalid("Operator %s on %q takes at most %d values, got %d", f.Operator, f.PropertyName, longList, len(f.Values))
		}
	case hubspot.Between:
		if f.Value == "" || f.HighValue == "" {
			return invalid("Operator %s on %q needs value and highValue", f.Operator, f.PropertyName)
		}
	case hubspot.EQ, hubspot.NEQ, hubspot.LT, hubspot.LTE, hubspot.GT, hubspot.GTE, hubspot.ContainsToken, hubspot.NotContainsToken:
		if f.Value == "" {
			return invalid("Operator %s on %q needs a value", f.Operator, f.PropertyName)
		}
	default:
		return invalid("Operator %q is not known", f.Operator)
	}
	if bad, ok := badValue(p, f); ok {
		return invalid("%q is not a valid %s for %q", bad, p.Type, f.PropertyName)
	}
	return nil
}

// longList is a bound of IN that no document states; see Assumptions.LongListsRefused.
const longList = 50

// badValue finds a value that its property's type cannot have.
func badValue(p Property, f hubspot.Filter) (string, bool) {
	values := append([]string{f.Value, f.HighValue}, f.Values...)
	for _, v := range values {
		if v == "" {
			continue
		}
		ok := true
		switch p.Type {
		case "number":
			_, ok = decimal(v)
		case "date", "datetime":
			_, ok = instant(v)
		case "bool":
			ok = v == "true" || v == "false"
		}
		if !ok {
			return v, true
		}
	}
	return "", false
}

// searchedByQuery are the properties that the free text of a search looks into.
var searchedByQuery = map[string][]string{
	contacts: {"firstname", "lastname", "email", "phone", "mobilephone", "fax", "company",
		hubspot.PropSearchPhone, hubspot.PropSearchMobile},
	companies: {"website", "phone", "name", "domain"},
	deals:     {"dealname", "pipeline", "dealstage", "description", "dealtype"},
}

func (c *call) match(req searchBody) []*row {
	var out []*row
	for _, r := range c.s.tables[c.object].rows {
		// The index lags: until its time has come, a search sees what was there before.
		for r != nil && r.found.After(c.now) {
			r = r.before
		}
		if r == nil || r.Archived {
			continue
		}
		if c.anyGroup(req.FilterGroups, r) && queryHolds(req.Query, c.object, r) {
			out = append(out, r)
		}
	}
	return out
}

func (c *call) anyGroup(groups []hubspot.FilterGroup, r *row) bool {
	if len(groups) == 0 {
		return true
	}
	return slices.ContainsFunc(groups, func(g hubspot.FilterGroup) bool {
		return !slices.ContainsFunc(g.Filters, func(f hubspot.Filter) bool {
			p, _ := c.s.definition(c.object, f.PropertyName)
			return !c.s.holds(f, p, r)
		})
	})
}

func queryHolds(query, object string, r *row) bool {
	if query == "" {
		return true
	}
	return slices.ContainsFunc(searchedByQuery[object], func(name string) bool {
		v, _ := r.Properties.Get(name)
		return strings.Contains(strings.ToLower(v), strings.ToLower(query))
	})
}

// order sorts found rows; they come in the order of creation, which stays for ties.
func (c *call) order(found []*row, sorts []hubspot.Sort) *failure {
	if len(sorts) == 0 {
		return nil
	}
	by := sorts[0]
	p, known := c.s.definition(c.object, by.PropertyName)
	if !known {
		return invalid("Property %q does not exist", by.PropertyName)
	}
	if by.Direction != "" && by.Direction != "ASCENDING" && by.Direction != "DESCENDING" {
		return invalid("Sort direction %q is not known", by.Direction)
	}
	slices.SortStableFunc(found, func(a, b *row) int {
		x, okA := a.Properties.Get(by.PropertyName)
		y, okB := b.Properties.Get(by.PropertyName)
		if !okA || !okB {
			empty := map[bool]int{true: 0, false: 1}
			n := empty[okA] - empty[okB]
			if c.s.assume.EmptySortsFirst {
				n = -n
			}
			return n
		}
		n := compare(p, x, y)
		if by.Descending() {
			n = -n
		}
		return n
	})
	return nil
}

// serve is a record with the properties that were asked for: those that exist, null when empty,
// and those that are always there.
func (s *Server) serve(object string, r *row, names []string) record {
	if len(names) == 0 {
		names = usual[object]
	}
	out := record{
		ID: r.ID, CreatedAt: stamp(r.CreatedAt), UpdatedAt: stamp(r.UpdatedAt), Archived: r.Archived,
		Properties: hubspot.Properties{},
	}
	for _, list := range [][]string{names, always[object]} {
		for _, name := range list {
			if _, known := s.definition(object, name); known {
				out.Properties[name] = r.Properties[name]
			}
		}
	}
	return out
}
