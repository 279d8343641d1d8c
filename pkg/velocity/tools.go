package velocity

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"
)

// A Tool is an object that a template calls methods of: $esc.url($input.x). Arguments are
// values as the package has them; ErrNoMethod says that there is no such method. A property
// $tool.name asks for the method getName.
type Tool interface {
	Call(method string, args []any) (any, error)
}

// purpose is what a tool's method does to its argument, for Check.
type purpose uint8

const (
	other     purpose = iota
	forJSON           // safe inside a JSON string
	forURL            // safe as part of a URL
	forBase64         // safe in both
)

type toolMethod struct {
	name, args, note string
	use              purpose
	call             func(a []any) (any, error)
}

// tool is a Tool with tables.
type tool struct {
	name       string
	methods    []toolMethod
	properties [][2]string
	raw        bool // takes arguments as they are, not their texts
}

// builtins are the tools by name. The facts: Genesys lists these "macros" in the help page on
// velocity macros; what a page does not show of a signature is refused here, not guessed.
var builtins = index2(escTool(), encodingTool(), successTool(), urlTool(), salesforceTool(), msdynamicsTool(), mathTool())

func index2(ts ...*tool) map[string]*tool {
	out := make(map[string]*tool, len(ts))
	for _, t := range ts {
		out[t.name] = t
	}
	return out
}

func (t *tool) Call(name string, args []any) (any, error) {
	for i := range t.methods {
		if m := &t.methods[i]; m.name == name {
			return m.call(args)
		}
	}
	if len(args) == 0 && len(name) > 3 && strings.HasPrefix(name, "get") {
		if v, ok := t.property(name[3:]); ok {
			return v, nil
		}
	}
	return nil, ErrNoMethod
}

// callTool calls a tool; our own take texts made of their arguments.
func callTool(t Tool, r *run, s *step, args []any) (any, error) {
	own, ok := t.(*tool)
	if !ok {
		return t.Call(s.name, slices.Clone(args))
	}
	for i, a := range args {
		if own.raw {
			break
		}
		switch a.(type) {
		case nil, string:
			continue
		}
		if i > 0 {
			break // only the first argument is taken as an object
		}
		text, err := r.text(s.pos, a)
		if err != nil {
			return nil, err
		}
		args[i] = text
	}
	if s.method != nil && s.tool == own {
		return s.method.call(args)
	}
	return t.Call(s.name, args)
}

func (t *tool) property(name string) (any, bool) {
	if t.raw && strings.EqualFold(name, "random") {
		return middle, true
	}
	for _, p := range t.properties {
		if p[0] == name || strings.EqualFold(p[0][:1], name[:1]) && p[0][1:] == name[1:] {
			return p[1], true
		}
	}
	return nil, false
}

// names lists what a tool has, for suggestions.
func (t *tool) names() []string {
	var out []string
	for _, m := range t.methods {
		out = append(out, m.name)
	}
	for _, p := range t.properties {
		out = append(out, p[0])
	}
	return out
}

func (t *tool) method(name string) *toolMethod {
	i := slices.IndexFunc(t.methods, func(m toolMethod) bool { return m.name == name })
	if i < 0 {
		return nil
	}
	return &t.methods[i]
}

// escape makes a method that escapes one text; null stays null.
func escape(f func(string) string) func([]any) (any, error) {
	return func(a []any) (any, error) {
		if len(a) != 1 {
			return nil, ErrNoMethod
		}
		s, ok := a[0].(string)
		if !ok {
			return nil, nil
		}
		if out := f(s); out != s {
			return out, nil
		}
		return a[0], nil
	}
}

// undocumented refuses a method whose arguments nothing published shows.
func undocumented(instead string) func([]any) (any, error) {
	return func([]any) (any, error) {
		return nil, errors.New("its arguments are undocumented, so it is refused; " + instead)
	}
}

