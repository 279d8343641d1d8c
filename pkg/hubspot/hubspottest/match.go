package hubspottest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/dealroute/dealroute/pkg/hubspot"
)

// holds reports whether a row satisfies a filter that was checked before.
//
//	EQ NEQ IN NOT_IN      text without regard to case, enumerations with it, others by value
//	LT LTE GT GTE BETWEEN by value; text in the order of its letters
//	CONTAINS_TOKEN        every token of the value is one of the property's; "*" at either end
//
// A record without the property satisfies NOT_HAS_PROPERTY only, unless
// Assumptions.NegativesMatchEmpty.
func (s *Server) holds(f hubspot.Filter, p Property, r *row) bool {
	if to, ok := strings.CutPrefix(f.PropertyName, "associations."); ok {
		object, _ := objectOf(to)
		return linkHolds(f, r.linked[object])
	}
	v, ok := r.Properties.Get(f.PropertyName)
	switch f.Operator {
	case hubspot.HasProperty:
		return ok
	case hubspot.NotHasProperty:
		return !ok
	}
	negative := f.Operator == hubspot.NEQ || f.Operator == hubspot.NotIn || f.Operator == hubspot.NotContainsToken
	if !ok {
		return negative && s.assume.NegativesMatchEmpty
	}
	switch f.Operator {
	case hubspot.EQ:
		return s.equal(p, v, f.Value)
	case hubspot.NEQ:
		return !s.equal(p, v, f.Value)
	case hubspot.LT:
		return compare(p, v, f.Value) < 0
	case hubspot.LTE:
		return compare(p, v, f.Value) <= 0
	case hubspot.GT:
		return compare(p, v, f.Value) > 0
	case hubspot.GTE:
		return compare(p, v, f.Value) >= 0
	case hubspot.Between:
		return compare(p, v, f.Value) >= 0 && compare(p, v, f.HighValue) <= 0
	case hubspot.In:
		return s.among(p, v, f.Values)
	case hubspot.NotIn:
		return !s.among(p, v, f.Values)
	case hubspot.ContainsToken:
		return containsTokens(v, f.Value)
	case hubspot.NotContainsToken:
		return !containsTokens(v, f.Value)
	}
	return false
}

func linkHolds(f hubspot.Filter, linked []string) bool {
	switch f.Operator {
	case hubspot.EQ:
		return slices.Contains(linked, f.Value)
	case hubspot.NEQ:
		return !slices.Contains(linked, f.Value)
	case hubspot.In:
		return slices.ContainsFunc(f.Values, func(v string) bool { return slices.Contains(linked, v) })
	case hubspot.NotIn:
		return !slices.ContainsFunc(f.Values, func(v string) bool { return slices.Contains(linked, v) })
	case hubspot.HasProperty:
		return len(linked) > 0
	case hubspot.NotHasProperty:
		return len(linked) == 0
	}
	return false
}

func (s *Server) equal(p Property, v, want string) bool {
	switch p.Type {
	case "enumeration":
		return v == want
	case "phone_number":
		if s.assume.PhoneNormalised {
			return digitsOf(v) == digitsOf(want) && digitsOf(v) != ""
		}
	}
	return compare(p, v, want) == 0
}

func (s *Server) among(p Property, v string, values []string) bool {
	text := p.Type == "string" || p.Type == "phone_number"
	return slices.ContainsFunc(values, func(want string) bool {
		if text && s.assume.CaseSensitiveInStrings {
			return strings.ToLower(v) == want
		}
		return s.equal(p, v, want)
	})
}

// compare orders two values of a property.
func compare(p Property, a, b string) int {
	switch p.Type {
	case "number":
		x, okA := decimal(a)
		y, okB := decimal(b)
		if okA && okB {
			return x.Cmp(y)
		}
	case "date", "datetime":
		x, okA := instant(a)
		y, okB := instant(b)
		if okA && okB {
			return x.Compare(y)
		}
	}
	return cmp.Compare(strings.ToLower(a), strings.ToLower(b))
}

// instant reads a date as HubSpot writes it or takes it: ISO 8601 or milliseconds.
func instant(text string) (time.Time, bool) {
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.UnixMilli(ms), true
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// tokens are the parts between blanks and punctuation, in lower case. That numbers are split at
// their dashes is an inference.
func tokens(s string, keep string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(keep, r)
	})
}

func containsTokens(v, want string) bool {
	have, need := tokens(v, ""), tokens(want, "*")
	for _, n := range need {
		core := strings.Trim(n, "*")
		head, tail := strings.HasPrefix(n, "*"), strings.HasSuffix(n, "*")
		if !slices.ContainsFunc(have, func(h string) bool {
			switch {
			case head && tail:
				return strings.Contains(h, core)
			case head:
				return strings.HasSuffix(h, core)
			case tail:
				return strings.HasPrefix(h, core)
			}
			return h == core
		}) {
			return false
		}
	}
	return len(need) > 0
}
