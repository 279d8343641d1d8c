package prove_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/prove"
)

// What is unusual and right has no finding: policies that nobody would write, and artifacts of
// one's own that do the same in another way.

const oddHead = `version: 1
name: acme-odd
genesys: {region: eu-central-1}
`

// odd are the policies, by what is odd about them; each begins with oddHead.
var odd = map[string]string{
	"no rule": `
hubspot: {lookup: {homeCountries: [US]}}
routing: {fallback: {queue: Sales}}
`,
	"the number of deals as a fact": `
hubspot: {lookup: {homeCountries: [US]}, facts: {deals: {contact: num_associated_deals, type: number}}}
routing:
  rules:
    - {name: none, when: {facts: {deals: {max: 0}}}, to: {queue: None}}
    - {name: open, when: {outcome: active_deal}, to: {queue: Sales}}
  fallback: {queue: General}
`,
	"one rule, nothing else": `
hubspot: {lookup: {homeCountries: [US]}}
enrichment: {breaker: none, cache: {store: none}}
routing:
  rules: [{name: only, when: {outcome: active_deal}, to: {queue: Sales}}]
  fallback: {queue: General}
screenPop: none
`,
	"a rule for each outcome": `
hubspot: {lookup: {homeCountries: [US, CA]}}
routing:
  rules:
    - {name: a, when: {outcome: active_deal}, to: {queue: A, priority: 5}}
    - {name: b, when: {outcome: inactive_deal}, to: {queue: B}}
    - {name: c, when: {outcome: contact_no_deal}, to: {queue: C}}
    - {name: d, when: {outcome: no_record}, to: {queue: D}}
    - {name: e, when: {outcome: lookup_failed}, to: {queue: E}}
  fallback: {queue: F}
`,
	"greatest priorities": `
hubspot: {lookup: {homeCountries: [US]}}
routing:
  rules:
    - {name: top, when: {minValue: 0.01}, to: {queue: A, priority: 25000000}}
    - {name: bottom, when: {outcome: no_record}, to: {queue: B, priority: -25000000}}
    - {name: near, when: {outcome: active_deal}, to: {queue: A, priority: 24999999, valuePriority: false}}
  valuePriority: {per: 0.01, add: 1000000, max: 1000000}
  fallback: {queue: F, priority: -25000000}
`,
	"odd value steps": `
hubspot: {lookup: {homeCountries: [US]}}
routing:
  rules: [{name: big, when: {minValue: 0.3}, to: {queue: A, priority: -3}}]
  valuePriority: {per: 0.3, add: 7, max: 40}
  fallback: {queue: F, priority: 2}
`,
	"value bounds that touch": `
hubspot: {lookup: {homeCountries: [US]}}
routing:
  rules:
    - {name: small, when: {maxValue: 999.99}, to: {queue: A}}
    - {name: point, when: {minValue: 1000, maxValue: 1000}, to: {queue: B}}
    - {name: large, when: {minValue: 1000.01}, to: {queue: C}}
  fallback: {queue: F}
`,
	"no breaker": `
hubspot: {lookup: {homeCountries: [US]}, facts: {tier: {contact: customer_tier}}}
enrichment: {breaker: none}
routing:
  rules: [{name: slow, when: {failure: timeout}, to: {queue: S}}, {name: gold, when: {facts: {tier: gold}}, to: {queue: A, skills: [x, y, z]}}]
  fallback: {queue: F, skills: [z]}
`,
	"no cache, no pop": `
hubspot: {lookup: {homeCountries: [US]}}
enrichment: {cache: {store: none}}
routing: {rules: [{name: won, when: {won: true}, to: {queue: A}}], fallback: {queue: F}}
screenPop: none
privacy: {participantData: [hubspot_contact_id, hubspot_deal_stage, hubspot_deal_stage_label, hubspot_customer_value, hubspot_value_truncated, hubspot_outcome]}
`,
	"a script of another team": `
hubspot: {lookup: {homeCountries: [US]}, portal: "7"}
routing:
  rules: [{name: won, when: {won: true}, to: {queue: A, screenPop: managed}}, {name: lost, when: {won: false, outcome: inactive_deal}, to: {queue: B, screenPop: none}}]
  fallback: {queue: F}
screenPop: {script: Agent desk}
`,
	"e164": `
hubspot: {lookup: {homeCountries: [GB], match: e164, duplicates: all}}
routing: {rules: [{name: open, when: {openDeals: {min: 2}}, to: {queue: A}}], fallback: {queue: F}}
`,
	"national in Germany and Austria": `
hubspot: {lookup: {homeCountries: [DE, AT, CH], match: national, duplicates: ambiguous-is-unknown}}
calls: {numbers: ["+493023125100"]}
enrichment: {dealStage: most-recent}
routing: {rules: [{name: offen, when: {outcome: active_deal}, to: {queue: Büro}}], fallback: {queue: Zentrale}}
`,
	"Brazil": `
hubspot: {lookup: {homeCountries: [BR]}}
enrichment: {dealStage: most-probable}
routing: {rules: [{name: aberto, when: {outcome: active_deal}, to: {queue: Vendas}}], fallback: {queue: Geral}}
`,
	"Mexico and Argentina": `
hubspot: {lookup: {homeCountries: [MX, AR], duplicates: all}}
routing: {rules: [{name: abierto, when: {outcome: active_deal}, to: {queue: Ventas}}], fallback: {queue: General}}
`,
	"Italy, whose zero counts": `
hubspot: {lookup: {homeCountries: [IT]}}
routing: {rules: [{name: aperto, when: {outcome: active_deal}, to: {queue: Vendite}}], fallback: {queue: Generale}}
`,
	"names full of signs": `
hubspot:
  lookup: {homeCountries: [US]}
  stages: {"985123456": "{größte} \"Kunden\""}
  facts: {tier: {contact: customer_tier}}
routing:
  rules:
    - {name: "it's \"quoted\" {and} braced", when: {stage: "{größte} \"Kunden\""}, to: {queue: "Büro \"Nord\"", skills: ["Klug & \"weise\"", "Ж"]}}
    - {name: 'back\slash $x #y', when: {facts: {tier: ['"q" \ é', "$x #y", "a: b # c"]}}, to: {queue: "It's urgent"}}
  fallback: {queue: "a: b # c"}
  lastResort: {message: "Say \"no\": {we} can't"}
`,
	"companies": `
hubspot: {lookup: {homeCountries: [US], company: numbers}, facts: {tier: {contact: customer_tier}}}
enrichment: {budget: 4s}
routing:
  rules: [{name: gold, when: {facts: {tier: gold}}, to: {queue: G}}, {name: open, when: {outcome: active_deal}, to: {queue: A, owner: prefer}}]
  fallback: {queue: F}
privacy: {participantData: [hubspot_company_id]}
`,
	"companies' deals, and all of a household": `
hubspot: {lookup: {homeCountries: [US], company: deals, duplicates: all, pipelines: [default]}}
routing: {rules: [{name: offer, when: {anyOpen: {stage: contractsent, minValue: 100}}, to: {queue: A}}], fallback: {queue: F}}
`,
	"a schedule with a flow": `
hubspot: {lookup: {homeCountries: [US]}}
calls:
  numbers: ["+15135550100", "+15135550199"]
  schedule:
    group: Hours
    closed: {then: {flow: Night menu}}
    holiday: {message: "Holiday.", then: disconnect}
routing:
  rules:
    - {name: second, when: {called: "+15135550199"}, to: {flow: Second menu}}
    - {name: evening, when: {at: open, outcome: active_deal}, to: {queue: A}}
  fallback: {queue: F}
`,
	"everything of the caller": `
hubspot: {lookup: {homeCountries: [US, GB]}}
calls: {numbers: ["+15135550100"], ownNumbers: ["+15135550101"]}
routing:
  rules:
    - {name: hidden, when: {caller: {number: [withheld, unreadable]}}, to: {queue: H}}
    - {name: own, when: {caller: {number: own}}, to: {queue: O}}
    - {name: islands, when: {caller: {country: [JE, GG, PR, CA]}}, to: {queue: I}}
    - {name: abroad, when: {caller: {country: [DE, FR, JP]}, outcome: no_record}, to: {queue: X}}
  fallback: {queue: F}
`,
	"facts of every kind": `
hubspot:
  lookup: {homeCountries: [US]}
  facts:
    tier: {contact: customer_tier}
    vip: {contact: vip, type: boolean}
    score: {contact: score_x, type: number}
    since: {contact: since_x, type: date}
    product: {deal: product_line}
    margin: {deal: margin, type: number}
    urgent: {deal: urgent, type: boolean}
    renewal: {deal: renewal_date, type: date}
routing:
  rules:
    - {name: r1, when: {facts: {tier: {not: [silver], prefix: g}}}, to: {queue: A}}
    - {name: r2, when: {facts: {vip: false, score: {min: -1, max: 0.5}}}, to: {queue: B}}
    - {name: r3, when: {facts: {since: {before: 0d, after: -365d}}}, to: {queue: C}}
    - {name: r4, when: {facts: {product: {any: [A, b], case: ignore}, margin: {not: [1, 2.5]}}}, to: {queue: D}}
    - {name: r5, when: {facts: {urgent: true, renewal: {within: -30d}}}, to: {queue: E}}
    - {name: r6, when: {facts: {renewal: {set: false}, urgent: {set: true}}}, to: {queue: A, priority: 3}}
  fallback: {queue: F}
`,
	"thirty rules": thirty(),
}

