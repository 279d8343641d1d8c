package blueprint

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
)

// ThisOrganization is the name by which references mean the org that is deployed to.
const ThisOrganization = "this"

// Fields of the credentials. Genesys: those of pureCloudOAuthClient are fixed, those of
// userDefined are free; request templates read them as ${credentials.token}.
const (
	FieldToken        = "token"
	FieldClientID     = "clientId"
	FieldClientSecret = "clientSecret"
	FieldRefreshToken = "refreshToken"
)

func key(k genesys.Kind, name string) genesys.Key { return genesys.Key{Kind: k, Name: name} }

func refTo(k genesys.Kind, name string) string {
	return genesys.Ref{Key: key(k, name), Field: "id"}.String()
}

func idOf(k genesys.Kind, name string) map[string]any { return map[string]any{"id": refTo(k, name)} }

// makeEntities lists what must exist in the org before the flow, in the words of the vendor's
// API.
func (b *builder) makeEntities() diag.Findings {
	var es []genesys.Entity
	es = append(es, b.table(b.control)...)
	if b.usesOwner() {
		es = append(es, b.table(b.owners)...)
	}
	es = append(es, b.hubspotIntegration()...)
	if b.d.Enrichment.Breaker.Enabled {
		runtime, fs := b.runtimeIntegration()
		if fs.Has(diag.Error) {
			return fs
		}
		es = append(es, runtime...)
	}
	es = append(es, b.actionEntities()...)
	es = append(es, b.targets()...)
	es = append(es, b.scripts()...)
	es = append(es, b.flowReferences()...)
	es = append(es, b.scheduleGroups()...)
	b.add(es...)
	return nil
}

func (b *builder) add(es ...genesys.Entity) {
	for i := range es {
		slices.SortFunc(es[i].Needs, genesys.Key.Compare)
		es[i].Needs = slices.Compact(es[i].Needs)
		content, err := plainJSON(es[i].Content)
		if err != nil { // contents are made of plain values
			panic(fmt.Sprintf("blueprint: %s: %v", es[i].Key, err))
		}
		es[i].Content = content
	}
	b.out.Entities = genesys.NewSet(append(b.out.Entities, es...)...)
}

// plainJSON gives a content the types that decoding JSON gives, which comparing needs.
func plainJSON(m map[string]any) (map[string]any, error) {
	if m == nil {
		return nil, nil
	}
	data, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	var out map[string]any
	return out, json.Unmarshal(data, &out)
}

// owned marks a content in a field that people read, too.
func (b *builder) owned(k genesys.Key, field string, content map[string]any, needs ...genesys.Key) genesys.Entity {
	content[field] = b.mark(content).String()
	return genesys.Entity{Key: k, Holding: genesys.Owned, Content: content, Needs: needs}
}

func (b *builder) division() map[string]any { return idOf(genesys.Division, b.d.Genesys.Division) }

func (b *builder) table(t controlTable) []genesys.Entity {
	props := map[string]any{}
	for i := 0; i+1 < len(t.Columns.Content); i += 2 {
		name := t.Columns.Content[i].Value
		col := map[string]any{}
		_ = t.Columns.Content[i+1].Decode(&col) // it was read when it was rendered
		col["$id"] = "/properties/" + name
		col["displayOrder"] = i / 2
		props[name] = col
	}
	k := key(genesys.DataTable, t.Name)
	out := []genesys.Entity{b.owned(k, "description", map[string]any{
		"name": t.Name, "division": b.division(),
		"schema": map[string]any{
			"$schema": "http://json-schema.org/draft-04/schema#", "type": "object", "required": []any{"key"},
			"additionalProperties": false, "properties": props,
		},
	})}
	for i := 0; i+1 < len(t.Rows.Content); i += 2 {
		name := t.Rows.Content[i].Value
		row := map[string]any{}
		_ = t.Rows.Content[i+1].Decode(&row) // likewise
		row["key"] = name
		out = append(out, genesys.Entity{
			Key: key(genesys.DataTableRow, t.Name+"/"+name), Holding: genesys.Seed, Content: row, Needs: []genesys.Key{k},
		})
	}
	return out
}

