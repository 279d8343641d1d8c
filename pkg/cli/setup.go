package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesysrest"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/spf13/cobra"
)

type setupOptions struct {
	yes, adopt, cutover, allowUnstaffed bool
}

func newSetupCmd(env *Env) *cobra.Command {
	var o setupOptions
	cmd := &cobra.Command{
		Use:   "setup",
		Short: "Create or update everything in the org; repeat it as often as you like",
		Long: `Make the org what the deployment file says: role, client, credentials, integrations, data
actions, control table, script, flow and call route. Shows the plan and asks before it
changes anything. Live traffic comes last: each data action is tested before it is
published, the flow is published only when it changed, and the call route follows it.

A second run does nothing. A run that was interrupted goes on where it ended.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runSetup(cmd.Context(), env, o) },
	}
	f := cmd.Flags()
	f.BoolVar(&o.yes, "yes", false, "do not ask")
	f.BoolVar(&o.adopt, "adopt", false, "take over what has our name and not our mark")
	f.BoolVar(&o.cutover, "cutover", false, "move numbers that are on another call route")
	f.BoolVar(&o.allowUnstaffed, "allow-unstaffed", false, "attach the call route although nobody would answer")
	return cmd
}

func runSetup(ctx context.Context, env *Env, o setupOptions) (err error) {
	l, b, err := load(env, false)
	if err != nil {
		return err
	}
	target, err := openOrg(ctx, env, l, b, false)
	if err != nil {
		return err
	}
	defer closing(target, &err)
	cfg := target.reconcileConfig(env, l, b)
	cfg.Adopt, cfg.Cutover, cfg.AllowUnstaffed = o.adopt, o.cutover, o.allowUnstaffed
	return applyPlan(ctx, env, target, b, cfg, applying{
		yes: o.yes, verb: "setup",
		question: func(r *reconcile.Reconciler) string {
			return fmt.Sprintf("Apply %s to org %q?", view.Count(pending(r.Plan()), "change", "changes"), r.Identity().OrgName)
		},
		answer: "yes",
	})
}

type destroyOptions struct {
	yes, queues bool
	confirm     string
}

func newDestroyCmd(env *Env) *cobra.Command {
	var o destroyOptions
	cmd := &cobra.Command{
		Use:   "destroy",
		Short: "Remove from the org what setup created, and nothing else",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runDestroy(cmd.Context(), env, o) },
	}
	f := cmd.Flags()
	f.BoolVar(&o.yes, "yes", false, "do not ask; outside the sandbox --confirm must name the deployment")
	f.StringVar(&o.confirm, "confirm", "", "name of the deployment, as a person would type it")
	f.BoolVar(&o.queues, "queues", false, "also delete the queues that setup created")
	return cmd
}

func runDestroy(ctx context.Context, env *Env, o destroyOptions) (err error) {
	l, b, err := load(env, false)
	if err != nil {
		return err
	}
	name := l.deployment.Name
	if o.confirm != "" && o.confirm != name {
		return fail(fmt.Errorf("--confirm %q is not the name of this deployment", o.confirm), fmt.Sprintf("the name is %q", name))
	}
	if o.yes && !env.settings.on("sandbox") && o.confirm != name {
		return fail(fmt.Errorf("destroy without a question needs the deployment's name"), fmt.Sprintf("add --confirm %s", name))
	}
	target, err := openOrg(ctx, env, l, b, false)
	if err != nil {
		return err
	}
	defer closing(target, &err)
	cfg := target.reconcileConfig(env, l, b)
	cfg.Desired, cfg.DeleteQueues = genesys.Set{}, o.queues
	return applyPlan(ctx, env, target, b, cfg, applying{
		yes: o.yes, verb: "destroy", answer: name,
		question: func(r *reconcile.Reconciler) string {
			return fmt.Sprintf("Delete %s of %q from org %q? Type the deployment's name:", view.Count(pending(r.Plan()), "entity", "entities"), name, r.Identity().OrgName)
		},
	})
}

// applying says how a plan is confirmed.
type applying struct {
	yes      bool
	verb     string
	question func(*reconcile.Reconciler) string
	answer   string
}

// applyPlan shows the plan, asks, applies exactly it, and ends with a line that adds up.
func applyPlan(ctx context.Context, env *Env, target *org, b *blueprint.Blueprint, cfg reconcile.Config, a applying) error {
	start := env.Now()
	cfg.Observe = progress(env)
	r, err := reconcile.Read(ctx, cfg)
	if err != nil {
		return orgError(err)
	}
	asJSON := env.settings.json()
	if !asJSON {
		if err := printPlan(ctx, env, target, b, r); err != nil {
			return err
		}
	}
	if r.Plan().Pending() && !a.yes {
		if err := confirm(env, a.question(r), a.answer); err != nil {
			return err
		}
	}
	outcomes, applyErr := r.Apply(ctx)
	reads, writes := target.client.Calls()
	ms := env.Now().Sub(start).Milliseconds()
	if asJSON {
		return printApplied(env, r, outcomes, applyErr, reads+writes, ms)
	}
	for _, w := range r.Warnings() {
		fmt.Fprintf(env.IO.Err, "warning: %s\n", w)
	}
	fmt.Fprintf(env.IO.Out, "%s: %s; %d calls (%d reads, %d writes) in %s\n", a.verb, addUp(outcomes), reads+writes, reads, writes,
		time.Duration(ms)*time.Millisecond)
	for _, o := range outcomes {
		if o.State == reconcile.NotDone {
			fmt.Fprintf(env.IO.Err, "not done: %s %s\n", o.Change.Action, o.Change.Key)
		}
	}
	return applyError(applyErr, r)
}

func printApplied(env *Env, r *reconcile.Reconciler, outcomes []reconcile.Outcome, applyErr error, calls int, ms int64) error {
	out := view.Applied{Plan: view.NewPlan(r.Plan()), Calls: calls, Ms: ms, Warnings: append([]string{}, r.Warnings()...), Findings: []view.Finding{}}
	for i, o := range outcomes {
		out.Changes[i] = view.NewChange(o.Change)
		out.Changes[i].Status = o.State
	}
	if applyErr == nil {
		return view.JSON(env.IO.Out, out)
	}
	err := applyError(applyErr, r)
	problem := view.NewFailure(findingOf(err), nil).Error
	out.Error = &problem
	if e := view.JSON(env.IO.Out, out); e != nil {
		return e
	}
	return &printedError{err}
}

// addUp counts what became of the changes.
func addUp(outcomes []reconcile.Outcome) string {
	done := map[plan.Action]int{}
	failed, notDone := 0, 0
	for _, o := range outcomes {
		switch o.State {
		case reconcile.Failed:
			failed++
		case reconcile.NotDone:
			notDone++
		default:
			done[o.Change.Action]++
		}
	}
	past := map[plan.Action]string{
		plan.Keep: "unchanged", plan.Create: "created", plan.Update: "updated", plan.Replace: "replaced", plan.Delete: "deleted", plan.Leave: "left alone",
	}
	var parts []string
	for _, a := range plan.Actions() {
		if done[a] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", done[a], past[a]))
		}
	}
	if failed > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", failed))
	}
	if notDone > 0 {
		parts = append(parts, fmt.Sprintf("%d not done", notDone))
	}
	if len(parts) == 0 {
		parts = []string{"nothing to do"}
	}
	return view.Count(len(outcomes), "entity", "entities") + ": " + strings.Join(parts, ", ")
}

// progress shows each change as it goes, for a person who looks on.
func progress(env *Env) func(reconcile.Event) {
	if env.settings.json() || !env.IO.ErrTerminal {
		return nil
	}
	last := map[string]string{}
	return func(e reconcile.Event) {
		switch e.State {
		case reconcile.Waiting:
			// What is awaited is asked for again and again, and told once.
			if last[e.Change.Key.String()] != e.Detail {
				last[e.Change.Key.String()] = e.Detail
				fmt.Fprintf(env.IO.Err, "  … %s %s: waiting for %s\n", e.Change.Key.Kind, e.Change.Key.Name, e.Detail)
			}
		case reconcile.Done:
			fmt.Fprintf(env.IO.Err, "  ✓ %s %s %s\n", e.Change.Action, e.Change.Key.Kind, e.Change.Key.Name)
		case reconcile.Failed:
			fmt.Fprintf(env.IO.Err, "  ✗ %s %s %s\n", e.Change.Action, e.Change.Key.Kind, e.Change.Key.Name)
		}
	}
}

// confirm asks a person. Nothing prompts without a terminal.
func confirm(env *Env, question, answer string) error {
	if !env.IO.InTerminal {
		return fail(errors.New("changes need a confirmation, and standard input is no terminal"), "look at the plan, then repeat with --yes")
	}
	fmt.Fprintf(env.IO.Err, "%s [%s] ", question, answer)
	line, err := bufio.NewReader(env.IO.In).ReadString('\n')
	if err != nil && line == "" {
		return fail(errors.New("no answer: nothing was changed"), "")
	}
	if strings.TrimSpace(line) != answer {
		return fail(errors.New("not confirmed: nothing was changed"), fmt.Sprintf("type %q to go on", answer))
	}
	return nil
}

// orgError gives an error of reading an org its next step.
func orgError(err error) error {
	var wrong *reconcile.WrongOrgError
	var refused *genesysrest.Error
	switch {
	case errors.As(err, &wrong):
		return fail(err, "sign in with a client of that org, or correct genesys.org; nothing was changed")
	case errors.As(err, &refused) && refused.Status == http.StatusUnauthorized:
		return fail(err, "the region or the client's id and secret are wrong: correct GENESYSCLOUD_OAUTHCLIENT_ID and GENESYSCLOUD_OAUTHCLIENT_SECRET, or the profile; nothing was changed")
	case errors.As(err, &refused) && refused.Status == 0 && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded):
		return fail(err, "check the region or --genesys-base-url, and the network; nothing was changed")
	case errors.Is(err, genesys.ErrForbidden):
		return fail(err, "add the missing permission to a role of this client; README.md lists all that are needed; nothing was changed")
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return fail(err, "give it more time with --timeout; nothing was changed")
	}
	return fail(err, "nothing was changed")
}

// applyError gives a failed application its next step.
func applyError(err error, r *reconcile.Reconciler) error {
	var unstaffed *reconcile.UnstaffedError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, reconcile.ErrBlocked):
		var reasons []string
		for _, c := range r.Plan().Blocked() {
			reasons = append(reasons, fmt.Sprintf("%s: %s", c.Key, c.Reason))
		}
		return fail(fmt.Errorf("%w: %s", err, strings.Join(reasons, "; ")), "settle these, then run it again")
	case errors.As(err, &unstaffed):
		return fail(err, "put agents with these skills into the queues, or repeat with --allow-unstaffed; everything before the call route is in place")
	case errors.Is(err, genesys.ErrForbidden):
		return fail(err, "add the missing permission to a role of this client, then run it again; what is done stays")
	}
	return fail(err, "run it again: it goes on where it ended, and makes nothing twice")
}
