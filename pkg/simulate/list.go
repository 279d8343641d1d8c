package simulate

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/source"
)

// The formats of a list of calls. The last two are read row by row, however long they are.
const (
	ListYAML  = "yaml"  // calls: with a list; JSON of this form, too
	ListJSONL = "jsonl" // one object a line
	ListCSV   = "csv"   // with a header
)

// ListOptions say how a list is read that was not written for this tool.
type ListOptions struct {
	Format string // empty: by the file's extension, else by how it begins

	// Columns gives our name of each column of a CSV, by what its header says, and "" for one
	// that is passed over; nil: the header has our names, and no other.
	Columns func(header []string) ([]string, error)
	// Time reads the column at; nil: RFC 3339.
	Time TimeReader
}

// A List reads calls one after the other. What it holds does not grow with the number of rows,
// but for YAML, which is read whole.
type List struct {
	file    string
	format  string
	options ListOptions
	sum     hash.Hash
	n       int // rows so far

	lines *lineReader // JSONL
	table *tableReader
	text  source.Text // YAML
	nodes []*yaml.Node
}

// An Entry is a row of a list before it is taken apart, which may be done elsewhere and at once
// with others.
type Entry struct {
	Number int           // from 1
	Place  diag.Position // where it begins
	list   *List
	text   source.Text // YAML and JSONL
	node   *yaml.Node  // YAML
	cells  []cell      // CSV
}

// longestRow bounds a row of a list that is read row by row, in bytes: records of a caller fit in.
const longestRow = 4 << 20

// OpenList begins to read a list. file names it in what is found wrong.
func OpenList(file string, r io.Reader, o ListOptions) (*List, error) {
	l := &List{file: file, options: o, sum: sha256.New()}
	in := bufio.NewReaderSize(io.TeeReader(r, l.sum), 64<<10)
	if begin, _ := in.Peek(3); string(begin) == "\ufeff" {
		in.Discard(3) //nolint:errcheck // it was peeked
	} else if len(begin) > 1 && (begin[0] == 0xff && begin[1] == 0xfe || begin[0] == 0xfe && begin[1] == 0xff) {
		return nil, l.wrong(1, "save the file as UTF-8", "the file is UTF-16")
	}
	if l.format = o.Format; l.format == "" {
		begin, err := in.Peek(4 << 10)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		l.format = formatOf(file, begin)
	}
	switch l.format {
	case ListJSONL:
		l.lines = &lineReader{in: in}
		return l, nil
	case ListCSV:
		t, err := l.openTable(in)
		l.table = t
		return l, err
	}
	return l, l.readWhole(in)
}

// formatOf tells the format by the extension, or by the beginning of the text.
func formatOf(file string, begin []byte) string {
	switch strings.ToLower(filepath.Ext(file)) {
	case ".yaml", ".yml", ".json":
		return ListYAML
	case ".jsonl", ".ndjson":
		return ListJSONL
	case ".csv", ".tsv":
		return ListCSV
	}
	for line := range bytes.Lines(begin) {
		line = bytes.TrimSpace(line)
		switch {
		case len(line) == 0 || line[0] == '#':
			continue
		case line[0] == '{':
			if inner := bytes.TrimSpace(line[1:]); bytes.HasPrefix(inner, []byte(`"calls"`)) || bytes.HasPrefix(inner, []byte(`"version"`)) || len(inner) == 0 && !json.Valid(line) {
				return ListYAML
			}
			return ListJSONL
		case line[0] == '[', line[0] == '-', bytes.HasPrefix(line, []byte("calls:")), bytes.HasPrefix(line, []byte("version:")):
			return ListYAML
		}
		return ListCSV
	}
	return ListCSV
}

// Name is how messages call the list.
func (l *List) Name() string { return l.file }

// Whole reports whether the list was read as a whole.
func (l *List) Whole() bool { return l.format == ListYAML }

// Text is the text of a list that was read whole, for a line to be shown.
func (l *List) Text() []byte { return l.text.Data }

// Sum tells this list from any other, by its bytes. It is known when Next has said io.EOF.
func (l *List) Sum() string { return hex.EncodeToString(l.sum.Sum(nil))[:16] }

func (l *List) wrong(line int, hint, format string, args ...any) error {
	return privacy.Findings(diag.Findings{{Message: fmt.Sprintf(format, args...), Hint: hint, Position: diag.Position{File: l.file, Line: line, Column: 1}}})
}

