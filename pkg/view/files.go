package view

import (
	"io"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
)

// Files is the answer of render: what was written into a folder.
type Files struct {
	Schema int      `json:"schema"`
	Folder string   `json:"folder"`
	Files  []string `json:"files"`
}

// PrintFiles writes a line for each file.
func PrintFiles(w io.Writer, dir string, names []string) error {
	for _, n := range names {
		if _, err := diag.Fprintf(w, "%s/%s\n", strings.TrimSuffix(dir, "/"), n); err != nil {
			return err
		}
	}
	return nil
}
