package view

import (
	"io"

	"github.com/dealroute/dealroute/pkg/diag"
)

// Settings is the answer of --explain-config.
type Settings struct {
	Schema   int            `json:"schema"`
	Settings []Setting      `json:"settings"`
	Secrets  []SecretSource `json:"secrets"`
}

// A Setting is a setting with where its value comes from.
type Setting struct {
	Name   string  `json:"name"`
	Value  *string `json:"value"`
	Source string  `json:"source"`
}

// NewSetting makes one; an empty value is none.
func NewSetting(name, value, source string) Setting { return Setting{name, text(value), source} }

// A SecretSource says where a credential comes from; its value is told nowhere.
type SecretSource struct {
	Name   string `json:"name"`
	Source string `json:"source"`
}

// PrintSettings writes a line for each.
func PrintSettings(w io.Writer, all []Setting, secrets []SecretSource) error {
	for _, s := range all {
		if _, err := diag.Fprintf(w, "%-18s %-28s %s\n", s.Name, value(s.Value), s.Source); err != nil {
			return err
		}
	}
	for _, s := range secrets {
		if _, err := diag.Fprintf(w, "%-47s %s\n", s.Name, s.Source); err != nil {
			return err
		}
	}
	return nil
}
