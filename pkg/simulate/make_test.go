package simulate_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// Everything is drawn out of few values, so that ties and borders are common.

type object = map[string]any

// below draws a number from 0 on, each as often as any other. Rapid's own numbers and samples
// are mostly the first ones, and what comes late in a list is hardly ever drawn.
func below(t *rapid.T, label string, n int) int {
	var bits int
	for range 10 {
		bits <<= 1
		if rapid.Bool().Draw(t, label) {
			bits |= 1
		}
	}
	return bits % n
}

func one[T any](t *rapid.T, label string, from ...T) T { return from[below(t, label, len(from))] }

// mostly draws the first in more than half of the draws.
func mostly[T any](t *rapid.T, label string, first T, others ...T) T {
	if rapid.Bool().Draw(t, label) {
		return first
	}
	return one(t, label, append(others, first)...)
}

// some draws a list of different elements, perhaps empty.
func some[T any](t *rapid.T, label string, most int, from ...T) []T {
	n := below(t, label, min(most, len(from))+1)
	return rapid.Permutation(from).Draw(t, label)[:n]
}

// often is true in most draws, rarely in few.
func often(t *rapid.T, label string) bool  { return rapid.IntRange(0, 7).Draw(t, label) != 6 }
func rarely(t *rapid.T, label string) bool { return rapid.IntRange(0, 11).Draw(t, label) >= 10 }

var (
	queues = []string{"Sales", "Customer Care", `Büro "Nord"`, "It's urgent"}
	skills = []string{"Senior_Account_Managers", "English", `Klug & "weise"`, "Ж"}
	flows  = []string{"Renewal menu", `Menü "2"`, "Sales"} // the last one is a queue, too
	names  = []string{"negotiation", "it's \"quoted\"", `back\slash`, "größte {Kunden}", "a: b # c", "rule 6", "rule 7"}
	stages = []string{"appointmentscheduled", "contractsent", "985123456", "closedwon", "closedlost", "1214320997", "1214320998"}
)

func (m maker) target(priorities bool) object {
	to := object{"queue": one(m.t, "queue", queues...)}
	if s := some(m.t, "skills", 3, skills...); len(s) > 0 {
		to["skills"] = s
	}
	if priorities {
		to["priority"] = one(m.t, "priority", 0, 1, 10, -5, 20_000_000)
	}
	return to
}

type maker struct{ t *rapid.T }

var bounds = []string{"0", "0.01", "100", "1000", "2500.5", "5000", "49999.999", "50000", "250000", "1000000000000", "-20"}

// facts are those that a deployment can declare; a test on each of its kind.
func (m maker) facts() (object, map[string]func() any) {
	all := map[string]object{
		"tier": {"contact": "customer_tier"}, "vip": {"contact": "vip", "type": "boolean"}, "score": {"contact": "engagement_score", "type": "number"},
		"since": {"contact": "customer_since", "type": "date"}, "product": {"deal": "product_line"}, "margin": {"deal": "margin", "type": "number"},
		"urgent": {"deal": "urgent", "type": "boolean"}, "renewal": {"deal": "renewal_date", "type": "date"},
		"Company": {"contact": "company"}, "deal_name": {"deal": "dealname"},
	}
	facts, tests := object{}, map[string]func() any{}
	for _, name := range some(m.t, "facts", 6, slices.Sorted(maps.Keys(all))...) {
		facts[name] = all[name]
		kind, _ := all[name]["type"].(string)
		tests[name] = func() any { return m.factTest(kind) }
	}
	return facts, tests
}

