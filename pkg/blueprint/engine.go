package blueprint

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/internal/recall"
	"github.com/dealroute/dealroute/templates"
)

// A rendering is the text that a template gave, and which lines of the template wrote it.
type rendering struct {
	file   string // the template, as findings name it
	text   string
	lines  [][]piece // of each line of the text, at least one
	values []value   // those that must stand by themselves
}

// A value is where a quoted value begins in the text.
type value struct {
	at     diag.Position
	offset int
}

// A piece is a part of a line of the text, up to the next piece, that one line of the
// template wrote. The first one holds the line's first visible character.
type piece struct {
	column int // where it begins, in characters from 1
	line   int // of the template
}

// at is the place in the template that wrote the first visible character of a line.
func (r rendering) at(line int) diag.Position { return r.placed(diag.Position{Line: line}) }

// placed is the place in the template that wrote a place of the text.
func (r rendering) placed(p diag.Position) diag.Position {
	if p.Line < 1 || len(r.lines) == 0 {
		return diag.Position{File: r.file, Line: 1}
	}
	pieces := r.lines[min(p.Line, len(r.lines))-1] // YAML finds an open end after the last line
	out := pieces[0].line
	for _, x := range pieces[1:] {
		if x.column <= p.Column {
			out = x.line
		}
	}
	return diag.Position{File: r.file, Line: out}
}

// blame turns findings about the rendered text into findings about the template.
func (r rendering) blame(fs diag.Findings) diag.Findings {
	out := make(diag.Findings, len(fs))
	for i, f := range fs {
		f.Position, f.Length = r.placed(f.Position), 0
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
	fs       fs.FS
	prefix   string // what findings put before the path of a template
	annotate bool   // reasons are written as comments
	parsed   map[string]*template.Template
}

// builtIn holds for the project's own templates. Of them a test shows what is looked for in others each
// time: that they print the name and the description that they are given, and ask nothing of them.
func (e engine) builtIn() bool { return e.fs == fs.FS(templates.FS) }

// quoting are the only functions that may print a value. Each gives text that is safe in
// its place, whatever the value.
var quoting = template.FuncMap{
	"lit":       quoteLiteral,
	"name":      quoteName,
	"exp":       quoteExpression,
	"variable":  quoteVariable,
	"seconds":   quoteSeconds,
	"number":    quoteNumber,
	"json":      quoteJSON,
	"ref":       quoteRef,
	"kind":      quoteKind,
	"take":      quoteTake,
	"same":      quoteSame,
	"digits":    quoteDigits,
	"comment":   quoteComment,
	"quiet":     quoteQuiet,
	"escaped":   quoteEscaped,
	"respelled": quoteRespelled,
}

// wholes are those whose text is a value by itself, with its own quotes. Inside other text,
// quotes of the template's own say, a value could end what it stands in.
var wholes = []string{"lit", "name", "exp", "json", "seconds"}

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
	var b page
	switch err := t.Execute(&b, data); {
	case errors.Is(err, errSteps), errors.Is(err, errOutput):
		return r, diag.Findings{{
			Code: codeTemplate, Message: err.Error(), Position: diag.Position{File: r.file, Line: b.at()},
			Hint: "look for templates that call each other and for a range over more than there is",
		}}
	case err != nil:
		return r, diag.Findings{{Code: codeTemplate, Message: said(err), Position: placeIn(r.file, err)}}
	}
	r.unmark(b.text.String())
	if i := strings.Index(r.text, "{{"); i >= 0 {
		before := r.text[:i]
		at := diag.Position{Line: 1 + strings.Count(before, "\n"), Column: 1 + utf8.RuneCountInString(before[1+strings.LastIndexByte(before, '\n'):])}
		return r, diag.Findings{{
			Code: codeBraces, Message: "two opening braces in the output, which the import of a flow takes for a placeholder of its own",
			Hint: "write a value of the deployment file, or this line of the template, without them", Position: r.placed(at),
		}}
	}
	return r, nil
}

