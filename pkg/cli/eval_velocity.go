package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/velocity"
	"github.com/dealroute/dealroute/pkg/view"
)

// velocityQuestion is a line of standard input.
type velocityQuestion struct {
	Template string          `json:"template"`
	Context  json.RawMessage `json:"context"`
}

// runEvalVelocity renders a template.
func runEvalVelocity(ctx context.Context, o evalVelocityOptions) error {
	if o.template == "-" {
		return evalLines(ctx, o.IO, func(line string) any {
			var q velocityQuestion
			if err := json.Unmarshal([]byte(line), &q); err != nil {
				return view.EvalVelocity{Error: fmt.Sprintf("the line is no question: %v", err)}
			}
			s, err := renderVelocity(q.Template, q.Context, o.lax)
			if err != nil {
				return view.EvalVelocity{Error: err.Error()}
			}
			return view.EvalVelocity{OK: &s}
		})
	}
	var data []byte
	if o.contextFile != "" {
		var err error
		if data, err = readFile(o.contextFile, maxText); err != nil {
			return fail(fmt.Errorf("read the context %s: %w", o.contextFile, err), "give a JSON file with the template's variables")
		}
	}
	s, err := renderVelocity(o.template, data, o.lax)
	var e *velocity.Error
	switch {
	case errors.As(err, &e):
		f := diag.Finding{Message: e.Message, Hint: e.Hint, Position: e.Position()}
		return unreadable(diag.Findings{f}, []byte(o.template), true)
	case err != nil:
		return fail(fmt.Errorf("%s: %w", o.contextFile, err), `write {"input": {"name": "value"}}`)
	case o.settings.json:
		return view.JSONLine(o.IO.Out, view.EvalVelocity{OK: &s})
	}
	if !strings.HasSuffix(s, "\n") {
		s += "\n"
	}
	_, err = diag.Fprintf(o.IO.Out, "%s", diag.Block(s))
	return err
}

// renderVelocity renders a template with the variables of a JSON object; none is no variables.
func renderVelocity(template string, variables []byte, lax bool) (string, error) {
	if !utf8.ValidString(template) {
		return "", errors.New("the template is not UTF-8")
	}
	vars := map[string]any{}
	if len(variables) > 0 {
		var err error
		if vars, err = velocity.FromJSON(variables); err != nil {
			return "", err
		}
	}
	t, err := velocity.Parse("template", template)
	if err != nil {
		return "", err
	}
	return t.Render(vars, velocity.Options{Lax: lax})
}
