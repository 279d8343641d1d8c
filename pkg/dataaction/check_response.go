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
			if m := foreign().FindString(text); m != "" {
				continue // which says why
			}
			hint := "write " + string(jsonpath.AppendString(nil, string(jsonpath.AppendString(nil, text)))) + " for the text"
			c.add(codeBadDefault, at, hint, "the default %q of %q is not JSON; it is taken to be inserted as it is", text, n)
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
		c.replies()
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
			f := c.add(codeNoDefault, at, `add "`+n+`" to translationMapDefaults, a text as "\"\""`, "%q has no default: the action fails when the path leads nowhere", n)
			if len(c.d.Response.Defaults) == 0 && !indexed().MatchString(text) {
				f.Severity = diag.Info // the service may well give it always
			}
		case !has:
			c.add(codeNoDefault, at, `add "`+n+`": "[]" to translationMapDefaults`, "%q has no default: the action fails when a part before the filter or wildcard is missing", n).Severity = diag.Info
		case !p.Definite() && fallback != "[]":
			c.add(codeNeverDefault, atDefaults+"/"+source.EscapePointer(n), "", "%q gives [] when nothing matches, not its default", n)
		}
		if trimmed := strings.TrimSpace(text); strings.HasPrefix(trimmed, ".") {
			f := c.add(codeDeepScan, at, "write $"+trimmed, "path %q searches the whole reply and gives a list, because it begins with a dot", text)
			if c.firstOnly(n) {
				f.Severity = diag.Info
			}
		}
		if p.EndsInIndex() && p.Definite() {
			c.add(codeIndexEnd, at, "name a member behind the index, or use a filter", "path %q gives null, not its default, where there is no such item", text)
		}
	}
	return bad
}

// indexed is a path that wants an item of a list.
var indexed = pattern.Of(`\[\s*-?[0-9]+\s*\]`)

// firstOnly reports whether a variable is used for its first element alone.
func (c *checker) firstOnly(name string) bool {
	t, err := velocity.Parse("", c.d.Response.SuccessTemplate)
	return err == nil && !slices.ContainsFunc(t.References(), func(r velocity.Reference) bool {
		return r.Root == name && r.Tool != "successTemplateUtils.firstFromArray"
	})
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
