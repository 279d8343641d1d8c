package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// offered is what a shell gets for a command line whose last word was begun: words, and how they
// are to be taken.
func offered(t *testing.T, env *Env, args ...string) (words []string, how string) {
	t.Helper()
	var out bytes.Buffer
	env.IO.Out = &out
	if code := Main(t.Context(), append([]string{cobra.ShellCompNoDescRequestCmd}, args...), env); code != 0 {
		t.Fatalf("%q: exit %d", args, code)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	last := len(lines) - 1
	return lines[:last], lines[last]
}

const (
	fromFiles   = ":0"
	withEndings = ":8"
	fromFolders = ":16"
	nothingMore = ":4"
	listInOrder = ":36"
)

func TestCompletion(t *testing.T) {
	basic, err := filepath.Abs("../../examples/basic/dealroute.yaml")
	if err != nil {
		t.Fatal(err)
	}
	env := testEnv(t)
	home := env.Getenv("HOME")
	if err := os.MkdirAll(filepath.Join(home, ".gc"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, ".gc", "config.toml"), []byte("[prod]\nenvironment = 'x'\nclient_secret = 'Se_CrEt'\n[dev]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile("dealroute.yaml", []byte("version: [broken\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ line, want, how string }{
		{"validate -o ", "text json sarif junit github", listInOrder},
		{"validate --output=s", "--output=sarif|sarif", listInOrder},
		{"version -o ", "text json", listInOrder},
		{"simulate --flow ", "rendered deployed", listInOrder},
		{"simulate --crm l", "live", listInOrder},
		{"plan --crm ", "fixtures live", listInOrder},
		{"setup --verify ", "on off", listInOrder},
		{"simulate --tier e", "enterprise", listInOrder},
		{"validate --fail-severity ", "error warning info", listInOrder},
		{"validate --severity DR-CALL-006=w", "DR-CALL-006=warning", listInOrder},
		{"simulate --fault t", "timeout", ":38"},
		{"simulate --fault deals=m", "deals=malformed", listInOrder},
		{"sandbox --fault 3=r", "3=reset", listInOrder},
		{"sandbox --fault 3", "", nothingMore},
		{"version --region eu-c", "eu-central-1 eu-central-2", listInOrder},
		{"plan --profile ", "dev prod", nothingMore},
		{"simulate --compare search,r", "search,rollup", ":38"},
		{"simulate --ani back", "", nothingMore}, // the file here is broken: silence
		{"simulate -f " + basic + " --ani back-", "back-in-time back-too-late", nothingMore},
		{"simulate -f " + basic + " --ani +", "", nothingMore},
		{"simulate -f " + basic + " --dnis ", "+15135550100", nothingMore},
		{"simulate --against d", "deployed", fromFiles},
		{"simulate --org ", "yaml yml", withEndings},
		{"validate --org ", "", nothingMore},
		{"validate -f ", "yaml yml", withEndings},
		{"plan --out ", "", fromFiles},
		{"render --out ", "", fromFolders},
		{"destroy --confirm ", "", nothingMore}, // a person types it, and not a shell
		{"status --since ", "", nothingMore},
		{"flow check ", "yaml yml", withEndings},
		{"action run ", "json tf", withEndings},
		{"simulate merge ", "json", withEndings},
		{"setup ", "", fromFiles},
		{"setup x ", "", nothingMore},
		{"eval ", "", nothingMore},
		{"explain dr-call-0", "", nothingMore},
		{"explain DR-CALL-00", "DR-CALL-006", nothingMore},
	} {
		args := strings.Split(c.line, " ")
		env.Getenv = func(name string) string { return map[string]string{"HOME": home, "DEALROUTE_OUTPUT": "nonsense"}[name] }
		got, how := offered(t, env, args...)
		if c.line == "explain DR-CALL-00" {
			got = slices.DeleteFunc(got, func(w string) bool { return w != "DR-CALL-006" })
		}
		if how != c.how || !slices.Contains(strings.Split(c.want, "|"), strings.Join(got, " ")) {
			t.Errorf("%s: %q %s, want %s %s", c.line, got, how, c.want, c.how)
		}
		if s := env.IO.Err.(*bytes.Buffer).String(); strings.Contains(s, "rror") || strings.Contains(s, "Se_CrEt") {
			t.Fatalf("%s: %s", c.line, s)
		}
	}
}

// Every flag with a value has something to offer or offers nothing; none offers files that make
// no sense, as a flag does that nobody thought of.
func TestEveryFlagIsCompleted(t *testing.T) {
	env := testEnv(t)
	root := newRoot(env, commands(env))
	n := 0
	var visit func(*cobra.Command)
	visit = func(cmd *cobra.Command) {
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Value.Type() == "bool" || f.Name == "help" || cmd.Name() == "completion" || cmd.Parent() != nil && cmd.Parent().Name() == "completion" {
				return
			}
			n++
			if _, ok := cmd.GetFlagCompletionFunc(f.Name); !ok {
				t.Errorf("%s --%s", cmd.CommandPath(), f.Name)
			}
		})
		for _, c := range cmd.Commands() {
			visit(c)
		}
	}
	visit(root)
	if n < 80 {
		t.Errorf("%d flags", n)
	}
}

// A word out of a closed set is refused in one way, whichever flag it is: with the nearest and all.
func TestWordsOutOfASet(t *testing.T) {
	env := testEnv(t)
	root := newRoot(env, commands(env))
	n := 0
	var visit func(*cobra.Command)
	visit = func(cmd *cobra.Command) {
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			set, is := f.Value.(choice)
			if !is {
				return
			}
			n++
			args := append(strings.Fields(cmd.CommandPath())[1:], "--"+f.Name, set.of[0]+"x")
			code, out, errs := tell(t, "", args...)
			want := "error: --" + f.Name + ` "` + set.of[0] + "x\" is not known\nhint: did you mean \"" + set.of[0] + `"; use ` + either(set.of) + "\n"
			if code != 1 || out != "" || errs != want {
				t.Errorf("%q: exit %d\n%s%s, want\n%s", args, code, out, errs, want)
			}
		})
		for _, c := range cmd.Commands() {
			visit(c)
		}
	}
	visit(root)
	if n < 10 {
		t.Errorf("%d flags", n)
	}
	for args, want := range map[string]string{
		"version -o jso":              `output "jso" is not known` + "\nhint: did you mean \"json\"; use text or json\n",
		"version --log-level inf":     `log level "inf" is not known` + "\nhint: did you mean \"info\"; use debug, info, warn or error\n",
		"version --region eu-centrl1": "nor a domain\nhint: did you mean \"eu-central-1\"; known are ap-northeast-1, ",
		"validate --profo off":        "error: unknown flag: --profo\nhint: did you mean \"--proof\"; see \"dealroute validate --help\"\n",
		"version --timeot 1s":         "did you mean \"--timeout\"",
		"version --zzz":               "hint: see \"dealroute version --help\"\n",
		"status --since 5":            "error: --since \"5\" is not a duration\nhint: write it as 30s or 5m\n",
		"version --sandbox=maybe":     "error: --sandbox \"maybe\" is not true or false\n",
		"flow prove x --states many":  "error: --states \"many\" is not a number\n",
	} {
		if code, out, errs := tell(t, "", strings.Fields(args)...); code != 1 || out != "" || !strings.Contains(errs, want) {
			t.Errorf("%s: exit %d\n%s%s", args, code, out, errs)
		}
	}
}