// Next gives the next row; io.EOF after the last. An error about the text is diag.Findings.
func (l *List) Next() (Entry, error) {
	e := Entry{list: l}
	var err error
	switch l.format {
	case ListJSONL:
		err = l.nextLine(&e)
	case ListCSV:
		if err = l.nextRecord(&e); errors.Is(err, io.EOF) && l.n == 0 {
			err = l.wrong(1, "write a call a row below the names of the columns", "the file has no calls")
		}
	default:
		if len(l.nodes) == 0 {
			return e, io.EOF
		}
		e.node, e.text = l.nodes[0], l.text
		e.Place = l.text.At(e.node)
		l.nodes = l.nodes[1:]
	}
	if err != nil {
		return Entry{}, err
	}
	l.n++
	e.Number = l.n
	return e, nil
}

// readWhole reads a YAML list, or JSON of that form.
func (l *List) readWhole(in io.Reader) error {
	data, err := io.ReadAll(io.LimitReader(in, int64(fixtureLimits.Bytes)+1))
	if err != nil {
		return fmt.Errorf("read %s: %w", l.file, err)
	}
	l.text = source.New(l.file, data)
	doc, faults := l.text.YAML(fixtureLimits)
	var top struct {
		Version int       `yaml:"version"`
		Calls   yaml.Node `yaml:"calls"`
	}
	var root *yaml.Node
	if doc != nil {
		root = source.Follow(doc.Content[0])
		faults = append(faults, l.text.Fill(root, &top)...)
	}
	var found diag.Findings
	for _, f := range faults {
		if x := f.Finding(""); f.Kind == source.Large {
			x.Hint = "write so many calls as JSONL or CSV, which are read row by row"
			found = append(found, x)
		} else {
			found = append(found, x)
		}
	}
	add := func(n *yaml.Node, hint, message string) {
		found = append(found, diag.Finding{Message: message, Hint: hint, Position: l.text.At(n), Length: source.Width(n)})
	}
	calls := source.Follow(&top.Calls)
	switch {
	case found != nil:
	case top.Version > 1:
		add(root, "", fmt.Sprintf("version of the list of calls is %d, and this program knows 1", top.Version))
	case calls.Kind != yaml.SequenceNode || len(calls.Content) == 0:
		add(root, "write calls: with a list, such as - {ani: anonymous, expect: {queue: Sales}}", "the file has no calls")
	}
	if found != nil {
		return privacy.Findings(found)
	}
	l.nodes = calls.Content
	return nil
}

// A lineReader gives the lines of a stream.
type lineReader struct {
	in *bufio.Reader
	n  int // lines so far
}

var errLong = errors.New("the row is longer than 4 MB")

// line gives the next line that is not blank; the slice is the caller's.
func (r *lineReader) line() ([]byte, error) {
	for {
		var line []byte
		for {
			part, err := r.in.ReadSlice('\n')
			if line = append(line, part...); len(line) > longestRow {
				r.n++
				return nil, errLong
			}
			if errors.Is(err, bufio.ErrBufferFull) {
				continue
			}
			if err != nil && !(errors.Is(err, io.EOF) && len(line) > 0) {
				return nil, err
			}
			break
		}
		r.n++
		if len(bytes.TrimSpace(line)) > 0 {
			return bytes.TrimRight(line, "\r\n"), nil
		}
	}
}

func (l *List) nextLine(e *Entry) error {
	line, err := l.lines.line()
	switch {
	case errors.Is(err, errLong):
		return l.wrong(l.lines.n, "JSONL has one call a line", "%v", err)
	case errors.Is(err, io.EOF) && l.n == 0:
		return l.wrong(1, `write one call a line, such as {"ani": "anonymous", "expect": {"queue": "Sales"}}`, "the file has no calls")
	case errors.Is(err, io.EOF):
		return io.EOF
	case err != nil:
		return fmt.Errorf("read %s: %w", l.file, err)
	}
	e.text, e.Place = source.Text{File: l.file, Data: line}, diag.Position{File: l.file, Line: l.lines.n, Column: 1}
	return nil
}

// A cell is a value of a CSV.
type cell struct {
	text string
	at   diag.Position
}

// A tableReader reads a CSV.
type tableReader struct {
	csv     *csv.Reader
	guard   *guard
	columns []*heading // by place; nil: passed over
	header  []string
	line    int // where the last row began
}

// A guard is the stream under a CSV. It fails when a row takes more of it than any can: a quote
// that is never closed would take all.
type guard struct {
	in   io.Reader
	left int
}

