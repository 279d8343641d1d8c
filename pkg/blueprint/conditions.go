package blueprint

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/routing"
)

// when builds the condition of a rule. Each part is total: on something not set it is
// false, and no part can fail, because "and" may evaluate all of them.
func (b *builder) when(w deployment.When) (expr.Node, error) {
	var parts []expr.Node
	if len(w.Outcome) > 0 {
		var names []string
		for _, o := range w.Outcome {
			names = append(names, string(o))
		}
		parts = append(parts, among(v("Flow.hubspot_outcome"), names...))
	}
	if len(w.Stage) > 0 {
		parts = append(parts, b.among(v("Flow.hubspot_deal_stage"), stageIDs(b.d, w.Stage)...))
	}
	if len(w.Pipeline) > 0 {
		parts = append(parts, b.among(v("Flow.DealPipeline"), w.Pipeline...))
	}
	if w.Won != nil {
		parts = append(parts, eq(v("Flow.DealWon"), yes(*w.Won)))
	}
	value := v("Flow.hubspot_customer_value")
	bound, err := between(value, w.MinValue, w.MaxValue)
	if err != nil {
		return nil, err
	}
	if bound != nil {
		parts = append(parts, bound)
	}
	if w.AnyOpen != nil {
		parts = append(parts, v(b.flagOf(*w.AnyOpen)))
	}
	if r := w.OpenDeals; r != nil {
		var bounds []expr.Node
		if r.Min != nil {
			bounds = append(bounds, atLeast(v("Flow.OpenDeals"), whole(*r.Min)))
		}
		if r.Max != nil {
			bounds = append(bounds, atMost(v("Flow.OpenDeals"), whole(*r.Max)))
		}
		parts = append(parts, choose(isSet(v("Flow.OpenDeals")), all(bounds...), yes(false)))
	}
	if len(w.Failure) > 0 {
		parts = append(parts, among(v("Flow.Failure"), w.Failure...))
	}
	if len(w.Lifecycle) > 0 {
		parts = append(parts, b.among(v("Flow.Lifecycle"), w.Lifecycle...))
	}
	if w.Caller != nil {
		parts = append(parts, callerTest(*w.Caller)...)
	}
	if len(w.Called) > 0 {
		parts = append(parts, b.among(v(calledNumber), w.Called...))
	}
	if len(w.At) > 0 {
		parts = append(parts, among(v("Flow.Schedule"), w.At...))
	}
	for _, f := range b.facts { // in the order of their names
		t, ok := w.Facts[f.Name]
		if !ok {
			continue
		}
		n, err := b.factTest(f, t)
		if err != nil {
			return nil, fmt.Errorf("fact %q: %w", f.Name, err)
		}
		parts = append(parts, n)
	}
	return b.short(parts), nil
}

// between holds when x is set and within the inclusive bounds; nil without bounds.
func between(x expr.Node, lo, hi *routing.Decimal) (expr.Node, error) {
	var bounds []expr.Node
	if lo != nil {
		n, err := decimal(*lo)
		if err != nil {
			return nil, err
		}
		bounds = append(bounds, atLeast(x, n))
	}
	if hi != nil {
		n, err := decimal(*hi)
		if err != nil {
			return nil, err
		}
		bounds = append(bounds, atMost(x, n))
	}
	if bounds == nil {
		return nil, nil
	}
	return choose(isSet(x), all(bounds...), yes(false)), nil
}

func (b *builder) factTest(f fact, t deployment.FactTest) (expr.Node, error) {
	x := v(f.Var)
	var parts []expr.Node
	if t.Set != nil {
		parts = append(parts, eq(isSet(x), yes(*t.Set)))
	}
	if len(t.Any) > 0 {
		any, err := anyOf(f.Type, x, t.Any, t.IgnoreCase)
		if err != nil {
			return nil, err
		}
		parts = append(parts, choose(isSet(x), b.either(isSet(x), any), yes(false)))
	}
	if len(t.Not) > 0 {
		any, err := anyOf(f.Type, x, t.Not, t.IgnoreCase)
		if err != nil {
			return nil, err
		}
		parts = append(parts, choose(isSet(x), eq(b.either(isSet(x), any), yes(false)), yes(false)))
	}
	if t.Prefix != "" {
		parts = append(parts, choose(isSet(x), beginsWith(x, t.Prefix, t.IgnoreCase), yes(false)))
	}
	bound, err := between(x, t.Min, t.Max)
	if err != nil {
		return nil, err
	}
	if bound != nil {
		parts = append(parts, bound)
	}
	if t.Within != nil {
		from, to := 0, *t.Within
		if to < 0 {
			from, to = to, 0
		}
		parts = append(parts, choose(isSet(x), all(atLeast(x, dayFromNow(from)), atMost(x, dayFromNow(to))), yes(false)))
	}
	if t.Before != nil {
		parts = append(parts, choose(isSet(x), less(x, dayFromNow(*t.Before)), yes(false)))
	}
	if t.After != nil {
		parts = append(parts, choose(isSet(x), more(x, dayFromNow(*t.After)), yes(false)))
	}
	return all(parts...), nil
}

