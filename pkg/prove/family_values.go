package prove

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/routing"
)

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// each keeps the first of equal texts.
func each(texts []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(texts, func(t string) bool {
		was := seen[t]
		seen[t] = true
		return was
	})
}

// grain is the least that two amounts of HubSpot differ by, or two of so many decimals.
func grain(of routing.Decimal) routing.Decimal {
	decimals := 2
	if _, rest, ok := strings.Cut(of.String(), "."); ok {
		decimals = max(2, len(rest))
	}
	d, err := routing.ParseDecimal("0." + strings.Repeat("0", decimals-1) + "1")
	if err != nil {
		return routing.Int(1)
	}
	return d
}

// finer is a tenth of a grain.
func finer(g routing.Decimal) routing.Decimal {
	d, err := routing.ParseDecimal(strings.Replace(g.String(), "0.", "0.0", 1))
	if err != nil {
		return g
	}
	return d
}

func minus(d routing.Decimal) routing.Decimal {
	n, err := routing.ParseDecimal("-" + strings.TrimPrefix(d.String(), "-"))
	if err != nil || d.Sign() <= 0 {
		n, _ = routing.ParseDecimal(strings.TrimPrefix(d.String(), "-"))
	}
	return n
}

// around are a number, and those next to it on both sides.
func around(d routing.Decimal) []string {
	s := grain(d)
	return []string{d.String(), d.Add(s).String(), d.Add(minus(s)).String()}
}

// aroundBounds are the numbers at two bounds, those within first.
func (f *builder) aroundBounds(least, most *routing.Decimal) []string {
	var in, out []string
	for _, b := range []*routing.Decimal{least, most} {
		if b == nil {
			continue
		}
		for _, v := range around(*b) {
			if n, err := routing.ParseDecimal(v); err == nil && (least == nil || n.Cmp(*least) >= 0) && (most == nil || n.Cmp(*most) <= 0) {
				in = append(in, v)
			} else {
				out = append(out, v)
			}
		}
	}
	return each(append(in, append(out, "", "0", "-1")...))
}

// valuesOf are texts of a property that a test on a fact can tell apart: those that meet it
// first, as far as that is plain.
func (f *builder) valuesOf(kind string, t routing.FactTest) []string {
	var all []string
	add := func(vs ...string) { all = append(all, vs...) }
	switch kind {
	case routing.NumberFact:
		for _, list := range [][]string{t.Any, t.Not} {
			for _, v := range list {
				if d, err := routing.ParseDecimal(v); err == nil {
					add(around(d)...)
				}
			}
		}
		for _, b := range []*routing.Decimal{t.Min, t.Max} {
			if b != nil {
				add(around(*b)...)
			}
		}
		add("0", "-1", "1000000")
	case routing.BooleanFact:
		add("true", "false")
	case routing.DateFact:
		today := f.now.Truncate(24 * time.Hour)
		day := func(n int) { add(today.AddDate(0, 0, n).Format(time.DateOnly)) }
		for _, n := range []*int{t.Within, t.Before, t.After} {
			if n != nil {
				for _, k := range []int{*n, *n - 1, *n + 1} {
					day(k)
				}
			}
		}
		for _, list := range [][]string{t.Any, t.Not} {
			for _, v := range list {
				if d, err := time.Parse(time.DateOnly, v); err == nil {
					for _, k := range []int{0, -1, 1} {
						add(d.AddDate(0, 0, k).Format(time.DateOnly))
					}
				}
			}
		}
		for _, k := range []int{0, -1, 1, 20000, -20000} {
			day(k)
		}
	default:
		for _, v := range t.Any {
			add(v)
		}
		if t.Prefix != "" {
			add(t.Prefix, t.Prefix+"x")
		}
		for _, v := range t.Any { // both at once
			if t.Prefix != "" {
				add(t.Prefix + v)
			}
			add("x;"+v, v+"x")
			if up := strings.ToUpper(v); up != v {
				add(up)
			} else {
				add(strings.ToLower(v))
			}
		}
		for _, v := range t.Not {
			add(v, "x;"+v, v+"x")
		}
		if t.Prefix != "" {
			add("x"+t.Prefix, "x;"+t.Prefix+"x", strings.ToUpper(t.Prefix), strings.ToLower(t.Prefix))
		}
		add("x")
	}
	all = each(all)
	met := func(v string) bool {
		read, ok := routing.Read(kind, v)
		return ok && f.p.Holds(routing.Condition{Facts: map[string]routing.FactTest{"x": t}}, routing.Facts{Values: map[string]routing.Value{"x": read}, Today: f.now.Truncate(24 * time.Hour)})
	}
	slices.SortStableFunc(all, func(a, b string) int { return boolInt(met(b)) - boolInt(met(a)) })
	return all
}

