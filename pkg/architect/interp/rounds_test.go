package interp_test

import (
	"fmt"
	"testing"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
)

// A loop of more rounds than are allowed raises the flow's error handling before its first one.
func TestRounds(t *testing.T) {
	for _, c := range []struct {
		count, most int
		target      string
	}{{99, 99, "Q"}, {100, 99, "Help"}, {100, 0, "Q"}, {5000, 0, "Q"}, {0, 1, "Q"}} {
		f, _ := parseQuiet(fmt.Sprintf(`inboundCall:
  name: first
  startUpRef: "/inboundCall/tasks/task[T]"
  settingsErrorHandling: {errorHandling: {queue: {targetQueue: {lit: {name: Help}}}}, preHandlingAudio: {exp: ToAudioBlank(1)}}
  tasks:
    - task:
        name: T
        refId: T
        variables: [integerVariable: {name: Task.I, initialValue: {lit: 0}, isInput: false, isOutput: false}]
        actions:
          - loop: {currentIndex: {var: Task.I}, loopCount: {exp: %d + 0}, outputs: {loop: {actions: [playAudio: {audio: {tts: Hi}}]}}}
          - transferToAcd: {targetQueue: {lit: {name: Q}}, outputs: {failure: {actions: [{disconnect: {}}]}}}
`, c.count))
		p, err := interp.Compile(f, interp.Options{Rounds: c.most})
		if err != nil {
			t.Fatal(err)
		}
		r, err := interp.Run(t.Context(), p, interp.Call{ANI: "x"}, world.New(nil), interp.RunOptions{})
		if err != nil || r.Target != c.target {
			t.Errorf("%d rounds of %d: %s %s, %v", c.count, c.most, r.Ending, r.Target, err)
		}
	}
}
