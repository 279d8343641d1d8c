package check_test

import (
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/check"
	"github.com/dealroute/dealroute/pkg/diag"
)

// found checks a flow and gives its findings by code.
func found(text string) map[string]diag.Findings {
	f, fs := architect.Parse("", []byte(text))
	out := map[string]diag.Findings{}
	for _, x := range append(fs, check.Flow(f, architect.OrgAuto)...) {
		out[x.Code] = append(out[x.Code], x)
		if x.Severity == diag.Error {
			out["error"] = append(out["error"], x)
		}
	}
	return out
}

func callFlow(flowType, variables, actions string) string {
	start := "  startUpRef: ./tasks/task[T]\n  initialGreeting: {noValue: true}\n  variables: [" + variables + "]\n  tasks:\n    - task: {name: T, actions: [" + actions + "{disconnect: {name: D}}]}\n"
	if flowType == "inqueueCall" {
		start = "  variables: [" + variables + "]\n  startUpTaskActions: [" + actions + "{disconnect: {name: D}}]\n"
	}
	return flowType + ":\n  name: D\n  defaultLanguage: en-us\n" + start
}

// What is known of an action from the SDK alone is not held against a file: a key under
// another name is no error, and neither is what seems to be left out then.
func TestActionsThatNoFileShows(t *testing.T) {
	for _, c := range []struct {
		actions string
		fails   bool
		note    bool // an unknown key is told as a note
	}{
		{"{createCallback: {queue: {lit: {name: Q}}, callbackNumber: {exp: ToPhoneNumber(Call.Ani)}, calleeName: {noValue: true}, callbackScript: {S: {none: true}}}}", false, false},
		{"{createCallback: {targetQueue: {lit: {name: Q}}}}", true, false},
		{"{transferToNumber: {number: {lit: '+15135550142'}}}, ", false, true},
		{"{transferToNumber: {name: N}}, ", true, false},
		{"{setWrapupCode: {code: {lit: {name: C}}}}, ", false, true},
		{"{setFlowOutcome: {outcome: {name: O}, result: {lit: SUCCESS}}}, ", false, true},
		{"{setFlowOutcome: {flowOutcome: {O: {none: true}}, flowOutcomeValue: {lit: SUCCESS}}}, ", false, false},
		{"{setFlowOutcome: {name: O}}, ", true, false},
		{"{setLanguage: {languageValue: {exp: Call.Language}}}, ", false, false},
		{"{setLanguage: {name: L}}, ", true, false},
		{"{setWhisperAudio: {whisperAudio: {tts: Hello}}}, ", false, false},
		{"{playAudioOnSilence: {audio: {tts: x}, outputs: {silence: {actions: [{disconnect: {name: X}}]}}}}, ", false, false},
		{"{callLexV2Bot: {bot: {B: {none: true}}, outputs: {Order: {actions: [{disconnect: {name: X}}]}}}}, ", false, true},
		{"{dialByExtension: {repromptAudio: {tts: x}, repromptCount: {lit: 2}}}, ", false, false},
		{"{playAudio: {audio: {tts: x}, loud: {lit: true}}}, ", false, false},
		{"{playAudio: {voice: {tts: x}}}, ", true, false},
		{"{sendResponse: {messageBody: {noValue: true}}}, ", true, false},
		{"{playAudi: {audio: {tts: x}}}, ", true, false},
	} {
		fs := found(callFlow("inboundCall", "", strings.TrimSuffix(c.actions, ", ")+", "))
		unknown := fs[architect.CodeUnknownKey]
		if (len(fs["error"]) > 0) != c.fails || c.note != (len(unknown) > 0 && unknown[0].Severity == diag.Info) {
			t.Errorf("%s: errors %v, unknown %v", c.actions, []error{fs["error"]}, []error{unknown})
		}
	}
}

