package world

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/source"
)

// maxFile bounds a world file; a larger one is refused before it is read.
const maxFile = 4 << 20

// A Document is a world file with the places of what it says.
type Document struct {
	*File
	text source.Text
	root *yaml.Node
}

// Decode is Read for those who ask no places later.
func Decode(file string, data []byte) (*File, diag.Findings) {
	d, found := Read(file, data)
	if d == nil {
		return nil, found
	}
	return d.File, found
}

// Read reads a world file. It is strict: an unknown key, a key given twice, a value
// of the wrong kind, an alias are findings with their place and, where a known name is
// near, a hint. All findings come at once; the document is nil when there is an error.
func Read(file string, data []byte) (*Document, diag.Findings) {
	r := &reader{src: source.New(file, data)}
	doc, faults := r.src.YAML(source.Limits{Bytes: maxFile})
	for _, f := range faults {
		switch f.Kind {
		case source.Large:
			f.Message = fmt.Sprintf("world file has %d bytes, more than %d", len(data), maxFile)
		case source.Empty:
			f.Message = "world file is empty"
		}
		r.found = append(r.found, f.Finding(""))
	}
	d := &Document{File: &File{}, text: r.src}
	if doc != nil {
		d.root = doc.Content[0]
		r.root(d.root, d.File)
	}
	if r.found.Has(diag.Error) {
		return nil, r.found
	}
	return d, r.found
}

// Inside reads a world that stands within another text, at a node that source.Text.YAML gave, as
// Read does a file.
func Inside(text source.Text, n *yaml.Node) (*Document, diag.Findings) {
	r := &reader{src: text}
	d := &Document{File: &File{}, text: text, root: n}
	r.root(n, d.File)
	if r.found.Has(diag.Error) {
		return nil, r.found
	}
	return d, r.found
}

type reader struct {
	src   source.Text
	found diag.Findings
}

func (r *reader) fail(n *yaml.Node, format string, args ...any) {
	r.hint(n, "", format, args...)
}

func (r *reader) hint(n *yaml.Node, hint, format string, args ...any) {
	r.found = append(r.found, diag.Finding{Severity: diag.Error, Message: fmt.Sprintf(format, args...), Hint: hint, Position: r.src.At(n)})
}

// each walks a mapping whose keys are names, reporting what is not one and what comes twice.
func (r *reader) each(n *yaml.Node, what string, do func(key, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		r.fail(n, "%s is not a mapping", what)
		return
	}
	for p := range source.Pairs(n) {
		switch k, v := p.Key, p.Value; {
		case k.Kind != yaml.ScalarNode:
			r.fail(k, "%s has a key that is no name", what)
		case p.First != nil:
			r.fail(k, "%q stands twice in %s", k.Value, what)
		case v.Kind == yaml.AliasNode || v.Anchor != "" || k.Anchor != "":
			r.fail(v, "world files take no anchors and aliases")
		default:
			do(k, v)
		}
	}
}

// fields walks a mapping with a fixed set of keys.
func (r *reader) fields(n *yaml.Node, what string, known map[string]func(*yaml.Node)) {
	r.each(n, what, func(k, v *yaml.Node) {
		if f := known[k.Value]; f != nil {
			f(v)
			return
		}
		r.unknown(k, what, slices.Sorted(maps.Keys(known)))
	})
}

func (r *reader) unknown(n *yaml.Node, what string, known []string) {
	hint := diag.DidYouMean(n.Value, known)
	if hint == "" {
		hint = "known here: " + strings.Join(known, ", ")
	}
	r.hint(n, hint, "unknown key %q in %s", n.Value, what)
}

func (r *reader) text(what string, to *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" {
			r.fail(n, "%s is not a text", what)
			return
		}
		*to = n.Value
	}
}

func (r *reader) millis(what string, to *time.Duration) func(*yaml.Node) {
	return func(n *yaml.Node) {
		ms, err := strconv.ParseInt(n.Value, 10, 64)
		if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" || err != nil || ms < 0 || ms > int64(24*time.Hour/time.Millisecond) {
			r.hint(n, "milliseconds, at most a day", "%s is not a whole number from 0", what)
			return
		}
		*to = time.Duration(ms) * time.Millisecond
	}
}

// word reads one of the given words.
func (r *reader) word(n *yaml.Node, what string, words ...string) string {
	if n.Kind == yaml.ScalarNode && slices.Contains(words, n.Value) {
		return n.Value
	}
	hint := "one of " + strings.Join(words, ", ")
	if near := diag.DidYouMean(n.Value, words); near != "" {
		hint = near
	}
	if n.Kind != yaml.ScalarNode {
		r.hint(n, hint, "%s is not a word", what)
	} else {
		r.hint(n, hint, "%s cannot be %q", what, n.Value)
	}
	return ""
}

