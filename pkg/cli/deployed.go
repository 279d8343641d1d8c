package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesysrest"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/pkg/validate"
)

// deployedArtifacts reads back what is published: the flow by an export, the actions with
// their templates, the rows of the tables. Nothing is written.
func (s *simulation) deployedArtifacts(ctx context.Context, env session, b *blueprint.Blueprint, key secret.Value) (a simulate.Artifacts, state *simulate.Org, err error) {
	target, err := openOrg(ctx, env, s.loaded, b, true)
	if err != nil {
		return a, nil, err
	}
	defer closing(target, &err)
	if err := target.visit(ctx, env, s.loaded.deployment, "simulate --flow deployed", false); err != nil {
		return a, nil, err
	}
	if a, state, err = readDeployed(ctx, target, b, key); err != nil || a.Owners == "" {
		return a, state, err
	}
	queues, err := unpreferring(ctx, target.client, s.loaded.deployment)
	s.account(validate.Account{Name: "the org", Unpreferring: queues})
	return a, state, err
}

func readDeployed(ctx context.Context, target *org, b *blueprint.Blueprint, key secret.Value) (simulate.Artifacts, *simulate.Org, error) {
	at, err := locate(ctx, target.client, b)
	if err != nil {
		return simulate.Artifacts{}, nil, err
	}
	return readLocated(ctx, target, b, key, at)
}

// A location says where an org has what is deployed.
type location struct {
	flow    string // id
	actions []genesys.Object
	tables  map[string]string // ids, by name; of owners only where there is one
	fresh   bool              // just made, and perhaps not seen everywhere yet
}

// locate looks for it by name.
func locate(ctx context.Context, c *genesysrest.Client, b *blueprint.Blueprint) (at location, err error) {
	flow, err := only(ctx, c, genesys.Flow, b.Flow.Name)
	if err != nil {
		return at, err
	}
	at = location{flow: flow.ID, tables: map[string]string{}}
	types := typesOf(b)
	all, err := c.Find(ctx, genesys.DataAction, b.Name+"*")
	if err != nil {
		return at, orgError(err)
	}
	for _, o := range all {
		if types[o.Text("category")] != "" {
			at.actions = append(at.actions, o)
		}
	}
	for _, e := range b.Entities {
		switch {
		case e.Key.Kind != genesys.DataTable:
		case e.Key.Name == blueprint.OwnersTable(b.Name):
			tables, err := c.Find(ctx, genesys.DataTable, e.Key.Name)
			if err != nil {
				return at, orgError(err)
			}
			if len(tables) > 0 { // without it the flow that is deployed reads none
				at.tables[e.Key.Name] = tables[0].ID
			}
		default:
			table, err := only(ctx, c, genesys.DataTable, e.Key.Name)
			if err != nil {
				return at, err
			}
			at.tables[e.Key.Name] = table.ID
		}
	}
	return at, nil
}

// typesOf are the types of the integrations, by the category that carries their name.
func typesOf(b *blueprint.Blueprint) map[string]string {
	types := map[string]string{}
	for _, x := range b.Actions {
		types[x.Category] = x.Definition.IntegrationType
	}
	return types
}

