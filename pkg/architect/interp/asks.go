package interp

import (
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/architect/expr"
)

// Asks lists what calls can ask the world, once for each place of the program, as effects
// that hold what stands in the flow: a name that an expression gives is empty, a key that
// one gives is NOT_SET. Looking up an object is among them in every form.
func (p *Program) Asks() []Effect {
	var out []Effect
	for i, f := range p.flows(len(p.live().all)) {
		in := &p.code[i]
		e := Effect{Action: in.act}
		switch o := in.op.(type) {
		case *dataOp:
			e.Kind, e.Category, e.Name, e.Outputs, e.Failures = EffectDataAction, o.category, o.action, o.wants, o.failWants
		case *tableOp:
			e.Kind, e.Name, e.Key, e.Outputs, e.Failures = EffectTable, o.table, o.key.constant(), o.wants, o.failWants
		case *findOp:
			e.Kind, e.Type, e.Name = EffectFind, o.kind, o.name.constant().Text()
		case *scheduleOp:
			e.Kind, e.Name = o.kind, o.object.constant().Text()
			if o.emergency.set {
				e.Inputs = []Named{{"emergencyGroup", o.emergency.constant()}}
			}
		case *transferOp:
			e.Kind, e.Name, e.Failures, e.Transfer.To = EffectTransfer, o.flow, o.failWants, o.to
			if o.flow == "" {
				e.Name = o.dest.constant().Text()
			}
		case *handlerOp:
			if o.kind == "queue" {
				e.Kind, e.Name, e.Transfer.To = EffectTransfer, o.queue.constant().Text(), EndQueue
			}
		case *collectOp, *menuOp, *extensionOp:
			e.Kind, e.Name = EffectInput, in.name
		case *skillsOp:
			e.Kind, e.Branches = EffectBranch, o.branches
		case *worldOp:
			if len(o.branches) > 0 {
				e.Kind, e.Name, e.Branches, e.Outputs, e.Failures = EffectBranch, o.name, o.branches, o.wants, o.failWants
			}
		case refusal: // it is not run, but it is there
			if in.act != nil && in.act.Target != nil {
				e.Category, e.Name = in.act.Target.Category, in.act.Target.Name
				e.Kind = map[string]EffectKind{"dataAction": EffectDataAction, "secureDataAction": EffectDataAction, "dataTable": EffectTable}[in.act.Target.Kind]
			}
		}
		if e.Kind != "" {
			out = append(out, e)
		}
		for _, v := range f.told {
			out = append(out, v.finds()...)
		}
	}
	return out
}

// constant is what stands in the flow, also as the name of an object that is looked up;
// NOT_SET when an expression gives the value.
func (v *value) constant() expr.Value {
	if v.prog == nil {
		return v.lit
	}
	n, err := expr.Parse(v.text)
	if c, ok := n.(*expr.Call); ok && err == nil && len(c.Args) == 1 && findsWhat(c) != expr.Invalid {
		n = c.Args[0]
	}
	if l, ok := n.(*expr.Literal); ok {
		return l.Value
	}
	return expr.NotSet(expr.String)
}

// findsWhat is the kind of object that a function looks up, Invalid for other functions.
func findsWhat(c *expr.Call) expr.Type {
	for kind, names := range findFunctions {
		if slices.Contains(names, strings.ToLower(c.Name)) {
			return kind
		}
	}
	return expr.Invalid
}

// finds are the objects that an expression looks up.
func (v *value) finds() []Effect {
	if v.prog == nil {
		return nil
	}
	n, err := expr.Parse(v.text)
	if err != nil {
		return nil
	}
	var out []Effect
	expr.Walk(n, func(n expr.Node) bool {
		c, ok := n.(*expr.Call)
		if !ok || len(c.Args) != 1 {
			return true
		}
		e := Effect{Kind: EffectFind, Type: findsWhat(c)}
		if l, ok := c.Args[0].(*expr.Literal); ok {
			e.Name = l.Value.Text()
		}
		if e.Type != expr.Invalid {
			out = append(out, e)
		}
		return true
	})
	return out
}

// findFunctions are the functions of expressions that look up an object, in lower case.
var findFunctions = map[expr.Type][]string{
	expr.Queue:          {"findqueue", "findqueuebyid", "toqueue"},
	expr.Skill:          {"findskill", "toskill"},
	expr.LanguageSkill:  {"findlanguageskill", "tolanguageskill"},
	expr.User:           {"finduser", "finduserbyid", "touser"},
	expr.Group:          {"findgroup", "togroup"},
	expr.Prompt:         {"findsystemprompt", "finduserprompt"},
	expr.WrapupCode:     {"towrapupcode"},
	expr.Schedule:       {"findschedule", "toschedule"},
	expr.ScheduleGroup:  {"findschedulegroup", "toschedulegroup"},
	expr.EmergencyGroup: {"findemergencygroup", "toemergencygroup"},
}

// Texts are the texts that stand in the flow, as names of objects and as literals of
// expressions, each once: every name that it does not get from outside, unless it puts one
// together.
func (p *Program) Texts() []string {
	seen := map[string]bool{}
	var out []string
	add := func(v expr.Value) {
		if t := v.Type(); v.IsSet() && (t == expr.String || t.IsOrg()) && v.Text() != "" && !seen[v.Text()] {
			seen[v.Text()] = true
			out = append(out, v.Text())
		}
	}
	for i, f := range p.flows(len(p.live().all)) {
		if o, ok := p.code[i].op.(*transferOp); ok && o.flow != "" {
			add(expr.OfString(o.flow))
		}
		for _, v := range f.told {
			if v.prog == nil {
				add(v.lit)
				for k := range v.lit.Len() {
					add(v.lit.At(k))
				}
				continue
			}
			n, _ := expr.Parse(v.text) // it was compiled
			expr.Walk(n, func(n expr.Node) bool {
				if l, ok := n.(*expr.Literal); ok {
					add(l.Value)
				}
				return true
			})
		}
	}
	for _, u := range p.units {
		for _, v := range u.blank {
			add(v)
		}
	}
	for _, t := range p.tasks {
		for _, v := range t.blank {
			add(v)
		}
	}
	return out
}

// Attributes are the names of participant data that the flow reads; all is false when an
// expression gives one more.
func (p *Program) Attributes() (names []string, all bool) {
	all = true
	for i := range p.code {
		o, ok := p.code[i].op.(*attributesOp)
		if !ok || o.write {
			continue
		}
		for k := range o.attrs {
			name := o.attrs[k].name.constant().Text()
			if all = all && name != ""; name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names, all
}

// Builtin tells whether the flow has a built-in variable of that name.
func (p *Program) Builtin(name string) bool { return p.slot(name) >= 0 }

// Type is the flow's type, such as inboundCall.
func (p *Program) Type() string { return p.units[0].file.Type }

// Languages are those of the flow, its default first.
func (p *Program) Languages() []string {
	f := p.units[0].flow
	out := []string{f.Language}
	for _, l := range f.Languages { // which name the default, too
		if !slices.ContainsFunc(out, func(o string) bool { return strings.EqualFold(o, l) }) {
			out = append(out, l)
		}
	}
	return out
}
