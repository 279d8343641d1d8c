package genesysrest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/privacy"
	sdk "github.com/mypurecloud/platform-client-sdk-go/v150/platformclientv2"
	"golang.org/x/sync/errgroup"
)

// A me is who a token belongs to.
type me struct {
	Organization struct{ ID, Name string }
	OAuthClient  struct {
		ID, Name     string
		Organization struct{ ID string }
	}
}

func (m *me) lacks() string {
	switch {
	case m.Organization.ID == "":
		return "organization.id"
	case m.Organization.Name == "":
		return "organization.name"
	case m.OAuthClient.ID == "":
		return "OAuthClient.id"
	}
	return ""
}

// The grants of a subject are the roles that it holds.
type grants struct {
	Grants *[]struct {
		Division struct{ ID string }
		Role     struct {
			ID       string
			Policies []struct {
				Domain, EntityName string
				Actions            []string
				Condition          any
			}
		}
	}
}

func (s *grants) lacks() string {
	if s.Grants == nil {
		return "grants"
	}
	for i, g := range *s.Grants {
		if g.Role.ID == "" || g.Division.ID == "" {
			return fmt.Sprintf("grants[%d] with a role and a division", i)
		}
	}
	return ""
}

// Who asks for the identity behind the token, three questions at a time.
func (c *Client) Who(ctx context.Context) (genesys.Identity, error) {
	var t me
	home := object{members: []string{"id", "name"}}
	var s grants
	g, asking := errgroup.WithContext(ctx)
	g.Go(func() error {
		return c.ask(asking, func(a apis) error { return sent(a.tokens().GetTokensMe(false)) }, &t)
	})
	g.Go(func() error {
		return c.ask(asking, func(a apis) error { return sent(a.auth().GetAuthorizationDivisionsHome()) }, &home)
	})
	g.Go(func() error {
		return c.ask(asking, func(a apis) error { return sent(a.auth().GetAuthorizationSubjectsMe(false)) }, &s)
	})
	if err := g.Wait(); err != nil {
		return genesys.Identity{}, err
	}
	id := genesys.Identity{
		OrgID: t.Organization.ID, OrgName: t.Organization.Name, ClientID: t.OAuthClient.ID, ClientName: t.OAuthClient.Name,
		HomeDivision: objectOf(home.fields),
	}
	if t.OAuthClient.Organization.ID == "purecloud-builtin" { // Genesys: the token of a person
		id.ClientID, id.ClientName = "", ""
	}
	told := false
	var roles []string
	for _, g := range *s.Grants {
		id.Grants = append(id.Grants, genesys.Grant{RoleID: g.Role.ID, DivisionID: g.Division.ID})
		told = told || len(g.Role.Policies) > 0
		if !slices.Contains(roles, g.Role.ID) {
			roles = append(roles, g.Role.ID)
		}
		for _, p := range g.Role.Policies {
			for _, a := range p.Actions {
				held := genesys.Permission{Domain: p.Domain, Entity: p.EntityName, Action: a}
				if p.Condition != nil {
					id.Conditional = append(id.Conditional, held)
					continue
				}
				id.Permissions = append(id.Permissions, held)
			}
		}
	}
	if !told {
		id.Permissions, id.Conditional = c.policiesOf(ctx, roles)
	}
	return id, nil
}

// ask is a call without a body.
func (c *Client) ask(ctx context.Context, op func(apis) error, out any) error {
	return c.call(ctx, request{op: bare(op)}, out)
}

func bare(op func(apis) error) operation { return func(a apis, _ *body) error { return op(a) } }

// GrantRole gives a role in a division to an OAuth client.
func (c *Client) GrantRole(ctx context.Context, clientID, divisionID, roleID string) error {
	return c.call(ctx, request{repeat: true, op: func(a apis, _ *body) error {
		return done(a.auth().PostAuthorizationSubjectDivisionRole(clientID, divisionID, roleID, "PC_OAUTH_CLIENT"))
	}}, nil)
}

