package velocity

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/dealroute/dealroute/pkg/internal/pattern"
)

// text is the receiver. A char has few methods, and none of those that ask.
func (c *call) text() string {
	switch x := c.recv.(type) {
	case string:
		return x
	case char:
		return fromUnits([]uint16{uint16(x)})
	}
	return ""
}

// length and cut count in UTF-16 units, as Java does.
func length(s string) int {
	if isASCII(s) {
		return len(s)
	}
	return len(toUnits(s))
}

func cut(s string, from, to int) (string, error) {
	n := length(s)
	if from < 0 || to > n || from > to {
		return "", fmt.Errorf("begin %d, end %d, length %d", from, to, n)
	}
	if n == len(s) {
		return s[from:to], nil
	}
	return fromUnits(toUnits(s)[from:to]), nil
}

// unitIndex turns a byte index into one of units; -1 stays.
func unitIndex(s string, i int) int32 {
	if i < 0 {
		return -1
	}
	return int32(length(s[:i]))
}

// onText makes a method of texts for one signature; null arguments fail.
func onText(kinds string, f func(s string, a []any) (any, error)) func(*call, []any) (any, error) {
	return func(c *call, a []any) (any, error) {
		if !fits(a, kinds) {
			return nil, ErrNoMethod
		}
		if err := nonNull(a); err != nil {
			return nil, err
		}
		return f(c.text(), a)
	}
}

// either tries overloads in turn.
func either(fs ...func(*call, []any) (any, error)) func(*call, []any) (any, error) {
	return func(c *call, a []any) (any, error) {
		for _, f := range fs {
			if v, err := f(c, a); !errors.Is(err, ErrNoMethod) {
				return v, err
			}
		}
		return nil, ErrNoMethod
	}
}

