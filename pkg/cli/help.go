package cli

import (
	"fmt"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/spf13/cobra"
)

// mostOfHelp is how wide help is folded at most: longer lines are hard to read.
const mostOfHelp = 100

// prose is how wide a text is folded that is written to standard output, 0 for not at all.
func (s *Streams) prose() int {
	if t, ok := s.Out.(diag.Terminal); ok && t.Columns() > 0 {
		return min(t.Columns(), mostOfHelp)
	}
	return 0
}

// printHelp writes the help of a command, folded to the terminal.
func printHelp(env *Env) func(*cobra.Command, []string) {
	return func(cmd *cobra.Command, _ []string) {
		width := env.IO.prose()
		text := cmd.Long
		if text == "" {
			text = cmd.Short
		}
		diag.Fprintf(env.IO.Out, "%s\n\n", diag.Block(diag.Wrap(strings.TrimSpace(text), width)))
		for line := range strings.Lines(cmd.UsageString()) {
			line = strings.TrimSuffix(line, "\n")
			if strings.HasSuffix(line, ":") && !strings.HasPrefix(line, " ") {
				diag.Fprintf(env.IO.Out, "%s\n", diag.In(diag.Strong, line))
				continue
			}
			diag.Fprintf(env.IO.Out, "%s\n", line)
		}
	}
}

// strictHelp makes "help" say that there is no such command, instead of helping with another.
func strictHelp(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	c, _, err := root.Find([]string{"help"})
	if err != nil || c == root {
		return
	}
	c.Run, c.RunE = nil, func(_ *cobra.Command, args []string) error {
		at := root
		for _, name := range args {
			next, _, err := at.Find([]string{name})
			if err != nil || next == at {
				var known []string
				for _, k := range at.Commands() {
					known = append(known, k.Name())
				}
				hint := diag.DidYouMean(name, known)
				if hint == "" {
					hint = fmt.Sprintf("see %q", at.CommandPath()+" --help")
				}
				return fail(fmt.Errorf("there is no command %q", strings.Join(append([]string{root.Name()}, args...), " ")), hint)
			}
			at = next
		}
		at.InitDefaultHelpFlag()
		return at.Help()
	}
}
