package blueprint_test

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/templates"
)

// steering are the keys that only steer commands: they change nothing that is rendered.
var steering = []string{
	"genesys.region", "genesys.org", "calls.peakPerMinute", "templates",
	"hubspot.lookup.property", "hubspot.lookup.rollup.open", "hubspot.lookup.rollup.all", "hubspot.lookup.rollup.value", // with strategy: search
	"hubspot.auth.tokenURL", // with renew: outside; the platform's own action has it in its address
}

// leafValues are other values than those of the example with every setting, by path; a list
// item is its index. What is not here is changed by its type.
var leafValues = map[string]string{
	"version":                                   "2",
	"genesys.region":                            "us-east-1",
	"hubspot.apiVersion":                        "v3",
	"hubspot.auth.method":                       "service-key",
	"hubspot.auth.renew":                        "platform",
	"hubspot.auth.grant":                        "client-credentials",
	"hubspot.auth.tokenURL":                     "https://login.acme.example/token",
	"hubspot.lookup.strategy":                   "rollup",
	"hubspot.lookup.match":                      "e164",
	"hubspot.lookup.homeCountries.0":            "DE",
	"hubspot.lookup.homeCountries.1":            "FR",
	"hubspot.lookup.homeCountries.2":            "ES",
	"hubspot.lookup.duplicates":                 "best",
	"hubspot.facts.vip.type":                    "string",
	"hubspot.facts.score.type":                  "string",
	"hubspot.facts.since.type":                  "string",
	"hubspot.facts.margin.type":                 "string",
	"hubspot.facts.urgent.type":                 "string",
	"hubspot.facts.renewal.type":                "string",
	"calls.numbers.0":                           "+442079460110",
	"calls.numbers.1":                           "+442079460111",
	"calls.ownNumbers.0":                        "+442079460112",
	"calls.language":                            "de-de",
	"enrichment.budget":                         "4s",
	"enrichment.dealStage":                      "most-recent",
	"enrichment.breaker.afterTimeout":           "31s",
	"enrichment.breaker.afterFailure":           "6s",
	"enrichment.cache.store":                    "none",
	"enrichment.cache.ttl":                      "9m",
	"routing.rules.1.when.facts.renewal.within": "15d",
	"routing.rules.2.when.facts.renewal.within": "-8d",
	"routing.rules.7.when.facts.since":          "2020-03-01",
	"screenPop":                                 "none",
}

// Changing any leaf of a deployment file changes the blueprint or is refused, unless the key
// only steers commands.
func TestEveryLeafMatters(t *testing.T) {
	const file = "../../examples/every-setting/dealroute.yaml"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	base, ok := blueprintText(t, data)
	if !ok {
		t.Fatal("the example is refused")
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	leaves, changed, refused, steers := 0, 0, 0, 0
	walkLeaves(doc.Content[0], "", func(path string, n *yaml.Node) {
		leaves++
		old := *n
		defer func() { *n = old }()
		switch v, known := leafValues[path]; {
		case known:
			n.Value = v
		case n.Tag == "!!bool":
			n.Value = map[string]string{"true": "false", "false": "true"}[n.Value]
		case n.Tag == "!!int":
			n.Value += "1"
		case n.Tag == "!!float":
			n.Value += "25"
		default:
			n.Value += "x"
		}
		if n.Value == old.Value {
			t.Errorf("%s was not changed", path)
		}
		other, err := yaml.Marshal(&doc)
		if err != nil {
			t.Fatal(err)
		}
		text, ok := blueprintText(t, other)
		only := slices.Contains(steering, path)
		switch {
		case !ok:
			refused++
		case text != base && only:
			t.Errorf("%s is said to steer commands only, and changes the blueprint", path)
		case text != base:
			changed++
		case only:
			steers++
		default:
			t.Errorf("%s: %q instead of %q changes nothing", path, n.Value, old.Value)
		}
	})
	t.Logf("%d leaves: %d change the blueprint, %d are refused, %d steer commands", leaves, changed, refused, steers)
	if changed < leaves/2 {
		t.Error("most leaves are refused: the test says little")
	}
}

// Every section of the file occurs in the example, so that the test above tries it.
func TestTheExampleHasEverySection(t *testing.T) {
	data, err := os.ReadFile("../../examples/every-setting/dealroute.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := yaml.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	var check func(typ reflect.Type, doc any, path string)
	check = func(typ reflect.Type, doc any, path string) {
		m, ok := doc.(map[string]any)
		if typ.Kind() != reflect.Struct || !ok {
			return
		}
		for i := range typ.NumField() {
			f := typ.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
			at := strings.TrimPrefix(path+"."+name, ".")
			if !f.IsExported() || name == "" || name == "-" || at == "templates" {
				continue
			}
			v, given := m[name]
			if !given {
				t.Errorf("the example leaves %s out", at)
				continue
			}
			check(f.Type, v, at)
		}
	}
	check(reflect.TypeFor[deployment.Deployment](), doc, "")
}

func walkLeaves(n *yaml.Node, path string, visit func(string, *yaml.Node)) {
	join := func(k string) string { return strings.TrimPrefix(path+"."+k, ".") }
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			walkLeaves(n.Content[i+1], join(n.Content[i].Value), visit)
		}
	case yaml.SequenceNode:
		for i, c := range n.Content {
			walkLeaves(c, join(string(rune('0'+i%10))), visit)
		}
	case yaml.ScalarNode:
		visit(path, n)
	}
}

// blueprintText is everything that a deployment file gives, as one text.
func blueprintText(t *testing.T, data []byte) (string, bool) {
	t.Helper()
	d, _ := deployment.Parse("dealroute.yaml", data)
	if d == nil {
		return "", false
	}
	b, found := blueprint.Render(d, templates.FS)
	if b == nil {
		t.Logf("rendering refuses: %v", found.Err())
		return "", false
	}
	out, err := json.Marshal([]any{b.Artifacts, b.Entities})
	if err != nil {
		t.Fatal(err)
	}
	return string(out), true
}
