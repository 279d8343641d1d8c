package dataaction

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/jsonpath"
	"github.com/dealroute/dealroute/pkg/source"
	"github.com/dealroute/dealroute/pkg/velocity"
)

// samples renders URL, headers and body with made-up inputs, with all of them, with the
// required ones alone and with some, and looks at what would be sent.
func (c *checker) samples() {
	if c.input == nil || c.d.IntegrationType == Functions || c.findings.Has(diag.Error) {
		return // there is nothing to send, or what is wrong was said, and most likely is why nothing comes out
	}
	p, err := Compile(c.d, Options{})
	if err != nil {
		return
	}
	s := &sampler{c: c, p: p, literals: c.compared()}
	if s.known() && !c.d.guessed(atURL) {
		s.address()
	}
	s.headers()
	if p.body != nil && !p.bodyRaw && !c.d.guessed(atBody) {
		s.body()
	}
}

// A sampler renders one action's request.
type sampler struct {
	c        *checker
	p        *Program
	literals []string            // texts that the templates compare inputs with
	taken    map[string][]string // names that the templates take of other variables
}

// known reports whether the address of the action's integration has a form that is known here.
func (s *sampler) known() bool {
	k := s.c.d.IntegrationType
	return k == WebServices || k == GenesysCloud || k == ""
}

// A variant is a choice of inputs.
type variant struct {
	which   string // in a sentence: with its inputs
	grave   bool   // what fails then is an error
	lacks   bool   // some input is missing
	without func(name string) bool
	set     map[string]jsonpath.Value
	texts   string // instead of the usual text, when not empty
}

// variants are the choices of inputs that may make a difference to a template.
func (s *sampler) variants(t *velocity.Template) []variant {
	root := s.p.input.root
	out := []variant{{which: "with its inputs", grave: true}}
	used := map[string]bool{} // in lower case: the engine may not ask for more
	for _, r := range t.References() {
		if strings.EqualFold(r.Root, "input") && len(r.Path) > 0 {
			used[strings.ToLower(r.Path[0])] = true
		}
	}
	var optional []string
	for _, m := range root.members {
		if used[strings.ToLower(m.name)] && !root.requires(m.name) {
			optional = append(optional, m.name)
		}
	}
	if len(optional) > 0 {
		out = append(out, variant{which: "without the optional inputs", grave: true, lacks: true, without: func(n string) bool { return !root.requires(n) }})
	}
	if len(optional) > 1 {
		for _, o := range optional[:min(most, len(optional))] {
			out = append(out,
				variant{which: fmt.Sprintf("without the optional input %q", o), lacks: true, without: func(n string) bool { return n == o }},
				variant{which: fmt.Sprintf("with %q alone of the optional inputs", o), lacks: true, without: func(n string) bool { return n != o && !root.requires(n) }})
		}
	}
	for _, m := range root.members {
		if !used[strings.ToLower(m.name)] {
			continue
		}
		if m.shape.scalar() == "boolean" {
			out = append(out, variant{which: fmt.Sprintf("when %q is false", m.name), set: map[string]jsonpath.Value{m.name: jsonpath.Bool(false)}})
		}
		for i := 1; i < min(most, len(m.shape.enum)); i++ {
			out = append(out, variant{which: fmt.Sprintf("when %q is %s", m.name, m.shape.enum[i]), set: map[string]jsonpath.Value{m.name: m.shape.enum[i]}})
		}
	}
	for _, l := range s.literals[:min(most, len(s.literals))] {
		out = append(out, variant{which: fmt.Sprintf("with the text %q", l), texts: l})
	}
	if len(s.p.def.Request.URLTemplate)+len(s.p.def.Request.Template) > longTemplate {
		return out[:min(2, len(out))]
	}
	return out[:min(mostVariants, len(out))]
}

// What a check tries is bounded; a long template is tried with few inputs.
const (
	mostVariants = 60
	longTemplate = 50_000 // bytes
)

var literal = pattern.Of(`(?:==|!=)\s*(?:"([^"$#]{1,40})"|'([^'$#]{1,40})')|\.equals(?:IgnoreCase)?\(\s*(?:"([^"$#]{1,40})"|'([^'$#]{1,40})')`)

