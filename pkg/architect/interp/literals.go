package interp

import (
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
)

// A Source is where a value comes into a flow: an output of an action, participant data, or
// what a call brings.
type Source struct {
	Action  *architect.Action // nil for the others
	Output  string            // of the action
	Data    string            // a name of participant data
	Builtin string            // such as Call.Ani
}

// A Meeting is what the values of a source are compared with, as far as it stands in the flow.
type Meeting struct {
	Literals []expr.Value // texts and numbers, each once, in the order of the flow
	Counted  []Source     // lists of the same action whose length is compared with this one's
	Lengths  []int64      // what its length, or how many items it has, is compared with
	Read     bool         // its text is read as something else, or cut
	Number   bool         // its text is read as a number
	Caller   bool         // what comes from the caller's number stands beside it
}

// Meetings follow every source through the variables of a flow, whatever the order in which
// they are written, and collect the literals that stand beside it in a condition or a call.
func (p *Program) Meetings() map[Source]*Meeting {
	p.met.Do(func() { p.meetings = p.meet() })
	return p.meetings
}

func (p *Program) meet() map[Source]*Meeting {
	w := &watch{p: p}
	m := &meeting{p: p, w: w, of: map[int]map[Source]bool{}, out: map[Source]*Meeting{}, seen: map[neighbour]bool{}, held: map[int][]expr.Value{}, data: map[string]int{}, gives: map[*value][]string{}}
	m.next = len(p.builtins) + p.number()
	for _, name := range []string{"Call.Ani", "Call.CalledAddress", "Call.CalledAddressOriginal", "Call.RemoteName", "Call.UUIData", "Call.ExternalTag", "Flow.InvocationData"} {
		if i := p.slot(name); i >= 0 {
			m.add(i, Source{Builtin: name})
		}
	}
	fs := p.flows(len(p.live().all))
	for n := -1; n != m.size; { // a fixed point
		n = m.size
		for i := range fs {
			m.pass(&p.code[i])
		}
	}
	m.constants()
	for i := range fs {
		m.meet(&fs[i])
	}
	return m.out
}

type meeting struct {
	p     *Program
	w     *watch
	of    map[int]map[Source]bool // by variable
	size  int
	data  map[string]int // participant data as variables
	next  int
	out   map[Source]*Meeting
	held  map[int][]expr.Value // literals that variables are given, by variable
	gives map[*value][]string  // variables, by expression
	seen  map[neighbour]bool
}

func (m *meeting) add(at int, from ...Source) {
	if at < 0 {
		return
	}
	if m.of[at] == nil {
		m.of[at] = map[Source]bool{}
	}
	for _, s := range from {
		if !m.of[at][s] {
			m.of[at][s] = true
			m.size++
		}
	}
}

// sources are those whose values an expression gives on: what is only asked, counted or used as
// an index is not given on.
func (m *meeting) sources(in *instr, v *value) []Source {
	if v.prog == nil {
		return nil
	}
	names, ok := m.gives[v]
	if !ok {
		if n, err := expr.Parse(v.text); err == nil {
			names = given(nil, n)
		}
		m.gives[v] = names
	}
	var out []Source
	for _, s := range v.prog.Typed().Symbols {
		if !slices.Contains(names, strings.ToLower(s.Name)) {
			continue
		}
		for src := range m.of[m.w.index(in, s.Slot)] {
			if !slices.Contains(out, src) {
				out = append(out, src)
			}
		}
	}
	return out
}

