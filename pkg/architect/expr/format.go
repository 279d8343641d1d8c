package expr

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// String writes the value as a literal: strings quoted, decimals with a point, NOT_SET,
// dates and durations in ISO 8601, currency as amount|code, collections in brackets,
// objects as Queue("name"), JSON as it is.
func (v Value) String() string {
	if !v.IsSet() {
		return "NOT_SET"
	}
	t := v.Type()
	switch {
	case t.IsList():
		parts := make([]string, v.Len())
		for i, x := range v.items() {
			parts[i] = x.String()
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case t == String:
		return quote(v.s)
	case t == Audio || t == Communication:
		parts := make([]string, len(v.p.audio))
		for i, s := range v.p.audio {
			parts[i] = quote(s)
		}
		return t.String() + "(" + strings.Join(parts, ", ") + ")"
	case v.p != nil && v.p.dec == nil && t != JSON && t != PhoneNumber:
		return t.String() + "(" + quote(v.s) + ")"
	}
	if t == DateTime && v.n%1000 != 0 {
		return time.UnixMilli(v.n).UTC().Format("2006-01-02T15:04:05.000Z")
	}
	s, _ := v.text()
	return s
}

// text is what ToString makes of a value that is set; ok is false where it has no text.
func (v Value) text() (s string, ok bool) {
	switch t := v.Type(); t {
	case String:
		return v.s, true
	case Boolean:
		return strconv.FormatBool(v.n != 0), true
	case Integer:
		return strconv.FormatInt(v.n, 10), true
	case Decimal:
		return v.dec().text(1), true
	case DateTime:
		return formatDateTime(v.n), true
	case Date:
		return time.Unix(v.n*86400, 0).UTC().Format(time.DateOnly), true
	case Time:
		return time.UnixMilli(v.n).UTC().Format("15:04:05"), true
	case Duration:
		return formatDuration(v.n), true
	case Currency:
		return v.currencyText(2), true
	case PhoneNumber:
		return phoneText(v), true
	case JSON:
		return string(v.p.json.append(nil)), true
	case User:
		if p, ok := v.prop("username"); ok && p.IsSet() {
			return p.s, true
		}
		return v.s, true
	default:
		if t == Communication {
			return strings.Join(v.p.audio, ""), true
		}
		if t.IsList() || t == Audio {
			return "", false
		}
		return v.s, true
	}
}

// currencyText is amount|code with at least the digits given.
func (v Value) currencyText(digits int) string {
	s := ""
	if v.h&flagNoAmount == 0 {
		s = v.dec().text(digits)
	}
	return s + "|" + v.s
}

// formatDateTime writes 2009-01-10T06:30:00Z. Parts of a second are left out: exported
// flows store ToString(GetCurrentDateTimeUtc()) and read it back with ToDateTime, for which
// only whole seconds are documented.
func formatDateTime(ms int64) string {
	return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05Z")
}

// formatDuration writes ISO 8601 with days, hours, minutes and seconds: -P9DT18H29M59.544S.
func formatDuration(ms int64) string {
	if ms == 0 {
		return "PT0S"
	}
	var b strings.Builder
	if ms < 0 {
		b.WriteByte('-')
		ms = -ms
	}
	b.WriteByte('P')
	if d := ms / 86_400_000; d > 0 {
		fmt.Fprintf(&b, "%dD", d)
	}
	if ms %= 86_400_000; ms == 0 {
		return b.String()
	}
	b.WriteByte('T')
	if h := ms / 3_600_000; h > 0 {
		fmt.Fprintf(&b, "%dH", h)
	}
	if m := ms / 60_000 % 60; m > 0 {
		fmt.Fprintf(&b, "%dM", m)
	}
	s, f := ms/1000%60, ms%1000
	switch {
	case f > 0:
		fmt.Fprintf(&b, "%d.%sS", s, strings.TrimRight(fmt.Sprintf("%03d", f), "0"))
	case s > 0:
		fmt.Fprintf(&b, "%dS", s)
	}
	return b.String()
}

// quote writes a string literal of the language.
func quote(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte('"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '"', '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case '\n':
			b.WriteString(`\n`)
		case '\r':
			b.WriteString(`\r`)
		case '\t':
			b.WriteString(`\t`)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
