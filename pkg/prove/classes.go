package prove

import (
	"slices"
	"strconv"
	"strings"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
)

// What an effect may answer is a set of classes, one example of each: those that a contract
// allows, and those that the flow's own literals tell apart. A literal stands for itself and
// for what lies next to it on both sides.

// mostClasses bounds the classes of one output.
const mostClasses = 400

// Of texts, keys of records that lists share, so that one list can be looked up in another.
var keys = []string{"1", "2"}

// scalars are the values of one output that is no list, or of an item of one.
func (a *answer) scalars(t expr.Type, item bool) []expr.Value {
	literals, more := a.literals, a.more
	out := []expr.Value{expr.NotSet(t)}
	add := func(vs ...expr.Value) {
		for _, v := range vs {
			if v.IsSet() && v.Type() == t && len(out) < mostClasses && !slices.ContainsFunc(out[1:], func(o expr.Value) bool { return o.Equal(v) && o.Text() == v.Text() }) {
				out = append(out, v)
			}
		}
	}
	switch t {
	case expr.Boolean:
		add(expr.OfBool(false), expr.OfBool(true))
	case expr.String:
		for _, s := range append([]string{keys[0], keys[1]}, more...) {
			add(expr.OfString(s))
		}
		if a.number {
			for _, s := range a.numbers() {
				add(expr.OfString(s))
			}
		}
		if !item {
			for _, n := range a.beside(mostLength) {
				add(expr.OfString(strings.Repeat("7", n)))
			}
		}
		if !a.read && !slices.ContainsFunc(literals, func(l expr.Value) bool { return l.Type() == expr.String && l.Text() != "" }) {
			if !item || len(literals) > 0 {
				add(expr.OfString(""))
			}
			break // nothing looks into it: it is a key, or handed on
		}
		for _, l := range literals {
			if l.Type() == expr.String {
				add(l)
			}
		}
		for _, s := range []string{"", "something else", "12.5", "2026-11-30"} {
			add(expr.OfString(s))
		}
	case expr.Integer:
		add(expr.OfInt(0), expr.OfInt(1), expr.OfInt(-1), expr.OfInt(2))
		for _, l := range literals {
			switch l.Type() {
			case expr.Integer:
				add(l, expr.OfInt(l.Int()-1), expr.OfInt(l.Int()+1))
			case expr.Decimal:
				if n, err := strconv.ParseFloat(l.String(), 64); err == nil && n > -1e14 && n < 1e14 {
					add(expr.OfInt(int64(n)), expr.OfInt(int64(n)-1), expr.OfInt(int64(n)+1))
				}
			}
		}
		add(expr.OfInt(1_000_000_000)) // more than a priority may be
	case expr.Decimal:
		number := func(s string) {
			v, _ := expr.OfDecimal(s)
			add(v)
		}
		for _, s := range []string{"0", "1", "-1", "0.01"} {
			number(s)
		}
		for _, l := range literals {
			if t := l.Type(); t == expr.Decimal || t == expr.Integer {
				number(l.String())
				below, above := beside(l.String())
				number(below)
				number(above)
			}
		}
		for _, s := range more {
			number(s)
		}
		number("1000000000000")
	default:
		add(example(t))
		for _, s := range append(slices.Clone(apart[t]), a.texts()...) {
			if t == expr.Currency {
				s += "|USD"
			}
			v, _ := interp.Literal(s, t)
			add(v)
		}
	}
	return out
}

// mostLength and mostItems bound texts and lists that are made because their length is
// compared with a number.
const mostLength, mostItems = 200, 20

// beside are the lengths that are compared, with their neighbours.
func (a *answer) beside(most int64) []int {
	var out []int
	for _, l := range a.lengths {
		for n := max(l-1, 0); n <= min(l+1, most); n++ {
			if !slices.Contains(out, int(n)) {
				out = append(out, int(n))
			}
		}
	}
	return out
}

// numbers are nothing and the numbers that a text is compared with when it is read as one, with
// their neighbours.
func (a *answer) numbers() []string {
	out := []string{"0"}
	for _, l := range a.literals {
		switch l.Type() {
		case expr.Integer:
			for _, n := range []int64{l.Int(), l.Int() - 1, l.Int() + 1} {
				out = append(out, strconv.FormatInt(n, 10))
			}
		case expr.Decimal:
			below, above := beside(l.String())
			out = append(out, l.String(), below, above)
		}
	}
	return out
}

// texts are the literals as they would be written.
func (a *answer) texts() []string {
	var out []string
	for _, l := range a.literals {
		switch l.Type() {
		case expr.String:
			out = append(out, l.Text())
		case expr.Integer, expr.Decimal:
			below, above := beside(l.String())
			out = append(out, l.String(), below, above)
		}
	}
	return out
}

// apart are values of types that are compared with each other and with the time of the call:
// some that are long ago, far off, short, long.
var apart = map[expr.Type][]string{
	expr.DateTime: {"2000-01-01T00:00:00Z", "2999-12-31T00:00:00Z"},
	expr.Date:     {"2000-01-01", "2999-12-31"},
	expr.Duration: {"0s", "1h", "10000h"},
	expr.Currency: {"0", "-1", "1000000000"},
}