// given are the variables whose values an expression gives on, in lower case.
func given(out []string, n expr.Node) []string {
	switch n := n.(type) {
	case *expr.Variable:
		return append(out, strings.ToLower(n.Name))
	case *expr.Property:
		return given(out, n.X)
	case *expr.Index:
		return given(out, n.X)
	case *expr.Unary:
		return given(out, n.X)
	case *expr.Conditional:
		return given(given(out, n.Then), n.Else)
	case *expr.Binary:
		switch n.Op {
		case "and", "or", "==", "!=", "<", ">", "<=", ">=":
			return out
		}
		return given(given(out, n.X), n.Y)
	case *expr.Call:
		args := n.Args
		switch name := strings.ToLower(n.Name); {
		case slices.Contains(measures, name):
			return out
		case name == "if" && len(args) == 3:
			args = args[1:]
		case name == "getat" && len(args) == 2:
			args = args[:1]
		}
		for _, a := range args {
			out = given(out, a)
		}
	}
	return out
}

func (m *meeting) attribute(name string) int {
	i, ok := m.data[name]
	if !ok {
		i = m.next
		m.next++
		m.data[name] = i
		m.add(i, Source{Data: name})
	}
	return i
}

// pass lets sources go through one instruction.
func (m *meeting) pass(in *instr) {
	bind := func(bs []binding) {
		for _, b := range bs {
			m.add(m.w.index(in, b.to.slot), Source{Action: in.act, Output: b.name})
		}
	}
	switch o := in.op.(type) {
	case *initOp:
		m.add(m.w.index(in, o.slot), m.sources(in, o.v)...)
	case *updateOp:
		for i := range o.statements {
			m.add(m.w.index(in, o.statements[i].to.slot), m.sources(in, &o.statements[i].v)...)
		}
	case *dataOp:
		bind(o.outputs)
		bind(o.fails)
	case *tableOp:
		bind(o.outputs)
		bind(o.fails)
	case *worldOp:
		bind(o.outputs)
		bind(o.fails)
	case *collectOp:
		m.add(m.w.index(in, o.to.slot), Source{Action: in.act, Output: "inputData"})
	case *transferOp:
		bind(o.fails)
	case *attributesOp:
		for i := range o.attrs {
			a := &o.attrs[i]
			name := a.name.constant().Text()
			if name == "" {
				continue
			}
			if at := m.attribute(name); o.write {
				m.add(at, m.sources(in, &a.value)...)
			} else {
				for s := range m.of[at] {
					m.add(m.w.index(in, a.to.slot), s)
				}
			}
		}
	case *moduleOp:
		u := m.p.units[o.unit]
		for i := range o.inputs {
			if o.inputs[i].set {
				m.add(len(m.p.builtins)+u.first+o.inputs[i].slot, m.sources(in, &o.inputs[i].value)...)
			}
		}
		for _, x := range o.outputs {
			for s := range m.of[len(m.p.builtins)+u.first+x.index] {
				m.add(m.w.index(in, x.to.slot), s)
			}
		}
	}
}

// constants collects the literals that variables begin with and are given.
func (m *meeting) constants() {
	hold := func(at int, vs ...expr.Value) {
		for _, v := range vs {
			switch {
			case at < 0 || !v.IsSet():
			case v.Type().IsList():
				for i := range v.Len() {
					m.held[at] = append(m.held[at], v.At(i))
				}
			default:
				m.held[at] = append(m.held[at], v)
			}
		}
	}
	first := len(m.p.builtins)
	for _, u := range m.p.units {
		for i, v := range u.blank {
			hold(first+u.first+i, v)
		}
	}
	for _, t := range m.p.tasks {
		for i, v := range t.blank {
			hold(first+t.first+i, v)
		}
	}
	for i := range m.p.code {
		in := &m.p.code[i]
		switch o := in.op.(type) {
		case *updateOp:
			for k := range o.statements {
				hold(m.w.index(in, o.statements[k].to.slot), o.statements[k].v.literals()...)
			}
		case *moduleOp:
			for k := range o.inputs {
				if o.inputs[k].set {
					hold(first+m.p.units[o.unit].first+o.inputs[k].slot, o.inputs[k].literals()...)
				}
			}
		}
	}
}

