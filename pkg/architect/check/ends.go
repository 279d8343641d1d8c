package check

import (
	"fmt"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
)

// An end says where a list of actions leads. Genesys looks at structure only: constant
// conditions and circles of tasks are not noticed.
//
//	goesOn     its end can be reached
//	endsRound  every path leaves it, some of them by loopNext or loopExit
//	endsTask   every path leaves the task
type end int

const (
	goesOn end = iota
	endsRound
	endsTask
)

// ending checks that a task ends on all paths; of start-up actions that repeat for ever
// only the reachability is checked.
func (c *checker) ending(t *architect.Task) {
	e := c.list(t.Actions, false)
	if t.Kind == "" || !c.calls && t.Kind != "state" {
		return
	}
	if e != endsTask && c.calls {
		c.fail("task.noTerminatingAction", t.Pos, t.Path, "the task does not contain a terminating action")
	}
}

// list finds the end of a list of actions and warns of what cannot be reached.
func (c *checker) list(as []*architect.Action, inLoop bool) end {
	e := goesOn
	for _, a := range as {
		if e != goesOn {
			c.unreachable(a)
		}
		if x := c.end(a, inLoop); e == goesOn {
			e = x
		}
	}
	return e
}

// unreachable warns of an action and of all in its branches, as Genesys does.
func (c *checker) unreachable(a *architect.Action) {
	if c.dead[a] {
		return
	}
	c.dead[a] = true
	c.warn("errors.unreachableAction", a.Pos, a.Path, "this action is unreachable", "")
	for i := range a.Branches {
		for _, x := range a.Branches[i].Actions {
			c.unreachable(x)
		}
	}
}

// end finds where one action leads.
func (c *checker) end(a *architect.Action, inLoop bool) end {
	loop := a.Key == "loop" || a.Key == "loopUntil"
	ends := make([]end, len(a.Branches))
	for i := range a.Branches {
		ends[i] = c.list(a.Branches[i].Actions, inLoop || loop)
	}
	switch {
	case a.Kind == nil:
		return goesOn
	case a.Key == "loopNext" || a.Key == "loopExit":
		if !inLoop {
			return goesOn
		}
		return endsRound
	case a.Kind.Ends && a.Kind.Allows(c.flow.Type):
		return endsTask
	case loop:
		for i, e := range ends {
			if e == endsTask {
				if c.calls {
					c.fail("loop.terminating", a.Branches[i].Pos, a.Path, "the loop path cannot be terminating")
				}
				return endsTask
			}
		}
		return goesOn
	case a.Switch != nil:
		if a.Switch.Default < 0 || len(a.Switch.Cases) == 0 {
			return goesOn
		}
		return both(ends)
	case len(a.Kind.Branches) == 0:
		return goesOn
	}
	for _, name := range a.Kind.Branches {
		if a.Branch(name) == nil {
			return goesOn
		}
	}
	return both(ends)
}

// both is the end of branches of which one is taken.
func both(ends []end) end {
	e := endsTask
	for _, x := range ends {
		e = min(e, x)
	}
	if len(ends) == 0 {
		return goesOn
	}
	return e
}

// circles reports tasks that jump in a circle although nothing on the way asks the caller
// or the outside: the call would never end. Genesys deploys them.
func (c *checker) circles() {
	byID := map[string]*architect.Task{}
	for _, t := range c.flow.Tasks {
		byID[t.RefID] = t
	}
	next := func(t *architect.Task) *architect.Task { // the task that is always jumped to, when nothing else can happen
		for _, a := range t.Actions {
			switch a.Key {
			case "jumpToTask":
				return byID[a.Ref.ID]
			case "playAudio", "updateData", "setParticipantData", "getParticipantData", "setScreenPop", "addFlowMilestone":
			default:
				return nil
			}
		}
		return nil
	}
	for _, t := range c.flow.Tasks {
		seen := map[*architect.Task]bool{}
		at := t
		for at != nil && !seen[at] {
			seen[at] = true
			at = next(at)
		}
		if at == t {
			c.warn(CodeCircle, t.Pos, t.Path, fmt.Sprintf("task %q always comes back to itself; only the budget of 10,000 actions ends the call", t.Name), "")
		}
	}
}

// alwaysSame reports a condition that no variable or function takes part in.
func alwaysSame(n expr.Node) bool {
	same := true
	expr.Walk(n, func(x expr.Node) bool {
		switch x.(type) {
		case *expr.Variable, *expr.Call:
			same = false
		}
		return same
	})
	return same
}
