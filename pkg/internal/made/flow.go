package made

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
)

type flowMaker struct {
	r     *rand.Rand
	b     strings.Builder
	depth int
	loops int
	n     int
}

// Flow writes the flow of a seed: three tasks and a menu, every action that changes where a
// call stands, nested, with expressions that may fail and loops and jumps that may never end.
func Flow(seed uint64) string {
	m := &flowMaker{r: rand.New(rand.NewPCG(seed, 1))}
	handler := []string{"disconnect: {none: true}", "queue: {targetQueue: {lit: {name: Fallback}}}", `task: {targetTaskRef: "/inboundCall/tasks/task[T1]"}`, `menu: {targetMenuRef: "/inboundCall/menus/menu[M]"}`}
	fmt.Fprintf(&m.b, `inboundCall:
  name: random
  defaultLanguage: en-us
  startUpRef: "/inboundCall/%s"
  settingsErrorHandling: {errorHandling: {%s}, preHandlingAudio: {exp: ToAudioTTS(Flow.S)}}
  variables:
    - integerVariable: {name: Flow.A, initialValue: {lit: 0}}
    - integerVariable: {name: Flow.B, initialValue: {noValue: true}}
    - stringVariable: {name: Flow.S, initialValue: {lit: s}}
    - queueVariable: {name: Flow.Q, initialValue: {noValue: true}}
  menus:
    - menu:
        name: M
        refId: M
        audio: {tts: m}
        settingsMenu: {repeatCount: {lit: 1}}
        choices:
          - menuDisconnect: {name: bye, dtmf: digit_9}
          - menuJumpToTask: {name: task, dtmf: digit_1, targetTaskRef: "/inboundCall/tasks/task[T0]"}
          - menuTransferToAcd: {name: q, dtmf: digit_2, targetQueue: {exp: 'Flow.Q'}}
          - menuPreviousMenu: {name: up, dtmf: digit_3}
  tasks:
`, []string{"tasks/task[T0]", "menus/menu[M]"}[m.r.IntN(8)/7], handler[m.r.IntN(len(handler))])
	for t := range 3 {
		fmt.Fprintf(&m.b, "    - task:\n        name: T%d\n        refId: T%d\n        variables: [{integerVariable: {name: Task.N, initialValue: {lit: %d}}}]\n        actions:\n", t, t, t)
		m.list(10, 1+m.r.IntN(5))
	}
	return m.b.String()
}

func (m *flowMaker) list(indent, n int) {
	if n == 0 {
		m.line(indent, "[]")
		return
	}
	for range n {
		m.action(indent)
	}
}

func (m *flowMaker) line(indent int, format string, args ...any) {
	m.b.WriteString(strings.Repeat(" ", indent))
	fmt.Fprintf(&m.b, format, args...)
	m.b.WriteByte('\n')
}

func (m *flowMaker) branch(indent int, name string) {
	m.line(indent, "%q:", name)
	m.line(indent+2, "actions:")
	m.depth++
	n := m.r.IntN(3)
	if m.depth > 3 {
		n = 0
	}
	m.list(indent+4, n)
	m.depth--
}

func (m *flowMaker) intExp() string {
	return []string{"Flow.A", "Flow.A + 1", "Flow.B", "Task.N", "Task.N * 2", "2", "10 % Flow.A", "If(IsSet(Flow.B), Flow.B, 3)"}[m.r.IntN(8)]
}

