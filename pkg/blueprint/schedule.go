package blueprint

import (
	"github.com/dealroute/dealroute/pkg/genesys"
)

// scheduleData is what the flow needs of the schedule: its groups, and for each state in which
// a call can come what becomes of it.
type scheduleData struct {
	Group, EmergencyGroup string
	States                []stateData
	Queues                bool // some state ends at a queue
}

// stateData is a state of the schedule. A call that does not end goes on to the rules.
type stateData struct {
	State, Message string
	Ends           bool
	Queue, Flow    string // where it ends; without either it is disconnected
}

func (b *builder) schedule() *scheduleData {
	s := b.d.Calls.Schedule
	if s == nil {
		return nil
	}
	out := &scheduleData{Group: s.Group, EmergencyGroup: s.EmergencyGroup}
	for _, state := range b.d.ScheduleStates() {
		x := stateData{State: state, Ends: s.Ends(state)}
		if o := s.Off(state); o != nil {
			x.Message = o.Message
			if o.Then != nil {
				x.Queue, x.Flow = o.Then.Queue, o.Then.Flow
				out.Queues = out.Queues || x.Queue != ""
			}
		}
		out.States = append(out.States, x)
	}
	return out
}

// scheduleGroups are the groups that the schedule names. They are people's, and used as they are.
func (b *builder) scheduleGroups() []genesys.Entity {
	s := b.d.Calls.Schedule
	if s == nil {
		return nil
	}
	out := []genesys.Entity{{
		Key: key(genesys.ScheduleGroup, s.Group), Holding: genesys.Reference, Content: map[string]any{"name": s.Group},
	}}
	if s.EmergencyGroup != "" {
		out = append(out, genesys.Entity{
			Key: key(genesys.EmergencyGroup, s.EmergencyGroup), Holding: genesys.Reference, Content: map[string]any{"name": s.EmergencyGroup},
		})
	}
	return out
}
