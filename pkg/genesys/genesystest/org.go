package genesystest

import (
	"encoding/json"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/dataaction"
)

// orgForFlows is what a flow's names are looked up in when it is published.
func (s *Server) orgForFlows() architect.Org {
	names := func(collection string) []string {
		out := []string{}
		for _, e := range s.state.all(collection) {
			out = append(out, e.name())
		}
		return out
	}
	var dataActions, dataTables, published []any
	for _, e := range s.state.all(actions) {
		in := s.state.get(integrations, str(e.Body["integrationId"]))
		if !isPublished(e) || in == nil || object(in.Body["reportedState"])["code"] != "ACTIVE" {
			continue
		}
		d, fs := s.definition(e.Body)
		if fs.Err() != nil {
			continue
		}
		outputs := map[string]any{}
		for _, f := range dataaction.Flatten(d.Output) {
			outputs[f.Name] = f.Type
		}
		dataActions = append(dataActions, map[string]any{
			"name": e.name(), "category": e.Body["category"], "inputs": inputTypes(d.Input), "outputs": outputs,
		})
	}
	for _, e := range s.state.all(tables) {
		cols := map[string]any{}
		for name, c := range columns(e.Body) {
			if name != "key" {
				cols[name] = object(c)["type"]
			}
		}
		dataTables = append(dataTables, map[string]any{"name": e.name(), "columns": cols})
	}
	for _, e := range s.state.all(scripts) {
		if e.Body["publishedDate"] == nil {
			continue
		}
		published = append(published, map[string]any{"name": e.name(), "inputs": scriptInputs(e.Hidden["published"])})
	}
	data, err := json.Marshal(map[string]any{
		"queues": names(queues), "skills": names(skills), "scheduleGroups": names(schedules),
		"dataActions": append([]any{}, dataActions...), "dataTables": append([]any{}, dataTables...), "scripts": append([]any{}, published...),
	})
	var org architect.Org
	if err == nil {
		err = json.Unmarshal(data, &org)
	}
	if err != nil {
		panic(err) // made here, of names and types
	}
	return org
}

// inputTypes turns an input schema into types by name, "!" for a required one.
func inputTypes(schema json.RawMessage) map[string]any {
	var s struct {
		Required   []string
		Properties map[string]struct{ Type any }
	}
	if err := json.Unmarshal(schema, &s); err != nil {
		return nil
	}
	out := map[string]any{}
	for name, p := range s.Properties {
		t, _ := p.Type.(string)
		for _, r := range s.Required {
			if r == name {
				t += "!"
			}
		}
		out[name] = t
	}
	return out
}

// scriptInputs lists the variables of a script that a flow may fill.
func scriptInputs(file string) map[string]any {
	var s struct {
		Variables []struct {
			Name, Type string
			Input      bool
		}
	}
	if err := json.Unmarshal([]byte(file), &s); err != nil {
		return nil
	}
	out := map[string]any{}
	for _, v := range s.Variables {
		if v.Input {
			out[v.Name] = "string"
		}
	}
	return out
}
