package simulate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/source"
)

// newList begins a file to which the first call is added.
const newList = "# Calls and what is expected of them; docs/suite.md has the format.\nversion: 1\ncalls:\n"

// AppendCall adds a call to the text of a list in YAML or JSON, behind those that are there, and gives
// how many it has then. The entry is an item of a list in block style, of lines that end with a line
// feed and are indented by two blanks: "  - ani: anonymous\n". It is written in the style of the list.
//
// Nothing else of the text changes, and only a text that is read with exactly that call more is given:
// else the error says why the list is left alone.
func AppendCall(file string, list []byte, entry string) (text []byte, calls int, err error) {
	// One without a name that says its form, and without a line that does, becomes YAML.
	if formatOf(file, slices.Concat(list, []byte("\ncalls:"))) != ListYAML {
		return nil, 0, errors.New("it is no YAML")
	}
	mark := list[:len(list)-len(source.New(file, list).Data)]
	a := appending{file: file, text: source.New(file, list), eol: "\n", json: json.Valid(bytes.TrimSpace(list[len(mark):]))}
	if bytes.Contains(list, []byte("\r\n")) {
		a.eol = "\r\n"
	}
	if err := a.read(entry); err != nil {
		return nil, 0, err
	}
	var refused error
	for _, out := range a.candidates() {
		err := a.verify(out)
		if err == nil {
			return append(slices.Clone(mark), out...), len(a.before) + 1, nil
		}
		if refused == nil {
			refused = err
		}
	}
	if refused == nil {
		refused = errors.New("its calls stand in a form to which none can be added")
	}
	first, _, _ := strings.Cut(refused.Error(), "\n")
	return nil, 0, errors.New(first)
}

// An appending is a list that a call is added to.
type appending struct {
	file string
	text source.Text
	eol  string // that of the file
	json bool   // the list is JSON, and stays so

	top, key, calls *yaml.Node // nil where there is none
	before          []*yaml.Node
	entry           *yaml.Node
	lines           []string // of the entry, without its indent
}

// read takes both texts apart. A list that has a mistake is an error.
func (a *appending) read(entry string) error {
	for l := range strings.Lines(entry) {
		a.lines = append(a.lines, strings.TrimPrefix(strings.TrimSuffix(l, "\n"), "  "))
	}
	doc, faults := source.New(a.file, []byte(entry)).YAML(fixtureLimits)
	if len(faults) > 0 || doc == nil || doc.Content[0].Kind != yaml.SequenceNode || len(doc.Content[0].Content) != 1 {
		return errors.New("the call cannot be written")
	}
	a.entry = doc.Content[0].Content[0]
	doc, faults = a.text.YAML(fixtureLimits)
	for _, f := range faults {
		if f.Kind != source.Empty {
			return f.Finding("")
		}
	}
	if doc == nil {
		return nil
	}
	if a.top = doc.Content[0]; source.Null(a.top) {
		a.top = nil
		return nil
	}
	if a.top.Kind != yaml.MappingNode {
		return errors.New("it is no mapping with calls")
	}
	for i := 0; i+1 < len(a.top.Content); i += 2 {
		if a.top.Content[i].Value == "calls" {
			a.key, a.calls = a.top.Content[i], a.top.Content[i+1]
		}
	}
	switch {
	case a.calls == nil, source.Null(a.calls):
	case a.calls.Kind != yaml.SequenceNode:
		return errors.New("calls is no list")
	default:
		a.before = a.calls.Content
	}
	if len(a.before) == 0 {
		return nil
	}
	_, err := readCalls(a.file, a.text.Data)
	return err
}

// readCalls reads a list as it is read when it is run, and counts its calls.
func readCalls(file string, list []byte) (int, error) {
	l, err := OpenList(file, bytes.NewReader(list), ListOptions{})
	if err != nil {
		return 0, err
	}
	for n := 0; ; n++ {
		e, err := l.Next()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		if _, found := e.Read(); found.Has(diag.Error) {
			return n, found
		}
	}
}

