package privacy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/phone"
)

// Names are the names under which a flow, a data action and a script keep what they know of
// a caller. Whoever invents names gives them; their case does not matter.
type Names struct {
	Private []string // hold what HubSpot says in free words
	Numbers []string // hold a number of a record: of a real account it is shown roughly
	Dates   []string // hold a day of a record: of a real account it is not shown
	Plain   []string // hold ids, stages and the like, which say nothing of a person
}

// transferNames are what the trace of a transfer calls a queue and a skill.
func transferNames() []string { return []string{"target", "skill"} }

// A set holds names in lower case.
type set map[string]bool

func setOf(names ...string) set {
	out := set{}
	for _, n := range names {
		out[strings.ToLower(n)] = true
	}
	return out
}

// Inputs makes the callers among inputs unseen, and tells whether there are any: what is
// written as a number with a plus sign, and numbers under a name that speaks of one. Other
// digits are ids.
func (m *Mask) Inputs(inputs map[string]any) bool {
	any := false
	for name, v := range inputs {
		any = m.input(strings.ToLower(name[strings.LastIndexByte(name, '.')+1:]), v) || any
	}
	return any
}

func (m *Mask) input(name string, v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case map[string]any:
		return m.Inputs(v)
	case []any:
		any := false
		for _, x := range v {
			any = m.input(name, x) || any
		}
		return any
	}
	text := fmt.Sprint(v)
	spoken := name == "ani" || slices.ContainsFunc([]string{"phone", "number", "mobile", "national", "caller"}, func(s string) bool { return strings.Contains(name, s) })
	address := spoken && strings.ContainsAny(text, "<@") // of a person, who may have no number
	if !address && (len(phone.Digits(text)) < least || !spoken && len(phone.Find(text)) == 0) {
		return false
	}
	m.Caller(text)
	return true
}
