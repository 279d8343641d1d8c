package deployment

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/routing"
)

var factName = pattern.Of(`^[A-Za-z][A-Za-z0-9_]{0,39}$`)

func (d *decoder) checkFacts(dep *Deployment) {
	seen := map[string]string{}
	for _, name := range sortedKeys(dep.HubSpot.Facts) {
		path := join("hubspot.facts", name)
		f := dep.HubSpot.Facts[name]
		if f.Type == "" {
			f.Type = routing.StringFact
			dep.HubSpot.Facts[name] = f
		}
		if !factName().MatchString(name) {
			d.wrong(path+keySuffix, codeForm, name, "", fmt.Sprintf("the name of a fact must be letters, digits and _, a letter first, not %s", quote(name)))
			continue
		}
		// Architect finds variables whatever their capitals.
		if first, ok := seen[strings.ToLower(name)]; ok {
			d.wrong(path+keySuffix, codeRepeated, name, "choose another name", fmt.Sprintf("fact %s differs from %s in capitals only", quote(name), quote(first)))
		}
		seen[strings.ToLower(name)] = name
		if (f.Contact == "") == (f.Deal == "") && !d.skip(join(path, "contact")) && !d.skip(join(path, "deal")) {
			d.wrong(path, codeFactSource, name, "such as {contact: customer_tier} or {deal: renewal_date}", fmt.Sprintf("fact %s must name one property, of the contact or of the deal", quote(name)))
		}
	}
}

func (d *decoder) checkRules(dep *Deployment) {
	if v := dep.Routing.ValuePriority; v != nil && v.Per.Sign() <= 0 {
		d.problem("routing.valuePriority.per", codeRange, diag.Error, len(v.Per.String()), "how much value is worth one step of priority, such as 50000", "routing.valuePriority.per must be greater than 0")
	}
	for i := range dep.Routing.Rules {
		d.inherit(dep, i)
	}
	names := map[string]string{}
	spelt := map[string]string{}
	d.spelling(spelt, "routing.fallback", Target{Queue: dep.Routing.Fallback.Queue, Skills: dep.Routing.Fallback.Skills})
	ends := dep.Endings()
	for _, at := range sortedKeys(ends) {
		d.spelling(spelt, at, Target{Queue: ends[at].Queue, Flow: ends[at].Flow})
	}
	for i, r := range dep.Routing.Rules {
		path := fmt.Sprintf("routing.rules[%d]", i)
		if d.skip(path) {
			continue
		}
		fold := strings.ToLower(r.Name)
		if first, ok := names[fold]; ok && r.Name != "" {
			d.wrong(path+".name", codeRuleName, r.Name, "rename one of them", fmt.Sprintf("rule %s has the name of %s", quote(r.Name), first))
		} else {
			names[fold] = path
		}
		d.checkWhen(dep, path+".when", r.When)
		d.checkFlow(dep, path+".to", r.To)
		d.spelling(spelt, path+".to", r.To)
	}
}

// besideFlow are the keys of a target that mean nothing where another flow takes the call: that
// flow chooses queue, skills and priority.
var besideFlow = []string{"queue", "skills", "priority", "owner", "valuePriority"}

func (d *decoder) checkFlow(dep *Deployment, path string, to Target) {
	if to.Flow == "" {
		return
	}
	if strings.EqualFold(to.Flow, dep.Name) {
		d.wrong(join(path, "flow"), codeRuleOwnFlow, to.Flow, "name the flow that is to take the call", fmt.Sprintf("flow %s is this deployment's own: the call would begin again, and come here again", quote(to.Flow)))
	}
	for _, key := range besideFlow {
		if _, given := d.positions[join(path, key)]; given {
			d.problem(join(path, key), codeRuleFlow, diag.Error, 0, "delete one of the two; screenPop alone may stand beside flow",
				fmt.Sprintf("%s does not go with %s: flow %s takes the call over and decides itself", join(path, key), join(path, "flow"), quote(to.Flow)))
		}
	}
}

// inherit gives a rule's target what it leaves out: it is the fallback's when it names neither
// queue nor flow.
func (d *decoder) inherit(dep *Deployment, rule int) {
	to, fallback := &dep.Routing.Rules[rule].To, dep.Routing.Fallback
	path := fmt.Sprintf("routing.rules[%d].to", rule)
	if to.Queue != "" || to.Flow != "" || d.skip(path+".queue") || d.skip(path+".flow") {
		return
	}
	to.Queue = fallback.Queue
	if _, given := d.positions[path+".skills"]; !given {
		to.Skills = fallback.Skills
	}
	if _, given := d.positions[path+".priority"]; !given {
		to.Priority = fallback.Priority
	}
}

