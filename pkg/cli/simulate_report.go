package cli

import (
	"errors"
	"slices"

	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// mayReport refuses a report of what has none, and one that could not be written.
func (o *simulateOptions) mayReport() error {
	switch {
	case !o.report.given:
		return nil
	case o.showPII:
		return fail(errors.New("--report and --show-pii exclude each other"), "a page is kept and handed on, so it is always masked; leave out one of the two")
	case o.against != "":
		return fail(errors.New("--report and --against exclude each other"), "which calls move is told as text, markdown, csv or json")
	case o.checks.first != "":
		return fail(errors.New("--report and --init-suite exclude each other"), "write a first suite, then run it with --suite and --report")
	}
	return o.report.mayWrite()
}

// typedFlags are the flags of a command that were given, without those of every command and
// without the report itself; numbers are masked.
func typedFlags(cmd *cobra.Command) []string {
	var out []string
	own := cmd.LocalNonPersistentFlags()
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if own.Lookup(f.Name) == nil {
			return
		}
		switch v := f.Value.(type) {
		case *reportFile:
		case pflag.SliceValue:
			for _, x := range v.GetSlice() {
				out = append(out, "--"+f.Name, shownValue(f.Name, x))
			}
		default:
			if f.Value.Type() == "bool" && f.Value.String() == "true" {
				out = append(out, "--"+f.Name)
				return
			}
			out = append(out, "--"+f.Name, shownValue(f.Name, f.Value.String()))
		}
	})
	return out
}

// shownValue masks what may be somebody's.
func shownValue(flag, value string) string {
	if slices.Contains([]string{"ani", "dnis"}, flag) {
		return phone.Mask(value)
	}
	return value
}

// ranAs is the command of a report, as it could be typed again by whoever has its files.
func (o *simulateOptions) ranAs() string {
	return o.session.ranAs(append([]string{"simulate"}, o.typed...)...)
}
