package reconcile

import (
	"strings"
	"testing"
)

// The lines of a flow that differ are those that say something else, written as ours are, however the platform
// has written its own.
func TestFlowLines(t *testing.T) {
	const ours = `inboundCall:
  # a comment
  name: acme
  actions:
    - updateData:
        name: "Rule: negotiation"
        statements:
          - string: {variable: Flow.Queue, value: {lit: "Sales"}}
          - integer: {variable: Flow.Base, value: {lit: 12}}
    - disconnect: {name: End}
`
	for name, c := range map[string]struct{ theirs, want string }{
		"reprinted": {`inboundCall:
    actions:
        - updateData:
            statements:
                - string:
                    value:
                        lit: Sales
                    variable: Flow.Queue
                - integer:
                    variable: Flow.Base
                    value:
                        lit: 10
            name: 'Rule: negotiation'
            byDefault: true
        - disconnect:
            name: End
    name: acme
`, `-          - integer: {variable: Flow.Base, value: {lit: 10}}`},
		"an action more": {`inboundCall:
    name: acme
    actions:
        - playAudio:
            name: Hello
        - updateData:
            name: "Rule: negotiation"
            statements:
                - string:
                    variable: Flow.Queue
                    value:
                        lit: Sales
                - integer:
                    variable: Flow.Base
                    value:
                        lit: 12
        - disconnect:
            name: End
`, `-    - playAudio:
-        name: Hello`},
		"the same": {strings.ReplaceAll(ours, "  # a comment\n", ""), ""},
	} {
		t.Run(name, func(t *testing.T) {
			theirs, now := FlowLines(c.theirs, ours)
			was := map[string]bool{}
			for line := range strings.Lines(now) {
				was[line] = true
			}
			var gone strings.Builder
			for line := range strings.Lines(theirs) {
				if !was[line] {
					gone.WriteString("-" + line)
				}
			}
			if got := strings.TrimSpace(gone.String()); got != c.want {
				t.Errorf("differs in\n%s\nwant\n%s\nof\n%s", got, c.want, theirs)
			}
			if !strings.Contains(now, "          - integer: {variable: Flow.Base, value: {lit: 12}}\n") {
				t.Errorf("ours is not written as it was:\n%s", now)
			}
		})
	}
}
