package view

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/load"
	"github.com/dealroute/dealroute/pkg/words"
)

// A Load is what simulate --load has to tell.
type Load struct {
	Day       load.Day
	Source    string // where HubSpot's answers came from
	Tier      string
	Strategy  string       // of the deployment
	Result    *load.Result // nil where no rate was asked for
	Compared  []Compared   // nil unless asked for
	Derived   []string     // what of the CRM was made up so that strategies can be compared
	Limit     *load.Limit  // nil unless asked for
	MaxFailed float64
	Took      time.Duration
	Findings  diag.Findings
}

// A Compared is a lookup strategy to which the same calls came.
type Compared struct {
	Strategy string
	Why      []string     // it cannot be used; none: it can
	Result   *load.Result // nil where no rate was asked for, or it cannot be used
	Limit    *load.Limit  // nil unless asked for
}

// LoadAnswer is the answer of simulate --load.
type LoadAnswer struct {
	Schema      int              `json:"schema"`
	Seed        uint64           `json:"seed"`
	Calls       int64            `json:"calls"`
	Kept        int64            `json:"kept"` // of them, those that took the decision of an earlier leg
	VirtualMs   int64            `json:"virtualMs"`
	Ms          int64            `json:"ms"`
	Outcomes    map[string]int64 `json:"outcomes"`
	Failures    LoadFailures     `json:"failures"`
	WaitMs      LoadWaits        `json:"waitMs"`
	HubSpot     LoadHubSpot      `json:"hubspot"`
	Genesys     LoadGenesys      `json:"genesys"`
	Breaker     LoadBreaker      `json:"breaker"`
	Queues      []LoadQueue      `json:"queues"`
	Elsewhere   int64            `json:"elsewhere"` // calls that did not end in a queue
	Minutes     []LoadMinute     `json:"minutes"`
	Compare     *LoadComparison  `json:"compare"`   // null unless asked for
	FindLimit   *LoadLimit       `json:"findLimit"` // null unless asked for
	Assumptions []string         `json:"assumptions"`
	Findings    []Finding        `json:"findings"`
}

// LoadFailures counts the calls that were not looked up, by the first thing that went wrong.
type LoadFailures struct {
	Limit   int64 `json:"limit"` // HubSpot refused a request
	Timeout int64 `json:"timeout"`
	Fault   int64 `json:"fault"` // of the schedule
	Genesys int64 `json:"genesys"`
	Breaker int64 `json:"breaker"`
	Other   int64 `json:"other"`
}

// LoadWaits is how long asking HubSpot took the callers.
type LoadWaits struct {
	P50 int64 `json:"p50"`
	P95 int64 `json:"p95"`
	P99 int64 `json:"p99"`
	Max int64 `json:"max"`
}

// LoadHubSpot are the requests that HubSpot got.
type LoadHubSpot struct {
	Requests            int64         `json:"requests"`
	Search              int64         `json:"search"`
	Refused             int64         `json:"refused429"`
	PeakPerSecond       int64         `json:"peakPerSecond"`
	SearchPeakPerSecond int64         `json:"searchPeakPerSecond"`
	PeakPerTenSeconds   int64         `json:"peakPerTenSeconds"`
	PeakPerDay          int64         `json:"peakPerDay"` // answered on a day of the account, to all who use it
	Limits              HubSpotLimits `json:"limits"`
}

// HubSpotLimits are those of the account that was modelled.
type HubSpotLimits struct {
	SearchesPerSecond int `json:"searchesPerSecond"`
	PerTenSeconds     int `json:"perTenSeconds"`
	PerDay            int `json:"perDay"`
}

// LoadGenesys are the executions of data actions.
type LoadGenesys struct {
	Executions     int64         `json:"executions"`
	Refused        int64         `json:"refused"`
	PeakPerMinute  int64         `json:"peakPerMinute"`
	PeakConcurrent int64         `json:"peakConcurrent"`
	Limits         GenesysLimits `json:"limits"`
}

// GenesysLimits are those of the org that was modelled.
type GenesysLimits struct {
	PerMinute  int `json:"perMinute"`
	Concurrent int `json:"concurrent"`
}

