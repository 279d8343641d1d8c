package picture

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/words"
)

// long is how many characters of an expression a label or a note shows.
const long = 42

// an out is a branch as an action's kind has it.
type out struct {
	branch string
	label  string
	at     int // index in Action.Branches of a case; -1: by name
}

// outs are the ways out of an action: those of its kind, left out or not, then those that
// only the text has.
func outs(a *architect.Action) []out {
	if a.Switch != nil {
		return cases(a)
	}
	if a.Kind == nil {
		return given(a, nil)
	}
	var os []out
	for _, name := range a.Kind.Branches {
		os = append(os, out{name, branchLabel(name), -1})
	}
	if len(os) == 1 && os[0].branch == "failure" && !a.Kind.Hidden {
		os = append([]out{{"success", branchLabel("success"), -1}}, os...)
	}
	if len(a.Kind.Branches) == 0 && a.Key == "callCommonModule" {
		os = given(a, os)
		for _, o := range os {
			if strings.EqualFold(o.branch, "default") {
				return os
			}
		}
		return append(os, out{"default", "other paths", -1})
	}
	return given(a, os)
}

// given adds the branches of the text that are not among them.
func given(a *architect.Action, os []out) []out {
	for i := range a.Branches {
		name, known := a.Branches[i].Name, false
		for _, o := range os {
			known = known || strings.EqualFold(o.branch, name)
		}
		if !known {
			os = append(os, out{name, branchLabel(name), i})
		}
	}
	return os
}

func cases(a *architect.Action) []out {
	of := comparing(a.Switch)
	var os []out
	for i, c := range a.Switch.Cases {
		label := caseLabel(c.Value)
		if of != "" {
			label = cut(strings.Trim(compared(c.Value.Text)[2], `"`), long)
		}
		if c.Branch < 0 || c.Branch >= len(a.Branches) {
			os = append(os, out{"case" + strconv.Itoa(i), label, -1})
			continue
		}
		os = append(os, out{a.Branches[c.Branch].Name, label, c.Branch})
	}
	if d := a.Switch.Default; d >= 0 && d < len(a.Branches) {
		return append(os, out{"default", "Default", d})
	}
	return append(os, out{"default", "Default", -1})
}

var comparison = pattern.Of(`^\s*(\w+\.\w+)\s*==\s*("[^"]*"|-?[0-9.]+|true|false)\s*$`)

// compared takes a condition of the form Flow.X == "value" apart: nil for others.
func compared(exp string) []string { return comparison().FindStringSubmatch(exp) }

// comparing is the variable that all cases of a switch compare with a value; empty where they
// ask for more.
func comparing(s *architect.Switch) string {
	if s == nil || s.FirstMatch || len(s.Cases) == 0 {
		return ""
	}
	of := ""
	for _, c := range s.Cases {
		m := compared(c.Value.Text)
		if c.Value.Form != architect.Exp || m == nil || of != "" && m[1] != of {
			return ""
		}
		of = m[1]
	}
	return of
}

// caseLabel is a case as an Architect user knows it: what the value is compared with, or
// the condition.
func caseLabel(v architect.Value) string {
	switch v.Form {
	case architect.Lit, architect.Plain:
		return cut(v.Text, long)
	case architect.NoValue, architect.NoFallback:
		return "NOT_SET"
	}
	return condition(v.Text)
}

var plainly = pattern.Of(`^If\((.*),\s*true\s*,\s*false\s*\)$`)
var bracketed = pattern.Of(`^\((.*)\)$`)
var guarded = pattern.Of(`^If\(\s*IsSet\([^()]*\)\s*,\s*(.*),\s*false\s*\)$`)

// condition is a condition for the eye: without the guard that keeps an expression from
// failing on something not set, and cut where a part of it ends.
func condition(exp string) string {
	s := strings.Join(strings.Fields(exp), " ")
	for _, form := range []*regexp.Regexp{guarded(), plainly(), bracketed()} {
		if m := form.FindStringSubmatch(s); m != nil && balanced(m[1]) {
			s = m[1]
		}
	}
	full := short(s, 1000)
	if utf8.RuneCountInString(full) <= long {
		return full
	}
	for _, by := range []string{" and ", " or "} {
		if i := strings.LastIndex(cut(full, long-2), by); i > 8 {
			return full[:i] + by + "…"
		}
	}
	return cut(full, long)
}

// balanced reports whether what stands in brackets is whole, so that it can be taken out.
func balanced(s string) bool {
	depth := 0
	for i, part := range strings.Split(s, `"`) {
		if i%2 == 1 {
			continue
		}
		for _, r := range part {
			switch r {
			case '(':
				depth++
			case ')':
				if depth--; depth < 0 {
					return false
				}
			}
		}
	}
	return depth == 0
}

