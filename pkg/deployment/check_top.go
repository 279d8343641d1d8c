package deployment

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/words"
)

// Regions are the AWS regions of Genesys Cloud and their domains. New ones get added: a raw
// domain is accepted too.
var regions = map[string]string{
	"us-east-1": "mypurecloud.com", "us-east-2": "use2.us-gov-pure.cloud", "us-west-2": "usw2.pure.cloud",
	"ca-central-1": "cac1.pure.cloud", "sa-east-1": "sae1.pure.cloud", "eu-west-1": "mypurecloud.ie",
	"eu-west-2": "euw2.pure.cloud", "eu-central-1": "mypurecloud.de", "eu-central-2": "euc2.pure.cloud",
	"me-central-1": "mec1.pure.cloud", "ap-south-1": "aps1.pure.cloud", "ap-northeast-1": "mypurecloud.jp",
	"ap-northeast-2": "apne2.pure.cloud", "ap-northeast-3": "apne3.pure.cloud", "ap-southeast-2": "mypurecloud.com.au",
	"ap-southeast-1": "apse1.pure.cloud", "mx-central-1": "mxc1.pure.cloud", "eusc-de-east-1": "edee1.eusc-pure.cloud",
}

// Regions lists the names of the known regions, sorted.
func Regions() []string {
	var out []string
	for r := range regions {
		out = append(out, r)
	}
	slices.Sort(out)
	return out
}

