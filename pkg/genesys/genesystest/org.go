package genesystest

import (
	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/genesys"
)

// orgForFlows is what a flow's names are looked up in when it is published.
func (s *Server) orgForFlows() architect.Org {
	var es []genesys.Entity
	add := func(kind genesys.Kind, e *entity, file string) {
		es = append(es, genesys.Entity{Key: genesys.Key{Kind: kind, Name: e.name()}, Content: e.Body, Text: file})
	}
	for _, e := range s.state.all(queues) {
		add(genesys.Queue, e, "")
	}
	for _, e := range s.state.all(skills) {
		add(genesys.Skill, e, "")
	}
	for _, e := range s.state.all(actions) {
		in := s.state.get(integrations, str(e.Body["integrationId"]))
		if !isPublished(e) || in == nil || object(in.Body["reportedState"])["code"] != "ACTIVE" {
			continue
		}
		if _, fs := s.definition(e.Body); fs.Err() == nil {
			add(genesys.DataAction, e, "")
		}
	}
	for _, e := range s.state.all(tables) {
		add(genesys.DataTable, e, "")
	}
	for _, e := range s.state.all(scripts) {
		if e.Body["publishedDate"] != nil {
			add(genesys.Script, e, e.Hidden["published"])
		}
	}
	for _, e := range s.state.all(scheduleGroups) {
		add(genesys.ScheduleGroup, e, "")
	}
	for _, e := range s.state.all(emergencyGroups) {
		add(genesys.EmergencyGroup, e, "")
	}
	org := architect.OrgOf(es, dataaction.Flatten)
	for list, collection := range map[string]string{"userPrompts": prompts, "wrapupCodes": wrapups, "languageSkills": languages} {
		for _, e := range s.state.all(collection) {
			org.Names[list] = append(org.Names[list], e.name())
		}
	}
	for _, e := range s.state.all(flows) {
		if e.Body["publishedVersion"] != nil && str(e.Body["type"]) == "INBOUNDCALL" {
			org.Names["inboundFlows"] = append(org.Names["inboundFlows"], e.name())
		}
	}
	return org
}
