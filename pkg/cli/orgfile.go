package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // schedules are in zones, and not every machine knows them

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// orgName is the name of the file with fixtures of the org, beside the deployment file.
const orgName = "org.yaml"

// orgFile reads the fixtures of the org: the file that is named, or the one beside the
// deployment file. Nil when there is none.
func (l *loaded) orgFile(named string) (*simulate.OrgFile, error) {
	path := named
	var data []byte
	var err error
	if named == "" {
		path = filepath.Join(l.dir, orgName)
		if data, err = l.read(orgName); errors.Is(err, os.ErrNotExist) {
			return nil, nil
		}
	} else {
		data, err = readFile(named, maxText)
	}
	if err != nil {
		return nil, fail(fmt.Errorf("read the org %s: %w", path, reason(err)), "correct the file or remove it; \"dealroute schema org\" has its format")
	}
	o, found := simulate.DecodeOrg(path, data, time.LoadLocation)
	if found.Has(diag.Error) {
		return nil, unreadable(privacy.Findings(found), nil, false) // a line of people is full of names
	}
	return o, nil
}

// useHours takes the hours of the fixtures of the org; those of the org itself have come with
// the deployed flow, and those of a world with the world.
func (s *simulation) useHours() error {
	if s.options.world != "" || s.options.flow == "deployed" {
		return nil
	}
	o, err := s.loaded.orgFile(s.options.org)
	if o == nil || err != nil {
		return err
	}
	s.org.Schedules = o.Hours()
	s.tell(o.Lacks(s.loaded.deployment), s.loaded.source)
	return nil
}

// orgSeed puts what the file has of an org in place of what is made up without one.
func orgSeed(o *simulate.OrgFile, seed *genesystest.Seed) {
	people := map[string]genesystest.SeedUser{}
	seed.Skills = slices.Clone(o.Skills)
	for _, u := range o.Users {
		x := genesystest.SeedUser{Name: u.Name, Email: u.Email, Skills: u.Skills}
		people[strings.ToLower(u.Email)] = x
		seed.Users = append(seed.Users, x)
		seed.Skills = append(seed.Skills, u.Skills...)
	}
	seed.Queues, seed.Schedules, seed.ScheduleGroups, seed.EmergencyGroups = nil, nil, nil, nil
	for _, q := range o.Queues {
		x := genesystest.SeedQueue{Name: q.Name}
		for _, m := range q.Members {
			x.Staff = append(x.Staff, people[strings.ToLower(m)])
		}
		for _, r := range q.RoutingRules {
			x.RoutingRules = append(x.RoutingRules, genesystest.SeedRoutingRule(r))
		}
		seed.Queues = append(seed.Queues, x)
	}
	for _, x := range o.Schedules {
		seed.Schedules = append(seed.Schedules, genesystest.SeedSchedule(x))
	}
	for _, g := range o.ScheduleGroups {
		seed.ScheduleGroups = append(seed.ScheduleGroups, genesystest.SeedScheduleGroup(g))
	}
	for _, g := range o.EmergencyGroups {
		seed.EmergencyGroups = append(seed.EmergencyGroups, genesystest.SeedEmergencyGroup(g))
	}
	seed.Flows = o.Flows
}
