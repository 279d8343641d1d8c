package cli

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesysrest"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspotrest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/secret"
)

// The real client is what each kind needs of an org.
var _ reconcile.Org = (*genesysrest.Client)(nil)

// An org is a connection to Genesys Cloud, or to the sandbox.
type org struct {
	client  *genesysrest.Client
	sandbox *sandbox // nil for a real org
	wait    genesys.Pause
	crm     string                                   // address of HubSpot; empty: its own
	secret  func(field string) (secret.Value, error) // of a credential, asked for when it is written
	gaps    string                                   // of HubSpot's owners: who of them is no user; in words, known after joinOwners
	app     func(field string) (secret.Value, error) // of the HubSpot app, likewise
	memory  *memory                                  // of where runs went; nil: nothing is remembered

	once   sync.Mutex
	access *hubspotrest.AccessToken // that this run got; nil before
	no     error                    // why it gets none
}

// openOrg connects. The caller closes it.
func openOrg(ctx context.Context, env session, l *loaded, b *blueprint.Blueprint, readOnly bool) (*org, error) {
	if env.settings.sandbox {
		s, err := openSandbox(ctx, env, l, b, sandboxOptions{})
		if err != nil {
			return nil, err
		}
		return sandboxOrg(env, s, readOnly)
	}
	cfg, err := signIn(env, l.deployment.Genesys.Region, readOnly)
	if err != nil {
		return nil, err
	}
	if l.deployment.HubSpot.Auth.Method != deployment.AuthOAuth && !env.settings.keyless {
		if _, err := env.credential(keyVariable); err != nil {
			return nil, err
		}
	}
	cfg.Sleep = env.Pause
	c, err := genesysrest.New(cfg)
	if err != nil {
		return nil, err
	}
	return &org{
		client: c, wait: env.pause(), crm: env.settings.hubspotBase, memory: memoryOf(env, l, cfg.API),
		secret: func(field string) (secret.Value, error) { return secretFromEnv(env, field) },
		app:    func(field string) (secret.Value, error) { return appFromEnv(env, field) },
	}, nil
}

// keyVariable is where the HubSpot key comes from.
const keyVariable = "HUBSPOT_SERVICE_KEY"

// secretSource names where a field of a credential comes from. The run-time client is
// asked for only when the deployment says that one is supplied.
func secretSource(field string) (variable, hint string) {
	switch field {
	case blueprint.FieldToken:
		return keyVariable, "a HubSpot service key with crm.objects.contacts.read and crm.objects.deals.read, and with crm.objects.companies.read for hubspot.lookup.company: numbers"
	case blueprint.FieldClientID:
		return runtimeIDVariable, "the id of the OAuth client that data actions run with, or let setup make one (manage.runtimeClient: true)"
	case blueprint.FieldClientSecret:
		return runtimeSecretVariable, "the secret of the OAuth client that data actions run with"
	}
	return "", ""
}

func secretFromEnv(env session, field string) (secret.Value, error) {
	variable, hint := secretSource(field)
	if variable == "" {
		return secret.Value{}, fmt.Errorf("nothing is known of credential field %q", field)
	}
	v, err := env.credential(variable)
	if err == nil && !v.Set() {
		err = fail(fmt.Errorf("%s is not set", variable), "set it to "+hint)
	}
	return v, err
}

// whole refuses a secret that cannot be one: blanks at its ends, line ends and other control
// characters come in when it is copied or read from a file.
func whole(variable string, v secret.Value) error {
	s := v.Reveal()
	if strings.TrimSpace(s) != s || strings.ContainsFunc(s, unicode.IsControl) {
		return fail(fmt.Errorf("%s holds a blank, a line end or another control character that is no part of a secret", variable), "set it again without; a file's last line end goes with $(cat FILE)")
	}
	return nil
}

