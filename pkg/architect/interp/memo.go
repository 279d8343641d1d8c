package interp

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/architect/expr"
)

// A Memo remembers what a program did, so that a call that comes to where an earlier one was
// need not compute again what cannot be different. Between two calls of one caller little
// can: the clock, what tables say, and what is computed of these. A run is a walk through a
// tree: a node holds the variables that its stretch of the flow writes whatever the clock
// says, and ends at an instruction that is run in earnest, because it looks at something
// that may be different, or asks the world. How that ended leads to the next node. Where
// there is none yet the machine runs, and makes it.
//
// What a flow makes of a caller's number is remembered for callers that come again. When it
// asks the world for the first time, or ways part by what differs, all callers go on in one
// tree, for which numbers differ.
//
// A run with a Memo has the Result of one without. It is for one goroutine at a time; calls
// that wait for the world may be under way in it together. What it holds is bounded.
type Memo struct {
	p     *Program
	told  [][]*value // by instruction: the values that it computes
	roots map[root]*node
	joins map[string]*node
	seen  map[string]bool   // callers; from the second time on one has a beginning of its own
	ids   map[string]uint64 // of answers
	key   []byte
	nodes int
	rec   recorder
	wary  bool
	once  map[turnAt]bool // turns that were taken once, of a wary memo

	runs, made int // nodes gone through, and made
}

// What a memo holds at most: nodes are about a kilobyte each, and a caller needs a handful of
// his own.
const (
	memoNodes   = 1 << 15
	memoCallers = 1 << 12
)

// A root is all of a call that is the same for each run of a tree. Of participant data only
// the names are: values are read in earnest.
type root struct {
	ani, dnis, remote, language, invocation, names string

	own   bool // ani is that of all calls; else it is read in earnest
	level Trace
}

// A node is a stretch of the flow that is the same for every call that gets here, and the
// instruction behind it.
type node struct {
	set     []setting // variables
	data    []attribute
	pop     *ScreenPop // nil: as it was
	steps   []Step     // their times are since the stretch began
	frames  []frame
	vals    int32 // how many there are then
	zero    int32 // loops from here on are new; −1: none
	loops   int32
	actions int32
	pc, sub int32
	task    int32
	lbase   int32
	kbase   int32
	fbase   int32
	retried bool

	opaque bool // nothing is known from here on, the machine goes on by itself
	differ differ
	wide   *differ  // what differs between callers, too: of a caller's own beginning
	rows   []uint64 // that are known by name
	last   uint64   // row that is not
	kids   []kid
	more   map[turn]*node // once there are many
}

type setting struct {
	at int32
	v  expr.Value
}

// A turn is how the instruction at the end of a node ended.
type turn struct {
	pc, sub int32
	flags   uint8
	branch  string
	answer  uint64
}

type kid struct {
	turn
	n *node
}

// NewMemo makes an empty memo of a program.
func NewMemo(p *Program) *Memo {
	m := &Memo{p: p, told: make([][]*value, len(p.code))}
	fs := p.flows(len(p.live().all))
	for i := range fs {
		m.told[i] = fs[i].told
	}
	m.forget()
	return m
}

// Wary makes the memo remember what comes behind an answer of the world from the second time on that it
// comes, for calls most of which have an answer of their own.
func (m *Memo) Wary() *Memo {
	m.wary, m.once = true, map[turnAt]bool{}
	return m
}

// A turnAt is a turn at the end of a node.
type turnAt struct {
	n *node
	turn
}

// waryTurns is how many turns that were taken once are known at the most.
const waryTurns = 1 << 12

// new reports whether a turn is taken for the first time.
func (m *Memo) new(n *node, t turn) bool {
	k := turnAt{n, t}
	if m.once[k] {
		delete(m.once, k)
		return false
	}
	if len(m.once) >= waryTurns {
		clear(m.once)
	}
	m.once[k] = true
	return true
}

func (m *Memo) forget() {
	clear(m.once)
	m.roots, m.joins, m.seen, m.ids = map[root]*node{}, map[string]*node{}, map[string]bool{}, map[string]uint64{}
	m.nodes = 0
}

// fits reports whether a call can be run so: what Genesys brings in other variables may be
// anything, and in-queue flows and modules are not walked.
func (m *Memo) fits(c *Call, o RunOptions) bool {
	u := m.p.units[0]
	return o.Trace != TraceFull && len(c.Builtins) == 0 && u.flow.Type == "inboundCall"
}

