package genesystest

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"go.yaml.in/yaml/v4"
)

// What a client reads beside the entities themselves: what a flow was and is, which types
// there are, tables and scripts as texts.
func historyHandlers() map[string]handler {
	const f, i = "/api/v2/flows/{flowId}", "/api/v2/integrations/"
	return map[string]handler{
		"POST /api/v2/flows":                               (*call).flowCreate,
		"PUT " + f:                                         (*call).flowUpdate,
		"POST /api/v2/flows/actions/checkout":              (*call).flowCheckout,
		"POST " + f + "/history":                           (*call).historyAsk,
		"GET " + f + "/history/{historyId}":                (*call).history,
		"GET " + f + "/latestconfiguration":                (*call).flowConfiguration,
		"GET " + f + "/versions/{versionId}/configuration": (*call).flowConfiguration,

		"GET " + i + "types": (*call).integrationTypeList,
		"GET " + i + "types/{typeId}/configschemas/{configType}":   (*call).integrationTypeSchema,
		"GET " + i + "credentials/types":                           (*call).credentialTypes,
		"GET " + i + "credentials/listing":                         (*call).credentialListing,
		"GET " + i + "actions/categories":                          (*call).actionCategories,
		"GET " + i + "actions/{actionId}/schemas/{fileName}":       (*call).actionSchema,
		"GET " + i + "actions/{actionId}/draft/schemas/{fileName}": (*call).draftSchema,

		"POST /api/v2/flows/datatables/{datatableId}/export/jobs":              (*call).tableExport,
		"GET /api/v2/flows/datatables/{datatableId}/export/jobs/{exportJobId}": (*call).tableExported,

		"GET /api/v2/scripts/published/{scriptId}":           (*call).scriptPublished,
		"GET /api/v2/scripts/published/{scriptId}/variables": (*call).scriptVariables,
		"GET /api/v2/scripts/published/{scriptId}/pages":     (*call).scriptPages,
	}
}

// flowCreate makes a flow without content, as Architect's own page does.
func (c *call) flowCreate() (int, any, error) {
	name, kind := str(c.body["name"]), strings.ToUpper(str(c.body["type"]))
	switch {
	case kind == "":
		return 0, nil, failed(http.StatusBadRequest, "architect.flow.validate.failed.missing.type", "A flow needs a type")
	case strings.Contains(name, "/"):
		return 0, nil, failed(http.StatusBadRequest, "architect.flow.validate.failed.invalid.name.contains.slash", "A flow's name has no slash: %s", name)
	case c.s.taken(flows, name) || slices.ContainsFunc(c.s.state.byName(flows, name), func(e *entity) bool { return e.Body["type"] == kind }):
		return 0, nil, failed(http.StatusConflict, "architect.flow.already.exists", "A flow named %s exists", name)
	}
	body := map[string]any{"name": name, "type": kind, "description": str(c.body["description"]), "division": c.body["division"], "active": true, "system": false, "deleted": false}
	c.place(body)
	e := c.create(flows, c.s.state.newID("flow"), body)
	e.Hidden["version"] = "0"
	return ok(flowView(e))
}

