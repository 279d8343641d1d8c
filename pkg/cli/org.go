package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesysrest"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/secret"
)

// The real client is what reconciling needs.
var _ reconcile.Org = (*genesysrest.Client)(nil)

// An org is a connection to Genesys Cloud, or to the sandbox.
type org struct {
	client  *genesysrest.Client
	sandbox *sandbox // nil for a real org
	wait    func(context.Context, time.Duration) error
	hubspot func() (secret.Value, error) // the HubSpot key, asked for when it is written
}

// openOrg connects. The caller closes it.
func openOrg(ctx context.Context, env *Env, l *loaded, b *blueprint.Blueprint, readOnly bool) (*org, error) {
	if env.settings.on("sandbox") {
		s, err := openSandbox(ctx, env, l, b, sandboxOptions{})
		if err != nil {
			return nil, err
		}
		return sandboxOrg(env, s, readOnly)
	}
	cfg, err := signIn(env, readOnly)
	if err != nil {
		return nil, err
	}
	c, err := genesysrest.New(cfg)
	if err != nil {
		return nil, err
	}
	return &org{client: c, wait: pause, hubspot: func() (secret.Value, error) {
		key := secret.New(env.Getenv("HUBSPOT_SERVICE_KEY"))
		if !key.Set() {
			return key, fail(errors.New("no key for HubSpot to put into the credential"), "set HUBSPOT_SERVICE_KEY to a service key with crm.objects.contacts.read and crm.objects.deals.read")
		}
		return key, nil
	}}, nil
}

func sandboxOrg(env *Env, s *sandbox, readOnly bool) (*org, error) {
	c, err := s.client(env, readOnly)
	if err != nil {
		s.Close() //nolint:errcheck // the first error counts
		return nil, err
	}
	return &org{client: c, sandbox: s, wait: hurry, hubspot: func() (secret.Value, error) { return secret.New(hubspottest.DefaultToken), nil }}, nil
}

func (o *org) Close() error {
	if o.sandbox != nil {
		return o.sandbox.Close()
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// reconcileConfig says what the org must hold.
func (o *org) reconcileConfig(env *Env, l *loaded, b *blueprint.Blueprint) reconcile.Config {
	cfg := reconcile.Config{
		Org: o.client, Name: l.deployment.Name, Desired: b.Entities, OrgPin: env.settings.text("org"),
		Now: env.Now, Wait: o.wait, Targets: targetsOf(l.deployment), Smoke: map[genesys.Key]map[string]any{},
		Secret: func(_ genesys.Key, field string) (secret.Value, error) {
			key, err := o.hubspot()
			if err != nil {
				return key, fmt.Errorf("field %q: %w", field, err)
			}
			return key, nil
		},
	}
	for _, a := range b.Actions {
		if a.Smoke != nil {
			cfg.Smoke[a.Key] = a.Smoke
		}
	}
	return cfg
}

// targetsOf lists where calls may go, for the staffing check.
func targetsOf(d *deployment.Deployment) []reconcile.Target {
	var out []reconcile.Target
	for _, r := range d.Routing.Rules {
		out = append(out, reconcile.Target{Rule: fmt.Sprintf("rule %q", r.Name), Queue: r.To.Queue, Skills: r.To.Skills})
	}
	f := d.Routing.Fallback
	return append(out, reconcile.Target{Rule: "the fallback", Queue: f.Queue, Skills: f.Skills})
}