// compared lists the texts that URL and body compare something with.
func (c *checker) compared() []string {
	var out []string
	for _, text := range []string{c.d.Request.URLTemplate, c.d.Request.Template} {
		for _, m := range literal().FindAllStringSubmatch(text, -1) {
			if l := strings.Join(m[1:], ""); !slices.Contains(out, l) {
				out = append(out, l)
			}
		}
	}
	return out
}

// with is a run with the inputs of a variant: a text is text, or what is given for its name.
func (s *sampler) with(v variant, text string, given map[string]string) *runner {
	root := s.p.input.root
	r := &runner{p: s.p, res: &Result{}, o: RunOptions{BaseURL: "https://api.example.com"}}
	input := map[string]any{}
	members := make([]jsonpath.Member, 0, len(root.members))
	for _, m := range root.members {
		if v.without != nil && v.without(m.name) {
			continue
		}
		value, ok := v.set[m.name]
		if !ok {
			value = sampleInput(m.shape, text, v.texts)
			if g, ok := given["input."+m.name]; ok && value.Kind() == jsonpath.String && v.texts == "" {
				value = jsonpath.Text(g)
			}
		}
		input[m.name] = value.ToAny()
		members = append(members, jsonpath.Member{Name: m.name, Value: value})
	}
	input["rawRequest"] = jsonpath.Map(members...).String()
	r.vars = map[string]any{"input": input, "credentials": s.anyOf("credentials", given), "authResponse": s.anyOf("authResponse", given)}
	return r
}

func sampleInput(s *shape, text, instead string) jsonpath.Value {
	switch {
	case len(s.enum) > 0:
		return s.enum[0]
	case s.scalar() == "boolean":
		return jsonpath.Bool(true)
	case s.scalar() == "integer":
		return jsonpath.Digits("1")
	case s.scalar() == "number":
		return jsonpath.Digits("1.5")
	case instead != "":
		return jsonpath.Text(instead)
	}
	return jsonpath.Text(text)
}

// anyOf has a text for whatever the templates take of a variable.
func (s *sampler) anyOf(root string, given map[string]string) map[string]any {
	if s.taken == nil {
		s.taken = map[string][]string{}
		for _, t := range s.templates() {
			for _, r := range t.References() {
				if len(r.Path) > 0 && r.Root != "input" {
					s.taken[r.Root] = append(s.taken[r.Root], r.Path[0])
				}
			}
		}
	}
	out := map[string]any{}
	for _, name := range s.taken[root] {
		out[name] = "sample"
		if g, ok := given[root+"."+name]; ok {
			out[name] = g
		}
	}
	return out
}

func (s *sampler) templates() []*velocity.Template {
	out := []*velocity.Template{s.p.url}
	if s.p.body != nil {
		out = append(out, s.p.body)
	}
	for _, h := range s.p.headers {
		out = append(out, h.value)
	}
	return out
}

// texts are what a text may be: a template that cuts it up wants it to be long, or a date, or
// a number.
var texts = []string{"sample", "443", "15135550142", "2026-11-30T10:00:00.000Z", "sip:name-first.last@www.example.com:5061/a/b/c?d=e&f=g;h,i|j k_l", "example.com", "https://example.com/"}

// rendered renders with one text after the other until something comes out, and gives what
// went wrong with the first.
func (s *sampler) rendered(v variant, given map[string]string, what func(*runner) *Error) *Error {
	var first *Error
	for _, text := range texts {
		e := what(s.with(v, text, given))
		if e == nil {
			return nil
		}
		if first == nil {
			first = e
		}
		if v.texts != "" {
			break
		}
	}
	return first
}

var atLine = pattern.Of(` at [^ ]+\[line (\d+), column (\d+)\]`)

// place moves the place that the engine names from the message of a finding to its position.
func (c *checker) place(f *diag.Finding, pointer string) {
	m := atLine().FindStringSubmatch(f.Message)
	if m == nil {
		return
	}
	line, _ := strconv.Atoi(m[1])
	column, _ := strconv.Atoi(m[2])
	f.Message, f.Position = strings.Replace(f.Message, m[0], "", 1), c.within(pointer, line, column)
}

// fails reports a template that cannot be rendered, unless it was said of the missing input.
func (s *sampler) fails(v variant, pointer string, e *Error) bool {
	if v.texts != "" || v.set != nil || v.lacks && slices.ContainsFunc(s.c.findings, func(f diag.Finding) bool { return f.Code == velocity.CodeMissingQuiet && f.Path == pointer }) {
		return false
	}
	f := s.c.add(codeFails, pointer, "", "%s the template fails: %s", v.which, e.ofEngine())
	s.c.place(f, pointer)
	if v.lacks {
		f.Severity = diag.Warning
		if len(s.c.input.root.required) == 0 {
			f.Severity = diag.Info
		}
	}
	return true
}

