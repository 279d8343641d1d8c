package expr

import (
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"github.com/cockroachdb/apd/v3"
)

// A Value is a value of the language: immutable, cheap to copy, and always with its type,
// NOT_SET included. The zero Value is NOT_SET without a type. Two values are compared with
// Equal, never with ==.
//
// What the fields hold by type:
//
//	Boolean, Integer     n
//	Decimal              n and scale, or p.dec
//	DateTime, Duration   n in milliseconds (since 1970, UTC)
//	Date, Time           n in days since 1970, in milliseconds of the day
//	Currency             amount like Decimal, code in s, flags for those not set
//	String               s
//	objects, phones      s is the name or the raw text, p the rest
//	JSON, Audio, lists   p
type Value struct {
	h header
	n int64
	s string
	p *box
}

// header packs the type, flags and a decimal's scale so that a Value has five words.
type header uint32

const (
	flagSet      header = 1 << 16
	flagNoAmount header = 1 << 17
	flagNoCode   header = 1 << 18
	flagOpen     header = 1 << 19
	scaleShift          = 24
)

// A box holds what does not fit a Value's words.
type box struct {
	dec   *apd.Decimal
	list  []Value
	props []Named // of objects, in order; keys lower case
	id    string
	json  *jsonNode
	audio []string
	phone *phone
	open  any // see OfOpen
}

// A Named is a property of an object.
type Named struct {
	Name  string
	Value Value
}

// maxInt is the greatest Integer; the least is its negative.
const maxInt = 999_999_999_999_999

func head(t Type) header { return header(t) | flagSet }

// Type is the value's static type.
func (v Value) Type() Type { return Type(v.h & 0xffff) }

// IsSet reports whether the value is not NOT_SET.
func (v Value) IsSet() bool { return v.h&flagSet != 0 }

// NotSet is NOT_SET of a type.
func NotSet(t Type) Value { return Value{h: header(t)} }

// OfOpen makes a value of the type that stands for several, which of is: only an Env that
// knows of them may hold such values, and none may reach an evaluation.
func OfOpen(t Type, of any) Value { return Value{h: head(t) | flagOpen, p: &box{open: of}} }

// Open is what OfOpen was given; nil of any other value.
func (v Value) Open() any {
	if v.h&flagOpen == 0 {
		return nil
	}
	return v.p.open
}

// OfBool makes a Boolean.
func OfBool(b bool) Value {
	if b {
		return Value{h: head(Boolean), n: 1}
	}
	return Value{h: head(Boolean)}
}

// OfInt makes an Integer. One beyond ±999,999,999,999,999 is NOT_SET: no such value exists.
func OfInt(n int64) Value {
	if n > maxInt || n < -maxInt {
		return NotSet(Integer)
	}
	return Value{h: head(Integer), n: n}
}

// OfString makes a String.
func OfString(s string) Value { return Value{h: head(String), s: s} }

// OfDecimal makes a Decimal from digits with an optional sign and point; ok is false for
// any other text and beyond the type's range.
func OfDecimal(text string) (v Value, ok bool) {
	d, ok := parseDec(text)
	if !ok {
		return NotSet(Decimal), false
	}
	return ofDec(d), true
}

func ofDec(d dec) Value { return d.value(Decimal) }

func (d dec) value(t Type) Value {
	if d.b != nil {
		return Value{h: head(t), p: &box{dec: d.b}}
	}
	return Value{h: head(t) | header(d.e)<<scaleShift, n: d.n}
}

// dec is the number of an Integer, a Decimal or a Currency's amount.
func (v Value) dec() dec {
	if v.p != nil && v.p.dec != nil {
		return dec{b: v.p.dec}
	}
	return dec{n: v.n, e: uint8(v.h >> scaleShift)}
}

// OfDateTime makes a DateTime; parts of a millisecond are cut off.
func OfDateTime(t time.Time) Value { return Value{h: head(DateTime), n: t.UnixMilli()} }

// OfDate makes a Date from the day of t in its own zone.
func OfDate(t time.Time) Value {
	d := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	return Value{h: head(Date), n: d.Unix() / 86400}
}

