package genesystest

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/google/uuid"
)

// bootstrap makes a new org: its home division, a role that may do everything, and the
// client that stands for the principal that runs the tool.
func (s *Server) bootstrap() {
	home := s.state.newID("division")
	s.state.put(divisions, home, map[string]any{"id": home, "name": "Home", "description": "", "homeDivision": true})
	admin := s.state.newID("role")
	s.state.put(roles, admin, map[string]any{"id": admin, "name": "Sandbox admin", "description": "", "permissionPolicies": []any{
		map[string]any{"domain": "*", "entityName": "*", "actionSet": []any{"*"}},
	}})
	e := s.state.put(clients, ClientID, map[string]any{
		"id": ClientID, "name": "Sandbox administrator", "authorizedGrantType": "CLIENT-CREDENTIALS", "state": "active",
		"roleDivisions": []any{map[string]any{"roleId": admin, "divisionId": home}},
	})
	e.Hidden["secret"] = s.state.hash(ClientSecret)
	s.state.Grants = append(s.state.Grants, grant{ClientID, admin, home})
}

func (s *State) home() *entity {
	for _, d := range s.all(divisions) {
		if d.Body["homeDivision"] == true {
			return d
		}
	}
	return &entity{Body: map[string]any{}}
}

// otherHost serves what is not under /api/v2: the login host, the upload host of scripts,
// and pre-signed addresses, which must not carry the bearer token.
func (s *Server) otherHost(r *http.Request) (func(*http.Request, []byte) (int, any, error), bool) {
	switch p := r.URL.Path; {
	case p == "/oauth/token":
		return s.token, true
	case p == "/uploads/v2/scripter":
		return s.uploadScript, true
	case strings.HasPrefix(p, "/presigned/"):
		return s.presigned, true
	}
	return nil, false
}

// token is the login host. Its errors have a shape of their own.
func (s *Server) token(r *http.Request, body []byte) (int, any, error) {
	form, err := url.ParseQuery(string(body))
	id, secret, hasBasic := r.BasicAuth()
	if err != nil || r.Method != http.MethodPost || !hasBasic || form.Get("grant_type") != "client_credentials" {
		return http.StatusBadRequest, map[string]any{"error": "invalid_request", "description": "invalid request", "error_description": "client credentials expected"}, nil //nolint:nilerr // the login host has error bodies of its own
	}
	c := s.state.get(clients, id)
	if c == nil || c.Body["state"] != "active" || c.Hidden["secret"] != s.state.hash(secret) {
		return http.StatusUnauthorized, map[string]any{"error": "invalid_client", "description": "client not found or secret wrong", "error_description": "authentication failed"}, nil
	}
	s.state.Seq++
	token := base64.RawURLEncoding.EncodeToString([]byte(uuid.NewSHA1(idSpace, []byte(s.state.newID("token")+secret)).String()))
	s.state.Tokens[s.state.hash(token)] = id
	return ok(map[string]any{"access_token": token, "token_type": "bearer", "expires_in": 86399})
}

func (s *Server) authenticate(r *http.Request) (client string, err error) {
	token, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !found {
		token, found = strings.CutPrefix(r.Header.Get("Authorization"), "bearer ")
	}
	if !found || token == "" {
		return "", failed(http.StatusUnauthorized, "authentication.required", "No authentication bearer token specified in authorization header.")
	}
	id, known := s.state.Tokens[s.state.hash(token)]
	if c := s.state.get(clients, id); !known || c == nil || c.Body["state"] != "active" {
		return "", failed(http.StatusUnauthorized, "bad.credentials", "Invalid login credentials.")
	}
	return id, nil
}

// allowed compares the permissions of an operation with those of the client's roles.
func (s *Server) allowed(client string, o *operation) bool {
	if len(o.Permissions) == 0 {
		return true
	}
	held := s.held(client)
	has := func(p string) bool { return genesys.Permit(held, p) }
	if o.Any {
		return slices.ContainsFunc(o.Permissions, has)
	}
	return !slices.ContainsFunc(o.Permissions, func(p string) bool { return !has(p) })
}

func (s *Server) held(client string) []genesys.Permission {
	if client == ClientID && s.opts.permissions != nil {
		return s.sold(client, s.opts.permissions)
	}
	var out []genesys.Permission
	for _, g := range s.state.Grants {
		if g.Subject != client {
			continue
		}
		r := s.state.get(roles, g.Role)
		if r == nil {
			continue
		}
		for _, p := range list(r.Body["permissionPolicies"]) {
			m := object(p)
			for _, a := range list(m["actionSet"]) {
				out = append(out, genesys.Permission{Domain: str(m["domain"]), Entity: str(m["entityName"]), Action: str(a)})
			}
		}
	}
	return s.sold(client, out)
}

