package terraform

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/secret"
)

// notes is what is found on the way to one value.
type notes struct {
	reasons []string // why something is unknown
	partly  bool     // something stands in for it
	faults  diag.Findings
}

func (n *notes) because(reason string) {
	if !slices.Contains(n.reasons, reason) {
		n.reasons = append(n.reasons, reason)
	}
}

// A scope is where an expression is evaluated.
type scope struct {
	m    *Module
	vars map[string]cty.Value // each, count, iterators; of a template file its variables
	only bool                 // the names of a template file: there are no others
	from *origin              // of the expression, when it is no file's own
	// stand is a reference of Velocity that stands in a template for what is unknown; "" where
	// nothing can.
	stand string
	at    spot     // of what is being computed
	seen  []string // the locals and variables that led here
}

// outer is the scope of what is declared for the whole folder, and referred to here.
func (s scope) outer(x *hclsyntax.ScopeTraversalExpr) scope {
	path, _ := steps(x.Traversal)
	return scope{m: s.m, stand: s.stand, seen: append(slices.Clip(s.seen), strings.Join(path, "."))}
}

func (s scope) origin(file string) *origin {
	if s.from != nil {
		return s.from
	}
	return &origin{data: s.m.sources[file], file: file}
}

func (s scope) spot(r hcl.Range) spot { return s.origin(r.Filename).spot(r.Start.Byte) }

// step counts the work of a module: it is bounded, whatever its files hold.
func (m *Module) step(n int) bool {
	m.work += n
	return m.work <= mostSteps
}

const tooMuchWork = "it takes too much to compute"

// fault notes an error of Terraform's at a place.
func (s scope) fault(code string, at spot, message, hint string) {
	f := diag.Finding{Code: code, Severity: diag.Error, Message: message, Hint: hint, Position: s.m.position(at)}
	if !slices.Contains(s.m.now.faults, f) {
		s.m.now.faults.Add(f)
	}
}

// value computes an expression. What is unknown is unknown in the value, with the reason noted.
func (s scope) value(e hcl.Expression) cty.Value { return s.compute(e, "") }

func (s scope) compute(e hcl.Expression, stand string) cty.Value {
	m := s.m
	if m.depth++; m.depth > mostDeep || !m.step(100+weight(e)) {
		m.depth--
		m.now.because(tooMuchWork)
		return cty.DynamicVal
	}
	defer func() { m.depth-- }()
	before := m.now
	m.now = &notes{}
	here := m.here
	m.here = s
	m.here.at = s.spot(e.Range())
	v, diags := e.Value(s.context(e, stand))
	m.here = here
	mine := m.now
	m.now = before
	for _, f := range mine.faults {
		if !slices.Contains(m.now.faults, f) {
			m.now.faults.Add(f)
		}
	}
	if diags.HasErrors() {
		if stand == "" && len(mine.faults) == 0 {
			s.failed(e, diags)
		}
		v = cty.DynamicVal
	} else if v, _ = v.UnmarkDeep(); !small(v) {
		m.now.because(tooMuchWork)
		v = cty.DynamicVal
	}
	if !v.IsWhollyKnown() {
		for _, r := range mine.reasons {
			m.now.because(r)
		}
	}
	return v
}

// failed says why a value cannot be computed: Terraform cannot either, or it has a function
// that is not here.
func (s scope) failed(e hcl.Expression, diags hcl.Diagnostics) {
	for _, d := range diags {
		if d.Severity != hcl.DiagError {
			continue
		}
		at := s.spot(e.Range())
		if d.Subject != nil {
			at = s.spot(*d.Subject)
		}
		if d.Summary == "Call to unknown function" {
			name, _, _ := strings.Cut(strings.TrimPrefix(d.Detail, `There is no function named "`), `"`)
			s.m.now.because(fmt.Sprintf("%s() is computed by Terraform alone", name))
			continue
		}
		s.fault(codeValue, at, "cannot be computed: "+secret.Said(said(d)), s.m.escapeHint(at))
		return
	}
}

