package load

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// MaxPerMinute is the highest rate that is read.
const MaxPerMinute = 1_000_000

// Rate reads how often something comes, as 60/min, 1/s or 3600/h, and gives it per minute.
func Rate(text string) (float64, error) {
	number, per, ok := strings.Cut(text, "/")
	each := map[string]float64{"s": 60, "sec": 60, "second": 60, "m": 1, "min": 1, "minute": 1, "h": 1.0 / 60, "hour": 1.0 / 60}[strings.TrimSpace(per)]
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if !ok || each == 0 || err != nil || math.IsNaN(n) || n < 0 || n*each > MaxPerMinute {
		return 0, fmt.Errorf("%q is no rate", text)
	}
	return n * each, nil
}

// Share reads a share, as 30% or 0.3.
func Share(text string) (float64, error) {
	number, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if percent {
		n /= 100
	}
	if err != nil || math.IsNaN(n) || n < 0 || n > 1 {
		return 0, fmt.Errorf("%q is no share", text)
	}
	return n, nil
}

// Span reads when a fault begins and ends, as 10:00-10:05 or 10:00+5m in UTC, on the day on which a
// day of calls starts or, when that is over by then, on the next one.
func Span(text string, start time.Time) (from, to time.Duration, err error) {
	bad := fmt.Errorf("%q is no span", text)
	first, last, until := strings.Cut(text, "-")
	if !until {
		first, last, _ = strings.Cut(text, "+")
	}
	midnight := time.Date(start.Year(), start.Month(), start.Day(), 0, 0, 0, 0, time.UTC)
	began := start.Sub(midnight)
	if from, err = clock(first); err != nil {
		return 0, 0, bad
	}
	if until {
		to, err = clock(last)
		if to <= from {
			to += 24 * time.Hour
		}
	} else if to, err = time.ParseDuration(last); err == nil {
		to += from
	}
	if err != nil || to <= from || to-from > 24*time.Hour {
		return 0, 0, bad
	}
	if to <= began {
		from, to = from+24*time.Hour, to+24*time.Hour
	}
	return from - began, to - began, nil
}

// clock reads a time of day.
func clock(text string) (time.Duration, error) {
	for _, form := range []string{"15:04:05.999", "15:04"} {
		if t, err := time.Parse(form, strings.TrimSpace(text)); err == nil {
			return t.Sub(t.Truncate(24 * time.Hour)), nil
		}
	}
	return 0, errors.New("that is no time of day")
}

// An ArrivalsError is what is wrong with a list of arrivals. It holds nothing of the row but its
// place.
type ArrivalsError struct {
	Line int
	Why  string
}

func (e *ArrivalsError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Why) }

const maxArrivals = 20_000_000

// MaxSpan is the longest time in which calls come in.
const MaxSpan = 366 * 24 * time.Hour

