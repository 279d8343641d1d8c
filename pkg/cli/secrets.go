package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/spf13/cobra"
)

// secretsFlag has the secrets of a run read from standard input, where no other process sees
// them and no history keeps them.
const secretsFlag = "secrets-stdin"

// maxSecrets is far more than all of them take, in bytes.
const maxSecrets = 64 << 10

// A credential is a variable that says who the caller of a vendor is.
type credential struct {
	name, is string
	hidden   bool // false: an id, which may be shown
}

// credentials are those that commands take, from the environment, a file that it names, or with
// --secrets-stdin.
func credentials() []credential {
	return []credential{
		{keyVariable, "the HubSpot service key", true},
		{clientIDVariable, "the HubSpot app, with hubspot.auth.method: oauth", false},
		{clientSecretVariable, "the client secret of that app", true},
		{refreshTokenVariable, "the refresh token that HubSpot gave when the app was connected", true},
		{"GENESYSCLOUD_OAUTHCLIENT_ID", "the OAuth client (client credentials grant) that signs in to Genesys Cloud", false},
		{"GENESYSCLOUD_OAUTHCLIENT_SECRET", "the secret of that client", true},
		{"GENESYSCLOUD_ACCESS_TOKEN", "an access token of Genesys Cloud, in place of the two", true},
		{runtimeIDVariable, "the OAuth client that data actions run with, with manage.runtimeClient: false", false},
		{runtimeSecretVariable, "the secret of that run-time client", true},
	}
}

// The variables of a run-time client that setup does not make.
const (
	runtimeIDVariable     = "DEALROUTE_RUNTIME_CLIENT_ID"
	runtimeSecretVariable = "DEALROUTE_RUNTIME_CLIENT_SECRET"
)

// credentialsFlag names variables of a user's own, whose values are secrets.
const credentialsFlag = "credentials-env"

func addSecrets(root *cobra.Command) {
	root.PersistentFlags().Bool(secretsFlag, false, "read secrets from standard input, as lines NAME=value; they win over the environment and the files that it names")
}

// takeSecrets reads the secrets of this run from the files that a command's own variables name, and
// from standard input, when it is asked to.
func (e *Env) takeSecrets(cmd *cobra.Command) error {
	own, err := ownVariables(cmd)
	if err != nil {
		return err
	}
	e.takeFiles(own...)
	if asked, err := cmd.Flags().GetBool(secretsFlag); err != nil || !asked {
		return err
	}
	const how = "such as: pass show dealroute | dealroute plan --" + secretsFlag + "; each line is NAME=value"
	if e.IO.InTerminal {
		return fail(fmt.Errorf("--%s reads standard input, and that is a terminal: what is typed there can be seen", secretsFlag), how)
	}
	if err := e.claim("--" + secretsFlag); err != nil {
		return err
	}
	text, err := io.ReadAll(io.LimitReader(e.IO.In, maxSecrets+1))
	switch {
	case err != nil:
		return fmt.Errorf("read the secrets from standard input: %w", err)
	case len(text) > maxSecrets:
		return fail(fmt.Errorf("standard input has more than %d kB, and secrets do not", maxSecrets>>10), how)
	}
	told, err := readSecrets(string(text), own)
	if err != nil {
		return err
	}
	if len(told) == 0 {
		return fail(errors.New("standard input holds no secret"), how)
	}
	if p := e.given.profile; p != "" {
		for _, name := range sortedNames(told) {
			if strings.HasPrefix(name, "GENESYSCLOUD_") {
				return fail(fmt.Errorf("standard input gives %s, and profile %q names a client, too", name, p), "give one of the two")
			}
		}
	}
	if _, token := told["GENESYSCLOUD_ACCESS_TOKEN"]; !token && (told["GENESYSCLOUD_OAUTHCLIENT_ID"].Set() || told["GENESYSCLOUD_OAUTHCLIENT_SECRET"].Set()) {
		told["GENESYSCLOUD_ACCESS_TOKEN"] = secret.Value{} // one of the environment would win over the client
	}
	for name := range told {
		e.tell(name, told[name], name+" of standard input")
	}
	e.IO.In = spent{}
	return nil
}

// tell has this run take a secret in place of the environment's; from is how errors call it.
func (e *Env) tell(name string, v secret.Value, from string) {
	if e.told == nil {
		e.told = map[string]string{}
	}
	outside := e.Getenv
	e.told[name] = from
	e.Getenv = func(asked string) string {
		if asked == name {
			return v.Reveal()
		}
		return outside(asked)
	}
	if hidden(name) {
		e.known.Add(v)
	}
}

// spent is standard input when the secrets were read from it.
type spent struct{}

func (spent) Read([]byte) (int, error) {
	return 0, fail(fmt.Errorf("standard input held the secrets of --%s, and can hold nothing else", secretsFlag), "name a file for the other, or give the secrets in the environment")
}

// ownVariables are the names that a command's own flags give to secrets.
func ownVariables(cmd *cobra.Command) ([]string, error) {
	if cmd.Flags().Lookup(credentialsFlag) == nil {
		return nil, nil
	}
	all, err := cmd.Flags().GetStringSlice(credentialsFlag)
	for i, c := range all {
		all[i], _, _ = strings.Cut(c, "=")
	}
	return all, err
}

// readSecrets reads lines NAME=value, as files for environments have them: empty ones and those
// that begin with # say nothing, export before a name is left out, and so are quotes around a
// value. Nothing of a line is ever told: it may be a secret that has lost its name.
func readSecrets(text string, own []string) (map[string]secret.Value, error) {
	names := append(credentialNames(), own...)
	told, lines := map[string]secret.Value{}, map[string]int{}
	for i, line := range strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n") {
		line = strings.TrimSuffix(line, "\r")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		wrong := func(hint, format string, args ...any) error {
			return fail(fmt.Errorf("line %d of standard input %s", i+1, fmt.Sprintf(format, args...)), hint)
		}
		name, value, ok := strings.Cut(strings.TrimPrefix(strings.TrimLeft(line, " \t"), "export "), "=")
		known := "known are " + strings.Join(names, ", ")
		switch name = strings.TrimSpace(name); {
		case !ok:
			return nil, wrong("write it as NAME=value; "+known, "is not NAME=value")
		case !slices.Contains(names, name):
			if near := diag.DidYouMean(strings.ToUpper(name), names); near != "" {
				known = near
			}
			return nil, wrong(known, "gives a secret that is not known")
		case lines[name] > 0:
			return nil, wrong("leave one of the two out", "gives %s again, after line %d", name, lines[name])
		}
		if n := len(value); n >= 2 && (value[0] == '"' || value[0] == '\'') && value[n-1] == value[0] {
			value = value[1 : n-1]
		}
		if value == "" {
			return nil, wrong("give it a value, or leave the line out", "gives %s without a value", name)
		}
		v := secret.New(value)
		if whole(name, v) != nil {
			return nil, wrong("write the value alone behind the =", "gives %s with a blank or a control character at its ends or within, which is no part of a secret", name)
		}
		told[name], lines[name] = v, i+1
	}
	return told, nil
}

// explainedSecrets lists the variables of credentials with their sources; what they hold is
// nobody's business.
func (e *Env) explainedSecrets() []view.SecretSource {
	var out []view.SecretSource
	for _, c := range credentials() {
		out = append(out, view.SecretSource{Name: c.name, Source: e.source(c.name)})
	}
	return out
}
