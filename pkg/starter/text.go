package starter

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
)

// deployment writes dealroute.yaml.
func (s *sketch) deployment() string {
	p := &page{}
	p.say(0, s.Name+": who calls, as HubSpot knows them, and where the call goes.",
		"",
		"What is optional stands as a comment without a blank behind the #. Take that # away, on each line of",
		"the setting, and it holds. \"dealroute validate\" says whether the file is right, with line and hint;",
		"\"dealroute schema\" prints a JSON Schema for your editor. Keys and tokens never stand here.")
	p.set(0, "version: 1")
	p.gap()
	p.say(0, "Prefix and mark of everything that setup makes. To change it later: dealroute setup --renamed-from "+s.Name)
	p.set(0, "name: "+text(s.Name))
	p.gap()
	s.genesys(p)
	p.gap()
	s.hubspot(p)
	p.gap()
	s.incoming(p)
	p.gap()
	s.waiting(p)
	p.gap()
	s.routing(p)
	p.gap()
	s.rest(p)
	return p.String()
}

func (s *sketch) genesys(p *page) {
	p.set(0, "genesys:", "  region: "+text(s.Region))
	org, real := "Acme Production", s.Org != nil && !s.Org.Emulated && takes(s.Org.Name)
	p.say(2, "The org by its name or id: any other is refused, whatever the credentials say.")
	if real {
		p.set(2, "org: "+text(s.Org.Name))
	} else {
		p.offer(2, "org: "+text(org))
	}
	p.say(2, "Where what setup makes lives.")
	p.offer(2, "division: Home")
}

func (s *sketch) hubspot(p *page) {
	a := s.Account
	pinned := a != nil && !a.Emulated && a.Portal != ""
	if !pinned {
		p.say(0, "dealroute: allow DR-HUB-001 because the account is not known yet; delete this line when portal is set")
	}
	p.set(0, "hubspot:")
	p.say(2, "The account's number, in the address of its pages behind /contacts/: any other account is refused, and",
		"agents get a link to the record.")
	if pinned {
		p.set(2, "portal: "+quote(a.Portal))
	} else {
		p.offer(2, `portal: "24681357"`)
	}
	if s.OAuth {
		p.say(2, "HUBSPOT_CLIENT_ID, HUBSPOT_CLIENT_SECRET and HUBSPOT_REFRESH_TOKEN, in place of a service key.")
		p.set(2, "auth: {method: oauth}")
	} else {
		p.say(2, "For an account that allows apps and no service keys.")
		p.offer(2, "auth: {method: oauth}")
	}
	p.set(2, "lookup:")
	p.say(4, "A number without country code is read in the first; one of any of them is also searched as people write",
		"it at home.")
	p.set(4, "homeCountries: "+list(s.Countries))
	p.say(4, "Several contacts with one number: best is the one modified last; all counts the deals of all of them;",
		"ambiguous-is-unknown takes the caller for unknown.")
	p.offer(4, "duplicates: best")
	p.say(4, "deals: those of the contact's company count, too. numbers: a company's own number finds it, as well.")
	p.offer(4, "company: deals")
	s.pipelineChoice(p)
	s.stages(p)
	s.facts(p)
}

func (s *sketch) pipelineChoice(p *page) {
	var ids, lines []string
	for _, x := range s.Account.pipelines() {
		if usable(x.ID) {
			ids = append(ids, x.ID)
			if label := clean(x.Label); s.Account != nil && takes(label) && len(lines) < mostNames {
				lines = append(lines, "  "+quote(x.ID)+"  "+label)
			}
		}
	}
	p.say(4, "Only deals of these pipelines count; without it those of all do.")
	p.say(4, lines...)
	p.offer(4, "pipelines: "+list(ids[:min(1, len(ids))]))
}

func (s *sketch) stages(p *page) {
	if len(s.names) == 0 {
		p.say(2, "Names for stages, by id: rules and the agent's screen use them. HubSpot shows ids under Settings,",
			"Objects, Deals, Pipelines; \"dealroute init\" with HUBSPOT_SERVICE_KEY set writes them all.")
		p.offer(2, "stages:", "  contractsent: Contract Sent")
		return
	}
	p.say(2, "The account's stages by their ids. Rules and the agent's screen use the names; change them as you like.")
	p.set(2, "stages:")
	written := map[string]bool{}
	for _, x := range s.Account.Pipelines {
		if label := clean(x.Label); len(s.Account.Pipelines) > 1 && takes(label) {
			p.say(4, label)
		}
		for _, y := range x.Stages {
			if name, ok := s.names[y.ID]; ok && !written[y.ID] {
				written[y.ID] = true
				p.set(4, quote(y.ID)+": "+text(name))
			}
		}
	}
}

