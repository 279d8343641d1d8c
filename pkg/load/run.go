package load

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/simulate"
)

const outcomeFailed = string(routing.LookupFailed)

// never is later than anything.
const never = math.MaxInt64

// A lane is a coroutine that takes one call after the other.
type lane struct {
	d     *day
	run   simulate.Run
	out   simulate.Outcome
	call  simulate.Call
	next  func() (struct{}, bool)
	stop  func()
	yield func(struct{}) bool
	dead  bool
	err   error

	minute  int
	refused bool // the platform did not execute the last action
	asked   bool // a data action of HubSpot was to be executed
	why     reason
	stopped bool // the last row that was read is the breaker's: who asks nothing then, was stopped by it
}

type reason uint8

const (
	nothing reason = iota
	limit
	late
	fault
	platform
)

// A day under way. Times are nanoseconds since 1970.
type day struct {
	Day
	ctx    context.Context
	result *Result
	now    int64
	start  int64

	calls   arrivals
	waiting heap[*lane]
	legs    heap[*leg]
	due     int64 // when the next of all these is due
	seq     uint64
	idle    []*lane
	lanes   []*lane
	memo    *interp.Memo // of all lanes: one moves at a time

	searches, burst, daily, executed window
	perSecond                        window // counts only
	others, otherRequests            poisson
	concurrent                       busy
	kinds                            map[*dataaction.Definition]*kind
	senders                          map[string]dataaction.Sender
	latency                          *rand.Rand
	back                             *rand.Rand
	mu, sigma                        float64
	openUntil                        int64
	cause                            reason // of the breaker's being open

	queues map[string]*Queue
	recent [2]Histogram // waits of the last two minutes, by parity
	latest int
}

// A kind is what is known of an action of HubSpot.
type kind struct {
	search bool
	own    time.Duration // its own timeout
	faults []*Fault
}

// A leg is a call that comes back.
type leg struct {
	ani  string
	data map[string]string
}

// Run lets a day pass.
func Run(ctx context.Context, of Day) (*Result, error) {
	return run(ctx, of, interp.NewMemo(of.Program.Flow()))
}

func run(ctx context.Context, of Day, memo *interp.Memo) (*Result, error) {
	d := &day{
		Day: of, ctx: ctx, memo: memo, start: of.Start.UnixNano(), now: of.Start.UnixNano(),
		result:  &Result{Seed: of.Seed, Outcomes: map[string]int64{}},
		kinds:   map[*dataaction.Definition]*kind{},
		senders: map[string]dataaction.Sender{},
		queues:  map[string]*Queue{},
		latency: stream(of.Seed, "latency"), back: stream(of.Seed, "legs"),

		searches: newWindow(of.HubSpot.Limits.SearchesPerSecond, time.Second, of.HubSpot.Rolling),
		burst:    newWindow(of.HubSpot.Limits.PerTenSeconds, 10*time.Second, true),
		daily:    newWindow(of.HubSpot.Limits.PerDay, 24*time.Hour, false),
		executed: newWindow(of.Genesys.PerMinute, time.Minute, false),

		perSecond:     newWindow(0, time.Second, false),
		others:        newPoisson(of.HubSpot.OtherSearches, of.Start.UnixNano(), stream(of.Seed, "other searches")),
		otherRequests: newPoisson(of.HubSpot.OtherRequests, of.Start.UnixNano(), stream(of.Seed, "other requests")),
		concurrent:    busy{limit: of.Genesys.Concurrent},
	}
	if of.HubSpot.Median > 0 {
		d.mu = math.Log(float64(of.HubSpot.Median))
		d.sigma = max(0, math.Log(float64(of.HubSpot.Slow))-d.mu) / oneInAThousand
	}
	d.calls = d.arrivals()
	d.opened(d.now)
	defer func() {
		for _, l := range d.lanes {
			l.stop()
		}
	}()
	if err := of.check(); err != nil {
		return nil, err
	}
	if err := d.pass(); err != nil {
		return nil, err
	}
	return d.end(), nil
}

// oneInAThousand is how many standard deviations above the mean a normal variable is once in a
// thousand times.
const oneInAThousand = 3.0902

