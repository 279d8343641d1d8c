package dataaction

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/jsonpath"
)

// Members of HubSpot's searches. HubSpot ignores what it does not know at the top, and refuses
// a filter that lacks a name, an operator or a value.
var (
	searchMembers   = []string{"filterGroups", "filters", "sorts", "query", "properties", "limit", "after"}
	groupMembers    = []string{"filters"}
	filterMembers   = []string{"propertyName", "operator", "value", "values", "highValue"}
	searchOperators = []string{
		string(hubspot.EQ), string(hubspot.NEQ), string(hubspot.LT), string(hubspot.LTE), string(hubspot.GT), string(hubspot.GTE),
		string(hubspot.Between), string(hubspot.In), string(hubspot.NotIn), string(hubspot.HasProperty), string(hubspot.NotHasProperty),
		string(hubspot.ContainsToken), string(hubspot.NotContainsToken),
	}
)

// search looks at the body of a search in HubSpot.
func (s *sampler) search(v variant, doc jsonpath.Value) {
	if e := s.rendered(v, nil, func(r *runner) *Error {
		text, e := r.url()
		if e == nil && !searchesHubSpot(text) {
			e = newError("", 0, "", "", "")
		}
		return e
	}); e != nil || doc.Kind() != jsonpath.Object {
		return
	}
	x := &searchCheck{c: s.c, v: v}
	x.body(doc)
}

// searchesHubSpot reports whether an address is that of a search: of any object, by its name or
// number, and in both forms of versions.
func searchesHubSpot(text string) bool {
	u, err := url.Parse(text)
	return err == nil && strings.HasSuffix(u.Hostname(), "hubapi.com") && strings.HasPrefix(u.Path, "/crm/") && strings.HasSuffix(strings.TrimSuffix(u.Path, "/"), "/search")
}

type searchCheck struct {
	c       *checker
	v       variant
	filters int
}

// say adds a finding that was not said of another choice of inputs.
func (x *searchCheck) say(sev diag.Severity, code, hint, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if slices.ContainsFunc(x.c.findings, func(f diag.Finding) bool { return f.Code == code && strings.HasPrefix(f.Message, text) }) {
		return
	}
	if x.v.lacks || !x.v.grave {
		text = x.v.which + " " + text
		if sev == diag.Error {
			sev = diag.Warning
		}
	}
	x.c.add(code, atBody, hint, "%s", text).Severity = sev
}

// beyond is what HubSpot refuses of its limits.
func (x *searchCheck) beyond(format string, args ...any) {
	x.say(diag.Error, CodeSearchLimits, "", "HubSpot refuses the search: "+format, args...)
}

func (x *searchCheck) refuses(hint, format string, args ...any) {
	x.say(diag.Error, codeSearchMember, hint, "HubSpot refuses the search: "+format, args...)
}

// nearest is a known member that one of another name was meant for: filter_groups, or op.
func nearest(name string, known []string) string {
	plain := strings.ReplaceAll(strings.ReplaceAll(name, "_", ""), "-", "")
	if near := diag.Nearest(plain, known); near != "" {
		return near
	}
	return map[string]string{"val": "value", "op": "operator", "property": "propertyName", "name": "propertyName", "field": "propertyName", "groups": "filterGroups", "where": "filterGroups", "from": "value", "to": "highValue"}[strings.ToLower(plain)]
}

func (x *searchCheck) unknown(v jsonpath.Value, known []string, where string) {
	for _, m := range v.Members() {
		if slices.Contains(known, m.Name) {
			continue
		}
		sev, hint := diag.Info, ""
		if near := nearest(m.Name, known); near != "" && slices.Contains(known, near) {
			sev, hint = diag.Warning, fmt.Sprintf("did you mean %q", near)
			if k := m.Value.Kind(); near == "filterGroups" || near == "filters" || near == "query" && k == jsonpath.String {
				sev = diag.Error
			}
		}
		x.say(sev, codeSearchMember, hint, "HubSpot ignores %q in %s of a search, and answers as if it were not there", m.Name, where)
	}
}

func (x *searchCheck) body(doc jsonpath.Value) {
	x.unknown(doc, searchMembers, "the body")
	if fs, ok := doc.Get("filters"); ok {
		x.group(fs)
	}
	if groups, ok := doc.Get("filterGroups"); ok {
		if groups.Kind() != jsonpath.Array {
			x.refuses(`write "filterGroups": [{"filters": […]}]`, "filterGroups is %s, not a list", groups.Kind())
			return
		}
		if n := groups.Len(); n > hubspot.MaxFilterGroups {
			x.beyond("at most %d filterGroups are allowed, not %d", hubspot.MaxFilterGroups, n)
		}
		for i := range groups.Len() {
			g := groups.Index(i)
			if g.Kind() != jsonpath.Object {
				x.refuses(`write {"filters": […]}`, "a filter group is an object, not %s", g.Kind())
				continue
			}
			x.unknown(g, groupMembers, "a filter group")
			if fs, ok := g.Get("filters"); ok {
				x.group(fs)
			}
		}
	}
	if x.filters > hubspot.MaxFilters {
		x.beyond("at most %d filters are allowed, not %d", hubspot.MaxFilters, x.filters)
	}
	x.page(doc)
	if query, ok := doc.Get("query"); ok && query.Str() != "" {
		return
	}
	if x.filters == 0 {
		x.say(diag.Error, codeSearchAll, `write "filterGroups": [{"filters": [{"propertyName": …, "operator": …, "value": …}]}]`, "the search has no filter: HubSpot answers with everybody")
	}
}

