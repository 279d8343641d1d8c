package report

import (
	"strings"

	"github.com/dealroute/dealroute/pkg/internal/pattern"
)

// markdown shows a text of the documentation: paragraphs, lists, code and tables as they stand. Its links lead
// nowhere from a page that is handed on, so what they say stays and where they lead goes.
func markdown(text string) []Block {
	var out []Block
	var para []string
	var items []Text
	flush := func() {
		if len(items) > 0 {
			out = append(out, List{Items: items})
		}
		if len(para) > 0 {
			out = append(out, Para(inline(strings.Join(para, " "))))
		}
		para, items = nil, nil
	}
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		switch {
		case strings.HasPrefix(line, "```"):
			flush()
			var code []string
			for i++; i < len(lines) && !strings.HasPrefix(lines[i], "```"); i++ {
				code = append(code, lines[i])
			}
			out = append(out, Pre{Label: "an example", Text: strings.Join(code, "\n")})
		case strings.TrimSpace(line) == "":
			flush()
		case strings.HasPrefix(line, "- "):
			if len(para) > 0 {
				flush()
			}
			items = append(items, inline(line[2:]))
		case len(items) > 0 && strings.HasPrefix(line, "  "):
			last := len(items) - 1
			items[last] = T(items[last], " ", inline(strings.TrimSpace(line)))
		default:
			if len(items) > 0 {
				flush()
			}
			para = append(para, strings.TrimSpace(line))
		}
	}
	flush()
	return out
}

var (
	linked = pattern.Of(`\[([^\]]+)\]\([^)]*\)`)
	coded  = pattern.Of("`[^`]+`")
	strong = pattern.Of(`\*{1,2}([^* ][^*]*)\*{1,2}`)
)

// inline is a line of Markdown.
func inline(s string) Text {
	s = linked().ReplaceAllString(s, "$1")
	var out Text
	at := 0
	plain := func(s string) {
		if s != "" {
			out = append(out, Own(strong().ReplaceAllString(s, "$1")))
		}
	}
	for _, m := range coded().FindAllStringIndex(s, -1) {
		plain(s[at:m[0]])
		code := Own(s[m[0]+1 : m[1]-1])
		code.Code = true
		out = append(out, code)
		at = m[1]
	}
	plain(s[at:])
	return out
}
