package genesys

import (
	"context"
	"fmt"
	"time"
)

// A Lag is something of the platform that becomes true only a while after the call that
// causes it. All that is waited for is one of these.
type Lag int

// The lags; their terms stand in the table below.
const (
	Visible           Lag = iota // what was just made, when it is read or used
	Listed                       // what was just made, in a list by name
	RoleSettled                  // a granted role, before anything is asked about it
	RoleHeld                     // a granted role, when it is handed on
	IntegrationActive            // an enabled integration
	ActionsTaken                 // an active integration, when its first actions are made
	AuthActionMade               // the auth action of an integration that got its credential
	IntegrationGone              // a deleted integration, for its credential
	ScriptImported               // an uploaded script
	ScriptListed                 // an imported script, in a list by name
	FlowPublished                // the job of an uploaded flow
	FlowUnused                   // a flow whose call route was deleted
	FlowExported                 // the job of an export
	NumbersKnown                 // numbers of a fresh pool, when a route takes them
	NumberFree                   // a number that was taken from a route, when another takes it
	EndpointFree                 // an endpoint whose limit refused the test run of a data action

	lagCount
)

// Terms say how a lag is waited out. Pauses are of the same length while Steady lasts, then
// each is half as long again as the one before.
type Terms struct {
	What    string        // what is awaited, as in "waiting for …"
	Source  string        // who says so; what is our own choice is said to be
	Ahead   time.Duration // before the first look: asking earlier is useless, or harms
	First   time.Duration // after the first look; 0 when nothing can be asked
	Longest time.Duration
	Steady  time.Duration
	Bound   time.Duration // of all pauses together
}

var lags = [lagCount]Terms{
	Visible: {
		What:   "the platform to see what was just made",
		Source: "Terraform provider, util_retries.go: repeats a read that answers 404 for up to 5 minutes; the bound is ours",
		First:  500 * time.Millisecond, Longest: 5 * time.Second, Bound: 2 * time.Minute,
	},
	Listed: {
		What:   "it to appear in the platform's lists",
		Source: "Terraform provider, data sources: look a name up for 15 s, a flow's for 30 s",
		First:  time.Second, Longest: 16 * time.Second, Bound: 30 * time.Second,
	},
	RoleSettled: {
		What:   "the granted role to be seen by the platform",
		Source: "Terraform provider, oauth_client: sleeps 10 s, since asking at once puts a stale answer into the caches",
		Ahead:  10 * time.Second, Bound: 10 * time.Second,
	},
	RoleHeld: {
		What:   "the granted role to be seen by the platform",
		Source: "Genesys' help: changed permissions take up to five minutes",
		First:  30 * time.Second, Longest: 30 * time.Second, Bound: 5 * time.Minute,
	},
	IntegrationActive: {
		What:   "the integration to become active",
		Source: "API description: reportedState passes through ACTIVATING; Genesys' premium app wizard waits 3 s; the bound is ours",
		First:  3 * time.Second, Longest: 3 * time.Second, Bound: time.Minute,
	},
	ActionsTaken: {
		What:   "the integration to take actions",
		Source: "Genesys' premium app wizard: waits 3 s between enabling an integration and making its actions",
		First:  time.Second, Longest: time.Second, Bound: 3 * time.Second,
	},
	AuthActionMade: {
		What:   "the platform to make the integration's auth action",
		Source: "Terraform provider, integration_custom_auth_action: waits up to 15 s while it answers 404; the bound is ours",
		First:  time.Second, Longest: 3 * time.Second, Bound: time.Minute,
	},
	IntegrationGone: {
		What:   "the integration to let its credential go",
		Source: "Genesys' premium app wizard: waits 3 s between deleting an integration and its credential; that it is tried at once, and the bound, are ours",
		First:  time.Second, Longest: 3 * time.Second, Bound: 15 * time.Second,
	},
	ScriptImported: {
		What:   "the import of the script",
		Source: "Terraform provider, scripts: asks every 2 s, three times; the bound is ours, since that is short",
		First:  2 * time.Second, Longest: 2 * time.Second, Bound: time.Minute,
	},
	ScriptListed: {
		What:   "the imported script to appear in the platform's lists",
		Source: "Terraform provider, data sources: look a name up for 15 s; the bound is ours, since indexing begins only with the import",
		First:  2 * time.Second, Longest: 2 * time.Second, Bound: 30 * time.Second,
	},
	FlowPublished: {
		What:   "the platform to validate and publish the flow",
		Source: "Terraform provider, architect_flow: asks every 15 s for up to 16 minutes; a public tool that asks more often sees most jobs end within 20 s",
		Ahead:  time.Second, First: 500 * time.Millisecond, Longest: 15 * time.Second, Steady: 20 * time.Second, Bound: 16 * time.Minute,
	},
	FlowUnused: {
		What:   "the platform to see that nothing uses the flow",
		Source: "Terraform provider, architect_flow: repeats a delete that answers 409 for 30 s",
		First:  3 * time.Second, Longest: 3 * time.Second, Bound: 30 * time.Second,
	},
	FlowExported: {
		What:   "the platform to export the flow",
		Source: "undocumented; as long as a job that publishes one, by our own choice",
		First:  time.Second, Longest: 10 * time.Second, Bound: 16 * time.Minute,
	},
	NumbersKnown: {
		What:   "the call route to know the numbers of a fresh pool",
		Source: "Terraform provider, architect_ivr: sleeps 3 s before a write with numbers and repeats one that answers 400; the bound is ours",
		First:  3 * time.Second, Longest: 3 * time.Second, Bound: 9 * time.Second,
	},
	NumberFree: {
		What:   "the platform to see that the number is free",
		Source: "Terraform provider, architect_ivr: sleeps 3 s before a write with numbers; the bound is ours, as long as for a flow that lost its route",
		Ahead:  3 * time.Second, First: 3 * time.Second, Longest: 3 * time.Second, Bound: 30 * time.Second,
	},
	EndpointFree: {
		What:   "the endpoint's limit to let the test run through",
		Source: "HubSpot's usage guidelines: five searches a second for the whole account, of which calls take some; the pauses are ours",
		First:  time.Second, Longest: 2 * time.Second, Bound: 10 * time.Second,
	},
}

