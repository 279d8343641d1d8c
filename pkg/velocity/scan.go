package velocity

import "strings"

// kind is a token's kind. Their order decides between two matches of equal length: the
// smaller wins, so it must stay.
type kind uint8

const (
	kEOF kind = iota
	kIndexOpen
	kIndexClose
	kListOpen
	kListClose
	kComma
	kDotDot
	kColon
	kMapOpen
	kMapClose
	kParenOpen
	kParenClose
	kArgsClose
	kEscapedDirective
	kSet
	kDollar
	kDollarBang
	kBlockText
	kDocComment
	kMultiComment
	kHash
	kLineComment
	kDoubleEscape
	kEscape
	kText
	kLineEnd
	kDocCommentEnd
	kMultiCommentEnd
	kBlockTextEnd
	kSkip
	kMore
	kSpace
	kString
	kTrue
	kFalse
	kMinus
	kPlus
	kTimes
	kOver
	kModulo
	kAnd
	kOr
	kLess
	kLessEqual
	kGreater
	kGreaterEqual
	kEqual
	kNotEqual
	kNot
	kAssign
	kEnd
	kIf
	kElseIf
	kElse
	kInteger
	kFloat
	kWord
	kBracedWord
	kIdentifier
	kDot
	kBraceOpen
	kBraceClose
	kReferenceEnd
	kDirectiveEnd
	kEmptyIndex
	kNone
)

// mode is a lexical state. Which tokens exist depends on it.
type mode uint8

const (
	inText      mode = iota
	inReference      // after $
	inProperty       // after a dot of a reference
	inIndex          // between [ and ] of a reference
	inDirective      // between ( and ) of a directive
	inArgs           // between ( and ) of a method call
	inHash           // after #
	inBlockText
	inMultiComment
	inDocComment
	inLineComment
)

// A token is a piece of the template. Its image may be changed while parsing: escapes and
// stray signs in front of a reference are cut off once they are understood.
type token struct {
	kind  kind
	image string
	stray string // signs before it that started nothing, such as the $ of "$ 5"
	pos   int    // byte offset of its first character
	raw   string // the source from the end of the token before it
}

type frame struct {
	opened, closed int
	mode           mode
}

// A scanner cuts a template into tokens, one at a time: the parser changes its state.
type scanner struct {
	src            string
	pos            int
	mode           mode
	stack          []frame
	opened, closed int // parentheses of this state
	inSet          bool
	inComment      bool
	slashes        int // end of the run of backslashes looked at last
}

func (s *scanner) push() {
	s.stack = append(s.stack, frame{s.opened, s.closed, s.mode})
	s.opened = 0
}

func (s *scanner) pop() bool {
	if len(s.stack) == 0 {
		s.opened = 0
		s.mode = inText
		return false
	}
	f := s.stack[len(s.stack)-1]
	s.stack = s.stack[:len(s.stack)-1]
	s.opened, s.closed, s.mode = f.opened, f.closed, f.mode
	return true
}

// next returns the next token. When nothing can stand here, ok is false and s.pos tells where.
func (s *scanner) next() (t token, ok bool) {
	from := s.pos
	var stray string
	for {
		begin := s.pos
		if begin >= len(s.src) {
			return token{kind: kEOF, stray: stray, pos: begin, raw: s.src[from:]}, true
		}
		for {
			k, n := s.match(s.pos)
			if k == kNone {
				return token{}, false
			}
			s.pos += n
			if s.more(k) {
				// The engine asks for one more character after such a beginning, and fails
				// at the end of the template.
				if s.pos >= len(s.src) {
					return token{}, false
				}
				continue
			}
			image := s.src[begin:s.pos]
			switch k {
			case kSkip:
			case kReferenceEnd, kDirectiveEnd:
				stray += strayText(image)
				s.pos--
				s.pop()
			default:
				image = s.act(k, image)
				return token{kind: k, image: image, stray: stray, pos: begin, raw: s.src[from:s.pos]}, true
			}
			break
		}
	}
}

// strayText is what a beginning of a reference or directive that came to nothing prints:
// its $ and # signs, and the backslashes before a $.
func strayText(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '#', '$':
			b.WriteByte(s[i])
		case '\\':
			j := i
			for j < len(s) && s[j] == '\\' {
				j++
			}
			if j < len(s) && s[j] == '$' {
				b.WriteString(s[i : j+1])
				i = j + 1 // the engine also skips the character after the $
			}
		}
	}
	return b.String()
}

// more does what the beginnings of tokens do, and says whether k is one.
func (s *scanner) more(k kind) bool {
	switch k {
	case kDollar, kDollarBang:
		if !s.inComment {
			if s.mode == inReference {
				s.pop()
			}
			s.push()
			s.mode = inReference
		}
	case kBlockText:
		s.comment(inBlockText)
	case kDocComment:
		if !s.inComment {
			s.pos--
		}
		s.comment(inDocComment)
	case kMultiComment:
		s.comment(inMultiComment)
	case kHash:
		if !s.inComment {
			if s.mode == inReference || s.mode == inProperty {
				s.pop()
			}
			s.push()
			s.mode = inHash
		}
	case kMore:
	default:
		return false
	}
	return true
}

func (s *scanner) comment(m mode) {
	if !s.inComment {
		s.inComment = true
		s.push()
		s.mode = m
	}
}

// act does what a token does to the state, and returns its image.
func (s *scanner) act(k kind, image string) string {
	switch k {
	case kIndexOpen:
		s.push()
		s.mode = inIndex
	case kIndexClose, kBraceClose:
		s.pop()
	case kParenOpen:
		if !s.inComment {
			s.opened++
		}
		if s.mode == inProperty {
			s.mode = inArgs
		}
	case kParenClose:
		s.closeParen()
	case kArgsClose:
		s.mode = inReference // a call may be followed by another property
	case kSet:
		if !s.inComment {
			s.push()
			s.inSet = true
			s.mode = inDirective
			s.opened++
		}
	case kLineComment:
		if !s.inComment {
			if s.mode == inReference {
				s.pop()
			}
			s.comment(inLineComment)
		}
	case kLineEnd, kDocCommentEnd, kMultiCommentEnd, kBlockTextEnd:
		s.inComment = false
		s.pop()
	case kString:
		if s.mode == inDirective && !s.inSet && s.opened == 0 {
			s.pop()
		}
	case kIf, kElseIf:
		s.mode = inDirective
	case kEnd, kElse:
		s.pop()
	case kInteger:
		if strings.HasSuffix(image, "..") {
			s.pos -= 2
			image = image[:len(image)-2]
		}
		if s.opened == 0 && !s.inSet && s.mode != inArgs && s.mode != inIndex {
			s.pop()
		}
	case kFloat:
		if s.opened == 0 && !s.inSet && s.mode != inArgs {
			s.pop()
		}
	case kDot:
		s.pos-- // the letter after it begins the next token
		image = "."
		s.mode = inProperty
	}
	return image
}

// closeParen drops to the state below the one whose parenthesis this is.
func (s *scanner) closeParen() {
	for !s.inComment {
		if s.opened > 0 {
			if s.opened == s.closed+1 {
				s.pop()
			} else {
				s.closed++
			}
			return
		}
		if !s.pop() {
			return
		}
	}
}

// parenFollows reports whether the next character that is not white space is a "(".
func (s *scanner) parenFollows() bool {
	rest := strings.TrimLeft(s.src[s.pos:], " \t\r\n")
	return strings.HasPrefix(rest, "(")
}
