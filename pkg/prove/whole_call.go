package prove

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/internal/recall"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// A Witness is a call with all that decides about it, beside the deployment.
type Witness struct {
	CRM          hubspot.CRM
	ANI, DNIS    string
	Through      string // the address at which the flow got the call, where it is another than the one that was dialled
	At           time.Time
	State        string // of the schedule; empty without one
	Faults       []Fault
	Org          Org
	Conversation map[string]string // what an earlier leg left
}

// An Org is how an org differs from one as setup leaves it.
type Org struct {
	Rows             map[string]map[string]any // columns of rows of the control table; nil: the row is gone
	NoRows           bool                      // the control table has none
	TableFails       bool
	MissingQueues    []string
	MissingSkills    []string
	MissingFlows     []string
	FailingTransfers []string
	Owners           simulate.Owners
}

// A situation is a witness on its way through the proof.
type situation struct {
	Witness
	family    string
	earlier   *situation        // the leg before this one; its data are the conversation
	spoil     map[string]string // what is changed in them
	otherwise []string
	holds     string     // which token the platform holds, where it renews them itself: empty for a valid one
	calls     *artifacts // nil: those under the strict readings
}

// artifacts are what calls run on under one reading of what the platform leaves open.
type artifacts struct {
	program *simulate.Program
	roles   map[string]string // of data actions, by name
	table   string
	rows    map[string]map[string]any // of the control table, as setup leaves them
	script  string                    // name of the managed script
	shown   string                    // the text of that script
	first   string                    // name of the data action that asks for the contact
	token   secret.Value              // that the platform holds when a call begins, where it renews tokens itself
}

// prepare makes the artifacts ready for calls.
func prepare(b *blueprint.Blueprint, key secret.Value, r simulate.Readings) (*artifacts, error) {
	resolved, err := b.Resolve(simulate.MadeUp)
	if err != nil {
		return nil, err
	}
	a := simulate.Resolved(resolved, resolved.Flow, simulate.MadeUp, key)
	out := &artifacts{roles: map[string]string{}, rows: resolved.Rows(), table: a.Table}
	if auth := resolved.Auth; auth != nil {
		out.token = key
		out.roles[auth.Definition.Name] = auth.Role
	}
	for _, x := range resolved.Actions {
		if out.roles[x.Definition.Name] = x.Role; x.Role == blueprint.RoleFindContact {
			out.first = x.Definition.Name
		}
	}
	if r.Interp.Rounds == 0 {
		r.Interp.Rounds = 99 // whether Architect runs more is not known
	}
	if out.program, err = simulate.Prepare(a, r); err != nil {
		return nil, err
	}
	for _, e := range resolved.Entities {
		switch e.Key.Kind {
		case genesys.Script:
			if strings.HasPrefix(e.Key.Name, b.Name+" ") && e.Text != "" {
				out.script = e.Key.Name
				out.shown = e.Text
			}
		}
	}
	return out, nil
}

// newOrg is the org that a call meets.
func (a *artifacts) newOrg(w *Witness) *simulate.Org {
	o := &simulate.Org{
		Rows: map[string]map[string]any{}, TableFails: w.Org.TableFails, Owners: w.Org.Owners,
		MissingQueues: w.Org.MissingQueues, MissingSkills: w.Org.MissingSkills, MissingFlows: w.Org.MissingFlows, FailingTransfers: w.Org.FailingTransfers,
	}
	if w.Org.NoRows {
		return o
	}
	for key, row := range a.rows {
		o.Rows[key] = maps.Clone(row)
	}
	for key, columns := range w.Org.Rows {
		if columns == nil {
			delete(o.Rows, key)
			continue
		}
		if o.Rows[key] != nil {
			o.Put(key, columns)
		}
	}
	return o
}

// An account is the HubSpot that a call meets. It remembers what it answered: equal questions have
// equal answers, also those of other calls to an account with the same content.
type account struct {
	now time.Time

	// open gives the emulator for a question that nobody knows the answer to, each time a new one: the number that HubSpot
	// gives an answer tells how many it has given, and must not tell who asked first. Only one that issues tokens has a
	// memory that calls need, and is one for the whole call.
	open func() dataaction.Sender

	id      print                // of its content and the time
	replies *recall.Store[reply] // of all accounts; of this one when it issues tokens
}

// A reply is what HubSpot said, or why it said nothing.
type reply struct {
	response dataaction.Response
	err      error
}

