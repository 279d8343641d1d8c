package prove

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/routing"
)

func itoa(n int) string { return strconv.Itoa(n) }

// A flaw is why a call shows that a property does not hold.
type flaw struct {
	property string
	message  string
	pos      diag.Position
}

// judge holds a call against what it must become, and against what no call may do.
func (w *whole) judge(s *situation, o ran, want want) (out []flaw) {
	add := func(property string, pos diag.Position, format string, args ...any) {
		out = append(out, flaw{property, fmt.Sprintf(format, args...), pos})
	}
	at := diag.Position{}
	if o.err != nil {
		add(Ending, at, "the call cannot go on: %v", o.err)
		return out
	}
	for _, p := range o.Result.Problems {
		add(Expressions, p.Pos, "%s", problem(p))
	}
	if o.Result.Handled && len(o.Result.Problems) == 0 {
		add(Expressions, at, "the flow's error handling ends the call")
	}
	got := o.Result
	switch {
	case got.Ending != interp.EndQueue && got.Ending != interp.EndFlow && got.Ending != interp.EndDisconnect:
		add(Ending, at, "the call ends in a transfer to a %s, which nothing in the file names", got.Ending)
	case got.Ending == interp.EndDisconnect && want.ending != interp.EndDisconnect:
		add(Ending, at, "the caller is disconnected; the policy says %s", target(want))
	default:
		words, silent := w.words(want, s), !o.spoke()
		i := slices.IndexFunc(words, func(text string) bool { return !o.says(text) })
		switch {
		case i >= 0 && silent && got.Ending == interp.EndDisconnect:
			add(Ending, at, "the caller is disconnected and hears nothing, where the file has a message")
		case i >= 0 && silent:
			add(Ending, at, "the caller hears nothing, where the file has a message")
		case i >= 0:
			add(Ending, at, "the caller does not hear %q, which the file has for him", words[i])
		}
	}
	if budget := w.d.Enrichment.Budget; o.HubSpot > budget {
		add(Wait, at, "the caller waits %s for HubSpot, and enrichment.budget is %s", o.HubSpot, budget)
	}
	if n := len(o.asked); want.silent && n > 0 {
		add(Requests, at, "HubSpot is asked %s, where nobody is to be looked up: %s", times(n), w.why(want, s))
	} else if n := o.looked(); n > w.most() {
		add(Requests, at, "HubSpot is asked %s in one call, %s at most", times(n), times(w.most()))
	}
	if f := w.spared(s, o); f != "" {
		add(Requests, at, "%s", f)
	}
	out = append(out, w.personal(s, o, w.participant(want))...)
	if len(out) == 0 || !slices.ContainsFunc(out, func(f flaw) bool { return f.property == Expressions || f.property == Ending }) {
		if m := w.differs(o, want); m != "" {
			add(Policy, at, "%s", m)
		}
	}
	return out
}

