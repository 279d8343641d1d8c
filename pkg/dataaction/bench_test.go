package dataaction_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/dataaction"
)

// dealsReply is a HubSpot deal search of 8.5 kB.
func dealsReply() []byte {
	var b strings.Builder
	b.WriteString(`{"total":20,"results":[`)
	for i := range 20 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"%d","properties":{"amount":"%d.50","closedate":"2026-01-01T00:00:00.000Z","createdate":"2025-10-01T08:12:13.123Z","dealname":"Renewal \"%d\"","dealstage":"contractsent","hs_is_closed":"false","hs_lastmodifieddate":"2026-01-02T03:04:05.678Z","hs_object_id":"%d","pipeline":"default"},"createdAt":"2025-10-01T08:12:13.123Z","updatedAt":"2026-01-02T03:04:05.678Z","archived":false}`, 9000+i, 1000*i, i, 9000+i)
	}
	b.WriteString(`]}`)
	return []byte(b.String())
}

func findDeals() *dataaction.Definition {
	m, def, props := map[string]string{}, map[string]string{}, []string{}
	success := []string{}
	for name, path := range map[string]string{
		"id": "$.results[0].id", "stage": "$.results[0].properties.dealstage", "pipeline": "$.results[0].properties.pipeline",
		"name": "$.results[0].properties.dealname", "close": "$.results[0].properties.closedate",
		"amounts": "$.results[?(@.properties.hs_is_closed == 'false' && @.properties.amount != null)].properties.amount",
		"ids":     "$.results[*].id", "total": "$.total",
	} {
		m[name], def[name] = path, `""`
		typ := `{"type":"string"}`
		switch name {
		case "amounts", "ids":
			typ = `{"type":"array","items":{"type":"string"}}`
		case "total":
			typ = `{"type":"integer"}`
		}
		props = append(props, fmt.Sprintf("%q:%s", name, typ))
		success = append(success, fmt.Sprintf("%q: ${%s}", name, name))
	}
	return &dataaction.Definition{
		Name: "deals", IntegrationType: dataaction.WebServices, ActionType: dataaction.Custom,
		Request: dataaction.RequestConfig{
			URLTemplate: "https://api.hubapi.com/crm/objects/2026-09/deals/search", Type: "POST",
			Headers:  map[string]string{"Authorization": "Bearer ${credentials.token}", "Content-Type": "application/json"},
			Template: `{"limit":20,"filterGroups":[{"filters":[{"propertyName":"associations.contact","operator":"EQ","value":"$esc.jsonString("${input.contactId}")"}]}],"sorts":[{"propertyName":"hs_lastmodifieddate","direction":"DESCENDING"}],"properties":["dealstage","pipeline","amount","dealname","closedate","hs_is_closed"]}`,
		},
		Response: dataaction.ResponseConfig{TranslationMap: m, Defaults: def, SuccessTemplate: "{" + strings.Join(success, ", ") + "}"},
		Input:    json.RawMessage(`{"type":"object","required":["contactId"],"properties":{"contactId":{"type":"string"}}}`),
		Output:   json.RawMessage(`{"type":"object","properties":{` + strings.Join(props, ",") + `}}`),
	}
}

// The whole of an action over a reply should cost less than five times what encoding/json
// needs to decode the reply once.
func BenchmarkRun(b *testing.B) {
	body := dealsReply()
	b.Run("encoding/json decodes the reply", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var v any
			if err := json.Unmarshal(body, &v); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("action", func(b *testing.B) {
		p := compile(b, findDeals(), dataaction.Options{})
		in := map[string]any{"contactId": "4711"}
		s := &script{answers: []dataaction.Response{{Status: 200, Body: body}}}
		b.ReportAllocs()
		for b.Loop() {
			s.sent = s.sent[:0]
			if r := dataaction.Run(b.Context(), p, in, s, dataaction.RunOptions{Credentials: token}); r.Err != nil {
				b.Fatal(r.Err)
			}
		}
	})
}
