package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesysrest"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspotrest"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/dealroute/dealroute/pkg/words"
	"github.com/spf13/cobra"
)

type setupOptions struct {
	session
	yes, adopt, cutover, allowUnstaffed, forceUnlock bool

	plan  string   // file of a saved plan
	given []string // flags that shape a plan and stand on the command line

	verify, verifyANI string
	timings           bool

	moves moveOptions
}

// cutoverHelp and forceUnlockHelp are those of the flags wherever they stand.
const cutoverHelp = "move numbers that are on another call route, last of all"

const timingsHelp = "print how long each step took, and which of them decided how long all took"

const allowUnstaffedHelp = "send calls to queues although nobody would answer there"

const forceUnlockHelp = "take the lock of a flow that somebody is working on; what they have not saved is lost"

func newSetupCmd(env *Env, run func(context.Context, setupOptions) error) *cobra.Command {
	var o setupOptions
	cmd := &cobra.Command{
		Use:   "setup [PLAN]",
		Short: "Create or update everything in the org; repeat it as often as you like",
		Long: `Make the org what the deployment file says: role, client, credentials, integrations, data
actions, control table, script, flow and call route. Shows the plan and asks before it
changes anything. Live traffic comes last: each data action is tested before it is
published, the flow is published only when it changed, and the call route follows it. Nothing
is changed when calls would go to a queue in which nobody works.

A second run does nothing. A run that was interrupted goes on where it ended.

With a file that "plan --out" wrote it applies exactly that plan, with the flags that it was made
with. It refuses (exit code 2) when the org, the deployment file, its templates or this program
have changed since, or the plan is applied already, and says what changed.`,
		Example: `  dealroute setup --sandbox
  dealroute setup --yes
  dealroute setup change.plan --yes`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.session, o.given = env.session(), givenOf(cmd.Flags())
			if len(args) > 0 {
				o.plan = args[0]
			}
			return run(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.yes, "yes", false, "do not ask")
	f.BoolVar(&o.adopt, "adopt", false, "take over what has our name and not our mark")
	f.BoolVar(&o.cutover, "cutover", false, cutoverHelp)
	f.BoolVar(&o.allowUnstaffed, "allow-unstaffed", false, allowUnstaffedHelp)
	f.BoolVar(&o.forceUnlock, "force-unlock", false, forceUnlockHelp)
	f.BoolVar(&o.timings, "timings", false, timingsHelp)
	choose(f, &o.verify, "verify", "on", "send a caller for each rule through what was made, before calls are led to it: on or off", "on", "off")
	f.StringVar(&o.verifyANI, "verify-ani", "", "also look this number up in HubSpot, and show where its call goes")
	o.moves.flags(f, "")
	return cmd
}

func runSetup(ctx context.Context, o setupOptions) (err error) {
	env := o.session
	verified, err := verifyMode(o.verify, o.verifyANI)
	if err != nil {
		return err
	}
	var saved *savedPlan
	if o.plan != "" && !o.moves.alone() {
		return fail(errors.New("a saved plan says all that is done"), "leave --renamed-from, --cutover-back and --number out, or the plan")
	}
	if o.plan != "" {
		if saved, err = readPlan(o.plan); err != nil {
			return err
		}
		if err := saved.shapeBy(&o); err != nil {
			return err
		}
	}
	l, b, err := load(env, false)
	if err != nil {
		return err
	}
	if saved != nil {
		if err := saved.before(env, l); err != nil {
			return err
		}
	}
	if missing := notGiven(env, l.deployment); missing != "" && !env.settings.sandbox {
		diag.Fprintf(env.IO.Err, "warning: %s is not set: setup cannot check the key, and changes nothing if the credential must be written\n", missing)
	}
	if err := o.moves.check(l.deployment, o.cutover || o.adopt); err != nil {
		return err
	}
	if err := o.moves.sandbox(env, l.deployment.Name); err != nil {
		return err
	}
	if o.moves.back != "" && o.verifyANI != "" {
		return fail(errors.New("--cutover-back tests nothing"), "leave --verify-ani out")
	}
	env.settings.keyless = o.moves.back != ""
	target, err := openOrg(ctx, env, l, b, false)
	if err != nil {
		return err
	}
	defer closing(target, &err)
	cfg := target.reconcileConfig(env, l, b)
	cfg.Adopt, cfg.Cutover, cfg.AllowUnstaffed, cfg.ForceUnlock = o.adopt, o.cutover, o.allowUnstaffed, o.forceUnlock
	o.moves.into(&cfg)
	if o.moves.back == "" {
		target.joinOwners(ctx, env, l.deployment, &cfg)
	}
	if saved != nil {
		if err := saved.sameWanted(l, cfg.Desired); err != nil {
			return err
		}
	}
	v := newVerifier(env, l, b, target, o.verifyANI)
	if verified {
		cfg.Verify, cfg.VerifyUnchanged = v.verify, o.verifyANI != ""
	}
	return applyPlan(ctx, env, target, b, cfg, applying{
		yes: o.yes, of: l.deployment, verb: "setup", timings: o.timings, saved: saved, verifier: v,
		look: func(r *reconcile.Reconciler) diag.Findings {
			if o.moves.back != "" { // who goes back has no time, and HubSpot may be why
				return nil
			}
			return target.look(ctx, env, l, b, r)
		},
		tell: func(found diag.Findings) error { return tellFindings(env, l, found) },
		question: func(r *reconcile.Reconciler) string {
			was := ""
			if o.moves.former != "" {
				was = fmt.Sprintf(" and delete what is left of %q", o.moves.former)
			}
			return fmt.Sprintf("Apply %s to org %q%s?", words.Count(view.Pending(r.Plan()), "change", "changes"), r.Identity().OrgName, was)
		},
	})
}

type destroyOptions struct {
	session
	yes, queues, forceUnlock bool
	confirm                  string
	timings                  bool
}

func newDestroyCmd(env *Env, run func(context.Context, destroyOptions) error) *cobra.Command {
	var o destroyOptions
	cmd := &cobra.Command{
		Use:   "destroy",
		Short: "Remove from the org what setup created, and nothing else",
		Long: `Remove from the org what setup created, after a question that wants the deployment's name. Skills
stay, queues go with --queues. What --adopt took over stays, and so does what holds something of
others (rows of a table, actions of an integration, members of a queue or of a role, numbers of a
call route) and all that it uses; the plan says why.`,
		Example: `  dealroute destroy
  dealroute destroy --yes --confirm acme-inbound`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.session = env.session()
			return run(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.yes, "yes", false, "do not ask; outside the sandbox --confirm must name the deployment")
	f.StringVar(&o.confirm, "confirm", "", "name of the deployment, as a person would type it")
	f.BoolVar(&o.timings, "timings", false, timingsHelp)
	f.BoolVar(&o.queues, "queues", false, "also delete the queues that setup created")
	f.BoolVar(&o.forceUnlock, "force-unlock", false, forceUnlockHelp)
	return cmd
}

func runDestroy(ctx context.Context, o destroyOptions) (err error) {
	env := o.session
	l, b, err := load(env, false)
	if err != nil {
		return err
	}
	name := l.deployment.Name
	if o.confirm != "" && o.confirm != name {
		return fail(fmt.Errorf("--confirm %q is not the name of this deployment", o.confirm), fmt.Sprintf("the name is %q", name))
	}
	if o.yes && !env.settings.sandbox && o.confirm != name {
		return fail(fmt.Errorf("destroy without a question needs the deployment's name"), fmt.Sprintf("add --confirm %s", name))
	}
	env.settings.keyless = true
	target, err := openOrg(ctx, env, l, b, false)
	if err != nil {
		return err
	}
	defer closing(target, &err)
	cfg := target.reconcileConfig(env, l, b)
	cfg.Desired, cfg.DeleteQueues, cfg.ForceUnlock = genesys.Set{}, o.queues, o.forceUnlock
	return applyPlan(ctx, env, target, b, cfg, applying{
		yes: o.yes, of: l.deployment, verb: "destroy", answer: name, timings: o.timings,
		question: func(r *reconcile.Reconciler) string {
			return fmt.Sprintf("Delete %s of %q from org %q? Type the deployment's name to go on:", words.Count(view.Pending(r.Plan()), "entity", "entities"), name, r.Identity().OrgName)
		},
		last: func(*reconcile.Reconciler) string { return skillsStay(b) },
	})
}

// skillsStay says which skills a destroy leaves, also those that setup made. Skills bear no
// mark, so nobody can tell any more which those are.
func skillsStay(b *blueprint.Blueprint) string {
	var names []string
	for _, e := range b.Entities {
		if e.Key.Kind == genesys.Skill {
			names = append(names, e.Key.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "skills are never deleted, also those that setup made: agents hold them, and other flows may ask for them by name; " + strings.Join(names, ", ") + " stay where they are"
}

// applying says how a plan is confirmed.
type applying struct {
	yes      bool
	of       *deployment.Deployment
	verb     string
	question func(*reconcile.Reconciler) string
	answer   string                             // what a person types; empty: y
	timings  bool                               // print how long each step took
	last     func(*reconcile.Reconciler) string // what a person is told at the end; nil: nothing
	saved    *savedPlan                         // what the plan must be; nil: whatever it is
	verifier *verifier                          // has what became of the callers; nil: there are none

	look func(*reconcile.Reconciler) diag.Findings // at both accounts, before anything is changed; nil: nobody looks
	tell func(diag.Findings) error
}

// replans is how often a plan is made again because somebody changed what it would change.
const replans = 2

// applyPlan shows the plan, asks, applies exactly it, and ends with a line that adds up. What
// somebody changed since the plan was made is left alone, and planned again.
func applyPlan(ctx context.Context, env session, target *org, b *blueprint.Blueprint, cfg reconcile.Config, a applying) error {
	start := env.Now()
	asJSON := env.settings.json
	watch := view.NewStopwatch(env.Now)
	tell := func(reconcile.Event) {}
	switch {
	case asJSON:
	case env.IO.ErrTerminal:
		tell = view.Progress(env.IO.Err)
	default:
		tell = view.Steps(env.IO.Err)
	}
	var finished atomic.Int64
	cfg.Observe = func(e reconcile.Event) {
		if e.State == reconcile.Done {
			finished.Add(1)
		}
		if e.State == reconcile.Started && cfg.Verify != nil { // there is time for it while the org works
			go a.verifier.callers() //nolint:errcheck // it is asked again
		}
		watch.Observe(e)
		tell(e)
	}
	var r *reconcile.Reconciler
	var outcomes []reconcile.Outcome
	var texts map[genesys.Key][2]string
	var found diag.Findings
	var failed error
	for try := 0; ; try++ {
		var err error
		read, reading := watch.Step("read the org"), env.working("reading the org and asking both accounts", nil)
		defer reading()
		if r, err = reconcile.Read(ctx, target.client, cfg); err != nil {
			return orgError(err)
		}
		read()
		said := target.strange(r.Identity(), a.of, false)
		if said != "" && asJSON && try == 0 {
			r.Warn(said)
		}
		if a.saved != nil {
			if err := a.saved.same(env, target, cfg.Desired, r); err != nil {
				return err
			}
		}
		var asked sync.WaitGroup
		if a.look != nil && r.Plan().Pending() {
			asked.Go(func() {
				defer watch.Step("ask both accounts")()
				found = a.look(r)
			})
		}
		export := watch.Step("read the published flow")
		texts = publishedFlow(ctx, env, target, b, r.Plan())
		export()
		asked.Wait()
		reading()
		if !asJSON {
			if err := printPlan(env, target, r, texts, nil, nil); err != nil {
				return err
			}
		}
		warnLacks(env, r)
		if len(found) > 0 {
			if err := a.tell(found); err != nil {
				return err
			}
		}
		if r.Plan().Pending() && !a.yes && r.Ready() == nil {
			if err := confirm(env, attention(said)+a.question(r), a.answer); err != nil {
				return err
			}
		}
		target.remember(ctx, r.Identity(), a.of, a.verb, r.Ready() == nil)
		changes := words.Count(view.Pending(r.Plan()), "change", "changes")
		applied := env.working("changing the org", func() string { return fmt.Sprintf("%d steps of %s done", finished.Load(), changes) })
		outcomes, failed = r.Apply(ctx)
		applied()
		var changed *reconcile.ChangedError
		if try == replans || !errors.As(failed, &changed) || a.saved != nil {
			break
		}
		diag.Fprintf(env.IO.Err, "warning: %v; it is planned again\n", failed)
	}
	failed = env.stopped(applyError(failed, r, b.Scopes(), env.settings.sandbox))
	if a.saved != nil {
		failed = goOn(failed)
	}
	done := view.Apply{Verb: a.verb, Plan: r.Plan(), Outcomes: outcomes, Sandbox: target.sandbox != nil, Texts: texts, Lacking: view.Lacking(r.Lacks()), Warnings: r.Warnings(), Took: env.Now().Sub(start)}
	done.Preflight = view.NewPreflight(r, found)
	done.Reads, done.Writes = target.client.Calls()
	if a.timings {
		done.Timings = watch.Timings()
	}
	if a.verifier != nil {
		done.Verification = a.verifier.result
		if failed == nil {
			done.Next = a.verifier.next(r.Numbers())
		}
	}
	if failed != nil {
		f := findingOf(failed)
		done.Failed = &f
	}
	if !asJSON {
		view.PrintApply(env.IO.Out, env.IO.Err, done)
		if failed == nil && a.last != nil {
			if text := a.last(r); text != "" {
				diag.Fprintf(env.IO.Out, "%s\n", text)
			}
		}
		return failed
	}
	if err := view.JSON(env.IO.Out, view.NewApplied(done)); err != nil || failed == nil {
		return err
	}
	return &printedError{failed}
}

// orgError gives an error of reading an org its next step.
func orgError(err error) error {
	var wrong *reconcile.WrongOrgError
	var refused *genesysrest.Error
	var none *reconcile.NotThereError
	switch {
	case errors.As(err, &none):
		return fail(err, "run setup first; nothing was changed")
	case errors.As(err, &wrong):
		return fail(err, "sign in with a client of that org, or correct genesys.org; nothing was changed")
	case errors.As(err, &refused) && (refused.Status == http.StatusUnauthorized || strings.Contains(refused.Message, "invalid_client")):
		return fail(err, "the region or the client's id and secret are wrong, or the access token has ended: correct GENESYSCLOUD_OAUTHCLIENT_ID and GENESYSCLOUD_OAUTHCLIENT_SECRET, GENESYSCLOUD_ACCESS_TOKEN, or the profile; nothing was changed")
	case errors.As(err, &refused) && refused.Status == 0 && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded):
		return fail(err, "check the region or --genesys-base-url, and the network; nothing was changed")
	case errors.Is(err, genesys.ErrForbidden):
		return fail(err, "add the missing permission to a role of this client; \"dealroute auth check\" names all that it lacks; nothing was changed")
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return fail(err, "give it more time with --timeout; nothing was changed")
	}
	return fail(err, "nothing was changed")
}

// applyError gives a failed application its next step.
func applyError(err error, r *reconcile.Reconciler, scopes []string, sandbox bool) error {
	var unstaffed *reconcile.UnstaffedError
	var key *reconcile.KeyError
	var told *failure
	var held *reconcile.HeldError
	var locked *reconcile.LockedError
	var twins *reconcile.TwinsError
	var unfit *unfitError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &told) && told.no:
		return told
	case errors.As(err, &unfit):
		return fail(err, unfit.hint)
	case errors.As(err, &twins):
		return fail(err, "run it again when no other setup runs: of two it keeps the one that is used and removes the other")
	case errors.As(err, &key) && errors.As(key.Err, &told):
		return fail(err, told.finding.Hint+"; then run it again")
	case errors.As(err, &key) && hubspotrest.GrantRefused(key.Err):
		var refused *hubspotrest.Error
		errors.As(key.Err, &refused)
		return fail(err, refused.Hint()+"; then run it again")
	case errors.As(err, &key) && (strings.HasSuffix(key.Credential.Name, blueprint.TokenEnding) || strings.HasSuffix(key.Credential.Name, blueprint.OAuthEnding)):
		return fail(err, fmt.Sprintf("%s must be those of an app that is connected to the account with %s; correct them, then run it again: setup writes the credential again", strings.Join(appVariables(), ", "), strings.Join(scopes, " and ")))
	case errors.As(err, &key) && strings.HasSuffix(key.Credential.Name, blueprint.KeyEnding):
		return fail(err, fmt.Sprintf("%s must hold a key that HubSpot knows and that has %s; correct it, then run it again: setup writes it again", keyVariable, strings.Join(scopes, " and ")))
	case errors.As(err, &held), errors.As(err, &locked):
		return fail(err, "run it again when they are done, or with --force-unlock")
	case errors.Is(err, reconcile.ErrBlocked):
		var reasons []string
		for _, c := range r.Plan().Blocked() {
			reasons = append(reasons, fmt.Sprintf("%s: %s", c.Key, c.Reason))
		}
		hint := "settle these, then run it again"
		if sandbox {
			hint += `; "dealroute sandbox reset" forgets this emulated org, and the next command makes one of the file as it is now`
		}
		return fail(fmt.Errorf("%w: %s", err, strings.Join(reasons, "; ")), hint)
	case errors.As(err, &unstaffed):
		return fail(err, "correct the names, put agents with these skills into the queues, or repeat with --allow-unstaffed")
	case errors.Is(err, genesys.ErrForbidden):
		return fail(err, "add the missing permission to a role of this client, then run it again; what is done stays")
	case errors.Is(err, context.DeadlineExceeded):
		return fail(err, "give it more time with --timeout, and run it again: it goes on where it ended, and makes nothing twice")
	}
	return fail(err, "run it again: it goes on where it ended, and makes nothing twice")
}
