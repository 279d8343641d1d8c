package phone

import (
	"math/rand/v2"

	"github.com/nyaruka/phonenumbers"
)

// examples are numbers of a country that somebody could call from, as the library documents
// them: a mobile one and a fixed line.
func examples(region string) []Number {
	var out []Number
	for _, t := range []phonenumbers.PhoneNumberType{phonenumbers.MOBILE, phonenumbers.FIXED_LINE} {
		if p := phonenumbers.GetExampleNumberForType(region, t); p != nil {
			if n, err := Parse(phonenumbers.Format(p, phonenumbers.E164), region); err == nil {
				out = append(out, n)
			}
		}
	}
	return out
}

// Example is a number of a country of Regions that somebody could call from, a mobile one
// where the library documents one.
func Example(region string) (Number, bool) {
	if ns := examples(region); len(ns) > 0 {
		return ns[0], true
	}
	return Number{}, false
}

// Bare is a number of a country that the country itself reads as another one, or not at all,
// when it is written with the code and without the plus: code and number together are a
// national number, too. In most countries there is none. The library's examples are tried
// first, then what the numbering plan allows behind the code's digits.
func Bare(region string) (Number, bool) {
	rules, ok := RulesOf(region)
	if !ok {
		return Number{}, false
	}
	for _, n := range examples(region) {
		if differs(n, region) {
			return n, true
		}
	}
	r := rand.New(rand.NewPCG(1, 1)) // the same each time
	for _, f := range rules.Numbers {
		if !couldBegin(f, rules.Code) {
			continue
		}
		for _, length := range f.Lengths.List() {
			for range bareTries {
				text := f.some(r, rules.Code, length)
				n, err := Parse("+"+text, region)
				if err == nil && n.e164 == "+"+text && n.valid && n.region == region && n.line() && differs(n, region) {
					return n, true
				}
			}
		}
	}
	return Number{}, false
}

// bareTries bounds how many numbers of a form and length are tried.
const bareTries = 40

func differs(n Number, region string) bool {
	m, err := Parse(n.e164[1:], region)
	return err != nil || m.e164 != n.e164
}

// couldBegin tells whether a number of the form can begin with the digits of a code and go on.
func couldBegin(f Form, code string) bool {
	for i := range len(code) {
		if i < len(f.Begins) && !f.Begins[i].Has(code[i]) {
			return false
		}
	}
	return f.Lengths.Max() > len(code)+3
}

// some is a number of the form that begins with the code.
func (f Form) some(r *rand.Rand, code string, length int) string {
	digits := []byte(code)
	for i := len(code); i < length; i++ {
		c := byte('0' + r.IntN(10))
		for i < len(f.Begins) && !f.Begins[i].Has(c) {
			c = byte('0' + r.IntN(10))
		}
		digits = append(digits, c)
	}
	return string(digits)
}

// line tells whether people call from such a number: it is no service.
func (n Number) line() bool {
	p, err := phonenumbers.Parse(n.e164, "")
	if err != nil {
		return false
	}
	switch phonenumbers.GetNumberType(p) {
	case phonenumbers.FIXED_LINE, phonenumbers.MOBILE, phonenumbers.FIXED_LINE_OR_MOBILE, phonenumbers.VOIP, phonenumbers.PERSONAL_NUMBER:
		return true
	}
	return false
}
