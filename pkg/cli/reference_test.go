package cli

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v4"
)

//go:generate go test -count=1 -run TestReferenceIsOfTheCode -update-reference .

var updateReference = flag.Bool("update-reference", false, "write the generated parts of docs/reference anew")

const (
	referenceDir  = "../../docs/reference"
	generatedFrom = "<!-- note: from here on written by go generate ./pkg/cli -->\n"
	generatedTo   = "<!-- note: as far as here -->\n"
)

// TestReferenceIsOfTheCode: what the reference says of commands, settings, credentials, files and JSON is what the
// program has. A page is written by people up to a mark, and from there on by this test with -update-reference.
func TestReferenceIsOfTheCode(t *testing.T) {
	env := testEnv(t)
	for name, text := range map[string]string{
		"commands.md":        commandsReference(newRoot(env, commands(env))),
		"settings.md":        settingsReference(),
		"deployment-file.md": fileReference(t, deployment.Schema()),
		"crm-file.md":        fileReference(t, simulate.CRMSchema()),
		"org-file.md":        fileReference(t, simulate.OrgSchema()),
		"world-file.md":      fileReference(t, world.Schema()),
		"json.md":            jsonReference(t),
	} {
		path := filepath.Join(referenceDir, name)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
			continue
		}
		before, rest, from := strings.Cut(string(data), generatedFrom)
		was, after, to := strings.Cut(rest, generatedTo)
		if !from || !to {
			t.Errorf("%s lacks one of the marks of its generated part", path)
			continue
		}
		text = "\n" + strings.TrimSpace(text) + "\n\n"
		switch {
		case was == text:
		case *updateReference:
			if err := os.WriteFile(path, []byte(before+generatedFrom+text+generatedTo+after), 0o644); err != nil { //nolint:gosec // a page of the project
				t.Error(err)
			}
		default:
			t.Errorf("%s is not what the code says (go generate ./pkg/cli writes it): %s", path, firstDifference(was, text))
		}
		if strings.Count(text, "\n") < 20 {
			t.Errorf("%s: %d lines: the generator looks in the wrong place", name, strings.Count(text, "\n"))
		}
	}
}

// TestReferenceHasDefaults: what holds where a file is silent stands in its column, also where only the text of a
// key says it, which many schemas do.
func TestReferenceHasDefaults(t *testing.T) {
	for name, schema := range map[string][]byte{"deployment": deployment.Schema(), "crm": simulate.CRMSchema(), "org": simulate.OrgSchema(), "world": world.Schema()} {
		page := fileReference(t, schema)
		told, n := strings.Count(string(schema), " Default: "), 0
		for l := range strings.Lines(page) {
			if cells := strings.Split(strings.ReplaceAll(l, `\|`, ""), " | "); len(cells) == 4 && !slices.Contains([]string{"", "default", "---", "required"}, strings.TrimSpace(cells[2])) {
				n++
			}
		}
		if told == 0 || n < told-3 { // an object that stands in two places has one section
			t.Errorf("%s: %d defaults on the page, and %d in the schema:\n%s", name, n, told, page)
		}
	}
	page := fileReference(t, []byte(`{"properties": {
		"a": {"type": "string", "description": "One. Default: USD."}, "b": {"type": "integer", "minimum": 1, "maximum": 9, "default": 5, "description": "Two. Default: 5. From 1 to 9."},
		"c": {"type": "integer", "minimum": 1, "maximum": 9, "description": "Three. From 1 to 9."}, "d": {"type": "string", "description": "Four. Default: the first of them."}}}`))
	for _, want := range []string{"| `a` | text | `USD` | One. |", "| `b` | whole number, 1 to 9 | `5` | Two. |", "| `c` | whole number, 1 to 9 |  | Three. |", "| `d` | text | the first of them | Four. |"} {
		if !strings.Contains(page, want+"\n") {
			t.Errorf("no %s in\n%s", want, page)
		}
	}
}

func firstDifference(was, is string) string {
	a, b := strings.Split(was, "\n"), strings.Split(is, "\n")
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			return fmt.Sprintf("the page has %q, the code %q", a[i], strings.Join(b[min(i, len(b)):min(i+1, len(b))], ""))
		}
	}
	return fmt.Sprintf("the page lacks %q", b[len(a)])
}

// cell is a text in a table.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;").Replace(strings.TrimSpace(s))
}