func (r *reader) root(n *yaml.Node, s *File) {
	known := map[string]func(*yaml.Node){
		"call":        func(n *yaml.Node) { r.call(n, &s.Call) },
		"dataActions": func(n *yaml.Node) { s.DataActions = r.replies(n, "dataActions", "success", "failure", "timeout") },
		"tables":      func(n *yaml.Node) { s.Tables = r.tables(n) },
		"schedules":   func(n *yaml.Node) { s.Schedules = r.words(n, "schedules", "active", "inactive") },
		"scheduleGroups": func(n *yaml.Node) {
			s.ScheduleGroups = r.words(n, "scheduleGroups", "open", "closed", "holiday", "emergency")
		},
		"emergencyGroups": func(n *yaml.Node) { s.EmergencyGroups = r.words(n, "emergencyGroups", "on", "off") },
		"digits":          func(n *yaml.Node) { s.Digits = r.digits(n) },
		"transfers":       func(n *yaml.Node) { s.Transfers = r.replies(n, "transfers", "success", "failure") },
		"branches":        func(n *yaml.Node) { s.Branches = r.replies(n, "branches") },
	}
	for _, section := range objectSections {
		known[section] = func(n *yaml.Node) {
			if s.Objects == nil {
				s.Objects = map[string]map[string]string{}
			}
			if m := r.words(n, section, "exists", "missing"); len(m) > 0 {
				s.Objects[section] = m
			}
		}
	}
	r.fields(n, "the world file", known)
}

func (r *reader) call(n *yaml.Node, c *Call) {
	r.fields(n, "call", map[string]func(*yaml.Node){
		"ani":            r.text("ani", &c.ANI),
		"dnis":           r.text("dnis", &c.DNIS),
		"conversationId": r.text("conversationId", &c.ConversationID),
		"remoteName":     r.text("remoteName", &c.RemoteName),
		"language":       r.text("language", &c.Language),
		"invocationData": r.text("invocationData", &c.InvocationData),
		"answerAfterMs":  r.millis("answerAfterMs", &c.AnswerAfter),
		"variables":      func(n *yaml.Node) { c.Variables = r.builtins(n) },
		"at": func(n *yaml.Node) {
			t, err := time.Parse(time.RFC3339, n.Value)
			if n.Kind != yaml.ScalarNode || err != nil || t.Year() < FirstYear || t.Year() > LastYear {
				r.hint(n, "such as 2026-11-23T09:00:00Z", "at is not a time")
				return
			}
			c.At = t.UTC()
		},
		"data": func(n *yaml.Node) {
			c.Data = map[string]string{}
			r.each(n, "data", func(k, v *yaml.Node) {
				var s string
				r.text("data "+strconv.Quote(k.Value), &s)(v)
				c.Data[k.Value] = s
			})
		},
	})
}

// builtins reads values of built-in variables that the call has no key for.
func (r *reader) builtins(n *yaml.Node) []Field {
	known := interp.Builtins()
	var out []Field
	r.each(n, "variables", func(k, v *yaml.Node) {
		f := Field{Name: k.Value, Value: r.datum(v)}
		out = append(out, f)
		if sym, ok := known[strings.ToLower(f.Name)]; !ok {
			var names []string
			for _, low := range slices.Sorted(maps.Keys(known)) {
				names = append(names, known[low].Name)
			}
			r.hint(k, diag.DidYouMean(f.Name, names), "%q is no built-in variable", f.Name)
		} else if _, ok := f.Value.As(sym.Type); !ok {
			r.fail(v, "%s is of type %s", sym.Name, sym.Type)
		}
	})
	return out
}

func (r *reader) words(n *yaml.Node, what string, words ...string) map[string]string {
	m := map[string]string{}
	r.each(n, what, func(k, v *yaml.Node) { m[k.Value] = r.word(v, fmt.Sprintf("%s %q", what, k.Value), words...) })
	return m
}

func (r *reader) digits(n *yaml.Node) []string {
	if n.Kind != yaml.SequenceNode {
		r.hint(n, `a list such as ["1", "", "4711#"]`, "digits is not a list")
		return nil
	}
	out := []string{}
	for _, e := range n.Content {
		if e.Kind != yaml.ScalarNode || strings.Trim(e.Value, "0123456789*#") != "" {
			r.hint(e, `keys 0 to 9, * and #; "" for silence; quote them`, "entry of digits has other characters")
			continue
		}
		out = append(out, e.Value)
	}
	return out
}

// replies reads name → reply or list of replies. Without words any branch name is taken.
func (r *reader) replies(n *yaml.Node, what string, words ...string) map[string][]Reply {
	m := map[string][]Reply{}
	r.each(n, what, func(k, v *yaml.Node) {
		where := fmt.Sprintf("%s %q", what, k.Value)
		if v.Kind != yaml.SequenceNode {
			m[k.Value] = []Reply{r.reply(v, where, words)}
			return
		}
		if len(v.Content) == 0 {
			r.fail(v, "%s has no answer", where)
		}
		for _, e := range v.Content {
			m[k.Value] = append(m[k.Value], r.reply(e, where, words))
		}
	})
	return m
}

