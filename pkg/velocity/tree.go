package velocity

// node is a piece of a template that prints.
type node interface {
	render(r *run) error
}

// expr is a piece of a template that has a value. Truth is not derived from the value: in
// Velocity a literal string or number in a condition is false.
type expr interface {
	value(r *run) (any, error)
	truth(r *run) (bool, error)
}

type (
	textNode struct{ text string }

	ifNode struct {
		branches []branch
	}
	branch struct {
		cond expr // nil for #else
		body []node
	}

	setNode struct {
		left  *refNode
		key   string // what a plain left side is stored as
		right expr
		pos   int
	}

	foreachNode struct {
		key  string
		args []expr
		body []node
		list string // the list as written
		pos  int
	}

	breakNode struct {
		scope expr // nil: the nearest loop
		text  string
		pos   int
	}
	stopNode struct{ message expr }

	// unknownNode is what looks like a call of a macro.
	unknownNode struct {
		name  string
		text  string
		call  bool // with parentheses: strict mode refuses it
		words bool // an argument is a bare word
		pos   int
	}
)

// refKind tells the forms of a reference apart.
type refKind uint8

const (
	refShort  refKind = iota // $a
	refFormal                // ${a}
	refQuiet                 // $!a or $!{a}
	refRunt                  // a bare word where a reference may stand
	refSlash                 // $\!a, which is text
)

type refNode struct {
	kind    refKind
	root    string
	null    string // what it prints in lax mode when it is null
	literal string
	escaped bool
	braces  bool
	slashes string // half of the backslashes before it
	signs   string // signs before it, such as the first $ of $$a
	steps   []step
	loose   bool // a condition may ask for a variable that is not set
	pos     int
}

type stepKind uint8

const (
	stepProperty stepKind = iota
	stepMethod
	stepIndex
)

type step struct {
	kind stepKind
	name string
	args []expr
	pos  int

	refused string      // why the method is refused; empty when it is not
	tool    *tool       // when it is a method of a tool of ours
	method  *toolMethod // that method
}

type (
	// constant is a number, true, false, or a string without references.
	constant struct {
		v       any
		boolean bool
	}

	// textExpr is a string literal with references or directives in it.
	textExpr struct {
		nodes []node
		trim  bool // drop the blank that the engine puts at its end
		pos   int
	}

	listExpr  struct{ items []expr }
	mapExpr   struct{ keys, values []expr }
	rangeExpr struct {
		from, to expr
		pos      int
	}
	groupExpr struct{ inner expr } // in parentheses

	notExpr    struct{ inner expr }
	binaryExpr struct {
		op                  kind
		left, right         expr
		leftText, rightText string // operands as written, for + with a null
		pos                 int
	}
)

// A Template is a parsed template. It may be rendered many times and by many goroutines.
type Template struct {
	name  string
	text  string
	lines []int // offsets of line starts
	nodes []node
	// mutates is set when a call may change a map or a list, so that the caller's values
	// have to be copied first.
	mutates bool
	// strict is an error that only strict mode reports before rendering.
	strict     *Error
	directives []directive
	refs       []*refNode // in the order of reading
}

// Text is the source.
func (t *Template) Text() string { return t.text }
