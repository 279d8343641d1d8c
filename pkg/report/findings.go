package report

import (
	"bytes"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/dealroute/dealroute/pkg/words"
)

// Findings are what was found, one below the other, each with the lines of the file around its place.
// They are filtered by severity and by code.
type Findings struct {
	Items []FoundItem
	Empty string // what is said when there is none
}

// A FoundItem is one finding.
type FoundItem struct {
	Severity diag.Severity
	Code     string // empty: it has none
	Message  Text
	Hint     Text
	Place    Text
	More     Text // what else is to be said, such as why it is allowed
	Lines    *Excerpt
	Meaning  string // id of the explanation in this page, empty without one
}

// Severities are those of the items, gravest first, with how many there are.
func (f *Findings) Severities() []Tally {
	var out []Tally
	for _, s := range []diag.Severity{diag.Error, diag.Warning, diag.Info} {
		n := 0
		for _, i := range f.Items {
			if i.Severity == s {
				n++
			}
		}
		if n > 0 {
			out = append(out, Tally{string(s), words.Finding(s, n), n})
		}
	}
	return out
}

// Codes are those of the items, in order, with how many there are.
func (f *Findings) Codes() []Tally {
	n := map[string]int{}
	for _, i := range f.Items {
		if i.Code != "" {
			n[i.Code]++
		}
	}
	var out []Tally
	for c, many := range n {
		out = append(out, Tally{c, c, many})
	}
	slices.SortFunc(out, func(a, b Tally) int { return strings.Compare(a.Key, b.Key) })
	return out
}

// A Tally is a word with how often it occurs.
type Tally struct {
	Key, Word string
	N         int
}

// Badge is the severity as a word with a shape.
func (i FoundItem) Badge() Bit {
	return Word(severityTone(i.Severity), words.Finding(i.Severity, 1))
}

func severityTone(s diag.Severity) Tone {
	switch s {
	case diag.Error:
		return Bad
	case diag.Warning:
		return Warn
	}
	return Accent
}

func (*Findings) template() string { return "findings" }

// A Spot is what a finding is about in a file as this run read it.
type Spot struct {
	Source []byte // the text, without secrets; nil: no lines are shown
	Length int    // characters from its column on; 0 for one
}

// around is how many lines are shown on each side of the one that is meant.
const around = 2

// An Explainer gives what the documentation says of a code, as Markdown; ok is false for one that it does not know.
type Explainer func(code string) (title, text string, ok bool)

// found makes the block of findings; at is where their list stands in the data. place gives the text of
// the i-th.
func found(fs []view.Finding, at string, explain Explainer, place func(i int) Spot) *Findings {
	out := &Findings{}
	for i, f := range fs {
		out.Items = append(out.Items, oneFound(f, at+Pointer(i), explain, place(i)))
	}
	return out
}

func oneFound(f view.Finding, at string, explain Explainer, p Spot) FoundItem {
	i := FoundItem{Severity: f.Severity, Message: T(Str(f.Message, at+"/message"))}
	if f.Path != nil {
		i.Message = T(i.Message, " at ", Code(*f.Path, at+"/path"))
	}
	if f.Hint != nil {
		i.Hint = T(Str(*f.Hint, at+"/hint"))
	}
	if f.Code != nil {
		i.Code = *f.Code
		if _, _, ok := explain(i.Code); ok {
			i.Meaning = meaningID(i.Code)
		}
	}
	if f.File == nil {
		return i
	}
	line, column := 0, 0
	if f.Line != nil {
		line = *f.Line
	}
	if f.Column != nil {
		column = *f.Column
	}
	i.Place = T(PlaceAt(*f.File, line, at))
	if ls := linesAround(p, line, column); ls != nil {
		i.Lines = &Excerpt{File: *f.File, Lines: ls}
	}
	return i
}

// PlaceAt is Place where there may be no line.
func PlaceAt(file string, line int, path string) Bit {
	if line == 0 {
		return Code(file, path+"/file")
	}
	return Place(file, line, path)
}

