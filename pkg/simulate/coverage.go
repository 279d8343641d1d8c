package simulate

import (
	"fmt"
	"slices"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/routing"
)

// A Branch is a way out of an action of a flow.
type Branch struct {
	Task   string
	Action string
	Type   string // key of the action, such as callData
	Name   string // success, yes, case0 …
	Line   int    // of the action in the flow
}

// String names it in words.
func (b Branch) String() string { return fmt.Sprintf("%s / %s → %s", b.Task, b.Action, b.Name) }

// Branches are all of a flow, in the order of its text.
type Branches struct {
	All []Branch
	at  map[wayOut]int
}

type wayOut struct {
	line int
	name string
}

// Branches lists the ways out of the flow's actions. Loops are passed through, and have none.
func (p *Program) Branches() *Branches {
	b := &Branches{at: map[wayOut]int{}}
	f := p.from.Flow.Flow
	tasks := f.Tasks
	if f.StartUp != nil {
		tasks = append([]*architect.Task{f.StartUp}, tasks...)
	}
	var walk func(task string, actions []*architect.Action)
	walk = func(task string, actions []*architect.Action) {
		for _, a := range actions {
			for _, name := range waysOut(a) {
				k := wayOut{a.Pos.Line, name}
				if _, twice := b.at[k]; !twice {
					b.at[k] = len(b.All)
					b.All = append(b.All, Branch{Task: task, Action: a.Name, Type: a.Key, Name: name, Line: a.Pos.Line})
				}
			}
			for _, x := range a.Branches {
				walk(task, x.Actions)
			}
		}
	}
	for _, t := range tasks {
		walk(t.Name, t.Actions)
	}
	return b
}

// waysOut are the names of an action's branches, as a step of a path has them.
func waysOut(a *architect.Action) []string {
	switch {
	case a.Switch != nil:
		var out []string
		for _, x := range a.Branches {
			out = append(out, x.Name)
		}
		if !slices.Contains(out, "default") {
			out = append(out, "default")
		}
		return out
	case a.Kind == nil, a.Key == "loop", a.Key == "loopUntil":
		return nil
	case a.Kind.Hidden:
		return append([]string{"success"}, a.Kind.Branches...)
	}
	return a.Kind.Branches
}

// A Coverage counts what calls have touched.
type Coverage struct {
	Calls    int
	Rules    map[string]int // calls that each rule took
	Fallback int            // that no rule took
	Taken    []bool         // of Branches.All

	branches *Branches
}

// Coverage begins with nothing.
func (b *Branches) Coverage() *Coverage {
	return &Coverage{Rules: map[string]int{}, Taken: make([]bool, len(b.All)), branches: b}
}

// Add counts a call. A decision that an earlier leg left asks no rule.
func (c *Coverage) Add(o *Outcome) {
	c.Calls++
	switch {
	case o.Reason == routing.ReasonKept || o.Reason == routing.ReasonSchedule:
	case o.Rule != "":
		c.Rules[o.Rule]++
	case o.Reason == routing.ReasonFallback || o.Reason == routing.ReasonLastResort || o.Reason == routing.ReasonError:
		c.Fallback++
	}
	c.Path(o.Result.Path)
}

// Path counts what a call ran through.
func (c *Coverage) Path(steps []interp.Step) {
	for i := range steps {
		if s := &steps[i]; s.Branch != "" {
			if at, ok := c.branches.at[wayOut{s.Pos.Line, s.Branch}]; ok {
				c.Taken[at] = true
			}
		}
	}
}

// Join adds what another counted of the same flow.
func (c *Coverage) Join(o *Coverage) {
	c.Calls += o.Calls
	c.Fallback += o.Fallback
	for r, n := range o.Rules {
		c.Rules[r] += n
	}
	for i, t := range o.Taken {
		c.Taken[i] = c.Taken[i] || t
	}
}

// Missing are the branches that no call took.
func (c *Coverage) Missing() []int {
	var out []int
	for i, t := range c.Taken {
		if !t {
			out = append(out, i)
		}
	}
	return out
}
