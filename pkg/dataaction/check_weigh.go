package dataaction

import (
	"slices"
	"strings"
	"unicode"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/jsonpath"
	"github.com/dealroute/dealroute/pkg/velocity"
)

// asks collects the inputs of which some template says that they may be missing.
func (c *checker) asks() {
	c.asked = map[string]bool{}
	texts := []string{c.d.Request.URLTemplate, c.d.Request.Template}
	for _, n := range sortedKeys(c.d.Request.Headers) {
		texts = append(texts, c.d.Request.Headers[n])
	}
	for _, text := range texts {
		t, err := velocity.Parse("", text)
		if err != nil {
			continue
		}
		for _, r := range t.References() {
			if r.Root == "input" && len(r.Path) > 0 && (r.Quiet || r.Guarded) {
				c.asked[r.Path[0]] = true
			}
		}
	}
}

// weigh sets how grave a finding of a template is, and reports whether it is one at all. A
// warning is what is likely: most published actions require no input although each is always
// given, and escape no id, which needs none.
func (c *checker) weigh(f *diag.Finding, r velocity.Reference, t *velocity.Template) bool {
	name := ""
	if len(r.Path) > 0 {
		name = r.Path[0]
	}
	switch f.Code {
	case velocity.CodeMissingQuiet:
		if len(c.input.root.required) == 0 && !c.asked[name] {
			f.Severity = diag.Info // whoever wrote the contract did not say what is optional
		}
	case velocity.CodeUnescapedJSON:
		switch {
		case !r.InString && !named(name, jsonWords) && isMember(t.Text(), r.Text): // a text that is no JSON breaks the body, each time
			f.Severity = diag.Warning
			f.Hint = `write "$esc.jsonString(${input.` + name + `})", with the quotes, unless what comes is JSON`
		case !r.InString || !prose(name):
			f.Severity = diag.Info
		}
	case velocity.CodeUnescapedURL:
		if !prose(name) && !spaced(name) && !(r.Query && dialled(name)) {
			f.Severity = diag.Info
		}
	case velocity.CodeUnknownVariable:
		if strings.HasPrefix(r.Text, "${") && strings.Contains(t.Text(), "$"+r.Text) && t.Text() != c.d.Response.SuccessTemplate {
			return false // a placeholder of another tool, which is said
		}
		if slices.Contains(queryOptions, r.Root) && t.Text() == c.d.Request.URLTemplate {
			f.Hint = "write ${esc.dollar}" + r.Root + " for the text $" + r.Root
		}
	case velocity.CodeDoubleQuotes:
		switch {
		case r.Escape == velocity.EscapedJSON, strings.Contains(r.Text, "("):
			return false // its quotes become part of a text, or a method takes them away
		case !c.text(r.Root):
			if c.bare(r.Root) {
				return false // a number or true in quotes is a text
			}
			f.Severity = diag.Warning
			f.Message += " when it is a text"
		}
	}
	return true
}

// isMember reports whether a reference stands where the value of a JSON member stands, whole: what
// stands elsewhere may bring a comma or a brace of its own.
func isMember(template, reference string) bool {
	for {
		before, after, ok := strings.Cut(template, reference)
		if !ok {
			return false
		}
		rest := strings.TrimLeft(after, " \t\r\n")
		if strings.HasSuffix(strings.TrimRight(before, " \t\r\n"), ":") && rest != "" && strings.ContainsRune(",}]", rune(rest[0])) {
			return true
		}
		template = after
	}
}

// queryOptions are OData's, which begin with a dollar.
var queryOptions = []string{"select", "filter", "expand", "orderby", "top", "skip", "count", "search"}

// text reports whether a mapped value is known to be a text, by its default.
func (c *checker) text(name string) bool {
	v, err := jsonpath.Decode([]byte(c.d.Response.Defaults[name]))
	return err == nil && v.Kind() == jsonpath.String
}

// bare reports whether a mapped value is known to be a number, true or false.
func (c *checker) bare(name string) bool {
	v, err := jsonpath.Decode([]byte(c.d.Response.Defaults[name]))
	if err != nil {
		return false
	}
	k := v.Kind()
	return k == jsonpath.Number || k == jsonpath.True || k == jsonpath.False
}

// structured reports whether a mapped value is known to be a list or an object.
func (c *checker) structured(name string) bool {
	if v, err := jsonpath.Decode([]byte(c.d.Response.Defaults[name])); err == nil && (v.Kind() == jsonpath.Array || v.Kind() == jsonpath.Object) {
		return true
	}
	p, err := jsonpath.Parse(c.d.Response.TranslationMap[name])
	return err == nil && c.d.Response.TranslationMap[name] != "" && !p.Definite()
}

var (
	proseWords  = strings.Fields("message messages msg text body note notes comment comments description desc subject summary reason transcript content contents question utterance feedback remark remarks prompt greeting announcement memo details sms longtext freetext html")
	jsonWords   = strings.Fields("json data attributes attribute payload object objects body list array items elements entries records rows values params parameters properties props metadata meta map context config settings options custom raw request filter filters criteria conditions predicate query variables schema structure content ids")
	spacedWords = strings.Fields("name names firstname lastname fullname surname address street city title label query search term terms keyword keywords company topic")
	phoneWords  = strings.Fields("phone phonenumber telephone tel mobile cell ani dnis msisdn e164 whatsapp callernumber callbacknumber")
	keyWords    = strings.Fields("id ids key guid uuid code type status count number no index date time language lang format url uri email flag at by")
)

// prose, spaced and dialled tell by the name of an input what its values are like: sentences,
// with quotes and line breaks; several words; a phone number, with a plus.
func prose(name string) bool  { return named(name, proseWords) }
func spaced(name string) bool { return named(name, spacedWords) }
func dialled(name string) bool {
	w := words(name)
	return name == "number" || slices.ContainsFunc(w, func(w string) bool { return slices.Contains(phoneWords, w) })
}

func named(name string, list []string) bool {
	w := words(name)
	return len(w) > 0 && !slices.Contains(keyWords, w[len(w)-1]) && slices.ContainsFunc(w, func(w string) bool { return slices.Contains(list, w) })
}

// words are those of a name, in lower case: messageText, MESSAGE_TEXT and message-text have two.
func words(name string) []string {
	var b strings.Builder
	lower := false
	for _, c := range name {
		if unicode.IsUpper(c) && lower {
			b.WriteByte(' ')
		}
		lower = unicode.IsLower(c) || unicode.IsDigit(c)
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			c = ' '
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return strings.Fields(b.String())
}
