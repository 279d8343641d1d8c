package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/report"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/spf13/cobra"
)

type planOptions struct {
	session
	detailed, adopt, cutover, forceUnlock, allowUnstaffed bool

	out     string // file for the plan
	timings bool

	moves  moveOptions
	diff   diffOptions
	report reportFile
}

func newPlanCmd(env *Env, run func(context.Context, planOptions) error) *cobra.Command {
	var o planOptions
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Show what setup would change in the org; changes nothing",
		Long: `Show what setup would change in the org, and change nothing.

With --routing-diff a list of calls is sent through what is deployed and through what the file says,
on fixtures or with the real HubSpot, which is only read: it is told how many would end elsewhere.

With --out the plan is saved, and "setup FILE" applies exactly that or refuses: when the org, the
deployment file, its templates or this program have changed since, it says what. The file holds
what plan shows, and no secret.`,
		Example: `  dealroute plan --out change.plan
  dealroute setup change.plan --yes
  dealroute plan --routing-diff calls.csv -o markdown`,
		Args:        cobra.NoArgs,
		Annotations: map[string]string{formatsOf: markdown},
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.session = env.session()
			o.report.called(cmd)
			return run(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVar(&o.detailed, "detailed-exitcode", false, "exit with 2 when changes are pending")
	cmd.Flags().BoolVar(&o.adopt, "adopt", false, "plan to take over what has our name and not our mark")
	cmd.Flags().BoolVar(&o.cutover, "cutover", false, "plan to "+cutoverHelp)
	cmd.Flags().BoolVar(&o.forceUnlock, "force-unlock", false, "plan to "+forceUnlockHelp)
	cmd.Flags().BoolVar(&o.allowUnstaffed, "allow-unstaffed", false, "plan to "+allowUnstaffedHelp)
	cmd.Flags().BoolVar(&o.timings, "timings", false, timingsHelp)
	cmd.Flags().StringVar(&o.out, "out", "", "save the plan in this file, for setup FILE")
	o.moves.flags(cmd.Flags(), "plan to ")
	o.diff.flags(cmd.Flags())
	o.report.flag(cmd.Flags(), "the plan")
	return cmd
}

func runPlan(ctx context.Context, o planOptions) (err error) {
	env := o.session
	if err := o.report.mayWrite(); err != nil {
		return err
	}
	defer o.report.ended(env, &err)
	l, b, err := load(env, false)
	if err != nil {
		return err
	}
	if err := o.diff.check(); err != nil {
		return err
	}
	if o.out != "" && !o.moves.alone() {
		return fail(errors.New("a plan with --renamed-from or --cutover-back cannot be saved"), "look at it with plan, then repeat the flags with setup")
	}
	if o.out != "" {
		if err := mayHold(o.out); err != nil {
			return err
		}
	}
	if err := o.moves.check(l.deployment, o.cutover || o.adopt); err != nil {
		return err
	}
	if err := o.moves.sandbox(env, l.deployment.Name); err != nil {
		return err
	}
	target, err := openOrg(ctx, env, l, b, true)
	if err != nil {
		return err
	}
	defer closing(target, &err)
	cfg := target.reconcileConfig(env, l, b)
	cfg.Adopt, cfg.Cutover, cfg.ForceUnlock, cfg.AllowUnstaffed, cfg.ShowStaff = o.adopt, o.cutover, o.forceUnlock, o.allowUnstaffed, true
	o.moves.into(&cfg)
	target.joinOwners(ctx, env, l.deployment, &cfg)
	reading := env.working("reading the org and asking both accounts", nil)
	defer reading()
	watch := view.NewStopwatch(env.Now)
	read := watch.Step("read the org")
	r, err := reconcile.Read(ctx, target.client, cfg)
	if err != nil {
		return orgError(err)
	}
	read()
	if said := target.strange(r.Identity(), l.deployment, env.settings.json); said != "" && env.settings.json {
		r.Warn(said)
	}
	if _, err := target.bearer(ctx, env, l.deployment); err != nil {
		diag.Fprintf(env.IO.Err, "warning: HubSpot was not asked whether it has what the file names: %v\n", err)
	}
	look := watch.Step("ask both accounts")
	found := target.look(ctx, env, l, b, r)
	look()
	export := watch.Step("read the published flow")
	texts := publishedFlow(ctx, env, target, b, r.Plan())
	export()
	reading()
	diff, err := o.diff.run(ctx, env, l, b, target, o.moves.former, watch)
	if err != nil {
		return err
	}
	var timings *view.Timings
	if o.timings {
		timings = watch.Timings()
	}
	answer := func() view.PlanAnswer {
		p := view.PlanAnswer{Plan: shownPlan(target, r, texts, found)}
		p.Timings = timings
		diff.into(&p)
		return p
	}
	if env.settings.json {
		err = view.JSON(env.IO.Out, answer())
	} else {
		err = printPlan(env, target, r, texts, timings, diff)
	}
	if err != nil {
		return err
	}
	if o.out != "" {
		if err := savePlan(env, o.out, l, target, cfg, r, shownPlan(target, r, texts, found)); err != nil {
			return err
		}
	}
	warnLacks(env, r)
	if err := tellFindings(env, l, found); err != nil {
		return err
	}
	for _, w := range r.Warnings() {
		diag.Fprintf(env.IO.Err, "warning: %s\n", w)
	}
	var key *reconcile.KeyError
	var unfit *unfitError
	switch ready := r.Ready(); {
	case errors.As(ready, &key):
		diag.Fprintf(env.IO.Err, "warning: setup would change nothing: %v\n", key)
	case errors.As(ready, &unfit) && r.Plan().Pending():
		diag.Fprintf(env.IO.Err, "warning: setup would change nothing: %v\n", unfit.why)
	}
	target.remember(ctx, r.Identity(), l.deployment, "plan", false)
	err = nil
	if o.detailed && (r.Plan().Pending() || len(r.Plan().Held()) > 0) {
		err = errNo
	}
	return o.report.after(env, err, func() (report.Page, error) {
		return report.Plan(o.page(l, target, r, answer(), found, diff)), nil
	})
}

func shownPlan(target *org, r *reconcile.Reconciler, texts map[genesys.Key][2]string, found diag.Findings) view.Plan {
	p := view.NewPlan(r.Plan(), target.sandbox != nil, texts, view.Lacking(r.Lacks()), r.Warnings())
	p.Preflight = view.NewPreflight(r, found)
	return p
}

func printPlan(env session, target *org, r *reconcile.Reconciler, texts map[genesys.Key][2]string, timings *view.Timings, diff *routingDiff) error {
	if timings != nil {
		defer view.PrintTimings(env.IO.Err, timings)
	}
	if env.settings.format == markdown {
		if err := view.MarkdownPlan(env.IO.Out, r.Identity().OrgName, target.sandbox != nil, r.Plan(), texts); err != nil {
			return err
		}
		return diff.print(env)
	}
	diag.Fprintf(env.IO.Out, "org %q (%s)\n", r.Identity().OrgName, r.Identity().OrgID)
	if target.sandbox != nil {
		diag.Fprintf(env.IO.Out, "It is emulated, and %s: that queues exist and have staff here says nothing of a real org.\n", target.sandbox.origin)
	}
	if err := view.PrintPlan(env.IO.Out, r.Plan(), texts); err != nil {
		return err
	}
	return diff.print(env)
}

// warnLacks names the permissions that setup would miss. It goes on all the same: which grants
// the platform tells of is not documented.
func warnLacks(env session, r *reconcile.Reconciler) {
	lacks, known := r.Lacks()
	if !known {
		if len(lacks) > 0 {
			var all []string
			for _, l := range lacks {
				all = append(all, l.Permission)
			}
			diag.Fprintf(env.IO.Err, "warning: the platform tells of no permission that this client holds without a condition, so what it lacks is not known; the changes need %s\n", strings.Join(all, ", "))
		}
		return
	}
	for _, l := range lacks {
		diag.Fprintf(env.IO.Err, "warning: this client seems to lack %s, which is needed to %s%s\n", l.Permission, l.What, l.How())
	}
}

// publishedFlow reads the published text of a flow that would change, so that a person
// sees which lines. A plan does not fail because of it.
func publishedFlow(ctx context.Context, env session, target *org, b *blueprint.Blueprint, p plan.Plan) map[genesys.Key][2]string {
	out := map[genesys.Key][2]string{}
	for _, c := range p.Changes {
		if c.Key.Kind != genesys.Flow || c.Action != plan.Update && !c.Held || c.Action == plan.Leave && len(c.Fields) == 0 {
			continue
		}
		text, err := exportFlow(ctx, target, c.ID)
		if err != nil {
			diag.Fprintf(env.IO.Err, "warning: the published flow could not be read, so its lines are not shown: %v\n", err)
			continue
		}
		theirs, ours := reconcile.FlowLines(text, b.Flow.Text)
		out[c.Key] = [2]string{theirs, ours}
	}
	return out
}

// closing ends a connection; a failure to keep its state is an error of the command.
func closing(o interface{ Close() error }, err *error) {
	if e := o.Close(); e != nil && *err == nil {
		*err = e
	}
}
