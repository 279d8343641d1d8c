package prove_test

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/templates"
)

// policyMutants are renderings of deployments that differ from the subject's in one place. They
// are held against the subject's policy.
func (s *subject) policyMutants() []mutant {
	var out []mutant
	at := &alteration{}
	at.walk(s.parsed(), func(kind, path string, n int) {
		out = append(out, mutant{kind: "policy: " + kind, where: "policy: " + path, what: path, make: func() (b *blueprint.Blueprint, err error) {
			d := s.parsed()
			again := &alteration{}
			again.walk(d, func(_, _ string, i int) {
				if i == n {
					b, err = s.renderedOtherwise(d)
				}
			})
			return b, err
		}})
	})
	return out
}

func (s *subject) parsed() *deployment.Deployment {
	d, found := deployment.Parse("dealroute.yaml", []byte(s.text))
	if err := found.Err(); err != nil {
		panic(err)
	}
	return d
}

var policyForm = regexp.MustCompile(`dealroute_policy\W+value\W+lit\W+([0-9a-f]{16})\b`)

// renderedOtherwise renders another deployment, and gives it the policy's hash of the subject:
// that alone is not to be what tells them apart.
func (s *subject) renderedOtherwise(d *deployment.Deployment) (_ *blueprint.Blueprint, err error) {
	defer func() { // a file could not say it, so that nobody has checked it
		if why := recover(); why != nil {
			err = fmt.Errorf("not a deployment: %v", why)
		}
	}()
	b, found := blueprint.Render(d, templates.FS)
	if err := found.Err(); err != nil {
		return nil, err
	}
	was, is := policyForm.FindStringSubmatch(s.b.Flow.Text), policyForm.FindStringSubmatch(b.Flow.Text)
	if was != nil && is != nil {
		b.Flow.Text = strings.ReplaceAll(b.Flow.Text, is[1], was[1])
		tree, found := architect.Parse(b.Flow.Tree.Name, []byte(b.Flow.Text))
		if err := found.Err(); err != nil {
			return nil, err
		}
		b.Flow.Tree = tree
	}
	if b.Flow.Text == s.b.Flow.Text && sameActions(b, s.b) {
		return nil, errSame
	}
	return b, nil
}

func sameActions(a, b *blueprint.Blueprint) bool {
	return slices.EqualFunc(a.Actions, b.Actions, func(x, y blueprint.ActionArtifact) bool {
		return string(x.Definition.Export()) == string(y.Definition.Export())
	})
}

// An alteration changes one place of a deployment after another.
type alteration struct {
	n   int
	try func(kind, path string, n int)
}

func (a *alteration) walk(d *deployment.Deployment, try func(kind, path string, n int)) {
	a.try = try
	for _, x := range []struct {
		path string
		v    any
	}{
		{"routing", &d.Routing}, {"hubspot.lookup", &d.HubSpot.Lookup}, {"hubspot.stages", &d.HubSpot.Stages}, {"hubspot.facts", &d.HubSpot.Facts}, {"hubspot.portal", &d.HubSpot.Portal},
		{"calls.numbers", &d.Calls.Numbers}, {"calls.ownNumbers", &d.Calls.OwnNumbers}, {"calls.schedule", &d.Calls.Schedule}, {"enrichment", &d.Enrichment},
		{"screenPop", &d.ScreenPop}, {"privacy", &d.Privacy},
	} {
		a.value(reflect.ValueOf(x.v).Elem(), x.path)
	}
}

// words that stand for each other, where a text is one of a few.
var words = []string{
	"mixed", "e164", "national", "best", "all", "ambiguous-is-unknown", "none", "deals", "numbers", "highest-value", "most-probable", "most-recent",
	"conversation", "none", "string", "number", "string", "boolean", "managed", "none",
}

