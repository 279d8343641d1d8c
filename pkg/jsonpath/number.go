package jsonpath

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// compareNumbers compares two JSON numbers exactly. Short integers, the usual case, need no
// big arithmetic; exponents beyond maxExponent compare as floats, so that 1e999999999 does
// not ask for a gigabyte.
func compareNumbers(a, b string) int {
	if a == b {
		return 0
	}
	if x, err := strconv.ParseInt(a, 10, 64); err == nil {
		if y, err := strconv.ParseInt(b, 10, 64); err == nil {
			switch {
			case x < y:
				return -1
			case x > y:
				return 1
			}
			return 0
		}
	}
	if x, ok := rational(a); ok {
		if y, ok := rational(b); ok {
			return x.Cmp(y)
		}
	}
	x, _ := strconv.ParseFloat(a, 64)
	y, _ := strconv.ParseFloat(b, 64)
	return big.NewFloat(x).Cmp(big.NewFloat(y))
}

const maxExponent = 400

func rational(s string) (*big.Rat, bool) {
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		n, err := strconv.Atoi(s[i+1:])
		if err != nil || n > maxExponent || n < -maxExponent {
			return nil, false
		}
	}
	return new(big.Rat).SetString(s)
}

// isDecimal reports whether Java's BigDecimal takes s: a sign, digits with at most one
// point among them, an exponent.
func isDecimal(s string) bool {
	if s != "" && (s[0] == '+' || s[0] == '-') {
		s = s[1:]
	}
	mantissa := s
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		mantissa = s[:i]
		if _, err := strconv.ParseInt(s[i+1:], 10, 32); err != nil {
			return false
		}
	}
	digits, dots := 0, 0
	for _, c := range mantissa {
		switch {
		case c == '.':
			dots++
		case c >= '0' && c <= '9':
			digits++
		default:
			return false
		}
	}
	return digits > 0 && dots <= 1
}

// double prints a float as Java's Double.toString does for everyday sizes.
func double(f float64) string {
	if f == math.SmallestNonzeroFloat64 {
		return "4.9E-324"
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if a := max(f, -f); a != 0 && (a >= 1e7 || a < 1e-3) {
		s = strconv.FormatFloat(f, 'E', -1, 64)
		m, e, _ := strings.Cut(s, "E")
		if !strings.Contains(m, ".") {
			m += ".0"
		}
		n, _ := strconv.Atoi(e)
		return m + "E" + strconv.Itoa(n)
	}
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}
