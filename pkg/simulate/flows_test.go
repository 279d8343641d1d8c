package simulate_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// Architect's switches take 64 cases: of 130 flows each takes its calls, and where it has
// vanished the fallback queue does.
func TestManyFlowsTakeCalls(t *testing.T) {
	var b strings.Builder
	b.WriteString("version: 1\nname: acme\ngenesys: {region: eu-central-1}\nhubspot: {portal: \"1\", lookup: {homeCountries: [US]}, facts: {tier: {contact: customer_tier}}}\nrouting:\n  rules:\n")
	const n = 130
	for i := range n {
		fmt.Fprintf(&b, "    - {name: rule %d, when: {facts: {tier: t%d}}, to: {flow: Flow %d}}\n", i, i, i)
	}
	b.WriteString("  fallback: {queue: General, priority: 3}\n")
	l := rendered(t, b.String()).under(t, simulate.Readings{})
	if got := len(l.b.Flows()); got != n {
		t.Errorf("%d flows are referred to", got)
	}
	for _, i := range []int{0, 1, 59, 60, 61, 63, 64, 119, 120, n - 1} {
		c := hubspot.Contact{ID: "7", UpdatedAt: noon, Properties: hubspot.Properties{hubspot.PropPhone: hubspot.Text("+15135550142"), "customer_tier": hubspot.Text(fmt.Sprint("t", i))}}
		x := caller{ani: "+15135550142", assume: hubspottest.Assumed(), crm: hubspot.CRM{Portal: "1", Contacts: []hubspot.Contact{c}}}
		name := fmt.Sprint("Flow ", i)
		if o := l.call(t, x); o.Result.Ending != interp.EndFlow || o.Result.Target != name || o.Rule != fmt.Sprint("rule ", i) {
			t.Errorf("%s: %s %s by %q", name, o.Result.Ending, o.Result.Target, o.Rule)
		}
		x.own.MissingFlows = []string{name}
		if o := l.call(t, x); o.Result.Queue != "General" || o.Result.Priority != 3 || o.Rule != fmt.Sprint("rule ", i) || len(o.Failed) != 1 || !o.Failed[0].Flow {
			t.Errorf("without %s: %s %d by %q, %+v", name, o.Result.Queue, o.Result.Priority, o.Rule, o.Failed)
		}
	}
}
