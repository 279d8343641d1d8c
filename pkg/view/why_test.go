package view

import (
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// When error handling acted, nothing else is said to be the cause.
func TestErrorHandlingIsNamed(t *testing.T) {
	at := func(string) string { return "routing.rules[0], dealroute.yaml:52" }
	for _, c := range []struct {
		o             simulate.Outcome
		because, said string
	}{
		{simulate.Outcome{Rule: "negotiation", Reason: "error", Outcome: "active_deal", Result: interp.Result{Queue: "General", Handled: true}},
			"routing.rules[0], dealroute.yaml:52, then error handling",
			"General is where error handling sends every call, without skills and priority"},
		{simulate.Outcome{Reason: "error", Outcome: "lookup_failed", Result: interp.Result{Queue: "General", Handled: true}},
			"error handling",
			"General is where error handling sends every call, without skills and priority\nHubSpot was not asked: the flow's error handling acted before"},
		{simulate.Outcome{Reason: "error", Outcome: "active_deal", Result: interp.Result{Handled: true, Ending: interp.EndDisconnect},
			Met: simulate.Met{Failed: []simulate.Failed{{To: "General", Handling: true}}}},
			"error handling", "error handling transfers to General, and that failed: the call ends"},
		{simulate.Outcome{Reason: "kept", Outcome: "active_deal", Result: interp.Result{Queue: "General"}},
			"the decision of an earlier leg: the fallback", ""},
		{simulate.Outcome{Reason: "rule", Rule: "x", Outcome: "lookup_failed", Result: interp.Result{Queue: "General"}, Met: simulate.Met{Truncated: true},
			Actions: []simulate.ActionRun{{Action: "find deals", HubSpot: true}}},
			"routing.rules[0], dealroute.yaml:52",
			"find deals: " + partly(5) + ", and none of those read is open; whether another one is, is not known"},
		{simulate.Outcome{Reason: "fallback", Outcome: "lookup_failed", Result: interp.Result{Queue: "General"},
			Actions: []simulate.ActionRun{{Action: "find contact", HubSpot: true}, {Action: "trip breaker"}}},
			"no rule matches: the fallback", "find contact: HubSpot's answer lacks what the flow needs"},
	} {
		if got := because(&c.o, at); got != c.because {
			t.Errorf("%+v: %q", c.o, got)
		}
		if got := strings.Join(append(elsewhere(&c.o), asked(&c.o)...), "\n"); got != c.said {
			t.Errorf("%+v: %q", c.o, got)
		}
	}
}
