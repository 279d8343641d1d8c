package cli_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/cli"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	debug.SetGCPercent(400) // memory for time, in the programs that scripts start, too: a third of what they took was the collection of garbage
	testscript.Main(m, map[string]func(){
		"dealroute": func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt) // as main has it
			env := cli.OSEnv("test")
			env.Pause = brief
			if !env.IO.ErrTerminal {
				env.Ticks = nil // else a busy machine would say in a script's standard error what takes long
			}
			code := cli.Main(ctx, os.Args[1:], env)
			stop()
			os.Exit(code)
		},
		"orgedit": func() { // for pages, whose shell knows no commands of scripts
			if err := edit(os.Getenv("XDG_STATE_HOME"), os.Args[1:]); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
		},
	})
}

// TestScripts runs the behaviour scripts against the real program. A script finds the
// examples of the project in $EXAMPLES and has a home of its own.
func TestScripts(t *testing.T) {
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exitcode": exitCode,
			"hubspot":  serveHubSpot,
			"callers":  callersCommand,
			"orgedit":  editOrg,
		},
		Setup: func(e *testscript.Env) error {
			home := filepath.Join(e.WorkDir, "home")
			if err := os.MkdirAll(home, 0o700); err != nil {
				return err
			}
			e.Setenv("HOME", home)
			e.Setenv("XDG_STATE_HOME", filepath.Join(home, "state"))
			e.Setenv("EXAMPLES", examples)
			return nil
		},
	})
}

// exitCode is the script command "exitcode N program args…": it runs the program and
// compares its exit code.
func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exitcode N program args…")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	var ee *exec.ExitError
	if errors.As(err, &ee) {
		got = ee.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if (fmt.Sprint(got) == args[0]) == neg {
		ts.Fatalf("exit code %d", got)
	}
}

// editOrg is the script command "orgedit COLLECTION NAME FIELD VALUE": in the kept sandbox of
// acme-inbound it gives the entity a field, as somebody else would. The value is JSON. An entity
// that does not exist is made. Hidden commands of pages have it, too.
func editOrg(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("unsupported: ! orgedit")
	}
	ts.Check(edit(ts.Getenv("XDG_STATE_HOME"), args))
}

func edit(state string, args []string) error {
	if len(args) != 4 {
		return errors.New("usage: orgedit COLLECTION NAME FIELD VALUE")
	}
	path := filepath.Join(state, "dealroute", "sandbox", "acme-inbound.json")
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var kept map[string]any
	if err := json.Unmarshal(data, &kept); err != nil {
		return err
	}
	var value any
	if err := json.Unmarshal([]byte(args[3]), &value); err != nil {
		return err
	}
	all := at(kept, "entities", args[0])
	if all == nil {
		all = map[string]any{}
		at(kept, "entities")[args[0]] = all
	}
	edited := false
	for _, e := range all {
		if body := at(e, "body"); body["name"] == args[1] {
			body[args[2]], edited = value, true
		}
	}
	if !edited {
		last, _ := kept["seq"].(float64)
		kept["seq"] = last + 1
		all[args[1]] = map[string]any{"id": args[1], "seq": last + 1, "body": map[string]any{"id": args[1], "name": args[1], "version": 1, args[2]: value}}
	}
	if data, err = json.Marshal(kept); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o600)
}

// at walks into objects.
func at(v any, path ...string) map[string]any {
	m, _ := v.(map[string]any)
	for _, p := range path {
		m, _ = m[p].(map[string]any)
	}
	return m
}

// serveHubSpot is the script command "hubspot KEY [mute]": it serves the account of
// examples/basic on loopback under $HUBSPOT_URL to holders of the key. A mute account does
// not tell which one it is.
func serveHubSpot(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 || len(args) == 2 && args[1] != "mute" || len(args) > 2 {
		ts.Fatalf("usage: hubspot KEY [mute]")
	}
	data, err := os.ReadFile(filepath.Join(ts.Getenv("EXAMPLES"), "basic", "crm.yaml"))
	ts.Check(err)
	f, found := simulate.DecodeFixtures("crm.yaml", data)
	ts.Check(found.Err())
	srv := httptest.NewServer(hubspottest.New(f.CRM, hubspottest.Token(args[0]), hubspottest.Assume(func(a *hubspottest.Assumptions) {
		if len(args) == 2 {
			a.AccountForKeys, a.TokenInfoForKeys = false, false
		}
	}), hubspottest.Define("deals", hubspottest.Property{Name: "renewal_date"})))
	ts.Defer(srv.Close)
	ts.Setenv("HUBSPOT_URL", srv.URL)
}

// callersCommand is the script command "callers FILE": it simulates every caller that the
// fixtures of examples/basic know, with the arguments in $CALLER_ARGS, and writes what became
// of each as a line of the file.
func callersCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: callers FILE")
	}
	data, err := os.ReadFile(filepath.Join(ts.Getenv("EXAMPLES"), "basic", "crm.yaml"))
	ts.Check(err)
	all, err := callersIn(data)
	ts.Check(err)
	var out strings.Builder
	// Numbers in one run and situations in another: the time of the fixtures goes on by a
	// second a caller, and what situations tell is of a moment.
	first := slices.IndexFunc(all, func(who string) bool { return who == "back-in-time" })
	for _, group := range [][]string{all[:first], all[first:]} {
		run := append([]string{"simulate", "--every", "1s", "-o", "json"}, strings.Fields(ts.Getenv("CALLER_ARGS"))...)
		for _, who := range group {
			run = append(run, "--ani", who)
		}
		ts.Check(ts.Exec("dealroute", run...))
		var reply view.Calls
		ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &reply))
		for i, c := range reply.Calls {
			fmt.Fprintf(&out, "%s: %s, %s by %s, %s to %s %v priority %d, contact %s, %d requests, script %v\n",
				group[i], orDash(c.Outcome), orDash(c.Rule), c.Reason, c.Ending, orDash(c.Queue), c.Skills, c.Priority, orDash(c.ContactID), c.HubSpotRequests, c.ScreenPop != nil)
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(out.String()), 0o600))
}

func orDash(s *string) string {
	if s == nil {
		return "–"
	}
	return *s
}
