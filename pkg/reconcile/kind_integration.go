package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
)

// integrationKind is a data actions integration, marked in the notes of its configuration.
// Content holds name, integrationType, intendedState and config.
type integrationKind struct{}

func (integrationKind) immutable() []string { return []string{"integrationType"} }

func (integrationKind) find(ctx context.Context, r *run) ([]plan.Found, error) {
	all, err := r.org.Find(ctx, genesys.Integration, r.name+"*")
	if err != nil {
		return nil, err
	}
	var out []plan.Found
	for _, o := range all {
		config := object(object(o.Body["config"])["current"])
		compared := pick(config, "name", "notes", "properties", "advanced")
		compared["credentials"] = credentialRefs(config["credentials"])
		c := pick(o.Body, "name", "intendedState")
		c["integrationType"] = pick(object(o.Body["integrationType"]), "id")
		c["config"] = compared
		f := r.marked(genesys.Integration, o, text(config["notes"]), c)
		if _, wanted := r.desired.Get(f.Key); wanted || f.Owned {
			out = append(out, f)
		}
	}
	return out, nil
}

func credentialRefs(v any) map[string]any {
	out := map[string]any{}
	for slot, ref := range object(v) {
		out[slot] = pick(object(ref), "id")
	}
	return out
}

func (k integrationKind) create(ctx context.Context, r *run, d genesys.Entity) (string, error) {
	body, err := r.body(d)
	if err != nil {
		return "", err
	}
	id, err := r.settled(ctx, func() (genesys.Object, error) {
		return r.org.Create(ctx, genesys.Integration, pick(body, "name", "integrationType"))
	}, r.lookup(ctx, genesys.Integration, d.Key.Name, func(o genesys.Object) bool {
		// Fresh and not yet configured: without our mark, but with the name that only we use.
		return integer(object(object(o.Body["config"])["current"])["version"]) == 1
	}))
	if err != nil {
		return "", err
	}
	if err := r.visible(ctx, genesys.Integration, id); err != nil {
		return "", err
	}
	return id, k.configure(ctx, r, d.Key, id, body)
}

func (k integrationKind) update(ctx context.Context, r *run, c plan.Change, d genesys.Entity) error {
	body, err := r.body(d)
	if err != nil {
		return err
	}
	return k.configure(ctx, r, d.Key, c.ID, body)
}

// configure writes the configuration with the version just read, enables the integration
// and waits until it is active: before that its actions cannot be tested or used.
func (integrationKind) configure(ctx context.Context, r *run, key genesys.Key, id string, body map[string]any) error {
	config := pick(object(body["config"]), "name", "notes", "properties", "advanced", "credentials")
	for try := 0; ; try++ {
		current, err := r.org.IntegrationConfig(ctx, id)
		if err != nil {
			return fmt.Errorf("read its configuration: %w", err)
		}
		config["version"] = current["version"]
		err = r.org.ConfigureIntegration(ctx, id, config)
		if err == nil {
			break
		}
		if !errors.Is(err, genesys.ErrConflict) || try == 3 {
			return fmt.Errorf("configure it: %w", err)
		}
	}
	if _, err := r.org.Update(ctx, genesys.Integration, id, map[string]any{"intendedState": "ENABLED"}); err != nil {
		return fmt.Errorf("enable it: %w", err)
	}
	for try := 0; ; try++ {
		o, err := r.org.Read(ctx, genesys.Integration, id)
		if err != nil {
			return err
		}
		state := object(o.Body["reportedState"])
		switch text(state["code"]) {
		case "ACTIVE":
			return nil
		case "ERROR":
			return fmt.Errorf("the platform reports an error: %s", text(object(state["detail"])["message"]))
		}
		if try == 20 {
			return fmt.Errorf("still %s after %d looks", text(state["code"]), try)
		}
		r.awaiting(key, "the integration to become active")
		if err := r.wait(ctx, 3*time.Second); err != nil {
			return err
		}
	}
}

// remove deletes it, and with it its actions. The pause is the one Genesys' own installer
// makes before it deletes the credential.
func (integrationKind) remove(ctx context.Context, r *run, c plan.Change) error {
	if err := r.org.Delete(ctx, genesys.Integration, c.ID); err != nil {
		return err
	}
	return r.wait(ctx, 3*time.Second)
}
