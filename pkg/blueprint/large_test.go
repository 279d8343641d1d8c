package blueprint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/templates"
)

// large is a deployment file with the parts given, each a section's inside.
func large(t testing.TB, stages, facts, calls, rules string, more ...string) (*deployment.Deployment, *blueprint.Blueprint, error) {
	t.Helper()
	section := func(head, inside string) string {
		if inside == "" {
			return ""
		}
		return head + ":\n" + inside
	}
	text := "version: 1\nname: acme-large\ngenesys: {region: us-east-1}\nhubspot:\n  lookup: {homeCountries: [US]" + strings.Join(more, "") + "}\n" +
		section("  stages", stages) + section("  facts", facts) + section("calls", calls) + "screenPop: managed\nrouting:\n  fallback: {queue: Q}\n" + section("  rules", rules)
	d, fs := deployment.Parse("d.yaml", []byte(text))
	if err := fs.Err(); err != nil {
		return nil, nil, err
	}
	b, fs := blueprint.Render(d, templates.FS)
	return d, b, fs.Err()
}

func times(n int, format string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(format, "%d", fmt.Sprint(i)))
	}
	return b.String()
}

// with is a known caller whose only deal is at a stage, with properties of the contact.
func with(stage string, properties hubspot.Properties) hubspot.CRM {
	crm := crowded(1, 0)
	crm.Deals[0].Properties[hubspot.PropDealStage] = &stage
	for k, v := range properties {
		crm.Contacts[0].Properties[k] = v
	}
	return crm
}

// Names and ids of stages by the thousand: each has its label, and a rule that names them all
// holds for the first, for one in the middle and for the last.
func TestThousandsOfStages(t *testing.T) {
	_, b, err := large(t, times(1300, "    \"1%d000\": Stage of the number %d\n")+times(900, "    \"2%d000\": Won\n"), "", "", "    - {name: won, when: {stage: Won}, to: {queue: W}}\n    - {name: any, when: {stage: ["+times(1100, "'1%d000', ")+"]}, to: {queue: A}}\n")
	if err != nil {
		t.Fatal(err)
	}
	l := prepare(t, b, simulate.Readings{})
	for _, c := range []struct{ stage, rule, label string }{
		{"10000", "any", "Stage of the number 0"}, {"1700000", "any", "Stage of the number 700"}, {"11299000", "", "Stage of the number 1299"},
		{"20000", "won", "Won"}, {"2450000", "won", "Won"}, {"2899000", "won", "Won"}, {"appointmentscheduled", "", "appointmentscheduled"},
	} {
		o := l.call(caller{ani: "+15135550142", crm: with(c.stage, nil)})
		label := ""
		if o.Result.ScreenPop != nil {
			for _, in := range o.Result.ScreenPop.Inputs {
				if in.Name == "stage" {
					label = in.Value.Text()
				}
			}
		}
		if o.Rule != c.rule || o.Result.Handled || label != c.label {
			t.Errorf("%s: rule %q, label %q, %v", c.stage, o.Rule, label, o.Result.Problems)
		}
	}
}

// Values of facts by the thousand, wanted and unwanted.
func TestThousandsOfValues(t *testing.T) {
	_, b, err := large(t, "", "    city: {contact: city}\n    plan: {contact: plan}\n    score: {contact: score, type: number}\n", "",
		"    - {name: cities, when: {facts: {city: ["+times(1500, "City of the number %d, ")+"]}}, to: {queue: C}}\n"+
			"    - {name: scores, when: {facts: {score: ["+times(1500, "%d, ")+"]}}, to: {queue: S}}\n"+
			"    - {name: plans, when: {facts: {plan: {not: ["+times(1500, "Plan of the number %d, ")+"], case: ignore}}}, to: {queue: P}}\n")
	if err != nil {
		t.Fatal(err)
	}
	l := prepare(t, b, simulate.Readings{})
	text := hubspot.Text
	for _, c := range []struct {
		properties hubspot.Properties
		rule       string
	}{
		{nil, ""}, {hubspot.Properties{"city": text("City of the number 0")}, "cities"}, {hubspot.Properties{"city": text("x;City of the number 777")}, "cities"},
		{hubspot.Properties{"city": text("City of the number 1499")}, "cities"}, {hubspot.Properties{"city": text("City of the number 1500")}, ""},
		{hubspot.Properties{"score": text("1499")}, "scores"}, {hubspot.Properties{"score": text("1500")}, ""}, {hubspot.Properties{"score": text("0")}, "scores"},
		{hubspot.Properties{"plan": text("another")}, "plans"}, {hubspot.Properties{"plan": text("plan OF the number 3")}, ""}, {hubspot.Properties{"plan": text("a;PLAN of the number 1499")}, ""},
	} {
		if o := l.call(caller{ani: "+15135550142", crm: with("contractsent", c.properties)}); o.Rule != c.rule || o.Result.Handled {
			t.Errorf("%v: rule %q, want %q, %v", c.properties, o.Rule, c.rule, o.Result.Problems)
		}
	}
}