// weight is how much work an expression is: loops within loops are much.
func weight(e hcl.Expression) int {
	n, ok := e.(hclsyntax.Node)
	if !ok {
		return 0
	}
	w := &weigher{}
	hclsyntax.Walk(n, w) //nolint:errcheck // it has none
	return w.most
}

type weigher struct{ depth, most int }

func (w *weigher) Enter(n hclsyntax.Node) hcl.Diagnostics {
	if _, ok := n.(*hclsyntax.ForExpr); ok {
		w.depth++
		w.most = max(w.most, []int{1000, mostSteps / 20, mostSteps}[min(w.depth, 3)-1])
	}
	return nil
}

func (w *weigher) Exit(n hclsyntax.Node) hcl.Diagnostics {
	if _, ok := n.(*hclsyntax.ForExpr); ok {
		w.depth--
	}
	return nil
}

// The most that a value holds.
const (
	mostItems = 1024
	mostText  = 1 << 20
)

// small tells that a value is of a size that data actions may have.
func small(v cty.Value) bool {
	items, size := 0, 0
	var walk func(v cty.Value, depth int) bool
	walk = func(v cty.Value, depth int) bool {
		if items++; items > 64*mostItems || depth > mostDeep {
			return false
		}
		if v.IsNull() || !v.IsKnown() {
			return true
		}
		switch t := v.Type(); {
		case t == cty.String:
			size += len(v.AsString())
			return size <= mostText
		case t.IsPrimitiveType() || t.IsCapsuleType():
			return true
		case v.LengthInt() > mostItems:
			return false
		}
		for it := v.ElementIterator(); it.Next(); {
			if _, x := it.Element(); !walk(x, depth+1) {
				return false
			}
		}
		return true
	}
	v, _ = v.UnmarkDeep()
	return walk(v, 0)
}

// A branch is what references lead to, from their root.
type branch struct {
	value    *cty.Value
	children map[string]*branch
}

func (b *branch) child(name string) *branch {
	if b.children == nil {
		b.children = map[string]*branch{}
	}
	if b.children[name] == nil {
		b.children[name] = &branch{}
	}
	return b.children[name]
}

func (b *branch) cty() cty.Value {
	if b.value != nil {
		return *b.value
	}
	out := map[string]cty.Value{}
	for n, c := range b.children {
		out[n] = c.cty()
	}
	return cty.ObjectVal(out)
}

// context has what an expression refers to.
func (s scope) context(e hcl.Expression, stand string) *hcl.EvalContext {
	roots := &branch{}
	for _, t := range e.Variables() {
		s.refer(roots, t, stand)
	}
	vars := map[string]cty.Value{}
	for n, b := range roots.children {
		vars[n] = b.cty()
	}
	return &hcl.EvalContext{Variables: vars, Functions: s.m.functions()}
}

// steps are the names along a reference, as far as they are names.
func steps(t hcl.Traversal) (out []string, all bool) {
	for i, x := range t {
		switch x := x.(type) {
		case hcl.TraverseRoot:
			out = append(out, x.Name)
		case hcl.TraverseAttr:
			out = append(out, x.Name)
		case hcl.TraverseIndex:
			if i > 0 && x.Key.Type() == cty.String && x.Key.IsKnown() && !x.Key.IsNull() {
				out = append(out, x.Key.AsString())
				continue
			}
			return out, false
		default:
			return out, false
		}
	}
	return out, true
}

