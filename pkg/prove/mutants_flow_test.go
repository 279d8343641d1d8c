package prove_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/check"
	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
)

// An edit changes one place of a YAML tree, and undoes it.
type edit struct {
	kind, where, what string
	do                func() (undo func())
}

// flowMutants are all flows that differ from the rendered one in one place.
func (s *subject) flowMutants() []mutant {
	file, found := architect.Parse(s.b.Flow.Tree.Name, []byte(s.b.Flow.Text))
	if found.Err() != nil {
		panic(found.Err())
	}
	w := &flowWalk{s: s}
	w.file(file.Root)
	var out []mutant
	for _, e := range w.edits {
		out = append(out, mutant{kind: e.kind, where: "flow: " + e.where, what: e.what, make: func() (*blueprint.Blueprint, error) {
			undo := e.do()
			text, err := yaml.Dump(file.Root, yaml.WithIndent(2), yaml.WithLineWidth(-1), yaml.WithCompactSeqIndent(false))
			undo()
			if err != nil {
				return nil, err
			}
			return s.withFlow(string(text))
		}})
	}
	return out
}

// withFlow is the blueprint with another text of the flow, as far as Genesys would take it.
func (s *subject) withFlow(text string) (*blueprint.Blueprint, error) {
	tree, found := architect.Parse(s.b.Flow.Tree.Name, []byte(text))
	if err := found.Err(); err != nil {
		return nil, err
	}
	org := architect.OrgOf(s.b.Entities, dataaction.Flatten)
	org.Names["inboundFlows"] = s.b.Flows()
	if p := s.d.Calls.Greeting.Prompt; p != "" {
		org.Names["userPrompts"] = []string{strings.TrimPrefix(p, "Prompt.")}
	}
	if err := check.Flow(tree, org).Err(); err != nil {
		return nil, err
	}
	b := *s.b
	b.Flow.Text, b.Flow.Tree = text, tree
	return &b, nil
}

// A flowWalk finds the places of a flow that can be changed.
type flowWalk struct {
	s      *subject
	task   string // refId
	action string // name of the innermost action
	kind   string // its YAML key
	tasks  []string
	edits  []edit
}

func (w *flowWalk) add(kind, what string, do func() func()) {
	if w.task == "Number" { // whose expressions outnumber all others
		kind = "number: " + kind
	}
	w.edits = append(w.edits, edit{kind, strings.TrimSuffix(w.task+"/"+w.action, "/"), what, do})
}

func find(m *yaml.Node, key string) *yaml.Node {
	if m == nil || m.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return m.Content[i+1]
		}
	}
	return nil
}

// content replaces what a node holds.
func content(n *yaml.Node, to func([]*yaml.Node) []*yaml.Node) func() func() {
	return func() func() {
		was := n.Content
		n.Content = to(slices.Clone(was))
		return func() { n.Content = was }
	}
}

// becomes replaces a node by another one.
func becomes(n *yaml.Node, to yaml.Node) func() func() {
	return func() func() {
		was := *n
		*n = to
		return func() { *n = was }
	}
}

func literal(text, tag string) yaml.Node {
	n := yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: text}
	if tag == "!!str" {
		n.Style = yaml.SingleQuotedStyle
	}
	return n
}

// fromYAML is the node of a YAML text.
func fromYAML(text string) *yaml.Node {
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(text), &n); err != nil {
		panic(err)
	}
	return n.Content[0]
}

func (w *flowWalk) file(root *yaml.Node) {
	flow := find(root.Content[0], "inboundCall")
	tasks := find(flow, "tasks")
	for _, t := range tasks.Content {
		w.tasks = append(w.tasks, find(find(t, "task"), "refId").Value)
	}
	start := find(flow, "startUpRef")
	for _, t := range w.tasks {
		if !strings.Contains(start.Value, "["+t+"]") {
			w.add("another start", "at "+t, becomes(start, literal("/inboundCall/tasks/task["+t+"]", "!!str")))
		}
	}
	handling := find(flow, "settingsErrorHandling")
	w.add("error handling hangs up", "", becomes(find(handling, "errorHandling"), *fromYAML("{disconnect: {noValue: true}}")))
	w.action = "error handling"
	w.node(find(handling, "errorHandling"))
	w.action = "variables"
	w.variables(find(flow, "variables"))
	for _, t := range tasks.Content {
		body := find(t, "task")
		w.task, w.action = find(body, "refId").Value, "variables"
		w.variables(find(body, "variables"))
		w.action = ""
		w.actions(find(body, "actions"))
	}
}

