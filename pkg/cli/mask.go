package cli

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/view"
)

// masking decides what an output may show of a caller. Ids, stages, the deployment's own
// numbers and the amounts of fixtures are shown; live amounts only as a band. text masks
// what is left.
func masking(d *deployment.Deployment, showPII, live bool, text func(string) string) view.Masking {
	if showPII {
		same := func(s string) string { return s }
		return view.Masking{Number: same, Amount: same, Data: func(_, v string) string { return v }}
	}
	private := privateNames(d)
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
		case v == "" || v == `""` || v == "[]" || v == "NOT_SET" || slices.Contains(own, v):
			return v
		case private[n]:
			return hiddenText
		case strings.Contains(n, "value") || strings.Contains(n, "amount"):
			return m.Amount(v)
		case plainNames[n] || isNumber(v) && len(v) < 7:
			return v
		}
		return text(v)
	}
	return m
}

const hiddenText = "•••••"

// privateNames are those that the templates give to facts in free words: of variables,
// outputs and inputs, in lower case.
func privateNames(d *deployment.Deployment) map[string]bool {
	out := map[string]bool{}
	for name, f := range d.HubSpot.Facts {
		if f.Type != routing.StringFact {
			continue
		}
		n := strings.ToLower(name)
		for _, form := range []string{n, "fact_" + n, "flow.fact_" + n, "task.fact_" + n} {
			out[form] = true
		}
	}
	return out
}

// A hider takes personal data out of texts: numbers of callers in every form that a flow
// makes of them, and what HubSpot answered in free words.
type hider struct {
	live   bool
	forms  []string
	mu     sync.Mutex
	values map[string]bool
}

// caller makes a number unseen, but for the deployment's own.
func (h *hider) caller(d *deployment.Deployment, ani string) {
	home := ""
	if c := d.HubSpot.Lookup.HomeCountries; len(c) > 0 {
		home = c[0]
	}
	forms := []string{ani, strings.TrimPrefix(ani, "+")}
	if n, err := phone.Parse(ani, home); err == nil {
		if slices.Contains(d.Own(), n.E164()) {
			return
		}
		forms = append(forms, strings.TrimPrefix(n.E164(), "+"), n.National())
	} else {
		h.name(ani)
	}
	for _, f := range forms {
		if len(f) >= 6 && f != "anonymous" {
			h.forms = append(h.forms, f)
		}
	}
	// the longest first, so that a form within another leaves nothing behind
	slices.SortFunc(h.forms, func(a, b string) int { return len(b) - len(a) })
}

// name hides a caller who has no number but a name, or a number too short to be one. Its forms
// are short: only a whole text is hidden.
func (h *hider) name(ani string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range nameForms(ani) {
		h.values[f] = true
	}
}

// nameForms are the texts into which a flow takes an address without a number apart.
func nameForms(ani string) []string {
	if ani == "" || ani == "anonymous" {
		return nil
	}
	user := ani[strings.IndexByte(ani, ':')+1:]
	forms := []string{ani, user}
	for _, end := range []string{";", "?", "@"} {
		user, _, _ = strings.Cut(user, end)
		forms = append(forms, user)
	}
	forms = append(forms, strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, user))
	for _, f := range forms {
		forms = append(forms, strings.ToLower(f))
	}
	slices.Sort(forms)
	return slices.DeleteFunc(slices.Compact(forms), func(f string) bool { return f == "" })
}

var decimalNumber = regexp.MustCompile(`-?[0-9]+\.[0-9]+`)

// text masks a text.
func (h *hider) text(s string) string {
	s = transport.MaskNumbers(s)
	for _, f := range h.forms {
		s = strings.ReplaceAll(s, f, phone.Mask(f))
	}
	h.mu.Lock()
	for v := range h.values {
		s = strings.ReplaceAll(s, `"`+v+`"`, `"`+hiddenText+`"`)
		if s == v || len(v) > 7 {
			s = strings.ReplaceAll(s, v, hiddenText)
		}
	}
	h.mu.Unlock()
	if h.live {
		s = decimalNumber.ReplaceAllStringFunc(s, band)
	}
	return s
}

// shown are the properties whose values are no personal data; those of facts join them
// when they are numbers, days or truth values.
var shown = []string{
	hubspot.PropObjectID, hubspot.PropAssociatedDeals, hubspot.PropLifecycle, hubspot.PropCreated, hubspot.PropContactModified, hubspot.PropDealModified,
	hubspot.PropDealStage, hubspot.PropPipeline, hubspot.PropIsClosed, hubspot.PropIsWon, hubspot.PropIsLost, hubspot.PropAmount, hubspot.PropHomeAmount,
	hubspot.PropStageProbability, hubspot.PropCloseDate, hubspot.PropCurrency,
}

// listen learns what HubSpot answers, in order to hide it.
func (h *hider) listen(d *deployment.Deployment, s dataaction.Sender) dataaction.Sender {
	known := slices.Clone(shown)
	for _, f := range d.HubSpot.Facts {
		if f.Type != routing.StringFact {
			known = append(known, f.Contact, f.Deal)
		}
	}
	return transport.SenderFunc(func(ctx context.Context, r dataaction.Request) (dataaction.Response, error) {
		resp, err := s.Send(ctx, r)
		var body struct {
			Results []struct {
				Properties map[string]any `json:"properties"`
			} `json:"results"`
		}
		if json.Unmarshal(resp.Body, &body) == nil {
			h.mu.Lock()
			defer h.mu.Unlock()
			for _, one := range body.Results {
				for name, v := range one.Properties {
					if text, ok := v.(string); ok && len(text) > 2 && !slices.Contains(known, name) {
						h.values[text] = true
					}
				}
			}
		}
		return resp, err
	})
}

// plainNames are values that say nothing of a person: ids, stages, times.
var plainNames = map[string]bool{
	"hubspot_contact_id": true, "hubspot_deal_stage": true, "hubspot_deal_stage_label": true, "hubspot_outcome": true,
	"hubspot_value_truncated": true, "dealroute_outcome": true, "dealroute_rule": true, "dealroute_priority": true,
	"dealroute_until": true, "dealroute_policy": true, "contactid": true, "dealid": true, "stage": true, "portal": true, "link": true,
	"flow.hubspot_contact_id": true, "flow.dealid": true, "flow.dealroute_rule": true, "flow.queue": true, "target": true, "skill": true,
	"flow.hubspot_deal_stage": true, "flow.hubspot_deal_stage_label": true,
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
	low, high := int64(1), int64(10)
	for f >= float64(high) && high < 1_000_000_000 {
		low, high = high, high*10
	}
	return view.Thousands(low) + " to " + view.Thousands(high)
}
