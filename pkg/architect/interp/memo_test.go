package interp_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/internal/made"
)

// TestARememberedCallIsTheCall runs calls of a few callers through random flows, with answers
// that come again and some that do not, and compares each with a run without a memo: what the
// world is asked, and what became of the call.
func TestARememberedCallIsTheCall(t *testing.T) {
	runs, makes := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "calls"), 7))
		src := made.Flow(rapid.Uint64().Draw(t, "flow"))
		if r.IntN(2) == 0 {
			src = makeChain(r)
		}
		for _, swap := range []struct{ from, to string }{
			{"Flow.A + 1", "Second(GetCurrentDateTimeUtc())"}, {"Task.N * 2", "Length(Call.Ani)"}, {"'2'", "'Flow.A + Second(Flow.StartDateTimeUtc)'"},
		} {
			if r.IntN(3) > 0 {
				src = strings.ReplaceAll(src, swap.from, swap.to)
			}
		}
		p := compiledUnder(t, src, interp.Options{
			NotSetParticipantData: []interp.NotSet{interp.NotSetEmpty, interp.NotSetAbsent}[r.IntN(2)], ShortCircuit: r.IntN(2) == 0, Budget: 200, HandlerBudget: 50,
		})
		m := interp.NewMemo(p)
		wary := r.IntN(3) == 0
		if wary {
			m.Wary()
		}
		level := []interp.Trace{interp.TraceOff, interp.TracePath}[r.IntN(2)]
		for range 40 {
			c := interp.Call{ANI: []string{"x", "+15135550142", ""}[r.IntN(2+r.IntN(2))], At: time.Unix(int64(r.IntN(5)), 0)}
			if r.IntN(3) == 0 {
				c.ParticipantData = map[string]string{"p0": fmt.Sprint(r.IntN(3))}
			}
			seed := r.Uint64() % 2
			want, asked := drivenBy(t, p, c, seed, interp.RunOptions{Trace: level})
			got, said := drivenBy(t, p, c, seed, interp.RunOptions{Trace: level, Memo: m})
			if said != asked {
				t.Fatalf("the world is asked\n%s\nand without the memo\n%s\n%s", said, asked, src)
			}
			if got != want {
				t.Fatalf("the call ends\n%s\nand without the memo\n%s\n%s", got, want, src)
			}
		}
		if x, y := m.Remembered(); !wary {
			runs, makes = runs+x, makes+y
		}
	})
	if makes*3 > runs*2 {
		t.Errorf("of %d stretches %d had to be computed: nothing is remembered", runs, makes)
	}
}