// OfTime makes a Time of the day.
func OfTime(d time.Duration) Value { return Value{h: head(Time), n: d.Milliseconds()} }

// OfDuration makes a Duration; parts of a millisecond are cut off.
func OfDuration(d time.Duration) Value { return ofMillis(d.Milliseconds()) }

func ofMillis(ms int64) Value { return Value{h: head(Duration), n: ms} }

// OfCurrency makes a Currency from an amount as for OfDecimal and a code such as USD.
func OfCurrency(amount, code string) (v Value, ok bool) {
	d, ok := parseDec(amount)
	if !ok {
		return NotSet(Currency), false
	}
	return ofMoney(d, code), true
}

func ofMoney(d dec, code string) Value {
	v := d.value(Currency)
	v.s = code
	return v
}

// OfObject makes an object of the organisation, such as a queue, with id, name and any
// further properties.
func OfObject(kind Type, id, name string, props ...Named) Value {
	b := &box{id: id, props: make([]Named, len(props))}
	for i, p := range props {
		b.props[i] = Named{strings.ToLower(p.Name), p.Value}
	}
	slices.SortStableFunc(b.props, func(x, y Named) int { return strings.Compare(x.Name, y.Name) })
	return Value{h: head(kind), s: name, p: b}
}

// OfAudio makes an Audio of text segments.
func OfAudio(segments ...string) Value {
	return Value{h: head(Audio), p: &box{audio: slices.Clone(segments)}}
}

// OfList makes a collection of items that have the type elem.
func OfList(elem Type, items ...Value) Value {
	if len(items) <= len(few{}.items) {
		return ListOf(elem, len(items), func(i int) Value { return items[i] })
	}
	return listOf(elem, slices.Clone(items))
}

// ListOf makes a collection of n items that item gives in order; they have the type elem.
// It is OfList for those who would make a slice for it only.
func ListOf(elem Type, n int, item func(i int) Value) Value {
	if n == 0 {
		return listOf(elem, nil)
	}
	if n > len(few{}.items) {
		items := make([]Value, n)
		for i := range items {
			items[i] = item(i)
		}
		return listOf(elem, items)
	}
	f := &few{}
	for i := range n {
		f.items[i] = item(i)
	}
	f.list = f.items[:n]
	return Value{h: head(elem.List()), n: int64(n), p: &f.box}
}

// few is a box together with the items of a short collection.
type few struct {
	box
	items [2]Value
}

// nothing is the box of all empty collections.
var nothing = &box{}

// listOf makes a collection and keeps items, which must not be written afterwards.
func listOf(elem Type, items []Value) Value {
	if len(items) == 0 {
		return Value{h: head(elem.List()), p: nothing}
	}
	return Value{h: head(elem.List()), n: int64(len(items)), p: &box{list: items}}
}

// Bool is a Boolean's value; NOT_SET and other types are false.
func (v Value) Bool() bool { return v.n != 0 && v.h&0xffff == header(Boolean) }

// Int is an Integer's value, and 0 of anything else.
func (v Value) Int() int64 {
	if v.Type() != Integer {
		return 0
	}
	return v.n
}

// Text is a String's value or an object's name, and "" when not set.
func (v Value) Text() string { return v.s }

// ID is the id of an object of the organisation.
func (v Value) ID() string {
	if v.p == nil {
		return ""
	}
	return v.p.id
}

// Time is a DateTime in UTC; the zero time when not set.
func (v Value) Time() time.Time {
	if !v.IsSet() {
		return time.Time{}
	}
	return time.UnixMilli(v.n).UTC()
}

// Len is the number of items of a collection; NOT_SET has none.
func (v Value) Len() int {
	if v.p == nil {
		return 0
	}
	return len(v.p.list)
}

// At is an item of a collection; the caller keeps i below Len.
func (v Value) At(i int) Value { return v.p.list[i] }

