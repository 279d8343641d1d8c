package privacy

import (
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/phone"
)

var (
	long = pattern.Of(`\+?[0-9](?:[ ().-]{0,2}[0-9]){6,}`)
	day  = pattern.Of(`^[0-9]{4}-[0-9]{2}-[0-9]{2}`)
)

// Excerpt makes a file about callers fit to be quoted from: of what may be a number only the
// first four digits stay, and every column where it is.
func Excerpt(text []byte) []byte {
	return long().ReplaceAllFunc(text, func(s []byte) []byte {
		if day().Match(s) {
			return s
		}
		n := 0
		return []byte(strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return r
			}
			if n++; n > 4 {
				return '•'
			}
			return r
		}, string(s)))
	})
}

// Findings are those of a file about callers, without their numbers; own ones are shown.
func Findings(fs diag.Findings, own ...string) diag.Findings {
	out := append(diag.Findings{}, fs...)
	for i := range out {
		out[i].Message, out[i].Hint = phone.MaskIn(out[i].Message, own...), phone.MaskIn(out[i].Hint, own...)
	}
	return out
}
