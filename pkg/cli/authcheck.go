package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesysrest"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspotrest"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/dealroute/dealroute/pkg/words"
)

type authCheckOptions struct {
	session
	offline bool
	wanted  []string // words of commandWords; empty: all that the deployment may meet
}

// commandWords are what --for takes, for the commands of reconcile.Commands in their order.
func commandWords() []string {
	return []string{"plan", "setup", "status", "switch", "destroy", "token-renew", "deployed"}
}

func newAuthCmd(subs ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "auth",
		Short: "Look where secrets come from and what they may do",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(subs...)
	return cmd
}

func newAuthCheckCmd(env *Env, run func(context.Context, authCheckOptions) error) *cobra.Command {
	var o authCheckOptions
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Say which secrets are set, from where, and what they may do; shows none of them",
		Long: `Say of each secret whether it is set and from where: standard input, the environment, a file that
it names (NAME` + fileEnding + `), a profile. Then sign in and ask both accounts, by reads alone, what these
secrets may do: which org and which commands for Genesys Cloud, which account and which scopes for
HubSpot. No secret is shown.

With a deployment file it is held against what that one needs and pins; without one against what
any deployment may need. An OAuth app of HubSpot is tried where that uses nothing up: not with a
refresh token at a token endpoint of somebody else, which may replace it.

It exits with 2 when something that is needed is missing or refused, and says for each what to do.`,
		Example: `  dealroute auth check
  dealroute auth check --offline
  dealroute auth check --for plan,status -o json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.session = env.session()
			for _, w := range o.wanted {
				if !slices.Contains(commandWords(), w) {
					return notOf("--for", w, commandWords())
				}
			}
			return run(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVar(&o.offline, "offline", false, "only say what is set and from where; ask nobody")
	cmd.Flags().StringSliceVar(&o.wanted, "for", nil, "the commands that must be possible: "+strings.Join(commandWords(), ", ")+" (default all that the deployment may meet)")
	return cmd
}

// An authCheck gathers the answer.
type authCheck struct {
	authCheckOptions
	l       *loaded
	b       *blueprint.Blueprint // nil: there is no deployment file
	kinds   []genesys.Kind
	scopes  []string
	needKey bool
	nowhere bool                          // no region is known
	doubts  map[string][]view.AuthProblem // by vendor: of a form, until the vendor takes the value

	mu    sync.Mutex
	out   view.AuthCheck
	known bool // HubSpot knows the key
	id    genesys.Identity
}

// say adds a problem.
func (c *authCheck) say(s diag.Severity, of, hint, format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out.Problems = append(c.out.Problems, view.NewAuthProblem(s, of, fmt.Sprintf(format, args...), hint))
}

// fail adds an error with the next step that it knows.
func (c *authCheck) fail(of string, err error) {
	f := findingOf(err)
	hint := strings.TrimSuffix(strings.TrimSuffix(f.Hint, "nothing was changed"), "; ")
	c.say(diag.Error, of, hint, "%s", f.Message)
}

const (
	ofSecrets = "secrets"
	ofGenesys = "genesys"
	ofHubSpot = "hubspot"
)

func runAuthCheck(ctx context.Context, o authCheckOptions) error {
	env := o.session
	c := &authCheck{authCheckOptions: o, doubts: map[string][]view.AuthProblem{}}
	c.out = view.AuthCheck{
		Schema: view.Schema, Sandbox: env.settings.sandbox, Offline: o.offline, Secrets: []view.AuthSecret{}, Problems: []view.AuthProblem{},
		Genesys: view.AuthGenesys{Commands: []view.AuthCommand{}, Questions: []string{}},
		HubSpot: view.AuthHubSpot{Scopes: []string{}, Missing: []string{}, Writes: []string{}},
	}
	if err := c.load(); err != nil {
		return err
	}
	c.look()
	if !o.offline {
		done := env.working("asking both accounts", nil)
		var g errgroup.Group
		g.Go(func() error { return c.ask(ctx) })
		err := g.Wait()
		done()
		if err != nil {
			return err
		}
	}
	for _, of := range sortedNames(c.doubts) {
		if taken := of == ofGenesys && c.out.Genesys.Org != nil || of == ofHubSpot && c.known; !taken {
			c.out.Problems = append(c.out.Problems, c.doubts[of]...)
		}
	}
	grave := func(p view.AuthProblem) int { return slices.Index([]string{"error", "warning", "info"}, p.Severity) }
	slices.SortStableFunc(c.out.Problems, func(a, b view.AuthProblem) int {
		return cmp.Or(cmp.Compare(grave(a), grave(b)), strings.Compare(b.Of, a.Of))
	})
	c.out.OK = !slices.ContainsFunc(c.out.Problems, func(p view.AuthProblem) bool { return p.Severity == string(diag.Error) })
	var err error
	if env.settings.json {
		err = view.JSON(env.IO.Out, c.out)
	} else {
		err = view.PrintAuthCheck(env.IO.Out, c.out)
	}
	if err == nil && !c.out.OK {
		return errNo
	}
	return err
}

// load reads the deployment file, where there is one; the sandbox needs it.
func (c *authCheck) load() (err error) {
	env := c.session
	if _, missing := findDeployment(env); missing == nil || env.settings.file != "" || env.settings.sandbox {
		if c.l, c.b, err = load(env, false); err != nil {
			return err
		}
		c.out.File = &c.l.path
		c.kinds, c.scopes = reconcile.Kinds(c.b.Entities), c.b.Scopes()
		if userPrompt(c.l.deployment) != "" {
			c.kinds = append(c.kinds, reconcile.Prompt)
		}
	} else {
		method := deployment.AuthKey
		if !env.gives(keyVariable) && slices.ContainsFunc(appVariables(), env.gives) {
			method = deployment.AuthOAuth
		}
		d, err := smallest(method)
		if err != nil {
			return err
		}
		c.l = &loaded{deployment: d}
		c.kinds, c.scopes = reconcile.Kinds(nil), []string{hubspotrest.ScopeContacts, hubspotrest.ScopeDeals}
	}
	if len(c.wanted) == 0 {
		c.wanted = commandWords()
		if !c.l.deployment.HubSpot.Auth.Outside() {
			c.wanted = slices.DeleteFunc(c.wanted, func(w string) bool { return w == "token-renew" })
		}
	}
	c.needKey = slices.ContainsFunc(c.wanted, func(w string) bool { return w == "plan" || w == "setup" || w == "status" || w == "token-renew" })
	return nil
}

// look says what is set, and what of it can be seen to be wrong without asking anybody.
func (c *authCheck) look() {
	env, d := c.session, c.l.deployment
	needed := strings.Split(givenBy(d), ", ")
	if !c.needKey {
		needed = nil
	}
	if d.Enrichment.Breaker.Enabled && !d.Manage.RuntimeClient && slices.Contains(c.wanted, "setup") {
		needed = append(needed, runtimeIDVariable, runtimeSecretVariable)
	}
	profile := env.settings.profile
	client := []string{"GENESYSCLOUD_OAUTHCLIENT_ID", "GENESYSCLOUD_OAUTHCLIENT_SECRET"}
	if env.gives("GENESYSCLOUD_ACCESS_TOKEN") {
		client = []string{"GENESYSCLOUD_ACCESS_TOKEN"}
	}
	needed = append(needed, client...)
	ofProfile := map[string]bool{}
	if p, err := readProfile(env, profile); profile != "" && err == nil {
		ofProfile = map[string]bool{"GENESYSCLOUD_OAUTHCLIENT_ID": p.ID != "", "GENESYSCLOUD_OAUTHCLIENT_SECRET": p.Secret != "", "GENESYSCLOUD_ACCESS_TOKEN": p.Token != ""}
		needed = append(needed, sortedNames(ofProfile)...)
	}
	if env.settings.sandbox {
		needed = nil
	}
	seen := map[string]string{}
	for _, k := range credentials() {
		s := view.AuthSecret{SecretSource: view.SecretSource{Name: k.name, Source: env.source(k.name)}, Needed: slices.Contains(needed, k.name)}
		if profile != "" && !ofProfile[k.name] && strings.HasPrefix(k.name, "GENESYSCLOUD_") {
			s.Source, s.Needed = view.NotSet, false
		}
		c.out.Secrets = append(c.out.Secrets, s)
		if env.settings.sandbox || profile != "" && strings.HasPrefix(k.name, "GENESYSCLOUD_") {
			continue
		}
		if v, err := env.credential(k.name); err != nil && s.Needed {
			c.fail(ofSecrets, err)
		} else if err != nil {
			c.say(diag.Warning, ofSecrets, findingOf(err).Hint, "%s", findingOf(err).Message)
		} else {
			c.kind(k.name, v.Reveal())
			if first := seen[v.Reveal()]; first != "" && v.Set() {
				c.say(diag.Error, ofSecrets, "set each to its own: one of them is in the place of the other", "%s and %s hold the same value", first, k.name)
			}
			seen[v.Reveal()] = k.name
		}
		if f, byFile := env.filed[k.name]; byFile && f.err == nil && k.hidden {
			if mode, others := othersRead(f.path); others {
				c.say(diag.Warning, ofSecrets, "chmod 600 "+word(f.path), "the file of %s can be read by other users of this machine (mode %04o)", k.name+fileEnding, mode)
			}
		}
		if s.Needed && !env.gives(k.name) && !slices.Contains(client, k.name) {
			hint := "set it, or " + k.name + fileEnding + ", to " + k.is
			if k.name == keyVariable {
				hint += " (in HubSpot: Development, Keys, Service keys) with the scopes " + strings.Join(c.scopes, ", ")
			}
			c.say(diag.Error, ofSecrets, hint, "%s is not set", k.name)
		}
	}
	if env.settings.sandbox {
		return
	}
	set := slices.DeleteFunc([]string{"GENESYSCLOUD_OAUTHCLIENT_ID", "GENESYSCLOUD_OAUTHCLIENT_SECRET", "GENESYSCLOUD_ACCESS_TOKEN"}, func(n string) bool { return !env.gives(n) })
	missing := slices.DeleteFunc(slices.Clone(client), env.gives)
	signsIn := "client"
	switch {
	case profile != "":
		signsIn = "profile"
		if len(set) > 0 {
			c.say(diag.Info, ofSecrets, "", "the profile %q counts; %s of elsewhere %s not looked at", profile, strings.Join(set, ", "), words.Noun(len(set), "is", "are"))
		}
	case len(client) == 1:
		signsIn = "token"
		if len(set) > 1 {
			c.say(diag.Warning, ofSecrets, "leave GENESYSCLOUD_ACCESS_TOKEN out, unless it is meant: it ends within a day", "GENESYSCLOUD_ACCESS_TOKEN counts, and %s %s not looked at", strings.Join(set[:len(set)-1], ", "), words.Noun(len(set)-1, "is", "are"))
		}
	case len(missing) == 2:
		c.say(diag.Error, ofSecrets, findingOf(c.noClient()).Hint, "%v", errNoCredentials)
		signsIn = ""
	case len(missing) == 1:
		c.say(diag.Error, ofSecrets, "set it, or "+missing[0]+fileEnding, "%s is not set, and %s is", missing[0], set[0])
		signsIn = ""
	}
	if signsIn != "" {
		c.out.Genesys.SignsIn = &signsIn
		c.lookAtRegion()
	}
	if notGiven(env, d) == "" {
		as := "key"
		if d.HubSpot.Auth.Method == deployment.AuthOAuth {
			as = "app"
		}
		c.out.HubSpot.SignsIn = &as
	}
	other := appVariables()
	if d.HubSpot.Auth.Method == deployment.AuthOAuth {
		other = []string{keyVariable}
	}
	if other = slices.DeleteFunc(other, func(n string) bool { return !env.gives(n) }); len(other) > 0 && c.b != nil {
		c.say(diag.Info, ofSecrets, "", "%s %s set and not looked at: hubspot.auth.method is %s", strings.Join(other, ", "), words.Noun(len(other), "is", "are"), d.HubSpot.Auth.Method)
	}
}

// lookAtRegion says what can be seen without asking of where the client would sign in.
func (c *authCheck) lookAtRegion() {
	env := c.session
	region := c.l.deployment.Genesys.Region
	if c.b == nil && env.settings.region == "" && env.settings.genesysBase == "" && env.settings.profile == "" {
		c.nowhere = true
		c.say(diag.Error, ofGenesys, "set GENESYSCLOUD_REGION or --region to an AWS name such as eu-central-1, or name a deployment file with -f", "no region says where Genesys Cloud is to be asked")
		return
	}
	cfg, err := signIn(env, region, true)
	if err != nil && c.offline && env.settings.profile != "" { // otherwise it is told by the variable, or when it is tried
		c.fail(ofGenesys, err)
	}
	if err == nil && cfg.Doubt != "" {
		c.say(diag.Warning, ofGenesys, "leave out the one that is wrong", "%s", cfg.Doubt)
	}
}

// noClient is what signing in says when nothing is set.
func (c *authCheck) noClient() error {
	_, err := signIn(c.session, cmp.Or(c.l.deployment.Genesys.Region, "us-east-1"), true)
	return err
}

// The forms that secrets and ids of both vendors have. HubSpot promises none for its keys, and Genesys none
// for its secrets: what has another form is a warning.
var (
	keyForm  = pattern.Of(`(?i)^pat-([a-z]{2,4}[0-9]*)-`)
	uuidForm = pattern.Of(`(?i)^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
)

