package simulate_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/routing"
)

// withCompanies is the deployment of the edges in which companies count.
func withCompanies(t *testing.T, company, duplicates string, replace ...string) line {
	t.Helper()
	return edge(t, duplicates, "highest-value", append([]string{
		"homeCountries: [US]", "homeCountries: [US], company: " + company, "[hubspot_contact_id]", "[hubspot_contact_id, hubspot_company_id]",
	}, replace...)...)
}

func firm(id int, properties ...string) hubspot.Company {
	c := hubspot.Company{ID: fmt.Sprint(id), UpdatedAt: noon.Add(-time.Duration(id) * time.Minute), Properties: hubspot.Properties{}}
	for i := 0; i < len(properties); i += 2 {
		c.Properties[properties[i]] = &properties[i+1]
	}
	return c
}

func ofFirm(d hubspot.Deal, companies ...string) hubspot.Deal {
	d.Contacts, d.Companies = nil, companies
	return d
}

// What a contact's company adds: nothing without one, whatever is no id, and its deals in the
// same request as the contact's, within one page of both.
func TestTheCompanyOfTheContact(t *testing.T) {
	const of = hubspot.PropPrimaryCompany
	two := ofFirm(sale(3, "contractsent", hubspot.PropAmount, "5000"), "70")
	two.Contacts = []string{"901"}
	var page []hubspot.Deal // of the company, all lost, greater than the contact's open one
	for i := range 200 {
		page = append(page, ofFirm(sale(1000+i, "closedlost", hubspot.PropAmount, fmt.Sprint(9000+i)), "70"))
	}
	lines := map[string]line{}
	for _, duplicates := range []string{"best", "all", "ambiguous-is-unknown"} {
		lines["none "+duplicates] = edge(t, duplicates, "highest-value")
		lines["deals "+duplicates] = withCompanies(t, "deals", duplicates)
		lines["numbers "+duplicates] = withCompanies(t, "numbers", duplicates)
	}
	requests := map[int]int{}
	for _, c := range []struct {
		name     string
		contacts []hubspot.Contact
		deals    []hubspot.Deal
		outcome  string // with company: deals
	}{
		{"deals of its own and of the company", []hubspot.Contact{lucia(of, "70")}, []hubspot.Deal{sale(1, "closedwon"), ofFirm(sale(2, "contractsent", hubspot.PropAmount, "40"), "70")}, "active_deal"},
		{"only of the company, and none by HubSpot's count", []hubspot.Contact{lucia(of, "70", hubspot.PropAssociatedDeals, "0")}, []hubspot.Deal{ofFirm(sale(2, "contractsent"), "70")}, "active_deal"},
		{"a company without deals", []hubspot.Contact{lucia(of, "70", hubspot.PropAssociatedDeals, "0")}, []hubspot.Deal{ofFirm(sale(2, "contractsent"), "71")}, "contact_no_deal"},
		{"no company, and none by HubSpot's count", []hubspot.Contact{lucia(hubspot.PropAssociatedDeals, "0")}, []hubspot.Deal{ofFirm(sale(2, "contractsent"), "70")}, "contact_no_deal"},
		{"an empty company", []hubspot.Contact{lucia(of, "", hubspot.PropAssociatedDeals, "0")}, []hubspot.Deal{ofFirm(sale(2, "contractsent"), "70")}, "contact_no_deal"},
		{"company 0", []hubspot.Contact{lucia(of, "0", hubspot.PropAssociatedDeals, "0")}, []hubspot.Deal{ofFirm(sale(2, "contractsent"), "0")}, "contact_no_deal"},
		{"junk", []hubspot.Contact{lucia(of, "Acme \"&\" Co", hubspot.PropAssociatedDeals, "0")}, nil, "contact_no_deal"},
		{"leading zeros", []hubspot.Contact{lucia(of, "070")}, []hubspot.Deal{ofFirm(sale(2, "contractsent"), "070", "70")}, "contact_no_deal"},
		{"a number too long", []hubspot.Contact{lucia(of, "12345678901234567890")}, nil, "contact_no_deal"},
		{"a deal of both", []hubspot.Contact{lucia(of, "70")}, []hubspot.Deal{two}, "active_deal"},
		{"the contact's open deal beyond the page", []hubspot.Contact{lucia(of, "70")}, append(slices.Clone(page), sale(5, "contractsent", hubspot.PropAmount, "1")), "lookup_failed"},
		{"a full page", []hubspot.Contact{lucia(of, "70")}, page, "inactive_deal"},
	} {
		for _, name := range slices.Sorted(maps.Keys(lines)) {
			l := lines[name]
			s := l.situation(c.contacts, c.deals)
			s.assume.NoDealsIsZero = true
			o, w := l.call(t, s.caller), expect(l, s)
			compare(t, l, s, o, w)
			if l.d.HubSpot.Lookup.Company != routing.CompanyNone && o.Outcome != c.outcome {
				t.Errorf("%s, %s: %s", c.name, name, said(o))
			}
			requests[o.Requests]++
		}
	}
	t.Log("calls by requests", requests)
	if requests[3] > 0 || requests[2] == 0 || requests[1] == 0 {
		t.Errorf("a known caller takes one request or two: %v", requests)
	}
}

