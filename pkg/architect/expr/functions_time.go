package expr

import (
	"slices"
	"time"
)

var timeRows = []row{
	{"AddDays(startDateTime dtm, days int) dtm", addUnits(24 * time.Hour), 0},
	{"AddDuration(startDateTime dtm, durationToAdd dur) dtm", opAddTime, 0},
	{"AddHours(startDateTime dtm, hoursToAdd int) dtm", addUnits(time.Hour), 0},
	{"AddMinutes(startDateTime dtm, minutesToAdd int) dtm", addUnits(time.Minute), 0},
	{"AddMonths(startDateTime dtm, monthsToAdd int) dtm", addMonths, 0},
	{"AddSeconds(startDateTime dtm, secondsToAdd int) dtm", addUnits(time.Second), 0},
	{"AddYears(startDateTime dtm, yearsToAdd int) dtm", addYears, 0},
	{"DateTimeDiff(dateTime1 dtm, dateTime2 dtm) dur", dateTimeDiff, 0},
	{"Day(value dtm) int", part(time.Time.Day), 0},
	{"DayOfWeek(value dtm) int", dayOfWeek, 0},
	{"GetCurrentDateTimeUtc() dtm", now, 0},
	{"GetDayOfWeekOccurrence(dayOfWeek int 1..7, occurrence int -53..53 nonzero, year int 1800..2200) dtm", occurrence, 0},
	{"GetDayOfWeekOccurrence(dayOfWeek int 1..7, occurrence int -5..5 nonzero, year int 1800..2200, month int 1..12) dtm", occurrence, 0},
	{"GetDayOfWeekOccurrence(dayOfWeek int 1..7, occurrence int -53..53 nonzero, year int 1800..2200, hour int 0..23, minute int 0..59, second int 0..59) dtm", occurrence, 0},
	{"GetDayOfWeekOccurrence(dayOfWeek int 1..7, occurrence int -5..5 nonzero, year int 1800..2200, month int 1..12, hour int 0..23, minute int 0..59, second int 0..59) dtm", occurrence, 0},
	{"Hour(value dtm) int", part(time.Time.Hour), 0},
	{"MakeDateTime(year int 1800..2200, month int 1..12, day int 1..31, hour int 0..23, minute int 0..59, second int 0..59) dtm", makeDateTime, 0},
	{"MakeDateTime(year int 1800..2200, month int 1..12, day int 1..31) dtm", makeDateTime, 0},
	{"MakeDuration(day int, hour int, minute int, second int) dur", makeDuration, 0},
	{"MakeDuration(day int, hour int, minute int, second int, milliseconds int) dur", makeDuration, 0},
	{"Minute(value dtm) int", part(time.Time.Minute), 0},
	{"Month(value dtm) int", part(func(t time.Time) int { return int(t.Month()) }), 0},
	{"Range(durationToRound dur, intervalDuration dur) dur[]", durationRange, 0},
	{"RoundUp(durationToRound dur) dur", roundUp, 0},
	{"RoundUp(durationToRound dur, intervalDurationValue dur) dur", roundUp, 0},
	{"RoundUp(durationToRound dur, intervalDurationValue dur, specificDurationValues dur[]) dur", roundUp, 0},
	{"Second(value dtm) int", part(time.Time.Second), 0},
	{"WeekNum(value dtm) int", weekNum, 0},
	{"Year(value dtm) int", part(time.Time.Year), 0},
}

// part reads a part of a DateTime in UTC.
func part(f func(time.Time) int) impl {
	return func(_ *machine, a []Value) (Value, *EvalError) { return OfInt(int64(f(a[0].Time()))), nil }
}

func now(m *machine, _ []Value) (Value, *EvalError) { return OfDateTime(m.env.Now()), nil }

// addUnits adds a number of units of fixed length.
func addUnits(unit time.Duration) impl {
	ms := unit.Milliseconds()
	return func(_ *machine, a []Value) (Value, *EvalError) {
		d, ok := mul64(a[1].n, ms)
		if !ok || abs64(d) > maxDateTime-minDateTime {
			return Value{}, outOfRange(DateTime)
		}
		return dateTime(a[0].n + d)
	}
}

// addMonths clamps the day to the month's last: Jan 31 and one month is Feb 28.
func addMonths(_ *machine, a []Value) (Value, *EvalError) {
	if abs64(a[1].n) > 12*1000 {
		return Value{}, outOfRange(DateTime)
	}
	t := a[0].Time()
	first := time.Date(t.Year(), t.Month()+time.Month(a[1].n), 1, 0, 0, 0, 0, time.UTC)
	day := min(t.Day(), first.AddDate(0, 1, -1).Day())
	return dateTime(first.AddDate(0, 0, day-1).UnixMilli() + a[0].n - t.Truncate(24*time.Hour).UnixMilli())
}