// reply reads one answer:
//
//	failure                          the branch alone
//	success: {contactId: "42"}       the branch and what it delivers, or its errorType
//	branch: found, outputs: {…}      the same at length, for any branch
//	ms: 118                          beside them: how long it took
func (r *reader) reply(n *yaml.Node, what string, words []string) Reply {
	var out Reply
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str" {
		if len(words) > 0 {
			out.Branch = r.word(n, what, words...)
		} else if out.Branch = n.Value; n.Value == "" {
			r.hint(n, "name one", "%s does not say which branch", what)
		}
		return out
	}
	branch := func(name string, at *yaml.Node) {
		if out.Branch != "" {
			r.fail(at, "%s has two branches", what)
		}
		out.Branch = name
	}
	known := map[string]func(*yaml.Node){
		"ms": r.millis("ms", &out.Elapsed),
	}
	if len(words) == 0 {
		known["branch"] = func(n *yaml.Node) {
			var s string
			r.text("branch", &s)(n)
			branch(s, n)
		}
		known["outputs"] = func(n *yaml.Node) { out.Outputs = r.values(n, "outputs") }
		known["error"] = r.text("error", &out.Error)
	}
	for _, w := range words {
		known[w] = func(n *yaml.Node) {
			branch(w, n)
			switch {
			case n.Kind == yaml.MappingNode && w == "success":
				out.Outputs = r.values(n, "success")
			case n.Kind == yaml.ScalarNode && (n.ShortTag() == "!!null" || n.ShortTag() == "!!bool" && strings.EqualFold(n.Value, "true")):
			case w == "failure" && isType(n):
				out.Error = n.Value
			default:
				r.hint(n, "true, or for success a mapping of outputs, for failure an error type", "%s of %s has a wrong value", w, what)
			}
		}
	}
	r.fields(n, what, known)
	if out.Branch == "" && n.Kind == yaml.MappingNode {
		hint := "branch: NAME"
		if len(words) > 0 {
			hint = "one of " + strings.Join(words, ", ")
		}
		r.hint(n, hint, "%s does not say which branch", what)
	}
	return out
}

// isType tells of a text whether it can be an error type: a quoted truth value is a slip.
func isType(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str" && n.Value != "" && !slices.Contains([]string{"true", "false", "yes", "no", "on", "off"}, strings.ToLower(n.Value))
}

func (r *reader) values(n *yaml.Node, what string) []Field {
	var out []Field
	r.each(n, what, func(k, v *yaml.Node) { out = append(out, Field{Name: k.Value, Value: r.datum(v)}) })
	return out
}

func (r *reader) datum(n *yaml.Node) Datum {
	switch n.Kind {
	case yaml.SequenceNode:
		d := Datum{Kind: DatumList}
		for _, e := range n.Content {
			if e.Kind != yaml.ScalarNode {
				r.fail(e, "a list holds only plain values")
				continue
			}
			d.Items = append(d.Items, r.datum(e))
		}
		return d
	case yaml.ScalarNode:
		switch n.ShortTag() {
		case "!!null":
			return Datum{}
		case "!!bool":
			return Datum{Kind: DatumBool, Text: strings.ToLower(n.Value)}
		case "!!int", "!!float":
			if !plainNumber(n.Value) {
				r.hint(n, "digits with an optional sign and point; quote it when it is a text", "%q is not a plain number", n.Value)
			}
			return Datum{Kind: DatumNumber, Text: n.Value}
		}
		return Datum{Kind: DatumText, Text: n.Value}
	}
	r.fail(n, "a value is a text, number, boolean, null or a list of them")
	return Datum{}
}

// plainNumber refuses what YAML calls a number and Architect does not write: 0x1f, 1e3, .inf.
func plainNumber(s string) bool {
	digits := strings.TrimPrefix(s, "-")
	whole, frac, point := strings.Cut(digits, ".")
	only := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	if !only(whole) || len(whole) > 40 || len(frac) > 40 || (len(whole) > 1 && whole[0] == '0') {
		return false
	}
	return !point || only(frac)
}

func (r *reader) tables(n *yaml.Node) map[string]Table {
	m := map[string]Table{}
	r.each(n, "tables", func(k, v *yaml.Node) {
		var t Table
		what := fmt.Sprintf("table %q", k.Value)
		r.fields(v, what, map[string]func(*yaml.Node){
			"ms": r.millis("ms", &t.Elapsed),
			"fails": func(n *yaml.Node) {
				switch {
				case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!bool" && n.Value == "true":
					t.Fails = DefaultTableError
				case isType(n):
					t.Fails = n.Value
				default:
					r.hint(n, "true, or an error type such as "+DefaultTableError, "fails of %s has a wrong value", what)
				}
			},
			"rows": func(n *yaml.Node) {
				t.Rows = map[string][]Field{}
				r.each(n, "rows of "+what, func(k, v *yaml.Node) { t.Rows[k.Value] = r.values(v, fmt.Sprintf("row %q", k.Value)) })
			},
		})
		m[k.Value] = t
	})
	return m
}

// DefaultTableError is the errorType of a failing look-up that names none.
const DefaultTableError = "DataTablesInternalServerError"