func (m maker) factTest(kind string) any {
	if one(m.t, "set", true, false, false, false, false, false) {
		return object{"set": one(m.t, "set or not", true, false)}
	}
	switch kind {
	case routing.NumberFact:
		if often(m.t, "bounds") {
			return m.between(bounds[:6]...)
		}
		if rarely(m.t, "not") {
			return object{"not": append(some(m.t, "not numbers", 2, 0, 80, 0.25), 20.5)}
		}
		return some(m.t, "numbers", 3, 0, 80, 0.25, 20.5, -1)
	case routing.BooleanFact:
		return one(m.t, "boolean", true, false)
	case routing.DateFact:
		switch one(m.t, "kind of day", "within", "within", "not", "before", "after", "after", "both") {
		case "not":
			return object{"not": append(some(m.t, "not days", 1, "2026-11-23"), "2020-02-29")}
		case "before", "after":
			return object{one(m.t, "side", "before", "after"): fmt.Sprintf("%dd", one(m.t, "days", 0, 1, 14, 30, -1, -7, 36525))}
		case "both":
			return object{"after": "-8d", "before": one(m.t, "end", "0d", "1d", "15d")}
		}
		if often(m.t, "within") {
			return object{"within": fmt.Sprintf("%dd", one(m.t, "days", 0, 1, 14, 30, -1, -7, 365, 36525, -36525))}
		}
		return one(m.t, "day", "2026-11-23", "2020-02-29")
	}
	switch one(m.t, "kind of text", "any", "any", "not", "prefix", "prefix", "case", "all") {
	case "not":
		return object{"not": append(some(m.t, "not texts", 2, "gold", "support", "a;b", "Gold", "12"), "platinum")}
	case "prefix":
		return object{"prefix": one(m.t, "prefix", "g", "pl", "sup", "a", "g", "s", "a", "p", "a;", "G", "spare", "\"", "$x", "1", ";")}
	case "case":
		return object{"any": append(some(m.t, "texts", 2, "GOLD", "Support", "A;B", "É"), "Platinum"), "case": "ignore"}
	case "all":
		return object{"not": []string{"SUPPORT"}, "prefix": one(m.t, "prefix", "Go", "P", "s", "A;"), "case": "ignore"}
	}
	return append(some(m.t, "texts", 2, "gold", "support", "spare parts", "a;b", "\"quoted\" \\ é", "$x #y", "Gold", "12"), "platinum")
}

// between is {min, max}, one of them or both.
func (m maker) between(from ...string) object {
	i := rapid.IntRange(0, len(from)-1).Draw(m.t, "least")
	j := rapid.IntRange(i, len(from)-1).Draw(m.t, "most")
	out := object{}
	if often(m.t, "has least") {
		out["min"] = json.Number(from[i])
	}
	if len(out) == 0 || rarely(m.t, "has most") {
		out["max"] = json.Number(from[j])
	}
	return out
}

