package blueprint_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/templates"
)

// asking is the flow of a deployment whose rules ask for this, and the size of its text.
func asking(t *testing.T, d *deployment.Deployment, keep []string, whens ...deployment.When) (*interp.Program, int) {
	t.Helper()
	d.Routing.Rules = nil
	for i, w := range whens {
		d.Routing.Rules = append(d.Routing.Rules, deployment.Rule{Name: fmt.Sprint("rule ", i), When: w, To: deployment.Target{Queue: "Q"}})
	}
	b, fs := blueprint.Render(d, templates.FS)
	if err := fs.Err(); err != nil {
		t.Fatal(err)
	}
	p, err := interp.Compile(b.Flow.Tree, interp.Options{Keep: keep})
	if err != nil {
		t.Fatal(err)
	}
	return p, len(b.Flow.Text)
}

func fromCountries(cs ...string) deployment.When {
	return deployment.When{Caller: &deployment.CallerTest{Country: cs}}
}

// The flow knows the country of a number as package phone does, of those that rules name:
// each alone, several of one calling code, and all of the world.
func TestTheFlowTellsCountriesAsPhoneDoes(t *testing.T) {
	d := load(t, "../../examples/minimal/dealroute.yaml")
	r := rand.New(rand.NewPCG(21, 22))
	all := phone.Regions()
	var alone, shared []string
	numbers := map[string][]string{} // by region
	for _, region := range all {
		code := strconv.Itoa(phone.CallingCode(region))
		if len(phone.PartsOf(code)) > 0 {
			shared = append(shared, region)
		} else {
			alone = append(alone, region)
		}
		w := &writer{r: r}
		for typ := phonenumbers.FIXED_LINE; typ <= phonenumbers.VOICEMAIL; typ++ {
			if n := phonenumbers.GetExampleNumberForType(region, typ); n != nil {
				s := phonenumbers.GetNationalSignificantNumber(n)
				k := 1 + r.IntN(len(s))
				numbers[region] = append(numbers[region], "+"+code+s, "+"+code+s[:k]+w.digits(len(s)-k))
			}
		}
		numbers[region] = append(numbers[region], "+"+code+w.digits(4+r.IntN(9)))
		for _, p := range phone.PartsOf(code) {
			for _, f := range p.Forms {
				if n := append(f.Lengths.List(), 9); p.Region == region {
					numbers[region] = append(numbers[region], "+"+code+w.near(f.Begins, n[r.IntN(len(n))]))
				}
			}
		}
	}
	var asked [][]string
	for _, region := range shared {
		asked = append(asked, []string{region})
	}
	for range 5 {
		asked = append(asked, slices.Clone(shuffled(r, shared)[:1+r.IntN(12)]), slices.Clone(shuffled(r, all)[:1+r.IntN(30)]))
	}
	asked = append(asked, alone, shared, all)
	texts, told := 0, 0
	for _, regions := range asked {
		p, _ := asking(t, d, []string{"Flow.CallerNumber", "Flow.CallerCountry"}, fromCountries(regions...))
		codes := map[int]bool{}
		for _, region := range regions {
			codes[phone.CallingCode(region)] = true
		}
		for _, region := range all {
			if !slices.Contains(regions, region) && r.IntN(3) > 0 || !codes[phone.CallingCode(region)] && r.IntN(20) > 0 || len(regions) > 30 && r.IntN(4) > 0 {
				continue
			}
			for _, number := range numbers[region] {
				c := routing.CallerOf(number, "US", nil)
				if !slices.Contains(regions, c.Country) {
					c.Country = ""
				}
				if texts++; c.Country != "" {
					told++
				}
				if got := variables(t, p, number); got[0] != c.Number || got[1] != c.Country {
					t.Fatalf("of %q: %s is %q, want %v", regions, number, got, c)
				}
			}
		}
	}
	if told < texts/4 {
		t.Errorf("only %d of %d numbers are of a country that is asked for", told, texts)
	}
	t.Logf("%d numbers, %d of a country that a rule names", texts, told)
}

func shuffled(r *rand.Rand, s []string) []string {
	s = slices.Clone(s)
	r.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
	return s
}

// What the flow needs for countries is small, and only of the codes that rules ask for.
func TestTheDataOfCountriesIsSmall(t *testing.T) {
	d := load(t, "../../examples/minimal/dealroute.yaml")
	_, none := asking(t, d, nil, deployment.When{Caller: &deployment.CallerTest{Number: []string{"usable"}}})
	for _, c := range []struct {
		regions []string
		most    int
	}{
		{[]string{"DE", "AT"}, 700}, {[]string{"US"}, 3000}, {[]string{"CA"}, 1600}, {[]string{"US", "CA", "PR"}, 3500}, {[]string{"GB", "JE"}, 2200}, {[]string{"RU"}, 800}, {phone.Regions(), 20000},
	} {
		_, n := asking(t, d, nil, fromCountries(c.regions...))
		if t.Logf("%d countries: %d bytes", len(c.regions), n-none); n-none > c.most {
			t.Errorf("%.40q takes %d bytes, more than %d", c.regions, n-none, c.most)
		}
	}
}

