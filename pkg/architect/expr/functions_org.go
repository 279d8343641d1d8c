package expr

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

var orgRows = []row{
	{"FindLanguageSkill(skillToFind str?) lac", findObject(LanguageSkill), 0},
	{"FindLanguageSkill(valueToConvert nts?) lac", findObject(LanguageSkill), ruleNotSet},
	{"FindQueue(queueToFind str?) que", findObject(Queue), 0},
	{"FindQueue(queueName nts?) que", findObject(Queue), ruleNotSet},
	{"FindSkill(skillToFind str?) skl", findObject(Skill), 0},
	{"FindSkill(skillName nts?) skl", findObject(Skill), ruleNotSet},
	{"FindSystemPrompt(promptName str?) pmt", findPrompt("PromptSystem."), 0},
	{"FindSystemPrompt(promptName nts?) pmt", findPrompt("PromptSystem."), ruleNotSet},
	{"FindUser(userEmail str?) usr", findObject(User), 0},
	{"FindUser(userEmail nts?) usr", findObject(User), ruleNotSet},
	{"FindUserPrompt(promptName str?) pmt", findPrompt("Prompt."), 0},
	{"FindUserPrompt(promptName nts?) pmt", findPrompt("Prompt."), ruleNotSet},
	{"ToGroup(valueToConvert str?) grp", toObject(Group), 0},
	{"ToGroup(valueToConvert nts?) grp", toObject(Group), ruleNotSet},
	{"ToGroup(valueToReturn grp?) grp", itself, 0},
	{"ToLanguageSkill(languageTag str?) lac", toObject(LanguageSkill), 0},
	{"ToLanguageSkill(valueToConvert nts?) lac", toObject(LanguageSkill), ruleNotSet},
	{"ToLanguageSkill(valueToReturn lac) lac", itself, 0},
	{"ToQueue(valueToConvert str?) que", toObject(Queue), 0},
	{"ToQueue(valueToConvert nts?) que", toObject(Queue), ruleNotSet},
	{"ToQueue(valueToReturn que?) que", itself, 0},
	{"ToSkill(skillName str?) skl", toObject(Skill), 0},
	{"ToSkill(valueToConvert nts?) skl", toObject(Skill), ruleNotSet},
	{"ToSkill(valueToReturn skl?) skl", itself, 0},
	{"ToUser(userName str?) usr", toObject(User), 0},
	{"ToUser(valueToConvert nts?) usr", toObject(User), ruleNotSet},
	{"ToUser(valueToReturn usr?) usr", itself, 0},
	{"ToWrapupCode(valueToConvert str?) wrc", toObject(WrapupCode), 0},
	{"ToWrapupCode(valueToConvert nts?) wrc", toObject(WrapupCode), ruleNotSet},
	{"ToWrapupCode(valueToReturn wrc?) wrc", itself, 0},
}

// findObject is NOT_SET for an object that is not there.
func findObject(t Type) impl {
	return func(m *machine, a []Value) (Value, *EvalError) {
		if a[0].IsSet() {
			if v, ok := m.env.Find(t, a[0].s); ok {
				return v, nil
			}
		}
		return NotSet(t), nil
	}
}

// toObject fails for an object that is not there.
func toObject(t Type) impl {
	return func(m *machine, a []Value) (Value, *EvalError) {
		if !a[0].IsSet() {
			return NotSet(t), nil
		}
		if v, ok := m.env.Find(t, a[0].s); ok {
			return v, nil
		}
		return Value{}, failf("there is no %s %s", strings.ToLower(t.label()), quote(short(a[0].s)))
	}
}

// findPrompt asks for prompts by the name with which expressions refer to them.
func findPrompt(prefix string) impl {
	return func(m *machine, a []Value) (Value, *EvalError) {
		name := a[0].s
		if len(name) >= len(prefix) && strings.EqualFold(name[:len(prefix)], prefix) {
			name = name[len(prefix):]
		}
		if a[0].IsSet() {
			if v, ok := m.env.Find(Prompt, prefix+name); ok {
				return v, nil
			}
		}
		return NotSet(Prompt), nil
	}
}

