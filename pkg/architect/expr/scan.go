package expr

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of Genesys' engine.
const (
	maxChars    = 32_000 // characters of an expression
	maxDepth    = 61     // nested operators and function calls; the engine's messages say 60 and it lets 61 pass
	maxIntChars = 15     // digits of an integer, leading zeros counted
)

type tokenKind uint8

const (
	tokEnd tokenKind = iota
	tokNumber
	tokString
	tokName
	tokOp
)

type token struct {
	kind tokenKind
	at   int
	end  int
	text string // a name, a number or an operator as written; of a string its value
}

// operatorLength is the length of the operator at the beginning of s, of the longer one where two
// begin; 0 when there is none. A single = is none.
func operatorLength(s string) int {
	switch s[0] {
	case '=', '!', '>', '<':
		if len(s) > 1 && s[1] == '=' {
			return 2
		}
		if s[0] == '=' {
			return 0
		}
		return 1
	case '+', '-', '*', '/', '%', '^', '&', '|', '~', '?', ':', '(', ')', '[', ']', ',', '.':
		return 1
	}
	return 0
}

// A scanner cuts a text into tokens.
type scanner struct {
	text string
	at   int
}

func (s *scanner) next() (token, *Error) {
	for s.at < len(s.text) && strings.IndexByte(" \t\r\n", s.text[s.at]) >= 0 {
		s.at++
	}
	if s.at == len(s.text) {
		return token{kind: tokEnd, at: s.at, end: s.at}, nil
	}
	rest := s.text[s.at:]
	switch c := rest[0]; {
	case c == '"':
		return s.string()
	case isDigit(c), c == '.' && len(rest) > 1 && isDigit(rest[1]):
		return s.number()
	}
	if n := nameLength(rest); n > 0 {
		return s.take(tokName, n), nil
	}
	if n := operatorLength(rest); n > 0 {
		return s.take(tokOp, n), nil
	}
	r, n := utf8.DecodeRuneInString(rest)
	e := &Error{Offset: s.at, Length: n, Message: fmt.Sprintf("unexpected character %q", r)}
	switch r {
	case '=':
		e.Hint = "comparison is =="
	case '\'', '`', '“', '”', '„', '‘', '’':
		e.Hint = `strings stand in double quotes: "text"`
	}
	return token{}, e
}

func (s *scanner) take(kind tokenKind, n int) token {
	t := token{kind: kind, at: s.at, end: s.at + n, text: s.text[s.at : s.at+n]}
	s.at += n
	return t
}

func (s *scanner) number() (token, *Error) {
	i := s.at
	for i < len(s.text) && isDigit(s.text[i]) {
		i++
	}
	if i < len(s.text) && s.text[i] == '.' {
		i++
		for i < len(s.text) && isDigit(s.text[i]) {
			i++
		}
	}
	return s.take(tokNumber, i-s.at), nil
}

func (s *scanner) string() (token, *Error) {
	inside := s.text[s.at+1:]
	if i := strings.IndexAny(inside, `"\\`); i >= 0 && inside[i] == '"' { // nothing is escaped
		t := token{kind: tokString, at: s.at, end: s.at + i + 2, text: inside[:i]}
		s.at = t.end
		return t, nil
	}
	var b strings.Builder
	for i := s.at + 1; i < len(s.text); i++ {
		switch c := s.text[i]; c {
		case '"':
			t := token{kind: tokString, at: s.at, end: i + 1, text: b.String()}
			s.at = i + 1
			return t, nil
		case '\\':
			i++
			if i == len(s.text) {
				break
			}
			j := strings.IndexByte(`"\nrt`, s.text[i])
			if j < 0 {
				return token{}, &Error{Offset: i - 1, Length: 2, Message: "unknown escape in a string", Hint: `the escapes are \" \\ \n \r \t`}
			}
			b.WriteByte("\"\\\n\r\t"[j])
		default:
			b.WriteByte(c)
		}
	}
	return token{}, &Error{Offset: s.at, Length: 1, Message: "the string has no closing quote"}
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// nameLength is the length of the name at the beginning of s: it begins with a letter or $
// and goes on with letters, digits and _.
func nameLength(s string) int {
	n := 0
	for n < len(s) && (isLetter(s[n]) || n > 0 && (isDigit(s[n]) || s[n] == '_')) {
		n++
	}
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		if n == 0 && !isNameStart(r) || !isNamePart(r) {
			break
		}
		n += size
	}
	return n
}

func isNameStart(r rune) bool { return r != utf8.RuneError && (r == '$' || unicode.IsLetter(r)) }

func isNamePart(r rune) bool {
	return r != utf8.RuneError && (r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r))
}