// begin finds the tree of a call, or makes it.
func (m *Memo) begin(s *State, c *Call) (n *node, made bool) {
	if m.nodes > memoNodes || len(m.ids) > memoNodes {
		m.forget()
	}
	k := root{dnis: c.DNIS, remote: c.RemoteName, language: c.Language, invocation: c.InvocationData, level: s.level}
	if len(c.ParticipantData) > 0 {
		k.names = strings.Join(slices.Sorted(maps.Keys(c.ParticipantData)), "\x00")
	}
	switch {
	case m.seen[c.ANI]:
		k.ani, k.own = c.ANI, true
	case len(m.seen) < memoCallers:
		m.seen[c.ANI] = true
	}
	if n = m.roots[k]; n != nil {
		return n, false
	}
	n = m.node()
	if k.own {
		wide := m.differs(s, false)
		n.wide = &wide
	}
	m.record(n, s, m.differs(s, k.own))
	m.roots[k] = n
	return n, true
}

// differs is what may be different at the beginning.
func (m *Memo) differs(s *State, own bool) differ {
	d := differ{builtins: len(s.builtin)}
	at := &m.p.slots
	for _, slot := range []int{at.started, at.conversation, at.interaction} {
		d.set(slot, true)
	}
	if !own {
		d.set(at.ani, true)
	}
	for _, a := range s.data {
		d.data = append(d.data, a.name)
	}
	return d
}

