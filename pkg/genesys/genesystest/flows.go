package genesystest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/check"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/recall"
)

func flowHandlers() map[string]handler {
	return map[string]handler{
		"POST /api/v2/flows/jobs":                                     (*call).jobCreate,
		"GET /api/v2/flows/jobs/{jobId}":                              (*call).jobGet,
		"GET /api/v2/flows":                                           (*call).flowList,
		"GET /api/v2/flows/{flowId}":                                  (*call).flowGet,
		"DELETE /api/v2/flows/{flowId}":                               (*call).flowDelete,
		"POST /api/v2/flows/actions/unlock":                           (*call).flowUnlock,
		"POST /api/v2/flows/export/jobs":                              (*call).exportCreate,
		"GET /api/v2/flows/export/jobs/{jobId}":                       (*call).exportGet,
		"GET /api/v2/flows/{flowId}/versions":                         (*call).flowVersions,
		"GET /api/v2/flows/{flowId}/versions/{versionId}":             (*call).flowVersion,
		"GET /api/v2/architect/dependencytracking/consumingresources": (*call).consumers,
	}
}

// address is how a client reaches this server, for the addresses in answers.
func (s *Server) address(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

const uploadHeader = "x-amz-meta-flow-job"

func (c *call) jobCreate() (int, any, error) {
	id := c.s.state.newID("job")
	job := c.s.state.put(jobs, id, map[string]any{"id": id, "status": "Registered", "command": "Publish", "messages": []any{}})
	job.Hidden["client"] = c.client
	return ok(map[string]any{
		"id": id, "presignedUrl": c.s.address(c.r) + "/presigned/flow/" + id,
		"headers": map[string]any{uploadHeader: id}, "selfUri": "/api/v2/flows/jobs/" + id,
	})
}

// presigned serves the addresses that jobs hand out. A bearer token there is refused, as
// the store behind them refuses a second authorization; so are wrong headers.
func (s *Server) presigned(r *http.Request, body []byte) (int, any, error) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if r.Header.Get("Authorization") != "" {
		return http.StatusBadRequest, rawText{"application/xml", "<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>"}, nil
	}
	switch {
	case len(parts) == 3 && parts[1] == "flow" && r.Method == http.MethodPut:
		job := s.state.get(jobs, parts[2])
		if job == nil || r.Header.Get(uploadHeader) != parts[2] {
			return http.StatusForbidden, rawText{"application/xml", "<Error><Code>SignatureDoesNotMatch</Code></Error>"}, nil
		}
		job.Hidden["yaml"] = string(body)
		job.Body["status"] = "Started"
		job.Ready = s.opts.now().Add(s.opts.jobTime).UnixNano()
		return ok(nil)
	case len(parts) == 3 && parts[1] == "export" && r.Method == http.MethodGet:
		if e := s.state.get(exports, parts[2]); e != nil {
			return ok(rawText{"application/x-yaml", e.Hidden["yaml"]})
		}
	case len(parts) == 3 && parts[1] == "table" && r.Method == http.MethodGet:
		if e := s.state.get(exports, parts[2]); e != nil && e.Hidden["table"] != "" {
			return ok(rawText{"text/csv", e.Hidden["csv"]})
		}
	case len(parts) == 4 && parts[1] == "script" && r.Method == http.MethodGet:
		if e := s.state.get(scripts, parts[2]); e != nil {
			return ok(rawText{"application/json", e.Hidden[parts[3]]})
		}
	}
	return http.StatusForbidden, rawText{"application/xml", "<Error><Code>AccessDenied</Code></Error>"}, nil
}

// finishJobs does the work of the jobs whose time has come, asked for or not: validate, and
// publish what is valid.
func (s *Server) finishJobs() {
	for _, job := range s.state.all(jobs) {
		if job.Body["status"] == "Started" && s.opts.now().UnixNano() >= job.Ready {
			s.finishJob(job)
		}
	}
}