// RevokeRole takes it back.
func (c *Client) RevokeRole(ctx context.Context, clientID, divisionID, roleID string) error {
	return c.ask(ctx, func(a apis) error {
		return done(a.auth().DeleteAuthorizationSubjectDivisionRole(clientID, divisionID, roleID))
	}, nil)
}

// movable are the platform's words for what it moves between divisions. The API description names
// no scripts; Genesys' own Terraform provider moves them so.
var movable = map[genesys.Kind]string{
	genesys.Flow: "FLOW", genesys.Queue: "QUEUE", genesys.DataTable: "DATATABLES", genesys.Script: "SCRIPT",
}

// MoveToDivision moves an entity into a division.
func (c *Client) MoveToDivision(ctx context.Context, k genesys.Kind, id, divisionID string) error {
	if movable[k] == "" {
		return cannot("move", k)
	}
	return c.call(ctx, request{repeat: true, op: func(a apis, _ *body) error {
		return done(a.auth().PostAuthorizationDivisionObject(divisionID, movable[k], []string{id}))
	}}, nil)
}

// RoleHolders lists the ids of the people, groups and clients that hold a role.
func (c *Client) RoleHolders(ctx context.Context, roleID string) ([]string, error) {
	all, err := c.list(ctx, func(a apis, page int) error {
		return sent(a.auth().GetAuthorizationRoleSubjectgrants(roleID, pageSize, page, "", nil, "", ""))
	}, "id")
	out := make([]string, 0, len(all))
	for _, o := range all {
		out = append(out, o.ID)
	}
	return out, err
}

// NewClientSecret makes a new secret for an OAuth client; the old one ends at once. When an
// answer is lost another one is made: the last one counts.
func (c *Client) NewClientSecret(ctx context.Context, id string) (genesys.Object, error) {
	return c.object(ctx, request{repeat: true, op: func(a apis, _ *body) error { return sent(a.oauth().PostOauthClientSecret(id)) }}, "secret")
}

// IntegrationConfig reads the configuration of an integration, with its version.
func (c *Client) IntegrationConfig(ctx context.Context, id string) (map[string]any, error) {
	out := object{members: []string{"version"}}
	err := c.ask(ctx, func(a apis) error { return sent(a.integrations().GetIntegrationConfigCurrent(id)) }, &out)
	return out.fields, err
}

// ConfigureIntegration replaces the configuration of an integration.
func (c *Client) ConfigureIntegration(ctx context.Context, id string, config map[string]any) error {
	return c.call(ctx, request{body: config, op: func(a apis, b *body) error {
		return sent(a.integrations().PutIntegrationConfigCurrent(id, as[sdk.Integrationconfiguration](b)))
	}}, nil)
}

// ActionTemplates gives the request template and the success template of the published
// version, or of the draft: reads of an action name only their addresses.
func (c *Client) ActionTemplates(ctx context.Context, id string, draft bool) (requestTemplate, successTemplate string, err error) {
	g, ctx := errgroup.WithContext(ctx)
	for file, out := range map[string]*string{"requesttemplate.vm": &requestTemplate, "successtemplate.vm": &successTemplate} {
		g.Go(func() error {
			return c.ask(ctx, func(a apis) error {
				if draft {
					return sent(a.integrations().GetIntegrationsActionDraftTemplate(id, file))
				}
				return sent(a.integrations().GetIntegrationsActionTemplate(id, file))
			}, out)
		})
	}
	err = g.Wait()
	return requestTemplate, successTemplate, err
}

// CreateActionDraft makes a new action that is only a draft.
func (c *Client) CreateActionDraft(ctx context.Context, fields map[string]any) (genesys.Object, error) {
	return c.object(ctx, request{body: fields, op: func(a apis, b *body) error {
		return sent(a.integrations().PostIntegrationsActionsDrafts(asIs[sdk.Postactioninput](b, schemas)))
	}}, "version")
}

