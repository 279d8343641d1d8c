package simulate_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/prove"
	"github.com/dealroute/dealroute/pkg/secret"
)

// What is proved of made-up deployments, which are right, is that they are; and no call becomes
// anything else because it shares what is computed with others.
func TestMadeUpDeploymentsAreProved(t *testing.T) {
	const key = hubspottest.DefaultToken
	checks(t, 4)
	rapid.Check(t, func(t *rapid.T) {
		l := rendered(t, maker{t}.deployment())
		r, err := prove.Deployment(context.Background(), prove.Input{
			Deployment: l.d, Blueprint: l.b, Mode: prove.Full, Now: noon, Twice: true, Key: secret.New(key), Open: hubspottest.Readings(),
			HubSpot: func(a prove.Account) dataaction.Sender {
				return transport.Handler(hubspottest.New(a.CRM, hubspottest.Virtual(), hubspottest.Clock(a.Clock), hubspottest.WithLimits(hubspottest.Limits{}),
					hubspottest.Otherwise(a.Otherwise...), l.define("contacts"), l.define("deals"),
					hubspottest.Token(key), hubspottest.Granted(prove.ExpiredToken, hubspottest.Grant{Scopes: hubspottest.DefaultScopes(), Expires: time.Unix(1, 0), OAuth: true}),
					hubspottest.OAuthApps(hubspottest.OAuthApp{ClientID: key, ClientSecret: key, RefreshToken: key, Scopes: hubspottest.DefaultScopes(), TokenURL: l.d.HubSpot.Auth.TokenURL})))
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range r.Broken() {
			if p.ID == prove.Rules { // some are made up that no caller reaches
				continue
			}
			t.Errorf("%s is %s: %s", p.ID, p.Verdict, p.Message)
			if p.Counterexample != nil {
				t.Log(strings.Join(p.Counterexample.Call, "\n"))
			}
			t.Log(l.text)
		}
		for _, a := range r.Assumptions {
			t.Errorf("%s\n%s", a, l.text)
		}
	})
}