// misplaced finds values that do not stand by themselves in the YAML or JSON that was read
// from the text: amid other text a comma or a brace in a value would be syntax. A comment
// may hold one.
func (r rendering) misplaced(root *yaml.Node) diag.Findings {
	if len(r.values) == 0 {
		return nil
	}
	alone := make(map[diag.Position]bool, len(r.values))
	for _, v := range r.values {
		alone[v.at] = false
	}
	var walk func(*yaml.Node)
	walk = func(n *yaml.Node) {
		if at := (diag.Position{Line: n.Line, Column: n.Column}); !alone[at] {
			if _, is := alone[at]; is {
				alone[at] = true
			}
		}
		for _, c := range n.Content {
			walk(c)
		}
	}
	walk(root)
	var fs diag.Findings
	for _, v := range r.values {
		line := r.text[1+strings.LastIndexByte(r.text[:v.offset], '\n') : v.offset]
		if !alone[v.at] && !strings.HasPrefix(strings.TrimLeft(line, " "), "#") {
			fs = append(fs, r.amid(v))
		}
	}
	return fs
}

// misquoted is misplaced for a text in Velocity that makes JSON: no value stands between
// quotes.
func (r rendering) misquoted() diag.Findings {
	var fs diag.Findings
	for _, v := range r.values {
		before := strings.ReplaceAll(strings.ReplaceAll(r.text[:v.offset], `\\`, ""), `\"`, "")
		if strings.Count(before, `"`)%2 != 0 {
			fs = append(fs, r.amid(v))
		}
	}
	return fs
}

func (r rendering) amid(v value) diag.Finding {
	return diag.Finding{
		Code: codeTemplate, Message: "a value is printed amid other text, where it could end what it stands in", Position: r.placed(v.at),
		Hint: "a quoting function writes the quotes, too: let its value stand alone, and join texts in its argument: lit (print \"a \" .B)",
	}
}

// prepared are the templates that were read and prepared, by name and text. Executing one does not
// change it.
var prepared = recall.Store[*template.Template]{Most: 1 << 20}

// parse reads a template and prepares it and the partials it defines: nothing in them prints
// a value raw, and their lines can be told from the result.
func (e engine) parse(r rendering, name string) (*template.Template, diag.Findings) {
	src, err := fs.ReadFile(e.fs, name)
	if err != nil {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		return nil, r.fail(1, "the template cannot be read: %v", err)
	}
	key := fmt.Sprintf("%s\x00%t\x00%s", name, e.annotate, src)
	if t, ok := prepared.Get(key); ok {
		return t, nil
	}
	t, found := e.prepare(r, name, src)
	if found == nil {
		prepared.Put(key, t)
	}
	return t, found
}

func (e engine) prepare(r rendering, name string, src []byte) (*template.Template, diag.Findings) {
	fail := func(at int, hint, format string, args ...any) (*template.Template, diag.Findings) {
		line := 1 + bytes.Count(src[:at], []byte("\n"))
		return nil, diag.Findings{{
			Code: codeTemplate, Message: fmt.Sprintf(format, args...), Hint: hint, Position: diag.Position{File: r.file, Line: line},
		}}
	}
	if len(src) > maxTemplate {
		return fail(0, "", "the template is larger than %d MB", maxTemplate>>20)
	}
	src = reasons(src, e.annotate)
	if i := bytes.IndexAny(src, lineMark+valueMark+stepMark); i >= 0 {
		return fail(i, "delete it", "the template holds the control character %U", src[i])
	}
	t, err := template.New(name).Option("missingkey=error").Funcs(quoting).Funcs(helpers).Parse(string(src))
	if err != nil {
		return nil, diag.Findings{{Code: codeTemplate, Message: said(err), Position: placeIn(r.file, err)}}
	}
	trees := t.Templates()
	slices.SortFunc(trees, func(a, b *template.Template) int { return cmp.Compare(a.Root.Pos, b.Root.Pos) })
	for _, part := range trees {
		if bad := rawPrint(part.Root); bad != nil {
			return fail(int(bad.Position()), "end it with one of "+strings.Join(slices.Sorted(maps.Keys(quoting)), ", "),
				"%s prints a value without quoting it", bad)
		}
	}
	for _, part := range trees {
		markLines(part.Root, string(src))
	}
	return t, nil
}

