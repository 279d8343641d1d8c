package doctor_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/time/rate"
	"pgregory.net/rapid"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/doctor"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspotrest"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/templates"
)

var now = time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)

// lookup is a deployment with this under hubspot.lookup.
func lookup(t testing.TB, text string) *deployment.Deployment {
	t.Helper()
	d, fs := deployment.Parse("dealroute.yaml", []byte(`version: 1
name: acme-doctor
genesys: {region: us-east-1}
hubspot: {lookup: {`+text+`}}
calls: {numbers: ["+15135550100"]}
enrichment: {breaker: none, cache: {store: none}}
routing: {rules: [], fallback: {queue: Support}}
`))
	if err := fs.Err(); err != nil {
		t.Fatal(err)
	}
	return d
}

// account is an account in which HubSpot has calculated what it does.
func account(t testing.TB, contacts []hubspot.Contact, options ...hubspottest.Option) (*hubspottest.Server, hubspot.Sample) {
	t.Helper()
	options = append(options, hubspottest.WithLimits(hubspottest.Limits{}), hubspottest.Virtual(), hubspottest.Clock(func() time.Time { return now }),
		hubspottest.Define("contacts", hubspottest.Property{Name: "phone_e164", Type: "string", Unique: true}))
	s := hubspottest.New(hubspot.CRM{Contacts: contacts}, options...)
	srv := httptest.NewServer(s)
	defer srv.Close()
	c := hubspotrest.New(hubspotrest.Options{BaseURL: srv.URL, Token: secret.New(hubspottest.DefaultToken), Searches: rate.NewLimiter(rate.Inf, 1)})
	sample, err := c.Sample(t.Context(), hubspotrest.SampleOptions{Size: hubspotrest.MaxSample, Properties: []string{"phone_e164"}, Key: "phone_e164", Companies: true})
	if err != nil {
		t.Fatal(err)
	}
	return s, sample
}

// person is a contact with what he has in phone, mobilephone and phone_e164.
func person(id int, texts ...string) hubspot.Contact {
	ps := hubspot.Properties{"firstname": hubspot.Text("Lucia"), "lastname": hubspot.Text("Spencer")}
	for i, name := range []string{"phone", "mobilephone", "phone_e164"} {
		if i < len(texts) && texts[i] != "" {
			ps[name] = hubspot.Text(texts[i])
		}
	}
	return hubspot.Contact{ID: fmt.Sprint(1000 + id), Properties: ps, CreatedAt: now.AddDate(-1, 0, 0), UpdatedAt: now.Add(-time.Duration(id) * time.Hour)}
}

func people(texts ...string) (out []hubspot.Contact) {
	for i, t := range texts {
		out = append(out, person(i, t))
	}
	return out
}

func find(m *doctor.Match, strategy, match string) doctor.Lookup {
	i := slices.IndexFunc(m.Lookups, func(l doctor.Lookup) bool { return l.Strategy == strategy && l.Match == match })
	return m.Lookups[i]
}

