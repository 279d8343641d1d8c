package report

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/load"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/dealroute/dealroute/pkg/words"
)

// Load is the page of simulate --load. data is what -o json prints of it.
func Load(x view.Load, data view.LoadAnswer, command string, run Run) Page {
	l := &loadPage{x: x, a: data}
	p := Page{Title: l.title(), Command: command, Run: run, Data: data}
	if r := x.Result; r != nil {
		p.Verdict, p.Figures = l.verdict(r), l.figures(r)
	} else if x.Limit != nil {
		p.Verdict = Verdict{Accent, "carried", l.carried(data.FindLimit, "/findLimit")}
	}
	if data.Compare != nil {
		p.Verdict = l.chosen()
		p.Sections = append(p.Sections, l.strategies())
	}
	if data.FindLimit != nil && data.Compare == nil {
		p.Sections = append(p.Sections, l.limit())
	}
	if x.Result != nil && x.Result.Calls > 0 {
		p.Sections = append(p.Sections, l.outcomes(), l.waits(), l.limits(), l.queues(), l.rows())
	}
	return withFindings(p, data.Assumptions, data.Findings)
}

// withFindings adds what an answer rests on, and what was found beside it.
func withFindings(p Page, assumptions []string, findings []view.Finding) Page {
	if len(findings) > 0 {
		var rows []Row
		for i, f := range findings {
			at := Pointer("findings", i)
			place := T("–")
			if f.File != nil && f.Line != nil {
				place = T(Place(*f.File, *f.Line, at))
			}
			said := T(Str(f.Message, at+"/message"))
			if f.Hint != nil {
				said = append(said, T(". ", Str(*f.Hint, at+"/hint"))...)
			}
			rows = append(rows, Row{Cells: []Text{T(Word(toneOf(string(f.Severity)), string(f.Severity))), place, said}})
		}
		p.Sections = append(p.Sections, Section{ID: "findings", Title: "Found beside it", Blocks: []Block{&Table{Caption: "findings", Columns: []Column{{Title: "weight"}, {Title: "place"}, {Title: "what", Wide: true}}, Rows: rows}}})
	}
	if len(assumptions) > 0 {
		var items []Text
		for i, a := range assumptions {
			items = append(items, T(Str(a, Pointer("assumptions", i))))
		}
		p.Sections = append(p.Sections, Section{ID: "assumptions", Title: "What is taken for granted", About: T("This is a model; nobody knows these, and the answer rests on them."), Blocks: []Block{List{Items: items}}})
	}
	return p
}

func toneOf(severity string) Tone {
	switch severity {
	case "error":
		return Bad
	case "warning":
		return Warn
	}
	return Plain
}

type loadPage struct {
	x view.Load
	a view.LoadAnswer
}

func (l *loadPage) title() string {
	d := l.x.Day
	if l.x.Result == nil {
		return "The rate that is carried"
	}
	rate := words.PerMinute(d.Traffic.PerMinute)
	if d.Traffic.Arrivals != nil {
		rate = "Calls as a file has them"
	}
	return fmt.Sprintf("%s for %s from %s UTC", rate, words.Span(d.For), d.Start.UTC().Format("2006-01-02 15:04"))
}

func failedPath() string { return Pointer("outcomes", string(routing.LookupFailed)) }

// bad is from what share of calls that are not looked up on a day is a bad one.
const bad = 0.05

func lostTone(r *load.Result) Tone {
	if r.Share() > bad {
		return Bad
	}
	return Warn
}

func (l *loadPage) verdict(r *load.Result) Verdict {
	switch {
	case r.Calls == 0:
		return Verdict{Warn, "no call came in", nil}
	case r.Failed() == 0:
		return Verdict{Good, "every caller is looked up", T("of ", Count(r.Calls, "/calls"), " calls")}
	}
	return Verdict{lostTone(r), "not every caller is looked up", T(Share(r.Failed(), r.Calls, failedPath(), "/calls"), " of the callers are routed without what HubSpot knows of them (lookup_failed), above all because ", Own(view.Mostly(r)), ".")}
}

