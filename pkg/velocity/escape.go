package velocity

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

const hexUpper = "0123456789ABCDEF"

// escapeJSON writes the content of a JSON string as Jackson does: quotes, backslashes and
// control characters only.
func escapeJSON(s string) string {
	i := strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' })
	if i < 0 {
		return s
	}
	return string(appendJSON(make([]byte, 0, len(s)+8), s))
}

func appendJSON(dst []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c == '\b':
			dst = append(dst, `\b`...)
		case c == '\t':
			dst = append(dst, `\t`...)
		case c == '\n':
			dst = append(dst, `\n`...)
		case c == '\f':
			dst = append(dst, `\f`...)
		case c == '\r':
			dst = append(dst, `\r`...)
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hexUpper[c>>4], hexUpper[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

func unescapeJSON(s string) (any, error) {
	var out string
	if err := json.Unmarshal([]byte(`"`+s+`"`), &out); err != nil {
		return nil, fmt.Errorf("%q is not the content of a JSON string", s)
	}
	return out, nil
}

// escapeForm is Java's URLEncoder: letters, digits and .-*_ stay, a blank becomes a plus.
func escapeForm(s string) string {
	return percent(s, func(c byte) bool { return c == '.' || c == '-' || c == '*' || c == '_' }, true)
}

// escapeURI keeps what RFC 3986 calls unreserved. What Genesys keeps is undocumented.
func escapeURI(s string) string {
	return percent(s, func(c byte) bool { return c == '.' || c == '-' || c == '~' || c == '_' }, false)
}

func percent(s string, safe func(byte) bool, plus bool) string {
	out := make([]byte, 0, len(s)+16)
	for i := range len(s) {
		switch c := s[i]; {
		case isLetter(c) || isDigit(c) || safe(c):
			out = append(out, c)
		case c == ' ' && plus:
			out = append(out, '+')
		default:
			out = append(out, '%', hexUpper[c>>4], hexUpper[c&15])
		}
	}
	return string(out)
}

// escapeXML names the five special characters and numbers those beyond ASCII, each half of
// a surrogate pair for itself, as the library of the time did.
func escapeXML(s string) string {
	return escapeMarkup(s, func(u uint16) string {
		if u == '\'' {
			return "apos"
		}
		return ""
	})
}

var htmlNames = sync.OnceValue(func() map[uint16]string {
	out := map[uint16]string{}
	for i, name := range strings.Fields(htmlLatin) {
		out[uint16(160+i)] = name
	}
	for _, f := range strings.Fields(htmlOthers) {
		name, code, _ := strings.Cut(f, "=")
		n, _ := strconv.Atoi(code)
		out[uint16(n)] = name
	}
	return out
})

func escapeHTML(s string) string {
	return escapeMarkup(s, func(u uint16) string { return htmlNames()[u] })
}

func escapeMarkup(s string, name func(uint16) string) string {
	var b strings.Builder
	for _, u := range toUnits(s) {
		n := name(u)
		switch u {
		case '"':
			n = "quot"
		case '&':
			n = "amp"
		case '<':
			n = "lt"
		case '>':
			n = "gt"
		}
		switch {
		case n != "":
			b.WriteString("&" + n + ";")
		case u > 0x7F:
			fmt.Fprintf(&b, "&#%d;", u)
		default:
			b.WriteByte(byte(u))
		}
	}
	return b.String()
}

func escapeJava(s string, script bool) string {
	var b strings.Builder
	for _, u := range toUnits(s) {
		switch {
		case u > 0x7F:
			fmt.Fprintf(&b, `\u%04X`, u)
		case u == '\b':
			b.WriteString(`\b`)
		case u == '\n':
			b.WriteString(`\n`)
		case u == '\t':
			b.WriteString(`\t`)
		case u == '\f':
			b.WriteString(`\f`)
		case u == '\r':
			b.WriteString(`\r`)
		case u < ' ':
			fmt.Fprintf(&b, `\u%04X`, u)
		case u == '"' || u == '\\' || script && (u == '\'' || u == '/'):
			b.WriteByte('\\')
			b.WriteByte(byte(u))
		default:
			b.WriteByte(byte(u))
		}
	}
	return b.String()
}

func escapeProperty(s string, key bool) string {
	var b strings.Builder
	if !key && strings.HasPrefix(s, " ") {
		b.WriteString(`\ `)
		s = s[1:]
	}
	for _, u := range toUnits(s) {
		switch {
		case u == '\t':
			b.WriteString(`\t`)
		case u == '\n':
			b.WriteString(`\n`)
		case u == '\f':
			b.WriteString(`\f`)
		case u == '\r':
			b.WriteString(`\r`)
		case u < ' ' || u > '~':
			fmt.Fprintf(&b, `\u%04x`, u)
		default:
			if strings.IndexByte(`\#!=:`, byte(u)) >= 0 || key && u == ' ' {
				b.WriteByte('\\')
			}
			b.WriteByte(byte(u))
		}
	}
	return b.String()
}

func unicodeOf(a []any) (any, error) {
	if len(a) != 1 {
		return nil, ErrNoMethod
	}
	s, ok := a[0].(string)
	if !ok {
		return nil, nil
	}
	n, err := strconv.ParseInt(strings.TrimPrefix(s, `\u`), 16, 32)
	if err != nil || n < 0 || n > utf8.MaxRune {
		return nil, fmt.Errorf("%q is not the hexadecimal code of a character", s)
	}
	return string(rune(n)), nil
}

func hex4(s string) (uint16, bool) {
	n, err := strconv.ParseUint(s, 16, 16)
	return uint16(n), err == nil && s[0] != '+'
}

// firstFromArray gives the first element of a JSON array as JSON text. Anything else that is
// JSON and no object counts as empty; empty without a default is null.
func firstFromArray(a []any) (any, error) {
	var def any
	switch len(a) {
	case 1:
	case 2:
		if _, ok := a[1].(string); !ok && a[1] != nil {
			return nil, ErrNoMethod
		}
		def = a[1]
	default:
		return nil, ErrNoMethod
	}
	text, ok := a[0].(string)
	if !ok {
		return nil, errNull
	}
	if strings.TrimSpace(text) == "" {
		return def, nil
	}
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	v, err := decode(d, 0)
	if err != nil {
		return nil, fmt.Errorf("%q is not JSON", text)
	}
	if !endsRight(v, text[d.InputOffset():]) {
		return nil, fmt.Errorf("%q is not JSON", text)
	}
	switch x := v.(type) {
	case *List:
		if len(x.items) > 0 {
			return string(appendJSONValue(nil, x.items[0])), nil
		}
	case *Map:
		if x.Len() > 0 {
			return nil, errors.New("the value is an object, not an array")
		}
	}
	return def, nil
}

// endsRight reports whether rest may follow a value: anything after a list, an object or a
// text is ignored, but a number needs a blank and a word no further letter.
func endsRight(v any, rest string) bool {
	if rest == "" {
		return true
	}
	switch v.(type) {
	case string, *List, *Map:
		return true
	case bool, nil:
		return !isWordByte(rest[0]) && rest[0] != '$' && rest[0] < utf8.RuneSelf
	}
	return spaces(rest) > 0
}

// appendJSONValue writes a decoded value as Jackson prints a tree.
func appendJSONValue(dst []byte, v any) []byte {
	switch x := v.(type) {
	case string:
		dst = append(dst, '"')
		dst = appendJSON(dst, x)
		return append(dst, '"')
	case bool:
		return strconv.AppendBool(dst, x)
	case int32:
		return strconv.AppendInt(dst, int64(x), 10)
	case int64:
		return strconv.AppendInt(dst, x, 10)
	case *big.Int:
		return x.Append(dst, 10)
	case float64:
		return javaDouble(dst, x)
	case *List:
		dst = append(dst, '[')
		for i, it := range x.items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendJSONValue(dst, it)
		}
		return append(dst, ']')
	case *Map:
		dst = append(dst, '{')
		for i, k := range x.keys {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, '"')
			dst = appendJSON(dst, k.(string))
			dst = append(dst, '"', ':')
			dst = appendJSONValue(dst, x.vals[k])
		}
		return append(dst, '}')
	}
	return append(dst, "null"...)
}
