package dataaction

import (
	"errors"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/jsonpath"
	"github.com/dealroute/dealroute/pkg/source"
	"github.com/dealroute/dealroute/pkg/velocity"
)

func (c *checker) response() {
	bad := c.paths()
	for _, n := range sortedKeys(c.d.Response.Defaults) {
		text, at := c.d.Response.Defaults[n], atDefaults+"/"+source.EscapePointer(n)
		if _, err := jsonpath.Decode([]byte(text)); err != nil {
			bad = true
			hint := "write " + string(jsonpath.AppendString(nil, string(jsonpath.AppendString(nil, text)))) + " for the text"
			c.add(codeBadDefault, at, hint, "the default %q of %q is not JSON; it is inserted as it is", text, n)
		}
	}
	text := c.d.Response.SuccessTemplate
	if strings.TrimSpace(text) == "" {
		c.add(codeNoSuccess, atSuccess, "write ${rawResult} to pass the reply through", "the success template is missing")
		return
	}
	t := c.parse(successName, atSuccess, text)
	if t == nil {
		return
	}
	before := len(c.findings)
	if c.d.blank(atMap) || c.d.blank(atDefaults) {
		return // nobody knows which variables there are
	}
	c.template(t, atSuccess, velocity.Scope{Place: velocity.InSuccess, Names: []string{"rawResult"}, Mapped: c.mapped()})
	if !c.d.guessed(atSuccess) {
		c.unused(t)
	}
	c.ownQuotes(text)
	if !bad && !c.findings[before:].Has(diag.Error) && !c.d.guessed(atSuccess) && !c.d.lacks(atMap, atDefaults, atOutput) {
		c.defaultsOnly()
	}
}

// paths checks the translation map and reports whether anything in it is broken.
func (c *checker) paths() (bad bool) {
	for _, n := range sortedKeys(c.d.Response.TranslationMap) {
		text, at := c.d.Response.TranslationMap[n], atMap+"/"+source.EscapePointer(n)
		p, err := jsonpath.Parse(text)
		if err != nil {
			f := c.add(codePath, at, "", "%v", err)
			var e *jsonpath.Error
			if errors.As(err, &e) {
				f.Message = "path: " + e.Message
				f.Position = c.inside(at, e.Offset)
			}
			bad = true
			continue
		}
		for _, u := range p.Unknown() {
			f := c.add(codeFunction, at, "", "%s", u.Message)
			f.Position, f.Length = c.inside(at, u.Offset), 1
			bad = true
		}
		fallback, has := c.d.Response.Defaults[n]
		switch {
		case !has && p.Definite():
			c.add(codeNoDefault, at, "add it to translationMapDefaults", "%q has no default: the action fails when the path leads nowhere", n)
		case !has:
			c.add(codeNoDefault, at, `add "`+n+`": "[]" to translationMapDefaults`, "%q has no default: the action fails when a part before the filter or wildcard is missing", n)
		case !p.Definite() && fallback != "[]":
			c.add(codeNeverDefault, atDefaults+"/"+source.EscapePointer(n), "", "%q gives [] when nothing matches, not its default", n)
		}
		if trimmed := strings.TrimSpace(text); strings.HasPrefix(trimmed, ".") {
			c.add(codeDeepScan, at, "write $"+trimmed, "path %q searches the whole reply and gives a list, because it begins with a dot", text)
		}
		if p.EndsInIndex() && p.Definite() {
			c.add(codeIndexEnd, at, "name a member behind the index, or use a filter", "path %q gives null, not its default, where there is no such item", text)
		}
	}
	return bad
}

