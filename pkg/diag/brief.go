package diag

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// PrintBrief writes one line for each code of each file, with what it stands for:
//
//	find.json:41:20: warning: input "phone" is … [DA-TPL-011] (and 2 more like it: lines 42, 44); hint: write …
//
// Only errors and warnings are written. hidden is how many findings have no line of their own.
func PrintBrief(w io.Writer, fs Findings) (hidden int, err error) {
	type kind struct{ file, code string }
	groups := map[kind]Findings{}
	var order []kind
	for _, f := range fs.Sorted() {
		if f.Severity == Info || f.Severity == Assumption || f.More > 0 {
			hidden += max(f.More, 1)
			continue
		}
		k := kind{f.Position.File, cmp.Or(f.Code, f.Message)}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], f)
	}
	for _, k := range order {
		hidden += len(groups[k]) - 1
		if _, err := Fprintf(w, "%s\n", brief(groups[k])); err != nil {
			return hidden, err
		}
	}
	return hidden, nil
}

// mostLines is how many other places one line names.
const mostLines = 8

// brief is the line of findings of one kind, the gravest of which comes first.
func brief(fs Findings) *Page {
	line := head(fs[0])
	if more := len(fs) - 1; more > 0 {
		var at []string
		for _, f := range fs[1:] {
			if n := fmt.Sprint(f.Position.Line); f.Position.Line > 0 && !slices.Contains(at, n) {
				at = append(at, n)
			}
		}
		where := ""
		switch {
		case len(at) == 1:
			where = ": line " + at[0]
		case len(at) > mostLines:
			where = ": lines " + strings.Join(at[:mostLines], ", ") + ", …"
		case len(at) > 1:
			where = ": lines " + strings.Join(at, ", ")
		}
		line.Add(" (and %d more like it%s)", more, where)
	}
	if hint := fs[0].Hint; hint != "" {
		line.Add("; %s %s", In(Accent, "hint:"), hint)
	}
	return line
}
