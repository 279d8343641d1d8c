package blueprint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
)

// A rendering is the text that a template gave, and for each of its lines the line of the
// template that wrote it.
type rendering struct {
	file  string // the template, as findings name it
	text  string
	lines []int
}

// at is the place in the template that wrote a line of the text.
func (r rendering) at(line int) diag.Position {
	if line < 1 || len(r.lines) == 0 {
		return diag.Position{File: r.file, Line: 1}
	}
	return diag.Position{File: r.file, Line: r.lines[min(line, len(r.lines))-1]} // YAML finds an open end after the last line
}

// blame turns findings about the rendered text into findings about the template.
func (r rendering) blame(fs diag.Findings) diag.Findings {
	out := make(diag.Findings, len(fs))
	for i, f := range fs {
		f.Position, f.Length = r.at(f.Position.Line), 0
		out[i] = f
	}
	return out
}

// file is how findings name a template.
func (e engine) file(name string) string { return path.Join(e.prefix, name) }

func (r rendering) fail(line int, format string, args ...any) diag.Findings {
	return diag.Findings{{Code: codeTemplate, Message: fmt.Sprintf(format, args...), Position: r.at(line)}}
}

// Codes of the findings of this package.
const (
	codeTemplate = "DR-RENDER-001" // a template is wrong, or what it gave is
	codeBraces   = "DR-RENDER-002" // two opening braces, which Genesys' import would take for a placeholder
	codeLimit    = "DR-RENDER-003" // an artifact is larger than the vendor takes
)

// engine renders the templates of one file system.
type engine struct {
	fs     fs.FS
	prefix string // what findings put before the path of a template
	parsed map[string]*template.Template
}

// quoting are the only functions that may print a value. Each gives text that is safe in
// its place, whatever the value.
var quoting = template.FuncMap{
	"lit":     quoteLiteral,
	"name":    quoteName,
	"exp":     quoteExpression,
	"seconds": quoteSeconds,
	"number":  quoteNumber,
	"json":    quoteJSON,
	"ref":     quoteRef,
	"kind":    quoteKind,
	"take":    quoteTake,
	"comment": quoteComment,
	"quiet":   quoteQuiet,
	"escaped": quoteEscaped,
}

func (e engine) render(name string, data any) (rendering, diag.Findings) {
	r := rendering{file: e.file(name)}
	t := e.parsed[name]
	if t == nil {
		var fs diag.Findings
		if t, fs = e.parse(r, name); fs != nil {
			return r, fs
		}
		e.parsed[name] = t
	}
	var b strings.Builder
	if err := t.Execute(&b, data); err != nil {
		return r, diag.Findings{{Code: codeTemplate, Message: said(err), Position: placeIn(r.file, err)}}
	}
	r.text, r.lines = unmark(b.String())
	if i := strings.Index(r.text, "{{"); i >= 0 {
		line := 1 + strings.Count(r.text[:i], "\n")
		return r, diag.Findings{{
			Code: codeBraces, Message: "two opening braces in the output, which the import of a flow takes for a placeholder of its own",
			Hint: "write a value of the deployment file, or this line of the template, without them", Position: r.at(line),
		}}
	}
	return r, nil
}

// parse reads a template and prepares it: nothing in it prints a value raw, and its lines
// can be told from the result.
func (e engine) parse(r rendering, name string) (*template.Template, diag.Findings) {
	src, err := fs.ReadFile(e.fs, name)
	if err != nil {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		return nil, r.fail(1, "the template cannot be read: %v", err)
	}
	t, err := template.New(name).Option("missingkey=error").Funcs(quoting).Parse(string(src))
	if err != nil {
		return nil, diag.Findings{{Code: codeTemplate, Message: said(err), Position: placeIn(r.file, err)}}
	}
	if bad := rawPrint(t.Root); bad != nil {
		line := 1 + bytes.Count(src[:bad.Position()], []byte("\n"))
		return nil, diag.Findings{{
			Code: codeTemplate, Message: fmt.Sprintf("%s prints a value without quoting it", bad),
			Hint: "end it with one of " + strings.Join(quotingNames(), ", "), Position: diag.Position{File: r.file, Line: line},
		}}
	}
	markLines(t.Root, string(src))
	return t, nil
}

func quotingNames() []string {
	var out []string
	for n := range quoting {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// rawPrint finds a part of a template that prints something else than what a quoting
// function gives.
func rawPrint(n parse.Node) parse.Node {
	var lists []*parse.ListNode
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return nil
		}
		for _, c := range n.Nodes {
			if bad := rawPrint(c); bad != nil {
				return bad
			}
		}
	case *parse.ActionNode:
		if len(n.Pipe.Decl) > 0 {
			return nil
		}
		last := n.Pipe.Cmds[len(n.Pipe.Cmds)-1]
		if id, ok := last.Args[0].(*parse.IdentifierNode); ok && quoting[id.Ident] != nil {
			return nil
		}
		return n
	case *parse.IfNode:
		lists = []*parse.ListNode{n.List, n.ElseList}
	case *parse.RangeNode:
		lists = []*parse.ListNode{n.List, n.ElseList}
	case *parse.WithNode:
		lists = []*parse.ListNode{n.List, n.ElseList}
	}
	for _, l := range lists {
		if l != nil {
			if bad := rawPrint(l); bad != nil {
				return bad
			}
		}
	}
	return nil
}

