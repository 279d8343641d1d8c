package expr

// A Node is a part of a parsed expression. Pos is the byte offset of the part that names
// it: an operator's sign, a function's or variable's name, a literal's first character.
type Node interface {
	Pos() int
	node()
}

// A Literal is a number, a string, true, false or NOT_SET as written.
type Literal struct {
	At    int
	Value Value
}

// A Variable is a name of one or two parts, such as Flow.Tries or Call.Ani. Further parts
// are Property nodes round it; constants such as System.Languages.enUS.tag are too.
type Variable struct {
	At   int
	Name string
}

// A Call is a function with its arguments.
type Call struct {
	At   int
	Name string
	Args []Node
}

// A Unary is one of - ! ~ before an operand.
type Unary struct {
	At int
	Op string
	X  Node
}

// A Binary is an operator between two operands; and and or are lower case.
type Binary struct {
	At   int
	Op   string
	X, Y Node
}

// A Conditional is cond ? then : else; At is the place of the question mark.
type Conditional struct {
	At               int
	Cond, Then, Else Node
}

// A Property is x.name, x."name" or x["name"]. X is a Variable, Call, Property or Index:
// the language allows no other.
type Property struct {
	At      int
	X       Node
	Name    string
	Bracket bool // written x["name"], which constants do not allow
}

// An Index is x[i]. X is a Variable, Call, Property or Index.
type Index struct {
	At   int
	X, I Node
}

// Pos is the byte offset of the literal.
func (n *Literal) Pos() int { return n.At }

// Pos is the byte offset of the name.
func (n *Variable) Pos() int { return n.At }

// Pos is the byte offset of the name.
func (n *Call) Pos() int { return n.At }

// Pos is the byte offset of the operator.
func (n *Unary) Pos() int { return n.At }

// Pos is the byte offset of the operator.
func (n *Binary) Pos() int { return n.At }

// Pos is the byte offset of the question mark.
func (n *Conditional) Pos() int { return n.At }

// Pos is the byte offset of the dot or bracket.
func (n *Property) Pos() int { return n.At }

// Pos is the byte offset of the bracket.
func (n *Index) Pos() int { return n.At }

func (*Literal) node()     {}
func (*Variable) node()    {}
func (*Call) node()        {}
func (*Unary) node()       {}
func (*Binary) node()      {}
func (*Conditional) node() {}
func (*Property) node()    {}
func (*Index) node()       {}

// Lit makes a literal. Booleans, integers, decimals, strings and NOT_SET have literals;
// Print writes any other value as a call that makes it.
func Lit(v Value) Node { return &Literal{Value: v} }

// Text makes a string literal.
func Text(s string) Node { return Lit(OfString(s)) }

// Var makes a variable with the name as declared, such as Flow.Tries.
func Var(name string) Node { return &Variable{Name: name} }

// Fn makes a call.
func Fn(name string, args ...Node) Node { return &Call{Name: name, Args: args} }

// Op makes a binary operation.
func Op(x Node, op string, y Node) Node { return &Binary{Op: op, X: x, Y: y} }

// Not makes the negation !x.
func Not(x Node) Node { return &Unary{Op: "!", X: x} }

// Walk calls f for n and every part of it, outer parts first, in the order of the text;
// parts of a node for which f answers false are left out.
func Walk(n Node, f func(Node) bool) {
	if n == nil || !f(n) {
		return
	}
	switch n := n.(type) {
	case *Call:
		for _, a := range n.Args {
			Walk(a, f)
		}
	case *Unary:
		Walk(n.X, f)
	case *Binary:
		Walk(n.X, f)
		Walk(n.Y, f)
	case *Conditional:
		Walk(n.Cond, f)
		Walk(n.Then, f)
		Walk(n.Else, f)
	case *Property:
		Walk(n.X, f)
	case *Index:
		Walk(n.X, f)
		Walk(n.I, f)
	}
}

// Variables lists the variables n names, each once, in the order of the text.
func Variables(n Node) []string {
	var out []string
	seen := map[string]bool{}
	Walk(n, func(n Node) bool {
		if v, ok := n.(*Variable); ok && !seen[v.Name] {
			seen[v.Name] = true
			out = append(out, v.Name)
		}
		return true
	})
	return out
}
