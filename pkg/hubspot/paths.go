package hubspot

import (
	"net/url"
	"slices"
	"strings"
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
// family (/crm/objects/2026-09/…); v3 puts it before (/crm/v3/objects/…).
type PathSet struct{ version string }

// Paths is the PathSet of a version.
func Paths(apiVersion string) PathSet { return PathSet{apiVersion} }

func (p PathSet) crm(family string) string {
	if p.version == "v3" {
		return "/crm/v3/" + family
	}
	return "/crm/" + family + "/" + p.version
}

// ContactSearch is the search for contacts.
func (p PathSet) ContactSearch() string { return p.crm("objects") + "/contacts/search" }

// ContactBatch reads contacts by their ids, or by the values of a unique property.
func (p PathSet) ContactBatch() string { return p.crm("objects") + "/contacts/batch/read" }

// Contacts is the list of all contacts. HubSpot: it takes no filter, and passes over parameters that it
// does not know, so that whoever filters by it gets everybody.
func (p PathSet) Contacts() string { return p.crm("objects") + "/contacts" }

// CompanyBatch reads companies by their ids.
func (p PathSet) CompanyBatch() string { return p.crm("objects") + "/companies/batch/read" }

// IsSearch reports whether an address is one of a search. HubSpot: these are limited by the second,
// and in the length of their bodies.
func IsSearch(address string) bool { return strings.HasSuffix(address, "/search") }

// CompanySearch is the search for companies.
func (p PathSet) CompanySearch() string { return p.crm("objects") + "/companies/search" }

// DealSearch is the search for deals.
func (p PathSet) DealSearch() string { return p.crm("objects") + "/deals/search" }

// Pipelines is the list of deal pipelines.
func (p PathSet) Pipelines() string { return p.crm("pipelines") + "/deals" }

// Owners is the list of those to whom records can belong.
func (p PathSet) Owners() string { return p.crm("owners") }

// ScopeOwners lets a key read the owners. Two older ones do so, too (API description): automation,
// and contacts for private apps.
const ScopeOwners = "crm.objects.owners.read"

// OwnersPage is the size of a page of owners. HubSpot: the default; the greatest is not documented.
const OwnersPage = 100

// Property is the definition of a property; object is contacts, companies or deals.
func (p PathSet) Property(object, name string) string {
	return p.crm("properties") + "/" + url.PathEscape(object) + "/" + url.PathEscape(name)
}

// Scope is the smallest scope that lets a key make a request to an address; empty when the
// address is none of objects.
func Scope(address string) string {
	for _, v := range Versions() {
		_, rest, ok := strings.Cut(address, Paths(v).crm("objects")+"/")
		if object, _, _ := strings.Cut(rest, "/"); ok && object != "" {
			return "crm.objects." + object + ".read"
		}
	}
	return ""
}

// Properties is the list of all definitions of properties; object is contacts, companies or deals.
func (p PathSet) Properties(object string) string {
	return p.crm("properties") + "/" + url.PathEscape(object)
}

// Validations are the rules for values of a property; object is contacts or companies.
func (p PathSet) Validations(object, name string) string {
	return p.crm("property-validations") + "/" + url.PathEscape(object) + "/" + url.PathEscape(name)
}

// Token is the token endpoint of OAuth. That of v1 ends on 2027-02-16.
func (p PathSet) Token() string { return "/oauth/" + p.version + "/token" }

// Introspect tells of a token to the app that it was given to.
func (p PathSet) Introspect() string { return p.Token() + "/introspect" }

// Account tells portal id, currency and time zone.
func (p PathSet) Account() string { return "/account-info/" + p.version + "/details" }

// DailyUsage tells how much of the day's requests is used.
func (p PathSet) DailyUsage() string {
	return "/account-info/" + p.version + "/api-usage/daily/private-apps"
}

// TokenInfo tells account and scopes of a token; the token is in the body. It has one
// version only and is undocumented in the API description.
const TokenInfo = "/oauth/v2/private-apps/get/access-token-info"