func (a *account) Send(ctx context.Context, r dataaction.Request) (dataaction.Response, error) {
	h := sha256.New()
	h.Write(a.id[:])
	fmt.Fprintf(h, "%s %s\n%d ", r.Method, r.URL, len(r.Body))
	h.Write(r.Body)
	for _, x := range r.Header { // another token, another answer
		if x.Name == "Authorization" {
			h.Write([]byte(x.Value))
		}
	}
	k, timeout := string(h.Sum(nil)), timeoutOf(r)
	got, known := a.replies.Get(k)
	if !known {
		r.Timeout = time.Hour // time is virtual: however long this process takes, HubSpot has taken what it states
		if got.response, got.err = a.open().Send(ctx, r); ctx.Err() == nil {
			a.replies.Put(k, got)
		}
	}
	if got.response.Latency >= timeout { // who waits longer has the answer
		return dataaction.Response{Latency: timeout}, fmt.Errorf("HubSpot does not answer: %w", dataaction.ErrTimeout)
	}
	return got.response, got.err
}

// ExpiredToken is an access token that the account of a proof must know as expired.
const ExpiredToken = "an access token that has expired"

// What the platform holds, other than a valid token.
const (
	holdsExpired = "an expired token"
	holdsNone    = "no token"
)

// A line is what a call's requests go through: it counts them, and fails those that a fault
// is for.
type line struct {
	to     dataaction.Sender
	faults []Fault
	roles  map[string]string
	first  string // name of the action that asks first
	n      int
	asked  []request
}

// A request is one that the call made.
type request struct {
	action string
	role   string
	fault  FaultKind // that it met; empty for none
	auth   bool      // for a token, on behalf of the action
}

func (l *line) Send(ctx context.Context, r dataaction.Request) (dataaction.Response, error) {
	l.n++
	q := request{action: r.Action, role: l.roles[r.Action]}
	if q.role == blueprint.RoleAuth { // it runs within the action that needs a token: the one that was refused, or the first
		q = request{action: l.first, role: blueprint.RoleFindContact, auth: true}
		if n := len(l.asked); n > 0 {
			q.action, q.role = l.asked[n-1].action, l.asked[n-1].role
		}
	}
	for _, f := range l.faults {
		if f.Request == 0 || f.Request == l.n {
			q.fault = f.Kind
			break
		}
	}
	l.asked = append(l.asked, q)
	if q.fault == "" {
		return l.to.Send(ctx, r)
	}
	if q.fault.answers() {
		a, err := l.to.Send(ctx, r)
		wait := timeoutOf(r) - time.Millisecond
		if q.fault == FaultSlow {
			wait = timeoutOf(r) - time.Second - 10*time.Millisecond
		}
		a.Latency = max(a.Latency, wait)
		return a, err
	}
	return q.fault.answer(r)
}

// answers reports whether it is no failure in itself: an answer comes, and perhaps too late.
func (k FaultKind) answers() bool { return k == FaultLate || k == FaultSlow }

func timeoutOf(r dataaction.Request) time.Duration {
	if r.Timeout > 0 {
		return r.Timeout
	}
	return dataaction.DefaultTimeout
}

var errReset = errors.New("connection reset")

// faultLatency is how long a fault takes that is an answer.
const faultLatency = 20 * time.Millisecond

// answer is what comes instead of HubSpot's reply.
func (k FaultKind) answer(r dataaction.Request) (dataaction.Response, error) {
	latency := min(faultLatency, timeoutOf(r))
	say := func(status int, body string) (dataaction.Response, error) {
		kind := "application/json;charset=utf-8"
		if strings.HasPrefix(body, "<") {
			kind = "text/html"
		}
		return dataaction.Response{Status: status, Header: map[string][]string{"Content-Type": {kind}}, Body: bytes.Clone([]byte(body)), Latency: latency}, nil
	}
	switch k {
	case FaultTimeout:
		return dataaction.Response{Latency: timeoutOf(r)}, fmt.Errorf("HubSpot does not answer: %w", dataaction.ErrTimeout)
	case FaultReset:
		return dataaction.Response{Latency: latency}, errReset
	case FaultThrottled:
		return say(429, `{"status":"error","message":"You have reached your secondly limit.","errorType":"RATE_LIMIT","policyName":"SECONDLY"}`)
	case FaultServer:
		return say(500, `{"status":"error","message":"internal error"}`)
	case FaultGateway:
		return say(502, "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>")
	case FaultKey:
		return say(401, `{"status":"error","message":"Authentication credentials not found.","category":"INVALID_AUTHENTICATION"}`)
	case FaultRefused:
		return say(400, `{"status":"error","message":"There was a problem with the request.","category":"VALIDATION_ERROR"}`)
	case FaultNoContent:
		return say(204, "")
	case FaultEmptyBody:
		return say(200, "{}")
	case FaultNull:
		return say(200, "null")
	case FaultNoList:
		return say(200, `{"status":"COMPLETE","total":1}`)
	case FaultPartly:
		return say(207, `{"status":"COMPLETE","results":[],"numErrors":1,"errors":[{"status":"error","category":"INTERNAL_ERROR","message":"internal error","context":{}}]}`)
	case FaultNameless:
		return say(207, `{"status":"COMPLETE","results":[],"errors":[{"status":"error","message":"internal error"}]}`)
	case FaultBareRecord:
		return say(200, `{"status":"COMPLETE","total":1,"results":[{}]}`)
	}
	return say(200, `{"total":1,"results":[{"id":"9000`) // FaultMalformed
}

