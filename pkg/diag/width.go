package diag

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// tabStop is how far tabs lead on a terminal.
const tabStop = 8

// Wide is how many columns a character takes that stands in column at, which counts from 0.
func Wide(r rune, at int) int {
	switch {
	case r == '\t':
		return tabStop - at%tabStop
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// Width is how many columns a text takes from column at on.
func Width(s string, at int) int {
	from := at
	for _, r := range s {
		at += Wide(r, at)
	}
	return at - from
}

// Wrap folds a text of ours to a width: what stands in lines beginning with a letter is one
// paragraph up to an empty line or one that is indented, which stays as it is.
func Wrap(text string, columns int) string {
	if columns <= 0 {
		return text
	}
	var out, paragraph []string
	end := func() {
		line, at := "", 0
		for _, word := range paragraph {
			n := Width(word, 0)
			if at > 0 && at+1+n > columns {
				out, line, at = append(out, line), "", 0
			}
			if at > 0 {
				line, at = line+" ", at+1
			}
			line, at = line+word, at+n
		}
		if at > 0 {
			out = append(out, line)
		}
		paragraph = nil
	}
	fenced := false
	for _, line := range strings.Split(text, "\n") {
		fence := strings.HasPrefix(line, "```")
		switch {
		case fence || fenced:
			end()
			out, fenced = append(out, line), fenced != fence
		case line == "", line[0] == ' ', line[0] == '\t', line[0] == '#', line[0] == '|':
			end()
			out = append(out, line)
		case strings.HasPrefix(line, "- "), strings.HasPrefix(line, "* "):
			end()
			fallthrough
		default:
			paragraph = append(paragraph, strings.Fields(line)...)
		}
	}
	end()
	return strings.Join(out, "\n")
}
