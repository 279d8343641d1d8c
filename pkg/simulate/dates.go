package simulate

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
)

// dates read the times of an export, which are written as whoever exported it writes them:
// 6/23/25 7:00 AM, 23.06.25 07:00, 23/06/2025 07:00:00, 2025-06-23 07:00:00.000. They have a time
// zone only in ISO 8601.
type dates struct {
	zone   *time.Location // of times without one; nil: UTC
	order  string         // dmy, mdy, ymd; empty: not known yet
	unsure bool           // the last one had no zone, and zone is nil
}

// DateOrders are the orders of day, month and year that a person can name.
var DateOrders = []string{"dmy", "mdy", "ymd"}

// errOrder says that two readings of a date are possible.
var errOrder = errors.New("which of its numbers is the day and which the month is not to be seen")

var (
	dated     = pattern.Of(`^([0-9]{1,4})[-/. ]{1,2}([0-9]{1,2})[-/. ]{1,2}([0-9]{1,4})[T, ]+([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2})(?:[.,][0-9]{1,9})?)?(.*)$`)
	halfOfDay = pattern.Of(`(?i)^([ap])\.?\s?m\b\.?`)
)

// read reads one.
func (d *dates) read(text string) (time.Time, error) {
	d.unsure = false
	text = strings.Join(strings.FieldsFunc(text, unseen), " ")
	wrong := fmt.Errorf("%s is no date with a time, such as 2026-11-23T09:00:00Z, 11/23/26 9:00 AM or 23.11.26 09:00", clip(text))
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC(), near(t, wrong)
	}
	m := dated().FindStringSubmatch(text)
	if m == nil {
		return time.Time{}, wrong
	}
	var n [7]int
	for i := 1; i < len(n); i++ {
		n[i], _ = strconv.Atoi(m[i]) // digits, or empty
	}
	rest := strings.TrimSpace(m[7])
	american := strings.HasPrefix(rest, "AM") || strings.HasPrefix(rest, "PM")
	if h := halfOfDay().FindStringSubmatch(rest); h != nil {
		rest = strings.TrimSpace(rest[len(h[0]):])
		if n[4] < 1 || n[4] > 12 {
			return time.Time{}, wrong
		}
		if n[4] %= 12; strings.EqualFold(h[1], "p") {
			n[4] += 12
		}
	}
	zone, err := d.zoneOf(rest)
	if err != nil {
		return time.Time{}, wrong
	}
	order, err := d.orderOf(text, m[1:4], n[1:4], american)
	if err != nil {
		return time.Time{}, err
	}
	var day, month, year int
	for i, c := range order {
		*map[rune]*int{'d': &day, 'm': &month, 'y': &year}[c] = n[1+i]
	}
	if year < 100 {
		year += 2000
	}
	t := time.Date(year, time.Month(month), day, n[4], n[5], n[6], 0, zone)
	switch {
	case n[4] > 23 || n[5] > 59 || n[6] > 59:
		return time.Time{}, wrong
	case month > 12 && day <= 12:
		return time.Time{}, fmt.Errorf("%s: %w", clip(text), errOrder) // dates before it were read otherwise
	case t.Day() != day || int(t.Month()) != month:
		return time.Time{}, wrong
	}
	return t.UTC(), near(t, wrong)
}

// zoneOf is the zone of a time with what stands behind it.
func (d *dates) zoneOf(rest string) (*time.Location, error) {
	switch {
	case rest == "Z" || rest == "UTC" || rest == "GMT":
		return time.UTC, nil
	case rest != "":
		for _, layout := range []string{"-07:00", "-0700", "-07"} {
			if t, err := time.Parse(layout, rest); err == nil {
				return t.Location(), nil
			}
		}
		return nil, errors.New("no zone")
	case d.zone != nil:
		return d.zone, nil
	}
	d.unsure = true
	return time.UTC, nil
}

// orderOf finds the order of a date, and keeps it: a file has one.
func (d *dates) orderOf(text string, parts []string, n []int, american bool) (string, error) {
	switch {
	case d.order != "":
	case len(parts[0]) > 2:
		return "ymd", nil // not kept: it is to be seen in each
	case strings.ContainsRune(text, '.') && strings.Index(text, ".") < 3:
		d.order = "dmy" // no country writes the month first with full stops
	case n[0] > 12 && n[1] <= 12:
		d.order = "dmy"
	case n[1] > 12 && n[0] <= 12, american:
		d.order = "mdy" // AM and PM in capitals are those of the United States; others write am or a. m.
	case n[0] == n[1]:
		return "dmy", nil
	default:
		return "", fmt.Errorf("%s: %w", clip(text), errOrder)
	}
	return d.order, nil
}

// near refuses years that are a misreading.
func near(t time.Time, wrong error) error {
	if t.Year() < world.FirstYear || t.Year() > world.LastYear {
		return wrong
	}
	return nil
}

// clip is a text in which a date is expected, unless it may be something else of somebody's.
func clip(text string) string {
	if !strings.Contains(text, ":") || len(text) > 40 || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) && !strings.ContainsRune("aApPmMTZ", r) }) {
		return "what stands there"
	}
	return strconv.Quote(text)
}
