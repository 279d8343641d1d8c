package genesystest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
)

func TestTokens(t *testing.T) {
	c := newOrg(t)
	if status, body := c.signIn(genesystest.ClientID, "wrong"); status != 401 || body["error"] != "invalid_client" || body["error_description"] == "" {
		t.Errorf("a wrong secret: %d %v", status, body)
	}
	me := c.do("GET", "/api/v2/tokens/me", nil, 200)
	if me["OAuthClient"].(m)["id"] != genesystest.ClientID || me["organization"].(m)["id"] == "" {
		t.Errorf("tokens/me: %v", me)
	}
	if p := c.do("GET", "/api/v2/authorization/products", nil, 200); p["total"] == nil {
		t.Error("products without a total")
	}
	c.do("DELETE", "/api/v2/tokens/me", nil, 200)
	c.do("GET", "/api/v2/tokens/me", nil, 401, "bad.credentials")
	c.token = ""
	c.do("GET", "/api/v2/tokens/me", nil, 401)
}

func TestWhatIsRefused(t *testing.T) {
	c := newOrg(t)
	c.do("GET", "/api/v2/dataactions", nil, 404, "not.found")
	c.do("PATCH", "/api/v2/routing/skills", m{}, 405)
	c.do("POST", "/api/v2/routing/queues", m{"nmae": "q"}, 400, "bad.request")
	c.do("POST", "/api/v2/routing/queues", `{"name":`, 400, "bad.request")
	c.do("POST", "/api/v2/routing/queues", nil, 400, "bad.request")
	c.do("GET", "/api/v2/routing/skills?nme=a", nil, 400, "bad.request")
	c.do("GET", "/api/v2/routing/skills/unknown", nil, 404, "not.found")
	c.do("POST", "/api/v2/routing/queues", m{"name": strings.Repeat("x", 512001)}, 413, "request.entity.too.large")

	poor := newOrg(t, genesystest.Permissions("routing:queue:view"))
	poor.do("GET", "/api/v2/routing/queues", nil, 200)
	e := poor.do("POST", "/api/v2/routing/queues", m{"name": "q"}, 403)
	if !strings.Contains(e["message"].(string), "routing:queue:add") {
		t.Errorf("the missing permission is not named: %v", e["message"])
	}
}

