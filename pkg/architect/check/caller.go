package check

import (
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
)

// numbers are the built-in variables that hold a number as the trunk writes it: tel:+1…, +1…,
// sip:…
var numbers = []string{"call.ani", "call.calledaddress", "call.calledaddressoriginal"}

// bareRE is a number, or the beginning of one, without a scheme.
var bareRE = pattern.Of(`^\+?[0-9][0-9 ().-]*$|^\+$`)

const callerHint = "compare ToPhoneNumber(…).e164, which is the same on every trunk"

// copies finds the variables that hold such a number as it came: every statement that writes
// to one copies it.
func (c *checker) copies() {
	from := map[string][]expr.Node{}
	var walk func(list []*architect.Action)
	walk = func(list []*architect.Action) {
		for _, a := range list {
			for _, st := range a.Statements {
				n, err := expr.Parse(st.Value.Text)
				if st.Value.Form != architect.Exp || err != nil {
					n = nil
				}
				from[strings.ToLower(st.Variable.Text)] = append(from[strings.ToLower(st.Variable.Text)], n)
			}
			for i := range a.Branches {
				walk(a.Branches[i].Actions)
			}
		}
	}
	architect.EachTask(c.flow, func(t *architect.Task) { walk(t.Actions) })
	c.numbers = map[string]bool{}
	for _, name := range numbers {
		c.numbers[name] = true
	}
	for name, list := range from {
		if !slices.ContainsFunc(list, func(n expr.Node) bool { return n == nil || c.asItCame(n) == "" }) {
			c.numbers[name] = true
		}
	}
}

// asItCame names the number that an expression gives as the trunk writes it, or the beginning
// of; nothing when it gives something else.
func (c *checker) asItCame(n expr.Node) string {
	switch x := n.(type) {
	case *expr.Variable:
		if c.numbers[strings.ToLower(x.Name)] {
			return x.Name
		}
	case *expr.Conditional:
		if name := c.asItCame(x.Then); name != "" {
			return name
		}
		return c.asItCame(x.Else)
	case *expr.Call:
		switch strings.ToLower(x.Name) {
		case "trim", "ltrim", "rtrim", "lower", "upper", "tostring", "left", "substring":
			if len(x.Args) > 0 {
				return c.asItCame(x.Args[0])
			}
		case "if":
			for _, a := range x.Args[min(1, len(x.Args)):] {
				if name := c.asItCame(a); name != "" {
					return name
				}
			}
		}
	}
	return ""
}

// bare reports whether an expression gives a text that is or begins a number without a scheme,
// or a list of such.
func (c *checker) bare(s *scope, n expr.Node) bool {
	switch x := n.(type) {
	case *expr.Literal:
		return x.Value.IsSet() && x.Value.Type() == expr.String && bareRE().MatchString(strings.TrimSpace(x.Value.Text()))
	case *expr.Variable:
		d := s.declaredAs(x.Name)
		return d != nil && d.v != nil && d.v.Initial.Form == architect.Lit && strings.HasPrefix(d.v.Initial.Text, "+") && bareRE().MatchString(d.v.Initial.Text)
	case *expr.Binary:
		return x.Op == "+" && c.bare(s, x.X)
	case *expr.Call:
		switch strings.ToLower(x.Name) {
		case "append", "tostring", "trim":
			return len(x.Args) > 0 && c.bare(s, x.Args[0])
		case "makelist", "split":
			return slices.ContainsFunc(x.Args, func(a expr.Node) bool { return c.bare(s, a) })
		}
	}
	return false
}

// listed reports whether a text holds bare numbers one after the other.
func listed(n expr.Node) bool {
	lit, ok := n.(*expr.Literal)
	if !ok || !lit.Value.IsSet() || lit.Value.Type() != expr.String {
		return false
	}
	parts := strings.FieldsFunc(lit.Value.Text(), func(r rune) bool { return strings.ContainsRune(",;| ", r) })
	return len(parts) > 0 && !slices.ContainsFunc(parts, func(p string) bool { return len(p) < 5 || !bareRE().MatchString(p) })
}

