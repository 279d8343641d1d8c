package terraform

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/source"
	"github.com/dealroute/dealroute/pkg/velocity"
)

// An Action is a data action of a file.
type Action struct {
	File       string
	Address    string                 // as Terraform names it
	Definition *dataaction.Definition // nil when it could not be read
	Findings   diag.Findings          // of reading it
	Unknown    []Unknown              // what could not be evaluated, in the order of the file
}

// Unknown is an argument that the folder alone does not decide.
type Unknown struct {
	Argument string
	Reasons  []string
	Partly   bool // a part of a template
	Counts   bool // something could not be checked for it
	Position diag.Position
}

// Name is how people call the action: its name, or its address when that is unknown.
func (a *Action) Name() string {
	if a.Definition == nil || a.Definition.Name == "" {
		return a.Address
	}
	return a.Definition.Name
}

// mostInstances is how many instances of a resource with for_each are read.
const mostInstances = 50

// Actions are the data actions of a file, in its order.
func (m *Module) Actions(file string) []Action {
	var out []Action
	for _, r := range m.actions {
		if r.file != file {
			continue
		}
		for _, s := range m.instances(r) {
			a := &reading{m: m, r: r, s: s, b: &builder{places: map[*node]place{}}, unknown: map[string]bool{}, partly: map[string]bool{}}
			out = append(out, a.action())
		}
	}
	return out
}

// instances are the scopes of a resource: one, or one for each of count and for_each.
func (m *Module) instances(r *resource) []scope {
	content, _, _ := r.body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "for_each"}, {Name: "count"}}})
	one := scope{m: m}
	m.now = &notes{}
	if a := content.Attributes["for_each"]; a != nil {
		v := one.value(a.Expr)
		if !v.IsKnown() || v.IsNull() || !v.CanIterateElements() {
			one.vars = map[string]cty.Value{"each": cty.ObjectVal(map[string]cty.Value{"key": cty.DynamicVal, "value": cty.DynamicVal})}
			return []scope{one}
		}
		var out []scope
		for it := v.ElementIterator(); it.Next() && len(out) < mostInstances; {
			k, x := it.Element()
			out = append(out, scope{m: m, vars: map[string]cty.Value{"each": cty.ObjectVal(map[string]cty.Value{"key": k, "value": x})}})
		}
		return out
	}
	if content.Attributes["count"] != nil {
		one.vars = map[string]cty.Value{"count": cty.ObjectVal(map[string]cty.Value{"index": cty.NumberIntVal(0)})}
	}
	return []scope{one}
}

// reading is an action that is being read.
type reading struct {
	m       *Module
	r       *resource
	s       scope
	b       *builder
	a       Action
	unknown map[string]bool
	partly  map[string]bool
}

func (a *reading) find(code string, sev diag.Severity, at spot, hint, format string, args ...any) {
	a.a.Findings.Add(diag.Finding{Code: code, Severity: sev, Message: fmt.Sprintf(format, args...), Hint: hint, Position: a.m.position(at)})
}

// begin starts an argument, and end tells what was found of it.
func (a *reading) begin() { a.m.now = &notes{} }

func (a *reading) end(argument, pointer string, at spot, known, counts bool) {
	n := a.m.now
	for _, f := range n.faults {
		if !slices.Contains(a.a.Findings, f) {
			a.a.Findings.Add(f)
		}
	}
	if known && !n.partly || len(n.faults) > 0 && len(n.reasons) == 0 {
		if !known {
			a.unknown[pointer] = true
		}
		return
	}
	if !known {
		a.unknown[pointer] = true
	} else {
		a.partly[pointer] = true
	}
	if len(n.reasons) == 0 {
		n.reasons = []string{"what it depends on is known to Terraform alone"}
	}
	u := Unknown{argument, n.reasons, known, counts, a.m.position(at)}
	a.a.Unknown = append(a.a.Unknown, u)
	a.find(codeUnknown, diag.Info, at, "", "%s", u.String())
}

