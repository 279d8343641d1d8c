package blueprint

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/routing"
)

// What rules ask of the numbers themselves is known as soon as they are read. The flow finds
// out no more than what some rule asks: of the countries it knows those that are named, and of
// a calling code that several share only what tells these apart.

// callerData is how the flow knows what the caller's number is, where the task that reads it
// has read it.
type callerData struct {
	Withheld  expr.Node   // Task.Text, before what stands between digits goes, is a word for no number
	Number    expr.Node   // what it is, of routing.CallerNumbers
	Countries []expr.Node // each the country so far, or what a calling code says; none when no rule asks
}

const (
	callerNumber  = "Flow.CallerNumber"
	callerCountry = "Flow.CallerCountry"
	calledNumber  = "Flow.CalledNumber"
)

// callerPart is nil when no rule asks what the caller's number is.
func (b *builder) callerPart(own expr.Node) *callerData {
	asked := slices.ContainsFunc(b.d.Routing.Rules, func(r deployment.Rule) bool { return r.When.Caller != nil })
	if !asked {
		return nil
	}
	word := fn("Trim", v("Task.Text"))
	return &callerData{
		Withheld: among(word, append([]string{""}, phone.WithheldWords()...)...),
		Number: choose(v("Task.Withheld"), text(routing.NumberWithheld), choose(eq(v("Flow.Ani"), text("")), text(routing.NumberUnreadable),
			choose(own, text(routing.NumberOwn), text(routing.NumberUsable)))),
		Countries: countries(b.d.Routing.Rules),
	}
}

// callerTest is a rule's condition on the caller's number.
func callerTest(t deployment.CallerTest) []expr.Node {
	var out []expr.Node
	if len(t.Number) > 0 {
		out = append(out, among(v(callerNumber), t.Number...))
	}
	if len(t.Country) > 0 {
		out = append(out, among(v(callerCountry), t.Country...))
	}
	return out
}

// countries finds the country of a usable number among those that rules name; "" for others.
func countries(rules []deployment.Rule) []expr.Node {
	var regions []string
	for _, r := range rules {
		if t := r.When.Caller; t != nil {
			for _, c := range t.Country {
				regions = appendNew(regions, c)
			}
		}
	}
	if regions == nil {
		return nil
	}
	slices.Sort(regions)
	var codes, mains []string // of countries that have theirs alone
	shared := map[string][]string{}
	for _, region := range regions {
		code := strconv.Itoa(phone.CallingCode(region))
		if len(phone.PartsOf(code)) > 0 {
			shared[code] = append(shared[code], region)
			continue
		}
		codes, mains = append(codes, code), append(mains, region)
	}
	code, usable := v("Task.Code"), eq(v(callerNumber), text(routing.NumberUsable))
	alone := text("")
	if codes != nil {
		i := fn("FindFirst", texts(codes...), code)
		alone = choose(usable, choose(atLeast(i, whole(0)), at(texts(mains...), i), text("")), text(""))
	}
	out := []expr.Node{alone}
	for _, c := range slices.Sorted(maps.Keys(shared)) {
		out = append(out, choose(all(usable, eq(code, text(c))), oneOf(shared[c], c), v(callerCountry)))
	}
	return out
}

// oneOf is which of the countries that share a calling code Task.Rest is of; "" for others.
func oneOf(regions []string, code string) expr.Node {
	main, _ := phone.RulesOfCode(code)
	rest, out := v("Task.Rest"), text("")
	var others []phone.Form // of countries nobody asked for
	whole := slices.Contains(regions, main.Region)
	if whole {
		out = text(main.Region)
	}
	for _, p := range phone.PartsOf(code) {
		switch {
		case len(p.Forms) == 0:
		case slices.Contains(regions, p.Region):
			out = choose(fitsOne(p.Forms, rest), text(p.Region), out)
		default:
			others = append(others, p.Forms...)
		}
	}
	if whole && others != nil {
		out = choose(fitsOne(others, rest), text(""), out)
	}
	return out
}

// fitsOne holds when x, of at least four digits, is of one of the forms.
func fitsOne(forms []phone.Form, x expr.Node) expr.Node {
	var lengths []phone.Lengths
	begin := map[phone.Lengths][][]phone.Set{}
	for _, f := range forms {
		if begin[f.Lengths] == nil {
			lengths = append(lengths, f.Lengths)
		}
		begin[f.Lengths] = append(begin[f.Lengths], f.Begins)
	}
	var out []expr.Node
	for _, l := range lengths {
		is := []expr.Node{beginsShortly(x, begin[l])}
		if l != 0 {
			is = append([]expr.Node{lengthIn(l, x)}, is...)
		}
		out = append(out, all(is...))
	}
	return either(out...)
}

// beginsShortly holds when x begins with one of the sequences. Many differ in their first
// digits and go on alike, as areas of North America do, so those are asked for apart where
// that is shorter.
func beginsShortly(x expr.Node, seqs [][]phone.Set) expr.Node {
	var best expr.Node
	for cut := range 8 {
		heads := map[string][][]phone.Set{}
		tails := map[string][]expr.Node{}
		for _, s := range seqs {
			n := len(s)
			if cut > 0 {
				n = min(cut, n)
			}
			var rest []expr.Node
			for i := n; i < len(s); i++ {
				rest = append(rest, fn("Contains", text(s[i].String()), fn("Substring", x, whole(i), whole(1))))
			}
			key := expr.Print(all(rest...))
			heads[key], tails[key] = append(heads[key], s[:n]), rest
		}
		var groups []expr.Node
		for _, key := range slices.Sorted(maps.Keys(heads)) {
			groups = append(groups, all(append(begins(x, heads[key]), tails[key]...)...))
		}
		if n := either(groups...); best == nil || len(expr.Print(n)) < len(expr.Print(best)) {
			best = n
		}
	}
	return best
}

// calledPart finds which of the numbers that rules name was called, by the text that
// Task.Text is, in as many steps as it takes; nil when no rule asks.
func (b *builder) calledPart() []expr.Node {
	var asked []string
	for _, r := range b.d.Routing.Rules {
		for _, n := range r.When.Called {
			asked = appendNew(asked, n)
		}
	}
	if asked == nil {
		return nil
	}
	dialled := b.d.Dialled()
	var forms, numbers []string
	for _, form := range slices.SortedFunc(maps.Keys(dialled), func(a, b string) int { return strings.Compare(dialled[a]+a, dialled[b]+b) }) {
		if slices.Contains(asked, dialled[form]) {
			forms, numbers = append(forms, form), append(numbers, dialled[form])
		}
	}
	return lookup(calledNumber, v("Task.Text"), forms, numbers, text(""))
}
