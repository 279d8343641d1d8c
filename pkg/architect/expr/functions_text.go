package expr

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// textRows: positions count characters from 0. Whether Genesys counts UTF-16 units beyond
// the Basic Multilingual Plane is undocumented.
var textRows = []row{
	{"Append(initialText str?, textToAppend str?...) str", appendText2, ruleSame},
	{"Append(initialAudioOrPrompt apa?, audioOrPromptToAppend apa?...) aud", opJoinAudio, 0},
	{"Compare(stringToCompare str?, stringToCompareTo str?) int", compareStrings, 0},
	{"Compare(stringToCompare str?, stringToCompareTo str?, ignoreCase bln) int", compareStrings, 0},
	{"Contains(stringToSearch str, textToFind str) bln", contains, 0},
	{"Contains(stringToSearch str, textToFind str, ignoreCase bln) bln", contains, 0},
	{"DetectLanguage(stringToSearch str?, defaultString str?) str", nil, 0}, // how Genesys tells a language is not published
	{"EmailAddressDomainPart(emailAddress eml) str", emailDomain, 0},
	{"EmailAddressDomainPart(emailAddressString str?) str", emailDomain, 0},
	{"EmailAddressLocalPart(emailAddress eml) str", emailLocal, 0},
	{"EmailAddressLocalPart(emailAddressString str?) str", emailLocal, 0},
	{"FindString(stringToSearch str, textToFind str) int", findString, 0},
	{"FindString(stringToSearch str, textToFind str, ignoreCase bln) int", findString, 0},
	{"FindString(stringToSearch str, textToFind str, occurrenceNumber int 1..) int", findString, 0},
	{"FindString(stringToSearch str, textToFind str, occurrenceNumber int 1.., ignoreCase bln) int", findString, 0},
	{"Left(srcString str, length int 0..) str", left, 0},
	{"Length(text str) int", length, 0},
	{"Lower(text str) str", lower, 0},
	{"LTrim(value str) str", leftTrim, 0},
	{"MakeEmailAddress(address str) eml", makeEmail, 0},
	{"MakeEmailAddress(address str, name str?) eml", makeEmail, 0},
	{"Replace(text str, findString str, replacementString str?) str", replace, 0},
	{"Reverse(text str) str", reverse, 0},
	{"Right(srcString str, length int 0..) str", right, 0},
	{"RTrim(stringToTrim str) str", rightTrim, 0},
	{"Split(textToSplit str, delimiter str) str[]", split, 0},
	{"Substring(text str, start int 0.., length int 0..) str", substring, 0},
	{"Trim(stringToTrim str) str", trim, 0},
	{"Upper(text str) str", upper, 0},
}

// blanks are what the Trim functions take away.
const blanks = " \t\r\n"

func appendText2(m *machine, a []Value) (Value, *EvalError) {
	n := 0
	for _, v := range a {
		n += len(v.s)
	}
	if err := m.spend(n); err != nil {
		return Value{}, err
	}
	var b strings.Builder
	b.Grow(n)
	for _, v := range a {
		b.WriteString(v.s)
	}
	return OfString(b.String()), nil
}

func compareStrings(_ *machine, a []Value) (Value, *EvalError) {
	ignore := len(a) > 2 && a[2].n != 0
	switch {
	case a[0].IsSet() && a[1].IsSet():
		return OfInt(int64(compareText(a[0].s, a[1].s, ignore))), nil
	case a[0].IsSet():
		return OfInt(1), nil
	case a[1].IsSet():
		return OfInt(-1), nil
	}
	return OfInt(0), nil
}

