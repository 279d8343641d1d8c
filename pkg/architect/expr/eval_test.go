package expr_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/expr"
)

// world gives variables of many types their values for the tests of this file.
func world(t testing.TB) (*expr.Table, *expr.Static) {
	t.Helper()
	scope := expr.NewTable(expr.CallVariables()...)
	json, err := expr.OfJSON([]byte(`{"a":{"b":[1,{"c":"x"}]},"A":7,"odd name":true,"none":null,"n":12.50,"s":"text"}`))
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]expr.Value{
		"Flow.Tries": expr.OfInt(3), "Flow.Name": expr.OfString("Ada"), "Flow.Open": expr.OfBool(true), "Flow.Json": json,
		"Flow.Queue": expr.OfObject(expr.Queue, "q-1", "Sales"), "Flow.Names": expr.OfList(expr.String, expr.OfString("a"), expr.OfString("b")),
		"Flow.Nothing": expr.NotSet(expr.String), "Flow.NoInt": expr.NotSet(expr.Integer), "Flow.NoQueue": expr.NotSet(expr.Queue),
		"Flow.NoBool": expr.NotSet(expr.Boolean),
	}
	slots := map[int]expr.Value{}
	for name, v := range values {
		slots[scope.Declare(name, v.Type())] = v
	}
	env := &expr.Static{
		Values: scope.Blank(), At: time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC), Lang: "en-us",
		Objects: func(kind expr.Type, name string) (expr.Value, bool) {
			if strings.EqualFold(name, "Sales") {
				return expr.OfObject(kind, "q-1", "Sales"), true
			}
			return expr.Value{}, false
		},
	}
	for slot, v := range slots {
		env.Values[slot] = v
	}
	return scope, env
}

func eval(t testing.TB, text string, o ...expr.Options) (expr.Value, error) {
	t.Helper()
	scope, env := world(t)
	p, err := expr.Compile(text, scope, nil, o...)
	if err != nil {
		return expr.Value{}, err
	}
	return p.Eval(env)
}

