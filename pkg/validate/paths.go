package validate

import (
	"fmt"
	"iter"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
)

var simpleKey = pattern.Of(`^[A-Za-z0-9_-]+$`)

// join is the path of a key as deployment.Pos takes it.
func join(parent, key string) string {
	if simpleKey().MatchString(key) {
		return parent + "." + key
	}
	return parent + "[" + strconv.Quote(key) + "]"
}

// keyOf is the path of a key itself, not of its value.
func keyOf(parent, key string) string { return join(parent, key) + "#key" }

func rulePath(i int) string { return fmt.Sprintf("routing.rules[%d]", i) }

func item(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

// factValues yields the values that a rule's condition on a fact names, with their paths.
func (c *check) factValues(rule int, fact string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		t, path := c.d.Routing.Rules[rule].When.Facts[fact], join(rulePath(rule)+".when.facts", fact)
		lists := map[string][]string{path: t.Any, join(path, "not"): t.Not}
		if c.d.Pos(join(path, "any")) != c.d.Pos(path) {
			lists = map[string][]string{join(path, "any"): t.Any, join(path, "not"): t.Not}
		}
		for _, list := range sortedKeys(lists) {
			for i, v := range lists[list] {
				if !yield(item(list, i), v) {
					return
				}
			}
		}
	}
}

// targets yields where calls are sent, each with its path: the fallback, what the schedule says,
// and the rules.
func (c *check) targets() iter.Seq2[string, deployment.Target] {
	return func(yield func(string, deployment.Target) bool) {
		f := c.d.Routing.Fallback
		if !yield("routing.fallback", deployment.Target{Queue: f.Queue, Skills: f.Skills}) {
			return
		}
		ends := c.d.Endings()
		for _, path := range sortedKeys(ends) {
			if ends[path] == (deployment.Ending{}) {
				continue // disconnect
			}
			if !yield(path, deployment.Target{Queue: ends[path].Queue, Flow: ends[path].Flow}) {
				return
			}
		}
		for i, r := range c.d.Routing.Rules {
			if !yield(rulePath(i)+".to", r.To) {
				return
			}
		}
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// line names the line of a place in a sentence.
func (c *check) line(path string) string { return fmt.Sprintf("line %d", c.d.Pos(path).Line) }

// template is where a template starts, as findings name it.
func (c *check) template(name string) diag.Position {
	prefix := "templates"
	if c.d.Templates != "" {
		prefix = c.d.Templates
	}
	return diag.Position{File: path.Join(prefix, name), Line: 1}
}

// actionTemplate is the template of a data action by its role in the flow.
func (c *check) actionTemplate(role string) diag.Position {
	dir := map[string]string{
		blueprint.RoleFindContact: "find-contact", blueprint.RoleFindCompany: "find-company", blueprint.RoleFindDeals: "find-deals", blueprint.RoleTripBreaker: "trip-breaker",
	}[role]
	if role == blueprint.RoleFindContact && !c.d.HubSpot.Lookup.Searches() {
		dir = "read-contact"
	}
	return c.template("actions/" + dir + "/action.yaml.tmpl")
}

// managedPop reports whether some agent sees the managed script.
func managedPop(d *deployment.Deployment) bool {
	for i := -1; i < len(d.Routing.Rules); i++ {
		if d.PopOf(i).Mode == deployment.PopManaged {
			return true
		}
	}
	return false
}

// keeps reports whether a name of participant data is kept.
func keeps(d *deployment.Deployment, name string) bool {
	return slices.Contains(d.Privacy.ParticipantData, name)
}

// listed is a list in a sentence: a, b and c.
func listed(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

func quoted(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = strconv.Quote(w)
	}
	return out
}
