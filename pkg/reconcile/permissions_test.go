package reconcile_test

import (
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/reconcile"
)

// granted are the permissions that the page on keys asks for.
func granted(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile("../../docs/howto/keys.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(data), "| permissions of the client that runs setup | for |")
	table, _, _ = strings.Cut(table, "\n\n")
	var out []string
	for _, m := range regexp.MustCompile(`([a-z]+:[A-Za-z]+:)([a-z]+(?:, [a-z]+)*)`).FindAllStringSubmatch(table, -1) {
		for _, verb := range strings.Split(m[2], ", ") {
			out = append(out, m[1]+verb)
		}
	}
	if len(out) < 35 {
		t.Fatalf("only %d permissions in docs/howto/keys.md: %v", len(out), out)
	}
	return out
}

func without(all []string, one string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(p string) bool { return p == one })
}

func permissionsOf(lacks []reconcile.Lack) string {
	var out []string
	for _, l := range lacks {
		out = append(out, l.Permission)
	}
	return strings.Join(out, ", ")
}

// undemanded are permissions that the emulator does not demand: the platform documents for a
// flow job only architect:job, and its help page the rest.
var undemanded = []string{"architect:flow:add", "architect:flow:edit", "architect:flow:publish"}

// Each permission in turn is missing, at a setup, at a change and at a destroy: when it is needed,
// reading or the plan names it, before the first write, and so does the refusal.
func TestEachMissingPermissionIsNamed(t *testing.T) {
	all := granted(t)
	org := func(seed genesystest.Seed, before ...func(*reconcile.Config)) func() *genesystest.State {
		w := newWorld(t)
		w.server.Apply(seed)
		for _, c := range before {
			apply(t, w.read(t, c))
		}
		return w.server.State // a copy: one is used up
	}
	everything := withAll(t, "Acme hours", "numbers", "Partner menu", map[string]string{"41": "u1", "42": "u2"})
	for name, c := range map[string]struct {
		there  func() *genesystest.State
		change func(*reconcile.Config)
	}{
		"setup":              {org(genesystest.Seed{}), nil},
		"destroy":            {org(genesystest.Seed{}, nil), destroying},
		"setup with all":     {org(acme()), everything},
		"a change with all":  {org(acme(), everything), withAll(t, "Other hours", "deals", "Other menu", map[string]string{"41": "u9", "43": "u3"})},
		"other owners":       {org(acme(), everything), withAll(t, "Acme hours", "numbers", "Partner menu", map[string]string{"41": "u9", "43": "u3"})},
		"destroy with all":   {org(acme(), everything), func(c *reconcile.Config) { c.Desired = nil; everything(c) }},
		"no owner preferred": {org(genesystest.Seed{}, owning(t, map[string]string{"41": "u1"})), nil},
	} {
		for _, p := range all {
			w := buildWorld(t, c.there(), nil, genesystest.Permissions(without(all, p)...))
			cfg := w.config()
			if c.change != nil {
				c.change(&cfg)
			}
			r, err := reconcile.Read(t.Context(), w.client, cfg)
			if err != nil {
				var together *reconcile.PermissionsError
				if !errors.As(err, &together) || !strings.Contains(permissionsOf(together.Lacks), p) {
					t.Errorf("%s without %s: %v", name, p, err)
				}
				continue
			}
			lacks, known := r.Lacks()
			told := strings.Contains(permissionsOf(lacks), p)
			_, err = r.Apply(t.Context())
			switch {
			case err == nil && told && !slices.Contains(undemanded, p):
				t.Errorf("%s without %s works, and the plan says that it is needed", name, p)
			case err != nil && (!errors.Is(err, genesys.ErrForbidden) || !strings.Contains(err.Error(), p)):
				t.Errorf("%s without %s: %v", name, p, err)
			case err != nil && (!told || !known):
				t.Errorf("%s without %s: the plan says only %q", name, p, permissionsOf(lacks))
			}
		}
	}
}

// A client that may do next to nothing is told of everything at once.
func TestMissingPermissionsAreListedTogether(t *testing.T) {
	all := granted(t)
	t.Run("reading", func(t *testing.T) {
		w := buildWorld(t, nil, nil, genesystest.Permissions("none:at:all"))
		_, err := reconcile.Read(t.Context(), w.client, w.config())
		if !errors.Is(err, genesys.ErrForbidden) {
			t.Fatalf("error %v", err)
		}
		for _, p := range []string{
			"authorization:role:view to read role entities", "oauth:client:view to read oauthClient entities", "integrations:integration:view to read credential entities",
			"integrations:integration:view to read integration entities", "integrations:action:view or bridge:actions:view to read dataAction entities",
			"architect:datatable:view to read dataTable entities", "architect:flow:view to read flow entities", "routing:queue:view to read queue entities",
			"scripter:script:view to read script entities", "routing:callRoute:view to read callRoute entities",
		} {
			if !strings.Contains(err.Error(), p) {
				t.Errorf("not told: %s\n%v", p, err)
			}
		}
	})
	t.Run("writing", func(t *testing.T) {
		var views []string
		for _, p := range all {
			if strings.HasSuffix(p, ":view") || p == "telephony:plugin:all" {
				views = append(views, p)
			}
		}
		w := buildWorld(t, nil, nil, genesystest.Permissions(views...))
		r := w.read(t, nil)
		lacks, _ := r.Lacks()
		_, err := r.Apply(t.Context())
		if len(lacks) < 15 || err == nil {
			t.Fatalf("%d permissions, error %v", len(lacks), err)
		}
		for _, l := range lacks {
			if !strings.Contains(err.Error(), l.Permission+" to "+l.What) && !strings.Contains(err.Error(), l.Permission+" to ") {
				t.Errorf("not told: %s to %s\n%v", l.Permission, l.What, err)
			}
		}
	})
}
