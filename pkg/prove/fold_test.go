package prove

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/diag"
)

// A small flow asks for a few answers and tells them apart in the ways flows do: conditions
// over several answers, values that are kept, lists with an index, loops with accumulators.
type smallFlow struct {
	r     *rand.Rand
	b     strings.Builder
	n     int
	depth int
	loop  bool
	asked int  // effects besides the two answers
	task  bool // a task or module that is called is written
}

// smallModule is called by some of the flows.
const smallModule = `commonModule:
  name: Module
  defaultLanguage: en-us
  variables:
    - integerVariable: {name: Common.N, initialValue: {noValue: true}, isInput: true}
    - stringVariable: {name: Common.S, initialValue: {lit: none}, isInput: true}
    - integerVariable: {name: Common.Out, initialValue: {lit: 0}, isOutput: true}
  startUpTaskActions:
    - decision: {name: Five, condition: {exp: 'If(IsSet(Common.N), Common.N > 5, false)'}, outputs: {"yes": {actions: [{updateData: {name: U, statements: [{integer: {variable: Common.Out, value: {exp: 'Common.N + 1'}}}]}}, {endTask: {name: high, outputPath: {name: High}}}]}}}
    - callTask: {name: Inner, targetTaskRef: "/commonModule/tasks/task[In]"}
    - endTask: {name: low, outputPath: {name: Low}}
  tasks:
    - task: {name: In, refId: In, actions: [{updateData: {name: V, statements: [{integer: {variable: Common.Out, value: {exp: 'Length(Common.S)'}}}]}}, {endTask: {name: back}}]}
`

func smallFlowOf(seed uint64) string {
	m := &smallFlow{r: rand.New(rand.NewPCG(seed, 7))}
	fmt.Fprintf(&m.b, `inboundCall:
  name: small
  defaultLanguage: en-us
  startUpRef: "/inboundCall/tasks/task[T0]"
  settingsErrorHandling: {errorHandling: {%s}, preHandlingAudio: {exp: ToAudioBlank(100)}}
  variables:
    - integerVariable: {name: Flow.A, initialValue: {lit: 0}}
    - integerVariable: {name: Flow.B, initialValue: {noValue: true}}
    - integerVariable: {name: Flow.C, initialValue: {lit: 1}}
    - booleanVariable: {name: Flow.Y, initialValue: {lit: false}}
    - stringVariable: {name: Flow.S, initialValue: {noValue: true}}
    - stringVariable: {name: Flow.T, initialValue: {lit: ""}}
    - stringCollectionVariable: {name: Flow.Of, initialValue: {noValue: true}}
    - integerCollectionVariable: {name: Flow.Values, initialValue: {noValue: true}}
    - integerVariable: {name: Flow.I, initialValue: {lit: 0}}
    - queueVariable: {name: Flow.Q, initialValue: {noValue: true}}
  menus:
    - menu:
        name: M
        refId: M
        audio: {exp: '%s'}
        settingsMenu: {repeatCount: {lit: 1}}
        choices: [{menuDisconnect: {name: bye, dtmf: digit_9}}, {menuTransferToAcd: {name: q, dtmf: digit_2, targetQueue: {exp: Flow.Q}}}, {menuJumpToTask: {name: t, dtmf: digit_1, targetTaskRef: "/inboundCall/tasks/task[T2]"}}]
  tasks:
    - task:
        name: T0
        refId: T0
        actions:
`, m.one("disconnect: {none: true}", "queue: {targetQueue: {lit: {name: Fallback}}}", `task: {targetTaskRef: "/inboundCall/tasks/task[T2]"}`), m.one("ToAudioTTS(Flow.S)", "ToAudioBlank(100)", "ToAudioTTS(Flow.T)"))
	m.callData(10, "First", "n: {var: Flow.B}, y: {var: Flow.Y}")
	if m.r.IntN(2) == 0 {
		m.callData(10, "Lists", "of: {var: Flow.Of}, values: {var: Flow.Values}")
	} else {
		m.callData(10, "Text", "s: {var: Flow.S}")
	}
	for range 3 + m.r.IntN(4) {
		m.action(10)
	}
	m.line(10, "- transferToAcd: {name: end, targetQueue: {lit: {name: End}}, preTransferAudio: {exp: ToAudioBlank(100)}, failureTransferAudio: {exp: ToAudioBlank(100)}, priority: {exp: '%s'}, outputs: {failure: {actions: [{playAudio: {name: sorry, audio: {tts: sorry}}}, {disconnect: {name: bye}}]}}}", m.number())
	m.task = true
	for _, name := range []string{"T1", "T2"} {
		fmt.Fprintf(&m.b, "    - task:\n        name: %s\n        refId: %s\n        variables: [{integerVariable: {name: Task.N, initialValue: {exp: '%s'}}}]\n        actions:\n", name, name, m.number())
		for range 1 + m.r.IntN(2) {
			m.action(10)
		}
		m.line(10, "- decision: {name: which, condition: {exp: '%s'}, outputs: {\"yes\": {actions: [{endTask: {name: e, outputPath: {name: Yes}}}]}}}", m.one(m.truth(), "Task.N > 1"))
		m.line(10, "- updateData: {name: keep, statements: [{integer: {variable: Flow.A, value: {exp: 'Task.N'}}}]}")
		m.line(10, "- endTask: {name: n, outputPath: {name: No}}")
	}
	return m.b.String()
}

