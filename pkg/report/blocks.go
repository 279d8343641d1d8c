package report

import (
	"html/template"

	"github.com/dealroute/dealroute/pkg/picture"
)

// A Block is a part of a section: one of the types below.
type Block interface {
	// template names the template that shows it.
	template() string
}

// A Para is a paragraph.
type Para Text

// A List is a list of texts.
type List struct {
	Ordered bool
	Items   []Text
}

// Facts are names with what is so.
type Facts []Fact

// A Fact is one of them.
type Fact struct {
	Name  string
	Value Text
}

// A Table is rows below columns. It sorts by its headings and, when it is long, is filtered by a word.
type Table struct {
	Caption string // what the rows are; read aloud, and shown
	Columns []Column
	Rows    []Row
	Filter  bool   // has a box to filter by, also when it is short
	Empty   string // what is said when there are no rows
}

// A Column is one of a table.
type Column struct {
	Title  string
	Number bool // figures: at the right, sorted by their value
	Wide   bool // gets the room that the others leave
}

// A Row is one of a table.
type Row struct {
	Cells []Text
	Tone  Tone
	More  []Block // what opens below the row
	Open  bool    // it is open at first
	Label string  // of what opens; "More" without one
}

// Details open on demand.
type Details struct {
	Summary Text
	Open    bool
	Blocks  []Block
}

// A Group is blocks below a smaller heading.
type Group struct {
	Title  Text
	Blocks []Block
}

// An Excerpt shows lines of a file.
type Excerpt struct {
	File  string
	Lines []Line
	Path  string // in the page's data, of an object with the file and the line that is meant; may be empty
}

// A Line is one of an excerpt.
type Line struct {
	N        int
	Text     string
	Mark     bool // this one is meant
	From, To int  // of it, columns from 1, To after the last; 0: the whole line
}

// Pre is a text with its own lines, in letters of fixed width.
type Pre struct {
	Label string // what it is; read aloud
	Text  string
	Path  string // in the page's data, of the string; empty: it is not of the answer
}

// A Picture is a graph, drawn, with what it says as a text below.
type Picture struct {
	Graph   picture.Graph
	Caption string
	Ground  string // the id of what it has in common with others of the same graph; may be empty
	First   bool   // of those with this Ground
	Glance  bool   // of a flow: its overview stands first, and the whole opens below it
}

func (Para) template() string    { return "para" }
func (List) template() string    { return "list" }
func (Facts) template() string   { return "facts" }
func (*Table) template() string  { return "table" }
func (Details) template() string { return "details" }
func (Group) template() string   { return "group" }
func (Excerpt) template() string { return "excerpt" }
func (Pre) template() string     { return "pre" }
func (Picture) template() string { return "picture" }

// drawn is a vector picture of our own making, whose texts were escaped when it was made.
type drawn = template.HTML

// manyRows is from how many rows on a table is filtered by a word.
const manyRows = 12