// Each type of call flow has built-in variables of its own.
func TestBuiltInsOfCallFlows(t *testing.T) {
	for flowType, names := range map[string]string{
		"outboundCall": "Call.Campaign.id, Call.ContactList.name, Call.ContactId, ToString(Call.Contact.Name)", "inqueueCall": "Call.CurrentQueue.name, ToString(Call.PositionInQueue), ToString(Call.EstimatedWaitTime)",
		"inboundCall": "Call.Ani, Call.ExternalContactId, Call.ExternalTag", "secureCall": "Flow.InvocationData",
	} {
		text := callFlow(flowType, "", "{setParticipantData: {attributes: [{attribute: {name: {lit: a}, value: {exp: 'Append(\"\", "+names+")'}}}]}}, ")
		text = strings.Replace(text, "  tasks:", "  settingsOutboundCall: {contactList: {lit: {name: L}}, wrapupCode: {lit: {name: W}}}\n  tasks:", 1)
		if fs := found(text); len(fs["error"]) > 0 {
			t.Errorf("%s: %v", flowType, []error{fs["error"]})
		}
	}
	if fs := found(callFlow("inboundCall", "", "{setParticipantData: {attributes: [{attribute: {name: {lit: a}, value: {exp: Call.ContactId}}}]}}, ")); len(fs["error"]) != 1 {
		t.Errorf("an inbound call has a contact of a campaign: %v", []error{fs["error"]})
	}
}

// Whoever writes to a variable gives it its value, in whichever way; what is read in audio, a
// table's key or an input is read.
func TestVariablesOfAnyFlow(t *testing.T) {
	const v = "{stringVariable: {name: Flow.X, initialValue: {noValue: true}}}, {integerVariable: {name: Flow.I, initialValue: {noValue: true}}}, {stringCollectionVariable: {name: Flow.L, initialValue: {noValue: true}}}, {queueVariable: {name: Flow.Q, initialValue: {noValue: true}}}"
	const read = "{decision: {condition: {exp: 'Flow.X == \"a\"'}, outputs: {}}}, {decision: {condition: {exp: Flow.I == 1}, outputs: {}}}, {decision: {condition: {exp: Count(Flow.L) == 1}, outputs: {}}}, {decision: {condition: {exp: IsSet(Flow.Q)}, outputs: {}}}, "
	all := "{callTask: {targetTaskRef: './tasks/task[T]', taskOutputs: {a: {var: Flow.X}}}}, {loop: {currentIndex: {var: Flow.I}, loopCount: {lit: 2}, outputs: {}}}, {updateData: {statements: [{stringCollection: {variable: Flow.L, value: {exp: 'MakeList(\"a\")'}}}]}}, {findQueue: {findName: {lit: Q}, findResult: {var: Flow.Q}}}, "
	for _, c := range []struct {
		actions string
		never   int
	}{
		{read, 4},
		{read + all, 0},
		{"{playAudio: {audio: {exp: ToAudioTTS(Flow.X)}}}, {dataTableLookup: {lookupValue: {exp: Flow.X}, dataTable: {T: {foundOutputs: {}}}}}, {transferToAcd: {targetQueue: {exp: Flow.Q}, preTransferAudio: {noValue: true}, failureTransferAudio: {noValue: true}}}, ", 2},
		{"{callData: {category: {C: {dataAction: {A: {inputs: {phone: {exp: Flow.X}}}}}}}}, ", 1},
		{"{switch: {evaluate: {firstMatch: {string: {value: {exp: Flow.X}, cases: []}}}}}, ", 1},
		{"{updateData: {statements: [{string: {variable: Flow.X, value: {noValue: true}}}, {string: {variable: Flow.X, value: {exp: ToString(NOT_SET)}}}, {integer: {variable: Flow.I, value: {exp: Flow.I}}}]}}, " + read, 4},
		{"{callCommonModule: {commonModule: {M: {ver_latestPublished: {outputs: {a: {var: Flow.X}}}}}}}, {collectInput: {inputData: {var: Flow.X}, digits: {exact: 1}, inputAudio: {tts: x}}}, " + read, 3},
		{"{detectSilence: {result: {var: Flow.X}}}, {playAudi: {out: {var: Flow.I}}}, " + read, 2},
	} {
		if n := len(found(callFlow("inboundCall", v, c.actions))[check.CodeNeverSet]); n != c.never {
			t.Errorf("%d never given, want %d: %s", n, c.never, c.actions)
		}
	}
}

