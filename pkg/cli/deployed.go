package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesysrest"
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
	if a, state, err = readDeployed(ctx, target, b, key); err != nil || a.Owners == "" {
		return a, state, err
	}
	queues, err := unpreferring(ctx, target.client, s.loaded.deployment)
	s.account(validate.Account{Name: "the org", Unpreferring: queues})
	return a, state, err
}

func readDeployed(ctx context.Context, target *org, b *blueprint.Blueprint, key secret.Value) (simulate.Artifacts, *simulate.Org, error) {
	c := target.client
	var a simulate.Artifacts
	var owners simulate.Owners
	flow, err := only(ctx, c, genesys.Flow, b.Flow.Name)
	if err != nil {
		return a, nil, err
	}
	text, err := exportFlow(ctx, target, flow.ID)
	if err != nil {
		return a, nil, orgError(fmt.Errorf("export flow %q: %w", b.Flow.Name, err))
	}
	file, fs := architect.Parse("deployed "+b.Flow.Name+".yaml", []byte(text))
	if fs.Has(diag.Error) || file.Flow == nil {
		return a, nil, unreadable(fs, []byte(text), false)
	}
	a.Flow = file
	types := map[string]string{} // of the integrations, by the category that carries their name
	for _, x := range b.Actions {
		types[x.Category] = x.Definition.IntegrationType
	}
	all, err := c.Find(ctx, genesys.DataAction, b.Name+"*")
	if err != nil {
		return a, nil, orgError(err)
	}
	for _, o := range all {
		category := o.Text("category")
		if types[category] == "" {
			continue
		}
		act := simulate.Action{Category: category, HubSpot: types[category] == dataaction.WebServices}
		if act.Definition, err = readAction(ctx, c, o); err != nil {
			return a, nil, err
		}
		act.Definition.IntegrationType = types[category]
		if act.HubSpot {
			act.Credentials = hubspotCredential(b, key)
		}
		a.Actions = append(a.Actions, act)
	}
	state := &simulate.Org{}
	if strings.Contains(text, "evaluateScheduleGroup") {
		if state.Schedules, err = readHours(ctx, c); err != nil {
			return a, nil, err
		}
	}
	rows := map[string]map[string]any{}
	for _, e := range b.Entities {
		if e.Key.Kind != genesys.DataTable {
			continue
		}
		if e.Key.Name == blueprint.OwnersTable(b.Name) {
			tables, err := c.Find(ctx, genesys.DataTable, e.Key.Name)
			if err == nil && len(tables) > 0 { // without it the flow that is deployed reads none
				a.Owners = e.Key.Name
				owners, err = readOwners(ctx, c, tables[0].ID)
			}
			if err != nil {
				return a, nil, orgError(err)
			}
			continue
		}
		table, err := only(ctx, c, genesys.DataTable, e.Key.Name)
		if err != nil {
			return a, nil, err
		}
		a.Table, a.TableID = e.Key.Name, table.ID
		list, err := c.Rows(ctx, table.ID)
		if err != nil {
			return a, nil, orgError(err)
		}
		for _, r := range list {
			k, _ := r["key"].(string)
			rows[k] = r
		}
	}
	state.Rows, state.Owners = rows, owners
	return a, state, nil
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

// only finds the one entity of that name.
func only(ctx context.Context, c *genesysrest.Client, k genesys.Kind, name string) (genesys.Object, error) {
	all, err := c.Find(ctx, k, name)
	if err != nil {
		return genesys.Object{}, orgError(err)
	}
	switch len(all) {
	case 0:
		return genesys.Object{}, fail(fmt.Errorf("the org has no %s %q", k, name), `run "dealroute setup" first, or look at "dealroute plan"`)
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