// spelling warns of queues, skills and flows that differ in capitals only.
func (d *decoder) spelling(spelt map[string]string, path string, to Target) {
	one := func(noun, path, name string) {
		key := noun + " " + strings.ToLower(name)
		if first, ok := spelt[key]; ok && first != name {
			d.problem(path, codeSpelling, diag.Warning, d.lengthOf(name), fmt.Sprintf("write %q everywhere if they are the same", first),
				fmt.Sprintf("%s %s is also written %s", noun, quote(name), quote(first)))
		} else if name != "" {
			spelt[key] = name
		}
	}
	one("queue", path+".queue", to.Queue)
	one("flow", path+".flow", to.Flow)
	for i, s := range to.Skills {
		one("skill", fmt.Sprintf("%s.skills[%d]", path, i), s)
	}
}

func (d *decoder) checkWhen(dep *Deployment, path string, w When) {
	if d.skip(path) {
		return
	}
	if len(w.Outcome)+len(w.Stage)+len(w.Pipeline)+len(w.Failure)+len(w.Lifecycle)+len(w.Facts) == 0 && w.AnyOpen == nil && w.OpenDeals == nil && w.Won == nil && w.MinValue == nil && w.MaxValue == nil && w.Caller == nil && len(w.Called)+len(w.At) == 0 {
		if !d.anyBadBelow(path) {
			d.problem(path, codeRuleEmpty, diag.Error, 0, "add a condition; where everybody goes is routing.fallback", path+" has no condition")
		}
		return
	}
	outcomes := make([]string, 0, 5)
	for _, o := range routing.Outcomes() {
		outcomes = append(outcomes, string(o))
	}
	for i, o := range w.Outcome {
		if !slices.Contains(outcomes, string(o)) {
			hint := diag.DidYouMean(string(o), outcomes)
			d.wrong(item(d, path+".outcome", i), codeChoice, string(o), hint, fmt.Sprintf("%s.outcome must be %s, not %s", path, either(outcomes), quote(string(o))))
		}
	}
	for i, s := range w.Stage {
		d.checkStage(dep, item(d, path+".stage", i), s)
	}
	d.checkPipelines(dep, path+".pipeline", w.Pipeline)
	for i, l := range w.Lifecycle {
		if !idForm().MatchString(l) {
			d.wrong(item(d, path+".lifecycle", i), codeForm, l, "HubSpot's own are "+strings.Join(lifecycles, ", "), fmt.Sprintf("%s is not the id of a lifecycle stage", quote(l)))
		}
		d.slip(item(d, path+".lifecycle", i), "lifecycle stage", l, lifecycles)
	}
	if a := w.AnyOpen; a != nil {
		at := path + ".anyOpen"
		if len(a.Stage)+len(a.Pipeline) == 0 && a.MinValue == nil && a.MaxValue == nil && !d.anyBadBelow(at) {
			d.problem(at, codeEmpty, diag.Error, 0, "write stage, pipeline, minValue or maxValue; that a deal is open at all is outcome: active_deal", at+" asks nothing of the deal")
		}
		for i, s := range a.Stage {
			d.checkStage(dep, item(d, at+".stage", i), s)
		}
		d.checkPipelines(dep, at+".pipeline", a.Pipeline)
		d.checkBounds(at+".minValue", a.MinValue, a.MaxValue)
	}
	for i, f := range w.Failure {
		if all := routing.Failures(); !slices.Contains(all, f) {
			d.wrong(item(d, path+".failure", i), codeChoice, f, diag.DidYouMean(f, all), fmt.Sprintf("%s.failure must be %s, not %s", path, either(all), quote(f)))
		}
	}
	d.checkAt(dep, path+".at", w.At)
	if r := w.OpenDeals; r != nil {
		switch {
		case r.Min == nil && r.Max == nil && !d.anyBadBelow(path+".openDeals"):
			d.problem(path+".openDeals", codeEmpty, diag.Error, 0, "write {min: 1}, {max: 0} or both", path+".openDeals has no bound")
		case r.Min != nil && r.Max != nil && *r.Min > *r.Max:
			d.problem(path+".openDeals", codeRuleBounds, diag.Error, 0, "", fmt.Sprintf("no number is at least %d and at most %d", *r.Min, *r.Max))
		}
	}
	d.checkBounds(path+".minValue", w.MinValue, w.MaxValue)
	d.checkCaller(dep, path, w)
	for _, name := range sortedKeys(w.Facts) {
		d.checkFactTest(dep, path+".facts", name, w.Facts[name])
	}
}

