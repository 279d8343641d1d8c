package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// What a command reads beside its arguments.
const (
	readsFile    = "file"    // the deployment file, and the templates it names
	readsCRM     = "crm"     // fixtures of HubSpot
	readsOrgFile = "orgfile" // fixtures of the org
	readsGenesys = "genesys" // signs in to Genesys Cloud
	readsHubSpot = "hubspot" // asks HubSpot, or writes the key into the org
	readsSandbox = "sandbox" // takes --sandbox
)

// A manual is what the page of a command says beside its help.
type manual struct {
	reads string // what it reads, with blanks
	no    string // what exit code 2 means; empty: it never gives that answer
	also  string // other pages, with blanks
}

// manExamples are those of commands whose help has none.
func manExamples() map[string]string {
	return map[string]string{
		"demo":          "dealroute demo",
		"rotate key":    "dealroute rotate key\npass show hubspot | dealroute rotate key --stdin --yes",
		"rotate client": "dealroute rotate client",
		"switch":        "dealroute switch",
		"switch show":   "dealroute switch show",
		"switch on":     "dealroute switch on",
		"switch off":    "dealroute switch off --reason \"HubSpot is down\"",
		"breaker":       "dealroute breaker",
		"breaker show":  "dealroute breaker show",
		"breaker open":  "dealroute breaker open --for 30m",
		"breaker close": "dealroute breaker close",
		"token renew":   "dealroute token renew --every 20m",
		"sandbox reset": "dealroute sandbox reset",
		"man":           "dealroute man --out ~/.local/share/man/man1",
		"version":       "dealroute version -o json",
	}
}

// manuals are those of all commands that do something, by their paths.
func manuals() map[string]manual {
	const org = readsFile + " " + readsGenesys + " " + readsHubSpot + " " + readsSandbox
	return map[string]manual{
		"demo":           {"", "", "setup simulate lab"},
		"init":           {readsGenesys + " " + readsHubSpot + " " + readsSandbox, "", "validate simulate setup schema"},
		"plan":           {org + " " + readsOrgFile + " " + readsCRM, "with --detailed-exitcode, changes are pending", "setup validate status"},
		"setup":          {org + " " + readsOrgFile, "what is set up does not route a caller as the policy says, or a saved plan no longer fits the org, the file or the program", "plan validate status destroy"},
		"destroy":        {org + " " + readsOrgFile, "", "setup status"},
		"rotate key":     {org, "", "rotate-client setup token-renew"},
		"rotate client":  {org, "", "rotate-key setup"},
		"status":         {org, "the org is not as the file says, or more of the data actions failed than --fail-over allows", "plan switch breaker"},
		"doctor":         {org + " " + readsOrgFile + " " + readsCRM, "something as grave as --fail-severity was found in an account", "validate status explain"},
		"switch":         {readsFile + " " + readsGenesys + " " + readsSandbox, "", "breaker status"},
		"switch show":    {readsFile + " " + readsGenesys + " " + readsSandbox, "", "switch breaker"},
		"switch on":      {readsFile + " " + readsGenesys + " " + readsSandbox, "", "switch breaker"},
		"switch off":     {readsFile + " " + readsGenesys + " " + readsSandbox, "", "switch breaker"},
		"breaker":        {readsFile + " " + readsGenesys + " " + readsSandbox, "", "switch status"},
		"breaker show":   {readsFile + " " + readsGenesys + " " + readsSandbox, "", "breaker switch"},
		"breaker open":   {readsFile + " " + readsGenesys + " " + readsSandbox, "", "breaker switch"},
		"breaker close":  {readsFile + " " + readsGenesys + " " + readsSandbox, "", "breaker switch"},
		"token renew":    {org, "", "setup rotate-key"},
		"auth check":     {org, "a secret that is needed is missing or refused, or lacks a permission or a scope", "validate plan token-renew"},
		"validate":       {org, "something as grave as --fail-severity was found, or the file does not parse", "explain simulate plan"},
		"simulate":       {org + " " + readsCRM + " " + readsOrgFile, "an expectation of the suite failed, or less is covered than --fail-under asks for", "validate simulate-merge plan"},
		"graph":          {org + " " + readsCRM + " " + readsOrgFile, "a file does not parse", "simulate validate flow-prove"},
		"simulate merge": {"", "an expectation failed in one of the parts, or together they cover less than --fail-under asks for", "simulate"},
		"render":         {readsFile, "", "validate schema"},
		"sandbox":        {readsFile + " " + readsCRM + " " + readsOrgFile + " " + readsSandbox, "", "sandbox-reset setup"},
		"lab":            {readsFile + " " + readsCRM + " " + readsOrgFile, "", "simulate validate demo"},
		"sandbox reset":  {readsFile + " " + readsSandbox, "", "sandbox"},
		"eval":           {"", "the expression, the template or the path is wrong, or with --check one of them", "flow-check action-check"},
		"flow check":     {"", "something as grave as an error was found in a flow, or it does not parse", "flow-run flow-prove explain"},
		"flow run":       {"", "the flow or the world file does not parse", "flow-check flow-prove"},
		"flow prove":     {"", "a property is broken or not decided, or the flow does not parse", "flow-check flow-run"},
		"action check":   {"", "an error was found in a data action, or it does not parse", "action-run explain"},
		"action run":     {readsGenesys, "the action failed, as a flow would see it", "action-check"},
		"explain":        {"", "", "validate flow-check action-check"},
		"schema":         {"", "", "validate"},
		"man":            {"", "", ""},
		"version":        {"", "", ""},
	}
}

