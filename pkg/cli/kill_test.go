package cli_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/view"
)

// process is the real program in a process of its own, with a home of its own.
func process(t *testing.T, home string, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, args...)
	cmd.Args[0] = "dealroute" // by which TestMain knows it
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_STATE_HOME="+filepath.Join(home, "state"), "XDG_CONFIG_HOME="+filepath.Join(home, "config"))
	return cmd
}

// A served is a sandbox in a process of its own.
type served struct {
	t     *testing.T
	cmd   *exec.Cmd
	info  view.Sandbox
	token string
	wait  sync.Once
}

func serve(t *testing.T, home string, args ...string) *served {
	t.Helper()
	cmd := process(t, home, append([]string{"sandbox", "-o", "json", "-f", "../../examples/minimal/dealroute.yaml"}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s := &served{t: t, cmd: cmd}
	t.Cleanup(s.kill)
	if err := json.NewDecoder(bufio.NewReader(out)).Decode(&s.info); err != nil {
		t.Fatalf("%v: %s", err, &errs)
	}
	return s
}

func (s *served) kill() {
	s.cmd.Process.Kill()               //nolint:errcheck // it may be gone
	s.wait.Do(func() { s.cmd.Wait() }) //nolint:errcheck // killed
}

func (s *served) signIn() error {
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.info.Genesys+"/oauth/token", strings.NewReader(url.Values{"grant_type": {"client_credentials"}}.Encode()))
	if err != nil {
		return err
	}
	req.SetBasicAuth(s.info.Client, s.info.Secret)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var answer struct {
		Token string `json:"access_token"`
	}
	err = s.send(req, &answer)
	s.token = answer.Token
	return err
}

func (s *served) send(req *http.Request, into any) error {
	r, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return err
	}
	defer r.Body.Close() //nolint:errcheck // read to its end
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if r.StatusCode != http.StatusOK {
		return fmt.Errorf("%d %s", r.StatusCode, data)
	}
	return json.Unmarshal(data, into)
}

func (s *served) do(method, path, body string, into any) error {
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.info.Genesys+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	req.Header.Set("Content-Type", "application/json")
	return s.send(req, into)
}

// A sandbox that is killed while it writes has every write that it answered, and starts
// again; nothing of the killed one stays beside the state.
func TestSandboxKilledWhileItWrites(t *testing.T) {
	home := t.TempDir()
	state := filepath.Join(home, "state", "dealroute", "sandbox")
	var written []string // acknowledged, by name
	rounds, begun := 12, 0
	if testing.Short() {
		rounds = 3
	}
	leftovers := 0
	for range rounds {
		s := serve(t, home)
		if err := s.signIn(); err != nil {
			t.Fatal(err)
		}
		var all struct {
			Entities []struct {
				Name string `json:"name"`
			} `json:"entities"`
		}
		if err := s.do(http.MethodGet, "/api/v2/routing/skills?pageSize=100000", "", &all); err != nil {
			t.Fatal(err)
		}
		there := map[string]bool{}
		for _, e := range all.Entities {
			there[e.Name] = true
		}
		for _, name := range written {
			if !there[name] {
				t.Errorf("%q was acknowledged and is lost", name)
			}
		}
		es, err := os.ReadDir(state)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range es {
			if strings.HasSuffix(e.Name(), ".part") {
				t.Errorf("%s is left after a restart", e.Name())
			}
		}
		// After some writes, and within a later one: by the clock alone a busy machine would come to none.
		kill := func() { s.cmd.Process.Kill() } //nolint:errcheck // it may be gone
		for done, enough := 0, 1+rand.IntN(20); ; done++ {
			if done == enough {
				time.AfterFunc(time.Duration(rand.IntN(8000))*time.Microsecond, kill)
			}
			name := fmt.Sprintf("skill %d", begun)
			begun++
			var answer map[string]any
			if err := s.do(http.MethodPost, "/api/v2/routing/skills", `{"name":"`+name+`"}`, &answer); err != nil {
				break // killed
			}
			written = append(written, name)
		}
		s.kill()
		parts, err := filepath.Glob(filepath.Join(state, ".dealroute-*.part"))
		if err != nil {
			t.Fatal(err)
		}
		leftovers += len(parts)
	}
	t.Logf("%d kills, %d writes begun, %d acknowledged, %d unfinished files left and cleaned", rounds, begun, len(written), leftovers)
	if len(written) < rounds {
		t.Errorf("only %d writes in %d rounds", len(written), rounds)
	}
}

// Reset does not take the state away under a server that would write it again.
func TestResetWithARunningServer(t *testing.T) {
	home := t.TempDir()
	s := serve(t, home)
	reset := func() (string, error) {
		out, err := process(t, home, "sandbox", "reset", "-f", "../../examples/minimal/dealroute.yaml").CombinedOutput()
		return string(out), err
	}
	if out, err := reset(); err == nil || !strings.Contains(out, "in use") || !strings.Contains(out, "Ctrl-C") {
		t.Errorf("%v %s", err, out)
	}
	if _, err := os.Stat(s.info.State); err != nil {
		t.Error(err)
	}
	s.kill()
	if out, err := reset(); err != nil {
		t.Errorf("%v %s", err, out)
	}
	if _, err := os.Stat(s.info.State); !os.IsNotExist(err) {
		t.Errorf("the state is still there: %v", err)
	}
}

// A state that this version does not understand is refused, and stays as it is.
func TestUnknownStateStays(t *testing.T) {
	home := t.TempDir()
	s := serve(t, home)
	s.kill()
	good, err := os.ReadFile(s.info.State)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"another schema": strings.Replace(string(good), `"schema": 1`, `"schema": 99`, 1),
		"a null entity":  strings.Replace(string(good), `"divisions": {`, `"divisions": {"x": null, `, 1),
		"half":           string(good[:len(good)/2]),
		"empty":          "",
	} {
		if bad == string(good) {
			t.Fatalf("%s: nothing was changed", name)
		}
		if err := os.WriteFile(s.info.State, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := process(t, home, "plan", "--sandbox", "-f", "../../examples/minimal/dealroute.yaml").CombinedOutput()
		if err == nil || !strings.Contains(string(out), "sandbox reset") {
			t.Errorf("%s: %v %s", name, err, out)
		}
		if now, err := os.ReadFile(s.info.State); err != nil || string(now) != bad {
			t.Errorf("%s: the file was changed: %v", name, err)
		}
	}
}

// An interrupt ends the real program, also while it waits for a line that nobody writes.
func TestInterruptedProcess(t *testing.T) {
	for _, args := range [][]string{{"eval", "-"}, {"eval", "--jsonpath", "-"}, {"flow", "check", "-"}} {
		cmd := process(t, t.TempDir(), args...)
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close() //nolint:errcheck // nothing was written
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(500 * time.Millisecond) // it waits by then
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		if err := cmd.Wait(); cmd.ProcessState.ExitCode() != 130 || time.Since(begin) > 5*time.Second {
			t.Errorf("%v: %v after %v", args, err, time.Since(begin))
		}
	}
}
