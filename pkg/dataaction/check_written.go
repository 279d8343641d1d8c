package dataaction

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/jsonpath"
	"github.com/dealroute/dealroute/pkg/source"
	"github.com/dealroute/dealroute/pkg/velocity"
)

// mark begins the sample of a mapped value, so that it is known in what comes out.
const mark = "\ue000"

// tries are what the values of a reply may be, one after the other: of those of which nothing
// tells what they are, and of the texts. Services write numbers and dates as texts.
var tries = []struct{ unknown, text string }{
	{`"` + mark + `"`, mark}, {"1", mark}, {`["` + mark + `"]`, mark}, {`{"` + mark + `":1}`, mark}, {"true", mark},
	{`"1"`, "1"}, {"1", "1"}, {`"` + longText + `"`, longText}, {"1", longText},
}

const longText = "2026-11-30T10:00:00.000Z a-b,c;d:e/f|g h@i.j_k and some more of it"

// most is how many values are varied one by one.
const most = 12

// replies renders the success template as for replies in which everything, nothing and some is
// found, and looks at what comes out.
func (c *checker) replies() {
	d := *c.d
	d.Request = RequestConfig{URLTemplate: "https://example.invalid", Type: "GET"}
	p, err := Compile(&d, Options{})
	if err != nil || p.passes {
		return // a contract or template that was reported already, or nothing to render
	}
	t := &trial{c: c, p: p, whole: true, written: &written{}}
	for _, m := range p.mapped {
		t.whole = t.whole && (m.hasDefault || m.path == nil)
	}
	t.opaque = slices.ContainsFunc(p.success.References(), func(r velocity.Reference) bool { return r.Root == "rawResult" })
	if !t.nothing() {
		return
	}
	if t.everything() {
		t.some()
	}
	c.compare(c.output.root, t.written, "", atOutput, strings.Contains(c.d.Response.SuccessTemplate, "#"))
}

// A trial renders one success template.
type trial struct {
	c       *checker
	p       *Program
	whole   bool // every value has a default
	opaque  bool // the reply itself is part of what is written
	written *written
	found   map[string]string // samples with which the template works
}

func (t *trial) vars(pick func(m *mapping) string) map[string]any {
	vars := map[string]any{"rawResult": `{"` + mark + `":1}`}
	for i := range t.p.mapped {
		if v, m := pick(&t.p.mapped[i]), &t.p.mapped[i]; v != "" || m.hasDefault {
			vars[m.name] = v
		}
	}
	return vars
}

// render gives what comes out when each value is what pick says.
func (t *trial) render(pick func(m *mapping) string) (jsonpath.Value, *runner, string) {
	r := &runner{p: t.p, res: &Result{}}
	final, problem := r.succeed(jsonpath.Map(), t.vars(pick))
	if problem == nil {
		return final, r, ""
	}
	return final, r, strings.ReplaceAll(problem.ofEngine(), mark, "x")
}

// says adds to a finding where what is rendered is no JSON, and what to do.
func (t *trial) says(f *diag.Finding, pick func(m *mapping) string) {
	r := &runner{p: t.p, res: &Result{}}
	text, err := r.render(t.p.success, t.vars(pick), atSuccess)
	if err != nil {
		t.c.place(f, atSuccess)
		if strings.Contains(err.Error(), "java.lang.String") {
			f.Hint = "a mapped value is JSON as a text, and has the methods of a text only"
		}
		return
	}
	_, _, bad := jsonpath.DecodePrefix([]byte(text))
	if bad == nil {
		return
	}
	why, at := cause(bad.Error(), text)
	f.Message = strings.ReplaceAll(offset().ReplaceAllString(f.Message, "near "+excerpt(text, at)), mark, "x")
	if last := strings.TrimRight(text[:at], " \t\r\n"); !strings.HasSuffix(last, ":") { // no input is there
		f.Hint = advice(text, at, why)
	}
	if m := braces().FindStringSubmatch(" " + t.p.success.Text()); m != nil && (m[1] == "rawResult" || slices.Contains(t.c.mapped(), m[1])) {
		f.Hint = "write ${" + m[1] + "}"
	}
	if i := placeOf(t.p.success.Text(), text, at); i >= 0 {
		f.Position = t.c.inside(atSuccess, i)
	}
}

