package blueprint_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/simulate"
)

const basic = "../../examples/basic/dealroute.yaml"

// fixtures reads the CRM beside the basic example.
func fixtures(t testing.TB) *simulate.Fixtures {
	t.Helper()
	data, err := os.ReadFile("../../examples/basic/crm.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f, fs := simulate.DecodeFixtures("crm.yaml", data)
	if err := fs.Err(); err != nil {
		t.Fatal(err)
	}
	return f
}

// withFixtures is a caller of the fixtures, by number or by the name of a situation.
func (l line) withFixtures(f *simulate.Fixtures, who string) caller {
	c := caller{ani: who, crm: f.CRM, org: l.newOrg()}
	if f.Now != nil {
		c.at = *f.Now
	}
	if x, ok := f.Calls[who]; ok {
		c.ani, c.conversation = x.ANI, x.Conversation
		c.org.MissingQueues, c.org.MissingSkills, c.org.FailingTransfers = x.Vanished.Queues, x.Vanished.Skills, x.Transfers.Failing
		for k, row := range x.Control {
			c.org.Rows[k] = row
		}
	}
	return c
}

// said is an outcome in one line.
func said(o *simulate.Outcome) string {
	r := o.Result
	open := "-"
	if o.OpenDeals != nil {
		open = fmt.Sprint(*o.OpenDeals)
	}
	return fmt.Sprintf("%s rule=%s %s %s %s %v %d open=%s value=%s requests=%d", o.Outcome, o.Rule, o.Reason, r.Ending, r.Queue, r.Skills, r.Priority, open, o.Value, o.Requests)
}

func TestCallersOfTheBasicExample(t *testing.T) {
	l := prepare(t, render(t, basic), simulate.Readings{})
	f := fixtures(t)
	const (
		fallback    = "fallback queue General Support [General_Support] 1"
		negotiation = "rule=negotiation rule queue Sales [Senior_Account_Managers]"
	)
	for _, c := range []struct{ who, fault, want string }{
		{"+15135550142", "", "active_deal " + negotiation + " 11 open=2 value=62000.0 requests=2"},
		{"tel:+1-513-555-0142", "", "active_deal " + negotiation + " 11 open=2 value=62000.0 requests=2"},
		{"sip:+15135550142@203.0.113.7;user=phone", "", "active_deal " + negotiation + " 11 open=2 value=62000.0 requests=2"},
		{"+15135550143", "", "active_deal rule=whales rule queue Sales [Senior_Account_Managers] 24 open=1 value=480000.0 requests=2"},
		{"+15135550144", "", "inactive_deal rule=customers rule queue Customer Care [Retention_Specialists] 5 open=0 value=0.0 requests=2"},
		{"+15135550145", "", "inactive_deal rule= " + fallback + " open=0 value=0.0 requests=2"},
		{"+15135550146", "", "contact_no_deal rule= " + fallback + " open=0 value= requests=1"},
		{"+15135550147", "", "contact_no_deal rule= " + fallback + " open=0 value= requests=2"},
		{"+15135550148", "", "active_deal " + negotiation + " 10 open=1 value=0.0 requests=2"},
		{"+15135550149", "", "contact_no_deal rule=support-plan rule queue Customer Care [] 3 open=0 value= requests=1"},
		{"+15135550150", "", "active_deal " + negotiation + " 10 open=1 value=3000.0 requests=2"},
		{"(513) 555-0151", "", "active_deal " + negotiation + " 10 open=1 value=20000.0 requests=2"},
		{"+15135550153", "", "contact_no_deal rule=gold rule queue Customer Care [Retention_Specialists] 8 open=0 value= requests=1"},
		{"+15135550154", "", "active_deal rule=renewals rule queue Sales [Senior_Account_Managers] 7 open=1 value=15000.0 requests=2"},
		{"+15135550155", "", "contact_no_deal rule= " + fallback + " open=0 value= requests=2"},
		{"+15135550190", "", "no_record rule= " + fallback + " open=- value= requests=1"},
		{"anonymous", "", "no_record rule= " + fallback + " open=- value= requests=0"},
		{"sip:anonymous@anonymous.invalid", "", "no_record rule= " + fallback + " open=- value= requests=0"},
		{"", "", "no_record rule= " + fallback + " open=- value= requests=0"},
		{"911", "", "no_record rule= " + fallback + " open=- value= requests=0"},
		{"+15135550100", "", "no_record rule= " + fallback + " open=- value= requests=0"},
		{"+15135550142", "429", "lookup_failed rule= " + fallback + " open=- value= requests=1"},
		{"+15135550142", "502", "lookup_failed rule= " + fallback + " open=- value= requests=1"},
		{"+15135550142", "500", "lookup_failed rule= " + fallback + " open=- value= requests=1"},
		{"+15135550142", "malformed", "lookup_failed rule= " + fallback + " open=- value= requests=1"},
		{"+15135550142", "reset", "lookup_failed rule= " + fallback + " open=- value= requests=1"},
		{"+15135550142", "timeout", "lookup_failed rule= " + fallback + " open=- value= requests=1"},
		{"+15135550149", "findDeals=timeout", "contact_no_deal rule=support-plan rule queue Customer Care [] 3 open=0 value= requests=1"},
		{"+15135550142", "findDeals=timeout", "lookup_failed rule= " + fallback + " open=- value= requests=2"},
		{"switch-off", "", "lookup_failed rule= " + fallback + " open=- value= requests=0"},
		{"breaker-open", "", "lookup_failed rule= " + fallback + " open=- value= requests=0"},
		{"back-in-time", "", "active_deal rule=negotiation kept queue Sales [Senior_Account_Managers] 11 open=- value= requests=0"},
		{"back-too-late", "", "active_deal " + negotiation + " 11 open=2 value=62000.0 requests=2"},
		{"vanished-queue", "", "active_deal rule=negotiation rule queue General Support [] 2 open=2 value=62000.0 requests=2"},
		{"vanished-skill", "", "active_deal rule=negotiation rule queue Sales [] 11 open=2 value=62000.0 requests=2"},
		{"failing-transfer", "", "active_deal rule=negotiation rule queue General Support [] 2 open=2 value=62000.0 requests=2"},
		{"nothing-left", "", "active_deal rule=negotiation lastResort disconnect  [] 0 open=2 value=62000.0 requests=2"},
	} {
		t.Run(c.who+" "+c.fault, func(t *testing.T) {
			x := l.withFixtures(f, c.who)
			if c.fault != "" {
				fault, err := transport.ParseFault(c.fault)
				if err != nil {
					t.Fatal(err)
				}
				x.faults = []transport.Fault{fault}
			}
			o := l.call(x)
			if got := said(o); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if o.Result.Handled || len(o.Result.Problems) > 0 {
				t.Errorf("flow error handling: %+v", o.Result.Problems)
			}
			if o.HubSpot > 3e9 {
				t.Errorf("the caller waited %s for HubSpot", o.HubSpot)
			}
		})
	}
}

func TestAnOpenBreakerSparesTheNextCaller(t *testing.T) {
	l := prepare(t, render(t, basic), simulate.Readings{})
	f := fixtures(t)
	first := l.withFixtures(f, "+15135550142")
	fault, err := transport.ParseFault("timeout")
	if err != nil {
		t.Fatal(err)
	}
	first.faults = []transport.Fault{fault}
	if o := l.call(first); o.Requests != 1 || o.Outcome != "lookup_failed" {
		t.Fatalf("the first caller: %s", said(o))
	}
	next := l.withFixtures(f, "+15135550143")
	next.org, next.at = first.org, first.at.Add(4e9)
	if o := l.call(next); o.Requests != 0 || o.Outcome != "lookup_failed" {
		t.Errorf("while the breaker is open: %s", said(o))
	}
	later := next
	later.at = first.at.Add(60e9)
	if o := l.call(later); o.Requests != 2 {
		t.Errorf("after it has closed: %s", said(o))
	}
}

func TestWhatIsWrittenDownAndShown(t *testing.T) {
	l := prepare(t, render(t, basic), simulate.Readings{})
	f := fixtures(t)
	o := l.call(l.withFixtures(f, "+15135550142"))
	got := o.Result.ParticipantData
	policy := got["dealroute_policy"]
	delete(got, "dealroute_policy")
	want := map[string]string{
		"dealroute_outcome": "active_deal", "dealroute_rule": "negotiation", "dealroute_priority": "11",
		"dealroute_until": "2026-11-23T15:05:00Z", "hubspot_contact_id": "90000000001", "hubspot_deal_stage": "985123456",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("participant data %v, want %v", got, want)
	}
	pop := o.Result.ScreenPop
	if pop == nil || !strings.HasPrefix(pop.Script, "acme-inbound deal view ") {
		t.Fatalf("screen pop %+v", pop)
	}
	shown := map[string]string{}
	for _, in := range pop.Inputs {
		shown[in.Name] = in.Value.Text()
	}
	for name, want := range map[string]string{
		"contactId": "90000000001", "dealId": "90000000101", "stage": "Negotiation", "value": "62000.00", "fact_tier": "silver",
		"link": "https://app.hubspot.com/contacts/24681357/record/0-1/90000000001", "fact_score": "",
	} {
		if shown[name] != want {
			t.Errorf("input %s is %q, want %q", name, shown[name], want)
		}
	}
	// the fixtures of a transferred call must know this policy
	for _, who := range []string{"back-in-time", "back-too-late"} {
		if p := f.Calls[who].Conversation["dealroute_policy"]; p != policy {
			t.Errorf("examples/basic/crm.yaml: dealroute_policy of %s is %q, and the policy's hash %q", who, p, policy)
		}
	}
	kept := l.call(l.withFixtures(f, "back-in-time"))
	if kept.Result.ScreenPop == nil {
		t.Error("the screen does not pop for a kept contact")
	}
	if o := l.call(l.withFixtures(f, "+15135550153")); o.Result.ScreenPop != nil {
		t.Error("a rule with screenPop none pops")
	}
}

// The spike on nulls: contacts and deals whose properties are null give the same under both
// readings of what the platform does with a null; the plain form of an output would not.
func TestNullsGiveTheSameUnderBothReadings(t *testing.T) {
	b := render(t, basic)
	strict := prepare(t, b, simulate.Readings{})
	drop := prepare(t, b, simulate.Readings{DataAction: dataaction.Options{DropNullOutputs: true}})
	f := fixtures(t)
	for _, who := range []string{"+15135550147", "+15135550148", "+15135550142", "+15135550146"} {
		x, y := said(strict.call(strict.withFixtures(f, who))), said(drop.call(drop.withFixtures(f, who)))
		if x != y || strings.HasPrefix(x, "lookup_failed") {
			t.Errorf("%s: nulls refused: %s; dropped: %s", who, x, y)
		}
	}
	paths := 0
	for _, a := range b.Actions {
		for name, p := range a.Definition.Response.TranslationMap {
			if !strings.Contains(p, ".properties.") {
				continue
			}
			paths++
			if !strings.Contains(p, "[?(") {
				t.Errorf("%s: output %s is taken by %s, which may give a null", a.Key, name, p)
			}
		}
	}
	if paths == 0 {
		t.Error("no path reads a property")
	}
}

// The plain form of an output, which the templates avoid, fails under one reading.
func TestThePlainFormOfAnOutputFailsOnNull(t *testing.T) {
	b := render(t, basic)
	d := *b.Actions[0].Definition
	d.Response.TranslationMap = map[string]string{"tier": "$.results[0].properties.customer_tier"}
	d.Response.Defaults = map[string]string{"tier": `""`}
	d.Response.SuccessTemplate = `{"tier":${tier}}`
	d.Output = []byte(`{"type":"object","required":["tier"],"properties":{"tier":{"type":"string"}}}`)
	reply := sender(`{"total":1,"results":[{"id":"1","properties":{"customer_tier":null}}]}`)
	failed := 0
	for _, o := range []dataaction.Options{{}, {DropNullOutputs: true}} {
		p, err := dataaction.Compile(&d, o)
		if err != nil {
			t.Fatal(err)
		}
		r := dataaction.Run(t.Context(), p, map[string]any{"number": "+15135550147"}, reply, dataaction.RunOptions{Credentials: map[string]secret.Value{"token": secret.New("x")}})
		if r.Err != nil {
			failed++
		}
	}
	if failed == 0 {
		t.Error("a null passed into a typed output under both readings: the lists are not needed")
	}
}

// sender answers every request with one body.
type sender string

func (s sender) Send(context.Context, dataaction.Request) (dataaction.Response, error) {
	return dataaction.Response{Status: 200, Header: map[string][]string{"Content-Type": {"application/json"}}, Body: []byte(s)}, nil
}
