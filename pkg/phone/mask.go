package phone

import (
	"errors"
	"strings"
)

const (
	shownHead = 5
	shownTail = 2
	hidden    = "•••••" // for what is masked wholly; says nothing of the length
)

// Mask makes a caller's number fit for outputs and logs: the first five characters and the
// last two stay, as in +1513•••••42. Short numbers and SIP names are hidden wholly; the
// words for a withheld number are nobody's and stay.
func Mask(text string) string {
	s, err := userPart(text)
	if err != nil {
		if errors.Is(err, ErrWithheld) {
			return s
		}
		return hidden
	}
	if !numeric(s) || len(s) < minDigits+shownTail {
		return hidden
	}
	// Fewer than three hidden characters would hide nothing.
	r := []rune(s)
	n := len(r) - shownHead - shownTail
	if n < 3 {
		return hidden
	}
	return string(r[:shownHead]) + strings.Repeat("•", n) + string(r[len(r)-shownTail:])
}