// code is a piece of code in a table.
func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + strings.ReplaceAll(s, "|", `\|`) + "`"
}

// commandsReference has a section for each command: what its help says, its flags, its exit codes.
func commandsReference(root *cobra.Command) string {
	var b strings.Builder
	var all []*cobra.Command
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			if sub.Hidden || sub.Name() == "help" || sub.IsAdditionalHelpTopicCommand() {
				continue
			}
			all = append(all, sub)
			walk(sub)
		}
	}
	walk(root)
	b.WriteString("| command | what it does |\n|---|---|\n")
	for _, c := range all {
		path := strings.TrimPrefix(c.CommandPath(), "dealroute ")
		fmt.Fprintf(&b, "| [`%s`](#%s) | %s |\n", path, "dealroute-"+strings.ReplaceAll(path, " ", "-"), cell(c.Short))
	}
	b.WriteString("\n## Flags of every command\n\n")
	flagTable(&b, root.PersistentFlags())
	for _, c := range all {
		path := strings.TrimPrefix(c.CommandPath(), "dealroute ")
		fmt.Fprintf(&b, "\n## dealroute %s\n\n", path)
		if c.Name() == "completion" || c.Parent().Name() == "completion" {
			fmt.Fprintf(&b, "%s.\n", c.Short)
			continue
		}
		text := c.Long
		if text == "" {
			text = c.Short + "."
		}
		fmt.Fprintf(&b, "<!-- other: help -->\n```text\n%s\n```\n", strings.TrimSpace(text))
		if c.Runnable() {
			fmt.Fprintf(&b, "\n<!-- other: usage -->\n```text\n%s\n```\n", c.UseLine())
		}
		example := c.Example
		if example == "" {
			example = manExamples()[path]
		}
		if example != "" {
			fmt.Fprintf(&b, "\nExamples:\n\n<!-- other: examples, which the pages for tasks run -->\n```text\n%s\n```\n", trimIndent(example))
		}
		if c.LocalNonPersistentFlags().HasAvailableFlags() {
			b.WriteString("\n")
			flagTable(&b, c.LocalNonPersistentFlags())
		}
		if m, ok := manuals()[path]; ok {
			b.WriteString("\n")
			for _, e := range m.exits() {
				fmt.Fprintf(&b, "- exit code %s: %s\n", e.name, e.text)
			}
		}
	}
	return b.String()
}

func trimIndent(s string) string {
	var out []string
	for l := range strings.Lines(strings.Trim(s, "\n")) {
		out = append(out, strings.TrimPrefix(strings.TrimSuffix(l, "\n"), "  "))
	}
	return strings.Join(out, "\n")
}

func flagTable(b *strings.Builder, flags *pflag.FlagSet) {
	b.WriteString("| flag | default | meaning |\n|---|---|---|\n")
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" || f.Name == "version" {
			return
		}
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		def := f.DefValue
		switch kind := f.Value.Type(); {
		case kind == "bool":
			def = strings.TrimSuffix(def, "false")
		default:
			kind = strings.TrimSuffix(strings.TrimSuffix(kind, "Array"), "Slice")
			name += " " + strings.ToUpper(kind)
			if def == "[]" || def == "0" || def == "0s" {
				def = ""
			}
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", code(name), code(def), cell(f.Usage))
	})
}

func settingsReference() string {
	var b strings.Builder
	b.WriteString("## Settings\n\n| variable | flag, and key of the user's configuration | default | meaning |\n|---|---|---|---|\n")
	for _, s := range settingTable() {
		fmt.Fprintf(&b, "| `%s` | `--%s` | %s | %s |\n", s.env, s.name, code(strings.TrimSuffix(s.fallback, "false")), cell(s.help))
	}
	b.WriteString("\n## Credentials\n\n| variable | what it is | secret |\n|---|---|---|\n")
	for _, c := range credentials() {
		hidden := "no"
		if c.hidden {
			hidden = "yes"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", c.name, cell(c.is), hidden)
	}
	b.WriteString("\n## Files and other variables\n\n| name | what is read |\n|---|---|\n")
	m := manual{reads: strings.Join([]string{readsFile, readsCRM, readsOrgFile, readsGenesys, readsHubSpot, readsSandbox}, " ")}
	for _, e := range m.files() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", e.name, cell(e.text))
	}
	for _, e := range m.environment() {
		if strings.Contains(e.text, " wins") {
			continue // above
		}
		fmt.Fprintf(&b, "| `%s` | %s |\n", e.name, cell(e.text))
	}
	return b.String()
}

