package doctor

import (
	"slices"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/validate"
)

// Input is what was read of both accounts.
type Input struct {
	Asked  validate.Input // the file, what is rendered from it, and what the accounts say of that
	NoFile bool           // the file is the smallest there is, and nobody's

	HubSpot *HubSpot // nil: it was not asked; why is in Asked
	Org     *Org     // nil likewise
	Probes  []Probe
	Series  []Series
	Match   *Match // nil: nobody asked, or it could not be read

	Capacity *Capacity
}

// A Report is what there is to say.
type Report struct {
	Findings    diag.Findings // in the order of reading
	Allowed     []validate.Allowed
	Latency     []Latency
	Assumptions []string
}

// Examine judges what was read.
func Examine(in Input) Report {
	asked := in.Asked
	asked.Accounts = true
	answer := validate.Run(asked)
	found := answer.Findings
	if in.NoFile {
		found = ofAccounts(found)
		found = append(found, find("DR-DOC-014", "write one with: dealroute init", "there is no dealroute.yaml here: the accounts were judged by what the smallest deployment needs"))
	}
	own := slices.Concat(in.hubspot(), in.org())
	if in.HubSpot == nil && in.Org == nil {
		own = append(own, find("DR-DOC-017", "give credentials that one of them takes, or try it with --sandbox", "neither account was looked at"))
	}
	for _, p := range in.Probes {
		if o := asked.Online; o != nil && p.Answer.Status == statusForbidden && len(o.HubSpot.Unscoped) > 0 {
			continue // which scopes lack is said
		}
		if f, ok := p.judge(); !ok {
			own = append(own, f)
		}
	}
	own = append(own, in.latency()...)
	if in.Match != nil {
		own = append(own, in.Match.Findings(asked.Deployment)...)
	}
	if in.Capacity != nil {
		own = append(own, in.Capacity.Findings(asked.Deployment, in.Match)...)
	}
	allowed := answer.Allowed
	if !in.NoFile {
		var more []validate.Allowed
		own, more = validate.Allowing(asked, own)
		allowed = append(allowed, more...)
	}
	if in.NoFile {
		for i := range own { // nobody's file has places
			own[i].Position, own[i].Path = diag.Position{}, ""
		}
	}
	r := Report{Findings: once(append(found, own...)), Allowed: allowed}
	for _, s := range in.Series {
		r.Latency = append(r.Latency, s.Percentiles())
		if len(r.Assumptions) == 0 {
			r.Assumptions = append(r.Assumptions, FromHere)
		}
	}
	return r
}

// ofAccounts keeps what is to be said of accounts whatever the file is, without places in it.
func ofAccounts(all diag.Findings) (out diag.Findings) {
	keep := []string{"DR-HUB-005", "DR-HUB-006", "DR-HUB-007", "DR-HUB-008", "DR-ORG-003", "DR-ORG-008", "DR-ORG-009", "DR-ORG-010", "DR-ORG-011", "DR-ORG-013", "DR-ORG-014"}
	for _, f := range all {
		if slices.Contains(keep, f.Code) {
			f.Position, f.Length = diag.Position{}, 0
			out = append(out, f)
		}
	}
	return out
}

// once leaves out what is said twice: two reads may fail for one reason.
func once(all diag.Findings) diag.Findings {
	var out diag.Findings
	for _, f := range all.Sorted() {
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}
