package hubspot

import (
	"net/url"
	"slices"
)

// Host is the API's only published server: it finds the account's region by the token.
const Host = "https://api.hubapi.com"

// DefaultVersion is the API version used unless the deployment names another.
const DefaultVersion = "2026-09"

// Versions lists the API versions that the paths are known for, the preferred one first.
func Versions() []string { return []string{DefaultVersion, "2026-03", "v3"} }

// Known reports whether version is one of Versions.
func Known(version string) bool { return slices.Contains(Versions(), version) }

// PathSet builds the paths of one API version. Dated versions put the date behind the
// family (/crm/objects/2026-09/…); v3 puts it before (/crm/v3/objects/…), and its
// associations are called v4.
type PathSet struct{ version string }

// Paths is the PathSet of a version.
func Paths(apiVersion string) PathSet { return PathSet{apiVersion} }

func (p PathSet) crm(family, old string) string {
	if p.version == "v3" {
		return "/crm/" + old + "/" + family
	}
	return "/crm/" + family + "/" + p.version
}

// ContactSearch is the search for contacts.
func (p PathSet) ContactSearch() string { return p.crm("objects", "v3") + "/contacts/search" }

// DealSearch is the search for deals.
func (p PathSet) DealSearch() string { return p.crm("objects", "v3") + "/deals/search" }

// Contacts is the list of contacts. It has no filter: unknown parameters are ignored, and
// the answer is the first page of everybody.
func (p PathSet) Contacts() string { return p.crm("objects", "v3") + "/contacts" }

// Deals is the list of deals; what is said of Contacts holds here too.
func (p PathSet) Deals() string { return p.crm("objects", "v3") + "/deals" }

// Contact is one contact.
func (p PathSet) Contact(id string) string { return p.Contacts() + "/" + url.PathEscape(id) }

// Deal is one deal.
func (p PathSet) Deal(id string) string { return p.Deals() + "/" + url.PathEscape(id) }

// ContactBatchRead reads contacts by their ids.
func (p PathSet) ContactBatchRead() string { return p.Contacts() + "/batch/read" }

// DealBatchRead reads deals by their ids.
func (p PathSet) DealBatchRead() string { return p.Deals() + "/batch/read" }

// DealsOfContact lists the deals associated with a contact.
func (p PathSet) DealsOfContact(id string) string {
	return p.crm("objects", "v4") + "/contacts/" + url.PathEscape(id) + "/associations/deals"
}

// AssociationsBatchRead lists the deals of several contacts.
func (p PathSet) AssociationsBatchRead() string {
	return p.crm("associations", "v4") + "/contacts/deals/batch/read"
}

// Pipelines is the list of deal pipelines.
func (p PathSet) Pipelines() string { return p.crm("pipelines", "v3") + "/deals" }

// Property is the definition of a property; object is contacts or deals.
func (p PathSet) Property(object, name string) string {
	return p.crm("properties", "v3") + "/" + url.PathEscape(object) + "/" + url.PathEscape(name)
}

// Owner is one owner.
func (p PathSet) Owner(id string) string {
	return p.crm("owners", "v3") + "/" + url.PathEscape(id)
}

// Account tells portal id, currency and time zone.
func (p PathSet) Account() string { return "/account-info/" + p.version + "/details" }

// DailyUsage tells how much of the day's requests is used.
func (p PathSet) DailyUsage() string {
	return "/account-info/" + p.version + "/api-usage/daily/private-apps"
}

// TokenInfo tells account and scopes of a token; the token is in the body. It has one
// version only and is undocumented in the API description.
const TokenInfo = "/oauth/v2/private-apps/get/access-token-info"
