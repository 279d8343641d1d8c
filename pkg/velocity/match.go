package velocity

import "strings"

// longest collects matches at one place: the longest wins, then the smaller kind.
type longest struct {
	kind kind
	n    int
}

func (l *longest) add(k kind, n int) {
	if n > l.n || n == l.n && n > 0 && k < l.kind {
		l.kind, l.n = k, n
	}
}

// literal adds k when the text begins with it.
func (l *longest) literal(k kind, text, lit string) {
	if strings.HasPrefix(text, lit) {
		l.add(k, len(lit))
	}
}

// match finds the token at i, or kNone.
func (s *scanner) match(i int) (kind, int) {
	l := longest{kind: kNone}
	text := s.src[i:]
	c := text[0]
	if c == '$' || c == '\\' {
		s.matchDollar(&l, i)
	}
	if c == '#' {
		l.literal(kBlockText, text, "#[[")
		if strings.HasPrefix(text, "#**") && len(text) > 3 && text[3] != '#' {
			l.add(kDocComment, 4)
		}
		l.literal(kMultiComment, text, "#*")
		l.add(kHash, 1)
		switch s.mode {
		case inText, inReference, inDirective, inHash: // elsewhere ## is no comment
			l.literal(kLineComment, text, "##")
		}
	}
	switch s.mode {
	case inText:
		s.matchText(&l, i)
	case inReference, inProperty:
		matchReference(&l, text, s.mode)
	case inIndex:
		l.literal(kIndexClose, text, "]")
		matchOperand(&l, text)
	case inArgs:
		matchArgs(&l, text)
	case inDirective:
		matchDirective(&l, text)
	case inHash:
		matchHash(&l, text)
	case inBlockText:
		l.literal(kBlockTextEnd, text, "]]#")
		l.add(kMore, 1)
	case inMultiComment:
		l.literal(kMultiCommentEnd, text, "*#")
		l.add(kSkip, 1)
	case inDocComment:
		l.literal(kDocCommentEnd, text, "*#")
		l.add(kSkip, 1)
	case inLineComment:
		l.add(kLineEnd, lineEnd(text))
		l.add(kSkip, 1)
	}
	return l.kind, l.n
}

// afterSlashes gives the end of the run of backslashes at i. It remembers the run, as it is
// asked again for every two characters of it.
func (s *scanner) afterSlashes(i int) int {
	if i < s.slashes && s.src[i] == '\\' {
		return s.slashes
	}
	j := i
	for j < len(s.src) && s.src[j] == '\\' {
		j++
	}
	if j > i {
		s.slashes = j
	}
	return j
}

func (s *scanner) matchDollar(l *longest, i int) {
	j := s.afterSlashes(i)
	if j >= len(s.src) || s.src[j] != '$' {
		return
	}
	l.add(kDollar, j+1-i)
	k := j + 1
	for k < len(s.src) && s.src[k] == '\\' {
		k++
	}
	if k < len(s.src) && s.src[k] == '!' {
		l.add(kDollarBang, k+1-i)
	}
}

func matchEmptyIndex(l *longest, text string) {
	l.literal(kEmptyIndex, text, "$[")
	l.literal(kEmptyIndex, text, "$![")
	l.literal(kEmptyIndex, text, `$\![`)
	l.literal(kEmptyIndex, text, "$.")
}

