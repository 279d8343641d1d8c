package genesysrest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/dealroute/dealroute/pkg/genesys"
)

// An endpoint is where the entities of a kind live and how their list is asked.
type endpoint struct {
	path   string
	filter string            // query parameter for the name; empty: the list has none
	star   bool              // the filter takes a trailing * for "begins with"
	list   map[string]string // further parameters of the list
	read   map[string]string // further parameters of one read
	remove map[string]string // further parameters of a delete
	patch  bool              // updated by PATCH instead of PUT
	single bool              // the list is one page and takes no page parameters
}

var endpoints = map[genesys.Kind]endpoint{
	genesys.Role:        {path: "/api/v2/authorization/roles", filter: "name", star: true, read: map[string]string{"userCount": "false"}, list: map[string]string{"userCount": "false"}},
	genesys.Division:    {path: "/api/v2/authorization/divisions", filter: "name"},
	genesys.OAuthClient: {path: "/api/v2/oauth/clients", single: true},
	genesys.Credential:  {path: "/api/v2/integrations/credentials"},
	genesys.Integration: {path: "/api/v2/integrations", list: map[string]string{"expand": "config.current"}, patch: true},
	genesys.DataAction: {
		path: "/api/v2/integrations/actions", filter: "name", patch: true,
		read: map[string]string{"expand": "contract", "includeConfig": "true"},
	},
	genesys.DataTable: {
		path: "/api/v2/flows/datatables", filter: "name", star: true, list: map[string]string{"expand": "schema"},
		read: map[string]string{"expand": "schema"}, remove: map[string]string{"force": "true"},
	},
	genesys.Skill:     {path: "/api/v2/routing/skills", filter: "name"},
	genesys.Queue:     {path: "/api/v2/routing/queues", filter: "name", star: true, remove: map[string]string{"forceDelete": "true"}},
	genesys.Script:    {path: "/api/v2/scripts", filter: "name"},
	genesys.Flow:      {path: "/api/v2/flows", filter: "name", star: true, list: map[string]string{"type": "inboundcall"}},
	genesys.CallRoute: {path: "/api/v2/architect/ivrs", filter: "name"},
}

func at(kind genesys.Kind) (endpoint, error) {
	e, ok := endpoints[kind]
	if !ok {
		return endpoint{}, fmt.Errorf("%s is no kind of its own in the platform", kind)
	}
	return e, nil
}

// Find lists the living entities of a kind whose name is exactly name, or begins with it
// when it ends in "*"; an empty name lists all. Filters of the platform differ from list
// to list, so names are compared here.
func (c *Client) Find(ctx context.Context, kind genesys.Kind, name string) ([]genesys.Object, error) {
	e, err := at(kind)
	if err != nil {
		return nil, err
	}
	return c.find(ctx, e, name)
}

func (c *Client) find(ctx context.Context, e endpoint, name string) ([]genesys.Object, error) {
	query := maps.Clone(e.list)
	if query == nil {
		query = map[string]string{}
	}
	prefix, open := strings.CutSuffix(name, "*")
	if e.filter != "" && name != "" {
		query[e.filter] = prefix
		if open && e.star {
			query[e.filter] = name
		}
	}
	all, err := c.list(ctx, e.path, query, e.single)
	if err != nil {
		return nil, err
	}
	var out []genesys.Object
	for _, o := range all {
		n, _ := o.Body["name"].(string)
		if state, _ := o.Body["state"].(string); state == "deleted" || o.Body["deleted"] == true {
			continue
		}
		if name == "" || !open && n == name || open && strings.HasPrefix(n, prefix) {
			out = append(out, o)
		}
	}
	return out, nil
}

// list reads all pages.
func (c *Client) list(ctx context.Context, path string, query map[string]string, single bool) ([]genesys.Object, error) {
	var out []genesys.Object
	for page := 1; ; page++ {
		q := maps.Clone(query)
		if !single {
			if q == nil {
				q = map[string]string{}
			}
			q["pageSize"], q["pageNumber"] = "100", strconv.Itoa(page)
		}
		var got struct {
			Entities  []map[string]any
			PageCount int
			NextURI   string `json:"nextUri"`
		}
		if err := c.call(ctx, request{method: http.MethodGet, path: path, query: q}, &got); err != nil {
			return nil, err
		}
		for _, b := range got.Entities {
			out = append(out, objectOf(b))
		}
		if single || len(got.Entities) == 0 || page >= got.PageCount && got.NextURI == "" {
			return out, nil
		}
	}
}

func objectOf(b map[string]any) genesys.Object {
	id, _ := b["id"].(string)
	return genesys.Object{ID: id, Body: b}
}

// Read gives one entity whole.
func (c *Client) Read(ctx context.Context, kind genesys.Kind, id string) (genesys.Object, error) {
	e, err := at(kind)
	if err != nil {
		return genesys.Object{}, err
	}
	return c.object(ctx, request{method: http.MethodGet, path: e.path + "/" + url.PathEscape(id), query: e.read})
}

// Create makes an entity. The error tells by Unsettled whether it may exist all the same.
func (c *Client) Create(ctx context.Context, kind genesys.Kind, body map[string]any) (genesys.Object, error) {
	e, err := at(kind)
	if err != nil {
		return genesys.Object{}, err
	}
	return c.object(ctx, request{method: http.MethodPost, path: e.path, body: body})
}

// Update replaces the entity, or for kinds with PATCH changes the fields given.
func (c *Client) Update(ctx context.Context, kind genesys.Kind, id string, body map[string]any) (genesys.Object, error) {
	e, err := at(kind)
	if err != nil {
		return genesys.Object{}, err
	}
	method := http.MethodPut
	if e.patch {
		method = http.MethodPatch
	}
	_, versioned := body["version"]
	return c.object(ctx, request{method: method, path: e.path + "/" + url.PathEscape(id), body: body, repeat: !versioned})
}

// Delete removes an entity; one that is gone is no error.
func (c *Client) Delete(ctx context.Context, kind genesys.Kind, id string) error {
	e, err := at(kind)
	if err != nil {
		return err
	}
	return gone(c.call(ctx, request{method: http.MethodDelete, path: e.path + "/" + url.PathEscape(id), query: e.remove}, nil))
}

// gone takes the error of deleting what does not exist for success.
func gone(err error) error {
	if errors.Is(err, genesys.ErrNotFound) {
		return nil
	}
	return err
}

func (c *Client) object(ctx context.Context, r request) (genesys.Object, error) {
	var b map[string]any
	if err := c.call(ctx, r, &b); err != nil {
		return genesys.Object{}, err
	}
	return objectOf(b), nil
}
