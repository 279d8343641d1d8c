package architect

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/source"
)

// flowTypes are the root keys seen in published flows.
var flowTypes = []string{
	"inboundCall", "outboundCall", "secureCall", "inqueueCall", "inboundEmail", "inboundChat", "inboundShortMessage",
	"inqueueEmail", "inqueueShortMessage", "voicemail", "voiceSurvey", "workflow", "commonModule", "botFlow", "digitalBot", "workitem", "surveyInvite",
}

// opaqueKeys are keys of a flow that are kept without a typed view.
var opaqueKeys = []string{
	"settingsInQueueCall", "settingsOutboundCall", "settingsCommonModule", "settingsBotFlow", "settingsUserInput", "settingsKnowledge",
	"settingsNaturalLanguageUnderstanding", "settingsPrompts", "settingsWorkflow", "settingsDigitalBotFlow", "settingsInboundEmail",
	"settingsInQueueEmail", "settingsInQueueShortMessage", "settingsInboundShortMessage", "settingsSecureCall", "settingsSurveyInvite",
	"settingsWorkitem", "settingsVirtualAgent", "settingsVoicemail", "settingsVoiceSurvey", "settingsInboundEmailHandling", "referencedObjects", "outputPaths", "reusableTasks",
	"worktype",
}

// readSettings are the blocks of settings that are read.
var readSettings = []string{"settingsErrorHandling", "settingsMenu", "settingsSpeechRec", "settingsActionDefaults"}

// FlowTypes are the root keys seen in published flows, in Genesys' spelling.
func FlowTypes() []string { return slices.Clone(flowTypes) }

func (r *reader) readFile() {
	root := r.file.Root
	if root.Kind != yaml.DocumentNode || len(root.Content) == 0 {
		r.fail(CodeFlowType, diag.Position{Line: 1, Column: 1}, "", "the file holds no flow")
		return
	}
	top := source.Follow(root.Content[0])
	if top.Kind != yaml.MappingNode || len(top.Content) < 2 || top.Content[0].Kind != yaml.ScalarNode {
		r.fail(CodeFlowType, r.posOf(top), "", "the root has to be a mapping whose key is the flow type, such as inboundCall")
		return
	}
	key, val := top.Content[0], source.Follow(top.Content[1])
	r.file.Type = key.Value
	if len(top.Content) > 2 {
		r.fail(CodeFlowType, r.posOf(top.Content[2]), "", fmt.Sprintf("a second root key %q; a file holds one flow", top.Content[2].Value))
	}
	known := false
	for _, t := range flowTypes {
		known = known || t == key.Value
	}
	if !known {
		f := diag.Finding{Code: CodeFlowType, Severity: diag.Warning, Position: r.posOf(key), Path: "/" + key.Value, Length: source.Width(key), Message: fmt.Sprintf("unknown flow type %q", key.Value)}
		f.Hint = diag.DidYouMean(key.Value, flowTypes)
		r.add(f)
	}
	if val.Kind != yaml.MappingNode && !source.Null(val) {
		r.fail(CodeShape, r.posOf(val), "/"+key.Value, kindWord(val)+" where a flow has to be")
		return
	}
	r.file.Flow = r.readFlow(key, val)
}

