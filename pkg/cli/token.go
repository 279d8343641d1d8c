package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspotrest"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/spf13/cobra"
)

type tokenRenewOptions struct {
	session
	every time.Duration // 0: once
}

func newTokenCmd(subs ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Renew the OAuth access token in the org",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(subs...)
	return cmd
}

func newTokenRenewCmd(env *Env, run func(context.Context, tokenRenewOptions) error) *cobra.Command {
	var o tokenRenewOptions
	cmd := &cobra.Command{
		Use:   "renew",
		Short: "Put a new access token into the credential, and until when it may be used into the control table",
		Long: `Put a new access token into the credential, and then into the control table until when it may be
used, a minute and enrichment.budget before it ends. No caller waits for it; when nobody renews the token,
callers are lookup_failed from that time on and no request is made. For hubspot.auth {method:
oauth, renew: outside}. The app comes from ` + clientIDVariable + `, ` + clientSecretVariable + ` and ` + refreshTokenVariable + `.

Once, for a scheduler, or with --every until it is interrupted: then a renewal that fails is told
and tried again soon, and --timeout does not count. HubSpot's tokens live for 30 minutes; 20m
leaves ten for what may go wrong.`,
		Args:        cobra.NoArgs,
		Annotations: map[string]string{serves: "every"},
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.session = env.session()
			if cmd.Flags().Changed("every") && o.every <= 0 {
				return fail(fmt.Errorf("--every %s is no pause", o.every), "write it as 20m")
			}
			return run(cmd.Context(), o)
		},
	}
	cmd.Flags().DurationVar(&o.every, "every", 0, "renew again and again, until it is interrupted, such as 20m")
	return cmd
}

// renewalTime bounds one renewal, from asking for a token to saying how long it may be used. It is
// shorter than the margin by which a token is given up: of two that renew at the same time the row
// says at worst what is true of the other's token.
const renewalTime = 50 * time.Second

// Pauses after a renewal that failed.
const (
	firstRetry   = 15 * time.Second
	longestRetry = 2 * time.Minute
)

func runTokenRenew(ctx context.Context, o tokenRenewOptions) error {
	env := o.session
	l, b, err := load(env, false)
	if err != nil {
		return err
	}
	if !l.deployment.HubSpot.Auth.Outside() {
		hint := "a service key does not expire; for OAuth write hubspot.auth: {method: oauth, renew: outside}"
		if l.deployment.HubSpot.Auth.ByPlatform() {
			hint = "Genesys Cloud renews it itself; for tokens that come from here write renew: outside"
		}
		return fail(errors.New("this deployment has no token that is renewed from outside"), hint)
	}
	if missing := notGiven(env, l.deployment); missing != "" && !env.settings.sandbox {
		return fail(fmt.Errorf("%s is not set", missing), fmt.Sprintf("set %s; they are those of the app in HubSpot", givenBy(l.deployment)))
	}
	var last *hubspotrest.AccessToken
	if o.every == 0 {
		defer o.working("renewing the token", nil)()
		_, err := o.renew(ctx, l, b, &last)
		return err
	}
	retry, told := firstRetry, false
	for {
		if env.takeFiles(appVariables()...) {
			last = nil // what came with an earlier token counts no more
		}
		env.takeFiles(credentialNames()...)
		until, err := o.renew(ctx, l, b, &last)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // it was interrupted, and what it was doing is told by nobody
		}
		wait := o.every
		switch left := until.Sub(env.Now()); {
		case err != nil:
			wait, retry = min(retry, o.every), min(2*retry, longestRetry)
			printFailure(env.IO, err)
			diag.Fprintf(env.IO.Err, "it is tried again in %s\n", wait)
		case left < o.every:
			wait, retry = max(left/2, time.Second), firstRetry
			if !told {
				told = true
				diag.Fprintf(env.IO.Err, "warning: a token may be used for %s only, less than the %s of --every: it is renewed after half of that\n", left.Round(time.Second), o.every)
			}
		default:
			retry = firstRetry
		}
		if err := env.IO.flush(); err != nil {
			return unwritten(err)
		}
		if env.pause()(ctx, wait) != nil {
			return nil //nolint:nilerr // interrupted
		}
	}
}

// renew renews the token once. last is what was got before, with the refresh token that counts now.
func (o tokenRenewOptions) renew(ctx context.Context, l *loaded, b *blueprint.Blueprint, last **hubspotrest.AccessToken) (until time.Time, err error) {
	env, d := o.session, l.deployment
	ctx, stop := context.WithTimeout(ctx, renewalTime)
	defer stop()
	target, err := openOrg(ctx, env, l, b, false)
	if err != nil {
		return until, err
	}
	defer closing(target, &err)
	target.access = *last
	cfg := target.reconcileConfig(env, l, b)
	cfg.Token = target.renewed(env, d)
	if *last == nil { // the first renewal
		if err := target.visit(ctx, env, d, "token renew", true); err != nil {
			return until, err
		}
	}
	r, err := reconcile.Renew(ctx, target.client, cfg)
	*last = target.access
	if err != nil {
		return until, tokenError(err)
	}
	answer := view.TokenAnswer{
		Schema: view.Schema, Org: view.NewOrg(r.ID), Sandbox: target.sandbox != nil, Until: r.Until.UTC().Format(time.RFC3339), Expires: target.access.Expires.UTC().Format(time.RFC3339), Rotated: target.access.Rotated,
	}
	if env.settings.json {
		return r.Until, view.JSON(env.IO.Out, answer)
	}
	return r.Until, view.PrintToken(env.IO.Out, answer, r.Until.Sub(env.Now()))
}

// renewed gets a token that is new, and looks whose it is where the answer does not say it and the
// deployment file pins an account.
func (o *org) renewed(env session, d *deployment.Deployment) func(context.Context, genesys.Key) (reconcile.Token, error) {
	return func(ctx context.Context, _ genesys.Key) (reconcile.Token, error) {
		t, err := o.token(ctx, env, d, true)
		if err != nil || d.HubSpot.Portal == "" || o.access.Portal != "" || o.sandbox != nil {
			return t, err
		}
		return t, o.checkPortal(ctx, env, d, t.Value)
	}
}

func (o *org) checkPortal(ctx context.Context, env session, d *deployment.Deployment, key secret.Value) error {
	return hubspotrest.New(hubspotrest.Options{
		BaseURL: o.crm, Agent: "dealroute/" + env.version(), Token: key, Version: d.HubSpot.APIVersion, Log: env.log(), Sleep: env.Pause, Secrets: env.known,
	}).CheckPortal(ctx, d.HubSpot.Portal)
}

// tokenError gives a renewal that failed its next step.
func tokenError(err error) error {
	var none *reconcile.NoTableError
	var key *reconcile.KeyError
	var wrong *hubspotrest.WrongPortalError
	var refused *hubspotrest.Error
	switch {
	case errors.As(err, &none) && none.Note == "", errors.Is(err, reconcile.ErrNotSetUp):
		return fail(err, `run "dealroute setup" first; nothing was changed`)
	case errors.As(err, &none):
		return fail(err, `look at "dealroute plan"; nothing was changed`)
	case errors.As(err, &wrong):
		return fail(err, "use the app's refresh token for the right account, or correct hubspot.portal; nothing was changed")
	case errors.As(err, &key) && errors.As(err, &refused):
		return fail(err, refused.Hint())
	case errors.As(err, &key):
		return fail(err, "nothing was changed")
	}
	return orgError(err)
}