// A rule whose conditions are long only together.
func TestARuleOfManyConditions(t *testing.T) {
	rule := "    - {name: all, when: {stage: contractsent, facts: {" + times(30, "f%d: ["+times(60, "a text of value #, ")+"the one], ") + "}}, to: {queue: C}}\n"
	_, b, err := large(t, "", times(30, "    f%d: {contact: p%d}\n"), "", unlike(rule))
	if err != nil {
		t.Fatal(err)
	}
	l := prepare(t, b, simulate.Readings{})
	has := hubspot.Properties{}
	for i := range 30 {
		has[fmt.Sprint("p", i)] = hubspot.Text("the one")
	}
	if o := l.call(caller{ani: "+15135550142", crm: with("contractsent", has)}); o.Rule != "all" || o.Result.Handled {
		t.Errorf("all conditions hold: rule %q, %v", o.Rule, o.Result.Problems)
	}
	has["p17"] = hubspot.Text("another")
	if o := l.call(caller{ani: "+15135550142", crm: with("contractsent", has)}); o.Rule != "" || o.Result.Handled {
		t.Errorf("one does not: rule %q, %v", o.Rule, o.Result.Problems)
	}
}

func ids(n int) string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprint("p", i))
	}
	return strings.Join(out, ", ")
}

// unlike writes a number for each #, another one each time.
func unlike(text string) string {
	for i := 0; strings.Contains(text, "#"); i++ {
		text = strings.Replace(text, "#", fmt.Sprint(i), 1)
	}
	return text
}

// Numbers of ours by the thousand, and rules for several hundred of them.
func TestThousandsOfNumbers(t *testing.T) {
	number := func(i int) string { return fmt.Sprintf("+1513%07d", 5000000+i) }
	var list strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&list, "%q, ", number(i))
	}
	_, b, err := large(t, "", "", "  numbers: ["+list.String()+"]\n", "    - {name: own, when: {caller: {number: own}}, to: {queue: O}}\n    - {name: called, when: {called: ["+list.String()[:1700*16]+"]}, to: {queue: C}}\n")
	if err != nil {
		t.Fatal(err)
	}
	l := prepare(t, b, simulate.Readings{})
	for _, i := range []int{0, 1000, 1999} {
		if o := l.call(caller{ani: number(i)}); o.Rule != "own" || o.Requests != 0 {
			t.Errorf("%s: %q, %d requests", number(i), o.Rule, o.Requests)
		}
	}
	p, err := interp.Compile(b.Flow.Tree, interp.Options{Keep: []string{"Flow.CalledNumber"}})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range map[int]bool{0: true, 800: true, 1699: true, 1700: false, 1999: false} {
		s := p.Start(interp.Call{ANI: "911", DNIS: "tel:" + number(i)[1:], At: noon})
		if _, err := p.Next(s); err != nil {
			t.Fatal(err)
		}
		if got := s.Result().Kept[0].Text(); (got == number(i)) != want || !want && got != "" {
			t.Errorf("%s is called %q", number(i), got)
		}
	}
}

