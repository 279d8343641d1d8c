package browser

import (
	"fmt"
	"os"
	"strings"
)

// AxeVariable is the environment variable that names axe's script, axe.min.js of the npm package axe-core. It is no
// part of the project (MPL-2.0); `.ci/run browser` fetches the version that it names.
const AxeVariable = "DEALROUTE_AXE"

// A Barrier is what axe finds that keeps somebody out.
type Barrier struct {
	Rule   string `json:"rule"`   // axe's name of it, such as color-contrast
	Impact string `json:"impact"` // serious or critical
	Help   string `json:"help"`
	Where  string `json:"where"` // the first elements, by selector
	Why    string `json:"why"`
}

func (b Barrier) String() string {
	return fmt.Sprintf("%s (%s): %s\n\tat %s\n\t%s", b.Rule, b.Impact, b.Help, b.Where, strings.ReplaceAll(b.Why, "\n", " "))
}

// axe is asked in a world of its own, and only for what WCAG 2.2 A and AA and its own good practice call serious.
const axe = `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations
  .filter(v => v.impact === "serious" || v.impact === "critical")
  .map(v => ({rule: v.id, impact: v.impact, help: v.help,
    where: v.nodes.slice(0, 4).map(n => n.target.join(" ")).join(", ") + (v.nodes.length > 4 ? " and " + (v.nodes.length - 4) + " more" : ""),
    why: v.nodes[0].failureSummary || ""})))`

// Axe gives what axe calls serious or critical about the page as it is now. Without the script the test goes on and
// says so; a script that is named and not there fails it.
func (p *Page) Axe() []Barrier {
	p.t.Helper()
	name := os.Getenv(AxeVariable)
	if name == "" {
		p.t.Logf("%s is not set: axe did not look at the page", AxeVariable)
		return nil
	}
	script, err := os.ReadFile(name)
	if err != nil {
		p.t.Fatalf("%s: %v", AxeVariable, err)
	}
	return apart[[]Barrier](p, string(script), axe)
}

// Barriers fails the test with what Axe gives.
func (p *Page) Barriers(what string) {
	p.t.Helper()
	for _, b := range p.Axe() {
		p.t.Errorf("%s: %s", what, b)
	}
}
