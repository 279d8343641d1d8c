package view

import (
	"io"

	"github.com/dealroute/dealroute/pkg/diag"
)

// A Sandbox is how to reach the emulators. Their credentials guard nothing.
type Sandbox struct {
	Schema  int    `json:"schema"`
	Genesys string `json:"genesys"`
	HubSpot string `json:"hubspot"`
	Client  string `json:"client"`
	Secret  string `json:"secret"`
	Key     string `json:"key"`
	State   string `json:"state"`
}

// A SandboxReset is the answer of sandbox reset.
type SandboxReset struct {
	Schema int    `json:"schema"`
	Reset  string `json:"reset"` // path of the state that is gone
}

// PrintSandbox writes where the emulators answer, and lines for a shell.
func PrintSandbox(w io.Writer, info Sandbox) error {
	_, err := diag.Fprintf(w, `Genesys Cloud  %s   client %s, secret %s
HubSpot        %s   key %s
state          %s

export GENESYSCLOUD_OAUTHCLIENT_ID=%s GENESYSCLOUD_OAUTHCLIENT_SECRET=%s HUBSPOT_SERVICE_KEY=%s
export DEALROUTE_GENESYS_BASE_URL=%s DEALROUTE_HUBSPOT_BASE_URL=%s
`, info.Genesys, info.Client, info.Secret, info.HubSpot, info.Key, info.State, info.Client, info.Secret, info.Key, info.Genesys, info.HubSpot)
	return err
}