// ofEngine is what the engine said, of a failure of a template, without Genesys' words around it.
func (e *Error) ofEngine() string {
	_, after, ok := strings.Cut(e.UserMessage, "due to error: ")
	if !ok {
		return e.UserMessage
	}
	message, _, _ := strings.Cut(after, ". The template used was")
	return message
}

// undocumented reports whether a template uses what is neither checked nor run here.
func (s *sampler) undocumented(pointer string) bool {
	return slices.ContainsFunc(s.c.findings, func(f diag.Finding) bool { return f.Code == velocity.CodeUnknownMethod && f.Path == pointer })
}

const refused = " cannot be used: "

func (s *sampler) address() {
	if s.undocumented(atURL) {
		return
	}
	given := map[string]string{}
	for _, r := range s.p.url.References() {
		if r.Start && len(r.Path) > 0 {
			given[r.Root+"."+r.Path[0]] = "https://example.com" // the caller gives the address
		}
	}
	sent := ""
	for _, v := range s.variants(s.p.url) {
		e := s.rendered(v, given, func(r *runner) *Error {
			u, e := r.url()
			if e == nil && sent == "" {
				sent = u
			}
			return e
		})
		if e == nil {
			continue
		}
		_, why, ok := strings.Cut(e.UserMessage, refused)
		why = strings.TrimSuffix(why, ".")
		switch {
		case !ok:
			s.fails(v, atURL, e)
		case v.grave && !v.lacks:
			s.refuse(why)
		case v.lacks:
			f := s.c.add(codeAddress, atURL, "", "%s the request cannot be sent: %s", v.which, why)
			f.Severity = diag.Warning
			if len(s.c.input.root.required) == 0 {
				f.Severity = diag.Info
			}
		default:
			continue
		}
		return
	}
	s.c.sent(sent)
}

// refuse says why no request can be sent, in the words of a placeholder when there is one.
func (s *sampler) refuse(why string) {
	for i := range s.c.findings {
		if f := &s.c.findings[i]; f.Code == codePlaceholder && f.Path == atURL {
			f.Severity = diag.Error
			f.Message += ", and no request can be sent"
			return
		}
	}
	hint := ""
	if m := braces().FindStringSubmatch(" " + s.p.def.Request.URLTemplate); m != nil {
		hint = "write ${input." + m[1] + "} for an input"
	}
	s.c.add(codeAddress, atURL, hint, "the request can never be sent, whatever the inputs are: %s", why)
}

var braces = pattern.Of(`[^$!{]\{([A-Za-z_]\w*)\}`)

// sent looks at an address that can be sent to.
func (c *checker) sent(text string) {
	u, err := url.Parse(text)
	if err != nil || text == "" {
		return
	}
	if u.Fragment != "" {
		c.add(codeAddress, atURL, "write %23 for a # that belongs to the address", "what follows the # is not sent: %s", "#"+u.EscapedFragment()).Severity = diag.Warning
	}
	if searchesHubSpot(text) && c.d.Request.Type != "POST" {
		c.add(codeMethod, atType, "write POST", "HubSpot takes a search with POST only")
	}
	host := u.Hostname()
	ip, err := netip.ParseAddr(host)
	if host == "localhost" || strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".internal") || err == nil && (ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast()) {
		c.add(codeAddress, atURL, "name a public endpoint", "Genesys calls public endpoints; %s is none", host).Severity = diag.Warning
	}
}