// ActionDrafts lists the drafts whose action's name is exactly name, or begins with it when
// it ends in "*". Lists of actions hold only what was published.
func (c *Client) ActionDrafts(ctx context.Context, name string) ([]genesys.Object, error) {
	filter := strings.TrimSuffix(name, "*")
	all, err := c.list(ctx, func(a apis, page int) error {
		return sent(a.integrations().GetIntegrationsActionsDrafts(pageSize, page, "", "", "", "", "", filter, "", "", ""))
	}, append([]string{"id", "name"}, ofAction...)...)
	if err != nil {
		return nil, err
	}
	return living(all, name), nil
}

// DeleteActionDraft removes a draft; one that is gone is no error.
func (c *Client) DeleteActionDraft(ctx context.Context, id string) error {
	return gone(c.ask(ctx, func(a apis) error { return done(a.integrations().DeleteIntegrationsActionDraft(id)) }, nil))
}

// ActionDraft reads the draft of an action.
func (c *Client) ActionDraft(ctx context.Context, id string) (genesys.Object, error) {
	return c.object(ctx, request{op: func(a apis, _ *body) error { return sent(a.integrations().GetIntegrationsActionDraft(id, "", false)) }}, "version")
}

// UpdateActionDraft changes the draft; fields carry the draft's version.
func (c *Client) UpdateActionDraft(ctx context.Context, id string, fields map[string]any) (genesys.Object, error) {
	return c.object(ctx, request{body: fields, op: func(a apis, b *body) error {
		return sent(a.integrations().PatchIntegrationsActionDraft(id, asIs[sdk.Updatedraftinput](b, schemas)))
	}}, "version")
}

// A verdict is what the platform thinks of a draft.
type verdict struct {
	Valid  *bool
	Errors []struct{ Message string }
}

func (v *verdict) lacks() string {
	if v.Valid == nil {
		return "valid"
	}
	return ""
}

// ValidateActionDraft asks the platform what is wrong with the draft.
func (c *Client) ValidateActionDraft(ctx context.Context, id string) ([]string, error) {
	var out verdict
	if err := c.ask(ctx, func(a apis) error { return sent(a.integrations().GetIntegrationsActionDraftValidation(id)) }, &out); err != nil {
		return nil, err
	}
	if *out.Valid {
		return nil, nil
	}
	msgs := make([]string, 0, len(out.Errors)+1)
	for _, e := range out.Errors {
		msgs = append(msgs, privacy.Said(e.Message))
	}
	if len(msgs) == 0 {
		msgs = append(msgs, "the platform gives no reason")
	}
	return msgs, nil
}

// A trial is how a test run of an action went.
type trial struct {
	Success    *bool
	Operations []struct {
		Name    string
		Step    int
		Success bool
		Error   *trialError
	}
	FinalResult json.RawMessage
	Error       *trialError
}

// A trialError is why a test run or a step of it failed. Genesys does not document how the status
// of the endpoint is told: it stands in status, or in the nested error, or in the text.
type trialError struct {
	Message string
	Status  int
	Errors  []struct{ Status int }
}

var endpointStatus = regexp.MustCompile(`\b(401|403)\b`)

func (e *trialError) status() int {
	for _, n := range e.Errors {
		if n.Status == http.StatusUnauthorized || n.Status == http.StatusForbidden {
			return n.Status
		}
	}
	if n, err := strconv.Atoi(endpointStatus.FindString(e.Message)); err == nil && e.Status != http.StatusUnauthorized && e.Status != http.StatusForbidden {
		return n
	}
	return e.Status
}

func (t *trial) lacks() string {
	if t.Success == nil {
		return "success"
	}
	return ""
}

