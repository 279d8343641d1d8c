package simulate

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	xunicode "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/privacy"
)

// Interactions reads the calls of an export of the interactions view of Genesys Cloud
// (Performance > Interactions), row by row. Genesys describes no format. What is known comes from
// programs that read such files (find "Full Export Completed" in public repositories): a CSV in the
// language, separator and time zone of whoever exported it, with Full Export Completed, Partial
// Result Timestamp and Filters before the columns that were chosen, among them Media Type, Date,
// Direction or Initial Direction, ANI, DNIS, Queue and Conversation ID; several values of a cell are
// parted by "; ".
type Interactions struct {
	Skipped Skipped // so far
	Unsure  bool    // a time had no zone, and none was given

	file    string
	csv     *csv.Reader
	guard   *guard
	columns Columns
	at      [parts]int // index of each part; -1: there is no such column
	dates   dates
	calls   int // so far
	above   int // lines above the names of the columns
}

// Columns say what an export calls its columns and what stands in them, where that is not what
// Genesys calls it in English, German or Spanish.
type Columns struct {
	Names  [parts]string // of columns; empty: the usual ones
	Absent [parts]bool   // not to be read, although there is such a column
	Words  [parts]string // for an inbound call, and for voice; in their parts
	Zone   *time.Location
	Order  string // of day, month and year: dmy, mdy or ymd; empty: as the dates show it
}

// The parts of a call that an export has columns for.
const (
	partANI = iota
	partDNIS
	partAt
	partDirection
	partMedia
	parts
)

// partNames are the words of --columns.
var partNames = [parts]string{"ani", "dnis", "at", "direction", "media"}

// usual are the names of columns, folded. What is not English was seen in programs that read German
// and Spanish exports.
var usual = [parts][]string{
	partANI:       {"ani"},
	partDNIS:      {"dnis"},
	partAt:        {"date", "conversation start", "datum", "fecha", "at"},
	partDirection: {"initial direction", "direction", "richtung", "dirección"},
	partMedia:     {"media type", "medientyp"},
}

// Skipped counts the rows that are no call to a flow.
type Skipped struct {
	Outbound  int // and what else did not come in
	Direction int // of a direction that no word is known for
	NoVoice   int
	Unnamed   int // the ANI is a word that is neither a number nor an address
}

// ReadColumns reads what --columns says: part=name, several parted by commas.
func ReadColumns(texts []string) (c Columns, err error) {
	var pieces []string
	for _, t := range texts {
		for p := range strings.SplitSeq(t, ",") {
			if strings.Contains(p, "=") || len(pieces) == 0 {
				pieces = append(pieces, p)
			} else {
				pieces[len(pieces)-1] += "," + p // a comma of a name
			}
		}
	}
	for _, p := range pieces {
		key, name, _ := strings.Cut(p, "=")
		key, name = fold(key), strings.TrimSpace(name)
		switch i := slices.Index(partNames[:], key); {
		case i >= 0:
			c.Names[i], c.Absent[i] = name, name == ""
		case key == "inbound":
			c.Words[partDirection] = name
		case key == "voice":
			c.Words[partMedia] = name
		default:
			return c, fmt.Errorf("%q is no part of a call", key)
		}
	}
	if c.Absent[partANI] {
		return c, errors.New("the calling number cannot be left out")
	}
	return c, nil
}

// Calls are those of any list: one that was written for this tool, or an export of Genesys.
type Calls struct {
	Interactions *Interactions // nil for a list
	list         *List
}

// OpenCalls begins to read. A CSV with columns that this tool does not know is read as an export;
// so is every CSV when foreign says that it is one.
func OpenCalls(file string, r io.Reader, c Columns, foreign bool) (*Calls, error) {
	in, err := plainText(r)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	begin, err := in.Peek(1 << 14)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	if formatOf(file, begin) == ListCSV && (foreign || exported(begin)) {
		x, err := OpenInteractions(file, in, c)
		return &Calls{Interactions: x}, err
	}
	l, err := OpenList(file, in, ListOptions{})
	return &Calls{list: l}, err
}

// exported tells whether the beginning of a CSV is that of a list that was not written for this
// tool: it has a column that is not known here, and none but the plainest of those that are.
func exported(begin []byte) bool {
	if bytes.HasPrefix(begin, []byte("sep=")) {
		return true
	}
	head := csv.NewReader(bytes.NewReader(begin))
	head.Comma, head.LazyQuotes = delimiter(begin), true
	names, err := head.Read()
	if err != nil {
		return false
	}
	unknown := false
	for _, name := range names {
		h, _ := headingOf(strings.TrimSpace(name))
		switch {
		case h == nil:
			unknown = unknown || strings.TrimSpace(name) != ""
		case !slices.Contains([]string{"ani", "dnis", "at", "name", "expect.queue", "expect.skills"}, h.name): // which others have, too
			return false
		}
	}
	return unknown
}

