package expr

import (
	"strconv"
	"strings"
	"time"
)

var convertRows = []row{
	{"ToBool(valueToConvert dec?) bln", toBool, 0},
	{"ToBool(valueToConvert str?) bln", toBool, 0},
	{"ToBool(valueToConvert int?) bln", toBool, 0},
	{"ToBool(valueToConvert nts?) bln", toBool, ruleNotSet},
	{"ToBool(valueToReturn bln) bln", itself, 0},
	{"ToDateTime(text str?) dtm", toDateTime, 0},
	{"ToDateTime(valueToConvert int?) dtm", toDateTime, 0},
	{"ToDateTime(valueToConvert nts?) dtm", toDateTime, ruleNotSet},
	{"ToDateTime(valueToReturn dtm?) dtm", itself, 0},
	{"ToDecimal(valueToConvert bln?) dec", toDecimal, 0},
	{"ToDecimal(valueToConvert cur?) dec", toDecimal, 0},
	{"ToDecimal(valueToConvert str?) dec", toDecimal, 0},
	{"ToDecimal(valueToConvert int?) dec", toDecimal, 0},
	{"ToDecimal(valueToConvert nts?) dec", toDecimal, ruleNotSet},
	{"ToDecimal(valueToReturn dec?) dec", itself, 0},
	{"ToDuration(valueToConvert str?) dur", toDuration, 0},
	{"ToDuration(valueToConvert int?) dur", toDuration, 0},
	{"ToDuration(valueToConvert nts?) dur", toDuration, ruleNotSet},
	{"ToDuration(valueToReturn dur?) dur", itself, 0},
	{"ToInt(valueToConvert bln?) int", toInt, 0},
	{"ToInt(valueToConvert dec?) int", toInt, 0},
	{"ToInt(valueToConvert str?) int", toInt, 0},
	{"ToInt(valueToConvert nts?) int", toInt, ruleNotSet},
	{"ToInt(valueToReturn int?) int", itself, 0},
	{"ToInt(valueToConvert dur?) int", toInt, 0},
	{"ToPhoneNumber(valueToConvert str) phn", toPhone, 0},
	{"ToPhoneNumber(valueToConvert nts?) phn", toPhone, ruleNotSet},
	{"ToPhoneNumber(valueToReturn phn?) phn", itself, 0},
	{"ToString(nullValue nts?) str", toString, ruleNotSet},
	{"ToString(decimalValueToConvert dec?, decimalPlaces int 1..28) str", toString, 0},
	{"ToString(currencyValueToConvert cur?, decimalPlaces int 1..28) str", toString, 0},
	{"ToString(valueToConvert dec[], decimalPlaces int 1..28) str", joinItems, 0},
	{"ToString(currencyCollectionToConvert cur[]?, decimalPlaces int 1..28) str", joinItems, 0},
	{"ToString(valueToConvert dec[], delimiter str?, decimalPlaces int 1..28) str", joinItems, 0},
	{"ToString(currencyCollectionToConvert cur[]?, delimiter str?, decimalPlaces int 1..28) str", joinItems, 0},
	{"ToString(valueToConvert any?) str", toString, 0},
	{"ToString(valueToConvert any[]) str", joinItems, 0},
	{"ToString(valueToConvert any[], delimiter str?) str", joinItems, 0},
}

func itself(_ *machine, a []Value) (Value, *EvalError) { return a[0], nil }

// toBool gives NOT_SET for a text that is none of true, t, 1, false, f, 0.
func toBool(m *machine, a []Value) (Value, *EvalError) {
	v := a[0]
	if !v.IsSet() {
		return NotSet(Boolean), nil
	}
	if v.Type() != String {
		return OfBool(!v.dec().isZero()), nil
	}
	switch strings.ToLower(v.s) {
	case "true", "t", "1":
		return OfBool(true), nil
	case "false", "f", "0":
		return OfBool(false), nil
	}
	return NotSet(Boolean), nil
}

// toInt: a blank text is NOT_SET, any other that is no integer a failure; a decimal loses
// the digits after its point; a duration is counted in milliseconds.
func toInt(_ *machine, a []Value) (Value, *EvalError) {
	v := a[0]
	if !v.IsSet() {
		return NotSet(Integer), nil
	}
	switch v.Type() {
	case String:
		return parseInteger(v.s)
	case Boolean, Duration:
		return integer(v.n)
	}
	n, ok := v.dec().int64()
	if !ok {
		return Value{}, outOfRange(Integer)
	}
	return OfInt(n), nil
}

func parseInteger(text string) (Value, *EvalError) {
	s := strings.Trim(text, blanks)
	if s == "" {
		return NotSet(Integer), nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return Value{}, failf("%s is not an integer", quote(short(text)))
	}
	return integer(n)
}

func toDecimal(_ *machine, a []Value) (Value, *EvalError) {
	v := a[0]
	if !v.IsSet() || v.h&flagNoAmount != 0 {
		return NotSet(Decimal), nil
	}
	if v.Type() == String {
		return parseDecimal(v.s)
	}
	return v.dec().value(Decimal), nil
}

func parseDecimal(text string) (Value, *EvalError) {
	s := strings.Trim(text, blanks)
	if s == "" {
		return NotSet(Decimal), nil
	}
	d, ok := parseDec(s)
	if !ok {
		return Value{}, failf("%s is not a decimal", quote(short(text)))
	}
	return ofDec(d), nil
}