// kind says what is wrong with a value by its form alone.
func (c *authCheck) kind(name, v string) {
	if v == "" {
		return
	}
	doubt := func(hint, format string, args ...any) {
		of := ofGenesys
		if name == keyVariable {
			of = ofHubSpot
		}
		c.doubts[of] = append(c.doubts[of], view.NewAuthProblem(diag.Warning, ofSecrets, fmt.Sprintf(format, args...), hint))
	}
	ofKey := keyForm().FindStringSubmatch(v)
	switch {
	case strings.ContainsAny(v[:1]+v[len(v)-1:], `"'`):
		c.say(diag.Error, ofSecrets, "set it again without them", "%s holds quotes, which are no part of a secret", name)
	case strings.ContainsFunc(v, unicode.IsSpace):
		c.say(diag.Error, ofSecrets, "set it to the value alone, without Bearer or a name before it", "%s holds a blank within, which is no part of a secret", name)
	case strings.HasPrefix(v, name+"="):
		c.say(diag.Error, ofSecrets, "set it to what is behind the =", "%s holds its own name", name)
	case name == keyVariable && uuidForm().MatchString(v):
		doubt("a HubSpot key begins with pat-; in HubSpot: Development, Keys, Service keys", "%s looks like the id of a client", name)
	case name == keyVariable && ofKey == nil:
		doubt("in HubSpot: Development, Keys, Service keys", "%s does not begin with pat-, as HubSpot's keys do: it may be a secret of something else", name)
	case name == keyVariable:
		center := strings.ToLower(ofKey[1])
		c.out.HubSpot.DataCenter = &center
	case ofKey != nil:
		c.say(diag.Error, ofSecrets, "it belongs in "+keyVariable, "%s looks like a HubSpot key", name)
	case strings.HasSuffix(name, "OAUTHCLIENT_ID") && !uuidForm().MatchString(v):
		doubt("see that id and secret did not change places; in Genesys Cloud: Admin, Integrations, OAuth", "%s does not look like the id of an OAuth client, which is a UUID", name)
	case name == "GENESYSCLOUD_OAUTHCLIENT_SECRET" && uuidForm().MatchString(v):
		doubt("see that id and secret did not change places; in Genesys Cloud: Admin, Integrations, OAuth", "%s looks like an id", name)
	}
}

