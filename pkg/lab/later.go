package lab

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/view"
)

// Later is after how long a call that HubSpot gave nothing would be another one, and why. The same
// call at the same time meets the same limit: what it needs is time.
type Later struct {
	Seconds int    `json:"seconds"`
	Why     string `json:"why"`
}

// Seconds after which limits are free again.
const (
	aMinute = 60 // longer than every limit but the one of a day
	aDay    = 24 * 60 * 60
)

// wayOut tells what a call met that goes away by itself; nil for none. breaker is its row as the call
// found it. A fault that was asked for does not go away.
func wayOut(seen *Seen, d Dial, breaker map[string]any) *Later {
	o := seen.Outcome
	for _, e := range seen.Effects {
		for _, x := range e.Sent {
			if x.Response.Status == http.StatusTooManyRequests && !slices.ContainsFunc(d.Faults, throttles) {
				return limited(x.Response.Body)
			}
		}
	}
	if o.Requests > 0 || breaker == nil {
		return nil
	}
	b := view.NewBreaker(breaker, o.Call.At)
	if b.State != "open" || b.Until == nil {
		return nil
	}
	until, err := time.Parse(time.RFC3339, *b.Until)
	if err != nil {
		return nil
	}
	return &Later{max(int((until.Sub(o.Call.At)+time.Second-1)/time.Second), 1), "the breaker was open: HubSpot was not asked"}
}

func throttles(fault string) bool { return strings.HasSuffix(fault, string(transport.FaultThrottled)) }

// limited reads which limit was met.
func limited(body []byte) *Later {
	var said hubspot.ErrorBody
	if err := json.Unmarshal(body, &said); err != nil {
		said = hubspot.ErrorBody{} // a reply without the reason still says that there was too much
	}
	switch said.PolicyName {
	case hubspot.PolicyDaily:
		return &Later{aDay, "HubSpot's limit of requests a day was met by this call and those before it"}
	case hubspot.PolicyTenSecondly:
		return &Later{aMinute, "HubSpot's limit of requests in ten seconds was met by this call and those before it"}
	case hubspot.PolicySecondly:
		return &Later{aMinute, "HubSpot's limit of searches a second was met by this call and those before it"}
	}
	return &Later{aMinute, "a limit of HubSpot's was met by this call and those before it"}
}
