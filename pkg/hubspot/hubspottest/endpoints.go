package hubspottest

// An Endpoint is what the account answers at one path. {version} is v3 (v4 for associations)
// before the family, or a date behind it: /crm/v3/objects/…, /crm/objects/2026-09/….
type Endpoint struct {
	Method, Path string
	Scopes       []string // any one suffices; none: every token will do
	Assumed      string   // what no document says, in words; empty: nothing
}

// Endpoints lists what is served. Objects are contacts, companies and deals, by name or type id.
// Everything else is 404, and every write 405.
func Endpoints() []Endpoint {
	records := []string{"crm.objects.{object}.read"}
	any3 := scopeOf[""]
	return []Endpoint{
		{"GET", "/crm/{version}/objects/{object}", records, "an unknown parameter changes nothing (ListsRefuseUnknown)"},
		{"POST", "/crm/{version}/objects/{object}/search", records, "the readings of search in Assumptions"},
		{"GET", "/crm/{version}/objects/{object}/{id}", records, ""},
		{"POST", "/crm/{version}/objects/{object}/batch/read", records, "207 for what is not found (MissingWith200); all members are required (BatchMembersOptional); by a unique property, or 400"},
		{"GET", "/crm/{version}/objects/{object}/{id}/associations/{object}", any3, "ids are texts (NumericAssociations); never a label of people's own"},
		{"POST", "/crm/{version}/associations/{object}/{object}/batch/read", any3, "207 for what has none; version 3 in a form of its own"},
		{"GET", "/crm/{version}/associations/{object}/{object}/labels", any3, "HubSpot's own, and the primary company"},
		{"GET", "/crm/v3/associations/{object}/{object}/types", any3, "one for each pair"},
		{"GET", "/crm/{version}/pipelines/deals", scopeOf[deals], ""},
		{"GET", "/crm/{version}/pipelines/deals/{pipelineId}", scopeOf[deals], ""},
		{"GET", "/crm/{version}/pipelines/deals/{pipelineId}/stages", scopeOf[deals], ""},
		{"GET", "/crm/{version}/pipelines/deals/{pipelineId}/stages/{stageId}", scopeOf[deals], ""},
		{"GET", "/crm/{version}/properties/{object}", any3, "those that this project and its rules have to do with, and those of the records"},
		{"GET", "/crm/{version}/properties/{object}/{name}", any3, ""},
		{"POST", "/crm/{version}/properties/{object}/batch/read", any3, "207 for what is not found"},
		{"GET", "/crm/{version}/properties/{object}/groups", any3, "one for each object"},
		{"GET", "/crm/{version}/properties/{object}/groups/{name}", any3, ""},
		{"GET", "/crm/{version}/property-validations/{object}/{name}", any3, ""},
		{"GET", "/crm/{version}/owners", []string{ScopeOwners, "automation", "contacts"}, "with a slash at its end or without"},
		{"GET", "/crm/{version}/owners/{id}", []string{ScopeOwners, "automation", "contacts"}, ""},
		{"GET", "/account-info/{version}/details", nil, "also for keys (AccountForKeys)"},
		{"GET", "/account-info/{version}/api-usage/daily/private-apps", nil, "also for keys (AccountForKeys)"},
		{"POST", "/oauth/v2/private-apps/get/access-token-info", nil, "also for keys (TokenInfoForKeys)"},
		{"GET", "/oauth/v1/access-tokens/{token}", nil, "asks for no bearer"},
		{"POST", "/oauth/{version}/token", nil, "refresh tokens, and client credentials that open no CRM data"},
	}
}
