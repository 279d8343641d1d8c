package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/spf13/cobra"
)

type controlOptions struct {
	session
	yes    bool
	verb   string // show, on, off, open, close
	reason string
	span   time.Duration // how long a breaker stays open
}

// newControlCmd makes a command that shows a row of the control table, and below it one for each
// verb; the first shows, too.
func newControlCmd(env *Env, run func(context.Context, controlOptions) error, name, short, long string, verbs [][2]string) *cobra.Command {
	show := func(cmd *cobra.Command, _ []string) error {
		return run(cmd.Context(), controlOptions{session: env.session(), verb: "show"})
	}
	top := &cobra.Command{Use: name, Short: short, Long: long, Args: cobra.NoArgs, RunE: show}
	top.AddCommand(&cobra.Command{Use: "show", Short: "Show it; changes nothing", Args: cobra.NoArgs, RunE: show})
	for _, v := range verbs {
		o := controlOptions{verb: v[0]}
		cmd := &cobra.Command{Use: v[0], Short: v[1], Args: cobra.NoArgs}
		cmd.RunE = func(cmd *cobra.Command, _ []string) error {
			o.session = env.session()
			return run(cmd.Context(), o)
		}
		cmd.Flags().BoolVar(&o.yes, "yes", false, "do not ask")
		cmd.Flags().StringVar(&o.reason, "reason", "", "why, kept in the row for whoever looks next; no person and no secret")
		if v[0] == "open" {
			cmd.Flags().DurationVar(&o.span, "for", 15*time.Minute, "how long")
		}
		top.AddCommand(cmd)
	}
	return top
}

func newSwitchCmd(env *Env, run func(context.Context, controlOptions) error) *cobra.Command {
	return newControlCmd(env, run, "switch", "Show whether calls ask HubSpot; turn it off and on",
		`Show or set the switch of the deployed flow. While it is off no call asks HubSpot: every caller
is lookup_failed and goes where the rules send those, from the next call on. Nothing is
published. It is a row of the control table, which setup never overwrites.

It needs no HubSpot key, and only these permissions: architect:datatable:view,
architect:datatableRow:view and edit (add, when somebody deleted the row).`,
		[][2]string{{"on", "Let calls ask HubSpot"}, {"off", "Let no call ask HubSpot until it is turned on again"}})
}

func newBreakerCmd(env *Env, run func(context.Context, controlOptions) error) *cobra.Command {
	return newControlCmd(env, run, "breaker", "Show whether calls leave HubSpot alone for a while; open and close it",
		`Show or set the breaker of the deployed flow. The flow opens it for seconds when HubSpot fails;
a person opens it for longer, or closes it at once. While it is open every caller is
lookup_failed and goes where the rules send those.

It is a row of the control table, which the flow writes, too. What the flow wrote meanwhile is
told: a longer pause stands, and a shorter one does not end what was asked for here.

It needs no HubSpot key, and only these permissions: architect:datatable:view,
architect:datatableRow:view and edit (add, when somebody deleted the row).`,
		[][2]string{{"open", "Let no call ask HubSpot for a while"}, {"close", "Let calls ask HubSpot again"}})
}

// A control is the control table of a deployment in an org.
type control struct {
	target *org
	id     genesys.Identity
	b      *blueprint.Blueprint
	d      *deployment.Deployment
	said   string           // of another target than the last one
	table  *reconcile.Table // nil: why says why it cannot be used
}

