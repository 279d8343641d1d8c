package world_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/diag"
)

// asking is a flow that asks for something of each kind; open lets expressions name queues.
const asking = `inboundCall:
  name: Asking
  defaultLanguage: en-us
  supportedLanguages: {en-us: {defaultLanguageSkill: {noValue: true}}, EN-us: {defaultLanguageSkill: {noValue: true}}, fr: {defaultLanguageSkill: {noValue: true}}}
  startUpRef: /inboundCall/tasks/task[Entry]
  settingsErrorHandling: {errorHandling: {queue: {targetQueue: {lit: {name: Fallback}}}}}
  variables:
    - stringVariable: {name: Flow.Target, initialValue: {lit: Sales}}
  tasks:
    - task:
        name: Entry
        refId: Entry
        variables:
          - booleanVariable: {name: Task.On, initialValue: {noValue: true}}
          - integerVariable: {name: Task.N, initialValue: {noValue: true}}
          - stringVariable: {name: Task.T, initialValue: {noValue: true}}
        actions:
          - getParticipantData: {name: Kept, attributes: [{attribute: {name: {lit: kept_rule}, variable: {var: Task.T}}}]}
          - callData:
              name: Who
              timeout: {lit: {seconds: 4}}
              category: {HubSpot: {dataAction: {Find contact 0a1b2c3d: {inputs: {}, successOutputs: {tier: {var: Task.T}, score: {var: Task.N}}}}}}
          - dataTableLookup:
              name: Row
              lookupValue: {lit: switch}
              dataTable: {acme-control: {foundOutputs: {enabled: {var: Task.On}}, failureOutputs: {}}}
          - evaluateSchedule:
              name: Weekday
              evaluationType: {schedule: {selectedSchedule: {lit: {name: Weekdays}}, evaluationTimeZone: Europe/Berlin, evaluate: {now: true}}}
          - evaluateScheduleGroup: {name: Open, inServiceSchedules: {noValue: true}, evaluate: {now: true}, scheduleGroup: {lit: {name: Hours}}, emergencyGroup: {exp: 'FindEmergencyGroup("Evac")'}}
          - setSkills: {name: Needs, acdSkills: [{skill: {exp: 'FindSkill("German")'}}]}
          - transferToUser: {name: Boss, targetUser: {lit: {name: ada@example.com}}}
          - transferToNumber: {name: Out, targetNumber: {lit: "+4930901820"}}
          - transferToFlow: {name: On, targetFlow: {name: Night}}
          - transferToAcd: {name: Transfer, targetQueue: {exp: FindQueue(Flow.Target)}}
          - disconnect: {name: Bye}
`