// sorting are words in names of properties that sort people into kinds.
var sorting = []string{"tier", "segment", "level", "plan", "status", "category", "vip", "score", "renewal", "type", "class", "stage"}

var propertyForm = pattern.Of(`^[a-z][a-z0-9_]{0,99}$`)

// factTypes are the types of facts by those of properties. Texts that people type are left out.
var factTypes = map[string]string{"enumeration": "", "bool": "boolean", "number": "number", "date": "date", "datetime": "date"}

// A fact is a property that rules may ask for.
type fact struct{ name, object, property, kind, label string }

// mostFacts is how many are offered.
const mostFacts = 5

// offered are properties of the account that look as if rules could ask for them.
func (a *Account) offered() []fact {
	var out []fact
	for _, of := range []struct {
		object string
		all    []Property
	}{{"contact", a.Contacts}, {"deal", a.Deals}} {
		for _, x := range of.all {
			kind, sorts := factTypes[x.Type]
			known := x.Name == hubspot.PropLifecycle || x.Name == hubspot.PropDealStage || x.Name == hubspot.PropPipeline || strings.HasPrefix(x.Name, "hs_") && x.Name != "hs_lead_status"
			if !sorts || known || x.Hidden || !propertyForm().MatchString(x.Name) || !slices.ContainsFunc(sorting, func(w string) bool { return slices.Contains(strings.Split(x.Name, "_"), w) }) {
				continue
			}
			if len(out) == mostFacts || slices.ContainsFunc(out, func(f fact) bool { return f.name == x.Name }) {
				continue
			}
			var options []string
			for _, o := range x.Options {
				if o = clean(o); takes(o) && len(options) < mostFacts {
					options = append(options, o)
				}
			}
			label := clean(x.Label)
			if !takes(label) {
				label = x.Name
			}
			if len(options) > 0 {
				label += ": " + strings.Join(options, ", ")
			}
			out = append(out, fact{x.Name, of.object, x.Name, kind, label})
		}
	}
	return out
}

func (s *sketch) facts(p *page) {
	p.say(2, "More of what HubSpot knows, by names of yours. A rule then asks: when: {facts: {NAME: [VALUE]}}.")
	if s.Account == nil || s.Account.Contacts == nil {
		p.say(2, "The property must exist in the account.")
		p.offer(2, "facts:", "  lead_status: {contact: hs_lead_status}")
		return
	}
	all := s.Account.offered()
	if len(all) == 0 {
		p.say(2, "No property of the account looks as if it sorted people into kinds; any can be named.")
		p.offer(2, "facts:", "  lifecycle: {contact: lifecyclestage}")
		return
	}
	p.offer(2, "facts:")
	for _, f := range all {
		kind := ""
		if f.kind != "" {
			kind = ", type: " + f.kind
		}
		p.offer(2, fmt.Sprintf("  %s: {%s: %s%s} # %s", f.name, f.object, f.property, kind, quote(f.label)))
	}
}

func (s *sketch) incoming(p *page) {
	p.set(0, "calls:")
	p.say(2, "The numbers of the call route. One that another route has stays there until setup --cutover moves it.")
	if s.Org != nil && !s.Org.Emulated {
		p.names(2, "Numbers of the org that nothing uses:", s.Org.Free)
	}
	if len(s.Numbers) > 0 {
		p.set(2, "numbers: "+quotes(s.Numbers))
	} else {
		p.say(2, "Without any, calls come from another flow of yours that transfers to flow "+s.Name+".")
		p.offer(2, "numbers: "+quotes(callersOf(s.Countries[0], 20, nil)[19:]))
	}
	p.say(2, "Said to every caller while HubSpot is asked, in the voice of this language.")
	p.offer(2, "language: en-us")
	p.set(2, "greeting: Thank you for calling.")
	group := "Opening hours"
	if s.Org != nil && len(s.Org.ScheduleGroups) > 0 {
		p.names(2, "Schedule groups of the org:", s.Org.ScheduleGroups)
		if i := slices.IndexFunc(s.Org.ScheduleGroups, takes); i >= 0 {
			group = s.Org.ScheduleGroups[i]
		}
	}
	p.say(2, "When calls are taken: a schedule group of the org, asked before HubSpot is.")
	p.offer(2, "schedule:", "  group: "+text(group), `  closed: {message: "We are closed. Please call again during our opening hours.", then: disconnect}`)
	p.say(2, "How many calls come in the busiest minute: validate compares it with HubSpot's limits.")
	p.offer(2, "peakPerMinute: 10")
}

