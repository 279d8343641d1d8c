package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/internal/pattern"
)

var anyNumber = pattern.Of(`\+[1-9][0-9]{8,14}`)

// Each example is set up in the sandbox, where a second setup finds nothing to do, each of its
// callers goes the same way through the deployed flow as through the rendered one, and nothing
// stays of it.
func TestEveryExampleIsDeployed(t *testing.T) {
	files, err := filepath.Glob("../../examples/*/dealroute.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, f := range files {
		t.Run(filepath.Base(filepath.Dir(f)), func(t *testing.T) {
			t.Parallel()
			p := hurried(t)
			must := func(args ...string) string {
				t.Helper()
				code, out, errs := p.run(append(args, "-f", f)...)
				if code != 0 {
					t.Fatalf("%v: exit code %d\n%s%s", args, code, out, errs)
				}
				return out
			}
			must("setup", "--sandbox", "--yes")
			if again := must("setup", "--sandbox", "--yes", "-o", "json"); !strings.Contains(again, `"planned": 0`) {
				t.Errorf("a second setup writes\n%s", again)
			}
			crm, err := os.ReadFile(filepath.Join(filepath.Dir(f), "crm.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			numbers := anyNumber().FindAllString(string(crm), -1)
			slices.Sort(numbers)
			var calls []string
			for _, n := range slices.Compact(numbers) {
				calls = append(calls, "--ani", n)
			}
			if len(calls) < 4 {
				t.Fatalf("callers: %v", calls)
			}
			rendered := ways(t, must(append([]string{"simulate", "-o", "json"}, calls...)...))
			deployed := ways(t, must(append([]string{"simulate", "-o", "json", "--sandbox", "--flow", "deployed"}, calls...)...))
			if len(rendered) != len(calls)/2 || !slices.Equal(rendered, deployed) {
				t.Errorf("rendered: %q\ndeployed: %q", rendered, deployed)
			}
			must("destroy", "--sandbox", "--yes", "--confirm", name(t, f), "--queues")
		})
	}
}

// ways are what became of calls, as far as it is the same in every org.
func ways(t *testing.T, out string) (all []string) {
	t.Helper()
	var v struct{ Calls []map[string]any }
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatal(err)
	}
	for _, c := range v.Calls {
		way, err := json.Marshal([]any{c["ani"], c["outcome"], c["rule"], c["reason"], c["ending"], c["queue"], c["flow"], c["skills"], c["priority"], c["owner"], c["preferredAgent"] != nil, c["participantData"]})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(way))
	}
	return all
}

// name is that of a deployment.
func name(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "\nname: ")
	line, _, _ := strings.Cut(rest, "\n")
	return line
}
