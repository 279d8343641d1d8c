package reconcile

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
)

// A Need is a permission that a command needs of the client that signs in. Any of several are joined by
// " or ".
type Need struct {
	Permission string
	When       string // the command can do without it, but for this; empty: never
}

// The commands whose needs are known.
const (
	CommandPlan     = "plan"
	CommandSetup    = "setup"
	CommandStatus   = "status"
	CommandSwitch   = "switch"
	CommandDestroy  = "destroy"
	CommandRenew    = "token renew"
	CommandDeployed = "simulate --flow deployed"
)

// Commands are those whose needs are known, in the order in which people meet them.
func Commands() []string {
	return []string{CommandPlan, CommandSetup, CommandStatus, CommandSwitch, CommandDestroy, CommandRenew, CommandDeployed}
}

// viewed are the permissions that reading a kind needs. Source: the API description of the calls that
// the kinds make. Skills are read without one.
var viewed = map[genesys.Kind]string{
	genesys.Role:           "authorization:role:view",
	genesys.OAuthClient:    "oauth:client:view",
	genesys.Credential:     "integrations:integration:view",
	genesys.Integration:    "integrations:integration:view",
	genesys.AuthAction:     "integrations:action:view",
	genesys.DataTable:      "architect:datatable:view",
	genesys.DataTableRow:   "architect:datatable:view",
	genesys.DataAction:     "integrations:action:view",
	genesys.ScheduleGroup:  "routing:scheduleGroup:view",
	genesys.EmergencyGroup: "routing:emergencyGroup:view",
	genesys.Queue:          "routing:queue:view",
	genesys.Script:         "scripter:script:view",
	genesys.Flow:           "architect:flow:view",
	genesys.CallRoute:      "routing:callRoute:view",
}

// Prompt stands among kinds for a prompt of the org that the flow plays. It is no entity of a deployment,
// and only looked up.
const Prompt genesys.Kind = "userPrompt"

// NeedsOf lists what a command needs for entities of these kinds, by permission. A plan says exactly what
// its own changes need (Lacks); this is for whoever asks before there is one, so it has all that later
// changes of the same deployment may need, too.
func NeedsOf(command string, kinds []genesys.Kind) []Need {
	needs := map[string]string{}
	add := func(when string, permissions ...string) {
		for _, p := range permissions {
			if was, there := needs[p]; !there || was != "" {
				needs[p] = when
			}
		}
	}
	has := func(k genesys.Kind) bool { return slices.Contains(kinds, k) }
	read := func(of ...genesys.Kind) {
		for _, k := range of {
			if p := viewed[k]; p != "" && has(k) {
				add("", p)
			}
		}
	}
	does := func(a plan.Action, when string, of ...genesys.Kind) {
		for _, k := range of {
			if has(k) {
				add(when, needed(plan.Change{Key: genesys.Key{Kind: k}, Action: a, Fields: []plan.Field{{Path: "roleDivisions"}}})...)
			}
		}
	}
	switch command {
	case CommandPlan, CommandStatus, CommandSetup, CommandDestroy:
		read(kinds...)
		if has(genesys.CallRoute) && command != CommandDestroy {
			add("a number is not on its route yet", "telephony:plugin:all")
			add("emergency groups cover the route", viewed[genesys.EmergencyGroup])
		}
	case CommandSwitch:
		read(genesys.DataTable)
		does(plan.Update, "", genesys.DataTableRow)
		does(plan.Create, "somebody deleted the row", genesys.DataTableRow)
	case CommandRenew:
		read(genesys.Credential, genesys.Integration, genesys.DataTable)
		does(plan.Update, "", genesys.Credential, genesys.DataTableRow)
	case CommandDeployed:
		read(genesys.DataTable, genesys.Flow, genesys.DataAction, genesys.Queue, genesys.ScheduleGroup, genesys.EmergencyGroup)
	}
	if (command == CommandDeployed || command == CommandSetup) && has(genesys.ScheduleGroup) {
		add("", "routing:schedule:view") // setup looks by it where callers go
	}
	if (command == CommandPlan || command == CommandSetup) && has(Prompt) {
		add("", "architect:userPrompt:view")
	}
	switch command {
	case CommandSetup:
		for _, k := range kinds {
			switch k {
			case genesys.Queue:
				does(plan.Create, "a queue is missing", k)
			case genesys.Skill:
				does(plan.Create, "a skill is missing", k)
			default:
				does(plan.Create, "", k)
				does(plan.Update, "", k)
			}
		}
		does(plan.Delete, "", genesys.DataAction, genesys.Script) // of which a changed one is made anew beside the old
		does(plan.Delete, "what the file does not have any more goes", kinds...)
	case CommandDestroy:
		for _, k := range kinds {
			when := ""
			if k == genesys.Queue {
				when = "destroy --queues"
			}
			does(plan.Delete, when, k)
		}
	}
	var out []Need
	for p, when := range needs {
		out = append(out, Need{p, when})
	}
	slices.SortFunc(out, func(a, b Need) int { return cmp.Compare(a.Permission, b.Permission) })
	return out
}

// Kinds are the kinds of some entities, each once; those of everything that can be deployed, when
// there are none.
func Kinds(of genesys.Set) []genesys.Kind {
	var out []genesys.Kind
	for _, e := range of {
		out = append(out, e.Key.Kind)
	}
	if len(of) == 0 {
		for k := range viewed {
			out = append(out, k)
		}
		out = append(out, genesys.Skill)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// An Ability is whether a client may do what a command does.
type Ability struct {
	Command string
	Missing []Lack // permissions
	Perhaps []Lack // those that it can do without, but for what Lack.What says
	Unknown []Lack // of which nobody could tell
}

// Able reports whether the command can be run, as far as anybody knows.
func (a Ability) Able() bool { return len(a.Missing) == 0 }

// Abilities asks of each command whether the client may run it: by the permissions that its grants tell,
// and the platform about each that is not among them. division is the id of the deployment's. An error
// says why it is not known which permissions the org's product has.
func Abilities(ctx context.Context, c Catalogue, id genesys.Identity, kinds []genesys.Kind, division string, commands ...string) ([]Ability, error) {
	var all []Lack
	for _, command := range commands {
		for _, n := range NeedsOf(command, kinds) {
			held := slices.ContainsFunc(strings.Split(n.Permission, " or "), id.May)
			if !held && !slices.ContainsFunc(all, func(l Lack) bool { return l.Permission == n.Permission }) {
				all = append(all, Lack{Permission: n.Permission})
			}
		}
	}
	var err error
	if len(all) > 0 {
		all, err = settle(ctx, c, all, nil, division)
	}
	var out []Ability
	for _, command := range commands {
		a := Ability{Command: command}
		for _, n := range NeedsOf(command, kinds) {
			i := slices.IndexFunc(all, func(l Lack) bool { return l.Permission == n.Permission })
			if i < 0 {
				continue
			}
			l := all[i]
			switch l.What = n.When; {
			case !l.Sure && len(id.Permissions)+len(id.Conditional) == 0: // the grants tell of nothing, and the platform did not answer
				a.Unknown = append(a.Unknown, l)
			case n.When != "":
				a.Perhaps = append(a.Perhaps, l)
			default:
				a.Missing = append(a.Missing, l)
			}
		}
		out = append(out, a)
	}
	return out, err
}
