package picture

import (
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/deployment"
)

const ladder = `version: 1
name: acme
genesys: {region: us-east-1}
hubspot:
  lookup: {homeCountries: [US]}
  stages: {"985123456": Negotiation}
  facts:
    tier: {contact: customer_tier}
    renewal: {deal: renewal_date, type: date}
calls:
  numbers: ["+15135550100"]
  schedule:
    group: Hours
    closed: {message: "We are closed.", then: disconnect}
    holiday: {then: {queue: Night}}
routing:
  rules:
    - {name: %s, when: {outcome: [active_deal, no_record], at: open, called: "+15135550100"}, to: {queue: Sales, skills: [A, B], priority: 10, owner: prefer}}
    - {name: won, when: {stage: [closedwon, "985123456"], won: true}, to: {flow: Other}}
    - {name: facts, when: {facts: {tier: {not: [gold]}, renewal: {within: -30d}}}, to: {priority: 4}}
    - {name: hidden, when: {stage: closedwon, won: true, facts: {tier: gold}}, to: {queue: Care}}
    - {name: number, when: {caller: {number: [withheld, own], country: [US]}}, to: {queue: Care}}
    - {name: open, when: {openDeals: {min: 2}, anyOpen: {stage: contractsent, maxValue: 10}, lifecycle: lead}, to: {queue: Care, valuePriority: false}}
    - {name: rich, when: {minValue: 1250000.5}, to: {queue: Care}}
    - {name: neither, when: {won: true, minValue: 5}, to: {queue: Care}}
    - {name: failed, when: {failure: [timeout, off], outcome: lookup_failed}, to: {queue: Care}}
  valuePriority: {per: 1000, add: 1, max: 5}
  fallback: {queue: Everybody, skills: [C], priority: 1}
`

func ladderOf(t *testing.T, name string) *Graph {
	t.Helper()
	d, found := deployment.Parse("d.yaml", []byte(strings.Replace(ladder, "%s", name, 1)))
	if d == nil || len(found) > 0 && strings.Contains(found.Error(), "error") {
		t.Fatal(found)
	}
	return Rules(d)
}

func TestRulesInWords(t *testing.T) {
	g := ladderOf(t, "first")
	m := g.index()
	for id, want := range map[string][]string{
		"rule-1": {"It is open", "and the caller dialled +15135550100", "and the caller has an open deal or HubSpot does not know the caller"},
		"rule-2": {"The deal's stage is Closed Won or Negotiation", "and the deal is won"},
		"rule-7": {"Open deals come to at least 1,250,000.5"},
		"rule-3": {"renewal is within the last 30 days", "and tier is known and not gold"},
		"rule-5": {"The caller's number is withheld or one of our own", "and the caller's number is of US"},
		"rule-6": {"The contact's lifecycle stage is lead", "and some open deal is of stage Contract Sent and of at most 10", "and open deals: at least 2"},
		"rule-9": {"HubSpot could not be asked", "and HubSpot did not answer in time or asking HubSpot is switched off"},
		"to-1":   {"Sales", "skill A", "skill B"}, "to-2": {"Flow Other"}, "to-3": {"Everybody", "skill C"}, "fallback": {"Queue Everybody", "skill C"},
		"hours-closed": {"hears “We are closed.”"}, "hours-holiday": {"Night"},
	} {
		n := m.nodes[id]
		if n == nil {
			t.Errorf("there is no %s", id)
			continue
		}
		if !slices.Equal(n.Text, want) {
			t.Errorf("%s says %q", id, n.Text)
		}
	}
	for id, want := range map[string]string{
		"to-1": "the owner first · priority 10 to 15 by value", "to-6": "priority 0", "to-3": "priority 4 to 9 by value", "rule-1": "rule 1: first",
	} {
		if n := m.nodes[id]; n.Note != want {
			t.Errorf("below %s stands %q", id, n.Note)
		}
	}
	if n := m.nodes["rule-2"].Note; strings.Contains(n, "never") {
		t.Errorf("a rule that can fire: %q", n)
	}
	var way []string
	for cur := "start"; cur != ""; {
		way = append(way, cur)
		next := ""
		for _, e := range g.Edges {
			if e.From == cur && (e.Branch == "" || e.Branch == "no" || e.Branch == "on" || e.Branch == "lastResort") {
				next = e.To
			}
		}
		cur = next
	}
	if want := "start schedule lookup rule-1 rule-2 rule-3 rule-4 rule-5 rule-6 rule-7 rule-8 rule-9 fallback last"; strings.Join(way, " ") != want {
		t.Errorf("the way of a call that no rule takes is %s", way)
	}
}

func TestRulesThatNeverFireSaySo(t *testing.T) {
	for id, want := range map[string]string{"rule-4": "never: rule 2 (won) comes first", "rule-8": "never: nobody fits it"} {
		if n := ladderOf(t, "first").index().nodes[id]; !strings.Contains(n.Note, want) {
			t.Errorf("%s: %q", id, n.Note)
		}
	}
}

func TestNoNameEndsALine(t *testing.T) {
	g := Flow(parsed(t, strings.NewReplacer("name: small", `name: "a\nFORGED"`, "name: Ask", `name: "b\nFORGED"`, "name: End", `name: "\x1bc\u2028FORGED"`).Replace(small)))
	for _, l := range Outline(g) {
		if strings.Contains(l, "\n") || strings.ContainsAny(l, "\x1b\u2028") {
			t.Errorf("%q", l)
		}
	}
}

func TestDealsInWords(t *testing.T) {
	yes, no := true, false
	for won, want := range map[*bool]string{&yes: "the deal is won", &no: "the deal is not won"} {
		if got := new(tree).dealWords(deployment.When{Won: won}); !slices.Equal(got, []string{want}) {
			t.Errorf("%v: %q", *won, got)
		}
	}
}
