package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A choice is the value of a flag that takes one word of a closed set. It is refused, and
// completed, in one way for all of them.
type choice struct {
	into *string
	of   []string
	fold bool // letter case does not count
}

// choose adds a flag that takes one of some words; value is what it has without the flag.
func choose(f *pflag.FlagSet, into *string, name, value, help string, of ...string) {
	*into = value
	f.Var(choice{into: into, of: of}, name, help)
}

func (c choice) String() string { return *c.into }

// Type is what the help and pflag call the kind of value.
func (c choice) Type() string { return "string" }

// Set takes a word of the set.
func (c choice) Set(word string) error {
	i := slices.IndexFunc(c.of, func(w string) bool { return w == word || c.fold && strings.EqualFold(w, word) })
	if i < 0 {
		return errUnknownWord
	}
	*c.into = c.of[i]
	return nil
}

var errUnknownWord = errors.New("none of the words that are taken")

// notOf is the failure for a word that is none of a set: the nearest, and the set.
func notOf(what, word string, of []string) error {
	hint := "use " + either(of)
	if near := diag.DidYouMean(word, of); near != "" {
		hint = near + "; " + hint
	}
	return fail(fmt.Errorf("%s %q is not known", what, word), hint)
}

// either lists words: a, b or c.
func either(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// flagError gives the errors of pflag, which know no next step, one.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var value *pflag.InvalidValueError
	switch {
	case errors.As(err, &value) && errors.Is(err, errUnknownWord):
		if c, ok := value.GetFlag().Value.(choice); ok {
			return notOf("--"+value.GetFlag().Name, value.GetValue(), c.of)
		}
	case errors.As(err, &value):
		kind := map[string]string{"duration": "a duration", "bool": "true or false", "int": "a number", "uint": "a number", "uint64": "a number", "float64": "a number"}[value.GetFlag().Value.Type()]
		if kind != "" {
			hint := map[string]string{"duration": "write it as 30s or 5m", "bool": "leave the value out, or write =false"}[value.GetFlag().Value.Type()]
			if hint == "" {
				return usage(cmd.CommandPath(), fmt.Errorf("--%s %q is not %s", value.GetFlag().Name, value.GetValue(), kind))
			}
			return fail(fmt.Errorf("--%s %q is not %s", value.GetFlag().Name, value.GetValue(), kind), hint)
		}
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "":
		var known []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				known = append(known, "--"+f.Name)
			}
		})
		if near := diag.DidYouMean("--"+unknown.GetSpecifiedName(), known); near != "" {
			return fail(err, fmt.Sprintf("%s; see %q", near, cmd.CommandPath()+" --help"))
		}
	}
	return usage(cmd.CommandPath(), err)
}
