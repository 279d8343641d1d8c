package blueprint_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/templates"
)

// crowded is an account whose only contact has n deals: the first open ones, then won ones
// that are worth more.
func crowded(open, won int) hubspot.CRM {
	crm := hubspot.CRM{Contacts: []hubspot.Contact{{ID: "1", Properties: hubspot.Properties{hubspot.PropPhone: hubspot.Text("+15135550142")}}}}
	for i := range open + won {
		stage, amount := "contractsent", strconv.Itoa(1+i)
		if i >= open {
			stage, amount = "closedwon", strconv.Itoa(100000+i)
		}
		crm.Deals = append(crm.Deals, hubspot.Deal{ID: strconv.Itoa(1000 + i), Contacts: []string{"1"}, Properties: hubspot.Properties{
			hubspot.PropPipeline: hubspot.Text("default"), hubspot.PropDealStage: hubspot.Text(stage), hubspot.PropAmount: hubspot.Text(amount),
		}})
	}
	return crm
}

func TestMoreDealsThanAPage(t *testing.T) {
	b := render(t, "../../examples/every-setting/dealroute.yaml")
	l := prepare(t, b, simulate.Readings{})
	for _, c := range []struct {
		open, won int
		outcome   string
		truncated string
	}{
		{0, 200, "inactive_deal", "false"},
		{0, 201, "lookup_failed", "true"}, // an open one may be on the next page
		{3, 197, "active_deal", "false"},
		{250, 0, "active_deal", "true"},
	} {
		o := l.call(caller{ani: "+15135550142", crm: crowded(c.open, c.won)})
		if got := o.Result.ParticipantData["hubspot_value_truncated"]; o.Outcome != c.outcome || got != c.truncated || o.Result.Handled {
			t.Errorf("%d open, %d won: %s, truncated %s, %v", c.open, c.won, o.Outcome, got, o.Result.Problems)
		}
	}
}

func TestManyRulesAndNone(t *testing.T) {
	for _, n := range []int{0, 1, 60, 61, 150} {
		var y strings.Builder
		y.WriteString("version: 1\nname: acme-many\ngenesys: {region: us-east-1}\nhubspot: {lookup: {homeCountries: [US]}}\nrouting:\n  fallback: {queue: Q}\n")
		if n > 0 {
			y.WriteString("  rules:\n")
		}
		for i := range n {
			fmt.Fprintf(&y, "    - {name: rule %d, when: {stage: s%d}, to: {queue: Q%d, priority: %d, skills: [A%d, B]}}\n", i, i, i%7, i, i%3)
		}
		d, fs := deployment.Parse("d.yaml", []byte(y.String()))
		if err := fs.Err(); err != nil {
			t.Fatal(err)
		}
		b, found := blueprint.Render(d, templates.FS)
		if err := found.Err(); err != nil {
			t.Fatalf("%d rules: %v", n, err)
		}
		if n == 0 {
			continue
		}
		l := prepare(t, b, simulate.Readings{})
		crm := crowded(1, 0)
		crm.Deals[0].Properties[hubspot.PropDealStage] = hubspot.Text(fmt.Sprintf("s%d", n-1))
		o := l.call(caller{ani: "+15135550142", crm: crm})
		if o.Rule != fmt.Sprintf("rule %d", n-1) || o.Result.Priority != int64(n-1) || len(o.Result.Skills) != 2 {
			t.Errorf("%d rules: %s", n, said(o))
		}
	}
}

// A caller whose contact has no stage name sees the stage's id as its label; a skill that is
// gone in the middle leaves the others.
func TestSkillsMoveUp(t *testing.T) {
	l := prepare(t, render(t, "../../examples/every-setting/dealroute.yaml"), simulate.Readings{})
	vip := hubspot.CRM{Contacts: []hubspot.Contact{{ID: "1", Properties: hubspot.Properties{hubspot.PropPhone: hubspot.Text("+442079460143"), "vip": hubspot.Text("true")}}}}
	for _, c := range []struct {
		gone []string
		want string
	}{
		{nil, "[English VIP Sales]"},
		{[]string{"VIP"}, "[English Sales]"},
		{[]string{"English"}, "[VIP Sales]"},
		{[]string{"English", "VIP", "Sales"}, "[]"},
	} {
		org := l.newOrg()
		org.MissingSkills = c.gone
		o := l.call(caller{ani: "+442079460143", crm: vip, org: org})
		if got := fmt.Sprint(o.Result.Skills); got != c.want || o.Result.Queue != "Concierge" {
			t.Errorf("without %v: %s %s, want %s", c.gone, o.Result.Queue, got, c.want)
		}
	}
}

// A decision that was kept goes on without the queue that has vanished: the fallback's
// priority with the share of value that the kept one held.
func TestAKeptDecisionKeepsItsShareOfValue(t *testing.T) {
	l := prepare(t, render(t, basic), simulate.Readings{})
	f := fixtures(t)
	c := l.withFixtures(f, "back-in-time")
	c.org.MissingQueues = []string{"Sales"}
	o := l.call(c)
	if o.Result.Queue != "General Support" || o.Result.Priority != 2 || o.Rule != "negotiation" || o.Requests != 0 {
		t.Errorf("%s", said(o))
	}
}

// Whatever an earlier leg, a person or another flow has left as the kept decision: the flow
// takes it or asks again, and never fails.
func TestKeptDataCanBeAnything(t *testing.T) {
	l := prepare(t, render(t, basic), simulate.Readings{})
	f := fixtures(t)
	good := f.Calls["back-in-time"].Conversation
	junk := []string{"", " ", "x", "-", "--1", "1e9", "99999999", "999999999", "25000001", "2026-11-23", "2026-11-23T15:03:00+01:00", "2026-13-45T99:99:99Z", "not a time of 20 ch.", "é", "NOT_SET", "null"}
	for name := range good {
		for _, v := range junk {
			c := l.withFixtures(f, "back-in-time")
			c.conversation = map[string]string{}
			for k, x := range good {
				c.conversation[k] = x
			}
			c.conversation[name] = v
			o := l.call(c)
			if o.Result.Handled || o.Result.Queue == "" {
				t.Errorf("%s=%q: %s %v", name, v, said(o), o.Result.Problems)
			}
			free := name == "hubspot_contact_id" || name == "hubspot_deal_stage" || name == "dealroute_rule" && v == "" ||
				name == "dealroute_priority" && allDigits(v) && len(v) < 8 ||
				name == "dealroute_until" && v == "2026-13-45T99:99:99Z"
			if (o.Reason == "kept") != free {
				t.Errorf("%s=%q: %s", name, v, said(o))
			}
		}
	}
	for _, until := range []string{"", "soon", "2026-11-23T15:00:10", "2026-11-23T15:00:10+00:00", "99999999999999999999", "20261123150010"} {
		c := l.withFixtures(f, "+15135550142")
		c.org.Rows["breaker"] = map[string]any{"key": "breaker", "openUntil": until}
		if o := l.call(c); o.Result.Handled || o.Requests != 2 {
			t.Errorf("openUntil %q: %s", until, said(o))
		}
	}
	for _, org := range []func(*simulate.Org){
		func(o *simulate.Org) { o.TableFails = true },
		func(o *simulate.Org) { o.Rows = nil },
	} {
		c := l.withFixtures(f, "+15135550142")
		org(c.org)
		o := l.call(c)
		if o.Result.Handled || c.org.TableFails != (o.Requests == 0) {
			t.Errorf("table failing %t: %s", c.org.TableFails, said(o))
		}
	}
}

func allDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
