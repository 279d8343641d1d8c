package picture

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/pkg/validate"
	"github.com/dealroute/dealroute/pkg/words"
)

// Rules draws what a deployment decides, for somebody who never saw its file: what is asked
// before the rules, the rules in their order, each with what it asks for and where it leads,
// and what becomes of everybody else. Rules that earlier ones leave nothing to say so.
func Rules(d *deployment.Deployment) *Graph {
	t := &tree{d: d, g: &Graph{Title: d.Name + ": who goes where"}}
	t.lanes()
	last := t.before()
	t.rules(last)
	t.g.About = fmt.Sprintf("Where the calls of %s go: %s, asked in order, the first that holds decides; everybody else goes to queue %s.",
		d.Name, words.Count(len(d.Routing.Rules), "rule", "rules"), d.Routing.Fallback.Queue)
	t.g.quiet()
	return t.g
}

type tree struct {
	d     *deployment.Deployment
	g     *Graph
	aside []string // what a pointer gets beside the conditions of a rule
}

func (t *tree) line(path string) int { return t.d.Pos(path).Line }

func (t *tree) lanes() {
	t.g.Lanes = []Lane{{Name: "Who goes where", Line: t.line("routing")}}
}

func (t *tree) node(n Node) string {
	t.g.Nodes = append(t.g.Nodes, n)
	return n.ID
}

func (t *tree) edge(from, to, label, branch string) {
	n := 0
	for _, e := range t.g.Edges {
		if e.From == from {
			n++
		}
	}
	t.g.Edges = append(t.g.Edges, Edge{ID: from + "-" + strconv.Itoa(n), From: from, To: to, Label: label, Branch: branch})
}

// before draws what is known before the first rule: the number, the schedule, the look-up.
func (t *tree) before() string {
	last := t.node(Node{ID: "start", Kind: Start, Text: t.calls(), Note: t.greeting(), Line: t.line("calls.numbers")})
	if s := t.d.Calls.Schedule; s != nil {
		last = t.schedule(s, last)
	}
	ask := t.node(Node{ID: "lookup", Kind: Ask, Text: []string{"Who is calling?"}, Note: "HubSpot, at most " + span(t.d), More: t.lookup(), Line: t.line("hubspot.lookup")})
	label := ""
	if t.d.Calls.Schedule != nil {
		label = t.goesOn()
	}
	t.edge(last, ask, label, "on")
	return ask
}

func span(d *deployment.Deployment) string {
	return strconv.FormatFloat(d.Enrichment.Budget.Seconds(), 'f', -1, 64) + " s"
}

func (t *tree) calls() []string {
	switch ns := t.d.Calls.Numbers; len(ns) {
	case 0:
		return []string{"A call comes in"}
	case 1:
		return []string{"A call to", ns[0]}
	default:
		out := append([]string{"A call to"}, ns[:min(len(ns), 3)]...)
		if len(ns) > 3 {
			out = append(out, "and "+words.Count(len(ns)-3, "more number", "more numbers"))
		}
		return out
	}
}

func (t *tree) greeting() string {
	switch g := t.d.Calls.Greeting; {
	case g.Text != "":
		return "hears “" + cut(g.Text, long) + "”"
	case g.Prompt != "":
		return "hears the prompt " + g.Prompt
	}
	return ""
}

// lookup says what the look-up finds out, for a pointer.
func (t *tree) lookup() []string {
	out := []string{"the caller's number is looked up in HubSpot; what is found:"}
	for _, o := range routing.Outcomes() {
		out = append(out, words.Outcome(string(o)))
	}
	return append(out, "the rules are asked in each case, also when HubSpot does not answer")
}

