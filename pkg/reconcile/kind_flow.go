package reconcile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/source"
	"go.yaml.in/yaml/v4"
)

// Flows is what a flow needs of an org.
type Flows interface {
	Entities
	Mover
	StartFlowJob(ctx context.Context, yaml string) (string, error)
	UnlockFlow(ctx context.Context, id string) error
	FlowJob(ctx context.Context, id string) (genesys.Job, error)
	StartFlowExport(ctx context.Context, flowID string) (job string, err error)
	FlowExport(ctx context.Context, job string) (text string, done bool, err error)
	FlowsNamed(ctx context.Context, name string) ([]genesys.Object, error) // of every type
}

// flowKind is the inbound call flow. Its description, which its YAML sets, carries the mark
// with the hash of the text: so it is published only when the text changed.
type flowKind struct {
	lenient
	org Flows
}

// A LockedError is a flow that somebody else has locked, so that it was left alone.
type LockedError struct {
	Name string
	By   string // a name, or what kind of principal it is
}

func (e *LockedError) Error() string {
	return fmt.Sprintf("flow %q is locked by %s and was left alone", e.Name, e.By)
}

// lockedBy says who else holds a flow; empty when nobody does. The platform does not tell since
// when.
func (r *run) lockedBy(flow genesys.Object) string {
	if user := object(flow.Body["lockedUser"]); len(user) > 0 {
		return cmp.Or(text(user["name"]), "a person")
	}
	if client := object(flow.Body["lockedClient"]); len(client) > 0 && text(client["id"]) != r.id.ClientID {
		return "client " + cmp.Or(text(client["name"]), text(client["id"]))
	}
	return ""
}

func (k flowKind) find(ctx context.Context, r *run) ([]plan.Found, error) {
	fs, err := r.ours(ctx, k.org, genesys.Flow, func(o genesys.Object) map[string]any {
		r.keepPublished(o)
		c := pick(o.Body, "name", "description", "type")
		c["division"] = pick(object(o.Body["division"]), "id")
		if o.Body["publishedVersion"] == nil {
			c["description"] = "" // saved and never published
		}
		return c
	})
	for i, f := range fs {
		if version := r.published[f.ID].version; version != "" {
			fs[i].Noted = map[string]any{genesys.RecordFlow: version}
		}
		if by := r.published[f.ID].lock; by != "" && !r.ForceUnlock {
			fs[i].Held = fmt.Sprintf("locked by %s; with --force-unlock the lock is taken, and what they have not saved is lost", by)
		}
	}
	if err != nil {
		return nil, err
	}
	fs = slices.DeleteFunc(fs, func(f plan.Found) bool { return isReference(r.File, f.Key) }) // a copy of ours may bear our mark
	targets, err := k.targets(ctx, r)
	return append(fs, targets...), err
}

// targets finds the flows that calls are handed to, which are used as they are. Genesys looks their
// names up when our flow is published, so what cannot take a call is told before anything is
// written: a flow that is missing, of another type, or not published.
func (k flowKind) targets(ctx context.Context, r *run) ([]plan.Found, error) {
	targets := slices.DeleteFunc(slices.Clone(r.desired), func(d genesys.Entity) bool { return d.Key.Kind != genesys.Flow || d.Holding != genesys.Reference })
	if len(targets) == 0 {
		return nil, nil
	}
	all, err := k.org.Find(ctx, genesys.Flow, "")
	if err != nil {
		return nil, err
	}
	there := map[string]genesys.Object{}
	for _, o := range all {
		if name := o.Text("name"); name != r.name {
			r.see(genesys.Flow, name)
			there[name] = o
		}
	}
	var out []plan.Found
	for _, d := range targets {
		if o, ok := there[d.Key.Name]; ok {
			out = append(out, plan.Found{Key: d.Key, ID: o.ID})
			if o.Body["publishedVersion"] == nil {
				r.cannot(d.Key, "it is not published, so no call can be handed to it; publish it in Architect")
			}
			continue
		}
		others, err := k.org.FlowsNamed(ctx, d.Key.Name)
		if err != nil {
			return nil, err
		}
		why := "there is no such flow; make it in Architect and publish it, or name another one"
		if len(others) > 0 {
			why = fmt.Sprintf("it is a flow of type %s, and only an inbound call flow can take a call over", cmp.Or(strings.ToLower(others[0].Text("type")), "that nobody knows"))
		}
		r.cannot(d.Key, why)
	}
	return out, nil
}

