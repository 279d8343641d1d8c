package doctor

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/privacy"
)

// Statuses of HubSpot's answers.
const (
	statusOK        = 200
	statusSome      = 207 // of a batch read that does not find all
	statusForbidden = 403
	statusLocked    = 423
	statusLimited   = 429
)

// A Probe is a data action that was run once, as a call runs it, with what cannot exist.
type Probe struct {
	Action string // its name
	Object string // that it reads, such as contacts
	Answer Answer

	Refused []string // of the properties by which it searches: those that HubSpot refuses by themselves
	Tried   bool     // they were tried
}

// An Answer is what came back to a request.
type Answer struct {
	Status int    // 0: no answer
	Body   []byte // of a few records at most
	Err    string // what the action makes of it, or why there is no answer; empty when it gives its outputs
	Late   bool   // no answer in time
}

// reply is as much of HubSpot's answers as is judged: searches count, batch reads list.
type reply struct {
	Total   *int              `json:"total"`
	Results []json.RawMessage `json:"results"`
}

// found tells how many records an answer has; ok is false when it does not say.
func (a Answer) found() (n int, ok bool) {
	var r reply
	if json.Unmarshal(a.Body, &r) != nil || r.Results == nil {
		return 0, false
	}
	n = len(r.Results)
	if r.Total != nil {
		n = max(n, *r.Total)
	}
	return n, true
}

// served reports whether an answer is one that a call can use: a batch read that finds nobody is 207.
func (a Answer) served() bool {
	return a.Status == statusOK || a.Status == statusSome
}

// OK reports whether a call could use the answer.
func (a Answer) OK() bool {
	_, told := a.found()
	return a.served() && told && a.Err == ""
}

// Why says in words what came back in place of an answer that can be used.
func (a Answer) Why() string {
	switch {
	case a.Status == 0:
		return cmp.Or(a.Err, "no answer")
	case a.served():
		return cmp.Or(a.Err, "the answer is none that HubSpot gives")
	}
	var b hubspot.ErrorBody
	_ = json.Unmarshal(a.Body, &b) // a page in HTML, say
	said := b.Message
	for _, d := range b.Errors {
		if b.Category == hubspot.CategoryValidation && d.Message != "" {
			said = d.Message
			break
		}
	}
	switch {
	case a.Status == statusLimited:
		return fmt.Sprintf("a limit is reached (HTTP 429 %s)", strings.TrimSpace(privacy.Said(b.Policy())))
	case a.Status == hubspot.StatusUnrouted:
		return fmt.Sprintf("this does not look like a HubSpot key (HTTP %d)", a.Status)
	case a.Status == hubspot.StatusMoving:
		return fmt.Sprintf("HubSpot is moving this account to another data center (HTTP %d)", a.Status)
	case b.Category == hubspot.CategoryScopes:
		return fmt.Sprintf("a scope is missing, one of %s (HTTP %d)", list(b.Scopes()), a.Status)
	case said != "":
		return fmt.Sprintf("HubSpot says %q (HTTP %d)", diag.Shorten(privacy.Said(said), 200), a.Status)
	}
	return fmt.Sprintf("HTTP %d without a reason", a.Status)
}

// Passing reports whether another time may do: a limit of the moment, a server's failure, no answer.
func (a Answer) Passing() bool {
	return a.Status == 0 || a.Status == statusLimited || a.Status == statusLocked || a.Status == hubspot.StatusMoving || a.Status >= 500 && a.Status != hubspot.StatusUnrouted
}

// judge says what is wrong with a probe; ok is false then.
func (p Probe) judge() (f diag.Finding, ok bool) {
	n, told := p.Answer.found()
	switch a := p.Answer; {
	case !a.served():
		f = find("DR-DOC-003", "settle it before calls are led there", "%q is not answered: %s", p.Action, a.Why())
		switch {
		case len(p.Refused) > 0:
			f.Message += fmt.Sprintf("; HubSpot refuses to search %s by %s", p.Object, list(p.Refused))
			f.Hint = "restore the property in HubSpot, or search without it"
			if strings.HasPrefix(p.Refused[0], "hs_calculated_") {
				f.Hint = "write lookup.match: national, which searches without it"
			}
		case p.Tried:
			f.Message += "; each of its properties by itself is taken"
		}
		if a.Passing() {
			f.Severity, f.Hint = diag.Warning, "run it again; if it stays so, every such lookup fails"
		}
	case !told || a.Err != "":
		f = find("DR-DOC-003", "compare the templates with the built-in ones (dealroute render --copy-templates DIR), and look for a proxy on the way", "%q cannot use the answer: %s", p.Action, cmp.Or(a.Err, "it is none that HubSpot gives"))
	case n > 0:
		f = find("DR-DOC-004", "do not lead calls there; compare the templates with the built-in ones (dealroute render --copy-templates DIR)", "%q finds %d %s for a number that nobody has: its filters do not count", p.Action, n, p.Object)
	default:
		return f, true
	}
	return f, false
}