var headerName = pattern.Of("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

func (s *sampler) headers() {
	for _, h := range s.p.headers {
		at := atHeaders + "/" + source.EscapePointer(h.name)
		if !headerName().MatchString(h.name) {
			s.c.add(codeHeader, at, "a name has letters, digits and -", "%q is no name of a header", h.name)
		}
		if s.undocumented(at) || s.c.d.guessed(at) {
			continue
		}
		for _, v := range s.variants(h.value)[:1] {
			e := s.rendered(v, nil, func(r *runner) *Error {
				text, err := r.render(h.value, r.vars, at)
				if err != nil {
					return rendered(h.name, h.value.Text(), err)
				}
				if strings.ContainsFunc(text, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
					return newError("", 0, "", "", "line break")
				}
				return nil
			})
			if e != nil && e.UserMessage == "line break" {
				s.c.add(codeHeader, at, "", "the value of header %q has a line break or another control character", h.name)
			} else if e != nil {
				s.fails(v, at, e)
			}
		}
	}
}

// partsOfJSON are what an input may hold that is inserted without quotes around it.
var partsOfJSON = []string{"sample", "1", "{}", "[]", `"sample"`, "true", `"a":1`, `"a":1,`, `,"a":1`, "1,", ",1", `{"a":1},`, ""}

func (s *sampler) body() {
	if s.undocumented(atBody) {
		return
	}
	raw := s.inserted()
	asJSON, failed := s.c.sendsJSON(), false
	for i, v := range s.variants(s.p.body) {
		parts := []string{"sample"}
		if len(raw) > 0 {
			parts = partsOfJSON
		}
		var body string
		var doc jsonpath.Value
		var bad error
		for _, part := range parts {
			given := map[string]string{}
			for _, name := range raw {
				given[name] = part
			}
			e := s.rendered(v, given, func(r *runner) *Error {
				out, e := r.body()
				body = string(out)
				return e
			})
			if e != nil {
				if i == 0 || v.lacks {
					failed = s.fails(v, atBody, e) || failed
				}
				bad = nil
				body = ""
				break
			}
			if doc, bad = jsonpath.Decode([]byte(body)); bad == nil || strings.TrimSpace(body) == "" {
				break
			}
		}
		if failed {
			return
		}
		if strings.TrimSpace(body) == "" {
			continue
		}
		if !asJSON {
			s.form(body)
			return
		}
		if bad == nil {
			if i == 0 && len(raw) == 0 {
				s.c.twice(body)
			}
			s.search(v, doc)
			continue
		}
		if len(raw) > 1 {
			continue // nobody can say what the texts hold
		}
		s.noJSON(v, body, bad)
		return
	}
}

// inserted lists the texts that the body inserts as they are, outside quotes: they may hold
// JSON. What a template sets a variable of its own to may end there, too.
func (s *sampler) inserted() []string {
	var out []string
	sets := strings.Contains(s.p.body.Text(), "#set") || strings.Contains(s.p.body.Text(), "#foreach")
	for _, r := range s.p.body.References() {
		if len(r.Path) == 0 || r.Escape != velocity.NotEscaped && !sets || r.InString && !r.Condition || r.Condition && !sets {
			continue
		}
		if r.Root == "input" && (r.Path[0] == "rawRequest" || !s.p.input.text(r.Path[0])) {
			continue
		}
		if name := r.Root + "." + r.Path[0]; !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

func (s *sampler) noJSON(v variant, body string, bad error) {
	why, at := cause(bad.Error(), body)
	f := s.c.add(codeNoJSONBody, atBody, advice(body, at, why), "%s the body is no JSON: %s near %s", v.which, why, excerpt(body, at))
	if i := placeOf(s.p.body.Text(), body, at); i >= 0 {
		f.Position = s.c.inside(atBody, i)
		text := s.p.body.Text()
		m := quietInput().FindStringSubmatch(text[i:])
		if m == nil {
			m = quietBefore().FindStringSubmatch(text[:i])
		}
		if m != nil && f.Hint == nothingThere("x") {
			f.Hint = nothingThere(m[1])
		}
	}
	if f.Hint == nothingThere("x") {
		f.Hint = "a value is missing there"
	}
	begins := strings.TrimSpace(body)[0]
	if !s.c.saysJSON() && begins != '{' && begins != '[' {
		f.Severity, f.Hint = diag.Warning, "say in a header Content-Type what it is"
	} else if !v.grave {
		f.Severity = diag.Warning
	}
}

var offset = pattern.Of(`at offset (\d+)`)

// cause is why a text is no JSON, and the byte where reading stopped.
func cause(message, text string) (why string, at int) {
	_, why, ok := strings.Cut(message, "no JSON: ")
	if !ok {
		why = message
	}
	at = len(text)
	if m := offset().FindStringSubmatch(why); m != nil {
		at, _ = strconv.Atoi(m[1])
	}
	return strings.TrimSuffix(offset().ReplaceAllString(why, ""), " "), min(at, len(text))
}

// advice is what to do about a text that is no JSON, "" where nothing is plain.
func advice(text string, at int, why string) string {
	before := strings.TrimRight(text[:at], " \t\r\n")
	var last, next byte
	if before != "" {
		last = before[len(before)-1]
	}
	if at < len(text) {
		next = text[at]
	}
	closes := next == '}' || next == ']'
	switch {
	case strings.Contains(why, "control character"):
		return `write \n for a line break inside a text, and $esc.jsonString around an input`
	case at >= len(text):
		return "a quote, a brace or a bracket is not closed"
	case last == ',' && (closes || next == ','):
		return "delete the comma before it"
	case last == ':' && (closes || next == ','):
		return nothingThere("x")
	case strings.Contains(why, "text after"):
		return "delete what follows the JSON"
	case next == '\'':
		return "JSON has double quotes only"
	case next == '/':
		return "JSON has no comments; those of the template begin with ##"
	case (next == '"' || next == '{' || next == '[') && last != ',' && last != ':' && last != '{' && last != '[':
		return "a comma is missing before it"
	case last == ':' && (next >= 'a' && next <= 'z' || next >= 'A' && next <= 'Z'):
		return "put the text into quotes"
	case (last == '{' || last == ',') && next != '"':
		return "put the name into quotes"
	}
	return ""
}

func nothingThere(input string) string {
	return `write #if("$!{input.` + input + `}" != "")${input.` + input + `}#{else}null#end, or put the member and its comma into an #if: an input leaves nothing there`
}

var (
	quietInput  = pattern.Of(`^\$!\{?input\.([A-Za-z][A-Za-z0-9_-]*)`)
	quietBefore = pattern.Of(`\$!\{?input\.([A-Za-z][A-Za-z0-9_-]*)\}?\s*$`)
)

// placeOf finds the byte of a template that gave a byte of what was rendered: where the text
// around it stands once in the template. It is -1 where nothing tells.
func placeOf(template, text string, at int) int {
	for n := 24; n >= 2; n-- {
		if at+n <= len(text) && strings.Count(template, text[at:at+n]) == 1 {
			return strings.Index(template, text[at:at+n])
		}
		if at >= n && strings.Count(template, text[at-n:at]) == 1 {
			return strings.Index(template, text[at-n:at]) + n
		}
	}
	return -1
}

// form looks at a body that is sent as something else than JSON.
func (s *sampler) form(body string) {
	if doc, err := jsonpath.Decode([]byte(body)); err == nil && doc.Kind() == jsonpath.Object {
		if s.c.sends("urlencoded") {
			s.c.add(codeNoJSONBody, atBody, "write k=v&k=v, or Content-Type: application/json", "the body is JSON, and the header Content-Type says that it is a form").Severity = diag.Warning
		}
	}
}

// excerpt is what stands around a place of a rendered text, on one line.
func excerpt(s string, at int) string {
	const around = 40
	at = min(at, len(s))
	from, to := max(at-around, 0), min(at+around/2, len(s))
	out := strings.Join(strings.Fields(strings.ToValidUTF8(s[from:to], "")), " ")
	if from > 0 {
		out = "…" + out
	}
	if to < len(s) {
		out += "…"
	}
	return out
}

// twice finds a member that stands twice in one object of a JSON text; the last one counts.
func (c *checker) twice(text string) {
	dec := json.NewDecoder(strings.NewReader(text))
	var objects []map[string]bool // nil for a list
	name := false                 // a name comes next
	for {
		tok, err := dec.Token()
		if err != nil {
			return
		}
		top := len(objects) - 1
		switch tok := tok.(type) {
		case json.Delim:
			switch tok {
			case '{':
				objects, name = append(objects, map[string]bool{}), true
				continue
			case '[':
				objects, name = append(objects, nil), false
				continue
			}
			objects = objects[:top]
			name = top > 0 && objects[top-1] != nil
			continue
		case string:
			if name {
				if objects[top][tok] {
					c.add(codeTwice, atBody, "delete one", "%q stands twice in one object of the body; the last one counts", tok)
					return
				}
				objects[top][tok], name = true, false
				continue
			}
		}
		name = top >= 0 && objects[top] != nil
	}
}

// text reports whether an input is a text, as far as the contract says.
func (s *schema) text(input string) bool {
	i, ok := s.root.index[input]
	if !ok {
		return input == "rawRequest"
	}
	return s.root.members[i].shape.text()
}
