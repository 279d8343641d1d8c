package prove_test

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/prove"
)

// spoilt is the blueprint with a text of its flow replaced.
func spoilt(t *testing.T, b *blueprint.Blueprint, from, to string) *blueprint.Blueprint {
	t.Helper()
	if !regexp.MustCompile(from).MatchString(b.Flow.Text) {
		t.Fatalf("the flow has no %s", from)
	}
	out := *b
	done := false
	out.Flow.Text = regexp.MustCompile(from).ReplaceAllStringFunc(b.Flow.Text, func(s string) string {
		if done {
			return s
		}
		done = true
		return regexp.MustCompile(from).ReplaceAllString(s, to)
	})
	tree, found := architect.Parse(b.Flow.Tree.Name, []byte(out.Flow.Text))
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	out.Flow.Tree = tree
	return &out
}

// changed is the blueprint with a data action changed.
func changed(b *blueprint.Blueprint, role string, change func(*dataaction.Definition)) *blueprint.Blueprint {
	out := *b
	out.Actions = slices.Clone(b.Actions)
	for i, a := range out.Actions {
		if a.Role == role {
			d := *a.Definition
			paths := map[string]string{}
			for k, v := range d.Response.TranslationMap {
				paths[k] = v
			}
			d.Response.TranslationMap = paths
			change(&d)
			out.Actions[i].Definition = &d
		}
	}
	return &out
}