func TestEval(t *testing.T) {
	for text, want := range map[string]string{
		`42 / 8`: "5.25", `2 ^ -1`: "0.5", `-2 & 5`: "4", `~5`: "-6", `37 % 12.8`: "11.4", `-2^2`: "4.0", `2^3^2`: "512.0",
		`5 == 5.0`: "true", `ToInt(NOT_SET) == ToDecimal(NOT_SET)`: "true", `MakeList(5,3) == MakeList(3,5)`: "false",
		`Substring("Hello",3,3)`: `"lo"`, `Substring("Hello",10,5)`: `""`, `FindString("Hello Hello","l",3)`: "8", `FindString("Hello","he",true)`: "0",
		`Split("Hello World","l")`: `["He", "", "o Wor", "d"]`, `Replace("Hello World","hello","")`: `"Hello World"`,
		`Append(ToString(NOT_SET), NOT_SET)`: `""`, `AreEqual(true,"Hello","hel"+"lo","hello")`: "true", `Sum(NOT_SET,5)`: "5", `Average(8,NOT_SET)`: "8.0",
		`ToInt("  ")`: "NOT_SET", `ToInt(-5.7)`: "-5", `ToInt(MakeDuration(0,-1,5,0,500))`: "-3299500",
		`ToDateTime("2009-01-10T06:30:00-07:00")`: "2009-01-10T13:30:00Z", `ToDateTime(3600)`: "1970-01-01T01:00:00Z",
		`ToString(MakeDuration(-10,5,30,0,456))`: `"-P9DT18H29M59.544S"`, `ToString(MakeList("Hello",NOT_SET),"|")`: `"Hello|"`,
		`MakeDateTime(2003,6,3,0,0,0) - MakeDuration(0,1,1,1)`: "2003-06-02T22:58:59Z",
		`DayOfWeek(MakeDateTime(2009,4,5,3,0,0))`:              "1", `WeekNum(MakeDateTime(2009,12,10,3,0,0))`: "50", `WeekNum(MakeDateTime(2009,12,31))`: "53", `WeekNum(MakeDateTime(2009,1,1))`: "1",
		`ToPhoneNumber("tel:+13178723000") == ToPhoneNumber("+13178723000")`: "true", `If(true, 7.0, 1 / ToInt("0"))`: "7.0",
		`ToPhoneNumber("13178723000").isTel`: "true", `ToPhoneNumber("13178723000").e164`: "NOT_SET", `ToPhoneNumber("anonymous").isTel`: "false", `ToPhoneNumber("anonymous").raw`: `"anonymous"`,
		`ToString(ToPhoneNumber("+13178723000"))`: `"tel:+13178723000"`, `ToPhoneNumber("+4366412345").dialingCode`: `"43"`, `ToPhoneNumber("sip:ada@example.com").isSip`: "true",
		`AddMonths(MakeDateTime(2023,1,31), 1)`: "2023-02-28T00:00:00Z", `AddYears(MakeDateTime(2024,2,29), 1)`: "2025-02-28T00:00:00Z", `AddMonths(MakeDateTime(2024,3,31,5,6,7), -1)`: "2024-02-29T05:06:07Z",
		`GetDayOfWeekOccurrence(2, 1, 2026, 11)`: "2026-11-02T00:00:00Z", `GetDayOfWeekOccurrence(5, -1, 2026, 11)`: "2026-11-26T00:00:00Z", `GetDayOfWeekOccurrence(1, 5, 2026, 12)`: "NOT_SET",
		`GetDayOfWeekOccurrence(1, -53, 2026)`: "NOT_SET", `GetDayOfWeekOccurrence(5, 53, 2026)`: "2026-12-31T00:00:00Z", `GetDayOfWeekOccurrence(2, 1, 2026, 11, 9, 30, 0)`: "2026-11-02T09:30:00Z",
		`RoundUp(MakeDuration(0,0,0,20))`: "PT30S", `RoundUp(MakeDuration(0,0,3,0))`: "PT5M", `RoundUp(MakeDuration(0,0,11,0))`: "PT15M", `RoundUp(MakeDuration(0,0,11,0), MakeDuration(0,0,2,0))`: "PT12M",
		`RoundUp(MakeDuration(0,0,1,0), MakeDuration(0,0,2,0), MakeList(MakeDuration(0,0,9,0), MakeDuration(0,0,3,0)))`: "PT3M", `Range(MakeDuration(0,0,7,0), MakeDuration(0,0,5,0))`: "[PT5M, PT10M]",
		`ToDuration("-P1DT2H3M4.5678S")`: "-P1DT2H3M4.567S", `ToDuration("PT0S")`: "PT0S", `System.MaxInt`: "999999999999999", `System.DateTime.dayOfWeek.monday`: "2", `System.Currencies.EUR.code`: `"EUR"`,
		`System.Languages.enUS.tag`: `"en-us"`, `System.Regions.AT.dialingCode`: `"43"`, `Format.Date.longYear`: "longYear",
		`Flow.Queue.name`: `"Sales"`, `FLOW.QUEUE["ID"]`: `"q-1"`, `ToQueue("sales") == Flow.Queue`: "true", `FindQueue("nope")`: "NOT_SET", `IsSet(FindQueue("nope"))`: "false", `ToString(Flow.Queue)`: `"Sales"`,
		`Flow.Json.A`: "7", `Flow.Json.a.b[1].c`: `"x"`, `Flow.Json.nope`: "NOT_SET", `Flow.Json["odd name"]`: "true", `Flow.Json."odd name"`: "true", `IsSet(Flow.Json.none)`: "false",
		`ToString(Flow.Json.s) + "!"`: `"text!"`, `ToInt(Flow.Json.n)`: "12", `ToDecimal(Flow.Json.n) + 1`: "13.5", `ToBool(Flow.Json["odd name"])`: "true", `Count(Flow.Json.a.b)`: "2",
		`SetJsonObjectProperty(JsonParse("{}"), "k", MakeList(1,2))`: `{"k":[1,2]}`, `ToString(ToJsonCollection(JsonParse("[1,\"b\"]")), ", ")`: `"1, b"`,
		`ReplaceJsonArrayItem(JsonParse("[1,2,3]"), 2, "two")`: `[1,"two",3]`, `GetJsonObjectPropertyNames(JsonParse("{\"x\":1,\"y\":2}"))`: `["x", "y"]`, `IsJsonObject(JsonParse("[]"))`: "false",
		`ToJson(MakeList("a", NOT_SET))`: `["a",null]`, `GetJsonObjectProperty(Flow.Json, "n")`: "12.50",
		`ToInt(JsonParse("[1.5e3]")[0])`: "1500", `ToDecimal(JsonParse("[1e-3]")[0])`: "0.001", `ToDateTime(ToString(GetCurrentDateTimeUtc())) == GetCurrentDateTimeUtc()`: "true",
		`MakeCommunication("Id: ", ToCommunication(5, Format.String.playChars))`: `Communication("Id: ", "5")`, `ToString(MakeCommunication("a", NOT_SET, "b"))`: `"ab"`,
		`AddItem(Flow.Names, "c")`: `["a", "b", "c"]`, `RemoveItem(Flow.Names, "a")`: `["b"]`, `RemoveItemAt(Flow.Names, 1)`: `["a"]`,
		`AddItemAt(Flow.Names, 0, "c")`: `["c", "a", "b"]`, `AddItemAt(Flow.Names, 2, "c")`: `["a", "b", "c"]`, `AddItemAt(MakeList(3, 4), 1, 7)`: "[3, 7, 4]",
		`ReplaceItem(MakeList(1, 2, 1), 1, 9)`: "[9, 2, 9]", `ReplaceItemFirst(MakeList(1, 2, 1), 1, 9)`: "[9, 2, 1]", `ReplaceItemAt(MakeList(1, 2, 1), 2, 9)`: "[1, 2, 9]", `ReplaceItem(MakeList(1, 2), 5, 9)`: "[1, 2]", `RemoveDups(MakeList(1, 2, 1))`: "[1, 2]",
		`Find(MakeList("a", "b", "a"), "a")`: "[0, 2]", `Flow.Names[1]`: `"b"`, `RandomInt(5, 5)`: "5", `Random() < 1`: "true",
		`GetCurrentDateTimeUtc()`: "2026-11-23T09:30:00Z", `If(Flow.NoBool, 1, 2)`: "2", `Flow.Nothing == NOT_SET`: "true", `Flow.Nothing == ""`: "false", `IsNotSetOrEmpty(Flow.Nothing)`: "true", `IsNotSetOrEmpty("  ")`: "false",
		`If(Flow.Open, NOT_SET, 5)`: "NOT_SET", `ToCurrency("5.25|usd")`: "5.25|USD", `MakeCurrency(1, "USD") + MakeCurrency(2.5, "USD")`: "3.50|USD", `MakeCurrency(1, "USD") == MakeCurrency(1.00, "EUR")`: "false",
		`ConvertCurrency(MakeCurrency(5, "USD"), "EUR")`: "5.00|EUR", `GetCurrencySymbol("gbp")`: `"£"`, `Sum(MakeCurrency(1, "USD"), NOT_SET)`: "1.00|USD",
		`ToAudioTTS("hello") + ToAudioBlank(500)`: `Audio("hello", "(silence 500 ms)")`, `Append(ToAudioNumber(5), NOT_SET)`: `Audio("5")`, `EmailAddressLocalPart("nobody")`: "NOT_SET",
		`9999999999999999999999999999999999999999.0 + 0.0`: "9999999999999999999999999999999999999999.0", `0.1 + 0.2`: "0.3", `1 / 3`: "0." + strings.Repeat("3", 40),
		`Compare("2", "10")`: "1", `Compare("a", "B")`: "-1", `"a" < "b"`: "true", `Reverse("añb")`: `"bña"`, `Right("añb", 2)`: `"ñb"`, `Length("añb")`: "3",
	} {
		got, err := eval(t, text)
		if err != nil {
			t.Errorf("%s: %v, want %s", text, err, want)
		} else if got.String() != want {
			t.Errorf("%s = %s, want %s", text, got, want)
		}
	}
}