// item is the path of the i-th element of a list, or of the value itself when it was
// written without brackets.
func item(d *decoder, path string, i int) string {
	p := fmt.Sprintf("%s[%d]", path, i)
	if _, ok := d.positions[p]; ok {
		return p
	}
	return path
}

var stageIDForm = pattern.Of(`^[a-z0-9][a-z0-9_-]*$`)

func (d *decoder) checkStage(dep *Deployment, path, s string) {
	if d.stages == nil {
		d.stages = append(slices.Compact(slices.Sorted(maps.Values(dep.HubSpot.Stages))), defaultStages...)
	}
	if _, isID := dep.HubSpot.Stages[s]; isID {
		return
	}
	if _, isName := slices.BinarySearch(d.stages[:len(d.stages)-len(defaultStages)], s); isName {
		return
	}
	near := diag.Nearest(s, d.stages)
	hint := ""
	if near != "" {
		hint = fmt.Sprintf("did you mean %q", near)
	}
	switch {
	case !stageIDForm().MatchString(s):
		if hint == "" {
			hint = "add it to hubspot.stages with its id, or write the id that HubSpot's settings show"
		}
		d.wrong(path, codeStageUnknown, s, hint, fmt.Sprintf("stage %s is neither a name in hubspot.stages nor an id of its form", quote(s)))
	case near != "" && !slices.Contains(defaultStages, s):
		d.problem(path, codeStageLike, diag.Warning, d.lengthOf(s), hint, fmt.Sprintf("stage %s is taken as an id; no stage has it as its name", quote(s)))
	}
}

// slip warns of an id that differs from one of HubSpot's own in little but capitals and
// hyphens. HubSpot: ids are compared exactly; those that people's pipelines and stages get
// are numbers.
func (d *decoder) slip(path, noun, id string, known []string) {
	bare := func(s string) string { return hyphens.Replace(strings.ToLower(s)) }
	for _, k := range known {
		if id != k && bare(id) == k {
			d.problem(path, codeStageLike, diag.Warning, d.lengthOf(id), fmt.Sprintf("did you mean %q", k),
				fmt.Sprintf("%s %s is not HubSpot's own %s: ids are compared exactly", noun, quote(id), quote(k)))
		}
	}
}

var hyphens = strings.NewReplacer("-", "", "_", "")

var lifecycles, defaultStages = hubspot.Lifecycles(), hubspot.DefaultStages()

func (d *decoder) checkPipelines(dep *Deployment, path string, ids []string) {
	all := dep.HubSpot.Lookup.Pipelines
	for i, id := range ids {
		p := item(d, path, i)
		if !idForm().MatchString(id) {
			d.wrong(p, codeForm, id, "HubSpot's settings show the id, such as default or 671008549", fmt.Sprintf("%s is not the id of a pipeline", quote(id)))
		} else if d.slip(p, "pipeline", id, []string{hubspot.DefaultPipelineID}); len(all) > 0 && !slices.Contains(all, id) {
			d.problem(p, codeRulePipeline, diag.Warning, d.lengthOf(id), "add it there, or delete it here", fmt.Sprintf("deals of pipeline %s do not count by hubspot.lookup.pipelines", quote(id)))
		}
	}
}

func (d *decoder) checkBounds(path string, least, most *routing.Decimal) {
	if least != nil && most != nil && least.Cmp(*most) > 0 {
		d.problem(path, codeRuleBounds, diag.Error, len(least.String()), "", fmt.Sprintf("nothing is at least %s and at most %s", least, most))
	}
}

