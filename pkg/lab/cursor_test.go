package lab

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// The place is where the bar stands.
func TestCursor(t *testing.T) {
	for _, c := range []struct {
		text, path, part string
		key              bool
		present          string
	}{
		{"|", "", "", true, ""},
		{"ver|", "", "ver", true, ""},
		{"version: |", "version", "", false, ""},
		{"version: 1\nna|", "", "na", true, "version"},
		{"version: 1\n|", "", "", true, "version"},
		{"genesys:\n  reg|", "genesys", "reg", true, ""},
		{"genesys:\n  region: eu-\n  |", "genesys", "", true, "region"},
		{"genesys:\n  region: eu|", "genesys.region", "eu", false, ""},
		{"genesys:\n  region: x\n\nhub|", "", "hub", true, "genesys"},
		{"routing:\n  rules:\n    - na|", "routing.rules.[]", "na", true, ""},
		{"routing:\n  rules:\n    - name: a\n      wh|", "routing.rules.[]", "wh", true, "name"},
		{"routing:\n  rules:\n    - name: a\n    - |", "routing.rules.[]", "", true, ""},
		{"routing:\n  rules:\n    - name: a\n      to:\n        qu|", "routing.rules.[].to", "qu", true, ""},
		{"routing:\n  rules:\n    - name: a\n  fall|", "routing", "fall", true, "rules"},
		{"routing:\n  rules:\n  - name: a\n    when: {st|", "routing.rules.[].when", "st", true, ""},
		{"rules:\n- name: a\n- name: b\nfallback: {queue: |", "fallback.queue", "", false, ""},
		{"routing:\n  rules:\n    - when: {outcome: active_deal, st|", "routing.rules.[].when", "st", true, "outcome"},
		{"routing:\n  rules:\n    - when: {outcome: active_deal, stage: [a, Neg|", "routing.rules.[].when.stage.[]", "Neg", false, ""},
		{"routing:\n  rules:\n    - when: {stage: [a], |", "routing.rules.[].when", "", true, "stage"},
		{"routing:\n  rules:\n    - when: {stage: [a]}\n      to: {queue: Sa|", "routing.rules.[].to.queue", "Sa", false, ""},
		{"routing:\n  rules:\n    - when: {stage:\n        [a,\n        b|", "routing.rules.[].when.stage.[]", "b", false, ""},
		{"manage: {queues: true, |", "manage", "", true, "queues"},
		{"to: {skills: [\"a, b\", c|", "to.skills.[]", "c", false, ""},
		{"a: 'it''s: |", "a", "'it''s: ", false, ""},
		{"a: {b: \"x: y\", c|", "a", "c", true, "b"},
		{"\"a\": |", "a", "", false, ""},
		{"facts:\n  tier: {contact: |", "facts.tier.contact", "", false, ""},
		{"skills:\n  - One\n  - Tw|", "skills.[]", "Tw", true, ""},
		{"greeting: |\n  text: here|", "", "", false, ""},
		{"greeting: x # see|", "greeting", "x ", false, ""},
		{"# com|", "", "", false, ""},
		{"numbers: [\"+1513|", "numbers.[]", "\"+1513", false, ""},
		{"a:\r\n  b: {c: |", "a.b.c", "", false, ""},
	} {
		text := c.text
		i := strings.LastIndex(text, "|")
		got := find(text[:i])
		if got.comment {
			if c.path != "" && c.path != "greeting" || c.key {
				t.Errorf("%q is no comment", c.text)
			}
			continue
		}
		if p := strings.Join(got.path, "."); p != c.path || got.key != c.key || got.part != c.part || got.key && strings.Join(got.present, " ") != c.present {
			t.Errorf("%q: %q key %v part %q present %q", c.text, p, got.key, got.part, got.present)
		}
	}
}

// Whatever the text, the path is found without failing, and the part is the end of the text.
func FuzzCursor(f *testing.F) {
	f.Add("a: {b: [\"x")
	f.Add("- - a:\n  - |\n   x")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return
		}
		c := find(text)
		if slices.Contains(c.path, "\n") {
			t.Errorf("a path with a line end: %q", c.path)
		}
		if !c.comment && !strings.ContainsAny(text, "\n\r") && !strings.HasSuffix(text, c.part) {
			t.Errorf("%q is not the end of %q", c.part, text)
		}
	})
}
