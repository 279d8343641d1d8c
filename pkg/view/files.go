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
	return nil
}
