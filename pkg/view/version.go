package view

import (
	"io"

	"github.com/dealroute/dealroute/pkg/diag"
)

// A Version is the answer of version.
type Version struct {
	Schema   int    `json:"schema"`
	Version  string `json:"version"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// PrintVersion writes it as a line.
func PrintVersion(w io.Writer, v Version) error {
	_, err := diag.Fprintf(w, "dealroute %s (%s, %s)\n", v.Version, v.Go, v.Platform)
	return err
}