// laterRows are functions younger than the published table. Their names and arguments are
// known from Genesys' help pages and exported flows; what is undocumented is said below.
var laterRows = []row{
	{"AddItem(collection any[], item any?) any[]", addItem, ruleFirst},
	{"AddItemAt(collection any[], index int 0.., item any?) any[]", addItemAt, ruleFirst},
	{"ReplaceItem(collection any[], itemToReplace any?, newItem any?) any[]", replaceItem, ruleFirst},
	{"ReplaceItemAt(collection any[], index int 0.., newItem any?) any[]", replaceItemAt, ruleFirst},
	{"ReplaceItemFirst(collection any[], itemToReplace any?, newItem any?) any[]", replaceItemFirst, ruleFirst},
	{"FindEmergencyGroup(name str?) emg", findObject(EmergencyGroup), 0},
	{"FindEmergencyGroup(name nts?) emg", findObject(EmergencyGroup), ruleNotSet},
	{"FindGroup(name str?) grp", findObject(Group), 0},
	{"FindQueueById(id str?) que", findObject(Queue), 0},
	{"FindQueueById(id nts?) que", findObject(Queue), ruleNotSet},
	{"FindSchedule(name str?) sch", findObject(Schedule), 0},
	{"FindScheduleGroup(name str?) scg", findObject(ScheduleGroup), 0},
	{"FindUserById(id str?) usr", findObject(User), 0},
	{"FindUserById(id nts?) usr", findObject(User), ruleNotSet},
	{"GetDefaultLanguage() str", defaultLanguage, 0},
	{"GetSupportedLanguages() str[]", supportedLanguages, 0},
	{"MakeAgentScorePair(user usr, score int) asp", agentScore, 0},
	{"MakeAgentScorePair(user usr, score dec) asp", agentScore, 0},
	{"MakeCommunication(part toc?...) com", makeCommunication, 0},
	{"MakeListAgentScorePair(users usr[], scores int[]) asp[]", agentScores, 0},
	{"MakeListAgentScorePair(users usr[], scores dec[]) asp[]", agentScores, 0},
	{"Random() dec", random, 0},
	{"RandomInt(minimum int, maximum int) int", randomInt, 0},
	{"RemoveDups(collection any[]) any[]", removeDups, ruleFirst},
	{"RemoveItem(collection any[], item any?) any[]", removeItem, ruleFirst},
	{"RemoveItemAt(collection any[], index int 0..) any[]", removeItemAt, ruleFirst},
	{"ToCommunication(value any?) com", toCommunication, 0},
	{"ToCommunication(value any?, format cuf) com", toCommunication, 0},
	{"ToCommunication(value any?, format daf) com", toCommunication, 0},
	{"ToCommunication(value any?, format nuf) com", toCommunication, 0},
	{"ToCommunication(value any?, format stf) com", toCommunication, 0},
	{"ToCommunication(value any?, format tif) com", toCommunication, 0},
	{"ToCommunicationBlank(lengthMs int 0..10000 literal) com", blankCommunication, 0},
	{"ToCommunicationSsml(ssml str?) com", toCommunication, 0},
	{"ToDate(value dtm) dat", toDate, 0},
	{"ToDisplayString(value any?) str", toString, 0},
	{"ToDisplayString(value any[]) str", joinItems, 0},
	{"ToEmergencyGroup(name str?) emg", toObject(EmergencyGroup), 0},
	{"ToSchedule(name str?) sch", toObject(Schedule), 0},
	{"ToScheduleGroup(name str?) scg", toObject(ScheduleGroup), 0},
	{"ToScheduleGroup(name nts?) scg", toObject(ScheduleGroup), ruleNotSet},
	{"ToTime(value dtm) tim", toTime, 0},
}

func addItem(m *machine, a []Value) (Value, *EvalError) {
	if err := m.spend(weight(a[0].items()) + weight(a[1:])); err != nil {
		return Value{}, err
	}
	items := append(append(make([]Value, 0, a[0].Len()+1), a[0].items()...), a[1])
	return listOf(a[0].Type().Elem(), items), nil
}

// addItemAt puts an item in front of the one at a place, or behind the last.
func addItemAt(m *machine, a []Value) (Value, *EvalError) {
	if a[1].n > int64(a[0].Len()) {
		return Value{}, failf("there is no place %d in a collection of %d", a[1].n, a[0].Len())
	}
	if err := m.spend(weight(a[0].items()) + weight(a[2:])); err != nil {
		return Value{}, err
	}
	return listOf(a[0].Type().Elem(), slices.Insert(slices.Clone(a[0].items()), int(a[1].n), a[2])), nil
}

// replaced copies the items, and puts another in the place of those for which f is true.
func replaced(m *machine, list, by Value, f func(i int, v Value) bool) (Value, *EvalError) {
	if err := m.spend(weight(list.items()) + list.Len()*weight([]Value{by})); err != nil {
		return Value{}, err
	}
	items := slices.Clone(list.items())
	for i, v := range items {
		if f(i, v) {
			items[i] = by
		}
	}
	return listOf(list.Type().Elem(), items), nil
}

func replaceItem(m *machine, a []Value) (Value, *EvalError) {
	return replaced(m, a[0], a[2], func(_ int, v Value) bool { return v.Equal(a[1]) })
}

func replaceItemFirst(m *machine, a []Value) (Value, *EvalError) {
	done := false
	return replaced(m, a[0], a[2], func(_ int, v Value) bool {
		hit := !done && v.Equal(a[1])
		done = done || hit
		return hit
	})
}

func replaceItemAt(m *machine, a []Value) (Value, *EvalError) {
	if a[1].n >= int64(a[0].Len()) {
		return Value{}, failf("there is no item %d in a collection of %d", a[1].n, a[0].Len())
	}
	return replaced(m, a[0], a[2], func(i int, _ Value) bool { return int64(i) == a[1].n })
}