// stream is the chance of one matter: what draws more of one draws no less of another.
func stream(seed uint64, of string) *rand.Rand {
	h := uint64(14695981039346656037) // FNV-1a
	for i := range len(of) {
		h = (h ^ uint64(of[i])) * 1099511628211
	}
	return rand.New(rand.NewPCG(seed, h))
}

// pass takes what is due, the earliest first; what is due at the same time in the order in which
// it was asked for.
func (d *day) pass() error {
	for n := 0; ; n++ {
		if n&1023 == 0 {
			if err := d.ctx.Err(); err != nil {
				return err
			}
			if d.Progress != nil {
				d.Progress(time.Duration(d.now-d.start), d.result.Calls)
			}
		}
		call, leg, wait := d.calls.at, d.legs.first(), d.waiting.first()
		at := min(call, leg, wait)
		if at == never {
			return nil
		}
		d.now = at
		var l *lane
		switch {
		case wait == at:
			l = d.waiting.pop()
			d.due = min(call, leg, d.waiting.first())
		case leg == at:
			x := d.legs.pop()
			d.due = min(call, d.legs.first(), wait)
			l = d.begin(x.ani, x.data)
		default:
			ani := d.calls.ani
			d.calls.advance()
			d.due = min(d.calls.at, leg, wait)
			l = d.begin(ani, nil)
		}
		if _, going := l.next(); !going || l.err != nil {
			return l.err
		}
	}
}

// begin gives a call to a lane.
func (d *day) begin(ani string, data map[string]string) *lane {
	var l *lane
	if n := len(d.idle); n > 0 {
		l, d.idle = d.idle[n-1], d.idle[:n-1]
	} else {
		l = d.lane()
	}
	l.call = simulate.Call{ANI: ani, DNIS: d.DNIS, At: d.time(d.now), Conversation: data}
	return l
}

func (d *day) time(at int64) time.Time { return d.Start.Add(time.Duration(at - d.start)) }

func (d *day) lane() *lane {
	l := &lane{d: d}
	l.run = simulate.Run{Program: d.Program, Org: d.Org, Answers: d.HubSpot.Answers, Token: d.Token, Memo: d.memo, Brief: true, Line: l, Watch: l.watch, Clock: l.clock}
	l.next, l.stop = iter.Pull(func(yield func(struct{}) bool) {
		l.yield = yield
		for !l.dead {
			l.minute, l.asked, l.why, l.stopped = d.minute(d.now), false, nothing, false
			if l.err = l.run.Again(d.ctx, l.call, &l.out); l.err == nil && !l.dead {
				d.over(l)
				d.idle = append(d.idle, l)
			}
			if !yield(struct{}{}) {
				return
			}
		}
	})
	d.lanes = append(d.lanes, l)
	return l
}

// clock is told the time of what a call does next. Whatever is due before comes before.
func (l *lane) clock(t time.Time) { l.until(t.UnixNano()) }

func (l *lane) until(at int64) {
	d := l.d
	switch {
	case l.dead || at <= d.now:
	case at < d.due:
		d.now = at
	default:
		d.seq++
		d.waiting.push(at, d.seq, l)
		if !l.yield(struct{}{}) {
			l.dead = true
		}
	}
}

// Pass says what becomes of an execution of a data action at the time that clock was told.
func (l *lane) Pass(e *interp.Effect, a *simulate.Action) simulate.Pass {
	d := l.d
	l.asked, l.refused = l.asked || a.HubSpot, false
	d.executed.ask(d.now)
	d.result.Genesys.All++
	if free := d.concurrent.open(d.now); !free || !d.executed.open(d.now) {
		d.result.Genesys.Refused++
		l.refused = true
		l.failed(platform)
		return simulate.Pass{Refused: true}
	}
	d.executed.take(d.now)
	if !a.HubSpot {
		return simulate.Pass{}
	}
	k := d.kind(a.Definition)
	m := d.minuteAt(d.now)
	d.result.HubSpot.All++
	m.Requests++
	d.perSecond.ask(d.now)
	if k.search {
		d.result.HubSpot.Search++
		m.Search++
		d.searches.ask(d.now)
	} else {
		d.burst.ask(d.now)
	}
	of, latency := "", d.draw()
	for _, f := range k.faults {
		if at := time.Duration(d.now - d.start); at >= f.From && at < f.To {
			of = f.Kind
			l.failed(fault)
			break
		}
	}
	if of == "" && !d.admit(k) {
		of = KindThrottled
		l.failed(limit)
	}
	if of == "" && latency >= k.own {
		of = KindTimeout
	}
	if of == KindThrottled {
		d.result.HubSpot.Refused++
		m.Refused++
	}
	if of != "" {
		latency = 0 // as the fault states it
	}
	l.run.Account, l.run.Sender = of, d.sender(of)
	return simulate.Pass{Latency: latency}
}

