package genesys

import (
	"encoding/json"
	"errors"
	"time"
)

// Errors of a client that a caller decides on. A client's error matches them by errors.Is.
var (
	ErrNotFound  = errors.New("does not exist")
	ErrConflict  = errors.New("has changed since it was read, or its name is taken")
	ErrForbidden = errors.New("not allowed for this client")
	ErrNoClient  = errors.New("the platform does not know this client with this secret")
	ErrUnsettled = errors.New("may have taken effect") // look it up before sending it again
)

// An Object is an entity as the platform returns it.
type Object struct {
	ID   string
	Body map[string]any
}

// Text gives a field of the body that is a text, or "".
func (o Object) Text(field string) string {
	s, _ := o.Body[field].(string)
	return s
}

// Identity is who a token belongs to, where, and what it may do.
type Identity struct {
	OrgID, OrgName string
	ClientID       string // empty for a person's token
	ClientName     string
	HomeDivision   Object
	Permissions    []Permission // conditional ones left out
	Conditional    []Permission // held only where a condition of the role is met
	Grants         []Grant
}

// A Grant is a role that a subject holds in a division, both by id.
type Grant struct{ RoleID, DivisionID string }

// A Job is a flow job. Status is Registered, Started, Success or Failure.
type Job struct {
	ID       string
	Status   string
	FlowID   string
	Messages []JobMessage
}

// A JobMessage is what a job has to say; Type is Error or Warning.
type JobMessage struct{ Type, Text string }

// A TestRun is how a test of a data action went.
type TestRun struct {
	Success bool
	Failed  string // the step that failed, and why
	Unknown bool   // the endpoint did not know the caller: 401
	Barred  bool   // the endpoint does not let the caller do this: 403
	Limited bool   // a limit of the endpoint refused it, which passes: 429
	Final   json.RawMessage
}

// ActionRuns is how often a data action ran in some time, and how that went.
type ActionRuns struct {
	Calls, Failures, Timeouts int           // a timeout is a failure, too
	P95                       time.Duration // of all runs; 0: the platform does not say
}

// A Member is someone in a queue.
type Member struct {
	ID     string
	Skills []string
}

// A User is somebody who works in the org.
type User struct {
	ID    string
	Email string // may be empty
}

// A Number is a number of the org; the owner is empty while it is free.
type Number struct {
	InPool                        bool
	OwnerType, OwnerID, OwnerName string
}

// An IntegrationType is what an org says of a type of integrations.
type IntegrationType struct {
	Absent bool // the org does not have it
	Barred bool // it may not be installed
	Most   int  // how many of it the org may have; 0: the platform does not say
}

// The bounds of a call's priority; one point is worth a minute of waiting (Genesys' help,
// "Transfer to ACD action").
const (
	MinPriority = -25_000_000
	MaxPriority = 25_000_000
)
