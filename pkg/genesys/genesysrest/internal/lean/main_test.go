package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// The go.mod that names the copy is whole whenever somebody reads it, is written again after "go get" has changed
// it, and not touched otherwise.
func TestNameCopy(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for name, text := range map[string]string{"go.mod": "module example.com/m\n", "go.sum": strings.Repeat("x y z\n", 10_000)} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	name, err := nameCopy("/a copy", dir)
	if err != nil {
		t.Fatal(err)
	}
	mod, sums := filepath.Join(dir, filepath.Base(filepath.Dir(name)), "go.mod"), filepath.Join(filepath.Dir(name), "go.sum")
	if name != mod {
		t.Errorf("%s, want %s", name, mod)
	}
	want := "module example.com/m\n\nreplace " + module + " => \"/a copy\"\n"
	check := func() {
		if got, err := os.ReadFile(name); err != nil || string(got) != want {
			t.Errorf("%q, %v", got, err)
		}
		if got, err := os.ReadFile(sums); err != nil || len(got) != 60_000 {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	}
	check()
	before, err := os.Stat(sums)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := nameCopy("/a copy", dir); err != nil {
				t.Error(err)
			}
		})
	}
	check()
	wg.Wait()
	if after, err := os.Stat(sums); err != nil || !os.SameFile(before, after) || !after.ModTime().Equal(before.ModTime()) {
		t.Errorf("written again: %v", err)
	}
	if err := os.WriteFile(name, []byte("changed"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := nameCopy("/a copy", dir); err != nil {
		t.Fatal(err)
	}
	check()
	if left, err := os.ReadDir(filepath.Dir(name)); err != nil || len(left) != 2 {
		t.Errorf("%v, %v", left, err)
	}
}

// The script keeps what is set in GOFLAGS, in whichever way it is written, and puts the flag of an earlier time away.
func TestLeanKeepsGOFLAGS(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil || runtime.GOOS == "windows" {
		t.Skip("bash is not here")
	}
	dir := t.TempDir()
	// in place of go: it says what is set, and where the copy is named
	stub := "#!/bin/sh\ncase \"$*\" in 'env GOFLAGS') echo \"$FLAGS\" ;; 'env GOWORK') echo \"$WORK\" ;; *) echo \"$MOD\" ;; esac\n"
	if err := os.WriteFile(filepath.Join(dir, "go"), []byte(stub), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ flags, mod, want string }{
		{"", "/a/go.mod", "-modfile=/a/go.mod"},
		{"-v -tags=x", "/a/go.mod", "-v -tags=x -modfile=/a/go.mod"},
		{"-v -modfile=/old/go.mod -x", "/a/go.mod", "-v -x -modfile=/a/go.mod"},
		{"'-modfile=/o l d/go.mod' -v", "/a b/go.mod", "-v '-modfile=/a b/go.mod'"},
		{`"-modfile=/o l'd/go.mod"`, "/a/go.mod", "-modfile=/a/go.mod"},
		{"'-ldflags=-s  -w' -modfile=/old/go.mod", "/a/go.mod", "'-ldflags=-s  -w' -modfile=/a/go.mod"},
	} {
		cmd := exec.Command("bash", "../../../../../.ci/lean")
		cmd.Env = []string{"PATH=" + dir + ":" + os.Getenv("PATH"), "HOME=" + dir, "FLAGS=" + c.flags, "MOD=" + c.mod}
		out, err := cmd.CombinedOutput()
		if got := strings.TrimSuffix(string(out), "\n"); err != nil || got != c.want {
			t.Errorf("%s: %q, want %q, %v", c.flags, got, c.want, err)
		}
		cmd = exec.Command("bash", "../../../../../.ci/lean")
		cmd.Env = []string{"PATH=" + dir + ":" + os.Getenv("PATH"), "HOME=" + dir, "FLAGS=" + c.flags, "MOD=" + c.mod, "WORK=/a/go.work"}
		if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "/a/go.work") || strings.Contains(string(out), "modfile") {
			t.Errorf("in a workspace: %s, %v", out, err)
		}
	}
}