// reasons makes comments of the lines of a template that say why the action under them is
// there. Unless they are asked for they go without a trace, and the lines keep their numbers.
func reasons(src []byte, asked bool) []byte {
	out := make([]byte, 0, len(src))
	for line := range bytes.Lines(src) {
		text := bytes.TrimLeft(line, " ")
		why, is := bytes.CutPrefix(text, []byte("#: "))
		switch {
		case !is:
			out = append(out, line...)
		case asked:
			out = append(append(append(out, line[:len(line)-len(text)]...), "# "...), why...)
		default:
			out = append(out, "{{- /* */}}"...)
			if bytes.HasSuffix(why, []byte("\n")) {
				out = append(out, '\n')
			}
		}
	}
	return out
}

// lists visits every list of nodes below one, itself first.
func lists(l *parse.ListNode, visit func(*parse.ListNode)) {
	if l == nil {
		return
	}
	visit(l)
	for _, n := range l.Nodes {
		if b := branches(n); b != nil {
			lists(b.List, visit)
			lists(b.ElseList, visit)
		}
	}
}

func branches(n parse.Node) *parse.BranchNode {
	switch n := n.(type) {
	case *parse.IfNode:
		return &n.BranchNode
	case *parse.RangeNode:
		return &n.BranchNode
	case *parse.WithNode:
		return &n.BranchNode
	}
	return nil
}

// rawPrint finds a part of a template that prints something else than what a quoting
// function gives.
func rawPrint(root *parse.ListNode) (bad parse.Node) {
	lists(root, func(l *parse.ListNode) {
		for _, n := range l.Nodes {
			if bad == nil && !harmless(n) {
				bad = n
			}
		}
	})
	return bad
}

// harmless holds for nodes that print no value themselves, and for those that end with a
// quoting function. The list is closed: what a later version of the language adds is refused.
func harmless(n parse.Node) bool {
	switch n := n.(type) {
	case *parse.TextNode, *parse.CommentNode, *parse.BreakNode, *parse.ContinueNode:
		return true
	case *parse.IfNode, *parse.RangeNode, *parse.WithNode:
		return true // their lists are looked at by themselves
	case *parse.TemplateNode:
		return true // and so is every template that is defined
	case *parse.ActionNode:
		return len(n.Pipe.Decl) > 0 || quoting[lastFunction(n)] != nil
	}
	return false
}

// lastFunction is the function that gives what an action prints; empty when that is none.
func lastFunction(n *parse.ActionNode) string {
	last := n.Pipe.Cmds[len(n.Pipe.Cmds)-1]
	if id, ok := last.Args[0].(*parse.IdentifierNode); ok {
		return id.Ident
	}
	return ""
}

// Marks in the text that a template gives until unmark takes them out: the number of a line
// of the template between two line marks, before whatever that line wrote; a value mark
// before a value that must stand by itself. No quoting function gives these characters.
const (
	lineMark  = "\x00"
	valueMark = "\x01"
)

// markLines puts marks into a template.
func markLines(root *parse.ListNode, src string) {
	lists(root, func(l *parse.ListNode) {
		begins := 1 + strings.Count(src[:min(int(l.Pos), len(src))], "\n")
		nodes := []parse.Node{&parse.TextNode{NodeType: parse.NodeText, Pos: l.Pos, Text: fmt.Appendf(nil, stepMark+"%d", begins)}}
		for _, n := range l.Nodes {
			line := 1 + strings.Count(src[:n.Position()], "\n")
			mark := fmt.Sprintf(lineMark+"%d"+lineMark, line)
			switch n := n.(type) {
			case *parse.TextNode:
				var b bytes.Buffer
				for piece := range strings.Lines(string(n.Text)) {
					fmt.Fprintf(&b, lineMark+"%d"+lineMark+"%s", line, piece)
					line++
				}
				n.Text = b.Bytes()
			case *parse.ActionNode:
				if len(n.Pipe.Decl) > 0 {
					break
				}
				if slices.Contains(wholes, lastFunction(n)) {
					mark += valueMark
				}
				nodes = append(nodes, &parse.TextNode{NodeType: parse.NodeText, Pos: n.Pos, Text: []byte(mark)})
			}
			nodes = append(nodes, n)
		}
		l.Nodes = nodes
	})
}

