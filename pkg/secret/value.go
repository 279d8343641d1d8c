package secret

import (
	"errors"
	"fmt"
	"log/slog"
)

const dots = "••••••"

// A Value is a secret text. The zero Value is "no secret".
type Value struct{ text *string }

// New wraps text; an empty text is the zero Value.
func New(text string) Value {
	if text == "" {
		return Value{}
	}
	return Value{&text}
}

// Set reports whether there is a secret.
func (v Value) Set() bool { return v.text != nil }

// Reveal gives the text, for the one place that sends it.
func (v Value) Reveal() string {
	if v.text == nil {
		return ""
	}
	return *v.text
}

// String hides the text.
func (v Value) String() string {
	if v.text == nil {
		return ""
	}
	return dots
}

// Format hides the text under every verb, %#v included.
func (v Value) Format(s fmt.State, _ rune) { fmt.Fprint(s, v.String()) }

// LogValue hides the text in structured logs.
func (v Value) LogValue() slog.Value { return slog.StringValue(v.String()) }

// MarshalText hides the text in JSON, YAML and the like.
func (v Value) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText is refused: a secret is never read from a file of ours.
func (v *Value) UnmarshalText([]byte) error {
	return errors.New("a secret is not read from a file")
}