// A FlowError is a flow that the platform did not publish, with what it said.
type FlowError struct {
	Name     string
	Messages []string // errors of the job; empty when it gave none
}

func (e *FlowError) Error() string {
	if len(e.Messages) == 0 {
		return fmt.Sprintf("the job for flow %q failed without a message, mostly a permission or an internal trouble of the platform", e.Name)
	}
	return fmt.Sprintf("the platform refuses flow %q: %s", e.Name, strings.Join(e.Messages, "; "))
}

// unlocked carries out a change of a flow that is there. A lock of somebody else, also one
// that they have taken since the plan was made, is taken from them when that was asked for;
// else the flow is left alone.
func (k flowKind) unlocked(ctx context.Context, r *run, c plan.Change, do func() error) error {
	take := func(by string) error {
		if err := k.org.UnlockFlow(ctx, c.ID); err != nil {
			return fmt.Errorf("take the lock of %s: %w", by, err)
		}
		r.warn("flow %q was locked by %s; the lock was taken", c.Key.Name, by)
		return nil
	}
	if by := r.published[c.ID].lock; by != "" && r.ForceUnlock {
		if err := take(by); err != nil {
			return err
		}
	}
	err := do()
	if err == nil {
		return nil
	}
	o, readErr := k.org.Read(ctx, genesys.Flow, c.ID)
	switch by := r.lockedBy(o); {
	case readErr != nil || by == "":
		return err
	case !r.ForceUnlock:
		return &LockedError{Name: c.Key.Name, By: by}
	default:
		if err := take(by); err != nil {
			return err
		}
	}
	return do()
}

func (k flowKind) create(ctx context.Context, r *run, d genesys.Entity) (string, error) {
	yaml, err := genesys.Resolve(d.Text, r.resolveRef)
	if err != nil {
		return "", err
	}
	id, err := k.publish(ctx, r, d.Key, yaml)
	var fe *FlowError
	if errors.As(err, &fe) && len(fe.Messages) == 0 {
		id, err = k.publish(ctx, r, d.Key, yaml)
	}
	if err != nil {
		return "", err
	}
	r.notes.Go(func() error { return k.noteVersion(ctx, r, d, id) }) // which nothing waits for but the end
	return id, nil
}

// noteVersion writes the version that was published into the record. Whether a text that names
// another division moves a flow that is there is not documented, so it is moved.
func (k flowKind) noteVersion(ctx context.Context, r *run, d genesys.Entity, id string) error {
	var version string
	var o genesys.Object
	err := genesys.Visible.Poll(ctx, r.Wait, func() (_ bool, err error) {
		o, err = k.org.Read(ctx, genesys.Flow, id)
		if version = publishedOf(o).version; err == nil && version == "" {
			return false, fmt.Errorf("flow %s has no published version", id)
		}
		return !errors.Is(err, genesys.ErrNotFound), err
	})
	if err != nil {
		return err
	}
	if at := object(o.Body["division"])["id"]; at != nil {
		if err := r.move(ctx, k.org, id, d, at); err != nil {
			return err
		}
	}
	if r.keepsWritten() { // all that it needs is done
		return r.note(ctx, genesys.RecordFlow, version, genesys.RecordWritten, r.written())
	}
	return r.note(ctx, genesys.RecordFlow, version)
}

// compare reads the published text of each flow whose version the record does not know, and says
// where it is not the deployment's. The mark does not tell: it stands in the text, and whoever
// changes a copy of that publishes it under the same mark, perhaps with this very client.
func (k flowKind) compare(ctx context.Context, r *run, found []plan.Found) {
	recorded, ok := r.recorded(genesys.RecordFlow)
	for _, f := range found {
		d, wanted := r.desired.Get(f.Key)
		p := r.published[f.ID]
		if f.Key.Kind != genesys.Flow || !wanted || !f.Owned || !ok || p.version == "" || p.version == text(recorded) {
			continue
		}
		ours, err := genesys.Resolve(d.Text, r.resolveRef)
		if err != nil {
			continue // what it refers to must be made anew, so it is published again anyhow
		}
		theirs, err := k.export(ctx, r, f.ID)
		switch {
		case err != nil:
			p.other = "its text could not be read: " + err.Error()
		case !within(ours, theirs):
			p.other = "its text is another"
		}
		r.published[f.ID] = p
	}
}

