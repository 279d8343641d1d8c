package deployment

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/source"
)

// maxNodes bounds what a file may expand to by its aliases. YAML loads alias cycles and
// alias bombs into nodes without complaint.
const maxNodes = 20000

// maxDepth bounds nesting; the deepest place of the format has 7 levels.
const maxDepth = 32

// A decoder fills Go values from YAML nodes and collects what is wrong on the way.
type decoder struct {
	file      string
	findings  diag.Findings
	positions map[string]diag.Position // of values, and of the keys of collections
	bad       map[string]bool          // paths whose value is not to be looked at any more
	nodes     int
	depth     int
	exploded  bool
	alias     bool     // one was met
	stages    []string // names of hubspot.stages, sorted, and HubSpot's own stages behind them
}

// report adds a finding about a node and marks the path as bad.
func (d *decoder) report(path string, n *yaml.Node, code, hint, format string, args ...any) {
	d.bad[path] = true
	d.findings.Add(diag.Finding{
		Code: code, Severity: diag.Error, Message: fmt.Sprintf(format, args...), Hint: hint,
		Position: d.at(n), Length: source.Width(n),
	})
}

func (d *decoder) at(n *yaml.Node) diag.Position {
	return diag.Position{File: d.file, Line: n.Line, Column: n.Column}
}

// value decodes one node into v. key is the node of its key, nil for items of a list.
func (d *decoder) value(path string, key, n *yaml.Node, v reflect.Value, f field) {
	d.depth++
	defer func() { d.depth-- }()
	if d.nodes++; d.nodes > maxNodes || d.depth > maxDepth {
		if !d.exploded {
			d.exploded = true
			d.findings = nil // this one alone is told, and must be among those that are kept
			hint := "leave out what is not needed, or see whether it is the file that was meant"
			if d.alias {
				hint = "write the values out instead of using aliases"
			}
			d.report(path, n, codeExpansion, hint, "the file expands beyond %d values or %d levels", maxNodes, maxDepth)
		}
		return
	}
	d.alias = d.alias || n.Kind == yaml.AliasNode
	n = source.Follow(n)
	d.positions[path] = d.at(n)
	if key != nil && n.Kind != yaml.ScalarNode {
		d.positions[path] = d.at(key)
	}
	if n.Style&yaml.TaggedStyle != 0 {
		d.report(path, n, codeYAML, "delete the tag", "%s has a YAML tag (%s)", path, n.Tag)
		return
	}
	if n.ShortTag() == "!!null" {
		at := n
		if n.Value == "" && key != nil {
			at = key
		}
		d.report(path, at, codeEmpty, emptyHint(path, key, f), "%s is empty", path)
		return
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if u := unionOf(v.Type()); u != nil {
		u(d, path, key, n, v)
		return
	}
	switch v.Interface().(type) {
	case time.Duration:
		d.duration(path, n, v)
		return
	case routing.Decimal:
		d.decimal(path, n, v)
		return
	case IDs, Numbers:
		f.digits = true
	case OneOrMore, Outcomes:
		f.digits = true
		if n.Kind == yaml.ScalarNode {
			n = &yaml.Node{Kind: yaml.SequenceNode, Line: n.Line, Column: n.Column, Content: []*yaml.Node{n}}
		}
	}
	switch v.Kind() {
	case reflect.Struct:
		d.structure(path, key, n, v)
	case reflect.Map:
		d.mapping(path, n, v)
	case reflect.Slice:
		d.list(path, key, n, v, f)
	case reflect.Bool:
		d.boolean(path, n, v)
	case reflect.Int:
		d.integer(path, n, v, f)
	case reflect.String:
		if s, ok := d.text(path, n, f); ok {
			v.SetString(s)
		}
	default:
		panic("deployment: no reading for " + v.Type().String())
	}
}

// emptyHint says what to do about a key without a value: one that is required cannot be deleted.
func emptyHint(path string, key *yaml.Node, f field) string {
	switch {
	case f.required:
		return cmp.Or(missingHints[shape(path)], "give it a value")
	case key == nil:
		return "give it a value or delete it"
	}
	return "give it a value or delete the key"
}

// pairs walks the keys of a mapping; each is called once, also when it occurs twice.
func (d *decoder) pairs(path string, n *yaml.Node, each func(key, value *yaml.Node)) bool {
	if n.Kind != yaml.MappingNode {
		d.report(path, n, codeType, "", "%s must be a mapping of keys to values, not %s", named(path), what(n))
		return false
	}
	for p := range source.Pairs(n) {
		switch k := source.Follow(p.Key); {
		case k.Kind != yaml.ScalarNode:
			d.report(path, k, codeType, "", "a key must be a text, not %s", what(k))
		case p.Merge:
			d.report(path, k, codeYAML, "write the keys out", "merge keys are not used here")
		case p.First != nil:
			d.report(path, k, codeDuplicate, fmt.Sprintf("the first is in line %d; delete one of the two", p.First.Line), "key %s occurs twice", quote(k.Value))
		default:
			each(k, p.Value)
		}
	}
	return true
}

func (d *decoder) structure(path string, key, n *yaml.Node, v reflect.Value) {
	fields := fieldsOf(v.Type())
	given := map[string]bool{}
	if n.Kind == yaml.ScalarNode && takes(v.Type().Field(fields[0].index).Type, n) {
		hint := fmt.Sprintf("write {%s: %s}", fields[0].name, quoteBare(n.Value))
		d.report(path, n, codeType, hint, "%s must be a mapping of keys to values, not %s", named(path), what(n))
		return
	}
	ok := d.pairs(path, n, func(k, val *yaml.Node) {
		child := join(path, k.Value)
		given[k.Value] = true
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == k.Value })
		if i < 0 {
			d.unknown(path, child, k, v.Type(), fields)
			return
		}
		d.value(child, k, val, v.Field(fields[i].index), fields[i])
	})
	if !ok {
		return
	}
	at := n
	if key != nil {
		at = key
	}
	for _, f := range fields {
		if f.required && !given[f.name] {
			for _, leaf := range requiredLeaves(join(path, f.name), v.Type().Field(f.index).Type) {
				d.report(leaf, at, codeMissing, missingHints[shape(leaf)], "%s is missing", leaf)
			}
			d.bad[join(path, f.name)] = true
		}
	}
}

