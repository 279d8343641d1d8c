package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/words"
)

// Clients is what an OAuth client needs of an org.
type Clients interface {
	Entities
	GrantRole(ctx context.Context, clientID, divisionID, roleID string) error
	RevokeRole(ctx context.Context, clientID, divisionID, roleID string) error
	NewClientSecret(ctx context.Context, id string) (genesys.Object, error)
	WhoIs(ctx context.Context, client string, key secret.Value) (genesys.Identity, error)
}

// clientKind is the run-time OAuth client. Its secret is in the reply to the create and
// nowhere else: it is held in memory until the credential takes it.
type clientKind struct {
	lenient
	org    Clients
	bodies map[string]map[string]any // by id, as they were found: a change of state sends the whole
}

func (*clientKind) immutable() []string { return []string{"authorizedGrantType"} }

func (k *clientKind) find(ctx context.Context, r *run) ([]plan.Found, error) {
	found, err := r.ours(ctx, k.org, genesys.OAuthClient, k.content)
	if err != nil {
		return nil, err
	}
	// Genesys' description: a list of clients does not say their grant type, and nobody can
	// change it. One that bears our mark has the one that setup gave it.
	for i, f := range found {
		switch {
		case f.Content["authorizedGrantType"] != nil:
		case f.Owned:
			f.Content["authorizedGrantType"], k.bodies[f.ID]["authorizedGrantType"] = grantOfOurs, grantOfOurs
		default:
			o, err := k.org.Read(ctx, genesys.OAuthClient, f.ID)
			if err != nil {
				return nil, fmt.Errorf("read %s: %w", f.Key, err)
			}
			found[i].Content = k.content(o)
		}
	}
	k.unreturned(r, found)
	return found, nil
}

// unreturned marks a client whose roles were moved to another division by a run that ended before
// it gave up its own in the one that was left.
func (k *clientKind) unreturned(r *run, found []plan.Found) {
	for i, f := range found {
		d, wanted := r.desired.Get(f.Key)
		if !wanted || !f.Owned || len(k.left(r, f.Content)) == 0 {
			continue
		}
		there := true // where it must be already; else its own change does it
		rds, _ := f.Content["roleDivisions"].([]any)
		for _, ref := range d.Refs() {
			id, _ := r.resolveRef(ref)
			there = there && (ref.Key.Kind != genesys.Division || slices.ContainsFunc(rds, func(rd any) bool { return object(rd)["divisionId"] == id }))
		}
		if there {
			found[i].Unfinished = "an earlier run ended before its role was taken back from the client that runs setup, in the division that was left"
		}
	}
}

// grantOfOurs is the grant type of every client that setup makes.
const grantOfOurs = "CLIENT-CREDENTIALS"

func (k *clientKind) content(o genesys.Object) map[string]any {
	k.bodies[o.ID] = o.Body
	c := pick(o.Body, "name", "description", "authorizedGrantType", "accessTokenValiditySeconds", "state")
	c["roleDivisions"] = roleDivisions(o.Body["roleDivisions"])
	return c
}

func roleDivisions(v any) []any {
	l, _ := v.([]any)
	out := make([]any, 0, len(l))
	for _, rd := range l {
		out = append(out, pick(object(rd), "roleId", "divisionId"))
	}
	slices.SortFunc(out, func(a, b any) int { return strings.Compare(text(object(a)["roleId"]), text(object(b)["roleId"])) })
	return out
}

func (k *clientKind) create(ctx context.Context, r *run, d genesys.Entity) (string, error) {
	body, err := r.body(d)
	if err != nil {
		return "", err
	}
	another := r.renewed[d.Key] != "" // beside the one that is used
	if !another {
		if err := r.credentialIsStale(ctx, d.Key); err != nil {
			return "", err
		}
	}
	if err := k.hold(ctx, r, d.Key, body); err != nil {
		return "", err
	}
	var made genesys.Object
	id, err := r.settled(ctx, func() (genesys.Object, error) {
		made, err = k.whenHeld(ctx, r, d.Key, func() (genesys.Object, error) { return k.org.Create(ctx, genesys.OAuthClient, body) })
		return made, err
	}, lookup(ctx, k.org, genesys.OAuthClient, d.Key.Name, func(o genesys.Object) bool { return r.hasMark(o) && !(another && r.wasFound(d.Key, o.ID)) }))
	if err != nil {
		return "", err
	}
	s := made.Text("secret")
	delete(made.Body, "secret")
	if s == "" { // the reply was lost: the secret with it, so the client gets a new one
		return id, k.renew(ctx, r, d.Key, id)
	}
	r.keepSecret(d.Key, s)
	return id, nil
}