// literals are those of an expression, or the value that stands instead of one.
func (v *value) literals() []expr.Value {
	if v.prog == nil {
		return []expr.Value{v.lit}
	}
	var out []expr.Value
	if n, err := expr.Parse(v.text); err == nil {
		expr.Walk(n, func(n expr.Node) bool {
			if l, ok := n.(*expr.Literal); ok {
				out = append(out, l.Value)
			}
			return true
		})
	}
	return out
}

// meet looks at what stands beside what in the expressions of an instruction.
func (m *meeting) meet(f *flow) {
	if o, ok := f.in.op.(*switchOp); ok && o.match {
		for _, s := range m.sources(f.in, &o.value) {
			for i := range o.cases {
				m.beside(s, o.cases[i].value.constant())
			}
		}
	}
	for _, v := range f.told {
		if v.prog == nil {
			continue
		}
		if n, err := expr.Parse(v.text); err == nil {
			m.node(f.in, v, n)
		}
	}
}

func (m *meeting) beside(s Source, v expr.Value) {
	if !v.IsSet() {
		return
	}
	k := neighbour{s, v.Type(), v.Text()}
	if k.text == "" {
		k.text = v.String()
	}
	if x := m.meeting(s); !m.seen[k] {
		m.seen[k] = true
		x.Literals = append(x.Literals, v)
	}
}

// A neighbour is a literal that a source has met.
type neighbour struct {
	of   Source
	typ  expr.Type
	text string
}

func (m *meeting) meeting(s Source) *Meeting {
	if m.out[s] == nil {
		m.out[s] = &Meeting{}
	}
	return m.out[s]
}

func (m *meeting) node(in *instr, v *value, n expr.Node) {
	switch n := n.(type) {
	case *expr.Binary:
		if n.Op == "and" || n.Op == "or" {
			m.node(in, v, n.X)
			m.node(in, v, n.Y)
			return
		}
		if n.Op == "==" {
			m.counts(in, v, n)
		}
	case *expr.Unary:
		if n.Op == "!" {
			m.node(in, v, n.X)
			return
		}
	case *expr.Conditional:
		m.node(in, v, n.Cond)
		m.node(in, v, n.Then)
		m.node(in, v, n.Else)
		return
	case *expr.Call:
		if strings.EqualFold(n.Name, "If") {
			for _, a := range n.Args {
				m.node(in, v, a)
			}
			return
		}
	}
	m.atom(in, v, n)
}

// measures are functions that give a place or a number of what they are given.
var measures = []string{"findfirst", "findlast", "find", "count", "length", "contains", "indexof", "isset", "isnotsetorempty"}