func thirty() string {
	var b strings.Builder
	b.WriteString("\nhubspot: {lookup: {homeCountries: [US]}, facts: {tier: {contact: customer_tier}, score: {contact: score_x, type: number}}}\nrouting:\n  rules:\n")
	for i := range 30 {
		fmt.Fprintf(&b, "    - {name: rule %d, when: {facts: {tier: [t%d], score: {min: %d}}}, to: {queue: Q%d, priority: %d}}\n", i, i%10, 30-i, i%4, i)
	}
	b.WriteString("  fallback: {queue: F}\n")
	return b.String()
}

// few of the unusual is tried by every run of the tests, in quick mode; all of it with -mutants.
var few = []string{
	"names full of signs", "Brazil", "the number of deals as a fact", "a schedule with a flow", "companies",
	"every variable renamed", "De Morgan", "a task in two", "outputs in another order", "brackets in paths",
}

// skipped leaves out what takes long.
func skipped(t *testing.T, of, name string) {
	t.Helper()
	if *mutants == 0 && (of == "every-setting" || !slices.Contains(few, name)) {
		t.Skip("with -mutants")
	}
}

// holds fails when a property is said to be broken, or not decided.
func holds(t *testing.T, s *subject, b *blueprint.Blueprint) {
	t.Helper()
	start := time.Now()
	in := s.input(b)
	if *mutants == 0 {
		in.Mode = prove.Quick
	}
	r, err := prove.Deployment(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if r == nil || len(r.Properties) == 0 {
		t.Fatal("nothing was proved")
	}
	for _, p := range r.Broken() {
		t.Errorf("%s is %s: %s", p.ID, p.Verdict, p.Message)
		if c := p.Counterexample; c != nil {
			t.Log(strings.Join(c.Call, "\n"))
		}
	}
	t.Logf("%d states, %d calls, %s", r.States, r.Calls, time.Since(start))
}

func TestOddPoliciesHold(t *testing.T) {
	for name, text := range odd {
		t.Run(name, func(t *testing.T) {
			skipped(t, "", name)
			s := renderedFrom(t, name, oddHead+text)
			holds(t, s, s.b)
		})
	}
}

// A rewriting says the same in another way. It gives the text of the flow, changed; ok tells
// that there was something to change.
type rewriting func(s *subject, flow *yaml.Node) (changed bool)

var rewritings = map[string]rewriting{
	"variables renamed": func(_ *subject, flow *yaml.Node) bool {
		return texts(flow, func(v string) string {
			return variable.ReplaceAllStringFunc(v, func(name string) string {
				if keptVariable.MatchString(name) {
					return name
				}
				return name + "Of1"
			})
		})
	},
	"every variable renamed": func(_ *subject, flow *yaml.Node) bool {
		return texts(flow, func(v string) string { return variable.ReplaceAllString(v, "${0}_x") })
	},
	"De Morgan": func(_ *subject, flow *yaml.Node) bool {
		return expressions(flow, func(n expr.Node) expr.Node {
			if b, ok := n.(*expr.Binary); ok && (b.Op == "and" || b.Op == "or") {
				return expr.Not(expr.Op(expr.Not(b.X), map[string]string{"and": "or", "or": "and"}[b.Op], expr.Not(b.Y)))
			}
			return n
		})
	},
	"comparisons from the other side": func(_ *subject, flow *yaml.Node) bool {
		return expressions(flow, func(n expr.Node) expr.Node {
			if b, ok := n.(*expr.Binary); ok {
				if op := map[string]string{">=": "<=", ">": "<", "<=": ">=", "<": ">"}[b.Op]; op != "" {
					return expr.Op(b.Y, op, b.X)
				}
			}
			return n
		})
	},
	"choices turned": func(_ *subject, flow *yaml.Node) bool {
		return expressions(flow, func(n expr.Node) expr.Node {
			if c, ok := n.(*expr.Call); ok && c.Name == "If" && len(c.Args) == 3 {
				return expr.Fn("If", expr.Not(c.Args[0]), c.Args[2], c.Args[1])
			}
			return n
		})
	},
	"a step that does nothing, everywhere": func(_ *subject, flow *yaml.Node) bool {
		return lists(flow, "actions", func(c []*yaml.Node) []*yaml.Node {
			return slices.Insert(c, 0, fromYAML(`{updateData: {name: Nothing, statements: [{string: {variable: Flow.dealroute_rule, value: {exp: Flow.dealroute_rule}}}]}}`))
		})
	},
	"a task in two": func(_ *subject, flow *yaml.Node) bool {
		tasks := find(find(flow.Content[0], "inboundCall"), "tasks")
		var more []*yaml.Node
		for _, t := range tasks.Content {
			body := find(t, "task")
			actions, id := find(body, "actions"), find(body, "refId").Value
			if len(find(body, "variables").Content) > 0 || len(actions.Content) < 2 {
				continue
			}
			second := fromYAML(fmt.Sprintf("{task: {name: %q, refId: %q, variables: [], actions: []}}", id+" two", id+"Two"))
			find(find(second, "task"), "actions").Content = actions.Content[1:]
			actions.Content = append(slices.Clone(actions.Content[:1]), fromYAML(fmt.Sprintf("{jumpToTask: {name: On, targetTaskRef: %q}}", "/inboundCall/tasks/task["+id+"Two]")))
			more = append(more, second)
		}
		tasks.Content = append(tasks.Content, more...)
		return len(more) > 0
	},
	"a switch as nested decisions": func(s *subject, flow *yaml.Node) bool {
		return len(s.d.Routing.Rules) < 8 && lists(flow, "actions", func(c []*yaml.Node) []*yaml.Node {
			for i, a := range c {
				if body := find(a, "switch"); body != nil {
					c[i] = nested(find(find(find(body, "evaluate"), "firstTrue"), "cases").Content, find(find(find(body, "evaluate"), "firstTrue"), "default"))
				}
			}
			return c
		})
	},
	"attributes in another order": func(_ *subject, flow *yaml.Node) bool {
		return lists(flow, "attributes", func(c []*yaml.Node) []*yaml.Node { slices.Reverse(c); return c })
	},
	"inputs and outputs in another order": func(_ *subject, flow *yaml.Node) bool {
		turn := func(c []*yaml.Node) []*yaml.Node {
			var out []*yaml.Node
			for i := len(c) - 2; i >= 0; i -= 2 {
				out = append(out, c[i], c[i+1])
			}
			return out
		}
		return lists(flow, "inputs", turn) && lists(flow, "successOutputs", turn)
	},
	"literals for variables": func(s *subject, flow *yaml.Node) bool {
		q := s.d.Routing.Fallback.Queue
		return texts(flow, func(v string) string { return v }) || inTask(flow, "Fallback", func(n *yaml.Node) {
			n.Value = strings.ReplaceAll(n.Value, "Flow.Queue", fmt.Sprintf("%q", q))
		})
	},
	"a constant more in the conversation": func(_ *subject, flow *yaml.Node) bool {
		return lists(flow, "actions", func(c []*yaml.Node) []*yaml.Node {
			for _, a := range c {
				if body := find(a, "setParticipantData"); body != nil {
					at := find(body, "attributes")
					at.Content = append(at.Content, fromYAML(`{attribute: {name: {lit: acme_version}, value: {lit: "12345"}}}`))
				}
			}
			return c
		})
	},
	"a few words to each caller": func(_ *subject, flow *yaml.Node) bool {
		first := find(find(find(flow.Content[0], "inboundCall"), "tasks").Content[0], "task")
		actions := find(first, "actions")
		actions.Content = slices.Insert(actions.Content, 0, fromYAML(`{playAudio: {name: Welcome, audio: {tts: "Just a moment."}}}`))
		return true
	},
}

var (
	variable     = regexp.MustCompile(`\b(Flow|Task)\.[A-Za-z0-9_]+`)
	keptVariable = regexp.MustCompile(`^Flow\.(hubspot_.*|dealroute_.*|Ani|Base|Bonus|OpenDeals|PreferOwner|Owner|OwnerUser)$`)
)

// nested is a switch as decisions, one in the no of the other.
func nested(cases []*yaml.Node, otherwise *yaml.Node) *yaml.Node {
	var rest *yaml.Node
	if otherwise != nil {
		rest = find(otherwise, "actions")
	}
	for i := len(cases) - 1; i >= 0; i-- {
		c := find(cases[i], "case")
		d := fromYAML(fmt.Sprintf(`{decision: {name: %q, condition: {exp: "true"}, outputs: {"yes": {actions: []}}}}`, fmt.Sprint("Case ", i+1)))
		body := find(d, "decision")
		*find(body, "condition") = *find(c, "value")
		outputs := find(body, "outputs")
		if actions := find(c, "actions"); actions != nil {
			find(find(outputs, "yes"), "actions").Content = actions.Content
		}
		if rest != nil {
			outputs.Content = append(outputs.Content, fromYAML(`"no"`), &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{fromYAML("actions"), rest}})
		}
		rest = &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{d}}
	}
	return rest.Content[0]
}

