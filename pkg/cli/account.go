package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspotrest"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/validate"
)

// account tells what the deployment file names and the account does not have.
func (s *simulation) account(a validate.Account) {
	s.found = append(s.found, validate.InAccount(s.loaded.deployment, a)...)
	s.texts[s.loaded.path] = s.loaded.source
}

// kinds are the types of HubSpot's own properties.
func kinds() map[string]map[string]string {
	server := hubspottest.New(hubspot.CRM{})
	out := map[string]map[string]string{}
	for _, object := range []string{"contacts", "companies", "deals"} {
		out[object] = map[string]string{}
		for name, p := range server.Properties(object) {
			out[object][name] = p.Type
		}
	}
	return out
}

// options are those of HubSpot's own properties of contacts, where it has some.
func options() map[string][]string {
	out := map[string][]string{}
	for name, p := range hubspottest.New(hubspot.CRM{}).Properties("contacts") {
		if len(p.Options) > 0 {
			out[name] = p.Options
		}
	}
	return out
}

// fixturesAccount is what the account of the fixtures has: its pipelines, HubSpot's own
// properties and those that occur in its records. Of an object without records no property
// can be missed.
func fixturesAccount(crm hubspot.CRM) validate.Account {
	server := hubspottest.New(crm)
	a := validate.Account{Name: "the account of the fixtures", Pipelines: crm.AllPipelines(), Properties: map[string]map[string][]string{}}
	for object, records := range map[string]int{"contacts": len(crm.Contacts), "deals": len(crm.Deals)} {
		if records == 0 {
			continue
		}
		a.Properties[object] = map[string][]string{}
		for name, p := range server.Properties(object) {
			a.Properties[object][name] = p.Options
		}
	}
	return a
}

// liveAccount asks the account for what the deployment file names of it, before the first
// call and without patience. What cannot be read is not checked, and said.
func (s *simulation) liveAccount(ctx context.Context, env session, base string, key secret.Value) {
	d := s.loaded.deployment
	c := hubspotrest.New(hubspotrest.Options{
		BaseURL: base, Agent: "dealroute/" + env.version(), Token: key, Version: d.HubSpot.APIVersion, Timeout: accountTimeout, NoRetries: true, Secrets: env.known,
	})
	a := validate.Account{Name: "the account", Properties: map[string]map[string][]string{}}
	var err error
	if namesStages(d) {
		var failed error
		if a.Pipelines, failed = c.Pipelines(ctx); failed == nil && a.Pipelines == nil {
			a.Pipelines = []hubspot.Pipeline{}
		}
		err = errors.Join(err, failed)
	}
	contacts, deals := namesProperties(d)
	for _, of := range []struct {
		object string
		named  bool
	}{{"contacts", contacts}, {"deals", deals}} {
		if !of.named || err != nil { // what refuses one question would refuse the next
			continue
		}
		list, failed := c.Properties(ctx, of.object)
		if err = failed; err != nil {
			continue
		}
		a.Properties[of.object], _ = propertiesOf(list)
	}
	s.account(a)
	if err == nil {
		return
	}
	f := diag.Finding{Severity: diag.Info, Message: fmt.Sprintf("whether the account has what the file names could not be checked: %v", err)}
	if e, ok := errors.AsType[*hubspotrest.Error](err); ok {
		f.Hint = e.Hint()
	}
	s.found = append(s.found, f)
}

// accountTimeout bounds each question about the account: the calls do not depend on it.
const accountTimeout = 5 * time.Second

// namesStages tells whether the file names a stage or a pipeline.
func namesStages(d *deployment.Deployment) bool {
	named := len(d.HubSpot.Stages)+len(d.HubSpot.Lookup.Pipelines) > 0
	for _, r := range d.Routing.Rules {
		any := r.When.AnyOpen
		named = named || len(r.When.Stage)+len(r.When.Pipeline) > 0 || any != nil && len(any.Stage)+len(any.Pipeline) > 0
	}
	return named
}

// namesProperties tells whether the file names a property of contacts, and of deals.
func namesProperties(d *deployment.Deployment) (contacts, deals bool) {
	for _, f := range d.HubSpot.Facts {
		contacts, deals = contacts || f.Contact != "", deals || f.Deal != ""
	}
	for _, r := range d.Routing.Rules {
		contacts = contacts || len(r.When.Lifecycle) > 0
	}
	return contacts, deals
}
