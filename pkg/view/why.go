package view

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/pkg/words"
)

// because says where the decision comes from. at gives the place of a rule.
func because(o *simulate.Outcome, at func(rule string) string) string {
	from := "no rule matches: the fallback"
	if o.Rule != "" {
		from = at(o.Rule)
	}
	switch o.Reason {
	case routing.ReasonKept:
		if from = words.Decided(o.Reason, ""); o.Rule == "" {
			from += ": the fallback"
		}
	case routing.ReasonError:
		if from = words.Decided(o.Reason, ""); o.Rule != "" {
			from = strings.TrimPrefix(at(o.Rule)+", then "+from, ", ")
		}
	}
	if scheduled(o) {
		from = "no rule is asked: calls.schedule." + o.Schedule + " decides"
	}
	return from
}

// scheduled tells that the schedule decided: no rule was asked then, and nobody looked up.
func scheduled(o *simulate.Outcome) bool { return o.Schedule != "" && o.Outcome == "" }

// elsewhere says, from what the call met, why its target is not the one that was decided.
func elsewhere(o *simulate.Outcome) []string {
	var out []string
	queue := o.Result.Queue
	names := func(lent bool) string { // the first target is the rule's, the next one the fallback's
		switch {
		case scheduled(o) && len(out) == 0:
			return ", which the schedule names"
		case o.Rule == "" || len(out) > 0:
			return ", which the fallback names"
		case lent:
			return ", which the rule takes from the fallback"
		}
		return ", which the rule names"
	}
	gone := func(t expr.Type, name string) bool {
		return slices.Contains(o.Gone, simulate.Thing{Type: t, Name: name})
	}
	said := 0
	missing := func(until int) {
		for ; said < until; said++ {
			if t := o.Gone[said]; t.Type == expr.Queue {
				out = append(out, fmt.Sprintf("not %s%s: there is no such queue", t.Name, names(o.FallbackQueue)))
			}
		}
	}
	again := false
	for _, f := range o.Failed {
		missing(f.Gone)
		switch {
		case f.Handling:
			out = append(out, fmt.Sprintf("error handling transfers to %s, and that failed: the call ends", f.To))
		case f.Flow:
			out = append(out, fmt.Sprintf("not flow %s%s: the call could not be handed to it", f.To, names(false)))
		case f.To != queue:
			if s := fmt.Sprintf("not %s%s: the transfer to it failed", f.To, names(o.FallbackQueue)); !gone(expr.Queue, f.To) && (len(out) == 0 || !strings.HasPrefix(out[len(out)-1], "not "+f.To+",")) {
				out = append(out, s)
			}
		case f.Skills > 0 && len(o.Result.Skills) == 0:
			again = true
			out = append(out, fmt.Sprintf("the transfer to %s with skills failed; it was tried again without", f.To))
		default:
			out = append(out, fmt.Sprintf("a first transfer to %s failed", f.To))
		}
	}
	missing(len(o.Gone))
	if o.Result.Handled && queue != "" {
		return append(out, fmt.Sprintf("%s is where error handling sends every call, without skills and priority", queue))
	}
	if queue == "" || again || moved(o) { // the fallback queue is asked for without skills
		return out
	}
	who := names(o.FallbackSkills)
	for _, t := range o.Gone {
		if t.Type == expr.Skill {
			out = append(out, fmt.Sprintf("without %s%s: there is no such skill", t.Name, who))
		}
	}
	return out
}

// unowned says why the owner is not asked first, of a call whose target prefers owners and that
// goes there.
func unowned(o *simulate.Outcome) []string {
	who := o.Owner
	if !who.Wanted || len(o.Result.Preferred) > 0 || moved(o) || o.Result.Handled {
		return nil
	}
	why := "the flow did not look who that is"
	switch {
	case taken(o):
		why = "a kept decision has none"
	case who.ID == "" && o.ContactID == "" && o.CompanyID == "":
		why = "HubSpot was not asked, or knows nobody"
	case who.ID == "" && o.ContactID == "":
		why = "the deal that counts has none, and there is no contact"
	case who.ID == "":
		why = "neither the deal that counts nor the contact has one"
	case who.Branch == "failure":
		why = "the table of owners could not be read"
	case who.Why != "":
		why = who.Why
	case who.Branch == "notFound":
		why = fmt.Sprintf("the table of owners has no row for owner %s", who.ID)
	case who.Branch == "found" && who.User == "":
		why = fmt.Sprintf("the table of owners names no user for owner %s", who.ID)
	case who.Branch == "found":
		why = fmt.Sprintf("the user whom the table of owners names for owner %s does not exist", who.ID)
	}
	return []string{"no owner is asked first: " + why}
}

// decisionNames are the participant data in which a leg of a conversation keeps its decision.
var decisionNames = []string{"dealroute_outcome", "dealroute_rule", "dealroute_priority", "dealroute_until", "dealroute_policy"}

// recalled tells that the flow read what an earlier leg left.
func recalled(o *simulate.Outcome) bool {
	return slices.ContainsFunc(o.Result.Path, func(s interp.Step) bool { return s.Type == "getParticipantData" })
}

