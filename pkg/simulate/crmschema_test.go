package simulate_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/simulate"
)

func compiledSchema(t *testing.T, text []byte) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("x.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("x.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSchemasOfFixtures: the schemas of crm.yaml and of world files are what the generator gives, take
// every file of the project that the strict readers take, and refuse, in each mapping, the keys
// that these refuse.
func TestSchemasOfFixtures(t *testing.T) {
	for _, c := range []struct {
		of     string
		schema []byte
		read   func(file string, data []byte) (ok bool, said string)
		files  []string
		own    string // with every mapping in it
	}{
		{"crm", simulate.CRMSchema(), func(file string, data []byte) (bool, string) {
			f, found := simulate.DecodeFixtures(file, data)
			return f != nil, found.Error()
		}, []string{"../../examples/*/crm.yaml"}, wholeCRM},
		{"world", world.Schema(), func(file string, data []byte) (bool, string) {
			f, found := world.Decode(file, data)
			return f != nil, found.Error()
		}, nil, wholeWorld},
	} {
		t.Run(c.of, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "schema.json")
			if msg, err := exec.Command("go", "run", "../deployment/internal/schemagen", "-of", c.of, "-out", out).CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, msg)
			}
			if fresh, err := os.ReadFile(out); err != nil || !bytes.Equal(fresh, c.schema) {
				t.Errorf("the schema is not what the generator gives, %v; run go generate", err)
			}
			s := compiledSchema(t, c.schema)
			texts := map[string]string{"whole": c.own}
			for _, pattern := range c.files {
				files, err := filepath.Glob(pattern)
				if err != nil || len(files) == 0 {
					t.Fatalf("no files %s: %v", pattern, err)
				}
				for _, f := range files {
					data, err := os.ReadFile(f)
					if err != nil {
						t.Fatal(err)
					}
					texts[f] = string(data)
				}
			}
			page, err := os.ReadFile("../../docs/" + c.of + ".md")
			if err != nil {
				t.Fatal(err)
			}
			_, example, _ := strings.Cut(string(page), "```yaml\n")
			texts["the page"], _, _ = strings.Cut(example, "```")
			for name, text := range texts {
				var v yaml.Node
				if err := yaml.Unmarshal([]byte(text), &v); err != nil {
					t.Fatal(err)
				}
				if ok, said := c.read(name, []byte(text)); !ok {
					t.Fatalf("%s: %s", name, said)
				}
				if err := s.Validate(asJSON(t, &v)); err != nil {
					t.Errorf("%s is read, and the schema refuses it: %v", name, err)
				}
				if name != "whole" {
					continue
				}
				refused := 0
				each(&v, func(m *yaml.Node) {
					was := m.Content
					m.Content = append([]*yaml.Node{{Kind: yaml.ScalarNode, Tag: "!!str", Value: "nonsenseKey"}, {Kind: yaml.ScalarNode, Tag: "!!str", Value: "x"}}, slices.Clone(was)...)
					changed, err := yaml.Marshal(&v)
					if err != nil {
						t.Fatal(err)
					}
					ok, said := c.read(name, changed)
					byKey := !ok && strings.Contains(said, "nonsenseKey")
					if byKey {
						refused++
					}
					var again yaml.Node // to write a node changes its tags
					if err := yaml.Unmarshal(changed, &again); err != nil {
						t.Fatal(err)
					}
					err = s.Validate(asJSON(t, &again))
					if bySchema := err != nil; byKey && !bySchema || ok && bySchema {
						t.Errorf("%s: a key too many: the reader says %q, the schema refuses it: %v\n%.400s", name, said, err, changed)
					}
					m.Content = was
				})
				if refused < 5 {
					t.Errorf("only %d mappings with keys", refused)
				}
			}
		})
	}
}

// TestSchemasSpeakToReaders: every key has a text, in words of the file and not of the program.
func TestSchemasSpeakToReaders(t *testing.T) {
	for name, text := range map[string][]byte{"crm": simulate.CRMSchema(), "world": world.Schema()} {
		var v any
		if err := json.Unmarshal(text, &v); err != nil {
			t.Fatal(err)
		}
		n := 0
		var walk func(v any, at string)
		walk = func(v any, at string) {
			switch v := v.(type) {
			case []any:
				for _, x := range v {
					walk(x, at)
				}
			case map[string]any:
				if ps, ok := v["properties"].(map[string]any); ok && !strings.HasSuffix(at, "/properties") {
					for key, p := range ps {
						n++
						said, _ := p.(map[string]any)["description"].(string)
						if len(said) < 8 || said[len(said)-1] != '.' || strings.Contains(said, "Fixture") {
							t.Errorf("%s%s/%s: %q", name, at, key, said)
						}
					}
				}
				for key, x := range v {
					walk(x, at+"/"+key)
				}
			}
		}
		if walk(v, ""); n < 20 {
			t.Errorf("%s: only %d keys", name, n)
		}
	}
}