func (k flowKind) export(ctx context.Context, r *run, id string) (string, error) {
	job, err := k.org.StartFlowExport(ctx, id)
	if err != nil {
		return "", err
	}
	var text string
	err = genesys.FlowExported.Poll(ctx, r.Wait, func() (done bool, err error) {
		text, done, err = k.org.FlowExport(ctx, job)
		return done || err != nil, err
	})
	return text, err
}

// exported bounds what is read of a published flow.
var exported = source.Limits{Bytes: 16 << 20, Nodes: 2_000_000, Depth: 500}

// within reports whether all that one YAML says another one says, too. An export adds what the
// platform takes by default.
func within(ours, theirs string) bool {
	a, _ := source.New("", []byte(ours)).YAML(exported)
	b, _ := source.New("", []byte(theirs)).YAML(exported)
	return a != nil && b != nil && holds(b, a)
}

func holds(have, want *yaml.Node) bool {
	have, want = source.Follow(have), source.Follow(want)
	switch {
	case have == nil || have.Kind != want.Kind:
		return false
	case want.Kind == yaml.ScalarNode:
		return have.Value == want.Value
	case want.Kind != yaml.MappingNode:
		return slices.EqualFunc(have.Content, want.Content, holds)
	}
	for w := range source.Pairs(want) {
		ok := false
		for h := range source.Pairs(have) {
			ok = ok || source.Follow(h.Key).Value == source.Follow(w.Key).Value && holds(h.Value, w.Value)
		}
		if !ok {
			return false
		}
	}
	return true
}

func (r *run) keepPublished(o genesys.Object) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := publishedOf(o)
	p.lock = r.lockedBy(o)
	r.published[o.ID] = p
}

func (k flowKind) publish(ctx context.Context, r *run, key genesys.Key, yaml string) (string, error) {
	id, err := k.org.StartFlowJob(ctx, yaml)
	if err != nil {
		return "", fmt.Errorf("start the job that publishes it: %w", err)
	}
	var flow string
	err = r.poll(ctx, key, genesys.FlowPublished, func() (bool, error) {
		var job genesys.Job
		err := r.lagging(ctx, func() (err error) {
			job, err = k.org.FlowJob(ctx, id)
			return err
		})
		if err != nil {
			return true, fmt.Errorf("ask for job %s: %w", id, err)
		}
		switch job.Status {
		case "Success":
			for _, m := range job.Messages {
				if m.Type != "Error" {
					r.warn("flow %q: %s", key.Name, m.Text)
				}
			}
			flow = job.FlowID
			return true, nil
		case "Failure":
			e := &FlowError{Name: key.Name}
			for _, m := range job.Messages {
				if m.Type == "Error" {
					e.Messages = append(e.Messages, m.Text)
				}
			}
			return true, e
		}
		return false, fmt.Errorf("job %s is still %s", id, privacy.Said(job.Status))
	})
	return flow, err
}

func (k flowKind) update(ctx context.Context, r *run, c plan.Change, d genesys.Entity) error {
	if len(c.Fields) == 1 && c.Fields[0].Path == "division.id" {
		return k.noteVersion(ctx, r, d, c.ID) // which moves it; a run may have ended between publishing and this
	}
	return k.unlocked(ctx, r, c, func() error {
		id, err := k.create(ctx, r, d)
		if err == nil && id != c.ID {
			r.know(d.Key, "id", id)
		}
		return err
	})
}

// flowFields are the fields of a call route that name a flow.
var flowFields = []string{"openHoursFlow", "closedHoursFlow", "holidayHoursFlow"}

// holds tells of call routes of others that lead to the flow.
func (k flowKind) holds(ctx context.Context, r *run, id string) (string, error) {
	all, err := k.org.Find(ctx, genesys.CallRoute, "")
	if err != nil {
		return "", err
	}
	for _, o := range all {
		leads := slices.ContainsFunc(flowFields, func(f string) bool { return text(object(o.Body[f])["id"]) == id })
		if leads && !r.owns(genesys.CallRoute, o.ID) {
			return fmt.Sprintf("call route %q leads to it, which is not ours", o.Text("name")), nil
		}
	}
	return "", nil
}

// remove retries for a while: the platform needs time to see that the route is gone.
func (k flowKind) remove(ctx context.Context, r *run, c plan.Change) error {
	return k.unlocked(ctx, r, c, func() error {
		return r.poll(ctx, c.Key, genesys.FlowUnused, func() (bool, error) {
			err := k.org.Delete(ctx, genesys.Flow, c.ID)
			return !errors.Is(err, genesys.ErrConflict), err
		})
	})
}
