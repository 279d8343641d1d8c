package check_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/internal/corpus"
)

var (
	campaign = flag.Int("campaign", 0, "how many mutated flows to compare with Genesys' own validation")
	seed     = flag.Uint64("seed", 1, "seed of the campaign")
)

// TestCampaign mutates flows and compares our findings with those of Genesys' own
// validation, which DEALROUTE_ORACLES (the folder of architect-flow.js) and
// DEALROUTE_ORACLE_PACKAGE (a folder with its node_modules) name. Differences that are
// known and have a reason are counted, others fail the test.
func TestCampaign(t *testing.T) {
	if *campaign == 0 {
		t.Skip("no -campaign N")
	}
	oracles, pkg := os.Getenv("DEALROUTE_ORACLES"), os.Getenv("DEALROUTE_ORACLE_PACKAGE")
	if oracles == "" || pkg == "" {
		t.Skip("DEALROUTE_ORACLES and DEALROUTE_ORACLE_PACKAGE are not set")
	}
	m := &mutator{rnd: rand.New(rand.NewPCG(*seed, 7))}
	for _, q := range readQuestions(t, corpus.Lines(t, "flowcheck.jsonl")) {
		if q.Suspect == "" {
			m.add(t, q)
		}
	}
	data, err := os.ReadFile("testdata/campaign.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range readQuestions(t, bytes.Split(bytes.TrimSpace(data), []byte("\n"))) {
		for range 15 { // few, and rich: they get as much attention as all the others
			m.add(t, q)
		}
	}
	var in bytes.Buffer
	for i := range *campaign {
		flow, org, how := m.next()
		line, err := json.Marshal(map[string]any{"id": fmt.Sprint(i), "asks": how, "org": org, "flow": flow})
		if err != nil {
			t.Fatal(err)
		}
		in.Write(append(line, '\n'))
	}
	cmd := exec.Command("node", filepath.Join(oracles, "architect-flow.js"), "--merge")
	cmd.Dir, cmd.Stdin, cmd.Stderr = pkg, &in, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("the oracle: %v", err)
	}
	var lines [][]byte
	sc := bufio.NewScanner(bytes.NewReader(out))
	sc.Buffer(nil, 1<<26)
	for sc.Scan() {
		lines = append(lines, bytes.Clone(sc.Bytes()))
	}
	count, excused, refused := map[string]int{}, map[string]int{}, 0
	for _, q := range readQuestions(t, lines) {
		if len(q.Errors) > 0 {
			refused++
		}
		for _, d := range compare(t, q) {
			if why := excuse(d); why != "" {
				excused[why]++
				continue
			}
			count[d.kind]++
			t.Errorf("%s%s", d, q.Flow)
		}
	}
	t.Logf("%d flows, %d refused by Genesys; differences: %v; with a known reason: %v", len(lines), refused, count, excused)
}

// reasons are the known differences: a pattern over "code text" of Genesys' errors (or of
// ours where Genesys has none), and why. Such an error is left out of the comparison.
var reasons = []struct {
	pattern *regexp.Regexp
	why     string
}{
	{regexp.MustCompile(`sdk.flowType .*'(CallTaskAction|EndTaskAction)'`), "callTask and endTask reached call flows later"},
	{regexp.MustCompile(`greater than or equal to 0\. \( Priority|less than or equal to 10\. \( Priority|Invalid value for Priority .*must be (less|greater)`), "priority was 0 to 10"},
	{regexp.MustCompile(`notSupported(In|Out)putVariableScope`), "flow inputs reached call flows later"},
	{regexp.MustCompile(`noValueModeNotAllowed .*/statements`), "exports of today have noValue in updateData"},
	{regexp.MustCompile(`oracle.skillList`), "one expression for all skills may be taken today"},
	{regexp.MustCompile(`(sdk|oracle) (Cannot (read|convert)|.*is not iterable|.*is not a function)`), "the script that runs the engine broke on the shape"},
	{regexp.MustCompile(`sdk .*'flowName'`), "the engine stops at the name of the flow"},
	{regexp.MustCompile(`'ToQueue' at position \d+ : There is no implementation`), "ToQueue of a text was withheld from call flows"},
	{regexp.MustCompile(`oracle the engine broke while validating`), "the engine broke"},
	{regexp.MustCompile(`expression text of '.*' is in error|mustChangeType|literal boolean value must be`), "the SDK looks at the value of a switch before later actions have made its variable"},
	{regexp.MustCompile(`Invalid input for ACD Skill`), "an item without acdSkill: ours is reported at the item"},
	{regexp.MustCompile(`oracle.unknownAction .*(findQueue|findSkill|callCommonModule|setPriority)`), "the action is newer than the engine"},
}

// excuse gives the reason of a known difference.
func excuse(d difference) string {
	if d.kind == "warnings" {
		return ""
	}
	why := ""
	if d.kind == "we refuse" && !slices.ContainsFunc(d.ours, func(s said) bool { return !strings.Contains(s.Text, "value -") }) {
		return "the engine cannot read negative or fractional durations"
	}
	for _, e := range d.q.Errors {
		known := false
		for _, r := range reasons {
			if r.pattern.MatchString(strings.Join([]string{e.Code, e.Text, e.Detail, e.Path}, " ")) {
				known, why = true, r.why
			}
		}
		if !known && d.kind == "we accept" {
			return ""
		}
	}
	return why
}

