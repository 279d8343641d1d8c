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
	"strings"

	"github.com/dealroute/dealroute/pkg/genesys"
	"golang.org/x/sync/errgroup"
)

// Who asks for the identity behind the token, three questions at a time.
func (c *Client) Who(ctx context.Context) (genesys.Identity, error) {
	var t struct {
		Organization struct{ ID, Name string }
		OAuthClient  struct {
			ID, Name     string
			Organization struct{ ID string }
		}
	}
	var home struct{ ID, Name string }
	var s struct {
		Grants []struct {
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
	g, ctx := errgroup.WithContext(ctx)
	for path, out := range map[string]any{
		"/api/v2/tokens/me": &t, "/api/v2/authorization/divisions/home": &home, "/api/v2/authorization/subjects/me": &s,
	} {
		g.Go(func() error { return c.get(ctx, path, nil, out) })
	}
	if err := g.Wait(); err != nil {
		return genesys.Identity{}, err
	}
	id := genesys.Identity{
		OrgID: t.Organization.ID, OrgName: t.Organization.Name, ClientID: t.OAuthClient.ID, ClientName: t.OAuthClient.Name,
		HomeDivision: genesys.Object{ID: home.ID, Body: map[string]any{"name": home.Name}},
	}
	if t.OAuthClient.Organization.ID == "purecloud-builtin" { // Genesys: the token of a person
		id.ClientID, id.ClientName = "", ""
	}
	for _, g := range s.Grants {
		id.Grants = append(id.Grants, genesys.Grant{RoleID: g.Role.ID, DivisionID: g.Division.ID})
		for _, p := range g.Role.Policies {
			if p.Condition != nil {
				continue
			}
			for _, a := range p.Actions {
				id.Permissions = append(id.Permissions, genesys.Permission{Domain: p.Domain, Entity: p.EntityName, Action: a})
			}
		}
	}
	return id, nil
}

func (c *Client) get(ctx context.Context, path string, query map[string]string, out any) error {
	return c.call(ctx, request{method: http.MethodGet, path: path, query: query}, out)
}

// GrantRole gives a role in a division to an OAuth client.
func (c *Client) GrantRole(ctx context.Context, clientID, divisionID, roleID string) error {
	path := fmt.Sprintf("/api/v2/authorization/subjects/%s/divisions/%s/roles/%s", url.PathEscape(clientID), url.PathEscape(divisionID), url.PathEscape(roleID))
	return c.call(ctx, request{method: http.MethodPost, path: path, query: map[string]string{"subjectType": "PC_OAUTH_CLIENT"}, repeat: true}, nil)
}

// RevokeRole takes it back.
func (c *Client) RevokeRole(ctx context.Context, clientID, divisionID, roleID string) error {
	path := fmt.Sprintf("/api/v2/authorization/subjects/%s/divisions/%s/roles/%s", url.PathEscape(clientID), url.PathEscape(divisionID), url.PathEscape(roleID))
	return c.call(ctx, request{method: http.MethodDelete, path: path}, nil)
}

// NewClientSecret makes a new secret for an OAuth client; the old one ends at once. When an
// answer is lost another one is made: the last one counts.
func (c *Client) NewClientSecret(ctx context.Context, id string) (genesys.Object, error) {
	return c.object(ctx, request{method: http.MethodPost, path: "/api/v2/oauth/clients/" + url.PathEscape(id) + "/secret", repeat: true})
}

// IntegrationConfig reads the configuration of an integration, with its version.
func (c *Client) IntegrationConfig(ctx context.Context, id string) (map[string]any, error) {
	var out map[string]any
	err := c.get(ctx, "/api/v2/integrations/"+url.PathEscape(id)+"/config/current", nil, &out)
	return out, err
}

// ConfigureIntegration replaces the configuration of an integration.
func (c *Client) ConfigureIntegration(ctx context.Context, id string, config map[string]any) error {
	return c.call(ctx, request{method: http.MethodPut, path: "/api/v2/integrations/" + url.PathEscape(id) + "/config/current", body: config}, nil)
}

// ActionTemplates gives the request template and the success template of the published
// version, or of the draft: reads of an action name only their addresses.
func (c *Client) ActionTemplates(ctx context.Context, id string, draft bool) (requestTemplate, successTemplate string, err error) {
	base := "/api/v2/integrations/actions/" + url.PathEscape(id)
	if draft {
		base += "/draft"
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return c.get(ctx, base+"/templates/requesttemplate.vm", nil, &requestTemplate) })
	g.Go(func() error { return c.get(ctx, base+"/templates/successtemplate.vm", nil, &successTemplate) })
	err = g.Wait()
	return requestTemplate, successTemplate, err
}

// CreateActionDraft makes a new action that is only a draft.
func (c *Client) CreateActionDraft(ctx context.Context, body map[string]any) (genesys.Object, error) {
	return c.object(ctx, request{method: http.MethodPost, path: "/api/v2/integrations/actions/drafts", body: body})
}

// ActionDrafts lists the drafts whose action's name is exactly name, or begins with it when
// it ends in "*". Lists of actions hold only what was published.
func (c *Client) ActionDrafts(ctx context.Context, name string) ([]genesys.Object, error) {
	return c.find(ctx, endpoint{path: "/api/v2/integrations/actions/drafts", filter: "name"}, name)
}

// DeleteActionDraft removes a draft; one that is gone is no error.
func (c *Client) DeleteActionDraft(ctx context.Context, id string) error {
	return gone(c.call(ctx, request{method: http.MethodDelete, path: "/api/v2/integrations/actions/" + url.PathEscape(id) + "/draft"}, nil))
}

// OpenActionDraft makes a draft of a published action.
func (c *Client) OpenActionDraft(ctx context.Context, id string) (genesys.Object, error) {
	return c.object(ctx, request{method: http.MethodPost, path: "/api/v2/integrations/actions/" + url.PathEscape(id) + "/draft"})
}

// ActionDraft reads the draft of an action.
func (c *Client) ActionDraft(ctx context.Context, id string) (genesys.Object, error) {
	return c.object(ctx, request{method: http.MethodGet, path: "/api/v2/integrations/actions/" + url.PathEscape(id) + "/draft"})
}

// UpdateActionDraft changes the draft; body carries the draft's version.
func (c *Client) UpdateActionDraft(ctx context.Context, id string, body map[string]any) (genesys.Object, error) {
	return c.object(ctx, request{method: http.MethodPatch, path: "/api/v2/integrations/actions/" + url.PathEscape(id) + "/draft", body: body})
}

// ValidateActionDraft asks the platform what is wrong with the draft.
func (c *Client) ValidateActionDraft(ctx context.Context, id string) ([]string, error) {
	var out struct {
		Valid  bool
		Errors []struct{ Message string }
	}
	if err := c.get(ctx, "/api/v2/integrations/actions/"+url.PathEscape(id)+"/draft/validation", nil, &out); err != nil {
		return nil, err
	}
	if out.Valid {
		return nil, nil
	}
	msgs := make([]string, 0, len(out.Errors)+1)
	for _, e := range out.Errors {
		msgs = append(msgs, e.Message)
	}
	if len(msgs) == 0 {
		msgs = append(msgs, "the platform gives no reason")
	}
	return msgs, nil
}

// TestAction runs the draft or the published version of an action with an input, which must
// be one that may be sent twice. The platform answers 200 also when the action failed.
func (c *Client) TestAction(ctx context.Context, id string, draft bool, input map[string]any) (genesys.TestRun, error) {
	path := "/api/v2/integrations/actions/" + url.PathEscape(id)
	if draft {
		path += "/draft"
	}
	var out struct {
		Success    bool
		Operations []struct {
			Name    string
			Step    int
			Success bool
			Error   *struct{ Message string }
		}
		FinalResult json.RawMessage
		Error       *struct{ Message string }
	}
	if err := c.call(ctx, request{method: http.MethodPost, path: path + "/test", body: input, repeat: true}, &out); err != nil {
		return genesys.TestRun{}, err
	}
	r := genesys.TestRun{Success: out.Success, Final: out.FinalResult}
	for _, o := range out.Operations {
		if !o.Success && r.Failed == "" {
			r.Failed = o.Name
			if o.Error != nil {
				r.Failed += ": " + o.Error.Message
			}
		}
	}
	if r.Failed == "" && out.Error != nil {
		r.Failed = out.Error.Message
	}
	return r, nil
}

// PublishActionDraft publishes the draft of that version.
func (c *Client) PublishActionDraft(ctx context.Context, id string, version int) (genesys.Object, error) {
	return c.object(ctx, request{
		method: http.MethodPost, path: "/api/v2/integrations/actions/" + url.PathEscape(id) + "/draft/publish", body: map[string]any{"version": version},
	})
}

// Rows reads all rows of a data table, each with its columns.
func (c *Client) Rows(ctx context.Context, tableID string) ([]map[string]any, error) {
	all, err := c.list(ctx, rowsPath(tableID), map[string]string{"showbrief": "false"}, false)
	if err != nil {
		return nil, err
	}
	out := make([]map[string]any, 0, len(all))
	for _, o := range all {
		out = append(out, o.Body)
	}
	return out, nil
}

func rowsPath(tableID string) string {
	return "/api/v2/flows/datatables/" + url.PathEscape(tableID) + "/rows"
}

// AddRow creates a row; the platform answers 409 when its key exists.
func (c *Client) AddRow(ctx context.Context, tableID string, row map[string]any) error {
	return c.call(ctx, request{method: http.MethodPost, path: rowsPath(tableID), body: row}, nil)
}

// PutRow replaces a row.
func (c *Client) PutRow(ctx context.Context, tableID, key string, row map[string]any) error {
	return c.call(ctx, request{method: http.MethodPut, path: rowsPath(tableID) + "/" + url.PathEscape(key), body: row, repeat: true}, nil)
}

// DeleteRow removes a row; one that is gone is no error.
func (c *Client) DeleteRow(ctx context.Context, tableID, key string) error {
	return gone(c.call(ctx, request{method: http.MethodDelete, path: rowsPath(tableID) + "/" + url.PathEscape(key)}, nil))
}

// UploadScript sends a script file and gives the id of the upload. The endpoint is the
// one Genesys' own provider uses; it is undocumented. replace is the id of the script to
// become a new version of, empty for a new script.
func (c *Client) UploadScript(ctx context.Context, name, replace, file string) (string, error) {
	const path = "/uploads/v2/scripter"
	if err := c.guard(http.MethodPost, path); err != nil {
		return "", err
	}
	token, err := c.signIn(ctx)
	if err != nil {
		return "", err
	}
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
	got, err := c.outside(ctx, http.MethodPost, c.cfg.Apps+path, path, b.Bytes(), map[string]string{
		"Authorization": "Bearer " + token.Reveal(), "Content-Type": w.FormDataContentType(),
	})
	if err != nil {
		return "", err
	}
	var out struct{ CorrelationID string }
	if err := json.Unmarshal(got.body, &out); err != nil || out.CorrelationID == "" {
		return "", &Error{Method: http.MethodPost, Path: path, Status: got.status, Message: "the answer names no upload", cause: err, Unknown: true}
	}
	return out.CorrelationID, nil
}

// ScriptUpload tells how far an upload is. A 404 shortly after the upload means not yet.
func (c *Client) ScriptUpload(ctx context.Context, upload string) (done bool, message string, err error) {
	var out struct {
		Succeeded bool
		Message   string
	}
	err = c.get(ctx, "/api/v2/scripts/uploads/"+url.PathEscape(upload)+"/status", map[string]string{"longPoll": "false"}, &out)
	if errors.Is(err, genesys.ErrNotFound) {
		return false, "", nil
	}
	return out.Succeeded, out.Message, err
}

// PublishScript makes the uploaded version the one that agents and flows see.
func (c *Client) PublishScript(ctx context.Context, id string) error {
	return c.call(ctx, request{
		method: http.MethodPost, path: "/api/v2/scripts/published", query: map[string]string{"scriptDataVersion": "0"}, body: map[string]any{"scriptId": id}, repeat: true,
	}, nil)
}

// PublishedScript tells whether a script is published.
func (c *Client) PublishedScript(ctx context.Context, name string) (bool, error) {
	all, err := c.list(ctx, "/api/v2/scripts/published", map[string]string{"name": name}, false)
	if err != nil {
		return false, err
	}
	for _, o := range all {
		if o.Body["name"] == name {
			return true, nil
		}
	}
	return false, nil
}

// StartFlowJob registers a job and uploads the flow to the address that it names, with
// exactly the headers it asks for and without the bearer token. An upload whose answer is
// lost is sent again only while the job has not started: each one may publish a version.
func (c *Client) StartFlowJob(ctx context.Context, yaml string) (string, error) {
	const path = "/api/v2/flows/jobs"
	var reg struct {
		ID           string
		PresignedURL string `json:"presignedUrl"`
		Headers      map[string]string
	}
	if err := c.call(ctx, request{method: http.MethodPost, path: path, repeat: true}, &reg); err != nil {
		return "", err
	}
	for try := 1; ; try++ {
		_, err := c.outside(ctx, http.MethodPut, reg.PresignedURL, path+" (upload)", []byte(yaml), reg.Headers)
		if err == nil {
			return reg.ID, nil
		}
		if !errors.Is(err, genesys.ErrUnsettled) || try == attempts {
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

// FlowJob reads how far a job is.
func (c *Client) FlowJob(ctx context.Context, id string) (genesys.Job, error) {
	var out struct {
		ID, Status string
		Flow       struct{ ID string }
		Messages   []genesys.JobMessage
	}
	err := c.get(ctx, "/api/v2/flows/jobs/"+url.PathEscape(id), map[string]string{"expand": "messages"}, &out)
	return genesys.Job{ID: out.ID, Status: out.Status, FlowID: out.Flow.ID, Messages: out.Messages}, err
}

// StartFlowExport asks for the published text of a flow. The job is polled with
// FlowExport. The platform added it in 2025; the SDK's description lacks it.
func (c *Client) StartFlowExport(ctx context.Context, flowID string) (string, error) {
	body := map[string]any{"flows": []any{map[string]any{"flow": map[string]any{"id": flowID}, "exportType": "Yaml"}}}
	o, err := c.object(ctx, request{method: http.MethodPost, path: "/api/v2/flows/export/jobs", body: body, repeat: true})
	return o.ID, err
}

// FlowExport gives the text when the job is done; done is false while it runs.
func (c *Client) FlowExport(ctx context.Context, job string) (text string, done bool, err error) {
	var out struct {
		Status      string
		DownloadURL string `json:"downloadUrl"`
		Messages    []genesys.JobMessage
	}
	path := "/api/v2/flows/export/jobs/" + url.PathEscape(job)
	if err := c.get(ctx, path, nil, &out); err != nil {
		return "", false, err
	}
	switch out.Status {
	case "Success":
		got, err := c.outside(ctx, http.MethodGet, out.DownloadURL, path+" (download)", nil, nil)
		return string(got.body), err == nil, err
	case "Failure":
		var why []string
		for _, m := range out.Messages {
			why = append(why, m.Text)
		}
		return "", false, fmt.Errorf("export of the flow failed: %s", strings.Join(why, "; "))
	}
	return "", false, nil
}

// outside sends a request that is no call of the platform API, again after 429 and for
// reads after what may pass.
func (c *Client) outside(ctx context.Context, method, address, path string, body []byte, header map[string]string) (reply, error) {
	for i := 1; ; i++ {
		r, err := c.outsideOnce(ctx, method, address, path, body, header)
		if again, err := c.again(ctx, i, method == http.MethodGet, err); !again {
			return r, err
		}
	}
}

func (c *Client) outsideOnce(ctx context.Context, method, address, path string, body []byte, header map[string]string) (reply, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return reply{}, fmt.Errorf("%s %s: the address is not usable", method, path)
	}
	req.Header.Set("User-Agent", c.cfg.Agent)
	for k, v := range header {
		req.Header.Set(k, v)
	}
	c.count(method, path)
	res, err := c.plain.Do(req)
	if err != nil {
		return reply{}, &Error{Method: method, Path: path, cause: noAddress(err)}
	}
	defer res.Body.Close() //nolint:errcheck // read to its end below
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return reply{}, &Error{Method: method, Path: path, cause: err}
	}
	r := reply{res.StatusCode, res.Header, data}
	if r.status >= 300 {
		return r, errorFrom(method, path, r)
	}
	return r, nil
}

// QueueMembers lists the people in a queue with the skills they hold. The list tells the
// skills when it is asked to; where it does not, each member is asked for.
func (c *Client) QueueMembers(ctx context.Context, queueID string) ([]genesys.Member, error) {
	all, err := c.list(ctx, "/api/v2/routing/queues/"+url.PathEscape(queueID)+"/members", map[string]string{"expand": "skills"}, false)
	if err != nil {
		return nil, err
	}
	out := make([]genesys.Member, 0, len(all))
	for _, o := range all {
		user, _ := o.Body["user"].(map[string]any)
		skills, told := user["skills"].([]any)
		if !told {
			asked, err := c.list(ctx, "/api/v2/users/"+url.PathEscape(o.ID)+"/routingskills", nil, false)
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

// Numbers tells of each number whether a pool of the org holds it and who uses it.
func (c *Client) Numbers(ctx context.Context, numbers []string) (map[string]genesys.Number, error) {
	out := map[string]genesys.Number{}
	for _, n := range numbers {
		all, err := c.list(ctx, "/api/v2/telephony/providers/edges/didpools/dids",
			map[string]string{"type": "ASSIGNED_AND_UNASSIGNED", "numberMatch": strings.TrimPrefix(n, "+")}, false)
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
