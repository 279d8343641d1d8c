package genesysrest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/secret"
	sdk "github.com/mypurecloud/platform-client-sdk-go/v150/platformclientv2"
)

// A kind is the operations of the platform for the entities of one kind. What the platform
// or its SDK has no operation for is nil. The SDK sends every number and truth value that an
// operation takes, so those that nobody asked for are given their documented default.
type kind struct {
	list   func(a apis, name string, page int) error
	listed []string // members that each entity of the list must have, beside id and name
	star   bool     // the list takes a name with a trailing * for "begins with"
	read   func(a apis, id string) error
	whole  []string // members that a read must have, beside the id
	create operation
	update func(a apis, id string, b *body) error
	remove func(a apis, id string) error
}

// pageSize is the size of a page of every list; Genesys: 100 is the most that all take.
const pageSize = 100

var kinds = map[genesys.Kind]kind{
	genesys.Role: {
		list: func(a apis, name string, page int) error {
			return sent(a.auth().GetAuthorizationRoles(pageSize, page, "", nil, "", "", name, nil, nil, false, nil))
		},
		star: true,
		read: func(a apis, id string) error { return sent(a.auth().GetAuthorizationRole(id, false, nil)) },
		create: func(a apis, b *body) error {
			return sent(a.auth().PostAuthorizationRoles(as[sdk.Domainorganizationrolecreate](b)))
		},
		update: func(a apis, id string, b *body) error {
			return sent(a.auth().PutAuthorizationRole(id, as[sdk.Domainorganizationroleupdate](b)))
		},
		remove: func(a apis, id string) error { return done(a.auth().DeleteAuthorizationRole(id)) },
	},
	genesys.Division: {
		list: func(a apis, name string, page int) error {
			return sent(a.auth().GetAuthorizationDivisions(pageSize, page, "", nil, "", "", false, nil, name))
		},
	},
	genesys.OAuthClient: {
		list: func(a apis, _ string, page int) error {
			if page > 1 {
				return clientPage.call(a, nil, strconv.Itoa(page))
			}
			return sent(a.oauth().GetOauthClients())
		},
		read:   func(a apis, id string) error { return sent(a.oauth().GetOauthClient(id)) },
		create: func(a apis, b *body) error { return sent(a.oauth().PostOauthClients(as[sdk.Oauthclientrequest](b))) },
		update: func(a apis, id string, b *body) error {
			return sent(a.oauth().PutOauthClient(id, as[sdk.Oauthclientrequest](b)))
		},
		remove: func(a apis, id string) error { return done(a.oauth().DeleteOauthClient(id)) },
	},
	genesys.Credential: {
		list: func(a apis, _ string, page int) error {
			return sent(a.integrations().GetIntegrationsCredentials(page, pageSize))
		},
		read: func(a apis, id string) error { return sent(a.integrations().GetIntegrationsCredential(id)) },
		create: func(a apis, b *body) error {
			return sent(a.integrations().PostIntegrationsCredentials(as[sdk.Credential](b)))
		},
		update: func(a apis, id string, b *body) error {
			return sent(a.integrations().PutIntegrationsCredential(id, as[sdk.Credential](b)))
		},
		remove: func(a apis, id string) error { return done(a.integrations().DeleteIntegrationsCredential(id)) },
	},
	genesys.Integration: {
		list: func(a apis, _ string, page int) error {
			return sent(a.integrations().GetIntegrations(pageSize, page, "", []string{"config.current"}, "", ""))
		},
		read: func(a apis, id string) error {
			return sent(a.integrations().GetIntegration(id, 25, 1, "", nil, "", ""))
		},
		create: func(a apis, b *body) error {
			return sent(a.integrations().PostIntegrations(as[sdk.Createintegrationrequest](b)))
		},
		update: func(a apis, id string, b *body) error {
			return sent(a.integrations().PatchIntegration(id, 25, 1, "", nil, "", "", as[sdk.Integration](b)))
		},
		remove: func(a apis, id string) error { return sent(a.integrations().DeleteIntegration(id)) },
	},
	genesys.DataAction: {
		list: func(a apis, name string, page int) error {
			return sent(a.integrations().GetIntegrationsActions(pageSize, page, "", "", "", "", "", name, "", "", ""))
		},
		listed: ofAction,
		read: func(a apis, id string) error {
			return sent(a.integrations().GetIntegrationsAction(id, "contract", true))
		},
		whole: []string{"version"},
		create: func(a apis, b *body) error {
			return sent(a.integrations().PostIntegrationsActions(asIs[sdk.Postactioninput](b, schemas)))
		},
		update: func(a apis, id string, b *body) error {
			return sent(a.integrations().PatchIntegrationsAction(id, as[sdk.Updateactioninput](b)))
		},
		remove: func(a apis, id string) error { return done(a.integrations().DeleteIntegrationsAction(id)) },
	},
	genesys.DataTable: {
		list: func(a apis, name string, page int) error {
			return sent(a.architect().GetFlowsDatatables("schema", page, pageSize, "", "", nil, name))
		},
		star:  true,
		read:  func(a apis, id string) error { return sent(a.architect().GetFlowsDatatable(id, "schema")) },
		whole: []string{"schema"},
		create: func(a apis, b *body) error {
			return sent(a.architect().PostFlowsDatatables(asIs[sdk.Datatable](b, schemas)))
		},
		update: func(a apis, id string, b *body) error {
			return sent(a.architect().PutFlowsDatatable(id, asIs[sdk.Datatable](b, schemas), ""))
		},
		remove: func(a apis, id string) error { return done(a.architect().DeleteFlowsDatatable(id, true)) },
	},
	genesys.Skill: {
		list: func(a apis, name string, page int) error {
			return sent(a.routing().GetRoutingSkills(pageSize, page, name, nil))
		},
		read:   func(a apis, id string) error { return sent(a.routing().GetRoutingSkill(id)) },
		create: func(a apis, b *body) error { return sent(a.routing().PostRoutingSkills(as[sdk.Routingskill](b))) },
		remove: func(a apis, id string) error { return done(a.routing().DeleteRoutingSkill(id)) },
	},
	genesys.Queue: {
		list: func(a apis, name string, page int) error {
			return sent(a.routing().GetRoutingQueues(page, pageSize, "", name, nil, nil, nil, "", false))
		},
		star:   true,
		read:   func(a apis, id string) error { return sent(a.routing().GetRoutingQueue(id)) },
		create: func(a apis, b *body) error { return sent(a.routing().PostRoutingQueues(as[sdk.Createqueuerequest](b))) },
		update: func(a apis, id string, b *body) error {
			return sent(a.routing().PutRoutingQueue(id, as[sdk.Queuerequest](b)))
		},
		remove: func(a apis, id string) error { return done(a.routing().DeleteRoutingQueue(id, true)) },
	},
	genesys.Script: {
		list: func(a apis, name string, page int) error {
			return sent(a.scripts().GetScripts(pageSize, page, "", name, "", "", "", "", "", ""))
		},
		read:   func(a apis, id string) error { return sent(a.scripts().GetScript(id)) },
		remove: func(a apis, id string) error { return scriptDelete.call(a, nil, id) },
	},
	genesys.Flow: {
		list: func(a apis, name string, page int) error {
			return sent(a.architect().GetFlows([]string{"inboundcall"}, page, pageSize, "", "", nil, name, "", "", "", "", "", "", "", false, false, "", "", nil))
		},
		star:   true,
		read:   func(a apis, id string) error { return sent(a.architect().GetFlow(id, false)) },
		remove: func(a apis, id string) error { return done(a.architect().DeleteFlow(id)) },
	},
	genesys.ScheduleGroup: {
		list: func(a apis, name string, page int) error {
			return sent(a.architect().GetArchitectSchedulegroups(page, pageSize, "", "", name, "", nil))
		},
	},
	genesys.EmergencyGroup: {
		list: func(a apis, name string, page int) error {
			return sent(a.architect().GetArchitectEmergencygroups(page, pageSize, "", "", name))
		},
	},
	genesys.CallRoute: {
		list: func(a apis, name string, page int) error {
			return sent(a.architect().GetArchitectIvrs(page, pageSize, "", "", name, "", ""))
		},
		read:   func(a apis, id string) error { return sent(a.architect().GetArchitectIvr(id)) },
		whole:  []string{"version"},
		create: func(a apis, b *body) error { return sent(a.architect().PostArchitectIvrs(as[sdk.Ivr](b))) },
		update: func(a apis, id string, b *body) error {
			return sent(a.architect().PutArchitectIvr(id, asIs[sdk.Ivr](b, whole)))
		},
		remove: func(a apis, id string) error { return done(a.architect().DeleteArchitectIvr(id)) },
	},
}

