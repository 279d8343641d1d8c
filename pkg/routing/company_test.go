package routing_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/routing"
)

func company(id, modified string, more ...string) hubspot.Company {
	p := hubspot.Properties{hubspot.PropCompanyModified: &modified}
	for i := 0; i+1 < len(more); i += 2 {
		p[more[i]] = &more[i+1]
	}
	return hubspot.Company{ID: id, Properties: p}
}

func fiveCompanies() (out []hubspot.Company) {
	for i := range 5 {
		out = append(out, company(fmt.Sprint(70+i), fmt.Sprintf("2026-01-0%dT00:00:00.000Z", 9-i)))
	}
	return out
}

// What a company adds, under each way to count it.
func TestFactsOfCompanies(t *testing.T) {
	const of = hubspot.PropPrimaryCompany
	at := func(day int) string { return fmt.Sprintf("2026-01-0%dT00:00:00.000Z", day) }
	owned := func(id, company, stage, amount string) hubspot.Deal {
		d := deal(id, "0", stage, amount)
		d.Contacts, d.Companies = nil, []string{company}
		return d
	}
	both := deal("5", "1", "x", "10")
	both.Companies = []string{"70", "71"}
	gone := company("70", at(1))
	gone.Archived = true
	for _, c := range []struct {
		name       string
		company    string
		duplicates string
		contacts   []hubspot.Contact
		companies  []hubspot.Company
		deals      []hubspot.Deal
		want       string // outcome, contact, company, open/read, value
	}{
		{"its deals do not count", routing.CompanyNone, "", []hubspot.Contact{contact("1", at(1), of, "70")}, nil, []hubspot.Deal{owned("5", "70", "x", "10")}, "contact_no_deal 1  0/0 -"},
		{"its deals count", routing.CompanyDeals, "", []hubspot.Contact{contact("1", at(1), of, "70")}, nil, []hubspot.Deal{owned("5", "70", "x", "10"), deal("6", "1", "won", "3")}, "active_deal 1 70 1/2 10"},
		{"a deal of both comes once", routing.CompanyDeals, "", []hubspot.Contact{contact("1", at(1), of, "70")}, nil, []hubspot.Deal{both}, "active_deal 1 70 1/1 10"},
		{"another company's", routing.CompanyDeals, "", []hubspot.Contact{contact("1", at(1), of, "70")}, nil, []hubspot.Deal{owned("5", "71", "x", "10")}, "contact_no_deal 1 70 0/0 -"},
		{"no company", routing.CompanyDeals, "", []hubspot.Contact{contact("1", at(1))}, nil, []hubspot.Deal{owned("5", "70", "x", "10")}, "contact_no_deal 1  0/0 -"},
		{"zero is no id", routing.CompanyDeals, "", []hubspot.Contact{contact("1", at(1), of, "0")}, nil, []hubspot.Deal{owned("5", "0", "x", "10")}, "contact_no_deal 1  0/0 -"},
		{"a word is no id", routing.CompanyNumbers, "", []hubspot.Contact{contact("1", at(1), of, "acme")}, nil, []hubspot.Deal{owned("5", "acme", "x", "10")}, "contact_no_deal 1  0/0 -"},
		{"of the one modified last", routing.CompanyDeals, routing.DuplicatesAll, []hubspot.Contact{contact("1", at(1), of, "70"), contact("2", at(2), of, "71")}, nil, []hubspot.Deal{owned("5", "70", "x", "10"), owned("6", "71", "x", "7")}, "active_deal 2 71 1/1 7"},
		{"the one modified last has none", routing.CompanyDeals, routing.DuplicatesAll, []hubspot.Contact{contact("1", at(1), of, "70"), contact("2", at(2))}, nil, []hubspot.Deal{owned("5", "70", "x", "10")}, "contact_no_deal 2  0/0 -"},
		{"four contacts", routing.CompanyDeals, routing.DuplicatesAll, sixContacts()[:4], nil, nil, "contact_no_deal 1  0/0 -"},
		{"a fifth contact is not read", routing.CompanyDeals, routing.DuplicatesAll, sixContacts()[:5], nil, many(1, "5", "x"), "lookup_failed 1  0/0 - truncated"},
		{"nobody, and a company has the number", routing.CompanyDeals, "", nil, fiveCompanies(), []hubspot.Deal{owned("5", "70", "x", "10")}, "no_record   0/0 -"},
		{"by its number", routing.CompanyNumbers, "", nil, fiveCompanies()[:1], []hubspot.Deal{owned("5", "70", "x", "10")}, "active_deal  70 1/1 10"},
		{"by its number, closed", routing.CompanyNumbers, "", nil, fiveCompanies()[:1], []hubspot.Deal{owned("5", "70", "lost", "10")}, "inactive_deal  70 0/1 0"},
		{"by its number, without deals", routing.CompanyNumbers, "", nil, fiveCompanies()[:1], []hubspot.Deal{deal("5", "70", "x", "10")}, "contact_no_deal  70 0/0 -"},
		{"archived", routing.CompanyNumbers, "", nil, []hubspot.Company{gone}, []hubspot.Deal{owned("5", "70", "x", "10")}, "no_record   0/0 -"},
		{"a contact comes before", routing.CompanyNumbers, "", []hubspot.Contact{contact("1", at(1))}, fiveCompanies(), []hubspot.Deal{owned("5", "70", "x", "10")}, "contact_no_deal 1  0/0 -"},
		{"several contacts are nobody, and no company", routing.CompanyNumbers, routing.DuplicatesAmbiguous, sixContacts()[:2], fiveCompanies()[:1], []hubspot.Deal{owned("5", "70", "x", "10")}, "no_record   0/0 -"},
		{"best of several", routing.CompanyNumbers, routing.DuplicatesBest, nil, fiveCompanies(), []hubspot.Deal{owned("5", "70", "x", "10"), owned("6", "71", "x", "7")}, "active_deal  70 1/1 10"},
		{"all of four", routing.CompanyNumbers, routing.DuplicatesAll, nil, fiveCompanies()[:4], []hubspot.Deal{owned("5", "70", "x", "10"), owned("6", "73", "x", "7")}, "active_deal  70 2/2 17"},
		{"all of five, deals of the fifth only", routing.CompanyNumbers, routing.DuplicatesAll, nil, fiveCompanies(), []hubspot.Deal{owned("6", "74", "x", "7")}, "lookup_failed  70 0/0 - truncated"},
		{"several are nobody", routing.CompanyNumbers, routing.DuplicatesAmbiguous, nil, fiveCompanies()[:2], []hubspot.Deal{owned("5", "70", "x", "10")}, "no_record   0/0 -"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := routing.Policy{Company: c.company, Duplicates: c.duplicates}
			f := routing.FactsOf(p, c.contacts, c.deals, now, c.companies...)
			value, more := "-", ""
			if f.Value != nil {
				value = f.Value.String()
			}
			if f.Truncated {
				more = " truncated"
			}
			if got := fmt.Sprintf("%s %s %s %d/%d %s%s", f.Outcome, f.ContactID, f.CompanyID, f.OpenDeals, f.Deals, value, more); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			failed := routing.FactsWithoutDeals(p, c.contacts, now, routing.FailureTimeout, c.companies...)
			if known := f.ContactID != "" || f.CompanyID != ""; known != (failed.Outcome == routing.LookupFailed) || failed.ContactID != f.ContactID || failed.CompanyID != f.CompanyID {
				t.Errorf("without its deals: %s %q %q", failed.Outcome, failed.ContactID, failed.CompanyID)
			}
		})
	}
}

