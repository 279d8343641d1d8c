package starter

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/hubspot"
)

// crm writes crm.yaml.
func (s *sketch) crm() string {
	p := &page{}
	p.say(0, "A HubSpot account for simulated calls to "+s.Name+". Nobody in it exists, and nothing of it is sent anywhere;",
		"docs/crm.md and \"dealroute schema crm\" say what more it can hold.", "")
	for _, c := range s.callers {
		p.say(0, fmt.Sprintf("  %-16s %s", c.ani, c.who))
	}
	p.say(0, "")
	for _, c := range s.Countries {
		switch {
		case !slices.ContainsFunc(s.callers, func(x *caller) bool { return x.country == c }):
		case Invented(c):
			p.say(0, "Numbers of "+c+" are of a range that is kept free for fiction.")
		default:
			p.say(0, "For "+c+" no such range is known: numbers are like the example of Google's libphonenumber.")
		}
	}
	p.set(0, "version: 1")
	if a := s.Account; a != nil && !a.Emulated && a.Portal != "" {
		p.set(0, "portal: "+quote(a.Portal))
	} // else it is any account: one that hubspot.portal pins later, too
	if a := s.Account; a != nil && takes(a.Currency) {
		p.set(0, "currency: "+text(a.Currency))
	}
	if a := s.Account; a != nil && len(a.Pipelines) > 0 {
		p.set(0, "pipelines:")
		for _, x := range a.Pipelines {
			if !usable(x.ID) {
				continue
			}
			p.set(2, "- id: "+quote(x.ID), "  label: "+quote(clean(x.Label)), "  stages:")
			for _, y := range x.Stages {
				if usable(y.ID) {
					p.set(6, "- "+stageOf(y))
				}
			}
		}
	}
	p.set(0, "contacts:")
	id := func(i, n int) string { return quote(fmt.Sprintf("9%010d", 1000*n+i+1)) }
	for i, c := range s.callers {
		if !c.known {
			continue
		}
		none := ""
		if len(c.deals) == 0 {
			none = `, num_associated_deals: "0"`
		}
		p.set(2, fmt.Sprintf("- {id: %s, properties: {phone: %s%s}} # %s", id(i, 0), quote(c.ani), none, c.who))
	}
	p.set(0, "deals:")
	n := 0
	for i, c := range s.callers {
		for _, d := range c.deals {
			p.set(2, fmt.Sprintf("- {id: %s, contacts: [%s], properties: {pipeline: %s, dealstage: %s, amount: %s}}", id(n, 1), id(i, 0), quote(d.pipeline), quote(d.stage), quote(fmt.Sprint(d.amount))))
			n++
		}
	}
	return p.String()
}

func stageOf(x hubspot.Stage) string {
	words := "{id: " + quote(x.ID) + ", label: " + quote(clean(x.Label))
	if x.Closed {
		words += ", closed: true"
	}
	if x.Won {
		words += ", won: true"
	}
	if x.Probability != "" {
		words += ", probability: " + quote(x.Probability)
	}
	return words + "}"
}

// calls writes calls.yaml.
func (s *sketch) calls() string {
	p := &page{}
	p.say(0, "Calls to "+s.Name+" and what is expected of them. The callers stand in crm.yaml. Change a rule and run it:", "",
		"  dealroute simulate --suite calls.yaml", "",
		"docs/suite.md says what else a call can say and what can be expected of it.")
	p.set(0, "version: 1", "calls:")
	for _, c := range s.callers {
		s.call(p, c.who, c.ani, "", c.outcome, c.rule, "")
	}
	s.call(p, "hides the number, and HubSpot is not asked", "anonymous", "", noRecord, nil, "requests: 0")
	s.call(p, "calls while HubSpot does not answer", s.callers[0].ani, "timeout", "lookup_failed", nil, "wait: <=4s")
	return p.String()
}

func (s *sketch) call(p *page, name, ani, fault, outcome string, r *rule, more string) {
	p.set(2, "- name: "+text(name), "  ani: "+quote(ani))
	if fault != "" {
		p.set(2, "  fault: "+fault)
	}
	queue, priority, taken := s.Fallback, 0, "fallback"
	if r != nil {
		queue, priority, taken = r.queue, r.priority, r.name
	}
	want := []string{"outcome: " + outcome, "rule: " + taken, "queue: " + text(queue)}
	if queue == s.Fallback && len(s.FallbackSkills) > 0 {
		want = append(want, "skills: "+quotes(s.FallbackSkills))
	}
	want = append(want, fmt.Sprintf("priority: %d", priority))
	if more != "" {
		want = append(want, more)
	}
	p.set(2, "  expect: {"+strings.Join(want, ", ")+"}")
}