// ofAction tells which integration an action or its draft belongs to, and so whose it is.
var ofAction = []string{"integrationId"}

func cannot(verb string, k genesys.Kind) error {
	return fmt.Errorf("the platform has no call to %s a %s", verb, k)
}

// Find lists the living entities of a kind whose name is exactly name, or begins with it
// when it ends in "*"; an empty name lists all. Filters of the platform differ from list
// to list, so names are compared here.
func (c *Client) Find(ctx context.Context, k genesys.Kind, name string) ([]genesys.Object, error) {
	e := kinds[k]
	if e.list == nil {
		return nil, cannot("list", k)
	}
	filter := name
	if !e.star {
		filter = strings.TrimSuffix(name, "*")
	}
	all, err := c.list(ctx, func(a apis, page int) error { return e.list(a, filter, page) }, append([]string{"id", "name"}, e.listed...)...)
	if err != nil {
		return nil, err
	}
	return living(all, name), nil
}

// living leaves what was deleted, and names that were not asked for.
func living(all []genesys.Object, name string) []genesys.Object {
	prefix, open := strings.CutSuffix(name, "*")
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
	return out
}

// list reads all pages of a list, whose entities must have these members. An entity that
// stands on two pages shows that the list changed between them: it is read again, once, and
// nothing is given twice.
func (c *Client) list(ctx context.Context, op func(a apis, page int) error, members ...string) ([]genesys.Object, error) {
	out, twice, err := c.pages(ctx, op, members)
	if err == nil && twice {
		out, _, err = c.pages(ctx, op, members)
	}
	return out, err
}

