package blueprint

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/routing"
)

// companyData is what the template of the flow is given about companies.
type companyData struct {
	Used    bool // a contact's company counts
	Numbers bool // and one is looked for by its own number
	Several bool // several contacts with a number make nobody, and no company is looked for

	Timeout       int // seconds
	Find          string
	More          []string // flow variables of further companies that have the number
	Code          expr.Node
	National      expr.Node
	Cuts          []compact
	Inputs        []input
	LeftOut       []compact
	Usable, Known expr.Node
	Truncated     expr.Node // more have the number than can be asked for; nil where one is asked for
	Reads         []compact
}

func (b *builder) companies() bool { return b.d.Policy().Companies() }

func (b *builder) companyNumbers() bool {
	return b.d.HubSpot.Lookup.Company == routing.CompanyNumbers
}

// companiesAsked is how many companies' deals are asked for.
func (b *builder) companiesAsked() int {
	switch {
	case !b.companies():
		return 0
	case b.companyNumbers():
		return b.contactsAsked()
	}
	return 1
}

// companyList is the primary company of contacts; what is no id of a record is none.
func companyList() list {
	return listOf(hubspot.PropPrimaryCompany, routing.StringFact, "company", "Company", "@.properties."+hubspot.PropPrimaryCompany+" =~ /[1-9][0-9]{0,18}/")
}

func (b *builder) companyPart(f *flowData) {
	if !b.companies() {
		return
	}
	c := companyData{Used: true, Numbers: b.companyNumbers(), Several: b.d.HubSpot.Lookup.Duplicates == routing.DuplicatesAmbiguous}
	id := v("Flow.hubspot_company_id")
	f.ContactReads = append(f.ContactReads, companyList().readOf(v("Flow.Contact1"), routing.StringFact, "Flow.hubspot_company_id"))
	f.AskDeals = either(f.AskDeals, &expr.Unary{Op: "!", X: empty(id)})
	f.DealInputs = append(f.DealInputs, input{"company1", choose(empty(id), text(""), id)})
	for i := 1; i < b.companiesAsked(); i++ {
		c.More = append(c.More, fmt.Sprintf("Flow.Company%d", i+1))
		f.DealInputs = append(f.DealInputs, input{fmt.Sprintf("company%d", i+1), v(c.More[i-1])})
	}
	if c.Numbers {
		c.Timeout, c.Find = companyTimeout, b.names.findCompany
		b.companySearch(&c)
	}
	f.Company = c
}

// companySearch is the search for a company by its own number.
func (b *builder) companySearch(c *companyData) {
	ids, total := v("Task.Ids"), v("Task.Total")
	c.Inputs = []input{{"number", v("Flow.Ani")}, {"number2", v("Flow.Ani2")}, {"number3", v("Flow.Ani3")}}
	b.spell(c)
	c.LeftOut = append(c.LeftOut, emptied("stringCollection", "Task.Ids"))
	c.Usable = all(choose(isSet(total), all(atLeast(total, whole(0)), eq(eq(total, whole(0)), eq(count(ids), whole(0)))), yes(false)), full("stringCollection", "Task.Ids"))
	c.Known = more(count(ids), whole(0))
	if c.Several {
		c.Known = eq(total, whole(1))
	}
	for i, name := range append([]string{"Flow.hubspot_company_id"}, c.More...) {
		x := at(ids, whole(i))
		if i > 0 {
			x = choose(more(count(ids), whole(i)), x, text(""))
		}
		c.Reads = append(c.Reads, compact{"string", name, x})
	}
	if len(c.More) > 0 {
		c.Truncated = more(total, count(ids))
	}
}

// A cut is how the numbers of some lengths are taken apart.
type cut struct {
	code    string
	trunk   string
	starts  []int // of the groups behind the first one
	lengths []int
}