// markLines puts the number of the template's line, between two zero bytes, before each piece
// of a line of its text; unmark takes the numbers out of the result again.
func markLines(n parse.Node, src string) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, c := range n.Nodes {
			markLines(c, src)
		}
	case *parse.TextNode:
		line := 1 + strings.Count(src[:n.Pos], "\n")
		var b bytes.Buffer
		for piece := range strings.Lines(string(n.Text)) {
			fmt.Fprintf(&b, "\x00%d\x00%s", line, piece)
			line++
		}
		if bytes.HasSuffix(n.Text, []byte("\n")) { // a value begins the next line
			fmt.Fprintf(&b, "\x00%d\x00", line)
		}
		n.Text = b.Bytes()
	case *parse.IfNode:
		markLines(n.List, src)
		markLines(n.ElseList, src)
	case *parse.RangeNode:
		markLines(n.List, src)
		markLines(n.ElseList, src)
	case *parse.WithNode:
		markLines(n.List, src)
		markLines(n.ElseList, src)
	}
}

// unmark gives the text without marks. A line is the template's line that wrote its first
// visible character: trimming joins the end of it with what follows on later lines.
func unmark(s string) (text string, lines []int) {
	var b strings.Builder
	b.Grow(len(s))
	last := 1
	for line := range strings.Lines(s) {
		visible := false
		for {
			before, rest, ok := strings.Cut(line, "\x00")
			b.WriteString(before)
			visible = visible || strings.TrimSpace(before) != ""
			if !ok {
				break
			}
			number, after, _ := strings.Cut(rest, "\x00")
			if n, err := strconv.Atoi(number); err == nil && !visible {
				last = n
			}
			line = after
		}
		lines = append(lines, last)
	}
	return b.String(), lines
}

// templateLine is how text/template names a place: template: name:line[:column]:
var templateLine = regexp.MustCompile(`^template: [^:]*:(\d+)(:\d+)?: `)

// said is an error of text/template without the place, which the position names.
func said(err error) string { return templateLine.ReplaceAllString(err.Error(), "") }

func placeIn(file string, err error) diag.Position {
	p := diag.Position{File: file, Line: 1}
	if m := templateLine.FindStringSubmatch(err.Error()); m != nil {
		p.Line, _ = strconv.Atoi(m[1]) // digits by the pattern
	}
	return p
}

// quoteLiteral writes a literal of a field: a text in double quotes with JSON's escapes,
// which YAML reads as it is; whole numbers and booleans bare.
func quoteLiteral(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return quoted(v)
	case int:
		return strconv.Itoa(v), nil
	case bool:
		return strconv.FormatBool(v), nil
	}
	return "", fmt.Errorf("lit cannot write %T", v)
}

// quoteName writes the name of an entity, a variable or a property, as a key or a value.
func quoteName(s string) (string, error) {
	if s == "" {
		return "", fmt.Errorf("an empty name")
	}
	return quoted(s)
}

func quoted(s string) (string, error) {
	if strings.Contains(s, "{{") {
		return "", fmt.Errorf("%q holds two opening braces, which the import of a flow takes for a placeholder of its own", s)
	}
	b := &bytes.Buffer{}
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return "", err
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// quoteExpression prints an expression tree in single quotes, in which YAML has no escape
// but the doubled quote. The expression's own strings are in double quotes.
func quoteExpression(n expr.Node) string {
	return "'" + strings.ReplaceAll(expr.Print(n), "'", "''") + "'"
}

func quoteSeconds(n int) (string, error) {
	if n < 1 {
		return "", fmt.Errorf("a timeout of %d seconds: Genesys takes whole seconds above zero", n)
	}
	return fmt.Sprintf("{seconds: %d}", n), nil
}

func quoteNumber(n int) string { return strconv.Itoa(n) }

// quoteJSON writes a value as JSON that also Velocity leaves alone: $ and # are escaped.
func quoteJSON(v any) (string, error) {
	b := &bytes.Buffer{}
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", err
	}
	return strings.NewReplacer("$", `\u0024`, "#", `\u0023`).Replace(strings.TrimSuffix(b.String(), "\n")), nil
}

func quoteRef(kind, name, field string) string {
	return genesys.Ref{Key: genesys.Key{Kind: genesys.Kind(kind), Name: name}, Field: field}.String()
}

// kindForm is the form of a type's name in YAML keys, such as stringCollection.
var kindForm = regexp.MustCompile(`^[a-z][A-Za-z]*$`)

func quoteKind(s string) (string, error) {
	if !kindForm.MatchString(s) {
		return "", fmt.Errorf("%q is no name of a type", s)
	}
	return s, nil
}

// fieldForm is what Genesys takes as a property of a contract, without the hyphen that
// Velocity 2 does not take.
var fieldForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

// quoteTake writes the reference that takes a translation map's variable into a success
// template. The variable is JSON text already. Numbers come from HubSpot as strings; bare
// takes their quotes away, which makes a list of strings one of numbers.
func quoteTake(name string, bare bool) (string, error) {
	if !fieldForm.MatchString(name) {
		return "", fmt.Errorf("%q is no name of a variable", name)
	}
	if bare {
		return "${" + name + `.replace($esc.quote,"")}`, nil
	}
	return "${" + name + "}", nil
}

// quoteComment writes a value into a comment.
func quoteComment(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == '{' || r == '}' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

// quoteQuiet writes the reference to an input that gives "" when the input is absent.
// Genesys: the loud form of an absent input breaks the request.
func quoteQuiet(name string) (string, error) {
	if !fieldForm.MatchString(name) {
		return "", fmt.Errorf("%q is no name of an input", name)
	}
	return "$!{input." + name + "}", nil
}

// quoteEscaped writes the reference to an input inside a JSON string.
func quoteEscaped(name string) (string, error) {
	if !fieldForm.MatchString(name) {
		return "", fmt.Errorf("%q is no name of an input", name)
	}
	return "$esc.jsonString(${input." + name + "})", nil
}