func (r *reader) readFlow(key, n *yaml.Node) *Flow {
	path := "/" + key.Value
	b := r.bodyOf(n, path)
	f := &Flow{
		Type: key.Value, Pos: r.posOf(key), Path: path, Node: b.node,
		Name: b.text("name"), Description: b.text("description"), Division: b.text("division"), Language: b.text("defaultLanguage"),
		Start: b.ref("startUpRef"), Defaults: map[string]Value{},
	}
	_, f.HasName = b.has("name")
	f.Start.Path = path + "/startUpRef"
	for _, k := range r.bodyOf(b.take("supportedLanguages"), path+"/supportedLanguages").keys {
		f.Languages = append(f.Languages, k.Value)
	}
	f.InitialGreeting = r.value(b.take("initialGreeting"), path+"/initialGreeting", "Audio")
	f.Variables = r.variables(b.list("variables"), path)
	r.settings(b, f, path)
	for _, c := range []struct{ list, kind string }{{"tasks", "task"}, {"states", "state"}, {"bots", "bot"}} {
		for i, n := range b.list(c.list) {
			if t := r.task(n, c.kind, fmt.Sprintf("%s/%s", path, c.list), i); t != nil {
				f.Tasks = append(f.Tasks, t)
			}
		}
	}
	for i, n := range b.list("menus") {
		key, body := r.only(n, fmt.Sprintf("%s/menus[%d]", path, i))
		if key == nil {
			continue
		}
		if key.Value != "menu" {
			r.warn(CodeUnknownKey, key, path, fmt.Sprintf("unknown kind of menu %q; it is kept", key.Value), "")
			continue
		}
		f.Menus = append(f.Menus, r.menu(body, path+"/menus/menu", key))
	}
	if actions := b.take("startUpTaskActions"); actions != nil {
		at := path + "/startUpTaskActions"
		f.StartUp = &Task{Path: at, Pos: r.posOf(actions), Node: actions}
		f.StartUp.Variables = r.variables(b.list("startUpTaskVariables"), path)
		f.StartUp.Actions = r.actions(actions, at)
	} else {
		b.used["startUpTaskVariables"] = false
	}
	for _, k := range opaqueKeys {
		b.used[k] = true
	}
	for _, k := range b.left() { // blocks of settings grow with the product
		b.used[k.Value] = strings.HasPrefix(k.Value, "settings") && diag.DidYouMean(k.Value, append(opaqueKeys, readSettings...)) == ""
	}
	b.rest("a flow")
	return f
}

func (b *body) has(key string) (*yaml.Node, bool) {
	k, _ := b.find(key)
	return k, k != nil
}

func (r *reader) settings(b *body, f *Flow, path string) {
	f.Errors.Path = path + "/settingsErrorHandling"
	if n := b.take("settingsErrorHandling"); n != nil {
		e := r.bodyOf(n, f.Errors.Path)
		f.Errors.Pos = r.posOf(n)
		f.Errors.Audio = r.value(e.take("preHandlingAudio"), f.Errors.Path+"/preHandlingAudio", "Audio")
		if how := e.take("errorHandling"); how != nil && how.Kind == yaml.MappingNode && len(how.Content) > 0 {
			if k, v := r.only(how, f.Errors.Path); k != nil {
				f.Errors.Kind, f.Errors.Pos = k.Value, r.posOf(k)
				t := r.bodyOf(v, f.Errors.Path)
				f.Errors.TargetQueue = r.value(t.take("targetQueue"), f.Errors.Path+"/queue", "Queue")
				f.Errors.Ref = t.ref("target" + strings.ToUpper(k.Value[:min(1, len(k.Value))]) + k.Value[min(1, len(k.Value)):] + "Ref")
			}
		}
	}
	f.MenuSettings = r.menuSettings(b.take("settingsMenu"), path+"/settingsMenu")
	f.Speech = r.speech(b.take("settingsSpeechRec"), path+"/settingsSpeechRec")
	f.Outbound = member(b.node, "settingsOutboundCall") != nil
	defaults := b.take("settingsActionDefaults")
	for _, action := range r.bodyOf(defaults, path+"/settingsActionDefaults").pairs() {
		at := path + "/settingsActionDefaults/" + action[0].Value
		for _, field := range r.bodyOf(action[1], at).pairs() {
			key := action[0].Value + "." + field[0].Value
			f.Defaults[key] = r.value(field[1], at+"/"+field[0].Value, "")
		}
	}
}

func (b *body) pairs() [][2]*yaml.Node {
	out := make([][2]*yaml.Node, len(b.keys))
	for i := range b.keys {
		out[i] = [2]*yaml.Node{b.keys[i], b.vals[i]}
	}
	return out
}

