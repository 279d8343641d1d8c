package blueprint

import (
	"slices"
	"strconv"

	"github.com/nyaruka/phonenumbers"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/phone"
)

// A dialPlan is what the flow must know of a country to read a number as it is dialled
// there. Architect has no table of countries, so the part that is needed is written into
// the flow's expressions.
type dialPlan struct {
	region  string
	code    string   // calling code
	trunk   string   // national prefix; empty where there is none
	abroad  []string // international prefixes
	lengths []int    // digits that a national number can have, without prefixes
}

// planOf reads the plan out of libphonenumber's metadata, by asking the library: it does not
// publish the tables.
func planOf(region string) dialPlan {
	p := dialPlan{region: region, code: strconv.Itoa(phone.CallingCode(region)), trunk: phonenumbers.GetNddPrefixForRegion(region, true)}
	// a London number behind each international prefix in use anywhere
	for _, idd := range []string{"011", "0011", "00", "010", "001", "119", "810", "000", "0010", "0021"} {
		n, err := phonenumbers.Parse(idd+"442079460123", region)
		if err == nil && n.GetCountryCode() == 44 && n.GetNationalNumber() == 2079460123 {
			p.abroad = append(p.abroad, idd)
		}
	}
	if p.code == "44" { // a London number with its own country's code is read as that, too
		p.abroad = []string{"00"}
	}
	code := int32(phone.CallingCode(region))
	national := uint64(2)
	for digits := 1; digits <= 15-len(p.code); digits++ {
		n := &phonenumbers.PhoneNumber{CountryCode: &code, NationalNumber: &national}
		if phonenumbers.IsPossibleNumberWithReason(n) == phonenumbers.IS_POSSIBLE { // not a local number without its area code
			p.lengths = append(p.lengths, digits)
		}
		national = national*10 + 2
	}
	return p
}

// fits holds when a text of digits has the length of a national number.
func (p dialPlan) fits(x expr.Node) expr.Node {
	if len(p.lengths) == 0 {
		return yes(false)
	}
	lo, hi := p.lengths[0], p.lengths[len(p.lengths)-1]
	switch {
	case lo == hi:
		return eq(length(x), whole(lo))
	case hi-lo+1 == len(p.lengths):
		return all(atLeast(length(x), whole(lo)), atMost(length(x), whole(hi)))
	}
	var ns []expr.Node
	for _, n := range p.lengths {
		ns = append(ns, whole(n))
	}
	return atLeast(fn("FindFirst", fn("MakeList", ns...), length(x)), whole(0))
}

// after is x without its first characters.
func after(x expr.Node, n int) expr.Node {
	return fn("Substring", x, whole(n), length(x))
}

func startsWith(x expr.Node, prefix string) expr.Node {
	return eq(fn("Left", x, whole(len(prefix))), text(prefix))
}

// withoutTrunk is x without the national prefix, where what remains can be a number.
func (p dialPlan) withoutTrunk(x expr.Node) expr.Node {
	if p.trunk == "" {
		return x
	}
	rest := after(x, len(p.trunk))
	return choose(all(startsWith(x, p.trunk), p.fits(rest)), rest, x)
}

// international is the number that digits without a plus mean in this country, as E.164
// without the plus; "" when they mean none. local is the digits without the national prefix.
// In the order of libphonenumber: an international prefix, then the country's own code in
// front of a number, then a national number.
func (p dialPlan) international(digits, local expr.Node) expr.Node {
	out := choose(p.fits(local), fn("Append", text(p.code), local), text(""))
	// the calling code without a plus: taken as such where the whole is no national number
	out = choose(all(startsWith(digits, p.code), expr.Not(p.fits(local)), p.fits(after(digits, len(p.code)))), digits, out)
	prefixes := slices.Clone(p.abroad)
	slices.SortFunc(prefixes, func(a, b string) int { return len(a) - len(b) })
	for _, idd := range prefixes {
		out = choose(startsWith(digits, idd), after(digits, len(idd)), out)
	}
	return out
}

// e164 adds the plus to digits that can be a number of E.164, and gives "" for others. A
// national prefix behind the country's own code, as in +49 (0) 30, is gone in local.
func (p dialPlan) e164(digits, local expr.Node) expr.Node {
	any := fn("Append", text("+"), digits)
	if p.trunk != "" {
		any = choose(startsWith(digits, p.code), fn("Append", text("+"+p.code), local), any)
	}
	ok := all(atLeast(length(digits), whole(7)), atMost(length(digits), whole(15)),
		expr.Op(fn("Left", digits, whole(1)), "!=", text("0")))
	return choose(ok, any, text(""))
}

// homeData are the expressions of the task that reads the caller's number.
type homeData struct {
	Region   string
	Local    expr.Node // Task.Local: the digits without the national prefix
	Number   expr.Node // Task.Number: the digits of E.164
	Rest     expr.Node // Task.Local again: of a number of this country what follows its code
	E164     expr.Node // Flow.Ani
	National expr.Node // Flow.National
	Usable   expr.Node
}

// homeOf builds the expressions for the home countries; a number without country code is
// read in the first. own are numbers that are never looked up.
func homeOf(regions, own []string) homeData {
	first := planOf(regions[0])
	digits, ani := v("Task.Digits"), v("Flow.Ani")
	local, number := v("Task.Local"), v("Task.Number")
	h := homeData{
		Region: first.region,
		Local:  first.withoutTrunk(digits),
		Number: choose(v("Task.Numeric"), choose(startsWith(v("Task.Text"), "+"), digits, first.international(digits, local)), text("")),
		Rest:   first.withoutTrunk(after(number, len(first.code))),
		E164:   first.e164(number, local),
	}
	// A number belongs to at most one calling code, so that one national form is enough for
	// all home countries. It is libphonenumber's integer form, which HubSpot's searchable
	// property is believed to hold: leading zeros go, also Italy's.
	h.National = text("")
	var codes []string
	for _, r := range regions {
		if c := strconv.Itoa(phone.CallingCode(r)); !slices.Contains(codes, c) {
			codes = append(codes, c)
		}
	}
	slices.Reverse(codes)
	for _, c := range codes {
		h.National = choose(startsWith(ani, "+"+c), fn("ToString", fn("ToInt", after(ani, len(c)+1))), h.National)
	}
	h.Usable = expr.Op(ani, "!=", text(""))
	if len(own) > 0 {
		h.Usable = all(h.Usable, less(fn("FindFirst", texts(own...), ani), whole(0)))
	}
	return h
}
