package interp_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/check"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/diag"
)

// An expression that cannot be compiled is in one place, whether the flow is checked or run,
// and the place counts characters.
func TestRunAndCheckNameOnePlace(t *testing.T) {
	for _, exp := range []string{
		`Length("é") == Flow.Nope`,
		`'"é" == Flow.Nope'`,
		`'"''ü''" == Flow.Nope'`,
		`"\"é\\n\" == Flow.Nope"`,
		"|-\n                \"é\"\n                == Flow.Nope",
		">-\n                \"é\"\n                == Flow.Nope",
	} {
		text := "inboundCall:\n  name: x\n  defaultLanguage: en-us\n  startUpRef: /inboundCall/tasks/task[T]\n  initialGreeting: {noValue: true}\n  tasks:\n    - task:\n        name: T\n        refId: T\n        actions:\n" +
			"          - decision:\n              name: D\n              condition:\n               exp: " + exp + "\n              outputs: {yes: {actions: [{disconnect: {}}]}}\n          - disconnect: {}\n"
		f, fs := architect.Parse("f.yaml", []byte(text))
		if fs.Has(diag.Error) {
			t.Fatal(fs)
		}
		at := func(fs diag.Findings) string {
			for _, x := range fs {
				if strings.Contains(x.Message, "Flow.Nope") {
					return x.Position.String()
				}
			}
			return fmt.Sprint(fs)
		}
		p, err := interp.Compile(f, interp.Options{})
		if err != nil {
			t.Fatal(err)
		}
		checked, run := at(check.Flow(f, architect.OrgAuto)), at(p.Findings())
		want := "f.yaml:14:21" // of a folded block only the beginning is known
		if !strings.HasPrefix(exp, ">") {
			i := strings.Index(text, "Flow.Nope")
			line := strings.LastIndexByte(text[:i], '\n') + 1
			want = fmt.Sprintf("f.yaml:%d:%d", 1+strings.Count(text[:i], "\n"), 1+len([]rune(text[line:i])))
		}
		if checked != want || run != want {
			t.Errorf("%s: checked at %s, run at %s, want %s", exp, checked, run, want)
		}
	}
}