// page looks at what is asked for and how much of it.
func (x *searchCheck) page(doc jsonpath.Value) {
	if limit, ok := doc.Get("limit"); ok {
		text := limit.Number()
		if limit.Kind() == jsonpath.String {
			text = limit.Str()
		}
		switch n, err := strconv.Atoi(text); {
		case err != nil:
			x.refuses("", "limit is no whole number")
		case n < 1 || n > hubspot.MaxSearchLimit:
			x.beyond("limit is from 1 to %d, not %d", hubspot.MaxSearchLimit, n)
		}
	}
	if props, ok := doc.Get("properties"); ok && props.Kind() != jsonpath.Array && !props.IsNull() {
		x.refuses(`write a list: ["email"]`, "properties is %s, not a list", props.Kind())
	} else if ok && props.Kind() == jsonpath.Array && props.Len() == 0 {
		x.say(diag.Warning, codeSearchMember, "name some, or leave it out", "HubSpot was seen refusing a search whose properties are an empty list")
	}
	sorts, ok := doc.Get("sorts")
	switch {
	case !ok || sorts.IsNull():
	case sorts.Kind() != jsonpath.Array:
		x.refuses(`write "sorts": [{"propertyName": …, "direction": "DESCENDING"}]`, "sorts is %s, not a list", sorts.Kind())
	case sorts.Len() > 1:
		x.beyond("only one sort is allowed, not %d", sorts.Len())
	case sorts.Len() == 1 && sorts.Index(0).Kind() == jsonpath.Object:
		x.unknown(sorts.Index(0), []string{"propertyName", "direction"}, "a sort")
		if d, ok := sorts.Index(0).Get("direction"); ok && d.Str() != "ASCENDING" && d.Str() != "DESCENDING" {
			x.refuses("write ASCENDING or DESCENDING", "there is no direction %s", d)
		}
	}
}

// group looks at the filters of a group.
func (x *searchCheck) group(fs jsonpath.Value) {
	if fs.Kind() != jsonpath.Array {
		x.refuses(`write "filters": [{…}]`, "filters is %s, not a list", fs.Kind())
		return
	}
	if n := fs.Len(); n > hubspot.MaxFiltersPerGroup {
		x.beyond("at most %d filters are allowed in a group, not %d", hubspot.MaxFiltersPerGroup, n)
	}
	for i := range fs.Len() {
		f := fs.Index(i)
		if f.Kind() != jsonpath.Object {
			x.refuses(`write {"propertyName": …, "operator": …, "value": …}`, "a filter is an object, not %s", f.Kind())
			continue
		}
		x.filters++
		x.filter(f)
	}
}

// filter refuses what lacks a part. A member of another name is named as the one that it was
// meant for.
func (x *searchCheck) filter(f jsonpath.Value) {
	has := func(name string) bool { v, ok := f.Get(name); return ok && !v.IsNull() }
	meant := map[string]string{}
	for _, m := range f.Members() {
		if !slices.Contains(filterMembers, m.Name) {
			near := nearest(m.Name, filterMembers)
			if near == "" || has(near) {
				x.say(diag.Warning, codeSearchMember, "", "HubSpot knows no %q in a filter of a search", m.Name)
				continue
			}
			meant[near] = m.Name
		}
	}
	lacks := func(name, operator string) bool {
		if has(name) {
			return false
		}
		hint := ""
		for _, other := range []string{"value", "values"} {
			if other != name && (name == "value" || name == "values") && has(other) {
				hint = fmt.Sprintf("write %q instead of %q", name, other)
			}
		}
		what := "a filter has no " + name
		if operator != "" {
			what = fmt.Sprintf("a filter with the operator %s has no %s", operator, name)
		}
		if wrong := meant[name]; wrong != "" {
			hint = fmt.Sprintf("did you mean %q instead of %q", name, wrong)
		}
		x.refuses(hint, "%s", what)
		return true
	}
	if lacks("propertyName", "") || lacks("operator", "") {
		return
	}
	v, _ := f.Get("operator")
	op := v.Str()
	if !slices.Contains(searchOperators, op) {
		if up := strings.ToUpper(op); slices.Contains(searchOperators, up) {
			x.say(diag.Warning, codeSearchMember, "write "+up, "HubSpot's operators are in capitals, unlike %q", op)
			return
		}
		x.refuses(diag.DidYouMean(op, searchOperators), "there is no operator %q", op)
		return
	}
	value, _ := f.Get("value")
	switch hubspot.Operator(op) {
	case hubspot.NotHasProperty, hubspot.HasProperty:
		if has("value") && hubspot.Operator(op) == hubspot.NotHasProperty {
			x.refuses("leave the value out", "a filter with the operator %s has a value", op)
		}
	case hubspot.In, hubspot.NotIn:
		if lacks("values", op) {
			return
		}
		if vs, _ := f.Get("values"); vs.Kind() != jsonpath.Array {
			x.refuses(`write "values": […]`, "values is %s, not a list", vs.Kind())
		} else if vs.Len() == 0 {
			x.refuses("", "a filter with the operator %s has no values", op)
		}
	case hubspot.Between:
		if !lacks("value", op) {
			lacks("highValue", op)
		}
	default:
		if !lacks("value", op) && value.Kind() == jsonpath.String && value.Str() == "" {
			x.refuses("", "a filter with the operator %s has an empty value", op)
		}
	}
}
