package genesys

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/teambition/rrule-go"

	"github.com/dealroute/dealroute/pkg/internal/pattern"
)

// A ScheduleState is what evaluating a schedule group gives.
type ScheduleState string

// The states of a schedule group, in the order in which they win. Genesys' help, "Evaluate
// Schedule Group action": emergency, holiday, closed, open; where nothing matches, closed.
const (
	StateEmergency ScheduleState = "emergency"
	StateHoliday   ScheduleState = "holiday"
	StateClosed    ScheduleState = "closed"
	StateOpen      ScheduleState = "open"
)

// ScheduleStates lists the states, the usual one first.
func ScheduleStates() []ScheduleState {
	return []ScheduleState{StateOpen, StateClosed, StateHoliday, StateEmergency}
}

// A Schedule is a time from start to end that may recur. Both are read on the clocks of
// whatever zone it is evaluated in: a time value's own zone says nothing.
type Schedule struct {
	Name       string
	Start, End time.Time
	rule       *rrule.ROption
	zulu       bool // UNTIL is in UTC, and not on those clocks
}

// WallForm is how the platform's API writes start and end of a schedule: without zone, and
// with or without a fraction of a second.
const WallForm = "2006-01-02T15:04:05"

// A ScheduleFault says what is wrong with a schedule, and with which of its parts.
type ScheduleFault struct {
	Field         string // start, end or rrule, as the API names them
	Message, Hint string
}

func (f *ScheduleFault) Error() string { return f.Message }

// NewSchedule reads a schedule as the API has it. Its error is a *ScheduleFault.
func NewSchedule(name, start, end, rule string) (Schedule, error) {
	s := Schedule{Name: name}
	var err error
	if s.Start, err = wall("start", start); err != nil {
		return s, err
	}
	if s.End, err = wall("end", end); err != nil {
		return s, err
	}
	if !s.Start.Before(s.End) {
		return s, &ScheduleFault{"end", "the end is not after the start", "a schedule over midnight ends on the next day"}
	}
	if rule != "" {
		s.rule, s.zulu, err = readRule(rule)
	}
	return s, err
}

func wall(field, text string) (time.Time, error) {
	t, err := time.Parse(WallForm, text) // takes a fraction, too
	if err != nil {
		return t, &ScheduleFault{field, strconv.Quote(text) + " is no time on a clock", "write it as 2026-01-05T09:00:00, without a zone: the schedule group has one"}
	}
	return t.Truncate(time.Second), nil
}

// ruleParts are the parts of a rule that mean the same to everybody. RFC 5545 has hours,
// minutes and seconds as frequencies, too: nobody's business hours recur so, and finding the
// one that counts would take as long as somebody wrote it to.
var ruleParts = []string{
	"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS", "WKST", "BYHOUR", "BYMINUTE", "BYSECOND",
}

var frequencies = []string{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}

// untilForm is a day of RFC 5545, or a time of one.
var untilForm = pattern.Of(`^[0-9]{8}(T[0-9]{6}Z?)?$`)

