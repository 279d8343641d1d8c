package genesys_test

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/dealroute/dealroute/pkg/genesys"
)

func schedule(t *testing.T, start, end, rule string) genesys.Schedule {
	t.Helper()
	s, err := genesys.NewSchedule("x", start, end, rule)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// Times are on the clocks of the zone where they have no offset.
func TestScheduleGroupAt(t *testing.T) {
	const weekdays = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
	type group struct{ open, closed, holidays []genesys.Schedule }
	office := group{open: []genesys.Schedule{schedule(t, "2026-01-05T09:00:00", "2026-01-05T17:00:00.000", weekdays)}}
	lunch := office
	lunch.closed = []genesys.Schedule{schedule(t, "2026-01-05T12:00:00", "2026-01-05T13:00:00", weekdays)}
	lunch.holidays = []genesys.Schedule{
		schedule(t, "2026-12-24T12:30:00", "2026-12-27T00:00:00", "FREQ=YEARLY"),
		schedule(t, "2026-12-26T00:00:00", "2026-12-28T00:00:00", ""), // overlaps the other
	}
	night := group{open: []genesys.Schedule{schedule(t, "2026-01-02T22:00:00", "2026-01-03T06:00:00", "FREQ=WEEKLY;BYDAY=FR,SA")}}
	one := func(start, end, rule string) group {
		return group{open: []genesys.Schedule{schedule(t, start, end, rule)}}
	}
	early := one("2026-01-01T02:15:00", "2026-01-01T02:45:00", "FREQ=DAILY")
	for name, c := range map[string]struct {
		group group
		zone  string
		want  string // time=state, blank between
	}{
		"start included, end excluded": {office, "Europe/Berlin", "2026-11-23T08:59:59=closed 2026-11-23T09:00:00=open 2026-11-23T16:59:59=open 2026-11-23T17:00:00=closed 2026-11-22T10:00:00=closed"},
		"before the first one":         {office, "Europe/Berlin", "2026-01-02T10:00:00=closed 2026-01-05T10:00:00=open"},
		"both changes of a year":       {office, "Europe/Berlin", "2026-03-27T07:59:59Z=closed 2026-03-27T08:00:00Z=open 2026-03-30T06:59:59Z=closed 2026-03-30T07:00:00Z=open 2026-10-23T07:00:00Z=open 2026-10-26T07:59:59Z=closed 2026-10-26T08:00:00Z=open"},
		"another zone's changes":       {office, "America/New_York", "2026-03-06T13:59:59Z=closed 2026-03-06T14:00:00Z=open 2026-03-09T13:00:00Z=open 2026-10-30T13:00:00Z=open 2026-11-02T13:59:59Z=closed 2026-11-02T14:00:00Z=open"},
		"south of the equator":         {office, "Australia/Sydney", "2026-04-02T22:00:00Z=open 2026-04-05T22:59:59Z=closed 2026-04-05T23:00:00Z=open 2026-10-04T21:59:59Z=closed 2026-10-04T22:00:00Z=open"},
		"an hour that is skipped":      {early, "Europe/Berlin", "2026-03-28T01:30:00Z=open 2026-03-29T00:59:59Z=closed 2026-03-29T01:00:00Z=closed 2026-03-29T01:30:00Z=closed 2026-03-30T00:30:00Z=open"},
		"an hour that comes twice":     {early, "Europe/Berlin", "2026-10-25T00:14:59Z=closed 2026-10-25T00:15:00Z=open 2026-10-25T00:45:00Z=closed 2026-10-25T01:15:00Z=open 2026-10-25T01:45:00Z=closed"},
		"over midnight":                {night, "Europe/Berlin", "2026-11-20T21:59:59=closed 2026-11-20T22:00:00=open 2026-11-21T05:59:59=open 2026-11-21T06:00:00=closed 2026-11-21T23:00:00=open 2026-11-22T05:00:00=open 2026-11-22T23:00:00=closed"},
		"over midnight and a change":   {night, "Europe/Berlin", "2026-03-28T21:00:00Z=open 2026-03-29T03:59:59Z=open 2026-03-29T04:00:00Z=closed 2026-10-24T20:00:00Z=open 2026-10-25T04:59:59Z=open 2026-10-25T05:00:00Z=closed"},
		"several days":                 {one("2026-11-02T08:00:00", "2026-11-06T18:00:00", "FREQ=WEEKLY"), "UTC", "2026-11-25T03:00:00=open 2026-11-27T17:59:59=open 2026-11-27T18:00:00=closed 2026-11-29T12:00:00=closed"},
		"overlapping itself":           {one("2026-01-01T00:00:00", "2026-01-03T00:00:00", "FREQ=DAILY;COUNT=2"), "UTC", "2026-01-01T12:00:00=open 2026-01-03T23:59:59=open 2026-01-04T00:00:00=closed"},
		"closed cuts a hole":           {lunch, "Europe/Berlin", "2026-11-23T11:59:59=open 2026-11-23T12:00:00=closed 2026-11-23T13:00:00=open"},
		"holidays win and overlap":     {lunch, "Europe/Berlin", "2026-12-24T12:29:00=closed 2026-12-24T12:30:00=holiday 2026-12-25T10:00:00=holiday 2026-12-26T10:00:00=holiday 2026-12-27T23:59:59=holiday 2026-12-28T10:00:00=open 2027-12-24T10:00:00=open 2027-12-26T10:00:00=holiday"},
		"once":                         {one("2026-11-23T09:00:00", "2026-11-23T17:00:00", ""), "UTC", "2026-11-23T09:00:00=open 2026-11-24T09:00:00=closed 2026-11-22T09:00:00=closed"},
		"count":                        {one("2026-11-23T09:00:00", "2026-11-23T17:00:00", "FREQ=DAILY;COUNT=3"), "UTC", "2026-11-25T09:00:00=open 2026-11-26T09:00:00=closed"},
		"interval":                     {one("2026-11-23T09:00:00", "2026-11-23T17:00:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"), "UTC", "2026-11-30T09:00:00=closed 2026-12-07T09:00:00=open"},
		"until on the clocks":          {one("2026-11-23T09:00:00", "2026-11-23T17:00:00", "FREQ=DAILY;UNTIL=20261125T090000"), "America/New_York", "2026-11-25T09:00:00=open 2026-11-26T09:00:00=closed"},
		"until in UTC":                 {one("2026-11-23T09:00:00", "2026-11-23T17:00:00", "FREQ=DAILY;UNTIL=20261125T140000Z"), "America/New_York", "2026-11-25T09:00:00=open 2026-11-26T09:00:00=closed"},
		"until before it in UTC":       {one("2026-11-23T09:00:00", "2026-11-23T17:00:00", "FREQ=DAILY;UNTIL=20261125T135959Z"), "America/New_York", "2026-11-24T09:00:00=open 2026-11-25T09:00:00=closed"},
		"until a day, included":        {one("2026-11-23T09:00:00", "2026-11-23T17:00:00", "FREQ=DAILY;UNTIL=20261125"), "UTC", "2026-11-25T16:00:00=open 2026-11-26T09:00:00=closed"},
		"the fourth Thursday":          {one("2026-11-26T00:00:00", "2026-11-27T00:00:00", "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"), "America/New_York", "2026-11-26T12:00:00=open 2027-11-25T12:00:00=open 2027-11-26T12:00:00=closed"},
		"nothing at all":               {group{}, "UTC", "2026-11-23T09:00:00=closed"},
		"the leap day":                 {one("2024-02-29T00:00:00", "2024-03-01T00:00:00", "FREQ=YEARLY"), "UTC", "2026-02-28T12:00:00=closed 2026-03-01T12:00:00=closed 2028-02-29T12:00:00=open"},
	} {
		t.Run(name, func(t *testing.T) {
			z := zone(t, c.zone)
			g := genesys.Hours{Zone: z, Open: c.group.open, Closed: c.group.closed, Holidays: c.group.holidays}
			for row := range strings.FieldsSeq(c.want) {
				when, want, _ := strings.Cut(row, "=")
				at, err := time.Parse(time.RFC3339, when)
				if err != nil {
					at, err = time.ParseInLocation(genesys.WallForm, when, z)
				}
				if err != nil {
					t.Fatal(err)
				}
				if got := g.At(at); string(got) != want {
					t.Errorf("%s: %s, want %s", when, got, want)
				}
			}
		})
	}
}

func TestRulesThatAreRefused(t *testing.T) {
	for rule, want := range map[string]string{
		"DTSTART:20260105T090000\nRRULE:FREQ=DAILY":      "several lines",
		"DTSTART;TZID=Europe/Berlin:20260105;FREQ=DAILY": "has DTSTART",
		"FREQ=DAILY;TZID=Europe/Berlin":                  "has TZID",
		"FREQ=DAILY;RDATE=20260105":                      "has RDATE",
		"FREQ=DAILY;EXDATE:20260105T090000":              "has EXDATE",
		"RRULE:FREQ=DAILY":                               "begins with RRULE:",
		"FREQ=DAILY;INTERVAL=0":                          "INTERVAL=0 is none",
		"FREQ=DAILY;INTERVAL=-1":                         "INTERVAL=-1 is none",
		"FREQ=DAILY;INTERVAL=99999999999999999999":       "is none",
		"FREQ=DAILY;COUNT=0":                             "COUNT=0 is none",
		"FREQ=DAILY;COUNT=2;UNTIL=20261231":              "both say when the rule ends",
		"FREQ=DAILY;FREQ=WEEKLY":                         "FREQ stands twice",
		"FREQ=DAILY;BYDAY":                               "BYDAY has no value",
		"FREQ=DAILY;":                                    "an empty part",
		"BYDAY=MO":                                       "no FREQ",
		"FREQ=SECONDLY":                                  "FREQ=SECONDLY is not known",
		"FREQ=HOURLY":                                    "FREQ=HOURLY is not known",
		"freq=daily":                                     `no part "freq"`,
		"FREQ=weekly":                                    "FREQ=weekly is not known",
		"FREQ=WEEKLY;BYDAY=2MO":                          "BYDAY=2MO counts weekdays",
		"FREQ=WEEKLY;BYDAY=XX":                           "cannot be read",
		"FREQ=DAILY;BYHOUR=9,13":                         "makes several starts a day",
		"FREQ=DAILY;BYEASTER=1":                          `no part "BYEASTER"`,
		"FREQ=MONTHLY;BYMONTHDAY=32":                     "cannot be read",
		"FREQ=MONTHLY;BYMONTHDAY=0":                      "cannot be read",
		"FREQ=YEARLY;BYMONTH=-1":                         "cannot be read",
		"FREQ=YEARLY;BYSETPOS=0;BYDAY=MO":                "cannot be read",
		"FREQ=DAILY;UNTIL=tomorrow":                      "UNTIL=tomorrow is no day",
		"FREQ=DAILY;UNTIL=2027-01-01":                    "UNTIL=2027-01-01 is no day",
		"FREQ=DAILY;WKST=2MO":                            "is no weekday",
		"FREQ=MONTHLY;BYDAY=20MO":                        "no month has such a weekday",
		"FREQ=MONTHLY;BYDAY=TU,-6MO":                     "BYDAY=-6MO: no month",
		"FREQ=YEARLY;BYDAY=-52FR;BYMONTH=4":              "no month has such a weekday",
		"FREQ=YEARLY;BYDAY=54FR":                         "no year has such a weekday",
		"FREQ=MONTHLY;BYDAY=0MO":                         "no month has such a weekday",
		"FREQ=YEARLY;BYWEEKNO=2;BYDAY=1MO":               "of which a week has one",
		"FREQ=WEEKLY;BYMONTHDAY=5":                       "BYMONTHDAY means nothing with FREQ=WEEKLY",
		"FREQ=DAILY;BYYEARDAY=5":                         "BYYEARDAY means nothing with FREQ=DAILY",
		"FREQ=MONTHLY;BYWEEKNO=2":                        "BYWEEKNO means nothing with FREQ=MONTHLY",
		"FREQ=DAILY;BYSETPOS=1":                          "nothing to choose from",
	} {
		_, err := genesys.NewSchedule("x", "2026-01-05T09:00:00", "2026-01-05T17:00:00", rule)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", rule, err, want)
		}
	}
	for _, c := range [][3]string{{"2026-01-05T09:00:00Z", "2026-01-05T17:00:00", "start"}, {"2026-01-05T09:00:00", "2026-01-05 17:00", "end"}, {"2026-01-05T09:00:00", "2026-01-05T09:00:00", "end"}} {
		_, err := genesys.NewSchedule("x", c[0], c[1], "")
		if f, ok := err.(*genesys.ScheduleFault); !ok || f.Field != c[2] { //nolint:errorlint // it is no other
			t.Errorf("%v: %v", c, err)
		}
	}
	for rule, good := range map[string]bool{
		"FREQ=WEEKLY;BYDAY=MO,FR": true, "FREQ=WEEKLY;BYDAY=TU": false, "FREQ=DAILY;BYHOUR=9": true, "FREQ=DAILY;BYHOUR=10": false,
		"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30": false, "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30": false, "FREQ=DAILY": true,
		"FREQ=WEEKLY;BYDAY=MO;UNTIL=20250101": false, "FREQ=DAILY;UNTIL=20260105T090000": true, "FREQ=DAILY;UNTIL=20260105T085959": false,
		"FREQ=DAILY;UNTIL=20260104T190000Z": true, "FREQ=DAILY;UNTIL=20260104T185959Z": false, // as in Kiritimati
		"FREQ=YEARLY;BYDAY=-53MO": false, "FREQ=YEARLY;BYDAY=1MO": true, "FREQ=MONTHLY;BYDAY=-4MO": true, "FREQ=MONTHLY;BYDAY=5MO": false,
	} {
		if err := schedule(t, "2026-01-05T09:00:00", "2026-01-05T17:00:00", rule).Starts(); (err == nil) != good {
			t.Errorf("%s: %v", rule, err)
		}
	}
}

// A rule is expanded up to the moment that is asked for, however long ago it began and
// whether or not it ever recurs.
func TestOldRulesEnd(t *testing.T) {
	for _, rule := range []string{"FREQ=DAILY", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=31;BYMONTH=2", "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6"} {
		g := genesys.Hours{Zone: time.UTC, Open: []genesys.Schedule{schedule(t, "1900-01-01T00:00:00", "1900-01-01T12:00:00", rule)}}
		begin := time.Now()
		g.At(time.Date(2200, 1, 1, 13, 0, 0, 0, time.UTC))
		if d := time.Since(begin); d > 20*time.Second {
			t.Errorf("%s took %s", rule, d)
		} else {
			t.Logf("%s took %s", rule, d)
		}
	}
}
