package architect_test

import (
	"strings"
	"testing"
)

// Keys that are no texts are read as they are printed, in every form and wherever names of
// the flow's own stand.
func TestOddKeys(t *testing.T) {
	const block = "inboundCall:\n  name: x\n  tasks:\n    - task:\n        name: T\n        actions:\n          - callTask:\n              name: C\n              targetTaskRef: KEY\n              outputs:\n                KEY:\n                  actions: [disconnect: {name: D}]\n"
	const listed = "inboundCall:\n  tasks:\n    - task: {name: T, actions: [{callTask: {name: C, outputs: {KEY: [{path: {name: p, actions: []}}]}}}]}\n"
	const flow = "inboundCall:\n  tasks:\n    - task: {name: T, actions: [{switch: {outputs: {KEY: {actions: []}}}}, {KEY: {name: x}}, {decision: {name: KEY, outputs: {yes: {actions: [KEY]}}}}]}\n"
	const menu = "inboundCall:\n  menus:\n    - menu: {name: M, choices: [{menuTask: {name: c, speechRecTerms: {en-us: {terms: [KEY]}}}}]}\n  tasks:\n    - task: {name: T, actions: [{callTask: {name: C, outputs: {a: [{path: {name: KEY, actions: []}}]}}}]}\n"
	for _, key := range []string{"", "~", "null", "Null", "NULL", "!!null ''", "!!null x", "true", "True", "yes", "no", "on", "1", "1.0", "0x10", "1e3", ".inf", ".nan", "-0", "2001-12-14", "2001-12-14t21:59:43.10-05:00", "''", `""`, "' '", `"\n"`, "<<", "'<<'", "=", "-", "&a k", "!!str 1", "!x y", "? k", "é", `"\0"`, "'#'", "'a: b'", "12345678901234567890123", "0o14", "!!binary aGk="} {
		for _, form := range []string{block, listed, flow, menu} {
			text := strings.ReplaceAll(form, "KEY", key)
			t.Run(key, func(t *testing.T) { roundTrip(t, "f.yaml", []byte(text)) })
		}
	}
}
