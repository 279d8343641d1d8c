package blueprint

import (
	"maps"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/routing"
)

// A fact is one property that rules or agents use, on its way from HubSpot's answer to a
// variable of the flow.
type fact struct {
	Name string // in the deployment file
	Type string
	Kind string // of the flow variable: string, decimal, boolean, integer (a day)
	Var  string // flow variable
	Deal bool   // of the deal that counts; else of the contact
	list list
}

// A list is a property of several records on its way through a data action: the ids of the
// records that have it, and the values, in the same order. Records without it are in
// neither, so that no null is in a list.
type list struct {
	OfName, ValuesName   string // outputs of the data action
	Of, Values           string // task variables
	OfPath, ValuesPath   string // in HubSpot's answer
	OfTitle, ValuesTitle string
	ItemType             string // JSON type of a value
	ListKind             string // of the task variable
	Bare                 bool   // numbers: HubSpot's quotes go
}

// A read puts the value of one record into a flow variable.
type read struct {
	Kind string
	Var  string
	Read expr.Node
}

// Patterns for values of HubSpot, which are all texts, in the path that selects them. A value
// that does not have its type's form counts as not set. The number form is JSON's, because
// the quotes are taken away; longer ones than Architect's Decimal holds are left out.
const (
	numberForm = `-?(0|[1-9][0-9]{0,14})([.][0-9]{1,60})?([eE][+-]?1?[0-9])?`
	dateForm   = `(` + dayForm + `|` + leapForm + `)(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?Z)?`
	dayForm    = `[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))`
	leapForm   = `([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29`
)

// has is the filter for records that have a property in the form of a type.
func has(prop, kind string) string {
	p := "@.properties." + prop
	switch kind {
	case routing.NumberFact:
		return p + " =~ /" + numberForm + "/"
	case routing.DateFact:
		return p + " =~ /" + dateForm + "/"
	case routing.BooleanFact:
		return "(" + p + " == 'true' || " + p + " == 'false')"
	}
	// an absent property is not null, a null is not absent, and HubSpot clears with ""
	return "(" + p + " && " + p + " != null && " + p + " != '')"
}

// listOf describes the list of a property; out is its output's name and variable its task
// variable's. only is a further filter, empty for all records.
func listOf(prop, kind, out, variable, only string) list {
	filter := has(prop, kind)
	if only != "" {
		filter = only + " && " + filter
	}
	l := list{
		OfName: out + "Of", ValuesName: out,
		Of: "Task." + variable + "Of", Values: "Task." + variable,
		OfPath:      "$.results[?(" + filter + ")].id",
		ValuesPath:  "$.results[?(" + filter + ")].properties." + prop,
		OfTitle:     "ids of the records with " + prop,
		ValuesTitle: prop + " of these records, in the same order",
		ItemType:    "string", ListKind: "stringCollection",
	}
	if kind == routing.NumberFact {
		l.ItemType, l.ListKind, l.Bare = "number", "decimalCollection", true
	}
	return l
}

// readOf reads the value of the record with an id.
func (l list) readOf(id expr.Node, kind, into string) read {
	i := fn("FindFirst", v(l.Of), id)
	x := at(v(l.Values), i)
	r := read{Kind: "string", Var: into}
	none := notSet("ToString")
	switch kind {
	case routing.NumberFact:
		r.Kind, none = "decimal", notSet("ToDecimal")
	case routing.BooleanFact:
		r.Kind, none = "boolean", notSet("ToBool")
		x = choose(eq(x, text("true")), yes(true), choose(eq(x, text("false")), yes(false), none))
	case routing.DateFact:
		r.Kind, none = "integer", notSet("ToInt")
		x = dayOf(x)
	}
	r.Read = choose(atLeast(i, whole(0)), x, none)
	return r
}

// paired holds when both lists of each pair are equally long and full. An answer in which
// they are not is unusable; after this test no index can be out of range.
func paired(ls ...list) expr.Node {
	var parts []expr.Node
	for _, l := range ls {
		parts = append(parts, eq(count(v(l.Of)), count(v(l.Values))), full("stringCollection", l.Of), full(l.ListKind, l.Values))
	}
	return all(parts...)
}

// full holds when no element of a list is NOT_SET.
func full(kind, name string) expr.Node {
	return less(fn("FindFirst", v(name), nothing(kind)), whole(0))
}

// emptied is a list, empty where the data action left it NOT_SET: nothing says whether an
// empty list arrives as one. Genesys: IsSet takes no list, and Count takes no NOT_SET.
func emptied(kind, name string) compact {
	return compact{kind, name, choose(empty(v(name)), fn("MakeEmptyList", nothing(kind)), v(name))}
}

func (l list) emptied() []compact {
	return []compact{emptied("stringCollection", l.Of), emptied(l.ListKind, l.Values)}
}

// nothing is NOT_SET of the type that a list of a kind holds.
func nothing(kind string) expr.Node {
	if kind == "decimalCollection" {
		return notSet("ToDecimal")
	}
	return notSet("ToString")
}

// factsOf lists the facts of the deployment, sorted by name.
func factsOf(d *deployment.Deployment) []fact {
	var out []fact
	for _, name := range slices.Sorted(maps.Keys(d.HubSpot.Facts)) {
		src := d.HubSpot.Facts[name]
		f := fact{Name: name, Type: src.Type, Var: "Flow.Fact_" + identifier(name), Kind: "string"}
		prop := src.Contact
		if src.Deal != "" {
			f.Deal, prop = true, src.Deal
		}
		f.list = listOf(prop, src.Type, "fact_"+identifier(name), "Fact_"+identifier(name), "")
		switch src.Type {
		case routing.NumberFact:
			f.Kind = "decimal"
		case routing.BooleanFact:
			f.Kind = "boolean"
		case routing.DateFact:
			f.Kind = "integer"
		}
		out = append(out, f)
	}
	return out
}

// identifier makes a name that Architect and contracts take: letters, digits, underscores.
func identifier(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_':
			return r
		}
		return '_'
	}, s)
}

// asText is a fact for an agent's eyes, "" when it is not set.
func (f fact) asText() expr.Node {
	x := v(f.Var)
	out := x
	switch f.Kind {
	case "decimal", "boolean":
		out = fn("ToString", x)
	case "integer":
		s := fn("ToString", x)
		out = fn("Append", fn("Left", s, whole(4)), text("-"), fn("Substring", s, whole(4), whole(2)), text("-"), fn("Substring", s, whole(6), whole(2)))
	}
	return choose(isSet(x), out, text(""))
}
