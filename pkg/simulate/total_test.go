package simulate_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// No answer ends a call in flow error handling: not one that lacks outputs, whose lists do not
// belong together, hold nothing in places, or hold texts and numbers of any kind; not a table
// or an earlier leg with anything in it. The data actions that are rendered give none of these,
// but an action somebody else published under that name might.
func TestNoAnswerEndsInErrorHandling(t *testing.T) {
	checks(t, 40)
	endings := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		m := maker{t}
		l := rendered(t, m.deployment()).under(t, m.readings())
		memo := interp.NewMemo(l.p.Flow())
		for range *calls {
			file := m.anyWorld(l)
			run := &simulate.Run{Program: l.p, Org: l.newOrg(), Script: world.New(file)}
			call := simulate.Call{ANI: number(l.d), DNIS: "+15135550100", At: noon, Conversation: m.anyLeg(l)}
			o, err := run.Do(t.Context(), call)
			if err != nil {
				t.Fatal(err)
			}
			again := &simulate.Run{Program: l.p, Org: l.newOrg(), Script: world.New(file), Memo: memo}
			if other, err := again.Do(t.Context(), call); err != nil || !reflect.DeepEqual(o, other) {
				t.Fatalf("%+v, %v\nand without a memo\n%+v", other, err, o)
			}
			if o.Result.Handled || len(o.Result.Problems) > 0 {
				text, _ := file.Encode()
				t.Fatalf("%+v\n%v\n%s", o.Result.Problems, call.Conversation, text)
			}
			endings[o.Outcome]++
		}
	})
	t.Log(endings)
	if len(endings) < 5 {
		t.Errorf("only %v occurred", endings)
	}
}

// anyWorld draws answers out of all that the contracts allow.
func (m maker) anyWorld(l line) *world.File {
	file := &world.File{DataActions: map[string][]world.Reply{}, Tables: map[string]world.Table{}, Objects: map[string]map[string]string{"queues": {}, "skills": {}}}
	rows := map[string][]world.Field{}
	if often(m.t, "switch row") {
		rows["switch"] = []world.Field{{Name: "enabled", Value: one(m.t, "enabled", world.Bool(true), world.Bool(true), world.Bool(true), world.Bool(false), world.Datum{})}}
	}
	if often(m.t, "breaker row") {
		rows["breaker"] = []world.Field{{Name: "openUntil", Value: one(m.t, "openUntil", world.Text(""), world.Datum{}, m.anyText("openUntil"))}}
	}
	file.Tables[l.b.Name+"-control"] = world.Table{Rows: rows}
	for _, a := range l.b.Actions {
		reply := world.Reply{Branch: one(m.t, "branch", "success", "success", "success", "success", "success", "success", "success", "success", "failure", "timeout")}
		plausible := one(m.t, "lists belong together", true, true, true, false)
		n := mostly(m.t, "length", 1, 2, 0, 1, 3)
		groups := one(m.t, "without", "", "open", "open won", "open won lost")
		if reply.Branch == "success" {
			for _, f := range dataaction.Flatten(a.Definition.Output) {
				if !plausible && rarely(m.t, "left out") {
					continue
				}
				reply.Outputs = append(reply.Outputs, world.Field{Name: f.Name, Value: m.anyOutput(l, f, lengthOf(f.Name, n, groups), plausible)})
			}
		}
		file.DataActions[a.Definition.Name] = []world.Reply{reply}
	}
	for _, q := range some(m.t, "missing queues", 1, queues...) {
		file.Objects["queues"][q] = "missing"
	}
	for _, s := range some(m.t, "missing skills", 2, skills...) {
		file.Objects["skills"][s] = "missing"
	}
	return file
}

func (m maker) anyOutput(l line, f expr.Field, n int, plausible bool) world.Datum {
	if !plausible && rarely(m.t, "null") {
		return world.Datum{}
	}
	item := func() world.Datum {
		switch {
		case rapid.IntRange(0, 63).Draw(m.t, "null item") == 43:
			return world.Datum{}
		case strings.HasPrefix(f.Type.String(), "Integer"):
			return world.Datum{Kind: world.DatumNumber, Text: mostly(m.t, f.Name, fmt.Sprint(n), "0", "1", "-1", "5", "6", "20", "201", "201", "201", "2147483647", "-2147483648", "999999999999999")}
		case strings.HasPrefix(f.Type.String(), "Decimal"):
			return world.Datum{Kind: world.DatumNumber, Text: one(m.t, f.Name, "0", "1", "-1", "0.5", "62000", "-0.01", "999999999999999.99", "-999999999999999", "0.000000000000000000001", "1000000000000000000000000000000")}
		}
		if plausible && (f.Name == "phone" || f.Name == "mobile") {
			return world.Text(number(l.d))
		}
		return m.anyText(f.Name)
	}
	if !strings.HasSuffix(f.Type.String(), "[]") {
		return item()
	}
	if !plausible {
		n = one(m.t, "other length", 0, 1, 2, 7)
	}
	var items []world.Datum
	for i := range n {
		x := item()
		if plausible && (strings.HasSuffix(f.Name, "Of") || strings.HasSuffix(strings.ToLower(f.Name), "ids")) {
			x = world.Text(fmt.Sprint(901 + i))
		}
		items = append(items, x)
	}
	return world.List(items...)
}

// lengthOf is how long a list is when the deals of some groups are missing.
func lengthOf(list string, n int, without string) int {
	for _, group := range strings.Fields(without) {
		if strings.HasPrefix(list, group) {
			return 0
		}
	}
	return n
}

func (m maker) anyText(label string) world.Datum {
	return world.Text(one(m.t, label, "", "901", "902", "+15135550142", "closedwon", "gold", "true", "yes", "2026-11-23", "2026-99-99", "20261123", "ÄÖÜ-11-23", "2026-11-23T19:25:38Z",
		"9999-99-99T99:99:99Z", "2026-1x-23T19:25:38Z", " ", "a;b", ";", "\"", "\\", "00000000000000000001", "-5", strings.Repeat("9", 400)))
}

// anyLeg draws what an earlier leg of the conversation, or anybody else, wrote down.
func (m maker) anyLeg(l line) map[string]string {
	if !rarely(m.t, "earlier leg") {
		return nil
	}
	out := map[string]string{}
	kept := map[string][]string{
		"dealroute_outcome": {"active_deal", "no_record", "lookup_failed", "", "x"}, "dealroute_rule": {"", names[0], "x"},
		"dealroute_priority": {"1", "-5", "25000001", "99999999", "999999999", "-", "--1", "1x", "", "+1", "25000000", "-25000000", "-25000001"},
		"dealroute_until":    {"2026-11-23T12:00:01Z", "2026-11-23T12:00:00Z", "9999-99-99T99:99:99Z", "", "x"}, "dealroute_policy": {l.policy(), l.policy(), "x", ""},
		"hubspot_contact_id": {"901", ""}, "hubspot_company_id": {"701", "x", ""}, "hubspot_deal_stage": {"closedwon", ""}, "hubspot_deal_stage_label": {"won", ""},
	}
	for _, name := range slices.Sorted(maps.Keys(kept)) {
		if v := one(m.t, name, append(kept[name], "absent")...); v != "absent" {
			out[name] = v
		}
	}
	return out
}

// policy is the policy's hash as the flow has it.
func (l line) policy() string {
	_, rest, _ := strings.Cut(l.b.Flow.Text, `dealroute_policy}, value: {lit: "`)
	hash, _, _ := strings.Cut(rest, `"`)
	return hash
}
