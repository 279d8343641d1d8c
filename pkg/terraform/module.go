package terraform

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/source"
)

// A File is one of the folder: .tf, .tf.json, or a .tfvars that Terraform reads by itself.
type File struct {
	Name string // as findings name it
	Data []byte
}

// Options are what a folder's texts do not say.
type Options struct {
	// File reads a file below the folder, by its path from there; nil: there is none.
	File func(name string) ([]byte, error)
	// Variable is the value that somebody gives a variable, as Terraform takes it from the
	// environment; nil: nobody does.
	Variable func(name string) (string, bool)
	// Reveal looks at sensitive values, too. They are in Secrets then.
	Reveal bool
}

// A Module is a folder of Terraform files.
type Module struct {
	options      Options
	sources      map[string][]byte
	findings     diag.Findings
	variables    map[string]*named
	locals       map[string]*named
	integrations map[string]hcl.Body
	actions      []*resource
	secrets      []secret.Value

	now   *notes // of what is evaluated
	work  int
	depth int

	library map[string]function.Function
	here    scope // of what is being computed
}

// named is a local or a variable.
type named struct {
	kind      string // local or var
	name      string
	expr      hcl.Expression // nil: it has no value
	given     *cty.Value     // from outside
	sensitive bool
	state     int // 0 to be done, 1 being done, 2 done
	value     cty.Value
	reasons   []string
}

// resource is a data action as it stands in a file.
type resource struct {
	kind, name string
	at         spot
	file       string
	body       hcl.Body
}

// The kinds of resources that are data actions. Provider: documentation of these resources.
const (
	kindAction = "genesyscloud_integration_action"
	kindDraft  = "genesyscloud_integration_action_draft"
	kindAuth   = "genesyscloud_integration_custom_auth_action"
)

// Is tells by its name whether a file is one of Terraform's that may hold data actions.
func Is(name string) bool {
	return strings.HasSuffix(name, ".tf") || strings.HasSuffix(name, ".tf.json")
}

// Counts tells by its name whether Terraform reads a file of a folder by itself.
func Counts(name string) bool {
	return Is(name) || name == "terraform.tfvars" || name == "terraform.tfvars.json" || strings.HasSuffix(name, ".auto.tfvars") || strings.HasSuffix(name, ".auto.tfvars.json")
}

// Read reads the files of one folder.
func Read(files []File, o Options) *Module {
	m := &Module{
		options: o, sources: map[string][]byte{}, variables: map[string]*named{}, locals: map[string]*named{}, integrations: map[string]hcl.Body{},
	}
	var values []File
	for _, f := range files {
		f.Data = bytes.TrimPrefix(f.Data, []byte("\ufeff"))
		m.sources[f.Name] = f.Data
		if !Is(f.Name) {
			values = append(values, f)
			continue
		}
		if body := m.parse(f); body != nil {
			m.collect(f.Name, body)
		}
	}
	for _, f := range values {
		m.assign(f)
	}
	return m
}

// Findings are those of reading the files, whatever they hold.
func (m *Module) Findings() diag.Findings { return m.findings }

// Source is the text of a file that findings name.
func (m *Module) Source(file string) []byte { return m.sources[file] }

// Secrets are the sensitive values that were looked at.
func (m *Module) Secrets() []secret.Value { return m.secrets }

// The limits of a file. Terraform's library has none, and recurses.
const (
	mostBytes = 4 << 20
	mostDeep  = 100
	mostSigns = 20000      // operators, each of which may be a level
	mostSteps = 20_000_000 // of work
)

func (m *Module) refuse(file, code, message, hint string, offset int) {
	m.findings.Add(diag.Finding{Code: code, Severity: diag.Error, Message: message, Hint: hint, Position: m.position(spot{file, offset})})
}

