package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesysrest"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspotrest"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/starter"
	"github.com/dealroute/dealroute/pkg/words"
	"golang.org/x/sync/errgroup"
)

// accountsRead is what init read of both accounts.
type accountsRead struct {
	found    starter.Found
	org, crm bool     // credentials for the real ones were given
	said     []string // what was read, a line for each account
	notes    []string // what could not be read, and what that means
}

// initPatience bounds the reads of one account: the files can be written without them.
const initPatience = 30 * time.Second

// sandboxExample is the deployment whose emulators init reads: an account and an org as people have them.
const sandboxExample = demoExample

// read asks both accounts, at the same time, as far as credentials are given. What fails is a note.
func (o *initOptions) read(ctx context.Context) accountsRead {
	var r accountsRead
	d := &deployment.Deployment{HubSpot: deployment.HubSpot{APIVersion: hubspot.DefaultVersion, Auth: o.auth()}}
	o.answers.OAuth = d.HubSpot.Auth.Method == deployment.AuthOAuth
	accounts := &org{
		crm:    o.settings.hubspotBase,
		secret: func(field string) (secret.Value, error) { return secretFromEnv(o.session, field) },
		app:    func(field string) (secret.Value, error) { return appFromEnv(o.session, field) },
	}
	if o.settings.sandbox {
		l, b, err := exampleBlueprint(sandboxExample)
		var s *sandbox
		if err == nil {
			s, err = openSandbox(ctx, o.session, l, b, sandboxOptions{memory: true})
		}
		if err == nil {
			accounts, err = sandboxOrg(o.session, s, true)
		}
		if err != nil {
			r.notes = append(r.notes, "the sandbox could not be read: "+findingOf(err).Message)
			return r
		}
		defer accounts.Close() //nolint:errcheck // it is only in memory
		r.org = o.gives("GENESYSCLOUD_OAUTHCLIENT_ID") && o.gives("GENESYSCLOUD_OAUTHCLIENT_SECRET")
	} else {
		cfg, err := signIn(o.session, o.answers.Region, true)
		if err == nil {
			cfg.Sleep = o.Pause
			accounts.client, err = genesysrest.New(cfg)
		}
		if r.org = !errors.Is(err, errNoCredentials); r.org && err != nil {
			r.notes = append(r.notes, "the org could not be read: "+findingOf(err).Message)
		}
		if !r.org {
			r.notes = append(r.notes, o.half("the org", "GENESYSCLOUD_OAUTHCLIENT_ID", "GENESYSCLOUD_OAUTHCLIENT_SECRET")...)
		}
	}
	if r.crm = o.answers.OAuth || o.gives(keyVariable); !r.crm && !o.settings.sandbox {
		r.notes = append(r.notes, o.half("HubSpot", appVariables()...)...)
	}
	reads := r.crm || o.settings.sandbox
	if accounts.client == nil && !reads {
		return r
	}
	ctx, stop := context.WithTimeout(ctx, initPatience)
	defer stop()
	defer o.working("reading the accounts", nil)()
	var g errgroup.Group
	var account, org []string
	if reads {
		g.Go(func() error {
			token, err := accounts.bearer(ctx, o.session, d)
			if err != nil {
				account = []string{"HubSpot could not be read: " + findingOf(err).Message}
				return nil
			}
			r.found.Account, account = readStarterAccount(ctx, crmClient(o.session, d, accounts.crm, token))
			return nil
		})
	}
	if accounts.client != nil {
		g.Go(func() error {
			r.found.Org, org = readStarterOrg(ctx, accounts.client, o.settings.org, o.answers.Numbers)
			return nil
		})
	}
	_ = g.Wait() // what went wrong is a note
	r.notes = slices.Concat(r.notes, account, org)
	if a := r.found.Account; a != nil {
		a.Emulated = o.settings.sandbox
		r.said = append(r.said, accountLine(a))
	}
	if x := r.found.Org; x != nil {
		x.Emulated = o.settings.sandbox
		r.said = append(r.said, orgLine(x))
	}
	return r
}

// half notes that something is not read of which some credentials are given and others are not.
func (o *initOptions) half(what string, variables ...string) []string {
	missing := slices.DeleteFunc(slices.Clone(variables), o.gives)
	if len(missing) == 0 || len(missing) == len(variables) {
		return nil
	}
	return []string{what + " was not read: not set is " + strings.Join(missing, ", ")}
}

// exampleBlueprint is an example with what is rendered from it.
func exampleBlueprint(name string) (*loaded, *blueprint.Blueprint, error) {
	l, err := ofExample(name)
	if err != nil {
		return nil, nil, err
	}
	b, err := l.render(false)
	return l, b, err
}

// auth is how HubSpot is asked: with an app when one is given and no key is.
func (o *initOptions) auth() deployment.Auth {
	a := deployment.Auth{Method: deployment.AuthKey}
	if o.gives(keyVariable) || o.settings.sandbox {
		return a
	}
	for _, v := range appVariables() {
		if !o.gives(v) {
			return a
		}
	}
	return deployment.Auth{Method: deployment.AuthOAuth, Renew: deployment.RenewPlatform, Grant: deployment.GrantRefresh}
}

// gathered runs questions at the same time and keeps what could not be read, in words.
type gathered struct {
	mu   sync.Mutex
	g    errgroup.Group
	fail map[string][]string // what, by why
}

func (x *gathered) ask(what string, question func() error) {
	x.g.Go(func() error {
		if err := question(); err != nil {
			x.mu.Lock()
			defer x.mu.Unlock()
			why := inWords(err)
			x.fail[why] = append(x.fail[why], what)
		}
		return nil
	})
}

