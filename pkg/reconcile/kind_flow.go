package reconcile

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
)

// Flows is what a flow needs of an org.
type Flows interface {
	Entities
	StartFlowJob(ctx context.Context, yaml string) (string, error)
	FlowJob(ctx context.Context, id string) (genesys.Job, error)
}

// flowKind is the inbound call flow. Its description, which its YAML sets, carries the mark
// with the hash of the text: so it is published only when the text changed.
type flowKind struct {
	lenient
	org Flows
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
	}
	return fs, err
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
	return id, k.noteVersion(ctx, r, id)
}

// noteVersion writes the version that was published into the record.
func (k flowKind) noteVersion(ctx context.Context, r *run, id string) error {
	return r.lagging(ctx, func() error {
		o, err := k.org.Read(ctx, genesys.Flow, id)
		if err != nil {
			return err
		}
		return r.note(ctx, genesys.RecordFlow, publishedOf(o).version)
	})
}

func (r *run) keepPublished(o genesys.Object) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.published[o.ID] = publishedOf(o)
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
		return false, fmt.Errorf("job %s is still %s", id, job.Status)
	})
	return flow, err
}

func (k flowKind) update(ctx context.Context, r *run, c plan.Change, d genesys.Entity) error {
	id, err := k.create(ctx, r, d)
	if err == nil && id != c.ID {
		r.know(d.Key, "id", id)
	}
	return err
}

// remove retries for a while: the platform needs time to see that the route is gone.
func (k flowKind) remove(ctx context.Context, r *run, c plan.Change) error {
	return r.poll(ctx, c.Key, genesys.FlowUnused, func() (bool, error) {
		err := k.org.Delete(ctx, genesys.Flow, c.ID)
		return !errors.Is(err, genesys.ErrConflict), err
	})
}
