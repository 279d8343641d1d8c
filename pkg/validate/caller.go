package validate

import (
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/routing"
)

// A number that is not usable is never looked up, and gives no_record; every other outcome is
// one of a usable number.

// numbers are what a caller's number can be where a condition holds with an outcome.
func numbers(w deployment.When, o routing.Outcome) []string {
	can := []string{routing.NumberUsable}
	if o == routing.NoRecord && (w.Caller == nil || len(w.Caller.Country) == 0) {
		can = routing.CallerNumbers()
	}
	if w.Caller == nil || len(w.Caller.Number) == 0 {
		return can
	}
	return slices.DeleteFunc(can, func(n string) bool { return !slices.Contains(w.Caller.Number, n) })
}

// unusable reports whether a condition asks for numbers that are never looked up, and no others.
func unusable(w deployment.When) bool {
	return w.Caller != nil && len(w.Caller.Number) > 0 && !slices.Contains(w.Caller.Number, routing.NumberUsable)
}

// notLookedUp says so of the numbers of an unusable condition.
func notLookedUp(w deployment.When) string {
	return "a number that is " + strings.Join(w.Caller.Number, " or ") + " is not looked up"
}

// callerCovered reports whether what b asks of the numbers holds whenever a does in the way of
// an atom.
func callerCovered(b, a deployment.When, x atom) bool {
	if len(b.Called) > 0 && !within(a.Called, b.Called) {
		return false
	}
	t := b.Caller
	return t == nil || (len(t.Number) == 0 || slices.Contains(t.Number, x.number)) &&
		(len(t.Country) == 0 || a.Caller != nil && within(a.Caller.Country, t.Country))
}

// nobody says why no caller at all has a number as a condition asks; empty when one may.
func nobody(d *deployment.Deployment, w deployment.When) string {
	switch t := w.Caller; {
	case t == nil:
	case unusable(w) && len(t.Country) > 0:
		return "only a usable number has a country"
	case len(t.Country) > 0 && !slices.ContainsFunc(t.Country, phone.Told):
		return "the numbers of " + strings.Join(t.Country, ", ") + " cannot be told from those of others"
	case len(t.Number) > 0 && within(t.Number, []string{routing.NumberOwn}) && len(d.Own()) == 0:
		return "calls names no numbers of your own"
	}
	return ""
}
