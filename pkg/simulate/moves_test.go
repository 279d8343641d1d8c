package simulate

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dealroute/dealroute/pkg/architect/interp"
)

func ended(queue string, priority int64, rule string, skills ...string) *Outcome {
	o := &Outcome{Rule: rule, Reason: "rule", Outcome: "active_deal", Result: interp.Result{Ending: interp.EndQueue, Target: queue, Queue: queue, Priority: priority, Skills: skills}}
	if rule == "" {
		o.Reason = "fallback"
	}
	return o
}

func at(queue string, priority int64, skills ...string) Target {
	return Target{Queue: queue, Skills: skills, Priority: priority, Ending: interp.EndQueue}
}

func because(rule string) Reason { return Reason{rule, "rule", "active_deal"} }

func TestMoves(t *testing.T) {
	flow := &Outcome{Reason: "rule", Rule: "menu", Result: interp.Result{Ending: interp.EndFlow, Target: "Menu", Priority: 7}}
	gone := &Outcome{Reason: "schedule", Result: interp.Result{Ending: interp.EndDisconnect, Priority: 3}}
	number := &Outcome{Result: interp.Result{Ending: interp.EndNumber, Target: "+15135550142"}}
	other := &Outcome{Result: interp.Result{Ending: interp.EndNumber, Target: "+15135550143"}}
	asked := ended("Sales", 10, "negotiation", "A")
	asked.Result.Preferred = []interp.Preferred{{User: "u"}}
	var m Moves
	for i, x := range []struct{ before, after *Outcome }{
		{ended("Sales", 10, "negotiation", "A", "B"), ended("Sales", 10, "negotiation", "B", "A", "A")}, // the order of skills says nothing
		{ended("Sales", 10, "negotiation", "A"), ended("Sales", 11, "negotiation", "A")},
		{ended("Sales", 10, "negotiation", "A"), ended("Sales", 11, "whales", "A")},
		{ended("Sales", 10, "negotiation", "A"), ended("Sales", 11, "whales", "A")},
		{ended("Sales", 10, "whales", "A"), ended("Sales", 11, "whales", "A")},
		{ended("Sales", 10, "negotiation", "A"), asked},
		{ended("Sales", 10, "negotiation", "A"), ended("Sales", 10, "whales", "A")},
		{ended("Sales", 10, "negotiation", "A"), ended("Sales", 10, "negotiation")},
		{ended("Sales", 10, "negotiation"), flow}, {flow, gone}, {gone, gone}, {gone, flow}, {number, other},
	} {
		m.Add(i+2, fmt.Sprintf("+1513555%04d", i), x.before, x.after)
	}
	for _, ani := range []string{"", "anonymous", "tel:restricted"} {
		m.Add(20, ani, gone, gone)
	}
	menu, end := Target{Flow: "Menu", Ending: interp.EndFlow}, Target{Ending: interp.EndDisconnect}
	want := []Move{
		{
			From: at("Sales", 10, "A"), To: at("Sales", 11, "A"), Calls: 4, first: 3,
			Reasons:  []Reasons{{because("negotiation"), because("whales"), 2}, {because("negotiation"), because("negotiation"), 1}, {because("whales"), because("whales"), 1}},
			Examples: []Example{{3, "+15135550001"}, {4, "+15135550002"}, {5, "+15135550003"}},
		},
		{From: at("Sales", 10, "A"), To: at("Sales", 10), Calls: 1, first: 9, Reasons: []Reasons{{because("negotiation"), because("negotiation"), 1}}, Examples: []Example{{9, "+15135550007"}}},
		{From: at("Sales", 10), To: menu, Calls: 1, first: 10, Reasons: []Reasons{{because("negotiation"), Reason{"menu", "rule", ""}, 1}}, Examples: []Example{{10, "+15135550008"}}},
		{From: menu, To: end, Calls: 1, first: 11, Reasons: []Reasons{{Reason{"menu", "rule", ""}, Reason{"", "schedule", ""}, 1}}, Examples: []Example{{11, "+15135550009"}}},
		{From: end, To: menu, Calls: 1, first: 13, Reasons: []Reasons{{Reason{"", "schedule", ""}, Reason{"menu", "rule", ""}, 1}}, Examples: []Example{{13, "+15135550011"}}},
		{
			From: Target{Ending: interp.EndNumber, Other: "+15135550142"}, To: Target{Ending: interp.EndNumber, Other: "+15135550143"}, Calls: 1, first: 14,
			Reasons: []Reasons{{Calls: 1}}, Examples: []Example{{14, "+15135550012"}},
		},
	}
	stays := []Stay{{end, 4, 12}, {at("Sales", 10, "A"), 2, 7}, {at("Sales", 10, "A", "B"), 1, 2}}
	if d := cmp.Diff(want, m.Groups(), cmp.AllowUnexported(Move{})) + cmp.Diff(stays, m.Stays(), cmp.AllowUnexported(Stay{})); d != "" {
		t.Error(d)
	}
	if m.Calls != 16 || m.NoNumber != 1 || m.Withheld != 2 || m.Moved != 9 || m.OtherRule != 1 || m.OtherAgent != 1 || m.Ungrouped != 0 {
		t.Errorf("%+v: %d calls, %d moved, %d by another rule, %d to another agent, %d not grouped", m, m.Calls, m.Moved, m.OtherRule, m.OtherAgent, m.Ungrouped)
	}
}

// Many kinds of moves, each with many reasons, take no more than what is said, and all is counted.
func TestMovesAreBounded(t *testing.T) {
	var m Moves
	n := 0
	for i := range MaxMoves + 500 {
		for range 2 {
			n++
			m.Add(n, "+15135550142", ended("Sales", 0, ""), ended(fmt.Sprint("queue ", i), 0, ""))
		}
	}
	for i := range 40 {
		n++
		m.Add(n, "+15135550142", ended("Sales", 0, ""), ended("queue 7", 0, fmt.Sprint("rule ", i)))
	}
	groups := m.Groups()
	calls := m.Ungrouped
	for _, g := range groups {
		if calls += g.Calls; len(g.Examples) > maxShown || len(g.Reasons) > maxReasons {
			t.Fatalf("%+v", g)
		}
	}
	if len(groups) != MaxMoves || calls != n || m.Moved != n || m.Ungrouped != 1000 || groups[0].To.Queue != "queue 7" {
		t.Errorf("%d groups of %d calls, of %d that moved; %d not grouped; first %+v", len(groups), calls, m.Moved, m.Ungrouped, groups[0])
	}
}
