package picture

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/diag"
)

// Widths of the letters from the space to the tilde, in hundredths of the letters' size: the
// widest of Noto Sans, DejaVu Sans and Liberation Sans (which is as wide as Arial), measured
// once in Chromium. Which letters the reader's system has is not known when the picture is laid
// out, so a text may end up a tenth narrower than its place, never wider.
var plainWidth = [...]uint8{
	32, 41, 46, 84, 64, 96, 78, 28, 40, 40, 56, 84, 32, 37, 32, 38, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84, 84, 84, 56,
	102, 69, 69, 73, 78, 67, 62, 78, 76, 34, 50, 67, 56, 91, 76, 79, 67, 79, 73, 67, 62, 74, 69, 99, 69, 67, 69, 40, 38, 40, 84, 56,
	50, 62, 64, 55, 64, 62, 36, 64, 64, 28, 28, 58, 28, 98, 64, 62, 64, 64, 42, 53, 40, 64, 60, 82, 60, 60, 53, 64, 56, 64, 84,
}

// boldMore is how much wider bold letters are, at most, in percent.
const boldMore = 15

// letter gives the width of a character that is not in plainWidth. Scripts get their widest
// common letters; where an emoji is put together of several, each counts.
func letter(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case diag.Wide(r, 0) == 2, r >= 0x2190 && r < 0x2c00: // East Asian, arrows, mathematics, dingbats
		return 142
	case r == '·' || r == '•' || r == '…' || r == '–' || r == '’':
		return 100
	case r < 0x250:
		return 80
	}
	return 110
}

// hundredths is the width of a character in hundredths of the letters' size.
func hundredths(r rune) int {
	if i := int(r) - ' '; i >= 0 && i < len(plainWidth) {
		return int(plainWidth[i])
	}
	return letter(r)
}

// textWidth is how wide a text is at most, in pixels, in letters of a size.
func textWidth(s string, size int, bold bool) int {
	n := 0
	for _, r := range s {
		n += hundredths(r)
	}
	if bold {
		n += n * boldMore / 100
	}
	return pixels(n, size)
}

func pixels(hundredths, size int) int { return (hundredths*size + 99) / 100 }

// clean makes one line of a text that others wrote: control characters and what turns the
// direction of writing are spelled out, spaces are single.
func clean(s string) string {
	return diag.Line(strings.Join(strings.Fields(s), " "))
}

// longest is how many bytes of a text are looked at: far more than any place in a picture shows.
const longest = 4000

// wrap breaks a text into lines of a width in pixels, at spaces where it can, else within a
// word. What goes beyond the number of lines ends in an ellipsis.
func wrap(s string, size, width, lines int) []string {
	s = clean(s)
	if len(s) > longest {
		s = strings.ToValidUTF8(s[:longest], "")
	}
	words := strings.Fields(s)
	var out []string
	line := ""
	for len(words) > 0 {
		with := words[0]
		if line != "" {
			with = line + " " + words[0]
		}
		if textWidth(with, size, false) <= width {
			line, words = with, words[1:]
			continue
		}
		if line == "" {
			n := fitting(words[0], size, width)
			out, words[0] = append(out, words[0][:n]), words[0][n:]
		} else {
			out, line = append(out, line), ""
		}
		if len(out) > lines {
			break
		}
	}
	if line != "" {
		out = append(out, line)
	}
	if len(out) <= lines {
		return out
	}
	out = out[:lines]
	out[lines-1] = shorten(out[lines-1], size, width)
	return out
}

// fitting is how many bytes of a word fit into a width: at least one letter with what is set upon
// it, and where a part of a name may end (after a character, before a capital letter or a number)
// if that is late enough.
func fitting(word string, size, width int) int {
	end, good, n := 0, 0, 0
	before := ' '
	for i, r := range word {
		if unicode.IsLower(before) && (unicode.IsUpper(r) || unicode.IsDigit(r)) {
			good = i
		}
		before = r
		n += hundredths(r)
		if pixels(n, size) > width && end > 0 {
			break
		}
		end = i + utf8.RuneLen(r)
		if strings.ContainsRune("_-./:,)", r) {
			good = end
		}
	}
	if end < len(word) && good*2 > end {
		return good
	}
	if rest := utf8.RuneCountInString(word[end:]); rest > 0 && rest < 3 && end > 6 && len(word) == utf8.RuneCountInString(word) {
		end -= 3 - rest // a letter or two on a line of their own look like a mistake
	}
	return end
}

// shorten puts an ellipsis behind as much of a line as leaves room for it.
func shorten(line string, size, width int) string {
	n, end := hundredths('…'), 0
	for i, r := range line {
		if n += hundredths(r); pixels(n, size) > width {
			break
		}
		end = i + utf8.RuneLen(r)
	}
	return strings.TrimRight(line[:end], " ,;:") + "…"
}

// widest is the width of the widest of some lines.
func widest(lines []string, size int, bold bool) int {
	w := 0
	for _, l := range lines {
		w = max(w, textWidth(l, size, bold))
	}
	return w
}
