package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspotrest"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/validate"
	"golang.org/x/sync/errgroup"
)

// A preflight is what both accounts say of a deployment before anything is written. validate, plan
// and setup gather the same and have package validate judge it.

// A keyCheck is what HubSpot says of the key.
type keyCheck struct {
	refused error // why it will not do
	doubt   error // why nobody could tell
	said    validate.HubSpot
	scopes  hubspotrest.Scopes // as far as HubSpot tells
}

// checkKey asks HubSpot by one read, where that is answered, whether it knows the key, of which account
// it is, and whether it has these scopes. An empty pin is no question; given is where the key comes from.
func checkKey(ctx context.Context, c *hubspotrest.Client, d *deployment.Deployment, given, pin string, scopes []string) (k keyCheck) {
	s, err := c.Scopes(ctx, scopes...)
	k.scopes = s
	var no *hubspotrest.Error
	switch {
	case errors.As(err, &no) && no.RefusesKey():
		k.refused = fmt.Errorf("%s: %w; %s", given, err, no.Hint())
		k.said = validate.HubSpot{Refused: fmt.Sprintf("the key in %s will not do: %v", given, err), Hint: no.Hint()}
		return k
	case err != nil:
		k.doubt = err
		return k
	case len(s.Missing) > 0:
		k.refused = fmt.Errorf("the key in %s lacks the scopes %s; add them to the key in HubSpot (Development, Keys, Service keys)", given, strings.Join(s.Missing, ", "))
		if d.HubSpot.Auth.Method == deployment.AuthOAuth {
			k.refused = fmt.Errorf("the app lacks the scopes %s; add them to it in HubSpot and connect it to the account again", strings.Join(s.Missing, ", "))
		}
		k.said.Unscoped = s.Missing
	}
	var wrong *hubspotrest.WrongPortalError
	switch {
	case pin == "" || s.Portal == pin:
		return k
	case s.Portal != "":
		err = &hubspotrest.WrongPortalError{Want: pin, Got: s.Portal}
	default:
		err = c.CheckPortal(ctx, pin)
	}
	switch {
	case errors.As(err, &wrong):
		k.said.Refused, k.said.Hint = fmt.Sprintf("%s: %v", given, err), "use the key of the right account, or correct hubspot.portal"
		if k.refused == nil {
			k.refused = fmt.Errorf("%s: %w; %s", given, err, k.said.Hint)
		}
	case err != nil && k.refused == nil:
		k.doubt = err
	}
	return k
}

// crmClient asks HubSpot with the patience of a command that changes an org.
func crmClient(env session, d *deployment.Deployment, base string, key secret.Value) *hubspotrest.Client {
	return hubspotrest.New(hubspotrest.Options{
		BaseURL: base, Agent: "dealroute/" + env.version(), Token: key, Version: d.HubSpot.APIVersion, Log: env.log(), Sleep: env.Pause, Secrets: env.known,
		Searches: env.searches,
	})
}

// readAccount reads what the account has of what the file and the rendered data actions name:
// pipelines and the definitions of properties, one question each, at the same time. What one question
// is refused leaves the rest known.
func readAccount(ctx context.Context, c *hubspotrest.Client, d *deployment.Deployment, b *blueprint.Blueprint) (*validate.Account, error) {
	a := &validate.Account{Name: "the account", Live: true, Properties: map[string]map[string][]string{}, Types: map[string]map[string]validate.PropertyType{}}
	named := map[string][]string{}
	for _, f := range d.HubSpot.Facts {
		named["contacts"], named["deals"] = append(named["contacts"], f.Contact), append(named["deals"], f.Deal)
	}
	named["contacts"] = append(named["contacts"], d.HubSpot.Lookup.Kept()...)
	for _, x := range b.Actions {
		if object := validate.Object(x); object != "" {
			by, read := validate.Properties(x)
			named[object] = slices.Concat(named[object], by, read)
		}
	}
	var mu sync.Mutex
	var failed error
	var g errgroup.Group
	ask := func(question func() error) {
		g.Go(func() error {
			if err := question(); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed = errors.Join(failed, err)
			}
			return nil
		})
	}
	ask(func() (err error) {
		pipelines, err := c.Pipelines(ctx)
		if err == nil {
			a.Pipelines = append([]hubspot.Pipeline{}, pipelines...)
		}
		return err
	})
	for object, names := range named {
		ask(func() error {
			options, types, err := readProperties(ctx, c, object, names)
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			a.Properties[object], a.Types[object] = options, types
			return nil
		})
	}
	_ = g.Wait() // failed has what went wrong
	return a, failed
}

// readProperties reads the definitions of an object's properties. One that is named and not among
// them is asked for by itself: a list may leave out what is hidden.
func readProperties(ctx context.Context, c *hubspotrest.Client, object string, names []string) (map[string][]string, map[string]validate.PropertyType, error) {
	all, err := c.Properties(ctx, object)
	if err != nil {
		return nil, nil, err
	}
	options, types := propertiesOf(all)
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if _, known := options[name]; known || name == "" {
			continue
		}
		p, err := c.Property(ctx, object, name)
		if hubspotrest.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		hidden, kinds := propertiesOf([]hubspotrest.Property{p})
		maps.Copy(options, hidden)
		maps.Copy(types, kinds)
	}
	return options, types, nil
}