// TestAction runs the draft or the published version of an action with an input, which must
// be one that may be sent twice. The platform answers 200 also when the action failed.
func (c *Client) TestAction(ctx context.Context, id string, draft bool, input map[string]any) (genesys.TestRun, error) {
	var out trial
	run := func(a apis, b *body) error {
		if draft {
			return sent(a.integrations().PostIntegrationsActionDraftTest(id, json.RawMessage(b.text), false))
		}
		return sent(a.integrations().PostIntegrationsActionTest(id, json.RawMessage(b.text), false))
	}
	if err := c.call(ctx, request{op: run, body: input, repeat: true}, &out); err != nil {
		return genesys.TestRun{}, err
	}
	r := genesys.TestRun{Success: *out.Success, Final: out.FinalResult}
	status := 0 // that the endpoint answered
	for _, o := range out.Operations {
		if !o.Success && r.Failed == "" {
			r.Failed = privacy.Said(o.Name)
			if o.Error != nil {
				r.Failed += ": " + privacy.Said(o.Error.Message)
				status = o.Error.status()
			}
		}
	}
	if r.Failed == "" && out.Error != nil {
		r.Failed = privacy.Said(out.Error.Message)
	}
	if status == 0 && out.Error != nil {
		status = out.Error.status()
	}
	r.Unknown, r.Barred, r.Limited = status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusTooManyRequests
	return r, nil
}

// PublishActionDraft publishes the draft of that version.
func (c *Client) PublishActionDraft(ctx context.Context, id string, version int) (genesys.Object, error) {
	return c.object(ctx, request{op: func(a apis, _ *body) error {
		return sent(a.integrations().PostIntegrationsActionDraftPublish(id, sdk.Publishdraftinput{Version: &version}))
	}})
}

// Schedules lists the schedules that groups refer to by their ids.
func (c *Client) Schedules(ctx context.Context) ([]genesys.Object, error) {
	all, err := c.list(ctx, func(a apis, page int) error {
		return sent(a.architect().GetArchitectSchedules(page, pageSize, "", "", "", nil))
	}, "id", "name")
	return living(all, ""), err
}

// Rows reads all rows of a data table, each with its columns.
func (c *Client) Rows(ctx context.Context, tableID string) ([]map[string]any, error) {
	all, err := c.list(ctx, func(a apis, page int) error {
		return sent(a.architect().GetFlowsDatatableRows(tableID, page, pageSize, false, ""))
	}, "key")
	if err != nil {
		return nil, err
	}
	out := make([]map[string]any, 0, len(all))
	for _, o := range all {
		out = append(out, o.Body)
	}
	return out, nil
}

// AddRow creates a row; the platform answers 409 when its key exists.
func (c *Client) AddRow(ctx context.Context, tableID string, row map[string]any) error {
	return c.ask(ctx, func(a apis) error { return sent(a.architect().PostFlowsDatatableRows(tableID, row)) }, nil)
}

// PutRow replaces a row.
func (c *Client) PutRow(ctx context.Context, tableID, key string, row map[string]any) error {
	return c.call(ctx, request{repeat: true, op: func(a apis, _ *body) error { return sent(a.architect().PutFlowsDatatableRow(tableID, key, row)) }}, nil)
}

// DeleteRow removes a row; one that is gone is no error.
func (c *Client) DeleteRow(ctx context.Context, tableID, key string) error {
	return gone(c.ask(ctx, func(a apis) error { return done(a.architect().DeleteFlowsDatatableRow(tableID, key)) }, nil))
}

