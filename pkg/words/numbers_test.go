package words_test

import (
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/words"
)

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{words.Count(0, "call", "calls"), "0 calls"},
		{words.Count(1, "call", "calls"), "1 call"},
		{words.Count(int64(1234), "call", "calls"), "1,234 calls"},
		{words.None(0, "call", "calls"), "no calls"},
		{words.None(1, "call", "calls"), "1 call"},
		{words.Noun(2, "is", "are"), "are"},
		{words.Times(1), "once"},
		{words.Times(1000), "1,000 times"},
		{words.Thousands(-1234567), "-1,234,567"},
		{words.Thousands(-123), "-123"},
		{words.Thousands(999), "999"},
		{words.Grouped("123456789012345678901234567890.125"), "123,456,789,012,345,678,901,234,567,890.125"},
		{words.Grouped("•••"), "•••"},
		{words.Grouped(""), ""},
		{words.Money("1234.5"), "1,234.50"},
		{words.Money("-1234"), "-1,234.00"},
		{words.Money("0.999"), "0.99"},
		{words.Money("5 digits"), "5 digits"},
		{words.Number(12.345), "12.3"},
		{words.Number(99.96), "100"},
		{words.Number(1234.5), "1,235"},
		{words.Number(-1234.4), "-1,234"},
		{words.Percent(0), "0 %"},
		{words.Percent(1.0 / 3), "33.3 %"},
		{words.Percent(1), "100 %"},
		{words.Percent(0.0005), "0.050 %"},
		{words.About(1.0 / 3), "33 %"},
		{words.About(0.042), "4.2 %"},
		{words.About(0.0035), "0.35 %"},
		{words.PerMinute(1), "1 call a minute"},
		{words.PerMinute(12.5), "12.5 calls a minute"},
		{words.Ms(3102), "3,102 ms"},
		{words.Wait(3102 * time.Millisecond), "3,102 ms"},
		{words.Wait(65 * time.Second), "65 s"},
		{words.Wait(12 * time.Minute), "12 min"},
		{words.Span(90 * time.Minute), "1h30m"},
		{words.Span(2 * time.Hour), "2h"},
		{words.Span(1500 * time.Millisecond), "1.5s"},
		{words.KB(1025), "2 kB"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
