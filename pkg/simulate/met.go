package simulate

import (
	"slices"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
)

// Met is what a call met outside the flow, and what the flow made of the caller's number:
// what an explanation of its outcome can rest on.
type Met struct {
	Number    string     // the caller's as the flow read it; empty when it gave none
	Truncated bool       // the caller has more deals than were read
	Row       Row        // of the control table, read last
	Contacts  *Contacts  // nil without an answer of them
	Companies *Companies // nil without an answer of them
	Deals     *Deals     // nil without an answer of them
	Gone      []Thing    // looked for by name and not found
	Failed    []Failed   // transfers, in their order

	contacts Contacts // what Contacts and Deals point at, so that they need no memory of their own
	deals    Deals
}

// Contacts are counts of HubSpot's answer to the search for the caller, as the flow got it:
// what it says of each contact, whatever the flow then made of it.
type Contacts struct {
	Total   int64 // that the search found
	Given   int   // that the answer has; one page
	Exact   int   // of those given, with the number itself
	Local   int   // the others with its national form for whom HubSpot calculated no other number
	Foreign int   // the others with its national form
	Company bool  // their companies count, and one of them is asked for beside the contacts
}

// Companies are counts of HubSpot's answer to the search for a company by its own number.
type Companies struct {
	Total int64 // that the search found
	Given int   // that the answer has
}

// Deals are counts of HubSpot's answer to the search for deals.
type Deals struct {
	Total     int64 // that the search found
	Contacts  int   // whose deals were asked for
	Companies int   // likewise
}

// A Row is a read of the control table.
type Row struct {
	Key    string         // empty: none was read
	Branch string         // found, notFound or failure
	Cells  []interp.Named // what the flow took from it
}

// A Thing is an object of the org.
type Thing struct {
	Type expr.Type
	Name string
}

// A Failed transfer is one that the call came back from.
type Failed struct {
	To       string
	Flow     bool // to another flow, not to a queue
	Skills   int
	Handling bool // error handling tried it
	Gone     int  // how many things had been looked for and not found before
}

// answer counts what a search gave. Searches are told apart by the contracts of the actions;
// of others nothing is known.
func (m *Met) answer(in, out []interp.Named) {
	total := named(out, "total")
	if !total.IsSet() {
		return
	}
	asked, firms := texts(in, "contact1", "contact2", "contact3", "contact4", "contact5"), texts(in, "company1", "company2", "company3", "company4")
	if len(asked)+len(firms) > 0 {
		m.deals = Deals{total.Int(), len(asked), len(firms)}
		m.Deals = &m.deals
		return
	}
	numbers, locals := texts(in, "number", "number2", "number3"), texts(in, "national", "national2", "national3")
	ids := named(out, "ids")
	if len(numbers) == 0 || !ids.Type().IsList() {
		return
	}
	if has(in, "nationalBare") { // a company has no calculated number, so the digits are looked for as people write them
		m.Companies = &Companies{Total: total.Int(), Given: ids.Len()}
		return
	}
	m.contacts = Contacts{Total: total.Int(), Given: ids.Len(), Company: has(out, "companyOf")}
	m.Contacts = &m.contacts
	for i := range ids.Len() {
		of := func(property string) string { return paired(out, property, ids.At(i).Text()) }
		is := func(among []string, properties ...string) bool {
			return slices.ContainsFunc(properties, func(p string) bool { return slices.Contains(among, of(p)) })
		}
		other := func(property string) bool { return of(property) != "" && !is(numbers, property) }
		switch {
		case is(numbers, "phone", "mobile", "typedPhone", "typedMobile"):
			m.Contacts.Exact++
		case !is(locals, "localPhone", "localMobile"):
		case other("phone") || other("mobile"):
			m.Contacts.Foreign++
		default:
			m.Contacts.Local++
		}
	}
}

// named is a value by its name, or the zero Value.
func named(ns []interp.Named, name string) expr.Value {
	for _, n := range ns {
		if n.Name == name {
			return n.Value
		}
	}
	return expr.Value{}
}

func has(ns []interp.Named, name string) bool {
	return slices.ContainsFunc(ns, func(n interp.Named) bool { return n.Name == name })
}

// texts are the values of those names that are texts and not empty.
func texts(ns []interp.Named, names ...string) (out []string) {
	for _, name := range names {
		if v := named(ns, name); v.Type() == expr.String && v.Text() != "" {
			out = append(out, v.Text())
		}
	}
	return out
}

// paired is what an answer says of a contact's property: one list has the ids of those that
// have it, another one the values. It is empty for who has it not.
func paired(out []interp.Named, property, id string) string {
	ids, values := named(out, property+"Of"), named(out, property)
	for i := range min(ids.Len(), values.Len()) {
		if ids.At(i).Text() == id {
			return values.At(i).Text()
		}
	}
	return ""
}

// see keeps of an answer what may explain the call. table is the name of the control table.
func (m *Met) see(e *interp.Effect, o interp.Outcome, table string) {
	switch e.Kind {
	case interp.EffectTable:
		if e.Name == table {
			m.Row = Row{Key: e.Key.Text(), Branch: o.Branch, Cells: o.Outputs}
		}
	case interp.EffectDataAction:
		if o.Branch == "success" && late(e, o) == "" {
			m.answer(e.Inputs, o.Outputs)
		}
	case interp.EffectFind:
		if t := (Thing{e.Type, e.Name}); !o.Value.IsSet() && !slices.Contains(m.Gone, t) {
			m.Gone = append(m.Gone, t)
		}
	case interp.EffectTransfer:
		if o.Branch == "failure" {
			m.Failed = append(m.Failed, Failed{To: e.Name, Flow: e.Transfer.To == interp.EndFlow, Skills: len(e.Transfer.Skills), Handling: e.Transfer.Handling, Gone: len(m.Gone)})
		}
	}
}

// late is why an answer is of no use to the flow that came after the flow's own timeout, or
// empty.
func late(e *interp.Effect, o interp.Outcome) string {
	if e.Timeout == 0 || o.Branch == "timeout" || o.Elapsed < e.Timeout {
		return ""
	}
	return "an answer after " + o.Elapsed.String() + ", and the flow waits " + e.Timeout.String()
}
