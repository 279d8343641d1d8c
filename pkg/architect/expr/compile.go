package expr

// A Program is a compiled expression. It may be evaluated by many goroutines at once.
type Program struct {
	typed Typed
}

// Typed is what the checker found.
func (p *Program) Typed() Typed { return p.typed }

// Type is the type of the result.
func (p *Program) Type() Type { return p.typed.Type }

// Compile parses, checks and compiles an expression; target is as for Check. At most one
// Options is looked at.
func Compile(text string, scope Scope, target *Type, o ...Options) (*Program, error) {
	n, err := Parse(text)
	if err != nil {
		return nil, err
	}
	return CompileNode(n, scope, target, o...)
}

// CompileNode is Compile for a parsed expression.
func CompileNode(n Node, scope Scope, target *Type, o ...Options) (*Program, error) {
	t, err := Check(n, scope, target)
	if err != nil {
		return nil, err
	}
	return &Program{typed: t}, nil
}

// Eval computes the expression. The error is an *EvalError.
func (p *Program) Eval(env Env) (Value, error) { return Value{}, &EvalError{Message: "not evaluated"} }
