package expr

import (
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"strings"

	"github.com/cockroachdb/apd/v3"
)

// A dec is a Decimal: n × 10^-e while that fits, and b otherwise. Genesys' Decimal has 40
// digits and reaches ±10^40. Nearly every number of a flow fits the first form, for which
// arithmetic allocates nothing; both forms of one number are equal.
type dec struct {
	n int64
	e uint8
	b *apd.Decimal
}

// maxScale is the most digits after the point that the fast form holds.
const maxScale = 18

// leastExponent bounds the digits after the point of the wide form.
const leastExponent = 2 * decDigits

// decDigits is the precision of Genesys' Decimal.
const decDigits = 40

var pow10 = func() (p [maxScale + 1]int64) {
	p[0] = 1
	for i := 1; i <= maxScale; i++ {
		p[i] = p[i-1] * 10
	}
	return p
}()

var (
	decContext = func() *apd.Context {
		c := apd.BaseContext.WithPrecision(decDigits)
		c.Rounding = apd.RoundHalfUp
		c.MaxExponent, c.MinExponent = 400, -400
		return c
	}()
	decLimit = apd.New(1, 40)
)

func intDec(n int64) dec { return dec{n: n} }

// mul64 multiplies and reports whether the product fits.
func mul64(a, b int64) (int64, bool) {
	hi, lo := bits.Mul64(uint64(abs64(a)), uint64(abs64(b)))
	if hi != 0 || lo > math.MaxInt64 {
		return 0, false
	}
	if (a < 0) != (b < 0) {
		return -int64(lo), true
	}
	return int64(lo), true
}

func abs64(a int64) int64 {
	if a < 0 {
		return -a // MinInt64 never occurs: parse and arithmetic keep clear of it
	}
	return a
}

// apd gives the number in its wide form.
func (d dec) apd() *apd.Decimal {
	if d.b != nil {
		return d.b
	}
	return apd.New(d.n, -int32(d.e))
}

// wide takes a result of the wide form, narrows it when it fits and refuses one that is
// out of Genesys' range.
func wide(b *apd.Decimal) (dec, bool) {
	if b.Form != apd.Finite {
		return dec{}, false
	}
	var r apd.Decimal
	r.Reduce(b)
	if r.IsZero() {
		return dec{}, true
	}
	var m apd.Decimal
	if m.Abs(&r).Cmp(decLimit) > 0 {
		return dec{}, false
	}
	// What is next to nothing would have digits without end.
	if r.Exponent < -leastExponent {
		if r.NumDigits()+int64(r.Exponent) < -leastExponent/2 {
			return dec{}, true
		}
		if _, err := decContext.Quantize(&r, &r, -leastExponent); err != nil {
			return dec{}, false
		}
		r.Reduce(&r)
	}
	if r.Exponent <= maxScale && r.Exponent >= -maxScale && r.Coeff.IsInt64() {
		n, fits := r.Coeff.Int64(), true
		if n == math.MinInt64 {
			return dec{b: &r}, true
		}
		if r.Exponent > 0 {
			n, fits = mul64(n, pow10[r.Exponent])
		}
		if r.Negative {
			n = -n
		}
		if fits {
			return dec{n: n, e: uint8(max(-r.Exponent, 0))}, true
		}
	}
	return dec{b: &r}, true
}

// align brings two narrow numbers to one scale.
func align(a, b dec) (x, y int64, e uint8, ok bool) {
	if a.b != nil || b.b != nil {
		return 0, 0, 0, false
	}
	switch {
	case a.e == b.e:
		return a.n, b.n, a.e, true
	case a.e < b.e:
		x, ok = mul64(a.n, pow10[b.e-a.e])
		return x, b.n, b.e, ok
	default:
		y, ok = mul64(b.n, pow10[a.e-b.e])
		return a.n, y, a.e, ok
	}
}

func (d dec) add(o dec) (dec, bool) {
	if x, y, e, ok := align(d, o); ok {
		if s := x + y; (s > x) == (y > 0) && s != math.MinInt64 {
			return dec{n: s, e: e}, true
		}
	}
	var r apd.Decimal
	if _, err := decContext.Add(&r, d.apd(), o.apd()); err != nil {
		return dec{}, false
	}
	return wide(&r)
}

func (d dec) neg() dec {
	if d.b != nil {
		return dec{b: new(apd.Decimal).Neg(d.b)}
	}
	return dec{n: -d.n, e: d.e}
}

func (d dec) sub(o dec) (dec, bool) { return d.add(o.neg()) }

