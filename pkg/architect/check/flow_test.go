package check_test

import (
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/check"
	"github.com/dealroute/dealroute/pkg/diag"
)

// TestOurOwnFindings has what Genesys lets through and we do not pass over.
func TestOurOwnFindings(t *testing.T) {
	flow := func(actions string) string {
		return "inboundCall:\n  name: D\n  defaultLanguage: de-de\n  startUpRef: ./tasks/task[T]\n  initialGreeting: {noValue: true}\n  tasks:\n    - task: {name: T, actions: [" + actions + ", {disconnect: {name: Bye}}]}\n"
	}
	for code, actions := range map[string]string{
		check.CodeNotSet:         "{transferToAcd: {targetQueue: {exp: NOT_SET}, preTransferAudio: {noValue: true}, failureTransferAudio: {noValue: true}}}",
		check.CodeConstant:       "{decision: {condition: {exp: 1 == 1}}}",
		check.CodeAttributeTwice: "{setParticipantData: {attributes: [{attribute: {name: {lit: a}, value: {lit: x}}}, {attribute: {name: {lit: a}, value: {lit: y}}}]}}",
		check.CodeUndeclared:     "{updateData: {statements: [{string: {variable: Flow.Typo, value: {lit: x}}}]}}",
		check.CodePromptUnknown:  "",
		check.CodeReadOnly:       "{collectInput: {inputData: {var: Call.Ani}, digits: {exact: 4}, inputAudio: {tts: x}}}",
		check.CodeWrongKind:      "{jumpToTask: {targetTaskRef: './menus/menu[T]'}}",
		check.CodeCircle:         "{jumpToTask: {targetTaskRef: './tasks/task[T]'}}",
	} {
		org := architect.OrgAuto
		if code == check.CodePromptUnknown {
			org, actions = architect.Org{}, "{playAudio: {audio: {prompt: Prompt.Nope}}}"
		}
		f, fs := architect.Parse("", []byte(flow(actions)))
		fs = append(fs, check.Flow(f, org)...)
		found := false
		for _, x := range fs {
			found = found || x.Code == code && x.Position.Line > 0 && x.Path != ""
		}
		if !found || fs.Err() != nil {
			t.Errorf("%s: %v", code, []error{fs})
			for _, x := range fs {
				t.Log(x.Severity, x)
			}
		}
	}
}

// TestPlacesInsideExpressions maps an offset to line and column in each scalar style.
func TestPlacesInsideExpressions(t *testing.T) {
	head := "inboundCall:\n  name: x\n  startUpRef: ./tasks/task[T]\n  initialGreeting: {noValue: true}\n  tasks:\n    - task:\n        name: T\n        actions:\n          - decision:\n              condition:\n"
	tail := "              outputs: {}\n          - disconnect: {name: Bye}\n"
	for _, c := range []struct{ exp, want string }{
		{"                exp: true and Flow.Nope\n", ":11:31"},
		{"                exp: 'true and Flow.Nope'\n", ":11:32"},
		{"                exp: \"true and Flow.Nope\"\n", ":11:32"},
		{"                exp: |-\n                  true\n                  and Flow.Nope\n", ":13:23"},
	} {
		f, fs := architect.Parse("", []byte(head+c.exp+tail))
		fs = append(fs, check.Flow(f, architect.OrgAuto)...)
		found := ""
		for _, x := range fs {
			if x.Severity == diag.Error {
				found += x.Position.String() + " " + x.Message + "; "
			}
		}
		if !strings.HasPrefix(found, c.want+" ") {
			t.Errorf("%q: %s, want %s", c.exp, found, c.want)
		}
	}
}

// A variable that is read has a value from somewhere: an initial one, a writing of any kind, or
// whoever starts the flow.
func TestVariablesWithoutValue(t *testing.T) {
	flow := func(variable, actions string) string {
		return "inboundCall:\n  name: D\n  defaultLanguage: en-us\n  startUpRef: ./tasks/task[T]\n  initialGreeting: {exp: ToAudio( NOT_SET )}\n  variables:\n    - stringVariable: {name: Flow.Tier, " + variable +
			"}\n  tasks:\n    - task: {name: T, actions: [" + actions + "{decision: {condition: {exp: 'Flow.Tier == \"gold\"'}, outputs: {}}}, {disconnect: {name: D}}]}\n"
	}
	for _, c := range []struct {
		variable, actions string
		never             bool
	}{
		{"initialValue: {noValue: true}", "", true},
		{"isOutput: false", "", true},
		{"initialValue: {lit: gold}", "", false},
		{"initialValue: {noValue: true}, isInput: true", "", false},
		{"initialValue: {noValue: true}", "{updateData: {statements: [{string: {variable: Flow.Tier, value: {lit: x}}}]}}, ", false},
		{"initialValue: {noValue: true}", "{getParticipantData: {attributes: [{attribute: {name: {lit: a}, variable: Flow.Tier}}]}}, ", false},
		{"initialValue: {noValue: true}", "{collectInput: {inputData: {var: flow.tier}, digits: {exact: 4}, inputAudio: {tts: x}}}, ", false},
		{"initialValue: {noValue: true}", "{dataTableLookup: {lookupValue: {lit: a}, dataTable: {T: {foundOutputs: {c: {var: Flow.Tier}}}}}}, ", false},
		{"initialValue: {noValue: true}", "{callData: {category: {C: {dataAction: {A: {successOutputs: {c: {var: Flow.Tier}}}}}}}}, ", false},
	} {
		f, fs := architect.Parse("", []byte(flow(c.variable, c.actions)))
		fs = append(fs, check.Flow(f, architect.OrgAuto)...)
		codes := map[string]bool{}
		for _, x := range fs {
			codes[x.Code] = true
		}
		if codes[check.CodeNeverSet] != c.never || !codes[check.CodeSilence] || fs.Err() != nil {
			t.Errorf("%s %s: %v", c.variable, c.actions, []error{fs})
		}
	}
	states := strings.Replace(flow("isInput: true", ""), "  tasks:", "  states:\n    - state: {name: S, refId: S, actions: [{disconnect: {name: D}}]}\n  tasks:", 1)
	f, fs := architect.Parse("", []byte(states))
	if fs = append(fs, check.Flow(f, architect.OrgAuto)...); fs.Err() == nil {
		t.Error("a call flow with a state is taken")
	}
}