// propertiesOf gives the options and the types of properties by their names.
func propertiesOf(all []hubspotrest.Property) (map[string][]string, map[string]validate.PropertyType) {
	options, types := map[string][]string{}, map[string]validate.PropertyType{}
	for _, p := range all {
		var of []string
		for _, o := range p.Options {
			of = append(of, o.Value)
		}
		options[p.Name], types[p.Name] = of, validate.PropertyType{Type: p.Type, Field: p.FieldType, Unique: p.Unique}
	}
	return options, types
}

// unasked says why HubSpot did not answer.
func unasked(err error) *validate.Unasked {
	return &validate.Unasked{Why: inWords(err), Hint: unaskedHint(err), Failed: true}
}

// unaskedHint is what to do where HubSpot did not answer as it should.
func unaskedHint(err error) string {
	if no, ok := errors.AsType[*hubspotrest.Error](err); ok && no.Hint() != "" {
		return no.Hint()
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return moreTime
	}
	return "see status.hubspot.com, --hubspot-base-url and the network, then run it again"
}

// look gathers what both accounts say of a plan, and judges it as setup must: of each finding it tells
// those that neither the plan nor its warnings say. With some of them setup begins nothing.
func (o *org) look(ctx context.Context, env session, l *loaded, b *blueprint.Blueprint, r *reconcile.Reconciler) diag.Findings {
	in := validate.Input{Deployment: l.deployment, Blueprint: b, Source: l.source, Now: env.Now(), AccountsOnly: true, Online: &validate.Online{}}
	var g errgroup.Group
	g.Go(func() error {
		pre := r.Preflight(ctx, o.client, userPrompt(l.deployment))
		in.Online.Org = &pre
		return nil
	})
	var key *reconcile.KeyError
	if token, err := o.bearer(ctx, env, l.deployment); err == nil && !errors.As(r.Ready(), &key) {
		g.Go(func() error {
			var failed error
			if in.Account, failed = readAccount(ctx, crmClient(env, l.deployment, o.crm, token), l.deployment, b); failed != nil {
				in.Online.HubSpot.Unasked = unasked(failed)
			}
			return nil
		})
	}
	_ = g.Wait() // neither has an error
	found := validate.Run(in).Findings
	var sure []reconcile.Lack
	for _, lack := range in.Online.Org.Lacks {
		if lack.Sure {
			sure = append(sure, lack)
		}
	}
	stops := validate.Stopping(found)
	switch {
	case len(sure) > 0:
		r.Refuse(&unfitError{&reconcile.PermissionsError{Lacks: in.Online.Org.Lacks}, "add what is missing to a role of this client, in the division of the deployment, then run it again"})
	case len(stops) > 0:
		r.Refuse(&unfitError{stops, "settle it, or say in the file why it is all right (# dealroute: allow " + stops[0].Code + " because …), then run it again"})
	}
	for i, f := range found { // setup goes on
		if f.Severity == diag.Error && !slices.Contains(stops, f) {
			found[i].Severity = diag.Warning
		}
	}
	return found
}

// An unfitError says why a setup would fail, or the calls that it leads here, before anything is changed.
type unfitError struct {
	why  error
	hint string
}

func (e *unfitError) Error() string { return "nothing was changed: " + e.why.Error() }
func (e *unfitError) Unwrap() error { return e.why }

// userPrompt is the prompt of the org that the flow plays, empty for none. The platform's own ones are
// always there.
func userPrompt(d *deployment.Deployment) string {
	name := d.Calls.Greeting.Prompt
	if strings.HasPrefix(name, "PromptSystem.") {
		return ""
	}
	return strings.TrimPrefix(name, "Prompt.")
}

// tellFindings shows findings where a person looks for what else there is to know.
func tellFindings(env session, l *loaded, found diag.Findings) error {
	return diag.PrintAll(env.IO.Err, found, func(diag.Finding) []byte { return l.source })
}

// Answers are what both accounts said of a deployment: what could not be asked is part of it.
type answers struct {
	online  *validate.Online
	account *validate.Account
	asked   []string // which accounts answered, in words

	key        *keyCheck             // nil: nobody asked
	token      secret.Value          // that HubSpot was shown
	reconciler *reconcile.Reconciler // nil: the org was not read
}

// online asks both accounts of a deployment, for validate.
func online(ctx context.Context, env session, l *loaded, b *blueprint.Blueprint) (*answers, error) {
	target, why, err := reach(ctx, env, l, b)
	if err != nil {
		return nil, err
	}
	a := target.ask(ctx, env, l, b, why)
	closing(target, new(error)) // its state was only read
	target.tell(ctx, a, l.deployment, "validate")
	return a, nil
}

