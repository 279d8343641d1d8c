package phone

import (
	"cmp"
	"slices"
	"strconv"
	"sync"

	"github.com/nyaruka/phonenumbers"
)

// A Part is a country that shares its calling code with the code's main one, and the forms of
// national numbers that are its own; a form of no lengths is one of numbers of any length. The
// forms of all parts of a code exclude each other, and what none of them fits is the main
// country's: that is how Number.Region tells countries apart.
type Part struct {
	Region string
	Forms  []Form
}

// PartsOf lists the parts of a calling code, in the order of their regions; none when one
// country has the code alone. A country whose numbers cannot be told has no forms.
func PartsOf(code string) []Part { return parts()[code] }

// Told reports whether some number is of a country of Regions, by Number.Region.
func Told(region string) bool {
	return KnownRegion(region) && !slices.ContainsFunc(PartsOf(strconv.Itoa(CallingCode(region))), func(p Part) bool { return p.Region == region && len(p.Forms) == 0 })
}

var parts = sync.OnceValue(func() map[string][]Part {
	out := map[string][]Part{}
	for _, code := range Codes() {
		n, err := strconv.Atoi(code)
		if regions := phonenumbers.GetRegionCodesForCountryCode(n); err == nil && len(regions) > 1 {
			out[code] = divided(code, regions)
		}
	}
	return out
})

// divided makes the parts of a code; the first of its regions is the main one.
func divided(code string, regions []string) []Part {
	forms := map[string][]Form{}
	var any Lengths
	for length := minDigits - len(code); length <= maxDigits-len(code); length++ {
		any |= 1 << length
		var claims []claim
		for _, region := range regions {
			claims = append(claims, claimsOf(region, length)...)
		}
		for _, c := range divide(claims, 0, length) {
			of := forms[c.region]
			i := slices.IndexFunc(of, func(f Form) bool { return slices.Equal(f.Begins, c.digits) })
			if i < 0 {
				of = append(of, Form{Begins: c.digits})
				i = len(of) - 1
			}
			of[i].Lengths |= 1 << length
			forms[c.region] = of
		}
	}
	var out []Part
	for _, region := range regions[1:] {
		for i := range forms[region] {
			if f := &forms[region][i]; f.Lengths == any {
				f.Lengths = 0
			}
		}
		out = append(out, Part{region, forms[region]})
	}
	slices.SortFunc(out, func(a, b Part) int { return cmp.Compare(a.Region, b.Region) })
	return out
}

// A claim is that numbers which begin so are a region's. The first of several counts.
type claim struct {
	region string
	digits []Set
}

// claimsOf are the claims of a region to numbers of so many digits: where the metadata has
// leading digits for it, by these alone, else by every form of a number that it assigns.
func claimsOf(region string, length int) []claim {
	all, err := phonenumbers.MetadataCollection() // read once by the library, when it starts
	if err != nil {
		return nil
	}
	i := slices.IndexFunc(all.Metadata, func(m *phonenumbers.PhoneMetadata) bool { return m.GetId() == region })
	if i < 0 {
		return nil
	}
	m, r := all.Metadata[i], Rules{}
	var out []claim
	if leading := m.GetLeadingDigits(); leading != "" {
		ps, _ := r.expand("leading digits", leading)
		for _, p := range ps {
			if len(p.digits) <= length {
				out = append(out, claim{region, p.digits})
			}
		}
		return out
	}
	general := lengthsOf(m.GetGeneralDesc().GetPossibleLength())
	for _, d := range []*phonenumbers.PhoneNumberDesc{
		m.GetFixedLine(), m.GetMobile(), m.GetTollFree(), m.GetPremiumRate(), m.GetSharedCost(),
		m.GetVoip(), m.GetPersonalNumber(), m.GetPager(), m.GetUan(), m.GetVoicemail(),
	} {
		if d.GetNationalNumberPattern() == "NA" { // the metadata's word for none
			continue
		}
		possible := general
		if own := lengthsOf(d.GetPossibleLength()); own != 0 {
			possible &= own
		}
		if !possible.Has(length) {
			continue
		}
		ps, _ := r.expand("numbers", d.GetNationalNumberPattern())
		for _, p := range ps {
			if len(p.digits) == length {
				out = append(out, claim{region, p.digits})
			}
		}
	}
	return out
}

// divide gives everybody what he is the first to claim, so that no two of the result fit one
// number. Digits after which nothing differs are joined, and those that say nothing left out.
func divide(claims []claim, at, length int) []claim {
	if len(claims) == 0 {
		return nil
	}
	open := func(c claim) bool {
		return !slices.ContainsFunc(c.digits[min(at, len(c.digits)):], func(s Set) bool { return !s.All() })
	}
	if open(claims[0]) {
		return []claim{{region: claims[0].region}}
	}
	if i := slices.IndexFunc(claims, open); i >= 0 { // nobody after him gets anything
		claims = claims[:i+1]
	}
	type branch struct {
		digits Set
		rest   []claim
	}
	var branches []branch
	for d := range 10 {
		var with []claim
		for _, c := range claims {
			if at >= len(c.digits) || c.digits[at].Has(byte('0'+d)) {
				with = append(with, c)
			}
		}
		rest := divide(with, at+1, length)
		i := slices.IndexFunc(branches, func(b branch) bool {
			return slices.EqualFunc(b.rest, rest, func(x, y claim) bool { return x.region == y.region && slices.Equal(x.digits, y.digits) })
		})
		if i < 0 {
			branches = append(branches, branch{rest: rest})
			i = len(branches) - 1
		}
		branches[i].digits |= 1 << d
	}
	if len(branches) == 1 && branches[0].digits.All() && len(branches[0].rest) == 1 && len(branches[0].rest[0].digits) == 0 {
		return branches[0].rest
	}
	var out []claim
	for _, b := range branches {
		for _, c := range b.rest {
			out = append(out, claim{c.region, append([]Set{b.digits}, c.digits...)})
		}
	}
	return out
}