// What is in a field, who may call from it, and what is the matter with it.
func TestReadField(t *testing.T) {
	for _, c := range []struct {
		text, calculated, home, numbers string
		flaw                            doctor.Flaw
	}{
		{"+15135550142", "", "US", "+15135550142", ""},
		{"(513) 555-0142", "+15135550142", "US", "+15135550142", ""},
		{"1 513 555 0142", "", "US,DE", "+15135550142", ""},
		{"030 901820", "", "US,DE", "+4930901820", ""},
		{"+44 (0)20 7946 0000", "", "US", "+442079460000", ""},
		{"020 7946 0000", "+442079460000", "US", "+442079460000", doctor.FlawNoCountry},
		{"513-555-0142 ext. 12", "", "US", "+15135550142", doctor.FlawExtension},
		{"(513) 555-0142 x12", "", "US", "+15135550142", doctor.FlawExtension},
		{"+15135550142 #3", "", "US", "+15135550142", doctor.FlawExtension},
		{"030 901820 Durchwahl 17", "", "DE", "+4930901820", doctor.FlawExtension},
		{"513-555-0142 / 513-555-0143", "", "US", "+15135550142 +15135550143", doctor.FlawSeveral},
		{"5135550142, 5135550143", "", "US", "+15135550142 +15135550143", doctor.FlawSeveral},
		{"5135550142 or 5135550143", "", "US", "+15135550142 +15135550143", doctor.FlawSeveral},
		{"5135550142;5135550142", "", "US", "+15135550142", ""},
		{"Lucia 513 555 0142", "", "US", "+15135550142", doctor.FlawLetters},
		{"513 555 0142 (home)", "", "US", "+15135550142", doctor.FlawLetters},
		{"1-800-FLOWERS", "+18003569377", "US", "+18003569377", doctor.FlawLetters},
		{"1-800-FLOWERS", "", "US", "", doctor.FlawLetters},
		{"n/a", "", "US", "", doctor.FlawNothing}, {"-", "", "US", "", doctor.FlawNothing}, {"٥١٣", "", "US", "", doctor.FlawNothing},
		{"00004", "", "US", "", doctor.FlawShort}, {"12", "", "US", "", doctor.FlawShort},
		{"(877) 829-06966777", "", "US", "", doctor.FlawLong}, {strings.Repeat("5", 5000), "", "US", "", doctor.FlawPlaceholder}, {strings.Repeat("51", 5000), "", "US", "", doctor.FlawLong},
		{"0000000000", "", "US", "", doctor.FlawPlaceholder}, {"1234567890", "", "US", "", doctor.FlawPlaceholder}, {"555-555-5555", "", "US", "", doctor.FlawPlaceholder},
		{"555 123 4567", "", "US", "", doctor.FlawNoCountry}, {"+15551234567", "", "US", "+15551234567", ""},
		{"493023125142", "", "US", "", doctor.FlawNoCountry},
		{"513 555 0142", "+495135550142", "US", "+15135550142", doctor.FlawAlien},
	} {
		ns, flaw := doctor.ReadField(c.text, c.calculated, strings.Split(c.home, ",")...)
		var got []string
		for _, n := range ns {
			got = append(got, n.E164())
		}
		if strings.Join(got, " ") != c.numbers || flaw != c.flaw {
			t.Errorf("%.40q in %s: %v %q, want %q %q", c.text, c.home, got, flaw, c.numbers, c.flaw)
		}
	}
}

// The shares of a small account, counted by hand.
func TestMatch(t *testing.T) {
	_, s := account(t, []hubspot.Contact{
		person(0, "+15135550142"),                       // found by all
		person(1, "(513) 555-0143", "", "+15135550143"), // found by all, and by its key
		person(2, "513.555.0144", "+44 20 7946 0000"),   // both
		person(3, "555 123 4567"),                       // nobody calls from it
		person(4, "5135550145 ext 3"),                   // HubSpot reads it past the extension
		person(5, "5135550146 / 5135550147"),            // never, both
		person(6, "+15135550142"),                       // with the first one
		person(7, "", "5135550143"),                     // with the second one
		person(8, "+15135550100"),                       // one of the deployment's own
		person(10, "", "", "+15135550149"),              // known by the key alone
		person(9),                                       // without a number: not drawn
	})
	m := doctor.MatchOf(lookup(t, "homeCountries: [US], property: phone_e164"), s, now)
	if m.Contacts != 10 || m.Numbers != 12 || !m.AllTwins || *m.Counts.Unkeyed != 8 {
		t.Errorf("%d contacts, %d numbers, %+v", m.Contacts, m.Numbers, m.Counts)
	}
	for _, match := range []string{"e164", "national", "mixed"} {
		l := find(m, "search", match)
		want := 7
		if match == "national" { // London is no home, and its number is not typed as it is
			want = 6
		}
		if l.Found.Count != want || l.InUse != (match == "mixed") || l.Stranger.Count != 0 {
			t.Errorf("%s: %+v", match, l)
		}
	}
	if l := find(m, "unique-phone", ""); l.Found.Count != 2 || l.Filled.Count != 4 || l.Why != "" {
		t.Errorf("unique-phone: %+v", l)
	}
	if l := find(m, "rollup", ""); l.Why == "" || l.Found.Of != 0 {
		t.Errorf("rollup: %+v", l)
	}
	if x := m.Duplicates; x.Callers.Count != 4 || x.Shared != 2 || x.Most != 2 || x.Right != 2 || x.Cut != 0 || x.Examples[0] != (doctor.SharedNumber{"+1513•••••42", 2}) {
		t.Errorf("%+v", x)
	}
	var never []string
	for _, n := range m.Never {
		never = append(never, fmt.Sprint(n.Flaw, n.Share.Count, n.Examples))
	}
	want := []string{
		"several2 [{1005 phone 51355••••• / ••••••••47}]", "noCountry1 [{1003 phone 555 1•••••67}]", "own1 [{1008 phone +1513•••••00}]", "unread1 [{1010 phone_e164 +1513•••••49}]",
	}
	if m.NeverAll.Count != 5 || !slices.Equal(never, want) {
		t.Errorf("%d: %q", m.NeverAll.Count, never)
	}
}