// domainForm leaves out addresses with a scheme, a host in front or a path behind.
var domainForm = pattern.Of(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$`)

// Domain is the domain of a region, given by its AWS name or as a domain.
func Domain(region string) (domain string, ok bool) {
	if d, ok := regions[region]; ok {
		return d, true
	}
	return region, domainForm().MatchString(region)
}

func (d *decoder) checkGenesys(dep *Deployment) {
	const path = "genesys.region"
	r := dep.Genesys.Region
	if _, ok := Domain(r); ok || d.skip(path) {
		for _, host := range []string{"api.", "login.", "apps."} {
			if bare, found := strings.CutPrefix(r, host); found {
				d.wrong(path, codeRegion, r, "write "+bare, fmt.Sprintf("%s must be the domain alone, not %s", path, quote(r)))
			}
		}
		return
	}
	hint := diag.DidYouMean(strings.ToLower(r), Regions())
	if hint == "" {
		hint = "an AWS region such as eu-central-1, or a domain such as mypurecloud.de"
	}
	d.wrong(path, codeRegion, r, hint, fmt.Sprintf("unknown region %s", quote(r)))
}

func (d *decoder) checkHubSpot(dep *Deployment) {
	for i, c := range dep.HubSpot.Lookup.HomeCountries {
		d.checkCountry(fmt.Sprintf("hubspot.lookup.homeCountries[%d]", i), c)
	}
	d.checkLookup(dep)
	d.checkIDs("hubspot.lookup.pipelines", dep.HubSpot.Lookup.Pipelines, "pipeline")
	d.checkStages(dep)
	d.checkFacts(dep)
	d.checkAuth(dep)
}

func (d *decoder) checkCountry(path, c string) {
	if phone.KnownRegion(c) {
		return
	}
	hint := "two capital letters as in ISO 3166, such as US, CA, GB, DE"
	switch up := strings.ToUpper(c); {
	case up == "UK":
		hint = `did you mean "GB"`
	case phone.KnownRegion(up):
		hint = fmt.Sprintf("did you mean %q", up)
	}
	d.wrong(path, codeCountry, c, hint, fmt.Sprintf("unknown country %s", quote(c)))
}

// idForm is the form of ids of pipelines and stages: words, numbers and UUIDs.
var idForm = pattern.Of(`^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$`)

// IsID reports whether a text can be an id of HubSpot, of a stage or a pipeline.
func IsID(s string) bool { return idForm().MatchString(s) }

func (d *decoder) checkIDs(path string, ids []string, noun string) {
	for i, id := range ids {
		if !idForm().MatchString(id) {
			d.wrong(fmt.Sprintf("%s[%d]", path, i), codeForm, id,
				fmt.Sprintf("HubSpot's settings show the id of a %s, such as default or 671008549", noun),
				fmt.Sprintf("%s is not the id of a %s", quote(id), noun))
		}
		d.slip(fmt.Sprintf("%s[%d]", path, i), noun, id, []string{hubspot.DefaultPipelineID})
	}
}

func (d *decoder) checkStages(dep *Deployment) {
	for _, id := range sortedKeys(dep.HubSpot.Stages) {
		path := join("hubspot.stages", id)
		name := dep.HubSpot.Stages[id]
		if !idForm().MatchString(id) {
			d.wrong(path+keySuffix, codeStageID, id, "the key is the id, the value is the name", fmt.Sprintf("%s is not the id of a stage", quote(id)))
			continue
		}
		d.slip(path+keySuffix, "stage", id, defaultStages)
		if _, other := dep.HubSpot.Stages[name]; (other || slices.Contains(defaultStages, name)) && name != id {
			d.problem(path, codeStageName, diag.Warning, d.lengthOf(name), "choose another name if a rule should mean only one of them",
				fmt.Sprintf("the name %s is also the id of another stage: a rule with it means both", quote(name)))
		}
	}
}

func (d *decoder) checkCalls(dep *Deployment) {
	d.checkNumbers("calls.numbers", dep.Calls.Numbers, dep)
	d.checkNumbers("calls.ownNumbers", dep.Calls.OwnNumbers, dep)
	d.checkSchedule(dep)
}

func (d *decoder) checkNumbers(path string, numbers []string, dep *Deployment) {
	for i, n := range numbers {
		d.checkNumber(fmt.Sprintf("%s[%d]", path, i), n, dep)
	}
}

// checkNumber reports a number that is not in E.164, and whether it is.
func (d *decoder) checkNumber(path, n string, dep *Deployment) bool {
	if phone.IsE164(n) {
		return true
	}
	home := "US"
	if h := dep.HubSpot.Lookup.HomeCountries; len(h) > 0 && phone.KnownRegion(h[0]) {
		home = h[0]
	}
	hint := "write + and the country code, digits only, such as +15135550100"
	if p, err := phone.Parse(n, home); err == nil {
		hint = fmt.Sprintf("did you mean %q", p.E164())
	}
	d.wrong(path, codePhone, n, hint, fmt.Sprintf("%s is not a phone number in E.164", quote(n)))
	return false
}

// Bounds of durations. Genesys: a data action runs 60 s at most, and its own timeout must be
// larger than the flow's.
const (
	minBudget = 2 * time.Second // a second for the contact, one for its deals
	maxBudget = 59 * time.Second
	maxKept   = 24 * time.Hour
)

func (d *decoder) checkEnrichment(dep *Deployment) {
	e := dep.Enrichment
	if dep.HubSpot.Lookup.Company == routing.CompanyNumbers {
		d.between("enrichment.budget", e.Budget, minBudget+time.Second, maxBudget, "with hubspot.lookup.company: numbers one second is kept for a company and one for the deals, the rest is for the contact")
	} else {
		d.between("enrichment.budget", e.Budget, minBudget, maxBudget, "one second is kept for the deals, the rest is for the contact")
	}
	if e.Breaker.Enabled {
		d.between("enrichment.breaker.afterTimeout", e.Breaker.AfterTimeout, time.Second, maxKept, "to have no breaker write breaker: none")
		d.between("enrichment.breaker.afterFailure", e.Breaker.AfterFailure, time.Second, maxKept, "to have no breaker write breaker: none")
	}
	d.between("enrichment.cache.ttl", e.Cache.TTL, time.Second, maxKept, "to keep nothing write cache: {store: none}")
}

func (d *decoder) between(path string, x, least, most time.Duration, hint string) {
	if x < least || x > most {
		d.problem(path, codeRange, diag.Error, 0, hint, fmt.Sprintf("%s must be %s to %s, not %s", path, words.Span(least), words.Span(most), words.Span(x)))
	}
}

// ParticipantNames are the names that privacy.participantData may list. The decision itself
// (dealroute_…) is always kept.
func ParticipantNames() []string {
	return []string{
		"hubspot_contact_id", "hubspot_company_id", "hubspot_deal_stage", "hubspot_deal_stage_label",
		"hubspot_customer_value", "hubspot_value_truncated", "hubspot_outcome",
	}
}

func (d *decoder) checkPrivacy(dep *Deployment) {
	seen := map[string]bool{}
	for i, name := range dep.Privacy.ParticipantData {
		path := fmt.Sprintf("privacy.participantData[%d]", i)
		if slices.Contains(ParticipantNames(), name) {
			seen[name] = true
			if name == "hubspot_company_id" && dep.HubSpot.Lookup.Company == routing.CompanyNone && !d.skip("hubspot.lookup.company") {
				d.wrong(path, codeChoice, name, "write hubspot.lookup.company: deals or numbers, or delete it", fmt.Sprintf("%s is never set: hubspot.lookup.company is none", quote(name)))
			}
			continue
		}
		hint := diag.DidYouMean(name, ParticipantNames())
		switch {
		case strings.HasPrefix(name, "dealroute_"):
			hint = "delete it: the decision is always kept"
		case hint == "":
			hint = "possible are " + either(ParticipantNames())
		}
		d.wrong(path, codeChoice, name, hint, fmt.Sprintf("%s cannot be kept as participant data", quote(name)))
	}
}
