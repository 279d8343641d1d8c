package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/view"
)

// masking decides what an output may show of a caller. Ids, stages, the deployment's own
// numbers and the amounts of fixtures are shown; live amounts only as a band.
func masking(d *deployment.Deployment, showPII, live bool) view.Masking {
	if showPII {
		same := func(s string) string { return s }
		return view.Masking{Number: same, Amount: same, Data: func(_, v string) string { return v }}
	}
	own := d.Own()
	m := view.Masking{
		Number: func(n string) string {
			if slices.Contains(own, n) {
				return n
			}
			return phone.Mask(n)
		},
		Amount: func(v string) string { return v },
	}
	if live {
		m.Amount = band
	}
	m.Data = func(name, v string) string {
		switch n := strings.ToLower(name); {
		case v == "" || slices.Contains(own, v):
			return v
		case strings.Contains(n, "value") || strings.Contains(n, "amount"):
			return m.Amount(v)
		case plainNames[n] || isNumber(v) && len(v) < 7:
			return v
		}
		if _, fact := d.HubSpot.Facts[name]; fact {
			return "•••••"
		}
		return transport.MaskNumbers(v)
	}
	return m
}

// plainNames are values that say nothing of a person: ids, stages, times.
var plainNames = map[string]bool{
	"hubspot_contact_id": true, "hubspot_deal_stage": true, "hubspot_deal_stage_label": true, "hubspot_outcome": true,
	"hubspot_value_truncated": true, "dealroute_outcome": true, "dealroute_rule": true, "dealroute_priority": true,
	"dealroute_until": true, "dealroute_policy": true, "contactid": true, "dealid": true, "stage": true, "portal": true, "link": true,
	"flow.hubspot_contact_id": true, "flow.dealid": true,
}

func isNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

// band says an amount only roughly: 62000 is "10,000 to 100,000".
func band(v string) string {
	f, err := strconv.ParseFloat(v, 64)
	if err != nil {
		return "•••••"
	}
	if f < 1 {
		return "0"
	}
	low, high := 1, 10
	for f >= float64(high) && high < 1_000_000_000 {
		low, high = high, high*10
	}
	return fmt.Sprintf("%d to %d", low, high)
}