func stringMethods() []method {
	unary := func(f func(string) any) func(*call, []any) (any, error) {
		return onText("", func(s string, _ []any) (any, error) { return f(s), nil })
	}
	test := func(f func(s, t string) bool) func(*call, []any) (any, error) {
		return onText("s", func(s string, a []any) (any, error) { return f(s, a[0].(string)), nil })
	}
	return []method{
		{"charAt", "(int)", "char", onText("i", func(s string, a []any) (any, error) {
			u := toUnits(s)
			i := int(a[0].(int32))
			if i < 0 || i >= len(u) {
				return nil, outOfBounds(i, len(u))
			}
			return char(u[i]), nil
		})},
		{"compareTo", "(text)", "int", compareTo(func(a, b any) int32 {
			if x, ok := a.(char); ok {
				return int32(x) - int32(b.(char))
			}
			return compareUnits(a.(string), b.(string))
		})},
		{"compareToIgnoreCase", "(text)", "int", onText("s", func(s string, a []any) (any, error) {
			fold := func(s string) string { return strings.ToLower(strings.ToUpper(s)) }
			return compareUnits(fold(s), fold(a[0].(string))), nil
		})},
		{"concat", "(text)", "text", onText("s", func(s string, a []any) (any, error) { return s + a[0].(string), nil })},
		{"contains", "(text)", "boolean", test(strings.Contains)},
		{"contentEquals", "(text)", "boolean", test(func(s, t string) bool { return s == t })},
		{"endsWith", "(text)", "boolean", test(strings.HasSuffix)},
		{"equals", "(object)", "boolean", equals},
		{"equalsIgnoreCase", "(text)", "boolean", func(c *call, a []any) (any, error) {
			if !fits(a, "s") {
				return nil, ErrNoMethod
			}
			t, ok := a[0].(string)
			return ok && strings.EqualFold(c.text(), t), nil
		}},
		{"format", "(text, object...)", "text", func(c *call, a []any) (any, error) {
			if len(a) == 0 || !fits(a[:1], "s") {
				return nil, ErrNoMethod
			}
			if err := nonNull(a[:1]); err != nil {
				return nil, err
			}
			return c.format(a[0].(string), a[1:])
		}},
		{"hashCode", "()", "int", hashCode},
		{"indexOf", "(text), (int), (text, int), (int, int)", "int", find(strings.Index)},
		{"intern", "()", "text", unary(func(s string) any { return s })},
		{"isBlank", "()", "boolean", unary(func(s string) any { return blank(s) })},
		{"isEmpty", "()", "boolean", unary(func(s string) any { return s == "" })},
		{"join", "(text, list)", "text", join},
		{"lastIndexOf", "(text), (int)", "int", either(
			onText("s", func(s string, a []any) (any, error) {
				return unitIndex(s, strings.LastIndex(s, a[0].(string))), nil
			}),
			onText("i", func(s string, a []any) (any, error) {
				return unitIndex(s, strings.LastIndex(s, string(a[0].(int32)))), nil
			}),
		)},
		{"length", "()", "int", unary(func(s string) any { return int32(length(s)) })},
		{"matches", "(regular expression)", "boolean", func(c *call, a []any) (any, error) {
			if !fits(a, "s") {
				return nil, ErrNoMethod
			}
			re, err := c.regexp(a[0])
			if err != nil {
				return nil, err
			}
			return re.whole(c.text())
		}},
		{"regionMatches", "(int, text, int, int), (boolean, int, text, int, int)", "boolean", either(
			onText("isii", regionMatches), onText("bisii", regionMatches))},
		{"repeat", "(int)", "text", func(c *call, a []any) (any, error) {
			if !fits(a, "i") {
				return nil, ErrNoMethod
			}
			n := int(a[0].(int32))
			if n < 0 {
				return nil, errors.New("the count is negative")
			}
			if err := c.spend(n * len(c.text())); err != nil {
				return nil, err
			}
			return strings.Repeat(c.text(), n), nil
		}},
		{"replace", "(text, text), (char, char)", "text", func(c *call, a []any) (any, error) {
			if len(a) == 2 {
				x, okx := a[0].(char)
				y, oky := a[1].(char)
				if okx && oky {
					return strings.ReplaceAll(c.text(), fromUnits([]uint16{uint16(x)}), fromUnits([]uint16{uint16(y)})), nil
				}
			}
			if !fits(a, "ss") {
				return nil, ErrNoMethod
			}
			if err := nonNull(a); err != nil {
				return nil, err
			}
			s, from, to := c.text(), a[0].(string), a[1].(string)
			if err := c.spend(len(s) + strings.Count(s, from)*len(to)); err != nil {
				return nil, err
			}
			return strings.ReplaceAll(s, from, to), nil
		}},
		{"replaceAll", "(regular expression, text)", "text", replaceRegexp(-1)},
		{"replaceFirst", "(regular expression, text)", "text", replaceRegexp(1)},
		{"split", "(regular expression), (regular expression, int)", "array", split},
		{"startsWith", "(text), (text, int)", "boolean", either(test(strings.HasPrefix),
			onText("si", func(s string, a []any) (any, error) {
				rest, err := cut(s, int(a[1].(int32)), length(s))
				return err == nil && strings.HasPrefix(rest, a[0].(string)), nil
			}))},
		{"strip", "()", "text", unary(func(s string) any { return strings.TrimFunc(s, javaSpace) })},
		{"stripLeading", "()", "text", unary(func(s string) any { return strings.TrimLeftFunc(s, javaSpace) })},
		{"stripTrailing", "()", "text", unary(func(s string) any { return strings.TrimRightFunc(s, javaSpace) })},
		{"subSequence", "(int, int)", "text", onText("ii", func(s string, a []any) (any, error) {
			return cut(s, int(a[0].(int32)), int(a[1].(int32)))
		})},
		{"substring", "(int), (int, int)", "text", either(
			onText("i", func(s string, a []any) (any, error) { return cut(s, int(a[0].(int32)), length(s)) }),
			onText("ii", func(s string, a []any) (any, error) { return cut(s, int(a[0].(int32)), int(a[1].(int32))) }),
		)},
		{"toLowerCase", "()", "text", unary(func(s string) any { return strings.ToLower(s) })},
		{"toString", "()", "text", unary(func(s string) any { return s })},
		{"toUpperCase", "()", "text", unary(func(s string) any {
			return strings.ReplaceAll(strings.ToUpper(s), "ß", "SS")
		})},
		{"trim", "()", "text", unary(func(s string) any {
			return strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
		})},
		{"valueOf", "(object)", "text", func(c *call, a []any) (any, error) {
			if len(a) != 1 {
				return nil, ErrNoMethod
			}
			return c.r.text(c.step.pos, a[0])
		}},
	}
}

// javaSpace is Character.isWhitespace.
func javaSpace(r rune) bool {
	switch r {
	case 0xA0, 0x2007, 0x202F, 0x85:
		return false
	case 0x1C, 0x1D, 0x1E, 0x1F:
		return true
	}
	return unicode.IsSpace(r)
}

func blank(s string) bool {
	return strings.TrimFunc(s, javaSpace) == ""
}

func compareUnits(s, t string) int32 {
	x, y := toUnits(s), toUnits(t)
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return int32(x[i]) - int32(y[i])
		}
	}
	return int32(len(x) - len(y))
}

// regionMatches compares two parts of equal length.
func regionMatches(s string, a []any) (any, error) {
	fold := false
	if len(a) == 5 {
		fold = a[0].(bool)
		a = a[1:]
	}
	x, y := toUnits(s), toUnits(a[1].(string))
	i, j, n := int(a[0].(int32)), int(a[2].(int32)), int(a[3].(int32))
	if i < 0 || j < 0 || i+n > len(x) || j+n > len(y) {
		return false, nil
	}
	if n <= 0 {
		return true, nil
	}
	p, q := fromUnits(x[i:i+n]), fromUnits(y[j:j+n])
	return p == q || fold && strings.EqualFold(p, q), nil
}

