package view

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/validate"
)

// GitHub writes an answer of validate as workflow commands, which GitHub Actions shows at the
// lines of a pull request. Assumptions, and what a comment of the file allows, are left out.
func GitHub(w io.Writer, a validate.Answer) error {
	for _, f := range a.Findings {
		if f.Severity == diag.Assumption {
			continue
		}
		kind := map[diag.Severity]string{diag.Warning: "warning", diag.Info: "notice"}[f.Severity]
		if kind == "" {
			kind = "error"
		}
		var ps []string
		if p := f.Position; p.File != "" {
			ps = append(ps, "file="+property(filepath.ToSlash(p.File)))
			if p.Line > 0 {
				ps = append(ps, fmt.Sprintf("line=%d", p.Line))
			}
			if p.Line > 0 && p.Column > 0 {
				ps = append(ps, fmt.Sprintf("col=%d,endColumn=%d", p.Column, p.Column+max(f.Length, 1)))
			}
		}
		if f.Code != "" {
			ps = append(ps, "title="+property(f.Code))
		}
		text := f.Message
		if f.Hint != "" {
			text += "\nhint: " + f.Hint
		}
		if _, err := diag.Fprintf(w, "::%s %s::%s\n", kind, strings.Join(ps, ","), data(diag.Plain(text))); err != nil {
			return err
		}
	}
	return nil
}

// data escapes what stands behind the colons of a workflow command, property a value before
// them. GitHub: % first, then line ends; in properties colons and commas, too.
func data(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func property(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(data(diag.Line(s)))
}
