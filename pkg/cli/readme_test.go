package cli

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/deployment"
)

// TestReadmeSaysWhatIsNotBuilt: what is said not to be built is not, and what is not is said. Settings and
// credentials stand in the reference.
func TestReadmeSaysWhatIsNotBuilt(t *testing.T) {
	data, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	_, said, _ := strings.Cut(text, "**Not built yet.**")
	said, _, _ = strings.Cut(said, "\n\n")
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
