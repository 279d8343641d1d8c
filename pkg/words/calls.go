package words

import (
	"cmp"
)

// What is known of a caller, as a sentence and in a word or two, by what the look-up gives.
var outcomes = map[string][2]string{
	"active_deal":     {"the caller has an open deal", "open deal"},
	"inactive_deal":   {"the caller's deals are all closed", "closed deals"},
	"contact_no_deal": {"the caller is a contact without deals", "no deals"},
	"no_record":       {"HubSpot does not know the caller", "nobody matched"},
	"lookup_failed":   {"HubSpot could not be asked", "not looked up"},
}

// Outcome says in a sentence what is known of a caller. Other words than those of a look-up stay.
func Outcome(outcome string) string { return cmp.Or(outcomes[outcome][0], outcome) }

// Known is the same in a word or two, for where there is room for no more.
func Known(outcome string) string { return cmp.Or(outcomes[outcome][1], outcome) }

var reasons = map[string]string{
	"fallback": "the fallback", "kept": "the decision of an earlier leg", "error": "error handling", "lastResort": "the last resort",
	"schedule": "the schedule", "": "the flow",
}

// Decided says what decided where a call goes: "rule negotiation", "the fallback". Of a call that
// went elsewhere than its rule says, the rule stands behind.
func Decided(reason, rule string) string {
	switch {
	case reason == "rule" && rule != "":
		return "rule " + rule
	case rule != "":
		return Decided(reason, "") + " (rule " + rule + ")"
	}
	if says, known := reasons[reason]; known {
		return says
	}
	return reason
}

// Endings that hand a call to somebody or something, and those that do not.
var (
	handed = map[string]string{
		"queue": "queue", "flow": "flow", "secureFlow": "secure flow", "number": "number", "user": "user", "group": "group", "voicemail": "voicemail", "extension": "extension",
	}
	ended = map[string]string{
		"disconnect": "disconnected", "answered": "answered by an agent", "returned": "handed back to the flow that called",
	}
)

// End says how a call ended: "queue Sales", "disconnected".
func End(ending, target string) string {
	says := cmp.Or(handed[ending], ended[ending], ending)
	if target != "" {
		says += " " + target
	}
	return says
}

// Goes is the same as a verb: "goes to queue Sales", "is disconnected".
func Goes(ending, target string) string {
	switch {
	case ended[ending] != "":
		return "is " + End(ending, target)
	case handed[ending] != "":
		return "goes to " + End(ending, target)
	}
	return "ends with " + End(ending, target)
}
