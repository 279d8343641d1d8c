package cli

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/deployment"
)

// TestReadmeNamesTheSettings: the table of variables is that of the program, the credentials are all
// there, and what is said not to be built is not.
func TestReadmeNamesTheSettings(t *testing.T) {
	data, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	table := "| variable | flag |\n|---|---|\n"
	for _, s := range settingTable() {
		table += fmt.Sprintf("| `%s` | `--%s`: %s |\n", s.env, s.name, s.help)
	}
	if !strings.Contains(text, table) {
		t.Errorf("README.md does not have\n%s", table)
	}
	for _, c := range credentials() {
		if !strings.Contains(text, "`"+c.name+"`") {
			t.Errorf("README.md does not name %s", c.name)
		}
	}
	env := testEnv(t)
	root := newRoot(env, commands(env))
	_, said, _ := strings.Cut(text, "**Not built yet.**")
	said, _, _ = strings.Cut(said, "\n\n")
	for _, name := range []string{"graph", "lab"} {
		if c, _, err := root.Find(strings.Fields(name)); err == nil && c != root {
			t.Errorf("%s is built", name)
		}
		if !strings.Contains(said, "`"+name+"`") {
			t.Errorf("README.md does not say that %s is not built", name)
		}
	}
	const file = "version: 1\nname: acme\ngenesys: {region: us-east-1}\nhubspot: {lookup: {homeCountries: [US]}}\nrouting: {rules: [{name: a, when: {won: true}, to: {queue: A%s}}], fallback: {queue: B}}\n%s"
	for name, d := range map[string]string{
		"to.language": fmt.Sprintf(file, ", language: de-de", ""), "cache.store: data-table": fmt.Sprintf(file, "", "enrichment: {cache: {store: data-table}}\n"),
		"entrance": fmt.Sprintf(file, "", "entrance: {}\n"), "channels": fmt.Sprintf(file, "", "channels: {}\n"),
	} {
		_, found := deployment.Parse("d.yaml", []byte(d))
		if len(found) == 0 || !strings.Contains(found.Error(), "not built yet") || !strings.Contains(said, "`"+name+"`") {
			t.Errorf("%s: %v", name, found)
		}
	}
}
