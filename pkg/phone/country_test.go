package phone_test

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/nyaruka/phonenumbers"

	"github.com/dealroute/dealroute/pkg/phone"
)

// The parts of a shared calling code tell countries apart as the library does: of numbers of
// every form of every country, near them, of any digits.
func TestPartsAreTheLibrarysCountries(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	codes, numbers, told := 0, 0, map[string]bool{}
	for _, code := range phone.Codes() {
		parts := phone.PartsOf(code)
		n, err := strconv.Atoi(code)
		if err != nil {
			t.Fatal(err)
		}
		regions := phonenumbers.GetRegionCodesForCountryCode(n)
		if len(parts) != len(regions)-1 {
			t.Errorf("+%s has %d parts of %q", code, len(parts), regions)
		}
		if len(parts) == 0 {
			continue
		}
		codes++
		var texts []string
		for _, p := range parts {
			for _, f := range p.Forms {
				lengths := f.Lengths.List()
				if len(lengths) == 0 {
					lengths = []int{9}
				}
				for _, length := range lengths {
					texts = append(texts, near(r, f.Begins, length), near(r, f.Begins, length+1))
				}
			}
		}
		for _, region := range regions {
			for typ := phonenumbers.FIXED_LINE; typ <= phonenumbers.VOICEMAIL; typ++ {
				if x := phonenumbers.GetExampleNumberForType(region, typ); x != nil {
					s := phonenumbers.GetNationalSignificantNumber(x)
					for range 30 { // other endings
						k := 1 + r.IntN(len(s))
						texts = append(texts, s[:k]+digits(r, len(s)-k))
					}
					texts = append(texts, s)
				}
			}
		}
		for range 2000 {
			texts = append(texts, digits(r, 4+r.IntN(11)))
		}
		for _, s := range texts {
			number := "+" + code + s
			p, err := phone.Parse(number, regions[0])
			if err != nil || p.E164() != number {
				continue // a national prefix was taken off, or it is none
			}
			numbers++
			got, by := regions[0], 0
			for _, x := range parts {
				if slices.ContainsFunc(x.Forms, func(f phone.Form) bool { return (f.Lengths == 0 || f.Lengths.Has(len(s))) && begins(f.Begins, s) }) {
					got = x.Region
					by++
				}
			}
			if got != p.Region() || by > 1 {
				t.Fatalf("%s is of %s by %d parts, want %s", number, got, by, p.Region())
			}
			told[got] = true
		}
		for _, x := range parts {
			if told[x.Region] == (len(x.Forms) == 0) {
				t.Errorf("%s: %d forms, and its numbers are told: %v", x.Region, len(x.Forms), told[x.Region])
			}
		}
	}
	var never []string
	for _, region := range phone.Regions() {
		if code := phone.CallingCode(region); len(phone.PartsOf(strconv.Itoa(code))) > 0 && !told[region] {
			never = append(never, region)
		}
	}
	if !slices.Equal(never, []string{"EH"}) || phone.Told("EH") || !phone.Told("CA") || !phone.Told("DE") || phone.Told("XX") {
		t.Errorf("never told: %q", never)
	}
	t.Logf("%d shared codes, %d numbers, %d countries told; never %q", codes, numbers, len(told), never)
}