// LoadBreaker is what the breaker did.
type LoadBreaker struct {
	Opened  int64 `json:"opened"`
	Skipped int64 `json:"skipped"`
}

// LoadQueue is where calls ended.
type LoadQueue struct {
	Name       string           `json:"name"`
	Calls      int64            `json:"calls"`
	ByPriority map[string]int64 `json:"byPriority"`
}

// LoadMinute is one of the calls that began in it, and of the requests that were made in it.
type LoadMinute struct {
	Minute   string `json:"minute"`
	Calls    int64  `json:"calls"`
	Failed   int64  `json:"failed"`
	Skipped  int64  `json:"skipped"`
	Kept     int64  `json:"kept"`
	Requests int64  `json:"requests"`
	Search   int64  `json:"search"`
	Refused  int64  `json:"refused429"`
	Opened   int64  `json:"opened"`
	WaitMs   struct {
		P50 int64 `json:"p50"`
		P95 int64 `json:"p95"`
		Max int64 `json:"max"`
	} `json:"waitMs"`
}

// LoadComparison are lookup strategies side by side.
type LoadComparison struct {
	MaxFailed  float64        `json:"maxFailed"`
	Cheapest   *string        `json:"cheapest"` // null: each fails more often, or none was tried at a rate
	Strategies []LoadStrategy `json:"strategies"`
	Derived    []string       `json:"derived"`
}

// LoadStrategy is one of them.
type LoadStrategy struct {
	Strategy        string     `json:"strategy"`
	Why             *string    `json:"why"` // it cannot be used; null: it can
	Calls           *int64     `json:"calls"`
	Failed          *float64   `json:"failed"` // a share
	RequestsPerCall *float64   `json:"requestsPerCall"`
	Search          *int64     `json:"search"`
	Refused         *int64     `json:"refused429"`
	WaitMs          *LoadWaits `json:"waitMs"`
	FindLimit       *LoadLimit `json:"findLimit"`
}

// LoadLimit is the rate at which a share of the calls is not looked up.
type LoadLimit struct {
	PerMinute float64 `json:"perMinute"`
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
	Failed    float64 `json:"failed"`
	Calls     int64   `json:"calls"`
	Bound     *string `json:"bound"` // below, above: it lies beyond what was tried; null: it was found
}

// NewLoadAnswer converts it.
func NewLoadAnswer(x Load) LoadAnswer {
	h, g := x.Day.HubSpot.Limits, x.Day.Genesys
	out := LoadAnswer{
		Schema: Schema, Seed: x.Day.Seed, Ms: x.Took.Milliseconds(), Outcomes: map[string]int64{}, Queues: []LoadQueue{}, Minutes: []LoadMinute{},
		FindLimit: newLimit(x.Limit), Assumptions: x.Day.Assumptions(), Findings: NewFindings(x.Findings),
	}
	out.HubSpot.Limits = HubSpotLimits{h.SearchesPerSecond, h.PerTenSeconds, h.PerDay}
	out.Genesys.Limits = GenesysLimits{g.PerMinute, g.Concurrent}
	if x.Compared != nil {
		out.Compare = newComparison(x)
	}
	r := x.Result
	if r == nil {
		return out
	}
	out.Calls, out.Kept, out.VirtualMs, out.Outcomes, out.Elsewhere = r.Calls, r.Kept, Ms(r.Virtual), r.Outcomes, r.Elsewhere
	out.Failures = LoadFailures(r.Why)
	out.WaitMs = waitsOf(r)
	out.HubSpot = LoadHubSpot{r.HubSpot.All, r.HubSpot.Search, r.HubSpot.Refused, r.HubSpot.PeakPerSecond, r.HubSpot.SearchPeak, r.HubSpot.PeakPerTenSeconds, r.HubSpot.PeakPerDay, out.HubSpot.Limits}
	out.Genesys = LoadGenesys{r.Genesys.All, r.Genesys.Refused, r.Genesys.PeakPerMinute, r.Genesys.PeakConcurrent, out.Genesys.Limits}
	out.Breaker = LoadBreaker(r.Breaker)
	for _, q := range r.Queues {
		v := LoadQueue{q.Name, q.Calls, map[string]int64{}}
		for p, n := range q.ByPriority {
			v.ByPriority[strconv.FormatInt(p, 10)] = n
		}
		out.Queues = append(out.Queues, v)
	}
	for i, m := range r.Minutes {
		v := LoadMinute{
			Minute: x.Day.Start.Add(time.Duration(i) * time.Minute).UTC().Format(time.RFC3339), Calls: m.Calls, Failed: m.Failed, Skipped: m.Skipped,
			Kept: m.Kept, Requests: m.Requests, Search: m.Search, Refused: m.Refused, Opened: m.Opened,
		}
		v.WaitMs.P50, v.WaitMs.P95, v.WaitMs.Max = Ms(m.P50), Ms(m.P95), Ms(m.Max)
		out.Minutes = append(out.Minutes, v)
	}
	return out
}

