package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/secret"
)

// A secret in an argument is seen by every process of the machine and kept by the shell, so no flag
// takes one. One that is typed all the same is refused before anything is done with it: what has
// HubSpot's form, what stands behind Bearer, a signed token, and what this run knows as a secret.

var (
	typedKey    = pattern.Of(`(?i)pat-[a-z0-9]{2,5}-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{8,}`)
	typedBearer = pattern.Of(`(?i)\b(?:bearer|basic)\s+([A-Za-z0-9._~+/=-]{20,})`)
	typedSigned = pattern.Of(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}`)
)

// longEnough is the length in bytes from which the value of a variable is no word that an argument may
// hold by chance.
const longEnough = 16

// typed is the failure for the first argument that holds a secret. Nothing of it is told.
func (e *Env) typed(args []string) error {
	if len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd) {
		return nil // a shell asks for words, and gets none
	}
	free := len(args) > 0 && args[0] == "eval" // texts that speak of headers; a key stands in none
	for i, a := range args {
		what, found := "", ""
		if m := typedKey().FindString(a); m != "" {
			what, found = "has the form of a HubSpot key", m
		} else if m := typedBearer().FindStringSubmatch(a); m != nil && !free {
			what, found = "has the form of a header with a token", m[1]
		} else if m := typedSigned().FindString(a); m != "" && !free {
			what, found = "has the form of a signed token", m
		}
		for _, name := range secretVariables() {
			if v := e.Getenv(name); len(v) >= longEnough && strings.Contains(a, v) && !ofEmulators(v) {
				what, found = "holds what "+e.from(name)+" says", v
			}
		}
		if what == "" {
			continue
		}
		e.known.Add(secret.New(found))
		return fail(fmt.Errorf("%s %s, and no secret is taken from the command line: other processes see it there, and the shell keeps it", place(args, i), what),
			fmt.Sprintf("give it in a variable such as %s, in a file that %s names, or with --%s; replace the one that was typed", keyVariable, keyVariable+fileEnding, secretsFlag))
	}
	return nil
}

// place says which argument it is, without its value.
func place(args []string, i int) string {
	if flag, _, is := strings.Cut(args[i], "="); is && strings.HasPrefix(flag, "--") && plainFlag(flag) {
		return "the value of " + flag
	}
	if i > 0 && strings.HasPrefix(args[i-1], "-") && plainFlag(args[i-1]) {
		return "the value of " + args[i-1]
	}
	return fmt.Sprintf("argument %d", i+1)
}

// plainFlag reports whether a text is called like a flag of ours.
func plainFlag(s string) bool {
	return len(s) < 2*longEnough && !strings.ContainsFunc(strings.TrimLeft(s, "-"), func(r rune) bool { return r != '-' && (r < 'a' || r > 'z') })
}

// unquoted is an error about arguments without those that look as if they were made by chance, which a
// secret without a form does, too.
func unquoted(err error, args []string) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	for _, a := range args {
		if len(a) >= longEnough && !strings.ContainsAny(a, `/\.`) && strings.Contains(text, a) && string(deployment.Redact([]byte(a))) != a {
			text = strings.ReplaceAll(text, a, strings.Repeat("•", 6))
		}
	}
	if text == err.Error() {
		return err
	}
	return errors.New(text)
}