// admit counts a request and says whether HubSpot answers it.
func (d *day) admit(k *kind) bool {
	for d.others.at <= d.now {
		if at := d.others.at; d.searches.open(at) && d.daily.open(at) {
			d.searches.take(at)
			d.daily.take(at)
		}
		d.others.advance()
	}
	for d.otherRequests.at <= d.now {
		if at := d.otherRequests.at; d.burst.open(at) && d.daily.open(at) {
			d.burst.take(at)
			d.daily.take(at)
		}
		d.otherRequests.advance()
	}
	w := &d.burst
	if k.search {
		w = &d.searches
	}
	if !d.daily.open(d.now) {
		if d.result.HubSpot.DayOver == 0 {
			d.result.HubSpot.DayOver = max(1, time.Duration(d.now-d.start))
		}
		return false
	}
	if !w.open(d.now) {
		return false
	}
	w.take(d.now)
	d.daily.take(d.now)
	return true
}

func (d *day) draw() time.Duration {
	if d.HubSpot.Median <= 0 {
		return 1
	}
	return max(1, time.Duration(math.Exp(d.mu+d.sigma*d.latency.NormFloat64())))
}

func (d *day) sender(kind string) dataaction.Sender {
	s := d.senders[kind]
	if s == nil {
		s = d.HubSpot.Sender(kind)
		d.senders[kind] = s
	}
	return s
}

func (d *day) kind(of *dataaction.Definition) *kind {
	k := d.kinds[of]
	if k == nil {
		k = &kind{search: strings.HasSuffix(strings.TrimSpace(of.Request.URLTemplate), "/search"), own: cmp.Or(time.Duration(of.TimeoutSeconds)*time.Second, dataaction.DefaultTimeout)}
		for i := range d.Faults {
			if f := &d.Faults[i]; f.Matches == nil || f.Matches(of.Name) {
				k.faults = append(k.faults, f)
			}
		}
		d.kinds[of] = k
	}
	return k
}

func (w *Why) count(r reason) {
	switch r {
	case limit:
		w.Limit++
	case late:
		w.Timeout++
	case fault:
		w.Fault++
	case platform:
		w.Genesys++
	default:
		w.Other++
	}
}

// failed keeps the first thing that went wrong.
func (l *lane) failed(r reason) {
	if l.why == nothing {
		l.why = r
	}
}

// watch is told of each answer that a call got.
func (l *lane) watch(e *interp.Effect, o interp.Outcome) {
	d := l.d
	switch e.Kind {
	case interp.EffectTable:
		l.stopped = e.Key.Text() == breakerRow
	case interp.EffectDataAction:
		if !l.refused {
			d.concurrent.until(d.now + int64(o.Elapsed))
		}
		if e.Timeout > 0 && o.Elapsed >= e.Timeout || o.Branch == "timeout" {
			l.failed(late)
		}
		if o.Branch == "success" && d.opened(d.now) {
			d.cause = l.why
		}
	}
}

// breakerRow is the key of the breaker's row in the control table.
const breakerRow = "breaker"

// opened looks whether the breaker's row has another time.
func (d *day) opened(at int64) bool {
	text, _ := d.Org.Rows[breakerRow]["openUntil"].(string)
	until, err := time.Parse(time.RFC3339, text)
	if err != nil || until.UnixNano() == d.openUntil {
		return false
	}
	if at >= d.openUntil && at > d.start {
		d.result.Breaker.Opened++
		d.minuteAt(at).Opened++
	}
	d.openUntil = until.UnixNano()
	return true
}

func (d *day) minute(at int64) int { return int((at - d.start) / int64(time.Minute)) }

