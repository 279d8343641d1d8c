package reconcile

import (
	"context"
	"errors"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
)

// authKind is the custom auth action of an integration. The platform makes it, under an id that
// follows from the integration's, some time after the integration got its credential, and takes
// it away with the integration. So it is only configured here, which is live at once.
type authKind struct {
	actions *actionKind
}

// authPrefix begins the id of an auth action; that of its integration follows.
const authPrefix = "customAuth_-_"

// AuthID is the id of the auth action of an integration.
func AuthID(integration string) string { return authPrefix + integration }

func (authKind) immutable() []string { return []string{"integrationId"} }

func (authKind) exact() []string {
	return []string{"config.request.headers", "config.response.translationMap", "config.response.translationMapDefaults"}
}

// id is that of the auth action of an integration that is there.
func (authKind) id(r *run, d genesys.Entity) (string, bool) {
	for _, need := range d.Needs {
		if need.Kind == genesys.Integration {
			id, ok := r.resolveRef(genesys.Ref{Key: need, Field: "id"})
			return AuthID(id), ok
		}
	}
	return "", false
}

func (k authKind) find(ctx context.Context, r *run) ([]plan.Found, error) {
	var out []plan.Found
	for _, d := range r.desired {
		if d.Key.Kind != genesys.AuthAction {
			continue
		}
		id, ok := k.id(r, d)
		if !ok {
			continue
		}
		content, err := k.actions.content(ctx, r, id)
		if errors.Is(err, genesys.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, plan.Found{Key: d.Key, ID: id, Owned: true, Content: content})
	}
	return out, nil
}

func (k authKind) create(ctx context.Context, r *run, d genesys.Entity) (string, error) {
	id, ok := k.id(r, d)
	if !ok {
		return "", errors.New("its integration has no id yet")
	}
	err := r.poll(ctx, d.Key, genesys.AuthActionMade, func() (bool, error) {
		_, err := k.actions.org.Read(ctx, genesys.DataAction, id)
		return !errors.Is(err, genesys.ErrNotFound), err
	})
	if err != nil {
		return "", err
	}
	return id, k.configure(ctx, r, id, d, func(error) error { return nil })
}

func (k authKind) update(ctx context.Context, r *run, c plan.Change, d genesys.Entity) error {
	return k.configure(ctx, r, c.ID, d, func(err error) error { return r.whenStill(ctx, err, c, d) })
}

// configure changes it. After a conflict still says whether it may be written all the same.
func (k authKind) configure(ctx context.Context, r *run, id string, d genesys.Entity, still func(error) error) error {
	body, err := r.body(d)
	if err != nil {
		return err
	}
	for try := 0; ; try++ {
		var now genesys.Object
		if err := r.lagging(ctx, func() (err error) {
			now, err = k.actions.org.Read(ctx, genesys.DataAction, id)
			return err
		}); err != nil {
			return err
		}
		patch := pick(body, "name", "config")
		patch["version"] = now.Body["version"]
		_, err := k.actions.org.Update(ctx, genesys.DataAction, id, patch)
		if err == nil {
			return nil
		}
		if !again(err, try) {
			return err
		}
		if err := still(err); err != nil {
			return err
		}
	}
}

// remove does nothing: it goes with its integration, and cannot go without.
func (authKind) remove(context.Context, *run, plan.Change) error { return nil }