// refer puts what a reference leads to below its root.
func (s scope) refer(roots *branch, t hcl.Traversal, stand string) {
	path, all := steps(t)
	name := strings.Join(path, ".")
	b := roots.child(path[0])
	if v, ok := s.vars[path[0]]; ok {
		b.value = &v
		return
	}
	// unknown puts something that stands in for a value at the end of the reference.
	unknown := func(reason string, from int) {
		s.m.now.because(reason)
		at := b
		for _, n := range path[1:from] {
			at = at.child(n)
		}
		if stand != "" && all && from < len(path) {
			for _, n := range path[from:] {
				at = at.child(n)
			}
		}
		v := cty.DynamicVal
		if stand != "" && all {
			v = cty.StringVal(stand)
		}
		at.value = &v
	}
	switch root := path[0]; {
	case s.only:
		s.unescaped(t, b, path, "the variables of templatefile() have no "+root)
	case (root == "var" || root == "local") && len(path) < 2:
		v := cty.DynamicVal
		b.value = &v
	case root == "var" || root == "local":
		of := s.m.locals
		if root == "var" {
			of = s.m.variables
		}
		n := of[path[1]]
		if n == nil {
			unknown(fmt.Sprintf("%s.%s is declared in no file of the folder", root, path[1]), 2)
			return
		}
		v, reasons := s.m.get(n)
		if !v.IsKnown() && stand != "" {
			for _, r := range reasons {
				unknown(r, 2)
			}
			return
		}
		for _, r := range reasons {
			s.m.now.because(r)
		}
		b.child(path[1]).value = &v
	case root == "path":
		v := cty.StringVal(".")
		for _, n := range []string{"module", "root", "cwd"} {
			b.child(n).value = &v
		}
	case root == "terraform" || root == "each" || root == "count" || root == "self":
		unknown(name+" is known to Terraform alone", 1)
	case root == "data" || root == "module" || root == "resource" || root == "ephemeral" || strings.Contains(root, "_") && len(path) > 1:
		if len(path) > 3 && root != "module" {
			name = strings.Join(path[:min(len(path), 4)], ".")
		}
		unknown(name+" is known after terraform apply", 1)
	default:
		s.unescaped(t, b, path, "")
	}
}

// unescaped is a reference that Terraform refuses: it was meant for Velocity.
func (s scope) unescaped(t hcl.Traversal, b *branch, path []string, why string) {
	name := strings.Join(path, ".")
	at := s.spot(t.SourceRange())
	if data := s.origin(at.file).data; s.from == nil && at.offset >= 2 && at.offset <= len(data) && bytes.HasSuffix(data[:at.offset], []byte("${")) {
		at.offset -= 2
	}
	if why == "" {
		why = "Terraform takes it for a reference of its own, and refuses the file"
	}
	s.fault(codeUnescaped, at, fmt.Sprintf("${%s} is Velocity's: %s", name, why), "write $${"+name+"}")
	v := cty.StringVal("${" + name + "}")
	for _, n := range path[1:] {
		if b.value != nil {
			return
		}
		b = b.child(n)
	}
	b.value = &v
}

// get is the value of a local or a variable.
func (m *Module) get(n *named) (cty.Value, []string) {
	name := n.kind + "." + n.name
	switch n.state {
	case 1:
		return cty.DynamicVal, []string{name + " refers to itself"}
	case 2:
		return n.value, n.reasons
	}
	n.state = 1
	before := m.now
	m.now = &notes{}
	v := m.find(n)
	if n.sensitive && v.IsKnown() {
		if m.options.Reveal {
			m.keep(v)
		} else {
			v = cty.DynamicVal
			m.now.because(name + " is sensitive")
		}
	}
	faults := m.now.faults
	n.value, n.reasons, n.state = v, m.now.reasons, 2
	m.now = before
	for _, f := range faults {
		if m.now != nil && !slices.Contains(m.now.faults, f) {
			m.now.faults.Add(f)
		}
	}
	return n.value, n.reasons
}

func (m *Module) find(n *named) cty.Value {
	if n.kind == "var" && m.options.Variable != nil {
		if given, ok := m.options.Variable(n.name); ok {
			return m.taken(given)
		}
	}
	switch {
	case n.given != nil:
		return *n.given
	case n.expr == nil:
		m.now.because(n.kind + "." + n.name + " has no default")
		return cty.DynamicVal
	}
	return scope{m: m}.value(n.expr)
}