// A schemaPage writes a JSON Schema as tables: one for each object, in the order of the schema.
type schemaPage struct {
	root *yaml.Node
	b    strings.Builder
	at   map[string]string // path of the section in which a definition stands
	todo []section

	silent []string // keys of which the schema says nothing
}

type section struct {
	path string
	node *yaml.Node
}

func fileReference(t *testing.T, schema []byte) string {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal(schema, &doc); err != nil { // for YAML keeps the order, and JSON is YAML
		t.Fatal(err)
	}
	p := &schemaPage{root: doc.Content[0], at: map[string]string{}}
	p.todo = []section{{"", p.root}}
	for len(p.todo) > 0 {
		s := p.todo[0]
		p.todo = p.todo[1:]
		deeper := p.todo
		p.todo = nil
		p.object(s)
		p.todo = append(p.todo, deeper...) // what is inside comes before what is beside
	}
	if len(p.silent) > 0 {
		t.Errorf("the schema says not what these mean: %q", p.silent)
	}
	return p.b.String()
}

func child(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func textOf(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	return n.Value
}

func (p *schemaPage) object(s section) {
	if s.path != "" {
		fmt.Fprintf(&p.b, "\n## `%s`\n\n", s.path)
	}
	if d := textOf(child(s.node, "description")); d != "" {
		fmt.Fprintf(&p.b, "%s\n\n", cell(d))
	}
	var required []string
	if r := child(s.node, "required"); r != nil {
		for _, n := range r.Content {
			required = append(required, n.Value)
		}
	}
	p.b.WriteString("| key | value | default | meaning |\n|---|---|---|---|\n")
	props := child(s.node, "properties")
	for i := 0; props != nil && i < len(props.Content); i += 2 {
		key, value := props.Content[i].Value, props.Content[i+1]
		path := strings.TrimPrefix(s.path+"."+key, ".")
		text := textOf(child(value, "description"))
		if text == "" {
			p.silent = append(p.silent, path)
		}
		meaning, said, _ := strings.Cut(text, " Default: ")
		said, _, _ = strings.Cut(said, ". From ") // a range stands beside the type
		def := strings.TrimSuffix(said, ".")
		switch d := child(value, "default"); {
		case d != nil:
			def = code(plain(d))
		case def == "" && slices.Contains(required, key):
			def = "required"
		case def != "" && !strings.Contains(def, " "):
			def = code(def)
		}
		if low, high := textOf(child(value, "minimum")), textOf(child(value, "maximum")); low != "" && high != "" {
			meaning = strings.TrimSuffix(meaning, " From "+low+" to "+high+".")
		}
		fmt.Fprintf(&p.b, "| `%s` | %s | %s | %s |\n", key, p.value(value, path), def, cell(meaning))
	}
}

func plain(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode {
		return n.Value
	}
	var v any
	if err := n.Decode(&v); err != nil {
		return ""
	}
	out, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(out)
}

// value says in a few words what stands behind a key; objects get a section of their own.
func (p *schemaPage) value(n *yaml.Node, path string) string {
	if ref := textOf(child(n, "$ref")); ref != "" {
		name := strings.TrimPrefix(ref, "#/$defs/")
		def := child(child(p.root, "$defs"), name)
		if child(def, "properties") == nil {
			return p.value(def, path)
		}
		if known, ok := p.at[name]; ok {
			return fmt.Sprintf("as [`%s`](#%s)", known, anchorOf(known))
		}
		p.at[name] = path
		return p.section(def, path)
	}
	for _, some := range []string{"oneOf", "anyOf"} {
		if list := child(n, some); list != nil {
			var all []string
			for _, c := range list.Content {
				if v := p.value(c, path); v != "" && !slices.Contains(all, v) {
					all = append(all, v)
				}
			}
			return strings.Join(all, ", or ")
		}
	}
	if enum := child(n, "enum"); enum != nil {
		var all []string
		for _, c := range enum.Content {
			all = append(all, code(c.Value))
		}
		return strings.Join(all, ", ")
	}
	if c := child(n, "const"); c != nil {
		return code(c.Value)
	}
	kind := child(n, "type")
	if kind != nil && kind.Kind == yaml.SequenceNode {
		var all []string
		for _, k := range kind.Content {
			all = append(all, typeWord(k.Value))
		}
		return strings.Join(all, " or ")
	}
	switch textOf(kind) {
	case "array":
		items := child(n, "items")
		if items == nil {
			return "list"
		}
		return "list: " + p.value(items, path+"[]")
	case "object":
		if child(n, "properties") != nil {
			return p.section(n, path)
		}
		if more := child(n, "additionalProperties"); more != nil && more.Kind == yaml.MappingNode {
			return "names, each with: " + p.value(more, path+".NAME")
		}
		return "an object"
	case "":
		return "anything"
	}
	return simple(n, textOf(kind))
}

func (p *schemaPage) section(n *yaml.Node, path string) string {
	p.todo = append(p.todo, section{path, n})
	return fmt.Sprintf("[`%s`](#%s)", path, anchorOf(path))
}

// anchorOf is the anchor of a section.
func anchorOf(path string) string {
	return strings.ToLower(strings.NewReplacer(".", "", "[", "", "]", "").Replace(path))
}

func simple(n *yaml.Node, kind string) string {
	out := typeWord(kind)
	low, high := textOf(child(n, "minimum")), textOf(child(n, "maximum"))
	switch {
	case low != "" && high != "":
		out += fmt.Sprintf(", %s to %s", low, high)
	case low != "":
		out += ", at least " + low
	case high != "":
		out += ", at most " + high
	}
	switch pattern := textOf(child(n, "pattern")); {
	case strings.Contains(pattern, "(ns|us|µs|ms|s|m|h)"):
		return "duration, such as `90s` or `5m`"
	case pattern != "":
		out += " " + code(pattern)
	}
	return out
}

// jsonReference lists the answers of -o json, with what stands at their top.
func jsonReference(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob("../../docs/json/*.schema.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no schemas: %v", err)
	}
	var b strings.Builder
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var doc yaml.Node
		if err := yaml.Unmarshal(data, &doc); err != nil {
			t.Fatal(err)
		}
		n := doc.Content[0]
		fmt.Fprintf(&b, "## %s\n\n", cell(textOf(child(n, "title"))))
		if d := textOf(child(n, "description")); d != "" {
			fmt.Fprintf(&b, "%s\n\n", cell(d))
		}
		fmt.Fprintf(&b, "The whole: [%[1]s](../json/%[1]s).\n\n| key | value | meaning |\n|---|---|---|\n", filepath.Base(f))
		props := child(n, "properties")
		for i := 0; props != nil && i < len(props.Content); i += 2 {
			v := props.Content[i+1]
			if ref := textOf(child(v, "$ref")); ref != "" {
				d := child(child(n, "$defs"), strings.TrimPrefix(ref, "#/$defs/"))
				if child(v, "description") == nil && d != nil {
					v = d
				} else if d != nil {
					v = &yaml.Node{Kind: yaml.MappingNode, Content: slices.Concat(d.Content, v.Content)}
				}
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", props.Content[i].Value, outline(v), cell(textOf(child(v, "description"))))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// outline says what a value of an answer is, without what is inside.
func outline(n *yaml.Node) string {
	if c := child(n, "const"); c != nil {
		return code(c.Value)
	}
	if enum := child(n, "enum"); enum != nil {
		var all []string
		for _, c := range enum.Content {
			all = append(all, code(c.Value))
		}
		return strings.Join(all, ", ")
	}
	kind := child(n, "type")
	switch {
	case kind == nil && child(n, "oneOf") != nil, kind == nil && child(n, "anyOf") != nil:
		var all []string
		for _, c := range append(slices.Clone(children(child(n, "oneOf"))), children(child(n, "anyOf"))...) {
			all = append(all, outline(c))
		}
		return strings.Join(slices.Compact(all), " or ")
	case kind == nil && child(n, "$ref") != nil:
		return "an object"
	case kind == nil:
		return "anything"
	case kind.Kind == yaml.SequenceNode:
		var all []string
		for _, k := range kind.Content {
			all = append(all, typeWord(k.Value))
		}
		return strings.Join(all, " or ")
	}
	return typeWord(kind.Value)
}

func children(n *yaml.Node) []*yaml.Node {
	if n == nil {
		return nil
	}
	return n.Content
}

// typeWord is how a page calls a type.
func typeWord(kind string) string {
	if say, ok := map[string]string{"string": "text", "boolean": "true or false", "integer": "whole number", "array": "list", "object": "an object"}[kind]; ok {
		return say
	}
	return kind
}
