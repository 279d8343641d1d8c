package view

import (
	"fmt"
	"strings"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/doctor"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/words"
)

// A DoctorCapacity is how many calls the vendors' limits carry.
type DoctorCapacity struct {
	Given        *string          `json:"given"`     // flag or file; null: rates that are usual
	PerMinute    []float64        `json:"perMinute"` // calls
	Limits       DoctorLimits     `json:"limits"`
	Strategies   []DoctorStrategy `json:"strategies"`
	Enough       *string          `json:"enough"`                // the first strategy of which at most one call in a hundred is refused; null: none, or no rate is given
	BudgetMs     int64            `json:"budgetMs"`              // that a caller waits for HubSpot
	Hanging      int              `json:"perMinuteWhileHanging"` // calls that the executions at the same time carry while HubSpot gives no answer
	BreakerPause *int64           `json:"breakerMs"`             // for which a refusal opens the breaker; null: there is none
}

// DoctorLimits are the limits that are reckoned with.
type DoctorLimits struct {
	Searches   int        `json:"searchesPerSecond"` // of the account, of every tier
	TenSeconds DoctorMost `json:"requestsPerTenSeconds"`
	Day        DoctorMost `json:"requestsPerDay"`
	Remaining  *int       `json:"remainingToday"` // null: not told
	Executions DoctorMost `json:"executionsPerMinute"`
	Concurrent DoctorMost `json:"executionsAtOnce"`
}

// A DoctorMost is a limit, and whether the account said so or documents do.
type DoctorMost struct {
	Most int  `json:"most"`
	Read bool `json:"read"`
}

// A DoctorStrategy is what a lookup strategy carries.
type DoctorStrategy struct {
	Strategy  string       `json:"strategy"`
	InUse     bool         `json:"inUse"`
	Against   []string     `json:"against"` // why the file cannot have it
	Needs     string       `json:"needs"`
	Requests  int          `json:"requestsPerCall"` // of a known caller, at most
	Searches  int          `json:"searchesPerCall"`
	PerMinute int          `json:"perMinute"`   // calls of which one in a hundred is refused
	Executed  int          `json:"executed"`    // calls a minute that the org executes the data actions of
	ADay      int          `json:"callsPerDay"` // that the day's requests are enough for
	Today     *int         `json:"callsToday"`  // likewise, of what is left
	Rates     []DoctorLost `json:"rates"`
}

// DoctorLost are shares of calls that are not looked up.
type DoctorLost struct {
	PerMinute   float64 `json:"perMinute"`
	Refused     float64 `json:"refused"`
	WithBreaker float64 `json:"withBreaker"` // at most
	Unexecuted  float64 `json:"unexecuted"`
}

// NewDoctorCapacity converts a report; nil, which nobody made, is null.
func NewDoctorCapacity(c *doctor.Capacity) *DoctorCapacity {
	if c == nil {
		return nil
	}
	out := &DoctorCapacity{
		Given: text(c.Given), PerMinute: append([]float64{}, c.Rates...), Strategies: []DoctorStrategy{}, Enough: text(c.Enough), BudgetMs: c.Budget.Milliseconds(), Hanging: int(c.Hanging),
		Limits: DoctorLimits{
			Searches: hubspot.SearchesPerSecond, TenSeconds: DoctorMost(c.TenSeconds), Day: DoctorMost(c.PerDay), Remaining: c.Remaining,
			Executions: DoctorMost(c.Executions), Concurrent: DoctorMost(c.Concurrent),
		},
	}
	if c.Breaker > 0 {
		ms := c.Breaker.Milliseconds()
		out.BreakerPause = &ms
	}
	for _, s := range c.Strategies {
		x := DoctorStrategy{
			Strategy: s.Strategy, InUse: s.InUse, Against: append([]string{}, s.Why...), Needs: doctor.Needs(s.Strategy), Requests: s.Use.Requests, Searches: s.Use.Searches,
			PerMinute: int(s.PerMinute), Executed: int(s.Executed), ADay: s.ADay, Today: s.Today, Rates: []DoctorLost{},
		}
		for _, r := range s.Rates {
			x.Rates = append(x.Rates, DoctorLost{r.PerMinute, rounded(r.Refused), rounded(r.WithBreaker), rounded(r.Unexecuted)})
		}
		out.Strategies = append(out.Strategies, x)
	}
	return out
}

