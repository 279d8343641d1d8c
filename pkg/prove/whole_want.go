package prove

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/routing"
)

// A reference says what the deployment means for a call. It knows neither flow nor data
// actions.
type reference struct {
	d    *deployment.Deployment
	p    routing.Policy
	home string
	own  []string
	read *addresses
}

func newReference(d *deployment.Deployment) reference {
	return reference{d: d, p: d.Policy(), home: d.HubSpot.Lookup.HomeCountries[0], own: d.Own(), read: &addresses{of: map[string]address{}, called: map[string]string{}, firms: map[[2]string]bool{}}}
}

// addresses are those that were read before: reading one costs as much as a whole call.
type addresses struct {
	mu     sync.Mutex
	of     map[string]address
	called map[string]string
	firms  map[[2]string]bool // whether a number is a company's, as its phone is written
}

// An address is what the text of a caller's number says.
type address struct {
	caller routing.Caller
	number phone.Number
	usable bool
}

func (r reference) address(ani string) address {
	r.read.mu.Lock()
	defer r.read.mu.Unlock()
	a, ok := r.read.of[ani]
	if !ok {
		n, err := phone.Parse(ani, r.home)
		a = address{routing.CallerOf(ani, r.home, r.own), n, err == nil}
		r.read.of[ani] = a
	}
	return a
}

func (r reference) calledNumber(dnis string) string {
	r.read.mu.Lock()
	defer r.read.mu.Unlock()
	n, ok := r.read.called[dnis]
	if !ok {
		n, _ = r.d.Number(dnis)
		r.read.called[dnis] = n
	}
	return n
}

// firms are the companies that have a number themselves.
func (r reference) firms(n phone.Number, all []hubspot.Company) []hubspot.Company {
	r.read.mu.Lock()
	defer r.read.mu.Unlock()
	var out []hubspot.Company
	for i, c := range all {
		text, _ := c.Properties.Get(hubspot.PropPhone)
		k := [2]string{n.E164(), text}
		is, known := r.read.firms[k]
		if !known {
			is = len(routing.CompaniesOf(r.d.HubSpot.Lookup.HomeCountries, n, all[i:i+1])) > 0
			r.read.firms[k] = is
		}
		if is {
			out = append(out, c)
		}
	}
	return out
}

// A want is what a call must become.
type want struct {
	routing.Decision                  // as the org can carry it out
	decided          routing.Decision // before that
	facts            routing.Facts
	ending           interp.Ending
	user             string // who is asked first
	scheduled        bool   // the schedule ended the call
	silent           bool   // HubSpot must not be asked
	kept             bool   // the decision is an earlier leg's
	answered         bool   // HubSpot was asked and did answer
	contact, company string
	value            *routing.Decimal
	data             map[string]string // of an earlier leg, that stay
}

func failureOf(k FaultKind) string {
	if k == FaultTimeout || k.answers() {
		return routing.FailureTimeout
	}
	return routing.FailureError
}

// facts are what the call says before any rule is asked; silent tells that HubSpot must not be
// asked for it. failed tells which lookup failed and how: by role.
func (r reference) facts(s *Witness, failed func(role string) string) (f routing.Facts, silent bool) {
	a := r.address(s.ANI)
	caller, number := a.caller, a.number
	defer func() { f.Caller, f.At, f.Called = caller, s.State, r.calledNumber(s.DNIS) }()
	off := r.off(s)
	switch {
	case r.d.Calls.Schedule.Ends(s.State):
		return routing.Facts{}, true
	case caller.Number != routing.NumberUsable:
		return routing.Unknown(s.At), true
	case off != "":
		return routing.NotAsked(s.At, off), true
	}
	if why := failed(blueprint.RoleFindContact); why != "" {
		return routing.NotAsked(s.At, why), false
	}
	l := r.d.HubSpot.Lookup
	same := r.callers(number, s.CRM.Contacts)
	var firms []hubspot.Company
	if l.Company == routing.CompanyNumbers {
		firms = r.firms(number, s.CRM.Companies)
	}
	f = routing.FactsOf(r.p, same, s.CRM.Deals, s.At, firms...)
	if why := failed(blueprint.RoleFindCompany); why != "" && r.p.Company == routing.CompanyNumbers && f.Contacts == 0 {
		return routing.NotAsked(s.At, why), false
	}
	if why := failed(blueprint.RoleFindDeals); why != "" {
		f = routing.FactsWithoutDeals(r.p, same, s.At, why, firms...)
	}
	return f, false
}

// callers are the contacts that have a number.
func (r reference) callers(n phone.Number, all []hubspot.Contact) []hubspot.Contact {
	if r.p.Keyed != nil {
		return r.p.Keyed.Callers(n, all)
	}
	l := r.d.HubSpot.Lookup
	return routing.Callers(l.Match, l.HomeCountries, n, all)
}

