package doctor

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/load"
	"github.com/dealroute/dealroute/pkg/words"
)

// What HubSpot answers an account without a paid tier, which is assumed of one whose limits nobody read.
const (
	freeTenSeconds = 100
	freeDay        = 250_000
)

// mostLost is the share of calls that may lose their lookup, as simulate --find-limit and --compare have it.
const mostLost = 0.01

// busyHours is for how long a day calls come in, for what is used up in a day.
const busyHours = 8

// UsualRates are the rates that are shown where nobody says how many calls come in a minute.
func UsualRates() []float64 { return []float64{10, 20, 30, 60, 100} }

// Where the rate is from.
const (
	GivenFlag = "flag"
	GivenFile = "file"
	GivenNone = "" // UsualRates
)

// CapacityInput is what is known of the accounts.
type CapacityInput struct {
	PerMinute float64 // that somebody asks for; 0: calls.peakPerMinute, else UsualRates

	TenSeconds *int // requests of a key in ten seconds that HubSpot answers; nil: unknown
	PerDay     *int // requests of the account in a day; nil: unknown
	Remaining  *int // of these, today; nil: unknown

	// Limits of the org in the namespace "integrations", as the platform names them; what it does not
	// tell is taken from Genesys' documents.
	Limits map[string]int

	// Under tells why the file cannot have a strategy; nil: nobody asks.
	Under func(strategy string) []string
}

// A Limit is what a vendor answers, and whether the account said so.
type Limit struct {
	Most int
	Read bool
}

// A Capacity is how many calls the vendors' limits carry, in the closed forms of package load.
type Capacity struct {
	Given string // flag, file or none
	Rates []float64

	TenSeconds, PerDay     Limit
	Remaining              *int
	Executions, Concurrent Limit

	Strategies []Carried
	Enough     string // the first strategy that carries the rate; empty: none does, or no rate is given

	Budget  time.Duration // that a caller waits for HubSpot at most
	Hanging float64       // calls a minute that Concurrent carries while HubSpot gives no answer
	Breaker time.Duration // for which a refusal opens the breaker; 0: there is none
}

// Carried is what a strategy carries.
type Carried struct {
	Strategy string
	InUse    bool
	Why      []string // why the file cannot have it; none: it can, or nobody asked
	Use      load.Use

	PerMinute float64 // calls of which mostLost lose their lookup
	Executed  float64 // calls that the org executes the data actions of
	ADay      int     // calls that the requests of a day are enough for
	Today     *int    // of today, those that are left
	Rates     []Lost
}

// Lost are the shares of calls that are not looked up at a rate.
type Lost struct {
	PerMinute   float64
	Refused     float64 // by HubSpot
	WithBreaker float64 // at most, with callers during whose call the breaker is open; as Refused without one
	Unexecuted  float64 // of the data actions: over the org's limit
}

