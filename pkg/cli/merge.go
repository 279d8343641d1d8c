package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/dealroute/dealroute/pkg/report"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/spf13/cobra"
)

type mergeOptions struct {
	session
	files     []string
	failUnder string
	report    reportFile
}

func newSimulateMergeCmd(env *Env, run func(context.Context, mergeOptions) error) *cobra.Command {
	o := mergeOptions{}
	cmd := &cobra.Command{
		Use:         "merge FILE...",
		Annotations: map[string]string{formatsOf: "junit github"},
		Short:       "Add up what the parts of a suite gave",
		Long: `Add up the answers of "dealroute simulate --suite FILE --shard K/N -o json", one of each part,
to the answer of the whole suite. Parts of different suites or deployments, a part that is missing
and one that is there twice are refused.

Exit codes: 0 all calls are as expected, 2 some are not, or fewer rules are covered than
--fail-under asks for, 1 anything else.`,
		Example: `  dealroute simulate merge part-1.json part-2.json --fail-under 90`,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.session, o.files = env.session(), args
			return run(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.failUnder, "fail-under", "", "least percent of rules, the fallback included, that the calls must cover")
	o.report.flag(cmd.Flags(), "the answer")
	return cmd
}

// maxPart bounds the answer of one part, in bytes.
const maxPart = 64 << 20

func runSimulateMerge(_ context.Context, o mergeOptions) (err error) {
	if err := o.report.mayWrite(); err != nil {
		return err
	}
	defer o.report.ended(o.session, &err)
	under, err := readPercent("--fail-under", o.failUnder)
	if err != nil {
		return err
	}
	var parts []view.Suite
	for _, name := range o.files {
		s, err := readPart(name)
		if err != nil {
			return err
		}
		parts = append(parts, s)
	}
	whole, err := merged(o.files, parts)
	if err != nil {
		return err
	}
	answer := endSuite(o.session, whole, under)
	return o.report.after(o.session, answer, func() (report.Page, error) {
		x := report.Tested{Answer: whole, Run: o.ran(whole.On.File), No: answer != nil}
		x.Run.Hash = whole.On.Hash
		words := append([]string{"simulate", "merge"}, o.files...)
		if o.failUnder != "" {
			words = append(words, "--fail-under", o.failUnder)
		}
		x.Command = view.ReplayCommand(append([]string{"dealroute"}, words...)...)
		return report.Suite(x), nil
	})
}

func readPart(name string) (view.Suite, error) {
	var s view.Suite
	data, err := readFile(name, maxPart)
	if err != nil {
		return s, fail(fmt.Errorf("read %s: %w", name, err), "name the answers of simulate --suite --shard -o json")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err = d.Decode(&s); err == nil && (s.Schema != view.Schema || s.Suite.Hash == "" || s.Coverage.Rules == nil) {
		err = errors.New("something is missing in it")
	}
	if err != nil {
		return s, fail(fmt.Errorf("%s is no answer of a suite: %w", name, err), "name the answers of simulate --suite --shard -o json, of this version of the program")
	}
	return s, nil
}

// merged adds parts up. files are their names.
func merged(files []string, parts []view.Suite) (view.Suite, error) {
	first := parts[0]
	if first.Shard == nil && len(parts) == 1 {
		return first, nil
	}
	seen := map[int]string{}
	for i, p := range parts {
		refuse := func(hint, format string, args ...any) error {
			return fail(fmt.Errorf("%s: "+format, append([]any{files[i]}, args...)...), hint)
		}
		switch {
		case p.Shard == nil:
			return first, refuse("run each part with --shard K/N", "the answer is of a whole suite, not of a part")
		case p.Shard.Of < 1 || p.Shard.Number < 1 || p.Shard.Number > p.Shard.Of:
			return first, refuse("", "part %d of %d is none", p.Shard.Number, p.Shard.Of)
		case p.Suite.Hash != first.Suite.Hash:
			return first, refuse("add up parts of one suite", "the calls are others than those of %s", files[0])
		case p.On.Hash != first.On.Hash:
			return first, refuse("run all parts on the same deployment", "it ran on another flow than %s", files[0])
		case p.Shard.Of != first.Shard.Of:
			return first, refuse("run all parts with the same number of them", "it is one of %d parts, and %s one of %d", p.Shard.Of, files[0], first.Shard.Of)
		case seen[p.Shard.Number] != "":
			return first, refuse("leave one of them out", "part %d is there twice, in %s, too", p.Shard.Number, seen[p.Shard.Number])
		case len(p.Coverage.Rules) != len(first.Coverage.Rules) || p.Coverage.Branches.All != first.Coverage.Branches.All || (p.Mutants == nil) != (first.Mutants == nil) || p.Mutants != nil && p.Mutants.Made != first.Mutants.Made:
			return first, refuse("run all parts with the same flags", "it counts other things than %s", files[0])
		}
		seen[p.Shard.Number] = files[i]
	}
	for k := 1; k <= first.Shard.Of; k++ {
		if seen[k] == "" {
			return first, fail(fmt.Errorf("part %d of %d is missing", k, first.Shard.Of), fmt.Sprintf("run it with --shard %d/%d", k, first.Shard.Of))
		}
	}
	out := first
	out.Shard = nil
	out.Coverage.Rules = slices.Clone(first.Coverage.Rules)
	for _, p := range parts[1:] {
		out.Calls += p.Calls
		out.Expected += p.Expected
		out.Failed += p.Failed
		out.Failures = append(out.Failures, p.Failures...)
		for i := range out.Coverage.Rules {
			r := &out.Coverage.Rules[i]
			if r.Calls += p.Coverage.Rules[i].Calls; r.Calls > 0 {
				r.Caller = nil
			}
		}
		out.Coverage.Branches.Missing = both(out.Coverage.Branches.Missing, p.Coverage.Branches.Missing, func(x view.BranchPlace) any {
			return [4]any{x.Task, x.Action, x.Branch, x.Line}
		})
		if m := out.Mutants; m != nil {
			sum := *m
			sum.Calls += p.Mutants.Calls
			sum.Left += p.Mutants.Left
			of := func(x view.Mutant) any { return [2]any{x.Path, x.Change} }
			sum.Survived = both(m.Survived, p.Mutants.Survived, of)
			sum.Equivalent = both(m.Equivalent, p.Mutants.Equivalent, of)
			out.Mutants = &sum
		}
	}
	slices.SortStableFunc(out.Failures, func(a, b view.SuiteFault) int { return cmp.Compare(a.Number, b.Number) })
	if len(out.Failures) > mostFailures {
		out.Failures = out.Failures[:mostFailures]
	}
	out.Rate()
	return out, nil
}

// both are those of one list that are in another, too.
func both[T any](a, b []T, of func(T) any) []T {
	in := map[any]bool{}
	for _, x := range b {
		in[of(x)] = true
	}
	return slices.DeleteFunc(slices.Clone(a), func(x T) bool { return !in[of(x)] })
}
