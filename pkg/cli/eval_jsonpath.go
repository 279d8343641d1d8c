package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/jsonpath"
	"github.com/dealroute/dealroute/pkg/source"
	"github.com/dealroute/dealroute/pkg/view"
)

// pathQuestion is a line of standard input.
type pathQuestion struct {
	Path     string          `json:"path"`
	Document json.RawMessage `json:"document"`
}

// runEvalJSONPath reads a path in a document.
func runEvalJSONPath(ctx context.Context, o evalJSONPathOptions) error {
	if o.path == "-" {
		return evalLines(ctx, o.IO, func(line string) any {
			var q pathQuestion
			if err := json.Unmarshal([]byte(line), &q); err != nil {
				return view.EvalPath{Error: fmt.Sprintf("the line is no question: %v", err)}
			}
			doc, err := jsonpath.Decode(q.Document)
			if err != nil {
				return view.EvalPath{Error: err.Error()}
			}
			a, _ := answerPath(q.Path, doc)
			return a
		})
	}
	if o.documentFile == "" {
		return fail(errors.New("--jsonpath needs a document"), "give --document FILE")
	}
	data, err := readFile(o.documentFile, maxText)
	if err != nil {
		return fail(fmt.Errorf("read the document %s: %w", o.documentFile, err), "give a JSON file to read the path in")
	}
	doc, err := jsonpath.Decode(data)
	if err != nil {
		return fail(fmt.Errorf("%s: %w", o.documentFile, err), "give a JSON file")
	}
	a, err := answerPath(o.path, doc)
	var e *jsonpath.Error
	switch {
	case errors.As(err, &e):
		f := diag.Finding{Message: e.Message, Position: diag.Position{File: "path"}}
		if e.Offset >= 0 {
			f.Position = source.New("path", []byte(o.path)).Position(e.Offset)
		}
		if a.NotFound {
			f.Hint = "a data action takes the default of the key here"
		}
		return unreadable(diag.Findings{f}, []byte(o.path), true)
	case err != nil:
		return err
	case o.settings.json:
		return view.JSONLine(o.IO.Out, a)
	}
	_, err = diag.Fprintf(o.IO.Out, "%s\n", a.Result)
	return err
}

func answerPath(path string, doc jsonpath.Value) (view.EvalPath, error) {
	p, err := jsonpath.Parse(path)
	if err == nil {
		var v jsonpath.Value
		if v, err = p.Find(doc); err == nil {
			definite := p.Definite()
			return view.EvalPath{Definite: &definite, Result: &v}, nil
		}
	}
	a := view.EvalPath{Error: err.Error(), NotFound: errors.Is(err, jsonpath.ErrNotFound)}
	var e *jsonpath.Error
	if errors.As(err, &e) && e.Offset >= 0 {
		n := utf8.RuneCountInString(path[:min(e.Offset, len(path))])
		a.Position = &n
	}
	return a, err
}