// TestErrorHandling has the expressions that compile and that Architect answers with the
// flow's error handling.
func TestErrorHandling(t *testing.T) {
	for text, want := range map[string]string{
		`Flow.Nothing + "a"`: "NOT_SET is given for augend", `Left(Flow.Nothing, 1)`: "forbids", `!Flow.NoBool`: "forbids", `Flow.NoBool and true`: "forbids", `false and Flow.NoBool`: "forbids",
		`Flow.NoInt > 3`: "forbids", `IsSet(Flow.NoInt) and Flow.NoInt > 3`: "forbids", `Flow.NoQueue.id`: "of NOT_SET", `Flow.Json.a.x.y`: "of NOT_SET",
		`1 / ToInt("0")`: "zero", `5 % (Flow.Tries - 3)`: "zero", `ToInt("abc")`: "not an integer", `ToDecimal("1e5")`: "not a decimal", `ToDateTime("2009-01-10")`: "not a date and time", `ToDateTime("2009-01-10T06:30:00.5Z")`: "not a date and time",
		`ToDuration("P1Y")`: "not a duration", `ToQueue("nope")`: `there is no queue "nope"`, `Flow.Names[2]`: "no item 2", `Flow.Names[-1]`: "no item -1", `Left("a", Flow.Tries - 5)`: "less than the minimum",
		`System.MaxInt + 1`: "out of the range", `System.MaxInt * 2`: "out of the range", `2 ^ 999999`: "out of the range", `(-8) ^ 0.5`: "out of the range", `MakeDateTime(2023, 2, 30)`: "no day 30", `AddYears(MakeDateTime(2200,1,1), 1)`: "out of the range",
		`AddDays(GetCurrentDateTimeUtc(), System.MaxInt)`: "out of the range", `System.MaxDuration + MakeDuration(0,0,0,1)`: "out of the range", `JsonParse("{")`: "not a JSON text", `Count(Flow.Json)`: "not an array",
		`MakeCurrency(1, "USD") + MakeCurrency(1, "EUR")`: "different codes", `MakeCurrency(1, Flow.Name)`: "not a currency code", `-MakeCurrency(NOT_SET, "USD")`: "NOT_SET",
	} {
		v, err := eval(t, text)
		var broke *expr.EvalError
		if !errors.As(err, &broke) {
			t.Errorf("%s = %s, %v; want a failure with %q", text, v, err, want)
		} else if !strings.Contains(broke.Message, want) {
			t.Errorf("%s: %q, want %q", text, broke.Message, want)
		}
	}
}

