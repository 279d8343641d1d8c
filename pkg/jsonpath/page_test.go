package jsonpath

import (
	"fmt"
	"strings"
)

// Grammar is the page GRAMMAR.md: what a path may be, from the tables that parse and answer it.
func Grammar() string {
	var b strings.Builder
	b.WriteString(`# The JSONPath of data actions

Written by ` + "`go test ./pkg/jsonpath -run Grammar -update`" + ` from the tables of this package; do not edit.

The dialect is Jayway JsonPath 2.9 with its JsonNode provider and no options. A path that begins
with neither ` + "`$` nor `@`" + ` gets ` + "`$.`" + ` in front: ` + "`total` is `$.total`, and `.total` is `$..total`" + `.

## Steps

| Step | Meaning | Definite |
|---|---|---|
`)
	for _, s := range stepHelp() {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", s.form, s.help, s.definite)
	}
	b.WriteString(`
A path is definite when all its steps are. A definite path gives one value, or nothing, and then a
default is used. Any other path gives an array, empty when nothing matches: a default is not used.

- A name that is missing ends a definite path. Behind a step that is not definite it is passed over.
- A plain name that is missing *before* a step that is not definite is an error, so ` + "`$.nope[*].id`" + ` has no result while ` + "`$.list[*].nope`" + ` is ` + "`[]`" + `.
- null is a value: a path that ends in it is found.
- An index outside the array gives null at the end of a path, and nothing when a name follows.

## Functions

A function stands behind a value, as in ` + "`$.items.length()`" + `. Behind a step that is not definite it is
applied to each match; behind a deep scan that begins the path it sees all matches as one array. Nothing useful can follow a function.

| Function | Result |
|---|---|
`)
	for _, f := range functions() {
		fmt.Fprintf(&b, "| `%s()` | %s |\n", f.name, f.help)
	}
	b.WriteString(`
## Filters

` + "`[?(…)]`" + ` takes the items of an array, or an object itself, for which the expression holds. Parts are joined by
` + "`&&` before `||`, turned round by `!(…)`" + `, grouped by parentheses. A path alone asks whether it leads somewhere, null and
false included; ` + "`!@.a`" + ` asks the contrary. ` + "`@`" + ` is the item, ` + "`$`" + ` the document. Values: texts in single or double quotes, numbers,
` + "`true`, `false`, `null`" + `, lists ` + "`['a', 1]`" + `, objects, regular expressions ` + "`/…/`" + ` on either side of ` + "`=~`" + `.

| Operator | Holds when |
|---|---|
`)
	for _, o := range operators() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", o.name, o.help)
	}
	b.WriteString(`
## Where this package differs

- Regular expressions are Go's: no lookaround, back references, possessive quantifiers, nested character classes; flag x is refused.
- Decimal fractions keep all digits; the original rounds them to 64-bit floats.
- ` + "`append()`" + ` gives a new array; the original changes the document while it reads it.
- A path visits a limited number of values, then fails.
`)
	return b.String()
}

type stepLine struct{ form, help, definite string }

func stepHelp() []stepLine {
	return []stepLine{
		{"`.name`", "member of an object; letter case counts; no blanks, dots or brackets", "yes"},
		{"`['name']` `[\"name\"]`", "the same for any name; `\\'` escapes a quote", "yes"},
		{"`['a','b']`", "at the end of a path an object of those members that exist; before another step, each of them", "at the end"},
		{"`[0]` `[-1]`", "item of an array, from the end when negative", "yes"},
		{"`[0,2]`", "items", "no"},
		{"`[1:]` `[:2]` `[1:2]` `[-2:]`", "items from, to (not included), between; there is no step", "no"},
		{"`.*` `[*]`", "all members or items", "no"},
		{"`..`", "what follows, looked for in the value and everything below it", "no"},
		{"`[?(…)]`", "items or object for which the filter holds", "no"},
		{"`.function()`", "see below", "yes"},
	}
}
