package genesystest

import (
	"time"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/genesys"
)

type options struct {
	now         func() time.Time
	latency     time.Duration
	sleep       func(time.Duration)
	jobTime     time.Duration
	exportTime  time.Duration
	lag         int
	listLag     int
	activation  int
	grantLag    int
	assume      Assumptions
	perMinute   int
	faults      []Fault
	permissions []genesys.Permission
	remote      dataaction.Sender
	onChange    func(*State) error
	limits      map[string]map[string]int
	withheld    []genesys.Permission
	unlicensed  []genesys.Permission
	products    []string
	types       map[string]IntegrationType
	silent      bool
	breach      func(error)
	person      string
}

// An Option changes how the emulated org behaves.
type Option func(*options)

// Clock replaces the time of the org.
func Clock(now func() time.Time) Option { return func(o *options) { o.now = now } }

// Latency makes every call take that long. sleep is what waits; nil is time.Sleep.
func Latency(d time.Duration, sleep func(time.Duration)) Option {
	return func(o *options) {
		o.latency = d
		if sleep != nil {
			o.sleep = sleep
		}
	}
}

// JobTime is how long a flow job runs before it answers.
func JobTime(d time.Duration) Option { return func(o *options) { o.jobTime = d } }

// ExportTime is how long the export of a flow runs before it answers.
func ExportTime(d time.Duration) Option { return func(o *options) { o.exportTime = d } }

// Lag makes the first n uses of a new entity answer 404, as the platform's eventual
// consistency does.
func Lag(n int) Option { return func(o *options) { o.lag = n } }

// ListLag leaves a new entity out of the first n lists of its kind: lists and search lag
// behind by up to some fifteen seconds.
func ListLag(n int) Option { return func(o *options) { o.listLag = n } }

// Activation makes an integration that was enabled answer ACTIVATING to its first n reads.
func Activation(n int) Option { return func(o *options) { o.activation = n } }

// GrantLag refuses the first n clients with a role that was just granted, with
// bad.client.role: permissions take a while to be seen.
func GrantLag(n int) Option { return func(o *options) { o.grantLag = n } }

// Assumptions are facts about the platform that no document settles. The zero value is
// what the emulator takes for granted; each field is the other answer to a question that a
// real org would settle.
type Assumptions struct {
	DeletedNamesStayTaken   bool // the name of a deleted skill or flow cannot be used again at once
	HeldRoleCanBeDeleted    bool // a role that somebody holds can be deleted; taken: 409
	UsedCredentialIsKept    bool // a credential that an integration uses cannot be deleted
	CredentialsAreChecked   bool // an integration is active only when its credential names a client that exists
	ActionsNeedActive       bool // a data action can be made only while its integration is active
	SelfGrantRefused        bool // the client that runs the tool cannot grant a role to itself
	ScriptsOfOtherOrgsTaken bool // a script file that names another organization is accepted
	MembersWithoutSkills    bool // lists of members ignore expand=skills
	AuthNotKept             bool // the answer of an auth action is not kept from one call to the next
	AuthNotRenewed          bool // a 401 does not run the auth action again
	ScriptListsWithoutDates bool // lists of scripts do not tell when one was published
	PublishingMovesFlows    bool // a flow that is published again moves to the division that its text names; taken: it stays where it is
}

// Assume changes what the emulator assumes about the platform.
func Assume(a Assumptions) Option { return func(o *options) { o.assume = a } }

// PerMinute is the number of calls a token may make in a minute; 300 in a real org, 0 for
// no limit.
func PerMinute(n int) Option { return func(o *options) { o.perMinute = n } }

// Permissions replaces what the bootstrap client may do; the default is everything. What
// is no permission allows nothing.
func Permissions(list ...string) Option {
	return func(o *options) {
		for _, written := range list {
			p, _ := genesys.ParsePermission(written)
			o.permissions = append(o.permissions, p)
		}
	}
}

// Remote carries the requests that executed data actions make to other services.
func Remote(s dataaction.Sender) Option { return func(o *options) { o.remote = s } }

// OnChange is called, under the lock, after each request that changed the state and before
// its answer leaves; an error is the answer instead.
func OnChange(f func(*State) error) Option { return func(o *options) { o.onChange = f } }

// Person says whose token the bootstrap client's tokens are, by e-mail, as those of somebody
// who has logged in; else they have no user.
func Person(email string) Option { return func(o *options) { o.person = email } }

// Described has every answer compared with the published description, and tells of those
// that break it: a missing, mistyped or unknown field, a status or a value that is not
// listed. Tests use it.
func Described(breach func(error)) Option { return func(o *options) { o.breach = breach } }

// A Fault makes one call go wrong, repeatably.
type Fault struct {
	Nth        int    // which call, from 1, of those that match
	Method     string // empty: any
	PathPrefix string // empty: any
	Status     int    // the answer; 0 closes the connection
	After      bool   // the request takes effect before it goes wrong
	RetryAfter int    // seconds

	seen int
}

// Faults lists what goes wrong.
func Faults(fs ...Fault) Option { return func(o *options) { o.faults = append(o.faults, fs...) } }
