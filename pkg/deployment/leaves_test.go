package deployment_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/deployment"
)

// Each value changed in turn is refused or gives other leaves, so a test that asks whether a
// value matters sees all of them.
func TestVariantsChangeALeafOrAreRefused(t *testing.T) {
	data := read(t, "full.yaml")
	d := parse(t, string(data))
	variants, err := deployment.Variants(data)
	if err != nil {
		t.Fatal(err)
	}
	accepted := 0
	paths := map[string]bool{}
	for _, v := range variants {
		paths[v.Path] = true
		x, _ := deployment.Parse("d.yaml", v.Data)
		if x == nil {
			continue
		}
		accepted++
		if slices.Equal(d.Leaves(), x.Leaves()) {
			t.Errorf("%s: %s and %s read the same", v.Path, v.Was, v.Is)
		}
	}
	if accepted < 50 {
		t.Errorf("only %d of %d variants are read", accepted, len(variants))
	}
	for _, l := range d.Leaves() {
		if p := d.Pos(l.Path); !paths[l.Path] && !paths[strings.TrimSuffix(l.Path, "[0]")] && p.Column > 0 && !isDefault(l.Path) {
			t.Errorf("no variant of %s", l.Path)
		}
	}
}

// isDefault are the leaves of full.yaml that it leaves to their defaults.
func isDefault(path string) bool {
	return slices.Contains([]string{
		"hubspot.facts.tier.type", "routing.rules[3].to.screenPop", "routing.rules[4].to.priority",
	}, path)
}
