package docs_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v4"
)

// What docs/ci.md, the action and the hooks say is run here as a runner runs it, against a release that is
// made up: a server on this machine, and in its archive the program as it is now.

const (
	releases = "https://github.com/dealroute/dealroute/releases/download"
	zeros    = "0000000000000000000000000000000000000000000000000000000000000000"
	version  = "1.2.3"
)

func needs(t *testing.T, programs ...string) {
	t.Helper()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("the examples are for linux/amd64")
	}
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("%s is not here", p)
		}
	}
}

var builtIn string // a folder to remove

var building = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "dealroute")
	if err != nil {
		return "", err
	}
	builtIn = dir
	bin := filepath.Join(dir, "dealroute")
	out, err := exec.Command("go", "build", "-ldflags", "-s -w -X main.version=v"+version, "-o", bin, "../cmd/dealroute").CombinedOutput()
	if err != nil {
		return bin, fmt.Errorf("%w\n%s", err, out)
	}
	return bin, nil
})

// built compiles the program, once for all tests.
func built(t *testing.T) string {
	t.Helper()
	bin, err := building()
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

func TestMain(m *testing.M) {
	code := m.Run()
	if builtIn != "" {
		if err := os.RemoveAll(builtIn); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	os.Exit(code)
}

// A release is a server with the files of one release; sum is that of its archive.
type release struct {
	url, sum string
	files    map[string][]byte
}

// packing makes the archive, once for all tests.
var packing = sync.OnceValues(func() ([]byte, error) {
	bin, err := building()
	if err != nil {
		return nil, err
	}
	program, err := os.ReadFile(bin)
	if err != nil {
		return nil, err
	}
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	w := tar.NewWriter(z)
	if err := w.WriteHeader(&tar.Header{Name: "dealroute", Mode: 0o755, Size: int64(len(program))}); err != nil {
		return nil, err
	}
	if _, err := w.Write(program); err != nil {
		return nil, err
	}
	err = errors.Join(w.Close(), z.Close())
	return packed.Bytes(), err
})

func published(t *testing.T) *release {
	t.Helper()
	packed, err := packing()
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(packed)
	name := "dealroute_" + version + "_linux_amd64.tar.gz"
	r := &release{sum: hex.EncodeToString(sum[:]), files: map[string][]byte{
		name:            packed,
		"checksums.txt": fmt.Appendf(nil, "%s  dealroute_%s_darwin_arm64.tar.gz\n%x  %s\n", zeros, version, sum, name),
	}}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		data, ok := r.files[strings.TrimPrefix(req.URL.Path, "/v"+version+"/")]
		if !ok {
			http.NotFound(w, req)
			return
		}
		if _, err := w.Write(data); err != nil {
			t.Log(err)
		}
	}))
	t.Cleanup(srv.Close)
	r.url = srv.URL
	return r
}

// repository is a folder with a deployment in ivr, and beside it the one before.
func repository(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"dealroute.yaml", "crm.yaml", "calls.yaml"} {
		data, err := os.ReadFile(filepath.Join("../examples/basic", name))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, "ivr", name), string(data))
	}
	return dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func decode(t *testing.T, text string, into any) {
	t.Helper()
	if err := yaml.Load([]byte(text), into); err != nil {
		t.Fatal(err)
	}
}

// script runs lines as a step of a pipeline does: it ends at the first that fails.
func script(t *testing.T, dir, text string, env ...string) (code int, said string) {
	t.Helper()
	cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text)
	cmd.Dir = dir
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}, env...)
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

type action struct {
	Inputs map[string]struct {
		Default  string
		Required bool
	}
	Runs struct {
		Steps []struct {
			ID, Shell, Run string
			Env            map[string]string
		}
	}
}

func readAction(t *testing.T) action {
	t.Helper()
	var a action
	decode(t, read(t, "../.github/actions/validate/action.yml"), &a)
	return a
}