func find(in func(s, t string) int) func(*call, []any) (any, error) {
	from := func(s, t string, at int32) (any, error) {
		n := min(max(int(at), 0), length(s))
		rest, err := cut(s, n, length(s))
		if err != nil {
			return nil, err
		}
		if i := unitIndex(rest, in(rest, t)); i >= 0 {
			return i + int32(n), nil
		}
		return int32(-1), nil
	}
	return either(
		onText("s", func(s string, a []any) (any, error) { return unitIndex(s, in(s, a[0].(string))), nil }),
		onText("i", func(s string, a []any) (any, error) { return unitIndex(s, in(s, string(a[0].(int32)))), nil }),
		onText("si", func(s string, a []any) (any, error) { return from(s, a[0].(string), a[1].(int32)) }),
		onText("ii", func(s string, a []any) (any, error) { return from(s, string(a[0].(int32)), a[1].(int32)) }),
	)
}

func join(c *call, a []any) (any, error) {
	if !fits(a, "sl") {
		return nil, ErrNoMethod
	}
	if err := nonNull(a); err != nil {
		return nil, err
	}
	sep := a[0].(string)
	var parts []string
	n := 0
	for _, v := range a[1].(*List).items {
		s, ok := norm(v).(string)
		if v == nil {
			s, ok = "null", true
		}
		if !ok {
			return nil, fmt.Errorf("a %s is no text", className(norm(v)))
		}
		parts = append(parts, s)
		n += len(s) + len(sep)
	}
	if err := c.spend(n); err != nil {
		return nil, err
	}
	return strings.Join(parts, sep), nil
}

var verb = pattern.Of(`%([-#+ 0,(]*)([0-9]*)(\.[0-9]+)?(.)`)

// format is String.format for the conversions that texts need.
func (c *call) format(text string, args []any) (any, error) {
	var out strings.Builder
	last, next := 0, 0
	for _, m := range verb().FindAllStringSubmatchIndex(text, -1) {
		out.WriteString(text[last:m[0]])
		last = m[1]
		flags, width, conv := text[m[2]:m[3]], text[m[4]:m[5]], text[m[8]:m[9]]
		if strings.ContainsAny(flags, ",(#") || len(width) > 5 || m[6] >= 0 && m[7]-m[6] > 3 {
			return nil, fmt.Errorf("the format %q is not supported", text[m[0]:m[1]])
		}
		switch conv {
		case "n":
			out.WriteByte('\n')
			continue
		case "%":
			out.WriteByte('%')
			continue
		}
		if next >= len(args) {
			return nil, fmt.Errorf("there is no argument for %q", text[m[0]:m[1]])
		}
		spec := text[m[0] : m[1]-len(conv)]
		piece, err := c.convert(spec, conv, args[next])
		if err != nil {
			return nil, err
		}
		if err := c.spend(len(piece)); err != nil {
			return nil, err
		}
		out.WriteString(piece)
		next++
	}
	rest := text[last:]
	if strings.Contains(rest, "%") {
		return nil, fmt.Errorf("the format %q is not supported", rest)
	}
	out.WriteString(rest)
	return out.String(), nil
}

func (c *call) convert(spec, conv string, v any) (string, error) {
	bad := fmt.Errorf("%s%s does not fit a %s", spec, conv, className(v))
	switch conv {
	case "s", "S":
		s, err := c.r.text(c.step.pos, v)
		if conv == "S" {
			s = strings.ToUpper(s)
		}
		if strings.ContainsAny(spec, "0+ ") && strings.TrimLeft(spec, "%-123456789.") != "" && strings.HasPrefix(spec, "%0") {
			return "", bad
		}
		return fmt.Sprintf(spec+"s", s), err
	case "d":
		switch v.(type) {
		case int32, int64:
			return fmt.Sprintf(spec+"d", v), nil
		}
	case "x":
		switch x := v.(type) {
		case int32:
			return fmt.Sprintf(spec+"x", uint32(x)), nil
		case int64:
			return fmt.Sprintf(spec+"x", uint64(x)), nil
		}
	case "f":
		if f, ok := v.(float64); ok {
			return fmt.Sprintf(spec+"f", f), nil
		}
	case "c":
		switch x := v.(type) {
		case char:
			return fmt.Sprintf(spec+"s", fromUnits([]uint16{uint16(x)})), nil
		case int32:
			return fmt.Sprintf(spec+"c", x), nil
		}
	case "b":
		b, ok := v.(bool)
		return fmt.Sprintf(spec+"s", map[bool]string{true: "true", false: "false"}[b || !ok && v != nil]), nil
	}
	return "", bad
}
