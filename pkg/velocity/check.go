package velocity

import "github.com/dealroute/dealroute/pkg/diag"

// A Directive is one use of a directive, for the checker.
type Directive struct {
	Name     string
	Position diag.Position
}

// Directives lists the directives a template uses, in the order of reading.
func (t *Template) Directives() []Directive { return t.directives }