// entry is a line of a list on a page.
type entry struct{ name, text string }

func (m manual) does(what string) bool { return slices.Contains(strings.Fields(m.reads), what) }

// environment are the variables that a command reads, from the tables of settings and of
// credentials.
func (m manual) environment() []entry {
	var out []entry
	for _, s := range settingTable() {
		switch s.name {
		case "file":
			if !m.does(readsFile) {
				continue
			}
		case "region", "org", "profile", "genesys-base-url":
			if !m.does(readsGenesys) {
				continue
			}
		case "hubspot-base-url":
			if !m.does(readsHubSpot) {
				continue
			}
		case "sandbox":
			if !m.does(readsSandbox) {
				continue
			}
		}
		out = append(out, entry{s.env, s.help + "; --" + s.name + " wins"})
	}
	for _, c := range credentials() {
		if strings.HasPrefix(c.name, "HUBSPOT_") && m.does(readsHubSpot) || !strings.HasPrefix(c.name, "HUBSPOT_") && m.does(readsGenesys) {
			out = append(out, entry{c.name, c.is + "; or " + c.name + fileEnding + ", a file that holds it; --" + secretsFlag + " wins"})
		}
	}
	out = append(out, entry{"HOME, XDG_CONFIG_HOME", "where the user's own files are"})
	if m.does(readsSandbox) {
		out = append(out, entry{"XDG_STATE_HOME", "where sandboxes are kept; otherwise ~/.local/state on Linux"})
	}
	if m.does(readsGenesys) {
		out = append(out, entry{"HTTPS_PROXY, HTTP_PROXY, NO_PROXY", "the proxy through which vendors are reached"})
	}
	return out
}

// files are those that a command reads by itself.
func (m manual) files() []entry {
	var out []entry
	add := func(what, name, text string) {
		if what == "" || m.does(what) {
			out = append(out, entry{name, text})
		}
	}
	add(readsFile, deploymentFile, "the deployment, here or in a folder above, unless --file names another; dealroute schema prints its JSON Schema")
	add(readsCRM, "crm.yaml", "beside it: the HubSpot account of simulated calls; dealroute schema crm")
	add(readsOrgFile, "org.yaml", "beside it: what the org has before the deployment comes, for the sandbox and simulated calls; dealroute schema org")
	add(readsGenesys, "~/.gc/config.toml", "profiles of Genesys' own command line tool; only read")
	add(readsSandbox, "~/.local/state/dealroute/sandbox", "what --sandbox keeps between commands; XDG_STATE_HOME moves it")
	add(readsGenesys, "~/.local/state/dealroute/targets", "to which org runs of a deployment file went, so that the next one can say when it goes elsewhere; XDG_STATE_HOME moves it")
	add("", "~/.config/dealroute/config.yaml", "settings of the user, by the names of the global flags")
	return out
}

// exits are the exit codes of a command.
func (m manual) exits() []entry {
	out := []entry{{"0", "done, or nothing to do"}, {"1", "not done: a mistake in the command line, a declined question, a failure"}}
	if m.no != "" {
		out = append(out, entry{"2", m.no})
	}
	return append(out, entry{"130", "interrupted"})
}

// everyCode is the exit codes of the page of all.
const everyCode = "the question was answered, and the answer is no; the page of each command says when"

// manSections are the sections of a command's page that its help does not have.
func manSections(cmd *cobra.Command) string {
	path := strings.TrimPrefix(strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()), " ")
	m, ok := manuals()[path]
	switch {
	case path == "":
		m.no = everyCode
		m.reads = strings.Join([]string{readsFile, readsCRM, readsOrgFile, readsGenesys, readsHubSpot, readsSandbox}, " ")
	case !ok:
		return ""
	}
	var b strings.Builder
	section := func(title string, all []entry) {
		b.WriteString(".SH " + title + "\n")
		for _, e := range all {
			b.WriteString(".TP\n\\fB" + roff(e.name) + "\\fP\n" + roff(e.text) + "\n")
		}
	}
	section("ENVIRONMENT", m.environment())
	section("FILES", m.files())
	section("EXIT STATUS", m.exits())
	return b.String()
}

// roff keeps a text from being taken for requests.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}
