package validate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
)

// unknownName reports a name that the account does not have; known are those that it has. label
// gives what the account calls them, and may be nil.
func (c *check) unknownName(path, what, name string, known []string, label map[string]string, then string) {
	if slices.Contains(known, name) {
		return
	}
	in := c.in.Account.Name
	for _, k := range known {
		if folded(k) == folded(name) {
			c.at(path, name, fmt.Sprintf("write %q", k), "%s %q is %q in %s, and every letter and blank counts: %s", what, name, k, in, then)
			return
		}
	}
	hint := diag.DidYouMean(name, known)
	for _, k := range known {
		if l := label[k]; l != "" && folded(l) == folded(name) {
			hint = fmt.Sprintf("that is the label of %q", k)
		}
	}
	if hint == "" && len(known) > 0 && len(known) <= 12 {
		hint = "there is " + strings.Join(known, ", ")
	}
	c.at(path, name, hint, "there is no %s %q in %s: %s", what, name, in, then)
}

// deals yields the stages and pipelines that rules ask for, of the deal that counts and of any open
// one, with the path above.
func (c *check) deals(yield func(path string, stages, pipelines []string)) {
	for i, r := range c.d.Routing.Rules {
		yield(rulePath(i)+".when", r.When.Stage, r.When.Pipeline)
		if any := r.When.AnyOpen; any != nil {
			yield(rulePath(i)+".when.anyOpen", any.Stage, any.Pipeline)
		}
	}
}

// folded is a name without what people take for the same: letter case and blanks.
func folded(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), "")) }
