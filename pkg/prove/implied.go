package prove

import (
	"reflect"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/routing"
)

// implies reports whether condition b holds for everybody for whom a does. It says so only where
// that is plain from their parts, so that nobody has to be looked for.
func implies(a, b routing.Condition) bool {
	if !covered(b.Outcome, a.Outcome) || !covered(b.Stage, a.Stage) || !covered(b.Pipeline, a.Pipeline) || !covered(b.Failure, a.Failure) ||
		!covered(b.Lifecycle, a.Lifecycle) || !covered(b.At, a.At) || !covered(b.Called, a.Called) {
		return false
	}
	if b.Won != nil && (a.Won == nil || *a.Won != *b.Won) || !bounded(b.MinValue, b.MaxValue, a.MinValue, a.MaxValue) ||
		b.AnyOpen != nil && !reflect.DeepEqual(a.AnyOpen, b.AnyOpen) || b.OpenDeals != nil && !reflect.DeepEqual(a.OpenDeals, b.OpenDeals) ||
		b.Caller != nil && !reflect.DeepEqual(a.Caller, b.Caller) {
		return false
	}
	for name, t := range b.Facts {
		if mine, asked := a.Facts[name]; !asked || !testImplies(mine, t) {
			return false
		}
	}
	return true
}

// covered reports whether a list asks for nothing, or for all that another one asks for.
func covered[T comparable](list, by []T) bool {
	return len(list) == 0 || len(by) > 0 && !slices.ContainsFunc(by, func(v T) bool { return !slices.Contains(list, v) })
}

// bounded reports whether what lies within a's bounds lies within b's.
func bounded(least, most, a, z *routing.Decimal) bool {
	return (least == nil || a != nil && a.Cmp(*least) >= 0) && (most == nil || z != nil && z.Cmp(*most) <= 0)
}

// testImplies is implies for what two conditions ask of one fact.
func testImplies(a, b routing.FactTest) bool {
	if unset := func(t routing.FactTest) bool { return t.Set != nil && !*t.Set }; unset(a) || unset(b) {
		return unset(a) && unset(b)
	}
	if a.IgnoreCase != b.IgnoreCase && len(b.Any)+len(b.Not)+len(b.Prefix) > 0 {
		return false
	}
	for _, v := range b.Not {
		if !slices.Contains(a.Not, v) {
			return false
		}
	}
	days := b.Within == nil || a.Within != nil && (*b.Within >= 0 && *a.Within >= 0 && *a.Within <= *b.Within || *b.Within <= 0 && *a.Within <= 0 && *a.Within >= *b.Within)
	return days && covered(b.Any, a.Any) && strings.HasPrefix(a.Prefix, b.Prefix) && bounded(b.Min, b.Max, a.Min, a.Max) &&
		(b.Before == nil || a.Before != nil && *a.Before <= *b.Before) && (b.After == nil || a.After != nil && *a.After >= *b.After)
}
