package phone_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"

	"github.com/dealroute/dealroute/pkg/phone"
)

// Of digits, perhaps behind a plus, Parse reads what the library reads, or refuses, or (of
// what no country assigns) takes another national prefix off. The cases are in Parse's doc.
func TestParseIsTheLibrarys(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	count := map[string]int{}
	all := phone.Regions()
	for _, region := range all {
		rules, _ := phone.RulesOf(region)
		var texts []string
		add := func(nsn string) {
			texts = append(texts, "+"+rules.Code+nsn, rules.Code+nsn, nsn, "+"+rules.Code+"0"+nsn, "00"+rules.Code+nsn)
			for _, p := range rules.Trunk[:min(3, len(rules.Trunk))] {
				texts = append(texts, near(r, p.Begins, len(p.Begins))+nsn)
			}
			for _, p := range rules.Abroad[:min(3, len(rules.Abroad))] {
				texts = append(texts, near(r, p.Begins, len(p.Begins))+rules.Code+nsn)
			}
		}
		for typ := phonenumbers.FIXED_LINE; typ <= phonenumbers.VOICEMAIL; typ++ {
			if n := phonenumbers.GetExampleNumberForType(region, typ); n != nil {
				add(phonenumbers.GetNationalSignificantNumber(n))
			}
		}
		for _, f := range rules.Numbers {
			for _, n := range f.Lengths.List() {
				add(near(r, f.Begins, n))
			}
		}
		for range 20 {
			add(digits(r, 3+r.IntN(12)))
		}
		for _, text := range texts {
			lib, liberr := phonenumbers.Parse(text, region)
			got, err := phone.Parse(text, region)
			e164 := ""
			if liberr == nil {
				e164 = phonenumbers.Format(lib, phonenumbers.E164)
			}
			switch {
			case (liberr == nil) == (err == nil) && e164 == got.E164():
				count["same"]++
			case liberr != nil:
				t.Errorf("%s: %q is %s, and the library refuses it: %v", region, text, got, liberr)
			case errors.Is(err, phone.ErrShort):
				count["fewer than 7 digits"]++
			case err != nil && (len(e164) < 8 || len(e164) > 16):
				count["not 7 to 15 digits"]++
			case err != nil && !strings.HasPrefix(text, "+") && phonenumbers.IsPossibleNumberWithReason(lib) != phonenumbers.IS_POSSIBLE:
				count["no plus, no length of the country"]++
			case err == nil && !phonenumbers.IsValidNumber(lib):
				again, err := phone.Parse(e164, region)
				if err != nil || again != got {
					t.Errorf("%s: %q is %s, and %s is %s", region, text, got, e164, again)
				}
				count["another national prefix"]++
			case err != nil && !phonenumbers.IsValidNumber(lib):
				count["another national prefix, and then no length"]++
			default:
				t.Errorf("%s: %q is %s (%v), the library reads %s", region, text, got, err, e164)
			}
		}
	}
	for _, c := range []string{"same", "fewer than 7 digits", "not 7 to 15 digits", "no plus, no length of the country", "another national prefix"} {
		if count[c] == 0 {
			t.Errorf("nothing of %q", c)
		}
	}
	t.Logf("%d countries: %v", len(all), count)
}