// verify wants a text that is the list as it was and the call.
func (a *appending) verify(out []byte) error {
	switch n, err := readCalls(a.file, out); {
	case err != nil:
		return err
	case n != len(a.before)+1:
		return errMeant
	}
	doc, faults := source.New(a.file, out).YAML(fixtureLimits)
	if len(faults) > 0 || doc == nil {
		return errMeant
	}
	var want []*yaml.Node // keys and values
	if a.top != nil {
		want = slices.Clone(a.top.Content)
	}
	got := doc.Content[0]
	seen := false
	for i := 0; i+1 < len(got.Content); i += 2 {
		key, value := got.Content[i], got.Content[i+1]
		if key.Value == "calls" {
			seen = true
			calls := append(slices.Clone(a.before), a.entry)
			if !slices.EqualFunc(value.Content, calls, sameNode) || a.calls != nil && a.calls.Anchor != value.Anchor {
				return errors.New("another call of the list would change")
			}
			continue
		}
		at := slices.IndexFunc(want, func(n *yaml.Node) bool { return n.Value == key.Value })
		if at < 0 && key.Value == "version" && a.top == nil { // the head of a new list
			continue
		}
		if at < 0 || !sameNode(want[at], key) || !sameNode(want[at+1], value) {
			return errors.New("something else of the list would change")
		}
		want = slices.Delete(want, at, at+2)
	}
	for i := 0; i+1 < len(want); i += 2 {
		if want[i].Value != "calls" {
			return errors.New("something of the list would be gone")
		}
	}
	if !seen {
		return errMeant
	}
	return nil
}

var errMeant = errors.New("the list would not be read as it is meant")

// sameNode tells whether two nodes say the same. A time is a text to a list: JSON has no other way to
// write it.
func sameNode(a, b *yaml.Node) bool {
	if a.Kind == yaml.AliasNode || b.Kind == yaml.AliasNode {
		return a.Kind == b.Kind && a.Value == b.Value
	}
	return a.Kind == b.Kind && a.Value == b.Value && tagOf(a) == tagOf(b) && a.Anchor == b.Anchor && slices.EqualFunc(a.Content, b.Content, sameNode)
}

func tagOf(n *yaml.Node) string {
	if tag := n.ShortTag(); tag != "!!timestamp" {
		return tag
	}
	return "!!str"
}

// candidates are texts that may be the list with the call, the likeliest first: each is verified.
func (a *appending) candidates() [][]byte {
	data := a.text.Data
	switch {
	case a.top == nil:
		return a.begun()
	case a.calls != nil && a.calls.Kind == yaml.SequenceNode && a.calls.Style&yaml.FlowStyle != 0:
		return a.inBrackets(a.offset(a.calls), '[', a.flow())
	case a.calls != nil && a.calls.Kind == yaml.SequenceNode && len(a.before) > 0:
		return a.below()
	case a.calls != nil && a.top.Style&yaml.FlowStyle == 0:
		return a.underKey()
	case a.calls != nil: // calls: null within braces
		at := a.offset(a.calls)
		if a.calls.Value == "" || !bytes.HasPrefix(data[at:], []byte(a.calls.Value)) {
			return nil
		}
		return [][]byte{splice(data, at, len(a.calls.Value), "["+a.flow()+"]")}
	case a.top.Style&yaml.FlowStyle != 0:
		return a.inBrackets(a.offset(a.top), '{', a.word("calls")+": ["+a.flow()+"]")
	}
	var out [][]byte
	for _, at := range a.ends(len(data)) {
		out = append(out, a.lay(at, a.top.Column-1, "calls:", a.top.Column+1))
	}
	return out
}

// splice replaces some bytes of a text.
func splice(data []byte, at, length int, by string) []byte {
	return slices.Concat(data[:at], []byte(by), data[at+length:])
}

func (a *appending) offset(n *yaml.Node) int { return max(a.text.Offset(n.Line, n.Column), 0) }

