package interp

import (
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
)

// menuBody fills the entry of a menu and of the menus within it.
func (c *compiler) menuBody(src *architect.Menu) {
	m := c.p.menus[c.menuOf[src]]
	c.t, c.where, c.loops = nil, src.Name, nil
	m.audio = c.value(src.Audio, expr.Audio)
	flow := c.u.flow.MenuSettings
	m.timeout = duration(src.Settings.SelectionTimeout, duration(flow.SelectionTimeout, 10*time.Second)) // Genesys: the default
	m.repeats = 3                                                                                        // Genesys: the default
	for _, v := range []architect.Value{src.Settings.RepeatCount, flow.RepeatCount} {
		if v.Form == architect.Lit {
			if n, ok := literal(v, expr.Integer); ok && n.Int() >= 0 {
				m.repeats = int(n.Int())
				break
			}
		}
	}
	for _, ch := range src.Choices {
		entry := c.choice(ch, m)
		m.choices = append(m.choices, choice{digit: ch.Digit, name: ch.Name, entry: entry, global: ch.GlobalDigit})
		if src.Default.ID != "" && (ch.RefID == src.Default.ID || ch.RefID == "" && ch.Name == src.Default.ID) {
			m.def = entry
		}
	}
	if src.Default.ID != "" && m.def < 0 {
		c.fail(CodeReference, src.Default.Pos, src.Path, "", "the default choice %q is not in menu %q", src.Default.Text, src.Name)
	}
	c.p.code[m.entry] = instr{unit: c.u.index, task: -1, op: &menuOp{m}, kind: "menu", name: src.Name, where: src.Name, pos: src.Pos, path: src.Path, next: m.entry, counted: true}
	for _, ch := range src.Choices {
		if ch.Menu != nil {
			c.menuBody(ch.Menu)
		}
	}
}

// choice compiles what a choice does. A transfer that fails repeats the menu (inferred).
func (c *compiler) choice(ch *architect.Choice, m *menu) int32 {
	switch {
	case ch.Task != nil:
		i := c.taskOf[ch.Task]
		where := c.where
		c.taskBody(i, ch.Task)
		c.where = where
		return c.p.tasks[i].entry
	case ch.Menu != nil:
		return c.p.menus[c.menuOf[ch.Menu]].entry
	case ch.Key == "menuRepeatMenu":
		return c.emit(instr{op: gotoOp{m.entry}, kind: "repeatMenu", name: ch.Name, where: c.where, pos: ch.Pos, path: ch.Path, counted: true})
	case ch.Action == nil || ch.Action.Kind == nil:
		return c.emit(instr{
			op:   refusal{c.fail(CodeAction, ch.Pos, ch.Path, "", "menu choice %q is not interpreted", ch.Key)},
			kind: strings.TrimPrefix(ch.Key, "menu"), name: ch.Name, where: c.where, pos: ch.Pos, path: ch.Path, counted: true,
		})
	}
	return c.action(ch.Action, m.entry)
}
