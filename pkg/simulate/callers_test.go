package simulate_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/routing"
)

// filed is a contact with a number as HubSpot has it: what was typed, E.164 where HubSpot
// could tell the country, and the number without it.
func filed(id string, typed string, n phone.Number, placed bool, mobile bool) hubspot.Contact {
	national := n.National()
	ps := hubspot.Properties{hubspot.PropPhone: nil}
	of, calculated, searched := hubspot.PropPhone, hubspot.PropCalcPhone, hubspot.PropSearchPhone
	if mobile {
		of, calculated, searched = hubspot.PropMobile, hubspot.PropCalcMobile, hubspot.PropSearchMobile
	}
	ps[of], ps[searched], ps[calculated] = &typed, &national, nil
	if placed {
		ps[calculated] = hubspot.Text(n.E164())
	}
	return hubspot.Contact{ID: id, Properties: ps}
}

// Who a caller is: contacts with the number itself or another spelling of it, with its
// national form, with a number abroad that has the same one, in any order of modification.
func TestWhoTheCallerIs(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	callers := map[string][]string{
		"BR": {"+5588987654321", "+558887654321", "+551133334444"},
		"MX": {"+5215512345678", "+525512345678"},
		"AR": {"+5491123456789", "+541123456789"},
		"US": {"+15135550142", "+15551234567", "+5588987654321", "+442079460142"},
	}
	matched := map[string]int{}
	for _, home := range []string{"BR", "MX", "AR", "US"} {
		for _, match := range []string{routing.MatchMixed, routing.MatchE164, routing.MatchNational} {
			for _, duplicates := range []string{routing.DuplicatesBest, routing.DuplicatesAll, routing.DuplicatesAmbiguous} {
				l := edge(t, duplicates, "highest-value", "homeCountries: [US]", "match: "+match+", homeCountries: ["+home+"]")
				for _, ani := range callers[home] {
					n, err := phone.Parse(ani, home)
					if err != nil {
						t.Fatal(err)
					}
					forms := []func(string) hubspot.Contact{
						func(id string) hubspot.Contact { return filed(id, ani, n, true, false) },
						func(id string) hubspot.Contact { return filed(id, ani, n, false, true) }, // no assigned number
						func(id string) hubspot.Contact { return filed(id, "0"+n.National(), n, false, false) },
						func(id string) hubspot.Contact { return filed(id, "0"+n.National(), n, true, true) },
						func(id string) hubspot.Contact { // the same digits abroad
							c := filed(id, "+48"+n.National(), n, false, false)
							c.Properties[hubspot.PropCalcPhone] = hubspot.Text("+48" + n.National())
							return c
						},
						func(id string) hubspot.Contact { // the national form, and another number
							c := filed(id, "0"+n.National(), n, false, false)
							c.Properties[hubspot.PropCalcMobile] = hubspot.Text("+4930901820")
							return c
						},
					}
					for _, v := range n.Variants() {
						forms = append(forms,
							func(id string) hubspot.Contact { return filed(id, v.E164(), v, true, false) },
							func(id string) hubspot.Contact { return filed(id, "0"+v.National(), v, false, true) },
							func(id string) hubspot.Contact { return filed(id, v.E164(), v, false, false) })
					}
					for k := range 3 * len(forms) {
						var contacts []hubspot.Contact
						for i := range 1 + r.IntN(4) {
							f := forms[r.IntN(len(forms))]
							if k < len(forms) && i == 0 { // each form alone, and with others
								f = forms[k]
							}
							c := f(fmt.Sprint(901 + i))
							c.UpdatedAt = noon.Add(-time.Duration(r.IntN(900)*5+i) * time.Minute)
							contacts = append(contacts, c)
							if k < len(forms) {
								break
							}
						}
						deal := sale(1000, "contractsent", hubspot.PropAmount, "5000")
						deal.Contacts = []string{contacts[r.IntN(len(contacts))].ID}
						s := l.situation(contacts, []hubspot.Deal{deal, sale(1001, "closedwon", hubspot.PropAmount, "70")})
						s.ani, s.same = ani, routing.Callers(match, []string{home}, n, contacts)
						o := l.call(t, s.caller)
						w := expect(l, s)
						compare(t, l, s, o, w)
						matched[match+" "+string(w.Outcome)]++
						if t.Failed() {
							t.Fatalf("%s in %s, %s %s: %v", ani, home, match, duplicates, dump(s.crm))
						}
					}
				}
			}
		}
	}
	t.Log(matched)
	for _, match := range []string{"mixed", "e164", "national"} {
		if matched[match+" no_record"] == 0 || matched[match+" active_deal"] == 0 {
			t.Errorf("%s: %v", match, matched)
		}
	}
}

// A page of matches that were all modified later does not hide the contact with the number.
func TestTheNumberItselfIsOnThePage(t *testing.T) {
	n, err := phone.Parse(caller1, "US")
	if err != nil {
		t.Fatal(err)
	}
	for _, duplicates := range []string{routing.DuplicatesBest, routing.DuplicatesAll, routing.DuplicatesAmbiguous} {
		l := edge(t, duplicates, "highest-value")
		var contacts []hubspot.Contact
		for i := range 19 {
			c := filed(fmt.Sprint(902+i), "(513) 555-0142", n, false, i%2 == 0)
			c.UpdatedAt = noon.Add(-time.Duration(i) * time.Minute)
			contacts = append(contacts, c)
		}
		exact := filed("901", caller1, n, true, false)
		exact.UpdatedAt = noon.Add(-time.Hour)
		s := l.situation(append(contacts, exact), []hubspot.Deal{sale(1000, "contractsent", hubspot.PropAmount, "5000")})
		s.same = []hubspot.Contact{exact}
		compare(t, l, s, l.call(t, s.caller), expect(l, s))
	}
	if strings.Contains(edges, "match:") {
		t.Error("the example of the edges has a way to match of its own")
	}
}

// Our own numbers are never looked up, in whatever spelling of the line they call; others
// are, also those of the same countries.
func TestOwnNumbersInEverySpelling(t *testing.T) {
	strangers := map[string]string{"BR": "+5588987654320", "MX": "+525512345670", "AR": "+541123456780", "US": "+15135550142"}
	for home, own := range map[string]string{"BR": "+5588987654321", "MX": "+525512345678", "AR": "+5491123456789", "US": "+15135550100"} {
		n, err := phone.Parse(own, home)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range append(n.Variants(), n) {
			for _, list := range []string{"numbers", "ownNumbers"} {
				l := edge(t, "best", "highest-value", "homeCountries: [US]", "homeCountries: ["+home+"]", "enrichment:", "calls: {"+list+": [\""+s.E164()+"\"]}\nenrichment:")
				for _, v := range append(n.Variants(), n) {
					for _, form := range []string{"%s", "tel:%s", "sip:%s@203.0.113.7"} {
						ani := fmt.Sprintf(form, v.E164())
						if o := l.call(t, caller{ani: ani, assume: hubspottest.Assumed()}); o.Outcome != "no_record" || o.Requests != 0 {
							t.Errorf("%s: %s of ours calls as %s: %s after %d requests", list, s, ani, o.Outcome, o.Requests)
						}
					}
				}
				if o := l.call(t, caller{ani: strangers[home], assume: hubspottest.Assumed()}); o.Requests == 0 {
					t.Errorf("%s: with %s of ours %s is not looked up", list, s, strangers[home])
				}
			}
		}
	}
}
