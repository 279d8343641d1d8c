package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/spf13/cobra"
)

// Main runs the program and gives its exit code. Every error is printed here and nowhere
// else: on standard error for people, as an object on standard output with -o json.
func Main(ctx context.Context, args []string, env *Env) int {
	env = discreet(env)
	return run(ctx, args, env, commands(env))
}

// run is Main with some commands.
func run(ctx context.Context, args []string, env *Env, all map[string][]*cobra.Command) int {
	root := newRoot(env, all)
	root.SetArgs(args)
	env.undressed(args)
	env.late = make(chan error, 1)
	ended := make(chan error, 1)
	go func() {
		env.takeFiles(credentialNames()...) // before anything can be said
		if err := env.typed(args); err != nil {
			ended <- err
			return
		}
		cmd, err := root.ExecuteContextC(ctx)
		ended <- argumentError(cmd, err, args)
	}()
	var err error
	select {
	case err = <-ended:
	case err = <-env.late:
	}
	err = env.stopped(err)
	if env.stop != nil {
		env.stop()
	}
	if errors.Is(err, errExplained) {
		err = nil
	}
	lost := env.IO.flush()
	if lost != nil && (err == nil || errors.Is(err, errNo)) {
		err = unwritten(lost)
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
	if now := env.IO.flush(); now != nil && (lost == nil || wantsJSON(args)) {
		code = exitFailed // also an answer no: it did not arrive
		printFailure(env.IO, unwritten(now))
		env.IO.flush() //nolint:errcheck // there is nowhere left to say so
	}
	return code
}

// unwritten is the error of an output that takes nothing, such as a full disk.
func unwritten(err error) error { return fmt.Errorf("write the output: %w", reason(err)) }

// grace is how long a command may take to end when it was interrupted or its time ran out.
// Files are written whole and a setup goes on from any call, so nothing is lost behind it.
const grace = 5 * time.Second

// serves is the annotation of a command that runs until it is interrupted. Its value is the
// flag that makes it so; without one it always does.
const serves = "serves"

func isServer(cmd *cobra.Command) bool {
	flag, is := cmd.Annotations[serves]
	return is && (flag == "" || cmd.Flags().Changed(flag))
}

// limit bounds a command by --timeout, a server by nothing, and sees to it that it ends.
func (e *Env) limit(ctx context.Context, server bool) context.Context {
	bound := func() (context.Context, context.CancelFunc) { return context.WithTimeout(ctx, e.given.timeout) }
	if server {
		bound = func() (context.Context, context.CancelFunc) { return context.WithCancel(ctx) }
	}
	ctx, cancel := bound()
	e.IO.In = &input{ctx: ctx, r: e.IO.In}
	late := e.late
	ended := context.AfterFunc(ctx, func() {
		time.Sleep(grace)
		late <- ctx.Err()
	})
	e.stop = func() { ended(); cancel() }
	return ctx
}

// stopped says in words that a command was ended from outside, when it says no more itself.
func (e *Env) stopped(err error) error {
	switch err {
	case context.Canceled: //nolint:errorlint // one with more to say is left alone
		return &failure{finding: diag.Finding{Message: "interrupted"}, cause: err}
	case context.DeadlineExceeded: //nolint:errorlint // as above
		return &failure{finding: diag.Finding{Message: fmt.Sprintf("not done within %s", e.given.timeout), Hint: moreTime}, cause: err}
	}
	// Of one that says what it waited for it is told how long the command may take.
	var f *failure
	var printed *printedError
	if !errors.Is(err, context.DeadlineExceeded) || errors.As(err, &printed) {
		return err
	}
	late := fmt.Sprintf("not done within %s", e.given.timeout)
	if !errors.As(err, &f) {
		f = &failure{finding: diag.Finding{Message: inWords(err), Hint: moreTime}, cause: err}
	}
	told := *f
	if strings.HasPrefix(told.finding.Message, late) {
		return err
	}
	if told.finding.Message == ranOut {
		told.finding.Message = late
	} else {
		told.finding.Message = late + ": " + told.finding.Message
	}
	return &told
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
		diag.Fprintf(io.Err, "%s %s\n", diag.In(diag.Bad, "error:"), inWords(err))
		return
	}
	if len(f.findings) > 0 {
		diag.PrintAll(io.Err, f.findings, func(diag.Finding) []byte { return f.source })
		if n := f.findings.Counts()[diag.Error]; n > 1 {
			diag.Fprintf(io.Err, "%d errors\n", n)
		}
		return
	}
	diag.Fprintf(io.Err, "%s %s\n", diag.In(diag.Bad, "error:"), f.finding.Error())
	if f.finding.Hint != "" {
		diag.Fprintf(io.Err, "%s %s\n", diag.In(diag.Accent, "hint:"), f.finding.Hint)
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
func argumentError(cmd *cobra.Command, err error, args []string) error {
	var f *failure
	if err == nil || errors.As(err, &f) {
		return err
	}
	err = unquoted(err, args)
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