func (s *sketch) waiting(p *page) {
	p.say(0, "How long a caller waits for HubSpot at most, which of several open deals counts, for how long HubSpot is",
		"left alone after a failure, and for how long a transferred call keeps its answer. These are the defaults.")
	p.offer(0, "enrichment:",
		"  budget: 3s",
		"  dealStage: highest-value # or most-probable, most-recent",
		"  breaker: {afterTimeout: 15s, afterFailure: 2s}",
		"  cache: {store: conversation, ttl: 5m}")
}

func (s *sketch) routing(p *page) {
	currency := "the company currency"
	if s.Account != nil && takes(s.Account.Currency) {
		currency = s.Account.Currency
	}
	p.say(0, "Rules are asked from above, and the first that holds takes the call; whom none takes goes to the fallback.",
		"In a queue higher priority is answered first. What a rule can ask for: dealroute schema, docs/meaning.md.")
	p.set(0, "routing:", "  rules:")
	if s.Org != nil {
		p.names(4, "Queues of the org:", s.Org.Queues)
		p.names(4, "Skills of the org:", s.Org.Skills)
	}
	deals := text(cmp.Or(s.DealsQueue, s.Fallback))
	p.say(4, "Open deals worth 50,000 or more in all, in "+currency+".")
	to := "queue: " + deals + ", priority: 15"
	if s.Account != nil && s.Account.Owners > 0 {
		p.say(4, fmt.Sprintf("owner: prefer asks the owner of the deal first. In HubSpot %d can own one; setup finds them in the org by their", s.Account.Owners),
			"e-mail addresses, with the scope crm.objects.owners.read.")
		to += ", owner: prefer"
	}
	p.offer(4, "- name: large-deals", "  when: {minValue: 50000}", "  to: {"+to+"}")
	for _, r := range s.rules {
		p.say(4, r.why)
		p.set(4, "- name: "+r.name, "  when: "+r.when, "  to: "+s.to(r))
	}
	p.say(4, "HubSpot could not be asked in time, or the number is withheld: nothing is known of the caller.")
	p.offer(4, "- name: not-asked", "  when: {outcome: lookup_failed}", "  to: {queue: "+text(s.Fallback)+", priority: 2}")
	p.offer(4, "- name: withheld", "  when: {caller: {number: withheld}}", "  to: {queue: "+text(s.Fallback)+", priority: 1}")
	if len(s.rules) == 0 { // a list that has only comments is null
		p.set(4, "[]")
	}
	p.say(2, "One more of priority for each 25,000 of open deals, five at most.")
	p.offer(2, "valuePriority: {per: 25000, add: 1, max: 5}")
	p.say(2, "Everybody else, and every call when HubSpot does not answer.")
	skills := ""
	if len(s.FallbackSkills) > 0 {
		skills = ", skills: " + quotes(s.FallbackSkills)
	}
	p.set(2, "fallback: {queue: "+text(s.Fallback)+skills+"}")
	p.say(2, "Said before the call ends when even the fallback's queue cannot be reached.")
	p.offer(2, `lastResort: {message: "We cannot take your call right now."}`)
}

func (s *sketch) rest(p *page) {
	p.say(0, "What agents see when it rings: stage, value and a link to the record. none turns it off.")
	p.set(0, "screenPop: managed")
	p.gap()
	p.say(0, "Queues and skills that the rules name must exist in the org, so that a slip is refused and makes no queue in",
		"which nobody works. With true setup makes those that are missing.")
	p.set(0, "manage: {queues: false, skills: false}")
	p.gap()
	p.say(0, "What is kept with the conversation, where flows, scripts and reports can read it: the id lets the second agent",
		"of a transferred call see the record, too.")
	p.set(0, "privacy: {participantData: [hubspot_contact_id]}")
}