// beside are the numbers next to one of at most two places.
func beside(s string) (below, above string) {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return "", ""
	}
	return strconv.FormatFloat(n-0.01, 'f', 2, 64), strconv.FormatFloat(n+0.01, 'f', 2, 64)
}

// example is some value of a type that is compared with nothing.
func example(t expr.Type) expr.Value {
	if t.IsOrg() {
		return interp.Object(t, "something")
	}
	for _, text := range []string{"2026-11-30T12:00:00Z", "2026-11-30", "1m", "1|USD", "{}", "+15135550187", "something"} {
		if v, ok := interp.Literal(text, t); ok && v.IsSet() {
			return v
		}
	}
	return expr.NotSet(t)
}

// An answer is one output of an effect with what it is compared with.
type answer struct {
	name     string
	typ      expr.Type
	literals []expr.Value
	lengths  []int64  // that its length, or how many items it has, is compared with
	read     bool     // as something else than a text
	number   bool     // as a number
	more     []string // texts that it is compared with and that stand nowhere
}

// jointly gives the classes of outputs that belong together: one value of each, by class.
func jointly(as []answer) [][]expr.Value {
	if len(as) == 1 && !as[0].typ.IsList() {
		var out [][]expr.Value
		for _, v := range as[0].scalars(as[0].typ, false) {
			out = append(out, []expr.Value{v})
		}
		return out
	}
	n := len(as)
	items := make([][]expr.Value, n) // set ones
	for i, a := range as {
		items[i] = a.scalars(a.typ.Elem(), true)[1:]
		if len(items[i]) == 0 { // a type of which no value can be made
			items[i] = []expr.Value{expr.NotSet(a.typ.Elem())}
		}
	}
	at := func(i, k int) expr.Value { return items[i][k%len(items[i])] }
	list := func(i int, vs ...expr.Value) expr.Value { return expr.OfList(as[i].typ.Elem(), vs...) }
	row := func(f func(i int) expr.Value) []expr.Value {
		out := make([]expr.Value, n)
		for i := range out {
			out[i] = f(i)
		}
		return out
	}
	out := [][]expr.Value{
		row(func(i int) expr.Value { return expr.NotSet(as[i].typ) }),
		row(func(i int) expr.Value { return list(i) }),
		row(func(i int) expr.Value { return list(i, at(i, 0)) }),
	}
	for k := range n { // each of its values, beside the first of the others; one that lacks, one that has more
		vary := func(v expr.Value) {
			out = append(out, row(func(i int) expr.Value {
				if i == k {
					return v
				}
				return list(i, at(i, 0))
			}))
		}
		for _, v := range items[k][min(1, len(items[k])):] {
			vary(list(k, v))
		}
		vary(list(k, expr.NotSet(as[k].typ.Elem())))
		if n > 1 {
			vary(list(k))
			vary(list(k, at(k, 0), at(k, 1)))
			vary(expr.NotSet(as[k].typ))
		}
	}
	for k := range n { // as many as their number is compared with
		for _, size := range as[k].beside(mostItems) {
			if size > 2 {
				out = append(out, row(func(i int) expr.Value { return list(i, slices.Repeat([]expr.Value{at(i, 0)}, size)...) }))
			}
		}
	}
	for _, o := range [][2]int{{0, 1}, {1, 0}, {0, 0}} {
		out = append(out, row(func(i int) expr.Value { return list(i, at(i, o[0]), at(i, o[1])) }))
	}
	if n > 1 {
		out = append(out, row(func(i int) expr.Value { // two records of which the second has what the first has
			if i == 0 {
				return list(i, at(i, 0), at(i, 1))
			}
			return list(i, at(i, 1), at(i, 0))
		}))
	}
	return out
}

// digits are what a caller may key in.
func digits(in interp.Input, a *answer) []string {
	out := []string{""}
	add := func(s string) {
		if len(s) <= max(in.Max, 1)+len(in.Terminator) && !slices.Contains(out, s) && strings.Trim(s, "0123456789*#") == "" {
			out = append(out, s)
		}
	}
	if in.Menu != "" {
		for _, k := range "1234567890*#" {
			add(string(k))
		}
		return out
	}
	texts := a.numbers()
	if !a.number {
		texts = nil
	}
	for _, l := range a.literals {
		texts = append(texts, l.Text())
	}
	for _, s := range texts {
		if s == "" {
			continue
		}
		if fill := in.Min - len(s); fill > 0 { // it may be the beginning or the end
			add(s + strings.Repeat("1", fill) + in.Terminator)
			add(strings.Repeat("1", fill) + s + in.Terminator)
			if a.number {
				add(strings.Repeat("0", fill) + s + in.Terminator)
			}
			continue
		}
		add(s + in.Terminator)
	}
	for _, n := range a.beside(int64(in.Max)) {
		if n > 0 {
			add(strings.Repeat("7", n) + in.Terminator)
		}
	}
	add(strings.Repeat("1", max(in.Min, 1)) + in.Terminator)
	if in.Min > 1 {
		add("1")
	}
	add(strings.Repeat("2", min(in.Max, 30)))
	add("*")
	add("#")
	return out
}