// rollup are the properties that stand for a contact's deals; nil when these are read.
func (r reference) rollup() *routing.Rollup {
	if r.p.Keyed == nil {
		return nil
	}
	return r.p.Keyed.Rollup
}

// off is why HubSpot is not asked; empty when it may be.
func (r reference) off(s *Witness) string {
	switch {
	case s.Org.TableFails:
		return routing.FailureOff
	case s.Org.NoRows && r.d.HubSpot.Auth.Outside():
		return routing.FailureOff
	case s.Org.NoRows:
		return ""
	case s.Org.Rows["switch"]["enabled"] == false:
		return routing.FailureOff
	}
	until, _ := s.Org.Rows["breaker"]["openUntil"].(string)
	if r.d.Enrichment.Breaker.Enabled && openTime().MatchString(until) {
		if t, err := time.Parse(time.RFC3339, until); err == nil && t.After(s.At.Truncate(time.Second)) {
			return routing.FailureBreaker
		}
	}
	if row, said := s.Org.Rows[genesys.TokenRow]; said && r.d.HubSpot.Auth.Outside() {
		end, _ := row[genesys.TokenExpiry].(string)
		t, err := time.Parse(time.RFC3339, end)
		if !openTime().MatchString(end) || err != nil || !t.Truncate(time.Second).After(s.At.Truncate(time.Second)) {
			return routing.FailureOff
		}
	}
	return ""
}