// openControl signs in and finds the table. The caller closes the target.
func openControl(ctx context.Context, env session, readOnly bool) (c control, err error) {
	l, b, err := load(env, false)
	if err != nil {
		return c, err
	}
	c.b, env.settings.keyless = b, true
	if c.target, err = openOrg(ctx, env, l, b, readOnly); err != nil {
		return c, err
	}
	defer func() {
		if err != nil {
			c.target.Close() //nolint:errcheck // the first error counts
		}
	}()
	if c.id, err = c.target.client.Who(ctx); err != nil {
		return c, orgError(fmt.Errorf("ask who this client is: %w", err))
	}
	if pin := env.settings.with(l.deployment).org; pin != "" && pin != c.id.OrgName && pin != c.id.OrgID {
		return c, orgError(&reconcile.WrongOrgError{Want: pin, Got: c.id.OrgName, ID: c.id.OrgID})
	}
	c.d, c.said = l.deployment, c.target.strange(c.id, l.deployment, false)
	if readOnly {
		c.target.remember(ctx, c.id, c.d, "show", false)
	}
	c.table, err = reconcile.FindTable(ctx, c.target.client, b.Name, blueprint.ControlTable(b.Name))
	return c, controlError(err, c.id)
}

// controlError gives an error of reading or writing a row its next step.
func controlError(err error, id genesys.Identity) error {
	var none *reconcile.NoTableError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &none) && none.Note == "":
		return fail(fmt.Errorf("org %q: %w", id.OrgName, err), `run "dealroute setup" first`)
	case errors.As(err, &none):
		return fail(fmt.Errorf("org %q: %w", id.OrgName, err), `look at "dealroute plan"; nothing was changed`)
	case errors.Is(err, reconcile.ErrOverwritten):
		return fail(err, "run it again, and see who else writes there")
	}
	return orgError(err)
}

// blank is a row as setup makes it.
func (c control) blank(key string) map[string]any {
	e, _ := c.b.Entities.Get(genesys.Key{Kind: genesys.DataTableRow, Name: blueprint.ControlTable(c.b.Name) + "/" + key})
	return e.Content
}

// set writes a row after a question that names the org, and gives what it was before.
func (c control) set(ctx context.Context, o controlOptions, key string, values map[string]any, stands func(map[string]any) bool) (row map[string]any, theirs []map[string]any, err error) {
	if !o.yes && o.IO.InTerminal {
		if err := confirm(o.session, attention(c.said)+fmt.Sprintf("%s: %s in org %q?", key, o.verb, c.id.OrgName), ""); err != nil {
			return nil, nil, err
		}
	}
	reason, err := o.why(c.id)
	if err != nil {
		return nil, nil, err
	}
	values["reason"] = reason
	c.target.remember(ctx, c.id, c.d, key, true)
	row, theirs, err = c.table.Set(ctx, key, values, c.blank(key), stands)
	return row, theirs, controlError(err, c.id)
}

// longestReason bounds a reason, in characters. The platform's own bound is not documented.
const longestReason = 200

// why is what the reason column gets. Genesys: data tables hold no personal data.
func (o controlOptions) why(id genesys.Identity) (string, error) {
	reason := strings.TrimSpace(o.reason)
	switch {
	case reason == "" && id.ClientName == "":
		return "", nil
	case reason == "":
		return view.ByClient + id.ClientName, nil
	case len([]rune(reason)) > longestReason:
		return "", fail(fmt.Errorf("--reason has %d characters", len([]rune(reason))), fmt.Sprintf("%d at most", longestReason))
	case strings.ContainsFunc(reason, unicode.IsControl):
		return "", fail(errors.New("--reason holds a control character"), "write one line of text")
	}
	if safe := privacy.Said(reason); safe != reason {
		diag.Fprintf(o.IO.Err, "warning: the reason is kept as %q: a data table holds no number or address of a person and no secret\n", safe)
		reason = safe
	}
	return reason, nil
}

func runSwitch(ctx context.Context, o controlOptions) (err error) {
	c, err := openControl(ctx, o.session, o.verb == "show")
	if err != nil {
		return err
	}
	defer closing(c.target, &err)
	a := view.SwitchAnswer{Schema: view.Schema, Org: view.NewOrg(c.id), Sandbox: c.target.sandbox != nil, Changed: o.verb != "show"}
	var row map[string]any
	if a.Changed {
		var theirs []map[string]any
		if row, theirs, err = c.set(ctx, o, "switch", map[string]any{"enabled": o.verb == "on"}, noStand); err != nil {
			return err
		}
		if a.Meanwhile = len(theirs); a.Meanwhile > 0 {
			diag.Fprintf(o.IO.Err, "warning: somebody else wrote the switch meanwhile; it was written again\n")
		}
	} else if row, _, err = c.table.Row(ctx, "switch"); err != nil {
		return controlError(err, c.id)
	}
	a.Switch = view.NewSwitch(row)
	if o.settings.json {
		return view.JSON(o.IO.Out, a)
	}
	return view.PrintSwitch(o.IO.Out, a)
}

