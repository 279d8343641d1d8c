package corpus

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// Variable is the environment variable that names the folder.
const Variable = "DEALROUTE_CORPUS"

// Dir gives the folder. Without the variable the test is skipped, and says so; a folder
// that is missing or empty fails it, so that a wrong path never passes as a success.
func Dir(t testing.TB) string {
	t.Helper()
	dir := os.Getenv(Variable)
	if dir == "" {
		t.Skipf("%s is not set: no published material to compare with", Variable)
	}
	if es, err := os.ReadDir(dir); err != nil || len(es) == 0 {
		t.Fatalf("%s=%s: the folder is missing or empty (%v)", Variable, dir, err)
	}
	return dir
}

// Files lists the files of a folder of the corpus, sorted; none is a failure.
func Files(t testing.TB, folder string) []string {
	t.Helper()
	dir := filepath.Join(Dir(t), folder)
	es, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range es {
		if !e.IsDir() {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	if len(out) == 0 {
		t.Fatalf("%s holds no file", dir)
	}
	return out
}

// Lines reads a file of JSON lines; none is a failure.
func Lines(t testing.TB, name string) [][]byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(Dir(t), name))
	if err != nil {
		t.Fatal(err)
	}
	var out [][]byte
	r := bufio.NewReader(bytes.NewReader(data))
	for {
		line, err := r.ReadBytes('\n')
		if line = bytes.TrimSpace(line); len(line) > 0 {
			out = append(out, line)
		}
		if errors.Is(err, io.EOF) {
			break
		}
	}
	if len(out) == 0 {
		t.Fatalf("%s holds no line", name)
	}
	return out
}