// makeChain writes a flow whose actions hand to each other what may differ between calls: by
// variables, participant data, objects that were looked up, rounds of loops, and branches.
func makeChain(r *rand.Rand) string {
	var b strings.Builder
	b.WriteString(`inboundCall:
  name: chain
  defaultLanguage: en-us
  startUpRef: "/inboundCall/tasks/task[T0]"
  settingsErrorHandling: {errorHandling: {queue: {targetQueue: {lit: {name: Fallback}}}}}
  variables:
    - integerVariable: {name: Flow.A, initialValue: {lit: 0}}
    - integerVariable: {name: Flow.B, initialValue: {lit: 1}}
    - integerVariable: {name: Flow.C, initialValue: {lit: 1}}
    - stringVariable: {name: Flow.S, initialValue: {lit: s}}
    - queueVariable: {name: Flow.Q, initialValue: {lit: {name: Q}}}
  tasks:
`)
	number := func() string {
		return []string{"Flow.A", "Flow.B", "Flow.A + 1", "1", "2", `If(IsSet(Flow.S), Length(Flow.S), 0)`, "Second(GetCurrentDateTimeUtc())", "Length(Call.Ani)", "Task.N", "Task.I"}[r.IntN(10)]
	}
	text := func() string {
		return []string{`If(IsSet(Flow.S), Flow.S, "none")`, `"a"`, `"b"`, "ToString(Flow.A)", "If(IsSet(Flow.Q), Flow.Q.name, Flow.S)", "If(IsSet(Flow.S), Left(Flow.S, 3), \"\")"}[r.IntN(6)]
	}
	variable := func() string { return []string{"Flow.A", "Flow.B", "Flow.C", "Task.N"}[r.IntN(4)] }
	few := make([]int, 3) // kinds of actions, so that one often meets what another left
	for i := range few {
		few[i] = r.IntN(12)
	}
	for task := range 2 {
		fmt.Fprintf(&b, "    - task:\n        name: T%d\n        refId: T%d\n        variables: [{integerVariable: {name: Task.N, initialValue: {lit: 0}}}, {integerVariable: {name: Task.I, initialValue: {lit: 0}}}]\n        actions:\n", task, task)
		for i := range 4 + r.IntN(12) {
			update := fmt.Sprintf("{updateData: {name: u%d, statements: [{integer: {variable: %s, value: {exp: '%s'}}}, {string: {variable: Flow.S, value: {exp: '%s'}}}]}}", i, variable(), number(), text())
			b.WriteString("          - " + []string{
				update[1 : len(update)-1],
				fmt.Sprintf("setParticipantData: {name: a%d, attributes: [{attribute: {name: {lit: p%d}, value: {exp: '%s'}}}, {attribute: {name: {lit: p1}, value: {exp: '%s'}}}]}", i, r.IntN(2), text(), text()),
				fmt.Sprintf("getParticipantData: {name: g%d, attributes: [{attribute: {name: {lit: p%d}, variable: Flow.S}}]}", i, r.IntN(2)),
				fmt.Sprintf("decision: {name: d%d, condition: {exp: '%s == %s'}, outputs: {\"yes\": {actions: [%s]}, \"no\": {actions: []}}}", i, number(), number(), update),
				fmt.Sprintf("loop: {name: l%d, currentIndex: {var: %s}, loopCount: {exp: '%s'}, outputs: {loop: {actions: [%s]}}}", i, variable(), number(), []string{"", update}[r.IntN(2)]),
				fmt.Sprintf("findQueue: {name: f%d, findName: {exp: '%s'}, findResult: {var: Flow.Q}, outputs: {found: {actions: []}, notFound: {actions: []}}}", i, text()),
				fmt.Sprintf("updateData: {name: q%d, statements: [{queue: {variable: Flow.Q, value: {exp: 'FindQueue(%s)'}}}]}", i, text()),
				fmt.Sprintf("dataTableLookup: {name: t%d, lookupValue: {lit: k}, dataTable: {T: {foundOutputs: {n: {var: %s}}}}, outputs: {found: {actions: []}, notFound: {actions: []}}}", i, variable()),
				fmt.Sprintf("callData: {name: c%d, timeout: {lit: {seconds: 2}}, category: {X: {dataAction: {D: {inputs: {a: {exp: '%s'}}, successOutputs: {n: {var: %s}}}}}}, outputs: {success: {actions: []}, failure: {actions: []}, timeout: {actions: []}}}", i, number(), variable()),
				fmt.Sprintf("setPriority: {name: r%d, priority: {exp: '%s'}}", i, number()),
				fmt.Sprintf("setScreenPop: {name: s%d, screenPopScript: {P: {inputs: {a: {exp: '%s'}}}}}", i, text()),
				"callTask: {name: call, targetTaskRef: \"/inboundCall/tasks/task[T1]\"}",
			}[min(append(few, 0)[r.IntN(4)], 11-task)] + "\n")
		}
		b.WriteString([]string{"          - transferToAcd: {name: end, targetQueue: {exp: 'Flow.Q'}, outputs: {failure: {actions: [{disconnect: {name: bye}}]}}}\n", "          - endTask: {name: end}\n"}[task])
	}
	return b.String()
}

// drivenBy runs a call with answers from a seed.
func drivenBy(t interface{ Fatalf(string, ...any) }, p *interp.Program, c interp.Call, seed uint64, o interp.RunOptions) (result, asked string) {
	r := rand.New(rand.NewPCG(seed, 8))
	var b strings.Builder
	w := worldFunc(func(e *interp.Effect) interp.Outcome {
		fmt.Fprintf(&b, "%s %s %v %v %v %v %v %v;", e.Kind, e.Name, e.Inputs, e.Key, e.Transfer, e.At, e.Timeout, e.Outputs)
		return made.Answer(e, r.IntN(60))
	})
	res, err := interp.Run(context.Background(), p, c, w, o)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return shown(res), b.String()
}

