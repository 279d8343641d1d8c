package velocity

import (
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"

	"github.com/cockroachdb/apd/v3"
)

// mathTool is Velocity Tools' MathTool, which Genesys' page on macros names $math. Its answers
// are those of version 2.0, run; what looks odd in them is MathTool's own: a result without a
// fraction is whole (add(3.0, 2) is 5), anything that begins with a number is one ("12abc"),
// anything else makes the result null, and so does a division by zero.
func mathTool() *tool {
	methods := []toolMethod{
		{"add", "(number, ...)", "the sum", other, varying(0, func(r, n float64, _ int) (float64, bool) { return r + n, true })},
		{"sub", "(number, ...)", "the first less the others", other, varying(0, func(r, n float64, i int) (float64, bool) {
			if i == 0 {
				return n, true
			}
			return r - n, true
		})},
		{"mul", "(number, ...)", "the product", other, varying(1, func(r, n float64, _ int) (float64, bool) { return r * n, true })},
		{"div", "(number, ...)", "the first divided by the others; null for a division by zero", other, varying(0, func(r, n float64, i int) (float64, bool) {
			if i == 0 {
				return n, true
			}
			return r / n, n != 0
		})},
		{"max", "(number, ...)", "the largest; never 0 or less, a fault of MathTool's", other, varying(math.SmallestNonzeroFloat64, func(r, n float64, _ int) (float64, bool) { return math.Max(r, n), true })},
		{"min", "(number, ...)", "the smallest", other, varying(math.MaxFloat64, func(r, n float64, _ int) (float64, bool) { return math.Min(r, n), true })},
		{"pow", "(number, exponent)", "", other, numbers(2, func(n []any) any { return match(javaPow(double(n[0]), double(n[1])), n...) })},
		{"idiv", "(number, number)", "the quotient of their whole parts; null for a division by zero", other, numbers(2, func(n []any) any {
			if toInt32(n[1]) == 0 {
				return nil
			}
			return toInt32(n[0]) / toInt32(n[1])
		})},
		{"mod", "(number, number)", "the rest of that division", other, numbers(2, func(n []any) any {
			if toInt32(n[1]) == 0 {
				return nil
			}
			return toInt32(n[0]) % toInt32(n[1])
		})},
		{"abs", "(number)", "", other, numbers(1, func(n []any) any { return match(math.Abs(double(n[0])), n[0]) })},
		{"ceil", "(number)", "whole, upwards", other, numbers(1, func(n []any) any { return toInt32(math.Ceil(double(n[0]))) })},
		{"floor", "(number)", "whole, downwards", other, numbers(1, func(n []any) any { return toInt32(math.Floor(double(n[0]))) })},
		{"round", "(number)", "whole, halves to the even one", other, numbers(1, func(n []any) any { return toInt32(math.RoundToEven(double(n[0]))) })},
		{"roundTo", "(decimals, number)", "rounded, always with a point; one decimal at least", other, numbers(2, func(n []any) any { return roundTo(toInt32(n[0]), double(n[1])) })},
		{"toInteger", "(number)", "without its fraction", other, numbers(1, func(n []any) any { return toInt32(n[0]) })},
		{"toDouble", "(number)", "with a point", other, numbers(1, func(n []any) any { return double(n[0]) })},
		{"toNumber", "(text)", "the number a text begins with", other, numbers(1, func(n []any) any { return n[0] })},
		{"getTotal", "(list), (list, member), (text, ...)", "the sum", other, total(false)},
		{"getAverage", "(list), (list, member), (text, ...)", "", other, total(true)},
		{"random", "(from, to)", "the middle: a run without an org is the same every time", other, numbers(2, func(n []any) any {
			v := double(n[0]) + (double(n[1])-double(n[0]))*middle
			for _, x := range n {
				if pointed(x) {
					return v
				}
			}
			return match(math.Floor(v))
		})},
		{"getRandom", "()", "0.5, for the same reason", other, func(a []any) (any, error) {
			if len(a) > 0 {
				return nil, errors.New("it takes no argument")
			}
			return middle, nil
		}},
	}
	for i := range methods {
		methods[i].use = forBase64 // a number is safe everywhere
	}
	return &tool{name: "math", methods: methods, raw: true}
}

// middle is what a random number from 0 to 1 is here.
const middle = 0.5

