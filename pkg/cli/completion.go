package cli

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// What a shell offers for a value: of a closed set its words, of a file the endings it may have,
// of what only the deployment file or the profiles know what stands there. Nothing is offered,
// also no file, for what a person makes up. Nothing is rendered, sent or said.

const (
	noFiles = cobra.ShellCompDirectiveNoFileComp
	inOrder = cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
)

// A completer gives the words for what was typed.
type completer = func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective)

func offer(of ...string) completer {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) { return of, inOrder }
}

// files offers folders and the files with these endings.
func files(endings ...string) completer {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return endings, cobra.ShellCompDirectiveFilterFileExt
	}
}

func anyFile(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveDefault
}

func folders(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// commas offers the words of a list with commas, each once.
func commas(of []string) completer {
	return func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		before := typed[:strings.LastIndexByte(typed, ',')+1]
		var out []string
		for _, w := range of {
			if !slices.Contains(strings.Split(before, ","), w) {
				out = append(out, before+w)
			}
		}
		return out, inOrder | cobra.ShellCompDirectiveNoSpace
	}
}

// completers are those of flags, by name, and by the path of a command and name where a name
// means something else there. A flag that is not here and takes no closed set takes free text.
func completers(env *Env) map[string]completer {
	yaml, json := files("yaml", "yml"), files("json")
	calls := files("yaml", "yml", "jsonl", "csv")
	return map[string]completer{
		"file": yaml, "fixtures": yaml, "world": yaml, "module": yaml, "init-suite": yaml, "simulate org": yaml, "graph org": yaml, "lab org": yaml,
		"suite": calls, "coverage": calls, "routing-diff": calls, "arrivals": files("csv"),
		"context": json, "document": json, "auth": json, "plan out": anyFile, "graph out": files("svg", "dot", "mmd", "json", "txt"), "report": files("html"),
		"counterexamples": folders, "copy-templates": folders, "render out": folders, "init out": folders, "countries": commas(phone.Regions()), "man out": folders,

		"output": func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			return append([]string{"text", "json"}, strings.Fields(cmd.Annotations[formatsOf])...), inOrder
		},
		"log-level": offer("debug", "info", "warn", "error"),
		"region":    offer(regionWords()...),
		"profile": func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return profiles(env), noFiles
		},
		"reading":        commas(readingWords()),
		"compare":        commas(deployment.Strategies()),
		"auth check for": commas(commandWords()),
		"severity":       completeSeverity,
		"simulate fault": completeFault, "graph fault": completeFault, "sandbox fault": completeOrgFault,
		"against": func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{deployed}, cobra.ShellCompDirectiveDefault // and the files
		},
		"simulate ani": callers(env), "graph ani": callers(env),
		"simulate dnis": numbers(env), "graph dnis": numbers(env), "number": numbers(env),
	}
}

// callers offers the names of calls in the fixtures.
func callers(env *Env) completer {
	return func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		return callNames(env, cmd), noFiles
	}
}

// fitting leaves the words that begin as what was typed, which not every shell does itself.
func fitting(c completer) completer {
	return func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		all, how := c(cmd, args, typed)
		if how&(cobra.ShellCompDirectiveFilterFileExt|cobra.ShellCompDirectiveFilterDirs) != 0 {
			return all, how
		}
		return slices.DeleteFunc(slices.Clone(all), func(w string) bool { return !strings.HasPrefix(w, typed) }), how
	}
}

// complete makes every flag of a command, and of those below it, one whose value is completed.
func complete(env *Env, root *cobra.Command) {
	known := completers(env)
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		path := strings.TrimPrefix(cmd.CommandPath(), root.Name()+" ")
		add := func(f *pflag.Flag) {
			c, ok := known[path+" "+f.Name]
			if !ok {
				c, ok = known[f.Name]
			}
			if set, is := f.Value.(choice); is {
				c, ok = offer(set.of...), true
			}
			if !ok {
				c = cobra.NoFileCompletions
			}
			if f.Value.Type() != "bool" && f.Name != "help" {
				cmd.RegisterFlagCompletionFunc(f.Name, fitting(c)) //nolint:errcheck // one that has a function of its own keeps it
			}
		}
		cmd.LocalNonPersistentFlags().VisitAll(add)
		cmd.PersistentFlags().VisitAll(add)
		switch {
		case cmd.ValidArgsFunction != nil:
			cmd.ValidArgsFunction = fitting(cmd.ValidArgsFunction)
		case len(cmd.ValidArgs) == 0:
			cmd.ValidArgsFunction = completeArgs(path)
		}
		for _, c := range cmd.Commands() {
			if c.Name() != "completion" {
				visit(c)
			}
		}
	}
	visit(root)
}

