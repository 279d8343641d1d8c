package pages_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/internal/pages"
	"github.com/google/go-cmp/cmp"
)

const page = "# A page\n" +
	"\n" +
	"<!-- run: mkdir a\n" +
	"cd a -->\n" +
	"\n" +
	"Text.\n" +
	"\n" +
	"<!-- exit: 2 -->\n" +
	"\n" +
	"```console\n" +
	"$ one \\\n" +
	"> more\n" +
	"first\n" +
	"…\n" +
	"last\n" +
	"$ two\n" +
	"```\n" +
	"\n" +
	"1. item\n" +
	"\n" +
	"   ```yaml\n" +
	"   a:\n" +
	"     b: 1\n" +
	"   ```\n"

func TestAPageIsRead(t *testing.T) {
	p, err := pages.Parse("page.md", page)
	if err != nil {
		t.Fatal(err)
	}
	want := []pages.Part{
		{Mark: &pages.Mark{Line: 3, Verb: "run", Text: "mkdir a\ncd a"}},
		{Block: &pages.Block{Line: 10, Lang: "console", Lines: []string{"$ one \\", "> more", "first", "…", "last", "$ two"}, Marks: []pages.Mark{{Line: 8, Verb: "exit", Text: "2"}}}},
		{Block: &pages.Block{Line: 21, Lang: "yaml", Indent: "   ", Lines: []string{"a:", "  b: 1"}}},
	}
	if d := cmp.Diff(want, p.Parts); d != "" {
		t.Error(d)
	}
	commands, err := p.Parts[1].Block.Commands()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]pages.Command{{Line: 11, Text: "one \\\nmore", From: 2, To: 5}, {Line: 16, Text: "two", From: 6, To: 6}}, commands); d != "" {
		t.Error(d)
	}
	got := p.Replace(map[int][]string{11: {"other"}, 16: {"new", "lines"}})
	if want := strings.NewReplacer("first\n…\nlast\n", "other\n", "$ two\n", "$ two\nnew\nlines\n").Replace(page); got != want {
		t.Error(cmp.Diff(want, got))
	}
}

func TestMistakesOfPagesAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		"```yaml\na: 1\n":             "p.md:1: the block is not closed",
		"a\n<!-- runs: ls -->\n":      `p.md:2: "runs" is no mark`,
		"<!-- run -->\n":              `p.md:1: mark "run": with a text behind a colon: true`,
		"<!-- complete: really -->\n": `p.md:1: mark "complete": with a text behind a colon: false`,
		"<!-- run: ls\n":              "p.md:1: the comment is not closed",
	} {
		if _, err := pages.Parse("p.md", text); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	for _, text := range []string{"```console\nls\n```\n", "```console\n```\n"} {
		p, err := pages.Parse("p.md", text)
		if err != nil {
			t.Fatal(err)
		}
		if c, err := p.Parts[0].Block.Commands(); err == nil {
			t.Errorf("%q: %v", text, c)
		}
	}
}

func TestWhatIsLeftOutMatches(t *testing.T) {
	lines := func(s string) []string { return strings.Split(s, "|") }
	for _, c := range []struct {
		shown, printed string
		want           bool
	}{
		{"a|b", "a|b", true},
		{"a|b", "a", false},
		{"a", "a|b", false},
		{"a|…", "a|b|c", true},
		{"…|c", "a|b|c", true},
		{"…|b", "a|b|c", false},
		{"a|…|c", "a|c", true},
		{"…|b|…|d", "a|b|c|d", true},
		{"took … ms", "took 17 ms", true},
		{"took … ms", "took 17 s", false},
		{"a.c", "abc", false},
		{"a  ", "a", true},
	} {
		if got := pages.Match(lines(c.shown), lines(c.printed)); got != c.want {
			t.Errorf("%q shows %q: %t", c.shown, c.printed, got)
		}
	}
}

func TestRenewKeepsWhatWasLeftOut(t *testing.T) {
	lines := func(s string) []string { return strings.Split(s, "|") }
	for _, c := range [][3]string{
		{"a|…|z", "a|m|z", "a|…|z"},
		{"a|…|z", "b|m|n|y", "b|…|y"},
		{"a|…|z", "b", "b"},
		{"a|…|m|…|z", "b|c|d", "b|c|d"},
		{"a|…|m 1|n|…|z", "b|c|m 2|o|d|e|y", "b|…|m 2|o|…|y"},
		{"a|…|new 1|…|z", "b|m 2|y", "b|m 2|y"},
		{"…|z", "b|c|y", "…|y"},
		{"a|…", "b|c|y", "b|…"},
		{"took … ms|b", "took 7 ms|c", "took … ms|c"},
		{"a", "b|c", "b|c"},
	} {
		if got := pages.Renew(lines(c[0]), lines(c[1])); !slices.Equal(got, lines(c[2])) {
			t.Errorf("%s, %s: %q", c[0], c[1], got)
		}
	}
}

func TestWhatVariesIsLeftOut(t *testing.T) {
	now := time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC)
	got := pages.Stable(pages.Said([]string{
		"done: create role", "changing the org: 15 steps of 17 changes done (10s)", "setup: 3 calls in 481ms", "to 12 accounts, in 1,835 ms", "in 1h30m", "waited 2,042 ms",
		"at http://127.0.0.1:38211/api", "until 2027-01-02T03:34:05Z", "of 2026-11-23T15:00:00Z ",
	}), now)
	want := []string{
		"setup: 3 calls in …", "to 12 accounts, in …", "in 1h30m", "waited 2,042 ms",
		"at http://127.0.0.1:…/api", "until …", "of 2026-11-23T15:00:00Z",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestLinksAndAnchors(t *testing.T) {
	p, err := pages.Parse("p.md", "# One `two` [three](x.md)\n## Same\n## Same\n[a](b.md#c \"t\") `[no](code)`\n```text\n[no](block)\n# no\n```\n[w](https://x/y_(z)) `dealroute plan`\n")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]pages.Link{{1, "x.md"}, {4, "b.md#c"}, {9, "https://x/y_(z)"}}, p.Links()); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]bool{"one-two-three": true, "same": true, "same-1": true}, p.Anchors()); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]pages.Link{{1, "two"}, {4, "[no](code)"}, {9, "dealroute plan"}}, p.Spans()); d != "" {
		t.Error(d)
	}
}