// texts changes every scalar.
func texts(n *yaml.Node, change func(string) string) (changed bool) {
	architect.EachNode(n, func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode {
			if v := change(n.Value); v != n.Value {
				n.Value, changed = v, true
			}
		}
	})
	return changed
}

// lists changes the content of what stands behind a key.
func lists(n *yaml.Node, key string, change func([]*yaml.Node) []*yaml.Node) (changed bool) {
	architect.EachNode(n, func(n *yaml.Node) {
		if l := find(n, key); l != nil && len(l.Content) > 0 {
			l.Content, changed = change(l.Content), true
		}
	})
	return changed
}

// inTask changes expressions of one task.
func inTask(flow *yaml.Node, task string, change func(*yaml.Node)) (changed bool) {
	for _, t := range find(find(flow.Content[0], "inboundCall"), "tasks").Content {
		if find(find(t, "task"), "refId").Value == task {
			architect.EachNode(t, func(n *yaml.Node) {
				if e := find(n, "exp"); e != nil {
					was := e.Value
					change(e)
					changed = changed || e.Value != was
				}
			})
		}
	}
	return changed
}

// expressions rewrites each expression from the inside out, but those of the number, which are
// as deep as Architect takes.
func expressions(flow *yaml.Node, change func(expr.Node) expr.Node) (changed bool) {
	for _, t := range find(find(flow.Content[0], "inboundCall"), "tasks").Content {
		if find(find(t, "task"), "refId").Value == "Number" {
			continue
		}
		architect.EachNode(t, func(n *yaml.Node) {
			e := find(n, "exp")
			if e == nil || strings.Contains(e.Value, "Replace(Replace(") || len(e.Value) > 1200 {
				return
			}
			root, err := expr.Parse(e.Value)
			if err != nil {
				return
			}
			if text := expr.Print(rewritten(root, change)); text != e.Value {
				*e, changed = literal(text, "!!str"), true
			}
		})
	}
	return changed
}

