package blueprint_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/internal/corpus"
)

var updatePaths = flag.Bool("update-paths", false, "write testdata/published-paths.txt from the published flows of DEALROUTE_CORPUS")

const pathList = "testdata/published-paths.txt"

// named are the keys whose members are names of somebody's choice, not of the format.
var named = []string{
	"category", "dataAction", "dataTable", "screenPopScript", "commonModule", "supportedLanguages", "textToSpeech",
	"inputs", "successOutputs", "foundOutputs",
}

// forms of a value can stand in any place for a value (Genesys' format has one rule for all).
var valueForms = []string{"lit", "exp", "noValue", "var", "tts", "prompt"}

// yamlPaths lists the paths of a flow file: keys joined by dots, from the root, from the key
// of an action, from variables, or from the form of a value; names are *, list items have
// no part of their own.
func yamlPaths(root *yaml.Node) []string {
	seen := map[string]bool{}
	var walk func(n *yaml.Node, path string, inActions bool)
	walk = func(n *yaml.Node, path string, inActions bool) {
		switch n.Kind {
		case yaml.DocumentNode:
			for _, c := range n.Content {
				walk(c, "", false)
			}
		case yaml.SequenceNode:
			for _, c := range n.Content {
				walk(c, path, strings.HasSuffix(path, "actions"))
			}
		case yaml.MappingNode:
			last := path[strings.LastIndexByte(path, '.')+1:]
			for i := 0; i+1 < len(n.Content); i += 2 {
				key := n.Content[i].Value
				next := path + "." + key
				switch {
				case path == "":
					next = "flow"
				case inActions && architect.KindOf(key) != nil:
					next = key
				case key == "variables":
					next = "variables"
				case slices.Contains(valueForms, key):
					next = "form." + key
				case slices.Contains(named, last):
					next = path + ".*"
				}
				seen[next] = true
				walk(n.Content[i+1], next, false)
			}
		}
	}
	walk(root, "", false)
	var out []string
	for p := range seen {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

func TestPublishedPathsComeFromTheCorpus(t *testing.T) {
	dir := corpus.Dir(t)
	files, err := filepath.Glob(filepath.Join(dir, "flows", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no flows in %s: %v", dir, err)
	}
	seen := map[string]bool{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var doc yaml.Node
		if yaml.Unmarshal(data, &doc) != nil {
			continue // placeholders of other tools
		}
		for _, p := range yamlPaths(&doc) {
			seen[p] = true
		}
	}
	var lines []string
	for p := range seen {
		lines = append(lines, p)
	}
	slices.Sort(lines)
	text := "# Paths of YAML that occur in published flows; made by: go test ./pkg/blueprint -run PublishedPaths -update-paths\n" + strings.Join(lines, "\n") + "\n"
	if *updatePaths {
		if err := os.WriteFile(pathList, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(pathList); err != nil || string(have) != text {
		t.Errorf("%s is not what the corpus gives (%v); run with -update-paths", pathList, err)
	}
}

// assumedPath is a line of docs/assumptions.md that names a path.
var assumedPath = regexp.MustCompile("(?m)^- `([A-Za-z0-9_.*-]+)`")

// Renderer and emulator could share one misreading of Architect's YAML: so every path that
// is rendered stands in a published flow or among the assumptions.
func TestRenderedPathsArePublishedOrAssumed(t *testing.T) {
	data, err := os.ReadFile(pathList)
	if err != nil {
		t.Fatal(err)
	}
	published := map[string]bool{}
	for _, l := range strings.Split(string(data), "\n") {
		published[l] = true
	}
	doc, err := os.ReadFile("../../docs/assumptions.md")
	if err != nil {
		t.Fatal(err)
	}
	assumed := map[string]bool{}
	for _, m := range assumedPath.FindAllStringSubmatch(string(doc), -1) {
		assumed[m[1]] = true
	}
	used, fromAssumption := map[string]bool{}, map[string]bool{}
	for _, file := range examples(t) {
		for _, p := range yamlPaths(render(t, file).Flow.Tree.Root) {
			used[p] = true
			switch {
			case published[p]:
			case assumed[p]:
				fromAssumption[p] = true
			default:
				t.Errorf("%s: %s stands neither in a published flow nor in docs/assumptions.md", file, p)
				assumed[p] = true // once is enough
			}
		}
	}
	for p := range assumed {
		if !used[p] {
			t.Errorf("docs/assumptions.md: no example renders %s", p)
		}
	}
	t.Logf("%d paths, %d of them assumed", len(used), len(fromAssumption))
}
