package genesystest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/secret"
)

func actionHandlers() map[string]handler {
	const a = "/api/v2/integrations/actions"
	return map[string]handler{
		"GET " + a:                                            (*call).actionList,
		"POST " + a:                                           (*call).actionCreate,
		"POST " + a + "/drafts":                               (*call).draftCreateNew,
		"GET " + a + "/drafts":                                (*call).draftList,
		"GET " + a + "/{actionId}":                            (*call).actionGet,
		"PATCH " + a + "/{actionId}":                          (*call).actionPatch,
		"DELETE " + a + "/{actionId}":                         (*call).actionDelete,
		"POST " + a + "/{actionId}/draft":                     (*call).draftCreate,
		"GET " + a + "/{actionId}/draft":                      (*call).draftGet,
		"PATCH " + a + "/{actionId}/draft":                    (*call).draftPatch,
		"DELETE " + a + "/{actionId}/draft":                   (*call).draftDelete,
		"GET " + a + "/{actionId}/draft/validation":           (*call).draftValidation,
		"POST " + a + "/{actionId}/draft/publish":             (*call).draftPublish,
		"POST " + a + "/{actionId}/draft/test":                (*call).draftTest,
		"POST " + a + "/{actionId}/test":                      (*call).actionTest,
		"POST " + a + "/{actionId}/execute":                   (*call).actionExecute,
		"GET " + a + "/{actionId}/templates/{fileName}":       (*call).actionTemplate,
		"GET " + a + "/{actionId}/draft/templates/{fileName}": (*call).draftTemplate,
	}
}

// An action's entity holds the published version in Body, nil fields while there is none,
// and the draft in Draft. Hidden["published"] tells whether Body has been published.
func isPublished(e *entity) bool { return e.Hidden["published"] == "true" }

const (
	requestTemplateFile = "requesttemplate.vm"
	successTemplateFile = "successtemplate.vm"
)

// actionView is a version as reads show it: templates only as addresses, contract and
// configuration only when they are asked for.
func (c *call) actionView(body map[string]any, id string, draft bool) map[string]any {
	out := clone(body)
	base := "/api/v2/integrations/actions/" + id + "/"
	if draft {
		base += "draft/"
	}
	config := object(out["config"])
	if request := object(config["request"]); request["requestTemplate"] != nil {
		delete(request, "requestTemplate")
		request["requestTemplateUri"] = base + "templates/" + requestTemplateFile
	}
	if response := object(config["response"]); response["successTemplate"] != nil {
		delete(response, "successTemplate")
		response["successTemplateUri"] = base + "templates/" + successTemplateFile
	}
	if c.query("includeConfig") != "true" && c.r.Method == http.MethodGet && !draft {
		delete(out, "config")
	}
	if !strings.Contains(c.query("expand"), "contract") && c.r.Method == http.MethodGet && !draft {
		delete(out, "contract")
	}
	out["id"] = id
	return out
}

func (c *call) actionList() (int, any, error) {
	var es []*entity
	for _, e := range c.listed(actions) {
		if !isPublished(e) || strings.HasPrefix(e.ID, customAuth) && c.query("includeAuthActions") != "true" {
			continue
		}
		if category := c.query("category"); category != "" && !strings.EqualFold(str(e.Body["category"]), category) {
			continue
		}
		if ids := c.query("ids"); ids != "" && !slices.Contains(strings.Split(ids, ","), e.ID) {
			continue
		}
		if matches(e.name(), c.query("name"), strings.Contains) {
			es = append(es, e)
		}
	}
	return ok(c.page(bodies(es, func(e *entity) map[string]any { return c.actionView(e.Body, e.ID, false) })))
}

// draftList shows what has a draft, with the draft's name and version.
func (c *call) draftList() (int, any, error) {
	var es []*entity
	for _, e := range c.listed(actions) {
		if e.Draft != nil && matches(str(e.Draft["name"]), c.query("name"), strings.Contains) {
			es = append(es, e)
		}
	}
	return ok(c.page(bodies(es, func(e *entity) map[string]any {
		out := c.actionView(e.Draft, e.ID, true)
		delete(out, "contract")
		delete(out, "config")
		return out
	})))
}

func (c *call) newAction() (*entity, error) {
	id := str(c.body["integrationId"])
	in := c.s.state.get(integrations, id)
	if in == nil {
		return nil, notFound("integration", id)
	}
	if c.s.opts.assume.ActionsNeedActive && object(in.Body["reportedState"])["code"] != "ACTIVE" {
		return nil, failed(http.StatusBadRequest, "bad.request", "The integration is not active")
	}
	if len(str(c.body["name"])) > 256 || len(str(c.body["category"])) > 256 {
		return nil, failed(http.StatusBadRequest, "invalid.value", "Name and category have at most 256 characters")
	}
	e := c.create(actions, "custom_-_"+c.s.state.newID("action"), map[string]any{})
	return e, nil
}

