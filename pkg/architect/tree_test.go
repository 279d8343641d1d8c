package architect_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/architect"
)

// TestTypedAccess reads one of everything that an interpreter needs.
func TestTypedAccess(t *testing.T) {
	f, fs := architect.Parse("f.yaml", []byte(`inboundCall:
  name: Door
  startUpRef: /inboundCall/menus/menu[M_1]
  defaultLanguage: de-de
  supportedLanguages: {de-de: {none: true}, en-us: {none: true}}
  variables:
    - agentScorePairCollectionVariable: {name: Flow.Agents, initialValue: {noValue: true}}
    - durationVariable: {name: Flow.Wait, initialValue: {lit: {minutes: 1, seconds: 2, ms: 3}}, isInput: true}
  settingsActionDefaults: {callData: {processingPrompt: {lit: {name: PromptSystem.processing}}}}
  settingsErrorHandling: {errorHandling: {queue: {targetQueue: {lit: {name: Fallback}}}}, preHandlingAudio: {tts: Sorry}}
  settingsMenu: {repeatCount: {lit: 3}, menuSelectionTimeout: {lit: {seconds: 10}}}
  menus:
    - menu:
        name: M
        refId: M_1
        audio: {prompt: Prompt.Hello}
        defaultChildMenuRef: ./choices/menuTask[t]
        choices:
          - menuTask: {name: T, refId: t, dtmf: digit_1, task: {actions: [{jumpToTask: {targetTaskRef: "./tasks/task[Entry]"}}]}}
          - menuTransferToAcd: {name: Q, dtmf: 'digit_*', globalDtmf: true, targetQueue: {exp: Flow.Q}, speechRecTerms: {de-de: {terms: [hilfe]}}}
          - menuSubMenu: {name: S, menu: {choices: [{menuRepeatMenu: {dtmf: digit_2}}]}}
  tasks:
    - task:
        name: Entry
        outputPaths: [{outputPath: {name: Done}}]
        variables: [{stringVariable: {name: Task.A}}]
        actions:
          - callData:
              timeout: {lit: {seconds: 4}}
              category: {CRM: {dataAction: {Find: {inputs: {phone: {exp: Call.Ani}, hint: {noValue: true}}, successOutputs: {raw.name: {var: Task.A}}}}}}
              outputs: {success: {actions: []}, timeout: {actions: [{disconnect: {none: true}}]}}
          - dataTableLookup: {lookupValue: {lit: k}, dataTable: {Cache: {foundOutputs: {tier: {var: Task.A}}, failureOutputs: {errorType: {var: Task.A}}}}}
          - callTask: {targetTaskRef: "./tasks/task[Entry]", outputs: {Default: {actions: []}, paths: [{path: {name: Done, actions: [{endTask: {outputPath: {name: Done}}}]}}]}}
          - callCommonModule: {commonModule: {Enrich: {ver_latestPublished: {inputs: {Common.phone: {exp: Call.Ani}}, outputs: {Common.tier: {var: Task.A}}}}}}
          - switch: {evaluate: {firstMatch: {string: {value: {exp: Task.A}, default: {actions: [{disconnect: }]}, cases: [{case: {value: {lit: gold}, actions: [{loopExit: }]}}]}}}}
          - updateData: {statements: [{queueCollection: {variable: Flow.QL, value: {exp: 'MakeList(Flow.Q)'}}}]}
          - setParticipantData: {attributes: [{attribute: {name: {lit: a}, value: {lit: true}}}]}
          - getParticipantData: {attributes: [{attribute: {name: {lit: a}, variable: Task.A}}]}
          - collectInput: {inputData: {var: Task.A}, digits: {range: {min: 4, max: 8, terminatingDtmf: 'digit_#'}}, verificationType: none}
          - transferToAcd: {targetQueue: {lit: {name: Sales}}, acdSkills: [{acdSkill: {lit: {name: German}}}], priority: {lit: 7}, preTransferAudio: {noValueWithNoFallback: true}, overrideInQueueFlow: {name: IQ}}
          - evaluateScheduleGroup: {evaluate: {now: true}, scheduleGroup: {lit: {name: Hours}}, outputs: {open: {actions: []}}}
          - evaluateSchedule: {evaluationType: {schedule: {selectedSchedule: {lit: {name: Week}}, evaluate: {now: true}}}}
          - transferToVoicemail: {destination: {queue: {targetQueue: {lit: {name: Sales}}}}}
          - transferToFlow: {targetFlow: {name: Other}}
`))
	if fs.Err() != nil {
		t.Fatal(fs)
	}
	w := f.Flow
	as := w.Tasks[0].Actions
	var got []string
	say := func(xs ...any) { got = append(got, strings.TrimSpace(fmt.Sprintln(xs...))) }
	d, _ := w.Variables[1].Initial.Duration()
	say(w.Start.Kind, w.Start.ID, w.Languages, w.Variables[0].Type, w.Variables[1].IsInput, d == time.Minute+2*time.Second+3*time.Millisecond)
	say(w.Defaults["callData.processingPrompt"].Text, w.Errors.Kind, w.Errors.TargetQueue.Text, w.Errors.Audio.Form, w.MenuSettings.RepeatCount.Text)
	m := w.Menus[0]
	say(m.Path, m.Audio.Form, m.Audio.Text, m.Default.Kind, m.Default.ID, m.Choices[0].Task.Actions[0].Ref.ID, m.Choices[0].Task.Actions[0].Path)
	say(m.Choices[1].Digit, m.Choices[1].GlobalDigit, m.Choices[1].Action.Key, m.Choices[1].Action.Value("targetQueue").Text, m.Choices[1].SpeechTerms["de-de"][0], m.Choices[2].Menu.Choices[0].Path)
	a := as[0]
	say(a.Target.Category, a.Target.Name, a.Inputs[0].Name, a.Inputs[0].Text, a.Inputs[1].Form, a.Outputs[0].Name, a.Outputs[0].Path, len(a.Branches), a.Branch("Timeout").Path, a.Branch("failure") == nil)
	say(as[1].Target.Kind, as[1].Value("lookupValue").Text, as[1].Outputs[0].Text, as[1].FailureOutputs[0].Name)
	say(as[2].Branch("default") != nil, as[2].Branch("Done").Actions[0].OutputPath, w.Tasks[0].OutputPaths)
	say(as[3].Target.Version, as[3].Inputs[0].Name, as[3].Outputs[0].Text)
	s := as[4].Switch
	say(s.FirstMatch, s.Type, s.Value.Text, s.Cases[0].Value.Text, as[4].Branches[s.Cases[0].Branch].Name, as[4].Branches[s.Default].Actions[0].Path)
	say(as[5].Statements[0].Type, as[5].Statements[0].Variable.Text, as[5].Statements[0].Value.Path)
	say(as[6].Attributes[0].Value.Bool, as[7].Attributes[0].Variable.Form, as[8].Digits.Min, as[8].Digits.Terminator, as[8].Plain["verificationType"])
	say(as[9].Skills[0].Text, as[9].Value("priority").Text, as[9].Value("preTransferAudio").Form, as[9].Value("overrideInQueueFlow").Text, as[9].Value("languageSkill").IsSet())
	say(as[10].Plain["evaluate.now"], as[10].Value("scheduleGroup").Text, as[11].Value("evaluationType.schedule.selectedSchedule").Text, as[12].Value("destination.queue.targetQueue").Text, as[13].Target.Name)
	want := []string{
		"menu M_1 [de-de en-us] AgentScorePair[] true true",
		"PromptSystem.processing queue Fallback tts 3",
		"/inboundCall/menus/menu[M_1] prompt Prompt.Hello menuTask t Entry /inboundCall/menus/menu[M_1]/choices[0]/menuTask/task/actions[0]/jumpToTask",
		"* true transferToAcd Flow.Q hilfe /inboundCall/menus/menu[M_1]/choices[2]/menuSubMenu/menu/choices[0]/menuRepeatMenu",
		"CRM Find phone Call.Ani noValue raw.name /inboundCall/tasks/task[Entry]/actions[0]/callData/successOutputs/raw.name 2 /inboundCall/tasks/task[Entry]/actions[0]/callData/outputs/timeout true",
		"dataTable k Task.A errorType",
		"true Done [Done]",
		"ver_latestPublished Common.phone Task.A",
		"true String Task.A gold case0 /inboundCall/tasks/task[Entry]/actions[4]/switch/default/actions[0]/disconnect",
		"Queue[] Flow.QL /inboundCall/tasks/task[Entry]/actions[5]/updateData/statements[0]/value",
		"true var 4 digit_# none",
		"German 7 noValueWithNoFallback IQ false",
		"true Hours Week Sales Other",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