func (m *smallFlow) one(of ...string) string { return of[m.r.IntN(len(of))] }

func (m *smallFlow) line(indent int, format string, args ...any) {
	m.b.WriteString(strings.Repeat(" ", indent))
	fmt.Fprintf(&m.b, format, args...)
	m.b.WriteByte('\n')
}

func (m *smallFlow) callData(indent int, name, outputs string) {
	m.line(indent, "- callData:")
	m.line(indent+6, "name: %s", name)
	m.line(indent+6, "timeout: {lit: {seconds: %d}}", 1+m.r.IntN(3))
	m.line(indent+6, "category: {X: {dataAction: {%s: {inputs: {}, successOutputs: {%s}}}}}", name, outputs)
	m.line(indent+6, "outputs:")
	m.branch(indent+8, "failure")
	m.branch(indent+8, "timeout")
}

func (m *smallFlow) branch(indent int, name string) {
	m.line(indent, "%q:", name)
	m.line(indent+2, "actions:")
	m.depth++
	n := m.r.IntN(3)
	if m.depth > 2 {
		n = 0
	}
	if n == 0 {
		m.line(indent+4, "[]")
	}
	for range n {
		m.action(indent + 4)
	}
	m.depth--
}

func (m *smallFlow) number() string {
	return m.one("Flow.A", "Flow.A + 1", "Flow.C", "Flow.B", "Flow.A + Flow.C", "2", "If(IsSet(Flow.B), Flow.B, 3)", "Count(Flow.Of)", "Count(Flow.Of) + Flow.A", "FindFirst(Flow.Of, \"2\")",
		"If(FindFirst(Flow.Of, Flow.T) >= 0, GetAt(Flow.Values, FindFirst(Flow.Of, Flow.T)), 0)", "If(Flow.Y, Flow.A, Flow.C)", "10 % Flow.C", "GetAt(Flow.Values, 0)", "Flow.I", "If(Flow.Y, If(IsSet(Flow.B), Flow.B, 1), Length(Flow.T))")
}

func (m *smallFlow) truth() string {
	switch m.r.IntN(9) {
	case 0:
		return m.truth() + " and " + m.atom()
	case 1:
		return m.atom() + " or (" + m.truth() + ")"
	case 2:
		return "!(" + m.truth() + ")"
	}
	return m.atom()
}

func (m *smallFlow) atom() string {
	switch m.r.IntN(8) {
	case 0:
		return "Flow.Y"
	case 1:
		return "IsSet(Flow.S)"
	case 2:
		return m.one(`Flow.S == "x"`, `FindFirst(MakeList("x", "y"), Flow.S) >= 0`, `Flow.T == "1"`, "Flow.T == Flow.S")
	case 3:
		return "Count(Flow.Of) == Count(Flow.Values)"
	case 4:
		return "If(IsSet(Flow.B), Flow.B >= 5, false)"
	}
	return m.number() + m.one(" > ", " == ", " <= ") + m.number()
}