func (l *loadPage) figures(r *load.Result) []Figure {
	a := l.a
	calls := Figure{Label: "calls", Value: T(Count(a.Calls, "/calls"))}
	if a.Kept > 0 {
		calls.Note = T(Count(a.Kept, "/kept"), " kept an earlier decision")
	}
	lost := Figure{Label: "not looked up", Value: T(Own("0 %"))}
	if r.Failed() > 0 {
		lost.Value, lost.Note, lost.Tone = T(Share(r.Failed(), r.Calls, failedPath(), "/calls")), T(Count(r.Failed(), failedPath()), " calls"), lostTone(r)
	}
	h := a.HubSpot
	out := []Figure{calls, lost}
	if a.Calls > 0 {
		out = append(out, Figure{Label: "waited, the middle one", Value: T(Ms(a.WaitMs.P50, "/waitMs/p50")), Note: l.longWaits()})
	}
	return append(out, []Figure{
		{Label: "requests to HubSpot", Value: T(Count(h.Requests, "/hubspot/requests")), Note: T(Ratio(h.Requests, a.Calls, "/hubspot/requests", "/calls"), " a call")},
		{Label: "refused by HubSpot", Value: T(Count(h.Refused, "/hubspot/refused429")), Note: T("of the requests, ", Share(h.Refused, h.Requests, "/hubspot/refused429", "/hubspot/requests")), Tone: toneIf(h.Refused > 0, Warn)},
		{Label: "breaker opened", Value: T(Count(a.Breaker.Opened, "/breaker/opened")), Note: T(Count(a.Breaker.Skipped, "/breaker/skipped"), " calls not looked up meanwhile")},
	}...)
}

// Of fewer calls than these, the wait that 95 or 99 of 100 do not exceed is the longest one, or one of chance.
const (
	enoughFor95 = 20
	enoughFor99 = 100
)

// longWaits are the long waits of which there are enough calls to tell.
func (l *loadPage) longWaits() Text {
	w := l.a.WaitMs
	switch {
	case l.a.Calls < enoughFor95:
		return T("the longest ", Ms(w.Max, "/waitMs/max"))
	case l.a.Calls < enoughFor99:
		return T("p95 ", Ms(w.P95, "/waitMs/p95"), ", the longest ", Ms(w.Max, "/waitMs/max"))
	}
	return T("p95 ", Ms(w.P95, "/waitMs/p95"), ", p99 ", Ms(w.P99, "/waitMs/p99"))
}

func toneIf(is bool, t Tone) Tone {
	if is {
		return t
	}
	return Plain
}

// outcomes are what became of the lookups.
func (l *loadPage) outcomes() Section {
	r := l.x.Result
	names := slices.SortedFunc(maps.Keys(r.Outcomes), func(a, b string) int {
		return cmp.Or(cmp.Compare(r.Outcomes[b], r.Outcomes[a]), cmp.Compare(a, b))
	})
	bars := &Bars{Caption: "Outcomes, in shares of all calls", Names: "outcome", Values: "share", Whole: true}
	styles := []Style{First, Second, Third}
	for i, n := range names {
		at, style := Pointer("outcomes", n), styles[min(i, len(styles)-1)]
		if n == string(routing.LookupFailed) {
			style = Wrong
		}
		bars.Rows = append(bars.Rows, Bar{Name: T(Own(n)), Short: n, Value: float64(r.Outcomes[n]), Shown: T(Share(r.Outcomes[n], r.Calls, at, "/calls")), Note: T(Count(r.Outcomes[n], at), " calls: ", outcomeNote(&n)), Style: style})
	}
	blocks := []Block{bars}
	if r.Failed() > 0 {
		blocks = append(blocks, l.whyNot())
	}
	if c := l.shares(); c != nil {
		blocks = append(blocks, c)
	}
	return Section{ID: "outcomes", Title: "Outcomes", About: T("What was known of the callers when they were routed. After a failure the breaker is open: for some seconds HubSpot is not asked, so that nobody waits for it in vain."), Blocks: blocks}
}