// missing is a value that was not found: its default, or [] where a path gives a list.
func missing(m *mapping) string {
	if m.path != nil && !m.path.Definite() {
		return "[]"
	}
	return m.fallback
}

// blind is the same without what a reply would fill.
func blind(m *mapping) string {
	if v := missing(m); strings.HasPrefix(v, "{") || strings.HasPrefix(v, "[") {
		return v[:1] + string(v[0]+2)
	}
	return missing(m)
}

var firstAlone = pattern.Of(`firstFromArray\(\s*"?\$!?\{?[A-Za-z][\w-]*\}?"?\s*\)`)

// nothing is a reply in which nothing is found, and reports whether the template works then.
func (t *trial) nothing() bool {
	if !t.whole {
		return true // DA-MAP-003 says so
	}
	c, text := t.c, t.c.d.Response.SuccessTemplate
	final, r, failed := t.render(missing)
	if failed != "" && firstAlone().MatchString(text) {
		c.add(codeNotJSON, atSuccess, `write a default behind it: firstFromArray("${x}", "$esc.quote$esc.quote")`, "what firstFromArray gives of an empty list without a default is not documented").Severity = diag.Assumption
		return true
	}
	if failed != "" {
		_, _, quoted := t.render(func(m *mapping) string {
			if m.badDefault {
				return string(jsonpath.AppendString(nil, m.fallback))
			}
			return missing(m)
		})
		if quoted == "" {
			return true // what becomes of a default that is no JSON is not documented
		}
		t.says(c.add(codeNotJSON, atSuccess, "", "with every default used, the success template fails: %s", failed), missing)
		return false
	}
	for _, f := range r.res.Findings {
		if f.Code == codeTrailing {
			f.Severity = severityOf(codeTrailing)
			c.findings.Add(f)
		}
	}
	bad := t.p.output.check(final, false)
	if bad == nil || t.opaque {
		return true
	}
	f := c.add(codeMisfit, atSuccess, "write a default of the declared type", "with every default used, the output breaks its contract: %s%s", bad.where(), bad.message)
	if strings.HasPrefix(bad.message, "got null") {
		f.Severity, f.Hint = diag.Assumption, "" // what Genesys does with a null is not documented
	}
	return true
}

// everything is a reply in which each value is found, and reports whether the template works.
func (t *trial) everything() bool {
	c := t.c
	failed, noJSON := "", true
	for _, try := range tries {
		found := map[string]string{}
		for _, m := range t.p.mapped {
			found[m.name] = c.sampleOf(m, try.unknown, try.text)
		}
		final, _, why := t.render(func(m *mapping) string { return found[m.name] })
		if why == "" {
			t.found = found
			t.written.add(final)
			return true
		}
		noJSON = noJSON && strings.Contains(why, "no JSON")
		if failed == "" {
			failed = why
		}
	}
	f := c.add(codeNotJSON, atSuccess, "", "with values from a reply, the success template fails: %s", failed)
	t.says(f, func(m *mapping) string { return c.sampleOf(*m, tries[0].unknown, tries[0].text) })
	if t.whole || !noJSON {
		f.Severity = diag.Warning // it may want values of a form that was not tried
	}
	return false
}

// sampleOf is what a mapped value may be in a reply: of the kind of its default, or as given.
func (c *checker) sampleOf(m mapping, unknown, text string) string {
	switch {
	case m.path == nil:
		return m.fallback
	case !m.path.Definite():
		return `["` + text + `"]`
	}
	v, err := jsonpath.Decode([]byte(m.fallback))
	if err != nil {
		return unknown
	}
	switch v.Kind() {
	case jsonpath.String:
		return `"` + text + `"`
	case jsonpath.Array:
		return `["` + text + `"]`
	case jsonpath.Object:
		return `{"` + mark + `":1}`
	case jsonpath.Null:
		return unknown
	}
	return m.fallback
}