// takes tells whether a value that stands where a mapping must could be that of a key of a type.
func takes(t reflect.Type, n *yaml.Node) bool {
	switch t.Kind() {
	case reflect.String:
		return true
	case reflect.Slice:
		return t.Elem().Kind() == reflect.String && n.ShortTag() == "!!str"
	case reflect.Pointer:
		return t.Elem().Kind() == reflect.Int && wholeForm().MatchString(n.Value)
	}
	return false
}

// unknown reports a key that the format does not have, or not yet.
func (d *decoder) unknown(path, child string, k *yaml.Node, t reflect.Type, fields []field) {
	if slices.Contains(reservedKeys[t], k.Value) {
		d.report(child, k, codeNotBuilt, "delete it; this version has nothing that could read it", "%s is not built yet", child)
		return
	}
	if secretName().MatchString(k.Value) {
		d.report(child, k, codeSecret, secretHint, "%s: secrets are never in this file", child)
		return
	}
	var names []string
	for _, f := range fields {
		names = append(names, f.name)
	}
	hint := diag.DidYouMean(k.Value, names)
	if hint == "" {
		if homes := homesOf(k.Value); len(homes) > 0 {
			hint = fmt.Sprintf("%s is where a key of this name belongs", strings.Join(homes, " or "))
		} else {
			hint = "known here: " + strings.Join(names, ", ")
		}
	}
	d.report(child, k, codeUnknownKey, hint, "unknown key %s in %s", quote(k.Value), named(path))
}

