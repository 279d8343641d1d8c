package validate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/load"
)

// What the account says of the properties that a strategy reads, one at a time.
func TestKeptProperties(t *testing.T) {
	whole := readCase(t, "testdata/DR-HUB-010/pass.yaml")
	for _, c := range []struct{ from, to, without, want string }{
		{"", "", "", ""},
		{"property: phone_e164", "property: phone_e614", "", `DR-HUB-009 error there is no property "phone_e614" of contacts in the account, or it is archived`},
		{"", "", "phone_e164", `DR-HUB-009 error there is no property "phone_e164" of contacts in the account, or it is archived`},
		{"property: phone_e164", "property: phone_formatted", "", `DR-HUB-009 error property "phone_formatted" of contacts is of type phone_number in the account, not a text`},
		{"property: phone_e164", "property: phone_plain", "", `DR-HUB-009 error property "phone_plain" of contacts does not have unique values in the account`},
		{"open: open_deals", "open: open_deal", "", `DR-HUB-010 error there is no property "open_deal" of contacts in the account, or it is archived: every contact has no open deal`},
		{"open: open_deals", "open: deals_by_hand", "", `DR-HUB-010 warning property "deals_by_hand" of contacts is not calculated as a rollup in the account`},
		{"", "", "num_associated_deals", `DR-HUB-010 error there is no property "num_associated_deals" of contacts in the account, or it is archived: nobody is inactive_deal`},
		{"open: open_deals", "all: deals_in_words\n      open: open_deals", "", `DR-HUB-010 error property "deals_in_words" of contacts is of type string in the account, not a number: nobody is inactive_deal`},
	} {
		x := whole
		x.text, x.known = strings.Replace(whole.text, c.from, c.to, 1), live(c.without)
		found := x.answer()
		found = slices.DeleteFunc(found, func(f diag.Finding) bool { return !strings.HasPrefix(f.Code, "DR-HUB-0") })
		var got []string
		for _, f := range found {
			got = append(got, f.Code+" "+string(f.Severity)+" "+f.Message)
		}
		if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || !strings.HasPrefix(got[0], c.want)) {
			t.Errorf("%q without %q: %q, want %q", c.to, c.without, got, c.want)
		}
	}
}

// The peak that each strategy carries.
func TestPeakOfEachStrategy(t *testing.T) {
	const unique, rollup = "strategy: unique-phone\n    property: phone_e164\n    homeCountries", "strategy: rollup\n    property: phone_e164\n    rollup: {open: open_deals, value: open_value}\n    homeCountries"
	whole := readCase(t, "testdata/DR-HUB-011/pass.yaml")
	whole.text = strings.Replace(whole.text, "    property: phone_e164\n    rollup: {open: open_deals, value: open_deals_value}\n", "", 1)
	for _, c := range []struct{ lookup, peak, want string }{
		{"homeCountries", "20", ""},
		{"homeCountries", "60", "warning at 60 calls a minute HubSpot refuses 10 % of lookups: it answers 5 searches a second, and a known caller takes 2"},
		{unique, "100", ""},
		{unique, "150", "info at 150 calls a minute HubSpot refuses 2.5 % of lookups: it answers 5 searches a second, and a known caller takes 1"},
		{unique, "300", "warning at 300 calls a minute HubSpot refuses 18 % of lookups: it answers 5 searches a second, and a known caller takes 1"},
		{"company: numbers\n    " + unique, "60", "warning at 60 calls a minute HubSpot refuses 10 % of lookups: it answers 5 searches a second, and a caller whom only a company's number finds takes 2"},
		{rollup, "500", ""},
		{rollup, "600", "warning at 600 calls a minute HubSpot refuses 7.6 % of lookups: it answers 100 requests in 10 seconds to a key where no tier is paid, and each caller takes 1"},
	} {
		x := whole
		x.text = strings.Replace(strings.Replace(whole.text, "homeCountries", c.lookup, 1), "greeting:", "peakPerMinute: "+c.peak+"\n  greeting:", 1)
		got := ""
		for _, f := range x.answer() {
			if f.Code == "DR-CALL-001" {
				got = string(f.Severity) + " " + f.Message
			}
		}
		if c.want == "" && got != "" || !strings.HasPrefix(got, c.want) {
			t.Errorf("%s at %s: %q, want %q", c.lookup, c.peak, got, c.want)
		}
	}
}

// Ten seconds of a key hold a hundred reads.
func TestReadsOfTenSeconds(t *testing.T) {
	for calls, most := range map[float64]float64{300: 1e-9, 450: 0.001, 504: 0.0101, 600: 0.08} {
		if l := load.Rolling(calls/6, 100); l > most || calls >= 450 && l < most/10 {
			t.Errorf("%v calls a minute: %.6f are refused", calls, l)
		}
	}
}

// Without a deal to ask of, a condition on the contact holds for nobody whose lookup failed, and so
// many open deals are possible as a number holds.
func TestRulesUnderARollup(t *testing.T) {
	whole := readCase(t, "testdata/DR-HUB-011/fail.yaml")
	for _, c := range []struct{ when, want string }{
		{"{openDeals: {min: 300}}", ""},
		{"{minValue: 100, openDeals: {min: 2}}", ""},
		{"{failure: timeout, lifecycle: customer}", `DR-ROUTE-001 rule "open" can never fire: with lookup_failed the one request failed, and no contact is known`},
		{"{outcome: active_deal, openDeals: {max: 0}}", `DR-ROUTE-001 rule "open" can never fire`},
	} {
		x := whole
		x.text = strings.Replace(whole.text, "{outcome: active_deal}", c.when, 1)
		got := ""
		for _, f := range x.answer() {
			if strings.HasPrefix(f.Code, "DR-ROUTE-0") {
				got = f.Code + " " + f.Message
			}
		}
		if c.want == "" && got != "" || !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q, want %q", c.when, got, c.want)
		}
	}
}
