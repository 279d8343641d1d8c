package view

import (
	"io"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
)

// A TokenAnswer is the answer of token renew, one of each renewal.
type TokenAnswer struct {
	Schema  int    `json:"schema"`
	Org     Org    `json:"org"`
	Sandbox bool   `json:"sandbox"`
	Until   string `json:"until"`               // until when a call may begin to use the token, as the control table says it
	Expires string `json:"expires"`             // when the token ends
	Rotated bool   `json:"refreshTokenRotated"` // another refresh token counts from now on
}

// PrintToken writes it for a person.
func PrintToken(w io.Writer, a TokenAnswer, left time.Duration) error {
	kind := ""
	if a.Sandbox {
		kind = ", emulated"
	}
	_, err := diag.Fprintf(w, "token renewed; calls may use it until %s (%s)   (org %q%s)\n", a.Until, left.Round(time.Second), a.Org.Name, kind)
	return err
}