// Of flows that are no calls the same holds of variables; their expressions are not typed.
func TestVariablesOfOtherFlows(t *testing.T) {
	for _, c := range []struct {
		name, text           string
		unused, never, fails int
	}{
		{"what is published", "workflow:\n  name: W\n  startUpRef: /workflow/states/state[S]\n  variables: [{stringVariable: {name: Flow.In, isInput: true}}, {stringVariable: {name: Flow.Out, isOutput: true}}, {stringVariable: {name: Flow.No}}]\n  states:\n    - state: {name: S, refId: S, actions: [{endWorkflow: {name: E}}]}\n", 1, 0, 0},
		{"a state's variable", "workflow:\n  name: W\n  startUpRef: /workflow/states/state[S]\n  states:\n    - state: {name: S, refId: S, variables: [{stringVariable: {name: State.A}}, {stringVariable: {name: State.B}}], actions: [{callData: {category: {C: {dataAction: {D: {successOutputs: {x: {var: State.B}}}}}}}}, {decision: {condition: {exp: 'State.A == State.B'}, outputs: {}}}, {endWorkflow: {name: E}}]}\n", 0, 1, 0},
		{"slots", "botFlow:\n  name: B\n  startUpRef: /botFlow/bots/bot[D]\n  variables: [{stringVariable: {name: Slot.Asked}}, {stringVariable: {name: Slot.Heard}}, {stringVariable: {name: Slot.No}}]\n  bots:\n    - bot: {name: D, refId: D, actions: [{askForSlot: {slot: {name: Asked}, chooser: {none: true}, outputs: {default: {actions: []}}}}, {exitBotFlow: {name: E}}]}\n  settingsNaturalLanguageUnderstanding: {nluDomainVersion: {entities: [{name: Heard}]}}\n", 1, 0, 0},
		{"a work item's status", "workitem:\n  name: W\n  worktype: {name: T}\n  startUpRef: /workitem/states/state[S]\n  states:\n    - state: {name: S, refId: S, actions: [{switch: {evaluate: {firstMatch: {string: {value: {exp: Workitem.Workitem.status.name}, cases: [{case: {value: {lit: Open}, actions: [{disconnectWorkitem: {failureOutputs: {errorType: {noValue: true}}}}]}}]}}}}}, {exitWorkitemFlow: {name: E}}]}\n", 0, 0, 0},
		{"e-mail", "inboundEmail:\n  name: M\n  startUpRef: /inboundEmail/states/state[S]\n  settingsInboundEmailHandling: {emailHandling: {disconnect: {none: true}}}\n  states:\n    - state: {name: S, refId: S, actions: [{sendAutoReply: {messageBody: {lit: '<empty>'}, from: {noValue: true}, replyTo: {noValue: true}, cc: {noValue: true}, bcc: {noValue: true}}}, {disconnect: {name: D}}]}\n", 0, 0, 0},
		{"a survey", "surveyInvite:\n  name: S\n  startUpRef: /surveyInvite/states/state[S]\n  states:\n    - state: {name: S, refId: S, actions: [{abortSurveyInvite: {disposition: {lit: x}}}, {completeSurveyInvite: {targetAddress: {exp: Flow.A}, inviteSubject: {noValue: true}, inviteBody: {noValue: true}}}]}\n", 0, 0, 0},
		{"a digital bot", "digitalBot:\n  name: B\n  startUpRef: /digitalBot/bots/bot[D]\n  settingsSomethingNew: {a: b}\n  bots:\n    - bot: {name: D, refId: D, actions: [{digitalMenu: {question: {exp: 'MakeCommunication(\"a\")'}, chooser: {none: true}, choices: [], outputs: {Yes: {actions: []}}}}, {callDigitalBotFlow: {digitalBotFlow: {X: {ver_latestPublished: {inputs: {a: {lit: b}}}}}}}, {sendNotification: {name: N}}, {clearSlot: {slots: [{slot: {name: A}}]}}, {exitBotFlow: {name: E}}]}\n", 0, 0, 0},
		{"a setting that is misspelt", "inboundCall:\n  name: D\n  settingsErorHandling: {}\n  initialGreeting: {noValue: true}\n  startUpRef: ./tasks/task[T]\n  tasks:\n    - task: {name: T, actions: [{disconnect: {name: D}}]}\n", 0, 0, 0},
	} {
		fs := found(c.text)
		if u, n, e := len(fs["errors.unusedVariable"]), len(fs[check.CodeNeverSet]), len(fs["error"]); u != c.unused || n != c.never || e != c.fails {
			t.Errorf("%s: %d unused, %d never given, errors %v", c.name, u, n, []error{fs["error"]})
		}
		if u := len(fs[architect.CodeUnknownKey]); u > 0 != strings.Contains(c.name, "misspelt") {
			t.Errorf("%s: unknown keys %v", c.name, []error{fs[architect.CodeUnknownKey]})
		}
		if wrong := append(fs[architect.CodeUnknownAction], fs[architect.CodePlaceholder]...); len(wrong) > 0 {
			t.Errorf("%s: %v", c.name, []error{wrong})
		}
	}
}

