package cli

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
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
	proofRoom = 2 << 30 // for all the tests that run at a time
	type result struct {
		blueprint *blueprint.Blueprint
		found     diag.Findings
	}
	shared := recall.Store[result]{Most: 8 * 80} // eight files with some megabytes each, by 64 characters and what the store adds
	whole := rendering
	rendering = func(l *loaded, set fs.FS) (*blueprint.Blueprint, diag.Findings) {
		what, err := json.Marshal(l.deployment) // which is not always what the file says: a load is run under other strategies
		if err != nil || l.deployment.Templates != "" || len(l.source) == 0 {
			return whole(l, set)
		}
		key := fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(what, "\x00%s\x00%s", l.path, l.source)))
		r, err := shared.Of(key, func(string) (result, error) {
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