// completeArgs gives the completer for the arguments of a command.
func completeArgs(path string) completer {
	name, verb, _ := strings.Cut(path, " ")
	switch {
	case name == "action" && verb != "":
		return files("json", "tf")
	case name == "flow" && verb != "":
		return files("yaml", "yml")
	case path == "simulate merge":
		return files("json")
	case path == "graph":
		return files("yaml", "yml")
	case path == "setup":
		return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, noFiles
			}
			return nil, cobra.ShellCompDirectiveDefault
		}
	}
	return cobra.NoFileCompletions
}

func regionWords() []string {
	var out []string
	for _, r := range deployment.Regions() {
		domain, _ := deployment.Domain(r)
		out = append(out, r+"\t"+domain)
	}
	return out
}

func readingWords() []string {
	var out []string
	for _, r := range dataaction.Readings() {
		out = append(out, r.Name)
	}
	return out
}

func profiles(env *Env) []string {
	data, err := readFile(filepath.Join(env.Getenv("HOME"), ".gc", "config.toml"), maxSettings)
	all := map[string]profile{}
	if err != nil || toml.Unmarshal(data, &all) != nil {
		return nil
	}
	return sortedNames(all)
}

// completeSeverity offers codes, and behind one what it may count as.
func completeSeverity(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	var out []string
	if code, _, behind := strings.Cut(typed, "="); behind {
		for _, g := range gravities {
			out = append(out, code+"="+string(g))
		}
		return out, inOrder
	}
	for _, e := range explanations() {
		if strings.HasPrefix(e.code, "DR-") {
			out = append(out, e.code+"=\t"+e.title)
		}
	}
	return out, noFiles | cobra.ShellCompDirectiveNoSpace
}

// completeFault offers kinds of faults, also behind the part of a data action's name.
func completeFault(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	before := typed[:strings.LastIndexByte(typed, '=')+1]
	var out []string
	for _, k := range transport.FaultKinds() {
		out = append(out, before+string(k))
	}
	if before == "" {
		return append(out, "contact=\tof the data action with this in its name", "deals=\tof the data action with this in its name"), inOrder | cobra.ShellCompDirectiveNoSpace
	}
	return out, inOrder
}

// completeOrgFault offers what the Nth call to the emulated org may answer.
func completeOrgFault(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	nth, _, behind := strings.Cut(typed, "=")
	if !behind {
		return nil, noFiles
	}
	return []string{nth + "=429", nth + "=500", nth + "=503", nth + "=reset"}, inOrder
}

// typedDeployment reads the deployment file that the command line names, nil when it cannot.
func typedDeployment(env *Env, cmd *cobra.Command) (path string, d *deployment.Deployment) {
	r, err := readSettings(env, cmd.Flags())
	if err != nil {
		return "", nil
	}
	s := session{env, settings{file: r.text("file")}}
	if path, err = findDeployment(s); err != nil || path == stdinName {
		return "", nil
	}
	data, err := readFile(path, maxDeployment)
	if err != nil {
		return path, nil
	}
	d, found := deployment.Parse(path, data)
	if found.Has(diag.Error) {
		return path, nil
	}
	return path, d
}

// numbers offers those of the deployment.
func numbers(env *Env) completer {
	return func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		if _, d := typedDeployment(env, cmd); d != nil {
			return d.Calls.Numbers, noFiles
		}
		return nil, noFiles
	}
}

// callNames offers the callers that the fixtures have a name for. Numbers of people are not shown.
func callNames(env *Env, cmd *cobra.Command) []string {
	out := []string{phone.WithheldWords()[0]}
	path, _ := cmd.Flags().GetString("fixtures")
	if path == "" {
		file, d := typedDeployment(env, cmd)
		if d == nil {
			return out
		}
		path = filepath.Join(filepath.Dir(file), "crm.yaml")
	}
	data, err := readFile(path, maxText)
	if err != nil {
		return out
	}
	f, found := simulate.DecodeFixtures(path, data)
	if found.Has(diag.Error) || f == nil {
		return out
	}
	for _, name := range sortedNames(f.Calls) {
		if strings.ContainsFunc(name, func(r rune) bool { return r >= 'a' && r <= 'z' }) && !strings.ContainsRune(name, ':') && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}
