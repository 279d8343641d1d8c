package deployment

import (
	"reflect"
	"slices"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/source"
)

// maxFile is far beyond any deployment; it keeps a wrong file from being read as one.
const maxFile = 1 << 20

// Parse reads a deployment file and reports everything that is wrong with it, not only the
// first. The deployment is nil when a finding is an error; warnings leave it usable. What
// the file leaves out has its default.
func Parse(file string, data []byte) (*Deployment, diag.Findings) { return parse(file, data, "") }

// ParseUnder is Parse of the file as it would be with another hubspot.lookup.strategy, one of
// Strategies: what rules that one out are its findings.
func ParseUnder(file string, data []byte, strategy string) (*Deployment, diag.Findings) {
	return parse(file, data, strategy)
}

func parse(file string, data []byte, strategy string) (*Deployment, diag.Findings) {
	d := &decoder{file: file, positions: map[string]diag.Position{}, bad: map[string]bool{}}
	dep := defaults()
	if root := d.load(data); root != nil {
		d.value("", nil, root, reflect.ValueOf(dep).Elem(), field{})
		if d.exploded { // what was not read is not missing
			d.findings = slices.DeleteFunc(d.findings, func(f diag.Finding) bool { return f.Code != codeExpansion })
		} else {
			if strategy != "" {
				dep.HubSpot.Lookup.Strategy = strategy
				delete(d.bad, "hubspot.lookup.strategy")
			}
			d.check(dep)
			d.scanSecrets("", root, 0)
		}
	}
	if len(data) <= maxFile {
		d.scanLines(data)
	}
	findings := d.findings.Sorted()
	for i := range findings {
		findings[i].Message = redactForms(findings[i].Message)
		findings[i].Hint = redactForms(findings[i].Hint)
	}
	if findings.Has(diag.Error) {
		return nil, findings
	}
	dep.file, dep.positions = file, d.positions
	return dep, findings
}

// defaults is what holds where the file says nothing.
func defaults() *Deployment {
	return &Deployment{
		Genesys: Genesys{Division: HomeDivision},
		HubSpot: HubSpot{
			APIVersion: hubspot.DefaultVersion,
			Auth:       Auth{Method: AuthKey},
			Lookup:     Lookup{Strategy: StrategySearch, Match: "mixed", Duplicates: routing.DuplicatesBest, Company: routing.CompanyNone},
		},
		Calls: Calls{Language: "en-us"},
		Enrichment: Enrichment{
			Budget:    3 * time.Second,
			DealStage: routing.HighestValue,
			Breaker:   Breaker{Enabled: true, AfterTimeout: 15 * time.Second, AfterFailure: 2 * time.Second},
			Cache:     Cache{Store: CacheConversation, TTL: 5 * time.Minute},
		},
		Routing:   Routing{LastResort: LastResort{Message: "We cannot take your call right now."}},
		ScreenPop: ScreenPop{Mode: PopNone},
		Manage:    Manage{Queues: true, Skills: true, RuntimeClient: true},
	}
}

// load reads the one document of the file; nil when there is none to look at. The decoder
// counts what it reads itself: what it does not read may be as long as it likes.
func (d *decoder) load(data []byte) *yaml.Node {
	doc, faults := source.New(d.file, data).YAML(source.Limits{Bytes: maxFile})
	for _, f := range faults {
		code := codeSyntax
		switch f.Kind {
		case source.Large:
			code = codeNoMapping
		case source.Empty:
			code, f.Hint = codeNoMapping, "begin with version: 1 and name; the examples of the project show the rest"
		case source.Documents:
			code = codeDocuments
		}
		d.findings = append(d.findings, f.Finding(code))
	}
	if doc == nil {
		return nil
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		d.findings = append(d.findings, diag.Finding{
			Code: codeNoMapping, Severity: diag.Error, Message: "the file must be a mapping of keys to values, not " + what(root),
			Hint: "a deployment file begins with version: 1", Position: d.at(root),
		})
		return nil
	}
	return root
}
