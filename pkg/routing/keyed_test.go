package routing_test

import (
	"fmt"
	"testing"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/routing"
)

// Who has the number in the property is the caller, to the last character, in any spelling of the line.
func TestKeyedCallers(t *testing.T) {
	k := routing.Keyed{Property: "key"}
	for _, c := range []struct {
		ani, value string
		is         bool
	}{
		{"+15135550142", "+15135550142", true}, {"+15135550142", "15135550142", false}, {"+15135550142", "+1 5135550142", false}, {"+15135550142", "+151355501421", false}, {"+15135550142", "", false},
		{"+5588987654321", "+558887654321", true}, {"+558887654321", "+5588987654321", true}, {"+5491123456789", "+541123456789", true}, {"+5491123456789", "+5491123456780", false},
	} {
		n, err := phone.Parse(c.ani, "US")
		if err != nil {
			t.Fatal(err)
		}
		has := contact("1", "2026-01-01T00:00:00Z", "key", c.value, hubspot.PropPhone, c.ani, hubspot.PropCalcPhone, c.ani)
		if got := len(k.Callers(n, []hubspot.Contact{has})) == 1; got != c.is {
			t.Errorf("%s and %q: %v", c.ani, c.value, got)
		}
		if has.Archived = true; len(k.Callers(n, []hubspot.Contact{has})) > 0 {
			t.Errorf("%s finds an archived contact", c.ani)
		}
	}
}

// The table of docs/meaning.md, and what else a number may be.
func TestRollups(t *testing.T) {
	p := routing.Policy{Keyed: &routing.Keyed{Property: "key", Rollup: &routing.Rollup{Open: "open", All: "all", Value: "value"}}}
	for _, c := range []struct{ open, all, value, want string }{
		{"2", "3", "62000", "active_deal 2 62000"}, {"1", "", "", "active_deal 1 0"}, {"1", "0", "12 USD", "active_deal 1 0"}, {"1.9", "3", "-10", "active_deal 1 -10"},
		{"0", "3", "500", "inactive_deal 0 0"}, {"", "1", "", "inactive_deal 0 0"}, {"0.9", "1", "500", "inactive_deal 0 0"}, {"-2", "1", "500", "inactive_deal 0 0"}, {"many", "1", "500", "inactive_deal 0 0"},
		{"0", "0", "500", "contact_no_deal 0 -"}, {"", "", "", "contact_no_deal 0 -"}, {"0", "0.5", "500", "contact_no_deal 0 -"}, {"-0.5", "-1", "1", "contact_no_deal 0 -"},
		{"1e2", "0", "1e5", "active_deal 100 100000"}, {"007", "1", "1", "inactive_deal 0 0"}, {"999999999999999", "1", "1", "active_deal 999999999 1"}, {"1e19", "1", "1", "active_deal 999999999 1"},
	} {
		who := contact("1", "2026-01-01T00:00:00Z", "open", c.open, "all", c.all, "value", c.value, hubspot.PropOwner, "42")
		deals := []hubspot.Deal{deal("5", "1", "x", "7")} // which nobody reads
		f := routing.FactsOf(p, []hubspot.Contact{who}, deals, now)
		value := "-"
		if f.Value != nil {
			value = f.Value.String()
		}
		if got := fmt.Sprintf("%s %d %s", f.Outcome, f.OpenDeals, value); got != c.want || f.Deal != nil || f.Open != nil || f.Owner != "42" {
			t.Errorf("open %q, all %q, value %q: %s, want %s; %+v", c.open, c.all, c.value, got, c.want, f)
		}
		if failed := routing.FactsWithoutDeals(p, []hubspot.Contact{who}, now, routing.FailureTimeout); failed.Outcome != f.Outcome {
			t.Errorf("without deals: %s, and none is read", failed.Outcome)
		}
	}
}