// jobGet answers the state of a job.
func (c *call) jobGet() (int, any, error) {
	job, err := c.read(jobs, "job", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	out := clone(job.Body)
	if !strings.Contains(c.query("expand"), "messages") {
		delete(out, "messages")
	}
	return ok(out)
}

func (s *Server) message(job *entity, kind, text string) {
	job.Body["messages"] = append(list(job.Body["messages"]), map[string]any{"dateTime": s.stamp(), "type": kind, "text": text})
}

// A flowText is a text that was published, read. It does not change.
type flowText struct {
	file  *architect.File
	found diag.Findings
}

// published are the latest ones: the same flow is published to many orgs, and again.
var published = recall.Store[flowText]{Most: 1 << 20}

func readFlow(yaml string) (*architect.File, diag.Findings) {
	x, ok := published.Get(yaml)
	if !ok {
		x.file, x.found = architect.Parse("flow.yaml", []byte(yaml))
		published.Put(yaml, x)
	}
	return x.file, slices.Clone(x.found)
}

func (s *Server) finishJob(job *entity) {
	yaml := job.Hidden["yaml"]
	delete(job.Hidden, "yaml")
	job.Body["status"] = "Failure"
	if i := strings.Index(yaml, "{{"); i >= 0 {
		key, _, _ := strings.Cut(yaml[i:], "\n")
		s.message(job, "Error", fmt.Sprintf("pre-processor substitution key of '%s' was found in the flow YAML, but was not found in the options file", key))
		return
	}
	file, fs := readFlow(yaml)
	if file != nil && file.Flow != nil {
		fs = append(fs, check.Flow(file, s.orgForFlows())...)
	}
	for _, f := range fs.Sorted() {
		kind := "Warning"
		if f.Severity.AtLeast(diag.Error) {
			kind = "Error"
		} else if !f.Severity.AtLeast(diag.Warning) {
			continue
		}
		// Genesys names the path of the node, never a line.
		s.message(job, kind, strings.TrimSpace(f.Path+" "+f.Message))
	}
	if fs.Has(diag.Error) || file == nil || file.Flow == nil {
		return
	}
	kind := strings.ToLower(file.Type)
	var flow *entity
	for _, e := range s.state.byName(flows, file.Flow.Name) {
		if str(e.Body["type"]) == strings.ToUpper(kind) {
			flow = e
		}
	}
	if by := lockOf(flow, job.Hidden["client"]); by != "" {
		s.message(job, "Error", fmt.Sprintf("flow '%s' is locked by %s; use force unlock to take the lock", file.Flow.Name, by))
		return
	}
	division := s.state.home()
	if name := file.Flow.Division; name != "" {
		named := s.state.byName(divisions, name)
		if len(named) == 0 {
			s.message(job, "Error", fmt.Sprintf("division '%s' does not exist", name))
			return
		}
		division = named[0]
	}
	version := 1
	if flow == nil && s.taken(flows, file.Flow.Name) {
		s.message(job, "Error", fmt.Sprintf("the name '%s' belongs to a deleted flow", file.Flow.Name))
		return
	}
	if flow == nil {
		id := s.state.newID("flow")
		flow = s.state.put(flows, id, nil)
		flow.Lag, flow.Unlisted = s.opts.lag, s.opts.listLag
		flow.Body = map[string]any{"id": id, "name": file.Flow.Name, "type": strings.ToUpper(kind), "active": true, "system": false, "deleted": false}
	} else {
		version, _ = strconv.Atoi(flow.Hidden["version"]) // ours, so a number
		version++
	}
	flow.Body["description"] = file.Flow.Description
	if flow.Body["division"] == nil || s.opts.assume.PublishingMovesFlows {
		flow.Body["division"] = map[string]any{"id": division.ID, "name": division.name()}
	}
	cl := s.state.get(clients, job.Hidden["client"])
	v := map[string]any{
		"id": fmt.Sprintf("%d.0", version), "commitVersion": strconv.Itoa(version), "type": "PUBLISH", "datePublished": s.stamp(),
	}
	if cl != nil {
		v["createdByClient"] = map[string]any{"id": cl.ID, "name": cl.name()}
	}
	keepVersion(flow, v)
	flow.Body["publishedVersion"], flow.Body["savedVersion"], flow.Body["checkedInVersion"] = v, v, v
	flow.Hidden["yaml"] = yaml
	flow.Hidden["version"] = fmt.Sprint(version)
	job.Body["status"] = "Success"
	job.Body["flow"] = map[string]any{"id": flow.ID}
}

// lockOf names who else than a client has locked a flow.
func lockOf(flow *entity, client string) string {
	if flow == nil {
		return ""
	}
	if by := object(flow.Body["lockedClient"]); by != nil && by["id"] != client {
		return str(by["name"])
	}
	return str(object(flow.Body["lockedUser"])["name"])
}

func flowView(e *entity) map[string]any {
	out := clone(e.Body)
	if by := object(out["lockedUser"]); by != nil && by["version"] == nil {
		by["version"] = 1 // a person always has one
	}
	return out
}

func (c *call) flowList() (int, any, error) {
	var es []*entity
	for _, e := range c.listed(flows) {
		if t := c.query("type"); t != "" && !strings.EqualFold(t, str(e.Body["type"])) {
			continue
		}
		contains := strings.Contains
		if !matches(e.name(), c.query("name"), exactly) || !matches(str(e.Body["description"]), c.query("description"), contains) ||
			c.query("nameOrDescription") != "" && !matches(e.name(), c.query("nameOrDescription"), contains) && !matches(str(e.Body["description"]), c.query("nameOrDescription"), contains) {
			continue
		}
		es = append(es, e)
	}
	return ok(c.page(bodies(sortByName(es), flowView)))
}

func (c *call) flowGet() (int, any, error) {
	e, err := c.read(flows, "flow", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	return ok(flowView(e))
}

func (c *call) flowVersions() (int, any, error) {
	e, err := c.read(flows, "flow", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	return ok(c.page(versionsOf(e)))
}

func (c *call) flowVersion() (int, any, error) {
	e, err := c.read(flows, "flow", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	for _, v := range versionsOf(e) {
		if object(v)["id"] == c.params[1] {
			return ok(v)
		}
	}
	return 0, nil, notFound("flow version", c.params[1])
}

// flowDelete refuses what a call route uses. A deleted flow is gone from lists.
func (c *call) flowDelete() (int, any, error) {
	e, err := c.read(flows, "flow", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	for _, r := range c.s.state.all(routes) {
		for _, k := range []string{"openHoursFlow", "closedHoursFlow", "holidayHoursFlow"} {
			if str(object(r.Body[k])["id"]) == e.ID {
				return 0, nil, failed(http.StatusConflict, "architect.flow.cannot.delete.used.in.ivr.configs", "Flow %s is used by call route %s", e.name(), r.name())
			}
		}
	}
	if lockOf(e, c.client) != "" {
		return 0, nil, failed(http.StatusMethodNotAllowed, "architect.flow.cannot.delete.user.does.not.have.lock", "Flow %s is locked by somebody else", e.name())
	}
	e.Deleted, e.Body["deleted"] = true, true
	return noContent()
}

func (c *call) flowUnlock() (int, any, error) {
	e, err := c.read(flows, "flow", c.query("flow"))
	if err != nil {
		return 0, nil, err
	}
	delete(e.Body, "lockedUser")
	delete(e.Body, "lockedClient")
	return ok(flowView(e))
}

func (c *call) exportCreate() (int, any, error) {
	asked := list(c.body["flows"])
	if len(asked) != 1 {
		return 0, nil, failed(http.StatusBadRequest, "bad.request", "This emulator exports one flow a job")
	}
	id := str(object(object(asked[0])["flow"])["id"])
	flow, err := c.read(flows, "flow", id)
	if err != nil {
		return 0, nil, err
	}
	job := c.s.state.newID("export")
	e := c.s.state.put(exports, job, map[string]any{"id": job, "status": "Started", "totalFlows": 1})
	e.Hidden["yaml"] = flow.Hidden["yaml"]
	e.Ready = c.s.opts.now().Add(c.s.opts.exportTime).UnixNano()
	return ok(map[string]any{"id": job, "status": "Registered", "totalFlows": 1, "selfUri": "/api/v2/flows/export/jobs/" + job})
}

func (c *call) exportGet() (int, any, error) {
	e, err := c.read(exports, "export job", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	if e.Body["status"] == "Started" && c.s.opts.now().UnixNano() >= e.Ready {
		e.Body["status"] = "Success"
		e.Body["downloadUrl"] = c.s.address(c.r) + "/presigned/export/" + e.ID
	}
	return ok(clone(e.Body))
}

// consumers tells which flows use an entity, from the names in their texts.
func (c *call) consumers() (int, any, error) {
	collection := map[string]string{"DATAACTION": actions, "DATATABLE": tables, "QUEUE": queues, "ACDSKILL": skills, "COMPOSERSCRIPT": scripts}[c.query("objectType")]
	e := c.s.state.get(collection, c.query("id"))
	var out []any
	if e != nil {
		for _, f := range c.s.state.all(flows) {
			if strings.Contains(f.Hidden["yaml"], e.name()) {
				out = append(out, map[string]any{"id": f.ID, "name": f.name(), "type": f.Body["type"], "version": f.Hidden["version"]})
			}
		}
	}
	return ok(c.page(out))
}

// usedByFlow tells whether a flow names an entity.
func (s *Server) usedByFlow(name string) bool {
	for _, f := range s.state.all(flows) {
		if strings.Contains(f.Hidden["yaml"], name) {
			return true
		}
	}
	return false
}
