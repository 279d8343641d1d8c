package velocity

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// javaPattern is a regular expression of Java's, written for two engines: Go's, which takes a
// time that grows with the text alone, and a backtracking one for what Go's does not know.
type javaPattern struct {
	linear string         // for Go's engine; "" when it cannot
	lines  bool           // linear means the same on a text without an end of a line only
	full   string         // for the other
	groups int            // how many there are
	names  map[string]int // groups by name
}

// Flags of a part of an expression.
type javaFlags struct{ fold, unicodeCase, dotAll, multiline, comments, unixLines bool }

// A translator reads Java's syntax (java.util.regex.Pattern of version 17) and writes what means
// the same elsewhere: every set of characters as its ranges, so that the differences between
// dialects in ., \s, (?i) and classes do not matter.
type translator struct {
	src    string
	at     int
	flags  javaFlags
	out    strings.Builder // for the other engine
	linear strings.Builder
	beyond bool // Go's engine cannot
	lines  bool
	groups int
	names  map[string]int
	behind int // depth of look-behinds
	depth  int
}

const (
	mostNested  = 200
	mostPattern = 1 << 14 // bytes of an expression
)

func translate(src string) (*javaPattern, error) {
	if len(src) > mostPattern {
		return nil, errors.New("it is too long")
	}
	t := &translator{src: unquote(src), names: map[string]int{}}
	if err := t.alternatives(); err != nil {
		return nil, fmt.Errorf("%w, at character %d", err, utf8.RuneCountInString(t.src[:min(t.at, len(t.src))])+1)
	}
	if t.at < len(t.src) {
		return nil, fmt.Errorf("unmatched ), at character %d", utf8.RuneCountInString(t.src[:t.at])+1)
	}
	p := &javaPattern{full: t.out.String(), linear: t.linear.String(), lines: t.lines, groups: t.groups, names: t.names}
	if t.beyond {
		p.linear = ""
	}
	return p, nil
}