// Where callers are known by a property, a number that it has is found.
func TestMatchByKey(t *testing.T) {
	d := lookup(t, "homeCountries: [US], strategy: rollup, property: phone_e164, rollup: {open: open_deals, value: open_value}")
	_, s := account(t, []hubspot.Contact{person(1, "", "", "+15135550149"), person(2, "(513) 555-0142"), person(3, "513 555 01", "", "+15135550147")},
		hubspottest.Define("contacts", hubspottest.Property{Name: "open_deals", Type: "number"}))
	s.Contacts[0].Properties["open_deals"] = hubspot.Text("2")
	m := doctor.MatchOf(d, s, now)
	l := m.InUse()
	if l.Strategy != "rollup" || l.Found.Count != 2 || l.Found.Of != 4 || l.Dealless != 1 || m.NeverAll.Count != 1 || m.Never[0].Flaw != doctor.FlawNoCountry {
		t.Errorf("%+v, never %+v", l, m.Never)
	}
}

// texts are fields as people fill them.
func texts() *rapid.Generator[string] {
	local := rapid.StringMatching(`513555014[0-9]`)
	return rapid.OneOf(local, local,
		rapid.Map(local, func(s string) string { return "+1" + s }), rapid.Map(local, func(s string) string { return "(" + s[:3] + ") " + s[3:6] + "-" + s[6:] }),
		rapid.Map(local, func(s string) string { return s + " ext. 7" }), rapid.Map(local, func(s string) string { return s + " / 2125550199" }), rapid.Map(local, func(s string) string { return "0049 " + s }),
		rapid.SampledFrom([]string{"", "n/a", "+44 20 7946 0000", "020 7946 0000", "+4930901820", "030 901820", "0301/901820", "+55 88 98765-4321", "+55 88 8765-4321", "555 123 4567", "+15551234567", "0000000000", "+15135550100", "2071234567", "+442071234567"}),
		rapid.String())
}

// Whoever is found by the report is found by the rendered flow and data actions, too, and the same
// contact counts.
func TestMatchAgreesWithTheFlow(t *testing.T) {
	for name, text := range map[string]string{
		"mixed": "homeCountries: [US, DE]", "e164": "homeCountries: [US], match: e164", "national": "homeCountries: [US, BR], match: national",
		"ambiguous": "homeCountries: [DE, US], duplicates: ambiguous-is-unknown", "unique": "homeCountries: [US], strategy: unique-phone, property: phone_e164",
	} {
		t.Run(name, func(t *testing.T) {
			d := lookup(t, text)
			program, org := render(t, d)
			tried, found := 0, 0
			for seed := range uint64(4) {
				var contacts []hubspot.Contact
				r := rand.New(rand.NewPCG(seed, 1))
				for i := range 40 {
					c := person(i, texts().Example(int(seed)*1000+i), texts().Example(int(seed)*1000+500+i))
					if n := fmt.Sprintf("+1513555014%d", i); r.IntN(2) == 0 && i < 10 {
						c.Properties["phone_e164"] = hubspot.Text(n)
					}
					contacts = append(contacts, c)
				}
				server, s := account(t, contacts)
				run := simulate.Run{Program: program, Org: org, Sender: transport.Handler(server)}
				for _, c := range doctor.CalledOf(d, s, now) {
					o, err := run.Do(t.Context(), simulate.Call{ANI: c.Number, DNIS: "+15135550100", At: now})
					if err != nil {
						t.Fatal(err)
					}
					if c.Number == "+15135550100" { // never looked up
						continue
					}
					if tried++; c.Counts != "" {
						found++
					}
					if o.ContactID != c.Counts {
						t.Errorf("seed %d: %s of contact %s: the report finds %q, the flow %q (%s)", seed, c.Number, c.Owner, c.Counts, o.ContactID, o.Outcome)
					}
				}
			}
			if tried < 60 || found < 9 {
				t.Errorf("%d numbers were tried, %d found", tried, found)
			}
		})
	}
}

