package simulate

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/jsonpath"
)

// input turns a flow's value into the JSON value that a data action is called with. A
// value that is not set is not sent.
func input(v expr.Value) (any, bool) {
	if !v.IsSet() {
		return nil, false
	}
	switch v.Type() {
	case expr.Boolean:
		return v.Bool(), true
	case expr.Integer:
		return v.Int(), true
	case expr.String:
		return v.Text(), true
	}
	// Decimals keep their digits; whatever else a contract takes, it takes as text.
	if v.Type() == expr.Decimal {
		x, err := jsonpath.Decode([]byte(v.String()))
		if err == nil {
			return x.ToAny(), true
		}
	}
	return v.String(), true
}

// output turns a JSON value of a reply into a value of the variable's type. A null or
// missing one is NOT_SET.
func output(j jsonpath.Value, t expr.Type) (expr.Value, error) {
	if j.IsNull() {
		return expr.NotSet(t), nil
	}
	if t.IsList() {
		if j.Kind() != jsonpath.Array {
			return expr.Value{}, fmt.Errorf("%s where the variable is %s", j.Kind(), t)
		}
		items := make([]expr.Value, 0, j.Len())
		for i := range j.Len() {
			v, err := output(j.Index(i), t.Elem())
			if err != nil {
				return expr.Value{}, err
			}
			items = append(items, v)
		}
		return expr.OfList(t.Elem(), items...), nil
	}
	switch t {
	case expr.String:
		if j.Kind() == jsonpath.String {
			return expr.OfString(j.Str()), nil
		}
	case expr.Boolean:
		if j.Kind() == jsonpath.True || j.Kind() == jsonpath.False {
			return expr.OfBool(j.Bool()), nil
		}
	case expr.Integer:
		if n, err := strconv.ParseInt(j.Number(), 10, 64); err == nil {
			return expr.OfInt(n), nil
		}
	case expr.Decimal:
		if v, ok := expr.OfDecimal(plain(j.Number())); ok {
			return v, nil
		}
	}
	return expr.Value{}, fmt.Errorf("%s where the variable is %s", j.Kind(), t)
}

// plain writes a JSON number without the exponent that a literal of Architect cannot have.
func plain(number string) string {
	if !strings.ContainsAny(number, "eE") {
		return number
	}
	d, _, err := apd.NewFromString(number)
	if err != nil || d.Exponent > 60 || d.Exponent < -60 {
		return number
	}
	return d.Text('f')
}

// column turns a cell of a data table into a value of the variable's type.
func column(cell any, t expr.Type) expr.Value {
	switch x := cell.(type) {
	case string:
		if t == expr.String {
			return expr.OfString(x)
		}
	case bool:
		if t == expr.Boolean {
			return expr.OfBool(x)
		}
	case int:
		return numberOf(strconv.Itoa(x), t)
	case int64:
		return numberOf(strconv.FormatInt(x, 10), t)
	case float64:
		return numberOf(strconv.FormatFloat(x, 'f', -1, 64), t)
	}
	return expr.NotSet(t)
}

func numberOf(text string, t expr.Type) expr.Value {
	switch t {
	case expr.Integer:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return expr.OfInt(n)
		}
	case expr.Decimal:
		if v, ok := expr.OfDecimal(text); ok {
			return v
		}
	}
	return expr.NotSet(t)
}
