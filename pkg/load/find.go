package load

import (
	"context"
	"math"
	"sync"
	"time"
)

// A Limit is the rate at which a share of the calls is not looked up.
type Limit struct {
	PerMinute float64
	Low, High float64 // between which it is in 95 of 100 cases, by the sampling error of the probes
	Share     float64 // that fails there
	Calls     int64   // in all probes
	Bound     Bound
}

// A Bound says that a limit was not found within what is tried.
type Bound string

// The bounds: more fail even at the lowest rate that is tried, or fewer at the highest.
const (
	Below Bound = "below"
	Above Bound = "above"
)

// What is tried, in calls a minute, and how many calls are looked at each time.
const (
	lowest, highest = 1, 1 << 13
	coarse, fine    = 3_000, 8_000
	seeds           = 6
)

// student is how many standard errors hold 95 of 100 cases with so many seeds.
const student = 2.571

// Find looks for the rate at which the share most of the calls fails. fresh makes a day of its own
// with so many calls a minute for so long. Probes go on at the same time, as many as there are
// workers; the answer does not depend on how many that are.
func Find(ctx context.Context, fresh func(perMinute float64, span time.Duration, seed uint64) Day, seed uint64, most float64, workers int, progress func(done, all int)) (*Limit, error) {
	out := &Limit{}
	type probe struct {
		rate  float64
		seed  uint64
		share float64
	}
	steps := int(math.Log2(highest/lowest)) + 1
	done, all := 0, steps+3*4+3*seeds
	try := func(calls float64, ps []*probe) error {
		days := make([]Day, len(ps))
		for i, p := range ps {
			days[i] = fresh(p.rate, time.Duration(calls/p.rate*float64(time.Minute)), p.seed)
		}
		rs, err := All(ctx, days, workers, func() {
			if done++; progress != nil {
				progress(done, all)
			}
		})
		for i, r := range rs {
			ps[i].share = r.Share()
			out.Calls += r.Calls
		}
		return err
	}
	var ladder []*probe
	for rate := float64(lowest); rate <= highest; rate *= 2 {
		ladder = append(ladder, &probe{rate: rate, seed: seed})
	}
	if err := try(coarse, ladder); err != nil {
		return nil, err
	}
	at := len(ladder)
	for i := len(ladder) - 1; i >= 0 && ladder[i].share >= most; i-- {
		at = i
	}
	switch at {
	case 0:
		out.Bound, out.PerMinute, out.Low, out.High, out.Share = Below, lowest, 0, lowest, ladder[0].share
		return out, nil
	case len(ladder):
		out.Bound, out.PerMinute, out.Low, out.High, out.Share = Above, highest, highest, highest, ladder[at-1].share
		return out, nil
	}
	low, high := ladder[at-1].rate, ladder[at].rate
	for range 3 { // each leaves a fifth
		step := math.Pow(high/low, 0.2)
		var ps []*probe
		for i := range 4 {
			ps = append(ps, &probe{rate: low * math.Pow(step, float64(i+1)), seed: seed})
		}
		if err := try(fine, ps); err != nil {
			return nil, err
		}
		i := 0
		for i < len(ps) && ps[i].share < most {
			i++
		}
		if low, high = low*math.Pow(step, float64(i)), low*math.Pow(step, float64(i+1)); i == len(ps) {
			high = low * step
		}
	}
	// Other seeds say how sure that is, and rates around it how fast the share grows.
	middle := math.Sqrt(low * high)
	var ps []*probe
	for k := range uint64(seeds) {
		for _, by := range []float64{0.85, 1, 1.15} {
			ps = append(ps, &probe{rate: middle * by, seed: seed + 1 + k})
		}
	}
	if err := try(fine, ps); err != nil {
		return nil, err
	}
	var mean, square, slope float64
	for k := range seeds {
		three := (ps[3*k].share + ps[3*k+1].share + ps[3*k+2].share) / 3
		mean += three / seeds
		square += three * three / seeds
		slope += (ps[3*k+2].share - ps[3*k].share) / (0.3 * middle) / seeds
	}
	errorOf := math.Sqrt(max(0, square-mean*mean) / (seeds - 1))
	if slope <= 0 { // chance hides how it grows
		out.PerMinute, out.Low, out.High, out.Share = middle, low, high, mean
		return out, nil
	}
	out.PerMinute = max(lowest, middle+(most-mean)/slope)
	half := student * errorOf / slope
	out.Low, out.High, out.Share = max(0, out.PerMinute-half), out.PerMinute+half, most
	return out, nil
}

// All lets several days pass, as many at the same time as there are workers, and gives their
// results in order. ended is told of each that is over; may be nil.
func All(ctx context.Context, days []Day, workers int, ended func()) ([]*Result, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	out := make([]*Result, len(days))
	next := make(chan int)
	var all sync.WaitGroup
	var mu sync.Mutex
	for range min(max(1, workers), len(days)) {
		all.Go(func() {
			for i := range next {
				r, err := Run(ctx, days[i])
				if err != nil {
					stop(err)
				}
				mu.Lock()
				out[i] = r
				if ended != nil && err == nil {
					ended()
				}
				mu.Unlock()
			}
		})
	}
	for i := range days {
		next <- i
	}
	close(next)
	all.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return out, nil
}
