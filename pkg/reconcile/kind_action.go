package reconcile

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
)

// actionKind is a data action. It is ours because its integration is; its name carries
// eight digits of its contract's hash, since a published contract is frozen: another
// contract is another action, which lives beside the old one until the flow has moved.
type actionKind struct{}

func (actionKind) immutable() []string { return []string{"contract", "secure", "integrationId"} }

var actionName = regexp.MustCompile(` [0-9a-f]{8}$`)

func (k actionKind) find(ctx context.Context, r *run) ([]plan.Found, error) {
	all, err := r.org.Find(ctx, genesys.DataAction, r.name+"*")
	if err != nil {
		return nil, err
	}
	var out []plan.Found
	for _, o := range all {
		key := genesys.Key{Kind: genesys.DataAction, Name: o.Text("name")}
		_, wanted := r.desired.Get(key)
		f := plan.Found{Key: key, ID: o.ID, Owned: r.ownIntegration(o.Text("integrationId")), Note: "belongs to an integration that is not ours"}
		if !wanted && !(f.Owned && actionName.MatchString(key.Name)) {
			continue
		}
		if wanted && f.Owned {
			if f.Content, err = k.content(ctx, r, o.ID); err != nil {
				return nil, err
			}
		}
		out = append(out, f)
	}
	return out, nil
}

// ownIntegration reports whether an id belongs to one of our integrations.
func (r *run) ownIntegration(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for ref, v := range r.ids {
		if ref.Key.Kind == genesys.Integration && v == id {
			return true
		}
	}
	return false
}

// content reads an action whole: a list shows neither contract nor configuration, and a
// read names only the addresses of the templates.
func (actionKind) content(ctx context.Context, r *run, id string) (map[string]any, error) {
	o, err := r.org.Read(ctx, genesys.DataAction, id)
	if err != nil {
		return nil, err
	}
	request, success, err := r.org.ActionTemplates(ctx, id, false)
	if err != nil {
		return nil, fmt.Errorf("templates of %q: %w", o.Text("name"), err)
	}
	c := pick(o.Body, "name", "category", "integrationId", "secure", "contract")
	config := pick(object(o.Body["config"]), "timeoutSeconds")
	req := pick(object(object(o.Body["config"])["request"]), "requestUrlTemplate", "requestType", "headers")
	req["requestTemplate"] = request
	res := pick(object(object(o.Body["config"])["response"]), "translationMap", "translationMapDefaults")
	res["successTemplate"] = success
	config["request"], config["response"] = req, res
	c["config"] = config
	return c, nil
}

// create goes draft, configuration, validation, test, publish: nothing is live before it
// has been tried. The draft is configured by a second call because the first one loses the
// request template.
func (k actionKind) create(ctx context.Context, r *run, d genesys.Entity) (string, error) {
	body, err := r.body(d)
	if err != nil {
		return "", err
	}
	var draft genesys.Object
	for try := 0; ; try++ {
		draft, err = r.org.CreateActionDraft(ctx, body)
		// Shortly after its integration was enabled the platform may refuse for reasons that pass.
		if err == nil || !errors.Is(err, genesys.ErrNotFound) && platformCode(err) != "bad.request" || try == 3 {
			break
		}
		if err := r.wait(ctx, time.Second); err != nil {
			return "", err
		}
	}
	if err != nil {
		return "", fmt.Errorf("make a draft: %w", err)
	}
	return draft.ID, k.finish(ctx, r, d, draft.ID, body)
}

func (k actionKind) finish(ctx context.Context, r *run, d genesys.Entity, id string, body map[string]any) error {
	draft, err := k.draft(ctx, r, id)
	if err != nil {
		return err
	}
	patch := pick(body, "name", "category", "contract", "config", "secure")
	patch["version"] = draft.Body["version"]
	if draft, err = r.org.UpdateActionDraft(ctx, id, patch); err != nil {
		return fmt.Errorf("configure the draft: %w", err)
	}
	problems, err := r.org.ValidateActionDraft(ctx, id)
	if err != nil {
		return fmt.Errorf("validate the draft: %w", err)
	}
	if len(problems) > 0 {
		return fmt.Errorf("the platform refuses the draft: %s", strings.Join(problems, "; "))
	}
	if err := k.try(ctx, r, d, id, true); err != nil {
		return err
	}
	if _, err := r.org.PublishActionDraft(ctx, id, integer(draft.Body["version"])); err != nil {
		return fmt.Errorf("publish it: %w", err)
	}
	return r.visible(ctx, genesys.DataAction, id)
}

// draft reads the draft, which may not be visible at once.
func (actionKind) draft(ctx context.Context, r *run, id string) (genesys.Object, error) {
	for try := 0; ; try++ {
		o, err := r.org.ActionDraft(ctx, id)
		if err == nil || !errors.Is(err, genesys.ErrNotFound) || try == 15 {
			return o, err
		}
		if err := r.wait(ctx, time.Second); err != nil {
			return genesys.Object{}, err
		}
	}
}

// try runs a draft or a published action once with an input that changes nothing.
func (actionKind) try(ctx context.Context, r *run, d genesys.Entity, id string, draft bool) error {
	input, ok := r.Smoke[d.Key]
	if !ok {
		return nil
	}
	resolved, err := r.resolve(input)
	if err != nil {
		return err
	}
	t, err := r.org.TestAction(ctx, id, draft, object(resolved))
	if err != nil {
		return fmt.Errorf("test it: %w", err)
	}
	if !t.Success {
		return fmt.Errorf("its test run failed, so nothing was published: %s", t.Failed)
	}
	return nil
}

// update changes the published action at once: configuration is not versioned by drafts,
// and the contract does not change.
func (k actionKind) update(ctx context.Context, r *run, c plan.Change, d genesys.Entity) error {
	body, err := r.body(d)
	if err != nil {
		return err
	}
	for try := 0; ; try++ {
		now, err := r.org.Read(ctx, genesys.DataAction, c.ID)
		if err != nil {
			return err
		}
		patch := pick(body, "name", "category", "config")
		patch["version"] = now.Body["version"]
		_, err = r.org.Update(ctx, genesys.DataAction, c.ID, patch)
		if err == nil {
			return k.try(ctx, r, d, c.ID, false)
		}
		if !errors.Is(err, genesys.ErrConflict) || try == 3 {
			return err
		}
	}
}

func (actionKind) remove(ctx context.Context, r *run, c plan.Change) error {
	return r.org.Delete(ctx, genesys.DataAction, c.ID)
}
