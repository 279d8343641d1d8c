package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/spf13/cobra"
)

// Main runs the program and gives its exit code. Every error is printed here and nowhere
// else: on standard error for people, as an object on standard output with -o json.
func Main(ctx context.Context, args []string, env *Env) int {
	env = discreet(env)
	root := newRoot(env, commands(env))
	root.SetArgs(args)
	root.SetIn(env.IO.In)
	root.SetOut(env.IO.Out)
	root.SetErr(env.IO.Err)
	cmd, err := root.ExecuteContextC(ctx)
	err = argumentError(cmd, err)
	if env.stop != nil {
		env.stop()
	}
	if errors.Is(err, errExplained) {
		err = nil
	}
	if lost := env.IO.flush(); lost != nil && (err == nil || errors.Is(err, errNo)) {
		err = fmt.Errorf("write the output: %w", reason(lost))
	}
	code := exitCode(ctx, err)
	var printed *printedError
	if err != nil && !errors.Is(err, errNo) && !errors.As(err, &printed) {
		if wantsJSON(args) {
			printFailureJSON(env.IO, err)
		} else {
			printFailure(env.IO, err)
		}
	}
	env.IO.flush() //nolint:errcheck // there is nowhere left to say so
	return code
}

// wantsJSON reads -o from the arguments themselves, so that JSON stays valid when the
// arguments as a whole could not be parsed.
func wantsJSON(args []string) bool {
	if i := slices.Index(args, "--"); i >= 0 {
		args = args[:i]
	}
	for i, a := range args {
		switch a {
		case "-ojson", "-o=json", "--output=json":
			return true
		case "-o", "--output":
			return i+1 < len(args) && args[i+1] == "json"
		}
	}
	return false
}

func printFailure(io *Streams, err error) {
	var f *failure
	if !errors.As(err, &f) {
		diag.Fprintf(io.Err, "error: %s\n", err)
		return
	}
	if len(f.findings) > 0 {
		for _, one := range f.findings {
			diag.Print(io.Err, one, f.source)
		}
		if n := f.findings.Counts()[diag.Error]; n > 1 {
			diag.Fprintf(io.Err, "%d errors\n", n)
		}
		return
	}
	diag.Fprintf(io.Err, "error: %s\n", f.finding.Error())
	if f.finding.Hint != "" {
		diag.Fprintf(io.Err, "hint: %s\n", f.finding.Hint)
	}
}

func printFailureJSON(io *Streams, err error) {
	var all diag.Findings
	var f *failure
	if errors.As(err, &f) {
		all = f.findings
	}
	view.JSON(io.Out, view.NewFailure(findingOf(err), all)) //nolint:errcheck // the reader is gone
}

// argumentError gives the errors of cobra about commands and arguments, which have no type,
// the form of all others.
func argumentError(cmd *cobra.Command, err error) error {
	var f *failure
	if err == nil || errors.As(err, &f) {
		return err
	}
	switch text := err.Error(); {
	case strings.HasPrefix(text, "unknown command ") && !cmd.HasSubCommands():
		return usage(cmd.CommandPath(), fmt.Errorf("%s takes flags only, no other argument", cmd.CommandPath()))
	case strings.HasPrefix(text, "requires at least "):
		return usage(cmd.CommandPath(), fmt.Errorf("%s: nothing is named to work on", cmd.CommandPath()))
	case strings.Contains(text, "Did you mean this?"):
		said, names, _ := strings.Cut(text, "\n")
		names = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(names), "Did you mean this?"))
		return fail(errors.New(said), `did you mean "`+strings.Join(strings.Fields(names), `" or "`)+`"`)
	case strings.HasPrefix(text, "unknown command "), strings.HasPrefix(text, "accepts "):
		return usage(cmd.CommandPath(), err)
	}
	return err
}

// usage makes an error of the command line end with the way to the help.
func usage(command string, err error) error {
	return fail(err, fmt.Sprintf("see %q", strings.TrimSpace(command)+" --help"))
}