// whyNot are the first things that went wrong.
func (l *loadPage) whyNot() *Bars {
	f := l.a.Failures
	out := &Bars{Caption: "Why callers were not looked up", Names: "reason", Values: "share of calls"}
	for _, x := range []struct {
		n         int64
		key, what string
	}{
		{f.Limit, "limit", "refused by HubSpot"}, {f.Breaker, "breaker", "breaker open"}, {f.Timeout, "timeout", "no answer in time"}, {f.Fault, "fault", "fault of the schedule"},
		{f.Genesys, "genesys", "refused by Genesys Cloud"}, {f.Other, "other", "switched off, or an answer of no use"},
	} {
		if x.n > 0 {
			at := Pointer("failures", x.key)
			out.Rows = append(out.Rows, Bar{Name: T(x.what), Value: float64(x.n), Shown: T(Share(x.n, l.a.Calls, at, "/calls")), Note: T(Count(x.n, at), " calls"), Style: Wrong})
		}
	}
	return out
}

// A slot is some minutes that are shown as one.
type slot struct{ from, to int } // the last not included

// slots are at most so many, each of a round number of minutes.
func (l *loadPage) slots(most int) (each int, out []slot) {
	n := len(l.a.Minutes)
	each = 1
	for _, each = range []int{1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440, 2880, 7200, 14400} {
		if (n+each-1)/each <= most {
			break
		}
	}
	for i := 0; i < n; i += each {
		out = append(out, slot{i, min(i+each, n)})
	}
	return each, out
}

// How many points a line has, and how many rows the table of minutes: more cannot be told apart, and
// nobody reads them. The answer in the page has every minute.
const (
	mostPoints = 360
	mostRows   = 120
)

// over gives a chart of the minutes: of each slot what is asked of it.
func (l *loadPage) over(c *Chart, series []Series, value func(from, to int, i int) float64) *Chart {
	each, slots := l.slots(mostPoints)
	if len(slots) < 2 {
		return nil
	}
	c.Start, c.Step = l.x.Day.Start, time.Duration(each)*time.Minute
	for i := range series {
		for _, s := range slots {
			series[i].Values = append(series[i].Values, value(s.from, s.to, i))
		}
	}
	c.Series = series
	return c
}

func (l *loadPage) sum(from, to int, of func(view.LoadMinute) int64) (n int64) {
	for _, m := range l.a.Minutes[from:to] {
		n += of(m)
	}
	return n
}

func (l *loadPage) most(from, to int, of func(view.LoadMinute) int64) (n int64) {
	for _, m := range l.a.Minutes[from:to] {
		n = max(n, of(m))
	}
	return n
}

// shares are those of the outcomes over time.
func (l *loadPage) shares() Block {
	parts := []func(view.LoadMinute) int64{
		func(m view.LoadMinute) int64 { return m.Calls - m.Failed - m.Kept },
		func(m view.LoadMinute) int64 { return m.Kept },
		func(m view.LoadMinute) int64 { return m.Failed - m.Skipped },
		func(m view.LoadMinute) int64 { return m.Skipped },
	}
	c := l.over(&Chart{
		Caption: "What became of the calls over time, in percent of those that came in", Unit: "%", Stacked: true, Most: 100,
		About: "Layers from below: looked up, kept an earlier decision, not looked up, not tried since the breaker was open.",
	}, []Series{{Name: "looked up", Style: Second}, {Name: "decision kept", Style: Third}, {Name: "failed", Style: Wrong}, {Name: "breaker open", Style: Skip}},
		func(from, to, i int) float64 {
			return 100 * float64(l.sum(from, to, parts[i])) / float64(max(1, l.sum(from, to, func(m view.LoadMinute) int64 { return m.Calls })))
		})
	if c == nil {
		return nil
	}
	return seen(c)
}

// seen leaves out series that are nothing all along.
func seen(c *Chart) *Chart {
	c.Series = slices.DeleteFunc(c.Series, func(s Series) bool {
		return !slices.ContainsFunc(s.Values, func(v float64) bool { return v > 0 })
	})
	return c
}

// long is some minutes in words.
func long(minutes int) string {
	switch {
	case minutes < 60:
		return fmt.Sprintf("%d minutes", minutes)
	case minutes == 60:
		return "hour"
	}
	return fmt.Sprintf("%d hours", minutes/60)
}