// actionCreate makes an action that is published at once, as version 1.
func (c *call) actionCreate() (int, any, error) {
	if err := c.checkDefinition(c.body); err != nil {
		return 0, nil, err
	}
	e, err := c.newAction()
	if err != nil {
		return 0, nil, err
	}
	e.Body = merge(c.body, map[string]any{"id": e.ID, "version": 1})
	e.Hidden["published"] = "true"
	return ok(c.actionView(e.Body, e.ID, false))
}

// draftCreateNew makes an action that is only a draft. As seen on the platform it drops
// the request template, so that a PATCH of the draft must follow.
func (c *call) draftCreateNew() (int, any, error) {
	e, err := c.newAction()
	if err != nil {
		return 0, nil, err
	}
	e.Draft = merge(c.body, map[string]any{"id": e.ID, "version": 1})
	if request := object(object(e.Draft["config"])["request"]); request != nil {
		request["requestTemplate"] = "${input.rawRequest}"
	}
	return ok(c.actionView(e.Draft, e.ID, true))
}

func (c *call) publishedAction() (*entity, error) {
	e, err := c.read(actions, "action", c.params[0])
	if err != nil {
		return nil, err
	}
	if !isPublished(e) {
		return nil, notFound("action", c.params[0])
	}
	return e, nil
}

func (c *call) actionGet() (int, any, error) {
	e, err := c.publishedAction()
	if err != nil {
		return 0, nil, err
	}
	return ok(c.actionView(e.Body, e.ID, false))
}

// actionPatch changes the published action at once. The contract is frozen.
func (c *call) actionPatch() (int, any, error) {
	e, err := c.publishedAction()
	if err != nil {
		return 0, nil, err
	}
	if have, sent := e.version(), integer(c.body["version"]); have != sent {
		return 0, nil, versionConflict(have, sent)
	}
	next := merge(e.Body, c.body)
	if strings.HasPrefix(e.ID, customAuth) && object(next["config"])["timeoutSeconds"] != nil {
		return 0, nil, failed(http.StatusBadRequest, "bad.request", "timeoutSeconds is not valid for a custom auth action")
	}
	if err := c.checkDefinition(next); err != nil {
		return 0, nil, err
	}
	next["version"] = e.version() + 1
	e.Body = next
	return ok(c.actionView(e.Body, e.ID, false))
}

