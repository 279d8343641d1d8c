package simulate_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/simulate"
)

func TestFixturesOfEveryExample(t *testing.T) {
	files, err := filepath.Glob("../../examples/*/crm.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, found := simulate.DecodeFixtures(file, data); found.Err() != nil {
			t.Error(found.Err())
		}
	}
}

func TestFixturesAreReadStrictly(t *testing.T) {
	for text, want := range map[string]string{
		"version: 2\n":                              "crm.yaml:1:1: version of the fixtures is 2",
		"contacts: []\n":                            "version of the fixtures is 0",
		"version: 1\ncontact: []\n":                 "crm.yaml:2",
		"version: 1\nnow: noon\n":                   "crm.yaml:2",
		"version: 1\ncontacts:\n  - {nmae: x}\n":    "crm.yaml:3",
		"version: 1\nvanished: {queue: [Sales]}\n":  "crm.yaml:2",
		"version: 1\ncalls: {x: {anni: anonymous}}": "crm.yaml:2",
		"{": "crm.yaml",
	} {
		_, found := simulate.DecodeFixtures("crm.yaml", []byte(text))
		if err := found.Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// What is wrong is said all at once, each with its place in characters and the next step.
func TestFixturesNameEveryFault(t *testing.T) {
	_, found := simulate.DecodeFixtures("crm.yaml", []byte("version: 1\ncontacts: [{properties: {firstname: Zoë}, propertis: {}}]\ncalls: {é: x}\n"))
	var got []string
	for _, f := range found {
		got = append(got, f.Error()+"; "+f.Hint)
	}
	want := []string{
		`crm.yaml:2:43: unknown key "propertis"; did you mean "properties"`,
		`crm.yaml:3:12: a text does not belong here; a mapping does`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// What refers to nothing in the account or the control table is said with its place and the
// nearest name; so is a value of another type and another account.
func TestFixturesReferToWhatIsThere(t *testing.T) {
	rows := map[string]map[string]any{"switch": {"key": "switch", "enabled": true}, "breaker": {"key": "breaker", "openUntil": "", "reason": ""}}
	for text, want := range map[string]string{
		"contacts: [{id: \"901\"}]\ndeals: [{id: \"1\", contacts: [\"902\"]}]\n": `crm.yaml:3:30: contact "902" is not in the fixtures; did you mean "901"`,
		"deals: [{id: \"1\", properties: {dealstage: closedwn}}]\n":              `crm.yaml:2:43: stage "closedwn" is not in the fixtures; did you mean "closedwon"`,
		"deals: [{id: \"1\", properties: {pipeline: defualt}}]\n":                `crm.yaml:2:42: pipeline "defualt" is not in the fixtures; did you mean "default"`,
		"control: {swich: {enabled: false}}\n":                                   `crm.yaml:2:18: the control table has no row "swich"; did you mean "switch"`,
		"control: {switch: {enabled: \"false\"}}\n":                              `crm.yaml:2:29: a text does not belong here; true or false does`,
		"calls: {off: {control: {switch: {enabld: false}}}}\n":                   `crm.yaml:2:42: the control table has no column "enabld"; did you mean "enabled"`,
		"calls: {off: {control: {breaker: {openUntil: 5}}}}\n":                   `crm.yaml:2:46: a number does not belong here; a text does`,
		"portal: \"2\"\n": `crm.yaml:2:9: these are the fixtures of account 2, and hubspot.portal pins 1; `,
		"control: {switch: {enabled: false, reason: holidays}}\nportal: \"1\"\n": "",
	} {
		text = "version: 1\n" + text
		f, found := simulate.DecodeFixtures("crm.yaml", []byte(text))
		if found == nil {
			found = f.Against(rows, "1")
		}
		got := ""
		for _, x := range found {
			got += x.Error() + "; " + x.Hint
		}
		if got != want {
			t.Errorf("%s\n%s\nwant\n%s", text, got, want)
		}
	}
}

// A run that is interrupted is no answer, and none that a caller could take for one.
func TestInterruptedRun(t *testing.T) {
	l := edge(t, "best", "highest-value")
	ctx, stop := context.WithCancel(t.Context())
	stop()
	run := simulate.Run{Program: l.p, Org: l.newOrg(), Script: world.New(nil)}
	if o, err := run.Do(ctx, simulate.Call{ANI: caller1, At: noon}); !errors.Is(err, context.Canceled) {
		t.Errorf("%+v, %v", o, err)
	}
}

// In a scripted world time and requests are booked as if actions had been executed.
func TestScriptedTimeCountsAsHubSpots(t *testing.T) {
	l := edge(t, "best", "highest-value")
	var find string
	for _, a := range l.b.Actions {
		if a.Role == "findContact" {
			find = a.Definition.Name
		}
	}
	for answer, want := range map[string]string{
		"timeout":                   "lookup_failed 2s 1",
		"failure":                   "lookup_failed 0s 1",
		"{failure: true, ms: 40}":   "lookup_failed 40ms 1",
		"{failure: true, ms: 9000}": "lookup_failed 2s 1",
		"{success: {total: 0, ids: [], phoneOf: [], phone: [], mobileOf: [], mobile: [], typedPhoneOf: [], typedPhone: [], typedMobileOf: [], typedMobile: [], askIds: [], fact_tierOf: [], fact_tier: []}, ms: 30}": "no_record 30ms 1",
	} {
		text := "dataActions:\n  " + find + ": " + answer + "\ntables: {acme-control: {rows: {switch: {enabled: true}, breaker: {openUntil: \"\"}}}}\n"
		script, found := world.Decode("world.yaml", []byte(text))
		if err := found.Err(); err != nil {
			t.Fatal(err)
		}
		run := simulate.Run{Program: l.p, Org: l.newOrg(), Script: world.New(script)}
		o, err := run.Do(t.Context(), simulate.Call{ANI: caller1, At: noon})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join([]string{o.Outcome, o.HubSpot.String(), string(rune('0' + o.Requests))}, " "); got != want {
			t.Errorf("%s: %s, want %s", answer, got, want)
		}
	}
}

// A trace has every step of a data action, and never a credential.
func TestTraceHoldsNoCredential(t *testing.T) {
	l := edge(t, "best", "highest-value")
	c := caller{ani: caller1, crm: hubspot.CRM{Contacts: []hubspot.Contact{lucia()}}, assume: hubspottest.Assumed(), trace: interp.TraceFull}
	o := l.call(t, c)
	if len(o.Actions) == 0 || len(o.Actions[0].Operations) < 5 {
		t.Fatalf("%+v", o.Actions)
	}
	for _, a := range o.Actions {
		for _, op := range a.Operations {
			if strings.Contains(string(op.Result)+string(op.Error), hubspottest.DefaultToken) {
				t.Errorf("%s, step %d %s holds the key", a.Action, op.Step, op.Name)
			}
		}
	}
}