// unmark reads a marked text. The first piece of a line is what wrote its first visible
// character: trimming joins the end of it with what follows on later lines.
func (r *rendering) unmark(s string) {
	var b strings.Builder
	b.Grow(len(s))
	now := 1
	for line := range strings.Lines(s) {
		pieces, column, visible := []piece{{1, now}}, 1, false
		for {
			i := strings.IndexAny(line, lineMark+valueMark)
			text := line
			if i >= 0 {
				text = line[:i]
			}
			if strings.TrimSpace(text) != "" {
				if !visible {
					pieces[0].line = now
				} else if pieces[len(pieces)-1].line != now {
					pieces = append(pieces, piece{column, now})
				}
				visible = true
			}
			b.WriteString(text)
			column += utf8.RuneCountInString(text)
			if i < 0 {
				break
			}
			mark := line[i]
			if line = line[i+1:]; mark == valueMark[0] {
				at := diag.Position{Line: len(r.lines) + 1, Column: column}
				r.values = append(r.values, value{at, b.Len()})
				continue
			}
			number, after, _ := strings.Cut(line, lineMark)
			now, _ = strconv.Atoi(number) // written by markLines
			line = after
		}
		if !visible {
			pieces[0].line = now
		}
		r.lines = append(r.lines, pieces)
	}
	r.text = b.String()
}

// templateLine is how text/template names a place: template: name:line[:column]:
var templateLine = pattern.Of(`^template: [^:]*:(\d+)(:\d+)?: `)

// said is an error of text/template without the place, which the position names.
func said(err error) string { return templateLine().ReplaceAllString(err.Error(), "") }

