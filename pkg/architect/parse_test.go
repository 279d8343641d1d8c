package architect_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/check"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/corpus"
)

const small = `inboundCall:
  name: Door
  startUpRef: ./tasks/task[Entry]
  defaultLanguage: de-de
  initialGreeting: {exp: ToAudioBlank(100)}
  variables:
    - stringVariable: {name: Flow.Tier, initialValue: {lit: standard}}
  tasks:
    - task:
        name: Entry
        actions:
          - decision:
              name: Known?
              condition: {exp: 'Flow.Tier == "gold"'}
              outputs:
                yes: {actions: [{disconnect: {name: Bye}}]}
                "no": {actions: [{disconnect: {name: Bye}}]}
`

// TestWhatParseSays has texts that are no proper flow and what is said of each, with its
// line: never a panic, never silence.
func TestWhatParseSays(t *testing.T) {
	deep := "a: " + strings.Repeat("[", 3000) + strings.Repeat("]", 3000)
	bomb := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 'b'; i < 'k'; i++ {
		p := string(i - 1)
		bomb += string(i) + ": &" + string(i) + " [" + strings.TrimSuffix(strings.Repeat("*"+p+", ", 10), ", ") + "]\n"
	}
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "the file is empty"},
		{"only a comment", "# nothing\n", "the file is empty"},
		{"no mapping", "- a\n", "1:1: the root has to be a mapping"},
		{"syntax", "inboundCall:\n  name: {\n", "not YAML"},
		{"tab", "inboundCall:\n\tname: x\n", "not YAML"},
		{"second document", small + "---\na: 1\n", "19:1: a second document"},
		{"two flows", small + "workflow: {}\n", `18:1: a second root key "workflow"`},
		{"a key twice", strings.Replace(small, "  defaultLanguage", "  name: Again\n  defaultLanguage", 1), `4:3: key "name" is given twice, first on line 2`},
		{"yes twice", strings.Replace(small, `"no":`, `"yes":`, 1), `17:17: key "yes" is given twice`},
		{"bare yes", small, `16:17: info: yes as a bare key`},
		{"an alias of itself", "inboundCall: &a\n  name: x\n  tasks: [*a]\n", "3:11: alias *a stands inside what it names"},
		{"an alias bomb", bomb, "nodes with aliases expanded"},
		{"deep", deep, "nested deeper"},
		{"unknown type", strings.Replace(small, "inboundCall", "inboudCall", 1), `unknown flow type "inboudCall"`},
		{"unknown key", strings.Replace(small, "  defaultLanguage", "  defaultLangage", 1), `4:3: warning: unknown key "defaultLangage" of a flow; it is kept`},
		{"unknown action", strings.Replace(small, "disconnect: {", "disconect: {", 1), `16:34: warning: unknown action "disconect"; it is kept`},
		{"unknown branch", strings.Replace(small, `"no":`, `"maybe":`, 1), `17:17: warning: decision has no branch "maybe"; it is kept`},
		{"an action that is text", strings.Replace(small, "- decision:", "- decision", 1), "not YAML"},
		{"actions of two keys", strings.Replace(small, "[{disconnect: {name: Bye}}]", "[{disconnect: {name: Bye}, playAudio: {}}]", 1), `16:59: a second key "playAudio" beside "disconnect"`},
		{"a list for a task", strings.Replace(small, "    - task:\n        name: Entry\n", "    - task: []\n    - task:\n        name: Entry\n", 1), "a list where a mapping has to be"},
	} {
		start := time.Now()
		f, fs := architect.Parse("", []byte(c.text))
		var all strings.Builder
		for _, x := range fs {
			sev := ""
			if x.Severity != diag.Error {
				sev = string(x.Severity) + ": "
			}
			all.WriteString(strings.TrimPrefix(x.Position.String(), ":") + ": " + sev + x.Message + "\n")
		}
		if !strings.Contains(all.String(), c.want) {
			t.Errorf("%s: no %q in\n%s", c.name, c.want, all.String())
		}
		if time.Since(start) > 3*time.Second {
			t.Errorf("%s took %v", c.name, time.Since(start))
		}
		check.Flow(f, architect.OrgAuto)
	}
}

