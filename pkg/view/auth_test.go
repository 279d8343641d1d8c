package view

import (
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/diag"
)

// What could not be asked is not said to be all right, nor wrong, and a note looks like one.
func TestAuthCheckSaysWhatIsNotKnown(t *testing.T) {
	app := "app"
	commands := []AuthCommand{{Command: "plan"}, {Command: "setup", Missing: []AuthLack{{Permission: "x"}}}, {Command: "status", Allowed: true}}
	for name, c := range map[string]struct {
		is        AuthCheck
		says, not string
	}{
		"permissions": {
			AuthCheck{OK: true, Genesys: AuthGenesys{Org: &Org{}, Commands: commands, Questions: []string{"y"}}},
			"  may run     status\n  not known   plan\n  may not run setup\n|All that is needed is set; not all of it could be asked.", "works",
		},
		"an app that was not tried": {AuthCheck{OK: true, HubSpot: AuthHubSpot{SignsIn: &app}}, "not all of it could be asked.", "works"},
		"all": {
			AuthCheck{OK: true, HubSpot: AuthHubSpot{SignsIn: &app, Tried: true}, Problems: []AuthProblem{NewAuthProblem(diag.Info, "secrets", "a note", "")}},
			"info: a note\n|All that is needed is set and works.", `\u0000`,
		},
		"a file that cannot be read": {AuthCheck{Secrets: []AuthSecret{{SecretSource: SecretSource{Name: "N", Source: "file named by N_FILE, " + NotUsable}}}}, "cannot be used", "works"},
	} {
		var b strings.Builder
		if err := PrintAuthCheck(&b, c.is); err != nil {
			t.Fatal(err)
		}
		for _, want := range strings.Split(c.says, "|") {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s: it does not say %q:\n%s", name, want, b.String())
			}
		}
		if strings.Contains(b.String(), c.not) {
			t.Errorf("%s: it says %q:\n%s", name, c.not, b.String())
		}
	}
}
