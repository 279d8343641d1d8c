package routing

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/phone"
)

// CompaniesOf are the companies whose phone is a caller's number, in one of the spellings that
// are looked for: HubSpot compares the text as somebody typed it.
func CompaniesOf(home []string, number phone.Number, companies []hubspot.Company) []hubspot.Company {
	if len(companies) == 0 { // the spellings take long
		return nil
	}
	spelled := spellings(home, number)
	var out []hubspot.Company
	for _, c := range companies {
		if v, ok := c.Properties.Get(hubspot.PropPhone); ok && slices.Contains(spelled, v) {
			out = append(out, c)
		}
	}
	return out
}

// spellings are how people write a number: E.164, with other spellings of the line, and the
// digits of it; of a home country's the national digits, too, and its groups:
//
//	513 555 0100       513-555-0100     513 555-0100      513.555.0100        513/555 0100
//	(513) 555 0100     (513) 555-0100
//	+1 513 555 0100    +1-513-555-0100  +1 513-555-0100   +1 513 555-0100     +1 (513) 555-0100   +1 (0)513 555 0100
func spellings(home []string, number phone.Number) []string {
	var out []string
	for _, n := range append([]phone.Number{number}, number.Variants()...) {
		out = append(out, n.E164(), n.E164()[1:])
	}
	code := strconv.Itoa(number.CallingCode())
	if !slices.ContainsFunc(home, func(region string) bool { return phone.CallingCode(region) == number.CallingCode() }) {
		return out
	}
	digits := strings.TrimPrefix(number.E164(), "+"+code)
	written := phone.GroupsOf(code)
	out = append(out, digits, written.Trunk+digits)
	for _, way := range written.Of[len(digits)] {
		var groups []string
		rest := digits
		for _, n := range way.Groups {
			groups, rest = append(groups, rest[:n]), rest[n:]
		}
		area, head, tail := groups[0], way.Trunk+groups[0], groups[1:]
		blanks, dashes := strings.Join(tail, " "), strings.Join(tail, "-")
		out = append(out,
			head+" "+blanks, head+"-"+dashes, head+" "+dashes, head+"."+strings.Join(tail, "."), head+"/"+blanks,
			"("+head+") "+blanks, "("+head+") "+dashes,
			"+"+code+" "+area+" "+blanks, "+"+code+"-"+area+"-"+dashes, "+"+code+" "+area+"-"+dashes, "+"+code+" "+area+" "+dashes,
			"+"+code+" ("+area+") "+dashes, "+"+code+" (0)"+area+" "+blanks)
	}
	return out
}

// companiesOf are the ids of the companies with the caller's number whose deals count, the one
// modified last first; more tells that one request cannot ask for all of them.
func (p Policy) companiesOf(companies []hubspot.Company) (ids []string, more bool) {
	var found []hubspot.Company
	for _, c := range companies {
		if !c.Archived {
			found = append(found, c)
		}
	}
	slices.SortStableFunc(found, func(a, b hubspot.Company) int {
		at := func(c hubspot.Company) time.Time {
			return changed(c.Properties, hubspot.PropCompanyModified, c.UpdatedAt)
		}
		return cmp.Or(at(b).Compare(at(a)), compareIDs(a.ID, b.ID))
	})
	switch {
	case len(found) > 1 && p.Duplicates == DuplicatesAmbiguous:
		return nil, false
	case p.Duplicates != DuplicatesAll:
		found = found[:min(len(found), 1)]
	case len(found) > p.MaxContacts():
		found, more = found[:p.MaxContacts()], true
	}
	for _, c := range found {
		ids = append(ids, c.ID)
	}
	return ids, more
}
