package reconcile

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
	"golang.org/x/sync/errgroup"
)

// Actions is what a data action needs of an org.
type Actions interface {
	Entities
	ActionTemplates(ctx context.Context, id string, draft bool) (requestTemplate, successTemplate string, err error)
}

// Drafts is how the draft of a data action is found and written.
type Drafts interface {
	ActionDrafts(ctx context.Context, name string) ([]genesys.Object, error)
	ActionDraft(ctx context.Context, id string) (genesys.Object, error)
	CreateActionDraft(ctx context.Context, body map[string]any) (genesys.Object, error)
	UpdateActionDraft(ctx context.Context, id string, body map[string]any) (genesys.Object, error)
}

// Trials is how a draft is tried, and what becomes of it.
type Trials interface {
	ValidateActionDraft(ctx context.Context, id string) ([]string, error)
	TestAction(ctx context.Context, id string, draft bool, input map[string]any) (genesys.TestRun, error)
	PublishActionDraft(ctx context.Context, id string, version int) (genesys.Object, error)
	DeleteActionDraft(ctx context.Context, id string) error
}

// actionKind is a data action. It is ours because its integration is; its name carries
// eight digits of its contract's hash, since a published contract is frozen: another
// contract is another action, which lives beside the old one until the flow has moved.
type actionKind struct {
	org    Actions
	drafts Drafts
	trials Trials

	published, unpublished []genesys.Object // the lists that two steps of reading share

	mu  sync.Mutex
	all []genesys.Object // of the org, drafts included; nil until it is asked for
}

func (*actionKind) immutable() []string { return []string{"contract", "secure", "integrationId"} }

func (*actionKind) exact() []string {
	return []string{"contract", "config.request.headers", "config.response.translationMap", "config.response.translationMapDefaults"}
}

var actionName = regexp.MustCompile(` [0-9a-f]{8}$`)

// list asks for the published actions and the drafts at the same time. It needs no other
// kind, so it is asked with the first ones.
func (k *actionKind) list(ctx context.Context, r *run) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		k.published, err = k.org.Find(ctx, genesys.DataAction, r.name+"*")
		return err
	})
	g.Go(func() (err error) {
		k.unpublished, err = k.drafts.ActionDrafts(ctx, r.name+"*")
		return err
	})
	return g.Wait()
}

func (k *actionKind) find(ctx context.Context, r *run) ([]plan.Found, error) {
	var out []plan.Found
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(r.Parallel)
	for _, o := range k.published {
		r.keepVersion(o)
		f := k.found(r, o)
		_, wanted := r.desired.Get(f.Key)
		if !wanted && !(f.Owned && actionName.MatchString(f.Key.Name)) {
			continue
		}
		out = append(out, f)
	}
	for _, o := range k.unpublished {
		f := k.found(r, o)
		// A draft of an action that is published is somebody's work on it.
		published := slices.ContainsFunc(k.published, func(p genesys.Object) bool { return p.ID == o.ID })
		if f.Owned && !published && actionName.MatchString(f.Key.Name) {
			f.Unfinished = "an earlier run ended before it was published"
			out = append(out, f)
		}
	}
	for i := range out {
		if _, wanted := r.desired.Get(out[i].Key); wanted && (out[i].Owned || r.Adopt) && out[i].Unfinished == "" {
			if c := r.sealed(out[i].Key, out[i].ID); c != nil && out[i].Owned && out[i].Adopted == "" && integrationOf(out[i]) == text(c["integrationId"]) {
				out[i].Content = c
				continue
			}
			g.Go(func() (err error) {
				out[i].Content, err = k.content(ctx, r, out[i].ID)
				return err
			})
		}
	}
	return out, g.Wait()
}

func (*actionKind) found(r *run, o genesys.Object) plan.Found {
	f := plan.Found{
		Key: genesys.Key{Kind: genesys.DataAction, Name: o.Text("name")}, ID: o.ID, Content: pick(o.Body, "integrationId"),
		Owned: r.own[o.Text("integrationId")], Note: "belongs to an integration that is not ours",
	}
	if !f.Owned || slices.Contains(strings.Split(r.adopted[o.Text("integrationId")], "+"), ending(f.Key.Name)) {
		f.Adopted = genesys.Taken
	}
	return f
}

// ending is the eight digits of an action's name.
func ending(name string) string { return name[max(len(name)-8, 0):] }

// own reports whether an action has a name as we give them.
func (*actionKind) own(r *run, o genesys.Object) bool {
	return strings.HasPrefix(o.Text("name"), r.name+" ") && actionName.MatchString(o.Text("name"))
}

