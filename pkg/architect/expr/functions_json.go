package expr

import (
	"strings"

	"github.com/cockroachdb/apd/v3"
)

// made hands a new JSON value out when it is not too large. Values share their parts, so a
// flow can double one at little cost; its text would grow without bound.
func made(m *machine, n *jsonNode) (Value, *EvalError) {
	if err := m.spend(n.size); err != nil {
		return Value{}, err
	}
	return ofJSON(n), nil
}

// jsonRows: names and arguments are from Genesys' help page on JSON values and the flows of
// its tutorials. Functions return the new value; none changes one.
var jsonRows = []row{
	{"Count(array jsn) int", jsonCount, 0},
	{"GetAt(array jsn, index int 0..) jsn", jsonAt, 0},
	{"GetJsonObjectProperty(object jsn, name str) jsn", jsonGet, 0},
	{"GetJsonObjectPropertyNames(object jsn) str[]", jsonNames, 0},
	{"IsJsonObject(value jsn?) bln", isObject, 0},
	{"JsonParse(text str) jsn", jsonParse, 0},
	{"ReplaceJsonArrayItem(array jsn, oldItem any?, newItem any?) jsn", jsonReplace, 0},
	{"SetJsonObjectProperty(object jsn, name str, value any?) jsn", jsonSet, 0},
	{"SetJsonObjectProperty(object jsn, name str, value any[]) jsn", jsonSet, 0},
	{"ToBool(value jsn?) bln", fromJSON(toBool, Boolean), 0},
	{"ToDateTime(value jsn?) dtm", fromJSON(toDateTime, DateTime), 0},
	{"ToDecimal(value jsn?) dec", fromJSON(toDecimal, Decimal), 0},
	{"ToDuration(value jsn?) dur", fromJSON(toDuration, Duration), 0},
	{"ToInt(value jsn?) int", fromJSON(toInt, Integer), 0},
	{"ToJson(value nts?) jsn", toJSONValue, ruleNotSet},
	{"ToJson(value any?) jsn", toJSONValue, 0},
	{"ToJson(value any[]) jsn", toJSONValue, 0},
	{"ToJsonCollection(array jsn) jsn[]", jsonItems, 0},
}

// jsonParse fails for a text that is not JSON.
func jsonParse(m *machine, a []Value) (Value, *EvalError) {
	if err := m.spend(4 * len(a[0].s)); err != nil {
		return Value{}, err
	}
	v, err := OfJSON([]byte(a[0].s))
	if err != nil {
		return Value{}, failf("%v", err)
	}
	return v, nil
}

func toJSONValue(m *machine, a []Value) (Value, *EvalError) {
	if a[0].Type() == JSON || !a[0].IsSet() {
		return Value{h: a[0].h&flagSet | header(JSON), p: a[0].p}, nil
	}
	if err := m.spend(2 * a[0].Len() * valueSize); err != nil {
		return Value{}, err
	}
	return made(m, toJSON(a[0]))
}

// jsonMember is a member of an object: names are case-sensitive, and a member that is
// absent or null is NOT_SET.
func jsonMember(v Value, name string) Value {
	x := v.p.json.get(name)
	if x == nil || x.kind == 'n' {
		return NotSet(JSON)
	}
	return ofJSON(x)
}

func jsonGet(m *machine, a []Value) (Value, *EvalError) {
	err := m.spend(len(a[0].p.json.keys))
	return jsonMember(a[0], a[1].s), err
}

func isObject(_ *machine, a []Value) (Value, *EvalError) {
	return OfBool(a[0].IsSet() && a[0].p.json.kind == 'o'), nil
}

// wantJSON fails for a JSON value of another kind than what a function works on.
func wantJSON(v Value, kind byte) (*jsonNode, *EvalError) {
	n := v.p.json
	if n.kind == kind {
		return n, nil
	}
	if kind == 'o' {
		return nil, failf("the JSON value is not an object")
	}
	return nil, failf("the JSON value is not an array")
}

