package cli

import (
	"bufio"
	"errors"
	"fmt"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
)

// questions is how often a person is asked who answers neither yes nor no.
const questions = 3

// confirm asks a person on standard error. Without a name y and yes go on, and nothing typed is no;
// with one exactly it does. Nothing prompts without a terminal.
func confirm(env session, question, name string) error {
	if env.claimed != "" {
		return fail(fmt.Errorf("changes need a confirmation, and %s has taken standard input", env.claimed), "look at the plan, then repeat with --yes")
	}
	if !env.IO.InTerminal {
		return fail(errors.New("changes need a confirmation, and standard input is no terminal"), "look at the plan, then repeat with --yes")
	}
	if name == "" {
		question += " [y/N]"
	}
	in := bufio.NewReader(env.IO.In)
	for range questions {
		diag.Fprintf(env.IO.Err, "%s ", question)
		if err := env.IO.flush(); err != nil { // the question is seen before it is answered
			return fmt.Errorf("ask: %w", reason(err))
		}
		line, err := readLine(in)
		if err != nil {
			diag.Fprintf(env.IO.Err, "\n") // what comes next does not stand behind the question
			return unanswered(env, err)
		}
		typed := strings.TrimSpace(string(line))
		switch word := strings.ToLower(typed); {
		case name != "" && typed == name, name == "" && (word == "y" || word == "yes"):
			return nil
		case name != "":
			return fail(errors.New("not confirmed: nothing was changed"), fmt.Sprintf("type %q to go on", name))
		case word == "" || word == "n" || word == "no":
			return fail(errors.New("not confirmed: nothing was changed"), "")
		}
		diag.Fprintf(env.IO.Err, "Answer y or n.\n")
	}
	return fail(errors.New("not confirmed: nothing was changed"), "answer y to go on, or repeat with --yes")
}

// unanswered is the failure for a question that nobody answered: the input ended, or the command.
func unanswered(env session, err error) error {
	said := "no answer: nothing was changed"
	if late := env.stopped(err); late != err { //nolint:errorlint // it was told what ended it
		return fail(fmt.Errorf("%w: %s", late, said), findingOf(late).Hint)
	}
	return fail(errors.New(said), "")
}
