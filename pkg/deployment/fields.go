package deployment

import (
	"cmp"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/source"
)

// A field is what the tags of a Go field say of a key: the yaml tag its name and whether it
// may be left out, the jsonschema tag its form. The JSON Schema is made from the same tags.
type field struct {
	index     int
	name      string
	required  bool
	enum      []string
	pattern   *regexp.Regexp
	min, max  *int
	maxLength int
	minItems  int
	digits    bool // an unquoted number is read as a text
	prose     bool // spoken: may hold line breaks and blanks around
}

var fieldCache sync.Map // reflect.Type to []field

func fieldsOf(t reflect.Type) []field {
	if c, ok := fieldCache.Load(t); ok {
		return c.([]field)
	}
	var out []field
	for i := range t.NumField() {
		sf := t.Field(i)
		name, options, _ := strings.Cut(sf.Tag.Get("yaml"), ",")
		if name == "" || name == "-" {
			continue
		}
		f := field{index: i, name: name, required: options != "omitempty", prose: name == "message"}
		for _, part := range splitTag(sf.Tag.Get("jsonschema")) {
			k, v, _ := strings.Cut(part, "=")
			n, err := strconv.Atoi(v)
			switch {
			case k == "enum":
				f.enum = append(f.enum, v)
			case k == "pattern":
				f.pattern = regexp.MustCompile(v)
			case k == "oneof_type":
				f.digits = strings.Contains(v, "integer")
			case err != nil:
			case k == "minimum":
				f.min = &n
			case k == "maximum":
				f.max = &n
			case k == "maxLength":
				f.maxLength = n
			case k == "minItems":
				f.minItems = n
			}
		}
		out = append(out, f)
	}
	fieldCache.Store(t, out)
	return out
}

// splitTag splits at commas that have no backslash before them, as the schema's maker does.
func splitTag(tag string) []string {
	const comma = "\x00"
	parts := strings.Split(strings.ReplaceAll(tag, `\,`, comma), ",")
	for i := range parts {
		parts[i] = strings.ReplaceAll(parts[i], comma, ",")
	}
	return parts
}

func (f field) bounds() string {
	switch {
	case f.min != nil && f.max != nil:
		return fmt.Sprintf("%d to %d", *f.min, *f.max)
	case f.min != nil:
		return fmt.Sprintf("at least %d", *f.min)
	case f.max != nil:
		return fmt.Sprintf("at most %d", *f.max)
	}
	return "a smaller number"
}

// requiredLeaves are the paths one must write when a required key is left out: its own, or
// those below it that are required.
func requiredLeaves(path string, t reflect.Type) []string {
	if t.Kind() != reflect.Struct || unionOf(t) != nil || len(fieldsOf(t)) == 0 {
		return []string{path}
	}
	var out []string
	for _, f := range fieldsOf(t) {
		if f.required {
			out = append(out, requiredLeaves(join(path, f.name), t.Field(f.index).Type)...)
		}
	}
	if len(out) == 0 {
		return []string{path}
	}
	return out
}

// homesOf lists the places of the format that have a key of this name, at most three.
func homesOf(name string) []string {
	var out []string
	var walk func(path string, t reflect.Type)
	walk = func(path string, t reflect.Type) {
		switch t.Kind() {
		case reflect.Pointer:
			walk(path, t.Elem())
		case reflect.Slice:
			walk(path+"[]", t.Elem())
		case reflect.Map:
			walk(path+".*", t.Elem())
		case reflect.Struct:
			for _, f := range fieldsOf(t) {
				p := join(path, f.name)
				if f.name == name {
					out = append(out, p)
				}
				walk(p, t.Field(f.index).Type)
			}
		}
	}
	walk("", reflect.TypeFor[Deployment]())
	return out[:min(len(out), 3)]
}

var simpleKey = pattern.Of(`^[A-Za-z0-9_-]+$`)