// readRule reads a recurrence rule. The library takes what means nothing: INTERVAL=0, a
// part twice, lists that it leaves out.
func readRule(text string) (rule *rrule.ROption, zulu bool, err error) {
	wrong := func(hint, format string, args ...any) error {
		return &ScheduleFault{"rrule", fmt.Sprintf(format, args...), hint}
	}
	if strings.ContainsAny(text, "\r\n") {
		return nil, false, wrong("write further times as schedules of their own", "the rule has several lines")
	}
	parts := ruleOf{}
	for part := range strings.SplitSeq(text, ";") {
		name, value, _ := strings.Cut(part, "=")
		switch head, _, _ := strings.Cut(name, ":"); {
		case slices.Contains([]string{"DTSTART", "TZID", "RDATE", "EXDATE", "EXRULE"}, head):
			return nil, false, wrong("start, time zone of the group, and schedules of their own say it", "the rule has %s, which the platform does not document here", head)
		case head == "RRULE":
			return nil, false, wrong("begin with FREQ=", "the rule begins with RRULE:")
		case name == "":
			return nil, false, wrong("delete the semicolon before or behind it", "the rule has an empty part")
		case !slices.Contains(ruleParts, name):
			if bare := strings.ToUpper(strings.TrimSpace(name)); slices.Contains(ruleParts, bare) {
				return nil, false, wrong("write "+bare, "a rule has no part %q", name)
			} else if slices.Contains(frequencies, bare) {
				return nil, false, wrong("write FREQ="+bare, "a rule has no part %q", name)
			}
			return nil, false, wrong("known are "+strings.Join(ruleParts, ", "), "a rule has no part %q", name)
		case value == "":
			return nil, false, wrong("write "+name+"=…", "%s has no value", name)
		case parts[name] != "":
			return nil, false, wrong("", "%s stands twice", name)
		}
		parts[name] = value
	}
	switch freq := parts["FREQ"]; {
	case freq == "":
		return nil, false, wrong("begin with FREQ=WEEKLY or another frequency", "the rule has no FREQ")
	case !slices.Contains(frequencies, freq):
		return nil, false, wrong("known are "+strings.Join(frequencies, ", "), "FREQ=%s is not known", freq)
	case freq != "MONTHLY" && freq != "YEARLY" && strings.ContainsAny(parts["BYDAY"], digits):
		return nil, false, wrong("write FREQ=MONTHLY or YEARLY", "BYDAY=%s counts weekdays, of which a day or a week has one", parts["BYDAY"])
	case strings.ContainsAny(parts["WKST"], digits):
		return nil, false, wrong("write WKST=MO", "WKST=%s is no weekday", parts["WKST"])
	}
	if hint, message := parts.misfit(); message != "" {
		return nil, false, wrong(hint, "%s", message)
	}
	for _, name := range []string{"INTERVAL", "COUNT"} {
		if v, ok := parts[name]; ok {
			if n, err := strconv.Atoi(v); err != nil || n < 1 || n > 10_000 {
				return nil, false, wrong("write a whole number from 1 to 10000", "%s=%s is none", name, v)
			}
		}
	}
	if parts["COUNT"] != "" && parts["UNTIL"] != "" {
		return nil, false, wrong("leave one of them out", "COUNT and UNTIL both say when the rule ends")
	}
	if v := parts["UNTIL"]; v != "" && !untilForm().MatchString(v) {
		return nil, false, wrong("write UNTIL=20261231 or UNTIL=20261231T170000", "UNTIL=%s is no day", v)
	}
	for _, name := range []string{"BYHOUR", "BYMINUTE", "BYSECOND"} {
		if strings.Contains(parts[name], ",") {
			return nil, false, wrong("write a schedule for each", "%s=%s makes several starts a day", name, parts[name])
		}
	}
	rule, err = rrule.StrToROption(text)
	if err == nil {
		_, err = rrule.NewRRule(*rule)
	}
	if err != nil {
		return nil, false, wrong("write it as FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "the rule cannot be read: %v", err)
	}
	until := parts["UNTIL"]
	if len(until) == len("20261231") { // RFC 5545: inclusive
		rule.Until = rule.Until.Add(24*time.Hour - time.Second)
	}
	return rule, strings.HasSuffix(until, "Z"), nil
}

const digits = "0123456789"

// ruleOf is a rule by its parts.
type ruleOf map[string]string

// misfit tells of parts that RFC 5545, 3.3.10, does not allow together. The library takes them
// for something, or does not survive them, as the twentieth Monday of a month.
func (parts ruleOf) misfit() (hint, message string) {
	freq := parts["FREQ"]
	for _, x := range []struct{ name, with string }{{"BYWEEKNO", "YEARLY"}, {"BYYEARDAY", "YEARLY"}, {"BYMONTHDAY", "DAILY, MONTHLY or YEARLY"}} {
		if parts[x.name] != "" && !strings.Contains(x.with, freq) {
			return "write FREQ=" + x.with, fmt.Sprintf("%s means nothing with FREQ=%s", x.name, freq)
		}
	}
	period, most := "year", 53
	if freq == "MONTHLY" || parts["BYMONTH"] != "" {
		period, most = "month", 5
	}
	for day := range strings.SplitSeq(parts["BYDAY"], ",") {
		n, err := strconv.Atoi(strings.TrimRight(day, "MOTUWEHFRSA"))
		switch {
		case err != nil: // without a number
		case n == 0 || max(n, -n) > most:
			return fmt.Sprintf("write 1 to %d, or -1 to -%[1]d from the end", most), fmt.Sprintf("BYDAY=%s: no %s has such a weekday", day, period)
		case parts["BYWEEKNO"] != "":
			return "leave the number or BYWEEKNO out", fmt.Sprintf("BYDAY=%s counts weekdays, of which a week has one", day)
		}
	}
	if parts["BYSETPOS"] != "" && !slices.ContainsFunc(ruleParts, func(p string) bool {
		return strings.HasPrefix(p, "BY") && p != "BYSETPOS" && parts[p] != ""
	}) {
		return "add BYDAY or another part", "BYSETPOS has nothing to choose from"
	}
	return "", ""
}

// Starts tells whether the first start is one of the rule's. The platform refuses a start
// on another weekday (Genesys' Terraform provider, architect_schedules).
func (s Schedule) Starts() error {
	if s.rule == nil {
		return nil
	}
	last := s.rule.Until
	if s.zulu {
		last = last.Add(14 * time.Hour) // on the clocks of the first zone
	}
	if !last.IsZero() && last.Before(s.Start) {
		return &ScheduleFault{"rrule", "UNTIL is before the start, so it never happens", "move one of them"}
	}
	endless := *s.rule
	endless.Until = time.Time{}
	if (Schedule{Start: s.Start, rule: &endless}).at(s.Start, time.UTC) {
		return nil
	}
	return &ScheduleFault{"start", "the start, a " + s.Start.Weekday().String() + ", is no day of the rule", "move the start to the first day that the rule means"}
}

// active tells whether an occurrence lasts at a moment that the clocks of a zone show as now.
func (s Schedule) active(now time.Time, zone *time.Location) bool {
	if s.rule == nil {
		return !now.Before(s.Start) && now.Before(s.End)
	}
	length := s.End.Sub(s.Start)
	return s.some(now, zone, func(start time.Time) bool { return now.Before(start.Add(length)) })
}

// at tells whether an occurrence starts at a time of the clocks.
func (s Schedule) at(start time.Time, zone *time.Location) bool {
	return s.some(start, zone, start.Equal)
}

// some tells whether a start up to now meets a test.
func (s Schedule) some(now time.Time, zone *time.Location, test func(start time.Time) bool) bool {
	if now.Before(s.Start) {
		return false
	}
	o := *s.rule
	o.Dtstart = s.Start
	if s.zulu {
		o.Until = clock(o.Until, zone)
	}
	if o.Until.IsZero() || o.Until.After(now) {
		o.Until = now // nothing later is looked for
	}
	rule, err := rrule.NewRRule(o)
	if err != nil { // readRule has tried
		return false
	}
	for next := rule.Iterator(); ; {
		start, ok := next()
		if !ok {
			return false
		}
		if test(start) {
			return true
		}
	}
}

// clock is what the clocks of a zone show at a moment, as a time that is compared with other
// such times and means no moment.
func clock(t time.Time, zone *time.Location) time.Time {
	t = t.In(zone)
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// Hours are what a schedule group says: when it is open, in a time zone.
type Hours struct {
	Name                   string
	Zone                   *time.Location
	Open, Closed, Holidays []Schedule
}

// At is the group's state at a moment, without an emergency. A start is included, an end is
// not. Both are times on the zone's clocks, whatever these do in between: 09:00 is 09:00 all
// year, an hour that the clocks skip is no time, and one that they show twice counts twice.
// The platform documents only the first of these.
func (g Hours) At(t time.Time) ScheduleState {
	now := clock(t, g.Zone)
	in := func(schedules []Schedule) bool {
		return slices.ContainsFunc(schedules, func(s Schedule) bool { return s.active(now, g.Zone) })
	}
	switch {
	case in(g.Holidays):
		return StateHoliday
	case in(g.Closed) || !in(g.Open):
		return StateClosed
	}
	return StateOpen
}