// Of a company no fact of a contact is set; facts of the deal are.
func TestFactsOfACompanyAreItsDeals(t *testing.T) {
	p := routing.Policy{Company: routing.CompanyNumbers, Facts: map[string]routing.FactSource{
		"tier": {Contact: "tier", Type: routing.StringFact}, "line": {Deal: "line", Type: routing.StringFact},
	}}
	d := deal("5", "0", "x", "10", "line", "steel")
	d.Companies = []string{"70"}
	f := routing.FactsOf(p, nil, []hubspot.Deal{d}, now, company("70", "2026-01-01T00:00:00Z", "tier", "gold", hubspot.PropLifecycle, "customer"))
	if _, tier := f.Values["tier"]; tier || f.Values["line"].Text != "steel" || f.Lifecycle != "" || f.Deal == nil || f.Deal.ID != "5" {
		t.Errorf("%+v", f)
	}
}

func TestOrderOfCompaniesDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPolicy(t)
		p.Company = rapid.SampledFrom([]string{routing.CompanyNone, routing.CompanyDeals, routing.CompanyNumbers}).Draw(t, "company")
		cs, ds := drawCRM(t)
		for i := range cs {
			cs[i].Properties[hubspot.PropPrimaryCompany] = hubspot.Text(rapid.SampledFrom([]string{"70", "71", "", "0"}).Draw(t, "primary"))
		}
		if rapid.Bool().Draw(t, "nobody") {
			cs = nil
		}
		for i := range ds {
			ds[i].Companies = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"70", "71", "72", "73", "74"}), 0, 2, rapid.ID[string]).Draw(t, "companies")
		}
		firms := fiveCompanies()[:rapid.IntRange(0, 5).Draw(t, "firms")]
		if rapid.Bool().Draw(t, "at the same time") {
			for i := range firms {
				firms[i].Properties[hubspot.PropCompanyModified] = hubspot.Text("2026-01-01T00:00:00Z")
			}
		}
		want := routing.FactsOf(p, cs, ds, now, firms...)
		got := routing.FactsOf(p, rapid.Permutation(cs).Draw(t, "cs"), rapid.Permutation(ds).Draw(t, "ds"), now, rapid.Permutation(firms).Draw(t, "in another order")...)
		if !cmp.Equal(want, got, compare) {
			t.Fatal(cmp.Diff(want, got, compare))
		}
	})
}

