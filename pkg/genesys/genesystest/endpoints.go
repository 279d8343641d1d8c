package genesystest

import (
	"slices"
	"strings"
)

// An Endpoint is one operation that the emulator serves.
type Endpoint struct {
	Method, Path string
	Permissions  []string
	Any          bool   // one of the permissions suffices
	Described    bool   // requests and answers follow the published description
	Assumed      string // what no document says, in words; empty: nothing
}

// Endpoints lists what is served, by path and method.
func Endpoints() ([]Endpoint, error) {
	s, err := loadSpec()
	if err != nil {
		return nil, err
	}
	served := Served()
	out := []Endpoint{
		{Method: "POST", Path: "/oauth/token", Assumed: "only client credentials, by Basic; a token lasts 86399 seconds and is not renewed"},
		{Method: "POST", Path: "/uploads/v2/scripter", Permissions: []string{"scripter:script:add"}, Assumed: "undocumented: the form that Genesys' own provider sends; a file that names another organization is refused (ScriptsOfOtherOrgsTaken)"},
		{Method: "GET", Path: "/presigned/{kind}/{id}", Assumed: "the store behind exports: a bearer token is refused"},
		{Method: "PUT", Path: "/presigned/flow/{jobId}", Assumed: "the store behind flow jobs: wants the headers of the job and no bearer token"},
	}
	for _, o := range s.Operations {
		key := o.Method + " " + o.Path
		if slices.Contains(served, key) {
			out = append(out, Endpoint{o.Method, o.Path, o.Permissions, o.Any, o.Answers != nil, assumed[key]})
		}
	}
	slices.SortFunc(out, func(a, b Endpoint) int { return strings.Compare(a.Path+" "+a.Method, b.Path+" "+b.Method) })
	return out, nil
}

// Known is the number of operations that the published description has, served or not.
func Known() (int, error) {
	s, err := loadSpec()
	if err != nil {
		return 0, err
	}
	return len(s.Operations) - len(extra), nil
}