// lines are the report for a person.
func (c *DoctorCapacity) lines() []string {
	if c == nil {
		return []string{"not looked at"}
	}
	l := c.Limits
	left := ""
	if l.Remaining != nil {
		left = fmt.Sprintf(", %s of them left today", words.Thousands(*l.Remaining))
	}
	out := []string{
		fmt.Sprintf("HubSpot: %d searches a second for the account, %s other requests in ten seconds for the key%s, %s requests a day%s%s",
			l.Searches, words.Thousands(l.TenSeconds.Most), assumed(l.TenSeconds), words.Thousands(l.Day.Most), assumed(l.Day), left),
		fmt.Sprintf("Genesys Cloud: %s data actions a minute%s, %d at once%s", words.Thousands(l.Executions.Most), assumed(l.Executions), l.Concurrent.Most, assumed(l.Concurrent)),
	}
	head := fmt.Sprintf("%-21s", "refused of calls/min")
	for _, r := range c.PerMinute {
		head += fmt.Sprintf(" %7s", words.Number(r))
	}
	out = append(out, head+"  carries    a day")
	for _, s := range c.Strategies {
		name, breaker := s.Strategy, "  with the breaker"
		if s.InUse {
			name += " (in use)"
		}
		line, with := fmt.Sprintf("%-21s", name), fmt.Sprintf("%-21s", breaker)
		for _, r := range s.Rates {
			line += fmt.Sprintf(" %7s", lost(r.Refused))
			with += fmt.Sprintf(" %7s", lost(r.WithBreaker))
		}
		out = append(out, fmt.Sprintf("%s %8s %8s", line, words.Thousands(s.PerMinute), words.Thousands(s.ADay)))
		if c.BreakerPause != nil {
			out = append(out, with)
		}
	}
	out = append(out, "carries: calls a minute of which 1 % are refused; a day: calls that the day's requests are enough for")
	for _, s := range c.Strategies {
		switch {
		case s.InUse:
		case len(s.Against) > 0:
			more := ""
			if n := len(s.Against) - 1; n > 0 {
				more = fmt.Sprintf("; and %d more", n)
			}
			out = append(out, fmt.Sprintf("%s: the file cannot have it: %s%s", s.Strategy, s.Against[0], more))
		default:
			out = append(out, fmt.Sprintf("%s: a move to it needs %s", s.Strategy, s.needs(c)))
		}
	}
	return append(out, fmt.Sprintf("while HubSpot hangs each call holds a data action for up to %g s: %s calls a minute fill the %d at once", float64(c.BudgetMs)/1000, words.Thousands(c.Hanging), l.Concurrent.Most))
}

// needs is what a move takes, as told to somebody whose strategy is another one.
func (s DoctorStrategy) needs(c *DoctorCapacity) string {
	if s.Strategy != deployment.StrategyRollup {
		return s.Needs
	}
	for _, x := range c.Strategies {
		if x.InUse && x.Strategy == deployment.StrategyUnique {
			return strings.TrimPrefix(s.Needs, "that, ")
		}
	}
	return strings.Replace(s.Needs, "that", "what unique-phone needs", 1)
}

func assumed(m DoctorMost) string {
	if m.Read {
		return ""
	}
	return " (not read)"
}

// lost is a share of a table: 0 where it is less than anybody would see.
func lost(share float64) string {
	if share < 0.00005 {
		return "0"
	}
	return words.About(share)
}