// run is the action as a job: each step after the other until one fails.
func (a action) run(t *testing.T, workspace string, inputs map[string]string) (code int, said, outputs string) {
	t.Helper()
	temp := t.TempDir()
	outFile, pathFile := filepath.Join(temp, "output"), filepath.Join(temp, "path")
	expression := regexp.MustCompile(`^\$\{\{ (inputs|steps\.install\.outputs)\.([a-z-]+) \}\}$`)
	for _, s := range a.Runs.Steps {
		env := []string{"RUNNER_OS=Linux", "RUNNER_ARCH=X64", "RUNNER_TEMP=" + temp, "GITHUB_WORKSPACE=" + workspace, "GITHUB_OUTPUT=" + outFile, "GITHUB_PATH=" + pathFile}
		for name, value := range s.Env {
			m := expression.FindStringSubmatch(value)
			if m == nil {
				t.Fatalf("step %s: %s: %q is not one input or output", s.ID, name, value)
			}
			value, given := inputs[m[2]]
			switch {
			case m[1] != "inputs":
				out, err := os.ReadFile(outFile)
				if err != nil {
					t.Fatal(err)
				}
				_, value, _ = strings.Cut(string(out), m[2]+"=")
				value, _, _ = strings.Cut(value, "\n")
			case !given:
				in, ok := a.Inputs[m[2]]
				if !ok || in.Required {
					t.Fatalf("step %s asks for the input %s", s.ID, m[2])
				}
				value = in.Default
			}
			env = append(env, name+"="+value)
		}
		var more string
		code, more = script(t, workspace, s.Run, env...)
		said += more
		if code != 0 {
			break
		}
	}
	for _, f := range []string{outFile, pathFile} {
		if data, err := os.ReadFile(f); err == nil {
			outputs += string(data)
		}
	}
	return code, said, outputs
}

func TestActionTakesNoTextOfInputs(t *testing.T) {
	a := readAction(t)
	if len(a.Runs.Steps) != 2 {
		t.Errorf("%d steps", len(a.Runs.Steps))
	}
	for _, s := range a.Runs.Steps {
		if s.Shell != "bash" || s.Run == "" || strings.Contains(s.Run, "${{") {
			t.Errorf("step %s has an expression in its script, which whoever names an input could end", s.ID)
		}
	}
}