func noStand(map[string]any) bool { return false }

// stampForm is the one form of a time that the flow reads in openUntil.
const stampForm = "2006-01-02T15:04:05Z"

// longestOpen bounds how long a breaker is opened: what is meant for good is the switch's.
const longestOpen = 7 * 24 * time.Hour

func runBreaker(ctx context.Context, o controlOptions) (err error) {
	if o.verb == "open" && (o.span < time.Second || o.span > longestOpen) {
		return fail(fmt.Errorf("--for %s is no time to leave HubSpot alone", o.span), `from 1s to 168h; "dealroute switch off" lasts until somebody turns it on`)
	}
	c, err := openControl(ctx, o.session, o.verb == "show")
	if err != nil {
		return err
	}
	defer closing(c.target, &err)
	a := view.BreakerAnswer{Schema: view.Schema, Org: view.NewOrg(c.id), Sandbox: c.target.sandbox != nil, Breaker: view.NoBreaker()}
	switch has := c.blank("breaker") != nil; {
	case !has && o.verb != "show":
		return fail(errors.New("this deployment has no breaker (enrichment.breaker: none)"), `"dealroute switch off" keeps calls from asking HubSpot`)
	case has:
		if err := c.breaker(ctx, o, &a); err != nil {
			return err
		}
	}
	if o.settings.json {
		return view.JSON(o.IO.Out, a)
	}
	return view.PrintBreaker(o.IO.Out, a, o.Now())
}

func (c control) breaker(ctx context.Context, o controlOptions, a *view.BreakerAnswer) error {
	row, there, err := c.table.Row(ctx, "breaker")
	if err != nil {
		return controlError(err, c.id)
	}
	if o.verb != "show" {
		until, stands := time.Time{}, func(theirs map[string]any) bool { return closes(theirs).After(o.Now()) }
		values := map[string]any{"openUntil": ""}
		if o.verb == "open" {
			until = o.Now().UTC().Add(o.span).Truncate(time.Second)
			values["openUntil"] = until.Format(stampForm)
			stands = func(theirs map[string]any) bool { return !closes(theirs).Before(until) }
		}
		if before := closes(row); there && before.After(until) && o.verb == "open" {
			diag.Fprintf(o.IO.Err, "warning: it was open until %s, which is later; now it closes earlier\n", before.Format(stampForm))
		}
		var theirs []map[string]any
		if row, theirs, err = c.set(ctx, o, "breaker", values, stands); err != nil {
			return err
		}
		a.Changed, a.Meanwhile = true, len(theirs)
		if len(theirs) > 0 {
			diag.Fprintf(o.IO.Err, "warning: %s\n", overtaken(until, closes(row), o.Now()))
		}
	}
	a.Breaker = view.NewBreaker(row, o.Now())
	return nil
}

// overtaken says how it ended when others wrote the breaker, too: asked is until when it was to be
// open, zero for closed.
func overtaken(asked, is, now time.Time) string {
	switch {
	case asked.IsZero() && is.After(now):
		return "a call found HubSpot failing meanwhile and opened it again; that stands"
	case is.After(asked) && is.After(now):
		return "the flow or somebody else opened the breaker for longer meanwhile; that stands, with its reason"
	}
	return "the flow or somebody else wrote the breaker meanwhile; what was asked for stands"
}

// closes is when the breaker of a row closes; the zero time when it is closed.
func closes(row map[string]any) time.Time {
	text, _ := row["openUntil"].(string)
	t, _ := simulate.Until(text)
	return t
}
