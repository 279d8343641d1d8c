package privacy

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
)

// openProperties are those of HubSpot's records whose values are no personal data.
func openProperties() []string {
	return []string{
		hubspot.PropObjectID, hubspot.PropAssociatedDeals, hubspot.PropLifecycle, hubspot.PropCreated, hubspot.PropContactModified, hubspot.PropDealModified,
		hubspot.PropDealStage, hubspot.PropPipeline, hubspot.PropIsClosed, hubspot.PropIsWon, hubspot.PropIsLost, hubspot.PropAmount, hubspot.PropHomeAmount,
		hubspot.PropStageProbability, hubspot.PropCloseDate, hubspot.PropCurrency,
	}
}

// Listen learns what HubSpot answers, in order to hide it.
func (m *Mask) Listen(s dataaction.Sender) dataaction.Sender { return listener{s, m} }

type listener struct {
	dataaction.Sender
	m *Mask
}

func (l listener) Send(ctx context.Context, r dataaction.Request) (dataaction.Response, error) {
	resp, err := l.Sender.Send(ctx, r)
	l.m.learn(resp.Body)
	return resp, err
}

func (m *Mask) learn(reply []byte) {
	var body struct {
		Results []struct {
			Properties map[string]any `json:"properties"`
		} `json:"results"`
	}
	if json.Unmarshal(reply, &body) != nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, one := range body.Results {
		for name, v := range one.Properties {
			if text, ok := v.(string); ok && len(text) > 2 && !slices.Contains(m.open, name) {
				m.values[text] = true
			}
		}
	}
}

// Reply shows a JSON document as JSON does, and of the records of HubSpot in it no value of a
// property that may be personal, however short it is. Amounts of a real account are shown roughly.
func (m *Mask) Reply(doc []byte) []byte {
	if m.show {
		return doc
	}
	m.learn(doc)
	return m.JSON(properties().ReplaceAllFunc(doc, func(p []byte) []byte {
		return property().ReplaceAllFunc(p, func(s []byte) []byte {
			at := property().FindSubmatchIndex(s)
			shown := Hidden
			switch name := string(s[at[2]:at[3]]); {
			case !slices.Contains(m.open, name):
			case m.live && (name == hubspot.PropAmount || name == hubspot.PropHomeAmount):
				shown = m.Amount(string(s[at[4]:at[5]]))
			default:
				return s
			}
			return []byte(string(s[:at[4]]) + `"` + shown + `"`)
		})
	}))
}

var (
	properties = pattern.Of(`"properties"\s*:\s*\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\}`)
	property   = pattern.Of(`"((?:[^"\\]|\\.)*)"\s*:\s*("(?:[^"\\]|\\.)+")`)
)