func waitsOf(r *load.Result) LoadWaits {
	return LoadWaits{Ms(r.Waits.At(0.5)), Ms(r.Waits.At(0.95)), Ms(r.Waits.At(0.99)), Ms(r.Waits.Max())}
}

func newLimit(l *load.Limit) *LoadLimit {
	if l == nil {
		return nil
	}
	return &LoadLimit{l.PerMinute, l.Low, l.High, l.Share, l.Calls, text(string(l.Bound))}
}

func newComparison(x Load) *LoadComparison {
	out := &LoadComparison{MaxFailed: x.MaxFailed, Cheapest: text(cheapest(x)), Derived: append([]string{}, x.Derived...)}
	for _, c := range x.Compared {
		v := LoadStrategy{Strategy: c.Strategy, Why: text(strings.Join(c.Why, "; ")), FindLimit: newLimit(c.Limit)}
		if r := c.Result; r != nil {
			failed, each, waits := r.Share(), perCall(r), waitsOf(r)
			v.Calls, v.Failed, v.RequestsPerCall, v.Search, v.Refused, v.WaitMs = &r.Calls, &failed, &each, &r.HubSpot.Search, &r.HubSpot.Refused, &waits
		}
		out.Strategies = append(out.Strategies, v)
	}
	return out
}

// cheapest is the first that keeps failures below what is allowed, in the order of what a strategy
// needs in HubSpot: search nothing, unique-phone a property, rollup more of them.
func cheapest(x Load) string {
	for _, c := range x.Compared {
		if c.Result != nil && c.Result.Calls > 0 && c.Result.Share() <= x.MaxFailed {
			return c.Strategy
		}
	}
	return ""
}

func perCall(r *load.Result) float64 { return float64(r.HubSpot.All) / float64(max(1, r.Calls)) }

// PrintMinutes writes a CSV with a row for each minute.
func PrintMinutes(w io.Writer, x Load) error {
	out := csv.NewWriter(w)
	out.Write([]string{"minute", "calls", "failed", "skipped", "kept", "requests", "search", "refused429", "opened", "waitP95Ms", "waitMaxMs"}) //nolint:errcheck // Error has it
	for _, m := range NewLoadAnswer(x).Minutes {
		row := []string{m.Minute}
		for _, n := range []int64{m.Calls, m.Failed, m.Skipped, m.Kept, m.Requests, m.Search, m.Refused, m.Opened, m.WaitMs.P95, m.WaitMs.Max} {
			row = append(row, strconv.FormatInt(n, 10))
		}
		out.Write(row) //nolint:errcheck // Error has it
	}
	out.Flush()
	return out.Error()
}

// PrintLoad writes one screen for a person.
func PrintLoad(w io.Writer, x Load) error {
	var b diag.Page
	head := func(what string) { diag.Fprintf(&b, "%-62s %s\n", what, x.Source) }
	if r := x.Result; r != nil {
		printDay(&b, x, r, head)
	} else {
		head("load, seed " + strconv.FormatUint(x.Day.Seed, 10))
	}
	if x.Compared != nil {
		printComparison(&b, x)
	}
	if x.Limit != nil && x.Compared == nil {
		loadLine(&b, "limit", carried(x.Limit), limitWords(x.Limit, x.MaxFailed))
	}
	b.WriteString("\n" + meaning(x) + "\n\nThis is a model:\n")
	for _, a := range x.Day.Assumptions() {
		diag.Fprintf(&b, "  - %s\n", a)
	}
	_, err := diag.Fprintf(w, "%s\n", b.Trim())
	return err
}