// caller says where an expression takes a number of the call for a bare one.
func (c *checker) caller(s *scope, v architect.Value, n expr.Node) {
	tell := func(at expr.Node, name, what string) {
		pos, length := c.file.Place(v, at.Pos(), 1)
		c.findings.Add(diag.Finding{Code: CodeCaller, Severity: diag.Info, Position: pos, Length: length, Path: v.Path, Message: name + " " + what + "; many trunks write tel: before it", Hint: strings.Replace(callerHint, "…", name, 1)})
	}
	expr.Walk(n, func(n expr.Node) bool {
		switch x := n.(type) {
		case *expr.Binary:
			for _, side := range [][2]expr.Node{{x.X, x.Y}, {x.Y, x.X}} {
				if x.Op == "==" || x.Op == "!=" {
					if name := c.asItCame(side[0]); name != "" && c.bare(s, side[1]) {
						tell(n, name, "is compared with a bare number")
						return false
					}
					if call, ok := side[0].(*expr.Call); ok && strings.EqualFold(call.Name, "FindString") && len(call.Args) > 1 && isZero(side[1]) {
						if name := c.asItCame(call.Args[0]); name != "" && c.bare(s, call.Args[1]) {
							tell(n, name, "is taken to begin with a bare number")
							return false
						}
					}
				}
				if call, ok := side[0].(*expr.Call); ok && strings.EqualFold(call.Name, "Length") && len(call.Args) == 1 && slices.Contains([]string{"==", "!=", "<", "<=", ">", ">="}, x.Op) {
					if name := c.asItCame(call.Args[0]); name != "" {
						tell(n, name, "is told by its length")
						return false
					}
				}
			}
		case *expr.Call:
			if len(x.Args) < 2 {
				return true
			}
			switch strings.ToLower(x.Name) {
			case "startswith":
				if name := c.asItCame(x.Args[0]); name != "" && c.bare(s, x.Args[1]) {
					tell(n, name, "is taken to begin with a bare number")
					return false
				}
			case "contains", "findstring", "findfirst", "findlast", "find", "findall", "listcontains":
				if name := c.asItCame(x.Args[1]); name != "" && (c.bare(s, x.Args[0]) || listed(x.Args[0])) {
					tell(n, name, "is looked for among bare numbers")
					return false
				}
			}
		}
		return true
	})
}

func isZero(n expr.Node) bool {
	lit, ok := n.(*expr.Literal)
	return ok && lit.Value.Type() == expr.Integer && lit.Value.IsSet() && lit.Value.Int() == 0
}

// callerKey says that a table is read by a number as the trunk writes it.
func (c *checker) callerKey(s *scope, v architect.Value) {
	n, err := expr.Parse(v.Text)
	if v.Form != architect.Exp || err != nil {
		return
	}
	if name := c.asItCame(n); name != "" {
		c.report(diag.Info, CodeCaller, v.Pos, v.Path, "the key is "+name+" as the trunk writes it, on many with tel: before it; a row under the bare number is not found then", strings.Replace(callerHint, "compare", "look up", 1))
	}
}

// callerCases says that a switch compares a number of the call with bare ones.
func (c *checker) callerCases(s *scope, w *architect.Switch) {
	n, err := expr.Parse(w.Value.Text)
	if !w.FirstMatch || w.Value.Form != architect.Exp || err != nil {
		return
	}
	name := c.asItCame(n)
	if name == "" {
		return
	}
	for _, k := range w.Cases {
		is := k.Value.Form == architect.Lit && bareRE().MatchString(k.Value.Text)
		if x, err := expr.Parse(k.Value.Text); k.Value.Form == architect.Exp && err == nil {
			is = c.bare(s, x)
		}
		if is {
			c.report(diag.Info, CodeCaller, k.Value.Pos, k.Value.Path, name+" is compared with a bare number; many trunks write tel: before it", strings.Replace(callerHint, "…", name, 1))
		}
	}
}