// String says what is unknown, and why.
func (u Unknown) String() string {
	what := u.Argument + " is not known"
	if u.Partly {
		what = u.Argument + " is known in part"
	}
	return what + ": " + strings.Join(u.Reasons, "; ")
}

// Left says what is left unchecked for it, "" for nothing: what an unknown header is changes
// no finding, unless it says what the body is.
func (u Unknown) Left() string {
	switch {
	case !u.Counts || strings.HasPrefix(u.Argument, "headers.") && !strings.EqualFold(u.Argument, "headers.Content-Type"):
		return ""
	case u.Partly:
		return u.Argument + " is checked in part: " + strings.Join(u.Reasons, "; ")
	}
	return u.Argument + " is not checked: " + strings.Join(u.Reasons, "; ")
}

// argument is an attribute of a resource or block: where the export has it, and how it is read.
type argument struct {
	name, key string
	counts    bool
	read      func(a *reading, arg argument, pointer string, e hcl.Expression, into *node)
	required  bool
}

var meta = []string{"count", "for_each", "depends_on", "provider", "lifecycle", "provisioner", "connection", "timeouts"}

// The arguments. Provider: documentation of the three resources.
var (
	ofAction = []argument{
		{"name", "name", false, readText, true}, {"category", "category", false, readText, true}, {"integration_id", "", false, nil, true},
		{"secure", "secure", false, readScalar, false}, {"contract_input", "", true, nil, true}, {"contract_output", "", true, nil, true},
		{"config_timeout_seconds", "timeoutSeconds", false, readScalar, false},
	}
	ofAuth    = []argument{{"name", "name", false, readText, false}, {"integration_id", "", false, nil, true}}
	ofRequest = []argument{
		{"request_url_template", "requestUrlTemplate", true, readTemplate, false}, {"request_type", "requestType", true, readText, true},
		{"request_template", "requestTemplate", true, readTemplate, false}, {"headers", "headers", true, readTemplates, false},
	}
	ofResponse = []argument{
		{"translation_map", "translationMap", true, readMap, false}, {"translation_map_defaults", "translationMapDefaults", true, readMap, false},
		{"success_template", "successTemplate", true, readSuccess, false},
	}
)

func argumentNames(args []argument) []string {
	var out []string
	for _, x := range args {
		out = append(out, x.name)
	}
	return out
}

// body takes the arguments and blocks of a body; others are findings.
func (a *reading) body(b hcl.Body, args []argument, blocks ...string) (hcl.Attributes, hcl.Blocks) {
	want := &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "dynamic", LabelNames: []string{"type"}}, {Type: "lifecycle"}, {Type: "timeouts"}}}
	for _, x := range args {
		want.Attributes = append(want.Attributes, hcl.AttributeSchema{Name: x.name})
	}
	for _, n := range blocks {
		want.Blocks = append(want.Blocks, hcl.BlockHeaderSchema{Type: n})
	}
	content, rest, diags := b.PartialContent(want)
	for _, d := range diags {
		if d.Severity == hcl.DiagError && d.Subject != nil {
			a.find(codeArgument, diag.Error, a.s.spot(*d.Subject), "", "%s", said(d))
		}
	}
	known := append(argumentNames(args), blocks...)
	odd := func(name string, at hcl.Range, what string) {
		if slices.Contains(meta, name) && len(blocks) > 0 {
			return
		}
		hint := diag.DidYouMean(name, known)
		if slices.Contains(known, name) {
			hint = "write it as " + name + " = {…}"
		}
		a.find(codeArgument, diag.Error, a.s.spot(at), hint, "the provider has no %s %q here", what, name)
	}
	if native, ok := rest.(*hclsyntax.Body); ok {
		for _, n := range slices.Sorted(maps.Keys(native.Attributes)) {
			if content.Attributes[n] == nil {
				odd(n, native.Attributes[n].NameRange, "argument")
			}
		}
		for _, x := range native.Blocks {
			if !slices.Contains(blocks, x.Type) && x.Type != "dynamic" && !slices.Contains(meta, x.Type) {
				odd(x.Type, x.TypeRange, "block")
			}
		}
	} else if attrs, diags := rest.JustAttributes(); !diags.HasErrors() {
		for _, n := range slices.Sorted(maps.Keys(attrs)) {
			if n != "//" {
				odd(n, attrs[n].NameRange, "argument")
			}
		}
	}
	return content.Attributes, content.Blocks
}