// spell gives the search what people write: the digits at home, and the same in groups. A
// number has several ways; each has a place of its own.
func (b *builder) spell(c *companyData) {
	var codes []string
	for _, region := range b.d.HubSpot.Lookup.HomeCountries {
		if code := strconv.Itoa(phone.CallingCode(region)); !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	code, digits := v("Task.Code"), v("Task.Digits")
	c.Code = text("")
	trunk := text("")
	var places [][]cut
	for _, x := range slices.Backward(codes) {
		c.Code = choose(eq(fn("Left", v("Flow.Ani"), whole(1+len(x))), text("+"+x)), text(x), c.Code)
		written := phone.GroupsOf(x)
		if written.Trunk != "" {
			trunk = choose(eq(code, text(x)), text(written.Trunk), trunk)
		}
		for length := range 16 {
			for i, way := range written.Of[length] {
				if i == len(places) {
					places = append(places, nil)
				}
				places[i] = addCut(places[i], x, way, length)
			}
		}
	}
	c.National = trunk
	c.Inputs = append(c.Inputs,
		input{"national", choose(eq(code, text("")), text(""), fn("Append", v("Task.Trunk"), digits))},
		input{"nationalBare", digits})
	for i, place := range places {
		name := fmt.Sprintf("Task.Cut%d", i+1)
		x := v(name)
		c.Cuts = append(c.Cuts, compact{"string", name, pieces(place)})
		c.Inputs = append(c.Inputs,
			input{nationalCut(i), fn("Replace", x, text("|"), text(""))},
			input{numberCut(i), choose(eq(x, text("")), text(""), fn("Append", text("+"), code, text(" "), at(fn("Split", x, text("|")), whole(1))))})
	}
}

// addCut adds a way of writing numbers of a length to those of one place.
func addCut(place []cut, code string, way phone.Way, length int) []cut {
	var starts []int
	at := 0
	for _, n := range way.Groups[:len(way.Groups)-1] {
		at += n
		starts = append(starts, at)
	}
	for i, c := range place {
		if c.code == code && c.trunk == way.Trunk && slices.Equal(c.starts, starts) {
			place[i].lengths = append(c.lengths, length)
			return place
		}
	}
	return append(place, cut{code, way.Trunk, starts, []int{length}})
}

// pieces is the number in groups with blanks between them, behind what stands before it at home
// and a bar: 0|30 2312 5142. At most one of the cuts applies; the others give nothing.
func pieces(cuts []cut) expr.Node {
	digits := v("Task.Digits")
	parts := make([]expr.Node, 0, len(cuts))
	for _, c := range cuts {
		var long []expr.Node
		for _, n := range c.lengths {
			long = append(long, eq(length(digits), whole(n)))
		}
		if n := len(c.lengths); n > 2 && c.lengths[n-1]-c.lengths[0] == n-1 {
			long = []expr.Node{all(atLeast(length(digits), whole(c.lengths[0])), atMost(length(digits), whole(c.lengths[n-1])))}
		}
		args, from := []expr.Node{text(c.trunk + "|")}, 0
		for _, f := range c.starts {
			args = append(args, fn("Substring", digits, whole(from), whole(f-from)), text(" "))
			from = f
		}
		args = append(args, fn("Substring", digits, whole(from), length(digits)))
		parts = append(parts, choose(all(eq(v("Task.Code"), text(c.code)), either(long...)), fn("Append", args...), text("")))
	}
	return joined(parts)
}

// joined is one text of several, in a balanced tree.
func joined(xs []expr.Node) expr.Node {
	switch len(xs) {
	case 0:
		return text("")
	case 1:
		return xs[0]
	}
	m := (len(xs) + 1) / 2
	return fn("Append", joined(xs[:m]), joined(xs[m:]))
}

// companySearchData is what the template of the data action is given.
type companySearchData struct {
	Name, SearchURL string
	Bearer          string // the Authorization header
	Timeout, Limit  int
	Cuts            []grouped
	Properties      []string
	Sort            string
}

// A grouped is a number in groups, as it is written at home and from abroad.
type grouped struct{ National, Number string }

func (b *builder) companySearchData(name string) any {
	out := companySearchData{
		Name: name, SearchURL: hubspot.Host + hubspot.Paths(b.d.HubSpot.APIVersion).CompanySearch(), Bearer: b.bearer(), Timeout: companyTimeout + actionSlack,
		Limit: b.companiesAsked(), Properties: []string{hubspot.PropCompanyModified}, Sort: hubspot.PropCompanyModified,
	}
	for i := range b.companyCuts() {
		out.Cuts = append(out.Cuts, grouped{nationalCut(i), numberCut(i)})
	}
	return out
}

// companyCuts is in how many ways one number is written at most.
func (b *builder) companyCuts() int {
	var c companyData
	b.spell(&c)
	return len(c.Cuts)
}

func nationalCut(i int) string { return "nationalCut" + strconv.Itoa(i+1) }
func numberCut(i int) string   { return "numberCut" + strconv.Itoa(i+1) }