func (w *flowWalk) variables(list *yaml.Node) {
	for _, v := range list.Content {
		if initial := find(v.Content[1], "initialValue"); initial != nil {
			name := find(v.Content[1], "name").Value
			if lit := find(initial, "lit"); lit != nil {
				w.literal("initial value changed", name+" ", lit)
			}
		}
	}
}

// dropped names what is lost with an action.
func dropped(kind string, body *yaml.Node) string {
	text := func(keys ...string) string {
		n := body
		for _, k := range keys {
			n = find(n, k)
		}
		if n == nil {
			return ""
		}
		return n.Value
	}
	switch kind {
	case "dataTableLookup":
		return map[string]string{"switch": "switch ignored", "breaker": "breaker not read"}[text("lookupValue", "lit")]
	case "jumpToTask":
		if ref := text("targetTaskRef"); strings.Contains(ref, "[Fallback]") || strings.Contains(ref, "[LastResort]") {
			return "fallback removed"
		}
		return "jump dropped"
	case "transferToAcd", "transferToFlow":
		return "transfer dropped"
	case "playAudio":
		return "message dropped"
	case "disconnect":
		return "ending dropped"
	case "setParticipantData":
		return "participant data not written"
	case "setScreenPop":
		return "screen pop dropped"
	case "callData":
		if strings.Contains(text("name"), "breaker") {
			return "breaker not tripped"
		}
		return "lookup dropped"
	}
	return ""
}

func (w *flowWalk) actions(list *yaml.Node) {
	if list == nil {
		return
	}
	task, action, kind := w.task, w.action, w.kind
	w.add("disconnect inserted", "first", content(list, func(c []*yaml.Node) []*yaml.Node {
		return slices.Insert(c, 0, fromYAML("{disconnect: {name: Hang up}}"))
	}))
	if len(list.Content) > 0 {
		w.add("disconnect inserted", "last but one", content(list, func(c []*yaml.Node) []*yaml.Node {
			return slices.Insert(c, len(c)-1, fromYAML("{disconnect: {name: Hang up}}"))
		}))
	}
	for i, a := range list.Content {
		key, body := a.Content[0].Value, a.Content[1]
		w.kind, w.action = key, action
		if n := find(body, "name"); n != nil {
			w.action = strings.TrimPrefix(action+"/"+n.Value, "/")
		}
		what := dropped(key, body)
		if what == "" {
			what = "step dropped"
		}
		w.add(what, key, content(list, func(c []*yaml.Node) []*yaml.Node { return slices.Delete(c, i, i+1) }))
		if i+1 < len(list.Content) {
			w.add("steps swapped", key+" and "+list.Content[i+1].Content[0].Value, content(list, func(c []*yaml.Node) []*yaml.Node {
				c[i], c[i+1] = c[i+1], c[i]
				return c
			}))
		}
		w.node(body)
	}
	w.task, w.action, w.kind = task, action, kind
}