func rewritten(n expr.Node, change func(expr.Node) expr.Node) expr.Node {
	switch n := n.(type) {
	case *expr.Binary:
		n.X, n.Y = rewritten(n.X, change), rewritten(n.Y, change)
	case *expr.Unary:
		n.X = rewritten(n.X, change)
	case *expr.Call:
		for i := range n.Args {
			n.Args[i] = rewritten(n.Args[i], change)
		}
	}
	return change(n)
}

// Flows that do the same in another way hold as well, and no call of the sample tells them apart.
func TestFlowsOfOnesOwnHold(t *testing.T) {
	for _, of := range []string{"basic", "every-setting"} {
		s := subjectOf(t, of)
		var m *sample
		for name, rewrite := range rewritings {
			t.Run(of+"/"+name, func(t *testing.T) {
				skipped(t, of, name)
				file, found := architect.Parse(s.b.Flow.Tree.Name, []byte(s.b.Flow.Text))
				if err := found.Err(); err != nil {
					t.Fatal(err)
				}
				if !rewrite(s, file.Root) {
					if of == "basic" {
						t.Fatal("nothing to rewrite")
					}
					t.Skip("nothing to rewrite")
				}
				text, err := yaml.Dump(file.Root, yaml.WithIndent(2), yaml.WithLineWidth(-1), yaml.WithCompactSeqIndent(false))
				if err != nil {
					t.Fatal(err)
				}
				b, err := s.withFlow(string(text))
				if err != nil {
					t.Fatal(err)
				}
				if m == nil && *mutants > 0 {
					m = s.sample(t)
				}
				if m != nil && of == "basic" {
					p, err := programs(b)
					if err != nil {
						t.Fatal(err)
					}
					if d, _, _ := m.compare(p); d != nil && name != "a few words to each caller" && name != "a constant more in the conversation" {
						t.Fatalf("it is not the same: %s", d)
					}
				}
				holds(t, s, b)
			})
		}
	}
}