// flowUpdate changes what stands beside the content.
func (c *call) flowUpdate() (int, any, error) {
	e, err := c.read(flows, "flow", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	if lockOf(e, c.client) != "" {
		return 0, nil, failed(http.StatusConflict, "architect.flow.locked.by.another.user", "Flow %s is locked by somebody else", e.name())
	}
	for _, k := range []string{"name", "description", "division"} {
		if v := c.body[k]; v != nil {
			e.Body[k] = v
		}
	}
	c.place(e.Body)
	return ok(flowView(e))
}

func (c *call) flowCheckout() (int, any, error) {
	e, err := c.read(flows, "flow", c.query("flow"))
	if err != nil {
		return 0, nil, err
	}
	if lockOf(e, c.client) != "" {
		return 0, nil, failed(http.StatusConflict, "architect.flow.locked.by.another.user", "Flow %s is locked by somebody else", e.name())
	}
	e.Body["lockedClient"] = map[string]any{"id": c.client, "name": c.s.state.get(clients, c.client).name()}
	return ok(flowView(e))
}

// versionsOf gives the published versions of a flow, the newest first. A state of before
// they were kept knows the last one only.
func versionsOf(e *entity) []any {
	var out []any
	if err := json.Unmarshal([]byte(e.Hidden["versions"]), &out); err != nil || len(out) == 0 {
		if v := object(e.Body["publishedVersion"]); v != nil {
			out = []any{clone(v)}
		}
	}
	return out
}

// keepVersion adds a published version to what the history shows.
func keepVersion(e *entity, v map[string]any) {
	text, err := json.Marshal(append([]any{v}, versionsOf(e)...))
	if err != nil {
		panic(err) // it came from JSON
	}
	e.Hidden["versions"] = string(text)
}

// historyAsk begins to collect the history of a flow; here that is done at once.
func (c *call) historyAsk() (int, any, error) {
	e, err := c.read(flows, "flow", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	return ok(map[string]any{"id": historyID(e), "complete": true, "actionName": "HISTORY", "actionStatus": "SUCCESS"})
}

func historyID(e *entity) string {
	return uuid.NewSHA1(idSpace, []byte("history of "+e.ID)).String()
}

func (c *call) history() (int, any, error) {
	e, err := c.read(flows, "flow", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	if c.params[1] != historyID(e) {
		return 0, nil, notFound("history", c.params[1])
	}
	var out []any
	for _, v := range versionsOf(e) {
		m := object(v)
		entry := map[string]any{"action": "PUBLISH", "resource": "FLOW", "timestamp": m["datePublished"], "version": m["id"]}
		if by := m["createdByClient"]; by != nil {
			entry["client"] = by
		}
		out = append(out, entry)
	}
	page := withoutURIs(c.page(out))
	for k, v := range map[string]any{"id": historyID(e), "complete": true, "actionName": "HISTORY", "actionStatus": "SUCCESS", "name": e.name(), "system": false} {
		page[k] = v
	}
	return ok(page)
}

// flowConfiguration gives the published text as JSON. The platform gives the form that
// Architect keeps flows in, which is documented nowhere.
func (c *call) flowConfiguration() (int, any, error) {
	e, err := c.read(flows, "flow", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	if len(c.params) > 1 && c.params[1] != object(e.Body["publishedVersion"])["id"] {
		return 0, nil, failed(http.StatusNotFound, "not.found", "This emulator keeps the configuration of the latest version only, not of %s", c.params[1])
	}
	var out map[string]any
	if err := yaml.Unmarshal([]byte(e.Hidden["yaml"]), &out); err != nil || out == nil {
		return ok(map[string]any{})
	}
	return ok(out)
}

// integrationTypeView is a type as reads and lists show it.
func (s *Server) integrationTypeView(id string) (map[string]any, bool) {
	t := integrationTypes[id]
	of, found := s.integrationType(id)
	if !found {
		return nil, false
	}
	return map[string]any{
		"id": id, "name": t.name, "description": t.name, "provider": "clouddata", "category": "Data Actions", "maxInstances": of.MaxInstances, "nonInstallable": of.NonInstallable,
		"credentials": map[string]any{t.slot: map[string]any{"required": true, "title": t.slot, "credentialTypes": t.credentials}},
	}, true
}

func (c *call) integrationType() (int, any, error) {
	t, found := c.s.integrationTypeView(c.params[0])
	if !found {
		return 0, nil, notFound("integration type", c.params[0])
	}
	return ok(t)
}

func (c *call) integrationTypeList() (int, any, error) {
	var out []any
	for _, id := range sortedKeys(integrationTypes) {
		if t, found := c.s.integrationTypeView(id); found {
			out = append(out, t)
		}
	}
	return ok(c.page(out))
}

// integrationTypeSchema: data actions' integrations have nothing to set.
func (c *call) integrationTypeSchema() (int, any, error) {
	if _, found := c.s.integrationType(c.params[0]); !found || c.params[1] != "properties" && c.params[1] != "advanced" {
		return 0, nil, notFound("configuration schema", c.params[0]+"/"+c.params[1])
	}
	return ok(map[string]any{"$schema": "http://json-schema.org/draft-04/schema#", "title": c.params[1], "type": "object", "properties": map[string]any{}})
}

// credentialTypes are those of the integrations that the org has; the fields of the two that
// people define are theirs.
func (c *call) credentialTypes() (int, any, error) {
	fields := map[string][]string{"basicAuth": {"userName", "password"}, "pureCloudOAuthClient": {"clientId", "clientSecret"}}
	names := map[string]bool{}
	for _, t := range integrationTypes {
		for _, n := range t.credentials {
			names[n] = true
		}
	}
	var out []any
	for _, n := range sortedKeys(names) {
		properties := map[string]any{}
		for _, f := range fields[n] {
			properties[f] = map[string]any{"type": "string", "title": f}
		}
		out = append(out, map[string]any{"id": n, "name": n, "properties": map[string]any{"type": "object", "properties": properties}, "required": append([]string{}, fields[n]...)})
	}
	return ok(c.page(out))
}

// credentialListing pages by a cursor, the id of the last one; a newer API than the
// description's has it.
func (c *call) credentialListing() (int, any, error) {
	all := c.listed(credentials)
	if at := slices.IndexFunc(all, func(e *entity) bool { return e.ID == c.query("after") }); at >= 0 {
		all = all[at+1:]
	}
	size := 100
	if n, err := strconv.Atoi(c.query("pageSize")); err == nil && n > 0 {
		size = n
	}
	out := map[string]any{"selfUri": c.r.URL.RequestURI()}
	if len(all) > size {
		all = all[:size]
		out["nextUri"] = fmt.Sprintf("%s?pageSize=%d&after=%s", c.r.URL.Path, size, all[size-1].ID)
	}
	out["entities"] = bodies(all, credentialInfo)
	return ok(out)
}

func (c *call) actionCategories() (int, any, error) {
	names := map[string]bool{}
	for _, e := range c.s.state.all(actions) {
		if isPublished(e) {
			names[str(e.Body["category"])] = true
		}
	}
	var out []any
	for _, n := range sortedKeys(names) {
		out = append(out, map[string]any{"name": n})
	}
	return ok(withoutURIs(c.page(out)))
}

// withoutURIs is a page of one of the lists that do not name their first page and their own.
func withoutURIs(page map[string]any) map[string]any {
	for _, k := range []string{"firstUri", "selfUri", "nextUri"} {
		delete(page, k)
	}
	return page
}

func (c *call) actionSchema() (int, any, error) {
	e, err := c.publishedAction()
	if err != nil {
		return 0, nil, err
	}
	return c.schemaOf(e.Body)
}

func (c *call) draftSchema() (int, any, error) {
	e, err := c.draft()
	if err != nil {
		return 0, nil, err
	}
	return c.schemaOf(e.Draft)
}

// schemaOf gives a schema of the contract as a file.
func (c *call) schemaOf(body map[string]any) (int, any, error) {
	contract := object(body["contract"])
	out := map[string]map[string]any{
		"input.json": object(object(contract["input"])["inputSchema"]), "success.json": object(object(contract["output"])["successSchema"]),
	}[c.params[1]]
	if out == nil {
		return 0, nil, notFound("schema", c.params[1])
	}
	return ok(clone(out))
}

// tableExport begins to write a table as CSV.
func (c *call) tableExport() (int, any, error) {
	e, err := c.read(tables, "data table", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	id := c.s.state.newID("tableExport")
	job := c.s.state.put(exports, id, map[string]any{"id": id, "status": "Processing", "dateCreated": c.s.stamp()})
	job.Hidden["table"] = e.ID
	job.Ready = c.s.opts.now().Add(c.s.opts.jobTime / 2).UnixNano()
	return http.StatusAccepted, clone(job.Body), nil
}

// tableExported is the job; when its time has come it names where the text can be had.
func (c *call) tableExported() (int, any, error) {
	job := c.s.state.get(exports, c.params[1])
	if job == nil || job.Hidden["table"] != c.params[0] {
		return 0, nil, notFound("export job", c.params[1])
	}
	if job.Body["status"] == "Processing" && c.s.opts.now().UnixNano() >= job.Ready {
		table, err := c.read(tables, "data table", c.params[0])
		if err != nil {
			return 0, nil, err
		}
		text, n := c.s.csv(table)
		job.Hidden["csv"] = text
		for k, v := range map[string]any{
			"status": "Succeeded", "countRecordsProcessed": n, "dateCompleted": c.s.stamp(), "downloadURI": c.s.address(c.r) + "/presigned/table/" + job.ID,
		} {
			job.Body[k] = v
		}
	}
	return ok(clone(job.Body))
}

// csv writes a table with its key first; what the platform's file looks like is undocumented.
func (s *Server) csv(table *entity) (text string, n int) {
	names := slices.DeleteFunc(sortedKeys(columns(table.Body)), func(c string) bool { return c == "key" })
	slices.SortStableFunc(names, func(a, b string) int {
		at := func(c string) int { return integer(object(columns(table.Body)[c])["displayOrder"]) }
		return at(a) - at(b)
	})
	names = append([]string{"key"}, names...)
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Write(names) //nolint:errcheck // into memory
	for _, e := range s.state.all(rows) {
		if !strings.HasPrefix(e.ID, table.ID+"/") {
			continue
		}
		var record []string
		for _, c := range names {
			record = append(record, fmt.Sprint(e.Body[c]))
		}
		w.Write(record) //nolint:errcheck // into memory
		n++
	}
	w.Flush()
	return b.String(), n
}

func (c *call) publishedScript() (*entity, map[string]any, error) {
	e, err := c.read(scripts, "script", c.params[0])
	if err != nil {
		return nil, nil, err
	}
	if e.Body["publishedDate"] == nil {
		return nil, nil, notFound("published script", c.params[0])
	}
	var file map[string]any
	if err := json.Unmarshal([]byte(e.Hidden["published"]), &file); err != nil {
		return nil, nil, fmt.Errorf("the published script %q: %w", e.name(), err)
	}
	return e, file, nil
}

func (c *call) scriptPublished() (int, any, error) {
	e, _, err := c.publishedScript()
	if err != nil {
		return 0, nil, err
	}
	return ok(clone(e.Body))
}

// scriptVariables and scriptPages give the names only: the shape of both is undocumented.
func (c *call) scriptVariables() (int, any, error) {
	_, file, err := c.publishedScript()
	if err != nil {
		return 0, nil, err
	}
	out := map[string]any{}
	for _, v := range list(file["variables"]) {
		if name := str(object(v)["name"]); name != "" {
			out[name] = object(v)
		}
	}
	return ok(out)
}

func (c *call) scriptPages() (int, any, error) {
	_, file, err := c.publishedScript()
	if err != nil {
		return 0, nil, err
	}
	out := []any{}
	for _, p := range list(file["pages"]) {
		page := map[string]any{}
		for _, k := range []string{"id", "name"} {
			if v := str(object(p)[k]); v != "" {
				page[k] = v
			}
		}
		out = append(out, page)
	}
	return ok(out)
}
