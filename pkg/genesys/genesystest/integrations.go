package genesystest

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// The integration types that the org sells, with the name of their credential slot.
var integrationTypes = map[string]struct {
	name, slot  string
	credentials []string
}{
	"custom-rest-actions":    {"Web Services Data Actions", "basicAuth", []string{"basicAuth", "userDefined", "userDefinedOAuth"}},
	"purecloud-data-actions": {"Genesys Cloud Data Actions", "pureCloudOAuthClient", []string{"pureCloudOAuthClient"}},
}

func integrationHandlers() map[string]handler {
	return map[string]handler{
		"GET /api/v2/integrations":                                (*call).integrationList,
		"POST /api/v2/integrations":                               (*call).integrationCreate,
		"GET /api/v2/integrations/{integrationId}":                (*call).integrationGet,
		"PATCH /api/v2/integrations/{integrationId}":              (*call).integrationPatch,
		"DELETE /api/v2/integrations/{integrationId}":             (*call).integrationDelete,
		"GET /api/v2/integrations/{integrationId}/config/current": (*call).integrationConfig,
		"PUT /api/v2/integrations/{integrationId}/config/current": (*call).integrationConfigure,
		"GET /api/v2/integrations/types/{typeId}":                 (*call).integrationType,
		"GET /api/v2/integrations/credentials":                    (*call).credentialList,
		"POST /api/v2/integrations/credentials":                   (*call).credentialCreate,
		"GET /api/v2/integrations/credentials/{credentialId}":     (*call).credentialGet,
		"PUT /api/v2/integrations/credentials/{credentialId}":     (*call).credentialUpdate,
		"DELETE /api/v2/integrations/credentials/{credentialId}":  (*call).credentialDelete,
	}
}

// integrationView is an integration as lists and reads show it. An empty note reads back
// as a text of the store behind it, as has been seen on the platform.
func integrationView(e *entity) map[string]any {
	out := clone(e.Body)
	config := object(object(out["config"])["current"])
	if str(config["notes"]) == "" {
		config["notes"] = "node_dynamodb_empty_string"
	}
	out["notes"] = config["notes"]
	return out
}

func (c *call) integrationList() (int, any, error) {
	return ok(c.page(bodies(c.listed(integrations), integrationView)))
}

func (c *call) integrationCreate() (int, any, error) {
	kind := str(object(c.body["integrationType"])["id"])
	if err := c.instances(kind); err != nil {
		return 0, nil, err
	}
	name := cmp.Or(str(c.body["name"]), integrationTypes[kind].name)
	e := c.create(integrations, c.s.state.newID("integration"), map[string]any{
		"name": name, "integrationType": map[string]any{"id": kind, "name": integrationTypes[kind].name},
		"intendedState": "DISABLED", "reportedState": c.s.reported("INACTIVE"),
		"config": map[string]any{"current": map[string]any{
			"id": "current", "name": name, "version": 1, "notes": "", "properties": map[string]any{}, "advanced": map[string]any{}, "credentials": map[string]any{},
		}},
	})
	return ok(integrationView(e))
}

func (s *Server) reported(code string) map[string]any {
	return map[string]any{"code": code, "effective": code, "detail": map[string]any{"message": ""}, "lastUpdated": s.stamp()}
}