// tell says that the org or the account which was read is another than the last run's, and remembers it.
func (o *org) tell(ctx context.Context, a *answers, d *deployment.Deployment, command string) {
	if a.reconciler == nil {
		return
	}
	o.strange(a.reconciler.Identity(), d, false)
	o.remember(ctx, a.reconciler.Identity(), d, command, false)
}

// reach opens the org to read, or says why it cannot be asked: HubSpot can be, all the same, whatever is
// wrong with the org, and the org, whatever is wrong with the key. The sandbox is both.
func reach(ctx context.Context, env session, l *loaded, b *blueprint.Blueprint) (*org, *validate.Unasked, error) {
	env.settings.keyless = true
	target, err := openOrg(ctx, env, l, b, true)
	if err == nil {
		return target, nil, nil
	}
	if env.settings.sandbox {
		return nil, nil, err
	}
	return &org{
		secret: func(field string) (secret.Value, error) { return secretFromEnv(env, field) }, crm: env.settings.hubspotBase,
		app: func(field string) (secret.Value, error) { return appFromEnv(env, field) },
	}, &validate.Unasked{Why: findingOf(err).Message, Hint: findingOf(err).Hint, Failed: !errors.Is(err, errNoCredentials)}, nil
}

// ask gathers what both accounts say of a deployment. why is why the org cannot be asked.
func (o *org) ask(ctx context.Context, env session, l *loaded, b *blueprint.Blueprint, why *validate.Unasked) *answers {
	out := &answers{online: &validate.Online{Unasked: why}}
	said := out.online
	var g errgroup.Group
	check := sync.OnceValue(func() keyCheck { return o.keyCheck(ctx, env, l, b) })
	token, noKey := o.bearer(ctx, env, l.deployment)
	if hubspotrest.GrantRefused(noKey) {
		said.HubSpot = grantCheck(env.from(givenBy(l.deployment)), noKey).said
	} else if noKey != nil {
		said.HubSpot.Unasked = &validate.Unasked{Why: findingOf(noKey).Message, Hint: findingOf(noKey).Hint, Failed: notGiven(env, l.deployment) == ""}
	} else {
		out.token = token
		g.Go(func() error {
			var failed error
			k := check()
			if out.key = &k; k.said.Refused == "" && k.doubt == nil {
				out.account, failed = readAccount(ctx, crmClient(env, l.deployment, o.crm, token), l.deployment, b)
			}
			said.HubSpot = k.said
			if failed = errors.Join(k.doubt, failed); failed != nil && len(k.said.Unscoped) == 0 { // a scope that lacks says why
				said.HubSpot.Unasked = unasked(failed)
			}
			return nil
		})
	}
	gaps := ""
	if o.client != nil {
		g.Go(func() error {
			cfg := o.reconcileConfig(env, l, b)
			cfg.ShowStaff = true
			cfg.Prove = o.prove(b, check)
			o.joinOwners(ctx, env, l.deployment, &cfg)
			gaps = o.gaps
			r, err := reconcile.Read(ctx, o.client, cfg)
			if err != nil {
				unread(said, err)
				return nil
			}
			pre := r.Preflight(ctx, o.client, userPrompt(l.deployment))
			said.Org, out.reconciler = &pre, r
			return nil
		})
	}
	_ = g.Wait() // neither has an error
	if said.Org != nil {
		reads, _ := o.client.Calls()
		out.asked = append(out.asked, fmt.Sprintf("org %q asked (%d reads)", said.Org.Org, reads))
		if out.account == nil && (gaps != "" || len(said.Org.Unpreferring) > 0) {
			out.account = &validate.Account{Name: "the org"}
		}
		if out.account != nil {
			out.account.Owners, out.account.Unpreferring = gaps, said.Org.Unpreferring
		}
	}
	if out.account != nil && out.account.Live {
		out.asked = append(out.asked, "HubSpot asked")
	}
	return out
}

// unread says why there is no plan.
func unread(out *validate.Online, err error) {
	var org *reconcile.WrongOrgError
	var division *reconcile.DivisionError
	var refused *reconcile.PermissionsError
	hint := findingOf(orgError(err)).Hint
	switch {
	case errors.As(err, &org):
		out.Wrong = &validate.Wrong{Path: "genesys.org", Value: org.Want, Why: err.Error(), Hint: strings.TrimSuffix(hint, "; nothing was changed")}
	case errors.As(err, &division):
		out.Wrong = &validate.Wrong{Path: "genesys.division", Value: division.Name, Why: fmt.Sprintf("division %q does not exist in org %q", division.Name, division.Org), Hint: division.Hint}
	case errors.As(err, &refused):
		out.Refused = refused.Lacks
	default:
		out.Unasked = &validate.Unasked{Why: inWords(err), Hint: strings.TrimSuffix(strings.TrimSuffix(hint, "nothing was changed"), "; "), Failed: true}
	}
}