func accountHandlers() map[string]handler {
	const grants = "/api/v2/authorization/subjects/{subjectId}/divisions/{divisionId}/roles/{roleId}"
	return map[string]handler{
		"GET /api/v2/tokens/me":                                                  (*call).tokensMe,
		"DELETE /api/v2/tokens/me":                                               (*call).tokenRevoke,
		"GET /api/v2/organizations/me":                                           (*call).organization,
		"GET /api/v2/authorization/subjects/me":                                  (*call).subjectMe,
		"GET /api/v2/authorization/products":                                     (*call).products,
		"GET /api/v2/authorization/permissions":                                  (*call).permissions,
		"GET /api/v2/authorization/divisions/home":                               (*call).divisionHome,
		"GET /api/v2/authorization/divisionspermitted/paged/me":                  (*call).divisionsPermitted,
		"POST /api/v2/authorization/divisions/{divisionId}/objects/{objectType}": (*call).moveToDivision,
		"GET /api/v2/authorization/roles":                                        (*call).roleList,
		"POST /api/v2/authorization/roles":                                       (*call).roleCreate,
		"GET /api/v2/authorization/roles/{roleId}":                               (*call).role,
		"PUT /api/v2/authorization/roles/{roleId}":                               (*call).roleUpdate,
		"DELETE /api/v2/authorization/roles/{roleId}":                            (*call).roleDelete,
		"GET /api/v2/authorization/roles/{roleId}/subjectgrants":                 (*call).roleHolders,
		"GET /api/v2/authorization/subjects/{subjectId}":                         (*call).subject,
		"POST /api/v2/authorization/subjects/{subjectId}/bulkadd":                (*call).grantsAdd,
		"POST /api/v2/authorization/subjects/{subjectId}/bulkremove":             (*call).grantsRemove,
		"POST /api/v2/authorization/subjects/{subjectId}/bulkreplace":            (*call).grantsReplace,
		"GET /api/v2/authorization/divisionspermitted/me":                        (*call).divisionsPermittedAll,
		"POST " + grants:                               (*call).grantAdd,
		"DELETE " + grants:                             (*call).grantDelete,
		"GET /api/v2/oauth/clients":                    (*call).clientList,
		"POST /api/v2/oauth/clients":                   (*call).clientCreate,
		"GET /api/v2/oauth/clients/{clientId}":         (*call).clientGet,
		"PUT /api/v2/oauth/clients/{clientId}":         (*call).clientUpdate,
		"DELETE /api/v2/oauth/clients/{clientId}":      (*call).clientDelete,
		"POST /api/v2/oauth/clients/{clientId}/secret": (*call).clientSecret,
	}
}

func (c *call) tokensMe() (int, any, error) {
	org := map[string]any{"id": c.s.state.Org.ID, "name": c.s.state.Org.Name}
	cl := c.s.state.get(clients, c.client)
	return ok(map[string]any{
		"organization": org, "homeOrganization": org, "authorizedScope": []any{},
		"OAuthClient": map[string]any{"id": cl.ID, "name": cl.name(), "authorizedGrantType": cl.Body["authorizedGrantType"], "roleDivisions": cl.Body["roleDivisions"], "organization": org},
	})
}

func (c *call) tokenRevoke() (int, any, error) {
	token := strings.TrimSpace(c.r.Header.Get("Authorization")[len("bearer "):])
	delete(c.s.state.Tokens, c.s.state.hash(token))
	return ok(nil)
}

func (c *call) organization() (int, any, error) {
	return ok(map[string]any{
		"id": c.s.state.Org.ID, "name": c.s.state.Org.Name, "defaultCountryCode": "US", "productPlatform": "PureCloud", "state": "active", "version": 1,
		"features": map[string]any{"purecloud": true, "purecloudVoice": true, "directory": true},
	})
}

func (c *call) subjectMe() (int, any, error) {
	c.params = []string{c.client}
	return c.subject()
}

