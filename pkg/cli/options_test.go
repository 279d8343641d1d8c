package cli

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/prove"
	"github.com/dealroute/dealroute/pkg/starter"
	"github.com/spf13/cobra"
)

func testEnv(t *testing.T) *Env {
	t.Helper()
	home := t.TempDir()
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	return &Env{
		IO: &Streams{In: strings.NewReader(""), Out: &bytes.Buffer{}, Err: &bytes.Buffer{}}, Version: "test", Now: func() time.Time { return now },
		Getenv: func(name string) string { return map[string]string{"HOME": home}[name] },
	}
}

// hold keeps what a command hands to its run function.
func hold[O any](into *any) func(context.Context, O) error {
	return func(_ context.Context, o O) error {
		*into = o
		return nil
	}
}

// held are all commands, each with a run function that only keeps its options.
func held(env *Env, got *any) map[string][]*cobra.Command {
	return map[string][]*cobra.Command{
		groupDeploy: {newDemoCmd(env, hold[demoOptions](got)), newInitCmd(env, hold[initOptions](got)), newPlanCmd(env, hold[planOptions](got)), newSetupCmd(env, hold[setupOptions](got)), newDestroyCmd(env, hold[destroyOptions](got)), newRotateCmd(newRotateKeyCmd(env, hold[rotateOptions](got)), newRotateClientCmd(env, hold[rotateOptions](got)))},
		groupRun:    {newStatusCmd(env, hold[statusOptions](got)), newDoctorCmd(env, hold[doctorOptions](got)), newSwitchCmd(env, hold[controlOptions](got)), newBreakerCmd(env, hold[controlOptions](got)), newTokenCmd(newTokenRenewCmd(env, hold[tokenRenewOptions](got))), newAuthCmd(newAuthCheckCmd(env, hold[authCheckOptions](got)))},
		groupLook: {
			newValidateCmd(env, hold[validateOptions](got)), newSimulateCmd(env, hold[simulateOptions](got), newSimulateMergeCmd(env, hold[mergeOptions](got))), newGraphCmd(env, hold[graphOptions](got)), newRenderCmd(env, hold[renderOptions](got)),
			newSandboxCmd(env, hold[sandboxCmdOptions](got), hold[session](got)), newLabCmd(env, hold[labOptions](got)),
		},
		groupLanguages: {
			newEvalCmd(env, hold[evalOptions](got), hold[evalVelocityOptions](got), hold[evalJSONPathOptions](got)),
			newFlowCmd(newFlowCheckCmd(env, hold[flowCheckOptions](got)), newFlowRunCmd(env, hold[flowRunOptions](got)), newFlowProveCmd(env, hold[flowProveOptions](got))),
			newActionCmd(newActionCheckCmd(env, hold[actionCheckOptions](got)), newActionRunCmd(env, hold[actionRunOptions](got))),
		},
		groupOther: {newExplainCmd(env, hold[explainOptions](got)), newSchemaCmd(env), newManCmd(env, hold[manOptions](got)), newVersionCmd(env, hold[session](got))},
	}
}