// run is the loop of State.run along the tree.
func (m *Memo) run(ctx context.Context, s *State, c *Call, w World) error {
	s.single = true
	n, made := m.begin(s, c)
	for {
		m.runs++
		if n.opaque || !made && int(s.actions+n.actions) >= s.limit() {
			s.single = false
			return s.run(ctx, w)
		}
		if !made { // who makes a node is at its end already
			n.apply(s)
		}
		s.clocked = false
		if m.p.advance(s); s.refused != nil {
			return s.refused
		}
		var t turn
		looked, asked := s.lookup, s.pending
		if asked {
			out, err := w.Do(ctx, &s.eff)
			if err != nil {
				return fmt.Errorf("%s %q: %w", s.eff.Kind, s.eff.Name, err)
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			t.branch, t.answer = m.answer(s, n, &out)
			if err := m.p.Resume(s, out); err != nil {
				return err
			}
		}
		if s.ended {
			return nil
		}
		t.pc, t.sub, t.flags = s.pc, s.sub, s.flags()
		next := n.kid(t)
		if next == nil && m.wary && asked && !looked && m.new(n, t) {
			s.single = false
			return s.run(ctx, w)
		}
		if made = next == nil; made {
			next, made = m.next(n, s, c, t, looked, asked)
			n.add(t, next)
		}
		n = next
	}
}

// next finds or makes the node behind one, where the machine stands.
func (m *Memo) next(n *node, s *State, c *Call, t turn, looked, asked bool) (next *node, made bool) {
	d := n.differ.clone()
	if !m.after(&d, s, n.pc, n.begun(), t, looked) {
		next = m.node()
		next.opaque = true
		return next, true
	}
	// Behind a row that has a name, what the flow makes of rows differs again once its ways part or
	// it asks for something else.
	row := asked && !looked && t.answer != 0 && t.answer != anyRow && m.isTable(n.pc)
	if n.wide == nil && !row {
		next = m.node()
		m.record(next, s, d)
		return next, true
	}
	wide, of := n.differ.clone(), t
	if n.wide != nil {
		wide = n.wide.clone()
	}
	if row {
		of.answer = anyRow
	}
	if m.after(&wide, s, n.pc, n.begun(), of, looked) && !row && (asked || m.parts(n.pc)) && s.pop == nil {
		key := m.place(s, c, &wide)
		if next = m.joins[key]; next != nil {
			return next, false
		}
		next = m.node()
		m.joins[key] = next
		m.record(next, s, wide)
		return next, true
	}
	next = m.node()
	next.wide = &wide
	m.record(next, s, d)
	return next, true
}

// parts reports whether ways part at an instruction: behind it all that differed may be of no
// more use.
func (m *Memo) parts(pc int32) bool {
	switch m.p.code[pc].op.(type) {
	case *decisionOp, *switchOp:
		return true
	}
	return false
}

func (m *Memo) isTable(pc int32) bool {
	_, is := m.p.code[pc].op.(*tableOp)
	return is
}

// place is where the machine stands, with all that does not differ.
func (m *Memo) place(s *State, c *Call, d *differ) string {
	b := []byte{s.flags(), byte(s.level)}
	for _, text := range [...]string{c.DNIS, c.RemoteName, c.Language, c.InvocationData} {
		b = appendText(b, text)
	}
	b = s.appendFrames(appendInts(b, s.sub, int32(len(s.loops)), int32(len(s.vals)), int32(len(s.data))))
	for i, v := range s.vals {
		if d.has(d.builtins + i) {
			b = append(b, 0)
		} else {
			b = v.AppendKey(append(b, 1))
		}
	}
	for _, i := range s.sortedData() {
		b = appendText(b, s.data[i].name)
		if d.hasAttribute(s.data[i].name) {
			b = append(b, 0)
		} else {
			b = appendText(append(b, 1), s.data[i].value)
		}
	}
	return string(s.appendFound(b))
}

// What a table says may be another time of day for each call. A few answers at a place are known
// by name: the first ones, which are what a row says on a usual day, and one that comes again at
// once. All others are one, and are read in earnest.
const (
	fewRows = 4
	anyRow  = 1<<64 - 1
)

// answer names what the world said, as far as what is bound by it is the same afterwards.
func (m *Memo) answer(s *State, n *node, o *Outcome) (string, uint64) {
	if s.eff.Kind == EffectDataAction && s.eff.Timeout > 0 && o.Elapsed >= s.eff.Timeout {
		return "timeout", 0
	}
	if len(o.Outputs) == 0 && o.Digits == "" && !o.Value.IsSet() {
		return o.Branch, 0
	}
	if o.ID != 0 && s.eff.Kind != EffectTable {
		return o.Branch, o.ID
	}
	m.key = o.Value.AppendKey(appendText(appendNamed(m.key[:0], o.Outputs), o.Digits))
	id, ok := m.ids[string(m.key)]
	if !ok {
		id = uint64(len(m.ids)+1) | 1<<63 // the others are the world's
		m.ids[string(m.key)] = id
	}
	if s.eff.Kind == EffectTable && !n.named(id) {
		return o.Branch, anyRow
	}
	return o.Branch, id
}

// named reports whether a row is known by name, and gives it one when it may have one.
func (n *node) named(row uint64) bool {
	switch {
	case slices.Contains(n.rows, row):
	case len(n.rows) < fewRows:
		n.rows = append(n.rows, row)
	case n.last != row:
		n.last = row
		return false
	default: // instead of the one that took a name before it
		n.kids = slices.DeleteFunc(n.kids, func(k kid) bool { return k.answer == n.rows[fewRows-1] })
		maps.DeleteFunc(n.more, func(t turn, _ *node) bool { return t.answer == n.rows[fewRows-1] })
		n.rows[fewRows-1] = row
	}
	return true
}

func (n *node) kid(t turn) *node {
	if n.more != nil {
		return n.more[t]
	}
	for i := range n.kids {
		if k := &n.kids[i]; k.pc == t.pc && k.answer == t.answer && k.turn == t {
			return k.n
		}
	}
	return nil
}

func (n *node) add(t turn, to *node) {
	const few = 8
	if n.more != nil {
		n.more[t] = to
		return
	}
	if n.kids = append(n.kids, kid{t, to}); len(n.kids) > few {
		n.more = map[turn]*node{}
		for _, k := range n.kids {
			n.more[k.turn] = k.n
		}
		n.kids = nil
	}
}

// apply brings a call to the end of a node's stretch.
func (n *node) apply(s *State) {
	if size := int(n.vals); size <= cap(s.vals) {
		s.vals = s.vals[:size]
	} else {
		s.vals = append(s.vals, make([]expr.Value, size-len(s.vals))...)
	}
	for i := range n.set {
		s.vals[n.set[i].at] = n.set[i].v
	}
	for i := range n.data {
		s.write(n.data[i].name, expr.OfString(n.data[i].value))
	}
	if n.pop != nil {
		s.pop = n.pop
	}
	if n.zero >= 0 {
		s.loops = s.loops[:n.zero]
	}
	for len(s.loops) < int(n.loops) {
		s.loops = append(s.loops, round{})
	}
	s.loops = s.loops[:n.loops]
	s.frames = append(s.frames[:0], n.frames...)
	if len(n.steps) > 0 {
		i := len(s.steps)
		s.steps = append(s.steps, n.steps...)
		for ; i < len(s.steps); i++ {
			s.steps[i].At += s.elapsed
		}
	}
	s.actions += n.actions
	s.pc, s.sub, s.task, s.lbase, s.kbase, s.fbase, s.retried = n.pc, n.sub, n.task, n.lbase, n.kbase, n.fbase, n.retried
}

// A recorder notes what a stretch writes.
type recorder struct {
	vals []int32
	data []int
	zero int32
}

func (r *recorder) wrote(from, to int32) {
	for i := from; i < to; i++ {
		r.vals = append(r.vals, i)
	}
}

func (m *Memo) node() *node {
	m.nodes++
	m.made++
	return &node{zero: -1}
}

// record runs the machine to the next instruction that has to be run in earnest, and makes the
// node of what it did.
func (m *Memo) record(n *node, s *State, d differ) {
	r := &m.rec
	r.vals, r.data, r.zero = r.vals[:0], r.data[:0], -1
	actions, steps, pop, elapsed := s.actions, len(s.steps), s.pop, s.elapsed
	var last Step
	if steps > 0 {
		last = s.steps[steps-1]
	}
	known := len(s.problems) + len(s.warnings)
	s.rec = r
	for !m.earnest(s, &d) {
		s.clocked = false
		pc, sub := s.pc, s.begun()
		m.p.advance(s)
		if s.refused != nil || s.pending || s.ended || s.clocked || s.unit != 0 || s.elapsed != elapsed || len(s.problems)+len(s.warnings) > known {
			n.opaque = true
			break
		}
		if n.wide != nil && !m.after(n.wide, s, pc, sub, turn{}, false) {
			n.opaque = true
			break
		}
	}
	s.rec = nil
	if n.opaque || steps > 0 && s.level != TraceOff && (s.steps[steps-1].Branch != last.Branch || s.steps[steps-1].Elapsed != last.Elapsed) {
		n.opaque = true
		return
	}
	slices.Sort(r.vals)
	for _, i := range slices.Compact(r.vals) {
		if int(i) < len(s.vals) {
			n.set = append(n.set, setting{i, s.vals[i]})
			d.set(d.builtins+int(i), false)
		}
	}
	d.cut(d.builtins + len(s.vals))
	if n.wide != nil {
		n.wide.cut(d.builtins + len(s.vals))
	}
	slices.Sort(r.data)
	for _, i := range slices.Compact(r.data) {
		n.data = append(n.data, s.data[i])
		d.attribute(s.data[i].name, false)
	}
	if s.pop != pop {
		n.pop = s.pop
	}
	n.steps = slices.Clone(s.steps[steps:])
	for i := range n.steps {
		n.steps[i].At -= elapsed
	}
	n.frames = slices.Clone(s.frames)
	n.vals, n.loops, n.zero, n.actions = int32(len(s.vals)), int32(len(s.loops)), r.zero, s.actions-actions
	n.pc, n.sub, n.task, n.lbase, n.kbase, n.fbase, n.retried = s.pc, s.sub, s.task, s.lbase, s.kbase, s.fbase, s.retried
	n.differ = d
}

// begun is how far the instruction at the end is.
func (n *node) begun() int {
	if n.retried {
		return int(n.sub)
	}
	return 0
}

// earnest reports whether the next instruction has to be run for each call: it looks at what
// differs between them or at the world, or it is of a kind that this file does not follow.
func (m *Memo) earnest(s *State, d *differ) bool {
	in := &s.p.code[s.pc]
	if s.unit != 0 || in.counted && !s.retried && int(s.actions) >= s.limit() {
		return true
	}
	sub := s.begun()
	switch o := in.op.(type) {
	case *updateOp:
		if sub < len(o.statements) {
			st := &o.statements[sub]
			return st.to.slot < len(s.builtin) || m.looks(s, d, &st.v)
		}
		return false
	case *attributesOp:
		if sub < len(o.attrs) {
			a := &o.attrs[sub]
			return a.name.prog != nil || a.to.slot >= 0 && a.to.slot < len(s.builtin) || !o.write && d.hasAttribute(a.name.lit.Text()) || m.looks(s, d, &a.value)
		}
		return false
	case *decisionOp, *switchOp, *playOp, *popOp:
		return m.looks(s, d, m.told[s.pc]...)
	case *initOp:
		return o.slot < len(s.builtin) || m.looks(s, d, o.v)
	case enterOp, jumpOp, *callOp, gotoOp:
		return false
	case endTaskOp:
		return len(s.frames) == 0 || int(s.fbase) == len(s.frames)
	}
	return true
}

// begun is how far the next instruction is.
func (s *State) begun() int {
	if s.retried {
		return int(s.sub)
	}
	return 0
}

// looks reports whether one of the values is not the same for all calls here.
func (m *Memo) looks(s *State, d *differ, vs ...*value) bool {
	for _, v := range vs {
		if v.bad != nil || v.prog != nil && (!v.prog.Part().Pure || d.reads(s, v)) {
			return true
		}
	}
	return false
}

// after changes what differs by an instruction that has run: what it wrote differs when what it
// read does. It reports whether what follows can be remembered.
func (m *Memo) after(d *differ, s *State, pc int32, sub int, t turn, looked bool) bool {
	if s.unit != 0 || s.handling != notHandling {
		return false
	}
	differs := func(vs ...*value) bool {
		return s.clocked || slices.ContainsFunc(vs, func(v *value) bool { return d.reads(s, v) })
	}
	binds := func(bs []binding, differs bool) {
		for i := range bs {
			d.set(d.at(s, bs[i].to.slot), differs)
		}
	}
	if looked { // the machine keeps it: by a name that differs, what it keeps would differ, too
		return !differs(m.told[pc]...)
	}
	switch o := m.p.code[pc].op.(type) {
	case *updateOp:
		if sub < len(o.statements) {
			st := &o.statements[sub]
			d.set(d.at(s, st.to.slot), differs(&st.v))
		}
	case *attributesOp:
		if sub >= len(o.attrs) {
			break
		}
		a := &o.attrs[sub]
		switch name := a.name.lit.Text(); {
		case a.name.prog != nil:
			return false
		case o.write:
			d.attribute(name, differs(&a.value))
		default:
			d.set(d.at(s, a.to.slot), d.hasAttribute(name))
		}
	case *initOp:
		d.set(d.at(s, o.slot), differs(o.v))
	case *findOp: // which writes only what it finds
		if differs(&o.name) {
			d.set(d.at(s, o.result.slot), true)
		}
	case *loopOp:
		if differs(&o.count) {
			d.set(d.at(s, o.index.slot), true)
		}
	case enterOp:
		for i := int(s.lbase); i < len(s.vals); i++ {
			d.set(d.builtins+i, false)
		}
	case *decisionOp, *switchOp, *playOp, *popOp, roundOp, exitOp, endTaskOp, jumpOp, *callOp, gotoOp, *scheduleOp:
	case *dataOp:
		switch t.branch {
		case "success":
			binds(o.outputs, false)
		case "failure":
			binds(o.fails, false)
		}
	case *tableOp:
		switch t.branch {
		case "found":
			binds(o.outputs, t.answer == anyRow)
		case "failure":
			binds(o.fails, t.answer == anyRow)
		}
	case *transferOp:
		binds(o.fails, false)
	case *worldOp:
		switch t.branch {
		case "success", "found":
			binds(o.outputs, false)
		case "failure":
			binds(o.fails, false)
		}
		return o.done == nil
	default:
		return false
	}
	return true
}

// differ is what may be different from call to call at a place of the flow: variables, the
// built-in ones first, and participant data.
type differ struct {
	builtins int
	vars     bitset
	data     []string
}

func (d *differ) clone() differ {
	return differ{d.builtins, slices.Clone(d.vars), slices.Clone(d.data)}
}

func (d *differ) has(i int) bool { return i>>6 < len(d.vars) && d.vars.has(i) }

func (d *differ) set(i int, differs bool) {
	if i < 0 || !differs && i>>6 >= len(d.vars) {
		return
	}
	for i>>6 >= len(d.vars) {
		d.vars = append(d.vars, 0)
	}
	if d.vars[i>>6] &^= 1 << (i & 63); differs {
		d.vars.add(i)
	}
}

// cut forgets the variables from a place on.
func (d *differ) cut(n int) {
	for i := n; i < len(d.vars)*64; i++ {
		d.set(i, false)
	}
}

func (d *differ) hasAttribute(name string) bool { return slices.Contains(d.data, name) }

func (d *differ) attribute(name string, differs bool) {
	i := slices.Index(d.data, name)
	switch {
	case differs && i < 0:
		d.data = append(d.data, name)
	case !differs && i >= 0:
		d.data = slices.Delete(d.data, i, i+1)
	}
}

// at is the place of a slot; −1 for prompts, which are always the same.
func (d *differ) at(s *State, slot int) int {
	switch i, n := slot-len(s.builtin), len(s.p.units[s.unit].vars); {
	case slot < 0 || slot >= promptSlots:
		return -1
	case i < 0:
		return slot
	case i < n:
		return d.builtins + int(s.gbase) + i
	default:
		return d.builtins + int(s.lbase) + i - n
	}
}

func (d *differ) reads(s *State, v *value) bool {
	if v.prog == nil {
		return false
	}
	for _, slot := range v.prog.Part().Slots {
		if i := d.at(s, slot); i >= 0 && d.has(i) {
			return true
		}
	}
	return false
}

// Remembered is how many nodes runs went through and how many of them had to be made.
func (m *Memo) Remembered() (runs, made int) { return m.runs, m.made }
