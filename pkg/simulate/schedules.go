package simulate

import (
	"fmt"
	"time"

	"github.com/dealroute/dealroute/pkg/genesys"
)

// Schedules are when an org is open. A group of a name that is not among them is taken as
// open, and an emergency group's as off.
type Schedules struct {
	Groups      map[string]genesys.Hours // schedule groups, by name
	Emergencies map[string]bool          // whether an emergency group is enabled, by name
	Unread      map[string]string        // why nobody can tell when a schedule group is open, by name
}

// Always are hours that give one state at any time.
func Always(group, emergencyGroup string, state genesys.ScheduleState) Schedules {
	all, err := genesys.NewSchedule("always", "2000-01-01T00:00:00", "2100-01-01T00:00:00", "")
	if err != nil {
		panic(fmt.Sprintf("simulate: %v", err)) // a fixed text
	}
	h, always := genesys.Hours{Zone: time.UTC}, []genesys.Schedule{all}
	switch state {
	case genesys.StateEmergency, genesys.StateHoliday:
		h.Holidays, h.Closed, h.Open = always, always, always
	case genesys.StateClosed:
		h.Closed, h.Open = always, always
	default:
		h.Open = always
	}
	return Schedules{Groups: map[string]genesys.Hours{group: h}, Emergencies: map[string]bool{emergencyGroup: state == genesys.StateEmergency}}
}

// state is what evaluating a schedule group gives at a moment, and what of it is only assumed.
func (s Schedules) state(group, emergencyGroup string, at time.Time) (state genesys.ScheduleState, assumed []string) {
	enabled, known := s.Emergencies[emergencyGroup]
	if enabled {
		return genesys.StateEmergency, nil
	}
	if s.Groups == nil {
		return genesys.StateOpen, []string{fmt.Sprintf("no hours are given: schedule group %q is taken as open; %s beside the deployment file gives them (docs/org.md)", group, orgName)}
	}
	if emergencyGroup != "" && !known {
		assumed = append(assumed, fmt.Sprintf("there is no emergency group %q: no emergency is assumed", emergencyGroup))
	}
	hours, known := s.Groups[group]
	switch why := s.Unread[group]; {
	case known:
		return hours.At(at), assumed
	case why != "":
		return genesys.StateOpen, append(assumed, fmt.Sprintf("schedule group %q is taken as open, for when it is open cannot be told: %s", group, why))
	}
	return genesys.StateOpen, append(assumed, fmt.Sprintf("there is no schedule group %q: it is taken as open", group))
}
