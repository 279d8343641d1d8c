package blueprint

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/phone"
)

// The flow reads a number as package phone does, that is, as libphonenumber does. Architect
// knows no country and no regular expression, so the rules that phone makes of the metadata
// are written into the flow's expressions: those of the first home country whole, and of the
// others what a number with a country code needs. Of most of them that is the national prefix
// and the lengths of a number, which a table of one text holds; of those where the first
// digits matter it is two expressions each.

// homeData are the expressions of the task that reads the caller's number. Each speaks of the
// task's variables as they are where the template has it.
type homeData struct {
	Region         string
	Decoded, Plain expr.Node // Task.Text without percent-encoding; without what stands between digits
	Plans, CodeOf  expr.Node // the table of calling codes; the one in front of Task.Rest, "" for none
	Abroad         expr.Node // Task.Digits without an international prefix
	Own            expr.Node // Task.Digits without as many digits as the country's code has
	Cut, Uncut     expr.Node // Task.Try without the national prefix, and the better of the two; nil when there is none
	Coded          expr.Node // Task.Digits begin with the country's code
	CodeThen       expr.Node // Task.Code, or the country's
	// Of a country whose code has another one's rules: its own national prefix. Else nil.
	Local, LocalRest     expr.Node
	Plan, Trunk, Lengths expr.Node // what the table says of Task.Code
	Rounds               expr.Node // how often a prefix may have to go: never where there can be none
	ByLength             expr.Node // Task.Rest without the national prefix that the table says
	Special              []special
	E164, National       expr.Node
	Spellings            []spelling
	Usable               expr.Node
	IsOwn                expr.Node   // Flow.Ani is one of the deployment's
	OwnSteps             []expr.Node // Task.Own in steps, which says the same; none where one expression does
}

// A spelling is another way to write the caller's line.
type spelling struct {
	Ani, National string    // its variables
	Rest          expr.Node // Task.Rest in that spelling; "" when there is none
}

// A special is a calling code whose national prefixes take more to tell than a length. Its
// expressions are Task.Try for other codes.
type special struct {
	Code      string
	Try, Then expr.Node // Task.Rest without a prefix; the better of the two
}

// homeOf builds the expressions for the home countries; a number without country code is
// read in the first. own are numbers that are never looked up.
func homeOf(regions, own []string) homeData {
	home, _ := phone.RulesOf(regions[0])
	t := codeTable()
	code, digits, rest, try := v("Task.Code"), v("Task.Digits"), v("Task.Rest"), v("Task.Try")
	plans, plan, ani := v("Task.Plans"), v("Task.Plan"), v("Flow.Ani")
	h := homeData{
		Region: home.Region, Plans: text(t.plans), Special: t.special,
		Decoded: decoded(v("Task.Text")), Plain: plain(v("Task.Text")),
		Abroad: without(home.Abroad, digits), Own: after(digits, len(home.Code)),
	}
	if len(home.Trunk) > 0 {
		h.Cut = without(home.Trunk, try)
		h.Uncut = choose(all(isNational(home, try), expr.Not(isNational(home, v("Task.Cut")))), try, v("Task.Cut"))
	}
	// The country's own code without a plus: where the whole is no national number and the rest
	// is one, or where the whole is too long.
	h.Coded = all(v("Task.Home"), startsWith(digits, home.Code),
		either(tooLong(home, digits), all(expr.Not(isNational(home, digits)), isNational(home, try))))
	h.CodeThen = choose(either(v("Task.Coded"), all(v("Task.Home"), expr.Not(v("Task.Plus")))), text(home.Code), code)
	if home.Main != home.Region && len(home.Trunk) > 0 {
		h.Local = without(home.Trunk, rest)
		h.LocalRest = choose(all(v("Task.Home"), expr.Not(v("Task.Coded")), either(lengthIn(home.Lengths, try), tooLong(home, try)),
			either(expr.Not(isNational(home, rest)), isNational(home, try))), try, rest)
	}
	entry := func(code expr.Node) expr.Node { return fn("Append", text(";"), code, text("=")) }
	h.CodeOf = text("")
	for n := 3; n > 0; n-- {
		left := fn("Left", rest, whole(n))
		h.CodeOf = choose(fn("Contains", plans, entry(left)), left, h.CodeOf)
	}
	h.Plan = choose(eq(code, text("")), text("/"), at(fn("Split", at(fn("Split", plans, entry(code)), whole(1)), text(";")), whole(0)))
	h.Trunk = at(fn("Split", plan, text("/")), whole(0))
	h.Lengths = at(fn("Split", plan, text("/")), whole(1))
	short := fn("Substring", rest, length(v("Task.Trunk")), length(rest))
	trunk := eq(fn("Left", rest, length(v("Task.Trunk"))), v("Task.Trunk"))
	h.ByLength = choose(all(trunk, leaves(short)), short, rest)
	var specials []string
	for _, s := range t.special {
		specials = append(specials, s.Code)
	}
	h.Rounds = choose(either(all(expr.Op(v("Task.Trunk"), "!=", text("")), trunk), among(code, specials...)), whole(maxDigits), whole(0))
	total := add(length(code), length(rest))
	h.E164 = choose(all(expr.Op(code, "!=", text("")), atLeast(total, whole(7)), atMost(total, whole(15)),
		either(v("Task.Sure"), eq(lengthMark(rest), text(markPossible)))), fn("Append", text("+"), code, rest), text(""))
	// A number belongs to at most one calling code, so that one national form is enough for
	// all home countries. It is libphonenumber's integer form, which HubSpot's searchable
	// property is believed to hold: leading zeros go, also Italy's.
	var codes []string
	for _, r := range regions {
		if c := strconv.Itoa(phone.CallingCode(r)); !slices.Contains(codes, c) {
			codes = append(codes, c)
		}
	}
	h.National = choose(all(expr.Op(ani, "!=", text("")), among(code, codes...)), fn("ToString", fn("ToInt", rest)), text(""))
	for i, s := range spellings() {
		n := strconv.Itoa(i + 2)
		h.Spellings = append(h.Spellings, spelling{"Flow.Ani" + n, "Flow.National" + n, s})
	}
	h.Usable = expr.Op(ani, "!=", text(""))
	h.IsOwn = yes(false)
	if len(own) > 0 {
		h.IsOwn = among(ani, own...)
		h.Usable = all(h.Usable, less(fn("FindFirst", texts(own...), ani), whole(0)))
		if h.OwnSteps = amongSteps("Task.Own", ani, own); h.OwnSteps != nil {
			h.IsOwn = v("Task.Own")
			h.Usable = all(expr.Op(ani, "!=", text("")), expr.Not(h.IsOwn))
		}
	}
	return h
}

