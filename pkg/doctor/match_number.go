package doctor

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/phone"
)

// A Flaw is why a number is none that its owner is found by.
type Flaw string

// The flaws, in the order in which they are looked for.
const (
	FlawNothing     Flaw = "noDigits"    // no digit
	FlawExtension   Flaw = "extension"   // a number with an extension behind it
	FlawSeveral     Flaw = "several"     // several numbers in one field
	FlawLetters     Flaw = "letters"     // words, or letters for digits
	FlawShort       Flaw = "short"       // fewer digits than a number has
	FlawLong        Flaw = "long"        // more digits than a number has
	FlawPlaceholder Flaw = "placeholder" // digits that fill a required field
	FlawNoCountry   Flaw = "noCountry"   // no country code, and no number of a home country
	FlawAlien       Flaw = "alien"       // HubSpot takes it for a number of another country
	FlawOwn         Flaw = "own"         // one of the deployment's own numbers, which are never looked up
	FlawUnread      Flaw = "unread"      // a number, of which HubSpot calculated nothing to find it by
)

// Flaws lists them.
func Flaws() []Flaw {
	return []Flaw{FlawNothing, FlawExtension, FlawSeveral, FlawLetters, FlawShort, FlawLong, FlawPlaceholder, FlawNoCountry, FlawAlien, FlawOwn, FlawUnread}
}

// longestField is how much of a field is read. HubSpot's own forms take far less.
const longestField = 100

// mostParts is how many numbers a field is looked through for.
const mostParts = 4

// A field is what somebody wrote into phone or mobilephone, and what HubSpot calculated of it.
type field struct {
	text       string
	calculated string // E.164; empty: HubSpot knows none
}

// read gives the numbers from which somebody with this in his record may call, and what is the
// matter with the text:
//
//	with a country code               that number
//	a number of a home country        of the first one where it is assigned; where it is several, HubSpot's choice among them
//	none of any                       what HubSpot calculated, else nobody calls from it
//	an extension behind it            the number before it
//	several                           each
//	words around it                   the number between them, else what HubSpot calculated
func (f field) read(home []string) ([]phone.Number, Flaw) {
	text := strings.TrimSpace(strings.ToValidUTF8(f.text, "?"))
	if r := []rune(text); len(r) > longestField {
		text = string(r[:longestField])
	}
	if digitsIn(text) == 0 {
		return nil, FlawNothing
	}
	n, flaw, ok := f.one(text, home)
	if ok {
		return []phone.Number{n}, flaw
	}
	ns, flaw := f.parts(text, home, flaw)
	if len(ns) == 0 {
		if n, ok := f.known(home); ok {
			ns = append(ns, n)
		}
	}
	return ns, flaw
}

// one reads a text that is one number and nothing else.
func (f field) one(text string, home []string) (phone.Number, Flaw, bool) {
	var read []phone.Number
	for _, h := range home {
		n, err := phone.Parse(text, h)
		if err != nil {
			continue
		}
		if strings.HasPrefix(strings.TrimLeft(text, "( "), "+") {
			return n, "", true
		}
		if n.E164() == f.calculated {
			return n, "", true
		}
		read = append(read, n)
	}
	assigned := slices.DeleteFunc(slices.Clone(read), func(n phone.Number) bool { return !n.Valid() })
	switch {
	case len(assigned) > 0 && f.calculated != "":
		return assigned[0], FlawAlien, true
	case len(assigned) > 0:
		return assigned[0], "", true
	case placeholder(text):
		return phone.Number{}, FlawPlaceholder, false
	case len(read) > 0:
		return phone.Number{}, FlawNoCountry, false
	}
	return phone.Number{}, "", false
}

// known is the number that HubSpot calculated.
func (f field) known(home []string) (phone.Number, bool) {
	if !phone.IsE164(f.calculated) {
		return phone.Number{}, false
	}
	n, err := phone.Parse(f.calculated, home[0])
	return n, err == nil
}

// behind is an extension at the end of a text.
var behind = pattern.Of(`(?i)^(.*[0-9][^0-9a-z]*?)[\s,;.(-]*(?:ext|extn|extension|x|durchwahl|dw|app|poste|anexo|ramal|int|#)[.:\s]*[0-9]{1,7}[\s)]*$`)

// between parts numbers in one field.
var between = pattern.Of(`(?i)[/|;,&\n]+|\s+(?:or|and|oder|und|ou|et|y|o)\s+|\s{2,}`)

// inside is what may be a number between words.
var inside = pattern.Of(`\+?[0-9][0-9 ()./-]{5,}[0-9]`)

// parts reads a text that is more than one number, or none.
func (f field) parts(text string, home []string, flaw Flaw) ([]phone.Number, Flaw) {
	several := func(texts []string) (out []phone.Number) {
		for _, t := range texts[:min(len(texts), mostParts)] {
			n, _, ok := f.one(strings.TrimSpace(t), home)
			if ok && !slices.ContainsFunc(out, func(x phone.Number) bool { return x.E164() == n.E164() }) {
				out = append(out, n)
			}
		}
		return out
	}
	if m := behind().FindStringSubmatch(text); m != nil {
		if ns := several([]string{m[1]}); len(ns) > 0 {
			return ns, FlawExtension
		}
	}
	ns := several(between().Split(text, -1))
	if len(ns) < 2 {
		ns = several(inside().FindAllString(text, -1))
	}
	digits := digitsIn(text)
	switch {
	case len(ns) > 1:
		return ns, FlawSeveral
	case strings.ContainsFunc(text, unicode.IsLetter):
		return ns, FlawLetters
	case flaw != "":
		return nil, flaw
	case digits < 7:
		return nil, FlawShort
	case digits > 15 || len(ns) == 0 && !strings.HasPrefix(text, "+") && digits > 12:
		return ns, FlawLong
	case len(ns) == 1:
		return ns, FlawSeveral
	}
	return nil, FlawNoCountry
}

func digitsIn(text string) (n int) {
	for _, r := range text {
		if '0' <= r && r <= '9' {
			n++
		}
	}
	return n
}

// placeholder tells digits that somebody typed because there had to be some.
func placeholder(text string) bool {
	d := strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, text)
	if len(d) < 7 {
		return false
	}
	same := strings.Trim(d[1:], d[:1]) == "" || len(strings.Trim(d, "0")) <= 1
	return same || strings.HasPrefix("12345678901234567890", d) || strings.HasPrefix("01234567890123456789", d)
}

// byNumber orders numbers as their texts.
func byNumber(a, b phone.Number) int { return cmp.Compare(a.E164(), b.E164()) }
