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
		d.checkRollup(at, l.Property, *r)
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

// checkRollup refuses properties that are named twice, for a number of deals is no value and no
// caller's, and HubSpot's own that are no number.
func (d *decoder) checkRollup(at, key string, r Rollup) {
	type named struct{ path, name string }
	parts := []named{{at + ".rollup.open", r.Open}, {at + ".rollup.all", r.All}, {at + ".rollup.value", r.Value}}
	if !d.written(parts[1].path) { // nobody finds a mistake at a key that he has not written
		parts[0], parts[1] = parts[1], parts[0]
	}
	seen := map[string]string{key: at + ".property"}
	for _, p := range parts {
		first, twice := seen[p.name]
		switch {
		case p.name == "":
			continue
		case twice:
			d.wrong(p.path, codeRepeated, p.name, "each has a property of its own", fmt.Sprintf("%s is %s already", quote(p.name), first))
		case slices.Contains(noNumbers, p.name):
			d.wrong(p.path, codeRollupProperty, p.name, "create a rollup property of the contact's deals, and name it here", fmt.Sprintf("%s is one of HubSpot's own properties, and no number of deals or value", quote(p.name)))
		}
		seen[p.name] = p.path
	}
}

// noNumbers are HubSpot's own properties of contacts that a flow reads as something else than what
// deals come to.
var noNumbers = []string{
	hubspot.PropPhone, hubspot.PropMobile, "fax", "email", "work_email", hubspot.PropObjectID, hubspot.PropCreated,
	hubspot.PropContactModified, hubspot.PropLifecycle, hubspot.PropOwner, hubspot.PropPrimaryCompany,
}

// custom tells a property of somebody's own from HubSpot's, of which none is unique and holds a
// number. HubSpot: most of what it makes itself begins with hs_.
func custom(name string) bool {
	return !strings.HasPrefix(name, "hs_") && name != hubspot.PropAssociatedDeals && !slices.Contains(noNumbers, name)
}