// separators are what people put between digits, as package phone has it.
var separators = []string{" ", "-", ".", "/", "(", ")", "\u00a0", "\u2011"}

func plain(x expr.Node) expr.Node {
	for _, s := range separators {
		x = fn("Replace", x, text(s), text(""))
	}
	return x
}

// decoded reads the percent-encoding of what a number can be made of. In this order no
// replacement makes a code that a later one reads: those of several bytes first, and 3 last.
func decoded(x expr.Node) expr.Node {
	for _, p := range [][2]string{
		{"%c2%a0", "\u00a0"}, {"%e2%80%91", "\u2011"}, {"%20", " "}, {"%28", "("}, {"%29", ")"}, {"%2b", "+"}, {"%2d", "-"}, {"%2e", "."}, {"%2f", "/"},
		{"%30", "0"}, {"%31", "1"}, {"%32", "2"}, {"%34", "4"}, {"%35", "5"}, {"%36", "6"}, {"%37", "7"}, {"%38", "8"}, {"%39", "9"}, {"%33", "3"},
	} {
		x = fn("Replace", x, text(p[0]), text(p[1]))
	}
	return x
}

// A table of the calling codes: ;49=0/....yyyyyyyyyyyy>>> is the code, the national prefix
// where it goes by length alone, and a mark for each number of digits, from none on.
type table struct {
	plans   string
	special []special
}

const (
	markPossible = "y" // a number can have so many digits
	markLong     = ">" // more than any number has; what a prefix leaves may be that
	markNone     = "."
	marks        = 18 // more digits than these are too long
	maxDigits    = 17 // of a national number; each round takes off one at least
)

// codeTable is made once: it is the same for all deployments.
var codeTable = sync.OnceValue(func() table {
	var t table
	var b strings.Builder
	for _, code := range phone.Codes() {
		r, _ := phone.RulesOfCode(code)
		trunk, simple := plainTrunk(r)
		b.WriteString(";" + code + "=" + trunk + "/")
		for n := range marks {
			switch {
			case r.Lengths.Has(n) || r.Former.Has(n):
				b.WriteString(markPossible)
			case n > r.Lengths.Max() && !r.Local.Has(n):
				b.WriteString(markLong)
			default:
				b.WriteString(markNone)
			}
		}
		if !simple {
			rest, try := v("Task.Rest"), v("Task.Try")
			fits := leaves(try)
			if digitsMatter(r) {
				fits = all(fits, either(expr.Not(isNational(r, rest)), isNational(r, try)))
			}
			is := eq(v("Task.Code"), text(code))
			t.special = append(t.special, special{code, choose(is, without(r.Trunk, rest), try), choose(is, choose(fits, try, rest), try)})
		}
	}
	t.plans = b.String() + ";"
	return t
})