func (m *Module) parse(f File) hcl.Body {
	if len(f.Data) > mostBytes {
		m.refuse(f.Name, CodeBroken, fmt.Sprintf("the file is larger than %d MB", mostBytes>>20), "", 0)
		return nil
	}
	if strings.HasSuffix(f.Name, ".json") {
		root, fault := source.New(f.Name, f.Data).JSON(source.Limits{Depth: mostDeep})
		if fault == nil && root.Kind != yaml.MappingNode {
			m.refuse(f.Name, CodeBroken, "not an object: Terraform's JSON is one", "", 0)
			return nil
		}
		if fault != nil {
			m.findings.Add(fault.Finding(CodeBroken))
			return nil
		}
		if n := tooMuchIn(root); n != nil {
			m.findings.Add(diag.Finding{Code: CodeBroken, Severity: diag.Error, Message: tooMuchSaid, Position: source.New(f.Name, f.Data).At(n)})
			return nil
		}
		parsed, diags := json.Parse(f.Data, f.Name)
		if m.broken(diags) {
			return nil
		}
		return parsed.Body
	}
	tokens, _ := hclsyntax.LexConfig(f.Data, f.Name, hcl.InitialPos)
	if at := tooMuch(tokens); at >= 0 {
		m.refuse(f.Name, CodeBroken, tooMuchSaid, "", at)
		return nil
	}
	parsed, diags := hclsyntax.ParseConfig(f.Data, f.Name, hcl.InitialPos)
	text := bytes.Clone(f.Data)
	for range mostLines {
		at := apart(text, diags)
		if at < 0 {
			break
		}
		m.findings.Add(diag.Finding{
			Code: CodeLayout, Severity: diag.Warning, Message: "Terraform refuses the layout: an argument of a block begins and ends on lines of its own",
			Hint: "begin a new line here", Position: m.position(spot{f.Name, at}),
		})
		text[at] = '\n' // in place of a blank, so that every place stays
		parsed, diags = hclsyntax.ParseConfig(text, f.Name, hcl.InitialPos)
	}
	if m.broken(diags) {
		return nil
	}
	return parsed.Body
}

// mostLines is how many lines of a file are parted to read on.
const mostLines = 100

// apart is where a line must end that holds too much of a block, or -1: what was meant is plain.
func apart(text []byte, diags hcl.Diagnostics) int {
	for _, d := range diags {
		if d.Severity != hcl.DiagError || d.Subject == nil || len(text) > 1<<18 {
			continue
		}
		end := min(d.Subject.Start.Byte, len(text))
		line := bytes.LastIndexByte(text[:end], '\n') + 1
		at := -1
		switch d.Summary {
		case "Invalid single-argument block definition", "Invalid nested block definition":
			if i := bytes.IndexByte(text[line:end], '{'); i >= 0 {
				at = line + i + 1
			}
		case "Missing newline after argument", "Missing newline after block definition":
			at = end - 1
		}
		if at >= 0 && at < len(text) && text[at] == ' ' {
			return at
		}
	}
	return -1
}

const tooMuchSaid = "nested too deeply, or of too many parts, to be read"

// tooMuchIn looks at the strings of a JSON text, which are templates.
func tooMuchIn(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.ScalarNode && strings.ContainsAny(n.Value, "$%") {
		tokens, _ := hclsyntax.LexTemplate([]byte(n.Value), "", hcl.InitialPos)
		if tooMuch(tokens) >= 0 {
			return n
		}
	}
	for _, c := range n.Content {
		if bad := tooMuchIn(c); bad != nil {
			return bad
		}
	}
	return nil
}

// tooMuch is where a text gets deeper than its reader's stack is sure to be, or -1.
func tooMuch(tokens hclsyntax.Tokens) int {
	depth, unary, signs, indexes := 0, 0, 0, 0
	for _, t := range tokens {
		prefix := false
		switch t.Type {
		case hclsyntax.TokenOBrack:
			indexes++
			depth++
		case hclsyntax.TokenOBrace, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc:
			depth++
		case hclsyntax.TokenCBrack, hclsyntax.TokenCBrace, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd, hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc:
			depth = max(depth-1, 0)
		case hclsyntax.TokenBang, hclsyntax.TokenMinus:
			unary++
			prefix = true
			signs++
		case hclsyntax.TokenPlus, hclsyntax.TokenStar, hclsyntax.TokenSlash, hclsyntax.TokenPercent, hclsyntax.TokenAnd, hclsyntax.TokenOr, hclsyntax.TokenQuestion,
			hclsyntax.TokenEqualOp, hclsyntax.TokenNotEqual, hclsyntax.TokenLessThan, hclsyntax.TokenLessThanEq, hclsyntax.TokenGreaterThan, hclsyntax.TokenGreaterThanEq:
			signs++
		}
		if !prefix {
			unary = 0
		}
		if depth > mostDeep || unary > mostDeep || signs > mostSigns || indexes > 5*mostSigns {
			return t.Range.Start.Byte
		}
	}
	return -1
}