// odd are texts of a property that HubSpot may give and its type does not expect.
func odd(kind string) []string {
	switch kind {
	case routing.NumberFact:
		return []string{"n/a", "007", "1e2", "-0", "0.5", "+5", ".5", "5.", "1,000", "1234567890123456", " 5"}
	case routing.BooleanFact:
		return []string{"yes", "TRUE", "1"}
	case routing.DateFact:
		return []string{"soon", "2026-13-01", "2026-02-30", "2024-02-29", "2026-11-24T10:00:00+01:00", "2026-11-24T", "20261124", "2026-11-24T10:00:00Z", "2026-11-23T23:59:59.999Z"}
	}
	return []string{";", "a;b", " ", `"quoted" \ é`, "$x #y", "null", "true", "[]", `{"a":1}`, "0"}
}

// A constant is a text that the flow compares a property of HubSpot with.
type constant struct {
	role, property string
	value          expr.Value
}

// constants are all of them, also those that no rule has: where a template has one of its
// own, somebody must have it.
func (w *whole) constants() []constant {
	var out []constant
	of := map[string]blueprint.ActionArtifact{}
	for _, a := range w.in.Blueprint.Actions {
		of[a.Definition.Name] = a
	}
	meetings := w.strict.program.Flow().Meetings()
	for src, m := range meetings {
		if src.Action == nil || src.Action.Target == nil {
			continue
		}
		a, ok := of[src.Action.Target.Name]
		if !ok {
			continue
		}
		property := propertyOf(a.Definition.Response.TranslationMap[src.Output])
		if property == "" || numbers[property] {
			continue
		}
		number := outputType(a.Definition, src.Output).Elem() == expr.Decimal
		for _, v := range m.Literals { // a text is compared with texts, a day with eight digits
			if t := v.Type(); number == (t == expr.Decimal || t == expr.Integer) || !number && t == expr.Integer && len(v.String()) == len("20260102") {
				out = append(out, constant{a.Role, property, v})
			}
		}
	}
	slices.SortFunc(out, func(a, b constant) int {
		return cmp.Or(strings.Compare(a.role, b.role), strings.Compare(a.property, b.property), strings.Compare(a.value.String(), b.value.String()))
	})
	return slices.CompactFunc(out, func(a, b constant) bool {
		return a.role == b.role && a.property == b.property && a.value.String() == b.value.String()
	})
}

// propertyOf is the property that a path of a translation map ends in.
func propertyOf(path string) string {
	i := strings.LastIndex(path, ".properties.")
	if i < 0 {
		return ""
	}
	name := path[i+len(".properties."):]
	if strings.ContainsAny(name, " .[]()?*") {
		return ""
	}
	return name
}

// outputType is the type of an output of a data action.
func outputType(d *dataaction.Definition, output string) expr.Type {
	for _, f := range dataaction.Flatten(d.Output) {
		if f.Name == output {
			return f.Type
		}
	}
	return expr.Invalid
}

