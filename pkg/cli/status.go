package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspotrest"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/report"
	"github.com/dealroute/dealroute/pkg/validate"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/spf13/cobra"
)

type statusOptions struct {
	session
	since    time.Duration
	failOver string
	report   reportFile
}

func newStatusCmd(env *Env, run func(context.Context, statusOptions) error) *cobra.Command {
	var o statusOptions
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show whether the org is still what the file says, and how it works",
		Long: `Compare every entity of the deployment in the org with the deployment file, and say of each that
differs which of the two changed since setup ran. Then what the integrations report, switch and
breaker, until when calls may use a token that is renewed outside, failures and latency of the
data actions, versions of HubSpot's API that end, and whether HubSpot still has what the file
names (with HUBSPOT_SERVICE_KEY).

It only reads. It exits with 2 when org and file differ, which setup repairs; a switch that is off, a
breaker that is open and a token that expired are no difference.`,
		Example: `  dealroute status
  dealroute status --since 24h --fail-over 5% -o json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.session = env.session()
			o.report.called(cmd)
			return run(cmd.Context(), o)
		},
	}
	cmd.Flags().DurationVar(&o.since, "since", time.Hour, "how far back failures and latency of the data actions are counted")
	cmd.Flags().StringVar(&o.failOver, "fail-over", "", "exit with 2 when a greater share of a data action's calls failed, such as 5%")
	o.report.flag(cmd.Flags(), "the status")
	return cmd
}

// share reads a percentage; none is more than all.
func share(text string) (float64, error) {
	if text == "" {
		return 1, nil
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(text, "%")), 64)
	if err != nil || !(v >= 0 && v <= 100) {
		return 0, fail(fmt.Errorf("--fail-over %q is no share", text), "write a percentage from 0% to 100%, such as 5%")
	}
	return v / 100, nil
}

// longestSince bounds how far back is asked for. Genesys keeps aggregates longer; one answer of a
// month is enough to see how it goes.
const longestSince = 31 * 24 * time.Hour

func runStatus(ctx context.Context, o statusOptions) (err error) {
	env := o.session
	if err := o.report.mayWrite(); err != nil {
		return err
	}
	defer o.report.ended(env, &err)
	most, err := share(o.failOver)
	if err != nil {
		return err
	}
	if o.since < time.Minute || o.since > longestSince {
		return fail(fmt.Errorf("--since %s is not counted", o.since), "from 1m to 744h")
	}
	l, b, err := load(env, false)
	if err != nil {
		return err
	}
	target, err := openOrg(ctx, env, l, b, true)
	if err != nil {
		return err
	}
	defer closing(target, &err)
	cfg := target.reconcileConfig(env, l, b)
	cfg.ShowStaff, cfg.Prove = true, nil
	target.joinOwners(ctx, env, l.deployment, &cfg)
	reading := env.working("reading the org and asking HubSpot", nil)
	defer reading()
	r, err := reconcile.Read(ctx, target.client, cfg)
	if err != nil {
		return orgError(err)
	}
	if said := target.strange(r.Identity(), l.deployment, false); said != "" && env.settings.json {
		r.Warn(said)
	}
	target.remember(ctx, r.Identity(), l.deployment, "status", false)
	s := view.Status{
		Schema: view.Schema, Org: view.NewOrg(r.Identity()), Sandbox: target.sandbox != nil, InSync: true,
		Entities: []view.Entity{}, Integrations: []view.Integration{}, Since: o.since.String(), Actions: []view.ActionRuns{}, Warnings: []string{},
		Breaker: view.NoBreaker(), Token: view.NoToken(),
	}
	names := map[string]string{} // of our data actions, by id
	for _, x := range r.Standings(ctx) {
		e := view.NewEntity(x)
		s.Entities = append(s.Entities, e)
		s.InSync = s.InSync && x.Condition == reconcile.InSync
		if x.Key.Kind == genesys.DataAction && x.ID != "" && x.Condition != reconcile.Foreign {
			names[x.ID] = x.Key.Name
		}
	}
	for _, h := range r.Health() {
		s.Integrations = append(s.Integrations, view.NewIntegration(h))
	}
	table := blueprint.ControlTable(b.Name)
	s.Switch = view.NewSwitch(r.ControlRow(table + "/switch"))
	if l.deployment.Enrichment.Breaker.Enabled {
		s.Breaker = view.NewBreaker(r.ControlRow(table+"/breaker"), env.Now())
	}
	token := genesys.Key{Kind: genesys.DataTableRow, Name: table + "/" + genesys.TokenRow}
	if _, has := b.Entities.Get(token); has {
		s.Token = view.NewToken(r.ControlRow(token.Name), env.Now())
	}
	s.Warnings = append(s.Warnings, r.Warnings()...)
	failing, err := o.figures(ctx, target, names, most, &s)
	if err != nil {
		return err
	}
	found := validate.Expiry(validate.Input{Deployment: l.deployment, Blueprint: b, Now: env.Now()})
	found = append(found, o.inHubSpot(ctx, target, l, b, &s)...)
	s.Findings = view.NewFindings(found)
	reading()
	if env.settings.json {
		err = view.JSON(env.IO.Out, s)
	} else {
		for _, w := range s.Warnings {
			diag.Fprintf(env.IO.Err, "warning: %s\n", w)
		}
		err = view.PrintStatus(env.IO.Out, s, env.Now())
	}
	if err != nil {
		return err
	}
	for _, a := range failing {
		diag.Fprintf(env.IO.Err, "%s: more than %s of its calls failed\n", a, o.failOver)
	}
	no := !s.InSync || len(failing) > 0 || found.Has(diag.Error)
	if no {
		err = errNo
	}
	return o.report.after(env, err, func() (report.Page, error) {
		return report.Status(report.Standing{
			Answer: s, Run: o.ran(l.path), Command: o.ranAs(append([]string{"status"}, o.report.typed...)...), No: no, Failing: failing, Explain: explained(), Places: l.spots(found),
		}), nil
	})
}

// figures reads how the data actions do, and gives the names of those of which too great a share failed.
// What cannot be read is said; it fails only a command that was asked to judge it.
func (o statusOptions) figures(ctx context.Context, target *org, names map[string]string, most float64, s *view.Status) (failing []string, err error) {
	now := o.Now()
	runs, err := target.client.ActionRuns(ctx, now.Add(-o.since), now, sortedNames(names))
	switch {
	case err != nil && o.failOver != "":
		return nil, orgError(fmt.Errorf("figures of the data actions: %w", err))
	case errors.Is(err, context.Canceled):
		return nil, err
	case err != nil:
		s.Warnings = append(s.Warnings, fmt.Sprintf("how often the data actions failed is not known: %v", err))
		return nil, nil
	}
	for id, name := range names {
		a := view.NewActionRuns(name, runs[id])
		if a.Share() > most {
			failing = append(failing, name)
		}
		s.Actions = append(s.Actions, a)
	}
	slices.SortFunc(s.Actions, func(x, y view.ActionRuns) int { return strings.Compare(x.Name, y.Name) })
	slices.Sort(failing)
	return failing, nil
}

// inHubSpot says what the file names and the account does not have, where there is a key to ask with.
func (o statusOptions) inHubSpot(ctx context.Context, target *org, l *loaded, b *blueprint.Blueprint, s *view.Status) diag.Findings {
	key, err := target.bearer(ctx, o.session, l.deployment)
	if err != nil {
		why := givenBy(l.deployment) + " is not set"
		if hubspotrest.GrantRefused(err) {
			why = err.Error()
		}
		s.Warnings = append(s.Warnings, why+": whether HubSpot has what the file names was not checked, nor whether the credential holds the key")
		return nil
	}
	account, err := readAccount(ctx, crmClient(o.session, l.deployment, target.crm, key), l.deployment, b)
	if err != nil {
		s.Warnings = append(s.Warnings, fmt.Sprintf("whether HubSpot has all that the file names is not known: %v", err))
	}
	return validate.Run(validate.Input{Deployment: l.deployment, Blueprint: b, Source: l.source, Now: o.Now(), AccountsOnly: true, Account: account}).Findings
}