func (d dec) mul(o dec) (dec, bool) {
	if d.b == nil && o.b == nil && d.e+o.e <= maxScale {
		if p, ok := mul64(d.n, o.n); ok {
			return dec{n: p, e: d.e + o.e}, true
		}
	}
	var r apd.Decimal
	if _, err := decContext.Mul(&r, d.apd(), o.apd()); err != nil {
		return dec{}, false
	}
	return wide(&r)
}

// div divides; the divisor is not zero.
func (d dec) div(o dec) (dec, bool) {
	if x, y, _, ok := align(d, o); ok && y != 0 {
		q, r := x/y, x%y
		for e := uint8(0); e <= maxScale; e++ {
			if r == 0 {
				return dec{n: q, e: e}, true
			}
			r10, ok := mul64(r, 10)
			if !ok {
				break
			}
			q10, ok := mul64(q, 10)
			if !ok {
				break
			}
			if q10 += r10 / y; abs64(q10) > math.MaxInt64/16 {
				break
			}
			q, r = q10, r10%y
		}
	}
	var r apd.Decimal
	if _, err := decContext.Quo(&r, d.apd(), o.apd()); err != nil {
		return dec{}, false
	}
	return wide(&r)
}

// mod is the remainder with the sign of the dividend; the divisor is not zero.
func (d dec) mod(o dec) (dec, bool) {
	if x, y, e, ok := align(d, o); ok && y != 0 {
		return dec{n: x % y, e: e}, true
	}
	// The quotient may have more digits than the context; integers know no limit.
	x, y, e := bigAlign(d, o)
	if y.Sign() == 0 {
		return dec{}, false
	}
	var m big.Int
	m.Rem(x, y)
	var r apd.Decimal
	r.Coeff.SetMathBigInt(new(big.Int).Abs(&m))
	r.Negative, r.Exponent = m.Sign() < 0, e
	return wide(&r)
}

// bigAlign gives both numbers as integers of one exponent. Exponents are small: a Decimal
// has 40 digits and its exponent is bounded by the context.
func bigAlign(a, b dec) (x, y *big.Int, e int32) {
	p, q := a.apd(), b.apd()
	e = min(p.Exponent, q.Exponent)
	f := func(d *apd.Decimal) *big.Int {
		n := new(big.Int).Mul(d.Coeff.MathBigInt(), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(d.Exponent-e)), nil))
		if d.Negative {
			n.Neg(n)
		}
		return n
	}
	return f(p), f(q), e
}

// powLimit bounds the exponent of a power: beyond it every base but those next to one is
// out of range or zero, and computing it would only take time.
const powLimit = 100_000

func (d dec) pow(o dec) (dec, bool) {
	if o.isZero() {
		return intDec(1), true
	}
	if d.isZero() {
		return dec{}, o.sign() > 0
	}
	if o.b == nil && o.e == 0 && o.n > 0 && o.n <= 64 && d.b == nil {
		r, ok := intDec(1), true
		for i := int64(0); i < o.n && ok; i++ {
			r, ok = r.mul(d)
		}
		return r, ok
	}
	if o.cmp(intDec(powLimit)) > 0 || o.cmp(intDec(-powLimit)) < 0 {
		if one := intDec(1); d.cmp(one) == 0 {
			return one, true
		}
		return dec{}, false
	}
	c := *decContext
	c.Traps &^= apd.Underflow | apd.Subnormal
	c.MaxExponent, c.MinExponent = apd.MaxExponent, apd.MinExponent
	var r apd.Decimal
	// The library fails for some negative fractions; the reciprocal is as exact.
	if o.sign() < 0 {
		if _, err := c.Pow(&r, d.apd(), o.neg().apd()); err != nil || r.IsZero() {
			return dec{}, false
		}
		one := apd.New(1, 0)
		if _, err := c.Quo(&r, one, &r); err != nil {
			return dec{}, false
		}
		return wide(&r)
	}
	if _, err := c.Pow(&r, d.apd(), o.apd()); err != nil {
		return dec{}, false
	}
	return wide(&r)
}

func (d dec) isZero() bool {
	if d.b != nil {
		return d.b.IsZero()
	}
	return d.n == 0
}

func (d dec) sign() int {
	if d.b != nil {
		return d.b.Sign()
	}
	switch {
	case d.n < 0:
		return -1
	case d.n > 0:
		return 1
	}
	return 0
}

func (d dec) cmp(o dec) int {
	if x, y, _, ok := align(d, o); ok {
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	}
	return d.apd().Cmp(o.apd())
}