func (m *smallFlow) action(indent int) {
	m.n++
	name, body := fmt.Sprintf("a%d", m.n), indent+6
	kind := m.r.IntN(19)
	if kind == 18 && m.task {
		kind = 17
	}
	if kind == 12 || kind == 13 || kind == 14 || kind == 18 { // they multiply
		if m.asked++; m.asked > 2 {
			kind = 0
		}
	}
	switch kind {
	case 0, 1, 2:
		m.line(indent, "- updateData: {name: %s, statements: [{integer: {variable: %s, value: {exp: '%s'}}}, {string: {variable: Flow.T, value: {exp: '%s'}}}, {integer: {variable: Flow.C, value: {exp: '%s'}}}]}", name,
			m.one("Flow.A", "Flow.C"), m.number(), m.one("Flow.T", "If(IsSet(Flow.S), Flow.S, Flow.T)", "If(Count(Flow.Of) > 0, GetAt(Flow.Of, 0), \"\")", "\"1\"", "Append(Flow.T, \"1\")"), m.number())
	case 3, 4:
		m.line(indent, "- decision:")
		m.line(body, "name: %s", name)
		m.line(body, "condition: {exp: '%s'}", m.truth())
		m.line(body, "outputs:")
		m.branch(body+2, "yes")
		m.branch(body+2, "no")
	case 5:
		m.line(indent, "- switch:")
		m.line(body, "name: %s", name)
		m.line(body, "evaluate:")
		m.line(body+2, "firstTrue:")
		m.line(body+4, "cases:")
		for range 2 + m.r.IntN(2) {
			m.line(body+6, "- case:")
			m.line(body+12, "value: {exp: '%s'}", m.truth())
			m.line(body+12, "actions: [{updateData: {name: c, statements: [{integer: {variable: Flow.A, value: {exp: '%s'}}}]}}]", m.number())
		}
	case 6:
		if m.loop {
			m.line(indent, "- loopExit: {name: %s}", name)
			return
		}
		m.loop = true
		m.line(indent, "- loop:")
		m.line(body, "name: %s", name)
		m.line(body, "currentIndex: {var: Flow.I}")
		m.line(body, "loopCount: {exp: '%s'}", m.one("Count(Flow.Of)", "2", "If(Flow.C > 3, 3, Flow.C)"))
		m.line(body, "outputs:")
		m.branch(body+2, "loop")
		m.loop = false
	case 7:
		m.line(indent, "- playAudio: {name: %s, audio: {exp: '%s'}}", name, m.one("ToAudioTTS(Flow.S)", "ToAudioBlank(100)", "ToAudioTTS(\"hello\")"))
	case 8:
		m.line(indent, "- setParticipantData: {name: %s, attributes: [{attribute: {name: {lit: k}, value: {exp: '%s'}}}]}", name, m.one("Flow.S", "Flow.T", "ToString(Flow.A)", "If(IsSet(Flow.S), Flow.S, \"\")"))
	case 9:
		m.line(indent, "- getParticipantData: {name: %s, attributes: [{attribute: {name: {lit: k}, variable: Flow.T}}]}", name)
	case 10:
		m.line(indent, "- disconnect: {name: %s}", name)
	case 11:
		typ, of, cases := "integer", m.number(), []string{"{lit: 1}", "{lit: 2}", "{exp: Flow.C}"}
		if m.r.IntN(2) == 0 {
			typ, of, cases = "string", m.one("Flow.T", "Flow.S", "ToString(Flow.A)"), []string{"{lit: x}", "{lit: \"1\"}", "{exp: Flow.T}"}
		}
		m.line(indent, "- switch:")
		m.line(body, "name: %s", name)
		m.line(body, "evaluate:")
		m.line(body+2, "firstMatch:")
		m.line(body+4, "%s:", typ)
		m.line(body+6, "value: {exp: '%s'}", of)
		m.branch(body+6, "default")
		m.line(body+6, "cases:")
		for range 1 + m.r.IntN(2) {
			m.line(body+8, "- case: {value: %s, actions: [{updateData: {name: c, statements: [{integer: {variable: Flow.A, value: {exp: '%s'}}}]}}]}", m.one(cases...), m.number())
		}
	case 12:
		m.line(indent, "- dataTableLookup:")
		m.line(body, "name: %s", name)
		m.line(body, "lookupValue: {exp: '%s'}", m.one("Flow.S", "Flow.T", `If(IsSet(Flow.S), Flow.S, "none")`, "ToString(Flow.A)"))
		m.line(body, "dataTable: {T: {foundOutputs: {n: {var: %s}}}}", m.one("Flow.A", "Flow.C"))
		m.line(body, "outputs:")
		m.branch(body+2, "found")
		m.branch(body+2, "notFound")
		m.branch(body+2, "failure")
	case 13:
		m.line(indent, "- collectInput:")
		m.line(body, "name: %s", name)
		m.line(body, "inputData: {var: Flow.T}")
		m.line(body, "digits: {range: {min: 1, max: 2}}")
		m.line(body, "inputAudio: {exp: '%s'}", m.one("ToAudioTTS(Flow.S)", "ToAudioBlank(100)", "ToAudioTTS(\"hello\")"))
		m.line(body, "outputs:")
		m.branch(body+2, "success")
		m.branch(body+2, "failure")
	case 14:
		m.line(indent, "- findQueue:")
		m.line(body, "name: %s", name)
		m.line(body, "findName: {exp: '%s'}", m.one("Flow.T", `If(IsSet(Flow.S), Flow.S, "none")`, `Append("Q", ToString(Flow.A))`))
		m.line(body, "findResult: {var: Flow.Q}")
		m.line(body, "outputs:")
		m.branch(body+2, "found")
		m.branch(body+2, "notFound")
	case 15:
		m.line(indent, "- callCommonModule: {name: %s, commonModule: {Module: {ver_latestPublished: {inputs: {Common.N: {exp: '%s'}, Common.S: {exp: '%s'}}, outputs: {Common.Out: {var: %s}}}}}, outputs: {paths: [{path: {name: High, actions: [{updateData: {name: h, statements: [{integer: {variable: Flow.C, value: {exp: '%s'}}}]}}]}}]}}",
			name, m.number(), m.one("Flow.T", "Flow.S", "\"1\""), m.one("Flow.A", "Flow.C"), m.number())
	case 16:
		if m.loop {
			m.line(indent, "- loopNext: {name: %s}", name)
			return
		}
		m.line(indent, "- loop: {name: %s, currentIndex: {var: Flow.I}, loopCount: {exp: '%s'}, outputs: {loop: {actions: [{updateData: {name: add, statements: [{integer: {variable: Flow.A, value: {exp: '%s'}}}, {boolean: {variable: Flow.Y, value: {exp: '%s'}}}]}}]}}}", name,
			m.one("Count(Flow.Values)", "If(Count(Flow.Of) == Count(Flow.Values), Count(Flow.Of), 0)", "2"),
			m.one("Flow.A + GetAt(Flow.Values, Flow.I)", "If(IsSet(GetAt(Flow.Values, Flow.I)), Flow.A + GetAt(Flow.Values, Flow.I), Flow.A)", "If(Flow.Y, Flow.A + 1, Flow.A)"),
			m.one("Flow.Y", "Flow.Y or Flow.A > 2", `Flow.Y or GetAt(Flow.Of, Flow.I) == "2"`))
	case 17:
		if m.task {
			m.line(indent, "- updateData: {name: %s, statements: [{integer: {variable: Task.N, value: {exp: '%s'}}}]}", name, m.number())
			return
		}
		m.line(indent, "- callTask:")
		m.line(body, "name: %s", name)
		m.line(body, `targetTaskRef: "/inboundCall/tasks/task[%s]"`, m.one("T1", "T2"))
		m.line(body, "outputs: {paths: [{path: {name: Yes, actions: [{updateData: {name: y, statements: [{integer: {variable: Flow.A, value: {exp: '%s'}}}]}}]}}, {path: {name: No, actions: [%s]}}]}", m.number(), m.one("", "{disconnect: {name: dropped}}"))
	case 18:
		m.line(indent, `- jumpToMenu: {name: %s, targetMenuRef: "/inboundCall/menus/menu[M]"}`, name)
	}
}

