package architect

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/source"
)

// actions reads a list of one-key mappings; at is the path of what holds the list.
func (r *reader) actions(n *yaml.Node, at string) []*Action {
	var out []*Action
	for i, n := range listOf(n) {
		key, n := r.only(n, fmt.Sprintf("%s/actions[%d]", at, i))
		if key == nil {
			continue
		}
		out = append(out, r.actionBody(key.Value, key, n, fmt.Sprintf("%s/actions[%d]/%s", at, i, key.Value), nil))
	}
	return out
}

// actionBody reads the body of an action, or of a menu choice that acts like one.
func (r *reader) actionBody(kind string, key, n *yaml.Node, path string, more []string) *Action {
	b := r.bodyOf(n, path)
	a := &Action{
		Key: kind, Kind: KindOf(kind), Name: b.text("name"), Pos: r.posOf(key), Path: path, Node: n,
		Values: map[string]Value{}, Plain: map[string]string{},
	}
	_, a.HasName = b.has("name")
	for _, k := range more {
		b.used[k] = true
	}
	if a.Kind == nil {
		if kind == "repeatMenu" { // a choice only
			return a
		}
		r.add(diag.Finding{
			Code: CodeUnknownAction, Severity: diag.Warning, Position: a.Pos, Path: path, Length: utf8.RuneCountInString(kind),
			Message: fmt.Sprintf("unknown action %q; it is kept", kind), Hint: diag.DidYouMean(kind, KindNames()),
		})
		r.branches(a, b)
		return a
	}
	for i := range a.Kind.Fields {
		r.field(a, b, &a.Kind.Fields[i])
	}
	if a.Switch == nil {
		r.branches(a, b)
	}
	a.Unknown = b.left()
	b.report(kind, a.Kind.SDK)
	return a
}

func (r *reader) field(a *Action, b *body, f *Field) {
	at := a.Path + "/" + strings.ReplaceAll(f.Key, ".", "/")
	switch f.Use {
	case UseValue, UseOutput, UseName:
		if n := b.takeDotted(f.Key); n != nil {
			a.Values[f.Key] = r.value(n, at, f.Type)
		}
	case UsePlain:
		if n := b.takeDotted(f.Key); n != nil {
			v := r.value(n, at, f.Type)
			if v.Text != "" || v.Form == Plain {
				a.Plain[f.Key] = v.Text
			}
			if f.Key == "outputPath.name" {
				a.OutputPath = v.Text
			}
		}
	case UseRef:
		a.Ref = b.ref(f.Key)
	case UseOpaque:
		b.takeDotted(f.Key)
	case UseBindings:
		if n := b.take(f.Key); n != nil {
			a.FailureOutputs = r.bindings(n, at, "")
		}
	case UseTarget:
		r.target(a, b, f.Key)
	case UseStatements:
		r.statements(a, b.list(f.Key))
	case UseAttributes:
		r.attributes(a, b.list(f.Key))
	case UseSkills:
		n := b.take(f.Key)
		if n == nil {
			return
		}
		if n.Kind == yaml.MappingNode {
			a.Values[f.Key] = r.value(n, at, "Skill[]")
			return
		}
		for i, n := range listOf(n) {
			path := fmt.Sprintf("%s[%d]", at, i)
			if k, v := r.only(n, path); k != nil {
				a.Skills = append(a.Skills, r.value(v, path, "Skill"))
			}
		}
	case UseDigits:
		r.digits(a, b.take(f.Key))
	case UseSwitch:
		r.choose(a, b.take(f.Key))
	}
}

// bindings reads the properties of a contract with their values.
func (r *reader) bindings(n *yaml.Node, at, typ string) []Binding {
	var out []Binding
	for _, p := range r.bodyOf(n, at).pairs() {
		v := r.value(p[1], at+"/"+p[0].Value, typ)
		if v.Pos.Line == 0 {
			v.Pos = r.posOf(p[0])
		}
		out = append(out, Binding{Name: p[0].Value, Value: v})
	}
	return out
}