// What a world file says that the flow cannot ask for, and values that it cannot take, are
// said with their place and the nearest name.
func TestAgainst(t *testing.T) {
	const nothing = ""
	known := world.Known{
		Outputs: func(category, action string) map[string]expr.Type {
			if category != "HubSpot" || action != "Find contact 0a1b2c3d" {
				return nil
			}
			return map[string]expr.Type{"tier": expr.String, "score": expr.Integer, "more": expr.String}
		},
		Tables:  map[string]world.KnownTable{"acme-control": {Rows: []string{"switch", "breaker"}, Columns: map[string]expr.Type{"enabled": expr.Boolean, "until": expr.String}}},
		Objects: map[string][]string{"queues": {"Sales", "Fallback"}, "skills": {"German"}}, Closed: true,
	}
	for _, c := range []struct{ text, bare, known string }{ // without and with what is known besides the flow
		{"dataActions: {Find contact: failure}", nothing, nothing},
		{"dataActions: {Find contact 0a1b2c3d: failure}", nothing, nothing},
		{"dataActions: {HubSpot/Find contact: timeout}", nothing, nothing},
		{"dataActions: {hubspot/find contact: {success: {tier: Gold, score: 5}}}", nothing, nothing},
		{"dataActions: {Find contract: failure}", `1:15: the flow calls no data action "Find contract"; did you mean "Find contact"`, "="},
		{"dataActions: {HubSpto/Find contact: failure}", `1:15: the flow calls no data action "HubSpto/Find contact"; did you mean "HubSpot/Find contact"`, "="},
		{"dataActions: {Find contact deadbeef: failure}", `1:15: the flow calls no data action "Find contact deadbeef"; there is Find contact, HubSpot/Find contact`, "="},
		{"dataActions: {Who: failure}", `1:15: the flow calls no data action "Who"; there is Find contact, HubSpot/Find contact`, "="},
		{"dataActions: {Find contact: [{success: {teir: Gold}}]}", `1:41: warning: the flow takes no "teir" from "Find contact"; did you mean "tier"`, `1:41: "Find contact" has no "teir"; did you mean "tier"`},
		{"dataActions: {Find contact: {success: {more: x}}}", `1:40: warning: the flow takes no "more" from "Find contact"; there is tier, score`, nothing},
		{"dataActions: {Find contact: {success: {more: 5}}}", `1:40: warning: the flow takes no "more" from "Find contact"; there is tier, score`, `1:46: the world gives "more" of "Find contact" as 5, and the flow binds it to a variable of type String; `},
		{"dataActions: {Find contact: {success: {score: \"5\"}}}", `1:47: the world gives "score" of "Find contact" as "5", and the flow binds it to a variable of type Integer; `, "="},
		{"dataActions: {Find contact: {success: {tier: [a]}}}", `1:46: the world gives "tier" of "Find contact" as ["a"], and the flow binds it to a variable of type String; `, "="},
		{"dataActions: {Find contact: {success: {tier: null, score: null}}}", nothing, nothing},

		{"tables: {acme-control: {rows: {switch: {enabled: false}}}}", nothing, nothing},
		{"tables: {ACME-control: {fails: true}}", nothing, nothing},
		{"tables: {acme-contrl: {fails: true}}", `1:10: the flow reads no data table "acme-contrl"; did you mean "acme-control"`, "="},
		{"tables: {acme-control: {rows: {swich: {enabled: false}}}}", `1:32: the flow looks up no row "swich" of table "acme-control"; did you mean "switch"`, `1:32: there is no row "swich" in table "acme-control"; did you mean "switch"`},
		{"tables: {acme-control: {rows: {breaker: {until: x}}}}", `1:32: the flow looks up no row "breaker" of table "acme-control"; there is switch`, `1:32: warning: the flow looks up no row "breaker" of table "acme-control"; there is switch`},
		{"tables: {acme-control: {rows: {switch: {enabled: \"false\"}}}}", `1:50: the world gives "enabled" of table "acme-control" as "false", and the flow binds it to a variable of type Boolean; `, "="},
		{"tables: {acme-control: {rows: {switch: {enabld: false}}}}", `1:41: warning: the flow takes no "enabld" from table "acme-control"; did you mean "enabled"`, `1:41: table "acme-control" has no "enabld"; did you mean "enabled"`},
		{"tables: {acme-control: {rows: {switch: {until: 5}}}}", `1:41: warning: the flow takes no "until" from table "acme-control"; there is enabled`, `1:48: the world gives "until" of table "acme-control" as 5, and the flow binds it to a variable of type String; `},
		{"tables: {acme-control: {fails: true, rows: {switch: {}}}}", `1:38: warning: a table that fails has no rows; leave one of the two out`, "="},

		{"queues: {sales: missing, Fallback: missing}", nothing, nothing},
		{"queues: {Slaes: missing}", `1:10: warning: the name "Slaes" stands nowhere else, neither in the flow nor in this file; did you mean "Sales"`, `1:10: the flow asks for no queue "Slaes"; did you mean "Sales"`},
		{"queues: {German: missing}", nothing, `1:10: "German" is the name of a skill and of no queue; it belongs under skills`},
		{"queues: {VIP: missing}\ndataActions: {Find contact: {success: {tier: VIP}}}", nothing, nothing},
		{"skills: {German: missing}", nothing, nothing},
		{"skills: {Gremlin: missing}", `1:10: the flow asks for no skill "Gremlin"; there is German`, "="},
		{"users: {ada@example.com: missing}", nothing, nothing},
		{"users: {bob: missing}", `1:9: the flow asks for no user "bob"; there is ada@example.com`, "="},
		{"groups: {Tier 2: missing}", `1:10: the flow asks for no group; `, "="},
		{"flows: {Night: missing}", nothing, nothing},
		{"flows: {Knight: missing}", `1:9: the flow asks for no flow "Knight"; did you mean "Night"`, "="},
		{"prompts: {Prompt.Hello: missing}", `1:11: the flow asks for no prompt; `, "="},
		{"skill: {German: missing}", `1:1: unknown key "skill" in the world file; did you mean "skills"`, "="},

		{"schedules: {Weekdays: inactive}\nscheduleGroups: {Hours: closed}\nemergencyGroups: {Evac: \"on\"}", nothing, nothing},
		{"schedules: {Weekday: inactive}", `1:13: the flow asks for no schedule "Weekday"; did you mean "Weekdays"`, "="},
		{"scheduleGroups: {Horus: closed}", `1:18: the flow asks for no schedule group "Horus"; did you mean "Hours"`, "="},
		{"emergencyGroups: {Evca: \"on\"}", `1:19: the flow asks for no emergency group "Evca"; did you mean "Evac"`, "="},
		{"digits: [\"1\"]", `1:1: the flow asks for no keys; `, "="},
		{"transfers: {Sales: failure, Night: failure, \"+4930901820\": failure, ada@example.com: failure}", nothing, nothing},
		{"transfers: {Nigth: failure}", `1:13: warning: the name "Nigth" stands nowhere else, neither in the flow nor in this file; did you mean "Night"`, `1:13: the flow asks for no transfer to "Nigth"; did you mean "Night"`},
		{"transfers: {Fallbcak: failure}", `1:13: warning: the name "Fallbcak" stands nowhere else, neither in the flow nor in this file; did you mean "Fallback"`, `1:13: the flow asks for no transfer to "Fallbcak"; did you mean "Fallback"`},
		{"transfers: {Slaes: failure}", `1:13: warning: the name "Slaes" stands nowhere else, neither in the flow nor in this file; did you mean "Sales"`, `1:13: the flow asks for no transfer to "Slaes"; did you mean "Sales"`},
		{"transfers: {German: failure}", nothing, `1:13: "German" is the name of a skill and of no transfer; it belongs under skills`},
		{"transfers: {Elsewhere: failure}", `1:13: warning: the name "Elsewhere" stands nowhere else, neither in the flow nor in this file; `, `1:13: the flow asks for no transfer to "Elsewhere"; there is Fallback, Sales, Night, +4930901820, ada@example.com`},

		{"branches: {Needs: {branch: failure}}", nothing, nothing},
		{"branches: {needs: failure}", nothing, nothing},
		{"branches: {Neds: failure}", `1:12: no action "Neds" of the flow takes a branch from here; did you mean "Needs"`, "="},
		{"branches: {Needs: {branch: fialure}}", `1:28: action "Needs" has no branch "fialure"; did you mean "failure"`, "="},
		{"branches: {Needs: [success, found]}", `1:29: action "Needs" has no branch "found"; there is success, failure`, "="},
		{"branches: {Who: failure}", `1:12: no action "Who" of the flow takes a branch from here; what it answers stands under dataActions`, "="},

		{"call: {data: {kept_rule: gold}, remoteName: Ada, language: en-us}", nothing, nothing},
		{"call: {data: {kept_rul: gold}}", `1:15: warning: the flow reads no participant data "kept_rul"; did you mean "kept_rule"`, "="},
		{"call: {language: en-su}", `1:18: warning: the flow does not speak "en-su"; did you mean "en-us"`, "="},
		{"call: {language: de}", `1:18: warning: the flow does not speak "de"; there is en-us, fr`, "="},
		{"call: {variables: {Call.PositionInQueu: 3}}", `1:20: "Call.PositionInQueu" is no built-in variable; did you mean "Call.PositionInQueue"`, "="},
		{"call: {variables: {call.any: x}}", `1:20: "call.any" is no built-in variable; did you mean "Call.Ani"`, "="},
		{"queues: {Sales: missing, sales: exists}", `1:26: queue "sales" is "Sales" in other letters: names are compared without regard to case; leave one of the two out`, "="},
		{"dataActions: {Find contact: failure, HubSpot/Find contact: timeout}", `1:15: "HubSpot/Find contact" answers before "Find contact" does; leave one of the two out`, "="},
		{"dataActions: {Find contact: {failure: true, ms: \"5\"}}", `1:49: ms is not a whole number from 0; milliseconds, at most a day`, "="},
		{"dataActions: {Find contact: {failure: \"false\"}}", `1:39: failure of dataActions "Find contact" has a wrong value; true, or for success a mapping of outputs, for failure an error type`, "="},
		{"dataActions: {Find contact: {timeout: \"true\"}}", `1:39: timeout of dataActions "Find contact" has a wrong value; true, or for success a mapping of outputs, for failure an error type`, "="},
		{"tables: {acme-control: {fails: \"true\"}}", `1:32: fails of table "acme-control" has a wrong value; true, or an error type such as DataTablesInternalServerError`, "="},
		{"call: {answerAfterMs: 5}", `1:8: nobody takes a call out of a flow of type inboundCall; `, "="},
		{"call: {variables: {Call.PositionInQueue: 3}}", `1:20: flows of type inboundCall have no variable "Call.PositionInQueue"; `, "="},
	} {
		for _, k := range []struct {
			known world.Known
			want  string
		}{{world.Known{}, c.bare}, {known, c.known}} {
			want := k.want
			if want == "=" {
				want = c.bare
			}
			if got := against(t, asking, c.text, k.known); got != want {
				t.Errorf("%s, closed %v\ngot  %s\nwant %s", c.text, k.known.Closed, got, want)
			}
		}
	}
}

