package velocity

import (
	"errors"
	"math"
	"math/big"
)

var errBigFraction = errors.New("arithmetic of a fraction with an integer beyond 64 bits is not supported")

// isNumber reports whether Java would call v a Number.
func isNumber(v any) bool {
	switch v.(type) {
	case int32, int64, float64, *big.Int:
		return true
	}
	return false
}

func toFloat(v any) float64 {
	switch x := v.(type) {
	case int32:
		return float64(x)
	case int64:
		return float64(x)
	case float64:
		return x
	}
	return 0
}

// toInt is longValue of an Integer or a Long.
func toInt(v any) int64 {
	switch x := v.(type) {
	case int32:
		return int64(x)
	case int64:
		return x
	}
	return 0
}

func toBig(v any) *big.Int {
	if b, ok := v.(*big.Int); ok {
		return b
	}
	return big.NewInt(toInt(v))
}

// base is what two numbers are computed in.
type base uint8

const (
	baseLong base = iota
	baseBig
	baseDouble
	baseNone
)

func baseOf(a, b any) base {
	var doubles, bigs int
	for _, v := range [...]any{a, b} {
		switch v.(type) {
		case float64:
			doubles++
		case *big.Int:
			bigs++
		}
	}
	switch {
	case doubles > 0 && bigs > 0:
		return baseNone
	case doubles > 0:
		return baseDouble
	case bigs > 0:
		return baseBig
	}
	return baseLong
}

// wrap gives a result the larger type of its operands, or a larger one when it does not fit.
func wrap(n int64, a, b any) any {
	if _, ok := a.(int64); ok {
		return n
	}
	if _, ok := b.(int64); ok {
		return n
	}
	return smallest(n)
}

// arith computes a op b. A division by zero is null.
func arith(op kind, a, b any) (any, error) {
	if (op == kOver || op == kModulo) && isZero(b) {
		return nil, nil
	}
	switch baseOf(a, b) {
	case baseLong:
		return arithLong(op, a, b), nil
	case baseBig:
		return arithBig(op, toBig(a), toBig(b))
	case baseDouble:
		x, y := toFloat(a), toFloat(b)
		switch op {
		case kPlus:
			return x + y, nil
		case kMinus:
			return x - y, nil
		case kTimes:
			return x * y, nil
		case kOver:
			return x / y, nil
		}
		return math.Mod(x, y), nil
	}
	return nil, errBigFraction
}

func isZero(v any) bool {
	switch x := v.(type) {
	case *big.Int:
		return x.Sign() == 0
	case float64:
		return x == 0
	}
	return toInt(v) == 0
}

func arithLong(op kind, a, b any) any {
	x, y := toInt(a), toInt(b)
	switch op {
	case kPlus:
		n := x + y
		if (n^x) < 0 && (n^y) < 0 {
			return new(big.Int).Add(toBig(a), toBig(b))
		}
		return wrap(n, a, b)
	case kMinus:
		n := x - y
		if (n^x) < 0 && (n^^y) < 0 {
			return new(big.Int).Sub(toBig(a), toBig(b))
		}
		return wrap(n, a, b)
	case kTimes:
		n := x * y
		if y != 0 && n/y != x {
			return new(big.Int).Mul(toBig(a), toBig(b))
		}
		return wrap(n, a, b)
	case kOver:
		return wrap(x/y, a, b)
	}
	return wrap(x%y, a, b)
}

func arithBig(op kind, x, y *big.Int) (any, error) {
	switch op {
	case kPlus:
		return new(big.Int).Add(x, y), nil
	case kMinus:
		return new(big.Int).Sub(x, y), nil
	case kTimes:
		return new(big.Int).Mul(x, y), nil
	case kOver:
		return new(big.Int).Quo(x, y), nil
	}
	if y.Sign() < 0 {
		return nil, errors.New("modulus not positive")
	}
	return new(big.Int).Mod(x, y), nil
}

// compare orders two numbers; ok is false where the engine's answer is undefined (NaN counts
// as equal there).
func compare(a, b any) int {
	switch baseOf(a, b) {
	case baseLong:
		x, y := toInt(a), toInt(b)
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	case baseBig:
		return toBig(a).Cmp(toBig(b))
	case baseDouble:
		x, y := toFloat(a), toFloat(b)
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	}
	return toExact(a).Cmp(toExact(b))
}

func toExact(v any) *big.Float {
	if b, ok := v.(*big.Int); ok {
		return new(big.Float).SetInt(b)
	}
	f := toFloat(v)
	if f != f {
		f = 0
	}
	return new(big.Float).SetFloat64(f)
}

// toInt32 is intValue().
func toInt32(v any) int32 {
	switch x := v.(type) {
	case float64:
		switch {
		case x != x:
			return 0
		case x >= math.MaxInt32:
			return math.MaxInt32
		case x <= math.MinInt32:
			return math.MinInt32
		}
		return int32(x)
	case *big.Int:
		return int32(new(big.Int).And(x, big.NewInt(math.MaxUint32)).Uint64())
	}
	return int32(toInt(v))
}

// toInt64 is longValue().
func toInt64(v any) int64 {
	switch x := v.(type) {
	case float64:
		switch {
		case x != x:
			return 0
		case x >= math.MaxInt64:
			return math.MaxInt64
		case x <= math.MinInt64:
			return math.MinInt64
		}
		return int64(x)
	case *big.Int:
		mask := new(big.Int).SetUint64(math.MaxUint64)
		return int64(mask.And(mask, x).Uint64())
	}
	return toInt(v)
}