// varying is a method of any number of numbers. An array stands for its items.
func varying(start float64, step func(r, n float64, i int) (float64, bool)) func([]any) (any, error) {
	return func(a []any) (any, error) {
		if len(a) == 1 {
			switch x := norm(a[0]).(type) {
			case nil:
				return nil, errNull
			case *List:
				if x.class == array {
					a = x.items
				}
			}
		}
		r := start
		for i, v := range a {
			n := toNumber(v)
			if n == nil {
				return nil, nil
			}
			var ok bool
			if r, ok = step(r, double(n), i); !ok {
				return nil, nil
			}
		}
		return match(r), nil
	}
}

// numbers is a method of so many numbers; one that is none makes the result null.
func numbers(count int, do func(n []any) any) func([]any) (any, error) {
	return func(a []any) (any, error) {
		if len(a) != count {
			return nil, ErrNoMethod
		}
		n := make([]any, count)
		for i, v := range a {
			if n[i] = toNumber(v); n[i] == nil {
				return nil, nil
			}
		}
		return do(n), nil
	}
}

// match gives a result the type that MathTool gives it: whole when it has no fraction and none
// of the numbers was written with a point.
func match(r float64, from ...any) any {
	whole := r == math.RoundToEven(r)
	for _, n := range from {
		whole = whole && !pointed(n)
	}
	switch {
	case !whole:
		return r
	case r > math.MaxInt32 || r < math.MinInt32:
		return toInt64(r)
	}
	return int32(r)
}

// pointed tells that a number prints with a point.
func pointed(n any) bool {
	f, ok := n.(float64)
	return ok && !math.IsInf(f, 0) && f == f
}

// double is doubleValue().
func double(n any) float64 {
	if b, ok := n.(*big.Int); ok {
		f, _ := new(big.Float).SetInt(b).Float64()
		return f
	}
	return toFloat(n)
}

// javaPow is Math.pow, which knows no answer where C has one, and rounds where Go's is a little
// beside: 9 to the power of 1.5 is 27.
func javaPow(x, y float64) float64 {
	if y != y && x == 1 || math.IsInf(y, 0) && math.Abs(x) == 1 {
		return math.NaN()
	}
	r := math.Pow(x, y)
	if a := math.Abs(r); r != r || math.IsInf(r, 0) || a < 1e-300 || a > 1e300 || x == 0 || x-x != 0 || y-y != 0 {
		return r
	}
	var base, exponent, exact apd.Decimal
	if _, _, err := base.SetString(strconv.FormatFloat(math.Abs(x), 'e', 60, 64)); err != nil { // all its digits
		return r
	}
	if _, _, err := exponent.SetString(strconv.FormatFloat(y, 'e', 60, 64)); err != nil {
		return r
	}
	if _, err := apd.BaseContext.WithPrecision(40).Pow(&exact, &base, &exponent); err != nil {
		return r
	}
	f, err := exact.Float64()
	if err != nil {
		return r
	}
	return math.Copysign(f, r)
}

// roundTo is MathTool's: the power of ten is an int, which overflows.
func roundTo(decimals int32, v float64) float64 {
	power := int32(10)
	for i := int32(1); i < min(decimals, 40); i++ {
		power *= 10
	}
	scaled := v * float64(power)
	rounded := math.Floor(scaled + 0.5)
	if math.Abs(scaled) >= 1<<52 || scaled != scaled {
		rounded = scaled
	}
	return float64(toInt64(rounded)) / float64(power)
}

// total is getTotal and getAverage: of a collection, of a member of its items, or of values of
// which one at least is no number. MathTool has several of one name, and the engine finds none
// for numbers alone.
func total(average bool) func([]any) (any, error) {
	return func(a []any) (any, error) {
		plain := true
		for _, v := range a {
			v = norm(v)
			_, huge := v.(*big.Int)
			plain = plain && (v == nil || isNumber(v) && !huge)
		}
		items := a
		if list, ok := listOf(a, 0); ok && len(a) == 1 {
			items = list
		} else if member, text := textOf(a, 1); text && len(a) == 2 && (ok || a[0] == nil) {
			if a[0] == nil {
				return nil, ErrNoMethod
			}
			return ofMember(list, member, average)
		} else if plain {
			return nil, ErrNoMethod
		}
		sum := 0.0
		var first any
		for _, v := range items {
			n := toNumber(v)
			if n == nil {
				return nil, nil
			}
			if first == nil {
				first = n
			}
			sum += double(n)
		}
		return averaged(sum, first, len(items), average), nil
	}
}

