package blueprint

import (
	"slices"

	"github.com/dealroute/dealroute/pkg/deployment"
)

// An Assumption is a statement about a vendor that nothing published settles and on which an
// artifact rests. docs/assumptions.md has a section for each id.
type Assumption struct {
	ID   string
	Text string
}

// assumption says when an assumption is in use; always without a condition.
type assumption struct {
	Assumption
	used func(*deployment.Deployment) bool
}

func searches(d *deployment.Deployment) bool { return d.HubSpot.Lookup.Searches() }
func keyed(d *deployment.Deployment) bool    { return !searches(d) }
func rolled(d *deployment.Deployment) bool   { return d.HubSpot.Lookup.Rolled() }
func deals(d *deployment.Deployment) bool    { return !rolled(d) }
func mixed(d *deployment.Deployment) bool    { return searches(d) && d.HubSpot.Lookup.Match == "mixed" }
func e164(d *deployment.Deployment) bool     { return searches(d) && d.HubSpot.Lookup.Match != "national" }
func national(d *deployment.Deployment) bool { return searches(d) && d.HubSpot.Lookup.Match != "e164" }
func breaker(d *deployment.Deployment) bool  { return d.Enrichment.Breaker.Enabled }
func allOfThem(d *deployment.Deployment) bool {
	return d.HubSpot.Lookup.Duplicates == "all"
}

func companies(d *deployment.Deployment) bool { return d.Policy().Companies() }

func companyNumbers(d *deployment.Deployment) bool {
	return d.HubSpot.Lookup.Company == "numbers"
}

func kept(d *deployment.Deployment) bool {
	return d.Enrichment.Cache.Store == deployment.CacheConversation
}

func ownClient(d *deployment.Deployment) bool { return breaker(d) && d.Manage.RuntimeClient }

func pops(d *deployment.Deployment) bool { return len((&builder{d: d}).pops()) > 0 }

func managedPop(d *deployment.Deployment) bool { return (&builder{d: d}).usesManagedScript() }

func skills(d *deployment.Deployment) bool {
	return len(d.Routing.Fallback.Skills) > 0 ||
		slices.ContainsFunc(d.Routing.Rules, func(r deployment.Rule) bool { return len(r.To.Skills) > 0 })
}

func handsOver(d *deployment.Deployment) bool { return len(flowsOf(d)) > 0 }

// popsBefore reports whether a screen pops of a call that another flow takes over.
func popsBefore(d *deployment.Deployment) bool {
	for i, r := range d.Routing.Rules {
		if r.To.Flow != "" && d.PopOf(i).Mode != deployment.PopNone {
			return true
		}
	}
	return false
}

func platformRenews(d *deployment.Deployment) bool { return d.HubSpot.Auth.ByPlatform() }

func outsideRenews(d *deployment.Deployment) bool { return d.HubSpot.Auth.Outside() }

func refreshes(d *deployment.Deployment) bool {
	return d.HubSpot.Auth.Method == deployment.AuthOAuth && d.HubSpot.Auth.Grant == deployment.GrantRefresh
}

func scheduled(d *deployment.Deployment) bool { return d.Calls.Schedule != nil }

func prompt(d *deployment.Deployment) bool { return d.Calls.Greeting.Prompt != "" }

