package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
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

	PrefersOwner bool // the owner is asked first, if the queue routes to preferred agents
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
// of what is missing, and gives in sentences what is wrong with a plan that is about to send
// calls to queues. When it is not, their members are asked for only with ShowStaff, and nothing
// is wrong: calls go there already.
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
	reached := reaches(p)
	if !reached && !r.ShowStaff {
		return nil, nil
	}
	members, err := r.members(ctx)
	if errors.Is(err, genesys.ErrForbidden) && !reached {
		r.warn("whether somebody works in the queues is not known: %v", err)
		r.told.unmanned = err
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r.told.members = members
	var bad []string
	for _, t := range r.Targets {
		why, told := vacancy(t, members)
		nearest, hint := "", ""
		if why != "" && len(members[t.Queue]) == 0 { // perhaps another queue is meant, also when this one exists
			others := slices.DeleteFunc(slices.Clone(r.names[genesys.Queue]), func(n string) bool { return n == t.Queue })
			slices.Sort(others)
			nearest, hint = diag.Nearest(t.Queue, others), diag.DidYouMean(t.Queue, others)
		}
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
			for _, w := range []string{why, hint} {
				if !strings.Contains(c.Reason, w) {
					c.Reason = strings.TrimPrefix(c.Reason+"; "+w, "; ")
				}
			}
			if hint != "" {
				c.Nearest = nearest
			}
		}
		if hint != "" {
			told += " (" + hint + ")"
		}
		bad = append(bad, told)
	}
	if !reached {
		return nil, nil
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
	}
	lacks := unheld(t.Skills, ms)
	if lacks == "" {
		return "", ""
	}
	return fmt.Sprintf("nobody here holds %s, which %s asks for", lacks, t.Rule), fmt.Sprintf("nobody in queue %q holds %s, which %s asks for", t.Queue, lacks, t.Rule)
}

// unheld says which of the skills nobody holds, with the nearest that somebody does, or that
// nobody holds all of them; empty when somebody does.
func unheld(skills []string, ms []genesys.Member) string {
	held := func(skill string) bool {
		return slices.ContainsFunc(ms, func(m genesys.Member) bool { return slices.Contains(m.Skills, skill) })
	}
	var others []string
	for _, m := range ms {
		others = append(others, slices.DeleteFunc(slices.Clone(m.Skills), func(s string) bool { return slices.Contains(skills, s) })...)
	}
	slices.Sort(others)
	var none []string
	for _, s := range skills {
		if held(s) {
			continue
		}
		one := strconv.Quote(s)
		if hint := diag.DidYouMean(s, others); hint != "" {
			one += " (" + hint + ")"
		}
		none = append(none, one)
	}
	switch {
	case len(none) > 0:
		return strings.Join(none, " or ")
	case slices.ContainsFunc(ms, func(m genesys.Member) bool {
		return !slices.ContainsFunc(skills, func(s string) bool { return !slices.Contains(m.Skills, s) })
	}):
		return ""
	case len(skills) == 2:
		return fmt.Sprintf("both %q and %q", skills[0], skills[1])
	}
	return "all of " + quoted(skills)
}
