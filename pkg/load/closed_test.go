package load_test

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/load"
)

const plain = `version: 1
name: acme-plain
genesys: {region: us-east-1}
hubspot: {lookup: {homeCountries: [US]}}
enrichment: {breaker: none, cache: {store: none}}
routing:
  rules:
    - {name: open-deal, when: {outcome: active_deal}, to: {queue: Support, priority: 5}}
  fallback: {queue: Support}
`

// table is the one that planning starts from: the share of calls that lose a search, in percent
// as it is printed there.
var table = []struct {
	perMinute float64
	two, one  string
}{
	{10, "0.4", "0"}, {20, "1.6", "0"}, {30, "3", "0"}, {45, "7", "0.02"}, {60, "10", "0.07"}, {75, "15", "0.2"}, {100, "22", "0.6"},
}

func TestClosedForm(t *testing.T) {
	for _, row := range table {
		for searches, want := range map[int]string{2: row.two, 1: row.one} {
			share := 100 * load.Lost(row.perMinute, searches)
			printed, err := strconv.ParseFloat(want, 64)
			if err != nil {
				t.Fatal(err)
			}
			// half of the last digit that is printed, and a little: 14.491 stands there as 15
			half := 0.52 * math.Pow10(-max(0, len(want)-2))
			if want == "0" {
				half = 0.01
			}
			if math.Abs(share-printed) > half {
				t.Errorf("%v calls a minute with %d searches lose %v %%, and the table has %s", row.perMinute, searches, share, want)
			}
		}
	}
}

// The model gives the closed form within its sampling error where it does what that calculates:
// both searches of a call in one second of the clock, nobody else, neither breaker nor kept
// decision. How many are lost in a second has a known variance, and seconds do not depend on each
// other.
func TestModelGivesTheClosedForm(t *testing.T) {
	two, one := day(t, plain), day(t, plain)
	two.Traffic.Callers, two.Traffic.Unknown = []string{"+15135550142"}, 0 // with deals
	one.Traffic.Unknown = 1
	for _, c := range []struct {
		day       load.Day
		searches  int
		perMinute float64
		calls     float64
	}{
		{two, 2, 20, 4000}, {two, 2, 60, 3000}, {two, 2, 100, 3000}, {two, 2, 300, 3000},
		{one, 1, 100, 6000}, {one, 1, 300, 4000}, {one, 1, 600, 4000},
	} {
		c.day.HubSpot.Median = 0 // both searches at once
		c.day.HubSpot.Limits = load.Limits{SearchesPerSecond: 5}
		c.day.Genesys = load.Genesys{}
		c.day.Traffic.PerMinute = c.perMinute
		seconds := math.Ceil(c.calls / c.perMinute * 60)
		c.day.For = time.Duration(seconds) * time.Second
		r, err := load.Run(t.Context(), c.day)
		if err != nil {
			t.Fatal(err)
		}
		mean, variance := lostInASecond(c.perMinute/60, 5/c.searches)
		if want := load.Lost(c.perMinute, c.searches) * c.perMinute / 60; math.Abs(mean-want) > 1e-9 {
			t.Errorf("the closed form gives %v a second, and its own distribution %v", want, mean)
		}
		off := (float64(r.Failed()) - mean*seconds) / math.Sqrt(variance*seconds)
		if math.Abs(off) > 3.5 {
			t.Errorf("%v calls a minute, %d searches each: %d of %d fail, %.2f %%, and the closed form has %.2f %%: %.1f standard errors",
				c.perMinute, c.searches, r.Failed(), r.Calls, 100*r.Share(), 100*load.Lost(c.perMinute, c.searches), off)
		}
		if r.Failed() != r.Why.Limit || r.Failed() != r.HubSpot.Refused || r.Breaker != (load.Breaker{}) || r.Kept != 0 {
			t.Errorf("%d failed, of them %+v; %d refused", r.Failed(), r.Why, r.HubSpot.Refused)
		}
	}
}

// The window of ten seconds rolls, and a second may: the model gives Erlang's formula then. Batches
// of calls are as good as independent of each other.
func TestModelGivesErlang(t *testing.T) {
	seconds, reads := day(t, plain), day(t, strings.Replace(plain, "[US]", "[US], strategy: unique-phone, property: phone_e164", 1))
	for _, c := range []struct {
		name      string
		day       load.Day
		perMinute float64
		limits    load.Limits
		want      float64
	}{
		{"one search of the last second", seconds, 100, load.Limits{SearchesPerSecond: 5}, load.Rolling(100.0/60, 5)},
		{"one read of the last ten seconds", reads, 580, load.Limits{PerTenSeconds: 100}, load.Rolling(580.0/6, 100)},
	} {
		var shares, square float64
		const batches, calls = 12, 800
		for seed := range uint64(batches) {
			d := c.day
			d.Seed, d.HubSpot.Median, d.HubSpot.Limits, d.HubSpot.Rolling, d.Genesys = seed, 0, c.limits, true, load.Genesys{}
			d.Traffic.Unknown, d.Traffic.PerMinute, d.For = 1, c.perMinute, time.Duration(calls/c.perMinute*float64(time.Minute))
			share := run(t, d).Share()
			shares += share / batches
			square += share * share / batches
		}
		off := (shares - c.want) / math.Sqrt(max(1e-12, square-shares*shares)/(batches-1))
		if math.Abs(off) > 4 {
			t.Errorf("%s: %.4f are lost, and the formula has %.4f: %.1f standard errors", c.name, shares, c.want, off)
		}
	}
}

// lostInASecond is mean and variance of k - whole over the seconds with more than whole calls.
func lostInASecond(x float64, whole int) (mean, variance float64) {
	p, square := math.Exp(-x), 0.0
	for k := 0; k < 200; k++ {
		if over := float64(k - whole); over > 0 {
			mean += over * p
			square += over * over * p
		}
		p *= x / float64(k+1)
	}
	return mean, square - mean*mean
}
