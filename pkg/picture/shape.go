package picture

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/architect"
)

// asks are the actions that wait for somebody else.
var asks = map[string]bool{
	"callData": true, "callDataSecure": true, "callBridge": true, "dataTableLookup": true, "callBotFlow": true, "callLexBot": true,
	"callCommonModule": true, "callDecisionTable": true, "getExternalContact": true, "getExternalOrganization": true, "getResponse": true,
	"getConversationData": true, "setConversationData": true, "createCallback": true,
}

// questions are the actions that ask the flow or the caller.
var questions = map[string]bool{
	"decision": true, "switch": true, "collectInput": true, "evaluateSchedule": true, "evaluateScheduleGroup": true,
}

// shape gives an action's box its kind and what it says beside the name; ends reports
// that nothing comes after it but its branches.
func (b *builder) shape(a *architect.Action, v *vertex) (ends bool) {
	switch {
	case asks[a.Key]:
		v.kind, v.choice = Ask, true
		if a.Target != nil {
			v.note = a.Target.Name
			if a.Target.Category != "" {
				v.more = append(v.more, "integration: "+a.Target.Category)
			}
		}
	case questions[a.Key]:
		v.kind, v.choice = Question, true
		if of := comparing(a.Switch); of != "" {
			v.note = "by " + short(of, long)
		} else if a.Switch != nil && a.Switch.FirstMatch {
			v.note = "by " + short(a.Switch.Value.Text, long)
		}
		b.cases(a, v)
		b.schedule(a, v)
	case a.Kind != nil && strings.HasPrefix(a.Key, "find"):
		v.kind, v.choice = Question, true
		if len(a.Kind.Fields) > 0 {
			v.note = short(a.Value(a.Kind.Fields[0].Key).Text, long)
		}
	case a.Kind != nil && a.Kind.Hidden, a.Key == "dialByExtension":
		b.transfer(a, v)
		return true
	case a.Key == "disconnect":
		v.kind, v.choice = Hang, true
		return true
	case a.Key == "returnToAgent":
		v.kind, v.choice = Hand, true
		return true
	case a.Key == "endWorkflow", a.Key == "endState", a.Key == "exitBotFlow":
		v.kind, v.choice, v.note = Hang, true, cmp.Or(v.note, "the flow ends")
		if s := a.Value("exitReason"); s.IsSet() {
			v.note = short(s.Text, long)
		}
		return true
	case len(outs(a)) > 1:
		v.kind = Question
		v.choice = len(a.Branches) > 0
		if !v.choice {
			v.kind = Step
		}
	case a.Key == "playAudio" && usual(a):
		if said := spoken(a.Value("audio")); said != "" {
			v.text = []string{"Say " + cut(said, long)}
		}
	case a.Kind == nil:
		v.note = "unknown: " + a.Key
	}
	return false
}

// cases tells a pointer the whole conditions of a switch.
func (b *builder) cases(a *architect.Action, v *vertex) {
	if a.Switch == nil || comparing(a.Switch) != "" || a.Switch.FirstMatch {
		return
	}
	for i, c := range a.Switch.Cases {
		v.more = append(v.more, fmt.Sprintf("case %d: %s", i+1, strings.Join(strings.Fields(c.Value.Text), " ")))
	}
}

func (b *builder) schedule(a *architect.Action, v *vertex) {
	switch a.Key {
	case "evaluateSchedule":
		name, variable := object(a.Value("evaluationType.schedule.selectedSchedule"))
		v.note = cmp.Or(name, short(variable, long))
	case "evaluateScheduleGroup":
		name, variable := object(a.Value("scheduleGroup"))
		v.note = cmp.Or(name, short(variable, long))
		if e, x := object(a.Value("emergencyGroup")); e != "" || x != "" {
			v.more = append(v.more, "emergency group: "+cmp.Or(e, x))
		}
	}
}

// transfers are the ways to hand a call over that name whom.
var transfers = map[string]struct{ field, what string }{
	"transferToAcd": {"targetQueue", "Queue"}, "transferToNumber": {"targetNumber", "Number"}, "transferToUser": {"targetUser", "User"},
	"transferToGroup": {"targetGroup", "Group"},
}

// transfer draws where a call is handed over. Its success ends the call here.
func (b *builder) transfer(a *architect.Action, v *vertex) {
	v.kind, v.choice = Hand, true
	if a.Name != "" {
		v.more = append(v.more, "action: "+a.Name)
	}
	at := func(what string, x architect.Value) string {
		name, variable := object(x)
		switch {
		case name != "":
			return what + name
		case variable != "":
			b.later = append(b.later, pending{v, variable, what})
			return what + "chosen by " + short(variable, long)
		}
		return what + "that is not chosen"
	}
	switch a.Key {
	case "transferToAcd":
		v.kind = Queue
		v.text = []string{at("", a.Value("targetQueue"))}
		v.note = b.asks(a, v)
	case "transferToVoicemail":
		v.text = []string{at("Voicemail of queue ", a.Value("destination.queue.targetQueue"))}
		if x := a.Value("destination.user.targetUser"); x.IsSet() {
			v.text = []string{at("Voicemail of user ", x)}
		} else if x := a.Value("destination.group.targetGroup"); x.IsSet() {
			v.text = []string{at("Voicemail of group ", x)}
		}
	case "dialByExtension":
		v.text = []string{"The extension keyed in"}
	case "transferToFlow", "transferToFlowSecure":
		name := "that is not chosen"
		if a.Target != nil && a.Target.Name != "" {
			name = a.Target.Name
		}
		v.text = []string{"Flow " + name}
		if a.Key == "transferToFlowSecure" {
			v.text[0] = "Secure flow " + name
		}
	default:
		if t, ok := transfers[a.Key]; ok {
			v.text = []string{at(t.what+" ", a.Value(t.field))}
		}
	}
}

// asks is what a transfer wants of the queue: skills, language, priority, whom first.
func (b *builder) asks(a *architect.Action, v *vertex) string {
	var parts, skills []string
	for _, s := range a.Skills {
		name, variable := object(s)
		skills = append(skills, cmp.Or(name, short(variable, 20)))
	}
	if s := a.Value("acdSkills"); s.IsSet() {
		skills = append(skills, short(s.Text, 20))
	}
	if len(skills) > 0 {
		parts = append(parts, "skills "+strings.Join(skills, ", "))
	}
	if l := a.Value("languageSkill"); l.IsSet() {
		name, variable := object(l)
		parts = append(parts, "language "+cmp.Or(name, short(variable, 20)))
	}
	if p := a.Value("priority"); p.IsSet() && p.Text != "0" {
		s := short(p.Text, 1000)
		if utf8.RuneCountInString(s) > 20 {
			v.more = append(v.more, "priority: "+s)
			s = "computed"
		}
		parts = append(parts, "priority "+s)
	}
	if a.Value("preferredAgents").IsSet() {
		parts = append(parts, "preferred agents first")
	}
	return strings.Join(parts, " · ")
}

// upper makes the first letter a capital.
func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}