// begun is a text of comments, blanks and marks with a list below them.
func (a *appending) begun() [][]byte {
	data := a.text.Data
	head := newList
	if len(bytes.TrimSpace(data)) > 0 {
		head = "calls:\n"
	} else {
		data = nil
	}
	var out [][]byte
	for _, at := range slices.Backward(a.ends(len(data))) {
		out = append(out, a.layIn(data, at, 0, strings.TrimSuffix(head, "\n"), 2))
	}
	return out
}

// ends are where lines could be added before an offset: there, and before what speaks of the end of
// the document or stands apart.
func (a *appending) ends(end int) []int {
	out := []int{end}
	if i := bytes.LastIndex(a.text.Data[:min(end, len(a.text.Data))], []byte("\n...")); i >= 0 {
		out = append(out, i+1)
	}
	if bytes.HasPrefix(a.text.Data, []byte("...")) {
		out = append(out, 0)
	}
	return out
}

// below adds to a list in block style.
func (a *appending) below() [][]byte {
	data := a.text.Data
	end := len(data)
	var out [][]byte
	var places []int
	if next := a.next(); next != nil {
		end = a.text.Offset(next.Line, 1)
		apart := end
		for apart > 0 { // what stands above a key speaks of it
			line := bytes.LastIndexByte(data[:apart-1], '\n') + 1
			if t := bytes.TrimSpace(data[line:apart]); len(t) > 0 && data[line] != '#' {
				break
			}
			apart = line
		}
		places = append(places, apart, end)
	} else {
		places = a.ends(end)
	}
	for _, at := range places {
		for _, indent := range a.indents() {
			out = append(out, a.lay(at, 0, "", indent))
		}
	}
	return out
}

// next is the key behind the calls; nil when they are the last.
func (a *appending) next() *yaml.Node {
	i := slices.Index(a.top.Content, a.key)
	if i < 0 || i+2 >= len(a.top.Content) {
		return nil
	}
	return a.top.Content[i+2]
}