// atom puts the variables of an expression beside its literals.
func (m *meeting) atom(in *instr, v *value, n expr.Node) {
	var from []Source
	var literals []expr.Value
	var measured []Source
	var at []int // variables
	reads, number, counts := false, false, false
	var walk func(x expr.Node) bool
	walk = func(x expr.Node) bool {
		switch x := x.(type) {
		case *expr.Literal:
			literals = append(literals, x.Value)
		case *expr.Variable:
			from = append(from, m.named(in, v, x.Name)...)
			for _, s := range v.prog.Typed().Symbols {
				if strings.EqualFold(s.Name, x.Name) {
					at = append(at, m.w.index(in, s.Slot))
				}
			}
		case *expr.Binary:
			counts = counts || slices.Contains([]string{"+", "-", "*", "/"}, x.Op)
		case *expr.Index:
			m.node(in, v, x.I)
			expr.Walk(x.X, walk)
			return false
		case *expr.Call:
			name := strings.ToLower(x.Name)
			reads = reads || name == "substring" || strings.HasPrefix(name, "to") && name != "tostring" && !strings.HasPrefix(name, "toaudio")
			number = number || name == "toint" || name == "todecimal" || name == "tonumber"
			if x != n && (name == "length" || name == "count") && len(x.Args) == 1 {
				if of, ok := x.Args[0].(*expr.Variable); ok {
					measured = append(measured, m.named(in, v, of.Name)...)
				}
			}
			switch {
			case name == "if" || x != n && slices.Contains(measures, name): // what it gives is of another kind
				for _, a := range x.Args {
					m.node(in, v, a)
				}
				if name != "if" {
					m.atom(in, v, x)
				}
				return name == "if"
			case name == "getat" && len(x.Args) == 2:
				m.node(in, v, x.Args[1])
				expr.Walk(x.Args[0], walk)
				return false
			}
		}
		return true
	}
	expr.Walk(n, walk)
	if counts {
		literals = computed(literals)
	}
	for _, a := range at { // what one variable holds stands beside what comes into another
		for s := range m.of[a] {
			for _, b := range at {
				if b != a {
					for _, l := range m.held[b] {
						m.beside(s, l)
					}
				}
			}
		}
	}
	caller := slices.Contains(from, Source{Builtin: "Call.Ani"})
	for _, s := range from {
		for _, l := range literals {
			m.beside(s, l)
		}
		if reads && s.Builtin == "" {
			m.meeting(s).Read = true
		}
		if number && s.Builtin == "" {
			m.meeting(s).Number = true
		}
		if caller && s.Builtin == "" {
			m.meeting(s).Caller = true
		}
	}
	for _, s := range measured {
		for _, l := range literals {
			if l.Type() == expr.Integer && !slices.Contains(m.meeting(s).Lengths, l.Int()) {
				m.meeting(s).Lengths = append(m.meeting(s).Lengths, l.Int())
			}
		}
	}
}

// computed adds to a few numbers what they are apart, together and as parts of each other: of
// n + 5 == 20 that is 15.
func computed(literals []expr.Value) []expr.Value {
	var ns []int64
	for _, l := range literals {
		if l.Type() == expr.Integer {
			ns = append(ns, l.Int())
		}
	}
	if len(ns) < 2 || len(ns) > 3 {
		return literals
	}
	for i, a := range ns {
		for _, b := range ns[i+1:] {
			literals = append(literals, expr.OfInt(a-b), expr.OfInt(b-a), expr.OfInt(a+b))
			if a != 0 && b%a == 0 {
				literals = append(literals, expr.OfInt(b/a))
			}
			if b != 0 && a%b == 0 {
				literals = append(literals, expr.OfInt(a/b))
			}
		}
	}
	return literals
}

func (m *meeting) named(in *instr, v *value, name string) []Source {
	var out []Source
	for _, s := range v.prog.Typed().Symbols {
		if strings.EqualFold(s.Name, name) {
			for src := range m.of[m.w.index(in, s.Slot)] {
				out = append(out, src)
			}
		}
	}
	slices.SortFunc(out, Source.compare)
	return out
}

func (s Source) compare(o Source) int {
	if s.Action != o.Action {
		a, b := 0, 0
		if s.Action != nil {
			a = s.Action.Pos.Line
		}
		if o.Action != nil {
			b = o.Action.Pos.Line
		}
		if a != b {
			return a - b
		}
	}
	return strings.Compare(s.Output+"/"+s.Data+"/"+s.Builtin, o.Output+"/"+o.Data+"/"+o.Builtin)
}

// counts notes lists whose lengths are compared.
func (m *meeting) counts(in *instr, v *value, n *expr.Binary) {
	of := func(n expr.Node) []Source {
		c, ok := n.(*expr.Call)
		if !ok || !strings.EqualFold(c.Name, "Count") || len(c.Args) != 1 {
			return nil
		}
		x, ok := c.Args[0].(*expr.Variable)
		if !ok {
			return nil
		}
		return m.named(in, v, x.Name)
	}
	for _, a := range of(n.X) {
		for _, b := range of(n.Y) {
			if a.Action == nil || a.Action != b.Action || a == b {
				continue
			}
			if x := m.meeting(a); !slices.Contains(x.Counted, b) {
				x.Counted = append(x.Counted, b)
			}
		}
	}
}