// broken notes what the library has to say of a file.
func (m *Module) broken(diags hcl.Diagnostics) bool {
	for _, d := range diags {
		if d.Severity != hcl.DiagError {
			continue
		}
		at := spot{}
		if d.Subject != nil {
			at = spot{d.Subject.Filename, d.Subject.Start.Byte}
		}
		m.refuse(at.file, CodeBroken, said(d), m.escapeHint(at), at.offset)
	}
	return diags.HasErrors()
}

// said is a diagnostic in one line: what it is, and the first sentence on it. The library's texts
// name what is wrong, not values.
func said(d *hcl.Diagnostic) string {
	s := d.Summary
	if detail, _, _ := strings.Cut(strings.Join(strings.Fields(d.Detail), " "), ". "); detail != "" {
		s += ": " + strings.TrimSuffix(detail, ".")
	}
	if s == "" {
		return "it cannot be read"
	}
	return strings.ToLower(s[:1]) + s[1:]
}

var interpolation = pattern.Of(`(^|[^$])\$\{!?(input|credentials|authResponse|rawResult|esc|encoding|successTemplateUtils|urlTool|salesforce|msdynamics|math)\b`)

// escapeHint is for a line with a reference of Velocity's in it.
func (m *Module) escapeHint(at spot) string {
	data := m.sources[at.file]
	at.offset = min(max(at.offset, 0), len(data))
	from := bytes.LastIndexByte(data[:at.offset], '\n') + 1
	line, _, _ := bytes.Cut(data[from:], []byte("\n"))
	if interpolation().Match(line) {
		return "where ${ is meant for Velocity write $${; ${ is Terraform's own"
	}
	return ""
}

var schema = &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{
	{Type: "resource", LabelNames: []string{"type", "name"}}, {Type: "variable", LabelNames: []string{"name"}}, {Type: "locals"},
}}

// collect takes what counts out of a file.
func (m *Module) collect(file string, body hcl.Body) {
	content, _, diags := body.PartialContent(schema)
	m.broken(diags)
	for _, b := range content.Blocks {
		switch b.Type {
		case "variable":
			m.variables[b.Labels[0]] = variable(b)
		case "locals":
			attrs, diags := b.Body.JustAttributes()
			m.broken(diags)
			for name, a := range attrs {
				m.locals[name] = &named{kind: "local", name: name, expr: a.Expr}
			}
		case "resource":
			switch kind := b.Labels[0]; kind {
			case "genesyscloud_integration":
				m.integrations[b.Labels[1]] = b.Body
			case kindAction, kindDraft, kindAuth:
				m.actions = append(m.actions, &resource{kind, b.Labels[1], spot{file, b.DefRange.Start.Byte}, file, b.Body})
			}
		}
	}
}

// secretName is of variables that hold a secret although nobody marked them.
var secretName = pattern.Of(`(?i)(secret|passw(or)?d|token|api_?key|private_?key|credentials?)$`)

func variable(b *hcl.Block) *named {
	v := &named{kind: "var", name: b.Labels[0], sensitive: secretName().MatchString(b.Labels[0])}
	content, _, _ := b.Body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "default"}, {Name: "sensitive"}}})
	if a := content.Attributes["default"]; a != nil {
		v.expr = a.Expr
	}
	if a := content.Attributes["sensitive"]; a != nil {
		if x, diags := a.Expr.Value(nil); !diags.HasErrors() && x.Type() == cty.Bool && x.IsKnown() && !x.IsNull() {
			v.sensitive = v.sensitive || x.True()
		}
	}
	return v
}

// assign takes the values of variables out of a .tfvars.
func (m *Module) assign(f File) {
	body := m.parse(f)
	if body == nil {
		return
	}
	attrs, diags := body.JustAttributes()
	if diags.HasErrors() {
		return
	}
	for name, a := range attrs {
		if v := m.variables[name]; v != nil {
			if x, diags := a.Expr.Value(nil); !diags.HasErrors() {
				v.given = &x
			}
		}
	}
}