func (m maker) when(tests map[string]func() any) object {
	out := object{}
	add := map[string]func(){
		"outcome": func() {
			out["outcome"] = append(some(m.t, "outcomes", 2, "no_record", "inactive_deal", "contact_no_deal", "lookup_failed"), "active_deal")
			if rarely(m.t, "not active") {
				out["outcome"] = one(m.t, "outcome", "no_record", "inactive_deal", "contact_no_deal", "lookup_failed")
			}
		},
		"stage": func() {
			out["stage"] = append(some(m.t, "stages", 2, stages...), one(m.t, "stage", "Negotiation", "won"))
		},
		"pipeline": func() { out["pipeline"] = one(m.t, "pipeline", "default", "671008549") },
		"won":      func() { out["won"] = one(m.t, "won", true, false) },
		"anyOpen": func() {
			a := object{}
			if one(m.t, "any stage", true, false) {
				a["stage"] = one[any](m.t, "stage", "Negotiation", "contractsent", "appointmentscheduled", []string{"contractsent", "closedwon"}, "1214320997")
			}
			if rarely(m.t, "any pipeline") {
				a["pipeline"] = one(m.t, "pipeline", "default", "671008549")
			}
			if len(a) == 0 || one(m.t, "any bounds", true, false) {
				for k, v := range m.between(bounds[:10]...) {
					a[k+"Value"] = v
				}
			}
			out["anyOpen"] = a
		},
		"openDeals": func() {
			out["openDeals"] = one(m.t, "openDeals", object{"min": 1}, object{"min": 2}, object{"max": 0}, object{"max": 1}, object{"min": 1, "max": 2}, object{"min": 0})
		},
		"failure": func() {
			out["failure"] = one[any](m.t, "failure", "timeout", "error", "breaker", "off", []string{"timeout", "off"}, []string{"error", "breaker"})
		},
		"caller": func() {
			c := object{}
			if one(m.t, "caller's number", true, false) {
				c["number"] = one[any](m.t, "number is", "withheld", "unreadable", "unreadable", "own", "usable", []string{"withheld", "unreadable"}, []string{"own", "usable"})
			}
			if len(c) == 0 || rarely(m.t, "country, too") {
				c["country"] = append(some(m.t, "countries", 2, "GB", "US", "DE", "JE", "AR", "IT"), one(m.t, "country", "CA", "MX", "BR", "PR", "VA"))
			}
			out["caller"] = c
		},
		"called": func() {
			out["called"] = one[any](m.t, "called", "+15135550100", "+493023125100", []string{"+525512345600", "+15135550100"}, []string{"+493023125100", "+525512345600"})
		},
		"at": func() {
			out["at"] = one[any](m.t, "at", "open", "closed", "holiday", []string{"open", "holiday"}, []string{"closed", "emergency"}, "emergency")
		},
		"lifecycle": func() { out["lifecycle"] = append(some(m.t, "lifecycles", 1, "lead"), "customer") },
		"value": func() {
			for k, v := range m.between(bounds[:9]...) {
				out[k+"Value"] = v
			}
		},
		"facts": func() {
			f := object{}
			for _, name := range some(m.t, "facts asked", 3, slices.Sorted(maps.Keys(tests))...) {
				f[name] = tests[name]()
				if l, ok := f[name].([]any); ok && len(l) == 0 {
					delete(f, name)
				}
				if l, ok := f[name].([]float64); ok && len(l) == 0 {
					f[name] = 80
				}
			}
			if len(f) > 0 {
				out["facts"] = f
			}
		},
	}
	for _, k := range some(m.t, "conditions", 2, slices.Sorted(maps.Keys(add))...) {
		add[k]()
	}
	if len(out) < 2 && one(m.t, "more facts", true, false) { // they are of many kinds
		add["facts"]()
	}
	if len(out) == 0 {
		out["minValue"] = json.Number(one(m.t, "minValue", bounds[:9]...))
	}
	return out
}

