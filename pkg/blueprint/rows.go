package blueprint

import (
	"maps"
	"slices"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/secret"
)

// HubSpotCredential gives a value to every field of the credential for HubSpot, where one secret
// stands for all: emulators take it for each.
func (b *Blueprint) HubSpotCredential(value secret.Value) map[string]secret.Value {
	out := map[string]secret.Value{}
	for _, e := range b.Entities {
		if e.Key.Kind != genesys.Credential || slices.ContainsFunc(e.Needs, func(k genesys.Key) bool { return k.Kind == genesys.OAuthClient }) {
			continue
		}
		fields := e.Secrets
		if e.Token != "" {
			fields = []string{e.Token}
		}
		for _, f := range fields {
			out[f] = value
		}
	}
	return out
}

// ValidToken is the end of an access token that never ends.
const ValidToken = "9999-12-31T23:59:59Z"

// Rows are the rows of the control table as a call finds them when setup is done and nobody has
// written into them since: enrichment on, the breaker closed, the access token renewed.
func (b *Blueprint) Rows() map[string]map[string]any {
	out := map[string]map[string]any{}
	for _, e := range b.Entities {
		if e.Key.Kind != genesys.DataTableRow || e.Holding != genesys.Seed {
			continue
		}
		key, _ := e.Content["key"].(string)
		out[key] = maps.Clone(e.Content)
	}
	if row := out[genesys.TokenRow]; row != nil && row[genesys.TokenExpiry] != nil {
		row[genesys.TokenExpiry] = ValidToken
	}
	return out
}