// taken is a value of the environment: a list or an object is written as in a file.
func (m *Module) taken(given string) cty.Value {
	if t := strings.TrimSpace(given); strings.HasPrefix(t, "{") || strings.HasPrefix(t, "[") {
		tokens, _ := hclsyntax.LexExpression([]byte(t), "", hcl.InitialPos)
		if tooMuch(tokens) < 0 {
			if e, diags := hclsyntax.ParseExpression([]byte(t), "", hcl.InitialPos); !diags.HasErrors() {
				if v, diags := e.Value(nil); !diags.HasErrors() && small(v) {
					return v
				}
			}
		}
	}
	return cty.StringVal(given)
}

// keep remembers the texts of a sensitive value.
func (m *Module) keep(v cty.Value) {
	cty.Walk(v, func(_ cty.Path, v cty.Value) (bool, error) { //nolint:errcheck // it has none
		if v.IsKnown() && !v.IsNull() && v.Type() == cty.String {
			m.secrets = append(m.secrets, secret.New(v.AsString()))
		}
		return true, nil
	})
}

// str is a known value as a string.
func str(v cty.Value) (string, bool) {
	if v.IsNull() || !v.IsKnown() {
		return "", false
	}
	v, err := convert.Convert(v, cty.String)
	if err != nil || v.IsNull() || !v.IsKnown() {
		return "", false
	}
	return v.AsString(), true
}

// text computes an expression that gives a text, and where the text stands. It is false when
// nothing of it is known.
func (s scope) text(e hcl.Expression) (text, bool) {
	m := s.m
	if m.depth++; m.depth > mostDeep || !m.step(20) {
		m.depth--
		m.now.because(tooMuchWork)
		return text{}, false
	}
	defer func() { m.depth-- }()
	if json.IsJSONExpression(e) {
		return s.jsonText(e)
	}
	switch x := e.(type) {
	case *hclsyntax.TemplateExpr:
		o := s.origin(x.SrcRange.Filename)
		i := x.SrcRange.Start.Byte
		return s.template(x.Parts, i < len(o.data) && o.data[i] == '"')
	case *hclsyntax.TemplateWrapExpr:
		return s.text(x.Wrapped)
	case *hclsyntax.ParenthesesExpr:
		return s.text(x.Expression)
	case *hclsyntax.ConditionalExpr:
		c := s.value(x.Condition)
		if !c.IsKnown() || c.IsNull() || c.Type() != cty.Bool {
			return text{}, false
		}
		if c.True() {
			return s.text(x.TrueResult)
		}
		return s.text(x.FalseResult)
	case *hclsyntax.ScopeTraversalExpr:
		if expr := s.declared(x); expr != nil {
			return s.outer(x).text(expr)
		}
	case *hclsyntax.FunctionCallExpr:
		if t, ok, known := s.call(x); ok {
			return t, known
		}
	}
	v := s.value(e)
	if t, ok := str(v); ok {
		return whole(t, s.spot(e.Range())), len(t) <= mostText
	}
	if s.stand != "" && plain(e) {
		if t, ok := str(s.compute(e, s.stand)); ok {
			m.now.partly = true
			return whole(t, s.spot(e.Range())), true
		}
	}
	return text{}, false
}

// declared is the expression behind a local, or a variable's default, that is referred to.
func (s scope) declared(x *hclsyntax.ScopeTraversalExpr) hcl.Expression {
	path, all := steps(x.Traversal)
	if _, own := s.vars[path[0]]; own || s.only || !all || len(path) != 2 || slices.Contains(s.seen, strings.Join(path, ".")) {
		return nil
	}
	var n *named
	switch path[0] {
	case "local":
		n = s.m.locals[path[1]]
	case "var":
		n = s.m.variables[path[1]]
		if n != nil && (n.sensitive || n.given != nil) {
			return nil
		}
		if n != nil && s.m.options.Variable != nil {
			if _, ok := s.m.options.Variable(n.name); ok {
				return nil
			}
		}
	}
	if n == nil || n.state == 1 {
		return nil
	}
	return n.expr
}

