package genesysrest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	sdk "github.com/mypurecloud/platform-client-sdk-go/v150/platformclientv2"
)

// A terraform stands for Genesys' provider for Terraform, which is no module that a test could
// import: it makes the provider's requests, in the provider's order, with the SDK that the
// provider is made of, through its own transport and its setting of a gateway.
type terraform struct {
	t    *testing.T
	sdk  *sdk.Configuration
	base string
	ids  map[string]string // of what was made, by the resource's name
}

// A resource is what the provider does for one: make it, read it, delete it, and look until it
// is gone.
type resource struct {
	name   string
	create func() (id string, err error)
	read   func(id string) (any, error)
	remove func(id string) error
	stays  bool // deleted, it answers a read as deleted; else with 404
}

// of reads a body of the SDK from JSON.
func of[T any](text string, args ...any) T {
	var v T
	if err := json.Unmarshal(fmt.Appendf(nil, text, args...), &v); err != nil {
		panic(err)
	}
	return v
}

func first[T any](v *T, _ *sdk.APIResponse, err error) (*T, error) { return v, err }

// any2 is a read as the test compares it.
func any2[T any](v *T, _ *sdk.APIResponse, err error) (any, error) { return v, err }

func only(_ *sdk.APIResponse, err error) error { return err }

func both[T any](_ *T, _ *sdk.APIResponse, err error) error { return err }

// raw is a call whose body the provider writes itself, since the SDK's types lose part of it.
func (p *terraform) raw(method, path string, body string) (map[string]any, error) {
	var content any
	if body != "" {
		content = &body
	}
	res, err := p.sdk.APIClient.CallAPI(p.sdk.BasePath+path, method, content, map[string]string{"Authorization": "Bearer " + p.sdk.AccessToken, "Content-Type": "application/json"}, nil, nil, "", nil, "other")
	if err != nil {
		return nil, err
	}
	if res.Error != nil {
		return nil, errors.New(res.ErrorMessage)
	}
	out := map[string]any{}
	if len(res.RawBody) == 0 {
		return out, nil
	}
	return out, json.Unmarshal(res.RawBody, &out)
}

// put sends a file as the provider's uploader does, outside the SDK.
func (p *terraform) put(method, address string, headers map[string]string, body io.Reader) (map[string]any, error) {
	req, err := http.NewRequestWithContext(p.t.Context(), method, address, body)
	if err != nil {
		return nil, err
	}
	for k, v := range headers {
		req.Header.Set(k, v)
	}
	res, err := new(http.Client).Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close() //nolint:errcheck // read to its end
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 300 {
		return nil, fmt.Errorf("%s %s: %d %s %w", method, address, res.StatusCode, text, err)
	}
	out := map[string]any{}
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		return out, json.Unmarshal(text, &out)
	}
	return out, nil
}

func (p *terraform) script(name string) (string, error) {
	org, err := first(sdk.NewOrganizationApiWithConfig(p.sdk).GetOrganizationsMe())
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", "pop.script")
	if err == nil {
		_, err = io.WriteString(part, `{"organizationId":"`+*org.Id+`","pages":[{"id":"p","name":"Start"}],"variables":[]}`)
	}
	if err == nil {
		err = w.WriteField("scriptName", name)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return "", err
	}
	// the provider takes the SDK's base path with "apps" for "api", which a loopback address has not
	up, err := p.put(http.MethodPost, p.base+"/uploads/v2/scripter", map[string]string{"Authorization": "Bearer " + p.sdk.AccessToken, "Content-Type": w.FormDataContentType()}, &b)
	if err != nil {
		return "", err
	}
	api := sdk.NewScriptsApiWithConfig(p.sdk)
	status, err := first(api.GetScriptsUploadStatus(up["correlationId"].(string), false))
	if err != nil || !*status.Succeeded {
		return "", fmt.Errorf("upload: %v %w", status, err)
	}
	id := ""
	for page := 1; ; page++ {
		all, err := first(api.GetScripts(100, page, "", name, "", "", "", "", "", ""))
		if err != nil {
			return "", err
		}
		if all.Entities == nil || len(*all.Entities) == 0 {
			break
		}
		for _, s := range *all.Entities {
			if *s.Name == name {
				id = *s.Id
			}
		}
	}
	return id, both(api.PostScriptsPublished("0", sdk.Publishscriptrequestdata{ScriptId: &id}))
}