// Next gives the next call, which is read when what it gives is called; that may be done elsewhere,
// and at once with others. io.EOF ends them.
func (c *Calls) Next() (func() (*Listed, diag.Findings), error) {
	if c.Interactions != nil {
		call, err := c.Interactions.Next()
		return func() (*Listed, diag.Findings) { return call, nil }, err
	}
	e, err := c.list.Next()
	return e.Read, err
}

// OpenInteractions begins to read: the encoding (UTF-8, UTF-16 or Windows-1252), the separator and
// the names of the columns. file names the export in what is found wrong, which is diag.Findings.
func OpenInteractions(file string, r io.Reader, c Columns) (*Interactions, error) {
	x := &Interactions{file: file, columns: c, dates: dates{zone: c.Zone, order: c.Order}}
	in, err := plainText(r)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	begin, err := in.Peek(1 << 14)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	comma := delimiter(bytes.TrimLeft(begin, "\r\n"))
	if bytes.HasPrefix(begin, []byte("sep=")) { // the line is for a spreadsheet, and has nothing else
		x.above = 1
		if _, err := in.ReadString('\n'); err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
	}
	x.guard = &guard{in, longestRow}
	x.csv = csv.NewReader(x.guard)
	x.csv.Comma, x.csv.LazyQuotes, x.csv.FieldsPerRecord, x.csv.ReuseRecord = comma, true, -1, true
	header, err := x.record()
	if errors.Is(err, io.EOF) {
		return nil, x.wrong(1, "the first line names the columns", "the file is empty")
	}
	if err != nil {
		return nil, err
	}
	return x, x.find(header)
}

func (x *Interactions) wrong(line int, hint, format string, args ...any) error {
	return privacy.Findings(diag.Findings{{Message: fmt.Sprintf(format, args...), Hint: hint, Position: diag.Position{File: x.file, Line: line, Column: 1}}})
}

// line is where the last row begins.
func (x *Interactions) line() int {
	line, _ := x.csv.FieldPos(0)
	return x.above + line
}

// find looks for the columns.
func (x *Interactions) find(header []string) error {
	folded := make([]string, len(header))
	for i, name := range header {
		folded[i] = fold(name)
	}
	for part := range parts {
		x.at[part] = -1
		name := x.columns.Names[part]
		for _, want := range usual[part] {
			if at := slices.Index(folded, want); name == "" && at >= 0 && x.at[part] < 0 && !x.columns.Absent[part] {
				x.at[part] = at
			}
		}
		if name != "" {
			x.at[part] = slices.Index(folded, fold(name))
		}
		if x.at[part] >= 0 || part != partANI && name == "" {
			continue
		}
		what := "no column has the calling number (ANI)"
		if name != "" {
			what = fmt.Sprintf("no column is called %q, which --columns names", name)
		}
		hint := "write --columns " + partNames[part] + "=NAME with the name of the right one"
		if have := namesOf(header); have != nil {
			return x.wrong(x.line(), hint+"; there are "+strings.Join(have, ", "), "%s", what)
		}
		return x.wrong(x.line(), "write a first line with the names of the columns, one of them ani", "%s, and the first line looks like values, not like names of columns", what)
	}
	return nil
}

// namesOf are the names of columns; nil when they may be somebody's data.
func namesOf(header []string) []string {
	out := []string{}
	for _, h := range header {
		digits := 0
		for _, r := range h {
			if unicode.IsDigit(r) {
				digits++
			}
		}
		if digits > 2 || strings.Contains(h, "@") {
			return nil
		}
		if h = strings.TrimSpace(h); h != "" {
			out = append(out, h)
		}
	}
	return out
}

// Next gives the next call, or io.EOF. An error about the text is diag.Findings.
func (x *Interactions) Next() (*Listed, error) {
	for {
		cells, err := x.record()
		if err != nil {
			return nil, err
		}
		if strings.TrimSpace(strings.Join(cells, "")) == "" || !x.inbound(cells) {
			continue
		}
		call := &Listed{Place: diag.Position{File: x.file, Line: x.line(), Column: 1}, ANI: first(x.cell(cells, partANI)), DNIS: first(x.cell(cells, partDNIS)), Shows: true}
		if !Shown(call.ANI) {
			x.Skipped.Unnamed++
			continue
		}
		if at := first(x.cell(cells, partAt)); at != "" {
			call.At, err = x.dates.read(at)
			switch {
			case errors.Is(err, errOrder):
				return nil, x.wrong(call.Place.Line, "say --date-order dmy or --date-order mdy", "%v", err)
			case err != nil:
				return nil, x.wrong(call.Place.Line, "name the right column with --columns at=NAME, or write --columns at= to read no times", "%v", err)
			}
			x.Unsure = x.Unsure || x.dates.unsure
		}
		x.calls++
		call.Number = x.calls
		return call, nil
	}
}