func placeIn(file string, err error) diag.Position {
	p := diag.Position{File: file, Line: 1}
	if m := templateLine().FindStringSubmatch(err.Error()); m != nil {
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
	return fits(strings.TrimSuffix(b.String(), "\n"))
}

// quoteExpression prints an expression tree in single quotes, in which YAML has no escape
// but the doubled quote. The expression's own strings are in double quotes.
func quoteExpression(n expr.Node) (string, error) {
	text := expr.Print(n)
	if i := strings.IndexFunc(text, unicode.IsControl); i >= 0 {
		return "", fmt.Errorf("an expression holds the control character %U", []rune(text[i:])[0])
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'", nil
}

// variableForm is the form of a variable's name, as expressions hold it.
var variableForm = pattern.Of(`^(Flow|Task|Call)\.[A-Za-z][A-Za-z0-9_]*$`)

// quoteVariable writes the name of a variable into an expression.
func quoteVariable(s string) (string, error) {
	if !variableForm().MatchString(s) {
		return "", fmt.Errorf("%q is no name of a variable", s)
	}
	return s, nil
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
	if err := light(v); err != nil {
		return "", err
	}
	b := &bytes.Buffer{}
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", err
	}
	return fits(veiled.Replace(strings.TrimSuffix(b.String(), "\n")))
}

// veiled escapes in JSON what Velocity would read.
var veiled = strings.NewReplacer("$", `\u0024`, "#", `\u0023`)

// quoteRef writes a reference. It escapes the name; kind and field are words.
func quoteRef(kind, name, field string) (string, error) {
	for _, word := range []string{kind, field} {
		if !kindForm().MatchString(word) {
			return "", fmt.Errorf("%q is no word of a reference", word)
		}
	}
	return fits(genesys.Ref{Key: genesys.Key{Kind: genesys.Kind(kind), Name: name}, Field: field}.String())
}

// kindForm is the form of a type's name in YAML keys, such as stringCollection, and of the
// words of a reference.
var kindForm = pattern.Of(`^[a-z][A-Za-z]*$`)

func quoteKind(s string) (string, error) {
	if !kindForm().MatchString(s) {
		return "", fmt.Errorf("%q is no name of a type", s)
	}
	return s, nil
}

// fieldForm is what Genesys takes as a property of a contract, without the hyphen that
// Velocity 2 does not take.
var fieldForm = pattern.Of(`^[A-Za-z][A-Za-z0-9_]*$`)

// quoteTake writes the reference that takes a translation map's variable into a success
// template. The variable is JSON text already. Numbers come from HubSpot as strings; bare
// takes their quotes away, which makes a list of strings one of numbers.
func quoteTake(name string, bare bool) (string, error) {
	if !fieldForm().MatchString(name) {
		return "", fmt.Errorf("%q is no name of a variable", name)
	}
	if bare {
		return "${" + name + `.replace($esc.quote,"")}`, nil
	}
	return "${" + name + "}", nil
}

// quoteSame writes the members of a filter of HubSpot's that holds for an input, or for the
// inputs with 2 and 3 behind its name when they are there.
func quoteSame(name string) (string, error) {
	if !fieldForm().MatchString(name) {
		return "", fmt.Errorf("%q is no name of an input", name)
	}
	value := func(n string) string { return `"$esc.jsonString(${input.` + name + n + `})"` }
	return `#if("$!{input.` + name + `2}" != "")"operator":"IN","values":[` + value("") + `,` + value("2") +
		`#if("$!{input.` + name + `3}" != ""),` + value("3") + `#end]#else"operator":"EQ","value":` + value("") + `#end`, nil
}

// quoteDigits writes the members of a filter of HubSpot's that holds for the digits of an
// input that is a national number, without the country's code and with it, or of the inputs with 2
// and 3 behind their names when they are there. Which of the two HubSpot searches for a number
// that it holds for invalid, such as one from before a change of numbering, is not documented.
func quoteDigits(national, number string) (string, error) {
	if !fieldForm().MatchString(national) || !fieldForm().MatchString(number) {
		return "", fmt.Errorf("%q and %q are no names of inputs", national, number)
	}
	bare := func(n string) string { return `"$esc.jsonString(${input.` + national + n + `})"` }
	full := func(n string) string { return `"$esc.jsonString(${input.` + number + n + `.substring(1)})"` }
	more := func(n string) string {
		return `#if("$!{input.` + national + n + `}" != ""),` + bare(n) + `#end#if("$!{input.` + number + n + `}" != ""),` + full(n) + `#end`
	}
	return `"operator":"IN","values":[` + bare("") + `,` + full("") + more("2") + more("3") + `]`, nil
}

// quoteComment writes the words of a value into a comment. Only letters and digits are left,
// so that it does no harm outside of one.
func quoteComment(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return ' '
	}, s)
}

// quoteQuiet writes the reference to an input that gives "" when the input is absent.
// Genesys: the loud form of an absent input breaks the request.
func quoteQuiet(name string) (string, error) {
	if !fieldForm().MatchString(name) {
		return "", fmt.Errorf("%q is no name of an input", name)
	}
	return "$!{input." + name + "}", nil
}

// quoteEscaped writes the reference to an input inside a JSON string.
func quoteEscaped(name string) (string, error) {
	if !fieldForm().MatchString(name) {
		return "", fmt.Errorf("%q is no name of an input", name)
	}
	return "$esc.jsonString(${input." + name + "})", nil
}

// respelledForm is what the texts of a respelling are made of: what stands between digits.
var respelledForm = pattern.Of(`^[-+ ()./0]{1,6}$`)

// quoteRespelled is quoteEscaped of an input that methods of Java's String change one after the
// other: replace, or replaceFirst, each with the text that goes and the one that takes its place.
func quoteRespelled(name string, steps ...string) (string, error) {
	if !fieldForm().MatchString(name) {
		return "", fmt.Errorf("%q is no name of an input", name)
	}
	out := "$esc.jsonString(${input." + name
	for step := range slices.Chunk(steps, 3) {
		if len(step) < 3 || step[0] != "replace" && step[0] != "replaceFirst" || !respelledForm().MatchString(step[1]) || !respelledForm().MatchString(step[2]) {
			return "", fmt.Errorf("%q is no replacement", step)
		}
		out += fmt.Sprintf(".%s(%q, %q)", step[0], step[1], step[2])
	}
	return out + "})", nil
}
