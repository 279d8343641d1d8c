package pages

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// A Link is one of a page.
type Link struct {
	Line   int
	Target string
}

var (
	span    = regexp.MustCompile("`+[^`]*`+")
	link    = regexp.MustCompile(`\]\(([^()\s]+(?:\([^()]*\)[^()\s]*)?)(?: "[^"]*")?\)`)
	heading = regexp.MustCompile(`^#{1,6} +(.*?)(?: +#+)?$`)
	linked  = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
	anchor  = regexp.MustCompile(`<a (?:name|id)="([^"]+)">`)
)

// Links are those of a text, without what stands in blocks and code.
func (p *Page) Links() []Link {
	var out []Link
	p.prose(func(n int, line string) {
		for _, m := range link.FindAllStringSubmatch(span.ReplaceAllString(line, "`code`"), -1) {
			out = append(out, Link{n, m[1]})
		}
	})
	return out
}

// Anchors are the places of a page that a link can name, as GitHub makes them of headings.
func (p *Page) Anchors() map[string]bool {
	out := map[string]bool{}
	seen := map[string]int{}
	p.prose(func(_ int, line string) {
		for _, m := range anchor.FindAllStringSubmatch(line, -1) {
			out[m[1]] = true
		}
		m := heading.FindStringSubmatch(line)
		if m == nil {
			return
		}
		s := slug(m[1])
		n := seen[s]
		seen[s]++
		if n > 0 {
			s = fmt.Sprintf("%s-%d", s, n)
		}
		out[s] = true
	})
	return out
}

// prose gives each line that stands in no block to see.
func (p *Page) prose(see func(n int, line string)) {
	fence := ""
	for i, line := range p.Lines {
		trimmed := strings.TrimSpace(line)
		switch {
		case fence != "":
			if trimmed == fence {
				fence = ""
			}
		case strings.HasPrefix(trimmed, "```"):
			fence = trimmed[:len(trimmed)-len(strings.TrimLeft(trimmed, "`"))]
		default:
			see(i+1, line)
		}
	}
}

// Spans are the pieces of code in the text of a page.
func (p *Page) Spans() []Link {
	var out []Link
	p.prose(func(n int, line string) {
		for _, s := range span.FindAllString(line, -1) {
			out = append(out, Link{n, strings.TrimSpace(strings.Trim(s, "`"))})
		}
	})
	return out
}

// slug is the anchor of a heading on GitHub.
func slug(title string) string {
	title = linked.ReplaceAllString(title, "$1")
	var b strings.Builder
	for _, r := range strings.ToLower(strings.ReplaceAll(title, "`", "")) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
			b.WriteRune(r)
		case r == ' ':
			b.WriteByte('-')
		}
	}
	return b.String()
}