// Each defect breaks the property that it should, and a call shows it that can be replayed.
func TestDefectsAreFound(t *testing.T) {
	flow := func(from, to string) func(*testing.T, *blueprint.Blueprint) *blueprint.Blueprint {
		return func(t *testing.T, b *blueprint.Blueprint) *blueprint.Blueprint { return spoilt(t, b, from, to) }
	}
	action := func(role string, change func(*dataaction.Definition)) func(*testing.T, *blueprint.Blueprint) *blueprint.Blueprint {
		return func(_ *testing.T, b *blueprint.Blueprint) *blueprint.Blueprint { return changed(b, role, change) }
	}
	path := func(name, to string) func(*dataaction.Definition) {
		return func(d *dataaction.Definition) { d.Response.TranslationMap[name] = to }
	}
	contract := func(from, to string) func(*dataaction.Definition) {
		return func(d *dataaction.Definition) { d.Input = bytes.ReplaceAll(d.Input, []byte(from), []byte(to)) }
	}
	swap := func(d *dataaction.Definition, from, to string) {
		d.Request.Template = strings.Replace(d.Request.Template, from, to, 1)
	}
	for _, c := range []struct {
		name, example, property string
		spoil                   func(*testing.T, *blueprint.Blueprint) *blueprint.Blueprint
	}{
		{"a fact that is always empty", "basic", prove.Policy, action(blueprint.RoleFindContact, func(d *dataaction.Definition) {
			path("fact_tier", "$.results[?(@.x)].id")(d)
			path("fact_tierOf", "$.results[?(@.x)].id")(d)
		})},
		{"a stage that is always empty", "basic", prove.Policy, action(blueprint.RoleFindDeals, func(d *dataaction.Definition) {
			path("stage", "$.results[?(@.x)].id")(d)
			path("stageOf", "$.results[?(@.x)].id")(d)
		})},
		{"closed deals in the sum", "basic", prove.Policy, action(blueprint.RoleFindDeals, path("openAmounts", `$.results[?(@.properties.amount_in_home_currency =~ /[0-9]+/)].properties.amount_in_home_currency`))},
		{"no filter for pipelines", "basic", prove.Policy, action(blueprint.RoleFindDeals, func(d *dataaction.Definition) {
			swap(d, ",\n              {\"propertyName\":\"pipeline\",\"operator\":\"IN\",\"values\":[\"default\"]}", "")
		})},
		{"no filter for the contact", "basic", prove.Policy, action(blueprint.RoleFindDeals, func(d *dataaction.Definition) {
			swap(d, `{"propertyName":"associations.contact","operator":"EQ","value":"$esc.jsonString(${input.contact1})"},`, "")
		})},
		{"the page in another order", "basic", prove.Policy, action(blueprint.RoleFindDeals, func(d *dataaction.Definition) { swap(d, "DESCENDING", "ASCENDING") })},
		{"a page of 20 deals", "basic", prove.Policy, action(blueprint.RoleFindDeals, func(d *dataaction.Definition) { swap(d, `"limit":200`, `"limit":20`) })},
		{"a wrong stage", "basic", prove.Policy, flow(`MakeList\("985123456", "Negotiation"\), Flow.hubspot_deal_stage\) >= 0'`, `MakeList("985123457", "Negotiation"), Flow.hubspot_deal_stage) >= 0'`)},
		{"a bound off by one", "basic", prove.Policy, flow(`Flow.Fact_score >= 80.0`, `Flow.Fact_score > 80.0`)},
		{"a year off by one day", "basic", prove.Policy, flow(`AddDays\(Flow.Now, 30\)\) \* 10000`, `AddDays(Flow.Now, 29)) * 10000`)},
		{"a comparison turned", "basic", prove.Policy, flow(`Flow.hubspot_customer_value >= 250000.0`, `Flow.hubspot_customer_value <= 250000.0`)},
		{"two rules in another order", "basic", prove.Policy, flow(`(?s)value: \{exp: ('If\(IsSet\(Flow.Fact_score\)[^\n]*')\}(.*?name: )"gold"(.*?)lit: "gold"(.*?)value: \{exp: ('If\(IsSet\(Flow.Fact_interests\)[^\n]*')\}(.*?name: )"support-plan"(.*?)lit: "support-plan"`,
			`value: {exp: $5}$2"support-plan"${3}lit: "support-plan"${4}value: {exp: $1}$6"gold"${7}lit: "gold"`)},
		{"priority without the bonus", "basic", prove.Policy, flow(`exp: 'If\(Flow.Base \+ Flow.Bonus > 25000000.*'\}`, `exp: Flow.Base}`)},
		{"a bonus without its maximum", "basic", prove.Policy, flow(`Flow.hubspot_customer_value >= 500000.0, 10`, `Flow.hubspot_customer_value >= 50000000.0, 10`)},
		{"a kept decision of yesterday", "basic", prove.Policy, flow(`Flow.NowStamp < Task.FreshUntil`, `true`)},
		{"a kept decision of another policy", "basic", prove.Policy, flow(`Task.Policy == "[0-9a-f]*"`, `true`)},
		{"the caller's number in the conversation", "basic", prove.Privacy, flow(`(\{lit: dealroute_rule\}, value: \{exp: Flow.dealroute_rule\}\})`, `$1
                          - attribute: {name: {lit: caller}, value: {exp: Flow.Ani}}`)},
		{"a fact in the conversation", "basic", prove.Privacy, flow(`(\{lit: dealroute_rule\}, value: \{exp: Flow.dealroute_rule\}\})`, `$1
                          - attribute: {name: {lit: tier}, value: {exp: 'If(IsSet(Flow.Fact_tier), Flow.Fact_tier, "")'}}`)},
		{"the value in the conversation", "basic", prove.Privacy, flow(`(\{lit: dealroute_rule\}, value: \{exp: Flow.dealroute_rule\}\})`, `$1
                          - attribute: {name: {lit: hubspot_customer_value}, value: {exp: 'If(IsSet(Flow.hubspot_customer_value), ToString(Flow.hubspot_customer_value, 2), "")'}}`)},
		{"NOT_SET unguarded", "basic", prove.Expressions, flow(`If\(IsSet\(Flow.Fact_score\), Flow.Fact_score >= 80.0, false\)`, `Flow.Fact_score >= 80.0`)},
		{"participant data unguarded", "basic", prove.Expressions, flow(`'If\(IsSet\(Flow.hubspot_deal_stage\), Flow.hubspot_deal_stage, ""\)'`, `Flow.hubspot_deal_stage`)},
		{"skills in another order", "every-setting", prove.Policy, flow(`(?s)"Flow.WantSkill1", value: \{lit: "English"\}(.*?)"Flow.WantSkill2", value: \{lit: "VIP"\}`, `"Flow.WantSkill1", value: {lit: "VIP"}$1"Flow.WantSkill2", value: {lit: "English"}`)},
		{"the breaker is not read", "basic", prove.Requests, flow(`Flow.NowStamp < Task.PausedUntil`, `false`)},
		{"the switch is ignored", "basic", prove.Requests, flow(`'Task.Enabled == false'`, `false`)},
		{"a page of one contact", "basic", prove.Policy, action(blueprint.RoleFindContact, func(d *dataaction.Definition) { swap(d, `"limit":20`, `"limit":1`) })},
		{"the breaker is open a second too long", "basic", prove.Requests, flow(`Flow.Pause, value: \{lit: 15\}`, `Flow.Pause, value: {lit: 16}`)},
		{"the breaker is not written", "basic", prove.Requests, flow(`targetTaskRef: "/inboundCall/tasks/task\[Breaker\]"`, `targetTaskRef: "/inboundCall/tasks/task[Choose]"`)},
		{"no fallback", "basic", prove.Ending, flow(`jumpToTask: \{name: To the fallback queue, targetTaskRef: "/inboundCall/tasks/task\[Fallback\]"\}`, `disconnect: {name: End it}`)},
		{"a timeout of a minute", "basic", prove.Wait, flow(`timeout: \{lit: \{seconds: 2\}\}`, `timeout: {lit: {seconds: 60}}`)},
		{"another queue", "basic", prove.Policy, flow(`Flow.Queue, value: \{lit: "Customer Care"\}`, `Flow.Queue, value: {lit: "Sales"}`)},
		{"a constant of its own", "basic", prove.Policy, flow(`'Flow.hubspot_deal_stage == "closedwon"'`, `'Flow.hubspot_deal_stage == "closedwon" or Flow.hubspot_deal_stage == "77"'`)},
		{"a decision that is kept of a failed lookup", "basic", prove.Policy, flow(`If\(Flow.Answered, `, `If(true, `)},
		{"nothing is said at the end", "basic", prove.Ending, flow(`- playAudio: \{name: Say so.*\n`, "\n")},
		{"other words at the end", "basic", prove.Ending, flow(`tts: "We cannot take your call right now."`, `tts: "Hello."`)},
		{"another input of the script", "basic", prove.Policy, flow(`"stage": \{exp: .*\}`, `"stage": {exp: 'If(IsSet(Flow.DealId), Flow.DealId, "")'}`)},
		{"an input of the script less", "basic", prove.Policy, flow(`"fact_tier": \{exp: .*\}`, ``)},
		{"a kept decision without its bonus", "basic", prove.Policy, flow(`exp: Flow.dealroute_priority - Flow.Base`, `lit: 0`)},
		{"no number of 15 digits", "basic", prove.Policy, action(blueprint.RoleFindContact, contract(`6,14`, `6,13`))},
		{"no number of 7 digits", "basic", prove.Policy, flow(`Length\(Task.Digits\) >= 7`, `Length(Task.Digits) >= 8`)},
		{"a phone-context that is not read", "basic", prove.Policy, flow(`Contains\(Task.Context, ";phone-context=\+"\)`, `false`)},
		{"no longer ids", "basic", prove.Policy, action(blueprint.RoleFindDeals, contract(`[0-9]*$`, `[0-9]{0,12}$`))},
		{"ids compared as texts", "basic", prove.Policy, flow(`Length\(Task.Id\) < Length\(Task.Best\) or \(Length\(Task.Id\) == Length\(Task.Best\) and (Compare\(Task.Id, Task.Best\) < 0)\)`, `$1`)},
		{"a page whose last deal is not looked at", "basic", prove.Policy, flow(`RestCount > 198, 3`, `RestCount > 199, 3`)},
		{"a page of which only the first amounts are read", "every-setting", prove.Policy, flow(`(Task.Amount, value: \{exp: 'GetAt\([A-Za-z.]*, )Task.Part \* 99 \+ Task.I`, `${1}Task.I`)},
		{"what was dialled before another flow", "every-setting", prove.Policy, flow(`'If\(IsNotSetOrEmpty\(Call.CalledAddressOriginal\), (If\(IsNotSetOrEmpty\(Call.CalledAddress\), "", Lower\(Call.CalledAddress\)\)), Lower\(Call.CalledAddressOriginal\)\)'`, `'$1'`)},
		{"nothing for one caller", "basic", prove.Ending, flow(`(jumpToTask: \{name: Ask HubSpot, .*\n)`, `decision:
              name: Somebody
              condition: {exp: 'Right(Flow.Ani, 4) == "4711"'}
              outputs:
                "yes":
                  actions: [disconnect: {name: End it}]
          - $1`)},
		{"contacts behind those who have no deals", "household", prove.Policy, flow(`(name: "?More contacts than these\?"?\n *condition: \{exp: )Flow.hubspot_value_truncated`, `${1}false`)},
		{"nobody at night", "basic", prove.Ending, flow(`(jumpToTask: \{name: Ask HubSpot, .*\n)`, `decision:
              name: Night
              condition: {exp: 'Hour(Flow.Now) == 3 and DayOfWeek(Flow.Now) == 1'}
              outputs:
                "yes":
                  actions: [disconnect: {name: End it}]
          - $1`)},
		{"nobody on a day", "basic", prove.Ending, flow(`(jumpToTask: \{name: Ask HubSpot, .*\n)`, `decision:
              name: New year
              condition: {exp: 'Month(Flow.Now) == 12 and Day(Flow.Now) == 31'}
              outputs:
                "yes":
                  actions: [disconnect: {name: End it}]
          - $1`)},
		{"the caller's number in the control table", "basic", prove.Privacy, flow(`reason: \{exp: Flow.PauseReason\}`, `reason: {exp: 'Append(Flow.PauseReason, " ", Flow.Ani)'}`)},
		{"the first contact is not the last changed", "basic", prove.Policy, action(blueprint.RoleFindContact, func(d *dataaction.Definition) { swap(d, "DESCENDING", "ASCENDING") })},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, b := parsed(t, example(t, c.example))
			in := input(d, c.spoil(t, b), prove.Quick)
			if strings.HasPrefix(c.name, "a page") {
				in.Mode = prove.Full
			}
			in.Stop, in.Twice = true, true
			r, err := prove.Deployment(context.Background(), in)
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(r.Broken(), func(p prove.Property) bool { return p.ID == c.property })
			if i < 0 {
				for _, p := range r.Broken() {
					t.Errorf("%s instead: %s", p.ID, p.Message)
				}
				t.Fatalf("%s holds, after %d calls", c.property, r.Calls)
			}
			p := r.Broken()[i]
			t.Logf("%d calls: %s\n%s", r.Calls, p.Message, strings.Join(p.Counterexample.Call, "\n"))
			for _, l := range p.Counterexample.Call {
				if strings.Contains(l, "does not lead") || bytes.Contains([]byte(l), []byte("+12015550123")) {
					t.Error(l)
				}
			}
			replay(t, in.Blueprint, p)
		})
	}
}