// lines say in one line for each reason what could not be read.
func (x *gathered) lines(of string) []string {
	_ = x.g.Wait() // what went wrong is kept
	var out []string
	for _, why := range sortedNames(x.fail) {
		what := slices.Sorted(slices.Values(x.fail[why]))
		out = append(out, fmt.Sprintf("%s: not read were %s: %s", of, strings.Join(what, ", "), why))
	}
	return out
}

// readStarterAccount reads what the files can say of a HubSpot account; nil when it was not answered at all.
func readStarterAccount(ctx context.Context, c *hubspotrest.Client) (*starter.Account, []string) {
	a, x := starter.Account{}, gathered{fail: map[string][]string{}}
	told, err := c.Account(ctx)
	a.Portal, a.Currency = told.Portal, told.Currency
	if no := (*hubspotrest.Error)(nil); err != nil && (!errors.As(err, &no) || no.RefusesKey()) { // nothing else would be answered
		why := "HubSpot could not be read: " + inWords(err)
		if no != nil && no.Hint() != "" {
			why += "; " + no.Hint()
		}
		return nil, []string{why}
	}
	if err != nil { // whether a service key may read account details is undocumented
		x.ask("its number and currency", func() error {
			t, second := c.TokenInfo(ctx)
			if a.Portal = t.Portal; second != nil {
				return err
			}
			return nil
		})
	}
	x.ask("pipelines", func() (err error) { a.Pipelines, err = c.Pipelines(ctx); return err })
	properties := func(object string, into *[]starter.Property) {
		x.ask("properties of "+object, func() error {
			all, err := c.Properties(ctx, object)
			if err != nil {
				return err
			}
			*into = []starter.Property{}
			for _, p := range all {
				s := starter.Property{Name: p.Name, Label: p.Label, Type: p.Type, Hidden: p.Hidden, Unique: p.Unique}
				for _, o := range p.Options {
					s.Options = append(s.Options, o.Value)
				}
				*into = append(*into, s)
			}
			return nil
		})
	}
	properties("contacts", &a.Contacts)
	properties("deals", &a.Deals)
	// A key with the scopes that every deployment needs may not read the owners, and then they are not offered.
	if owners, err := c.Owners(ctx); err == nil {
		a.Owners = len(owners)
	}
	return &a, x.lines("HubSpot")
}

// readStarterOrg reads what the files can say of an org; nil when it was not answered at all, or is another
// one than the pin says.
func readStarterOrg(ctx context.Context, c *genesysrest.Client, pin string, numbers []string) (*starter.Org, []string) {
	x := gathered{fail: map[string][]string{}}
	id, err := c.Who(ctx)
	if err != nil { // nothing else would be answered
		return nil, []string{"the org could not be read: " + inWords(err)}
	}
	if pin != "" && pin != id.OrgName && pin != id.OrgID {
		return nil, []string{"the org could not be read: " + (&reconcile.WrongOrgError{Want: pin, Got: id.OrgName, ID: id.OrgID}).Error()}
	}
	o := starter.Org{Name: id.OrgName}
	names := func(what string, k genesys.Kind, into *[]string) {
		x.ask(what, func() error {
			all, err := c.Find(ctx, k, "")
			if err != nil {
				return err
			}
			*into = []string{}
			for _, e := range all {
				*into = append(*into, e.Text("name"))
			}
			slices.Sort(*into)
			return nil
		})
	}
	names("queues", genesys.Queue, &o.Queues)
	names("skills", genesys.Skill, &o.Skills)
	names("schedule groups", genesys.ScheduleGroup, &o.ScheduleGroups)
	var said []string
	x.ask("numbers", func() (err error) {
		if o.Free, err = c.FreeNumbers(ctx); err != nil || len(numbers) == 0 {
			return err
		}
		known, err := c.Numbers(ctx, numbers)
		for _, n := range numbers {
			switch k := known[n]; {
			case err != nil:
			case !k.InPool:
				said = append(said, diag.Sprintf("no pool of the org holds the number %s", n))
			case k.OwnerID != "" && k.OwnerType == "IVR_CONFIG":
				said = append(said, diag.Sprintf("the number %s is on call route %q: setup --cutover moves it", n, k.OwnerName))
			case k.OwnerID != "":
				said = append(said, diag.Sprintf("the number %s is in use: free it before setup", n))
			}
		}
		return err
	})
	lines := append(x.lines("the org"), said...)
	return &o, lines
}

func accountLine(a *starter.Account) string {
	var parts []string
	stages := 0
	for _, p := range a.Pipelines {
		stages += len(p.Stages)
	}
	if a.Pipelines != nil {
		parts = append(parts, words.Count(len(a.Pipelines), "pipeline", "pipelines")+" with "+words.Count(stages, "stage", "stages"))
	}
	if n := len(a.Contacts) + len(a.Deals); n > 0 {
		parts = append(parts, words.Count(n, "property", "properties"))
	}
	if a.Owners > 0 {
		parts = append(parts, words.Count(a.Owners, "owner", "owners"))
	}
	if a.Currency != "" {
		parts = append(parts, "in "+a.Currency)
	}
	return diag.Sprintf("HubSpot account %s%s: %s", a.Portal, emulatedWord(a.Emulated), strings.Join(parts, ", "))
}

func orgLine(o *starter.Org) string {
	return diag.Sprintf("org %q%s: %s, %s, %s, %s", o.Name, emulatedWord(o.Emulated), words.Count(len(o.Queues), "queue", "queues"), words.Count(len(o.Skills), "skill", "skills"),
		words.Count(len(o.ScheduleGroups), "schedule group", "schedule groups"), words.Count(len(o.Free), "free number", "free numbers"))
}

func emulatedWord(is bool) string {
	if is {
		return " (emulated)"
	}
	return ""
}
