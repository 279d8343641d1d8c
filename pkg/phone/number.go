package phone

import (
	"errors"
	"fmt"
	"net/url"
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

// Valid reports whether the number lies in an assigned range. +15551234567 does not, and
// yet it is a number one may look up: HubSpot computes no E.164 twin for it.
func (n Number) Valid() bool { return n.valid }

// Parse reads a number. One that has no country code is read in homeRegion, an ISO 3166
// code such as US.
func Parse(text, homeRegion string) (Number, error) {
	user, err := userPart(text)
	if err != nil {
		return Number{}, err
	}
	digits := 0
	for _, r := range user {
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	switch {
	case digits == 0 || !numeric(user):
		return Number{}, ErrNotNumber
	case digits < minDigits:
		return Number{}, ErrShort
	}
	p, err := phonenumbers.Parse(user, homeRegion)
	if err != nil {
		return Number{}, fmt.Errorf("%w: %s", ErrNotNumber, reason(err))
	}
	e164 := phonenumbers.Format(p, phonenumbers.E164)
	// Of a number with zeros in front that no country assigns the library takes off one zero
	// at each reading; what is left at the end is the number.
	for last := ""; e164 != last && !phonenumbers.IsValidNumber(p); {
		last = e164
		if p, err = phonenumbers.Parse(e164, homeRegion); err != nil {
			return Number{}, fmt.Errorf("%w: %s", ErrNotNumber, reason(err))
		}
		e164 = phonenumbers.Format(p, phonenumbers.E164)
	}
	if n := len(e164) - 1; n < minDigits || n > maxDigits {
		return Number{}, fmt.Errorf("%w: %d digits with the country code", ErrNotNumber, n)
	}
	// The library adds the country code to a local number, too, and the result is nobody's.
	if !strings.HasPrefix(user, "+") && phonenumbers.IsPossibleNumberWithReason(p) != phonenumbers.IS_POSSIBLE {
		return Number{}, fmt.Errorf("%w: no number of %s has this length", ErrNotNumber, homeRegion)
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

// userPart strips scheme, display name, host and parameters. With ErrWithheld it gives the
// word that stands for the number.
func userPart(text string) (string, error) {
	s := strings.TrimSpace(text)
	if i := strings.LastIndexByte(s, '<'); i >= 0 {
		s = strings.TrimSuffix(strings.TrimSpace(s[i+1:]), ">")
	}
	scheme, rest, hasScheme := strings.Cut(s, ":")
	scheme = strings.ToLower(scheme)
	context := ""
	switch {
	case hasScheme && (scheme == "tel" || scheme == "sip" || scheme == "sips"):
		s = rest
	case hasScheme:
		return "", ErrNotNumber
	}
	s, _, _ = strings.Cut(s, "@")
	s, params, _ := strings.Cut(s, ";")
	for p := range strings.SplitSeq(params, ";") {
		if v, ok := strings.CutPrefix(strings.ToLower(p), "phone-context=+"); ok {
			context = strings.Trim(v, " ")
		}
	}
	if strings.Contains(s, "%") {
		u, err := url.PathUnescape(s)
		if err != nil {
			return "", ErrNotNumber
		}
		s = u
	}
	s = strings.TrimSpace(s)
	if slices.Contains(withheld, strings.ToLower(s)) {
		return strings.ToLower(s), ErrWithheld
	}
	if context != "" && !strings.HasPrefix(s, "+") {
		s = "+" + context + s
	}
	return s, nil
}

// numeric reports whether s is digits and what people put between them. Letters are not
// read as keys of a phone: an ANI with letters is a name.
func numeric(s string) bool {
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9', strings.ContainsRune(" -./()\u00a0\u2011", r):
		case r == '+' && strings.Trim(s[:i], " (") == "":
		default:
			return false
		}
	}
	return true
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