// A number of the call is compared as the trunk writes it: on many with tel: before it.
func TestNumbersAsTheyCame(t *testing.T) {
	cond := func(exp string) string {
		return "{decision: {condition: {exp: '" + exp + "'}, outputs: {}}}, "
	}
	const copied = "{updateData: {statements: [{string: {variable: Flow.X, value: {exp: Call.Ani}}}]}}, "
	for _, c := range []struct {
		actions string
		told    bool
	}{
		{cond(`Call.Ani == "+15135550142"`), true},
		{cond(`"15135550142" != Call.Ani`), true},
		{cond(`Call.CalledAddress == "+1" + Flow.V`), true},
		{cond(`Call.CalledAddressOriginal == Append("+1", "5135550142")`), true},
		{cond(`Left(Call.Ani, 2) == "+1"`), true},
		{cond(`Substring(Call.Ani, 0, 2) == "+1"`), true},
		{cond(`FindString(Call.Ani, "+1") == 0`), true},
		{cond(`Contains("+15135550142,+15135550143", Call.Ani)`), true},
		{cond(`IsSet(FindFirst(MakeList("+15135550142"), Call.Ani))`), true},
		{cond(`Length(Call.Ani) == 12`), true},
		{cond(`If(IsSet(Call.Ani), Call.Ani, "") == "+15135550142"`), true},
		{cond(`Call.Ani == Flow.V`), true},
		{"{switch: {evaluate: {firstMatch: {string: {value: {exp: Call.Ani}, cases: [{case: {value: {lit: '+15135550142'}, actions: []}}]}}}}}, ", true},
		{"{switch: {evaluate: {firstMatch: {string: {value: {exp: 'Left(Call.Ani, 2)'}, cases: [{case: {value: {exp: '\"+1\"'}, actions: []}}]}}}}}, ", true},
		{"{switch: {evaluate: {firstTrue: {cases: [{case: {value: {exp: 'Call.Ani == \"+1513\"'}, actions: []}}]}}}}, ", true},
		{"{dataTableLookup: {lookupValue: {exp: Call.Ani}, dataTable: {T: {foundOutputs: {}}}}}, ", true},
		{copied + cond(`Flow.X == "+15135550142"`), true},
		{copied + "{dataTableLookup: {lookupValue: {exp: Flow.X}, dataTable: {T: {foundOutputs: {}}}}}, ", true},

		{cond(`ToPhoneNumber(Call.Ani).e164 == "+15135550142"`), false},
		{cond(`ToString(ToPhoneNumber(Call.Ani).e164) == "+15135550142"`), false},
		{cond(`Replace(Call.Ani, "tel:", "") == "+15135550142"`), false},
		{cond(`Call.Ani == "tel:+15135550142"`), false},
		{cond(`Call.Ani == "anonymous"`), false},
		{cond(`Contains(Call.Ani, "+1513")`), false},
		{cond(`Right(Call.Ani, 4) == "0142"`), false},
		{cond(`IsNotSetOrEmpty(Call.Ani)`), false},
		{cond(`Call.RemoteName == "+1"`), false},
		{"{dataTableLookup: {lookupValue: {exp: ToPhoneNumber(Call.Ani).e164}, dataTable: {T: {foundOutputs: {}}}}}, ", false},
		{"{updateData: {statements: [{string: {variable: Flow.X, value: {exp: 'Replace(Call.Ani, \"tel:\", \"\")'}}}]}}, " + cond(`Flow.X == "+15135550142"`), false},
		{"{setParticipantData: {attributes: [{attribute: {name: {lit: ani}, value: {exp: Call.Ani}}}]}}, ", false},
	} {
		fs := found(callFlow("inboundCall", "{stringVariable: {name: Flow.X, initialValue: {noValue: true}}}, {stringVariable: {name: Flow.V, initialValue: {lit: '+15135550142'}}}", c.actions))
		told := fs[check.CodeCaller]
		if (len(told) == 1) != c.told || len(told) > 1 || len(fs["error"]) > 0 {
			t.Errorf("%s: %v, errors %v", c.actions, []error{told}, []error{fs["error"]})
		}
		for _, f := range told {
			if f.Severity != diag.Info || f.Position.Line == 0 || !strings.Contains(f.Hint, "ToPhoneNumber") || strings.Contains(f.Message+f.Hint, "5135550142") {
				t.Errorf("%s: %s %v %s", c.actions, f.Severity, f, f.Hint)
			}
		}
	}
}

