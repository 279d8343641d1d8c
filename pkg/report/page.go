package report

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"strings"
	"sync"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/picture"
	"github.com/dealroute/dealroute/pkg/words"
)

// A Page is a report.
type Page struct {
	Title    string  // what it is of
	Command  string  // that was run, as it could be typed again, without what is personal; may be empty
	Run      Run     // on what, by what, when
	Verdict  Verdict // the answer in a word and a sentence
	Figures  []Figure
	Sections []Section
	Data     any // what -o json prints

	// Discreet takes out of the answer what no output shows. A long answer is packed, and nobody who
	// looks at the page could take it out there. nil: nothing is.
	Discreet func(text []byte) ([]byte, error)
}

// A Run says what a report was made of.
type Run struct {
	File    string // the deployment file
	Hash    string // that tells its policy or its artifacts from others
	Version string // of the program
	At      time.Time
}

// A Verdict is an answer in a word and a sentence.
type Verdict struct {
	Tone Tone
	Word string // empty: there is none
	Text Text
}

// A Figure is one of the few numbers that matter.
type Figure struct {
	Label string
	Value Text
	Note  Text
	Tone  Tone
}

// A Section is a part of a page with a heading.
type Section struct {
	ID     string // of small letters, digits and -
	Title  string
	About  Text
	Blocks []Block
}

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

//go:embed page.js
var frameJS string

//go:embed pages.html
var pagesHTML string

//go:embed pages.css
var pagesCSS string

//go:embed pages.js
var pagesJS string

// style is the one stylesheet, and pageJS the one script.
var (
	style  = sync.OnceValue(func() string { return picture.Look() + picture.Style() + pageCSS + pagesCSS })
	pageJS = frameJS + pagesJS
)

// begin are the first bytes of every report.
const begin = "<!DOCTYPE html>\n<html lang=\"en\" data-dealroute-report>"

// IsReport reports whether a text is a report that a run made, and could be made again.
func IsReport(text []byte) bool { return bytes.HasPrefix(text, []byte(begin)) }

var idForm = pattern.Of(`^[a-z][a-z0-9-]*$`)

// Render makes the page. Equal pages give equal bytes.
func (p Page) Render() ([]byte, error) {
	t, err := templates()
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, s := range p.Sections {
		if !idForm().MatchString(s.ID) || seen[s.ID] || strings.HasPrefix(s.ID, "dr-") || s.ID == "data" {
			return nil, fmt.Errorf("report: the section %q has an ID that is taken or has no form of one", s.ID)
		}
		seen[s.ID] = true
	}
	data, packed, err := embed(p.Data, p.Discreet)
	if err != nil {
		return nil, err
	}
	r := renderer{t: t}
	v := struct {
		Page
		Policy  string
		Style   template.CSS
		Script  template.JS
		Data    template.JS
		Packed  bool
		Content []drawn
	}{Page: p, Policy: Policy(), Style: template.CSS(style()), Script: template.JS(pageJS), Data: template.JS(data), Packed: packed} //nolint:gosec // both are ours, and JSON was escaped
	for _, s := range p.Sections {
		html, err := r.blocks(s.Blocks)
		if err != nil {
			return nil, fmt.Errorf("report: section %s: %w", s.ID, err)
		}
		v.Content = append(v.Content, html)
	}
	var b bytes.Buffer
	b.WriteString(begin + "\n")
	if err := t.ExecuteTemplate(&b, "page", v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Policy is the content security policy of every page: the one stylesheet and the one script by
// their hashes, and nothing else, from nowhere.
func Policy() string {
	return fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'", hash(style()), hash(pageJS))
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// packedFrom is from how many bytes on an answer is packed: a day of many minutes has a megabyte of them.
const packedFrom = 128 << 10

// embed is a value as JSON that can stand in a page: nothing in it ends a script. A long one is
// packed, as a string with the base64 of its gzip.
func embed(v any, discreet func([]byte) ([]byte, error)) (data string, packed bool, err error) {
	text, err := json.Marshal(v) // which writes <, > and & as \u003c, \u003e and \u0026
	if err == nil && discreet != nil {
		text, err = discreet(text)
	}
	if err != nil || len(text) < packedFrom {
		return string(text), false, err
	}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return "", false, err
	}
	if _, err = z.Write(text); err == nil {
		err = z.Close()
	}
	return `"` + base64.StdEncoding.EncodeToString(b.Bytes()) + `"`, true, err
}

// templates are read once. They are ours, so an error is one of this package.
var templates = sync.OnceValues(func() (*template.Template, error) {
	return template.New("").Funcs(template.FuncMap{
		"line": diag.Line, "plain": diag.Plain, "shape": shape, "stamp": stamp, "parts": Line.parts, "thousands": words.Thousands[int],
	}).Parse(pageHTML + pagesHTML)
})

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// shape is what stands before the word of a badge, so that colour is not alone.
func shape(t Tone) string {
	switch t {
	case Good:
		return "✓"
	case Warn:
		return "!"
	case Bad:
		return "×"
	case Accent:
		return "→"
	}
	return "·"
}

// A renderer shows blocks.
type renderer struct {
	t      *template.Template
	tables int
	depth  int
}

var errDeep = errors.New("blocks stand too deep in each other")

const deepest = 8

func (r *renderer) blocks(bs []Block) (drawn, error) {
	if r.depth++; r.depth > deepest {
		return "", errDeep
	}
	defer func() { r.depth-- }()
	var b strings.Builder
	for _, x := range bs {
		v, err := r.block(x)
		if err != nil {
			return "", err
		}
		if err := r.t.ExecuteTemplate(&b, x.template(), v); err != nil {
			return "", err
		}
	}
	return drawn(b.String()), nil //nolint:gosec // of our templates, which escape
}

// block is what the template of a block is given.
func (r *renderer) block(x Block) (any, error) {
	switch x := x.(type) {
	case Details:
		in, err := r.blocks(x.Blocks)
		return struct {
			Details
			In drawn
		}{x, in}, err
	case Group:
		in, err := r.blocks(x.Blocks)
		return struct {
			Group
			In drawn
		}{x, in}, err
	case *Table:
		return r.table(x)
	case interface{ nest(*renderer) (any, error) }:
		return x.nest(r)
	}
	return x, nil
}

// A tableView is a table as its template is given it.
type tableView struct {
	*Table
	ID      string
	Box     bool // to filter by
	Open    []drawn
	Grouped bool // each row is a body of its own, with what opens below it
}

func (r *renderer) table(t *Table) (any, error) {
	r.tables++
	v := tableView{Table: t, ID: fmt.Sprintf("dr-table-%d", r.tables), Box: t.Filter || len(t.Rows) > manyRows, Open: make([]drawn, len(t.Rows))}
	for i, row := range t.Rows {
		if len(row.Cells) != len(t.Columns) {
			return nil, fmt.Errorf("the table %q has %d columns and in row %d %d cells", t.Caption, len(t.Columns), i+1, len(row.Cells))
		}
		if row.More == nil {
			continue
		}
		in, err := r.blocks(row.More)
		if err != nil {
			return nil, err
		}
		v.Open[i], v.Grouped = in, true
	}
	return v, nil
}

// parts are a line before, in and after what is marked of it.
func (l Line) parts() [3]string {
	if !l.Mark || l.From <= 0 {
		return [3]string{l.Text}
	}
	rs := []rune(l.Text)
	from := min(l.From-1, len(rs))
	to := min(max(l.To-1, from), len(rs))
	return [3]string{string(rs[:from]), string(rs[from:to]), string(rs[to:])}
}