// A switch in the environment that is neither on nor off is no silent off: --sandbox keeps from a
// real org.
func TestSwitchesInTheEnvironment(t *testing.T) {
	for value, code := range map[string]int{"yes": 1, "on": 1, "true": 0, "1": 0, "false": 0, "": 0} {
		env := testEnv(t)
		env.Getenv = func(name string) string { return map[string]string{"DEALROUTE_SANDBOX": value, "NO_COLOR": "no"}[name] }
		t.Setenv("DEALROUTE_SANDBOX", value) // viper reads it itself
		if got := Main(t.Context(), []string{"version", "--explain-config"}, env); got != code {
			t.Errorf("%q: exit %d", value, got)
		}
		said := strings.Join(strings.Fields(env.IO.Out.(*bytes.Buffer).String()), " ")
		if code == 0 && !strings.Contains(said, "no-color true environment NO_COLOR") { // whatever it says
			t.Error(said)
		}
	}
}

func TestVersionFlag(t *testing.T) {
	for _, more := range []string{"", " -o json"} {
		_, want, _ := tell(t, "", strings.Fields("version"+more)...)
		if more == "" {
			want, _, _ = strings.Cut(want, "\n")
			want += "\n"
		}
		if code, out, errs := tell(t, "", strings.Fields("--version"+more)...); code != 0 || out != want || errs != "" {
			t.Errorf("exit %d\n%s%s, want %s", code, out, errs, want)
		}
	}
	if code, _, _ := tell(t, "", "validate", "--version"); code != 1 {
		t.Error("it stands by itself")
	}
}