// node looks through the body of an action.
func (w *flowWalk) node(n *yaml.Node) {
	if n == nil {
		return
	}
	if n.Kind == yaml.SequenceNode {
		for _, c := range n.Content {
			w.node(c)
		}
		return
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, v := n.Content[i].Value, n.Content[i+1]
		drop := func() func() func() {
			return content(n, func(c []*yaml.Node) []*yaml.Node { return slices.Delete(c, i, i+2) })
		}
		switch key {
		case "actions":
			w.actions(v)
			continue
		case "name", "evaluate":
		case "outputs":
			for j := 0; j+1 < len(v.Content); j += 2 {
				w.add("branch emptied", v.Content[j].Value, content(v, func(c []*yaml.Node) []*yaml.Node { return slices.Delete(c, j, j+2) }))
			}
		case "default":
			w.add("branch emptied", "default", drop())
		case "cases":
			w.list(v, "case dropped", "order of cases changed")
		case "statements":
			w.list(v, "statement dropped", "statements swapped")
		case "attributes":
			w.list(v, "attribute dropped", "")
			w.attributes(v)
		case "acdSkills":
			w.list(v, "skill dropped", "skill list order changed")
		case "inputs":
			w.values(v, "input", true)
		case "successOutputs", "foundOutputs":
			w.values(v, "output", false)
		case "timeout":
			if w.kind == "callData" {
				w.add("timeout missing", "", becomes(v, *fromYAML("{noValue: true}")))
				w.add("timeout missing", "left out", drop())
				w.add("timeout longer", "30 s", becomes(v, *fromYAML("{lit: {seconds: 30}}")))
				if s := find(find(v, "lit"), "seconds"); s != nil {
					if sec, err := strconv.Atoi(s.Value); err == nil {
						w.add("timeout longer", "one second", becomes(s, literal(fmt.Sprint(sec+1), "!!int")))
					}
				}
			}
		case "targetTaskRef":
			for _, t := range w.tasks {
				if t != w.task && !strings.Contains(v.Value, "["+t+"]") {
					w.add("jump to another task", t, becomes(v, literal("/inboundCall/tasks/task["+t+"]", "!!str")))
				}
			}
		case "targetQueue":
			for _, q := range w.queues() {
				w.add("another queue", q, becomes(v, *fromYAML("{lit: {name: " + strconv.Quote(q) + "}}")))
			}
		case "priority":
			if find(v, "exp") != nil {
				for _, e := range []string{"Flow.Base", "Flow.dealroute_priority + 1", "0"} {
					w.add("priority changed", e, becomes(v, *fromYAML("{exp: " + e + "}")))
				}
			}
		case "preferredAgents":
			if find(v, "noValue") == nil {
				w.add("owner not asked", "", becomes(v, *fromYAML("{noValue: true}")))
			}
		case "tts":
			w.add("message changed", v.Value, becomes(v, literal("Hello.", "!!str")))
		case "exp":
			w.expression(v)
		case "lit":
			w.literal("", "", v)
		}
		w.node(v)
	}
}

// list drops each element, and swaps neighbours.
func (w *flowWalk) list(v *yaml.Node, drop, swap string) {
	for i := range v.Content {
		w.add(drop, fmt.Sprint(i, " ", short(v.Content[i])), content(v, func(c []*yaml.Node) []*yaml.Node { return slices.Delete(c, i, i+1) }))
		if i > 0 && swap != "" {
			w.add(swap, fmt.Sprint(i-1, " and ", i), content(v, func(c []*yaml.Node) []*yaml.Node {
				c[i-1], c[i] = c[i], c[i-1]
				return c
			}))
		}
	}
}

// values drops each value of a mapping, and swaps neighbours.
func (w *flowWalk) values(v *yaml.Node, what string, inputs bool) {
	of := map[string]string{"callData": "of an action", "setScreenPop": "of the screen pop", "dataTableLookup": "of a table"}[w.kind]
	what = strings.TrimSpace(what + " " + of)
	for i := 0; i+1 < len(v.Content); i += 2 {
		name := v.Content[i].Value
		w.add(what+" dropped", name, content(v, func(c []*yaml.Node) []*yaml.Node { return slices.Delete(c, i, i+2) }))
		w.add(what+" emptied", name, becomes(v.Content[i+1], *fromYAML("{noValue: true}")))
		if inputs {
			w.add(what+" emptied", name+" as text", becomes(v.Content[i+1], *fromYAML(`{lit: ""}`)))
		}
		for j := i + 2; j+1 < len(v.Content); j += 2 {
			if j > i+4 && (i+j)%7 != 0 { // neighbours, and some of the others
				continue
			}
			w.add(what+" swapped", name+" and "+v.Content[j].Value, content(v, func(c []*yaml.Node) []*yaml.Node {
				c[i+1], c[j+1] = c[j+1], c[i+1]
				return c
			}))
		}
	}
}

