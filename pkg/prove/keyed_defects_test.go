package prove_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/prove"
)

// Each defect in how a contact is read, and in what its numbers come to, is found, and a call shows
// it that can be replayed.
func TestDefectsWithoutASearchAreFound(t *testing.T) {
	type spoil = func(*testing.T, *blueprint.Blueprint) *blueprint.Blueprint
	flow := func(from, to string) spoil {
		return func(t *testing.T, b *blueprint.Blueprint) *blueprint.Blueprint { return spoilt(t, b, from, to) }
	}
	asks := func(from, to string) spoil {
		return func(t *testing.T, b *blueprint.Blueprint) *blueprint.Blueprint {
			return changed(b, blueprint.RoleFindContact, func(d *dataaction.Definition) {
				was := d.Request.Template
				if d.Request.Template = strings.Replace(was, from, to, 1); was == d.Request.Template {
					t.Errorf("the request has no %s", from)
				}
			})
		}
	}
	path := func(to string, names ...string) spoil {
		return func(_ *testing.T, b *blueprint.Blueprint) *blueprint.Blueprint {
			return changed(b, blueprint.RoleFindContact, func(d *dataaction.Definition) {
				for _, name := range names {
					d.Response.TranslationMap[name] = strings.NewReplacer("@", d.Response.TranslationMap[name]).Replace(to)
				}
			})
		}
	}
	like := func(name, other string) spoil {
		return func(_ *testing.T, b *blueprint.Blueprint) *blueprint.Blueprint {
			return changed(b, blueprint.RoleFindContact, func(d *dataaction.Definition) {
				paths := d.Response.TranslationMap
				paths[name], paths[name+"Of"] = paths[other], paths[other+"Of"]
			})
		}
	}
	for _, c := range []struct {
		name, example string
		spoil         spoil
	}{
		{"another property", "unique-phone", asks(`"idProperty":"phone_e164"`, `"idProperty":"phone"`)},
		{"ids of records", "unique-phone", asks(`"idProperty":"phone_e164",`, ``)},
		{"no other spelling", "unique-phone", asks(",{\"id\":\"$esc.jsonString(${input.number2})\"}", "")},
		{"a request without a member", "unique-phone", asks(",\n \"propertiesWithHistory\":[]", "")},
		{"the contact modified first", "unique-phone", flow(`Compare\(Task.When, Task.Last\) > 0`, `Compare(Task.When, Task.Last) < 0`)},
		{"the first of the answer", "unique-phone", flow(`(Task.Later, value: \{exp: )'[^\n]*'`, `${1}'Flow.Contact1 == ""'`)},
		{"times of different lengths", "unique-phone", flow(`Left\(Append\((Replace.*), "000000000"\), 23\), ""`, `$1, ""`)},
		{"ids compared as texts", "unique-phone", flow(`Length\(Task.Id\) < Length\(Flow.Contact1\) or Length\(Task.Id\) == Length\(Flow.Contact1\) and `, ``)},
		{"an error that counts as nobody", "unique-phone", path("$.nothing[*].category", "problems")},
		{"records without ids", "unique-phone", flow(`If\(IsSet\(Task.Found\), Task.Found == Count\(Task.Ids\), false\)`, `true`)},
		{"nobody's deals", "unique-phone", path("$.results[?(@.properties.num_associated_deals == '0')].id", "askIds")},
		{"all deals as open ones", "rollup", like("openDeals", "allDeals")},
		{"open deals as all", "rollup", like("allDeals", "openDeals")},
		{"the number as the value", "rollup", like("openValue", "openDeals")},
		{"one open deal is none", "rollup", flow(`If\(Task.Open >= 1, `, `If(Task.Open > 1, `)},
		{"a fraction of a deal", "rollup", flow(`Task.All >= 1'`, `Task.All > 0'`)},
		{"a number that is too large", "rollup", flow(`If\(Task.Open >= 999999999, 999999999, (If\(Task.Open >= 1, ToInt\(Floor\(Task.Open\)\), 0\))\)`, `$1`)},
		{"closed deals with a value", "rollup", flow(`(?s)(inactive_deal\}\}\s*- decimal: \{variable: Flow.hubspot_customer_value, value: )\{lit: 0.0\}`, `${1}{exp: 'Task.Value + 60000'}`)},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, b := parsed(t, example(t, c.example))
			in := input(d, c.spoil(t, b), prove.Quick)
			in.Stop = true
			r, err := prove.Deployment(context.Background(), in)
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(r.Broken(), func(p prove.Property) bool { return p.ID == prove.Policy || p.ID == prove.Expressions })
			if i < 0 {
				t.Fatalf("everything holds, after %d calls", r.Calls)
			}
			p := r.Broken()[i]
			t.Logf("%d calls: %s\n%s", r.Calls, p.Message, strings.Join(p.Counterexample.Call, "\n"))
			replay(t, in.Blueprint, p)
		})
	}
}