// lengthMark is the mark of the length of x in Task.Lengths; "" beyond its end.
func lengthMark(x expr.Node) expr.Node {
	return fn("Substring", v("Task.Lengths"), length(x), whole(1))
}

// leaves holds when x can be what a national prefix leaves: a number's length, or too long.
func leaves(x expr.Node) expr.Node {
	return among(lengthMark(x), markPossible, markLong, "")
}

// plainTrunk is the only national prefix of a country, when whether it goes is decided by
// the length of what it leaves.
func plainTrunk(r phone.Rules) (string, bool) {
	switch {
	case len(r.Trunk) == 0:
		return "", true
	case len(r.Trunk) > 1 || r.Trunk[0].Whole || r.Trunk[0].With != "" || r.Trunk[0].KeepTo > 0 || digitsMatter(r):
		return "", false
	}
	ls := literals(r.Trunk[0].Begins)
	if len(ls) != 1 {
		return "", false
	}
	return ls[0], true
}

// digitsMatter tells whether a number with a national prefix in front can be a national
// number itself, of a length at which the prefix would go. Then it stays where what remains
// is no national number.
func digitsMatter(r phone.Rules) bool {
	for _, p := range r.Trunk {
		for _, f := range r.Numbers {
			for _, n := range f.Lengths.List() {
				left := len(p.With) + p.KeepTo - p.KeepFrom + n - len(p.Begins)
				if n >= len(p.Begins) && (!p.Whole || n == len(p.Begins)) && meet(p.Begins, f.Begins) && (r.Lengths.Has(left) || left > r.Lengths.Max()) {
					return true
				}
			}
		}
	}
	return false
}

// meet tells whether some digits begin with both.
func meet(a, b []phone.Set) bool {
	for i := range min(len(a), len(b)) {
		if a[i]&b[i] == 0 {
			return false
		}
	}
	return true
}

// spellings are Task.Rest in its first and its second other spelling; "" for none.
func spellings() []expr.Node {
	rest := v("Task.Rest")
	var out []expr.Node
	for nth := range phone.MaxVariants {
		type group struct {
			phone.Change
			all [][]phone.Set
		}
		var groups []group
		for _, c := range phone.Changes() {
			if c.Nth != nth {
				continue
			}
			i := slices.IndexFunc(groups, func(g group) bool {
				return g.Code == c.Code && g.Digits == c.Digits && g.With == c.With && g.Start == c.Start && g.Cut == c.Cut && g.Put == c.Put && g.From == c.From
			})
			if i < 0 {
				groups = append(groups, group{Change: c})
				i = len(groups) - 1
			}
			groups[i].all = append(groups[i].all, c.Begins)
		}
		slices.Reverse(groups)
		x := text("")
		for _, g := range groups {
			is := append([]expr.Node{eq(v("Task.Code"), text(g.Code)), eq(length(rest), whole(g.Digits))}, begins(rest, g.all)...)
			head := fn("Substring", rest, whole(g.Start), whole(g.Cut-g.Start))
			x = choose(all(is...), fn("Append", text(g.With), head, text(g.Put), after(rest, g.From)), x)
		}
		out = append(out, x)
	}
	return out
}

// after is x without its first characters.
func after(x expr.Node, n int) expr.Node {
	return fn("Substring", x, whole(n), length(x))
}

func startsWith(x expr.Node, prefix string) expr.Node {
	return eq(fn("Left", x, whole(len(prefix))), text(prefix))
}

// lengthIn holds when x has one of the lengths.
func lengthIn(l phone.Lengths, x expr.Node) expr.Node {
	ns := l.List()
	if len(ns) == 0 {
		return yes(false)
	}
	lo, hi := ns[0], ns[len(ns)-1]
	switch {
	case lo == hi:
		return eq(length(x), whole(lo))
	case hi-lo+1 == len(ns):
		return all(atLeast(length(x), whole(lo)), atMost(length(x), whole(hi)))
	}
	var args []expr.Node
	for _, n := range ns {
		args = append(args, whole(n))
	}
	return atLeast(fn("FindFirst", fn("MakeList", args...), length(x)), whole(0))
}

func tooLong(r phone.Rules, x expr.Node) expr.Node {
	long := more(length(x), whole(r.Lengths.Max()))
	if r.Local.Max() > r.Lengths.Max() {
		return all(long, expr.Not(lengthIn(r.Local, x)))
	}
	return long
}