func escTool() *tool {
	return &tool{
		name: "esc",
		methods: []toolMethod{
			{"jsonString", "(value)", "content of a JSON string, without quotes", forJSON, escape(escapeJSON)},
			{"jsonEncode", "(value)", "the same under its newer name", forJSON, escape(escapeJSON)},
			{"jsonDecode", "(value)", "the reverse", other, func(a []any) (any, error) {
				if len(a) != 1 {
					return nil, ErrNoMethod
				}
				s, ok := a[0].(string)
				if !ok {
					return nil, nil
				}
				return unescapeJSON(s)
			}},
			{"url", "(value)", "form encoding: a blank becomes +", forURL, escape(escapeForm)},
			{"urlFormEncode", "(value)", "the same", forURL, escape(escapeForm)},
			{"uriEncode", "(value)", "percent encoding of all but letters, digits and -._~ (exact set undocumented)", forURL, escape(escapeURI)},
			{"xml", "(value)", "", other, escape(escapeXML)},
			{"html", "(value)", "", other, escape(escapeHTML)},
			{"java", "(value)", "", forJSON, escape(func(s string) string { return escapeJava(s, false) })},
			{"javascript", "(value)", "", other, escape(func(s string) string { return escapeJava(s, true) })},
			{"sql", "(value)", "doubles single quotes", other, escape(func(s string) string { return strings.ReplaceAll(s, "'", "''") })},
			{"velocity", "(value)", "", other, escape(func(s string) string {
				return strings.NewReplacer("$", "${esc.d}", "#", "${esc.h}").Replace(s)
			})},
			{"propertyKey", "(value)", "", other, escape(func(s string) string { return escapeProperty(s, true) })},
			{"propertyValue", "(value)", "", other, escape(func(s string) string { return escapeProperty(s, false) })},
			{"unicode", "(hexadecimal code)", "the character", other, unicodeOf},
		},
		properties: [][2]string{
			{"dollar", "$"}, {"d", "$"}, {"hash", "#"}, {"h", "#"}, {"backslash", `\`}, {"b", `\`},
			{"quote", `"`}, {"q", `"`}, {"singleQuote", "'"}, {"s", "'"}, {"newline", "\n"}, {"n", "\n"},
			{"exclamation", "!"}, {"e", "!"}, {"key", "esc"},
		},
	}
}

func encodingTool() *tool {
	return &tool{name: "encoding", methods: []toolMethod{
		{"base64", "(value)", "of its UTF-8 bytes", forBase64, escape(func(s string) string {
			return base64.StdEncoding.EncodeToString([]byte(s))
		})},
	}}
}

func successTool() *tool {
	return &tool{name: "successTemplateUtils", methods: []toolMethod{
		{"firstFromArray", "(JSON array), (JSON array, default)", "first element as JSON text; the default is inserted as it is", other, firstFromArray},
		{"moveKeysIntoArrayOfObjects", "(undocumented)", "refused", other, undocumented("build the objects in the translation map")},
	}}
}

func urlTool() *tool {
	return &tool{name: "urlTool", methods: []toolMethod{
		{"optionalQueryParam", "(undocumented)", "refused", forURL, undocumented(`use #if("$!{input.x}" != "")&x=$esc.url($input.x)#end`)},
	}}
}

func salesforceTool() *tool {
	return &tool{name: "salesforce", methods: []toolMethod{
		{"escReserved", "(value)", "a backslash before each character that Salesforce's search reserves", other, escape(func(s string) string {
			var b strings.Builder
			for _, c := range s {
				if strings.ContainsRune(`?&|!{}[]()^~*:\"'+-`, c) {
					b.WriteByte('\\')
				}
				b.WriteRune(c)
			}
			return b.String()
		})},
	}}
}

func msdynamicsTool() *tool {
	return &tool{name: "msdynamics", methods: []toolMethod{
		{"phoneNumberFilter", "(undocumented)", "refused", other, undocumented("write the filter out")},
	}}
}