func render(t testing.TB, d *deployment.Deployment) (*simulate.Program, *simulate.Org) {
	t.Helper()
	b, fs := blueprint.Render(d, templates.FS)
	if err := fs.Err(); err != nil {
		t.Fatal(err)
	}
	a, err := simulate.Rendered(b, secret.New(hubspottest.DefaultToken))
	if err != nil {
		t.Fatal(err)
	}
	p, err := simulate.Prepare(a, simulate.Readings{})
	if err != nil {
		t.Fatal(err)
	}
	return p, &simulate.Org{Rows: b.Rows()}
}

// hostile are contacts as they may come from anywhere: any text in any property, nulls, odd ids.
func hostile(t *rapid.T) hubspot.Sample {
	value := func(name string) *string {
		if rapid.IntRange(0, 5).Draw(t, name+" is null") == 0 {
			return nil
		}
		return hubspot.Text(rapid.OneOf(texts(), rapid.SampledFrom([]string{"5135550142", "+15135550142", "\x1b[31m+15135550142", strings.Repeat("7", 10_000), strings.Repeat("a1 /", 3000), "\x00", "\xff\xfe513"})).Draw(t, name))
	}
	var s hubspot.Sample
	for range rapid.IntRange(0, 25).Draw(t, "contacts") {
		c := hubspot.Contact{ID: rapid.SampledFrom([]string{"1", "2", "03", "x", "", "9007199254740993"}).Draw(t, "id") + rapid.StringMatching(`[0-9]{0,2}`).Draw(t, "id"), Properties: hubspot.Properties{}}
		for _, p := range []string{"phone", "mobilephone", "hs_calculated_phone_number", "hs_calculated_mobile_number", "hs_searchable_calculated_phone_number", "lastmodifieddate", "phone_e164", "open_deals"} {
			if rapid.Bool().Draw(t, "has "+p) {
				c.Properties[p] = value(p)
			}
		}
		if rapid.IntRange(0, 9).Draw(t, "twin") == 0 {
			s.Twins = append(s.Twins, c)
		} else {
			s.Contacts = append(s.Contacts, c)
		}
	}
	return s
}

