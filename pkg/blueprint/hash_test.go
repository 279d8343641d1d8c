package blueprint

import (
	"reflect"
	"testing"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/routing"
)

// Every field of a policy, down to the last, is in what is hashed: a policy in which all of
// them are set is changed in one place after another.
func TestThePolicyHashCoversEveryField(t *testing.T) {
	var p routing.Policy
	fill(t, reflect.ValueOf(&p).Elem())
	base, n := policyText(p), 0
	alter(t, reflect.ValueOf(&p).Elem(), "Policy", func(path string) {
		n++
		if policyText(p) == base {
			t.Errorf("changing %s changes nothing", path)
		}
	})
	if policyText(p) != base {
		t.Error("the changes were not taken back")
	}
	if n < 45 {
		t.Errorf("only %d places were changed", n)
	}
}

// So is what decides whose record a caller's is.
func TestThePolicyHashCoversTheLookup(t *testing.T) {
	base := func() *deployment.Deployment {
		d := &deployment.Deployment{}
		d.HubSpot.Portal, d.HubSpot.Lookup.Match, d.HubSpot.Lookup.HomeCountries = "1", "mixed", []string{"US", "CA"}
		d.Calls.Numbers, d.Calls.OwnNumbers = []string{"+15135550100"}, []string{"+15135550101"}
		return d
	}
	was := policyHash(base())
	for name, change := range map[string]func(*deployment.Deployment){
		"portal":     func(d *deployment.Deployment) { d.HubSpot.Portal = "2" },
		"match":      func(d *deployment.Deployment) { d.HubSpot.Lookup.Match = "e164" },
		"countries":  func(d *deployment.Deployment) { d.HubSpot.Lookup.HomeCountries = []string{"CA", "US"} },
		"duplicates": func(d *deployment.Deployment) { d.HubSpot.Lookup.Duplicates = "all" },
		"number":     func(d *deployment.Deployment) { d.Calls.Numbers = nil },
		"own number": func(d *deployment.Deployment) { d.Calls.OwnNumbers = []string{"+15135550102"} },
	} {
		d := base()
		change(d)
		if policyHash(d) == was {
			t.Errorf("changing the %s changes nothing", name)
		}
	}
	d := base()
	d.Calls.Language, d.Enrichment.Budget = "de-de", 1
	if policyHash(d) != was {
		t.Error("the language and the budget decide nothing")
	}
}

// fill sets every field that a value has, so that none of them is empty.
func fill(t *testing.T, v reflect.Value) {
	t.Helper()
	one := func(typ reflect.Type) reflect.Value {
		x := reflect.New(typ).Elem()
		fill(t, x)
		return x
	}
	switch {
	case v.Type() == reflect.TypeFor[routing.Decimal]():
		v.Set(reflect.ValueOf(routing.Int(5)))
	case v.Kind() == reflect.Pointer:
		v.Set(one(v.Type().Elem()).Addr())
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	case v.Kind() == reflect.Slice:
		v.Set(reflect.Append(v, one(v.Type().Elem())))
	case v.Kind() == reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(one(v.Type().Key()), one(v.Type().Elem()))
	case v.Kind() == reflect.String:
		v.SetString("a")
	case v.Kind() == reflect.Int:
		v.SetInt(3)
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	default:
		t.Fatalf("this test does not know %s", v.Type())
	}
}

// alter changes one place of a filled value after another, calls try and takes it back.
func alter(t *testing.T, v reflect.Value, path string, try func(path string)) {
	t.Helper()
	set := func(to any) {
		old := reflect.New(v.Type()).Elem()
		old.Set(v)
		v.Set(reflect.ValueOf(to).Convert(v.Type()))
		try(path)
		v.Set(old)
	}
	switch {
	case v.Type() == reflect.TypeFor[routing.Decimal]():
		set(routing.Int(6))
	case v.Kind() == reflect.Pointer:
		set(reflect.Zero(v.Type()).Interface())
		alter(t, v.Elem(), path, try)
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			alter(t, v.Field(i), path+"."+v.Type().Field(i).Name, try)
		}
	case v.Kind() == reflect.Slice:
		set(reflect.Zero(v.Type()).Interface())
		alter(t, v.Index(0), path+"[0]", try)
	case v.Kind() == reflect.Map:
		set(reflect.Zero(v.Type()).Interface())
		k := v.MapKeys()[0]
		was, x := v.MapIndex(k), reflect.New(v.Type().Elem()).Elem() // what a map holds cannot be set in place
		x.Set(was)
		alter(t, x, path+"["+k.String()+"]", func(path string) {
			v.SetMapIndex(k, x)
			try(path)
		})
		v.SetMapIndex(k, was)
	case v.Kind() == reflect.String:
		set("b")
	case v.Kind() == reflect.Int:
		set(4)
	case v.Kind() == reflect.Bool:
		set(false)
	default:
		t.Fatalf("this test does not know %s", v.Type())
	}
}