// short keeps a caller's text from making a message long.
func short(s string) string {
	if i := offset(s, 40); i < len(s) {
		return s[:i] + "…"
	}
	return s
}

// toDateTime reads YYYY-MM-DDThh:mm:ss and Z or ±hh:mm, or seconds since 1970. Whether the
// zone may be left out, fractions of a second and blank texts are undocumented: failures
// here, so that only flows that are right in every reading pass.
func toDateTime(_ *machine, a []Value) (Value, *EvalError) {
	v := a[0]
	if !v.IsSet() {
		return NotSet(DateTime), nil
	}
	if v.Type() == Integer {
		ms, ok := mul64(v.n, 1000)
		if !ok {
			return Value{}, outOfRange(DateTime)
		}
		return dateTime(ms)
	}
	const layout = "2006-01-02T15:04:05Z07:00"
	t, err := time.Parse(layout, v.s)
	if err != nil || strings.ContainsAny(v.s, ".,") || len(v.s) != len("2006-01-02T15:04:05Z") && len(v.s) != len(layout) {
		return Value{}, failf("%s is not a date and time such as 2009-01-10T06:30:00Z", quote(short(v.s)))
	}
	return dateTime(t.UnixMilli())
}

func toDuration(_ *machine, a []Value) (Value, *EvalError) {
	v := a[0]
	if !v.IsSet() {
		return NotSet(Duration), nil
	}
	if v.Type() == Integer {
		return duration(v.n)
	}
	ms, ok := parseDuration(v.s)
	if !ok {
		return Value{}, failf("%s is not a duration such as P1DT2H30M", quote(short(v.s)))
	}
	return duration(ms)
}

// parseDuration reads (-)PnDTnHnMnS; what is smaller than a millisecond is cut off.
func parseDuration(s string) (int64, bool) {
	s, negative := strings.CutPrefix(s, "-")
	s, ok := strings.CutPrefix(s, "P")
	if !ok {
		return 0, false
	}
	units := map[byte]int64{'D': 86_400_000}
	total, order, parts, clock := int64(0), "D", 0, false
	for s != "" {
		if s[0] == 'T' {
			if clock {
				return 0, false
			}
			clock, order, s = true, "HMS", s[1:]
			units = map[byte]int64{'H': 3_600_000, 'M': 60_000, 'S': 1000}
			if s == "" {
				return 0, false
			}
			continue
		}
		i := strings.IndexFunc(s, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
		if i <= 0 || i > maxIntChars+6 {
			return 0, false
		}
		at := strings.IndexByte(order, s[i])
		if at < 0 || s[i] != 'S' && strings.Contains(s[:i], ".") {
			return 0, false
		}
		d, ok := parseDec(s[:i])
		if !ok {
			return 0, false
		}
		d, ok = d.mul(intDec(units[s[i]]))
		n, ok2 := d.int64()
		if !ok || !ok2 {
			return 0, false
		}
		total, order, s, parts = total+n, order[at+1:], s[i+1:], parts+1
	}
	if negative {
		total = -total
	}
	return total, parts > 0 && abs64(total) <= maxInt
}

// toPhone never fails: a text that is no number is neither tel nor sip.
func toPhone(_ *machine, a []Value) (Value, *EvalError) {
	if !a[0].IsSet() {
		return NotSet(PhoneNumber), nil
	}
	return OfPhone(a[0].s), nil
}

// places is the argument that says how many digits follow the point; -1 when there is none.
func places(a []Value) int {
	for _, v := range a[1:] {
		if v.Type() == Integer {
			return int(v.n)
		}
	}
	return -1
}

// display is what ToString makes of a value that is set.
func display(v Value, digits int) (string, *EvalError) {
	if digits >= 0 {
		d, ok := v.dec().round(int32(digits))
		if !ok {
			return "", outOfRange(v.Type())
		}
		if v.Type() == Currency {
			if v.h&flagNoAmount != 0 {
				return "|" + v.s, nil
			}
			return d.text(digits) + "|" + v.s, nil
		}
		return d.text(digits), nil
	}
	if v.Type() == JSON && v.p.json.kind == 's' {
		return v.p.json.text, nil
	}
	s, ok := v.text()
	if !ok {
		return "", failf("a value of type %s has no text", v.Type())
	}
	return s, nil
}

func toString(m *machine, a []Value) (Value, *EvalError) {
	if !a[0].IsSet() || a[0].Type() == JSON && a[0].p.json.kind == 'n' {
		return NotSet(String), nil
	}
	if a[0].Type() == String {
		return a[0], nil
	}
	s, err := display(a[0], places(a))
	if err != nil {
		return Value{}, err
	}
	return OfString(s), m.spend(len(s))
}

// joinItems puts a newline between items unless a delimiter is given; NOT_SET is "".
func joinItems(m *machine, a []Value) (Value, *EvalError) {
	if !a[0].IsSet() {
		return NotSet(String), nil
	}
	by, digits := "\n", places(a)
	if len(a) > 1 && a[1].Type() == String && a[1].IsSet() {
		by = a[1].s
	}
	var b strings.Builder
	for i, v := range a[0].items() {
		if i > 0 {
			b.WriteString(by)
		}
		s := ""
		if v.IsSet() {
			var err *EvalError
			if s, err = display(v, digits); err != nil {
				return Value{}, err
			}
		}
		if err := m.spend(len(s) + len(by)); err != nil {
			return Value{}, err
		}
		b.WriteString(s)
	}
	return OfString(b.String()), nil
}
