package deployment_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/genesys"
)

func TestSchemaIsCurrent(t *testing.T) {
	out := filepath.Join(t.TempDir(), "schema.json")
	cmd := exec.Command("go", "run", "./internal/schemagen", "-out", out)
	if msg, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, msg)
	}
	fresh, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(fresh, deployment.Schema()) {
		t.Error("schema.json is not what the types give; run go generate ./pkg/deployment")
	}
}

// The bounds stand in struct tags, which take no constants.
func TestPrioritiesHaveGenesysBounds(t *testing.T) {
	n := 0
	var walk func(v any)
	walk = func(v any) {
		m, _ := v.(map[string]any)
		if l, ok := v.([]any); ok {
			for _, e := range l {
				walk(e)
			}
		}
		for name, e := range m {
			if p, ok := e.(map[string]any); ok && name == "priority" {
				n++
				if p["minimum"] != float64(genesys.MinPriority) || p["maximum"] != float64(genesys.MaxPriority) {
					t.Errorf("a priority from %v to %v", p["minimum"], p["maximum"])
				}
			}
			walk(e)
		}
	}
	var schema any
	if err := json.Unmarshal(deployment.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	if walk(schema); n != 2 {
		t.Errorf("%d priorities in the schema", n)
	}
}

func compiled(t *testing.T) *jsonschema.Schema {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(deployment.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("dealroute.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("dealroute.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func instance(t *testing.T, data []byte) any {
	var v any
	if err := yaml.Load(data, &v); err != nil {
		t.Fatal(err)
	}
	js, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	x, err := jsonschema.UnmarshalJSON(bytes.NewReader(js))
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestSchemaTakesWhatParseTakes(t *testing.T) {
	s := compiled(t)
	files, err := filepath.Glob("../../examples/*/dealroute*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, "testdata/full.yaml") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(instance(t, data)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	variants, err := deployment.Variants(read(t, "full.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range variants {
		if d, _ := deployment.Parse("d.yaml", v.Data); d != nil {
			if err := s.Validate(instance(t, v.Data)); err != nil {
				t.Errorf("%s: %s is read and not in the schema: %v", v.Path, v.Is, err)
			}
		}
	}
}

func TestSchemaRefuses(t *testing.T) {
	s := compiled(t)
	if err := s.Validate(instance(t, []byte(minimal))); err != nil {
		t.Fatal(err)
	}
	refused := []string{
		minimal + "template: x\n",
		strings.Replace(minimal, "{queue: General}", "{queue: General, skill: [x]}", 1),
		strings.Replace(minimal, "{queue: General}", "{skills: [x]}", 1),
		strings.Replace(minimal, "{region: eu-central-1}", "{region: eu-central-1, divison: x}", 1),
		strings.Replace(minimal, "version: 1", "version: 2", 1),
		minimal + "screenPop: some\n",
		minimal + "enrichment: {breaker: {after: 3s}}\n",
		minimal + "enrichment: {budget: 3}\n",
		minimal + "enrichment: {cache: {store: data-table}}\n",
		minimal + "calls: {schedule: {emergencyGroup: x}}\n",
		minimal + "calls: {schedule: {group: x, closed: {then: hangup}}}\n",
		minimal + "calls: {schedule: {group: x, closed: {then: {queue: a, flow: b}}}}\n",
		minimal + "calls: {schedule: {group: x, closed: {}}}\n",
	}
	rule := func(when string) []byte {
		return []byte(strings.Replace(minimal, "fallback:", "rules: [{name: a, when: "+when+", to: {}}], fallback:", 1))
	}
	for _, when := range []string{"{failure: [timeout, off]}", "{at: closed}", "{caller: {number: own}}", "{openDeals: {min: 1}}", "{anyOpen: {stage: x}}"} {
		if err := s.Validate(instance(t, rule(when))); err != nil {
			t.Errorf("%s: %v", when, err)
		}
	}
	for _, when := range []string{"{}", "{failure: slow}", "{failure: [timeout, slow]}", "{at: [open, weekend]}", "{caller: {number: anonymous}}", "{caller: {}}", "{anyOpen: {}}", "{openDeals: {}}", "{outcome: []}"} {
		refused = append(refused, string(rule(when)))
	}
	for _, text := range refused {
		if s.Validate(instance(t, []byte(text))) == nil {
			t.Errorf("passed:\n%s", text)
		}
	}
}

// TestDefaultsInTextsHold: where only the text of a key says what holds without it, that is what holds.
func TestDefaultsInTextsHold(t *testing.T) {
	d, found := deployment.Parse("dealroute.yaml", []byte("version: 1\nname: acme\ngenesys: {region: us-east-1}\nhubspot: {lookup: {homeCountries: [US]}}\nrouting: {fallback: {queue: Support}}\n"))
	if d == nil {
		t.Fatal(found.Err())
	}
	if len(d.Privacy.ParticipantData) > 0 {
		t.Errorf("%q is kept", d.Privacy.ParticipantData)
	}
	for _, want := range []string{
		"did not answer in time. Default: " + d.Enrichment.Breaker.AfterTimeout.String() + ".", "refused or failed. Default: " + d.Enrichment.Breaker.AfterFailure.String() + ".",
		"or a script of yours. Default: " + d.ScreenPop.Mode + ".", `then the call ends. Default: \"` + d.Routing.LastResort.Message + `\"`, "beside the decision. Default: none of it.",
	} {
		if !strings.Contains(string(deployment.Schema()), want) {
			t.Errorf("the schema says not: %s", want)
		}
	}
}

// TestSchemaSpeaksToReaders: no text begins with a name that only the program has, and a default
// stands in it, which not every editor shows.
func TestSchemaSpeaksToReaders(t *testing.T) {
	var schema struct {
		Defs map[string]struct {
			Description string
			Properties  map[string]struct {
				Description string
				Default     any
			}
		} `json:"$defs"`
	}
	if err := json.Unmarshal(deployment.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	n := 0
	for name, d := range schema.Defs {
		if first, _, _ := strings.Cut(d.Description, " "); first == name || strings.HasPrefix(d.Description, "A "+name+" ") {
			t.Errorf("%s: %q", name, d.Description)
		}
		for key, p := range d.Properties {
			n++
			first, rest, _ := strings.Cut(p.Description, " ")
			is := strings.HasPrefix(rest, "is ") || strings.HasPrefix(rest, "are ")
			if strings.EqualFold(strings.TrimSuffix(first, ":"), key) && (is || strings.HasSuffix(first, ":")) || p.Default != nil && !strings.Contains(p.Description, " Default: ") {
				t.Errorf("%s.%s: %q", name, key, p.Description)
			}
		}
	}
	if n < 40 {
		t.Errorf("only %d keys", n)
	}
}