// assumptions in the order of docs/assumptions.md.
var assumptions = []assumption{
	{Assumption{"A-LISTS", "lists of strings and numbers are outputs of a data action and arrive in the flow as collections; an empty list as an empty collection"}, nil},
	{Assumption{"A-FILTERS", "paths of the translation map are Jayway's of 2.1 or later: filters with &&, ||, !, null and regular expressions, and a filter without a match gives an empty list"}, nil},
	{Assumption{"A-REPLACE", "a variable of the translation map is JSON text on which Java's String.replace can be called"}, nil},
	{Assumption{"A-DEFAULT", "a default of the translation map is inserted as raw text"}, nil},
	{Assumption{"A-ESCAPE", "$esc.jsonString and $esc.url escape an input; #if compares an optional input with \"\" in a request"}, nil},
	{Assumption{"A-TIMEOUT", "when the flow's timeout of a data action is shorter than the action's own, the timeout path is taken after the flow's"}, nil},
	{Assumption{"A-TABLE-READ", "reading a row of a data table takes a flow one second at most"}, nil},
	{Assumption{"A-TABLE-KEY", "keys of a data table are compared exactly; they are written in lower case"}, nil},
	{Assumption{"A-ROW-PUT", "PUT of a row replaces it and answers with the row"}, breaker},
	{Assumption{"A-PARTICIPANT", "participant data that is absent reads as NOT_SET, and an empty text as NOT_SET or empty"}, kept},
	{Assumption{"A-DATETIME", "ToString of a DateTime begins with 2026-11-23T19:25:38"}, func(d *deployment.Deployment) bool { return kept(d) || breaker(d) }},
	{Assumption{"A-JUMP", "flow variables keep their values over jumpToTask"}, nil},
	{Assumption{"A-FLOW-ANEW", "a flow that takes a call over begins with the initial values of its variables, and reads the participant data that was set before"}, handsOver},
	{Assumption{"A-FLOW-POP", "a screen pop that was set before another flow took the call over pops unless that flow sets its own"}, popsBefore},
	{Assumption{"A-FIND", "FindQueue and FindSkill may be used in call flows and give NOT_SET for what has vanished"}, nil},
	{Assumption{"A-USER", "FindUserById may be used in call flows and gives NOT_SET for every text that is not the id of a user; an empty list of preferred agents prefers nobody"}, PrefersOwner},
	{Assumption{"A-PREFERRED", "a preferred agent who is no member of the queue, or not on it, keeps nobody waiting; a queue that does not route to preferred agents ignores him"}, PrefersOwner},
	{Assumption{"A-SCHEDULE", "a flow that cannot evaluate its schedule group takes its error handling, to the fallback queue; start and end of a schedule are times on the group's clocks, the start included and the end not"}, scheduled},
	{Assumption{"A-CALCULATED", "hs_calculated_phone_number and hs_calculated_mobile_number can be filtered on"}, e164},
	{Assumption{"A-SEARCHABLE", "HubSpot's searchable phone number is the national number without leading zeros"}, national},
	{Assumption{"A-NOT-HAS", "NOT_HAS_PROPERTY holds for contacts whose calculated number is empty"}, mixed},
	{Assumption{"A-ASSOCIATIONS", "several groups with associations.contact find the deals of several contacts"}, allOfThem},
	{Assumption{"A-COMPANY-DEALS", "a group with associations.company beside those of contacts finds the company's deals too, a deal of both once, with the scope of deals alone"}, companies},
	{Assumption{"A-COMPANY-NUMBER", "HubSpot compares a company's phone as the text that somebody typed, also with a list of some seventy texts"}, companyNumbers},
	{Assumption{"A-RESPELL", "Java's String.replace and replaceFirst can be called on an input in a request"}, companyNumbers},
	{Assumption{"A-SORT", "HubSpot sorts a page by a number or date from the greatest down; where empty values stand does not matter"}, deals},
	{Assumption{"A-DEAL-COUNT", "num_associated_deals is \"0\" only for contacts without deals"}, deals},
	{Assumption{"A-STATUS-207", "a data action takes the status 207 for a success, as it takes 200"}, keyed},
	{Assumption{"A-UNIQUE-KEY", "a batch read by a unique property finds the contact whose value is the very text, and says OBJECT_NOT_FOUND of a value that nobody has"}, keyed},
	{Assumption{"A-ROLLUP", "a rollup property is empty or 0 for a contact without deals, and follows a change of a deal after a while that nobody states"}, rolled},
	{Assumption{"A-LINK", "a contact's page is https://app.hubspot.com/contacts/PORTAL/record/0-1/ID, a company's …/record/0-2/ID"}, func(d *deployment.Deployment) bool { return d.HubSpot.Portal != "" && managedPop(d) }},
	{Assumption{"A-SCRIPT", "the file of an agent script has the shape of published ones; its variables are filled by a screen pop"}, managedPop},
	{Assumption{"A-ROLE", "a client may grant itself a role that it has made, and give it to another client"}, ownClient},
	{Assumption{"A-ACTION-VERSION", "each change of a published data action gives it another version, which the list of all shows"}, nil},
	{Assumption{"A-CREDENTIAL", "the platform takes a credential of an OAuth client without signing in with it"}, ownClient},
	{Assumption{"A-AUTH-KEPT", "the platform keeps what its auth action was answered, and runs it again, within the call, when a data action is answered 401 with it"}, platformRenews},
	{Assumption{"A-AUTH-TIME", "the time of the auth action is part of the data action's, so that the flow's timeout bounds both"}, platformRenews},
	{Assumption{"A-REFRESH-TOKEN", "a refresh token stays the same over renewals"}, refreshes},
	{Assumption{"A-CREDENTIAL-SOON", "data actions use a new value of their credential while the token before it is still valid"}, outsideRenews},
	{Assumption{"A-YAML-ERRORS", "the error handling of an inbound call flow takes a queue in the form seen in other flow types"}, nil},
	{Assumption{"A-YAML-TYPES", "variables and statements of each type have the key that the pattern of the seen ones gives"}, nil},
	{Assumption{"A-YAML-JUMP", "jumpToTask is written with targetTaskRef"}, nil},
	{Assumption{"A-YAML-TABLE", "dataTableLookup has a branch failure"}, nil},
	{Assumption{"A-YAML-VOICE", "textToSpeech takes defaultVoice"}, nil},
	{Assumption{"A-YAML-SCHEDULE", "evaluateScheduleGroup is written in call flows as the SDK names its parts; both groups are literals with a name"}, scheduled},
	{Assumption{"A-YAML-POP", "setScreenPop is written in call flows as in message flows"}, pops},
	{Assumption{"A-YAML-SKILLS", "skills of a transfer are a list of acdSkill items"}, skills},
	{Assumption{"A-YAML-FLOW", "transferToFlow has a branch failure, written as in the other transfers"}, handsOver},
	{Assumption{"A-YAML-PROMPT", "the initial greeting takes a prompt"}, prompt},
}

func assumptionsOf(d *deployment.Deployment) []Assumption {
	var out []Assumption
	for _, a := range assumptions {
		if a.used == nil || a.used(d) {
			out = append(out, a.Assumption)
		}
	}
	return out
}