func TestShortCircuit(t *testing.T) {
	o := expr.Options{ShortCircuit: true}
	for text, want := range map[string]string{`IsSet(Flow.NoInt) and Flow.NoInt > 3`: "false", `true or Flow.NoBool`: "true", `true and Flow.Open`: "true"} {
		if v, err := eval(t, text, o); err != nil || v.String() != want {
			t.Errorf("%s = %s, %v; want %s", text, v, err, want)
		}
	}
	if _, err := eval(t, `Flow.NoBool and true`, o); err == nil {
		t.Error("NOT_SET on the left must fail in both readings")
	}
}

// TestRefused has texts that are no expression, with what the message must say.
func TestRefused(t *testing.T) {
	for text, want := range map[string]string{
		`1 = 1`: "comparison is ==", `'a'`: "double quotes", `Flow.Nmae`: `did you mean "Flow.Name"`, `Lenght("a")`: `did you mean "Length"`, `Flow.Queue.nmae`: `did you mean "name"`,
		`"a" + 5`: "ToString", `GetCurrentDateTimeUtc() - GetCurrentDateTimeUtc()`: "DateTimeDiff", `not true`: "negation is !", `TRUE`: "written true", `"open`: "closing quote", `(1`: "missing )", ``: "no expression",
		`1000000000000000`: "out of range", `NOT_SET`: "has no type", `1 / 0`: "zero", `Left("a", -1)`: "less than the minimum 0", `MakeCurrency(1, "XXY")`: "ISO 4217", `Flow.Names ? 1 : 2`: "no implementation",
		strings.Repeat("Trim(", 62) + `"a"` + strings.Repeat(")", 62): "deep", strings.Repeat("(", 5000) + "1": "too deeply", strings.Repeat("!", 5000) + "true": "deep",
		`"` + strings.Repeat("x", 32000) + `"`: "characters", `Length`: "parentheses",
	} {
		_, err := eval(t, text)
		var bad *expr.Error
		if !errors.As(err, &bad) {
			t.Errorf("%.60s: %v; want a refusal with %q", text, err, want)
		} else if !strings.Contains(bad.Error(), want) {
			t.Errorf("%.60s: %q, want %q", text, bad.Error(), want)
		}
	}
}