// CapacityOf works out what the limits carry. Lookups of known callers are reckoned with, all at random
// and nobody else searching: docs/load.md says how far that goes.
func CapacityOf(d *deployment.Deployment, in CapacityInput) *Capacity {
	c := &Capacity{
		TenSeconds: limit(in.TenSeconds, freeTenSeconds), PerDay: limit(in.PerDay, freeDay), Remaining: in.Remaining,
		Executions: named(in.Limits, "requests.volume.max", genesys.ExecutionsPerMinute), Concurrent: named(in.Limits, "actions.concurrent.executions.max", genesys.ConcurrentExecutions),
		Budget: d.Enrichment.Budget,
	}
	switch {
	case in.PerMinute > 0:
		c.Given, c.Rates = GivenFlag, []float64{in.PerMinute}
	case d.Calls.PeakPerMinute > 0:
		c.Given, c.Rates = GivenFile, []float64{float64(d.Calls.PeakPerMinute)}
	default:
		c.Rates = UsualRates()
	}
	if d.Enrichment.Breaker.Enabled {
		c.Breaker = d.Enrichment.Breaker.AfterFailure
	}
	c.Hanging = float64(c.Concurrent.Most) * 60 / max(1, c.Budget.Seconds())
	for _, name := range deployment.Strategies() {
		s := Carried{Strategy: name, InUse: d.HubSpot.Lookup.Strategy == name}
		if !s.InUse && in.Under != nil {
			s.Why = in.Under(name)
		}
		l := d.HubSpot.Lookup
		l.Strategy = name
		s.Use = load.UseOf(l)
		s.PerMinute = s.Use.Carries(mostLost, c.TenSeconds.Most)
		s.Executed = float64(c.Executions.Most) / float64(s.Use.Requests)
		s.ADay = c.PerDay.Most / s.Use.Requests
		if in.Remaining != nil {
			n := max(0, *in.Remaining) / s.Use.Requests
			s.Today = &n
		}
		for _, rate := range c.Rates {
			s.Rates = append(s.Rates, c.lost(s.Use, rate))
		}
		c.Strategies = append(c.Strategies, s)
	}
	if c.Given != GivenNone {
		i := slices.IndexFunc(c.Strategies, func(s Carried) bool { return len(s.Why) == 0 && s.Rates[0].Refused <= mostLost })
		if i >= 0 {
			c.Enough = c.Strategies[i].Strategy
		}
	}
	return c
}

func (c *Capacity) lost(u load.Use, rate float64) Lost {
	x := Lost{PerMinute: rate}
	x.Refused, _, _ = u.Refused(rate, c.TenSeconds.Most)
	if x.WithBreaker = x.Refused; c.Breaker > 0 {
		x.WithBreaker = load.WithBreaker(rate, x.Refused, c.Breaker.Seconds())
	}
	x.Unexecuted = max(0, 1-float64(c.Executions.Most)/(rate*float64(u.Requests)))
	return x
}

func limit(read *int, otherwise int) Limit {
	if read == nil || *read <= 0 {
		return Limit{otherwise, false}
	}
	return Limit{*read, true}
}

func named(limits map[string]int, name string, otherwise int) Limit {
	if n, ok := limits[name]; ok {
		return limit(&n, otherwise)
	}
	return Limit{otherwise, false}
}

// Against are the reasons why a file cannot have a strategy. That the properties which it takes are not
// named yet is none: they are what it needs.
func Against(path string, data []byte, strategy string) (why []string) {
	_, found := deployment.ParseUnder(path, data, strategy)
	for _, f := range found.Sorted() {
		needs := strings.HasPrefix(f.Message, "hubspot.lookup.property is missing") || strings.HasPrefix(f.Message, "hubspot.lookup.rollup is missing")
		if f.Severity == diag.Error && !needs && !slices.Contains(why, f.Message) {
			why = append(why, f.Message)
		}
	}
	return why
}

// InUse is the deployment's own strategy.
func (c *Capacity) InUse() Carried {
	i := slices.IndexFunc(c.Strategies, func(s Carried) bool { return s.InUse })
	return c.Strategies[max(0, i)]
}

// Needs is what a strategy takes to move to, in HubSpot.
func Needs(strategy string) string {
	switch strategy {
	case deployment.StrategyUnique:
		return "a contact property with unique values, filled with E.164"
	case deployment.StrategyRollup:
		return "that, rollup properties (Professional), and no rule on a single deal"
	}
	return "nothing"
}

func capacityTopics() []Topic {
	return []Topic{
		{
			Code: "DR-DOC-301", Severity: diag.Warning, Title: "more calls than the lookup carries",
			Text: "HubSpot refuses a search or a read of more than one call in a hundred at this rate, by the closed forms of [load.md](load.md): known callers, at random, and nobody else searching the account. Each refusal opens the breaker, and those who call meanwhile are not looked up, either. " +
				"The finding names the first strategy that carries the rate and what it takes in HubSpot; [lookups.md](lookups.md) has it in full. `dealroute simulate --load` tries it with your callers. `DR-CALL-001` says the same of `calls.peakPerMinute` without an account.",
		},
		{
			Code: "DR-DOC-302", Severity: diag.Warning, Title: "HubSpot's day may be too short",
			Text: "HubSpot answers so many requests a day for the whole account, searches and all apps together, and then none until midnight in the account's time zone. At this rate they are used up in less than eight hours. Find out which app uses them, or buy HubSpot's API limit increase; a strategy with fewer requests a call needs less.",
		},
		{
			Code: "DR-DOC-303", Severity: diag.Warning, Title: "more data actions than the org executes",
			Text: "Genesys Cloud executes so many data actions in a minute in an org (`requests.volume.max`) and so many at the same time (`actions.concurrent.executions.max`), those of other flows with them, and refuses the others at once: these callers take the failure path. Ask Genesys to raise the limit, or take a strategy with fewer requests.",
		},
	}
}