// Lags lists all lags.
func Lags() []Lag {
	out := make([]Lag, lagCount)
	for i := range out {
		out[i] = Lag(i)
	}
	return out
}

// Terms gives a lag's line of the table.
func (l Lag) Terms() Terms { return lags[l] }

func (l Lag) String() string { return lags[l].What }

// A Pause lets time pass, or ends early with the error of the context. It is handed in:
// nothing below the adapters has a clock, and in an emulated org pauses are short.
type Pause func(context.Context, time.Duration) error

// Poll asks until it is done, and pauses in between. ask says whether it is done, which
// ends the wait with its error, if any; while it is not done an error says why. The end of
// the time and of the context are a LateError.
func (l Lag) Poll(ctx context.Context, pause Pause, ask func() (done bool, err error)) error {
	t := l.Terms()
	var waited time.Duration
	wait := func(d time.Duration) error {
		if err := pause(ctx, d); err != nil {
			return &LateError{t.What, waited, err}
		}
		waited += d
		if err := ctx.Err(); err != nil {
			return &LateError{t.What, waited, err}
		}
		return nil
	}
	if t.Ahead > 0 {
		if err := wait(t.Ahead); err != nil {
			return err
		}
	}
	for next := t.First; ; {
		done, err := ask()
		if done {
			return err
		}
		if waited >= t.Bound {
			return &LateError{t.What, waited, err}
		}
		if err := wait(min(next, t.Bound-waited)); err != nil {
			return err
		}
		if waited >= t.Steady {
			next = min(next*3/2, t.Longest)
		}
	}
}

// Pass waits out a lag of which nothing can be asked.
func (l Lag) Pass(ctx context.Context, pause Pause) error {
	return l.Poll(ctx, pause, func() (bool, error) { return true, nil })
}

// A LateError says what did not become true while it was waited for.
type LateError struct {
	What   string
	Waited time.Duration // all pauses together
	Err    error         // of the last look, or of the context; nil when neither has one
}

func (e *LateError) Error() string {
	s := fmt.Sprintf("waited %s for %s", e.Waited.Round(time.Second/10), e.What)
	if e.Waited == 0 { // not to the end of the first pause
		s = "waited for " + e.What
	}
	switch e.Err {
	case nil:
	case context.Canceled: //nolint:errorlint // one with more to say says it
		s += ", and was interrupted"
	case context.DeadlineExceeded: //nolint:errorlint // as above
		s += ", and the time ran out"
	default:
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *LateError) Unwrap() error { return e.Err }