// TestUnknownThingsAreWrittenBack keeps what the tree has no view of.
func TestUnknownThingsAreWrittenBack(t *testing.T) {
	text := strings.Replace(small, "- decision:", "- teleport: {to: [1, 0x10, 'a'], how: &h {x: ~}, again: *h} # soon\n          - decision:", 1)
	text = strings.Replace(text, "  defaultLanguage", "  newThing: {a: 1}\n  defaultLanguage", 1)
	f := roundTrip(t, "f.yaml", []byte(text))
	out, err := architect.Print(f)
	if err != nil || string(out) != text {
		t.Errorf("%v\n%s", err, out)
	}
	a := f.Flow.Tasks[0].Actions[0]
	if a.Key != "teleport" || a.Kind != nil || a.Path != "/inboundCall/tasks/task[Entry]/actions[0]/teleport" {
		t.Errorf("%+v", a)
	}
}

// TestMergeKeys reads << as YAML 1.1 does: own keys before merged ones.
func TestMergeKeys(t *testing.T) {
	f, _ := architect.Parse("", []byte("inboundCall:\n  tasks:\n    - task:\n        name: T\n        actions:\n          - playAudio: &p {name: A, audio: {tts: Hi}}\n          - playAudio: {<<: *p, name: B}\n"))
	as := f.Flow.Tasks[0].Actions
	if as[1].Name != "B" || as[1].Value("audio").Text != "Hi" || as[1].Value("audio").Form != architect.TTS {
		t.Errorf("%+v", as[1])
	}
}

// FuzzParse states the law of the parser: any text gives a tree or an error, never a
// panic; a tree is printed so that it is read as the same one; checking ends.
func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte("inboundCall: &a\n  name: {{x}}\n  tasks: [*a]\n"))
	f.Add([]byte("workflow:\n  states: [{state: {name: ${v}, actions: [{switch: {evaluate: {firstMatch: {string: {value: {exp: x}, cases: [{case: {value: {lit: 1}}}]}}}}}]}}]\n"))
	f.Add([]byte("inboundCall:\n  menus:\n  - menu:\n      choices:\n      - menuTask: {name: a, dtmf: digit_1, task: {actions: [{disconnect: }]}}\n      - menuSubMenu: {menu: {choices: []}}\n"))
	f.Add([]byte("? [a]\n: b\n? |\n  x\n: !!str {a: *b, <<: [1]}\n"))
	f.Add([]byte("a: \"\\u00e9\\x07\"\nb: >\n  folded\n  text\nc: 'it''s'\n"))
	f.Add([]byte("inboundCall:\n  tasks:\n  - task: {actions: [{callTask: {outputs: {: [{path: {name: p, actions: []}}]}}}]}\n"))
	f.Add([]byte("inboundCall:\n  tasks:\n  - task: {actions: [{decision: {outputs: {~: {}, true: {}, 1.0: {}, 2001-12-14: {}, 2001-12-14t21:59:43Z: {}, '': {}}}}]}\n"))
	if dir := os.Getenv(corpus.Variable); dir != "" {
		files, _ := filepath.Glob(filepath.Join(dir, "flows", "*"))
		for _, p := range files {
			if data, err := os.ReadFile(p); err == nil && len(data) < 6000 {
				f.Add(data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<14 {
			return
		}
		file := roundTrip(t, "fuzz", data)
		check.Flow(file, architect.OrgAuto)
		check.Flow(file, architect.Org{})
	})
}

// FuzzFromJSON holds the same for flows given as JSON.
func FuzzFromJSON(f *testing.F) {
	f.Add([]byte(`{"inboundCall":{"name":"x","tasks":[{"task":{"name":"T","actions":[{"loop":{"loopCount":{"lit":1e3}}}]}}]}}`))
	f.Add([]byte(`{"a":{"a":1,"a":[null,true,-0.0,1e400,"\ud83d"]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<14 {
			return
		}
		file, fs := architect.FromJSON("", data)
		if file.Root == nil && fs.Err() == nil {
			t.Fatal("neither a tree nor an error")
		}
		check.Flow(file, architect.Org{})
		if file.Root == nil {
			return
		}
		if _, err := architect.Print(file); err != nil {
			t.Fatal(err)
		}
	})
}