// assumed says of an operation what no document settles; names in brackets are fields of
// Assumptions or options that turn it round.
var assumed = map[string]string{
	"GET /api/v2/users/me":                        "400 as people quote it, for a token without a user (Person)",
	"POST /api/v2/users/search":                   "all criteria must hold; REGEX, REQUIRED_FIELDS and MATCH_ALL are 501",
	"GET /api/v2/users/search":                    "as by POST",
	"DELETE /api/v2/users/{userId}":               "nobody finds the person again, not even as deleted",
	"GET /api/v2/users/{userId}/queues":           "all queues of which somebody is a member",
	"GET /api/v2/authorization/products":          "engage, unless told otherwise (Products)",
	"GET /api/v2/authorization/permissions":       "what the description and a help page name; everything allows no condition",
	"GET /api/v2/authorization/subjects/me":       "grants come with their policies (Silent)",
	"POST /api/v2/authorization/roles":            "names are not unique; unknown permissions are taken",
	"DELETE /api/v2/authorization/roles/{roleId}": "409 while somebody holds it (HeldRoleCanBeDeleted)",
	"POST /api/v2/authorization/subjects/{subjectId}/divisions/{divisionId}/roles/{roleId}":   "a client may grant to itself (SelfGrantRefused); twice is no error; 204",
	"DELETE /api/v2/authorization/subjects/{subjectId}/divisions/{divisionId}/roles/{roleId}": "204 also for what was not granted",
	"POST /api/v2/authorization/divisions/{divisionId}/objects/{objectType}":                  "204",
	"DELETE /api/v2/authorization/divisions/{divisionId}":                                     "refused while anything is in it, unless forced",
	"POST /api/v2/oauth/clients":                                           "names are not unique; a role that was just granted may not be seen yet (GrantLag)",
	"DELETE /api/v2/oauth/clients/{clientId}":                              "204, and gone for good",
	"POST /api/v2/integrations":                                            "a name may be missing, and is then the type's",
	"PATCH /api/v2/integrations/{integrationId}":                           "active at once (Activation); ERROR without a credential",
	"GET /api/v2/integrations/types":                                       "the two types of data actions",
	"GET /api/v2/integrations/types/{typeId}/configschemas/{configType}":   "nothing can be set",
	"GET /api/v2/integrations/credentials/types":                           "those of data actions; ids are the names",
	"GET /api/v2/integrations/credentials/listing":                         "not in this version of the description; the cursor is an id",
	"DELETE /api/v2/integrations/credentials/{credentialId}":               "also while it is used (UsedCredentialIsKept)",
	"POST /api/v2/integrations/actions":                                    "also while the integration is not active (ActionsNeedActive); names are not unique",
	"POST /api/v2/integrations/actions/drafts":                             "the request template is dropped, as seen; a PATCH must follow",
	"POST /api/v2/integrations/actions/{actionId}/draft":                   "400 policy.violation when there is a draft",
	"POST /api/v2/integrations/actions/{actionId}/test":                    "names and number of the steps are ours",
	"POST /api/v2/integrations/actions/{actionId}/draft/test":              "names and number of the steps are ours",
	"GET /api/v2/integrations/actions/{actionId}/schemas/{fileName}":       "files are input.json and success.json",
	"GET /api/v2/integrations/actions/{actionId}/draft/schemas/{fileName}": "files are input.json and success.json",
	"GET /api/v2/organizations/limits/namespaces/{namespaceName}":          "values of help pages, else made up (Limit)",
	"POST /api/v2/flows":                                                   "a flow without content",
	"DELETE /api/v2/flows/{flowId}":                                        "204; the name is free at once (DeletedNamesStayTaken)",
	"GET /api/v2/flows/{flowId}/history/{historyId}":                       "publishing only",
	"POST /api/v2/flows/{flowId}/history":                                  "done at once",
	"GET /api/v2/flows/{flowId}/latestconfiguration":                       "the uploaded YAML as JSON, not Architect's own form",
	"GET /api/v2/flows/{flowId}/versions/{versionId}/configuration":        "the uploaded YAML as JSON, of the last version only",
	"POST /api/v2/flows/export/jobs":                                       "not in this version of the description; one flow a job; the uploaded text comes back byte for byte",
	"GET /api/v2/flows/export/jobs/{jobId}":                                "not in this version of the description",
	"POST /api/v2/flows/jobs":                                              "checked by this project's own parser and checker",
	"POST /api/v2/flows/datatables/{datatableId}/export/jobs":              "CSV with the key first, then by display order",
	"DELETE /api/v2/routing/skills/{skillId}":                              "the name is free at once (DeletedNamesStayTaken)",
	"GET /api/v2/routing/queues/{queueId}/members":                         "expand=skills is heeded (MembersWithoutSkills)",
	"DELETE /api/v2/scripts/{scriptId}":                                    "undocumented: 204",
	"GET /api/v2/scripts":                                                  "tells when one was published (ScriptListsWithoutDates)",
	"GET /api/v2/scripts/published/{scriptId}/variables":                   "by name, as in the file",
	"GET /api/v2/scripts/published/{scriptId}/pages":                       "id and name only",
	"POST /api/v2/analytics/actions/aggregates/query":                      "tests count; errorType is our code, or TIMEOUT; one interval, filtered by actionId",
	"GET /api/v2/architect/dependencytracking/consumingresources":          "flows whose text holds the name",
	"DELETE /api/v2/architect/schedules/{scheduleId}":                      "409 while a group has it; gone for good",
	"DELETE /api/v2/architect/schedulegroups/{scheduleGroupId}":            "409 while a call route has it; gone for good",
	"DELETE /api/v2/architect/prompts/{promptId}":                          "204, used or not",
	"POST /api/v2/architect/prompts/{promptId}/resources":                  "nothing is uploaded",
	"POST /api/v2/telephony/providers/edges/didpools":                      "at most 10000 numbers; needs no carrier",
	"GET /api/v2/telephony/providers/edges/dids":                           "numbers of call routes only",
}