func (t *tree) schedule(s *deployment.Schedule, from string) string {
	more := []string{}
	if s.EmergencyGroup != "" {
		more = append(more, "emergency group: "+s.EmergencyGroup)
	}
	id := t.node(Node{ID: "schedule", Kind: Question, Text: []string{"Open now?"}, Note: s.Group, More: more, Line: t.line("calls.schedule")})
	t.edge(from, id, "", "")
	for _, x := range t.offHours(s) {
		if x.hours.Then == nil {
			n := t.g.node(id)
			n.More = append(n.More, x.state+": "+said(x.hours)+", then the rules decide")
			continue
		}
		n := Node{ID: "hours-" + x.state, Note: said(x.hours), Line: t.line("calls.schedule." + x.state)}
		switch {
		case x.hours.Then.Queue != "":
			n.Kind, n.Text = Queue, []string{x.hours.Then.Queue}
		case x.hours.Then.Flow != "":
			n.Kind, n.Text = Hand, []string{"Flow " + x.hours.Then.Flow}
		default:
			n.Kind, n.Text, n.Note = Hang, []string{cmp.Or(n.Note, "without a word")}, ""
		}
		t.node(n)
		t.edge(id, n.ID, branchLabel(x.state), x.state)
	}
	return id
}

type offHours struct {
	state string
	hours *deployment.OffHours
}

func (t *tree) offHours(s *deployment.Schedule) []offHours {
	all := []offHours{{string(genesys.StateEmergency), s.Emergency}, {string(genesys.StateHoliday), s.Holiday}, {string(genesys.StateClosed), s.Closed}}
	return slices.DeleteFunc(all, func(x offHours) bool { return x.hours == nil })
}

func said(h *deployment.OffHours) string {
	if h.Message == "" {
		return ""
	}
	return "hears “" + cut(h.Message, long) + "”"
}

// goesOn names the states in which the rules are asked.
func (t *tree) goesOn() string {
	var on []string
	for _, s := range t.d.ScheduleStates() {
		if !t.d.Calls.Schedule.Ends(s) {
			on = append(on, strings.ToLower(branchLabel(s)))
		}
	}
	return upper(listed(on, "or"))
}

// rules draws the rules as a ladder, and the fallback at its end.
func (t *tree) rules(last string) {
	label, branch := "", ""
	for i, r := range t.d.Routing.Rules {
		path := fmt.Sprintf("routing.rules[%d]", i)
		t.aside = nil
		n := Node{ID: "rule-" + strconv.Itoa(i+1), Kind: Question, Text: t.when(r.When), Note: fmt.Sprintf("rule %d: %s", i+1, r.Name), Line: t.line(path), rule: r.Name}
		if len(n.Text) == 0 {
			n.Text = []string{"Always"}
		}
		n.More = append(slices.Clone(n.Text), t.aside...)
		if by := validate.Shadows(t.d, i); len(by) > 0 {
			var names []string
			for _, j := range by {
				names = append(names, fmt.Sprintf("%d (%s)", j+1, t.d.Routing.Rules[j].Name))
			}
			n.Note += " · never: rule " + listed(names, "and") + " comes first"
		} else if validate.Impossible(t.d, i) {
			n.Note += " · never: nobody fits it"
		}
		t.edge(last, t.node(n), label, branch)
		t.edge(n.ID, t.to(i, r.To), "Yes", "yes")
		last, label, branch = n.ID, "No", "no"
	}
	f := t.d.Routing.Fallback
	id := t.node(Node{
		ID: "fallback", Kind: Fallback, Text: withSkills("Queue "+f.Queue, f.Skills), Note: t.asks(f.Priority, false, false), Line: t.line("routing.fallback"),
		More: []string{"also where a queue or a flow that a rule names cannot take the call"},
	})
	t.edge(last, id, label, branch)
	end := t.node(Node{ID: "last", Kind: Hang, Text: []string{"hears “" + cut(t.d.Routing.LastResort.Message, long) + "”"}, Line: t.line("routing.lastResort")})
	t.edge(id, end, "not even that queue is there", "lastResort")
}