func (d *decoder) mapping(path string, n *yaml.Node, v reflect.Value) {
	v.Set(reflect.MakeMap(v.Type()))
	d.pairs(path, n, func(k, val *yaml.Node) {
		item := reflect.New(v.Type().Elem()).Elem()
		d.value(join(path, k.Value), k, val, item, field{})
		d.positions[join(path, k.Value)+keySuffix] = d.at(k)
		v.SetMapIndex(reflect.ValueOf(k.Value), item)
	})
}

func (d *decoder) list(path string, key, n *yaml.Node, v reflect.Value, f field) {
	if n.Kind != yaml.SequenceNode {
		hint := ""
		if n.Kind == yaml.ScalarNode {
			hint = fmt.Sprintf("write [%s]", quoteBare(n.Value))
		}
		d.report(path, n, codeType, hint, "%s must be a list, not %s", path, what(n))
		return
	}
	if len(n.Content) == 0 && (f.minItems > 0 || f.name == "skills" || v.Type() == reflect.TypeFor[OneOrMore]() || v.Type() == reflect.TypeFor[Outcomes]()) {
		if f.name == "skills" {
			return
		}
		hint := "name at least one, or delete the key"
		if f.required {
			hint = "name at least one"
		}
		d.report(path, n, codeEmpty, hint, "%s is an empty list", path)
		return
	}
	seen := map[string]bool{}
	out := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	for i, c := range n.Content {
		p := fmt.Sprintf("%s[%d]", path, i)
		d.value(p, nil, c, out.Index(i), field{name: f.name, digits: f.digits})
		if out.Index(i).Kind() != reflect.String || d.bad[p] {
			continue
		}
		s := out.Index(i).String()
		id := s
		if f.name == "skills" { // Genesys finds skills whatever their capitals
			id = strings.ToLower(s)
		}
		if seen[id] {
			d.report(p, c, codeRepeated, "delete one of the two", "%s occurs twice in %s", quote(s), path)
		}
		seen[id] = true
	}
	v.Set(out)
}

func (d *decoder) boolean(path string, n *yaml.Node, v reflect.Value) {
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" {
		hint := ""
		switch strings.ToLower(n.Value) {
		case "true", "false":
			hint = "delete the quotes"
		case "yes", "on", "y":
			hint = "write true"
		case "no", "off", "n":
			hint = "write false"
		}
		d.report(path, n, codeType, hint, "%s must be true or false, not %s", path, what(n))
		return
	}
	v.SetBool(strings.EqualFold(n.Value, "true"))
}

// wholeForm leaves out what YAML would read as octal, hexadecimal or with underscores.
var wholeForm = pattern.Of(`^[+-]?(0|[1-9][0-9]*)$`)

func (d *decoder) integer(path string, n *yaml.Node, v reflect.Value, f field) {
	if !source.Plain(n) || !wholeForm().MatchString(n.Value) {
		hint := ""
		if n.Kind == yaml.ScalarNode && !source.Plain(n) && wholeForm().MatchString(n.Value) {
			hint = "delete the quotes"
		}
		d.report(path, n, codeType, hint, "%s must be a whole number, not %s", path, what(n))
		return
	}
	i, err := strconv.Atoi(n.Value)
	if err != nil || (f.min != nil && i < *f.min) || (f.max != nil && i > *f.max) {
		d.report(path, n, codeRange, "", "%s must be %s, not %s", path, f.bounds(), n.Value)
		return
	}
	v.SetInt(int64(i))
}

func (d *decoder) decimal(path string, n *yaml.Node, v reflect.Value) {
	if source.Plain(n) && numberForm().MatchString(n.Value) {
		if x, err := routing.ParseDecimal(n.Value); err == nil {
			v.Set(reflect.ValueOf(x))
			return
		}
	}
	d.report(path, n, codeType, "write digits only, such as 250000 or 99.95", "%s must be a number, not %s", path, what(n))
}

// numberForm is a number that reads the same in YAML, in JSON and to people.
var numberForm = pattern.Of(`^-?(0|[1-9][0-9]{0,29})(\.[0-9]{1,10})?$`)

