package cli

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestManualPages: each command's page says what it reads, how it ends and how it is called, and
// is the same whenever it is written; groff, where it is here, finds nothing wrong with it.
func TestManualPages(t *testing.T) {
	env := testEnv(t)
	root := newRoot(env, commands(env))
	root.DisableAutoGenTag = true
	pages := map[string][]byte{}
	if err := manPages(root, "dealroute test", pages); err != nil {
		t.Fatal(err)
	}
	known := manuals()
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			walk(sub)
		}
		path := strings.TrimPrefix(strings.TrimPrefix(c.CommandPath(), "dealroute"), " ")
		name := strings.ReplaceAll(c.CommandPath(), " ", "-") + ".1"
		page := string(pages[name])
		if page == "" || strings.HasPrefix(path, "completion") || path == "help" {
			return
		}
		m, ok := known[path]
		if delete(known, path); !ok {
			if path != "" && !c.HasSubCommands() {
				t.Errorf("%q has no entry in manuals", path)
			}
			if path != "" {
				return
			}
		}
		last := 0
		for _, title := range []string{"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "ENVIRONMENT", "FILES", "EXIT STATUS", "EXAMPLES", "SEE ALSO"} {
			if at := strings.Index(page, "\n.SH "+title+"\n"); at < last {
				if path != "" || title != "EXAMPLES" {
					t.Errorf("%s: %s is missing, or stands before another section", name, title)
				}
			} else {
				last = at
			}
		}
		if head, _, _ := strings.Cut(page, "\n\n"); !strings.Contains(head, `"1" "" "dealroute test"`) {
			t.Errorf("%s begins with %q", name, head)
		}
		for _, ref := range strings.Fields(m.also) {
			if pages["dealroute-"+ref+".1"] == nil {
				t.Errorf("%s leads to %s, which is no page", name, ref)
			}
		}
		reads := func(variable string) bool { return strings.Contains(page, `\fB`+variable+`\fP`) }
		if path != "" && (m.does(readsGenesys) != reads("GENESYSCLOUD_OAUTHCLIENT_SECRET") || m.does(readsHubSpot) != reads("HUBSPOT_SERVICE_KEY") || !reads("DEALROUTE_OUTPUT") || m.does(readsFile) != reads("DEALROUTE_FILE")) {
			t.Errorf("%s names other variables than it reads: %v", name, m)
		}
		if (m.no != "" || path == "") != strings.Contains(page, "\\fB2\\fP") {
			t.Errorf("%s: exit code 2", name)
		}
	}
	walk(root)
	if len(known) > 0 {
		t.Errorf("no command has the pages of %v", sortedNames(known))
	}
	groff, err := exec.LookPath("groff")
	if err != nil {
		t.Skip("no groff here")
	}
	var all []byte
	for _, name := range sortedNames(pages) {
		all = append(all, pages[name]...)
	}
	cmd := exec.Command(groff, "-k", "-man", "-ww", "-Tutf8")
	cmd.Stdin = strings.NewReader(string(all))
	cmd.Stdout = nil
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil || slices.ContainsFunc(strings.Split(said.String(), "\n"), func(l string) bool {
		return strings.Contains(l, "warning") && !strings.Contains(l, "can't break line") || strings.Contains(l, "error")
	}) {
		t.Errorf("groff: %v\n%.2000s", err, said.String())
	}
}