// compareText orders as a culture does: by letters, digits before letters and other signs
// before both; then by accents; then lower case before upper. Published examples settle
// lower before upper and "2" after "10"; the rest is our reading.
func compareText(a, b string, ignoreCase bool) int {
	accent, letterCase := 0, 0
	x, y := a, b
	for x != "" && y != "" {
		r, n := utf8.DecodeRuneInString(x)
		s, k := utf8.DecodeRuneInString(y)
		x, y = x[n:], y[k:]
		if r == s {
			continue
		}
		p, q := collate(r), collate(s)
		if p.class != q.class {
			return sign(p.class - q.class)
		}
		if p.base != q.base {
			return sign(int(p.base) - int(q.base))
		}
		if accent == 0 && p.folded != q.folded {
			accent = sign(int(p.folded) - int(q.folded))
		}
		if letterCase == 0 && unicode.IsUpper(r) != unicode.IsUpper(s) {
			letterCase = 1
			if unicode.IsUpper(s) {
				letterCase = -1
			}
		}
	}
	switch {
	case x != "":
		return 1
	case y != "":
		return -1
	case accent != 0:
		return accent
	case ignoreCase:
		return 0
	}
	return letterCase
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

type collation struct {
	class        int
	base, folded rune
}

// accented lists Latin letters by the letter they are ordered with.
var accented = sync.OnceValue(func() map[rune]rune {
	m := map[rune]rune{}
	for base, list := range map[rune]string{
		'a': "àáâãäåāăą", 'c': "çćĉċč", 'd': "ďđ", 'e': "èéêëēĕėęě", 'g': "ĝğġģ", 'h': "ĥħ", 'i': "ìíîïĩīĭįı", 'j': "ĵ",
		'k': "ķ", 'l': "ĺļľŀł", 'n': "ñńņňŉ", 'o': "òóôõöøōŏő", 'r': "ŕŗř", 's': "śŝşšß", 't': "ţťŧ", 'u': "ùúûüũūŭůűų",
		'w': "ŵ", 'y': "ýÿŷ", 'z': "źżž",
	} {
		for _, r := range list {
			m[r] = base
		}
	}
	return m
})

func collate(r rune) collation {
	c := collation{folded: unicode.ToLower(r)}
	c.base = c.folded
	if b, ok := accented()[c.folded]; ok {
		c.base = b
	}
	switch {
	case unicode.IsLetter(r):
		c.class = 4
	case unicode.IsDigit(r):
		c.class = 3
	case unicode.IsSymbol(r):
		c.class = 2
	case unicode.IsPunct(r):
		c.class = 1
	}
	return c
}

func equalFold(a, b string) bool { return a == b || strings.EqualFold(a, b) }

// fold makes texts that differ in case the same, character by character.
func fold(s string) string {
	return strings.Map(func(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }, s)
}

func contains(m *machine, a []Value) (Value, *EvalError) {
	if len(a) > 2 && a[2].n != 0 {
		err := m.spend(len(a[0].s))
		return OfBool(strings.Contains(fold(a[0].s), fold(a[1].s))), err
	}
	return OfBool(strings.Contains(a[0].s, a[1].s)), nil
}

// findString finds the nth place; matches may overlap. An empty text is found nowhere,
// except by the form with four arguments, of which a published example gives 0.
func findString(m *machine, a []Value) (Value, *EvalError) {
	s, find, nth, ignore := a[0].s, a[1].s, int64(1), false
	for _, v := range a[2:] {
		if v.Type() == Integer {
			nth = v.n
		} else {
			ignore = v.n != 0
		}
	}
	if find == "" {
		if len(a) == 4 {
			return OfInt(0), nil
		}
		return OfInt(-1), nil
	}
	if ignore {
		if err := m.spend(len(s) + len(find)); err != nil {
			return Value{}, err
		}
		s, find = fold(s), fold(find)
	}
	at := 0
	for ; nth > 0; nth-- {
		i := strings.Index(s[at:], find)
		if i < 0 {
			return OfInt(-1), nil
		}
		at += i
		if nth > 1 {
			if err := m.spend(1); err != nil {
				return Value{}, err
			}
			_, n := utf8.DecodeRuneInString(s[at:])
			at += n
		}
	}
	return OfInt(int64(utf8.RuneCountInString(s[:at]))), nil
}

// offset is where the nth character begins, or the end.
func offset(s string, n int64) int {
	if n >= int64(len(s)) {
		return len(s)
	}
	at := 0
	for ; n > 0 && at < len(s); n-- {
		if s[at] < utf8.RuneSelf {
			at++
			continue
		}
		_, k := utf8.DecodeRuneInString(s[at:])
		at += k
	}
	return at
}

func left(_ *machine, a []Value) (Value, *EvalError) {
	return OfString(a[0].s[:offset(a[0].s, a[1].n)]), nil
}

func right(_ *machine, a []Value) (Value, *EvalError) {
	s := a[0].s
	return OfString(s[offset(s, max(int64(utf8.RuneCountInString(s))-a[1].n, 0)):]), nil
}

func substring(_ *machine, a []Value) (Value, *EvalError) {
	s := a[0].s[offset(a[0].s, a[1].n):]
	return OfString(s[:offset(s, a[2].n)]), nil
}

func length(_ *machine, a []Value) (Value, *EvalError) {
	return OfInt(int64(utf8.RuneCountInString(a[0].s))), nil
}

func lower(_ *machine, a []Value) (Value, *EvalError) { return OfString(strings.ToLower(a[0].s)), nil }
func upper(_ *machine, a []Value) (Value, *EvalError) { return OfString(strings.ToUpper(a[0].s)), nil }
func trim(_ *machine, a []Value) (Value, *EvalError) {
	return OfString(strings.Trim(a[0].s, blanks)), nil
}

func leftTrim(_ *machine, a []Value) (Value, *EvalError) {
	return OfString(strings.TrimLeft(a[0].s, blanks)), nil
}

func rightTrim(_ *machine, a []Value) (Value, *EvalError) {
	return OfString(strings.TrimRight(a[0].s, blanks)), nil
}

// replace knows no regular expressions.
func replace(m *machine, a []Value) (Value, *EvalError) {
	s, find, with := a[0].s, a[1].s, a[2].s
	if find == "" {
		return a[0], nil
	}
	n := strings.Count(s, find)
	if n == 0 {
		return a[0], nil
	}
	if err := m.spend(len(s) + n*(len(with)-len(find))); err != nil {
		return Value{}, err
	}
	return OfString(strings.ReplaceAll(s, find, with)), nil
}

func reverse(m *machine, a []Value) (Value, *EvalError) {
	if err := m.spend(len(a[0].s)); err != nil {
		return Value{}, err
	}
	r := []rune(a[0].s)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return OfString(string(r)), nil
}

// split without a delimiter gives the single characters; empty items are kept.
func split(m *machine, a []Value) (Value, *EvalError) {
	x := parts{a[0].s, a[1].s}
	n := x.count()
	if err := m.spend(n * valueSize); err != nil {
		return Value{}, err
	}
	return ListOf(String, n, func(int) Value { return OfString(x.next()) }), nil
}

// parts are what is left of a text that is split, and the delimiter.
type parts struct{ s, by string }

func (x *parts) count() int {
	switch {
	case x.s == "":
		return 1
	case x.by == "":
		return utf8.RuneCountInString(x.s)
	}
	return strings.Count(x.s, x.by) + 1
}

// next takes the first part off.
func (x *parts) next() string {
	at := len(x.s)
	if x.by == "" {
		_, at = utf8.DecodeRuneInString(x.s)
	} else if i := strings.Index(x.s, x.by); i >= 0 {
		at = i
	}
	part := x.s[:at]
	x.s = x.s[min(at+len(x.by), len(x.s)):]
	return part
}

func address(v Value) string {
	if v.Type() == EmailAddress {
		id, _ := v.prop("id")
		return id.s
	}
	return v.s
}

func emailParts(v Value) (local, domain string, ok bool) {
	s := strings.TrimSpace(address(v))
	i := strings.LastIndexByte(s, '@')
	if i <= 0 || i == len(s)-1 || strings.ContainsAny(s, " \t\r\n") {
		return "", "", false
	}
	return s[:i], s[i+1:], true
}

func emailDomain(_ *machine, a []Value) (Value, *EvalError) {
	if _, d, ok := emailParts(a[0]); ok {
		return OfString(d), nil
	}
	return NotSet(String), nil
}

func emailLocal(_ *machine, a []Value) (Value, *EvalError) {
	if l, _, ok := emailParts(a[0]); ok {
		return OfString(l), nil
	}
	return NotSet(String), nil
}

func makeEmail(_ *machine, a []Value) (Value, *EvalError) {
	name := NotSet(String)
	if len(a) > 1 {
		name = a[1]
	}
	return Value{h: head(EmailAddress), p: &box{props: []Named{{"id", a[0]}, {"name", name}}}}, nil
}