// unquote writes \Q…\E with a backslash before each sign, as Java does first of all.
func unquote(src string) string {
	from := strings.Index(src, `\Q`)
	if from < 0 {
		return src
	}
	var b strings.Builder
	for i := 0; i < len(src); {
		switch {
		case src[i] != '\\' || i+1 == len(src):
			b.WriteByte(src[i])
			i++
			continue
		case src[i+1] != 'Q':
			b.WriteString(src[i : i+2])
			i += 2
			continue
		}
		text, _, _ := strings.Cut(src[i+2:], `\E`)
		for _, r := range text {
			if r < 0x80 && !isWordByte(byte(r)) {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		}
		i = min(i+2+len(text)+2, len(src))
	}
	return b.String()
}

func (t *translator) write(s string) {
	t.out.WriteString(s)
	t.linear.WriteString(s)
}

func (t *translator) peek(s string) bool { return strings.HasPrefix(t.src[t.at:], s) }

func (t *translator) take(s string) bool {
	if t.peek(s) {
		t.at += len(s)
		return true
	}
	return false
}

func (t *translator) rune() (rune, bool) {
	if t.at >= len(t.src) {
		return 0, false
	}
	r, n := utf8.DecodeRuneInString(t.src[t.at:])
	t.at += n
	return r, true
}

// skip passes blanks and comments where the flag x says so.
func (t *translator) skip() {
	for t.flags.comments && t.at < len(t.src) {
		switch c := t.src[t.at]; {
		case c == ' ' || c >= '\t' && c <= '\r':
			t.at++
		case c == '#':
			i := strings.IndexAny(t.src[t.at:], "\n\r")
			if i < 0 {
				i = len(t.src) - t.at
			}
			t.at += i
		default:
			return
		}
	}
}

func (t *translator) alternatives() error {
	if t.depth++; t.depth > mostNested {
		return errors.New("nested too deeply")
	}
	defer func() { t.depth-- }()
	for {
		t.skip()
		switch {
		case t.at >= len(t.src) || t.peek(")"):
			return nil
		case t.take("|"):
			t.write("|")
			continue
		}
		if err := t.piece(); err != nil {
			return err
		}
	}
}

// piece is an atom and its quantifier.
func (t *translator) piece() error {
	from, start := t.out.Len(), t.at
	quantified, err := t.atom()
	if err != nil || !quantified {
		return err
	}
	t.skip()
	q, open, err := t.quantifier()
	if err != nil || q == "" {
		return err
	}
	if open && t.behind > 0 && t.src[start] == '(' { // Java takes it of single characters
		return errors.New("a look-behind needs an obvious maximum length")
	}
	switch {
	case t.take("?"):
		t.write(q + "?")
	case t.take("+"):
		t.beyond = true
		whole := t.out.String()
		t.out.Reset()
		t.out.WriteString(whole[:from] + "(?>" + whole[from:] + q + ")")
	default:
		t.write(q)
	}
	return nil
}

// quantifier reads one without its mode; open tells that it has no upper bound.
func (t *translator) quantifier() (q string, open bool, err error) {
	switch {
	case t.take("*"):
		return "*", true, nil
	case t.take("+"):
		return "+", true, nil
	case t.take("?"):
		return "?", false, nil
	case !t.peek("{"):
		return "", false, nil
	}
	end := strings.IndexByte(t.src[t.at:], '}')
	if end < 0 {
		return "", false, errors.New("unclosed counted closure")
	}
	q = t.src[t.at : t.at+end+1]
	low, high, ranged := strings.Cut(q[1:len(q)-1], ",")
	a, err := strconv.ParseUint(low, 10, 31)
	b := a
	if err == nil && high != "" {
		b, err = strconv.ParseUint(high, 10, 31)
	}
	if err != nil || b < a {
		return "", false, fmt.Errorf("illegal repetition %s", q)
	}
	t.at += end + 1
	return q, ranged && high == "", nil
}

// terminators are the ends of lines.
func (t *translator) terminators() ranges {
	if t.flags.unixLines {
		return ranges{{'\n', '\n'}}
	}
	return ranges{{'\n', '\n'}, {'\r', '\r'}, {0x85, 0x85}, {0x2028, 0x2029}}
}

// atom reads what a quantifier may follow; false when none may.
func (t *translator) atom() (bool, error) {
	start := t.at
	r, _ := t.rune()
	switch r {
	case '(':
		return t.group()
	case '[':
		s, err := t.class()
		if err == nil {
			t.set(s)
		}
		return true, err
	case '.':
		s := all
		if !t.flags.dotAll {
			s = t.terminators().not()
		}
		t.write(s.String())
		return true, nil
	case '^':
		if !t.flags.multiline {
			t.write(`\A`)
			return true, nil
		}
		t.beyond = true
		t.out.WriteString(`(?:\A|(?<=` + t.ended() + `))(?!\z)`)
		return true, nil
	case '$':
		t.end(t.flags.multiline, false)
		return true, nil
	case '*', '+', '?':
		return false, fmt.Errorf("dangling meta character '%c'", r)
	case '{':
		t.at = start
		return false, errors.New("illegal repetition")
	case '\\':
		return t.escape()
	}
	t.set(ranges{{r, r}})
	return true, nil
}

// ended is the end of a line just before, never within \r\n.
func (t *translator) ended() string {
	if t.flags.unixLines {
		return `\n`
	}
	return `\n|\r(?!\n)|[` + "\u0085\u2028\u2029" + `]`
}

// end is the end of the text, or before its last end of a line; with many before any.
func (t *translator) end(many, final bool) {
	t.lines = true
	t.linear.WriteString(`\z`)
	if t.flags.unixLines && !final {
		if many {
			t.out.WriteString(`(?=\n|\z)`)
		} else {
			t.out.WriteString(`(?=\n?\z)`)
		}
		return
	}
	rest := `\z`
	if many {
		rest = ""
	}
	t.out.WriteString(`(?:(?=\r\n` + rest + `|[\r` + "\u0085\u2028\u2029" + `]` + rest + `|\z)|(?<!\r)(?=\n` + rest + `))`)
}

// set writes a set of characters, folded where a flag says so.
func (t *translator) set(s ranges) { t.write(t.folded(s).String()) }

func (t *translator) folded(s ranges) ranges {
	if !t.flags.fold {
		return s
	}
	if t.flags.unicodeCase {
		if len(s) > 20 || s.size() > 3000 {
			return s // of classes: they have both cases already, or neither
		}
		var more ranges
		for _, r := range s {
			for c := r[0]; c <= r[1]; c++ {
				for f := unicode.SimpleFold(c); f != c; f = unicode.SimpleFold(f) {
					more = append(more, [2]rune{f, f})
				}
			}
		}
		return s.or(more)
	}
	letters := s.and(ranges{{'A', 'Z'}, {'a', 'z'}})
	var other ranges
	for _, r := range letters {
		other = append(other, [2]rune{r[0] ^ 0x20, r[1] ^ 0x20})
	}
	return s.or(other)
}

func (t *translator) group() (bool, error) {
	saved, behind := t.flags, t.behind
	open, quantified := "(", true
	switch {
	case t.take("?:"):
		open = "(?:"
	case t.take("?="):
		open, t.beyond = "(?=", true
	case t.take("?!"):
		open, t.beyond = "(?!", true
	case t.take("?<="):
		open, t.beyond, t.behind = "(?<=", true, t.behind+1
	case t.take("?<!"):
		open, t.beyond, t.behind = "(?<!", true, t.behind+1
	case t.take("?>"):
		open, t.beyond = "(?>", true
	case t.take("?<"):
		end := strings.IndexByte(t.src[t.at:], '>')
		if end < 1 || !groupName(t.src[t.at:t.at+end]) {
			return false, errors.New("a named group needs a name of letters and digits")
		}
		name := t.src[t.at : t.at+end]
		if _, twice := t.names[name]; twice {
			return false, fmt.Errorf("the named group %s is defined twice", name)
		}
		t.at += end + 1
		t.groups++
		t.names[name] = t.groups
	case t.take("?"):
		done, err := t.setFlags()
		if err != nil || done {
			return false, err
		}
		open = "(?:"
	default:
		t.groups++
	}
	t.write(open)
	if err := t.alternatives(); err != nil {
		return false, err
	}
	if !t.take(")") {
		return false, errors.New("unclosed group")
	}
	t.write(")")
	t.flags, t.behind = saved, behind
	return quantified, nil
}

func groupName(s string) bool {
	for i := range len(s) {
		if !isLetter(s[i]) && (i == 0 || !isDigit(s[i])) {
			return false
		}
	}
	return true
}

// setFlags reads flags; done means that they hold up to the end of the group around them.
func (t *translator) setFlags() (done bool, err error) {
	on := true
	for {
		r, ok := t.rune()
		if !ok {
			return false, errors.New("unknown inline modifier")
		}
		switch r {
		case 'i':
			t.flags.fold = on
		case 'u':
			t.flags.unicodeCase = on
		case 's':
			t.flags.dotAll = on
		case 'm':
			t.flags.multiline = on
		case 'x':
			t.flags.comments = on
		case 'd':
			t.flags.unixLines = on
		case 'U':
			return false, errors.New("the flag U is not supported")
		case '-':
			if !on {
				return false, errors.New("unknown inline modifier")
			}
			on = false
		case ')':
			return true, nil
		case ':':
			return false, nil
		default:
			return false, fmt.Errorf("unknown inline modifier %q", r)
		}
	}
}

// escape reads what follows a backslash outside of a class.
func (t *translator) escape() (bool, error) {
	if t.at >= len(t.src) {
		return false, errors.New("a backslash at the end")
	}
	c := t.src[t.at]
	switch c {
	case 'E':
		return false, errors.New(`\E without \Q`)
	case 'A', 'z':
		t.at++
		t.write(`\` + string(c))
		return true, nil
	case 'Z':
		t.at++
		t.end(false, true)
		return true, nil
	case 'b', 'B':
		t.at++
		if t.peek("{") {
			return false, errors.New(`\b{g} is not supported`)
		}
		t.beyond = true // of all letters, not those of ASCII
		word := `[_\p{L}\p{Nd}]`
		if c == 'b' {
			t.out.WriteString(`(?:(?<=` + word + `)(?!` + word + `)|(?<!` + word + `)(?=` + word + `))`)
		} else {
			t.out.WriteString(`(?:(?<=` + word + `)(?=` + word + `)|(?<!` + word + `)(?!` + word + `))`)
		}
		return true, nil
	case 'R':
		t.at++
		t.write(`(?:\r\n|[\n-\r` + "\u0085\u2028\u2029" + `])`)
		return true, nil
	case 'G', 'X', 'N':
		return false, fmt.Errorf(`\%c is not supported`, c)
	case 'k':
		t.at++
		end := strings.IndexByte(t.src[t.at:], '>')
		if !t.peek("<") || end < 0 {
			return false, errors.New(`\k is not followed by <name>`)
		}
		n, ok := t.names[t.src[t.at+1:t.at+end]]
		if !ok {
			return false, fmt.Errorf("the named group %s does not exist", t.src[t.at+1:t.at+end])
		}
		t.at += end + 1
		return true, t.back(n)
	}
	if c >= '1' && c <= '9' {
		n := int(c - '0')
		t.at++
		for t.at < len(t.src) && isDigit(t.src[t.at]) && n*10+int(t.src[t.at]-'0') <= t.groups {
			n = n*10 + int(t.src[t.at]-'0')
			t.at++
		}
		return true, t.back(n)
	}
	s, err := t.escaped()
	if err == nil {
		t.set(s)
	}
	return true, err
}

// back is a reference to a group.
func (t *translator) back(n int) error {
	if t.behind > 0 {
		return errors.New("a look-behind needs an obvious maximum length")
	}
	t.beyond = true
	if n > t.groups {
		t.out.WriteString(`(?!)`) // Java: never matches
		return nil
	}
	ref := `(?:\` + strconv.Itoa(n) + `)`
	if t.flags.fold {
		ref = `(?i:\` + strconv.Itoa(n) + `)`
	}
	t.out.WriteString(ref)
	return nil
}

// escaped is the set that an escape stands for, in a class or outside.
func (t *translator) escaped() (ranges, error) {
	r, ok := t.rune()
	if !ok {
		return nil, errors.New("a backslash at the end")
	}
	one := func(r rune) (ranges, error) { return ranges{{r, r}}, nil }
	switch r {
	case 't':
		return one('\t')
	case 'n':
		return one('\n')
	case 'r':
		return one('\r')
	case 'f':
		return one('\f')
	case 'a':
		return one('\a')
	case 'e':
		return one(0x1b)
	case 'c':
		c, ok := t.rune()
		if !ok || c > 0x7f {
			return nil, errors.New("illegal control escape sequence")
		}
		return one(c ^ 64)
	case '0':
		n, digits := rune(0), 0
		for digits < 3 && t.at < len(t.src) && t.src[t.at] >= '0' && t.src[t.at] <= '7' && (digits < 2 || n < 32) {
			n = n*8 + rune(t.src[t.at]-'0')
			t.at++
			digits++
		}
		if digits == 0 {
			return nil, errors.New("illegal octal escape sequence")
		}
		return one(n)
	case 'x', 'u':
		return t.hexadecimal(r)
	case 'd':
		return ranges{{'0', '9'}}, nil
	case 'D':
		return ranges{{'0', '9'}}.not(), nil
	case 'w':
		return wordSet, nil
	case 'W':
		return wordSet.not(), nil
	case 's':
		return spaceSet, nil
	case 'S':
		return spaceSet.not(), nil
	case 'h':
		return horizontalSet, nil
	case 'H':
		return horizontalSet.not(), nil
	case 'v':
		return verticalSet, nil
	case 'V':
		return verticalSet.not(), nil
	case 'p', 'P':
		return t.property(r == 'P')
	}
	if r < 0x80 && isLetter(byte(r)) {
		return nil, fmt.Errorf(`illegal/unsupported escape sequence \%c`, r)
	}
	return one(r)
}

func (t *translator) hexadecimal(kind rune) (ranges, error) {
	n := map[rune]int{'x': 2, 'u': 4}[kind]
	text := ""
	if kind == 'x' && t.take("{") {
		end := strings.IndexByte(t.src[t.at:], '}')
		if end < 0 {
			return nil, errors.New("unclosed hexadecimal escape sequence")
		}
		text = t.src[t.at : t.at+end]
		t.at += end + 1
	} else {
		if len(t.src)-t.at < n {
			return nil, errors.New("illegal hexadecimal escape sequence")
		}
		text = t.src[t.at : t.at+n]
		t.at += n
	}
	v, err := strconv.ParseUint(text, 16, 32)
	if err != nil || v > unicode.MaxRune {
		return nil, errors.New("illegal hexadecimal escape sequence")
	}
	if kind == 'u' && v >= 0xd800 && v < 0xdc00 && strings.HasPrefix(t.src[t.at:], `\u`) && len(t.src)-t.at >= 6 { // two halves
		if low, err := strconv.ParseUint(t.src[t.at+2:t.at+6], 16, 32); err == nil && low >= 0xdc00 && low < 0xe000 {
			t.at += 6
			v = (v-0xd800)<<10 + (low - 0xdc00) + 0x10000
		}
	}
	return ranges{{rune(v), rune(v)}}, nil
}

func (t *translator) property(negated bool) (ranges, error) {
	name := ""
	if t.take("{") {
		end := strings.IndexByte(t.src[t.at:], '}')
		if end < 1 {
			return nil, errors.New("unclosed character family")
		}
		name = t.src[t.at : t.at+end]
		t.at += end + 1
	} else {
		r, ok := t.rune()
		if !ok {
			return nil, errors.New("unclosed character family")
		}
		name = string(r)
	}
	s, ok := javaProperty(name)
	if !ok {
		return nil, fmt.Errorf(`the character class \p{%s} is not supported`, name)
	}
	if t.flags.fold && (name == "Lower" || name == "Upper" || name == "javaLowerCase" || name == "javaUpperCase") {
		lower, _ := javaProperty("Lower")
		upper, _ := javaProperty("Upper")
		s = s.or(lower).or(upper)
	}
	if negated {
		s = s.not()
	}
	return s, nil
}

// class reads a class behind its bracket.
func (t *translator) class() (ranges, error) {
	if t.depth++; t.depth > mostNested {
		return nil, errors.New("nested too deeply")
	}
	defer func() { t.depth-- }()
	negated := t.take("^")
	var left, now ranges
	some, both := false, false
	for {
		t.skip()
		switch {
		case t.at >= len(t.src):
			return nil, errors.New("unclosed character class")
		case t.peek("]") && (some || both):
			t.at++
			if both {
				if some {
					now = left.and(now)
				} else {
					now = left
				}
			}
			if negated {
				now = t.folded(now).not()
			}
			return now, nil
		case t.take("&&"):
			for t.take("&&") { // Java: several are one
			}
			if !some && !both { // and those in front are none
				continue
			}
			switch {
			case both && some:
				left = left.and(now)
			case !both:
				left = now
			}
			both, some, now = true, false, nil
			continue
		case t.take("["):
			s, err := t.class()
			if err != nil {
				return nil, err
			}
			now, some = now.or(s), true
			continue
		}
		low, err := t.member()
		if err != nil {
			return nil, err
		}
		some = true
		if len(low) == 1 && low[0][0] == low[0][1] && t.peek("-") && !t.peek("-]") && !t.peek("-[") && !t.peek("-&&") {
			t.at++
			t.skip()
			high, err := t.member()
			if err != nil {
				return nil, err
			}
			if len(high) != 1 || high[0][0] != high[0][1] || high[0][0] < low[0][0] {
				return nil, errors.New("illegal character range")
			}
			low = ranges{{low[0][0], high[0][0]}}
		}
		now = now.or(t.folded(low))
	}
}

// member is one character or escape of a class.
func (t *translator) member() (ranges, error) {
	r, ok := t.rune()
	if !ok {
		return nil, errors.New("unclosed character class")
	}
	if r != '\\' {
		return ranges{{r, r}}, nil
	}
	return t.escaped()
}

// ranges are characters, sorted and apart once or and and made them.
type ranges [][2]rune

var (
	all           = ranges{{0, unicode.MaxRune}}
	wordSet       = ranges{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}
	spaceSet      = ranges{{'\t', '\r'}, {' ', ' '}}
	horizontalSet = ranges{{'\t', '\t'}, {' ', ' '}, {0xa0, 0xa0}, {0x1680, 0x1680}, {0x180e, 0x180e}, {0x2000, 0x200a}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}}
	verticalSet   = ranges{{'\n', '\r'}, {0x85, 0x85}, {0x2028, 0x2029}}
)

func (s ranges) size() int {
	n := 0
	for _, r := range s {
		n += int(r[1]-r[0]) + 1
	}
	return n
}

func (s ranges) or(other ranges) ranges {
	both := slices.Concat(s, other)
	slices.SortFunc(both, func(a, b [2]rune) int { return int(a[0] - b[0]) })
	var out ranges
	for _, r := range both {
		if n := len(out); n > 0 && r[0] <= out[n-1][1]+1 {
			out[n-1][1] = max(out[n-1][1], r[1])
			continue
		}
		out = append(out, r)
	}
	return out
}

func (s ranges) not() ranges {
	var out ranges
	from := rune(0)
	for _, r := range s.or(nil) {
		if r[0] > from {
			out = append(out, [2]rune{from, r[0] - 1})
		}
		from = r[1] + 1
	}
	if from <= unicode.MaxRune {
		out = append(out, [2]rune{from, unicode.MaxRune})
	}
	return out
}

func (s ranges) and(other ranges) ranges { return s.not().or(other.not()).not() }

// String is the set as both engines read it. Halves of surrogates are in no text.
func (s ranges) String() string {
	s = s.or(nil).surrogates()
	switch {
	case len(s) == 0:
		return `[^\x00-` + string(unicode.MaxRune) + `]`
	case len(s) == 1 && s[0] == all[0]:
		return "(?s:.)"
	case len(s) == 1 && s[0][0] == s[0][1]:
		return single(s[0][0])
	}
	var b strings.Builder
	b.WriteByte('[')
	for _, r := range s {
		b.WriteString(single(r[0]))
		if r[1] > r[0] {
			b.WriteString("-" + single(r[1]))
		}
	}
	b.WriteByte(']')
	return b.String()
}

func (s ranges) surrogates() ranges {
	if len(s) == 1 && s[0] == all[0] {
		return s
	}
	for i, r := range s {
		if r[0] >= 0xd800 && r[0] <= 0xdfff {
			s[i][0] = 0xe000
		}
		if r[1] >= 0xd800 && r[1] <= 0xdfff {
			s[i][1] = 0xd7ff
		}
	}
	return slices.DeleteFunc(s, func(r [2]rune) bool { return r[0] > r[1] })
}

func single(r rune) string {
	if r < 0x80 && !isWordByte(byte(r)) {
		return fmt.Sprintf(`\x%02x`, r)
	}
	return string(r)
}

// javaProperty is a class of \p{…}.
func javaProperty(name string) (ranges, bool) {
	switch name {
	case "Lower":
		return ranges{{'a', 'z'}}, true
	case "Upper":
		return ranges{{'A', 'Z'}}, true
	case "ASCII":
		return ranges{{0, 0x7f}}, true
	case "Alpha":
		return ranges{{'A', 'Z'}, {'a', 'z'}}, true
	case "Digit":
		return ranges{{'0', '9'}}, true
	case "Alnum":
		return ranges{{'0', '9'}, {'A', 'Z'}, {'a', 'z'}}, true
	case "Punct":
		return ranges{{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}}, true
	case "Graph":
		return ranges{{'!', '~'}}, true
	case "Print":
		return ranges{{' ', '~'}}, true
	case "Blank":
		return ranges{{'\t', '\t'}, {' ', ' '}}, true
	case "Cntrl":
		return ranges{{0, 0x1f}, {0x7f, 0x7f}}, true
	case "XDigit":
		return ranges{{'0', '9'}, {'A', 'F'}, {'a', 'f'}}, true
	case "Space":
		return spaceSet, true
	case "L1":
		return ranges{{0, 0xff}}, true
	case "LC":
		return fromTable(unicode.Lu).or(fromTable(unicode.Ll)).or(fromTable(unicode.Lt)), true
	case "javaLowerCase", "IsLowercase":
		return fromTable(unicode.Lower).or(fromTable(unicode.Other_Lowercase)), true
	case "javaUpperCase", "IsUppercase":
		return fromTable(unicode.Upper).or(fromTable(unicode.Other_Uppercase)), true
	case "IsAlphabetic":
		return fromTable(unicode.L).or(fromTable(unicode.Nl)).or(fromTable(unicode.Other_Alphabetic)), true
	case "IsDigit":
		return fromTable(unicode.Nd), true
	case "IsPunctuation":
		return fromTable(unicode.P), true
	}
	if table, ok := unicode.Categories[name]; ok {
		return fromTable(table), true
	}
	short := strings.TrimPrefix(name, "Is")
	for _, prefix := range []string{"IsScript=", "script=", "sc=", "general_category=", "gc="} {
		short = strings.TrimPrefix(short, prefix)
	}
	if short != name {
		if table, ok := unicode.Scripts[short]; ok {
			return fromTable(table), true
		}
		if table, ok := unicode.Categories[short]; ok {
			return fromTable(table), true
		}
	}
	return nil, false
}

func fromTable(t *unicode.RangeTable) ranges {
	var out ranges
	add := func(lo, hi, stride rune) {
		if stride == 1 {
			out = append(out, [2]rune{lo, hi})
			return
		}
		for r := lo; r <= hi; r += stride {
			out = append(out, [2]rune{r, r})
		}
	}
	for _, r := range t.R16 {
		add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
	}
	for _, r := range t.R32 {
		add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
	}
	return out.or(nil)
}
