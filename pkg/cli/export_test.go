package cli

import (
	"github.com/spf13/cobra"
	"golang.org/x/time/rate"
)

// Tree gives tests all commands, with their flags.
func Tree(env *Env) *cobra.Command { return newRoot(env, commands(env)) }

// SecretVariables are the variables that tests fill with marks.
func SecretVariables() []string { return secretVariables() }

// Unpaced lets searches follow each other without a pause.
func Unpaced(env *Env) *Env {
	env.searches = rate.NewLimiter(rate.Inf, 1)
	return env
}