// keep copies the items for which f is true.
func keep(m *machine, list Value, f func(i int, v Value) bool) (Value, *EvalError) {
	if err := m.spend(weight(list.items())); err != nil {
		return Value{}, err
	}
	var out []Value
	for i, v := range list.items() {
		if f(i, v) {
			out = append(out, v)
		}
	}
	return listOf(list.Type().Elem(), out), nil
}

// removeItem takes the first item that is equal away; whether all go is undocumented.
func removeItem(m *machine, a []Value) (Value, *EvalError) {
	done := false
	return keep(m, a[0], func(_ int, v Value) bool {
		if !done && v.Equal(a[1]) {
			done = true
			return false
		}
		return true
	})
}

func removeItemAt(m *machine, a []Value) (Value, *EvalError) {
	if a[1].n >= int64(a[0].Len()) {
		return Value{}, failf("there is no item %d in a collection of %d", a[1].n, a[0].Len())
	}
	return keep(m, a[0], func(i int, _ Value) bool { return int64(i) != a[1].n })
}

func removeDups(m *machine, a []Value) (Value, *EvalError) {
	seen := map[string]bool{}
	var key []byte
	return keep(m, a[0], func(_ int, v Value) bool {
		key = v.AppendKey(key[:0])
		if seen[string(key)] {
			return false
		}
		seen[string(key)] = true
		return true
	})
}

func defaultLanguage(m *machine, _ []Value) (Value, *EvalError) {
	return OfString(m.env.Language()), nil
}

func supportedLanguages(m *machine, _ []Value) (Value, *EvalError) {
	l, ok := m.env.(interface{ Languages() []string })
	if !ok {
		return OfList(String, OfString(m.env.Language())), nil
	}
	var items []Value
	for _, s := range l.Languages() {
		items = append(items, OfString(s))
	}
	return listOf(String, items), nil
}

// drawn asks the environment for a number from 0 up to but not including 1.
func drawn(m *machine) float64 {
	if r, ok := m.env.(interface{ Random() float64 }); ok {
		if x := r.Random(); x >= 0 && x < 1 {
			return x
		}
	}
	return 0.5
}

func random(m *machine, _ []Value) (Value, *EvalError) {
	return ofDec(dec{n: int64(drawn(m) * 1e15), e: 15}), nil
}

// randomInt: both bounds can come up; whether the upper one does in Genesys is
// undocumented.
func randomInt(m *machine, a []Value) (Value, *EvalError) {
	low, high := a[0].n, a[1].n
	if low > high {
		return Value{}, failf("the minimum %d is greater than the maximum %d", low, high)
	}
	return integer(low + int64(drawn(m)*float64(high-low+1)))
}

func pair(user, score Value) Value {
	return Value{h: head(AgentScorePair), p: &box{props: []Named{{"score", score}, {"user", user}}}}
}

func agentScore(_ *machine, a []Value) (Value, *EvalError) { return pair(a[0], a[1]), nil }

func agentScores(m *machine, a []Value) (Value, *EvalError) {
	n := a[0].Len()
	if n != a[1].Len() {
		return Value{}, failf("there are %d users and %d scores", n, a[1].Len())
	}
	if err := m.spend(4 * n * valueSize); err != nil {
		return Value{}, err
	}
	items := make([]Value, n)
	for i := range items {
		items[i] = pair(a[0].At(i), a[1].At(i))
	}
	return listOf(AgentScorePair, items), nil
}

// A Communication is what a bot says or writes: text segments, like Audio.

func makeCommunication(m *machine, a []Value) (Value, *EvalError) {
	var out []string
	for _, v := range a {
		switch {
		case !v.IsSet():
		case v.Type() == Communication:
			out = append(out, v.p.audio...)
		default:
			out = append(out, v.s)
		}
	}
	cost := 0
	for _, s := range out {
		cost += 16 + len(s)
	}
	return Value{h: head(Communication), p: &box{audio: out}}, m.spend(cost)
}

func toCommunication(m *machine, a []Value) (Value, *EvalError) {
	if a[0].IsSet() && a[0].Type() == Communication {
		return a[0], nil
	}
	v, err := toString(m, a[:1])
	if err != nil || !v.IsSet() {
		return NotSet(Communication), err
	}
	return Value{h: head(Communication), p: &box{audio: []string{v.s}}}, nil
}

func blankCommunication(_ *machine, a []Value) (Value, *EvalError) {
	return Value{h: head(Communication), p: &box{audio: []string{blank + strconv.FormatInt(a[0].n, 10) + " ms)"}}}, nil
}

func toDate(_ *machine, a []Value) (Value, *EvalError) { return OfDate(a[0].Time()), nil }

func toTime(_ *machine, a []Value) (Value, *EvalError) {
	t := a[0].Time()
	return OfTime(t.Sub(t.Truncate(24 * time.Hour))), nil
}
