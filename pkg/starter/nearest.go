package starter

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/phone"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"golang.org/x/text/unicode/norm"
)

// longestName is that of a deployment's name.
const longestName = 40

// nearestName is a name that is taken and reads like what was typed; empty when that is taken itself.
func nearestName(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFD.String(strings.ToLower(strings.ReplaceAll(s, "ß", "ss"))) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9' && b.Len() > 0:
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			b.WriteRune(r)
			gap = false
		case unicode.Is(unicode.Mn, r): // an accent
		default:
			gap = true
		}
	}
	out := b.String()
	if len(out) > longestName {
		out = strings.TrimRight(out[:longestName], "-")
	}
	if len(out) < 2 || out == s {
		return ""
	}
	return out
}

// homes are where the regions of Genesys Cloud are, as people call them.
var homes = map[string]string{
	"us-east-1": "Virginia", "us-east-2": "Ohio, FedRAMP", "us-west-2": "Oregon", "ca-central-1": "Canada", "sa-east-1": "São Paulo",
	"mx-central-1": "Mexico", "eu-west-1": "Ireland", "eu-west-2": "London", "eu-central-1": "Frankfurt", "eu-central-2": "Zurich",
	"eusc-de-east-1": "Brandenburg, sovereign", "me-central-1": "UAE", "ap-south-1": "Mumbai", "ap-northeast-1": "Tokyo",
	"ap-northeast-2": "Seoul", "ap-northeast-3": "Osaka", "ap-southeast-1": "Singapore", "ap-southeast-2": "Sydney",
}

// Home is where a region of deployment.Regions is, for a person to know it by; empty when that is not known.
func Home(region string) string { return homes[region] }

// places are what people call the regions, in small letters, with AWS' names of them.
var places = sync.OnceValue(func() map[string]string {
	out := map[string]string{
		"us east": "us-east-1", "us west": "us-west-2", "montreal": "ca-central-1", "brazil": "sa-east-1", "dublin": "eu-west-1",
		"uk": "eu-west-2", "united kingdom": "eu-west-2", "germany": "eu-central-1", "switzerland": "eu-central-2", "dubai": "me-central-1",
		"united arab emirates": "me-central-1", "india": "ap-south-1", "japan": "ap-northeast-1", "korea": "ap-northeast-2", "australia": "ap-southeast-2",
	}
	for region, home := range homes {
		name, _, _ := strings.Cut(home, ",")
		out[plainWords(name)] = region
	}
	return out
})

// NearestRegion is the region that was probably meant; empty when none is near, or the text is one.
func NearestRegion(s string) string {
	low := plainWords(s)
	if domain, ok := deployment.Domain(s); ok {
		for _, host := range []string{"api.", "login.", "apps.", "www."} {
			if bare, found := strings.CutPrefix(domain, host); found {
				return bare
			}
		}
		return ""
	}
	if _, rest, ok := strings.Cut(s, "://"); ok { // an address out of the browser
		host, _, _ := strings.Cut(rest, "/")
		if bare := NearestRegion(host); bare != "" {
			return bare
		}
		if domain, ok := deployment.Domain(host); ok {
			return domain
		}
	}
	if at, ok := places()[low]; ok {
		return at
	}
	for _, place := range sorted(places()) { // "Europe (Frankfurt)"
		if len(place) > 3 && strings.Contains(low, place) {
			return places()[place]
		}
	}
	if near := diag.Nearest(strings.ReplaceAll(strings.ReplaceAll(low, " ", "-"), "_", "-"), deployment.Regions()); near != "" {
		return near
	}
	return places()[diag.Nearest(low, sorted(places()))]
}

// nearestCountries is the list with each country that has a name or small letters by its code; empty
// when nothing changes, or some of it is nobody's name.
func nearestCountries(all []string) string {
	var out []string
	changed := false
	for i := 0; i < len(all); i++ {
		code, used := "", 1
		if phone.KnownRegion(all[i]) {
			code = all[i]
		} else {
			changed = true
		}
		for n := min(4, len(all)-i); n > 0 && code == ""; n-- { // a name may be of several words
			code, used = countryCode(strings.Join(all[i:i+n], " "), n == 1), n
		}
		if code == "" {
			return ""
		}
		if !slices.Contains(out, code) {
			out = append(out, code)
		}
		i += used - 1
	}
	if !changed {
		return ""
	}
	return strings.Join(out, ",")
}

// others are what people call countries beside the names that CLDR has.
var others = map[string]string{
	"uk": "GB", "great britain": "GB", "britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB",
	"usa": "US", "america": "US", "united states of america": "US", "holland": "NL", "the netherlands": "NL", "czech republic": "CZ", "turkey": "TR", "uae": "AE",
}

// countries are names of countries, in English and in their own first languages, with their codes.
var countries = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	english := display.English.Regions()
	for _, code := range phone.Regions() {
		r, err := language.ParseRegion(code)
		if err != nil {
			continue
		}
		if tag, err := language.Compose(r); err == nil {
			if base, how := tag.Base(); how != language.No {
				if namer := display.Regions(language.Make(base.String())); namer != nil {
					out[plainWords(namer.Name(r))] = code
				}
			}
		}
		out[plainWords(english.Name(r))] = code
	}
	for name, code := range others {
		out[name] = code
	}
	delete(out, "")
	return out
})

// countryCode is the country that a name or a code in small letters means; empty for none.
func countryCode(name string, near bool) string {
	if up := strings.ToUpper(name); phone.KnownRegion(up) {
		return up
	}
	low := plainWords(name)
	if code := countries()[low]; code != "" || !near || len(low) < 4 {
		return code
	}
	return countries()[diag.Nearest(low, sorted(countries()))]
}

// countryName is a country in English with its code.
func countryName(code string) string {
	r, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	if name := display.English.Regions().Name(r); name != "" {
		return name + " (" + code + ")"
	}
	return code
}

// plainWords are the words of a text in small letters without accents.
func plainWords(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-':
			return r
		}
		return ' '
	}, norm.NFD.String(strings.ToLower(s)))
	return strings.Join(strings.Fields(s), " ")
}

func sorted(m map[string]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
