package cli

import (
	"encoding/json"
	"io/fs"
	"slices"

	"github.com/spf13/cobra"
	"golang.org/x/time/rate"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/recall"
)

// Rendering was a quarter of what the tests of this package took: they run every command on few
// files, again and again. A file is rendered once here, as long as it is the same and uses the
// built-in templates. Programs that scripts and pages start render for themselves.
func init() {
	type result struct {
		blueprint *blueprint.Blueprint
		found     diag.Findings
	}
	shared := recall.Store[result]{Most: 128 << 10} // some twenty files, with some megabytes each
	whole := rendering
	rendering = func(l *loaded, set fs.FS) (*blueprint.Blueprint, diag.Findings) {
		what, err := json.Marshal(l.deployment) // which is not always what the file says: a load is run under other strategies
		if err != nil || l.deployment.Templates != "" || len(l.source) == 0 {
			return whole(l, set)
		}
		r, err := shared.Of(l.path+"\x00"+string(l.source)+"\x00"+string(what), func(string) (result, error) {
			b, found := whole(l, set)
			return result{b, found}, nil
		})
		if err != nil {
			panic(err) // there is none
		}
		return r.blueprint, slices.Clone(r.found)
	}
}

// Tree gives tests all commands, with their flags.
func Tree(env *Env) *cobra.Command { return newRoot(env, commands(env)) }

// SecretVariables are the variables that tests fill with marks.
func SecretVariables() []string { return secretVariables() }

// Unpaced lets searches follow each other without a pause.
func Unpaced(env *Env) *Env {
	env.searches = rate.NewLimiter(rate.Inf, 1)
	return env
}
