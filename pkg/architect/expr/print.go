package expr

import "strings"

// Print writes an expression that parses to the same tree, with no more parentheses than
// it needs. A literal of a type that has none is written as the call that makes it.
func Print(n Node) string {
	var p printer
	p.node(n, 0)
	return p.b.String()
}

type printer struct{ b strings.Builder }

// Binding strengths, loosest first; an operator's right operand must bind tighter, except
// that of ^, which is right-associative.
const (
	bindConditional = 1 + iota
	bindOr
	bindAnd
	bindBitOr
	bindBitAnd
	bindEqual
	bindOrder
	bindAdd
	bindMul
	bindPow
	bindNot
	bindMinus
	bindPrimary
)

var binding = map[string]int{
	"or": bindOr, "and": bindAnd, "|": bindBitOr, "&": bindBitAnd, "==": bindEqual, "!=": bindEqual,
	">": bindOrder, ">=": bindOrder, "<": bindOrder, "<=": bindOrder, "+": bindAdd, "-": bindAdd,
	"*": bindMul, "/": bindMul, "%": bindMul, "^": bindPow,
}

// strength is how tightly a node's own text binds.
func strength(n Node) int {
	switch n := n.(type) {
	case *Conditional:
		return bindConditional
	case *Binary:
		return binding[n.Op]
	case *Unary:
		if n.Op == "-" {
			return bindMinus
		}
		return bindNot
	}
	return bindPrimary
}

// node writes n for a place that takes what binds at least as tightly as least.
func (p *printer) node(n Node, least int) {
	if s := strength(n); s < least {
		p.b.WriteByte('(')
		p.node(n, 0)
		p.b.WriteByte(')')
		return
	}
	switch n := n.(type) {
	case *Literal:
		p.literal(n.Value)
	case *Variable:
		p.b.WriteString(n.Name)
	case *Call:
		p.b.WriteString(n.Name)
		p.b.WriteByte('(')
		for i, a := range n.Args {
			if i > 0 {
				p.b.WriteString(", ")
			}
			p.node(a, 0)
		}
		p.b.WriteByte(')')
	case *Unary:
		p.b.WriteString(n.Op)
		if n.Op != "-" {
			p.node(n.X, bindNot)
			return
		}
		// A minus before a number is part of the literal, and one before a minus no syntax.
		if l, ok := n.X.(*Literal); ok && isNumber(l.Value) {
			p.b.WriteByte('(')
			p.literal(l.Value)
			p.b.WriteByte(')')
			return
		}
		p.node(n.X, bindPrimary)
	case *Binary:
		s := binding[n.Op]
		left, right := s, s+1
		if n.Op == "^" {
			left, right = s+1, s
		}
		p.node(n.X, left)
		p.b.WriteString(" " + n.Op + " ")
		p.node(n.Y, right)
	case *Conditional:
		p.node(n.Cond, bindConditional)
		p.b.WriteString(" ? ")
		p.node(n.Then, bindConditional+1)
		p.b.WriteString(" : ")
		p.node(n.Else, bindConditional+1)
	case *Property:
		p.node(n.X, bindPrimary)
		switch {
		case n.Bracket:
			p.b.WriteString("[" + quote(n.Name) + "]")
		case nameLength(n.Name) == len(n.Name) && n.Name != "":
			p.b.WriteString("." + n.Name)
		default:
			p.b.WriteString("." + quote(n.Name))
		}
	case *Index:
		p.node(n.X, bindPrimary)
		p.b.WriteByte('[')
		p.node(n.I, 0)
		p.b.WriteByte(']')
	}
}

func isNumber(v Value) bool { return v.IsSet() && (v.Type() == Integer || v.Type() == Decimal) }

func (p *printer) literal(v Value) {
	t := v.Type()
	switch {
	case !v.IsSet() && (t == NotSetType || t == Invalid):
		p.b.WriteString("NOT_SET")
	case !v.IsSet():
		if f, ok := conversions[t]; ok {
			p.b.WriteString(f + "(NOT_SET)")
			return
		}
		p.b.WriteString("NOT_SET")
	case t == Boolean || t == Integer || t == Decimal || t == String:
		p.b.WriteString(v.String())
	case t.IsList():
		p.b.WriteString("MakeList(")
		for i, x := range v.items() {
			if i > 0 {
				p.b.WriteString(", ")
			}
			p.literal(x)
		}
		p.b.WriteByte(')')
	default:
		f := conversions[t]
		if t == JSON {
			f = "JsonParse"
		}
		s, _ := v.text()
		p.b.WriteString(f + "(" + quote(s) + ")")
	}
}

// conversions names the function that makes a value of the type.
var conversions = map[Type]string{
	Boolean: "ToBool", Integer: "ToInt", Decimal: "ToDecimal", String: "ToString", DateTime: "ToDateTime",
	Duration: "ToDuration", Currency: "ToCurrency", PhoneNumber: "ToPhoneNumber", JSON: "ToJson", Queue: "ToQueue",
	User: "ToUser", Skill: "ToSkill", LanguageSkill: "ToLanguageSkill", Group: "ToGroup", WrapupCode: "ToWrapupCode",
	Prompt: "FindUserPrompt", Schedule: "FindSchedule", ScheduleGroup: "ToScheduleGroup", EmergencyGroup: "FindEmergencyGroup",
	Audio: "ToAudioTTS",
}