// each says what a point or a row stands for.
func each(minutes int, what string) string {
	if minutes == 1 {
		return what + " of each minute"
	}
	return what + " of each " + long(minutes)
}

func (l *loadPage) waits() Section {
	w := l.a.WaitMs
	bars := &Bars{Caption: "So long, or shorter", Names: "calls", Values: "milliseconds", Rows: []Bar{
		{Name: T(Own("half of the calls (p50)")), Value: float64(w.P50), Shown: T(Ms(w.P50, "/waitMs/p50")), Style: First},
	}}
	if l.a.Calls >= enoughFor95 {
		bars.Rows = append(bars.Rows, Bar{Name: T(Own("95 of 100 (p95)")), Value: float64(w.P95), Shown: T(Ms(w.P95, "/waitMs/p95")), Style: First})
	}
	if l.a.Calls >= enoughFor99 {
		bars.Rows = append(bars.Rows, Bar{Name: T(Own("99 of 100 (p99)")), Value: float64(w.P99), Shown: T(Ms(w.P99, "/waitMs/p99")), Style: First})
	}
	bars.Rows = append(bars.Rows, Bar{Name: T("all of them"), Value: float64(w.Max), Shown: T(Ms(w.Max, "/waitMs/max")), Style: Third})
	blocks := []Block{bars}
	if c := l.waitsOverTime(); c != nil {
		blocks = append(blocks, c)
	}
	return Section{ID: "waits", Title: "Waits", About: T("What asking HubSpot takes of a caller's time, with the reads of the control table and the breaker."), Blocks: blocks}
}

// waitsOverTime are the waits of each minute; nil when there is nothing to draw.
func (l *loadPage) waitsOverTime() Block {
	minutes, _ := l.slots(mostPoints)
	of := []func(view.LoadMinute) int64{
		func(m view.LoadMinute) int64 { return m.WaitMs.P50 }, func(m view.LoadMinute) int64 { return m.WaitMs.P95 }, func(m view.LoadMinute) int64 { return m.WaitMs.Max },
	}
	lines := []Series{{Name: "p50", Style: First}, {Name: "p95", Style: Second}, {Name: "longest", Style: Third}}
	caption, about := "Waits over time, in milliseconds", "Three lines: the middle one of each minute, the one that 19 of 20 do not exceed, and the longest."
	if l.most(0, len(l.a.Minutes), func(m view.LoadMinute) int64 { return m.Calls }) < enoughFor95 {
		of, lines, about = slices.Delete(of, 1, 2), slices.Delete(lines, 1, 2), "Two lines: the middle one of each minute, and the longest."
	}
	if minutes > 1 {
		caption = fmt.Sprintf("Waits over time, in milliseconds: %s", each(minutes, "the worst minute"))
	}
	c := l.over(&Chart{Caption: caption, About: about, Unit: "ms"}, lines, func(from, to, i int) float64 {
		if l.sum(from, to, func(m view.LoadMinute) int64 { return m.Calls }) == 0 {
			return math.NaN()
		}
		return float64(l.most(from, to, of[i]))
	})
	if c == nil {
		return nil
	}
	return c
}

