package routing

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
)

// PageSize is how many deals one request reads; more are not seen.
const PageSize = hubspot.MaxSearchLimit

// MaxContacts is how many contacts' deals one request can ask for: a search has five groups
// of filters, one a contact.
const MaxContacts = hubspot.MaxFilterGroups

// MaxContacts is how many contacts' deals one request asks for under this policy: where
// companies count, one group is their company's. It is as many companies when there is no contact.
func (p Policy) MaxContacts() int {
	if p.Companies() {
		return MaxContacts - 1
	}
	return MaxContacts
}

// Facts are what is known about a caller when the rules are asked.
type Facts struct {
	Outcome   Outcome
	ContactID string // empty: no contact
	CompanyID string // of the contact, or the one that has the number itself; empty: none, or companies do not count
	Contacts  int    // how many have the caller's number
	Deals     int    // deals on the page, or as many as a rollup says
	OpenDeals int
	Open      []OpenDeal       // the open deals on the page
	Deal      *Deal            // the deal that counts; nil when none does
	Value     *Decimal         // nil: not set
	Failure   string           // why the lookup failed; empty: it did not
	Truncated bool             // HubSpot has more deals than one request reads
	Lifecycle string           // empty: not set
	Owner     string           // of the deal that counts, else of the contact; empty: nobody
	Values    map[string]Value // facts of the policy that are set
	Today     time.Time        // midnight UTC
	At        string           // state of the schedule when the call comes; empty: there is none
	Caller    Caller           // known without HubSpot, as the next is
	Called    string           // the number of ours that was dialled; empty: none of them
}

// A Caller is what the calling number says without a request.
type Caller struct {
	Number  string // one of CallerNumbers
	Country string // of a usable number: ISO 3166; empty for numbers of no country
}

// A Deal is what the rules may ask of the deal that counts.
type Deal struct {
	ID       string
	Stage    string
	Pipeline string
	Open     bool
	Won      bool
}

// An OpenDeal is what the rules may ask of any open deal.
type OpenDeal struct {
	Stage, Pipeline string
	Amount          Decimal
}

// A Value is a fact that is set, read by its type.
type Value struct {
	Type   string
	Text   string    // as HubSpot has it
	Number Decimal   // of a number
	Day    time.Time // of a date: midnight UTC
}

// FactsOf is what a lookup that HubSpot answered says. contacts are those with the caller's
// number, companies those that have it themselves; deals may be any, only those of the contacts
// and companies that count do. Where more than PageSize of them count, those with the greatest
// measure are read, open or closed. The order in which all these are given does not matter.
func FactsOf(p Policy, contacts []hubspot.Contact, deals []hubspot.Deal, now time.Time, companies ...hubspot.Company) Facts {
	f, whose := callerFacts(p, contacts, companies, now)
	if len(whose.contacts)+len(whose.companies) == 0 || p.rolled() {
		return f
	}
	var page []hubspot.Deal
	for _, d := range deals {
		if counts(p, whose, d) {
			page = append(page, d)
		}
	}
	slices.SortFunc(page, p.before)
	if len(page) > PageSize {
		f.Truncated = true
		page = page[:PageSize]
	}
	dealFacts(p, &f, page)
	return f
}

// FactsWithoutDeals is what remains when the contact or the company was read and its deals were
// not; failure says why.
func FactsWithoutDeals(p Policy, contacts []hubspot.Contact, now time.Time, failure string, companies ...hubspot.Company) Facts {
	f, whose := callerFacts(p, contacts, companies, now)
	if len(whose.contacts)+len(whose.companies) > 0 && !p.rolled() { // of a rollup no deal is read, and none can fail
		f.Outcome, f.Failure = LookupFailed, failure
	}
	return f
}

// NotAsked is what is known when HubSpot was not asked or gave no usable answer; failure says
// why.
func NotAsked(now time.Time, failure string) Facts {
	return Facts{Outcome: LookupFailed, Failure: failure, Today: day(now)}
}

// Unknown is what is known of an unusable number: nobody is asked for it.
func Unknown(now time.Time) Facts { return Facts{Outcome: NoRecord, Today: day(now)} }