func jsonNames(m *machine, a []Value) (Value, *EvalError) {
	n, err := wantJSON(a[0], 'o')
	if err != nil {
		return Value{}, err
	}
	if err := m.spend(len(n.keys) * valueSize); err != nil {
		return Value{}, err
	}
	items := make([]Value, len(n.keys))
	for i, k := range n.keys {
		items[i] = OfString(k)
	}
	return listOf(String, items), nil
}

func jsonSet(m *machine, a []Value) (Value, *EvalError) {
	n, err := wantJSON(a[0], 'o')
	if err != nil {
		return Value{}, err
	}
	if err := m.spend(len(n.keys)*valueSize + 2*a[2].Len()*valueSize); err != nil {
		return Value{}, err
	}
	return made(m, n.with(a[1].s, toJSON(a[2])))
}

func jsonCount(_ *machine, a []Value) (Value, *EvalError) {
	n, err := wantJSON(a[0], 'a')
	if err != nil {
		return Value{}, err
	}
	return OfInt(int64(len(n.items))), nil
}

func jsonAt(_ *machine, a []Value) (Value, *EvalError) {
	n, err := wantJSON(a[0], 'a')
	if err != nil {
		return Value{}, err
	}
	if i := a[1].n; i >= 0 && i < int64(len(n.items)) {
		return ofJSON(n.items[i]), nil
	}
	return Value{}, failf("there is no item %d in an array of %d", a[1].n, len(n.items))
}

func jsonItems(m *machine, a []Value) (Value, *EvalError) {
	n, err := wantJSON(a[0], 'a')
	if err != nil {
		return Value{}, err
	}
	if err := m.spend(2 * len(n.items) * valueSize); err != nil {
		return Value{}, err
	}
	items := make([]Value, len(n.items))
	for i, x := range n.items {
		items[i] = ofJSON(x)
	}
	return listOf(JSON, items), nil
}

// jsonReplace takes the value of the item to replace, not its place.
func jsonReplace(m *machine, a []Value) (Value, *EvalError) {
	n, err := wantJSON(a[0], 'a')
	if err != nil {
		return Value{}, err
	}
	if err := m.spend(len(n.items) * valueSize); err != nil {
		return Value{}, err
	}
	old, with := toJSON(a[1]), toJSON(a[2])
	c := &jsonNode{kind: 'a', items: append([]*jsonNode(nil), n.items...)}
	for i, x := range c.items {
		if x.equal(old) {
			c.items[i] = with
			break
		}
	}
	return made(m, c.weigh())
}

// jsonNumber reads a JSON number, which may have an exponent.
func jsonNumber(text string) (dec, bool) {
	if !strings.ContainsAny(text, "eE") {
		return parseDec(text)
	}
	var b, r apd.Decimal
	if _, _, err := b.SetString(text); err != nil || b.NumDigits() > 4*decDigits || b.Exponent > 2*decDigits || b.Exponent < -4*decDigits {
		return dec{}, false
	}
	if _, err := decContext.Round(&r, &b); err != nil {
		return dec{}, false
	}
	return wide(&r)
}

// fromJSON converts what a JSON value holds: null is NOT_SET, objects and arrays fail.
func fromJSON(convert impl, t Type) impl {
	return func(m *machine, a []Value) (Value, *EvalError) {
		if !a[0].IsSet() || a[0].p.json.kind == 'n' {
			return NotSet(t), nil
		}
		n := a[0].p.json
		v := OfString(n.text)
		switch n.kind {
		case 't', 'f':
			v = OfBool(n.kind == 't')
			if t == Boolean {
				return v, nil
			}
		case '0':
			d, ok := jsonNumber(n.text)
			if !ok {
				return Value{}, failf("the JSON number %s is out of the range of Decimal", short(n.text))
			}
			v = ofDec(d)
			if i, ok := d.int64(); ok && (t == DateTime || t == Duration) {
				v = OfInt(i)
			}
		case 'o', 'a':
			return Value{}, failf("a JSON object or array is no %s", t)
		}
		if v.Type() == Boolean && (t == DateTime || t == Duration) {
			return Value{}, failf("a JSON boolean is no %s", t)
		}
		return convert(m, []Value{v})
	}
}