// openTime is the one form of a time in which the breaker is open.
var openTime = pattern.Of(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z$`)

// of is what must become of a call. What failed is known from the call itself: a request that
// was not made cannot fail.
func (r reference) of(s *Witness, failed func(role string) string) want {
	f, silent := r.facts(s, failed)
	w := want{facts: f, silent: silent, contact: f.ContactID, company: f.CompanyID, value: f.Value, ending: interp.EndQueue}
	w.scheduled = r.d.Calls.Schedule.Ends(s.State)
	w.Decision = routing.Decide(r.p, f)
	w.decided = w.Decision
	w.answered = !w.scheduled && f.Caller.Number == routing.NumberUsable && f.Outcome != routing.LookupFailed
	r.reach(&s.Org, &w)
	return w
}

// handsOver reports whether the rule's target is a flow, reached or not.
func (w want) handsOver() bool { return !w.scheduled && w.decided.Flow != "" }

// reach is what the org makes of a decision.
func (r reference) reach(o *Org, w *want) {
	gone := func(queue string) bool {
		return slices.Contains(o.MissingQueues, queue) || slices.Contains(o.FailingTransfers, queue)
	}
	switch {
	case w.scheduled && w.Queue+w.Flow == "":
		w.ending = interp.EndDisconnect
		return
	case w.Flow != "" && !slices.Contains(o.MissingFlows, w.Flow) && !slices.Contains(o.FailingTransfers, w.Flow):
		w.ending = interp.EndFlow
		return
	case w.Flow == "" && !gone(w.Queue):
		w.Decision = w.WithoutSkills(o.MissingSkills...)
		if user, _ := o.Owners.Rows[w.Owner]["user"].(string); w.Owner != "" && !o.Owners.Fails && (o.Owners.Users == nil || slices.Contains(o.Owners.Users, user)) {
			w.user = user
		}
		return
	}
	w.Decision = r.p.WithoutTarget(w.Decision)
	if gone(w.Queue) {
		w.Queue, w.Priority, w.Reason, w.ending = "", 0, routing.ReasonLastResort, interp.EndDisconnect
	}
}

// leg is what must become of a call that brings the data of an earlier leg, which had this
// decision and wrote that; changed tells what somebody changed in it since.
func (r reference) leg(s *Witness, before want, wrote map[string]string, failed func(role string) string) want {
	w := r.of(s, failed)
	w.data = s.Conversation
	if w.scheduled || w.facts.Caller.Number != routing.NumberUsable || r.d.Enrichment.Cache.Store != deployment.CacheConversation ||
		!r.sound(s, before, wrote) {
		return w
	}
	name := s.Conversation["dealroute_rule"]
	i := slices.IndexFunc(r.p.Rules, func(x routing.Rule) bool { return x.Name == name })
	to := r.p.Fallback
	if i >= 0 {
		to = r.p.Rules[i].To
	}
	priority, _ := whole32(s.Conversation["dealroute_priority"])
	k := want{
		kept: true, silent: true, ending: interp.EndQueue, data: s.Conversation, facts: routing.Facts{Caller: w.facts.Caller, Called: w.facts.Called, At: w.facts.At},
		contact: r.keptID(s, "hubspot_contact_id"), company: r.keptID(s, "hubspot_company_id"),
	}
	k.Decision = routing.Decision{
		Outcome: routing.Outcome(s.Conversation["dealroute_outcome"]), Rule: name, Index: i, Reason: routing.ReasonKept,
		Queue: to.Queue, Skills: to.Skills, Priority: priority, ByValue: priority - to.Priority,
	}
	k.decided = k.Decision
	r.reach(&s.Org, &k)
	k.user = "" // without preferred owner
	return k
}

// keptID is an id that may be kept with the conversation, and is.
func (r reference) keptID(s *Witness, name string) string {
	if !slices.Contains(r.d.Privacy.ParticipantData, name) {
		return ""
	}
	return s.Conversation[name]
}

// sound reports whether kept data are a decision that is to be taken.
func (r reference) sound(s *Witness, before want, wrote map[string]string) bool {
	c := s.Conversation
	until, err := time.Parse("2006-01-02T15:04:05Z", c["dealroute_until"])
	_, ok := whole32(c["dealroute_priority"])
	rule := c["dealroute_rule"] == "" || slices.ContainsFunc(r.p.Rules, func(x routing.Rule) bool { return x.Name == c["dealroute_rule"] && x.To.Flow == "" })
	outcome := routing.Outcome(c["dealroute_outcome"])
	return before.answered && err == nil && until.After(s.At.Truncate(time.Second)) && ok && rule &&
		c["dealroute_policy"] != "" && c["dealroute_policy"] == wrote["dealroute_policy"] &&
		outcome != routing.LookupFailed && slices.Contains(routing.Outcomes(), outcome)
}

// whole32 reads a priority as it is written down.
func whole32(text string) (int, bool) {
	digits := strings.TrimPrefix(text, "-")
	if digits == "" || len(digits) > 8 || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	n := 0
	for _, c := range digits {
		n = n*10 + int(c-'0')
	}
	if digits != text {
		n = -n
	}
	return n, n >= genesys.MinPriority && n <= genesys.MaxPriority
}

// label is the name of a stage, its id without one.
func (r reference) label(stage string) string {
	if name := r.p.Stages[stage]; name != "" {
		return name
	}
	return stage
}

// participant is what must be written with the conversation, by name; a name that is not here
// is not written by us.
func (r reference) participant(w want) map[string]string {
	if w.kept {
		return w.data
	}
	out := map[string]string{}
	if r.d.Calls.Schedule != nil {
		out["dealroute_schedule"] = w.facts.At
	}
	if w.scheduled {
		return out
	}
	out["dealroute_outcome"], out["dealroute_rule"] = string(w.Outcome), w.Rule
	out["dealroute_priority"] = itoa(w.decided.Priority)
	for _, name := range r.d.Privacy.ParticipantData {
		v := ""
		switch name {
		case "hubspot_contact_id":
			v = w.contact
		case "hubspot_company_id":
			v = w.company
		case "hubspot_deal_stage":
			if w.facts.Deal != nil {
				v = w.facts.Deal.Stage
			}
		case "hubspot_deal_stage_label":
			if w.facts.Deal != nil {
				v = r.label(w.facts.Deal.Stage)
			}
		case "hubspot_customer_value":
			if w.value != nil {
				v = w.value.String()
			}
		case "hubspot_value_truncated":
			v = map[bool]string{true: "true", false: "false"}[w.facts.Truncated]
		case "hubspot_outcome":
			v = string(w.Outcome)
		default:
			continue
		}
		out[name] = v
	}
	return out
}

// shown is what the agent must see, by the script's variable. Nothing is said of a kept decision
// but who calls.
func (r reference) shown(w want) map[string]string {
	out := map[string]string{"contactId": w.contact, "companyId": w.company, "link": "", "companyLink": ""}
	page := func(object, id string) string {
		if id == "" || r.d.HubSpot.Portal == "" {
			return ""
		}
		return "https://app.hubspot.com/contacts/" + r.d.HubSpot.Portal + "/record/" + object + "/" + id
	}
	out["link"], out["companyLink"] = page("0-1", w.contact), page("0-2", w.company)
	if w.kept {
		return out
	}
	out["dealId"], out["stage"], out["value"] = "", "", ""
	if deal := w.facts.Deal; deal != nil {
		out["dealId"], out["stage"] = deal.ID, r.label(deal.Stage)
	}
	if w.value != nil {
		out["value"] = w.value.String()
	}
	for name := range r.p.Facts {
		out["fact_"+name] = r.factText(w.facts, name)
	}
	return out
}

// factText is a fact as an agent reads it.
func (r reference) factText(f routing.Facts, name string) string {
	v, ok := f.Values[name]
	if !ok {
		return ""
	}
	switch v.Type {
	case routing.NumberFact:
		return v.Number.String()
	case routing.DateFact:
		return v.Day.Format(time.DateOnly)
	}
	return v.Text
}