func loadLine(b *diag.Page, name, value, more string) {
	diag.Fprintf(b, "%s\n", strings.TrimRight(diag.Sprintf("  %-14s %-24s %s", name, value, more), " "))
}

func printDay(b *diag.Page, x Load, r *load.Result, head func(string)) {
	rate := words.PerMinute(x.Day.Traffic.PerMinute)
	if x.Day.Traffic.Arrivals != nil {
		rate = "arrivals of a file"
	}
	head(fmt.Sprintf("%s for %s from %s UTC, seed %d", rate, words.Span(x.Day.For), x.Day.Start.UTC().Format("2006-01-02 15:04"), r.Seed))
	line := func(name, value, more string) { loadLine(b, name, value, more) }
	kept := ""
	if r.Kept > 0 {
		kept = words.Thousands(r.Kept) + " of them kept the decision of an earlier leg"
	}
	line("calls", words.Thousands(r.Calls), kept)
	for i, o := range slices.SortedFunc(maps.Keys(r.Outcomes), func(a, b string) int {
		return cmp.Or(cmp.Compare(r.Outcomes[b], r.Outcomes[a]), cmp.Compare(a, b))
	}) {
		name := ""
		if i == 0 {
			name = "outcomes"
		}
		line(name, o, fmt.Sprintf("%6s  %s", share(r.Outcomes[o], r.Calls), words.Thousands(r.Outcomes[o])))
	}
	if r.Failed() > 0 {
		line("not looked up", share(r.Failed(), r.Calls), whyNot(r))
	}
	v := waitsOf(r)
	line("waited", "p50 "+words.Ms(v.P50), fmt.Sprintf("p95 %s · p99 %s · longest %s", words.Thousands(v.P95), words.Thousands(v.P99), words.Thousands(v.Max)))
	h, hl := r.HubSpot, x.Day.HubSpot.Limits
	line("HubSpot", words.Count(h.All, "request", "requests"), fmt.Sprintf("%.2f a call; %s refused (429)", perCall(r), words.Thousands(h.Refused)))
	if h.Search > 0 {
		line("", words.Count(h.Search, "search", "searches"), fmt.Sprintf("at most %s in a second, of %d that it answers", words.Thousands(h.SearchPeak), hl.SearchesPerSecond))
	}
	if others := h.All - h.Search; others > 0 {
		line("", words.Count(others, "read", "reads"), fmt.Sprintf("at most %s in ten seconds, of %d that it answers (%s)", words.Thousands(h.PeakPerTenSeconds), hl.PerTenSeconds, x.Tier))
	}
	if h.PeakPerDay > 0 && hl.PerDay > 0 {
		over := ""
		if h.DayOver > 0 {
			over = "; used up at " + x.clock(h.DayOver)
		}
		line("", "a day", fmt.Sprintf("at most %s answered, of %s (%s)%s", words.Thousands(h.PeakPerDay), words.Thousands(hl.PerDay), x.Tier, over))
	}
	g, gl := r.Genesys, x.Day.Genesys
	line("Genesys Cloud", words.Count(g.All, "execution", "executions"), fmt.Sprintf("at most %s a minute of %s, %d at once of %d; %s refused", words.Thousands(g.PeakPerMinute), words.Thousands(gl.PerMinute), g.PeakConcurrent, gl.Concurrent, words.Thousands(g.Refused)))
	line("breaker", "opened "+words.Times(r.Breaker.Opened), words.Count(r.Breaker.Skipped, "call", "calls")+" not looked up meanwhile")
	for i, q := range r.Queues {
		name := ""
		if i == 0 {
			name = "queues"
		}
		line(name, q.Name, fmt.Sprintf("%6s  %s, %s", share(q.Calls, r.Calls), words.Thousands(q.Calls), priorities(q)))
	}
	if r.Elsewhere > 0 {
		line("", "no queue", fmt.Sprintf("%6s  %s", share(r.Elsewhere, r.Calls), words.Thousands(r.Elsewhere)))
	}
	if worst := worstMinute(r); worst >= 0 {
		m := r.Minutes[worst]
		line("worst minute", x.clock(time.Duration(worst)*time.Minute), fmt.Sprintf("%s of %s not looked up, -o csv has them all", words.Thousands(m.Failed), words.Count(m.Calls, "call", "calls")))
	}
}