func (g *guard) Read(p []byte) (int, error) {
	if g.left <= 0 {
		return 0, errLong
	}
	n, err := g.in.Read(p)
	g.left -= n
	return n, err
}

func (l *List) openTable(in *bufio.Reader) (*tableReader, error) {
	t := &tableReader{guard: &guard{in, longestRow}}
	begin, _ := in.Peek(4 << 10)
	t.csv = csv.NewReader(t.guard)
	t.csv.Comma, t.csv.FieldsPerRecord = delimiter(begin), -1
	l.table = t
	var e Entry
	err := l.nextRecord(&e)
	if errors.Is(err, io.EOF) {
		return nil, l.wrong(1, "the first line names the columns, such as ani,queue", "the file is empty")
	}
	if err != nil {
		return nil, err
	}
	for _, c := range e.cells {
		t.header = append(t.header, strings.TrimSpace(c.text))
	}
	names := t.header
	if l.options.Columns != nil {
		if names, err = l.options.Columns(slices.Clone(t.header)); err != nil {
			return nil, err
		}
	}
	var found diag.Findings
	seen := map[string]int{}
	for i, name := range names {
		at := e.cells[i]
		wrong := func(hint, format string, args ...any) {
			found.Add(diag.Finding{Message: fmt.Sprintf(format, args...), Hint: hint, Position: at.at, Length: utf8.RuneCountInString(at.text)})
		}
		t.columns = append(t.columns, nil)
		if name == "" { // of none, or passed over; a cell in one without a name is refused
			continue
		}
		c, hint := headingOf(name)
		if c == nil {
			wrong(hint, "unknown column %q", t.header[i])
			continue
		}
		if first, twice := seen[c.name]; twice {
			wrong("leave one of them out", "columns %q and %q say the same", t.header[first], t.header[i])
			continue
		}
		seen[c.name], t.columns[i] = i, c
	}
	if _, ok := seen["ani"]; !ok && found == nil {
		if _, world := seen["world"]; !world {
			found.Add(diag.Finding{Message: "no column is ani", Hint: "the first line names the columns, such as ani,queue", Position: e.Place})
		}
	}
	if found != nil {
		return nil, privacy.Findings(found)
	}
	l.n = 0
	return t, nil
}

// delimiter is what parts the columns: the one of three that the first line has most of.
func delimiter(begin []byte) rune {
	line, _, _ := bytes.Cut(begin, []byte("\n"))
	best, most := ',', 0
	for _, d := range ",;\t" {
		n, quoted := 0, false
		for _, c := range string(line) {
			if c == '"' {
				quoted = !quoted
			} else if c == d && !quoted {
				n++
			}
		}
		if n > most {
			best, most = d, n
		}
	}
	return best
}

func (l *List) nextRecord(e *Entry) error {
	t := l.table
	t.guard.left = longestRow
	record, err := t.csv.Read()
	var parse *csv.ParseError
	switch {
	case errors.As(err, &parse):
		f := diag.Finding{Message: "not CSV: " + parse.Err.Error(), Position: diag.Position{File: l.file, Line: parse.Line, Column: parse.Column}}
		if errors.Is(parse.Err, csv.ErrQuote) || errors.Is(parse.Err, csv.ErrBareQuote) {
			f.Hint = `write a quote within a quoted cell twice, and put a cell that has one in quotes`
		}
		if parse.StartLine != parse.Line {
			f.Hint = strings.TrimPrefix(f.Hint+fmt.Sprintf("; the row begins in line %d", parse.StartLine), "; ")
		}
		return diag.Findings{f}
	case errors.Is(err, errLong):
		return l.wrong(max(t.line, 1), "a quote may not be closed", "a row behind this line is longer than %d MB", longestRow>>20)
	case errors.Is(err, io.EOF):
		return io.EOF
	case err != nil:
		return fmt.Errorf("read %s: %w", l.file, err)
	}
	e.cells = make([]cell, len(record))
	wide := 0 // bytes of the line that are no characters of their own
	for i, text := range record {
		line, column := t.csv.FieldPos(i)
		if i > 0 && line != e.cells[i-1].at.Line {
			wide = 0
		}
		e.cells[i] = cell{text, diag.Position{File: l.file, Line: line, Column: column - wide}}
		wide += len(text) - utf8.RuneCountInString(text)
	}
	e.Place = e.cells[0].at
	t.line = e.Place.Line
	return nil
}