func (b *builder) rowKeys() []genesys.Key {
	var out []genesys.Key
	for i := 0; i+1 < len(b.control.Rows.Content); i += 2 {
		out = append(out, key(genesys.DataTableRow, b.names.table+"/"+b.control.Rows.Content[i].Value))
	}
	return out
}

// integration describes one, enabled and with its credential. Genesys: the slot is called
// basicAuth for web services whatever the type of the credential.
func (b *builder) integration(name, kind, slot, credential string) genesys.Entity {
	config := map[string]any{
		"name": name, "properties": map[string]any{}, "advanced": map[string]any{},
		"credentials": map[string]any{slot: idOf(genesys.Credential, credential)},
	}
	content := map[string]any{
		"name": name, "integrationType": map[string]any{"id": kind}, "intendedState": "ENABLED", "config": config,
	}
	config["notes"] = b.mark(content).String()
	return genesys.Entity{
		Key: key(genesys.Integration, name), Holding: genesys.Owned, Content: content,
		Needs: []genesys.Key{key(genesys.Credential, credential)},
	}
}

func (b *builder) hubspotIntegration() []genesys.Entity {
	n := b.names
	credential := genesys.Entity{
		Key: key(genesys.Credential, n.hubspotKey), Holding: genesys.Owned, Secrets: []string{FieldToken},
		Content: map[string]any{"name": n.hubspotKey, "type": map[string]any{"name": "userDefined"}},
	}
	out := []genesys.Entity{b.integration(n.hubspot, dataaction.WebServices, "basicAuth", n.hubspotKey)}
	switch auth := b.d.HubSpot.Auth; {
	case auth.Outside():
		credential.Secrets, credential.Token = grantFields(auth), FieldToken
		credential.Needs = []genesys.Key{key(genesys.DataTableRow, n.table+"/"+genesys.TokenRow)}
	case auth.ByPlatform():
		credential.Secrets = grantFields(auth)
		credential.Content["type"] = map[string]any{"name": "userDefinedOAuth"}
		out = append(out, b.authEntity())
	}
	return append(out, credential)
}

// runtimeIntegration is what tripping the breaker needs: a role with exactly the permissions
// that the rendered actions use, a client that has it, and an integration that uses it.
func (b *builder) runtimeIntegration() ([]genesys.Entity, diag.Findings) {
	n := b.names
	policies, fs := b.policies()
	if fs.Has(diag.Error) {
		return nil, fs
	}
	for _, p := range policies {
		of := p.(map[string]any)
		for _, action := range of["actionSet"].([]string) {
			b.out.RunTime = append(b.out.RunTime, fmt.Sprintf("%s:%s:%s", of["domain"], of["entityName"], action))
		}
	}
	slices.Sort(b.out.RunTime)
	roleKey, clientKey := key(genesys.Role, n.role), key(genesys.OAuthClient, n.client)
	credential := genesys.Entity{
		Key: key(genesys.Credential, n.clientKey), Holding: genesys.Owned,
		Content: map[string]any{"name": n.clientKey, "type": map[string]any{"name": "pureCloudOAuthClient"}},
		Secrets: []string{FieldClientID, FieldClientSecret},
	}
	out := []genesys.Entity{b.integration(n.genesys, dataaction.GenesysCloud, "pureCloudOAuthClient", n.clientKey)}
	if b.d.Manage.RuntimeClient {
		role := b.owned(roleKey, "description", map[string]any{"name": n.role, "permissions": []any{}, "permissionPolicies": policies})
		client := b.owned(clientKey, "description", map[string]any{
			"name": n.client, "authorizedGrantType": "CLIENT-CREDENTIALS", "accessTokenValiditySeconds": 86400, "state": "active",
			"roleDivisions": []any{map[string]any{
				"roleId": refTo(genesys.Role, n.role), "divisionId": refTo(genesys.Division, b.d.Genesys.Division),
			}},
		}, roleKey)
		credential.Needs = []genesys.Key{clientKey}
		out = append(out, role, client)
	}
	return append(out, credential), nil
}