// taken tells that an earlier leg's decision was: nothing else was asked for then. The reason
// is another one when the call could not be put through.
func taken(o *simulate.Outcome) bool {
	return o.Reason == routing.ReasonKept || recalled(o) && o.Row.Key == "" && len(o.Actions) == 0 && !o.Result.Handled
}

// earlier says why the decision of an earlier leg was not taken, of a call that carried one.
func earlier(o *simulate.Outcome) []string {
	data := o.Call.Conversation
	carried := slices.ContainsFunc(decisionNames, func(n string) bool { return data[n] != "" })
	const not = "an earlier leg's decision was not "
	switch {
	case !carried || len(o.Result.Path) == 0 || taken(o) || o.Result.Handled:
		return nil
	case o.Reason == routing.ReasonSchedule, o.Schedule != "" && o.Outcome == "":
		return []string{not + "asked for: the schedule decides before"}
	case !recalled(o) && o.Row.Key == "":
		return []string{not + "asked for: the caller's number is none to look up"}
	case !recalled(o):
		return []string{not + "asked for: the flow keeps none (enrichment.cache)"}
	}
	return []string{not + "taken: " + strings.Join(unsound(o, data), "; ")}
}

// unsound is what is wrong with a decision that the flow read and did not take, in the flow's
// own reading. A name of a rule that it does not know is wrong when nothing else is.
func unsound(o *simulate.Outcome, data map[string]string) []string {
	var out []string
	if x := routing.Outcome(data["dealroute_outcome"]); x == routing.LookupFailed || !slices.Contains(routing.Outcomes(), x) {
		out = append(out, fmt.Sprintf("dealroute_outcome %q is none that is kept", x))
	}
	if now, then := o.Result.ParticipantData["dealroute_policy"], data["dealroute_policy"]; now != then {
		out = append(out, fmt.Sprintf("dealroute_policy %q is another one than the flow's, %s", then, now))
	}
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	until := data["dealroute_until"]
	switch end := strings.NewReplacer("-", "", ":", "", "T", "").Replace(until); {
	case until == "":
		out = append(out, "dealroute_until is empty, as after a lookup without an answer, or of a call that went to another flow")
	case len(until) != 20 || len(end) != 15 || end[14:] != "Z" || !digits(end[:14]):
		out = append(out, fmt.Sprintf("dealroute_until %q is no time", until))
	case o.Call.At.UTC().Format("20060102150405") >= end[:14]:
		out = append(out, "it is too old (until "+until+")")
	}
	priority := data["dealroute_priority"]
	size := strings.TrimPrefix(priority, "-")
	if n, err := strconv.Atoi(size); err != nil || !digits(size) || len(size) > 8 || n > genesys.MaxPriority {
		out = append(out, fmt.Sprintf("dealroute_priority %q is no priority", priority))
	}
	if len(out) == 0 {
		out = append(out, fmt.Sprintf("dealroute_rule %q is no rule of the flow that leads to a queue", data["dealroute_rule"]))
	}
	return out
}

// asked says why HubSpot was not asked, or why its answer was of no use.
func asked(o *simulate.Outcome) []string {
	out := earlier(o)
	var last *simulate.ActionRun // that asked HubSpot
	for i, a := range o.Actions {
		if a.HubSpot {
			last = &o.Actions[i]
		}
		if a.Failure != "" {
			out = append(out, a.Action+": "+a.Failure)
		}
	}
	if taken(o) {
		return out
	}
	out = append(out, matched(o)...)
	out = append(out, company(o)...)
	failed := o.Outcome == string(routing.LookupFailed)
	switch {
	case last == nil && (failed || o.Outcome == string(routing.NoRecord)):
		out = append(out, "HubSpot was not asked: "+unasked(o))
	case last == nil || last.Failure != "" || o.Result.Handled:
	case o.Truncated && failed:
		none := ", and none of those read is open; whether another one is, is not known"
		if o.Contacts != nil && o.Deals == nil {
			none = "; by HubSpot's count the first have none, and whether the others have an open one is not known"
		}
		out = append(out, last.Action+": "+unread(o)+none)
	case o.Truncated:
		out = append(out, last.Action+": "+unread(o)+"; the value is that of those read")
	case !failed:
	default:
		out = append(out, last.Action+": HubSpot's answer lacks what the flow needs")
	}
	return out
}

// matching is how many of the contacts given are the caller's by their numbers, and how.
func matching(c *simulate.Contacts) (n int, how string) {
	if c.Exact > 0 {
		return c.Exact, "this number"
	}
	return c.Local, "this number in national form"
}