// isNational holds when x is a national number of the country.
func isNational(r phone.Rules, x expr.Node) expr.Node {
	var byLength []phone.Lengths
	begin := map[phone.Lengths][][]phone.Set{}
	for _, f := range r.Numbers {
		if begin[f.Lengths] == nil {
			byLength = append(byLength, f.Lengths)
		}
		begin[f.Lengths] = append(begin[f.Lengths], f.Begins)
	}
	var forms []expr.Node
	for _, l := range byLength {
		forms = append(forms, all(append([]expr.Node{lengthIn(l, x)}, begins(x, begin[l])...)...))
	}
	return either(forms...)
}

// without is x without the first of the prefixes that fits; x when none does.
func without(prefixes []phone.Prefix, x expr.Node) expr.Node {
	type group struct {
		phone.Prefix
		all [][]phone.Set
	}
	var groups []group
	for _, p := range prefixes {
		// Prefixes that leave the same are one condition, unless one between them comes first.
		i := len(groups) - 1
		for ; i >= 0; i-- {
			g := groups[i]
			if len(g.Begins) == len(p.Begins) && g.Whole == p.Whole && g.With == p.With && g.KeepFrom == p.KeepFrom && g.KeepTo == p.KeepTo {
				break
			}
			if slices.ContainsFunc(g.all, func(b []phone.Set) bool { return meet(b, p.Begins) }) {
				i = -1
				break
			}
		}
		if i < 0 {
			groups = append(groups, group{Prefix: p})
			i = len(groups) - 1
		}
		groups[i].all = append(groups[i].all, p.Begins)
	}
	slices.Reverse(groups)
	out := x
	for _, g := range groups {
		n := whole(len(g.Begins))
		rest := x
		if len(g.Begins) > 0 {
			rest = after(x, len(g.Begins))
		}
		if g.KeepTo > 0 {
			rest = fn("Append", text(g.With), fn("Substring", x, whole(g.KeepFrom), whole(g.KeepTo-g.KeepFrom)), rest)
		}
		fits := atLeast(length(x), n)
		if g.Whole {
			fits = eq(length(x), n)
		}
		if len(g.Begins) == 0 {
			out = rest
			continue
		}
		out = choose(all(append([]expr.Node{fits}, begins(x, g.all)...)...), rest, out)
	}
	return out
}

// begins holds when x begins with one of the sequences; no condition when any x does. It is
// for an x that is long enough: "" contains nothing, and everything contains "".
func begins(x expr.Node, seqs [][]phone.Set) []expr.Node {
	set := map[string]bool{}
	var out []expr.Node
	for _, s := range seqs {
		for len(s) > 0 && s[len(s)-1].All() {
			s = s[:len(s)-1]
		}
		if ls := literals(s); ls != nil {
			for _, l := range ls {
				set[l] = true
			}
			continue
		}
		var places []expr.Node
		for i, d := range s {
			if !d.All() {
				places = append(places, fn("Contains", text(d.String()), fn("Substring", x, whole(i), whole(1))))
			}
		}
		out = append(out, all(places...))
	}
	shorten(set)
	if set[""] {
		return nil
	}
	list := make([]string, 0, len(set))
	for l := range set {
		list = append(list, l)
	}
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) })
	for len(list) > 0 {
		n := len(list[0])
		i := slices.IndexFunc(list, func(l string) bool { return len(l) > n })
		if i < 0 {
			i = len(list)
		}
		left := fn("Left", x, whole(n))
		if n == 1 && i > 1 {
			out = append(out, fn("Contains", text(strings.Join(list[:i], "")), left))
		} else {
			out = append(out, among(left, list[:i]...))
		}
		list = list[i:]
	}
	return []expr.Node{either(out...)}
}

// maxLiterals bounds how many texts stand for one sequence. Those with more, which have any
// digit inside, are asked place by place.
const maxLiterals = 100

// literals writes a sequence of sets out; nil when that is too much.
func literals(s []phone.Set) []string {
	out := []string{""}
	for _, d := range s {
		var next []string
		for _, l := range out {
			for _, c := range d.String() {
				next = append(next, l+string(c))
			}
		}
		if out = next; len(out) > maxLiterals {
			return nil
		}
	}
	return out
}

// shorten takes ten texts that differ in their last digit as the one without it, and drops
// those that another one begins.
func shorten(set map[string]bool) {
	longest := 0
	for l := range set {
		longest = max(longest, len(l))
	}
	for n := longest; n > 0; n-- {
		ends := map[string]int{}
		for l := range set {
			if len(l) == n {
				ends[l[:n-1]]++
			}
		}
		for p, k := range ends {
			if k == 10 {
				set[p] = true
			}
		}
	}
	for l := range set {
		for n := range len(l) {
			if set[l[:n]] {
				delete(set, l)
				break
			}
		}
	}
}
