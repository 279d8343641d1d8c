package hubspottest

import (
	"cmp"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"

	"github.com/dealroute/dealroute/pkg/hubspot"
)

// A row is a record with everything calculated.
type row struct {
	hubspot.Record
	given  hubspot.Properties
	linked map[string][]string // ids of other objects, by object
	found  time.Time
	before *row // what searches see until found
}

// A table holds the rows of an object in the order of creation.
type table struct {
	rows []*row
	byID map[string]*row
}

func newTable(rows []*row) table {
	t := table{rows: rows, byID: map[string]*row{}}
	slices.SortStableFunc(t.rows, func(a, b *row) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	for _, r := range t.rows {
		t.byID[r.ID] = r
	}
	return t
}

// build calculates all tables from the content of the account.
func (s *Server) build() {
	dealsOf, ofCompany, membersOf := map[string][]string{}, map[string][]string{}, map[string][]string{}
	var ds, cs, os []*row
	for _, d := range s.crm.Deals {
		r := s.base(d.Record(), hubspot.PropDealModified)
		r.linked = map[string][]string{contacts: d.Contacts, companies: d.Companies}
		s.dealProperties(r.Properties)
		if !d.Archived {
			for _, c := range d.Contacts {
				dealsOf[c] = append(dealsOf[c], d.ID)
			}
			for _, c := range d.Companies {
				ofCompany[c] = append(ofCompany[c], d.ID)
			}
		}
		setDefault(r.Properties, "num_associated_contacts", strconv.Itoa(len(d.Contacts)))
		ds = append(ds, r)
	}
	for _, c := range s.crm.Contacts {
		r := s.base(c.Record(), hubspot.PropContactModified)
		r.linked = map[string][]string{deals: dealsOf[c.ID]}
		if company, ok := r.Properties.Get(hubspot.PropPrimaryCompany); ok {
			r.linked[companies] = []string{company}
			if !c.Archived {
				membersOf[company] = append(membersOf[company], c.ID)
			}
		}
		s.contactProperties(r.Properties)
		if n := len(r.linked[deals]); n > 0 || s.assume.NoDealsIsZero {
			setDefault(r.Properties, hubspot.PropAssociatedDeals, strconv.Itoa(n))
		}
		cs = append(cs, r)
	}
	for _, c := range s.crm.Companies {
		r := s.base(c.Record(), hubspot.PropCompanyModified)
		r.linked = map[string][]string{deals: ofCompany[c.ID], contacts: membersOf[c.ID]}
		if n := len(r.linked[deals]); n > 0 || s.assume.NoDealsIsZero {
			setDefault(r.Properties, hubspot.PropAssociatedDeals, strconv.Itoa(n))
		}
		os = append(os, r)
	}
	s.tables = map[string]table{contacts: newTable(cs), companies: newTable(os), deals: newTable(ds)}
	s.defined, s.named = map[string]map[string]Property{}, map[named]known{}
}

// base copies a record and fills id and dates in. An empty text is how HubSpot clears a property,
// so it is served as null.
func (s *Server) base(r hubspot.Record, modified string) *row {
	given, ps := r.Properties, maps.Clone(r.Properties)
	if ps == nil {
		ps = hubspot.Properties{}
	}
	for name, v := range ps {
		if v != nil && *v == "" {
			ps[name] = nil
		}
	}
	date := func(t time.Time, property string, otherwise time.Time) time.Time {
		if t.IsZero() {
			if v, ok := ps.Get(property); ok {
				t, _ = instant(v)
			}
		}
		if t.IsZero() {
			t = otherwise
		}
		return t.UTC()
	}
	r.CreatedAt = date(r.CreatedAt, hubspot.PropCreated, time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC))
	r.UpdatedAt = date(r.UpdatedAt, modified, r.CreatedAt)
	setDefault(ps, hubspot.PropCreated, stamp(r.CreatedAt))
	setDefault(ps, modified, stamp(r.UpdatedAt))
	ps[hubspot.PropObjectID] = &r.ID
	r.Properties = ps
	return &row{Record: r, given: given}
}

// setDefault sets a property unless the record has it already, be it as null: fixtures may state
// what HubSpot would calculate differently.
func setDefault(ps hubspot.Properties, name, value string) {
	if _, given := ps[name]; !given {
		ps[name] = &value
	}
}

