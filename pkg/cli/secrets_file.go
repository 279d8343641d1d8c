package cli

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/view"
)

// fileEnding makes of the name of a credential's variable that of the one which names the file that
// holds the credential, as images of containers have it: Docker and Kubernetes mount secrets as files.
const fileEnding = "_FILE"

// maxSecret is far more than one takes, in bytes. HubSpot's longest are below 4,096.
const maxSecret = 16 << 10

// A filed credential is one for which a file is named.
type filed struct {
	path  string
	value secret.Value
	last  secret.Value // that it had when it could be read last
	err   error        // why it cannot be had; it is told by who needs it
}

// takeFiles reads the files that the environment names for these variables, and gives whether one
// holds something else than before. A run reads them once, so that the key which was looked at is the
// one that is written, and token renew --every before each renewal: a mount changes when a secret is rotated.
func (e *Env) takeFiles(names ...string) (changed bool) {
	if e.filed == nil {
		e.filed = map[string]filed{}
		outside := e.Getenv
		e.Getenv = func(asked string) string {
			if f, ok := e.filed[asked]; ok {
				return f.value.Reveal()
			}
			return outside(asked)
		}
		e.outside = outside
	}
	for _, name := range names {
		path := e.outside(name + fileEnding)
		if path == "" || strings.HasSuffix(name, fileEnding) {
			continue
		}
		f := filed{path: path}
		if e.outside(name) != "" {
			f.err = fail(fmt.Errorf("%s and %s are both set", name, name+fileEnding), "leave one of them out: nobody could tell which counts")
		} else {
			f.value, f.err = fromFile(name, path)
		}
		if hidden(name) && !ofEmulators(f.value.Reveal()) {
			e.known.Add(f.value)
		}
		if f.last = e.filed[name].last; f.err == nil {
			changed = changed || f.last.Reveal() != f.value.Reveal()
			f.last = f.value
		}
		e.filed[name] = f
	}
	return changed
}

// credentialNames are the variables of credentials.
func credentialNames() []string {
	var out []string
	for _, c := range credentials() {
		out = append(out, c.name)
	}
	return out
}

// hidden reports whether the value of a variable is a secret; all that are no credential of ours are.
func hidden(name string) bool {
	i := slices.IndexFunc(credentials(), func(c credential) bool { return c.name == name })
	return i < 0 || credentials()[i].hidden
}

// fromFile reads a credential from its file: its text without the last line end. Nothing of the text is
// ever told, nor a path that may be a secret in the wrong variable.
func fromFile(name, path string) (secret.Value, error) {
	variable := name + fileEnding
	shown := "the file " + path
	if !filepath.IsAbs(path) && !strings.HasPrefix(path, ".") || secret.Said(path) != path {
		shown = "the file"
	}
	wrong := func(hint, format string, args ...any) (secret.Value, error) {
		return secret.Value{}, fail(fmt.Errorf("%s: %s", variable, fmt.Sprintf(format, args...)), hint)
	}
	alone := "let it hold the value alone, in one line"
	data, err := readFile(path, maxSecret)
	if err != nil {
		return wrong("name a file that can be read and holds the value alone; a secret itself belongs in "+name+", and one that comes from another program in --"+secretsFlag, "%s cannot be used: %v", shown, err)
	}
	shown = "the file " + path // there is one
	text := strings.TrimPrefix(string(data), "\ufeff")
	text = strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
	own := !slices.Contains(credentialNames(), name)
	strange := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == unicode.ReplacementChar }
	switch {
	case strings.TrimSpace(text) == "":
		return wrong(alone, "%s is empty", shown)
	case strings.ContainsAny(text, "\n\r"):
		return wrong(alone, "%s has more than one line", shown)
	case own && whole(name, secret.New(text)) != nil, !own && strings.ContainsFunc(text, strange):
		return wrong(alone+", without blanks", "%s holds a blank or a control character that is no part of a secret", shown)
	case !own && strings.HasPrefix(text, name+"="):
		return wrong("leave out "+name+"=; lines of that form are read from standard input, with --"+secretsFlag, "%s holds a line NAME=value and not the value alone", shown)
	case !own && strings.ContainsAny(text[:1]+text[len(text)-1:], `"'`):
		return wrong("leave the quotes out", "%s holds quotes, which are no part of a secret", shown)
	}
	return secret.New(text), nil
}

// credential gives what a variable is, by standard input, the environment or the file that it names;
// empty when none of them says it.
func (e *Env) credential(name string) (secret.Value, error) {
	v, err := e.own(name)
	if err != nil {
		return v, err
	}
	return v, whole(e.from(name), v)
}

// own is credential for a variable of a user's own: other people's secrets may have blanks.
func (e *Env) own(name string) (secret.Value, error) {
	if f, ok := e.filed[name]; ok && e.told[name] == "" && f.err != nil {
		return secret.Value{}, f.err
	}
	return secret.New(e.Getenv(name)), nil
}

// gives reports whether somebody says what a variable is, also when it cannot be used.
func (e *Env) gives(name string) bool {
	_, filed := e.filed[name]
	return e.Getenv(name) != "" || filed && e.told[name] == ""
}

// from says where variables, listed with commas, come from, for errors about what they hold.
func (e *Env) from(names string) string {
	all := strings.Split(names, ", ")
	for i, n := range all {
		if at := e.told[n]; at != "" {
			all[i] = at
		} else if _, ok := e.filed[n]; ok {
			all[i] = "the file of " + n + fileEnding
		}
	}
	return strings.Join(all, ", ")
}

// source says where a credential comes from, as a list of settings has it.
func (e *Env) source(name string) string {
	f, byFile := e.filed[name]
	switch {
	case e.given.profile != "" && strings.HasPrefix(name, "GENESYSCLOUD_"):
		return fmt.Sprintf("profile %q", e.given.profile)
	case e.told[name] != "" && e.Getenv(name) != "":
		return "standard input"
	case e.told[name] != "":
		return view.NotSet
	case byFile && f.err != nil:
		return "file named by " + name + fileEnding + ", " + view.NotUsable
	case byFile:
		return "file named by " + name + fileEnding
	case e.Getenv(name) != "":
		return "environment"
	}
	return view.NotSet
}
