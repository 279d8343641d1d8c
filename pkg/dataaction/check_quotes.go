package dataaction

import (
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/jsonpath"
)

var (
	comparedText = pattern.Of(`"?\$!?\{?([A-Za-z][A-Za-z0-9_-]*)\}?"?\s*(?:==|!=|\beq\b|\bne\b)\s*("[^"\\$#]*"|'[^'\\$#]*')`)
	comparedTo   = pattern.Of(`("[^"\\$#]*"|'[^'\\$#]*')\s*(?:==|!=|\beq\b|\bne\b)\s*"?\$!?\{?([A-Za-z][A-Za-z0-9_-]*)\}?"?`)
	asked        = pattern.Of(`\$!?\{?([A-Za-z][A-Za-z0-9_-]*)\.(equals|equalsIgnoreCase|startsWith|endsWith|matches)\(\s*("[^"\\$#]*"|'[^'\\$#]*')\s*\)`)
	plain        = pattern.Of(`^[A-Za-z0-9_ -]+$`)
	quotedTwice  = pattern.Of(`"\$!?\{?esc\.(?:jsonString|jsonEncode)\(\s*"?\$!?\{?([A-Za-z][A-Za-z0-9_-]*)\}?"?\s*\)\}?"`)
)

// ownQuotes finds a mapped text that is taken for the bare text: its variable holds JSON, the
// quotes included. Genesys: the translation map gives JSON text.
func (c *checker) ownQuotes(text string) {
	mapped := c.mapped()
	report := func(at int, hint, format string, args ...any) {
		f := c.add(codeOwnQuotes, atSuccess, hint, format, args...)
		f.Position = c.inside(atSuccess, at)
	}
	compared := func(at int, name, literal, method string) {
		if !slices.Contains(mapped, name) || c.bare(name) || c.structured(name) {
			return
		}
		literal = literal[1 : len(literal)-1]
		if _, err := jsonpath.Decode([]byte(literal)); err == nil {
			return // a number, true, false or null has no quotes
		}
		if fallback, ok := c.d.Response.Defaults[name]; ok && fallback == literal {
			return // it asks for the default, which has none
		}
		test := "$" + name + " == "
		switch first, last := literal[:min(1, len(literal))], literal[max(len(literal)-1, 0):]; {
		case method == "startsWith" && strings.ContainsAny(first, `"[{`), method == "endsWith" && strings.ContainsAny(last, `"]}`),
			method == "matches" && (strings.Contains(literal, `"`) || !plain().MatchString(literal)):
			return // it knows of the quotes, or asks what kind of JSON it is
		}
		switch method {
		case "startsWith":
			report(at, `write $`+name+`.startsWith('"`+literal+`')`, "$%s holds JSON: a text in it begins with a quote, never with %q", name, literal)
			return
		case "endsWith":
			report(at, `write $`+name+`.endsWith('`+literal+`"')`, "$%s holds JSON: a text in it ends with a quote, never with %q", name, literal)
			return
		case "matches":
			report(at, `write the quotes into the expression: $`+name+`.matches('"`+literal+`"')`, "$%s holds JSON: a text in it has its quotes, which %q does not match", name, literal)
			return
		case "equalsIgnoreCase":
			report(at, `compare with the quotes: $`+name+`.equalsIgnoreCase('"`+literal+`"')`, "$%s holds JSON: a text in it has its quotes, and never equals %q", name, literal)
			return
		}
		report(at, `compare with the quotes: `+test+`'"`+literal+`"'`, "$%s holds JSON: a text in it has its quotes, and never equals %q", name, literal)
	}
	for _, m := range comparedText().FindAllStringSubmatchIndex(text, -1) {
		compared(m[0], text[m[2]:m[3]], text[m[4]:m[5]], "")
	}
	for _, m := range comparedTo().FindAllStringSubmatchIndex(text, -1) {
		compared(m[0], text[m[4]:m[5]], text[m[2]:m[3]], "")
	}
	for _, m := range asked().FindAllStringSubmatchIndex(text, -1) {
		compared(m[0], text[m[2]:m[3]], text[m[6]:m[7]], text[m[4]:m[5]])
	}
	for _, m := range quotedTwice().FindAllStringSubmatchIndex(text, -1) {
		name := text[m[2]:m[3]]
		if !slices.Contains(mapped, name) || c.bare(name) || c.structured(name) {
			continue // JSON inside a text is what some actions give on purpose
		}
		report(m[0], "write ${"+name+"} alone, without quotes and without $esc", "$%s holds JSON: a text in it has its quotes, and is quoted twice here", name)
	}
}