// Every command fills its options from its flags, whole: nothing is left out and nothing is
// mixed up.
func TestOptions(t *testing.T) {
	env := testEnv(t)
	plain := settings{format: "text", hubspotBase: "https://api.hubapi.com", timeout: 20 * time.Minute, level: slog.LevelWarn}
	s := session{env, plain}
	named := plain // --org of simulate and lab is a file, and read as the setting, too
	named.org, named.orgGiven = "o", true
	ofOrg := session{env, named}
	noLoad := loadOptions{
		span: time.Hour, seed: 1, strangers: "30%", legs: "10%", gap: 3 * time.Minute, latency: []time.Duration{200 * time.Millisecond, time.Second},
		tier: "free", window: "clock", others: "0/s", requests: "0/s", actions: []int{2500, 50}, maxFailed: "1%",
	}
	at := time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)
	tried := map[string]bool{}
	for _, c := range []struct {
		args string
		want any
	}{
		{"version", s},
		{"version -f a.yaml -o json --region eu-central-1 --org Acme --profile p --genesys-base-url http://g --hubspot-base-url http://h --timeout 5s --log-level debug --sandbox",
			session{env, settings{
				file: "a.yaml", region: "eu-central-1", org: "Acme", profile: "p", genesysBase: "http://g", hubspotBase: "http://h",
				timeout: 5 * time.Second, level: slog.LevelDebug, format: "json", json: true, sandbox: true, regionGiven: true, orgGiven: true,
			}}},
		{"demo", demoOptions{session: s}},
		{"demo --report r.html", demoOptions{s, reportFile{name: "r.html", given: true}, false}},
		{"demo --lab", demoOptions{session: s, lab: true}},
		{"plan", planOptions{session: s, diff: diffOptions{crm: "fixtures"}}},
		{"plan --detailed-exitcode --adopt --cutover --force-unlock", planOptions{s, true, true, true, true, false, "", false, moveOptions{}, diffOptions{crm: "fixtures"}, reportFile{}}},
		{"plan --allow-unstaffed --out p --timings --report r.html", planOptions{session: s, allowUnstaffed: true, out: "p", timings: true, diff: diffOptions{crm: "fixtures"}, report: reportFile{"r.html", true, []string{"--allow-unstaffed", "--out", "p", "--timings"}}}},
		{"plan --routing-diff c --fixtures x --crm live --columns a=b --time-zone z --date-order dmy", planOptions{session: s, diff: diffOptions{"c", "x", "live", listOptions{[]string{"a=b"}, "z", "dmy"}}}},
		{"setup --yes --adopt --cutover --allow-unstaffed --force-unlock", setupOptions{s, true, true, true, true, true, "", []string{"adopt", "allow-unstaffed", "cutover", "force-unlock"}, "on", "", false, moveOptions{}}},
		{"setup p --adopt=false --verify off --verify-ani n --timings", setupOptions{session: s, plan: "p", given: []string{"adopt"}, verify: "off", verifyANI: "n", timings: true}},
		{"destroy --yes --queues --force-unlock --confirm acme --timings", destroyOptions{s, true, true, true, "acme", true}},
		{"setup --renamed-from a", setupOptions{session: s, given: []string{}, verify: "on", moves: moveOptions{former: "a"}}},
		{"plan --cutover-back r --number n --number m", planOptions{session: s, moves: moveOptions{back: "r", numbers: []string{"n", "m"}}, diff: diffOptions{crm: "fixtures"}}},
		{"setup --cutover-back r --number n", setupOptions{session: s, given: []string{}, verify: "on", moves: moveOptions{back: "r", numbers: []string{"n"}}}},
		{"plan --renamed-from a", planOptions{session: s, moves: moveOptions{former: "a"}, diff: diffOptions{crm: "fixtures"}}},
		{"status", statusOptions{s, time.Hour, "", reportFile{}}},
		{"status --since 24h --fail-over 5% --report r.html", statusOptions{s, 24 * time.Hour, "5%", reportFile{"r.html", true, []string{"--fail-over", "5%", "--since", "24h"}}}},
		{"doctor", doctorOptions{s, 10, 400, 0, diag.Error}},
		{"doctor --probes 3 --sample 50 --calls-per-minute 45.5 --fail-severity info", doctorOptions{s, 3, 50, 45.5, diag.Info}},
		{"switch", controlOptions{session: s, verb: "show"}},
		{"switch show", controlOptions{session: s, verb: "show"}},
		{"switch off --yes --reason r", controlOptions{s, true, "off", "r", 0}},
		{"switch on", controlOptions{session: s, verb: "on"}},
		{"breaker", controlOptions{session: s, verb: "show"}},
		{"breaker show", controlOptions{session: s, verb: "show"}},
		{"breaker open", controlOptions{session: s, verb: "open", span: 15 * time.Minute}},
		{"breaker open --for 2m --yes --reason r", controlOptions{s, true, "open", "r", 2 * time.Minute}},
		{"breaker close --reason r", controlOptions{session: s, verb: "close", reason: "r"}},
		{"rotate key --yes --stdin", rotateOptions{s, true, true}},
		{"rotate client --yes", rotateOptions{session: s, yes: true}},
		{"auth check", authCheckOptions{session: s}},
		{"auth check --offline --for plan,status", authCheckOptions{s, true, []string{"plan", "status"}}},
		{"token renew", tokenRenewOptions{session: s}},
		{"token renew --every 20m", tokenRenewOptions{s, 20 * time.Minute}},
		{"validate", validateOptions{s, diag.Error, map[string]diag.Severity{}, prove.Full, "", false, reportFile{}}},
		{"validate --proof quick --counterexamples d --online --report r.html", validateOptions{s, diag.Error, map[string]diag.Severity{}, prove.Quick, "d", true, reportFile{"r.html", true, []string{"--counterexamples", "d", "--online", "--proof", "quick"}}}},
		{"validate --fail-severity warning --severity DR-CALL-006=error --severity DR-ORG-001=warning", validateOptions{s, diag.Warning, map[string]diag.Severity{"DR-CALL-006": diag.Error, "DR-ORG-001": diag.Warning}, prove.Full, "", false, reportFile{}}},
		{"simulate", simulateOptions{session: s, crm: "fixtures", flow: "rendered", load: noLoad}},
		{"simulate --load 60/min --for 8h --arrivals a --seed 7 --strangers 1% --legs 2% --leg-gap 1m --latency 1s,2s --tier professional --search-window rolling --others 1/s --other-requests 2/s --action-limits 3,4 --compare search,rollup --find-limit --max-failed 5%", simulateOptions{
			session: s, crm: "fixtures", flow: "rendered", load: loadOptions{
				"60/min", 8 * time.Hour, "a", 7, "1%", "2%", time.Minute, []time.Duration{time.Second, 2 * time.Second}, "professional", "rolling", "1/s", "2/s", []int{3, 4}, []string{"search", "rollup"}, true, "5%",
				[]string{"action-limits", "arrivals", "compare", "find-limit", "for", "latency", "leg-gap", "legs", "load", "max-failed", "other-requests", "others", "search-window", "seed", "strangers", "tier"},
			},
		}},
		{"simulate --ani a --ani b --dnis d --fault f --at t --every e --fixtures x --world w --crm live --flow deployed --trace --show-pii", simulateOptions{
			session: s, anis: []string{"a", "b"}, dnis: "d", faults: []string{"f"}, at: "t", every: "e", fixtures: "x", world: "w", crm: "live", flow: "deployed", trace: true, showPII: true, load: noLoad,
		}},
		{"simulate --suite c --against a --columns a=b --columns c=d,e=f --time-zone z --date-order mdy", simulateOptions{
			session: s, crm: "fixtures", flow: "rendered", suite: "c", against: "a", list: listOptions{[]string{"a=b", "c=d,e=f"}, "z", "mdy"}, load: noLoad,
		}},
		{"simulate --suite s --fail-under 90 --shard 1/2 --mutate", simulateOptions{session: s, crm: "fixtures", flow: "rendered", suite: "s", checks: suiteOptions{failUnder: "90", shard: "1/2", mutate: true}, load: noLoad}},
		{"simulate --suite s --mutate --report r.html", simulateOptions{
			session: s, crm: "fixtures", flow: "rendered", suite: "s", checks: suiteOptions{mutate: true}, load: noLoad, report: reportFile{"r.html", true, []string{"--mutate", "--suite", "s"}},
		}},
		{"simulate --init-suite s", simulateOptions{session: s, crm: "fixtures", flow: "rendered", checks: suiteOptions{first: "s"}, load: noLoad}},
		{"graph", graphOptions{simulateOptions: simulateOptions{session: s, crm: "fixtures", flow: "rendered"}}},
		{"graph f --overview --module m --counterexample wait --out o.svg", graphOptions{overview: true, simulateOptions: simulateOptions{session: s, crm: "fixtures", flow: "rendered"}, file: "f", modules: []string{"m"}, counterexample: "wait", out: "o.svg"}},
		{"graph --rules --ani a --ani b --dnis d --fault f --at t --every e --fixtures x --world w --crm live --flow deployed --coverage c", graphOptions{rules: true, simulateOptions: simulateOptions{
			session: s, anis: []string{"a", "b"}, dnis: "d", faults: []string{"f"}, at: "t", every: "e", fixtures: "x", world: "w", crm: "live", flow: "deployed", suite: "c",
		}}},
		{"lab", labOptions{session: s, idle: time.Hour}},
		{"lab --port 8321 --idle 5m --open --fixtures x --org o --at t --suite c", labOptions{ofOrg, 8321, 5 * time.Minute, true, "x", "o", "t", "c"}},
		{"simulate merge a b --fail-under 90", mergeOptions{s, []string{"a", "b"}, "90", reportFile{}}},
		{"init", initOptions{session: s, out: "."}},
		{"init --name n --countries GB,IE --countries US --number +1 --number +2 --fallback-queue q,r --fallback-skills a,b --stages s,t --deals-queue d --out o", initOptions{s, starter.Answers{
			Name: "n", Countries: []string{"GB", "IE", "US"}, Numbers: []string{"+1", "+2"}, Fallback: "q,r", FallbackSkills: []string{"a", "b"}, Stages: []string{"s", "t"}, DealsQueue: "d",
		}, "o"}},
		{"render --out o --copy-templates c --annotate --example e", renderOptions{s, "o", "c", true, "e"}},
		{"sandbox", sandboxCmdOptions{session: s, genesys: "127.0.0.1:0", hubspot: "127.0.0.1:0"}},
		{"sandbox --latency 1s --job-time 2s --hubspot-latency 3s --export-time 4s --genesys-address g --hubspot-address h --fault 3=429", sandboxCmdOptions{s, time.Second, 2 * time.Second, 3 * time.Second, 4 * time.Second, "g", "h", []string{"3=429"}}},
		{"sandbox reset", s},
		{"eval 1", evalOptions{session: s, expression: "1", now: env.Now()}},
		{"eval 1 --set a=1 --set b=2 --check --show-pii --now 2026-11-23T09:30:00Z --flow-type digitalbot", evalOptions{s, "1", []string{"a=1", "b=2"}, at, "digitalBot", true, true}},
		{"eval --velocity t --context c --lax", evalVelocityOptions{s, "t", "c", true}},
		{"eval --jsonpath p --document d", evalJSONPathOptions{s, "p", "d"}},
		{"flow check a b", flowCheckOptions{s, []string{"a", "b"}, false}},
		{"flow check a --verbose", flowCheckOptions{s, []string{"a"}, true}},
		{"flow run f", flowRunOptions{session: s, file: "f"}},
		{"flow run f --ani a --dnis d --at 2026-11-23T09:30:00Z --world w --module m --module n --not-set lenient --trace --show-pii", flowRunOptions{
			session: s, file: "f", world: "w", modules: []string{"m", "n"}, ani: "a", dnis: "d", at: at, trace: true, showPII: true,
			flow: interp.Options{NotSetQueue: interp.NotSetFailure, NotSetSkill: interp.NotSetAbsent, NotSetParticipantData: interp.NotSetEmpty, NotSetScreenPop: interp.NotSetAbsent},
		}},
		{"flow prove a b", flowProveOptions{session: s, files: []string{"a", "b"}, flow: prove.FlowOptions{States: 200_000, Rounds: 4}}},
		{"flow prove a --module m --module n --states 9 --rounds 2 --counterexamples d", flowProveOptions{s, []string{"a"}, []string{"m", "n"}, "d", prove.FlowOptions{States: 9, Rounds: 2}}},
		{"action check a b", actionCheckOptions{s, []string{"a", "b"}, false}},
		{"action check a --verbose", actionCheckOptions{s, []string{"a"}, true}},
		{"action run f", actionRunOptions{session: s, file: "f", input: "{}", credentials: map[string]string{}}},
		{"action run f --action x --input i --base-url u --credentials-env K=token,L=other --basic-auth --auth x --reading a,b --trace --show-pii", actionRunOptions{
			session: s, action: "x", file: "f", input: "i", credentials: map[string]string{"token": "K", "other": "L"}, basic: true, auth: "x", readings: []string{"a", "b"}, baseURL: "u", trace: true, showPII: true,
		}},
		{"explain DR-CALL-006", explainOptions{s, "DR-CALL-006"}},
		{"man --out o", manOptions{session: s, out: "o"}},
		{"schema", nil},
	} {
		var got any
		root := newRoot(env, held(env, &got))
		root.SetArgs(strings.Fields(c.args))
		cmd, err := root.ExecuteContextC(context.Background())
		if err != nil {
			t.Errorf("%s: %v", c.args, err)
			continue
		}
		tried[cmd.CommandPath()] = true
		if o, ok := got.(manOptions); ok {
			if o.root != root {
				t.Error("man writes other pages")
			}
			o.root = nil
			got = o
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", c.args, got, c.want)
		}
	}
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		if cmd.Runnable() && !tried[cmd.CommandPath()] && !cmd.HasSubCommands() {
			t.Errorf("the options of %q are not tried", cmd.CommandPath())
		}
		for _, c := range cmd.Commands() {
			if c.Name() != "completion" && c.Name() != "help" {
				walk(c)
			}
		}
	}
	walk(newRoot(env, commands(env)))
}

