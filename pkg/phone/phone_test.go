package phone_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/dealroute/dealroute/pkg/phone"
)

func TestParse(t *testing.T) {
	for _, c := range []struct{ text, home, e164, national, region string }{
		{"+15135550142", "US", "+15135550142", "5135550142", "US"},
		{"tel:+15135550142", "US", "+15135550142", "5135550142", "US"},
		{"TEL:+1-513-555-0142;ext=7", "DE", "+15135550142", "5135550142", "US"},
		{"tel:5135550142;phone-context=+1", "DE", "+15135550142", "5135550142", "US"},
		{"sip:+15135550142@10.0.0.1:5060;transport=udp", "US", "+15135550142", "5135550142", "US"},
		{"sips:%2B15135550142@pbx", "US", "+15135550142", "5135550142", "US"},
		{"sip:3175550134@x", "US", "+13175550134", "3175550134", "US"},
		{"sip:15135550142@x;user=phone", "US", "+15135550142", "5135550142", "US"},
		{`"Ada L." <sip:+15135550142@x>;tag=9`, "US", "+15135550142", "5135550142", "US"},
		{"(513) 555-0142", "US", "+15135550142", "5135550142", "US"},
		{"513.555.0142", "CA", "+15135550142", "5135550142", "US"},
		{"1 513 555 0142", "US", "+15135550142", "5135550142", "US"},
		{" 0049 30 1234567 ", "DE", "+49301234567", "301234567", "DE"},
		{"011 49 30 1234567", "US", "+49301234567", "301234567", "DE"},
		{"030/1234567", "DE", "+49301234567", "301234567", "DE"},
		{"020 7946 0123", "GB", "+442079460123", "2079460123", "GB"},
		{"+39 06 1234567", "US", "+39061234567", "61234567", "IT"}, // the integer form drops a significant 0
		{"+33655555555", "US", "+33655555555", "655555555", "FR"},
		{"+15551234567", "US", "+15551234567", "5551234567", "US"}, // no such area code, and yet a number
		{"+4930 1234 567", "US", "+49301234567", "301234567", "DE"},
		{"+49 (0)30 1234567", "US", "+49301234567", "301234567", "DE"},
		{"+0049 30 1234567", "DE", "+49301234567", "301234567", "DE"},
		{"436641234567", "AT", "+436641234567", "6641234567", "AT"},
		{"17911 010 6552 9988", "CN", "+861065529988", "1065529988", "CN"}, // behind a carrier's code
		{"5215512345678", "MX", "+5215512345678", "15512345678", "MX"},     // as before 2019
		{"sip:%30301234567@x", "DE", "+49301234567", "301234567", "DE"},
		{"030\u00a01234\u2011567", "DE", "+49301234567", "301234567", "DE"},
		{"<tel:+493012345%367>;x=1", "US", "+49301234567", "301234567", "DE"},
		{"tel:030 1234567;ext=5;phone-context=+49", "US", "+49301234567", "301234567", "DE"},
		{"tel:5135550142;phone-context=example.com", "US", "+15135550142", "5135550142", "US"},
		{"+15135550142@10.0.0.1:5060", "US", "+15135550142", "5135550142", "US"},
	} {
		n, err := phone.Parse(c.text, c.home)
		if err != nil {
			t.Errorf("%q in %s: %v", c.text, c.home, err)
			continue
		}
		if got := []string{n.E164(), n.National(), n.Region()}; !slices.Equal(got, []string{c.e164, c.national, c.region}) {
			t.Errorf("%q in %s: %v", c.text, c.home, got)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]error{
		"": phone.ErrWithheld, "anonymous": phone.ErrWithheld, "Restricted": phone.ErrWithheld, "tel:withheld": phone.ErrWithheld,
		"sip:anonymous@anonymous.invalid": phone.ErrWithheld, "sip:Unavailable@x": phone.ErrWithheld, `"Anonymous" <sip:anonymous@x>`: phone.ErrWithheld,
		"911": phone.ErrShort, "tel:112": phone.ErrShort, "+49 30 12": phone.ErrShort, "sip:1001@pbx": phone.ErrShort,
		"sip:alice@example.org": phone.ErrNotNumber, "sip:agent15135550142@x": phone.ErrNotNumber, "1-800-FLOWERS": phone.ErrNotNumber,
		"mailto:a@b": phone.ErrNotNumber, "5550142": phone.ErrNotNumber, "+0123456789": phone.ErrNotNumber, "+1234567890123456789": phone.ErrNotNumber,
		"5135550142+": phone.ErrNotNumber, "%zz15135550142": phone.ErrNotNumber, "tel:;phone-context=+15135550142": phone.ErrWithheld, "tel:5550142;phone-context=+x": phone.ErrNotNumber, "++15135550142": phone.ErrNotNumber,
	} {
		if n, err := phone.Parse(text, "US"); !errors.Is(err, want) {
			t.Errorf("%q: %v, %v, want %v", text, n, err, want)
		}
	}
}

func TestValid(t *testing.T) {
	for text, want := range map[string]bool{"+15135550199": true, "+15551234567": false, "+442079460123": true} {
		n, err := phone.Parse(text, "US")
		if err != nil || n.Valid() != want {
			t.Errorf("%s: valid %v, %v", text, n.Valid(), err)
		}
	}
}

func TestNumbersAreEqualHoweverWritten(t *testing.T) {
	a, err := phone.Parse("tel:+1 (513) 555-0142", "DE")
	if err != nil {
		t.Fatal(err)
	}
	b, err := phone.Parse("513-555-0142", "US")
	if err != nil || a != b {
		t.Errorf("%v and %v, %v", a, b, err)
	}
}

func TestMask(t *testing.T) {
	for text, want := range map[string]string{
		"+15135550142": "+1513•••••42", "tel:+15135550142": "+1513•••••42", "sip:+15135550142@10.1.2.3": "+1513•••••42",
		"5135550142": "51355•••42", "+49301234567": "+4930•••••67", "911": "•••••", "5550142": "•••••", "sip:alice@example.org": "•••••",
		"anonymous": "anonymous", "sip:Anonymous@10.0.0.1": "anonymous", "alice": "•••••", "(513) 555-0142": "(513)•••••••42", "10000 / 00": "•••••",
	} {
		if got := phone.Mask(text); got != want {
			t.Errorf("Mask(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestMaskIn(t *testing.T) {
	for text, want := range map[string]string{
		"to +15135550142 x": "to +1513•••••42 x", "/a/%2B15135550142/b": "/a/+1513•••••42/b", "%252B15135550142": "+1513•••••42", "+1 (513) 555-0142.": "+1 (5••••••••••42.",
		"%2B1%20513%20555%200142": "+1 51••••••••42", "own +15135550100": "own +15135550100", "+1 513-555-0100": "+1 513-555-0100", "1 + 2": "1 + 2", "15135550142": "15135550142",
	} {
		if got := phone.MaskIn(text, "+15135550100"); got != want {
			t.Errorf("MaskIn(%q) = %q, want %q", text, got, want)
		}
	}
	if got := phone.Find("a +15135550142, tel:+49-30-1234567, 5135550142"); !slices.Equal(got, []string{"+15135550142", "+49301234567"}) {
		t.Errorf("Find: %q", got)
	}
}

func TestDigits(t *testing.T) {
	for text, want := range map[string]string{"tel:+1 (513) 555-0142;ext=1": "15135550142", "sip:alice@example.org": "", "anonymous": "", "911": "911"} {
		if got := phone.Digits(text); got != want {
			t.Errorf("Digits(%q) = %q", text, got)
		}
	}
}

func TestIsE164(t *testing.T) {
	for text, want := range map[string]bool{
		"+15135550100": true, "+15551234567": true, "15135550100": false, "+1 513": false, "+05135550100": false,
		"+123456": false, "+1234567890123456": false, "": false, "+": false, "+1513555010a": false,
	} {
		if got := phone.IsE164(text); got != want {
			t.Errorf("IsE164(%q) = %v", text, got)
		}
	}
}

func TestRegions(t *testing.T) {
	r := phone.Regions()
	if len(r) < 200 || !slices.IsSorted(r) || !phone.KnownRegion("NO") || phone.KnownRegion("UK") || phone.KnownRegion("us") || phone.CallingCode("CA") != 1 {
		t.Errorf("%d regions", len(r))
	}
}

// The law: what parses is E.164, and reads the same again from any form and any home.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"tel:+15135550142;ext=1", "sip:+49301234567@x", "(513) 555-0142", "anonymous", `"x" <sip:%2B1@y>`, "0049 30 1234567"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := phone.Parse(s, "US")
		if err != nil {
			if !errors.Is(err, phone.ErrWithheld) && !errors.Is(err, phone.ErrShort) && !errors.Is(err, phone.ErrNotNumber) {
				t.Fatalf("%q: untyped %v", s, err)
			}
			return
		}
		if !phone.IsE164(n.E164()) || strings.Trim(n.National(), "0123456789") != "" {
			t.Fatalf("%q gives %q, %q", s, n.E164(), n.National())
		}
		for _, form := range []string{n.E164(), "tel:" + n.E164(), "sip:" + n.E164() + "@h"} {
			if m, err := phone.Parse(form, "DE"); err != nil || m.E164() != n.E164() {
				t.Errorf("%q from %q: %v, %v", form, s, m, err)
			}
		}
	})
}

// The law: a mask shows seven characters at most, and the middle of no number.
func TestMaskHides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`(tel:|sip:)?\+?[0-9]{1,15}(@[a-z]+)?`).Draw(t, "s")
		m := phone.Mask(s)
		shown := strings.ReplaceAll(m, "•", "")
		if len(shown) > 7 || (len(shown) > 0 && strings.Count(m, "•") < 3) {
			t.Fatalf("Mask(%q) = %q", s, m)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		if _, err := phone.Parse("tel:+15135550142", "US"); err != nil {
			b.Fatal(err)
		}
	}
}
