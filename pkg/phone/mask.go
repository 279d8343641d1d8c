package phone

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/internal/pattern"
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
	if _, _, ok := compact(s); !ok || len(s) < minDigits+shownTail {
		return hidden
	}
	// Fewer than three hidden digits would hide nothing, whatever stands between them.
	r := []rune(s)
	n := len(r) - shownHead - shownTail
	digits := 0
	for _, c := range r[shownHead:max(shownHead, shownHead+n)] {
		if '0' <= c && c <= '9' {
			digits++
		}
	}
	if digits < 3 {
		return hidden
	}
	return string(r[:shownHead]) + strings.Repeat("•", n) + string(r[len(r)-shownTail:])
}

// written finds what may be a number within a text: a plus sign, or its percent code, with
// digits. Plain digits are ids of records and amounts, too.
var written = pattern.Of(`(?i)(?:\+|%(?:25)*2B)(?:[ ().-]|%20)?[0-9](?:(?:[ ().-]|%20){0,3}[0-9]){5,}`)

// MaskIn masks the numbers with a plus sign in a text, but for those that are own: numbers in
// E.164 that are nobody's secret.
func MaskIn(text string, own ...string) string {
	return written().ReplaceAllStringFunc(text, func(s string) string {
		plain := unescape(s)
		if slices.Contains(own, "+"+Digits(plain)) {
			return s
		}
		return Mask(plain)
	})
}

// Find gives the numbers with a plus sign in a text, as E.164.
func Find(text string) []string {
	var out []string
	for _, s := range written().FindAllString(text, -1) {
		out = append(out, "+"+Digits(unescape(s)))
	}
	return out
}

// unescape takes percent codes away, also codes of codes.
func unescape(s string) string {
	for strings.Contains(s, "%") {
		u, err := url.PathUnescape(s)
		if err != nil || u == s {
			break
		}
		s = u
	}
	return s
}

// Digits are the digits of a number as they are dialled, without its scheme, host and
// parameters; empty when the text is no number, also when it is a name.
func Digits(text string) string {
	s, err := userPart(text)
	digits, _, ok := compact(s)
	if err != nil || !ok {
		return ""
	}
	return digits
}

// sketched is the longest text that Sketch shows, in characters.
const sketched = 32

// words are those that say how a field is meant and nothing of anybody.
var words = []string{"ext", "extension", "extn", "x", "or", "oder", "und", "and", "tel", "fax", "mobile", "office", "home", "work", "cell"}

// Sketch shows what a text that should be a number looks like: a number as Mask does; of any other
// text its digits likewise, and an "a" for each letter but for words as ext, for letters may be a name.
func Sketch(text string) string {
	if m := Mask(text); len(Digits(text)) <= maxDigits && strings.ContainsAny(m, "0123456789") {
		return m
	}
	digits := 0
	for _, r := range text {
		if '0' <= r && r <= '9' {
			digits++
		}
	}
	shown := digits >= shownHead+shownTail+3
	var b strings.Builder
	n, digit, blank := 0, 0, false
	put := func(r rune) {
		if n++; n <= sketched {
			b.WriteRune(r)
		}
	}
	for i := 0; i < len(text) && n <= sketched; {
		if w := letters(text[i:]); w != "" {
			for _, r := range w {
				if slices.Contains(words, strings.ToLower(w)) {
					put(r)
				} else {
					put('a')
				}
			}
			i += len(w)
			blank = false
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		switch {
		case '0' <= r && r <= '9':
			if digit++; !shown || digit > shownHead && digit <= digits-shownTail {
				r = '•'
			}
			put(r)
			blank = false
		case strings.ContainsRune("+-./(),;:#*&|", r):
			put(r)
			blank = false
		case !blank: // blanks and whatever else there may be
			put(' ')
			blank = true
		}
	}
	out := strings.TrimSpace(b.String())
	if n > sketched {
		out += "…"
	}
	return out
}

// letters is the word that a text begins with; empty when it begins with none.
func letters(text string) string {
	for i, r := range text {
		if !unicode.IsLetter(r) {
			return text[:i]
		}
	}
	return text
}