func (a *reading) action() Action {
	m, r := a.m, a.r
	a.a = Action{File: r.file, Address: r.kind + "." + r.name}
	root := a.b.mapping(r.at)
	args, kind := ofAction, dataaction.Custom
	if r.kind == kindAuth {
		args, kind = ofAuth, dataaction.CustomAuth
	}
	attrs, blocks := a.body(r.body, args, "config_request", "config_response", "function_config")
	a.b.set(root, "actionType", r.at, a.b.scalar("!!str", kind, r.at))
	a.arguments(args, attrs, "", root)
	if attrs["name"] == nil && r.kind == kindAuth { // the provider gives it one
		a.b.set(root, "name", r.at, a.b.scalar("!!str", r.name, r.at))
	}
	config := a.b.mapping(r.at)
	request, url := a.request(blocks)
	a.b.set(config, "request", r.at, request)
	a.b.set(config, "response", r.at, a.response(blocks))
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value == "timeoutSeconds" { // of the resource there, of config here
			config.Content = append(config.Content, root.Content[i:i+2]...)
			root.Content = slices.Delete(root.Content, i, i+2)
			break
		}
	}
	a.b.set(root, "config", r.at, config)
	function := slices.ContainsFunc(blocks, func(b *hcl.Block) bool { return b.Type == "function_config" })
	a.integration(root, attrs["integration_id"], function, url)
	a.b.set(root, "contract", r.at, a.contracts(attrs))
	a.missing(args, attrs, r.at, "the resource")
	d, found := dataaction.ParseTree(dataaction.Tree{Root: root, Places: places{m, a.b.places}, Unknown: a.unknown, Partly: a.partly})
	a.a.Definition = d
	a.a.Findings = append(a.a.Findings, found...)
	m.now = nil
	return a.a
}

func (a *reading) missing(args []argument, attrs hcl.Attributes, at spot, where string) {
	var out []string
	for _, x := range args {
		if x.required && attrs[x.name] == nil {
			out = append(out, x.name)
		}
	}
	if len(out) > 0 {
		a.find(codeMissing, diag.Warning, at, "", "%s lacks %s, without which the provider refuses it", where, strings.Join(out, ", "))
	}
}

func (a *reading) arguments(args []argument, attrs hcl.Attributes, pointer string, into *node) {
	for _, x := range args {
		if at := attrs[x.name]; at != nil && x.read != nil {
			p := pointer + "/" + x.key
			if x.key == "timeoutSeconds" {
				p = "/config/timeoutSeconds"
			}
			x.read(a, x, p, at.Expr, into)
		}
	}
}

// block is the one block of a type, also one that a dynamic block makes. There may be none.
func (a *reading) block(blocks hcl.Blocks, kind string) (hcl.Body, scope, spot) {
	for _, b := range blocks {
		if b.Type == kind {
			return b.Body, a.s, a.s.spot(b.DefRange)
		}
		if b.Type != "dynamic" || b.Labels[0] != kind {
			continue
		}
		content, _, _ := b.Body.PartialContent(&hcl.BodySchema{
			Attributes: []hcl.AttributeSchema{{Name: "for_each"}, {Name: "iterator"}}, Blocks: []hcl.BlockHeaderSchema{{Type: "content"}},
		})
		each := content.Attributes["for_each"]
		if each == nil || len(content.Blocks) == 0 {
			continue
		}
		a.begin()
		v := a.s.value(each.Expr)
		key, item := cty.DynamicVal, cty.DynamicVal
		if v.IsKnown() && !v.IsNull() && v.CanIterateElements() {
			it := v.ElementIterator()
			if !it.Next() {
				continue
			}
			key, item = it.Element()
		}
		name := kind
		if it := content.Attributes["iterator"]; it != nil {
			if n := hcl.ExprAsKeyword(it.Expr); n != "" {
				name = n
			}
		}
		inner := a.s
		inner.vars = map[string]cty.Value{name: cty.ObjectVal(map[string]cty.Value{"key": key, "value": item})}
		for n, v := range a.s.vars {
			inner.vars[n] = v
		}
		return content.Blocks[0].Body, inner, a.s.spot(b.DefRange)
	}
	return nil, a.s, a.r.at
}

