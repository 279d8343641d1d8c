package interp_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
)

// TestPreferredAgents: a transfer tells whom it asks first. Genesys: with more than 20 its failure
// branch is taken; what a pair without a user does is not documented.
func TestPreferredAgents(t *testing.T) {
	many := func(n int) string {
		return strings.TrimSuffix(strings.Repeat(`FindUserById("u1"), `, n), ", ")
	}
	scores := func(n int) string { return strings.TrimSuffix(strings.Repeat("90, ", n), ", ") }
	list := func(n int) string {
		return fmt.Sprintf("MakeListAgentScorePair(MakeList(%s), MakeList(%s))", many(n), scores(n))
	}
	for _, c := range []struct{ name, preferred, ending, first string }{
		{"nobody", `{noValue: true}`, "queue Q", "[]"},
		{"one", `{exp: 'MakeListAgentScorePair(MakeList(FindUserById("u1")), MakeList(100))'}`, "queue Q", "[{u1 100}]"},
		{"two", `{exp: 'MakeList(MakeAgentScorePair(FindUserById("u1"), 100), MakeAgentScorePair(FindUserById("u2"), 90))'}`, "queue Q", "[{u1 100} {u2 90}]"},
		{"twenty", `{exp: '` + list(20) + `'}`, "queue Q", "20"},
		{"more", `{exp: '` + list(21) + `'}`, "disconnect ", "[]"},
		{"a user who is gone", `{exp: 'MakeListAgentScorePair(MakeList(FindUserById("gone")), MakeList(100))'}`, "queue Help", "[]"},
	} {
		f, _ := parseQuiet(`inboundCall:
  name: first
  startUpRef: "/inboundCall/tasks/task[T]"
  settingsErrorHandling: {errorHandling: {queue: {targetQueue: {lit: {name: Help}}}}, preHandlingAudio: {exp: ToAudioBlank(1)}}
  tasks:
    - task:
        name: T
        refId: T
        actions:
          - transferToAcd: {targetQueue: {lit: {name: Q}}, preferredAgents: ` + c.preferred + `, outputs: {failure: {actions: [{disconnect: {}}]}}}
`)
		p, err := interp.Compile(f, interp.Options{})
		if err != nil {
			t.Fatal(err)
		}
		script, fs := world.Read("w.yaml", []byte("users: {gone: missing}"))
		if err := fs.Err(); err != nil {
			t.Fatal(err)
		}
		r, err := interp.Run(t.Context(), p, interp.Call{ANI: "x"}, world.New(script.File), interp.RunOptions{})
		first := fmt.Sprint(r.Preferred)
		if c.first == "20" {
			first = fmt.Sprint(len(r.Preferred))
		}
		if got := fmt.Sprintf("%s %s", r.Ending, r.Target); err != nil || got != c.ending || first != c.first {
			t.Errorf("%s: ended at %s, first %s, %v; want %s, first %s", c.name, got, first, err, c.ending, c.first)
		}
	}
}
