package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspotrest"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/validate"
)

// The variables in which the HubSpot app is given.
const (
	clientIDVariable     = "HUBSPOT_CLIENT_ID"
	clientSecretVariable = "HUBSPOT_CLIENT_SECRET"
	refreshTokenVariable = "HUBSPOT_REFRESH_TOKEN"
)

func appVariables() []string {
	return []string{clientIDVariable, clientSecretVariable, refreshTokenVariable}
}

// appFromEnv gives a field of the credential that the HubSpot app's access tokens are got with.
func appFromEnv(env session, field string) (secret.Value, error) {
	variable, what := "", ""
	switch field {
	case blueprint.FieldClientID:
		variable, what = clientIDVariable, "the client id of the app in HubSpot"
	case blueprint.FieldClientSecret:
		variable, what = clientSecretVariable, "the client secret of the app in HubSpot"
	case blueprint.FieldRefreshToken:
		variable, what = refreshTokenVariable, "the refresh token that HubSpot gave when the app was connected to the account"
	default:
		return secret.Value{}, fmt.Errorf("nothing is known of field %q of a HubSpot app", field)
	}
	v, err := env.credential(variable)
	if err == nil && !v.Set() {
		err = fail(fmt.Errorf("%s is not set", variable), "set it to "+what)
	}
	return v, err
}

// sandboxApp is the app of the emulated account.
func sandboxApp(field string) (secret.Value, error) {
	return secret.New(map[string]string{
		blueprint.FieldClientID: hubspottest.ClientID, blueprint.FieldClientSecret: hubspottest.ClientSecret, blueprint.FieldRefreshToken: hubspottest.RefreshToken,
	}[field]), nil
}

// ofApp reports whether a credential holds what a HubSpot app has, or what it gets.
func ofApp(e genesys.Entity) bool {
	return strings.HasSuffix(e.Key.Name, blueprint.TokenEnding) || strings.HasSuffix(e.Key.Name, blueprint.OAuthEnding)
}

// givenBy names the variables that the bearer for HubSpot comes from.
func givenBy(d *deployment.Deployment) string {
	switch {
	case d.HubSpot.Auth.Method != deployment.AuthOAuth:
		return keyVariable
	case d.HubSpot.Auth.Grant == deployment.GrantClient:
		return strings.Join(appVariables()[:2], ", ")
	}
	return strings.Join(appVariables(), ", ")
}

// notGiven names the first of them that is not set.
func notGiven(env session, d *deployment.Deployment) string {
	for _, v := range strings.Split(givenBy(d), ", ") {
		if !env.gives(v) {
			return v
		}
	}
	return ""
}

// grant is what is exchanged for an access token, with HubSpot at an address; empty: its own.
func grant(env session, d *deployment.Deployment, base string, sandbox bool, app func(string) (secret.Value, error)) (hubspotrest.Grant, error) {
	auth := d.HubSpot.Auth
	g := hubspotrest.Grant{
		TokenURL: strings.TrimSuffix(cmp.Or(base, hubspot.Host), "/") + hubspot.Paths(d.HubSpot.APIVersion).Token(),
		Type:     "refresh_token", Secrets: env.known, Agent: "dealroute/" + env.version(), Log: env.log(),
	}
	if auth.TokenURL != "" {
		g.TokenURL = auth.TokenURL
		if u, err := url.Parse(auth.TokenURL); err == nil && sandbox { // the emulated account stands for whoever issues the tokens
			g.TokenURL = base + cmp.Or(u.EscapedPath(), "/")
		}
	}
	id, err := app(blueprint.FieldClientID)
	if err == nil {
		g.ClientID = id.Reveal()
		g.ClientSecret, err = app(blueprint.FieldClientSecret)
	}
	if auth.Grant == deployment.GrantClient {
		g.Type = "client_credentials"
		return g, err
	}
	if err == nil {
		g.RefreshToken, err = app(blueprint.FieldRefreshToken)
	}
	return g, err
}

// bearer is what requests of this run show HubSpot: the key, or an access token, which is got
// once.
func (o *org) bearer(ctx context.Context, env session, d *deployment.Deployment) (secret.Value, error) {
	if d.HubSpot.Auth.Method != deployment.AuthOAuth {
		return o.secret(blueprint.FieldToken)
	}
	t, err := o.accessToken(ctx, env, d, false)
	return t.Token, err
}

