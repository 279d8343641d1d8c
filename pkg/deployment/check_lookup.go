package deployment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/routing"
)

// checkLookup asks what hubspot.lookup.strategy needs and what it cannot say. property and rollup
// may stand beside any strategy, so that they can be compared.
func (d *decoder) checkLookup(dep *Deployment) {
	const at = "hubspot.lookup"
	l := &dep.HubSpot.Lookup
	if r := l.Rollup; r != nil {
		if r.All == "" {
			r.All = hubspot.PropAssociatedDeals
		}
		d.checkRollup(at+".rollup", *r)
	}
	if l.Property != "" && !custom(l.Property) {
		d.wrong(at+".property", codeKeyProperty, l.Property, "create a custom property with unique values for the number in E.164, and name it here",
			fmt.Sprintf("%s is one of HubSpot's own properties: a contact cannot be read by a number in it", quote(l.Property)))
	}
	if l.Searches() || d.skip(at+".strategy") {
		return
	}
	needs := func(key, why string, given bool) {
		if !given {
			d.problem(at+"."+key, codeMissing, diag.Error, 0, missingHints[at+"."+key], fmt.Sprintf("%s.%s is missing: strategy: %s %s", at, key, l.Strategy, why))
		}
	}
	needs("property", "reads contacts by it", l.Property != "")
	if l.Duplicates == routing.DuplicatesAll {
		d.not(l, at+".duplicates", "the values of hubspot.lookup.property are unique", "write best, or ambiguous-is-unknown")
	}
	if d.written(at + ".match") {
		d.problem(at+".match", codeStrategyIdle, diag.Warning, d.lengthOf(l.Match), "delete it", fmt.Sprintf("%s.match says nothing under strategy: %s", at, l.Strategy))
	}
	if !l.Rolled() {
		return
	}
	needs("rollup", "reads there what their deals come to", l.Rollup != nil)
	const read = "no deal is read"
	if len(l.Pipelines) > 0 || d.written(at+".pipelines") {
		d.not(l, at+".pipelines", "a rollup counts the deals of all pipelines", "delete it, or use strategy: unique-phone")
	}
	if l.Company != routing.CompanyNone {
		d.not(l, at+".company", read, "delete it, or use strategy: unique-phone")
	}
	if d.written("enrichment.dealStage") {
		d.not(l, "enrichment.dealStage", read, "delete it, or use strategy: unique-phone")
	}
	for _, name := range sortedKeys(dep.HubSpot.Facts) {
		if dep.HubSpot.Facts[name].Deal != "" {
			d.not(l, join(join("hubspot.facts", name), "deal"), read, "keep it in a property of the contact, or use strategy: unique-phone")
		}
	}
	for i, r := range dep.Routing.Rules {
		d.checkRolledWhen(dep, fmt.Sprintf("routing.rules[%d].when", i), r.When)
	}
	for i, name := range dep.Privacy.ParticipantData {
		if slices.Contains([]string{"hubspot_deal_stage", "hubspot_deal_stage_label"}, name) {
			d.problem(fmt.Sprintf("privacy.participantData[%d]", i), codeStrategyIdle, diag.Warning, d.lengthOf(name), "delete it", fmt.Sprintf("%s is never set under strategy: %s", quote(name), l.Strategy))
		}
	}
}

// checkRolledWhen refuses the conditions on a deal, of which a rollup says nothing.
func (d *decoder) checkRolledWhen(dep *Deployment, path string, w When) {
	l := &dep.HubSpot.Lookup
	for _, c := range []struct {
		key   string
		given bool
	}{{"stage", len(w.Stage) > 0}, {"pipeline", len(w.Pipeline) > 0}, {"won", w.Won != nil}, {"anyOpen", w.AnyOpen != nil}} {
		if c.given {
			d.not(l, join(path, c.key), "no deal is read", "ask for outcome, openDeals, minValue or maxValue, or use strategy: unique-phone")
		}
	}
	for _, name := range sortedKeys(w.Facts) {
		if dep.HubSpot.Facts[name].Deal != "" {
			d.not(l, join(join(path, "facts"), name), fmt.Sprintf("%s is a fact of the deal, and no deal is read", quote(name)), "ask for a fact of the contact, or use strategy: unique-phone")
		}
	}
}

// not reports what a strategy cannot say.
func (d *decoder) not(l *Lookup, path, why, hint string) {
	d.problem(path, codeStrategyNot, diag.Error, 0, hint, fmt.Sprintf("%s does not go with strategy: %s: %s", path, l.Strategy, why))
}

// written reports whether the file itself has a key.
func (d *decoder) written(path string) bool {
	_, given := d.positions[path]
	return given
}

// checkRollup refuses properties that are named twice: a number of deals is no value.
func (d *decoder) checkRollup(path string, r Rollup) {
	seen := map[string]string{}
	for _, p := range []struct{ key, name string }{{"open", r.Open}, {"all", r.All}, {"value", r.Value}} {
		if first, ok := seen[p.name]; ok && p.name != "" {
			d.wrong(join(path, p.key), codeRepeated, p.name, "each has a property of its own", fmt.Sprintf("%s is %s already", quote(p.name), join(path, first)))
		}
		seen[p.name] = p.key
	}
}

// custom tells a property of somebody's own from those of HubSpot's that hold a number or are unique.
// HubSpot: what it makes itself begins with hs_.
func custom(name string) bool {
	own := []string{hubspot.PropPhone, hubspot.PropMobile, "fax", "email", "work_email"}
	return !strings.HasPrefix(name, "hs_") && !slices.Contains(own, name)
}
