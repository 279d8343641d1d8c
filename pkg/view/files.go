package view

import (
	"io"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
)

// Files is the answer of render: what was written into a folder.
type Files struct {
	Schema  int      `json:"schema"`
	Folder  string   `json:"folder"`
	Files   []string `json:"files"`
	Removed []string `json:"removed"` // of an earlier render
	Kept    []string `json:"kept"`    // of an earlier render, and edited since
	Next    []string `json:"next"`    // commands that go on from what was written
}

// PrintFiles writes a line for each file.
func PrintFiles(w io.Writer, f Files) error {
	for _, n := range f.Files {
		if _, err := diag.Fprintf(w, "%s/%s\n", strings.TrimSuffix(f.Folder, "/"), n); err != nil {
			return err
		}
	}
	for _, n := range f.Removed {
		if _, err := diag.Fprintf(w, "%s/%s  (removed: no longer rendered)\n", strings.TrimSuffix(f.Folder, "/"), n); err != nil {
			return err
		}
	}
	for i, n := range f.Next {
		if i == 0 {
			diag.Fprintf(w, "\nnext:\n") //nolint:errcheck // the line behind it tells
		}
		if _, err := diag.Fprintf(w, "  %s\n", command(n)); err != nil {
			return err
		}
	}
	return nil
}

// Examples is the answer of render --example list.
type Examples struct {
	Schema   int       `json:"schema"`
	Examples []Example `json:"examples"`
}

// An Example is a deployment that the program brings along.
type Example struct {
	Name  string `json:"name"`
	Shows string `json:"shows"`
}

// PrintExamples writes a line for each example.
func PrintExamples(w io.Writer, e Examples) error {
	for _, x := range e.Examples {
		if _, err := diag.Fprintf(w, "%-17s %s\n", x.Name, x.Shows); err != nil {
			return err
		}
	}
	return nil
}