func (c *call) subject() (int, any, error) {
	id := c.params[0]
	var grants []any
	for _, g := range c.s.state.Grants {
		r, d := c.s.state.get(roles, g.Role), c.s.state.get(divisions, g.Division)
		if g.Subject != id || r == nil || d == nil {
			continue
		}
		var policies []any
		for _, p := range list(r.Body["permissionPolicies"]) {
			m := object(p)
			actions := m["actionSet"]
			if id != ClientID || !c.s.limited() {
				policies = append(policies, map[string]any{"domain": m["domain"], "entityName": m["entityName"], "actions": actions})
			}
		}
		if id == ClientID && c.s.limited() {
			for _, p := range c.s.held(id) {
				policies = append(policies, map[string]any{"domain": p.Domain, "entityName": p.Entity, "actions": []any{p.Action}})
			}
		}
		if c.s.opts.silent {
			policies = nil
		}
		grants = append(grants, map[string]any{
			"subjectId": id, "division": clone(d.Body),
			"role": map[string]any{"id": r.ID, "name": r.name(), "policies": append([]any{}, policies...)},
		})
	}
	name := id
	if cl := c.s.state.get(clients, id); cl != nil {
		name = cl.name()
	}
	return ok(map[string]any{"id": id, "name": name, "grants": append([]any{}, grants...)})
}

func (c *call) products() (int, any, error) {
	ids := c.s.opts.products
	if ids == nil {
		ids = []string{"engage"}
	}
	out := []any{}
	for _, id := range ids {
		out = append(out, map[string]any{"id": id})
	}
	return ok(map[string]any{"entities": out, "total": len(out)})
}