// join is the path of a key below path.
func join(path, key string) string {
	switch {
	case !simpleKey().MatchString(key):
		return path + "[" + strconv.Quote(quoteBare(key)) + "]"
	case path == "":
		return key
	}
	return path + "." + key
}

// keySuffix marks, in decoder.positions, the place of a key instead of its value.
const keySuffix = "#key"

var indexForm = pattern.Of(`\[[0-9]+\]`)

// shape is a path with its indices left out: routing.rules[].to.queue.
func shape(path string) string { return indexForm().ReplaceAllString(path, "[]") }

// named is a path in a sentence; the empty one is the file.
func named(path string) string { return cmp.Or(path, "the file") }

// what says what a node is, in a sentence; of a text, a number and the like what it says.
func what(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode && !source.Null(n) {
		return quote(n.Value)
	}
	return source.What(n)
}

// quote is a text of the file in a message: shortened, and hidden when it looks like a secret.
func quote(s string) string { return strconv.Quote(quoteBare(s)) }

func quoteBare(s string) string {
	if secretIn(s) != "" || uuidForm().MatchString(s) {
		return "•••"
	}
	if r := []rune(s); len(r) > 60 {
		return string(r[:57]) + "…"
	}
	return s
}

// either lists choices in a sentence.
func either(choices []string) string {
	if len(choices) == 1 {
		return choices[0]
	}
	last := len(choices) - 1
	return strings.Join(choices[:last], ", ") + " or " + choices[last]
}

// reservedKeys are known and not built yet, by the type they belong to.
var reservedKeys = map[reflect.Type][]string{
	reflect.TypeFor[Deployment](): {"entrance", "channels"},
	reflect.TypeFor[Calls]():      {"testNumbers"},
	reflect.TypeFor[Target]():     {"language"},
	reflect.TypeFor[Fallback]():   {"flow", "owner", "language"},
}

// reservedValues are known and not built yet, by the path of their key.
var reservedValues = map[string][]string{
	"enrichment.cache.store": {"data-table"},
}

// formNames say in words what the pattern of a key means, by the key's name.
var formNames = map[string]string{
	"name":     "2 to 40 characters of a-z, 0-9 and -, a letter first",
	"portal":   "the account's number, digits only",
	"language": "a language such as en-us or de-de, in lower case",
	"contact":  "the internal name of a property (a-z, 0-9 and _, a letter first)",
	"deal":     "the internal name of a property (a-z, 0-9 and _, a letter first)",
	"property": "the internal name of a property (a-z, 0-9 and _, a letter first)",
	"open":     "the internal name of a property (a-z, 0-9 and _, a letter first)",
	"all":      "the internal name of a property (a-z, 0-9 and _, a letter first)",
	"value":    "the internal name of a property (a-z, 0-9 and _, a letter first)",
}

// missingHints show what a missing key looks like.
var missingHints = map[string]string{
	"version":                      "add version: 1",
	"name":                         "add a name such as acme-inbound; everything that is created bears it",
	"genesys.region":               "add the org's AWS region, such as eu-central-1",
	"hubspot.lookup.homeCountries": "add the countries your callers are from, such as [US, CA]",
	"hubspot.lookup.property":      "add the contact property whose values are unique and numbers in E.164, such as phone_e164",
	"hubspot.lookup.rollup":        "add {open: …, value: …}: rollup properties of the contact with the number and the value of its open deals",
	"hubspot.lookup.rollup.open":   "add the contact property with the number of its open deals",
	"hubspot.lookup.rollup.value":  "add the contact property with the value of its open deals",
	"routing.fallback.queue":       "add the queue for everybody whom no rule takes",
	"calls.schedule.group":         "add the schedule group of the org that says when calls are taken, by its name",
	"routing.rules[].name":         "add a name; the flow and reports bear it",
	"routing.rules[].to":           "write {queue: …}, {flow: …}, or {} for where the fallback goes",
	"routing.rules[].when":         "say for whom the rule is; for everybody there is routing.fallback",
}