// An apiUse is a call of the platform API that a data action may make, with the permission
// it needs. Genesys: row calls accept the datatable or the datatableRow permission of their verb; the
// narrower one is asked for.
type apiUse struct {
	method string
	path   func() *regexp.Regexp
	domain string
	entity string
	action string
}

var rowsPath = pattern.Of(`^/api/v2/flows/datatables/[^/]+/rows(/[^/]+)?$`)

var apiUses = []apiUse{
	{"GET", rowsPath, "architect", "datatableRow", "view"},
	{"POST", rowsPath, "architect", "datatableRow", "add"},
	{"PUT", rowsPath, "architect", "datatableRow", "edit"},
	{"DELETE", rowsPath, "architect", "datatableRow", "delete"},
	{"GET", pattern.Of(`^/api/v2/routing/queues(/[^/]+)?$`), "routing", "queue", "view"},
	{"GET", pattern.Of(`^/api/v2/routing/skills(/[^/]+)?$`), "routing", "skill", "view"},
}

// policies are the least that the rendered Genesys Cloud actions need.
func (b *builder) policies() ([]any, diag.Findings) {
	type entity struct{ domain, name string }
	verbs := map[entity][]string{}
	var order []entity
	for _, a := range b.out.Actions {
		if a.Definition.IntegrationType != dataaction.GenesysCloud {
			continue
		}
		url, _, _ := strings.Cut(a.Definition.Request.URLTemplate, "?")
		i := slices.IndexFunc(apiUses, func(u apiUse) bool { return u.method == a.Definition.Request.Type && u.path().MatchString(url) })
		if i < 0 {
			return nil, diag.Findings{{
				Code: codeTemplate, Message: fmt.Sprintf("%q calls %s %s, whose permission is not known", a.Definition.Name, a.Definition.Request.Type, url),
				Hint: "rows of data tables, queues and skills are known", Position: diag.Position{File: b.engine.file("actions/trip-breaker/action.yaml.tmpl"), Line: 1},
			}}
		}
		e := entity{apiUses[i].domain, apiUses[i].entity}
		if verbs[e] == nil {
			order = append(order, e)
		}
		if !slices.Contains(verbs[e], apiUses[i].action) {
			verbs[e] = append(verbs[e], apiUses[i].action)
		}
	}
	var out []any
	for _, e := range order {
		slices.Sort(verbs[e])
		out = append(out, map[string]any{"domain": e.domain, "entityName": e.name, "actionSet": verbs[e], "allowConditions": false})
	}
	return out, nil
}

func (b *builder) actionEntities() []genesys.Entity {
	var out []genesys.Entity
	for _, a := range b.out.Actions {
		d := a.Definition
		integration := key(genesys.Integration, a.Category)
		e := genesys.Entity{
			Key: a.Key, Holding: genesys.Owned, Needs: []genesys.Key{integration}, Text: string(d.Export()),
			Content: map[string]any{
				"name": d.Name, "category": a.Category, "integrationId": refTo(genesys.Integration, a.Category), "secure": d.Secure,
				"contract": map[string]any{
					"input":  map[string]any{"inputSchema": d.Input},
					"output": map[string]any{"successSchema": d.Output},
				},
				"config": configOf(d),
			},
		}
		if b.out.Auth != nil && a.Category == b.out.Auth.Category {
			e.Needs = append(e.Needs, b.out.Auth.Key)
		}
		for _, r := range genesys.Refs(d.Request.URLTemplate, d.Request.Template) {
			e.Needs = append(e.Needs, r.Key)
			if r.Key.Kind == genesys.DataTable { // its test writes a row, and a row cannot be written before it is there
				e.Needs = append(e.Needs, b.rowKeys()...)
			}
		}
		out = append(out, e)
	}
	return out
}

