package phone_test

import (
	"math/rand/v2"
	"regexp"
	"testing"

	"github.com/nyaruka/phonenumbers"

	"github.com/dealroute/dealroute/pkg/phone"
)

// The compiled rules say of any digits what the patterns of the metadata say, and no country
// has a pattern that could not be compiled.
func TestRulesSayWhatThePatternsSay(t *testing.T) {
	all, err := phonenumbers.MetadataCollection()
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	countries, texts, largest := 0, 0, 0
	for _, m := range all.Metadata {
		rules, ok := phone.RulesOf(m.GetId())
		if m.GetId() == "001" {
			if rules, ok = phone.RulesOfCode(itoa(m.GetCountryCode())); rules.Region != "001" {
				t.Errorf("+%d is of %s", m.GetCountryCode(), rules.Region)
			}
		}
		if !ok || len(rules.Unread) > 0 {
			t.Errorf("%s %d: %v %v", m.GetId(), m.GetCountryCode(), ok, rules.Unread)
			continue
		}
		countries++
		largest = max(largest, len(rules.Trunk))
		number := regexp.MustCompile("^(?:" + m.GetGeneralDesc().GetNationalNumberPattern() + ")$")
		abroad := regexp.MustCompile("^(?:" + m.GetInternationalPrefix() + ")")
		trunk := regexp.MustCompile("^(?:" + m.GetNationalPrefixForParsing() + ")")
		rule := m.GetNationalPrefixTransformRule()
		var seeds []string
		for _, f := range rules.Numbers {
			for _, n := range f.Lengths.List() {
				seeds = append(seeds, near(r, f.Begins, n))
			}
		}
		for _, p := range append(rules.Abroad, rules.Trunk...) {
			s := near(r, p.Begins, len(p.Begins))
			seeds = append(seeds, s, s+digits(r, 6+r.IntN(8)))
		}
		for range 300 {
			seeds = append(seeds, digits(r, 1+r.IntN(17)))
		}
		for _, s := range seeds {
			texts++
			if got, want := fitsAny(rules.Numbers, s), number.MatchString(s); got != want {
				t.Errorf("%s: %s is a national number: %t, want %t", m.GetId(), s, got, want)
			}
			if got, want := without(rules.Abroad, s), abroad.ReplaceAllString(s, ""); m.GetInternationalPrefix() != "" && got != want {
				t.Errorf("%s: behind the international prefix of %s: %s, want %s", m.GetId(), s, got, want)
			}
			want := s
			if g := trunk.FindStringSubmatchIndex(s); g != nil && m.GetNationalPrefixForParsing() != "" {
				want = s[g[1]:]
				if rule != "" && g[len(g)-2] >= 0 {
					want = trunk.ReplaceAllString(s, rule)
				}
			}
			if got := without(rules.Trunk, s); got != want {
				t.Errorf("%s: behind the national prefix of %s: %s, want %s", m.GetId(), s, got, want)
			}
		}
	}
	if countries < 250 {
		t.Errorf("%d countries", countries)
	}
	t.Logf("%d countries, %d texts, %d prefixes at most", countries, texts, largest)
}

func fitsAny(fs []phone.Form, s string) bool {
	for _, f := range fs {
		if f.Lengths.Has(len(s)) && begins(f.Begins, s) {
			return true
		}
	}
	return false
}

func without(ps []phone.Prefix, s string) string {
	for _, p := range ps {
		if begins(p.Begins, s) && (!p.Whole || len(s) == len(p.Begins)) {
			return p.With + s[p.KeepFrom:p.KeepTo] + s[len(p.Begins):]
		}
	}
	return s
}

func begins(sets []phone.Set, s string) bool {
	for i, d := range sets {
		if i >= len(s) || !d.Has(s[i]) {
			return false
		}
	}
	return true
}

// near draws digits that fit the sets, or miss them in one place.
func near(r *rand.Rand, sets []phone.Set, n int) string {
	b := []byte(digits(r, n))
	for i, d := range sets {
		for !d.Has(b[i]) {
			b[i] = byte('0' + r.IntN(10))
		}
	}
	if n > 0 && r.IntN(3) == 0 {
		b[r.IntN(n)] = byte('0' + r.IntN(10))
	}
	return string(b)
}

func digits(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + r.IntN(10))
	}
	return string(b)
}

func itoa(n int32) string {
	return string([]byte{byte('0' + n/100%10), byte('0' + n/10%10), byte('0' + n%10)})
}
