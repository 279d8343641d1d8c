package routing

import "slices"

// An Outcome is what the lookup says about a caller, before any rule.
type Outcome string

// The outcomes. LookupFailed is never merged with NoRecord.
const (
	ActiveDeal    Outcome = "active_deal"
	InactiveDeal  Outcome = "inactive_deal"
	ContactNoDeal Outcome = "contact_no_deal"
	NoRecord      Outcome = "no_record"
	LookupFailed  Outcome = "lookup_failed"
)

// Outcomes lists all outcomes, the best known caller first.
func Outcomes() []Outcome {
	return []Outcome{ActiveDeal, InactiveDeal, ContactNoDeal, NoRecord, LookupFailed}
}

// Why a lookup failed.
const (
	FailureTimeout = "timeout" // the flow's time was up
	FailureError   = "error"   // an action failed or gave nothing usable, or not all deals were read and none of those read is open
	FailureBreaker = "breaker" // not asked: the breaker is open
	FailureOff     = "off"     // not asked: enrichment is switched off, or nobody can say
)

// Failures lists them.
func Failures() []string { return []string{FailureTimeout, FailureError, FailureBreaker, FailureOff} }

// What a caller's number is.
const (
	NumberWithheld   = "withheld"   // none is shown, or a word that carriers send for it
	NumberUnreadable = "unreadable" // what is shown is no number, or one of fewer than 7 digits
	NumberOwn        = "own"        // one of the deployment's
	NumberUsable     = "usable"     // one to look up
)

// CallerNumbers lists them.
func CallerNumbers() []string {
	return []string{NumberWithheld, NumberUnreadable, NumberOwn, NumberUsable}
}

// How several contacts with one number are read.
const (
	DuplicatesBest      = "best"
	DuplicatesAll       = "all"
	DuplicatesAmbiguous = "ambiguous-is-unknown"
)

// What companies count for.
const (
	CompanyNone    = "none"
	CompanyDeals   = "deals"   // the deals of the contact's primary company count like its own
	CompanyNumbers = "numbers" // and a company's own number finds it where no contact has it
)

// Companies reports whether a contact's company counts.
func (p Policy) Companies() bool { return p.Company == CompanyDeals || p.Company == CompanyNumbers }

// By what the deal that counts is chosen.
const (
	HighestValue = "highest-value"
	MostProbable = "most-probable"
	MostRecent   = "most-recent"
)

// The types of a fact.
const (
	StringFact  = "string"
	NumberFact  = "number"
	BooleanFact = "boolean"
	DateFact    = "date"
)

// A Policy is everything that decides where a caller goes.
type Policy struct {
	Rules         []Rule // the first that holds wins
	Fallback      Target
	ValuePriority *ValuePriority // nil: value is no priority factor
	DealStage     string         // which deal counts: HighestValue, MostProbable, MostRecent
	Duplicates    string
	Keyed         *Keyed            // nil: callers are searched by what HubSpot calculates of their numbers
	Company       string            // CompanyNone when it is empty
	Pipelines     []string          // empty: all
	Stages        map[string]string // stage id to the name that rules may use
	Facts         map[string]FactSource
	Schedule      *Schedule // nil: it is always open
}

// A Schedule says which calls no rule is asked for.
type Schedule struct {
	Group, EmergencyGroup string            // whose state it is
	Ends                  map[string]Ending // by the state in which a call comes; without one the call goes on
}

// An Ending is where such a call goes; with neither it is disconnected.
type Ending struct {
	Queue string
	Flow  string
}

// A Rule sends callers for whom all conditions hold to a target.
type Rule struct {
	Name string
	When Condition
	To   Target
}

// A Target is where a call goes: to a queue, or to another flow, which takes none of the rest.
type Target struct {
	Queue    string
	Flow     string // name of a flow of the org that takes the call over
	Skills   []string
	Priority int
	Flat     bool // value adds no priority, at the fallback neither

	PreferOwner bool // the owner of the deal that counts, else of the contact, is asked first
}

// ValuePriority makes priority out of value.
type ValuePriority struct {
	Per Decimal
	Add int
	Max int
}

// A Condition holds when all its parts hold; an empty part says nothing. Of a list any
// element will do.
type Condition struct {
	Outcome   []Outcome
	Stage     []string // ids, or names of Policy.Stages
	Pipeline  []string
	Won       *bool
	MinValue  *Decimal
	MaxValue  *Decimal
	AnyOpen   *DealTest
	OpenDeals *Range // how many open deals a known contact has
	Failure   []string
	Lifecycle []string
	At        []string // states of the schedule when the call comes
	Facts     map[string]FactTest
	Caller    *CallerTest
	Called    []string // numbers of ours in E.164
}

// A CallerTest is a condition on the caller's number. All its parts must hold.
type CallerTest struct {
	Number  []string // what it is, one of CallerNumbers
	Country []string // ISO 3166
}

// A DealTest is a condition on one open deal. All its parts must hold.
type DealTest struct {
	Stage    []string // as in Condition
	Pipeline []string
	MinValue *Decimal // of the deal's amount; 0 without one
	MaxValue *Decimal
}

// A Range holds for the numbers within its inclusive bounds.
type Range struct{ Min, Max *int }

// Has reports whether a number is in the range.
func (r Range) Has(n int) bool { return (r.Min == nil || n >= *r.Min) && (r.Max == nil || n <= *r.Max) }

// A FactSource says where a fact comes from.
type FactSource struct {
	Contact string // property of the contact; or
	Deal    string // property of the deal that counts
	Type    string
}

// A FactTest is a condition on a fact. All its parts must hold.
type FactTest struct {
	Any        []string // one of these values; numbers compare as numbers
	Not        []string // none of them
	Prefix     string   // the beginning of a text
	IgnoreCase bool     // of texts
	Min        *Decimal
	Max        *Decimal
	Within     *int  // days from today, today included; negative: back
	Before     *int  // days from today, that day excluded
	After      *int  // likewise
	Set        *bool // true: the fact must be set, whatever it is; false: it must not be
}

// StageIDs are the ids that a text of a stage condition stands for: the text itself, and
// those that bear it as their name. They are sorted.
func (p Policy) StageIDs(text string) []string {
	out := []string{text}
	for id, name := range p.Stages {
		if name == text && id != text {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}
