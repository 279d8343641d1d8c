package simulate_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// TestOwnOrg: what one call finds different in the org is so for this call, and the next one
// finds the org as it was.
func TestOwnOrg(t *testing.T) {
	l := edge(t, "best", "highest-value")
	org := l.newOrg()
	org.MissingSkills = append(make([]string, 0, 8), "Other") // room in which an append would write
	crm := hubspot.CRM{Portal: "1", Currency: "USD", Contacts: []hubspot.Contact{lucia("customer_tier", "gold")}}
	const (
		care    = `contact_no_deal rule="gold" rule queue "Care" [] priority=8 contact=901 open=0 value=- requests=2`
		general = `contact_no_deal rule="gold" rule queue "General" [] priority=1 contact=901 open=0 value=- requests=2`
		failed  = `lookup_failed rule="" fallback queue "General" ["Any"] priority=1 contact= open=- value=- requests=`
	)
	rows := func(key string, columns object) simulate.Org {
		return simulate.Org{Rows: map[string]map[string]any{key: columns}}
	}
	for _, c := range []struct {
		what   string
		own    simulate.Org
		faults []transport.Fault
		want   string
	}{
		{"a missing queue", simulate.Org{MissingQueues: []string{"Care"}}, nil, general},
		{"a transfer that fails", simulate.Org{FailingTransfers: []string{"Care"}}, nil, general},
		{"a missing skill", simulate.Org{TableFails: true, MissingSkills: []string{"Any"}}, nil, `lookup_failed rule="" fallback queue "General" [] priority=1 contact= open=- value=- requests=0`},
		{"switched off", rows("switch", object{"enabled": false}), nil, failed + "0"},
		{"breaker open", rows("breaker", object{"openUntil": "2026-11-23T12:01:00Z"}), nil, failed + "0"},
		{"no look-ups", simulate.Org{TableFails: true}, nil, failed + "0"},
		{"breaker opened in a row of its own", rows("breaker", object{"openUntil": ""}), []transport.Fault{{Kind: transport.FaultServer}}, failed + "1"},
	} {
		one := caller{ani: caller1, crm: crm, assume: hubspottest.Assumed(), org: org, own: c.own, faults: c.faults}
		if got := said(l.call(t, one)); got != c.want {
			t.Errorf("%s\ngot  %s\nwant %s", c.what, got, c.want)
		}
		one.own, one.faults = simulate.Org{}, nil
		if got := said(l.call(t, one)); got != care {
			t.Errorf("after %s\ngot  %s\nwant %s", c.what, got, care)
		}
	}
	want := l.newOrg()
	want.MissingSkills = []string{"Other"}
	if d := cmp.Diff(want, org); d != "" {
		t.Errorf("the org of the run changed: %s", d)
	}
}