func TestAction(t *testing.T) {
	needs(t, "bash", "curl", "tar", "sha256sum", "awk")
	t.Parallel()
	a, r, tampered := readAction(t), published(t), published(t)
	archive := "dealroute_" + version + "_linux_amd64.tar.gz"
	tampered.files[archive] = append(slices.Clone(r.files[archive]), 0)
	broken := func(t *testing.T, dir string) {
		file := filepath.Join(dir, "ivr", "dealroute.yaml")
		write(t, file, strings.Replace(read(t, file), "priority: 10", "priority: ten", 1))
	}
	for name, c := range map[string]struct {
		inputs map[string]string
		before func(t *testing.T, dir string)
		tamper bool
		code   int
		want   []string // in what is printed
		never  []string
	}{
		"good":                    {inputs: map[string]string{"working-directory": "ivr"}, want: []string{"dealroute v1.2.3 ("}, never: []string{"::error"}},
		"a folder as file":        {inputs: map[string]string{"file": "ivr", "version": version}, never: []string{"::error"}},
		"its checksum":            {inputs: map[string]string{"file": "ivr", "checksum": strings.ToUpper(r.sum)}},
		"a finding":               {inputs: map[string]string{"working-directory": "ivr"}, before: broken, code: 2, want: []string{"::error file=ivr/dealroute.yaml,line="}},
		"quick and strict":        {inputs: map[string]string{"working-directory": "ivr/", "proof": "quick", "fail-severity": "warning", "sarif": "found.sarif"}},
		"finding with sarif":      {inputs: map[string]string{"working-directory": "ivr", "sarif": "found.sarif"}, before: broken, code: 2, want: []string{"::error file=ivr/dealroute.yaml,line="}},
		"unknown severity":        {inputs: map[string]string{"working-directory": "ivr", "fail-severity": "grave", "sarif": "found.sarif"}, code: 1, want: []string{"grave"}},
		"another checksum":        {inputs: map[string]string{"file": "ivr", "checksum": zeros}, code: 1, want: []string{"::error", "nothing of it was run"}, never: []string{"dealroute v1.2.3 ("}},
		"no checksum":             {inputs: map[string]string{"file": "ivr", "checksum": "x"}, code: 1, want: []string{"nothing of it was run"}, never: []string{"dealroute v1.2.3 ("}},
		"another archive":         {inputs: map[string]string{"file": "ivr"}, tamper: true, code: 1, want: []string{"nothing of it was run"}, never: []string{"dealroute v1.2.3 ("}},
		"no such release":         {inputs: map[string]string{"file": "ivr", "version": "v9.9.9"}, code: 1, want: []string{"::error", "is there such a release?"}},
		"latest":                  {inputs: map[string]string{"file": "ivr", "version": "latest"}, code: 1, want: []string{"must name one release"}},
		"a version with a script": {inputs: map[string]string{"file": "ivr", "version": "1.2.3$(touch pwned)\n::error::x"}, code: 1, want: []string{"must name one release"}, never: []string{"\n::error::x"}},
		"a file with a script":    {inputs: map[string]string{"file": "$(touch pwned)`touch pwned`; touch pwned #"}, code: 1},
		"plain http":              {inputs: map[string]string{"file": "ivr", "releases": "http://example.com"}, code: 1, want: []string{"must begin with https://"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := repository(t)
			if c.before != nil {
				c.before(t, dir)
			}
			inputs := map[string]string{"version": "v" + version, "releases": r.url}
			for k, v := range c.inputs {
				inputs[k] = v
			}
			if c.tamper {
				inputs["releases"] = tampered.url
			}
			code, said, outputs := a.run(t, dir, inputs)
			if code != c.code {
				t.Errorf("exit %d, want %d\n%s", code, c.code, said)
			}
			for _, w := range c.want {
				if !strings.Contains(said, w) {
					t.Errorf("%q is not said:\n%s", w, said)
				}
			}
			for _, w := range c.never {
				if strings.Contains(said, w) {
					t.Errorf("%q is said:\n%s", w, said)
				}
			}
			if _, err := os.Stat(filepath.Join(dir, "pwned")); err == nil {
				t.Error("an input was run")
			}
			if c.code != 1 {
				if !strings.Contains(outputs, "/dealroute-v1.2.3\n") || !strings.Contains(outputs, "binary=") {
					t.Errorf("later steps do not find the program: %q", outputs)
				}
				if name := c.inputs["sarif"]; name != "" && !strings.Contains(read(t, filepath.Join(dir, name)), `"version": "2.1.0"`) {
					t.Error("no SARIF was written")
				}
			}
		})
	}
}

// blocks are the code blocks of a page that begin with a line.
func block(t *testing.T, begins string) string {
	t.Helper()
	_, text, ok := strings.Cut(read(t, "ci.md"), "```"+begins+"\n")
	if !ok {
		t.Fatalf("ci.md has no block %q", begins)
	}
	text, _, _ = strings.Cut(text, "\n```")
	return text
}

// pipeline is how the scripts of the page are run: with the release of the test, in a repository that is good,
// and in one that is not.
func pipeline(t *testing.T, lines string, env ...string) {
	t.Helper()
	r := published(t)
	lines = strings.ReplaceAll(lines, releases, r.url)
	env = append(env, "DEALROUTE_VERSION="+version, "DEALROUTE_SHA256="+r.sum)
	dir := repository(t)
	if code, said := script(t, dir, lines, env...); code != 0 {
		t.Errorf("exit %d\n%s", code, said)
	}
	if x := read(t, filepath.Join(dir, "dealroute.xml")); !strings.Contains(x, "<testsuites") || strings.Contains(x, "<failure") {
		t.Errorf("%s", x)
	}
	bad := repository(t)
	file := filepath.Join(bad, "ivr", "dealroute.yaml")
	write(t, file, strings.Replace(read(t, file), "priority: 10", "priority: ten", 1))
	if code, said := script(t, bad, lines, env...); code != 2 || !strings.Contains(read(t, filepath.Join(bad, "dealroute.xml")), "<failure") {
		t.Errorf("exit %d\n%s", code, said)
	}
	other := repository(t)
	if code, said := script(t, other, lines, append(env, "DEALROUTE_SHA256="+zeros)...); code != 1 || !strings.Contains(said, "FAILED") {
		t.Errorf("another checksum: exit %d\n%s", code, said)
	}
	if _, err := os.Stat(filepath.Join(other, "dealroute")); err == nil {
		t.Error("unpacked in spite of its checksum")
	}
}

