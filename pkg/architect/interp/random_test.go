package interp_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
)

// A flowMaker writes random flows: every action that changes where a call stands, nested,
// with expressions that may fail and loops and jumps that may never end.
type flowMaker struct {
	r     *rand.Rand
	b     strings.Builder
	depth int
	loops int
	n     int
}

func makeFlow(seed uint64) string {
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

// answer makes an outcome out of a number: each effect has a handful.
func answer(e *interp.Effect, n int) interp.Outcome {
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

func compiled(t interface{ Fatalf(string, ...any) }, src string) *interp.Program {
	return compiledUnder(t, src, interp.Options{NotSetParticipantData: interp.NotSetEmpty})
}

func compiledUnder(t interface{ Fatalf(string, ...any) }, src string, o interp.Options) *interp.Program {
	f, found := parseQuiet(src)
	if f == nil {
		t.Fatalf("%v\n%s", found, src)
	}
	p, err := interp.Compile(f, o)
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	for _, x := range p.Findings() {
		t.Fatalf("%v\n%s", x, src)
	}
	return p
}

// shown is a result in words.
func shown(r interp.Result) string {
	pop := r.ScreenPop
	if r.ScreenPop = nil; pop == nil {
		return fmt.Sprintf("%+v", r)
	}
	return fmt.Sprintf("%+v %+v", r, *pop)
}

// drive runs a state to its end with random answers and tells what it saw.
func drive(t interface{ Fatalf(string, ...any) }, p *interp.Program, s *interp.State, seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 2))
	var b strings.Builder
	for range 100_000 {
		e, err := p.Next(s)
		if err != nil {
			t.Fatalf("refused: %v", err)
		}
		if e == nil {
			res := s.Result()
			res.Path, res.Problems, res.Warnings = nil, nil, nil
			return b.String() + shown(res)
		}
		fmt.Fprintf(&b, "%s %s %v %v %v;", e.Kind, e.Name, e.Inputs, e.Key, e.Transfer)
		if err := p.Resume(s, answer(e, r.IntN(60))); err != nil {
			t.Fatalf("resume: %v", err)
		}
	}
	t.Fatalf("the run does not end")
	return ""
}

func TestEveryRunEndsWithinItsBudget(t *testing.T) {
	longest := 0
	rapid.Check(t, func(t *rapid.T) {
		src := makeFlow(rapid.Uint64().Draw(t, "flow"))
		p := compiled(t, src)
		s := p.Start(interp.Call{ANI: "x", At: time.Unix(0, 0)})
		drive(t, p, s, rapid.Uint64().Draw(t, "answers"))
		if !s.Ended() || s.Actions() > 11_000 {
			t.Fatalf("ended %v after %d actions", s.Ended(), s.Actions())
		}
		longest = max(longest, s.Actions())
	})
	if longest < 1000 {
		t.Errorf("the longest run had %d actions: no flow came near its budget", longest)
	}
}

func TestCloneGoesItsOwnWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := compiled(t, makeFlow(rapid.Uint64().Draw(t, "flow")))
		s := p.Start(interp.Call{ANI: "x", ParticipantData: map[string]string{"p0": "before"}})
		s.Record(interp.TraceFull)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "steps"), 3))
		for range r.IntN(12) {
			e, _ := p.Next(s)
			if e == nil {
				break
			}
			if err := p.Resume(s, answer(e, r.IntN(60))); err != nil {
				t.Fatalf("%v", err)
			}
		}
		if r.IntN(2) == 0 {
			p.Next(s) //nolint:errcheck // stands at an effect or at the end
		}
		key, steps := string(s.AppendKey(nil)), fmt.Sprint(s.Steps())
		c := s.Clone()
		if got := string(c.AppendKey(nil)); got != key {
			t.Fatalf("a clone has another key")
		}
		other := s.Clone()
		drive(t, p, other, rapid.Uint64().Draw(t, "other"))
		if string(s.AppendKey(nil)) != key || string(c.AppendKey(nil)) != key || fmt.Sprint(s.Steps()) != steps {
			t.Fatalf("running a clone changed its original")
		}
		seed := rapid.Uint64().Draw(t, "answers")
		if a, b := drive(t, p, s, seed), drive(t, p, c, seed); a != b {
			t.Fatalf("clone and original differ\n%s\n%s", a, b)
		}
	})
}