func (p *terraform) flow(text string) (string, error) {
	api := sdk.NewArchitectApiWithConfig(p.sdk)
	job, err := first(api.PostFlowsJobs())
	if err != nil {
		return "", err
	}
	if _, err := p.put(http.MethodPut, *job.PresignedUrl, *job.Headers, strings.NewReader(text)); err != nil {
		return "", err
	}
	state, err := first(api.GetFlowsJob(*job.Id, []string{"messages"}))
	if err != nil || state.Flow == nil {
		return "", fmt.Errorf("flow job: %v %w", state, err)
	}
	return *state.Flow.Id, nil
}

const providersFlow = `inboundCall:
  name: tf flow
  description: d
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

// resources are those of a deployment like ours, in the order that their references ask for.
func (p *terraform) resources(home string) []resource {
	auth, oauth, in := sdk.NewAuthorizationApiWithConfig(p.sdk), sdk.NewOAuthApiWithConfig(p.sdk), sdk.NewIntegrationsApiWithConfig(p.sdk)
	arch, routing, scripts := sdk.NewArchitectApiWithConfig(p.sdk), sdk.NewRoutingApiWithConfig(p.sdk), sdk.NewScriptsApiWithConfig(p.sdk)
	id := func(of string) string { return p.ids[of] }
	made := func(v interface{ String() string }, err error) (string, error) {
		var o struct{ ID string }
		if err == nil {
			err = json.Unmarshal([]byte(v.String()), &o)
		}
		return o.ID, err
	}
	credential := func(name, kind, fields string) resource {
		return resource{
			name: name,
			create: func() (string, error) {
				return made(first(in.PostIntegrationsCredentials(of[sdk.Credential](`{"name":%q,"type":{"name":%q},"credentialFields":%s}`, name, kind, fields))))
			},
			read:   func(id string) (any, error) { return any2(in.GetIntegrationsCredential(id)) },
			remove: func(id string) error { return only(in.DeleteIntegrationsCredential(id)) },
		}
	}
	// The provider posts the type alone, then puts the configuration, then enables.
	integration := func(name, kind, slot, credential string) resource {
		return resource{
			name: name,
			create: func() (string, error) {
				at, err := made(first(in.PostIntegrations(of[sdk.Createintegrationrequest](`{"integrationType":{"id":%q}}`, kind))))
				if err != nil {
					return "", err
				}
				config, err := first(in.GetIntegrationConfigCurrent(at))
				if err != nil {
					return "", err
				}
				if err := both(in.PutIntegrationConfigCurrent(at, of[sdk.Integrationconfiguration](
					`{"name":%q,"notes":"","version":%d,"properties":{},"advanced":{},"credentials":{%q:{"id":%q}}}`, name, *config.Version, slot, id(credential)))); err != nil {
					return "", err
				}
				return at, both(in.PatchIntegration(at, 25, 1, "", nil, "", "", of[sdk.Integration](`{"intendedState":"ENABLED"}`)))
			},
			read: func(id string) (any, error) {
				whole, err := first(in.GetIntegration(id, 100, 1, "", nil, "", ""))
				if err != nil {
					return nil, err
				}
				config, err := first(in.GetIntegrationConfigCurrent(id))
				if err != nil || *whole.IntendedState != "ENABLED" || config.Notes == nil || config.Properties == nil || config.Advanced == nil { // it dereferences these
					return nil, fmt.Errorf("integration %v, configuration %v: %w", whole, config, err)
				}
				return []any{whole, config}, nil
			},
			remove: func(id string) error { return both(in.DeleteIntegration(id)) },
		}
	}
	schema := `{"$schema":"http://json-schema.org/draft-04/schema#","type":"object","title":"t","properties":{"x":{"type":"string"}},"additionalProperties":true}`
	hours := `{"name":"tf hours","description":"","timeZone":"Europe/Berlin","division":{"id":%q},"openSchedules":[{"id":%q}],"closedSchedules":[],"holidaySchedules":[]}`
	return []resource{
		{
			name: "auth_role",
			create: func() (string, error) {
				known, err := first(auth.GetAuthorizationPermissions(100, 1, "domain", "routing"))
				if err != nil || len(*known.Entities) == 0 { // the API itself takes any permission
					return "", fmt.Errorf("permissions: %v %w", known, err)
				}
				return made(first(auth.PostAuthorizationRoles(of[sdk.Domainorganizationrolecreate](
					`{"name":"tf role","description":"d","permissions":[],"permissionPolicies":[{"domain":"routing","entityName":"queue","actionSet":["view"],"allowConditions":false}]}`))))
			},
			read:   func(id string) (any, error) { return any2(auth.GetAuthorizationRole(id, true, nil)) },
			remove: func(id string) error { return only(auth.DeleteAuthorizationRole(id)) },
		},
		{
			name: "oauth_client",
			create: func() (string, error) {
				if err := only(auth.PostAuthorizationSubjectDivisionRole(genesystest.ClientID, home, id("auth_role"), "PC_OAUTH_CLIENT")); err != nil {
					return "", err
				}
				return made(first(oauth.PostOauthClients(of[sdk.Oauthclientrequest](
					`{"name":"tf client","description":"d","accessTokenValiditySeconds":86400,"authorizedGrantType":"CLIENT-CREDENTIALS","state":"active","registeredRedirectUri":[],"roleDivisions":[{"roleId":%q,"divisionId":%q}]}`, id("auth_role"), home))))
			},
			read: func(id string) (any, error) { return any2(oauth.GetOauthClient(id)) },
			remove: func(client string) error {
				err := both(oauth.PutOauthClient(client, of[sdk.Oauthclientrequest](
					`{"name":"tf client","authorizedGrantType":"CLIENT-CREDENTIALS","state":"inactive","roleDivisions":[{"roleId":%q,"divisionId":%q}]}`, id("auth_role"), home)))
				if err == nil {
					err = only(oauth.DeleteOauthClient(client))
				}
				if err == nil {
					err = only(auth.DeleteAuthorizationSubjectDivisionRole(genesystest.ClientID, home, id("auth_role")))
				}
				return err
			},
		},
		credential("key", "userDefinedOAuth", `{"loginUrl":"https://x","clientId":"a","clientSecret":"b"}`),
		credential("runtime key", "pureCloudOAuthClient", `{"clientId":"a","clientSecret":"b"}`),
		integration("HubSpot", "custom-rest-actions", "basicAuth", "key"),
		integration("Genesys", "purecloud-data-actions", "pureCloudOAuthClient", "runtime key"),
		{
			name: "integration_custom_auth_action", // only changed: it comes and goes with its integration
			create: func() (string, error) {
				action := "customAuth_-_" + id("HubSpot")
				var now *sdk.Action
				err := errors.New("not asked")
				for range 3 { // it appears with a delay
					if now, err = first(in.GetIntegrationsAction(action, "", true)); err == nil {
						break
					}
				}
				if err != nil {
					return "", err
				}
				return action, both(in.PatchIntegrationsAction(action, of[sdk.Updateactioninput](
					`{"name":"tf auth","version":%d,"config":{"request":{"requestUrlTemplate":"${credentials.loginUrl}","requestType":"POST","headers":{},"requestTemplate":"a=b"},"response":{"translationMap":{},"translationMapDefaults":{},"successTemplate":"${rawResult}"}}}`, *now.Version)))
			},
			read: func(id string) (any, error) { return any2(in.GetIntegrationsAction(id, "", true)) },
		},
		{
			name: "integration_action",
			create: func() (string, error) {
				o, err := p.raw("POST", "/api/v2/integrations/actions", fmt.Sprintf(
					`{"name":"tf action","category":"HubSpot","integrationId":%q,"secure":false,"contract":{"input":{"inputSchema":%s},"output":{"successSchema":%s}},"config":{"request":{"requestUrlTemplate":"https://api.hubapi.com/x","requestType":"GET","headers":{},"requestTemplate":"${input.rawRequest}"},"response":{"translationMap":{},"translationMapDefaults":{},"successTemplate":"${rawResult}"}}}`, id("HubSpot"), schema, schema))
				at, _ := o["id"].(string)
				return at, err
			},
			read: func(id string) (any, error) {
				o, err := p.raw("GET", "/api/v2/integrations/actions/"+id+"?expand=contract&includeConfig=true", "")
				if err != nil {
					return nil, err
				}
				request, _, err := in.GetIntegrationsActionTemplate(id, "requesttemplate.vm")
				if err != nil {
					return nil, err
				}
				success, _, err := in.GetIntegrationsActionTemplate(id, "successtemplate.vm")
				return []any{o, request, success}, err
			},
			remove: func(id string) error { return only(in.DeleteIntegrationsAction(id)) },
		},
		{
			name: "architect_datatable",
			create: func() (string, error) {
				o, err := p.raw("POST", "/api/v2/flows/datatables", fmt.Sprintf(
					`{"name":"tf table","description":"d","division":{"id":%q},"schema":{"$schema":"http://json-schema.org/draft-04/schema#","type":"object","required":["key"],"additionalProperties":false,"properties":{"key":{"$id":"/properties/key","type":"string","title":"key","displayOrder":0},"on":{"$id":"/properties/on","type":"boolean","title":"on","default":true,"displayOrder":1}}}}`, home))
				at, _ := o["id"].(string)
				return at, err
			},
			read:   func(id string) (any, error) { return p.raw("GET", "/api/v2/flows/datatables/"+id+"?expand=schema", "") },
			remove: func(id string) error { return only(arch.DeleteFlowsDatatable(id, true)) },
		},
		{
			name: "architect_datatable_row",
			create: func() (string, error) {
				_, _, err := arch.PostFlowsDatatableRows(id("architect_datatable"), map[string]any{"key": "a", "on": false})
				return "a", err
			},
			read: func(key string) (any, error) {
				row, _, err := arch.GetFlowsDatatableRow(id("architect_datatable"), key, false)
				return row, err
			},
			remove: func(key string) error { return only(arch.DeleteFlowsDatatableRow(id("architect_datatable"), key)) },
		},
		{
			name: "routing_skill",
			create: func() (string, error) {
				return made(first(routing.PostRoutingSkills(of[sdk.Routingskill](`{"name":"tf skill"}`))))
			},
			read:   func(id string) (any, error) { return any2(routing.GetRoutingSkill(id)) },
			remove: func(id string) error { return only(routing.DeleteRoutingSkill(id)) },
			stays:  true,
		},
		{
			name: "routing_wrapupcode",
			create: func() (string, error) {
				return made(first(routing.PostRoutingWrapupcodes(of[sdk.Wrapupcoderequest](`{"name":"tf code","division":{"id":%q}}`, home))))
			},
			read:   func(id string) (any, error) { return any2(routing.GetRoutingWrapupcode(id)) },
			remove: func(id string) error { return only(routing.DeleteRoutingWrapupcode(id)) },
		},
		{
			name: "routing_queue",
			create: func() (string, error) {
				at, err := made(first(routing.PostRoutingQueues(of[sdk.Createqueuerequest](
					`{"name":"tf queue","description":"","division":{"id":%q},"acwSettings":{"wrapupPrompt":"MANDATORY_TIMEOUT","timeoutMs":300000},"skillEvaluationMethod":"ALL","scoringMethod":"TimestampAndPriority","autoAnswerOnly":true,"enableTranscription":false,"mediaSettings":{"call":{"alertingTimeoutSeconds":8,"serviceLevel":{"percentage":0.7,"durationMs":10000}}},"outboundMessagingAddresses":{},"callingPartyName":"","callingPartyNumber":""}`, home))))
				if err != nil {
					return "", err
				}
				_, _, err = routing.PostRoutingQueueWrapupcodes(at, []sdk.Wrapupcodereference{{Id: sdk.String(id("routing_wrapupcode"))}})
				return at, err
			},
			read: func(id string) (any, error) {
				q, err := first(routing.GetRoutingQueue(id))
				if err != nil {
					return nil, err
				}
				codes, err := first(routing.GetRoutingQueueWrapupcodes(id, 100, 1))
				if err != nil {
					return nil, err
				}
				members, err := first(routing.GetRoutingQueueMembers(id, 1, 100, "", nil, "", nil, nil, nil, nil, nil, "user", false))
				return []any{q, codes, members}, err
			},
			remove: func(id string) error { return only(routing.DeleteRoutingQueue(id, true)) },
		},
		{
			name:   "script",
			create: func() (string, error) { return p.script("tf script") },
			read:   func(id string) (any, error) { return any2(scripts.GetScript(id)) },
			remove: func(id string) error {
				_, err := p.raw("DELETE", "/api/v2/scripts/"+id, "")
				return err
			},
		},
		{
			name:   "flow",
			create: func() (string, error) { return p.flow(providersFlow) },
			read:   func(id string) (any, error) { return any2(arch.GetFlow(id, false)) },
			remove: func(id string) error { return only(arch.DeleteFlow(id)) },
		},
		{
			name: "architect_schedules",
			create: func() (string, error) {
				return made(first(arch.PostArchitectSchedules(of[sdk.Schedule](`{"name":"tf schedule","description":"","division":{"id":%q},"start":"2026-01-01T08:00:00.000000","end":"2026-01-01T18:00:00.000000","rrule":"FREQ=DAILY"}`, home))))
			},
			read:   func(id string) (any, error) { return any2(arch.GetArchitectSchedule(id)) },
			remove: func(id string) error { return only(arch.DeleteArchitectSchedule(id)) },
		},
		{
			name: "architect_schedulegroups",
			create: func() (string, error) {
				return made(first(arch.PostArchitectSchedulegroups(of[sdk.Schedulegroup](hours, home, id("architect_schedules")))))
			},
			read:   func(id string) (any, error) { return any2(arch.GetArchitectSchedulegroup(id)) },
			remove: func(id string) error { return only(arch.DeleteArchitectSchedulegroup(id)) },
		},
		{
			name: "architect_ivr",
			create: func() (string, error) {
				return made(first(arch.PostArchitectIvrs(of[sdk.Ivr](`{"name":"tf route","description":"","dnis":["+15135550100"],"division":{"id":%q},"openHoursFlow":{"id":%q},"closedHoursFlow":{"id":%q},"scheduleGroup":{"id":%q}}`,
					home, id("flow"), id("flow"), id("architect_schedulegroups")))))
			},
			read:   func(id string) (any, error) { return any2(arch.GetArchitectIvr(id)) },
			remove: func(id string) error { return only(arch.DeleteArchitectIvr(id)) },
			stays:  true,
		},
	}
}

// The provider's requests are answered as it needs them: it configures itself, makes what a
// deployment like ours has, finds nothing to change, and takes all of it away again.
func TestTheProvidersRequests(t *testing.T) {
	server, err := genesystest.New(nil, genesystest.Described(func(err error) { t.Error(err) }))
	if err != nil {
		t.Fatal(err)
	}
	server.Apply(genesystest.Seed{Numbers: []string{"+15135550100"}, Users: []genesystest.SeedUser{{Name: "Ada", Email: "ada@example.com"}}})
	before := census(server.State())
	srv := httptest.NewServer(server)
	defer srv.Close()
	at, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	p := &terraform{t: t, sdk: sdk.NewConfigurationWithConfigFile("", false), base: srv.URL, ids: map[string]string{}}
	p.sdk.GateWayConfiguration = &sdk.GateWayConfiguration{Protocol: "http", Host: at.Hostname(), Port: at.Port()}
	calls := func(stage string, want int, writes bool) {
		t.Helper()
		n, wrote := 0, 0
		for _, c := range server.Calls() {
			if n++; c.Write {
				wrote++
			}
		}
		server.ForgetCalls()
		t.Logf("%s: %d calls, %d writes", stage, n, wrote)
		if n != want || writes != (wrote > 0) {
			t.Errorf("%s: %d calls, %d writes; the provider makes %d", stage, n, wrote, want)
		}
	}

	// configure, and what a data source looks up
	if err := p.sdk.AuthorizeClientCredentials(genesystest.ClientID, genesystest.ClientSecret); err != nil {
		t.Fatal(err)
	}
	org, err := first(sdk.NewOrganizationApiWithConfig(p.sdk).GetOrganizationsMe())
	if err != nil || org.DefaultCountryCode == nil { // it dereferences this
		t.Fatalf("organization %v: %v", org, err)
	}
	products, err := first(sdk.NewAuthorizationApiWithConfig(p.sdk).GetAuthorizationProducts())
	if err != nil || products.Total == nil { // and this
		t.Fatalf("products %v: %v", products, err)
	}
	home, err := first(sdk.NewAuthorizationApiWithConfig(p.sdk).GetAuthorizationDivisionsHome())
	if err != nil {
		t.Fatal(err)
	}
	found, err := first(sdk.NewUsersApiWithConfig(p.sdk).PostUsersSearch(of[sdk.Usersearchrequest](`{"pageSize":100,"pageNumber":1,"query":[{"fields":["email"],"value":"ada@example.com","type":"EXACT"}]}`)))
	if err != nil || found.Results == nil || len(*found.Results) != 1 {
		t.Fatalf("people %v: %v", found, err)
	}
	calls("configure", 5, true) // the search of people is a POST

	all := p.resources(*home.Id)
	was := map[string]string{}
	shown := func(r resource) string {
		t.Helper()
		v, err := r.read(p.ids[r.name])
		if err != nil {
			t.Fatalf("read %s: %v", r.name, err)
		}
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for _, r := range all {
		id, err := r.create()
		if err != nil || id == "" {
			t.Fatalf("make %s: %q %v", r.name, id, err)
		}
		p.ids[r.name] = id
		was[r.name] = shown(r)
	}
	calls("apply", 60, true)
	for _, r := range all {
		if now := shown(r); now != was[r.name] {
			t.Errorf("%s reads otherwise than when it was made:\n%s\n%s", r.name, was[r.name], now)
		}
	}
	calls("apply again", 24, false)
	for i := len(all) - 1; i >= 0; i-- {
		r := all[i]
		if r.remove == nil {
			continue
		}
		if err := r.remove(p.ids[r.name]); err != nil {
			t.Fatalf("delete %s: %v", r.name, err)
		}
		v, err := r.read(p.ids[r.name])
		text, _ := json.Marshal(v)
		if gone := err != nil && strings.Contains(err.Error(), "404"); !gone && (!r.stays || !strings.Contains(string(text), `"state":"deleted"`)) {
			t.Errorf("%s after its delete: %s %v", r.name, text, err)
		}
	}
	calls("destroy", 36, true)
	if after := census(server.State()); !maps.Equal(before, after) {
		t.Errorf("what is left: %v, before: %v", after, before)
	}
}

// census counts the living entities of an org by collection, without jobs and uploads.
func census(s *genesystest.State) map[string]int {
	out := map[string]int{}
	for collection, es := range s.Entities {
		for _, e := range es {
			if !e.Deleted && collection != "jobs" && collection != "uploads" {
				out[collection]++
			}
		}
	}
	return out
}