// within gives the endings of the actions with names of ours that an integration holds, in the
// form of a mark.
func (k *actionKind) within(r *run, integration string) string {
	var out []string
	for _, o := range append(slices.Clone(k.published), k.unpublished...) {
		if o.Text("integrationId") == integration && k.own(r, o) {
			out = append(out, ending(o.Text("name")))
		}
	}
	if out == nil {
		return genesys.Taken
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), "+")
}

// forget has the actions of the org asked for anew.
func (k *actionKind) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.all = nil
}

// foreign counts the actions of others in an integration, drafts included.
func (k *actionKind) foreign(ctx context.Context, r *run, integration string) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.all == nil {
		published, err := k.org.Find(ctx, genesys.DataAction, "")
		if err != nil {
			return 0, err
		}
		drafts, err := k.drafts.ActionDrafts(ctx, "")
		if err != nil {
			return 0, err
		}
		k.all = append(published, drafts...)
	}
	ids := map[string]bool{}
	for _, o := range k.all {
		if o.Text("integrationId") == integration && !k.own(r, o) {
			ids[o.ID] = true
		}
	}
	return len(ids), nil
}

// content reads an action whole: a list shows neither contract nor configuration, and a
// read names only the addresses of the templates.
func (k *actionKind) content(ctx context.Context, r *run, id string) (map[string]any, error) {
	var o genesys.Object
	var request, success string
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		o, err = k.org.Read(ctx, genesys.DataAction, id)
		return err
	})
	g.Go(func() (err error) {
		if request, success, err = k.org.ActionTemplates(ctx, id, false); err != nil {
			return fmt.Errorf("templates of action %s: %w", id, err)
		}
		return nil
	})
	if err := g.Wait(); err != nil {
		return nil, err
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
func (k *actionKind) create(ctx context.Context, r *run, d genesys.Entity) (string, error) {
	return k.make(ctx, r, d, true)
}

// makeUntried publishes one that is tried later, when its integration has its credential: nothing
// leads calls to it yet.
func (k *actionKind) makeUntried(ctx context.Context, r *run, d genesys.Entity) (string, error) {
	return k.make(ctx, r, d, false)
}

func (k *actionKind) make(ctx context.Context, r *run, d genesys.Entity, try bool) (string, error) {
	body, err := r.body(d)
	if err != nil {
		return "", err
	}
	var draft genesys.Object
	id, err := r.settled(ctx, func() (genesys.Object, error) {
		err := genesys.ActionsTaken.Poll(ctx, r.Wait, func() (bool, error) {
			draft, err = k.drafts.CreateActionDraft(ctx, body)
			return !errors.Is(err, genesys.ErrNotFound) && platformCode(err) != "bad.request", err
		})
		return draft, err
	}, func() (string, error) {
		all, err := k.drafts.ActionDrafts(ctx, d.Key.Name)
		if err != nil {
			return "", err
		}
		for _, o := range all {
			if o.Text("integrationId") == text(body["integrationId"]) {
				return o.ID, nil
			}
		}
		return "", nil
	})
	if err != nil {
		return "", fmt.Errorf("make a draft: %w", err)
	}
	return id, k.publish(ctx, r, d, id, body, draft.Body["version"], try)
}

// finish takes a draft all the way. version is the draft's, nil when it is not known.
func (k *actionKind) finish(ctx context.Context, r *run, d genesys.Entity, id string, body map[string]any, version any) error {
	return k.publish(ctx, r, d, id, body, version, true)
}

func (k *actionKind) publish(ctx context.Context, r *run, d genesys.Entity, id string, body map[string]any, version any, try bool) error {
	patch := pick(body, "name", "category", "contract", "config", "secure")
	for try := 0; ; try++ {
		if version == nil {
			draft, err := k.draft(ctx, r, id)
			if err != nil {
				return err
			}
			version = draft.Body["version"]
		}
		patch["version"] = version
		var draft genesys.Object
		err := r.lagging(ctx, func() (err error) {
			draft, err = k.drafts.UpdateActionDraft(ctx, id, patch)
			return err
		})
		if err == nil {
			version = draft.Body["version"]
			break
		}
		if !again(err, try) {
			return fmt.Errorf("configure the draft: %w", err)
		}
		version = nil
	}
	problems, err := k.trials.ValidateActionDraft(ctx, id)
	if err != nil {
		return fmt.Errorf("validate the draft: %w", err)
	}
	if len(problems) > 0 {
		return fmt.Errorf("the platform refuses the draft: %s", strings.Join(problems, "; "))
	}
	if try {
		if err := k.try(ctx, r, d, id, true); err != nil {
			return err
		}
	}
	for try := 0; ; try++ {
		o, err := k.trials.PublishActionDraft(ctx, id, integer(version))
		if err == nil {
			r.keepVersion(o)
			break
		}
		// A lost answer is settled by a look: a published action has no draft.
		if !again(err, try) && (try == 4 || !errors.Is(err, genesys.ErrNotFound)) {
			return fmt.Errorf("publish it: %w", err)
		}
		if _, readErr := k.org.Read(ctx, genesys.DataAction, id); readErr == nil {
			return nil
		}
		draft, draftErr := k.draft(ctx, r, id)
		if draftErr != nil {
			return fmt.Errorf("publish it: %w", err)
		}
		version = draft.Body["version"]
	}
	return r.visible(ctx, k.org, genesys.DataAction, id)
}

// draft reads the draft, which may not be visible at once.
func (k *actionKind) draft(ctx context.Context, r *run, id string) (genesys.Object, error) {
	var o genesys.Object
	err := r.lagging(ctx, func() (err error) {
		o, err = k.drafts.ActionDraft(ctx, id)
		return err
	})
	return o, err
}

// try runs a draft or a published action once with an input that changes nothing.
func (k *actionKind) try(ctx context.Context, r *run, d genesys.Entity, id string, draft bool) error {
	input, ok := r.Smoke[d.Key]
	if !ok {
		return nil
	}
	input, err := genesys.Resolve(input, r.resolveRef)
	if err != nil {
		return err
	}
	after, nothing := "", ""
	if draft {
		nothing = ", so nothing was published"
	}
	for again := false; ; again = true {
		t, err := k.test(ctx, r, d.Key, id, draft, input)
		if err != nil {
			return fmt.Errorf("test it: %w", err)
		}
		if t.Success {
			r.mu.Lock()
			r.tried[d.Key] = true
			r.mu.Unlock()
			return nil
		}
		credential, ok := r.behind(d)
		if again || !ok || !t.Unknown {
			return r.refusedBy(d, t, fmt.Errorf("its test run failed%s%s: %s", after, nothing, t.Failed))
		}
		if err := r.rewrite(ctx, credential); err != nil {
			return r.refusedBy(d, t, fmt.Errorf("its test run failed: %s; and its credential could not be written again: %w", t.Failed, err))
		}
		after = ", also after its credential was written again"
	}
}

// test runs an action once, and anew while a limit refuses it, since calls and other programs take of the same
// limit. What it says when that does not end is the answer.
func (k *actionKind) test(ctx context.Context, r *run, key genesys.Key, id string, draft bool, input map[string]any) (t genesys.TestRun, err error) {
	waited := r.poll(ctx, key, genesys.EndpointFree, func() (bool, error) {
		t, err = k.trials.TestAction(ctx, id, draft, input)
		return err != nil || !t.Limited, err
	})
	if err == nil && ctx.Err() != nil {
		return t, waited
	}
	return t, err
}

// smoke runs every published action once that this run has not tried yet: it comes before a
// number leads calls to them.
func (k *actionKind) smoke(ctx context.Context, r *run) error {
	for _, d := range r.desired {
		r.mu.Lock()
		done := r.tried[d.Key]
		r.mu.Unlock()
		id, ok := r.resolveRef(genesys.Ref{Key: d.Key, Field: "id"})
		if d.Key.Kind != genesys.DataAction || done || !ok {
			continue
		}
		if err := k.try(ctx, r, d, id, false); err != nil {
			return fmt.Errorf("before it gets numbers, data action %q: %w", d.Key.Name, err)
		}
	}
	return nil
}

// update publishes what is only a draft. A published action is changed at once: its
// configuration goes live without a draft, and its contract does not change.
func (k *actionKind) update(ctx context.Context, r *run, c plan.Change, d genesys.Entity) error {
	body, err := r.body(d)
	if err != nil {
		return err
	}
	if c.Unfinished {
		return k.finish(ctx, r, d, c.ID, body, nil)
	}
	for try := 0; ; try++ {
		now, err := k.org.Read(ctx, genesys.DataAction, c.ID)
		if err != nil {
			return err
		}
		patch := pick(body, "name", "category", "config")
		patch["version"] = now.Body["version"]
		o, err := k.org.Update(ctx, genesys.DataAction, c.ID, patch)
		if err == nil {
			r.keepVersion(o)
			return k.try(ctx, r, d, c.ID, false)
		}
		if !again(err, try) {
			return err
		}
		if err := r.whenStill(ctx, err, c, d); err != nil {
			return err
		}
	}
}

func (k *actionKind) remove(ctx context.Context, r *run, c plan.Change) error {
	if c.Unfinished {
		return k.trials.DeleteActionDraft(ctx, c.ID)
	}
	return k.org.Delete(ctx, genesys.DataAction, c.ID)
}