// clock is the time of day of something, with its date where the days are several.
func (x *Load) clock(since time.Duration) string {
	form := "15:04"
	if x.Day.For > 24*time.Hour {
		form = "2006-01-02 15:04"
	}
	return x.Day.Start.Add(since).UTC().Format(form)
}

func whyNot(r *load.Result) string {
	var out []string
	for _, x := range []struct {
		n    int64
		what string
	}{
		{r.Why.Limit, "refused by HubSpot"}, {r.Why.Breaker, "breaker open"}, {r.Why.Timeout, "no answer in time"}, {r.Why.Fault, "fault of the schedule"},
		{r.Why.Genesys, "refused by Genesys Cloud"}, {r.Why.Other, "switched off, or an answer of no use"},
	} {
		if x.n > 0 {
			out = append(out, share(x.n, r.Calls)+" "+x.what)
		}
	}
	return strings.Join(out, " · ")
}

func priorities(q *load.Queue) string {
	keys := slices.SortedFunc(maps.Keys(q.ByPriority), func(a, b int64) int { return cmp.Compare(b, a) })
	if len(keys) == 1 {
		return fmt.Sprintf("priority %d", keys[0])
	}
	var out []string
	for _, p := range keys {
		out = append(out, fmt.Sprintf("%d: %s", p, words.Thousands(q.ByPriority[p])))
	}
	return "priority " + strings.Join(out, " · ")
}

func worstMinute(r *load.Result) int {
	worst := -1
	for i, m := range r.Minutes {
		if m.Failed > 0 && (worst < 0 || m.Failed > r.Minutes[worst].Failed) {
			worst = i
		}
	}
	return worst
}

// whyShown is how many reasons against a strategy a person is told.
const whyShown = 3

func printComparison(b *diag.Page, x Load) {
	diag.Fprintf(b, "\n  %-14s %9s %9s %12s %9s %9s  %s\n", "strategy", "failed", "requests", "searches", "p50 ms", "p95 ms", "carries")
	for _, c := range x.Compared {
		if why := c.Why; len(why) > 0 {
			more := ""
			if n := len(why) - whyShown; n > 1 {
				why, more = why[:whyShown], fmt.Sprintf("; and for %d more reasons, -o json has them all", n)
			}
			diag.Fprintf(b, "  %-14s cannot be used: %s%s\n", c.Strategy, strings.Join(why, "; "), more)
			continue
		}
		cells := []string{"–", "–", "–", "–", "–"}
		if r := c.Result; r != nil {
			v := waitsOf(r)
			cells = []string{share(r.Failed(), r.Calls), fmt.Sprintf("%.2f/call", perCall(r)), fmt.Sprintf("%.2f/call", float64(r.HubSpot.Search)/float64(max(1, r.Calls))), words.Thousands(v.P50), words.Thousands(v.P95)}
		}
		carries := "–"
		if c.Limit != nil {
			carries = carried(c.Limit) + " (" + limitWords(c.Limit, x.MaxFailed) + ")"
		}
		diag.Fprintf(b, "  %-14s %9s %9s %12s %9s %9s  %s\n", c.Strategy, cells[0], cells[1], cells[2], cells[3], cells[4], carries)
	}
	for _, d := range x.Derived {
		diag.Fprintf(b, "  %-14s %s\n", "made up", d)
	}
}

