package cli

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"
)

// A setting is a scalar that steers commands. Sources in order: flag, environment,
// deployment file, user configuration, default.
type setting struct {
	name, short, fallback, env, help string
	boolean                          bool
}

// settingTable lists every setting; flags, environment and --explain-config follow from it.
func settingTable() []setting {
	return []setting{
		{name: "file", short: "f", env: "DEALROUTE_FILE", help: "deployment file, its folder, or - for standard input (default: dealroute.yaml here or in a folder above)"},
		{name: "output", short: "o", fallback: "text", env: "DEALROUTE_OUTPUT", help: "text or json; validate writes sarif, junit and github, too, and plan and simulate --against markdown"},
		{name: "region", env: "GENESYSCLOUD_REGION", help: "Genesys Cloud region, by AWS name or domain"},
		{name: "org", env: "DEALROUTE_ORG", help: "refuse to touch any other org (name or id)"},
		{name: "profile", env: "GENESYSCLOUD_PROFILE", help: "profile of ~/.gc/config.toml to sign in with"},
		{name: "genesys-base-url", env: "DEALROUTE_GENESYS_BASE_URL", help: "where the platform API answers, instead of the region's address"},
		{name: "hubspot-base-url", fallback: "https://api.hubapi.com", env: "DEALROUTE_HUBSPOT_BASE_URL", help: "where HubSpot answers"},
		{name: "timeout", fallback: "20m", env: "DEALROUTE_TIMEOUT", help: "longest time for the whole command; servers run until they are interrupted"},
		{name: "log-level", fallback: "warn", env: "DEALROUTE_LOG_LEVEL", help: "debug, info, warn or error"},
		{name: "no-color", fallback: "false", env: "NO_COLOR", help: "print without colours, also on a terminal; so does NO_COLOR", boolean: true},
		{name: "sandbox", fallback: "false", env: "DEALROUTE_SANDBOX", help: "use emulators of both vendors instead of real accounts", boolean: true},
	}
}

// settings are the values of one run. The deployment file's own region and org join with
// with, once it is read.
type settings struct {
	file, region, org, profile string
	flag                       string // that names the file; empty: -f
	genesysBase, hubspotBase   string
	timeout                    time.Duration
	level                      slog.Level
	format                     string // text, json, or what else the command writes
	json, sandbox, plain       bool
	keyless                    bool // the command needs no HubSpot key, whatever is wrong with one
	regionGiven, orgGiven      bool // by a flag or the environment, which win over the deployment file
}

// with gives the settings that hold for a deployment.
func (s settings) with(d *deployment.Deployment) settings {
	if d.Genesys.Region != "" && !s.regionGiven {
		s.region = d.Genesys.Region
	}
	if d.Genesys.Org != "" && !s.orgGiven {
		s.org = d.Genesys.Org
	}
	return s
}

// A reading is what flags, environment and files say of the settings of one run.
type reading struct {
	v     *viper.Viper
	flags *pflag.FlagSet
	user  map[string]any // what the user's own configuration file says
	file  map[string]any // what the deployment file says
	env   func(string) string
}

func addSettings(flags *pflag.FlagSet) {
	for _, s := range settingTable() {
		if s.boolean {
			flags.BoolP(s.name, s.short, false, s.help)
			continue
		}
		flags.StringP(s.name, s.short, s.fallback, s.help)
	}
}

// readSettings reads flags, environment and the user's configuration. The deployment file never
// passes through viper, which folds the case of keys.
func readSettings(env *Env, flags *pflag.FlagSet) (*reading, error) {
	s := &reading{v: viper.New(), flags: flags, env: env.Getenv}
	for _, t := range settingTable() {
		if err := s.v.BindPFlag(t.name, flags.Lookup(t.name)); err != nil {
			return nil, err
		}
		if err := s.v.BindEnv(t.name, t.env); err != nil {
			return nil, err
		}
	}
	if err := s.readUserConfig(env); err != nil {
		return nil, err
	}
	return s, nil
}

