package dataaction

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/jsonpath"
	"github.com/dealroute/dealroute/pkg/velocity"
)

// samples renders the URL and the body with made-up inputs, once with all of them and once
// with the required ones alone, and looks at what would be sent.
func (c *checker) samples() {
	ours := c.d.IntegrationType == WebServices || c.d.IntegrationType == GenesysCloud || c.d.IntegrationType == ""
	if c.input == nil || !ours || c.findings.Has(diag.Error) {
		return // there is nothing to send, or what is wrong was said, and most likely is why nothing comes out
	}
	p, err := Compile(c.d, Options{})
	if err != nil {
		return
	}
	said := map[string]bool{}
	for _, all := range []bool{true, false} {
		if !c.d.guessed(atURL) {
			c.sampleAddress(p, all, said)
		}
		if !c.d.guessed(atBody) {
			c.sampleBody(p, all, said)
		}
	}
}

// once adds a finding of a kind when none of it was added yet.
func (c *checker) once(said map[string]bool, code, pointer, hint, format string, args ...any) {
	if key := code + pointer; !said[key] {
		said[key] = true
		c.add(code, pointer, hint, format, args...)
	}
}

// sampled is a run whose inputs are made up: texts are text.
func (c *checker) sampled(p *Program, all bool, text string) *runner {
	r := &runner{p: p, res: &Result{}, o: RunOptions{BaseURL: "https://api.example.com"}}
	input := map[string]any{}
	members := make([]jsonpath.Member, 0, len(p.input.root.members))
	for _, m := range p.input.root.members {
		if !all && !p.input.root.requires(m.name) {
			continue
		}
		var v jsonpath.Value
		switch m.shape.scalar() {
		case "boolean":
			v = jsonpath.Bool(true)
		case "integer":
			v, _ = jsonpath.Decode([]byte("1"))
		case "number":
			v, _ = jsonpath.Decode([]byte("1.5"))
		default:
			v = jsonpath.Text(text)
			if len(m.shape.enum) > 0 {
				v = m.shape.enum[0]
			}
		}
		input[m.name] = v.ToAny()
		members = append(members, jsonpath.Member{Name: m.name, Value: v})
	}
	input["rawRequest"] = jsonpath.Map(members...).String()
	r.vars = map[string]any{"input": input, "credentials": c.anyOf(p, "credentials"), "authResponse": c.anyOf(p, "authResponse")}
	return r
}

// text reports whether an input is a text, as far as the contract says.
func (s *schema) text(input string) bool {
	i, ok := s.root.index[input]
	if !ok {
		return input == "rawRequest"
	}
	return s.root.members[i].shape.text()
}

// anyOf has a text for whatever the templates take of a variable.
func (c *checker) anyOf(p *Program, root string) map[string]any {
	out := map[string]any{}
	take := func(t *velocity.Template) {
		if t == nil {
			return
		}
		for _, r := range t.References() {
			if r.Root == root && len(r.Path) > 0 {
				out[r.Path[0]] = "sample"
			}
		}
	}
	take(p.url)
	take(p.body)
	for _, h := range p.headers {
		take(h.value)
	}
	return out
}

func (c *checker) sampleAddress(p *Program, all bool, said map[string]bool) {
	text := "sample"
	for _, r := range p.url.References() {
		if r.Root == "input" && r.Start || r.Root == "credentials" && r.Start {
			text = "https://example.com" // the caller gives the address
		}
	}
	r := c.sampled(p, all, text)
	for name := range r.vars["credentials"].(map[string]any) {
		r.vars["credentials"].(map[string]any)[name] = text
	}
	_, problem := r.url()
	if problem == nil {
		return
	}
	_, why, ok := strings.Cut(problem.UserMessage, " cannot be used: ")
	if !ok {
		return // an optional input without a value, which was said
	}
	c.once(said, codeAddress, atURL, "", "the request can never be sent, whatever the inputs are: %s", strings.TrimSuffix(why, "."))
}