// menuSettings gives every value the path of the block: that is where Genesys reports them.
func (r *reader) menuSettings(n *yaml.Node, path string) MenuSettings {
	b := r.bodyOf(n, path)
	return MenuSettings{
		ExtensionDelay:      r.value(b.take("extensionDialingMaxDelay"), path, "Duration"),
		ListenForExtensions: r.value(b.take("listenForExtensionDialing"), path, "Boolean"),
		SelectionTimeout:    r.value(b.take("menuSelectionTimeout"), path, "Duration"),
		RepeatCount:         r.value(b.take("repeatCount"), path, "Integer"),
	}
}

func (r *reader) speech(n *yaml.Node, path string) SpeechSettings {
	b := r.bodyOf(n, path)
	return SpeechSettings{
		CompleteMatch:   r.value(b.take("completeMatchTimeout"), path, "Duration"),
		IncompleteMatch: r.value(b.take("incompleteMatchTimeout"), path, "Duration"),
		MaxSpeech:       r.value(b.take("maxSpeechLengthTimeout"), path, "Duration"),
		MinConfidence:   r.value(b.take("minConfidenceLevel"), path, "Integer"),
	}
}

func (r *reader) variables(list []*yaml.Node, at string) []*Variable {
	var out []*Variable
	for i, n := range list {
		path := fmt.Sprintf("%s/variables[%d]", at, i)
		key, n := r.only(n, path)
		if key == nil {
			continue
		}
		b := r.bodyOf(n, path)
		v := &Variable{
			Key: key.Value, Type: typeOfStem(strings.TrimSuffix(key.Value, "Variable")),
			Name: b.text("name"), Description: b.text("description"),
			IsInput: b.flag("isInput"), IsOutput: b.flag("isOutput"), IsSecure: b.flag("isSecure"),
			Pos: r.posOf(key), Path: path,
		}
		if n := b.take("name"); n != nil {
			v.Pos = r.posOf(n)
		}
		v.Initial = r.value(b.take("initialValue"), path+"/initialValue", v.Type)
		b.rest("a variable")
		out = append(out, v)
	}
	return out
}

// task reads an item of tasks, states or bots.
func (r *reader) task(n *yaml.Node, kind, at string, i int) *Task {
	key, n := r.only(n, fmt.Sprintf("%s[%d]", at, i))
	if key == nil {
		return nil
	}
	if key.Value != kind {
		r.warn(CodeUnknownKey, key, at, fmt.Sprintf("%q where %q has to be; it is read as one", key.Value, kind), "")
	}
	b := r.bodyOf(n, at)
	t := r.taskBody(b, kind, "")
	t.Pos, t.Path = r.posOf(key), fmt.Sprintf("%s/%s[%s]", at, kind, t.RefID)
	r.taskActions(b, t)
	b.rest("a " + kind)
	return t
}

func (r *reader) taskBody(b *body, kind, path string) *Task {
	t := &Task{Kind: kind, Name: b.text("name"), RefID: b.text("refId"), Path: path, Node: b.node}
	_, t.HasName = b.has("name")
	if _, ok := b.has("refId"); !ok {
		t.RefID = t.Name
	}
	return t
}

func (r *reader) taskActions(b *body, t *Task) {
	t.Variables = r.variables(b.list("variables"), t.Path)
	t.Actions = r.actions(b.take("actions"), t.Path)
	for _, n := range b.list("outputPaths") {
		if k, v := r.only(n, t.Path+"/outputPaths"); k != nil {
			if name := member(v, "name"); name != nil {
				t.OutputPaths = append(t.OutputPaths, name.Value)
			}
		}
	}
}