// deployment draws a deployment file, in JSON, which is YAML too.
func (m maker) deployment() string {
	t := m.t
	facts, tests := m.facts()
	lookup := object{
		"homeCountries": one(t, "home", []string{"US", "CA"}, []string{"GB", "US"}, []string{"DE"}, []string{"BR"}, []string{"MX", "US"}, []string{"AR"}, []string{"IT"}),
		"match":         one(t, "match", "mixed", "e164", "national"),
		"duplicates":    one(t, "duplicates", "best", "all", "ambiguous-is-unknown"),
		"company":       one(t, "company", "none", "numbers", "deals"),
	}
	if p := some(t, "pipelines", 2, "default", "671008549"); len(p) > 0 {
		lookup["pipelines"] = p
	}
	var rules []object
	for i := range one(t, "rules", 3, 4, 5, 6, 7, 0, 1, 2) {
		r := object{"name": names[i], "when": m.when(tests), "to": m.target(true)}
		to := r["to"].(object)
		switch one(t, "left out", "", "", "", "", "all", "queue", "queue and priority", "flow", "flow") {
		case "flow":
			r["to"] = object{"flow": one(t, "flow", flows...)}
		case "all":
			r["to"] = object{}
		case "queue":
			delete(to, "queue")
		case "queue and priority":
			delete(to, "queue")
			delete(to, "priority")
		}
		if _, flow := r["to"].(object)["flow"]; !flow && rarely(t, "flat") {
			r["to"].(object)["valuePriority"] = one(t, "valuePriority of the rule", false, true)
		}
		if _, leads := r["to"].(object)["flow"]; !leads && one(t, "owner", true, false, false) {
			r["to"].(object)["owner"] = "prefer"
		}
		if rarely(t, "pop") {
			r["to"].(object)["screenPop"] = one[any](t, "screenPop", "none", "managed", object{"script": "Concierge desk"})
		}
		rules = append(rules, r)
	}
	route := object{"rules": rules, "fallback": m.target(true)}
	if often(t, "valuePriority") {
		route["valuePriority"] = object{
			"per": json.Number(one(t, "per", "0.3", "1", "2500.5", "50000", "0.01")),
			"add": one(t, "add", 1, 3, 7), "max": one(t, "max", 1, 10, 40, 1_000_000),
		}
	}
	if len(rules) == 0 {
		delete(route, "rules")
	}
	if rarely(t, "fallback's pop") {
		route["fallback"].(object)["screenPop"] = one[any](t, "fallback's screenPop", "none", "managed", object{"script": "Front desk"})
	}
	names := deployment.ParticipantNames()
	if lookup["company"] == "none" {
		names = slices.DeleteFunc(names, func(n string) bool { return n == "hubspot_company_id" })
	}
	enrichment := object{
		"budget":    one(t, "budget", "2s", "3s", "5s"),
		"dealStage": one(t, "dealStage", "highest-value", "most-probable", "most-recent"),
		"breaker":   one[any](t, "breaker", "none", object{"afterTimeout": "15s", "afterFailure": "2s"}, object{"afterTimeout": "1m", "afterFailure": "1m"}),
		"cache":     one(t, "cache", object{"store": "none"}, object{"store": "conversation", "ttl": "5m"}, object{"store": "conversation", "ttl": "30s"}),
	}
	d := object{
		"version": 1, "name": "acme", "genesys": object{"region": "eu-central-1"},
		"hubspot": object{"portal": "24681357", "lookup": lookup, "facts": facts, "stages": m.stageNames()},
		"calls":   object{"numbers": []string{"+15135550100", "+493023125100", "+525512345600"}, "ownNumbers": []string{"+15135550101"}},
		"routing": route, "enrichment": enrichment,
		"screenPop": one[any](t, "deployment's screenPop", "managed", "none", object{"script": "Agent desk"}),
		"privacy":   object{"participantData": some(t, "participantData", 7, names...)},
	}
	if auth := one[any](t, "auth", nil, nil, object{"method": "oauth"}, object{"method": "oauth", "renew": "outside"}, object{"method": "oauth", "grant": "client-credentials", "tokenURL": "https://login.example.com/token"}); auth != nil {
		d["hubspot"].(object)["auth"] = auth
	}
	if lookup["company"] == "numbers" && enrichment["budget"] == "2s" {
		delete(enrichment, "budget")
	}
	if len(facts) == 0 {
		delete(d["hubspot"].(object), "facts")
	}
	if hours := m.schedule(); hours != nil {
		d["calls"].(object)["schedule"] = hours
	} else {
		for _, r := range rules { // there is nothing that at could ask
			if when := r["when"].(object); when["at"] != nil {
				if delete(when, "at"); len(when) == 0 {
					when["outcome"] = "active_deal"
				}
			}
		}
	}
	text, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// schedule draws what becomes of calls while the schedule group is not open; nil without one.
func (m maker) schedule() object {
	if one(m.t, "schedule", true, true, false) {
		return nil
	}
	out := object{"group": "Acme hours"}
	states := []string{"closed", "holiday"}
	if often(m.t, "emergency group") {
		out["emergencyGroup"], states = "Evac", append(states, "emergency")
	}
	for _, state := range states {
		off := object{}
		if one(m.t, state+" says", true, false) {
			off["message"] = `Wir haben "geschlossen": {bis} morgen # früh`
		}
		if one(m.t, state+" ends", true, false, false) {
			off["then"] = one[any](m.t, state+" then", "disconnect", object{"queue": one(m.t, "queue", queues...)}, object{"flow": one(m.t, "flow", flows...)})
		}
		if len(off) > 0 {
			out[state] = off
		}
	}
	return out
}

// stageNames gives names to ids; some are ids of other stages, too.
func (m maker) stageNames() object {
	out := object{"985123456": "Negotiation", "1214320997": "Negotiation", "closedwon": "won"}
	switch one(m.t, "stage names", "plain", "an id", "an id as well") {
	case "an id":
		out["1214320998"] = "closedwon"
		delete(out, "closedwon")
	case "an id as well":
		out["contractsent"], out["1214320999"] = "closedlost", "contractsent"
	}
	return out
}

// number is a caller of the first home country.
func number(d *deployment.Deployment) string {
	return map[string]string{"GB": "+442079460142", "US": "+15135550142", "DE": "+493023125142", "BR": "+5588987654321", "MX": "+525512345678", "AR": "+5491123456789", "IT": "+390612345678"}[d.HubSpot.Lookup.HomeCountries[0]]
}

// text draws a property; null is HubSpot's null, absent a property that the record never had.
func (m maker) text(ps hubspot.Properties, name string, values ...string) {
	switch v := one(m.t, name, append(values, "null", "absent", "")...); v {
	case "absent":
	case "null":
		ps[name] = nil
	default:
		ps[name] = &v
	}
}

func (m maker) fact(ps hubspot.Properties, name, kind string) {
	switch kind {
	case routing.NumberFact:
		m.text(ps, name, "0", "0.25", "0.01", "100", "80", "20.5", "79.999", "1000", "-1", "n/a", "5000.00", "1e2", "007", "+5", ".5", "1e999", "-", "1 000")
	case routing.BooleanFact:
		m.text(ps, name, "true", "false", "yes")
	case routing.DateFact:
		if one(m.t, "a plain day", true, false) {
			m.text(ps, name, "2026-11-23", "2026-11-22", "2026-11-24", "2026-12-07", "2026-11-16", "2020-02-29")
			return
		}
		m.text(ps, name, "2026-11-23", "2020-02-29", "2026-11-22", "2026-11-24T00:00:00Z", "2026-12-07", "2026-12-08", "2026-12-23", "2026-12-24",
			"2026-11-16", "2026-11-15T23:59:59.999Z", "2027-11-23", "2026-11-24", "soon", "2026-13-01", "2026-02-30", "2024-02-29", "2026-11-24T25:00:00Z",
			"2026-11-24T10:00:00+01:00", "2026-11-31", "2026-11-24T", "1900-02-29", "2026-11-24T10:00Z")
	default:
		if one(m.t, "a plain text", true, false) {
			m.text(ps, name, "gold", "platinum", "support;gold", "a;b")
			return
		}
		m.text(ps, name, "gold", "platinum", "support;gold", "spare parts", "a;b", "a;b;c", "\"quoted\" \\ é", "$x #y", "Gold", " gold", "12", "true", "[]", "{\"a\":1}", ";")
	}
}

// account draws an account, and gives the contacts and the companies that have the number.
func (m maker) account(d *deployment.Deployment, ani string) (hubspot.CRM, []hubspot.Contact, []hubspot.Company) {
	t := m.t
	crm := hubspot.CRM{Portal: d.HubSpot.Portal, Currency: "USD", Pipelines: []hubspot.Pipeline{hubspot.DefaultPipeline(), {ID: "671008549", Stages: []hubspot.Stage{
		{ID: "1214320997", Probability: "0.3"}, {ID: "1214320998", Closed: true, Won: true, Probability: "1.0"}, {ID: "1214320999", Closed: true, Probability: "0"},
	}}}}
	crm.Pipelines[0].Stages = append(crm.Pipelines[0].Stages, hubspot.Stage{ID: "985123456", Probability: "0.6"})
	var exact, like []hubspot.Contact
	n := one(t, "contacts", 1, 1, 1, 2, 1, 1, 1, 1, 3, 0, 7)
	companies := d.HubSpot.Lookup.Company != routing.CompanyNone
	if companies {
		n = one(t, "contacts beside companies", 1, 0, 2, 0, 1, 0, 5, 4, 7)
	}
	order := rapid.Permutation([]int{0, 1, 2, 3, 4, 5, 6, 7, 8}).Draw(t, "modified")
	for i := range n + rapid.IntRange(0, 2).Draw(t, "others") {
		c := hubspot.Contact{ID: fmt.Sprint(93 + i*7), UpdatedAt: noon.Add(-time.Duration(order[i]) * time.Hour), Properties: hubspot.Properties{}}
		m.text(c.Properties, hubspot.PropLifecycle, "customer", "lead", "opportunity")
		m.text(c.Properties, hubspot.PropOwner, owners...)
		for _, name := range slices.Sorted(maps.Keys(d.HubSpot.Facts)) {
			if f := d.HubSpot.Facts[name]; f.Contact != "" {
				m.fact(c.Properties, f.Contact, f.Type)
			}
		}
		if companies {
			m.text(c.Properties, hubspot.PropPrimaryCompany, "50", "50", "51", "52", "0", "007", "x", "7 0", "-1", "99999999999999999999")
		}
		found, national := i < n, false
		if found {
			found, national = m.withNumber(d, c.Properties, ani)
		} else {
			m.withAnother(c.Properties, ani)
		}
		if rarely(t, "archived") {
			c.Archived = true
		}
		crm.Contacts = append(crm.Contacts, c)
		switch {
		case found && national:
			like = append(like, c)
		case found && !c.Archived:
			exact = append(exact, c)
		}
	}
	same := exact // the number itself beats its national form
	if len(same) == 0 {
		same = like
	}
	var firms []hubspot.Company
	for i := range one(t, "companies", 0, 1, 2, 1, 3, 6) {
		c, found := m.firm(d, ani, 50+i)
		crm.Companies = append(crm.Companies, c)
		if found {
			firms = append(firms, c)
		}
	}
	for i := range one(t, "deals", 1, 2, 3, 2, 1, 0, 6, 3) {
		crm.Deals = append(crm.Deals, m.deal(d, crm, 95+i*3))
	}
	return crm, same, firms
}

// firm draws a company, and says whether it has the caller's number.
func (m maker) firm(d *deployment.Deployment, ani string, id int) (hubspot.Company, bool) {
	c := hubspot.Company{ID: fmt.Sprint(id), UpdatedAt: noon.Add(-time.Duration(id*7919%61) * time.Minute), Archived: rarely(m.t, "company archived"), Properties: hubspot.Properties{}}
	p, err := phone.Parse(ani, "")
	if err != nil {
		m.t.Fatal(err)
	}
	phones := append(waysToWrite(p), "+15135550177", ani+"1", ani[:4]+"  "+ani[4:], "0"+ani, "")
	v := one(m.t, "company's phone", phones...)
	if rapid.Bool().Draw(m.t, "company's phone is E.164") {
		v = p.E164()
	}
	c.Properties[hubspot.PropPhone] = &v
	return c, len(routing.CompaniesOf(d.HubSpot.Lookup.HomeCountries, p, []hubspot.Company{c})) > 0
}

// waysToWrite are ways in which people write a number, whether or not they are looked for.
func waysToWrite(n phone.Number) []string {
	out := []string{n.E164(), n.E164()[1:], n.National(), "0" + n.National()}
	for _, v := range n.Variants() {
		out = append(out, v.E164(), v.E164()[1:])
	}
	digits := strings.TrimPrefix(n.E164(), fmt.Sprint("+", n.CallingCode()))
	for cut := 2; cut < 6 && cut < len(digits)-2; cut++ {
		a, b := digits[:cut], digits[cut:]
		out = append(out, "0"+a+" "+b, a+"-"+b, "0"+a+"/"+b, "(0"+a+") "+b, fmt.Sprintf("+%d %s %s", n.CallingCode(), a, b), fmt.Sprintf("+%d (0)%s %s", n.CallingCode(), a, b))
	}
	if len(digits) == 10 {
		a, b, c := digits[:3], digits[3:6], digits[6:]
		out = append(out, "("+a+") "+b+"-"+c, a+"-"+b+"-"+c, a+"."+b+"."+c, "+1 "+a+"-"+b+"-"+c, "+1 ("+a+") "+b+"-"+c, "+44 "+digits[:2]+" "+digits[2:6]+" "+digits[6:])
	}
	return out
}

// owners are ids of HubSpot's owners; see ownersOf.
var owners = []string{"41", "42", "46", "47", "48", "43", "44", "45", "not an id"}

// ownersOf draws what the org knows of them: who has a user, a row that names nobody who exists, a
// row that is broken, and none.
func (m maker) ownersOf() simulate.Owners {
	user := func(id string) map[string]any { return map[string]any{"user": id} }
	o := simulate.Owners{
		Rows:  map[string]map[string]any{"41": user("user 41"), "42": user("user 42"), "46": user("user 42"), "47": user("user 47"), "48": user("user 48"), "43": user("gone"), "44": user("")},
		Users: []string{"user 41", "user 42", "user 47", "user 48"},
		Fails: rarely(m.t, "owners fail"),
	}
	if rarely(m.t, "no rows of owners") {
		o.Rows = map[string]map[string]any{}
	}
	if rarely(m.t, "a row without its column") {
		o.Rows["41"] = map[string]any{"user": nil}
	}
	return o
}

// withNumber writes the caller's number into a contact in one of the forms that HubSpot has,
// and says whether the deployment's way to match finds it, and whether by the national form only.
func (m maker) withNumber(d *deployment.Deployment, ps hubspot.Properties, ani string) (found, like bool) {
	p, err := phone.Parse(ani, "")
	if err != nil {
		m.t.Fatal(err)
	}
	// in any spelling of the line
	p = one(m.t, "spelling", append(p.Variants(), p)...)
	ani = p.E164()
	national := p.National()
	switch one(m.t, "form", "phone", "mobile", "both", "calculated", "foreign form", "national only", "national mobile") {
	case "phone":
		ps[hubspot.PropPhone] = &ani
	case "mobile":
		ps[hubspot.PropPhone], ps[hubspot.PropMobile] = nil, &ani
	case "both":
		ps[hubspot.PropPhone], ps[hubspot.PropMobile] = &ani, &ani
	case "calculated": // nothing that a person could fill in
		ps[hubspot.PropPhone], ps[hubspot.PropCalcPhone], ps[hubspot.PropSearchPhone] = nil, &ani, &national
	case "foreign form": // HubSpot makes E.164 of it
		ps[hubspot.PropPhone] = hubspot.Text(ani[:3] + " (0) " + ani[3:6] + "/" + ani[6:])
		ps[hubspot.PropCalcPhone], ps[hubspot.PropSearchPhone] = &ani, &national
	case "national only": // HubSpot does not know the country
		ps[hubspot.PropPhone], ps[hubspot.PropCalcPhone], ps[hubspot.PropSearchPhone] = hubspot.Text("0"+national), nil, &national
		return d.HubSpot.Lookup.Match != "e164", true
	case "national mobile":
		ps[hubspot.PropMobile], ps[hubspot.PropCalcMobile], ps[hubspot.PropSearchMobile] = hubspot.Text("0"+national), nil, &national
		return d.HubSpot.Lookup.Match != "e164", true
	}
	return true, false
}

// withAnother writes a number that is not the caller's; it may look like it.
func (m maker) withAnother(ps hubspot.Properties, ani string) {
	p, err := phone.Parse(ani, "")
	if err != nil {
		m.t.Fatal(err)
	}
	national := p.National()
	twin := "+48" + national
	switch one(m.t, "other", "none", "twin abroad", "longer", "company", "digits with the code") {
	case "none":
		ps[hubspot.PropPhone] = nil
	case "twin abroad":
		ps[hubspot.PropPhone], ps[hubspot.PropCalcPhone], ps[hubspot.PropSearchPhone] = &twin, &twin, &national
	case "longer":
		ps[hubspot.PropPhone] = hubspot.Text(ani + "1")
		ps[hubspot.PropSearchPhone] = hubspot.Text(national + "1")
	case "digits with the code": // perhaps a national number of elsewhere
		ps[hubspot.PropMobile], ps[hubspot.PropCalcMobile], ps[hubspot.PropSearchMobile] = hubspot.Text(ani[1:]), nil, hubspot.Text(ani[1:])
	case "company":
		ps[hubspot.PropMobile] = hubspot.Text("+15135550177")
	}
}

func (m maker) deal(d *deployment.Deployment, crm hubspot.CRM, id int) hubspot.Deal {
	t := m.t
	pipeline := crm.Pipelines[one(t, "deal's pipeline", 0, 0, 1)]
	st := pipeline.Stages[rapid.IntRange(0, len(pipeline.Stages)-1).Draw(t, "deal's stage")]
	deal := hubspot.Deal{ID: fmt.Sprint(id), CreatedAt: noon.Add(-24 * time.Hour * time.Duration(rapid.IntRange(0, 2).Draw(t, "age"))), Properties: hubspot.Properties{}}
	for _, c := range crm.Contacts {
		if often(t, "linked") {
			deal.Contacts = append(deal.Contacts, c.ID)
		}
	}
	for _, c := range crm.Companies {
		if rapid.Bool().Draw(t, "of the company") {
			deal.Companies = append(deal.Companies, c.ID)
		}
	}
	text := hubspot.Text
	maps.Copy(deal.Properties, hubspot.Properties{
		hubspot.PropPipeline: text(pipeline.ID), hubspot.PropDealStage: text(st.ID),
		hubspot.PropIsClosed: text(fmt.Sprint(st.Closed)), hubspot.PropIsWon: text(fmt.Sprint(st.Won)),
		hubspot.PropStageProbability: text(st.Probability), hubspot.PropCreated: text(deal.CreatedAt.Format("2006-01-02T15:04:05.000Z")),
	})
	if rarely(t, "no stage") { // HubSpot: a stage can be deleted below its deals
		deal.Properties[hubspot.PropDealStage] = text("gone")
	}
	// HubSpot writes no exponents; how it would sort one is anybody's guess.
	amounts := hubspot.Properties{}
	m.text(amounts, hubspot.PropHomeAmount, "0", "100", "100.00", "0.9", "2500.5", "5001", "49999.999", "250000", "900000", "-20", "-0.01", "abc",
		"1,000", "7500.5", "123456789012345", "0.30000000000000004", "999999999999999.99",
		"1234567890123456", "99999999999999999999999999999999999999999", "007", "+5", ".5", "5.", "-0", "0x10", "∞")
	if v, ok := amounts[hubspot.PropHomeAmount]; ok {
		deal.Properties[hubspot.PropAmount], deal.Properties[hubspot.PropHomeAmount] = v, v
	}
	if rarely(t, "no probability") {
		m.text(deal.Properties, hubspot.PropStageProbability, "0.6", "x")
		if _, ok := deal.Properties[hubspot.PropStageProbability]; !ok {
			deal.Properties[hubspot.PropStageProbability] = nil
		}
	}
	m.text(deal.Properties, hubspot.PropOwner, owners...)
	for _, name := range slices.Sorted(maps.Keys(d.HubSpot.Facts)) {
		if f := d.HubSpot.Facts[name]; f.Deal != "" {
			m.fact(deal.Properties, f.Deal, f.Type)
		}
	}
	if rarely(t, "deal archived") {
		deal.Archived = true
	}
	return deal
}

// assumptions draws how HubSpot is where its documents are silent, as far as the templates
// do not state what they build on.
func (m maker) assumptions() hubspottest.Assumptions {
	a := hubspottest.Assumed()
	flip := func(label string, of *bool) { *of = rapid.Bool().Draw(m.t, label) }
	flip("phone normalised", &a.PhoneNormalised)
	flip("empty sorts first", &a.EmptySortsFirst)
	flip("no deals is zero", &a.NoDealsIsZero)
	flip("plain probability", &a.PlainProbability)
	flip("negatives match empty", &a.NegativesMatchEmpty)
	flip("country digits searched", &a.CountryDigitsSearched)
	flip("case sensitive in strings", &a.CaseSensitiveInStrings)
	flip("association in", &a.AssociationIn)
	return a
}
