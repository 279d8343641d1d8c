package deployment

import (
	"fmt"
	"reflect"
	"slices"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/routing"
)

// A Schedule says which schedule group of the org tells when calls are taken, and what becomes
// of those that come at other times. It is evaluated before anything is looked up.
type Schedule struct {
	// Group is a schedule group of the org, by name; it is used as it is.
	Group string `yaml:"group" jsonschema:"minLength=1"`
	// EmergencyGroup is an emergency group of the org, by name; while it is enabled there is an emergency.
	EmergencyGroup string `yaml:"emergencyGroup,omitempty" jsonschema:"minLength=1"`
	// Closed is what becomes of calls outside the hours.
	Closed *OffHours `yaml:"closed,omitempty"`
	// Holiday is what becomes of calls on holidays.
	Holiday *OffHours `yaml:"holiday,omitempty"`
	// Emergency is what becomes of calls during an emergency.
	Emergency *OffHours `yaml:"emergency,omitempty"`
}

// OffHours is a message, an ending or both. Without an ending the call goes on to the rules.
type OffHours struct {
	// Message is spoken.
	Message string `yaml:"message,omitempty" jsonschema:"minLength=1"`
	// Then is how the call ends here: disconnect, {queue: …} or {flow: …}.
	Then *Ending `yaml:"then,omitempty"`
}

// An Ending is where a call goes that no rule is asked for; without queue and flow it is disconnected.
type Ending struct {
	Queue string
	Flow  string
}

// Disconnect is the word for an ending without queue and flow.
const Disconnect = "disconnect"

// endingForm is the mapping form of an ending.
type endingForm struct {
	Queue string `yaml:"queue,omitempty" jsonschema:"minLength=1"`
	Flow  string `yaml:"flow,omitempty" jsonschema:"minLength=1"`
}

func ending(d *decoder, path string, key, n *yaml.Node, v reflect.Value) {
	const forms = "write disconnect, {queue: …} or {flow: …}"
	if n.Kind == yaml.MappingNode {
		var f endingForm
		d.structure(path, key, n, reflect.ValueOf(&f).Elem())
		if (f.Queue == "") == (f.Flow == "") && !d.skip(path) && !d.anyBadBelow(path) {
			d.report(path, n, codeChoice, forms, "%s must name one target", path)
		}
		v.Set(reflect.ValueOf(Ending(f)))
		return
	}
	if n.Kind != yaml.ScalarNode || n.Value != Disconnect {
		d.report(path, n, codeChoice, forms, "%s must be disconnect, {queue: …} or {flow: …}, not %s", path, what(n))
	}
}

// Off is what the file says of a state of the schedule; nil where it says nothing.
func (s *Schedule) Off(state string) *OffHours {
	if s == nil {
		return nil
	}
	return map[string]*OffHours{
		string(genesys.StateClosed): s.Closed, string(genesys.StateHoliday): s.Holiday, string(genesys.StateEmergency): s.Emergency,
	}[state]
}

// Ends tells whether a call that comes in a state ends before the rules.
func (s *Schedule) Ends(state string) bool {
	o := s.Off(state)
	return o != nil && o.Then != nil
}

// ScheduleStates are the states in which a call can come by the file, those of a schedule
// group and of an emergency group; none without a schedule.
func (d *Deployment) ScheduleStates() []string {
	s := d.Calls.Schedule
	if s == nil {
		return nil
	}
	return slices.DeleteFunc(scheduleWords(), func(w string) bool { return w == string(genesys.StateEmergency) && s.EmergencyGroup == "" })
}

// Endings lists where the schedule sends calls, by the path of each in the file.
func (d *Deployment) Endings() map[string]Ending {
	out := map[string]Ending{}
	for _, state := range scheduleWords() {
		if o := d.Calls.Schedule.Off(state); o != nil && o.Then != nil {
			out["calls.schedule."+state+".then"] = *o.Then
		}
	}
	return out
}

func scheduleWords() []string {
	var out []string
	for _, s := range genesys.ScheduleStates() {
		out = append(out, string(s))
	}
	return out
}

// policy is what the schedule means for routing.
func (s *Schedule) policy() *routing.Schedule {
	if s == nil {
		return nil
	}
	p := &routing.Schedule{Group: s.Group, EmergencyGroup: s.EmergencyGroup, Ends: map[string]routing.Ending{}}
	for _, state := range scheduleWords() {
		if s.Ends(state) {
			p.Ends[state] = routing.Ending(*s.Off(state).Then)
		}
	}
	return p
}

func (d *decoder) checkSchedule(dep *Deployment) {
	const path = "calls.schedule"
	s := dep.Calls.Schedule
	if s == nil || d.skip(path) {
		return
	}
	for _, state := range scheduleWords() {
		at := join(path, state)
		if o := s.Off(state); o != nil && o.Message == "" && o.Then == nil && !d.anyBadBelow(at) {
			d.problem(at, codeEmpty, diag.Error, 0, "write message, then or both, or delete it: such calls go on to the rules", at+" says nothing")
		}
	}
	for at, e := range dep.Endings() {
		d.checkFlow(dep, at, Target{Flow: e.Flow})
	}
	if s.Emergency != nil && s.EmergencyGroup == "" {
		d.problem(join(path, "emergency"), codeNoEmergency, diag.Error, 0, "add emergencyGroup, or delete this", "there is never an emergency without calls.schedule.emergencyGroup")
	}
}

// checkAt checks the states that a rule names.
func (d *decoder) checkAt(dep *Deployment, path string, at []string) {
	if len(at) > 0 && dep.Calls.Schedule == nil && !d.skip("calls.schedule") {
		d.problem(path, codeNoSchedule, diag.Error, 0, "add calls.schedule with a schedule group of the org", path+": there is no schedule that says when it is open")
		return
	}
	words := scheduleWords()
	for i, s := range at {
		if !slices.Contains(words, s) {
			d.wrong(item(d, path, i), codeChoice, s, diag.DidYouMean(s, words), fmt.Sprintf("%s must be %s, not %s", path, either(words), quote(s)))
		}
	}
}