var branchLabels = map[string]string{
	"yes": "Yes", "no": "No", "success": "Success", "failure": "Failure", "timeout": "Timeout", "found": "Found", "notFound": "Not found",
	"active": "Active", "inactive": "Inactive", "open": "Open", "closed": "Closed", "holiday": "Holiday", "emergency": "Emergency",
	"default": "Default", "loop": "each",
}

var camel = pattern.Of(`^[a-z]+(?:[A-Z][a-z]+)+$`)

func branchLabel(name string) string {
	if camel().MatchString(name) && branchLabels[name] == "" {
		return spelled(name)
	}
	return cmp.Or(branchLabels[name], name)
}

// keyLabel is a choice of a menu: its key and its name.
func keyLabel(c *architect.Choice) string {
	return strings.TrimSpace(c.Digit + " " + cut(c.Name, long))
}

// spelled takes an action's key apart: transferToAcd becomes Transfer to ACD.
func spelled(key string) string {
	var out []string
	at := 0
	for i, r := range key {
		if i > at && unicode.IsUpper(r) && !(i > 0 && key[i-1] >= 'A' && key[i-1] <= 'Z') {
			out = append(out, key[at:i])
			at = i
		}
	}
	out = append(out, key[at:])
	for i, w := range out {
		switch strings.ToLower(w) {
		case "acd":
			w = "ACD"
		default:
			if strings.ToUpper(w) != w {
				w = strings.ToLower(w)
			}
		}
		out[i] = w
	}
	return upper(strings.Join(out, " "))
}

// usual reports whether an action has no name of its own: none, or the one that Architect gives it.
func usual(a *architect.Action) bool {
	return a.Name == "" || strings.EqualFold(a.Name, spelled(a.Key)) || strings.EqualFold(strings.ReplaceAll(a.Name, " ", ""), a.Key)
}

// actionName is what an action is called in the picture. One that nobody named says what it asks.
func actionName(a *architect.Action) string {
	if !usual(a) {
		return a.Name
	}
	if a.Key == "decision" {
		if c := a.Value("condition"); c.IsSet() {
			return condition(c.Text)
		}
	}
	return cmp.Or(a.Name, spelled(a.Key))
}

var scopes = pattern.Of(`\b(Flow|Task|State|Session|Common)\.`)

// short is an expression for the eye: one line, without the scopes of variables, cut.
func short(exp string, n int) string {
	s := strings.Join(strings.Fields(exp), " ")
	return cut(outsideTexts(s, scopes(), ""), n)
}

// outsideTexts replaces in an expression what does not stand between quotes.
func outsideTexts(s string, re *regexp.Regexp, by string) string {
	parts := strings.Split(s, `"`)
	for i := 0; i < len(parts); i += 2 {
		parts[i] = re.ReplaceAllString(parts[i], by)
	}
	return strings.Join(parts, `"`)
}

func cut(s string, n int) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) <= n {
		return string(r)
	}
	return strings.TrimRight(string(r[:n-1]), " ,(") + "…"
}

var findOne = pattern.Of(`^(?:Find|To)(?:Queue|Skill|LanguageSkill|User|Group)\(\s*"([^"]*)"\s*\)$`)
var findBy = pattern.Of(`^(?:Find|To)(?:Queue|Skill|LanguageSkill|User|Group)\(\s*((?:Flow|Task)\.\w+)\s*\)$`)

// object is a queue, skill, user … as far as the flow names it; variable is what else
// chooses it.
func object(v architect.Value) (name, variable string) {
	switch v.Form {
	case architect.Lit, architect.Plain:
		return v.Text, ""
	case architect.Exp, architect.Var:
		s := strings.TrimSpace(v.Text)
		if m := findOne().FindStringSubmatch(s); m != nil {
			return m[1], ""
		}
		if m := findBy().FindStringSubmatch(s); m != nil {
			return "", m[1]
		}
		return "", s
	}
	return "", ""
}

func queueWords(v architect.Value) string {
	name, variable := object(v)
	switch {
	case name != "":
		return "queue " + name
	case variable != "":
		return "queue chosen by " + short(variable, long)
	}
	return "a queue that is not chosen"
}

// spoken is what a place of audio says, empty for silence and for what nobody can tell.
func spoken(v architect.Value) string {
	switch v.Form {
	case architect.TTS:
		return "“" + cut(v.Text, 120) + "”"
	case architect.Prompt:
		return v.Text
	case architect.Lit:
		return v.Text
	case architect.Exp, architect.PromptExp:
		var parts []string
		for _, m := range spokenText().FindAllStringSubmatch(v.Text, -1) {
			parts = append(parts, m[1])
		}
		if s := strings.TrimSpace(strings.Join(parts, " … ")); s != "" {
			return "“" + cut(s, 120) + "”"
		}
	}
	return ""
}

