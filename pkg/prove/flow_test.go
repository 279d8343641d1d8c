package prove_test

import (
	"context"
	"fmt"
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
    - dateTimeVariable: {name: Flow.Day, initialValue: {noValue: true}}
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

// asking takes keys into Task.D, and says something when none come.
func asking(least, most int) string {
	return fmt.Sprintf("- collectInput: {name: Ask, inputData: {var: Task.D}, digits: {range: {min: %d, max: %d, terminatingDtmf: digit_#}}, inputAudio: {tts: key in}, outputs: {failure: {actions: [{playAudio: {name: no, audio: {tts: no}}}, {disconnect: {name: D}}]}}}\n", least, most)
}

// decide lets callers go in silence when a condition holds.
func decide(condition string) string {
	return "- decision: {name: d, condition: {exp: '" + condition + "'}, outputs: {\"yes\": {actions: [{disconnect: {name: D}}]}}}\n"
}

// hours looks at the schedules and does something in one state.
func hours(state, action string) string {
	return "- evaluateScheduleGroup: {name: E, scheduleGroup: {lit: {name: Hours}}, outputs: {" + state + ": {actions: [" + strings.TrimPrefix(action, "- ") + "]}}}"
}

const dated = "- callData: {name: Find, timeout: {lit: {seconds: 3}}, category: {CRM: {dataAction: {Find: {inputs: {}, successOutputs: {day: {var: Flow.Day}}}}}}}\n"

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
		{"keys that a literal names", asking(4, 4) + decide(`Task.D == "4711"`) + queue, prove.Ending, "since the last key"},
		{"keys by their number", asking(1, 2) + decide(`If(Task.D == "*" or Task.D == "#", false, ToInt(Task.D) > 7 and ToInt(Task.D) < 9)`) + queue, prove.Ending, "since the last key"},
		{"a division by a key", asking(1, 1) + "- updateData: {name: U, statements: [{integer: {variable: Flow.I, value: {exp: 'If(Task.D == \"*\" or Task.D == \"#\", 1, 10 % ToInt(Task.D))'}}}]}\n" + queue, prove.Expressions, "zero"},
		{"keys by their beginning", asking(5, 5) + decide(`Substring(Task.D, 0, 2) == "77"`) + queue, prove.Ending, "since the last key"},
		{"as many keys as a number says", asking(1, 10) + decide(`Length(Task.D) == 6`) + queue, prove.Ending, "since the last key"},
		{"keys by a switch", asking(3, 3) + "- switch: {name: W, evaluate: {firstMatch: {string: {value: {exp: Task.D}, default: {actions: []}, cases: [{case: {value: {lit: \"100\"}, actions: []}}, {case: {value: {lit: \"200\"}, actions: [{disconnect: {name: D}}]}}]}}}}\n" + queue, prove.Ending, "since the last key"},
		{"keys that are told something", asking(3, 3) + "- decision: {name: d, condition: {exp: 'Task.D == \"911\"'}, outputs: {\"yes\": {actions: [{playAudio: {name: p, audio: {tts: bye}}}, {disconnect: {name: D}}]}}}\n" + queue, "", ""},
		{"a text by its length", finding + "\n" + decide(`If(IsSet(Flow.Stage), Length(Flow.Stage) == 5, false)`) + queue, prove.Ending, "told nothing"},
		{"a text by its number", finding + "\n" + decide(`If(Flow.Stage == "76" or Flow.Stage == "77", false, If(IsSet(Flow.Stage), If(Contains(Flow.Stage, "78"), ToInt(Flow.Stage) > 77, false), false))`) + queue, prove.Ending, "told nothing"},
		{"as many items as a number says", finding + "\n" + decide(`If(IsNotSetOrEmpty(Flow.Ids), false, Count(Flow.Ids) > 2)`) + queue, prove.Ending, "told nothing"},
		{"a day that is over", dated + decide(`If(IsSet(Flow.Day), Flow.Day < GetCurrentDateTimeUtc(), false)`) + queue, prove.Ending, "told nothing"},
		{"a day that is to come", dated + decide(`If(IsSet(Flow.Day), Flow.Day > GetCurrentDateTimeUtc(), false)`) + queue, prove.Ending, "told nothing"},
		{"one caller of many", decide(`Call.Ani == "tel:+4915112345678"`) + queue, prove.Ending, "told nothing"},
		{"one name of many", decide(`Call.RemoteName == "VIP"`) + queue, prove.Ending, "told nothing"},
		{"a table that fails", "- dataTableLookup: {name: L, lookupValue: {lit: k}, dataTable: {T: {foundOutputs: {}}}, outputs: {failure: {actions: [{disconnect: {name: D}}]}}}\n" + queue, prove.Ending, "told nothing"},
		{"a number that a variable holds", finding + "\n- updateData: {name: U, statements: [{integer: {variable: Flow.I, value: {exp: '35'}}}]}\n" + decide(`If(IsSet(Flow.N), Flow.N == Flow.I, false)`) + queue, prove.Ending, "told nothing"},
		{"a text that a list holds", finding + "\n- updateData: {name: U, statements: [{stringCollection: {variable: Flow.Values, value: {exp: 'MakeList(\"vip\", \"gold\")'}}}]}\n" + decide(`FindFirst(Flow.Values, Flow.Stage) >= 0`) + queue, prove.Ending, "told nothing"},
		{"a number after a sum", finding + "\n" + decide(`If(IsSet(Flow.N), Flow.N + 5 == 20, false)`) + queue, prove.Ending, "told nothing"},
		{"a number after a product", finding + "\n" + decide(`If(IsSet(Flow.N), Flow.N * 3 == 111, false)`) + queue, prove.Ending, "told nothing"},
		{"a number that an earlier leg left", "- getParticipantData: {name: G, attributes: [{attribute: {name: {lit: tries}, variable: Flow.Stage}}]}\n" + decide(`If(IsNotSetOrEmpty(Flow.Stage) or Flow.Stage == "something else", false, ToInt(Flow.Stage) > 41)`) + queue, prove.Ending, "told nothing"},
		{"a schedule that was looked at", hours("closed", "{"+strings.TrimPrefix(hours("open", "{disconnect: {name: D}}"), "- ")+"}") + "\n" + queue, "", ""},
		{"a schedule in one state", hours("holiday", "{disconnect: {name: D}}") + "\n" + queue, prove.Ending, "told nothing"},
		{"a queue without a name", "- findQueue: {name: F, findName: {lit: \"\"}, findResult: {var: Task.Q}, outputs: {found: {actions: [{disconnect: {name: D}}]}}}\n" + queue, "", ""},
		{"a row by the number that was called", "- dataTableLookup: {name: L, lookupValue: {exp: Call.CalledAddress}, dataTable: {T: {foundOutputs: {}}}}\n" + queue, "", ""},
		{"a priority beyond bounds", finding + "\n" + strings.Replace(queue, "priority: {lit: 0}", "priority: {exp: 'If(IsSet(Flow.N), Flow.N, 0)'}", 1), prove.Expressions, "beyond"},
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

// A queue that only error handling leads to may fail too, and a world file says so.
func TestQueueOfErrorHandlingFails(t *testing.T) {
	text := strings.Replace(flowOf(finding+"\n- updateData: {name: U, statements: [{integer: {variable: Flow.I, value: {exp: 'Flow.N + 1'}}}]}\n"+queue), "  variables:", "  settingsErrorHandling: {errorHandling: {queue: {targetQueue: {lit: {name: Fallback}}}}, preHandlingAudio: {exp: ToAudioBlank(100)}}\n  variables:", 1)
	f, fs := architect.Parse("flow.yaml", []byte(text))
	if err := fs.Err(); err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	r, err := prove.Flow(context.Background(), f, prove.FlowOptions{At: noon})
	if err != nil {
		t.Fatal(err)
	}
	if p := r.Properties[0]; p.ID != prove.Ending || p.Verdict != prove.Broken || p.Counterexample == nil {
		t.Fatalf("%+v", p)
	}
	replayFlow(t, f, r.Properties[0])
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
	text, err := p.Counterexample.World.Encode()
	if err != nil {
		t.Fatal(err)
	}
	d, found := world.Read("world.yaml", text)
	if err := found.Err(); err != nil {
		t.Errorf("%v\n%s", err, text)
		return
	}
	if found := d.Against(prog, world.Known{}); len(found) > 0 {
		t.Errorf("%v\n%s", found, text)
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
