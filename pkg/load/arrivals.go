package load

import (
	"math/rand/v2"
	"slices"
	"time"
)

// Arrivals are calls at known times.
type Arrivals struct {
	At   []time.Duration // since the start, in order
	ANIs []string        // as many; empty: by chance. nil: all by chance

	Spread bool // the times are those that chance gave to the calls of an interval
}

// A poisson is a process of events at random.
type poisson struct {
	at   int64 // of the next event
	mean float64
	r    *rand.Rand
}

func newPoisson(perSecond float64, start int64, r *rand.Rand) poisson {
	if perSecond <= 0 {
		return poisson{at: never}
	}
	p := poisson{at: start, mean: float64(time.Second) / perSecond, r: r}
	p.advance()
	return p
}

func (p *poisson) advance() {
	if p.at != never {
		p.at += int64(p.r.ExpFloat64() * p.mean)
	}
}

// arrivals gives the calls that are no later legs, one after the other.
type arrivals struct {
	at  int64 // of the next one; never: there is none
	ani string

	of     *Traffic
	start  int64
	end    int64
	chance poisson
	n      int
	who    *rand.Rand
}

func (d *day) arrivals() arrivals {
	a := arrivals{of: &d.Traffic, start: d.start, end: d.start + int64(d.For), who: stream(d.Seed, "callers")}
	if d.Traffic.Arrivals == nil {
		a.chance = newPoisson(d.Traffic.PerMinute*(1-d.Traffic.Legs)/60, d.start, stream(d.Seed, "arrivals"))
		a.at = a.chance.at
		a.settle("")
		return a
	}
	a.n = -1
	a.advance()
	return a
}

func (a *arrivals) advance() {
	if a.of.Arrivals == nil {
		a.chance.advance()
		a.at = a.chance.at
		a.settle("")
		return
	}
	of, ani := a.of.Arrivals, ""
	if a.n++; a.n >= len(of.At) {
		a.at = never
		return
	}
	if of.ANIs != nil {
		ani = of.ANIs[a.n]
	}
	a.at = a.start + int64(of.At[a.n])
	a.settle(ani)
}

// settle says who calls.
func (a *arrivals) settle(ani string) {
	if a.at >= a.end {
		a.at = never
		return
	}
	if ani != "" {
		a.ani = ani
		return
	}
	among := a.of.Callers
	if len(among) == 0 || a.who.Float64() < a.of.Unknown && len(a.of.Strangers) > 0 {
		among = a.of.Strangers
	}
	a.ani = among[a.who.IntN(len(among))]
}

// Spread gives a number of calls of an interval their times, by chance.
func Spread(calls int, from, length time.Duration, r *rand.Rand) []time.Duration {
	out := make([]time.Duration, calls)
	for i := range out {
		out[i] = from + time.Duration(r.Float64()*float64(length))
	}
	slices.Sort(out)
	return out
}
