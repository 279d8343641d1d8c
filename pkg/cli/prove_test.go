package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/dealroute/dealroute/pkg/view"
)

// TestCounterexamplesSpareFilesOfOthers: only files that were written so before are written over,
// and without a broken property no folder is made.
func TestCounterexamplesSpareFilesOfOthers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "calls")
	if err := (worlds{}).write(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Error("an empty folder was made")
	}
	w := worlds{"ending.yaml": []byte(view.WorldMark + "x\n"), "policy.yaml": []byte(view.WorldMark + "y\n")}
	for range 2 {
		if err := w.write(dir); err != nil {
			t.Fatal(err)
		}
	}
	mine := filepath.Join(dir, "policy.yaml")
	if err := os.WriteFile(mine, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	w["ending.yaml"] = []byte(view.WorldMark + "z\n")
	if err := w.write(dir); err == nil {
		t.Error("a file of somebody else's was written over")
	}
	for name, want := range map[string]string{"policy.yaml": "mine", "ending.yaml": view.WorldMark + "x\n"} {
		if text, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(text) != want {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
	if err := os.Remove(mine); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(mine, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := w.write(dir); err == nil {
		t.Error("a folder is in the way")
	}
}