// inbound tells whether a row is a voice call that came in, and counts those that are not.
func (x *Interactions) inbound(cells []string) bool {
	if media := fold(x.cell(cells, partMedia)); media != "" {
		if word := fold(cmp.Or(x.columns.Words[partMedia], "voice")); !slices.Contains(words(media), word) {
			x.Skipped.NoVoice++
			return false
		}
	}
	direction := fold(x.cell(cells, partDirection))
	if direction == "" {
		return true
	}
	in, out := []string{"inbound", "eingehend", "entrante"}, []string{"outbound", "ausgehend", "saliente", "internal", "intern", "interna"}
	if word := x.columns.Words[partDirection]; word != "" {
		in, out = []string{fold(word)}, append(out, in...)
	}
	has := func(of []string) bool {
		return slices.ContainsFunc(words(direction), func(w string) bool { return slices.Contains(of, w) })
	}
	switch {
	case has(in): // also "Inbound/Outbound": somebody was called from a call that came in
		return true
	case has(out) || x.columns.Words[partDirection] != "":
		x.Skipped.Outbound++
	default:
		x.Skipped.Direction++
	}
	return false
}

func (x *Interactions) cell(cells []string, part int) string {
	if i := x.at[part]; i >= 0 && i < len(cells) {
		return cells[i]
	}
	return ""
}

// record reads a row.
func (x *Interactions) record() ([]string, error) {
	x.guard.left = longestRow
	cells, err := x.csv.Read()
	var parse *csv.ParseError
	switch {
	case errors.Is(err, errLong):
		return nil, x.wrong(x.above+1, "a quote may not be closed", "a row is longer than %d MB", longestRow>>20)
	case errors.As(err, &parse):
		return nil, x.wrong(x.above+parse.Line, "", "not CSV: %v", parse.Err)
	case err != nil && !errors.Is(err, io.EOF):
		return nil, fmt.Errorf("read %s: %w", x.file, err)
	}
	return cells, err
}

// peeked is by how much of a file its encoding is known, in bytes.
const peeked = 1 << 12

// plainText is a text as UTF-8 without a byte order mark. What is no UTF-8 at its beginning is
// taken for Windows-1252, which spreadsheets write in Western Europe.
func plainText(r io.Reader) (*bufio.Reader, error) {
	b := bufio.NewReaderSize(r, 1<<16)
	head, err := b.Peek(peeked)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return bufio.NewReaderSize(transform.NewReader(b, xunicode.UTF16(xunicode.LittleEndian, xunicode.ExpectBOM).NewDecoder()), 1<<16), nil
	case len(head) > 3 && head[0] != 0 && head[1] == 0 && head[3] == 0:
		return bufio.NewReaderSize(transform.NewReader(b, xunicode.UTF16(xunicode.LittleEndian, xunicode.IgnoreBOM).NewDecoder()), 1<<16), nil
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		_, err := b.Discard(3)
		return b, err
	}
	whole := utf8.Valid(head)
	for cut := 1; cut < utf8.UTFMax && len(head) == peeked && !whole; cut++ { // a character goes on behind it
		whole = utf8.Valid(head[:peeked-cut])
	}
	if !whole {
		return bufio.NewReaderSize(transform.NewReader(b, charmap.Windows1252.NewDecoder()), 1<<16), nil
	}
	return b, nil
}

// fold makes names comparable: letter case, blanks of every kind and other characters that are not
// seen do not count.
func fold(s string) string {
	return strings.ToLower(strings.Join(strings.FieldsFunc(s, unseen), " "))
}

func unseen(r rune) bool { return unicode.IsSpace(r) || unicode.In(r, unicode.Cf, unicode.Cc) }

// words are the values of a cell that may have several.
func words(cell string) []string {
	out := strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune("/;,|", r) })
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}

// first is the first value of a cell. A semicolon may also belong to an address.
func first(cell string) string {
	from := 0
	for i, c := range cell {
		if c != ';' && c != '\n' && c != '|' || c == ';' && !begins(cell[i+1:]) {
			continue
		}
		if one := strings.TrimSpace(cell[from:i]); one != "" {
			return one
		}
		from = i + 1
	}
	return strings.TrimSpace(cell[from:])
}

// begins tells whether a text behind a semicolon is another value.
func begins(text string) bool {
	head := text[:min(len(text), len("tel:"))]
	return head == "" || strings.ContainsAny(head[:1], " \t;+0123456789(") || strings.EqualFold(head, "tel:") || strings.EqualFold(head, "sip:")
}
