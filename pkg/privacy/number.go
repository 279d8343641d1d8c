package privacy

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/phone"
)

// A caller's number is hidden by its digits and not by its spellings: a flow strips,
// re-spaces and cuts numbers, adds and takes away prefixes, and writes them into addresses.
// Wherever seven digits of the number stand in a row, whatever stands between them, they
// and the digits and prefix that belong to them are one number. Fewer are no number of a
// person, and hiding them would hide times and ids.

const (
	least  = 7 // digits of a row that is hidden
	maxGap = 4 // characters between two digits of a row, none of them a letter
)

// A digit is one of a text, also as its percent code.
type digit struct {
	value      byte
	start, end int
}

// head is what may stand before the digits of a number and belongs to it: an international
// prefix with a country code, a national prefix, a bracket.
var head = pattern.Of(`(?i)(?:(?:\+|%(?:25)*2B|\b00|\b011)(?:[-\x{00A0} ./()]|%20){0,2}[0-9]{0,3}(?:[-\x{00A0} ./()]|%20){0,3})?(?:\(?0\)?(?:[-\x{00A0} ./()]|%20){0,2})?\(?$`)

const longest = 24 // bytes of a head

// callers hides the callers' numbers in a text.
func (m *Mask) callers(s string) string {
	if len(m.numbers) == 0 {
		return s
	}
	var b strings.Builder
	done := 0
	for _, row := range rows(s) {
		for _, p := range m.parts(row) {
			start, end := row[p[0]].start, row[p[1]].end
			if start < done {
				continue
			}
			start -= len(head().FindString(s[max(done, start-longest):start]))
			b.WriteString(s[done:start])
			b.WriteString(phone.Mask(s[start:end]))
			done = end
		}
	}
	b.WriteString(s[done:])
	return b.String()
}

// parts are the first and last digits of what is hidden in a row.
func (m *Mask) parts(row []digit) [][2]int {
	if len(row) < least {
		return nil
	}
	text := make([]byte, len(row))
	for i, d := range row {
		text[i] = d.value
	}
	hide := make([]bool, len(row))
	for i := range len(row) - least + 1 {
		w := string(text[i : i+least])
		for _, n := range m.numbers {
			if strings.Contains(n, w) && !m.ours(string(text), i) {
				for j := range least {
					hide[i+j] = true
				}
			}
		}
	}
	var out [][2]int
	for i := 0; i < len(row); i++ {
		if !hide[i] {
			continue
		}
		first, last := i, i
		for last+1 < len(row) && (hide[last+1] || row[last+1].start == row[last].end) {
			last++
		}
		first = begin(row, first, last)
		out = append(out, [2]int{first, last})
		i = last
	}
	return out
}

// begin is the digit with which the part from first to last begins: all digits that stand
// before it without a gap are its own. An id or a time may end like the number begins: it is
// left out.
func begin(row []digit, first, last int) int {
	block, next := first, first
	for block > 0 && row[block-1].end == row[block].start {
		block--
	}
	for next < last && row[next].end == row[next+1].start {
		next++
	}
	next++
	if first-block >= 4 && next-first <= 2 && last-next+1 >= least {
		return next
	}
	return block
}

// ours tells whether the digits at a place are within a number of the deployment's own: it
// may begin like a caller's.
func (m *Mask) ours(digits string, at int) bool {
	for _, o := range m.own {
		o = strings.TrimPrefix(o, "+")
		for from := 0; ; from++ {
			i := strings.Index(digits[from:], o)
			if i < 0 || o == "" {
				break
			}
			from += i
			if from <= at && at+least <= from+len(o) {
				return true
			}
		}
	}
	return false
}

// rows gives the digits of a text that may be of one number.
func rows(s string) [][]digit {
	var out [][]digit
	var row []digit
	gap := 0
	end := func() {
		if len(row) >= least {
			out = append(out, row)
		}
		row, gap = nil, 0
	}
	for i := 0; i < len(s); {
		r, size := character(s[i:])
		switch {
		case r >= '0' && r <= '9':
			row, gap = append(row, digit{byte(r), i, i + size}), 0
		case unicode.IsLetter(r), unicode.IsDigit(r), gap == maxGap:
			end()
		default:
			gap++
		}
		i += size
	}
	end()
	return out
}

// character reads one character, also as its percent code, coded once or more often.
func character(s string) (rune, int) {
	if s[0] == '%' {
		n := 1
		for strings.HasPrefix(s[n:], "25") && len(s) >= n+4 && isHex(s[n+2:n+4]) {
			n += 2
		}
		if len(s) >= n+2 && isHex(s[n:n+2]) {
			v, _ := strconv.ParseUint(s[n:n+2], 16, 8)
			return rune(v), n + 2
		}
	}
	return utf8.DecodeRuneInString(s)
}

func isHex(s string) bool { return strings.Trim(s, "0123456789abcdefABCDEF") == "" }