// With a fifth contact, or a fifth company, not all deals are read.
func TestFiveGroupsAtMost(t *testing.T) {
	l := withCompanies(t, "numbers", "all")
	for n := 1; n <= 7; n++ {
		var contacts []hubspot.Contact
		for i := range n {
			c := lucia(hubspot.PropPrimaryCompany, fmt.Sprint(70+i))
			c.ID, c.UpdatedAt = fmt.Sprint(901+i), noon.Add(-time.Duration(i)*time.Minute)
			contacts = append(contacts, c)
		}
		last := sale(1, "contractsent", hubspot.PropAmount, "300")
		last.Contacts = []string{contacts[n-1].ID}
		for _, deals := range [][]hubspot.Deal{{last}, {ofFirm(sale(2, "contractsent", hubspot.PropAmount, "40"), "70")}, {ofFirm(sale(2, "contractsent"), "71")}} {
			s := l.situation(contacts, deals)
			o := l.call(t, s.caller)
			compare(t, l, s, o, expect(l, s))
			if o.Truncated != (n > 4) {
				t.Errorf("%d contacts: truncated %v", n, o.Truncated)
			}
		}
		var firms []hubspot.Company
		for i := range n {
			firms = append(firms, firm(70+i, hubspot.PropPhone, []string{caller1, "(513) 555-0142", "513.555.0142"}[i%3]))
		}
		s := l.situation(nil, []hubspot.Deal{ofFirm(sale(1, "contractsent", hubspot.PropAmount, "300"), firms[n-1].ID)})
		s.crm.Companies, s.firms = firms, firms
		o := l.call(t, s.caller)
		compare(t, l, s, o, expect(l, s))
		if o.Truncated != (n > 4) || (o.Outcome == "lookup_failed") != (n > 4) {
			t.Errorf("%d companies: %s, truncated %v", n, said(o), o.Truncated)
		}
	}
}

// A company is found by the texts that policy and page say, and by no other, whatever country
// the number is of; the flow, the data action and the policy make them apart from each other.
func TestCompaniesByTheirNumber(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	found := map[bool]int{}
	for _, home := range []string{"[US, CA]", "[DE, AT, CH]", "[GB]", "[FR, BE, NL]", "[IT]", "[BR]", "[MX, AR]", "[JP, AU, IN]", "[SE, RU, HU]"} {
		for i, duplicates := range []string{"best", "all", "ambiguous-is-unknown"} {
			l := withCompanies(t, "numbers", duplicates, "lookup: {homeCountries: [US]", "lookup: {company: numbers, homeCountries: "+home)
			regions := l.d.HubSpot.Lookup.HomeCountries
			for _, region := range append(slices.Clone(regions), "PL", "US") {
				example, ok := phone.Example(region)
				if !ok {
					t.Fatal(region)
				}
				ways := append(waysToWrite(example), "+15135550199", "x", "0"+example.E164(), example.E164()+" ")
				ways = append(ways, everyWay(example)...)
				slices.Sort(ways)
				ways = slices.Compact(ways)
				for k := range ways { // whatever is found, and some of the rest
					sure := len(routing.CompaniesOf(regions, example, []hubspot.Company{firm(70, hubspot.PropPhone, ways[k])})) > 0
					if sure && i > 0 || !sure && k%12 != i {
						continue
					}
					var firms, same []hubspot.Company
					for i := range 1 + r.IntN(3) {
						way := ways[r.IntN(len(ways))]
						if i == 0 {
							way = ways[k]
						}
						c := firm(70+i, hubspot.PropPhone, way)
						firms = append(firms, c)
						same = append(same, routing.CompaniesOf(regions, example, []hubspot.Company{c})...)
					}
					s := l.situation(nil, []hubspot.Deal{ofFirm(sale(1, "contractsent", hubspot.PropAmount, "300"), firms[r.IntN(len(firms))].ID)})
					s.ani, s.crm.Companies, s.firms = example.E164(), firms, same
					o := l.call(t, s.caller)
					compare(t, l, s, o, expect(l, s))
					found[o.CompanyID != ""]++
				}
			}
		}
	}
	t.Log(found)
	if found[true] == 0 || found[false] == 0 {
		t.Errorf("found %v", found)
	}
}

// everyWay puts one kind of mark, or none, between any digits that are behind each other.
func everyWay(n phone.Number) []string {
	var out []string
	code := fmt.Sprint("+", n.CallingCode())
	digits := n.E164()[len(code):]
	for a := 1; a < len(digits); a++ {
		out = append(out, code+" "+digits[:a]+" "+digits[a:], "0"+digits[:a]+" "+digits[a:], "("+digits[:a]+") "+digits[a:])
		for b := a + 1; b < len(digits); b++ {
			out = append(out, code+" "+digits[:a]+" "+digits[a:b]+" "+digits[b:], "0"+digits[:a]+"-"+digits[a:b]+"-"+digits[b:], digits[:a]+" "+digits[a:b]+"-"+digits[b:])
		}
	}
	return out
}