// attributes writes what must not be written, and swaps values.
func (w *flowWalk) attributes(v *yaml.Node) {
	if w.kind != "setParticipantData" {
		return
	}
	personal := []string{"Flow.Ani", `If(IsSet(Call.Ani), ToString(Call.Ani), "")`, `If(IsSet(Flow.DealId), Flow.DealId, "")`}
	if !slices.Contains(w.s.d.Privacy.ParticipantData, "hubspot_customer_value") {
		personal = append(personal, `If(IsSet(Flow.hubspot_customer_value), ToString(Flow.hubspot_customer_value), "")`)
	}
	for name, f := range w.s.d.HubSpot.Facts {
		if f.Type == "string" || f.Type == "" {
			personal = append(personal, fmt.Sprintf(`If(IsSet(Flow.Fact_%s), Flow.Fact_%s, "")`, name, name))
		}
	}
	slices.Sort(personal)
	for _, e := range personal {
		w.add("personal value written", "dealroute_note = "+e, content(v, func(c []*yaml.Node) []*yaml.Node {
			return append(c, fromYAML(`{attribute: {name: {lit: dealroute_note}, value: {exp: '`+e+`'}}}`))
		}))
		for i, a := range v.Content {
			at := find(find(a, "attribute"), "value")
			if i%3 == len(e)%3 {
				w.add("personal value written", short(a)+" = "+e, becomes(at, *fromYAML("{exp: '" + e + "'}")))
			}
		}
	}
	for i := 1; i < len(v.Content); i++ {
		a, b := find(v.Content[i-1], "attribute"), find(v.Content[i], "attribute")
		w.add("attribute swapped", short(v.Content[i-1])+" and "+short(v.Content[i]), func() func() {
			x, y := find(a, "name"), find(b, "name")
			*x, *y = *y, *x
			return func() { *x, *y = *y, *x }
		})
	}
}

func (w *flowWalk) queues() []string {
	out := []string{w.s.d.Routing.Fallback.Queue}
	for _, r := range w.s.d.Routing.Rules {
		if r.To.Queue != "" && !slices.Contains(out, r.To.Queue) {
			out = append(out, r.To.Queue)
		}
	}
	return out
}

func short(n *yaml.Node) string {
	data, err := yaml.Dump(n, yaml.WithLineWidth(-1))
	if err != nil {
		return err.Error()
	}
	text := strings.Join(strings.Fields(string(data)), " ")
	return text[:min(len(text), 60)]
}

// literal changes a literal.
func (w *flowWalk) literal(kind, what string, v *yaml.Node) {
	name := func(own string) string {
		if kind != "" {
			return kind
		}
		return own
	}
	if v.Kind == yaml.MappingNode {
		if n := find(v, "name"); n != nil {
			for _, q := range w.queues() {
				if q != n.Value {
					w.add(name("another queue"), q, becomes(n, literal(q, "!!str")))
				}
			}
		}
		return
	}
	switch v.ShortTag() {
	case "!!bool":
		w.add(name("boolean turned"), what+v.Value, becomes(v, literal(strconv.FormatBool(v.Value != "true"), "!!bool")))
	case "!!int":
		n, err := strconv.Atoi(v.Value)
		if err != nil {
			return
		}
		w.add(name("constant changed"), fmt.Sprint(what, n, " is ", n+1), becomes(v, literal(fmt.Sprint(n+1), "!!int")))
		w.add(name("constant changed"), fmt.Sprint(what, n, " is ", n-1), becomes(v, literal(fmt.Sprint(n-1), "!!int")))
	case "!!float":
		w.add(name("constant changed"), fmt.Sprint(what, v.Value, " is 1.5"), becomes(v, literal("1.5", "!!float")))
	case "!!str":
		if v.Value != "" {
			w.add(name("text emptied"), what+v.Value, becomes(v, literal("", "!!str")))
		}
		w.add(name("text changed"), what+v.Value, becomes(v, literal(v.Value+"x", "!!str")))
	}
}

