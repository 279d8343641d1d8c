package reconcile

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
	"golang.org/x/sync/errgroup"
)

// A Target is a queue with the skills that a rule asks for.
type Target struct {
	Rule   string // fallback for the fallback
	Queue  string
	Skills []string
}

// An UnstaffedError says which targets of the rules have nobody to answer. Nothing was
// changed.
type UnstaffedError struct{ Reasons []string }

func (e *UnstaffedError) Error() string {
	return "nothing was changed, for calls would wait for nobody: " + strings.Join(e.Reasons, "; ")
}

// see keeps the name of something that is in the org.
func (r *run) see(k genesys.Kind, name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.names[k] = append(r.names[k], name)
}

// staffing marks the changes of a plan where nobody would answer, offers the nearest names
// of what is missing, and gives what is wrong in sentences. The members of queues are asked
// for only when the plan is about to send calls to them.
func (r *run) staffing(ctx context.Context, p plan.Plan) ([]string, error) {
	for i, c := range p.Changes {
		if c.ID != "" || c.Action != plan.Create && c.Action != plan.Leave {
			continue
		}
		known := r.names[c.Key.Kind]
		slices.Sort(known) // of names that are equally near the first is offered
		c := &p.Changes[i]
		c.Nearest = diag.Nearest(c.Key.Name, known)
		c.Unstaffed = c.Key.Kind == genesys.Queue
		words := []string{c.Reason}
		if c.Unstaffed && c.Action == plan.Create {
			words = append(words, "nobody works here")
		}
		words = append(words, diag.DidYouMean(c.Key.Name, known))
		c.Reason = strings.Join(slices.DeleteFunc(words, func(s string) bool { return s == "" }), "; ")
	}
	if !reaches(p) {
		return nil, nil
	}
	members, err := r.members(ctx)
	if err != nil {
		return nil, err
	}
	var bad []string
	for _, t := range r.Targets {
		why, told := vacancy(t, members)
		i := slices.IndexFunc(p.Changes, func(c plan.Change) bool {
			return c.Key == (genesys.Key{Kind: genesys.Queue, Name: t.Queue}) && c.Action != plan.Delete
		})
		if why == "" || i < 0 {
			continue
		}
		c := &p.Changes[i]
		if c.ID != "" { // of a missing one it is said already
			if !c.Unstaffed {
				c.Reason = ""
			}
			c.Unstaffed = true
			if !strings.Contains(c.Reason, why) {
				c.Reason = strings.TrimPrefix(c.Reason+"; "+why, "; ")
			}
		} else if hint := diag.DidYouMean(t.Queue, r.names[genesys.Queue]); hint != "" {
			told += " (" + hint + ")"
		}
		bad = append(bad, told)
	}
	slices.Sort(bad)
	return slices.Compact(bad), nil
}

// reaches reports whether applying a plan leads calls to queues that they did not reach
// before. A flow that is made anew is reached only by a route that is made or changed with
// it; one that is there may be used by a route that is not ours.
func reaches(p plan.Plan) bool {
	return slices.ContainsFunc(p.Changes, func(c plan.Change) bool {
		switch c.Key.Kind {
		case genesys.Queue:
			return c.Action == plan.Create
		case genesys.Flow:
			return c.Action == plan.Update || c.Action == plan.Replace
		case genesys.CallRoute:
			return c.Action == plan.Move || c.Action == plan.Create || c.Action == plan.Update || c.Action == plan.Replace
		}
		return false
	})
}

// members asks, at the same time, who is in the queues that exist.
func (r *run) members(ctx context.Context) (map[string][]genesys.Member, error) {
	out := map[string][]genesys.Member{}
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(r.Parallel)
	asked := map[string]bool{}
	for _, t := range r.Targets {
		id, exists := r.resolveRef(genesys.Ref{Key: genesys.Key{Kind: genesys.Queue, Name: t.Queue}, Field: "id"})
		if asked[t.Queue] || !exists {
			continue
		}
		asked[t.Queue] = true
		g.Go(func() error {
			var ms []genesys.Member
			err := r.lagging(ctx, func() (err error) {
				ms, err = r.queues.org.QueueMembers(ctx, id)
				return err
			})
			if err != nil {
				return fmt.Errorf("members of queue %q: %w", t.Queue, err)
			}
			mu.Lock()
			defer mu.Unlock()
			out[t.Queue] = ms
			return nil
		})
	}
	return out, g.Wait()
}

// vacancy says why nobody answers a target, for the line of its queue and as a sentence of
// its own; both are empty when somebody does. A queue without an entry does not exist.
func vacancy(t Target, members map[string][]genesys.Member) (why, told string) {
	ms, exists := members[t.Queue]
	switch {
	case !exists:
		return "nobody works here", fmt.Sprintf("queue %q does not exist yet, and nobody works in a new one", t.Queue)
	case len(ms) == 0:
		return "nobody works here: it has no members", fmt.Sprintf("queue %q has no members", t.Queue)
	case !slices.ContainsFunc(ms, func(m genesys.Member) bool {
		return !slices.ContainsFunc(t.Skills, func(s string) bool { return !slices.Contains(m.Skills, s) })
	}):
		return fmt.Sprintf("nobody here holds %s, which %s asks for", quoted(t.Skills), t.Rule),
			fmt.Sprintf("nobody in queue %q holds %s, which %s asks for", t.Queue, quoted(t.Skills), t.Rule)
	}
	return "", ""
}