// Rules by the thousand, each with a script: the last one is taken, and is known when it was kept.
func TestThousandsOfRules(t *testing.T) {
	const n = 1500
	_, b, err := large(t, "", "", "", times(n, "    - {name: a rule of the number %d, when: {stage: s%d}, to: {queue: Q%d, screenPop: {script: Script %d}}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	l := prepare(t, b, simulate.Readings{})
	for _, i := range []int{0, 777, n - 1} {
		o := l.call(caller{ani: "+15135550142", crm: with(fmt.Sprint("s", i), nil)})
		if o.Rule != fmt.Sprint("a rule of the number ", i) || o.Result.ScreenPop == nil || o.Result.ScreenPop.Script != fmt.Sprint("Script ", i) {
			t.Errorf("%d: rule %q, %v", i, o.Rule, o.Result.ScreenPop)
		}
		again := l.call(caller{ani: "+15135550142", conversation: o.Result.ParticipantData})
		if again.Reason != "kept" || again.Rule != o.Rule || again.Requests != 0 {
			t.Errorf("%d: %s %q", i, again.Reason, again.Rule)
		}
		if o.Result.Actions > 200 {
			t.Errorf("%d: %d actions of a call", i, o.Result.Actions)
		}
	}
}

// As many skills as a call may look up: each is looked up by name, and no more than twice.
func TestSkillsAreLookedUpOnce(t *testing.T) {
	_, b, err := large(t, "", "", "", "    - {name: r, when: {outcome: active_deal}, to: {queue: S, skills: ["+times(25, "Skill %d, ")+"]}}\n")
	if err != nil {
		t.Fatal(err)
	}
	l := prepare(t, b, simulate.Readings{})
	if o := l.call(caller{ani: "+15135550142", crm: with("x", nil)}); len(o.Result.Skills) != 25 {
		t.Errorf("%d skills", len(o.Result.Skills))
	}
	if n := strings.Count(b.Flow.Text, "IsSet(FindSkill("); n != 25 {
		t.Errorf("%d times it is asked whether a skill exists", n)
	}
}

// What is more than a platform takes is told at the line that says it, with the limit.
func TestTooMuchIsToldAtItsLine(t *testing.T) {
	rule := "    - {name: first, when: {outcome: no_record}, to: {queue: Q}}\n"
	for _, c := range []struct {
		name, facts, rules, more string
		line                     int
		want                     string
	}{
		{"a long value", "    t: {contact: t}\n", rule + "    - name: long\n      when: {facts: {t: " + strings.Repeat("x", 33000) + "}}\n      to: {}\n", "", 14, "characters, Architect takes 32000"},
		{"a long beginning", "    t: {contact: t}\n", rule + "    - name: long\n      when: {facts: {t: {prefix: " + strings.Repeat("x", 33000) + "}}}\n      to: {}\n", "", 14, "characters, Architect takes 32000"},
		{"many facts", times(300, "    f%d: {contact: property_%d}\n"), rule, "", 6, "characters, HubSpot takes 3000"},
		{"many facts of deals", times(300, "    f%d: {deal: property_%d}\n"), rule, "", 6, "characters, HubSpot takes 3000"},
		{"many pipelines", "", rule, ", pipelines: [" + times(101, "'6%d', ") + "]", 5, "101 pipelines; HubSpot compares a property with 100 values"},
		{"long pipelines", "", rule, ", pipelines: [" + times(99, "'6%d00000000000000000000000000000000000000', ") + "]", 5, "characters, HubSpot takes 3000"},
		{"many ids", "", rule + times(3, "    - name: r%d\n      when: {anyOpen: {minValue: %d, pipeline: ["+ids(4000)+"]}}\n      to: {}\n"), "", 18, "up to this rule, conditions on any open deal ask for 16000 ids; one data action carries 15000"},
		{"many skills", "", rule + "    - name: skilled\n      when: {outcome: active_deal}\n      to: {queue: S, skills: [" + times(26, "Skill %d, ") + "]}\n", "", 13, "26 skills for one transfer; Architect looks up 25 by name"},
	} {
		_, _, err := large(t, "", c.facts, "", c.rules, c.more)
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("d.yaml:%d:", c.line)) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "templates/") {
			t.Errorf("%s: %.300v", c.name, err)
		}
	}
}

// Sixty rules with twelve facts and every other kind of condition stay below a thousand
// actions, and one call takes few of them.
func TestSixtyRules(t *testing.T) {
	kinds := []string{"string", "number", "boolean", "date"}
	var facts strings.Builder
	for i := range 12 {
		fmt.Fprintf(&facts, "    fact%d: {%s: property_%d, type: %s}\n", i, []string{"contact", "deal"}[i/4%2], i, kinds[i%4])
	}
	rule := func(i int) string {
		parts := []string{
			fmt.Sprintf("anyOpen: {stage: [Talks, Offer], minValue: %d}", i*100), fmt.Sprintf("anyOpen: {pipeline: default, maxValue: %d}", i*50+1), fmt.Sprintf("openDeals: {min: %d}", i%4),
			fmt.Sprintf("facts: {fact%d: [gold, silver], fact%d: {min: %d, max: 900}}", i%3*4, i%3*4+1, i), fmt.Sprintf("facts: {fact%d: {within: %dd}, fact%d: true}", i%3*4+3, i+1, i%3*4+2),
			"failure: [timeout, error]", "caller: {country: [US, CA, GB]}", "caller: {number: [withheld, own]}", `called: "+15135550100"`, "lifecycle: customer", fmt.Sprintf("minValue: %d", i*1000), "stage: [Talks], pipeline: default, won: false",
		}
		to := fmt.Sprintf("{queue: Queue %d, priority: %d, skills: [Skill %d, English, Skill %d]}", i%7, i, i%5, i%9+10)
		if i%20 == 7 {
			to = fmt.Sprintf("{flow: Flow %d}", i)
		}
		return fmt.Sprintf("    - {name: rule %d, when: {%s}, to: %s}\n", i, parts[i%len(parts)], to)
	}
	for _, n := range []int{1, 10, 60} {
		rules := ""
		for i := range n {
			rules += rule(i)
		}
		_, b, err := large(t, "    \"985123456\": Talks\n    \"985123457\": Offer\n", facts.String(), "  numbers: [\"+15135550100\"]\n", rules)
		if err != nil {
			t.Fatal(err)
		}
		actions, variables := 0, strings.Count(b.Flow.Text, "Variable: {")
		architect.Walk(b.Flow.Tree.Flow, func(*architect.Action) { actions++ })
		o := prepare(t, b, simulate.Readings{}).call(caller{ani: "+15135550142", crm: with("nowhere", nil)})
		t.Logf("%d rules: %d bytes, %d actions, %d variables; a call that no rule takes: %d actions", n, len(b.Flow.Text), actions, variables, o.Result.Actions)
		if actions >= 1000 || o.Result.Actions > 150 {
			t.Errorf("%d rules: %d actions, %d of a call", n, actions, o.Result.Actions)
		}
	}
}
