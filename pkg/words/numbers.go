package words

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Whole is a number of things.
type Whole interface{ ~int | ~int32 | ~int64 }

// Count is a number of things: "1 call", "1,234 calls".
func Count[N Whole](n N, one, many string) string {
	return Thousands(n) + " " + Noun(n, one, many)
}

// None is Count that says "no" for none: "no calls".
func None[N Whole](n N, one, many string) string {
	if n == 0 {
		return "no " + many
	}
	return Count(n, one, many)
}

// Noun is the word for so many, where the number stands elsewhere; "is" and "are" likewise.
func Noun[N Whole](n N, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// Times is how often something was: "once", "3 times".
func Times[N Whole](n N) string {
	if n == 1 {
		return "once"
	}
	return Thousands(n) + " times"
}

// Thousands is a whole number with commas between its thousands.
func Thousands[N Whole](n N) string { return Grouped(strconv.FormatInt(int64(n), 10)) }

// Grouped is a plain decimal of any size with commas between its thousands; another text stays.
func Grouped(decimal string) string {
	number, negative := strings.CutPrefix(decimal, "-")
	whole, part, fraction := strings.Cut(number, ".")
	if whole == "" || strings.Trim(whole+part, "0123456789") != "" {
		return decimal
	}
	var b strings.Builder
	if negative {
		b.WriteByte('-')
	}
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(whole[i])
	}
	if fraction {
		b.WriteString("." + part)
	}
	return b.String()
}

// Money is a plain decimal with two places, which are cut, and commas between its thousands;
// another text stays.
func Money(decimal string) string {
	out := Grouped(decimal)
	if strings.Trim(decimal, "-.0123456789") != "" || strings.Trim(decimal, "-.") == "" {
		return out
	}
	whole, part, _ := strings.Cut(out, ".")
	return whole + "." + (part + "00")[:2]
}

// Number is a number that need not be whole, with what is meaningful of it: three digits, and all
// before the point.
func Number(f float64) string {
	if f >= 100 || f <= -100 {
		return Thousands(int64(math.Floor(f + 0.5)))
	}
	return strconv.FormatFloat(f, 'g', 3, 64)
}

// Percent is a share of 1 that was counted: "0.4 %", "33.3 %", "100 %".
func Percent(share float64) string {
	digits := 1
	if share > 0 && share < 0.001 {
		digits = 3
	}
	return strings.TrimSuffix(strconv.FormatFloat(100*share, 'f', digits, 64), ".0") + " %"
}

// About is a share of 1 that was estimated: more exactly where it is small, "33 %", "4.2 %", "0.35 %".
func About(share float64) string {
	digits := 0
	switch {
	case share > 0 && share < 0.00995:
		digits = 2
	case share > 0 && share < 0.0995:
		digits = 1
	}
	return strconv.FormatFloat(100*share, 'f', digits, 64) + " %"
}

// PerMinute is a rate of calls: "1 call a minute", "12.5 calls a minute".
func PerMinute(rate float64) string {
	if rate == 1 {
		return "1 call a minute"
	}
	return Number(rate) + " calls a minute"
}

// Ms is a length of time as the answers have it: "1,234 ms".
func Ms[N Whole](ms N) string { return Thousands(ms) + " ms" }

// Wait is how long somebody waits, as a badge has room for it: "3,102 ms", "65 s", "12 min".
func Wait(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return Ms(d.Round(time.Millisecond).Milliseconds())
	case d < 10*time.Minute:
		return Thousands(int64(d.Round(time.Second)/time.Second)) + " s"
	}
	return Thousands(int64(d.Round(time.Minute)/time.Minute)) + " min"
}

// Span is a length of time as flags have it, without what is nothing of it: "1h30m".
func Span(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// KB is a size: "1,234 kB", rounded up.
func KB(bytes int) string { return Thousands((bytes+1023)>>10) + " kB" }