// plain tries every class of every answer by itself, with the ordinary machine.
type plain struct {
	x     *explorer
	ends  map[ending]bool
	fails map[diag.Position]bool
	wait  time.Duration
	runs  int
}

const mostRuns = 4_000

// keyed counts how often keys were asked for, by place.
func (p *plain) run(t failer, s *interp.State, waited time.Duration, keyed map[string]int) {
	if p.runs > mostRuns {
		return
	}
	e, err := p.x.p.Next(s)
	if err != nil {
		t.Fatalf("%v", err)
	}
	if e == nil {
		p.runs++
		r := s.Result()
		p.ends[ending{r.Ending, r.Target, r.Handled, s.Told()}] = true
		for _, q := range r.Problems {
			p.fails[q.Pos] = true
		}
		p.wait = max(p.wait, waited)
		return
	}
	for _, a := range p.x.alternatives(&item{state: s}, e) {
		p.each(a, 0, nil, func(outputs []interp.Named) {
			o, waited, keyed := a.outcome, waited+a.wait, keyed
			o.Outputs = outputs
			if e.Kind == interp.EffectInput {
				if keyed = maps.Clone(keyed); keyed[e.Name] == p.x.set.rounds {
					p.wait = max(p.wait, waited)
					return
				}
				if keyed[e.Name]++; o.Digits != "" {
					p.wait = max(p.wait, waited)
					waited = 0
				}
			}
			next := s.Clone()
			if err := p.x.p.Resume(next, o); err != nil {
				t.Fatalf("%v", err)
			}
			p.run(t, next, waited, keyed)
		})
	}
}