// ask asks both accounts at the same time.
func (c *authCheck) ask(ctx context.Context) (err error) {
	env := c.session
	env.settings.keyless = true // what is wrong with the key is told by itself
	var target *org
	switch {
	case c.out.Genesys.SignsIn == nil && !env.settings.sandbox: // told already
	case c.nowhere: // likewise
	default:
		if target, err = openOrg(ctx, env, c.l, c.b, true); err != nil {
			if env.settings.sandbox {
				return err
			}
			c.fail(ofGenesys, err)
		}
	}
	err = nil
	if target == nil {
		target = &org{
			secret: func(field string) (secret.Value, error) { return secretFromEnv(env, field) }, crm: env.settings.hubspotBase,
			app: func(field string) (secret.Value, error) { return appFromEnv(env, field) },
		}
	}
	defer closing(target, &err)
	var g errgroup.Group
	if target.client != nil {
		if at := target.client.Address(); target.sandbox == nil {
			c.out.Genesys.Address = &at
		}
		g.Go(func() error { return c.askGenesys(ctx, target) })
	}
	if c.out.HubSpot.SignsIn != nil || env.settings.sandbox {
		g.Go(func() error { return c.askHubSpot(ctx, target) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if said := target.strange(c.id, c.l.deployment, true); said != "" {
		c.say(diag.Warning, ofGenesys, "", "%s", said)
	}
	return nil
}

// askGenesys asks the platform who signs in, and which commands that client may run.
func (c *authCheck) askGenesys(ctx context.Context, target *org) error {
	d, g := c.l.deployment, &c.out.Genesys
	id, err := target.client.Who(ctx)
	var refused *genesysrest.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err()
	case errors.As(err, &refused) && refused.Status == http.StatusUnauthorized && g.SignsIn != nil && *g.SignsIn == "token":
		c.say(diag.Error, ofGenesys, "get another one, or give the client in its place: GENESYSCLOUD_OAUTHCLIENT_ID and GENESYSCLOUD_OAUTHCLIENT_SECRET", "the access token is not known: it has ended, was revoked, or is one of another region (%v)", err)
		return nil
	case err != nil:
		c.fail(ofGenesys, orgError(err))
		return nil
	}
	of := view.NewOrg(id)
	g.Org, g.Client = &of, view.NewAuthClient(id)
	c.id = id
	if pin := c.settings.with(d).org; pin != "" && pin != id.OrgName && pin != id.OrgID {
		c.fail(ofGenesys, orgError(&reconcile.WrongOrgError{Want: pin, Got: id.OrgName, ID: id.OrgID}))
	}
	if id.ClientID == "" {
		c.say(diag.Warning, ofGenesys, "make an OAuth client with the grant client credentials", "the token is that of a person: it ends with the session, and does what that person may")
	}
	division := id.HomeDivision.ID
	if name := d.Genesys.Division; name != "" && name != "Home" && name != id.HomeDivision.Text("name") {
		all, err := target.client.Find(ctx, genesys.Division, name)
		if err == nil && len(all) == 0 {
			err = fmt.Errorf("org %q has no division %q, or none that this client sees", id.OrgName, name)
		}
		if err != nil {
			c.fail(ofGenesys, fail(err, "correct genesys.division"))
			return nil
		}
		division = all[0].ID
	}
	var commands []string
	for i, w := range commandWords() {
		if slices.Contains(c.wanted, w) {
			commands = append(commands, reconcile.Commands()[i])
		}
	}
	abilities, err := reconcile.Abilities(ctx, target.client, id, c.kinds, division, commands...)
	if err != nil {
		c.say(diag.Info, ofGenesys, "", "which permissions the org's product knows could not be asked: %v", err)
	}
	c.abilities(abilities)
	return nil
}

// abilities tells which commands the client may not run. One permission is told once, with all that need it.
func (c *authCheck) abilities(all []reconcile.Ability) {
	var missing, perhaps []*lack
	add := func(to *[]*lack, command string, l reconcile.Lack) {
		i := slices.IndexFunc(*to, func(k *lack) bool { return k.Permission == l.Permission })
		if i < 0 {
			*to = append(*to, &lack{Lack: l})
			i = len(*to) - 1
		}
		(*to)[i].of = append((*to)[i].of, command)
	}
	g := &c.out.Genesys
	for _, a := range all {
		g.Commands = append(g.Commands, view.NewAuthCommand(a))
		for _, l := range a.Missing {
			add(&missing, a.Command, l)
		}
		for _, l := range a.Perhaps {
			add(&perhaps, a.Command, l)
		}
		for _, l := range a.Unknown {
			if !slices.Contains(g.Questions, l.Permission) {
				g.Questions = append(g.Questions, l.Permission)
			}
		}
	}
	for _, group := range together(missing, func(l *lack) string { return l.How() + strings.Join(l.of, ", ") }) {
		l := group[0]
		hint := "add " + words.Noun(len(group), "it", "them") + " to a role of this client, in the division of the deployment"
		if l.Unlicensed {
			hint = "nobody can be granted " + words.Noun(len(group), "it", "them") + " there: ask Genesys for a product that has " + words.Noun(len(group), "it", "them") + ", or leave out what needs " + words.Noun(len(group), "it", "them")
		}
		c.say(diag.Error, ofGenesys, hint, "this client lacks %s%s, which %s needed for %s", names(group), l.How(), words.Noun(len(group), "is", "are"), strings.Join(l.of, ", "))
	}
	perhaps = slices.DeleteFunc(perhaps, func(p *lack) bool {
		return slices.ContainsFunc(missing, func(m *lack) bool { return m.Permission == p.Permission })
	})
	for _, group := range together(perhaps, func(l *lack) string { return l.How() + l.What + strings.Join(l.of, ", ") }) {
		l := group[0]
		c.say(diag.Warning, ofGenesys, "", "this client lacks %s%s, which %s needed for %s where %s", names(group), l.How(), words.Noun(len(group), "is", "are"), strings.Join(l.of, ", "), l.What)
	}
	if len(g.Questions) > 0 {
		c.say(diag.Warning, ofGenesys, "look at the roles of this client in Genesys Cloud (Admin, Integrations, OAuth), and give them what they lack", "the platform tells of no permission that this client holds, so it is not known whether it has %s", strings.Join(g.Questions, ", "))
	}
}

// A lack is a permission that is missing, with the commands that need it.
type lack struct {
	reconcile.Lack
	of []string
}

// together gives those that have a key in common, in the order of the first of each.
func together(all []*lack, key func(*lack) string) (out [][]*lack) {
	at := map[string]int{}
	for _, l := range all {
		k := key(l)
		i, there := at[k]
		if !there {
			i = len(out)
			at[k], out = i, append(out, nil)
		}
		out[i] = append(out[i], l)
	}
	return out
}

func names(of []*lack) string {
	var out []string
	for _, l := range of {
		out = append(out, l.Permission)
	}
	return strings.Join(out, ", ")
}

// askHubSpot asks HubSpot what the key or the app may do.
func (c *authCheck) askHubSpot(ctx context.Context, target *org) error {
	env, d, h := c.session, c.l.deployment, &c.out.HubSpot
	auth := d.HubSpot.Auth
	given := env.from(givenBy(d))
	if target.sandbox == nil && auth.Method == deployment.AuthOAuth && auth.TokenURL != "" && auth.Grant != deployment.GrantClient {
		c.say(diag.Info, ofHubSpot, `"dealroute token renew" or setup tries it`, "the app in %s was not tried: hubspot.auth.tokenURL is no endpoint of HubSpot, and may replace the refresh token with the first use", given)
		return nil
	}
	key, err := target.bearer(ctx, env, d)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err()
	case err != nil && (hubspotrest.GrantRefused(err) || auth.Method == deployment.AuthOAuth):
		hint := findingOf(err).Hint
		if no, ok := errors.AsType[*hubspotrest.Error](err); ok {
			hint = no.Hint()
		}
		if h.Tried = true; target.sandbox == nil && notGiven(env, d) == "" {
			c.say(diag.Error, ofHubSpot, hint, "the app in %s: %s", given, findingOf(err).Message)
		}
		return nil
	case err != nil:
		return nil //nolint:nilerr // what is wrong with the variable was told
	}
	h.Tried = true
	pin := d.HubSpot.Portal
	if target.sandbox != nil {
		pin = ""
	}
	client := crmClient(env, d, target.crm, key)
	k := checkKey(ctx, client, d, given, pin, c.scopes)
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	target.memory.know(k.scopes.Portal)
	h.Portal, h.Complete = &k.scopes.Portal, k.scopes.Exact
	if k.scopes.Portal == "" {
		h.Portal = nil
	}
	h.Scopes, h.Missing = append(h.Scopes, slices.Compact(k.scopes.Granted)...), append(h.Missing, k.scopes.Missing...)
	for _, s := range h.Scopes {
		if hubspot.Writes(s) {
			h.Writes = append(h.Writes, s)
		}
	}
	c.known = k.scopes.Portal != "" || k.said.Refused == "" && k.doubt == nil
	switch {
	case k.said.Refused != "":
		c.say(diag.Error, ofHubSpot, k.said.Hint, "%s", k.said.Refused)
	case len(h.Missing) > 0:
		c.say(diag.Error, ofHubSpot, "add them in HubSpot: Development, Keys, Service keys; of an app in the app, and connect it again", "%s lacks the scopes %s", given, strings.Join(h.Missing, ", "))
	case k.refused != nil:
		c.fail(ofHubSpot, k.refused)
	case k.doubt != nil:
		c.say(diag.Error, ofHubSpot, unaskedHint(k.doubt), "HubSpot did not say what %s may do: %s", given, inWords(k.doubt))
	}
	if len(h.Writes) > 0 {
		c.say(diag.Warning, ofHubSpot, "take them out: nothing here writes to HubSpot, and whoever gets hold of it could", "%s has scopes that write: %s", given, strings.Join(h.Writes, ", "))
	}
	return nil
}
