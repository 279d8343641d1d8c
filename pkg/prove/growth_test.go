package prove

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/templates"
)

// grown is a deployment with so many rules and facts; each rule asks for a stage, a value and up
// to three of the facts.
func grown(rules, facts int) string {
	r := rand.New(rand.NewPCG(uint64(rules), uint64(facts)))
	var b strings.Builder
	b.WriteString("version: 1\nname: grown\ngenesys: {region: eu-central-1}\nhubspot:\n  lookup: {homeCountries: [US]}\n")
	if facts > 0 {
		b.WriteString("  facts:\n")
	}
	for i := range facts {
		fmt.Fprintf(&b, "    f%d: {contact: fact_%d%s}\n", i, i, []string{"", ", type: number", ", type: boolean"}[i%3])
	}
	b.WriteString("routing:\n  rules:\n")
	for i := range rules {
		fmt.Fprintf(&b, "    - name: rule %d\n      when: {stage: [\"s%d\", \"t%d\"], minValue: %d", i, i%20, i, 100*(i+1))
		var tests []string
		for _, f := range r.Perm(facts)[:min(facts, 3)] {
			tests = append(tests, fmt.Sprintf("f%d: %s", f, []string{fmt.Sprintf("[v%d, w%d]", i, i%5), fmt.Sprintf("{min: %d}", i), []string{"true", "false"}[i%2]}[f%3]))
		}
		if len(tests) > 0 {
			fmt.Fprintf(&b, ", facts: {%s}", strings.Join(tests, ", "))
		}
		b.WriteString("}\n")
		fmt.Fprintf(&b, "      to: {queue: Queue %d, skills: [Skill], priority: %d}\n", i%7, i)
	}
	b.WriteString("  valuePriority: {per: 1000, add: 1, max: 10}\n  fallback: {queue: Support}\n")
	return b.String()
}

// How many states the flow's proof needs must not multiply with rules and facts.
// The table of states and times: go test ./pkg/prove -run xxx -bench Growth -benchtime 1x
func BenchmarkGrowth(b *testing.B) {
	for _, rules := range []int{1, 10, 60} {
		for _, facts := range []int{0, 4, 12} {
			b.Run(fmt.Sprintf("rules=%d/facts=%d", rules, facts), func(b *testing.B) {
				d, fs := deployment.Parse("dealroute.yaml", []byte(grown(rules, facts)))
				if err := fs.Err(); err != nil {
					b.Fatal(err)
				}
				bp, fs := blueprint.Render(d, templates.FS)
				if err := fs.Err(); err != nil {
					b.Fatal(err)
				}
				for b.Loop() {
					f, err := newFlowProof(Input{Deployment: d, Blueprint: bp, Mode: Full, Now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)})
					if err != nil {
						b.Fatal(err)
					}
					r := &Report{}
					ps, err := f.prove(context.Background(), r)
					if err != nil {
						b.Fatal(err)
					}
					for _, p := range ps {
						if p.Verdict != Holds {
							b.Fatalf("%s %s: %s", p.ID, p.Verdict, p.Message)
						}
					}
					b.ReportMetric(float64(r.States), "states")
				}
			})
		}
	}
}