func (s *scanner) matchText(l *longest, i int) {
	text := s.src[i:]
	switch text[0] {
	case '\\':
		if j := s.afterSlashes(i); (j-i)%2 == 1 && j < len(s.src) && s.src[j] == '#' {
			if n := anyWord(s.src[j+1:]); n > 0 {
				l.add(kEscapedDirective, j+1+n-i)
			}
		}
		l.literal(kDoubleEscape, text, `\\`)
		l.add(kEscape, 1)
	case '$':
		matchEmptyIndex(l, text)
	case '#', ' ', '\t':
		matchSet(l, text)
		fallthrough
	default:
		n := strings.IndexAny(text, `$#\`)
		if n < 0 {
			n = len(text)
		}
		l.add(kText, n)
	}
}

// matchSet also takes the blanks before it: #set is to be invisible.
func matchSet(l *longest, text string) {
	i := 0
	for i < len(text) && (text[i] == ' ' || text[i] == '\t') {
		i++
	}
	var n int
	switch {
	case strings.HasPrefix(text[i:], "#set"):
		n = i + len("#set")
	case strings.HasPrefix(text[i:], "#{set}"):
		n = i + len("#{set}")
	default:
		return
	}
	for n < len(text) && text[n] == ' ' {
		n++
	}
	if n < len(text) && text[n] == '(' {
		l.add(kSet, n+1)
	}
}

func matchReference(l *longest, text string, m mode) {
	switch c := text[0]; {
	case c == '$' && m == inReference:
		matchEmptyIndex(l, text)
	case c == '[':
		l.add(kIndexOpen, 1)
	case c == '(' && m == inProperty:
		l.add(kParenOpen, 1)
	case c == '{':
		l.add(kBraceOpen, 1)
	case c == '}':
		l.add(kBraceClose, 1)
	case c == '#' || c == ' ' || c == '\t':
		matchSet(l, text)
	default:
		matchName(l, text)
	}
	l.add(kReferenceEnd, 1)
}

// matchName matches identifiers, the dot before one, and the two literals.
func matchName(l *longest, text string) {
	if isLetter(text[0]) || text[0] == '_' {
		n := 1
		for n < len(text) && (isWordByte(text[n]) || text[n] == '-') {
			n++
		}
		l.add(kIdentifier, n)
		l.literal(kTrue, text, "true")
		l.literal(kFalse, text, "false")
	}
	if text[0] == '.' && len(text) > 1 && isLetter(text[1]) {
		l.add(kDot, 2)
	}
}

// matchOperand matches what directives, arguments and indexes have in common.
func matchOperand(l *longest, text string) {
	l.literal(kTrue, text, "true")
	l.literal(kFalse, text, "false")
	l.add(kSpace, spaces(text))
	l.add(kString, quoted(text))
	matchNumber(l, text)
}

func matchPunctuation(l *longest, text string) {
	l.literal(kListOpen, text, "[")
	l.literal(kListClose, text, "]")
	l.literal(kComma, text, ",")
	l.literal(kDotDot, text, "..")
	l.literal(kColon, text, ":")
	l.literal(kMapOpen, text, "{")
	l.literal(kMapClose, text, "}")
}

func matchArgs(l *longest, text string) {
	matchPunctuation(l, text)
	matchOperand(l, text)
	matchName(l, text)
	l.literal(kArgsClose, text, ")")
	if c := text[0]; c == '#' || c == ' ' || c == '\t' {
		matchSet(l, text)
	}
}

// operators are the signs and words between operands.
var operators = []struct {
	text string
	kind kind
}{
	{"-", kMinus}, {"+", kPlus}, {"*", kTimes}, {"/", kOver}, {"%", kModulo},
	{"&&", kAnd}, {"and", kAnd}, {"||", kOr}, {"or", kOr},
	{"<", kLess}, {"lt", kLess}, {"<=", kLessEqual}, {"le", kLessEqual},
	{">", kGreater}, {"gt", kGreater}, {">=", kGreaterEqual}, {"ge", kGreaterEqual},
	{"==", kEqual}, {"eq", kEqual}, {"!=", kNotEqual}, {"ne", kNotEqual},
	{"!", kNot}, {"not", kNot}, {"=", kAssign},
}

func matchDirective(l *longest, text string) {
	matchPunctuation(l, text)
	matchOperand(l, text)
	matchWords(l, text)
	l.literal(kParenOpen, text, "(")
	if text[0] == ')' {
		l.add(kParenClose, 1+blankRest(text[1:]))
	}
	for _, op := range operators {
		l.literal(op.kind, text, op.text)
	}
}

func matchHash(l *longest, text string) {
	for _, w := range [...]string{"end", "{end}"} {
		if strings.HasPrefix(text, w) {
			l.add(kEnd, len(w)+blankRest(text[len(w):]))
		}
	}
	for _, w := range [...]string{"else", "{else}"} {
		if strings.HasPrefix(text, w) {
			l.add(kElse, len(w)+blankRest(text[len(w):]))
		}
	}
	l.literal(kIf, text, "if")
	l.literal(kIf, text, "{if}")
	l.literal(kElseIf, text, "elseif")
	l.literal(kElseIf, text, "{elseif}")
	matchNumber(l, text)
	matchWords(l, text)
	l.add(kDirectiveEnd, 1)
}

func matchWords(l *longest, text string) {
	if n := anyWord(text); n > 0 {
		if text[0] == '{' {
			l.add(kBracedWord, n)
		} else {
			l.add(kWord, n)
		}
	}
}

// anyWord is the length of a directive's name, braced or not.
func anyWord(text string) int {
	if strings.HasPrefix(text, "{") {
		if n := word(text[1:]); n > 0 && text[1] != '@' && n+1 < len(text) && text[n+1] == '}' {
			return n + 2
		}
		return 0
	}
	return word(text)
}

func word(text string) int {
	n := 0
	for n < len(text) {
		c := text[n]
		if isLetter(c) || c == '_' || c == '@' || n > 0 && isDigit(c) {
			n++
			continue
		}
		break
	}
	return n
}

func matchNumber(l *longest, text string) {
	i := 0
	if text[0] == '-' {
		i++
	}
	whole := i + digits(text[i:])
	if whole > i {
		n := whole
		if strings.HasPrefix(text[n:], "..") {
			n += 2
		}
		l.add(kInteger, n)
		if whole < len(text) && text[whole] == '.' {
			n = whole + 1
			n += digits(text[n:])
			l.add(kFloat, n+exponent(text[n:]))
		}
		if e := exponent(text[whole:]); e > 0 {
			l.add(kFloat, whole+e)
		}
		return
	}
	if i < len(text) && text[i] == '.' {
		if d := digits(text[i+1:]); d > 0 {
			n := i + 1 + d
			l.add(kFloat, n+exponent(text[n:]))
		}
	}
}

func digits(text string) int {
	n := 0
	for n < len(text) && isDigit(text[n]) {
		n++
	}
	return n
}

func exponent(text string) int {
	if text == "" || text[0] != 'e' && text[0] != 'E' {
		return 0
	}
	n := 1
	if n < len(text) && (text[n] == '+' || text[n] == '-') {
		n++
	}
	if d := digits(text[n:]); d > 0 {
		return n + d
	}
	return 0
}

// quoted is the length of a string literal, 0 when it has no end. A doubled quote stands for
// one; a backslash escapes nothing (Velocity 1.x).
func quoted(text string) int {
	q := text[0]
	if q != '"' && q != '\'' {
		return 0
	}
	for i := 1; i < len(text); i++ {
		if text[i] != q {
			continue
		}
		if i+1 < len(text) && text[i+1] == q {
			if strings.IndexByte(text[i+2:], q) < 0 {
				return i + 1 // the pair cannot be inside, nothing closes after it
			}
			i++
			continue
		}
		return i + 1
	}
	return 0
}

func spaces(text string) int {
	n := 0
	for n < len(text) && (text[n] == ' ' || text[n] == '\t' || text[n] == '\n' || text[n] == '\r') {
		n++
	}
	return n
}

// blankRest is the length of the rest of a line when it is blank, with its end; else 0.
func blankRest(text string) int {
	n := 0
	for n < len(text) && (text[n] == ' ' || text[n] == '\t') {
		n++
	}
	if e := lineEnd(text[n:]); e > 0 {
		return n + e
	}
	return 0
}

func lineEnd(text string) int {
	switch {
	case strings.HasPrefix(text, "\r\n"):
		return 2
	case strings.HasPrefix(text, "\n"), strings.HasPrefix(text, "\r"):
		return 1
	}
	return 0
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isWordByte(c byte) bool {
	return isLetter(c) || isDigit(c) || c == '_'
}