// readLocated reads it, all at the same time.
func readLocated(ctx context.Context, target *org, b *blueprint.Blueprint, key secret.Value, at location) (simulate.Artifacts, *simulate.Org, error) {
	c, state := target.client, &simulate.Org{}
	types := typesOf(b)
	a := simulate.Artifacts{Actions: make([]simulate.Action, len(at.actions))}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		var text string
		var err error
		if a.Flow, text, err = exportedFlow(ctx, target, b, at.flow); err != nil {
			return err
		}
		if strings.Contains(text, "evaluateScheduleGroup") {
			state.Schedules, err = readHours(ctx, c)
		}
		return err
	})
	for i, o := range at.actions {
		g.Go(func() (err error) {
			category := o.Text("category")
			act := simulate.Action{Category: category, HubSpot: types[category] == dataaction.WebServices}
			if act.Definition, err = readAction(ctx, c, o); err != nil {
				return err
			}
			act.Definition.IntegrationType = types[category]
			if act.HubSpot {
				act.Credentials = b.HubSpotCredential(key)
				if strings.Contains(act.Definition.Request.Headers["Authorization"], "authResponse") {
					act.Auth, err = readAuth(ctx, c, o.Text("integrationId"), category)
				}
			}
			a.Actions[i] = act
			return err
		})
	}
	for name, id := range at.tables {
		g.Go(func() (err error) {
			if name == blueprint.OwnersTable(b.Name) {
				a.Owners = name
				state.Owners, err = readOwners(ctx, c, id)
			} else {
				a.Table, a.TableID = name, id
				state.Rows, err = readRows(ctx, target, b, at, name)
			}
			if err != nil {
				return orgError(err)
			}
			return nil
		})
	}
	err := g.Wait()
	return a, state, err
}

// exportedFlow reads the published flow, with its text.
func exportedFlow(ctx context.Context, target *org, b *blueprint.Blueprint, id string) (*architect.File, string, error) {
	text, err := exportFlow(ctx, target, id)
	if err != nil {
		return nil, "", orgError(fmt.Errorf("export flow %q: %w", b.Flow.Name, err))
	}
	file, fs := architect.Parse("deployed "+b.Flow.Name+".yaml", []byte(text))
	if fs.Has(diag.Error) || file.Flow == nil {
		return nil, "", unreadable(fs, []byte(text), false)
	}
	return file, text, nil
}

// readRows reads the control table. Rows that were just made are waited for.
func readRows(ctx context.Context, target *org, b *blueprint.Blueprint, at location, name string) (rows map[string]map[string]any, err error) {
	lag := genesys.Listed
	late := lag.Poll(ctx, target.wait, func() (bool, error) {
		rows = map[string]map[string]any{}
		var list []map[string]any
		if list, err = target.client.Rows(ctx, at.tables[name]); err != nil {
			return !at.fresh || !errors.Is(err, genesys.ErrNotFound), err
		}
		for _, r := range list {
			k, _ := r["key"].(string)
			rows[k] = r
		}
		for _, e := range b.Entities {
			key, _ := e.Content["key"].(string)
			if at.fresh && e.Key.Kind == genesys.DataTableRow && e.Key.Name == name+"/"+key && rows[key] == nil {
				return false, nil
			}
		}
		return true, nil
	})
	if err == nil && ctx.Err() != nil {
		err = late
	}
	return rows, err // what is not there by now is missing
}

// readAuth reads the auth action of an integration; nil where there is none.
func readAuth(ctx context.Context, c *genesysrest.Client, integration, category string) (*dataaction.Definition, error) {
	id := reconcile.AuthID(integration)
	d, err := readAction(ctx, c, genesys.Object{ID: id, Body: map[string]any{"name": category + " authentication"}})
	if errors.Is(err, genesys.ErrNotFound) {
		return nil, nil
	}
	if err == nil {
		d.ActionType, d.IntegrationType = dataaction.CustomAuth, dataaction.WebServices
	}
	return d, err
}

// readHours reads when the org is open.
func readHours(ctx context.Context, c *genesysrest.Client) (hours simulate.Schedules, err error) {
	schedules, err := c.Schedules(ctx)
	if err != nil {
		return hours, orgError(err)
	}
	groups, err := c.Find(ctx, genesys.ScheduleGroup, "")
	if err != nil {
		return hours, orgError(err)
	}
	emergencies, err := c.Find(ctx, genesys.EmergencyGroup, "")
	if err != nil {
		return hours, orgError(err)
	}
	hours = simulate.Schedules{Groups: map[string]genesys.Hours{}, Emergencies: map[string]bool{}, Unread: map[string]string{}}
	for _, g := range groups {
		h, err := hoursOf(g, schedules)
		if err != nil {
			hours.Unread[h.Name] = err.Error()
			continue
		}
		hours.Groups[h.Name] = h
	}
	for _, g := range emergencies {
		hours.Emergencies[g.Text("name")], _ = g.Body["enabled"].(bool)
	}
	return hours, nil
}

