package expr

// Typed is what the checker found out about an expression.
type Typed struct {
	Type       Type     // the type of the result, after conversion
	Conversion string   // the function that was put round the whole for the target's sake, such as ToString
	Symbols    []Symbol // the variables it names, each once
}

// Check finds the static type of a parsed expression. With a target, the type of the field
// the expression stands in, the whole is converted when a function does that, and a bare
// NOT_SET takes the target's type. The error is an *Error.
func Check(n Node, scope Scope, target *Type) (Typed, error) {
	return Typed{}, &Error{Message: "not checked"}
}

// CheckText parses and checks.
func CheckText(text string, scope Scope, target *Type) (Typed, error) {
	n, err := Parse(text)
	if err != nil {
		return Typed{}, err
	}
	return Check(n, scope, target)
}