// TestWhatDiffersIsFollowed holds places where a value that differs between calls hides on its
// way to what is seen of a call.
func TestWhatDiffersIsFollowed(t *testing.T) {
	const clock = "updateData: {name: u, statements: [{integer: {variable: Flow.A, value: {exp: 'Second(GetCurrentDateTimeUtc())'}}}, {string: {variable: Flow.S, value: {exp: 'ToString(Flow.A)'}}}]}"
	const show = "setParticipantData: {name: show, attributes: [{attribute: {name: {lit: seen}, value: {exp: 'Append(Flow.S, ToString(Flow.A), If(IsSet(Flow.Q), Flow.Q.name, \"none\"))'}}}]}"
	for name, between := range map[string]string{
		"participant data":       "setParticipantData: {name: a, attributes: [{attribute: {name: {lit: p}, value: {exp: 'Flow.S'}}}]}\n          - updateData: {name: v, statements: [{string: {variable: Flow.S, value: {lit: x}}}, {integer: {variable: Flow.A, value: {lit: 1}}}]}\n          - getParticipantData: {name: b, attributes: [{attribute: {name: {lit: p}, variable: Flow.S}}]}",
		"an object by name":      "findQueue: {name: f, findName: {exp: 'Flow.S'}, findResult: {var: Flow.Q}, outputs: {found: {actions: []}, notFound: {actions: []}}}\n          - updateData: {name: v, statements: [{string: {variable: Flow.S, value: {lit: x}}}, {integer: {variable: Flow.A, value: {lit: 1}}}]}",
		"the index of a loop":    "loop: {name: l, currentIndex: {var: Flow.A}, loopCount: {exp: 'Flow.A + 1'}, outputs: {loop: {actions: []}}}\n          - updateData: {name: v, statements: [{string: {variable: Flow.S, value: {lit: x}}}]}",
		"a branch":               "decision: {name: d, condition: {exp: 'Flow.A == 2'}, outputs: {\"yes\": {actions: [{updateData: {name: w, statements: [{queue: {variable: Flow.Q, value: {exp: 'FindQueue(\"two\")'}}}]}}]}, \"no\": {actions: []}}}\n          - updateData: {name: v, statements: [{string: {variable: Flow.S, value: {lit: x}}}, {integer: {variable: Flow.A, value: {lit: 1}}}]}",
		"what a statement keeps": "updateData: {name: v, statements: [{integer: {variable: Flow.A, value: {exp: 'Flow.A * 2'}}}, {string: {variable: Flow.S, value: {lit: x}}}]}",
	} {
		src := `inboundCall:
  name: chain
  defaultLanguage: en-us
  startUpRef: "/inboundCall/tasks/task[T0]"
  settingsErrorHandling: {errorHandling: {queue: {targetQueue: {lit: {name: Fallback}}}}}
  variables:
    - integerVariable: {name: Flow.A, initialValue: {lit: 0}}
    - stringVariable: {name: Flow.S, initialValue: {lit: s}}
    - queueVariable: {name: Flow.Q, initialValue: {lit: {name: Q}}}
  tasks:
    - task:
        name: T0
        refId: T0
        actions:
          - ` + clock + "\n          - " + between + "\n          - " + show + "\n          - disconnect: {name: end}\n"
		p := compiled(t, src)
		m := interp.NewMemo(p)
		results := map[string]bool{}
		for i := range 9 {
			c := interp.Call{ANI: "x", At: time.Unix(int64(i%4), 0)}
			want, asked := drivenBy(t, p, c, 1, interp.RunOptions{})
			got, said := drivenBy(t, p, c, 1, interp.RunOptions{Memo: m})
			if got != want || said != asked {
				t.Errorf("%s: call %d ends\n%s\nand without the memo\n%s", name, i, got, want)
			}
			results[got] = true
		}
		if len(results) < 2 {
			t.Errorf("%s: what differs is not seen", name)
		}
	}
}