// template joins the parts of a template. Something else stands for what is unknown of it.
func (s scope) template(parts []hclsyntax.Expression, quoted bool) (text, bool) {
	var out text
	for _, p := range parts {
		if lit, ok := p.(*hclsyntax.LiteralValueExpr); ok && lit.Val.Type() == cty.String && lit.Val.IsKnown() && !lit.Val.IsNull() {
			r := lit.SrcRange
			out.join(s.origin(r.Filename).literal(r.Start.Byte, r.End.Byte, lit.Val.AsString(), quoted))
			continue
		}
		t, known := s.text(p)
		if !known {
			if s.stand == "" {
				return text{}, false
			}
			s.m.now.partly = true
			t = whole(s.stand, s.spot(p.Range()))
		}
		out.join(t)
		if len(out.b) > mostText || !s.m.step(len(t.b)>>6) {
			s.m.now.because(tooMuchWork)
			return text{}, false
		}
	}
	return out, true
}

// jsonText computes a text of a .tf.json, whose strings are templates.
func (s scope) jsonText(e hcl.Expression) (text, bool) {
	r := e.Range()
	v, diags := e.Value(nil) // as it is written
	if diags.HasErrors() || v.Type() != cty.String {
		if t, ok := str(s.value(e)); ok {
			return whole(t, s.spot(r)), true
		}
		return text{}, false
	}
	written := v.AsString()
	data := s.m.sources[r.Filename]
	inner := s
	inner.from = &origin{[]byte(written), r.Filename, unquoteJSON(data, r.Start.Byte, written)}
	return inner.parsed(written, r.Filename)
}

// parsed reads a text as a template.
func (s scope) parsed(written, file string) (text, bool) {
	tokens, _ := hclsyntax.LexTemplate([]byte(written), file, hcl.InitialPos)
	if tooMuch(tokens) >= 0 {
		s.m.now.because(tooMuchSaid)
		return text{}, false
	}
	e, diags := hclsyntax.ParseTemplate([]byte(written), file, hcl.InitialPos)
	for _, d := range diags {
		if d.Severity == hcl.DiagError && d.Subject != nil {
			at := s.spot(*d.Subject)
			s.fault(CodeBroken, at, said(d), s.m.escapeHint(at))
			return text{}, false
		}
	}
	switch x := e.(type) {
	case *hclsyntax.TemplateExpr:
		return s.template(x.Parts, false)
	case *hclsyntax.TemplateWrapExpr:
		return s.template([]hclsyntax.Expression{x.Wrapped}, false)
	}
	return s.text(e)
}

// plain tells that a text is only put together, so that something may stand for a part of it:
// nothing of it is decided by what is unknown.
func plain(e hcl.Expression) bool {
	n, ok := e.(hclsyntax.Node)
	if !ok {
		return false
	}
	p := &plainness{true}
	hclsyntax.Walk(n, p) //nolint:errcheck // it has none
	return p.ok
}

type plainness struct{ ok bool }

func (p *plainness) Enter(n hclsyntax.Node) hcl.Diagnostics {
	switch x := n.(type) {
	case *hclsyntax.ConditionalExpr, *hclsyntax.BinaryOpExpr, *hclsyntax.UnaryOpExpr, *hclsyntax.ForExpr, *hclsyntax.SplatExpr, *hclsyntax.IndexExpr:
		p.ok = false
	case *hclsyntax.FunctionCallExpr:
		p.ok = p.ok && slices.Contains([]string{"format", "join", "replace", "trimspace", "chomp", "jsonencode", "formatlist", "concat", "merge", "tostring", "urlencode"}, x.Name)
	}
	return nil
}

func (p *plainness) Exit(hclsyntax.Node) hcl.Diagnostics { return nil }
