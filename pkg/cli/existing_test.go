package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/deployment"
)

// The page about flows of the org shows a flow that Genesys takes, and names all participant
// data that calls carry.
func TestThePageAboutFlowsOfTheOrg(t *testing.T) {
	page, err := os.ReadFile("../../docs/existing-flows.md")
	if err != nil {
		t.Fatal(err)
	}
	p := newProgram(t)
	flows := 0
	for _, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(page, -1) {
		text := string(block[1])
		switch {
		case strings.HasPrefix(text, "- "): // an action, in a flow that has the task it jumps to
			text = strings.Replace(ivrOf, "ACTIONS", strings.ReplaceAll("\n"+strings.TrimSpace(text), "\n", "\n          "), 1)
		case !strings.HasPrefix(text, "inboundCall:"):
			continue
		}
		flows++
		file := filepath.Join(t.TempDir(), "flow.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, out, errs := p.run("flow", "check", file); code != 0 || !strings.Contains(out, "0 errors, 0 warnings") {
			t.Errorf("%s%s\n%s", out, errs, text)
		}
	}
	if flows != 2 {
		t.Errorf("%d flows on the page", flows)
	}
	var named []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` ").FindAllSubmatch(page, -1) {
		named = append(named, string(m[1]))
	}
	want := append(deployment.ParticipantNames(), "dealroute_outcome", "dealroute_rule", "dealroute_priority", "dealroute_until", "dealroute_policy", "dealroute_schedule")
	slices.Sort(named)
	slices.Sort(want)
	if !slices.Equal(named, want) {
		t.Errorf("the page names %v\nthere are %v", named, want)
	}
}

const ivrOf = `inboundCall:
  name: IVR
  division: Home
  startUpRef: "/inboundCall/tasks/task[Begin]"
  defaultLanguage: en-us
  supportedLanguages: {en-us: {defaultLanguageSkill: {noValue: true}, textToSpeech: {defaultEngine: {defaultVoice: true}}}}
  initialGreeting: {exp: ToAudioBlank(100)}
  settingsErrorHandling:
    errorHandling: {queue: {targetQueue: {lit: {name: General Support}}}}
    preHandlingAudio: {exp: ToAudioBlank(100)}
  tasks:
    - task:
        name: Begin
        refId: Begin
        actions:ACTIONS
    - task:
        name: Before
        refId: Before
        actions:
          - disconnect: {name: End}
`