// A module that calls use sees the same numbers.
func TestNumbersInModules(t *testing.T) {
	fs := found("commonModule:\n  name: C\n  startUpTaskActions:\n    - decision: {condition: {exp: 'Call.Ani == \"+15135550142\"'}, outputs: {}}\n    - dataTableLookup: {lookupValue: {exp: Call.Ani}, dataTable: {T: {foundOutputs: {}}}}\n    - switch: {evaluate: {firstMatch: {string: {value: {exp: Call.Ani}, cases: [{case: {value: {lit: '+1513'}, actions: []}}]}}}}\n    - endTask: {name: E}\n")
	if len(fs[check.CodeCaller]) != 3 || len(fs["error"]) > 0 {
		t.Errorf("%v, errors %v", []error{fs[check.CodeCaller]}, []error{fs["error"]})
	}
}

// Audio that says nothing is a warning wherever it stands; a blank of some length is meant.
func TestAudioThatSaysNothing(t *testing.T) {
	for audio, silent := range map[string]bool{
		"{exp: ToAudio( NOT_SET )}": true, "{exp: NOT_SET}": true, "{exp: ToAudioTTS(NOT_SET)}": true, `{exp: 'ToAudioTTS("")'}`: true, `{exp: '""'}`: true,
		"{exp: ToAudioBlank(0)}": true, "{exp: ToAudioBlank(0) + ToAudioBlank(0)}": true, `{exp: 'AudioPlaybackOptions(ToAudioTTS(" "), true)'}`: true,
		"{exp: ToAudioBlank(100)}": false, "{exp: ToAudioTTS(Call.RemoteName)}": false, `{exp: 'ToAudioBlank(0) + ToAudioTTS("a")'}`: false, "{tts: a}": false, `{exp: 'ToAudio(FindUserPrompt("a"))'}`: false,
	} {
		fs := found(strings.Replace(callFlow("inboundCall", "", "{playAudio: {audio: "+audio+"}}, "), "initialGreeting: {noValue: true}", "initialGreeting: "+audio, 1))
		want := 0
		if silent {
			want = 2
		}
		if len(fs[check.CodeSilence]) != want || len(fs["error"]) > 0 {
			t.Errorf("%s: %v, errors %v", audio, []error{fs[check.CodeSilence]}, []error{fs["error"]})
		}
	}
	for _, audio := range []string{"{exp: ''}", "{lit: ''}", "{exp: ' '}"} {
		fs := found(strings.Replace(callFlow("inboundCall", "", ""), "initialGreeting: {noValue: true}", "initialGreeting: "+audio, 1))
		if len(fs[check.CodeSilence]) != 1 || len(fs["error"]) > 0 {
			t.Errorf("%s: %v, errors %v", audio, []error{fs[check.CodeSilence]}, []error{fs["error"]})
		}
	}
}

