package view

import (
	"github.com/dealroute/dealroute/pkg/jsonpath"
	"github.com/dealroute/dealroute/pkg/privacy"
)

// An Eval is what eval says of one expression.
type Eval struct {
	Expression string `json:"expression"`
	Type       string `json:"type,omitempty"`
	Result     string `json:"result,omitempty"`
	Error      string `json:"error,omitempty"`
	Position   *int   `json:"position,omitempty"` // characters before the place of the error
	Hint       string `json:"hint,omitempty"`
}

// Masked is the answer without what is personal in it.
func (a Eval) Masked(m *privacy.Mask) Eval {
	a.Expression, a.Result, a.Error = m.Text(a.Expression), m.Text(a.Result), m.Text(a.Error)
	return a
}

// An EvalCheck is what eval --check says of one expression.
type EvalCheck struct {
	OK         bool   `json:"ok"`
	Type       string `json:"type,omitempty"`
	Conversion string `json:"conversion,omitempty"`
	Error      string `json:"error,omitempty"`
	Hint       string `json:"hint,omitempty"`
	Position   *int   `json:"position,omitempty"`
}

// An EvalVelocity is what eval --velocity says of one template; one of the two is there.
type EvalVelocity struct {
	OK    *string `json:"ok,omitempty"`
	Error string  `json:"error,omitempty"`
}

// An EvalPath is what eval --jsonpath says of one path: what is definite and the result, or an
// error.
type EvalPath struct {
	Definite *bool           `json:"definite,omitempty"`
	Result   *jsonpath.Value `json:"result,omitempty"`
	Error    string          `json:"error,omitempty"`
	Position *int            `json:"position,omitempty"` // characters before the place of the error
	NotFound bool            `json:"notFound,omitempty"` // the path leads nowhere: a default would be used
}