// each gives every combination of classes.
func (p *plain) each(a alternative, at int, outputs []interp.Named, f func([]interp.Named)) {
	if at == len(a.admits) {
		f(outputs)
		return
	}
	for _, row := range p.x.made[a.admits[at]] {
		next := slices.Clone(outputs)
		for _, v := range row {
			next = append(next, interp.Named{Name: a.outcome.Outputs[len(next)].Name, Value: v})
		}
		p.each(a, at+1, next, f)
	}
}

type failer interface {
	Fatalf(format string, args ...any)
}

// Folding shows what plain enumeration shows: the endings, the actions that fail, the longest
// wait. More of them: go test ./pkg/prove -run Folding -rapid.checks 2000
func TestFoldingIsEnumeration(t *testing.T) {
	both := 0
	rapid.Check(t, func(t *rapid.T) {
		if !bothWays(t, rapid.Uint64().Draw(t, "seed")) {
			t.Skip("too many calls to enumerate")
		}
		both++
	})
	t.Logf("%d flows were compared", both)
	if both < 20 {
		t.Errorf("only %d flows were compared", both)
	}
}

// Flows in which folding once differed from enumeration.
func TestFoldingOfOddFlows(t *testing.T) {
	for _, seed := range []uint64{0x362, 0x89, 0xb96} {
		bothWays(t, seed)
	}
}

// States that are taken together, from the first one on and whatever their shape, miss no call:
// each ending, each action that fails and the longest wait of plain enumeration is found.
// More of them: go test ./pkg/prove -run TakenTogether -rapid.checks 2000
func TestTakenTogetherMissesNothing(t *testing.T) {
	both, mixed := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		x, want := folded(t, rapid.Uint64().Draw(t, "seed"), func(set *setting) {
			set.exact, set.shapes = rapid.SampledFrom([]int{1, 2, 5}).Draw(t, "exact"), rapid.SampledFrom([]int{1, 2, 5}).Draw(t, "shapes")
		})
		if want == nil {
			t.Skip("too many calls to enumerate")
		}
		both++
		if len(x.shapes) > 0 {
			mixed++
		}
		for e := range want.ends {
			if !x.ends[e] {
				t.Fatalf("%v is missing from %v", e, x.ends)
			}
		}
		for f := range want.fails {
			if !x.fails[f] {
				t.Fatalf("that %v fails is missing from %v", f, x.fails)
			}
		}
		if wait, _, _ := x.longest(func(e edge) time.Duration { return e.hub }); wait < want.wait {
			t.Fatalf("the longest wait is %s, not %s", want.wait, wait)
		}
	})
	if t.Logf("%d flows were compared, in %d states were taken together", both, mixed); mixed < both/2 {
		t.Errorf("only in %d of %d flows were states taken together", mixed, both)
	}
}

