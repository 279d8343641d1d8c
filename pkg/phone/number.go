package phone

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Why a text is not a usable number. Parse wraps one of them.
var (
	ErrWithheld  = errors.New("the number is withheld")
	ErrShort     = errors.New("fewer than 7 digits")
	ErrNotNumber = errors.New("not a phone number")
)

// minDigits is the least number of digits that are looked up; shorter ones are services and
// extensions.
const minDigits = 7

// maxDigits is E.164's limit, country code included.
const maxDigits = 15

// A Number is a phone number with its country. Numbers are equal when they are the same
// number, however they were written. The zero Number is no number.
type Number struct {
	e164     string
	national string
	region   string
	valid    bool
}

// E164 is the number with + and country code, such as +15135550142.
func (n Number) E164() string { return n.e164 }

// String is E164. Output meant for people goes through Mask.
func (n Number) String() string { return n.e164 }

// National is the number without its country code as digits, in libphonenumber's integer
// form: leading zeros go, also the significant one of Italy. HubSpot's searchable phone
// property is believed to hold the same (inferred from published records).
func (n Number) National() string { return n.national }

// Region is the country as ISO 3166, such as US; empty for numbers of no country. For a
// number that no country of a shared code assigns it is the code's main country.
func (n Number) Region() string { return n.region }

// CallingCode is the country code of the number, such as 1; 0 of the zero Number.
func (n Number) CallingCode() int {
	code, _ := strconv.Atoi(codeOf(strings.TrimPrefix(n.e164, "+")))
	return code
}

// Valid reports whether the number lies in an assigned range. +15551234567 does not, and
// yet it is a number one may look up: HubSpot computes no E.164 twin for it.
func (n Number) Valid() bool { return n.valid }

// Parse reads a number. One that has no country code is read in homeRegion, an ISO 3166
// code such as US. It is what libphonenumber reads, but for these: digits only, with what
// people put between them; 7 to 15 of them; without a plus, a length that the country's
// numbers have; and E.164 that reads as itself again.
func Parse(text, homeRegion string) (Number, error) {
	user, err := userPart(text)
	if err != nil {
		return Number{}, err
	}
	digits, plus, ok := compact(user)
	switch {
	case !ok || digits == "":
		return Number{}, ErrNotNumber
	case len(digits) < minDigits:
		return Number{}, ErrShort
	}
	number := digits
	if plus {
		number = "+" + digits
	}
	p, err := phonenumbers.Parse(number, homeRegion)
	if err != nil {
		return Number{}, fmt.Errorf("%w: %s", ErrNotNumber, reason(err))
	}
	e164 := phonenumbers.Format(p, phonenumbers.E164)
	// A carrier code, or a zero, can hide another national prefix: the library takes off one at
	// each reading, and what is left at the end is the number. No assigned number changes here.
	for last := ""; e164 != last && len(e164) <= 1+maxDigits; {
		last = e164
		if p, err = phonenumbers.Parse(e164, homeRegion); err != nil {
			return Number{}, fmt.Errorf("%w: %s", ErrNotNumber, reason(err))
		}
		e164 = phonenumbers.Format(p, phonenumbers.E164)
	}
	// The library adds the country code to a local number, too, and the result is nobody's.
	if (!plus || codeOf(digits) == "") && !possible(p) {
		return Number{}, fmt.Errorf("%w: no number of %s has this length", ErrNotNumber, homeRegion)
	}
	if n := len(e164) - 1; n < minDigits || n > maxDigits {
		return Number{}, fmt.Errorf("%w: %d digits with the country code", ErrNotNumber, n)
	}
	region := phonenumbers.GetRegionCodeForNumber(p)
	if region == "" {
		region = phonenumbers.GetRegionCodeForCountryCode(int(p.GetCountryCode()))
	}
	if region == "ZZ" || region == "001" {
		region = ""
	}
	return Number{
		e164:     e164,
		national: strconv.FormatUint(p.GetNationalNumber(), 10),
		region:   region,
		valid:    phonenumbers.IsValidNumber(p),
	}, nil
}

// possible reports whether a number has a length that numbers of its code have, not only
// local ones, or had before a numbering change.
func possible(p *phonenumbers.PhoneNumber) bool {
	n := len(phonenumbers.GetNationalSignificantNumber(p))
	return phonenumbers.IsPossibleNumberWithReason(p) == phonenumbers.IS_POSSIBLE || former[int(p.GetCountryCode())].Has(n)
}

// former are the lengths that numbers of a code had: Mexico's mobile ones began with a 1.
var former = map[int]Lengths{52: 1 << 11}