// Whatever is read: the shares add up, the order does not matter, no more than a few digits of a
// number are shown, and nothing is of another account.
func TestMatchHolds(t *testing.T) {
	ds := []*deployment.Deployment{
		lookup(t, "homeCountries: [US]"), lookup(t, "homeCountries: [DE, US], match: national, duplicates: all"),
		lookup(t, "homeCountries: [US], strategy: rollup, property: phone_e164, rollup: {open: open_deals, value: open_value}"),
	}
	rapid.Check(t, func(rt *rapid.T) {
		d := rapid.SampledFrom(ds).Draw(rt, "deployment")
		s := hostile(rt)
		m := doctor.MatchOf(d, s, now)
		sum := 0
		for _, n := range m.Never {
			sum += n.Share.Count
			if len(n.Examples) == 0 || len(n.Examples) > 3 || n.Share.Of != m.Numbers {
				rt.Fatalf("%+v of %d", n, m.Numbers)
			}
			for _, e := range n.Examples {
				if digits := len(strings.Map(keepDigits, e.Shape)); digits > 7 || strings.ContainsFunc(e.Shape, func(r rune) bool { return r < ' ' || r == 0x7f }) {
					rt.Fatalf("%q", e.Shape)
				}
			}
		}
		if sum != m.NeverAll.Count || m.NeverAll.Count > m.Numbers {
			rt.Fatalf("%d of %d, their sum is %d", m.NeverAll.Count, m.Numbers, sum)
		}
		best := 0
		for _, l := range m.Lookups {
			if l.Why != "" {
				continue
			}
			if l.Found.Of != m.Numbers || l.Found.Count+l.Stranger.Count > m.Numbers || l.Alone > l.Found.Count || l.Dealless > l.Found.Count {
				rt.Fatalf("%+v of %d", l, m.Numbers)
			}
			if l.Strategy == "search" {
				best = max(best, l.Found.Count)
				if l.Found.Count+m.NeverAll.Count > m.Numbers {
					rt.Fatalf("%s finds %d of %d, and %d are found by none", l.Match, l.Found.Count, m.Numbers, m.NeverAll.Count)
				}
			}
		}
		if x := m.Duplicates; x.Right > x.Callers.Count || x.Shared > x.Callers.Count || x.Callers.Of != 0 && x.Callers.Of != m.Numbers || len(x.Examples) > 3 {
			rt.Fatalf("%+v", x)
		}
		// the order, and who is drawn twice
		turned := s
		turned.Contacts = slices.Clone(s.Contacts)
		slices.Reverse(turned.Contacts)
		seen := map[string]bool{}
		for _, c := range slices.Concat(s.Contacts, s.Twins) {
			if seen[c.ID] { // records of one id are one record
				return
			}
			seen[c.ID] = true
		}
		if other := doctor.MatchOf(d, turned, now); !reflect.DeepEqual(m, other) {
			rt.Fatalf("in another order:\n%+v\n%+v", m, other)
		}
		for _, f := range m.Findings(d) {
			if len(phone.Find(f.Message)) > 0 {
				rt.Fatalf("%s", f.Message)
			}
		}
	})
}

func keepDigits(r rune) rune {
	if r >= '0' && r <= '9' {
		return r
	}
	return -1
}

