package starter

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
)

// Names of the files.
const (
	DeploymentFile = "dealroute.yaml"
	CallersFile    = "crm.yaml"
	SuiteFile      = "calls.yaml"
)

// Files writes the deployment file, its callers and its suite, by name. Answers that are missing or
// that Check refuses are an error.
func Files(a Answers, f Found) (map[string][]byte, error) {
	if m := a.Missing(); len(m) > 0 {
		return nil, fmt.Errorf("no %s is given", m[0])
	}
	for _, q := range []Question{Name, Region, Countries, Numbers, Fallback, Skills, Stages, Deals} {
		if q == Deals && a.DealsQueue == "" || q == Stages && len(a.Stages) == 0 {
			continue
		}
		if err := a.Check(q, f.Account); err != nil {
			return nil, err
		}
	}
	s := draw(a, f)
	file := s.deployment()
	if _, found := deployment.Parse(DeploymentFile, []byte(file)); found.Has(diag.Error) {
		return nil, fmt.Errorf("the file that was made of the answers is not right, which is a fault of the program: %w", found.Err())
	}
	return map[string][]byte{DeploymentFile: []byte(file), CallersFile: []byte(s.crm()), SuiteFile: []byte(s.calls())}, nil
}

// Caller is the first caller of the files for whom there is a rule, or else the first.
func Caller(a Answers, f Found) string { return draw(a, f).callers[0].ani }

// A page is a file of YAML that is written line by line.
type page struct{ strings.Builder }

// say writes lines of comments: prose has a blank behind the #.
func (p *page) say(indent int, lines ...string) {
	for _, l := range lines {
		p.WriteString(strings.Repeat(" ", indent) + strings.TrimRight("# "+l, " ") + "\n")
	}
}

// set writes lines of settings.
func (p *page) set(indent int, lines ...string) {
	for _, l := range lines {
		p.WriteString(strings.Repeat(" ", indent) + l + "\n")
	}
}

// offer writes lines of a setting that holds when the # in front of each is taken away. The # stands
// where the line begins, so that prose and settings are told apart.
func (p *page) offer(indent int, lines ...string) {
	for _, l := range lines {
		bare := strings.TrimLeft(l, " ")
		p.WriteString(strings.Repeat(" ", indent+len(l)-len(bare)) + "#" + bare + "\n")
	}
}

func (p *page) gap() { p.WriteString("\n") }

// mostNames is how many names of an account are listed in a comment.
const mostNames = 12

// names lists names that others gave, a line each.
func (p *page) names(indent int, title string, all []string) {
	all = slices.DeleteFunc(slices.Clone(all), func(s string) bool { return !takes(s) })
	if len(all) == 0 {
		return
	}
	p.say(indent, title)
	for i, n := range all {
		if i == mostNames {
			p.say(indent, fmt.Sprintf("  and %d more", len(all)-i))
			return
		}
		p.say(indent, "  - "+n)
	}
}
