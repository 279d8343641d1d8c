package blueprint

import (
	"fmt"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/routing"
)

// Small constructors over expr's, so that conditions read like what they print.

func v(name string) expr.Node                     { return expr.Var(name) }
func text(s string) expr.Node                     { return expr.Text(s) }
func whole(n int) expr.Node                       { return expr.Lit(expr.OfInt(int64(n))) }
func yes(b bool) expr.Node                        { return expr.Lit(expr.OfBool(b)) }
func fn(name string, args ...expr.Node) expr.Node { return expr.Fn(name, args...) }
func eq(x, y expr.Node) expr.Node                 { return expr.Op(x, "==", y) }
func atLeast(x, y expr.Node) expr.Node            { return expr.Op(x, ">=", y) }
func atMost(x, y expr.Node) expr.Node             { return expr.Op(x, "<=", y) }
func more(x, y expr.Node) expr.Node               { return expr.Op(x, ">", y) }
func less(x, y expr.Node) expr.Node               { return expr.Op(x, "<", y) }
func add(x, y expr.Node) expr.Node                { return expr.Op(x, "+", y) }
func choose(c, a, b expr.Node) expr.Node          { return fn("If", c, a, b) }
func isSet(x expr.Node) expr.Node                 { return fn("IsSet", x) }
func empty(x expr.Node) expr.Node                 { return fn("IsNotSetOrEmpty", x) }
func count(x expr.Node) expr.Node                 { return fn("Count", x) }
func at(x, i expr.Node) expr.Node                 { return fn("GetAt", x, i) }
func length(x expr.Node) expr.Node                { return fn("Length", x) }
func notSet(conversion string) expr.Node          { return fn(conversion, v("NOT_SET")) }

// all and either join conditions in a balanced tree: Architect nests expressions at most 60
// deep, and a chain of operators counts each of its links.
func all(xs ...expr.Node) expr.Node    { return balanced("and", true, xs) }
func either(xs ...expr.Node) expr.Node { return balanced("or", false, xs) }

func balanced(op string, none bool, xs []expr.Node) expr.Node {
	switch len(xs) {
	case 0:
		return yes(none)
	case 1:
		return xs[0]
	}
	m := (len(xs) + 1) / 2
	return expr.Op(balanced(op, none, xs[:m]), op, balanced(op, none, xs[m:]))
}

// texts makes a list of strings.
func texts(ss ...string) expr.Node {
	args := make([]expr.Node, len(ss))
	for i, s := range ss {
		args[i] = text(s)
	}
	return fn("MakeList", args...)
}

// among holds when x is one of the texts; NOT_SET is none of them. FindFirst takes NOT_SET
// as the item, and compares exactly.
func among(x expr.Node, ss ...string) expr.Node {
	if len(ss) == 1 {
		return eq(x, text(ss[0]))
	}
	return atLeast(fn("FindFirst", texts(ss...), x), whole(0))
}

// digitless is x without its digits: what is all digits becomes "". The language has no
// regular expressions.
func digitless(x expr.Node) expr.Node {
	for d := '0'; d <= '9'; d++ {
		x = fn("Replace", x, text(string(d)), text(""))
	}
	return x
}

// integer writes a whole number that may be negative.
func integer(n int) expr.Node {
	if n < 0 {
		return &expr.Unary{Op: "-", X: whole(-n)}
	}
	return whole(n)
}

// decimal writes a number of the deployment file.
func decimal(d routing.Decimal) (expr.Node, error) {
	s := d.String()
	neg := s[0] == '-'
	if neg {
		s = s[1:]
	}
	val, ok := expr.OfDecimal(s)
	if !ok {
		return nil, fmt.Errorf("%s is beyond what Architect's Decimal holds", d)
	}
	n := expr.Lit(val)
	if neg {
		n = &expr.Unary{Op: "-", X: n}
	}
	return n, nil
}