var spokenText = pattern.Of(`(?:ToAudioTTS|ToAudio|ToPrompt)\(\s*"([^"]+)"`)

func greeting(v architect.Value) string {
	if s := spoken(v); s != "" {
		return "says " + cut(s, long)
	}
	return ""
}

func beginning(flowType string) string {
	switch flowType {
	case "inboundCall", "secureCall":
		return "A call comes in"
	case "outboundCall":
		return "A call is answered"
	case "inqueueCall":
		return "A call waits in the queue"
	case "commonModule":
		return "A flow calls the module"
	case "inboundEmail":
		return "An e-mail comes in"
	case "inboundChat":
		return "A chat comes in"
	case "inboundShortMessage":
		return "A message comes in"
	case "workitem":
		return "A work item comes in"
	case "surveyInvite":
		return "A survey is due"
	case "botFlow", "digitalBot":
		return "A flow calls the bot"
	}
	return "The flow begins"
}

var counting = pattern.Of(`^Count\(\s*((?:Flow|Task)\.\w+)\s*\)$`)

// rounds says how often a loop runs, where that is short.
func rounds(a *architect.Action) string {
	key := "loopCount"
	if a.Key == "loopUntil" {
		key = "maxLoopCount"
	}
	v := a.Value(key)
	switch {
	case v.Form == architect.Lit || v.Form == architect.Plain:
		return v.Text + " times"
	case !v.IsSet():
		return "once"
	}
	if m := counting().FindStringSubmatch(strings.TrimSpace(v.Text)); m != nil {
		return "for each of " + short(m[1], long)
	}
	if s := short(v.Text, 1000); utf8.RuneCountInString(s) < 20 {
		return s + " times"
	}
	return ""
}

// told is what an action says or asks, for a pointer.
func told(a *architect.Action) string {
	switch {
	case a.Key == "decision":
		return "condition: " + strings.Join(strings.Fields(a.Value("condition").Text), " ")
	case a.Key == "playAudio":
		if s := spoken(a.Value("audio")); s != "" {
			return "says: " + s
		}
	case a.Key == "loop" && rounds(a) == "":
		return "times: " + strings.Join(strings.Fields(a.Value("loopCount").Text), " ")
	case a.Switch != nil && a.Switch.FirstMatch:
		return "compares: " + strings.Join(strings.Fields(a.Switch.Value.Text), " ")
	case a.Key == "collectInput":
		if s := spoken(a.Value("inputAudio")); s != "" {
			return "says: " + s
		}
	}
	return ""
}

// about tells somebody who cannot see the picture what is in it.
func about(g *Graph, f *architect.Flow) string {
	n := map[Kind]int{}
	var queues []string
	for i := range g.Nodes {
		v := &g.Nodes[i]
		n[v.Kind]++
		if v.Kind == Queue && len(queues) < 6 {
			queues = append(queues, v.Text[0])
		}
	}
	// error handling has a lane, and is neither
	s := fmt.Sprintf("%s through %s: %s and %s", cmp.Or(map[bool]string{true: "The way of a call"}[f.IsCall()], "The way"), words.Count(len(g.Lanes)-1, "task or menu", "tasks and menus"),
		words.None(n[Question], "question", "questions"), words.None(n[Ask], "look-up", "look-ups"))
	return s + "; it ends in " + endings(n, f.IsCall()) + "."
}

func endings(n map[Kind]int, call bool) string {
	end, ends := "end of the flow", "ends of the flow"
	if call {
		end, ends = "end of the call", "ends of the call"
	}
	var parts []string
	for _, x := range []struct {
		kind      Kind
		one, many string
	}{{Queue, "transfer to a queue", "transfers to queues"}, {Hand, "other transfer", "other transfers"}, {Hang, end, ends}} {
		if n[x.kind] > 0 {
			parts = append(parts, words.Count(n[x.kind], x.one, x.many))
		}
	}
	if len(parts) == 0 {
		return "what error handling does"
	}
	return listed(parts, "and")
}

// quiet lets no text of others end a line of ours, or act on whoever reads it.
func (g *Graph) quiet() {
	all := func(texts []string) {
		for i, s := range texts {
			texts[i] = diag.Line(s)
		}
	}
	g.Title, g.About = diag.Line(g.Title), diag.Line(g.About)
	for i := range g.Lanes {
		g.Lanes[i].Name = diag.Line(g.Lanes[i].Name)
	}
	for i := range g.Nodes {
		n := &g.Nodes[i]
		all(n.Text)
		all(n.More)
		all(n.names)
		n.Note = diag.Line(n.Note)
		for j := range n.Acts {
			n.Acts[j].Name = diag.Line(n.Acts[j].Name)
		}
	}
	for i := range g.Edges {
		g.Edges[i].Label = diag.Line(g.Edges[i].Label)
	}
}
