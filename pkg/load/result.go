package load

import "time"

// A Result is what became of a day.
type Result struct {
	Seed      uint64
	Calls     int64
	Virtual   time.Duration    // until the last call was over
	Outcomes  map[string]int64 // of the lookup; where there was none, why the call went where it went
	Kept      int64            // calls that took the decision of an earlier leg
	Waits     Histogram        // what asking HubSpot costs the callers
	HubSpot   Requests
	Genesys   Executions
	Breaker   Breaker
	Why       Why
	Stopped   Why      // the calls that the breaker stopped, by what had opened it
	Queues    []*Queue // by calls, the most first
	Elsewhere int64    // calls that did not end in a queue
	Minutes   []Minute
}

// Requests are those that HubSpot got from the calls.
type Requests struct {
	All, Search, Refused int64         // refused: answered 429
	PeakPerSecond        int64         // all of them, in a second of the clock
	SearchPeak           int64         // likewise, searches
	PeakPerTenSeconds    int64         // others than searches
	PeakPerDay           int64         // that were answered on a day of the account, to all who use it
	DayOver              time.Duration // until those of a day were used up for the first time; 0: they were not
}

// Executions are those of data actions.
type Executions struct {
	All, Refused   int64
	PeakPerMinute  int64
	PeakConcurrent int64
}

// A Breaker is what the breaker did.
type Breaker struct {
	Opened  int64 // times; to keep it open is none
	Skipped int64 // calls that were not looked up since it was open
}

// Why counts the calls whose lookup failed, by the first thing that went wrong.
type Why struct {
	Limit   int64 // HubSpot refused a request
	Timeout int64 // no answer in the flow's time
	Fault   int64 // of the schedule
	Genesys int64 // the platform did not execute the action
	Breaker int64
	Other   int64 // switched off, or an answer that is of no use
}

// A Queue is where calls ended.
type Queue struct {
	Name       string
	Calls      int64
	ByPriority map[int64]int64
}

// A Minute is one of the calls that began in it, and of the requests made in it.
type Minute struct {
	Calls, Failed, Skipped, Kept int64
	P50, P95, Max                time.Duration // waits
	Requests, Search, Refused    int64
	Opened                       int64
}

// Failed is how many calls were not looked up, for whatever reason.
func (r *Result) Failed() int64 { return r.Outcomes[outcomeFailed] }

// Share of calls whose lookup failed.
func (r *Result) Share() float64 { return float64(r.Failed()) / float64(max(1, r.Calls)) }
