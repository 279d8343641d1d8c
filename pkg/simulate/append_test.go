package simulate

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

const addedCall = "  - name: \"new, one\"\n    ani: \"+15135550142\"\n    at: 2026-11-23T15:00:00Z\n    fault: [find-deals=500]\n    expect:\n      reason: rule\n      priority: 3\n"

// A call is added where its list ends, in the form of the list, whatever stands around it, and
// nothing else of the file changes.
func TestAppendCall(t *testing.T) {
	const entry, in = addedCall, `{name: "new, one", ani: "+15135550142", at: 2026-11-23T15:00:00Z, fault: [find-deals=500], expect: {reason: rule, priority: 3}}`
	const asJSON = `{"name": "new, one", "ani": "+15135550142", "at": "2026-11-23T15:00:00Z", "fault": ["find-deals=500"], "expect": {"reason": "rule", "priority": 3}}`
	deeper := func(n int) string {
		var b strings.Builder
		for l := range strings.Lines(entry) {
			b.WriteString(strings.Repeat(" ", n) + l[2:])
		}
		return b.String()
	}
	crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
	for text, want := range map[string]string{
		"":                                newList + entry,
		" \n\n":                           newList + entry,
		"# mine\n":                        "# mine\ncalls:\n" + entry,
		"---\n# mine":                     "---\n# mine\ncalls:\n" + entry,
		"version: 1\n":                    "version: 1\ncalls:\n" + entry,
		"version: 1":                      "version: 1\ncalls:\n" + entry,
		"calls:\n":                        "calls:\n" + entry,
		"calls:":                          "calls:\n" + entry,
		"calls: # none yet\nversion: 1\n": "calls: # none yet\n" + entry + "version: 1\n",
		"calls: null # none\n":            "calls:  # none\n" + entry,
		"calls: ~":                        "calls: \n" + entry,
		"calls: []\n":                     "calls: [" + in + "]\n",
		"calls: [ ] # none\n":             "calls: [" + in + " ] # none\n",
		"calls: [\n]\n":                   "calls: [" + in + "\n]\n",
		"calls: [{ani: anonymous}]\n":     "calls: [{ani: anonymous}, " + in + "]\n",
		"calls: [{ani: anonymous}, ]":     "calls: [{ani: anonymous}, " + in + " ]",
		"calls: [{ani: \"]\", name: it's }, # ]\n {ani: 'it''s #'}]":           "calls: [{ani: \"]\", name: it's }, # ]\n {ani: 'it''s #'}, " + in + "]",
		"calls: [\n  {ani: anonymous}, # first\n  {ani: tel:1} # last\n]\n":    "calls: [\n  {ani: anonymous}, # first\n  {ani: tel:1}, # last\n  " + in + "\n]\n",
		"calls: [\n  {ani: anonymous}, # first\n]\n":                           "calls: [\n  {ani: anonymous}, # first\n  " + in + "\n]\n",
		"calls: &all [{ani: anonymous}]\n":                                     "calls: &all [{ani: anonymous}, " + in + "]\n",
		"{}":                                                                   "{\"calls\": [" + asJSON + "]}",
		"{version: 1}\n":                                                       "{version: 1, calls: [" + in + "]}\n",
		"{\"calls\": null}":                                                    "{\"calls\": [" + asJSON + "]}",
		"{\"calls\": [], \"version\": 1}":                                      "{\"calls\": [" + asJSON + "], \"version\": 1}",
		"{\n  \"calls\": [\n    {\"ani\": \"anonymous\"}\n  ]\n}\n":            "{\n  \"calls\": [\n    {\"ani\": \"anonymous\"},\n    " + asJSON + "\n  ]\n}\n",
		"calls:\n  - ani: anonymous # hides\n":                                 "calls:\n  - ani: anonymous # hides\n" + entry,
		"calls:\n  - ani: anonymous":                                           "calls:\n  - ani: anonymous\n" + entry,
		"calls:\n- ani: anonymous\n":                                           "calls:\n- ani: anonymous\n" + deeper(0),
		"calls:\n      - ani: anonymous\n":                                     "calls:\n      - ani: anonymous\n" + deeper(6),
		"calls:\n  - &a {ani: anonymous}\n  - *a\n":                            "calls:\n  - &a {ani: anonymous}\n  - *a\n" + entry,
		"calls: &all\n  - ani: anonymous\n":                                    "calls: &all\n  - ani: anonymous\n" + entry,
		"calls:\n  -\n    ani: anonymous\n":                                    "calls:\n  -\n    ani: anonymous\n" + entry,
		"calls:\n  - ani: anonymous\n\n# of the format\nversion: 1\n":          "calls:\n  - ani: anonymous\n" + entry + "\n# of the format\nversion: 1\n",
		"calls:\n  - ani: anonymous\n# the end\n":                              "calls:\n  - ani: anonymous\n# the end\n" + entry,
		"calls:\n  - ani: anonymous\n...\n":                                    "calls:\n  - ani: anonymous\n" + entry + "...\n",
		"calls:\n  - ani: anonymous\n    name: |+\n      kept\n\nversion: 1\n": "calls:\n  - ani: anonymous\n    name: |+\n      kept\n\n" + entry + "version: 1\n",
		"calls:\r\n  - ani: anonymous\r\n":                                     "calls:\r\n  - ani: anonymous\r\n" + crlf(entry),
		"calls:\r\n  - ani: anonymous\n":                                       "calls:\r\n  - ani: anonymous\n" + crlf(entry), // of both: what is there stays
		"calls: []\r\n":                                                        "calls: [" + in + "]\r\n",
		"\ufeffcalls:\n  - ani: anonymous\n":                                   "\ufeffcalls:\n  - ani: anonymous\n" + entry,
		"calls: # größe\n  - {ani: anonymous, name: größe} # größe\n":          "calls: # größe\n  - {ani: anonymous, name: größe} # größe\n" + entry,
	} {
		got, n, err := AppendCall("calls.yaml", []byte(text), entry)
		if err != nil || string(got) != want || n != strings.Count(text, "ani")+strings.Count(text, "*a\n")+1 {
			t.Errorf("%q: %d %v\n%s\nwant\n%s", text, n, err, got, want)
		}
		if json.Valid([]byte(text)) && !json.Valid(got) {
			t.Errorf("%q is no JSON any more: %s", text, got)
		}
	}
	for text, why := range map[string]string{
		"calls:\n  - nonsense: 1\n":         "nonsense",
		"- a\n":                             "no mapping",
		"calls: {\n":                        "",
		"calls: {a: b}\n":                   "no list",
		"calls: some\n":                     "no list",
		"calls:\n  - ani: anonymous\n---\n": "second document",
		"more: []\n":                        "more",
		"version: 7\n":                      "version",
		"calls: []\ncalls: []\n":            "",
		"calls: !!seq\n":                    "",
	} {
		got, _, err := AppendCall("calls.yaml", []byte(text), entry)
		if err == nil || !strings.Contains(err.Error(), why) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %s %v", text, got, err)
		}
	}
	for _, text := range []string{"", "ani,queue\n+15135550142,Sales\n"} { // never YAML in a file that is read as another format
		if got, _, err := AppendCall("calls.csv", []byte(text), entry); err == nil {
			t.Errorf("a CSV becomes %q", got)
		}
	}
}