// callerFacts fills what the contact or the company gives, and returns whose deals count.
func callerFacts(p Policy, contacts []hubspot.Contact, companies []hubspot.Company, now time.Time) (Facts, records) {
	f, found := contactFacts(p, contacts, now)
	whose := records{}
	for _, c := range found {
		whose.contacts = append(whose.contacts, c.ID)
	}
	switch {
	case len(found) > 0 && p.Companies():
		if id, ok := found[0].Properties.Get(hubspot.PropPrimaryCompany); ok && recordID().MatchString(id) {
			f.CompanyID, whose.companies = id, []string{id}
		}
	case f.Contacts == 0 && p.Company == CompanyNumbers:
		whose.companies, f.Truncated = p.companiesOf(companies)
		if len(whose.companies) > 0 {
			f.CompanyID, f.Values = whose.companies[0], map[string]Value{}
		}
	}
	return f, whose
}

// records are the ids of those whose deals count.
type records struct{ contacts, companies []string }

// recordID is what HubSpot numbers its records by; any other text is no id.
var recordID = pattern.Of(`^[1-9][0-9]{0,18}$`)

// contactFacts fills what the contact gives, and returns the contacts whose deals count.
func contactFacts(p Policy, contacts []hubspot.Contact, now time.Time) (Facts, []hubspot.Contact) {
	f := Unknown(now)
	var found []hubspot.Contact
	for _, c := range contacts {
		if !c.Archived {
			found = append(found, c)
		}
	}
	f.Contacts = len(found)
	if len(found) == 0 || (len(found) > 1 && p.Duplicates == DuplicatesAmbiguous) {
		return f, nil
	}
	slices.SortStableFunc(found, func(a, b hubspot.Contact) int {
		return cmp.Or(modified(b).Compare(modified(a)), compareIDs(a.ID, b.ID))
	})
	best := found[0]
	f.ContactID = best.ID
	f.Lifecycle, _ = best.Properties.Get(hubspot.PropLifecycle)
	f.Owner, _ = best.Properties.Get(hubspot.PropOwner)
	f.Values = map[string]Value{}
	for name, src := range p.Facts {
		if src.Contact != "" {
			f.take(name, src.Type, best.Properties, src.Contact)
		}
	}
	if p.rolled() {
		rollupFacts(*p.Keyed.Rollup, &f, best.Properties)
	}
	if p.Duplicates != DuplicatesAll {
		return f, found[:1]
	}
	f.Truncated = len(found) > p.MaxContacts()
	return f, found[:min(len(found), p.MaxContacts())]
}

// modified is when a contact was changed last. HubSpot: any hidden update moves it, too.
func modified(c hubspot.Contact) time.Time {
	return changed(c.Properties, hubspot.PropContactModified, c.UpdatedAt)
}

func changed(ps hubspot.Properties, property string, otherwise time.Time) time.Time {
	if v, ok := ps.Get(property); ok {
		if t, err := time.Parse(time.RFC3339, v); err == nil {
			return t
		}
	}
	return otherwise
}

func counts(p Policy, whose records, d hubspot.Deal) bool {
	of := func(ids, linked []string) bool {
		return slices.ContainsFunc(ids, func(id string) bool { return slices.Contains(linked, id) })
	}
	if d.Archived || !of(whose.contacts, d.Contacts) && !of(whose.companies, d.Companies) {
		return false
	}
	pipeline, _ := d.Properties.Get(hubspot.PropPipeline)
	return len(p.Pipelines) == 0 || slices.Contains(p.Pipelines, pipeline)
}