// A mutator makes flows out of flows.
type mutator struct {
	rnd     *rand.Rand
	flows   []any
	orgs    []any
	actions []any // actions seen, to insert elsewhere
	values  []any // values seen
	texts   []string
}

func (m *mutator) add(t *testing.T, q question) {
	var flow, org any
	if json.Unmarshal(q.Flow, &flow) != nil || json.Unmarshal(q.Org, &org) != nil {
		t.Fatal("a question that is no JSON")
	}
	m.flows, m.orgs = append(m.flows, flow), append(m.orgs, org)
	m.asOther(flow, org)
	for _, s := range slots(flow) {
		switch v := s.value.(type) {
		case map[string]any:
			if s.list && strings.HasSuffix(s.path, "/actions") {
				m.actions = append(m.actions, v)
			}
			for _, k := range []string{"lit", "exp", "noValue", "tts", "var"} {
				if _, ok := v[k]; ok && len(v) == 1 {
					m.values = append(m.values, v)
				}
			}
		case string:
			m.texts = append(m.texts, v)
		}
	}
}

// asOther adds the flow as one of another call flow type.
func (m *mutator) asOther(flow, org any) {
	to := []string{"secureCall", "inqueueCall", "inboundCall", "inboundCall", "inboundCall"}[len(m.flows)%5]
	if to == "inboundCall" {
		return
	}
	b, _ := json.Marshal(flow)
	var f map[string]map[string]any
	if json.Unmarshal(bytes.ReplaceAll(b, []byte("/inboundCall/"), []byte("/"+to+"/")), &f) != nil {
		return
	}
	body := f["inboundCall"]
	if to == "inqueueCall" {
		delete(body, "startUpRef")
		if tasks, ok := body["tasks"].([]any); ok && len(tasks) > 0 {
			if t, ok := tasks[0].(map[string]any)["task"].(map[string]any); ok {
				body["startUpTaskActions"], body["startUpTaskVariables"] = t["actions"], t["variables"]
			}
		}
		delete(body, "tasks")
		delete(body, "menus")
	}
	m.flows, m.orgs = append(m.flows, map[string]any{to: any(body)}), append(m.orgs, org)
}

// A slot is a place in a decoded flow.
type slot struct {
	value  any
	path   string // of the container, without indices
	key    string
	list   bool
	set    func(any)
	remove func()
}

func slots(root any) []slot {
	var out []slot
	var walk func(v any, path string, set func(any))
	walk = func(v any, path string, set func(any)) {
		switch x := v.(type) {
		case map[string]any:
			keys := make([]string, 0, len(x))
			for k := range x {
				keys = append(keys, k)
			}
			sort.Strings(keys)
			for _, k := range keys {
				put := func(n any) { x[k] = n }
				out = append(out, slot{x[k], path, k, false, put, func() { delete(x, k) }})
				walk(x[k], path+"/"+k, put)
			}
		case []any:
			for i := range x {
				put := func(n any) { x[i] = n }
				out = append(out, slot{x[i], path, "", true, put, func() { set(append(append([]any{}, x[:i]...), x[i+1:]...)) }})
				walk(x[i], path, put)
			}
		}
	}
	walk(root, "", func(any) {})
	return out
}

func clone(v any) any {
	b, _ := json.Marshal(v)
	var out any
	_ = json.Unmarshal(b, &out)
	return out
}

func pick[T any](m *mutator, list []T) T { return list[m.rnd.IntN(len(list))] }

var (
	someTexts = []string{"", "x", "5", "-1", "0", "true", "Flow.S", "Flow.N", "Flow.Nope", "Task.New", "Call.Ani", "NOT_SET", "1 +", "\"a\"", "Flow.S == \"a\"", "a/b", "  ", "digit_1", "digit_9", "Support", "Nope", "/inboundCall/tasks/task[Nope]", "/inboundCall/tasks/task[Entry]", "ToAudioBlank(100)", "ToAudioBlank(20000)", "MakeList(\"a\")", "Length(Flow.S) > 3", "ToQueue(\"Support\")", "FindQueue(\"Support\")"}
	someKeys  = []string{"string", "integer", "decimal", "boolean", "queue", "skill", "stringCollection", "duration", "dateTime"}
)

// next gives a flow with one to three mutations, its organisation and what was done.
func (m *mutator) next() (flow, org any, how string) {
	i := m.rnd.IntN(len(m.flows))
	flow, org = clone(m.flows[i]), clone(m.orgs[i])
	var did []string
	for range 1 + m.rnd.IntN(3) {
		did = append(did, m.mutate(flow))
	}
	if m.rnd.IntN(20) == 0 {
		if all := slots(org); len(all) > 0 {
			s := pick(m, all)
			if s.list {
				s.remove()
				did = append(did, "org without an item of "+s.path)
			}
		}
	}
	return flow, org, strings.Join(did, "; ")
}

