package genesystest

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
)

func scriptHandlers() map[string]handler {
	return map[string]handler{
		"GET /api/v2/scripts":                           (*call).scriptList,
		"GET /api/v2/scripts/{scriptId}":                (*call).scriptGet,
		"DELETE /api/v2/scripts/{scriptId}":             (*call).scriptDelete,
		"GET /api/v2/scripts/published":                 (*call).scriptPublishedList,
		"POST /api/v2/scripts/published":                (*call).scriptPublish,
		"GET /api/v2/scripts/uploads/{uploadId}/status": (*call).scriptUploadStatus,
		"POST /api/v2/scripts/{scriptId}/export":        (*call).scriptExport,
	}
}

// uploadScript is the upload host of Genesys' script editor: a multipart form with file,
// scriptName and, for an update, scriptIdToReplace. It is undocumented; the shape is what
// Genesys' own provider sends.
func (s *Server) uploadScript(r *http.Request, body []byte) (int, any, error) {
	client, err := s.authenticate(r)
	if err != nil {
		return 0, nil, err
	}
	if !s.allowed(client, &operation{Permissions: []string{"scripter:script:add"}}) {
		return 0, nil, missingPermissions(&operation{Permissions: []string{"scripter:script:add"}})
	}
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return 0, nil, badRequest(err)
	}
	fields := map[string]string{}
	mr := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for {
		part, err := mr.NextPart()
		if err == io.EOF { //nolint:errorlint // multipart returns it unwrapped
			break
		}
		if err != nil {
			return 0, nil, badRequest(err)
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return 0, nil, badRequest(err)
		}
		fields[part.FormName()] = string(data)
	}
	upload := s.state.newID("upload")
	u := s.state.put(uploads, upload, map[string]any{"succeeded": false, "message": ""})
	var script map[string]any
	switch err := json.Unmarshal([]byte(fields["file"]), &script); {
	case err != nil:
		u.Body["message"] = "the file is no JSON: " + err.Error()
	case fields["scriptName"] == "":
		u.Body["message"] = "scriptName is missing"
	case script["organizationId"] != s.state.Org.ID && !s.opts.assume.ScriptsOfOtherOrgsTaken:
		u.Body["message"] = "the script belongs to another organization"
	case len(list(script["pages"])) == 0:
		u.Body["message"] = "the script has no page"
	default:
		id := fields["scriptIdToReplace"]
		e := s.state.get(scripts, id)
		if id != "" && e == nil {
			u.Body["message"] = "the script to replace does not exist"
			break
		}
		if e == nil {
			id = s.state.newID("script")
			e = s.state.put(scripts, id, nil)
			e.Lag, e.Unlisted = s.opts.lag, s.opts.listLag
		}
		e.Body = map[string]any{"id": id, "name": fields["scriptName"], "versionId": s.state.newID("scriptVersion"), "division": map[string]any{"id": s.state.home().ID}}
		e.Hidden["file"] = fields["file"]
		u.Body["succeeded"] = true
	}
	return ok(map[string]any{"correlationId": upload})
}

func (c *call) scriptUploadStatus() (int, any, error) {
	e, err := c.read(uploads, "upload", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	return ok(clone(e.Body))
}

func (c *call) scriptsNamed(onlyPublished bool) []any {
	var es []*entity
	for _, e := range c.listed(scripts) {
		if (!onlyPublished || e.Body["publishedDate"] != nil) && matches(e.name(), c.query("name"), strings.Contains) {
			es = append(es, e)
		}
	}
	return bodies(es, func(e *entity) map[string]any {
		out := clone(e.Body)
		if !onlyPublished && c.s.opts.assume.ScriptListsWithoutDates {
			delete(out, "publishedDate")
		}
		return out
	})
}

func (c *call) scriptList() (int, any, error)          { return ok(c.page(c.scriptsNamed(false))) }
func (c *call) scriptPublishedList() (int, any, error) { return ok(c.page(c.scriptsNamed(true))) }

func (c *call) scriptGet() (int, any, error) {
	e, err := c.read(scripts, "script", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	return ok(clone(e.Body))
}

func (c *call) scriptPublish() (int, any, error) {
	e, err := c.read(scripts, "script", str(c.body["scriptId"]))
	if err != nil {
		return 0, nil, err
	}
	e.Body["publishedDate"] = c.s.stamp()
	e.Hidden["published"] = e.Hidden["file"]
	return ok(clone(e.Body))
}

func (c *call) scriptDelete() (int, any, error) {
	e, err := c.read(scripts, "script", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	c.s.state.remove(scripts, e.ID)
	return noContent()
}

// scriptExport answers an address from which the published version, or without versionId
// the draft, can be had.
func (c *call) scriptExport() (int, any, error) {
	e, err := c.read(scripts, "script", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	which := "file"
	if str(c.body["versionId"]) != "" {
		which = "published"
	}
	return ok(map[string]any{"url": c.s.address(c.r) + "/presigned/script/" + e.ID + "/" + which})
}
