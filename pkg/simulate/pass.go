package simulate

import (
	"time"

	"github.com/dealroute/dealroute/pkg/architect/interp"
)

// A Line stands between the flow and whoever executes data actions: limits, faults and latency
// of others, which no single call can know. Before it answers it may have other calls go on, and
// choose the run's Sender and Account.
type Line interface {
	Pass(e *interp.Effect, a *Action) Pass
}

// A Pass is what a line says of an execution.
type Pass struct {
	Refused bool          // the platform does not execute the action, so that the flow takes its failure branch at once
	Latency time.Duration // instead of the one that the answer states; 0 for that one
}

var refused = answer{branch: "failure", failure: "the platform refuses to execute it"}