// dealFacts fills what a page of deals gives, sorted by before.
func dealFacts(p Policy, f *Facts, page []hubspot.Deal) {
	f.Deals = len(page)
	var open, won, lost []hubspot.Deal
	for _, d := range page {
		switch {
		case !isTrue(d, hubspot.PropIsClosed):
			open = append(open, d)
		case isTrue(d, hubspot.PropIsWon):
			won = append(won, d)
		default:
			lost = append(lost, d)
		}
	}
	f.OpenDeals = len(open)
	switch {
	case len(open) > 0:
		f.Outcome = ActiveDeal
	case f.Truncated: // an open one may be among those that were not read
		f.Outcome, f.Failure = LookupFailed, FailureError
		return
	case len(page) == 0:
		f.Outcome = ContactNoDeal
		return
	default:
		f.Outcome = InactiveDeal
	}
	sum := Decimal{}
	for _, d := range open {
		o := OpenDeal{Amount: amount(d, hubspot.PropHomeAmount)}
		o.Stage, _ = d.Properties.Get(hubspot.PropDealStage)
		o.Pipeline, _ = d.Properties.Get(hubspot.PropPipeline)
		f.Open = append(f.Open, o)
		sum = sum.Add(o.Amount)
	}
	f.Value = &sum
	best := slices.Concat(open, won, lost)[0] // the page is sorted
	stage, _ := best.Properties.Get(hubspot.PropDealStage)
	pipeline, _ := best.Properties.Get(hubspot.PropPipeline)
	f.Deal = &Deal{
		ID: best.ID, Stage: stage, Pipeline: pipeline,
		Open: len(open) > 0, Won: len(open) == 0 && len(won) > 0,
	}
	if owner, ok := best.Properties.Get(hubspot.PropOwner); ok {
		f.Owner = owner
	}
	for name, src := range p.Facts {
		if src.Deal != "" {
			f.take(name, src.Type, best.Properties, src.Deal)
		}
	}
}

// before orders deals by the measure that makes one count, the greatest first; equal ones by
// their ids, the smallest first.
func (p Policy) before(a, b hubspot.Deal) int {
	var more int
	switch p.DealStage {
	case MostProbable:
		more = amount(b, hubspot.PropStageProbability).Cmp(amount(a, hubspot.PropStageProbability))
	case MostRecent:
		more = created(b).Compare(created(a))
	default:
		more = amount(b, hubspot.PropHomeAmount).Cmp(amount(a, hubspot.PropHomeAmount))
	}
	return cmp.Or(more, compareIDs(a.ID, b.ID))
}

func isTrue(d hubspot.Deal, property string) bool {
	v, _ := d.Properties.Get(property)
	return v == "true"
}

// amount reads a number of a deal; what is missing or no number counts 0.
func amount(d hubspot.Deal, property string) Decimal {
	v, ok := d.Properties.Get(property)
	if !ok {
		return Decimal{}
	}
	n, err := readNumber(v)
	if err != nil {
		return Decimal{}
	}
	return n
}

func created(d hubspot.Deal) time.Time {
	if v, ok := d.Properties.Get(hubspot.PropCreated); ok {
		if t, err := time.Parse(time.RFC3339, v); err == nil {
			return t
		}
	}
	return d.CreatedAt
}

// compareIDs orders ids as the decimal numbers they are.
func compareIDs(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

// take reads a property as a fact.
func (f *Facts) take(name, kind string, p hubspot.Properties, property string) {
	text, ok := p.Get(property)
	if !ok {
		return
	}
	if v, ok := Read(kind, text); ok {
		f.Values[name] = v
	}
}

// Read reads the text of a property as a fact of a type; of one that its type cannot read the
// fact is not set.
func Read(kind, text string) (v Value, ok bool) {
	v = Value{Type: kind, Text: text}
	var err error
	switch kind {
	case NumberFact:
		v.Number, err = readNumber(text)
	case BooleanFact:
		return v, text == "true" || text == "false"
	case DateFact:
		v.Day, err = readDay(text)
	}
	return v, err == nil
}

// plainNumber is a number as JSON has it, of at most 15 digits before the point: of larger
// ones an Architect flow could not hold the sum. (Genesys: Decimal ends at 10^40.)
var plainNumber = pattern.Of(`^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,60})?([eE][+-]?1?[0-9])?$`)

// readNumber reads a number of HubSpot; a text that is none in this form is not set.
func readNumber(text string) (Decimal, error) {
	if !plainNumber().MatchString(text) {
		return Decimal{}, fmt.Errorf("%.40q is no number", text)
	}
	return ParseDecimal(text)
}

// readDay reads a day of HubSpot. Its times are in UTC; one with an offset is none of its.
func readDay(text string) (time.Time, error) {
	if len(text) > len(time.DateOnly) && !strings.HasSuffix(text, "Z") {
		return time.Time{}, fmt.Errorf("%.40q is no day", text)
	}
	return parseDay(text)
}

// parseDay reads HubSpot's dates (2026-12-31) and times (ISO 8601 with milliseconds and Z)
// as the day in UTC.
func parseDay(text string) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return t, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	return day(t), err
}

func day(t time.Time) time.Time {
	y, m, d := t.UTC().Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