// beginsWith holds when a text, or a part of a multi-select value, begins with another. A part is
// what stands behind a semicolon.
func beginsWith(x expr.Node, prefix string, ignoreCase bool) expr.Node {
	if ignoreCase {
		x, prefix = fn("Lower", x), strings.ToLower(prefix)
	}
	if strings.Contains(prefix, ";") {
		return eq(fn("Left", x, whole(utf8.RuneCountInString(prefix))), text(prefix))
	}
	return fn("Contains", fn("Append", text(";"), x), text(";"+prefix))
}

// anyOf are conditions of which one holds when x, which is set, is one of the values.
func anyOf(kind string, x expr.Node, values []string, ignoreCase bool) ([]expr.Node, error) {
	var any []expr.Node
	if ignoreCase {
		x = fn("Lower", x)
	}
	for _, value := range values {
		switch kind {
		case routing.NumberFact:
			d, err := routing.ParseDecimal(value)
			if err != nil {
				return nil, err
			}
			n, err := decimal(d)
			if err != nil {
				return nil, err
			}
			any = append(any, eq(x, n))
		case routing.BooleanFact:
			any = append(any, eq(x, yes(value == "true")))
		case routing.DateFact:
			day, err := strconv.Atoi(strings.ReplaceAll(value, "-", ""))
			if err != nil || len(value) != len("2006-01-02") {
				return nil, fmt.Errorf("%q is not a date such as 2026-11-23", value)
			}
			any = append(any, eq(x, whole(day)))
		default:
			// HubSpot: a multi-select value is its parts joined by semicolons
			if ignoreCase {
				value = strings.ToLower(value)
			}
			parts := fn("Split", x, text(";"))
			hit := atLeast(fn("FindFirst", parts, text(value)), whole(0))
			if strings.Contains(value, ";") {
				hit = eq(x, text(value))
			}
			any = append(any, hit)
		}
	}
	return any, nil
}

// dayFromNow is a day as the number 20261123, n days from the day of the call in UTC.
func dayFromNow(n int) expr.Node {
	day := v("Flow.Now")
	if n != 0 {
		day = fn("AddDays", day, integer(n))
	}
	return add(add(expr.Op(fn("Year", day), "*", whole(10000)), expr.Op(fn("Month", day), "*", whole(100))), fn("Day", day))
}

// dayOf reads the day of a date or of a date with time as HubSpot writes it, as a number;
// NOT_SET when the text does not begin with a day. No conversion is used that fails on a
// text it does not like.
func dayOf(x expr.Node) expr.Node {
	d := fn("Replace", fn("Left", x, whole(10)), text("-"), text(""))
	return choose(all(eq(length(d), whole(8)), eq(digitless(d), text(""))), fn("ToInt", d), notSet("ToInt"))
}

// bonusOf is the share of the priority that value gives: min(max, ⌊value / per⌋ · add). What
// reaches the most is compared and not divided, so that no conversion can overflow.
func bonusOf(p *deployment.ValuePriority) (expr.Node, error) {
	per, err := decimal(p.Per)
	if err != nil {
		return nil, err
	}
	steps := (p.Max + p.Add - 1) / p.Add
	top, err := decimal(times(p.Per, steps))
	if err != nil {
		return nil, err
	}
	value := v("Flow.hubspot_customer_value")
	share := expr.Op(fn("ToInt", fn("Floor", expr.Op(value, "/", per))), "*", whole(p.Add))
	share = choose(atLeast(value, top), whole(p.Max), choose(more(value, whole(0)), share, whole(0)))
	open := eq(v("Flow.hubspot_outcome"), text(string(routing.ActiveDeal)))
	return choose(isSet(value), choose(open, share, whole(0)), whole(0)), nil
}

// times is n · d.
func times(d routing.Decimal, n int) routing.Decimal {
	var sum routing.Decimal
	for bit := d; n > 0; n >>= 1 {
		if n&1 == 1 {
			sum = sum.Add(bit)
		}
		bit = bit.Add(bit)
	}
	return sum
}