func TestGitLabExample(t *testing.T) {
	needs(t, "bash", "curl", "tar", "sha256sum")
	t.Parallel()
	var file struct {
		Dealroute struct {
			Variables map[string]string
			Script    []string
			Artifacts struct{ Reports map[string]string }
		}
	}
	decode(t, block(t, "yaml\n# .gitlab-ci.yml"), &file)
	d := file.Dealroute
	if len(d.Script) == 0 || d.Artifacts.Reports["junit"] != "dealroute.xml" || d.Variables["DEALROUTE_VERSION"] != version || d.Variables["DEALROUTE_SHA256"] != zeros {
		t.Fatalf("%+v", d)
	}
	pipeline(t, strings.Join(d.Script, "\n"))
}

func TestJenkinsExample(t *testing.T) {
	needs(t, "bash", "curl", "tar", "sha256sum")
	t.Parallel()
	text := block(t, "groovy\n// Jenkinsfile")
	steps := regexp.MustCompile(`(?s)sh '''\n(.*?)'''`).FindAllStringSubmatch(text, -1)
	if len(steps) != 3 || !strings.Contains(text, "junit 'dealroute.xml'") || strings.Count(text, "{") != strings.Count(text, "}") {
		t.Fatalf("%d steps", len(steps))
	}
	var lines []string
	for _, s := range steps {
		lines = append(lines, s[1])
	}
	pipeline(t, strings.Join(lines, "\n"))
}

// The workflow of the page: its action takes what is given to it, and its scripts run in what the action leaves.
func TestGitHubExample(t *testing.T) {
	needs(t, "bash", "git")
	t.Parallel()
	var file struct {
		Jobs map[string]struct {
			Steps []struct {
				Uses, Run string
				With, Env map[string]string
			}
		}
	}
	decode(t, block(t, "yaml\n# .github/workflows/dealroute.yml"), &file)
	a, used, ran := readAction(t), 0, 0
	dir, bin := repository(t), built(t)
	if code, said := script(t, dir, "git init -q && git add ivr && git -c user.name=a -c user.email=a@example.com commit -qm one"); code != 0 {
		t.Fatal(said)
	}
	now := filepath.Join(dir, "ivr", "dealroute.yaml")
	write(t, now, strings.Replace(read(t, now), "priority: 10", "priority: 12", 1))
	for _, s := range file.Jobs["validate"].Steps {
		if path, ok := strings.CutPrefix(s.Uses, "dealroute/dealroute/"); ok {
			path, tag, _ := strings.Cut(path, "@")
			if _, err := os.Stat(filepath.Join("..", path, "action.yml")); err != nil || tag != s.With["version"] {
				t.Errorf("%s, %v", s.Uses, err)
			}
			for name := range s.With {
				if _, ok := a.Inputs[name]; !ok {
					t.Errorf("the action has no input %s", name)
				}
			}
			used++
		}
		if s.Run == "" {
			continue
		}
		ran++
		if strings.Contains(s.Run, "${{") {
			t.Errorf("a script has an expression: %s", s.Run)
		}
		code, said := script(t, dir, s.Run, "PATH="+filepath.Dir(bin)+":"+os.Getenv("PATH"), "BASE=HEAD", "GITHUB_STEP_SUMMARY="+filepath.Join(dir, "summary"))
		if strings.Contains(s.Run, "--fail-under") != (code == 2) || code == 1 { // the priority is another one than the suite expects
			t.Errorf("exit %d\n%s\n%s", code, s.Run, said)
		}
	}
	if used != 1 || ran != 2 {
		t.Errorf("%d uses, %d scripts", used, ran)
	}
	if s := read(t, filepath.Join(dir, "summary")); !strings.Contains(s, "|") {
		t.Errorf("%q", s)
	}
	// the pull request that brings the file has nothing to compare it with
	steps := file.Jobs["validate"].Steps
	last := steps[len(steps)-1]
	if code, said := script(t, dir, strings.ReplaceAll(last.Run, "ivr/dealroute.yaml\" >", "new/dealroute.yaml\" >"), "BASE=HEAD"); code != 0 {
		t.Errorf("without a file before: exit %d\n%s", code, said)
	}
}