func (r *reader) menu(n *yaml.Node, at string, key *yaml.Node) *Menu {
	b := r.bodyOf(n, at)
	m := &Menu{Name: b.text("name"), RefID: b.text("refId"), Pos: r.posOf(key), Node: b.node, Path: at}
	_, m.HasName = b.has("name")
	if _, ok := b.has("refId"); !ok {
		m.RefID = m.Name
	}
	if strings.HasSuffix(at, "/menus/menu") {
		m.Path = fmt.Sprintf("%s[%s]", at, m.RefID)
	}
	m.Audio = r.value(b.take("audio"), m.Path+"/audio", "Audio")
	m.Settings = r.menuSettings(b.take("settingsMenu"), m.Path+"/settingsMenu")
	m.Speech = r.speech(b.take("settingsSpeechRec"), m.Path+"/settingsSpeechRec")
	m.Default = b.ref("defaultChildMenuRef")
	for i, n := range b.list("choices") {
		if c := r.choice(n, fmt.Sprintf("%s/choices[%d]", m.Path, i)); c != nil {
			m.Choices = append(m.Choices, c)
		}
	}
	if strings.HasSuffix(at, "/menus/menu") {
		b.rest("a menu")
	}
	return m
}

// choiceKeys are the keys that every choice has.
var choiceKeys = []string{"name", "refId", "dtmf", "globalDtmf", "globalSpeechRecTerms", "speechRecTerms"}

// choiceKinds are the choices; each but the first two acts like the action of its name.
var choiceKinds = []string{
	"menuTask", "menuSubMenu", "menuDisconnect", "menuJumpToTask", "menuJumpToMenu", "menuPreviousMenu", "menuRepeatMenu", "menuDialByExtension",
	"menuReturnToAgent", "menuTransferToAcd", "menuTransferToFlow", "menuTransferToFlowSecure", "menuTransferToGroup", "menuTransferToNumber",
	"menuTransferToUser", "menuTransferToVoicemail",
}

func (r *reader) choice(n *yaml.Node, at string) *Choice {
	key, n := r.only(n, at)
	if key == nil {
		return nil
	}
	path := at + "/" + key.Value
	b := r.bodyOf(n, path)
	c := &Choice{
		Key: key.Value, Name: b.text("name"), RefID: b.text("refId"), Digit: strings.TrimPrefix(b.text("dtmf"), "digit_"),
		GlobalDigit: b.flag("globalDtmf"), GlobalSpeech: b.flag("globalSpeechRecTerms"), SpeechTerms: map[string][]string{},
		Pos: r.posOf(key), Path: path, Node: b.node,
	}
	_, c.HasName = b.has("name")
	for _, lang := range r.bodyOf(b.take("speechRecTerms"), path).pairs() {
		for _, t := range listOf(member(lang[1], "terms")) {
			c.SpeechTerms[lang[0].Value] = append(c.SpeechTerms[lang[0].Value], wordOf(t))
		}
	}
	known := false
	for _, k := range choiceKinds {
		known = known || k == key.Value
	}
	switch {
	case !known:
		r.warn(CodeUnknownAction, key, path, fmt.Sprintf("unknown menu choice %q; it is kept", key.Value), diag.DidYouMean(key.Value, choiceKinds))
	case key.Value == "menuTask":
		inner := b
		if t := b.take("task"); t != nil {
			inner = r.bodyOf(t, path+"/task")
		}
		c.Task = r.taskBody(inner, "task", path+"/task")
		c.Task.Pos = c.Pos
		r.taskActions(inner, c.Task)
		for _, k := range choiceKeys {
			b.used[k] = true
		}
		b.rest("a menu choice")
	case key.Value == "menuSubMenu":
		inner := n
		if m := b.take("menu"); m != nil {
			inner = m
		}
		c.Menu = r.menu(inner, path+"/menu", key)
	default:
		name := strings.TrimPrefix(key.Value, "menu")
		c.Action = r.actionBody(strings.ToLower(name[:1])+name[1:], key, n, path, choiceKeys)
	}
	return c
}
