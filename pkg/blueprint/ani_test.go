package blueprint_test

import (
	"fmt"
	"testing"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/templates"
)

// forms are the ways in which a trunk may show a caller; %s is the number after the plus,
// or what is dialled in the country.
var forms = []string{
	"%s", "tel:%s", "TEL:%s", "sip:%s@203.0.113.7", "sips:%s@pbx.example;user=phone", "\"Ada\" <sip:%s@pbx.example>", "tel:%s;ext=12", " %s ",
}

// The flow reads a number as package phone does, which has libphonenumber behind it.
func TestTheFlowReadsNumbersAsPhoneDoes(t *testing.T) {
	numbers := map[string][]string{
		"US": {"+15135550142", "15135550142", "5135550142", "(513) 555-0142", "513.555.0142", "1 513 555 0142", "011442079460142", "+442079460142", "+1 (513) 555-0142", "555-0142", "911", "12", "513555014", "51355501423", "05135550142", "+4930123456"},
		"CA": {"+14165550142", "4165550142", "14165550142"},
		"GB": {"+442079460142", "02079460142", "020 7946 0142", "00442079460142", "2079460142", "442079460142", "07700900142", "999", "0015135550142", "+44 (0)20 7946 0142", "+33612345678"},
		"DE": {"+493023125142", "03023125142", "030 23125142", "004930 23125142", "+49 (0)30 23125142", "110", "0170 1234567", "+41446681800", "0041446681800"},
		"FR": {"+33612345678", "0612345678", "06 12 34 56 78", "33612345678", "0033612345678", "0044 20 7946 0142", "15"},
		"IT": {"+390612345678", "0612345678", "3331234567", "+393331234567", "00390612345678"},
		"ES": {"+34912345678", "912345678", "34912345678", "0034912345678"},
		"AU": {"+61212345678", "0212345678", "0011442079460142", "0412345678"},
		"CH": {"+41446681800", "0446681800", "044 668 18 00"},
		"NL": {"+31201234567", "0201234567"},
		"JP": {"+81312345678", "0312345678", "010442079460142"},
		"BR": {"+5511999999999", "11999999999"},
		"IN": {"+919812345678", "09812345678", "9812345678"},
	}
	withheld := []string{"", " ", "anonymous", "Anonymous", "restricted", "unavailable", "sip:anonymous@anonymous.invalid", "sip:ada@pbx.example", "tel:anonymous", "unknown", "+", "tel:", "sip:@x", "<>", "++15135550142", "0x5135550142", "+1513555014２"}
	for region, list := range numbers {
		d := load(t, "../../examples/minimal/dealroute.yaml")
		d.HubSpot.Lookup.HomeCountries = []string{region, "IT"}
		b, fs := blueprint.Render(d, templates.FS)
		if err := fs.Err(); err != nil {
			t.Fatal(err)
		}
		p, err := interp.Compile(b.Flow.Tree, interp.Options{Keep: []string{"Flow.Ani", "Flow.National"}})
		if err != nil {
			t.Fatal(err)
		}
		check := func(ani string) {
			t.Helper()
			want, national := "", ""
			if n, err := phone.Parse(ani, region); err == nil {
				want = n.E164()
				if c := fmt.Sprintf("+%d", phone.CallingCode(region)); len(want) > len(c) && (want[:len(c)] == c || want[:3] == "+39") {
					national = n.National()
				}
			}
			e164, nat := read(t, p, ani)
			if e164 != want {
				t.Errorf("%s: %q is read as %q, want %q", region, ani, e164, want)
			} else if nat != national {
				t.Errorf("%s: the national form of %q is %q, want %q", region, ani, nat, national)
			}
		}
		for _, n := range list {
			for _, f := range forms {
				check(fmt.Sprintf(f, n))
			}
		}
		for _, w := range withheld {
			check(w)
		}
	}
}

// read runs the flow up to its first effect outside, and looks at what it made of the ANI.
func read(t *testing.T, p *interp.Program, ani string) (e164, national string) {
	t.Helper()
	got := variables(t, p, ani)
	return got[0], got[1]
}

// variables are the texts that the program keeps, at that point.
func variables(t *testing.T, p *interp.Program, ani string) []string {
	t.Helper()
	s := p.Start(interp.Call{ANI: ani, At: noon})
	for {
		e, err := p.Next(s)
		if err != nil {
			t.Fatalf("%q: %v", ani, err)
		}
		if e == nil || e.Kind == interp.EffectTable || e.Kind == interp.EffectTransfer {
			break
		}
		o, err := world.New(nil).Do(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Resume(s, o); err != nil {
			t.Fatal(err)
		}
	}
	if r := s.Result(); r.Handled {
		t.Fatalf("%q: flow error handling: %v", ani, r.Problems)
	}
	var out []string
	for _, v := range s.Result().Kept {
		out = append(out, v.Text())
	}
	return out
}