// meaning says it in one sentence.
func meaning(x Load) string {
	most := words.Percent(x.MaxFailed)
	switch r := x.Result; {
	case x.Compared != nil && !slices.ContainsFunc(x.Compared, func(c Compared) bool { return len(c.Why) == 0 }):
		return "None of these strategies can be used with this file as it is."
	case r != nil && r.Calls == 0:
		return "No call came in."
	case x.Compared != nil && r != nil:
		if c := cheapest(x); c != "" {
			return diag.Sprintf("%s is the cheapest strategy that leaves at most %s of these callers without a lookup.", c, most)
		}
		return diag.Sprintf("No strategy that can be used leaves only %s of these callers without a lookup.", most)
	case r == nil && x.Limit != nil && x.Limit.Bound == load.Below:
		return diag.Sprintf("Not even 1 call a minute is carried: more than %s of callers are not looked up.", most)
	case r == nil && x.Limit != nil && x.Limit.Bound == load.Above:
		return diag.Sprintf("%s are carried: fewer than %s of callers are not looked up. More was not tried.", words.PerMinute(x.Limit.PerMinute), most)
	case r == nil && x.Limit != nil:
		return diag.Sprintf("About %s are carried, until %s of callers are not looked up.", words.PerMinute(x.Limit.PerMinute), most)
	case r == nil:
		return "The table says which rate each strategy carries."
	case r.Failed() == 0:
		return "Every caller who can be looked up is."
	default:
		who := "1 of " + words.Thousands((r.Calls+r.Failed()/2)/r.Failed()) + " callers is not looked up and goes"
		if 5*r.Failed() > r.Calls {
			who = share(r.Failed(), r.Calls) + " of the callers are not looked up and go"
		}
		w := r.Why
		above := ", most of them because "
		switch n := max(w.Limit, w.Timeout, w.Fault, w.Genesys, w.Breaker, w.Other); {
		case n == r.Failed():
			above = " because "
		case 2*n <= r.Failed():
			above = ", above all because "
		}
		day := ""
		if r.HubSpot.DayOver > 0 {
			day = diag.Sprintf(" HubSpot's requests of the day are used up at %s UTC.", x.clock(r.HubSpot.DayOver))
		}
		return who + " the way of lookup_failed" + above + Mostly(r) + "." + day
	}
}

// Mostly says why most of the callers who were not looked up were not.
func Mostly(r *load.Result) string {
	say := func(w load.Why, limit, timeout, fault, genesys, other string) string {
		switch max(w.Limit, w.Timeout, w.Fault, w.Genesys, w.Other) {
		case w.Limit:
			return limit
		case w.Timeout:
			return timeout
		case w.Fault:
			return fault
		case w.Genesys:
			return genesys
		}
		return other
	}
	if w := r.Why; w.Breaker > max(w.Limit, w.Timeout, w.Fault, w.Genesys, w.Other) {
		return "the breaker is open after " + say(r.Stopped, "HubSpot refused somebody", "an answer that came too late", "a fault of the schedule", "Genesys Cloud refused to execute an action", "an answer of no use, or since the beginning")
	}
	return say(r.Why, "HubSpot answers no more requests in that time", "HubSpot's answer comes too late", "of the faults of the schedule", "Genesys Cloud executes no more data actions", "lookups are switched off, or the answers are of no use")
}

func limitWords(l *load.Limit, most float64) string {
	switch l.Bound {
	case load.Below:
		return words.Percent(l.Share) + " fail even at one call a minute"
	case load.Above:
		return "no more was tried; " + words.Percent(l.Share) + " fail there"
	}
	return diag.Sprintf("%s to %s in 95 of 100 cases, where %s fail", words.Number(l.Low), words.Number(l.High), words.Percent(most))
}

// carried is a limit as a rate.
func carried(l *load.Limit) string {
	switch l.Bound {
	case load.Below:
		return "under " + words.PerMinute(l.PerMinute)
	case load.Above:
		return "over " + words.PerMinute(l.PerMinute)
	}
	return words.PerMinute(l.PerMinute)
}

func share(n, of int64) string { return words.Percent(float64(n) / float64(max(1, of))) }