// Withheld reports whether a text is one of the words that stand for a suppressed number.
func Withheld(text string) bool {
	_, err := userPart(text)
	return errors.Is(err, ErrWithheld)
}

// IsE164 reports whether text is exactly a number in E.164: + and 7 to 15 digits, the first
// of them not 0. The number need not be assigned.
func IsE164(text string) bool {
	digits, plus := strings.CutPrefix(text, "+")
	if !plus || len(digits) < minDigits || len(digits) > maxDigits || digits[0] == '0' {
		return false
	}
	return strings.Trim(digits, "0123456789") == ""
}

// Regions lists the countries whose numbers can be read, as ISO 3166 codes, sorted.
func Regions() []string {
	var out []string
	for r := range phonenumbers.GetSupportedRegions() {
		if len(r) == 2 {
			out = append(out, r)
		}
	}
	slices.Sort(out)
	return out
}

// KnownRegion reports whether region is one of Regions.
func KnownRegion(region string) bool {
	return len(region) == 2 && phonenumbers.GetSupportedRegions()[region]
}

// CallingCode is the country code of a region, such as 1 for US; 0 for an unknown region.
func CallingCode(region string) int { return phonenumbers.GetCountryCodeForRegion(region) }

// withheld are the words that trunks send for a suppressed number, in lower case.
// Genesys: suppressed callers give "texts such as anonymous"; the others are common on SIP
// trunks (RFC 3323, RFC 3325) and analogue gateways.
var withheld = []string{
	"", "anonymous", "restricted", "withheld", "private", "unavailable", "unknown", "blocked",
	"suppressed", "no caller id", "not available", "asserted.identity", "undisclosed",
}

// WithheldWords are the words that trunks send for a suppressed number, in lower case.
func WithheldWords() []string { return slices.Clone(withheld[1:]) }

// blank is what is trimmed: what Architect's Trim takes off.
const blank = " \t\r\n"

// userPart strips scheme, display name, host and parameters, in lower case. With ErrWithheld
// it gives the word that stands for the number.
func userPart(text string) (string, error) {
	s := strings.Trim(escaped.Replace(strings.ToLower(text)), blank)
	s = s[strings.LastIndexByte(s, '<')+1:]
	s, _, _ = strings.Cut(s, ">")
	s = strings.Trim(s, blank)
	for _, scheme := range []string{"tel:", "sip:", "sips:"} {
		if rest, ok := strings.CutPrefix(s, scheme); ok {
			s = rest
			break
		}
	}
	s, _, _ = strings.Cut(s, "@")
	s, params, _ := strings.Cut(s, ";")
	s = strings.Trim(s, blank)
	if slices.Contains(withheld, s) {
		return s, ErrWithheld
	}
	for p := range strings.SplitSeq(params, ";") {
		context, ok := strings.CutPrefix(p, "phone-context=+")
		if !ok {
			continue
		}
		// A local number in that context (RFC 3966). A context that is a domain says nothing.
		if c, n := between.Replace(context), between.Replace(s); c != "" && n != "" && n[0] != '+' {
			s = "+" + c + n
		}
		break
	}
	return s, nil
}

// between takes out what people put between digits.
var between = strings.NewReplacer(" ", "", "-", "", ".", "", "/", "", "(", "", ")", "", "\u00a0", "", "\u2011", "")

// escaped reads the percent-encoding, in lower case, of what a number can be made of; with any
// other a text is no number.
var escaped = strings.NewReplacer(
	"%c2%a0", "\u00a0", "%e2%80%91", "\u2011", "%20", " ", "%28", "(", "%29", ")", "%2b", "+", "%2d", "-", "%2e", ".", "%2f", "/",
	"%30", "0", "%31", "1", "%32", "2", "%33", "3", "%34", "4", "%35", "5", "%36", "6", "%37", "7", "%38", "8", "%39", "9",
)

// compact gives the digits of a number, and whether a plus stands in front of them; ok is
// false for a text with anything else than these and what people put between them. Letters
// are not read as keys of a phone: an ANI with letters is a name.
func compact(s string) (digits string, plus, ok bool) {
	digits, plus = strings.CutPrefix(between.Replace(s), "+")
	return digits, plus, strings.Trim(digits, "0123456789") == ""
}

func reason(err error) string {
	switch {
	case errors.Is(err, phonenumbers.ErrInvalidCountryCode):
		return "unknown country code"
	case errors.Is(err, phonenumbers.ErrNumTooLong):
		return "too long"
	case errors.Is(err, phonenumbers.ErrTooShortNSN), errors.Is(err, phonenumbers.ErrTooShortAfterIDD):
		return "too short"
	}
	return "unknown form"
}