func addYears(m *machine, a []Value) (Value, *EvalError) {
	if abs64(a[1].n) > 1000 {
		return Value{}, outOfRange(DateTime)
	}
	return addMonths(m, []Value{a[0], OfInt(12 * a[1].n)})
}

func dateTimeDiff(_ *machine, a []Value) (Value, *EvalError) { return duration(a[0].n - a[1].n) }

func dayOfWeek(_ *machine, a []Value) (Value, *EvalError) {
	return OfInt(int64(a[0].Time().Weekday()) + 1), nil
}

// weekNum: the week of 1 January is week 1, and Sunday begins a week.
func weekNum(_ *machine, a []Value) (Value, *EvalError) {
	t := a[0].Time()
	first := int(time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC).Weekday())
	return OfInt(int64((t.YearDay()-1+first)/7 + 1)), nil
}

// occurrence is the nth day of the week of a year or month, from its end when negative;
// one that does not exist is NOT_SET.
func occurrence(_ *machine, a []Value) (Value, *EvalError) {
	dow, nth, year := time.Weekday(a[0].n-1), int(a[1].n), int(a[2].n)
	month, clock, months := time.January, a[3:], 12
	if len(a) == 4 || len(a) == 7 {
		month, clock, months = time.Month(a[3].n), a[4:], 1
	}
	first := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
	end := first.AddDate(0, months, 0)
	var t time.Time
	if nth > 0 {
		t = first.AddDate(0, 0, (int(dow)-int(first.Weekday())+7)%7+7*(nth-1))
	} else {
		last := end.AddDate(0, 0, -1)
		t = last.AddDate(0, 0, -((int(last.Weekday())-int(dow)+7)%7)).AddDate(0, 0, 7*(nth+1))
	}
	if t.Before(first) || !t.Before(end) {
		return NotSet(DateTime), nil
	}
	if len(clock) == 3 {
		t = t.Add(time.Duration(clock[0].n)*time.Hour + time.Duration(clock[1].n)*time.Minute + time.Duration(clock[2].n)*time.Second)
	}
	return dateTime(t.UnixMilli())
}

func makeDateTime(_ *machine, a []Value) (Value, *EvalError) {
	n := [6]int{}
	for i, v := range a {
		n[i] = int(v.n)
	}
	t := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], 0, time.UTC)
	if t.Day() != n[2] {
		return Value{}, failf("month %d of %d has no day %d", n[1], n[0], n[2])
	}
	return dateTime(t.UnixMilli())
}

func makeDuration(_ *machine, a []Value) (Value, *EvalError) {
	ms := int64(0)
	for i, unit := range []int64{86_400_000, 3_600_000, 60_000, 1000, 1}[:len(a)] {
		d, ok := mul64(a[i].n, unit)
		if !ok || abs64(d) > 1<<60 {
			return Value{}, outOfRange(Duration)
		}
		if ms += d; abs64(ms) > 1<<61 {
			return Value{}, outOfRange(Duration)
		}
	}
	return duration(ms)
}

// roundUp gives the next of 30 s, 1, 2 and 5 minutes and then of every 5 minutes; with an
// interval its next multiple; with a list the least of its values that is no less.
func roundUp(m *machine, a []Value) (Value, *EvalError) {
	d := a[0].n
	if len(a) == 3 {
		list := slices.Clone(a[2].items())
		if err := m.spend(len(list) * valueSize); err != nil {
			return Value{}, err
		}
		slices.SortFunc(list, func(x, y Value) int { return sign(int(x.n - y.n)) })
		for _, v := range list {
			if v.IsSet() && v.n >= d {
				return v, nil
			}
		}
	}
	interval := int64(300_000)
	if len(a) > 1 {
		interval = a[1].n
	} else {
		for _, step := range []int64{30_000, 60_000, 120_000} {
			if d <= step {
				return ofMillis(step), nil
			}
		}
	}
	if interval <= 0 {
		return Value{}, failf("the interval is not positive")
	}
	_, high := bracket(d, interval)
	return duration(high)
}

// bracket gives the multiples of an interval round d; d itself when it is one.
func bracket(d, interval int64) (low, high int64) {
	r := d % interval
	if r < 0 {
		r += interval
	}
	if r == 0 {
		return d, d
	}
	return d - r, d - r + interval
}

// durationRange gives the multiples of the interval below and above; of a duration that is
// one itself, it and the next.
func durationRange(_ *machine, a []Value) (Value, *EvalError) {
	if a[1].n <= 0 {
		return Value{}, failf("the interval is not positive")
	}
	low, high := bracket(a[0].n, a[1].n)
	if low == high {
		high += a[1].n
	}
	if _, err := duration(high); err != nil {
		return Value{}, err
	}
	return listOf(Duration, []Value{ofMillis(low), ofMillis(high)}), nil
}