func (c *call) actionDelete() (int, any, error) {
	e, err := c.read(actions, "action", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	if strings.HasPrefix(e.ID, customAuth) {
		return 0, nil, failed(http.StatusBadRequest, "bad.request", "A custom auth action goes with its integration")
	}
	c.s.state.remove(actions, e.ID)
	return noContent()
}

func (c *call) draft() (*entity, error) {
	e, err := c.read(actions, "action", c.params[0])
	if err != nil {
		return nil, err
	}
	if e.Draft == nil {
		return nil, notFound("draft of action", c.params[0])
	}
	return e, nil
}

func (c *call) draftCreate() (int, any, error) {
	e, err := c.read(actions, "action", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	if e.Draft != nil {
		return 0, nil, failed(http.StatusBadRequest, "policy.violation", "The action has a draft")
	}
	e.Draft = merge(e.Body, map[string]any{"version": 1})
	return ok(c.actionView(e.Draft, e.ID, true))
}

func (c *call) draftGet() (int, any, error) {
	e, err := c.draft()
	if err != nil {
		return 0, nil, err
	}
	return ok(c.actionView(e.Draft, e.ID, true))
}

func (c *call) draftPatch() (int, any, error) {
	e, err := c.draft()
	if err != nil {
		return 0, nil, err
	}
	if have, sent := integer(e.Draft["version"]), integer(c.body["version"]); have != sent {
		return 0, nil, versionConflict(have, sent)
	}
	e.Draft = merge(e.Draft, c.body)
	e.Draft["version"] = integer(c.body["version"]) + 1
	return ok(c.actionView(e.Draft, e.ID, true))
}

func (c *call) draftDelete() (int, any, error) {
	e, err := c.draft()
	if err != nil {
		return 0, nil, err
	}
	e.Draft = nil
	if !isPublished(e) {
		c.s.state.remove(actions, e.ID)
	}
	return noContent()
}

func (c *call) draftValidation() (int, any, error) {
	e, err := c.draft()
	if err != nil {
		return 0, nil, err
	}
	errs := []any{}
	if err := c.checkDefinition(e.Draft); err != nil {
		errs = append(errs, err)
	}
	return ok(map[string]any{"valid": len(errs) == 0, "errors": errs})
}

// draftPublish publishes the draft. A changed contract is refused once a version is out.
func (c *call) draftPublish() (int, any, error) {
	e, err := c.draft()
	if err != nil {
		return 0, nil, err
	}
	if have, sent := integer(e.Draft["version"]), integer(c.body["version"]); have != sent {
		return 0, nil, versionConflict(have, sent)
	}
	if err := c.checkDefinition(e.Draft); err != nil {
		return 0, nil, err
	}
	if isPublished(e) && (!reflect.DeepEqual(e.Draft["contract"], e.Body["contract"]) || e.Draft["secure"] != e.Body["secure"]) {
		return 0, nil, failed(http.StatusBadRequest, "policy.violation", "The contract of a published action cannot change")
	}
	version := 1
	if isPublished(e) {
		version = e.version() + 1
	}
	e.Body = merge(e.Draft, map[string]any{"version": version})
	e.Draft = nil
	e.Hidden["published"] = "true"
	return ok(c.actionView(e.Body, e.ID, false))
}

func (c *call) actionTemplate() (int, any, error) {
	e, err := c.publishedAction()
	if err != nil {
		return 0, nil, err
	}
	return c.template(e.Body)
}

func (c *call) draftTemplate() (int, any, error) {
	e, err := c.draft()
	if err != nil {
		return 0, nil, err
	}
	return c.template(e.Draft)
}

func (c *call) template(body map[string]any) (int, any, error) {
	config := object(body["config"])
	switch c.params[1] {
	case requestTemplateFile:
		return ok(rawText{"text/plain", str(object(config["request"])["requestTemplate"])})
	case successTemplateFile:
		return ok(rawText{"text/plain", str(object(config["response"])["successTemplate"])})
	}
	return 0, nil, notFound("template", c.params[1])
}

// definition reads a version as the executor of data actions does.
func (s *Server) definition(body map[string]any) (*dataaction.Definition, diag.Findings) {
	b := clone(body)
	if e := s.state.get(integrations, str(b["integrationId"])); e != nil {
		b["integrationType"] = object(e.Body["integrationType"])["id"]
	}
	b["actionType"] = dataaction.Custom
	if strings.HasPrefix(str(b["id"]), customAuth) {
		b["actionType"] = dataaction.CustomAuth
	}
	data, err := json.Marshal(b)
	if err != nil {
		return nil, diag.Findings{{Message: err.Error()}}
	}
	return dataaction.ParseExport(str(b["name"]), data)
}

// checkDefinition is what the platform checks on save: templates are parsed, contracts
// are schemas of the allowed kind.
func (c *call) checkDefinition(body map[string]any) error {
	d, fs := c.s.definition(body)
	if err := fs.Err(); err != nil {
		return failed(http.StatusBadRequest, "invalid.schema", "%v", err)
	}
	if _, err := dataaction.Compile(d, dataaction.Options{}); err != nil {
		return failed(http.StatusBadRequest, "bad.request", "%v", err)
	}
	return nil
}

func (c *call) actionTest() (int, any, error) {
	e, err := c.publishedAction()
	if err != nil {
		return 0, nil, err
	}
	return c.test(e.Body)
}

func (c *call) draftTest() (int, any, error) {
	e, err := c.draft()
	if err != nil {
		return 0, nil, err
	}
	return c.test(e.Draft)
}

// test answers 200 also when the action failed; success tells.
func (c *call) test(body map[string]any) (int, any, error) {
	r, err := c.run(body)
	if err != nil {
		return 0, nil, err
	}
	steps := []any{}
	for _, o := range r.Operations {
		step := map[string]any{"step": o.Step, "name": o.Name, "success": o.Success}
		for k, v := range map[string]json.RawMessage{"result": o.Result, "error": o.Error} {
			if string(v) != "null" {
				step[k] = v
			}
		}
		steps = append(steps, step)
	}
	out := map[string]any{"operations": steps, "success": r.Err == nil && !r.TimedOut}
	if r.Err != nil {
		out["error"] = apiErrorOf(r.Err)
		return ok(out)
	}
	final, err := c.result(r)
	if err != nil {
		return 0, nil, err
	}
	out["finalResult"] = final
	return ok(out)
}

func (c *call) actionExecute() (int, any, error) {
	e, err := c.publishedAction()
	if err != nil {
		return 0, nil, err
	}
	r, err := c.run(e.Body)
	if err != nil {
		return 0, nil, err
	}
	if r.Err != nil {
		return 0, nil, apiErrorOf(r.Err)
	}
	final, err := c.result(r)
	if err != nil {
		return 0, nil, err
	}
	return ok(final)
}

// result is the reply of an action, flattened when that is asked for.
func (c *call) result(r *dataaction.Result) (any, error) {
	if c.query("flatten") == "true" {
		out := map[string]any{}
		for k, v := range r.Outputs {
			out[k] = json.RawMessage(v.AppendJSON(nil))
		}
		return out, nil
	}
	var v any
	if err := json.Unmarshal(r.Final, &v); err != nil {
		return nil, fmt.Errorf("result of the action: %w", err)
	}
	return v, nil
}

func apiErrorOf(e *dataaction.Error) *apiError {
	out := failed(e.Status, strings.ReplaceAll(strings.ToLower(e.ErrorCode), "_", "."), "%s", e.UserMessage)
	out.complete()
	for _, d := range e.Details {
		out.Details = append(out.Details, errorDetail{ErrorCode: d.ErrorCode, FieldName: d.FieldName, EntityID: d.EntityID, EntityName: d.EntityName})
	}
	return out
}

// run executes a version. Its integration must be active; secrets are known only as
// hashes, which the other emulator compares.
func (c *call) run(body map[string]any) (*dataaction.Result, error) {
	id := str(body["integrationId"])
	e := c.s.state.get(integrations, id)
	if e == nil || object(e.Body["reportedState"])["code"] != "ACTIVE" {
		return nil, failed(http.StatusBadRequest, "bad.request", "The integration of the action is not active")
	}
	d, fs := c.s.definition(body)
	if err := fs.Err(); err != nil {
		return nil, failed(http.StatusBadRequest, "invalid.schema", "%v", err)
	}
	p, err := dataaction.Compile(d, dataaction.Options{})
	if err != nil {
		return nil, failed(http.StatusBadRequest, "bad.request", "%v", err)
	}
	var input map[string]any
	if err := decode(c.raw, &input); err != nil {
		return nil, err
	}
	o := dataaction.RunOptions{Trace: true, Credentials: map[string]secret.Value{}}
	fields, _ := c.s.state.credentialOf(id)
	for k, v := range fields {
		o.Credentials[k] = secret.New(v)
	}
	if o.Auth, err = c.s.authOf(id, str(body["id"]), fields); err != nil {
		return nil, failed(http.StatusBadRequest, "bad.request", "%v", err)
	}
	var sender dataaction.Sender = refusingSender{}
	if c.s.opts.remote != nil {
		sender = c.s.opts.remote
	}
	if d.IntegrationType == dataaction.GenesysCloud {
		sender, o.BaseURL = ownSender{c.s, fields["clientId"]}, "https://api.invalid"
	}
	r := dataaction.Run(c.r.Context(), p, input, sender, o)
	c.s.count(c.params[0], r)
	return r, nil
}

// refusingSender stands for a network on which nobody answers.
type refusingSender struct{}

func (refusingSender) Send(_ context.Context, r dataaction.Request) (dataaction.Response, error) {
	return dataaction.Response{}, fmt.Errorf("no service answers at %s", r.URL)
}

// ownSender carries the requests of Genesys Cloud data actions back into this org, in the
// name of the client of their integration. The lock is already held.
type ownSender struct {
	s      *Server
	client string
}

func (o ownSender) Send(ctx context.Context, r dataaction.Request) (dataaction.Response, error) {
	req, err := http.NewRequestWithContext(ctx, r.Method, r.URL, nil)
	if err != nil {
		return dataaction.Response{}, err
	}
	cl := o.s.state.get(clients, o.client)
	status, answer, err := 0, any(nil), error(failed(http.StatusUnauthorized, "bad.credentials", "Invalid login credentials."))
	if cl != nil {
		status, answer, err = o.s.serveAs(o.client, req, r.Body)
	}
	if ae, isAPI := err.(*apiError); isAPI { //nolint:errorlint // handlers return it unwrapped
		status, answer = ae.Status, ae
	} else if err != nil {
		return dataaction.Response{}, err
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return dataaction.Response{}, err
	}
	return dataaction.Response{Status: status, Header: map[string][]string{"Content-Type": {"application/json"}}, Body: body, Latency: o.s.opts.latency}, nil
}

func decode(raw []byte, v any) error {
	if len(raw) == 0 {
		return nil
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return badRequest(err)
	}
	return nil
}