func (d *decoder) duration(path string, n *yaml.Node, v reflect.Value) {
	x, err := time.ParseDuration(n.Value)
	switch {
	case n.Kind != yaml.ScalarNode || n.ShortTag() == "!!bool":
		d.report(path, n, codeDuration, "write a number with its unit, such as 3s, 5m, 1h", "%s must be a duration, not %s", path, what(n))
	case err != nil && wholeForm().MatchString(n.Value):
		d.report(path, n, codeDuration, fmt.Sprintf("write %ss for seconds", strings.TrimPrefix(n.Value, "+")), "%s has no unit", path)
	case err != nil:
		d.report(path, n, codeDuration, "write a number with its unit, such as 3s, 5m, 1h", "%s must be a duration, not %s", path, what(n))
	case x%time.Second != 0:
		d.report(path, n, codeDuration, "Genesys Cloud counts timeouts in whole seconds", "%s must be whole seconds, not %s", path, quote(n.Value))
	default:
		v.SetInt(int64(x))
	}
}

// text reads a text, and checks the form its field asks for.
func (d *decoder) text(path string, n *yaml.Node, f field) (string, bool) {
	if n.Kind != yaml.ScalarNode {
		d.report(path, n, codeType, "", "%s must be a text, not %s", path, what(n))
		return "", false
	}
	switch n.ShortTag() {
	case "!!str", "!!timestamp":
	case "!!int", "!!float":
		if !f.digits {
			d.report(path, n, codeType, fmt.Sprintf("put it in quotes: %q", n.Value), "%s must be a text, not the number %s", path, n.Value)
			return "", false
		}
	case "!!bool":
		if len(f.enum) > 0 { // no choice is true or false, in quotes neither
			d.report(path, n, codeChoice, "write "+either(f.enum), "%s must be %s, not %s", path, either(f.enum), n.Value)
			return "", false
		}
		fallthrough
	default:
		d.report(path, n, codeType, fmt.Sprintf("put it in quotes if it is meant as a text: %q", n.Value), "%s must be a text, not %s", path, what(n))
		return "", false
	}
	s := n.Value
	if strings.TrimSpace(s) == "" {
		d.report(path, n, codeEmpty, "", "%s is blank", named(path))
		return "", false
	}
	if code, hint, problem := textProblem(s, f.prose); code != "" {
		d.report(path, n, code, hint, "%s %s", path, problem)
		return "", false
	}
	if later := reservedValues[shape(path)]; slices.Contains(later, s) {
		d.report(path, n, codeNotBuilt, "use "+strings.Join(f.enum, " or "), "%s: %s is not built yet", path, s)
		return "", false
	}
	if len(f.enum) > 0 && !slices.Contains(f.enum, s) {
		hint := diag.DidYouMean(s, f.enum)
		d.report(path, n, codeChoice, hint, "%s must be %s, not %s", path, either(f.enum), quote(s))
		return "", false
	}
	if f.pattern != nil && !f.pattern.MatchString(s) {
		d.report(path, n, codeForm, "", "%s must be %s, not %s", path, formNames[f.name], quote(s))
		return "", false
	}
	if f.maxLength > 0 && utf8.RuneCountInString(s) > f.maxLength {
		d.report(path, n, codeForm, "", "%s is longer than %d characters", path, f.maxLength)
		return "", false
	}
	return s, true
}

// textProblem says why a text cannot be carried into an org.
func textProblem(s string, prose bool) (code, hint, problem string) {
	for _, r := range s {
		if r < ' ' && (!prose || r != '\n') || r == 0x7f || r == 0x2028 || r == 0x2029 || r == 0xfeff {
			return codeText, "", fmt.Sprintf("holds a control character (%U)", r)
		}
	}
	if strings.Contains(s, "{{") {
		return codeText, "Genesys reads {{ as a placeholder of its own and refuses the flow", "holds {{"
	}
	if !prose && strings.TrimSpace(s) != s {
		return codeText, "delete the blanks", "begins or ends with a blank"
	}
	return "", "", ""
}
