package reconcile

import (
	"context"
	"fmt"
	"strings"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/words"
)

// Integrations is what an integration needs of an org.
type Integrations interface {
	Entities
	IntegrationConfig(ctx context.Context, id string) (map[string]any, error)
	ConfigureIntegration(ctx context.Context, id string, config map[string]any) error
}

// integrationKind is a data actions integration, marked in the notes of its configuration.
// Content holds name, integrationType, intendedState and config.
//
// It is made by one call and marked by a second one, and names are not unique. So that a
// run that ends in between leaves nothing behind that could be anybody's, the first call
// gives it a name that only we use, and the configuration gives it its own.
type integrationKind struct {
	org Integrations
	all []genesys.Object // of the org, as they were found
}

// notConfigured ends the name of an integration until it is configured.
const notConfigured = " (dealroute: not configured yet)"

func (*integrationKind) immutable() []string { return []string{"integrationType"} }

func (*integrationKind) exact() []string {
	return []string{"config.properties", "config.advanced", "config.credentials"}
}

func (k *integrationKind) find(ctx context.Context, r *run) ([]plan.Found, error) {
	all, err := k.org.Find(ctx, genesys.Integration, "")
	if err != nil {
		return nil, err
	}
	k.all = all
	var out []plan.Found
	for _, o := range all {
		if !strings.HasPrefix(o.Text("name"), r.name) {
			continue
		}
		if name, half := strings.CutSuffix(o.Text("name"), notConfigured); half && strings.HasPrefix(name, r.name+" ") {
			out = append(out, plan.Found{
				Key: genesys.Key{Kind: genesys.Integration, Name: name}, ID: o.ID, Owned: true,
				Unfinished: "an earlier run ended before it was configured",
			})
			continue
		}
		config := object(object(o.Body["config"])["current"])
		compared := pick(config, "name", "notes", "properties", "advanced")
		compared["credentials"] = credentialRefs(config["credentials"])
		c := pick(o.Body, "name", "intendedState")
		c["integrationType"] = pick(object(o.Body["integrationType"]), "id")
		c["config"] = compared
		f := r.marked(genesys.Integration, o, text(config["notes"]), c)
		if state := text(object(o.Body["reportedState"])["code"]); f.Owned && o.Text("intendedState") == "ENABLED" && state != "" && state != "ACTIVE" {
			f.Unfinished = reportsIt + stateWord(state)
		}
		if _, wanted := r.desired.Get(f.Key); wanted || f.Owned {
			out = append(out, f)
		}
	}
	return out, nil
}

// reportsIt begins what is said of an integration that does not work.
const reportsIt = "it is enabled and the platform reports it "

// stateWord is a state in a sentence. What is no such word stays as the platform says it: in
// small letters a secret in it would not be known again.
func stateWord(state string) string {
	if strings.Trim(state, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == "" {
		return strings.ToLower(state)
	}
	return privacy.Said(state)
}

func credentialRefs(v any) map[string]any {
	out := map[string]any{}
	for slot, ref := range object(v) {
		out[slot] = pick(object(ref), "id")
	}
	return out
}

func (k *integrationKind) create(ctx context.Context, r *run, d genesys.Entity) (string, error) {
	body, err := r.body(d)
	if err != nil {
		return "", err
	}
	first := pick(body, "integrationType")
	first["name"] = d.Key.Name + notConfigured
	var version any // of the configuration that it begins with
	id, err := r.settled(ctx, func() (genesys.Object, error) {
		o, err := k.org.Create(ctx, genesys.Integration, first)
		version = object(object(o.Body["config"])["current"])["version"]
		return o, err
	}, lookup(ctx, k.org, genesys.Integration, d.Key.Name+notConfigured, nil))
	if err != nil {
		return "", err
	}
	return id, k.configure(ctx, r, d.Key, id, body, version, func(error) error { return nil })
}

func (k *integrationKind) update(ctx context.Context, r *run, c plan.Change, d genesys.Entity) error {
	body, err := r.body(d)
	if err != nil {
		return err
	}
	return k.configure(ctx, r, d.Key, c.ID, body, nil, func(err error) error { return r.whenStill(ctx, err, c, d) })
}

// configure writes the configuration, enables the integration and waits until it is
// active: before that its actions cannot be tested or used. version is that of the
// configuration, nil when it is not known. After a conflict still says whether it may be written
// all the same.
func (k *integrationKind) configure(ctx context.Context, r *run, key genesys.Key, id string, body map[string]any, version any, still func(error) error) error {
	config := pick(object(body["config"]), "name", "notes", "properties", "advanced", "credentials")
	for try := 0; ; try++ {
		if version == nil {
			err := r.lagging(ctx, func() error {
				current, err := k.org.IntegrationConfig(ctx, id)
				version = current["version"]
				return err
			})
			if err != nil {
				return fmt.Errorf("read its configuration: %w", err)
			}
		}
		config["version"] = version
		err := r.lagging(ctx, func() error { return k.org.ConfigureIntegration(ctx, id, config) })
		if err == nil {
			break
		}
		if !again(err, try) {
			return fmt.Errorf("configure it: %w", err)
		}
		if err := still(err); err != nil {
			return err
		}
		version = nil
	}
	o, err := k.org.Update(ctx, genesys.Integration, id, map[string]any{"intendedState": "ENABLED"})
	if err != nil {
		return fmt.Errorf("enable it: %w", err)
	}
	first := true // the answer that enabled it is the first look
	return r.poll(ctx, key, genesys.IntegrationActive, func() (bool, error) {
		if !first {
			if o, err = k.org.Read(ctx, genesys.Integration, id); err != nil {
				return true, err
			}
		}
		first = false
		state := object(o.Body["reportedState"])
		switch text(state["code"]) {
		case "ACTIVE":
			return true, nil
		case "ERROR":
			return true, fmt.Errorf("the platform reports an error: %s", privacy.Said(text(object(state["detail"])["message"])))
		}
		return false, fmt.Errorf("it is still %s", privacy.Said(text(state["code"])))
	})
}

// holds tells of actions of others: they would go with it.
func (k *integrationKind) holds(ctx context.Context, r *run, id string) (string, error) {
	n, err := r.actions.foreign(ctx, r, id)
	if n == 0 || err != nil {
		return "", err
	}
	return "it holds " + words.Count(n, "data action", "data actions") + " of others", nil
}

// remove deletes it, and with it its actions.
func (k *integrationKind) remove(ctx context.Context, r *run, c plan.Change) error {
	return k.org.Delete(ctx, genesys.Integration, c.ID)
}
