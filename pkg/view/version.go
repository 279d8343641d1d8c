package view

import (
	"cmp"
	"io"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
)

// A Version is the answer of version: what somebody needs to know who is told of a mistake, and
// what decides whether two programs are the same one.
type Version struct {
	Schema   int     `json:"schema"`
	Version  string  `json:"version"`
	Commit   *string `json:"commit"` // of the sources, with "-dirty" when they had changes; null: the build did not record it
	Date     *string `json:"date"`   // of the commit, in UTC
	Go       string  `json:"go"`     // that compiled it
	Platform string  `json:"platform"`
	SDK      *string `json:"sdk"` // version of Genesys' SDK that is linked

	NoCommit string `json:"-"` // why there is none
}

// PrintVersion writes it: first the line that is all of --version.
func PrintVersion(w io.Writer, v Version) error {
	if err := PrintVersionLine(w, v); err != nil {
		return err
	}
	commit := v.NoCommit
	if v.Commit != nil {
		commit = *v.Commit
	}
	if v.Date != nil {
		commit += " of " + *v.Date
	}
	sdk := "of a version that the build did not record"
	if v.SDK != nil {
		sdk = "platform-client-sdk-go " + *v.SDK
	}
	_, err := diag.Fprintf(w, "commit  %s\nsdk     %s\n", strings.TrimSpace(cmp.Or(commit, "not recorded")), sdk)
	return err
}

// PrintVersionLine writes what --version says.
func PrintVersionLine(w io.Writer, v Version) error {
	_, err := diag.Fprintf(w, "dealroute %s (%s, %s)\n", v.Version, v.Go, v.Platform)
	return err
}