// matched says why contacts that HubSpot found are not the caller, and that some were not read.
func matched(o *simulate.Outcome) []string {
	c := o.Contacts
	if c == nil || c.Total <= 0 {
		return nil
	}
	var out []string
	off := c.Total > int64(c.Given)
	if o.Outcome == string(routing.NoRecord) && !o.Result.Handled {
		n, how := matching(c)
		switch {
		case n > 1:
			out = append(out, fmt.Sprintf("%d contacts have %s, and hubspot.lookup.duplicates is ambiguous-is-unknown", n, how))
		case n == 1 && off:
			out = append(out, fmt.Sprintf("a contact has %s, perhaps with others that were not read, and hubspot.lookup.duplicates is ambiguous-is-unknown", how))
		case n == 1:
			out = append(out, fmt.Sprintf("a contact has %s, and the flow did not take it", how))
		case c.Foreign == 1 && c.Given == 1:
			out = append(out, "a contact matches in national form only, and HubSpot calculated another number for it")
		case c.Foreign == c.Given && c.Given > 0:
			out = append(out, fmt.Sprintf("%d contacts match in national form only, and HubSpot calculated other numbers for them", c.Given))
		case c.Given == 1:
			out = append(out, "HubSpot's search gave a contact, and its number is not this one")
		default:
			out = append(out, fmt.Sprintf("HubSpot's search gave %d contacts, and the number of none is this one", c.Given))
		}
	}
	if off {
		out = append(out, fmt.Sprintf("HubSpot's search found %d contacts and gave %d of them: the others were not read", c.Total, c.Given))
	}
	return out
}

// company says why a company was or was not taken, of a call that looked for one by its number.
func company(o *simulate.Outcome) []string {
	c := o.Companies
	if c == nil || o.Result.Handled {
		return nil
	}
	const whose = "no contact has this number"
	switch {
	case c.Total <= 0:
		return []string{whose + ", and no company has it in a way of writing that is looked for"}
	case o.CompanyID != "" && c.Total == 1:
		return []string{whose + "; it is a company's own"}
	case o.CompanyID != "":
		return []string{fmt.Sprintf("%s; it is that of %d companies, of which this one was modified last", whose, c.Total)}
	case o.Outcome == string(routing.NoRecord) && c.Total > 1:
		return []string{fmt.Sprintf("%d companies have this number, and hubspot.lookup.duplicates is ambiguous-is-unknown", c.Total)}
	}
	return nil
}

// atOnce is the deals of how many contacts one request asks for.
func atOnce(o *simulate.Outcome) int {
	if o.Contacts != nil && o.Contacts.Company {
		return routing.MaxContacts - 1
	}
	return routing.MaxContacts
}

// unread says why not all deals of the caller were read: there are too many of them, or too
// many contacts or companies whose they are.
func unread(o *simulate.Outcome) string {
	var out []string
	more := o.Deals != nil && o.Deals.Total > routing.PageSize
	if more {
		out = append(out, fmt.Sprintf("the caller has %d deals, and one answer holds %d", o.Deals.Total, routing.PageSize))
	}
	if c := o.Companies; c != nil && o.Deals != nil && o.Deals.Companies > 1 && c.Total > int64(o.Deals.Companies) {
		out = append(out, fmt.Sprintf("%d companies have this number, and one request asks for the deals of %d", c.Total, o.Deals.Companies))
	}
	if c := o.Contacts; c != nil && (!more || o.Deals.Contacts > 1) {
		switch n, how := matching(c); {
		case n > atOnce(o):
			out = append(out, fmt.Sprintf("%d contacts have %s, and one request asks for the deals of %d", n, how, atOnce(o)))
		case c.Total > int64(c.Given):
			out = append(out, "perhaps more contacts have this number than were read")
		}
	}
	if len(out) == 0 {
		return partly(atOnce(o))
	}
	return strings.Join(out, "; ")
}

// partly is what a flow means that calls the value truncated; which of both is not known.
func partly(contacts int) string {
	return fmt.Sprintf("not all deals of the caller were read (one answer holds %d deals, one request asks for those of %d contacts)", routing.PageSize, contacts)
}

// unasked is why there was no request at all.
func unasked(o *simulate.Outcome) string {
	if s := row(o); s != "" {
		return s
	}
	if o.Result.Handled {
		return "the flow's error handling acted before"
	}
	if o.Row.Key != "" || o.Outcome != string(routing.NoRecord) {
		return "the flow went on without"
	}
	if o.Number != "" {
		return "the caller's number is one of the deployment's own"
	}
	_, err := phone.Parse(o.Call.ANI, "")
	switch {
	case strings.TrimSpace(o.Call.ANI) == "":
		return "the call shows no number"
	case errors.Is(err, phone.ErrWithheld):
		return "the number is withheld"
	case errors.Is(err, phone.ErrShort):
		return "the number has fewer than 7 digits"
	}
	return "what the call shows is not a phone number that the flow can read"
}

// row is what the control table says against asking HubSpot, or empty.
func row(o *simulate.Outcome) string {
	if o.Row.Branch == "failure" {
		return fmt.Sprintf("row %q of the control table could not be read", o.Row.Key)
	}
	for _, c := range o.Row.Cells {
		switch v := c.Value; {
		case !v.IsSet():
		case c.Name == "enabled" && v.Type() == expr.Boolean && !v.Bool():
			return "enrichment is switched off"
		case c.Name == "openUntil" && v.Type() == expr.String:
			if t, err := time.Parse(time.RFC3339, v.Text()); err == nil && o.Call.At.Before(t) {
				return "the breaker is open until " + v.Text()
			}
		}
	}
	return ""
}