func (m *flowMaker) action(indent int) {
	m.n++
	name := fmt.Sprintf("a%d", m.n)
	body := indent + 6
	switch m.r.IntN(24) {
	case 0, 1:
		m.line(indent, "- updateData: {name: %s, statements: [{integer: {variable: %s, value: {exp: '%s'}}}, {string: {variable: Flow.S, value: {exp: 'ToString(Flow.A)'}}}]}",
			name, []string{"Flow.A", "Flow.B", "Task.N"}[m.r.IntN(3)], m.intExp())
	case 2, 3:
		m.line(indent, "- decision:")
		m.line(body, "name: %s", name)
		m.line(body, "condition: {exp: '%s > %s'}", m.intExp(), m.intExp())
		m.line(body, "outputs:")
		m.branch(body+2, "yes")
		m.branch(body+2, "no")
	case 4, 5:
		m.line(indent, "- callData:")
		m.line(body, "name: %s", name)
		m.line(body, "timeout: {lit: {seconds: 2}}")
		m.line(body, "category: {X: {dataAction: {D%d: {inputs: {a: {exp: '%s'}}, successOutputs: {n: {var: Flow.B}}}}}}", m.r.IntN(2), m.intExp())
		m.line(body, "outputs:")
		m.branch(body+2, "success")
		m.branch(body+2, "failure")
		m.branch(body+2, "timeout")
	case 6:
		m.line(indent, "- loop:")
		m.line(body, "name: %s", name)
		m.line(body, "currentIndex: {var: Task.I%d}", m.depth)
		m.line(body, "loopCount: {exp: '%s'}", m.intExp())
		m.line(body, "outputs:")
		m.loops++
		m.branch(body+2, "loop")
		m.loops--
	case 7:
		if m.loops == 0 {
			m.line(indent, "- playAudio: {name: %s, audio: {tts: x}}", name)
			return
		}
		m.line(indent, "- %s: {name: %s}", []string{"loopNext", "loopExit"}[m.r.IntN(2)], name)
	case 8:
		m.line(indent, `- callTask: {name: %s, targetTaskRef: "/inboundCall/tasks/task[T%d]"}`, name, m.r.IntN(3))
	case 9:
		m.line(indent, `- jumpToTask: {name: %s, targetTaskRef: "/inboundCall/tasks/task[T%d]"}`, name, m.r.IntN(3))
	case 10:
		m.line(indent, "- endTask: {name: %s}", name)
	case 11:
		m.line(indent, "- dataTableLookup:")
		m.line(body, "name: %s", name)
		m.line(body, "lookupValue: {exp: 'Flow.S'}")
		m.line(body, "dataTable: {T: {foundOutputs: {n: {var: Flow.A}}}}")
		m.line(body, "outputs:")
		m.branch(body+2, "found")
	case 12:
		m.line(indent, `- updateData: {name: %s, statements: [{integer: {variable: Flow.A, value: {exp: 'Flow.A + 1'}}}, {queue: {variable: Flow.Q, value: {exp: 'FindQueue(Append("Q", Flow.S))'}}}]}`, name)
	case 13, 16, 17:
		m.line(indent, "- setParticipantData: {name: %s, attributes: [{attribute: {name: {lit: p%d}, value: {exp: 'Append(Flow.S, ToString(Flow.B))'}}}]}", name, m.r.IntN(2))
	case 14:
		m.line(indent, "- transferToAcd:")
		m.line(body, "name: %s", name)
		m.line(body, "targetQueue: {exp: 'Flow.Q'}")
		m.line(body, "priority: {exp: '%s'}", m.intExp())
		m.line(body, "outputs:")
		m.branch(body+2, "failure")
	case 18, 22:
		m.line(indent, "- getParticipantData: {name: %s, attributes: [{attribute: {name: {lit: p%d}, variable: Flow.S}}]}", name, m.r.IntN(2))
	case 19:
		m.line(indent, "- findQueue:")
		m.line(body, "name: %s", name)
		m.line(body, "findName: {exp: '%s'}", []string{"Flow.S", `"Q"`, `Append("Q", ToString(Flow.A))`}[m.r.IntN(3)])
		m.line(body, "findResult: {var: Flow.Q}")
		m.line(body, "outputs:")
		m.branch(body+2, "found")
		m.branch(body+2, "notFound")
	case 20:
		m.line(indent, "- setPriority: {name: %s, priority: {exp: '%s'}}", name, m.intExp())
	case 21:
		m.line(indent, "- setScreenPop: {name: %s, screenPopScript: {P: {inputs: {a: {exp: 'Flow.S'}}}}}", name)
	case 23:
		m.line(indent, "- transferToAcd: {name: %s, targetQueue: {exp: 'Flow.Q'}}", name)
	case 15:
		m.line(indent, []string{"- disconnect: {name: %s}", `- jumpToMenu: {name: %s, targetMenuRef: "/inboundCall/menus/menu[M]"}`}[m.r.IntN(2)], name)
	}
}

// Answer makes an outcome out of a number: each effect has a handful.
func Answer(e *interp.Effect, n int) interp.Outcome {
	ms := time.Duration(n%4) * 700 * time.Millisecond
	switch e.Kind {
	case interp.EffectDataAction:
		b := []string{"success", "success", "failure", "timeout"}[n%4]
		return interp.Outcome{Branch: b, Elapsed: ms, Outputs: []interp.Named{{Name: "n", Value: expr.OfInt(int64(n % 3))}}}
	case interp.EffectTable:
		return interp.Outcome{Branch: []string{"found", "notFound", "failure"}[n%3], Elapsed: ms, Outputs: []interp.Named{{Name: "n", Value: expr.OfInt(int64(n % 5))}}}
	case interp.EffectFind:
		if n%3 == 0 {
			return interp.Outcome{}
		}
		return interp.Outcome{Value: interp.Object(e.Type, e.Name)}
	case interp.EffectInput:
		return interp.Outcome{Digits: []string{"", "1", "2", "3", "9"}[n%5]}
	case interp.EffectTransfer:
		return interp.Outcome{Branch: []string{"success", "failure"}[n%2]}
	}
	switch e.Kind {
	case interp.EffectSchedule:
		return interp.Outcome{Branch: []string{"active", "inactive"}[n%2]}
	case interp.EffectScheduleGroup:
		return interp.Outcome{Branch: []string{"open", "closed", "holiday", "emergency"}[n%4]}
	}
	return interp.Outcome{Branch: e.Branches[n%len(e.Branches)]}
}
