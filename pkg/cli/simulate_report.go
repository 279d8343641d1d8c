package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/lab"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/picture"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/report"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/dealroute/dealroute/pkg/words"
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

// called keeps how the command was called, for a page to say.
func (r *reportFile) called(cmd *cobra.Command) {
	if r.given {
		r.typed = typedFlags(cmd)
	}
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
			if d, err := time.ParseDuration(f.Value.String()); err == nil && f.Value.Type() == "duration" {
				out = append(out, "--"+f.Name, words.Span(d))
				return
			}
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
	return o.session.ranAs(append([]string{"simulate"}, o.report.typed...)...)
}

// recorded makes a call of a series. What it asks HubSpot is kept where it will be told.
func (s *simulation) recorded(ctx context.Context, x *series, c simulate.Call) (*simulate.Outcome, error) {
	if !s.follows {
		return x.do(ctx, c)
	}
	sender := x.run.Sender
	rec := lab.Record(x.run, c.At)
	o, err := x.do(ctx, c)
	x.run.Sender, x.run.Watch = sender, nil
	s.effects = append(s.effects, rec.Effects())
	return o, err
}

// page is the report of calls.
func (s *simulation) page(env session, answer view.Calls, outcomes []*simulate.Outcome) report.Page {
	d := s.loaded.deployment
	x := report.Called{Answer: answer, Source: s.source, Budget: d.Enrichment.Budget.Milliseconds(), Run: env.ran(s.loaded.path), Command: s.options.ranAs()}
	x.Run.Hash = s.hash
	rules, flow, at, labels := picture.Rules(d), picture.Flow(s.flow), s.frame().RuleAt, blueprint.ScriptLabels(d)
	for _, o := range outcomes {
		c := report.Seen{Flow: flow.Call(o.Result.Path), RuleAt: at(o.Rule), Rule: s.ruleLines(o.Rule), Labels: labels}
		if s.options.flow == "rendered" { // the rules of the file are not those of another flow
			c.Rules = rules.Decided(o)
		}
		x.Calls = append(x.Calls, c)
	}
	return report.Calls(x)
}

// ruleLong is how many lines of a rule a page shows.
const ruleLong = 16

// ruleLines are those of a rule in the deployment file, without what is personal; nil without a rule.
func (s *simulation) ruleLines(rule string) *report.Excerpt {
	d := s.loaded.deployment
	i := slices.IndexFunc(d.Routing.Rules, func(r deployment.Rule) bool { return r.Name == rule })
	if i < 0 {
		return nil
	}
	from := d.Pos(fmt.Sprintf("routing.rules[%d]", i)).Line
	lines := strings.Split(string(privacy.Excerpt(s.loaded.source, d.Own()...)), "\n")
	if from < 1 || from > len(lines) {
		return nil
	}
	indent := func(l string) int { return len(l) - len(strings.TrimLeft(l, " ")) }
	out := &report.Excerpt{File: filepath.Base(s.loaded.path)}
	for n := from; n <= len(lines) && n < from+ruleLong; n++ {
		l := strings.TrimRight(lines[n-1], "\r")
		if n > from && (strings.TrimSpace(l) == "" || indent(l) <= indent(lines[from-1])) {
			break
		}
		out.Lines = append(out.Lines, report.Line{N: n, Text: l})
	}
	return out
}

// drawn sees the calls of a suite that is about to run, and draws then what they reached.
func (u *suite) drawn() func() (rules, flow *picture.Graph) {
	if !u.s.options.report.given {
		return nil
	}
	rules, flow := picture.Rules(u.s.loaded.deployment), picture.Flow(u.s.flow)
	decided, reached := rules.Cover(), flow.Cover()
	u.each = func(legs []*simulate.Outcome) {
		reached.Add(paths(legs)...)
		decided.Count(decisions(rules, legs)...)
	}
	return func() (*picture.Graph, *picture.Graph) {
		if u.s.options.flow != "rendered" { // the rules of the file are not those of another flow
			return nil, reached.Graph()
		}
		return decided.Graph(), reached.Graph()
	}
}
