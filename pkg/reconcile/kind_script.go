package reconcile

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
)

// scriptKind is the agent script. It carries no mark: its exact name, the deployment's
// with eight digits of the content's hash, says whose it is and what it holds. So another
// content is another script, and the old one goes once the flow names the new one.
type scriptKind struct{}

func (scriptKind) immutable() []string { return nil }

func (scriptKind) find(ctx context.Context, r *run) ([]plan.Found, error) {
	all, err := r.org.Find(ctx, genesys.Script, r.name+" *")
	if err != nil {
		return nil, err
	}
	for _, d := range r.desired {
		if d.Key.Kind == genesys.Script && d.Holding == genesys.Reference {
			named, err := r.org.Find(ctx, genesys.Script, d.Key.Name)
			if err != nil {
				return nil, err
			}
			all = append(all, named...)
		}
	}
	form := regexp.MustCompile("^" + regexp.QuoteMeta(r.name) + ` .+ [0-9a-f]{8}$`)
	var out []plan.Found
	for _, o := range all {
		k := genesys.Key{Kind: genesys.Script, Name: o.Text("name")}
		d, wanted := r.desired.Get(k)
		if wanted && d.Holding == genesys.Reference {
			out = append(out, plan.Found{Key: k, ID: o.ID})
			continue
		}
		if !form.MatchString(k.Name) {
			continue
		}
		f := plan.Found{Key: k, ID: o.ID, Owned: true}
		if wanted {
			f.Content = pick(d.Content, "name")
			published, err := r.org.PublishedScript(ctx, k.Name)
			if err != nil {
				return nil, err
			}
			if !published { // an earlier run ended between upload and publishing
				f.Content = map[string]any{"published": "no"}
			}
		}
		out = append(out, f)
	}
	return out, nil
}

func (k scriptKind) create(ctx context.Context, r *run, d genesys.Entity) (string, error) {
	return k.upload(ctx, r, d, "")
}

func (k scriptKind) update(ctx context.Context, r *run, c plan.Change, d genesys.Entity) error {
	id, err := k.upload(ctx, r, d, c.ID)
	if err == nil {
		r.know(d.Key, "id", id)
	}
	return err
}

// upload sends the file, waits for its import, finds the id, which no answer names, and
// publishes.
func (scriptKind) upload(ctx context.Context, r *run, d genesys.Entity, replace string) (string, error) {
	file, err := genesys.Resolve(d.Text, r.resolveRef)
	if err != nil {
		return "", err
	}
	before, err := r.org.Find(ctx, genesys.Script, d.Key.Name)
	if err != nil {
		return "", err
	}
	upload, err := r.org.UploadScript(ctx, d.Key.Name, replace, file)
	if err != nil && !errors.Is(err, genesys.ErrUnsettled) {
		return "", fmt.Errorf("upload it: %w", err)
	}
	for try := 0; err == nil; try++ {
		done, message, err := r.org.ScriptUpload(ctx, upload)
		switch {
		case err != nil:
			return "", fmt.Errorf("ask for its import: %w", err)
		case message != "":
			return "", fmt.Errorf("the platform did not take it: %s", message)
		}
		if done {
			break
		}
		if try == 30 {
			return "", errors.New("its import did not end in a minute")
		}
		r.awaiting(d.Key, "the import of the script")
		if err := r.wait(ctx, 2*time.Second); err != nil {
			return "", err
		}
	}
	for try := 0; ; try++ {
		after, err := r.org.Find(ctx, genesys.Script, d.Key.Name)
		if err != nil {
			return "", err
		}
		fresh := slices.IndexFunc(after, func(o genesys.Object) bool {
			return !slices.ContainsFunc(before, func(b genesys.Object) bool { return b.ID == o.ID })
		})
		if fresh < 0 && len(after) > 0 && (replace != "" || len(before) > 0) {
			fresh = 0
		}
		if fresh >= 0 {
			id := after[fresh].ID
			if err := r.visible(ctx, genesys.Script, id); err != nil {
				return "", err
			}
			if err := r.org.PublishScript(ctx, id); err != nil {
				return "", fmt.Errorf("publish it: %w", err)
			}
			return id, nil
		}
		if try == 15 {
			return "", fmt.Errorf("no script named %q appeared after the upload", d.Key.Name)
		}
		if err := r.wait(ctx, 2*time.Second); err != nil {
			return "", err
		}
	}
}

func (scriptKind) remove(ctx context.Context, r *run, c plan.Change) error {
	return r.org.Delete(ctx, genesys.Script, c.ID)
}
