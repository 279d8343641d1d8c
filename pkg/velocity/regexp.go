package velocity

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
)

// patience is how long one call may try an expression that Go's engine does not know; after it
// the call fails, and so does the template. What such a call costs bounds how many there are.
const (
	patience    = 300 * time.Millisecond
	costOfTries = 20000
)

// An expression is a regular expression of Java's. Go's engine answers wherever it gives the
// same, for it takes no long time whatever the expression; the other one has the rest.
type expression struct {
	c       *call
	source  string
	pattern *javaPattern
}

func (c *call) regexp(v any) (*expression, error) {
	text, ok := v.(string)
	if !ok {
		return nil, errNull
	}
	if err := c.spend(1000 + 20*len(text) + len(c.text())); err != nil {
		return nil, err
	}
	p, err := translate(text)
	if err != nil {
		return nil, fmt.Errorf("the expression %q: %w", text, err)
	}
	return &expression{c, text, p}, nil
}

// fast is Go's engine for a text, nil where it would answer otherwise. An expression that
// matches nothing at all is left to the other one: Go passes over a match that abuts on one.
func (e *expression) fast(text string, whole bool) *regexp.Regexp {
	p := e.pattern
	if p.linear == "" || p.lines && strings.ContainsAny(text, "\n\r\u0085\u2028\u2029") {
		return nil
	}
	form := p.linear
	if whole {
		form = `\A(?:` + form + `)\z`
	} else if tree, err := syntax.Parse(form, syntax.Perl); err != nil || shortest(tree, 0) == 0 {
		return nil
	}
	re, err := regexp.Compile(form)
	if err != nil {
		return nil
	}
	return re
}