func (c *Client) pages(ctx context.Context, op func(a apis, page int) error, members []string) (out []genesys.Object, twice bool, err error) {
	seen := map[string]bool{}
	for page, before := 1, 0; ; page++ {
		got := pageOf{members: members, number: page, before: before}
		if err := c.call(ctx, request{op: func(a apis, _ *body) error { return op(a, page) }}, &got); err != nil {
			return nil, false, err
		}
		news := 0
		for _, b := range got.Entities {
			o := objectOf(b)
			if o.ID != "" && seen[o.ID] {
				twice = true
				continue
			}
			seen[o.ID] = true
			out = append(out, o)
			news++
		}
		before += len(got.Entities)
		if got.last() || news == 0 { // a list that knows no pages gives the same one again
			return out, twice, nil
		}
	}
}

func objectOf(b map[string]any) genesys.Object {
	id, _ := b["id"].(string)
	return genesys.Object{ID: id, Body: b}
}

// Read gives one entity whole.
func (c *Client) Read(ctx context.Context, k genesys.Kind, id string) (genesys.Object, error) {
	e := kinds[k]
	if e.read == nil {
		return genesys.Object{}, cannot("read", k)
	}
	return c.object(ctx, request{op: func(a apis, _ *body) error { return e.read(a, id) }}, e.whole...)
}

// Create makes an entity. The error tells by Unsettled whether it may exist all the same.
func (c *Client) Create(ctx context.Context, k genesys.Kind, fields map[string]any) (genesys.Object, error) {
	e := kinds[k]
	if e.create == nil {
		return genesys.Object{}, cannot("create", k)
	}
	return c.object(ctx, request{op: e.create, body: fields})
}

// Update replaces the entity, or for kinds with PATCH changes the fields given.
func (c *Client) Update(ctx context.Context, k genesys.Kind, id string, fields map[string]any) (genesys.Object, error) {
	e := kinds[k]
	if e.update == nil {
		return genesys.Object{}, cannot("update", k)
	}
	_, versioned := fields["version"]
	return c.object(ctx, request{op: func(a apis, b *body) error { return e.update(a, id, b) }, body: fields, repeat: !versioned})
}

// Delete removes an entity; one that is gone is no error.
func (c *Client) Delete(ctx context.Context, k genesys.Kind, id string) error {
	e := kinds[k]
	if e.remove == nil {
		return cannot("delete", k)
	}
	return gone(c.call(ctx, request{op: func(a apis, _ *body) error { return e.remove(a, id) }}, nil))
}

// gone takes the error of deleting what does not exist for success.
func gone(err error) error {
	if missing(err) {
		return nil
	}
	return err
}

// missing reports whether it is the entity that is not there, and not the sign-in.
func missing(err error) bool {
	var signIn *signInError
	return errors.Is(err, genesys.ErrNotFound) && !errors.As(err, &signIn)
}

// object is a call that answers with one entity: it has its id, and these members.
func (c *Client) object(ctx context.Context, r request, members ...string) (genesys.Object, error) {
	b := object{members: append([]string{"id"}, members...)}
	if err := c.call(ctx, r, &b); err != nil {
		return genesys.Object{}, err
	}
	o := objectOf(b.fields)
	c.secrets.Add(secret.New(o.Text("secret"))) // of an OAuth client that was made
	return o, nil
}
