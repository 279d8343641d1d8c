package interp_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
)

// TestKeysKeepWhatIsStillRead takes two calls to the same place with different values of
// Flow.V: their keys differ exactly when something that may come reads it.
func TestKeysKeepWhatIsStillRead(t *testing.T) {
	for _, c := range []struct {
		name, then, handler string
		reads               bool
	}{
		{"nothing", "- playAudio: {audio: {tts: x}}", "", false},
		{"written first", "- updateData: {statements: [{integer: {variable: Flow.V, value: {lit: 5}}}]}\n- playAudio: {audio: {exp: ToAudioTTS(ToString(Flow.V))}}", "", false},
		{"statement", "- updateData: {statements: [{integer: {variable: Flow.V, value: {exp: Flow.V + 1}}}]}", "", true},
		{"statement after a look-up", "- updateData: {statements: [{queue: {variable: Flow.Q, value: {exp: FindQueue(\"x\")}}}, {integer: {variable: Flow.W, value: {exp: Flow.V}}}]}", "", true},
		{"audio", "- playAudio: {audio: {exp: ToAudioTTS(ToString(Flow.V))}}", "", true},
		{"decision", "- decision: {condition: {exp: Flow.V > 1}}", "", true},
		{"in a branch", "- decision: {condition: {exp: Flow.W > 1}, outputs: {\"no\": {actions: [{playAudio: {audio: {exp: ToAudioTTS(ToString(Flow.V))}}}]}}}", "", true},
		{"switch", "- switch: {evaluate: {firstTrue: {cases: [{case: {value: {exp: Flow.V > 1}, actions: []}}]}}}", "", true},
		{"switch value", "- switch: {evaluate: {firstMatch: {integer: {value: {exp: Flow.V}, cases: [{case: {value: {lit: 1}, actions: []}}]}}}}", "", true},
		{"switch case", "- switch: {evaluate: {firstMatch: {integer: {value: {lit: 1}, cases: [{case: {value: {exp: Flow.V}, actions: []}}]}}}}", "", true},
		{"loop", "- loop: {currentIndex: {var: Flow.W}, loopCount: {exp: Flow.V}, outputs: {loop: {actions: [{playAudio: {audio: {tts: x}}}]}}}", "", true},
		{"loop body", "- loop: {currentIndex: {var: Flow.W}, loopCount: {lit: 2}, outputs: {loop: {actions: [{playAudio: {audio: {exp: ToAudioTTS(ToString(Flow.V))}}}, {loopNext: {}}]}}}", "", true},
		{"after a loop", "- loop: {currentIndex: {var: Flow.W}, loopCount: {lit: 2}, outputs: {loop: {actions: [{loopExit: {}}]}}}\n- playAudio: {audio: {exp: ToAudioTTS(ToString(Flow.V))}}", "", true},
		{"data action", "- callData: {timeout: {lit: {seconds: 1}}, category: {X: {dataAction: {C: {inputs: {v: {exp: Flow.V}}}}}}}", "", true},
		{"table", "- dataTableLookup: {lookupValue: {exp: ToString(Flow.V)}, dataTable: {T: {}}}", "", true},
		{"participant data", "- setParticipantData: {attributes: [{attribute: {name: {lit: v}, value: {exp: Flow.V}}}]}", "", true},
		{"attribute name", "- getParticipantData: {attributes: [{attribute: {name: {exp: ToString(Flow.V)}, variable: Flow.S}}]}", "", true},
		{"screen pop", "- setScreenPop: {screenPopScript: {S: {inputs: {v: {exp: Flow.V}}}}}", "", true},
		{"find", "- findQueue: {findName: {exp: ToString(Flow.V)}, findResult: {var: Flow.Q}}", "", true},
		{"schedule time", "- evaluateSchedule: {evaluationType: {schedule: {selectedSchedule: {lit: {name: S}}, evaluate: {dateTime: {exp: ToDateTime(Flow.V)}}}}}", "", true},
		{"collect", "- collectInput: {inputData: {var: Flow.S}, digits: {exact: 2}, acceptJustStar: {exp: Flow.V > 1}}", "", true},
		{"other action", "- setPriority: {priority: {exp: Flow.V}}", "", true},
		{"skills", "- setSkills: {acdSkills: [{acdSkill: {exp: FindSkill(ToString(Flow.V))}}]}", "", true},
		{"transfer priority", "- transferToAcd: {targetQueue: {lit: {name: Q}}, priority: {exp: Flow.V}}", "", true},
		{"transfer target", "- transferToNumber: {targetNumber: {exp: ToString(Flow.V)}}", "", true},
		{"failure audio", "- transferToNumber: {targetNumber: {lit: \"1\"}, failureTransferAudio: {exp: ToAudioTTS(ToString(Flow.V))}}", "", true},
		{"failure branch", "- transferToNumber: {targetNumber: {lit: \"1\"}, outputs: {failure: {actions: [{playAudio: {audio: {exp: ToAudioTTS(ToString(Flow.V))}}}]}}}", "", true},
		{"called task", "- callTask: {targetTaskRef: \"/inboundCall/tasks/task[Say]\"}", "", true},
		{"after a called task", "- callTask: {targetTaskRef: \"/inboundCall/tasks/task[Quiet]\"}\n- playAudio: {audio: {exp: ToAudioTTS(ToString(Flow.V))}}", "", true},
		{"task jumped to", "- jumpToTask: {targetTaskRef: \"/inboundCall/tasks/task[Say]\"}", "", true},
		{"menu", "- jumpToMenu: {targetMenuRef: \"/inboundCall/menus/menu[M]\"}", "", true},
		{"error handling", "- playAudio: {audio: {tts: x}}", "task: {targetTaskRef: \"/inboundCall/tasks/task[Say]\"}", true},
		{"error handling before a write", "- updateData: {statements: [{integer: {variable: Flow.W, value: {exp: 10 % Flow.W}}}, {integer: {variable: Flow.V, value: {lit: 1}}}]}", "task: {targetTaskRef: \"/inboundCall/tasks/task[Say]\"}", true},
		{"module input", "- callCommonModule: {commonModule: {Mod: {ver_latestPublished: {inputs: {Common.x: {exp: Flow.V}}}}}}", "", true},
		{"after a module", "- callCommonModule: {commonModule: {Mod: {ver_latestPublished: {}}}}\n- playAudio: {audio: {exp: ToAudioTTS(ToString(Flow.V))}}", "", true},
	} {
		handler := "disconnect: {none: true}"
		if c.handler != "" {
			handler = c.handler
		}
		src := fmt.Sprintf(`inboundCall:
  name: live
  defaultLanguage: en-us
  startUpRef: "/inboundCall/tasks/task[T]"
  settingsErrorHandling: {errorHandling: {%s}, preHandlingAudio: {exp: ToAudioBlank(1)}}
  variables:
    - integerVariable: {name: Flow.V, initialValue: {lit: 0}}
    - integerVariable: {name: Flow.W, initialValue: {lit: 0}}
    - stringVariable: {name: Flow.S, initialValue: {lit: ""}}
    - queueVariable: {name: Flow.Q, initialValue: {noValue: true}}
  menus:
    - menu: {name: M, refId: M, audio: {exp: ToAudioTTS(ToString(Flow.V))}, choices: [{menuDisconnect: {name: bye, dtmf: digit_9}}]}
  tasks:
    - task: {name: Say, refId: Say, actions: [{playAudio: {audio: {exp: ToAudioTTS(ToString(Flow.V))}}}, {endTask: {}}]}
    - task: {name: Quiet, refId: Quiet, actions: [{endTask: {}}]}
    - task:
        name: T
        refId: T
        actions:
          - callData: {timeout: {lit: {seconds: 1}}, category: {X: {dataAction: {A: {inputs: {}, successOutputs: {v: {var: Flow.V}}}}}}}
          - callData: {timeout: {lit: {seconds: 1}}, category: {X: {dataAction: {B: {inputs: {}}}}}}
          %s
          - disconnect: {}
`, handler, strings.ReplaceAll(c.then, "\n", "\n          "))
		module, _ := parseQuiet("commonModule:\n  name: Mod\n  variables: [{integerVariable: {name: Common.x, initialValue: {noValue: true}}}]\n  startUpTaskActions:\n    - playAudio: {audio: {exp: ToAudioTTS(ToString(Common.x))}}\n    - endTask: {}\n")
		f, found := parseQuiet(src)
		if f == nil {
			t.Fatalf("%s: %v\n%s", c.name, found, src)
		}
		p, err := interp.Compile(f, interp.Options{Modules: []*architect.File{module}})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		for _, x := range p.Findings() {
			t.Fatalf("%s: %v", c.name, x)
		}
		at := func(v int64, after bool) string {
			s := p.Start(interp.Call{})
			for i := range 2 {
				if _, err := p.Next(s); err != nil {
					t.Fatal(err)
				}
				if i == 1 && !after {
					break
				}
				if err := p.Resume(s, interp.Outcome{Branch: "success", Outputs: []interp.Named{{Name: "v", Value: expr.OfInt(v)}}}); err != nil {
					t.Fatal(err)
				}
			}
			return string(s.AppendKey(nil))
		}
		for _, after := range []bool{false, true} {
			if differ := at(1, after) != at(2, after); differ != c.reads {
				t.Errorf("%s: keys differ %v, after the outcome %v", c.name, differ, after)
			}
		}
	}
}

