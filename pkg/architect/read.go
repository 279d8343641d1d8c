package architect

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/source"
)

// A reader makes the typed tree. The aliases of what it reads all end.
type reader struct {
	file     *File
	findings diag.Findings
}

func (r *reader) add(f diag.Finding) {
	f.Position.File = r.file.Name
	r.findings.Add(f)
}

func (r *reader) fail(code string, pos diag.Position, path, msg string) {
	r.add(diag.Finding{Code: code, Severity: diag.Error, Position: pos, Path: path, Message: msg})
}

func (r *reader) warn(code string, n *yaml.Node, path, msg, hint string) {
	f := diag.Finding{Code: code, Severity: diag.Warning, Position: r.posOf(n), Path: path, Message: msg, Hint: hint}
	if n.Kind == yaml.ScalarNode {
		f.Length = len([]rune(n.Value))
	}
	r.add(f)
}

func (r *reader) posOf(n *yaml.Node) diag.Position {
	if n == nil {
		return diag.Position{}
	}
	return diag.Position{File: r.file.Name, Line: n.Line, Column: n.Column}
}

// A body is a mapping whose keys are taken one by one; what is left is unknown.
type body struct {
	r    *reader
	path string
	keys []*yaml.Node
	vals []*yaml.Node
	used map[string]bool
	node *yaml.Node
}

// bodyOf opens a mapping. Null and {none: true} are empty; anything else is a finding.
func (r *reader) bodyOf(n *yaml.Node, path string) *body {
	b := &body{r: r, path: path, used: map[string]bool{}, node: n}
	n = source.Follow(n)
	if n == nil || source.Null(n) {
		return b
	}
	if n.Kind != yaml.MappingNode {
		r.fail(CodeShape, r.posOf(n), path, fmt.Sprintf("%s where a mapping has to be", kindWord(n)))
		return b
	}
	b.node = n
	b.collect(n, 0)
	b.used["none"] = true
	return b
}

// collect lists the members, own ones before merged ones (<<), the first of a name wins.
func (b *body) collect(n *yaml.Node, depth int) {
	has := map[string]bool{}
	for _, k := range b.keys {
		has[k.Value] = true
	}
	var merges []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], source.Follow(n.Content[i+1])
		switch {
		case k.Kind != yaml.ScalarNode:
		case k.Tag == "!!merge":
			merges = append(merges, v)
		case !has[k.Value]:
			has[k.Value] = true
			b.keys, b.vals = append(b.keys, k), append(b.vals, v)
		}
	}
	for _, m := range merges {
		list := []*yaml.Node{m}
		if m.Kind == yaml.SequenceNode {
			list = m.Content
		}
		for _, x := range list {
			if x = source.Follow(x); x.Kind == yaml.MappingNode && depth < maxDepth {
				b.collect(x, depth+1)
			}
		}
	}
}

// find gives key and value, both nil when the key is absent.
func (b *body) find(key string) (k, v *yaml.Node) {
	for i := range b.keys {
		if b.keys[i].Value == key {
			return b.keys[i], b.vals[i]
		}
	}
	return nil, nil
}

// take gives the value of a key and marks the key as known.
func (b *body) take(key string) *yaml.Node {
	b.used[key] = true
	_, v := b.find(key)
	return v
}

// takeDotted follows a dotted key through nested mappings.
func (b *body) takeDotted(key string) *yaml.Node {
	head, rest, nested := strings.Cut(key, ".")
	n := b.take(head)
	for nested && n != nil {
		head, rest, nested = strings.Cut(rest, ".")
		n = member(n, head)
	}
	return n
}

// member gives a mapping's value of a key, nil when there is none.
func member(n *yaml.Node, key string) *yaml.Node {
	n = source.Follow(n)
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return source.Follow(n.Content[i+1])
		}
	}
	return nil
}

// wordOf is what a scalar says, nothing when it is null, however that is written.
func wordOf(n *yaml.Node) string {
	if source.Null(n) {
		return ""
	}
	return n.Value
}

// text takes a scalar as text.
func (b *body) text(key string) string {
	n := b.take(key)
	if n == nil || source.Null(n) {
		return ""
	}
	if n.Kind != yaml.ScalarNode {
		b.r.fail(CodeShape, b.r.posOf(n), b.path+"/"+key, fmt.Sprintf("%s where a text has to be", kindWord(n)))
		return ""
	}
	return n.Value
}

func (b *body) flag(key string) bool { return truth(b.take(key)) }

// list takes a list; a single value counts as a list of one, nothing as an empty list.
func (b *body) list(key string) []*yaml.Node {
	return listOf(b.take(key))
}

func listOf(n *yaml.Node) []*yaml.Node {
	n = source.Follow(n)
	switch {
	case n == nil || source.Null(n):
		return nil
	case n.Kind == yaml.SequenceNode:
		out := make([]*yaml.Node, len(n.Content))
		for i, c := range n.Content {
			out[i] = source.Follow(c)
		}
		return out
	case n.Kind == yaml.MappingNode && (member(n, "noValue") != nil || member(n, "none") != nil):
		return nil
	}
	return []*yaml.Node{n}
}

