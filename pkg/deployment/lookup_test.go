package deployment_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/deployment"
)

// The same file under each strategy: what rules one out is found, and nothing else changes.
func TestParseUnder(t *testing.T) {
	const keys = "homeCountries: [US], property: phone_e164, rollup: {open: open_deals, value: open_value}"
	file := strings.Replace(minimal, "homeCountries: [US]", keys, 1)
	for _, c := range []struct{ text, ruledOut string }{
		{file, ""},
		{minimal, "unique-phone rollup"},
		{strings.Replace(file, "property: phone_e164, ", "", 1), "unique-phone rollup"},
		{strings.Replace(file, "[US],", "[US], strategy: rollup,", 1), ""},
		{strings.Replace(file, "[US],", "[US], duplicates: all,", 1), "unique-phone rollup"},
		{strings.Replace(file, "[US],", "[US], company: deals,", 1), "rollup"},
		{strings.Replace(file, "fallback:", "rules: [{name: a, when: {stage: closedwon}, to: {}}], fallback:", 1), "rollup"},
	} {
		var out []string
		for _, s := range deployment.Strategies() {
			d, fs := deployment.ParseUnder("d.yaml", []byte(c.text), s)
			if d == nil {
				out = append(out, s)
				continue
			}
			if d.HubSpot.Lookup.Strategy != s || len(fs) > 0 {
				t.Errorf("%s: %q %v", s, d.HubSpot.Lookup.Strategy, fs)
			}
			if r := d.HubSpot.Lookup.Rollup; r != nil && r.All != "num_associated_deals" {
				t.Errorf("all deals are in %q", r.All)
			}
		}
		if got := strings.Join(out, " "); got != c.ruledOut {
			t.Errorf("ruled out %q, want %q\n%s", got, c.ruledOut, c.text)
		}
	}
	if all := deployment.Strategies(); !slices.Contains(all, parse(t, minimal).HubSpot.Lookup.Strategy) {
		t.Errorf("the default is none of %v", all)
	}
}
