package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesysrest"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspotrest"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/pkg/validate"
)

// joinOwners reads HubSpot's owners and the org's users where a rule prefers owners, and puts the
// rows of their table among what is desired. When one of both cannot be read the rows stay as they
// are, and that is told.
func (o *org) joinOwners(ctx context.Context, env session, d *deployment.Deployment, cfg *reconcile.Config) {
	if !blueprint.PrefersOwner(d) {
		return
	}
	owners, err := o.owners(ctx, env, d)
	if err != nil {
		text := fmt.Sprintf("owners were not compared, the rows of table %q stay as they are: %v", blueprint.OwnersTable(d.Name), err)
		var refused *hubspotrest.Error
		if errors.As(err, &refused) {
			text += "; " + refused.Hint()
		}
		cfg.Warnings = append(cfg.Warnings, text)
		return
	}
	cfg.Desired, cfg.OwnerRows = genesys.NewSet(append(cfg.Desired, owners.Rows...)...), true
	if gaps := owners.Gaps(); gaps != "" {
		o.gaps = gaps
		cfg.Warnings = append(cfg.Warnings, gaps)
	}
}

// owners are HubSpot's, joined to the users of the org.
func (o *org) owners(ctx context.Context, env session, d *deployment.Deployment) (blueprint.Owners, error) {
	key, err := o.bearer(ctx, env, d)
	if err != nil {
		return blueprint.Owners{}, err
	}
	c := hubspotrest.New(hubspotrest.Options{
		BaseURL: o.crm, Agent: "dealroute/" + env.version(), Token: key, Version: d.HubSpot.APIVersion, Log: env.log(), Sleep: env.Pause, Secrets: env.known,
	})
	owners, err := c.Owners(ctx)
	if err != nil {
		return blueprint.Owners{}, err
	}
	users, err := o.client.Users(ctx)
	if err != nil {
		return blueprint.Owners{}, fmt.Errorf("read the users of the org: %w", err)
	}
	return blueprint.JoinOwners(d.Name, owners, users), nil
}

// unknownOwners are those of an org of which nothing is known.
func unknownOwners() simulate.Owners {
	return simulate.Owners{Why: func(string) string {
		return "who is a user only the org knows, or org.yaml: --flow deployed reads the org"
	}}
}

// owners joins the owners of an account to the users of org.yaml, as setup would, where the
// rendered flow runs.
func (s *simulation) owners(org *simulate.Org, crm hubspot.CRM) error {
	file, joined, err := s.joined(crm)
	if file == nil || err != nil { // without it each call says why no owner is asked first
		return err
	}
	o := simulate.Owners{Rows: map[string]map[string]any{}, Users: []string{}, Why: joined.Why}
	for _, row := range joined.Rows {
		key, _ := row.Content["key"].(string)
		o.Rows[key] = row.Content
	}
	for _, u := range usersOf(file) {
		o.Users = append(o.Users, u.ID)
	}
	org.Owners = o
	return nil
}

// joined is nothing where no owner is asked, or nobody knows the users.
func (s *simulation) joined(crm hubspot.CRM) (file *simulate.OrgFile, joined blueprint.Owners, err error) {
	d := s.loaded.deployment
	if !blueprint.PrefersOwner(d) || s.options.flow != "rendered" {
		return nil, joined, nil
	}
	file, err = s.loaded.orgFile(s.options.org)
	if err != nil || file == nil {
		return nil, joined, err
	}
	return file, blueprint.JoinOwners(d.Name, crm.Owners, usersOf(file)), nil
}

// usersOf are the users of the file, with ids that are no org's.
func usersOf(file *simulate.OrgFile) []genesys.User {
	var users []genesys.User
	for _, u := range file.Users {
		id, _ := simulate.MadeUp(genesys.Ref{Key: genesys.Key{Kind: "user", Name: u.Email}, Field: "id"})
		users = append(users, genesys.User{ID: id, Email: u.Email})
	}
	return users
}

// fixtureOwners takes those of the fixtures, and tells what is missing for them.
func (s *simulation) fixtureOwners(crm hubspot.CRM) error {
	file, joined, err := s.joined(crm)
	if file == nil || err != nil {
		return err
	}
	var plain []string
	for _, q := range preferringQueues(s.loaded.deployment) {
		if !slices.ContainsFunc(file.Queues, func(x simulate.OrgQueue) bool { return x.Name == q && len(x.RoutingRules) > 0 }) {
			plain = append(plain, q)
		}
	}
	s.account(validate.Account{Name: "the org", Owners: joined.Gaps(), Unpreferring: plain})
	return s.owners(s.org, crm)
}

// preferringQueues are the queues to which rules send calls with the owner first, each once.
func preferringQueues(d *deployment.Deployment) []string {
	var out []string
	for _, r := range d.Routing.Rules {
		if r.To.PrefersOwner() && !slices.Contains(out, r.To.Queue) {
			out = append(out, r.To.Queue)
		}
	}
	return out
}

// readOwners reads the table of owners of an org, and who of its users exists.
func readOwners(ctx context.Context, c *genesysrest.Client, table string) (simulate.Owners, error) {
	o := simulate.Owners{Rows: map[string]map[string]any{}, Users: []string{}}
	rows, err := c.Rows(ctx, table)
	if err != nil {
		return o, err
	}
	for _, r := range rows {
		key, _ := r["key"].(string)
		o.Rows[key] = r
	}
	users, err := c.Users(ctx)
	for _, u := range users {
		o.Users = append(o.Users, u.ID)
	}
	return o, err
}

// unpreferring are the queues of these that do not route to preferred agents.
func unpreferring(ctx context.Context, c *genesysrest.Client, d *deployment.Deployment) ([]string, error) {
	var out []string
	for _, name := range preferringQueues(d) {
		all, err := c.Find(ctx, genesys.Queue, name)
		if err != nil {
			return nil, orgError(err)
		}
		for _, q := range all {
			if rules, _ := q.Body["routingRules"].([]any); len(rules) == 0 {
				out = append(out, name)
			}
		}
	}
	return out, nil
}