// only opens a one-key mapping, the shape of actions, variables, choices and cases.
func (r *reader) only(n *yaml.Node, path string) (key, val *yaml.Node) {
	n = source.Follow(n)
	if n == nil || n.Kind != yaml.MappingNode || len(n.Content) < 2 || n.Content[0].Kind != yaml.ScalarNode {
		what := "nothing"
		if n != nil {
			what = kindWord(n)
		}
		r.fail(CodeShape, r.posOf(n), path, what+" where a mapping of one key has to be")
		return nil, nil
	}
	if len(n.Content) > 2 {
		r.fail(CodeShape, r.posOf(n.Content[2]), path, fmt.Sprintf("a second key %q beside %q; each has to be an item of the list by itself", n.Content[2].Value, n.Content[0].Value))
	}
	return n.Content[0], source.Follow(n.Content[1])
}

// rest reports the keys nobody took.
func (b *body) rest(what string) { b.report(what, false) }

// report is rest; where the keys are not known from files it only says so.
func (b *body) report(what string, unsure bool) {
	known := make([]string, 0, len(b.used))
	for k := range b.used {
		known = append(known, k)
	}
	for _, k := range b.left() {
		message := fmt.Sprintf("unknown key %q of %s; it is kept", k.Value, what)
		hint := diag.DidYouMean(k.Value, known)
		if !unsure {
			b.r.warn(CodeUnknownKey, k, b.path, message, hint)
			continue
		}
		b.r.add(diag.Finding{Code: CodeUnknownKey, Severity: diag.Info, Position: b.r.posOf(k), Path: b.path, Length: source.Width(k), Message: message + ": no published file shows which keys it has", Hint: hint})
	}
}

// left are the keys nobody took.
func (b *body) left() []*yaml.Node {
	var out []*yaml.Node
	for _, k := range b.keys {
		if !b.used[k.Value] {
			out = append(out, k)
		}
	}
	return out
}

// ref reads a reference such as /inboundCall/tasks/task[Entry] or ./tasks/task[Entry].
func (b *body) ref(key string) Ref {
	n := b.take(key)
	if n == nil || n.Kind != yaml.ScalarNode || source.Null(n) {
		return Ref{Path: b.path}
	}
	ref := Ref{Text: wordOf(n), Pos: b.r.posOf(n), Path: b.path}
	s := strings.TrimSpace(ref.Text)
	if open := strings.IndexByte(s, '['); open > 0 && strings.HasSuffix(s, "]") {
		ref.ID = s[open+1 : len(s)-1]
		ref.Kind = s[strings.LastIndexAny(s[:open], "/#")+1 : open]
	}
	return ref
}

// value reads a place that takes a value. The order in which forms are looked for is that
// of Genesys' reader: nothing before variable before expression before literal.
func (r *reader) value(n *yaml.Node, path, typ string) Value {
	v := Value{Path: path, Type: typ, Pos: r.posOf(n)}
	n = source.Follow(n)
	if n == nil {
		return v
	}
	v.Node = n
	if n.Kind == yaml.ScalarNode {
		v.Form = Other
		if !source.Null(n) {
			v.Form, v.Text = Plain, n.Value
		}
		return v
	}
	if n.Kind != yaml.MappingNode {
		v.Form = Other
		return v
	}
	set := func(form Form, c *yaml.Node) Value {
		v.Form, v.Node, v.Pos = form, c, r.posOf(c)
		if c.Kind == yaml.ScalarNode && !source.Null(c) {
			v.Text = c.Value
			v.Bool = c.Tag == "!!bool"
		}
		return v
	}
	switch {
	case truth(member(n, "noValue")), truth(member(n, "none")):
		v.Form = NoValue
	case truth(member(n, "noValueWithNoFallback")):
		v.Form = NoFallback
	case member(n, "var") != nil:
		return set(Var, member(n, "var"))
	case member(n, "prompt") != nil:
		p := member(n, "prompt")
		if e := member(p, "exp"); e != nil {
			return set(PromptExp, e)
		}
		return set(Prompt, p)
	case member(n, "exp") != nil:
		return set(Exp, member(n, "exp"))
	case member(n, "tts") != nil:
		return set(TTS, member(n, "tts"))
	case member(n, "lit") != nil:
		v = set(Lit, member(n, "lit"))
		if name := member(v.Node, "name"); name != nil {
			v.Object, v.Text, v.Pos = true, name.Value, r.posOf(name)
		}
	case member(n, "name") != nil && len(n.Content) == 2:
		v = set(Plain, member(n, "name"))
		v.Object = true
	default:
		v.Form = Other
	}
	return v
}

func truth(n *yaml.Node) bool {
	n = source.Follow(n)
	if n == nil || n.Kind != yaml.ScalarNode {
		return false
	}
	switch strings.ToLower(n.Value) {
	case "true", "yes", "on":
		return true
	}
	return false
}

// kindWord says what a node is, in a sentence; of a text, a number and the like what it says.
func kindWord(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode && !source.Null(n) {
		return "the text " + strconv.Quote(diag.Shorten(n.Value, 40))
	}
	return source.What(n)
}

var durationUnits = map[string]time.Duration{
	"days": 24 * time.Hour, "hours": time.Hour, "minutes": time.Minute, "seconds": time.Second, "ms": time.Millisecond,
}

func durationOf(n *yaml.Node) (time.Duration, bool) {
	n = source.Follow(n)
	if n == nil || n.Kind != yaml.MappingNode {
		return 0, false
	}
	var sum float64
	for i := 0; i+1 < len(n.Content); i += 2 {
		unit, ok := durationUnits[n.Content[i].Value]
		if !ok {
			return 0, false
		}
		x, err := strconv.ParseFloat(source.Follow(n.Content[i+1]).Value, 64)
		if err != nil {
			return 0, false
		}
		sum += x * float64(unit)
	}
	const limit = float64(1 << 62)
	return time.Duration(max(min(sum, limit), -limit)), true
}