func TestRateLimit(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	c := newOrg(t, genesystest.PerMinute(3), genesystest.Clock(func() time.Time { return now }))
	for range 3 {
		c.do("GET", "/api/v2/tokens/me", nil, 200)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.base+"/api/v2/tokens/me", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	if status, h, _ := c.send(req); status != 429 || h.Get("Retry-After") != "60" {
		t.Errorf("%d, Retry-After %q", status, h.Get("Retry-After"))
	}
	c.do("GET", "/api/v2/tokens/me", nil, 429, "too.many.requests.retry.after")
	now = now.Add(time.Minute)
	c.do("GET", "/api/v2/tokens/me", nil, 200)
}

func TestPaging(t *testing.T) {
	c := newOrg(t)
	for i := range 7 {
		c.do("POST", "/api/v2/routing/skills", m{"name": fmt.Sprintf("skill %d", i)}, 200)
	}
	first := c.do("GET", "/api/v2/routing/skills?pageSize=3&pageNumber=1", nil, 200)
	last := c.do("GET", "/api/v2/routing/skills?pageSize=3&pageNumber=3", nil, 200)
	if len(entities(first)) != 3 || first["total"] != 7.0 || first["pageCount"] != 3.0 || first["nextUri"] == nil {
		t.Errorf("first page: %v", first)
	}
	if len(entities(last)) != 1 || last["nextUri"] != nil {
		t.Errorf("last page: %v", last)
	}
}

func TestRolesGrantsAndClients(t *testing.T) {
	c := newOrg(t)
	policy := []any{m{"domain": "architect", "entityName": "datatableRow", "actionSet": []any{"edit"}, "allowConditions": false}}
	role := id(c.do("POST", "/api/v2/authorization/roles", m{"name": "runtime", "permissionPolicies": policy}, 200))
	body := m{"name": "runtime", "authorizedGrantType": "CLIENT-CREDENTIALS", "roleDivisions": []any{m{"roleId": role, "divisionId": c.home()}}}
	c.do("POST", "/api/v2/oauth/clients", body, 400, "bad.client.role") // nobody hands out what they do not hold
	grant := "/api/v2/authorization/subjects/" + genesystest.ClientID + "/divisions/" + c.home() + "/roles/" + role
	c.do("POST", grant+"?subjectType=PC_OAUTH_CLIENT", nil, 204)
	c.do("POST", grant+"?subjectType=PC_OAUTH_CLIENT", nil, 204) // a second time changes nothing
	c.do("POST", "/api/v2/oauth/clients", m{"name": "x", "authorizedGrantType": "CLIENT-CREDENTIALS"}, 400, "missing.client.roles")
	made := c.do("POST", "/api/v2/oauth/clients", body, 200)
	if made["secret"] == nil {
		t.Fatal("the reply to the create holds no secret")
	}
	c.do("POST", "/api/v2/oauth/clients", body, 200) // names of clients are not unique
	at := "/api/v2/oauth/clients/" + id(made)
	if got := c.do("GET", at, nil, 200); got["secret"] != nil {
		t.Error("a read shows the secret")
	}
	if status, _ := c.signIn(id(made), made["secret"].(string)); status != 200 {
		t.Errorf("the secret does not sign in: %d", status)
	}
	next := c.do("POST", at+"/secret", nil, 200)["secret"].(string)
	if status, _ := c.signIn(id(made), made["secret"].(string)); status != 401 {
		t.Errorf("the old secret still signs in: %d", status)
	}
	if status, _ := c.signIn(id(made), next); status != 200 {
		t.Errorf("the new secret does not sign in: %d", status)
	}
	c.do("DELETE", "/api/v2/authorization/roles/"+role, nil, 409, "request.conflict")
	c.do("DELETE", at, nil, 400, "cannot.delete.client")
	body["state"] = "inactive"
	c.do("PUT", at, body, 200)
	if status, _ := c.signIn(id(made), next); status != 401 {
		t.Errorf("an inactive client signs in: %d", status)
	}
	c.do("DELETE", at, nil, 204)
	c.do("GET", at, nil, 404)
}

// integration makes one with a credential and enables it.
func (c *client) integration(name, kind, slot, credentialType string, fields m) (integration, credential string) {
	c.t.Helper()
	credential = id(c.do("POST", "/api/v2/integrations/credentials", m{"name": name, "type": m{"name": credentialType}, "credentialFields": fields}, 200))
	in := c.do("POST", "/api/v2/integrations", m{"name": name, "integrationType": m{"id": kind}}, 200)
	c.do("PUT", "/api/v2/integrations/"+id(in)+"/config/current", m{
		"name": name, "version": 1, "notes": "", "properties": m{}, "advanced": m{}, "credentials": m{slot: m{"id": credential}},
	}, 200)
	c.do("PATCH", "/api/v2/integrations/"+id(in), m{"intendedState": "ENABLED"}, 200)
	return id(in), credential
}

func TestIntegrationsAndCredentials(t *testing.T) {
	c := newOrg(t, genesystest.Activation(1))
	c.do("POST", "/api/v2/integrations", m{"name": "x", "integrationType": m{"id": "unknown"}}, 400)
	c.do("POST", "/api/v2/integrations", m{"name": "x"}, 400, "bad.request")
	in, credential := c.integration("HubSpot", "custom-rest-actions", "basicAuth", "userDefined", m{"token": "marked-token"})
	at := "/api/v2/integrations/" + in
	if got := c.do("GET", at, nil, 200); got["reportedState"].(m)["code"] != "ACTIVE" || got["notes"] != "node_dynamodb_empty_string" {
		t.Errorf("integration: %v", got)
	}
	config := m{"name": "HubSpot", "version": 1, "notes": "", "properties": m{}, "advanced": m{}, "credentials": m{}}
	c.do("PUT", at+"/config/current", config, 409, "version.conflict")
	config["version"], config["credentials"] = 2, m{"userDefined": m{"id": credential}}
	c.do("PUT", at+"/config/current", config, 400)
	delete(config, "advanced")
	c.do("PUT", at+"/config/current", config, 400, "bad.request")                                                      // all six fields are required
	c.do("POST", "/api/v2/integrations", m{"name": "HubSpot", "integrationType": m{"id": "custom-rest-actions"}}, 200) // names are not unique

	shown := fmt.Sprint(c.do("GET", "/api/v2/integrations/credentials/"+credential, nil, 200), c.do("GET", "/api/v2/integrations/credentials", nil, 200))
	if strings.Contains(shown, "marked-token") {
		t.Error("a read shows a secret")
	}
	c.do("POST", "/api/v2/integrations/credentials", m{"name": "x", "type": m{"name": "pureCloudOAuthClient"}, "credentialFields": m{"clientId": "a"}}, 400)
	if got := c.do("DELETE", at, nil, 200); id(got) != in {
		t.Errorf("delete: %v", got)
	}
	c.do("GET", at, nil, 404)
	c.do("GET", "/api/v2/integrations/credentials/"+credential, nil, 200) // it outlives its integration
	c.do("DELETE", "/api/v2/integrations/credentials/"+credential, nil, 204)

	kept := newOrg(t, genesystest.Assume(genesystest.Assumptions{UsedCredentialIsKept: true}))
	_, used := kept.integration("HubSpot", "custom-rest-actions", "basicAuth", "userDefined", m{"token": "t"})
	kept.do("DELETE", "/api/v2/integrations/credentials/"+used, nil, 409)
}

func TestCustomAuthAction(t *testing.T) {
	c := newOrg(t)
	in, _ := c.integration("HubSpot", "custom-rest-actions", "basicAuth", "userDefinedOAuth", m{"loginUrl": "https://x", "clientId": "a", "clientSecret": "b"})
	at := "/api/v2/integrations/actions/customAuth_-_" + in
	c.do("GET", at, nil, 404) // it appears with a delay
	c.do("GET", at, nil, 200)
	if n := len(entities(c.do("GET", "/api/v2/integrations/actions", nil, 200))); n != 0 {
		t.Errorf("%d actions in a plain list", n)
	}
	if n := len(entities(c.do("GET", "/api/v2/integrations/actions?includeAuthActions=true", nil, 200))); n != 1 {
		t.Errorf("%d actions with auth actions", n)
	}
	c.do("DELETE", at, nil, 400)
	c.do("DELETE", "/api/v2/integrations/"+in, nil, 200)
	c.do("GET", at, nil, 404)
}

func definition(name, integration string) m {
	schema := func(field string) m {
		return m{"$schema": "http://json-schema.org/draft-04/schema#", "type": "object", "title": "t", "properties": m{field: m{"type": "string"}}, "additionalProperties": false}
	}
	return m{
		"name": name, "category": "HubSpot", "integrationId": integration, "secure": false,
		"contract": m{"input": m{"inputSchema": schema("phone")}, "output": m{"successSchema": schema("id")}},
		"config": m{
			"timeoutSeconds": 5,
			"request":        m{"requestUrlTemplate": "https://api.hubapi.com/x", "requestType": "POST", "headers": m{}, "requestTemplate": `{"phone":"$esc.jsonString(${input.phone})"}`},
			"response":       m{"translationMap": m{"id": "$.id"}, "translationMapDefaults": m{"id": `"x"`}, "successTemplate": `{"id":${id}}`},
		},
	}
}

func TestDataActions(t *testing.T) {
	c := newOrg(t)
	const actions = "/api/v2/integrations/actions"
	c.do("POST", actions+"/drafts", definition("a", "unknown"), 404)
	in, _ := c.integration("HubSpot", "custom-rest-actions", "basicAuth", "userDefined", m{"token": "t"})
	d := definition("find", in)
	draft := c.do("POST", actions+"/drafts", d, 200)
	at := actions + "/" + id(draft)
	if !strings.HasPrefix(id(draft), "custom_-_") {
		t.Errorf("id %s", id(draft))
	}
	c.do("GET", at, nil, 404) // only a draft
	if n := len(entities(c.do("GET", actions, nil, 200))); n != 0 {
		t.Errorf("a list of published actions shows %d", n)
	}
	if n := len(entities(c.do("GET", actions+"/drafts?name=fin", nil, 200))); n != 1 {
		t.Errorf("the list of drafts shows %d", n)
	}
	c.do("POST", at+"/draft/publish", nil, 400)
	c.do("POST", at+"/draft/publish", m{"version": 9}, 409, "version.conflict")
	patched := c.do("PATCH", at+"/draft", m{"version": 1, "config": d["config"]}, 200)
	if patched["version"] != 2.0 {
		t.Errorf("draft version %v", patched["version"])
	}
	if v := c.do("GET", at+"/draft/validation", nil, 200); v["valid"] != true {
		t.Errorf("validation: %v", v)
	}
	test := c.do("POST", at+"/draft/test", m{"phone": "1"}, 200) // nobody answers: 200 all the same
	if test["success"] != false || test["operations"] == nil {
		t.Errorf("test: %v", test)
	}
	if got := c.do("POST", at+"/draft/publish", m{"version": 2}, 200); got["version"] != 1.0 {
		t.Errorf("published version %v", got["version"])
	}
	c.do("GET", at+"/draft", nil, 404)
	whole := c.do("GET", at+"?expand=contract&includeConfig=true", nil, 200)
	request := whole["config"].(m)["request"].(m)
	if request["requestTemplate"] != nil || request["requestTemplateUri"] == nil || whole["contract"] == nil {
		t.Errorf("templates are addresses only: %v", request)
	}
	if got := c.do("GET", at+"/templates/requesttemplate.vm", nil, 200)["text"]; !strings.Contains(got.(string), "$esc.jsonString") {
		t.Errorf("template %v", got)
	}
	c.do("PATCH", at, m{"version": 9, "config": d["config"]}, 409, "version.conflict")
	if got := c.do("PATCH", at, m{"version": 1, "name": "find", "category": "HubSpot", "config": d["config"]}, 200); got["version"] != 2.0 {
		t.Errorf("version after a change: %v", got["version"])
	}
	// The contract is frozen.
	c.do("POST", at+"/draft", nil, 200)
	c.do("POST", at+"/draft", nil, 400, "policy.violation")
	other := definition("find", in)
	other["contract"].(m)["input"].(m)["inputSchema"].(m)["properties"].(m)["more"] = m{"type": "string"}
	changed := c.do("PATCH", at+"/draft", m{"version": 1, "contract": other["contract"]}, 200)
	c.do("POST", at+"/draft/publish", m{"version": changed["version"]}, 400)
	c.do("DELETE", at+"/draft", nil, 204)
	c.do("GET", at, nil, 200)
	direct := c.do("POST", actions, definition("direct", in), 200) // published at once
	c.do("GET", actions+"/"+id(direct), nil, 200)
	c.do("DELETE", actions+"/"+id(direct), nil, 204)
	c.do("POST", actions+"/drafts", definition("orphan", in), 200)
	c.do("DELETE", "/api/v2/integrations/"+in, nil, 200) // takes actions and drafts with it
	c.do("GET", at, nil, 404)
	if n := len(entities(c.do("GET", actions+"/drafts", nil, 200))); n != 0 {
		t.Errorf("%d drafts are left", n)
	}
}

func TestDataTables(t *testing.T) {
	c := newOrg(t)
	const tables = "/api/v2/flows/datatables"
	columns := m{"key": m{"type": "string"}, "n": m{"type": "integer", "default": 7}}
	schema := func(cols m) m {
		return m{"$schema": "http://json-schema.org/draft-04/schema#", "type": "object", "required": []any{"key"}, "additionalProperties": false, "properties": cols}
	}
	table := c.do("POST", tables, m{"name": "Control", "schema": schema(columns)}, 200)
	c.do("POST", tables, m{"name": "control", "schema": schema(columns)}, 409, "flows.datatables.not.unique")
	c.do("POST", tables, m{"name": "a/b", "schema": schema(columns)}, 400)
	at := tables + "/" + id(table)
	if got := c.do("GET", at, nil, 200); got["schema"] != nil {
		t.Error("the schema comes unasked")
	}
	c.do("GET", at+"?expand=schema", nil, 200)
	c.do("PUT", at, m{"name": "Control", "schema": schema(m{"key": m{"type": "string"}})}, 400, "flows.datatables.cannot.remove.fields")
	c.do("PUT", at, m{"name": "Control", "schema": schema(m{"key": m{"type": "string"}, "n": m{"type": "string"}})}, 400, "flows.datatables.schema.exception")
	c.do("PUT", at, m{"name": "Control", "schema": schema(m{"key": m{"type": "string"}, "n": m{"type": "integer"}, "s": m{"type": "string"}})}, 200)
	rows := at + "/rows"
	if got := c.do("POST", rows, m{"key": "a"}, 200); got["n"] == nil {
		t.Errorf("row without its columns: %v", got)
	}
	c.do("POST", rows, m{"key": "a"}, 409, "flows.datatables.not.unique")
	c.do("POST", rows, m{"key": "b", "n": "text"}, 400)
	c.do("POST", rows, m{"key": "b", "x": 1}, 400)
	c.do("PUT", rows+"/a", m{"key": "b"}, 400)
	c.do("PUT", rows+"/a", m{"key": "a", "n": 9}, 200)
	if got := entities(c.do("GET", rows, nil, 200))[0].(m); got["n"] != nil {
		t.Errorf("a brief list shows columns: %v", got)
	}
	if got := entities(c.do("GET", rows+"?showbrief=false", nil, 200))[0].(m); got["n"] != 9.0 {
		t.Errorf("row: %v", got)
	}
	c.do("DELETE", rows+"/a", nil, 204)
	c.do("GET", rows+"/a", nil, 404)
	c.do("DELETE", at+"?force=true", nil, 204)
}

func TestSkillsAndQueues(t *testing.T) {
	c := newOrg(t)
	skill := c.do("POST", "/api/v2/routing/skills", m{"name": "Gold"}, 200)
	c.do("POST", "/api/v2/routing/skills", m{"name": "gold"}, 409, "general.conflict")
	c.do("DELETE", "/api/v2/routing/skills/"+id(skill), nil, 200)
	if got := c.do("GET", "/api/v2/routing/skills/"+id(skill), nil, 200); got["state"] != "deleted" { // soft
		t.Errorf("skill: %v", got)
	}
	if n := len(entities(c.do("GET", "/api/v2/routing/skills", nil, 200))); n != 0 {
		t.Errorf("%d skills in the list", n)
	}
	c.do("POST", "/api/v2/routing/skills", m{"name": "Gold"}, 200)
	queue := c.do("POST", "/api/v2/routing/queues", m{"name": "Sales", "description": "d"}, 200)
	c.do("POST", "/api/v2/routing/queues", m{"name": "Sales"}, 400, "duplicate.name")
	at := "/api/v2/routing/queues/" + id(queue)
	if got := c.do("PUT", at, m{"name": "Sales"}, 200); got["description"] != nil { // PUT replaces the whole
		t.Errorf("queue: %v", got)
	}
	c.do("POST", at+"/members", []any{m{"id": "nobody"}}, 404)
	c.s.Apply(genesystest.Seed{Queues: []genesystest.SeedQueue{{Name: "Staffed", Staff: []genesystest.SeedUser{{Name: "Ada", Skills: []string{"Gold"}}}}}})
	staffed := id(entities(c.do("GET", "/api/v2/routing/queues?name=Staff*", nil, 200))[0].(m))
	members := entities(c.do("GET", "/api/v2/routing/queues/"+staffed+"/members?expand=skills", nil, 200))
	if skills := members[0].(m)["user"].(m)["skills"].([]any); len(skills) != 1 || skills[0].(m)["name"] != "Gold" {
		t.Errorf("member: %v", members[0])
	}
	c.do("DELETE", "/api/v2/routing/queues/"+staffed, nil, 400, "active.queue")
	c.do("DELETE", "/api/v2/routing/queues/"+staffed+"?forceDelete=true", nil, 200)

	taken := newOrg(t, genesystest.Assume(genesystest.Assumptions{DeletedNamesStayTaken: true}))
	s := taken.do("POST", "/api/v2/routing/skills", m{"name": "Gold"}, 200)
	taken.do("DELETE", "/api/v2/routing/skills/"+id(s), nil, 200)
	taken.do("POST", "/api/v2/routing/skills", m{"name": "Gold"}, 409)
}

func TestScripts(t *testing.T) {
	c := newOrg(t)
	org := c.do("GET", "/api/v2/organizations/me", nil, 200)["id"].(string)
	bad := c.do("GET", "/api/v2/scripts/uploads/"+c.upload("s", `{"organizationId":"other","pages":[{}]}`)+"/status?longPoll=false", nil, 200)
	if bad["succeeded"] != false || bad["message"] == "" {
		t.Errorf("a script of another org: %v", bad)
	}
	for range 2 { // names are not unique
		up := c.upload("s", `{"organizationId":"`+org+`","pages":[{}]}`)
		if got := c.do("GET", "/api/v2/scripts/uploads/"+up+"/status?longPoll=false", nil, 200); got["succeeded"] != true {
			t.Errorf("upload: %v", got)
		}
	}
	all := entities(c.do("GET", "/api/v2/scripts?name=s", nil, 200))
	if len(all) != 2 || len(entities(c.do("GET", "/api/v2/scripts/published?name=s", nil, 200))) != 0 {
		t.Errorf("%d scripts", len(all))
	}
	one := id(all[0].(m))
	c.do("POST", "/api/v2/scripts/published?scriptDataVersion=0", m{"scriptId": one}, 200)
	if n := len(entities(c.do("GET", "/api/v2/scripts/published?name=s", nil, 200))); n != 1 {
		t.Errorf("%d published", n)
	}
	c.do("DELETE", "/api/v2/scripts/"+one, nil, 204)
	c.do("GET", "/api/v2/scripts/"+one, nil, 404)
}

const smallFlow = `inboundCall:
  name: Main
  description: "%s"
  division: Home
  startUpRef: "/inboundCall/tasks/task[Entry]"
  defaultLanguage: en-us
  supportedLanguages: {en-us: {defaultLanguageSkill: {noValue: true}}}
  initialGreeting: {tts: Hello}
  tasks:
    - task:
        name: Entry
        refId: Entry
        actions:
          - disconnect: {name: Bye}
`

func TestFlowsAndRoutes(t *testing.T) {
	c := newOrg(t)
	c.s.Apply(genesystest.Seed{Numbers: []string{"+15135550100"}})
	failed := c.publish(strings.Replace(smallFlow, "disconnect: {name: Bye}", "transferToAcd: {name: To, targetQueue: {lit: {name: Nowhere}}, priority: {lit: 0}, outputs: {}}", 1))
	messages := failed["messages"].([]any)
	if failed["status"] != "Failure" || len(messages) == 0 || messages[0].(m)["type"] != "Error" || !strings.Contains(fmt.Sprint(messages), "Nowhere") {
		t.Errorf("a flow that names a queue which does not exist: %v", failed)
	}
	if m := c.publish("inboundCall:\n  name: {{name}}\n"); m["status"] != "Failure" || !strings.Contains(fmt.Sprint(m["messages"]), "substitution key") {
		t.Errorf("an unfilled placeholder: %v", m)
	}
	job := c.publish(smallFlow)
	if job["status"] != "Success" {
		t.Fatalf("job: %v", job)
	}
	flow := id(job["flow"].(m))
	if again := c.publish(strings.Replace(smallFlow, "%s", "second", 1)); id(again["flow"].(m)) != flow { // name and type are the identity
		t.Error("the same name made another flow")
	}
	at := "/api/v2/flows/" + flow
	if got := c.do("GET", at, nil, 200); got["description"] != "second" || got["publishedVersion"].(m)["id"] != "2.0" || got["publishedVersion"].(m)["createdByClient"] == nil {
		t.Errorf("flow: %v", got)
	}
	const ivrs = "/api/v2/architect/ivrs"
	c.do("POST", ivrs, m{"name": "Main", "dnis": []any{"+19999999999"}}, 400, "general.bad.request")
	route := c.do("POST", ivrs, m{"name": "Main", "dnis": []any{"+15135550100"}, "openHoursFlow": m{"id": flow}}, 200)
	c.do("POST", ivrs, m{"name": "Other", "dnis": []any{"+15135550100"}}, 409, "general.conflict")
	c.do("POST", ivrs, m{"name": "Hours", "scheduleGroup": m{"id": "x"}, "openHoursFlow": m{"id": flow}}, 400)
	dids := entities(c.do("GET", "/api/v2/telephony/providers/edges/didpools/dids?type=ASSIGNED_AND_UNASSIGNED&numberMatch=15135550100", nil, 200))
	if d := dids[0].(m); d["assigned"] != true || d["ownerType"] != "IVR_CONFIG" || id(d["owner"].(m)) != id(route) {
		t.Errorf("number: %v", dids)
	}
	c.do("DELETE", at, nil, 409, "architect.flow.cannot.delete.used.in.ivr.configs")
	c.do("PUT", ivrs+"/"+id(route), m{"name": "Main", "version": 9}, 409, "general.conflict")
	c.do("PUT", ivrs+"/"+id(route), m{"name": "Main", "version": 1, "openHoursFlow": m{"id": flow}}, 200)
	c.do("DELETE", ivrs+"/"+id(route), nil, 200)
	if got := c.do("GET", ivrs+"/"+id(route), nil, 200); got["state"] != "deleted" {
		t.Errorf("route: %v", got)
	}
	c.do("DELETE", at, nil, 204)
	c.do("GET", at, nil, 404)
}

func TestAJobEndsUnasked(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	c := newOrg(t, genesystest.Clock(func() time.Time { return now }), genesystest.JobTime(time.Minute))
	if job := c.publish(smallFlow); job["status"] != "Started" {
		t.Errorf("job: %v", job)
	}
	if n := len(entities(c.do("GET", "/api/v2/flows", nil, 200))); n != 0 {
		t.Errorf("%d flows before the job ended", n)
	}
	now = now.Add(time.Minute)
	if n := len(entities(c.do("GET", "/api/v2/flows", nil, 200))); n != 1 {
		t.Errorf("%d flows after it", n)
	}
}

func TestLag(t *testing.T) {
	c := newOrg(t, genesystest.Lag(2), genesystest.ListLag(1))
	q := c.do("POST", "/api/v2/routing/queues", m{"name": "Sales"}, 200)
	c.do("GET", "/api/v2/routing/queues/"+id(q), nil, 404)
	c.do("GET", "/api/v2/routing/queues/"+id(q), nil, 404)
	c.do("GET", "/api/v2/routing/queues/"+id(q), nil, 200)
	for want := range 2 {
		if n := len(entities(c.do("GET", "/api/v2/routing/queues", nil, 200))); n != want {
			t.Errorf("%d queues in list %d", n, want)
		}
	}
}

// A fault after the call took effect is how duplicates are made.
func TestFaultsAreRepeatable(t *testing.T) {
	c := newOrg(t, genesystest.Faults(genesystest.Fault{Nth: 1, Method: "POST", PathPrefix: "/api/v2/authorization/roles", Status: 503, After: true}))
	c.do("POST", "/api/v2/authorization/roles", m{"name": "r"}, 503, "service.unavailable")
	c.do("POST", "/api/v2/authorization/roles", m{"name": "r"}, 200)
	if n := len(entities(c.do("GET", "/api/v2/authorization/roles?name=r", nil, 200))); n != 2 {
		t.Errorf("%d roles", n)
	}
}

func TestNoSecretInTheState(t *testing.T) {
	c := newOrg(t)
	c.integration("HubSpot", "custom-rest-actions", "basicAuth", "userDefined", m{"token": "marked-token"})
	data, err := json.Marshal(c.s.State())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"marked-token", genesystest.ClientSecret, c.token} {
		if bytes.Contains(data, []byte(s)) {
			t.Errorf("the state holds %q", s)
		}
	}
}
