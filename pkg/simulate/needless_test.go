package simulate_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
	"pgregory.net/rapid"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/check"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// The least deployment's flow has no action without which it would be the same: take any away,
// and the flow is wrong, or some call goes otherwise, or takes more actions to go the same way.
func TestTheMinimalFlowNeedsEachAction(t *testing.T) {
	text, err := os.ReadFile("../../examples/minimal/dealroute.yaml")
	if err != nil {
		t.Fatal(err)
	}
	type try struct {
		call simulate.Call
		file *world.File
		saw  string
		took int
	}
	var reading simulate.Readings
	reading.Interp.NotSetQueue = interp.NotSetError
	reading.Interp.Keep = []string{"Flow.hubspot_deal_stage", "Flow.hubspot_deal_stage_label"}
	whole := rendered(t, string(text)).under(t, reading)
	saw := func(p *simulate.Program, x try) (string, int) {
		run := &simulate.Run{Program: p, Org: whole.newOrg(), Script: world.New(x.file), Trace: interp.TraceFull}
		o, err := run.Do(t.Context(), x.call)
		if err != nil {
			return err.Error(), 0
		}
		return observed(o), o.Result.Actions
	}
	var tries []try
	draw := rapid.Custom(func(r *rapid.T) try {
		m := maker{r}
		x := try{file: m.anyWorld(whole), call: simulate.Call{ANI: one(r, "ani", number(whole.d), number(whole.d), "tel:5135550142", "0115511998765432", "+5501198765432", "+44 (0)20 7946 0100", "anonymous", ""), DNIS: "+15135550100", At: noon, Conversation: m.anyLeg(whole)}}
		if rarely(r, "a fresh decision") {
			x.call.Conversation = map[string]string{"dealroute_outcome": "active_deal", "dealroute_rule": "open-deal", "dealroute_priority": "5", "dealroute_until": "2026-11-23T12:01:00Z", "dealroute_policy": whole.policy()}
		}
		if rarely(r, "nobody to ask for deals") {
			for name, replies := range x.file.DataActions {
				replies[0].Outputs = slices.DeleteFunc(replies[0].Outputs, func(f world.Field) bool { return f.Name == "askIds" })
				x.file.DataActions[name] = replies
			}
		}
		if rarely(r, "no table") {
			x.file.Tables[whole.b.Name+"-control"] = world.Table{Fails: "oops"}
		}
		if rarely(r, "no queue") {
			x.file.Objects["queues"]["Support"] = "missing"
		}
		if rarely(r, "the queue cannot be reached") {
			x.file.Transfers = map[string][]world.Reply{"Support": {{Branch: "failure"}, {Branch: one(r, "then", "failure", "success")}}}
		}
		x.saw, x.took = saw(whole.p, x)
		return x
	})
	for seed := range 600 {
		tries = append(tries, draw.Example(seed))
	}
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(whole.b.Flow.Text), &doc); err != nil {
		t.Fatal(err)
	}
	before, _, _ := strings.Cut(whole.b.Flow.Text, "name: Ask HubSpot")
	unread := strings.Count(before, "\n") // the line before is the jump of the failed read of the breaker
	n := 0
	without(&doc, func(action *yaml.Node) {
		if action.Content[0].Value == "jumpToTask" && action.Line == unread {
			return // a world file cannot let one of two reads of a table fail
		}
		n++
		text, err := yaml.Marshal(&doc)
		if err != nil {
			t.Fatal(err)
		}
		file, found := architect.Parse("flow.yaml", text)
		if found.Err() != nil || check.Flow(file, architect.OrgOf(whole.b.Entities, dataaction.Flatten)).Err() != nil {
			return
		}
		less := whole
		less.b.Flow.Tree = file
		less = less.under(t, reading)
		if !slices.ContainsFunc(tries, func(x try) bool {
			saw, took := saw(less.p, x)
			return saw != x.saw || took > x.took
		}) {
			t.Errorf("no call of %d misses this action of line %d:\n%s", len(tries), action.Line, strings.SplitN(whole.b.Flow.Text, "\n", action.Line+1)[action.Line-1])
		}
	})
	t.Logf("%d actions, %d calls", n, len(tries))
}

// without takes each action away for the time of a call of see.
func without(n *yaml.Node, see func(*yaml.Node)) {
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 1 && n.Content[i-1].Value == "actions" && c.Kind == yaml.SequenceNode {
			all := c.Content
			for j := range all {
				c.Content = slices.Delete(slices.Clone(all), j, j+1)
				see(all[j])
			}
			c.Content = all
		}
		without(c, see)
	}
}

// observed is what of a call anybody may build on: where it went, what it left, what it asked.
func observed(o *simulate.Outcome) string {
	r := o.Result
	asked := ""
	for _, s := range r.Path {
		if s.Type == "callData" || s.Type == "playAudio" {
			asked += fmt.Sprint(s.Action, s.Inputs)
		}
	}
	open := "-"
	if o.OpenDeals != nil {
		open = fmt.Sprint(*o.OpenDeals)
	}
	return fmt.Sprint(r.Ending, r.Target, r.Skills, r.Priority, r.ParticipantData, r.ScreenPop, r.Handled, len(r.Problems), len(r.Warnings),
		o.Outcome, o.Rule, o.Reason, o.ContactID, open, o.Value, o.Base, o.Bonus, asked, o.Number, o.Truncated, r.Kept)
}