// What a number is: every word for none in every dress, texts and short numbers, our own in
// every form and spelling.
func TestTheFlowTellsWhatANumberIs(t *testing.T) {
	d := load(t, "../../examples/minimal/dealroute.yaml")
	d.HubSpot.Lookup.HomeCountries = []string{"MX", "US"}
	d.Calls.Numbers, d.Calls.OwnNumbers = []string{"+525512345678"}, []string{"+15135550101"}
	p, _ := asking(t, d, []string{"Flow.CallerNumber"}, deployment.When{Caller: &deployment.CallerTest{Number: []string{"withheld"}}})
	count := map[string]int{}
	check := func(ani string, want string) {
		t.Helper()
		is := routing.CallerOf(ani, "MX", d.Own()).Number
		if want != "" && is != want {
			t.Errorf("%q is %s by the policy, want %s", ani, is, want)
		}
		if got := variables(t, p, ani)[0]; got != is {
			t.Errorf("%q is %q to the flow, want %q", ani, got, is)
		}
		count[is]++
	}
	for _, word := range append(phone.WithheldWords(), "") {
		for _, w := range []string{word, strings.ToUpper(word), strings.ToUpper(word[:min(1, len(word))]) + word[min(1, len(word)):]} {
			for _, f := range []string{"%s", "tel:%s", "sip:%s@anonymous.invalid", "SIPS:%s@203.0.113.7;user=phone", `"Anonymous" <sip:%s@x>`, " %s ", "%s;privacy=id"} {
				check(fmt.Sprintf(f, w), "withheld")
			}
		}
	}
	for _, n := range []string{"911", "555014", "ada", "sip:ada@pbx.example", "anonymous caller", "anonymou", "+", "++15135550142", "1-800-FLOWERS", "sip:+@x"} {
		check(n, "unreadable")
	}
	for _, n := range []string{"+525512345678", "+5215512345678", "5512345678", "tel:+52-55-1234-5678", "sip:525512345678@x", "+15135550101", "0015135550101"} {
		check(n, "own")
	}
	for _, n := range []string{"+525512345679", "5512345679", "sip:+15135550142@203.0.113.7", "+80012345678"} {
		check(n, "usable")
	}
	for _, f := range dresses {
		for _, n := range []string{"+525512345678", "+15135550142", "anonymous", "restricted", "12", ""} {
			check(fmt.Sprintf(f, n), "")
		}
	}
	t.Log(count)
}

// The number that was called: in the forms of trunks, and the first one dialled where another
// flow has handed the call on.
func TestTheFlowKnowsTheNumberThatWasCalled(t *testing.T) {
	d := load(t, "../../examples/minimal/dealroute.yaml")
	d.HubSpot.Lookup.HomeCountries = []string{"DE", "US"}
	d.Calls.Numbers = []string{"+493023125100", "+15135550100", "+525512345678", "+4915135550100"}
	p, _ := asking(t, d, []string{"Flow.CalledNumber"}, deployment.When{Called: deployment.OneOrMore{"+493023125100", "+15135550100"}}, deployment.When{Called: deployment.OneOrMore{"+525512345678"}})
	called := func(original, address string) string {
		t.Helper()
		s := p.Start(interp.Call{ANI: "911", At: noon, Builtins: []interp.Named{
			{Name: "Call.CalledAddressOriginal", Value: given(original)}, {Name: "Call.CalledAddress", Value: given(address)},
		}})
		if _, err := p.Next(s); err != nil {
			t.Fatal(err)
		}
		if r := s.Result(); r.Handled {
			t.Fatalf("%q %q: %v", original, address, r.Problems)
		}
		return s.Result().Kept[0].Text()
	}
	for _, c := range []struct{ original, address, want string }{
		{"+493023125100", "", "+493023125100"}, {"493023125100", "", "+493023125100"}, {"03023125100", "", "+493023125100"}, {"3023125100", "", "+493023125100"},
		{"15135550100", "", "+15135550100"}, {"015135550100", "", ""}, {"5135550100", "", ""}, {"+5215512345678", "", "+525512345678"},
		{"+4915135550100", "", ""}, {"", "", ""}, {"NOT_SET", "NOT_SET", ""}, {"NOT_SET", "+15135550100", "+15135550100"}, {"", "tel:+15135550100", "+15135550100"},
		{"+15135550100", "+493023125100", "+15135550100"}, {"+15135550199", "+15135550100", ""},
	} {
		for _, f := range []string{"%s", "tel:%s", "sip:%s@203.0.113.7", "SIP:%s@Trunk.example;user=phone", `"Acme" <sip:%s@pbx.example>`} {
			original := c.original
			if original != "" && original != "NOT_SET" {
				original = fmt.Sprintf(f, original)
			}
			if got := called(original, c.address); got != c.want {
				t.Errorf("%q, now %q: %q, want %q", original, c.address, got, c.want)
			}
			if n, _ := d.Number(original); c.address == "" && n != c.want && n != "+4915135550100" {
				t.Errorf("%q is %q to the deployment, want %q", original, n, c.want)
			}
		}
	}
}

func given(text string) expr.Value {
	if text == "NOT_SET" {
		return expr.NotSet(expr.String)
	}
	return expr.OfString(text)
}
