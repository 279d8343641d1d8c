package report

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/dealroute/dealroute/pkg/words"
)

// Forms of what plans, standings and proofs say.
const (
	FormBig   Form = "big"   // the string, which is a whole number of any size, its thousands apart
	FormWhere Form = "where" // how many of the list have a value: path, key and value, with blanks between
	FormJSON  Form = "json"  // the value as JSON on a line, which may be cut
)

// Big is a whole number that the answer has as a string, since it may be larger than JSON readers take.
func Big(digits, path string) Bit { return Bit{Text: words.Grouped(digits), Path: path, Form: FormBig} }

// Where is how many objects of a list have a value under a key.
func Where(n int, path, key, value string) Bit {
	return Bit{Text: words.Thousands(n), Path: path + " " + escapes.Replace(key) + " " + escapes.Replace(value), Form: FormWhere}
}

// Value is any value of the answer on one line; one that is long is cut.
func Value(v any, path string) Bit {
	return Bit{Text: oneLine(v), Path: path, Form: FormJSON, Code: true}
}

// mostValue is how many characters of a value are shown.
const mostValue = 160

func oneLine(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "?"
	}
	s := strings.TrimSpace(b.String())
	if r := []rune(s); len(r) > mostValue {
		return string(r[:mostValue-1]) + "…"
	}
	return s
}

// Diff is the lines of a text that differ, as a unified diff has them.
type Diff struct {
	Label string
	Lines []string
}

func (Diff) template() string { return "diff" }

// Shown are the lines with what each is.
func (d Diff) Shown() []DiffLine {
	out := make([]DiffLine, 0, len(d.Lines))
	deep := d.indent()
	for _, l := range d.Lines {
		kind := ""
		switch {
		case strings.HasPrefix(l, "--- "), strings.HasPrefix(l, "+++ "):
			kind = "head"
		case strings.HasPrefix(l, "@@"):
			kind = "at"
		case strings.HasPrefix(l, "+"):
			kind = "new"
		case strings.HasPrefix(l, "-"):
			kind = "old"
		}
		if len(l) > deep && kind != "head" && kind != "at" {
			l = l[:1] + l[1+deep:]
		}
		out = append(out, DiffLine{kind, l})
	}
	return out
}

// indent is how many blanks all lines begin with behind their sign; a few of them stay.
func (d Diff) indent() int {
	const stay = 2
	deep := -1
	for _, l := range d.Lines {
		if l == "" || !strings.ContainsAny(l[:1], " +-") || strings.HasPrefix(l, "--- ") || strings.HasPrefix(l, "+++ ") || strings.TrimSpace(l[1:]) == "" {
			continue
		}
		if n := len(l) - 1 - len(strings.TrimLeft(l[1:], " ")); deep < 0 || n < deep {
			deep = n
		}
	}
	return max(deep-stay, 0)
}

// A DiffLine is one of them.
type DiffLine struct{ Kind, Text string }
