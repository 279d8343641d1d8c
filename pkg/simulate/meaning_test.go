package simulate_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/simulate"
)

const numbers = `
version: 1
name: acme
genesys: {region: eu-central-1}
hubspot:
  lookup: {homeCountries: [US]}
  facts: {score: {contact: score, type: number}, margin: {deal: margin, type: number}}
routing:
  rules:
    - {name: both, when: {facts: {score: {set: true}, margin: {set: true}}}, to: {queue: Sales}}
  fallback: {queue: General}
privacy: {participantData: [hubspot_customer_value]}
`

// The policy and the deployed call read a text of HubSpot as the page of meanings says: as a
// fact of a contact, as one of a deal, and as an amount.
func TestNumbersAreReadAsThePageSays(t *testing.T) {
	page, err := os.ReadFile("../../docs/meaning.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "## Numbers of HubSpot")
	rows := regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (.+) \\|$").FindAllStringSubmatch(table, -1)
	if len(rows) < 20 {
		t.Fatalf("the page has %d rows", len(rows))
	}
	l := rendered(t, numbers).under(t, simulate.Readings{})
	p := l.d.Policy()
	for _, row := range rows {
		text, want, set := row[1], row[2], row[2] != "not set"
		contacts := []hubspot.Contact{lucia("score", text)}
		deals := []hubspot.Deal{sale(1, "contractsent", hubspot.PropAmount, text, "margin", text)}
		f := routing.FactsOf(p, contacts, deals, noon)
		for _, name := range []string{"score", "margin"} {
			if v, got := f.Values[name]; got != set || set && v.Number.String() != want {
				t.Errorf("%s %q is %s (set %v), the page says %s", name, text, v.Number, got, want)
			}
		}
		sum := want
		if !set {
			sum = "0"
		}
		if f.Value.String() != sum {
			t.Errorf("amount %q makes %s, the page says %s", text, f.Value, sum)
		}
		s := l.situation(contacts, deals)
		o := l.call(t, s.caller)
		compare(t, l, s, o, expect(l, s))
		if fires := o.Rule == "both"; fires != set {
			t.Errorf("%q: the rule fires: %v", text, fires)
		}
	}
}
