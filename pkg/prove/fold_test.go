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
}

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
  menus: []
  tasks:
    - task:
        name: T0
        refId: T0
        actions:
`, m.one("disconnect: {none: true}", "queue: {targetQueue: {lit: {name: Fallback}}}"))
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
	switch m.r.IntN(11) {
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

func (p *plain) run(t failer, s *interp.State, waited time.Duration) {
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
			o := a.outcome
			o.Outputs = outputs
			next := s.Clone()
			if err := p.x.p.Resume(next, o); err != nil {
				t.Fatalf("%v", err)
			}
			p.run(t, next, waited+a.wait)
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
		seed := rapid.Uint64().Draw(t, "seed")
		text := smallFlowOf(seed)
		f, found := architect.Parse("small.yaml", []byte(text))
		if err := found.Err(); err != nil {
			t.Fatalf("%s\n%v", text, err)
		}
		p, err := interp.Compile(f, interp.Options{})
		if err != nil || len(p.Findings()) > 0 {
			t.Fatalf("%s\n%v %v", text, err, p.Findings())
		}
		set := setting{
			starts:  []start{{call: interp.Call{ANI: "+15135550142", DNIS: "+15135550100", At: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}}},
			hubspot: func(*interp.Effect) bool { return true }, ending: silent,
		}
		x, err := explore(context.Background(), p, set)
		if err != nil || x.open != nil {
			t.Fatalf("%s\n%v %v", text, err, x.open)
		}
		want := &plain{x: x, ends: map[ending]bool{}, fails: map[diag.Position]bool{}}
		want.run(t, p.Start(set.starts[0].call), 0)
		if want.runs > mostRuns {
			t.Skip("too many calls to enumerate")
		}
		both++
		wait, _, _ := x.longest(func(e edge) time.Duration { return e.hub })
		if !maps.Equal(x.ends, want.ends) || !maps.Equal(x.fails, want.fails) || wait != want.wait {
			t.Fatalf("%s\nfolded: %v %v %s\nplain:  %v %v %s, %d calls", text, x.ends, x.fails, wait, want.ends, want.fails, want.wait, want.runs)
		}
		for _, f := range x.faults {
			if f.example == nil {
				t.Fatalf("%s\n%s: %s does not replay: %v", text, f.property, f.message, f.counterexample().Call)
			}
		}
	})
	if both < 20 {
		t.Errorf("only %d flows were compared", both)
	}
}
