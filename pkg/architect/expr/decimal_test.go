package expr

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// TestDecimalAgainstFractions compares both forms of a dec with exact fractions.
func TestDecimalAgainstFractions(t *testing.T) {
	text := rapid.StringMatching(`-?[0-9]{1,24}(\.[0-9]{1,12})?`)
	rapid.Check(t, func(t *rapid.T) {
		s, u := text.Draw(t, "a"), text.Draw(t, "b")
		a, ok1 := parseDec(s)
		b, ok2 := parseDec(u)
		x, _ := new(big.Rat).SetString(s)
		y, _ := new(big.Rat).SetString(u)
		if !ok1 || !ok2 {
			t.Fatalf("%s or %s is not read", s, u)
		}
		same := func(what string, d dec, ok bool, want *big.Rat) {
			if !ok {
				if limit := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(39), nil)); new(big.Rat).Abs(want).Cmp(limit) < 0 {
					t.Fatalf("%s %s %s: out of range", s, what, u)
				}
				return
			}
			got, good := new(big.Rat).SetString(d.text(0))
			if !good {
				t.Fatalf("%s %s %s prints %s", s, what, u, d.text(0))
			}
			// 40 digits are kept; more are rounded away.
			off := new(big.Rat).Sub(got, want)
			bound := new(big.Rat).Mul(new(big.Rat).Abs(want), new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(10), big.NewInt(39), nil)))
			if off.Abs(off).Cmp(bound) > 0 {
				t.Fatalf("%s %s %s = %s", s, what, u, d.text(0))
			}
			if again, ok := parseDec(d.text(0)); !ok || again.cmp(d) != 0 {
				t.Fatalf("%s does not read back", d.text(0))
			}
		}
		sum, ok := a.add(b)
		same("+", sum, ok, new(big.Rat).Add(x, y))
		diff, ok := a.sub(b)
		same("-", diff, ok, new(big.Rat).Sub(x, y))
		product, ok := a.mul(b)
		same("*", product, ok, new(big.Rat).Mul(x, y))
		if a.cmp(b) != x.Cmp(y) {
			t.Fatalf("%s and %s compare as %d", s, u, a.cmp(b))
		}
		if y.Sign() != 0 {
			q, ok := a.div(b)
			same("/", q, ok, new(big.Rat).Quo(x, y))
			r, ok := a.mod(b)
			whole := new(big.Rat).Quo(x, y)
			n := new(big.Int).Quo(whole.Num(), whole.Denom())
			same("%", r, ok, new(big.Rat).Sub(x, new(big.Rat).Mul(y, new(big.Rat).SetInt(n))))
		}
		for _, f := range []struct {
			what string
			do   func(dec) (dec, bool)
			away int
		}{{"floor", dec.floor, -1}, {"ceiling", dec.ceiling, 1}, {"truncate", dec.truncate, 0}} {
			n, m := new(big.Int).QuoRem(x.Num(), x.Denom(), new(big.Int))
			if m.Sign() == f.away && f.away != 0 {
				n.Add(n, big.NewInt(int64(f.away)))
			}
			d, ok := f.do(a)
			same(f.what, d, ok, new(big.Rat).SetInt(n))
		}
	})
}