// texts are what a property can hold to be equal to a constant, and next to it.
func (c constant) texts() []string {
	if c.value.Type() == expr.String {
		return []string{c.value.Text()}
	}
	text := c.value.String()
	if day, err := time.Parse("20060102", text); err == nil && c.value.Type() == expr.Integer {
		return []string{day.Format(time.DateOnly), day.AddDate(0, 0, 1).Format(time.DateOnly)}
	}
	d, err := routing.ParseDecimal(text)
	if err != nil || len(text) > 15 {
		return nil
	}
	return around(d)[:2] // what is below lies above the next smaller one
}

// digitsText is a text of digits in an expression.
var digitsText = pattern.Of(`"\+?[0-9]{2,15}"`)

// compared are callers whose number, or its end or beginning, stands in an expression of the flow
// on the caller's number: what a template of one's own does for somebody must be seen.
// Those of fewer digits than least are left out.
func compared(flow string, r reference, like string, least int) []string {
	var out []string
	add := func(ani string) {
		if len(out) < 60 && !slices.Contains(out, ani) && r.address(ani).usable {
			out = append(out, ani)
		}
	}
	for line := range strings.Lines(flow) {
		if !strings.Contains(line, "exp: ") || !strings.Contains(line, "Flow.Ani") && !strings.Contains(line, "Call.Ani") && !strings.Contains(line, "Flow.National") {
			continue
		}
		for _, text := range digitsText().FindAllString(line, -1) {
			text = strings.Trim(text, `"`)
			digits := strings.TrimPrefix(text, "+")
			switch {
			case len(digits) < least:
				continue
			case len(digits) >= 7:
				add("+" + digits)
			case digits != text && len(text) < len(like):
				add(text + like[len(text):])
			}
			if digits == text && len(digits) < len(like)-2 {
				add(like[:len(like)-len(digits)] + digits)
			}
		}
	}
	return out
}

// timeOfDay is a question for an hour, a minute or a day of the week, namedDay a question for another
// part of a date that is compared with a number.
var (
	timeOfDay = pattern.Of(`\b(Hour|Minute|DayOfWeek)\(`)
	namedDay  = pattern.Of(`\b(Day|Month)\([^()]*(?:\([^()]*\))?[^()]*\) *(?:==|!=|<=|>=|<|>) *([0-9]{1,2})\b`)
)

// moments are when calls are made to a flow that asks for the time itself, all after now: each
// hour of a week, and of the days that it names.
func moments(flow string, now time.Time) []time.Time {
	asks := false
	minutes := []int{0, 30}
	of := map[string][]int{}
	for line := range strings.Lines(flow) {
		if strings.Contains(line, "Flow.NowStamp,") { // the built-in flow's own reading of the clock
			continue
		}
		asks = asks || timeOfDay().MatchString(line)
		for _, m := range namedDay().FindAllStringSubmatch(line, -1) {
			n, _ := strconv.Atoi(m[2])
			of[m[1]] = append(of[m[1]], n-1, n, n+1)
		}
		if strings.Contains(line, "Minute(") {
			minutes = []int{0, 1, 14, 15, 29, 30, 31, 44, 45, 59}
		}
	}
	var days []time.Time
	first := now.Truncate(24*time.Hour).AddDate(0, 0, 1)
	if asks {
		for i := range 7 {
			days = append(days, first.AddDate(0, 0, i))
		}
	}
	if len(of) > 0 {
		for i := range 366 {
			d := first.AddDate(0, 0, i)
			day, month := slices.Contains(of["Day"], d.Day()) || len(of["Day"]) == 0 && d.Day() == 15, len(of["Month"]) == 0 || slices.Contains(of["Month"], int(d.Month()))
			if day && month && len(days) < 60 {
				days = append(days, d)
			}
		}
	}
	var out []time.Time
	for _, d := range days {
		for hour := range 24 {
			for _, m := range minutes {
				if len(out) < 4000 {
					out = append(out, d.Add(time.Duration(hour)*time.Hour+time.Duration(m)*time.Minute))
				}
			}
		}
	}
	return out
}