// UploadScript sends a script file and gives the id of the upload. The endpoint is the
// one Genesys' own provider uses; it is undocumented. replace is the id of the script to
// become a new version of, empty for a new script.
func (c *Client) UploadScript(ctx context.Context, name, replace, file string) (string, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", name+".script")
	if err != nil {
		return "", err
	}
	if _, err := io.WriteString(part, file); err != nil {
		return "", err
	}
	fields := [][2]string{{"scriptName", name}}
	if replace != "" {
		fields = append(fields, [2]string{"scriptIdToReplace", replace})
	}
	for _, f := range fields {
		if err := w.WriteField(f[0], f[1]); err != nil {
			return "", err
		}
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	l, err := address(c.apps + scriptUpload.path)
	if err != nil {
		return "", err
	}
	l.method, l.body, l.header = scriptUpload.method, b.Bytes(), http.Header{"Content-Type": {w.FormDataContentType()}}
	got, err := send(ctx, c.upload, l, false)
	if err != nil {
		return "", err
	}
	var out struct{ CorrelationID string }
	if err := json.Unmarshal(got.body, &out); err != nil || out.CorrelationID == "" {
		return "", &Error{Method: l.method, Path: l.name(), Status: got.status, Message: "the answer names no upload", cause: err, Unknown: true}
	}
	return out.CorrelationID, nil
}

// A scriptImport is how far a script's import is.
type scriptImport struct {
	Succeeded *bool
	Message   string
}

func (u *scriptImport) lacks() string {
	if u.Succeeded == nil {
		return "succeeded"
	}
	return ""
}

// ScriptUpload tells how far an upload is. A 404 shortly after the upload means not yet.
func (c *Client) ScriptUpload(ctx context.Context, upload string) (done bool, message string, err error) {
	var out scriptImport
	err = c.ask(ctx, func(a apis) error { return sent(a.scripts().GetScriptsUploadStatus(upload, false)) }, &out)
	if missing(err) {
		return false, "", nil
	}
	if err != nil {
		return false, "", err
	}
	return *out.Succeeded, privacy.Said(out.Message), nil
}

// PublishScript makes the uploaded version the one that agents and flows see.
func (c *Client) PublishScript(ctx context.Context, id string) error {
	return c.call(ctx, request{repeat: true, op: func(a apis, _ *body) error {
		return sent(a.scripts().PostScriptsPublished("0", sdk.Publishscriptrequestdata{ScriptId: &id}))
	}}, nil)
}

// ScriptFile gives the text of a version of a script.
func (c *Client) ScriptFile(ctx context.Context, id, version string) (string, error) {
	out := object{members: []string{"url"}}
	if err := c.call(ctx, request{body: map[string]any{"versionId": version}, repeat: true, op: func(a apis, b *body) error {
		return sent(a.scripts().PostScriptExport(id, as[sdk.Exportscriptrequest](b)))
	}}, &out); err != nil {
		return "", err
	}
	where, _ := out.fields["url"].(string)
	l, err := address(where)
	if err != nil {
		return "", fmt.Errorf("download of the script: %w", err)
	}
	l.method, l.label = http.MethodGet, "/api/v2/scripts/export (download)"
	got, err := send(ctx, c.outside, l, true)
	return string(got.body), err
}

// PublishedScript tells whether a script is published. Lists are filtered by name, which several
// may have.
func (c *Client) PublishedScript(ctx context.Context, name, id string) (bool, error) {
	all, err := c.list(ctx, func(a apis, page int) error {
		return sent(a.scripts().GetScriptsPublished(pageSize, page, "", name, "", "", "", ""))
	}, "id", "name")
	if err != nil {
		return false, err
	}
	for _, o := range all {
		if o.ID == id {
			return true, nil
		}
	}
	return false, nil
}

// A registration says where the text of a flow job goes.
type registration struct {
	ID           string
	PresignedURL string `json:"presignedUrl"`
	Headers      map[string]string
}

func (r *registration) lacks() string {
	switch {
	case r.ID == "":
		return "id"
	case r.PresignedURL == "":
		return "presignedUrl"
	}
	return ""
}

// StartFlowJob registers a job and uploads the flow to the address that it names, with
// exactly the headers it asks for and without the bearer token. An upload whose answer is
// lost is sent again only while the job has not started: each one may publish a version.
func (c *Client) StartFlowJob(ctx context.Context, yaml string) (string, error) {
	var reg registration
	if err := c.call(ctx, request{repeat: true, op: func(a apis, _ *body) error { return sent(a.architect().PostFlowsJobs()) }}, &reg); err != nil {
		return "", err
	}
	l, err := address(reg.PresignedURL)
	if err != nil {
		return "", fmt.Errorf("upload of the flow: %w", err)
	}
	l.method, l.body, l.header, l.label = http.MethodPut, []byte(yaml), http.Header{}, "/api/v2/flows/jobs (upload)"
	for k, v := range reg.Headers {
		l.header.Set(k, v)
	}
	for try := 1; ; try++ {
		_, err := send(ctx, c.outside, l, false)
		if err == nil {
			return reg.ID, nil
		}
		if !errors.Is(err, genesys.ErrUnsettled) || try == 1+retries {
			return "", err
		}
		job, jobErr := c.FlowJob(ctx, reg.ID)
		if jobErr != nil {
			return "", err
		}
		if job.Status != "Registered" {
			return reg.ID, nil
		}
	}
}

// A flowJob is how far the publishing of a flow is.
type flowJob struct {
	ID, Status string
	Flow       struct{ ID string }
	Messages   []genesys.JobMessage
}

func (j *flowJob) lacks() string {
	switch {
	case j.Status == "":
		return "status"
	case j.Status == "Success" && j.Flow.ID == "":
		return "flow.id"
	}
	return ""
}

// FlowsNamed lists the living flows of that name, of whatever type: Find knows inbound call
// flows only.
func (c *Client) FlowsNamed(ctx context.Context, name string) ([]genesys.Object, error) {
	all, err := c.list(ctx, func(a apis, page int) error {
		return sent(a.architect().GetFlows(nil, page, pageSize, "", "", nil, name, "", "", "", "", "", "", "", false, false, "", "", nil))
	}, "id", "name")
	return living(all, name), err
}

// UnlockFlow takes the lock of a flow from whoever holds it; what they have not saved is lost.
func (c *Client) UnlockFlow(ctx context.Context, id string) error {
	_, err := c.object(ctx, request{repeat: true, op: func(a apis, _ *body) error { return sent(a.architect().PostFlowsActionsUnlock(id)) }})
	return err
}

// FlowJob reads how far a job is.
func (c *Client) FlowJob(ctx context.Context, id string) (genesys.Job, error) {
	var out flowJob
	err := c.ask(ctx, func(a apis) error { return sent(a.architect().GetFlowsJob(id, []string{"messages"})) }, &out)
	for i := range out.Messages {
		out.Messages[i].Text = privacy.Said(out.Messages[i].Text)
	}
	return genesys.Job{ID: out.ID, Status: out.Status, FlowID: out.Flow.ID, Messages: out.Messages}, err
}

// StartFlowExport asks for the published text of a flow. The job is polled with
// FlowExport.
func (c *Client) StartFlowExport(ctx context.Context, flowID string) (string, error) {
	what := map[string]any{"flows": []any{map[string]any{"flow": map[string]any{"id": flowID}, "exportType": "Yaml"}}}
	o, err := c.object(ctx, request{body: what, repeat: true, op: func(a apis, b *body) error { return exportStart.call(a, b) }})
	return o.ID, err
}

// An export is how far the export of a flow is.
type export struct {
	Status      string
	DownloadURL string `json:"downloadUrl"`
	Messages    []genesys.JobMessage
}

func (e *export) lacks() string {
	switch {
	case e.Status == "":
		return "status"
	case e.Status == "Success" && e.DownloadURL == "":
		return "downloadUrl"
	}
	return ""
}

// FlowExport gives the text when the job is done; done is false while it runs.
func (c *Client) FlowExport(ctx context.Context, job string) (text string, done bool, err error) {
	var out export
	if err := c.ask(ctx, func(a apis) error { return exportRead.call(a, nil, job) }, &out); err != nil {
		return "", false, err
	}
	switch out.Status {
	case "Success":
		l, err := address(out.DownloadURL)
		if err != nil {
			return "", false, fmt.Errorf("download of the flow: %w", err)
		}
		l.method, l.label = http.MethodGet, "/api/v2/flows/export/jobs (download)"
		got, err := send(ctx, c.outside, l, true)
		return string(got.body), err == nil, err
	case "Failure":
		var why []string
		for _, m := range out.Messages {
			why = append(why, privacy.Said(m.Text))
		}
		return "", false, fmt.Errorf("export of the flow failed: %s", strings.Join(why, "; "))
	}
	return "", false, nil
}

// address is a letter to an address that is no call of the platform.
func address(text string) (*letter, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return nil, errors.New("the address is not usable")
	}
	return &letter{url: u}, nil
}

