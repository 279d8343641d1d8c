package secret

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// layers is how many times a text is decoded: an error quotes a JSON text that quotes another.
const layers = 3

// beneath are the parts of a text that are one of the forms once escapes in it are taken away,
// whichever they are and however they are mixed.
func beneath(text string, forms []string) [][2]int {
	var out [][2]int
	var from []int // where each byte of what was decoded begins in the text
	now := text
	for range layers {
		next, at := decode(now)
		if len(next) == len(now) {
			break
		}
		if from != nil {
			for i := range at {
				at[i] = from[at[i]]
			}
		}
		now, from = next, at
		for _, f := range forms {
			for i := 0; ; i++ {
				j := strings.Index(now[i:], f)
				if j < 0 {
					break
				}
				i += j
				out = append(out, [2]int{from[i], from[i+len(f)]})
			}
		}
	}
	slices.SortFunc(out, func(a, b [2]int) int { return a[0] - b[0] })
	return out
}

// decode takes one layer of escapes away: of JSON, Go, C, addresses and HTML. at has where each
// byte stood, and the end.
func decode(text string) (plain string, at []int) {
	if !strings.ContainsAny(text, `\%&`) {
		return text, nil
	}
	b := make([]byte, 0, len(text))
	at = make([]int, 0, len(text)+1)
	for i := 0; i < len(text); {
		r, size := unit(text[i:])
		if size == 0 {
			b, at = append(b, text[i]), append(at, i)
			i++
			continue
		}
		b = append(b, r...)
		for range len(r) {
			at = append(at, i)
		}
		i += size
	}
	return string(b), append(at, len(text))
}

// unit is the escape at the begin of a text and its length there, 0 for none.
func unit(s string) (string, int) {
	switch {
	case len(s) < 2:
	case s[0] == '%':
		if n, ok := hex(s, 1, 2); ok {
			return string([]byte{byte(n)}), 3
		}
	case s[0] == '&':
		end := strings.IndexByte(s[:min(len(s), 12)], ';')
		if end < 0 {
			break
		}
		name := s[1:end]
		if n, ok := strings.CutPrefix(name, "#"); ok {
			if c, err := strconv.ParseUint(strings.Replace(strings.ToLower(n), "x", "0x", 1), 0, 21); err == nil && !strings.HasPrefix(n, "0") {
				return string(rune(c)), end + 1
			}
			if c, err := strconv.ParseUint(strings.TrimLeft(n, "0"), 10, 21); err == nil {
				return string(rune(c)), end + 1
			}
		}
		if c, ok := entities[name]; ok {
			return c, end + 1
		}
	case s[0] == '\\':
		return backslash(s)
	}
	return "", 0
}

var (
	entities = map[string]string{
		"amp": "&", "lt": "<", "gt": ">", "quot": `"`, "apos": "'", "nbsp": "\u00a0", "plus": "+", "sol": "/", "equals": "=", "colon": ":", "bsol": `\`, "lowbar": "_", "period": ".",
	}
	letters = map[byte]string{'n': "\n", 't': "\t", 'r': "\r", 'b': "\b", 'f': "\f", 'a': "\a", 'v': "\v"}
)

func backslash(s string) (string, int) {
	switch c := s[1]; c {
	case 'u':
		n, ok := hex(s, 2, 4)
		if !ok {
			break
		}
		if utf16.IsSurrogate(rune(n)) && strings.HasPrefix(s[6:], `\u`) {
			if low, ok := hex(s, 8, 4); ok {
				if r := utf16.DecodeRune(rune(n), rune(low)); r != utf8.RuneError {
					return string(r), 12
				}
			}
		}
		return string(rune(n)), 6
	case 'x':
		if n, ok := hex(s, 2, 2); ok {
			return string([]byte{byte(n)}), 4
		}
	case 'U':
		if n, ok := hex(s, 2, 8); ok {
			return string(rune(n)), 10
		}
	case '"', '\'', '\\', '/', '<', '>', '&', '=', '+', '-', '.', ':', ' ', '$', '%', '#', '!', '@', '`':
		return string(rune(c)), 2
	default:
		if l, ok := letters[c]; ok {
			return l, 2
		}
	}
	return "", 0
}

func hex(s string, from, n int) (uint64, bool) {
	if len(s) < from+n {
		return 0, false
	}
	v, err := strconv.ParseUint(s[from:from+n], 16, 32)
	return v, err == nil
}