// Data actions that ask and read in another way hold as well.
func TestDataActionsOfOnesOwnHold(t *testing.T) {
	for name, change := range map[string]func(*dataaction.Definition){
		"brackets in paths": func(d *dataaction.Definition) {
			for k, p := range d.Response.TranslationMap {
				d.Response.TranslationMap[k] = strings.Replace(strings.Replace(p, "$.results", "$['results']", 1), "].id", "]['id']", 1)
			}
		},
		"a longer page of contacts": func(d *dataaction.Definition) {
			d.Request.Template = strings.Replace(d.Request.Template, `"limit":20}`, `"limit":100}`, 1)
		},
		"a property more": func(d *dataaction.Definition) {
			d.Request.Template = strings.Replace(d.Request.Template, `"properties":[`, `"properties":["createdate",`, 1)
		},
		"filters in another order": func(d *dataaction.Definition) {
			d.Request.Template = swapGroups(d.Request.Template)
		},
		"members in another order": func(d *dataaction.Definition) {
			d.Request.Template = regexp.MustCompile(`(?s)( "sorts":\[.*?\]),\n( "limit":[0-9]+)\}`).ReplaceAllString(d.Request.Template, "$2,\n$1}")
		},
		"outputs in another order": func(d *dataaction.Definition) {
			text := strings.TrimSuffix(strings.TrimPrefix(d.Response.SuccessTemplate, "{"), "}")
			parts := strings.Split(text, ",\n")
			slices.Reverse(parts)
			d.Response.SuccessTemplate = "{" + strings.Join(parts, ",\n") + "}"
		},
		"no default where a path always answers": func(d *dataaction.Definition) {
			for k, p := range d.Response.TranslationMap {
				if strings.Contains(p, "[?(") {
					d.Response.Defaults[k] = "[]"
				}
			}
		},
	} {
		for _, of := range []string{"basic", "every-setting"} {
			t.Run(of+"/"+name, func(t *testing.T) {
				skipped(t, of, name)
				s := subjectOf(t, of)
				b := *s.b
				b.Actions = slices.Clone(b.Actions)
				for i, a := range b.Actions {
					def, found := dataaction.ParseExport(a.Definition.Name, a.Definition.Export())
					if err := found.Err(); err != nil {
						t.Fatal(err)
					}
					def.Category, def.TimeoutSeconds = a.Definition.Category, a.Definition.TimeoutSeconds
					change(def)
					if err := dataaction.Check(def).Err(); err != nil {
						t.Fatal(err)
					}
					b.Actions[i].Definition = def
				}
				holds(t, s, &b)
			})
		}
	}
}

// swapGroups turns the first two filter groups of a plain search round.
func swapGroups(template string) string {
	at := regexp.MustCompile(`(?m)^  \{"filters":.*\}\]\},?$`).FindAllStringIndex(template, 2)
	if len(at) < 2 || at[0][1]+1 != at[1][0] || !strings.HasSuffix(template[at[0][0]:at[0][1]], ",") || !strings.HasSuffix(template[at[1][0]:at[1][1]], ",") {
		return template
	}
	return template[:at[0][0]] + template[at[1][0]:at[1][1]] + "\n" + template[at[0][0]:at[0][1]] + template[at[1][1]:]
}