// configOf is what of a data action can change at any time, in the words of the API.
func configOf(d *dataaction.Definition) map[string]any {
	out := map[string]any{
		"request": map[string]any{
			"requestUrlTemplate": d.Request.URLTemplate, "requestType": d.Request.Type,
			"headers": d.Request.Headers, "requestTemplate": d.Request.Template,
		},
		"response": map[string]any{
			"translationMap": d.Response.TranslationMap, "translationMapDefaults": d.Response.Defaults,
			"successTemplate": d.Response.SuccessTemplate,
		},
	}
	if d.ActionType != dataaction.CustomAuth { // Genesys: an auth action has none
		out["timeoutSeconds"] = d.TimeoutSeconds
	}
	return out
}

// targets are the queues and skills that rules name. They are references: existing ones are
// used as they are.
func (b *builder) targets() []genesys.Entity {
	d := b.d
	queues, skills := []string{d.Routing.Fallback.Queue}, slices.Clone(d.Routing.Fallback.Skills)
	for _, r := range d.Routing.Rules {
		if r.To.Flow != "" {
			continue
		}
		queues = append(queues, r.To.Queue)
		skills = append(skills, r.To.Skills...)
	}
	for _, e := range d.Endings() {
		if e.Queue != "" {
			queues = append(queues, e.Queue)
		}
	}
	var out []genesys.Entity
	for _, q := range queues {
		content := map[string]any{"name": q, "division": b.division()}
		content["description"] = b.mark(content).String()
		out = append(out, genesys.Entity{Key: key(genesys.Queue, q), Holding: genesys.Reference, Create: d.Manage.Queues, Content: content})
	}
	for _, s := range skills {
		out = append(out, genesys.Entity{Key: key(genesys.Skill, s), Holding: genesys.Reference, Create: d.Manage.Skills, Content: map[string]any{"name": s}})
	}
	return out
}

func (b *builder) scripts() []genesys.Entity {
	var out []genesys.Entity
	for _, p := range b.pops() {
		switch p.Mode {
		case deployment.PopManaged:
			out = append(out, genesys.Entity{
				Key: key(genesys.Script, b.names.script), Holding: genesys.Owned, Text: b.script,
				Content: map[string]any{"name": b.names.script, "division": b.division()},
			})
		case deployment.PopScript:
			out = append(out, genesys.Entity{
				Key: key(genesys.Script, p.Script), Holding: genesys.Reference, Content: map[string]any{"name": p.Script},
			})
		}
	}
	return out
}

func (b *builder) flowEntity() genesys.Entity {
	e := genesys.Entity{
		Key: key(genesys.Flow, b.names.flow), Holding: genesys.Owned, Text: b.out.Flow.Text,
		Content: map[string]any{
			"name": b.names.flow, "type": inboundCall, "description": b.out.Flow.Tree.Flow.Description, "division": b.division(),
		},
		Needs: []genesys.Key{key(genesys.DataTable, b.names.table)},
	}
	if b.usesOwner() {
		e.Needs = append(e.Needs, key(genesys.DataTable, b.names.owners))
	}
	e.Needs = append(e.Needs, b.rowKeys()...)
	for _, a := range b.out.Actions {
		e.Needs = append(e.Needs, a.Key)
	}
	for _, x := range slices.Concat(b.targets(), b.scripts(), b.scheduleGroups()) {
		e.Needs = append(e.Needs, x.Key)
	}
	for _, r := range genesys.Refs(e.Text) {
		e.Needs = append(e.Needs, r.Key)
	}
	return e
}

func (b *builder) route() genesys.Entity {
	return b.owned(key(genesys.CallRoute, b.names.route), "description", map[string]any{
		"name": b.names.route, "division": b.division(), "dnis": b.d.Calls.Numbers,
		"openHoursFlow": idOf(genesys.Flow, b.names.flow),
	}, key(genesys.Flow, b.names.flow))
}
