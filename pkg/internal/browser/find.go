package browser

import (
	"os"
	"os/exec"
	"testing"
)

// Variable is the environment variable that names the browser: a path, or a program to be found, such as chromium.
const Variable = "DEALROUTE_BROWSER"

// Find gives the path of the browser. Without the variable the test is skipped, and says so; a browser that is named
// and not there fails it, so that a wrong name never passes as a success.
func Find(t testing.TB) string {
	t.Helper()
	name := os.Getenv(Variable)
	if name == "" {
		t.Skipf("%s is not set: nothing is looked at in a browser (.ci/run browser does)", Variable)
	}
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s=%s: no browser is there (%v)", Variable, name, err)
	}
	return path
}