// accessToken gets an access token, or gives the one that this run has got. Its account must be
// the one that the deployment file pins, as far as the answer says it.
func (o *org) accessToken(ctx context.Context, env session, d *deployment.Deployment, anew bool) (hubspotrest.AccessToken, error) {
	o.once.Lock()
	defer o.once.Unlock()
	switch {
	case o.access != nil && !anew:
		return *o.access, nil
	case o.no != nil && !anew:
		return hubspotrest.AccessToken{}, o.no
	}
	g, err := grant(env, d, o.crm, o.sandbox != nil, o.app)
	if err != nil {
		return hubspotrest.AccessToken{}, err
	}
	if o.access != nil && o.access.Rotated {
		g.RefreshToken = o.access.Refresh
	}
	t, err := hubspotrest.Exchange(ctx, g)
	if err != nil {
		o.no = err
		return t, err
	}
	o.memory.know(t.Portal)
	if t.Rotated {
		diag.Fprintf(env.IO.Err, "warning: the token endpoint gave another refresh token, which is kept nowhere: the one in %s may not work any more when a command is run next; connect the app again then\n", refreshTokenVariable)
	}
	if pin := d.HubSpot.Portal; pin != "" && t.Portal != "" && t.Portal != pin && o.sandbox == nil {
		return t, fail(&hubspotrest.WrongPortalError{Want: pin, Got: t.Portal}, "use the app's refresh token for the right account, or correct hubspot.portal")
	}
	if o.access != nil && o.access.Rotated && !t.Rotated { // what came with an earlier one still counts
		t.Rotated, t.Refresh = true, o.access.Refresh
	}
	o.access = &t
	return t, nil
}

// grantCheck is what a token endpoint's refusal says of the app that is given in some variables; of what is no refusal nobody can
// tell.
func grantCheck(given string, err error) keyCheck {
	var no *hubspotrest.Error
	if !hubspotrest.GrantRefused(err) || !errors.As(err, &no) {
		return keyCheck{doubt: err}
	}
	return keyCheck{refused: err, said: validate.HubSpot{Refused: fmt.Sprintf("the app in %s will not do: %v", given, err), Hint: no.Hint()}}
}

// margin is how long before its end a token is given up: the last request of a call that began
// just then must still be answered, and clocks differ.
func margin(d *deployment.Deployment) time.Duration { return d.Enrichment.Budget + time.Minute }

// token is an access token for the credential, with the time until which a call may begin to use
// it.
func (o *org) token(ctx context.Context, env session, d *deployment.Deployment, anew bool) (reconcile.Token, error) {
	t, err := o.accessToken(ctx, env, d, anew)
	if err != nil {
		return reconcile.Token{}, err
	}
	if t.Life < margin(d)+time.Minute {
		return reconcile.Token{}, fail(fmt.Errorf("the token endpoint gives tokens that live for %s; with enrichment.budget %s none can be used that lives for less than %s", t.Life, d.Enrichment.Budget, margin(d)+time.Minute),
			"have it give tokens that live longer, or write renew: platform")
	}
	return reconcile.Token{Value: t.Token, Until: t.Expires.Add(-margin(d))}, nil
}

// liveKey is what a simulated call shows the real HubSpot.
func liveKey(ctx context.Context, env session, d *deployment.Deployment) (secret.Value, error) {
	if d.HubSpot.Auth.Method == deployment.AuthOAuth {
		o := &org{crm: env.settings.hubspotBase, app: func(field string) (secret.Value, error) { return appFromEnv(env, field) }}
		key, err := o.bearer(ctx, env, d)
		if e, ok := errors.AsType[*hubspotrest.Error](err); ok {
			return key, fail(err, e.Hint())
		}
		return key, err
	}
	key, err := env.credential(keyVariable)
	if err == nil && !key.Set() {
		err = fail(errors.New("no key for HubSpot"), "set HUBSPOT_SERVICE_KEY to a service key with crm.objects.contacts.read and crm.objects.deals.read, and with crm.objects.companies.read for hubspot.lookup.company: numbers")
	}
	return key, err
}