func (c *call) integrationGet() (int, any, error) {
	e, err := c.read(integrations, "integration", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	if e.Starting > 0 {
		if e.Starting--; e.Starting == 0 {
			e.Body["reportedState"] = c.s.reported("ACTIVE")
		}
	}
	return ok(integrationView(e))
}

func (c *call) integrationPatch() (int, any, error) {
	e, err := c.read(integrations, "integration", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	e.Body["intendedState"] = c.body["intendedState"]
	state := "INACTIVE"
	if c.body["intendedState"] == "ENABLED" {
		if state = "ACTIVE"; c.s.opts.activation > 0 {
			state, e.Starting = "ACTIVATING", c.s.opts.activation
		}
		if len(object(object(object(e.Body["config"])["current"])["credentials"])) == 0 {
			state = "ERROR"
		}
		if fields, has := c.s.state.credentialOf(e.ID); has && c.s.opts.assume.CredentialsAreChecked && fields["clientId"] != "" && c.s.state.get(clients, fields["clientId"]) == nil {
			state = "ERROR"
		}
	}
	e.Body["reportedState"] = c.s.reported(state)
	return ok(integrationView(e))
}

func (c *call) integrationDelete() (int, any, error) {
	e, err := c.read(integrations, "integration", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	out := integrationView(e)
	for _, a := range c.s.state.all(actions) {
		if str(a.Body["integrationId"]) == e.ID || str(a.Draft["integrationId"]) == e.ID {
			c.s.state.remove(actions, a.ID)
		}
	}
	c.s.state.remove(integrations, e.ID)
	return ok(out)
}

func (c *call) integrationConfig() (int, any, error) {
	e, err := c.read(integrations, "integration", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	return ok(clone(object(object(e.Body["config"])["current"])))
}

func (c *call) integrationConfigure() (int, any, error) {
	e, err := c.read(integrations, "integration", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	current := object(object(e.Body["config"])["current"])
	if have, sent := integer(current["version"]), integer(c.body["version"]); have != sent {
		return 0, nil, versionConflict(have, sent)
	}
	slot := integrationTypes[str(object(e.Body["integrationType"])["id"])].slot
	for name, ref := range object(c.body["credentials"]) {
		if name != slot {
			return 0, nil, failed(http.StatusBadRequest, "invalid.property", "Credential slot %q is not known to this integration type; it has %q", name, slot)
		}
		if id := str(object(ref)["id"]); c.s.state.get(credentials, id) == nil {
			return 0, nil, notFound("credential", id)
		}
	}
	next := clone(c.body)
	next["id"], next["version"] = "current", integer(current["version"])+1
	e.Body["config"] = map[string]any{"current": next}
	e.Body["name"] = next["name"]
	c.customAuth(e)
	return ok(clone(next))
}

// customAuth ids begin with this; the integration's id follows.
const customAuth = "customAuth_-_"

// customAuth keeps the action that fetches tokens: it appears, with a delay, when a web
// services integration gets a credential of type userDefinedOAuth, and goes with it.
func (c *call) customAuth(e *entity) {
	id := customAuth + e.ID
	wanted := false
	for _, ref := range object(object(object(e.Body["config"])["current"])["credentials"]) {
		cr := c.s.state.get(credentials, str(object(ref)["id"]))
		wanted = wanted || cr != nil && object(cr.Body["type"])["name"] == "userDefinedOAuth"
	}
	switch {
	case !wanted:
		c.s.state.remove(actions, id)
	case c.s.state.get(actions, id) == nil:
		a := c.create(actions, id, map[string]any{
			"name": str(e.Body["name"]) + " auth", "category": e.Body["name"], "integrationId": e.ID, "secure": false, "version": 1,
			"contract": map[string]any{
				"input":  map[string]any{"inputSchema": map[string]any{"type": "object", "properties": map[string]any{}}},
				"output": map[string]any{"successSchema": map[string]any{"type": "object", "properties": map[string]any{}}},
			},
			"config": map[string]any{
				"request":  map[string]any{"requestUrlTemplate": "${credentials.loginUrl}", "requestType": "POST", "headers": map[string]any{}, "requestTemplate": ""},
				"response": map[string]any{"translationMap": map[string]any{}, "translationMapDefaults": map[string]any{}, "successTemplate": "${rawResult}"},
			},
		})
		a.Hidden["published"] = "true"
		a.Lag = max(a.Lag, 1)
	}
}

// credentialView hides the fields: an answer never holds a secret.
func credentialView(e *entity) map[string]any {
	out := clone(e.Body)
	fields := map[string]any{}
	for k := range e.Hidden {
		fields[k] = "*****"
	}
	out["credentialFields"] = fields
	return out
}

func (c *call) credentialList() (int, any, error) {
	return ok(c.page(bodies(c.listed(credentials), credentialInfo)))
}

// credentialInfo is what lists, creates and updates answer: no fields at all.
func credentialInfo(e *entity) map[string]any { return clone(e.Body) }

func (c *call) storeCredential(e *entity) error {
	kind := str(object(c.body["type"])["name"])
	known := false
	for _, t := range integrationTypes {
		known = known || slices.Contains(t.credentials, kind)
	}
	if !known {
		return failed(http.StatusBadRequest, "bad.request", "Credential type %q does not exist", kind)
	}
	fields := object(c.body["credentialFields"])
	if kind == "pureCloudOAuthClient" && (fields["clientId"] == nil || fields["clientSecret"] == nil) {
		return failed(http.StatusBadRequest, "bad.request", "A credential of this type has the fields clientId and clientSecret")
	}
	e.Hidden = map[string]string{}
	for k, v := range fields {
		if k == "clientId" {
			e.Hidden[k] = str(v)
			continue
		}
		e.Hidden[k] = c.s.state.hash(str(v))
	}
	e.Body = map[string]any{"id": e.ID, "name": c.body["name"], "type": map[string]any{"name": kind}}
	return nil
}

func (c *call) credentialCreate() (int, any, error) {
	e := &entity{}
	if err := c.storeCredential(e); err != nil {
		return 0, nil, err
	}
	stored := c.create(credentials, c.s.state.newID("credential"), e.Body)
	stored.Hidden = e.Hidden
	return ok(credentialInfo(stored))
}

func (c *call) credentialGet() (int, any, error) {
	e, err := c.read(credentials, "credential", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	return ok(credentialView(e))
}

func (c *call) credentialUpdate() (int, any, error) {
	e, err := c.read(credentials, "credential", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	if err := c.storeCredential(e); err != nil {
		return 0, nil, err
	}
	return ok(credentialInfo(e))
}

func (c *call) credentialDelete() (int, any, error) {
	e, err := c.read(credentials, "credential", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	if c.s.opts.assume.UsedCredentialIsKept {
		for _, in := range c.s.state.all(integrations) {
			for _, ref := range object(object(object(in.Body["config"])["current"])["credentials"]) {
				if str(object(ref)["id"]) == e.ID {
					return 0, nil, failed(http.StatusConflict, "general.conflict", "Credential is in use by integration %s", in.name())
				}
			}
		}
	}
	c.s.state.remove(credentials, e.ID)
	return noContent()
}

// credentialOf gives the fields of the credential that an integration uses, secrets as
// their hashes.
func (s *State) credentialOf(integrationID string) (map[string]string, bool) {
	e := s.get(integrations, integrationID)
	if e == nil {
		return nil, false
	}
	for _, ref := range object(object(object(e.Body["config"])["current"])["credentials"]) {
		if cr := s.get(credentials, str(object(ref)["id"])); cr != nil {
			return cr.Hidden, true
		}
	}
	return nil, false
}

// sortByName is the order of most lists.
func sortByName(es []*entity) []*entity {
	slices.SortStableFunc(es, func(a, b *entity) int { return strings.Compare(strings.ToLower(a.name()), strings.ToLower(b.name())) })
	return es
}
