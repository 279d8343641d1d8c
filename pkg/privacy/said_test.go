package privacy_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/privacy"
)

func TestSaid(t *testing.T) {
	for text, want := range map[string]string{
		"":                                   "",
		"The flow is locked by another user": "The flow is locked by another user",
		"no route to +15135550177":           "no route to +1513•••••77",
		"phone=%2B15135550177&x":             "phone=+1513•••••77&x",
		"caller 5135550177, 15135550177 15135550166":                 "caller 51355•••77, 15135••••77 15135••••66",
		"(513) 555-0177 or 513-555-0177":                             "(513)•••••••77 or 513-5•••••77",
		"mail lucia.mark@example.com, <l@x.org>":                     "mail •••••, <•••••>",
		"owner=lucia%40example.com&y":                                "owner=•••••&y",
		"Bearer pat-na1-12345678 of a@b.de":                          "Bearer •••••• of •••••",
		"at http://user:pass@host.example:1/x":                       "at http://••••••@host.example:1/x",
		"0199b0a8-1111-7111-8111-151355501770":                       "0199b0a8-1111-7111-8111-151355501770",
		"portal 24681357 at 2026-11-23T15:00:00Z":                    "portal 24681357 at 2026-11-23T15:00:00Z",
		"from 0151 2345 6789 or 020 7946 0018, 0049 (151) 2345678":   "from 0151 •••••••89 or 020 7••••••18, 0049 •••••••••••78",
		"at 09:30:00 on 10.100.2.3:443, 0.5 s, 00:00:12, 007 agents": "at 09:30:00 on 10.100.2.3:443, 0.5 s, 00:00:12, 007 agents",
		"stage 985123456 version 3":                                  "stage 985123456 version 3",
	} {
		if got := privacy.Said(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// A text without end is told in part, and what the cut goes through is not told by halves.
func TestSaidIsBounded(t *testing.T) {
	for before := 1900; before < 2010; before++ {
		text := strings.Repeat("x ", before/2) + "pat-na1-5ec2e7ff-0000-4000 +15135550177 " + strings.Repeat("y ", 1<<13)
		if got := privacy.Said(text); utf8.RuneCountInString(got) != 2001 || strings.Contains(got, "5ec2") || strings.Contains(got, "1355501") {
			t.Fatalf("%d: %d characters, %q", before, utf8.RuneCountInString(got), got[1890:])
		}
	}
}
