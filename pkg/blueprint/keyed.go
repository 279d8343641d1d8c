package blueprint

import (
	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/routing"
)

// keyedData is what the flow needs to read a contact by a property of its own instead of
// searching; nil when it searches.
type keyedData struct {
	Best        bool      // of several contacts the one modified last counts; else several are nobody
	When, Later expr.Node // when Task.Id was modified; whether it comes before Flow.Contact1
}

// rollupData is what it needs where the contact's own properties stand for its deals.
type rollupData struct {
	Open, All, Value    compact
	OpenDeals, AnyDeals expr.Node
}

func (b *builder) keyed() bool  { return !b.d.HubSpot.Lookup.Searches() }
func (b *builder) rolled() bool { return b.d.HubSpot.Lookup.Rolled() }

// modifiedList is when contacts were modified last, as HubSpot writes times.
func modifiedList() list {
	const form = `[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?Z`
	return listOf(hubspot.PropContactModified, routing.StringFact, "modified", "Modified", "@.properties."+hubspot.PropContactModified+" =~ /"+form+"/")
}

// rollupLists are the numbers that stand for a contact's deals: open ones, all, their value.
func (b *builder) rollupLists() []list {
	r := b.d.HubSpot.Lookup.Rollup
	return []list{
		listOf(r.Open, routing.NumberFact, "openDeals", "OpenDeals", ""),
		listOf(r.All, routing.NumberFact, "allDeals", "AllDeals", ""),
		listOf(r.Value, routing.NumberFact, "openValue", "OpenValue", ""),
	}
}

// keyLists are the properties read of a contact that has no need to be compared with the number.
func (b *builder) keyLists() []list {
	var out []list
	if b.bestOfKeyed() {
		out = append(out, modifiedList())
	}
	if b.rolled() {
		out = append(out, b.rollupLists()...)
	}
	return out
}

func (b *builder) bestOfKeyed() bool {
	return b.d.HubSpot.Lookup.Duplicates != routing.DuplicatesAmbiguous
}

// keyedPart is how the contact is told from what was read by the property, and what it says of its
// deals where none is read.
func (b *builder) keyedPart(f *flowData) {
	f.ContactLeftOut = append(f.ContactLeftOut, emptied("stringCollection", "Task.Problems"))
	f.ContactUsable = all(choose(isSet(v("Task.Status")), eq(v("Task.Status"), text("COMPLETE")), yes(false)),
		choose(isSet(v("Task.Found")), eq(v("Task.Found"), count(v("Task.Ids"))), yes(false)), eq(count(v("Task.Problems")), whole(0)), full("stringCollection", "Task.Ids"), paired(f.ContactLists...))
	f.Known = expr.Op(v("Flow.Contact1"), "!=", text(""))
	f.Keyed = &keyedData{Best: b.bestOfKeyed()}
	if f.Keyed.Best {
		l := modifiedList()
		i := fn("FindFirst", v(l.Of), v("Task.Id"))
		digits := at(v(l.Values), i)
		for _, c := range "-:T.Z" {
			digits = fn("Replace", digits, text(string(c)), text(""))
		}
		f.Keyed.When = choose(atLeast(i, whole(0)), fn("Left", fn("Append", digits, text("000000000")), whole(23)), text(""))
		id, best := v("Task.Id"), v("Flow.Contact1")
		smaller := either(less(length(id), length(best)), all(eq(length(id), length(best)), less(fn("Compare", id, best), whole(0))))
		later := fn("Compare", v("Task.When"), v("Task.Last"))
		f.Keyed.Later = either(eq(best, text("")), more(later, whole(0)), all(eq(later, whole(0)), smaller))
	}
	if b.rolled() {
		f.Rollup = b.rollupPart()
	}
}

// rollupPart reads the numbers. A count is the whole part of its number, and none when that is
// less than one; as many as mostDeals are not told apart, so that no conversion can overflow.
func (b *builder) rollupPart() *rollupData {
	const mostDeals = 999_999_999
	var read []compact
	for i, l := range b.rollupLists() {
		name := []string{"Task.Open", "Task.All", "Task.Value"}[i]
		at0 := fn("FindFirst", v(l.Of), v("Flow.Contact1"))
		read = append(read, compact{"decimal", name, choose(atLeast(at0, whole(0)), at(v(l.Values), at0), v(name))})
	}
	open := v(read[0].Var)
	return &rollupData{
		Open: read[0], All: read[1], Value: read[2],
		OpenDeals: choose(atLeast(open, whole(mostDeals)), whole(mostDeals), choose(atLeast(open, whole(1)), fn("ToInt", fn("Floor", open)), whole(0))),
		AnyDeals:  atLeast(v(read[1].Var), whole(1)),
	}
}

// readData is what the template of the data action is given.
type readData struct {
	Name, ReadURL        string
	Bearer               string // the Authorization header
	Timeout              int
	Property             string
	Deals                bool // the contact's deals are asked for
	Lists                []list
	Required, Properties []string
}

func (b *builder) readContactData(name string) any {
	c := readData{
		Name: name, ReadURL: hubspot.Host + hubspot.Paths(b.d.HubSpot.APIVersion).ContactBatch(), Bearer: b.bearer(), Timeout: b.contactTimeout() + actionSlack,
		Property: b.d.HubSpot.Lookup.Property, Deals: !b.rolled(), Lists: b.contactLists(), Required: []string{"status", "found", "ids", "problems"},
	}
	if b.bestOfKeyed() {
		c.Properties = append(c.Properties, hubspot.PropContactModified)
	}
	if c.Deals {
		c.Required, c.Properties = append(c.Required, "askIds"), append(c.Properties, hubspot.PropAssociatedDeals)
	} else {
		r := b.d.HubSpot.Lookup.Rollup
		c.Properties = append(c.Properties, r.Open, r.All, r.Value)
	}
	for _, p := range b.contactProperties() {
		c.Properties = appendNew(c.Properties, p)
	}
	for _, l := range c.Lists {
		c.Required = append(c.Required, l.OfName, l.ValuesName)
	}
	return c
}
