package cli

import "github.com/spf13/cobra"

// Tree gives tests all commands, with their flags.
func Tree(env *Env) *cobra.Command { return newRoot(env, commands(env)) }

// SecretVariables are the variables that tests fill with marks.
func SecretVariables() []string { return secretVariables() }
