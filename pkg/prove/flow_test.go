package prove_test

import (
	"context"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/prove"
)

// flowOf is a flow with these actions, two to a line where one is short.
func flowOf(actions string) string {
	return `inboundCall:
  name: t
  startUpRef: "/inboundCall/tasks/task[A]"
  defaultLanguage: en-us
  initialGreeting: {exp: ToAudioBlank(100)}
  variables:
    - stringVariable: {name: Flow.Stage, initialValue: {noValue: true}}
    - integerVariable: {name: Flow.N, initialValue: {noValue: true}}
    - stringCollectionVariable: {name: Flow.Ids, initialValue: {noValue: true}}
    - stringCollectionVariable: {name: Flow.Values, initialValue: {noValue: true}}
    - integerVariable: {name: Flow.I, initialValue: {lit: 0}}
  menus:
    - menu:
        name: M
        refId: M
        audio: {tts: press}
        choices: [{menuJumpToTask: {name: again, dtmf: digit_1, targetTaskRef: "/inboundCall/tasks/task[A]"}}, {menuTransferToAcd: {name: q, dtmf: digit_2, targetQueue: {lit: {name: Q}}}}]
  tasks:
    - task:
        name: A
        refId: A
        actions:
` + indented(actions)
}

func indented(actions string) string {
	var b strings.Builder
	for _, l := range strings.Split(strings.TrimSpace(actions), "\n") {
		b.WriteString("          " + strings.TrimRight(strings.TrimPrefix(l, "\t\t\t"), " ") + "\n")
	}
	return b.String()
}

const (
	finding = `- callData: {name: Find, timeout: {lit: {seconds: 3}}, category: {CRM: {dataAction: {Find: {inputs: {phone: {exp: Call.Ani}}, successOutputs: {stage: {var: Flow.Stage}, n: {var: Flow.N}, ids: {var: Flow.Ids}, values: {var: Flow.Values}}}}}}}`
	queue   = `- transferToAcd: {name: T, targetQueue: {lit: {name: Q}}, preTransferAudio: {exp: ToAudioBlank(100)}, failureTransferAudio: {exp: ToAudioBlank(100)}, priority: {lit: 0}, outputs: {failure: {actions: [{playAudio: {name: sorry, audio: {tts: sorry}}}, {disconnect: {name: bye}}]}}}`
)