// limits are requests against what the vendors answer.
func (l *loadPage) limits() Section {
	h, g := l.a.HubSpot, l.a.Genesys
	bars := &Bars{Caption: "At most, in percent of the limit", Names: "limit", Values: "of the limit", Limit: &Limit{At: 100, Name: "the limit"}}
	add := func(name string, n, of int64, path, ofPath string) {
		if of <= 0 {
			return
		}
		style := First
		if n > of {
			style = Wrong
		}
		bars.Rows = append(bars.Rows, Bar{
			Name: T(name), Value: 100 * float64(n) / float64(of), Style: style, Shown: T(Share(n, of, path, ofPath)), Note: T(Count(n, path), " of ", Count(of, ofPath)),
		})
	}
	if h.Search > 0 {
		add("searches in a second", h.SearchPeakPerSecond, int64(h.Limits.SearchesPerSecond), "/hubspot/searchPeakPerSecond", "/hubspot/limits/searchesPerSecond")
	}
	if h.Requests > h.Search {
		add("reads in ten seconds", h.PeakPerTenSeconds, int64(h.Limits.PerTenSeconds), "/hubspot/peakPerTenSeconds", "/hubspot/limits/perTenSeconds")
	}
	add("requests in a day", h.PeakPerDay, int64(h.Limits.PerDay), "/hubspot/peakPerDay", "/hubspot/limits/perDay")
	add("executions in a minute", g.PeakPerMinute, int64(g.Limits.PerMinute), "/genesys/peakPerMinute", "/genesys/limits/perMinute")
	add("executions at once", g.PeakConcurrent, int64(g.Limits.Concurrent), "/genesys/peakConcurrent", "/genesys/limits/concurrent")
	blocks := []Block{bars}
	if h.Search > 0 {
		blocks = append(blocks, l.requests("Searches over time", "searches", func(m view.LoadMinute) int64 { return m.Search }, 60*h.Limits.SearchesPerSecond, fmt.Sprintf("%d in every second", h.Limits.SearchesPerSecond)))
	}
	if h.Requests > h.Search {
		blocks = append(blocks, l.requests("Reads over time", "reads", func(m view.LoadMinute) int64 { return m.Requests - m.Search }, 6*h.Limits.PerTenSeconds, fmt.Sprintf("%d in every ten seconds", h.Limits.PerTenSeconds)))
	}
	blocks = slices.DeleteFunc(blocks, func(b Block) bool { c, ok := b.(*Chart); return ok && c == nil })
	about := T("Calls come in bursts: a limit of a second is met long before the minute is full. ", Count(h.Refused, "/hubspot/refused429"), " requests were refused by HubSpot, ", Count(g.Refused, "/genesys/refused"), " executions by Genesys Cloud.")
	return Section{ID: "limits", Title: "Limits", About: about, Blocks: blocks}
}

// requests are those of a kind over time, of each slot the fullest minute.
func (l *loadPage) requests(title, name string, of func(view.LoadMinute) int64, limit int, means string) Block {
	minutes, _ := l.slots(mostPoints)
	caption := title + ", a minute"
	if minutes > 1 {
		caption = title + ", " + each(minutes, "in the fullest minute")
	}
	refused := "refused"
	if h := l.a.HubSpot; h.Search > 0 && h.Requests > h.Search { // the answer does not tell them apart
		refused = "refused, of all"
	}
	c := l.over(&Chart{Caption: caption, About: fmt.Sprintf("%s of each minute and the requests that were refused, below the limit of %d.", name, limit), Limit: &Limit{float64(limit), fmt.Sprintf("%s: %s", words.Thousands(limit), means)}},
		[]Series{{Name: name, Style: First}, {Name: refused, Style: Wrong}},
		func(from, to, i int) float64 {
			return float64(l.most(from, to, []func(view.LoadMinute) int64{of, func(m view.LoadMinute) int64 { return m.Refused }}[i]))
		})
	if c == nil {
		return (*Chart)(nil)
	}
	return seen(c)
}

func (l *loadPage) queues() Section {
	bars := &Bars{Caption: "Where calls ended, in shares of all calls", Names: "queue", Values: "share"}
	for i, q := range l.a.Queues {
		at := Pointer("queues", i)
		bars.Rows = append(bars.Rows, Bar{Name: T(Str(q.Name, at+"/name")), Value: float64(q.Calls), Style: First, Shown: T(Share(q.Calls, l.a.Calls, at+"/calls", "/calls")), Note: l.priorities(q, at)})
	}
	if n := l.a.Elsewhere; n > 0 {
		bars.Rows = append(bars.Rows, Bar{Name: T("no queue"), Value: float64(n), Style: Third, Shown: T(Share(n, l.a.Calls, "/elsewhere", "/calls")), Note: T(Count(n, "/elsewhere"), " calls")})
	}
	return Section{ID: "queues", Title: "Queues", Blocks: []Block{bars}}
}

