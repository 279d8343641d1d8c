package routing

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"github.com/dealroute/dealroute/pkg/internal/pattern"
)

// A Decimal is an exact decimal number. Equal numbers are ==: the text is canonical, without
// exponent, sign of zero, and zeros that mean nothing. The zero Decimal is 0.
type Decimal struct{ text string }

// decimalForm is what HubSpot's and people's numbers look like. HubSpot: every value is a
// text, and calculated ones can be ugly ("0.2000000000000000111022302462515").
var decimalForm = pattern.Of(`^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$`)

// exact computes without rounding: a result that does not fit is an error. A thousand digits
// hold any sum of two hundred amounts.
var exact = apd.Context{
	Precision: 1000, MaxExponent: apd.MaxExponent, MinExponent: apd.MinExponent,
	Traps: apd.DefaultTraps | apd.Inexact,
}

const maxDecimalText = 400

// ParseDecimal reads a number such as 62000, -0.5 or 1.2e6.
func ParseDecimal(text string) (Decimal, error) {
	if len(text) > maxDecimalText || !decimalForm().MatchString(text) {
		return Decimal{}, fmt.Errorf("%.40q is not a number", text)
	}
	var d apd.Decimal
	if _, _, err := d.SetString(text); err != nil {
		return Decimal{}, fmt.Errorf("%.40q is not a number: %w", text, err)
	}
	return canonical(&d), nil
}

// Int is a Decimal of a whole number.
func Int(n int64) Decimal { return canonical(apd.New(n, 0)) }

func canonical(d *apd.Decimal) Decimal {
	d.Reduce(d)
	if d.IsZero() {
		return Decimal{}
	}
	return Decimal{d.Text('f')}
}

func (d Decimal) value() *apd.Decimal {
	if d.text == "" {
		return new(apd.Decimal)
	}
	v, _, err := apd.NewFromString(d.text)
	if err != nil { // canonical texts parse
		panic(fmt.Sprintf("routing: decimal %q: %v", d.text, err))
	}
	return v
}

// String is the number without an exponent.
func (d Decimal) String() string {
	if d.text == "" {
		return "0"
	}
	return d.text
}

// Cmp is -1, 0 or 1 as d is less than, equal to or greater than e. Of canonical texts it is plain
// by their digits.
func (d Decimal) Cmp(e Decimal) int {
	n := d.Sign()
	switch m := e.Sign(); {
	case n != m:
		return cmp.Compare(n, m)
	case n < 0:
		d, e = Decimal{e.text[1:]}, Decimal{d.text[1:]}
	}
	whole, part, _ := strings.Cut(d.text, ".")
	other, rest, _ := strings.Cut(e.text, ".")
	return cmp.Or(cmp.Compare(len(whole), len(other)), strings.Compare(whole, other), strings.Compare(part, rest))
}

// Sign is -1, 0 or 1 as d is negative, zero or positive.
func (d Decimal) Sign() int {
	switch {
	case d.text == "":
		return 0
	case d.text[0] == '-':
		return -1
	}
	return 1
}

// Add is the exact sum.
func (d Decimal) Add(e Decimal) Decimal {
	var sum apd.Decimal
	if _, err := exact.Add(&sum, d.value(), e.value()); err != nil {
		panic(fmt.Sprintf("routing: %s + %s: %v", d, e, err)) // beyond a thousand digits
	}
	return canonical(&sum)
}

// FloorDiv is ⌊d / per⌋, at most limit and at least -limit. per must be positive.
func (d Decimal) FloorDiv(per Decimal, limit int64) int64 {
	ctx := exact
	ctx.Traps = apd.DefaultTraps
	var q, r apd.Decimal
	if _, err := ctx.QuoInteger(&q, d.value(), per.value()); err != nil {
		panic(fmt.Sprintf("routing: %s / %s: %v", d, per, err))
	}
	if _, err := ctx.Rem(&r, d.value(), per.value()); err == nil && r.Sign() < 0 {
		if _, err := ctx.Sub(&q, &q, apd.New(1, 0)); err != nil {
			panic(fmt.Sprintf("routing: %s / %s: %v", d, per, err))
		}
	}
	if q.Cmp(apd.New(limit, 0)) >= 0 {
		return limit
	}
	if q.Cmp(apd.New(-limit, 0)) <= 0 {
		return -limit
	}
	n, err := q.Int64()
	if err != nil {
		panic(fmt.Sprintf("routing: %s / %s: %v", d, per, err))
	}
	return n
}