// QueueMembers lists the people in a queue with the skills they hold. The list tells the
// skills when it is asked to; where it does not, each member is asked for.
func (c *Client) QueueMembers(ctx context.Context, queueID string) ([]genesys.Member, error) {
	all, err := c.list(ctx, func(a apis, page int) error {
		return sent(a.routing().GetRoutingQueueMembers(queueID, page, pageSize, "", []string{"skills"}, "", nil, nil, nil, nil, nil, "", false))
	}, "id")
	if err != nil {
		return nil, err
	}
	out := make([]genesys.Member, 0, len(all))
	for _, o := range all {
		user, _ := o.Body["user"].(map[string]any)
		skills, told := user["skills"].([]any)
		if !told {
			asked, err := c.list(ctx, func(a apis, page int) error { return sent(a.routing().GetUserRoutingskills(o.ID, pageSize, page, "")) }, "name")
			if err != nil {
				return nil, err
			}
			for _, s := range asked {
				skills = append(skills, s.Body)
			}
		}
		m := genesys.Member{ID: o.ID}
		for _, s := range skills {
			if b, ok := s.(map[string]any); ok && b["state"] != "deleted" {
				n, _ := b["name"].(string)
				m.Skills = append(m.Skills, n)
			}
		}
		out = append(out, m)
	}
	return out, nil
}