const (
	atRequest  = "/config/request"
	atResponse = "/config/response"
)

// request reads the block config_request. url is what is known of the address.
func (a *reading) request(blocks hcl.Blocks) (n *node, url string) {
	body, inner, at := a.block(blocks, "config_request")
	n = a.b.mapping(at)
	if body == nil {
		a.unknown[atRequest] = true // a function needs none
		if !slices.ContainsFunc(blocks, func(b *hcl.Block) bool { return b.Type == "function_config" }) {
			a.find(codeMissing, diag.Warning, at, "", "the resource has no block config_request: nothing says what is sent")
		}
		return n, ""
	}
	outer := a.s
	a.s = inner
	attrs, _ := a.body(body, ofRequest)
	a.arguments(ofRequest, attrs, atRequest, n)
	a.missing(ofRequest, attrs, at, "config_request")
	a.s = outer
	if attrs["request_type"] == nil {
		a.unknown[atRequest+"/requestType"] = true
		a.b.set(n, "requestType", at, a.b.scalar("!!str", "POST", at))
	}
	if attrs["request_template"] == nil { // Genesys' own default
		a.b.set(n, "requestTemplate", at, a.b.scalar("!!str", "${input.rawRequest}", at))
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == "requestUrlTemplate" && !a.unknown[atRequest+"/requestUrlTemplate"] {
			url = n.Content[i+1].Value
		}
	}
	return n, url
}

// response reads the block config_response. Without a success template the reply is passed
// through, as the default of Genesys' own form has it.
func (a *reading) response(blocks hcl.Blocks) *node {
	body, inner, at := a.block(blocks, "config_response")
	n := a.b.mapping(at)
	var attrs hcl.Attributes
	if body != nil {
		outer := a.s
		a.s = inner
		attrs, _ = a.body(body, ofResponse)
		a.arguments(ofResponse, attrs, atResponse, n)
		a.s = outer
	}
	if attrs["success_template"] == nil {
		a.b.set(n, "successTemplate", at, a.b.scalar("!!str", "${rawResult}", at))
	}
	return n
}

func readText(a *reading, arg argument, pointer string, e hcl.Expression, into *node) {
	a.template(arg, pointer, e, into, "")
}

func readTemplate(a *reading, arg argument, pointer string, e hcl.Expression, into *node) {
	a.template(arg, pointer, e, into, "${credentials.unknown}")
}

func readSuccess(a *reading, arg argument, pointer string, e hcl.Expression, into *node) {
	a.template(arg, pointer, e, into, "${rawResult}")
}

// template reads an argument that is a text. stand is what stands for unknown parts of it.
func (a *reading) template(arg argument, pointer string, e hcl.Expression, into *node, stand string) {
	at := a.s.spot(e.Range())
	a.begin()
	s := a.s
	s.stand = stand
	t, known := s.text(e)
	if known && a.m.now.partly && stand != "" {
		if _, err := velocity.Parse(arg.name, t.str()); err != nil {
			// Nobody knows what stands there: perhaps it is a name.
			if _, err := velocity.Parse(arg.name, strings.ReplaceAll(t.str(), stand, "unknown")); err == nil {
				known = false
			}
		}
	}
	if stand != "" && a.m.now.partly && t.str() == stand { // all of it
		known = false
	}
	if !known {
		t = whole(a.blank(arg, stand), at)
	}
	a.b.set(into, arg.key, at, a.b.string(t, at))
	a.end(arg.name, pointer, at, known, arg.counts)
}

