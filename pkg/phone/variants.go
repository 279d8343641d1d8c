package phone

import (
	"slices"
	"strconv"
	"sync"
)

// A Change is how a national number is written in another spelling of the same line, after a
// numbering change: With, the digits before Cut, Put, and the digits from From on.
//
//	BR  the ninth digit of mobile numbers: 88 9 8765 4321, 88 8765 4321; eight digits with 2 to 5 in front are fixed lines
//	MX  the 1 of mobile numbers until 2019: 1 55 1234 5678, 55 1234 5678
//	AR  the 9 of mobile numbers from abroad, 15 behind the area at home: 9 11 2345 6789, 11 2345 6789, 11 15 2345 6789
//
// People have all of them in their address books. Source: the national plans as libphonenumber
// documents them in its metadata, and reports of products that match numbers (chatwoot 5840, 13986, 14048).
type Change struct {
	Code   string
	Nth    int   // 0, or 1 for a second other spelling
	Digits int   // of the number as it is
	Begins []Set // what it begins with
	With   string
	Start  int // the digits taken first are those from Start to Cut
	Cut    int
	Put    string
	From   int
}

// Changes lists the changes; a number has one line for each other spelling.
func Changes() []Change { return slices.Clone(changes()) }

var changes = sync.OnceValue(func() []Change {
	const (
		area = anyDigit &^ 1 // no area begins with 0
		old  = area &^ (1<<2 | 1<<3 | 1<<4 | 1<<5)
	)
	out := []Change{
		{Code: "55", Digits: 11, Begins: []Set{area, area, 1 << 9, old}, Cut: 2, From: 3},
		{Code: "55", Digits: 10, Begins: []Set{area, area, old}, Cut: 2, Put: "9", From: 2},
		{Code: "52", Digits: 11, Begins: []Set{1 << 1, area}, From: 1},
		{Code: "52", Digits: 10, Begins: []Set{area}, With: "1"},
		{Code: "54", Digits: 11, Begins: []Set{1 << 9, area}, From: 1},
		{Code: "54", Digits: 10, Begins: []Set{area}, With: "9"},
	}
	argentina, _ := RulesOfCode("54")
	for n := 4; n >= 2; n-- { // a longer area before one that it begins with
		for _, p := range argentina.Trunk { // 0, the area, 15
			if p.With == "9" && p.KeepFrom == 1 && p.KeepTo == 1+n {
				out = append(out,
					Change{Code: "54", Nth: 1, Digits: 11, Begins: slices.Concat([]Set{1 << 9}, p.Begins[1:1+n]), Start: 1, Cut: 1 + n, Put: "15", From: 1 + n},
					Change{Code: "54", Nth: 1, Digits: 10, Begins: p.Begins[1 : 1+n], Cut: n, Put: "15", From: n})
			}
		}
	}
	return out
})

// MaxVariants is how many other spellings a number has at most.
const MaxVariants = 2

// Variants are the other spellings of the same line, such as +558887654321 of +5588987654321;
// none of most numbers.
func (n Number) Variants() []Number {
	if n.e164 == "" {
		return nil
	}
	code := codeOf(n.e164[1:])
	rest := n.e164[1+len(code):]
	var out []Number
	for _, c := range changes() {
		if c.Code != code || c.Digits != len(rest) || c.Nth != len(out) || !beginsWith(rest, c.Begins) {
			continue
		}
		s := c.With + rest[c.Start:c.Cut] + c.Put + rest[c.From:]
		v := Number{e164: "+" + code + s, region: n.region}
		if i, err := strconv.ParseUint(s, 10, 64); err == nil {
			v.national = strconv.FormatUint(i, 10)
		}
		out = append(out, v)
	}
	return out
}

func beginsWith(text string, sets []Set) bool {
	for i, s := range sets {
		if i >= len(text) || !s.Has(text[i]) {
			return false
		}
	}
	return true
}