func against(t *testing.T, flow, text string, k world.Known) string {
	t.Helper()
	d, found := world.Read("w", []byte(text))
	if d != nil {
		f, wrong := architect.Parse("flow.yaml", []byte(flow))
		if wrong.Has(diag.Error) {
			t.Fatal(wrong)
		}
		p, err := interp.Compile(f, interp.Options{})
		if err != nil {
			t.Fatal(err)
		}
		found = d.Against(p, k)
	}
	var got []string
	for _, f := range found {
		place, message, _ := strings.Cut(f.Error(), ": ")
		if f.Severity == diag.Warning {
			message = "warning: " + message
		}
		got = append(got, strings.TrimPrefix(place, "w:")+": "+message+"; "+f.Hint)
	}
	return strings.Join(got, "\n")
}

// The worlds of the interpreter's cases mean something to their flows, but for those whose
// point it is.
func TestAgainstEveryCase(t *testing.T) {
	files, err := filepath.Glob("../interp/testdata/cases/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	wrong := []string{"call-data-wrong-type.txtar"}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var flow, text string
		var modules []*architect.File
		for _, f := range a.Files {
			switch {
			case f.Name == "flow.yaml":
				flow = string(f.Data)
			case f.Name == "world.yaml":
				text = string(f.Data)
			case strings.HasPrefix(f.Name, "module"):
				m, _ := architect.Parse(f.Name, f.Data)
				modules = append(modules, m)
			}
		}
		if text == "" {
			continue
		}
		d, found := world.Read("w", []byte(text))
		if err := found.Err(); err != nil {
			t.Fatal(err)
		}
		f, _ := architect.Parse("flow.yaml", []byte(flow))
		p, err := interp.Compile(f, interp.Options{Modules: modules})
		if err != nil {
			t.Fatal(err)
		}
		found = d.Against(p, world.Known{})
		if found.Has(diag.Error) != slices.Contains(wrong, filepath.Base(file)) {
			t.Errorf("%s: %v", file, found)
		}
	}
	if _, err := os.Stat("../interp/testdata/cases/" + wrong[0]); err != nil {
		t.Error(err)
	}
}

