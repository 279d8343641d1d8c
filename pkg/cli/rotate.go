package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/spf13/cobra"
)

type rotateOptions struct {
	session
	yes, stdin bool
}

func newRotateCmd(subs ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rotate",
		Short: "Replace the HubSpot key or the run-time client without a gap",
		Long: `Replace what the data actions sign in with, while calls go on. Nothing else is changed: what
the deployment file has besides waits for setup.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(subs...)
	return cmd
}

func newRotateKeyCmd(env *Env, run func(context.Context, rotateOptions) error) *cobra.Command {
	var o rotateOptions
	cmd := &cobra.Command{
		Use:   "key",
		Short: "Put a new HubSpot key into the org",
		Long: `Put a new HubSpot key into the org. A person makes it in HubSpot: Development, Keys, Service keys,
Rotate, and there "expire later", so that the old one works for seven more days. The new value is taken from
` + keyVariable + `, or with --stdin from the first line of standard input, which is
the key alone and not NAME=value. One read proves it: HubSpot
knows it, it belongs to the account of hubspot.portal, and it has the scopes that the data actions use.
Only then the credential takes it, and every data action that uses it is run once.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.session = env.session()
			return run(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVar(&o.yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&o.stdin, "stdin", false, "read the new key from the first line of standard input; needs --yes")
	return cmd
}

func newRotateClientCmd(env *Env, run func(context.Context, rotateOptions) error) *cobra.Command {
	var o rotateOptions
	cmd := &cobra.Command{
		Use:   "client",
		Short: "Replace the OAuth client that trips the breaker",
		Long: `Replace the run-time client, with which the data action runs that trips the breaker. A second client
is made, and when it may do what its role says, the credential takes its secret; the data action is run once,
and the first client goes last. So the breaker can be tripped all the time. Nobody sees a secret: it goes from the
platform's reply into the credential.

With manage.runtimeClient: false the credential takes the client that DEALROUTE_RUNTIME_CLIENT_ID and
DEALROUTE_RUNTIME_CLIENT_SECRET name; retire the old one yourself.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.session = env.session()
			return run(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVar(&o.yes, "yes", false, "do not ask")
	return cmd
}

func runRotateKey(ctx context.Context, o rotateOptions) error {
	var given secret.Value
	if o.stdin {
		if !o.yes {
			return fail(errors.New("--stdin leaves nobody to ask"), "add --yes")
		}
		if o.told[keyVariable] != "" {
			return fail(errors.New("--secrets-stdin gives the key already"), "leave out --stdin")
		}
		if err := o.claim("--stdin"); err != nil {
			return err
		}
		line, err := readLine(bufio.NewReader(o.IO.In))
		given = secret.New(string(line))
		o.known.Add(given)
		if err == nil {
			err = whole("standard input", given)
		}
		if err != nil || !given.Set() {
			return fail(errors.New("standard input holds no key in its first line"), "such as: pass show hubspot | dealroute rotate key --stdin --yes")
		}
		if _, value, named := strings.Cut(string(line), keyVariable+"="); named {
			o.known.Add(secret.New(value))
			return fail(errors.New("standard input holds a line NAME=value and not the key alone"), "leave out what is before the key; lines of that form are read with --"+secretsFlag)
		}
		o.tell(keyVariable, given, "standard input")
	}
	return rotate(ctx, o, func(d *deployment.Deployment) (rotation, error) {
		switch auth := d.HubSpot.Auth; {
		case auth.Outside():
			return rotation{}, fail(errors.New("this deployment has no key in the org, but an access token that is renewed from outside"),
				"dealroute token renew takes the app's new secret with the next renewal")
		case auth.ByPlatform() && o.stdin:
			return rotation{}, fail(errors.New("--stdin reads one key, and this deployment signs in as an app, which has several values"),
				"set "+strings.Join(appVariables(), ", "))
		case auth.ByPlatform():
			return rotation{
				ending: blueprint.OAuthEnding, what: "the HubSpot app's values",
				done:  "The app signs in with the new values from now on. Set them wherever setup runs, or they are put back.",
				same:  "the credential holds these values already. Make new ones in HubSpot first.",
				value: func(target *org) (func(string) (secret.Value, error), error) { return target.secret, nil },
			}, nil
		}
		return rotation{
			ending: blueprint.KeyEnding, what: "the HubSpot key",
			done: "The old key can go now: HubSpot ends it by itself when it was told to expire later. Set " + keyVariable + " to the new one wherever setup runs, or it is put back.",
			same: "the credential holds this key already. Make a new one in HubSpot first.",
			value: func(target *org) (func(string) (secret.Value, error), error) {
				switch {
				case given.Set():
					return func(string) (secret.Value, error) { return given, nil }, nil
				case target.sandbox != nil:
					_, other := target.sandbox.keys() // once: the credential takes it while others ask
					return func(string) (secret.Value, error) { return other, nil }, nil
				}
				_, err := target.secret(blueprint.FieldToken)
				return target.secret, err
			},
		}, nil
	})
}

func runRotateClient(ctx context.Context, o rotateOptions) error {
	return rotate(ctx, o, func(d *deployment.Deployment) (rotation, error) {
		if !d.Enrichment.Breaker.Enabled {
			return rotation{}, fail(errors.New("this deployment has no run-time client, since it has no breaker"), "there is one with enrichment.breaker")
		}
		return rotation{
			ending: blueprint.ClientEnding, what: "the run-time client",
			done:  "The breaker is tripped with the new client from now on.",
			same:  "the credential holds this client already.",
			value: func(target *org) (func(string) (secret.Value, error), error) { return target.secret, nil },
		}, nil
	})
}

// A rotation is what one command replaces.
type rotation struct {
	ending     string // of the credential's name
	what       string // is replaced, in words
	done, same string // what is said at the end, and of a value that is there already
	value      func(*org) (func(field string) (secret.Value, error), error)
}

func rotate(ctx context.Context, o rotateOptions, of func(*deployment.Deployment) (rotation, error)) (err error) {
	env := o.session
	l, b, err := load(env, false)
	if err != nil {
		return err
	}
	what, err := of(l.deployment)
	if err != nil {
		return err
	}
	credential := genesys.Key{Kind: genesys.Credential, Name: l.deployment.Name + what.ending}
	target, err := openOrg(ctx, env, l, b, false)
	if err != nil {
		return err
	}
	defer closing(target, &err)
	value, err := what.value(target)
	if err != nil {
		return err
	}
	target.secret = value
	cfg := target.reconcileConfig(env, l, b)
	cfg.Rotate = []genesys.Key{credential}
	return applyPlan(ctx, env, target, b, cfg, applying{
		yes: o.yes, of: l.deployment, verb: "rotate",
		question: func(r *reconcile.Reconciler) string {
			return fmt.Sprintf("Replace %s of %q in org %q?", what.what, l.deployment.Name, r.Identity().OrgName)
		},
		last: func(r *reconcile.Reconciler) string {
			if r.Plan().Pending() {
				return what.done
			}
			return "Nothing to do: " + what.same
		},
	})
}