// An attribute that is settled in a state stays so when another state with more classes is
// taken into it.
func TestTakenTogetherWithAnAttribute(t *testing.T) {
	x, want := foldedText(t, `inboundCall:
  name: small
  defaultLanguage: en-us
  startUpRef: "/inboundCall/tasks/task[T0]"
  variables:
    - booleanVariable: {name: Flow.Y, initialValue: {lit: false}}
    - stringVariable: {name: Flow.S, initialValue: {noValue: true}}
    - stringVariable: {name: Flow.T, initialValue: {lit: ""}}
  tasks:
    - task:
        name: T0
        refId: T0
        actions:
          - callData: {name: First, timeout: {lit: {seconds: 1}}, category: {X: {dataAction: {First: {inputs: {}, successOutputs: {y: {var: Flow.Y}}}}}}}
          - callData: {name: Text, timeout: {lit: {seconds: 1}}, category: {X: {dataAction: {Text: {inputs: {}, successOutputs: {s: {var: Flow.S}}}}}}}
          - decision:
              name: branch
              condition: {exp: 'Flow.Y'}
              outputs:
                "yes":
                  actions:
                    - setParticipantData: {name: keep, attributes: [{attribute: {name: {lit: k}, value: {exp: 'If(IsSet(Flow.S), If(Flow.S == "x", "x", "z"), "z")'}}}]}
                    - decision: {name: x, condition: {exp: 'If(IsSet(Flow.S), Flow.S == "x", false)'}, outputs: {"yes": {actions: [{transferToAcd: {name: q, targetQueue: {lit: {name: X}}}}]}}}
                    - updateData: {name: rkeep, statements: [{boolean: {variable: Flow.Y, value: {lit: false}}}]}
                "no":
                  actions:
                    - updateData: {name: rz, statements: [{boolean: {variable: Flow.Y, value: {lit: false}}}]}
                    - callData: {name: D0, timeout: {lit: {seconds: 1}}, category: {X: {dataAction: {D: {inputs: {}, successOutputs: {}}}}}}
                    - callData: {name: D1, timeout: {lit: {seconds: 1}}, category: {X: {dataAction: {D: {inputs: {}, successOutputs: {}}}}}}
                    - callData: {name: D2, timeout: {lit: {seconds: 1}}, category: {X: {dataAction: {D: {inputs: {}, successOutputs: {}}}}}}
                    - setParticipantData: {name: z, attributes: [{attribute: {name: {lit: k}, value: {lit: z}}}]}
          - getParticipantData: {name: get, attributes: [{attribute: {name: {lit: k}, variable: Flow.T}}]}
          - decision:
              name: late
              condition: {exp: 'If(IsSet(Flow.S), Flow.S == "x", false)'}
              outputs:
                "yes":
                  actions:
                    - decision: {name: which, condition: {exp: 'Flow.T == "x"'}, outputs: {"yes": {actions: [{transferToAcd: {name: b, targetQueue: {lit: {name: B}}}}]}, "no": {actions: [{transferToAcd: {name: gone, targetQueue: {lit: {name: Gone}}}}]}}}
          - decision: {name: other, condition: {exp: 'IsSet(Flow.S)'}, outputs: {"yes": {actions: [{transferToAcd: {name: c, targetQueue: {lit: {name: C}}}}]}}}
          - transferToAcd: {name: end, targetQueue: {lit: {name: End}}}
`, func(set *setting) { set.exact, set.shapes = -1, -1 })
	for e := range want.ends {
		if !x.ends[e] {
			t.Errorf("%v is missing from %v", e, x.ends)
		}
	}
}

// bothWays folds a flow and enumerates it; false when it has too many calls for that.
func bothWays(t failer, seed uint64) bool {
	x, want := folded(t, seed, func(*setting) {})
	if want == nil {
		return false
	}
	wait, _, _ := x.longest(func(e edge) time.Duration { return e.hub })
	if !maps.Equal(x.ends, want.ends) || !maps.Equal(x.fails, want.fails) || wait != want.wait {
		t.Fatalf("%s\nfolded: %v %v %s\nplain:  %v %v %s, %d calls", smallFlowOf(seed), x.ends, x.fails, wait, want.ends, want.fails, want.wait, want.runs)
	}
	for _, f := range x.faults {
		if f.example == nil {
			t.Fatalf("%s\n%s: %s does not replay: %v", smallFlowOf(seed), f.property, f.message, f.counterexample().Call)
		}
	}
	return true
}

// folded is a flow both ways; nil when it has too many calls to enumerate.
func folded(t failer, seed uint64, change func(*setting)) (*explorer, *plain) {
	return foldedText(t, smallFlowOf(seed), change)
}

func foldedText(t failer, text string, change func(*setting)) (*explorer, *plain) {
	f, found := architect.Parse("small.yaml", []byte(text))
	if err := found.Err(); err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	module, found := architect.Parse("module.yaml", []byte(smallModule))
	if err := found.Err(); err != nil {
		t.Fatalf("%v", err)
	}
	p, err := interp.Compile(f, interp.Options{Modules: []*architect.File{module}})
	if err != nil || len(p.Findings()) > 0 {
		t.Fatalf("%s\n%v %v", text, err, p.Findings())
	}
	set := setting{
		starts:  []start{{call: interp.Call{ANI: "+15135550142", DNIS: "+15135550100", At: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}}},
		hubspot: func(*interp.Effect) bool { return true }, ending: silent, rounds: 2,
	}
	change(&set)
	x, err := explore(context.Background(), p, set)
	if err != nil || x.open != nil {
		t.Fatalf("%s\n%v %v", text, err, x.open)
	}
	want := &plain{x: x, ends: map[ending]bool{}, fails: map[diag.Position]bool{}}
	if want.run(t, p.Start(set.starts[0].call), 0, map[string]int{}); want.runs > mostRuns {
		return x, nil
	}
	return x, want
}