// expression makes each single change of an expression.
func (w *flowWalk) expression(v *yaml.Node) {
	root, err := expr.Parse(v.Value)
	if err != nil {
		panic(err)
	}
	var at func(n expr.Node, replace func(expr.Node))
	change := func(kind, what string, do func() func()) {
		undo := do()
		text := expr.Print(root)
		undo()
		w.add(kind, what, becomes(v, literal(text, "!!str")))
	}
	at = func(n expr.Node, replace func(expr.Node)) {
		instead := func(kind, what string, by expr.Node) {
			change(kind, what, func() func() {
				replace(by)
				return func() { replace(n) }
			})
		}
		switch n := n.(type) {
		case *expr.Binary:
			other := map[string][2]string{
				">=": {">", "<"}, ">": {">=", "<="}, "<=": {"<", ">"}, "<": {"<=", ">="}, "==": {"!=", ""}, "!=": {"==", ""}, "and": {"or", ""}, "or": {"and", ""},
			}[n.Op]
			for i, op := range other {
				kind := []string{"comparison one off", "comparison turned"}[i]
				if n.Op == "and" || n.Op == "or" {
					kind = "and for or"
				} else if other[1] == "" {
					kind = "comparison turned"
				}
				if op == "" {
					continue
				}
				was := n.Op
				change(kind, was+" is "+op+" in "+cut(n), func() func() {
					n.Op = op
					return func() { n.Op = was }
				})
			}
			switch n.Op {
			case "+", "-", "*", "and", "or":
				instead("operand dropped", "right of "+n.Op+" in "+cut(n), n.X)
				if n.Op != "-" {
					instead("operand dropped", "left of "+n.Op+" in "+cut(n), n.Y)
				}
			}
			at(n.X, func(x expr.Node) { n.X = x })
			at(n.Y, func(x expr.Node) { n.Y = x })
		case *expr.Unary:
			if n.Op == "!" {
				instead("not dropped", cut(n), n.X)
			}
			at(n.X, func(x expr.Node) { n.X = x })
		case *expr.Call:
			if n.Name == "If" && len(n.Args) == 3 {
				kind := "choice fixed"
				if c := expr.Print(n.Args[0]); strings.Contains(c, "IsSet(") || strings.Contains(c, "IsNotSet") || strings.Contains(c, ">= 0") {
					kind = "guard opened"
				}
				instead(kind, "then of "+cut(n), n.Args[1])
				instead(kind, "else of "+cut(n), n.Args[2])
			}
			for i := range n.Args {
				at(n.Args[i], func(x expr.Node) { n.Args[i] = x })
			}
		case *expr.Literal:
			switch val := n.Value; {
			case !val.IsSet():
			case val.Type() == expr.Boolean:
				instead("boolean turned", val.String(), expr.Lit(expr.OfBool(!val.Bool())))
			case val.Type() == expr.Integer:
				instead("bound off by one", fmt.Sprint(val, " is ", val.Int()+1), expr.Lit(expr.OfInt(val.Int()+1)))
				if val.Int() > 0 {
					instead("bound off by one", fmt.Sprint(val, " is ", val.Int()-1), expr.Lit(expr.OfInt(val.Int()-1)))
				}
			case val.Type() == expr.Decimal:
				if more, ok := expr.OfDecimal(strings.TrimSuffix(val.String(), ".0") + map[bool]string{true: "1", false: ".01"}[strings.Contains(strings.TrimSuffix(val.String(), ".0"), ".")]); ok {
					instead("bound off by one", fmt.Sprint(val, " is ", more), expr.Lit(more))
				}
			case val.Type() == expr.String && len(val.Text()) < 200:
				if val.Text() != "" {
					instead("text emptied", strconv.Quote(val.Text()), expr.Text(""))
				}
				instead("text changed", strconv.Quote(val.Text()), expr.Text(val.Text()+"x"))
			}
		case *expr.Variable:
			if to := w.twin(n.Name); to != "" {
				instead("another variable", n.Name+" is "+to, expr.Var(to))
			}
		}
	}
	at(root, func(x expr.Node) { root = x })
}

// twin is a variable of the same type that could be meant.
func (w *flowWalk) twin(name string) string {
	twins := map[string]string{
		"Flow.Base": "Flow.Bonus", "Flow.Bonus": "Flow.Base", "Flow.hubspot_deal_stage": "Flow.hubspot_deal_stage_label", "Flow.hubspot_contact_id": "Flow.DealId",
		"Task.Open": "Task.Won", "Task.Won": "Task.Lost", "Task.OpenKeyOf": "Task.WonKeyOf", "Task.OpenKeys": "Task.WonKeys", "Task.OpenRest": "Task.LostRest",
		"Task.OpenAmounts": "Task.OpenKeys", "Task.TieCount": "Task.RestCount", "Flow.Ani": "Flow.Ani2", "Flow.National": "Flow.Ani", "Task.Phone": "Task.Mobile", "Task.PhoneOf": "Task.MobileOf",
		"Flow.NowStamp": "Flow.Pause", "Flow.dealroute_priority": "Flow.Base",
	}
	to := twins[name]
	if to == "" || !strings.Contains(w.s.b.Flow.Text, to) || strings.HasPrefix(to, "Task.") && w.task != "Deals" && w.task != "Contact" {
		return ""
	}
	return to
}

func cut(n expr.Node) string {
	text := expr.Print(n)
	return text[:min(len(text), 80)]
}

var errSame = errors.New("the same text")
