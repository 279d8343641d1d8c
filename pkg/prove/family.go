package prove

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// A sketch is what decides about a call, in few words. Everything that a rule can ask for is
// in it once, so that one thing can be changed and the rest stays.
type sketch struct {
	ani, dnis string
	state     string            // of the schedule
	who       string            // whoNobody, whoContact, whoCompany
	contact   map[string]string // properties of the contact; one that is absent was never set
	null      string            // a property of contact or deal that is null
	deal      sale              // the deal that counts; of no kind: there is none
	more      []sale            // further deals
	many      int               // so many more open ones, where none is read
	failure   string            // of routing.Failures
	at        string            // in which lookup: whoContact, whoCompany, else that of the deals
}

// Who a caller is to HubSpot.
const (
	whoNobody  = ""
	whoContact = "contact"
	whoCompany = "company"
)

// A sale is a deal in few words.
type sale struct {
	kind            string // open, won, lost
	stage, pipeline string
	amount          string // empty: none
	properties      map[string]string
}

// The kinds of deals.
const (
	dealOpen = "open"
	dealWon  = "won"
	dealLost = "lost"
)

func (x sketch) clone() sketch {
	x.contact, x.deal, x.more = maps.Clone(x.contact), x.deal.clone(), slices.Clone(x.more)
	return x
}

func (d sale) clone() sale {
	d.properties = maps.Clone(d.properties)
	return d
}

// with gives a copy in which something is changed.
func (x sketch) with(change func(*sketch)) sketch {
	c := x.clone()
	change(&c)
	return c
}

// key tells sketches apart.
func (x sketch) key() string {
	out := make([]byte, 0, 256)
	add := func(texts ...string) {
		for _, t := range texts {
			out = append(append(out, t...), 0)
		}
	}
	pairs := func(m map[string]string) {
		if len(m) > 0 {
			for _, k := range slices.Sorted(maps.Keys(m)) {
				add(k, m[k])
			}
		}
		out = append(out, 1)
	}
	deal := func(d sale) {
		add(d.kind, d.stage, d.pipeline, d.amount)
		pairs(d.properties)
	}
	add(x.ani, x.dnis, x.state, x.who, x.null, x.failure, x.at)
	if x.many > 0 {
		add(strconv.Itoa(x.many))
	}
	pairs(x.contact)
	deal(x.deal)
	for _, d := range x.more {
		deal(d)
	}
	return string(out)
}

// A builder makes accounts out of sketches.
type builder struct {
	reference
	now       time.Time
	ani       string // a caller of the first home country
	dnis      string
	pipelines []hubspot.Pipeline
	pipeline  string // that deals are in unless they say otherwise
}

// Ids of the records that are made up. None is a value that stands in a flow.
const (
	contactID = "90000000901"
	companyID = "70000000701"
	dealID    = 10000000100
)

func newBuilder(r reference, now time.Time) builder {
	b := builder{reference: r, now: now}
	b.ani = b.numberOf(r.home)
	if len(r.d.Calls.Numbers) > 0 {
		b.dnis = r.d.Calls.Numbers[0]
	}
	b.pipeline = hubspot.DefaultPipelineID
	if len(r.p.Pipelines) > 0 && !slices.Contains(r.p.Pipelines, b.pipeline) {
		b.pipeline = r.p.Pipelines[0]
	}
	// Without stages: what a deal says of itself holds, as for a stage that somebody has deleted.
	b.pipelines = []hubspot.Pipeline{{ID: hubspot.DefaultPipelineID}}
	for _, id := range r.pipelineIDs() {
		if id != hubspot.DefaultPipelineID {
			b.pipelines = append(b.pipelines, hubspot.Pipeline{ID: id})
		}
	}
	return b
}

// numberOf is a number of a country that is to be looked up, empty when there is none.
func (b builder) numberOf(region string) string {
	n, ok := phone.Example(region)
	if !ok {
		return ""
	}
	text := n.E164()
	for i := range 100 { // another line of the same country, when this one is ours
		if routing.CallerOf(text, b.home, b.own) == (routing.Caller{Number: routing.NumberUsable, Country: region}) {
			return text
		}
		text = fmt.Sprintf("%s%02d", n.E164()[:len(n.E164())-2], i)
	}
	return ""
}