// hoursOf reads a schedule group of the org. A rule that the platform took and this tool cannot
// read leaves nothing to go by.
func hoursOf(g genesys.Object, schedules []genesys.Object) (h genesys.Hours, err error) {
	h.Name = g.Text("name")
	zone := g.Text("timeZone")
	if zone == "" {
		return h, errors.New("it has no time zone")
	}
	if h.Zone, err = time.LoadLocation(zone); err != nil {
		return h, fmt.Errorf("%q is no time zone that is known here", zone)
	}
	for field, into := range map[string]*[]genesys.Schedule{"openSchedules": &h.Open, "closedSchedules": &h.Closed, "holidaySchedules": &h.Holidays} {
		refs, _ := g.Body[field].([]any)
		for _, r := range refs {
			ref, _ := r.(map[string]any)
			i := slices.IndexFunc(schedules, func(s genesys.Object) bool { return s.ID == ref["id"] })
			if i < 0 {
				return h, errors.New("a schedule of it cannot be read by this client")
			}
			s := schedules[i]
			made, err := genesys.NewSchedule(s.Text("name"), s.Text("start"), s.Text("end"), s.Text("rrule"))
			if err != nil {
				return h, fmt.Errorf("schedule %q: %w", s.Text("name"), err)
			}
			*into = append(*into, made)
		}
	}
	return h, nil
}

// An absentError says that a deployment is not set up, or not wholly.
type absentError struct {
	kind genesys.Kind
	name string
}

func (e *absentError) Error() string { return fmt.Sprintf("the org has no %s %q", e.kind, e.name) }

// only finds the one entity of that name.
func only(ctx context.Context, c *genesysrest.Client, k genesys.Kind, name string) (genesys.Object, error) {
	all, err := c.Find(ctx, k, name)
	if err != nil {
		return genesys.Object{}, orgError(err)
	}
	switch len(all) {
	case 0:
		return genesys.Object{}, fail(&absentError{k, name}, `run "dealroute setup" first, or look at "dealroute plan"`)
	case 1:
		return all[0], nil
	}
	return genesys.Object{}, fail(fmt.Errorf("the org has %d of %s %q, where one is expected", len(all), k, name), `look at "dealroute plan"`)
}

func exportFlow(ctx context.Context, target *org, id string) (string, error) {
	job, err := target.client.StartFlowExport(ctx, id)
	if err != nil {
		return "", err
	}
	var text string
	err = genesys.FlowExported.Poll(ctx, target.wait, func() (done bool, err error) {
		text, done, err = target.client.FlowExport(ctx, job)
		return done || err != nil, err
	})
	return text, err
}

// readAction reads a published action with its templates, in the form of the API.
func readAction(ctx context.Context, c *genesysrest.Client, o genesys.Object) (*dataaction.Definition, error) {
	full, err := c.Read(ctx, genesys.DataAction, o.ID)
	if err != nil {
		return nil, orgError(err)
	}
	request, success, err := c.ActionTemplates(ctx, o.ID, false)
	if err != nil {
		return nil, orgError(err)
	}
	config, _ := full.Body["config"].(map[string]any)
	req, _ := config["request"].(map[string]any)
	res, _ := config["response"].(map[string]any)
	if req == nil || res == nil {
		return nil, fail(errors.New("the org returns data action "+o.Text("name")+" without its configuration"), "")
	}
	req["requestTemplate"], res["successTemplate"] = request, success
	full.Body["actionType"] = dataaction.Custom
	data, err := json.Marshal(full.Body)
	if err != nil {
		return nil, err
	}
	d, fs := dataaction.ParseExport("deployed "+o.Text("name"), data)
	if fs.Has(diag.Error) {
		return nil, unreadable(fs, data, false)
	}
	return d, nil
}