// prop is a property of an object; name is lower case. One the object was made without is
// absent, which the evaluator reads as NOT_SET of the type the checker gave it.
func (v Value) prop(name string) (Value, bool) {
	switch {
	case v.p == nil:
		return Value{}, false
	case v.p.phone != nil:
		return phoneProp(v, name)
	case !v.Type().IsOrg():
	case name == "id" && v.p.id == "":
		return NotSet(String), true
	case name == "id":
		return OfString(v.p.id), true
	case name == "name":
		return OfString(v.s), true
	}
	for _, p := range v.p.props {
		if p.Name == name {
			return p.Value, true
		}
	}
	return Value{}, false
}

// Prop is a property of an object by its name in lower case; NOT_SET when it has none of it.
func (v Value) Prop(name string) Value {
	x, ok := v.prop(name)
	if !ok {
		return Value{}
	}
	return x
}

func currencyProp(v Value, name string) (Value, bool) {
	switch name {
	case "amount":
		if v.h&flagNoAmount != 0 {
			return NotSet(Decimal), true
		}
		return v.dec().value(Decimal), true
	case "code":
		if v.h&flagNoCode != 0 {
			return NotSet(String), true
		}
		return OfString(v.s), true
	}
	return Value{}, false
}

// items are a collection's; they must not be written.
func (v Value) items() []Value {
	if v.p == nil {
		return nil
	}
	return v.p.list
}

// Equal reports whether == of the language is true, for values of any types: NOT_SET
// equals NOT_SET, an Integer the Decimal of its value, collections item by item in order;
// values of other different types are not equal.
func (v Value) Equal(o Value) bool {
	if !v.IsSet() || !o.IsSet() {
		return v.IsSet() == o.IsSet()
	}
	t, u := v.Type(), o.Type()
	switch {
	case t.IsList() && u.IsList():
		return slices.EqualFunc(v.items(), o.items(), Value.Equal)
	case t == Integer && u == Integer:
		return v.n == o.n
	case (t == Integer || t == Decimal) && (u == Integer || u == Decimal):
		return v.dec().cmp(o.dec()) == 0
	case t != u:
		return false
	}
	switch t {
	case String:
		return v.s == o.s
	case Currency:
		const flags = flagNoAmount | flagNoCode
		return v.h&flags == o.h&flags && strings.EqualFold(v.s, o.s) && (v.h&flagNoAmount != 0 || v.dec().cmp(o.dec()) == 0)
	case PhoneNumber:
		return phoneKey(v) == phoneKey(o)
	case JSON:
		return v.p.json.equal(o.p.json)
	case Audio, Communication:
		return slices.Equal(v.p.audio, o.p.audio)
	}
	if v.p != nil && o.p != nil {
		if v.p.id != "" || o.p.id != "" {
			return v.p.id == o.p.id
		}
		return v.s == o.s && slices.EqualFunc(v.p.props, o.p.props, func(a, b Named) bool { return a.Name == b.Name && a.Value.Equal(b.Value) })
	}
	return v.n == o.n && v.s == o.s
}

// AppendKey appends bytes that are the same for equal values of one type and differ for
// others, for hashing.
func (v Value) AppendKey(b []byte) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(v.Type()))
	if !v.IsSet() {
		return append(b, 0)
	}
	b = append(b, 1)
	switch t := v.Type(); {
	case t.IsList():
		b = binary.AppendUvarint(b, uint64(v.Len()))
		for _, x := range v.items() {
			b = x.AppendKey(b)
		}
		return b
	case t == Decimal:
		return appendText(b, v.dec().text(0))
	case t == Currency:
		b = append(b, byte(v.h>>17&3))
		return appendText(appendText(b, v.dec().text(0)), strings.ToUpper(v.s))
	case t == PhoneNumber:
		return appendText(b, phoneKey(v))
	case t == JSON:
		return v.p.json.key(b)
	case v.p == nil:
		return appendText(binary.AppendVarint(b, v.n), v.s)
	case v.p.id != "":
		return appendText(b, v.p.id)
	}
	b = appendText(b, v.s)
	for _, p := range v.p.props {
		b = p.Value.AppendKey(appendText(b, p.Name))
	}
	for _, a := range v.p.audio {
		b = appendText(b, a)
	}
	return b
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}