// pipelineIDs are those that the policy names, and one more.
func (r reference) pipelineIDs() []string {
	var out []string
	add := func(ids []string) {
		for _, id := range ids {
			if !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	add(r.p.Pipelines)
	for _, x := range r.p.Rules {
		add(x.When.Pipeline)
		if t := x.When.AnyOpen; t != nil {
			add(t.Pipeline)
		}
	}
	return out
}

// base is a caller of whom nothing is known.
func (b builder) base() sketch {
	x := sketch{ani: b.ani, dnis: b.dnis}
	if b.d.Calls.Schedule != nil {
		x.state = "open"
	}
	return x
}

// known is a contact, open a contact with an open deal.
func (b builder) known() sketch { return b.base().with(func(x *sketch) { x.who = whoContact }) }
func (b builder) open() sketch {
	return b.known().with(func(x *sketch) { x.deal = sale{kind: dealOpen, stage: "appointmentscheduled"} })
}

// situation is the call of a sketch.
func (b builder) situation(x sketch) *situation {
	s := &situation{Witness: Witness{ANI: x.ani, DNIS: x.dnis, At: b.now, State: x.state}}
	s.CRM = hubspot.CRM{Portal: cmp.Or(b.d.HubSpot.Portal, "1"), Currency: "USD", Pipelines: b.pipelines}
	if s.CRM.Properties = b.definitions(); b.rollup() != nil && x.who == whoContact {
		x = b.rolled(x)
	}
	var of, firm []string
	if x.who == whoContact {
		c := b.contact(contactID, x.ani)
		for k, v := range x.contact {
			c.Properties[k] = hubspot.Text(v)
		}
		if x.null != "" && !strings.HasPrefix(x.null, "deal ") {
			c.Properties[x.null] = nil
		}
		s.CRM.Contacts, of = []hubspot.Contact{c}, []string{c.ID}
	}
	if x.who == whoCompany {
		c := hubspot.Company{ID: companyID, CreatedAt: b.now.Add(-48 * time.Hour), UpdatedAt: b.now.Add(-time.Hour), Properties: hubspot.Properties{hubspot.PropPhone: hubspot.Text(b.e164(x.ani))}}
		s.CRM.Companies, firm = []hubspot.Company{c}, []string{c.ID}
	}
	if x.who != whoNobody && x.deal.kind != "" {
		if b.rollup() == nil && x.who == whoContact && x.contact[hubspot.PropAssociatedDeals] == "0" { // a rule may ask for it; HubSpot says it of nobody with deals
			s.CRM.Contacts[0].Properties[hubspot.PropAssociatedDeals] = hubspot.Text("1")
		}
		for i, d := range append([]sale{x.deal}, x.more...) {
			deal := b.dealOf(d, i, of, firm)
			if i == 0 && strings.HasPrefix(x.null, "deal ") {
				deal.Properties[strings.TrimPrefix(x.null, "deal ")] = nil
			}
			s.CRM.Deals = append(s.CRM.Deals, deal)
		}
	}
	b.fail(s, x)
	if id := x.owner(); id != "" {
		s.Org.Owners = simulate.Owners{Rows: map[string]map[string]any{id: {"user": "user of " + id}}}
	}
	return s
}

// owner is the owner whom the sketch names last.
func (x sketch) owner() string {
	if id := x.deal.properties[hubspot.PropOwner]; id != "" {
		return id
	}
	return x.contact[hubspot.PropOwner]
}

// e164 is a number of a caller, the text itself when it is none.
func (b builder) e164(ani string) string {
	if a := b.address(ani); a.usable {
		return a.number.E164()
	}
	return ani
}

// contact has the caller's number as HubSpot keeps one.
func (b builder) contact(id, ani string) hubspot.Contact {
	c := hubspot.Contact{ID: id, CreatedAt: b.now.Add(-48 * time.Hour), UpdatedAt: b.now.Add(-time.Hour), Properties: hubspot.Properties{
		"firstname": hubspot.Text("Lucretia"), "lastname": hubspot.Text("Ottomeyer"), "email": hubspot.Text("lucretia.ottomeyer@example.com"),
		hubspot.PropPhone: nil, hubspot.PropMobile: nil, hubspot.PropCalcPhone: nil, hubspot.PropCalcMobile: nil, hubspot.PropSearchPhone: nil, hubspot.PropSearchMobile: nil, hubspot.PropCalcCountry: nil,
	}}
	if a := b.address(ani); a.usable {
		n := a.number
		c.Properties[hubspot.PropPhone], c.Properties[hubspot.PropCalcPhone], c.Properties[hubspot.PropSearchPhone] = hubspot.Text(n.E164()), hubspot.Text(n.E164()), hubspot.Text(n.National())
		if k := b.p.Keyed; k != nil {
			c.Properties[k.Property] = hubspot.Text(n.E164())
		}
	}
	return c
}

// dealOf makes the i-th deal; each is worse than those before it by every measure but the
// amount.
func (b builder) dealOf(d sale, i int, contacts, companies []string) hubspot.Deal {
	created := b.now.Add(-time.Duration(i+1) * 24 * time.Hour)
	out := hubspot.Deal{ID: strconv.Itoa(dealID + i), Contacts: contacts, Companies: companies, CreatedAt: created, UpdatedAt: created, Properties: hubspot.Properties{
		hubspot.PropPipeline: hubspot.Text(cmp.Or(d.pipeline, b.pipeline)), hubspot.PropDealStage: hubspot.Text(d.stage),
		hubspot.PropIsClosed: hubspot.Text(strconv.FormatBool(d.kind != dealOpen)), hubspot.PropIsWon: hubspot.Text(strconv.FormatBool(d.kind == dealWon)),
		hubspot.PropIsLost: hubspot.Text(strconv.FormatBool(d.kind == dealLost)), hubspot.PropStageProbability: hubspot.Text(fmt.Sprintf("0.%03d", max(0, 900-i))),
		hubspot.PropCreated: hubspot.Text(created.Format("2006-01-02T15:04:05.000Z")), hubspot.PropAmount: nil, hubspot.PropHomeAmount: nil,
	}}
	if d.amount != "" {
		out.Properties[hubspot.PropAmount], out.Properties[hubspot.PropHomeAmount] = hubspot.Text(d.amount), hubspot.Text(d.amount)
	}
	for k, v := range d.properties {
		out.Properties[k] = hubspot.Text(v)
	}
	return out
}

// fail makes the lookup of a sketch fail.
func (b builder) fail(s *situation, x sketch) {
	kinds := map[string]FaultKind{routing.FailureTimeout: FaultTimeout, routing.FailureError: FaultServer}
	switch x.failure {
	case routing.FailureTimeout, routing.FailureError:
		n := 2
		switch {
		case x.at == whoContact:
			n = 1
		case x.at != whoCompany && x.who == whoCompany:
			n = 3
		}
		s.Faults = []Fault{{kinds[x.failure], n}}
	case routing.FailureBreaker:
		s.Org.Rows = map[string]map[string]any{"breaker": {"openUntil": b.now.Add(time.Minute).Format("2006-01-02T15:04:05Z")}}
	case routing.FailureOff:
		s.Org.Rows = map[string]map[string]any{"switch": {"enabled": false}}
	}
}

// factsOf are the facts of a sketch's call, as they are when every request that may be made is.
func (b builder) factsOf(x sketch) routing.Facts {
	s := b.situation(x)
	f, _ := b.facts(&s.Witness, func(role string) string {
		if x.failure == routing.FailureBreaker || x.failure == routing.FailureOff || role != map[string]string{whoContact: blueprint.RoleFindContact, whoCompany: blueprint.RoleFindCompany, "": blueprint.RoleFindDeals}[x.at] {
			return ""
		}
		return x.failure
	})
	return f
}

// A print tells what was written apart from anything else that is.
type print [sha256.Size]byte

func printOf(write func(*bytes.Buffer)) print {
	b := buffers.Get().(*bytes.Buffer) // nothing else is put there
	defer buffers.Put(b)
	b.Reset()
	write(b)
	return sha256.Sum256(b.Bytes())
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// key tells situations apart.
func (s *situation) key() print { return printOf(s.write) }

// class tells accounts with their faults apart.
func (s *situation) class() print {
	return printOf(func(b *bytes.Buffer) {
		writeCRM(b, s.CRM)
		fmt.Fprint(b, s.Faults)
	})
}

func (s *situation) write(b *bytes.Buffer) {
	writeCRM(b, s.CRM)
	fmt.Fprintf(b, "%q %q %q %s %v %v %v %q", s.ANI, s.DNIS, s.Through, s.State, s.At.Unix(), s.Faults, s.Org, s.Conversation)
	if s.earlier != nil {
		fmt.Fprintf(b, "%q", s.spoil)
		s.earlier.write(b)
	}
	fmt.Fprint(b, s.otherwise, s.holds)
}

// writeCRM writes all of an account that differs between the calls of a proof.
func writeCRM(b *bytes.Buffer, crm hubspot.CRM) {
	record := func(kind, id string, archived bool, created, updated time.Time, ps hubspot.Properties) {
		fmt.Fprintf(b, "\n%s %s %t %x %x", kind, id, archived, created.UnixNano(), updated.UnixNano())
		for _, k := range slices.Sorted(maps.Keys(ps)) {
			b.WriteString(" ")
			b.WriteString(k)
			if v := ps[k]; v != nil {
				b.WriteString("=")
				b.WriteString(strconv.Quote(*v))
			}
		}
	}
	for _, c := range crm.Contacts {
		record("contact", c.ID, c.Archived, c.CreatedAt, c.UpdatedAt, c.Properties)
	}
	for _, c := range crm.Companies {
		record("company", c.ID, c.Archived, c.CreatedAt, c.UpdatedAt, c.Properties)
	}
	for _, d := range crm.Deals {
		record("deal", d.ID, d.Archived, d.CreatedAt, d.UpdatedAt, d.Properties)
		fmt.Fprintf(b, " of %q %q", d.Contacts, d.Companies)
	}
}
