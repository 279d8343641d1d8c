package simulate_test

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// calls is how many callers each deployment of the campaign gets; see doc.go.
var calls = flag.Int("calls", 8, "callers for each deployment in TestTheCallIsThePolicy")

// onCommandLine are the flags that were given there: asked before any is set here.
var onCommandLine = sync.OnceValue(func() map[string]bool {
	given := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	return given
})

// checks sets how many deployments are made, unless the command line says it.
func checks(t *testing.T, n int) {
	t.Helper()
	given := onCommandLine()
	defaults := map[string]string{"rapid.checks": strconv.Itoa(n), "rapid.nofailfile": "true"}
	if !given["rapid.checks"] {
		// The short run repeats, so that it always shows every class; a campaign varies.
		defaults["rapid.seed"] = "7"
	}
	for name, value := range defaults {
		if given[name] {
			continue
		}
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
}

// A situation is all that decides about a call, beside the deployment.
type situation struct {
	caller
	same     []hubspot.Contact // those with the caller's number
	firms    []hubspot.Company // those that have it themselves
	unusable bool              // no number, or one of ours
	state    string            // of the schedule; empty without one
	off      string            // why HubSpot is not asked: enrichment is off, or the breaker open, or neither can be read
	contact  transport.FaultKind
	company  transport.FaultKind
	deals    transport.FaultKind
}

// A want is what the policy says about a situation.
type want struct {
	routing.Decision
	facts     routing.Facts
	Reason    string
	Ending    interp.Ending
	ContactID string
	CompanyID string
	Value     *routing.Decimal
	Requests  int
	Tokens    int    // requests more, since the platform needs a token
	Scheduled bool   // the schedule decided
	Open      string // number of open deals; "-" when none were read
	First     string // the user who is asked first
	Answered  bool
}

// expect is the policy's own account of a call; it knows nothing of the flow.
func expect(l line, s situation) want {
	p := l.d.Policy()
	var f routing.Facts
	w := want{Requests: 2, Open: "-", Ending: interp.EndQueue}
	switch {
	case l.d.Calls.Schedule.Ends(s.state):
		w.Requests, w.Scheduled = 0, true
	case s.unusable:
		f, w.Requests = routing.Unknown(s.at), 0
	case s.off != "":
		f, w.Requests = routing.NotAsked(s.at, s.off), 0
	case s.contact != "":
		f, w.Requests = routing.NotAsked(s.at, failure(s.contact)), 1
	default:
		f = routing.FactsOf(p, s.same, s.crm.Deals, s.at, s.firms...)
		w.Requests = 1
		if p.Company == routing.CompanyNumbers && f.Contacts == 0 {
			w.Requests++
			if s.company != "" {
				f = routing.NotAsked(s.at, failure(s.company))
				break
			}
		}
		if l.d.HubSpot.Lookup.Rolled() { // no deal is read
			break
		}
		if f.CompanyID != "" || f.ContactID != "" && (!s.assume.NoDealsIsZero || hasDeals(p, s)) {
			w.Requests++
			if s.deals != "" {
				f = routing.FactsWithoutDeals(p, s.same, s.at, failure(s.deals), s.firms...)
			}
		}
	}
	switch {
	case w.Requests == 0:
	case s.token == noToken:
		w.Tokens = 1
	case s.token == oldToken && s.contact == "":
		w.Tokens = 2 // with the request that is refused
	}
	home := l.d.HubSpot.Lookup.HomeCountries[0]
	f.Caller = routing.CallerOf(s.ani, home, l.d.Own())
	f.Called, _ = l.d.Number(cmp.Or(s.dnis, called))
	f.At = s.state
	w.facts = f
	w.Decision, w.ContactID, w.CompanyID, w.Value = routing.Decide(p, f), f.ContactID, f.CompanyID, f.Value
	w.Reason = w.Decision.Reason
	w.Answered = !s.unusable && !w.Scheduled && f.Outcome != routing.LookupFailed
	switch f.Outcome {
	case routing.ActiveDeal, routing.InactiveDeal, routing.ContactNoDeal:
		w.Open = fmt.Sprint(f.OpenDeals)
	}
	reach(l, s, &w)
	return w
}

// handsOver reports whether the rule's target is a flow, reached or not.
func handsOver(l line, w want) bool {
	return w.Index >= 0 && l.d.Routing.Rules[w.Index].To.Flow != ""
}

// failure is what a fault means to the flow.
func failure(k transport.FaultKind) string {
	if k == transport.FaultTimeout {
		return routing.FailureTimeout
	}
	return routing.FailureError
}

// hasDeals reports whether HubSpot counts a deal of a contact whose deals would be asked for.
func hasDeals(p routing.Policy, s situation) bool {
	if p.Duplicates != routing.DuplicatesAll {
		return anyDeal(s.crm, routing.FactsOf(p, s.same, nil, s.at).ContactID)
	}
	same := slices.Clone(s.same)
	slices.SortFunc(same, func(a, b hubspot.Contact) int { return b.UpdatedAt.Compare(a.UpdatedAt) })
	same = slices.DeleteFunc(same, func(c hubspot.Contact) bool { return c.Archived })
	return slices.ContainsFunc(same[:min(len(same), p.MaxContacts())], func(c hubspot.Contact) bool { return anyDeal(s.crm, c.ID) })
}

func anyDeal(crm hubspot.CRM, contact string) bool {
	return slices.ContainsFunc(crm.Deals, func(d hubspot.Deal) bool { return !d.Archived && slices.Contains(d.Contacts, contact) })
}

// reach is what the org makes of a decision.
func reach(l line, s situation, w *want) {
	gone := func(queue string) bool {
		return slices.Contains(s.org.MissingQueues, queue) || slices.Contains(s.org.FailingTransfers, queue)
	}
	if w.Scheduled && w.Queue+w.Flow == "" {
		w.Ending = interp.EndDisconnect
		return
	}
	if w.Flow != "" && !slices.Contains(s.org.MissingFlows, w.Flow) && !slices.Contains(s.org.FailingTransfers, w.Flow) {
		w.Ending = interp.EndFlow
		return
	}
	if w.Flow == "" && !gone(w.Queue) {
		w.Decision = w.WithoutSkills(s.org.MissingSkills...)
		w.First = userOf(w.Owner, s.org.Owners)
		return
	}
	w.Decision = l.d.Policy().WithoutTarget(w.Decision)
	if gone(w.Queue) {
		w.Queue, w.Priority, w.Reason, w.Ending = "", 0, "lastResort", interp.EndDisconnect
	}
}

// userOf is the user of an owner by the org's own data; empty when there is none.
func userOf(owner string, o simulate.Owners) string {
	user, _ := o.Rows[owner]["user"].(string)
	if o.Fails || !slices.Contains(o.Users, user) {
		return ""
	}
	return user
}

func (w want) String() string {
	v := "-"
	if w.Value != nil {
		v = w.Value.String()
	}
	return fmt.Sprintf("%s rule=%q %s %s %q %q priority=%d%s contact=%s%s open=%s value=%s requests=%d",
		w.Outcome, w.Rule, w.Reason, w.Ending, w.Queue+w.Flow, w.Skills, w.Priority, first(w.First), w.ContactID, ofCompany(w.CompanyID), w.Open, v, w.Requests+w.Tokens)
}

func ofCompany(id string) string {
	if id == "" {
		return ""
	}
	return " company=" + id
}

// said is what the flow made of a call, in the same words.
func said(o *simulate.Outcome) string {
	v, open := "-", "-"
	if o.Value != "" {
		v = o.Value
		if d, err := routing.ParseDecimal(v); err == nil {
			v = d.String()
		}
	}
	if o.OpenDeals != nil {
		open = fmt.Sprint(*o.OpenDeals)
	}
	r, agents := o.Result, ""
	for _, p := range r.Preferred {
		if agents += p.User; p.Score != "100" {
			agents += " " + p.Score
		}
	}
	return fmt.Sprintf("%s rule=%q %s %s %q %q priority=%d%s contact=%s%s open=%s value=%s requests=%d",
		o.Outcome, o.Rule, o.Reason, r.Ending, r.Target, r.Skills, r.Priority, first(agents), o.ContactID, ofCompany(o.CompanyID), open, v, o.Requests)
}

func first(agents string) string {
	if agents == "" {
		return ""
	}
	return " first=" + agents
}

// compare holds a call against the policy, and against what no call may do.
func compare(t failer, l line, s situation, o *simulate.Outcome, w want) {
	t.Helper()
	if got := said(o); got != w.String() {
		t.Fatalf("caller %q\ngot  %s\nwant %s\nproblems %v\nruns %+v\n%s%s", s.ani, got, w, o.Result.Problems, o.Actions, dump(s.crm), l.text)
	}
	always(t, l, o)
	pop := l.d.PopOf(w.Index)
	if shows := w.ContactID != "" && pop.Mode != deployment.PopNone || w.CompanyID != "" && pop.Mode == deployment.PopManaged; shows != (o.Result.ScreenPop != nil) {
		t.Fatalf("screen pop %+v, want %v", o.Result.ScreenPop, pop)
	}
	if o.Result.ScreenPop != nil && pop.Mode == deployment.PopScript && o.Result.ScreenPop.Script != pop.Script {
		t.Fatalf("script %q, want %q", o.Result.ScreenPop.Script, pop.Script)
	}
	written(t, l, o, w)
}

// always is what holds of every call.
func always(t failer, l line, o *simulate.Outcome) {
	t.Helper()
	switch {
	case o.Result.Handled || len(o.Result.Problems) > 0:
		t.Fatalf("flow error handling: %+v", o.Result.Problems)
	case o.HubSpot > l.d.Enrichment.Budget:
		t.Fatalf("the caller waited %s for HubSpot, the budget is %s", o.HubSpot, l.d.Enrichment.Budget)
	case o.Requests > mostRequests(l.d):
		t.Fatalf("%d requests", o.Requests)
	case o.Waited > o.HubSpot+time.Second+2*time.Second:
		t.Fatalf("waited %s, %s of it for HubSpot", o.Waited, o.HubSpot)
	}
}

// mostRequests is how often HubSpot may be asked in a call.
func mostRequests(d *deployment.Deployment) int {
	more := 0
	if d.HubSpot.Auth.ByPlatform() { // one that is refused, and for a token
		more = 2
	}
	switch l := d.HubSpot.Lookup; {
	case l.Rolled():
		return 1 + more
	case l.Company == routing.CompanyNumbers:
		return 3 + more
	}
	return 2 + more
}

// written holds the conversation's data against the decision; nothing else may be in it.
func written(t failer, l line, o *simulate.Outcome, w want) {
	t.Helper()
	data := o.Result.ParticipantData
	check := func(name, want string) {
		if data[name] != want {
			t.Fatalf("participant data %s is %q, want %q\nall %v", name, data[name], want, data)
		}
	}
	check("dealroute_outcome", string(w.Outcome))
	check("dealroute_rule", w.Rule)
	if handsOver(l, w) {
		check("dealroute_priority", "0")
	}
	if until := data["dealroute_until"]; (until != "") != (w.Answered && !handsOver(l, w) && l.d.Enrichment.Cache.Store == deployment.CacheConversation) {
		t.Fatalf("dealroute_until is %q of a lookup that was answered: %v, and goes to a flow: %v", until, w.Answered, handsOver(l, w))
	}
	for name := range data {
		if !strings.HasPrefix(name, "dealroute_") && !slices.Contains(l.d.Privacy.ParticipantData, name) {
			t.Fatalf("participant data %s is not among %v", name, l.d.Privacy.ParticipantData)
		}
	}
	if slices.Contains(l.d.Privacy.ParticipantData, "hubspot_contact_id") {
		check("hubspot_contact_id", w.ContactID)
	}
	if slices.Contains(l.d.Privacy.ParticipantData, "hubspot_company_id") {
		check("hubspot_company_id", w.CompanyID)
	}
}

func dump(crm hubspot.CRM) string {
	var b strings.Builder
	show := func(head string, ps hubspot.Properties) {
		b.WriteString(head)
		keys := make([]string, 0, len(ps))
		for k := range ps {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			if v := ps[k]; v != nil {
				fmt.Fprintf(&b, " %s=%q", k, *v)
			} else {
				fmt.Fprintf(&b, " %s=null", k)
			}
		}
		b.WriteByte('\n')
	}
	for _, c := range crm.Contacts {
		show(fmt.Sprintf("contact %s %s archived=%v", c.ID, c.UpdatedAt.Format(time.RFC3339), c.Archived), c.Properties)
	}
	for _, c := range crm.Companies {
		show(fmt.Sprintf("company %s %s archived=%v", c.ID, c.UpdatedAt.Format(time.RFC3339), c.Archived), c.Properties)
	}
	for _, d := range crm.Deals {
		show(fmt.Sprintf("deal %s of %v %v archived=%v", d.ID, d.Contacts, d.Companies, d.Archived), d.Properties)
	}
	return b.String()
}

// readings draws how the platform is where nothing is documented.
func (m maker) readings() simulate.Readings {
	bit := func(label string) bool { return rapid.Bool().Draw(m.t, label) }
	return simulate.Readings{
		Interp: interp.Options{
			NotSetQueue:           one(m.t, "not set queue", interp.NotSetError, interp.NotSetFailure),
			NotSetSkill:           one(m.t, "not set skill", interp.NotSetError, interp.NotSetAbsent),
			NotSetParticipantData: one(m.t, "not set data", interp.NotSetError, interp.NotSetEmpty, interp.NotSetAbsent),
			NotSetScreenPop:       one(m.t, "not set pop", interp.NotSetError, interp.NotSetEmpty, interp.NotSetAbsent),
			ShortCircuit:          bit("short circuit"),
		},
		DataAction: dataaction.Options{
			DropNullOutputs: bit("drop nulls"), LiteralReference: bit("literal reference"), EmptyBodyFails: bit("empty body fails"),
			QuoteBadDefaults: bit("quote bad defaults"), DefaultOnFault: bit("default on fault"), ExactNames: bit("exact names"),
			RejectTrailing: bit("reject trailing"), WholeNumbersOnly: bit("whole numbers only"), InputInSuccess: bit("input in success"), ShiftGaps: bit("shift gaps"),
		},
	}
}

// in puts the schedule group into a state.
func (s *situation) in(state string) {
	all, err := genesys.NewSchedule("all November", "2026-11-01T00:00:00", "2026-12-01T00:00:00", "")
	if err != nil {
		panic(err)
	}
	h, always := genesys.Hours{Zone: time.UTC}, []genesys.Schedule{all}
	s.state, s.org.Schedules.Emergencies = state, map[string]bool{"Evac": false}
	switch genesys.ScheduleState(state) {
	case genesys.StateEmergency:
		s.org.Schedules.Emergencies["Evac"] = true
		h.Holidays = always
	case genesys.StateHoliday:
		h.Holidays, h.Closed, h.Open = always, always, always
	case genesys.StateClosed:
		h.Closed, h.Open = always, always
	default:
		h.Open = always
	}
	s.org.Schedules.Groups = map[string]genesys.Hours{"Acme hours": h}
}

// situation draws a caller of a deployment and everything around him.
func (m maker) situation(l line) situation {
	t := m.t
	s := situation{}
	home := number(l.d)
	s.org, s.at, s.assume = l.newOrg(), noon, m.assumptions()
	s.org.Owners = m.ownersOf()
	if states := l.d.ScheduleStates(); states != nil {
		s.in(one(t, "state", states...))
	}
	s.crm, s.same, s.firms = m.account(l.d, home)
	s.ani = home
	switch one(t, "caller", "plain", "plain", "plain", "plain", "plain", "plain", "unusable", "unusable", "dressed", "from elsewhere") {
	case "unusable":
		s.unusable = true
		s.ani = one(t, "ani", "anonymous", "", "Restricted", "sip:Unavailable@anonymous.invalid", "911", "sip:ada@pbx.example", "555014", "nobody", "+15135550100", "sip:+15135550101@203.0.113.7", "+5215512345600", "+493023125100")
	case "dressed":
		s.ani = one(t, "dress", "tel:"+home, "sip:"+home+"@203.0.113.7;user=phone")
	case "from elsewhere":
		s.ani, s.same, s.firms = m.elsewhere(), nil, nil
	}
	s.dnis = m.dialled(l.d.HubSpot.Lookup.HomeCountries[0])
	switch one(t, "control", "as it is", "as it is", "as it is", "as it is", "as it is", "as it is", "as it is", "as it is", "as it is", "as it is", "as it is", "as it is", "as it is", "as it is", "off", "open", "closed again", "malformed", "no rows", "unreadable") {
	case "off":
		s.org.Rows["switch"]["enabled"], s.off = false, routing.FailureOff
	case "open":
		if l.d.Enrichment.Breaker.Enabled {
			s.off = routing.FailureBreaker
			s.org.Rows["breaker"]["openUntil"] = one(t, "open until", "2026-11-23T12:00:01Z", "2026-11-23T12:00:00.5Z", "2026-11-23T12:00:00.001Z", "2026-11-23T12:00:01.000000000Z", "2026-11-23T12:00:59.999Z")
		}
	case "closed again":
		if row := s.org.Rows["breaker"]; row != nil {
			row["openUntil"] = one(t, "closed since", "2026-11-23T12:00:00Z", "2026-11-23T12:00:00.000Z", "2026-11-23T11:59:59.999Z")
		}
	case "malformed":
		if row := s.org.Rows["breaker"]; row != nil {
			row["openUntil"] = one(t, "openUntil", "soon", "2026-11-23", "2026-11-23T12:00:01.Z", "2026-11-23T12:00:01.5", "2026-11-23T12:00:01,5Z", "2026-11-23T12:00:01.5+Z", "2026-11-23T12:00:01.xZ", "2026-11-23T12:00:01+01:00", "ÄÖÜ-11-23T12:00:01Z", "2026-1x-23T12:00:01Z")
		}
	case "no rows":
		s.org.Rows = map[string]map[string]any{}
	case "unreadable":
		s.org.TableFails, s.off = true, routing.FailureOff
	}
	if row := s.org.Rows["token"]; row != nil && rarely(t, "token") {
		row["hubspot_oauth_expiry"] = one[any](t, "token until", "2026-11-23T12:00:00Z", "2026-11-23T12:00:00.999Z", "2026-11-23T11:59:59Z", "", "soon", nil, "2026-11-23T12:30:00", "2026-11-23T12:30:00+00:00", "2026-11-23T12:30:00,5Z", "2026-11-23T12:00:01Z", "2026-11-23T12:00:01.5Z")
		if until, _ := row["hubspot_oauth_expiry"].(string); s.off == "" && !strings.HasPrefix(until, "2026-11-23T12:00:01") {
			s.off = routing.FailureOff
		}
	}
	if l.d.HubSpot.Auth.Outside() && s.org.Rows["token"] == nil && s.off == "" {
		s.off = routing.FailureOff
	}
	if l.d.HubSpot.Auth.ByPlatform() {
		s.token = one(t, "held", "", "", "", oldToken, noToken)
	}
	if rarely(t, "fault") {
		kinds := transport.FaultKinds()
		s.contact = one(t, "contact's fault", append(kinds, "")...)
		s.company = one(t, "company's fault", append(kinds, "", "")...)
		s.deals = one(t, "deals' fault", append(kinds, "")...)
		for action, k := range map[string]transport.FaultKind{"find contact": s.contact, "find company": s.company, "find deals": s.deals} {
			if k != "" {
				s.faults = append(s.faults, transport.Fault{Action: action, Kind: k})
			}
		}
	}
	if rarely(t, "vanished") {
		s.org.MissingQueues = some(t, "missing queues", 2, queues...)
		s.org.MissingSkills = some(t, "missing skills", 3, skills...)
		s.org.FailingTransfers = some(t, "failing transfers", 2, append(slices.Clone(queues), flows[:2]...)...)
	}
	if rarely(t, "flows vanished") {
		s.org.MissingFlows = append(some(t, "missing flows", 2, flows[1:]...), flows[0])
	}
	return s
}

// companyKinds are what a company can be to a call.
var companyKinds = []string{"a contact's company: with deals", "a contact's company: without", "a company by its number: with deals", "a company by its number: without", "a company by its number: lookup failed", "no company by its number"}

// byCompany is what a company is to a call; empty where none is asked for.
func byCompany(l line, w want) string {
	company := l.d.HubSpot.Lookup.Company
	switch {
	case company == routing.CompanyNone || w.Requests == 0 || w.ContactID != "" && w.CompanyID == "":
		return ""
	case w.ContactID != "" && w.facts.Deals > 0:
		return companyKinds[0]
	case w.ContactID != "":
		return companyKinds[1]
	case company == routing.CompanyDeals || w.Requests == 1:
		return ""
	case w.Outcome == routing.LookupFailed:
		return companyKinds[4]
	case w.CompanyID == "":
		return companyKinds[5]
	case w.facts.Deals > 0:
		return companyKinds[2]
	}
	return companyKinds[3]
}

// The whole call is the policy: whatever is in HubSpot, whatever fails, whatever the org has
// lost, the rendered flow with the rendered data actions sends the caller where
// routing.Decide sends him, under every reading of what the vendors leave open.
func TestTheCallIsThePolicy(t *testing.T) {
	checks(t, 240)
	outcomes, conditions := map[string]int{}, tally{}
	rapid.Check(t, func(t *rapid.T) {
		m := maker{t}
		l := rendered(t, m.deployment()).under(t, m.readings())
		for range *calls {
			s := m.situation(l)
			w := expect(l, s)
			o := l.call(t, s.caller)
			compare(t, l, s, o, w)
			outcomes[string(w.Outcome)+" "+w.Reason]++
			if !w.Scheduled {
				conditions.took(asked(l.d.Policy(), w.facts))
			}
			if w.Rule != "" && l.d.Routing.Rules[w.Index].To.PrefersOwner() {
				outcomes[ownerCase(s, w)]++
			}
			if kind := byCompany(l, w); kind != "" {
				outcomes[kind]++
			}
			if handsOver(l, w) {
				outcomes["to a flow, ending in "+string(w.Ending)]++
			}
			l.callAgain(t, s, o, w)
		}
	})
	t.Log(outcomes)
	for _, kind := range companyKinds {
		if outcomes[kind] == 0 && kind != companyKinds[4] { // rare; TestTheSearchForACompanyFailsInEachWay has them all
			t.Errorf("no call had %s", kind)
		}
	}
	if outcomes[" "+routing.ReasonSchedule] == 0 {
		t.Error("no call was ended by the schedule")
	}
	for _, o := range routing.Outcomes() {
		for _, reason := range []string{routing.ReasonRule, routing.ReasonFallback} {
			if outcomes[string(o)+" "+reason] == 0 {
				t.Errorf("no caller was %s by %s", o, reason)
			}
		}
	}
	conditions.check(t, kinds()...)
	for _, c := range []string{"asked first", "known, and no user", "of the contact, asked first", "nobody's"} {
		if outcomes["owner "+c] == 0 {
			t.Errorf("no caller of a rule that prefers owners had an owner %s", c)
		}
	}
	for _, e := range []interp.Ending{interp.EndFlow, interp.EndQueue} {
		if outcomes["to a flow, ending in "+string(e)] == 0 {
			t.Errorf("no caller of a rule with a flow ended in a %s", e)
		}
	}
}

// ownerCase says what became of the owner of a call whose rule prefers owners.
func ownerCase(s situation, w want) string {
	ofContact := w.facts.Deal == nil || !slices.ContainsFunc(s.crm.Deals, func(d hubspot.Deal) bool {
		_, owned := d.Properties.Get(hubspot.PropOwner)
		return d.ID == w.facts.Deal.ID && owned
	})
	switch {
	case w.facts.Owner == "":
		return "owner nobody's"
	case w.First == "":
		return "owner known, and no user"
	case ofContact:
		return "owner of the contact, asked first"
	}
	return "owner asked first"
}

// callAgain holds what a call leaves behind: an open breaker, or a decision that is kept.
func (l line) callAgain(t failer, s situation, o *simulate.Outcome, w want) {
	t.Helper()
	if w.Scheduled {
		return
	}
	next := s
	next.faults, next.contact, next.company, next.deals = nil, "", "", ""
	next.at = s.at.Add(o.Waited)
	looked := l.d.HubSpot.Lookup.Company == routing.CompanyNumbers && w.ContactID == "" && w.Requests > 1 // for a company
	asked := w.Requests > 2 || w.Requests == 2 && !looked                                                 // for deals
	failed := !s.unusable && s.off == "" && (s.contact != "" || s.company != "" && looked || s.deals != "" && asked)
	_, row := s.org.Rows["breaker"]
	switch {
	case failed && l.d.Enrichment.Breaker.Enabled && row:
		next.off = routing.FailureBreaker
		compare(t, l, next, l.call(t, next.caller), expect(l, next))
	case handsOver(l, w): // which may send the call back: it is decided anew, whatever an earlier leg left
		next.conversation = maps.Clone(o.Result.ParticipantData)
		compare(t, l, next, l.call(t, next.caller), expect(l, next))
		next.conversation["dealroute_until"] = "2027-01-01T00:00:00Z" // which no leg leaves there
		compare(t, l, next, l.call(t, next.caller), expect(l, next))
		next.conversation["dealroute_rule"], next.conversation["dealroute_until"] = "", "2026-11-23T11:59:59Z"
		compare(t, l, next, l.call(t, next.caller), expect(l, next))
	case w.Answered && l.d.Enrichment.Cache.Store == deployment.CacheConversation:
		next.conversation = o.Result.ParticipantData
		next.crm = hubspot.CRM{} // it would be another answer
		again := l.call(t, next.caller)
		k := w
		k.Requests, k.Tokens, k.Open, k.Value, k.First = 0, 0, "-", nil, ""
		if k.Reason != "lastResort" {
			k.Reason = "kept"
		}
		if !slices.Contains(l.d.Privacy.ParticipantData, "hubspot_contact_id") {
			k.ContactID = ""
		}
		if !slices.Contains(l.d.Privacy.ParticipantData, "hubspot_company_id") {
			k.CompanyID = ""
		}
		if got := said(again); got != k.String() {
			t.Fatalf("kept %v\ngot  %s\nwant %s", next.conversation, got, k)
		}
		always(t, l, again)
		for _, state := range l.d.ScheduleStates() { // what is not asked again is whether rules hold; what ends a call still does
			if l.d.Calls.Schedule.Ends(state) {
				next.in(state)
				if got, want := said(l.call(t, next.caller)), expect(l, next).String(); got != want {
					t.Fatalf("%s, with a decision that was kept\ngot  %s\nwant %s", state, got, want)
				}
			}
		}
	}
}