// target reads what an action names in the organisation, with its contract.
func (r *reader) target(a *Action, b *body, key string) {
	n := b.take(key)
	if n == nil {
		return
	}
	first := func(n *yaml.Node, at string) (*yaml.Node, *yaml.Node) {
		if n = source.Follow(n); n == nil || n.Kind != yaml.MappingNode || len(n.Content) == 0 {
			return nil, nil
		}
		return r.only(n, at)
	}
	k, v := first(n, a.Path)
	if k == nil {
		return
	}
	t := &Target{Name: k.Value, Pos: r.posOf(k), Path: a.Path}
	switch key {
	case "category":
		t.Kind, t.Category, t.Name = "dataAction", k.Value, ""
		inner := member(v, "dataAction")
		if a.Key == "callDataSecure" {
			t.Kind = "secureDataAction"
		}
		if inner == nil { // callBridge and callDataSecure have a key of their own
			if x := r.bodyOf(v, a.Path); len(x.vals) > 0 {
				inner = x.vals[0]
			}
		}
		if k, v := first(inner, a.Path); k != nil {
			t.Name, t.Pos = k.Value, r.posOf(k)
			r.contract(a, r.bodyOf(v, a.Path), "successOutputs")
		}
	case "dataTable":
		t.Kind = "dataTable"
		r.contract(a, r.bodyOf(v, a.Path), "foundOutputs")
	case "screenPopScript":
		t.Kind = "script"
		r.contract(a, r.bodyOf(v, a.Path), "outputs")
	case "commonModule", "botFlow", "digitalBotFlow":
		t.Kind = key
		if k, v := first(v, a.Path); k != nil {
			t.Version = k.Value
			r.contract(a, r.bodyOf(v, a.Path), "outputs")
		}
	case "targetFlow":
		t.Kind = "flow"
		v := r.value(n, a.Path, "")
		if t.Name = v.Text; v.Form == Other || v.Text == "" {
			return
		}
		t.Pos = v.Pos
	}
	a.Target = t
}

func (r *reader) contract(a *Action, b *body, outputs string) {
	a.Inputs = r.bindings(b.take("inputs"), a.Path+"/inputs", "")
	a.Outputs = r.bindings(b.take(outputs), a.Path+"/"+outputs, "")
	if n := b.take("failureOutputs"); n != nil {
		a.FailureOutputs = r.bindings(n, a.Path+"/failureOutputs", "")
	}
	b.rest(a.Key)
}

func (r *reader) statements(a *Action, list []*yaml.Node) {
	for i, n := range list {
		path := fmt.Sprintf("%s/statements[%d]", a.Path, i)
		k, v := r.only(n, path)
		if k == nil {
			continue
		}
		b := r.bodyOf(v, path)
		s := Statement{Key: k.Value, Type: typeOfStem(k.Value), Pos: r.posOf(k), Path: path}
		s.Variable = r.outputText(b.take("variable"), path+"/variable", s.Type)
		s.Value = r.value(b.take("value"), path+"/value", s.Type)
		b.rest("a statement")
		a.Statements = append(a.Statements, s)
	}
}

// outputText reads a variable that is written as bare text, or as {var: …}.
func (r *reader) outputText(n *yaml.Node, path, typ string) Value {
	v := r.value(n, path, typ)
	if v.Form == Plain {
		v.Form = Var
	}
	return v
}

func (r *reader) attributes(a *Action, list []*yaml.Node) {
	for i, n := range list {
		path := fmt.Sprintf("%s/attributes[%d]", a.Path, i)
		k, v := r.only(n, path)
		if k == nil {
			continue
		}
		b := r.bodyOf(v, path)
		x := Attribute{Pos: r.posOf(k), Path: path}
		x.Name = r.value(b.take("name"), path+"/name", "String")
		x.Value = r.value(b.take("value"), path+"/value", "String")
		x.Variable = r.outputText(b.take("variable"), path+"/variable", "String")
		b.rest("an attribute")
		a.Attributes = append(a.Attributes, x)
	}
}

func (r *reader) digits(a *Action, n *yaml.Node) {
	if n == nil {
		return
	}
	b := r.bodyOf(n, a.Path+"/digits")
	d := &Digits{Pos: r.posOf(n)}
	number := func(n *yaml.Node) int {
		if n == nil {
			return 0
		}
		if l := member(n, "lit"); l != nil {
			n = l
		}
		x, err := strconv.Atoi(n.Value)
		if err != nil || n.ShortTag() == "!!str" {
			r.fail(CodeShape, r.posOf(n), a.Path, kindWord(n)+" where a number of digits has to be")
		}
		return x
	}
	if e := b.take("exact"); e != nil {
		d.Given, d.Exact, d.Min = true, true, number(e)
		d.Max = d.Min
	}
	if n := b.take("range"); n != nil {
		x := r.bodyOf(n, a.Path+"/digits/range")
		d.Given = true
		d.Min, d.Max, d.Terminator = number(x.take("min")), number(x.take("max")), x.text("terminatingDtmf")
		x.used["includeTerminatingDtmfInResultData"] = true
		x.rest("digits")
	}
	b.used["includeTerminatingDtmfInResultData"] = true
	b.rest("digits")
	a.Digits = d
}