// A flag wins over the environment, that over the deployment file, that over the user's own
// configuration; what is given nowhere has its default.
func TestSettingsInOrder(t *testing.T) {
	d := &deployment.Deployment{}
	d.Genesys.Region, d.Genesys.Org = "file-region", "file-org"
	for _, c := range []struct {
		name, args, env, user string
		want                  [2]string // region without and with the deployment file
	}{
		{"nowhere", "", "", "", [2]string{"", "file-region"}},
		{"user", "", "", "region: user", [2]string{"user", "file-region"}},
		{"environment", "", "env", "region: user", [2]string{"env", "env"}},
		{"flag", "--region eu-west-1", "env", "region: user", [2]string{"eu-west-1", "eu-west-1"}},
	} {
		env := testEnv(t)
		home := env.Getenv("HOME")
		if err := os.MkdirAll(filepath.Join(home, ".config", "dealroute"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(home, ".config", "dealroute", "config.yaml"), []byte(c.user), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Setenv("GENESYSCLOUD_REGION", c.env)
		env.Getenv = func(name string) string {
			return map[string]string{"HOME": home, "GENESYSCLOUD_REGION": c.env}[name]
		}
		var got any
		root := newRoot(env, held(env, &got))
		root.SetArgs(append([]string{"version"}, strings.Fields(c.args)...))
		if err := root.ExecuteContext(context.Background()); err != nil {
			t.Fatal(err)
		}
		s := got.(session).settings
		if r := [2]string{s.region, s.with(d).region}; r != c.want || s.with(d).org != "file-org" {
			t.Errorf("%s: %v and org %q, want %v", c.name, r, s.with(d).org, c.want)
		}
	}
}
