package starter

import (
	"fmt"
	"slices"

	"github.com/dealroute/dealroute/pkg/phone"
)

// fiction are ranges that regulators keep free for films and examples: nobody has a number of them.
// US, CA: 555-0100 to 0199 of any area (ATIS/NANPA). GB: 020 7946 0xxx (Ofcom). AU: 02 5550 xxxx
// (ACMA). DE: 030 23125 xxx (Bundesnetzagentur). FR: 01 99 00 xx xx (Arcep). IE: 020 91x xxxx
// (ComReg). SE: 08-465 004 xx (PTS).
var fiction = map[string]string{
	"US": "+12025550%03d", "CA": "+16135550%03d", "GB": "+442079460%03d", "AU": "+61255500%03d", "DE": "+493023125%03d",
	"FR": "+331990001%02d", "IE": "+353209100%03d", "SE": "+46846500%03d",
}

// from are where the numbers of a range begin that are used.
var from = map[string]int{"FR": 0, "SE": 401}

// Invented reports whether nobody has the numbers that callers of a country get: a range of them is
// reserved for fiction.
func Invented(country string) bool { return fiction[country] != "" }

// callersOf gives n numbers of a country to call from, none of those without. Where no range is
// reserved they are like the number that libphonenumber documents as an example.
func callersOf(country string, n int, without []string) []string {
	var out []string
	take := func(number string) bool {
		p, err := phone.Parse(number, country)
		if err == nil && p.E164() == number && !slices.Contains(without, number) && !slices.Contains(out, number) {
			out = append(out, number)
		}
		return len(out) == n
	}
	if form := fiction[country]; form != "" {
		begin, given := from[country]
		if !given {
			begin = 101
		}
		for i := range 90 {
			if take(fmt.Sprintf(form, begin+i)) {
				return out
			}
		}
	}
	example, ok := phone.Example(country)
	if !ok {
		example, _ = phone.Example("US")
	}
	base := example.E164()
	for i := range 100 {
		if take(fmt.Sprintf("%s%02d", base[:len(base)-2], (i+1)%100)) {
			return out
		}
	}
	return out
}