func (d *decoder) checkFactTest(dep *Deployment, parent, name string, t FactTest) {
	path := join(parent, name)
	f, ok := dep.HubSpot.Facts[name]
	if d.skip(path) || d.skip("hubspot.facts") {
		return
	}
	if !ok {
		known := sortedKeys(dep.HubSpot.Facts)
		hint := diag.DidYouMean(name, known)
		if hint == "" {
			hint = fmt.Sprintf("add %s: {contact: …} under hubspot.facts", quoteBare(name))
		}
		d.wrong(path+keySuffix, codeFactUnknown, name, hint, fmt.Sprintf("fact %s is not declared in hubspot.facts", quote(name)))
		return
	}
	if d.skip(join("hubspot.facts", name)) || d.skip(join(join("hubspot.facts", name), "type")) {
		return
	}
	misfit := func(key, hint string) {
		d.problem(join(path, key), codeFactTest, diag.Error, 0, hint, fmt.Sprintf("fact %s is a %s and has no such condition", quote(name), f.Type))
	}
	for _, c := range []struct {
		key, kind, hint string
		given           bool
	}{
		{"min", routing.NumberFact, "min and max are for type: number", t.Min != nil},
		{"max", routing.NumberFact, "min and max are for type: number", t.Max != nil && t.Min == nil},
		{"within", routing.DateFact, "within, before and after are for type: date", t.Within != nil},
		{"before", routing.DateFact, "within, before and after are for type: date", t.Before != nil},
		{"after", routing.DateFact, "within, before and after are for type: date", t.After != nil},
		{"prefix", routing.StringFact, "prefix and case are for texts", t.Prefix != ""},
		{"case", routing.StringFact, "prefix and case are for texts", t.IgnoreCase},
	} {
		if c.given && f.Type != c.kind {
			misfit(c.key, c.hint)
		}
	}
	d.checkBounds(path+".min", t.Min, t.Max)
	if t.After != nil && t.Before != nil && *t.Before-*t.After < 2 {
		d.problem(join(path, "before"), codeRuleBounds, diag.Error, 0, "both days are excluded", fmt.Sprintf("no day is after %dd and before %dd", *t.After, *t.Before))
	}
	any := path
	if _, mapped := d.positions[join(path, "any")]; mapped {
		any = join(path, "any")
	}
	d.checkValues(any, name, f.Type, t, t.Any)
	d.checkValues(join(path, "not"), name, f.Type, t, t.Not)
	if t.IgnoreCase && strings.ContainsAny(t.Prefix, dotted) {
		d.wrong(join(path, "prefix"), codeFactType, t.Prefix, "leave case: ignore out", quote(t.Prefix)+" has no lower case that is the same everywhere")
	}
}

// dotted are the letters whose lower case depends on the language.
const dotted = "İı"

// checkValues holds the values of a condition against the fact's type, and writes numbers and
// booleans in one form.
func (d *decoder) checkValues(path, name, kind string, t FactTest, values []string) {
	seen := map[string]bool{}
	for i, v := range values {
		p := item(d, path, i)
		switch kind {
		case routing.NumberFact:
			x, err := routing.ParseDecimal(v)
			if err != nil || !numberForm().MatchString(v) {
				d.wrong(p, codeFactType, v, "", fmt.Sprintf("fact %s is a number, %s is not", quote(name), quote(v)))
				continue
			}
			values[i] = x.String()
		case routing.BooleanFact:
			if b, err := strconv.ParseBool(strings.ToLower(v)); err != nil || len(v) < 4 {
				d.wrong(p, codeFactType, v, "", fmt.Sprintf("fact %s is a boolean: true or false, not %s", quote(name), quote(v)))
			} else {
				values[i] = strconv.FormatBool(b)
			}
		case routing.DateFact:
			if _, err := time.Parse(time.DateOnly, v); err != nil {
				d.wrong(p, codeFactType, v, "write the day, such as 2026-12-31, or {within: 30d}", fmt.Sprintf("fact %s is a date, %s is not", quote(name), quote(v)))
			}
		default:
			if t.IgnoreCase && strings.ContainsAny(v, dotted) {
				d.wrong(p, codeFactType, v, "leave case: ignore out", quote(v)+" has no lower case that is the same everywhere")
			}
		}
		same := values[i]
		if t.IgnoreCase {
			same = strings.ToLower(same)
		}
		if seen[same] && !d.bad[p] {
			d.wrong(p, codeRepeated, v, "delete one of the two", fmt.Sprintf("%s is a value that %s has already", quote(v), path))
		}
		seen[same] = true
	}
}

// anyBadBelow reports whether something below a path has been reported.
func (d *decoder) anyBadBelow(path string) bool {
	for p := range d.bad {
		if strings.HasPrefix(p, path) && len(p) > len(path) {
			return true
		}
	}
	return false
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// lastStep is where the last step of a path begins, -1 when there is only one.
func lastStep(path string) int { return strings.LastIndexAny(path, ".[#") }