// settings gives the values; formats are those that the command writes beside text and json.
func (s *reading) settings(formats []string) (settings, error) {
	out := settings{
		file: s.text("file"), region: s.text("region"), org: s.text("org"), profile: s.text("profile"),
		genesysBase: s.text("genesys-base-url"), hubspotBase: s.text("hubspot-base-url"),
		format: s.text("output"), json: s.text("output") == "json", sandbox: s.v.GetBool("sandbox"), plain: s.text("no-color") == "true",
		regionGiven: s.given("region"), orgGiven: s.given("org"),
	}
	for _, t := range settingTable() {
		if !strings.HasSuffix(t.name, "-base-url") {
			continue
		}
		if err := bareAddress(s.text(t.name), s.source(t)); err != nil {
			return out, err
		}
	}
	if all := append([]string{"text", "json"}, formats...); !slices.Contains(all, out.format) {
		return out, notOf("output", out.format, all)
	}
	if err := out.level.UnmarshalText([]byte(s.text("log-level"))); err != nil {
		return out, notOf("log level", s.text("log-level"), []string{"debug", "info", "warn", "error"})
	}
	if s.flags.Changed("region") {
		if _, err := domainOf(out.region); err != nil {
			return out, err
		}
	}
	for _, t := range settingTable() {
		if _, err := strconv.ParseBool(s.text(t.name)); t.boolean && err != nil {
			return out, fail(fmt.Errorf("%q of %s is neither true nor false", s.text(t.name), s.source(t)), "write true or false")
		}
	}
	var err error
	if out.timeout, err = time.ParseDuration(s.text("timeout")); err != nil {
		return out, fail(fmt.Errorf("timeout %q is not a duration", s.text("timeout")), "write it as 30s or 5m")
	}
	if out.timeout < shortestTimeout {
		return out, fail(fmt.Errorf("timeout %s is too short: nothing is done in less than %s", out.timeout, shortestTimeout), "write it as 30s or 5m")
	}
	return out, nil
}

// shortestTimeout is below what any command takes.
const shortestTimeout = 10 * time.Millisecond

// bareAddress refuses an address to which no path can be added: with a query or a fragment. What
// is behind them may be a key, and is not shown. What follows an unescaped ? or # of a password
// is taken for one of them, too.
func bareAddress(address, source string) error {
	if !strings.ContainsAny(address, "?#") {
		return nil
	}
	return fail(fmt.Errorf("the address of %s has a query or a fragment, and requests add a path of their own to it", source),
		"leave out ? and # and what is behind them; write those of a password as %3F and %23")
}

// given tells whether a flag or the environment has a setting.
func (s *reading) given(name string) bool {
	i := slices.IndexFunc(settingTable(), func(t setting) bool { return t.name == name })
	return s.flags.Changed(name) || s.env(settingTable()[i].env) != ""
}

func userConfigPath(getenv func(string) string) (string, bool) {
	dir := getenv("XDG_CONFIG_HOME")
	if dir == "" {
		home := getenv("HOME")
		if home == "" {
			return "", false
		}
		dir = filepath.Join(home, ".config")
	}
	return filepath.Join(dir, "dealroute", "config.yaml"), true
}

func (s *reading) readUserConfig(env *Env) error {
	path, ok := userConfigPath(env.Getenv)
	if !ok {
		return nil
	}
	v := viper.New()
	v.SetConfigType("yaml")
	data, err := readFile(path, maxSettings)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = v.ReadConfig(bytes.NewReader(data))
	}
	if err != nil {
		return fail(fmt.Errorf("user configuration %s: %w", path, err), "correct the file or remove it")
	}
	s.user = v.AllSettings()
	for k := range s.user {
		if !slices.ContainsFunc(settingTable(), func(t setting) bool { return t.name == k }) {
			return fail(fmt.Errorf("user configuration %s: unknown setting %q", path, k), "settings are named like the global flags")
		}
	}
	return s.v.MergeConfigMap(s.user)
}

// adopt takes the values that the deployment file gives; they win over the user's own.
func (s *reading) adopt(values map[string]any) error {
	s.file = map[string]any{}
	for k, v := range values {
		if v != "" {
			s.file[k] = v
		}
	}
	return s.v.MergeConfigMap(s.file)
}

func (s *reading) text(name string) string {
	if name == "no-color" && !s.flags.Changed(name) && s.env("NO_COLOR") != "" {
		return "true" // whatever it says: no-color.org
	}
	return s.v.GetString(name)
}

// log writes to standard error what the level lets through.
func (s session) log() *slog.Logger {
	return slog.New(slog.NewTextHandler(s.IO.Err, &slog.HandlerOptions{Level: s.settings.level}))
}

// source tells where a value comes from, for --explain-config.
func (s *reading) source(t setting) string {
	_, inFile := s.file[t.name]
	_, inUser := s.user[t.name]
	switch {
	case s.flags.Changed(t.name):
		return "flag --" + t.name
	case s.env(t.env) != "":
		return "environment " + t.env
	case inFile:
		return "deployment file"
	case inUser:
		return "user configuration"
	case t.fallback == "":
		return "not set"
	}
	return "default"
}

// explained lists every setting with its value and source.
func (s *reading) explained() []view.Setting {
	var out []view.Setting
	for _, t := range settingTable() {
		out = append(out, view.NewSetting(t.name, secret.InURL(s.text(t.name)), s.source(t)))
	}
	return out
}