// TestBudget has expressions that want to grow without bound.
func TestBudget(t *testing.T) {
	grow := `"0123456789abcdef"`
	for range 50 {
		grow = `Replace(` + grow + `, "0", "00000000000000000000000000000000000000000000")`
	}
	double := `MakeList("a", "b")`
	for range 10 {
		double = `Split(ToString(` + double + `, "` + strings.Repeat("x", 1000) + `"), "x")`
	}
	for _, text := range []string{grow, double, `Length(` + grow + `)`} {
		start := time.Now()
		_, err := eval(t, text)
		var broke *expr.EvalError
		if !errors.As(err, &broke) || !broke.Budget {
			t.Errorf("%.40s…: %v", text, err)
		}
		if d := time.Since(start); d > time.Second {
			t.Errorf("%.40s…: took %v", text, d)
		}
	}
}

// TestDoubling grows a value through a variable, as a loop of a flow can.
func TestDoubling(t *testing.T) {
	for text, first := range map[string]expr.Value{
		`SetJsonObjectProperty(SetJsonObjectProperty(JsonParse("{}"), "a", Flow.X), "b", Flow.X)`: must(expr.OfJSON([]byte(`{"k":"v"}`))),
		`Flow.X + Flow.X`: expr.OfString("ab"), `Append(Flow.X, Flow.X, Flow.X)`: expr.OfAudio("a"),
		`AddItem(AddItem(Flow.X, ToString(Flow.X, "")), ToString(Flow.X, ""))`: expr.OfList(expr.String, expr.OfString("ab")),
	} {
		scope := expr.NewTable()
		slot := scope.Declare("Flow.X", first.Type())
		p, err := expr.Compile(text, scope, nil)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		env := &expr.Static{Values: scope.Blank()}
		env.Values[slot] = first
		for i := 0; ; i++ {
			v, err := p.Eval(env)
			var broke *expr.EvalError
			if errors.As(err, &broke) && broke.Budget {
				break
			}
			if err != nil || i > 60 {
				t.Errorf("%s: round %d: %v", text, i, err)
				break
			}
			env.Values[slot] = v
		}
		start := time.Now()
		env.Values[slot].AppendKey(nil)
		if d := time.Since(start); d > time.Second {
			t.Errorf("%s: the key of the last value took %v", text, d)
		}
	}
}

func must(v expr.Value, err error) expr.Value {
	if err != nil {
		panic(err)
	}
	return v
}

func TestTarget(t *testing.T) {
	scope, env := world(t)
	for _, c := range []struct {
		text   string
		target expr.Type
		want   string
	}{
		{`Flow.Tries`, expr.String, `"3"`}, {`5`, expr.Decimal, "5.0"}, {`NOT_SET`, expr.Integer, "NOT_SET"}, {`Flow.Json.s`, expr.String, `"text"`}, {`"PT1M"`, expr.Duration, "PT1M"},
		{`Flow.Name`, expr.Audio, `Audio("Ada")`}, {`Flow.Names`, expr.String, `"a\nb"`}, {`Flow.Tries`, expr.JSON, "3"},
	} {
		p, err := expr.Compile(c.text, scope, &c.target)
		if err != nil {
			t.Errorf("%s as %s: %v", c.text, c.target, err)
			continue
		}
		v, err := p.Eval(env)
		if err != nil || v.String() != c.want || v.Type() != c.target {
			t.Errorf("%s as %s = %s of %s, %v; want %s", c.text, c.target, v, v.Type(), err, c.want)
		}
	}
	queue := expr.Queue
	if _, err := expr.Compile(`"Sales"`, scope, &queue); err == nil {
		t.Error("a string is no queue")
	}
}

// TestDetectLanguageIsRefusedByName checks an expression that calls it, and never computes one.
func TestDetectLanguageIsRefusedByName(t *testing.T) {
	text := `If(true, "en", Upper(DetectLanguage("Guten Tag", "en")))`
	n, err := expr.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if typed, err := expr.Check(n, nil, nil); err != nil || typed.Type != expr.String {
		t.Errorf("%v, %v", typed, err)
	}
	_, err = expr.Compile(text, nil, nil)
	var e *expr.Error
	if !errors.As(err, &e) || e.Offset != strings.Index(text, "Detect") || !strings.HasPrefix(e.Message, "DetectLanguage cannot be computed here") || e.Hint == "" {
		t.Errorf("%#v", err)
	}
}