// What is wrong with a flow is found with its property, and its call replays; what is right is
// not called wrong.
func TestFlowsOfOthers(t *testing.T) {
	for _, c := range []struct {
		name, actions, broken, message string
	}{
		{"right", finding + "\n" + queue, "", ""},
		{"the timeout ends in silence", strings.Replace(finding, "}}}}}}}", "}}}}}}, outputs: {timeout: {actions: [{disconnect: {name: D}}]}}}", 1) + "\n" + queue, prove.Ending, "told nothing"},
		{"a failed transfer ends in silence", strings.Replace(queue, "{playAudio: {name: sorry, audio: {tts: sorry}}}, ", "", 1), prove.Ending, "told nothing"},
		{"one stage of many ends in silence", finding + "\n- decision: {name: d, condition: {exp: 'Flow.Stage == \"lost\"'}, outputs: {\"yes\": {actions: [{disconnect: {name: D}}]}}}\n" + queue, prove.Ending, "told nothing"},
		{"one number of many ends in silence", finding + "\n- decision: {name: d, condition: {exp: 'If(IsSet(Flow.N), Flow.N == 4711, false)'}, outputs: {\"yes\": {actions: [{disconnect: {name: D}}]}}}\n" + queue, prove.Ending, "told nothing"},
		{"a condition over two answers", finding + "\n- decision: {name: d, condition: {exp: 'Flow.Stage == \"won\" and If(IsSet(Flow.N), Flow.N >= 100, false)'}, outputs: {\"yes\": {actions: [{disconnect: {name: D}}]}}}\n" + queue, prove.Ending, "told nothing"},
		{"NOT_SET is added", finding + "\n- updateData: {name: U, statements: [{integer: {variable: Flow.I, value: {exp: 'Flow.N + 1'}}}]}\n" + queue, prove.Expressions, "NOT_SET"},
		{"a text that is no number", finding + "\n- updateData: {name: U, statements: [{integer: {variable: Flow.I, value: {exp: 'If(IsSet(Flow.Stage), ToInt(Flow.Stage), 0)'}}}]}\n" + queue, prove.Expressions, "not an integer"},
		{"a division by nothing", finding + "\n- updateData: {name: U, statements: [{integer: {variable: Flow.I, value: {exp: 'If(IsSet(Flow.N), 10 % Flow.N, 0)'}}}]}\n" + queue, prove.Expressions, ""},
		{"a shorter list", finding + "\n- loop: {name: L, currentIndex: {var: Flow.I}, loopCount: {exp: Count(Flow.Ids)}, outputs: {loop: {actions: [{updateData: {name: U, statements: [{string: {variable: Flow.Stage, value: {exp: 'GetAt(Flow.Values, Flow.I)'}}}]}}]}}}\n" + queue, prove.Expressions, ""},
		{"lists that were compared", finding + "\n- decision: {name: d, condition: {exp: 'If(IsNotSetOrEmpty(Flow.Ids) or IsNotSetOrEmpty(Flow.Values), false, Count(Flow.Ids) == Count(Flow.Values))'}, outputs: {\"no\": {actions: [{jumpToMenu: {name: m, targetMenuRef: \"/inboundCall/menus/menu[M]\"}}]}}}\n- loop: {name: L, currentIndex: {var: Flow.I}, loopCount: {exp: Count(Flow.Ids)}, outputs: {loop: {actions: [{updateData: {name: U, statements: [{string: {variable: Flow.Stage, value: {exp: 'GetAt(Flow.Values, Flow.I)'}}}]}}]}}}\n" + queue, prove.Ending, "told nothing"},
		{"the caller's name is no number", "- updateData: {name: U, statements: [{integer: {variable: Flow.I, value: {exp: 'If(IsSet(Call.RemoteName), ToInt(Call.RemoteName), 0)'}}}]}\n" + queue, prove.Expressions, "not an integer"},
		{"looked up for ever", finding + "\n- jumpToTask: {name: again, targetTaskRef: \"/inboundCall/tasks/task[A]\"}", prove.Wait, "again and again"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := flowOf(c.actions)
			f, fs := architect.Parse("flow.yaml", []byte(text))
			if err := fs.Err(); err != nil {
				t.Fatalf("%s\n%v", text, err)
			}
			r, err := prove.Flow(context.Background(), f, prove.FlowOptions{At: noon})
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, p := range r.Properties {
				switch {
				case p.Verdict == prove.Holds:
				case p.ID == prove.Ending && c.broken == prove.Expressions: // error handling disconnects
				case p.ID != c.broken || p.Verdict != prove.Broken || !strings.Contains(p.Message, c.message):
					t.Errorf("%s %s: %s\n%s", p.ID, p.Verdict, p.Message, text)
				default:
					found = true
					replayFlow(t, f, p)
				}
			}
			if !found && c.broken != "" {
				t.Errorf("nothing was found\n%s", text)
			}
		})
	}
}

// replayFlow runs a counterexample and wants to see what it is for.
func replayFlow(t *testing.T, f *architect.File, p prove.Property) {
	t.Helper()
	if p.Counterexample == nil {
		if p.ID != prove.Wait {
			t.Errorf("%s has no call", p.ID)
		}
		return
	}
	prog, err := interp.Compile(f, interp.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := interp.Run(context.Background(), prog, p.Counterexample.World.Start(), world.New(p.Counterexample.World), interp.RunOptions{})
	switch {
	case err != nil:
		t.Error(err)
	case p.ID == prove.Ending && r.Ending != interp.EndDisconnect:
		t.Errorf("the call ends at %s %s", r.Ending, r.Target)
	case p.ID == prove.Expressions && len(r.Problems) == 0:
		t.Error("nothing fails in the call")
	}
}