// renew makes a new secret and holds it for the credential.
func (k *clientKind) renew(ctx context.Context, r *run, key genesys.Key, id string) error {
	var o genesys.Object
	err := r.lagging(ctx, func() (err error) {
		o, err = k.org.NewClientSecret(ctx, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("make a new secret: %w", err)
	}
	s := o.Text("secret")
	if s == "" {
		return fmt.Errorf("the platform gave no new secret for client %q", key.Name)
	}
	r.keepSecret(key, s)
	return nil
}

func (r *run) keepSecret(key genesys.Key, s string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.secrets[key] = secret.New(s)
}

func (r *run) keptSecret(key genesys.Key) secret.Value {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.secrets[key]
}

// hold gives the roles of the new client to the client that runs this: Genesys lets
// nobody hand out a role that they do not hold.
func (k *clientKind) hold(ctx context.Context, r *run, key genesys.Key, body map[string]any) error {
	if r.id.ClientID == "" {
		return nil // a person's token: they hold roles of their own
	}
	rds, _ := body["roleDivisions"].([]any)
	granted := false
	for _, rd := range rds {
		g := genesys.Grant{RoleID: text(object(rd)["roleId"]), DivisionID: text(object(rd)["divisionId"])}
		if slices.Contains(r.id.Grants, g) {
			continue
		}
		granted = true
		err := r.lagging(ctx, func() error { return k.org.GrantRole(ctx, r.id.ClientID, g.DivisionID, g.RoleID) })
		if err != nil {
			return fmt.Errorf("grant the run-time role to this client, which must hold it to hand it on: %w", err)
		}
	}
	if !granted {
		return nil
	}
	return genesys.RoleSettled.Pass(ctx, r.pause(key, genesys.RoleSettled))
}

// whenHeld repeats a call while the platform does not yet see the granted role.
func (*clientKind) whenHeld(ctx context.Context, r *run, key genesys.Key, call func() (genesys.Object, error)) (genesys.Object, error) {
	var o genesys.Object
	err := r.poll(ctx, key, genesys.RoleHeld, func() (_ bool, err error) {
		o, err = call()
		return platformCode(err) != "bad.client.role", err
	})
	return o, err
}

func (k *clientKind) update(ctx context.Context, r *run, c plan.Change, d genesys.Entity) error {
	body, err := r.body(d)
	if err != nil {
		return err
	}
	if err := k.hold(ctx, r, d.Key, body); err != nil {
		return err
	}
	if _, err = k.whenHeld(ctx, r, d.Key, func() (genesys.Object, error) { return k.org.Update(ctx, genesys.OAuthClient, c.ID, body) }); err != nil {
		return err
	}
	return k.letGo(ctx, r, body)
}

// left lists the grants that this client still has of the new client's roles in divisions which
// that has left: they were given to hand the roles on.
func (*clientKind) left(r *run, content map[string]any) []genesys.Grant {
	rds, _ := content["roleDivisions"].([]any)
	var out []genesys.Grant
	for _, g := range r.id.Grants {
		of := func(rd any) bool { return object(rd)["roleId"] == g.RoleID }
		if slices.ContainsFunc(rds, of) && !slices.ContainsFunc(rds, func(rd any) bool { return of(rd) && object(rd)["divisionId"] == g.DivisionID }) {
			out = append(out, g)
		}
	}
	return out
}

func (k *clientKind) letGo(ctx context.Context, r *run, content map[string]any) error {
	for _, g := range k.left(r, content) {
		if err := k.org.RevokeRole(ctx, r.id.ClientID, g.DivisionID, g.RoleID); err != nil && !errors.Is(err, genesys.ErrNotFound) {
			return fmt.Errorf("take the run-time role in the division that was left back from this client: %w", err)
		}
	}
	return nil
}

// holds tells of roles that somebody else gave the client: it is used for more than ours.
func (k *clientKind) holds(_ context.Context, r *run, id string) (string, error) {
	n := 0
	for _, rd := range roleDivisions(k.bodies[id]["roleDivisions"]) {
		if !r.owns(genesys.Role, text(object(rd)["roleId"])) {
			n++
		}
	}
	if n == 0 {
		return "", nil
	}
	return "it has " + words.Count(n, "role", "roles") + " that setup did not give it, so it is used elsewhere", nil
}

// remove takes two steps: only an inactive client can be deleted.
func (k *clientKind) remove(ctx context.Context, r *run, c plan.Change) error {
	body := pick(k.bodies[c.ID], "name", "description", "authorizedGrantType", "accessTokenValiditySeconds", "roleDivisions")
	body["state"] = "inactive"
	err := r.lagging(ctx, func() error {
		_, err := k.org.Update(ctx, genesys.OAuthClient, c.ID, body)
		return err
	})
	if platformCode(err) == "bad.client.role" { // an earlier destroy has given the role back, and not deleted the client
		if err := k.hold(ctx, r, c.Key, body); err != nil {
			return err
		}
		for _, rd := range roleDivisions(body["roleDivisions"]) { // the role is taken back before it goes
			r.id.Grants = append(r.id.Grants, genesys.Grant{RoleID: text(object(rd)["roleId"]), DivisionID: text(object(rd)["divisionId"])})
		}
		_, err = k.whenHeld(ctx, r, c.Key, func() (genesys.Object, error) { return k.org.Update(ctx, genesys.OAuthClient, c.ID, body) })
	}
	if errors.Is(err, genesys.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("make it inactive, which comes before deleting it: %w", err)
	}
	return k.org.Delete(ctx, genesys.OAuthClient, c.ID)
}