// minuteAt is the minute of a request; those after the end belong to the last one.
func (d *day) minuteAt(at int64) *Minute { return d.of(min(d.minute(at), d.minutes()-1)) }

func (d *day) minutes() int { return int((d.For + time.Minute - 1) / time.Minute) }

func (d *day) of(m int) *Minute {
	for m >= len(d.result.Minutes) {
		d.result.Minutes = append(d.result.Minutes, Minute{})
	}
	return &d.result.Minutes[m]
}

// over counts a call that ended.
func (d *day) over(l *lane) {
	o, r := &l.out, d.result
	m := d.of(l.minute)
	d.settle(l.minute)
	r.Calls++
	m.Calls++
	r.Outcomes[cmp.Or(o.Outcome, o.Reason)]++
	if o.Reason == routing.ReasonKept {
		r.Kept++
		m.Kept++
	}
	if o.Outcome == outcomeFailed {
		m.Failed++
		if l.why == nothing && l.stopped && !l.asked {
			r.Why.Breaker++
			r.Breaker.Skipped++
			m.Skipped++
			r.Stopped.count(d.cause)
		} else {
			r.Why.count(l.why)
		}
	}
	r.Waits.Add(o.Waited)
	m.Max = max(m.Max, o.Waited)
	if l.minute > d.latest-2 {
		d.recent[l.minute&1].Add(o.Waited)
	}
	r.Virtual = max(r.Virtual, time.Duration(d.now-d.start))
	if o.Result.Ending != interp.EndQueue {
		r.Elsewhere++
		return
	}
	q := d.queues[o.Result.Queue]
	if q == nil {
		q = &Queue{Name: o.Result.Queue, ByPriority: map[int64]int64{}}
		d.queues[q.Name] = q
	}
	q.Calls++
	q.ByPriority[o.Result.Priority]++
	if d.Traffic.Legs > 0 && d.back.Float64() < d.Traffic.Legs {
		at := o.Call.At.Add(o.Result.Elapsed).UnixNano() + int64(d.back.ExpFloat64()*float64(d.Traffic.Gap))
		if at < d.start+int64(d.For) {
			d.seq++
			d.legs.push(at, d.seq, &leg{o.Call.ANI, maps.Clone(o.Result.ParticipantData)})
			d.due = min(d.due, at)
		}
	}
}

// settle closes the minutes of which no call is to come any more, so that their percentile is
// known: calls of two minutes are under way at most.
func (d *day) settle(m int) {
	for ; d.latest < m; d.latest++ {
		h := &d.recent[(d.latest+1)&1] // of the minute before the latest, which makes room
		if d.latest >= 1 {
			m := d.of(d.latest - 1)
			m.P50, m.P95 = h.At(0.5), h.At(0.95)
		}
		h.reset()
	}
}

func (d *day) end() *Result {
	r := d.result
	d.settle(d.latest + 2)
	d.of(d.minutes() - 1)
	r.Virtual = max(r.Virtual, d.For)
	r.HubSpot.PeakPerSecond, r.HubSpot.SearchPeak, r.HubSpot.PeakPerTenSeconds = d.perSecond.peak, d.searches.peak, d.burst.peak
	r.HubSpot.PeakPerDay = d.daily.most
	r.Genesys.PeakPerMinute, r.Genesys.PeakConcurrent = d.executed.peak, int64(d.concurrent.peak)
	r.Queues = slices.SortedFunc(maps.Values(d.queues), func(a, b *Queue) int {
		return cmp.Or(cmp.Compare(b.Calls, a.Calls), cmp.Compare(a.Name, b.Name))
	})
	if d.Progress != nil {
		d.Progress(d.For, r.Calls)
	}
	return r
}

// check refuses what no day can be.
func (of *Day) check() error {
	switch {
	case of.For <= 0:
		return errors.New("load: no time")
	case of.Traffic.Arrivals == nil && of.Traffic.PerMinute <= 0:
		return errors.New("load: no calls")
	case of.HubSpot.Sender == nil:
		return errors.New("load: nobody answers for HubSpot")
	case of.Traffic.Arrivals == nil && of.Traffic.Unknown < 1 && len(of.Traffic.Callers) == 0:
		return fmt.Errorf("load: nobody is in the CRM to call")
	}
	return nil
}
