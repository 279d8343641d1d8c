package architect

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/source"
)

// Limits of a file. Genesys saves at most 6 MiB of a flow; an input beyond these is not
// read at all, so that no text can make the reader work for long.
const maxDepth = 1_000

var limits = source.Limits{Bytes: 16 << 20, Nodes: 1_000_000, Depth: maxDepth}

// Placeholders of other tools break YAML where they stand bare: {{name}} opens two flow
// mappings, ${name} closes one inside braces. Their brackets are therefore replaced, one
// for one so that columns stay, by characters that YAML takes for letters, and put back
// in every scalar afterwards.
const (
	openA, openB   = '\uE0F0', '\uE0F1' // {{
	closeA, closeB = '\uE0F2', '\uE0F3' // }}
	openT, openU   = '\uE0F4', '\uE0F5' // ${
	closeT         = '\uE0F6'           // }
)

var (
	placeholderRE = pattern.Of(`\{\{[^{}"'\n]*\}\}|\$\{[^{}"'\n]*\}`)
	angleRE       = pattern.Of(`^<[A-Za-z][\w .-]*>$`)
	unmasker      = strings.NewReplacer(string(openA)+string(openB), "{{", string(closeA)+string(closeB), "}}", string(openT)+string(openU), "${", string(closeT), "}")
)

const maskRunes = string(openA) + string(openB) + string(closeA) + string(closeB) + string(openT) + string(openU) + string(closeT)

// mask replaces the brackets of placeholders. A text that holds the stand-ins themselves
// is left alone by the callers.
func mask(data []byte) []byte {
	return placeholderRE().ReplaceAllFunc(data, func(m []byte) []byte {
		if m[0] == '$' {
			return []byte(string(openT) + string(openU) + string(m[2:len(m)-1]) + string(closeT))
		}
		return []byte(string(openA) + string(openB) + string(m[2:len(m)-2]) + string(closeA) + string(closeB))
	})
}

// HasPlaceholder reports whether a text holds a placeholder of another tool.
func HasPlaceholder(text string) bool { return hasOpening(text) && placeholderRE().MatchString(text) }

// hasOpening spares most texts the pattern.
func hasOpening(text string) bool {
	return strings.Contains(text, "{{") || strings.Contains(text, "${")
}

func placeholders(text string) []string {
	if !hasOpening(text) {
		return nil
	}
	return placeholderRE().FindAllString(text, -1)
}

// load turns the text into nodes; nil with a finding when it is no YAML.
func (r *reader) load() *yaml.Node {
	text := r.file.text
	masked := (bytes.Contains(text.Data, []byte("{{")) || bytes.Contains(text.Data, []byte("${"))) && !bytes.ContainsAny(text.Data, maskRunes)
	if masked {
		text.Data = mask(text.Data)
	}
	root, faults := text.YAML(limits)
	for _, f := range faults {
		code := CodeSyntax
		switch f.Kind {
		case source.Large:
			f.Message = fmt.Sprintf("the file has %d bytes; Genesys saves flows up to 6 MiB", len(r.file.text.Data))
		case source.Documents:
			f.Message, f.Hint = "a second document; a file holds one flow", ""
		case source.Duplicate:
			code = CodeDuplicateKey
		}
		f.Message = unmasker.Replace(f.Message)
		r.add(f.Finding(code))
	}
	if root != nil {
		r.unmask(root, masked)
	}
	return root
}

// unmask puts the brackets of placeholders back and notes the placeholders.
func (r *reader) unmask(root *yaml.Node, masked bool) {
	restore := func(s *string) {
		if masked && *s != "" {
			*s = unmasker.Replace(*s)
		}
	}
	EachNode(root, func(n *yaml.Node) {
		for _, c := range []*string{&n.HeadComment, &n.LineComment, &n.FootComment} {
			restore(c)
			for _, m := range placeholders(*c) {
				r.placeholder(m, n)
			}
		}
		restore(&n.Anchor)
		restore(&n.Tag)
		restore(&n.Value)
		if n.Kind == yaml.MappingNode { // an empty key and the key null are one
			for i := 0; i < len(n.Content); i += 2 {
				if k := n.Content[i]; source.Null(k) && k.Value == "" {
					k.Value = "null"
				}
			}
		}
		if n.Kind != yaml.ScalarNode {
			return
		}
		for _, m := range placeholders(n.Value) {
			r.placeholder(m, n)
		}
		if strings.HasPrefix(n.Value, "<") && n.Value != "<empty>" && angleRE().MatchString(n.Value) { // <empty> is a text of exports
			r.placeholder(n.Value, n)
		}
	})
}

func (r *reader) placeholder(text string, n *yaml.Node) {
	p := Placeholder{Text: text, Tool: "Archy", Pos: r.posOf(n)}
	hint := "fill it before the flow is deployed"
	if text[0] == '{' {
		hint += ": Genesys refuses a left-over {{ }}"
	}
	switch text[0] {
	case '$':
		p.Tool = "Terraform"
	case '<':
		p.Tool = "a script or a person"
	}
	r.file.Placeholders = append(r.file.Placeholders, p)
	r.add(diag.Finding{
		Code: CodePlaceholder, Severity: diag.Warning, Position: p.Pos, Length: utf8.RuneCountInString(text),
		Message: fmt.Sprintf("placeholder %s, to be filled by %s", text, p.Tool),
		Hint:    hint,
	})
}

// loadJSON turns JSON into nodes, keys in order. Numbers get the text JavaScript would
// print, because the decoded flow is what Genesys' engine sees.
func (r *reader) loadJSON() *yaml.Node {
	root, fault := r.file.text.JSON(limits)
	if fault != nil {
		r.add(fault.Finding(CodeSyntax))
		return nil
	}
	EachNode(root, func(n *yaml.Node) {
		if n.Tag != "!!int" && n.Tag != "!!float" {
			return
		}
		switch n.Value = jsNumber(n.Value); {
		case strings.HasSuffix(n.Value, "Infinity"):
			n.Tag = "!!str"
		case strings.ContainsAny(n.Value, ".e"):
			n.Tag = "!!float"
		default:
			n.Tag = "!!int"
		}
	})
	return &yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{root}}
}

// jsNumber prints a number as JavaScript's String does, within the range of a flow's values.
func jsNumber(n string) string {
	f, err := strconv.ParseFloat(n, 64)
	if err != nil { // out of range
		if strings.HasPrefix(n, "-") {
			return "-Infinity"
		}
		return "Infinity"
	}
	if f == 0 {
		return "0"
	}
	if a := max(f, -f); a >= 1e21 || a < 1e-6 {
		return strings.Replace(strconv.FormatFloat(f, 'g', -1, 64), "e-0", "e-", 1)
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}
