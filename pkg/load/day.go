package load

import (
	"time"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// A Day is a stretch of time with calls in it, as it is before it begins.
type Day struct {
	Program *simulate.Program
	Org     *simulate.Org // as it is at the start; the calls change it
	DNIS    string
	Token   secret.Value // that the platform holds, where it renews it itself
	Renewed bool         // it does
	Start   time.Time
	For     time.Duration // calls begin within it
	Seed    uint64

	Traffic Traffic
	HubSpot HubSpot
	Genesys Genesys
	Faults  []Fault

	// Progress is told now and then how much of the time is over; may be nil.
	Progress func(of time.Duration, calls int64)
}

// Traffic is who calls when.
type Traffic struct {
	PerMinute float64       // calls, later legs of conversations included; they arrive at random
	Arrivals  *Arrivals     // instead of PerMinute; may be nil
	Callers   []string      // numbers of people in the CRM; each call is one of them, by equal chances
	Strangers []string      // numbers of nobody in it
	Unknown   float64       // share of calls by strangers
	Legs      float64       // share of calls that come back to the flow once more
	Gap       time.Duration // the mean time until they do
}

// HubSpot is the account that is asked.
type HubSpot struct {
	// Sender gives who answers under a fault; the empty kind is the account itself. Answers must
	// not depend on the time or on how many there were: limits and latency are the model's.
	Sender  func(kind string) dataaction.Sender
	Answers *simulate.Answers // may be nil

	Median, Slow time.Duration // of the latency of an answer; one in a thousand is slower than Slow

	Limits  Limits
	Rolling bool // the searches of the second that ends now count, not those of the clock's second

	OtherSearches float64 // a second, of other apps of the account
	OtherRequests float64 // a second, of other users of the same key
}

// Limits are how much HubSpot answers; 0 is no limit.
type Limits struct {
	SearchesPerSecond int // of the account, all apps together
	PerTenSeconds     int // of the key; searches do not count
	PerDay            int // of the account; all requests count
}

// Genesys is what the platform executes; 0 is no limit.
type Genesys struct {
	PerMinute  int // executions of data actions in the org
	Concurrent int // likewise, at the same time
}

// A Fault is a time in which a kind of request fails.
type Fault struct {
	Kind     string
	Matches  func(action string) bool // nil: every action that asks HubSpot
	From, To time.Duration            // since the start
}

// The kinds of fault that the model makes itself, as HubSpot.Sender is asked for them.
const (
	KindThrottled = "429"
	KindTimeout   = "timeout"
)