// shortest is 0 for an expression that matches an empty text.
func shortest(re *syntax.Regexp, depth int) int {
	if depth > mostNested*2 {
		return 0
	}
	switch re.Op {
	case syntax.OpLiteral:
		return len(re.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1
	case syntax.OpCapture, syntax.OpPlus:
		return shortest(re.Sub[0], depth+1)
	case syntax.OpRepeat:
		return min(re.Min, shortest(re.Sub[0], depth+1))
	case syntax.OpConcat:
		n := 0
		for _, s := range re.Sub {
			n += shortest(s, depth+1)
		}
		return n
	case syntax.OpAlternate:
		n := 1
		for _, s := range re.Sub {
			n = min(n, shortest(s, depth+1))
		}
		return n
	}
	return 0
}

func (e *expression) slow(form string) (*regexp2.Regexp, error) {
	if err := e.c.spend(costOfTries); err != nil {
		return nil, err
	}
	re, err := regexp2.Compile(form, regexp2.None)
	if err != nil {
		return nil, fmt.Errorf("the expression %q is not supported", e.source)
	}
	re.MatchTimeout = patience
	return re, nil
}

func (e *expression) late() error {
	return fmt.Errorf("the expression %q takes too long on this text: it has a part that can match in too many ways", e.source)
}

// whole tells whether the expression matches all of a text.
func (e *expression) whole(text string) (bool, error) {
	if re := e.fast(text, true); re != nil {
		return re.MatchString(text), nil
	}
	re, err := e.slow(`\A(?:` + e.pattern.full + `)\z`)
	if err != nil {
		return false, err
	}
	ok, err := re.MatchString(text)
	if err != nil {
		return false, e.late()
	}
	return ok, nil
}

// all are the matches, each as the places of its groups in bytes, -1 for one that is not set.
func (e *expression) all(text string, limit int) ([][]int, error) {
	if re := e.fast(text, false); re != nil {
		return re.FindAllStringSubmatchIndex(text, limit), nil
	}
	re, err := e.slow(e.pattern.full)
	if err != nil {
		return nil, err
	}
	at := func(i int) int { return i }
	if !isASCII(text) {
		offsets := make([]int, 0, len(text)+1)
		for i := 0; i < len(text); {
			offsets = append(offsets, i)
			_, n := utf8.DecodeRuneInString(text[i:])
			i += n
		}
		offsets = append(offsets, len(text))
		at = func(i int) int { return offsets[i] }
	}
	var out [][]int
	m, err := re.FindStringMatch(text)
	for ; m != nil && err == nil && len(out) != limit; m, err = re.FindNextMatch(m) {
		if err := e.c.spend(100 + m.Length); err != nil {
			return nil, err
		}
		var places []int
		for g := range e.pattern.groups + 1 {
			group := m.GroupByNumber(g)
			if group == nil || len(group.Captures) == 0 {
				places = append(places, -1, -1)
				continue
			}
			places = append(places, at(group.Index), at(group.Index+group.Length))
		}
		out = append(out, places)
	}
	if err != nil {
		return nil, e.late()
	}
	return out, nil
}

func replaceRegexp(limit int) func(*call, []any) (any, error) {
	return func(c *call, a []any) (any, error) {
		if !fits(a, "ss") {
			return nil, ErrNoMethod
		}
		if err := nonNull(a); err != nil {
			return nil, err
		}
		re, err := c.regexp(a[0])
		if err != nil {
			return nil, err
		}
		s := c.text()
		matches, err := re.all(s, limit)
		if err != nil {
			return nil, err
		}
		var out []byte
		last := 0
		for _, m := range matches {
			out = append(out, s[last:m[0]]...)
			from := len(out)
			if out, err = re.expand(out, a[1].(string), s, m); err != nil {
				return nil, err
			}
			if err := c.spend(len(out) - from); err != nil {
				return nil, err
			}
			last = m[1]
		}
		return string(append(out, s[last:]...)), nil
	}
}

// expand appends a replacement, where $n and ${name} are groups and a backslash quotes.
func (e *expression) expand(dst []byte, repl, s string, m []int) ([]byte, error) {
	for i := 0; i < len(repl); i++ {
		switch repl[i] {
		case '\\':
			if i++; i >= len(repl) {
				return nil, errors.New("the replacement ends with a backslash")
			}
			dst = append(dst, repl[i])
		case '$':
			i++
			var g int
			switch {
			case i < len(repl) && repl[i] == '{':
				end := strings.IndexByte(repl[i:], '}')
				if end < 0 || !groupName(repl[i+1:i+end]) {
					return nil, errors.New("a ${ of the replacement is not followed by a name and }")
				}
				name := repl[i+1 : i+end]
				n, ok := e.pattern.names[name]
				if !ok {
					return nil, fmt.Errorf("there is no group with the name %s", name)
				}
				g, i = n, i+end
			case i >= len(repl) || !isDigit(repl[i]):
				return nil, errors.New("a $ of the replacement is not followed by a group number")
			default:
				g = int(repl[i] - '0')
				if 2*g >= len(m) {
					return nil, fmt.Errorf("there is no group %d", g)
				}
				for i+1 < len(repl) && isDigit(repl[i+1]) && 2*(g*10+int(repl[i+1]-'0')) < len(m) {
					i++
					g = g*10 + int(repl[i]-'0')
				}
			}
			if m[2*g] >= 0 {
				dst = append(dst, s[m[2*g]:m[2*g+1]]...)
			}
		default:
			dst = append(dst, repl[i])
		}
	}
	return dst, nil
}

func split(c *call, a []any) (any, error) {
	limit := 0
	switch {
	case fits(a, "s"):
	case fits(a, "si"):
		limit = int(a[1].(int32))
	default:
		return nil, ErrNoMethod
	}
	re, err := c.regexp(a[0])
	if err != nil {
		return nil, err
	}
	s := c.text()
	matches, err := re.all(s, -1)
	if err != nil {
		return nil, err
	}
	out := &List{class: array}
	last := 0
	for _, m := range matches {
		if limit > 0 && len(out.items) == limit-1 {
			break
		}
		if m[1] == 0 {
			continue // an empty match at the beginning gives no empty part
		}
		out.items = append(out.items, s[last:m[0]])
		last = m[1]
	}
	out.items = append(out.items, s[last:])
	if limit == 0 && last > 0 {
		for n := len(out.items); n > 0 && out.items[n-1] == ""; n-- {
			out.items = out.items[:n-1]
		}
	}
	return out, nil
}
