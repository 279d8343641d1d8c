package genesystest_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
)

// Genesys' Go SDK writes two slashes where the base path names a port.
func TestEmptyPartsOfAPath(t *testing.T) {
	c := newOrg(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.base+"//oauth//token", strings.NewReader(url.Values{"grant_type": {"client_credentials"}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(genesystest.ClientID, genesystest.ClientSecret)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if status, _, data := c.send(req); status != 200 {
		t.Errorf("token: %d %s", status, data)
	}
	table := c.do("POST", "//api/v2//flows/datatables", m{"name": "t", "schema": m{"properties": m{"key": m{"type": "string"}}}}, 200)
	c.do("POST", "/api/v2/flows/datatables/"+id(table)+"/rows", m{"key": "a//b"}, 200)
	if got := c.do("GET", "//api/v2/flows/datatables/"+id(table)+"/rows/a%2F%2Fb", nil, 200); got["key"] != "a//b" {
		t.Errorf("row %v: an escaped slash is part of a value", got)
	}
}

// What an optional field of null says is what leaving it out says; Genesys' own provider
// sends both, and makes integrations without a name.
func TestOptionalFields(t *testing.T) {
	c := newOrg(t)
	in := c.do("POST", "/api/v2/integrations", m{"integrationType": m{"id": "custom-rest-actions"}}, 200)
	if in["name"] == "" || in["name"] == nil {
		t.Errorf("an integration without a name: %v", in)
	}
	q := c.do("POST", "/api/v2/routing/queues", m{"name": "Sales", "description": nil, "acwSettings": m{"wrapupPrompt": nil}, "division": nil}, 200)
	c.do("PUT", "/api/v2/routing/queues/"+id(q), m{"name": "Sales", "queueFlow": nil, "routingRules": nil}, 200)
	c.do("POST", "/api/v2/routing/queues", m{"name": nil}, 400, "bad.request")
	c.do("POST", "/api/v2/routing/queues", m{"nme": nil, "name": "x"}, 200)
}

// A path that the description has is never "no path": a client takes that for gone.
func TestWhatIsNotServedSaysSo(t *testing.T) {
	c := newOrg(t)
	for _, path := range []string{"/api/v2/outbound/campaigns", "/api/v2/quality/forms", "/api/v2/routing/email/domains"} {
		if got := c.do("GET", path, nil, 501, "not.implemented"); !strings.Contains(got["message"].(string), "GET "+path) {
			t.Errorf("%s is not named: %v", path, got["message"])
		}
	}
	c.do("PUT", "/api/v2/quality/forms", nil, 405)
	c.do("GET", "/api/v2/quality/nothing", nil, 404, "not.found")
}

// Kinds that a deployment's clients keep beside ours are made, listed by name, id and page,
// changed and deleted.
func TestPlainKinds(t *testing.T) {
	c := newOrg(t)
	schedule := id(c.do("POST", "/api/v2/architect/schedules", m{"name": "Always", "start": "2026-01-01T00:00:00.000", "end": "2026-01-02T00:00:00.000", "rrule": "FREQ=DAILY"}, 200))
	for _, k := range []struct {
		path    string
		body    m
		update  bool
		version bool
		gone    int
		twice   int // status of a second one of that name; 0: it is made
		code    string
	}{
		{"/api/v2/routing/wrapupcodes", m{"name": "Sold"}, true, false, 200, 400, "duplicate.name"},
		{"/api/v2/routing/languages", m{"name": "English"}, false, false, 200, 400, "general.conflict"},
		{"/api/v2/architect/schedules", m{"name": "Xmas", "start": "2026-12-25T00:00:00.000", "end": "2026-12-26T00:00:00.000"}, true, true, 200, 0, ""},
		{"/api/v2/architect/schedulegroups", m{"name": "Hours", "timeZone": "Europe/Berlin", "openSchedules": []any{m{"id": schedule}}}, true, true, 200, 0, ""},
		{"/api/v2/architect/emergencygroups", m{"name": "Alarm"}, true, true, 200, 0, ""},
		{"/api/v2/architect/prompts", m{"name": "Welcome_1"}, true, false, 204, 409, "architect.prompt.already.exists"},
		{"/api/v2/telephony/providers/edges/didpools", m{"name": "Berlin", "startPhoneNumber": "+493012345600", "endPhoneNumber": "+493012345699"}, true, true, 200, 409, "general.conflict"},
		{"/api/v2/authorization/divisions", m{"name": "Europe", "description": "d"}, true, false, 204, 409, "resource.already.exists"},
	} {
		t.Run(k.path, func(t *testing.T) {
			c.t = t
			made := c.do("POST", k.path, k.body, 200)
			if k.twice != 0 {
				c.do("POST", k.path, k.body, k.twice, k.code)
			}
			one := k.path + "/" + id(made)
			if got := c.do("GET", one, nil, 200); got["name"] != k.body["name"] {
				t.Errorf("read: %v", got)
			}
			if n := len(entities(c.do("GET", k.path+"?pageSize=100&pageNumber=1"+named(k.path, k.body), nil, 200))); n == 0 {
				t.Error("it is not listed")
			}
			if k.update {
				next := m{"description": "changed"}
				for f, v := range k.body {
					next[f] = v
				}
				if k.version {
					c.do("PUT", one, next, 409, "general.conflict")
					next["version"] = made["version"]
				}
				if got := c.do("PUT", one, next, 200); got["description"] != next["description"] || k.version && got["version"] != made["version"].(float64)+1 {
					t.Errorf("changed: %v", got)
				}
			}
			c.do("DELETE", one, nil, k.gone)
			if strings.HasSuffix(k.path, "languages") {
				if got := c.do("GET", one, nil, 200); got["state"] != "deleted" {
					t.Errorf("deleted: %v", got)
				}
				return
			}
			c.do("GET", one, nil, 404)
			c.do("DELETE", one, nil, 404)
		})
	}
	c.t = t
	group := id(c.do("POST", "/api/v2/architect/schedulegroups", m{"name": "Hours", "openSchedules": []any{m{"id": schedule}}}, 200))
	c.do("DELETE", "/api/v2/architect/schedules/"+schedule, nil, 409, "general.conflict") // it is in a group
	c.do("POST", "/api/v2/architect/schedulegroups", m{"name": "x", "openSchedules": []any{m{"id": "nothing"}}}, 404)
	c.do("DELETE", "/api/v2/architect/schedulegroups/"+group, nil, 200)
	c.do("DELETE", "/api/v2/architect/schedules/"+schedule, nil, 200)
	c.do("DELETE", "/api/v2/authorization/divisions/"+c.home(), nil, 400, "precondition.failure")
	c.do("POST", "/api/v2/architect/prompts", m{"name": "no blank"}, 400)
	prompt := "/api/v2/architect/prompts/" + id(c.do("POST", "/api/v2/architect/prompts", m{"name": "Hi"}, 200))
	c.do("POST", prompt+"/resources", m{"language": "en-us", "ttsString": "Hi"}, 200)
	c.do("PUT", prompt+"/resources/en-us", m{"language": "en-us", "ttsString": "Hello"}, 200)
	if got := c.do("GET", prompt+"?includeResources=true", nil, 200)["resources"].([]any); got[0].(m)["ttsString"] != "Hello" {
		t.Errorf("prompt: %v", got)
	}
	c.do("DELETE", prompt+"/resources/en-us", nil, 204)
	c.do("GET", prompt+"/resources/en-us", nil, 404)
}

// named is the filter of a list, where it has one.
func named(path string, body m) string {
	if strings.HasSuffix(path, "pools") {
		return ""
	}
	return "&name=" + body["name"].(string)
}

func TestWhatTheOrgTellsOfPeople(t *testing.T) {
	c := newOrg(t)
	if e := c.do("GET", "/api/v2/users/me", nil, 400); !strings.Contains(e["message"].(string), "user context") {
		t.Errorf("a client is nobody: %v", e)
	}
	ada := c.do("POST", "/api/v2/users", m{"name": "Ada", "email": "ada@example.com", "divisionId": c.home(), "password": "marked"}, 200)
	c.do("POST", "/api/v2/users", m{"name": "Eve", "email": "ADA@example.com", "divisionId": c.home()}, 409, "general.conflict")
	search := m{"query": []any{m{"fields": []any{"email"}, "value": "Ada@Example.com", "type": "EXACT"}}, "pageSize": 1}
	found := c.do("POST", "/api/v2/users/search", search, 200)
	if rs := found["results"].([]any); len(rs) != 1 || id(rs[0].(m)) != id(ada) || found["total"] != 1.0 {
		t.Errorf("search by e-mail: %v", found)
	}
	q64 := base64.StdEncoding.EncodeToString([]byte(`{"query":[{"fields":["name"],"value":"a","type":"STARTS_WITH"}]}`))
	if got := c.do("GET", "/api/v2/users/search?q64="+url.QueryEscape(q64), nil, 200); len(got["results"].([]any)) != 1 {
		t.Errorf("search by name: %v", got)
	}
	c.do("POST", "/api/v2/users/search", m{"query": []any{m{"fields": []any{"name"}, "type": "REGEX", "value": "a"}}}, 501)
	at := "/api/v2/users/" + id(ada)
	skill := c.do("POST", "/api/v2/routing/skills", m{"name": "Gold"}, 200)
	c.do("POST", at+"/routingskills", m{"id": id(skill), "proficiency": 4.0}, 200)
	if got := c.do("GET", at+"?expand=skills", nil, 200)["skills"].([]any); len(got) != 1 {
		t.Errorf("skills: %v", got)
	}
	queue := c.do("POST", "/api/v2/routing/queues", m{"name": "Sales"}, 200)
	members := "/api/v2/routing/queues/" + id(queue) + "/members"
	c.do("POST", members, []any{m{"id": id(ada)}}, 204)
	c.do("PATCH", members+"/"+id(ada), m{"id": id(ada), "joined": false}, 202)
	if got := c.do("GET", "/api/v2/routing/queues/"+id(queue), nil, 200); got["memberCount"] != 1.0 || got["joinedMemberCount"] != 0.0 {
		t.Errorf("queue: %v", got)
	}
	if n := len(entities(c.do("GET", members+"?joined=true", nil, 200))); n != 0 {
		t.Errorf("%d have joined", n)
	}
	c.do("PATCH", members, []any{m{"id": id(ada), "joined": true}}, 200)
	if n := len(entities(c.do("GET", at+"/queues", nil, 200))); n != 1 {
		t.Errorf("%d queues of somebody", n)
	}
	c.do("DELETE", members+"/"+id(ada), nil, 204)
	c.do("PATCH", at, m{"version": 1, "title": "Agent"}, 200)
	c.do("PATCH", at, m{"version": 1, "title": "Boss"}, 409, "version.conflict")
	c.do("DELETE", at+"/routingskills/"+id(skill), nil, 200)
	c.do("GET", at+"/routinglanguages", nil, 200)
	me := newOrg(t, genesystest.Person("ada@example.com"))
	me.s.Apply(genesystest.Seed{Users: []genesystest.SeedUser{{Name: "Ada", Email: "ada@example.com"}}})
	if got := me.do("GET", "/api/v2/users/me?expand=skills", nil, 200); got["email"] != "ada@example.com" {
		t.Errorf("me: %v", got)
	}
	c.do("DELETE", at, nil, 200)
	c.do("GET", at, nil, 404)
}

func TestWrapUpCodesOfAQueue(t *testing.T) {
	c := newOrg(t)
	code := id(c.do("POST", "/api/v2/routing/wrapupcodes", m{"name": "Sold"}, 200))
	queue := id(c.do("POST", "/api/v2/routing/queues", m{"name": "Sales"}, 200))
	at := "/api/v2/routing/queues/" + queue
	c.do("POST", at+"/wrapupcodes", []any{m{"id": code}}, 200)
	c.do("POST", at+"/wrapupcodes", []any{m{"id": "nothing"}}, 404)
	c.do("PUT", at, m{"name": "Sales", "description": "kept"}, 200)
	if got := entities(c.do("GET", at+"/wrapupcodes", nil, 200)); len(got) != 1 || id(got[0].(m)) != code {
		t.Errorf("codes after an update of the queue: %v", got)
	}
	c.do("DELETE", at+"/wrapupcodes/"+code, nil, 200)
	c.do("DELETE", at+"/wrapupcodes/"+code, nil, 404)
	if n := len(entities(c.do("GET", at+"/wrapupcodes", nil, 200))); n != 0 {
		t.Errorf("%d codes are left", n)
	}
}

// Views of divisions are no ids of entities.
func TestViewsOfDivisions(t *testing.T) {
	c := newOrg(t)
	full(c)
	c.publish(smallFlow)
	c.do("POST", "/api/v2/routing/wrapupcodes", m{"name": "Sold"}, 200)
	for path, want := range map[string]int{
		"/api/v2/routing/queues/divisionviews": 1, "/api/v2/routing/queues/divisionviews/all": 1, "/api/v2/routing/queues/divisionviews?name=Nothing": 0,
		"/api/v2/flows/datatables/divisionviews": 1, "/api/v2/flows/divisionviews?type=inboundcall": 1, "/api/v2/flows/divisionviews?type=bot": 0,
		"/api/v2/architect/ivrs/divisionviews": 1, "/api/v2/architect/schedulegroups/divisionviews": 1, "/api/v2/architect/schedules/divisionviews": 0,
		"/api/v2/architect/emergencygroups/divisionviews": 0, "/api/v2/routing/wrapupcodes/divisionviews": 1,
		"/api/v2/scripts/divisionviews": 1, "/api/v2/scripts/published/divisionviews": 1,
	} {
		if n := len(entities(c.do("GET", path, nil, 200))); n != want {
			t.Errorf("%s: %d, want %d", path, n, want)
		}
	}
}

func TestWhatAFlowWas(t *testing.T) {
	c := newOrg(t)
	flow := id(c.publish(smallFlow)["flow"].(m))
	c.publish(strings.Replace(smallFlow, "%s", "second", 1))
	at := "/api/v2/flows/" + flow
	asked := c.do("POST", at+"/history", nil, 200)
	entries := entities(c.do("GET", at+"/history/"+id(asked)+"?pageSize=10", nil, 200))
	if len(entries) != 2 || entries[0].(m)["version"] != "2.0" || entries[0].(m)["client"] == nil {
		t.Errorf("history: %v", entries)
	}
	if n := len(entities(c.do("GET", at+"/versions", nil, 200))); n != 2 {
		t.Errorf("%d versions", n)
	}
	if v := c.do("GET", at+"/versions/1.0", nil, 200); v["type"] != "PUBLISH" {
		t.Errorf("the first version: %v", v)
	}
	if got := c.do("GET", at+"/latestconfiguration", nil, 200); got["inboundCall"] == nil {
		t.Errorf("configuration: %v", got)
	}
	c.do("GET", at+"/versions/2.0/configuration", nil, 200)
	c.do("GET", at+"/versions/1.0/configuration", nil, 404)
	empty := c.do("POST", "/api/v2/flows", m{"name": "New", "type": "INBOUNDCALL"}, 200)
	c.do("POST", "/api/v2/flows", m{"name": "new", "type": "INBOUNDCALL"}, 409, "architect.flow.already.exists")
	if got := c.do("PUT", "/api/v2/flows/"+id(empty), m{"name": "New", "description": "d"}, 200); got["description"] != "d" || got["publishedVersion"] != nil {
		t.Errorf("flow: %v", got)
	}
	c.do("POST", "/api/v2/flows/actions/checkout?flow="+id(empty), nil, 200)
	c.do("POST", "/api/v2/flows/actions/unlock?flow="+id(empty), nil, 200)
	c.do("GET", "/api/v2/flows/"+id(empty)+"/latestconfiguration", nil, 200)
	if n := len(entities(c.do("GET", "/api/v2/flows/"+id(empty)+"/versions", nil, 200))); n != 0 {
		t.Errorf("%d versions of a flow without content", n)
	}
}

func TestTypesCategoriesAndSchemas(t *testing.T) {
	c := newOrg(t)
	in, _ := c.integration("HubSpot", "custom-rest-actions", "basicAuth", "userDefined", m{"token": "t"})
	if n := len(entities(c.do("GET", "/api/v2/integrations/types", nil, 200))); n != 2 {
		t.Errorf("%d types", n)
	}
	c.do("GET", "/api/v2/integrations/types/custom-rest-actions/configschemas/properties", nil, 200)
	c.do("GET", "/api/v2/integrations/types/custom-rest-actions/configschemas/nothing", nil, 404)
	if n := len(entities(c.do("GET", "/api/v2/integrations/credentials/types", nil, 200))); n != 4 {
		t.Errorf("%d types of credentials", n)
	}
	for i := range 3 {
		c.do("POST", "/api/v2/integrations/credentials", m{"name": string(rune('a' + i)), "type": m{"name": "userDefined"}, "credentialFields": m{"token": "t"}}, 200)
	}
	seen := 0
	for at := "/api/v2/integrations/credentials/listing?pageSize=3"; at != ""; {
		page := c.do("GET", at, nil, 200)
		seen += len(entities(page))
		at, _ = page["nextUri"].(string)
	}
	if seen != 4 {
		t.Errorf("%d credentials in the listing", seen)
	}
	action := c.do("POST", "/api/v2/integrations/actions", definition("direct", in), 200)
	if got := entities(c.do("GET", "/api/v2/integrations/actions/categories", nil, 200)); len(got) != 1 || got[0].(m)["name"] != "HubSpot" {
		t.Errorf("categories: %v", got)
	}
	at := "/api/v2/integrations/actions/" + id(action) + "/schemas/"
	if got := c.do("GET", at+"input.json", nil, 200)["properties"].(m); got["phone"] == nil {
		t.Errorf("schema: %v", got)
	}
	c.do("GET", at+"other.json", nil, 404)
}

func TestNumbersAndPools(t *testing.T) {
	c := newOrg(t)
	c.s.Apply(genesystest.Seed{Numbers: []string{"+15135550100"}})
	const at = "/api/v2/telephony/providers/edges/"
	pool := m{"name": "p", "startPhoneNumber": "+15135550110", "endPhoneNumber": "+15135550112"}
	made := c.do("POST", at+"didpools", pool, 200)
	c.do("POST", at+"didpools", m{"name": "q", "startPhoneNumber": "+15135550112", "endPhoneNumber": "+15135550113"}, 409)
	c.do("POST", at+"didpools", m{"name": "q", "startPhoneNumber": "+15135550113", "endPhoneNumber": "513"}, 400)
	route := c.do("POST", "/api/v2/architect/ivrs", m{"name": "r", "dnis": []any{"+15135550111"}}, 200)
	if n := len(entities(c.do("GET", at+"didpools/dids?type=ASSIGNED_AND_UNASSIGNED", nil, 200))); n != 4 {
		t.Errorf("%d numbers", n)
	}
	if n := len(entities(c.do("GET", at+"didpools/dids?type=UNASSIGNED", nil, 200))); n != 3 {
		t.Errorf("%d free numbers", n)
	}
	all := entities(c.do("GET", at+"dids?phoneNumber=15135550111", nil, 200))
	if len(all) != 1 || id(all[0].(m)["owner"].(m)) != id(route) || id(all[0].(m)["didPool"].(m)) != id(made) {
		t.Errorf("assigned: %v", all)
	}
	c.do("GET", at+"dids/"+id(all[0].(m)), nil, 200)
	c.do("DELETE", at+"didpools/"+id(made), nil, 409)
	c.do("DELETE", "/api/v2/architect/ivrs/"+id(route), nil, 200)
	c.do("GET", at+"dids/"+id(all[0].(m)), nil, 404)
	c.do("DELETE", at+"didpools/"+id(made), nil, 200)
}

func TestGrantsInBulk(t *testing.T) {
	c := newOrg(t)
	role := id(c.do("POST", "/api/v2/authorization/roles", m{"name": "r"}, 200))
	grants := m{"grants": []any{m{"roleId": role, "divisionId": c.home()}}}
	at := "/api/v2/authorization/subjects/somebody"
	held := func() int { return len(c.do("GET", at, nil, 200)["grants"].([]any)) }
	for _, x := range []struct {
		path string
		want int
	}{{"bulkadd", 1}, {"bulkadd", 1}, {"bulkremove", 0}, {"bulkreplace", 1}} {
		if c.do("POST", at+"/"+x.path+"?subjectType=PC_USER", grants, 204); held() != x.want {
			t.Errorf("after %s: %d", x.path, held())
		}
	}
	c.do("POST", at+"/bulkadd", m{"grants": []any{m{"roleId": "nothing", "divisionId": c.home()}}}, 404)
	c.do("GET", "/api/v2/authorization/divisionspermitted/me?permission=routing:queue:view", nil, 200)
}

func TestATableAsText(t *testing.T) {
	c := newOrg(t)
	full(c)
	table := id(entities(c.do("GET", "/api/v2/flows/datatables", nil, 200))[0].(m))
	jobs := "/api/v2/flows/datatables/" + table + "/export/jobs"
	job := c.do("POST", jobs, nil, 202)
	done := c.do("GET", jobs+"/"+id(job), nil, 200)
	if done["status"] != "Succeeded" || done["countRecordsProcessed"] != 1.0 {
		t.Fatalf("job: %v", done)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, done["downloadURI"].(string), nil)
	if err != nil {
		t.Fatal(err)
	}
	if status, _, text := c.send(req); status != 200 || string(text) != "key,on\nswitch,true\n" {
		t.Errorf("%d %q", status, text)
	}
	c.do("GET", jobs+"/nothing", nil, 404)
}

func TestPublishedScripts(t *testing.T) {
	c := newOrg(t)
	org := c.do("GET", "/api/v2/organizations/me", nil, 200)["id"].(string)
	c.upload("s", `{"organizationId":"`+org+`","pages":[{"id":"p","name":"Start"}],"variables":[{"name":"v","type":"string"}]}`)
	s := id(entities(c.do("GET", "/api/v2/scripts", nil, 200))[0].(m))
	c.do("GET", "/api/v2/scripts/published/"+s, nil, 404)
	c.do("POST", "/api/v2/scripts/published", m{"scriptId": s}, 200)
	c.do("GET", "/api/v2/scripts/published/"+s, nil, 200)
	if got := c.do("GET", "/api/v2/scripts/published/"+s+"/variables", nil, 200); got["v"] == nil {
		t.Errorf("variables: %v", got)
	}
	c.do("GET", "/api/v2/scripts/published/"+s+"/pages", nil, 200)
}

// What is served is in the description, or on the short list of what it lacks.
func TestEveryServedOperationIsDescribed(t *testing.T) {
	served := genesystest.Served()
	if len(served) < 150 {
		t.Errorf("only %d operations are served", len(served))
	}
	if gone := genesystest.AssumedOfNothing(); len(gone) > 0 {
		t.Errorf("something is assumed of what is not served: %v", gone)
	}
	if lacking := genesystest.Undescribed(); len(lacking) > 0 {
		t.Errorf("not in the description and not on the list of what it lacks: %v", lacking)
	}
}

// What the tests of the kinds do not come to.
func TestTheRestOfWhatIsServed(t *testing.T) {
	c := newOrg(t)
	full(c)
	in, credential := c.integration("HubSpot", "custom-rest-actions", "basicAuth", "userDefined", m{"token": "t"})
	c.do("PUT", "/api/v2/integrations/credentials/"+credential, m{"name": "k", "type": m{"name": "userDefined"}, "credentialFields": m{"token": "u"}}, 200)
	if n := len(entities(c.do("GET", "/api/v2/integrations?expand=config.current", nil, 200))); n != 1 {
		t.Errorf("%d integrations", n)
	}
	c.do("GET", "/api/v2/integrations/types/custom-rest-actions", nil, 200)
	draft := "/api/v2/integrations/actions/" + id(c.do("POST", "/api/v2/integrations/actions/drafts", definition("find", in), 200)) + "/draft"
	c.do("GET", draft, nil, 200)
	c.do("GET", draft+"/templates/successtemplate.vm", nil, 200)
	c.do("GET", draft+"/schemas/success.json", nil, 200)
	genesysCloud, _ := c.integration("Genesys", "purecloud-data-actions", "pureCloudOAuthClient", "pureCloudOAuthClient", m{"clientId": genesystest.ClientID, "clientSecret": "x"})
	own := definition("me", genesysCloud)
	own["contract"].(m)["input"].(m)["inputSchema"].(m)["properties"] = m{}
	own["config"] = m{
		"request":  m{"requestUrlTemplate": "/api/v2/organizations/me", "requestType": "GET", "headers": m{}, "requestTemplate": "${input.rawRequest}"},
		"response": m{"translationMap": m{"id": "$.id"}, "translationMapDefaults": m{"id": `"x"`}, "successTemplate": `{"id":${id}}`},
	}
	action := "/api/v2/integrations/actions/" + id(c.do("POST", "/api/v2/integrations/actions", own, 200))
	if got := c.do("POST", action+"/test?flatten=true", m{}, 200); got["success"] != true {
		t.Errorf("test: %v", got)
	}
	if got := c.do("POST", action+"/execute", m{}, 200); got["id"] == nil {
		t.Errorf("execute: %v", got)
	}
	c.do("POST", "/api/v2/analytics/actions/aggregates/query", m{
		"interval": "2020-01-01T00:00:00.000Z/2040-01-01T00:00:00.000Z", "groupBy": []any{"actionId", "responseStatus", "errorType"}, "metrics": []any{"tTotalExecution"},
	}, 200)
	c.do("GET", "/api/v2/oauth/clients", nil, 200)
	c.do("GET", "/api/v2/users", nil, 200)
	ada := id(entities(c.do("GET", "/api/v2/users?state=any&expand=skills,groups", nil, 200))[0].(m))
	c.do("GET", "/api/v2/users/"+ada+"/routingskills", nil, 200)
	c.do("GET", "/api/v2/authorization/subjects/me", nil, 200)
	c.do("GET", "/api/v2/authorization/divisionspermitted/paged/me?permission=routing:queue:view", nil, 200)
	c.do("GET", "/api/v2/authorization/permissions?queryType=domain&query=routing", nil, 200)
	role := "/api/v2/authorization/roles/" + id(c.do("POST", "/api/v2/authorization/roles", m{"name": "r"}, 200))
	c.do("PUT", role, m{"name": "r", "description": "d"}, 200)
	c.do("GET", role+"/subjectgrants", nil, 200)
	c.do("GET", role, nil, 200)
	c.do("DELETE", "/api/v2/authorization/subjects/nobody/divisions/"+c.home()+"/roles/"+path.Base(role), nil, 204)
	c.do("DELETE", role, nil, 200)
	c.do("GET", "/api/v2/integrations/"+in+"/config/current", nil, 200)
	c.do("GET", "/api/v2/organizations/limits/namespaces/routing", nil, 200)
	queue := id(entities(c.do("GET", "/api/v2/routing/queues", nil, 200))[0].(m))
	c.do("POST", "/api/v2/authorization/divisions/"+c.home()+"/objects/QUEUE", []any{queue}, 204)
	c.do("GET", "/api/v2/routing/wrapupcodes/divisionviews/"+id(c.do("POST", "/api/v2/routing/wrapupcodes", m{"name": "w"}, 200)), nil, 200)
	table := id(entities(c.do("GET", "/api/v2/flows/datatables?expand=schema", nil, 200))[0].(m))
	c.do("GET", "/api/v2/flows/datatables/divisionviews/"+table+"?expand=schema", nil, 200)
	c.do("GET", "/api/v2/architect/ivrs?name=route", nil, 200)
	prompt := "/api/v2/architect/prompts/" + id(c.do("POST", "/api/v2/architect/prompts", m{"name": "Hi"}, 200)) + "/resources"
	c.do("POST", prompt, m{"language": "de-de", "text": "Hallo"}, 200)
	c.do("GET", prompt, nil, 200)
	c.do("GET", prompt+"/de-de", nil, 200)
	flow := id(c.publish(smallFlow)["flow"].(m))
	job := c.do("POST", "/api/v2/flows/export/jobs", m{"flows": []any{m{"flow": m{"id": flow}, "exportType": "Yaml"}}}, 200)
	c.do("GET", "/api/v2/flows/export/jobs/"+id(job), nil, 200)
	c.do("GET", "/api/v2/architect/dependencytracking/consumingresources?id="+queue+"&objectType=QUEUE", nil, 200)
	script := id(entities(c.do("GET", "/api/v2/scripts", nil, 200))[0].(m))
	c.do("GET", "/api/v2/scripts/"+script, nil, 200)
	c.do("POST", "/api/v2/scripts/"+script+"/export", m{}, 200)
}