// dealProperties calculates what follows from stage, amount and currency.
func (s *Server) dealProperties(ps hubspot.Properties) {
	setDefault(ps, hubspot.PropPipeline, "default")
	pipeline, _ := ps.Get(hubspot.PropPipeline)
	stage, _ := ps.Get(hubspot.PropDealStage)
	set := func(name, value string) { ps[name] = &value }
	if st, ok := s.crm.Stage(pipeline, stage); ok {
		set(hubspot.PropIsClosed, strconv.FormatBool(st.Closed))
		set(hubspot.PropIsWon, strconv.FormatBool(st.Closed && st.Won))
		set(hubspot.PropIsLost, strconv.FormatBool(st.Closed && !st.Won))
		setDefault(ps, hubspot.PropStageProbability, s.probability(st))
	}
	// A stage that no pipeline has any more: HubSpot keeps what it calculated last; the fixture
	// says what that was, else the deal is open.
	for _, name := range []string{hubspot.PropIsClosed, hubspot.PropIsWon, hubspot.PropIsLost} {
		setDefault(ps, name, "false")
	}
	closed, _ := ps.Get(hubspot.PropIsClosed)
	set("hs_is_closed_count", map[bool]string{true: "1", false: "0"}[closed == "true"])
	set("hs_is_open_count", map[bool]string{true: "0", false: "1"}[closed == "true"])

	amount, ok := ps.Get(hubspot.PropAmount)
	if !ok {
		return
	}
	value, isNumber := decimal(amount)
	if currency, given := ps.Get(hubspot.PropCurrency); !given || s.crm.Currency == "" || strings.EqualFold(currency, s.crm.Currency) {
		setDefault(ps, hubspot.PropHomeAmount, amount)
	} else if rate, known := decimal(s.rates[currency]); known && isNumber {
		setDefault(ps, hubspot.PropHomeAmount, plain(new(big.Rat).Mul(value, rate)))
	}
	p, _ := ps.Get(hubspot.PropStageProbability)
	if chance, ok := decimal(p); ok && isNumber {
		setDefault(ps, "hs_projected_amount", plain(new(big.Rat).Mul(value, chance)))
	}
}

// probability is the number as HubSpot serves calculated ones: the binary fraction in full.
func (s *Server) probability(st hubspot.Stage) string {
	f, err := strconv.ParseFloat(st.Probability, 64)
	if err != nil || s.assume.PlainProbability {
		return st.Probability
	}
	return trimZeros(strconv.FormatFloat(f, 'f', 55, 64))
}

func plain(r *big.Rat) string { return trimZeros(r.FloatString(8)) }

func trimZeros(s string) string {
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// decimal reads a number exactly. Exponents beyond 99 are refused: a short text could name a
// number that fills the memory.
func decimal(text string) (*big.Rat, bool) {
	if len(text) > 400 || strings.ContainsAny(text, "/_xXpP") {
		return nil, false
	}
	if i := strings.IndexAny(text, "eE"); i >= 0 && len(strings.TrimLeft(text[i+1:], "+-0")) > 2 {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

// contactProperties calculates the twins of the phone properties.
func (s *Server) contactProperties(ps hubspot.Properties) {
	region := s.region
	for _, name := range []string{"hs_country_region_code", "country"} {
		if v, ok := ps.Get(name); ok && len(v) == 2 {
			region = strings.ToUpper(v)
			break
		}
	}
	for _, twin := range []struct{ of, searchable, e164, country string }{
		{hubspot.PropPhone, hubspot.PropSearchPhone, hubspot.PropCalcPhone, hubspot.PropCalcCountry},
		{hubspot.PropMobile, hubspot.PropSearchMobile, hubspot.PropCalcMobile, ""},
	} {
		text, ok := ps.Get(twin.of)
		given := func(name string) bool { _, is := ps[name]; return is || name == "" }
		if !ok || given(twin.searchable) && given(twin.e164) && given(twin.country) { // a number costs more to read than all the rest
			continue
		}
		n := s.calculate(text, region)
		for name, v := range map[string]string{twin.searchable: n.searchable, twin.e164: n.e164, twin.country: n.country} {
			if name != "" && v != "" {
				setDefault(ps, name, v)
			}
		}
	}
}

type twins struct{ searchable, e164, country string }

// calculate is what HubSpot makes of a number as typed: the digits without the country's, and
// E.164 with the country only when the number is valid. That the former is the integer form of
// the national number is an inference from samples.
func (s *Server) calculate(text, region string) twins {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
	n, err := phonenumbers.Parse(text, region)
	if err != nil {
		return twins{searchable: strings.TrimLeft(digits, "0")}
	}
	t := twins{searchable: strconv.FormatUint(n.GetNationalNumber(), 10)}
	if s.assume.SignificantZeroKept {
		t.searchable = phonenumbers.GetNationalSignificantNumber(n)
	}
	if !phonenumbers.IsValidNumber(n) {
		if s.assume.CountryDigitsSearched {
			t.searchable = strings.TrimLeft(digits, "0")
		}
		return t
	}
	t.e164 = phonenumbers.Format(n, phonenumbers.E164)
	t.country = phonenumbers.GetRegionCodeForNumber(n)
	return t
}