// TestKeptVariablesAreInTheKey: a caller may count variables to the result.
func TestKeptVariablesAreInTheKey(t *testing.T) {
	src := `inboundCall:
  name: keep
  startUpRef: "/inboundCall/tasks/task[T]"
  variables:
    - integerVariable: {name: Flow.V, initialValue: {lit: 0}}
  tasks:
    - task: {name: T, refId: T, actions: [{callData: {category: {X: {dataAction: {A: {inputs: {}, successOutputs: {v: {var: Flow.V}}}}}}}}, {disconnect: {}}]}
`
	f, _ := parseQuiet(src)
	for _, keep := range [][]string{nil, {"Flow.V"}} {
		p, err := interp.Compile(f, interp.Options{Keep: keep})
		if err != nil {
			t.Fatal(err)
		}
		end := func(v int64) string {
			s := p.Start(interp.Call{})
			for {
				e, err := p.Next(s)
				if err != nil {
					t.Fatal(err)
				}
				if e == nil {
					return string(s.AppendKey(nil))
				}
				if err := p.Resume(s, interp.Outcome{Branch: "success", Outputs: []interp.Named{{Name: "v", Value: expr.OfInt(v)}}}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if (end(1) != end(2)) != (len(keep) > 0) {
			t.Errorf("keep %v: keys differ %v", keep, end(1) != end(2))
		}
	}
}