func TestPreCommitHooks(t *testing.T) {
	needs(t, "bash")
	t.Parallel()
	var hooks []struct {
		ID, Entry, Language, Files string
		PassFilenames              bool `yaml:"pass_filenames"`
	}
	decode(t, read(t, "../.pre-commit-hooks.yaml"), &hooks)
	var config struct {
		Repos []struct {
			Hooks []struct {
				ID   string
				Args []string
			}
		}
	}
	decode(t, block(t, "yaml\n# .pre-commit-config.yaml"), &config)
	if len(hooks) != 2 || len(config.Repos) != 1 || config.Repos[0].Hooks[0].ID != hooks[0].ID || hooks[0].Language != "system" || hooks[1].Language != "golang" {
		t.Fatalf("%+v, %+v", hooks, config)
	}
	bin := built(t)
	for _, h := range hooks {
		files := regexp.MustCompile(h.Files)
		for name, want := range map[string]bool{"dealroute.yaml": true, "ivr/crm.yaml": true, "a/b/org.yml": true, "dealroute.yaml.bak": false, "mycrm.yaml": false, "README.md": false} {
			if files.MatchString(name) != want {
				t.Errorf("%s: %s: %v", h.ID, name, !want)
			}
		}
		if h.PassFilenames {
			t.Errorf("%s would be given files, which validate does not take", h.ID)
		}
		dir := repository(t)
		command := h.Entry + " " + strings.Join(config.Repos[0].Hooks[0].Args, " ")
		path := "PATH=" + filepath.Dir(bin) + ":" + os.Getenv("PATH")
		if code, said := script(t, dir, command, path); code != 0 {
			t.Errorf("%s: exit %d\n%s", command, code, said)
		}
		write(t, filepath.Join(dir, "ivr", "dealroute.yaml"), "version: 1\n")
		if code, said := script(t, dir, command, path); code != 2 {
			t.Errorf("%s: exit %d\n%s", command, code, said)
		}
	}
}