// ReadArrivals reads a CSV of arrivals. Either each row is a call, with its time in the column
// "time" (or "at", "start") and, where there is one, the caller in "ani"; or each is an interval
// that begins at "minute" (or "time"), with the number of its "calls", which come at random times
// in it. An interval ends where the next one begins, the last is as long as the one before, and a
// single one is a minute long.
//
// A time is 2026-11-23T09:00:15Z, or 09:00:15 or 09:00 on the given day; what a file writes of a
// time zone counts, all else is UTC. The start is the minute of the first one. Spread is drawn by seed.
func ReadArrivals(data []byte, day time.Time, seed uint64) (a *Arrivals, start time.Time, span time.Duration, err error) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	r.TrimLeadingSpace, r.ReuseRecord, r.FieldsPerRecord = true, true, -1
	fail := func(format string, args ...any) error {
		line, _ := r.FieldPos(0)
		return &ArrivalsError{line, fmt.Sprintf(format, args...)}
	}
	if head, _, _ := bytes.Cut(data, []byte("\n")); bytes.Count(head, []byte(";")) > bytes.Count(head, []byte(",")) {
		r.Comma = ';'
	}
	head, err := r.Read()
	if err != nil {
		return nil, start, 0, &ArrivalsError{1, "there is no line with the names of the columns"}
	}
	at := func(names ...string) int {
		return slices.IndexFunc(head, func(h string) bool { return slices.Contains(names, strings.ToLower(strings.TrimSpace(h))) })
	}
	when, calls, ani := at("minute", "time", "at", "start"), at("calls"), at("ani")
	if when < 0 {
		return nil, start, 0, &ArrivalsError{1, `no column is named "time" or "minute"`}
	}
	if calls >= 0 && ani >= 0 {
		return nil, start, 0, &ArrivalsError{1, `"calls" counts callers, and "ani" is one: a file has one of these columns`}
	}
	midnight := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC)
	type row struct {
		at    time.Time
		calls int
		ani   string
		line  int
	}
	var rows []row
	known := map[string]string{} // callers, each kept once
	total := 0
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if bad := (*csv.ParseError)(nil); errors.As(err, &bad) {
			return nil, start, 0, &ArrivalsError{bad.Line, "this is no CSV: " + bad.Err.Error()}
		}
		if when >= len(cells) || calls >= len(cells) {
			return nil, start, 0, fail("a column is missing")
		}
		line, _ := r.FieldPos(0)
		x := row{calls: 1, line: line}
		if x.at, err = arrival(cells[when], midnight); err != nil {
			return nil, start, 0, fail("that is no time; write it as 2026-11-23T09:00:15Z or 09:00:15")
		}
		if calls >= 0 {
			if x.calls, err = strconv.Atoi(strings.TrimSpace(cells[calls])); err != nil || x.calls < 0 {
				return nil, start, 0, fail("that is no number of calls")
			}
		}
		if ani >= 0 {
			text := "anonymous"
			if ani < len(cells) {
				text = cmp.Or(strings.TrimSpace(cells[ani]), text)
			}
			if known[text] == "" {
				known[strings.Clone(text)] = strings.Clone(text)
			}
			x.ani = known[text]
		}
		if x.calls > maxArrivals-total {
			return nil, start, 0, fail("more than %d calls", maxArrivals)
		}
		total += x.calls
		rows = append(rows, x)
	}
	if total == 0 {
		return nil, start, 0, &ArrivalsError{1, "no call comes"}
	}
	slices.SortStableFunc(rows, func(a, b row) int { return a.at.Compare(b.at) })
	start = rows[0].at.Truncate(time.Minute)
	if last := rows[len(rows)-1]; last.at.After(start.Add(MaxSpan)) {
		return nil, start, 0, &ArrivalsError{last.line, fmt.Sprintf("this is more than %d days after the first call", MaxSpan/(24*time.Hour))}
	}
	a = &Arrivals{At: make([]time.Duration, 0, total), Spread: calls >= 0}
	chance := stream(seed, "spread")
	length := time.Minute
	for i, x := range rows {
		from := x.at.Sub(start)
		if calls < 0 {
			a.At = append(a.At, from)
			if ani >= 0 {
				a.ANIs = append(a.ANIs, x.ani)
			}
			span = from.Truncate(time.Second) + time.Second
			continue
		}
		if i+1 < len(rows) {
			if length = rows[i+1].at.Sub(x.at); length == 0 {
				return nil, start, 0, &ArrivalsError{rows[i+1].line, "two intervals begin at the same time"}
			}
		}
		a.At = append(a.At, Spread(x.calls, from, length, chance)...)
		span = from + length
	}
	return a, start, span, nil
}

func arrival(text string, midnight time.Time) (time.Time, error) {
	text = strings.TrimSpace(text)
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"} {
		if t, err := time.Parse(form, text); err == nil {
			if y := t.UTC().Year(); y < 1971 || y > 2200 {
				break
			}
			return t.UTC(), nil
		}
	}
	at, err := clock(text)
	return midnight.Add(at), err
}