func (m *mutator) mutate(flow any) string {
	all := slots(flow)[1:] // not the flow type
	s := pick(m, all)
	name := s.path + "/" + s.key
	switch m.rnd.IntN(12) {
	case 0:
		s.remove()
		return "without " + name
	case 1, 2: // another value in place of a value
		for range 50 {
			if v, ok := s.value.(map[string]any); ok && len(v) == 1 {
				for _, k := range []string{"lit", "exp", "noValue", "tts", "var", "prompt"} {
					if _, ok := v[k]; ok {
						n := clone(pick(m, m.values))
						s.set(n)
						return fmt.Sprintf("%s/%s = %v", s.path, s.key, n)
					}
				}
			}
			s = pick(m, all)
		}
	case 3, 4: // another text
		for range 50 {
			if _, ok := s.value.(string); ok && s.key != "defaultLanguage" && s.key != "verificationType" {
				n := pick(m, someTexts)
				if m.rnd.IntN(3) == 0 {
					n = pick(m, m.texts)
				}
				s.set(n)
				return fmt.Sprintf("%s/%s = %q", s.path, s.key, n)
			}
			s = pick(m, all)
		}
	case 5: // an item twice, or two items swapped
		for range 50 {
			if x, ok := s.value.([]any); ok && len(x) > 0 {
				i, j := m.rnd.IntN(len(x)), m.rnd.IntN(len(x))
				if m.rnd.IntN(2) == 0 {
					s.set(append(x, clone(x[i])))
					return fmt.Sprintf("%s/%s: item %d twice", s.path, s.key, i)
				}
				x[i], x[j] = x[j], x[i]
				return fmt.Sprintf("%s/%s: items %d and %d swapped", s.path, s.key, i, j)
			}
			s = pick(m, all)
		}
	case 6, 7, 8: // an action inserted
		for range 80 {
			if x, ok := s.value.([]any); ok && s.key == "actions" {
				i := m.rnd.IntN(len(x) + 1)
				a := clone(pick(m, m.actions))
				if m.rnd.IntN(3) == 0 {
					a = m.wrap(a)
				}
				s.set(append(append(append([]any{}, x[:i]...), a), x[i:]...))
				return fmt.Sprintf("%s/%s: inserted %v", s.path, s.key, keyOf(a))
			}
			s = pick(m, all)
		}
	case 9: // an item away
		for range 50 {
			if s.list {
				s.remove()
				return "item away of " + s.path
			}
			s = pick(m, all)
		}
	case 10: // an action wrapped
		for range 50 {
			if s.list && strings.HasSuffix(s.path, "/actions") {
				s.set(m.wrap(s.value))
				return "wrapped in " + s.path
			}
			s = pick(m, all)
		}
	case 11: // a number or a type changed
		for range 50 {
			switch v := s.value.(type) {
			case float64:
				n := pick(m, []any{float64(0), float64(-1), float64(1), float64(99), float64(100), 1.5, float64(41), "x"})
				s.set(n)
				return fmt.Sprintf("%s/%s = %v", s.path, s.key, n)
			case map[string]any:
				k := keyOf(v)
				if stem := strings.TrimSuffix(k, "Variable"); s.list && (stem != k || strings.HasSuffix(s.path, "/statements")) {
					n := pick(m, someKeys)
					if stem != k {
						n += "Variable"
					}
					s.set(map[string]any{n: v[k]})
					return fmt.Sprintf("%s: %s becomes %s", s.path, k, n)
				}
			}
			s = pick(m, all)
		}
	}
	return "nothing"
}

func keyOf(a any) string {
	if x, ok := a.(map[string]any); ok {
		for k := range x {
			return k
		}
	}
	return ""
}

// wrap puts an action into a branch of another.
func (m *mutator) wrap(a any) any {
	in := map[string]any{"actions": []any{a}}
	switch m.rnd.IntN(4) {
	case 0:
		return map[string]any{"decision": map[string]any{"name": "W", "condition": map[string]any{"exp": "true"}, "outputs": map[string]any{"yes": in, "no": map[string]any{"actions": []any{clone(a)}}}}}
	case 1:
		return map[string]any{"loop": map[string]any{"name": "W", "currentIndex": map[string]any{"var": "Task.W"}, "loopCount": map[string]any{"lit": 2}, "outputs": map[string]any{"loop": in}}}
	case 2:
		return map[string]any{"switch": map[string]any{"name": "W", "evaluate": map[string]any{"firstTrue": map[string]any{
			"default": map[string]any{"actions": []any{clone(a)}}, "cases": []any{map[string]any{"case": map[string]any{"value": map[string]any{"exp": "Call.Ani == \"x\""}, "actions": []any{a}}}}}}}}
	}
	return map[string]any{"decision": map[string]any{"name": "W", "condition": map[string]any{"exp": "Call.Ani == \"x\""}, "outputs": map[string]any{"yes": in}}}
}
