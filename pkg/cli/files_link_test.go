package cli

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// A link stays a link, whichever file it leads to: what is written stands where the link leads, also
// where nothing stood before, and nothing is written where it leads to no folder or nowhere.
func TestLinksAreWrittenThrough(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need rights there")
	}
	write := map[string]func(name string) error{
		"writeFile":   func(name string) error { return writeFile(name, []byte("new"), 0o600) },
		"rewriteFile": func(name string) error { return rewriteFile(name, []byte("new")) },
	}
	for what, write := range write {
		for name, c := range map[string]struct {
			links map[string]string // name: to what
			lands string            // where it is written; empty: nowhere
			there bool
		}{
			"to a file":              {map[string]string{"link": "to/file"}, "to/file", true},
			"to no file":             {map[string]string{"link": "to/file"}, "to/file", false},
			"over another link":      {map[string]string{"link": "to/link", "to/link": "../to/file"}, "to/file", false},
			"beside a linked folder": {map[string]string{"other": "to", "link": "other/deep", "to/deep": "../file"}, "file", false},
			"to no folder":           {map[string]string{"link": "gone/file"}, "", false},
			"round":                  {map[string]string{"link": "to/link", "to/link": "../link"}, "", false},
		} {
			t.Run(what+" "+name, func(t *testing.T) {
				dir := t.TempDir()
				if err := os.Mkdir(filepath.Join(dir, "to"), 0o700); err != nil {
					t.Fatal(err)
				}
				for link, to := range c.links {
					if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
						t.Fatal(err)
					}
				}
				if c.there {
					if err := os.WriteFile(filepath.Join(dir, c.lands), []byte("old"), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				err := write(filepath.Join(dir, "link"))
				if (err == nil) != (c.lands != "") || err != nil && !strings.HasPrefix(err.Error(), "write ") {
					t.Fatal(err)
				}
				if tried := mayCreate(filepath.Join(dir, "link")); (tried == nil) != (err == nil) {
					t.Errorf("trying said %v", tried)
				}
				for link, to := range c.links {
					if is, err := os.Readlink(filepath.Join(dir, link)); err != nil || is != to {
						t.Errorf("the link is %q, %v", is, err)
					}
				}
				if c.lands == "" {
					return
				}
				if data, err := os.ReadFile(filepath.Join(dir, c.lands)); err != nil || string(data) != "new" {
					t.Errorf("%q, %v", data, err)
				}
			})
		}
	}
}