func (l *loadPage) priorities(q view.LoadQueue, at string) Text {
	keys := slices.SortedFunc(maps.Keys(q.ByPriority), func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(b, a)) })
	if len(keys) == 1 {
		return T(Count(q.Calls, at+"/calls"), " calls, priority ", Own(keys[0]))
	}
	out := T(Count(q.Calls, at+"/calls"), " calls; by priority ")
	for i, k := range keys {
		if i > 0 {
			out = append(out, T(" · ")...)
		}
		out = append(out, T(Own(k+": "), Count(q.ByPriority[k], at+Pointer("byPriority", k)))...)
	}
	return out
}

// rows are the minutes as a table.
func (l *loadPage) rows() Section {
	each, slots := l.slots(mostRows)
	about := T("Each row is a minute.")
	if each > 1 {
		about = T("A row for each ", Own(long(each)), "; its waits are those of its worst minute. The answer in this page has every minute, and so has -o csv.")
	}
	t := &Table{Caption: "times", Filter: false, Columns: []Column{{Title: "from"}}}
	columns := []struct {
		title, path string
		of          func(view.LoadMinute) int64
		most        bool
	}{
		{"calls", "/calls", func(m view.LoadMinute) int64 { return m.Calls }, false},
		{"not looked up", "/failed", func(m view.LoadMinute) int64 { return m.Failed }, false},
		{"breaker open", "/skipped", func(m view.LoadMinute) int64 { return m.Skipped }, false},
		{"kept", "/kept", func(m view.LoadMinute) int64 { return m.Kept }, false},
		{"requests", "/requests", func(m view.LoadMinute) int64 { return m.Requests }, false},
		{"searches", "/search", func(m view.LoadMinute) int64 { return m.Search }, false},
		{"refused", "/refused429", func(m view.LoadMinute) int64 { return m.Refused }, false},
		{"p50 ms", "/waitMs/p50", func(m view.LoadMinute) int64 { return m.WaitMs.P50 }, true},
		{"p95 ms", "/waitMs/p95", func(m view.LoadMinute) int64 { return m.WaitMs.P95 }, true},
		{"longest ms", "/waitMs/max", func(m view.LoadMinute) int64 { return m.WaitMs.Max }, true},
	}
	for _, c := range columns {
		t.Columns = append(t.Columns, Column{Title: c.title, Number: true})
	}
	form := FormTime
	if l.x.Day.For > 24*time.Hour {
		form = FormDayTime
	}
	for _, s := range slots {
		at := Pointer("minutes", s.from)
		row := Row{Cells: []Text{T(timeBit(l.a.Minutes[s.from].Minute, at+"/minute", form))}}
		if s.to-s.from > 1 {
			at = Pointer("minutes", Range{s.from, s.to - 1})
		}
		for _, c := range columns {
			if c.most {
				row.Cells = append(row.Cells, T(Most(l.most(s.from, s.to, c.of), at+c.path)))
			} else {
				row.Cells = append(row.Cells, T(Sum(l.sum(s.from, s.to, c.of), at+c.path)))
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return Section{ID: "minutes", Title: "By time", About: about, Blocks: []Block{t}}
}

// limit is the rate that is carried.
func (l *loadPage) limit() Section {
	f := l.a.FindLimit
	return Section{ID: "limit", Title: "The rate that is carried", Blocks: []Block{
		Para(l.carried(f, "/findLimit")),
		Facts{{"calls that were tried", T(Count(f.Calls, "/findLimit/calls"))}, {"not looked up there", T(Of1(f.Failed, "/findLimit/failed"))}},
	}}
}

func (l *loadPage) carried(f *view.LoadLimit, at string) Text {
	most := Own(words.Percent(l.x.MaxFailed))
	rate := T(Number(f.PerMinute, at+"/perMinute"), " calls a minute")
	switch {
	case f.Bound != nil && *f.Bound == string(load.Below):
		return T("fewer than ", rate, ": ", Of1(f.Failed, at+"/failed"), " fail even there, and ", most, " may")
	case f.Bound != nil:
		return T("more than ", rate, ", and no more was tried; ", Of1(f.Failed, at+"/failed"), " fail there")
	}
	return T(rate, " until ", most, " are not looked up; in ", Own("95 of 100"), " cases between ", Number(f.Low, at+"/low"), " and ", Number(f.High, at+"/high"))
}

// chosen is the cheapest strategy that is good enough.
func (l *loadPage) chosen() Verdict {
	c := l.a.Compare
	usable := slices.ContainsFunc(c.Strategies, func(s view.LoadStrategy) bool { return s.Why == nil })
	most := Of1(c.MaxFailed, "/compare/maxFailed")
	switch {
	case !usable:
		return Verdict{Bad, "none can be used", T("with this file as it is")}
	case c.Cheapest != nil:
		return Verdict{Good, *c.Cheapest, T("is the cheapest strategy that leaves at most ", most, " of these callers without a lookup")}
	case l.x.Result == nil:
		return Verdict{Accent, "each carries a rate of its own", T("until ", most, " of the callers are not looked up")}
	}
	return Verdict{Bad, "none is enough", T("no strategy that can be used leaves only ", most, " of these callers without a lookup")}
}

// strategies stand side by side, one picture for each question.
func (l *loadPage) strategies() Section {
	c := l.a.Compare
	failed := &Bars{Caption: "Callers who are not looked up", Names: "strategy", Values: "share", Limit: &Limit{100 * c.MaxFailed, "what is allowed"}}
	asked := &Bars{Caption: "Requests to HubSpot for a call", Names: "strategy", Values: "requests"}
	waited := &Bars{Caption: "Waits that 19 of 20 do not exceed", Names: "strategy", Values: "milliseconds"}
	carries := &Bars{Caption: "Calls a minute that are carried", Names: "strategy", Values: "calls a minute"}
	var out []Row
	for i, s := range c.Strategies {
		at := Pointer("compare", "strategies", i)
		name := T(Str(s.Strategy, at+"/strategy"))
		if s.Why != nil {
			out = append(out, Row{Cells: []Text{name, T(Str(*s.Why, at+"/why"))}})
			continue
		}
		if s.Failed != nil {
			style := First
			if *s.Failed > c.MaxFailed {
				style = Wrong
			}
			failed.Rows = append(failed.Rows, Bar{Name: name, Value: 100 * *s.Failed, Shown: T(Of1(*s.Failed, at+"/failed")), Style: style})
			asked.Rows = append(asked.Rows, Bar{Name: name, Value: *s.RequestsPerCall, Shown: T(Mean(*s.RequestsPerCall, at+"/requestsPerCall")), Style: First, Note: T(Count(*s.Search, at+"/search"), " searches, ", Count(*s.Refused, at+"/refused429"), " refused")})
			w := s.WaitMs
			waited.Rows = append(waited.Rows, Bar{Name: name, Value: float64(w.P95), Shown: T(Ms(w.P95, at+"/waitMs/p95")), Style: First, Note: T("p50 ", Ms(w.P50, at+"/waitMs/p50"), ", p99 ", Ms(w.P99, at+"/waitMs/p99"))})
		}
		if f := s.FindLimit; f != nil {
			carries.Rows = append(carries.Rows, Bar{Name: name, Value: f.PerMinute, Shown: T(Number(f.PerMinute, at+"/findLimit/perMinute")), Style: First, Note: l.carried(f, at+"/findLimit")})
		}
	}
	var blocks []Block
	for _, b := range []*Bars{failed, asked, waited, carries} {
		if len(b.Rows) > 0 {
			blocks = append(blocks, b)
		}
	}
	if len(out) > 0 {
		blocks = append(blocks, &Table{Caption: "strategies that cannot be used", Columns: []Column{{Title: "strategy"}, {Title: "why not", Wide: true}}, Rows: out})
	}
	var made []Text
	for i, d := range c.Derived {
		made = append(made, T("made up: ", Str(d, Pointer("compare", "derived", i))))
	}
	if made != nil {
		blocks = append(blocks, List{Items: made})
	}
	return Section{ID: "strategies", Title: "Strategies side by side", About: T("The same callers at the same times, under each way to look them up."), Blocks: blocks}
}