func averaged(sum float64, first any, count int, average bool) any {
	var from []any
	if first != nil {
		from = []any{first}
	}
	all := match(sum, from...)
	if !average {
		return all
	}
	return match(double(all)/float64(count), all)
}

func listOf(a []any, i int) ([]any, bool) {
	if i >= len(a) {
		return nil, false
	}
	l, ok := norm(a[i]).(*List)
	if !ok {
		return nil, false
	}
	return l.items, true
}

func textOf(a []any, i int) (string, bool) {
	if i >= len(a) {
		return "", false
	}
	s, ok := a[i].(string)
	return s, ok
}

// ofMember adds up a member of maps. An item without it is passed over; one that is no map
// makes the result null.
func ofMember(items []any, path string, average bool) (any, error) {
	if strings.ContainsAny(path, "[]()") {
		return nil, errors.New("a member by index is not supported")
	}
	sum := 0.0
	var first any
	for _, item := range items {
		v := norm(item)
		for name := range strings.SplitSeq(path, ".") {
			switch x := v.(type) {
			case *Map:
				v = norm(x.vals[name])
			case string:
				if name != "empty" && name != "blank" && name != "bytes" { // all that a text has, and none a number
					return nil, nil
				}
				v = false
			default:
				return nil, nil
			}
		}
		n := toNumber(v)
		if n == nil {
			continue
		}
		if first == nil {
			first = n
		}
		sum += double(n)
	}
	return averaged(sum, first, len(items), average), nil
}

// toNumber is MathTool's: a number as it is, the number a text begins with, else null.
func toNumber(v any) any {
	switch x := norm(v).(type) {
	case int32, int64, float64, *big.Int:
		return x
	case string:
		return leadingNumber(x)
	case char:
		return leadingNumber(string(rune(x)))
	}
	return nil
}

// leadingNumber is NumberFormat.parse of Java in English: digits of any script, commas between
// them, a point, E with an exponent; what follows does not count.
func leadingNumber(s string) any {
	rest, minus := strings.CutPrefix(s, "-")
	switch {
	case strings.HasPrefix(s, "NaN"):
		return math.NaN()
	case strings.HasPrefix(rest, "∞"):
		return math.Inf(map[bool]int{true: -1, false: 1}[minus])
	}
	var digits []byte
	whole, seen, point := 0, false, false
	exponent := ""
scan:
	for i, r := range rest {
		switch {
		case unicode.IsDigit(r):
			digits = append(digits, byte('0'+digitOf(r)))
			seen = true
			if !point {
				whole++
			}
		case r == '.' && !point:
			point = true
		case r == ',' && !point:
		case r == 'E' && seen:
			e := rest[i+1:]
			n := 0
			if strings.HasPrefix(e, "-") {
				n = 1
			}
			for n < len(e) && isDigit(e[n]) {
				n++
			}
			exponent = e[:n]
			break scan
		default:
			break scan
		}
	}
	if !seen {
		return nil
	}
	power, err := strconv.Atoi(exponent)
	if err != nil {
		power = 0
		if len(exponent) > 1 {
			power = map[bool]int{true: -1 << 20, false: 1 << 20}[exponent[0] == '-']
		}
	}
	power = min(max(power, -1<<20), 1<<20)
	text := strings.TrimLeft(string(digits), "0")
	at := whole - (len(digits) - len(text)) + power // where the point stands in text
	text = strings.TrimRight(text, "0")
	sign := ""
	if minus {
		sign = "-"
	}
	switch {
	case text == "" && minus:
		return math.Copysign(0, -1)
	case text == "":
		return int32(0)
	case len(text) <= at && at <= 19:
		if n, err := strconv.ParseInt(sign+text+strings.Repeat("0", at-len(text)), 10, 64); err == nil {
			return smallest(n)
		}
	}
	f, _ := strconv.ParseFloat(sign+"0."+text+"e"+strconv.Itoa(at), 64) //nolint:errcheck // out of range is infinity or zero
	return f
}

func digitOf(r rune) int {
	if r < 0x80 {
		return int(r - '0')
	}
	zero := r
	for unicode.IsDigit(zero-1) && r-zero < 9 {
		zero--
	}
	return int(r - zero)
}