func problem(p interp.Problem) string {
	where := p.Task
	if p.Action != "" {
		where += ", " + p.Action
	}
	return fmt.Sprintf("%s: %s", where, p.Message)
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

// looked counts the requests for records: not those for a token, and once what the platform
// repeated with a new one.
func (r ran) looked() int {
	n := 0
	for i, q := range r.asked {
		if !q.auth && (i == 0 || !r.asked[i-1].auth || i == 1) {
			n++
		}
	}
	return n
}

// most is how often HubSpot may be asked in a call.
func (w *whole) most() int {
	return mostRequests(w.d)
}

// mostRequests is how often HubSpot may be asked in a call of a deployment.
func mostRequests(d *deployment.Deployment) int {
	switch l := d.HubSpot.Lookup; {
	case l.Rolled():
		return 1
	case l.Company == routing.CompanyNumbers:
		return 3
	}
	return 2
}

// why says why nobody is looked up.
func (w *whole) why(want want, s *situation) string {
	switch {
	case want.scheduled:
		return "the schedule ends the call"
	case want.kept:
		return "an earlier leg has decided"
	case want.facts.Caller.Number != routing.NumberUsable:
		return "the number is " + want.facts.Caller.Number
	case want.facts.Failure == routing.FailureBreaker:
		return "the breaker is open"
	}
	return "enrichment is off"
}

// words are what the file has for a caller to hear: of the schedule's state, and before the end.
func (w *whole) words(want want, s *situation) (out []string) {
	if off := w.d.Calls.Schedule.Off(s.State); off != nil && off.Message != "" {
		out = append(out, off.Message)
	}
	if text := w.d.Routing.LastResort.Message; text != "" && want.ending == interp.EndDisconnect && want.Reason == routing.ReasonLastResort {
		out = append(out, text)
	}
	return out
}

// says reports whether the caller hears a text, or a prompt, of which nobody knows the words.
func (o ran) says(text string) bool {
	quoted := expr.OfString(text).String()
	return slices.ContainsFunc(o.Result.Path, func(s interp.Step) bool {
		return s.Type == "playAudio" && slices.ContainsFunc(s.Inputs, func(in interp.Named) bool {
			v := in.Value.String()
			return strings.Contains(v, quoted) || in.Value.IsSet() && !strings.HasPrefix(v, `Audio("`)
		})
	})
}

// spoke reports whether something was said.
func (o ran) spoke() bool {
	return slices.ContainsFunc(o.Result.Path, func(s interp.Step) bool { return s.Type == "playAudio" })
}

// spared says that a failure opens no breaker, where the next caller is to be spared HubSpot.
func (w *whole) spared(s *situation, o ran) string {
	b := w.d.Enrichment.Breaker
	row, exists := o.org.Rows["breaker"]
	failed := slices.ContainsFunc(o.asked, func(q request) bool { return q.fault != "" && o.failed(q.role) != "" })
	if !b.Enabled || !exists || !failed || s.Org.TableFails {
		return ""
	}
	text, _ := row["openUntil"].(string)
	until, err := time.Parse(time.RFC3339, text)
	pause := b.AfterFailure
	if slices.ContainsFunc(o.asked, func(q request) bool { return o.failed(q.role) == routing.FailureTimeout }) {
		pause = b.AfterTimeout
	}
	from, to := o.paused()
	second := func(after time.Duration) time.Time { return s.At.Add(after + pause).Truncate(time.Second) }
	switch {
	case err != nil || !openTime().MatchString(text) || !until.After(s.At):
		return fmt.Sprintf("HubSpot failed and the breaker stays closed: the next caller waits for it, too (openUntil is %q)", text)
	case until.Before(second(from)) || until.After(second(to)):
		return fmt.Sprintf("HubSpot failed and the breaker opens until %s; enrichment.breaker says %s from then", text, pause)
	}
	return ""
}

// paused is when, since the start of the call, HubSpot had failed, and when that was written down.
func (o ran) paused() (from, to time.Duration) {
	i := 0
	for _, step := range o.Result.Path {
		if step.Type != "callData" || i >= len(o.Actions) {
			continue
		}
		if i++; !o.Actions[i-1].HubSpot {
			return from, step.At
		}
		from = step.At + step.Elapsed
	}
	return 0, o.Result.Elapsed
}

// personal finds what is written with the conversation or into a table that may not be there.
// wants is what must be.
func (w *whole) personal(s *situation, o ran, wants map[string]string) (out []flaw) {
	secrets := w.secrets(s)
	for _, name := range slices.Sorted(maps.Keys(o.Result.ParticipantData)) {
		v := o.Result.ParticipantData[name]
		if before, ok := s.Conversation[name]; ok && before == v {
			continue
		}
		if x, ok := wants[name]; ok && x == v {
			continue
		}
		switch {
		case slices.Contains(w.d.Privacy.ParticipantData, name):
		case slices.Contains(deployment.ParticipantNames(), name):
			out = append(out, flaw{property: Privacy, message: fmt.Sprintf("participant data %s is written, and privacy.participantData does not name it", name)})
		case tells(secrets, v):
			out = append(out, flaw{property: Privacy, message: fmt.Sprintf("participant data %s holds what HubSpot or the network says of the caller, and privacy.participantData does not name it", name)})
		}
	}
	for key, row := range o.org.Rows {
		for _, column := range slices.Sorted(maps.Keys(row)) {
			if v, ok := row[column].(string); ok && tells(secrets, v) {
				out = append(out, flaw{property: Privacy, message: fmt.Sprintf("column %s of row %s of the control table holds what is known of the caller", column, key)})
			}
		}
	}
	for _, step := range o.Result.Path {
		if step.Type != "playAudio" {
			continue
		}
		for _, in := range step.Inputs {
			if in.Value.IsSet() && has(secrets, in.Value.String()) {
				out = append(out, flaw{property: Privacy, message: "a message says what is known of the caller", pos: step.Pos})
			}
		}
	}
	return out
}

func has(secrets map[string]bool, text string) bool {
	for v := range secrets {
		if strings.Contains(text, v) {
			return true
		}
	}
	return false
}

// tells reports whether a text is a secret, or has one in it. A day can stand in any time.
func tells(secrets map[string]bool, text string) bool {
	if secrets[text] {
		return true
	}
	for x := range secrets {
		if len(x) > 6 && len(x) < len(text) && !strings.Contains(x, "-") && strings.Contains(text, x) {
			return true
		}
	}
	return false
}

// secrets are what is known of the caller: texts that could not stand in the conversation by
// chance.
func (w *whole) secrets(s *situation) map[string]bool {
	out := map[string]bool{}
	add := func(v string) {
		if len(v) > 3 && !w.public[v] {
			out[v] = true
		}
	}
	add(s.ANI)
	if a := w.address(s.ANI); a.usable {
		add(a.number.E164())
		add(a.number.E164()[1:])
		add(a.number.National())
	}
	properties := func(id string, ps hubspot.Properties) {
		add(id)
		for _, v := range ps {
			if v != nil {
				add(*v)
			}
		}
	}
	for _, c := range s.CRM.Contacts {
		properties(c.ID, c.Properties)
	}
	for _, c := range s.CRM.Companies {
		properties(c.ID, c.Properties)
	}
	for _, d := range s.CRM.Deals {
		properties(d.ID, d.Properties)
	}
	return out
}

// target says where a call is to end.
func target(w want) string {
	switch w.ending {
	case interp.EndQueue:
		return fmt.Sprintf("queue %q", w.Queue)
	case interp.EndFlow:
		return fmt.Sprintf("flow %q", w.Flow)
	}
	return "that it ends here"
}

func reached(r interp.Result) string {
	switch r.Ending {
	case interp.EndQueue, interp.EndFlow:
		return fmt.Sprintf("%s %q", r.Ending, r.Target)
	}
	return string(r.Ending)
}

// differs says what of a call is not what the policy gives; empty when it is.
func (w *whole) differs(o ran, want want) string {
	got, data := o.Result, o.Result.ParticipantData
	rule := func(name string) string {
		if name == "" {
			return "no rule"
		}
		return fmt.Sprintf("rule %q", name)
	}
	if !want.scheduled {
		if data["dealroute_rule"] != want.Rule || !want.kept && o.Outcome.Rule != "" && o.Outcome.Rule != want.Rule {
			took := data["dealroute_rule"]
			if took == want.Rule {
				took = o.Outcome.Rule
			}
			return fmt.Sprintf("%s is taken, and the policy takes %s", rule(took), rule(want.Rule))
		}
		if v := data["dealroute_outcome"]; v != string(want.Outcome) || o.Outcome.Outcome != "" && o.Outcome.Outcome != v {
			if v == string(want.Outcome) {
				v = o.Outcome.Outcome
			}
			return fmt.Sprintf("the outcome is %s, and the policy says %s", v, want.Outcome)
		}
	}
	if o.Reason != "" && o.Reason != want.Reason {
		return fmt.Sprintf("the reason is %s, and the policy says %s", o.Reason, want.Reason)
	}
	if got.Ending != want.ending || want.ending == interp.EndQueue && got.Target != want.Queue || want.ending == interp.EndFlow && got.Target != want.Flow {
		return fmt.Sprintf("the call goes to %s, and the policy says %s", reached(got), target(want))
	}
	if want.ending == interp.EndQueue {
		switch {
		case !slices.Equal(got.Skills, want.Skills) && len(got.Skills)+len(want.Skills) > 0:
			return fmt.Sprintf("the skills are %q, and the policy says %q", got.Skills, want.Skills)
		case got.Priority != int64(want.Priority):
			return fmt.Sprintf("the priority is %d, and the policy says %d", got.Priority, want.Priority)
		case got.LanguageSkill != "":
			return fmt.Sprintf("language skill %q is asked for, and the file names none", got.LanguageSkill)
		}
	}
	users := ""
	for _, p := range got.Preferred {
		if users += p.User; p.Score != "100" {
			users += " with score " + p.Score
		}
	}
	if users != want.user {
		return fmt.Sprintf("user %q is asked first, and the owner is user %q", users, want.user)
	}
	if m := w.writes(o, want); m != "" {
		return m
	}
	return w.pops(o, want)
}

// writes compares the conversation's data.
func (w *whole) writes(o ran, want want) string {
	data, wants := o.Result.ParticipantData, w.participant(want)
	for _, name := range slices.Sorted(maps.Keys(wants)) {
		v := wants[name]
		if got := data[name]; got != v && !(name == "hubspot_customer_value" && sameValue(got, v)) {
			return fmt.Sprintf("participant data %s is %q, and the policy gives %q", name, got, v)
		}
	}
	if want.kept {
		return ""
	}
	keep := want.answered && !want.handsOver() && w.d.Enrichment.Cache.Store == deployment.CacheConversation
	until := data["dealroute_until"]
	if want.scheduled || !keep {
		if until != want.data["dealroute_until"] && until != "" {
			return fmt.Sprintf("the decision is kept until %s, and it must not be", until)
		}
		return ""
	}
	t, err := time.Parse("2006-01-02T15:04:05Z", until)
	ttl := w.d.Enrichment.Cache.TTL
	if first := o.Call.At.Add(ttl); err != nil || t.Before(first.Truncate(time.Second)) || t.After(first.Add(o.Result.Elapsed)) {
		return fmt.Sprintf("the decision is kept until %q, and enrichment.cache.ttl is %s", until, ttl)
	}
	return ""
}

// sameValue compares an amount that the flow wrote with two decimals.
func sameValue(got, want string) bool {
	g, err := routing.ParseDecimal(got)
	v, err2 := routing.ParseDecimal(want)
	if err != nil || err2 != nil {
		return got == want
	}
	half, _ := routing.ParseDecimal("0.005")
	below, _ := routing.ParseDecimal("-0.005")
	return g.Cmp(v.Add(half)) <= 0 && g.Cmp(v.Add(below)) >= 0
}

// pops compares what the agent sees.
func (w *whole) pops(o ran, want want) string {
	pop, got := w.d.PopOf(want.Index), o.Result.ScreenPop
	known := want.contact != ""
	if pop.Mode == deployment.PopManaged {
		known = known || want.company != ""
	}
	shows := known && pop.Mode != deployment.PopNone && pop.Mode != "" && !want.scheduled
	switch {
	case shows && got == nil:
		return "no screen pops, and the file says " + cmpName(pop)
	case !shows && got != nil:
		return fmt.Sprintf("script %q pops, and none should", got.Script)
	case !shows:
		return ""
	}
	script := pop.Script
	if pop.Mode == deployment.PopManaged {
		script = w.strict.script
	}
	if script != "" && got.Script != script {
		return fmt.Sprintf("script %q pops, and the file says %s", got.Script, cmpName(pop))
	}
	if pop.Mode != deployment.PopManaged {
		return ""
	}
	wants := w.shown(want)
	given := map[string]string{}
	for _, in := range got.Inputs {
		given[in.Name] = text(in.Value)
	}
	for _, name := range slices.Sorted(maps.Keys(wants)) {
		v, ok := given[name]
		if !ok && !strings.Contains(w.strict.shown, `"`+name+`"`) {
			continue
		}
		if v == wants[name] || (name == "value" || strings.HasPrefix(name, "fact_")) && sameValue(v, wants[name]) {
			continue
		}
		return fmt.Sprintf("the agent's script gets %q as %s, and it is %q", v, name, wants[name])
	}
	return ""
}

func cmpName(p deployment.ScreenPop) string {
	if p.Mode == deployment.PopScript {
		return fmt.Sprintf("script %q", p.Script)
	}
	return p.Mode
}

func text(v expr.Value) string {
	switch {
	case !v.IsSet():
		return ""
	case v.Type() == expr.String:
		return v.Text()
	}
	return v.String()
}
