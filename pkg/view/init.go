package view

import (
	"io"

	"github.com/dealroute/dealroute/pkg/diag"
)

// Init is the answer of init: what was read of the accounts, what was written, and what goes on from it.
type Init struct {
	Schema int        `json:"schema"`
	Folder string     `json:"folder"`
	Files  []InitFile `json:"files"`
	Read   []string   `json:"read"`  // a line for each account
	Notes  []string   `json:"notes"` // what could not be read, and what of the answers an account lacks
	Next   []InitStep `json:"next"`  // in order
}

// An InitFile is a file that was written.
type InitFile struct {
	Name  string `json:"name"`
	Holds string `json:"holds"`
}

// An InitStep is a command that goes on, from the folder in which init was run.
type InitStep struct {
	Command string `json:"command"`
	Does    string `json:"does"`
}

// PrintInit writes what was done and the commands in order, each with what it is for.
func PrintInit(w io.Writer, x Init) error {
	var b diag.Page
	for _, r := range x.Read {
		diag.Fprintf(&b, "read   %s\n", r)
	}
	for _, n := range x.Notes {
		diag.Fprintf(&b, "%s   %s\n", diag.In(diag.Caution, "note"), n)
	}
	for _, f := range x.Files {
		diag.Fprintf(&b, "wrote  %-15s %s\n", f.Name, f.Holds)
	}
	b.Add("\nnext:\n")
	for _, s := range x.Next {
		diag.Fprintf(&b, "  # %s\n  %s\n", s.Does, diag.In(diag.Accent, command(s.Command)))
	}
	_, err := diag.Fprintf(w, "%s", &b)
	return err
}

// command is a command for a person to copy: folded on a narrow terminal it would be two.
func command(s string) diag.Block { return diag.Block(diag.Line(s)) }
