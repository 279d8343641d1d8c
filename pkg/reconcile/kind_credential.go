package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
)

// credentialKind is a credential. Its exact name, which begins with the deployment's, is
// the mark. The platform shows no field of it, so what is compared is its type,
// and the value by the fingerprint that the record keeps (keys.go).
type credentialKind struct {
	lenient
	org    Entities
	client *clientKind // gives the secret of the run-time client

	integrations *integrationKind // tells who uses it
}

func (credentialKind) immutable() []string { return []string{"type"} }

func (k credentialKind) find(ctx context.Context, r *run) ([]plan.Found, error) {
	all, err := k.org.Find(ctx, genesys.Credential, r.name+"*")
	if err != nil {
		return nil, err
	}
	var out []plan.Found
	for _, o := range all {
		key := genesys.Key{Kind: genesys.Credential, Name: o.Text("name")}
		if !r.ownCredential(key.Name) {
			continue // may belong to a deployment whose name begins with ours
		}
		r.touched(o)
		c := pick(o.Body, "name")
		c["type"] = pick(object(o.Body["type"]), "name")
		out = append(out, plan.Found{Key: key, ID: o.ID, Owned: true, Content: c})
	}
	return out, nil
}

// credentialNames are the endings of our credentials' names: of a key, of a token that is renewed
// from outside, of what the platform gets tokens with, and of the run-time client's secret.
var credentialNames = []string{" HubSpot key", " HubSpot token", " HubSpot OAuth", clientCredential}

// clientCredential ends the name of the credential that holds the run-time client's secret.
const clientCredential = " runtime client"

func (r *run) ownCredential(name string) bool {
	return slices.ContainsFunc(credentialNames, func(ending string) bool { return name == r.name+ending })
}

// fields asks for the secrets of a credential at the moment of writing.
func (k credentialKind) fields(ctx context.Context, r *run, d genesys.Entity) (map[string]any, error) {
	out := map[string]any{}
	for _, need := range d.Needs {
		if need.Kind != genesys.OAuthClient {
			continue
		}
		id, ok := r.resolveRef(genesys.Ref{Key: need, Field: "id"})
		if !ok {
			return nil, fmt.Errorf("client %q has no id yet", need.Name)
		}
		s := r.keptSecret(need)
		if !s.Set() {
			// The client is older than its credential: its secret is lost, so it gets a new one.
			if err := k.client.renew(ctx, r, need, id); err != nil {
				return nil, err
			}
			s = r.keptSecret(need)
		}
		out["clientId"], out["clientSecret"] = id, s.Reveal()
	}
	for _, f := range d.Secrets {
		if _, done := out[f]; done {
			continue
		}
		s, err := r.Secret(d.Key, f)
		if err != nil {
			return nil, err
		}
		out[f] = s.Reveal()
	}
	return out, nil
}

func (k credentialKind) create(ctx context.Context, r *run, d genesys.Entity) (string, error) {
	if d.Token != "" {
		return k.createToken(ctx, r, d)
	}
	body, err := r.body(d)
	if err != nil {
		return "", err
	}
	if err := r.valueIsOnItsWay(ctx, d); err != nil {
		return "", err
	}
	if body["credentialFields"], err = k.fields(ctx, r, d); err != nil {
		return "", err
	}
	id, err := r.settled(ctx,
		func() (genesys.Object, error) { return k.org.Create(ctx, genesys.Credential, body) },
		lookup(ctx, k.org, genesys.Credential, d.Key.Name, nil))
	if err != nil {
		return "", err
	}
	if err := r.valueIsWritten(ctx, d); err != nil {
		return "", err
	}
	return id, r.credentialIsMade(ctx, d)
}

func (k credentialKind) update(ctx context.Context, r *run, c plan.Change, d genesys.Entity) error {
	if d.Token != "" {
		return k.updateToken(ctx, r, c, d)
	}
	body, err := r.body(d)
	if err != nil {
		return err
	}
	for _, need := range d.Needs {
		if feeds(need, d) && r.renewed[need] != "" {
			continue // the one that is used goes on being used
		}
		if err := r.credentialIsStale(ctx, need); err != nil {
			return err
		}
	}
	if err := r.valueIsOnItsWay(ctx, d); err != nil {
		return err
	}
	if body["credentialFields"], err = k.fields(ctx, r, d); err != nil {
		return err
	}
	for _, need := range d.Needs {
		if !feeds(need, d) || r.renewed[need] == "" {
			continue
		}
		if err := k.client.proven(ctx, r, need, text(object(body["credentialFields"])["clientId"]), r.keptSecret(need)); err != nil {
			return err
		}
		if err := r.secretIsOnItsWay(ctx, d.Key, need); err != nil {
			return err
		}
	}
	if err := r.lagging(ctx, func() error {
		_, err := k.org.Update(ctx, genesys.Credential, c.ID, body)
		return err
	}); err != nil {
		return err
	}
	if err := r.valueIsWritten(ctx, d); err != nil {
		return err
	}
	return r.credentialIsMade(ctx, d)
}

// holds tells of integrations of others that use it.
func (k credentialKind) holds(_ context.Context, r *run, id string) (string, error) {
	for _, o := range k.integrations.all {
		for _, ref := range credentialRefs(object(object(o.Body["config"])["current"])["credentials"]) {
			if object(ref)["id"] == id && !r.owns(genesys.Integration, o.ID) {
				return fmt.Sprintf("integration %q uses it, which is not ours", o.Text("name")), nil
			}
		}
	}
	return "", nil
}

// remove comes right after its integration went, which the platform may not have seen yet.
func (k credentialKind) remove(ctx context.Context, r *run, c plan.Change) error {
	return r.poll(ctx, c.Key, genesys.IntegrationGone, func() (bool, error) {
		err := k.org.Delete(ctx, genesys.Credential, c.ID)
		return !errors.Is(err, genesys.ErrConflict) && platformCode(err) != "bad.request", err
	})
}