// The interval holds what it promises: of samples drawn from a known share at least 93 in 100 have
// it within, also of small ones.
func TestIntervalOfShares(t *testing.T) {
	if s := doctor.ShareOf(3, 5); math.Abs(s.Low-0.2307) > 0.001 || math.Abs(s.High-0.8824) > 0.001 {
		t.Errorf("3 of 5: %v", s)
	}
	if s := doctor.ShareOf(0, 0); s.Low != 0 || s.High != 1 || s.Value() != 0 {
		t.Errorf("0 of 0: %v", s)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{20, 100, 400} {
		for _, p := range []float64{0.1, 0.5, 0.93} {
			in := 0
			for range 2000 {
				k := 0
				for range n {
					if r.Float64() < p {
						k++
					}
				}
				if s := doctor.ShareOf(k, n); s.Low <= p && p <= s.High {
					in++
				}
			}
			if in < 1860 {
				t.Errorf("%d samples of 2000 of %d hold %v", in, n, p)
			}
		}
	}
}

// codes are the findings of a report with their severities.
func codes(fs diag.Findings) (out []string) {
	for _, f := range fs {
		out = append(out, fmt.Sprintf("%s %s", f.Code, f.Severity))
	}
	return out
}

// A better lookup, an empty key, numbers of no use and shared ones are told where they are worth it.
func TestMatchFindings(t *testing.T) {
	var local, keyed, shared, bad, few []string
	for i := range 100 {
		local = append(local, fmt.Sprintf("0151 234567%02d", i)) // in an account whose country is another one: HubSpot reads none of them
		keyed = append(keyed, fmt.Sprintf("+151355502%02d", i))
		shared = append(shared, fmt.Sprintf("+151355503%02d", i/2))
		bad = append(bad, fmt.Sprintf("+151355504%02d", i))
		if i < 8 {
			bad[i] = "ask Lucia"
		}
	}
	few = keyed[:5]
	abroad := slices.Clone(keyed)
	for i := range 50 {
		abroad[i] = fmt.Sprintf("+491512345%04d", i)
		if i%5 == 0 {
			abroad[i] = fmt.Sprintf("0151 2345%04d", i)
		}
	}
	for name, c := range map[string]struct {
		texts  []string
		lookup string
		want   string
		says   string
	}{
		"all is well": {keyed, "homeCountries: [US]", "[]", ""},
		"national":    {local, "homeCountries: [DE], match: e164", "[DR-DOC-201 warning]", "match: e164 finds 0 of 100, and match: mixed would find 100 of 100: 100 more and 0 fewer of the same numbers"},
		"a key":       {keyed, "homeCountries: [US], strategy: unique-phone, property: phone_e164", "[DR-DOC-201 warning DR-DOC-202 warning]", "phone_e164 is empty in 100 of 100 contacts that have a number"},
		"shared":      {shared, "homeCountries: [US]", "[DR-DOC-204 warning]", "100 of 100 numbers (100 %) are shared with other contacts; duplicates: best has another contact than theirs count for 50"},
		"unknown":     {shared, "homeCountries: [US], duplicates: ambiguous-is-unknown", "[DR-DOC-204 info]", "knows none of them"},
		"bad":         {bad, "homeCountries: [US]", "[DR-DOC-203 warning]", "8 of 100 numbers (8.0 %) are found by no search; most of them: no digits"},
		"few":         {few, "homeCountries: [US]", "[DR-DOC-205 info]", "5 numbers were tried: 5 of 5 found, which may be anything from 57 % to 100 % of all"},
		"abroad":      {abroad, "homeCountries: [US]", "[DR-DOC-203 warning DR-DOC-208 warning]", "match: mixed finds 90 of 100, and with DE in homeCountries would find 100 of 100"},
		"at home":     {abroad, "homeCountries: [US, DE]", "[]", ""},
		"none":        {nil, "homeCountries: [US]", "[DR-DOC-205 info]", "no contact that was read has a number"},
	} {
		_, s := account(t, people(c.texts...))
		d := lookup(t, c.lookup)
		fs := doctor.MatchOf(d, s, now).Findings(d)
		slices.SortFunc(fs, func(a, b diag.Finding) int { return strings.Compare(a.Code, b.Code) })
		said := ""
		for _, f := range fs {
			said += f.Message + "\n"
			if f.Hint == "" {
				t.Errorf("%s: %s has no hint", name, f.Code)
			}
		}
		if got := fmt.Sprint(codes(fs)); got != c.want || !strings.Contains(said, c.says) {
			t.Errorf("%s: %s, want %s: %s", name, got, c.want, said)
		}
	}
}

// Where there is no file the numbers themselves tell the country.
func TestCountryOf(t *testing.T) {
	for want, texts := range map[string][]string{
		"DE": {"+4930901820", "+49 151 23456701", "(513) 555-0142"}, "US": {"(513) 555-0142", "513.555.0143", "+4930901820"}, "": {"0151 23456701", "n/a", "+999999999"}, "GB": {"+442079460000"},
	} {
		_, s := account(t, people(texts...))
		if got := doctor.CountryOf(s); got != want {
			t.Errorf("%q: %q, want %q", texts, got, want)
		}
	}
}

// The largest sample is judged in a second or two, also where everybody has one number, or fields
// are full of anything.
func BenchmarkMatch(b *testing.B) {
	for name, texts := range map[string]func(i int) []string{
		"people": func(i int) []string {
			return []string{fmt.Sprintf("(513) 555-%04d", i/2), fmt.Sprintf("+1 212 555 %04d", i)}
		},
		"one":  func(int) []string { return []string{"+15135550142"} },
		"long": func(i int) []string { return []string{strings.Repeat(fmt.Sprint("513 555 01", i%90, " / x"), 500)} },
	} {
		b.Run(name, func(b *testing.B) {
			var contacts []hubspot.Contact
			for i := range 1000 {
				contacts = append(contacts, person(i, texts(i)...))
			}
			_, s := account(b, contacts)
			d := lookup(b, "homeCountries: [US, DE, GB]")
			for b.Loop() {
				doctor.MatchOf(d, s, now)
			}
		})
	}
}