// linesAround are the lines around a place, nil where the text has no such line.
func linesAround(p Spot, line, column int) []Line {
	if p.Source == nil || line < 1 {
		return nil
	}
	all := bytes.Split(p.Source, []byte("\n"))
	if line > len(all) || line == len(all) && len(all[line-1]) == 0 && line > 1 {
		return nil
	}
	var out []Line
	for n := max(1, line-around); n <= min(len(all), line+around); n++ {
		text := strings.TrimRight(string(all[n-1]), "\r")
		if n == len(all) && text == "" {
			break
		}
		l := Line{N: n, Text: text}
		if n == line {
			l.Mark = true
			if column > 0 {
				l.From, l.To = column, column+max(p.Length, 1)
			}
		}
		out = append(out, l)
	}
	outdent(out)
	for i := range out {
		out[i] = short(out[i])
	}
	return out
}

// outdent takes away most of what all lines begin with: a template stands far to the right.
func outdent(lines []Line) {
	const stays = 4
	deep := -1
	for _, l := range lines {
		if n := len(l.Text) - len(strings.TrimLeft(l.Text, " ")); strings.TrimSpace(l.Text) != "" && (deep < 0 || n < deep) {
			deep = n
		}
	}
	cut := deep - stays
	if cut <= 0 {
		return
	}
	for i := range lines {
		l := &lines[i]
		l.Text = l.Text[min(cut, len(l.Text)):]
		if l.From > 0 {
			l.From, l.To = max(l.From-cut, 1), max(l.To-cut, 1)
		}
	}
}

// A line is shown up to so many characters before the place and behind it.
const (
	shownBefore = 80
	shownAfter  = 160
)

// short cuts a long line around what is meant.
func short(l Line) Line {
	rs := []rune(strings.ToValidUTF8(l.Text, "\ufffd"))
	if len(rs) <= shownBefore+shownAfter {
		return l
	}
	at := min(max(l.From-1, 0), len(rs))
	from, to := max(0, at-shownBefore), min(len(rs), at+shownAfter)
	l.Text = string(rs[from:to])
	if to < len(rs) {
		l.Text += "…"
	}
	if from > 0 {
		l.Text = "…" + l.Text
		if l.From > 0 {
			l.From, l.To = l.From-from+1, min(l.To, to+1)-from+1
		}
	} else if l.To > to+1 {
		l.To = to + 1
	}
	return l
}

// meaningID is the id of the explanation of a code in a page.
func meaningID(code string) string { return "code-" + strings.ToLower(code) }

// Meanings explain codes.
type Meanings []Meaning

// A Meaning is what the documentation says of a code.
type Meaning struct {
	ID, Code, Title string
	Blocks          []Block
}

func (Meanings) template() string { return "meanings" }

func (m Meanings) nest(r *renderer) (any, error) {
	type shown struct {
		Meaning
		In drawn
	}
	var out []shown
	for _, x := range m {
		in, err := r.blocks(x.Blocks)
		if err != nil {
			return nil, err
		}
		out = append(out, shown{x, in})
	}
	return out, nil
}

// meanings explain the codes of all items, each once, in order.
func meanings(explain Explainer, codes ...string) Meanings {
	slices.Sort(codes)
	var out Meanings
	for _, c := range slices.Compact(codes) {
		if title, text, ok := explain(c); ok {
			out = append(out, Meaning{ID: meaningID(c), Code: c, Title: title, Blocks: markdown(text)})
		}
	}
	return out
}

func (f *Findings) codes() []string {
	var out []string
	for _, i := range f.Items {
		if i.Code != "" {
			out = append(out, i.Code)
		}
	}
	return out
}

// plural is a number of things that stands somewhere in the data.
func plural(n int64, path, one, many string) Text {
	return T(Count(n, path), " "+words.Noun(n, one, many))
}