// The ways of writing that find a company are those of docs/meaning.md.
func TestCompaniesOf(t *testing.T) {
	for _, c := range []struct {
		number string
		home   []string
		yes    []string
		no     []string
	}{
		{
			"+15135550100", []string{"US"},
			[]string{"+15135550100", "15135550100", "5135550100", "513 555 0100", "513-555-0100", "513.555.0100", "513/555 0100", "(513) 555 0100", "(513) 555-0100",
				"+1 513 555 0100", "+1-513-555-0100", "+1 513-555-0100", "+1 (513) 555-0100", "+1 (0)513 555 0100", "513 555-0100", "+1 513 555-0100"},
			[]string{"+15135550101", "555-0100", "+1 513.555.0100", "513-555-0100 ext. 3", " 5135550100", "(513)555-0100", "+4915135550100", ""},
		},
		{
			"+493023125142", []string{"US", "DE"},
			[]string{"+493023125142", "493023125142", "03023125142", "3023125142", "030 23125142", "030-23125142", "030/23125142", "(030) 23125142",
				"+49 30 23125142", "+49 (0)30 23125142", "030231 25142"},
			[]string{"0049 30 23125142", "+1 30 23125142", "0 30 23125142"},
		},
		{"+493023125142", []string{"US"}, []string{"+493023125142", "493023125142"}, []string{"030 23125142", "03023125142", "+49 30 23125142"}},
		{"+442079460142", []string{"GB"}, []string{"020 7946 0142", "(020) 7946 0142", "+44 20 7946 0142", "02079 460142", "+44 (0)20 7946 0142"}, []string{"20 7946 0142"}},
		{"+5588987654321", []string{"BR"}, []string{"+5588987654321", "+558887654321", "(88) 98765-4321", "88 98765-4321"}, []string{"(88) 8765-4321"}},
		{"+390612345678", []string{"IT"}, []string{"06 1234 5678", "0612345678", "+39 06 1234 5678"}, []string{"6 1234 5678", "612345678"}},
	} {
		n, err := phone.Parse(c.number, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range slices.Concat(c.yes, c.no) {
			found := len(routing.CompaniesOf(c.home, n, []hubspot.Company{company("70", "", hubspot.PropPhone, text)})) == 1
			if want := slices.Contains(c.yes, text); found != want {
				t.Errorf("%s at home in %v: %q is found: %v", c.number, c.home, text, found)
			}
		}
	}
}