// Each action fails in each way. When the search for a company fails, nothing is known of the
// caller: that is no stranger. The wait stays within the budget, and the breaker trips.
func TestTheSearchForACompanyFailsInEachWay(t *testing.T) {
	for _, duplicates := range []string{"best", "all", "ambiguous-is-unknown"} {
		l := withCompanies(t, "numbers", duplicates)
		for _, kind := range transport.FaultKinds() {
			for _, action := range []string{"find contact", "find company", "find deals"} {
				for _, known := range []string{"contact", "company", "nobody"} {
					var contacts []hubspot.Contact
					var firms []hubspot.Company
					switch known {
					case "contact":
						contacts = []hubspot.Contact{lucia(hubspot.PropPrimaryCompany, "70", "customer_tier", "gold")}
					case "company":
						firms = []hubspot.Company{firm(70, hubspot.PropPhone, "(513) 555-0142")}
					}
					s := l.situation(contacts, []hubspot.Deal{ofFirm(sale(1, "contractsent", hubspot.PropAmount, "5000"), "70")})
					s.crm.Companies, s.firms = firms, firms
					s.faults = []transport.Fault{{Action: action, Kind: kind}}
					switch action {
					case "find contact":
						s.contact = kind
					case "find company":
						s.company = kind
					default:
						s.deals = kind
					}
					w := expect(l, s)
					o := l.call(t, s.caller)
					compare(t, l, s, o, w)
					if action == "find company" && known != "contact" && (o.Outcome != "lookup_failed" || o.Requests != 2 || o.CompanyID != "") {
						t.Errorf("%s %s %s: %s", duplicates, kind, known, said(o))
					}
					if action == "find deals" && known == "company" && (o.Outcome != "lookup_failed" || o.CompanyID != "70" || o.Result.ScreenPop == nil) {
						t.Errorf("%s %s: %s", duplicates, kind, said(o))
					}
					l.callAgain(t, s, o, w)
				}
			}
		}
	}
}

// The three answers share the budget: what is left of it, a second and a second.
func TestAnswersOfThreeSearchesAtTheTimeout(t *testing.T) {
	for budget, contact := range map[string]time.Duration{"3s": time.Second, "5s": 3 * time.Second} {
		l := withCompanies(t, "numbers", "best", "budget: 3s", "budget: "+budget)
		for _, c := range []struct {
			contact, company, deals time.Duration
			want                    string
			requests                int
		}{
			{contact - time.Millisecond, 999 * time.Millisecond, 999 * time.Millisecond, "active_deal", 3},
			{contact, 0, 0, "lookup_failed", 1},
			{0, time.Second, 0, "lookup_failed", 2},
			{0, time.Hour, 0, "lookup_failed", 2},
			{0, 0, time.Second, "lookup_failed", 3},
			{contact - time.Millisecond, 999 * time.Millisecond, time.Hour, "lookup_failed", 3},
		} {
			firms := []hubspot.Company{firm(70, hubspot.PropPhone, "(513) 555-0142")}
			s := l.situation(nil, []hubspot.Deal{ofFirm(sale(1, "contractsent"), "70")})
			s.crm.Companies, s.firms = firms, firms
			s.latency = func(k hubspottest.Kind) time.Duration {
				switch k {
				case hubspottest.ContactSearch:
					return c.contact
				case hubspottest.CompanySearch:
					return c.company
				}
				return c.deals
			}
			o := l.call(t, s.caller)
			always(t, l, o)
			if o.Outcome != c.want || o.Requests != c.requests {
				t.Errorf("%s, %s and %s of %s: %s", c.contact, c.company, c.deals, budget, said(o))
			}
			if failed, until := c.want != "active_deal", fmt.Sprint(s.org.Rows["breaker"]["openUntil"]); failed != (until > "2026-11-23T12:00:1") {
				t.Errorf("%s, %s and %s of %s: the breaker is open until %q", c.contact, c.company, c.deals, budget, until)
			}
		}
	}
}

// A key without the scope for companies is enough for whoever is a contact.
func TestWithoutTheScopeForCompanies(t *testing.T) {
	l := withCompanies(t, "numbers", "best")
	s := l.situation([]hubspot.Contact{lucia(hubspot.PropPrimaryCompany, "70")}, []hubspot.Deal{ofFirm(sale(1, "contractsent"), "70")})
	s.scopes = []string{hubspottest.ScopeContacts, hubspottest.ScopeDeals}
	if o := l.call(t, s.caller); o.Outcome != "active_deal" || o.CompanyID != "70" {
		t.Errorf("a contact: %s", said(o))
	}
	s.crm.Contacts = nil
	if o := l.call(t, s.caller); o.Outcome != "lookup_failed" || o.Requests != 2 {
		t.Errorf("a stranger: %s", said(o))
	}
}