func (c *checker) sampleBody(p *Program, all bool, said map[string]bool) {
	if p.body == nil || p.bodyRaw || !c.sendsJSON() || said[codeNoJSONBody+atBody] {
		return
	}
	texts := []string{"sample"}
	for _, r := range p.body.References() {
		if r.Root == "input" && !r.InString && !r.Condition && r.Escape == 0 && len(r.Path) == 1 && p.input.text(r.Path[0]) {
			texts = []string{"sample", "1", "{}", "[]", `"sample"`, "true"} // a text may hold any JSON
			break
		}
	}
	var first error
	body := ""
	for _, text := range texts {
		r := c.sampled(p, all, text)
		out, err := r.body()
		if err != nil {
			return // an optional input without a value, which was said
		}
		if len(strings.TrimSpace(string(out))) == 0 {
			return
		}
		doc, bad := jsonpath.Decode(out)
		if bad == nil {
			c.search(p, r, doc, all, said)
			return
		}
		if first == nil {
			first, body = bad, string(out)
		}
	}
	if len(texts) > 1 {
		return // nobody can say what the text holds
	}
	which := "with its inputs"
	if !all {
		which = "without the optional inputs"
	}
	c.once(said, codeNoJSONBody, atBody, "compare it with "+excerpt(body), "%s the body is no JSON: %s", which, strings.TrimPrefix(first.Error(), "no JSON: "))
}

// excerpt is a rendered text, shortened, on one line.
func excerpt(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 120 {
		s = string(r[:120]) + "…"
	}
	return s
}

// Members of HubSpot's searches. HubSpot ignores what it does not know.
var (
	searchMembers = []string{"filterGroups", "filters", "sorts", "query", "properties", "limit", "after"}
	groupMembers  = []string{"filters"}
	filterMembers = []string{"propertyName", "operator", "value", "values", "highValue"}
)

// search looks at the body of a search in HubSpot: with a misspelt member or without any
// filter it is answered with everybody.
func (c *checker) search(p *Program, r *runner, doc jsonpath.Value, all bool, said map[string]bool) {
	text, problem := r.url()
	u, err := url.Parse(text)
	if problem != nil || err != nil || !strings.HasSuffix(u.Hostname(), "hubapi.com") || !strings.HasPrefix(u.Path, "/crm/") || !strings.HasSuffix(u.Path, "/search") || doc.Kind() != jsonpath.Object {
		return
	}
	misspelt := func(v jsonpath.Value, known []string, where string) {
		for _, m := range v.Members() {
			if !slices.Contains(known, m.Name) {
				c.once(said, codeSearchMember, atBody, diag.DidYouMean(m.Name, known), "HubSpot ignores %q in %s of a search, and answers as if it were not there", m.Name, where)
			}
		}
	}
	misspelt(doc, searchMembers, "the body")
	filters := 0
	each := func(list jsonpath.Value) {
		for i := range list.Len() {
			if f := list.Index(i); f.Kind() == jsonpath.Object {
				filters++
				misspelt(f, filterMembers, "a filter")
			}
		}
	}
	if fs, ok := doc.Get("filters"); ok && fs.Kind() == jsonpath.Array {
		each(fs)
	}
	if groups, ok := doc.Get("filterGroups"); ok && groups.Kind() == jsonpath.Array {
		for i := range groups.Len() {
			if g := groups.Index(i); g.Kind() == jsonpath.Object {
				misspelt(g, groupMembers, "a filter group")
				if fs, ok := g.Get("filters"); ok && fs.Kind() == jsonpath.Array {
					each(fs)
				}
			}
		}
	}
	if query, ok := doc.Get("query"); ok && query.Str() != "" {
		filters++
	}
	if filters == 0 {
		when := ""
		if !all {
			when = " without the optional inputs"
		}
		c.once(said, codeSearchAll, atBody, `write "filterGroups": [{"filters": [{"propertyName": …, "operator": …, "value": …}]}]`, "the search has no filter%s: HubSpot answers with everybody", when)
	}
}

// written compares what the success template writes with what the contract has. Members that
// the contract lacks are dropped, and what is never written stays empty.
func (c *checker) written(final jsonpath.Value) {
	if c.output == nil || final.Kind() != jsonpath.Object || len(c.output.root.members) == 0 {
		return
	}
	root, text := c.output.root, c.d.Response.SuccessTemplate
	names := root.names()
	missing := map[string]bool{}
	for _, m := range root.members {
		if _, ok := final.Get(m.name); !ok && !strings.Contains(text, `"`+m.name+`"`) {
			missing[m.name] = true
		}
	}
	for _, m := range final.Members() {
		if _, ok := root.index[m.Name]; ok {
			continue
		}
		near := diag.Nearest(m.Name, names)
		hint := "add it to the output contract, or leave it out"
		if near != "" {
			hint = fmt.Sprintf("did you mean %q", near)
			delete(missing, near)
		}
		c.add(codeDropped, atSuccess, hint, "the success template writes %q, which the output contract does not have: Genesys drops it", m.Name)
	}
	for _, m := range root.members {
		if missing[m.name] && !root.requires(m.name) {
			c.add(codeNeverWritten, atOutput+"/properties/"+m.name, "write it in the success template, or delete it here", "no reply ever sets %q: the success template does not write it", m.name)
		}
	}
}
