package routing

import (
	"time"

	"github.com/dealroute/dealroute/pkg/hubspot"
)

// Facts are what is known about a caller when the rules are asked.
type Facts struct {
	Outcome   Outcome
	ContactID string // empty: no contact
	Contacts  int    // how many have the caller's number
	Deals     int    // deals on the page that count
	OpenDeals int
	Deal      *Deal    // the deal that counts; nil when none does
	Value     *Decimal // nil: not set
	Truncated bool     // HubSpot has more deals than a page holds
	Lifecycle string   // empty: not set
	Values    map[string]Value
	Today     time.Time // midnight UTC
}

// A Deal is what the rules may ask of the deal that counts.
type Deal struct {
	ID       string
	Stage    string
	Pipeline string
	Open     bool
	Won      bool
}

// A Value is a fact that is set, read by its type.
type Value struct {
	Type   string
	Text   string    // as HubSpot has it
	Number Decimal   // of a number
	Day    time.Time // of a date: midnight UTC
}

// PageSize is how many deals one request reads; more are not seen.
const PageSize = hubspot.MaxSearchLimit