// What no call asked for is a note; what one asked for is none, whatever it was answered.
func TestUnused(t *testing.T) {
	const text = `dataActions: {Find contact: failure}
tables: {acme-control: {rows: {switch: {enabled: true}, breaker: {}}}}
queues: {Sales: exists, Fallback: missing}
skills: {German: exists}
schedules: {Weekdays: inactive}
scheduleGroups: {Hours: closed}
emergencyGroups: {Evac: "off"}
transfers: {Night: success, Sales: success}
branches: {Needs: failure}
digits: ["1"]
`
	d, found := world.Read("w", []byte(text))
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	f, _ := architect.Parse("flow.yaml", []byte(strings.ReplaceAll(asking, "          - transferToUser: {name: Boss, targetUser: {lit: {name: ada@example.com}}}\n          - transferToNumber: {name: Out, targetNumber: {lit: \"+4930901820\"}}\n          - transferToFlow: {name: On, targetFlow: {name: Night}}\n", "")))
	p, err := interp.Compile(f, interp.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := world.New(d.File)
	if r, err := interp.Run(t.Context(), p, d.Start(), w, interp.RunOptions{}); err != nil || r.Queue != "Sales" {
		t.Fatal(r, err)
	}
	var got []string
	for _, f := range d.Unused(w) {
		if f.Severity != diag.Info {
			t.Errorf("%s: %s", f, f.Severity)
		}
		got = append(got, f.Error())
	}
	want := []string{
		`w:2:57: no call of this run looked up row "breaker" of table "acme-control"`,
		`w:3:25: no call of this run asked for queue "Fallback"`,
		`w:8:13: no call of this run asked for transfer to "Night"`,
		`w:10:10: no call of this run asked for keys so often: these and what follows were not pressed`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