// blank is what stands for a text of which nothing is known.
func (a *reading) blank(arg argument, stand string) string {
	switch {
	case arg.name == "name":
		return a.a.Address
	case arg.name == "request_type":
		return "POST"
	case stand == "":
		return "unknown"
	}
	return stand
}

func readScalar(a *reading, arg argument, pointer string, e hcl.Expression, into *node) {
	at := a.s.spot(e.Range())
	a.begin()
	v := a.s.value(e)
	if v.IsKnown() && !v.IsNull() {
		if s, ok := str(v); ok && v.Type() == cty.String { // Terraform converts
			switch {
			case s == "true" || s == "false":
				v = cty.BoolVal(s == "true")
			default:
				if n, err := cty.ParseNumberVal(s); err == nil {
					v = n
				}
			}
		}
		a.b.set(into, arg.key, at, a.b.known(v, at))
	}
	a.end(arg.name, pointer, at, v.IsKnown(), arg.counts)
}

func readTemplates(a *reading, arg argument, pointer string, e hcl.Expression, into *node) {
	a.texts(arg, pointer, e, into, "${credentials.unknown}")
}

func readMap(a *reading, arg argument, pointer string, e hcl.Expression, into *node) {
	a.texts(arg, pointer, e, into, "")
}

// texts reads an argument that is a map of texts.
func (a *reading) texts(arg argument, pointer string, e hcl.Expression, into *node, stand string) {
	at := a.s.spot(e.Range())
	n := a.b.mapping(at)
	a.b.set(into, arg.key, at, n)
	s, inner := a.s, e
	for range mostDeep {
		x, ok := inner.(*hclsyntax.ScopeTraversalExpr)
		if !ok {
			break
		}
		expr := s.declared(x)
		if expr == nil {
			break
		}
		s, inner = s.outer(x), expr
	}
	if pairs, diags := hcl.ExprMap(inner); !diags.HasErrors() {
		outer := a.s
		a.s = s
		for _, p := range pairs {
			a.begin()
			key, ok := s.key(p.Key)
			if !ok {
				a.end(arg.name, pointer, s.spot(p.Key.Range()), false, arg.counts)
				continue
			}
			a.template(argument{name: arg.name + "." + key, key: key, counts: arg.counts}, pointer+"/"+source.EscapePointer(key), p.Value, n, stand)
		}
		a.s = outer
		return
	}
	a.begin()
	v := s.value(inner)
	if stand != "" && !v.IsWhollyKnown() && plain(inner) {
		if w := s.compute(inner, stand); w.IsWhollyKnown() {
			v, a.m.now.partly = w, true
		}
	}
	known := v.IsWhollyKnown() && (v.IsNull() || v.Type().IsMapType() || v.Type().IsObjectType())
	if known && !v.IsNull() {
		for it := v.ElementIterator(); it.Next(); {
			k, x := it.Element()
			if t, ok := str(x); ok {
				a.b.set(n, k.AsString(), at, a.b.string(whole(t, at), at))
			}
		}
	}
	a.end(arg.name, pointer, at, known, arg.counts)
}

// contracts reads both contracts.
func (a *reading) contracts(attrs hcl.Attributes) *node {
	out := a.b.mapping(a.r.at)
	for _, c := range []struct{ argument, key, inner string }{
		{"contract_input", "input", "inputSchema"}, {"contract_output", "output", "successSchema"},
	} {
		pointer := "/contract/" + c.key + "/" + c.inner
		holder := a.b.mapping(a.r.at)
		a.b.set(out, c.key, a.r.at, holder)
		attr := attrs[c.argument]
		if attr == nil {
			if a.r.kind == kindAuth && c.key == "input" { // Genesys fixes it
				a.b.set(holder, c.inner, a.r.at, a.b.mapping(a.r.at))
				continue
			}
			a.unknown[pointer] = true // said, or nobody's to give
			continue
		}
		at := a.s.spot(attr.Expr.Range())
		a.begin()
		n, known := a.contract(attr.Expr)
		if n == nil {
			n = a.b.mapping(at)
		}
		a.b.set(holder, c.inner, at, n)
		a.end(c.argument, pointer, at, known, true)
	}
	return out
}

