package phone_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"github.com/dealroute/dealroute/pkg/phone"
)

func TestSketch(t *testing.T) {
	for text, want := range map[string]string{
		"+15135550142": "+1513•••••42", "(513) 555-0142": "(513)•••••••42", "1234": "••••", "": "", "-": "-",
		"513-555-0142 ext. 12": "513-55•-•••• ext. 12", "513 555 0142 / 513 555 0143": "513 55• •••• / ••• ••• ••43",
		"Call Bob 5135550142": "aaaa aaa 51355•••42", "1-800-FLOWERS": "•-•••-aaaaaaa", "n/a": "a/a",
		"5135550142\x1b[3m\n\u202e": "51355••••2 3a", "anonymous": "aaaaaaaaa", "٥١٣٥٥٥٠١٤٢": "",
	} {
		if got := phone.Sketch(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}

// Whatever stands in a field, five first and two last digits of it are shown at most, no letter of
// its own, nothing that acts on a terminal, and not much.
func TestSketchShowsLittle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[+0-9 ()./a-z-]{0,40}`), rapid.StringMatching(`\+?[0-9]{5,20}( ?(ext|x|/) ?[0-9]{1,12})?`)).Draw(t, "text")
		got := phone.Sketch(text)
		var all, shown []rune
		for _, r := range text {
			if '0' <= r && r <= '9' {
				all = append(all, r)
			}
		}
		for _, r := range got {
			if '0' <= r && r <= '9' {
				shown = append(shown, r)
			}
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
				t.Fatalf("%q in %q", r, got)
			}
		}
		if len(shown) > 7 || len(shown) > 0 && len(all)-len(shown) < 3 {
			t.Fatalf("%q shows %d of %d digits: %q", text, len(shown), len(all), got)
		}
		if n := len(shown); n > 0 && !strings.ContainsAny(text, "@;%<>:") {
			fits := func(head int) bool {
				tail := n - head
				return head <= 5 && tail >= 0 && tail <= 2 && string(all[:head]) == string(shown[:head]) && strings.Contains(string(all[len(all)-2:]), string(shown[head:])) // a long text is cut
			}
			if !slices.ContainsFunc([]int{n, n - 1, n - 2}, func(head int) bool { return head >= 0 && fits(head) }) {
				t.Fatalf("%q shows others than the first and the last digits: %q", text, got)
			}
		}
		if n := len([]rune(got)); n > 33 && n > len([]rune(text)) {
			t.Fatalf("%q is %d long", got, n)
		}
		if strings.Contains(strings.ToLower(text), "bob") && strings.Contains(strings.ToLower(got), "bob") {
			t.Fatalf("%q", got)
		}
	})
}
