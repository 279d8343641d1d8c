package phone

import (
	"fmt"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Rules say how numbers are dialled in a country, as libphonenumber's metadata has them, in
// a form that a program without regular expressions can follow. The order of reading is
// libphonenumber's: + or an international prefix; else the country's own code in front of
// what is no national number but holds one; else a national number. Then the national prefix
// of the country goes where what remains has the length of a number and is no worse.
type Rules struct {
	Region  string
	Code    string   // calling code
	Main    string   // the country whose rules hold behind the code; 001 for the codes of no country
	Abroad  []Prefix // international prefixes; the first that fits counts
	Trunk   []Prefix // national prefixes and carrier codes, likewise
	Numbers []Form   // forms of a national number
	Lengths Lengths  // digits that a national number can have
	Former  Lengths  // digits that one had before a numbering change, and that are read still
	Local   Lengths  // digits that reach somebody in the same area only
	Unread  []string // what of the metadata could not be compiled, and why
}

// A Set is a set of digits: bit d for the digit d.
type Set uint16

// anyDigit is the set of all ten.
const anyDigit Set = 1<<10 - 1

// Has reports whether the set holds a digit, given as its character.
func (s Set) Has(c byte) bool { return c >= '0' && c <= '9' && s&(1<<(c-'0')) != 0 }

// All reports whether every digit is in the set.
func (s Set) All() bool { return s == anyDigit }

// String lists the digits, such as 2579.
func (s Set) String() string {
	var b strings.Builder
	for c := byte('0'); c <= '9'; c++ {
		if s.Has(c) {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// Lengths is a set of lengths up to 31: bit n for n digits.
type Lengths uint32

// Has reports whether n is one of the lengths.
func (l Lengths) Has(n int) bool { return n >= 0 && n < 32 && l&(1<<n) != 0 }

// Max is the greatest length; 0 for none.
func (l Lengths) Max() int {
	for n := 31; n > 0; n-- {
		if l.Has(n) {
			return n
		}
	}
	return 0
}

// List lists the lengths, ascending.
func (l Lengths) List() []int {
	var out []int
	for n := range 32 {
		if l.Has(n) {
			out = append(out, n)
		}
	}
	return out
}

// A Form is one form of a national number: what the first digits are, and how many digits
// there are in all.
type Form struct {
	Begins  []Set
	Lengths Lengths
}

// A Prefix is what may stand in front of a number. What remains is With, then the digits from
// KeepFrom to KeepTo of the prefix itself, then what follows the prefix.
type Prefix struct {
	Begins           []Set
	Whole            bool // nothing follows it
	With             string
	KeepFrom, KeepTo int
}

// RulesOf gives the rules of a country of Regions.
func RulesOf(region string) (Rules, bool) {
	if !KnownRegion(region) {
		return Rules{}, false
	}
	return rulesOf(func(m *phonenumbers.PhoneMetadata) bool { return m.GetId() == region })
}

// RulesOfCode gives the rules that hold behind a calling code of Codes: those of its main
// country.
func RulesOfCode(code string) (Rules, bool) {
	n, err := strconv.Atoi(code)
	if err != nil {
		return Rules{}, false
	}
	main := phonenumbers.GetRegionCodeForCountryCode(n)
	return rulesOf(func(m *phonenumbers.PhoneMetadata) bool {
		return m.GetId() == main && int(m.GetCountryCode()) == n
	})
}

// Codes lists the calling codes in use, sorted; none begins another.
func Codes() []string {
	var out []string
	for c := range phonenumbers.GetSupportedCallingCodes() {
		out = append(out, strconv.Itoa(c))
	}
	slices.Sort(out)
	return out
}

// codeOf is the calling code in front of digits; "" when there is none.
func codeOf(digits string) string {
	for n := 1; n <= 3 && n <= len(digits); n++ {
		c, err := strconv.Atoi(digits[:n])
		if err == nil && c > 0 && digits[0] != '0' && len(phonenumbers.GetRegionCodesForCountryCode(c)) > 0 {
			return digits[:n]
		}
	}
	return ""
}

func rulesOf(is func(*phonenumbers.PhoneMetadata) bool) (Rules, bool) {
	all, err := phonenumbers.MetadataCollection() // read once by the library, when it starts
	if err != nil {
		return Rules{}, false
	}
	i := slices.IndexFunc(all.Metadata, is)
	if i < 0 {
		return Rules{}, false
	}
	m := all.Metadata[i]
	code := int(m.GetCountryCode())
	r := Rules{
		Region: m.GetId(), Code: strconv.Itoa(code), Main: phonenumbers.GetRegionCodeForCountryCode(code),
		Lengths: lengthsOf(m.GetGeneralDesc().GetPossibleLength()), Former: former[code], Local: lengthsOf(m.GetGeneralDesc().GetPossibleLengthLocalOnly()),
	}
	numbers, _ := r.expand("national numbers", m.GetGeneralDesc().GetNationalNumberPattern())
	r.Numbers = formsOf(numbers)
	abroad, _ := r.expand("international prefix", m.GetInternationalPrefix())
	for _, p := range abroad {
		r.Abroad = append(r.Abroad, Prefix{Begins: p.digits, Whole: p.end})
	}
	with, group, err := transform(m.GetNationalPrefixTransformRule())
	if err != nil {
		r.Unread = append(r.Unread, "national prefix: "+err.Error())
	}
	trunk, last := r.expand("national prefix", m.GetNationalPrefixForParsing())
	for _, p := range trunk {
		x := Prefix{Begins: p.digits, Whole: p.end}
		// The rule is for texts of which the last group is a part; from others the prefix goes.
		if _, ok := p.groups[last]; ok && group > 0 {
			x.With = with
			if g, ok := p.groups[group]; ok {
				x.KeepFrom, x.KeepTo = g[0], g[1]
			}
		}
		r.Trunk = append(r.Trunk, x)
	}
	return r, true
}

func lengthsOf(ns []int32) Lengths {
	var l Lengths
	for _, n := range ns {
		if n > 0 && n < 32 {
			l |= 1 << n
		}
	}
	return l
}

// transform reads a rule such as 9$1: a text, then a group.
func transform(rule string) (with string, group int, err error) {
	if rule == "" {
		return "", 0, nil
	}
	with, number, ok := strings.Cut(rule, "$")
	group, err = strconv.Atoi(number)
	if !ok || err != nil || group < 1 || strings.Trim(with, "0123456789") != "" {
		return "", 0, fmt.Errorf("the rule %s is of another form than digits and one group", rule)
	}
	return with, group, nil
}

// maxPaths bounds how many ways through a pattern are written out. The widest of the
// metadata has some hundreds.
const maxPaths = 5000

// maxRepeat bounds a repetition; national numbers have 17 digits at most.
const maxRepeat = 20

// A path is one way through a pattern.
type path struct {
	digits []Set
	end    bool           // nothing may follow
	groups map[int][2]int // where groups lie
}

// expand lists the ways through a pattern, and how many groups it has.
func (r *Rules) expand(what, pattern string) ([]path, int) {
	if pattern == "" {
		return nil, 0
	}
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err == nil {
		var ps []path
		if ps, err = paths(re); err == nil {
			return ps, re.MaxCap()
		}
	}
	r.Unread = append(r.Unread, what+": "+err.Error())
	return nil, 0
}

// paths lists the ways through a pattern, in the order in which a regular expression tries them.
func paths(re *syntax.Regexp) ([]path, error) {
	switch re.Op {
	case syntax.OpEmptyMatch:
		return []path{{}}, nil
	case syntax.OpEndText:
		return []path{{end: true}}, nil
	case syntax.OpLiteral:
		p := path{}
		for _, c := range re.Rune {
			if c < '0' || c > '9' {
				return nil, fmt.Errorf("%q is no digit", c)
			}
			p.digits = append(p.digits, 1<<(c-'0'))
		}
		return []path{p}, nil
	case syntax.OpCharClass:
		var s Set
		for i := 0; i < len(re.Rune); i += 2 {
			if re.Rune[i] < '0' || re.Rune[i+1] > '9' {
				return nil, fmt.Errorf("%s has other characters than digits", re)
			}
			for c := re.Rune[i]; c <= re.Rune[i+1]; c++ {
				s |= 1 << (c - '0')
			}
		}
		return []path{{digits: []Set{s}}}, nil
	case syntax.OpCapture:
		ps, err := paths(re.Sub[0])
		for i := range ps {
			groups := map[int][2]int{re.Cap: {0, len(ps[i].digits)}}
			for n, g := range ps[i].groups {
				groups[n] = g
			}
			ps[i].groups = groups
		}
		return ps, err
	case syntax.OpAlternate:
		var out []path
		for _, sub := range re.Sub {
			ps, err := paths(sub)
			if err != nil {
				return nil, err
			}
			out = append(out, ps...)
		}
		return out, nil
	case syntax.OpConcat:
		out := []path{{}}
		for _, sub := range re.Sub {
			ps, err := paths(sub)
			if err == nil {
				out, err = follow(out, ps)
			}
			if err != nil {
				return nil, err
			}
		}
		return out, nil
	case syntax.OpQuest:
		return repeat(re, 0, 1)
	case syntax.OpRepeat:
		return repeat(re, re.Min, re.Max)
	}
	return nil, fmt.Errorf("%s is of a form that is not known", re)
}

func repeat(re *syntax.Regexp, lo, hi int) ([]path, error) {
	if hi < 0 || hi > maxRepeat || re.Flags&syntax.NonGreedy != 0 {
		return nil, fmt.Errorf("%s repeats in a way that is not known", re)
	}
	ps, err := paths(re.Sub[0])
	if err != nil {
		return nil, err
	}
	times := []path{{}}
	var all [][]path
	for n := 0; ; n++ {
		if n >= lo {
			all = append(all, times)
		}
		if n == hi {
			break
		}
		if times, err = follow(times, ps); err != nil {
			return nil, err
		}
	}
	slices.Reverse(all) // the longest is tried first
	return slices.Concat(all...), nil
}

func follow(as, bs []path) ([]path, error) {
	if len(as)*len(bs) > maxPaths {
		return nil, fmt.Errorf("more than %d ways through it", maxPaths)
	}
	var out []path
	for _, a := range as {
		for _, b := range bs {
			if a.end && len(b.digits) > 0 {
				continue
			}
			p := path{digits: slices.Concat(a.digits, b.digits), end: a.end || b.end, groups: map[int][2]int{}}
			for n, g := range a.groups {
				p.groups[n] = g
			}
			for n, g := range b.groups {
				p.groups[n] = [2]int{len(a.digits) + g[0], len(a.digits) + g[1]}
			}
			out = append(out, p)
		}
	}
	return out, nil
}

// formsOf joins the ways through the pattern of a whole number that differ in length only.
func formsOf(ps []path) []Form {
	var out []Form
	for _, p := range ps {
		f := Form{Begins: p.digits, Lengths: 1 << len(p.digits)}
		for len(f.Begins) > 0 && f.Begins[len(f.Begins)-1].All() {
			f.Begins = f.Begins[:len(f.Begins)-1]
		}
		i := slices.IndexFunc(out, func(o Form) bool { return slices.Equal(o.Begins, f.Begins) })
		if i < 0 {
			out = append(out, f)
			continue
		}
		out[i].Lengths |= f.Lengths
	}
	return out
}
