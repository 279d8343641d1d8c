package routing_test

import (
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/dealroute/dealroute/pkg/routing"
)

func TestParseDecimal(t *testing.T) {
	for in, want := range map[string]string{
		"0": "0", "-0": "0", "007": "7", "62000.00": "62000", "1.10": "1.1", "+5": "5", ".5": "0.5", "5.": "5",
		"1.2e6": "1200000", "1E-3": "0.001", "0.2000000000000000111022302462515": "0.2000000000000000111022302462515",
		"-12.50": "-12.5",
	} {
		d, err := routing.ParseDecimal(in)
		if err != nil || d.String() != want {
			t.Errorf("%q = %s, %v, want %s", in, d, err, want)
		}
	}
	for _, in := range []string{"", " ", "NaN", "Infinity", "1,000", "1 000", "12 USD", "0x10", "1e", "1e99999", "--1", strings.Repeat("9", 500)} {
		if d, err := routing.ParseDecimal(in); err == nil {
			t.Errorf("%q passed as %s", in, d)
		}
	}
}

// The law: sums, comparisons and steps are those of exact rational numbers.
func TestDecimalIsExact(t *testing.T) {
	number := rapid.StringMatching(`-?[0-9]{1,18}(\.[0-9]{1,20})?`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := number.Draw(t, "a"), number.Draw(t, "b")
		x, err := routing.ParseDecimal(a)
		if err != nil {
			t.Fatal(err)
		}
		y, err := routing.ParseDecimal(b)
		if err != nil {
			t.Fatal(err)
		}
		ra, _ := new(big.Rat).SetString(a)
		rb, _ := new(big.Rat).SetString(b)
		sum, _ := new(big.Rat).SetString(x.Add(y).String())
		if sum.Cmp(new(big.Rat).Add(ra, rb)) != 0 {
			t.Fatalf("%s + %s = %s", a, b, x.Add(y))
		}
		if x.Cmp(y) != ra.Cmp(rb) || (x == y) != (ra.Cmp(rb) == 0) {
			t.Fatalf("%s ? %s", a, b)
		}
		if rb.Sign() > 0 {
			q := new(big.Rat).Quo(ra, rb)
			floor := new(big.Int).Div(q.Num(), q.Denom()) // Euclidean, of a positive denominator: the floor
			const limit = 1 << 31
			want := max(min(floor.Int64(), limit), -limit)
			if !floor.IsInt64() {
				want = limit * int64(floor.Sign())
			}
			if got := x.FloorDiv(y, limit); got != want {
				t.Fatalf("⌊%s / %s⌋ = %d, want %d", a, b, got, want)
			}
		}
	})
}
