package prove

import (
	"time"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/secret"
)

// Input is what is to be proved of a deployment.
type Input struct {
	Deployment *deployment.Deployment
	Blueprint  *blueprint.Blueprint // as rendered; ids are made up
	Mode       Mode
	Now        time.Time // when the calls begin
	Stop       bool      // at the first property that does not hold

	// Twice makes each whole call again by itself: what calls have in common is computed once, and
	// a call that becomes anything else by that is an error. For tests.
	Twice bool

	// HubSpot gives an account: an emulator in virtual time, without rate limits, that knows the
	// properties of hubspot.facts also where no record has one, and takes the token Key. It is
	// asked from several goroutines at once, each account from one. It fails no request by itself:
	// faults are made here.
	HubSpot func(Account) dataaction.Sender
	Key     secret.Value

	// Open are the names of what HubSpot's documents leave open and an account may do one way or
	// the other (hubspottest.Readings); none: only the assumed way is tried.
	Open []string
}

// An Account is the HubSpot that a call meets.
type Account struct {
	CRM       hubspot.CRM
	Clock     func() time.Time // virtual time of the call
	Otherwise []string         // of Input.Open: what this account does not do in the assumed way
}

// A Fault is what HubSpot does to a request instead of answering it.
type Fault struct {
	Kind    FaultKind
	Request int // which request of the call, from 1; 0 for each
}

// A FaultKind is a way to fail. The first six are named as --fault of simulate names them.
type FaultKind string

// The kinds of fault.
const (
	FaultTimeout    FaultKind = "timeout"   // no answer ever comes
	FaultThrottled  FaultKind = "429"       // over a limit
	FaultServer     FaultKind = "500"       // the service failed
	FaultGateway    FaultKind = "502"       // a gateway failed, in HTML
	FaultReset      FaultKind = "reset"     // the connection is cut
	FaultMalformed  FaultKind = "malformed" // status 200 and half a JSON text
	FaultKey        FaultKind = "401"       // the key is refused
	FaultRefused    FaultKind = "400"       // the request is refused
	FaultNoContent  FaultKind = "204"       // a success without a body
	FaultEmptyBody  FaultKind = "empty"     // status 200 and an empty object
	FaultNull       FaultKind = "null"      // status 200 and null
	FaultNoList     FaultKind = "no list"   // a total without results
	FaultBareRecord FaultKind = "bare"      // results that are empty objects
	FaultPartly     FaultKind = "partly"    // status 207: a batch that could not look for all it was asked for
	FaultNameless   FaultKind = "nameless"  // as partly, with an error that does not say of what kind it is
	FaultLate       FaultKind = "late"      // the right answer, at the moment in which the flow gives up
	FaultSlow       FaultKind = "slow"      // the right answer, a second before the data action itself gives up
)

// FaultKinds lists them.
func FaultKinds() []FaultKind {
	return []FaultKind{
		FaultTimeout, FaultThrottled, FaultServer, FaultGateway, FaultReset, FaultMalformed, FaultKey, FaultRefused,
		FaultNoContent, FaultEmptyBody, FaultNull, FaultNoList, FaultBareRecord, FaultLate, FaultSlow,
	}
}
