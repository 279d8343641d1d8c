package cli

import (
	"io"
	"os"
	"slices"
	"strconv"

	"github.com/dealroute/dealroute/pkg/view"
	"golang.org/x/term"
)

// dress gives the outputs that lead to a terminal colours and its width. What is no text for a
// person stays as it is: JSON and the other formats, files and pipes.
func (e *Env) dress(plain bool, format string) {
	colour := e.IO.Obeys && !plain && e.Getenv("NO_COLOR") == ""
	of := func(w io.Writer, terminal bool) {
		out, ok := w.(*view.Writer)
		if !ok {
			return
		}
		d := view.Dress{Before: e.IO.line.clear}
		if terminal {
			d.Colour, d.Columns = colour, e.IO.Columns
		}
		out.Dress(d)
	}
	of(e.IO.Out, e.IO.OutTerminal && format == "text")
	of(e.IO.Err, e.IO.ErrTerminal)
}

// undressed looks for --no-color and a format in arguments that could not be parsed yet.
func (e *Env) undressed(args []string) {
	if i := slices.Index(args, "--"); i >= 0 {
		args = args[:i]
	}
	format := "text"
	if wantsJSON(args) {
		format = "json"
	}
	e.dress(slices.Contains(args, "--no-color") || slices.Contains(args, "--no-color=true"), format)
}

// columns is how wide the terminal is now, 0 when nobody knows.
func columns(getenv func(string) string, files ...*os.File) int {
	if n, err := strconv.Atoi(getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	for _, f := range files {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
			return n
		}
	}
	return 0
}
