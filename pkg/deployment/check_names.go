package deployment

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
)

// Lengths of names in Genesys Cloud, in characters. A flow's is that of other tools. Of queues,
// skills, divisions, scripts and prompts none is published; the longest that is, of tables,
// data actions and schedule groups, is taken for all.
const (
	longestFlow = 200
	longestName = 256
)

// promptName is that of a prompt in an expression, which is how a flow names one.
var promptName = pattern.Of(`^((Prompt|PromptSystem)\.)?[A-Za-z_][A-Za-z0-9_]*$`)

// checkNames tells of names that Genesys Cloud refuses, or never finds.
func (d *decoder) checkNames(dep *Deployment) {
	d.checkFlowName("name", dep.Name)
	d.checkLength("genesys.division", "division", dep.Genesys.Division, longestName)
	if p := dep.Calls.Greeting.Prompt; p != "" && !promptName().MatchString(p) {
		d.wrong("calls.greeting.prompt", codeName, p, "write its name as Architect shows it, such as Welcome",
			fmt.Sprintf("%s cannot be the name of a prompt: it has letters, digits and _ only", quote(p)))
	} else {
		d.checkLength("calls.greeting.prompt", "prompt", p, longestName)
	}
	if s := dep.Calls.Schedule; s != nil {
		d.checkLength("calls.schedule.group", "schedule group", s.Group, longestName)
		d.checkLength("calls.schedule.emergencyGroup", "emergency group", s.EmergencyGroup, longestName)
		ends := dep.Endings()
		for _, at := range slices.Sorted(maps.Keys(ends)) {
			d.checkFlowName(at+".flow", ends[at].Flow)
			d.checkLength(at+".queue", "queue", ends[at].Queue, longestName)
		}
	}
	d.checkPop("screenPop", &dep.ScreenPop)
	f := dep.Routing.Fallback
	d.checkTarget("routing.fallback", Target{Queue: f.Queue, Skills: f.Skills, ScreenPop: f.ScreenPop})
	for i, r := range dep.Routing.Rules {
		d.checkTarget(fmt.Sprintf("routing.rules[%d].to", i), r.To)
	}
}

func (d *decoder) checkTarget(path string, to Target) {
	d.checkFlowName(path+".flow", to.Flow)
	d.checkPop(path+".screenPop", to.ScreenPop)
	if _, given := d.positions[path+".queue"]; given {
		d.checkLength(path+".queue", "queue", to.Queue, longestName)
	}
	if _, given := d.positions[path+".skills"]; !given {
		return // the fallback's
	}
	for i, s := range to.Skills {
		at := fmt.Sprintf("%s.skills[%d]", path, i)
		d.checkLength(at, "skill", s, longestName)
		if strings.Contains(s, "+") {
			d.problem(at, codeNameLost, diag.Warning, d.lengthOf(s), "rename the skill in Genesys Cloud",
				fmt.Sprintf("skill %s is not found during a call, since its name has a plus: the call goes to the queue without it", quote(s)))
		}
	}
}

func (d *decoder) checkPop(path string, p *ScreenPop) {
	if p != nil {
		d.checkLength(path+".script", "script", p.Script, longestName)
	}
}

// checkFlowName reports what the API refuses as the name of a flow: one that another flow
// cannot have, either.
func (d *decoder) checkFlowName(path, name string) {
	why := ""
	switch {
	case name == "":
	case strings.Contains(name, "/"):
		why = "it has a slash"
	case !strings.ContainsFunc(name, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }):
		why = "it has no letter and no digit"
	case strings.HasSuffix(strings.ToLower(name), "-debug"):
		why = "it ends in -debug"
	}
	if why != "" {
		d.wrong(path, codeName, name, "", fmt.Sprintf("no flow can be called %s: %s", quote(name), why))
		return
	}
	d.checkLength(path, "flow", name, longestFlow)
}

func (d *decoder) checkLength(path, noun, name string, longest int) {
	if n := d.lengthOf(name); n > longest {
		d.problem(path, codeNameLost, diag.Warning, n, "", fmt.Sprintf("the name of the %s has %d characters, and no more than %d are known to be taken", noun, n, longest))
	}
}
