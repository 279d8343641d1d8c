package phone

import (
	"slices"

	"github.com/nyaruka/phonenumbers"
)

// Dialled are the texts that a trunk in a home country writes for a called number, scheme and
// host aside: E.164 with and without its plus, and of a number of that country the national
// number with and without the national prefix, as far as the country reads them as this number.
func (n Number) Dialled(home string) []string {
	if n.e164 == "" {
		return nil
	}
	out := []string{n.e164, n.e164[1:]}
	if n.CallingCode() != CallingCode(home) {
		return out
	}
	rest := n.e164[1+len(codeOf(n.e164[1:])):]
	for _, f := range []string{rest, phonenumbers.GetNddPrefixForRegion(home, true) + rest} {
		if p, err := Parse(f, home); err == nil && p.e164 == n.e164 && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// Address is what a called address says, in the form of Dialled: without scheme, host,
// parameters, and what people put between digits.
func Address(text string) string {
	s, err := userPart(text)
	if err != nil {
		return ""
	}
	return between.Replace(s)
}