// indents are how far the dashes of the calls may be indented, the likeliest first.
func (a *appending) indents() []int {
	var out []int
	add := func(n int) {
		if n >= 0 && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	for _, n := range a.before { // the dash that stands before a call
		at := a.offset(n)
		line := bytes.LastIndexByte(a.text.Data[:at], '\n') + 1
		if before := string(a.text.Data[line:at]); strings.HasPrefix(strings.TrimSpace(before), "-") {
			add(strings.IndexByte(before, '-'))
			break
		}
	}
	add(a.calls.Column - 1)
	add(a.key.Column - 1)
	add(a.key.Column + 1)
	return out
}

// underKey adds to a key without a value, or with one that says that there is none.
func (a *appending) underKey() [][]byte {
	data := a.text.Data
	indent := a.key.Column + 1
	cut := func(data []byte, at int) [][]byte {
		eol := bytes.IndexByte(data[at:], '\n')
		if eol < 0 {
			return [][]byte{a.layIn(data, len(data), 0, "", indent)}
		}
		return [][]byte{a.layIn(data, at+eol+1, 0, "", indent)}
	}
	if a.calls.Value == "" && a.calls.Anchor == "" && a.calls.Style&yaml.TaggedStyle == 0 {
		return cut(data, a.offset(a.key))
	}
	at := a.offset(a.calls)
	if a.calls.Value == "" || !bytes.HasPrefix(data[at:], []byte(a.calls.Value)) {
		return nil
	}
	return cut(splice(data, at, len(a.calls.Value), ""), at)
}

// lay is the text with the call as lines at an offset, below a head where there is one.
func (a *appending) lay(at, headIndent int, head string, indent int) []byte {
	return a.layIn(a.text.Data, at, headIndent, head, indent)
}

func (a *appending) layIn(data []byte, at, headIndent int, head string, indent int) []byte {
	var b bytes.Buffer
	b.Write(data[:at])
	if at > 0 && data[at-1] != '\n' {
		b.WriteString(a.eol)
	}
	if head != "" {
		b.WriteString(strings.ReplaceAll(strings.Repeat(" ", headIndent)+head, "\n", a.eol) + a.eol)
	}
	for _, l := range a.lines {
		b.WriteString(strings.Repeat(" ", indent) + l + a.eol)
	}
	b.Write(data[at:])
	return b.Bytes()
}

// flow is the call within braces.
func (a *appending) flow() string { return a.braced(a.entry) }

func (a *appending) braced(n *yaml.Node) string {
	var parts []string
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			parts = append(parts, a.braced(n.Content[i])+": "+a.braced(n.Content[i+1]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case yaml.SequenceNode:
		for _, c := range n.Content {
			parts = append(parts, a.braced(c))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	switch {
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		return quote(n.Value)
	case slices.Contains([]string{"!!int", "!!float", "!!bool", "!!null"}, n.ShortTag()) && json.Valid([]byte(n.Value)):
		return n.Value
	}
	return a.word(n.Value)
}

// word is a plain text, in quotes where JSON wants them.
func (a *appending) word(s string) string {
	if a.json {
		return quote(s)
	}
	return s
}

func quote(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return fmt.Sprintf("%q", s) // a text is always JSON
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// inBrackets adds a text as the last within brackets, which begin at or behind an offset.
func (a *appending) inBrackets(from int, open byte, item string) [][]byte {
	data := a.text.Data
	b, ok := brackets(data, from, open)
	if !ok {
		return nil
	}
	comma := ","
	if b.last == b.open || data[b.last] == ',' {
		comma = ""
	}
	line := bytes.LastIndexByte(data[:b.close], '\n') + 1
	alone := line > b.open && len(bytes.TrimSpace(data[line:b.close])) == 0
	if alone && b.last > b.open { // a line of its own, as deep as the last one
		begin := bytes.LastIndexByte(data[:b.item], '\n') + 1
		indent := data[begin : len(data)-len(bytes.TrimLeft(data[begin:], " \t"))]
		if begin > b.open {
			out := splice(data, line, 0, string(indent)+item+a.eol)
			return [][]byte{splice(out, b.last+1, 0, comma)}
		}
	}
	blank := " "
	if comma == "" && b.last == b.open {
		blank = ""
	}
	return [][]byte{splice(data, b.last+1, 0, comma+blank+item)}
}

// A bracket is what stands between two of them.
type bracket struct {
	open, close int // where they are
	item        int // where the last item begins
	last        int // the last character that is no blank and no comment; that of open when there is none
}

// brackets finds the pair that begins at or behind an offset.
func brackets(data []byte, from int, open byte) (b bracket, ok bool) {
	depth := 0
	begins := true // a quote that stands here begins a text
	for i := from; i < len(data); i++ {
		c := data[i]
		if depth == 0 {
			if c == open {
				b.open, b.last, b.item, depth = i, i, -1, 1
			}
			continue
		}
		switch c {
		case ' ', '\t', '\r', '\n':
			continue
		case '#':
			if strings.IndexByte(" \t\r\n", data[i-1]) >= 0 {
				end := bytes.IndexByte(data[i:], '\n')
				if end < 0 {
					return b, false
				}
				i += end
				continue
			}
		case ']', '}':
			if depth--; depth == 0 {
				b.close = i
				return b, true
			}
		}
		if depth == 1 && b.item < 0 && c != ',' {
			b.item = i
		}
		b.last = i
		switch {
		case c == '[' || c == '{':
			depth++
			begins = true
		case c == ',' && depth == 1:
			if next := bytes.TrimLeft(data[i+1:], " \t\r\n"); len(next) > 0 && next[0] != ']' && next[0] != '}' && next[0] != '#' {
				b.item = -1
			}
			begins = true
		case c == ',' || c == ':':
			begins = true
		case (c == '"' || c == '\'') && begins:
			end := closing(data, i)
			if end < 0 {
				return b, false
			}
			i, b.last, begins = end, end, false
		default:
			begins = false
		}
	}
	return b, false
}

// closing is where a text in quotes ends, -1 when it does not.
func closing(data []byte, from int) int {
	q := data[from]
	for i := from + 1; i < len(data); i++ {
		switch {
		case data[i] == '\\' && q == '"':
			i++
		case data[i] == q && q == '\'' && i+1 < len(data) && data[i+1] == q:
			i++
		case data[i] == q:
			return i
		}
	}
	return -1
}
