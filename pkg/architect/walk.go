package architect

import "go.yaml.in/yaml/v4"

// Walk visits every action of a flow in the order of the file: start-up actions, tasks
// and states, then menus with their choices; each action before those in its branches.
func Walk(f *Flow, visit func(*Action)) {
	var list func([]*Action)
	list = func(as []*Action) {
		for _, a := range as {
			visit(a)
			for i := range a.Branches {
				list(a.Branches[i].Actions)
			}
		}
	}
	EachTask(f, func(t *Task) { list(t.Actions) })
	EachChoice(f, func(c *Choice) {
		if c.Action != nil {
			for i := range c.Action.Branches {
				list(c.Action.Branches[i].Actions)
			}
		}
	})
}

// EachTask visits the start-up actions, the tasks and states, and the tasks of menu choices.
func EachTask(f *Flow, visit func(*Task)) {
	if f.StartUp != nil {
		visit(f.StartUp)
	}
	for _, t := range f.Tasks {
		visit(t)
	}
	EachChoice(f, func(c *Choice) {
		if c.Task != nil {
			visit(c.Task)
		}
	})
}

// EachMenu visits the menus, a sub-menu after the menu that holds it.
func EachMenu(f *Flow, visit func(*Menu)) {
	var one func(*Menu)
	one = func(m *Menu) {
		visit(m)
		for _, c := range m.Choices {
			if c.Menu != nil {
				one(c.Menu)
			}
		}
	}
	for _, m := range f.Menus {
		one(m)
	}
}

// EachChoice visits the choices of all menus.
func EachChoice(f *Flow, visit func(*Choice)) {
	EachMenu(f, func(m *Menu) {
		for _, c := range m.Choices {
			visit(c)
		}
	})
}

// EachNode visits every node once; aliases are not followed, for what they name stands in
// the tree too.
func EachNode(n *yaml.Node, visit func(*yaml.Node)) {
	visit(n)
	for _, c := range n.Content {
		EachNode(c, visit)
	}
}
