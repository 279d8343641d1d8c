package cli

import (
	"io"

	"github.com/spf13/pflag"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/dealroute/dealroute/pkg/words"
)

// A checked prints what a check of files found: one line for each code of a file, or with
// --verbose every finding with its line of the file.
type checked struct {
	verbose bool
	hidden  int // findings without a line of their own
}

func verboseFlag(f *pflag.FlagSet, into *bool) {
	f.BoolVar(into, "verbose", false, "show every finding with its place, and the notes; without it, one line for each code of a file")
}

// file prints the findings of one file. source is Print's.
func (c *checked) file(w io.Writer, fs diag.Findings, source func(diag.Finding) []byte) error {
	if c.verbose {
		return diag.PrintAll(w, fs.Sorted(), source)
	}
	hidden, err := diag.PrintBrief(w, fs)
	c.hidden += hidden
	return err
}

// sum is the last line, for so many files.
func (c *checked) sum(w io.Writer, n map[diag.Severity]int, files int) {
	more := ""
	if c.hidden > 0 {
		more = " (--verbose shows each)"
	}
	diag.Fprintf(w, "%s%s in %s\n", view.Tallied(words.Findings(n), n), more, words.Count(files, "file", "files"))
}