// Whatever the list is: it is left alone, or has one call more and every byte that it had, in order.
func FuzzAppendCall(f *testing.F) {
	for _, text := range []string{
		"", "calls: []", "calls:\n  - ani: anonymous\n# end\nversion: 1\n", "calls: [\n  {ani: \"a]\"}, # x\n]\n", "{\"calls\": [{\"ani\": \"x\"}], \"version\": 1}", "calls: &a\r\n- {ani: 'it''s'}\r\n...\r\n",
		"? calls\n: - ani: x\n", "calls: ! [{ani: x}]", "\"calls\":\n- ani: |\n    x\n", "calls:\n  - ani: x\n    name: >+\n      a\n\n\n", "calls: [{ani: x, name: a 'b ] c'}]", "%YAML 1.2\n---\ncalls: null\n...\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, list []byte) {
		if len(list) > 1<<12 {
			return
		}
		out, n, err := AppendCall("calls.yaml", list, addedCall)
		if err != nil {
			return
		}
		was, _ := readCalls("calls.yaml", list) // a list without calls is an error
		if now, err := readCalls("calls.yaml", out); err != nil || now != n || now != was+1 {
			t.Fatalf("%q: %d calls, then %d, %v:\n%s", list, was, now, err, out)
		}
		left := out
		for _, c := range list {
			i := bytes.IndexByte(left, c)
			if i < 0 {
				if rest := strings.ToLower(string(list)); strings.Contains(rest, "null") || strings.Contains(rest, "~") {
					return // what said that there is none is gone
				}
				if len(bytes.TrimSpace(list)) == 0 || bytes.Equal(bytes.TrimSpace(list), []byte("\ufeff")) {
					return
				}
				t.Fatalf("%q lost something:\n%s", list, out)
			}
			left = left[i+1:]
		}
	})
}
