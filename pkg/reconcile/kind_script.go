package reconcile

import (
	"context"
	"fmt"
	"regexp"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
)

// Scripts is what an agent script needs of an org.
type Scripts interface {
	Entities
	Mover
	UploadScript(ctx context.Context, name, replace, file string) (upload string, err error)
	ScriptUpload(ctx context.Context, upload string) (done bool, message string, err error)
	PublishScript(ctx context.Context, id string) error
	PublishedScript(ctx context.Context, name, id string) (bool, error)
	ScriptFile(ctx context.Context, id, version string) (string, error)
}

// scriptKind is the agent script. It carries no mark: its exact name, the deployment's
// with eight digits of the content's hash, says whose it is and what it holds. So another
// content is another script, and the old one goes once the flow names the new one.
type scriptKind struct {
	lenient
	org Scripts
}

func (k scriptKind) find(ctx context.Context, r *run) ([]plan.Found, error) {
	all, err := k.org.Find(ctx, genesys.Script, r.name+" *")
	if err != nil {
		return nil, err
	}
	for _, d := range r.desired {
		if d.Key.Kind == genesys.Script && d.Holding == genesys.Reference {
			named, err := k.org.Find(ctx, genesys.Script, d.Key.Name)
			if err != nil {
				return nil, err
			}
			all = append(all, named...)
		}
	}
	form := regexp.MustCompile("^" + regexp.QuoteMeta(r.name) + ` .+ [0-9a-f]{8}$`)
	var out []plan.Found
	for _, o := range all {
		key := genesys.Key{Kind: genesys.Script, Name: o.Text("name")}
		d, wanted := r.desired.Get(key)
		if wanted && d.Holding == genesys.Reference {
			out = append(out, plan.Found{Key: key, ID: o.ID})
			continue
		}
		if !form.MatchString(key.Name) {
			continue
		}
		f := plan.Found{Key: key, ID: o.ID, Owned: true}
		if wanted {
			f.Content = pick(d.Content, "name")
			r.keepVersion(o)
			r.touched(o)
			if f.Content["division"] = pick(object(o.Body["division"]), "id"); object(f.Content["division"])["id"] == nil {
				f.Content["division"], _ = genesys.Resolve(d.Content["division"], r.resolveRef) // lists need not tell
			}
			published := o.Text("publishedDate") != ""
			if !published { // lists need not tell
				if published, err = k.org.PublishedScript(ctx, key.Name, o.ID); err != nil {
					return nil, err
				}
			}
			f.Used = 1
			if !published {
				f.Used = 0
				f.Unfinished = "an earlier run ended between its upload and its publishing"
			}
		}
		out = append(out, f)
	}
	return out, nil
}

func (k scriptKind) create(ctx context.Context, r *run, d genesys.Entity) (string, error) {
	file, err := genesys.Resolve(d.Text, r.resolveRef)
	if err != nil {
		return "", err
	}
	id, err := k.upload(ctx, r, d, file)
	if err != nil {
		return "", err
	}
	if err := k.place(ctx, r, id, d); err != nil {
		return "", err
	}
	return id, k.publish(ctx, r, id)
}

// place moves what was uploaded, which stands in the home division, into its own.
func (k scriptKind) place(ctx context.Context, r *run, id string, d genesys.Entity) error {
	return r.lagging(ctx, func() error { return r.move(ctx, k.org, id, d, r.id.HomeDivision.ID) })
}

// update publishes what was uploaded, or moves it: another content has another name. What somebody
// edited gets its own text back first, as a new version.
func (k scriptKind) update(ctx context.Context, r *run, c plan.Change, d genesys.Entity) error {
	if !c.Unfinished {
		return r.move(ctx, k.org, c.ID, d, nil)
	}
	if c.Reason == editedScript {
		file, err := genesys.Resolve(d.Text, r.resolveRef)
		if err != nil {
			return err
		}
		upload, err := k.org.UploadScript(ctx, d.Key.Name, c.ID, file)
		if err != nil {
			return fmt.Errorf("upload it: %w", err)
		}
		if err := k.imported(ctx, r, d.Key, upload); err != nil {
			return err
		}
	}
	if err := k.place(ctx, r, c.ID, d); err != nil {
		return err
	}
	return k.publish(ctx, r, c.ID)
}

func (k scriptKind) publish(ctx context.Context, r *run, id string) error {
	if err := r.lagging(ctx, func() error { return k.org.PublishScript(ctx, id) }); err != nil {
		return fmt.Errorf("publish it: %w", err)
	}
	return r.lagging(ctx, func() error {
		o, err := k.org.Read(ctx, genesys.Script, id)
		if err == nil {
			r.keepVersion(o)
		}
		return err
	})
}

// upload sends the file, waits for its import, and finds the id, which no answer names.
// When the answer to the upload is lost it is sent again only after a look.
func (k scriptKind) upload(ctx context.Context, r *run, d genesys.Entity, file string) (string, error) {
	look := lookup(ctx, k.org, genesys.Script, d.Key.Name, nil)
	return r.settled(ctx, func() (genesys.Object, error) {
		upload, err := k.org.UploadScript(ctx, d.Key.Name, "", file)
		if err != nil {
			return genesys.Object{}, fmt.Errorf("upload it: %w", err)
		}
		if err := k.imported(ctx, r, d.Key, upload); err != nil {
			return genesys.Object{}, err
		}
		var id string
		err = genesys.ScriptListed.Poll(ctx, r.Wait, func() (_ bool, err error) {
			id, err = look()
			return id != "" || err != nil, err
		})
		return genesys.Object{ID: id}, err
	}, look)
}

// imported waits until the platform has taken an upload.
func (k scriptKind) imported(ctx context.Context, r *run, key genesys.Key, upload string) error {
	return r.poll(ctx, key, genesys.ScriptImported, func() (bool, error) {
		done, message, err := k.org.ScriptUpload(ctx, upload)
		switch {
		case err != nil:
			return true, fmt.Errorf("ask for its import: %w", err)
		case message != "" && !done:
			return true, fmt.Errorf("the platform did not take it: %s", message)
		}
		return done, nil
	})
}

func (k scriptKind) remove(ctx context.Context, r *run, c plan.Change) error {
	return k.org.Delete(ctx, genesys.Script, c.ID)
}