// Findings are what the limits do not carry. What becomes of callers under the strategy that would is told
// where a sample says so; m may be nil.
func (c *Capacity) Findings(d *deployment.Deployment, m *Match) diag.Findings {
	var out diag.Findings
	add := func(code, hint, format string, args ...any) {
		f := find(code, hint, format, args...)
		if c.Given == GivenFile {
			f.Path, f.Position = "calls.peakPerMinute", d.Pos("calls.peakPerMinute")
		}
		out = append(out, f)
	}
	s := c.InUse()
	if c.Given != GivenNone {
		x := s.Rates[0]
		rate := words.PerMinute(x.PerMinute)
		if x.Refused > mostLost {
			with := ""
			if c.Breaker > 0 {
				with = fmt.Sprintf(", and with the breaker up to %s are not looked up", words.About(x.WithBreaker))
			}
			add("DR-DOC-301", c.remedy(m), "at %s HubSpot refuses %s of lookups under strategy: %s%s", rate, words.About(x.Refused), s.Strategy, with)
		}
		if x.Unexecuted > 0 {
			add("DR-DOC-303", "ask Genesys to raise the org's requests.volume.max", "%s execute up to %d data actions each: Genesys Cloud takes %s a minute", rate, s.Use.Requests, words.Thousands(c.Executions.Most))
		}
		if c.Hanging < x.PerMinute {
			add("DR-DOC-303", "ask Genesys to raise the org's actions.concurrent.executions.max, or lower enrichment.budget",
				"while HubSpot hangs, %s hold more data actions than the %d that Genesys Cloud executes at the same time: %s carries it for %s", rate, c.Concurrent.Most, c.Budget, words.PerMinute(math.Floor(c.Hanging)))
		}
		for _, day := range []struct {
			calls *int
			what  string
		}{{&s.ADay, fmt.Sprintf("the %s requests of a day", words.Thousands(c.PerDay.Most))}, {s.Today, fmt.Sprintf("the %s requests that are left today", words.Thousands(value(c.Remaining)))}} {
			if day.calls == nil || float64(*day.calls) >= x.PerMinute*60*busyHours {
				continue
			}
			add("DR-DOC-302", "find out in HubSpot (Development, Monitoring) which app uses them", "at %s %s last %s", rate, day.what, Span(float64(*day.calls)/x.PerMinute))
			break
		}
	}
	return out
}

func value(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

// remedy is what carries the rate.
func (c *Capacity) remedy(m *Match) string {
	const fewer = "give lookup_failed a rule of its own"
	if c.Enough != "" {
		return fmt.Sprintf("strategy: %s carries it; it needs %s%s", c.Enough, Needs(c.Enough), m.price(c.Enough))
	}
	for _, s := range c.Strategies {
		if s.Rates[0].Refused <= mostLost {
			return fmt.Sprintf("strategy: %s would carry it, and the file cannot have it: %s; else %s", s.Strategy, strings.Join(s.Why[:min(1, len(s.Why))], ""), fewer)
		}
	}
	return "no strategy carries it; " + fewer
}

// Span is so many minutes in words.
func Span(minutes float64) string {
	switch {
	case minutes < 1:
		return "less than a minute"
	case minutes < 120:
		return words.Count(int(minutes), "minute", "minutes")
	}
	return words.Count(int(minutes/60), "hour", "hours")
}