// some are replies in which one value is missing, or one alone is found.
func (t *trial) some() {
	add := func(pick func(m *mapping) string) string {
		final, _, failed := t.render(pick)
		if failed == "" {
			t.written.add(final)
		}
		return failed
	}
	if t.whole {
		add(blind)
	}
	said := false
	for i := range t.p.mapped[:min(most, len(t.p.mapped))] {
		one := &t.p.mapped[i]
		if !one.hasDefault {
			continue
		}
		failed := add(func(m *mapping) string {
			if m.name == one.name {
				return blind(m)
			}
			return t.found[m.name]
		})
		if strings.Contains(failed, "no JSON") && !one.badDefault && !said {
			said = true
			f := t.c.add(codeNotJSON, atSuccess, "", "where %q is not found and the others are, the success template fails: %s", one.name, failed)
			f.Severity = diag.Warning
			t.says(f, func(m *mapping) string {
				if m.name == one.name {
					return blind(m)
				}
				return t.found[m.name]
			})
		}
		if t.whole {
			add(func(m *mapping) string {
				if m.name == one.name {
					return t.found[m.name]
				}
				return blind(m)
			})
		}
	}
	for _, special := range []string{`""`, "0", "1", "true", "false", "null", "[]"} { // what an #if may ask for
		add(func(m *mapping) string {
			if m.path == nil {
				return m.fallback
			}
			return special
		})
	}
}

// written is what some rendering wrote.
type written struct {
	unknown bool // a value of the reply, of which nobody knows what is in it
	names   []string
	members map[string]*written
	items   *written
}

func (w *written) add(v jsonpath.Value) {
	switch v.Kind() {
	case jsonpath.Object:
		for _, m := range v.Members() {
			if strings.Contains(m.Name, mark) {
				w.unknown = true
				continue
			}
			if w.members == nil {
				w.members = map[string]*written{}
			}
			if w.members[m.Name] == nil {
				w.members[m.Name] = &written{}
				w.names = append(w.names, m.Name)
			}
			w.members[m.Name].add(m.Value)
		}
	case jsonpath.Array:
		if w.items == nil {
			w.items = &written{}
		}
		for i := range v.Len() {
			w.items.add(v.Index(i))
		}
	case jsonpath.String:
		w.unknown = w.unknown || strings.Contains(v.Str(), mark)
	case jsonpath.Null:
		w.unknown = true
	}
}

// compare compares what the success template writes with what the contract has. Members that
// the contract lacks are dropped, and what is never written stays empty. path is where in the
// output; branches that the template may have make a name in its text count as written.
func (c *checker) compare(s *shape, w *written, path, pointer string, branches bool) {
	if w == nil || w.unknown {
		return
	}
	if s.items != nil {
		c.compare(s.items, w.items, path, pointer+"/items", branches)
		return
	}
	if len(s.members) == 0 || len(w.names) == 0 {
		return
	}
	names := s.names()
	absent := map[string]bool{}
	for _, n := range names {
		absent[n] = w.members[n] == nil && !(branches && strings.Contains(c.d.Response.SuccessTemplate, `"`+n+`"`))
	}
	for _, n := range w.names {
		if _, ok := s.index[n]; ok {
			continue
		}
		near, hint := diag.Nearest(n, names), "add it to the output contract, or leave it out"
		if near != "" && w.members[near] == nil {
			hint = fmt.Sprintf("did you mean %q", near)
			absent[near] = false
		}
		if s.closed {
			c.add(codeDropped, atSuccess, hint, "the success template writes %q, and the output contract allows no other members than its own: the action fails", join(path, n)).Severity = diag.Error
			continue
		}
		c.add(codeDropped, atSuccess, hint, "the success template writes %q, which the output contract does not have: Genesys drops it", join(path, n))
	}
	for _, m := range s.members {
		at := pointer + "/properties/" + source.EscapePointer(m.name)
		switch {
		case !absent[m.name]:
			c.compare(m.shape, w.members[m.name], join(path, m.name), at, branches)
		case s.requires(m.name):
			c.add(codeNeverWritten, at, "write it in the success template, or do not require it", "no reply ever sets %q, which the output contract requires: the action always fails", join(path, m.name)).Severity = diag.Error
		default:
			c.add(codeNeverWritten, at, "write it in the success template, or delete it here", "no reply ever sets %q: the success template does not write it", join(path, m.name))
		}
	}
}