func sandboxOrg(env session, s *sandbox, readOnly bool) (*org, error) {
	c, err := s.client(env, readOnly)
	if err != nil {
		s.Close() //nolint:errcheck // the first error counts
		return nil, err
	}
	return &org{client: c, sandbox: s, wait: hurry, crm: s.crm, app: sandboxApp, secret: func(field string) (secret.Value, error) {
		if field == blueprint.FieldToken {
			held, _ := s.keys()
			return held, nil
		}
		return secret.New(map[string]string{blueprint.FieldClientID: genesystest.ClientID, blueprint.FieldClientSecret: genesystest.ClientSecret}[field]), nil
	}}, nil
}

// pause is how the pauses pass that a real org needs.
func (e *Env) pause() genesys.Pause {
	if e.Pause != nil {
		return e.Pause
	}
	return transport.Pause
}

func (o *org) Close() error {
	if o.sandbox != nil {
		return o.sandbox.Close()
	}
	return nil
}

// reconcileConfig says what the org must hold.
func (o *org) reconcileConfig(env session, l *loaded, b *blueprint.Blueprint) reconcile.Config {
	cfg := reconcile.Config{
		Name: l.deployment.Name, Desired: b.Entities, File: b.Entities, OrgPin: env.settings.with(l.deployment).org,
		Salt: rand.Text,
		Wait: o.wait, Targets: targetsOf(l.deployment), Smoke: map[genesys.Key]map[string]any{},
		Secret: func(credential genesys.Key, field string) (secret.Value, error) {
			if e, _ := b.Entities.Get(credential); ofApp(e) {
				return o.app(field)
			}
			return o.secret(field)
		},
		Token: func(ctx context.Context, _ genesys.Key) (reconcile.Token, error) {
			return o.token(ctx, env, l.deployment, false)
		},
	}
	cfg.Prove = func(ctx context.Context, k genesys.Key) (refused, doubt error) {
		return o.prove(b, func() keyCheck { return o.keyCheck(ctx, env, l, b) })(ctx, k)
	}
	for _, a := range b.Actions {
		if a.Smoke != nil {
			cfg.Smoke[a.Key] = a.Smoke
		}
	}
	return cfg
}

// prove has the key that is given looked at once, for the credential that holds it.
func (o *org) prove(b *blueprint.Blueprint, check func() keyCheck) func(context.Context, genesys.Key) (refused, doubt error) {
	return func(_ context.Context, credential genesys.Key) (refused, doubt error) {
		e, _ := b.Entities.Get(credential)
		if !slices.Contains(e.Secrets, blueprint.FieldToken) && !ofApp(e) {
			return nil, nil
		}
		k := check()
		return k.refused, k.doubt
	}
}

// keyCheck asks whether the key that is given will do for the rendered actions. The account of a
// sandbox is whatever the fixtures say.
func (o *org) keyCheck(ctx context.Context, env session, l *loaded, b *blueprint.Blueprint) keyCheck {
	key, err := o.bearer(ctx, env, l.deployment)
	if err != nil {
		return grantCheck(env.from(givenBy(l.deployment)), err)
	}
	pin := l.deployment.HubSpot.Portal
	if o.sandbox != nil {
		pin = ""
	}
	k := checkKey(ctx, crmClient(env, l.deployment, o.crm, key), l.deployment, env.from(givenBy(l.deployment)), pin, b.Scopes())
	o.memory.know(k.scopes.Portal)
	return k
}

// targetsOf lists where calls may go, for the staffing check.
func targetsOf(d *deployment.Deployment) []reconcile.Target {
	var out []reconcile.Target
	for _, r := range d.Routing.Rules {
		if r.To.Flow != "" { // who answers there is that flow's matter
			continue
		}
		out = append(out, reconcile.Target{Rule: fmt.Sprintf("rule %q", r.Name), Queue: r.To.Queue, Skills: r.To.Skills, PrefersOwner: r.To.PrefersOwner()})
	}
	endings := d.Endings()
	for _, path := range sortedNames(endings) {
		if q := endings[path].Queue; q != "" {
			out = append(out, reconcile.Target{Rule: strings.TrimSuffix(path, ".then"), Queue: q})
		}
	}
	f := d.Routing.Fallback
	return append(out, reconcile.Target{Rule: "the fallback", Queue: f.Queue, Skills: f.Skills})
}
