package validate

import (
	"fmt"
	"testing"
)

// What is a comment for this tool, on which lines it speaks, and what only looks like one.
func TestAllowances(t *testing.T) {
	const allow = "# dealroute: allow DR-X-001 because it is so"
	for _, c := range []struct{ name, text, want string }{
		{"at the end of a line", "a: 1 " + allow + "\nb: 2\n", "1 to 1"},
		{"behind a tab", "a: 1\t" + allow + "\nb: 2\n", "1 to 1"},
		{"of a mapping", "a: " + allow + "\n  b: 2\nc: 3\n", "1 to 2"},
		{"before a line", "a: 1\n" + allow + "\n\n# and\nb:\n  c: 2\n", "5 to 7"},
		{"at the top", allow + "\na: 1\n", "everything"},
		{"behind a byte order mark", "\ufeff" + allow + "\r\na: 1\r\n", "everything"},
		{"Windows line ends", "a: 1 " + allow + "\r\nb: 2\r\n", "1 to 1"},
		{"several hashes, a capital", "a: 1 ## Dealroute: allow DR-X-001 because it is so\nb: 2\n", "1 to 1"},
		{"behind another comment", "a: 1 # one, \"or " + allow + "\nb: 2\n", "1 to 1"},
		{"behind quotes", "a: \"x # y\" " + allow + "\nb: 2\n", "1 to 1"},
		{"with an apostrophe before", "a: it's " + allow + "\nb: 2\n", "1 to 1"},
		{"in a text", "a: \"x " + allow + "\"\nb: 'it''s " + allow + "'\n", ""},
		{"in a text of several lines", "a: |\n  x\n\n  " + allow + "\nb: 1\n", ""},
		{"below such a text", "a: >-\n  x\nb: 1 " + allow + "\n", "3 to 4"},
		{"below a comment that ends like one", "a: # this |\n  b: 1 " + allow + "\n", "2 to 3"},
		{"part of a word", "a: x#dealroute: allow DR-X-001 because it is so\n", ""},
		{"no reason", "a: 1 # dealroute: allow DR-X-001 because\n", "wrong 1:6"},
		{"two codes", "a: 1 # dealroute: allow DR-X-001, DR-X-002 because\n", "wrong 1:6"},
		{"a capital", "a: 1 # dealroute: Allow DR-X-001 because it is so\n", "wrong 1:6"},
		{"prose", "a: 1 # Dealroute: see the docs\n", ""},
	} {
		as, wrong := allowances("d.yaml", []byte(c.text))
		got := ""
		for _, a := range as {
			got += fmt.Sprintf("%d to %d", a.from, a.to)
			if a.everything {
				got = "everything"
			}
		}
		for _, f := range wrong {
			got += fmt.Sprintf("wrong %d:%d", f.Position.Line, f.Position.Column)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