// permissions lists what the org sells: what the description knows, but for what options take out.
func (c *call) permissions() (int, any, error) {
	domains := map[string]map[string][]any{}
	var asked []string
	if c.query("queryType") == "domain" && c.query("query") != "" {
		asked = strings.Split(c.query("query"), ",")
	}
	for _, p := range c.s.catalogue() {
		if asked != nil && !slices.ContainsFunc(asked, func(d string) bool { return strings.EqualFold(d, p.Domain) }) {
			continue
		}
		if domains[p.Domain] == nil {
			domains[p.Domain] = map[string][]any{}
		}
		domains[p.Domain][p.Entity] = append(domains[p.Domain][p.Entity], map[string]any{
			"domain": p.Domain, "entityType": p.Entity, "action": p.Action, "label": p.Action, "allowsConditions": false, "divisionAware": true,
		})
	}
	var out []any
	for _, d := range sortedKeys(domains) {
		out = append(out, map[string]any{"domain": d, "permissionMap": domains[d]})
	}
	return ok(c.page(out))
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func (c *call) divisionHome() (int, any, error) { return ok(clone(c.s.state.home().Body)) }

func (c *call) divisionsPermitted() (int, any, error) {
	p := c.query("permission")
	if p == "" {
		return 0, nil, failed(http.StatusBadRequest, "missing.permission.param", "The permission parameter is missing")
	}
	if !genesys.Permit(c.s.held(c.client), p) {
		out := c.page(nil)
		out["allDivsPermitted"] = false
		return ok(out)
	}
	out := c.page(bodies(c.s.state.all(divisions), nil))
	out["allDivsPermitted"] = true
	return ok(out)
}

// divisionsPermittedAll is the same as a plain list.
func (c *call) divisionsPermittedAll() (int, any, error) {
	if !genesys.Permit(c.s.held(c.client), c.query("permission")) {
		return ok([]any{})
	}
	return ok(bodies(c.s.state.all(divisions), nil))
}

// movable are the kinds of objects that can be moved between divisions. Genesys' own provider moves
// scripts, too, which the description does not name.
var movable = map[string]string{"FLOW": flows, "QUEUE": queues, "DATATABLES": tables, "SCRIPT": scripts}

func (c *call) moveToDivision() (int, any, error) {
	to, err := c.read(divisions, "division", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	collection, known := movable[c.params[1]]
	if !known {
		return 0, nil, failed(http.StatusBadRequest, "bad.request", "Objects of type %s cannot be moved here", c.params[1])
	}
	var ids []string
	if err := decode(c.raw, &ids); err != nil {
		return 0, nil, err
	}
	var es []*entity
	for _, id := range ids {
		e, err := c.read(collection, strings.ToLower(c.params[1]), id)
		if err != nil {
			return 0, nil, err
		}
		es = append(es, e)
	}
	for _, e := range es {
		e.Body["division"] = map[string]any{"id": to.ID, "name": to.name()}
	}
	return noContent()
}

func (c *call) roleList() (int, any, error) {
	var es []*entity
	for _, e := range c.listed(roles) {
		if matches(e.name(), c.query("name"), strings.Contains) {
			es = append(es, e)
		}
	}
	return ok(c.page(bodies(es, nil)))
}

func (c *call) roleCreate() (int, any, error) {
	if err := c.room(roles); err != nil {
		return 0, nil, err
	}
	body := clone(c.body)
	body["default"], body["base"] = false, false
	return ok(clone(c.create(roles, c.s.state.newID("role"), body).Body))
}

func (c *call) role() (int, any, error) {
	e, err := c.read(roles, "role", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	return ok(clone(e.Body))
}

func (c *call) roleUpdate() (int, any, error) {
	e, err := c.read(roles, "role", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	id := e.ID
	e.Body = clone(c.body)
	e.Body["id"], e.Body["default"], e.Body["base"] = id, false, false
	return ok(clone(e.Body))
}

func (c *call) roleDelete() (int, any, error) {
	e, err := c.read(roles, "role", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	for _, cl := range c.s.state.all(clients) {
		for _, rd := range list(cl.Body["roleDivisions"]) {
			if str(object(rd)["roleId"]) == e.ID {
				return 0, nil, failed(http.StatusConflict, "request.conflict", "The role is in use by client %s", cl.name())
			}
		}
	}
	if !c.s.opts.assume.HeldRoleCanBeDeleted && slices.ContainsFunc(c.s.state.Grants, func(g grant) bool { return g.Role == e.ID }) {
		return 0, nil, failed(http.StatusConflict, "request.conflict", "The role is assigned")
	}
	c.s.state.remove(roles, e.ID)
	c.s.state.Grants = slices.DeleteFunc(c.s.state.Grants, func(g grant) bool { return g.Role == e.ID })
	return ok(nil)
}

// roleHolders lists who holds a role, each once with the divisions.
func (c *call) roleHolders() (int, any, error) {
	e, err := c.read(roles, "role", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	var out []any
	at := map[string]map[string]any{}
	for _, g := range c.s.state.Grants {
		if g.Role != e.ID {
			continue
		}
		m := at[g.Subject]
		if m == nil {
			m = map[string]any{"id": g.Subject, "name": g.Subject, "type": "PC_USER", "divisions": []any{}}
			if cl := c.s.state.get(clients, g.Subject); cl != nil {
				m["name"], m["type"] = cl.name(), "PC_OAUTH_CLIENT"
			}
			at[g.Subject] = m
			out = append(out, m)
		}
		m["divisions"] = append(list(m["divisions"]), map[string]any{"id": g.Division})
	}
	return ok(c.page(out))
}

func (c *call) grantAdd() (int, any, error) {
	g := grant{c.params[0], c.params[2], c.params[1]}
	if _, err := c.read(roles, "role", g.Role); err != nil {
		return 0, nil, err
	}
	if c.s.opts.assume.SelfGrantRefused && g.Subject == c.client {
		return 0, nil, failed(http.StatusForbidden, "not.authorized", "A client cannot grant a role to itself")
	}
	if c.s.state.get(divisions, g.Division) == nil {
		return 0, nil, notFound("division", g.Division)
	}
	if !slices.Contains(c.s.state.Grants, g) {
		c.s.state.Grants = append(c.s.state.Grants, g)
	}
	return noContent()
}

// bulk gives the grants that a body lists, each of which must be possible.
func (c *call) bulk() ([]grant, error) {
	var out []grant
	for _, x := range list(c.body["grants"]) {
		g := grant{c.params[0], str(object(x)["roleId"]), str(object(x)["divisionId"])}
		if _, err := c.read(roles, "role", g.Role); err != nil {
			return nil, err
		}
		if g.Division != "*" && c.s.state.get(divisions, g.Division) == nil {
			return nil, notFound("division", g.Division)
		}
		out = append(out, g)
	}
	if c.s.opts.assume.SelfGrantRefused && c.params[0] == c.client {
		return nil, failed(http.StatusForbidden, "not.authorized", "A client cannot grant a role to itself")
	}
	return out, nil
}

func (c *call) grantsAdd() (int, any, error) {
	gs, err := c.bulk()
	if err != nil {
		return 0, nil, err
	}
	for _, g := range gs {
		if !slices.Contains(c.s.state.Grants, g) {
			c.s.state.Grants = append(c.s.state.Grants, g)
		}
	}
	return noContent()
}

func (c *call) grantsRemove() (int, any, error) {
	gs, err := c.bulk()
	if err != nil {
		return 0, nil, err
	}
	c.s.state.Grants = slices.DeleteFunc(c.s.state.Grants, func(g grant) bool { return slices.Contains(gs, g) })
	return noContent()
}

func (c *call) grantsReplace() (int, any, error) {
	gs, err := c.bulk()
	if err != nil {
		return 0, nil, err
	}
	c.s.state.Grants = append(slices.DeleteFunc(c.s.state.Grants, func(g grant) bool { return g.Subject == c.params[0] }), gs...)
	return noContent()
}

func (c *call) grantDelete() (int, any, error) {
	g := grant{c.params[0], c.params[2], c.params[1]}
	c.s.state.Grants = slices.DeleteFunc(c.s.state.Grants, func(h grant) bool { return h == g })
	return noContent()
}

func (c *call) clientList() (int, any, error) {
	return ok(c.page(bodies(c.listed(clients), func(e *entity) map[string]any {
		out := clone(e.Body)
		delete(out, "authorizedGrantType") // a list does not have it
		return out
	})))
}

// checkClientRoles holds the rule that who gives a role to a client must hold it.
func (c *call) checkClientRoles() error {
	rds := list(c.body["roleDivisions"])
	if len(rds) == 0 {
		return failed(http.StatusBadRequest, "missing.client.roles", "A client of this grant type needs at least one role")
	}
	for _, rd := range rds {
		id := str(object(rd)["roleId"])
		if !slices.ContainsFunc(c.s.state.Grants, func(g grant) bool { return g.Subject == c.client && g.Role == id }) {
			return failed(http.StatusBadRequest, "bad.client.role", "Role %s is not held by the principal that creates the client", id)
		}
		if c.s.fresh[id] < c.s.opts.grantLag {
			c.s.fresh[id]++
			return failed(http.StatusBadRequest, "bad.client.role", "Role %s is not held by the principal that creates the client", id)
		}
	}
	return nil
}

func (c *call) setGrants(id string) {
	c.s.state.Grants = slices.DeleteFunc(c.s.state.Grants, func(g grant) bool { return g.Subject == id })
	for _, rd := range list(c.body["roleDivisions"]) {
		m := object(rd)
		c.s.state.Grants = append(c.s.state.Grants, grant{id, str(m["roleId"]), str(m["divisionId"])})
	}
}

func (c *call) newSecret(e *entity) string {
	secret := base64.RawURLEncoding.EncodeToString([]byte(c.s.state.newID("secret")))
	e.Hidden["secret"] = c.s.state.hash(secret)
	return secret
}

func (c *call) clientCreate() (int, any, error) {
	if err := c.checkClientRoles(); err != nil {
		return 0, nil, err
	}
	body := clone(c.body)
	if body["state"] == nil {
		body["state"] = "active"
	}
	body["dateCreated"] = c.s.stamp()
	e := c.create(clients, c.s.state.newID("client"), body)
	secret := c.newSecret(e)
	c.setGrants(e.ID)
	out := clone(e.Body)
	out["secret"] = secret // only here and from …/secret
	return ok(out)
}

func (c *call) clientGet() (int, any, error) {
	e, err := c.read(clients, "OAuth client", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	return ok(clone(e.Body))
}

func (c *call) clientUpdate() (int, any, error) {
	e, err := c.read(clients, "OAuth client", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	if err := c.checkClientRoles(); err != nil {
		return 0, nil, err
	}
	created := e.Body["dateCreated"]
	e.Body = clone(c.body)
	e.Body["id"], e.Body["dateCreated"] = e.ID, created
	e.Body["dateModified"], e.Body["modifiedBy"] = c.s.stamp(), map[string]any{"id": c.client}
	c.setGrants(e.ID)
	return ok(clone(e.Body))
}

func (c *call) clientDelete() (int, any, error) {
	e, err := c.read(clients, "OAuth client", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	if e.Body["state"] != "inactive" {
		return 0, nil, failed(http.StatusBadRequest, "cannot.delete.client", "An active client cannot be deleted")
	}
	c.s.state.remove(clients, e.ID)
	c.s.state.Grants = slices.DeleteFunc(c.s.state.Grants, func(g grant) bool { return g.Subject == e.ID })
	return noContent()
}

func (c *call) clientSecret() (int, any, error) {
	e, err := c.read(clients, "OAuth client", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	out := clone(e.Body)
	out["secret"] = c.newSecret(e)
	return ok(out)
}