// A cask names each manual page that Homebrew is to install.
func TestCaskNamesTheManualPages(t *testing.T) {
	var config struct {
		Casks []struct{ Manpages []string } `yaml:"homebrew_casks"`
	}
	decode(t, read(t, "../.goreleaser.yaml"), &config)
	dir := t.TempDir()
	if out, err := exec.Command(built(t), "man", "--out", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	pages, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, p := range pages {
		want = append(want, "man/man1/"+p.Name()+".gz")
	}
	if got := config.Casks[0].Manpages; !slices.Equal(got, want) {
		t.Errorf("homebrew_casks.manpages of .goreleaser.yaml should be\n      - %s", strings.Join(want, "\n      - "))
	}
}

// The workflow of this project runs every word of .ci/run, and no other.
func TestWorkflowRunsTheGate(t *testing.T) {
	var file struct {
		Jobs map[string]struct {
			Strategy struct {
				Matrix struct {
					Include []struct{ Name, Words string }
				}
			}
		}
	}
	decode(t, read(t, "../.github/workflows/ci.yml"), &file)
	var words []string
	for _, j := range file.Jobs["gate"].Strategy.Matrix.Include {
		words = append(words, strings.Fields(j.Words)...)
	}
	_, all, _ := strings.Cut(read(t, "../.ci/run"), "\n  set -- ")
	all, _, _ = strings.Cut(all, "\n")
	want := append(strings.Fields(all), "package")
	slices.Sort(words)
	slices.Sort(want)
	if !slices.Equal(words, want) || len(want) < 5 {
		t.Errorf("the workflow runs %v, the gate has %v", words, want)
	}
}

// The workflows of this project have no rights but those that a job names, and nothing of others runs in them that
// can change by itself.
func TestWorkflowsHaveFewRights(t *testing.T) {
	type workflow struct {
		On          map[string]any
		Permissions map[string]string
		Jobs        map[string]struct {
			Permissions map[string]string
			Env         map[string]string
			Steps       []struct {
				Uses, Run string
				With      map[string]any
				Env       map[string]string
			}
		}
	}
	rights := map[string]map[string]string{
		"release": {"contents": "write", "packages": "write", "id-token": "write", "attestations": "write"},
	}
	commit := regexp.MustCompile(`@[0-9a-f]{40}$`)
	exact, versions := regexp.MustCompile(`^1\.[0-9]+\.[0-9]+$`), map[any]bool{}
	for _, name := range []string{"ci.yml", "release.yml"} {
		text := read(t, "../.github/workflows/"+name)
		var w workflow
		decode(t, text, &w)
		if !maps.Equal(w.Permissions, map[string]string{"contents": "read"}) {
			t.Errorf("%s: permissions %v", name, w.Permissions)
		}
		// that one runs what a fork sends with the rights and secrets of this repository
		if _, ok := w.On["pull_request_target"]; ok || len(w.On) == 0 {
			t.Errorf("%s: on %v", name, w.On)
		}
		for id, j := range w.Jobs {
			if !maps.Equal(j.Permissions, rights[id]) {
				t.Errorf("%s: job %s has %v", name, id, j.Permissions)
			}
			for _, s := range j.Steps {
				if strings.Contains(s.Run, "${{") {
					t.Errorf("%s: a script has an expression: %s", name, s.Run)
				}
				if strings.HasPrefix(s.Uses, "actions/checkout@") && s.With["persist-credentials"] != false {
					t.Errorf("%s: the token stays where scripts can read it", name)
				}
				if strings.HasPrefix(s.Uses, "actions/setup-go@") {
					if versions[s.With["go-version"]] = true; !exact.MatchString(fmt.Sprint(s.With["go-version"])) {
						t.Errorf("%s: which Go is %v?", name, s.With)
					}
				}
				if name == "release.yml" && strings.HasPrefix(s.Uses, "actions/cache@") {
					t.Error("a release is made of what a cache holds")
				}
			}
		}
		uses := regexp.MustCompile(`(?m)uses: (\S+)(.*)$`).FindAllStringSubmatch(text, -1)
		for _, u := range uses {
			if !strings.HasPrefix(u[1], "./") && (!commit.MatchString(u[1]) || !strings.HasPrefix(u[2], " # v")) {
				t.Errorf("%s: %s%s is not named by its commit and version: a tag may be moved", name, u[1], u[2])
			}
		}
		// what is released is compiled from all of the SDK, and so it is tried before
		if name == "ci.yml" {
			env := w.Jobs["gate"].Env["SDK"]
			last := w.Jobs["gate"].Steps[len(w.Jobs["gate"].Steps)-1]
			if !strings.Contains(env, "github.ref_type == 'tag'") || !strings.Contains(env, "matrix.name == 'package' && github.event_name != 'pull_request'") ||
				last.Env["DEALROUTE_SDK"] != "${{ env.SDK }}" || last.Env["PACKAGE_SDK"] != "${{ env.SDK }}" {
				t.Errorf("all of the SDK is compiled when %s, with %v", env, last.Env)
			}
		}
	}
	if len(versions) != 1 {
		t.Errorf("what is released is not built with the Go that it was tested with: %v", versions)
	}
}