// to draws where a rule leads.
func (t *tree) to(i int, to deployment.Target) string {
	n := Node{ID: "to-" + strconv.Itoa(i+1), Kind: Queue, Line: t.line(fmt.Sprintf("routing.rules[%d].to", i))}
	switch {
	case to.Flow != "":
		n.Kind, n.Text = Hand, []string{"Flow " + to.Flow}
		return t.node(n)
	case to.Queue != "":
		n.Text, n.Note = withSkills(to.Queue, to.Skills), t.asks(to.Priority, to.PrefersOwner(), to.Flat())
	default:
		f := t.d.Routing.Fallback
		skills, priority := to.Skills, to.Priority
		if len(skills) == 0 {
			skills = f.Skills
		}
		n.Text, n.Note = withSkills(f.Queue, skills), t.asks(cmp.Or(priority, f.Priority), to.PrefersOwner(), to.Flat())
		n.More = append(n.More, "the rule names no queue: it is the fallback's")
	}
	switch p := t.d.PopOf(i); p.Mode {
	case deployment.PopManaged:
		n.More = append(n.More, "the agent sees the deal")
	case deployment.PopScript:
		n.More = append(n.More, "the agent sees the script "+p.Script)
	}
	return t.node(n)
}

// withSkills are a queue and what its agents must be able to do.
func withSkills(queue string, skills []string) []string {
	out := []string{queue}
	for _, s := range skills {
		out = append(out, "skill "+s)
	}
	return out
}

// asks is how urgent a call is, and whom it asks first.
func (t *tree) asks(priority int, owner, flat bool) string {
	var parts []string
	if owner {
		parts = append(parts, "the owner first")
	}
	p := "priority " + strconv.Itoa(priority)
	if v := t.d.Routing.ValuePriority; v != nil && !flat {
		p += fmt.Sprintf(" to %d by value", priority+v.Max)
	}
	return strings.Join(append(parts, p), " · ")
}

// Decided gives the picture of the rules with the way of one call through it.
func (g *Graph) Decided(o *simulate.Outcome) *Graph {
	c := g.Clone()
	m := c.index()
	step := 0
	at := func(id string) {
		step++
		if n := m.nodes[id]; n != nil {
			n.Mark.come(step)
		}
	}
	go1 := func(from, branch string) string {
		for i := range c.Edges {
			if e := &c.Edges[i]; e.From == from && (e.Branch == branch || branch == "") {
				e.Mark.come(step)
				at(e.To)
				return e.To
			}
		}
		return ""
	}
	at("start")
	cur := "start"
	if m.nodes["schedule"] != nil {
		cur = go1(cur, "")
		if o.Reason == routing.ReasonSchedule {
			go1(cur, o.Schedule)
			return c
		}
	}
	cur = go1(cur, "on")
	if n := m.nodes[cur]; n != nil {
		n.Mark.Wait = o.HubSpot
		n.Mark.Note = words.Known(o.Outcome)
	}
	rule := c.ruleOf(o.Rule)
	for cur = go1(cur, ""); strings.HasPrefix(cur, "rule-"); {
		if cur == rule {
			go1(cur, "yes")
			if o.Reason == routing.ReasonFallback || o.Reason == routing.ReasonError { // its queue could not take the call
				at("fallback")
			}
			return c
		}
		cur = go1(cur, "no")
	}
	if o.Reason == routing.ReasonLastResort {
		go1("fallback", "lastResort")
	}
	return c
}

// ruleOf is the node of the rule of a name; empty for none.
func (g *Graph) ruleOf(name string) string {
	if name == "" {
		return ""
	}
	for i := range g.Nodes {
		if n := &g.Nodes[i]; strings.HasPrefix(n.ID, "rule-") && n.rule == name {
			return n.ID
		}
	}
	return ""
}

func listed(words []string, last string) string {
	switch n := len(words); n {
	case 0:
		return ""
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " " + last + " " + words[n-1]
	}
}