func (a *alteration) value(v reflect.Value, path string) {
	set := func(kind string, to any) {
		old := reflect.New(v.Type()).Elem()
		old.Set(v)
		x := reflect.ValueOf(to)
		if !x.IsValid() {
			x = reflect.Zero(v.Type())
		}
		v.Set(x.Convert(v.Type()))
		a.try(kind, path, a.n)
		a.n++
		v.Set(old)
	}
	switch {
	case v.Type() == reflect.TypeFor[routing.Decimal]():
		d := v.Interface().(routing.Decimal)
		for _, more := range around(d) {
			if n, err := routing.ParseDecimal(more); err == nil && n.String() != d.String() {
				set("bound off by a cent", n)
			}
		}
	case v.Type() == reflect.TypeFor[time.Duration]():
		set("time longer", v.Interface().(time.Duration)+time.Second)
		set("time shorter", v.Interface().(time.Duration)-time.Second)
	case v.Kind() == reflect.Pointer:
		if v.IsNil() {
			return
		}
		set("condition or setting dropped", nil)
		a.value(v.Elem(), path)
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.IsExported() {
				name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
				if name == "" || name == "-" {
					name = strings.ToLower(f.Name)
				}
				a.value(v.Field(i), path+"."+name)
			}
		}
	case v.Kind() == reflect.Slice:
		n := v.Len()
		if n == 0 {
			return
		}
		set("list emptied", nil)
		for i := range n {
			less := reflect.MakeSlice(v.Type(), 0, n)
			for j := range n {
				if j != i {
					less = reflect.Append(less, v.Index(j))
				}
			}
			set("one of a list dropped", less.Interface())
			if i > 0 {
				swapped := reflect.MakeSlice(v.Type(), n, n)
				reflect.Copy(swapped, v)
				swapped.Index(i - 1).Set(v.Index(i))
				swapped.Index(i).Set(v.Index(i - 1))
				set("order changed", swapped.Interface())
			}
		}
		for i := range n {
			// in a copy: slices share what they hold
			c := reflect.MakeSlice(v.Type(), n, n)
			reflect.Copy(c, v)
			old := reflect.New(v.Type()).Elem()
			old.Set(v)
			v.Set(c)
			a.value(v.Index(i), fmt.Sprintf("%s[%d]", path, i))
			v.Set(old)
		}
	case v.Kind() == reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(x, y reflect.Value) int { return strings.Compare(x.String(), y.String()) })
		for _, k := range keys {
			was := v.MapIndex(k)
			v.SetMapIndex(k, reflect.Value{})
			a.try("condition or setting dropped", path+"."+k.String(), a.n)
			a.n++
			x := reflect.New(v.Type().Elem()).Elem()
			x.Set(was)
			inner := a.try
			a.try = func(kind, p string, n int) {
				v.SetMapIndex(k, x)
				inner(kind, p, n)
			}
			a.value(x, path+"."+k.String())
			a.try = inner
			v.SetMapIndex(k, was)
		}
	case v.Kind() == reflect.String:
		if i := slices.Index(words, v.String()); i >= 0 {
			i -= i % 3
			if strings.HasPrefix(path, "routing") {
				return
			}
			for _, w := range words[i:min(i+3, len(words))] {
				if w != v.String() {
					set("word changed", w)
				}
			}
			return
		}
		switch {
		case strings.Contains(path, "homeCountries"):
			set("text changed", "NZ")
		case strings.HasPrefix(v.String(), "+"):
			set("text changed", v.String()[:v.Len()-1]+"8")
		case v.String() != "":
			set("text changed", v.String()+"x")
			if strings.HasSuffix(path, ".owner") {
				set("condition or setting dropped", "")
			}
		}
	case v.Kind() == reflect.Int:
		set("number changed", v.Int()+1)
		if least := strings.HasSuffix(path, ".add") || strings.HasSuffix(path, ".max"); !least || v.Int() > 1 { // a file cannot say less
			set("number changed", v.Int()-1)
		}
	case v.Kind() == reflect.Bool:
		set("boolean turned", !v.Bool())
	}
}