// defaultsOnly renders the success template as for a reply in which nothing is found, and
// looks at what comes out.
func (c *checker) defaultsOnly() {
	d := *c.d
	d.Request = RequestConfig{URLTemplate: "https://example.invalid", Type: "GET"}
	p, err := Compile(&d, Options{})
	if err != nil || p.passes || slices.ContainsFunc(p.success.References(), func(r velocity.Reference) bool { return r.Root == "rawResult" }) {
		return // a contract or template that was reported already, or nothing to render
	}
	r := &runner{p: p, res: &Result{}}
	vars, problem := r.translate(jsonpath.Map(), "{}")
	defaults := true
	for _, m := range p.mapped {
		if _, set := vars[m.name]; !set {
			defaults = false // DA-MAP-003 says so
			vars[m.name] = `"sample"`
		}
		if m.path != nil && !m.path.Definite() {
			vars[m.name] = "[]"
		}
	}
	if problem != nil {
		return
	}
	final, problem := r.succeed(jsonpath.Map(), vars)
	if problem != nil {
		message := problem.UserMessage
		if _, after, ok := strings.Cut(message, "due to error: "); ok {
			message, _, _ = strings.Cut(after, ". The template used was")
		}
		if defaults {
			c.add(codeNotJSON, atSuccess, "", "with every default used, the success template fails: %s", message)
		}
		return
	}
	c.written(final)
	if !defaults {
		return
	}
	for _, f := range r.res.Findings {
		if f.Code == codeTrailing {
			c.findings.Add(f)
		}
	}
	if bad := p.output.check(final, false); bad != nil {
		hint := "write a default of the declared type"
		if strings.Contains(bad.message, "null") {
			hint = ""
		}
		c.add(codeMisfit, atSuccess, hint, "with every default used, the output breaks its contract: %s%s", bad.where(), bad.message)
	}
}

// mapped lists the variables that hold JSON text.
func (c *checker) mapped() []string {
	names := sortedKeys(c.d.Response.TranslationMap)
	for _, n := range sortedKeys(c.d.Response.Defaults) {
		if _, ok := c.d.Response.TranslationMap[n]; !ok {
			names = append(names, n)
		}
	}
	return names
}

var (
	comparedText = pattern.Of(`\$!?\{?([A-Za-z][A-Za-z0-9_-]*)\}?\s*(?:==|!=|\.equals\()\s*("[^"\\$#]*"|'[^'\\$#]*')`)
	comparedTo   = pattern.Of(`("[^"\\$#]*"|'[^'\\$#]*')\s*(?:==|!=)\s*\$!?\{?([A-Za-z][A-Za-z0-9_-]*)\}?`)
	quotedTwice  = pattern.Of(`"\$esc\.(?:jsonString|jsonEncode)\(\$!?\{?([A-Za-z][A-Za-z0-9_-]*)\}?\)"`)
)

// ownQuotes finds a mapped text that is taken for the bare text: its variable holds JSON, the
// quotes included. Genesys: the translation map gives JSON text.
func (c *checker) ownQuotes(text string) {
	mapped := c.mapped()
	report := func(at int, name, hint, format string, args ...any) {
		if slices.Contains(mapped, name) {
			f := c.add(codeOwnQuotes, atSuccess, hint, format, args...)
			f.Position = c.inside(atSuccess, at)
		}
	}
	compared := func(at int, name, literal string) {
		literal = literal[1 : len(literal)-1]
		if _, err := jsonpath.Decode([]byte(literal)); err == nil {
			return // a number, true, false or null has no quotes
		}
		report(at, name, `compare with the quotes: #set($quoted = '"`+literal+`"')#if($`+name+` == $quoted)`, "$%s holds JSON: a text in it has its quotes, and never equals %q", name, literal)
	}
	for _, m := range comparedText().FindAllStringSubmatchIndex(text, -1) {
		compared(m[0], text[m[2]:m[3]], text[m[4]:m[5]])
	}
	for _, m := range comparedTo().FindAllStringSubmatchIndex(text, -1) {
		compared(m[0], text[m[4]:m[5]], text[m[2]:m[3]])
	}
	for _, m := range quotedTwice().FindAllStringSubmatchIndex(text, -1) {
		name := text[m[2]:m[3]]
		report(m[0], name, "write ${"+name+"} alone, without quotes and without $esc", "$%s holds JSON: a text in it has its quotes, and is quoted twice here", name)
	}
}

func (c *checker) unused(t *velocity.Template) {
	used := map[string]bool{}
	for _, r := range t.References() {
		used[r.Root] = true
	}
	for _, n := range sortedKeys(c.d.Response.TranslationMap) {
		if !used[n] {
			c.add(codeUnused, atMap+"/"+source.EscapePointer(n), "", "%q is not used in the success template", n)
		}
	}
}