// A ran is a call that was made.
type ran struct {
	*simulate.Outcome
	asked []request
	err   error         // why it could not go on
	org   *simulate.Org // as the call left it
}

// calledAddress is the variable that tells where the flow got the call.
const calledAddress = "Call.CalledAddress"

// account is the HubSpot of a situation.
func (w *whole) account(s *situation) *account {
	a := &account{replies: &w.common.replies}
	a.open = func() dataaction.Sender {
		return w.in.HubSpot(Account{CRM: s.CRM, Clock: func() time.Time { return a.now }, Otherwise: s.otherwise})
	}
	if w.d.HubSpot.Auth.ByPlatform() { // it knows the tokens that it issued, and no other one does
		a.replies, a.open = new(recall.Store[reply]), sync.OnceValue(a.open)
	}
	a.id = printOf(func(b *bytes.Buffer) {
		fmt.Fprintf(b, "%d %q", s.At.UnixNano(), s.otherwise)
		writeCRM(b, s.CRM)
	})
	return a
}

// call makes the call of a situation. A memo spares what calls before it did just so.
func (w *whole) call(ctx context.Context, s *situation, trace interp.Trace, memo *interp.Memo, watch func(*interp.Effect, interp.Outcome)) ran {
	a := s.calls
	if a == nil {
		a = w.strict
	}
	acc := w.account(s)
	l := &line{to: acc, faults: s.Faults, roles: a.roles, first: a.first}
	org := a.newOrg(&s.Witness)
	if sch := w.d.Calls.Schedule; sch != nil {
		org.Schedules = simulate.Always(sch.Group, sch.EmergencyGroup, genesys.ScheduleState(s.State))
	}
	acc.now = s.At
	run := simulate.Run{Program: a.program, Org: org, Sender: l, Clock: func(t time.Time) { acc.now = t }, Trace: trace, Watch: watch, Token: a.token, Replies: w.common.read}
	if a == w.strict {
		run.Memo = memo
	}
	switch s.holds {
	case holdsExpired:
		run.Token = secret.New(ExpiredToken)
	case holdsNone:
		run.Token = secret.Value{}
	}
	c := simulate.Call{ANI: s.ANI, DNIS: s.DNIS, At: s.At, Conversation: s.Conversation}
	if s.Through != "" {
		c.Start.Builtins = []interp.Named{{Name: calledAddress, Value: expr.OfString(s.Through)}}
	}
	o, err := run.Do(ctx, c)
	return ran{Outcome: o, asked: l.asked, err: err, org: org}
}

// failed is the kind of failure that the requests of a role met; empty when none failed, or
// none was made. A late answer is a failure only where the flow had given up on it.
func (r ran) failed(role string) string {
	i := -1
	for at, q := range r.asked {
		renewed := q.fault == FaultKey && at+1 < len(r.asked) && r.asked[at+1].auth // and asked again
		if q.role == role && q.fault != "" && !renewed {
			i = at
			break
		}
	}
	if i < 0 {
		return ""
	}
	q := r.asked[i]
	if !q.fault.answers() {
		return failureOf(q.fault)
	}
	if r.Outcome != nil && slices.ContainsFunc(r.Actions, func(x simulate.ActionRun) bool { return x.HubSpot && x.Failure == "" && nameOf(x.Action, q.action) }) {
		return ""
	}
	return failureOf(q.fault)
}

func nameOf(asked, action string) bool { return strings.EqualFold(asked, action) }
