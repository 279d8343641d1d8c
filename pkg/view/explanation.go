package view

import (
	"io"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
)

// An Explanation is what the documentation says of a code, as JSON. The text is Markdown.
type Explanation struct {
	Schema int    `json:"schema"`
	Code   string `json:"code"`
	Title  string `json:"title"` // empty for an assumption
	Text   string `json:"text"`
	URL    string `json:"url"`
}

// ExplainedCodes are the codes that begin alike, as JSON.
type ExplainedCodes struct {
	Schema int             `json:"schema"`
	Codes  []ExplainedCode `json:"codes"`
}

// An ExplainedCode is a code with what it says in a few words.
type ExplainedCode struct {
	Code  string `json:"code"`
	Title string `json:"title"` // of an assumption its first sentence
	URL   string `json:"url"`
}

// Codes prints a line for each code.
func Codes(w io.Writer, codes []ExplainedCode) error {
	most := 0
	for _, c := range codes {
		most = max(most, len(c.Code))
	}
	for _, c := range codes {
		if _, err := diag.Fprintf(w, "%s%s  %s\n", c.Code, strings.Repeat(" ", most-len(c.Code)), c.Title); err != nil {
			return err
		}
	}
	return nil
}