// Users lists the active users of the org.
func (c *Client) Users(ctx context.Context) ([]genesys.User, error) {
	all, err := c.list(ctx, func(a apis, page int) error {
		return sent(a.users().GetUsers(pageSize, page, nil, nil, "", nil, "", "active"))
	}, "id")
	if err != nil {
		return nil, err
	}
	out := make([]genesys.User, 0, len(all))
	for _, o := range all {
		if state := o.Text("state"); state == "" || state == "active" {
			out = append(out, genesys.User{ID: o.ID, Email: o.Text("email")})
		}
	}
	return out, nil
}

// Numbers tells of each number whether a pool of the org holds it and who uses it.
func (c *Client) Numbers(ctx context.Context, numbers []string) (map[string]genesys.Number, error) {
	out := map[string]genesys.Number{}
	for _, n := range numbers {
		all, err := c.list(ctx, func(a apis, page int) error {
			return sent(a.telephony().GetTelephonyProvidersEdgesDidpoolsDids("ASSIGNED_AND_UNASSIGNED", nil, strings.TrimPrefix(n, "+"), pageSize, page, ""))
		}, "number")
		if err != nil {
			return nil, err
		}
		for _, o := range all {
			if o.Body["number"] != n {
				continue
			}
			owner, _ := o.Body["owner"].(map[string]any)
			id, _ := owner["id"].(string)
			name, _ := owner["name"].(string)
			kind, _ := o.Body["ownerType"].(string)
			out[n] = genesys.Number{InPool: true, OwnerType: kind, OwnerID: id, OwnerName: name}
		}
	}
	return out, nil
}

// FreeNumbers gives numbers of the org's pools that nothing uses, a page of them at most: there may be
// tens of thousands.
func (c *Client) FreeNumbers(ctx context.Context) ([]string, error) {
	got := pageOf{members: []string{"number"}, number: 1}
	err := c.ask(ctx, func(a apis) error {
		return sent(a.telephony().GetTelephonyProvidersEdgesDidpoolsDids("UNASSIGNED", nil, "", pageSize, 1, ""))
	}, &got)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, b := range got.Entities {
		if n, _ := b["number"].(string); n != "" {
			out = append(out, n)
		}
	}
	return out, nil
}