// round rounds half away from zero to the digits given.
func (d dec) round(digits int32) (dec, bool) {
	if d.b == nil {
		if int32(d.e) <= digits {
			return d, true
		}
		if f := pow10[int32(d.e)-digits]; digits >= 0 {
			q, r := d.n/f, d.n%f
			if 2*abs64(r) >= f {
				if d.n < 0 {
					q--
				} else {
					q++
				}
			}
			return dec{n: q, e: uint8(digits)}, true
		}
	}
	return d.quantize(digits, apd.RoundHalfUp)
}

func (d dec) quantize(digits int32, how apd.Rounder) (dec, bool) {
	c := *decContext
	c.Precision = 2 * decDigits // digits before and after the point
	c.Rounding = how
	var r apd.Decimal
	if _, err := c.Quantize(&r, d.apd(), -digits); err != nil {
		return dec{}, false
	}
	return wide(&r)
}

func (d dec) floor() (dec, bool)    { return d.whole(-1) }
func (d dec) ceiling() (dec, bool)  { return d.whole(1) }
func (d dec) truncate() (dec, bool) { return d.whole(0) }

// whole cuts the digits after the point; a number with any of them and the sign away moves
// by one in that direction.
func (d dec) whole(away int64) (dec, bool) {
	if d.b != nil {
		// apd's Quantize forgets the direction of a number all of whose digits it cuts
		q, ok := d.quantize(0, apd.RoundDown)
		if c := d.cmp(q); ok && (c > 0 && away > 0 || c < 0 && away < 0) {
			return q.add(dec{n: away})
		}
		return q, ok
	}
	f := pow10[d.e]
	q, r := d.n/f, d.n%f
	if r > 0 && away > 0 || r < 0 && away < 0 {
		q += away
	}
	return dec{n: q}, true
}

// int64 is the number without the digits after the point, when it is in Integer's range.
func (d dec) int64() (int64, bool) {
	t, ok := d.truncate()
	if !ok || t.b != nil {
		return 0, false
	}
	return t.n, abs64(t.n) <= maxInt
}

// normal strips zeros from the end of the narrow form.
func (d dec) normal() dec {
	for d.b == nil && d.e > 0 && d.n%10 == 0 {
		d.n, d.e = d.n/10, d.e-1
	}
	return d
}

// text writes the number with at least the digits given after the point.
func (d dec) text(least int) string {
	d = d.normal()
	var s string
	if d.b != nil {
		s = d.b.Text('f')
	} else {
		s = strconv.FormatInt(abs64(d.n), 10)
		if e := int(d.e); e > 0 {
			if len(s) <= e {
				s = strings.Repeat("0", e-len(s)+1) + s
			}
			s = s[:len(s)-e] + "." + s[len(s)-e:]
		}
		if d.n < 0 {
			s = "-" + s
		}
	}
	have := 0
	if i := strings.IndexByte(s, '.'); i >= 0 {
		have = len(s) - i - 1
	} else if least > 0 {
		s += "."
	}
	if least > have {
		s += strings.Repeat("0", least-have)
	}
	return s
}

// parseDec reads digits with an optional sign and point: no exponent, no other sign.
func parseDec(s string) (dec, bool) {
	t := strings.TrimLeft(s, "+-")
	if len(s)-len(t) > 1 || t == "" || t == "." {
		return dec{}, false
	}
	point := -1
	for i := 0; i < len(t); i++ {
		switch {
		case t[i] >= '0' && t[i] <= '9':
		case t[i] == '.' && point < 0:
			point = i
		default:
			return dec{}, false
		}
	}
	neg := s[0] == '-'
	digits, e := t, 0
	if point >= 0 {
		digits, e = t[:point]+t[point+1:], len(t)-point-1
	}
	if len(digits) <= maxScale {
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil {
			return dec{}, false
		}
		if neg {
			n = -n
		}
		return dec{n: n, e: uint8(e)}, true
	}
	if len(t) > 4*decDigits {
		// Zeros at either end make a long text that is still a number of 40 digits.
		if t = trimZeros(t, point >= 0); len(t) > 4*decDigits {
			return dec{}, false
		}
	}
	var b, r apd.Decimal
	if _, _, err := b.SetString(t); err != nil {
		return dec{}, false
	}
	b.Negative = neg && !b.IsZero()
	if _, err := decContext.Round(&r, &b); err != nil {
		return dec{}, false
	}
	return wide(&r)
}

func trimZeros(t string, point bool) string {
	t = strings.TrimLeft(t, "0")
	if point {
		t = strings.TrimRight(t, "0")
	}
	if t == "" || t == "." {
		return "0"
	}
	return t
}