// each visits the mappings of a document.
func each(n *yaml.Node, do func(*yaml.Node)) {
	if n.Kind == yaml.MappingNode {
		do(n)
	}
	for _, c := range n.Content {
		each(c, do)
	}
}

// asJSON is a document as a schema sees it, with times as their text.
func asJSON(t *testing.T, n *yaml.Node) any {
	t.Helper()
	var conv func(n *yaml.Node) any
	conv = func(n *yaml.Node) any {
		switch n.Kind {
		case yaml.DocumentNode:
			return conv(n.Content[0])
		case yaml.AliasNode:
			return conv(n.Alias)
		case yaml.MappingNode:
			m := map[string]any{}
			for i := 0; i+1 < len(n.Content); i += 2 {
				m[n.Content[i].Value] = conv(n.Content[i+1])
			}
			return m
		case yaml.SequenceNode:
			l := []any{}
			for _, c := range n.Content {
				l = append(l, conv(c))
			}
			return l
		}
		if tag := n.ShortTag(); tag == "!!timestamp" || tag == "!!str" {
			return n.Value
		}
		plain := yaml.Node{Kind: yaml.ScalarNode, Value: n.Value} // without what Marshal made of it
		var v any
		if err := plain.Decode(&v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	data, err := json.Marshal(conv(n))
	if err != nil {
		t.Fatal(err)
	}
	x, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return x
}

const wholeCRM = `version: 1
now: 2026-11-23T15:00:00Z
portal: "1001"
currency: USD
timezone: Europe/Berlin
contacts: [{id: "1", created: 2026-01-01T00:00:00Z, updated: 2026-01-02T00:00:00Z, archived: false, properties: {phone: "+15135550142", size: null, many: 7}}]
companies: [{id: "2", properties: {name: Acme}}]
deals: [{id: "3", contacts: ["1"], companies: ["2"], properties: {dealstage: contractsent, amount: "5"}}]
pipelines: [{id: default, label: Sales, stages: [{id: contractsent, label: Sent, probability: "0.9"}, {id: closedwon, label: Won, closed: true, won: true, probability: "1.0"}]}]
owners: [{id: "41", email: ada@example.com, firstname: Ada, lastname: Example, archived: false, type: PERSON}]
properties: {contacts: [{name: phone_e164, type: string, fieldType: text, unique: true, archived: false}]}
control: {switch: {enabled: true}}
vanished: {queues: [Sales], skills: [German], flows: [Menu]}
transfers: {failing: [Care]}
calls: {named: {ani: "+15135550142", dnis: "+15135550100", conversation: {a: b}, control: {switch: {enabled: false}}, vanished: {queues: [Sales]}, transfers: {failing: [Care]}}}
`

const wholeWorld = `call: {ani: tel:+15135550142, dnis: "+15135550100", at: 2026-11-23T09:00:00Z, conversationId: 6f, remoteName: Ada, language: en-us, invocationData: "", data: {a: b}, variables: {Call.PositionInQueue: 3}, answerAfterMs: 60000}
dataActions:
  Find contact: [{success: {contactId: "42", score: 7.5, vip: true, tags: [gold, eu], note: null}, ms: 118}, failure, timeout]
  HubSpot/Find deals: {failure: true, ms: 20}
  Another: {failure: TIMEOUT}
  Slow: {timeout: true}
tables: {control: {ms: 3, rows: {switch: {enabled: true}}}, cache: {fails: DataTablesServerTooBusyException, ms: 900}, gone: {fails: true}}
queues: {Sales: missing}
skills: {German: exists}
languageSkills: {German: exists}
users: {Ada: exists}
groups: {All: exists}
prompts: {Hello: exists}
wrapupCodes: {Done: exists}
flows: {Menu: missing}
schedules: {Weekdays: inactive}
scheduleGroups: {Hours: holiday}
emergencyGroups: {Evac: "on"}
digits: ["1", "", "4711#"]
transfers: {Support: {failure: true, ms: 200}, Sales: success}
branches: {Encrypt: {branch: failure, error: NoDataSupplied}, Contact: {branch: found, outputs: {name: Ada}, ms: 12}, Wait: timeout}
`