// contract reads a JSON schema: what jsonencode is given, each part at its place, or a text.
func (a *reading) contract(e hcl.Expression) (n *node, known bool) {
	s, inner := a.s, e
	for range mostDeep {
		if p, ok := inner.(*hclsyntax.ParenthesesExpr); ok {
			inner = p.Expression
			continue
		}
		if x, ok := inner.(*hclsyntax.ScopeTraversalExpr); ok {
			if expr := s.declared(x); expr != nil {
				s, inner = s.outer(x), expr
				continue
			}
		}
		if x, ok := inner.(*hclsyntax.TemplateWrapExpr); ok {
			inner = x.Wrapped
			continue
		}
		break
	}
	s.stand = "unknown"
	if call, ok := inner.(*hclsyntax.FunctionCallExpr); ok && call.Name == "jsonencode" && len(call.Args) == 1 {
		b := &builder{places: a.b.places, stand: s.stand}
		n := b.node(call.Args[0], s, 0)
		a.m.now.partly = false
		return n, !b.lost && !b.failed
	}
	s.stand = ""
	t, ok := s.text(inner)
	if !ok {
		return nil, false
	}
	n, bad := a.b.document(a.m, t)
	if bad != nil {
		bad.Message = "the contract is " + bad.Message
		a.m.now.faults.Add(*bad)
		return nil, false
	}
	return n, true
}

// integration says which kind of integration the action belongs to: that of the folder's
// resource, or a guess from the address.
func (a *reading) integration(root *node, id *hcl.Attribute, function bool, url string) {
	at := a.r.at
	if id != nil {
		at = a.s.spot(id.Expr.Range())
	}
	a.b.set(root, "integrationId", at, a.b.scalar("!!str", "", at))
	set := func(kind string) { a.b.set(root, "integrationType", at, a.b.scalar("!!str", kind, at)) }
	why := "there is no integration_id"
	if id != nil {
		why = "integration_id is a text"
		for _, t := range id.Expr.Variables() {
			path, _ := steps(t)
			why = strings.Join(path, ".") + " is declared elsewhere"
			if len(path) < 2 || path[0] != "genesyscloud_integration" {
				continue
			}
			if kind, ok := a.m.integrationType(path[1]); ok {
				set(kind)
				return
			}
		}
	}
	switch {
	case a.r.kind == kindAuth:
		set(dataaction.WebServices) // the provider requires it
	case function:
		set(dataaction.Functions)
	case strings.HasPrefix(url, "/"):
		set(dataaction.GenesysCloud)
		a.find(codeKind, diag.Info, at, "", "%s; taken for an action of Genesys Cloud, because its URL is a path", why)
	case strings.HasPrefix(url, "http"):
		set(dataaction.WebServices)
		a.find(codeKind, diag.Info, at, "", "%s; taken for an action of a web service, because its URL has a host", why)
	default:
		a.find(codeKind, diag.Info, at, "", "%s, and the URL does not tell of which kind of integration the action is", why)
	}
}

func (m *Module) integrationType(name string) (string, bool) {
	body := m.integrations[name]
	if body == nil {
		return "", false
	}
	content, _, _ := body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "integration_type"}}})
	a := content.Attributes["integration_type"]
	if a == nil {
		return "", false
	}
	before := m.now
	m.now = &notes{}
	defer func() { m.now = before }()
	return str(scope{m: m}.value(a.Expr))
}