// choose reads a switch. Cases and default become branches.
func (r *reader) choose(a *Action, n *yaml.Node) {
	a.Switch = &Switch{Type: "Boolean", Default: -1}
	if n == nil {
		return
	}
	k, v := r.only(n, a.Path+"/evaluate")
	if k == nil {
		return
	}
	b := r.bodyOf(v, a.Path)
	if k.Value == "firstMatch" {
		a.Switch.FirstMatch = true
		if k, v = r.only(v, a.Path+"/evaluate/firstMatch"); k == nil {
			return
		}
		a.Switch.Key, a.Switch.Type = k.Value, typeOfStem(k.Value)
		b = r.bodyOf(v, a.Path)
		a.Switch.Value = r.value(b.take("value"), a.Path+"/value", a.Switch.Type)
	} else if k.Value != "firstTrue" {
		r.warn(CodeUnknownKey, k, a.Path, fmt.Sprintf("unknown way %q to choose a case; it is read as firstTrue", k.Value), diag.DidYouMean(k.Value, []string{"firstTrue", "firstMatch"}))
	}
	for i, n := range b.list("cases") {
		at := fmt.Sprintf("%s/cases[%d]", a.Path, i)
		k, v := r.only(n, at)
		if k == nil {
			continue
		}
		c := r.bodyOf(v, at)
		a.Switch.Cases = append(a.Switch.Cases, Case{Value: r.value(c.take("value"), at+"/value", a.Switch.Type), Branch: len(a.Branches)})
		a.Branches = append(a.Branches, Branch{Name: "case" + strconv.Itoa(i), Actions: r.actions(c.take("actions"), at), Pos: r.posOf(k), Path: at})
		c.used["name"] = true
		c.rest("a case")
	}
	if d := b.take("default"); d != nil {
		a.Switch.Default = len(a.Branches)
		a.Branches = append(a.Branches, r.branch("default", d, a.Path+"/default"))
	}
	b.rest("a switch")
}

func (r *reader) branch(name string, n *yaml.Node, at string) Branch {
	b := r.bodyOf(n, at)
	br := Branch{Name: name, Pos: r.posOf(n), Path: at, Actions: r.actions(b.take("actions"), at)}
	b.used["name"], b.used["enabled"] = true, true
	b.rest("a branch")
	return br
}

// branches reads outputs: a mapping of branches, some of which are lists of named ones
// (paths of callTask and modules, intents of bots).
func (r *reader) branches(a *Action, b *body) {
	n := b.take("outputs")
	if n == nil {
		return
	}
	for _, p := range r.bodyOf(n, a.Path+"/outputs").pairs() {
		key, n := p[0], p[1]
		at := a.Path + "/outputs/" + key.Value
		if n.Kind == yaml.SequenceNode {
			for i, n := range listOf(n) {
				at := fmt.Sprintf("%s[%d]", at, i)
				k, v := r.only(n, at)
				if k == nil {
					continue
				}
				name := k.Value
				if x := member(v, "name"); x != nil {
					name = wordOf(x)
				}
				a.Branches = append(a.Branches, r.branch(name, v, at))
			}
			continue
		}
		name := key.Value
		switch strings.ToLower(name) {
		case "yes", "no":
			name = strings.ToLower(name)
			if bare(key) {
				r.add(diag.Finding{
					Code: CodeBareYesNo, Severity: diag.Info, Position: r.posOf(key), Path: a.Path, Length: source.Width(key),
					Message: fmt.Sprintf("%s as a bare key is a boolean to readers of YAML 1.1", key.Value), Hint: "quote it",
				})
			}
		case "true", "false":
			if a.Key == "decision" {
				name = map[string]string{"true": "yes", "false": "no"}[strings.ToLower(name)]
			}
		}
		if a.Kind != nil && !a.Kind.SDK && len(a.Kind.Branches) > 0 && !r.knownBranch(a, name) {
			r.warn(CodeUnknownKey, key, a.Path, fmt.Sprintf("%s has no branch %q; it is kept", a.Key, key.Value), diag.DidYouMean(name, a.Kind.Branches))
		}
		br := r.branch(name, n, at)
		br.Pos = r.posOf(key)
		a.Branches = append(a.Branches, br)
	}
}

func (r *reader) knownBranch(a *Action, name string) bool {
	for _, b := range a.Kind.Branches {
		if b == name {
			return true
		}
	}
	return a.Key == "callTask" && strings.EqualFold(name, "default")
}
