package load_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/load"
)

// A file of arrivals is taken as it was meant, or refused at its line.
func TestReadArrivals(t *testing.T) {
	for name, c := range map[string]struct {
		text, err string
		calls     int
		span      time.Duration
		anis      []string
	}{
		"the day lasts whole seconds":   {text: "time\n09:00:15.25\n09:01:00\n", calls: 2, span: 61 * time.Second},
		"a single call":                 {text: "time\n09:00\n", calls: 1, span: time.Second},
		"a row without its last cell":   {text: "time,ani\n09:00,+12025550101\n09:01\n09:02,\n", calls: 3, span: 121 * time.Second, anis: []string{"+12025550101", "anonymous", "anonymous"}},
		"a mark, quotes and semicolons": {text: "\xef\xbb\xbf\"minute\";\"calls\"\r\n\"09:00\";\"5\"\r\n\"09:01\";\"7\"\r\n", calls: 12, span: 2 * time.Minute},
		"summer time ends":              {text: "time,calls\n2026-10-25T02:30:00+02:00,3\n2026-10-25T02:30:00+01:00,3\n", calls: 6, span: 2 * time.Hour},
		"more than can be counted":      {text: "minute,calls\n09:00,5\n09:01,9223372036854775807\n", err: "line 3: more than 20000000 calls"},
		"another century":               {text: "time\n2062-11-23 09:00\n2026-11-23 09:00\n", err: "line 2: this is more than 366 days after the first call"},
		"the same interval twice":       {text: "minute,calls\n09:00,5\n\n09:05,6\n09:00,7\n", err: "line 5: two intervals"},
	} {
		a, _, span, err := load.ReadArrivals([]byte(c.text), start, 1)
		switch {
		case c.err != "":
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: %v, not %s", name, err, c.err)
			}
		case err != nil || len(a.At) != c.calls || span != c.span || !reflect.DeepEqual(a.ANIs, c.anis):
			t.Errorf("%s: %+v for %v, %v", name, a, span, err)
		}
	}
}

// What is taken for granted is said of this day, and nothing of another.
func TestAssumptions(t *testing.T) {
	for name, c := range map[string]struct {
		change    func(*load.Day)
		want, not string
	}{
		"callers and strangers": {func(d *load.Day) {}, "30 % of the callers are strangers", "token"},
		"strangers only":        {func(d *load.Day) { d.Traffic.Unknown = 1 }, "each caller is a stranger, from one of 200 numbers", "of the CRM"},
		"no strangers":          {func(d *load.Day) { d.Traffic.Unknown = 0 }, "each caller is one of", "stranger"},
		"intervals":             {func(d *load.Day) { d.Traffic.Arrivals = &load.Arrivals{Spread: true} }, "calls in an interval come at random", "in every minute"},
		"numbers and times":     {func(d *load.Day) { d.Traffic.Legs, d.Traffic.Gap = 0.1, 3*time.Minute }, "once more, 3m later on average\nGenesys Cloud executes 2,500 data actions", "00ms"},
		"a token of oauth":      {func(d *load.Day) { d.Renewed = true }, "holds a token", "written at once"},
	} {
		d := basic(t)
		c.change(&d)
		if said := strings.Join(d.Assumptions(), "\n"); !strings.Contains(said, c.want) || strings.Contains(said, c.not) {
			t.Errorf("%s: there is no %q, or there is %q:\n%s", name, c.want, c.not, said)
		}
	}
}