// TestEqualKeysHaveOneFuture visits the states of a random flow by different paths and
// compares the futures of those with one key. Time and budget are no part of the key, so
// they are made equal first.
func TestEqualKeysHaveOneFuture(t *testing.T) {
	pairs := 0
	rapid.Check(t, func(t *rapid.T) {
		p := compiled(t, makeFlow(rapid.Uint64().Draw(t, "flow")))
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "walks"), 4))
		seen := map[string][]*interp.State{}
		for range 10 {
			s := p.Start(interp.Call{ANI: "x"})
			for range 10 {
				e, _ := p.Next(s)
				if e == nil {
					break
				}
				if err := p.Resume(s, answer(e, r.IntN(60))); err != nil {
					t.Fatalf("%v", err)
				}
				k := string(s.AppendKey(nil))
				if len(seen[k]) < 3 {
					seen[k] = append(seen[k], s.Clone())
				}
			}
		}
		keys := make([]string, 0, len(seen))
		for k := range seen {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			seed := r.Uint64()
			first := ""
			for i, s := range seen[k] {
				s.SetElapsed(0)
				s.SetActions(0)
				got := drive(t, p, s, seed)
				if i > 0 {
					pairs++
					if got != first {
						t.Fatalf("one key, two futures\n%s\n%s", first, got)
					}
				}
				first = got
			}
		}
	})
	enough := 100
	if testing.Short() {
		enough = 20 // a fifth of the flows are tried then
	}
	if pairs < enough {
		t.Errorf("only %d pairs were compared", pairs)
	}
}

// TestWorldThatAnswersNonsense: whatever a world says, Resume takes it or says why not.
func TestWorldThatAnswersNonsense(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := compiled(t, makeFlow(rapid.Uint64().Draw(t, "flow")))
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "answers"), 5))
		w := worldFunc(func(e *interp.Effect) interp.Outcome {
			o := answer(e, r.IntN(60))
			switch r.IntN(12) {
			case 0:
				o.Branch = []string{"", "yes", "failure", "Success"}[r.IntN(4)]
			case 1:
				o.Outputs = []interp.Named{{Name: "n", Value: expr.OfString("x")}, {}}
			case 2:
				o.Value = expr.OfInt(1)
			case 3:
				o.Elapsed = time.Duration(r.Int64())
			case 4:
				o.Digits = "äöü 12345678901234567890"
			}
			return o
		})
		if _, err := interp.Run(context.Background(), p, interp.Call{}, w, interp.RunOptions{}); err != nil && err.Error() == "" {
			t.Fatalf("an error without words")
		}
	})
}

type worldFunc func(*interp.Effect) interp.Outcome

func (f worldFunc) Do(_ context.Context, e *interp.Effect) (interp.Outcome, error) { return f(e), nil }
func (f worldFunc) Now() time.Time                                                 { return time.Unix(0, 0) }

// FuzzFlow: whatever text is read as a flow compiles or not, and runs to an end or is
// refused; keys and clones can be taken of every state on the way.
func FuzzFlow(f *testing.F) {
	for i := range uint64(5) {
		f.Add([]byte(makeFlow(i)), i)
	}
	for _, c := range cases(f) {
		f.Add(c.ar.Files[0].Data, uint64(1))
	}
	f.Fuzz(func(t *testing.T, src []byte, seed uint64) {
		file, _ := architect.Parse("f", src)
		p, err := interp.Compile(file, interp.Options{Budget: 500})
		if err != nil {
			return
		}
		r := rand.New(rand.NewPCG(seed, 6))
		s := p.Start(interp.Call{ANI: "x", At: time.Unix(0, 0)})
		for range 20_000 {
			e, err := p.Next(s)
			s.Clone().AppendKey(nil)
			if err != nil || e == nil {
				return
			}
			if err := p.Resume(s, answer(e, r.IntN(60))); err != nil {
				return
			}
			s.AppendKey(nil)
		}
		t.Fatal("the run does not end")
	})
}