// A flow has the containers of its type and no others: whatever starts in them starts nowhere.
func TestContainersOfOtherFlows(t *testing.T) {
	for _, c := range []struct {
		flowType, kind string
		fails          bool
	}{
		{"inboundCall", "state", true}, {"inboundCall", "bot", true}, {"inboundCall", "task", false}, {"secureCall", "state", true}, {"outboundCall", "state", true},
		{"inqueueCall", "state", true}, {"inqueueCall", "task", true}, {"commonModule", "state", true}, {"commonModule", "task", false},
		{"botFlow", "state", true}, {"botFlow", "bot", false}, {"botFlow", "task", false}, {"digitalBot", "state", true}, {"digitalBot", "bot", false},
		{"workflow", "bot", true}, {"workflow", "state", false}, {"workflow", "task", false}, {"inboundEmail", "state", false}, {"inboundShortMessage", "bot", true}, {"workitem", "state", false},
		{"somethingNew", "state", false},
	} {
		refused := 0
		for _, f := range found(c.flowType + ":\n  name: B\n  defaultLanguage: en-us\n  initialGreeting: {noValue: true}\n  startUpRef: ./" + c.kind + "s/" + c.kind + "[D]\n  " + c.kind + "s:\n    - " + c.kind + ": {name: D, actions: [{disconnect: {name: E}}]}\n    - " + c.kind + ": {name: F, actions: [{disconnect: {name: E}}]}\n")["error"] {
			if strings.Contains(f.Message, "has no "+c.kind+"s") {
				refused++
			}
		}
		if refused > 1 || (refused == 1) != c.fails {
			t.Errorf("%s with %ss: refused %d times", c.flowType, c.kind, refused)
		}
	}
}

// What bots and messages say is made by functions of theirs.
func TestFunctionsOfBots(t *testing.T) {
	const say = `MakeCommunication("a", ToCommunicationBlank(200), ToCommunicationSsml("b"))`
	for flowType, code := range map[string]string{
		"inboundCall": "error", "inqueueCall": "error", "workflow": check.CodeForeign, "inboundEmail": check.CodeForeign,
		"botFlow": "", "digitalBot": "", "inboundShortMessage": "", "commonModule": "",
	} {
		kind := map[bool]string{true: "bot", false: "state"}[strings.Contains(strings.ToLower(flowType), "bot")]
		text := flowType + ":\n  name: B\n  startUpRef: ./" + kind + "s/" + kind + "[D]\n  " + kind + "s:\n    - " + kind + ": {name: D, actions: [{communicate: {communication: {exp: '" + say + "'}}}, {exitBotFlow: {name: E}}]}\n"
		if flowType == "commonModule" {
			text = flowType + ":\n  name: B\n  startUpTaskActions: [{communicate: {communication: {exp: '" + say + "'}}}, {endTask: {name: E}}]\n"
		}
		if strings.HasSuffix(flowType, "Call") {
			text = callFlow(flowType, "", "{playAudio: {audio: {exp: 'ToAudioTTS(ToString("+say+"))'}}}, ")
		}
		fs := found(text)
		if got := len(fs["error"]) + len(fs[check.CodeForeign]); (got == 1) != (code != "") || code != "" && len(fs[code]) != 1 {
			t.Errorf("%s: errors %v, warnings %v", flowType, []error{fs["error"]}, []error{fs[check.CodeForeign]})
		}
	}
}

// Of an output whose contract is not known here, bound to a variable that nothing declares, the
// type is not known: no use of it is an error.
func TestOutputsOfUnknownContracts(t *testing.T) {
	fs := found(callFlow("inqueueCall", "", "{callData: {category: {C: {dataAction: {A: {successOutputs: {count: {var: Task.N}}}}}}}}, {updateData: {statements: [{integer: {variable: Task.M, value: {exp: ToInt(Call.PositionInQueue + Task.N)}}}]}}, {decision: {condition: {exp: Task.M == 3}, outputs: {}}}, "))
	if len(fs["error"]) > 0 {
		t.Errorf("%v", []error{fs["error"]})
	}
	if fs := found(callFlow("inqueueCall", "", "{updateData: {statements: [{string: {variable: Task.M, value: {exp: Task.M + 1}}}]}}, ")); len(fs["error"]) == 0 {
		t.Error("a text and a number are added")
	}
}