// The number of a company is looked for in each spelling of the line, and for each home country.
func TestSpellingsOfCompaniesAbroad(t *testing.T) {
	d, b := parsed(t, strings.Replace(example(t, "companies"), "[US, CA]", "[US, AR]", 1))
	for _, name := range []string{"number2", "nationalBare"} {
		spoilt := changed(b, blueprint.RoleFindCompany, func(d *dataaction.Definition) {
			d.Request.Template = strings.ReplaceAll(d.Request.Template, `#if("$!{input.`+name+`}"`, `#if("$!{input.none}"`)
		})
		in := input(d, spoilt, prove.Quick)
		in.Stop = true
		r, err := prove.Deployment(context.Background(), in)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Broken()) == 0 {
			t.Errorf("nobody misses %s", name)
		}
	}
}

// A number as it was typed is looked for in each spelling of the line.
func TestTypedSpellingIsMissed(t *testing.T) {
	d, b := parsed(t, strings.Replace(example(t, "minimal"), "[US]", "[BR]", 1))
	spoilt := changed(b, blueprint.RoleFindContact, func(d *dataaction.Definition) {
		at := strings.LastIndex(d.Request.Template, `"propertyName":"phone"`)
		d.Request.Template = d.Request.Template[:at] + strings.ReplaceAll(d.Request.Template[at:], "number2", "none")
	})
	in := input(d, spoilt, prove.Quick)
	in.Stop = true
	r, err := prove.Deployment(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(r.Broken(), func(p prove.Property) bool { return p.ID == prove.Policy }) {
		t.Errorf("nobody misses it, in %d calls", r.Calls)
	}
}

// replay runs the world of a counterexample through the flow alone.
func replay(t *testing.T, b *blueprint.Blueprint, p prove.Property) {
	t.Helper()
	data, err := p.Counterexample.World.Encode()
	if err != nil {
		t.Fatal(err)
	}
	f, found := world.Decode("counterexample.yaml", data)
	if err := found.Err(); err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	program, err := interp.Compile(b.Flow.Tree, interp.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := interp.Run(context.Background(), program, f.Start(), world.New(f), interp.RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if (p.ID == prove.Expressions) != r.Handled || (p.ID == prove.Ending) != (r.Ending == interp.EndDisconnect) {
		t.Errorf("the replay ends in %s %q, handled %v: %v", r.Ending, r.Target, r.Handled, r.Problems)
	}
}

// What holds under the strict readings and not under another one is no finding, and is named.
func TestReadingsUnderWhichItWouldNotHold(t *testing.T) {
	d, b := parsed(t, example(t, "minimal"))
	b = changed(b, blueprint.RoleFindDeals, func(d *dataaction.Definition) { d.Response.SuccessTemplate += " and more" })
	r, err := prove.Deployment(context.Background(), input(d, b, prove.Full))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range r.Broken() {
		t.Errorf("%s: %s", p.ID, p.Message)
	}
	const alone = "property policy would not hold if in data actions text behind the JSON of a success template is an error: "
	if !slices.ContainsFunc(r.Assumptions, func(a string) bool { return strings.HasPrefix(a, alone) }) {
		t.Errorf("%q", r.Assumptions)
	}
}

// A spelling of a company's number that is not looked for any more is missed.
func TestSpellingsOfCompanies(t *testing.T) {
	d, b := parsed(t, example(t, "companies"))
	var lines []string
	for _, a := range b.Actions {
		if a.Role == blueprint.RoleFindCompany {
			for _, l := range strings.Split(a.Definition.Request.Template, "\n") {
				if strings.HasPrefix(l, `  ,"`) && strings.Contains(l, "Cut1") {
					lines = append(lines, l)
				}
			}
		}
	}
	if len(lines) != 13 {
		t.Fatalf("%d spellings", len(lines))
	}
	for _, l := range lines {
		spoilt := changed(b, blueprint.RoleFindCompany, func(d *dataaction.Definition) {
			d.Request.Template = strings.Replace(d.Request.Template, l+"\n", "", 1)
		})
		in := input(d, spoilt, prove.Quick)
		in.Stop = true
		r, err := prove.Deployment(context.Background(), in)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Broken()) == 0 {
			t.Errorf("nobody misses %s", l)
		}
	}
}
